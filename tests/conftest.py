"""Fixtures that several test files share, numbers that do not depend on what ran before, and an option for builds on
which tests take long."""

from __future__ import annotations

import gc
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from types import FunctionType, ModuleType
from typing import Any
from zlib import crc32

import numpy as np
import pytest

MANY = 30
WALK = 50


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every", type=int, default=1, help=f"of a test with more than {MANY} cases, run each so-and-so-many-th only"
    )
    parser.addoption("--first", action="store_true", help="of each test run the first case only")


@pytest.hookimpl(tryfirst=True)  # (before marks are asked for)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    test_of = {item: item.nodeid.split("[")[0] for item in items}
    cases = Counter(test_of.values())
    step, first = config.getoption("--every"), config.getoption("--first")
    for item in items:
        if cases[test_of[item]] > WALK and not first:
            item.add_marker(pytest.mark.walk)
    if step == 1 and not first:
        return
    seen: Counter[str] = Counter()
    kept, left_out = [], []
    for item in items:
        whole = cases[test_of[item]] <= MANY and not first
        chosen = whole or seen[test_of[item]] % (len(items) if first else step) == 0
        (kept if chosen else left_out).append(item)
        seen[test_of[item]] += 1
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    # Many tests ask for garbage to be collected. What is there for the whole session, a million objects, is not to be
    # walked over each time: that took half a second.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """Keras on this library's backend; `tf.keras` stays what it is."""
    if find_spec("keras") is None:
        pytest.skip("Keras is not installed")
    import_module("autodiff_core.keras_backend")
    return import_module("keras")


_generators: dict[ModuleType, list[tuple[np.random.Generator, Any]]] = {}


def generators_of(module: ModuleType) -> list[tuple[np.random.Generator, Any]]:
    """Return the generators that a test file's code draws from, its own and those of functions that it imports, with
    their states before the first test."""
    if module not in _generators:
        spaces = [vars(module), *(x.__globals__ for x in vars(module).values() if isinstance(x, FunctionType))]
        found = {id(x): x for space in spaces for x in space.values() if isinstance(x, np.random.Generator)}
        before = {id(g): state for known in _generators.values() for g, state in known}
        _generators[module] = [(g, before.get(id(g)) or g.bit_generator.state) for g in found.values()]
    return _generators[module]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test draws the same numbers alone, after others, and in any of several processes."""
    module = getattr(item, "module", None)
    for generator, state in generators_of(module) if module is not None else ():
        generator.bit_generator.state = state
        generator.bit_generator.advance(crc32(item.nodeid.encode()))  # type: ignore[attr-defined]


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator that gives every test the same numbers in every run."""
    return np.random.default_rng(20240607)
