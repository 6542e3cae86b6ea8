"""Points where a row has no derivative, and what its derivative gives there instead: a fact of the row.

A predicate is given what the derivative's formula or rule is given, but for the cotangent: an elementwise row's
operands and result, or any other row's result, attributes and operands. They are arrays, and it says of each element
whether it sits on such a point. Where a value is infinite or NaN there is no kink but a pole, which is another matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Kink:
    """A kind of point without a derivative.

    `what` names it, `where` finds it among values, and `convention` says what the derivative gives there.
    """

    # (A plain class: to make a dataclass takes longer than all other imports of the rows' files.)
    __slots__ = ("convention", "what", "where")

    def __init__(self, what: str, where: Callable[..., Any], convention: str) -> None:
        self.what, self.where, self.convention = what, where, convention

    def __repr__(self) -> str:
        return f"<Kink: {self.what}>"


def _zero(x: Any, y: Any) -> Any:
    return x == 0


def at_zero(convention: str) -> tuple[Kink]:
    """Of a row of one operand that has its kink at 0."""
    return (Kink("0", _zero, convention),)


def _tie(x: Any, y: Any, z: Any) -> Any:
    return x == y


def ties(convention: str) -> tuple[Kink]:
    """Of a row of two operands that has its kinks where they are equal."""
    return (Kink("a tie", _tie, convention),)


JUMPS = "as on either side: none"


def jumps(where: Callable[..., Any]) -> tuple[Kink]:
    """Of a row that is level between jumps."""
    return (Kink("a jump", where, JUMPS),)


def same_neighbours(ordered: Any, axis: int = -1) -> Any:
    """Which values equal the one before, of values in order along an axis."""
    return np.diff(ordered, axis=axis) == 0


def alike(values: Any) -> Any:
    """Which of some values of a matrix, in order along the last axis, are the next one's but for roundings."""
    if values.shape[-1] < 2:
        return np.zeros(values.shape[:-1], bool)
    largest = np.abs(values).max(axis=-1, keepdims=True)
    return np.abs(np.diff(values, axis=-1)) <= values.shape[-1] * np.finfo(values.dtype).eps * largest


def negligible(values: Any) -> Any:
    """Which of some values that are not negative are 0 beside the largest, but for roundings."""
    if values.shape[-1] == 0:
        return np.zeros(values.shape, bool)
    largest = np.abs(values).max(axis=-1, keepdims=True)
    return values <= values.shape[-1] * np.finfo(values.dtype).eps * largest
