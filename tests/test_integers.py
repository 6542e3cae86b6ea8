"""Integers stay integers where TensorFlow's do, and no mean of them wraps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def truncated(numbers: Any) -> int:
    """The mean in Python's integers, rounded towards zero."""
    total, count = sum(int(x) for x in numbers), len(numbers)
    return abs(total) // count * (1 if total >= 0 else -1)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_a_mean_is_rounded_towards_zero_and_never_wraps(dtype: str) -> None:
    limits = np.iinfo(dtype)
    samples = [
        [100, 100, 101],
        [limits.max] * 3,
        [limits.min] * 3,
        [limits.max, limits.max - 1],
        [limits.min, limits.min + 1],
        [limits.min, limits.max, limits.max],
        [1, 2, 2],
    ]
    if limits.min:
        samples += [[-1, -2], [-1, 0], [-7, 2, 1], [-3, -3, -3]]
    for numbers in samples:
        x = tf.constant(np.array(numbers, dtype))
        for mean in (tf.reduce_mean(x), tf.function(tf.reduce_mean)(x), tf.reduce_mean(tf.stack([x, x]), 1)[0]):
            assert mean.dtype == dtype
            assert int(mean) == truncated(numbers), numbers
        two = tf.stack([x, x[::-1]])
        assert tf.reduce_mean(two, axis=1, keepdims=True).shape == (2, 1)
        np.testing.assert_array_equal(tf.vectorize(tf.reduce_mean)(two), [truncated(numbers)] * 2)
        assert np.mean(x).dtype == np.float64
        np.testing.assert_allclose(np.mean(x), np.mean(np.array(numbers, dtype)))


def test_the_mean_of_no_integers_is_zero() -> None:
    assert tf.reduce_mean(tf.constant([], tf.int32)).numpy() == 0
    np.testing.assert_array_equal(tf.reduce_mean(tf.zeros((2, 0), tf.int8), 1), np.zeros(2, np.int8))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_elementwise_functions_keep_the_dtype(dtype: str) -> None:
    x, y = tf.constant(np.array([1, 2, 9], dtype)), tf.constant(np.array([4, 1, 3], dtype))
    calls: dict[Any, list[int]] = {
        lambda: tf.math.squared_difference(x, y): [9, 1, 36],
        lambda: tf.math.squared_difference(x, 2): [1, 0, 49],
        lambda: tf.nn.relu(x): [1, 2, 9],
        lambda: tf.nn.relu6(x): [1, 2, 6],
        lambda: tf.square(x): [1, 4, 81],
        lambda: tf.abs(x): [1, 2, 9],
        lambda: tf.sign(x): [1, 1, 1],
        lambda: tf.maximum(x, y): [4, 2, 9],
        lambda: tf.pow(x, 2): [1, 4, 81],
        lambda: x // y: [0, 2, 3],
        lambda: x % y: [1, 0, 0],
        lambda: tf.round(x): [1, 2, 9],
        lambda: tf.clip_by_value(x, 2, 8): [2, 2, 8],
        lambda: tf.cumsum(x): [1, 3, 12],
        lambda: tf.reduce_sum(x): 12,
        lambda: tf.reduce_prod(x): 18,
        lambda: tf.reduce_max(x): 9,
        lambda: tf.add_n([x, y]): [5, 3, 12],
        lambda: tf.tensordot(x, y, 1): 33,
    }
    for call, expected in calls.items():
        for found in (call(), tf.function(call)()):
            assert found.dtype == dtype
            np.testing.assert_array_equal(found, expected)


def test_integers_that_floats_do_not_hold_stay_as_they_are() -> None:
    large = tf.constant(2**53 + 1, tf.int64)
    assert int(tf.nn.relu(large)) == 2**53 + 1
    assert int(tf.math.squared_difference(large, large - 3)) == 9
    wrapped = tf.math.squared_difference(tf.constant(100, tf.int8), tf.constant(0, tf.int8))
    assert (wrapped.dtype, int(wrapped)) == (np.int8, 16)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64", "int8"])
def test_what_is_counted_may_be_unsigned(dtype: str) -> None:
    numbers, none = np.array([0, 2, 2], dtype), np.array([], dtype)
    for count in (np.bincount, tf.math.bincount):
        assert np.asarray(count(tf.constant(numbers))).tolist() == [1, 0, 2]
        assert np.asarray(count(tf.constant(none))).tolist() == []
    assert tf.math.confusion_matrix(numbers, numbers).numpy().tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 2]]
    assert tf.math.confusion_matrix(none, none, 1).numpy().tolist() == [[0]]
    w = tf.Variable([1.0, 2.0, 3.0])
    slices = tf.IndexedSlices(tf.ones(3), tf.constant(numbers), (3,))
    tf.keras.optimizers.SGD(1.0).apply_gradients([(slices, w)])
    assert w.numpy().tolist() == [0.0, 2.0, 1.0]


def test_classes_of_a_confusion_matrix_may_be_floats_as_in_tensorflow() -> None:
    assert tf.math.confusion_matrix([0.0, 1.0, 1.5], tf.constant([0.0, 0.0, 1.0])).numpy().tolist() == [[1, 0], [1, 1]]


def test_products_of_integer_vectors_are_numpys_recorded_and_for_each_example() -> None:
    a, x = np.arange(6).reshape(2, 3), np.arange(9).reshape(3, 3)
    expected = np.stack([a @ row for row in x])
    np.testing.assert_array_equal(tf.vectorize(lambda x: tf.constant(a) @ x)(tf.constant(x)), expected)
    np.testing.assert_array_equal(tf.vectorize(lambda x: np.matmul(x, x))(tf.constant(x)), [row @ row for row in x])
    stack = np.ones((2, 3, 2), int)
    np.testing.assert_array_equal(
        tf.vectorize(lambda x: np.matmul(x, stack))(tf.constant(x)), [row @ stack for row in x]
    )
    recorded = tf.function(lambda x: tf.constant(a) @ x)
    for row in x:
        np.testing.assert_array_equal(recorded(tf.constant(row)), a @ row)
