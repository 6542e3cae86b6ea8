"""`experimental`: of what TensorFlow has there, `dlpack`, arrays to and from other libraries without a copy."""

from . import dlpack

__all__ = ["dlpack"]
