"""Random programs as recorded functions: a replay, optimised or not, on one thread or two, is what plain Python gives.

The programs are those that the oracle tests draw. Each is recorded at its own inputs and replayed at others too, where
a condition may turn out otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff_core as tf
from test_random_programs import PROGRAMS, Program, programs, run_library

COMPILED = settings(PROGRAMS, max_examples=300)
DERIVED = settings(PROGRAMS, max_examples=150)


def values_of(program: Program) -> Any:
    return lambda *inputs: [tf.identity(node) for node in run_library(program, list(inputs))[len(inputs) :]]


def gradients_of(program: Program, function: Any) -> Any:
    """The gradients of a function of the inputs that gives all nodes behind them."""

    def gradients(*inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            nodes = [*inputs, *function(*inputs)]
        return tape.gradient(
            [nodes[i] for i in program.targets],
            list(inputs),
            output_gradients=program.cotangents,
            unconnected_gradients="zero",
        )

    return gradients


def places(program: Program) -> list[list[Any]]:
    return [[tf.constant(scale * value) for value in program.inputs] for scale in (1.0, 1.0, 0.75, -0.5)]


def assert_all(found: Any, expected: Any, rtol: float) -> None:
    for number, (one, other) in enumerate(zip(found, expected, strict=True)):
        one, other = one.numpy(), other.numpy()
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        scale = np.max(np.abs(other[np.isfinite(other)]), initial=1.0)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol * scale, err_msg=f"result {number}")


@COMPILED
@given(programs())
def test_a_replay_gives_the_values_of_plain_python(program: Program) -> None:
    plain = values_of(program)
    recorded = [tf.function(plain, optimize=optimize) for optimize in (True, False)]
    with np.errstate(all="ignore"):
        for inputs in places(program):
            expected = plain(*inputs)
            for function in recorded:
                assert_all(function(*inputs), expected, 2 * len(program.steps) * 2.3e-16)


@DERIVED
@given(programs())
def test_gradients_inside_and_around_are_those_of_plain_python(program: Program) -> None:
    plain = values_of(program)
    expected_of = gradients_of(program, plain)
    ways = [
        gradients_of(program, tf.function(plain)),
        gradients_of(program, tf.function(plain, optimize=False)),
        tf.function(expected_of),
        tf.function(expected_of, optimize=False),
        tf.function(gradients_of(program, tf.function(plain))),
    ]
    with np.errstate(all="ignore"):
        for inputs in places(program):
            expected = expected_of(*inputs)
            for way in ways:
                assert_all(way(*inputs), expected, 1e-12)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_arrays_on_several_threads(threads: int, dtype: Any, rng: np.random.Generator) -> None:
    def f(x: Any, y: Any) -> Any:
        z = tf.sin(x) * y + tf.exp(-x * x)
        return z, tf.reduce_sum(z, axis=0), tf.where(z > y, z, y / (1.0 + x * x)), tf.reduce_sum(z), z[::-1] * x

    recorded, before = tf.function(f), tf.get_num_threads()
    tf.set_num_threads(threads)
    try:
        for _ in range(3):
            x, y = (tf.constant(rng.normal(size=(700, 301)).astype(dtype)) for _ in range(2))
            scale = np.finfo(dtype).eps * 64
            for one, other in zip(recorded(x, y), f(x, y), strict=True):
                np.testing.assert_allclose(one, other, rtol=scale, atol=scale * 700)
    finally:
        tf.set_num_threads(before)
