"""Products of matrices and tensors: matmul (compiled), einsum (a row of its own), tensordot (made of matmul)."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .forms import Kind
from .shaping import broadcast_to, expand_dims, reshape, squeeze, transpose
from .table import Case, Shape, general, matmul_row


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    name: str | None = None,
) -> Tensor:
    """Matrix product of matrices, or of stacks of them that broadcast.

    Parameters
    ----------
    a, b : array_like
        Of one dimension at least; a one-dimensional operand is a row before or a column behind, as in NumPy.
    transpose_a, transpose_b : bool
        Whether to transpose the last two axes first. Nothing is copied for it.
    adjoint_a, adjoint_b : bool
        The same and conjugated.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        Where the shapes don't match.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/matmul

    Examples
    --------
    >>> tf.matmul([[1., 2.]], [[3., 4.]], transpose_b=True)
    <Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>
    """
    if (transpose_a and adjoint_a) or (transpose_b and adjoint_b):
        raise ValueError("matmul: an operand can be transposed or adjoint, not both")
    if adjoint_a:
        a = np.conjugate(_core.operand(a))
    if adjoint_b:
        b = np.conjugate(_core.operand(b))
    return _core.matmul(a, b, transpose_a or adjoint_a, transpose_b or adjoint_b)


def _multiplied_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    dtype, a, b = np.result_type(x.dtype, y.dtype), x.shape, y.shape
    compiled = dtype.kind in "bf"  # the others are NumPy's, which takes vectors
    least = 2 if compiled else 1
    if (compiled and x.dtype != y.dtype) or len(a) < least or len(b) < least:
        raise ValueError(f"no product of {x} and {y}")
    row, column = len(a) == 1, len(b) == 1
    a, b = (1, *a) if row else a, (*b, 1) if column else b
    (rows, inner), (again, columns) = a[-2:], b[-2:]
    if attributes[0] and not row:
        rows, inner = inner, rows
    if attributes[1] and not column:
        again, columns = columns, again
    if inner != again:
        raise ValueError(f"no product of {x} and {y}")
    ends = ([] if row else [rows]) + ([] if column else [columns])
    return Kind(dtype, (*np.broadcast_shapes(a[:-2], b[:-2]), *ends))


def _matmul_cost(transposed: Any, shapes: Any, result: Any) -> int:
    return 2 * prod(result) * int(shapes[0][-2] if transposed[0] else shapes[0][-1])


matmul_row(
    matmul,
    "Matrix product.",
    ("matmul", "linalg.matmul"),
    (
        Case(lambda a, b: matmul(a, b), ((2, 3), (3, 4))),
        Case(lambda a, b: matmul(a, b, transpose_a=True), ((3, 2), (3, 4))),
        Case(lambda a, b: matmul(a, b, transpose_b=True), ((2, 3), (4, 3))),
        Case(lambda a, b: matmul(a, b, True, True), ((3, 2), (4, 3))),
        Case(lambda a, b: matmul(a, b), ((5, 2, 3), (3, 4))),
        Case(lambda a, b: matmul(a, b, transpose_b=True), ((1, 2, 3), (5, 4, 3))),
        Case(lambda a, b: matmul(a, b), ((3,), (3, 4))),
        Case(lambda a, b: matmul(a, b), ((2, 3), (3,))),
        Case(lambda a, b: matmul(a, b), ((3,), (3,))),
    ),
    form=forms.parts(forms.flag, forms.flag),
    gives=_multiplied_kind,
    c=c_loops.matmul,
    cost=_matmul_cost,
)


def matvec(a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, name: str | None = None) -> Tensor:
    """Product of matrices with vectors, or of stacks of them that broadcast.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, m).
    b : array_like
        Of shape (..., m).
    transpose_a, adjoint_a : bool
        Whether to transpose (and conjugate) the matrices first.

    Returns
    -------
    Tensor
        Of shape (..., n).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/matvec

    Examples
    --------
    >>> tf.linalg.matvec([[1., 2.], [3., 4.]], [1., 1.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    a, b = _core.operands(a, b)
    return squeeze(matmul(a, expand_dims(b, -1), transpose_a, adjoint_a=adjoint_a), -1)


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """Products summed over pairs of axes.

    Parameters
    ----------
    a, b : array_like
        Of a float dtype.
    axes : int or pair of (sequences of) int
        A number n: the last n axes of a with the first n of b. Else the axes of each.

    Returns
    -------
    Tensor
        The axes of a that are left, then those of b.

    Raises
    ------
    ValueError
        Where paired axes differ in length.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensordot

    Examples
    --------
    >>> tf.tensordot([[1., 2.]], [[3.], [4.]], 1)
    <Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>
    """
    x, y = _core.operands(a, b)
    rows, columns = _core.sizes(x), _core.sizes(y)
    nx, ny = len(rows), len(columns)
    if isinstance(axes, _core.Operand) and not axes.ndim:
        axes = _core.as_index(axes)
    if nx == ny == 1 and axes == 1 and rows == columns and isinstance(axes, int):
        return _core.matmul(x, y)
    if isinstance(axes, (int, np.integer)):
        first, second = list(range(nx - int(axes), nx)), list(range(int(axes)))
    else:
        pair = [axes[0], axes[1]]
        first, second = (_core.integers(part) for part in pair)
    if len(first) != len(second) or any(not -nx <= d < nx for d in first) or any(not -ny <= d < ny for d in second):
        raise ValueError(f"tensordot: axes {axes} do not fit shapes {tuple(x.shape)} and {tuple(y.shape)}")
    first, second = [d % nx for d in first], [d % ny for d in second]
    if any(rows[i] != columns[j] for i, j in zip(first, second, strict=True)):
        raise ValueError(
            f"tensordot: the axes {first} of shape {tuple(x.shape)} and {second} of shape {tuple(y.shape)} differ in "
            f"length"
        )
    left = [d for d in range(nx) if d not in first]
    right = [d for d in range(ny) if d not in second]
    inner = prod([rows[d] for d in first])
    kept = [rows[d] for d in left], [columns[d] for d in right]
    # (A matrix whose axes stand in order already, or the other way round, is multiplied as it lies.)
    flip_x, flip_y = (left, first) == ([1], [0]), (second, right) == ([1], [0])
    if not flip_x and (nx != 2 or len(first) != 1):
        x = reshape(x if left + first == list(range(nx)) else transpose(x, left + first), (prod(kept[0]), inner))
    if not flip_y and (ny != 2 or len(second) != 1):
        y = reshape(y if second + right == list(range(ny)) else transpose(y, second + right), (inner, prod(kept[1])))
    product = _core.matmul(x, y, flip_x, flip_y)
    return product if _core.sizes(product) == (*kept[0], *kept[1]) else reshape(product, [*kept[0], *kept[1]])


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of two axes, along a new last one, as NumPy's function of this name has them."""
    x = _core.operand(a)
    nd = len(x.shape)
    first, second = (int(d) for d in np.lib.array_utils.normalize_axis_tuple((axis1, axis2), nd))
    x = transpose(x, [*(d for d in range(nd) if d not in (first, second)), first, second])
    down, across = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(x.shape[-2] - down, x.shape[-1] - across), 0))
    return x[..., along + down, along + across]


# ------------------------------------------------------------------------------------------------------------- einsum


def _spell_out(equation: str, operands: list[Any]) -> tuple[list[str], str]:
    """The subscripts of each operand and of the result, the ellipsis replaced by letters, the result made explicit."""
    text = equation.replace(" ", "")
    left, arrow, result = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise ValueError(f"einsum: {equation!r} names {len(terms)} operands; {len(operands)} are given")
    unused = [c for c in string.ascii_letters if c not in text]
    ranks = [len(x.shape) - len(t.replace("...", "")) for t, x in zip(terms, operands, strict=True)]
    spread = max((r for t, r in zip(terms, ranks, strict=True) if "..." in t), default=0)
    letters = "".join(unused[:spread])
    for k, term in enumerate(terms):
        if "..." in term:
            terms[k] = term.replace("...", letters[spread - ranks[k] :])
        if len(terms[k]) != len(operands[k].shape):
            raise ValueError(
                f"einsum: {term!r} in {equation!r} names {len(terms[k])} axes of an operand of shape "
                f"{tuple(operands[k].shape)}"
            )
    if arrow:
        result = result.replace("...", letters)
    else:
        joined = "".join(terms)
        result = letters + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in letters))
    if len(set(result)) != len(result) or not set(result) <= set("".join(terms)):
        raise ValueError(
            f"einsum: the result {result!r} of {equation!r} must name each of its axes once, "
            f"and only the operands' axes"
        )
    return terms, result


def _diagonal(x: Any, term: str) -> tuple[Any, str]:
    """An operand that names an axis twice is its diagonal along both."""
    for c in dict.fromkeys(term):
        while term.count(c) > 1:
            i, j = term.index(c), term.rindex(c)
            rest = [d for d in range(len(term)) if d not in (i, j)]
            if x.shape[i] != x.shape[j]:
                raise ValueError(f"einsum: axis {c!r} has the lengths {x.shape[i]} and {x.shape[j]}")
            along = np.arange(x.shape[i])
            x = transpose(x, [i, j, *rest])[along, along]
            term = c + "".join(term[d] for d in rest)
    return x, term


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Products of tensors, summed over the axes that the result does not name.

    Parameters
    ----------
    equation : str
        For example "ij,jk->ik". An ellipsis stands for axes that broadcast; an axis named twice in one operand is its
        diagonal.
    *inputs : array_like
        The operands.
    **kwargs
        TensorFlow's `optimize` and `name`; without effect: the order of contraction is NumPy's "optimal" for up to
        four operands, and greedy beyond.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        Where the equation does not fit the operands.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/einsum

    Examples
    --------
    >>> tf.einsum("ij,j->i", [[1., 2.], [3., 4.]], [1., 10.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([21., 43.], dtype=float32)>
    """
    operands = list(inputs)
    dtypes = {x.dtype if isinstance(x, _core.Operand) else None for x in inputs}
    if None in dtypes or len(dtypes) != 1:
        dtype = np.result_type(
            *[v.dtype for v in inputs if isinstance(v, (_core.Operand, np.ndarray))] or [_core.default_float()]
        )
        operands = [_core.to_dtype(x, dtype) for x in _core.operands(*inputs)]
    attributes = _spelled_out(equation, tuple([_core.sizes(x) for x in operands]))
    if attributes is None:
        spelled, result = _spell_out(equation, operands)
        for k in range(len(operands)):
            operands[k], spelled[k] = _diagonal(operands[k], spelled[k])
        attributes = _fitting(equation, tuple(spelled), result, tuple([_core.sizes(x) for x in operands]))
    return _core.general(_EINSUM, operands, attributes)


@lru_cache(1024)
def _spelled_out(equation: str, shapes: tuple[Shape, ...]) -> Any:
    """The attributes of an einsum, kept since loops ask for the same again; None for one with diagonals."""
    terms, result = _spell_out(equation, [np.broadcast_to(0.0, shape) for shape in shapes])
    if any(len(set(term)) != len(term) for term in terms):
        return None
    return _fitting(equation, tuple(terms), result, shapes)


def _fitting(equation: str, terms: tuple[str, ...], result: str, shapes: tuple[Shape, ...]) -> Any:
    """Subscripts and shapes, which must agree."""
    sizes: dict[str, int] = {}
    for shape, term in zip(shapes, terms, strict=True):
        for c, size in zip(term, shape, strict=True):
            known = sizes.setdefault(c, size)
            if known == 1:
                sizes[c] = size
            elif size not in (1, known):
                raise ValueError(f"einsum: axis {c!r} of {equation!r} has the lengths {known} and {size}")
    return terms, result, shapes


# What np.einsum calls where nothing is to be optimised, after half a microsecond of looking at its arguments.
c_einsum = getattr(np._core.multiarray, "c_einsum", np.einsum) if hasattr(np, "_core") else np.einsum

# Below so many multiplications NumPy's plain loop is quicker than BLAS and what leads to it.
_FEW = 4096


@lru_cache(1024)
def _as_product(terms: tuple[str, ...], result: str, shapes: tuple[Shape, ...]) -> Any:
    """How the einsum of two operands is a product of (stacks of) matrices: whether they change places, for each of both
    the order of its axes and its shape as a matrix, and the result's shape. None where it is no such product; an empty
    tuple where NumPy's plain loop is as good: little to do, or no more than a sum of products for each element. Where
    nothing is summed, how the two lie beside the result."""
    if len(terms) != 2 or any(term.count(c) > 1 for term in terms for c in term):
        return None
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for c, size in zip(term, shape, strict=True):
            if sizes.setdefault(c, size) != size:
                return None
    first, second = terms
    shared = [c for c in first if c in second]
    inner = [c for c in shared if c not in result]
    stack = [c for c in result if c in shared]
    rows, columns = [c for c in result if c not in second], [c for c in result if c not in first]
    if set(first) - set(second) - set(result) or set(second) - set(first) - set(result):
        return None
    if prod(sizes.values()) < _FEW or (inner and not (rows or columns)):
        return ()
    if not inner:
        return tuple([_beside(term, result, sizes) for term in terms])
    swap = list(result) == [*stack, *columns, *rows] and bool(columns) and bool(rows)
    if list(result) != [*stack, *rows, *columns] and not swap:
        return None
    if swap:
        first, second, rows, columns = second, first, columns, rows
    # Axes that are summed over together keep the order of the operand in which they stand side by side.
    inner.sort(key=second.index if "".join(inner) not in first else first.index)

    def matrix(term: str, left: list[str], right: list[str]) -> tuple[list[int], tuple[int, ...]]:
        order = [term.index(c) for c in (*stack, *left, *right)]
        return order, (*(sizes[c] for c in stack), prod([sizes[c] for c in left]), prod([sizes[c] for c in right]))

    return swap, matrix(first, rows, inner), matrix(second, inner, columns), tuple(sizes[c] for c in result)


def _beside(term: str, result: str, sizes: dict[str, int]) -> tuple[list[int], list[int]]:
    """How an operand lies beside a result that has all of its axes: their order, and lengths, ones for the others."""
    return [term.index(c) for c in result if c in term], [sizes[c] if c in term else 1 for c in result]


def _multiplied(plan: Any, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The product of matrices that a plan says, by BLAS on views of the operands wherever their axes allow."""
    if len(plan) == 2:
        x, y = (x.transpose(order).reshape(shape) for x, (order, shape) in zip(arrays, plan, strict=True))
        return np.multiply(x, y, order="C")
    swap, (left_order, left), (right_order, right), shape = plan
    x, y = reversed(arrays) if swap else arrays
    value = np.empty(shape, np.result_type(x, y))
    np.matmul(
        _for_blas(x.transpose(left_order).reshape(left)),
        _for_blas(y.transpose(right_order).reshape(right)),
        out=value.reshape((*left[:-1], right[-1])),
    )
    return value


def _for_blas(x: np.ndarray) -> np.ndarray:
    """Matrices that have unit stride along one of their two axes; a copy of others, which BLAS does not take."""
    unit, rows, columns = x.itemsize, *x.strides[-2:]
    fits = (columns == unit and rows >= unit * x.shape[-1]) or (rows == unit and columns >= unit * x.shape[-2])
    return x if fits or 1 in x.shape[-2:] else np.ascontiguousarray(x)


def _contract(terms: Any, result: str, arrays: Any) -> np.ndarray:
    # An axis that broadcasts is 1 long in some operands: NumPy wants it gone there.
    longest: dict[str, int] = {}
    for x, term in zip(arrays, terms, strict=True):
        for c, size in zip(term, x.shape, strict=True):
            longest[c] = max(longest.get(c, 1), size) if size != 0 else 0
    slim, names = [], []
    for x, term in zip(arrays, terms, strict=True):
        kept = [d for d, c in enumerate(term) if not (x.shape[d] == 1 and longest[c] != 1)]
        slim.append(x.reshape([x.shape[d] for d in kept]))
        names.append("".join(term[d] for d in kept))
    present = set("".join(names))
    inside = "".join(c for c in result if c in present)
    value = np.einsum(",".join(names) + "->" + inside, *slim, optimize="optimal" if len(slim) <= 4 else "greedy")
    return np.array(value, order="C")


def _einsum_kernel(attributes: Any, *arrays: np.ndarray) -> np.ndarray:
    terms, result, shapes = attributes
    plan = _as_product(terms, result, shapes)
    if plan:
        return _multiplied(plan, arrays)
    # (In which order einsum adds up depends on strides, and a plan has few elements in the order of their places.)
    arrays = tuple([x if x.size >= _FEW or x.flags.c_contiguous else x.copy() for x in arrays])
    if plan is None:
        return _contract(terms, result, arrays)
    return np.asarray(c_einsum(f"{terms[0]},{terms[1]}->{result}", *arrays))


def _einsum_rule(g: Any, y: Any, attributes: Any, *operands: Any) -> list[Any]:
    """The product is linear in each operand, so each contribution is an einsum of the cotangent and the others."""
    terms, result, shapes = attributes
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for c, size in zip(term, shape, strict=True):
            sizes[c] = max(sizes.get(c, 1), size) if size != 0 else 0
    contributions = []
    for k, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        others = [j for j in range(len(terms)) if j != k]
        present = set(result).union(*(terms[j] for j in others))
        # Summed over in the result where it stretched; an axis that only this operand has, or the others with length 1,
        # was summed: it is repeated.
        inside = "".join(c for c, size in zip(term, shape, strict=True) if c in present and size == sizes[c])
        part = einsum(
            ",".join([result, *(terms[j] for j in others)]) + "->" + inside, g, *(operands[j] for j in others)
        )
        found = dict(zip(inside, _core.sizes(part), strict=True))
        contributions.append(broadcast_to(reshape(part, [found.get(c, 1) for c in term]), shape))
    return contributions


def _einsum_depends(
    attributes: Any, shapes: Sequence[tuple[int, ...]], shape: tuple[int, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """An element of the result depends on those of an operand that have the same place on the axes that both name."""
    terms, result, _ = attributes
    sizes = dict(zip(result, shape, strict=True))
    pairs = []
    for term, own in zip(terms, shapes, strict=True):
        shared = [c for c, size in zip(term, own, strict=True) if c in sizes and size == sizes[c]]
        groups = np.arange(int(np.prod([sizes[c] for c in shared], dtype=np.intp))).reshape([sizes[c] for c in shared])
        pairs.append(
            (
                groups.reshape([size if c in shared else 1 for c, size in zip(term, own, strict=True)]),
                groups.transpose([shared.index(c) for c in result if c in shared]).reshape(
                    [size if c in shared else 1 for c, size in sizes.items()]
                ),
            )
        )
    return pairs


def _einsum_batched(attributes: Any, n: int) -> Any:
    terms, result, shapes = attributes
    letter = next(c for c in string.ascii_letters if c not in "".join((*terms, result)))
    return (
        tuple([letter + term for term in terms]),
        letter + result,
        tuple([(n, *shape) for shape in shapes]),
    )


_TERM = forms.Form("letters", lambda term: type(term) is str and term.isascii() and (term.isalpha() or not term))


def _summed(attributes: Any, *operands: Kind) -> Kind:
    terms, result, shapes = attributes
    if not operands or shapes != tuple(x.shape for x in operands) or len(terms) != len(operands):
        raise ValueError(f"the attributes are for shapes {', '.join(map(str, shapes))}")
    if len(set(result)) != len(result):
        raise ValueError(f"the result {result!r} names an axis twice")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if len(term) != len(shape) or len(set(term)) != len(term):
            raise ValueError(f"{term!r} does not name each axis of shape {shape} once")
        for c, size in zip(term, shape, strict=True):
            if sizes.setdefault(c, size) == 1:
                sizes[c] = size
            elif size not in (1, sizes[c]):
                raise ValueError(f"axis {c!r} has the lengths {sizes[c]} and {size}")
    if not set(result) <= set(sizes):
        raise ValueError("the result names an axis that no operand has")
    return Kind(np.result_type(*[x.dtype for x in operands]), [sizes[c] for c in result])


def _einsum_cost(attributes: Any, shapes: Any, result: Any) -> int:
    sizes: dict[str, int] = {}
    for term, shape in zip(attributes[0], shapes, strict=True):
        for axis, size in zip(term, shape, strict=True):
            sizes[axis] = max(size, sizes.get(axis, 1))
    return 2 * prod(sizes.values())


_EINSUM = general(
    "einsum",
    _einsum_kernel,
    _einsum_rule,
    function=einsum,
    linear="each",
    doc="Products of tensors, summed over axes.",
    batched=_einsum_batched,
    depends=_einsum_depends,
    cases=(
        Case(lambda x, y: einsum("ij,jk->ik", x, y), ((2, 3), (3, 4))),
        Case(lambda x, y: einsum("bij,bjk->bik", x, y), ((2, 2, 3), (2, 3, 4))),
        Case(lambda x, y: einsum("...i,i", x, y), ((2, 3, 4), (4,))),
        Case(lambda x, y: einsum("ij,kl->i", x, y), ((2, 3), (2, 2))),
        Case(lambda x: einsum("ii->i", x), ((3, 3),)),
        Case(lambda x: einsum("ij->", x), ((3, 2),)),
        Case(lambda x, y, z: einsum("ij,jk,kl->il", x, y, z), ((2, 3), (3, 2), (2, 4))),
    ),
    form=forms.parts(forms.each(_TERM), _TERM, forms.each(forms.shape)),
    gives=_summed,
    names=("einsum", "linalg.einsum"),
    c=c_loops.einsum,
    cost=_einsum_cost,
)
