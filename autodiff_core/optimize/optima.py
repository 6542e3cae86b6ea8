"""`argmin`: where a function is least, with derivatives of any order by all that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..ops.indexing import where
from ..ops.linalg import tensordot
from ..ops.shaping import concat
from .active import NEAR, Limits, active, off
from .evaluations import real_scalar
from .implicit import Condition, NoSolution, Outputs, Solution, newton
from .limits import bounds_of, dense, ends_of, listed, matrix_of, parted
from .methods import Method, method_for
from .parameters import Parameters, joined_values
from .running import options_of, scipy_optimize

__all__ = ["argmin"]


def argmin(
    f: Callable[..., Any],
    x0: Any,
    method: str | None = None,
    bounds: Any = None,
    constraints: Any = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Find where a scalar function is least; that point has derivatives by all that the function reads.

    Parameters
    ----------
    f : callable
        Of the unknowns, in x0's structure, as tensors of float64; returns a scalar. Variables and tensors that it
        finds around it are what the point depends on.
    x0, method, bounds, constraints, tol, options
        As in `tf.minimize`; the constraints' functions may read what the point depends on, too.

    Returns
    -------
    structure
        The point, in x0's structure, of tensors of float64.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where no point is found, or none that keeps the constraints; when differentiated, where the Hessian there, or
        the system with the active constraints, is singular, as it is where these depend on each other.
    TypeError, ValueError
        As in `tf.minimize`.

    Notes
    -----
    What is differentiated is the system of Karush, Kuhn and Tucker: the gradient is zero in what is free, what lies on
    a bound stays there, and so do active constraints, whose multipliers are unknowns, too (Fiacco, Introduction to
    Sensitivity and Stability Analysis in Nonlinear Programming, 1983). Nothing of the solver's steps is recorded.

    Examples
    --------
    >>> a = tf.Variable(3.0, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     x = tf.optimize.argmin(lambda x: tf.reduce_sum((x - a) ** 2 + x ** 4), [0.0])
    >>> print(x.numpy().round(6), tape.gradient(x, a).numpy().round(6))
    [1.] 0.142857
    """
    parameters = Parameters("argmin", x0)
    within = bounds_of("argmin", bounds, parameters)
    limits: list[Any] = [_limit(one, parameters) for one in listed(constraints)]
    if not callable(f):
        raise TypeError(f"argmin: the function must be callable, not {type(f).__name__}")
    known = method_for("argmin", method, parameters.start.size, within is not None, bool(limits))
    usual = {**_STEPS.get(known.name, {}), **(_CLOSE.get(known.name, {}) if tol is None else {})}
    given = {**usual, **options_of("argmin", options)}

    def outputs(x: Any) -> list[Any]:
        value = real_scalar("argmin", f(parameters.structured(x)))
        if not _core.is_differentiable(value.dtype):
            raise TypeError(f"argmin: the function's value is of {value.dtype}, which has no gradient")
        return [_core.to_dtype(value, np.dtype(np.float64)), *[values(x) for values, _, _ in limits]]

    count = parameters.start.size
    condition = Condition("argmin", outputs, _zero(count), parameters.start)
    ends = [
        ends_of(f"argmin: constraint {k}", one[1], one[2], size)
        for k, (one, size) in enumerate(zip(limits, condition.sizes[1:], strict=True))
    ]
    low, high = (_joined([one[side] for one in ends]) for side in (0, 1))
    if limits:
        condition.hint = "; so it is where constraints that the point lies on depend on each other"
    condition.of_sizes(count + low.size, 2 * (count + low.size))
    bounded = (
        Limits(np.full(count, -np.inf), np.full(count, np.inf)) if within is None else Limits(within.lb, within.ub)
    )
    search = _Search(condition, known, bounded, Limits(low, high), {"tol": tol, "bounds": within, "options": given})
    point = Solution(condition, search)(parameters.followed())
    return parameters.structured(point[:count] if limits else point)


_STEPS = {"SLSQP": {"maxiter": 1000}}
_CLOSE = {"SLSQP": {"ftol": 1e-12}, "L-BFGS-B": {"ftol": 1e-15, "gtol": 1e-9}, "BFGS": {"gtol": 1e-8}}


def _limit(one: Any, parameters: Parameters) -> tuple[Callable[[Any], Any], Any, Any]:
    """A constraint as a function of the vector, and its limits."""
    if isinstance(one, scipy_optimize().LinearConstraint):
        matrix = dense(matrix_of("argmin", one, parameters))
        return lambda x: tensordot(matrix, x, 1), one.lb, one.ub
    f, low, high = parted("argmin", one)
    return lambda x: joined_values("argmin: constraint", f(parameters.structured(x))), low, high


def _joined(arrays: Sequence[Any]) -> np.ndarray:
    return np.concatenate([np.asarray(one, np.float64) for one in arrays]) if arrays else np.empty(0)


def _zero(count: int) -> Callable[[Outputs, Any, Any], Any]:
    """The system of Karush, Kuhn and Tucker, of a point and of multipliers, where it is held what lies on its limit."""

    def zero(outputs: Outputs, unknown: Any, held: Any) -> Any:
        point, multipliers = unknown[:count], unknown[count:]
        sides, limits = held[: int(unknown.size)], held[int(unknown.size) :]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(point)
            value, *constraints = outputs(point)
            if constraints:
                values = concat(constraints, 0)
                value = value - tensordot(multipliers, values, 1)
        slope = tape.gradient(value, point, unconnected_gradients="zero")
        free = where(sides[:count] == 0.0, slope, point - limits[:count])
        if not constraints:
            return free
        return concat([free, where(sides[count:] == 0.0, multipliers, values - limits[count:])], 0)

    return zero


def _value_and_gradient(condition: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
    (point,) = vectors
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        value, *_ = condition.outputs(read)(point)
    return [value, tape.gradient(value, point, unconnected_gradients="zero")]


def _constraints(condition: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
    (point,) = vectors
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        values = concat(condition.outputs(read)(point)[1:], 0)
    return [values, tape.jacobian(values, point, unconnected_gradients="zero")]


def _hessian(condition: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
    (point,) = vectors
    with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(point)
        value, *_ = condition.outputs(read)(point)
    return [tape.hessian(value, point)]


def _weighted(condition: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
    point, weights = vectors
    with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(point)
        total = tensordot(concat(condition.outputs(read)(point)[1:], 0), weights, 1)
    return [tape.hessian(total, point)]


class _Search:
    """A search for the point, and for what lies on its limit there, by the values of what is read."""

    def __init__(self, condition: Condition, method: Method, bounds: Limits, limits: Limits, settings: Any) -> None:
        self._condition, self._method, self._settings = condition, method, settings
        self._bounds, self._limits = bounds, limits

    def __call__(self, begin: np.ndarray, shared: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        """The unknown and what is held."""
        begin = np.clip(begin, *self._bounds)
        example = [_core.to_tensor(begin)]
        both = self._condition.numbers("value and gradient", _value_and_gradient, example, shared)
        limited = None
        if self._limits.low.size:
            limited = self._condition.numbers("constraints", _constraints, example, shared)
        for what, numbers in (("function", both(begin)), ("constraints", limited(begin) if limited else [])):
            if not all(np.isfinite(one).all() for one in numbers):
                raise ValueError(f"argmin: values or derivatives of the {what} at x0 are not finite; x0 is {begin}")
        found = self._searched(begin, example, both, limited, shared)
        point = np.asarray(found.x)
        value, slope = both(point)
        values, matrix = limited(point) if limited is not None else (np.empty(0), np.empty((0, point.size)))
        self._keep(values, found)
        set_ = active(point, slope, self._bounds, values, matrix, self._limits)
        _warn_where_kinked(set_.of_constraints, set_.multipliers, self._limits, "constraint")
        _warn_where_kinked(set_.sides, set_.slope, self._bounds, "bound")
        held = np.concatenate([set_.sides, set_.of_constraints, set_.at, set_.constraints_at])
        unsettled = np.concatenate([point, set_.multipliers])
        settled = newton(self._condition, shared, unsettled, held)
        moved = settled[: point.size]
        kept = (off(moved, self._bounds) <= NEAR).all()
        if limited is not None:
            kept = kept and (off(limited(moved)[0], self._limits) <= NEAR).all()
        if not (kept and both(moved)[0] <= value + NEAR * (1.0 + abs(value))):
            settled = unsettled  # Newton's steps find saddles, too, and leave limits
        (left,) = self._condition.values(shared)(settled, held)
        size = np.linalg.norm(left)
        if not np.isfinite(value) or (not found.success and not size <= NEAR * (1.0 + np.linalg.norm(both(begin)[1]))):
            raise NoSolution(f"argmin: {found.message} (what should be zero is {size:.1e})")
        return settled, held

    def _searched(self, begin: np.ndarray, example: list[Any], both: Any, limited: Any, shared: Any) -> Any:
        """What SciPy's solver finds."""
        method = self._method
        others: dict[str, Any] = {"jac": True} if method.asks != "values" else {}
        if method.asks in ("products", "Hessians"):
            curved = self._condition.numbers("Hessian", _hessian, example, shared)
            others["hess"] = lambda x: curved(x)[0]
        if limited is not None:
            weighted = None
            if method.asks == "Hessians":
                weights = _core.to_tensor(np.zeros_like(self._limits.low))
                weighted = self._condition.numbers("weighted", _weighted, [*example, weights], shared)
            others["constraints"] = self._constraints(limited, weighted)

        def asked(x: np.ndarray) -> Any:
            value, slope = both(x)
            return (float(value), slope) if "jac" in others else float(value)

        return scipy_optimize().minimize(asked, begin, method=method.name, **self._settings, **others)

    def _constraints(self, limited: Any, weighted: Any) -> list[Any]:
        """SciPy's: equations, and others."""
        low, high = self._limits
        last: list[Any] = [None, None]

        def at(x: np.ndarray) -> Any:
            if last[0] is None or not np.array_equal(last[0], x):
                last[:] = np.array(x), limited(x)
            return last[1]

        def curvature(x: np.ndarray, weights: Any, rows: np.ndarray) -> np.ndarray:
            full = np.zeros_like(low)
            full[rows] = weights
            return np.asarray(weighted(x, full)[0])

        found = []
        for rows in (low == high, low != high):
            if rows.any():
                more = {} if weighted is None else {"hess": partial(curvature, rows=rows)}
                values, matrix = (lambda x, k=k, rows=rows: at(x)[k][rows].copy() for k in (0, 1))
                found.append(scipy_optimize().NonlinearConstraint(values, low[rows], high[rows], matrix, **more))
        return found

    def _keep(self, values: np.ndarray, found: Any) -> None:
        """Say so where the constraints are not kept."""
        beyond = off(values, self._limits)
        wrong = np.flatnonzero(beyond > NEAR)
        if wrong.size:
            raise NoSolution(
                f"argmin: {found.message}: value {wrong[0]} of the constraints is off by {beyond[wrong[0]]:.1e}. "
                f"Perhaps no point keeps them all, or some say the same"
            )


def _warn_where_kinked(sides: np.ndarray, multipliers: np.ndarray, limits: Limits, what: str) -> None:
    kinked = np.flatnonzero((sides != 0.0) & (limits.low != limits.high) & (abs(multipliers) < 1e-8))
    if kinked.size:
        _core.warn_caller(
            f"argmin: the point lies on {what} {kinked[0]}, which does not push it: the derivative is that of a point "
            f"that stays there"
        )
