"""What `install` tells packages that go by the names of modules: that tensors are autograd's boxes.

autoray, and PennyLane with it, sorts arrays by the module of their class; PennyLane also reads the attribute `_value`
of a box, takes boxes within boxes apart one by one, and checks in one place that a result's class is NumPy's,
autograd's or its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from .. import _core
from ..numpy import methods
from .boxes import getval, isbox, plain

__all__ = ["adapt", "leave"]


_told = False


def _found(name: str) -> Callable[..., Any]:
    return _content if name == "_value" else methods.function_of(name)


def _content(x: Any) -> Any:
    """What is in a box, as its attribute: types written in C lose no attribute, so that it is missing by itself."""
    if not _told:
        raise AttributeError(f"{type(x).__name__!r} object has no attribute '_value'", name="_value", obj=x)
    return getval(x)


def adapt() -> None:
    """Tell them; what is not installed costs nothing."""
    global _told
    _told = True
    _core.install_methods((), ("_value",), _found)
    if find_spec("autoray") is not None:
        import_module("autoray").register_backend(_core.Tensor, "autograd")
    if _AfterPennyLane not in sys.meta_path:
        sys.meta_path.insert(0, _AfterPennyLane)


def leave() -> None:
    """Take back what they were told; what has been changed of PennyLane's modules stays."""
    global _told
    if _told and "autoray" in sys.modules:  # (which goes by this name where it has been told none)
        sys.modules["autoray"].register_backend(_core.Tensor, _core.Tensor.__module__.partition(".")[0])
    _told = False
    if _AfterPennyLane in sys.meta_path:
        sys.meta_path.remove(_AfterPennyLane)


def _relax(module: Any) -> None:
    """Let tensors pass the check of results."""
    checked = getattr(module, "_error_if_not_array", None)
    if checked is None:
        return

    def relaxed(f: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            output = f(*args, **kwargs)
            return output if isinstance(output, _core.Tensor) else checked(lambda: output)()

        return called

    module._error_if_not_array = relaxed


def _unwrap_by_level(module: Any) -> None:
    """Boxes are unwrapped a level at a time there: a tensor that somebody around listens to is in a box still."""
    unwrap = getattr(module, "_to_numpy_autograd", None)
    if unwrap is None:
        return

    def to_numpy(x: Any, max_depth: int | None = None, _n: int = 0) -> Any:
        if isbox(x):
            return getval(x) if max_depth is None else plain(x)
        return unwrap(x, max_depth=max_depth, _n=_n)

    import_module("autoray").register_function("autograd", "to_numpy", to_numpy)


_AFTER = {"pennylane._grad.grad": _relax, "pennylane.math.single_dispatch": _unwrap_by_level}


class _AfterPennyLane:
    """Finds modules of PennyLane's as ever, and changes them once they are loaded."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        change = _AFTER.get(name)
        if change is None:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def loaded(module: ModuleType) -> None:
                load(module)
                change(module)

            spec.loader.exec_module = loaded  # type: ignore[method-assign]
        return spec
