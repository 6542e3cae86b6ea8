"""What counts as boxed, and functions of which nothing is recorded.

A value that is boxed in autograd is a tensor here, and nothing else: `Box` and `ArrayBox` are classes that tensors are
instances of. There are no nodes and no traces beside the tape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np

from .. import _core
from ..nest import flatten_for_tape, map_structure
from .wrap_util import wraps

__all__ = [
    "FOLLOWED",
    "Box",
    "Node",
    "box_type_mappings",
    "box_types",
    "getval",
    "holds_box",
    "isbox",
    "new_box",
    "notrace_primitive",
    "notrace_primitives",
    "plain",
    "read",
    "register_notrace",
    "trace_stack",
    "unboxed",
]


FOLLOWED: tuple[type[Any], ...] = (_core.Operand, _core.BufferCore)
"""What a tape follows: tensors, and what is read as one, variables and buffers."""


class _Tensors(type):
    """Of classes of which tensors are instances."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _core.Tensor)


class _Mappings(dict[type, Callable[..., Any]]):
    """Types that may be differentiated. Arrays of a class that a program adds are plain arrays beside tensors."""

    def __setitem__(self, kind: type, make: Callable[..., Any]) -> None:
        super().__setitem__(kind, make)
        if issubclass(kind, np.ndarray) and kind is not np.ndarray and not hasattr(kind, "__tf_tensor__"):
            kind.__tf_tensor__ = _as_tensor  # type: ignore[attr-defined]


def _as_tensor(array: Any, dtype: Any = None, name: Any = None) -> Any:
    return _core.to_tensor(np.asarray(array), dtype)


class Box(metaclass=_Tensors):
    """What autograd calls a boxed value; a tensor.

    `type_mappings` says which types may be differentiated: by the type, a function of (value, trace, node) that makes a
    tensor, or raises an error.
    """

    type_mappings: ClassVar[dict[type, Callable[..., Any]]] = _Mappings()
    types: ClassVar[set[type]] = set()

    def __new__(cls, value: Any, trace: Any = None, node: Any = None) -> Any:
        return value if isbox(value) else _core.to_tensor(np.asarray(value))

    @classmethod
    def register(cls, value_type: type) -> None:
        """Let values of another type be differentiated."""
        Box.type_mappings[value_type] = cls


class Node:
    """A name that programs import; what is recorded lies on the tape, without a node for Python to see."""

    @classmethod
    def new_root(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            f"{cls.__name__}: autodiff_core.autograd records on a tape, and has no nodes and traces of its own; use "
            f"make_vjp or make_jvp"
        )


class _TraceStack:
    @staticmethod
    def new_trace() -> Any:
        Node.new_root()


trace_stack = _TraceStack()
box_type_mappings = Box.type_mappings
box_types = Box.types
box_types.add(_core.Tensor)


def isbox(x: Any) -> bool:
    """Whether a value is boxed: a tensor."""
    return isinstance(x, _core.Tensor)


def getval(x: Any) -> Any:
    """What is in a box."""
    return x.numpy() if isinstance(x, FOLLOWED) else x


def plain(x: Any) -> Any:
    """A tensor as an array, unless somebody around listens to it."""
    return x.numpy() if isbox(x) and not _core.is_heard(x) else x


def new_box(value: Any, trace: Any = None, node: Any = None) -> Any:
    """A box for a value.

    Raises
    ------
    TypeError
        For a type that cannot be differentiated.
    """
    make = box_type_mappings.get(type(value))
    if make is None:
        if isbox(value):
            return value
        raise TypeError(f"Can't differentiate w.r.t. type {type(value)}")
    return make(value, trace, node)


def holds_box(value: Any) -> bool:
    """Whether a value is a tensor, or what is read as one (a variable, a buffer), or a list, tuple or dict with one."""
    if isinstance(value, (list, tuple)):
        return any(map(holds_box, value))
    if isinstance(value, dict):
        return any(map(holds_box, value.values()))
    return isinstance(value, FOLLOWED)


def read(value: Any) -> Any:
    """A value with tensors in the places of variables and buffers, as they are now."""
    return map_structure(lambda leaf: _core.to_tensor(leaf) if isinstance(leaf, FOLLOWED) else leaf, value)


def unboxed(value: Any) -> Any:
    """A value with arrays in the places of tensors."""
    return map_structure(getval, value) if holds_box(value) and not isbox(value) else getval(value)


def boxes_in(value: Any) -> list[Any]:
    """The tensors in a value, and None for what else there is."""
    return [leaf if isbox(leaf) else None for leaf in flatten_for_tape(value)[0]] if holds_box(value) else []


def notrace_primitive(f_raw: Any) -> Any:
    """A function that is given arrays, whatever it is called with, and of which nothing is recorded."""

    def f_wrapped(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*map(unboxed, args), **kwargs)

    return wraps(f_raw)(f_wrapped)


notrace_primitives: defaultdict[Any, WeakSet[Any]] = defaultdict(WeakSet)


def register_notrace(trace_type: Any, primitive_fun: Any) -> None:
    """Record nothing of a primitive."""
    notrace_primitives[trace_type].add(primitive_fun)


for _type in (
    float,
    complex,
    np.ndarray,
    np.longdouble,
    np.float64,
    np.float32,
    np.float16,
    np.complex64,
    np.complex128,
):
    Box.type_mappings[_type] = Box
