"""The op table: every op is one row, in the file of its like. `rows()` lists them all.

Rows that few programs use are loaded with the functions that reach them, not with the library.
"""

import sys as _sys
from importlib import import_module as _import_module

from numpy import ufunc as _ufunc

from . import (
    complex_parts,
    elementwise,
    indexing,
    linalg,
    nn,
    ordering,
    reductions,
    rereading,
    scans,
    segments,
    shaping,
    windows,
)
from .names import NAMES
from .table import Case, Row
from .table import rows as _loaded_rows


def rows() -> tuple[Row, ...]:
    """All rows of the op table; those that have not been needed yet are loaded. Some need SciPy."""
    from importlib.util import find_spec  # its import takes a millisecond
    from pkgutil import iter_modules

    for file in iter_modules(__path__):
        try:
            _import_module(f"{__name__}.{file.name}")
        except ImportError:
            if find_spec("scipy") is not None:
                raise
    return _loaded_rows()


def load_special() -> None:
    """Load the rows of all of SciPy's special functions."""
    for place in set(NAMES["tf.scipy.special"].values()):
        _import_module(f"{__name__.rpartition('.')[0]}.{place.rpartition('.')[0]}")


def is_of_scipy(ufunc: _ufunc) -> bool:
    """Whether a ufunc is one of scipy.special, which has been imported then."""
    module = _sys.modules.get("scipy.special._ufuncs")
    return module is not None and getattr(module, ufunc.__name__, None) is ufunc


__all__ = [
    "Case",
    "Row",
    "complex_parts",
    "elementwise",
    "indexing",
    "is_of_scipy",
    "linalg",
    "load_special",
    "nn",
    "ordering",
    "reductions",
    "rereading",
    "rows",
    "scans",
    "segments",
    "shaping",
    "windows",
]
