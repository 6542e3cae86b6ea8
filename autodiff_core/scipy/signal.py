"""`scipy.signal`: convolution, by SciPy's arguments."""

from ..ops.convolution import convolve, fftconvolve

__all__ = ["convolve", "fftconvolve"]
__dir__ = __all__.copy
