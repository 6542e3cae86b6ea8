"""`linalg`: products and norms of matrices and tensors, by TensorFlow's names."""

from .clipping import global_norm
from .creation import eye
from .ops.linalg import einsum, matmul, matvec, tensordot
from .ops.nn import l2_normalize
from .ops.reductions import norm

__all__ = ["einsum", "eye", "global_norm", "l2_normalize", "matmul", "matvec", "norm", "tensordot"]
