"""The array API's extension for linear algebra: `np.linalg` on tensors, recorded, with the standard's arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...dtypes import finfo
from ...ops.decompositions import EighResult, QRResult, SVDResult
from ...ops.solving import SlogdetResult
from ..functions.linalg import COUNTERPARTS as _COUNTERPARTS
from .products import matmul, matrix_transpose, tensordot, vecdot
from .statistical import summand

__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]


def cholesky(x: Any, /, *, upper: bool = False) -> Tensor:
    """The Cholesky factors of positive definite matrices.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).
    upper : bool
        Whether the factor is upper triangular.

    Returns
    -------
    Tensor
        The factors.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.cholesky.html
    """
    return _COUNTERPARTS[np.linalg.cholesky](x, upper=upper)


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The cross products of vectors of three elements along an axis.

    Parameters
    ----------
    x1, x2 : array_like
        Whose other axes broadcast.
    axis : int
        The axis of three elements.

    Returns
    -------
    Tensor
        The products.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.cross.html
    """
    return _COUNTERPARTS[np.linalg.cross](x1, x2, axis=axis)


def det(x: Any, /) -> Tensor:
    """Determinants.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).

    Returns
    -------
    Tensor
        Of shape (...).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.det.html
    """
    return _COUNTERPARTS[np.linalg.det](x)


def diagonal(x: Any, /, *, offset: int = 0) -> Tensor:
    """The diagonals of matrices.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    offset : int
        Which diagonal; positive ones lie above.

    Returns
    -------
    Tensor
        Of shape (..., length of the diagonal).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.diagonal.html
    """
    return _COUNTERPARTS[np.linalg.diagonal](x, offset=offset)


def eigh(x: Any, /) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric matrices.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).

    Returns
    -------
    EighResult
        With eigenvalues, in ascending order, and eigenvectors in columns.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.eigh.html
    """
    return _COUNTERPARTS[np.linalg.eigh](x)


def eigvalsh(x: Any, /) -> Tensor:
    """Eigenvalues of symmetric matrices.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).

    Returns
    -------
    Tensor
        Of shape (..., M), in ascending order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.eigvalsh.html
    """
    return _COUNTERPARTS[np.linalg.eigvalsh](x)


def inv(x: Any, /) -> Tensor:
    """Inverse matrices.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.inv.html
    """
    return _COUNTERPARTS[np.linalg.inv](x)


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """Norms of matrices.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    keepdims : bool
        Whether these axes stay, with one entry.
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf}
        Which norm.

    Returns
    -------
    Tensor
        Of shape (...).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.matrix_norm.html
    """
    return _COUNTERPARTS[np.linalg.matrix_norm](x, keepdims=keepdims, ord=ord)


def matrix_power(x: Any, n: int, /) -> Tensor:
    """Matrices to an integer power.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).
    n : int
        The exponent, which may be negative.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.matrix_power.html
    """
    return _COUNTERPARTS[np.linalg.matrix_power](x, n)


def matrix_rank(x: Any, /, *, rtol: Any = None) -> Tensor:
    """How many singular values are not zero, relative to the largest.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    rtol : float or array_like, optional
        Relative to the largest singular value; max(M, N) times the precision by default.

    Returns
    -------
    Tensor
        Of int64 and shape (...).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.matrix_rank.html
    """
    return _COUNTERPARTS[np.linalg.matrix_rank](x, rtol=None if rtol is None else np.asarray(rtol))


def outer(x1: Any, x2: Any, /) -> Tensor:
    """The products of all pairs of two vectors' elements.

    Parameters
    ----------
    x1, x2 : array_like
        Of one dimension.

    Returns
    -------
    Tensor
        Of shape (length of x1, length of x2).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.outer.html
    """
    return _COUNTERPARTS[np.linalg.outer](x1, x2)


def pinv(x: Any, /, *, rtol: Any = None) -> Tensor:
    """Pseudo-inverses; singular values below `rtol` times the largest count as zero.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    rtol : float or array_like, optional
        Relative to the largest singular value; max(M, N) times the precision by default.

    Returns
    -------
    Tensor
        Of shape (..., N, M).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.pinv.html
    """
    operand = _core.operand(x)
    if rtol is None:
        rtol = max(operand.shape[-2:]) * finfo(operand.dtype).eps
    return _COUNTERPARTS[np.linalg.pinv](operand, rtol=np.asarray(rtol))


def qr(x: Any, /, *, mode: str = "reduced") -> QRResult:
    """Orthogonal and upper triangular factors.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    mode : {"reduced", "complete"}
        Whether Q has min(M, N) columns or M.

    Returns
    -------
    QRResult
        With Q and R.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.qr.html
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode {mode!r} is neither 'reduced' nor 'complete'")
    return _COUNTERPARTS[np.linalg.qr](x, mode)


def slogdet(x: Any, /) -> SlogdetResult:
    """Signs and logarithms of determinants.

    Parameters
    ----------
    x : array_like
        Square matrices, of shape (..., M, M).

    Returns
    -------
    SlogdetResult
        With sign and logabsdet.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.slogdet.html
    """
    return _COUNTERPARTS[np.linalg.slogdet](x)


def solve(x1: Any, x2: Any, /) -> Tensor:
    """The solutions of systems of equations.

    Parameters
    ----------
    x1 : array_like
        Square matrices, of shape (..., M, M).
    x2 : array_like
        A vector of length M, or matrices of shape (..., M, K).

    Returns
    -------
    Tensor
        Of the shape of `x2`, broadcast.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.solve.html
    """
    return _COUNTERPARTS[np.linalg.solve](x1, x2)


def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """Singular vectors and values.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    full_matrices : bool
        Whether U and Vh are square.

    Returns
    -------
    SVDResult
        With U, S, in descending order, and Vh.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.svd.html
    """
    return _COUNTERPARTS[np.linalg.svd](x, full_matrices)


def svdvals(x: Any, /) -> Tensor:
    """Singular values, the largest first.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).

    Returns
    -------
    Tensor
        Of shape (..., min(M, N)), in descending order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.svdvals.html
    """
    return _COUNTERPARTS[np.linalg.svdvals](x)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    """The sums along diagonals.

    Parameters
    ----------
    x : array_like
        Matrices, of shape (..., M, N).
    offset : int
        Which diagonal; positive ones lie above.
    dtype : dtype, optional
        As for `sum`.

    Returns
    -------
    Tensor
        Of shape (...).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.trace.html
    """
    return _COUNTERPARTS[np.linalg.trace](summand(x, dtype), offset=offset)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tensor:
    """Norms of vectors, along axes or of all elements.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes of one vector; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.
    ord : number
        Which norm; inf and -inf are the largest and the smallest element.

    Returns
    -------
    Tensor
        The norms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.linalg.vector_norm.html
    """
    return _COUNTERPARTS[np.linalg.vector_norm](x, axis=axis, keepdims=keepdims, ord=ord)
