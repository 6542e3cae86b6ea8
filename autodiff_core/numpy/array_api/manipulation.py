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


def broadcast_to(x: Any, /, shape: Any) -> Tensor:
    """The array in a larger shape.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shape : tuple of int
        To which that of `x` broadcasts.

    Returns
    -------
    Tensor
        Of the shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.broadcast_to.html
    """
    return shaping.broadcast_to(x, shape)


def concat(arrays: Sequence[Any], /, *, axis: int | None = 0) -> Tensor:
    """Arrays behind each other along an axis; with None, all their elements.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape, but for the axis.
    axis : int or None
        The axis.

    Returns
    -------
    Tensor
        Of the dtype that all promote to.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.concat.html
    """
    return joining.concatenate(list(arrays), axis)


def expand_dims(x: Any, /, axis: Any) -> Tensor:
    """An axis of one entry more, or several.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int
        Where the axis is in the result.

    Returns
    -------
    Tensor
        Of a dimension more.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.expand_dims.html
    """
    return arranging.expand_dims(_core.operand(x), axis)


def flip(x: Any, /, *, axis: Any = None) -> Tensor:
    """The elements backwards along axes, by default all.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.flip.html
    """
    return ordering.flip(x, axis)


def moveaxis(x: Any, source: Any, destination: Any, /) -> Tensor:
    """Axes in other places.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    source, destination : int or tuple of int
        Where the axes are, and where they go.

    Returns
    -------
    Tensor
        Of the same dimensions in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.moveaxis.html
    """
    return arranging.moveaxis(_core.operand(x), source, destination)


def permute_dims(x: Any, /, axes: Any) -> Tensor:
    """The axes in another order.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axes : tuple of int
        Where each axis of the result comes from.

    Returns
    -------
    Tensor
        Of the same dimensions in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.permute_dims.html
    """
    return shaping.transpose(x, tuple(axes))


def repeat(x: Any, repeats: Any, /, *, axis: int | None = None) -> Tensor:
    """Each entry along an axis several times; with None, each element.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    repeats : int or array_like of int
        How often, for all or for each entry.
    axis : int, optional
        The axis.

    Returns
    -------
    Tensor
        Of one dimension without an axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.repeat.html
    """
    return joining.repeat(x, repeats, axis)


def reshape(x: Any, /, shape: Any, *, copy: bool | None = None) -> Tensor:
    """The elements in another shape. (Whether they are copied makes no difference: nobody can write to either.)

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shape : tuple of int
        The sizes; one may be -1.
    copy : bool, optional
        Without effect.

    Returns
    -------
    Tensor
        Of the shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.reshape.html
    """
    return shaping.reshape(x, shape)


def roll(x: Any, /, shift: Any, *, axis: Any = None) -> Tensor:
    """The elements moved on along axes; what is moved beyond the end comes in at the beginning.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    shift : int or tuple of int
        By how many places.
    axis : int or tuple of int, optional
        Along which axes; over all elements by default.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.roll.html
    """
    return arranging.roll(x, shift, axis)


def squeeze(x: Any, /, axis: Any) -> Tensor:
    """Without axes of one entry.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int
        Axes of one entry.

    Returns
    -------
    Tensor
        Without these axes.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.squeeze.html
    """
    return shaping.squeeze(x, axis)


def stack(arrays: Sequence[Any], /, *, axis: int = 0) -> Tensor:
    """Arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like
        Of one shape.
    axis : int
        Where the new axis is in the result.

    Returns
    -------
    Tensor
        Of a dimension more.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.stack.html
    """
    return joining.stack(list(arrays), axis)


def tile(x: Any, repetitions: Any, /) -> Tensor:
    """Copies of the array side by side.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    repetitions : tuple of int
        How many copies along each axis.

    Returns
    -------
    Tensor
        Of the larger shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tile.html
    """
    return joining.tile(x, tuple(repetitions))


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The parts of an array along an axis.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int
        The axis.

    Returns
    -------
    tuple of Tensor
        Of a dimension less each.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unstack.html
    """
    operand = _core.operand(x)
    at = axis_of(axis, operand.ndim)
    return tuple(operand[(*(slice(None),) * at, k)] for k in np.arange(operand.shape[at]).tolist())
