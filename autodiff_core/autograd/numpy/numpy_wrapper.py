"""How a function of NumPy's is one of this namespace; and what programs import of `autograd.numpy.numpy_wrapper`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from ... import _core
from ... import numpy as _ours
from ...numpy.spellings import Ufunc
from ..boxes import getval, isbox, unboxed
from ..core import primitive

__all__ = [
    "array_from_args",
    "concatenate_args",
    "filled",
    "make_diagonal",
    "metadata",
    "numpy_version",
    "spelled",
    "where",
    "wrap_namespace",
]

numpy_version = np.__version__

_Tensor = _core.Tensor
_differentiable = _core.is_differentiable
_SEQUENCES = (list, tuple, np.ndarray, _core.Operand)
_OF_LISTS = ("column_stack", "concatenate", "dstack", "hstack", "stack", "vstack")


def spelled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is given arrays in the place of tensors without derivatives, and gives them."""

    of_lists = getattr(function, "__name__", "") in _OF_LISTS

    def spelling(*args: Any, **kwargs: Any) -> Any:
        if of_lists and args and not isinstance(args[0], _SEQUENCES):
            args = (list(args[0]), *args[1:])  # (autograd's take any iterable of arrays)
        for value in args:
            if type(value) is _Tensor and not _differentiable(value.dtype):
                args = tuple([_bare(value) for value in args])
                break
        if kwargs:
            kwargs = {key: _bare(value) for key, value in kwargs.items()}
        return _bare(function(*args, **kwargs))

    spelling.__name__ = spelling.__qualname__ = getattr(function, "__name__", "function")
    spelling.__doc__ = function.__doc__
    spelling.__wrapped__ = function  # type: ignore[attr-defined]
    return spelling


def _bare(value: Any) -> Any:
    return value.numpy() if type(value) is _Tensor and not _differentiable(value.dtype) else value


class _Spelled(Ufunc):
    """A ufunc, as `spelled` makes functions; its methods are the ufunc's."""

    def __init__(self, ufunc: Any) -> None:
        super().__init__(ufunc.__wrapped__)
        self._call = spelled(ufunc)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(*args, **kwargs)

    def __reduce__(self) -> Any:
        return _named, (self.__name__,)


def _named(name: str) -> Any:
    return getattr(import_module(__package__), name)


def _of_integers(kind: type) -> type:
    """A class of integers that may be called with a tensor, which is left on purpose."""

    class OfIntegers(kind):  # type: ignore[misc]
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return kind(*map(getval, args), **kwargs)

    OfIntegers.__name__ = OfIntegers.__qualname__ = kind.__name__
    return OfIntegers


def filled(namespace: dict[str, Any], module: ModuleType) -> list[str]:
    """Put all public things of a module of ours into a namespace, but for those that it has of its own; their names."""
    names = [name for name in dir(module) if not name.startswith("_")]
    for name in names:
        if name not in namespace:
            namespace[name] = _as_here(getattr(module, name))
    return names


def _as_here(thing: Any) -> Any:
    if isinstance(thing, np.ufunc):
        return _Spelled(thing)
    if isinstance(thing, type):
        return _of_integers(thing) if issubclass(thing, np.integer) else thing
    return spelled(thing) if callable(thing) and hasattr(thing, "__name__") else thing


# ----------------------------------------------------------------------------- what is not NumPy's, or not quite so


def _holds_array(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_array, value))
    return isinstance(value, (np.ndarray, np.generic)) or isbox(value)


def where(condition: Any, *args: Any, **kwargs: Any) -> Any:
    """As NumPy's; of Python's numbers and lists alone, it gives such, as autograd's does."""
    condition = unboxed(condition)
    if not args and not kwargs:
        return np.where(condition)
    if len(args) + len(kwargs) != 2:
        raise ValueError("either both or neither of x and y should be given")
    x = args[0] if args else kwargs["x"]
    y = args[1] if len(args) > 1 else kwargs["y"]
    result = _ours.where(condition, _bare(x), _bare(y))
    if any(map(_holds_array, (condition, x, y))) or not isinstance(result, np.ndarray):
        return result
    return result.tolist()


def array_from_args(array_args: Any, array_kwargs: Any, *args: Any) -> Any:
    """An array of others."""
    return _ours.array(args, *array_args, **array_kwargs)


def concatenate_args(axis: int, *args: Any) -> Any:
    """Arrays, one behind the other."""
    return _ours.concatenate(args, axis)


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Matrices with the last axis of D on their diagonals."""
    if (offset, axis1, axis2) != (0, -1, -2):
        raise NotImplementedError("Currently make_diagonal only supports offset=0, axis1=-1, axis2=-2")
    return D[..., None] * np.eye(D.shape[-1])


def metadata(A: Any) -> tuple[Any, ...]:
    """Shape, number of dimensions, dtype, and whether it is complex."""
    dtype = A.dtype if isbox(A) else np.result_type(A)
    return tuple(np.shape(A)), np.ndim(A), dtype, np.dtype(dtype).kind == "c"


def wrap_namespace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put another namespace's functions into one, as primitives without derivatives, and its constants."""
    for name, thing in old.items():
        if callable(thing) and not isinstance(thing, type):
            new[name] = primitive(thing)
        elif type(thing) in (float, int, type(None), type):
            new[name] = thing
