"""Joining and splitting tensors by NumPy's names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ... import _core
from ...ops import forms, indexing, scattering, shaping
from ...ops.forms import Kind
from ...ops.picking import places_of
from .registry import alike, axis_of, counterpart, data, in_dtype, newer


def at_least(x: Any, nd: int) -> Any:
    """NumPy's way of adding dimensions: in front for the second, behind for the third."""
    operand = _core.operand(x)
    missing = nd - operand.ndim
    if missing <= 0:
        return _core.identity_tensor(operand)
    shape = tuple(operand.shape)
    if nd == 3:
        shape = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[operand.ndim]
    else:
        shape = (1,) * missing + shape
    return shaping.reshape(operand, shape)


def _lifter(name: str, nd: int) -> Any:
    def lift(*arys: Any) -> Any:
        lifted = tuple(at_least(x, nd) for x in arys)
        return lifted[0] if len(lifted) == 1 else lifted

    lift.__name__ = name
    return lift


for _nd in (1, 2, 3):
    counterpart(getattr(np, f"atleast_{_nd}d"))(_lifter(f"atleast_{_nd}d", _nd))


@counterpart(np.concatenate, lists="items")
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    parts = [shaping.reshape(x, -1) for x in arrays] if axis is None else arrays
    return in_dtype(shaping.concat(parts, 0 if axis is None else axis), dtype)


@counterpart(np.stack, lists="items")
def stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return in_dtype(shaping.stack(arrays, axis), dtype)


@counterpart(np.vstack, lists="items")
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return in_dtype(shaping.concat([at_least(x, 2) for x in alike("vstack", *tup)], 0), dtype)


@counterpart(np.hstack, lists="items")
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [at_least(x, 1) for x in alike("hstack", *tup)]
    return in_dtype(shaping.concat(parts, 0 if parts[0].ndim == 1 else 1), dtype)


@counterpart(np.dstack, lists="items")
def dstack(tup: Any) -> Any:
    return shaping.concat([at_least(x, 3) for x in alike("dstack", *tup)], 2)


@counterpart(np.column_stack, lists="items")
def column_stack(tup: Any) -> Any:
    parts = alike("column_stack", *tup)
    return shaping.concat([shaping.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in parts], 1)


@counterpart(np.block, lists="leaves")
def block(arrays: Any) -> Any:
    leaves: list[Any] = []

    def depth_of(part: Any) -> int:
        if isinstance(part, list):
            depths = {depth_of(p) for p in part}
            if len(depths) != 1:
                raise ValueError(f"np.block: lists must be nested equally deep, or not be empty; depths are {depths}")
            return 1 + depths.pop()
        leaves.append(part)
        return 0

    depth = depth_of(arrays)
    lifted = alike("block", *leaves)
    nd = max(depth, *(x.ndim for x in lifted))
    queue = iter([shaping.reshape(x, (1,) * (nd - x.ndim) + tuple(x.shape)) for x in lifted])

    def joined(part: Any, level: int) -> Any:
        if not isinstance(part, list):
            return next(queue)
        return shaping.concat([joined(p, level + 1) for p in part], level - depth)

    return joined(arrays, 0)


@counterpart(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return concatenate(alike("append", arr, values), axis)


@counterpart(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if np.ndim(indices_or_sections) == 0:
        return shaping.split(ary, _core.integer(indices_or_sections), axis)
    return array_split(ary, indices_or_sections, axis)


@counterpart(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    x = _core.operand(ary)
    length = x.shape[axis_of(axis, x.ndim)]
    pieces = np.array_split(np.arange(length), data(indices_or_sections, "array_split", "indices_or_sections"))
    starts = [0, *np.cumsum([piece.size for piece in pieces])]
    lead = (slice(None),) * axis_of(axis, x.ndim)
    if np.ndim(indices_or_sections) == 0:
        return [x[(*lead, slice(int(a), int(b)))] for a, b in pairwise(starts)]
    ends: list[Any] = [0, *_core.integers(indices_or_sections), None]
    return [x[(*lead, slice(a, b))] for a, b in pairwise(ends)]


def _splitter(name: str, axis_for: Any, least: int) -> Any:
    def split_along(ary: Any, indices_or_sections: Any) -> Any:
        x = _core.operand(ary)
        if x.ndim < least:
            raise ValueError(f"np.{name}: needs {least} dimensions at least, not shape {tuple(x.shape)}")
        return split(x, indices_or_sections, axis_for(x.ndim))

    split_along.__name__ = name
    return split_along


counterpart(np.hsplit)(_splitter("hsplit", lambda nd: 0 if nd == 1 else 1, 1))
counterpart(np.vsplit)(_splitter("vsplit", lambda nd: 0, 2))
counterpart(np.dsplit)(_splitter("dsplit", lambda nd: 2, 3))


@counterpart(newer("unstack"))
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return tuple(shaping.unstack(x, axis=axis))


@counterpart(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    x, at = (shaping.reshape(arr, -1), 0) if axis is None else (_core.operand(arr), axis)
    at = axis_of(at, x.ndim)
    if isinstance(obj, _core.Operand) and obj.size == 1 and obj.dtype.kind in "iu":
        return indexing.gather(x, _LEFT([obj], int(x.shape[at])), axis=at)
    left = np.delete(np.arange(x.shape[at]), obj if isinstance(obj, slice) else data(obj, "delete", "obj"))
    return indexing.gather(x, left, axis=at)


_LEFT = places_of(
    "left_places",
    lambda length, where: np.delete(np.arange(length), where),
    raises=True,
    form=forms.count,
    gives=forms.by_values,
)


@counterpart(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    x, new = alike("insert", arr, values)
    if axis is None:
        x, at = shaping.reshape(x, -1), 0
    else:
        at = axis_of(axis, x.ndim)
    where: Any = obj
    if not isinstance(obj, slice) and not (isinstance(obj, _core.Operand) and obj.dtype.kind in "iu"):
        where = np.asarray(data(obj, "insert", "obj"))
    length = x.shape[at]
    single = not isinstance(where, slice) and where.size == 1 and where.dtype != bool
    if new.ndim < x.ndim:
        new = shaping.reshape(new, (1,) * (x.ndim - new.ndim) + tuple(new.shape))
    if single:
        if where.ndim == 0:
            order = list(range(1, new.ndim))
            order.insert(at, 0)
            new = shaping.transpose(new, order)
        count = new.shape[at]
        where = shaping.reshape(where, ()) if isinstance(where, _core.Operand) else where.reshape(-1)[0]
    elif isinstance(where, _core.Operand):
        count = where.size
    else:
        count = np.insert(np.zeros(length), where, 1.0).size - length
    shape = [count if d == at else size for d, size in enumerate(x.shape)]
    both = shaping.concat([x, shaping.broadcast_to(new, shape)], at)
    if isinstance(where, _core.Operand):
        return indexing.gather(both, _INSERTED([where], (length, count)), axis=at)
    return indexing.gather(both, _inserted((length, count), where), axis=at)


def _inserted_kind(attributes: Any, where: Kind) -> Kind:
    forms.integers(where)
    forms.dims(where, 0, 1)
    if where.size not in (1, attributes[1]):
        raise ValueError(f"{where.size} places for {attributes[1]} elements")
    return Kind(np.intp, (sum(attributes),))


def _inserted(attributes: Any, where: Any) -> np.ndarray:
    """Which element stands where: of so many, and so many new ones behind them."""
    length, count = attributes
    return np.insert(np.arange(length), where, length + np.arange(count))


_INSERTED = places_of(
    "inserted_places",
    _inserted,
    raises=True,
    form=forms.parts(forms.count, forms.count),
    gives=_inserted_kind,
)


@counterpart(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    x = _core.operand(a)
    if axis is None:
        return scattering.repeated(x if x.ndim == 1 else shaping.reshape(x, -1), repeats, 0)
    return scattering.repeated(x, repeats, axis_of(axis, x.ndim))


@counterpart(np.tile)
def tile(A: Any, reps: Any) -> Any:
    x = _core.operand(A)
    times = tuple(np.atleast_1d(np.asarray(reps)).tolist())
    nd = max(len(times), x.ndim)
    lifted = shaping.reshape(x, (1,) * (nd - x.ndim) + tuple(x.shape))
    return shaping.tile(lifted, (1,) * (nd - len(times)) + times)


@counterpart(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    x = shaping.reshape(a, -1)
    shape = shaping._sizes(new_shape)
    count = int(np.prod(shape, dtype=np.intp))
    if not x.size:
        return _core.to_tensor(np.zeros(shape, x.dtype))
    return shaping.reshape(indexing.gather(x, np.arange(count) % x.size), shape)


@counterpart(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    if indexing not in ("xy", "ij"):
        raise ValueError(f"np.meshgrid: indexing {indexing!r} is neither 'xy' nor 'ij'")
    nd = len(xi)
    parts = []
    for k, x in enumerate(xi):
        place = 1 - k if indexing == "xy" and nd > 1 and k < 2 else k
        parts.append(shaping.reshape(x, (1,) * place + (-1,) + (1,) * (nd - place - 1)))
    if sparse:
        return tuple(parts)
    shape = np.broadcast_shapes(*(tuple(p.shape) for p in parts))
    return tuple(shaping.broadcast_to(p, shape) for p in parts)


@counterpart(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    parts = [_core.operand(x) for x in args]
    shape = np.broadcast_shapes(*(tuple(p.shape) for p in parts))
    return tuple(shaping.broadcast_to(p, shape) for p in parts)
