"""`minimize`: the least value of a function of nested parameters, by SciPy's solvers and derivatives by programs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .across import across
from .evaluations import Evaluated, Scalar, Vector
from .limits import bounds_of, constraints_of, listed
from .methods import MANY, Method, method_for
from .parameters import Parameters
from .running import Progress, alone, options_of, report, scipy_optimize

__all__ = ["minimize"]


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
    strategy: Any = None,
    data: Any = None,
    reduce_op: Any = None,
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
    strategy : tf.distribute.Strategy, optional
        Whose workers compute values and derivatives. The function then takes the parameters and a part of the data.
        Where all workers run the script (MPIStrategy), each of them makes the same call, with its own rows, and they
        all go the same way: from the first one's x0, until a callback of any of them ends it.
    data, reduce_op
        What the strategy's `value_and_grad` takes: the data, and "SUM" or "MEAN".

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
        Where parameters are no real floating-point numbers, f returns no tensor, or a tape follows x0; for a strategy
        without data.
    ValueError
        Where f returns no scalar, or one that does not depend on the parameters, or is not finite at x0; where bounds
        have another structure than x0, or cross; for an unknown method.
    RuntimeError
        In a recorded function.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.minimize.html. An interruption (Ctrl-C) gives
    the best parameters so far, the last ones if there are constraints, with `success` False and a message that says so;
    where others would wait for this worker, it is an interruption.

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
    known = method_for("minimize", method, parameters.start.size, within is not None, bool(listed(constraints)))
    if strategy is None and (data is not None or reduce_op is not None):
        raise TypeError("minimize: data and reduce_op are for a strategy, and none is given")
    given = options_of("minimize", options)
    if callback is not None and not callable(callback):
        raise TypeError(f"minimize: the callback must be callable, not {type(callback).__name__}")
    start = parameters.start if within is None else np.clip(parameters.start, within.lb, within.ub)
    if strategy is not None:
        objective = across("minimize", f, parameters, strategy, data, reduce_op, known.name)
    with alone("minimize", objective.called, parameters.leaves), parameters.put_back():
        start = objective.begin_at(start)
        objective.check_start(start, known.asks == "values")
        limited, functions = constraints_of("minimize", constraints, parameters, start, known)
        settings = {"method": known.name, "tol": tol, "bounds": within, "options": given}
        settings |= _derivatives(known, objective, start)
        if limited:
            settings["constraints"] = limited
        with Progress("minimize", progress and objective.reports, given.get("maxiter")) as bar:
            steps = _Steps(objective, parameters, callback, bar)
            if callback is not None or progress:
                settings["callback"] = steps
            found = steps.run(
                lambda: optimize.minimize(steps.asked(known), start, **settings),
                by_value=not limited,
            )
        return _result(found, objective, functions, parameters)


def _derivatives(method: Method, objective: Scalar, start: np.ndarray) -> dict[str, Any]:
    """What a method takes of derivatives."""
    if method.asks == "values":
        return {}
    if method.asks == "gradients":
        return {"jac": True}
    if method.asks == "products":
        return {"jac": True, "hessp": objective.hessian_product}
    if method.name == "trust-constr":  # which takes sparse ones and products, too
        if objective.has_sparse_hessian(start):
            return {"jac": True, "hess": objective.sparse_hessian}
        if start.size > MANY:
            return {"jac": True, "hessp": objective.hessian_product}
    return {"jac": True, "hess": objective.hessian}


class _Steps:
    """What a solver does, noted: where it was, for the callback, the bar, and whoever interrupts it."""

    def __init__(self, objective: Scalar, parameters: Parameters, callback: Any, bar: Progress) -> None:
        self._objective, self._parameters, self._callback, self._bar = objective, parameters, callback, bar
        self._takes_result = callback is not None and "intermediate_result" in _names_of(callback)
        self._last: Evaluated | None = None
        self._before: Evaluated | None = None
        self._best: Evaluated | None = None
        self._stopped: Evaluated | None = None

    def asked(self, method: Method) -> Callable[[np.ndarray], Any]:
        """What the solver calls."""

        def both(x: np.ndarray) -> Any:
            seen = self._objective.value_and_gradient(x)
            self._note(seen)
            return seen.value, seen.gradient

        def alone(x: np.ndarray) -> Any:
            seen = self._objective.value(x)
            self._note(seen)
            return seen.value

        return alone if method.asks == "values" else both

    def _note(self, seen: Evaluated) -> None:
        self._before, self._last = self._last, seen
        if self._best is None or seen.value < self._best.value:
            self._best = seen

    def _at(self, x: np.ndarray) -> Evaluated:
        for seen in (self._last, self._before, self._best):
            if seen is not None and np.array_equal(seen.x, x):
                return seen
        return self._objective.value(x)

    def __call__(self, x: np.ndarray, *_: Any) -> Any:
        """SciPy's callback."""
        seen = self._at(x)
        self._bar.step(
            lambda: {
                "value": f"{seen.value:.6g}",
                "gradient": "" if seen.gradient is None else f"{np.linalg.norm(seen.gradient):.2e}",
                "evaluations": self._objective.evaluations,
            }
        )
        if self._callback is None:
            return None
        structured = self._parameters.structured(seen.x.copy())

        def call() -> Any:
            if self._takes_result:
                result = scipy_optimize().OptimizeResult(x=structured, fun=seen.value)
                return self._callback(intermediate_result=result)
            return self._callback(structured)

        try:
            return self._objective.call_back(call)
        except StopIteration:
            self._stopped = seen
            raise

    def run(self, solve: Callable[[], Any], by_value: bool) -> Any:
        """The solver's result; after an interruption, or where a callback ends a search, one that says so."""
        try:
            found = solve()
        except KeyboardInterrupt:
            ended = self._best if by_value else self._last
            if ended is None or not self._objective.is_alone:
                raise
            which, evaluations = "best" if by_value else "last", self._objective.evaluations
            return _ended(ended, f"Interrupted: these are the {which} parameters of {evaluations} evaluations.")
        except StopIteration:  # (not all of SciPy's methods know it)
            if self._stopped is None:
                raise
            return _ended(self._stopped, _STOPPED)
        if self._stopped is not None:
            if not np.array_equal(found.x, self._stopped.x):
                return _ended(self._stopped, _STOPPED)
            found.success, found.message = False, _STOPPED
        return found


_STOPPED = "The callback raised StopIteration: these are the parameters that it was given."


def _ended(seen: Evaluated, message: str) -> Any:
    gradient = {} if seen.gradient is None else {"jac": seen.gradient}
    return scipy_optimize().OptimizeResult(
        x=seen.x, fun=seen.value, success=False, status=99, message=message, **gradient
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
        found[gradient] = parameters.structured(np.array(found[gradient]))
    inverse = found.get("hess_inv")
    if inverse is not None and (parameters.start.size <= MANY or isinstance(inverse, np.ndarray)):
        found.hess_inv = parameters.blocks(inverse if isinstance(inverse, np.ndarray) else inverse.todense())
    return report(found, [objective, *functions])
