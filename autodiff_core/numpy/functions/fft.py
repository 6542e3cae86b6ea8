"""np.fft's spellings: `protocol` loads them when one of NumPy's functions first meets a tensor.

Arguments are NumPy's, and so are the dtypes of results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ...ops import fourier, shaping
from .registry import axis_of


def _in_two(transform: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, s=None, axes=(-2, -1), norm=None: transform(a, s, axes, norm)


def _of_half_floats(transform: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy gives a float16 operand's real transform in float16, though it is computed in float32."""

    def transformed(a: Any, *args: Any, **kwargs: Any) -> Any:
        x = _core.operand(a)
        result = transform(x, *args, **kwargs)
        return _core.to_dtype(result, x.dtype) if x.dtype == np.float16 else result

    return transformed


def shifted(x: Any, axes: Any, sign: int) -> Any:
    """The elements rolled by half the length of the axes, forwards or backwards."""
    operand = _core.operand(x)
    nd = len(operand.shape)
    places = range(nd) if axes is None else [axis_of(axis, nd) for axis in np.atleast_1d(axes)]
    if not places:
        return _core.identity_tensor(operand)
    return shaping.roll(operand, [sign * (int(operand.shape[place]) // 2) for place in places], list(places))


COUNTERPARTS: dict[Any, Any] = {
    np.fft.fft: fourier.fft,
    np.fft.ifft: fourier.ifft,
    np.fft.fft2: _in_two(fourier.fftn),
    np.fft.ifft2: _in_two(fourier.ifftn),
    np.fft.fftn: fourier.fftn,
    np.fft.ifftn: fourier.ifftn,
    np.fft.rfft: fourier.rfft,
    np.fft.irfft: _of_half_floats(fourier.irfft),
    np.fft.rfft2: _in_two(fourier.rfftn),
    np.fft.irfft2: _in_two(fourier.irfftn),
    np.fft.rfftn: fourier.rfftn,
    np.fft.irfftn: fourier.irfftn,
    np.fft.hfft: _of_half_floats(fourier.hfft),
    np.fft.ihfft: fourier.ihfft,
    np.fft.fftshift: lambda x, axes=None: shifted(x, axes, 1),
    np.fft.ifftshift: lambda x, axes=None: shifted(x, axes, -1),
}
