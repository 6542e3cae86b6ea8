"""The op table: every op is one row, in the file of its like. `rows()` lists them all."""

from . import elementwise, indexing, linalg, nn, reductions, shaping
from .table import Case, Row, rows

__all__ = ["Case", "Row", "elementwise", "indexing", "linalg", "nn", "reductions", "rows", "shaping"]
