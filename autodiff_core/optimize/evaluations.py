"""What solvers ask of the user's functions, as functions of a vector: recorded once each, counted and timed.

A function takes the parameters in their structure; or nothing, and reads the variables among them, which have the
vector's values then. Value and gradient are one program, and so is each other derivative; where Python has to run
instead, `obstacle` says why.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.sparse import sparse_hessian, sparse_jacobian
from ..derivatives.transforms import recorded_result, scalar_result, strict_tape
from ..nest import flatten_for_tape
from ..ops.linalg import tensordot
from ..ops.shaping import concat, reshape
from ..programs.function import Function
from ..tensors.creation import zeros_like
from .parameters import Parameters, joined

__all__ = ["Scalar", "Vector"]

_FLOAT = np.dtype(np.float64)
_FULL = 40_000  # elements of a matrix up to which it is full whatever its pattern
_DENSE = 0.1  # and the part of its elements from which it is


class _Evaluations:
    """A user's function of the parameters, and the programs of what is asked of it."""

    def __init__(self, solver: str, f: Callable[..., Any], parameters: Parameters) -> None:
        if not callable(f):
            raise TypeError(f"{solver}: the function must be callable, not {type(f).__name__}")
        self._solver, self._f, self._parameters = solver, f, parameters
        self.counts: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self._programs: dict[str, Any] = {}
        self._reads_variables = bool(parameters.variables) and _takes_nothing(f)
        if self._reads_variables and len(parameters.variables) != len(parameters.leaves):
            raise TypeError(
                f"{solver}: a function without arguments reads variables, but not all of x0 are variables: let it "
                f"take the parameters"
            )

    @contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.counts[name] = self.counts.get(name, 0) + 1
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start

    def _asked(self, name: str, f: Callable[..., Any], *vectors: np.ndarray) -> Any:
        """What a function of vectors gives, by its program."""
        program = self._programs.get(name)
        if program is None:
            program = self._programs[name] = Function(f, name=f"the {name} of {_name_of(self._f)}")
        with self._counted(name):
            return program(*[_core.to_tensor(np.array(x)) for x in vectors])  # (solvers write to theirs)

    @property
    def obstacle(self) -> str | None:
        """Why something is computed by plain Python at each call, if it is."""
        return next((one.obstacle for one in self._programs.values() if one.obstacle is not None), None)

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


class Scalar(_Evaluations):
    """A function whose value is one real number."""

    _first: tuple[np.ndarray, float, np.ndarray] | None = None

    def check_start(self, of_values: bool) -> None:
        """Say what is wrong with the function before a solver begins, which may ask for its values alone."""
        start = self._parameters.start
        if of_values:
            value, gradient = self.value(start), np.zeros(0)
        else:
            value, gradient = self.value_and_gradient(start)
            self._first = (start, value, gradient)  # which is where solvers begin
        for what, found in (("value", value), ("gradient", gradient)):
            if not np.isfinite(found).all():
                where = np.ravel(found)[~np.isfinite(np.ravel(found))]
                raise ValueError(f"{self._solver}: the {what} at x0 is not finite: {where[0]}; x0 is {start}")

    def value(self, x: np.ndarray) -> float:
        """At x."""
        return float(self._asked("value", lambda x: self._scalar(self._value(x)), x))

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """At x, by one program."""
        if self._first is not None:
            (begun, value, gradient), self._first = self._first, None
            if np.array_equal(begun, x):
                return value, gradient
        value, gradient = self._asked("value and gradient", self._both, x)
        return float(value), np.array(gradient)  # (solvers write to it)

    def hessian_product(self, x: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """The Hessian at x times a vector."""
        return np.array(self._asked("Hessian times vector", self._product, x, np.asarray(vector, _FLOAT)))

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """The Hessian at x, full."""
        return np.array(self._asked("Hessian", self._matrix, x))

    def sparse_hessian(self, x: np.ndarray) -> Any:
        """The Hessian at x, as SciPy's csr_array."""
        with self._counted("sparse Hessian"):
            return sparse_hessian(lambda x: self._scalar(self._value(x)), x)

    def has_sparse_hessian(self, x: np.ndarray) -> bool:
        """Whether it pays to have it so."""
        if self._reads_variables or x.size**2 <= _FULL:
            return False
        return self.sparse_hessian(x).nnz < _DENSE * x.size**2

    def _scalar(self, value: Any) -> Any:
        tensor = scalar_result(self._solver, value)
        if tensor.dtype.kind == "c":
            raise TypeError(f"{self._solver}: the function's value is complex; it must be a real number")
        return tensor

    def _both(self, x: Any) -> Any:
        tape, value, sources = self._followed(x)
        value = self._scalar(value)
        found = tape.gradient(value, sources)
        if all(gradient is None for gradient in found):
            raise ValueError(
                f"{self._solver}: as far as a tape can follow, the function's value does not depend on the parameters: "
                f"compute it of them, by recorded operations"
            )
        return value, _in_places(found, sources)

    def _product(self, x: Any, vector: Any) -> Any:
        tape, value, sources = self._followed(x)
        return _in_places(tape.hvp(self._scalar(value), sources, self._directions(vector, sources)), sources)

    def _matrix(self, x: Any) -> Any:
        tape, value, sources = self._followed(x)
        return _matrix(tape.hessian(self._scalar(value), sources), sources, sources)


class Vector(_Evaluations):
    """A function whose values are real numbers, of any shapes in any structure: one vector of them."""

    def __init__(self, solver: str, f: Callable[..., Any], parameters: Parameters) -> None:
        super().__init__(solver, f, parameters)
        self.is_sparse = False
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def values(self, x: np.ndarray) -> np.ndarray:
        """At x; at the same x again they are those of before."""
        if self._last is None or not np.array_equal(self._last[0], x):
            self._last = np.array(x), np.array(self._asked("values", lambda x: self._flat(self._value(x)), x))
        return self._last[1].copy()

    def jacobian(self, x: np.ndarray) -> Any:
        """At x, of shape (values, parameters): full, or SciPy's csr_array if `is_sparse`."""
        if not self.is_sparse:
            return np.array(self._asked("Jacobian", self._matrix, x))
        with self._counted("sparse Jacobian"):
            return sparse_jacobian(lambda x: self._flat(self._value(x)), x)

    def hessian_of_sum(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The Hessian at x of the values' sum with these weights."""
        return np.array(self._asked("Hessian of a weighted sum", self._weighted, x, np.asarray(weights, _FLOAT)))

    def choose(self, x: np.ndarray, count: int) -> None:
        """Let Jacobians of so many values be sparse, if that pays."""
        if not self._reads_variables and x.size * count > _FULL:
            self.is_sparse = True
            self.is_sparse = self.jacobian(x).nnz < _DENSE * x.size * count

    def _flat(self, values: Any) -> Any:
        leaves = flatten_for_tape(values, True)[0]
        if not leaves:
            raise ValueError(f"{self._solver}: the function returned a structure without values: {values!r}")
        tensors = [recorded_result(self._solver, leaf) for leaf in leaves]
        if any(tensor.dtype.kind == "c" for tensor in tensors):
            raise TypeError(f"{self._solver}: the function's values are complex; they must be real numbers")
        return joined(tensors)

    def _matrix(self, x: Any) -> Any:
        tape, values, sources = self._followed(x)
        with tape:
            flat = self._flat(values)
        return _matrix([tape.jacobian(flat, sources, unconnected_gradients="zero")], [flat], sources)

    def _weighted(self, x: Any, weights: Any) -> Any:
        tape, values, sources = self._followed(x)
        with tape:
            total = tensordot(self._flat(values), weights, 1)
        return _matrix(tape.hessian(total, sources), sources, sources)


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
