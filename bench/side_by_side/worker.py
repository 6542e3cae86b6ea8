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
from pathlib import Path
from typing import Any

import numpy as np

from . import clock
from .peers import OURS
from .problems import Problem, problems
from .program import Library

MISMATCH = 3


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


def measure(
    library: Library, problem: Problem, variant: str, expected: dict[str, list[np.ndarray]]
) -> dict[str, Any] | None:
    """Seconds, and those of the control beside them; None where the library has no such program."""
    program = library.prepare(problem, variant)
    if program is None:
        return None
    found = program.read(program.call())
    compare(
        f"{problem.name}, {library.VARIANTS[variant]}", found, expected.setdefault(problem.name, found), problem.tolerance
    )
    seconds, controls = clock.rounds(program.call)
    result = {"seconds": seconds, "controls": controls}
    if variant in library.COMPILED:

        def prepare() -> Any:
            again = library.prepare(problem, variant)
            assert again is not None
            return again.call

        result["ready"] = clock.until_ready(prepare)
    return result


def run(
    library: Library, chosen: list[Problem], expected: dict[str, list[np.ndarray]]
) -> dict[str, dict[str, dict[str, Any]]]:
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for problem in chosen:
        for variant in library.VARIANTS:
            try:
                result = measure(library, problem, variant, expected)
            except Mismatch:
                raise
            except Exception as error:  # whatever a library raises, the page says so
                result = {"error": f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"[:200]}
            if result is not None:
                results.setdefault(problem.name, {})[variant] = result
    return results


def load(path: Path) -> dict[str, list[np.ndarray]]:
    with np.load(path) as stored:
        expected: dict[str, list[np.ndarray]] = {}
        for key in stored:  # in the order in which they were stored
            expected.setdefault(key.rpartition("/")[0], []).append(stored[key])
    return expected


def store(path: Path, expected: dict[str, list[np.ndarray]]) -> None:
    np.savez(
        path, **{f"{name}/{place}": array for name, all_ in expected.items() for place, array in enumerate(all_)}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("expected", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="names of problems")
    options = parser.parse_args()

    library: Any = importlib.import_module(f".{options.name}", __package__)
    expected = load(options.expected) if options.name != OURS else {}
    chosen = [problem for problem in problems() if not options.only or problem.name in options.only]
    try:
        results = run(library, chosen, expected)
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
