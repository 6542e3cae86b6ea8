"""Second derivatives of functions of eigenvalues and singular values: right, or NaN where equal values leave them open.

The oracles are the same functions, written as products of matrices.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

RNG = np.random.default_rng(5)


def turn(n: int, dtype: Any = np.float64) -> np.ndarray:
    x = RNG.normal(size=(n, n)) + (1j * RNG.normal(size=(n, n)) if np.dtype(dtype).kind == "c" else 0.0)
    return np.linalg.qr(x)[0]


def with_values(values: list[float], shape: tuple[int, int] | None = None, dtype: Any = np.float64) -> np.ndarray:
    """A Hermitian matrix with these eigenvalues, or one of a shape with these singular values."""
    if shape is None:
        q = turn(len(values), dtype)
        return (q * values) @ q.conj().T
    m, n = shape
    k = len(values)
    return (turn(m, dtype)[:, :k] * values) @ turn(n, dtype)[:, :k].conj().T


# ------------------------------------------------------------------------------------------------ four ways


def gradient(f: Callable[..., Any], x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def push(f: Callable[..., Any], x: Any, along: Any) -> Any:
    with tf.autodiff.ForwardAccumulator(x, along) as acc:
        y = f(x)
    return acc.jvp(y)


def reverse_over_reverse(f: Any, x: Any, along: Any) -> Any:
    return gradient(lambda x: tf.reduce_sum(tf.math.real(gradient(f, x) * tf.math.conj(along))), x)


def forward_over_reverse(f: Any, x: Any, along: Any) -> Any:
    return push(lambda x: gradient(f, x), x, along)


def reverse_over_forward(f: Any, x: Any, along: Any) -> Any:
    return gradient(lambda x: push(f, x, along), x)


def recorded(f: Any, x: Any, along: Any) -> Any:
    return tf.function(lambda x, along: reverse_over_reverse(f, x, along))(x, along)


WAYS = [reverse_over_reverse, forward_over_reverse, reverse_over_forward, recorded]


def products(way: Any, f: Any, a: np.ndarray) -> np.ndarray:
    """Hessian times each of some directions."""
    x = tf.constant(a)
    alongs = [np.eye(1, a.size, k).reshape(a.shape).astype(a.dtype) for k in (0, a.shape[1])]
    alongs.append(RNG.normal(size=a.shape).astype(a.dtype))
    return np.stack([way(f, x, tf.constant(along)).numpy() for along in alongs])


def right_or_nan(found: np.ndarray, expected: np.ndarray, tolerance: float = 1e-5) -> None:
    known = ~np.isnan(found)
    np.testing.assert_allclose(found[known], expected[known], atol=tolerance * max(1.0, np.abs(expected).max()))


def compare(way: Any, f: Any, oracle: Any, a: np.ndarray, tolerance: float = 1e-5) -> np.ndarray:
    state = RNG.bit_generator.state
    found = products(way, f, a)
    RNG.bit_generator.state = state
    expected = products(way, oracle, a)
    right_or_nan(found, expected, tolerance)
    return found


# --------------------------------------------------------------------------------------------------------- eigenvalues


def hermitian(a: Any) -> Any:
    lower = tf.linalg.band_part(a, -1, 0)
    return lower + tf.linalg.adjoint(lower) - tf.linalg.diag(tf.linalg.diag_part(lower))


def power(a: Any, n: int) -> Any:
    s = hermitian(a)
    x = s
    for _ in range(n - 1):
        x = x @ s
    return tf.math.real(tf.linalg.trace(x))


EIGEN: list[tuple[str, Any, Any]] = [
    ("squares", lambda a: tf.reduce_sum(tf.linalg.eigvalsh(a) ** 2), lambda a: power(a, 2)),
    ("cubes", lambda a: tf.reduce_sum(tf.linalg.eigvalsh(a) ** 3), lambda a: power(a, 3)),
    ("cubes beside vectors", lambda a: tf.reduce_sum(tf.linalg.eigh(a)[0] ** 3), lambda a: power(a, 3)),
    ("square of sum", lambda a: tf.reduce_sum(tf.linalg.eigvalsh(a)) ** 2, lambda a: power(a, 1) ** 2),
]
SPECTRA = {
    "distinct": [1.0, 2.0, 4.0],
    "two": [2.0, 2.0, 5.0],
    "three": [3.0, 3.0, 3.0],
    "none": [0.0, 0.0, 0.0],
    "two of zero": [0.0, 0.0, 1.0],
    "nearly two": [2.0, 2.0 + 1e-9, 5.0],
    "two but for roundings": [2.0, 2.0 + 1e-13, 5.0],
    "nearly three": [2.0, 2.0 + 1e-9, 2.0 - 1e-9],
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("turned", "dtype"), [(False, np.float64), (True, np.float64), (True, np.complex128)])
@pytest.mark.parametrize("values", SPECTRA.values(), ids=SPECTRA)
@pytest.mark.parametrize(("f", "oracle"), [case[1:] for case in EIGEN], ids=[case[0] for case in EIGEN])
def test_functions_of_eigenvalues_have_right_second_derivatives_or_none(
    f: Any, oracle: Any, values: list[float], dtype: Any, turned: bool, way: Any
) -> None:
    a = with_values(values, None, dtype) if turned else np.diag(values).astype(dtype)
    found = compare(way, f, oracle, a)
    if values == SPECTRA["distinct"]:
        assert np.isfinite(found).all()


@pytest.mark.parametrize("way", [reverse_over_reverse, forward_over_reverse, recorded], ids=lambda way: way.__name__)
@pytest.mark.parametrize("values", SPECTRA.values(), ids=SPECTRA)
def test_the_sum_of_eigenvalues_has_no_second_derivative_to_doubt(values: list[float], way: Any) -> None:
    assert not products(way, lambda a: tf.reduce_sum(tf.linalg.eigvalsh(a)), with_values(values)).any()


def test_equal_eigenvalues_that_nobody_looks_at_are_no_doubt() -> None:
    a = with_values([1.0, 1.0, 3.0])
    b = a + 1e-9 * np.diag([1.0, 2.0, 3.0])
    found, nearby = (products(reverse_over_reverse, lambda a: tf.linalg.eigvalsh(a)[-1] ** 2, x)[:2] for x in (a, b))
    np.testing.assert_allclose(found, nearby, atol=1e-6)


@pytest.mark.parametrize("way", WAYS[:3], ids=lambda way: way.__name__)
@pytest.mark.parametrize("a", [np.eye(3), np.diag([1.0, 1.0, 4.0]), np.diag([1.0, 2.0, 4.0]) + np.eye(3, k=1)])
def test_functions_of_eigenvalues_of_any_matrix_too(a: np.ndarray, way: Any) -> None:
    found = compare(way, lambda a: tf.reduce_sum(tf.linalg.eigvals(a) ** 3), lambda a: tf.linalg.trace(a @ a @ a), a)
    assert np.isfinite(found).all() == (len(set(np.diag(a))) == 3)


@pytest.mark.parametrize("way", WAYS[:3], ids=lambda way: way.__name__)
def test_functions_by_eigenvectors_are_right_or_nan_to_the_second_order(way: Any) -> None:
    c = with_values([1.0, -2.0, 3.0])

    def by_vectors(a: Any) -> Any:
        w, v = tf.linalg.eigh(a)
        return tf.reduce_sum(v * w[None] ** 2 @ tf.transpose(v) * c)

    for values in ([1.0, 2.0, 4.0], [2.0, 2.0, 5.0]):
        found = compare(way, by_vectors, lambda a: tf.reduce_sum(hermitian(a) @ hermitian(a) * c), with_values(values))
        assert np.isfinite(found).all() == (values[0] != values[1])


# ------------------------------------------------------------------------------------------------------ singular values


def gram(a: Any) -> Any:
    return tf.linalg.adjoint(a) @ a


def values_of(a: Any) -> Any:
    return tf.linalg.svd(a, compute_uv=False)


SINGULAR: list[tuple[str, Any, Any]] = [
    ("squares", lambda a: tf.reduce_sum(values_of(a) ** 2), lambda a: tf.math.real(tf.linalg.trace(gram(a)))),
    (
        "fourth powers",
        lambda a: tf.reduce_sum(tf.linalg.svd(a)[0] ** 4),
        lambda a: tf.math.real(tf.linalg.trace(gram(a) @ gram(a))),
    ),
    (
        "square of a sum of squares",
        lambda a: tf.reduce_sum(values_of(a) ** 2) ** 2,
        lambda a: tf.math.real(tf.linalg.trace(gram(a))) ** 2,
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("shape", "dtype"), [((3, 3), np.float64), ((4, 3), np.complex128), ((3, 5), np.float64)])
@pytest.mark.parametrize("values", SPECTRA.values(), ids=SPECTRA)
@pytest.mark.parametrize(("f", "oracle"), [case[1:] for case in SINGULAR], ids=[case[0] for case in SINGULAR])
def test_functions_of_singular_values_have_right_second_derivatives_or_none(
    f: Any, oracle: Any, values: list[float], shape: tuple[int, int], dtype: Any, way: Any
) -> None:
    found = compare(way, f, oracle, with_values(values, shape, dtype))
    if values == SPECTRA["distinct"]:
        assert np.isfinite(found).all()


@pytest.mark.parametrize("way", [reverse_over_reverse, forward_over_reverse, recorded], ids=lambda way: way.__name__)
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5)])
@pytest.mark.parametrize("values", [SPECTRA[name] for name in ("distinct", "two", "three", "nearly two")])
def test_the_nuclear_norm_is_smooth_where_singular_values_are_equal(
    values: list[float], shape: tuple[int, int], way: Any
) -> None:
    a = with_values(values, shape)

    def polar(a: np.ndarray) -> np.ndarray:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        return u @ vh

    along = RNG.normal(size=shape)
    found = way(lambda a: tf.reduce_sum(values_of(a)), tf.constant(a), tf.constant(along)).numpy()
    expected = (polar(a + 1e-5 * along) - polar(a - 1e-5 * along)) / 2e-5
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_the_polar_factor_has_its_gradient_where_singular_values_are_equal() -> None:
    a, weights = with_values([2.0, 2.0, 2.0], (4, 3)), RNG.normal(size=(4, 3))

    def weighed(a: Any) -> Any:
        _, u, v = tf.linalg.svd(a)
        return tf.reduce_sum(u @ tf.transpose(v) * weights)

    found = gradient(weighed, tf.constant(a)).numpy()
    along = RNG.normal(size=(4, 3))
    expected = (float(weighed(a + 1e-5 * along)) - float(weighed(a - 1e-5 * along))) / 2e-5
    np.testing.assert_allclose(np.sum(found * along), expected, atol=1e-8)


@pytest.mark.parametrize("f", [tf.linalg.eigvalsh, values_of, lambda a: tf.linalg.eigh(a)[0]])
def test_no_values_have_no_second_derivatives(f: Any) -> None:
    x = tf.constant(np.zeros((0, 0)))
    for way in WAYS[:3]:
        assert way(lambda a: tf.reduce_sum(f(a) ** 3), x, x).shape == (0, 0)


# --------------------------------------------------------------------------------------------- triangles


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("uplo", ["L", "U", "u"])
def test_eigh_is_numpys_to_the_last_bit_for_either_triangle(uplo: str, dtype: Any) -> None:
    a = RNG.normal(size=(2, 4, 4)).astype(dtype) + (1j * RNG.normal(size=(2, 4, 4)) if dtype == np.complex128 else 0.0)
    for found, expected in zip(np.linalg.eigh(tf.constant(a), uplo), np.linalg.eigh(a, uplo), strict=True):
        np.testing.assert_array_equal(found.numpy(), expected)
    found = np.linalg.eigvalsh(tf.constant(a), UPLO=uplo).numpy()
    np.testing.assert_array_equal(found, np.linalg.eigvalsh(a, uplo))
    grown = gradient(lambda a: tf.reduce_sum(np.linalg.eigvalsh(a, uplo) ** 2), tf.constant(a)).numpy()
    assert not (np.triu(grown, 1) if uplo == "L" else np.tril(grown, -1)).any()


def test_complex_tridiagonal_matrices_have_beta_above_and_its_conjugate_below() -> None:
    alpha, beta = RNG.normal(size=4), RNG.normal(size=3) + 1j * RNG.normal(size=3)
    a = np.diag(alpha).astype(complex) + np.diag(beta, 1) + np.diag(beta.conj(), -1)
    w, v = tf.linalg.eigh_tridiagonal(alpha.astype(complex), beta, eigvals_only=False)
    np.testing.assert_allclose(w.numpy(), np.linalg.eigvalsh(a), atol=1e-12)
    np.testing.assert_allclose(a @ v.numpy(), v.numpy() * w.numpy(), atol=1e-12)
