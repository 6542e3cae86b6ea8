"""Convolution of arrays of any number of axes: as a sum, whose derivative is a correlation, or by transforms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms, fourier
from .elementwise import multiply, rint
from .forms import Kind
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
        The sum as it is written, or the product of Fourier transforms: see `fftconvolve`. By default the one that takes
        fewer steps, and the sum for integers.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        For another mode or method, or where the shapes do not fit.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.convolve.html

    Examples
    --------
    >>> print(tf.scipy.signal.convolve([1., 2., 3.], [1., -1.]).numpy())
    [ 1.  1.  1. -3.]
    """
    a, b = _operands("convolve", in1, in2, mode)
    if method not in ("auto", "direct", "fft"):
        raise ValueError(f"convolve: the method is 'auto', 'direct' or 'fft', not {method!r}")
    first, second = tuple(a.shape), tuple(b.shape)
    axes = range(len(first))
    if (method == "auto" and _transforming_is_shorter(a, b)) or (method == "fft" and first):
        whole = _by_transforms(a, b, list(axes))
        whole = _core.to_dtype(whole if _core.is_differentiable(a.dtype) else rint(whole), a.dtype)
    else:
        whole = _core.general(_CONVOLVE, [a, b])
    return _cut("convolve", whole, first, second, mode, axes)


def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Tensor:
    """Convolve two arrays of as many axes, by a product of their Fourier transforms.

    Parameters
    ----------
    in1, in2 : array_like
        Of as many axes.
    mode : {"full", "valid", "same"}
        As `convolve` has it.
    axes : int or sequence of int, optional
        The axes to convolve over, all unless given; over the others the operands broadcast.

    Returns
    -------
    Tensor
        Of the promoted dtype; float64 for integers.

    Raises
    ------
    ValueError
        For another mode, or where the shapes do not fit.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.fftconvolve.html. An element's error is relative
    to the largest element.

    Examples
    --------
    >>> print(tf.scipy.signal.fftconvolve([1., 2., 3.], [1., -1.]).numpy().round(4))
    [ 1.  1.  1. -3.]
    """
    a, b = _operands("fftconvolve", in1, in2, mode)
    first, second = tuple(a.shape), tuple(b.shape)
    nd = len(first)
    over = range(nd) if axes is None else sorted({_core.integer(axis) % nd for axis in _axes(axes, nd)})
    for place in range(nd):
        if place not in over and first[place] != second[place] and 1 not in (first[place], second[place]):
            raise ValueError(f"fftconvolve: shapes {first} and {second} do not broadcast along axis {place}")
    if a.dtype.kind in "iub":
        a, b = _core.to_dtype(a, np.float64), _core.to_dtype(b, np.float64)
    whole = _core.to_dtype(_by_transforms(a, b, list(over)), a.dtype)
    return _cut("fftconvolve", whole, first, second, mode, over)


def _operands(function: str, in1: Any, in2: Any, mode: str) -> tuple[Any, Any]:
    a, b = _core.operands(in1, in2)
    first, second = tuple(a.shape), tuple(b.shape)
    if len(first) != len(second):
        raise ValueError(f"{function}: the operands have as many axes; the shapes are {first} and {second}")
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"{function}: the mode is 'full', 'valid' or 'same', not {mode!r}")
    dtype = np.result_type(a.dtype, b.dtype)
    return _core.to_dtype(a, dtype), _core.to_dtype(b, dtype)


def _axes(axes: Any, nd: int) -> list[int]:
    return [np.lib.array_utils.normalize_axis_index(_core.integer(axis), nd) for axis in np.atleast_1d(axes)]


def _cut(
    function: str, whole: Any, first: Sequence[int], second: Sequence[int], mode: str, axes: Sequence[int]
) -> Tensor:
    """Of all overlaps those that are asked for."""
    if mode == "full" or not axes:
        return _core.identity_tensor(whole)
    pairs = [(first[axis], second[axis]) for axis in axes]
    if mode == "valid" and not (all(m >= n for m, n in pairs) or all(n >= m for m, n in pairs)):
        raise ValueError(
            f"{function}: in mode 'valid' one operand contains the other; the shapes are {first}, {second}"
        )
    kept = [slice(None)] * len(first)
    for axis, (m, n) in zip(axes, pairs, strict=True):
        start, size = ((n - 1) // 2, m) if mode == "same" else (min(m, n) - 1, abs(m - n) + 1)
        kept[axis] = slice(start, start + size)
    return whole[tuple(kept)]


def _transforming_is_shorter(a: Any, b: Any) -> bool:
    """Whether transforms and a product take less time than the sum, in nanoseconds as measured."""
    if not _core.is_differentiable(a.dtype) or a.dtype.itemsize < 4 or a.ndim == 0:
        return False
    points = math.prod(m + n - 1 for m, n in zip(a.shape, b.shape, strict=True))
    by_sum = a.size * b.size * (0.15 if len(a.shape) == 1 else 3.0)
    return bool(points > 1 and by_sum > 4.0 * points * math.log2(points) + 100_000.0)


def _by_transforms(a: Any, b: Any, axes: list[int]) -> Any:
    """All overlaps along some axes, as the inverse transform of a product."""
    if not axes:
        return multiply(a, b)
    sizes = [max(int(a.shape[axis]) + int(b.shape[axis]) - 1, 0) for axis in axes]
    points = [_fast(size) for size in sizes]
    if a.dtype.kind == "c":
        there, back = fourier.fftn, fourier.ifftn
    else:
        there, back = fourier.rfftn, fourier.irfftn
    whole = back(multiply(there(a, points, axes), there(b, points, axes)), points, axes)
    kept = [slice(None)] * len(a.shape)
    for axis, size in zip(axes, sizes, strict=True):
        kept[axis] = slice(size)
    return whole[tuple(kept)]


def _fast(size: int) -> int:
    """The next number that is a product of powers of 2, 3 and 5, the lengths that are transformed quickly."""
    best = 1 << max(size - 1, 0).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            best = min(best, three << max(-(-size // three) - 1, 0).bit_length())
            three *= 3
        five *= 5
    return best


def _overlaps_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    return _lengths_kind(x, y, 1)


def _complete_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    return _lengths_kind(x, y, -1)


def _lengths_kind(x: Kind, y: Kind, sign: int) -> Kind:
    """All axes as long as both together, or as what one leaves of the other."""
    forms.dims(y, x.ndim, x.ndim)
    sizes = [max(m + n - 1, 0) if sign > 0 else m - n + 1 for m, n in zip(x.shape, y.shape, strict=True)]
    if min(sizes, default=0) < 0 or (sign < 0 and not y.size):
        raise ValueError(f"shape {y.shape} is not within shape {x.shape}")
    return Kind(np.result_type(x.dtype, y.dtype), sizes)


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
    form=forms.nothing,
    gives=_overlaps_kind,
    names=("scipy.signal.convolve",),
    c=c_loops.PYTHON,
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
    form=forms.nothing,
    gives=_complete_kind,
    c=c_loops.PYTHON,
)
