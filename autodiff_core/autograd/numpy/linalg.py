"""What `autograd.numpy.linalg` has: that of `autodiff_core.numpy`, name by name."""

from ... import numpy as _ours
from .numpy_wrapper import filled as _filled

__all__ = _filled(globals(), _ours.linalg)
