"""Products of small matrices, which are not BLAS's: in one order, however operands lie and whatever computes them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

SIZES = [
    *((n, n, n) for n in range(2, 7)),
    *((3, k, 1) for k in (2, 3, 4, 5, 6, 7, 8, 11, 31)),
    *((1, k, 5) for k in (2, 3, 4, 7, 9, 21)),
    (1, 2, 1), (1, 3, 1), (1, 128, 1), (10, 10, 1), (20, 20, 1),
    (2, 9, 3), (9, 2, 3), (3, 2, 9), (7, 6, 5), (64, 16, 1),
]  # fmt: skip
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "contiguous": np.ascontiguousarray,
    "by columns": np.asfortranarray,
    "every other": lambda x: np.repeat(x, 2, axis=-1)[:, ::2],
    "apart": lambda x: np.repeat(np.asfortranarray(x), 2, axis=0)[::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
}


def drawn(dtype: Any, *shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def fuses() -> bool:
    """Whether this processor rounds a product and a sum once."""
    row = np.array([[0, 0, 0, -1, 1 + 2.0**-30]])
    return float(tf.matmul(row, np.abs(row).T)[0, 0]) == 2.0**-29 + 2.0**-60


def added(total: Any, x: Any, y: Any, fused: bool) -> Any:
    if not fused:
        return total + x * y
    if total.dtype == np.float64:
        return np.float64(float(Fraction(float(x)) * Fraction(float(y)) + Fraction(float(total))))
    return np.float32(np.float64(x) * np.float64(y) + np.float64(total))


def element(row: np.ndarray, column: np.ndarray, fused: bool) -> Any:
    """An element of a product, in the order that src/small_products.h tells."""
    sums = [row.dtype.type(0)] * 4
    turns = len(row) - len(row) % 4
    for k, (x, y) in enumerate(zip(row, column, strict=True)):
        at = k % 4 if k < turns or not turns else k - len(row) + 4
        sums[at] = added(sums[at], x, y, fused)
    return (sums[0] + sums[2]) + (sums[1] + sums[3])


def same(found: Any, expected: np.ndarray) -> None:
    assert found.numpy().tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_small_product_adds_in_one_order_however_operands_lie(sizes: tuple[int, ...], dtype: Any) -> None:
    m, k, n = sizes
    a, b = drawn(dtype, m, k), drawn(dtype, k, n)
    fused = fuses()
    expected = np.array([[element(row, column, fused) for column in b.T] for row in a], dtype)
    np.testing.assert_allclose(expected, a.astype(np.longdouble) @ b, rtol=0, atol=8 * k * np.finfo(dtype).eps)
    for first in LAYOUTS.values():
        for second in LAYOUTS.values():
            x, y = first(a), second(b)
            same(tf.matmul(x, y), expected)
            same(tf.matmul(x.T, y, transpose_a=True), expected)
            same(tf.matmul(x, y.T, transpose_b=True), expected)
            same(tf.function(tf.matmul)(x, y), expected)
    stack = np.stack([a] * 3)
    for found in tf.matmul(stack, np.stack([b] * 3)):
        same(found, expected)
    same(tf.vectorize(lambda x: tf.matmul(x, b * 1))(stack[:1])[0], expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("k", [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 17])
def test_a_product_has_the_same_bits_alone_and_in_a_stack(k: int, dtype: Any) -> None:
    for m, n in [*((1, n) for n in range(1, 41)), (3, 2), (4, 4), (5, 5), (6, 6), (9, 2), (10, 1), (16, 1)]:
        if m * k * n > 256 and m > 1 and n > 1:
            continue
        a, b = drawn(dtype, 23, m, k), drawn(dtype, k, n)
        expected = np.stack([tf.matmul(x, b).numpy() for x in a])
        for second in LAYOUTS.values():
            for count in (1, 2, 12, 13, 23):
                same(tf.matmul(a[:count], second(b)), expected[:count])
        same(tf.matmul(a, np.stack([b] * 23)), expected)
        same(tf.function(tf.matmul)(a, b), expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_zeros_and_what_is_too_small_have_one_sign_alone_and_in_a_stack(dtype: Any) -> None:
    tiny = np.finfo(dtype).tiny
    for k in range(2, 11):
        for x in (0.0, tiny):
            a, b = np.full((20, 5, k), -x, dtype), np.full((k, 5), tiny, dtype)
            expected = tf.matmul(a[0].copy(), b).numpy()
            same(tf.matmul(a, b), np.stack([expected] * 20))
            same(tf.matmul(a, np.stack([b] * 20)), np.stack([expected] * 20))
            same(tf.matmul(np.asfortranarray(a[0]), np.asfortranarray(b)), expected)
            same(tf.linalg.matvec(a[0], b[:, 0] * 1), expected[:, 0])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_not_finite_stays_in_its_row_and_column(dtype: Any) -> None:
    for m, k, n in SIZES:
        for first in LAYOUTS.values():
            a, b = np.ones((m, k), dtype), np.ones((k, n), dtype)
            a[m - 1, k - 1], b[k // 2, n - 1] = np.inf, np.nan
            with np.errstate(invalid="ignore"):
                np.testing.assert_array_equal(tf.matmul(first(a), first(b)), a @ b)


@pytest.mark.parametrize("dtype", [np.int64, np.complex128, np.float16, np.bool_])
def test_small_products_of_other_dtypes_are_numpys(dtype: Any) -> None:
    for m, k, n in SIZES[:5]:
        a, b = (drawn(float, *shape) * 4 for shape in ((m, k), (k, n)))
        expected = np.matmul(a.astype(dtype), b.astype(dtype))
        np.testing.assert_allclose(tf.matmul(a.astype(dtype), b.astype(dtype)), expected, rtol=1e-2)


def test_what_computes_a_small_product_does_not_matter() -> None:
    matrix, vector = tf.constant(drawn(float, 10, 10)), tf.constant(drawn(float, 10))

    def f(matrix: Any, vector: Any) -> Any:
        return tf.linalg.matvec(matrix, tf.linalg.matvec(matrix, vector, transpose_a=True))

    def gradients(matrix: Any, vector: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([matrix, vector])
            value = f(matrix, vector)
        return [value, *tape.gradient(value, [matrix, vector])]

    expected = [x.numpy() for x in gradients(matrix, vector)]
    for recorded in (tf.function(gradients), tf.function(gradients, jit_compile=True)):
        for _ in range(3):
            for found, one in zip(recorded(matrix, vector), expected, strict=True):
                same(found, one)


@pytest.mark.parametrize("shape", [(2, 3), (9, 17), (17, 9), (40, 3), (200, 30)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_matrix_times_itself_whatever_lay_where_the_result_goes(shape: tuple[int, int], dtype: Any) -> None:
    # (BLAS has a routine of its own for it: OpenBLAS's keeps NaNs that it finds, on some processors.)
    array = drawn(dtype, *shape)
    for left, right in ((array, array.T), (array.T, array)):
        x = tf.constant(left)
        expected = left.astype(np.float64) @ right.astype(np.float64).copy()
        for _ in range(3):
            nan = tf.constant(np.full(expected.shape, np.nan, dtype)) * 1.0
            del nan
            found = tf.matmul(x, x, transpose_b=True)
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4 if dtype is np.float32 else 1e-11, atol=1e-4)
