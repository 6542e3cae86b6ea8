"""`linear_solve`: linear systems whose matrix is a function, by SciPy's iterations, with derivatives of any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..tensors.creation import zeros_like
from .implicit import Condition, NoSolution, Outputs, Solution
from .parameters import Parameters, joined_values

__all__ = ["iterated", "linear_solve"]

METHODS = ("bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "minres", "qmr", "tfqmr")


def linear_solve(
    matvec: Callable[..., Any],
    b: Any,
    x0: Any = None,
    method: str = "gmres",
    rtol: float = 1e-8,
    atol: float = 0.0,
    maxiter: int | None = None,
    symmetric: bool | None = None,
) -> Any:
    """Solve a linear system whose matrix is a function, without that matrix.

    Parameters
    ----------
    matvec : callable
        Linear, of a structure like b's, of tensors of float64; returns the same structure. Variables and tensors that
        it finds around it are what the solution depends on, beside b.
    b : structure of Tensor, array_like or float
        The right side; a list of numbers is an array.
    x0 : structure, optional
        Where to begin, in b's structure; at zero unless given.
    method : str
        SciPy's name of an iteration: gmres, cg, minres, bicgstab, lgmres ...
    rtol, atol : float
        How large the residual may be, relative to b, and absolutely.
    maxiter : int, optional
        SciPy's, of the method.
    symmetric : bool, optional
        Whether the matrix is its own transpose; by what the method asks for unless given: cg and minres do.

    Returns
    -------
    structure
        The solution, in b's structure, of tensors of float64.

    Raises
    ------
    ImportError
        Where SciPy is not installed.
    RuntimeError
        Where the iteration does not converge.
    TypeError
        Where b holds no real floating-point numbers, or matvec returns no tensors of such.
    ValueError
        Where matvec returns another number of values than b has, or is not zero at zero; where b is not finite, or x0
        has another structure; for an unknown method, negative tolerances, or less than one iteration.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/sparse.linalg.html. A derivative of the solution is a system of the same
    matrix, or of its transpose, which is solved in the same way: the transpose is the function's own vector-Jacobian
    product.

    Examples
    --------
    >>> d = tf.Variable([2.0, 4.0], dtype=tf.float64)
    >>> with tf.GradientTape() as tape:
    ...     x = tf.optimize.linear_solve(lambda v: d * v, [1.0, 2.0], method="cg", maxiter=50)
    >>> print(x.numpy().round(6), tape.gradient(x, d).numpy().round(6))
    [0.5 0.5] [-0.25  -0.125]
    """
    if not callable(matvec):
        raise TypeError(f"linear_solve: the function must be callable, not {type(matvec).__name__}")
    if method not in METHODS:
        raise ValueError(f"linear_solve: unknown method {method!r}; there are {', '.join(METHODS)}")
    parameters = Parameters("linear_solve", b, "b")
    right = parameters.followed()

    def product(x: Any) -> Any:
        values = joined_values("linear_solve", matvec(parameters.structured(x)))
        if values.size != parameters.start.size:
            raise ValueError(f"linear_solve: matvec gave {values.size} values for {parameters.start.size} unknowns")
        return values

    start = zeros_like(right) if x0 is None else parameters.like(x0, "x0").followed()
    steps = None if maxiter is None else _core.integer(maxiter)
    if steps is not None and steps < 1:
        raise ValueError(f"linear_solve: maxiter is the most iterations, 1 or more, not {steps}")
    if not rtol >= 0.0 or not atol >= 0.0:
        raise ValueError(f"linear_solve: rtol and atol are not negative: {rtol}, {atol}")
    options = {"rtol": rtol, "atol": atol, "maxiter": steps}
    same = method in ("cg", "minres") if symmetric is None else symmetric
    return parameters.structured(_iterated("linear_solve", product, right, start, method, same, options))


def iterated(solver: str, method: str = "gmres", rtol: float = 1e-10) -> Callable[..., Any]:
    """What solves the systems of a condition's derivatives without their matrix."""

    def solve(f: Callable[[Any], Any], point: Any, right: Any, adjoint: bool) -> Any:
        product = partial(_transposed if adjoint else _pushed, f, point)
        return _iterated(solver, product, right, zeros_like(right), method, False, {"rtol": rtol, "atol": 0.0})

    return solve


def _pushed(f: Callable[[Any], Any], point: Any, vector: Any) -> Any:
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        values = f(point)
    return tape.jvp(values, point, vector, unconnected_gradients="zero")


def _transposed(f: Callable[[Any], Any], point: Any, vector: Any) -> Any:
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        values = f(point)
    return tape.gradient(values, point, output_gradients=vector, unconnected_gradients="zero")


def _zero(outputs: Outputs, unknown: Any, held: Any) -> Any:
    product, right = outputs(unknown)
    return product - right


def _both(condition: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
    return condition.outputs(read)(vectors[0])


def _iterated(
    solver: str,
    product: Callable[[Any], Any],
    right: Any,
    start: Any,
    method: str,
    symmetric: bool,
    options: dict[str, Any],
) -> Any:
    """The solution as a vector, followed by whoever listens."""
    try:
        import scipy.sparse.linalg as iterations
    except ImportError as error:
        raise ImportError(
            f"{solver}: systems without a matrix are solved by SciPy, which is not installed: "
            f'pip install "autodiff-core[scipy]"'
        ) from error

    def derivative(f: Callable[[Any], Any], point: Any, other: Any, adjoint: bool) -> Any:
        own = partial(_transposed if adjoint and not symmetric else _pushed, f, point)
        return _iterated(solver, own, other, zeros_like(other), method, symmetric, options)

    numbers = np.array(_core.seen(start))
    condition = Condition(solver, lambda x: [product(x), right], _zero, numbers, derivative)

    def find(begin: np.ndarray, shared: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
        both = condition.numbers("product", _both, [_core.to_tensor(begin)], shared)
        at_zero, wanted = both(np.zeros_like(begin))
        if at_zero.any():
            raise ValueError(
                f"{solver}: the function is not linear: at zero it is {at_zero[at_zero != 0][0]}, not zero"
            )
        if not np.isfinite(wanted).all():
            raise ValueError(f"{solver}: the right side is not finite: {wanted[~np.isfinite(wanted)][0]}")
        of_vector = {"matvec": lambda x: both(np.ravel(x))[0]}
        if method in ("bicg", "qmr"):
            of_vector["rmatvec"] = _transpose(condition, begin, shared)
        operator = iterations.LinearOperator((begin.size, begin.size), dtype=np.float64, **of_vector)
        given = {name: value for name, value in options.items() if value is not None}
        if method == "minres":  # it takes a relative one only
            size = float(np.linalg.norm(wanted))
            given["rtol"] = max(given["rtol"], given.pop("atol") / size if size else 0.0)
        found, info = getattr(iterations, method)(operator, wanted, x0=begin, **given)
        if info != 0:
            left = float(np.linalg.norm(both(found)[0] - wanted)) / max(float(np.linalg.norm(wanted)), 1e-300)
            raise NoSolution(
                f"{solver}: {method} has not converged: the residual is {left:.1e} of the right side after "
                f"{info if info > 0 else 'a breakdown in its'} iterations"
            )
        return found, np.empty(0)

    return Solution(condition, find)(start)


def _transpose(condition: Condition, begin: np.ndarray, shared: Sequence[Any]) -> Callable[[np.ndarray], np.ndarray]:
    def back(own: Condition, vectors: list[Any], read: list[Any]) -> list[Any]:
        point, vector = vectors
        return [_transposed(lambda x: own.outputs(read)(x)[0], point, vector)]

    example = _core.to_tensor(begin)
    run = condition.numbers("transposed product", back, [example, example], shared)
    return lambda x: run(np.zeros_like(begin), np.ravel(x))[0]
