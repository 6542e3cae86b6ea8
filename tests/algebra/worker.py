"""The other process: `python -m algebra.worker work log` runs what the file `work` names and writes what came of it."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from . import combinations
from .corpus import CORPUS


def main(work: str, log: str) -> None:
    """A line for each combination: begun before it runs, ended with its outcome."""
    gc.collect()
    gc.freeze()  # what is there for all of them is not to be walked over each time
    with Path(log).open("w") as out:
        for name, chain in json.loads(Path(work).read_text()):
            out.write(f"{name}\t")
            out.flush()
            out.write(f"{combinations.outcome(CORPUS[name], tuple(chain))}\n")
            out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
