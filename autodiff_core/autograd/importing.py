"""`import autograd` finds `autodiff_core.autograd`: a finder in front of the others, for it and what is below it."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Any

from ..namespaces import alias_spec
from . import clients

__all__ = ["install", "uninstall"]

_NAME = "autograd"


class _Finder:
    """Finds `autograd` and what is below it here, as the modules that they are."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != _NAME and not name.startswith(_NAME + "."):
            return None
        home = __package__ + name[len(_NAME) :]
        try:
            missing = home not in sys.modules and find_spec(home) is None
        except ModuleNotFoundError:
            missing = True
        return None if missing else alias_spec(name, home)


def _names() -> list[str]:
    return [name for name in sys.modules if name == _NAME or name.startswith(_NAME + ".")]


def install() -> None:
    """Let `import autograd`, in whatever package, find `autodiff_core.autograd`.

    Raises
    ------
    ImportError
        Where the package `autograd` has been imported already.

    Notes
    -----
    Call it before anything that imports autograd. PennyLane goes by the names of classes' modules; it is told that
    tensors are autograd's. `uninstall` takes the names back.

    Examples
    --------
    In a program, in front of the other imports::

        import autodiff_core.autograd

        autodiff_core.autograd.install()
        import lifelines  # (it imports autograd)
    """
    there = sys.modules.get(_NAME)
    if there is not None and there is not sys.modules[__package__]:
        raise ImportError(
            f"autograd has been imported already, from {getattr(there, '__file__', None)}: call "
            f"autodiff_core.autograd.install() before everything that imports it"
        )
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
    clients.adapt()


def uninstall() -> None:
    """Let `import autograd` find the package of that name again; what has been imported stays as it is."""
    if _Finder in sys.meta_path:
        sys.meta_path.remove(_Finder)
    if sys.modules.get(_NAME) is sys.modules[__package__]:
        for name in _names():
            del sys.modules[name]
    clients.leave()
