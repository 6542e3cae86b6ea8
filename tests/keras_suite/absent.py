"""Libraries that Keras's tests import at their top, and that need not be here: TensorFlow, JAX and a few more.

A test that really uses one of them is skipped, and the others of its file run. So a test's file, and nobody else,
finds a stand-in in the place of a library that is not installed: whatever is asked of it can be named, and skips the
test that calls it or builds on it.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import types
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

OPTIONAL = ("tensorflow", "tensorflow_io", "jax", "torch", "grain", "flax", "onnxruntime", "onnx", "requests", "orbax")


def reason(name: str) -> str:
    """What a test says that needs it."""
    return f"needs {name}, which is not installed"


def needed(error: ImportError) -> str | None:
    """Which of them an import that failed was of: Python's, or one by Keras, which has an error of its own."""
    said = re.search(r"requires (?:the )?[`']?([\w-]+)", str(error))
    name = said[1].lower().partition("-")[0] if said else str(error.name or "").partition(".")[0]
    return name if name in missing() else None


class Nothing(types.ModuleType):
    """In the place of a library, of a module in it, or of something that the module has."""

    def __init__(self, name: str, path: str = "") -> None:
        super().__init__(name)
        self.__dict__.update(_library=name, _path=path or name, __path__=[])

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Nothing(self._library, f"{self._path}.{attribute}")

    def _skip(self, *arguments: Any, **options: Any) -> Any:
        raise unittest.SkipTest(reason(self._library))

    __call__ = __getitem__ = __iter__ = __mro_entries__ = __enter__ = __bool__ = __instancecheck__ = _skip


def missing() -> list[str]:
    """Which of them are not installed."""
    return [name for name in OPTIONAL if importlib.util.find_spec(name) is None]


class _Finder:
    """Finds stand-ins for what is missing, and for modules in it."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] in self.names:
            return importlib.util.spec_from_loader(name, self)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        return Nothing(spec.name.partition(".")[0], spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


@contextmanager
def stand_ins() -> Iterator[None]:
    """While a test's file is imported; afterwards, Keras itself finds what is there, and no more."""
    names = missing()
    finder = _Finder(names)
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[name]
