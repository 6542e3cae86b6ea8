"""Triangular systems, by BLAS and by substitution: as exact as each other, at any condition number."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import triangular
from autodiff_core.ops.triangular import triangular_system
from autodiff_core.testing import check_gradients

RNG = np.random.default_rng(11)


@pytest.fixture(params=["BLAS", "substitution"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "BLAS":
        pytest.importorskip("scipy")
    else:
        monkeypatch.setattr(triangular, "_blas", lambda: None)
    return str(request.param)


def numbers(dtype: Any, *shape: int) -> np.ndarray:
    x = RNG.uniform(-1.0, 1.0, shape)
    return (x + 1j * RNG.uniform(-1.0, 1.0, shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def system(n: int, columns: int, dtype: Any, unit: bool, *lead: int) -> tuple[np.ndarray, np.ndarray]:
    """Ill-conditioned where that leads to no overflow."""
    a, b = numbers(dtype, *lead, n, n), numbers(dtype, *lead, n, columns)
    if unit or n > 40:
        a /= n
        a[..., range(n), range(n)] = 1.0 + numbers(dtype, n) / 2.0
    return a, b


def whole(a: np.ndarray, lower: bool, adjoint: bool, unit: bool) -> np.ndarray:
    """The matrix that is meant."""
    t = np.tril(a) if lower else np.triu(a)
    if unit:
        t[..., range(a.shape[-1]), range(a.shape[-1])] = 1.0
    return np.conj(np.swapaxes(t, -1, -2)) if adjoint else t


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize(("n", "lead"), [(1, ()), (40, ()), (150, ()), (3, (9,)), (20, (2, 2))])
def test_a_solution_solves_a_system_that_differs_in_each_element_by_roundings(
    way: str, n: int, lead: tuple[int, ...], columns: int, dtype: Any, lower: bool, adjoint: bool, unit: bool
) -> None:
    a, b = system(n, columns, dtype, unit, *lead)
    given = a.copy()
    given[..., *(np.triu_indices(n, 1) if lower else np.tril_indices(n, -1))] = np.nan
    if unit:
        given[..., range(n), range(n)] = np.nan
    x = triangular_system(tf.constant(given), tf.constant(b), lower, adjoint, unit).numpy()
    assert x.dtype == dtype
    t = whole(a, lower, adjoint, unit)
    wide = np.clongdouble if np.dtype(dtype).kind == "c" else np.longdouble
    residual = np.abs(t.astype(wide) @ x.astype(wide) - b)
    assert np.all(residual <= 4.0 * n * np.finfo(dtype).eps * (np.abs(t) @ np.abs(x)))


def test_forty_unknowns_from_uniform_numbers_are_those_of_long_doubles(way: str) -> None:
    a, b = numbers(np.float64, 40, 40), numbers(np.float64, 40, 1)
    x = b.astype(np.longdouble)
    for i in range(40):
        x[i] = (x[i] - a[i, :i].astype(np.longdouble) @ x[:i]) / a[i, i]
    np.testing.assert_allclose(tf.linalg.triangular_solve(a, b).numpy(), x.astype(np.float64), rtol=1e-10)
    spd = a @ a.T + np.eye(40)
    chol = np.linalg.cholesky(spd)
    np.testing.assert_allclose(tf.linalg.cholesky_solve(chol, b).numpy(), np.linalg.solve(spd, b), rtol=1e-8)
    for factor in ((chol, True), (chol.T, False)):
        np.testing.assert_allclose(tf.scipy.linalg.cho_solve(factor, b).numpy(), np.linalg.solve(spd, b), rtol=1e-8)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_derivatives_are_right_either_way(way: str, lower: bool, adjoint: bool, unit: bool, dtype: Any) -> None:
    a, b = numbers(dtype, 3, 3) + 2.0 * np.eye(3), numbers(dtype, 3, 2)
    check_gradients(lambda a, b: triangular_system(a, b, lower, adjoint, unit), [a, b], order=2, rtol=1e-4)


def test_the_gradient_is_zero_in_the_triangle_that_is_not_read(way: str) -> None:
    a, b = tf.constant([[2.0, np.nan], [1.0, 4.0]], tf.float64), tf.constant([[1.0], [1.0]], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = tf.linalg.triangular_solve(a, b)
    ga, gb = tape.gradient(y, [a, b])
    np.testing.assert_allclose(ga.numpy(), [[-0.1875, 0.0], [-0.125, -0.03125]])
    np.testing.assert_allclose(gb.numpy(), [[0.375], [0.25]])


@pytest.mark.parametrize("shape", [((0, 0), (0, 2)), ((3, 3), (3, 0)), ((0, 3, 3), (0, 3, 2))])
def test_systems_without_elements_have_solutions_without_elements(way: str, shape: Any) -> None:
    a, b = tf.constant(np.ones(shape[0])), tf.constant(np.ones(shape[1]))
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = tf.linalg.triangular_solve(a, b)
    ga, gb = tape.gradient(y, [a, b])
    assert (y.shape, ga.shape, gb.shape) == (shape[1], *shape)


@pytest.mark.parametrize("lead", [(), (9,)])
def test_a_zero_on_the_diagonal_is_an_error_that_names_its_place(way: str, lead: tuple[int, ...]) -> None:
    a = np.broadcast_to(np.eye(3), (*lead, 3, 3)).copy()
    a[..., 1, 1] = 0.0
    b = np.ones((*lead, 3, 1))
    with pytest.raises(np.linalg.LinAlgError, match=r"triangular_solve: singular matrix: element 1 of a diagonal is 0"):
        tf.linalg.triangular_solve(a, b)
    assert triangular_system(tf.constant(a), tf.constant(b), unit=True).numpy().tolist() == b.tolist()


def test_a_replay_solves_to_the_last_bit_as_the_function_does(way: str) -> None:
    def solve(a: Any, b: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([a, b])
            y = tf.linalg.cholesky_solve(tf.linalg.cholesky(a), b)
        return [y, *tape.gradient(y, [a, b])]

    recorded = tf.function(solve)
    for n in (5, 70):
        a, b = numbers(np.float64, n, n), tf.constant(numbers(np.float64, n, 3))
        a = tf.constant(a @ a.T + np.eye(n))
        for found, again, eager in zip(recorded(a, b), recorded(a, b), solve(a, b), strict=True):
            np.testing.assert_array_equal(found.numpy(), eager.numpy())
            np.testing.assert_array_equal(again.numpy(), eager.numpy())


def test_both_ways_find_the_same_but_for_roundings(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    a, b = numbers(np.float64, 200, 200) / 200.0 + np.eye(200), numbers(np.float64, 200, 3)
    found = tf.linalg.triangular_solve(a, b).numpy()
    monkeypatch.setattr(triangular, "_blas", lambda: None)
    np.testing.assert_allclose(tf.linalg.triangular_solve(a, b).numpy(), found, rtol=1e-11)


CODE = """
import sys
import autodiff_core as tf
solve = tf.linalg.triangular_solve
assert sys.modules.get("scipy") is None
print(solve([[2., 7.], [1., 1.]], [[2.], [2.]]).numpy().tolist())
"""


@pytest.mark.parametrize("without", ["", "import sys; sys.modules['scipy'] = None\n"])
def test_scipy_is_imported_by_the_first_system_and_not_needed(without: str) -> None:
    done = subprocess.run([sys.executable, "-c", without + CODE], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[[1.0], [1.0]]", done.stderr
