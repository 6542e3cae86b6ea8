"""NumPy's own spellings: np.sin(t), np.sum(t), np.concatenate([t, u]) reach the same rows.

A ufunc finds its row in the op table. A function finds its counterpart in `functions`, which translates arguments
and nothing else. What has no counterpart raises, and names the way out: a result that has silently left the tape would
be a wrong gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from ..ops import answers, elementwise, is_of_scipy, shaping
from .functions import registry
from .functions.registry import no_way as _no_way
from .functions.registry import watchable as _watchable
from .ufuncs import special_of

FUNCTIONS = registry.functions
_IN_PLACE = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}
_IGNORED = {"order": "K", "subok": True, "casting": "same_kind"}  # what these say by default


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_ufunc__` of tensors and variables."""
    for x in (*inputs, *(kwargs.get("out") or ())):
        if isinstance(x, _core.BufferCore):
            return NotImplemented  # its own hook reads it, or writes to it
    module = "scipy.special" if is_of_scipy(ufunc) else "np"
    spelled = f"{module}.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    out = kwargs.pop("out", None)
    for key, default in _IGNORED.items():
        if kwargs.get(key, default) == default:
            kwargs.pop(key, None)
    if out is not None and not (isinstance(out, tuple) and all(o is None for o in out)):
        return _into(ufunc, method, inputs, out, kwargs, spelled)
    if method == "__call__":
        return _called(ufunc, inputs, kwargs, spelled)
    if method == "outer":
        return _outer(ufunc, inputs, kwargs, spelled)
    if method == "at":
        raise _no_way(
            spelled,
            "it writes into an array, where no derivative can follow; make a new value, as t.at[index].add(v) does, or "
            "fill a buffer, tf.buffer(array), which takes it",
        )
    from . import ufunc_methods

    by_method = {
        "reduce": ufunc_methods.reduced,
        "accumulate": ufunc_methods.accumulated,
        "reduceat": ufunc_methods.reduced_at,
    }
    return by_method[method](ufunc, lambda x, y: _called(ufunc, (x, y), {}, spelled), inputs, kwargs, spelled)


def _called(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any], spelled: str) -> Any:
    dtype = kwargs.pop("dtype", None)
    where = kwargs.pop("where", True)
    if where is not True:
        # Where nothing is computed NumPy leaves what was in memory; here it is zero, and so is the gradient.
        chosen = registry.truths(where)
        inputs = tuple(elementwise.select(chosen, x, 1.0) for x in inputs)
        result = _called(ufunc, inputs, {**kwargs, "dtype": dtype}, spelled)
        if isinstance(result, tuple):
            raise _no_way(f"{spelled} with where=", "it has several results; use where() on each")
        return elementwise.select(chosen, result, _core.to_tensor(np.zeros((), result.dtype)))
    special = special_of(ufunc)
    if special is not None:
        try:
            result = special(*inputs, **kwargs)
        except TypeError as error:
            if not kwargs:
                raise
            raise _no_way(f"{spelled} with {', '.join(kwargs)}", "only the operands are supported") from error
        return result if dtype is None else _core.to_dtype(result, dtype)
    if kwargs:
        raise _no_way(
            f"{spelled} with {', '.join(kwargs)}", "only the operands, dtype and where are supported; use where()"
        )
    name = _core.ufunc_row(ufunc)
    if name is None and is_of_scipy(ufunc):
        from .. import ops
        from ..ops.scipy_rows import REFUSED, SPELLINGS

        ops.load_special()
        if ufunc in SPELLINGS:
            _core.record_ufunc(ufunc, SPELLINGS[ufunc])
            found = SPELLINGS[ufunc](*inputs)
            return found if isinstance(found, tuple) else registry.in_dtype(found, dtype)
        name = _core.ufunc_row(ufunc)
        if ufunc in REFUSED and any(_watchable(x) for x in inputs):
            raise _no_way(spelled, REFUSED[ufunc])
    if name is None:
        if not any(_watchable(x) for x in inputs):
            answer = answers.OF_UFUNCS.get(ufunc.__name__)
            return _wrapped(ufunc(*[_plain(x) for x in inputs])) if answer is None else answer(*inputs)
        raise _no_way(spelled, "it has no derivative here")
    result = _core.op_named(name).function(*inputs)
    return result if dtype is None else _core.to_dtype(result, dtype)


def _into(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], out: Any, kwargs: dict[str, Any], spelled: str) -> Any:
    """With out=: as NumPy does where the result is data, such as a comparison; an error where it has a derivative."""
    from .ufunc_methods import varies_in_steps

    followed = any(isinstance(x, _core.Operand) for x in (out if isinstance(out, tuple) else (out,)))
    if not followed and varies_in_steps(ufunc):
        return getattr(ufunc, method)(*[_plain(x) for x in inputs], out=out, **registry.stripped(kwargs))
    sign = _IN_PLACE.get(ufunc.__name__)
    raise _no_way(
        f"{spelled} with out=" + (f", or array {sign}= tensor," if sign else ""),
        "a derivative cannot follow into memory that is written to; make a new value instead: use the result; or fill "
        "a buffer in the array's place, tf.buffer(array), which takes it",
    )


def _outer(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any], spelled: str) -> Any:
    first, second = (x if isinstance(x, _core.Operand) else _core.to_tensor(np.asarray(x)) for x in inputs)
    return _called(ufunc, (shaping.reshape(first, (*first.shape, *(1,) * second.ndim)), second), kwargs, spelled)


def _plain(x: Any) -> Any:
    return _core.seen(x) if isinstance(x, _core.Operand) else x


def _wrapped(value: Any) -> Any:
    return tuple(map(_wrapped, value)) if isinstance(value, tuple) else _core.to_tensor(value)


def array_function(function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`__array_function__` of tensors and variables."""
    if any(issubclass(kind, _core.BufferCore) for kind in types):
        return NotImplemented
    counterpart = FUNCTIONS.get(function)
    if counterpart is None:
        registry.load()
        counterpart = FUNCTIONS.get(function) or registry.likened.get(function)
    if counterpart is None:
        raise _no_way(registry.spelled(function), registry.refusals.get(function, "it is not recorded yet"))
    place = registry.out_places.get(function, len(args))
    out = args[place] if len(args) > place else kwargs.get("out")
    if out is not None:
        if isinstance(out, np.ndarray) and function in registry.steps:
            return function(*registry.stripped(args), **registry.stripped(kwargs))
        raise _no_way(
            f"{registry.spelled(function)} with out=",
            "a derivative cannot follow into memory that is written to; use the result, or write it into a tf.buffer",
        )
    kwargs.pop("out", None)
    return counterpart(*args, **kwargs)


_core.install_numpy(array_ufunc, array_function, FUNCTIONS)
