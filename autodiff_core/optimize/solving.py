"""`root` and `fixed_point`: solutions of equations by SciPy's solvers, with derivatives of any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _core
from .implicit import Condition, NoSolution, Solution, newton
from .linear import iterated
from .methods import MANY
from .parameters import Parameters, joined_values
from .running import options_of, scipy_optimize

__all__ = ["fixed_point", "root"]

_OF_JACOBIANS = ("hybr", "lm")
_METHODS = (
    *_OF_JACOBIANS,
    *("broyden1", "broyden2", "anderson", "linearmixing", "diagbroyden", "excitingmixing", "krylov", "df-sane"),
)
_CLOSE = 1e-10  # to zero, beside what the values were at first
_NOTHING = np.empty(0)


def root(
    f: Callable[..., Any],
    x0: Any,
    method: str = "hybr",
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Solve f(x) = 0 for x in any nested structure; the solution has derivatives by all that f reads.

    Parameters
    ----------
    f : callable
        Of the unknowns, in x0's structure, as tensors of float64; returns as many values, in any structure. Variables
        and tensors that it finds around it are what the solution depends on.
    x0 : structure of Tensor, array_like or float
        Where to begin; a list of numbers is an array.
    method : str
        SciPy's name of a method. Those that take a Jacobian are given one.
    tol : float, optional
        SciPy's, of the method.
    options : dict, optional
        SciPy's, of the method.

    Returns
    -------
    structure
        The solution, in x0's structure, of tensors of float64.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where no solution is found; when differentiated, where the Jacobian of f there is singular.
    TypeError
        Where unknowns are no real floating-point numbers, or f returns no tensors of such.
    ValueError
        Where f returns another number of values than there are unknowns, or is not finite at x0; for an unknown
        method.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.root.html. The derivatives are those of the
    implicit function theorem: nothing of the solver's steps is recorded. Of more than 500 unknowns there is a full
    Jacobian only for hybr and lm, which ask for it; the systems of the derivatives are solved by GMRES for the others
    (krylov, broyden1, anderson ...).

    Examples
    --------
    >>> a = tf.Variable(2.0, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     x = tf.optimize.root(lambda x: x * x - a, 1.0)
    >>> print(x.numpy().round(6), tape.gradient(x, a).numpy().round(6))
    1.414214 0.353553
    """
    optimize = scipy_optimize()
    method = _known("root", method, _METHODS)
    settings = options_of("root", options)

    def search(values: Any, matrices: Any, start: np.ndarray) -> np.ndarray:
        given = {"jac": matrices} if method in _OF_JACOBIANS else {}
        found = optimize.root(values, start, method=method, tol=tol, options=settings, **given)
        # (hybr calls it no progress where there was nothing left to gain.)
        left, first = (np.linalg.norm(values(x)) for x in (found.x, start))
        if not found.success and not left <= _CLOSE * (1.0 + first):
            raise NoSolution(f"root: {' '.join(str(found.message).split())}")
        return np.asarray(found.x)

    return _solution("root", f, x0, search, full=method in _OF_JACOBIANS)


def fixed_point(
    f: Callable[..., Any],
    x0: Any,
    tol: float = 1e-10,
    maxiter: int = 500,
    method: str = "del2",
) -> Any:
    """Find x = f(x), in any nested structure; the solution has derivatives by all that f reads.

    Parameters
    ----------
    f : callable
        Of the unknowns, in x0's structure, as tensors of float64; returns the same structure. Variables and tensors
        that it finds around it are what the solution depends on.
    x0 : structure of Tensor, array_like or float
        Where to begin; a list of numbers is an array.
    tol : float
        The largest relative change of the last step.
    maxiter : int
        The most steps.
    method : {"del2", "iteration"}
        SciPy's: Steffensen's method with Aitken's convergence acceleration, or plain iteration.

    Returns
    -------
    structure
        The solution, in x0's structure, of tensors of float64.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where the steps do not converge; when differentiated, where 1 - f' is singular.
    TypeError
        Where unknowns are no real floating-point numbers, or f returns no tensors of such.
    ValueError
        Where f returns another number of values than there are unknowns, or is not finite at x0; for an unknown
        method, or less than one step.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.fixed_point.html. The derivatives are those of
    the implicit function theorem: nothing of the steps is recorded. Systems of more than 500 unknowns are solved by
    GMRES.

    Examples
    --------
    >>> a = tf.Variable(1.0, dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     x = tf.optimize.fixed_point(lambda x: tf.cos(a * x), 0.5)
    >>> print(x.numpy().round(6), tape.gradient(x, a).numpy().round(6))
    0.739085 -0.297474
    """
    optimize = scipy_optimize()
    method, steps = _known("fixed_point", method, ("del2", "iteration")), _core.integer(maxiter)
    if steps < 1:
        raise ValueError(f"fixed_point: maxiter is the most steps, 1 or more, not {steps}")

    def search(values: Any, matrices: Any, start: np.ndarray) -> np.ndarray:
        try:
            return np.asarray(optimize.fixed_point(lambda x: x - values(x), start, (), tol, steps, method))
        except RuntimeError as error:
            raise NoSolution(f"fixed_point: {error}") from None

    return _solution("fixed_point", f, x0, search, lambda outputs, unknown, held: unknown - outputs(unknown)[0])


def _known(solver: str, method: Any, methods: Sequence[str]) -> str:
    if not isinstance(method, str) or method.lower() not in methods:
        raise ValueError(f"{solver}: unknown method {method!r}; there are {', '.join(methods)}")
    return method.lower()


def _solution(
    solver: str,
    f: Callable[..., Any],
    x0: Any,
    search: Callable[..., np.ndarray],
    zero: Callable[..., Any] = lambda outputs, unknown, held: outputs(unknown)[0],
    full: bool = False,
) -> Any:
    """The solution in x0's structure."""
    if not callable(f):
        raise TypeError(f"{solver}: the function must be callable, not {type(f).__name__}")
    parameters = Parameters(solver, x0)
    start = parameters.start

    def outputs(x: Any) -> list[Any]:
        values = joined_values(solver, f(parameters.structured(x)))
        if values.size != start.size:
            raise ValueError(f"{solver}: the function gave {values.size} values for {start.size} unknowns")
        return [values]

    full = full or start.size <= MANY
    condition = Condition(solver, outputs, zero, start, None if full else iterated(solver))

    def find(begin: np.ndarray, shared: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        values, matrices = condition.values(shared), condition.matrices(shared)
        (first,) = values(begin, _NOTHING)
        if not np.isfinite(first).all():
            off = first[~np.isfinite(first)][0]
            raise ValueError(f"{solver}: the function is not finite at x0: {off}; x0 is {begin}")
        found = search(lambda x: values(x, _NOTHING)[0], lambda x: matrices(x, _NOTHING)[0], begin)
        return newton(condition, shared, found, _NOTHING) if full else found, _NOTHING

    return parameters.structured(Solution(condition, find)(parameters.followed()))
