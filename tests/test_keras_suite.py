"""The harness that runs Keras's own tests: the list, what tests are told, and what stands in for other libraries."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path
from types import ModuleType

import pytest

from keras_suite import absent, answers, compare, exceptions

TESTS = Path(__file__).parent


def listed(*tests: str, **entry: object) -> exceptions.Exceptions:
    return exceptions.Exceptions([exceptions.Entry("why", list(tests), **entry)], {})  # type: ignore[arg-type]


def test_the_list_can_be_read_and_gives_a_reason_for_each_test() -> None:
    found = exceptions.read()
    assert all(entry.reason and entry.tests for entry in found.entries)
    names = [name for entry in found.entries for name in entry.tests]
    assert len(names) == len(set(names))


def test_a_name_on_the_list_may_stand_for_several_tests() -> None:
    entries = listed("ops/a_test.py::A::test_b", "ops/c_test.py::C::*", "ops/d_test.py::D::test_e[1]")
    for name in ("ops/a_test.py::A::test_b", "ops/c_test.py::C::test_d", "ops/d_test.py::D::test_e[1]"):
        assert entries.find(name) is entries.entries[0]
    assert entries.find("ops/a_test.py::A::test_bc") is None


def test_a_name_on_the_list_is_told_apart_that_has_come_to_pass() -> None:
    entries = listed("a::*", "b::*", "c::x", "d::x")
    outcomes = {"a::x": "passed", "a::y": "passed", "b::x": "passed", "b::y": "listed", "c::x": "passed"}
    assert entries.passing(outcomes) == ["a::*", "c::x"]


def caller(name: str, asked: object) -> ModuleType:
    module = ModuleType(name)
    module.asked = asked  # type: ignore[attr-defined]
    exec("def backend(): return asked()", vars(module))
    return module


def test_tests_are_told_another_name_of_the_backend_than_keras() -> None:
    told = answers.answering(lambda: "numpy", {"trainers/some_test.py::backend": "jax"})
    for name, expected in [
        ("keras.src.layers.layer", "numpy"),
        ("keras.src.layers.core.dense_test", answers.NAME),
        ("keras.src.testing.test_case", answers.NAME),
        ("keras.src.trainers.some_test", "jax"),
    ]:
        assert caller(name, told).backend() == expected


def test_a_stand_in_can_be_named_and_skips_whoever_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absent, "OPTIONAL", ("no_such_library",))
    with absent.stand_ins():
        from no_such_library import data  # type: ignore[import-not-found]
        from no_such_library.deep import inside  # type: ignore[import-not-found]
    with pytest.raises(unittest.SkipTest, match="needs no_such_library, which is not installed"):
        data.Dataset.from_tensors(1)
    with pytest.raises(unittest.SkipTest):

        class Inherited(inside.Module):
            pass

    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("no_such_library")
    assert absent.needed(caught.value) == "no_such_library"
    assert absent.needed(ImportError("This requires the no_such_library module. You can install it")) is not None
    assert absent.needed(ImportError("something else")) is None


def test_what_passes_elsewhere_and_not_here_is_counted() -> None:
    theirs = {"a": ("passed", ""), "b": ("passed", ""), "c": ("failed", "x"), "d": ("passed", "")}
    ours = {"a": ("listed, passed", ""), "b": ("listed", "why"), "c": ("failed", "x")}
    assert compare.missing(ours, theirs) == (2, {"b": ("listed", "why")})  # type: ignore[arg-type]


def test_outcomes_of_several_files_are_one_whatever_addresses_stand_in_names(tmp_path: Path) -> None:
    for name, test in (("a", "x_test.py::f[<g at 0x7f66f066dda0>]"), ("b", "y_test.py::h")):
        (tmp_path / name).write_text(json.dumps({test: ["passed", ""]}))
    found = compare.read([tmp_path / "a", tmp_path / "b"])
    assert found == {"x_test.py::f[<g at 0x>]": ("passed", ""), "y_test.py::h": ("passed", "")}


def test_a_file_of_keras_runs_and_is_counted(tmp_path: Path) -> None:
    pytest.importorskip("absl")
    target = tmp_path / "outcomes.json"
    done = subprocess.run(
        [sys.executable, "-m", "keras_suite", "losses/loss_test.py", "--outcomes", str(target)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)]), "KERAS_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    outcomes = json.loads(target.read_text())
    assert outcomes["losses/loss_test.py::LossTest::test_reduction"][0] == "passed"
    assert "losses" in done.stdout and "together" in done.stdout
