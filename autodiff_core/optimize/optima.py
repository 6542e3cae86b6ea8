"""`argmin`: where a function is least, with derivatives of any order by all that it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..derivatives.transforms import recorded_result, scalar_result
from ..nest import flatten_for_tape
from ..ops.indexing import where
from ..ops.linalg import tensordot
from ..ops.shaping import concat
from .implicit import Condition, NoSolution, Outputs, Solution, newton
from .limits import bounds_of, listed, parted
from .parameters import Parameters, joined
from .running import scipy_optimize

__all__ = ["argmin"]

_NEAR = 1e-6  # of a limit, relative to its size: a point that lies so near lies on it
_FLAT = 1e-3


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
        As in `tf.minimize`; the constraints are no LinearConstraint, and their functions may read what the point
        depends on, too.

    Returns
    -------
    structure
        The point, in x0's structure, of tensors of float64.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where no point is found; when differentiated, where the Hessian there, or the system with the active
        constraints, is singular.
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
    limits: list[Any] = [parted("argmin", one) for one in listed(constraints)]
    if not callable(f):
        raise TypeError(f"argmin: the function must be callable, not {type(f).__name__}")

    def outputs(x: Any) -> list[Any]:
        given = parameters.structured(x)
        value = _core.to_dtype(scalar_result("argmin", f(given)), np.dtype(np.float64))
        leaves = [flatten_for_tape(g(given), True)[0] for g, _, _ in limits]
        return [value, *[joined([recorded_result("argmin", x) for x in part]) for part in leaves]]

    count = parameters.start.size
    condition = Condition("argmin", outputs, _zero(count), parameters.start)
    sizes = condition.sizes[1:]
    low, high = (
        _joined([np.broadcast_to(one[side], n) for one, n in zip(limits, sizes, strict=True)]) for side in (1, 2)
    )
    condition.of_sizes(count + low.size, 2 * (count + low.size))
    chosen = method or ("SLSQP" if limits else ("L-BFGS-B" if within is not None else "BFGS"))
    settings = {
        "tol": tol,
        "method": chosen,
        "bounds": within,
        "options": {**_CLOSE.get(chosen, {}), **(options or {})},
    }
    search = _Search(condition, within, low, high, settings)
    point = Solution(condition, search)(parameters.followed())
    return parameters.structured(point[:count] if limits else point)


_CLOSE = {"SLSQP": {"ftol": 1e-12, "maxiter": 1000}, "L-BFGS-B": {"ftol": 1e-15, "gtol": 1e-9}, "BFGS": {"gtol": 1e-8}}


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


class _Search:
    """A search for the point, and for what lies on its limit there, by the values of what is read."""

    def __init__(self, condition: Condition, within: Any, low: np.ndarray, high: np.ndarray, settings: Any) -> None:
        self._condition, self._within, self._low, self._high = condition, within, low, high
        self._settings = settings

    def __call__(self, begin: np.ndarray, shared: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        """The unknown and what is held."""
        optimize, example = scipy_optimize(), [_core.to_tensor(begin)]
        both = self._condition.numbers("value and gradient", _value_and_gradient, example, shared)
        limited = None
        others: dict[str, Any] = {}
        if self._low.size:
            limited = self._condition.numbers("constraints", _constraints, example, shared)
            others["constraints"] = optimize.NonlinearConstraint(
                lambda x: limited(x)[0], self._low, self._high, lambda x: limited(x)[1]
            )

        def asked(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = both(x)
            return float(value), slope

        found = optimize.minimize(asked, begin, jac=True, **self._settings, **others)
        point = np.asarray(found.x)
        value, slope = both(point)
        sides, limits = np.zeros_like(point), np.zeros_like(point)
        if self._within is not None:
            sides, limits = _sides(point, self._within.lb, self._within.ub)
        multipliers = np.empty(0)
        if limited is not None:
            values, matrix = limited(point)
            active, at = _sides(values, self._low, self._high)
            multipliers = _multipliers(slope, matrix, sides, active)
            slope = slope - matrix.T @ multipliers
            wrong = (active * multipliers > 0.0) & (self._low != self._high)  # these pull inwards
            active[wrong] = multipliers[wrong] = 0.0
            self._warn_where_kinked(active, multipliers, self._low != self._high, "constraint")
            limits, both_sides = np.concatenate([limits, np.where(active == 0.0, 0.0, at)]), active
        else:
            both_sides = np.empty(0)
        inwards = sides * slope > _FLAT * (1.0 + abs(slope).max())
        sides[inwards] = 0.0
        self._warn_where_kinked(sides, slope, np.ones(point.size, bool), "bound")
        held = np.concatenate([sides, both_sides, limits])
        unsettled = np.concatenate([point, multipliers])
        settled = newton(self._condition, shared, unsettled, held)
        if not both(settled[: point.size])[0] <= value + _NEAR * (1.0 + abs(value)):
            settled = unsettled  # Newton's steps find saddles, too
        (left,) = self._condition.values(shared)(settled, held)
        size = np.linalg.norm(left)
        if not np.isfinite(value) or (not found.success and not size <= _NEAR * (1.0 + np.linalg.norm(both(begin)[1]))):
            raise NoSolution(f"argmin: {found.message} (what should be zero is {size:.1e})")
        return settled, held

    @staticmethod
    def _warn_where_kinked(sides: np.ndarray, multipliers: np.ndarray, matters: np.ndarray, what: str) -> None:
        kinked = np.flatnonzero((sides != 0.0) & matters & (abs(multipliers) < 1e-8))
        if kinked.size:
            _core.warn_caller(
                f"argmin: the point lies on {what} {kinked[0]}, which does not push it: the derivative is that of a "
                f"point that stays there"
            )


def _sides(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """On which limit a value lies, -1 on the lower one, 1 on the upper one, 0 on none; and where that is."""
    at_low, at_high = (
        np.isfinite(limit) & (abs(values - limit) <= _NEAR * (1.0 + np.where(np.isfinite(limit), abs(limit), 0.0)))
        for limit in (low, high)
    )
    sides = np.where(at_low, -1.0, np.where(at_high, 1.0, 0.0))
    return sides, np.where(at_low, low, np.where(at_high, high, 0.0))


def _multipliers(slope: np.ndarray, matrix: np.ndarray, sides: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Those of the active constraints, by least squares over what is free."""
    found = np.zeros(active.size)
    chosen = active != 0.0
    if chosen.any():
        free = sides == 0.0
        found[chosen] = np.linalg.lstsq(matrix[chosen][:, free].T, slope[free], rcond=None)[0]
    return found
