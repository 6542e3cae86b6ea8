"""Fourier transforms, by NumPy's arguments: one row, the matrix of the discrete transform along an axis.

The matrix is symmetric, so its transpose is the transform itself, with the lengths of both ends exchanged: what was
padded is cut. An end of the row is a whole spectrum (complex), half of one (complex, of a real signal), or real. A real
end takes the real part on the way out, and half an end leaves the other half out; that is all the difference between
`fft`, `rfft`, `irfft`, `hfft` and `ihfft`. The sweeps transpose and do not conjugate, so neither does anything here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import elementwise as el
from . import forms
from .complex_parts import real
from .forms import Kind, Without
from .table import Case, as_it_stands, linear

Scale = Literal["backward", "ortho", "forward"]
Norm = Scale | None
_OPPOSITE: dict[Scale, Scale] = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


class _Core(NamedTuple):
    """What both directions of the row share."""

    axis: int  # from the end, so that leading axes change nothing
    points: int
    conjugate: bool  # the matrix with exp(+i...), which inverse transforms have
    norm: Scale  # as np.fft.fft and np.fft.rfft understand it: of the matrix without `conjugate`
    doubled: bool  # half an end stands for the other half too, as the operand of irfft does


# -- The row -------------------------------------------------------------------------------------------------------


def _kernel(x: np.ndarray, attributes: Any) -> np.ndarray:
    (source, _), shared, (target, length) = attributes
    core = _Core(*shared)
    if source == "half":
        y = _from_half(x, core)
    elif target == "half":
        y = np.fft.rfft(x, core.points, core.axis, core.norm)
        if core.conjugate:
            np.conjugate(y, out=y)
        if core.doubled:
            y[_twice(core)] *= 2
    elif core.conjugate:
        y = np.fft.ifft(x, core.points, core.axis, _OPPOSITE[core.norm])
    else:
        y = np.fft.fft(x, core.points, core.axis, core.norm)
    return _fitted(y.real.copy() if target == "real" and y.dtype.kind == "c" else y, length, core.axis)


def _from_half(x: np.ndarray, core: _Core) -> np.ndarray:
    """The real part of the transform of half a spectrum: NumPy's `irfft` counts what lies between the ends twice."""
    norm = _OPPOSITE[core.norm]
    if not core.conjugate:
        x = np.conjugate(x)
    if not core.doubled:
        x = x.copy() if core.conjugate else x
        x[_twice(core)] *= 0.5
    return np.fft.irfft(x, core.points, core.axis, norm)


def _twice(core: _Core) -> tuple[Any, ...]:
    """Of half a spectrum, the frequencies that have a partner in the other half."""
    return (..., slice(1, (core.points + 1) // 2), *(slice(None),) * (-1 - core.axis))


def _fitted(y: np.ndarray, length: int, axis: int) -> np.ndarray:
    """Cut off, or followed by zeros."""
    if y.shape[axis] == length:
        return y
    shape = list(y.shape)
    shape[axis] = length
    kept: tuple[Any, ...] = (..., slice(min(length, y.shape[axis])), *(slice(None),) * (-1 - axis))
    fitted = np.zeros(shape, y.dtype)
    fitted[kept] = y[kept]
    return fitted


def _depends(attributes: Any, shapes: Sequence[tuple[int, ...]], result: tuple[int, ...]) -> Any:
    axis, (shape,) = attributes[1][0], shapes
    kept = tuple(1 if d - len(shape) == axis else size for d, size in enumerate(shape))
    groups = np.arange(int(np.prod(kept, dtype=np.intp))).reshape(kept)
    return [(groups, groups)]


# -- Along one axis ------------------------------------------------------------------------------------------------


def _applied(function: str, x: Any, axis: int, norm: Norm, ends: tuple[Any, int, Any], conjugate: bool) -> Tensor:
    source, points, target = ends
    if norm not in (None, *_OPPOSITE):
        raise ValueError(f"{function}: the norm is 'backward', 'ortho' or 'forward', not {norm!r}")
    scaled: Scale = norm or "backward"
    if conjugate:
        scaled = _OPPOSITE[scaled]
    length = points // 2 + 1 if target == "half" else points
    core = tuple(_Core(axis, points, conjugate, scaled, source == "half"))
    return _core.linear(_FFT, x, ((source, int(x.shape[axis])), core, (target, length)))


def _checked(a: Any, n: Any, axis: int) -> tuple[Any, int, int]:
    """The operand in a dtype that is transformed, the number of points, and the axis, from the end."""
    x = _core.operand(a)
    if x.dtype.kind in "iub":
        x = _core.to_dtype(x, np.float64)
    elif x.dtype.kind not in "fc" or x.dtype.itemsize < 4:
        x = _core.to_dtype(x, np.float32)
    axis = np.lib.array_utils.normalize_axis_index(operator.index(axis), len(x.shape)) - len(x.shape)
    points = int(x.shape[axis]) if n is None else operator.index(n)
    return x, points, axis


def _enough(function: str, points: int, x: Any) -> int:
    if points < 1:
        raise ValueError(f"{function}: needs one point or more along the axis, not {points}; the shape is {x.shape}")
    return points


def _whole(function: str, a: Any, n: Any, axis: int, norm: Norm, conjugate: bool) -> Tensor:
    x, points, axis = _checked(a, n, axis)
    source = "whole" if x.dtype.kind == "c" else "real"
    return _applied(function, x, axis, norm, (source, _enough(function, points, x), "whole"), conjugate)


def _to_half(function: str, a: Any, n: Any, axis: int, norm: Norm, conjugate: bool) -> Tensor:
    x, points, axis = _checked(a, n, axis)
    if x.dtype.kind == "c":
        raise TypeError(f"{function}: takes a real operand, not one of {x.dtype}; use fft, or take its real part")
    return _applied(function, x, axis, norm, ("real", _enough(function, points, x), "half"), conjugate)


def _to_real(function: str, a: Any, n: Any, axis: int, norm: Norm, conjugate: bool) -> Tensor:
    x, points, axis = _checked(a, n, axis)
    if x.dtype.kind != "c":
        x = _core.to_dtype(x, np.result_type(x.dtype, np.complex64))
    points = 2 * (points - 1) if n is None else points
    return _applied(function, x, axis, norm, ("half", _enough(function, points, x), "real"), conjugate)


def fft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.fft, of real or complex operands."""
    return _whole("fft", a, n, axis, norm, False)


def ifft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.ifft, of real or complex operands."""
    return _whole("ifft", a, n, axis, norm, True)


def rfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.rfft: the first half of a real operand's transform."""
    return _to_half("rfft", a, n, axis, norm, False)


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.irfft: the real signal that half a spectrum belongs to."""
    return _to_real("irfft", a, n, axis, norm, True)


def hfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.hfft: the real spectrum that half a signal belongs to."""
    return _to_real("hfft", a, n, axis, norm, False)


def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """np.fft.ihfft: the first half of the signal that a real spectrum belongs to."""
    return _to_half("ihfft", a, n, axis, norm, True)


# -- Along several, one after the other, as NumPy does ----------------------------------------------------------------


def _plan(function: str, x: Any, s: Any, axes: Any, halved: bool = False) -> list[tuple[int | None, int]]:
    """For each axis the number of points; None where the transform of that axis is to choose."""
    nd = len(x.shape)
    if axes is None:
        axes = range(-nd if s is None else -len(s), 0)
    axes = [operator.index(axis) for axis in axes]
    sizes = [-1] * len(axes) if s is None else list(s)
    if len(sizes) != len(axes):
        raise ValueError(f"{function}: the lengths {tuple(sizes)} and the axes {tuple(axes)} are not as many")
    places = [np.lib.array_utils.normalize_axis_index(axis, nd) for axis in axes]
    # An axis that is named twice is given back its first length, as NumPy does.
    points: list[int | None] = [
        size if size is None else int(x.shape[place]) if operator.index(size) == -1 else operator.index(size)
        for size, place in zip(sizes, places, strict=True)
    ]
    if halved and s is None and points:
        points[-1] = None
    return list(zip(points, places, strict=True))


def _along_each(x: Any, plan: Sequence[tuple[int | None, int]], norm: Norm, function: Callable[..., Any]) -> Any:
    for n, axis in plan:
        x = function(x, n, axis, norm)
    return x


def _last(function: str, plan: list[tuple[int | None, int]]) -> tuple[int | None, int]:
    if not plan:
        raise IndexError(f"{function}: needs an axis, of which half the spectrum is kept; use fftn for none")
    return plan[-1]


def fftn(a: Any, s: Any = None, axes: Any = None, norm: Norm = None) -> Tensor:
    """np.fft.fftn, of real or complex operands."""
    x = _core.operand(a)
    return _core.identity_tensor(_along_each(x, _plan("fftn", x, s, axes)[::-1], norm, fft))


def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Norm = None) -> Tensor:
    """np.fft.ifftn, of real or complex operands."""
    x = _core.operand(a)
    return _core.identity_tensor(_along_each(x, _plan("ifftn", x, s, axes)[::-1], norm, ifft))


def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Norm = None) -> Tensor:
    """np.fft.rfftn: half a spectrum along the last of the axes, whole ones along the others."""
    x = _core.operand(a)
    plan = _plan("rfftn", x, s, axes)
    n, axis = _last("rfftn", plan)
    return _along_each(rfft(x, n, axis, norm), plan[-2::-1], norm, fft)


def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Norm = None) -> Tensor:
    """np.fft.irfftn: the real signal that `rfftn` has given."""
    x = _core.operand(a)
    plan = _plan("irfftn", x, s, axes, halved=True)
    n, axis = _last("irfftn", plan)
    return irfft(_along_each(x, plan[:-1], norm, ifft), n, axis, norm)


def _parts(y: Any) -> Any:
    """Both parts of a result, told apart."""
    return el.add(real(y), el.multiply(2.0, real(el.multiply(y, 1.0j))))


_END = forms.parts(forms.text("real", "half", "whole"), forms.count)
_SHARED = forms.parts(forms.axis, forms.positive, forms.flag, forms.text("backward", "ortho", "forward"), forms.flag)


def _spectrum(attributes: Any, x: Kind) -> Kind:
    (source, size), (axis, points, *rest), (target, length) = attributes
    whole, d = list(x.shape), forms.at(x, axis)
    ends = [(source, size), (target, length)]
    if whole[d] != size or not any(n == (points // 2 + 1 if end == "half" else points) for end, n in ends):
        raise ValueError(
            f"a transform of {points} points from {size} to {length} elements does not fit shape {x.shape}"
        )
    if x.dtype.kind != ("f" if source == "real" else "c"):
        raise ValueError(f"a transform of {x.dtype}")
    whole[d] = length
    sample = _kernel(np.ones(1, x.dtype), ((source, 1), (-1, 1, *rest), (target, 1)))
    return Kind(sample.dtype, whole)


_FFT, _ = linear(
    "fft",
    _kernel,
    "fft",
    function=fft,
    doc="The discrete Fourier transform along an axis, with whole or half spectra.",
    depends=_depends,
    batched=as_it_stands,
    cases=(
        Case(lambda x: _parts(fft(x)), ((5,),)),
        Case(lambda x: _parts(ifft(el.multiply(x, 1.0 - 2.0j), 4, 0, "ortho")), ((3, 2),)),
        Case(lambda x: _parts(fft(el.exp(el.multiply(x, 1.0j)), 2, norm="forward")), ((2, 3),)),
        Case(lambda x: _parts(rfft(real(x))), ((4,),)),
        Case(lambda x: _parts(ihfft(real(x), 6, 0)), ((5, 2),)),
        Case(lambda x: irfft(el.multiply(x, 1.0 + 3.0j)), ((3,),)),
        Case(lambda x: hfft(el.multiply(x, 1.0 + 3.0j), 5, 0, "ortho"), ((4, 2),)),
    ),
    form=forms.parts(_END, _SHARED, _END),
    gives=(_spectrum, _spectrum),
    c=Without("its kernel is NumPy's"),
    cost=forms.transformed,
)
