"""Run combinations: all of them, in other processes, so that a crash is one combination's."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

from . import check, combinations, processes
from .corpus import CORPUS


def main() -> int:
    """Command line; the status is 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="algebra", description=__doc__)
    parser.add_argument("parts", nargs="*", help="run, here, what has all of these in its name")
    parser.add_argument("--triples", type=int, default=40, help="how many triples for each entry")
    parser.add_argument("--every", type=int, default=1, help="of those of several run one in so many, always the same")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--entries", nargs="*", default=list(CORPUS))
    parser.add_argument("--outcomes", type=Path, help="write every combination's outcome to this file")
    options = parser.parse_args()
    chosen = {}
    for name in options.entries:
        chains = [*combinations.pairs(CORPUS[name]), *combinations.triples(CORPUS[name], options.triples)]
        chosen[name] = list(combinations.spread(CORPUS[name], chains, options.every))
    if options.parts:
        return _here([(name, chain) for name, chains in chosen.items() for chain in chains], options.parts)
    begin, all_outcomes, wrong = time.monotonic(), [], []
    chunks = [[(name, chain) for chain in chains] for name, chains in chosen.items()]
    for name, outcomes in zip(chosen, processes.run(chunks, options.processes), strict=True):
        bad = [f"{where}: {what}" for where, what in outcomes if not combinations.is_settled(where, what)]
        print(f"{name}: {len(outcomes)} combinations, {len(bad)} wrong", flush=True)
        print("".join(f"    {line}\n" for line in bad), end="", flush=True)
        all_outcomes += outcomes
        wrong += bad
    if options.outcomes:
        options.outcomes.write_text("".join(f"{where}\t{what}\n" for where, what in all_outcomes))
    whole = options.entries == list(CORPUS) and options.every == 1
    unused = combinations.unused(all_outcomes) if whole else []  # (what nothing needs, nothing may need in a part)
    wrong += unused
    count = {kind: sum(what.startswith(kind) for _, what in all_outcomes) for kind in ("right", "refused")}
    print(
        f"{len(all_outcomes)} combinations in {time.monotonic() - begin:.0f} s: {count['right']} right, "
        f"{count['refused']} refused as documented, {len(combinations.STILL_WRONG)} patterns still wrong, "
        f"{len(wrong)} wrong"
    )
    print("".join(f"    {line}\n" for line in unused), end="")
    return bool(wrong)


def _here(items: list[tuple[str, check.Chain]], parts: list[str]) -> int:
    for name, chain in items:
        pieces = [name, *chain]
        if all(part in pieces or part == str(len(chain)) for part in parts):
            print(" > ".join(pieces), end=": ", flush=True)
            try:
                check.run(CORPUS[name], chain)
                print("right")
            except Exception as error:
                print("refused" if combinations.refusal(CORPUS[name], chain, error) is not None else "")
                traceback.print_exc()
    return 0


if __name__ == "__main__":
    sys.exit(main())
