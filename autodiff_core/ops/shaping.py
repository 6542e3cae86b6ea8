"""Ops that move elements and do not change them: reshaping, transposing, joining, splitting, padding.

All are linear: a row names its transpose, and attributes say how to do both.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import conj, select
from .forms import Kind
from .index_forms import BASIC, puts_back, selects
from .table import Case, as_it_stands, general, linear

# ------------------------------------------------------------------------------------------------------------- shapes


def _sizes(shape: Any) -> tuple[int, ...]:
    """A shape as given by users: a number, a sequence, an array or a tensor."""
    if type(shape) is int:
        return (shape,)
    if type(shape) is tuple or type(shape) is list:
        return tuple(map(_core.integer, shape))
    if isinstance(shape, (_core.Operand, np.ndarray)):
        array = np.atleast_1d(_core.value_array(shape))
        return tuple(array.tolist() if array.dtype.kind in "iu" else map(_core.integer, array.tolist()))
    if np.iterable(shape):
        return tuple(map(_core.integer, shape))
    return (_core.integer(shape),)


def _varying(numbers: Any) -> Any:
    """Integers as a tensor, where a program has to read them anew at each replay; None where they are known."""
    if not _core.is_tracing():
        return None
    if isinstance(numbers, (list, tuple)) and any(isinstance(n, _core.Operand) for n in numbers):
        return _core.operand(list(numbers))
    return numbers if isinstance(numbers, _core.Operand) else None


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The same elements in another shape.

    Parameters
    ----------
    tensor : array_like
        Of any dtype.
    shape : int or sequence of int
        The new shape; one size may be -1, and is then computed.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Raises
    ------
    ValueError
        Where the number of elements would change.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/reshape

    Examples
    --------
    >>> tf.reshape([1., 2., 3., 4.], (2, -1)).shape
    TensorShape([2, 2])
    """
    x = _core.operand(tensor)
    old, new = _core.sizes(x), _sizes(shape)
    size = x.size
    if new.count(-1) == 1:
        rest = -prod(new)
        if rest and size % rest == 0:
            new = tuple([size // rest if s == -1 else s for s in new])
    if prod(new) != size or (new and min(new) < 0):
        raise ValueError(
            f"reshape: a tensor of shape {old} has {size} elements and cannot take the shape {_sizes(shape)}"
        )
    return _core.linear(RESHAPE, x, (old, new))


def _reshaped(shapes: Any, x: Kind) -> Kind:
    old, new = shapes
    forms.fits(x, old)
    if prod(old) != prod(new):
        raise ValueError(f"shape {old} cannot become {new}")
    return Kind(x.dtype, new)


RESHAPE, _ = linear(
    "reshape",
    _core.RESHAPE,
    "reshape",
    function=reshape,
    doc="The same elements in another shape.",
    selects="both",
    cases=(
        Case(lambda x: reshape(x, (4, 3)), ((3, 4),)),
        Case(lambda x: reshape(x, -1), ((2, 3, 2),)),
        Case(lambda x: reshape(x, (1, 1)), ((),)),
    ),
    form=forms.parts(forms.shape, forms.shape),
    gives=(_reshaped, _reshaped),
    names=("reshape",),
    c=c_loops.reshaped,
    cost=forms.VIEW,
    idle_if_alike="both",
    in_order=True,
    joined=lambda first, second: (first[0], second[1]),
    numbers=(_core.OP_RESHAPE, None),
)


def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str | None = None) -> Tensor:
    """The axes in another order; reversed by default.

    Parameters
    ----------
    a : array_like
        Of any dtype.
    perm : sequence of int, optional
        For each axis of the result, the operand's axis.
    conjugate : bool
        Whether to conjugate complex numbers too.

    Returns
    -------
    Tensor
        A view: no elements are copied.

    Raises
    ------
    ValueError
        Where `perm` is no permutation of the axes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/transpose

    Examples
    --------
    >>> tf.transpose([[1., 2., 3.]]).shape
    TensorShape([3, 1])
    """
    x = _core.operand(a)
    if perm is None and not conjugate:
        return _core.transposed(x)
    nd = x.ndim
    if perm is None:
        axes = tuple(range(nd - 1, -1, -1))
    else:
        axes = tuple([p % nd if -nd <= p < nd else p for p in _sizes(perm)])
    if sorted(axes) != list(range(nd)):
        raise ValueError(f"transpose: {tuple(axes)} is no permutation of the axes of shape {tuple(x.shape)}")
    back = [0] * nd
    for place, axis in enumerate(axes):
        back[axis] = place
    result = _core.linear(_TRANSPOSE, x, (axes, tuple(back)))
    return conj(result) if conjugate else result


def _turned(attributes: Any, x: Kind) -> Kind:
    axes, back = attributes
    if sorted(axes) != list(range(x.ndim)) or tuple(axes.index(d) for d in range(x.ndim)) != back:
        raise ValueError(f"{axes} and {back} are no permutations of the axes of shape {x.shape}")
    return Kind(x.dtype, [x.shape[d] for d in axes])


def _turned_twice(first: Any, second: Any) -> Any:
    axes = tuple([first[0][d] for d in second[0]])
    return axes, tuple([axes.index(d) for d in range(len(axes))])


_TRANSPOSE, _ = linear(
    "transpose",
    _core.TRANSPOSE,
    "transpose",
    function=transpose,
    doc="The axes in another order.",
    selects="both",
    cases=(Case(lambda x: transpose(x), ((3, 4),)), Case(lambda x: transpose(x, (1, 2, 0)), ((2, 3, 4),))),
    form=forms.parts(forms.axes, forms.axes),
    gives=(_turned, _turned),
    names=("transpose",),
    c=c_loops.turned,
    cost=forms.VIEW,
    joined=_turned_twice,
    permutes=lambda attributes: attributes[0],
    numbers=(_core.OP_TRANSPOSE, None),
)
_TRANSPOSE.formula = lambda axes: "xᵀ"


def expand_dims(input: Any, axis: int, name: str | None = None) -> Tensor:
    """A new axis of length 1.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    axis : int
        Where the new axis stands in the result.

    Returns
    -------
    Tensor
        Of one dimension more.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/expand_dims

    Examples
    --------
    >>> tf.expand_dims([1., 2.], -1).shape
    TensorShape([2, 1])
    """
    x = _core.operand(input)
    old = _core.sizes(x)
    axis = _core.integer(axis)
    if not -len(old) - 1 <= axis <= len(old):
        raise ValueError(f"expand_dims: axis {axis} is out of bounds for shape {old}")
    at = axis % (len(old) + 1)
    return _core.linear(RESHAPE, x, (old, (*old[:at], 1, *old[at:])))


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """Without axes of length 1.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    axis : int or sequence of int, optional
        Which axes to drop; all of length 1 by default.

    Returns
    -------
    Tensor
        The same elements.

    Raises
    ------
    ValueError
        Where a named axis is longer than 1.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/squeeze

    Examples
    --------
    >>> tf.squeeze([[[1.], [2.]]]).shape
    TensorShape([2])
    """
    x = _core.operand(input)
    old = tuple(x.shape)
    if axis is None or (isinstance(axis, list) and not axis):
        dropped = {d for d, size in enumerate(old) if size == 1}
    else:
        dropped = {d % len(old) if -len(old) <= d < len(old) else d for d in _sizes(axis)}
        for d in dropped:
            if d >= len(old) or d < 0 or old[d] != 1:
                raise ValueError(f"squeeze: axis {d} of shape {old} is not of length 1")
    return _core.linear(RESHAPE, x, (old, tuple(size for d, size in enumerate(old) if d not in dropped)))


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Repeated along new axes and axes of length 1.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    shape : sequence of int
        A shape that the operand's broadcasts to.

    Returns
    -------
    Tensor
        A view: no elements are copied.

    Raises
    ------
    ValueError
        Where the shapes don't broadcast.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/broadcast_to

    Examples
    --------
    >>> tf.broadcast_to([1., 2.], (3, 2)).shape
    TensorShape([3, 2])
    """
    x = _core.operand(input)
    old, new = _core.sizes(x), _sizes(shape)
    lead = len(new) - len(old)
    if lead < 0 or any(o not in (1, n) for o, n in zip(old, new[lead:], strict=True)):
        raise ValueError(f"broadcast_to: shape {old} does not broadcast to {new}")
    return _core.broadcast(x, (new, (1,) * lead + old, old))


def concat(values: Any, axis: int, name: str | None = None) -> Tensor:
    """Tensors joined along an axis that they have.

    Parameters
    ----------
    values : sequence of array_like
        Of equal shapes but for the axis.
    axis : int
        The axis to join along.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        Where the other axes differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/concat

    Examples
    --------
    >>> tf.concat([[1., 2.], [3.]], axis=0)
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 3.], dtype=float32)>
    """
    if isinstance(values, _core.Operand) and len(values.shape) == 0:
        return _core.identity_tensor(values)
    parts = _alike(values, "concat")
    nd = parts[0].ndim
    axis = _core.integer(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"concat: axis {axis} is out of bounds for shape {tuple(parts[0].shape)}")
    given, axis = axis, axis % nd - nd
    shapes = [_core.sizes(p) for p in parts]
    first = shapes[0]
    before, behind = first[:axis], first[nd + axis + 1 :]
    if shapes.count(first) != len(shapes) and any(
        len(s) != nd or s[:axis] != before or s[nd + axis + 1 :] != behind for s in shapes
    ):
        raise ValueError(f"concat: shapes {', '.join(map(str, shapes))} differ in more than axis {given}")
    return _core.general(_CONCAT, parts, (axis, tuple([s[axis] for s in shapes])))


def inexact(value: Any) -> Any:
    """An operand of a float dtype: integers as float64, as NumPy has them."""
    x = _core.operand(value)
    return _core.to_dtype(x, np.float64) if x.dtype.kind in "iub" else x


def watchable(x: Any) -> bool:
    """Whether a tape could follow this."""
    return isinstance(x, _core.Operand) and _core.is_differentiable(x.dtype)


def _alike(values: Any, op: str) -> list[Any]:
    """Operands of one dtype: Python numbers take the tensors'."""
    items = list(values)
    if not items:
        raise ValueError(f"{op}: needs at least one tensor")
    if isinstance(items[0], _core.Operand):
        first = items[0].dtype
        for v in items:
            if not isinstance(v, _core.Operand) or v.dtype is not first:
                break
        else:
            return items
    given = [v for v in items if isinstance(v, (_core.Operand, np.ndarray, np.generic))]
    dtype = _core.promoted(*[v.dtype for v in given]) if given else None
    parts = [
        _core.operand(v) if isinstance(v, (_core.Operand, np.ndarray)) else _core.to_tensor(v, dtype) for v in items
    ]
    dtypes = [p.dtype for p in parts]
    # Of plain numbers none has a dtype of its own: integers beside floats are floats, as in a list of them.
    dtype = _core.promoted(*dtypes) if given else max(dtypes, key=lambda d: ("biufc".find(d.kind), d.itemsize))
    return [p if p.dtype == dtype else _core.to_dtype(p, dtype) for p in parts]


def _concat_rule(g: Any, y: Any, attributes: Any, *parts: Any) -> list[Any]:
    axis, sizes = attributes
    ends = np.cumsum(sizes).tolist()
    tail = (slice(None),) * (-axis - 1)
    return [g[(..., slice(end - size, end), *tail)] for size, end in zip(sizes, ends, strict=True)]


def _concatenated(attributes: Any, *parts: Kind) -> Kind:
    axis, lengths = attributes
    along = [forms.at(part, axis) for part in parts]
    forms.alike(*[Kind(x.dtype, forms.without(x.shape, [d])) for x, d in zip(parts, along, strict=True)])
    if tuple([x.shape[d] for x, d in zip(parts, along, strict=True)]) != lengths or not parts:
        raise ValueError(f"parts of shapes {', '.join(str(x.shape) for x in parts)} are not {lengths} long")
    whole = list(parts[0].shape)
    whole[along[0]] = sum(lengths)
    return Kind(np.result_type(*[x.dtype for x in parts]), whole)


_CONCAT = general(
    "concat",
    _core.joined,
    _concat_rule,
    function=concat,
    keeps_inputs=False,
    linear="jointly",
    leading=True,
    doc="Tensors joined along an axis that they have.",
    selects=True,
    cases=(
        Case(lambda x, y: concat([x, y], 0), ((2, 3), (1, 3))),
        Case(lambda x, y: concat([x, y], -1), ((2, 3), (2, 2))),
    ),
    form=forms.parts(forms.axis, forms.each(forms.count)),
    gives=_concatenated,
    names=("concat",),
    kernel="concat",
    c=c_loops.joined,
)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Tensor:
    """Tensors of one shape joined along a new axis.

    Parameters
    ----------
    values : sequence of array_like
        Of one shape.
    axis : int
        Where the new axis stands in the result.

    Returns
    -------
    Tensor
        Of one dimension more.

    Raises
    ------
    ValueError
        Where the shapes differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/stack

    Examples
    --------
    >>> tf.stack([[1., 2.], [3., 4.]], axis=1)
    <Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 3.],
           [2., 4.]], dtype=float32)>
    """
    parts = list(values)
    shape = _core.common_shape(parts)
    if shape is None:
        parts = _alike(parts, "stack")
        shapes = [_core.sizes(p) for p in parts]
        shape = shapes[0]
        if any(s != shape for s in shapes):
            raise ValueError(f"stack: shapes {', '.join(map(str, shapes))} differ")
    nd = len(shape) + 1
    axis = _core.integer(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"stack: axis {axis} is out of bounds for tensors of shape {shape}")
    return _core.general(_STACK, parts, axis % nd - nd)


def _stack_rule(g: Any, y: Any, axis: Any, *parts: Any) -> list[Any]:
    if -axis == len(g.shape):
        return [g[k] for k in range(g.shape[0])]
    tail = (slice(None),) * (-axis - 1)
    return [g[(..., k, *tail)] for k in range(g.shape[axis])]


def _stacked(axis: int, *parts: Kind) -> Kind:
    forms.alike(*parts)
    if not parts or -axis > parts[0].ndim + 1:
        raise ValueError(f"{len(parts)} tensors are not stacked along the axis {axis}")
    whole = list(parts[0].shape)
    whole.insert(len(whole) + 1 + axis, len(parts))
    return Kind(np.result_type(*[x.dtype for x in parts]), whole)


_STACK = general(
    "stack",
    lambda axis, *parts: np.stack(parts, axis=axis),
    _stack_rule,
    function=stack,
    keeps_inputs=False,
    linear="jointly",
    leading=True,
    doc="Tensors of one shape joined along a new axis.",
    selects=True,
    cases=(
        Case(lambda x, y: stack([x, y]), ((2, 3), (2, 3))),
        Case(lambda x, y: stack([x, y], -1), ((2, 3), (2, 3))),
        Case(lambda x, y: stack([x, y]), ((), ())),
    ),
    form=forms.axis,
    gives=_stacked,
    names=("stack",),
    kernel="stack",
    c=c_loops.stacked,
)


def stack_nested(values: Any, dtype: Any = None) -> Tensor:
    """A nested list with tensors in it, as one tensor."""
    parts = [stack_nested(v, dtype) if isinstance(v, (list, tuple)) else v for v in values]
    result = stack(parts)
    return result if dtype is None else _core.to_dtype(result, dtype)


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str | None = None) -> list[Tensor]:
    """The slices along an axis, as a list.

    Parameters
    ----------
    value : array_like
        Of one dimension at least.
    num : int, optional
        The number of slices, if it is to be checked.
    axis : int
        The axis to take apart.

    Returns
    -------
    list of Tensor
        Of one dimension less.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/unstack

    Examples
    --------
    >>> [float(t) for t in tf.unstack([1., 2.])]
    [1.0, 2.0]
    """
    x = _core.operand(value)
    nd, axis = len(x.shape), _core.as_index(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"unstack: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    if num is not None and num != x.shape[axis]:
        raise ValueError(f"unstack: axis {axis} of shape {tuple(x.shape)} has not {num} slices")
    head = (slice(None),) * (axis % nd)
    return [x[(*head, k) if head else k] for k in range(x.shape[axis])]


def split(
    value: Any, num_or_size_splits: Any, axis: int = 0, num: int | None = None, name: str | None = None
) -> list[Tensor]:
    """Pieces along an axis.

    Parameters
    ----------
    value : array_like
        Of one dimension at least.
    num_or_size_splits : int or sequence of int
        The number of equal pieces, or the pieces' sizes (one may be -1).
    axis : int
        The axis to cut.

    Returns
    -------
    list of Tensor
        The pieces, in order.

    Raises
    ------
    ValueError
        Where the sizes don't add up.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/split

    Examples
    --------
    >>> [tuple(t.shape) for t in tf.split([1., 2., 3.], [1, 2])]
    [(1,), (2,)]
    """
    x = _core.operand(value)
    nd, axis = len(x.shape), _core.as_index(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"split: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    length = x.shape[axis]
    if isinstance(num_or_size_splits, _core.Operand) and not num_or_size_splits.ndim:
        num_or_size_splits = _core.integer(num_or_size_splits)
    if isinstance(num_or_size_splits, (int, np.integer)):
        if num_or_size_splits <= 0 or length % num_or_size_splits:
            raise ValueError(f"split: {length} elements cannot be cut into {num_or_size_splits} equal pieces")
        sizes = [length // int(num_or_size_splits)] * int(num_or_size_splits)
    else:
        sizes = list(_sizes(num_or_size_splits))
        if sizes.count(-1) == 1:
            sizes[sizes.index(-1)] = length - (sum(sizes) + 1)
        if sum(sizes) != length or min(sizes) < 0:
            raise ValueError(f"split: sizes {_sizes(num_or_size_splits)} do not add up to {length}")
    head = (slice(None),) * (axis % nd)
    ends = np.cumsum(sizes).tolist()
    return [x[(*head, slice(end - size, end))] for size, end in zip(sizes, ends, strict=True)]


def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """The whole, repeated along its axes.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    multiples : sequence of int
        How often along each axis.

    Returns
    -------
    Tensor
        Of the operand's rank.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tile

    Examples
    --------
    >>> tf.tile([1., 2.], [2])
    <Tensor: shape=(4,), dtype=float32, numpy=array([1., 2., 1., 2.], dtype=float32)>
    """
    x = _core.operand(input)
    old, times = _core.sizes(x), _sizes(multiples)
    if len(times) != len(old) or (times and min(times) < 0):
        raise ValueError(f"tile: multiples {times} do not fit shape {old}: one number of repeats an axis is needed")
    apart = tuple([size for o in old for size in (1, o)])
    spread = tuple([size for o, t in zip(old, times, strict=True) for size in (t, o)])
    return _spread(x, apart, spread, tuple([o * t for o, t in zip(old, times, strict=True)]))


def _spread(x: Any, apart: tuple[int, ...], spread: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
    """Reshaped so that it has axes of length 1, repeated along these, and reshaped again."""
    x = _core.linear(RESHAPE, x, (_core.sizes(x), apart))
    x = _core.broadcast(x, (spread, apart, apart))
    return _core.linear(RESHAPE, x, (spread, shape))


def repeated(x: Any, count: int, axis: int) -> Tensor:
    """Each element along an axis so many times."""
    return _core.linear(_REPEAT, x, (count, axis - x.ndim, x.shape[axis]))


def _repeats_added(g: np.ndarray, attributes: Any) -> np.ndarray:
    """The transpose: what came to the copies of an element, added up copy by copy, which is quicker than along them."""
    count, axis, size = attributes
    at = axis + g.ndim
    apart = np.moveaxis(g.reshape((*g.shape[:at], size, count, *g.shape[at + 1 :])), at + 1, 0)
    if not 0 < count <= 16:
        return apart.sum(axis=0, dtype=g.dtype)
    total = apart[0].copy()
    for part in apart[1:]:
        total += part
    return total


def _lengthened(attributes: Any, x: Kind) -> Kind:
    count, axis, size = attributes
    return _of_length(x, axis, size, size * count)


def _shortened(attributes: Any, x: Kind) -> Kind:
    count, axis, size = attributes
    return _of_length(x, axis, size * count, size)


def _of_length(x: Kind, axis: int, old: int, new: int) -> Kind:
    whole, d = list(x.shape), forms.at(x, axis)
    if whole[d] != old:
        raise ValueError(f"axis {axis} of shape {x.shape} has not the length {old}")
    whole[d] = new
    return Kind(x.dtype, whole)


_REPEAT, _ = linear(
    "repeat",
    lambda x, attributes: x.repeat(attributes[0], attributes[1]),
    "repeats_added",
    _repeats_added,
    function=repeated,
    doc="Each element along an axis so many times.",
    selects="forward",
    batched=as_it_stands,
    cases=(
        Case(lambda x: repeated(x, 3, 0), ((4,),)),
        Case(lambda x: repeated(x, 2, 0), ((2, 3),)),
        Case(lambda x: repeated(x, 20, 1), ((2, 3),)),
    ),
    form=forms.parts(forms.count, forms.axis, forms.count),
    gives=(_lengthened, _shortened),
    c=(c_loops.repeated, c_loops.repeats_added),
    kernels=("repeat", "repeats_added"),
)


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None
) -> Tensor:
    """Elements added before and behind, along every axis.

    Parameters
    ----------
    tensor : array_like
        Of any dtype.
    paddings : sequence of pairs of int
        How many before and behind, an axis a pair.
    mode : {"CONSTANT", "REFLECT", "SYMMETRIC"}
        What the new elements are.
    constant_values : scalar
        Their value in mode "CONSTANT".

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/pad

    Examples
    --------
    >>> tf.pad([1., 2.], [[1, 2]])
    <Tensor: shape=(5,), dtype=float32, numpy=array([0., 1., 2., 0., 0.], dtype=float32)>
    """
    x = _core.operand(tensor)
    old = _core.sizes(x)
    widths = [(_core.integer(b), _core.integer(a)) for b, a in _core.value_array(paddings).reshape(-1, 2).tolist()]
    if len(widths) != len(old) or any(b < 0 or a < 0 for b, a in widths):
        raise ValueError(f"pad: paddings {widths} do not fit shape {old}: one pair of counts an axis is needed")
    new = tuple(o + b + a for o, (b, a) in zip(old, widths, strict=True))
    inside = tuple(slice(b, b + o) for o, (b, _) in zip(old, widths, strict=True))
    kind = mode.upper()
    if kind == "CONSTANT":
        padded = _core.linear(_UNSLICE, x, (new, inside))
        if isinstance(constant_values, _core.Operand):
            outside = np.ones(new, bool)
            outside[inside] = False
            padded = padded + select(_core.adopt(outside), _core.to_dtype(constant_values, x.dtype), 0.0)
        elif np.any(np.asarray(constant_values) != 0):
            frame = np.full(new, constant_values, x.dtype)
            frame[inside] = 0
            padded = padded + _core.adopt(frame)
        return padded
    if kind not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(f"pad: mode {mode!r} is none of CONSTANT, REFLECT and SYMMETRIC")
    return mirrored(x, widths, kind == "SYMMETRIC")


def mirrored(x: Any, widths: Sequence[tuple[int, int]], edge: bool) -> Tensor:
    """Elements added along every axis that are those behind its ends the other way round; with the ends, if `edge`."""
    shape = _core.sizes(x)
    if any(max(pair) > size - (not edge) for pair, size in zip(widths, shape, strict=True)):
        mode: Any = "symmetric" if edge else "reflect"
        grids = [np.pad(np.arange(size), pair, mode) for size, pair in zip(shape, widths, strict=True)]
        return x[np.ix_(*grids)]
    skip = 0 if edge else 1
    for axis, ((before, behind), size) in enumerate(zip(widths, shape, strict=True)):
        lead = (slice(None),) * axis
        parts = [x]
        if before:
            parts.insert(0, x[(*lead, slice(skip, skip + before))][(*lead, slice(None, None, -1))])
        if behind:
            parts.append(x[(*lead, slice(size - skip - behind, size - skip))][(*lead, slice(None, None, -1))])
        if len(parts) > 1:
            x = concat(parts, axis)
    return _core.identity_tensor(x) if not any(map(any, widths)) else x


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """The elements in reverse order along axes.

    Parameters
    ----------
    tensor : array_like
        Of any dtype.
    axis : int or sequence of int
        The axes to reverse.

    Returns
    -------
    Tensor
        A view: no elements are copied.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/reverse

    Examples
    --------
    >>> tf.reverse([1., 2., 3.], [0])
    <Tensor: shape=(3,), dtype=float32, numpy=array([3., 2., 1.], dtype=float32)>
    """
    x = _core.operand(tensor)
    nd = x.ndim
    index = [slice(None)] * nd
    for a in _sizes(axis):
        if not -nd <= a < nd:
            raise ValueError(f"reverse: axis {a} is out of bounds for shape {tuple(x.shape)}")
        index[a] = slice(None, None, -1)
    return x[tuple(index)]


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """The elements moved along axes; what leaves at the end comes in at the beginning.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    shift, axis : int or sequence of int
        By how many places, along which axes.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/roll

    Examples
    --------
    >>> tf.roll([1., 2., 3.], 1, 0)
    <Tensor: shape=(3,), dtype=float32, numpy=array([3., 1., 2.], dtype=float32)>
    """
    x = _core.operand(input)
    nd = x.ndim
    axes = tuple([a % nd - nd for a in _sizes(axis)])
    numbers = _varying(shift)
    if numbers is not None:
        numbers = reshape(numbers, -1)
        back = _core.lent_array(-numbers)
        return _core.linear(_ROLL, x, ((_core.lent_array(numbers), axes), (back, axes)))
    shifts = _sizes(shift)
    return _core.linear(_ROLL, x, ((shifts, axes), (tuple([-s for s in shifts]), axes)))


def _roll_behind(attributes: Any, n: int) -> Any:
    """Numbers that a program reads anew are those of each example."""
    return None if isinstance(attributes[0][0], Tensor) else attributes


_ROLLED = forms.parts(forms.either(forms.each(forms.integer()), forms.array("iu", 1)), forms.each(forms.axis, 64))


def _moved(attributes: Any, x: Kind) -> Kind:
    for shifts, axes in attributes:
        for axis in axes:
            forms.at(x, axis)
        np.broadcast_shapes((len(shifts),) if type(shifts) is tuple else shifts.shape, (len(axes),))
    return Kind(*x)


_ROLL, _ = linear(
    "roll",
    lambda x, a: np.roll(x, a[0][0], a[0][1]),
    "roll",
    function=roll,
    doc="The elements moved along axes.",
    selects="both",
    batched=_roll_behind,
    cases=(Case(lambda x: roll(x, 2, 0), ((5,),)), Case(lambda x: roll(x, (1, -1), (0, 1)), ((3, 4),))),
    form=forms.parts(_ROLLED, _ROLLED),
    gives=(_moved, _moved),
    names=("roll",),
)


def _strided_slice(x: Any, index: Any) -> Any:
    """x[index] for slices, integers, an ellipsis and new axes."""
    return _core.operand(x)[index]


def _index_text(index: Any) -> str:
    """A basic index as it is written."""
    parts = []
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, slice):
            ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
            parts.append(":".join([*ends, *([] if part.step is None else [str(part.step)])]))
        else:
            parts.append("…" if part is Ellipsis else str(part))
    return ", ".join(parts)


_SLICE, _UNSLICE = linear(
    "slice",
    _core.SLICE,
    "unslice",
    _core.UNSLICE,
    part="slice",
    function=_strided_slice,
    doc="Basic indexing: slices, integers, an ellipsis, new axes.",
    selects="both",
    cases=(
        Case(lambda x: x[1], ((3, 4),)),
        Case(lambda x: x[..., ::-2], ((3, 4),)),
        Case(lambda x: x[None, 1:, 0], ((3, 4),)),
        Case(lambda x: x[2], ((4,),)),
        Case(lambda x: pad(x, [[1, 2]]), ((4,),)),
    ),
    form=BASIC,
    gives=(selects, puts_back),
    c=(c_loops.sliced, c_loops.unsliced),
    cost=(forms.VIEW, forms.MOVE),
    numbers=(_core.OP_SLICE, _core.OP_UNSLICE),
)
_SLICE.formula = lambda attribute: f"x[{_index_text(attribute[1])}]"
