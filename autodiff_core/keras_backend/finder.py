"""Which names of Keras's lead to modules of ours, and for which versions of Keras."""

from __future__ import annotations

import os
import re
import sys
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from ..namespaces import alias_spec

__all__ = ["KERAS", "install"]

KERAS = "keras.src.backend.numpy"
"""The package of Keras's whose place is taken: of its backends the one that asks for nothing that we are not."""

_CONFIG = "keras.src.backend.config"
_ENVIRONMENT = "KERAS_BACKEND"

_HERE = __name__.rpartition(".")[0]
_FIRST, _BEYOND = (3, 14), (3, 16)


class _Finder:
    """Finds a module of Keras's backend here, by its name."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name == KERAS:
            return alias_spec(name, f"{_HERE}.exports", is_package=True)
        if name.startswith(KERAS + "."):
            return alias_spec(name, _HERE + name.removeprefix(KERAS))
        return _settings(path) if name == _CONFIG else None


def _settings(path: Any) -> ModuleSpec | None:
    """Keras's settings, which it reads from the environment.

    The backend's name is there for that long only: processes that this one starts inherit the environment, and may
    import Keras without this library.
    """
    spec = PathFinder.find_spec(_CONFIG, path)
    if spec is not None and spec.loader is not None:
        load = spec.loader.exec_module

        def loaded(module: ModuleType) -> None:
            before = os.environ.get(_ENVIRONMENT)
            os.environ[_ENVIRONMENT] = KERAS.rpartition(".")[2]
            try:
                load(module)
            finally:
                if before is None:
                    del os.environ[_ENVIRONMENT]
                else:
                    os.environ[_ENVIRONMENT] = before

        spec.loader.exec_module = loaded  # type: ignore[method-assign]
    return spec


def _check_version() -> None:
    try:
        version = metadata.version("keras")
    except metadata.PackageNotFoundError as error:
        raise ImportError(
            'autodiff_core.keras_backend runs Keras 3, which is not installed: pip install "autodiff-core[keras]"'
        ) from error
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or not _FIRST <= (int(numbers[1]), int(numbers[2])) < _BEYOND:
        raise ImportError(
            f"autodiff_core.keras_backend is made for Keras 3.14 and 3.15, and Keras {version} is installed: "
            f'pip install "keras>=3.14,<3.16"'
        )


def install() -> None:
    """Make Keras find its backend here.

    Raises
    ------
    ImportError
        Where there is no Keras, or one of another version, or it has been imported with another backend.
    """
    _check_version()
    if _Finder in sys.meta_path:
        return
    if "keras.src.backend" in sys.modules:
        backend = sys.modules["keras.src.backend"].backend()
        raise ImportError(
            f"Keras has been imported already, with its backend {backend!r}: import autodiff_core.keras_backend before "
            f"the first `import keras` of the process"
        )
    sys.meta_path.insert(0, _Finder)
