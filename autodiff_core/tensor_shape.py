"""TensorShape: the tuple that a tensor's shape is, with what TensorFlow's shapes say and do beside it.

A tensor's own sizes are all known. A shape that somebody writes down may leave some open (None), or its rank too: such
a one describes tensors, as the shape of a `TensorSpec` does.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from typing import Any, NoReturn, SupportsIndex, overload


class Dimension(int):
    """A size in `TensorShape.dims`: an int that has itself for its `value`.

    Examples
    --------
    >>> tf.zeros((2, 3)).shape.dims[1].value
    3
    """

    __slots__ = ()

    @property
    def value(self) -> int:
        """The size."""
        return int(self)

    def __repr__(self) -> str:
        return f"Dimension({int(self)})"

    def __str__(self) -> str:
        return str(int(self))


class TensorShape(tuple[int, ...]):
    """The shape of a tensor: a tuple of sizes that prints, compares and adds up like TensorFlow's.

    Parameters
    ----------
    dims : iterable of int or None, int, or None
        The sizes, None for what is open; one size; or None, for a shape of which not even the rank is known.

    Raises
    ------
    TypeError
        Where a size is no integer.
    ValueError
        Where one is negative.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/TensorShape. As there, a shape is equal to a list or a tuple of the
    same sizes, is joined to one by `+`, from either side, and is true unless its rank is unknown: a scalar's is, too.

    Examples
    --------
    >>> tf.zeros((2, 3)).shape
    TensorShape([2, 3])
    >>> print(tf.zeros((2, 3)).shape)
    (2, 3)
    >>> tf.zeros((2, 3)).shape == [2, 3], [4] + tf.zeros((2, 3)).shape
    (True, TensorShape([4, 2, 3]))
    """

    __slots__ = ()

    def __new__(cls, dims: Any = ()) -> TensorShape:
        if dims is None or (isinstance(dims, TensorShape) and dims.rank is None):
            return super().__new__(_OfUnknownRank)
        if isinstance(dims, (str, bytes)):
            raise TypeError(f"Failed to convert {dims!r} to a shape: it is text, not one size or several")
        if hasattr(dims, "__index__") and tuple(getattr(dims, "shape", ())) == ():
            dims = (dims,)
        return super().__new__(TensorShape, map(_size, dims))

    def __repr__(self) -> str:
        return f"TensorShape([{', '.join(map(str, self))}])"

    def __str__(self) -> str:
        return str(tuple(self))

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return tuple.__eq__(self, other)
        try:
            return tuple.__eq__(self, TensorShape(other))
        except (TypeError, ValueError):
            return NotImplemented

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = tuple.__hash__

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> TensorShape: ...
    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return TensorShape(part) if isinstance(key, slice) else part

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __reduce__(self) -> Any:
        return TensorShape, (tuple(self),)

    @property
    def rank(self) -> int | None:
        """The number of dimensions; None where it is not known."""
        return len(self)

    @property
    def ndims(self) -> int | None:
        """The same as `rank`."""
        return self.rank

    @property
    def dims(self) -> list[Any] | Any:  # of Dimension and None, or None
        """The sizes as a list; each has a `value`."""
        return [None if size is None else Dimension(size) for size in self]

    def as_list(self) -> list[int]:
        """The sizes as a list."""
        return list(self)

    def num_elements(self) -> int | None:
        """The number of elements; None where a size is open."""
        return math.prod(self) if self.is_fully_defined() else None

    def concatenate(self, other: Any) -> TensorShape:
        """The shape of these sizes, then of another's.

        Examples
        --------
        >>> tf.TensorShape([2]).concatenate([3, 4])
        TensorShape([2, 3, 4])
        """
        other = TensorShape(other)
        return other if other.rank is None else TensorShape((*self, *other))

    def is_fully_defined(self) -> bool:
        """Whether every size is known, as it is of a tensor's shape."""
        return None not in self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor could have both shapes; None matches any size, and an unknown rank any shape.

        Examples
        --------
        >>> tf.zeros((2, 3)).shape.is_compatible_with([None, 3])
        True
        """
        other = TensorShape(other)
        return other.rank is None or (len(other) == len(self) and all(map(_compatible, self, other)))

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every tensor of this shape has the other too.

        Examples
        --------
        >>> tf.TensorShape([2, 3]).is_subtype_of([2, None]), tf.TensorShape([2, None]).is_subtype_of([2, 3])
        (True, False)
        """
        other = TensorShape(other)
        return other.rank is None or (
            len(other) == len(self) and all(o is None or o == s for s, o in zip(self, other, strict=True))
        )

    def merge_with(self, other: Any) -> TensorShape:
        """What is known of a tensor that has both shapes.

        Raises
        ------
        ValueError
            Where there is no such tensor.

        Examples
        --------
        >>> tf.TensorShape([None, 3]).merge_with([2, None])
        TensorShape([2, 3])
        """
        other = TensorShape(other)
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        return (
            self if other.rank is None else TensorShape(o if s is None else s for s, o in zip(self, other, strict=True))
        )

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """What is known of a tensor that has one of the two shapes.

        Examples
        --------
        >>> tf.TensorShape([2, 3]).most_specific_compatible_shape([2, 4])
        TensorShape([2, None])
        """
        other = TensorShape(other)
        if other.rank != len(self):
            return TensorShape(None)
        return TensorShape(s if s == o else None for s, o in zip(self, other, strict=True))

    def with_rank(self, rank: int) -> TensorShape:
        """The shape, if it is of this rank; a ValueError if not."""
        return self._if(len(self) == rank, f"rank {rank}")

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """The shape, if it is of this rank or a higher one; a ValueError if not."""
        return self._if(len(self) >= rank, f"rank at least {rank}")

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """The shape, if it is of this rank or a lower one; a ValueError if not."""
        return self._if(len(self) <= rank, f"rank at most {rank}")

    def _if(self, holds: bool, what: str) -> TensorShape:
        if not holds:
            raise ValueError(f"Shape {self} must have {what}")
        return self

    def assert_has_rank(self, rank: int) -> None:
        """Raise a ValueError unless the shape is of this rank."""
        self.with_rank(rank)

    def assert_same_rank(self, other: Any) -> None:
        """Raise a ValueError unless the other shape is of the same rank."""
        other = TensorShape(other)
        if None not in (self.rank, other.rank) and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_is_fully_defined(self) -> None:
        """Raise a ValueError unless every size is known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise a ValueError unless a tensor could have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {TensorShape(other)} are incompatible")


class _OfUnknownRank(TensorShape):
    """The shape of any tensor: `TensorShape(None)`. It has no sizes to speak of, and says so."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "TensorShape(None)"

    def __str__(self) -> str:
        return "<unknown>"

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, _OfUnknownRank)

    __hash__ = TensorShape.__hash__

    def __len__(self) -> int:
        raise ValueError("Cannot take the length of shape with unknown rank.")

    def __iter__(self) -> Iterator[int]:
        raise ValueError("Cannot iterate over a shape with unknown rank.")

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return None
        if key.stop is None or key.step is not None or key.stop < 0 or (key.start or 0) < 0:
            return self
        return TensorShape([None] * max(0, key.stop - (key.start or 0)))

    def __reduce__(self) -> Any:
        return TensorShape, (None,)

    @property
    def rank(self) -> None:
        return None

    @property
    def dims(self) -> Any:
        return None

    def as_list(self) -> NoReturn:
        raise ValueError("as_list() is not defined on an unknown TensorShape.")

    def concatenate(self, other: Any) -> TensorShape:
        return self

    def is_fully_defined(self) -> bool:
        return False

    def is_compatible_with(self, other: Any) -> bool:
        return True

    def is_subtype_of(self, other: Any) -> bool:
        return TensorShape(other).rank is None

    def merge_with(self, other: Any) -> TensorShape:
        return TensorShape(other)

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        return self

    def with_rank(self, rank: int) -> TensorShape:
        return TensorShape([None] * rank)

    def with_rank_at_least(self, rank: int) -> TensorShape:
        return self

    with_rank_at_most = with_rank_at_least


def _compatible(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def _size(value: Any) -> Any:
    """A size as an int, or None."""
    if value is None or (type(value) is int and value >= 0):
        return value
    if isinstance(value, Dimension) or hasattr(value, "__index__"):
        size = operator.index(value)
        if size < 0:
            raise ValueError(f"Dimension {size} must be >= 0")
        return size
    raise TypeError(
        f"Dimension value must be integer or None or have an __index__ method, got value '{value!r}' with type "
        f"'{type(value)}'"
    )
