"""Sorting and searching. Where the elements go is data; that they go there is a gather, which has the gradient."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from .indexing import gather
from .shaping import reshape


def take_along_axis(x: Any, indices: np.ndarray, axis: int) -> Tensor:
    """Elements by their places along an axis, as NumPy's function of this name chooses them."""
    operand = _core.operand(x)
    nd = len(operand.shape)
    if indices.ndim != nd or indices.dtype.kind not in "iu":
        raise ValueError(
            f"take_along_axis: indices of shape {indices.shape} and dtype {indices.dtype} do not fit an operand of "
            f"shape {tuple(operand.shape)}; they must be integers of as many dimensions"
        )
    axis %= nd
    length = operand.shape[axis]
    if indices.size and (indices.min() < -length or indices.max() >= length):
        raise IndexError(f"take_along_axis: an index is out of bounds for axis {axis} with size {length}")
    places: Any = 0
    stride = 1
    for d in range(nd - 1, -1, -1):
        size = operand.shape[d]
        if d == axis:
            along: Any = indices % max(length, 1)
        else:
            along = np.arange(size).reshape((size,) + (1,) * (nd - d - 1))
        places = places + along * stride
        stride *= size
    return gather(reshape(operand, -1), places)


def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """The places of the elements in sorted order along an axis.

    Parameters
    ----------
    values : array_like
        Of any real dtype and one dimension at least.
    axis : int
        The axis to sort along.
    direction : {"ASCENDING", "DESCENDING"}
        Whether the smallest or the largest comes first.
    stable : bool
        Without effect: equal elements always stay in their order.

    Returns
    -------
    Tensor
        Of dtype int32 and the operand's shape; no gradient passes.

    Raises
    ------
    ValueError
        For another direction, or an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/argsort

    Examples
    --------
    >>> tf.argsort([3., 1., 2.])
    <Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    return _core.to_tensor(_order(_core.operand(values), axis, direction, "argsort").astype(np.int32))


def _order(x: Any, axis: int, direction: str, function: str) -> np.ndarray:
    nd = len(x.shape)
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"{function}: direction {direction!r} is neither 'ASCENDING' nor 'DESCENDING'")
    if not -nd <= axis < nd:
        raise ValueError(f"{function}: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    values = np.asarray(x)
    if direction == "ASCENDING":
        return np.argsort(values, axis=axis, kind="stable")
    # From the end, so that equal elements stay in their order.
    last = values.shape[axis] - 1
    return np.flip(last - np.argsort(np.flip(values, axis), axis=axis, kind="stable"), axis)


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """The elements in sorted order along an axis.

    Parameters
    ----------
    values : array_like
        Of any real dtype and one dimension at least.
    axis : int
        The axis to sort along.
    direction : {"ASCENDING", "DESCENDING"}
        Whether the smallest or the largest comes first; NaN counts as the largest.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For another direction, or an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/sort. The gradient goes back to where each element came from; of equal
    ones, to the earlier for the earlier.

    Examples
    --------
    >>> tf.sort([3., 1., 2.], direction="DESCENDING")
    <Tensor: shape=(3,), dtype=float32, numpy=array([3., 2., 1.], dtype=float32)>
    """
    x = _core.operand(values)
    return take_along_axis(x, _order(x, axis, direction, "sort"), axis)


class TopK(NamedTuple):
    """What `top_k` gives: the largest elements, and where they were."""

    values: Tensor
    indices: Tensor


def top_k(input: Any, k: int = 1, sorted: bool = True, index_type: Any = np.int32, name: str | None = None) -> TopK:
    """The k largest elements along the last axis, and their places.

    Parameters
    ----------
    input : array_like
        Of any real dtype and one dimension at least.
    k : int
        How many.
    sorted : bool
        Without effect: the largest always comes first.
    index_type : dtype
        That of the places.

    Returns
    -------
    values : Tensor
        Of shape input.shape[:-1] + (k,).
    indices : Tensor
        Of the same shape; of equal elements the first comes first.

    Raises
    ------
    ValueError
        Where there are fewer than k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/top_k

    Examples
    --------
    >>> values, indices = tf.math.top_k([1., 5., 3.], k=2)
    >>> print(values, indices)
    Tensor([5. 3.], shape=(2,), dtype=float32) Tensor([1 2], shape=(2,), dtype=int32)
    """
    x = _core.operand(input)
    if len(x.shape) == 0 or not 0 <= k <= x.shape[-1]:
        raise ValueError(f"top_k: a tensor of shape {tuple(x.shape)} has no {k} elements along its last axis")
    order = _order(x, -1, "DESCENDING", "top_k")[..., :k]
    return TopK(take_along_axis(x, order, -1), _core.to_tensor(order.astype(index_type)))
