"""The names of a module that spells a module of NumPy's: NumPy's list, and each thing when it is first asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def namespace(name: str) -> tuple[list[str], Callable[[], list[str]], Callable[[str], Any]]:
    """`__all__`, `__dir__` and `__getattr__` of a module that spells a module of NumPy's."""
    original = import_module(name)
    public = {*original.__all__, "__version__"}
    here = name.replace("numpy", __package__, 1)

    def dir_of() -> list[str]:
        return dir(original)

    def attribute(wanted: str) -> Any:
        if wanted.startswith("__") and wanted not in public:  # what the import system asks for is not NumPy's to say
            raise AttributeError(f"module {here!r} has no attribute {wanted!r}")
        try:
            thing = getattr(original, wanted)
        except AttributeError as error:
            raise AttributeError(f"module {here!r} has no attribute {wanted!r}: {error}") from None
        from .spellings import spelled

        found = spelled(thing, f"{name}.{wanted}", here)
        setattr(sys.modules[here], wanted, found)
        return found

    return list(original.__all__), dir_of, attribute
