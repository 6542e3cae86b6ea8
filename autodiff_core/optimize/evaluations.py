"""What solvers ask of the user's functions, as functions of a vector: recorded once each, counted and timed.

A function takes the parameters in their structure; or nothing, and reads the variables among them, which have the
vector's values then. Value and gradient are one program, and so is each other derivative; where Python has to run
instead, `obstacle` says why.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Asked, Evaluated
from ..derivatives.sparse import sparse_hessian, sparse_jacobian
from ..derivatives.transforms import scalar_result, strict_tape
from ..ops.linalg import tensordot
from ..ops.shaping import concat, reshape
from ..programs.function import Function
from ..tensors.creation import zeros, zeros_like
from .parameters import Parameters, joined, joined_values

__all__ = ["Scalar", "Evaluated", "Vector", "as_sparse", "real_scalar"]

_FLOAT = np.dtype(np.float64)
_FULL = 40_000  # elements of a matrix up to which it is full whatever its pattern
_DENSE = 0.1  # and the part of its elements from which it is


class _Evaluations:
    """A user's function of the parameters, and the programs of what is asked of it."""

    def __init__(self, solver: str, f: Callable[..., Any], parameters: Parameters) -> None:
        if not callable(f):
            raise TypeError(f"{solver}: the function must be callable, not {type(f).__name__}")
        self._solver, self._f, self._parameters = solver, f, parameters
        self.asked: dict[str, Asked] = {}
        self._reads_variables = bool(parameters.variables) and _takes_nothing(f)
        if self._reads_variables and len(parameters.variables) != len(parameters.leaves):
            raise TypeError(
                f"{solver}: a function without arguments reads variables, but not all of x0 are variables: let it "
                f"take the parameters"
            )

    def _program(self, name: str, f: Callable[..., Any]) -> Asked:
        """A function of tensors as a program, recorded when it is called first."""
        found = self.asked.get(name)
        if found is None:
            found = self.asked[name] = Asked(Function(f, name=f"the {name} of {_name_of(self._f)}"))
        return found

    def _plain(self, name: str, f: Callable[..., Any]) -> Asked:
        """One that is no program."""
        found = self.asked.get(name)
        if found is None:
            found = self.asked[name] = Asked(f)
        return found

    @property
    def evaluations(self) -> int:
        """How many there were."""
        return sum(one.count for one in self.asked.values())

    @property
    def obstacle(self) -> str | None:
        """Why something is computed by plain Python at each call, if it is."""
        programs = [one.program for one in self.asked.values() if isinstance(one.program, Function)]
        return next((program.obstacle for program in programs if program.obstacle is not None), None)

    def called(self) -> Any:
        """What the function returns for the first parameters, as it is."""
        return self._f() if self._reads_variables else self._f(self._parameters.structured(self._parameters.followed()))

    def _value(self, x: Any) -> Any:
        if not self._reads_variables:
            return self._f(self._parameters.structured(x))
        self._parameters.assign(x)
        return self._f()

    def _followed(self, x: Any) -> tuple[Any, Any, list[Any]]:
        """A tape of the function at x, what the function returned, and the sources."""
        if self._reads_variables:
            self._parameters.assign(x)
        sources = self._parameters.variables if self._reads_variables else [x]
        tape = strict_tape(persistent=True)
        with tape:
            tape.watch(sources)
            value = self._f() if self._reads_variables else self._f(self._parameters.structured(x))
        return tape, value, sources

    def _directions(self, vector: Any, sources: list[Any]) -> list[Any]:
        parts = self._parameters.parts(vector) if self._reads_variables else [vector]
        return [_core.to_dtype(part, source.dtype) for part, source in zip(parts, sources, strict=True)]


def real_scalar(solver: str, value: Any) -> Any:
    """What a function returned, where that is one real number."""
    tensor = scalar_result(solver, value)
    if tensor.dtype.kind == "c":
        raise TypeError(f"{solver}: the function's value is complex; it must be a real number")
    return tensor


class Scalar(_Evaluations):
    """A function whose value is one real number.

    Attributes
    ----------
    is_alone : bool
        Whether nobody else is on the same way, who would wait if this one went another.
    reports : bool
        Whether it is this one that shows how far it has come.
    """

    is_alone = reports = True
    _first: Evaluated | None = None

    def __init__(self, solver: str, f: Callable[..., Any], parameters: Parameters) -> None:
        super().__init__(solver, f, parameters)
        self._value_asked = self._program("value", self._only)
        self._both_asked = self._program("value and gradient", self._both)

    def begin_at(self, start: np.ndarray) -> np.ndarray:
        """Where a solver begins."""
        return start

    def call_back(self, callback: Callable[[], Any]) -> Any:
        """Call what is to be called after an iteration."""
        return callback()

    def check_start(self, start: np.ndarray, of_values: bool) -> None:
        """Say what is wrong with the function before a solver begins, which may ask for its values alone."""
        seen = self.value(start) if of_values else self.value_and_gradient(start)
        for what, found in (("value", seen.value), ("gradient", seen.gradient)):
            numbers = np.ravel(np.zeros(0) if found is None else found)
            if not np.isfinite(numbers).all():
                first = numbers[~np.isfinite(numbers)][0]
                raise ValueError(f"{self._solver}: the {what} at x0 is not finite: {first}; x0 is {start}")
        self._first = seen  # which is where solvers begin

    def value(self, x: np.ndarray) -> Evaluated:
        """At x."""
        if self._first is not None and (first := self._begun(x)):
            return first
        return self._value_asked.at(x)

    def value_and_gradient(self, x: np.ndarray) -> Evaluated:
        """At x, by one program."""
        if self._first is not None and (first := self._begun(x)):
            return first
        return self._both_asked.at(x)

    def _begun(self, x: np.ndarray) -> Evaluated | None:
        first, self._first = self._first, None
        return first if first is not None and np.array_equal(first.x, x) else None

    def hessian_product(self, x: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """The Hessian at x times a vector."""
        return np.array(self._program("Hessian times vector", self._product)(_tensor(x), _tensor(vector)))

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """The Hessian at x, full."""
        return np.array(self._program("Hessian", self._matrix)(_tensor(x)))

    def sparse_hessian(self, x: np.ndarray) -> Any:
        """The Hessian at x, as SciPy's csr_array."""
        return self._plain("sparse Hessian", sparse_hessian)(self._only, x)

    def has_sparse_hessian(self, x: np.ndarray) -> bool:
        """Whether it pays to have it so."""
        if self._reads_variables or x.size**2 <= _FULL:
            return False
        return self.sparse_hessian(x).nnz < _DENSE * x.size**2

    def _only(self, x: Any) -> Any:
        return real_scalar(self._solver, self._value(x))

    def _both(self, x: Any) -> Any:
        tape, value, sources = self._followed(x)
        value = real_scalar(self._solver, value)
        if not _core.is_differentiable(value.dtype):
            raise TypeError(f"{self._solver}: the function's value is of {value.dtype}, which has no gradient")
        found = tape.gradient(value, sources)
        if all(gradient is None for gradient in found):
            raise ValueError(
                f"{self._solver}: as far as a tape can follow, the function's value does not depend on the parameters: "
                f"compute it of them, by recorded operations"
            )
        return value, _in_places(found, sources)

    def _product(self, x: Any, vector: Any) -> Any:
        tape, value, sources = self._followed(x)
        return _in_places(
            tape.hvp(real_scalar(self._solver, value), sources, self._directions(vector, sources)), sources
        )

    def _matrix(self, x: Any) -> Any:
        tape, value, sources = self._followed(x)
        return _matrix(tape.hessian(real_scalar(self._solver, value), sources), sources, sources)


class Vector(_Evaluations):
    """A function whose values are real numbers, of any shapes in any structure: one vector of them."""

    def __init__(self, solver: str, f: Callable[..., Any], parameters: Parameters) -> None:
        super().__init__(solver, f, parameters)
        self.is_sparse = False
        self._last: tuple[np.ndarray, np.ndarray] | None = None
        self._last_matrix: tuple[np.ndarray, Any] | None = None

    def values(self, x: np.ndarray) -> np.ndarray:
        """At x; at the same x again they are those of before."""
        if self._last is None or not np.array_equal(self._last[0], x):
            point = np.array(x, _FLOAT)
            found = np.array(self._program("values", self._all)(_core.to_tensor(point)))
            if self._last is not None and found.shape != self._last[1].shape:
                raise ValueError(
                    f"{self._solver}: the function gave {found.size} values, and {self._last[1].size} before"
                )
            self._last = point, found
        return self._last[1].copy()

    def jacobian(self, x: np.ndarray) -> Any:
        """At x, of shape (values, parameters): full, or SciPy's csr_array if `is_sparse`; at the same x again that of
        before."""
        if self._last_matrix is None or not np.array_equal(self._last_matrix[0], x):
            point = np.array(x, _FLOAT)
            if self.is_sparse and not self._reads_variables:
                found = self._plain("sparse Jacobian", sparse_jacobian)(self._all, point)
            else:
                found = np.array(self._program("Jacobian", self._matrix)(_core.to_tensor(point)))
                found = as_sparse(found) if self.is_sparse else found
            if self._last is not None and found.shape[0] != self._last[1].size:
                raise ValueError(
                    f"{self._solver}: the function gave {found.shape[0]} values, and {self._last[1].size} before"
                )
            self._last_matrix = point, found
        return self._last_matrix[1].copy()  # (solvers write to it)

    def check_start(self, start: np.ndarray) -> None:
        """Say what is wrong with the function before a solver begins."""
        if not np.isfinite(first := self.values(start)).all():
            number = int(np.flatnonzero(~np.isfinite(first))[0])
            raise ValueError(f"{self._solver}: value {number} at x0 is not finite: {first[number]}; x0 is {start}")

    def check_jacobian(self, start: np.ndarray) -> None:
        """And with its Jacobian."""
        matrix = self.jacobian(start)
        numbers = matrix.data if self.is_sparse else matrix
        if not np.isfinite(numbers).all():
            raise ValueError(f"{self._solver}: the Jacobian at x0 is not finite; x0 is {start}")

    def hessian_of_sum(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The Hessian at x of the values' sum with these weights."""
        program = self._program("Hessian of a weighted sum", self._weighted)
        return np.array(program(_tensor(x), _tensor(weights)))

    def choose(self, x: np.ndarray, count: int) -> None:
        """Let Jacobians of so many values be sparse, if that pays."""
        if not self._reads_variables and x.size * count > _FULL:
            self.be_sparse(True)
            self.be_sparse(self.jacobian(x).nnz < _DENSE * x.size * count)

    def be_sparse(self, sparse: bool) -> None:
        """Let Jacobians be sparse, or full."""
        if sparse != self.is_sparse:
            self.is_sparse, self._last_matrix = sparse, None

    def _all(self, x: Any) -> Any:
        return self._flat(self._value(x))

    def _flat(self, values: Any) -> Any:
        return joined_values(self._solver, values)

    def _matrix(self, x: Any) -> Any:
        tape, values, sources = self._followed(x)
        with tape:
            flat = self._flat(values)
        blocks = tape.jacobian(flat, sources)
        if all(block is None for block in blocks):
            raise ValueError(
                f"{self._solver}: as far as a tape can follow, the function's values do not depend on the parameters: "
                f"compute them of these, by recorded operations"
            )
        shapes = [(int(flat.size), *source.shape) for source in sources]
        full = [zeros(shape, _FLOAT) if b is None else b for b, shape in zip(blocks, shapes, strict=True)]
        return _matrix([full], [flat], sources)

    def _weighted(self, x: Any, weights: Any) -> Any:
        tape, values, sources = self._followed(x)
        with tape:
            total = tensordot(self._flat(values), weights, 1)
        return _matrix(tape.hessian(total, sources), sources, sources)


def as_sparse(matrix: Any) -> Any:
    """A matrix as SciPy's csr_array."""
    from scipy.sparse import csr_array

    return csr_array(matrix)


def _tensor(vector: Any) -> Any:
    """A tensor of a vector that its owner may write to."""
    return _core.to_tensor(np.array(vector, _FLOAT))


def _in_places(found: list[Any], sources: list[Any]) -> Any:
    """Derivatives by the sources as one vector, with zeros where there are none."""
    pairs = zip(found, sources, strict=True)
    return joined([zeros_like(source) if one is None else _core.to_tensor(one) for one, source in pairs])


def _matrix(blocks: list[list[Any]], above: list[Any], beside: list[Any]) -> Any:
    """Blocks of shapes above.shape + beside.shape as one matrix of float64."""
    rows = []
    for row, one in zip(blocks, above, strict=True):
        flat = [reshape(block, (int(one.size), int(other.size))) for block, other in zip(row, beside, strict=True)]
        flat = [_core.to_dtype(block, _FLOAT) for block in flat]
        rows.append(flat[0] if len(flat) == 1 else concat(flat, 1))
    return rows[0] if len(rows) == 1 else concat(rows, 0)


def _takes_nothing(f: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # a builtin's is not known
        return False
    return not any(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL) for p in parameters)


def _name_of(f: Callable[..., Any]) -> str:
    return str(getattr(f, "__name__", type(f).__name__))
