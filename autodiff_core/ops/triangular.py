"""Triangular systems: by BLAS where SciPy is installed, which is imported when the first system is solved, else by
substitution in blocks on NumPy's products.

What either finds is the exact solution of a system that differs from the one given by few roundings of each element
(N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 8.1). A solver for general matrices that
exchanges rows loses what substitution keeps at any condition number.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .._core import Tensor
from . import c_loops, forms
from .forms import Kind
from .indexing import where
from .matrices import adjoint_product, by_adjoints
from .solving import adjoint_array, fit, solved_kind, system
from .table import Case, general


@cache
def _blas() -> Any:
    """SciPy's BLAS; None without SciPy."""
    try:
        from scipy.linalg import blas
    except ImportError:
        return None
    return blas


_LETTERS = {"f": "s", "d": "d", "F": "c", "D": "z"}
# In stacks of more than `_FEW` matrices as small as `_SMALL` NumPy's loop is quicker than as many calls from Python.
_SMALL, _FEW = 8, 4
# Triangles up to this size are solved as general matrices: of upper ones no rows are exchanged, and nothing eliminated.
_BLOCK = 64


def _kernel(attributes: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    lower, adjoint, unit = attributes
    zeros = np.nonzero(a.diagonal(0, -2, -1) == 0)[-1]
    if zeros.size and not unit:
        raise np.linalg.LinAlgError(f"triangular_solve: singular matrix: element {zeros[0]} of a diagonal is 0")
    many = a.shape[-1] <= _SMALL and a.size > _FEW * a.shape[-1] ** 2
    if b.size and not many and a.dtype.char in _LETTERS and (blas := _blas()) is not None:
        return _by_blas(blas, attributes, a, b)
    return _substituted(adjoint_array(a, adjoint), b, lower != adjoint, unit)


def _by_blas(blas: Any, attributes: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Arrays as they lie in memory are transposed ones to Fortran: x' a' = b' is solved, and nothing copied for it.

    (LAPACK's trtrs wakes a thread for any two columns, and trsm takes three times as long as trsv for one.)
    """
    lower, adjoint, unit = attributes
    of_matrices, of_vectors = (getattr(blas, _LETTERS[a.dtype.char] + name) for name in ("trsm", "trsv"))
    conjugated = adjoint and a.dtype.kind == "c"  # then the conjugate is what the transposed system has for solution
    x = np.empty_like(b, order="C")
    for place in np.ndindex(a.shape[:-2]):
        m, right = a[place].T, b[place]
        if right.shape[1] > 1:
            x[place] = of_matrices(1.0, m, right.T, side=1, lower=not lower, trans_a=2 * adjoint, diag=unit).T
            continue
        right = np.conj(right) if conjugated else right
        found = of_vectors(m, right[:, 0], lower=not lower, trans=not adjoint, diag=unit)
        x[place][:, 0] = np.conj(found) if conjugated else found
    return x


def _substituted(a: np.ndarray, b: np.ndarray, lower: bool, unit: bool) -> np.ndarray:
    """Half after half: the first is solved, and its part of the right-hand side of the second taken off."""
    n = a.shape[-1]
    if n > _BLOCK:
        half = (n // 2 + _BLOCK - 1) // _BLOCK * _BLOCK
        first, second = slice(0, half), slice(half, n)
        if not lower:
            first, second = second, first
        x = np.empty_like(b, order="C")
        x[..., first, :] = _substituted(a[..., first, first], b[..., first, :], lower, unit)
        rest = b[..., second, :] - a[..., second, first] @ x[..., first, :]
        x[..., second, :] = _substituted(a[..., second, second], rest, lower, unit)
        return x
    block = np.tril(a) if lower else np.triu(a)
    if unit:
        block[..., np.arange(n), np.arange(n)] = 1.0
    if not lower:
        return np.linalg.solve(block, b)
    return np.ascontiguousarray(np.linalg.solve(block[..., ::-1, ::-1], b[..., ::-1, :])[..., ::-1, :])


@by_adjoints
def _rule(g: Any, y: Any, attributes: Any, a: Any, b: Any) -> tuple[Any, Any]:
    lower, adjoint, unit = attributes
    gb = triangular_system(a, g, lower, not adjoint, unit)
    ga = adjoint_product(y, gb, False, True) if adjoint else adjoint_product(gb, y, False, True)
    below = np.tri(int(a.shape[-1]), k=-1 if unit else 0, dtype=bool)
    return where(below if lower else below.T, -ga, np.zeros((), ga.dtype)), gb


def triangular_system(a: Any, b: Any, lower: Any = True, adjoint: Any = False, unit: Any = False) -> Any:
    """The row itself, on two sides that fit; `unit` says that the diagonal is taken to be one, and not read."""
    return system(_TRIANGULAR, a, b, (bool(lower), bool(adjoint), bool(unit)))


def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """Solve systems of linear equations with triangular matrices.

    Parameters
    ----------
    matrix : array_like
        Of shape (..., n, n); only one triangle is read.
    rhs : array_like
        Right-hand sides, of shape (..., n, k). Stacks broadcast.
    lower : bool
        Which triangle.
    adjoint : bool
        Whether to solve with the conjugate transpose of the matrix.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where there is a zero on the diagonal.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/triangular_solve. By BLAS where SciPy is installed, else by
    substitution: as exact as each other.

    Examples
    --------
    >>> print(tf.linalg.triangular_solve([[2., 7.], [1., 1.]], [[2.], [2.]]).numpy())
    [[1.]
     [1.]]
    """
    a, b = fit("triangular_solve", matrix, rhs)
    return triangular_system(a, b, lower, adjoint)


def _solved(attributes: Any, a: Kind, b: Kind) -> Kind:
    if a.dtype != b.dtype or a.dtype.kind not in "fc":
        raise ValueError(f"systems of {a.dtype} and {b.dtype}")
    return solved_kind(a, b)


_TRIANGULAR = general(
    "triangular_solve",
    _kernel,
    _rule,
    raises=True,
    function=triangular_solve,
    doc="Solution of linear equations with triangular matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a, b: triangular_solve(a + 3.0 * np.eye(3), b), ((3, 3), (3, 2))),
        Case(lambda a, b: triangular_solve(a + 3.0 * np.eye(3), b, lower=False), ((2, 3, 3), (3, 2))),
        Case(lambda a, b: triangular_solve(a + 3.0 * np.eye(3), b, adjoint=True), ((3, 3), (2, 3, 1))),
        Case(lambda a, b: triangular_solve(a + 3.0 * np.eye(2), b, False, True), ((2, 2), (2, 2))),
        Case(lambda a, b: triangular_system(a, b, True, True, True), ((3, 3), (3, 2))),
    ),
    form=forms.parts(forms.flag, forms.flag, forms.flag),
    gives=_solved,
    names=("linalg.triangular_solve",),
    c=c_loops.LAPACK,
    cost=forms.solving(0),
)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """Solve systems of linear equations, given the Cholesky factors of the matrices.

    Parameters
    ----------
    chol : array_like
        Lower factors, of shape (..., n, n).
    rhs : array_like
        Right-hand sides, of shape (..., n, k).

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/cholesky_solve

    Examples
    --------
    >>> print(tf.linalg.cholesky_solve([[2., 0.], [0., 1.]], [[4.], [3.]]).numpy())
    [[1.]
     [3.]]
    """
    a, b = fit("cholesky_solve", chol, rhs)
    return triangular_solve(a, triangular_solve(a, b), adjoint=True)
