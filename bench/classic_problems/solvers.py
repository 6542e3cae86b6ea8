"""SciPy's solver on a problem, with the derivatives that somebody gives it, counted and timed."""

import statistics
import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize

from .problem import Problem

TOLERANCE = 1e-7
"""For every solver; SciPy's own let some problems end a percent above their minimum."""

Functions = Callable[[Problem], tuple[Any, dict[str, Any], list[dict[str, Any]]]]
"""The function, the arguments that say what is known of its gradient, and constraints as SciPy wants them."""


class Run(NamedTuple):
    """What became of a problem."""

    value: float
    evaluations: int
    first: float
    """Seconds that the first search took, with all that happens once."""
    seconds: float
    """The median of further ones."""


def without_derivatives(problem: Problem) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    limits = [{"type": one.kind, "fun": of_numpy(one.formula)} for one in problem.constraints]
    return of_numpy(problem.formula), {}, limits


def by_hand(problem: Problem) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    limits = [{"type": one.kind, "fun": of_numpy(one.formula), "jac": one.jacobian} for one in problem.constraints]
    return of_numpy(problem.formula), {"jac": problem.gradient}, limits


def of_numpy(formula: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda x: formula(np, x)


def scipys(problem: Problem, functions: Functions) -> Callable[[], tuple[float, int]]:
    """A search, which gives its last value and how often the function was called."""
    f, known, limits = functions(problem)
    calls = [0]

    def counted(x: Any) -> Any:
        calls[0] += 1
        return f(x)

    def search() -> tuple[float, int]:
        calls[0] = 0
        found = scipy.optimize.minimize(
            counted,
            np.array(problem.start),
            method=problem.method,
            tol=TOLERANCE,
            bounds=problem.bounds,
            constraints=limits,
            **known,
        )
        return float(found.fun), calls[0]

    return search


def timed(prepare: Callable[[], Callable[[], tuple[float, int]]], rounds: int = 5) -> Run:
    """A search, several times over."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # (of overflows far from the minimum)
        start = perf_counter()
        search = prepare()
        value, evaluations = search()
        first = perf_counter() - start
        seconds = []
        for _ in range(rounds):
            start = perf_counter()
            search()
            seconds.append(perf_counter() - start)
    return Run(value, evaluations, first, statistics.median(seconds))
