"""`autodiff_core.numpy.fft`: the functions of `np.fft`, which take lists of tensors, too."""

from .names import namespace

__all__, __dir__, __getattr__ = namespace("numpy.fft")
