"""Which tests pass on another backend, and not on this engine, from the files that `--outcomes` writes.

    python -m keras_suite.compare ours*.json --beside jax*.json

Those on the list (`exceptions.toml`) are counted by their reasons; every other one is named, skipped ones as well.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from . import exceptions

PASSED = ("passed", "listed, passed")

Outcomes = dict[str, tuple[str, str]]
"""By a test's name: how it ended, and what it said."""


def read(paths: Iterable[Path]) -> Outcomes:
    """Several files as one. Addresses in names, which are others each time, are left out."""
    found: Outcomes = {}
    for path in paths:
        for name, (outcome, said) in json.loads(path.read_text()).items():
            found[re.sub("0x[0-9a-f]+", "0x", name)] = outcome, said
    return found


def missing(ours: Outcomes, theirs: Outcomes) -> tuple[int, dict[str, tuple[str, str]]]:
    """How many pass there, of those that both have; and how those ended here that do not pass."""
    there = [name for name, (outcome, _) in theirs.items() if outcome in PASSED and name in ours]
    return len(there), {name: ours[name] for name in there if ours[name][0] not in PASSED}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="keras_suite.compare", description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("ours", nargs="+", type=Path, help="outcomes on this engine")
    parser.add_argument("--beside", nargs="+", type=Path, required=True, help="outcomes on the other backend")
    options = parser.parse_args()
    ours, theirs = read(options.ours), read(options.beside)
    count, lacking = missing(ours, theirs)
    entries = exceptions.read()
    reasons: Counter[str] = Counter()
    for name, (outcome, said) in lacking.items():
        entry = entries.find(name)
        if entry is None:
            print(f"{outcome}: {name}: {' '.join(said.split())[:200]}")
        else:
            reasons[entry.reason] += 1
    for reason, number in reasons.most_common():
        print(f"{number:6} on the list: {reason}")
    here, applying = count - len(lacking), count - reasons.total()
    print(f"{count} pass there, {here} of them here: {100 * here / max(count, 1):.2f} %")
    print(f"of the {applying} that are not on the list: {100 * here / max(applying, 1):.2f} %")


if __name__ == "__main__":
    main()
