"""`autodiff_core.numpy.polynomial`: NumPy's package of that name, its code run on this namespace."""

from typing import Any

from ..rerun import rerun

_whole = rerun("numpy.polynomial")
__all__ = list(_whole.__all__)


def __getattr__(name: str) -> Any:
    return getattr(_whole, name)


def __dir__() -> list[str]:
    return dir(_whole)
