"""What `autograd.scipy` has: SciPy's functions, in which tensors are recorded and arrays give arrays."""

from importlib import import_module as _import_module
from typing import Any as _Any

__all__ = ["integrate", "linalg", "signal", "special", "stats"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> _Any:
    if name in __all__:
        return _import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
