"""Matrices looked at otherwise: transposes, diagonals, bands, traces, cross products. All of it is made of other rows.

TensorFlow packs several diagonals into one tensor. Which element of a matrix is which of the packed ones is a table of
numbers (`_Packing`) that depends on shapes alone, so each of the functions is one indexing and one choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .elementwise import conj, multiply
from .indexing import where
from .reductions import reduce_sum
from .shaping import broadcast_to, concat, expand_dims, reshape, transpose


def matrices(x: Any, op: str, square: bool = False) -> Any:
    """An operand as a stack of matrices of floats or complex numbers."""
    operand = _core.operand(x)
    if operand.dtype.kind in "iub":
        operand = _core.to_dtype(operand, np.float64)
    shape = _core.sizes(operand)
    if len(shape) < 2:
        raise np.linalg.LinAlgError(f"{op}: a matrix, or a stack of them, has two axes at least; the shape is {shape}")
    if square and shape[-1] != shape[-2]:
        raise np.linalg.LinAlgError(f"{op}: the last two axes must be equally long; the shape is {shape}")
    return operand


def of_one_dtype(*values: Any) -> list[Any]:
    """Operands in their common dtype, of floats or complex numbers; Python's numbers take that of the others."""
    if all(isinstance(v, _core.Operand) for v in values):
        dtypes = {v.dtype for v in values}
        if len(dtypes) == 1 and dtypes.pop().kind in "fc":
            return list(values)
    arrays = (_core.Operand, np.ndarray, np.generic)
    typed = [v for v in values if isinstance(v, arrays)] or [_core.operand(v) for v in values]
    dtype = np.result_type(*[v.dtype for v in typed])
    dtype = np.dtype(np.float64) if dtype.kind in "iub" else dtype
    return [_core.to_dtype(v, dtype) if isinstance(v, arrays) else _core.to_tensor(v, dtype) for v in values]


def by_adjoints(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A row's rule that is written as the literature has it, with conjugate transposes.

    The sweep conjugates nothing, so the cotangents are conjugated on the way in, and the contributions on the way out.
    """

    def transposed(g: Any, *rest: Any) -> Any:
        given = rule(_core.conjugated(g) if isinstance(g, list) else _core.conjugated([g])[0], *rest)
        return _core.conjugated(list(given) if isinstance(given, tuple) else [given])

    return update_wrapper(transposed, rule, updated=())


def adjoint_product(a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    """The product of two stacks of matrices, of the conjugate transposes where that is asked for."""
    a = _core.conjugated([a])[0] if adjoint_a else a
    b = _core.conjugated([b])[0] if adjoint_b else b
    return _core.matmul(a, b, adjoint_a, adjoint_b)


def outer_product(a: Any, b: Any) -> Any:
    """a b', conjugated, of stacks of matrices with as many columns; of one column elements times elements, which a
    program computes with what comes before and after."""
    if a.shape[-1] == 1:
        b = _core.conjugated([b])[0]
        return multiply(a, transpose(b, [*range(len(b.shape) - 2), len(b.shape) - 1, len(b.shape) - 2]))
    return adjoint_product(a, b, False, True)


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """The last two axes exchanged.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, m).
    conjugate : bool
        Whether to conjugate, too.

    Returns
    -------
    Tensor
        Of shape (..., m, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where there are fewer than two axes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/matrix_transpose

    Examples
    --------
    >>> print(tf.linalg.matrix_transpose([[1., 2., 3.]]).numpy())
    [[1.]
     [2.]
     [3.]]
    """
    x = _core.operand(a)
    nd = len(x.shape)
    if nd < 2:
        raise np.linalg.LinAlgError(
            f"matrix_transpose: a matrix, or a stack of them, has two axes at least; the shape is {tuple(x.shape)}"
        )
    swapped = transpose(x, [*range(nd - 2), nd - 1, nd - 2])
    return conj(swapped) if conjugate and swapped.dtype.kind == "c" else swapped


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """The conjugate transpose.

    Parameters
    ----------
    matrix : array_like
        Of shape (..., n, m).

    Returns
    -------
    Tensor
        Of shape (..., m, n).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/adjoint

    Examples
    --------
    >>> tf.linalg.adjoint([[1j, 2.0]]).numpy()
    array([[0.-1.j],
           [2.-0.j]])
    """
    return matrix_transpose(matrix, conjugate=True)


# ---------------------------------------------------------------------------------------------------------- diagonals


class _Packing:
    """Which packed element an element of a matrix is, for the diagonals from `low` to `high`."""

    def __init__(self, op: str, shape: tuple[int, int], k: Any, align: str) -> None:
        bounds = _core.integers(k)
        self.low, self.high = bounds[0], bounds[-1]
        rows, columns = shape
        if len(bounds) > 2 or self.low > self.high:
            raise ValueError(f"{op}: k is a diagonal or a pair (lowest, highest), not {k!r}")
        if not (-rows < self.low and self.high < columns) and (rows or columns) and (self.low or self.high):
            raise ValueError(f"{op}: there is no diagonal {self.low if -rows >= self.low else self.high} in {shape}")
        parts = align.split("_")
        if len(parts) != 2 or not set(parts) <= {"LEFT", "RIGHT"}:
            raise ValueError(f"{op}: align is LEFT or RIGHT twice, joined by '_', not {align!r}")
        self.single = np.ndim(k) == 0 or self.low == self.high
        self.shape = shape
        lengths = [self.length(d) for d in range(self.high, self.low - 1, -1)]
        self.longest = max(lengths)
        # The packed rows go from the highest diagonal down; shorter ones are aligned left or right.
        i, j = np.indices(shape)
        diagonal = j - i
        self.inside = (diagonal >= self.low) & (diagonal <= self.high)
        short = np.array([self.longest - n for n in lengths])
        right = np.array([parts[0 if d >= 0 else 1] == "RIGHT" for d in range(self.high, self.low - 1, -1)])
        row = np.where(self.inside, self.high - diagonal, 0)
        self.packed = row * self.longest + np.minimum(i, j) + (short * right)[row]

    def length(self, d: int) -> int:
        rows, columns = self.shape
        return max(0, min(rows + min(d, 0), columns - max(d, 0)))

    def spread(self, diagonal: Any) -> Any:
        """Packed elements at their places in matrices; what is elsewhere is any of them."""
        shape = tuple(diagonal.shape)
        flat = diagonal if self.single else reshape(diagonal, (*shape[:-2], shape[-2] * shape[-1]))
        return flat[..., np.where(self.inside, self.packed, 0)]


def diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Matrices with given diagonals.

    Parameters
    ----------
    diagonal : array_like
        Of shape (..., n), or for several diagonals (..., number, n), from the highest one down.
    k : int or pair of int
        Which diagonal, or the lowest and the highest: 0 is the main one, those above it are positive.
    num_rows, num_cols : int
        The matrices' shape; as small as possible unless given.
    padding_value : scalar
        What the other elements are.
    align : str
        Whether the short ones among several diagonals, above and below the main one, lie to the "LEFT" or "RIGHT".

    Returns
    -------
    Tensor
        Of shape (..., num_rows, num_cols).

    Raises
    ------
    ValueError
        Where the diagonals don't fit the matrices.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/diag

    Examples
    --------
    >>> print(tf.linalg.diag([1., 2.], k=1).numpy())
    [[0. 1. 0.]
     [0. 0. 2.]
     [0. 0. 0.]]
    """
    x = _core.operand(diagonal)
    bounds = _core.integers(k)
    if not len(x.shape):
        raise ValueError("diag: a diagonal has one axis at least; a scalar was given")
    longest = int(x.shape[-1])
    least_rows, least_columns = longest - min(bounds[-1], 0), longest + max(bounds[0], 0)
    rows, columns = _core.integer(num_rows), _core.integer(num_cols)
    if rows == -1 and columns == -1:
        rows = columns = max(least_rows, least_columns)
    rows = least_rows if rows == -1 else rows
    columns = least_columns if columns == -1 else columns
    packing = _Packing("diag", (rows, columns), k, align)
    count = packing.high - packing.low + 1
    if packing.longest != longest or (not packing.single and (len(x.shape) < 2 or int(x.shape[-2]) != count)):
        raise ValueError(
            f"diag: diagonals of shape {tuple(x.shape)} do not fit k={k!r} of matrices of shape {(rows, columns)}"
        )
    if packing.inside.size == 0:
        return broadcast_to(_core.operand_like(padding_value, x), (*tuple(x.shape)[:-1], rows, columns))
    return where(packing.inside, packing.spread(x), _core.operand_like(padding_value, x))


def diag_part(
    input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Diagonals of matrices.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, m).
    k : int or pair of int
        Which diagonal, or the lowest and the highest: 0 is the main one, those above it are positive.
    padding_value : scalar
        What fills up the shorter ones of several diagonals.
    align : str
        Whether they lie to the "LEFT" or "RIGHT", above and below the main one.

    Returns
    -------
    Tensor
        Of shape (..., length), or for several diagonals (..., number, longest), from the highest one down.

    Raises
    ------
    ValueError
        Where there is no such diagonal.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/diag_part

    Examples
    --------
    >>> print(tf.linalg.diag_part([[1., 2.], [3., 4.]]).numpy())
    [1. 4.]
    """
    x = _core.operand(input)
    if len(x.shape) < 2:
        raise ValueError(f"diag_part: a matrix has two axes at least; the shape is {tuple(x.shape)}")
    packing = _Packing("diag_part", (int(x.shape[-2]), int(x.shape[-1])), k, align)
    count = packing.high - packing.low + 1
    i, j = np.nonzero(packing.inside)
    places = packing.packed[i, j]
    order = np.argsort(places)
    if len(places) == count * packing.longest:
        taken = x[..., i[order], j[order]]
    else:
        source = np.zeros((2, count * packing.longest), np.intp)
        source[:, places] = i, j
        filled = np.isin(np.arange(count * packing.longest), places)
        taken = where(filled, x[..., source[0], source[1]], _core.operand_like(padding_value, x))
    return taken if packing.single else reshape(taken, (*tuple(x.shape)[:-2], count, packing.longest))


def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Tensor:
    """Matrices with other diagonals in the place of their own.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, m).
    diagonal : array_like
        As `diag_part` gives them.
    k : int or pair of int
        Which diagonal, or the lowest and the highest.
    align : str
        Where the shorter ones of several diagonals lie.

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Raises
    ------
    ValueError
        Where the diagonals don't fit the matrices.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/set_diag

    Examples
    --------
    >>> print(tf.linalg.set_diag([[1., 2.], [3., 4.]], [0., 0.]).numpy())
    [[0. 2.]
     [3. 0.]]
    """
    x, d = _core.operands(input, diagonal)
    d = _core.operand_like(d, x)
    if len(x.shape) < 2:
        raise ValueError(f"set_diag: a matrix has two axes at least; the shape is {tuple(x.shape)}")
    packing = _Packing("set_diag", (int(x.shape[-2]), int(x.shape[-1])), k, align)
    count = packing.high - packing.low + 1
    fitting = (*tuple(x.shape)[:-2], *(() if packing.single else (count,)), packing.longest)
    if tuple(d.shape) != fitting:
        raise ValueError(
            f"set_diag: diagonals of shape {tuple(d.shape)} do not fit k={k!r} of matrices of shape {tuple(x.shape)}; "
            f"their shape would be {fitting}"
        )
    return where(packing.inside, packing.spread(d), x) if packing.inside.size else _core.identity_tensor(x)


def band_part(input: Any, num_lower: int, num_upper: int, name: str | None = None) -> Tensor:
    """Matrices with zeros outside of a band.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, m).
    num_lower, num_upper : int
        How many diagonals below and above the main one stay; all of them if negative.

    Returns
    -------
    Tensor
        Of the shape of `input`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/band_part

    Examples
    --------
    >>> print(tf.linalg.band_part([[1., 2.], [3., 4.]], -1, 0).numpy())
    [[1. 0.]
     [3. 4.]]
    """
    x = _core.operand(input)
    if len(x.shape) < 2:
        raise ValueError(f"band_part: a matrix has two axes at least; the shape is {tuple(x.shape)}")
    rows, columns = int(x.shape[-2]), int(x.shape[-1])
    below = np.arange(rows)[:, None] - np.arange(columns)
    num_lower, num_upper = _core.integer(num_lower), _core.integer(num_upper)
    inside = ((num_lower < 0) | (below <= num_lower)) & ((num_upper < 0) | (-below <= num_upper))
    return where(inside, x, _core.operand_like(0, x))


def tensor_diag(diagonal: Any, name: str | None = None) -> Tensor:
    """A tensor of twice the axes, with the operand on its diagonal and zeros elsewhere.

    Parameters
    ----------
    diagonal : array_like
        Of shape (d1, ..., dk).

    Returns
    -------
    Tensor
        Of shape (d1, ..., dk, d1, ..., dk).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/tensor_diag

    Examples
    --------
    >>> print(tf.linalg.tensor_diag([1., 2.]).numpy())
    [[1. 0.]
     [0. 2.]]
    """
    x = _core.operand(diagonal)
    return reshape(diag(reshape(x, (int(x.size),))), (*x.shape, *x.shape))


def tensor_diag_part(input: Any, name: str | None = None) -> Tensor:
    """The diagonal of a tensor whose axes come twice.

    Parameters
    ----------
    input : array_like
        Of shape (d1, ..., dk, d1, ..., dk).

    Returns
    -------
    Tensor
        Of shape (d1, ..., dk).

    Raises
    ------
    ValueError
        Where the shape is no other one twice.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/tensor_diag_part

    Examples
    --------
    >>> print(tf.linalg.tensor_diag_part([[1., 2.], [3., 4.]]).numpy())
    [1. 4.]
    """
    x = _core.operand(input)
    half = len(x.shape) // 2
    shape = tuple(x.shape)
    if not shape or shape[:half] != shape[half:]:
        raise ValueError(f"tensor_diag_part: the shape must be another one twice; it is {shape}")
    size = int(np.prod(shape[:half], dtype=np.intp))
    return reshape(diag_part(reshape(x, (size, size))), shape[:half])


def diagonal(x: Any, offset: int = 0) -> Tensor:
    """A diagonal of matrices, empty where the offset leads outside of them, as np.linalg.diagonal has it."""
    a = _core.operand(x)
    if len(a.shape) < 2:
        raise ValueError(f"diagonal: a matrix has two axes at least; the shape is {tuple(a.shape)}")
    rows, columns = int(a.shape[-2]), int(a.shape[-1])
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    along = np.arange(length)
    return a[..., along - min(offset, 0), along + max(offset, 0)]


def trace(x: Any, name: str | None = None) -> Tensor:
    """Sum of the main diagonal.

    Parameters
    ----------
    x : array_like
        Of shape (..., n, m).

    Returns
    -------
    Tensor
        Of shape (...).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/trace

    Examples
    --------
    >>> tf.linalg.trace([[1., 2.], [3., 4.]])
    <Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    return reduce_sum(diagonal(x), -1)


# ----------------------------------------------------------------------------------------------------------- products


def cross(a: Any, b: Any, name: str | None = None) -> Tensor:
    """Cross product of vectors of three elements.

    Parameters
    ----------
    a, b : array_like
        Of shape (..., 3); they broadcast.

    Returns
    -------
    Tensor
        Of shape (..., 3).

    Raises
    ------
    ValueError
        Where the last axis is not three long.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/cross

    Examples
    --------
    >>> print(tf.linalg.cross([1., 0., 0.], [0., 1., 0.]).numpy())
    [0. 0. 1.]
    """
    x, y = _core.operands(a, b)
    for operand in (x, y):
        if not len(operand.shape) or operand.shape[-1] != 3:
            raise ValueError(f"cross: vectors have three elements; the shape is {tuple(operand.shape)}")
    parts: list[Any] = []
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        parts.append(multiply(x[..., j], y[..., k]) - multiply(x[..., k], y[..., j]))
    return concat([expand_dims(part, -1) for part in parts], -1)


def vecdot(x1: Any, x2: Any, axis: int = -1) -> Tensor:
    """Scalar products of vectors along an axis, the first of them conjugated, as np.linalg.vecdot has it."""
    x, x2 = _core.operands(x1, x2)
    return reduce_sum(multiply(conj(x) if x.dtype.kind == "c" else x, x2), axis)


def outer(x1: Any, x2: Any) -> Tensor:
    """Products of all elements of two vectors, as np.linalg.outer has it."""
    x, y = _core.operands(x1, x2)
    if len(x.shape) != 1 or len(y.shape) != 1:
        raise ValueError(f"outer: two vectors are needed; the shapes are {tuple(x.shape)} and {tuple(y.shape)}")
    return multiply(expand_dims(x, -1), expand_dims(y, 0))


def lead_to(x: Any, lead: Sequence[int]) -> Any:
    """A stack of matrices, repeated along leading axes."""
    shape = (*lead, *tuple(x.shape)[-2:])
    return x if tuple(x.shape) == shape else broadcast_to(x, shape)


def shifted(x: Any, by: int) -> Any:
    """The rows of matrices moved down (or up), with zeros where none comes from."""
    n = int(x.shape[-2])
    place = np.arange(n) - by
    inside = (place >= 0) & (place < n)
    return multiply(x[..., np.where(inside, place, 0), :], inside[:, None].astype(x.dtype))
