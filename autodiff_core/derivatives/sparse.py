"""Sparse derivatives of functions: Jacobians and Hessians most of whose entries are known to be zero.

What can be other than zero is read off the tape, so nobody has to say it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core
from .compression import sparse_matrices
from .transforms import recorded_result, scalar_result, strict_tape

if TYPE_CHECKING:
    import scipy.sparse

Function = Callable[[Any], Any]


def _source(name: str, x: Any) -> _core.Operand:
    """The one argument, as a tensor that can be watched."""
    if not isinstance(x, (_core.Operand, np.ndarray, np.generic, float, int)):
        raise TypeError(
            f"{name}: x must be one array or tensor, not {type(x).__name__}; pass np.asarray(x, dtype=float)"
        )
    source = x if isinstance(x, _core.Operand) else _core.to_tensor(x)
    if not _core.is_floating(source.dtype):
        raise TypeError(
            f"{name}: x is of dtype {source.dtype}, and sparse derivatives are those by floats; cast it first, as in "
            f"np.asarray(x, dtype=float), or make x of the parts of complex numbers"
        )
    return source


def sparse_jacobian(f: Function, x: Any) -> scipy.sparse.csr_array:
    """The Jacobian of a function at a point, as a sparse matrix.

    Parameters
    ----------
    f : callable
        Of one array; returns a tensor of any shape.
    x : array or Tensor
        Where to differentiate; of a float dtype.

    Returns
    -------
    scipy.sparse.csr_array
        Of shape (number of elements of the value, number of elements of x), both counted in C order. It has an entry
        wherever the recorded operations let the one depend on the other; an entry may be zero.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    TypeError
        Where x is not one array of a float dtype, or the value is no float.

    Notes
    -----
    The pattern is found by carrying index sets forward over the tape's records [1]_. Rows that have no column in
    common, or columns that have no row in common, are given one colour, whichever takes fewer [2]_, and one sweep with
    a cotangent or a tangent a colour gives the entries [3]_.

    .. [1] A. Griewank, A. Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 7: index domains.
    .. [2] A. H. Gebremedhin, F. Manne, A. Pothen, What Color Is Your Jacobian?, SIAM Review 47 (2005).
    .. [3] A. R. Curtis, M. J. D. Powell, J. K. Reid, On the Estimation of Sparse Jacobian Matrices, IMA J. Appl. Math.
       13 (1974).

    Examples
    --------
    >>> J = tf.sparse_jacobian(lambda x: x[1:] * x[:-1], np.array([1., 2., 3.]))
    >>> J.toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    sparse_matrices()
    source = _source("sparse_jacobian", x)
    with strict_tape() as tape:
        tape.watch(source)
        value = recorded_result("sparse_jacobian", f(source))
    return tape.sparse_jacobian(value, source)


def sparse_hessian(f: Function, x: Any) -> scipy.sparse.csr_array:
    """The Hessian of a function at a point, as a sparse matrix.

    Parameters
    ----------
    f : callable
        Of one array; returns a scalar.
    x : array or Tensor
        Where to differentiate; of a float dtype.

    Returns
    -------
    scipy.sparse.csr_array
        Of shape (n, n) for the n elements of x, counted in C order. It has an entry wherever the recorded operations
        of the gradient let one element depend on the other; an entry may be zero.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    TypeError
        Where x is not one array of a float dtype, or the value is no float.
    ValueError
        Where the value is not a scalar.

    Notes
    -----
    The sparse Jacobian of the gradient; see `sparse_jacobian`. For the number of colours, and so the time, it matters
    how many elements a row has, not how many rows there are. A few rows that are much longer than the others, as where
    some parameters stand beside all others, are swept one by one, and their columns read off them by symmetry.

    Examples
    --------
    >>> def rosenbrock(x):
    ...     return tf.reduce_sum(100. * (x[1:] - x[:-1] ** 2) ** 2 + (1. - x[:-1]) ** 2)
    >>> tf.sparse_hessian(rosenbrock, np.zeros(4)).toarray()
    array([[  2.,   0.,   0.,   0.],
           [  0., 202.,   0.,   0.],
           [  0.,   0., 202.,   0.],
           [  0.,   0.,   0., 200.]])
    """
    sparse_matrices()
    source = _source("sparse_hessian", x)
    with strict_tape() as tape:
        tape.watch(source)
        value = scalar_result("sparse_hessian", f(source))
    return tape.sparse_hessian(value, source)
