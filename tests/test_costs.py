"""What a tape keeps, and what records take."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def network(trace: bool = False) -> tuple[Any, Any, Any]:
    w = tf.Variable(np.linspace(-1.0, 1.0, 400).reshape(20, 20), name="w")
    x = tf.constant(np.ones((10, 20)))
    with tf.GradientTape(trace=trace) as tape:
        loss = tf.reduce_sum(tf.tanh(tf.tanh(x @ w) @ w))
    return tape, loss, w


def test_memory_counts_each_array_once() -> None:
    tape, loss, w = network()
    memory = tape.memory()
    assert memory.by_op() == {"variable": 3200, "tanh": 3200, "matmul": 1600}
    assert memory.bytes == sum(memory.by_op().values()) == 8000
    assert memory.by_line() == {}
    assert tape.gradient(loss, w).shape == (20, 20)


def test_memory_is_told_by_line_where_the_tape_is_traced() -> None:
    memory = network(trace=True)[0].memory()
    assert sum(memory.by_line().values()) == memory.bytes
    assert all(line.startswith(f"{__file__}:") for line in memory.by_line())


def test_views_of_one_array_count_as_that() -> None:
    x = tf.Variable(np.ones(100))
    with tf.GradientTape() as tape:
        tf.exp(x) * tf.reshape(x, (100,))
    assert tape.memory().bytes == 1600


def test_memory_prints_as_tables() -> None:
    text = str(network()[0].memory())
    assert text.startswith("6 records keep 8.0 kB\noperation  bytes\n")
    assert "the largest\nnode  operation" in text
    assert network()[0].memory()._repr_html_().count("<table") == 2


def test_a_tapes_profile_has_both_ways_of_all_records() -> None:
    tape, loss, w = network(trace=True)
    profile = tape.profile(loss)
    told = {c.node: c for c in profile.records}
    matmuls = [c for c in told.values() if c.op == "matmul"]
    assert len(matmuls) == 2 and all(c.forward > 0 and c.backward > 0 and c.line for c in matmuls)
    assert profile.forward > 0 and profile.backward > 0
    assert set(profile.by_op()) >= {"matmul", "tanh", "sum"}
    assert str(profile).startswith("GradientTape: ")
    assert tape.gradient(loss, w).shape == (20, 20)


def test_a_profile_of_numbers_has_their_records_one_by_one() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.sin(x) * x
    profile = tape.profile(y)
    assert [c.op for c in profile.records if c.backward > 0] == ["sin", "multiply"]
    assert tape.gradient(y, x).numpy() == pytest.approx(np.sin(2.0) + 2.0 * np.cos(2.0), rel=1e-6)


def test_a_trace_file_has_the_records_in_their_order(tmp_path: Path) -> None:
    tape, loss, _ = network()
    tape.profile(loss).to_chrome(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert [e["name"] for e in events if e["cat"] == "forward"] == ["matmul", "tanh", "matmul", "tanh", "sum"]
    assert [e["name"] for e in events if e["cat"] == "backward"] == ["sum", "tanh", "matmul", "tanh", "matmul"]
    assert all(e["ph"] == "X" and e["dur"] > 0 for e in events)
    assert all(a["ts"] + a["dur"] <= b["ts"] + 1e-6 for a, b in itertools.pairwise(events))


def test_a_programs_profile_runs_its_records_on_the_arguments() -> None:
    v = tf.Variable(np.ones((4, 4)))

    def function(x: Any) -> Any:
        v.assign_add(x)
        return tf.reduce_sum(tf.exp(x) @ v) + 2.0

    program = tf.Program.from_function(function, tf.TensorSpec([4, 4], tf.float64))
    profile = program.profile(np.ones((4, 4)))
    assert {"exp", "matmul", "sum"} <= {c.op for c in profile.records}
    assert all(c.forward > 0 for c in profile.records if c.op in ("exp", "matmul", "sum"))
    assert str(profile).startswith("Program: ")
    assert np.array_equal(v.numpy(), np.ones((4, 4)))  # nothing is assigned


def test_a_released_tape_has_nothing_to_tell() -> None:
    tape, loss, w = network()
    tape.gradient(loss, w)
    for ask in (tape.memory, lambda: tape.profile(loss)):
        with pytest.raises(RuntimeError, match="has let go of its records"):
            ask()


@pytest.mark.parametrize("target", [None, 1.0, "y", np.ones(3)])
def test_a_profile_of_what_is_no_tensor_is_an_error(target: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    for wrong in (target, [y, target]):
        with pytest.raises(
            TypeError, match=f"profile: the target must be a tensor or a variable, not {type(target).__name__}"
        ):
            tape.profile(wrong)


def test_profiles_are_of_several_targets_of_integers_and_of_tapes_that_recorded_nothing() -> None:
    x = tf.Variable([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y, z = tf.sin(x), tf.exp(x)
    by_node = {cost.op: cost.backward for cost in tape.profile([y, {"z": z}]).records}
    assert by_node["sin"] > 0.0 and by_node["exp"] > 0.0
    assert all(cost.backward == 0.0 for cost in tape.profile(tf.argmax(y)).records)
    assert not tf.GradientTape().profile(y).records
