"""Vector spaces of values, as autograd has them: numbers and arrays, and tuples, lists and dicts of them.

A space says how large its values are and makes zeros, ones, a basis and random ones. Programs make their own by
subclassing `VSpace` and registering a type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from .boxes import FOLLOWED
from .util import subvals

__all__ = [
    "ArrayVSpace",
    "ComplexArrayVSpace",
    "ContainerVSpace",
    "DictVSpace",
    "ListVSpace",
    "NamedTupleVSpace",
    "SequenceVSpace",
    "TupleVSpace",
    "VSpace",
    "vspace",
]


def _normal(shape: tuple[int, ...]) -> Any:
    """By NumPy's one generator, as autograd, so that np.random.seed makes a check the same each time."""
    return np.random.standard_normal(shape)  # noqa: NPY002


class VSpace:
    """The space that a value lies in; `register` says which types have it."""

    mappings: ClassVar[dict[type, Callable[[Any], Any]]] = {}
    iscomplex = False

    def __init__(self, value: Any) -> None:
        pass

    def mut_add(self, x_prev: Any, x_new: Any) -> Any:
        """The sum of two values, of which the first may be None; nothing is changed."""
        return self._mut_add(self.zeros() if x_prev is None else x_prev, x_new)

    def add(self, x_prev: Any, x_new: Any) -> Any:
        """The sum of two values."""
        return self._add(x_prev, x_new)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """A value times a number."""
        return self._scalar_mul(x, a)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The inner product of two values."""
        return self._inner_prod(x, y)

    def covector(self, x: Any) -> Any:
        """The linear function of which the inner product with x is."""
        return self._covector(x)

    def zeros(self) -> Any:
        """The value that is zero."""
        raise NotImplementedError(f"{type(self).__name__}.zeros")

    def ones(self) -> Any:
        """The sum of the basis."""
        raise NotImplementedError(f"{type(self).__name__}.ones")

    def standard_basis(self) -> Iterator[Any]:
        """The basis, one value after the other."""
        raise NotImplementedError(f"{type(self).__name__}.standard_basis")

    def randn(self) -> Any:
        """A value of normally distributed numbers."""
        raise NotImplementedError(f"{type(self).__name__}.randn")

    def _add(self, x: Any, y: Any) -> Any:
        return x + y

    def _mut_add(self, x: Any, y: Any) -> Any:
        return self._add(x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return x * a

    def _inner_prod(self, x: Any, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._inner_prod")

    def _covector(self, x: Any) -> Any:
        return x

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}_{self.__dict__}"

    @classmethod
    def register(cls, value_type: type, vspace_maker: Callable[[Any], Any] | None = None) -> None:
        """Say that values of a type lie in spaces of this class, or in those that a function makes."""
        VSpace.mappings[value_type] = vspace_maker or cls


class ArrayVSpace(VSpace):
    """Real numbers and arrays of them."""

    def __init__(self, value: Any) -> None:
        array = value if isinstance(value, FOLLOWED) else np.asarray(value)
        self.shape = tuple(array.shape)
        self.dtype = np.dtype(array.dtype)

    @property
    def size(self) -> int:
        """How many real numbers a value has."""
        return int(np.prod(self.shape))

    @property
    def ndim(self) -> int:
        """How many axes a value has."""
        return len(self.shape)

    def zeros(self) -> Any:
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        return np.ones(self.shape, self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        for place in np.ndindex(*self.shape):
            yield self._unit(place, 1)

    def _unit(self, place: tuple[int, ...], value: complex) -> Any:
        vector = self.zeros()
        vector[place] = value
        return vector

    def randn(self) -> Any:
        return np.array(_normal(self.shape)).astype(self.dtype)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.dot(np.ravel(x), np.ravel(y))


class ComplexArrayVSpace(ArrayVSpace):
    """Complex numbers and arrays of them, as pairs of real ones."""

    iscomplex = True

    @property
    def size(self) -> int:
        """How many real numbers a value has."""
        return 2 * int(np.prod(self.shape))

    def ones(self) -> Any:
        return np.ones(self.shape, self.dtype) + 1j * np.ones(self.shape, self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        for place in np.ndindex(*self.shape):
            yield self._unit(place, 1.0)
            yield self._unit(place, 1j)

    def randn(self) -> Any:
        return np.array(_normal(self.shape) + 1j * _normal(self.shape)).astype(self.dtype)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.real(np.dot(np.conj(np.ravel(x)), np.ravel(y)))

    def _covector(self, x: Any) -> Any:
        return np.conj(x)


class ContainerVSpace(VSpace):
    """Structures of values; `shape` is such a structure of spaces."""

    def __init__(self, value: Any) -> None:
        self.shape = value
        self.shape = self._map(vspace)

    def _values(self, x: Any) -> Any:
        raise NotImplementedError

    def _kv_pairs(self, x: Any) -> Any:
        raise NotImplementedError

    def _map(self, f: Callable[..., Any], *args: Any) -> Any:
        raise NotImplementedError

    def _subval(self, xs: Any, idx: Any, x: Any) -> Any:
        raise NotImplementedError

    @property
    def size(self) -> int:
        """How many real numbers a value has."""
        return sum(space.size for space in self._values(self.shape))

    def zeros(self) -> Any:
        return self._map(lambda space: space.zeros())

    def ones(self) -> Any:
        return self._map(lambda space: space.ones())

    def randn(self) -> Any:
        return self._map(lambda space: space.randn())

    def standard_basis(self) -> Iterator[Any]:
        zero = self.zeros()
        for place, space in self._kv_pairs(self.shape):
            for vector in space.standard_basis():
                yield self._subval(zero, place, vector)

    def _add(self, x: Any, y: Any) -> Any:
        return self._map(lambda space, a, b: space._add(a, b), x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return self._map(lambda space, part: space._scalar_mul(part, a), x)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return sum(self._values(self._map(lambda space, a, b: space._inner_prod(a, b), x, y)))

    def _covector(self, x: Any) -> Any:
        return self._map(lambda space, part: space._covector(part), x)


class SequenceVSpace(ContainerVSpace):
    """Sequences of values."""

    seq_type: Callable[..., Any]

    def _values(self, x: Any) -> Any:
        return x

    def _kv_pairs(self, x: Any) -> Any:
        return enumerate(x)

    def _map(self, f: Callable[..., Any], *args: Any) -> Any:
        return self.seq_type(map(f, self.shape, *args))

    def _subval(self, xs: Any, idx: Any, x: Any) -> Any:
        return self.seq_type(subvals(xs, [(idx, x)]))


class ListVSpace(SequenceVSpace):
    """Lists of values."""

    seq_type = list


class TupleVSpace(SequenceVSpace):
    """Tuples of values."""

    seq_type = tuple


class NamedTupleVSpace(SequenceVSpace):
    """Named tuples of values."""

    def __init__(self, value: Any) -> None:
        self.seq_type = type(value)
        super().__init__(value)

    def _map(self, f: Callable[..., Any], *args: Any) -> Any:
        return self.seq_type(*map(f, self.shape, *args))

    def _subval(self, xs: Any, idx: Any, x: Any) -> Any:
        return self.seq_type(*subvals(xs, [(idx, x)]))


class DictVSpace(ContainerVSpace):
    """Dicts of values."""

    def _values(self, x: Any) -> Any:
        return x.values()

    def _kv_pairs(self, x: Any) -> Any:
        return x.items()

    def _map(self, f: Callable[..., Any], *args: Any) -> Any:
        return {key: f(space, *[x[key] for x in args]) for key, space in self.shape.items()}

    def _subval(self, xs: Any, idx: Any, x: Any) -> Any:
        return {**xs, idx: x}


def _of_array(value: Any) -> ArrayVSpace:
    kind = np.dtype(value.dtype).kind if hasattr(value, "dtype") else np.asarray(value).dtype.kind
    return ComplexArrayVSpace(value) if kind == "c" else ArrayVSpace(value)


for _type in (np.ndarray, float, complex, int, *(np.dtype(code).type for code in "efdgFDbhilqBHILQ")):
    VSpace.register(_type, _of_array)
ListVSpace.register(list)
TupleVSpace.register(tuple)
DictVSpace.register(dict)


def vspace(value: Any) -> Any:
    """The vector space that a value lies in.

    Raises
    ------
    TypeError
        For a value of a type that has none.

    Examples
    --------
    >>> from autodiff_core.autograd.core import vspace
    >>> vspace([1.0, np.zeros((2, 3))]).size
    7
    """
    make = VSpace.mappings.get(type(value))
    if make is not None:
        return make(value)
    if isinstance(value, FOLLOWED):
        return _of_array(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return NamedTupleVSpace(value)
    raise TypeError(
        f"Can't find vector space for value {value} of type {type(value)}. Valid types are {VSpace.mappings.keys()}"
    )
