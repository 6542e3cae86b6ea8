"""What `autograd.numpy.numpy_boxes` has: the class of boxed arrays, of which tensors are instances."""

from ..boxes import Box, isbox

__all__ = ["ArrayBox", "isbox"]


class ArrayBox(Box):
    """A boxed array: a tensor. `ArrayBox(value)` makes one."""
