"""Determinants are polynomials: derivatives are those of the expansion by minors, at singular matrices, too."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

RNG = np.random.default_rng(3)


def expanded(a: list[list[Any]]) -> Any:
    if not a:
        return 1
    return sum((-1) ** j * a[0][j] * expanded([row[:j] + row[j + 1 :] for row in a[1:]]) for j in range(len(a)))


def minor(a: np.ndarray, rows: tuple[int, ...], columns: tuple[int, ...]) -> Any:
    return expanded(np.delete(np.delete(a, rows, 0), columns, 1).tolist())


def cofactors(a: np.ndarray) -> np.ndarray:
    n = range(len(a))
    return np.array([[(-1) ** (i + j) * minor(a, (i,), (j,)) for j in n] for i in n], a.dtype)


def hessian(a: np.ndarray) -> np.ndarray:
    n = len(a)
    found = np.zeros((n,) * 4, a.dtype)
    for i, j, k, m in itertools.product(range(n), repeat=4):
        if i != k and j != m:
            sign = (-1) ** (i + j + k + m) * (1 if (i < k) == (j < m) else -1)
            found[i, j, k, m] = sign * minor(a, (i, k), (j, m))
    return found


def of_rank(n: int, rank: int, dtype: Any) -> np.ndarray:
    a = (RNG.integers(-3, 4, (n, rank)) @ RNG.integers(-3, 4, (rank, n))).astype(dtype)
    return a * (1 + 2j) if np.dtype(dtype).kind == "c" else a


def gradient(f: Callable[..., Any], x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def real_part(x: Any) -> Any:
    return tf.math.real(tf.linalg.det(x))


def reverse_over_reverse(x: Any, along: Any) -> Any:
    return gradient(lambda x: tf.reduce_sum(tf.math.real(gradient(real_part, x) * tf.math.conj(along))), x)


def forward_over_reverse(x: Any, along: Any) -> Any:
    with tf.autodiff.ForwardAccumulator(x, along) as acc:
        y = gradient(real_part, x)
    return acc.jvp(y)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize(("n", "rank"), [(n, rank) for n in (1, 2, 3, 4) for rank in range(n + 1)])
def test_derivatives_are_those_of_the_polynomial(n: int, rank: int, dtype: Any) -> None:
    a = of_rank(n, rank, dtype)
    x, along = tf.constant(a), RNG.normal(size=(n, n)).astype(dtype)
    expected = np.conj(cofactors(a))
    np.testing.assert_allclose(gradient(real_part, x).numpy(), expected, atol=1e-11 * max(1.0, np.abs(expected).max()))
    expected = np.conj(np.einsum("ijkl,ij->kl", hessian(a), along))
    for way in (reverse_over_reverse, forward_over_reverse, tf.function(reverse_over_reverse)):
        found = way(x, tf.constant(along)).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-11 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("smallest", [0.0, 1e-15, 1e-10, 1e-6])
def test_a_matrix_that_is_nearly_singular_loses_nothing(smallest: float) -> None:
    u, v = (np.linalg.qr(RNG.normal(size=(4, 4)))[0] for _ in range(2))
    a = (u * [3.0, 2.0, smallest, smallest]) @ v
    x, along = tf.constant(a), RNG.normal(size=(4, 4))
    expected = np.einsum("ijkl,ij->kl", hessian(a), along)
    np.testing.assert_allclose(reverse_over_reverse(x, tf.constant(along)).numpy(), expected, atol=1e-12)
    np.testing.assert_allclose(gradient(real_part, x).numpy(), cofactors(a), atol=1e-13)


def test_one_singular_matrix_of_a_stack_changes_nothing_of_the_others() -> None:
    a = np.stack([RNG.normal(size=(3, 3)), of_rank(3, 1, np.float64), np.zeros((3, 3)), RNG.normal(size=(3, 3))])
    along = RNG.normal(size=(4, 3, 3))

    def second(x: Any, along: Any) -> Any:
        return gradient(lambda x: tf.reduce_sum(gradient(lambda x: tf.reduce_sum(tf.linalg.det(x)), x) * along), x)

    found = second(tf.constant(a), along).numpy()
    for k in range(4):
        np.testing.assert_allclose(found[k], np.einsum("ijkl,ij->kl", hessian(a[k]), along[k]), atol=1e-11)
    np.testing.assert_array_equal(second(tf.constant(a[3:]), along[3:]).numpy()[0], second(tf.constant(a[3]), along[3]))


def test_a_third_derivative_is_right_or_says_that_a_matrix_is_singular() -> None:
    from autodiff_core.testing import check_gradients

    a = RNG.normal(size=(3, 3)) + 2.0 * np.eye(3)
    weights = RNG.normal(size=(3, 3))
    check_gradients(lambda x: gradient(lambda x: tf.linalg.det(x) ** 2, x) * weights, [a], order=2, rtol=1e-4)
    with pytest.raises(np.linalg.LinAlgError, match=r"[Ss]ingular"):
        gradient(lambda x: tf.reduce_sum(reverse_over_reverse(x, weights) * weights), tf.constant(np.zeros((3, 3))))


def test_no_rows_have_a_determinant_of_one_and_no_gradient() -> None:
    x = tf.constant(np.zeros((0, 0)))
    assert float(tf.linalg.det(x)) == 1.0
    assert gradient(real_part, x).shape == (0, 0)
    assert reverse_over_reverse(x, x).shape == (0, 0)
