"""float16 and bfloat16 add up in float32: what is a sum of many terms is rounded once, to the half precision.

Values are compared with those of the same call in float64; a half precision that added up in itself would be off by far
more than its last place, or stand still (bfloat16 counts to 256 by ones).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

ml_dtypes = pytest.importorskip("ml_dtypes")

HALVES = {"float16": np.dtype("float16"), "bfloat16": np.dtype(ml_dtypes.bfloat16)}
# (A result may be half a unit off by its own rounding, and one more by what is computed with it.)
ULP = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
N = 3000

half = pytest.mark.parametrize("name", HALVES)


def numbers(name: str, seed: int = 0) -> np.ndarray:
    """Positive numbers around one, which the half precision has exactly; no sum of them goes beyond float16."""
    return np.random.default_rng(seed).uniform(0.5, 1.5, N).astype(HALVES[name])


def matrix(t: Any) -> Any:
    return tf.reshape(t, (-1, 3))


IDS = np.zeros(N, int)
ONCE: dict[str, Callable[[Any], Any]] = {
    "avg_pool": lambda t: tf.nn.avg_pool2d(tf.reshape(t[:800], (2, 10, 10, 4)), 3, 1, "SAME"),
    "conv2d_transpose": lambda t: tf.nn.conv2d_transpose(
        tf.reshape(t[:800], (2, 10, 10, 4)), tf.reshape(t[:108], (3, 3, 3, 4)), [2, 10, 10, 3], 1, "SAME"
    ),
    "nuclear norm": lambda t: np.linalg.norm(tf.reshape(t[:640], (10, 8, 8)), "nuc", axis=(1, 2)),
}
SUMS: dict[str, Callable[[Any], Any]] = {
    "reduce_sum": tf.reduce_sum,
    "reduce_sum of rows": lambda t: tf.reduce_sum(matrix(t), axis=0),
    "reduce_mean": tf.reduce_mean,
    "cumsum": tf.cumsum,
    "cumsum reversed": lambda t: tf.cumsum(t, reverse=True, exclusive=True),
    "cumulative_logsumexp": lambda t: tf.math.cumulative_logsumexp(t),
    "reduce_variance": tf.math.reduce_variance,
    "reduce_std": tf.math.reduce_std,
    "reduce_logsumexp": tf.reduce_logsumexp,
    "reduce_euclidean_norm": tf.math.reduce_euclidean_norm,
    "norm": tf.norm,
    "norm of order 1": lambda t: tf.norm(t, ord=1),
    "norm of order 3": lambda t: tf.norm(t, ord=3),
    "large norm": lambda t: tf.norm(t[:2] * 400.0),
    "l2_loss": tf.nn.l2_loss,
    "l2_normalize": tf.math.l2_normalize,
    "softmax": tf.nn.softmax,
    "log_softmax": tf.nn.log_softmax,
    "moments": lambda t: tf.stack(tf.nn.moments(t, [0])),
    "cross entropy": lambda t: tf.nn.softmax_cross_entropy_with_logits(t / 1500.0, t),
    "sparse cross entropy": lambda t: tf.nn.sparse_softmax_cross_entropy_with_logits([7], t[None]),
    "matmul": lambda t: tf.matmul(t[None], t[:, None]),
    "matvec": lambda t: tf.linalg.matvec(t[None], t),
    "tensordot": lambda t: tf.tensordot(t, t, 1),
    "einsum": lambda t: tf.einsum("ij,ij->j", matrix(t), matrix(t)),
    "einsum of one": lambda t: tf.einsum("ij->j", matrix(t)),
    "conv1d": lambda t: tf.nn.conv1d(t[None, :, None], t[:2000, None, None], 1, "VALID"),
    "avg_pool": lambda t: tf.nn.avg_pool1d(t[None, :, None], 2000, 1, "VALID"),
    "segment_sum": lambda t: tf.math.segment_sum(t, IDS),
    "segment_mean": lambda t: tf.math.segment_mean(t, IDS),
    "unsorted_segment_sum": lambda t: tf.math.unsorted_segment_sum(t, IDS, 1),
    "unsorted_segment_mean": lambda t: tf.math.unsorted_segment_mean(t, IDS, 1),
    "unsorted_segment_sqrt_n": lambda t: tf.math.unsorted_segment_sqrt_n(t, IDS, 1),
    "scatter_nd": lambda t: tf.scatter_nd(IDS[:, None], t, [1]),
    "add_n": lambda t: tf.add_n([t[k] for k in range(1000)]),
    "trace": lambda t: tf.linalg.trace(tf.linalg.diag(t[:500])),
    "at[].add": lambda t: tf.zeros_like(t[:1]).at[IDS].add(t),
    "np.sum": np.sum,
    "np.mean": np.mean,
    "np.var": np.var,
    "np.std": np.std,
    "np.nanmean": np.nanmean,
    "np.nansum": np.nansum,
    "np.mean where": lambda t: np.mean(t, where=np.arange(N) % 2 == 0),
    "np.average": lambda t: np.average(t, weights=t),
    "np.cumsum": np.cumsum,
    "np.dot": lambda t: np.dot(t, t),
    "np.cov": np.cov,
    "np.linalg.norm": np.linalg.norm,
    "np.add.reduce": np.add.reduce,
    "np.add.accumulate": np.add.accumulate,
    "np.einsum": lambda t: np.einsum("i,i", t, t),
    "np.convolve": lambda t: np.convolve(t, t[:2000], "valid"),
    "method sum": lambda t: t.sum(),
    "method mean": lambda t: t.mean(),
}


def in_float64(f: Callable[[Any], Any], x: np.ndarray) -> np.ndarray:
    return np.asarray(f(tf.constant(x.astype(np.float64))))


@half
@pytest.mark.parametrize("f", SUMS.values(), ids=SUMS)
def test_a_sum_is_that_of_float64_but_for_its_rounding(f: Callable[[Any], Any], name: str) -> None:
    x = numbers(name)
    value = f(tf.constant(x))
    assert value.dtype == HALVES[name]
    np.testing.assert_allclose(np.asarray(value, float), in_float64(f, x), rtol=1.5 * ULP[name], atol=2.0**-24)


@half
@pytest.mark.parametrize("f", SUMS.values(), ids=SUMS)
def test_recorded_and_vectorized_it_is_the_same_to_the_last_bit(f: Callable[[Any], Any], name: str) -> None:
    x, y = tf.constant(numbers(name)), tf.constant(numbers(name, 1))
    function = tf.function(f)
    together = tf.vectorize(f)(tf.stack([x, y]))
    for t, example in zip((x, y), together, strict=True):
        np.testing.assert_array_equal(function(t), f(t))
        np.testing.assert_array_equal(example, f(t))


@half
@pytest.mark.parametrize("f", SUMS.values(), ids=SUMS)
def test_its_gradient_is_that_of_float64_but_for_rounding(f: Callable[[Any], Any], name: str) -> None:
    x = numbers(name)
    gradients = []
    for dtype in (HALVES[name], np.float64):
        t = tf.constant(x.astype(dtype))
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = f(t)
            total = tf.reduce_sum(tf.cast(value, tf.float64) * np.cos(np.arange(value.size)).reshape(value.shape))
        gradients.append(tape.gradient(total, t))
        assert gradients[-1].dtype == dtype
    found, expected = (np.asarray(g, float) for g in gradients)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=4 * ULP[name], atol=8 * ULP[name] * scale)


def gradient(f: Callable[[Any], Any], x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return tape.gradient(value, x)


@half
def test_the_gradient_of_what_was_broadcast_adds_up_in_float32(name: str) -> None:
    ones = tf.constant(np.ones((N, 2), HALVES[name]))
    number = tf.constant(np.ones((), HALVES[name]))
    assert float(gradient(lambda t: t * ones, number)) == float(HALVES[name].type(2 * N))
    row = tf.constant(np.ones(2, HALVES[name]))
    np.testing.assert_array_equal(gradient(lambda t: t + ones, row), np.full(2, N, HALVES[name]))
    np.testing.assert_array_equal(
        tf.function(lambda t: gradient(lambda u: u + ones, t))(row), np.full(2, N, HALVES[name])
    )
    rows = tf.vectorize(lambda t: gradient(lambda u: u + ones, t))(tf.stack([row, row]))
    np.testing.assert_array_equal(rows, np.full((2, 2), N, HALVES[name]))
    with tf.GradientTape() as tape:
        tape.watch(row)
        sums = tf.reduce_sum(row + ones, 0)
    np.testing.assert_array_equal(tape.jacobian(sums, row), N * np.eye(2, dtype=HALVES[name]))


@half
def test_the_gradient_of_what_is_used_often_adds_up_in_float32(name: str) -> None:
    def f(t: Any) -> Any:
        total = tf.constant(0.0)
        for _ in range(N):
            total = total + tf.cast(t, tf.float32)
        return total

    x = tf.constant(np.ones((), HALVES[name]))
    assert float(gradient(f, x)) == float(HALVES[name].type(N))
    assert float(tf.function(lambda t: gradient(f, t))(x)) == float(HALVES[name].type(N))


@half
def test_the_gradient_of_a_row_that_is_looked_up_often_adds_up_in_float32(name: str) -> None:
    table = tf.Variable(np.ones((2, 1), HALVES[name]))
    with tf.GradientTape() as tape:
        value = tf.gather(table, IDS)
    found = tf.convert_to_tensor(tape.gradient(value, table))
    np.testing.assert_array_equal(found, np.array([[N], [0]], HALVES[name]))


@half
def test_slices_that_are_added_up_recorded_and_not_agree(name: str) -> None:
    def f(t: Any) -> Any:
        return tf.add_n([t[k : k + 1] * t[0] for k in range(40)])

    x = tf.constant(numbers(name)[:64])
    np.testing.assert_array_equal(tf.function(lambda t: gradient(f, t))(x), gradient(f, x))


@half
def test_a_mean_may_be_of_more_than_the_dtype_holds(name: str) -> None:
    x = tf.constant(np.full(5000, 60000.0, HALVES[name]))
    assert float(tf.reduce_mean(x)) == float(HALVES[name].type(60000.0))
    assert float(np.mean(x)) == float(HALVES[name].type(60000.0))
    np.testing.assert_array_equal(gradient(tf.reduce_mean, x), np.full(5000, 1 / 5000, HALVES[name]))


@half
def test_kernels_of_the_users_own_get_the_dtype_as_it_is(name: str) -> None:
    seen: list[Any] = []

    def forward(x: np.ndarray) -> np.ndarray:
        seen.append(x.dtype)
        return 2 * x

    doubled = tf.general_op(f"doubled_{name}", forward, lambda g, y, x: 2 * g)
    twice = tf.linear_op(f"twice_{name}", forward, forward)
    x = tf.constant(np.ones(3, HALVES[name]))
    np.testing.assert_array_equal(gradient(lambda t: doubled(twice(t)), x), np.full(3, 4, HALVES[name]))
    assert set(seen) == {HALVES[name]}


@half
def test_what_is_scattered_to_one_row_adds_up_in_float32(name: str) -> None:
    ones, zeros = np.ones((N, 1), HALVES[name]), np.zeros((2, 1), HALVES[name])
    slices = tf.IndexedSlices(tf.constant(ones), IDS)
    expected = np.array([[N], [0]], HALVES[name])
    v = tf.Variable(zeros)
    v.scatter_add(slices)
    np.testing.assert_array_equal(v, expected)
    v.assign(zeros)
    v.scatter_sub(slices)
    np.testing.assert_array_equal(v, -expected)
    v.assign(zeros)

    @tf.function
    def step(rows: Any) -> None:
        v.scatter_add(tf.IndexedSlices(rows, IDS))

    step(slices.values)
    np.testing.assert_array_equal(v, expected)
    np.testing.assert_array_equal(tf.tensor_scatter_nd_add(zeros, IDS[:, None], ones), expected)
    w = tf.Variable(zeros)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(tf.gather(w, IDS))
    tf.keras.optimizers.SGD(1.0).apply_gradients([(tape.gradient(total, w), w)])
    np.testing.assert_array_equal(w, -expected)


@half
@pytest.mark.parametrize("function", ONCE)
def test_what_is_made_of_a_sum_is_rounded_once(function: str, name: str) -> None:
    x = numbers(name)
    found, exact = ONCE[function](tf.constant(x)), ONCE[function](tf.constant(x.astype(np.float64)))
    np.testing.assert_array_equal(found.numpy(), exact.numpy().astype(HALVES[name]))
    slopes = tf.grad(lambda t: tf.reduce_sum(ONCE[function](t)))(tf.constant(x))
    assert slopes.dtype == HALVES[name]


def test_a_program_that_casts_a_half_is_read_again(tmp_path: Path) -> None:
    x = np.array([1.0, 2.5], np.float16)
    program = tf.Program.from_function(lambda x: tf.cast(x, tf.float32) * 2.0, x)
    program.save(tmp_path / "program")
    np.testing.assert_array_equal(tf.Program.load(tmp_path / "program")(x), [2.0, 5.0])
