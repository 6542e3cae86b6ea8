"""Python's own loops, for libraries that have none, and for ours where every round is to be recorded."""

from collections.abc import Callable
from typing import Any


def repeat(step: Callable[[Any], Any], state: Any, count: int) -> Any:
    for _ in range(count):
        state = step(state)
    return state


def fold(step: Callable[[Any, Any], Any], state: Any, rows: Any) -> Any:
    for row in rows:
        state = step(state, row)
    return state
