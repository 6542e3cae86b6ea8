"""`experimental`: of what TensorFlow has there, `dlpack`, arrays to and from other libraries without a copy, and
`numpy`, its namespace of NumPy on tensors."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from . import dlpack as dlpack
from .. import numpy as numpy
