"""What tensors are called: the names that whoever asks has for them.

A tensor has no name of its own, but the code that asks for a picture of a tape holds the ones that matter under names:
`x`, `loss`. They are looked up when a table or a picture is made, and at no other time.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import CO_OPTIMIZED
from types import FrameType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

from .. import _core

__all__ = ["names_around", "operands_seen"]

_UNSHARED = 3
_MOST_HELD = 2000  # things that are looked at
_DEPTH = 3


def names_around(tape: _core.Tape, names: Any = None) -> dict[int, str]:
    """The names of nodes, by node: of a mapping from names to tensors, or of the caller's variables."""
    if names is not None and not isinstance(names, Mapping):
        raise TypeError(f"names must be a mapping from names to tensors, not {type(names).__name__}")
    known: dict[int, str] = {}
    for name, value in _callers() if names is None else names.items():
        if not isinstance(value, _core.Operand):
            raise TypeError(f"names: {name!r} must be a tensor or a variable, not {type(value).__name__}")
        node = _core.node_on_tape(tape, value)
        if node is not None:
            known.setdefault(node, str(name))
    return known


def _callers() -> list[tuple[str, Any]]:
    """The tensors that the innermost function has which is not this package's, then those of its module, then those of
    the main one: a notebook's own code shows what a cell ends with."""
    frame = _core.user_frame()
    if frame is None:
        return []
    return operands_seen(frame, vars(sys.modules.get("__main__", sys)))


def operands_seen(frame: FrameType, more: Mapping[str, Any] | None = None, held: bool = False) -> list[tuple[str, Any]]:
    """The tensors that a frame's code has under names, its own first, then its module's, then those of a mapping; and
    `held` by the lists, dicts and objects that it has.

    Of objects that stand for others, and say that they are of their class, nobody is asked: the answer may be an error.
    """
    own = frame.f_locals
    around = [(str(name), value) for name, value in (*own.items(), *frame.f_globals.items(), *(more or {}).items())]
    around = [(name, x) for name, x in around if name.isidentifier() and not name.startswith("_")]
    found = [(name, x) for name, x in around if issubclass(type(x), _core.Operand)]
    if held:
        found += _held(around)
    around.clear()
    # Before Python 3.13 a function's is a copy, which would hold its tape and tensors until it returns; unless the
    # function has it itself, as what locals() gave, beside the frame, the name here and the count's argument.
    if isinstance(own, dict) and frame.f_code.co_flags & CO_OPTIMIZED and sys.getrefcount(own) <= _UNSHARED:
        own.clear()
    return found


def _held(around: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What things hold that have names, as code would write it: `model.layers[0].w`; of large ones not everything."""
    found: list[tuple[str, Any]] = []
    waiting, left = [(name, value, 0) for name, value in around], _MOST_HELD
    for name, value, depth in waiting:  # (which grows)
        kind = type(value)
        if kind in (list, tuple):
            parts = [(f"{name}[{k}]", x) for k, x in enumerate(value[:left])]
        elif kind is dict:
            parts = [(f"{name}[{k!r}]", x) for k, x in list(value.items())[:left] if type(k) in (str, int)]
        elif issubclass(kind, (_core.Operand, ModuleType, FunctionType, type)):
            continue
        else:
            own = _attributes(value)
            parts = [(f"{name}.{k}", x) for k, x in own[:left] if type(k) is str and k[:1] != "_"]
        left -= len(parts)
        found += [(path, x) for path, x in parts if issubclass(type(x), _core.Operand)]
        if depth < _DEPTH:
            waiting += [(path, x, depth + 1) for path, x in parts]
    return found


def _attributes(value: Any) -> list[tuple[Any, Any]]:
    """What an object has in its dict and in its slots; none of its own code is run."""
    found: list[tuple[Any, Any]] = []
    try:
        own = object.__getattribute__(value, "__dict__")
        found += own.items() if type(own) is dict else ()
    except AttributeError:
        pass
    for base in type.__dict__["__mro__"].__get__(type(value)):
        for name, slot in list(type.__dict__["__dict__"].__get__(base).items()):
            if type(slot) is MemberDescriptorType:
                try:
                    found.append((name, slot.__get__(value)))
                except AttributeError:  # (nothing was assigned to it)
                    continue
    return found
