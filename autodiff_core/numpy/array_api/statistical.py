"""The array API's sums, means and extremes, running sums, differences, and tests of truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import reductions
from ..functions import accumulation, statistics
from .describing import described


def summand(x: Any, dtype: Any) -> Any:
    """What is added up or multiplied: in the dtype that was asked for; integers by default in one of 64 bits."""
    operand = _core.operand(x)
    if dtype is None and operand.dtype.kind in "biu":
        dtype = np.uint64 if operand.dtype.kind == "u" else np.int64
    return operand if dtype is None else _core.to_dtype(operand, dtype)


@described(
    "Tensor : The sums.",
    x="array_like : Of any shape and numeric dtype.",
    dtype="dtype, optional : In which it is added up; one of 64 bits for integers by default.",
)
def sum(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The sum over axes, by default all; recorded."""
    return reductions.reduce_sum(summand(x, dtype), axis, keepdims)


@described(
    "Tensor : The products.",
    x="array_like : Of any shape and numeric dtype.",
    dtype="dtype, optional : In which it is multiplied; one of 64 bits for integers by default.",
)
def prod(x: Any, /, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The product over axes, by default all; recorded."""
    return reductions.reduce_prod(summand(x, dtype), axis, keepdims)


@described("Tensor : The means.", x="array_like : Of any shape and numeric dtype.")
def mean(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean over axes, by default all; recorded."""
    return statistics.mean(x, axis, keepdims=keepdims)


@described(
    "Tensor : The variances.",
    x="array_like : Of any shape and numeric dtype.",
    correction="float : What is taken off the number of elements.",
)
def var(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The variance over axes, by default all; recorded."""
    return statistics.var(x, axis, ddof=correction, keepdims=keepdims)


@described(
    "Tensor : The standard deviations.",
    x="array_like : Of any shape and numeric dtype.",
    correction="float : What is taken off the number of elements.",
)
def std(x: Any, /, *, axis: Any = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes, by default all; recorded."""
    return statistics.std(x, axis, ddof=correction, keepdims=keepdims)


@described(
    "Tensor : The largest elements; equal ones share the gradient.", x="array_like : Of any shape and real dtype."
)
def max(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The largest element over axes, by default all; recorded."""
    return statistics.max_(x, axis, keepdims=keepdims)


@described(
    "Tensor : The smallest elements; equal ones share the gradient.", x="array_like : Of any shape and real dtype."
)
def min(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element over axes, by default all; recorded."""
    return statistics.min_(x, axis, keepdims=keepdims)


@described(
    "Tensor : The running sums.",
    x="array_like : Of any shape and numeric dtype.",
    axis="int, optional : The axis; need not be named where there is one.",
    dtype="dtype, optional : As for `sum`.",
    include_initial="bool : Whether a zero comes first.",
)
def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """Running sums along an axis; recorded."""
    return accumulation.cumulative_sum(summand(x, dtype), axis=axis, include_initial=include_initial)


@described(
    "Tensor : The running products.",
    x="array_like : Of any shape and numeric dtype.",
    axis="int, optional : The axis; need not be named where there is one.",
    dtype="dtype, optional : As for `prod`.",
    include_initial="bool : Whether a one comes first.",
)
def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False) -> Tensor:
    """Running products along an axis; recorded."""
    return accumulation.cumulative_prod(summand(x, dtype), axis=axis, include_initial=include_initial)


@described(
    "Tensor : Shorter by `n` along the axis.",
    x="array_like : Of any shape and numeric dtype.",
    axis="int : The axis.",
    n="int : How often.",
    prepend="array_like, optional : What stands before and behind.",
    append="array_like, optional : What stands before and behind.",
)
def diff(x: Any, /, *, axis: int = -1, n: int = 1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along an axis, n times over; recorded."""
    ends = (np._NoValue if end is None else end for end in (prepend, append))
    return accumulation.diff(_core.operand(x), n, axis, *ends)


@described("Tensor : Of bool.")
def all(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether all elements are true, or not zero."""
    return reductions.reduce_all(_core.to_dtype(x, bool), axis, keepdims)


@described("Tensor : Of bool.")
def any(x: Any, /, *, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether some element is true, or not zero."""
    return reductions.reduce_any(_core.to_dtype(x, bool), axis, keepdims)
