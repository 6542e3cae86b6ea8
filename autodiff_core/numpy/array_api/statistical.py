"""The array API's sums, means and extremes, running sums, differences, and tests of truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import reductions
from ..functions import accumulation, statistics


def summand(x: Any, dtype: Any) -> Any:
    """What is added up or multiplied: in the dtype that was asked for; integers by default in one of 64 bits."""
    operand = _core.operand(x)
    if dtype is None and operand.dtype.kind in "biu":
        dtype = np.uint64 if operand.dtype.kind == "u" else np.int64
    return operand if dtype is None else _core.to_dtype(operand, dtype)


def sum(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The sum over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    dtype : dtype, optional
        In which it is added up; one of 64 bits for integers by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The sums.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sum.html
    """
    return reductions.reduce_sum(summand(x, dtype), axis, keepdims)


def prod(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The product over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    dtype : dtype, optional
        In which it is multiplied; one of 64 bits for integers by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The products.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.prod.html
    """
    return reductions.reduce_prod(summand(x, dtype), axis, keepdims)


def mean(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The means.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.mean.html
    """
    return statistics.mean(x, axis, keepdims=keepdims)


def var(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The variance over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    correction : float
        What is taken off the number of elements.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The variances.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.var.html
    """
    return statistics.var(x, axis, ddof=correction, keepdims=keepdims)


def std(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    correction : float
        What is taken off the number of elements.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The standard deviations.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.std.html
    """
    return statistics.std(x, axis, ddof=correction, keepdims=keepdims)


def max(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The largest elements; equal ones share the gradient.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.max.html
    """
    return statistics.max_(x, axis, keepdims=keepdims)


def min(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element over axes, by default all; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and real dtype.
    axis : int or tuple of int, optional
        The axes to go over; all by default.
    keepdims : bool
        Whether these axes stay, with one entry.

    Returns
    -------
    Tensor
        The smallest elements; equal ones share the gradient.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.min.html
    """
    return statistics.min_(x, axis, keepdims=keepdims)


def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """Running sums along an axis; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int, optional
        The axis; need not be named where there is one.
    dtype : dtype, optional
        As for `sum`.
    include_initial : bool
        Whether a zero comes first.

    Returns
    -------
    Tensor
        The running sums.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cumulative_sum.html
    """
    return accumulation.cumulative_sum(summand(x, dtype), axis=axis, include_initial=include_initial)


def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """Running products along an axis; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int, optional
        The axis; need not be named where there is one.
    dtype : dtype, optional
        As for `prod`.
    include_initial : bool
        Whether a one comes first.

    Returns
    -------
    Tensor
        The running products.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cumulative_prod.html
    """
    return accumulation.cumulative_prod(summand(x, dtype), axis=axis, include_initial=include_initial)


def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along an axis, n times over; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape and numeric dtype.
    axis : int
        The axis.
    n : int
        How often.
    prepend, append : array_like, optional
        What stands before and behind.

    Returns
    -------
    Tensor
        Shorter by `n` along the axis.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.diff.html
    """
    ends = (np._NoValue if end is None else end for end in (prepend, append))
    return accumulation.diff(_core.operand(x), n, axis, *ends)


def all(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether all elements are true, or not zero.

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
        Of bool.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.all.html
    """
    return reductions.reduce_all(_core.to_dtype(x, bool), axis, keepdims)


def any(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether some element is true, or not zero.

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
        Of bool.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.any.html
    """
    return reductions.reduce_any(_core.to_dtype(x, bool), axis, keepdims)
