"""Function families whose kernels take a short cut: the values and gradients are those of the long way."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def gradient_of(function: Any, x: Any, weights: Any = None) -> np.ndarray:
    t = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(t)
        y = function(t)
    return tape.gradient(y, t, output_gradients=None if weights is None else tf.constant(weights)).numpy()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["different", "ties", "nan", "signed zeros", "infinite", "close"])
@pytest.mark.parametrize("shape", [(7,), (500,), (40, 30)])
def test_a_sorts_gradient_goes_where_a_stable_order_says(
    shape: Any, kind: str, dtype: Any, rng: np.random.Generator
) -> None:
    x = rng.normal(size=shape).astype(dtype)
    if kind == "ties":
        x = np.round(x)
    elif kind == "nan":
        x[..., ::3] = np.nan
    elif kind == "signed zeros":
        x[..., ::2] = 0.0
        x[..., ::4] = -0.0
    elif kind == "infinite":
        x[..., 1], x[..., 3] = np.inf, -np.inf
    elif kind == "close":  # different in the last bits only
        x = (1 + np.finfo(dtype).eps * rng.permutation(x.size).reshape(shape)).astype(dtype)
    w = rng.normal(size=shape).astype(dtype)
    expected = np.empty_like(w)
    np.put_along_axis(expected, np.argsort(x, axis=-1, kind="stable"), w, -1)
    np.testing.assert_array_equal(gradient_of(tf.sort, x, w), expected)
    np.testing.assert_array_equal(tf.sort(x).numpy(), np.sort(x))


def test_a_descending_sorts_gradient_keeps_equal_elements_in_their_order() -> None:
    x, w = np.array([2.0, 3.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])
    found = gradient_of(lambda t: tf.sort(t, direction="DESCENDING"), x, w)
    np.testing.assert_array_equal(found, [3.0, 1.0, 4.0, 2.0])


@pytest.mark.parametrize("zeros", [0, 1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_products_have_the_other_factors_as_gradient_where_some_are_zero(
    zeros: int, dtype: Any, rng: np.random.Generator
) -> None:
    x = rng.uniform(0.5, 1.5, size=(3, 5)).astype(dtype)
    x[:, :zeros] = 0
    expected = np.stack([np.prod(np.delete(x, k, 1), axis=1) for k in range(5)], axis=1)
    np.testing.assert_allclose(gradient_of(lambda t: tf.reduce_prod(t, 1), x), expected, rtol=1e-5)
    found = gradient_of(lambda t: tf.math.cumprod(t, 1), x)
    slopes = [sum(np.prod(np.delete(x[:, : end + 1], k, 1), axis=1) for end in range(k, 5)) for k in range(5)]
    np.testing.assert_allclose(found, np.stack(slopes, axis=1), rtol=1e-5)


def test_second_derivatives_of_products_are_right_at_a_zero() -> None:
    for function in (tf.reduce_prod, lambda t: tf.reduce_sum(tf.math.cumprod(t))):
        tf.testing.check_gradients(function, [[1.5, 0.0, -0.5, 2.0]], order=2)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("dtype", [np.int64, np.float16, np.float32, np.complex128])
def test_running_products_of_every_dtype(exclusive: bool, reverse: bool, dtype: Any) -> None:
    x = np.array([[1, 2, 3], [4, 5, 6]], dtype)
    turned = x[:, ::-1] if reverse else x
    expected = np.cumprod(turned, axis=1, dtype=dtype)
    if exclusive:
        expected = np.concatenate([np.ones((2, 1), dtype), expected[:, :-1]], axis=1)
    found = tf.math.cumprod(x, 1, exclusive, reverse)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.numpy(), expected[:, ::-1] if reverse else expected)


def test_running_products_of_nothing() -> None:
    assert tf.math.cumprod(np.zeros((2, 0)), 1, exclusive=True).shape == (2, 0)
    assert gradient_of(lambda t: tf.math.cumprod(t, 1), np.zeros((2, 0))).shape == (2, 0)
    assert gradient_of(lambda t: tf.reduce_prod(t, 1), np.zeros((2, 0))).shape == (2, 0)


@pytest.mark.parametrize("q", [0.0, 0.3, 0.5, 1.0, [0.1, 0.9, 0.9], [[0.25], [0.75]]])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_quantiles_are_numpys(q: Any, axis: Any, rng: np.random.Generator) -> None:
    x = rng.normal(size=(6, 5))
    for keepdims in (False, True):
        expected = np.quantile(x, q, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(np.quantile(tf.constant(x), q, axis=axis, keepdims=keepdims), expected, rtol=1e-13)
    tf.testing.check_gradients(lambda t: np.quantile(t, q, axis=axis), [x])


def test_quantiles_beside_infinities_and_nan() -> None:
    x = np.array([[1.0, np.inf, 2.0], [np.nan, 1.0, 2.0], [-np.inf, 0.0, 1.0]])
    np.testing.assert_array_equal(np.median(tf.constant(x), axis=1), [2.0, np.nan, 0.0])
    np.testing.assert_array_equal(np.quantile(tf.constant(x), 0.0, axis=1), [1.0, np.nan, -np.inf])
    with pytest.raises(ValueError, match=r"range \[0, 1\]"):
        np.quantile(tf.constant(x), 1.5)


@pytest.mark.parametrize("equation", ["ij,jk->ik", "ji,jk->ik", "ij,kj->ik", "ij,jk->ki", "ji,kj->ki"])
@pytest.mark.parametrize("layout", ["contiguous", "transposed", "sliced", "sliced and transposed"])
def test_products_of_matrices_copy_no_operand(equation: str, layout: str) -> None:
    n = 200
    whole = tf.constant(np.ones((2 * n, 2 * n)))
    x = {
        "contiguous": lambda: tf.constant(np.ones((n, n))),
        "transposed": lambda: tf.transpose(tf.constant(np.ones((n, n)))),
        "sliced": lambda: whole[:n, :n],
        "sliced and transposed": lambda: tf.transpose(whole)[:n, n:],
    }[layout]()
    calls = [lambda: tf.einsum(equation, x, x)]
    if equation == "ij,jk->ik":
        calls.append(lambda: tf.matmul(x, x))
    for call in calls:
        call()
        tracemalloc.start()
        result = call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1.2 * 8 * n * n
        np.testing.assert_allclose(result.numpy(), np.full((n, n), n))


@pytest.mark.parametrize(
    "equation",
    ["bqhd,bkhd->bhqk", "ij,ij->i", "ij,ij->ji", "i,j->ji", "ijk,kjl->il", "abc,cd->abd", "ij,kj->", "ab,b->a"],
)
def test_einsum_of_two_operands_is_numpys(equation: str, rng: np.random.Generator) -> None:
    sizes = dict(zip("abcdhijklq", (11, 12, 13, 14, 9, 15, 16, 17, 18, 10), strict=True))
    terms = equation.split("->")[0].split(",")
    x, y = (rng.normal(size=[sizes[c] for c in term]) for term in terms)
    expected = np.einsum(equation, x, y)
    np.testing.assert_allclose(tf.einsum(equation, x, y), expected, rtol=1e-10, atol=1e-10)
    other = [np.swapaxes(z, 0, -1).copy().swapaxes(0, -1)[::-1] for z in (x, y)]
    np.testing.assert_allclose(tf.einsum(equation, *other), np.einsum(equation, *other), rtol=1e-10, atol=1e-10)
    w = rng.normal(size=expected.shape)
    found = gradient_of(lambda t: tf.einsum(equation, t, y), x, w)
    result = equation.split("->")[1]
    np.testing.assert_allclose(
        found, np.einsum(f"{result},{terms[1]},{terms[0]}->{terms[0]}", w, y, np.ones_like(x)), rtol=1e-9, atol=1e-9
    )


def test_a_long_convolutions_gradient_takes_the_time_of_a_convolution(rng: np.random.Generator) -> None:
    x, kernel = rng.normal(size=50_000), rng.normal(size=8)
    w = rng.normal(size=x.size + 7)
    found = gradient_of(lambda t: np.convolve(t, kernel), x, w)
    np.testing.assert_allclose(found, np.correlate(w, kernel, "valid"), rtol=1e-10, atol=1e-10)


def test_interpolations_have_gradients_of_all_three_operands() -> None:
    x, knots, values = [0.3, 1.7, 2.2], [0.0, 1.0, 2.0, 3.0], [1.0, 3.0, -1.0, 0.5]
    tf.testing.check_gradients(np.interp, [x, knots, values], order=2)
    np.testing.assert_array_equal(gradient_of(lambda t: np.interp(t, knots, values), [-1.0, 4.0]), [0.0, 0.0])


@pytest.mark.parametrize("mode", ["reflect", "symmetric"])
@pytest.mark.parametrize("widths", [((0, 0), (2, 1)), ((1, 2), (0, 3)), ((5, 6), (4, 9)), ((0, 0), (0, 0))])
def test_mirrored_padding_is_numpys(mode: Any, widths: Any, rng: np.random.Generator) -> None:
    x = rng.normal(size=(3, 4))
    np.testing.assert_array_equal(tf.pad(x, widths, mode.upper()), np.pad(x, widths, mode))
    np.testing.assert_array_equal(np.pad(tf.constant(x), widths, mode), np.pad(x, widths, mode))
    tf.testing.check_gradients(lambda t: tf.pad(t, widths, mode.upper()), [x])


@pytest.mark.parametrize("count", [0, 1, 2, 20])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_even_repeats_are_numpys(count: int, axis: Any, rng: np.random.Generator) -> None:
    x = rng.normal(size=(3, 4))
    np.testing.assert_array_equal(tf.repeat(x, count, axis), np.repeat(x, count, axis))
    np.testing.assert_array_equal(np.repeat(tf.constant(x), [count], axis), np.repeat(x, count, axis))
    np.testing.assert_array_equal(gradient_of(lambda t: tf.repeat(t, count, axis), x), np.full((3, 4), count))


def test_ties_for_the_largest_share_the_gradient() -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    np.testing.assert_allclose(gradient_of(lambda t: tf.reduce_max(t, 1), x), [[0, 0.5, 0.5], [1 / 3] * 3])
    np.testing.assert_allclose(gradient_of(tf.reduce_max, x), [[0, 0.5, 0.5], [0, 0, 0]])


@pytest.mark.parametrize("index", [slice(1, 3), (slice(None), slice(2)), (slice(3, 1),), (slice(None, None, 2),), 1])
def test_a_slices_gradient_is_zero_outside(index: Any, rng: np.random.Generator) -> None:
    x = rng.normal(size=(4, 5))
    expected = np.zeros((4, 5))
    expected[index] = 1
    np.testing.assert_array_equal(gradient_of(lambda t: t[index], x), expected)


def test_scipys_ufuncs_reach_their_row_the_second_time_too() -> None:
    special = pytest.importorskip("scipy.special")
    for _ in range(2):
        found = gradient_of(special.erf, np.array([0.5]))
        np.testing.assert_allclose(found, [2 / np.sqrt(np.pi) * np.exp(-0.25)])
