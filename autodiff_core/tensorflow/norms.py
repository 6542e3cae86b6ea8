"""Norms, by TensorFlow's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops.elementwise import abs as _abs
from ..ops.elementwise import divide
from ..ops.norms import norm as of_matrices
from ..ops.reductions import Axis, reduce_euclidean_norm, reduce_max, reduce_sum
from ..ops.shaping import inexact


def norm(
    tensor: Any, ord: Any = "euclidean", axis: Axis = None, keepdims: bool | None = None, name: str | None = None
) -> Tensor:
    """Norm of vectors or matrices.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype.
    ord : {"euclidean", "fro", 1, 2, numpy.inf} or positive float
        Which norm; over two axes no other number than these three, and 2 is the largest singular value.
    axis : int or pair of int, optional
        A vector's axis or a matrix's two; by default the whole tensor is one vector.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Raises
    ------
    ValueError
        For an `ord` that is not offered.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/norm. The gradient of a Euclidean norm at zero is NaN.

    Examples
    --------
    >>> tf.norm([[3., 4.], [6., 8.]], axis=1)
    <Tensor: shape=(2,), dtype=float32, numpy=array([ 5., 10.], dtype=float32)>
    """
    keep = bool(keepdims)
    matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if ord in ("euclidean", "fro") or (ord == 2 and not matrix):
        return reduce_euclidean_norm(tensor, axis, keep)
    if matrix and ord in (1, 2, np.inf):
        return of_matrices(tensor, ord, axis, keep)
    if matrix or isinstance(ord, str) or ord <= 0:
        raise ValueError(
            f"norm: ord={ord!r} is not offered over {'two axes' if matrix else 'vectors'}; use 'euclidean'"
        )
    if ord == 1:
        return reduce_sum(_abs(tensor), axis, keep)
    if ord == np.inf:
        return reduce_max(_abs(tensor), axis, keep)
    x = _core.operand(tensor)
    return _core.narrowed(reduce_sum(_abs(_core.widened(x)) ** ord, axis, keep) ** (1.0 / ord), x)


def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> tuple[Tensor, Tensor]:
    """A tensor divided by its norm, and the norm.

    Parameters
    ----------
    tensor : array_like
        Of a float dtype.
    ord : {"euclidean", "fro", 1, 2, numpy.inf} or positive float
        Which norm.
    axis : int or pair of int, optional
        A vector's axis or a matrix's two; by default the whole tensor is one vector.

    Returns
    -------
    pair of Tensor
        The quotient, and the norm, which has the axes with length 1.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/normalize

    Examples
    --------
    >>> unit, length = tf.linalg.normalize([3., 4.])
    >>> print(unit.numpy(), length.numpy())
    [0.6 0.8] [5.]
    """
    x = inexact(tensor)
    length = norm(x, ord, axis, True)
    return divide(x, length), length
