"""Convolution of arrays of any number of axes, and the correlation that is its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .table import Case, general


def _kernel(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """All overlaps: the larger operand, shifted and weighted by each element of the smaller."""
    if x.ndim == 1 and x.size and y.size:
        return np.convolve(x, y)
    if x.size < y.size:
        x, y = y, x
    shape = tuple(max(m + n - 1, 0) for m, n in zip(x.shape, y.shape, strict=True))
    total = np.zeros(shape, np.result_type(x, y))
    if x.size and y.size:
        for place in np.ndindex(y.shape):
            total[tuple(slice(i, i + m) for i, m in zip(place, x.shape, strict=True))] += x * y[place]
    return total


def _rule(g: Any, y: Any, attributes: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return correlate(g, b), correlate(g, a)


def _correlation_kernel(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Complete overlaps: a sum over the elements of the smaller of y and the result."""
    if x.ndim == 1 and x.size and y.size:
        return np.convolve(x, y[::-1], "valid")
    shape = tuple(m - n + 1 for m, n in zip(x.shape, y.shape, strict=True))
    total = np.zeros(shape, np.result_type(x, y))
    if total.size < y.size:
        for place in np.ndindex(shape):
            total[place] = np.sum(x[tuple(slice(i, i + n) for i, n in zip(place, y.shape, strict=True))] * y)
        return total
    for place in np.ndindex(y.shape):
        total += x[tuple(slice(i, i + m) for i, m in zip(place, shape, strict=True))] * y[place]
    return total


def _correlation_rule(g: Any, y: Any, attributes: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return _core.general(_CONVOLVE, [g, b]), correlate(a, g)


def correlate(in1: Any, in2: Any) -> Tensor:
    """Sums of products where the second operand, shifted, lies within the first; nothing is conjugated."""
    return _core.general(_CORRELATE, [in1, in2])


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Tensor:
    """Convolve two arrays of as many axes.

    Parameters
    ----------
    in1, in2 : array_like
        Of as many axes.
    mode : {"full", "valid", "same"}
        All overlaps; only the complete ones, for which one operand must be as long as the other along every axis; or
        the middle of all overlaps, of the shape of `in1`.
    method : {"auto", "direct", "fft"}
        Without effect: the sum is computed as it is written.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        For another mode, or where the shapes do not fit.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.convolve.html

    Examples
    --------
    >>> print(tf.scipy.signal.convolve([1., 2., 3.], [1., -1.]).numpy())
    [ 1.  1.  1. -3.]
    """
    a, b = _core.operand(in1), _core.operand(in2)
    first, second = tuple(a.shape), tuple(b.shape)
    if len(first) != len(second):
        raise ValueError(f"convolve: the operands have as many axes; the shapes are {first} and {second}")
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve: the mode is 'full', 'valid' or 'same', not {mode!r}")
    dtype = np.result_type(a.dtype, b.dtype)
    whole = _core.general(_CONVOLVE, [_core.to_dtype(a, dtype), _core.to_dtype(b, dtype)])
    if mode == "full" or not first:
        return whole
    if mode == "same":
        starts, sizes = [(n - 1) // 2 for n in second], list(first)
    else:
        covers = [all(m >= n for m, n in zip(*pair, strict=True)) for pair in ((first, second), (second, first))]
        if not any(covers):
            raise ValueError(
                f"convolve: in mode 'valid' one operand contains the other; the shapes are {first}, {second}"
            )
        starts = [min(m, n) - 1 for m, n in zip(first, second, strict=True)]
        sizes = [abs(m - n) + 1 for m, n in zip(first, second, strict=True)]
    return whole[tuple(slice(start, start + size) for start, size in zip(starts, sizes, strict=True))]


_CONVOLVE = general(
    "convolve",
    _kernel,
    _rule,
    function=convolve,
    doc="Convolution over all axes.",
    linear="each",
    cases=(
        Case(lambda a, b: convolve(a, b), ((4,), (3,))),
        Case(lambda a, b: convolve(a, b, "same"), ((2, 4), (3, 2))),
        Case(lambda a, b: convolve(a, b, "valid"), ((4, 3), (2, 3))),
        Case(lambda a, b: convolve(a, b, "valid"), ((2, 1, 2), (2, 3, 2))),
    ),
)


_CORRELATE = general(
    "correlate",
    _correlation_kernel,
    _correlation_rule,
    function=correlate,
    doc="Correlation over all axes, complete overlaps.",
    linear="each",
    cases=(
        Case(lambda a, b: correlate(a, b), ((5,), (3,))),
        Case(lambda a, b: correlate(a, b), ((3, 4), (3, 2))),
        Case(lambda a, b: correlate(a, b), ((4, 4), (2, 2))),
    ),
)
