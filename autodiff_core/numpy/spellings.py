"""How a name of NumPy becomes one of this namespace: the same thing, but lists of tensors count as tensors.

NumPy looks for its hook in the arguments themselves, not within lists, so `np.sum([t, u])` would make an array of the
list. Here the list is stacked before NumPy sees it, unless the function is one that takes lists of arrays: then each of
the list's items is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from importlib import import_module
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from .. import _core
from .functions import registry
from .functions.creating import holds_watchable, stacked, tensor_of
from .hookless import BY_NAME

_FUNCTIONS = (FunctionType, BuiltinFunctionType, type(np.sum))
_OWN_MODULES = {"numpy.linalg", "numpy.fft", "numpy.polynomial"}


def spelled(thing: Any, full: str, here: str) -> Any:
    """A thing of NumPy's, named in full, as this namespace has it."""
    if full in _OWN_MODULES:
        return import_module(full.replace("numpy", __package__, 1))
    if full.count(".") == 1:
        own = BY_NAME.get(full.removeprefix("numpy."))
        if own is not None:
            return own
    if isinstance(thing, np.ufunc):
        return Ufunc(thing)
    if isinstance(thing, _FUNCTIONS) and not isinstance(thing, ModuleType):
        return _function(thing, here)
    return thing


def _arguments(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    made = _ARRAYS[registry.of_lists.get(function)]
    return [made(value) for value in args], {key: made(value) for key, value in kwargs.items()}


def _items(value: Any) -> Any:
    """A list of arrays, in which lists that hold tensors have become tensors."""
    return type(value)([stacked(item) for item in value]) if holds_watchable(value) else value


# By what the arrays in lists are: how an argument becomes one that NumPy hands to its counterpart.
_ARRAYS: dict[str | None, Callable[[Any], Any]] = {None: stacked, "items": _items, "leaves": lambda value: value}


def _function(function: Any, here: str) -> Any:
    registry.load()
    # np.full(shape, t) and its like: NumPy has a hook only for the argument `like`.
    made = registry.likened.get(function)
    # (What makes arrays, or writes into them, has no counterpart that could be reached.)
    as_given = made is None and (function in registry.leaving or function in registry.refusals)

    def spelling(*args: Any, **kwargs: Any) -> Any:
        if as_given:
            return function(*args, **kwargs)
        args, kwargs = _arguments(function, args, kwargs)  # type: ignore[assignment]
        if made is not None and any(isinstance(x, _core.Operand) for x in (*args, *kwargs.values())):
            return made(*args, **kwargs)
        return function(*_seen_by_numpy(args, kwargs, function in registry.of_lists), **kwargs)

    update_wrapper(spelling, function, updated=())
    spelling.__module__ = here
    spelling.__qualname__ = spelling.__name__
    return spelling


def _seen_by_numpy(args: Sequence[Any], kwargs: dict[str, Any], of_lists: bool = False) -> Sequence[Any]:
    """The arguments of a function, with a tensor for an array in the first place where there are tensors elsewhere:
    NumPy looks for its hook in the operands that it thinks of, and so not in `nan_to_num(a, nan=t)`."""
    first = args[0] if args else None
    array = type(first) is np.ndarray
    if not array and (of_lists or not isinstance(first, (list, tuple)) or holds_watchable(first)):
        return args
    others = (*args[1:], *kwargs.values())
    beside = [stacked(x) for x in others if registry.watchable(x) or holds_watchable(x)]
    if not beside or np.asarray(first).dtype.kind not in "fc":
        return args
    # (Lists of numbers take the tensors' dtype.)
    return (tensor_of(first if array else registry.alike("array", first, beside[0])[0]), *args[1:])


class Ufunc:
    """A ufunc that takes lists of tensors; all else, its methods too, is the ufunc's own."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self.__wrapped__ = ufunc
        self.__name__ = self.__qualname__ = ufunc.__name__
        self.__doc__ = ufunc.__doc__

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """So that isinstance(np.add, np.ufunc) says what it says of NumPy's."""
        return np.ufunc

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*[stacked(x) for x in args], **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "__wrapped__":  # it is asked for while this is copied
            raise AttributeError(name)
        return getattr(self.__wrapped__, name)

    def reduce(self, *args: Any, **kwargs: Any) -> Any:
        return self._by("reduce", args, kwargs)

    def accumulate(self, *args: Any, **kwargs: Any) -> Any:
        return self._by("accumulate", args, kwargs)

    def reduceat(self, *args: Any, **kwargs: Any) -> Any:
        return self._by("reduceat", args, kwargs)

    def outer(self, *args: Any, **kwargs: Any) -> Any:
        return self._by("outer", args, kwargs)

    def _by(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        made = [stacked(x) for x in args]
        return getattr(self.__wrapped__, name)(*_seen_by_numpy(made, kwargs), **kwargs)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)

    def __reduce__(self) -> Any:
        return _ufunc_named, (self.__name__,)


def _ufunc_named(name: str) -> Any:
    return getattr(import_module(__package__), name)
