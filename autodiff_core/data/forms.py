"""The forms of elements on their way through a pipeline.

What a stage passes on is a *handle* of an element: a row's number where elements are rows of arrays, the element itself
where somebody has made it. Stages that only choose and order (shuffle, take, repeat, zip, cache, prefetch) pass handles
on unread, so a batch of rows is one look-up by their numbers, and nothing is made for each of them. A form knows how
an element is made of its handle, and a batch of several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from .. import _core, nest
from .structures import joined, stacked

__all__ = ["FINISHED", "Form", "Numbers", "Rows", "Zipped"]


class Form(Protocol):
    """What a stage says of its handles."""

    def element(self, handle: Any) -> Any:
        """The element: a structure of tensors."""

    def batch(self, handles: list[Any]) -> Any:
        """Several elements as one, along a new first axis."""


class Rows:
    """Rows of arrays by their numbers."""

    def __init__(self, tensors: Any) -> None:
        leaves, self._rebuild = nest.flatten_for_tape(tensors)
        self.columns = [_core.value_array(leaf) for leaf in leaves]

    def element(self, handle: int) -> Any:
        return self._rebuild([_core.adopt(column[handle]) for column in self.columns])

    def batch(self, handles: list[int]) -> Any:
        first, count = handles[0], len(handles)
        if handles[-1] - first == count - 1 and handles == list(range(first, first + count)):
            return self._rebuild([_core.adopt(column[first : first + count]) for column in self.columns])
        rows = np.array(handles, np.intp)
        return self._rebuild([_core.adopt(column.take(rows, axis=0)) for column in self.columns])


class Numbers:
    """Numbers themselves."""

    def __init__(self, dtype: Any) -> None:
        self._dtype = dtype

    def element(self, handle: int) -> _core.Tensor:
        return _core.adopt(np.array(handle, self._dtype))

    def batch(self, handles: list[int]) -> _core.Tensor:
        return _core.adopt(np.array(handles, self._dtype))


class Zipped:
    """Tuples of handles, each of a form of its own."""

    def __init__(self, forms: list[Form], rebuild: Callable[[list[Any]], Any]) -> None:
        self._forms, self._rebuild = forms, rebuild

    def element(self, handle: tuple[Any, ...]) -> Any:
        return self._rebuild([form.element(part) for form, part in zip(self._forms, handle, strict=True)])

    def batch(self, handles: list[tuple[Any, ...]]) -> Any:
        parts = zip(*handles, strict=True)
        return self._rebuild([form.batch(list(part)) for form, part in zip(self._forms, parts, strict=True)])


class Finished:
    """Elements that are there."""

    def element(self, handle: Any) -> Any:
        return handle

    def batch(self, handles: list[Any]) -> Any:
        return stacked(handles, "batch", joined)


FINISHED = Finished()
