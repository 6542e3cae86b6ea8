"""`experimental`: of what TensorFlow has there, `dlpack`, arrays to and from other libraries without a copy, and
`numpy`, its namespace of NumPy on tensors."""

from importlib import import_module as _import_module
from typing import Any as _Any

from . import dlpack

__all__ = ["dlpack", "numpy"]


def __getattr__(name: str) -> _Any:
    if name == "numpy":  # loaded when it is first used
        return _import_module("autodiff_core.numpy")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
