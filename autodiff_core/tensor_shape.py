"""TensorShape: the tuple that a tensor's shape is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, SupportsIndex, overload


class TensorShape(tuple[int, ...]):
    """The shape of a tensor: a tuple of sizes that prints like TensorFlow's.

    Parameters
    ----------
    dims : iterable of int
        The sizes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/TensorShape. Every size is known here.

    Examples
    --------
    >>> tf.zeros((2, 3)).shape
    TensorShape([2, 3])
    >>> print(tf.zeros((2, 3)).shape)
    (2, 3)
    """

    __slots__ = ()

    def __new__(cls, dims: Iterable[int] = ()) -> TensorShape:
        return super().__new__(cls, dims)

    def __repr__(self) -> str:
        return f"TensorShape([{', '.join(map(str, self))}])"

    def __str__(self) -> str:
        return str(tuple(self))

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> TensorShape: ...
    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return TensorShape(part) if isinstance(key, slice) else part

    def __add__(self, other: Any) -> TensorShape:
        return TensorShape((*self, *other))

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self)

    ndims = rank

    @property
    def dims(self) -> list[int]:
        """The sizes as a list."""
        return list(self)

    def as_list(self) -> list[int]:
        """The sizes as a list."""
        return list(self)

    def num_elements(self) -> int:
        """The number of elements."""
        return math.prod(self)

    def is_fully_defined(self) -> bool:
        """True: every size is known."""
        return True

    def is_compatible_with(self, other: Any) -> bool:
        """Whether another shape is the same; None in it matches any size."""
        sizes = tuple(other)
        return len(sizes) == len(self) and all(o is None or o == s for o, s in zip(sizes, self, strict=True))

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise a ValueError unless the other shape is the same."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {tuple(other)} are incompatible")
