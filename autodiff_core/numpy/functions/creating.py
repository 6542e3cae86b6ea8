"""NumPy's functions that make arrays, with like=t: they make tensors, and what is made of tensors is recorded.

NumPy offers these to tensors by `like` alone. Without it np.array([t, u]) is an array, which no tape follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ...ops import shaping
from .registry import likened, watchable


def _like(*of: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        likened.update(dict.fromkeys(of, implementation))
        return implementation

    return register


def tensor_of(value: Any) -> Any:
    """A tensor of what may hold tensors in lists."""
    if isinstance(value, _core.Operand):
        return _core.identity_tensor(value)
    if _holds_tensors(value):
        # (Numbers stay numbers, which take the tensors' dtype.)
        return shaping.stack([tensor_of(item) if _holds_tensors(item) else item for item in value])
    return _core.to_tensor(np.asarray(value))


def _holds_tensors(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(x, _core.Operand) or _holds_tensors(x) for x in value)


@_like(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require)
def array(value: Any, dtype: Any = None, *arguments: Any, ndmin: int = 0, **options: Any) -> Any:
    result = tensor_of(value)
    result = result if dtype is None else _core.to_dtype(result, dtype)
    missing = max(0, ndmin - result.ndim)
    return shaping.reshape(result, (*(1,) * missing, *result.shape)) if missing else result


@_like(np.full)
def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
    value = tensor_of(fill_value)
    return shaping.broadcast_to(value if dtype is None else _core.to_dtype(value, dtype), shaping._sizes(shape))


def _plain(function: Any) -> Any:
    def make(*arguments: Any, **options: Any) -> Any:
        return _core.to_tensor(function(*arguments, **options))

    return make


for _function in (
    np.zeros,
    np.ones,
    np.empty,
    np.eye,
    np.identity,
    np.tri,
    np.arange,
    np.fromiter,
    np.fromfunction,
    np.frombuffer,
    np.fromstring,
    np.fromfile,
    np.loadtxt,
    np.genfromtxt,
):
    _like(_function)(_plain(_function))


def holds_watchable(value: Any) -> bool:
    """Whether a list or tuple holds, however deep, a tensor that a tape could follow."""
    return isinstance(value, (list, tuple)) and any(watchable(x) or holds_watchable(x) for x in value)


def stacked(value: Any) -> Any:
    """A list that holds tensors as one tensor; anything else as it is."""
    return tensor_of(value) if holds_watchable(value) else value
