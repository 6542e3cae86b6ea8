"""Products of matrices and tensors: matmul (compiled), and what is made of it: einsum, tensordot."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import multiply, not_equal
from .forms import Kind
from .reductions import _SUM
from .shaping import _TRANSPOSE, RESHAPE, expand_dims, reshape, squeeze, transpose
from .table import Case, Shape, matmul_row


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
    formula=lambda transposed: f"a{'ᵀ' * transposed[0]} @ b{'ᵀ' * transposed[1]}",
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
    steps = _planned(equation, tuple([_core.sizes(x) for x in operands]))
    if steps is None:
        terms, result = _spell_out(equation, operands)
        for k in range(len(operands)):
            operands[k], terms[k] = _diagonal(operands[k], terms[k])
        steps = _steps(equation, terms, result, [_core.sizes(x) for x in operands])
    first = operands[0]
    if first.dtype == bool:
        return not_equal(_contracted([_core.to_dtype(x, np.intp) for x in operands], steps), 0)
    return _core.narrowed(_contracted([_core.widened(x) for x in operands], steps), first)


class _Layout(NamedTuple):
    """How an operand is laid out: summed, its axes in another order, reshaped; None where there is nothing to do."""

    summed: Any
    turned: Any
    shaped: Any


_AS_IT_LIES = _Layout(None, None, None)


class _Product(NamedTuple):
    """Which operands, or products of them behind these, are multiplied, how they are laid out for it, and the product's
    shapes. Without a sum they are multiplied as they broadcast, else as matrices, of which some are flipped."""

    places: tuple[int, ...]
    layouts: tuple[_Layout, ...]
    flips: tuple[bool, bool] | None
    shaped: Any


def _laid_out(x: Any, layout: _Layout) -> Any:
    if layout.summed:
        x = _core.linear(_SUM, x, layout.summed)
    if layout.turned:
        x = _core.linear(_TRANSPOSE, x, layout.turned)
    return _core.linear(RESHAPE, x, layout.shaped) if layout.shaped else x


def _contracted(operands: list[Any], steps: tuple[_Product, ...]) -> Any:
    for places, layouts, flips, shaped in steps:
        given = [_laid_out(operands[k], layout) for k, layout in zip(places, layouts, strict=True)]
        if len(given) == 1:
            product = given[0]
        else:
            product = multiply(*given) if flips is None else _core.matmul(given[0], given[1], *flips)
        operands.append(_core.linear(RESHAPE, product, shaped) if shaped else product)
    return operands[-1]


@lru_cache(1024)
def _planned(equation: str, shapes: tuple[Shape, ...]) -> Any:
    """The steps of an einsum, kept since loops ask for the same again; None for one with diagonals."""
    terms, result = _spell_out(equation, [np.broadcast_to(0.0, shape) for shape in shapes])
    if any(len(set(term)) != len(term) for term in terms):
        return None
    return _steps(equation, terms, result, shapes)


def _steps(equation: str, terms: Sequence[str], result: str, shapes: Sequence[Shape]) -> tuple[_Product, ...]:
    """Products of two operands each, in the order that NumPy finds best."""
    sizes: dict[str, int] = {}
    for shape, term in zip(shapes, terms, strict=True):
        for c, size in zip(term, shape, strict=True):
            known = sizes.setdefault(c, size)
            if known == 1:
                sizes[c] = size
            elif size not in (1, known):
                raise ValueError(f"einsum: axis {c!r} of {equation!r} has the lengths {known} and {size}")
    made = [dict(zip(term, shape, strict=True)) for term, shape in zip(terms, shapes, strict=True)]
    left = list(range(len(made)))
    steps = []
    for group in _order(made, result, sizes) if len(made) > 1 else ():
        first, *others = [left[k] for k in group]
        for k in sorted(group, reverse=True):
            del left[k]
        for n, second in enumerate(others):
            rest = [*left, *others[n + 1 :]]
            needed = set(result).union(*[made[k] for k in rest])
            step, axes = _pair((first, second), made[first], made[second], needed, "" if rest else result)
            steps.append(step)
            first = len(made)
            made.append(axes)
        left.append(first)
    last = made[left[0]]
    layout = _layout(last, set(last) - set(result), [[c] for c in result])
    if layout == _AS_IT_LIES and not steps:  # (a variable's value is no variable)
        same = tuple(range(len(result)))
        layout = layout._replace(turned=(same, same))
    if layout != _AS_IT_LIES:
        steps.append(_Product((left[0],), (layout,), None, None))
    return tuple(steps)


def _order(made: list[dict[str, int]], result: str, sizes: dict[str, int]) -> list[tuple[int, ...]]:
    """Which operands are multiplied next: places among those that are left, to which the product comes last."""
    if len(made) == 2:
        return [(0, 1)]
    # (An axis that broadcasts is 1 long in some operands: NumPy wants it gone there.)
    slim = [{c: size for c, size in axes.items() if size == sizes[c]} for axes in made]
    kept = "".join(c for c in result if any(c in axes for axes in slim))
    text = ",".join("".join(axes) for axes in slim) + "->" + kept
    arrays = [np.broadcast_to(0.0, tuple(axes.values())) for axes in slim]
    return list(np.einsum_path(text, *arrays, optimize="optimal" if len(slim) <= 4 else "greedy")[0][1:])


def _pair(
    places: tuple[int, int], a: dict[str, int], b: dict[str, int], needed: set[str], result: str
) -> tuple[_Product, dict[str, int]]:
    """The step that multiplies two operands, and the axes of what comes of it: in the result's order, where it is the
    last and that is as quick."""
    (first, second), (own, other) = (
        places,
        ({c: size for c, size in x.items() if size != 1 or y.get(c, 1) == 1} for x, y in ((a, b), (b, a))),
    )
    inner = [c for c in own if c in other and c not in needed]
    rows, columns = ([c for c in x if c in needed and c not in y] for x, y in ((own, other), (other, own)))
    stack = [c for c in result or own if c in own and c in other and c in needed]
    sizes = {**own, **other}
    if not inner or (stack and not rows and not columns):  # (many sums of few products are no work for BLAS)
        axes = [*stack, *inner] if inner else [*result] or [*stack, *rows, *columns]
        left, right = (_layout(x, set(x) - needed - set(inner), [[c] for c in axes]) for x in (a, b))
        return _Product(places, (left, right), None, None), {c: sizes.get(c, 1) for c in axes}
    if result and rows and columns and [*result] == [*stack, *columns, *rows]:
        (first, second), (a, b), (own, other), (rows, columns) = places[::-1], (b, a), (other, own), (columns, rows)
    # Axes that are summed over together keep the order of the operand in which they stand side by side.
    order = [*own] if "".join(sorted(inner, key=[*own].index)) in "".join(own) else [*other]
    inner.sort(key=order.index)
    alone = [[c] for c in stack]
    layouts, flips = [], []
    for x, outer, flips_by in ((a, rows, [*stack, *inner, *rows]), (b, columns, [*stack, *columns, *inner])):
        gone = set(x) - needed - set(inner)
        flipped = bool(outer) and [c for c in x if c in flips_by] == flips_by
        ends = [outer] if outer or stack else []
        turned = flipped == (x is a)  # whether what is summed over stands before the rest
        layouts.append(_layout(x, gone, [*alone, inner, *ends] if turned else [*alone, *ends, inner]))
        flips.append(flipped)
    axes = [*stack, *rows, *columns]
    found = (*(sizes[c] for c in stack), *(prod([sizes[c] for c in e]) for e in (rows, columns) if e or stack))
    shape = tuple([sizes[c] for c in axes])
    return (
        _Product(
            (first, second), (layouts[0], layouts[1]), (flips[0], flips[1]), (found, shape) if found != shape else None
        ),
        dict(zip(axes, shape, strict=True)),
    )


def _layout(own: dict[str, int], gone: set[str], groups: Sequence[Sequence[str]]) -> _Layout:
    """An operand's axes, but for those that are summed over, in groups of which each becomes one; axes of no group are
    1 long."""
    shape = tuple(own.values())
    kept = [c for c in own if c not in gone]
    inside = [c for group in groups for c in group if c in own]
    order = tuple([kept.index(c) for c in [*inside, *[c for c in kept if c not in inside]]])
    back = tuple([order.index(d) for d in range(len(order))])
    lengths = tuple([own[kept[d]] for d in order])
    target = tuple([prod([own.get(c, 1) for c in group]) for group in groups])
    middle = tuple([1 if c in gone else size for c, size in own.items()])
    return _Layout(
        (shape, middle, tuple([own[c] for c in kept])) if gone else None,
        (order, back) if order != tuple(range(len(order))) else None,
        (lengths, target) if lengths != target else None,
    )
