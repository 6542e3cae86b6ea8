"""The array API's extension for Fourier transforms: `np.fft` on tensors, recorded, with the standard's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from ... import _core
from ..._core import Tensor
from ..functions.fft import COUNTERPARTS as _COUNTERPARTS
from .describing import described
from .info import check_device, default_of

__all__ = [
    "fft",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfftn",
    "rfft",
    "rfftfreq",
    "rfftn",
]

Norm = Literal["backward", "ortho", "forward"]


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The discrete Fourier transforms along an axis."""
    return _COUNTERPARTS[np.fft.fft](x, n, axis, norm)


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `fft`."""
    return _COUNTERPARTS[np.fft.ifft](x, n, axis, norm)


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The first half of the transforms of real vectors."""
    return _COUNTERPARTS[np.fft.rfft](x, n, axis, norm)


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `rfft`, real."""
    return _COUNTERPARTS[np.fft.irfft](x, n, axis, norm)


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The transforms, real, of vectors that are given by their first half, whose other half is its conjugate."""
    return _COUNTERPARTS[np.fft.hfft](x, n, axis, norm)


@described("Tensor : The transforms.", x="array_like : Of floats or complex numbers.", axis="int : The axis.")
def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `hfft`."""
    return _COUNTERPARTS[np.fft.ihfft](x, n, axis, norm)


@described(
    "Tensor : The transforms.",
    x="array_like : Of floats or complex numbers.",
    norm=(
        '{"backward", "ortho", "forward"} : Which of a transform and its inverse is divided by the '
        'number of elements; both by its root for "ortho".'
    ),
)
def fftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The discrete Fourier transforms over several axes."""
    return _COUNTERPARTS[np.fft.fftn](x, s, axes, norm)


@described(
    "Tensor : The transforms.",
    x="array_like : Of floats or complex numbers.",
    norm=(
        '{"backward", "ortho", "forward"} : Which of a transform and its inverse is divided by the '
        'number of elements; both by its root for "ortho".'
    ),
)
def ifftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The inverse of `fftn`."""
    return _COUNTERPARTS[np.fft.ifftn](x, s, axes, norm)


@described(
    "Tensor : The transforms.",
    x="array_like : Of floats or complex numbers.",
    norm=(
        '{"backward", "ortho", "forward"} : Which of a transform and its inverse is divided by the '
        'number of elements; both by its root for "ortho".'
    ),
)
def rfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The transforms of real arrays over several axes, half of the last of them."""
    return _COUNTERPARTS[np.fft.rfftn](x, s, axes, norm)


@described(
    "Tensor : The transforms.",
    x="array_like : Of floats or complex numbers.",
    norm=(
        '{"backward", "ortho", "forward"} : Which of a transform and its inverse is divided by the '
        'number of elements; both by its root for "ortho".'
    ),
)
def irfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The inverse of `rfftn`, real."""
    return _COUNTERPARTS[np.fft.irfftn](x, s, axes, norm)


@described(
    "Tensor : In cycles per unit of `d`.",
    n="int : The length of what is transformed.",
    d="float : The distance of two samples.",
    dtype="dtype, optional : Of the result; the default for floats unless given.",
    device='{"cpu"}, optional : There is no other.',
)
def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    """The frequencies that the elements of `fft` stand for."""
    check_device(device)
    return _core.to_tensor(np.fft.fftfreq(_core.as_index(n), d), default_of("f") if dtype is None else dtype)


@described(
    "Tensor : In cycles per unit of `d`.",
    n="int : The length of what is transformed.",
    d="float : The distance of two samples.",
    dtype="dtype, optional : Of the result; the default for floats unless given.",
    device='{"cpu"}, optional : There is no other.',
)
def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    """The frequencies that the elements of `rfft` stand for."""
    check_device(device)
    return _core.to_tensor(np.fft.rfftfreq(_core.as_index(n), d), default_of("f") if dtype is None else dtype)


@described(
    "Tensor : The elements of `x` in another order.",
    x="array_like : Of any dtype.",
    axes="int or sequence of int, optional : The axes; all of them by default.",
)
def fftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """The frequency 0 moved to the middle of each axis."""
    return _COUNTERPARTS[np.fft.fftshift](x, axes)


@described(
    "Tensor : The elements of `x` in another order.",
    x="array_like : Of any dtype.",
    axes="int or sequence of int, optional : The axes; all of them by default.",
)
def ifftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _COUNTERPARTS[np.fft.ifftshift](x, axes)
