"""Counts, distinct elements and other small functions of TensorFlow's that are made of rows."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .forms import Kind
from .indexing import gather
from .picking import as_it_stands, beyond_highest, highest, places_of
from .segments import unsorted_segment_sum
from .shaping import _sizes, _varying, reshape


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: int | None = None,
    maxlength: int | None = None,
    dtype: Any = np.int32,
    name: str | None = None,
    axis: int | None = None,
    binary_output: bool = False,
) -> Tensor:
    """How often each number from 0 on occurs, or the sum of the weights of its places.

    Parameters
    ----------
    arr : array_like of int
        None negative.
    weights : array_like, optional
        Of the same shape; they have the gradient.
    minlength, maxlength : int, optional
        The least and the greatest length of the result; numbers beyond are not counted.
    dtype : dtype
        Of the counts, where there are no weights.
    axis : {None, 0, -1}
        Whether to count along the last axis only, each row for itself, of two dimensions.
    binary_output : bool
        Whether to tell only if a number occurs, by one or zero; not beside weights.

    Returns
    -------
    Tensor
        Of one dimension, or of two where rows are counted.

    Raises
    ------
    ValueError
        Where numbers are negative, shapes differ, or there are weights beside `binary_output`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/bincount

    Examples
    --------
    >>> tf.math.bincount([1, 1, 3], weights=[0.5, 1., 2.])
    <Tensor: shape=(4,), dtype=float32, numpy=array([0. , 1.5, 0. , 2. ], dtype=float32)>
    """
    numbers, axis = _core.operand(arr), _core.as_index(axis)
    if axis not in (None, 0, -1) or (axis == -1 and numbers.ndim > 2):
        raise ValueError(f"bincount: axis {axis} must be None, 0 or -1, the last of one or two dimensions")
    if binary_output and weights is not None:
        raise ValueError("bincount: binary_output tells no more than whether a number occurs: weights do not count")
    if numbers.dtype.kind not in "iu":
        raise ValueError(_NO_NUMBERS)
    least = 0 if minlength is None else _core.integer(minlength)
    most = None if maxlength is None else _core.integer(maxlength)
    # Where numbers cannot make the result any longer, nobody has to look at them.
    length = least if most is not None and most <= least else max(beyond_highest(numbers), least)
    length = length if most is None else min(length, most)
    rows = numbers.shape[0] if axis == -1 and numbers.ndim == 2 else None
    shape = (length,) if rows is None else (rows, length)
    if weights is None:
        return _COUNTS([numbers], (shape, binary_output, _core.as_dtype(dtype)))
    w = _core.operand(weights)
    if tuple(w.shape) != tuple(numbers.shape):
        raise ValueError(
            f"bincount: weights of shape {tuple(w.shape)} must have the shape of arr, {tuple(numbers.shape)}"
        )
    return reshape(unsorted_segment_sum(w, _COUNTED([numbers], shape), int(np.prod(shape))), shape)


_NO_NUMBERS = "bincount: arr must be integers, none of them negative"


def _counted(shape: tuple[int, ...], numbers: np.ndarray) -> np.ndarray:
    """Where in the result each number counts, -1 for what does not."""
    if numbers.min(initial=0) < 0:
        raise ValueError(_NO_NUMBERS)
    own = shape[-1] * np.arange(shape[0])[:, None] if len(shape) == 2 else 0
    return np.where(numbers < shape[-1], numbers.astype(np.int64) + own, -1)


def _counts(attributes: Any, numbers: np.ndarray) -> np.ndarray:
    shape, binary, dtype = attributes
    kept = _counted(shape, numbers)
    counts = np.bincount(kept[kept >= 0].reshape(-1), minlength=int(np.prod(shape))).reshape(shape)
    return (counts > 0 if binary else counts).astype(dtype)


_COUNTED_SHAPE = forms.Form("one or two sizes", lambda shape: forms.shape.fits(shape) and 1 <= len(shape) <= 2)


def _counted_kind(shape: Any, numbers: Kind) -> Kind:
    forms.integers(numbers)
    forms.dims(numbers, len(shape), None if len(shape) == 1 else 2)
    if len(shape) == 2 and numbers.shape[0] != shape[0]:
        raise ValueError(f"rows of shape {numbers.shape} are not counted into shape {shape}")
    return Kind(np.int64, numbers.shape)


_COUNTED = places_of(
    "counted_places",
    _counted,
    raises=True,
    form=_COUNTED_SHAPE,
    gives=_counted_kind,
)


def _counts_kind(attributes: Any, numbers: Kind) -> Kind:
    shape, _, dtype = attributes
    _counted_kind(shape, numbers)
    return Kind(dtype, shape)


_COUNTS = places_of(
    "counts",
    _counts,
    raises=True,
    form=forms.parts(_COUNTED_SHAPE, forms.flag, forms.dtype()),
    gives=_counts_kind,
)


def _class_numbers(value: Any) -> Any:
    x = _core.operand(value)
    if x.dtype.kind == "c":
        raise TypeError(f"confusion_matrix: classes are integers, not {x.dtype}")
    return _core.to_dtype(x, np.int64) if x.dtype.kind in "fV" else x


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = np.int32,
    name: str | None = None,
) -> Tensor:
    """How often each class was taken for each: labels by rows, predictions by columns.

    Parameters
    ----------
    labels, predictions : array_like of int
        Of one dimension and one length. Of floats the whole part counts.
    num_classes : int, optional
        One more than the highest class by default.
    weights : array_like, optional
        What each pair counts.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of shape (num_classes, num_classes); no gradient passes.

    Raises
    ------
    ValueError
        Where the lengths differ or a class is out of range.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/confusion_matrix

    Examples
    --------
    >>> tf.math.confusion_matrix([0, 1, 1], [0, 1, 0])
    <Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [1, 1]], dtype=int32)>
    """
    classes = [_class_numbers(labels), _class_numbers(predictions)]
    count = max(map(beyond_highest, classes)) if num_classes is None else _core.integer(num_classes)
    beside = [] if weights is None else [weights]
    return _CONFUSION([*classes, *beside], (count, _core.as_dtype(dtype)))


def _confusion(attributes: Any, labels: np.ndarray, predictions: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    count, dtype = attributes
    rows, columns = labels.reshape(-1), predictions.reshape(-1)
    last = max(highest(rows), highest(columns))
    if rows.shape != columns.shape or min(rows.min(initial=0), columns.min(initial=0)) < 0 or last >= count:
        raise ValueError(
            f"confusion_matrix: {rows.size} labels and {columns.size} predictions do not fit, or are not all classes "
            f"below {count}"
        )
    whole = np.zeros((count, count), dtype)
    np.add.at(whole, (rows, columns), weights[0].astype(dtype) if weights else 1)
    return whole


_CONFUSION = places_of(
    "confusion_matrix",
    _confusion,
    raises=True,
    form=forms.parts(forms.count, forms.dtype()),
    gives=lambda a, labels, predictions, *weights: Kind(a[1], (a[0], a[0])),
)


def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = np.int64, name: str | None = None
) -> Tensor:
    """How many elements are not zero, over axes.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    axis : int or sequence of int, optional
        The axes to count over; all of them by default.
    keepdims : bool
        Whether the counted axes stay, with length 1.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Counts; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/count_nonzero

    Examples
    --------
    >>> tf.math.count_nonzero([0., 2., 3.])
    <Tensor: shape=(), dtype=int64, numpy=2>
    """
    x = _core.operand(input)
    axes = range(x.ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
    return _NONZERO([x], (tuple(int(d) - x.ndim for d in axes), bool(keepdims), _core.as_dtype(dtype)))


def _nonzero(attributes: Any, x: np.ndarray) -> np.ndarray:
    axes, keepdims, dtype = attributes
    if len(axes) == x.ndim and not keepdims:
        return np.asarray(np.count_nonzero(x), dtype)  # NumPy is quicker without axes
    return np.asarray(np.count_nonzero(x, axis=axes, keepdims=keepdims)).astype(dtype)


def _nonzero_kind(attributes: Any, x: Kind) -> Kind:
    axes, keepdims, dtype = attributes
    return Kind(dtype, forms.without(x.shape, forms.distinct_axes(x, axes), bool(keepdims)))


_NONZERO = places_of(
    "count_nonzero",
    _nonzero,
    batched=as_it_stands,
    form=forms.parts(forms.axes, forms.flag, forms.dtype()),
    gives=_nonzero_kind,
)


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The share of elements that are zero.

    Parameters
    ----------
    value : array_like
        Of any dtype.

    Returns
    -------
    Tensor
        A scalar of dtype float32; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/zero_fraction

    Examples
    --------
    >>> tf.math.zero_fraction([0., 2., 0., 3.])
    <Tensor: shape=(), dtype=float32, numpy=0.5>
    """
    return _ZEROS([value])


_ZEROS = places_of(
    "zero_fraction",
    lambda attributes, x: np.asarray(np.mean(x == 0), np.float32),
    form=forms.nothing,
    gives=forms.scalar(np.float32),
)


def in_top_k(targets: Any, predictions: Any, k: int, name: str | None = None) -> Tensor:
    """Whether the target's prediction is among the k largest of its row.

    Parameters
    ----------
    targets : array_like of int
        A class for each row.
    predictions : array_like
        Of shape (rows, classes).
    k : int
        How many count.

    Returns
    -------
    Tensor
        Of dtype bool, one a row.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/in_top_k. What ties with the k-th is among them; what is not
    finite is not.

    Examples
    --------
    >>> print(tf.math.in_top_k([1, 0], [[0.2, 0.8], [0.2, 0.8]], 1))
    Tensor([ True False], shape=(2,), dtype=bool)
    """
    which, scores = _core.operand(targets), _core.operand(predictions)
    if scores.ndim != 2 or tuple(which.shape) != tuple(scores.shape)[:1]:
        raise ValueError(
            f"in_top_k: targets of shape {tuple(which.shape)} do not fit predictions of shape {tuple(scores.shape)}"
        )
    return _IN_TOP([which, scores], _core.integer(k))


def _in_top(k: int, which: np.ndarray, scores: np.ndarray) -> np.ndarray:
    valid = (which >= 0) & (which < scores.shape[1])
    own = scores[np.arange(which.size), np.where(valid, which, 0)]
    return valid & np.isfinite(own) & ((scores > own[:, None]).sum(axis=1) < k)


def _in_top_kind(k: int, which: Kind, scores: Kind) -> Kind:
    forms.integers(which)
    forms.dims(which, 1, 1)
    forms.dims(scores, 2, 2)
    if which.shape != scores.shape[:1]:
        raise ValueError(f"classes of shape {which.shape} for scores of shape {scores.shape}")
    return Kind(bool, which.shape)


_IN_TOP = places_of(
    "in_top_k",
    _in_top,
    form=forms.count,
    gives=_in_top_kind,
)


class Unique(NamedTuple):
    """What `unique` gives: distinct elements in the order of their first places, and which of them each element is."""

    y: Tensor
    idx: Tensor


class UniqueWithCounts(NamedTuple):
    """What `unique_with_counts` gives: as `Unique`, and how often each occurs."""

    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]  # a tuple's method of this name gives way


def unique_with_counts(x: Any, out_idx: Any = np.int32, name: str | None = None) -> UniqueWithCounts:
    """The distinct elements of a vector, in the order of their first places, and how often each occurs.

    Parameters
    ----------
    x : array_like
        Of one dimension.
    out_idx : dtype
        Of indices and counts.

    Returns
    -------
    y : Tensor
        The distinct elements; of equal ones the first has the gradient.
    idx : Tensor
        For each element of x, which of them it is.
    count : Tensor
        How often each occurs.

    Raises
    ------
    ValueError
        For another number of dimensions.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/unique_with_counts

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.unique_with_counts([4., 2., 4.])]
    [[4.0, 2.0], [0, 1, 0], [2, 1]]
    """
    operand = _core.operand(x)
    values = _core.seen(operand)
    if values.ndim != 1:
        raise ValueError(f"unique: takes one dimension, not shape {values.shape}")
    _, first, inverse, counts = np.unique(values, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    rank = np.argsort(order)
    return UniqueWithCounts(
        gather(operand, first[order]),
        _core.to_tensor(rank[inverse].astype(out_idx)),
        _core.to_tensor(counts[order].astype(out_idx)),
    )


def unique(x: Any, out_idx: Any = np.int32, name: str | None = None) -> Unique:
    """The distinct elements of a vector, in the order of their first places.

    Parameters
    ----------
    x : array_like
        Of one dimension.
    out_idx : dtype
        Of the indices.

    Returns
    -------
    y : Tensor
        The distinct elements; of equal ones the first has the gradient.
    idx : Tensor
        For each element of x, which of them it is.

    Raises
    ------
    ValueError
        For another number of dimensions.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/unique

    Examples
    --------
    >>> print(*tf.unique([4., 2., 4.]))
    Tensor([4. 2.], shape=(2,), dtype=float32) Tensor([0 1 0], shape=(3,), dtype=int32)
    """
    found = unique_with_counts(x, out_idx)
    return Unique(found.y, found.idx)


def polyval(coeffs: Sequence[Any], x: Any, name: str | None = None) -> Tensor:
    """A polynomial at points, the coefficient of the highest power first.

    Parameters
    ----------
    coeffs : list of array_like
        Coefficients that broadcast with x.
    x : array_like
        Of a float dtype.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where coefficients are given in another way than as a list.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/polyval

    Examples
    --------
    >>> tf.math.polyval([2., 1., 0.], [3.])
    <Tensor: shape=(1,), dtype=float32, numpy=array([21.], dtype=float32)>
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"polyval: coeffs must be a list of tensors, not {type(coeffs).__name__}")
    at = _core.operand(x)
    if not coeffs:
        return at * 0.0
    total: Any = coeffs[0] + at * 0.0 if len(coeffs) == 1 else coeffs[0]
    for coefficient in coeffs[1:]:
        total = total * at + coefficient
    return total


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A tensor times a number.

    Parameters
    ----------
    scalar : array_like
        Of no dimension.
    x : array_like or IndexedSlices
        Of any numeric dtype.

    Returns
    -------
    Tensor or IndexedSlices
        Of the operand's shape.

    Raises
    ------
    ValueError
        Where the first operand is no scalar.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/scalar_mul

    Examples
    --------
    >>> tf.math.scalar_mul(2., [1., 2.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
    """
    if np.ndim(scalar) != 0:
        raise ValueError(f"scalar_mul: the first operand must be a scalar, not of shape {np.shape(scalar)}")
    return x * scalar if hasattr(x, "indices") else _core.operand(x) * scalar


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """A block of a tensor.

    Parameters
    ----------
    input_ : array_like
        Of any dtype.
    begin : sequence of int
        Where the block begins along each axis.
    size : sequence of int
        How long it is along each; -1 goes to the end.

    Returns
    -------
    Tensor
        Of the operand's rank.

    Raises
    ------
    ValueError
        Where the block reaches beyond the tensor.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/slice

    Examples
    --------
    >>> tf.slice([1., 2., 3.], [1], [-1])
    <Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    x = _core.operand(input_)
    shape = tuple(x.shape)
    places = _varying(begin)
    sizes = _sizes(size)
    if places is not None and -1 not in sizes and places.ndim == 1 and len(sizes) == places.size == len(shape):
        return x[tuple(_BLOCK([places[d]], (shape, sizes, d)) for d in range(len(shape)))]
    starts = _sizes(begin)
    if len(starts) != len(shape) or len(sizes) != len(shape):
        raise ValueError(f"slice: begin {starts} and size {sizes} need a number for each axis of shape {shape}")
    ends = [whole if n == -1 else b + n for b, n, whole in zip(starts, sizes, shape, strict=True)]
    if any(not 0 <= b <= e <= whole for b, e, whole in zip(starts, ends, shape, strict=True)):
        raise ValueError(f"slice: begin {starts} and size {sizes} reach beyond shape {shape}")
    return x[tuple(builtins.slice(b, e) for b, e in zip(starts, ends, strict=True))]


def _block(attributes: Any, begin: np.ndarray) -> np.ndarray:
    """The places of a block along an axis, in a shape that goes with those along the others."""
    shape, sizes, d = attributes
    if not 0 <= begin <= begin + sizes[d] <= shape[d]:
        raise ValueError(f"slice: begin {begin} and size {sizes[d]} of axis {d} reach beyond shape {shape}")
    return (begin + np.arange(sizes[d])).reshape([-1 if k == d else 1 for k in range(len(shape))])


def _block_kind(attributes: Any, begin: Kind) -> Kind:
    shape, sizes, d = attributes
    forms.dims(begin, 0, 0)
    forms.integers(begin)
    if len(sizes) != len(shape) or d >= len(shape):
        raise ValueError(f"sizes {sizes} do not fit shape {shape}")
    return Kind(np.result_type(begin.dtype, np.intp), [sizes[d] if k == d else 1 for k in range(len(shape))])


_BLOCK = places_of(
    "block_places",
    _block,
    raises=True,
    form=forms.parts(forms.shape, forms.shape, forms.count),
    gives=_block_kind,
)
