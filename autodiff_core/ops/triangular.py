"""Triangular systems: by BLAS, NumPy's own or SciPy's (`lapack`), else by substitution in blocks on NumPy's products.

What either finds is the exact solution of a system that differs from the one given by few roundings of each element
(N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 8.1). A solver for general matrices that
exchanges rows loses what substitution keeps at any condition number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms, lapack
from .forms import Kind
from .indexing import where
from .matrices import by_adjoints, outer_product
from .solving import fit, of_shared, solved_kind, system
from .table import Case, general

# What finds BLAS; None of it where substitution is to stand in.
_blas = lapack.entries


def _kernel(attributes: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    lower, adjoint, unit = attributes
    if not unit and not (diagonal := a.diagonal(0, -2, -1)).all():
        place = np.nonzero(diagonal == 0)[-1][0]
        raise np.linalg.LinAlgError(f"triangular_solve: singular matrix: element {place} of a diagonal is 0")
    if lapack.takes(a) and (blas := _blas()) is not None:
        return np.asarray(blas.triangular(a, b, lower, adjoint, unit))
    return lapack.substituted(lapack.adjoint_array(a, adjoint), b, lower != adjoint, unit)


@by_adjoints
def _rule(g: Any, y: Any, attributes: Any, a: Any, b: Any) -> tuple[Any, Any]:
    lower, adjoint, unit = attributes
    gb = triangular_system(a, g, lower, not adjoint, unit)
    ga = outer_product(y, gb) if adjoint else outer_product(gb, y)
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
    https://www.tensorflow.org/api_docs/python/tf/linalg/triangular_solve. By BLAS where there is one to be found, else
    by substitution: as exact as each other.

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


_TRIANGULAR: _core.Op = general(
    "triangular_solve",
    _kernel,
    _rule,
    raises=True,
    function=triangular_solve,
    doc="Solution of linear equations with triangular matrices.",
    keeps_output=True,
    leading=True,
    examples=lambda attributes, operands, flags, n: of_shared(_TRIANGULAR, attributes, operands, flags),
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
