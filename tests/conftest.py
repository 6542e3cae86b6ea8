"""Fixtures that several test files share, and an option for builds on which tests take long."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

MANY = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every", type=int, default=1, help=f"of a test with more than {MANY} cases, run each so-and-so-many-th only"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    step = config.getoption("--every")
    if step == 1:
        return
    test_of = {item: item.nodeid.split("[")[0] for item in items}
    cases = Counter(test_of.values())
    seen: Counter[str] = Counter()
    kept, left_out = [], []
    for item in items:
        chosen = cases[test_of[item]] <= MANY or seen[test_of[item]] % step == 0
        (kept if chosen else left_out).append(item)
        seen[test_of[item]] += 1
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator that gives every test the same numbers in every run."""
    return np.random.default_rng(20240607)
