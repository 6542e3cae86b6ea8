"""Sorting and searching. Where the elements go is data; that they go there is a gather, which has the gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .forms import Kind
from .indexing import gather
from .kinks import Kink, same_neighbours
from .picking import as_it_stands, places_of
from .shaping import broadcast_to, reshape
from .table import Case, along, general, linear


def take_along_axis(x: Any, indices: Any, axis: int) -> Tensor:
    """Elements by their places along an axis, as NumPy's function of this name chooses them."""
    operand = _core.operand(x)
    return gather(reshape(operand, -1), _ALONG([indices], (tuple(operand.shape), axis)))


def _along(attributes: Any, indices: np.ndarray) -> np.ndarray:
    """The numbers of elements that are named by their places along an axis of this shape."""
    shape, axis = attributes
    nd = len(shape)
    if indices.ndim != nd or indices.dtype.kind not in "iu":
        raise ValueError(
            f"take_along_axis: indices of shape {indices.shape} and dtype {indices.dtype} do not fit an operand of "
            f"shape {shape}; they must be integers of as many dimensions"
        )
    axis %= nd
    length = shape[axis]
    if indices.size and (indices.min() < -length or indices.max() >= length):
        raise IndexError(f"take_along_axis: an index is out of bounds for axis {axis} with size {length}")
    places: Any = 0
    stride = 1
    for d in range(nd - 1, -1, -1):
        size = shape[d]
        if d == axis:
            along: Any = indices % max(length, 1)
        else:
            along = np.arange(size).reshape((size,) + (1,) * (nd - d - 1))
        places = places + along * stride
        stride *= size
    return np.asarray(places)


def _along_kind(attributes: Any, indices: Kind) -> Kind:
    shape, axis = attributes
    d = forms.at(Kind(np.intp, shape), axis)
    others = [1 if k == d else size for k, size in enumerate(shape)]
    if indices.ndim != len(shape):
        raise ValueError(f"indices of shape {indices.shape} for an operand of shape {shape}")
    forms.integers(indices)
    dtype = np.result_type(indices.dtype, np.intp) if len(shape) > 1 else indices.dtype
    return Kind(dtype, np.broadcast_shapes(indices.shape, others))


_ALONG = places_of(
    "places_along",
    _along,
    raises=True,
    form=forms.parts(forms.shape, forms.any_axis),
    gives=_along_kind,
)


def _spread(places: np.ndarray, nd: int) -> np.ndarray:
    """Places for an array that has more axes before."""
    return places.reshape((1,) * (nd - places.ndim) + places.shape)


def _take_along(x: np.ndarray, attributes: Any) -> np.ndarray:
    axis, _, places = attributes
    if x.ndim == 1:
        return x.take(places)
    return np.take_along_axis(x, _spread(places, x.ndim), axis)


def _put_along(g: np.ndarray, attributes: Any) -> np.ndarray:
    axis, length, places = attributes
    shape = list(g.shape)
    shape[axis] = length
    result = np.zeros(shape, g.dtype)  # (no place need be named)
    if g.ndim == 1:
        result[places] = g
    else:
        np.put_along_axis(result, _spread(places, g.ndim), g, axis)
    return result


def distinct_along_axis(x: Any, places: Any, axis: int) -> Tensor:
    """Elements by their places along an axis, none of which is named twice: an order, or a part of one."""
    operand = _core.operand(x)
    axis = axis % operand.ndim - operand.ndim
    numbers = _core.lent_array(places) if isinstance(places, _core.Operand) else places
    return _core.linear(_TAKE_ALONG, operand, (axis, operand.shape[axis], numbers))


def _along_of_examples(name: str) -> Any:
    """Places of the examples' own, behind which the operand may have leading axes that they have not."""

    def apply(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
        axis, length, places = attributes
        if not isinstance(places, Tensor):
            return None
        x = operands[0] if flags[0] else broadcast_to(operands[0], (n, *operands[0].shape))
        own = reshape(places, (n,) + (1,) * (x.ndim - places.ndim) + tuple(places.shape)[1:])
        return _core.linear(_core.op_named(name), x, (axis, length, _core.lent_array(own)))

    return apply


def _taken(attributes: Any, x: Kind) -> Kind:
    axis, length, places = attributes
    if x.shape[forms.at(x, axis)] != length:
        raise ValueError(f"axis {axis} of shape {x.shape} has not the length {length}")
    return Kind(x.dtype, _of_places(x, axis, places, length))


def _put_back(attributes: Any, g: Kind) -> Kind:
    axis, length, places = attributes
    found = _of_places(g, axis, places, length)
    if found != g.shape:
        raise ValueError(f"places of shape {tuple(places.shape)} take shape {found}, not {g.shape}")
    whole = list(g.shape)
    whole[forms.at(g, axis)] = length
    return Kind(g.dtype, whole)


def _of_places(x: Kind, axis: int, places: Any, length: int) -> tuple[int, ...]:
    """The shape of what is taken along an axis."""
    if isinstance(places, np.ndarray) and places.size and not -length <= places.min() <= places.max() < length:
        raise ValueError(f"a place is out of bounds for {length} elements")
    if x.ndim == 1:
        forms.dims(Kind(places.dtype, places.shape), 1, 1)
        return tuple(places.shape)
    own = (1,) * (x.ndim - len(places.shape)) + tuple(places.shape)
    others = forms.without(x.shape, [forms.at(x, axis)], True)
    if len(own) != x.ndim:
        raise ValueError(f"places of shape {tuple(places.shape)} for an operand of shape {x.shape}")
    return tuple(np.broadcast_shapes(own, others))


_TAKE_ALONG, _PUT_ALONG = linear(
    "take_along",
    _take_along,
    "put_along",
    _put_along,
    function=distinct_along_axis,
    doc="Elements by their places along an axis, none of them named twice.",
    selects="both",
    batched=as_it_stands,
    examples=(_along_of_examples("take_along"), _along_of_examples("put_along")),
    cases=(
        Case(lambda x: distinct_along_axis(x, np.array([2, 0, 1]), 0), ((3,),)),
        Case(lambda x: distinct_along_axis(x, np.array([[2, 0], [0, 1]]), -1), ((2, 3),)),
    ),
    form=forms.parts(forms.axis, forms.count, forms.array("iu")),
    gives=(_taken, _put_back),
    kernels=("take_along", "put_along"),
)


def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """The places of the elements in sorted order along an axis.

    Parameters
    ----------
    values : array_like
        Of any real dtype and one dimension at least.
    axis : int
        The axis to sort along.
    direction : {"ASCENDING", "DESCENDING"}
        Whether the smallest or the largest comes first.
    stable : bool
        Without effect: equal elements always stay in their order.

    Returns
    -------
    Tensor
        Of dtype int32 and the operand's shape; no gradient passes.

    Raises
    ------
    ValueError
        For another direction, or an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/argsort

    Examples
    --------
    >>> tf.argsort([3., 1., 2.])
    <Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    x = _core.operand(values)
    _check_order(x, axis, direction, "argsort")
    return _SORTED_PLACES([x], (axis % x.ndim - x.ndim, direction == "DESCENDING"))


# So few elements are not worth the packing; and of so long a line there are numbers that differ in no leading bit.
_FEWEST, _LONGEST = 64, 1 << 18


def _packed_order(values: np.ndarray, ranked: np.ndarray | None) -> np.ndarray | None:
    """The order along the last axis, by sorting integers that hold the leading bits of a number and its place.

    Sorting integers takes a fraction of the time that sorting places by what stands there does. None where two numbers
    differ in the bits that are left out only, or there is a NaN: what the order leads to says so.
    """
    count = values.shape[-1]
    if values.dtype not in (np.float64, np.float32) or values.size < _FEWEST or count > _LONGEST:
        return None
    # As an integer, a float counts upwards if its sign is turned, and downwards below zero. (-0.0 is made 0.0.)
    bits = np.add(values, 0.0, dtype=np.float64, order="C").view(np.int64)
    keys = bits ^ ((bits >> 63) & np.int64(0x7FFFFFFFFFFFFFFF))
    places = (1 << max(count - 1, 1).bit_length()) - 1
    keys &= ~np.int64(places)
    keys |= np.arange(count)
    keys.sort(axis=-1)
    keys &= places
    if ranked is None:
        ranked = np.sort(values, axis=-1)
    found = values.take(keys) if values.ndim == 1 else np.take_along_axis(values, keys, -1)
    return keys if np.array_equal(found, ranked) else None


def _check_order(x: Any, axis: int, direction: str, function: str) -> None:
    nd = x.ndim
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"{function}: direction {direction!r} is neither 'ASCENDING' nor 'DESCENDING'")
    if not -nd <= axis < nd:
        raise ValueError(f"{function}: axis {axis} is out of bounds for shape {tuple(x.shape)}")


def _places(values: np.ndarray, axis: int, descending: bool, ranked: np.ndarray | None = None) -> np.ndarray:
    """Where the elements of the sorted array, which may be at hand, come from; equal ones in their order."""
    if not descending:
        order = _packed_order(values, ranked) if axis in (-1, values.ndim - 1) else None
        return np.argsort(values, axis=axis, kind="stable") if order is None else order
    # From the end, so that equal elements stay in their order.
    last = values.shape[axis] - 1
    return np.flip(last - np.argsort(np.flip(values, axis), axis=axis, kind="stable"), axis)


_SORTED_PLACES = places_of(
    "sorted_places",
    lambda attributes, x: _places(x, *attributes).astype(np.int32),
    batched=as_it_stands,
    form=forms.parts(forms.axis, forms.flag),
    gives=lambda attributes, x: Kind(np.int32, forms.along_axis(attributes, x).shape),
    kernel_in_c="sorted_places",
)


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """The elements in sorted order along an axis.

    Parameters
    ----------
    values : array_like
        Of any real dtype and one dimension at least.
    axis : int
        The axis to sort along.
    direction : {"ASCENDING", "DESCENDING"}
        Whether the smallest or the largest comes first; NaN counts as the largest.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For another direction, or an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/sort. The gradient goes back to where each element came from; of equal
    ones, to the earlier for the earlier.

    Examples
    --------
    >>> tf.sort([3., 1., 2.], direction="DESCENDING")
    <Tensor: shape=(3,), dtype=float32, numpy=array([3., 2., 1.], dtype=float32)>
    """
    x, axis = _core.operand(values), _core.as_index(axis)
    _check_order(x, axis, direction, "sort")
    return _core.general(_SORT, (x,), (axis % x.ndim - x.ndim, direction == "DESCENDING"))


def _sorted(attributes: Any, x: np.ndarray) -> np.ndarray:
    axis, descending = attributes
    values = np.sort(x, axis=axis)
    return np.flip(values, axis) if descending else values


def _sorted_rule(g: Any, y: Any, attributes: Any, x: Any) -> Any:
    """The order is found when the gradient asks for it: sorting alone takes a fraction of the time."""
    order = _core.lent_array(_core.general(_ORDER, (x, y), attributes))
    return _core.linear(_PUT_ALONG, g, (attributes[0], x.shape[attributes[0]], order))


def _order_of(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    axis, descending = attributes
    return _places(x, axis, descending, y)


def _order_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    forms.alike(x, y)
    return Kind(np.intp, forms.along_axis(attributes, x).shape)


_ORDER = _core.register_general(
    "order",
    _order_of,
    None,
    None,
    False,
    False,
    batched=as_it_stands,
    form=forms.parts(forms.axis, forms.flag),
    gives=_order_kind,
    c=c_loops.OF_INTEGERS,
    cost=forms.sorting(lambda attributes: attributes[0]),
    kernel="order",
)
_SORT = general(
    "sort",
    _sorted,
    _sorted_rule,
    function=sort,
    doc="The elements in sorted order along an axis.",
    keeps_output=True,
    depends=along(lambda attributes: (attributes[0],)),
    batched=as_it_stands,
    cases=(
        Case(lambda x: sort(x), ((5,),)),
        Case(lambda x: sort(x, 0, "DESCENDING"), ((3, 4),)),
    ),
    form=forms.parts(forms.axis, forms.flag),
    gives=forms.along_axis,
    names=("sort",),
    c=c_loops.ordered,
    cost=forms.sorting(lambda attributes: attributes[0]),
    kernel="sort",
    kinks=(
        Kink("a tie", lambda y, attributes, x: same_neighbours(y, attributes[0]), "equal elements keep their order"),
    ),
)


def order_statistics(x: Any, ranks: tuple[int, ...]) -> Tensor:
    """Along the last axis the elements of these different ranks in the sorted order, without sorting."""
    return _core.general(_RANKED, (x,), ranks)


def _ranked_rule(g: Any, y: Any, ranks: Any, x: Any) -> Any:
    places = _core.lent_array(_core.general(_RANKED_PLACES, (x,), ranks))
    return _core.linear(_PUT_ALONG, g, (-1, x.shape[-1], places))


def _on_their_line(ranks: Any, shapes: Any, result: Any) -> Any:
    lines = np.arange(int(np.prod(result[:-1], dtype=np.intp))).reshape((*result[:-1], 1))
    return [(lines, lines)]


_RANKS = forms.each(forms.count)


def _ranked_kind(ranks: Any, x: Kind) -> Kind:
    forms.dims(x, 1)
    if ranks and max(ranks) >= x.shape[-1]:
        raise ValueError(f"there is no rank {max(ranks)} in shape {x.shape}")
    return Kind(x.dtype, (*x.shape[:-1], len(ranks)))


_RANKED_PLACES = _core.register_general(
    "ranked_places",
    lambda ranks, x: np.argpartition(x, ranks, axis=-1)[..., list(ranks)],
    None,
    None,
    False,
    False,
    batched=as_it_stands,
    form=_RANKS,
    gives=lambda ranks, x: Kind(np.intp, _ranked_kind(ranks, x).shape),
    c=c_loops.OF_INTEGERS,
    cost=forms.sorting(lambda ranks: -1),
    kernel="ranked_places",
)


def _is_one_of_equals(y: Any, ranks: Any, x: Any) -> Any:
    return np.count_nonzero(x[..., None, :] == y[..., None], axis=-1) > 1


_RANKED = general(
    "order_statistics",
    lambda ranks, x: np.partition(x, ranks, axis=-1)[..., list(ranks)],
    _ranked_rule,
    function=order_statistics,
    doc="Elements of given ranks in the sorted order along the last axis.",
    depends=_on_their_line,
    batched=as_it_stands,
    cases=(Case(lambda x: order_statistics(x, (1, 3)), ((5,),)), Case(lambda x: order_statistics(x, (0,)), ((2, 3),))),
    form=_RANKS,
    gives=_ranked_kind,
    c=c_loops.ranked,
    cost=forms.sorting(lambda ranks: -1),
    kernel="order_statistics",
    kinks=(Kink("a tie", _is_one_of_equals, "one of the equal elements has the gradient, all of it"),),
)


class TopK(NamedTuple):
    """What `top_k` gives: the largest elements, and where they were."""

    values: Tensor
    indices: Tensor


def top_k(input: Any, k: int = 1, sorted: bool = True, index_type: Any = np.int32, name: str | None = None) -> TopK:
    """The k largest elements along the last axis, and their places.

    Parameters
    ----------
    input : array_like
        Of any real dtype and one dimension at least.
    k : int
        How many.
    sorted : bool
        Without effect: the largest always comes first.
    index_type : dtype
        That of the places.

    Returns
    -------
    values : Tensor
        Of shape input.shape[:-1] + (k,).
    indices : Tensor
        Of the same shape; of equal elements the first comes first.

    Raises
    ------
    ValueError
        Where there are fewer than k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/top_k

    Examples
    --------
    >>> values, indices = tf.math.top_k([1., 5., 3.], k=2)
    >>> print(values, indices)
    Tensor([5. 3.], shape=(2,), dtype=float32) Tensor([1 2], shape=(2,), dtype=int32)
    """
    x = _core.operand(input)
    if len(x.shape) == 0 or not 0 <= k <= x.shape[-1]:
        raise ValueError(f"top_k: a tensor of shape {tuple(x.shape)} has no {k} elements along its last axis")
    order = _LARGEST([x], (_core.integer(k), np.dtype(index_type)))
    return TopK(distinct_along_axis(x, order, -1), order)


def _largest_kind(attributes: Any, x: Kind) -> Kind:
    count, dtype = attributes
    forms.dims(x, 1)
    return Kind(dtype, (*x.shape[:-1], min(count, x.shape[-1])))


def _ties_with_next(y: Any, attributes: Any, x: Any) -> Any:
    """Whether one of the largest is the next one's equal, which may be the first that is not among them."""
    ordered = -np.sort(-x, axis=-1)
    return same_neighbours(ordered[..., : attributes[0] + 1])


_LARGEST = places_of(
    "largest_places",
    lambda a, x: _places(x, -1, True)[..., : a[0]].astype(a[1], order="C"),
    batched=as_it_stands,
    form=forms.parts(forms.count, forms.dtype()),
    gives=_largest_kind,
    kernel_in_c="largest_places",
    kinks=(Kink("a tie", _ties_with_next, "of equal elements the first has the gradient"),),
)
