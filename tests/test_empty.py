"""Functions of nothing give nothing: empty tensors of the right shape, with empty gradients (TensorFlow, NumPy)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

SHAPES = [(0,), (0, 3), (3, 0), (2, 0, 3)]
KEEPING: dict[str, Callable[[Any], Any]] = {
    "softmax": tf.nn.softmax,
    "softmax along the first": lambda x: tf.nn.softmax(x, 0),
    "log_softmax": tf.nn.log_softmax,
    "log_softmax along the first": lambda x: tf.nn.log_softmax(x, 0),
    "cumsum": tf.cumsum,
    "cumprod": tf.math.cumprod,
    "cumulative_logsumexp": tf.math.cumulative_logsumexp,
    "sort": tf.sort,
    "reverse": lambda x: tf.reverse(x, [0]),
    "l2_normalize": lambda x: tf.math.l2_normalize(x, -1),
    "dropout": lambda x: tf.nn.dropout(x, 0.5),
    "map_fn": lambda x: tf.map_fn(lambda row: 2.0 * row, x),
    "vectorize": lambda x: tf.vectorize(lambda row: 2.0 * row)(x),
    "vectorized_map": lambda x: tf.vectorized_map(lambda row: 2.0 * row, x),
    "normalisation": lambda x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [-1], keepdims=True), None, None, 1e-3),
    "einsum": lambda x: tf.einsum("...,...->...", x, x),
    "clip_by_norm": lambda x: tf.clip_by_norm(x, 1.0),
    "top_k": lambda x: tf.math.top_k(x, x.shape[-1])[0],
    "np.sort": np.sort,
    "np.cumsum": lambda x: np.cumsum(x, 0),
}


def gradient(f: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return value, tape.gradient(value, x)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float16])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("f", KEEPING.values(), ids=KEEPING)
def test_nothing_in_nothing_out(f: Callable[[Any], Any], shape: tuple[int, ...], dtype: Any) -> None:
    x = tf.constant(np.zeros(shape), dtype=dtype)
    for call in (f, tf.function(lambda t: f(t))):
        value, slope = gradient(call, x)
        assert (value.shape, value.dtype) == (shape, dtype)
        assert (slope.shape, slope.dtype) == (shape, dtype)


@pytest.mark.parametrize(
    ("f", "shape", "result"),
    [
        (lambda x: tf.reduce_logsumexp(x, -1), (0, 3), (0,)),
        (lambda x: tf.nn.softmax_cross_entropy_with_logits(x, x), (0, 3), (0,)),
        (lambda x: tf.nn.softmax_cross_entropy_with_logits(x, x), (3, 0), (3,)),
        (lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(np.zeros(0, int), x), (0, 3), (0,)),
        (lambda x: tf.nn.conv2d(x, tf.ones((3, 3, 2, 5)), 1, "SAME"), (0, 4, 4, 2), (0, 4, 4, 5)),
        (lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"), (0, 4, 4, 2), (0, 2, 2, 2)),
        (lambda x: tf.einsum("ij,jk->ik", x, tf.ones((0, 3))), (2, 0), (2, 3)),
        (lambda x: tf.map_fn(tf.reduce_sum, x), (0, 3), (0,)),
        (lambda x: tf.map_fn(lambda r: {"a": tf.stack([r, r])}, x)["a"], (0, 3), (0, 2, 3)),
        (lambda x: tf.map_fn(lambda pair: pair[0] @ pair[1], (x, x)), (0, 2, 2), (0, 2, 2)),
        (lambda x: tf.scan(lambda a, r: a + tf.reduce_sum(r), x, initializer=tf.ones(2)), (0, 3), (0, 2)),
        (lambda x: tf.vectorize(tf.grad(lambda r: tf.reduce_sum(r * r)))(x), (0, 3), (0, 3)),
    ],
)
def test_shapes_of_nothing(f: Callable[[Any], Any], shape: tuple[int, ...], result: tuple[int, ...]) -> None:
    x = tf.zeros(shape)
    value, slope = gradient(f, x)
    assert value.shape == result
    assert slope is None or slope.shape == shape
    assert tf.function(lambda t: f(t))(x).shape == result
    assert not np.any(np.isnan(value))


def test_where_nothing_can_be_made_up_the_error_says_so() -> None:
    def refuses(row: Any) -> Any:
        raise KeyError("no")

    with pytest.raises(ValueError, match="cannot be run on one that is made up"):
        tf.map_fn(refuses, tf.zeros((0, 3)))
    with pytest.raises(ValueError, match="scan: elems have no slices, and there is no initializer"):
        tf.scan(lambda a, r: a + r, tf.zeros((0, 3)))
