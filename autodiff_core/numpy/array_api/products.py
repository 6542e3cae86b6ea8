"""The array API's products of matrices and vectors, which its main namespace shares with `linalg`. All are recorded."""

from __future__ import annotations

from typing import Any

from ... import _core
from ..._core import Tensor
from ...ops import elementwise as el
from ...ops import linalg, reductions
from ..functions import arranging, products
from ..functions.registry import alike
from .describing import described


@described(
    "Tensor : Of shape (..., M, N), without what a vector has not.",
    x1="array_like : Of shapes (..., M, K) and (..., K, N), whose other axes broadcast; or vectors of length K.",
    x2="array_like : Of shapes (..., M, K) and (..., K, N), whose other axes broadcast; or vectors of length K.",
)
def matmul(x1: Any, x2: Any, /) -> Tensor:
    """The matrix product; of stacks of matrices, one by one."""
    return linalg.matmul(x1, x2)


@described("Tensor : Of shape (..., N, M).", x="array_like : Matrices, of shape (..., M, N).")
def matrix_transpose(x: Any, /) -> Tensor:
    """Matrices with rows and columns exchanged."""
    operand = _core.operand(x)
    if operand.ndim < 2:
        raise ValueError(f"matrix_transpose: a matrix has two axes; the shape is {tuple(operand.shape)}")
    return arranging.matrix_transpose(operand)


@described(
    "Tensor : With the axes of `x1` that are left, then those of `x2`.",
    x1="array_like : Of any shapes.",
    x2="array_like : Of any shapes.",
    axes="int or two sequences of int : So many last axes of `x1` and first ones of `x2`; or which of each.",
)
def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Tensor:
    """The sum of products along axes of both."""
    return products.tensordot(x1, x2, axes)


@described(
    "Tensor : Without the axis.",
    x1="array_like : Whose other axes broadcast; of complex numbers, the first are conjugated.",
    x2="array_like : Whose other axes broadcast; of complex numbers, the first are conjugated.",
    axis="int : The axis, counted from the last.",
)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The scalar product of vectors along an axis; the other axes broadcast."""
    x, y = alike("vecdot", x1, x2)
    if not -min(x.ndim, y.ndim) <= axis < 0 or x.shape[axis] != y.shape[axis]:
        raise ValueError(
            f"vecdot: shapes {tuple(x.shape)} and {tuple(y.shape)} have no vectors of one length along axis {axis}, "
            "which is counted from the last"
        )
    return reductions.reduce_sum((el.conj(x) if x.dtype.kind == "c" else x) * y, axis)
