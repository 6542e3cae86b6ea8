"""Bounding values and norms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from .. import _core
from .._core import Tensor
from ..ops.elementwise import maximum, minimum, multiply, sqrt
from ..ops.indexing import where
from ..ops.polar import squared_magnitude
from ..ops.reductions import Axis, reduce_sum
from ..tensors.indexed_slices import IndexedSlices


@overload
def clip_by_value(
    t: IndexedSlices, clip_value_min: Any, clip_value_max: Any, name: str | None = ...
) -> IndexedSlices: ...
@overload
def clip_by_value(t: _core.TensorLike, clip_value_min: Any, clip_value_max: Any, name: str | None = ...) -> Tensor: ...
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Values bounded below and above.

    Parameters
    ----------
    t : array_like or IndexedSlices
        Of any real dtype; of slices the values count as they are, duplicates not added up.
    clip_value_min, clip_value_max : array_like
        The bounds; they broadcast.

    Returns
    -------
    Tensor or IndexedSlices
        Of the operands' common shape. What is clipped gets a gradient of zero.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/clip_by_value

    Examples
    --------
    >>> tf.clip_by_value([-2., 0.5, 3.], 0., 1.)
    <Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    if isinstance(t, IndexedSlices):
        return t.with_values(clip_by_value(t.values, clip_value_min, clip_value_max))
    return minimum(maximum(_core.operand(t), clip_value_min), clip_value_max)


@overload
def clip_by_norm(t: IndexedSlices, clip_norm: Any, axes: Axis = ..., name: str | None = ...) -> IndexedSlices: ...
@overload
def clip_by_norm(t: _core.TensorLike, clip_norm: Any, axes: Axis = ..., name: str | None = ...) -> Tensor: ...
def clip_by_norm(t: Any, clip_norm: Any, axes: Axis = None, name: str | None = None) -> Any:
    """Scaled down to a Euclidean norm, where it is larger.

    Parameters
    ----------
    t : array_like or IndexedSlices
        Of a float dtype; of slices the values count as they are, duplicates not added up.
    clip_norm : float
        The largest norm.
    axes : int or sequence of int, optional
        The axes of one vector; all by default.

    Returns
    -------
    Tensor or IndexedSlices
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/clip_by_norm

    Examples
    --------
    >>> tf.clip_by_norm([6., 8.], 5.)
    <Tensor: shape=(2,), dtype=float32, numpy=array([3., 4.], dtype=float32)>
    """
    if isinstance(t, IndexedSlices):
        return t.with_values(clip_by_norm(t.values, clip_norm, axes))
    x = _core.operand(t)
    squares = reduce_sum(squared_magnitude(x), axes, True)
    # At zero the root has no slope; what is chosen there is a constant, so no NaN arises.
    nonzero = squares > 0
    norm = where(nonzero, sqrt(where(nonzero, squares, 1.0)), squares)
    return multiply(x, clip_norm) / maximum(norm, clip_norm)


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Tensor:
    """Euclidean norm of several tensors taken together.

    Parameters
    ----------
    t_list : sequence of array_like or IndexedSlices
        None entries are left out; of slices the values count as they are, duplicates not added up.

    Returns
    -------
    Tensor
        A scalar.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/global_norm

    Examples
    --------
    >>> tf.linalg.global_norm([[3.], [4.]])
    <Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    total: Any = 0.0
    for t in t_list:
        if t is not None:
            total = total + reduce_sum(squared_magnitude(_core.operand(_values(t))))
    return sqrt(total)


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Several tensors scaled down together, to a common Euclidean norm.

    Parameters
    ----------
    t_list : sequence of array_like or IndexedSlices
        None entries stay None, and slices slices.
    clip_norm : float
        The largest common norm.
    use_norm : float, optional
        The common norm, if it is known.

    Returns
    -------
    list of Tensor or IndexedSlices
        The scaled tensors.
    Tensor
        The common norm before.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/clip_by_global_norm. Where the norm is not finite, or its square too
    large for the dtype, all elements are NaN, as there.

    Examples
    --------
    >>> clipped, norm = tf.clip_by_global_norm([[3.], [4.]], 1.)
    >>> [t.numpy().tolist() for t in clipped], float(norm)
    ([[0.6000000238418579], [0.800000011920929]], 5.0)
    """
    norm = global_norm(t_list) if use_norm is None else _core.to_tensor(use_norm)
    # (What is added is 0, and NaN where the norm is not finite: no scale would do, and it must not go unseen.)
    scale = clip_norm / maximum(norm, clip_norm) + (norm - norm)
    return [None if t is None else _scaled(t, scale) for t in t_list], norm


def _values(t: Any) -> Any:
    return t.values if isinstance(t, IndexedSlices) else t


def _scaled(t: Any, scale: Tensor) -> Any:
    return t * scale if isinstance(t, IndexedSlices) else multiply(t, scale)
