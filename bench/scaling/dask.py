"""Dask's workers, timed: a cluster of processes here, whose parts of the data stay in them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import dask
import numpy as np
from dask.delayed import delayed
from distributed import Client, LocalCluster

import autodiff_core as tf
from autodiff_core.distribute import dask as strategies

from .model import Own
from .mpi import Times
from .problems import PROBLEMS

_PARTS = 2  # for one worker as for two, so that both add up the same
_SIZES = [8, 1 << 14, 1 << 17, 1 << 20]  # bytes of params of evaluations of nothing, which are those of gradients, too
_WORKERS = (1, 2, 4)  # whose evaluations of nothing are timed
_TASKS = (2, 16, 64)  # and parts, where they go by tasks
_CALLS = 20  # evaluations of nothing that are timed, of which the median counts


@contextmanager
def _strategy(workers: int) -> Iterator[Any]:
    """So many processes of a thread each, whose parts stay where they are, and whose connections stay open."""
    settings = {"distributed.scheduler.work-stealing": False, "distributed.scheduler.reuse-broadcast-comm": True}
    with dask.config.set(settings):
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", env={"AUTODIFF_NUM_THREADS": "1"}
        )
        with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
            yield tf.distribute.DaskStrategy(client)


def measure(problem: str, workers: int, passes: int) -> Times:
    """The times of so many workers."""
    made = PROBLEMS[problem]()
    ends = [made.rows * k // _PARTS for k in range(_PARTS + 1)]
    with _strategy(workers) as strategy:
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


def measure_own() -> Own:
    """What an evaluation takes of which nothing is computed: Dask's time, and this package's."""
    messages, by_tasks = {}, {}
    for workers in _WORKERS:
        with _strategy(workers) as strategy:
            data = strategy.experimental_distribute_dataset(np.ones(workers))
            for size in _SIZES:
                messages[workers, size] = _timed(strategy, np.ones(size // 8), data)
            if workers == 2:
                with mock.patch.object(strategies, "MOST_ASKED", 0):
                    for parts in _TASKS:
                        data = strategy.experimental_distribute_dataset([delayed(np.ones)(1) for _ in range(parts)])
                        by_tasks[parts] = _timed(strategy, np.ones(1), data)
    return Own(messages, by_tasks)


def _timed(strategy: Any, params: Any, data: Any) -> float:
    def call() -> float:
        begun = time.perf_counter()
        strategy.value_and_grad(_nothing, params, data, "SUM")
        return time.perf_counter() - begun

    return statistics.median([call() for _ in range(_CALLS + 2)][2:])


def _nothing(w: Any, x: Any) -> Any:
    return tf.reduce_sum(w) * tf.reduce_sum(x)


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
