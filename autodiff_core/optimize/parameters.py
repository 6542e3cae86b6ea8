"""A nested structure of parameters as the vector of float64 that solvers work on, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.transforms import recorded_result
from ..nest import flatten_for_tape, flatten_up_to, structure_key
from ..ops.shaping import concat, reshape
from ..tape import inner

__all__ = ["Parameters", "are_numbers", "as_array", "joined", "joined_values", "numbers", "read_as_scipy"]

_FLOAT = np.dtype(np.float64)


class Parameters:
    """What is looked for: where each leaf of a structure lies in a vector, and what it was at first.

    Attributes
    ----------
    start : ndarray
        The first values, of shape (n,).
    leaves, shapes, places : list
        What the structure holds, the shapes of that, and where it lies in the vector.
    variables : list of Variable
        Those among the leaves, which are assigned.
    """

    def __init__(self, solver: str, x0: Any, name: str = "x0") -> None:
        self._solver, self._name = solver, name
        x0 = read_as_scipy(x0)
        self._structure, self._key = x0, structure_key(x0, True)
        self._given, self._rebuild = flatten_for_tape(x0, True)
        self.leaves = [inner(leaf) for leaf in self._given]  # (of Keras's variables those that they wrap)
        arrays = [self._array_of(leaf) for leaf in self.leaves]
        if not sum(array.size for array in arrays):
            raise ValueError(f"{solver}: {name} holds no parameters: {x0!r}")
        self.shapes = [array.shape for array in arrays]
        self._dtypes = [array.dtype for array in arrays]
        ends = [int(end) for end in np.cumsum([array.size for array in arrays])]
        self.places = [slice(end - array.size, end) for array, end in zip(arrays, ends, strict=True)]
        self.start = _vector(arrays)
        self.variables = [leaf for leaf in self.leaves if isinstance(leaf, _core.VariableCore)]
        if len({id(variable) for variable in self.variables}) < len(self.variables):
            raise ValueError(f"{solver}: {name} holds a variable twice, which can have one value only")

    def _array_of(self, leaf: Any) -> np.ndarray:
        array = _core.seen(leaf) if isinstance(leaf, _core.Operand) else as_array(leaf)
        if array.dtype.kind in "biu":
            raise TypeError(
                f"{self._solver}: {self._name} holds {array.dtype} of shape {array.shape}, and only floating-point "
                f"numbers have a gradient: write 1.0 for 1, or astype(float)"
            )
        if not _core.is_differentiable(array.dtype) or array.dtype.kind == "c":
            is_array = array.dtype.kind != "O" or isinstance(leaf, np.ndarray)
            what = f"{array.dtype} of shape {array.shape}" if is_array else type(leaf).__name__
            raise TypeError(f"{self._solver}: {self._name} holds {what}; parameters are real floating-point numbers")
        return array

    def _cells(self) -> Iterator[tuple[slice, tuple[int, ...]]]:
        return zip(self.places, self.shapes, strict=True)

    def parts(self, vector: Any) -> list[Any]:
        """A vector cut in the leaves' shapes: views of an array, or tensors that are followed as the vector is."""
        if isinstance(vector, np.ndarray):
            return [vector[place].reshape(shape) for place, shape in self._cells()]
        if len(self.places) == 1:
            return [reshape(vector, self.shapes[0])]
        return [reshape(vector[place], shape) for place, shape in self._cells()]

    def followed(self) -> Any:
        """The first values as a vector, followed as the leaves are."""
        return joined([_core.operand(leaf) for leaf in self.leaves])

    def structured(self, vector: Any) -> Any:
        """A vector as the structure, of float64: arrays of an array, tensors of a tensor."""
        return self._rebuild([part[()] if isinstance(part, np.ndarray) else part for part in self.parts(vector)])

    def blocks(self, matrix: np.ndarray) -> Any:
        """A matrix of n by n numbers as a structure of structures, of arrays of shapes leaf.shape + leaf.shape."""
        return self._rebuild(
            [
                self._rebuild([matrix[rows, columns].reshape(one + other)[()] for columns, other in self._cells()])
                for rows, one in self._cells()
            ]
        )

    def assign(self, vector: Any) -> None:
        """Give the variables these values, in their dtypes."""
        for leaf, part in zip(self.leaves, self.parts(vector), strict=True):
            if isinstance(leaf, _core.VariableCore):
                is_array = isinstance(part, np.ndarray)
                leaf.assign(part.astype(leaf.dtype) if is_array else _core.to_dtype(part, leaf.dtype))

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Variables have their first values again after an error within."""
        try:
            yield
        except BaseException:
            self.assign(self.start)
            raise

    def result(self, vector: np.ndarray) -> Any:
        """The structure with these values in its dtypes: the variables, assigned; tensors; or arrays."""
        self.assign(vector)
        found: list[Any] = []
        for given, leaf, part, dtype in zip(self._given, self.leaves, self.parts(vector), self._dtypes, strict=True):
            value = part.astype(dtype)
            if isinstance(leaf, _core.VariableCore):
                found.append(given)
            else:
                found.append(_core.to_tensor(value) if isinstance(leaf, _core.Operand) else value[()])
        return self._rebuild(found)

    def placed(self, vector: np.ndarray) -> Any:
        """The structure with these values, of float64: the variables, assigned, in their dtypes; and arrays."""
        self.assign(vector)
        pairs = zip(self._given, self.leaves, self.parts(vector), strict=True)
        return self._rebuild(
            [given if isinstance(leaf, _core.VariableCore) else part[()] for given, leaf, part in pairs]
        )

    def like(self, structure: Any, name: str) -> Parameters:
        """Others of the same structure and shapes."""
        other = Parameters(self._solver, structure, name)
        if other._key != self._key or other.shapes != self.shapes:
            raise ValueError(self._otherwise(structure, name))
        return other

    def leaves_of(self, structure: Any, name: str) -> list[Any]:
        """The leaves of what has the parameters' structure."""
        if structure_key(structure, True) != self._key:
            raise ValueError(self._otherwise(structure, name))
        return flatten_for_tape(structure, True)[0]

    def above(self, structure: Any, name: str) -> list[Any]:
        """What stands in the leaves' places in a structure that goes deeper."""
        try:
            return flatten_up_to(self._structure, structure)
        except ValueError:
            raise ValueError(self._otherwise(structure, name)) from None

    def _otherwise(self, structure: Any, name: str) -> str:
        return (
            f"{self._solver}: {name} has another structure than {self._name}, which has {len(self.leaves)} leaves of "
            f"shapes {self.shapes}: {structure!r}"
        )

    def vector(self, structure: Any, name: str) -> np.ndarray:
        """Numbers in the parameters' structure, each of its leaf's shape or one that fits it, as a vector."""
        found = []
        for leaf, shape in zip(self.leaves_of(structure, name), self.shapes, strict=True):
            array = numbers(f"{self._solver}: {name} are numbers", leaf)
            try:
                found.append(np.broadcast_to(array, shape))
            except ValueError:
                raise ValueError(
                    f"{self._solver}: {name} has an array of shape {array.shape} where {self._name} has one of shape "
                    f"{shape}"
                ) from None
        return _vector(found)


def joined_values(solver: str, structure: Any) -> Any:
    """What a function returned, real numbers in any structure, as one vector of float64."""
    leaves = flatten_for_tape(structure, True)[0]
    tensors = [recorded_result(solver, leaf) for leaf in leaves]
    if not sum(int(tensor.size) for tensor in tensors):
        raise ValueError(f"{solver}: the function returned no values: {structure!r}")
    for tensor in tensors:
        if tensor.dtype.kind == "c" or not _core.is_differentiable(tensor.dtype):
            what = "complex" if tensor.dtype.kind == "c" else f"of {tensor.dtype}"
            raise TypeError(f"{solver}: the function's values are {what}; they must be real floating-point numbers")
    return joined(tensors)


def joined(tensors: Sequence[Any]) -> Any:
    """Tensors as one vector of float64, followed by whoever listens."""
    flat = [_core.to_dtype(reshape(tensor, (-1,)), _FLOAT) for tensor in tensors]
    return flat[0] if len(flat) == 1 else concat(flat, 0)


def _vector(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([array.astype(_FLOAT).reshape(-1) for array in arrays])


def as_array(value: Any) -> np.ndarray:
    """What somebody gave, as an array; one with a mask is refused, as the mask would be lost."""
    return np.asarray(_core.operand(value) if isinstance(value, np.ma.MaskedArray) else value)


def numbers(what: str, value: Any) -> np.ndarray:
    """Real numbers that somebody gave, as float64; of others it is said `what` they should be."""
    array = as_array(value)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what}, not {value!r}")
    return array.astype(_FLOAT)


def read_as_scipy(value: Any) -> Any:
    """A list of numbers as an array; other structures as they are."""
    return np.array(value) if are_numbers(value, list) else value


def are_numbers(value: Any, *sequences: type[Sequence[Any]]) -> bool:
    """Whether something is a sequence of numbers, or of such, of these types."""
    if not isinstance(value, sequences) or not value:
        return False
    return all(isinstance(one, (int, float, np.number)) or are_numbers(one, *sequences) for one in value)
