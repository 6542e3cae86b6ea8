"""`bitwise`: operations on the bits of integers. The gradient stops at each."""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.bitwise", "")
