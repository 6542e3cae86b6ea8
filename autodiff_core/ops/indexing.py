"""Choosing elements: by indices, by truth values, by a condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import select
from .forms import Kind
from .index_forms import INDEX, puts_back, selects
from .picking import places_of
from .shaping import broadcast_to, reshape
from .table import Case, as_it_stands, linear


def _put_added(g: np.ndarray, attributes: Any) -> np.ndarray:
    """The transpose of indexing: elements added up where they came from."""
    shape, index = attributes
    whole = np.zeros(shape, g.dtype)
    np.add.at(whole, index, g)
    return whole


def _index_behind(attributes: Any, n: int) -> Any:
    """The same index behind a leading axis, unless arrays in it that stand apart would pull their axes before that."""
    shape, index = attributes
    parts = index if isinstance(index, tuple) else (index,)
    places = [k for k, part in enumerate(parts) if isinstance(part, (np.ndarray, int, np.integer))]
    apart = places and places[-1] - places[0] + 1 != len(places)
    if apart or any(isinstance(part, Tensor) for part in parts):
        own = _index_of_examples(len(shape), shape, parts, n)
        return None if own is None else ((n, *shape), (np.arange(n).reshape((n,) + (1,) * own[0]), *own[1]))
    return (n, *shape), (slice(None), *parts)


def _index_of_examples(nd: int, shape: Any, parts: Sequence[Any], n: int) -> tuple[int, list[Any]] | None:
    """An index of which some arrays differ between examples, with its arrays first, and with the examples' axis.

    Also the number of their axes behind that. None where there is none.
    """
    if any(part is None or _is_mask(part) for part in parts):
        return None
    whole: list[Any] = []
    for part in parts:
        whole += [slice(None)] * (nd - len(parts) + 1) if part is Ellipsis else [part]
    arrays = [k for k, part in enumerate(whole) if not isinstance(part, slice)]
    own = [tuple(p.shape)[1:] if isinstance(p, Tensor) else np.shape(p) for p in (whole[k] for k in arrays)]
    inner = len(np.broadcast_shapes(*own))
    # NumPy puts the arrays' axes first where they stand apart; else in their place, behind those of slices.
    before = arrays[0] if arrays[-1] - arrays[0] + 1 == len(arrays) else 0
    for k in range(before):
        chosen = np.arange(shape[k])[whole[k]]
        whole[k] = chosen.reshape((-1,) + (1,) * (before - 1 - k + inner))
    for k, lengths in zip(arrays, own, strict=True):
        if isinstance(whole[k], Tensor):
            whole[k] = reshape(whole[k], (n,) + (1,) * (before + inner - len(lengths)) + lengths)
    return before + inner, whole


def _is_mask(part: Any) -> bool:
    return isinstance(part, (bool, np.bool_)) or (isinstance(part, (np.ndarray, Tensor)) and part.dtype.kind == "b")


def _take_examples(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    """Indices of the examples' own into what they share."""
    shape, index = attributes
    if flags[0]:
        return None
    own = _index_of_examples(len(shape), shape, index if isinstance(index, tuple) else (index,), n)
    return None if own is None else operands[0][tuple(own[1])]


def _indexed(x: Any, index: Any) -> Any:
    """x[index] for arrays of indices or of truth values."""
    return _core.operand(x)[index]


_, PUT_ADDED = linear(
    "take",
    lambda x, a: x[a[1]],
    "put_added",
    _put_added,
    function=_indexed,
    doc="Indexing with arrays of indices or of truth values.",
    part="elements",
    selects="forward",
    batched=_index_behind,
    examples=(_take_examples, None),
    cases=(
        Case(lambda x: x[[0, 2, 0]], ((3, 4),)),
        Case(lambda x: x[:, np.array([[1, 1], [3, 0]])], ((3, 4),)),
        Case(lambda x: x[np.array([True, False, True])], ((3, 4),)),
        Case(lambda x: x[np.array([0, 1, 1]), np.array([2, 0, 0])], ((3, 4),)),
    ),
    form=INDEX,
    gives=(selects, puts_back),
    numbers=(_core.OP_TAKE, None),
    kernels=("take", "put_added"),
)


def _gather_rows(x: np.ndarray, attributes: Any) -> np.ndarray:
    """Rows by number; the attributes are the shape of the whole and the numbers, none of them negative."""
    return x.take(attributes[1], 0)


def _scatter_rows(g: np.ndarray, attributes: Any) -> np.ndarray:
    """The transpose: rows added up where they came from."""
    shape, indices = attributes
    whole = np.zeros(shape, g.dtype)
    _core.add_rows(whole, indices, g)
    return whole


def row_numbers_of_examples(indices: Any, rows: int, n: int, flat: bool = False) -> np.ndarray:
    """Row numbers in each example, as those in all examples' rows end to end."""
    if isinstance(indices, Tensor):
        shifted: Any = indices + (np.arange(n) * rows).reshape((n,) + (1,) * (indices.ndim - 1))
        return _core.lent_array(reshape(shifted, (-1,)) if flat else shifted)
    shifted = np.asarray(indices + (np.arange(n) * rows).reshape((n,) + (1,) * indices.ndim))
    return shifted.reshape(-1) if flat else shifted


def _gather_examples(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    """Rows of each example by its numbers; or of what all share, which nothing has to repeat."""
    (rows, *rest), indices = attributes
    if not flags[0]:
        return _core.linear(_gather, operands[0], ((rows, *rest), _core.lent_array(indices)))
    flat = reshape(operands[0], (n * rows, *rest))
    return _core.linear(_gather, flat, ((n * rows, *rest), row_numbers_of_examples(indices, rows, n)))


def _scatter_examples(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    (rows, *rest), indices = attributes
    g = operands[0] if flags[0] else broadcast_to(operands[0], (n, *operands[0].shape))
    return reshape(
        _core.linear(scatter, g, ((n * rows, *rest), row_numbers_of_examples(indices, rows, n))),
        (n, rows, *rest),
    )


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: int | None = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Tensor:
    """Slices of `params` along an axis, by index.

    Parameters
    ----------
    params : array_like
        Where to take from.
    indices : array_like of int
        Which slices; of any shape.
    validate_indices : object
        Without effect: indices are always checked.
    axis : int, optional
        The axis that is indexed; the first one behind the batch by default.
    batch_dims : int
        The number of leading axes that both share.

    Returns
    -------
    Tensor
        Of shape params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:].

    Raises
    ------
    IndexError
        Where an index is out of bounds.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/gather. The gradient of a variable whose first axis is indexed is an
    `IndexedSlices`: the rows that were looked up, and nothing of the size of the variable.

    Examples
    --------
    >>> tf.gather([10., 20., 30.], [2, 0])
    <Tensor: shape=(2,), dtype=float32, numpy=array([30., 10.], dtype=float32)>
    """
    x, index = _core.operand(params), _core.operand(indices)
    if index.dtype.kind not in "iu":
        raise TypeError(f"gather: indices must be integers, not {index.dtype}")
    nd = x.ndim
    batch_dims = _core.integer(batch_dims)
    at = batch_dims if axis is None else _core.integer(axis)
    if not -nd <= at < nd:
        raise ValueError(f"gather: axis {at} is out of bounds for shape {tuple(x.shape)}")
    at %= nd
    if not 0 <= batch_dims <= min(at, index.ndim):
        raise ValueError(
            f"gather: batch_dims={batch_dims} must be at most the axis ({at}) and the rank of indices ({index.ndim})"
        )
    if at == 0 and _core.is_tracing():
        numbers = _core.lent_array(_core.general(_ROW_NUMBERS, (index,), x.shape[0]))
        return _core.linear(_gather, x, (tuple(x.shape), numbers))
    if at == 0:
        shape = _core.sizes(x)
        return _core.linear(_gather, x, (shape, _row_numbers(_core.value_array(index), shape[0])))
    if batch_dims == 0:
        return x[(slice(None),) * at + (index,)]
    # One open grid over the batch axes and those between them and `axis`; the indices follow their batch.
    lead = x.shape[:at]
    inner = index.ndim - batch_dims
    grid: list[Any] = [
        np.arange(size).reshape((1,) * d + (size,) + (1,) * (at - d - 1 + inner)) for d, size in enumerate(lead)
    ]
    places = tuple(index.shape)
    spread = reshape(index, places[:batch_dims] + (1,) * (at - batch_dims) + places[batch_dims:])
    return x[(*grid, spread)]


def _rows_of(attributes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of the whole, and of the row numbers, which are within it as far as they are known."""
    shape, numbers = attributes
    if not shape:
        raise ValueError("a number has no rows")
    if isinstance(numbers, np.ndarray) and numbers.size and (numbers.min() < 0 or numbers.max() >= shape[0]):
        raise ValueError(f"row numbers are out of bounds for {shape[0]} rows")
    return shape, tuple(numbers.shape)


def _gathered(attributes: Any, x: Kind) -> Kind:
    whole, numbers = _rows_of(attributes)
    forms.fits(x, whole)
    return Kind(x.dtype, (*numbers, *whole[1:]))


def _scattered(attributes: Any, x: Kind) -> Kind:
    whole, numbers = _rows_of(attributes)
    if x.shape != (*numbers, *whole[1:]):
        raise ValueError(f"rows of shape {x.shape} do not go into {whole} at numbers of shape {numbers}")
    return Kind(x.dtype, whole)


_gather, scatter = linear(
    "gather_rows",
    _gather_rows,
    "scatter_rows",
    _scatter_rows,
    function=gather,
    doc="Slices of `params` along an axis, by index.",
    selects="forward",
    examples=(_gather_examples, _scatter_examples),
    cases=(
        Case(lambda x: gather(x, [2, 0, 2]), ((3, 4),)),
        Case(lambda x: gather(x, [[1, -1], [0, 1]]), ((3, 2),)),
        Case(lambda x: gather(x, 1), ((3,),)),
        Case(lambda x: gather(x * x, [1, 1, 0]), ((3, 2, 2),)),
    ),
    form=forms.parts(forms.shape, forms.array("iu")),
    gives=(_gathered, _scattered),
    names=("gather",),
    part="rows",
    numbers=(_core.OP_GATHER_ROWS, None),
    kernels=("take", "put_added"),
)


def _row_numbers(indices: np.ndarray, count: int) -> np.ndarray:
    """A copy of indices, counted from the first row."""
    rows = _core.rows_within(indices, count)
    if rows is None:
        low, high = indices.min(), indices.max()
        wrong = low if low < -count else high
        raise IndexError(f"gather: index {wrong} is out of bounds for axis 0 with size {count}")
    return rows


def _numbers_kind(count: int, indices: Kind) -> Kind:
    forms.integers(indices)
    narrow = indices.dtype == np.int32 and count <= np.iinfo(np.int32).max
    return Kind(np.int32 if narrow else np.intp, indices.shape)


_ROW_NUMBERS = _core.register_general(
    "row_numbers",
    lambda count, indices: _row_numbers(indices, count),
    None,
    None,
    False,
    False,
    batched=as_it_stands,
    raises=True,
    form=forms.count,
    gives=_numbers_kind,
    c=c_loops.OF_INTEGERS,
)


def boolean_mask(tensor: Any, mask: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """The elements where a mask is true.

    Parameters
    ----------
    tensor : array_like
        Of any dtype.
    mask : array_like of bool
        Its shape must be that of the axes it stands for.
    axis : int, optional
        The first axis that the mask stands for; 0 by default.

    Returns
    -------
    Tensor
        The masked axes become one.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/boolean_mask

    Examples
    --------
    >>> tf.boolean_mask([1., 2., 3.], [True, False, True])
    <Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    x = _core.operand(tensor)
    chosen = _core.operand(mask)
    first = 0 if axis is None else _core.integer(axis) % max(x.ndim, 1)
    if chosen.dtype != bool or chosen.ndim == 0 or _core.sizes(x)[first : first + chosen.ndim] != _core.sizes(chosen):
        raise ValueError(
            f"boolean_mask: a mask of shape {_core.sizes(chosen)} and dtype {chosen.dtype} does not fit a tensor of "
            f"shape {tuple(x.shape)} at axis {first}; it must be of dtype bool and of the shape of the axes it stands "
            f"for"
        )
    return x[(slice(None),) * first + (chosen,)] if first else x[chosen]


def true_places(condition: Any) -> Tensor:
    """The indices of what is not zero. How many there are is all that a recorded function is for."""
    return _TRUE_PLACES([condition], int(_HOLDING([condition])))


def _places_of_true(count: int, condition: np.ndarray) -> np.ndarray:
    places = np.argwhere(condition)
    if len(places) != count:
        raise ValueError(f"{len(places)} elements are not zero, and not {count}")
    return places


_HOLDING = places_of(
    "how_many_hold",
    lambda attributes, condition: np.asarray(np.count_nonzero(condition)),
    form=forms.nothing,
    gives=forms.scalar(np.intp),
    number=_core.OP_HOW_MANY_HOLD,
)
_TRUE_PLACES = places_of(
    "true_places",
    _places_of_true,
    form=forms.count,
    gives=lambda count, x: Kind(np.intp, (count, x.ndim)),
)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """x where the condition holds, else y; or the places where it holds.

    Parameters
    ----------
    condition : array_like of bool
        Broadcasts with x and y.
    x, y : array_like, optional
        Both or neither.

    Returns
    -------
    Tensor
        With x and y: the chosen elements; what is not chosen gets a gradient of zero, never a NaN. With the condition
        alone: the indices of its true elements, of shape (number, rank) and dtype int64.

    Raises
    ------
    ValueError
        Where only one of x and y is given.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/where. An infinite slope behind what is not chosen still
    makes NaN, as in ``where(x > 0, sqrt(x), 0)`` at 0: zero times infinity. Take the root of ``where(x > 0, x, 1)``
    there.

    Examples
    --------
    >>> tf.where([True, False], [1., 2.], 0.)
    <Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    truth = _core.operand(condition)
    if (x is None) != (y is None):
        raise ValueError("where: x and y must be given together, or neither")
    if x is None:
        return true_places(truth)
    if truth.dtype != bool:
        truth = _core.to_dtype(truth, bool)
    return select(truth, x, y)


def one_hot(
    indices: Any,
    depth: int,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """Vectors with one element set.

    Parameters
    ----------
    indices : array_like of int
        Which element; out of bounds sets none.
    depth : int
        The vectors' length.
    on_value, off_value : scalar, optional
        1 and 0 by default.
    axis : int, optional
        Where the new axis stands; last by default.
    dtype : dtype, optional
        That of the values if given, else the default float.

    Returns
    -------
    Tensor
        Of one dimension more than `indices`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/one_hot

    Examples
    --------
    >>> tf.one_hot([1, 0], 2)
    <Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0., 1.],
           [1., 0.]], dtype=float32)>
    """
    if dtype is None:
        given = on_value if on_value is not None else off_value
        dtype = _core.default_float() if given is None else _core.to_tensor(given).dtype
    if isinstance(on_value, _core.Operand) or isinstance(off_value, _core.Operand):
        where_on = one_hot(indices, depth, True, False, axis, bool)
        on, off = (given if given is not None else default for given, default in ((on_value, 1), (off_value, 0)))
        return select(where_on, _core.to_dtype(on, dtype), _core.to_dtype(off, dtype))
    on = 1 if on_value is None else np.asarray(on_value)
    off = 0 if off_value is None else np.asarray(off_value)
    numbers = _core.operand(indices)
    if numbers.dtype.kind not in "iu" and numbers.size:
        raise TypeError(f"one_hot: indices must be integers, not of dtype {numbers.dtype}")
    attributes = (_core.integer(depth), on, off, -1 if axis is None else _core.integer(axis), _core.as_dtype(dtype))
    return _core.general(_ONE_HOT, (numbers,), attributes)


def _hot(attributes: Any, indices: np.ndarray) -> np.ndarray:
    depth, on, off, axis, dtype = attributes
    hot = np.where(indices[..., None] == np.arange(depth), on, off).astype(dtype)
    return np.array(np.moveaxis(hot, -1, axis), order="C")


def _hot_behind(attributes: Any, n: int) -> Any:
    depth, on, off, axis, dtype = attributes
    return depth, on, off, axis + 1 if axis >= 0 else axis, dtype


def _hot_kind(attributes: Any, indices: Kind) -> Kind | None:
    depth, on, off, axis, dtype = attributes
    whole = [*np.broadcast_shapes((*indices.shape, depth), np.shape(on), np.shape(off))]
    last = whole.pop()
    whole.insert(forms.at(Kind(dtype, (*whole, last)), axis), last)
    return Kind(dtype, whole)


_ONE_HOT = _core.register_general(
    "one_hot",
    _hot,
    None,
    None,
    False,
    False,
    batched=_hot_behind,
    form=forms.parts(forms.count, forms.numbers, forms.numbers, forms.any_axis, forms.dtype()),
    gives=_hot_kind,
    c=c_loops.OF_INTEGERS,
)
