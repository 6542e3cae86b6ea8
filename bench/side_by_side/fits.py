"""Whole workloads that fit something to data: regressions, a Gaussian process, residuals, and the sum they rest on."""

from typing import Any

import numpy as np

from .problems import Problem


def marginal_likelihood(xp: Any, logs: Any, distances: Any, targets: Any, unit: Any) -> Any:
    """Minus the log marginal likelihood of a Gaussian process with a squared exponential kernel, but for a constant.

    Of the logs of its variance, length and noise, given squared distances.
    """
    variance, length, noise = xp.exp(logs[0]), xp.exp(logs[1]), xp.exp(logs[2])
    kernel = variance * xp.exp(distances * (-0.5 / (length * length))) + noise * unit
    lower = xp.cholesky(kernel)
    white = xp.solve_lower(lower, targets)
    return 0.5 * xp.sum(white * white) + xp.sum(xp.log(xp.diagonal(lower)))


def logistic(xp: Any, weights: Any, x: Any, signs: Any) -> Any:
    """The mean loss of logistic regression with a ridge; signs are 1 and -1."""
    margins = signs * xp.times(x, weights)
    return xp.sum(xp.softplus(-margins)) / float(x.shape[0]) + 5e-4 * xp.sum(weights * weights)


def residuals(xp: Any, unknowns: Any, places: Any, measured: Any) -> Any:
    """Of a spectrum: a line, and peaks with a height, a place and a width each, less what was measured."""
    heights, centres, widths = xp.split(unknowns[2:], 3)
    across = (places[:, None] - centres) / widths
    return xp.sum(heights * xp.exp(-across * across), 1) + unknowns[0] + unknowns[1] * places - measured


def squares(xp: Any, unknowns: Any, design: Any, targets: Any) -> Any:
    error = xp.times(design, unknowns) - targets
    return 0.5 * xp.sum(error * error)


def log_of_sum(xp: Any, x: Any) -> Any:
    return xp.logsumexp(x, 0)


def gaussian_process_problem(points: int) -> Problem:
    random = np.random.default_rng(0)
    x = random.uniform(-2, 2, size=(points, 3))
    distances = np.sum((x[:, None] - x) ** 2, axis=2)
    targets = np.sin(x[:, 0]) + 0.1 * random.normal(size=points)
    constants = distances, targets[:, None], np.eye(points)
    title = f"Gaussian process, marginal likelihood, n={points}, 3 hyperparameters"
    return Problem("gp", title, "gradient", marginal_likelihood, (np.log([1.0, 0.7, 0.05]),), constants, tolerance=1e-8)


def logistic_problem(kind: str, points: int, features: int) -> Problem:
    random = np.random.default_rng(0)
    x = random.normal(size=(points, features))
    weights = random.normal(size=features) / features**0.5
    signs = np.sign(x @ weights + 0.3 * random.normal(size=points))
    sizes = f"logistic regression, {points:,} x {features:,}"
    titles = {"gradient": f"{sizes}: value and gradient, as L-BFGS asks for", "hessian": f"{sizes}: Hessian"}
    return Problem(f"logistic_{kind}", titles[kind], kind, logistic, (0.1 * weights,), (x, signs))


def residuals_problem(count: int, peaks: int) -> Problem:
    random = np.random.default_rng(0)
    unknowns = np.concatenate(
        [random.normal(size=2), random.uniform(1, 2, peaks), np.linspace(0, 1, peaks), random.uniform(0.05, 0.1, peaks)]
    )
    constants = np.linspace(0, 1, count), random.normal(size=count)
    title = f"Jacobian of {count} residuals of a spectrum by {unknowns.size} unknowns"
    return Problem("residuals", title, "forward", residuals, (unknowns,), constants)


def squares_problem(count: int, unknowns: int) -> Problem:
    random = np.random.default_rng(0)
    constants = random.normal(size=(count, unknowns)), random.normal(size=count)
    title = f"linear least squares, {count:,} x {unknowns}"
    return Problem("least_squares", title, "gradient", squares, (random.normal(size=unknowns),), constants)


def log_of_sum_problem(size: int) -> Problem:
    numbers = np.random.default_rng(0).normal(size=size)
    return Problem("logsumexp", f"logsumexp of {size:,}", "gradient", log_of_sum, (numbers,))
