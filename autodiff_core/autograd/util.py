"""What `autograd.util` has: tuples with some items exchanged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["func", "subval", "subvals"]


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """A tuple of x's items, with others in the places that are named."""
    items = list(x)
    for place, value in ivs:
        items[place] = value
    return tuple(items)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """A tuple of x's items, with another in one place."""
    return subvals(x, [(i, v)])


def func(f: Any) -> Any:
    """The function itself."""
    return f
