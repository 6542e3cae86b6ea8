"""Measures `tf.minimize` on the problems, beside SciPy by itself, with derivatives by hand, and with JAX's.

    PYTHONPATH=bench python -m classic_problems docs/classic_problems.md

JAX is left out where it is not in `.peers/` (`python -m side_by_side.install jax`).
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import scipy

import autodiff_core as tf
from report import processor

from . import PROBLEMS
from .ours import minimized
from .problem import Problem
from .solvers import TOLERANCE, Run, by_hand, scipys, timed, without_derivatives

JAX = Path(__file__).parents[2] / ".peers" / "jax" / "bin" / "python"
TITLES = ("SciPy alone", "by hand", "JAX", "`tf.minimize`")

PAGE = """# Classic problems

Written by `make bench-minimize` on {day}: {machine}, {cores} cores, Python {python}, NumPy {numpy}, SciPy {scipy},
JAX {jax}, autodiff_core {own}.

{count} problems of Moré, Garbow and Hillstrom (1981), and of Hock and Schittkowski (HS, 1981), from their usual starts.
All are solved by the same solver of SciPy's, BFGS, L-BFGS-B where there are bounds, or SLSQP where there are
constraints, with a tolerance of {tolerance:g}; what differs is who computes derivatives: nobody (SciPy then takes
differences), somebody by hand with NumPy, JAX (`jit` of `value_and_grad`, float64), or `tf.minimize`. Each formula is
written once, of a namespace like NumPy's. An evaluation is a call of the function, with its gradient where there is
one. `x` says that a search ended elsewhere than at a known minimum.

A search by `tf.minimize` records its function anew; that is in its time. JAX's time is that of a function that has been
compiled before; what the first search took is beside it.

{table}

In all, medians of the ratios of times: `tf.minimize` takes {alone:.2f} of SciPy alone, {hand:.2f} of derivatives by
hand, {compiled} of JAX compiled before, {first} of JAX's first search.
"""


def ours(problem: Problem) -> Callable[[], tuple[float, int]]:
    def search() -> tuple[float, int]:
        found = minimized(problem)
        return float(found.fun), found.counts["value and gradient"]

    return search


def measured(problem: Problem) -> list[Run]:
    """SciPy by itself, with derivatives by hand, and ours."""
    prepared = (
        partial(scipys, problem, without_derivatives),
        partial(scipys, problem, by_hand),
        partial(ours, problem),
    )
    return [timed(prepare) for prepare in prepared]


def with_jax() -> tuple[str, dict[str, Run]]:
    """JAX's version, and its runs; none where it is not installed."""
    if not JAX.exists():
        return "is not there", {}
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs.json"
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        subprocess.run([JAX, "-m", "classic_problems.with_jax", runs], env=environment, check=True)
        found = json.loads(runs.read_text())
    return found["version"], {name: Run(*run) for name, run in found["runs"].items()}


def row(problem: Problem, runs: list[Run | None]) -> list[str]:
    evaluations, times = [], []
    for run in runs:
        if run is None:
            evaluations.append("")
            times.append("")
            continue
        evaluations.append(f"{run.evaluations:,}" + ("" if problem.is_solved_by(run.value) else " x"))
        times.append(f"{run.seconds * 1e3:,.1f}")
    jax = runs[2]
    times[2] += f" ({jax.first * 1e3:,.0f})" if jax is not None else ""
    return [problem.name, str(len(problem.start)), *evaluations, *times]


def table(rows: list[list[str]]) -> str:
    head = ["problem", "n", *(f"evaluations: {title}" for title in TITLES), *(f"ms: {title}" for title in TITLES)]
    head[-2] += " (first)"
    lines = [" | ".join(cells) for cells in [head, ["---"] + ["---:"] * (len(head) - 1), *rows]]
    return "\n".join(f"| {line} |" for line in lines)


def page() -> str:
    version, theirs = with_jax()
    rows, ratios = [], []
    for problem in PROBLEMS:
        alone, hand, own = measured(problem)
        jax = theirs.get(problem.name)
        rows.append(row(problem, [alone, hand, jax, own]))
        others = [alone.seconds, hand.seconds, *((jax.seconds, jax.first) if jax is not None else ())]
        ratios.append([own.seconds / other for other in others])
        print(*rows[-1], sep=" | ", flush=True)
    medians = [statistics.median(column) for column in zip(*ratios, strict=True)]
    of_jax = [f"{one:.2g}" for one in medians[2:]] or ["?", "?"]
    return PAGE.format(
        day=date.today(),
        machine=processor(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
        jax=version,
        own=tf.__version__,
        count=len(PROBLEMS),
        tolerance=TOLERANCE,
        table=table(rows),
        alone=medians[0],
        hand=medians[1],
        compiled=of_jax[0],
        first=of_jax[1],
    )


def main() -> None:
    path = Path(sys.argv[1])
    path.write_text(page())


if __name__ == "__main__":
    main()
