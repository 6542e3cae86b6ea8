"""One library in this process: every problem, checked and then timed. The driver starts it.

    python -m side_by_side.worker NAME EXPECTED.npz --json RESULTS.json

Ours writes the values and gradients that the others are compared with; a library that says otherwise ends the process
with `MISMATCH`. A program that raises is reported as such, and the others go on.
"""

import argparse
import importlib
import json
import platform
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from . import clock, keras_models
from .peers import OURS
from .problems import Problem, problems, square
from .program import Lacks, Library, Program
from .workloads import WORKLOADS

MISMATCH = 3
"""What the process ends with."""
WARM_UP = Problem("square", "", "gradient", square, (np.array(2.0),))

Expected = dict[str, list[np.ndarray]]
Result = dict[str, Any]


class Mismatch(Exception):
    """A library's value or gradient is not ours."""


def compare(what: str, found: list[np.ndarray], expected: list[np.ndarray], tolerance: float) -> None:
    """Each array, to a tolerance relative to the largest number of the array that is expected."""
    if len(found) != len(expected):
        raise Mismatch(f"{what}: {len(found)} results, ours has {len(expected)}")
    for place, (theirs, ours) in enumerate(zip(found, expected, strict=True)):
        if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
            raise Mismatch(
                f"{what}: result {place} is of shape {theirs.shape}, {theirs.dtype}; ours {ours.shape}, {ours.dtype}"
            )
        largest = np.max(np.abs(ours), initial=0.0)
        error = np.max(np.abs(theirs - ours), initial=0.0)
        if not error <= tolerance * largest:
            raise Mismatch(f"{what}: result {place} is off by {error:.3g}, where the largest number is {largest:.3g}")


def named(names: Collection[str]) -> Iterator[Problem]:
    """Problems and workloads, each made when its turn comes."""
    known = {problem.name: problem for problem in problems()}
    for name in names:
        yield WORKLOADS[name]() if name in WORKLOADS else known[name]


def prepared(library: Library, problem: Problem, variant: str) -> tuple[Program, Any, float] | None:
    """The program, the results of its first call, and the seconds until it was ready."""
    start = perf_counter()
    program = library.prepare(problem, variant)
    if program is None:
        return None
    if program.first is None:
        results = program.call()
        seconds = perf_counter() - start
    else:
        program.first()
        seconds = perf_counter() - start
        results = program.call()
    return program, results, seconds


def measure(library: Library, problem: Problem, variant: str, expected: Expected) -> Result | None:
    """Seconds, and those of the control beside them; None where the library has no such program."""
    first = prepared(library, problem, variant)
    if first is None:
        return None
    program, results, seconds = first
    found = program.read(results)
    what = f"{problem.name}, {library.VARIANTS[variant]}"
    compare(what, found, expected.setdefault(problem.name, found), problem.tolerance)
    own, controls = clock.rounds(program.call)
    return {"seconds": own, "controls": controls} | ({"ready": seconds} if variant in library.COMPILED else {})


def run(library: Library, chosen: Iterable[Problem], expected: Expected) -> dict[str, dict[str, Result]]:
    results: dict[str, dict[str, Result]] = {}
    warm: set[str] = set()
    for problem in chosen:
        warm_up = keras_models.WARM_UP if problem.kind == "fit" else WARM_UP
        for variant in library.VARIANTS if warm_up.name not in warm else ():
            # What a library does once, when it is used first, is not timed. An error comes again, and is reported.
            with suppress(Exception):
                prepared(library, warm_up, variant)
        warm.add(warm_up.name)
        for variant in library.VARIANTS:
            try:
                result = measure(library, problem, variant, expected)
            except Mismatch:
                raise
            except Lacks as lacks:
                result = {"lacks": str(lacks)}
            except Exception as error:  # whatever a library raises, the page says so
                result = {"error": f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"[:200]}
            if result is not None:
                results.setdefault(problem.name, {})[variant] = result
    return results


def load(path: Path) -> Expected:
    with np.load(path) as stored:
        expected: Expected = {}
        for key in stored:  # in the order in which they were stored
            expected.setdefault(key.rpartition("/")[0], []).append(stored[key])
    return expected


def store(path: Path, expected: Expected) -> None:
    found = {f"{name}/{place}": array for name, all_ in expected.items() for place, array in enumerate(all_)}
    np.savez(path, **found)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("expected", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--only", nargs="+", required=True, help="names of problems and workloads")
    options = parser.parse_args()

    library: Any = importlib.import_module(f".{options.name}", __package__)
    expected = load(options.expected) if options.name != OURS else {}
    try:
        results = run(library, named(options.only), expected)
    except Mismatch as mismatch:
        print(mismatch, file=sys.stderr)
        sys.exit(MISMATCH)
    if options.name == OURS:
        store(options.expected, expected)
    versions = f"{library.version()}, NumPy {np.__version__}, Python {platform.python_version()}"
    found = {
        "versions": versions,
        "variants": library.VARIANTS,
        "compiled": sorted(library.COMPILED),
        "problems": results,
    }
    options.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
