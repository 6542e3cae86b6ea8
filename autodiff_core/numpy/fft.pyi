# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.
# NumPy's functions give arrays of arrays and tensors of tensors, which NumPy's own stubs have no words for.

from typing import Any
from numpy import ufunc as ufunc

def fft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Compute the one-dimensional discrete Fourier Transform."""

def fft2(a: Any, s: Any = None, axes: Any = ..., norm: Any = None, out: Any = None) -> Any:
    """Compute the 2-dimensional discrete Fourier Transform."""

def fftfreq(n: Any, d: Any = 1.0, device: Any = None) -> Any:
    """Return the Discrete Fourier Transform sample frequencies."""

def fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Compute the N-dimensional discrete Fourier Transform."""

def fftshift(x: Any, axes: Any = None) -> Any:
    """Shift the zero-frequency component to the center of the spectrum."""

def hfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Compute the FFT of a signal that has Hermitian symmetry, i.e., a real"""

def ifft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Compute the one-dimensional inverse discrete Fourier Transform."""

def ifft2(a: Any, s: Any = None, axes: Any = ..., norm: Any = None, out: Any = None) -> Any:
    """Compute the 2-dimensional inverse discrete Fourier Transform."""

def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Compute the N-dimensional inverse discrete Fourier Transform."""

def ifftshift(x: Any, axes: Any = None) -> Any:
    """The inverse of `fftshift`. Although identical for even-length `x`, the"""

def ihfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Compute the inverse FFT of a signal that has Hermitian symmetry."""

def irfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Computes the inverse of `rfft`."""

def irfft2(a: Any, s: Any = None, axes: Any = ..., norm: Any = None, out: Any = None) -> Any:
    """Computes the inverse of `rfft2`."""

def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Computes the inverse of `rfftn`."""

def rfft(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, out: Any = None) -> Any:
    """Compute the one-dimensional discrete Fourier Transform for real input."""

def rfft2(a: Any, s: Any = None, axes: Any = ..., norm: Any = None, out: Any = None) -> Any:
    """Compute the 2-dimensional FFT of a real array."""

def rfftfreq(n: Any, d: Any = 1.0, device: Any = None) -> Any:
    """Return the Discrete Fourier Transform sample frequencies"""

def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Compute the N-dimensional discrete Fourier Transform for real input."""
