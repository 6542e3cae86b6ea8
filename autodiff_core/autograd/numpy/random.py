"""What `autograd.numpy.random` has: that of `autodiff_core.numpy`, name by name."""

from ... import numpy as _ours
from .numpy_wrapper import filled as _filled

_names = [_name for _name in dir(_ours.random) if not _name.startswith("_")]
globals().update(_filled({_name: getattr(_ours.random, _name) for _name in _names}, {}))

__all__ = list(_names)
