"""Norms of vectors and matrices, condition numbers, ranks: made of reductions and singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .decompositions import svd
from .elementwise import abs as _abs
from .elementwise import divide, is_nan, logical_and, logical_not, not_equal
from .forms import Kind
from .indexing import where
from .matrices import matrices
from .picking import as_it_stands, places_of
from .reductions import reduce_any, reduce_euclidean_norm, reduce_max, reduce_min, reduce_sum
from .shaping import expand_dims, inexact, transpose
from .solving import inverse_or_infinity


def _magnitude(x: Any) -> Any:
    """The absolute value; of floats it is left to what follows, where that squares."""
    return _abs(x) if x.dtype.kind == "c" else x


def vector_norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Tensor:
    """Norms of vectors along axes, as np.linalg.vector_norm has them.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    axis : int or sequence of int, optional
        The axes that make up a vector; all of them by default.
    keepdims : bool
        Whether the axes stay, with length 1.
    ord : float
        2, 1, any other number, or inf and -inf (the largest and smallest magnitude), or 0 (how many are not zero).

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For an `ord` that is no number.

    Examples
    --------
    >>> from autodiff_core.ops.norms import vector_norm
    >>> print(vector_norm([3., 4.]).numpy(), vector_norm([3., 4.], ord=1).numpy())
    5.0 7.0
    """
    v, ord = inexact(x), _number(ord)
    if ord is None or ord == 2:
        return reduce_euclidean_norm(_magnitude(v), axis, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is none of vectors: it is a number, inf or -inf")
    magnitude = _abs(v)
    if ord == np.inf:
        return reduce_max(magnitude, axis, keepdims)
    if ord == -np.inf:
        return reduce_min(magnitude, axis, keepdims)
    if ord == 0:
        return reduce_sum(_core.to_dtype(not_equal(magnitude, 0.0), magnitude.dtype), axis, keepdims)
    if ord == 1:
        return reduce_sum(magnitude, axis, keepdims)
    return _core.narrowed(reduce_sum(_core.widened(magnitude) ** ord, axis, keepdims) ** (1.0 / ord), magnitude)


def _number(ord: Any) -> Any:
    """Which norm, as Python has it: what is computed depends on it, not only its value."""
    return ord.item() if isinstance(ord, _core.Operand) else ord


def _largest(x: Any, axis: int) -> Any:
    """The largest of numbers that are not negative: of none it is zero, as in NumPy."""
    return reduce_max(x, axis) if x.shape[axis] else reduce_sum(x, axis)


_SPECTRAL: dict[Any, Any] = {2: _largest, -2: reduce_min, "nuc": reduce_sum}


def matrix_norm(x: Any, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """Norms of matrices, the last two axes, as np.linalg.matrix_norm has them.

    Parameters
    ----------
    x : array_like
        Of shape (..., n, m).
    keepdims : bool
        Whether the two axes stay, with length 1.
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf}
        Frobenius; the sum of singular values; the largest or smallest sum of a column (1), singular value (2) or sum of
        a row (inf).

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For another `ord`.

    Examples
    --------
    >>> from autodiff_core.ops.norms import matrix_norm
    >>> print(matrix_norm([[3., 0.], [0., -4.]], ord=2).numpy())
    4.0
    """
    a, ord = matrices(x, "norm"), _number(ord)
    if ord is None or ord in ("fro", "euclidean"):
        return reduce_euclidean_norm(_magnitude(a), (-2, -1), keepdims)
    if ord in _SPECTRAL:
        norm = _core.narrowed(_SPECTRAL[ord](svd(_core.widened(a), compute_uv=False), -1), a)
    elif ord in (1, -1, np.inf, -np.inf):
        summed, kept = (-2, -1) if abs(ord) == 1 else (-1, -1)
        sums = reduce_sum(_abs(a), summed)
        norm = _largest(sums, kept) if ord > 0 else reduce_min(sums, kept)
    else:
        raise ValueError(f"norm: ord={ord!r} is none of matrices: it is 'fro', 'nuc', 1, -1, 2, -2, inf or -inf")
    return expand_dims(expand_dims(norm, -1), -1) if keepdims else norm


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Norms of vectors or matrices, as np.linalg.norm has them.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    ord : optional
        As `vector_norm` or `matrix_norm` has it; without one, the root of the sum of squares.
    axis : int or pair of int, optional
        One axis of vectors, or two of matrices. By default all of x is a vector or, with `ord`, a vector or matrix.
    keepdims : bool
        Whether the axes stay, with length 1.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For an `ord` or axes that there is no norm for.

    Examples
    --------
    >>> from autodiff_core.ops.norms import norm
    >>> print(norm([[3., 4.], [0., 0.]], ord=np.inf).numpy())
    7.0
    """
    v = inexact(x)
    nd = len(v.shape)
    if axis is None:
        if ord is None:
            return vector_norm(v, None, keepdims)
        if nd not in (1, 2):
            raise ValueError(f"norm: ord={ord!r} is for vectors and matrices; the shape is {tuple(v.shape)}")
        axes = list(range(nd))
    else:
        axes = _core.integers(axis)
    if len(axes) == 1:
        return vector_norm(v, axes[0], keepdims, 2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(f"norm: a vector has one axis, a matrix two; axis={axis!r}")
    first, second = (d % nd if -nd <= d < nd else nd for d in axes)
    if nd in (first, second) or first == second:
        raise ValueError(f"norm: axis={axis!r} names no two axes of shape {tuple(v.shape)}")
    rest = [d for d in range(nd) if d not in (first, second)]
    result = matrix_norm(transpose(v, [*rest, first, second]), False, ord)
    if keepdims:
        for d in sorted((first, second)):
            result = expand_dims(result, d)
    return result


def cond(x: Any, p: Any = None) -> Tensor:
    """Condition numbers of matrices, as np.linalg.cond has them."""
    a = matrices(x, "cond", square=p is not None and p not in (2, -2))
    if p is None or p in (2, -2):
        s = svd(a, compute_uv=False)
        largest, smallest = s[..., 0], s[..., -1]
        found = divide(smallest, largest) if p == -2 else divide(largest, smallest)
    else:
        found = matrix_norm(a, False, p) * matrix_norm(inverse_or_infinity(a), False, p)
    known = logical_not(reduce_any(is_nan(a), [-2, -1]))
    return where(logical_and(is_nan(found), known), np.inf, found)


def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """How many singular values of matrices are not zero to rounding.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, m).
    tol : array_like, optional
        Up to which a singular value is zero; the largest times max(n, m) and the dtype's precision unless given.
    validate_args : bool
        Without effect: the shape is always checked.

    Returns
    -------
    Tensor
        Of shape (...) and dtype int32; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/matrix_rank

    Examples
    --------
    >>> tf.linalg.matrix_rank([[1., 2.], [2., 4.]])
    <Tensor: shape=(), dtype=int32, numpy=1>
    """
    return _RANK([matrices(a, "matrix_rank"), *([] if tol is None else [tol])])


def _rank(attributes: Any, x: np.ndarray, *tol: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.matrix_rank(x, tol[0] if tol else None), np.int32)


def _rank_kind(attributes: Any, x: Kind, *tol: Kind) -> Kind:
    forms.dims(x, 2)
    return Kind(np.int32, np.broadcast_shapes(x.shape[:-2], *[t.shape for t in tol]))


_RANK = places_of(
    "matrix_rank",
    _rank,
    batched=as_it_stands,
    form=forms.nothing,
    gives=_rank_kind,
)
