"""np.pad: by indices where elements repeat, by a matrix where the new elements are linear in the old ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import elementwise as el
from ...ops import linalg, ordering, reductions, shaping
from .registry import counterpart, data, inexact, no_way, watchable

_REPEATING = ("edge", "symmetric", "reflect", "wrap")
_STATISTICS = {"maximum": reductions.reduce_max, "minimum": reductions.reduce_min}


@counterpart(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    x = _core.operand(array)
    widths = _widths(data(pad_width, "pad", "pad_width"), x.ndim)
    if callable(mode):
        raise no_way("np.pad with a function for mode", "it writes into the array; pad with np.concatenate")
    if mode == "empty":
        return shaping.pad(x, widths)
    if mode in _REPEATING and kwargs.get("reflect_type", "even") == "even":
        if mode in ("symmetric", "reflect"):
            return shaping.mirrored(x, widths, mode == "symmetric")
        grids = [np.pad(np.arange(size), pair, mode) for size, pair in zip(x.shape, widths, strict=True)]
        return x[np.ix_(*grids)] if x.ndim else x
    if mode == "constant" and np.ndim(kwargs.get("constant_values", 0)) == 0:
        value = kwargs.get("constant_values", 0)
        if not watchable(value):
            return shaping.pad(x, widths, "CONSTANT", np.asarray(value))
    for axis, pair in enumerate(widths):
        if any(pair):
            x = _padded_along(x, axis, pair, mode, kwargs)
    return x


def _widths(given: Any, nd: int) -> list[tuple[int, int]]:
    if isinstance(given, dict):
        pairs = [(0, 0)] * nd
        for axis, width in given.items():
            before, behind = np.broadcast_to(width, (2,)).tolist()
            pairs[axis] = (before, behind)
        return pairs
    return [(int(a), int(b)) for a, b in np.broadcast_to(_core.integer_array(given), (nd, 2))]


def _of_axis(value: Any, axis: int, nd: int) -> tuple[Any, Any]:
    """The two ends' options: NumPy takes one, a pair, or a pair for each axis."""
    if value is None or np.ndim(value) == 0:
        return value, value
    rows = value if np.ndim(value) == 2 else [value]
    row = rows[axis if len(rows) > 1 else 0]
    return row[0], row[-1]


def _padded_along(x: Any, axis: int, pair: tuple[int, int], mode: Any, kwargs: dict[str, Any]) -> Any:
    length = x.shape[axis]
    if mode == "constant":
        ends = _of_axis(kwargs.get("constant_values", 0), axis, x.ndim)
        parts = [shaping.broadcast_to(_ends(end, x), _sized(x, axis, n)) for end, n in zip(ends, pair, strict=True)]
        return shaping.concat([parts[0], x, parts[1]], axis)
    if mode in _STATISTICS or mode == "median":
        lengths = tuple(_core.as_index(n) for n in _of_axis(kwargs.get("stat_length"), axis, x.ndim))
        lead = (slice(None),) * axis
        first = x[(*lead, slice(None, lengths[0]))]
        last = x[(*lead, slice(None if lengths[1] is None else -lengths[1], None))]
        parts = [
            shaping.broadcast_to(_statistic(part, axis, mode), _sized(x, axis, n))
            for part, n in zip((first, last), pair, strict=True)
        ]
        return shaping.concat([parts[0], x, parts[1]], axis)
    given = x
    # (Of integers mirrored at an end there are integers, which wrap around as NumPy's do.)
    x = _core.operand(_core.to_dtype(x, np.int64)) if mode in _REPEATING and x.dtype.kind in "biu" else inexact(x)
    options: dict[str, Any] = {}
    if mode in _REPEATING:
        options["reflect_type"] = kwargs["reflect_type"]
    elif mode == "mean":
        options["stat_length"] = [_of_axis(kwargs.get("stat_length"), axis, x.ndim), (None, None)]
        options["stat_length"] = options["stat_length"][0] if options["stat_length"][0][0] is not None else None
    elif mode == "linear_ramp":
        ends = _of_axis(data(kwargs.get("end_values", 0), "pad", "end_values"), axis, x.ndim)
        constant = np.pad(np.zeros(length), pair, mode, end_values=ends)
        options["end_values"] = 0
    else:
        raise ValueError(f"np.pad: there is no mode {mode!r}")
    # Each mode is linear: what it makes of the unit vectors is its matrix.
    columns = [np.pad(unit, pair, mode, **options) for unit in np.eye(length)]
    matrix = _core.to_tensor(np.stack(columns, axis=1).astype(x.dtype))
    moved = linalg.tensordot(matrix, x, ((1,), (axis,)))
    order = [*range(1, axis + 1), 0, *range(axis + 1, x.ndim)]
    result = shaping.transpose(moved, order)
    if mode == "linear_ramp":
        result = result + _core.to_tensor(constant.reshape((-1,) + (1,) * (x.ndim - axis - 1)).astype(x.dtype))
    return _as_given(result, given, el.floor if mode == "linear_ramp" else el.rint)


def _as_given(result: Any, given: Any, rounded: Any) -> Any:
    """In the dtype of what is padded; integers are rounded, as NumPy rounds them."""
    if given.dtype.kind not in "biu":
        return result
    whole = given.dtype == bool or not _core.is_floating(result.dtype)
    return _core.to_dtype(result if whole else rounded(result), given.dtype)


def _ends(end: Any, x: Any) -> Any:
    return end if isinstance(end, _core.Operand) else _core.operand_like(end, x)


def _sized(x: Any, axis: int, count: int) -> list[int]:
    return [count if d == axis else size for d, size in enumerate(x.shape)]


def _statistic(part: Any, axis: int, mode: str) -> Any:
    if mode in _STATISTICS:
        return _STATISTICS[mode](part, axis, True)
    ranked = ordering.sort(part, axis)
    lead = (slice(None),) * axis
    middle, odd = divmod(part.shape[axis], 2)
    if odd:
        return ranked[(*lead, slice(middle, middle + 1))]
    two = inexact(ranked[(*lead, slice(middle - 1, middle + 1))])
    return _as_given(reductions.reduce_mean(two, axis, True), part, el.rint)
