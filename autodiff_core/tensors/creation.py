"""Tensors from values, and what asks for or changes their form: constant, cast, zeros, range, shape and their like."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import c_loops, forms
from ..ops.forms import Kind
from ..ops.shaping import _sizes, broadcast_to, expand_dims
from ..ops.table import Case, linear
from .indexed_slices import IndexedSlices


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of a copy of some values.

    Parameters
    ----------
    value : array_like
        Numbers, nested lists, arrays.
    dtype : dtype, optional
        Python floats become the default float (float32), Python integers int32; arrays keep theirs.
    shape : sequence of int, optional
        The values are arranged in, or one value is repeated over, this shape.
    name : str, optional
        Without effect.

    Returns
    -------
    Tensor
        On no tape until it is watched.

    Raises
    ------
    TypeError
        For values that are not numbers, or are of another kind than `dtype`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/constant

    Examples
    --------
    >>> tf.constant([[1., 2.], [3., 4.]])
    <Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [3., 4.]], dtype=float32)>
    """
    tensor = _core.to_tensor(value, dtype)
    if isinstance(value, _core.Operand):
        tensor = _core.identity_tensor(tensor)
    if shape is not None and tuple(tensor.shape) != _sizes(shape):
        array = _core.value_array(tensor)
        wanted = _sizes(shape)
        if array.size != 1 and array.size != int(np.prod(wanted)):
            raise ValueError(f"constant: {array.size} values cannot fill the shape {wanted}")
        tensor = _core.to_tensor(np.full(wanted, array) if array.size == 1 else array.reshape(wanted))
    return tensor


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Tensor:
    """A tensor of some values; a tensor stays itself, and a variable is read.

    Parameters
    ----------
    value : array_like
        Numbers, nested lists (with tensors in them too), arrays, tensors, variables.
    dtype : dtype, optional
        As for `constant`.
    dtype_hint : dtype, optional
        A dtype to use if the values allow it.

    Returns
    -------
    Tensor
        Connected to the tensors and variables in `value`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/convert_to_tensor

    Examples
    --------
    >>> tf.convert_to_tensor([1, 2])
    <Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    if dtype is None and dtype_hint is not None and not isinstance(value, (_core.Operand, np.ndarray)):
        try:
            return _core.to_tensor(value, dtype_hint)
        except (TypeError, ValueError):
            pass  # a hint only
    return _core.to_tensor(value, dtype)


@overload
def cast(x: IndexedSlices, dtype: Any, name: str | None = ...) -> IndexedSlices: ...
@overload
def cast(x: _core.TensorLike, dtype: Any, name: str | None = ...) -> Tensor: ...
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The same numbers in another dtype.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    dtype : dtype
        The new one.

    Returns
    -------
    Tensor
        Between floats the gradient passes, and comes back in the operand's dtype; through an integer none does. Of an
        `IndexedSlices` an `IndexedSlices`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/cast

    Examples
    --------
    >>> tf.cast([1.8, 2.2], tf.int32)
    <Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    if isinstance(x, IndexedSlices):
        return x.with_values(_core.to_dtype(x.values, dtype))
    return _core.to_dtype(x, dtype)


def _cast_kind(attributes: Any, x: Kind) -> Kind:
    old, new = attributes
    if old != x.dtype:
        raise ValueError(f"cast from {old} of a value of {x.dtype}")
    return Kind(new, x.shape)


linear(
    "cast",
    _core.CAST,
    "cast",
    function=cast,
    doc="The same numbers in another dtype.",
    names=("cast", "math.cast"),
    selects="both",
    cases=(Case(lambda x: cast(cast(x, np.longdouble), np.float64), ((3,),)),),
    form=forms.parts(forms.dtype(), forms.dtype()),
    gives=(_cast_kind, _cast_kind),
    c=c_loops.cast,
    idle_if_alike="both",
    in_order=True,
    numbers=(_core.OP_CAST, None),
)


def identity(input: Any, name: str | None = None) -> Tensor:
    """The same value as a new tensor.

    Parameters
    ----------
    input : array_like
        Of any dtype.

    Returns
    -------
    Tensor
        Connected to the operand.

    Examples
    --------
    >>> tf.identity([1., 2.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _core.identity_tensor(input)


def identity_n(input: Sequence[Any], name: str | None = None) -> list[Tensor]:
    """The same values as new tensors.

    Parameters
    ----------
    input : sequence of array_like
        Of any dtypes.

    Returns
    -------
    list of Tensor
        Connected to the operands.

    Examples
    --------
    >>> [float(t) for t in tf.identity_n([1., 2.])]
    [1.0, 2.0]
    """
    return [_core.identity_tensor(x) for x in input]


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """The same value, taken for a constant by every tape.

    Parameters
    ----------
    input : array_like
        Of any dtype.

    Returns
    -------
    Tensor
        On no tape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/stop_gradient

    Examples
    --------
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x * tf.stop_gradient(x)
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return _core.stopped(input)


def add_n(inputs: Sequence[Any], name: str | None = None) -> Tensor:
    """The sum of several tensors of one shape.

    Parameters
    ----------
    inputs : sequence of array_like
        One at least.

    Returns
    -------
    Tensor
        Of their shape.

    Raises
    ------
    ValueError
        Where there are none, or shapes differ.

    Examples
    --------
    >>> tf.add_n([1., 2., 3.])
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """
    parts = [_core.operand(x) for x in (inputs if isinstance(inputs, (list, tuple)) else [inputs])]
    if not parts:
        raise ValueError("add_n: needs at least one tensor")
    shapes = [tuple(p.shape) for p in parts]
    if any(s != shapes[0] for s in shapes):
        raise ValueError(f"add_n: shapes {', '.join(map(str, shapes))} differ")
    if len(parts) == 1:
        return _core.identity_tensor(parts[0])
    total = _core.widened(parts[0]) + _core.widened(parts[1])
    for part in parts[2:]:
        total = total + _core.widened(part)
    return _core.narrowed(total, parts[0]) if len({part.dtype for part in parts}) == 1 else total


def accumulate_n(inputs: Sequence[Any], shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """The sum of several tensors of one shape, that may be checked.

    Parameters
    ----------
    inputs : sequence of array_like
        One at least.
    shape : sequence of int, optional
        What their shape must be.
    tensor_dtype : dtype, optional
        What their dtype must be.

    Returns
    -------
    Tensor
        Of their shape.

    Raises
    ------
    ValueError
        Where there are none, or shapes differ, or are not this one.
    TypeError
        For another dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/accumulate_n

    Examples
    --------
    >>> tf.math.accumulate_n([1., 2., 3.])
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """
    total = add_n(inputs)
    if shape is not None and tuple(shape) != tuple(total.shape):
        raise ValueError(f"accumulate_n: the tensors' shape {tuple(total.shape)} is not {tuple(shape)}")
    if tensor_dtype is not None and total.dtype != _core.as_dtype(tensor_dtype):
        raise TypeError(f"accumulate_n: the tensors' dtype {total.dtype} is not {_core.as_dtype(tensor_dtype)}")
    return total


def _filled(shape: Any, value: Any, dtype: Any) -> Tensor:
    sizes, kind = _sizes(shape), _core.default_float() if dtype is None else _core.as_dtype(dtype)
    return _core.blank(sizes, kind) if _core.spares(sizes) else _core.adopt(np.full(sizes, value, kind))


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """A tensor of zeros.

    Parameters
    ----------
    shape : int or sequence of int
        Its shape.
    dtype : dtype, optional
        The default float unless given.

    Returns
    -------
    Tensor
        On no tape.

    Examples
    --------
    >>> tf.zeros(2)
    <Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    return _filled(shape, 0, dtype)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """A tensor of ones.

    Parameters
    ----------
    shape : int or sequence of int
        Its shape.
    dtype : dtype, optional
        The default float unless given.

    Returns
    -------
    Tensor
        On no tape.

    Examples
    --------
    >>> tf.ones(2)
    <Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    return _filled(shape, 1, dtype)


def zeros_like(input: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros of the shape and dtype of another tensor.

    Parameters
    ----------
    input : array_like
        The other tensor.
    dtype : dtype, optional
        Another dtype.

    Returns
    -------
    Tensor
        On no tape.

    Examples
    --------
    >>> tf.zeros_like([1, 2])
    <Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>
    """
    x = _core.operand(input)
    return _filled(tuple(x.shape), 0, x.dtype if dtype is None else dtype)


def ones_like(input: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones of the shape and dtype of another tensor.

    Parameters
    ----------
    input : array_like
        The other tensor.
    dtype : dtype, optional
        Another dtype.

    Returns
    -------
    Tensor
        On no tape.

    Examples
    --------
    >>> tf.ones_like([1, 2])
    <Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    x = _core.operand(input)
    return _filled(tuple(x.shape), 1, x.dtype if dtype is None else dtype)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """One value, repeated over a shape.

    Parameters
    ----------
    dims : int or sequence of int
        The shape.
    value : scalar
        The value; a gradient flows to it.

    Returns
    -------
    Tensor
        Of the value's dtype.

    Examples
    --------
    >>> tf.fill((2,), 7.)
    <Tensor: shape=(2,), dtype=float32, numpy=array([7., 7.], dtype=float32)>
    """
    x = _core.to_tensor(value)
    if len(x.shape):
        raise ValueError(f"fill: the value must be a scalar, not of shape {tuple(x.shape)}")
    return broadcast_to(x, dims)


def eye(
    num_rows: int, num_columns: int | None = None, batch_shape: Any = None, dtype: Any = None, name: str | None = None
) -> Tensor:
    """Identity matrices.

    Parameters
    ----------
    num_rows, num_columns : int
        Their shape; square by default.
    batch_shape : sequence of int, optional
        The shape of a stack of them.
    dtype : dtype, optional
        The default float unless given.

    Returns
    -------
    Tensor
        On no tape.

    Examples
    --------
    >>> tf.eye(2)
    <Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 0.],
           [0., 1.]], dtype=float32)>
    """
    kind = _core.default_float() if dtype is None else _core.as_dtype(dtype)
    if _core.asks_shapes():
        columns = num_rows if num_columns is None else num_columns
        sizes = (*(() if batch_shape is None else _sizes(batch_shape)), *_sizes((num_rows, columns)))
        if _core.spares(sizes):
            return _core.blank(sizes, kind)
    one = np.eye(num_rows, num_columns, dtype=kind)
    return _core.to_tensor(np.broadcast_to(one, (*_sizes(batch_shape), *one.shape)) if batch_shape is not None else one)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Tensor:
    """Evenly spaced numbers from `start` up to, and without, `limit`.

    Parameters
    ----------
    start, limit : scalar
        With one of them, from 0 to it.
    delta : scalar
        The step.
    dtype : dtype, optional
        int32 for Python integers, the default float for Python floats.

    Returns
    -------
    Tensor
        Of one dimension.

    Examples
    --------
    >>> tf.range(3)
    <Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    ends = [_core.to_tensor(v) for v in (start, limit, delta)]
    if dtype is None:
        given = [e.dtype for e, v in zip(ends, (start, limit, delta), strict=True) if not isinstance(v, int)]
        dtype = np.result_type(*given) if given else np.dtype("int32")
    values: list[Any] = [e.numpy() for e in ends]  # NumPy scalars
    if _core.asks_shapes() and values[2] != 0:
        count = max(math.ceil((values[1].item() - values[0].item()) / values[2].item()), 0)  # as NumPy has it
        if _core.spares((count,)):
            return _core.blank((count,), _core.as_dtype(dtype))
    return _core.adopt(np.arange(*values).astype(_core.as_dtype(dtype)))


def linspace(start: Any, stop: Any, num: int, name: str | None = None, axis: int = 0) -> Tensor:
    """Evenly spaced numbers from `start` to `stop`, both included.

    Parameters
    ----------
    start, stop : scalar or array_like
        The ends.
    num : int
        How many numbers.
    axis : int
        Where the new axis stands, for ends that are arrays.

    Returns
    -------
    Tensor
        Of the ends' float dtype.

    Examples
    --------
    >>> tf.linspace(0., 1., 3)
    <Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    first, last = _core.to_tensor(start), _core.to_tensor(stop)
    dtype = np.result_type(first.dtype, last.dtype)
    dtype = dtype if _core.is_floating(dtype) else np.dtype("float64")
    first, last = _core.to_dtype(first, dtype), _core.to_dtype(last, dtype)
    shape = np.broadcast_shapes(first.shape, last.shape)
    at = int(np.lib.array_utils.normalize_axis_index(axis, len(shape) + 1))
    share = np.linspace(0.0, 1.0, _core.integer(num)).reshape((-1,) + (1,) * (len(shape) - at))
    part = _core.to_tensor(share.astype(dtype))
    first, last = (expand_dims(broadcast_to(x, shape), at) for x in (first, last))
    # From both ends: the last number is `stop` exactly.
    return first * (1.0 - part) + last * part


def shape(input: Any, out_type: Any = np.int32, name: str | None = None) -> Tensor:
    """The shape of a tensor, as a tensor.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    out_type : dtype
        The result's.

    Returns
    -------
    Tensor
        Integers, one a dimension.

    Examples
    --------
    >>> tf.shape([[1., 2., 3.]])
    <Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return _core.adopt(np.array(tuple(_core.operand(input).shape), out_type))


def size(input: Any, out_type: Any = np.int32, name: str | None = None) -> Tensor:
    """The number of elements of a tensor, as a tensor.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    out_type : dtype
        The result's.

    Returns
    -------
    Tensor
        An integer.

    Examples
    --------
    >>> tf.size([[1., 2., 3.]])
    <Tensor: shape=(), dtype=int32, numpy=3>
    """
    return _core.adopt(np.array(_core.operand(input).size, out_type))


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of dimensions of a tensor, as a tensor.

    Parameters
    ----------
    input : array_like
        Of any dtype.

    Returns
    -------
    Tensor
        An integer.

    Examples
    --------
    >>> tf.rank([[1., 2., 3.]])
    <Tensor: shape=(), dtype=int32, numpy=2>
    """
    return _core.adopt(np.array(len(_core.operand(input).shape), np.int32))


def is_tensor(x: Any) -> builtins.bool:
    """Whether a value is a tensor, a variable or an `IndexedSlices`.

    Parameters
    ----------
    x : object
        Anything.

    Returns
    -------
    bool
        The answer.

    Examples
    --------
    >>> tf.is_tensor(tf.constant(1.0)), tf.is_tensor(1.0)
    (True, False)
    """
    return isinstance(x, (_core.Operand, IndexedSlices))
