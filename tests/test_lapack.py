"""Matrices by LAPACK, NumPy's or SciPy's, and by what stands in for it; and factors that are made once."""

import gc
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import lapack, solving, triangular
from autodiff_core.ops.decompositions import _cholesky_pulled
from autodiff_core.testing import check_gradients

RNG = np.random.default_rng(3)
DTYPES = [np.float32, np.float64, np.complex64, np.complex128]


@pytest.fixture(params=["NumPy's", "SciPy's", "none"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    found = {"NumPy's": lapack._numpys, "SciPy's": lapack._scipys, "none": lambda: None}[request.param]()
    if found is None and request.param != "none":
        pytest.skip(f"{request.param} entry points are not here")
    monkeypatch.setattr(lapack, "entries", lambda n=0: found)
    monkeypatch.setattr(triangular, "_blas", lambda: found)
    return str(request.param)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The matrices that were factored."""
    factored, of = lapack.factored, []

    def counting(a: np.ndarray) -> np.ndarray:
        of.append(a)
        return factored(a)

    monkeypatch.setattr(lapack, "factored", counting)
    return of


def numbers(dtype: Any, *shape: int) -> np.ndarray:
    x = RNG.normal(size=shape)
    return (x + 1j * RNG.normal(size=shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def definite(dtype: Any, *shape: int) -> np.ndarray:
    x = numbers(dtype, *shape)
    return x @ np.conj(x.swapaxes(-1, -2)) / shape[-1] + np.eye(shape[-1], dtype=dtype)


def assert_close(found: Any, expected: np.ndarray, dtype: Any, n: int) -> None:
    found = np.asarray(found)
    assert found.shape == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=400 * n * np.finfo(dtype).eps * scale)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (100, 100), (2, 3, 30, 30), (0, 30, 30), (0, 0)])
def test_a_cholesky_factor_and_what_is_pulled_back_are_those_of_the_formulas(
    way: str, shape: tuple[int, ...], dtype: Any
) -> None:
    n = shape[-1]
    a, g = definite(dtype, *shape), numbers(dtype, *shape)
    given = np.tril(a) + np.triu(np.full_like(a, np.nan), 1)
    factor = tf.linalg.cholesky(given).numpy()
    assert factor.dtype == dtype
    assert not np.triu(factor, 1).any()
    assert_close(factor @ np.conj(factor.swapaxes(-1, -2)), a, dtype, max(n, 1))
    found = _cholesky_pulled(tf.constant(factor), tf.constant(g)).numpy()
    half = np.tril(np.ones((n, n))) - 0.5 * np.eye(n)
    inverse = np.linalg.inv(factor)
    turned = np.conj(inverse.swapaxes(-1, -2))
    whole = turned @ (half * (np.conj(factor.swapaxes(-1, -2)) @ np.tril(g))) @ inverse
    assert_close(found, 0.5 * (whole + np.conj(whole.swapaxes(-1, -2))), dtype, max(n, 1))
    np.testing.assert_array_equal(found, np.conj(found.swapaxes(-1, -2)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("columns", [0, 1, 3])
@pytest.mark.parametrize("shape", [(30, 30), (90, 90), (2, 3, 30, 30)])
def test_systems_by_factors_are_solved(
    way: str, shape: tuple[int, ...], columns: int, adjoint: bool, dtype: Any
) -> None:
    a, b = numbers(dtype, *shape) + 4.0 * np.eye(shape[-1], dtype=dtype), numbers(dtype, *shape[:-1], columns)
    x = tf.linalg.solve(a, b, adjoint=adjoint).numpy()
    assert x.dtype == dtype
    assert_close((np.conj(a.swapaxes(-1, -2)) if adjoint else a) @ x, b, dtype, 4 * shape[-1])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(30, 30), (90, 90), (2, 3, 30, 30)])
def test_inverses_and_determinants_by_factors_are_numpys(way: str, shape: tuple[int, ...], dtype: Any) -> None:
    a = numbers(dtype, *shape) + 4.0 * np.eye(shape[-1], dtype=dtype)
    assert_close(tf.linalg.inv(a), np.linalg.inv(a), dtype, 4 * shape[-1])
    sign, logarithm = tf.linalg.slogdet(a)
    expected = np.linalg.slogdet(a)
    assert (sign.dtype, logarithm.dtype) == (expected.sign.dtype, expected.logabsdet.dtype)
    assert_close(sign, expected.sign, dtype, shape[-1])
    assert_close(logarithm, expected.logabsdet, dtype, shape[-1])


@pytest.mark.parametrize("dtype", [*DTYPES, np.longdouble])
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (90, 90), (2, 3, 5, 5), (0, 5, 5)])
def test_triangular_factors_of_general_matrices_are_those_of_rows_in_their_order(
    way: str, shape: tuple[int, ...], dtype: Any
) -> None:
    a = numbers(dtype, *shape)
    both, order = (x.numpy() for x in tf.linalg.lu(a))
    assert (both.dtype, order.dtype) == (dtype, np.int32)
    lower, upper = np.tril(both, -1) + np.eye(shape[-1]), np.triu(both)
    assert np.max(np.abs(np.tril(both, -1)), initial=0.0) <= 2.0
    assert_close(lower @ upper, np.take_along_axis(a, order[..., None], -2), dtype, shape[-1])
    with pytest.raises(np.linalg.LinAlgError, match="lu: a matrix is singular"):
        tf.linalg.lu(np.zeros((2, 2), dtype))


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
def test_derivatives_are_right_either_way(way: str, monkeypatch: pytest.MonkeyPatch, dtype: Any) -> None:
    monkeypatch.setattr(solving, "_FEW_ROWS", 0)
    a, b = numbers(dtype, 3, 3) + 4.0 * np.eye(3), numbers(dtype, 3, 2)
    for adjoint in (False, True):
        check_gradients(lambda a, b, adjoint=adjoint: tf.linalg.solve(a, b, adjoint), [a, b], order=2, rtol=1e-4)
    check_gradients(tf.linalg.inv, [a], order=2, rtol=1e-4)
    check_gradients(lambda a: tf.linalg.slogdet(a).log_abs_determinant, [a], order=2, rtol=1e-4)
    check_gradients(lambda a: tf.linalg.cholesky(tf.matmul(a, a, adjoint_b=True) + np.eye(3)), [a], order=2, rtol=1e-4)


def test_singular_and_indefinite_matrices_are_errors_or_infinite(way: str) -> None:
    a = np.ones((30, 30))
    for function in (lambda: tf.linalg.solve(a, np.ones((30, 1))), lambda: tf.linalg.inv(a)):
        with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
            function()
    sign, logarithm = tf.linalg.slogdet(a)
    assert (float(sign), float(logarithm)) == (0.0, -np.inf)
    with pytest.raises(np.linalg.LinAlgError, match="Matrix is not positive definite"):
        tf.linalg.cholesky(np.stack([np.eye(30), a - 2.0 * np.eye(30)]))


def test_matrices_of_nan_give_nan(way: str) -> None:
    a = np.full((30, 30), np.nan)
    assert np.isnan(tf.linalg.solve(a, np.ones((30, 2))).numpy()).all()
    assert np.isnan(float(tf.linalg.slogdet(a).log_abs_determinant))


def ask(a: Any, b: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = tf.reduce_sum(tf.linalg.solve(a, b)) + tf.linalg.slogdet(a)[1] + tf.reduce_sum(tf.linalg.inv(a))
    return tape.gradient(y, [a, b])


def test_what_is_asked_of_one_matrix_under_a_tape_factors_it_once(counted: list[Any]) -> None:
    a, b = tf.constant(definite(np.float64, 30, 30)), tf.constant(numbers(np.float64, 30, 2))
    expected = ask(a, b)
    assert len(counted) == 1
    recorded = tf.function(ask)
    recorded(a, b)
    counted.clear()
    for found, right in zip(recorded(a, b), expected, strict=True):
        np.testing.assert_array_equal(found.numpy(), right.numpy())
    assert len(counted) == 1


def test_factors_go_with_the_tape_that_held_them(counted: list[Any]) -> None:
    a, b = tf.constant(definite(np.float64, 30, 30)), tf.constant(numbers(np.float64, 30, 2))
    ask(a, b)
    gc.collect()
    ask(a, b)
    assert len(counted) == 2


def test_factors_are_not_those_of_a_variable_before_its_assignment() -> None:
    a, b = definite(np.float64, 30, 30), np.ones((30, 1))
    v = tf.Variable(a)
    with tf.GradientTape(persistent=True) as tape:
        first = tf.linalg.solve(v, b)
        w = tf.linalg.solve(v.read_value(), b)
        v.assign_add(np.eye(30))
        second = tf.linalg.solve(v, b)
        third = tf.linalg.solve(v.read_value(), b)
    for found in (first, w):
        np.testing.assert_allclose(found.numpy(), np.linalg.solve(a, b))
    for found in (second, third):
        np.testing.assert_allclose(found.numpy(), np.linalg.solve(a + np.eye(30), b))
    assert tape.gradient(second, v) is not None


def test_a_recorded_function_factors_what_it_is_given(counted: list[Any]) -> None:
    """Also where the matrix is a tensor whose factors a tape around the call holds."""
    recorded = tf.function(lambda a, b: tf.linalg.solve(a, b))
    b = tf.constant(np.ones((30, 1)))
    for _ in range(3):
        a = tf.constant(definite(np.float64, 30, 30))
        with tf.GradientTape() as tape:
            tape.watch(a)
            x = tf.linalg.solve(a, b)
            y = recorded(a, b)
        np.testing.assert_allclose(y.numpy(), np.linalg.solve(a.numpy(), b.numpy()))
        np.testing.assert_array_equal(tape.gradient(x, a).shape, a.shape)


def test_examples_that_share_a_matrix_are_solved_at_once(counted: list[Any]) -> None:
    a, b = definite(np.float64, 30, 30), numbers(np.float64, 5, 30)
    found = tf.vectorize(lambda b: tf.linalg.solve(a, b[:, None])[:, 0])(b)
    np.testing.assert_allclose(found.numpy(), np.linalg.solve(a, b.T).T)
    assert {x.shape for x in counted} == {(30, 30)}
    each = tf.vectorize(lambda a, b: tf.linalg.solve(a, b[:, None])[:, 0])(np.stack([a] * 5), b)
    np.testing.assert_allclose(each.numpy(), found.numpy(), rtol=1e-10)


def test_entry_points_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="24 addresses are needed, not 3"):
        tf._core.Lapack([1, 2, 3], True)


def test_arrays_that_do_not_fit_are_refused_before_lapack_sees_them(way: str) -> None:
    found = lapack.entries()
    if found is None:
        pytest.skip("nothing is found")
    a = np.eye(3)
    for call in (
        lambda: found.cholesky(np.ones((2, 3))),
        lambda: found.cholesky(np.eye(3, dtype=np.int64)),
        lambda: found.triangular(a, np.ones((2, 3)), True, False, False),
        lambda: found.triangular(a, np.ones((3, 3), np.float32), True, False, False),
        lambda: found.solve(a, np.ones((3, 1)), False),
        lambda: found.pull_back(a, np.ones((3, 2))),
        lambda: found.inverse(a),
    ):
        with pytest.raises(ValueError, match=r"no matrices for LAPACK|are no systems"):
            call()
