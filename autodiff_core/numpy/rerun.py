"""Modules of NumPy's that are Python, run once more on this namespace: what they compute with tensors is recorded.

`np.polynomial` makes arrays of whatever it is given, by `np.array`. Executed with this namespace in NumPy's place its
code is the same, and `np.array` is one that records.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from .. import _core


class _Arrays(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, (np.ndarray, _core.Operand))


class _ndarray(metaclass=_Arrays):
    """What such a module takes for an array: tensors, too."""


class _Namespace(ModuleType):
    """NumPy, as such a module sees it."""

    ndarray = _ndarray

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(__package__), name)


def _undispatched(*arguments: Any, **options: Any) -> Callable[[Any], Any]:
    """In the place of NumPy's decorator that would ask the tensors what to do."""
    return lambda function: function


_NUMPY = _Namespace("numpy")
_OVERRIDES = ModuleType("numpy._core.overrides")
_OVERRIDES.__dict__["array_function_dispatch"] = _undispatched


_made: dict[str, ModuleType] = {}


def rerun(name: str) -> ModuleType:
    """A module of NumPy's, named as in 'numpy.polynomial.polynomial', run on this namespace; made once."""
    if name in _made:
        return _made[name]
    spec = find_spec(name)
    assert spec is not None and isinstance(spec.loader, InspectLoader)
    code = spec.loader.get_code(name)
    assert code is not None
    module = ModuleType(name.replace("numpy", __package__, 1), f"As {name}, of tensors, too.")
    # What is imported relatively is sought beside NumPy's module, and comes from here.
    parent, _, last = name.rpartition(".")
    module.__package__ = name if spec.submodule_search_locations else parent
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
    _made[name] = module
    sys.modules.setdefault(module.__name__, module)
    try:
        exec(code, vars(module))
    except BaseException:
        del _made[name]
        raise
    if parent in _made:
        setattr(_made[parent], last, module)
    return module


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    """`import` within such a module."""
    if level == 0 and not fromlist and name.partition(".")[0] == "numpy":
        return _NUMPY
    if name == "numpy._core.overrides":
        return _OVERRIDES
    if level == 0:
        return builtins.__import__(name, globals, locals, fromlist, level)
    base = globals["__package__"]
    found = rerun(f"{base}.{name}" if name else base)
    for part in fromlist:
        if not hasattr(found, part):
            rerun(f"{base}.{part}")
    return found
