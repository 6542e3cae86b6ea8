"""What goes in and out of a recorded function: arguments and results, taken apart and put together again."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any

import numpy as np

from .. import _core, nest
from ..tensors.indexed_slices import IndexedSlices

Rebuild = Callable[[list[Any]], Any]


class Arguments:
    """A call's arguments, taken apart: tensors, the key of all the rest, and how to put others in their places."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.operands: list[Any] = []
        key: list[Any] = [len(args), *kwargs]
        self._rebuild: list[tuple[list[int | None], list[Any], Rebuild]] = []
        for value in (*args, *kwargs.values()):
            leaves, rebuild, skeleton = _taken_apart(value)
            key.append(skeleton)
            places: list[int | None] = []
            for leaf in leaves:
                if is_tensor(leaf):
                    operand = _core.operand(leaf)
                    places.append(len(self.operands))
                    self.operands.append(operand)
                    key.append((operand.dtype, tuple(operand.shape)))
                else:
                    places.append(None)
                    key.append(value_key(leaf))
            self._rebuild.append((places, leaves, rebuild))
        self.count, self.names = len(args), tuple(kwargs)
        self.key = tuple(key)

    def sizes(self) -> list[int]:
        """How many leaves each argument has."""
        return [len(leaves) for _, leaves, _ in self._rebuild]

    def with_operands(self, operands: list[Any]) -> Arguments:
        """The same call of other tensors, maybe of other shapes."""
        other = Arguments.__new__(Arguments)
        other.operands, other.count, other.names, other._rebuild = operands, self.count, self.names, self._rebuild
        key, at = list(self.key), 1 + len(self.names)
        for places, _, _ in self._rebuild:
            for k, place in enumerate(places, at + 1):
                if place is not None:
                    key[k] = operands[place].dtype, tuple(operands[place].shape)
            at += 1 + len(places)
        other.key = tuple(key)
        return other

    def with_tensors(self, tensors: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments with other tensors in the places of these."""
        values = [
            rebuild([leaf if place is None else tensors[place] for place, leaf in zip(places, leaves, strict=True)])
            for places, leaves, rebuild in self._rebuild
        ]
        return values[: self.count], dict(zip(self.names, values[self.count :], strict=True))


def is_tensor(leaf: Any) -> bool:
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "biufc" or _core.is_differentiable(leaf.dtype)  # (bfloat16's kind is "V")
    return isinstance(leaf, _core.Tensor)


class _Object:
    """A key for an argument that has no value to compare: the very same object, which the key does not keep alive."""

    __slots__ = ("_hash", "_thing", "_watch")

    def __init__(self, thing: Any) -> None:
        self._hash = id(thing)
        try:
            self._thing: Callable[[], Any] = weakref.ref(thing)
        except TypeError:  # it can only be kept
            self._thing = lambda: thing

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        thing = self._thing()
        return isinstance(other, _Object) and thing is not None and other._thing() is thing

    def watch(self, gone: Callable[[Any], None]) -> None:
        """Have something called when the object is gone, unless the key goes first."""
        if isinstance(self._thing, weakref.ref):
            self._watch = weakref.ref(self._thing(), gone)


_BY_IDENTITY: tuple[Any, Any] = (object.__hash__, object.__eq__)


def value_key(leaf: Any) -> Any:
    kind = type(leaf)
    if isinstance(leaf, (float, complex)):
        return kind, repr(leaf)
    if leaf is None or kind in (bool, int, str, bytes):
        return kind, leaf
    if kind is MethodType:
        return kind, value_key(leaf.__func__), value_key(leaf.__self__)
    if isinstance(leaf, _core.Operand) or (kind.__hash__, kind.__eq__) == _BY_IDENTITY:
        return _Object(leaf)
    try:
        hash(leaf)
    except TypeError:
        return _Object(leaf)
    return kind, leaf


def objects_of(key: Any) -> list[_Object]:
    """The objects in a key."""
    if isinstance(key, tuple):
        return [found for part in key for found in objects_of(part)]
    return [key] if isinstance(key, _Object) else []


def is_object(part: Any) -> bool:
    """Whether a part of a key is for an object that has no value to compare."""
    return isinstance(part, _Object)


def object_of(part: _Object) -> Any:
    """The object that a part of a key is for; None where it is gone."""
    return part._thing()


def is_default(value: Any, default: Any) -> bool:
    if value is default:
        return True
    return isinstance(default, (bool, int, float, complex, str)) and value_key(value) == value_key(default)


def _taken_apart(value: Any) -> tuple[list[Any], Rebuild, Any]:
    """Leaves, how to put others in their places, and a key for the structure."""
    if is_tensor(value) or not nest.is_nested(value):
        return [value], _only, None
    leaves, rebuild = nest.flatten_for_tape(value)
    if type(value) in (list, tuple) and len(leaves) == len(value) and not any(map(nest.is_nested, value)):
        return leaves, rebuild, (type(value), len(leaves))
    if type(value) is dict and len(leaves) == len(value) and not any(map(nest.is_nested, value.values())):
        return leaves, rebuild, (dict, tuple(value))
    if nest.is_in_class_of_its_own(value) and not any(map(is_tensor, leaves)):
        return [value], _only, None  # an object like any other: settings, or a collection that is read as it goes
    return leaves, rebuild, nest.structure_key(value)


def _only(leaves: list[Any]) -> Any:
    return leaves[0]


class Result:
    """How a function's result is put together from a program's outputs."""

    def __init__(self, result: Any) -> None:
        leaves, self._rebuild = nest.flatten_for_tape(result)
        self._flat = isinstance(result, (tuple, list)) and not any(map(nest.is_nested, result))
        self.tensors: list[Any] = []
        self._places: list[int | None] = []
        # Which leaves are IndexedSlices, of which shape: rows, and numbers. (The last first: each makes one of two.)
        self._slices: list[tuple[int, Any]] = []
        self._leaves: list[Any] = []
        for leaf in leaves:
            if isinstance(leaf, IndexedSlices):
                self._slices.append((len(self._leaves), leaf.dense_shape))
                self._leaves += [leaf.values, leaf.indices]
            else:
                self._leaves.append(leaf)
        self._slices.reverse()
        for leaf in self._leaves:
            if isinstance(leaf, (_core.Operand, _core.BufferCore, bool, int, float, complex)) or is_tensor(leaf):
                self._places.append(len(self.tensors))
                self.tensors.append(_core.to_tensor(leaf))
            else:
                self._places.append(None)
                if isinstance(leaf, str):
                    _core.look_at_text(leaf)
        self._result_type = type(result)

    def extra(self) -> Any:
        """What a variant keeps: nothing for a single tensor, the type of a plain tuple or list, or this."""
        if issubclass(self._result_type, _core.Operand):
            return None
        if (
            self._result_type in (tuple, list)
            and not self._slices
            and self._places == list(range(len(self._places)))
            and self._flat
        ):
            return self._result_type
        return self

    def let_go(self) -> None:
        """Forget the tensors of the recorded run."""
        self.tensors = []
        self._leaves = [leaf if place is None else None for place, leaf in zip(self._places, self._leaves, strict=True)]

    def assemble(self, tensors: Sequence[Any]) -> Any:
        """The result with these tensors."""
        leaves = [
            leaf if place is None else tensors[place] for place, leaf in zip(self._places, self._leaves, strict=True)
        ]
        for at, shape in self._slices:
            leaves[at : at + 2] = [IndexedSlices(leaves[at], leaves[at + 1], shape)]
        return self._rebuild(leaves)
