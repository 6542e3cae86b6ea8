"""What `autograd.scipy.integrate` has: `odeint`, with gradients for the state, the times and the arguments."""

import scipy.integrate as _theirs

from ...scipy.integrate import odeint as _odeint
from ..spelled import of_both as _of_both

__all__ = ["odeint"]

odeint = _of_both(_theirs.odeint, _odeint)
