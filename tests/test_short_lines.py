"""Elementwise operations on few elements, which a replay runs without a call for each, give what single calls give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

SIZES = [*range(1, 10), 17, 30, 31, 64, 127, 128, 129]  # arrays of few are numbers in a plan; long ones run in blocks
SPECIAL = [0.0, -0.0, np.inf, -np.inf, 1e-310, 3.5, -2.0, 1e300]


def bits(x: Any) -> bytes:
    array = np.array(x)
    array[np.isnan(array)] = np.nan  # (whose sign and payload nobody promises)
    return array.tobytes()


def values(size: int, dtype: Any, seed: int) -> tf.Tensor:
    x = np.random.default_rng(seed).normal(size=size)
    x[::3] = np.resize(np.roll(SPECIAL, seed), len(x[::3]))
    with np.errstate(over="ignore"):
        return tf.constant(x.astype(dtype))


def combined(x: Any, y: Any, z: Any) -> list[Any]:
    """Each of the instructions, of both operands and of a number beside one, in lines long enough to reuse blocks."""
    sums = [x + y, x - y, x * y, x / y, x + 0.1, 0.2 - x, z * x, x / z, 1.5 / y, -x, x * x]
    total = sums[0]
    for part in sums[1:]:
        total = part - total * 0.5 + (-part) / 3.0
    return [*sums, total, tf.sqrt(tf.abs(x)) * y, tf.where(x > y, x * 2.0, y), tf.reduce_sum(x * 0.5 + y)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_short_lines_give_the_bits_of_single_operations(size: int, dtype: Any) -> None:
    recorded, native = tf.function(combined), tf.function(combined, jit_compile=size in (5, 31))
    for seed in range(3):
        operands = values(size, dtype, seed), values(size, dtype, seed + 10), tf.constant(1.7, dtype)
        expected = [bits(x) for x in combined(*operands)]
        assert [bits(x) for x in recorded(*operands)] == expected
        assert [bits(x) for x in native(*operands)] == expected


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_zero_cotangents_stay_zero_in_short_lines(size: int, dtype: Any) -> None:
    def gradients(x: Any, cotangent: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sqrt(x) + tf.math.log(x)
        return tape.gradient(y, x, output_gradients=cotangent)

    x = np.linspace(0, 1, size).astype(dtype)
    cotangent = np.arange(size).astype(dtype)
    expected = gradients(tf.constant(x), tf.constant(cotangent)).numpy()
    assert expected[0] == 0
    assert bits(tf.function(gradients)(tf.constant(x), tf.constant(cotangent))) == bits(expected)
