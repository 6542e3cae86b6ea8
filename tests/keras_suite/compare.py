"""Which tests pass on another backend, and not on this engine, from the files that `--outcomes` writes.

python -m keras_suite.compare ours.json jax.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PASSED = ("passed", "listed, passed")

Outcomes = dict[str, tuple[str, str]]
"""By a test's name: how it ended, and what it said."""


def missing(ours: Outcomes, theirs: Outcomes) -> tuple[int, dict[str, tuple[str, str]]]:
    """How many pass there, of those that both have; and how those ended here that do not pass."""
    there = [name for name, (outcome, _) in theirs.items() if outcome in PASSED and name in ours]
    return len(there), {name: ours[name] for name in there if ours[name][0] not in PASSED}


def main() -> None:
    """Command line."""
    ours, theirs = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    count, lacking = missing(ours, theirs)
    for name, (outcome, said) in lacking.items():
        print(f"{outcome}: {name}: {' '.join(said.split())[:200]}")
    skipped = sum(outcome == "skipped" for outcome, _ in lacking.values())
    here, asked = count - len(lacking), count - skipped
    print(f"{count} pass there, {here} of them here: {100 * here / max(count, 1):.2f} %")
    print(f"of the {asked} that are not skipped here: {100 * here / max(asked, 1):.2f} %")


if __name__ == "__main__":
    main()
