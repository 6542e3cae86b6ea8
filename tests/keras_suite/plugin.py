"""What pytest needs to know to run Keras's tests here: the engine, what its own `conftest.py` has, and the list.

With `KERAS_BACKEND=jax`, or another that Keras has, they run on that one in the same way: what is compared with.
"""

from __future__ import annotations

import json
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import absent, answers, exceptions

OURS = os.environ.get("KERAS_BACKEND", "numpy") == "numpy"

_LISTED = exceptions.read() if OURS else exceptions.Exceptions([], {})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where libraries come from, and where results go."""
    parser.addoption("--beside", action="append", default=[], help="where to find other libraries, at last")
    parser.addoption("--outcomes", type=Path, help="write every test's outcome to this file")


def pytest_configure(config: pytest.Config) -> None:
    """The engine, before Keras; then what tests find in the place of Keras's conftest."""
    config.addinivalue_line("markers", "requires_trainable_backend: what a backend that only infers leaves out")
    config.addinivalue_line("markers", "multi_device: needs several devices")
    sys.path += config.option.beside
    if OURS:
        import autodiff_core.keras_backend  # noqa: F401
    import keras
    from keras.src.utils import module_utils

    for module in vars(module_utils).values():  # asks now, when no stand-in is there
        if isinstance(module, module_utils.LazyModule):
            module.available  # noqa: B018
    backend = keras.backend.backend()
    if OURS:
        answers.install(_LISTED.backend)
        backend = answers.NAME

    def skip_if_backend(given: str, reason: str) -> Callable[[Any], Any]:
        return pytest.mark.skipif(backend == given, reason=reason)

    helper = types.ModuleType("conftest")
    helper.skip_if_backend = skip_if_backend  # type: ignore[attr-defined]
    sys.modules["conftest"] = helper
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(config), "keras-outcomes")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[Any]:
    """A file is imported with stand-ins for what is not installed."""
    if isinstance(collector, pytest.Module):
        with absent.stand_ins():
            return (yield)
    return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is listed may fail."""
    for item in items:
        entry = _LISTED.find(item.nodeid)
        if entry is not None:
            item.add_marker(pytest.mark.xfail(reason=entry.reason, run=entry.run, strict=False))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """A test that imports what is not installed, or asks something of its stand-in, is skipped."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    name = absent.needed(error) if isinstance(error, ImportError) else None
    if name is not None:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, absent.reason(name))
    return report


class Outcomes:
    """How each test ended, and the table at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.ended: dict[str, str] = {}
        self.said: dict[str, str] = {}

    def note(self, name: str, outcome: str, report: Any) -> None:
        """The worst of setup, call and teardown."""
        if self.ended.get(name) != "failed":
            self.ended[name] = outcome
            if outcome != "passed":
                self.said[name] = getattr(report, "wasxfail", "") or _message(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "wasxfail"):
            self.note(report.nodeid, "listed" if report.skipped else "listed, passed", report)
        elif report.when == "call" or not report.passed:
            self.note(report.nodeid, report.outcome, report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.note(report.nodeid, report.outcome, report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """By group, and what the list says too much."""
        line = terminalreporter.write_line
        kinds = ("passed", "failed", "listed", "skipped")
        counts: dict[str, dict[str, int]] = {}
        for name, outcome in self.ended.items():
            group = counts.setdefault(name.partition("/")[0], dict.fromkeys(kinds, 0))
            group["passed" if outcome == "listed, passed" else outcome] += 1
        terminalreporter.section("Keras's tests")
        line(f"{'':20}" + "".join(f"{kind:>10}" for kind in kinds))
        total = {kind: sum(group[kind] for group in counts.values()) for kind in kinds}
        for group, count in [*sorted(counts.items()), ("together", total)]:
            line(f"{group:20}" + "".join(f"{count[kind]:10}" for kind in kinds))
        for name in sorted(name for name, outcome in self.ended.items() if outcome == "failed"):
            line(f"failed: {name}: {' '.join(self.said[name].split())[:200]}")
        plain = {name: outcome.removeprefix("listed, ") for name, outcome in self.ended.items()}
        for name in _LISTED.passing(plain):
            line(f"listed, but passes: {name}")
        if self.config.option.outcomes:
            found = {name: [outcome, self.said.get(name, "")] for name, outcome in sorted(self.ended.items())}
            self.config.option.outcomes.write_text(json.dumps(found, indent=1))


def _message(report: Any) -> str:
    """The last line of what went wrong, or the reason of a skip."""
    text = report.longrepr
    if isinstance(text, tuple):
        return str(text[2])
    crash = getattr(text, "reprcrash", None)
    return str(crash.message if crash else text)[:600]
