"""Objects that stay in the process that made them, since what they stand for is there."""

from __future__ import annotations

from typing import Any, Self

__all__ = ["Stays"]


class Stays:
    """A copy of it is the same object, and it is not pickled."""

    __slots__ = ()

    def _why_here(self) -> str:
        """Why it is not pickled, and what to send in its place."""
        raise NotImplementedError

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(self._why_here())
