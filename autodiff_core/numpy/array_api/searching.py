"""The array API's functions that sort, search, choose and count. Places and counts are data; values are recorded."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import answers, counting, indexing, reductions, shaping
from ...ops import ordering as sorting
from ..functions import ordering
from ..functions.registry import axis_of
from ..functions.statistics import searched
from .describing import described

# ------------------------------------------------------------------------------------------------------------ searching


@described(
    "Tensor : Of int64. Of equal elements the first one.",
    x="array_like : Of any shape and real dtype.",
    axis="int, optional : The axis; all elements by default.",
)
def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the largest element is; with None, its place among all."""
    return searched(reductions.argmax, x, axis, keepdims)


@described(
    "Tensor : Of int64. Of equal elements the first one.",
    x="array_like : Of any shape and real dtype.",
    axis="int, optional : The axis; all elements by default.",
)
def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the smallest element is; with None, its place among all."""
    return searched(reductions.argmin, x, axis, keepdims)


@described("Tensor : Of int64.")
def count_nonzero(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """How many elements are not zero."""
    return counting.count_nonzero(x, axis, keepdims)


@described("tuple of Tensor : Of int64 and one dimension each.")
def nonzero(x: Any, /) -> tuple[Tensor, ...]:
    """The places of what is not zero, an array of integers for each axis."""
    operand = _core.operand(x)
    if operand.ndim == 0:
        raise ValueError("nonzero: a scalar has no places")
    return tuple(ordering.nonzero(operand))


@described(
    "Tensor : Of int64 and the shape of `x2`.",
    x1="array_like : Of one dimension and real dtype, sorted.",
    x2="array_like : Of any shape.",
    side='{"left", "right"} : Whether before or behind equal elements.',
    sorter="array_like of int, optional : What sorts `x1`.",
)
def searchsorted(x1: Any, x2: Any, /, *, side: Any = "left", sorter: Any = None) -> Tensor:
    """Where the values of x2 would go into the sorted x1."""
    return answers.searchsorted(x1, x2, side, sorter)


@described(
    "Tensor : Of the dtype that both promote to.",
    condition="array_like of bool : Broadcasts with the others.",
    x1="array_like : The values.",
    x2="array_like : The values.",
)
def where(condition: Any, x1: Any, x2: Any, /) -> Tensor:
    """x1 where the condition holds, x2 elsewhere; recorded."""
    return indexing.where(condition, x1, x2)


# -------------------------------------------------------------------------------------------------------------- sorting


def _order(descending: bool) -> str:
    return "DESCENDING" if descending else "ASCENDING"


@described(
    "Tensor : Of int64 and the same shape.",
    x="array_like : Of any shape and real dtype.",
    axis="int : The axis to sort along.",
    descending="bool : Whether the largest comes first.",
    stable="bool : Without effect.",
)
def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The places of the elements in sorted order; equal ones stay in their order."""
    return _core.to_dtype(sorting.argsort(x, axis, _order(descending)), np.int64)


@described(
    "Tensor : Of the same shape.",
    x="array_like : Of any shape and real dtype.",
    axis="int : The axis to sort along.",
    descending="bool : Whether the largest comes first.",
    stable="bool : Without effect.",
)
def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The elements in sorted order; recorded."""
    return sorting.sort(x, axis, _order(descending))


# ------------------------------------------------------------------------------------------------------------- indexing


@described(
    "Tensor : With the indices in the place of the axis.",
    indices="array_like of int : Of one dimension.",
    axis="int, optional : The axis; need not be named where there is one.",
)
def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Tensor:
    """Entries along an axis, by their places; recorded."""
    operand = _core.operand(x)
    if axis is None and operand.ndim != 1:
        raise ValueError(f"take: an axis must be named for shape {tuple(operand.shape)}")
    return indexing.gather(operand, indices, axis=axis_of(axis or 0, operand.ndim))


@described(
    "Tensor : Of the shape of the indices.",
    indices="array_like of int : Of as many dimensions, which broadcast but for the axis.",
    axis="int : The axis.",
)
def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Tensor:
    """Elements along an axis, by places that are as many arrays as there are lines; recorded."""
    operand, places = _core.operand(x), _core.operand(indices)
    at = axis_of(axis, operand.ndim)
    if places.ndim == operand.ndim:
        # The other axes broadcast.
        shape = [max(n, m) if m != 0 and n != 0 else 0 for n, m in zip(operand.shape, places.shape, strict=True)]
        shape[at] = operand.shape[at]
        operand = shaping.broadcast_to(operand, shape)
        shape[at] = places.shape[at]
        places = shaping.broadcast_to(places, shape)
    return sorting.take_along_axis(operand, places, at)


# ----------------------------------------------------------------------------------------------------------------- sets


class UniqueAll(NamedTuple):
    """What `unique_all` gives."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """What `unique_counts` gives."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """What `unique_inverse` gives."""

    values: Tensor
    inverse_indices: Tensor


@described("UniqueAll : With values, indices, inverse_indices (of the shape of `x`) and counts.")
def unique_all(x: Any, /) -> UniqueAll:
    """The distinct elements, sorted, which are recorded; where each is first, which each element is, and how often."""
    operand = _core.operand(x)
    found = np.unique_all(_core.seen(operand))
    values = indexing.gather(shaping.reshape(operand, -1), found.indices)
    return UniqueAll(values, *map(_core.to_tensor, (found.indices, found.inverse_indices, found.counts)))


@described("UniqueCounts : With values and counts.")
def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct elements, sorted, and how often each is there."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


@described("UniqueInverse : With values and inverse_indices (of the shape of `x`).")
def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct elements, sorted, and which of them each element is."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


@described("Tensor : Of one dimension. Every NaN is distinct.")
def unique_values(x: Any, /) -> Tensor:
    """The distinct elements, sorted; recorded."""
    return ordering.unique_values(_core.operand(x))
