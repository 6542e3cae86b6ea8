"""What a problem says of itself: where to begin, what is made small, its derivatives by hand, and how small it gets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
Formula = Callable[[Any, Any], Any]
"""formula(xp, x): of a namespace like NumPy's, and of a vector."""


@dataclass(frozen=True)
class Constraint:
    """What is zero, or not negative."""

    kind: str
    """"eq" or "ineq"."""
    formula: Formula
    jacobian: Callable[[Array], Array]
    """By hand."""


@dataclass(frozen=True)
class Problem:
    """A function and where it is least."""

    name: str
    start: tuple[float, ...]
    least: tuple[float, ...]
    """The value at the minimum, or at the minima that a search from the start may end in."""
    formula: Formula
    gradient: Callable[[Array], Array]
    """By hand."""
    bounds: tuple[tuple[float, float], ...] | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def method(self) -> str:
        """SciPy's usual one."""
        return "SLSQP" if self.constraints else "L-BFGS-B" if self.bounds else "BFGS"

    def is_solved_by(self, value: float) -> bool:
        """Whether a value is the least one."""
        return any(abs(value - least) <= (1e-3 * abs(least) or 1e-6) for least in self.least)


def squares(
    name: str,
    start: Any,
    least: float | tuple[float, ...],
    residuals: Formula,
    jacobian: Callable[[Array], Any],
) -> Problem:
    """A sum of squares of residuals, which may be scalars in a list; the Jacobian is theirs."""

    def formula(xp: Any, x: Any) -> Any:
        found = residuals(xp, x)
        return xp.sum((xp.stack(found) if isinstance(found, list) else found) ** 2)

    def gradient(x: Array) -> Array:
        found = np.array(residuals(np, x))
        return 2.0 * np.asarray(jacobian(x), float).T @ found

    minima = least if isinstance(least, tuple) else (least,)
    return Problem(name, tuple(map(float, start)), minima, formula, gradient)
