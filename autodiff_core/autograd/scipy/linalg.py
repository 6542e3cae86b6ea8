"""What `autograd.scipy.linalg` has: SciPy's functions, of arrays and tensors."""

from ...scipy import linalg as _ours
from ..spelled import filled as _filled

__all__ = _filled(globals(), "scipy.linalg", _ours)
