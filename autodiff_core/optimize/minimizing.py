"""`minimize`: the least value of a function of nested parameters, by SciPy's solvers and derivatives by programs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .evaluations import Scalar, Vector
from .limits import bounds_of, constraints_of
from .parameters import Parameters
from .running import Progress, alone, report, scipy_optimize

__all__ = ["minimize"]

_METHODS = (
    *("Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "COBYQA", "SLSQP"),
    *("trust-constr", "dogleg", "trust-ncg", "trust-exact", "trust-krylov"),
)
_OF_VALUES = {"Nelder-Mead", "Powell", "COBYLA", "COBYQA"}  # these ask for no derivative,
_OF_HESSIANS = {"dogleg", "trust-exact"}  # these for whole Hessians,
_OF_PRODUCTS = {"Newton-CG", "trust-ncg", "trust-krylov"}  # and these for products with vectors
_MANY = 500  # parameters: a matrix of as many squared is not kept unasked


def minimize(
    f: Callable[..., Any],
    x0: Any,
    method: str | None = None,
    bounds: Any = None,
    constraints: Any = None,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    progress: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Minimise a scalar function of parameters in any nested structure, by one of SciPy's solvers.

    Value and gradient are computed by one recorded function. Hessians, and their products with vectors, are given to
    the methods that take them, as the constraints' Jacobians are.

    Parameters
    ----------
    f : callable
        Of the parameters, in x0's structure, as tensors of float64; returns a scalar. Or of nothing, where x0 holds
        variables only: it reads them, in their own dtypes.
    x0 : structure of Variable, Tensor, array_like or float
        Where to begin; arrays, dicts, lists, dataclasses. A list of numbers is an array.
    method : str, optional
        SciPy's name of a method. SLSQP unless given where there are constraints, L-BFGS-B where there are bounds or
        more than 500 parameters, and BFGS elsewhere.
    bounds : pair, structure of pairs, or scipy.optimize.Bounds, optional
        A pair (low, high) for all parameters, or such pairs in x0's structure; None is no bound.
    constraints : constraint, or list of them, optional
        SciPy's NonlinearConstraint, or a dict {"type": "eq" or "ineq", "fun": function}, with functions of what f
        takes; or its LinearConstraint, of the parameters as one vector.
    tol : float, optional
        SciPy's, of the method.
    callback : callable, optional
        Called after each iteration with the parameters in x0's structure, or by the keyword `intermediate_result` if
        it takes that, with an OptimizeResult of `x` and `fun`. StopIteration ends the search.
    progress : bool
        Whether tqdm shows iterations, value, the gradient's norm and evaluations.
    options : dict, optional
        SciPy's, of the method, such as `maxiter`.

    Returns
    -------
    OptimizeResult
        SciPy's: `x` in x0's structure and dtypes, where variables are assigned; `fun`, `success`, `message`, `nit`;
        `jac`, the gradient (trust-constr's `grad`), in the structure, of float64; `hess_inv`, where the method has it,
        as a structure of structures, of the blocks of the matrix. Beside these `counts` and `seconds` of evaluations,
        by what was computed, and `obstacle`: None, or why they were plain Python instead of replays.

    Raises
    ------
    ImportError
        Where SciPy is not installed, or, for `progress`, tqdm.
    TypeError
        Where parameters are no real floating-point numbers, f returns no tensor, or a tape follows x0.
    ValueError
        Where f returns no scalar, or one that does not depend on the parameters, or is not finite at x0; where bounds
        have another structure than x0, or cross; for an unknown method.
    RuntimeError
        In a recorded function.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.minimize.html. An interruption (Ctrl-C) gives
    the best parameters so far, the last ones if there are constraints, with `success` False and a message that says so.

    Examples
    --------
    >>> def rosenbrock(p):
    ...     return (1.0 - p["x"]) ** 2 + 100.0 * (p["y"] - p["x"] ** 2) ** 2
    >>> found = tf.minimize(rosenbrock, {"x": -1.2, "y": 1.0})
    >>> found.success, {name: round(float(value), 4) for name, value in found.x.items()}
    (True, {'x': 1.0, 'y': 1.0})
    """
    optimize = scipy_optimize()
    parameters = Parameters("minimize", x0)
    objective = Scalar("minimize", f, parameters)
    within = bounds_of("minimize", bounds, parameters)
    with alone("minimize", objective.called, parameters.leaves):
        method = _method(method, parameters.start.size, within is not None, bool(constraints))
        objective.check_start(method in _OF_VALUES)
        limited, functions = constraints_of("minimize", constraints, parameters, method)
        settings = {"method": method, "tol": tol, "bounds": within, "options": dict(options or {})}
        settings |= _derivatives(method, objective, parameters.start)
        if limited:
            settings["constraints"] = limited
        with Progress("minimize", progress, settings["options"].get("maxiter")) as bar:
            steps = _Steps(objective, parameters, callback, bar)
            if callback is not None or progress:
                settings["callback"] = steps
            found = steps.run(
                lambda: optimize.minimize(steps.asked(method), parameters.start, **settings),
                by_value=not limited,
            )
        return _result(found, objective, functions, parameters)


def _method(method: Any, count: int, bounded: bool, constrained: bool) -> str:
    if method is None:
        return "SLSQP" if constrained else ("L-BFGS-B" if bounded or count > _MANY else "BFGS")
    known = {name.lower(): name for name in _METHODS}
    if not isinstance(method, str) or method.lower() not in known:
        raise ValueError(f"minimize: unknown method {method!r}; there are {', '.join(_METHODS)}")
    return known[method.lower()]


def _derivatives(method: str, objective: Scalar, start: np.ndarray) -> dict[str, Any]:
    """What a method takes of derivatives."""
    if method in _OF_VALUES:
        return {}
    if method in _OF_HESSIANS:
        return {"jac": True, "hess": objective.hessian}
    if method in _OF_PRODUCTS:
        return {"jac": True, "hessp": objective.hessian_product}
    if method != "trust-constr":
        return {"jac": True}
    if objective.has_sparse_hessian(start):
        return {"jac": True, "hess": objective.sparse_hessian}
    if start.size > _MANY:
        return {"jac": True, "hessp": objective.hessian_product}
    return {"jac": True, "hess": objective.hessian}


class _Steps:
    """What a solver does, noted: where it was, for the callback, the bar, and whoever interrupts it."""

    def __init__(self, objective: Scalar, parameters: Parameters, callback: Any, bar: Progress) -> None:
        self._objective, self._parameters, self._callback, self._bar = objective, parameters, callback, bar
        self._takes_result = callback is not None and "intermediate_result" in _names_of(callback)
        self._seen: list[tuple[np.ndarray, float, Any]] = []
        self._best: tuple[np.ndarray, float, Any] | None = None

    def asked(self, method: str) -> Callable[[np.ndarray], Any]:
        """What the solver calls."""

        def both(x: np.ndarray) -> Any:
            value, gradient = self._objective.value_and_gradient(x)
            self._note(x, value, gradient)
            return value, gradient

        def alone(x: np.ndarray) -> Any:
            value = self._objective.value(x)
            self._note(x, value, None)
            return value

        return alone if method in _OF_VALUES else both

    def _note(self, x: np.ndarray, value: float, gradient: Any) -> None:
        seen = (np.array(x), value, None if gradient is None else gradient.copy())
        self._seen = [*self._seen[-1:], seen]
        if self._best is None or value < self._best[1]:
            self._best = seen

    def _at(self, x: np.ndarray) -> tuple[np.ndarray, float, Any]:
        for seen in [*self._seen, self._best]:
            if seen is not None and np.array_equal(seen[0], x):
                return seen
        return np.array(x), self._objective.value(x), None

    def __call__(self, x: np.ndarray, *_: Any) -> Any:
        """SciPy's callback."""
        point, value, gradient = self._at(x)
        self._bar.step(
            lambda: {
                "value": f"{value:.6g}",
                "gradient": "" if gradient is None else f"{np.linalg.norm(gradient):.2e}",
                "evaluations": sum(self._objective.counts.values()),
            }
        )
        if self._callback is None:
            return None
        structured = self._parameters.structured(point)
        if self._takes_result:
            return self._callback(intermediate_result=scipy_optimize().OptimizeResult(x=structured, fun=value))
        return self._callback(structured)

    def run(self, solve: Callable[[], Any], by_value: bool) -> Any:
        """The solver's result; after an interruption, one that says so."""
        try:
            return solve()
        except KeyboardInterrupt:
            if self._best is None:
                raise
            x, value, gradient = self._best if by_value else self._seen[-1]
            which, evaluations = "best" if by_value else "last", sum(self._objective.counts.values())
            return scipy_optimize().OptimizeResult(
                x=x,
                fun=value,
                success=False,
                status=99,
                message=f"Interrupted: these are the {which} parameters of {evaluations} evaluations.",
                **({} if gradient is None else {"jac": gradient}),
            )


def _names_of(callback: Callable[..., Any]) -> set[str]:
    try:
        return set(inspect.signature(callback).parameters)
    except (TypeError, ValueError):
        return set()


def _result(found: Any, objective: Scalar, functions: list[Vector], parameters: Parameters) -> Any:
    """SciPy's result in the parameters' structure."""
    found.x = parameters.result(np.asarray(found.x))
    gradient = "grad" if "grad" in found else "jac"  # (trust-constr's jac are the constraints')
    if gradient in found:
        found[gradient] = parameters.structured(np.asarray(found[gradient]))
    inverse = found.get("hess_inv")
    if inverse is not None and (parameters.start.size <= _MANY or isinstance(inverse, np.ndarray)):
        found.hess_inv = parameters.blocks(inverse if isinstance(inverse, np.ndarray) else inverse.todense())
    report(found, [objective, *functions])
    return found
