"""The op table: every op is one row, in the file of its like. `rows()` lists them all."""

from . import convolution, elementwise, indexing, linalg, nn, ordering, reductions, scans, segments, shaping, windows
from .table import Case, Row, rows

__all__ = [
    "Case",
    "Row",
    "convolution",
    "elementwise",
    "indexing",
    "linalg",
    "nn",
    "ordering",
    "reductions",
    "rows",
    "scans",
    "segments",
    "shaping",
    "windows",
]
