"""Methods of ufuncs on tensors: np.subtract.reduce(t), np.hypot.accumulate(t), np.add.reduceat(t, places).

Sums, products and extrema are rows of their own. What varies in steps, such as a comparison, NumPy computes. Any other
ufunc of two operands is applied element after element along the axis, as NumPy does, and recorded as often.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from ..ops import elementwise, forms, indexing, reductions, scans, shaping
from ..ops.answers import answering
from ..ops.forms import Kind
from ..ops.picking import places_of
from .functions import registry
from .functions.registry import no_way
from .ufuncs import INTEGER_UFUNCS, has_methods

Apply = Callable[[Any, Any], Any]

_REDUCED_AS = {
    np.add: "sum_",
    np.multiply: "prod",
    np.maximum: "max_",
    np.minimum: "min_",
    np.fmax: "nanmax",
    np.fmin: "nanmin",
    np.logical_and: "all_",
    np.logical_or: "any_",
}
_ADDING = (np.add, np.multiply)
# Those whose order does not matter: NumPy lets these alone go along several axes.
_IN_ANY_ORDER = (np.logaddexp, np.logaddexp2, np.hypot)


def varies_in_steps(ufunc: np.ufunc) -> bool:
    """Whether no tape follows what a ufunc gives: truth values and integers."""
    name = _core.ufunc_row(ufunc)
    if name is None:
        return ufunc in INTEGER_UFUNCS
    return not any(d is None or d for d in _core.has_derivative(_core.op_named(name)))


def _checked(ufunc: np.ufunc, spelled: str) -> None:
    """NumPy itself has seen to it that there are two operands and one result, of one dtype all but for these."""
    if not has_methods(ufunc):
        raise no_way(spelled, "this method of the ufunc is not recorded")


def _by_numpy(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _METHOD(*inputs, ufunc=ufunc.__name__, method=method, **kwargs)


def _method(*args: Any, ufunc: str, method: str, **kwargs: Any) -> Any:
    named = getattr(np, ufunc, None)
    if not isinstance(named, np.ufunc) or method not in ("reduce", "accumulate", "reduceat"):
        raise ValueError(f"there is no method np.{ufunc}.{method}")
    return getattr(named, method)(*args, **kwargs)


_METHOD = answering("ufunc_method", _method, "array", "indices", "where", "initial")


def _operand(ufunc: np.ufunc, value: Any, kwargs: dict[str, Any]) -> Any:
    dtype = kwargs.pop("dtype", None)
    if ufunc in _ADDING:
        return registry.added_up(value, dtype)
    return _core.operand(value) if dtype is None else _core.to_dtype(value, dtype)


def _slices(x: Any, axis: int) -> list[Any]:
    """The parts along an axis, without it."""
    return [x[(slice(None),) * axis + (k,)] for k in range(int(x.shape[axis]))]


def reduced(ufunc: np.ufunc, apply: Apply, inputs: tuple[Any, ...], kwargs: dict[str, Any], spelled: str) -> Any:
    """The whole axis as one value."""
    if ufunc in _REDUCED_AS:
        from .functions import statistics

        axis, keepdims = kwargs.pop("axis", 0), bool(kwargs.pop("keepdims", False))
        x = _operand(ufunc, inputs[0], kwargs)
        if ufunc in _ADDING:
            kwargs["dtype"] = x.dtype
        return getattr(statistics, _REDUCED_AS[ufunc])(x, axis, keepdims=keepdims, **kwargs)
    _checked(ufunc, spelled)
    if varies_in_steps(ufunc):
        return _by_numpy(ufunc, "reduce", inputs, kwargs)
    axis, keepdims = kwargs.pop("axis", 0), bool(kwargs.pop("keepdims", False))
    initial, where = kwargs.pop("initial", np._NoValue), kwargs.pop("where", True)
    x = _operand(ufunc, inputs[0], kwargs)
    if initial is np._NoValue and where is True and ufunc is np.logaddexp:
        return reductions.reduce_logsumexp(registry.as_ufunc_has_it(ufunc, x), axis, keepdims)
    if initial is np._NoValue and where is True and ufunc is np.hypot:
        return reductions.reduce_euclidean_norm(x, axis, keepdims)
    return _folded(ufunc, apply, x, axis, keepdims, initial, where, spelled)


def _folded(
    ufunc: np.ufunc, apply: Apply, x: Any, axis: Any, keepdims: bool, initial: Any, where: Any, spelled: str
) -> Any:
    gone = registry.axes_of(axis, x.ndim)
    if len(gone) > 1 and ufunc not in _IN_ANY_ORDER:
        raise ValueError(f"{spelled}: the order matters, so at most one axis may be given, not {axis}")
    if where is not True:
        if ufunc.identity is None:
            raise ValueError(f"{spelled}: there is no identity, so where= would leave nothing to start with")
        chosen = np.broadcast_to(registry.data(where, f"{ufunc.__name__}.reduce", "where"), tuple(x.shape))
        x = elementwise.select(_core.to_tensor(chosen), x, float(ufunc.identity))
    kept = [d for d in range(x.ndim) if d not in gone]
    count = int(np.prod([x.shape[d] for d in gone], dtype=np.intp))
    lanes = shaping.reshape(shaping.transpose(x, [*gone, *kept]), [count, *(x.shape[d] for d in kept)])
    parts = _slices(lanes, 0)
    begin = ufunc.identity if initial is np._NoValue and not parts else initial
    if begin is not np._NoValue and begin is not None:
        first = registry.alike(f"{ufunc.__name__}.reduce", begin, x)[0]
        parts.insert(0, shaping.broadcast_to(first, [x.shape[d] for d in kept]))
    if not parts:
        raise ValueError(f"{spelled}: there are no elements, and there is no identity")
    total = parts[0]
    for part in parts[1:]:
        total = apply(total, part)
    return shaping.reshape(total, [1 if d in gone else x.shape[d] for d in range(x.ndim)]) if keepdims else total


def accumulated(ufunc: np.ufunc, apply: Apply, inputs: tuple[Any, ...], kwargs: dict[str, Any], spelled: str) -> Any:
    """What each element and those before it come to."""
    _checked(ufunc, spelled)
    if varies_in_steps(ufunc):
        return _by_numpy(ufunc, "accumulate", inputs, kwargs)
    axis = kwargs.pop("axis", 0)
    x = _operand(ufunc, inputs[0], kwargs)
    if ufunc is np.add:
        return reductions.cumsum(x, axis)
    if ufunc is np.multiply:
        return scans.cumprod(x, axis)
    if ufunc in (np.maximum, np.minimum):
        return scans.running_extremum(x, axis, ufunc)
    if ufunc is np.logaddexp:
        return scans.cumulative_logsumexp(registry.as_ufunc_has_it(ufunc, x), axis)
    at = registry.axis_of(axis, x.ndim)
    if not x.shape[at]:
        return _core.identity_tensor(x)
    parts = _slices(x, at)
    for k in range(1, len(parts)):
        parts[k] = apply(parts[k - 1], parts[k])
    return shaping.stack(parts, at)


def reduced_at(ufunc: np.ufunc, apply: Apply, inputs: tuple[Any, ...], kwargs: dict[str, Any], spelled: str) -> Any:
    """Slices from each index up to the next; a single element where the next is not beyond."""
    from ..ops import segments

    _checked(ufunc, spelled)
    if varies_in_steps(ufunc):
        return _by_numpy(ufunc, "reduceat", inputs, kwargs)
    kinds = {np.add: "sum", np.multiply: "prod", np.maximum: "max", np.minimum: "min"}
    x = _operand(ufunc, inputs[0], kwargs)
    if x.dtype == bool:
        return _by_numpy(ufunc, "reduceat", (x, *inputs[1:]), kwargs)
    axis = registry.axis_of(kwargs.pop("axis", 0), x.ndim)
    starts, length = _core.operand(inputs[1]), int(x.shape[axis])
    order = [axis, *(d for d in range(x.ndim) if d != axis)]
    rows = shaping.transpose(x, order)
    if ufunc in kinds:
        # (How many elements are added up is looked at, where slices overlap or leave some out.)
        size = _SIZE([starts], length)  # (which is no size of the result)
        parts = _PARTS([starts], (length, length if _core.is_unknown(size) else int(size)))
        reduce = getattr(segments, f"unsorted_segment_{kinds[ufunc]}")
        found = reduce(indexing.gather(rows, parts[0]), parts[1], starts.size)
    else:
        found = shaping.stack(
            [
                _folded(ufunc, apply, rows[start : start + size], 0, False, np._NoValue, True, spelled)
                for start, size in zip(*_ends(starts.numpy(), length), strict=True)
            ]
        )
    return shaping.transpose(found, np.argsort(order).tolist())


def _ends(starts: np.ndarray, length: int) -> tuple[list[int], list[int]]:
    """Where slices begin, and how long they are."""
    return starts.tolist(), np.maximum(np.append(starts[1:], length) - starts, 1).tolist()


def _parts(attributes: Any, starts: np.ndarray) -> np.ndarray:
    """The elements of all slices, one slice after the other, and the number of the slice for each."""
    length, total = attributes
    sizes = np.array(_ends(starts, length)[1])
    groups = np.repeat(np.arange(starts.size), sizes)
    if groups.size != total:
        raise ValueError(f"reduceat: slices from {starts.tolist()} have {groups.size} elements together, not {total}")
    within = np.arange(groups.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.stack([starts[groups] + within, groups])


def _size_kind(length: int, starts: Kind) -> Kind:
    forms.integers(starts)
    forms.dims(starts, 1, 1)
    return Kind(np.int64, ())


_SIZE = places_of(
    "size_of_slices",
    lambda length, starts: np.asarray(sum(_ends(starts, length)[1])),
    form=forms.count,
    gives=_size_kind,
)
_PARTS = places_of(
    "parts_of_slices",
    _parts,
    raises=True,
    form=forms.parts(forms.count, forms.count),
    gives=lambda attributes, starts: Kind(_size_kind(attributes[0], starts).dtype, (2, attributes[1])),
)
