"""NumPy's reductions on tensors: sums, means, extremes, quantiles, and the same without NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...ops import answers, counting, forms, linalg, ordering, reductions, segments, shaping
from ...ops import elementwise as el
from ...ops.complex_parts import complex, imag, real
from ...ops.forms import Kind
from ...ops.picking import beyond_highest, may_hold, places_of
from ...ops.polar import squared_magnitude
from .registry import (
    added_up,
    alike,
    axes_of,
    axis_of,
    constant,
    counterpart,
    data,
    handing_on,
    in_dtype,
    inexact,
    of_real_numbers,
    truths,
)


def _masked(x: Any, where: Any, fill: Any) -> Any:
    """x where it counts, and what changes nothing elsewhere."""
    if where is True or where is np._NoValue:
        return x
    return el.select(_mask(where, x), x, constant(fill, x))


def _mask(where: Any, x: Any) -> Any:
    return shaping.broadcast_to(truths(where), x.shape)


def _count(x: Any, axis: Any, where: Any) -> Any:
    """How many elements a reduction goes over: a number, or with where= a tensor that broadcasts to keepdims."""
    if where is True or where is np._NoValue:
        return int(np.prod([x.shape[d] for d in axes_of(axis, x.ndim)], dtype=np.intp))
    return reductions.reduce_sum(_core.to_dtype(_mask(where, x), np.int64), axis, True)


def _given(value: Any) -> bool:
    return value is not None and value is not np._NoValue


def _neutral(initial: Any, number: int) -> bool:
    return not _given(initial) or (not isinstance(initial, _core.Operand) and bool(np.all(initial == number)))


def _like(value: Any, x: Any) -> Any:
    return value if isinstance(value, _core.Operand) else _core.operand_like(value, x)


@counterpart(np.sum)
def sum_(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 0,
    where: Any = True,
) -> Any:
    x = added_up(a, dtype)
    total = reductions.reduce_sum(_masked(x, where, 0), axis, keepdims is True)
    return total if _neutral(initial, 0) else total + _like(initial, x)


@counterpart(np.prod)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 1,
    where: Any = True,
) -> Any:
    x = added_up(a, dtype)
    product = reductions.reduce_prod(_masked(x, where, 1), axis, keepdims is True)
    return product if _neutral(initial, 1) else product * _like(initial, x)


@counterpart(np.mean)
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    given = in_dtype(inexact(a), dtype)
    if where is True:
        return reductions.reduce_mean(given, axis, keepdims is True)
    x = _core.widened(given)
    total = reductions.reduce_sum(_masked(x, where, 0), axis, True) / _number(_count(x, axis, where), x)
    return _core.narrowed(_dropped(total, axis, x.ndim, keepdims), given)


def _number(count: Any, like: Any) -> Any:
    """A count in the dtype of an operand."""
    return _core.to_dtype(count, like.dtype) if isinstance(count, _core.Operand) else constant(count, like)


def _dropped(x: Any, axis: Any, nd: int, keepdims: Any) -> Any:
    """A result that was computed with the reduced axes, without them unless they are to be kept."""
    if keepdims is True:
        return x
    gone = axes_of(axis, nd)
    return shaping.reshape(x, tuple(size for d, size in enumerate(x.shape) if d not in gone))


@counterpart(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = np._NoValue,
) -> Any:
    x = in_dtype(inexact(a), dtype)
    return _core.narrowed(_variance(_core.widened(x), axis, ddof, keepdims, where, mean, correction), x)


def _variance(x: Any, axis: Any, ddof: Any, keepdims: Any, where: Any, mean: Any, correction: Any) -> Any:
    less = ddof if correction is np._NoValue else correction
    centre = _mean_kept(x, axis, where) if not _given(mean) else _core.operand(mean)
    squares = _masked(squared_magnitude(el.subtract(x, centre)), where, 0)
    count = np.maximum(_count(x, axis, where) - less, 0)
    return _dropped(reductions.reduce_sum(squares, axis, True) / _number(count, squares), axis, x.ndim, keepdims)


def _mean_kept(x: Any, axis: Any, where: Any) -> Any:
    return mean(x, axis, keepdims=True, where=True if where is np._NoValue else where)


@counterpart(np.std)
def std(a: Any, *args: Any, **kwargs: Any) -> Any:
    return _root(var, a, *args, **kwargs)


def _root(variance: Any, a: Any, axis: Any = None, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The root of a variance; of half precisions that is rounded only once."""
    x = in_dtype(inexact(a), dtype)
    return _core.narrowed(el.sqrt(variance(_core.widened(x), axis, None, *args, **kwargs)), x)


def _extremum(reduce: Any, join: Any, lowest: Any, a: Any, axis: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    x = _core.operand(a)
    if where is not True and where is not np._NoValue:
        if not _given(initial):
            raise ValueError("np.max and np.min with where= need initial=, the value where nothing is chosen")
        x = _masked(x, where, lowest if _core.is_floating(x.dtype) else np.asarray(initial))
    if _given(initial) and _count(x, axis, True) == 0:
        empty = reductions.reduce_sum(x, axis, keepdims is True)
        return shaping.broadcast_to(_like(initial, x), empty.shape)
    result = reduce(x, axis, keepdims is True)
    return join(result, _like(initial, x)) if _given(initial) else result


@counterpart(np.max, np.amax)
def max_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _extremum(reductions.reduce_max, el.maximum, -np.inf, a, axis, keepdims, initial, where)


@counterpart(np.min, np.amin)
def min_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _extremum(reductions.reduce_min, el.minimum, np.inf, a, axis, keepdims, initial, where)


@counterpart(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    keep = keepdims is True
    return reductions.reduce_max(a, axis, keep) - reductions.reduce_min(a, axis, keep)


@counterpart(np.any, data=True)
def any_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
    return reductions.reduce_any(_masked(truths(a), where, False), axis, keepdims is True)


@counterpart(np.all, data=True)
def all_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
    return reductions.reduce_all(_masked(truths(a), where, True), axis, keepdims is True)


def searched(search: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """Places along an axis, or among all elements, by a function that finds them along one."""
    x = _core.operand(a)
    places = search(shaping.reshape(x, -1), 0) if axis is None else search(x, axis_of(axis, x.ndim))
    if not keepdims:
        return places
    gone = axes_of(axis, x.ndim)
    return shaping.reshape(places, tuple(1 if d in gone else size for d, size in enumerate(x.shape)))


def _search(name: str, along: Any) -> Any:
    def search(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        return searched(along, a, axis, keepdims is True)

    search.__name__ = name
    return search


for _name, _along in (
    ("argmax", reductions.argmax),
    ("argmin", reductions.argmin),
    ("nanargmax", answers.nanargmax),
    ("nanargmin", answers.nanargmin),
):
    counterpart(getattr(np, _name), data=True)(_search(_name, _along))


@counterpart(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False) -> Any:
    a, weights = _core.operands_or_none(a, weights)
    x = inexact(a)
    keep = keepdims is True
    if weights is None:
        result = reductions.reduce_mean(x, axis, keep)
        total = constant(np.full(result.shape, _count(x, axis, True)), x)
        return (result, total) if returned else result
    x, w = alike("average", x, weights)
    if x.shape != w.shape:
        if axis is None:
            raise TypeError(
                f"np.average: axis must be given where weights of shape {w.shape} are not of shape {x.shape}"
            )
        axes = axes_of(axis, x.ndim)
        if tuple(w.shape) != tuple(x.shape[d] for d in axes):
            raise ValueError(f"np.average: weights of shape {w.shape} do not fit axis {axis} of shape {x.shape}")
        order = sorted(range(len(axes)), key=axes.__getitem__)
        w = shaping.reshape(shaping.transpose(w, order), [s if d in axes else 1 for d, s in enumerate(x.shape)])
        w = shaping.broadcast_to(w, x.shape)
    weight = _core.widened(w)
    total = _core.general(_NORM, [reductions.reduce_sum(weight, axis, keep)])
    result = _core.narrowed(reductions.reduce_sum(_core.widened(x) * weight, axis, keep) / total, x)
    total = _core.narrowed(total, w)
    return (result, total) if returned else result


def _not_zero(total: np.ndarray) -> None:
    if np.any(total == 0):
        raise ZeroDivisionError("np.average: weights sum to zero, and cannot be normalized")


_NORM = handing_on("norm_of_weights", _not_zero)


# ------------------------------------------------------------------------------------------------------------ quantiles


def _lanes(x: Any, axis: Any) -> Any:
    """The reduced axes as one, behind the others."""
    gone = axes_of(axis, x.ndim)
    kept = [d for d in range(x.ndim) if d not in gone]
    count = int(np.prod([x.shape[d] for d in gone], dtype=np.intp))
    return shaping.reshape(shaping.transpose(x, [*kept, *gone]), [*(x.shape[d] for d in kept), count])


def _quantiles(name: str, a: Any, q: Any, axis: Any, method: Any, keepdims: Any, weights: Any, skip: bool) -> Any:
    """Between two neighbours in the sorted order, at the place where NumPy finds the quantile of 0, 1, 2 ..."""
    x = inexact(a)
    q = np.asarray(data(q, name, "q"), np.float64)
    if weights is not None:
        return _weighted_quantiles(name, x, q, axis, method, keepdims, data(weights, name, "weights"), skip)
    lanes = _lanes(x, axis)
    if not skip and method == "linear" and lanes.shape[-1] and q.size:
        return _between_ranks(lanes, q, _kept_axes(x, axis, keepdims))
    if lanes.shape[-1] == 0:
        raise ValueError(f"np.{name}: shape {tuple(x.shape)} has no elements along the axes {axis}")
    found = _QUANTILE_PLACES([lanes], (q.reshape(-1), method, skip))
    ranked = ordering.sort(lanes)  # NaN come last
    below = ordering.take_along_axis(ranked, _core.to_dtype(found[0], np.int64), -1)
    above = ordering.take_along_axis(ranked, _core.to_dtype(found[1], np.int64), -1)
    part = _core.to_dtype(found[2], x.dtype)
    # Neighbours that are infinite have no difference, where nothing is to be added to the lower one.
    step = el.select(part > 0.0, above - below, constant(0.0, x))
    result = _lost(below + part * step, _few(lanes, skip))
    result = shaping.transpose(result, [result.ndim - 1, *range(result.ndim - 1)])
    return shaping.reshape(result, (*q.shape, *_kept_axes(x, axis, keepdims)))


def _quantile_places(attributes: Any, lanes: np.ndarray) -> np.ndarray:
    """For each quantile the ranks of its neighbours, and where it is between them."""
    q, method, skip = attributes
    counts = np.sum(~np.isnan(lanes), axis=-1) if skip else np.full(lanes.shape[:-1], lanes.shape[-1])
    places = np.zeros((*counts.shape, q.size))
    for count in np.unique(counts):
        if count:
            places[counts == count] = np.quantile(np.arange(float(count)), q, method=method)
    low = np.floor(places)
    high = np.minimum(low + 1, np.maximum(counts[..., None] - 1, 0))
    return np.stack([low, high, places - low])


def _quantile_kind(attributes: Any, lanes: Kind) -> Kind:
    forms.dims(lanes, 1)
    return Kind(np.float64, (3, *lanes.shape[:-1], attributes[0].shape[0]))


_QUANTILE_PLACES = places_of(
    "quantile_places",
    _quantile_places,
    form=forms.parts(forms.array("f", 1), forms.text(), forms.flag),
    gives=_quantile_kind,
)


def _few(lanes: Any, skip: bool) -> Any:
    """Whether a line has no number, or one that is missing."""
    missing = el.is_nan(lanes)
    return (reductions.reduce_all if skip else reductions.reduce_any)(missing, -1, True)


def _lost(result: Any, lost: Any) -> Any:
    """NaN for what is lost."""
    if not may_hold(lost, np.any):
        return result
    return el.select(shaping.broadcast_to(lost, result.shape), constant(np.nan, result), result)


def _kept_axes(x: Any, axis: Any, keepdims: Any) -> tuple[int, ...]:
    """The shape of a reduction's result."""
    gone, shape = axes_of(axis, x.ndim), _core.sizes(x)
    if keepdims is True:
        return tuple(1 if d in gone else size for d, size in enumerate(shape))
    return tuple(size for d, size in enumerate(shape) if d not in gone)


def _between_ranks(lanes: Any, q: np.ndarray, shape: tuple[int, ...]) -> Any:
    """Quantiles by NumPy's usual method, for which a few elements of the sorted order are enough."""
    if not np.all((q >= 0) & (q <= 1)):
        raise ValueError("Quantiles must be in the range [0, 1]")
    last = lanes.shape[-1] - 1
    places = q.reshape(-1) * last
    low = np.floor(places).astype(np.intp)
    high = np.minimum(low + 1, last)
    # (The last one is a NaN where there is any.)
    ranks = np.unique(np.concatenate([low, high, [last]]))
    found = ordering.order_statistics(lanes, tuple(ranks.tolist()))
    if q.size == 1:
        at, above_at = np.searchsorted(ranks, (low[0], high[0])).tolist()
        below, above = found[..., at : at + 1], found[..., above_at : above_at + 1]
    else:
        below, above = found[..., np.searchsorted(ranks, low)], found[..., np.searchsorted(ranks, high)]
    part = places - low
    if part.any():
        # Neighbours that are infinite have no difference, where nothing is to be added to the lower one.
        step = above - below
        if not part.all():
            step = el.select(_core.to_tensor(np.broadcast_to(part > 0, step.shape)), step, constant(0.0, lanes))
        below = below + step * constant(part, lanes)
    if may_hold(found, lambda values: np.isnan(values[..., -1:])):
        below = _lost(below, el.is_nan(found[..., -1:]))
    if below.ndim > 1:
        below = shaping.transpose(below, [below.ndim - 1, *range(below.ndim - 1)])
    return shaping.reshape(below, (*q.shape, *shape))


def _weighted_quantiles(
    name: str, x: Any, q: np.ndarray, axis: Any, method: Any, keepdims: Any, weights: Any, skip: bool
) -> Any:
    """NumPy's weighted quantiles are elements, as its one method for them has it: those that it finds among places."""
    beside = _core.operand(np.asarray(weights) if isinstance(weights, (list, tuple)) else weights)
    function: Any = np.nanquantile if skip else np.quantile
    gone = axes_of(axis, x.ndim)
    # Checked by NumPy, and spread as it spreads them.
    function(np.zeros(x.shape), q, axis=axis, method=method, weights=np.ones(beside.shape))
    if beside.shape != x.shape:
        shape = [s if d in gone else 1 for d, s in enumerate(x.shape)]
        beside = shaping.reshape(shaping.transpose(beside, np.argsort(gone).tolist()), shape)
    lanes = _lanes(x, axis)
    beside = _lanes(shaping.broadcast_to(_core.to_dtype(beside, np.float64), x.shape), axis)
    places = _WEIGHTED_PLACES([lanes, beside], (q.reshape(-1), method))
    result = _lost(ordering.take_along_axis(lanes, places, -1), _few(lanes, skip))
    result = shaping.transpose(result, [result.ndim - 1, *range(result.ndim - 1)])
    return shaping.reshape(result, (*q.shape, *_kept_axes(x, axis, keepdims)))


def _weighted_places(attributes: Any, lanes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    q, method = attributes
    quantile: Any = np.quantile
    order = np.argsort(lanes, axis=-1, kind="stable")  # NaN come last
    places = np.zeros((*lanes.shape[:-1], q.size), np.intp)
    for lane in np.ndindex(lanes.shape[:-1]):
        present = int((~np.isnan(lanes[lane])).sum())
        if present:
            first = order[lane][:present]
            ranks = np.arange(float(present))
            found = np.asarray(quantile(ranks, q, method=method, weights=weights[lane][first]))
            places[lane] = first[found.astype(np.intp)]
    return places


def _weighted_kind(attributes: Any, lanes: Kind, weights: Kind) -> Kind:
    forms.alike(lanes, weights)
    forms.dims(lanes, 1)
    return Kind(np.intp, (*lanes.shape[:-1], attributes[0].shape[0]))


_WEIGHTED_PLACES = places_of(
    "weighted_quantile_places",
    _weighted_places,
    form=forms.parts(forms.array("f", 1), forms.text()),
    gives=_weighted_kind,
)


_ELEMENTS = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")
"""Methods of which a quantile is one of the elements."""


def _quantile(name: str, hundred: float, skip: bool) -> Any:
    def quantile(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: Any = False,
        *,
        weights: Any = None,
    ) -> Any:
        x = of_real_numbers(a, name)
        found = _quantiles(name, x, np.asarray(data(q, name, "q")) / hundred, axis, method, keepdims, weights, skip)
        return _core.to_dtype(found, x.dtype) if method in _ELEMENTS and x.dtype.kind in "biu" else found

    quantile.__name__ = name
    return quantile


def _median(name: str, skip: bool) -> Any:
    def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
        return _quantiles(name, a, 0.5, axis, "linear", keepdims, None, skip)

    median.__name__ = name
    return median


for _name, _hundred, _skip in (
    ("quantile", 1.0, False),
    ("percentile", 100.0, False),
    ("nanquantile", 1.0, True),
    ("nanpercentile", 100.0, True),
):
    counterpart(getattr(np, _name))(_quantile(_name, _hundred, _skip))
counterpart(np.median)(_median("median", False))
counterpart(np.nanmedian)(_median("nanmedian", True))


# --------------------------------------------------------------------------------------------------------- without NaN


def _numbers(x: Any, where: Any) -> Any:
    """Where there is a number that counts."""
    chosen = el.logical_not(el.is_nan(x))
    return chosen if where is True or where is np._NoValue else el.logical_and(chosen, truths(where))


@counterpart(np.nansum)
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 0,
    where: Any = True,
) -> Any:
    return sum_(a, axis, dtype, None, keepdims, initial, _numbers(a, where))


@counterpart(np.nanprod)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = 1,
    where: Any = True,
) -> Any:
    return prod(a, axis, dtype, None, keepdims, initial, _numbers(a, where))


@counterpart(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    return mean(a, axis, dtype, None, keepdims, where=_numbers(a, where))


@counterpart(np.nanvar)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = np._NoValue,
) -> Any:
    x = inexact(a)
    numbers = _numbers(x, where)
    # A NaN that is masked in the sum would still be squared: it must not reach the difference.
    clean = _masked(x, numbers, 0)
    return var(clean, axis, dtype, None, ddof, keepdims, where=numbers, mean=mean, correction=correction)


@counterpart(np.nanstd)
def nanstd(a: Any, *args: Any, **kwargs: Any) -> Any:
    return _root(nanvar, a, *args, **kwargs)


def _nan_extremum(extremum: Any, worst: float, a: Any, axis: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    x = _core.operand(a)
    if not _core.is_differentiable(x.dtype):
        return extremum(x, axis, None, keepdims, initial, where)
    numbers = _numbers(x, where)
    result = extremum(_masked(x, numbers, worst), axis, None, keepdims, initial)
    if _given(initial):
        return result
    return _lost(result, el.logical_not(reductions.reduce_any(numbers, axis, keepdims is True)))


@counterpart(np.nanmax)
def nanmax(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _nan_extremum(max_, -np.inf, a, axis, keepdims, initial, where)


@counterpart(np.nanmin)
def nanmin(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Any:
    return _nan_extremum(min_, np.inf, a, axis, keepdims, initial, where)


# --------------------------------------------------------------------------------------------------------- covariances


@counterpart(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    m, y = _core.operands_or_none(m, y)
    rows = in_dtype(_variables(m, rowvar, True), dtype)
    if y is not None:
        rows = shaping.concat([rows, in_dtype(_variables(y, rowvar, False), dtype)], 0)
    narrow, rows = rows, _core.widened(rows)
    less = (0 if bias else 1) if ddof is None else _core.as_index(ddof)
    weights = None
    for given, name in ((fweights, "fweights"), (aweights, "aweights")):
        if given is not None:
            factor = np.asarray(data(given, "cov", name), np.float64)
            weights = factor if weights is None else weights * factor
    if weights is None:
        centred = rows - reductions.reduce_mean(rows, 1, True)
        scaled, norm = centred, float(rows.shape[1] - less)
    else:
        share = constant(weights, rows)
        total = float(weights.sum())
        centred = rows - reductions.reduce_sum(rows * share, 1, True) / total
        scaled = centred * share
        spread = float((weights * np.asarray(1.0 if aweights is None else data(aweights, "cov", "aweights"))).sum())
        norm = total - less if aweights is None else total - less * spread / total
    result = linalg.matmul(centred, scaled, adjoint_b=True) / max(norm, 0.0)
    return _core.narrowed(shaping.squeeze(result), narrow)


def _variables(m: Any, rowvar: bool, first: bool) -> Any:
    """Variables by rows, observations along them."""
    x = inexact(m)
    if x.ndim > 2:
        raise ValueError(f"np.cov: takes one or two dimensions, not shape {tuple(x.shape)}")
    if x.ndim < 2:
        return shaping.reshape(x, (1, -1))
    return x if rowvar or (first and x.shape[0] == 1) else shaping.transpose(x)


@counterpart(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = el.sqrt(real(linalg.diagonal(c)))
    ratio = c / shaping.reshape(deviation, (-1, 1)) / deviation
    if _core.is_floating(c.dtype):
        return el.minimum(el.maximum(ratio, -1.0), 1.0)
    first, second = (el.minimum(el.maximum(part(ratio), -1.0), 1.0) for part in (real, imag))
    return complex(first, second)


@counterpart(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    return reductions.reduce_sum(added_up(linalg.diagonal(a, offset, axis1, axis2), dtype), -1)


@counterpart(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    places = _core.operand(x)
    length = max(_core.integer(minlength), beyond_highest(places))
    if weights is None:
        return counting.bincount(places, minlength=length, maxlength=length, dtype=np.int64)
    return segments.unsorted_segment_sum(inexact(weights), places, length)


@counterpart(np.count_nonzero, data=True)
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    return counting.count_nonzero(a, axis, keepdims is True)
