"""`scipy.signal`: convolution, by SciPy's arguments."""

from ..ops.convolution import convolve

__all__ = ["convolve"]
