"""`scipy`: SciPy's functions on tensors, by SciPy's names and arguments: special, stats, linalg, signal, integrate.

The ufuncs of scipy.special itself take tensors, too. SciPy's other functions turn their operands into arrays, which no
tape follows; those here are recorded. What needs SciPy's kernels says so where it is not installed.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from . import integrate, linalg, signal, special, stats

__all__ = ["integrate", "linalg", "signal", "special", "stats"]


def __getattr__(name: str) -> _Any:
    if name in __all__:
        return _import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
