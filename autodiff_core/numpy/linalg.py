"""`autodiff_core.numpy.linalg`: the functions of `np.linalg`, which take lists of tensors, too."""

from .names import namespace

__all__, __dir__, __getattr__ = namespace("numpy.linalg")
