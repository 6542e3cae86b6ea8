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
from .describing import described
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


@described(
    "Tensor : The factors.",
    x="array_like : Square matrices, of shape (..., M, M).",
    upper="bool : Whether the factor is upper triangular.",
)
def cholesky(x: Any, /, *, upper: bool = False) -> Tensor:
    """The Cholesky factors of positive definite matrices."""
    return _COUNTERPARTS[np.linalg.cholesky](x, upper=upper)


@described(
    "Tensor : The products.",
    x1="array_like : Whose other axes broadcast.",
    x2="array_like : Whose other axes broadcast.",
    axis="int : The axis of three elements.",
)
def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The cross products of vectors of three elements along an axis."""
    return _COUNTERPARTS[np.linalg.cross](x1, x2, axis=axis)


@described("Tensor : Of shape (...).", x="array_like : Square matrices, of shape (..., M, M).")
def det(x: Any, /) -> Tensor:
    """Determinants."""
    return _COUNTERPARTS[np.linalg.det](x)


@described(
    "Tensor : Of shape (..., length of the diagonal).",
    x="array_like : Matrices, of shape (..., M, N).",
    offset="int : Which diagonal; positive ones lie above.",
)
def diagonal(x: Any, /, *, offset: int = 0) -> Tensor:
    """The diagonals of matrices."""
    return _COUNTERPARTS[np.linalg.diagonal](x, offset=offset)


@described(
    "EighResult : With eigenvalues, in ascending order, and eigenvectors in columns.",
    x="array_like : Square matrices, of shape (..., M, M).",
)
def eigh(x: Any, /) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric matrices."""
    return _COUNTERPARTS[np.linalg.eigh](x)


@described("Tensor : Of shape (..., M), in ascending order.", x="array_like : Square matrices, of shape (..., M, M).")
def eigvalsh(x: Any, /) -> Tensor:
    """Eigenvalues of symmetric matrices."""
    return _COUNTERPARTS[np.linalg.eigvalsh](x)


@described("Tensor : Of the same shape.", x="array_like : Square matrices, of shape (..., M, M).")
def inv(x: Any, /) -> Tensor:
    """Inverse matrices."""
    return _COUNTERPARTS[np.linalg.inv](x)


@described(
    "Tensor : Of shape (...).",
    x="array_like : Matrices, of shape (..., M, N).",
    ord='{"fro", "nuc", 1, -1, 2, -2, inf, -inf} : Which norm.',
)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """Norms of matrices."""
    return _COUNTERPARTS[np.linalg.matrix_norm](x, keepdims=keepdims, ord=ord)


@described(
    "Tensor : Of the same shape.",
    x="array_like : Square matrices, of shape (..., M, M).",
    n="int : The exponent, which may be negative.",
)
def matrix_power(x: Any, n: int, /) -> Tensor:
    """Matrices to an integer power."""
    return _COUNTERPARTS[np.linalg.matrix_power](x, n)


@described(
    "Tensor : Of int64 and shape (...).",
    x="array_like : Matrices, of shape (..., M, N).",
    rtol=(
        "float or array_like, optional : Relative to the largest singular value; max(M, N) times the "
        "precision by default."
    ),
)
def matrix_rank(x: Any, /, *, rtol: Any = None) -> Tensor:
    """How many singular values are not zero, relative to the largest."""
    return _COUNTERPARTS[np.linalg.matrix_rank](x, rtol=None if rtol is None else np.asarray(rtol))


@described(
    "Tensor : Of shape (length of x1, length of x2).",
    x1="array_like : Of one dimension.",
    x2="array_like : Of one dimension.",
)
def outer(x1: Any, x2: Any, /) -> Tensor:
    """The products of all pairs of two vectors' elements."""
    return _COUNTERPARTS[np.linalg.outer](x1, x2)


@described(
    "Tensor : Of shape (..., N, M).",
    x="array_like : Matrices, of shape (..., M, N).",
    rtol=(
        "float or array_like, optional : Relative to the largest singular value; max(M, N) times the "
        "precision by default."
    ),
)
def pinv(x: Any, /, *, rtol: Any = None) -> Tensor:
    """Pseudo-inverses; singular values below `rtol` times the largest count as zero."""
    operand = _core.operand(x)
    if rtol is None:
        rtol = max(operand.shape[-2:]) * finfo(operand.dtype).eps
    return _COUNTERPARTS[np.linalg.pinv](operand, rtol=np.asarray(rtol))


@described(
    "QRResult : With Q and R.",
    x="array_like : Matrices, of shape (..., M, N).",
    mode='{"reduced", "complete"} : Whether Q has min(M, N) columns or M.',
)
def qr(x: Any, /, *, mode: str = "reduced") -> QRResult:
    """Orthogonal and upper triangular factors."""
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode {mode!r} is neither 'reduced' nor 'complete'")
    return _COUNTERPARTS[np.linalg.qr](x, mode)


@described("SlogdetResult : With sign and logabsdet.", x="array_like : Square matrices, of shape (..., M, M).")
def slogdet(x: Any, /) -> SlogdetResult:
    """Signs and logarithms of determinants."""
    return _COUNTERPARTS[np.linalg.slogdet](x)


@described(
    "Tensor : Of the shape of `x2`, broadcast.",
    x1="array_like : Square matrices, of shape (..., M, M).",
    x2="array_like : A vector of length M, or matrices of shape (..., M, K).",
)
def solve(x1: Any, x2: Any, /) -> Tensor:
    """The solutions of systems of equations."""
    return _COUNTERPARTS[np.linalg.solve](x1, x2)


@described(
    "SVDResult : With U, S, in descending order, and Vh.",
    x="array_like : Matrices, of shape (..., M, N).",
    full_matrices="bool : Whether U and Vh are square.",
)
def svd(x: Any, /, *, full_matrices: bool = True) -> SVDResult:
    """Singular vectors and values."""
    return _COUNTERPARTS[np.linalg.svd](x, full_matrices)


@described("Tensor : Of shape (..., min(M, N)), in descending order.", x="array_like : Matrices, of shape (..., M, N).")
def svdvals(x: Any, /) -> Tensor:
    """Singular values, the largest first."""
    return _COUNTERPARTS[np.linalg.svdvals](x)


@described(
    "Tensor : Of shape (...).",
    x="array_like : Matrices, of shape (..., M, N).",
    offset="int : Which diagonal; positive ones lie above.",
    dtype="dtype, optional : As for `sum`.",
)
def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    """The sums along diagonals."""
    return _COUNTERPARTS[np.linalg.trace](summand(x, dtype), offset=offset)


@described(
    "Tensor : The norms.",
    x="array_like : Of any shape and numeric dtype.",
    axis="int or tuple of int, optional : The axes of one vector; all by default.",
    ord="number : Which norm; inf and -inf are the largest and the smallest element.",
)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tensor:
    """Norms of vectors, along axes or of all elements."""
    return _COUNTERPARTS[np.linalg.vector_norm](x, axis=axis, keepdims=keepdims, ord=ord)
