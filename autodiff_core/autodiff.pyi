"""`autodiff`: TensorFlow's namespace of tapes, backward and forward."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .derivatives.autodiff import ForwardAccumulator as ForwardAccumulator
from .derivatives.gradient_tape import GradientTape as GradientTape
