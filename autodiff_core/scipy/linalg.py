"""`scipy.linalg`: what SciPy has beyond np.linalg, by SciPy's arguments, but for those that are about memory."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from ..ops.banded import solve_banded
from ..ops.decompositions import cholesky as _cholesky
from ..ops.elementwise import conj
from ..ops.matrices import matrix_transpose
from ..ops.matrix_functions import expm, solve_sylvester, sqrtm
from ..ops.shaping import expand_dims, squeeze
from ..ops.solving import fit
from ..ops.triangular import triangular_system


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Tensor:
    """Solve systems of linear equations with triangular matrices.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, n); only one triangle is read.
    b : array_like
        Of shape (n,) or (..., n, k).
    trans : {0, 1, 2, "N", "T", "C"}
        Whether to solve with the matrix, its transpose or its conjugate transpose.
    lower : bool
        Which triangle.
    unit_diagonal : bool
        Whether the diagonal is taken to be one, and not read.

    Returns
    -------
    Tensor
        Of b's shape.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where there is a zero on the diagonal.
    ValueError
        Where the shapes do not fit, or for another `trans`.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.solve_triangular.html

    Examples
    --------
    >>> print(tf.scipy.linalg.solve_triangular([[2., 1.], [0., 1.]], [4., 2.]).numpy())
    [1. 2.]
    """
    trans, kinds = _core.as_index(trans), {0: 0, 1: 1, 2: 2, "N": 0, "T": 1, "C": 2}
    if trans not in kinds:
        raise ValueError(f"solve_triangular: trans is 0, 1, 2, 'N', 'T' or 'C', not {trans!r}")
    a, b = _core.operands(a, b)
    vector = len(b.shape) == 1
    x, y = fit("solve_triangular", a, expand_dims(b, -1) if vector else b)
    if kinds[trans] == 1 and x.dtype.kind == "c":
        x = conj(x)
    solved = triangular_system(x, y, lower, kinds[trans] > 0, unit_diagonal)
    return squeeze(solved, -1) if vector else solved


def cholesky(a: Any, lower: bool = False) -> Tensor:
    """Triangular factors of positive definite matrices: U of U' U, or L of L L'.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, n), symmetric: only one triangle is read.
    lower : bool
        Which factor, from which triangle.

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not positive definite.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.cholesky.html

    Examples
    --------
    >>> print(tf.scipy.linalg.cholesky([[4., 2.], [2., 10.]]).numpy())
    [[2. 1.]
     [0. 3.]]
    """
    if lower:
        return _cholesky(a)
    return matrix_transpose(_cholesky(matrix_transpose(a, conjugate=True)), conjugate=True)


def cho_factor(a: Any, lower: bool = False) -> tuple[Tensor, bool]:
    """The Cholesky factor that `cho_solve` takes.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, n), symmetric.
    lower : bool
        Which factor.

    Returns
    -------
    pair
        The factor, with zeros in its other triangle, and `lower`.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.cho_factor.html

    Examples
    --------
    >>> factor = tf.scipy.linalg.cho_factor([[4., 0.], [0., 1.]])
    >>> print(tf.scipy.linalg.cho_solve(factor, [4., 3.]).numpy())
    [1. 3.]
    """
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Tensor:
    """Solve systems of linear equations, given the Cholesky factor of the matrix.

    Parameters
    ----------
    c_and_lower : pair
        The factor, and whether it is the lower one.
    b : array_like
        Of shape (n,) or (..., n, k).

    Returns
    -------
    Tensor
        Of b's shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.cho_solve.html

    Examples
    --------
    >>> print(tf.scipy.linalg.cho_solve(([[2., 0.], [0., 1.]], True), [4., 3.]).numpy())
    [1. 3.]
    """
    factor, lower = c_and_lower
    first, second = (0, 2) if lower else (2, 0)
    return solve_triangular(factor, solve_triangular(factor, b, first, lower), second, lower)


__all__ = [
    "cho_factor",
    "cho_solve",
    "cholesky",
    "expm",
    "solve_banded",
    "solve_sylvester",
    "solve_triangular",
    "sqrtm",
]
__dir__ = __all__.copy
