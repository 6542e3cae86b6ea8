"""Races a case against its control: round by round in turn, in one process, so that a busy machine slows both. In
between, threads come to rest.
"""

import gc
import statistics
from collections.abc import Callable
from itertools import repeat
from time import perf_counter

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cases import Case
from resting import Others


@pytest.fixture
def race(benchmark: BenchmarkFixture) -> Callable[[Case], None]:
    """Times a case; what it found goes into the report's JSON as `extra_info`, in microseconds a call."""

    def run(case: Case) -> None:
        control_seconds: list[float] = []
        others = Others()

        def control_round() -> None:
            others.rest()
            case.control()  # (wakes the threads that it needs)
            start = perf_counter()
            for _ in repeat(None, case.calls):
                case.control()
            control_seconds.append(perf_counter() - start)
            others.rest()
            case.ours()

        def round_of_ours() -> None:
            for _ in repeat(None, case.calls):
                case.ours()

        # As timeit does: a collection of the test runner's own objects is nobody's cost here.
        gc.collect()
        gc.disable()
        try:
            benchmark.pedantic(round_of_ours, setup=control_round, rounds=case.rounds, warmup_rounds=3)
        finally:
            gc.enable()
        if benchmark.stats is None:  # --benchmark-disable
            return
        seconds = benchmark.stats.stats.data
        control_seconds = control_seconds[-case.rounds :]
        ratios = [ours / control for ours, control in zip(seconds, control_seconds, strict=True)]
        benchmark.extra_info.update(
            ours_us=statistics.median(seconds) / case.calls * 1e6,
            control_us=statistics.median(control_seconds) / case.calls * 1e6,
            ratio=statistics.median(ratios),
        )

    return run
