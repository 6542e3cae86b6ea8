"""LU factors with pivots, what is made of them, and triangular systems of bands.

The derivative after S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions with
application in optimum experimental design (2010), section 4.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms, lapack
from .elementwise import add, equal
from .forms import Kind
from .matrices import band_part, diag, lead_to, matrices, matrix_transpose, of_one_dtype
from .several import several
from .shaping import expand_dims
from .solving import identity_plus
from .table import Case
from .triangular import triangular_solve, triangular_system


class Lu(NamedTuple):
    """What `lu` gives: both factors in one matrix, and which row of the operand each of its rows is."""

    lu: Tensor
    p: Tensor


def _lu_kernel(attributes: Any, a: np.ndarray) -> list[np.ndarray]:
    """The factors of the transposed matrices are those of the transposed factors."""
    both = lapack.factored(a.swapaxes(-1, -2))
    factors = both[..., :-1, :].swapaxes(-1, -2)
    if not factors.diagonal(0, -2, -1).all():
        raise np.linalg.LinAlgError("lu: a matrix is singular")
    return [factors.astype(a.dtype), lapack.orders(both).astype(a.real.dtype)]


def _below(x: Any) -> Any:
    return band_part(x, -1, 0) - band_part(x, 0, 0)


def _halves(lower_upper: Any) -> tuple[Any, Any]:
    """L, with ones on its diagonal, and U."""
    n = int(lower_upper.shape[-1])
    return add(_below(lower_upper), np.eye(n, dtype=lower_upper.dtype)), band_part(lower_upper, 0, -1)


def _permutation(perm: Any, dtype: Any) -> Any:
    """Ones in row i and column perm[i]: times a matrix, its rows in this order."""
    n = int(perm.shape[-1])
    return _core.to_dtype(equal(expand_dims(perm, -1), np.arange(n, dtype=perm.dtype)), dtype)


def _lu_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    lower, upper = _halves(results[0])
    # L and U share a matrix, so each has the part of the cotangent that is its own.
    of_lower = _core.matmul(lower, _below(g[0]), True)
    of_upper = _core.matmul(band_part(g[0], 0, -1), upper, False, True)
    inner = _below(of_lower) + band_part(of_upper, 0, -1)
    left = triangular_solve(matrix_transpose(lower), inner, lower=False)
    both = matrix_transpose(triangular_solve(upper, matrix_transpose(left), lower=False))
    return _core.matmul(_permutation(results[1], a.dtype), both, True)


def lu(input: Any, output_idx_type: Any = np.int32, name: str | None = None) -> Lu:
    """Factors of matrices: lower and upper triangular ones, whose product is the matrix with its rows in another order.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n).
    output_idx_type : dtype
        Of the order.

    Returns
    -------
    lu : Tensor
        Of shape (..., n, n): the upper factor on and above the diagonal, the lower one, whose diagonal is one, below.
    p : Tensor
        Of shape (..., n): the rows' order. No gradient passes.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or singular.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/lu. TensorFlow's has no gradient.

    Examples
    --------
    >>> lu, p = tf.linalg.lu([[1., 2.], [4., 4.]])
    >>> lu.numpy().tolist(), p.numpy().tolist()
    ([[4.0, 4.0], [0.25, 1.0]], [1, 0])
    """
    both, order = _LU(matrices(input, "lu", square=True))
    return Lu(both, _core.to_dtype(_core.detached(order), np.dtype(output_idx_type)))


_PIVOTED = np.array([[0.1, 0.2, 4.0], [5.0, 0.3, 0.1], [0.2, 6.0, 0.5]])


def _lu_dtype(a: Kind) -> np.dtype[Any]:
    forms.square(a)
    return a.dtype


_LU = several(
    "lu",
    _lu_kernel,
    _lu_rule,
    lambda attributes, shape: [shape[-2:], shape[-1:]],
    raises=True,
    function=lu,
    doc="Lower and upper triangular factors.",
    leading=True,
    cases=(
        Case(lambda a: lu(0.2 * a + _PIVOTED).lu, ((3, 3),)),
        Case(lambda a: lu(identity_plus(a)).lu, ((2, 2, 2),)),
    ),
    form=forms.nothing,
    dtype=_lu_dtype,
    names=("linalg.lu",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2 / 3),
)


def _factors(function: str, lower_upper: Any, perm: Any) -> tuple[Any, Any]:
    both = matrices(lower_upper, function, square=True)
    order = _core.operand(perm)
    if order.dtype.kind not in "iu" or order.shape[-1:] != both.shape[-1:]:
        raise ValueError(
            f"{function}: perm must be integers of shape (..., {both.shape[-1]}), not {order.dtype} of "
            f"{tuple(order.shape)}"
        )
    return both, order


def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Matrices from what `lu` makes of them.

    Parameters
    ----------
    lower_upper, perm : array_like
        Of shapes (..., n, n) and (..., n), as `lu` gives them.
    validate_args : bool
        Accepted for TensorFlow's sake: shapes are always checked.

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/lu_reconstruct

    Examples
    --------
    >>> print(tf.linalg.lu_reconstruct(*tf.linalg.lu([[1., 2.], [4., 4.]])).numpy())
    [[1. 2.]
     [4. 4.]]
    """
    both, order = _factors("lu_reconstruct", lower_upper, perm)
    return _core.matmul(_permutation(order, both.dtype), _core.matmul(*_halves(both)), True)


def lu_solve(lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Solve systems a x = rhs by what `lu` makes of a.

    Parameters
    ----------
    lower_upper, perm : array_like
        Of shapes (..., n, n) and (..., n), as `lu` gives them.
    rhs : array_like
        Of shape (..., n, k).
    validate_args : bool
        Accepted for TensorFlow's sake: shapes are always checked.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/lu_solve

    Examples
    --------
    >>> print(tf.linalg.lu_solve(*tf.linalg.lu([[1., 2.], [4., 4.]]), [[3.], [8.]]).numpy())
    [[1.]
     [1.]]
    """
    lower_upper, rhs = _core.operands(lower_upper, rhs)
    both, order = _factors("lu_solve", lower_upper, perm)
    x, right = of_one_dtype(both, rhs)
    right = matrices(right, "lu_solve")
    if right.shape[-2] != x.shape[-1]:
        raise ValueError(
            f"lu_solve: factors of shape {tuple(x.shape)} and a right-hand side of shape {tuple(right.shape)} do not "
            "fit"
        )
    half = triangular_system(x, _core.matmul(_permutation(order, x.dtype), right), unit=True)
    return triangular_system(x, half, lower=False)


def lu_matrix_inverse(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Inverses of matrices by what `lu` makes of them.

    Parameters
    ----------
    lower_upper, perm : array_like
        Of shapes (..., n, n) and (..., n), as `lu` gives them.
    validate_args : bool
        Accepted for TensorFlow's sake: shapes are always checked.

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/lu_matrix_inverse

    Examples
    --------
    >>> print(tf.linalg.lu_matrix_inverse(*tf.linalg.lu([[0., 2.], [4., 0.]])).numpy())
    [[0.   0.25]
     [0.5  0.  ]]
    """
    both, order = _factors("lu_matrix_inverse", lower_upper, perm)
    n = int(both.shape[-1])
    one = np.broadcast_to(np.eye(n, dtype=both.dtype), tuple(both.shape))
    return lu_solve(both, order, _core.to_tensor(one))


def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """Solve triangular systems of which only some diagonals are not zero.

    Parameters
    ----------
    bands : array_like
        Of shape (..., diagonals, n). For lower triangles the diagonal is the first row, and those below it follow, with
        as many elements that do not count before them; for upper ones it is the last row, and those above stand before,
        with elements that do not count behind them.
    rhs : array_like
        Of shape (..., n, k).
    lower : bool
        Which triangle it is.
    adjoint : bool
        Whether to solve with the (conjugate) transpose.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/banded_triangular_solve. The matrix is written out.

    Examples
    --------
    >>> bands, rhs = [[2., 3., 4.], [0., 2., 3.]], [[1.], [2.], [3.]]
    >>> print(tf.linalg.banded_triangular_solve(bands, rhs)[:, 0].numpy().round(4))
    [0.5    0.3333 0.5   ]
    """
    x, right = of_one_dtype(bands, rhs)
    x, right = matrices(x, "banded_triangular_solve"), matrices(right, "banded_triangular_solve")
    count, n = (int(size) for size in x.shape[-2:])
    if not 1 <= count <= n or right.shape[-2] != n:
        raise ValueError(
            f"banded_triangular_solve: bands of shape {tuple(x.shape)} and a right-hand side of shape "
            f"{tuple(right.shape)} do not fit"
        )
    whole = diag(x[..., 0, :])
    if count > 1:
        whole = diag(x, k=(1 - count, 0) if lower else (0, count - 1), align="LEFT_RIGHT")
    lead = np.broadcast_shapes(tuple(x.shape)[:-2], tuple(right.shape)[:-2])
    return triangular_solve(lead_to(whole, lead), lead_to(right, lead), lower=lower, adjoint=adjoint)
