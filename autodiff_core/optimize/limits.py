"""Bounds and constraints in the parameters' structure, as SciPy's solvers want them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .evaluations import Vector, as_sparse
from .methods import Method
from .parameters import Parameters, numbers
from .running import scipy_optimize

__all__ = ["bounds_of", "constraints_of", "dense", "ends_of", "listed", "matrix_of", "parted"]


def bounds_of(solver: str, bounds: Any, parameters: Parameters, by_element: bool = True) -> Any:
    """SciPy's Bounds of bounds in any of their forms, or None.

    One pair (low, high), in which None is no bound, is for all parameters; else there is a pair, or None, in the place
    of each leaf, or one for each element of a vector; or the pair has vectors. Or they are SciPy's Bounds, of numbers,
    vectors, or structures. Two pairs for a vector of two are by element, where SciPy reads them so; elsewhere they are
    refused.
    """
    if bounds is None:
        return None
    optimize = scipy_optimize()
    if isinstance(bounds, optimize.Bounds):
        low, high = _side(solver, bounds.lb, parameters), _side(solver, bounds.ub, parameters)
        keep_feasible = bounds.keep_feasible
    else:
        low, high = np.empty_like(parameters.start), np.empty_like(parameters.start)
        keep_feasible = False
        for place, pair in _placed(solver, bounds, parameters, by_element):
            low[place], high[place] = _ends(solver, pair, np.shape(parameters.start[place]))
    if np.isnan(low).any() or np.isnan(high).any():
        raise ValueError(f"{solver}: bounds are numbers, infinities or None, not NaN")
    if (crossed := np.flatnonzero(low > high)).size:
        k = int(crossed[0])
        raise ValueError(f"{solver}: the lower bound of parameter {k} is above the upper one: {low[k]} > {high[k]}")
    return optimize.Bounds(low, high, keep_feasible)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number))


def _side(solver: str, side: Any, parameters: Parameters) -> np.ndarray:
    if isinstance(side, np.ndarray) and side.dtype == object and side.size == 1:
        side = side.item()  # SciPy wraps what it does not know
    if _is_number(side) or (isinstance(side, np.ndarray) and side.shape in ((), (1,), parameters.start.shape)):
        return np.broadcast_to(numbers(f"{solver}: bounds are numbers", side), parameters.start.shape)
    return parameters.vector(side, "bounds")


def _placed(solver: str, bounds: Any, parameters: Parameters, by_element: bool) -> Iterator[tuple[Any, Any]]:
    """Elements of the vector, and the pair for these."""
    if _is_pair(bounds) and all(x is None or _is_number(x) for x in bounds):
        yield slice(None), bounds
        return
    if len(parameters.leaves) == 1 and isinstance(bounds, (tuple, list, np.ndarray)):
        each = len(bounds) == parameters.start.size and all(one is None or _is_pair(one) for one in bounds)
        if each and len(bounds) == 2 and not by_element:
            raise ValueError(
                f"{solver}: two pairs for two parameters may be bounds of each, or lower and upper ones: write "
                f"scipy.optimize.Bounds(lower, upper)"
            )
        if each:
            yield from enumerate(bounds)
            return
        if isinstance(bounds, tuple) and len(bounds) == 2:
            yield parameters.places[0], bounds
            return
    yield from zip(parameters.places, parameters.above(bounds, "bounds"), strict=True)


def _is_pair(value: Any) -> bool:
    return (isinstance(value, (tuple, list)) and len(value) == 2) or (
        isinstance(value, np.ndarray) and value.shape[:1] == (2,)
    )


def _ends(solver: str, pair: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
    if pair is None:
        return -np.inf, np.inf
    if not _is_pair(pair):
        raise ValueError(f"{solver}: bounds are a pair (low, high), or None, for each parameter, not {pair!r}")
    ends = []
    for end, none in zip(pair, (-np.inf, np.inf), strict=True):
        values = np.ravel(numbers(f"{solver}: bounds are numbers, or None", none if end is None else end))
        try:
            ends.append(np.broadcast_to(values, shape or (1,)).reshape(shape))
        except ValueError:
            raise ValueError(f"{solver}: {values.size} bounds for {int(np.prod(shape))} parameters: {end!r}") from None
    return ends[0], ends[1]


def listed(constraints: Any) -> list[Any]:
    """Constraints, one or several or none, as a list."""
    if constraints is None:
        return []
    return list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]


def constraints_of(
    solver: str, constraints: Any, parameters: Parameters, start: np.ndarray, method: Method
) -> tuple[list[Any], list[Vector]]:
    """SciPy's constraints, their derivatives by programs, and the functions in them; checked where a search begins.

    Each is one of SciPy's dicts, or its LinearConstraint, of a vector, or NonlinearConstraint; its function is of the
    parameters in their structure.
    """
    optimize = scipy_optimize()
    found: list[Any] = []
    functions: list[Vector] = []
    sparse = method.name == "trust-constr"
    for one in listed(constraints):
        if isinstance(one, optimize.LinearConstraint):
            matrix = matrix_of(solver, one, parameters)
            low, high = ends_of(f"{solver}: a LinearConstraint", one.lb, one.ub, matrix.shape[0])
            found.append(optimize.LinearConstraint(matrix, low, high, one.keep_feasible))
            continue
        f, low, high = parted(solver, one)
        name = f"{solver}: constraint {len(functions)}"
        function = Vector(name, f, parameters)
        functions.append(function)
        function.check_start(start)
        low, high = ends_of(name, low, high, function.values(start).size)
        if sparse:
            function.choose(start, function.values(start).size)
        if method.asks != "values":
            function.check_jacobian(start)
        others: dict[str, Any] = {"hess": function.hessian_of_sum} if sparse else {}
        others["keep_feasible"] = getattr(one, "keep_feasible", False)
        found.append(optimize.NonlinearConstraint(function.values, low, high, function.jacobian, **others))
    linear = [one for one in found if isinstance(one, optimize.LinearConstraint)]
    # All are of one kind, as trust-constr wants them; the other methods want them full.
    sparse = sparse and any([*(is_sparse(one.A) for one in linear), *(function.is_sparse for function in functions)])
    for function in functions:
        function.be_sparse(sparse)
    for one in linear:
        one.A = as_sparse(one.A) if sparse else dense(one.A)
    return found, functions


def ends_of(name: str, low: Any, high: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A constraint's limits, of so many values."""
    ends = []
    for end in (low, high):
        what = f"{name}: limits are numbers or infinities"
        values = numbers(what, end)
        if np.isnan(values).any():
            raise ValueError(f"{what}, not {end!r}")
        if values.size not in (1, count):
            raise ValueError(f"{name}: {values.size} limits for {count} values: {end!r}")
        ends.append(np.broadcast_to(values.reshape(-1), (count,)))
    if (crossed := np.flatnonzero(ends[0] > ends[1])).size:
        k = int(crossed[0])
        raise ValueError(f"{name}: the lower limit of value {k} is above the upper one: {ends[0][k]} > {ends[1][k]}")
    return ends[0], ends[1]


def is_sparse(matrix: Any) -> bool:
    """Whether a matrix is one of SciPy's sparse ones."""
    return hasattr(matrix, "toarray")


def dense(matrix: Any) -> np.ndarray:
    """A matrix with its zeros."""
    return matrix.toarray() if is_sparse(matrix) else matrix


def matrix_of(solver: str, one: Any, parameters: Parameters) -> Any:
    """A LinearConstraint's matrix, of as many columns as there are parameters."""
    matrix = as_sparse(one.A) if is_sparse(one.A) else np.atleast_2d(np.asarray(one.A, np.float64))
    if not np.isfinite(matrix.data if is_sparse(matrix) else matrix).all():
        raise ValueError(f"{solver}: a LinearConstraint's matrix is not finite: {one.A!r}")
    if matrix.shape[1] != parameters.start.size:
        raise ValueError(
            f"{solver}: a LinearConstraint is of all parameters as one vector, of {parameters.start.size}; its matrix "
            f"has the shape {matrix.shape}"
        )
    return matrix


def parted(solver: str, one: Any) -> tuple[Callable[..., Any], Any, Any]:
    """A constraint's function and its limits."""
    optimize = scipy_optimize()
    if isinstance(one, optimize.NonlinearConstraint):
        return one.fun, one.lb, one.ub
    if isinstance(one, Mapping) and one.get("type") in ("eq", "ineq") and callable(one.get("fun")):
        f, rest = one["fun"], tuple(one.get("args", ()))
        of_both = (lambda *x: f(*x, *rest)) if rest else f
        return of_both, 0.0, 0.0 if one["type"] == "eq" else np.inf
    raise TypeError(
        f"{solver}: a constraint is scipy.optimize's NonlinearConstraint or LinearConstraint, or a dict like "
        f"{{'type': 'eq' or 'ineq', 'fun': function}}, not {one!r}"
    )
