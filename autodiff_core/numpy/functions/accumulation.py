"""Running totals, differences and integrals of tensors by NumPy's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import elementwise as el
from ...ops import reductions, scans, shaping
from .registry import added_up, alike, axis_of, constant, counterpart, inexact, newer


def _flat(a: Any, axis: Any) -> tuple[Any, int]:
    x = _core.operand(a)
    if axis is None:
        return x if x.ndim == 1 else shaping.reshape(x, -1), 0
    return x, axis_of(axis, x.ndim)


@counterpart(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    x, at = _flat(a, axis)
    return reductions.cumsum(added_up(x, dtype), at)


@counterpart(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    x, at = _flat(a, axis)
    return scans.cumprod(added_up(x, dtype), at)


def _without_nan(a: Any, fill: float) -> Any:
    x = _core.operand(a)
    return el.select(el.is_nan(x), constant(fill, x), x)


@counterpart(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return cumsum(_without_nan(a, 0), axis, dtype)


@counterpart(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return cumprod(_without_nan(a, 1), axis, dtype)


def _array_api(scan: Any, first: float, x: Any, axis: Any, dtype: Any, include_initial: bool) -> Any:
    operand = _core.operand(x)
    if axis is None:
        if operand.ndim > 1:
            raise ValueError(f"np.cumulative_sum and np.cumulative_prod need an axis for shape {tuple(operand.shape)}")
        axis = 0
    at = axis_of(axis, operand.ndim)
    total = scan(added_up(operand, dtype), at)
    if include_initial:
        edge = list(total.shape)
        edge[at] = 1
        total = shaping.concat([constant(np.full(edge, first), total), total], at)
    return total


@counterpart(newer("cumulative_sum"))
def cumulative_sum(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    return _array_api(reductions.cumsum, 0.0, x, axis, dtype, include_initial)


@counterpart(newer("cumulative_prod"))
def cumulative_prod(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    return _array_api(scans.cumprod, 1.0, x, axis, dtype, include_initial)


def _part(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return x[(*(slice(None),) * axis, slice(start, stop))]


@counterpart(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue) -> Any:
    ends = [end for end in (prepend, append) if end is not np._NoValue]
    x, *_ = alike("diff", a, *ends)
    if n < 0:
        raise ValueError(f"np.diff: the order must not be negative, and is {n}")
    if n == 0:
        return _core.identity_tensor(a)
    if x.ndim == 0:
        raise ValueError("np.diff: needs an operand of one dimension at least")
    at = axis_of(axis, x.ndim)

    def edge(end: Any) -> list[Any]:
        if end is np._NoValue:
            return []
        piece = alike("diff", end, x)[0]
        if piece.ndim == 0:
            piece = shaping.broadcast_to(piece, [1 if d == at else size for d, size in enumerate(x.shape)])
        return [piece]

    parts = [*edge(prepend), x, *edge(append)]
    x = shaping.concat(parts, at) if len(parts) > 1 else x
    apart = el.not_equal if x.dtype == bool else el.subtract  # (as NumPy's)
    for _ in range(n):
        x = apart(_part(x, at, 1, None), _part(x, at, None, -1))
    return x


@counterpart(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    ary, to_end, to_begin = _core.operands_or_none(ary, to_end, to_begin)
    x = shaping.reshape(_core.operand(ary), -1)
    parts = [x[1:] - x[:-1]]
    if to_begin is not None:
        parts.insert(0, shaping.reshape(alike("ediff1d", to_begin, x)[0], -1))
    if to_end is not None:
        parts.append(shaping.reshape(alike("ediff1d", to_end, x)[0], -1))
    return shaping.concat(parts, 0)


@counterpart(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f, *steps = _core.operands(f, *varargs)
    y = inexact(f)
    axes = tuple(range(y.ndim)) if axis is None else tuple(np.lib.array_utils.normalize_axis_tuple(axis, y.ndim))
    spacings: tuple[Any, ...] = tuple(steps) or (1.0,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"np.gradient: {len(varargs)} spacings are given for {len(axes)} axes")
    if edge_order not in (1, 2):
        raise ValueError(f"np.gradient: edge_order must be 1 or 2, not {edge_order!r}")
    found = [_slope(y, at, h, edge_order) for at, h in zip(axes, spacings, strict=True)]
    return found[0] if len(axes) == 1 else tuple(found)


def _slope(y: Any, at: int, spacing: Any, edge_order: int) -> Any:
    """Central differences inside, one-sided ones at the ends; second order where steps differ, too."""
    length = y.shape[at]
    if length < edge_order + 1:
        raise ValueError(f"np.gradient: {length} elements along axis {at} are too few for edge_order={edge_order}")
    if np.ndim(spacing) == 0 and edge_order == 1:
        inner = (_part(y, at, 2, None) - _part(y, at, None, -2)) / (spacing * 2)
        first = (_part(y, at, 1, 2) - _part(y, at, 0, 1)) / spacing
        last = (_part(y, at, length - 1, None) - _part(y, at, length - 2, length - 1)) / spacing
        return shaping.concat([first, inner, last], at)
    if np.ndim(spacing) == 0:
        steps = shaping.broadcast_to(alike("gradient", spacing, y)[0], (length - 1,))
    else:
        places = alike("gradient", spacing, y)[0]
        if tuple(places.shape) != (length,):
            raise ValueError(f"np.gradient: places of shape {tuple(places.shape)} do not fit {length} elements")
        steps = places[1:] - places[:-1]
    steps = shaping.reshape(steps, (length - 1,) + (1,) * (y.ndim - at - 1))

    def of(x: Any, start: int | None, stop: int | None) -> Any:
        return x[start:stop]

    rise = (_part(y, at, 1, None) - _part(y, at, None, -1)) / steps
    before, behind = of(steps, None, -1), of(steps, 1, None)
    inner = (behind * _part(rise, at, None, -1) + before * _part(rise, at, 1, None)) / (before + behind)
    first, last = _part(rise, at, 0, 1), _part(rise, at, length - 2, length - 1)
    if edge_order == 2:
        bend = (_part(rise, at, 1, None) - _part(rise, at, None, -1)) / (before + behind)
        first = first - of(steps, 0, 1) * _part(bend, at, 0, 1)
        last = last + of(steps, length - 2, length - 1) * _part(bend, at, length - 3, length - 2)
    return shaping.concat([first, inner, last], at)


@counterpart(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    ordinates, x = (_core.operand(y), None) if x is None else _core.operands(y, x)
    at = axis_of(axis, ordinates.ndim)
    # (Of truth values the sum is whether any of both is one, as NumPy's.)
    heights = inexact(_part(ordinates, at, 1, None) + _part(ordinates, at, None, -1))
    if x is None:
        steps = dx
    else:
        heights, places = alike("trapezoid", heights, x)
        if places.ndim == 1:
            steps = shaping.reshape(places[1:] - places[:-1], (-1,) + (1,) * (heights.ndim - at - 1))
        else:
            places_at = axis_of(axis, places.ndim)
            steps = _part(places, places_at, 1, None) - _part(places, places_at, None, -1)
    return reductions.reduce_sum(steps * heights / 2.0, at)
