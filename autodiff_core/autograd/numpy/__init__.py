"""What `autograd.numpy` has: NumPy's namespace, in which tensors are recorded and arrays give arrays.

It is `autodiff_core.numpy`, whose names stand here one by one, since programs copy them from the module's dictionary.
As in autograd, what has no derivative is not boxed: of truth values and integers functions are given arrays, and give
them.
"""

import numpy as _np

from ... import numpy as _ours
from . import fft, linalg, numpy_boxes, numpy_vjps, numpy_vspaces, numpy_wrapper, random  # noqa: F401
from .kinks import clip, fmax, fmin, maximum, minimum  # noqa: F401
from .numpy_wrapper import concatenate_args, make_diagonal, metadata, where  # noqa: F401
from .numpy_wrapper import filled as _filled

_filled(globals(), _ours)
globals()["row_stack"] = globals()["vstack"]

__version__ = _np.__version__
__all__ = sorted(_name for _name in globals() if not _name.startswith("_"))
