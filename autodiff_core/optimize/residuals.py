"""`least_squares` and `fit`: sums of squares of residuals, by SciPy's solvers and recorded Jacobians."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import _core
from ..nest import flatten_for_tape
from ..ops.shaping import reshape
from ..ops.triangular import triangular_solve
from .evaluations import Vector
from .limits import bounds_of, dense
from .parameters import Parameters, are_numbers, as_array, joined_values
from .running import Progress, alone, report, scipy_optimize

__all__ = ["fit", "least_squares"]


def least_squares(
    f: Callable[..., Any],
    x0: Any,
    bounds: Any = None,
    method: str | None = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    progress: bool = False,
    **options: Any,
) -> Any:
    """Minimise half the sum of squares of residuals, of parameters in any nested structure.

    Parameters
    ----------
    f : callable
        Of the parameters, in x0's structure, as tensors of float64; returns the residuals, in any structure. Or of
        nothing, where x0 holds variables only: it reads them, in their own dtypes.
    x0, bounds
        As in `tf.minimize`.
    method : {"trf", "dogbox", "lm"}, optional
        SciPy's; lm unless given, and trf where there are bounds, a loss, fewer residuals than parameters, or the
        Jacobian is sparse.
    loss, f_scale
        SciPy's: what the squares count, and from where on they are outliers.
    progress : bool
        Whether tqdm shows evaluations, the cost and the gradient's norm.
    **options
        SciPy's: ftol, xtol, gtol, x_scale, max_nfev, tr_solver ...

    Returns
    -------
    OptimizeResult
        SciPy's: `x` in x0's structure and dtypes, where variables are assigned; `fun`, the residuals as a vector;
        `jac`, of shape (residuals, parameters); `grad` in the structure; `cost`, `success`, `message` and the others.
        Beside these `counts`, `seconds` and `obstacle` as `tf.minimize` gives them.

    Raises
    ------
    ImportError
        Where SciPy is not installed, or, for `progress`, tqdm.
    TypeError
        Where parameters are no real floating-point numbers, f returns no tensors, or a tape follows x0.
    ValueError
        Where residuals at x0 are not finite, or bounds have another structure than x0, or cross.
    RuntimeError
        In a recorded function.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.least_squares.html. The Jacobian is recorded,
    and goes by rows or by columns, whatever is less; it is sparse where there are many parameters and its pattern is.
    An interruption (Ctrl-C) gives the last parameters, with `success` False and a message that says so.

    Examples
    --------
    >>> t = np.linspace(0.0, 1.0, 5)
    >>> y = 2.0 * np.exp(-3.0 * t)
    >>> found = tf.optimize.least_squares(lambda p: p["a"] * tf.exp(-p["k"] * t) - y, {"a": 1.0, "k": 1.0})
    >>> {name: round(float(value), 6) for name, value in found.x.items()}
    {'a': 2.0, 'k': 3.0}
    """
    parameters = Parameters("least_squares", x0)
    return _solved("least_squares", f, parameters, bounds, method, loss, f_scale, progress, options)


def _solved(
    solver: str,
    f: Callable[..., Any],
    parameters: Parameters,
    bounds: Any,
    method: str | None,
    loss: Any,
    f_scale: float,
    progress: bool,
    options: Mapping[str, Any],
) -> Any:
    """The result in the parameters' structure."""
    optimize = scipy_optimize()
    if "strategy" in options:
        raise TypeError(
            f"{solver}: residuals are all here, and no strategy's: minimise half the sum of their squares, by "
            f'tf.minimize(f, x0, strategy=strategy, data=data, reduce_op="SUM")'
        )
    within = bounds_of(solver, bounds, parameters, by_element=False)
    residuals = Vector(solver, f, parameters)
    start = parameters.start
    with alone(solver, residuals.called, parameters.leaves), parameters.put_back():
        residuals.check_start(start)
        count = residuals.values(start).size
        if method != "lm":
            residuals.choose(start, count)
        residuals.check_jacobian(start)
        plain = within is None and loss == "linear" and not residuals.is_sparse and count >= start.size
        last: list[Any] = []  # where the solver was: it asks for Jacobians where it has come to
        with Progress(solver, progress, options.get("max_nfev")) as bar:

            def jacobian(x: np.ndarray) -> Any:
                matrix, values = residuals.jacobian(x), residuals.values(x)
                last[:] = np.array(x), values
                bar.step(
                    lambda: {
                        "cost": f"{0.5 * np.sum(values**2):.6g}",
                        "gradient": f"{np.linalg.norm(matrix.T @ values):.2e}",
                    }
                )
                return matrix

            try:
                found = optimize.least_squares(
                    residuals.values,
                    start,
                    jacobian,
                    bounds=(-np.inf, np.inf) if within is None else within,
                    method=method or ("lm" if plain else "trf"),
                    loss=loss,
                    f_scale=f_scale,
                    **options,
                )
            except KeyboardInterrupt:
                if not last:
                    raise
                x, values = last
                matrix = residuals.jacobian(x)  # (the one of before)
                found = optimize.OptimizeResult(
                    x=x,
                    fun=values,
                    cost=0.5 * float(np.sum(values**2)),
                    jac=matrix,
                    grad=matrix.T @ values,
                    success=False,
                    status=99,
                    message="Interrupted: these are the last parameters.",
                )
    found.x = parameters.result(np.asarray(found.x))
    found.grad = parameters.structured(np.asarray(found.grad))
    return report(found, [residuals])


def fit(
    model: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any,
    sigma: Any = None,
    absolute_sigma: bool = False,
    bounds: Any = None,
    method: str | None = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    progress: bool = False,
    **options: Any,
) -> Any:
    """Fit a model to data by least squares: parameters in any nested structure, and how far off they may be.

    Parameters
    ----------
    model : callable
        model(xdata, parameters) -> what ydata should be, as tensors.
    xdata : object
        Passed on to the model.
    ydata : structure of array_like
        What was seen, in the structure that the model returns; a list or tuple of numbers is an array.
    p0, bounds
        As x0 and bounds in `tf.minimize`.
    sigma : structure of array_like, optional
        Standard deviations of the data, in ydata's structure, or one number for all; or, of a vector of m data, their
        covariance of shape (m, m).
    absolute_sigma : bool
        Whether they are known, and not only relative to each other.
    method, loss, f_scale, progress, **options
        As in `least_squares`.

    Returns
    -------
    OptimizeResult
        As `least_squares` gives it, with the parameters `x`; and `covariance`, a structure of structures, and `errors`,
        the square roots of its diagonal in the structure. They are infinite where the data do not say what a parameter
        is.

    Raises
    ------
    ImportError, TypeError, RuntimeError
        As in `least_squares`.
    ValueError
        As there; where data are not finite, or the model gives values of other shapes than they have; where standard
        deviations are not positive, or their covariance has no Cholesky factor.

    Notes
    -----
    After https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.curve_fit.html: without `absolute_sigma`
    the covariance is scaled so that the residuals have as many degrees of freedom as there are more data than
    parameters.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 6)
    >>> y = [1.0, 1.3, 1.3, 1.7, 1.7, 2.1]
    >>> line = tf.optimize.fit(lambda x, p: p["slope"] * x + p["level"], x, y, {"slope": 0.0, "level": 0.0})
    >>> {name: (round(float(line.x[name]), 3), round(float(line.errors[name]), 3)) for name in line.x}
    {'slope': (1.014, 0.131), 'level': (1.01, 0.079)}
    """
    parameters = Parameters("fit", p0, "p0")
    wanted = [_real("the data", one) for one in _data(ydata)]
    data = np.concatenate([one.reshape(-1) for one in wanted])
    if not np.isfinite(data).all():
        raise ValueError("fit: the data are not finite")
    shapes = [one.shape for one in wanted]
    whiten = _whitening(sigma, shapes)

    def off(*structure: Any) -> Any:
        given = model(xdata, *structure)
        values = joined_values("fit", given)
        found = [tuple(one.shape) for one in flatten_for_tape(given, True)[0]]
        if found != shapes:
            raise ValueError(f"fit: the model gives values of shapes {found}; the data have {shapes}")
        return whiten(values - data)

    found = _solved("fit", off, parameters, bounds, method, loss, f_scale, progress, options)
    matrix = np.asarray(dense(found.jac))
    spare = data.size - parameters.start.size
    covariance = _covariance(matrix)
    if not (absolute_sigma and sigma is not None):
        covariance = covariance * (2.0 * found.cost / spare if spare > 0 else np.inf)
    found.covariance = parameters.blocks(covariance)
    found.errors = parameters.structured(np.sqrt(np.diag(covariance)))
    return found


def _data(ydata: Any) -> list[Any]:
    """The leaves of the data; a list or tuple of numbers is one."""
    return [np.asarray(ydata)] if are_numbers(ydata, list, tuple) else flatten_for_tape(ydata, True)[0]


def _real(what: str, one: Any) -> np.ndarray:
    array = as_array(one)
    if array.dtype.kind == "c" or not (array.dtype.kind in "biu" or _core.is_differentiable(array.dtype)):
        raise TypeError(f"fit: {what} are real numbers, not {array.dtype}")
    return array.astype(np.float64)


def _whitening(sigma: Any, shapes: list[tuple[int, ...]]) -> Callable[[Any], Any]:
    """What makes residuals of differences from the data: these in units of their standard deviations."""
    count = sum(math.prod(shape) for shape in shapes)
    if sigma is None:
        return lambda off: off
    leaves = [_real("standard deviations", one) for one in _data(sigma)]
    if len(leaves) == 1 and leaves[0].shape == (count, count) and count > 1:
        try:
            lower = np.linalg.cholesky(leaves[0])
        except np.linalg.LinAlgError:
            raise ValueError("fit: sigma, of shape (m, m), is a covariance, and this one is not positive") from None
        return lambda off: reshape(triangular_solve(lower, reshape(off, (-1, 1))), (-1,))
    if len(leaves) == 1 and leaves[0].ndim == 0:
        leaves *= len(shapes)
    if len(leaves) != len(shapes):
        raise ValueError(f"fit: sigma has {len(leaves)} arrays for data of {len(shapes)}")
    spread = []
    for one, shape in zip(leaves, shapes, strict=True):
        try:
            spread.append(np.broadcast_to(one, shape).reshape(-1))
        except ValueError:
            raise ValueError(f"fit: sigma of shape {one.shape} for data of shape {shape}") from None
    deviations = np.concatenate(spread)
    if not (deviations > 0.0).all():
        raise ValueError("fit: standard deviations are positive")
    return lambda off: off / deviations


def _covariance(matrix: np.ndarray) -> np.ndarray:
    """The inverse of the Jacobian's square, by its singular values; infinite where one of them is none."""
    _, sizes, rows = np.linalg.svd(matrix, full_matrices=False)
    threshold = np.finfo(float).eps * max(matrix.shape) * (sizes[0] if sizes.size else 0.0)
    if sizes.size < matrix.shape[1] or (sizes <= threshold).any():
        return np.full((matrix.shape[1],) * 2, np.inf)
    scaled = rows / sizes[:, None]
    return scaled.T @ scaled
