"""Elements and rows by several indices at once, and what TensorFlow makes of permutations, partitions and masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .elementwise import equal, less
from .forms import Kind
from .indexing import gather, scatter, true_places
from .ordering import take_along_axis
from .picking import as_it_stands, beyond_highest, places_of
from .segments import unsorted_segment_max, unsorted_segment_min
from .shaping import _sizes, broadcast_to, concat, expand_dims, reshape
from .shaping import repeated as evenly_repeated


def _places(function: str, indices: Any, shape: Sequence[int]) -> Tensor:
    """Numbers of rows, for indices whose last axis goes through the first axes of a shape."""
    index = _core.operand(indices)
    if index.dtype.kind not in "iu":
        raise TypeError(f"{function}: indices must be integers, not {index.dtype}")
    if index.ndim == 0 or index.shape[-1] > len(shape):
        raise ValueError(
            f"{function}: indices of shape {tuple(index.shape)} do not fit a tensor of shape {tuple(shape)}; their "
            f"last axis goes through the tensor's"
        )
    return _NUMBERED([index], (function, tuple(shape)))


def _numbered(attributes: Any, index: np.ndarray) -> np.ndarray:
    function, shape = attributes
    depth = index.shape[-1]
    sizes = np.asarray(shape[:depth], np.intp)
    if index.size and ((index < 0) | (index >= sizes)).any():
        raise IndexError(f"{function}: an index is out of bounds for shape {shape}")
    strides = np.append(np.cumprod(sizes[:0:-1])[::-1], 1)[:depth] if depth else np.zeros(0, np.intp)
    return np.asarray((index * strides.astype(np.intp)).sum(axis=-1))


def _numbered_kind(attributes: Any, index: Kind) -> Kind:
    forms.integers(index)
    forms.dims(index, 1)
    if index.shape[-1] > len(attributes[1]):
        raise ValueError(f"indices of shape {index.shape} do not fit a tensor of shape {attributes[1]}")
    return Kind(np.result_type(index.dtype, np.intp), index.shape[:-1])


_NUMBERED = places_of(
    "row_places",
    _numbered,
    raises=True,
    form=forms.parts(forms.text(), forms.shape),
    gives=_numbered_kind,
)


def _rows(x: Any, depth: int) -> Any:
    count = int(np.prod(x.shape[:depth], dtype=np.intp))
    return reshape(x, (count, *x.shape[depth:]))


def _depth(indices: Any) -> int:
    return int(_core.operand(indices).shape[-1])


def gather_nd(
    params: Any, indices: Any, batch_dims: int = 0, name: str | None = None, bad_indices_policy: str = ""
) -> Tensor:
    """Elements or slices by several indices each.

    Parameters
    ----------
    params : array_like
        Where to take from.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of params, behind the batch.
    batch_dims : int
        The number of leading axes that both share.
    bad_indices_policy : str
        Without effect: indices out of bounds are an error.

    Returns
    -------
    Tensor
        Of shape indices.shape[:-1] + params.shape[batch_dims + k:].

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the indices do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/gather_nd

    Examples
    --------
    >>> tf.gather_nd([[1., 2.], [3., 4.]], [[1, 0], [0, 1]])
    <Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    x = _core.operand(params)
    index = _core.operand(indices)
    batch = tuple(x.shape[:batch_dims])
    if tuple(index.shape[:batch_dims]) != batch or index.ndim <= batch_dims:
        raise ValueError(
            f"gather_nd: indices of shape {tuple(index.shape)} do not share {batch_dims} axes with {tuple(x.shape)}"
        )
    places: Any = _places("gather_nd", index, x.shape[batch_dims:])
    depth = index.shape[-1]
    if batch_dims:
        inner = int(np.prod(x.shape[batch_dims : batch_dims + depth], dtype=np.intp))
        numbers = np.arange(int(np.prod(batch, dtype=np.intp))).reshape(batch + (1,) * (places.ndim - batch_dims))
        places = places + numbers * inner
    return gather(_rows(x, batch_dims + depth), places)


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """Zeros, with elements or slices added at places that are named by several indices each.

    Parameters
    ----------
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the result.
    updates : array_like
        Of shape indices.shape[:-1] + shape[k:]; what has the same place is added up.
    shape : sequence of int
        Of the result.

    Returns
    -------
    Tensor
        Of the updates' dtype.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/scatter_nd

    Examples
    --------
    >>> tf.scatter_nd([[2], [0], [2]], [1., 2., 3.], [4])
    <Tensor: shape=(4,), dtype=float32, numpy=array([2., 0., 4., 0.], dtype=float32)>
    """
    sizes = _sizes(shape)
    places, new = _updates("scatter_nd", indices, updates, sizes)
    depth = _depth(indices)
    count = int(np.prod(sizes[:depth], dtype=np.intp))
    return reshape(_core.linear(scatter, new, ((count, *sizes[depth:]), _core.lent_array(places))), sizes)


def _updates(function: str, indices: Any, updates: Any, shape: Sequence[int], like: Any = None) -> tuple[Any, Any]:
    """Numbers of rows, and the rows, one an index."""
    places = _places(function, indices, shape)
    new = (
        _core.operand(updates)
        if like is None or isinstance(updates, _core.Operand)
        else _core.operand_like(updates, like)
    )
    wanted = (*places.shape, *shape[_depth(indices) :])
    if tuple(new.shape) != wanted:
        raise ValueError(f"{function}: updates of shape {tuple(new.shape)} must have the shape {wanted}")
    return reshape(places, -1), reshape(new, (places.size, *wanted[places.ndim :]))


_DOC = """{what}

    Parameters
    ----------
    tensor : array_like
        Of a float dtype; it stays as it is.
    indices : array_like of int
        Of shape (..., k): each goes through the first k axes of the tensor.
    updates : array_like
        Of shape indices.shape[:-1] + tensor.shape[k:].

    Returns
    -------
    Tensor
        A new one, of the tensor's shape.

    Raises
    ------
    IndexError
        Where an index is out of bounds.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tensor_scatter_nd_{kind}. {note}

    Examples
    --------
    >>> tf.tensor_scatter_nd_{kind}([1., 2., 3.], [[0], [2]], [5., -1.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([{shown}], dtype=float32)>
    """


def _scattered(kind: str, what: str, note: str, shown: str) -> Any:
    function = f"tensor_scatter_nd_{kind}"

    def changed(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        x, updates = _core.operands(tensor, updates)
        places, new = _updates(function, indices, updates, x.shape, x)
        rows = _rows(x, _depth(indices))
        count = rows.shape[0]
        if kind in ("add", "sub"):
            total = _core.linear(scatter, new, (tuple(rows.shape), _core.lent_array(places)))
            return reshape(rows + total if kind == "add" else rows - total, x.shape)
        both = concat([rows, new], 0)
        if kind == "update":
            return reshape(gather(both, _REPLACED([places], count)), x.shape)
        reduce = unsorted_segment_max if kind == "max" else unsorted_segment_min
        return reshape(reduce(both, concat([np.arange(count), places], 0), count), x.shape)

    changed.__name__ = changed.__qualname__ = function
    changed.__doc__ = _DOC.format(what=what, kind=kind, note=note, shown=shown)
    return changed


def _replaced(count: int, places: np.ndarray) -> np.ndarray:
    """Which row stands where: of so many, and the new ones behind them."""
    source = np.arange(count)
    source[places] = count + np.arange(places.size)
    return source


_REPLACED = places_of(
    "replaced_rows",
    _replaced,
    form=forms.count,
    gives=lambda count, places: Kind(np.intp, (count,)),
)

tensor_scatter_nd_add = _scattered(
    "add", "A tensor with elements or slices added to it.", "What has the same place is added up.", "6., 2., 2."
)
tensor_scatter_nd_sub = _scattered(
    "sub", "A tensor with elements or slices subtracted.", "What has the same place is added up.", "-4.,  2.,  4."
)
tensor_scatter_nd_update = _scattered(
    "update",
    "A tensor with elements or slices replaced.",
    "Of several for one place, the last counts.",
    " 5.,  2., -1.",
)
tensor_scatter_nd_max = _scattered(
    "max", "A tensor with elements or slices replaced by larger ones.", "Equal ones share the gradient.", "5., 2., 3."
)
tensor_scatter_nd_min = _scattered(
    "min",
    "A tensor with elements or slices replaced by smaller ones.",
    "Equal ones share the gradient.",
    " 1.,  2., -1.",
)


def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[Tensor]:
    """Rows, by the number of the part that each belongs to.

    Parameters
    ----------
    data : array_like
        Of any dtype.
    partitions : array_like of int
        Of a shape that the data's begins with.
    num_partitions : int
        The number of parts.

    Returns
    -------
    list of Tensor
        The parts, in the order of their numbers.

    Raises
    ------
    ValueError
        Where the numbers do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/dynamic_partition

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.dynamic_partition([1., 2., 3.], [0, 1, 0], 2)]
    [[1.0, 3.0], [2.0]]
    """
    x, partitions = _core.operand(data), _core.operand(partitions)
    if partitions.dtype.kind not in "iu" and partitions.size:
        raise TypeError(f"dynamic_partition: partitions must be integers, not of dtype {partitions.dtype}")
    numbers = _PARTITIONS([partitions], _core.integer(num_partitions))
    if tuple(x.shape[: numbers.ndim]) != tuple(numbers.shape):
        raise ValueError(
            f"dynamic_partition: partitions of shape {tuple(numbers.shape)} do not fit data of shape {tuple(x.shape)}"
        )
    rows, flat = _rows(x, numbers.ndim), reshape(numbers, -1)
    return [gather(rows, true_places(equal(flat, k))[:, 0]) for k in range(_core.integer(num_partitions))]


def _partitions(count: int, numbers: np.ndarray) -> np.ndarray:
    if numbers.size and (numbers.min() < 0 or numbers.max() >= count):
        raise ValueError(f"dynamic_partition: partitions must be from 0 to {count - 1}")
    return numbers.copy()


_PARTITIONS = places_of(
    "partitions",
    _partitions,
    raises=True,
    form=forms.count,
    gives=forms.same,
)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Rows of several tensors, in places that are named for each.

    Parameters
    ----------
    indices : sequence of array_like of int
        The places; where several rows have one, the last counts.
    data : sequence of array_like
        The shape of each begins with that of its indices.

    Returns
    -------
    Tensor
        With a first axis up to the highest place; rows that nobody names are zero.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/dynamic_stitch

    Examples
    --------
    >>> tf.dynamic_stitch([[2, 0], [1]], [[1., 2.], [3.]])
    <Tensor: shape=(3,), dtype=float32, numpy=array([2., 3., 1.], dtype=float32)>
    """
    places = [_core.operand(i) for i in indices]
    parts = [_core.operand(x) for x in data]
    if len(places) != len(parts) or any(
        tuple(x.shape[: i.ndim]) != tuple(i.shape) for i, x in zip(places, parts, strict=False)
    ):
        raise ValueError(
            "dynamic_stitch: there must be indices for each tensor, of a shape that the tensor's begins with"
        )
    rows = concat([_rows(x, i.ndim) for i, x in zip(places, parts, strict=True)], 0)
    flat = concat([reshape(i, -1) for i in places], 0)
    source = _STITCHED([flat], (beyond_highest(flat), int(rows.shape[0])))
    nothing = _core.to_tensor(np.zeros((1, *rows.shape[1:]), rows.dtype))
    return gather(concat([rows, nothing], 0), source)


def _stitched(attributes: Any, flat: np.ndarray) -> np.ndarray:
    count, rows = attributes
    source = np.full(count, rows)
    source[flat] = np.arange(flat.size)
    return source


_STITCHED = places_of(
    "stitched_rows",
    _stitched,
    form=forms.parts(forms.count, forms.count),
    gives=lambda attributes, flat: Kind(np.intp, attributes[:1]),
)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Each element repeated.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    repeats : int or array_like of int
        How often; one number, or one for each element along the axis.
    axis : int, optional
        The axis; by default the elements are laid out in one.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/repeat

    Examples
    --------
    >>> tf.repeat([1., 2.], [2, 1])
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 1., 2.], dtype=float32)>
    """
    x = _core.operand(input)
    if axis is None:
        return repeated(x if x.ndim == 1 else reshape(x, -1), repeats, 0)
    return repeated(x, repeats, _core.integer(axis) % max(x.ndim, 1))


def repeated(x: Any, repeats: Any, axis: int) -> Tensor:
    """Each element along an axis so many times: a view's copy where all are as many, else by indices."""
    times = (
        repeats
        if isinstance(repeats, int)
        else _core.operand(np.asarray(repeats) if isinstance(repeats, list) else repeats)
    )
    if isinstance(times, int) or (times.size == 1 and times.dtype.kind in "iu"):
        count = int(times) if isinstance(times, int) else int(reshape(times, ()))
        if count >= 0 and x.ndim:
            return evenly_repeated(x, count, axis)
    # (How many there are together is all that a recorded function is for.)
    length = int(x.shape[axis])
    numbers = [times] if isinstance(times, _core.Operand) else [np.asarray(times)]
    return gather(x, _REPEATED(numbers, (length, int(_TOGETHER(numbers, length)))), axis=axis)


def _together(length: int, times: np.ndarray) -> np.ndarray:
    return np.asarray(np.repeat(np.arange(length), times).size)


def _repeated(attributes: Any, times: np.ndarray) -> np.ndarray:
    length, count = attributes
    places = np.repeat(np.arange(length), times)
    if places.size != count:
        raise ValueError(f"repeat: {places.size} elements together, and not {count}")
    return places


_TOGETHER = places_of(
    "size_of_repeats",
    _together,
    form=forms.count,
    gives=forms.scalar(np.intp),
)
_REPEATED = places_of(
    "repeated_places",
    _repeated,
    form=forms.parts(forms.count, forms.count),
    gives=lambda attributes, times: Kind(np.intp, attributes[1:]),
)


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Tensor]:
    """Coordinates of all points of a grid.

    Parameters
    ----------
    *args : array_like
        The coordinates along each axis, of one dimension.
    indexing : {"xy", "ij"}
        Whether the first two axes of the results change places.

    Returns
    -------
    list of Tensor
        One for each axis, all of the grid's shape.

    Raises
    ------
    ValueError
        For another indexing.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/meshgrid

    Examples
    --------
    >>> tf.meshgrid([1., 2.], [3.])[0]
    <Tensor: shape=(1, 2), dtype=float32, numpy=array([[1., 2.]], dtype=float32)>
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing {indexing!r} is neither 'xy' nor 'ij'")
    parts = [reshape(x, -1) for x in args]
    nd = len(parts)
    order = list(range(nd))
    if indexing == "xy" and nd > 1:
        order[:2] = [1, 0]
    sizes = [0] * nd
    for part, place in zip(parts, order, strict=True):
        sizes[place] = part.shape[0]
    return [
        broadcast_to(reshape(part, [-1 if d == place else 1 for d in range(nd)]), sizes)
        for part, place in zip(parts, order, strict=True)
    ]


def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None, name: str | None = None
) -> Tensor:
    """The first elements along an axis in reverse order, how many is said for each slice of another.

    Parameters
    ----------
    input : array_like
        Of two dimensions at least.
    seq_lengths : array_like of int
        One for each slice along `batch_axis`.
    seq_axis : int
        The axis to reverse along.
    batch_axis : int, optional
        The axis that the lengths go with; 0 by default.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        Where the lengths do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/reverse_sequence

    Examples
    --------
    >>> tf.reverse_sequence([[1., 2., 3.]], [2], seq_axis=1)
    <Tensor: shape=(1, 3), dtype=float32, numpy=array([[2., 1., 3.]], dtype=float32)>
    """
    x = _core.operand(input)
    nd = len(x.shape)
    if seq_axis is None:
        raise ValueError("reverse_sequence: seq_axis must be given")
    along, batch = seq_axis % nd, _core.integer(0 if batch_axis is None else batch_axis) % nd
    return take_along_axis(x, _REVERSED([seq_lengths], (tuple(x.shape), along, batch)), along)


def _reversed(attributes: Any, lengths: np.ndarray) -> np.ndarray:
    """Which element stands where, along an axis."""
    whole, along, batch = attributes
    if along == batch or lengths.shape != (whole[batch],) or (lengths < 0).any() or (lengths > whole[along]).any():
        raise ValueError(
            f"reverse_sequence: seq_lengths of shape {lengths.shape} do not fit shape {whole} with "
            f"seq_axis={along} and batch_axis={batch}"
        )
    places = np.arange(whole[along])
    grid = np.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)
    grid = grid if batch < along else grid.T
    return grid.reshape([size if d in (along, batch) else 1 for d, size in enumerate(whole)])


def _reversed_kind(attributes: Any, lengths: Kind) -> Kind:
    whole, along, batch = attributes
    forms.integers(lengths)
    if max(along, batch) >= len(whole) or along == batch:
        raise ValueError(f"there are no axes {along} and {batch} in shape {whole}")
    sizes = [size if d in (along, batch) else 1 for d, size in enumerate(whole)]
    return Kind(np.result_type(lengths.dtype, np.intp), sizes)


_REVERSED = places_of(
    "reversed_places",
    _reversed,
    raises=True,
    form=forms.parts(forms.shape, forms.count, forms.count),
    gives=_reversed_kind,
)


def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """The permutation that undoes another.

    Parameters
    ----------
    x : array_like of int
        The numbers from 0 on, in some order.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Raises
    ------
    ValueError
        Where a number is missing.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/invert_permutation

    Examples
    --------
    >>> tf.math.invert_permutation([2, 0, 1])
    <Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    return _INVERTED([x])


def _inverted(attributes: Any, order: np.ndarray) -> np.ndarray:
    if order.ndim != 1 or sorted(order.tolist()) != list(range(order.size)):
        raise ValueError(f"invert_permutation: {order.tolist()} is no permutation")
    return np.argsort(order).astype(order.dtype)


_INVERTED = places_of(
    "inverted_permutation",
    _inverted,
    raises=True,
    form=forms.nothing,
    gives=forms.same,
)


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = bool, name: str | None = None) -> Tensor:
    """Truth values that hold up to each length.

    Parameters
    ----------
    lengths : array_like of int
        How many hold.
    maxlen : int, optional
        The length of the new last axis; the largest length by default.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of shape lengths.shape + (maxlen,).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/sequence_mask

    Examples
    --------
    >>> tf.sequence_mask([1, 3], dtype=tf.int32)
    <Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[1, 0, 0],
           [1, 1, 1]], dtype=int32)>
    """
    counts = _core.operand(lengths)
    longest = max(beyond_highest(counts) - 1, 0) if maxlen is None else _core.integer(maxlen)
    held = less(np.arange(longest, dtype=counts.dtype), expand_dims(counts, -1))
    return held if _core.as_dtype(dtype).kind == "b" else _core.to_dtype(held, dtype)


def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = np.int32, name: str | None = None
) -> Tensor:
    """Where values would go into sorted sequences.

    Parameters
    ----------
    sorted_sequence : array_like
        Sorted along the last axis.
    values : array_like
        The same shape but for the last axis.
    side : {"left", "right"}
        Whether before or behind equal elements.
    out_type : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of the values' shape; no gradient passes.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/searchsorted

    Examples
    --------
    >>> tf.searchsorted([1., 3., 5.], [0., 3., 9.])
    <Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 3], dtype=int32)>
    """
    return _SEARCHED(_core.operands(sorted_sequence, values), (side, np.dtype(out_type)))


def _searched(attributes: Any, lines: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    side, out_type = attributes
    if lines.shape[:-1] != wanted.shape[:-1] or lines.ndim == 0:
        raise ValueError(f"searchsorted: shapes {lines.shape} and {wanted.shape} differ in more than the last axis")
    found = np.empty(wanted.shape, out_type)
    for index in np.ndindex(lines.shape[:-1]):
        found[index] = np.searchsorted(lines[index], wanted[index], side=side)
    return found


def _searched_kind(attributes: Any, lines: Kind, wanted: Kind) -> Kind:
    forms.dims(lines, 1)
    if lines.shape[:-1] != wanted.shape[:-1]:
        raise ValueError(f"shapes {lines.shape} and {wanted.shape} differ in more than the last axis")
    return Kind(attributes[1], wanted.shape)


_SEARCHED = places_of(
    "searched_lines",
    _searched,
    batched=as_it_stands,
    raises=True,
    form=forms.parts(forms.text("left", "right"), forms.dtype()),
    gives=_searched_kind,
)
