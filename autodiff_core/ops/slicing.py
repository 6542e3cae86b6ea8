"""Slices by masks, patches, and shapes that are asked for: small functions of TensorFlow's made of indexing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..errors import InvalidArgumentError
from ..tensor_shape import TensorShape
from . import forms
from .forms import Kind
from .picking import places_of
from .shaping import _sizes, reshape
from .windows import _Plan


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """Slices with steps, as Python's indexing has them; each mask has a bit for each part of the index.

    Parameters
    ----------
    input_ : array_like
        Of any dtype.
    begin, end : sequence of int
        Where the slice of each axis begins and ends.
    strides : sequence of int, optional
        The steps; one by default.
    begin_mask, end_mask : int
        Where there is no begin, or end: the slice reaches as far as it can.
    ellipsis_mask : int
        Where all axes stand that the others leave over.
    new_axis_mask : int
        Where there is a new axis of length one.
    shrink_axis_mask : int
        Where `begin` is an element's number, and the axis goes.
    var : None
        TensorFlow's way to assign to a slice of a variable, which is not here.

    Returns
    -------
    Tensor
        The slice.

    Raises
    ------
    ValueError
        Where lengths differ, a step is zero, or a mask has two ellipses.
    IndexError
        Where an element's number is out of bounds, or there are too many parts.
    NotImplementedError
        Where `var` is given.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/strided_slice

    Examples
    --------
    >>> x = tf.reshape(tf.range(6), (2, 3))
    >>> tf.strided_slice(x, [0, 2], [2, 0], [1, -1]).numpy().tolist()
    [[2, 1], [5, 4]]
    >>> tf.strided_slice(x, [1, 0], [2, 2], shrink_axis_mask=1, end_mask=2).numpy().tolist()
    [3, 4, 5]
    """
    if var is not None:
        raise NotImplementedError("strided_slice: a slice of a variable cannot be assigned to: assign the whole value")
    starts, ends = _sizes(begin), _sizes(end)
    steps = (1,) * len(starts) if strides is None else _sizes(strides)
    if not len(starts) == len(ends) == len(steps):
        raise ValueError(f"strided_slice: begin {starts}, end {ends} and strides {steps} differ in length")
    if 0 in steps:
        raise ValueError(f"strided_slice: strides {steps} must not be zero")
    if int(ellipsis_mask).bit_count() > 1:
        raise ValueError(f"strided_slice: ellipsis_mask {ellipsis_mask} has more than one bit")
    index: list[Any] = []
    for k, (first, last, step) in enumerate(zip(starts, ends, steps, strict=True)):
        bit = 1 << k
        if ellipsis_mask & bit:
            index.append(...)
        elif new_axis_mask & bit:
            index.append(None)
        elif shrink_axis_mask & bit:
            if step < 0:
                raise ValueError(f"strided_slice: the step {step} of an axis that shrinks must be positive")
            index.append(first)
        else:
            index.append(slice(None if begin_mask & bit else first, None if end_mask & bit else last, step))
    return _core.operand(input_)[tuple(index)]


def extract_volume_patches(input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None) -> Tensor:
    """The windows of volumes, each laid out along the last axis.

    Parameters
    ----------
    input : array_like
        Of shape (batch, depth, height, width, channels).
    ksizes, strides : sequence of int
        The windows' sizes, and the steps between them, for all five dimensions.
    padding : {"SAME", "VALID"}
        What is padded with zeros: as much as is needed, or nothing.

    Returns
    -------
    Tensor
        Of shape (batch, depth', height', width', elements of a window).

    Raises
    ------
    ValueError
        Where the windows do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/extract_volume_patches

    Examples
    --------
    >>> x = tf.reshape(tf.range(8.), (1, 2, 2, 2, 1))
    >>> print(tf.extract_volume_patches(x, [1, 1, 1, 2, 1], [1, 2, 2, 1, 1], "VALID")[0, 0, 0, 0])
    Tensor([0. 1.], shape=(2,), dtype=float32)
    """
    x = _core.operand(input)
    sizes = _sizes(ksizes)
    if len(sizes) != 5 or sizes[0] != 1 or sizes[4] != 1 or min(sizes) < 1:
        raise ValueError(f"extract_volume_patches: ksizes {sizes} must be [1, depth, height, width, 1]")
    plan = _Plan("extract_volume_patches", 3, x.shape, sizes[1:4], strides, padding, 1, None)
    taken = plan.windows(x)
    shape = tuple(taken.shape)
    return reshape(taken, (*shape[:4], int(np.prod(shape[4:], dtype=np.intp))))


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor as it is, or an error where it has another shape.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    shape : sequence of int or None
        The shape; None, or -1, stands for any size.

    Returns
    -------
    Tensor
        The same; gradients pass.

    Raises
    ------
    InvalidArgumentError
        For another shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/ensure_shape

    Examples
    --------
    >>> tf.ensure_shape(tf.ones((2, 3)), (None, 3)).shape
    TensorShape([2, 3])
    """
    found = _core.operand(x)
    own, wanted = tuple(found.shape), _known(shape)
    if len(own) != len(wanted) or any(b not in (None, -1, a) for a, b in zip(own, wanted, strict=True)):
        raise InvalidArgumentError(
            None,
            None,
            f"ensure_shape: the shape of the tensor, {own}, is not compatible with the expected one, {wanted}",
        )
    return _core.identity_tensor(found)


def _known(shape: Any) -> tuple[Any, ...]:
    if isinstance(shape, Sequence):
        return tuple(None if size is None else _core.integer(size) for size in shape)
    return _sizes(shape)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that two shapes broadcast to.

    Parameters
    ----------
    shape_x, shape_y : sequence of int
        Shapes.

    Returns
    -------
    TensorShape
        The common shape.

    Raises
    ------
    ValueError
        Where they do not broadcast.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/broadcast_static_shape

    Examples
    --------
    >>> tf.broadcast_static_shape((2, 1), (3,))
    TensorShape([2, 3])
    """
    first, second = _sizes(shape_x), _sizes(shape_y)
    try:
        return TensorShape(np.broadcast_shapes(first, second))
    except ValueError:
        raise ValueError(f"shapes {first} and {second} do not broadcast together") from None


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape that two shapes broadcast to, as a tensor.

    Parameters
    ----------
    shape_x, shape_y : array_like of int
        Shapes.

    Returns
    -------
    Tensor
        A vector of dtype int32.

    Raises
    ------
    ValueError
        Where they do not broadcast.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/broadcast_dynamic_shape

    Examples
    --------
    >>> tf.broadcast_dynamic_shape([2, 1], [3]).numpy().tolist()
    [2, 3]
    """
    return _core.to_tensor(np.array(tuple(broadcast_static_shape(shape_x, shape_y)), np.int32))


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """Numbers of elements, as indices into a shape.

    Parameters
    ----------
    indices : array_like of int
        Numbers of elements, counted along the last axis first; of at most one dimension.
    dims : sequence of int
        The shape.

    Returns
    -------
    Tensor
        A row for each dimension of the shape.

    Raises
    ------
    ValueError
        Where a number is out of bounds.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/unravel_index

    Examples
    --------
    >>> tf.unravel_index([2, 5], [2, 3]).numpy().tolist()
    [[0, 1], [2, 2]]
    """
    numbers, shape = _core.operand(indices), _sizes(dims)
    if numbers.ndim > 1 or numbers.dtype.kind not in "iu":
        raise ValueError(
            f"unravel_index: indices must be integers of at most one dimension, not {numbers.dtype} of "
            f"{tuple(numbers.shape)}"
        )
    return _UNRAVELLED([numbers], shape)


def _unravelled(shape: tuple[int, ...], numbers: np.ndarray) -> np.ndarray:
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < np.prod(shape):
        raise ValueError(f"unravel_index: an index of {numbers.tolist()} is out of bounds for the shape {shape}")
    return np.array(np.unravel_index(numbers, shape)).astype(numbers.dtype)


_UNRAVELLED = places_of(
    "unravelled",
    _unravelled,
    raises=True,
    form=forms.shape,
    gives=lambda shape, numbers: Kind(numbers.dtype, (len(shape), *numbers.shape)),
)
