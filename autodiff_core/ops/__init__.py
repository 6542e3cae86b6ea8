"""The op table: every op is one row, in the file of its like. `rows()` lists them all.

Rows that few programs use are loaded with the functions that reach them, not with the library.
"""

from importlib import import_module as _import_module

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
from .table import Case, Row
from .table import rows as _loaded_rows

_LATER = (
    *(
        "solving",
        "decompositions",
        "matrix_functions",
        "convolution",
        "polynomials",
        "cosines",
        "fourier",
        "ctc",
        "factors",
        "triangular",
        "spectral",
    ),
    "updating",
)
_SPECIAL = (
    "special",
    "gamma_orders",
    "elliptic",
    "bessel",
    "hypergeometric",
    "elementary",
    "distributions",
    "complex_special",
)
_WITH_SCIPY = ("banded", "multivariate", *_SPECIAL)


def rows() -> tuple[Row, ...]:
    """All rows of the op table; those that have not been needed yet are loaded. Some need SciPy."""
    from importlib.util import find_spec  # its import takes a millisecond

    for name in _LATER:
        _import_module(f"{__name__}.{name}")
    if find_spec("scipy") is not None:
        for name in _WITH_SCIPY:
            _import_module(f"{__name__}.{name}")
    return _loaded_rows()


def load_special() -> None:
    """Load the rows of all of SciPy's special functions."""
    for name in _SPECIAL:
        _import_module(f"{__name__}.{name}")


__all__ = [
    "Case",
    "Row",
    "complex_parts",
    "elementwise",
    "indexing",
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
