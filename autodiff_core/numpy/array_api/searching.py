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

# ------------------------------------------------------------------------------------------------------------ searching


def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the largest element is; with None, its place among all.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int, optional
        The axis; all elements by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64. Of equal elements the first one.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argmax.html
    """
    return searched(reductions.argmax, x, axis, keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the smallest element is; with None, its place among all.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int, optional
        The axis; all elements by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64. Of equal elements the first one.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argmin.html
    """
    return searched(reductions.argmin, x, axis, keepdims)


def count_nonzero(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """How many elements are not zero.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        Of int64.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.count_nonzero.html
    """
    return counting.count_nonzero(x, axis, keepdims)


def nonzero(x: Any, /) -> tuple[Tensor, ...]:
    """The places of what is not zero, an array of integers for each axis.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    tuple of Tensor
        Of int64 and one dimension each.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.nonzero.html
    """
    operand = _core.operand(x)
    if operand.ndim == 0:
        raise ValueError("nonzero: a scalar has no places")
    return tuple(ordering.nonzero(operand))


def searchsorted(x1: Any, x2: Any, /, *, side: Any = "left", sorter: Any = None) -> Tensor:
    """Where the values of x2 would go into the sorted x1.

    Parameters
    ----------
    x1 : array_like
        Of one dimension and real dtype, sorted.
    x2 : array_like
        Of any shape.
    side : {"left", "right"}
        Whether before or behind equal elements.
    sorter : array_like of int, optional
        What sorts `x1`.

    Returns
    -------
    Tensor
        Of int64 and the shape of `x2`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.searchsorted.html
    """
    return answers.searchsorted(x1, x2, side, sorter)


def where(condition: Any, x1: Any, x2: Any, /) -> Tensor:
    """x1 where the condition holds, x2 elsewhere; recorded.

    Parameters
    ----------
    condition : array_like of bool
        Broadcasts with the others.
    x1, x2 : array_like
        The values.

    Returns
    -------
    Tensor
        Of the dtype that both promote to.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.where.html
    """
    return indexing.where(condition, x1, x2)


# -------------------------------------------------------------------------------------------------------------- sorting


def _order(descending: bool) -> str:
    return "DESCENDING" if descending else "ASCENDING"


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The places of the elements in sorted order; equal ones stay in their order.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int
        The axis to sort along.
    descending : bool
        Whether the largest comes first.
    stable : bool
        Without effect.

    Returns
    -------
    Tensor
        Of int64 and the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.argsort.html
    """
    return _core.to_dtype(sorting.argsort(x, axis, _order(descending)), np.int64)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The elements in sorted order; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int
        The axis to sort along.
    descending : bool
        Whether the largest comes first.
    stable : bool
        Without effect.

    Returns
    -------
    Tensor
        Of the same shape.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sort.html
    """
    return sorting.sort(x, axis, _order(descending))


# ------------------------------------------------------------------------------------------------------------- indexing


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Tensor:
    """Entries along an axis, by their places; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    indices : array_like of int
        Of one dimension.
    axis : int, optional
        The axis; need not be named where there is one.

    Returns
    -------
    Tensor
        With the indices in the place of the axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.take.html
    """
    operand = _core.operand(x)
    if axis is None and operand.ndim != 1:
        raise ValueError(f"take: an axis must be named for shape {tuple(operand.shape)}")
    return indexing.gather(operand, indices, axis=axis_of(axis or 0, operand.ndim))


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Tensor:
    """Elements along an axis, by places that are as many arrays as there are lines; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.
    indices : array_like of int
        Of as many dimensions, which broadcast but for the axis.
    axis : int
        The axis.

    Returns
    -------
    Tensor
        Of the shape of the indices.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.take_along_axis.html
    """
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


def unique_all(x: Any, /) -> UniqueAll:
    """The distinct elements, sorted, which are recorded; where each is first, which each element is, and how often.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueAll
        With values, indices, inverse_indices (of the shape of `x`) and counts.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_all.html
    """
    operand = _core.operand(x)
    found = np.unique_all(_core.seen(operand))
    values = indexing.gather(shaping.reshape(operand, -1), found.indices)
    return UniqueAll(values, *map(_core.to_tensor, (found.indices, found.inverse_indices, found.counts)))


def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct elements, sorted, and how often each is there.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueCounts
        With values and counts.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_counts.html
    """
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct elements, sorted, and which of them each element is.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    UniqueInverse
        With values and inverse_indices (of the shape of `x`).

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_inverse.html
    """
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Any, /) -> Tensor:
    """The distinct elements, sorted; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and dtype.

    Returns
    -------
    Tensor
        Of one dimension. Every NaN is distinct.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.unique_values.html
    """
    return ordering.unique_values(_core.operand(x))
