"""One program of one library, called again and again in this process: for a profile, or a look at its time.

    python -m side_by_side.alone cnn
    python -m side_by_side.alone hmc --threads 2 --variant eager --library ours --calls 50
    valgrind --tool=callgrind python -m side_by_side.alone lstm_layer --calls 3

Names are those of `workloads` and `problems`.
"""

import argparse
import importlib
import os
import statistics
import sys
from time import perf_counter
from typing import Any

from .peers import OURS, PEERS
from .threads import environment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem")
    parser.add_argument("--library", default=OURS, choices=[OURS, *(peer.name for peer in PEERS)])
    parser.add_argument("--variant", help="eager, function, unrolled, jit ...; what is compiled by default")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--calls", type=int, help="as many as take two seconds by default")
    options = parser.parse_args()

    wanted = environment(options.threads)
    if any(os.environ.get(key) != text for key, text in wanted.items()):
        # Libraries read it when they are loaded, and NumPy is already.
        path = next((str(peer.python) for peer in PEERS if peer.name == options.library), sys.executable)
        os.execve(path, [path, "-m", "side_by_side.alone", *sys.argv[1:]], os.environ | wanted)

    from .worker import named  # imports NumPy

    library: Any = importlib.import_module(f".{options.library}", __package__)
    (problem,) = named([options.problem])
    # What is compiled goes before what is not.
    usual = sorted(library.VARIANTS, key=lambda variant: variant not in library.COMPILED)
    variants = [options.variant] if options.variant else usual
    program = next(made for variant in variants if (made := library.prepare(problem, variant)) is not None)
    start = perf_counter()
    program.call()
    first = perf_counter() - start
    seconds: list[float] = []
    while len(seconds) < options.calls if options.calls else sum(seconds) < 2:
        start = perf_counter()
        program.call()
        seconds.append(perf_counter() - start)
    print(
        f"{problem.title}: first call {first * 1e3:.2f} ms; then {min(seconds) * 1e3:.3f} ms at least, "
        f"{statistics.median(seconds) * 1e3:.3f} in the middle of {len(seconds)} calls"
    )


if __name__ == "__main__":
    main()
