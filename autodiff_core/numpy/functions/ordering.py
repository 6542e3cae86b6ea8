"""Sorting and choosing elements of tensors by NumPy's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import answers, c_loops, forms, indexing, linalg, ordering, shaping
from ...ops import elementwise as el
from ...ops.forms import Kind
from ...ops.picking import places_of
from ...tape import Tape
from .registry import alike, axes_of, axis_of, constant, counterpart, data, inexact, no_way, of_real_numbers, stripped


def _flat(a: Any) -> Any:
    x = _core.operand(a)
    return x if x.ndim == 1 else shaping.reshape(x, -1)


@counterpart(np.sort)
def sort(
    a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None, descending: Any = None
) -> Any:
    x, at = (_flat(a), -1) if axis is None else (_core.operand(a), axis)
    if not descending:
        return ordering.sort(x, at)
    return ordering.distinct_along_axis(x, answers.argsort(x, at, kind, stable=stable, descending=True), at)


@counterpart(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    x, at = (_flat(a), -1) if axis is None else (_core.operand(a), axis)
    return ordering.distinct_along_axis(x, answers.argpartition(x, kth, axis=at), at)


@counterpart(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    x, at = (_flat(arr), 0) if axis is None else (_core.operand(arr), axis)
    return ordering.take_along_axis(x, indices, axis_of(at, x.ndim))


@counterpart(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    x = _flat(a) if axis is None else _core.operand(a)
    at = 0 if axis is None else axis_of(axis, x.ndim)
    places: Any = indices if isinstance(indices, _core.Operand) else np.asarray(indices)
    if mode == "clip":
        places = np.clip(places, 0, x.shape[at] - 1)
    elif mode == "wrap":
        places = places % x.shape[at]
    elif mode != "raise":
        raise ValueError(f"np.take: mode {mode!r} is none of 'raise', 'wrap' and 'clip'")
    return indexing.gather(x, places, axis=at)


@counterpart(np.argwhere, data=True)
def argwhere(a: Any) -> Any:
    return indexing.true_places(a)


@counterpart(np.nonzero, data=True)
def nonzero(a: Any) -> Any:
    x = _core.operand(a)
    if not x.ndim:
        raise ValueError("np.nonzero: a scalar has no places; make it one-dimensional first")
    places = indexing.true_places(x)
    return tuple(places[:, d] for d in range(x.ndim))


@counterpart(np.flatnonzero, data=True)
def flatnonzero(a: Any) -> Any:
    return indexing.true_places(shaping.reshape(a, -1))[:, 0]


@counterpart(np.where)
def where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return nonzero(condition)
    return indexing.where(condition, *choices)


@counterpart(np.select, lists="items")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            f"np.select: {len(condlist)} conditions and {len(choicelist)} choices must be as many, and some"
        )
    *choices, result = alike("select", *choicelist, default)
    if result.dtype == bool and isinstance(default, int) and not isinstance(default, bool):  # (an integer to NumPy)
        *choices, result = (_core.to_dtype(x, np.int64) for x in (*choices, result))
    for condition, choice in zip(reversed(list(condlist)), reversed(choices), strict=True):
        result = indexing.where(condition, choice, result)
    return result


@counterpart(np.choose, lists="items")
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    parts = alike("choose", *choices)
    places = _CHOICES([a], (len(parts), mode))
    shape = np.broadcast_shapes(places.shape, *(p.shape for p in parts))
    pile = shaping.stack([shaping.broadcast_to(p, shape) for p in parts])
    return ordering.take_along_axis(pile, shaping.broadcast_to(places, shape)[None], 0)[0]


def _choices(attributes: Any, places: np.ndarray) -> np.ndarray:
    count, mode = attributes
    if mode == "raise" and places.size and (places.min() < 0 or places.max() >= count):
        raise ValueError(f"np.choose: there is no choice {places.max()} among {count}")
    return places % count if mode == "wrap" else np.clip(places, 0, count - 1)


_CHOICES = places_of(
    "choices",
    _choices,
    raises=True,
    form=forms.parts(forms.count, forms.text("raise", "wrap", "clip")),
    gives=forms.same_integers,
)


@counterpart(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    return take(a, flatnonzero(condition), axis)


@counterpart(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    return take(arr, flatnonzero(condition))


@counterpart(np.piecewise, lists="items")
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    operand = _core.operand(x)
    conditions = np.asarray(stripped(condlist), bool)
    if conditions.ndim == operand.ndim:
        conditions = conditions[None]
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~conditions.any(axis=0, keepdims=True)])
    if len(funclist) != len(conditions):
        raise ValueError(f"np.piecewise: {len(conditions)} conditions take as many functions or one more")
    flat = _flat(operand)
    result: Any = constant(np.zeros(flat.shape), flat)
    chosen = np.zeros(flat.shape, bool)
    for condition, function in list(zip(conditions, funclist, strict=True))[::-1]:
        here = condition.reshape(-1) & ~chosen  # where several hold, the last one counts
        chosen |= here
        places = np.flatnonzero(here)
        if places.size:
            part = function(flat[places], *args, **kw) if callable(function) else function
            part = alike("piecewise", part, flat)[0]
            part = _core.to_dtype(part, flat.dtype) if flat.dtype.kind in "biu" else part
            part = shaping.broadcast_to(part, (places.size,))
            result = result + _core.linear(indexing.scatter, part, (tuple(flat.shape), places))
    return shaping.reshape(result, operand.shape)


@counterpart(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    low = None if low is np._NoValue else low
    high = None if high is np._NoValue else high
    if low is None or high is None:
        x = _core.operand(a)
        if low is not None:
            return el.maximum(x, low)
        return _core.identity_tensor(x) if high is None else el.minimum(x, high)
    return el.minimum(el.maximum(_core.operand(a), low), high)


# ------------------------------------------------------------------------------------------------------ distinct values


@counterpart(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: Any = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """Of equal elements, the first has the gradient."""
    x = _flat(ar) if axis is None else _core.operand(ar)
    found = np.unique(
        _core.seen(ar), return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=equal_nan
    )
    values = indexing.gather(x, found[1], axis=0 if axis is None else axis_of(axis, x.ndim))
    wanted = [part for part, ask in zip(found[1:], (return_index, return_inverse, return_counts), strict=True) if ask]
    return (values, *wanted) if wanted else values


@counterpart(np.unique_values)
def unique_values(x: Any, /) -> Any:
    return unique(x, equal_nan=False)


def _with_values(function: Any) -> Any:
    """Of the functions that give several things, the distinct values have the gradient."""

    def found(x: Any, /) -> Any:
        return function(_core.seen(x))._replace(values=unique_values(x))

    found.__name__ = function.__name__
    return found


for _function in (np.unique_all, np.unique_counts, np.unique_inverse):
    counterpart(_function)(_with_values(_function))


@counterpart(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    first, second = alike("union1d", ar1, ar2)
    return unique(shaping.concat([_flat(first), _flat(second)], 0))


@counterpart(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    ar1, ar2 = _core.operands(ar1, ar2)
    x = _flat(ar1) if assume_unique else unique(ar1)
    return take(x, np.flatnonzero(~np.isin(_core.seen(x), _core.seen(ar2))))


@counterpart(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    ar1, ar2 = _core.operands(ar1, ar2)
    return union1d(setdiff1d(ar1, ar2, assume_unique), setdiff1d(ar2, ar1, assume_unique))


@counterpart(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    ar1, ar2 = _core.operands(ar1, ar2)
    _, first, second = np.intersect1d(_core.seen(ar1), _core.seen(ar2), assume_unique, return_indices=True)
    values = take(ar1, first)
    return (values, first, second) if return_indices else values


# ----------------------------------------------------------------------------------------------------------- triangles


@counterpart(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return linalg.diagonal(a, offset, axis1, axis2)


@counterpart(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    x = _core.operand(v)
    if x.ndim == 2:
        return linalg.diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"np.diag: takes one or two dimensions, not shape {tuple(x.shape)}")
    length = x.size + abs(k)
    along = np.arange(x.size)
    places = (along + max(-k, 0)) * length + along + max(k, 0)
    return shaping.reshape(_core.linear(indexing.scatter, x, ((length * length,), places)), (length, length))


@counterpart(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    return diag(_flat(v), k)


def _triangle(m: Any, mask: Any) -> Any:
    x = _core.operand(m)
    if x.ndim == 1:
        x = shaping.broadcast_to(x, (x.size, x.size))
    kept = np.broadcast_to(mask(np.ones(x.shape[-2:], bool)), x.shape)
    return el.select(_core.to_tensor(kept), x, constant(0, x))


@counterpart(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    return _triangle(m, lambda ones: np.tril(ones, k))


@counterpart(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    return _triangle(m, lambda ones: np.triu(ones, k))


@counterpart(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    x = _core.operand(filt)
    if x.ndim != 1:
        raise no_way(f"np.trim_zeros of shape {tuple(x.shape)}", "only one dimension is recorded")
    first, end = (int(_TRIMMED([x], last)) for last in (False, True))
    if first == x.size:
        return x[:0]
    trimmed = trim.lower()
    return x[first if "f" in trimmed else 0 : end if "b" in trimmed else x.size]


def _trimmed(last: bool, x: np.ndarray) -> np.ndarray:
    """The first place that is not zero, or the one behind the last."""
    there = np.flatnonzero(x)
    if not there.size:
        return np.asarray(x.size)
    return there[-1] + 1 if last else there[0]


_TRIMMED = places_of(
    "trimmed_zeros",
    _trimmed,
    form=forms.flag,
    gives=forms.scalar(np.intp),
)


@counterpart(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    x, xp, fp = _core.operands(x, xp, fp)
    at, knots, values = alike("interp", inexact(of_real_numbers(x, "interp")), of_real_numbers(xp, "interp"), fp)
    if knots.ndim != 1 or values.ndim != 1 or knots.size != values.size or not knots.size:
        raise ValueError(
            f"np.interp: xp of shape {tuple(knots.shape)} and fp of shape {tuple(values.shape)} do not fit"
        )
    if period is not None:
        period = abs(float(data(period, "interp", "period")))
        at, knots = el.mod(at, period), el.mod(knots, period)
        order = answers.argsort(knots, kind="stable")
        knots, values = indexing.gather(knots, order), indexing.gather(values, order)
        knots = shaping.concat([knots[-1:] - period, knots, knots[:1] + period], 0)
        values = shaping.concat([values[-1:], values, values[:1]], 0)
        left = right = None
    if left is None and right is None and values.dtype in (np.float32, np.float64):
        return _core.general(_INTERP, (at, knots, values))
    return _interpolated(at, knots, values, left, right)


def _interpolated(at: Any, knots: Any, values: Any, left: Any, right: Any) -> Any:
    """Between neighbours, by operations that are recorded."""
    low = _LOWER_KNOTS([at, knots])
    high = np.minimum(low + 1, knots.size - 1)
    width = indexing.gather(knots, high) - indexing.gather(knots, low)
    start = indexing.gather(values, low)
    part = (at - indexing.gather(knots, low)) * (indexing.gather(values, high) - start)
    result = start + el.divide_no_nan(part, width)
    for beyond, end, given in ((at < knots[0], 0, left), (at > knots[-1], -1, right)):
        fill = values[end] if given is None else alike("interp", given, values)[0]
        result = indexing.where(beyond, fill, result)
    return result


def _lower_knots(attributes: Any, at: np.ndarray, knots: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(knots, at, side="right") - 1, 0, max(knots.size - 2, 0))


_LOWER_KNOTS = places_of(
    "lower_knots",
    _lower_knots,
    form=forms.nothing,
    gives=lambda attributes, at, knots: Kind(np.intp, at.shape),
)


def _interp_rule(g: Any, y: Any, attributes: Any, at: Any, knots: Any, values: Any) -> Any:
    """That of the recorded operations: they are many, and nobody needs them for the value."""
    with Tape() as tape:
        tape.watch([at, knots, values])
        result = _interpolated(at, knots, values, None, None)
    return tape.gradient(result, [at, knots, values], output_gradients=g, unconnected_gradients="zero")


_INTERP = _core.register_general(
    "interp",
    lambda attributes, x, xp, fp: np.asarray(np.interp(x, xp, fp), x.dtype),
    _interp_rule,
    None,
    True,
    False,
    widens=True,
    form=forms.nothing,
    gives=lambda attributes, x, xp, fp: Kind(*x),
    c=c_loops.PYTHON,
)


@counterpart(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    return shaping.reverse(m, axes_of(axis, _core.operand(m).ndim))


@counterpart(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """As complex numbers, by their real and then by their imaginary parts."""
    x = sort(a)
    if x.dtype.kind == "c":
        return x
    narrow = x.dtype.char in "bhBH"
    return _core.to_dtype(x, np.complex64 if narrow else np.result_type(x.dtype, np.complex128))
