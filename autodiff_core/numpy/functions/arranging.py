"""Shapes and the order of elements by NumPy's names: what moves elements, and changes none."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import shaping
from .registry import axes_of, axis_of, counterpart, no_way


@counterpart(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, copy: Any = None) -> Any:
    if order == "F":  # the first axis fastest: both shapes read backwards
        x = _core.operand(a)
        backwards = shaping._sizes(shape)[::-1]
        return shaping.transpose(shaping.reshape(shaping.transpose(x), backwards))
    if order not in ("C", "A"):
        raise no_way(f"np.reshape with order={order!r}", "only the orders 'C', 'F' and 'A' are recorded")
    return shaping.reshape(a, shape)


@counterpart(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, -1, "C" if order == "K" else order)


@counterpart(np.transpose, np.permute_dims)
def transpose(a: Any, axes: Any = None) -> Any:
    return shaping.transpose(a, axes)


@counterpart(np.ix_)
def ix_(*args: Any) -> Any:
    grid = []
    for k, arg in enumerate(_core.operands(*args)):
        x: Any = arg
        if x.ndim != 1:
            raise ValueError(f"np.ix_: argument {k} is of shape {tuple(x.shape)}; each has to be a vector")
        if x.dtype == bool:
            x = np.nonzero(x)[0]
        elif x.size == 0:
            x = _core.to_tensor(np.zeros(0, np.intp))  # nothing is an index as well
        grid.append(shaping.reshape(x, (1,) * k + (-1,) + (1,) * (len(args) - k - 1)))
    return tuple(grid)


@counterpart(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    return swapaxes(x, -1, -2)


@counterpart(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    x = _core.operand(a)
    order = list(range(x.ndim))
    axis1, axis2 = axis_of(axis1, x.ndim), axis_of(axis2, x.ndim)
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return shaping.transpose(x, order)


@counterpart(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    nd = _core.operand(a).ndim
    moved, places = axes_of(source, nd), axes_of(destination, nd)
    if len(moved) != len(places):
        raise ValueError(f"np.moveaxis: {len(moved)} axes cannot move to {len(places)} places")
    order = [d for d in range(nd) if d not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        order.insert(place, axis)
    return shaping.transpose(a, order)


@counterpart(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    nd = _core.operand(a).ndim
    axis = axis_of(axis, nd)
    start = start + nd if start < 0 else start
    if not 0 <= start <= nd:
        raise ValueError(f"np.rollaxis: start {start} is out of bounds for {nd} dimensions")
    return moveaxis(a, axis, start - 1 if axis < start else start)


@counterpart(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    nd = _core.operand(a).ndim + len(axes)
    for at in sorted(axes_of(axes, nd)):
        a = shaping.expand_dims(a, at)
    return a


@counterpart(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    return shaping.squeeze(a, axis)


@counterpart(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return shaping.broadcast_to(array, shape)


@counterpart(np.fliplr)
def fliplr(m: Any) -> Any:
    return shaping.reverse(m, 1)


@counterpart(np.flipud)
def flipud(m: Any) -> Any:
    return shaping.reverse(m, 0)


@counterpart(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    first, second = axes_of(axes, _core.operand(m).ndim)
    turns = k % 4
    if turns == 0:
        return _core.identity_tensor(m)
    if turns == 2:
        return shaping.reverse(m, (first, second))
    if turns == 1:
        return swapaxes(shaping.reverse(m, second), first, second)
    return shaping.reverse(swapaxes(m, first, second), second)


@counterpart(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    x = _core.operand(a)
    if axis is None:
        return shaping.reshape(shaping.roll(shaping.reshape(x, -1), shift, 0), x.shape)
    if type(shift) is int and type(axis) is int:
        return shaping.roll(x, shift, axis_of(axis, x.ndim))
    count = max(np.size(shift), np.size(axis))
    return shaping.roll(x, np.broadcast_to(shift, (count,)), np.broadcast_to(axis, (count,)))


@counterpart(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return _core.identity_tensor(a)


@counterpart(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    x = moveaxis(arr, axis, -1)
    lead = tuple(x.shape[:-1])
    axis = axis_of(axis, x.ndim)
    if not all(lead):
        raise ValueError(f"np.apply_along_axis: shape {tuple(_core.operand(arr).shape)} has no lines along axis {axis}")
    found = [_core.operand(func1d(x[index], *args, **kwargs)) for index in np.ndindex(lead)]
    result = shaping.reshape(shaping.stack(found), (*lead, *found[0].shape))
    inner = found[0].ndim
    order = [*range(axis), *range(len(lead), len(lead) + inner), *range(axis, len(lead))]
    return shaping.transpose(result, order)


@counterpart(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    x = _core.operand(a)
    for axis in axes_of(np.atleast_1d(axes).tolist(), x.ndim):
        result = func(x, axis)
        if result.ndim == x.ndim - 1:
            result = shaping.expand_dims(result, axis)
        if result.ndim != x.ndim:
            raise ValueError("np.apply_over_axes: the function must keep the number of dimensions, or drop the axis")
        x = result
    return x


@counterpart(np.shape, data=True)
def shape(a: Any) -> tuple[int, ...]:
    return tuple(a.shape)


@counterpart(np.ndim, data=True)
def ndim(a: Any) -> int:
    return int(a.ndim)


@counterpart(np.size, data=True)
def size(a: Any, axis: Any = None) -> int:
    if axis is None:
        return int(a.size)
    return int(np.prod([a.shape[d] for d in axes_of(axis, a.ndim)], dtype=np.intp))
