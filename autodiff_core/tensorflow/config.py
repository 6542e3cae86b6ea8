"""Settings, under TensorFlow's names."""

from importlib import import_module as _import_module
from typing import Any as _Any

from ..programs.function import functions_run_eagerly, run_functions_eagerly

_OF_DEVICES = ("list_logical_devices", "list_physical_devices")


def __getattr__(name: str) -> _Any:
    if name in _OF_DEVICES:
        return getattr(_import_module(f"{__package__}.devices"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["functions_run_eagerly", "run_functions_eagerly", *_OF_DEVICES]
