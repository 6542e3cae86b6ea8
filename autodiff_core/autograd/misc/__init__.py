"""What `autograd.misc` has: structures of parameters as vectors, and simple solvers."""

from .flatten import flatten
from .tracers import const_graph

__all__ = ["const_graph", "flatten"]
