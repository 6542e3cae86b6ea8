"""Rows by number, changed and added up: what `Variable.scatter_add` and the optimizers do inside a recorded function.

Outside of one they work in place, on arrays. Here are the same changes as operations that make new values, with the
numbers of the rows for an operand, so that a replay changes the rows of its call. Both give the same numbers to the
last bit. A replay that assigns such a value to the variable that it was made of does not make it: it changes the rows
in place, at its end. Nothing is differentiated: what is assigned to a variable is a new value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .forms import Kind


def changed_rows(x: Any, kind: str, numbers: Any, values: Any) -> Tensor:
    """x with some of its rows changed, one after the other: "add", "subtract" or "replace"."""
    return _core.general(_CHANGED, (x, numbers, values), kind)


def _changed_kind(kind: str, x: Kind, numbers: Kind, values: Kind) -> Kind:
    forms.integers(numbers)
    if not x.ndim or numbers.ndim != 1 or values.shape != (*numbers.shape, *x.shape[1:]):
        raise ValueError(f"rows of shape {values.shape} for {numbers.shape} rows of a tensor of shape {x.shape}")
    return Kind(*x)


_CHANGED = _core.register_general(
    "change_rows",
    lambda kind, x, numbers, values: _core.changed_rows(kind, x, numbers, values),
    None,
    None,
    False,
    False,
    updates_rows=True,
    form=forms.text("add", "subtract", "replace"),
    gives=_changed_kind,
    c=c_loops.BY_NUMBERS,
    cost=forms.MOVE,
)


def row_totals(numbers: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """For each row the sum of all those of the same number, itself included, in their order."""
    once, places = np.unique(numbers, return_inverse=True)
    if once.size == numbers.size:
        return np.array(rows, order="C")
    sums = np.zeros((once.size, *rows.shape[1:]), rows.dtype)
    _core.add_rows(sums, places, rows)
    return sums[places]


def totalled(numbers: Any, rows: Any) -> Tensor:
    """`row_totals` of tensors."""
    return _core.general(_TOTALS, (numbers, rows), None)


def _totals_kind(attributes: Any, numbers: Kind, rows: Kind) -> Kind:
    forms.integers(numbers)
    if numbers.ndim != 1 or rows.shape[:1] != numbers.shape:
        raise ValueError(f"rows of shape {rows.shape} for numbers of shape {numbers.shape}")
    return Kind(*rows)


_TOTALS = _core.register_general(
    "row_totals",
    lambda _, numbers, rows: row_totals(numbers, rows),
    None,
    None,
    False,
    False,
    form=forms.nothing,
    gives=_totals_kind,
    c=c_loops.BY_NUMBERS,
)


def row_numbers_within(numbers: Any, count: int | None) -> Tensor:
    """The numbers themselves, which a replay checks as they are checked here."""
    return _core.general(_WITHIN, (numbers,), count)


def check_range(numbers: np.ndarray, count: int | None) -> None:
    """Refuse numbers of rows that a table of `count` rows, or any, cannot have."""
    if numbers.size and numbers.min() < 0:
        raise IndexError(f"IndexedSlices: index {numbers.min()} is negative; rows are counted from the first")
    if numbers.size and count is not None and numbers.max() >= count:
        raise IndexError(f"IndexedSlices: index {numbers.max()} is out of bounds for {count} rows")


def _within(count: int | None, numbers: np.ndarray) -> np.ndarray:
    check_range(numbers, count)
    return numbers.copy()


_WITHIN = _core.register_general(
    "rows_within",
    _within,
    None,
    None,
    False,
    False,
    raises=True,
    form=forms.maybe(forms.count),
    gives=forms.same_integers,
    c=c_loops.OF_INTEGERS,
)
