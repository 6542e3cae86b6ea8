"""NumPy's own spellings: np.sin(t), np.sum(t), np.concatenate([t, u]) reach the same rows.

A ufunc finds its row in the op table. A function finds its counterpart here, which translates arguments and nothing
else. What has no counterpart raises, and names the way out: a result that has silently left the tape would be a wrong
gradient.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import _core, clipping
from .ops import elementwise, indexing, linalg, reductions, shaping

_functions: dict[Any, Callable[..., Any]] = {}

_reducers = {
    np.add: reductions.reduce_sum,
    np.multiply: reductions.reduce_prod,
    np.maximum: reductions.reduce_max,
    np.minimum: reductions.reduce_min,
    np.logical_and: reductions.reduce_all,
    np.logical_or: reductions.reduce_any,
}


_IN_PLACE = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}


def _no_way(what: str, why: str) -> TypeError:
    return TypeError(
        f"{what} on a tensor: {why}. Use a recorded function, or leave the tape with .numpy() or np.asarray(t)"
    )


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_ufunc__` of tensors and variables."""
    spelled = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if method == "reduce" and ufunc in _reducers:
        allowed = {"axis", "keepdims", "dtype", "out"}
        if set(kwargs) <= allowed and kwargs.get("out") is None:
            axis = kwargs.get("axis", 0)
            result = _reducers[ufunc](inputs[0], axis=axis, keepdims=kwargs.get("keepdims", False))
            return result if kwargs.get("dtype") is None else _core.to_dtype(result, kwargs["dtype"])
    if method != "__call__":
        raise _no_way(spelled, "this method of the ufunc is not recorded")
    out = kwargs.pop("out", None)
    if out is not None:
        sign = _IN_PLACE.get(ufunc.__name__)
        raise _no_way(
            f"{spelled} with out=" + (f", or array {sign}= tensor," if sign else ""),
            "a derivative cannot follow into memory that is written to; make a new value instead",
        )
    dtype = kwargs.pop("dtype", None)
    if kwargs.pop("where", True) is not True or kwargs:
        raise _no_way(
            f"{spelled} with {', '.join(kwargs) or 'where='}", "only the operands and dtype are supported; use where()"
        )
    if ufunc is np.matmul:
        return linalg.matmul(*inputs)
    name = _core.ufunc_row(ufunc)
    if name is None and is_of_scipy(ufunc):
        from .ops.special import SPELLINGS

        if ufunc in SPELLINGS:
            return _in_dtype(SPELLINGS[ufunc](*inputs), dtype)
        name = _core.ufunc_row(ufunc)
    if name is None:
        if not any(_watchable(x) for x in inputs):
            return _wrapped(ufunc(*[_plain(x) for x in inputs]))
        raise _no_way(spelled, "it has no derivative here")
    result = _core.op_named(name).function(*inputs)
    return result if dtype is None else _core.to_dtype(result, dtype)


def is_of_scipy(ufunc: np.ufunc) -> bool:
    """Whether a ufunc is one of scipy.special, which has been imported then."""
    module = sys.modules.get("scipy.special._ufuncs")
    return module is not None and getattr(module, ufunc.__name__, None) is ufunc


def _watchable(x: Any) -> bool:
    return isinstance(x, _core.Operand) and x.dtype.kind in "fc"


def _plain(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, _core.Operand) else x


def _wrapped(value: Any) -> Any:
    return tuple(map(_wrapped, value)) if isinstance(value, tuple) else _core.to_tensor(value)


def array_function(function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_function__` of tensors and variables."""
    counterpart = _functions.get(function)
    if counterpart is None and function.__module__ == "numpy.linalg":
        counterpart = _linalg_counterpart(function)
    if counterpart is None:
        name = f"{function.__module__}.{function.__name__}".replace("numpy.", "np.")
        raise _no_way(name, "it is not recorded yet")
    if kwargs.get("out") is not None:
        raise _no_way(
            f"np.{function.__name__} with out=", "a tensor's derivative cannot follow into memory that is written to"
        )
    kwargs.pop("out", None)
    return counterpart(*args, **kwargs)


def _linalg_counterpart(function: Any) -> Callable[..., Any] | None:
    """np.linalg's functions stand in a module of their own, which is loaded when the first of them is called."""
    return counterparts().get(function)


def counterparts() -> dict[Any, Callable[..., Any]]:
    """NumPy's functions that take tensors, and what they call; those of np.linalg are loaded here."""
    from .numpy_linalg import COUNTERPARTS

    for one, ours in COUNTERPARTS.items():
        _functions.setdefault(one, ours)
    return _functions


def _counterpart(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            _functions[function] = implementation
        return implementation

    return register


def _in_dtype(result: Any, dtype: Any) -> Any:
    return result if dtype is None else _core.to_dtype(result, dtype)


@_counterpart(np.sum)
def _sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_sum(a if dtype is None else _core.to_dtype(a, dtype), axis, keepdims)


@_counterpart(np.prod)
def _prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_prod(a if dtype is None else _core.to_dtype(a, dtype), axis, keepdims)


@_counterpart(np.mean)
def _mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    x = _core.operand(a)
    if dtype is None and x.dtype.kind in "iub":
        dtype = np.float64
    return reductions.reduce_mean(x if dtype is None else _core.to_dtype(x, dtype), axis, keepdims)


@_counterpart(np.var)
def _var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, **rest: Any
) -> Any:
    x = a if dtype is None else _core.to_dtype(a, dtype)
    variance = reductions.reduce_variance(x, axis, keepdims)
    count = _core.operand(x).size // max(variance.size, 1)
    return variance if ddof == 0 else variance * (count / (count - (ddof or rest.get("correction", 0))))


@_counterpart(np.std)
def _std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, **rest: Any
) -> Any:
    return elementwise.sqrt(_var(a, axis, dtype, None, ddof, keepdims, **rest))


@_counterpart(np.max, np.amax)
def _max(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_max(a, axis, keepdims)


@_counterpart(np.min, np.amin)
def _min(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_min(a, axis, keepdims)


@_counterpart(np.any)
def _any(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_any(a, axis, keepdims)


@_counterpart(np.all)
def _all(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return reductions.reduce_all(a, axis, keepdims)


@_counterpart(np.argmax)
def _argmax(a: Any, axis: Any = None, out: Any = None) -> Any:
    return reductions.argmax(shaping.reshape(a, -1) if axis is None else a, axis or 0)


@_counterpart(np.argmin)
def _argmin(a: Any, axis: Any = None, out: Any = None) -> Any:
    return reductions.argmin(shaping.reshape(a, -1) if axis is None else a, axis or 0)


@_counterpart(np.cumsum)
def _cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    x = a if dtype is None else _core.to_dtype(a, dtype)
    return reductions.cumsum(shaping.reshape(x, -1) if axis is None else x, axis or 0)


@_counterpart(np.reshape)
def _reshape(a: Any, /, shape: Any = None, order: str = "C", *, copy: Any = None) -> Any:
    if order != "C":
        raise _no_way(f"np.reshape with order={order!r}", "only the order 'C' is recorded")
    return shaping.reshape(a, shape)


@_counterpart(np.ravel)
def _ravel(a: Any, order: str = "C") -> Any:
    return _reshape(a, -1, order)


@_counterpart(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    return shaping.transpose(a, axes)


@_counterpart(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(len(_core.operand(a).shape)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return shaping.transpose(a, order)


@_counterpart(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    nd = len(_core.operand(a).shape)
    labels = list(range(nd))
    moved = [labels[s] for s in np.atleast_1d(source)]
    rest = [d for d in labels if d not in moved]
    for place, label in sorted(zip([d % nd for d in np.atleast_1d(destination)], moved, strict=True)):
        rest.insert(place, label)
    return shaping.transpose(a, rest)


@_counterpart(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    nd = len(_core.operand(a).shape) + len(axes)
    for at in sorted(d % nd for d in axes):
        a = shaping.expand_dims(a, at)
    return a


@_counterpart(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    return shaping.squeeze(a, axis)


@_counterpart(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return shaping.broadcast_to(array, shape)


@_counterpart(np.concatenate)
def _concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    parts = [shaping.reshape(x, -1) for x in arrays] if axis is None else arrays
    return _in_dtype(shaping.concat(parts, axis or 0), dtype)


@_counterpart(np.stack)
def _stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return _in_dtype(shaping.stack(arrays, axis), dtype)


@_counterpart(np.vstack)
def _vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [_core.operand(x) for x in tup]
    rows_ = [shaping.reshape(x, (1, -1)) if len(x.shape) < 2 else x for x in parts]
    return _in_dtype(shaping.concat(rows_, 0), dtype)


@_counterpart(np.hstack)
def _hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [_core.operand(x) for x in tup]
    parts = [shaping.reshape(x, -1) if len(x.shape) == 0 else x for x in parts]
    return _in_dtype(shaping.concat(parts, 0 if len(parts[0].shape) == 1 else 1), dtype)


@_counterpart(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if isinstance(indices_or_sections, (int, np.integer)):
        return shaping.split(ary, int(indices_or_sections), axis)
    length = _core.operand(ary).shape[axis]
    ends = [*(min(max(int(i) + (length if i < 0 else 0), 0), length) for i in indices_or_sections), length]
    return shaping.split(ary, list(np.diff([0, *ends])), axis)


@_counterpart(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    x = _core.operand(A)
    times = tuple(np.atleast_1d(np.asarray(reps)).tolist())
    nd = max(len(times), len(x.shape))
    lifted = shaping.reshape(x, (1,) * (nd - len(x.shape)) + tuple(x.shape))
    return shaping.tile(lifted, (1,) * (nd - len(times)) + times)


@_counterpart(np.pad)
def _pad(array: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    nd = len(_core.operand(array).shape)
    if mode not in ("constant", "reflect", "symmetric") or set(kwargs) - {"constant_values"}:
        raise _no_way(f"np.pad with mode={mode!r}", "only constant, reflect and symmetric are recorded")
    return shaping.pad(array, np.broadcast_to(pad_width, (nd, 2)), mode, kwargs.get("constant_values", 0))


@_counterpart(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    return shaping.reverse(m, range(len(_core.operand(m).shape)) if axis is None else axis)


@_counterpart(np.roll)
def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    x = _core.operand(a)
    if axis is None:
        return shaping.reshape(shaping.roll(shaping.reshape(x, -1), shift, 0), x.shape)
    count = max(np.size(shift), np.size(axis))
    return shaping.roll(x, np.broadcast_to(shift, (count,)), np.broadcast_to(axis, (count,)))


@_counterpart(np.take)
def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    if mode != "raise":
        raise _no_way(f"np.take with mode={mode!r}", "only the mode 'raise' is recorded")
    return indexing.gather(shaping.reshape(a, -1) if axis is None else a, indices, axis=axis or 0)


@_counterpart(np.where)
def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return tuple(_core.to_tensor(index) for index in np.nonzero(np.asarray(condition)))
    return indexing.where(condition, *choices)


@_counterpart(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is None or high is None:
        x = _core.operand(a)
        if low is not None:
            return elementwise.maximum(x, low)
        return _core.identity_tensor(x) if high is None else elementwise.minimum(x, high)
    return clipping.clip_by_value(a, low, high)


@_counterpart(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    return linalg.tensordot(a, b, axes)


@_counterpart(np.dot)
def _dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = _core.operand(a), _core.operand(b)
    if not len(x.shape) or not len(y.shape):
        return elementwise.multiply(x, y)
    if len(y.shape) <= 2:
        return (
            linalg.matmul(x, y)
            if len(x.shape) <= 2
            else linalg.tensordot(x, y, ((-1,), (0 if len(y.shape) == 1 else -2,)))
        )
    return linalg.tensordot(x, y, ((-1,), (-2,)))


@_counterpart(np.outer)
def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return elementwise.multiply(shaping.reshape(a, (-1, 1)), shaping.reshape(b, (1, -1)))


@_counterpart(np.einsum)
def _einsum(subscripts: str, *operands: Any, optimize: Any = True) -> Any:
    return linalg.einsum(subscripts, *operands)


@_counterpart(np.zeros_like)
def _zeros_like(a: Any, dtype: Any = None, **rest: Any) -> Any:
    return _core.to_tensor(np.zeros_like(np.asarray(a), dtype=dtype))


@_counterpart(np.ones_like)
def _ones_like(a: Any, dtype: Any = None, **rest: Any) -> Any:
    return _core.to_tensor(np.ones_like(np.asarray(a), dtype=dtype))


@_counterpart(np.full_like)
def _full_like(a: Any, fill_value: Any, dtype: Any = None, **rest: Any) -> Any:
    x = _core.operand(a)
    value = _core.operand(fill_value)
    return shaping.broadcast_to(_core.to_dtype(value, x.dtype if dtype is None else dtype), x.shape)


@_counterpart(np.copy)
def _copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return _core.identity_tensor(a)


@_counterpart(np.shape)
def _shape(a: Any) -> tuple[int, ...]:
    return tuple(a.shape)


@_counterpart(np.ndim)
def _ndim(a: Any) -> int:
    return len(a.shape)


@_counterpart(np.size)
def _size(a: Any, axis: Any = None) -> int:
    return int(a.size) if axis is None else int(a.shape[axis])


# What answers about values, and gives nothing that could be differentiated.
for _question in (
    np.allclose,
    np.array_equal,
    np.isclose,
    np.array_repr,
    np.array_str,
    np.array2string,
    np.result_type,
    np.can_cast,
    np.count_nonzero,
    np.nonzero,
    np.argwhere,
    np.argsort,
    np.searchsorted,
    np.may_share_memory,
    np.shares_memory,
    np.iscomplexobj,
    np.isrealobj,
    np.min_scalar_type,
    np.common_type,
    np.digitize,
    np.flatnonzero,
    np.isin,
    np.unique,
):

    def _answer(*args: Any, _question: Any = _question, **kwargs: Any) -> Any:
        return _question(*_stripped(args), **_stripped(kwargs))

    _functions[_question] = _answer


def _stripped(value: Any) -> Any:
    if isinstance(value, _core.Operand):
        return np.asarray(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(_stripped, value))
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    return value


# Spellings of rows that stand elsewhere.
_functions[np.linalg.matmul] = linalg.matmul
_functions[np.round] = lambda a, decimals=0, out=None: (
    elementwise.rint(a) if decimals == 0 else elementwise.rint(a * 10.0**decimals) / 10.0**decimals
)
if hasattr(np, "astype"):  # NumPy 2.1
    _functions[np.astype] = lambda x, dtype, /, *, copy=True, device=None: _core.to_dtype(x, dtype)
