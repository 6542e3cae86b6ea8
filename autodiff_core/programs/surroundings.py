"""Which names a function's own code reads around it, from its closure and its module.

A recorded function is recorded for the values that it found there. They are compared at each call (src/around.pxi);
this module says which ones there are. Code that the function calls is not looked into, and a name that the code assigns
to is its own business: a counter of recordings, say.
"""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from inspect import getattr_static
from types import CodeType, FunctionType, MethodType
from typing import Any

from ..wrapping import PACKAGE

__all__ = ["names_around"]


def names_around(f: Callable[..., Any]) -> tuple[Any, ...]:
    """Where a function's own code reads what: (place, name, ...), a place being a cell or a module's dict."""
    found: dict[tuple[int, str], Any] = {}
    for function in _own_functions(f):
        free, of_module = _reads(function.__code__)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name in free:
                found[id(cell), name] = cell
        module = function.__globals__
        for name in of_module:
            if name in module or not hasattr(builtins, name):
                found[id(module), name] = module
    return tuple(part for (_, name), place in found.items() for part in (place, name))


def _own_functions(f: Any) -> Iterator[FunctionType]:
    """The functions in Python that a call runs first: the function, and what it wraps, but for this package's."""
    seen: set[int] = set()
    while f is not None and id(f) not in seen:
        seen.add(id(f))
        if isinstance(f, MethodType):
            f = f.__func__
        elif isinstance(f, partial):
            f = f.func
        elif isinstance(f, FunctionType):
            if not f.__code__.co_filename.startswith(PACKAGE):
                yield f
            f = getattr(f, "__wrapped__", None)
        else:
            f = getattr(f, "__wrapped__", None) or getattr_static(type(f), "__call__", None)


@lru_cache(maxsize=4096)
def _reads(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """The names that code, and code within it, reads from its closure and from its module, and never assigns to."""
    free, read, written = set(code.co_freevars), set[str](), set[str]()
    for inner in _codes(code):
        for step in dis.get_instructions(inner):
            if step.opname == "LOAD_GLOBAL":
                read.add(step.argval)
            elif step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                written.add(step.argval)
            elif step.opname in ("STORE_DEREF", "DELETE_DEREF") and step.argval in inner.co_freevars:
                free.discard(step.argval)
    return frozenset(free), frozenset(read - written)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
