"""What `autograd.scipy.special` has: SciPy's functions, of arrays and tensors."""

from ...scipy import special as _ours
from ..spelled import filled as _filled

__all__ = _filled(globals(), "scipy.special", _ours)
