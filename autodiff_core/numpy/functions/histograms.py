"""NumPy's histograms: counts are data, sums of weights are recorded, and so are edges that move with the points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import _core
from ...ops import elementwise as el
from ...ops import forms, reductions, segments, shaping
from ...ops.forms import Kind
from ...ops.picking import places_of
from .registry import constant, counterpart, data, inexact, of_real_numbers, stripped, watchable


def _edges(name: str, points: Any, bins: Any, span: Any, weights: Any = None) -> tuple[Any, Any]:
    """The edges as they are returned, and as numbers that no tape follows."""
    of_real_numbers(points, name)
    if isinstance(bins, _core.Operand) and bins.ndim == 1:
        return bins, bins
    span = data(span, name, "range")
    span = None if span is None else tuple(np.asarray(span).tolist())
    if isinstance(bins, str):
        if weights is not None:
            raise TypeError(f"np.{name}: bins={bins!r} finds out how many there are without weights")
        bins = int(_HOW_MANY([points], (bins, span)))
    whole = np.ndim(bins) == 0
    given = _core.as_index(bins) if whole else np.asarray(stripped(bins))
    numbers = _EDGES([points], (given, span)) if whole else _core.to_tensor(np.histogram_bin_edges(np.zeros(0), given))
    moving = whole and span is None and watchable(points) and points.size > 0
    if not moving:
        return numbers, numbers
    # Between the smallest and the largest point; half beyond, where these are equal.
    low, high = reductions.reduce_min(points), reductions.reduce_max(points)
    beyond = el.select(el.equal(low, high), constant(0.5, points), constant(0.0, points))
    low, high = low - beyond, high + beyond
    share = constant(np.arange(numbers.size) / (numbers.size - 1), points)
    return low * (1.0 - share) + high * share, numbers


_EDGES_FORM = forms.parts(
    forms.either(forms.text(), forms.count), forms.maybe(forms.parts(forms.numbers, forms.numbers))
)
_EDGES = places_of(
    "histogram_edges",
    lambda given, points: np.histogram_bin_edges(points, *given),
    form=_EDGES_FORM,
    gives=forms.by_values,
)
_HOW_MANY = places_of(
    "number_of_bins",
    lambda given, points: np.asarray(np.histogram_bin_edges(points, *given).size - 1),
    form=_EDGES_FORM,
    gives=forms.scalar(np.int64),
)


@counterpart(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """Linear in the smallest and the largest element; how many there are is data."""
    return _edges("histogram_bin_edges", a, bins, range, weights)[0]


@counterpart(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> tuple[Any, Any]:
    edges, numbers = _edges("histogram", a, bins, range)
    points = shaping.reshape(a, -1) if isinstance(a, _core.Operand) else np.ravel(a)
    if weights is not None and np.shape(weights) != np.shape(a):
        raise ValueError(f"np.histogram: weights of shape {np.shape(weights)} for points of shape {np.shape(a)}")
    totals = _totals([points], [numbers], weights)
    if density:
        return _divided(totals, [edges]), edges
    given = None if weights is None else _core.operand(weights).dtype
    return (totals if given is None or given.kind not in "biu" else _core.to_dtype(totals, given)), edges


def _places(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The bin of each point; -1 outside. The last bin has its right edge."""
    found = np.searchsorted(edges, points, side="right") - 1
    found[points == edges[-1]] = edges.size - 2
    found[(points < edges[0]) | (points > edges[-1]) | np.isnan(points)] = -1
    return found


def _bins(attributes: Any, *operands: np.ndarray) -> np.ndarray:
    """The number of the bin of each point, counted through all dimensions; -1 outside. Given: columns, then edges."""
    count = len(operands) // 2
    columns, edges = operands[:count], operands[count:]
    places = np.stack([_places(column, edge) for column, edge in zip(columns, edges, strict=True)])
    inside = (places >= 0).all(axis=0)
    numbers = np.ravel_multi_index(tuple(np.where(inside, places, 0)), tuple(edge.size - 1 for edge in edges))
    return np.where(inside, numbers, -1)


def _counts(shape: tuple[int, ...], numbers: np.ndarray) -> np.ndarray:
    counts = np.bincount(numbers[numbers >= 0], minlength=int(np.prod(shape, dtype=np.intp))).reshape(shape)
    return counts if len(shape) == 1 else counts.astype(np.float64)


def _bins_kind(attributes: Any, *operands: Kind) -> Kind:
    count = len(operands) // 2
    if not count or len(operands) % 2:
        raise ValueError(f"{len(operands)} operands are no points and edges")
    forms.alike(*operands[:count])
    return Kind(np.int64, operands[0].shape)


_BINS = places_of(
    "histogram_bins",
    _bins,
    form=forms.nothing,
    gives=_bins_kind,
)
_COUNTS = places_of(
    "histogram_counts",
    _counts,
    form=forms.shape,
    gives=lambda shape, numbers: Kind(np.int64 if len(shape) == 1 else np.float64, shape),
)


def _totals(columns: Sequence[Any], edges: Sequence[Any], weights: Any) -> Any:
    """How many points there are in each bin, or what their weights add up to."""
    shape = tuple(edge.size - 1 for edge in edges)
    bins = _BINS([*columns, *edges])
    if weights is None:
        return _COUNTS([bins], shape)
    flat = shaping.reshape(inexact(weights), -1)
    return shaping.reshape(segments.unsorted_segment_sum(flat, bins, int(np.prod(shape, dtype=np.intp))), shape)


def _divided(totals: Any, edges: Sequence[Any]) -> Any:
    """By the size of each bin, and by the sum."""
    result = inexact(totals)
    result = result / reductions.reduce_sum(result)
    for d, edge in enumerate(edges):
        widths = inexact(edge[1:]) - inexact(edge[:-1])
        result = result / _core.to_dtype(
            shaping.reshape(widths, (1,) * d + (-1,) + (1,) * (len(edges) - d - 1)), result.dtype
        )
    return result


@counterpart(np.histogramdd, lists="items")
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Any, tuple[Any, ...]]:
    if isinstance(sample, (_core.Operand, np.ndarray)):
        table = sample if sample.ndim == 2 else shaping.reshape(sample, (-1, 1))
        columns = [table[:, d] for d in np.arange(table.shape[1]).tolist()]
    else:
        columns = list(sample)
    count = len(columns)
    each = [bins] * count if np.ndim(stripped(bins)) == 0 else list(bins)
    spans = [None] * count if range is None else list(range)
    if len(each) != count or len(spans) != count:
        raise ValueError(f"np.histogramdd: {len(each)} bins and {len(spans)} ranges for {count} dimensions")
    edges = [_edges("histogramdd", *parts) for parts in zip(columns, each, spans, strict=True)]
    totals = _totals(columns, [numbers for _, numbers in edges], weights)
    found = [edge for edge, _ in edges]
    return (_divided(totals, found) if density else totals), tuple(found)


@counterpart(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Any, Any, Any]:
    if len(x) != len(y):
        raise ValueError(f"np.histogram2d: {len(x)} and {len(y)} points")
    one = np.ndim(stripped(bins)) == 1 and len(bins) not in (1, 2)
    totals, (first, second) = histogramdd([x, y], [bins, bins] if one else bins, range, density, weights)
    return totals, first, second
