"""`vectorize`: a function of one example, applied to many. `test_vectorized_rows.py` goes through the op table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

N = 5
RNG = np.random.default_rng(11)
VECTORS = RNG.normal(size=(N, 4))
MATRICES = RNG.normal(size=(N, 3, 4))
LABELS = np.array([0, 3, 1, 1, 2])
PAIRS = RNG.integers(-3, 3, (N, 2))
SPREAD = MATRICES[:, :, :3] @ MATRICES[:, :, :3].swapaxes(1, 2) + np.eye(3)


def looped(f: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    """One example after the other."""
    return np.stack([np.asarray(f(*[tf.constant(x[i]) for x in arrays])) for i in range(len(arrays[0]))])


def check(f: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Values and gradients are a loop's, in a second call with other values, too."""
    loss = tf.grad(lambda *x: tf.reduce_sum(f(*x) ** 2))
    many, slopes = tf.vectorize(f), tf.vectorize(loss)
    for operands in (arrays, [np.roll(x, 2, 0) for x in arrays]):
        tensors = [tf.constant(x) for x in operands]
        np.testing.assert_allclose(many(*tensors), looped(f, *operands), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(slopes(*tensors), looped(loss, *operands), rtol=1e-11, atol=1e-13)


TABLE = RNG.normal(size=(6, 3))


@pytest.mark.parametrize(
    ("f", "arrays"),
    [
        (lambda x, k: x[k], (VECTORS, LABELS)),
        (lambda x, k: x[-k], (VECTORS, LABELS)),
        (lambda x, k: x[k], (MATRICES, PAIRS)),
        (lambda x, k: x[:, k], (MATRICES, PAIRS)),
        (lambda x, k: x[1:, k], (MATRICES, PAIRS)),
        (lambda x, k: x[..., k], (MATRICES, PAIRS)),
        (lambda x, k: x[k, :, None], (MATRICES, PAIRS)),
        (lambda x, k: x[None, k], (MATRICES, PAIRS)),
        (lambda x, k: x[1, k], (MATRICES, PAIRS)),
        (lambda x, k: x[None][:, k, :, None][:, :, 1], (MATRICES, PAIRS)),
        (lambda x, k: x[k[0], k], (MATRICES, PAIRS)),
        (lambda x, k: (x[None] * x[:2, None])[k[:, None], :, k], (MATRICES, PAIRS % 2)),
        (lambda x, k: (x[None] * x[:2, None])[:, k, k], (MATRICES, PAIRS)),
        (lambda x, k: x[np.array([True, False, True]), k], (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(x, k), (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(x, [2, 0]) * tf.gather(x, k, axis=1)[:2, :1], (MATRICES, PAIRS)),
        (lambda x, k: tf.gather(TABLE, k) * x[:2, :3], (MATRICES, PAIRS)),
        (lambda x, k: tf.constant(TABLE)[:, k] * x[0, 0], (MATRICES, PAIRS)),
        (lambda x, k: tf.nn.embedding_lookup(TABLE, k) * x[0, 0], (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.one_hot(k, 3, dtype=tf.float64) * x[:2, :3], (MATRICES, PAIRS)),
        (lambda x, k: tf.one_hot(k, 2, axis=0, dtype=tf.float64) * x[:2, :2], (MATRICES, PAIRS)),
        (lambda x, k: x.at[k].set(2.0 * x[:2]), (MATRICES, PAIRS % 3)),
        (lambda x, k: x.at[:, k].add(x[:, :2] ** 2), (MATRICES, PAIRS)),
        (lambda x, k: tf.tensor_scatter_nd_update(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.tensor_scatter_nd_add(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.tensor_scatter_nd_max(x, k[:, None], x[1:] ** 2), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.math.unsorted_segment_sum(x[:2], k, 3), (MATRICES, PAIRS % 3)),
        (lambda x, k: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x), (VECTORS, LABELS)),
        (lambda x, k: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x[:2]), (MATRICES, PAIRS % 4)),
    ],
)
def test_examples_have_indices_of_their_own(f: Any, arrays: Any) -> None:
    check(f, *arrays)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (tf.sort, VECTORS),
        (lambda x: tf.sort(x, 0, "DESCENDING"), MATRICES),
        (lambda x: tf.math.top_k(x, 2).values, VECTORS),
        (np.median, VECTORS),
        (lambda x: np.quantile(x, [0.3, 0.5]), VECTORS),
        (lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits([2, 0, 1], x), MATRICES),
        (tf.linalg.inv, SPREAD),
        (tf.linalg.cholesky, SPREAD),
        (tf.linalg.eigvalsh, SPREAD),
        (tf.linalg.logdet, SPREAD),
        (lambda x: tf.linalg.qr(x)[0], SPREAD),
        (lambda x: tf.linalg.solve(x, x + x), SPREAD),
        (lambda x: tf.signal.dct(x, norm="ortho"), VECTORS),
        (lambda x: np.convolve(x, [1.0, 2.0]), VECTORS),
        (lambda x: np.interp(x, [-1.0, 0.0, 2.0], [0.0, 1.0, -1.0]), VECTORS),
    ],
)
def test_sorting_and_linear_algebra(f: Any, x: Any) -> None:
    check(f, x)


def test_what_the_examples_share_is_looked_up_by_each() -> None:
    x, k = tf.constant(TABLE), tf.constant(PAIRS)
    np.testing.assert_array_equal(tf.vectorize(tf.gather, (None, 0))(x, k), TABLE[PAIRS])
    np.testing.assert_array_equal(tf.vectorize(lambda x, k: x[k], (None, 0))(x, k), TABLE[PAIRS])
    np.testing.assert_array_equal(tf.vectorize(lambda x, k: x[:, k], (None, 0))(x, k), TABLE[:, PAIRS].swapaxes(0, 1))
    np.testing.assert_array_equal(tf.vectorize(tf.gather, (0, None))(tf.constant(MATRICES), 1), MATRICES[:, 1])
    loss = tf.vectorize(lambda k, x: tf.nn.sparse_softmax_cross_entropy_with_logits(k, x), (None, 0))
    labels = tf.constant([1, 0, 3])
    each = [tf.nn.sparse_softmax_cross_entropy_with_logits(labels, tf.constant(one)) for one in MATRICES]
    np.testing.assert_allclose(loss(labels, tf.constant(MATRICES)), each)


def test_an_op_of_the_users_own_is_run_on_one_example_after_the_other() -> None:
    middle = tf.general_op("middle_of_three", lambda x: np.sort(x)[1:2], lambda g, y, x: g * (x == y))
    turned = tf.linear_op("turned", lambda x: x[::-1].copy(), lambda g: g[::-1].copy())
    for f in (middle, turned, lambda x: middle(turned(x) * x)):
        check(f, VECTORS[:, :3])
    many = RNG.normal(size=(5000, 3))
    np.testing.assert_array_equal(tf.vectorize(middle)(tf.constant(many)), np.sort(many)[:, 1:2])
    slopes = tf.vectorize(tf.grad(lambda x: tf.reduce_sum(middle(x) ** 2)))(tf.constant(many))
    np.testing.assert_array_equal(slopes, np.where(many == np.sort(many)[:, 1:2], 2.0 * many, 0.0))
