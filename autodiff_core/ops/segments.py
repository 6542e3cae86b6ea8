"""Reductions over groups of rows that are named by number: segment_sum and its like.

Sums are transposes of a gather. Largest and smallest elements share the gradient evenly where they tie, as in
TensorFlow; products multiply in pairs along each group, so their gradients are right where factors are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import c_loops, forms
from .elementwise import divide, equal, multiply, select
from .forms import Kind
from .indexing import gather, row_numbers_of_examples, scatter
from .kinks import Kink
from .picking import beyond_highest, may_hold, places_of
from .reductions import reduce_prod
from .shaping import broadcast_to, concat, reshape
from .table import Case, Function, general


def _summed(rows: Any, ids: Any, count: int) -> Any:
    return _core.linear(scatter, rows, ((count, *rows.shape[1:]), _core.lent_array(ids)))


def _counts(rows: Any, ids: Any, count: int) -> Any:
    """How many rows each group has, one at least, in a shape that broadcasts with its reduction."""
    return _SIZES([ids], ((count,) + (1,) * (len(rows.shape) - 1), np.dtype(rows.dtype)))


def _group_sizes(attributes: Any, ids: np.ndarray) -> np.ndarray:
    shape, dtype = attributes
    return np.maximum(np.bincount(ids, minlength=shape[0]), 1).reshape(shape).astype(dtype)


def _sizes_kind(attributes: Any, ids: Kind) -> Kind:
    shape, dtype = attributes
    forms.dims(ids, 1, 1)
    if not shape or any(size != 1 for size in shape[1:]):
        raise ValueError(f"sizes of groups are not of shape {shape}")
    return Kind(dtype, shape)


_SIZES = places_of(
    "group_sizes",
    _group_sizes,
    form=forms.parts(forms.shape, forms.dtype()),
    gives=_sizes_kind,
    kernel_in_c="group_sizes",
)


def _meaned(rows: Any, ids: Any, count: int) -> Any:
    wide = _core.widened(rows)
    return _core.narrowed(divide(_summed(wide, ids, count), _counts(wide, ids, count)), rows)


def _root_meaned(rows: Any, ids: Any, count: int) -> Any:
    wide = _core.widened(rows)
    return _core.narrowed(divide(_summed(wide, ids, count), np.sqrt(_counts(wide, ids, count))), rows)


def _multiplied(rows: Any, ids: Any, count: int) -> Any:
    """Each group laid out as a column, filled up with ones."""
    one = _core.to_tensor(np.ones((1, *rows.shape[1:]), rows.dtype))
    longest = _LONGEST([ids])  # (where only shapes are asked for, as long as can be: the result has no such axis)
    places = _COLUMNS([ids], (count, int(ids.shape[0]) if _core.is_unknown(longest) else int(longest)))
    return reduce_prod(gather(concat([rows, one], 0), places), axis=1)


def _longest(attributes: Any, ids: np.ndarray) -> np.ndarray:
    """How long columns have to be for the largest group. So that a recorded function need not be recorded for each
    such length, it is a power of two, or all rows where these are few."""
    largest = int(np.bincount(ids).max(initial=0))
    return np.asarray(min(ids.size, max(16, 1 << max(largest - 1, 0).bit_length())))


def _columns(attributes: Any, ids: np.ndarray) -> np.ndarray:
    """Which row stands where, if each group is a column; the number of rows where there is none."""
    count, length = attributes
    sizes = np.bincount(ids, minlength=count)
    order = np.argsort(ids, kind="stable")
    within = np.arange(ids.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.full((count, length), ids.size)
    places[ids[order], within] = order
    return places


_LONGEST = places_of(
    "longest_group",
    _longest,
    form=forms.nothing,
    gives=forms.scalar(np.intp),
)
_COLUMNS = places_of(
    "group_columns",
    _columns,
    form=forms.parts(forms.count, forms.count),
    gives=lambda attributes, ids: Kind(np.intp, attributes),
)


def _choose(attributes: Any, x: np.ndarray) -> np.ndarray:
    ids, count, largest, empty = attributes
    ufunc = np.maximum if largest else np.minimum
    whole = np.full((count, *x.shape[1:]), _worst(x.dtype, largest), x.dtype)
    ufunc.at(whole, ids, x)
    if empty is not None:
        whole[np.bincount(ids, minlength=count) == 0] = empty
    return whole


def _worst(dtype: np.dtype, largest: bool) -> Any:
    limits: Any = finfo(dtype) if _core.is_floating(dtype) else np.iinfo(dtype)
    return limits.min if largest else limits.max


def _choose_rule(g: Any, y: Any, attributes: Any, x: Any) -> Any:
    ids, count = _core.lent_tensor(attributes[0]), attributes[1]
    chosen = select(equal(x, gather(y, ids)), 1.0, _core.to_tensor(0.0, x.dtype))
    share = gather(np.maximum(_summed(chosen, ids, count), 1.0), ids)
    return divide(multiply(chosen, gather(g, ids)), share)


def _chosen_of_examples(attributes: Any, operands: Any, flags: Any, n: int) -> Any:
    """All examples' rows end to end, in groups of their own."""
    ids, count, *rest = attributes
    x = operands[0] if flags[0] else broadcast_to(operands[0], (n, *operands[0].shape))
    flat = reshape(x, (n * x.shape[1], *x.shape[2:]))
    shifted = row_numbers_of_examples(ids, count, n, flat=True)
    found = _core.general(_SEGMENT_EXTREMUM, (flat,), (shifted, n * count, *rest))
    return reshape(found, (n, count, *found.shape[1:]))


def _chosen(rows: Any, ids: Any, count: int, largest: bool, empty: Any) -> Any:
    if rows.dtype.kind == "c":
        name = "segment_max" if largest else "segment_min"
        raise TypeError(f"{name}: takes numbers that have an order, not {rows.dtype}; give it their real part or abs")
    return _core.general(_SEGMENT_EXTREMUM, (rows,), (_core.lent_array(ids), count, largest, empty))


_REDUCTIONS: dict[str, Any] = {
    "sum": _summed,
    "mean": _meaned,
    "sqrt_n": _root_meaned,
    "prod": _multiplied,
    "max": lambda rows, ids, count, empty=None: _chosen(rows, ids, count, True, empty),
    "min": lambda rows, ids, count, empty=None: _chosen(rows, ids, count, False, empty),
}
_WORDS = {
    "sum": "Sum",
    "mean": "Arithmetic mean",
    "sqrt_n": "Sum, divided by the square root of the number of rows,",
    "prod": "Product",
    "max": "Largest element",
    "min": "Smallest element",
}
_DOC = """{what} of each group of rows.

    Parameters
    ----------
    data : array_like
        Of a float dtype.
    segment_ids : array_like of int
        {ids}{count}

    Returns
    -------
    Tensor
        The groups' reductions, in the order of their numbers. {empty}

    Raises
    ------
    TypeError
        Where the groups' numbers are no integers.
    ValueError
        Where they do not fit the data.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/{name}

    Examples
    --------
    >>> print(tf.math.{name}([[1., 2.], [3., 4.], [5., 6.]], [0, 0, 1]{argument}).numpy().round(4))
    {shown}
    """
_SHOWN = {
    "sum": "[[4. 6.]\n     [5. 6.]]",
    "mean": "[[2. 3.]\n     [5. 6.]]",
    "sqrt_n": "[[2.8284 4.2426]\n     [5.     6.    ]]",
    "prod": "[[3. 8.]\n     [5. 6.]]",
    "max": "[[3. 4.]\n     [5. 6.]]",
    "min": "[[1. 2.]\n     [5. 6.]]",
}


def _numbers(segment_ids: Any, function: str) -> Any:
    ids = _core.operand(segment_ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"{function}: segment_ids must be integers, not {ids.dtype}")
    return ids


def _in_order(attributes: Any, ids: np.ndarray) -> np.ndarray:
    """Groups' numbers, which never fall."""
    kind, shape = attributes
    if ids.ndim != 1 or len(shape) == 0 or shape[0] != ids.size or (np.diff(ids) < 0).any():
        raise ValueError(
            f"segment_{kind}: segment_ids of shape {ids.shape} do not fit data of shape {shape}; there "
            f"must be one for each row, in order (see unsorted_segment_{kind} for any order)"
        )
    if ids.size and ids[0] < 0:
        raise ValueError(f"segment_{kind}: segment_ids must not be negative, and the first is {ids[0]}")
    return ids.astype(np.intp)


def _in_any_order(attributes: Any, ids: np.ndarray) -> np.ndarray:
    """Groups' numbers, along one axis; those below zero as that of a group more."""
    kind, count = attributes
    if ids.size and ids.max() >= count:
        raise ValueError(f"unsorted_segment_{kind}: there is no segment {ids.max()} where num_segments={count}")
    flat = ids.reshape(-1).astype(np.intp)
    flat[flat < 0] = count
    return flat


_IN_ORDER = places_of(
    "ordered_groups",
    _in_order,
    raises=True,
    form=forms.parts(forms.text(*_WORDS), forms.shape),
    gives=lambda attributes, ids: Kind(np.intp, ids.shape),
    kernel_in_c="ordered_groups",
)
_IN_ANY_ORDER = places_of(
    "groups",
    _in_any_order,
    raises=True,
    form=forms.parts(forms.text(*_WORDS), forms.integer()),
    gives=lambda attributes, ids: Kind(np.intp, (ids.size,)),
    kernel_in_c="groups",
)


def _sorted_segments(kind: str) -> Function:
    name = f"segment_{kind}"

    def reduction(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
        rows = _core.operand(data)
        ids = _IN_ORDER([_numbers(segment_ids, f"segment_{kind}")], (kind, tuple(rows.shape)))
        extra = (0,) if kind in ("max", "min") else ()
        return _REDUCTIONS[kind](rows, ids, beyond_highest(ids), *extra)

    reduction.__name__ = reduction.__qualname__ = name
    reduction.__doc__ = _DOC.format(
        what=_WORDS[kind],
        ids="The number of each row's group, in order.",
        count="",
        empty=f"A group without rows has {1 if kind == 'prod' else 0}.",
        name=name,
        argument="",
        shown=_SHOWN[kind],
    )
    return reduction


def _unsorted_segments(kind: str) -> Function:
    name = f"unsorted_segment_{kind}"

    def reduction(data: Any, segment_ids: Any, num_segments: int, name: str | None = None) -> Tensor:
        x = _core.operand(data)
        ids = _numbers(segment_ids, f"unsorted_segment_{kind}")
        if tuple(x.shape[: ids.ndim]) != tuple(ids.shape):
            raise ValueError(
                f"unsorted_segment_{kind}: segment_ids of shape {tuple(ids.shape)} do not fit data of shape "
                f"{tuple(x.shape)}, whose shape must begin with theirs"
            )
        count = _core.integer(num_segments)
        rows = reshape(x, (ids.size, *x.shape[ids.ndim :]))
        ids = _IN_ANY_ORDER([ids], (kind, count))
        # A negative number leaves the row out: it goes to a group that nobody sees.
        if may_hold(ids, lambda numbers: numbers == count):
            return _REDUCTIONS[kind](rows, ids, count + 1)[:count]
        return _REDUCTIONS[kind](rows, ids, count)

    empty = {"prod": "1", "max": "the lowest number of the dtype", "min": "the highest number of the dtype"}
    reduction.__name__ = reduction.__qualname__ = name
    reduction.__doc__ = _DOC.format(
        what=_WORDS[kind],
        ids="The number of each row's group, of a shape that data's begins with; a negative one leaves the row out.",
        count="\n    num_segments : int\n        The number of groups.",
        empty=f"A group without rows has {empty.get(kind, '0')}.",
        name=name,
        argument=", 2",
        shown=_SHOWN[kind],
    )
    return reduction


segment_sum = _sorted_segments("sum")
segment_mean = _sorted_segments("mean")
segment_prod = _sorted_segments("prod")
segment_max = _sorted_segments("max")
segment_min = _sorted_segments("min")
unsorted_segment_sum = _unsorted_segments("sum")
unsorted_segment_mean = _unsorted_segments("mean")
unsorted_segment_sqrt_n = _unsorted_segments("sqrt_n")
unsorted_segment_prod = _unsorted_segments("prod")
unsorted_segment_max = _unsorted_segments("max")
unsorted_segment_min = _unsorted_segments("min")


def _extremum_kind(attributes: Any, x: Kind) -> Kind:
    ids, count, *_ = attributes
    if x.shape[:1] != tuple(ids.shape) or x.dtype.kind not in "fiu":
        raise ValueError(f"numbers of shape {tuple(ids.shape)} name no groups of the rows of {x}")
    if isinstance(ids, np.ndarray) and ids.size and not 0 <= ids.min() <= ids.max() < count:
        raise ValueError(f"numbers of groups are out of bounds for {count}")
    return Kind(x.dtype, (count, *x.shape[1:]))


def _is_tied(y: Any, attributes: Any, x: Any) -> Any:
    ids, count = np.asarray(attributes[0]), attributes[1]
    ties = np.zeros((count, *x.shape[1:]), np.intp)
    np.add.at(ties, ids, x == y[ids])
    return ties > 1


_SEGMENT_EXTREMUM = general(
    "segment_extremum",
    _choose,
    _choose_rule,
    function=unsorted_segment_max,
    names=("math.unsorted_segment_max",),
    doc="Largest or smallest element of each group of rows.",
    keeps_output=True,
    examples=_chosen_of_examples,
    cases=(
        Case(lambda x: unsorted_segment_max(x, [1, 0, 1, 1], 2), ((4, 2),)),
        Case(lambda x: segment_min(x, [0, 0, 1, 3]), ((4,),)),
    ),
    form=forms.parts(forms.array("iu", 1), forms.count, forms.flag, forms.maybe(forms.number)),
    gives=_extremum_kind,
    on_complex="refused",
    c=c_loops.BY_NUMBERS,
    kernel="segment_extremum",
    kinks=(Kink("a tie", _is_tied, "those that tie share the gradient evenly"),),
)
