"""`bitwise`: operations on the bits of integers. The gradient stops at each."""

from ..ops.elementwise import bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]
