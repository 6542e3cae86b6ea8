"""TensorFlow's initializers: made with numbers, called with a shape and a dtype."""

from __future__ import annotations

from typing import Any

import pytest

import autodiff_core as tf

INITIALIZERS = [
    tf.zeros_initializer(),
    tf.ones_initializer(),
    tf.constant_initializer(3),
    tf.random_uniform_initializer(-1.0, 1.0, seed=1),
    tf.random_normal_initializer(1.0, 0.1, seed=1),
]


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=[type(i).__name__ for i in INITIALIZERS])
def test_an_initializer_gives_a_value_of_a_shape_and_a_dtype(initializer: Any) -> None:
    for shape in ((2, 3), [2, 3], tf.TensorShape([2, 3])):
        for dtype in (tf.float32, tf.float64):
            value = initializer(shape=shape, dtype=dtype)
            assert (value.shape, value.dtype) == ([2, 3], dtype)
    assert initializer((2,)).dtype == tf.float32
    assert initializer(()).shape == []
    assert tf.Variable(initializer((2,))).shape == [2]
    again = type(initializer).from_config(initializer.get_config())
    assert vars(again) == vars(initializer)


def test_values_are_those_that_are_asked_for() -> None:
    assert tf.constant_initializer([1, 2, 3, 4])((2, 2), tf.int32).numpy().tolist() == [[1, 2], [3, 4]]
    assert tf.ones_initializer()((2,), tf.int32).numpy().tolist() == [1, 1]
    drawn = tf.random_normal_initializer(5.0, 0.1)((1000,)).numpy()
    assert abs(drawn.mean() - 5.0) < 0.05
    drawn = tf.random_uniform_initializer(2.0, 3.0)((1000,)).numpy()
    assert 2.0 <= drawn.min() < drawn.max() <= 3.0


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected floating point type, got int32"):
        tf.random_normal_initializer()((2,), tf.int32)
    with pytest.raises((ValueError, TypeError), match="3"):
        tf.constant_initializer([1.0, 2.0, 3.0])((2,))
