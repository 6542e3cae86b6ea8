"""Times every case, after its value and gradients have been found equal to those derived by hand; and every family."""

from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import cases
import compiled
import derivatives
import families
import minimising
from cases import Case


@pytest.mark.parametrize(
    "case", [*cases.CASES, *derivatives.CASES, *compiled.CASES, *minimising.CASES], ids=lambda case: case.name
)
def test_speed(case: Case, race: Callable[[Case], None]) -> None:
    ours, by_hand = case.ours(), case.by_hand()
    assert len(ours) == len(by_hand)
    for mine, theirs in zip(ours, by_hand, strict=True):
        mine, theirs = np.asarray(mine), np.asarray(theirs)
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=case.tolerance, atol=case.tolerance)
    race(case)


@pytest.mark.parametrize("row", families.ROWS, ids=lambda row: row.label)
def test_families(row: families.Row, benchmark: BenchmarkFixture) -> None:
    families.check(row)
    if benchmark.enabled:
        benchmark.extra_info.update(benchmark.pedantic(families.measure, (row,), rounds=1))  # type: ignore[no-untyped-call]
    else:
        benchmark(lambda: None)
