"""DLPack: tensors to and from NumPy, PyTorch, JAX and others, in the memory that they lie in."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ..numpy.dlpack import from_dlpack as from_dlpack
from ..numpy.dlpack import lend as lend
from ..numpy.dlpack import to_dlpack as to_dlpack
