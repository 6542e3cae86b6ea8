"""What `autograd.numpy.numpy_vspaces` has: the spaces of arrays."""

from ..vspaces import ArrayVSpace, ComplexArrayVSpace, NamedTupleVSpace, VSpace

__all__ = ["ArrayVSpace", "ComplexArrayVSpace", "NamedTupleVSpace", "VSpace"]
