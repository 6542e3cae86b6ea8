"""Optimizers inside recorded functions: a step is one program, and every step has the eager step's numbers to the last
bit, for gradients that are dense, that are rows, and for both at once, recorded, eager, and the two in turns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.keras import optimizers
from autodiff_core.programs.file import from_bytes, to_bytes

RULES: dict[str, Callable[[], Any]] = {
    "SGD": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "Nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: optimizers.Adam(0.1),
    "a rate that falls": lambda: optimizers.Adam(lambda step: 0.1 / (step + 1.0)),
}
# Numbers of rows, some of them several times; and how many are named, which is the shape of the call.
ROWS = [[4, 1, 4], [0, 0, 0], [3, 2, 1], [1, 4, 1], [2, 2, 5], [5, 3, 5]]


def test_every_optimizer_is_tried() -> None:
    kinds = {type(make()) for make in RULES.values()}
    classes = {getattr(optimizers, name) for name in optimizers.__all__}
    assert kinds == classes - {optimizers.Optimizer}


def whole(table: Any, weights: Any, ids: Any, x: Any) -> Any:
    return tf.reduce_sum(tf.square(x @ (table @ weights)))


def rows(table: Any, weights: Any, ids: Any, x: Any) -> Any:
    return tf.reduce_sum(tf.square(tf.gather(table, ids))) + tf.reduce_sum(tf.gather(weights, ids % 3))


def one_each(table: Any, weights: Any, ids: Any, x: Any) -> Any:
    return tf.reduce_sum(tf.square(tf.gather(table, ids) @ weights))


def both_for_one(table: Any, weights: Any, ids: Any, x: Any) -> Any:
    return one_each(table, weights, ids[:1], x) + whole(table, weights, ids, x)


LOSSES = {"dense": whole, "rows": rows, "rows and dense": one_each, "both for one variable": both_for_one}
PATTERNS: dict[str, Callable[[int], bool]] = {
    "recorded": lambda k: True,
    "recorded first": lambda k: k < 3,
    "eager first": lambda k: k >= 2,
    "in turns": lambda k: k % 2 == 1,
}


def run(rule: str, loss: Callable[..., Any], dtype: str, is_recorded: Callable[[int], bool]) -> tuple[list[Any], int]:
    start = np.random.default_rng(0).normal(size=(6, 3)).astype(dtype)
    table, weights = tf.Variable(start), tf.Variable(start[:3, :2] * 2)
    optimizer = RULES[rule]()

    def step(ids: Any, x: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(table, weights, ids, x)
        optimizer.apply_gradients(zip(tape.gradient(value, [table, weights]), [table, weights], strict=True))
        return value

    recorded, seen = tf.function(step), []
    for k, ids in enumerate(ROWS):
        x = tf.constant(np.random.default_rng(k).normal(size=(2, 6)).astype(dtype))
        value = (recorded if is_recorded(k) else step)(tf.constant(ids), x)
        seen += [value.numpy(), table.numpy(), weights.numpy()]
    return seen, recorded.trace_count


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rule", RULES)
def test_a_recorded_step_is_the_eager_one_to_the_last_bit(rule: str, loss: str, dtype: str) -> None:
    expected, _ = run(rule, LOSSES[loss], dtype, lambda k: False)
    for pattern, is_recorded in PATTERNS.items():
        found, programs = run(rule, LOSSES[loss], dtype, is_recorded)
        assert programs == 1, pattern
        for k, (one, other) in enumerate(zip(found, expected, strict=True)):
            np.testing.assert_array_equal(one, other, err_msg=f"{pattern}, step {k // 3}")
            assert one.dtype == other.dtype


@pytest.mark.parametrize("method", ["scatter_add", "scatter_sub", "scatter_update"])
def test_rows_of_a_variable_are_changed_in_a_program(method: str) -> None:
    def change(v: Any, ids: Any, values: Any) -> Any:
        getattr(v, method)(tf.IndexedSlices(values, ids))
        return v * 2.0

    v, w = tf.Variable(np.arange(8.0).reshape(4, 2)), tf.Variable(np.arange(8.0).reshape(4, 2))
    recorded = tf.function(lambda ids, values: change(v, ids, values))
    for k, ids in enumerate([[1, 1, 3], [0, 2, 0], [3, 3, 3]]):
        values = tf.constant(np.random.default_rng(k).normal(size=(3, 2)) / 3)
        np.testing.assert_array_equal(recorded(tf.constant(ids), values), change(w, tf.constant(ids), values))
    np.testing.assert_array_equal(v, w)
    assert recorded.trace_count == 1
    with pytest.raises(IndexError, match=re.escape("index 4 is out of bounds for 4 rows")):
        recorded(tf.constant([1, 4, 0]), values)
    with pytest.raises(IndexError, match=re.escape("index -1 is negative")):
        recorded(tf.constant([1, -1, 0]), values)
    np.testing.assert_array_equal(v, w)


def test_a_table_in_a_saved_program_keeps_its_checks() -> None:
    v = tf.Variable([1.0, 2.0, 3.0])

    def total(ids: Any, values: Any) -> Any:
        slices = tf.IndexedSlices(values, ids, (3,)).totals()
        v.scatter_add(slices)
        return slices.values

    program = tf.Program.from_function(total, tf.constant([0, 0]), tf.constant([1.0, 2.0]))
    again = from_bytes(to_bytes(program))
    assert again(tf.constant([2, 2]), tf.constant([5.0, 6.0])).numpy().tolist() == [11.0, 11.0]
    with pytest.raises(IndexError, match="index 3 is out of bounds for 3 rows"):
        again(tf.constant([3, 2]), tf.constant([5.0, 6.0]))
