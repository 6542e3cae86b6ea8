"""Iterators of datasets: what threads may share, and what an error ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator as AnyIterator
from typing import TYPE_CHECKING, Any

from .. import _core

if TYPE_CHECKING:
    from .dataset import Dataset

__all__ = ["Iterator"]


class Iterator:
    """The elements of a dataset, one after the other: what `iter(dataset)` gives.

    Several iterators of a dataset go on independently. Threads may share one: each element goes to one of them. No tape
    records what a pipeline does. After an error an iterator has ended: it raises a RuntimeError from then on, and not
    the end of a dataset that has more elements.

    Parameters
    ----------
    dataset : Dataset
        Whose elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/data/Iterator

    Examples
    --------
    >>> iterator = iter(tf.data.Dataset.range(2))
    >>> int(next(iterator)), int(iterator.get_next())
    (0, 1)
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        stage = dataset._stage
        self._element = stage.form.element
        self._handles: AnyIterator[Any] = stage.handles()
        self._error: str | None = None
        self._turn, self._process = threading.RLock(), os.getpid()

    @property
    def element_spec(self) -> Any:
        """What elements are, as the dataset says."""
        return self._dataset.element_spec

    def __iter__(self) -> Iterator:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(
            "an iterator of a tf.data.Dataset is not pickled, and not copied: how far it is lies in this process. "
            "Send the dataset, of which iter() makes another one; dataset.skip(n) begins behind n elements"
        )

    def get_next(self) -> Any:
        """The next element; the same as `next(iterator)`.

        Raises
        ------
        StopIteration
            Where there is no other.

        Examples
        --------
        >>> int(iter(tf.data.Dataset.range(3)).get_next())
        0
        """
        return next(self)

    def __next__(self) -> Any:
        if self._process != os.getpid():  # (a thread that does not exist here may have had its turn)
            self._turn, self._process = threading.RLock(), os.getpid()
        with self._turn:
            if self._error is not None:
                raise RuntimeError(
                    f"this iterator has ended by an error ({self._error}); iterate over the dataset anew"
                )
            if _core.is_tracing():
                _not_recorded()
            listening = _core.suspend(but_strict=True)
            try:
                return self._element(next(self._handles))
            except StopIteration:
                self._handles = iter(())
                raise
            except BaseException as error:
                self._handles = iter(())
                self._error = f"{type(error).__name__}: {error}"  # (the error itself would keep its frames)
                raise
            finally:
                _core.resume(listening)


def _not_recorded() -> None:
    """A program would repeat the elements that it was recorded with: a function that iterates is run as Python."""
    if _core.are_made_up():
        raise TypeError(
            "a function that iterates over a tf.data.Dataset is run as the Python that it is: it has no program, which "
            "would repeat the elements that it was recorded with, and no shapes without being run; record what is done "
            "with one element"
        )
    _core.give_up(
        "it iterates over a tf.data.Dataset, and its program would repeat the elements that it was recorded with; "
        "record what is done with one"
    )
