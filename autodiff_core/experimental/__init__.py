"""`experimental`: of what TensorFlow has there, `dlpack`, arrays to and from other libraries without a copy, and
`numpy`, its namespace of NumPy on tensors."""

from .. import namespaces as _namespaces

__all__, __dir__, __getattr__ = _namespaces.namespace(__name__, "tf.experimental", ": numpy\nnumpy: dlpack")
