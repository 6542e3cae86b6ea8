"""What `autograd.scipy.integrate` has: `odeint`, with gradients for the state, the times and the arguments."""

from ...scipy.integrate import odeint as _odeint
from ..spelled import of_both as _of_both
from ..spelled import of_scipy as _of_scipy

__all__ = ["odeint"]

odeint = _of_both(_of_scipy("scipy.integrate").odeint, _odeint)
