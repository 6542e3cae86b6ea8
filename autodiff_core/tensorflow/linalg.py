"""`linalg`: products, norms, systems and decompositions of matrices, by TensorFlow's names."""

from ..namespaces import namespace as _namespace

# What is no row, by the file that has it.
_FUNCTIONS = """
tensors.creation: eye
ops.decompositions: eigh_tridiagonal eigvals logdet
ops.factors: banded_triangular_solve lu_matrix_inverse lu_reconstruct lu_solve
ops.linalg: einsum matvec tensordot
ops.matrices: adjoint band_part cross diag diag_part matrix_transpose set_diag tensor_diag tensor_diag_part trace
ops.nn: l2_normalize
ops.norms: matrix_rank
ops.solving: lstsq tridiagonal_matmul
ops.triangular: cholesky_solve
tensorflow.clipping: global_norm
tensorflow.norms: norm normalize
"""

__all__, __dir__, __getattr__ = _namespace(__name__, "tf.linalg", _FUNCTIONS)
