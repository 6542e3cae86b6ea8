"""`linalg`: products, norms, systems and decompositions of matrices, by TensorFlow's names."""

from ..creation import eye
from ..ops.decompositions import cholesky, eig, eigh, eigh_tridiagonal, eigvals, eigvalsh, qr, svd
from ..ops.factors import banded_triangular_solve, lu, lu_matrix_inverse, lu_reconstruct, lu_solve
from ..ops.linalg import einsum, matmul, matvec, tensordot
from ..ops.matrices import (
    adjoint,
    band_part,
    cross,
    diag,
    diag_part,
    matrix_transpose,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    trace,
)
from ..ops.matrix_functions import expm, logm, sqrtm
from ..ops.nn import l2_normalize
from ..ops.norms import matrix_rank, normalize
from ..ops.reductions import norm
from ..ops.solving import det, inv, logdet, lstsq, pinv, slogdet, solve, tridiagonal_matmul, tridiagonal_solve
from ..ops.triangular import cholesky_solve, triangular_solve
from .clipping import global_norm

matrix_square_root = sqrtm

__all__ = [
    "adjoint",
    "band_part",
    "banded_triangular_solve",
    "cholesky",
    "cholesky_solve",
    "cross",
    "det",
    "diag",
    "diag_part",
    "eig",
    "eigh",
    "eigh_tridiagonal",
    "eigvals",
    "eigvalsh",
    "einsum",
    "expm",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "logdet",
    "logm",
    "lstsq",
    "lu",
    "lu_matrix_inverse",
    "lu_reconstruct",
    "lu_solve",
    "matmul",
    "matrix_rank",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "pinv",
    "qr",
    "set_diag",
    "slogdet",
    "solve",
    "sqrtm",
    "svd",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
    "triangular_solve",
    "tridiagonal_matmul",
    "tridiagonal_solve",
]
