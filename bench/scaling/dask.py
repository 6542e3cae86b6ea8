"""Dask's workers, timed: a cluster of processes here, whose parts of the data stay in them."""

from __future__ import annotations

import statistics
import time
from typing import Any

import dask
import numpy as np
from dask.delayed import delayed
from distributed import Client, LocalCluster

import autodiff_core as tf

from .mpi import Times
from .problems import PROBLEMS

_PARTS = 2  # for one worker as for two, so that both add up the same


def measure(problem: str, workers: int, passes: int) -> Times:
    """The times of so many workers."""
    made = PROBLEMS[problem]()
    ends = [made.rows * k // _PARTS for k in range(_PARTS + 1)]
    one_thread = {"AUTODIFF_NUM_THREADS": "1"}
    with dask.config.set({"distributed.scheduler.work-stealing": False}):  # (so that parts stay where they are)
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", env=one_thread
        )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        strategy = tf.distribute.DaskStrategy(client)
        rows = [delayed(_rows)(problem, ends[k], ends[k + 1]) for k in range(_PARTS)]
        data = strategy.experimental_distribute_dataset(rows)
        params = [np.asarray(v) for v in made.variables()]

        def step() -> None:
            strategy.value_and_grad(made.loss, params, data, "SUM")

        def silent() -> float:
            own = strategy.run(_evaluated, (data, problem, params, made.calls))
            return sum(strategy.experimental_local_results(own)) / workers

        found: dict[str, list[float]] = {"step": [], "silent": []}
        for _ in range(passes + 1):  # (the first one is thrown away: it records)
            begun = time.perf_counter()
            for _ in range(made.calls):
                step()
            found["step"].append((time.perf_counter() - begun) / made.calls)
            found["silent"].append(silent())
    return Times(statistics.median(found["step"][1:]), statistics.median(found["silent"][1:]), {})


def _rows(problem: str, start: int, end: int) -> Any:
    return PROBLEMS[problem]().data(slice(start, end))


def _evaluated(part: Any, problem: str, params: Any, calls: int) -> float:
    """Seconds of an evaluation on one part, by a worker alone."""
    both = tf.function(tf.value_and_grad(PROBLEMS[problem]().loss))
    both(params, *part)
    begun = time.perf_counter()
    for _ in range(calls):
        both(params, *part)
    return (time.perf_counter() - begun) / calls
