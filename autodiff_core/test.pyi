"""`test`: TensorFlow's name for comparing a function's derivatives with differences of its values."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .tensorflow.test import compute_gradient as compute_gradient
