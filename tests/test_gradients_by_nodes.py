"""Gradients within recorded functions, where nobody hears of them but the recording: values come of one sweep, and
records of another, which runs no kernel.

That all rows' gradients are those of plain Python is tested elsewhere (test_recorded_rows.py, test_last_bits.py). Here:
that the records are those of a sweep of tensors, and that what comes out is a tensor of the recording like any other.
(A function that is checked notes where each record was made, so that it is swept with tensors.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

random = np.random.default_rng(5)
VECTOR = random.uniform(0.5, 1.5, 16)
STACK = random.uniform(0.5, 1.5, (3, 16))
WEIGHTS = random.normal(size=(16, 5))
CUBE = random.normal(size=(4, 5, 3))

FORMULAS: dict[str, tuple[Callable[..., Any], list[np.ndarray]]] = {
    "elementwise": (lambda x: tf.reduce_sum(tf.tanh(x * 0.5) / (1.0 + x * x)), [VECTOR]),
    "broadcast": (lambda x, y: tf.reduce_sum(tf.tanh(x * y) + x[3] * tf.sqrt(y[1])), [VECTOR, STACK]),
    "column": (lambda x, y: tf.reduce_sum(y[:, 2:3] * y + tf.reduce_mean(x)), [VECTOR, STACK]),
    "product": (lambda x, w: tf.reduce_sum(tf.sigmoid(x[None] @ w) ** 2), [VECTOR, WEIGHTS]),
    "products in all ways": (
        lambda y, w: (
            tf.reduce_sum(tf.matmul(w, y, transpose_a=True, transpose_b=True) * 0.5)
            + tf.reduce_sum(tf.matmul(y, y, transpose_b=True) ** 2)
            + tf.reduce_sum(tf.exp(tf.matmul(w, w, transpose_a=True) * 0.1))
        ),
        [STACK, WEIGHTS],
    ),
    "stacks of matrices": (
        lambda w, c: tf.reduce_sum(tf.maximum(w @ c, 0.3) * tf.transpose(c[0])[0, 0]),
        [WEIGHTS, CUBE],
    ),
    "one matrix for a stack": (
        lambda c, v: tf.reduce_sum(tf.tanh(c @ v[:, :2])) + tf.reduce_sum(tf.matmul(c, v[:, 1:4], transpose_b=True)),
        [CUBE, random.normal(size=(3, 4))],
    ),
    "choice": (lambda x: tf.where(x > 1.0, x * x, tf.exp(x)), [VECTOR]),
    "casts": (lambda x, y: tf.cast(x, tf.float32) * tf.cast(y, tf.float32), [VECTOR, STACK]),
    "numbers and arrays": (lambda a, x: a * tf.reduce_sum(x * tf.sin(a)) + tf.maximum(a, 0.5), [np.array(0.7), VECTOR]),
    "shapes": (lambda y: tf.reshape(tf.transpose(y), (6, 8))[1:3, ::2] * tf.reshape(y, (48,))[4:12:2], [STACK]),
    "twice": (lambda x: x + x * 2.0 - x, [VECTOR]),
    "itself": (lambda x: x, [VECTOR]),
}


def gradient_of(formula: Callable[..., Any]) -> Callable[..., Any]:
    def gradient(*operands: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(operands)
            y = formula(*operands)
        return tape.gradient(y, operands)

    return gradient


def records_of(function: Any) -> Counter[Any]:
    (program,) = function.variants
    return Counter(
        (op, str(dtype), shape, len(operands))
        for op, operands, dtype, shape, _ in map(program.node, range(len(program)))
    )


@pytest.mark.parametrize("name", FORMULAS)
def test_records_are_those_of_a_sweep_of_tensors_and_values_those_of_plain_python(name: str) -> None:
    formula, arrays = FORMULAS[name]
    gradient, operands = gradient_of(formula), [tf.constant(array) for array in arrays]
    by_nodes, by_tensors = tf.function(gradient), tf.function(gradient, check=1_000)
    expected = gradient(*operands)
    for call in (by_nodes, by_nodes, by_tensors):
        for found, wanted in zip(call(*operands), expected, strict=True):
            assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
            assert found.numpy().tobytes() == wanted.numpy().tobytes()
    assert records_of(by_nodes) == records_of(by_tensors)


def test_a_cotangent_that_is_given_is_read_anew() -> None:
    @tf.function
    def weighted(x: Any, weight: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return tape.gradient(y, x, output_gradients=weight)

    x = tf.constant(VECTOR)
    for weight in (tf.constant(STACK[0]), tf.constant(STACK[1])):
        np.testing.assert_array_equal(weighted(x, weight), weight * (x + x))
    assert weighted.trace_count == 1


def test_what_python_makes_of_a_gradient_is_a_guard() -> None:
    @tf.function
    def branching(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x * x)
        slope = tape.gradient(y, x)
        return slope if float(slope[0]) > 2.0 else -slope

    for value in (0.5, 1.5, 0.5, 1.5):
        found = branching(tf.constant([value, 1.0]))
        np.testing.assert_array_equal(found, np.array([2 * value, 2.0]) * (1.0 if 2 * value > 2.0 else -1.0))


def test_a_variable_that_is_assigned_to_between_its_reads_has_the_sum_of_both_gradients() -> None:
    variable = tf.Variable(VECTOR)

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(variable * variable)
            variable.assign(variable * 0.5)
            y = y + tf.reduce_sum(tf.exp(variable))
        return tape.gradient(y, variable)

    for _ in range(3):
        before = variable.numpy()
        np.testing.assert_allclose(step(), 2 * before + np.exp(0.5 * before), rtol=1e-14)


def test_a_slope_that_is_infinite_is_nothing_where_nothing_comes_to_it() -> None:
    @tf.function
    def slope(a: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = tf.sqrt(a) * 0.0
        return tape.gradient(y, a)

    for _ in range(2):
        assert float(slope(tf.constant(0.0))) == 0.0


@pytest.mark.parametrize("array", [VECTOR, np.array(0.5)], ids=["array", "number"])
def test_a_gradient_that_is_kept_beyond_the_recording_says_so(array: np.ndarray) -> None:
    kept = []

    @tf.function
    def leaking(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x * x * x)
        kept.append(tape.gradient(y, x))
        return y

    leaking(tf.constant(array))
    with pytest.raises(ValueError, match="made while leaking was being recorded is used outside of it"):
        kept[0] + 1.0


@pytest.mark.parametrize("array", [VECTOR, np.array(0.5), np.zeros(5000)], ids=["array", "number", "large"])
def test_a_source_that_is_named_twice_has_one_gradient(array: np.ndarray) -> None:
    @tf.function
    def slopes(x: Any, of_result: bool) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x) * x
            z = y * y
        first, second, third = tape.gradient(z, [x, y if of_result else x, x])
        return first, second, third + first * 2.0

    for of_result in (False, True):
        for scale in (1.0, 1.0, 0.5):
            x = array * scale
            y = np.sin(x) * x
            slope = 2.0 * y * (np.cos(x) * x + np.sin(x))
            first, second, both = slopes(tf.constant(x), of_result)
            np.testing.assert_allclose(first, slope, rtol=1e-13)
            np.testing.assert_allclose(second, 2.0 * y if of_result else slope, rtol=1e-13)
            np.testing.assert_allclose(both, 3.0 * slope, rtol=1e-13)
