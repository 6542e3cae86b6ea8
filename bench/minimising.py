"""What `tf.minimize` adds to what it minimises: an evaluation beside a replay, and a search beside SciPy's own."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import scipy.optimize

import autodiff_core as tf
from autodiff_core.optimize.evaluations import Scalar
from autodiff_core.optimize.parameters import Parameters
from cases import Case, Numbers


def valley(x: Any) -> Any:
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def logistic(rows: int, features: int) -> tuple[Callable[[Any], Any], Callable[[np.ndarray], Numbers]]:
    """The loss of a logistic regression, and by hand with its gradient."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(rows, features))
    signs = np.where(matrix[:, :20].sum(1) + random.normal(size=rows) > 0.0, 1.0, -1.0)
    penalty = 1e-3
    known, labels = tf.constant(matrix), tf.constant(signs)

    def loss(w: Any) -> Any:
        margins = labels * tf.linalg.matvec(known, w)
        return tf.reduce_mean(tf.nn.softplus(-margins)) + penalty * tf.reduce_sum(w * w)

    def by_hand(w: np.ndarray) -> Numbers:
        margins = signs * (matrix @ w)
        weights = signs / (rows * (1.0 + np.exp(margins)))
        value = np.logaddexp(0.0, -margins).mean() + penalty * (w @ w)
        return value, 2.0 * penalty * w - matrix.T @ weights

    return loss, by_hand


def evaluation(name: str, f: Callable[[Any], Any], size: int, calls: int, rounds: int) -> Case:
    """A value and its gradient as solvers are given it, beside the same function's replay."""
    x = np.linspace(0.1, 0.9, size)
    asked = Scalar("minimize", f, Parameters("minimize", x))
    replay = tf.function(tf.value_and_grad(f))
    tensor = tf.constant(x)

    def ours() -> Numbers:
        seen = asked.value_and_gradient(x)
        return seen.value, seen.gradient

    return Case(
        name=f"{name}: an evaluation",
        ours=ours,
        by_hand=lambda: replay(tensor),
        control=lambda: replay(tensor),
        control_name="a replay",
        calls=calls,
        rounds=rounds,
        at_most_ratio=1.1,
    )


def search(rows: int, features: int) -> Case:
    """L-BFGS, so many iterations."""
    start, options = np.zeros(features), {"maxiter": 20}
    problem = cache(lambda: logistic(rows, features))  # (its data are large: not made before they are needed)

    def ours() -> Numbers:
        found = tf.minimize(problem()[0], start, "L-BFGS-B", options=options)
        return found.fun, found.x

    def by_hand() -> Numbers:
        found = scipy.optimize.minimize(problem()[1], start, method="L-BFGS-B", jac=True, options=options)
        return found.fun, found.x

    return Case(
        name=f"L-BFGS, {options['maxiter']} iterations, logistic regression, {rows:,} x {features:,}",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="SciPy, gradient by hand",
        calls=1,
        rounds=7,
        tolerance=1e-6,
        at_most_ratio=1.1,
    )


CASES = [
    evaluation("Rosenbrock function of 100 numbers", valley, 100, calls=200, rounds=200),
    evaluation("Rosenbrock function of 10,000 numbers", valley, 10_000, calls=20, rounds=200),
    evaluation("logistic regression, 500 x 200", logistic(500, 200)[0], 200, calls=20, rounds=200),
    search(2_000, 10_000),
]
