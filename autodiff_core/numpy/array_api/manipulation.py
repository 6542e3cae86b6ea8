"""The array API's functions that move elements and change none. All are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import shaping
from ..functions import arranging, joining, ordering
from ..functions.registry import axis_of
from .describing import described


def broadcast_arrays(*arrays: Any) -> list[Tensor]:
    """The arrays in their common shape.

    Parameters
    ----------
    *arrays : array_like
        Whose shapes broadcast.

    Returns
    -------
    list of Tensor
        All of one shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.broadcast_arrays.html
    """
    return list(joining.broadcast_arrays(*arrays))


@described("Tensor : Of the shape.", shape="tuple of int : To which that of `x` broadcasts.")
def broadcast_to(x: Any, /, shape: Any) -> Tensor:
    """The array in a larger shape."""
    return shaping.broadcast_to(x, shape)


@described(
    "Tensor : Of the dtype that all promote to.",
    arrays="sequence of array_like : Of one shape, but for the axis.",
    axis="int or None : The axis.",
)
def concat(arrays: Sequence[Any], /, *, axis: int | None = 0) -> Tensor:
    """Arrays behind each other along an axis; with None, all their elements."""
    return joining.concatenate(list(arrays), axis)


@described("Tensor : Of a dimension more.", axis="int : Where the axis is in the result.")
def expand_dims(x: Any, /, axis: Any) -> Tensor:
    """An axis of one entry more, or several."""
    return arranging.expand_dims(_core.operand(x), axis)


@described("Tensor : Of the same shape.", axis="int or tuple of int, optional : The axes.")
def flip(x: Any, /, *, axis: Any = None) -> Tensor:
    """The elements backwards along axes, by default all."""
    return ordering.flip(x, axis)


@described(
    "Tensor : Of the same dimensions in another order.",
    source="int or tuple of int : Where the axes are, and where they go.",
    destination="int or tuple of int : Where the axes are, and where they go.",
)
def moveaxis(x: Any, source: Any, destination: Any, /) -> Tensor:
    """Axes in other places."""
    return arranging.moveaxis(_core.operand(x), source, destination)


@described(
    "Tensor : Of the same dimensions in another order.", axes="tuple of int : Where each axis of the result comes from."
)
def permute_dims(x: Any, /, axes: Any) -> Tensor:
    """The axes in another order."""
    return shaping.transpose(x, tuple(axes))


@described(
    "Tensor : Of one dimension without an axis.",
    repeats="int or array_like of int : How often, for all or for each entry.",
    axis="int, optional : The axis.",
)
def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Tensor:
    """Each entry along an axis several times; with None, each element."""
    return joining.repeat(x, repeats, axis)


@described(
    "Tensor : Of the shape.", shape="tuple of int : The sizes; one may be -1.", copy="bool, optional : Without effect."
)
def reshape(x: Any, /, shape: Any, *, copy: bool | None = None) -> Tensor:
    """The elements in another shape. (Whether they are copied makes no difference: nobody can write to either.)"""
    return shaping.reshape(x, shape)


@described(
    "Tensor : Of the same shape.",
    shift="int or tuple of int : By how many places.",
    axis="int or tuple of int, optional : Along which axes; over all elements by default.",
)
def roll(x: Any, /, shift: Any, *, axis: Any = None) -> Tensor:
    """The elements moved on along axes; what is moved beyond the end comes in at the beginning."""
    return arranging.roll(x, shift, axis)


@described("Tensor : Without these axes.", axis="int or tuple of int : Axes of one entry.")
def squeeze(x: Any, /, axis: Any) -> Tensor:
    """Without axes of one entry."""
    return shaping.squeeze(x, axis)


@described(
    "Tensor : Of a dimension more.",
    arrays="sequence of array_like : Of one shape.",
    axis="int : Where the new axis is in the result.",
)
def stack(arrays: Sequence[Any], /, *, axis: int = 0) -> Tensor:
    """Arrays of one shape along a new axis."""
    return joining.stack(list(arrays), axis)


@described("Tensor : Of the larger shape.", repetitions="tuple of int : How many copies along each axis.")
def tile(x: Any, repetitions: Any, /) -> Tensor:
    """Copies of the array side by side."""
    return joining.tile(x, tuple(repetitions))


@described("tuple of Tensor : Of a dimension less each.", axis="int : The axis.")
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The parts of an array along an axis."""
    operand = _core.operand(x)
    at = axis_of(axis, operand.ndim)
    return tuple(operand[(*(slice(None),) * at, k)] for k in np.arange(operand.shape[at]).tolist())
