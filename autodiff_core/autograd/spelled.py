"""Functions for arrays and tensors: SciPy's own where arrays alone come in, and those of ours where a tensor does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from .boxes import holds_box

__all__ = ["by_name", "filled", "of_both", "of_scipy"]

Function = Callable[..., Any]


def of_both(theirs: Function, ours: Function) -> Function:
    """One function: theirs for arrays, which gives arrays, and ours for tensors."""

    def spelling(*args: Any, **kwargs: Any) -> Any:
        if any(map(holds_box, args)) or holds_box(kwargs):
            return ours(*args, **kwargs)
        return theirs(*args, **kwargs)

    spelling.__name__ = spelling.__qualname__ = getattr(theirs, "__name__", "function")
    spelling.__doc__ = f"As SciPy's or NumPy's `{spelling.__name__}`, of arrays and tensors."
    return spelling


def by_name(theirs: Any, ours: Any, names: Iterable[str]) -> dict[str, Any]:
    """Things of theirs by their names: those that ours has, too, are for both, and the others are theirs."""
    found = {}
    for name in names:
        thing = getattr(theirs, name)
        own = getattr(ours, name, None)
        found[name] = of_both(thing, own) if callable(own) and callable(thing) else thing
    return found


def of_scipy(name: str) -> Any:
    """A module of SciPy's."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f'autograd.{name} is made of SciPy\'s, which is not installed: pip install "autodiff-core[scipy]"'
        ) from error


def filled(namespace: dict[str, Any], theirs: str, ours: Any) -> list[str]:
    """Put all public things of a module of SciPy's into a namespace; their names."""
    module = of_scipy(theirs)
    names = [name for name in dir(module) if not name.startswith("_")]
    namespace.update(by_name(module, ours, names))
    return names
