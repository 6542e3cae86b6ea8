"""Times every case with two builds of the library in turn: this one, and that in another folder, before a change say.

    python bench/against.py FOLDER [--only TEXT] [--threads N] [--rounds N]

Each build has a process of its own. They run one round after the other, never at once, so that what slows the machine
slows both; the figure of a case is the median of the ratios of neighbouring rounds. A round ends when the process's
threads are at rest: BLAS's look for work for some 30 ms after a product, on a core that the other build's are to have.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import IO, Any

HERE = Path(__file__).resolve().parent


def serve(threads: int) -> None:
    """Answer `number of a case, calls` with the seconds that the calls took, until there are no more lines."""
    import gc

    import autodiff_core as tf
    import cases
    import compiled
    import derivatives
    from resting import Others

    if threads:
        tf.set_num_threads(threads)
    every = [*cases.CASES, *derivatives.CASES, *compiled.CASES]
    sys.stdout.write(f"{Path(tf.__file__).parent.parent}\t" + "\t".join(case.name for case in every) + "\n")
    sys.stdout.flush()
    gc.disable()
    others = Others()
    for line in sys.stdin:
        number, calls = map(int, line.split())
        ours = every[number].ours
        gc.collect()
        ours()  # (wakes the threads that it needs)
        start = perf_counter()
        for _ in range(calls or every[number].calls):
            ours()
        taken = perf_counter() - start
        others.rest()
        sys.stdout.write(f"{taken} {every[number].calls} {every[number].rounds}\n")
        sys.stdout.flush()


class Build:
    """A process that times cases with the library in a folder."""

    def __init__(self, folder: Path, threads: int) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(HERE)])}
        command = [sys.executable, str(Path(__file__).resolve()), "--serve", "--threads", str(threads)]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        found, *self.names = self._line().split("\t")
        if Path(found).resolve() != folder.resolve():
            raise SystemExit(f"{folder} has no built autodiff_core: Python found {found}")

    def _line(self) -> str:
        pipe: IO[str] | None = self._process.stdout
        assert pipe is not None
        line = pipe.readline()
        if not line:
            raise SystemExit("a process that measures has ended")
        return line.rstrip("\n")

    def seconds(self, case: int, calls: int = 0) -> tuple[float, int, int]:
        pipe: IO[str] | None = self._process.stdin
        assert pipe is not None
        pipe.write(f"{case} {calls}\n")
        pipe.flush()
        taken, usual, rounds = self._line().split()
        return float(taken), int(usual), int(rounds)


def compare(ours: Build, theirs: Build, case: int, most: int) -> tuple[float, float, float]:
    """Microseconds a call here and there, and the median ratio."""
    _, calls, rounds = ours.seconds(case, 1)
    theirs.seconds(case, 1)
    pairs = []
    for k in range(min(rounds, most)):
        first, second = (ours, theirs) if k % 2 else (theirs, ours)  # neither is always the one that comes after
        taken = {build: build.seconds(case)[0] for build in (first, second)}
        pairs.append((taken[ours], taken[theirs]))
    unit = 1e6 / calls
    return (
        statistics.median(here for here, _ in pairs) * unit,
        statistics.median(there for _, there in pairs) * unit,
        statistics.median(here / there for here, there in pairs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a checkout with the other build")
    parser.add_argument("--only", default="", help="the cases with this in their names")
    parser.add_argument("--threads", type=int, default=0, help="threads of the library; by default as many as cores")
    parser.add_argument("--rounds", type=int, default=60, help="at most so many pairs of rounds a case")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.serve:
        serve(options.threads)
        return
    if options.folder is None:
        parser.error("the folder of the other build is missing")
    ours, theirs = Build(HERE.parent, options.threads), Build(options.folder, options.threads)
    print("| case | there, us | here, us | here / there |\n|---|---|---|---|")
    for number, name in enumerate(ours.names):
        if options.only in name and name in theirs.names:
            here, there, ratio = compare(ours, theirs, number, options.rounds)
            print(f"| {name} | {there:.4g} | {here:.4g} | {ratio:.3f} |", flush=True)


if __name__ == "__main__":
    main()
