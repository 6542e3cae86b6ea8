"""The whole workloads that stand beside other libraries, at full size: our tape against differences and derivatives by
hand, and `tf.function` against our tape. No other library is needed, and nothing is timed.
"""

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from side_by_side import reference, worker
from side_by_side.problems import Problem
from side_by_side.processes import SECONDS
from side_by_side.program import LEARNING_RATE, SMALL_EPSILON
from side_by_side.workloads import FITS, PLAIN

Results = list[np.ndarray]
KINKED = ("cnn", "monte_carlo", "k_means_gradient")
"""Differences need a step too small for the others: they meet a kink somewhere in so many numbers."""


def library() -> Any:
    threads = tf.get_num_threads()
    ours = importlib.import_module("side_by_side.ours")  # sets threads, for a process of its own
    tf.set_num_threads(threads)
    return ours


OURS = library()


def solve(problem: Problem, variant: str) -> Results:
    program = OURS.prepare(problem, variant)
    found: Results = program.read(program.call())
    return found


def eager(problem: Problem) -> Results:
    return solve(problem, "eager")


def gradient(problem: Problem, found: Results) -> None:
    value, *gradients = found
    close = 1e-4 if problem.arguments[0].dtype == np.float32 else 1e-6
    np.testing.assert_allclose(value, reference.value(problem), rtol=close)
    random = np.random.default_rng(1)
    for place, found_gradient in enumerate(gradients):
        direction = random.normal(size=found_gradient.shape)
        expected = reference.slope(problem, place, direction, 5e-7 if problem.name in KINKED else 1e-5)
        largest = np.linalg.norm(found_gradient) + 1e-3 * abs(value)  # what rounding leaves of a difference
        assert abs(np.sum(found_gradient * direction) - expected) <= close * largest


def jacobian(problem: Problem, found: Results) -> None:
    (x,), step = problem.arguments, 1e-6
    for place, column in enumerate(found[0].T):
        moved = step * np.eye(x.size)[place]
        above, below = (reference.value(problem, [x + sign * moved]) for sign in (1, -1))
        np.testing.assert_allclose(column, (above - below) / (2 * step), rtol=1e-6, atol=1e-6)


def hessian_of_logistic(problem: Problem, found: Results) -> None:
    (weights,), (x, signs) = problem.arguments, problem.constants
    chance = 1 / (1 + np.exp(-signs * (x @ weights)))
    curvature = chance * (1 - chance) / len(x)
    expected = x.T @ (curvature[:, None] * x) + 1e-3 * np.eye(weights.size)
    np.testing.assert_allclose(found[0], expected, rtol=1e-9, atol=1e-12)


def leapfrogs(problem: Problem, found: Results) -> None:
    (q, p), (precision,) = problem.arguments, problem.constants

    def force(q: np.ndarray) -> np.ndarray:
        product: np.ndarray = precision @ q + 0.2 * q**3  # the precision is symmetric
        return product

    for _ in range(1_000):
        p = p - 0.5 * SECONDS * force(q)
        q = q + SECONDS * p
        p = p - 0.5 * SECONDS * force(q)
    np.testing.assert_allclose(found, [q, p], rtol=1e-9)


def epoch(problem: Problem, found: Results) -> None:
    """Adam by hand, over the gradients of our tape, which `gradient` looks at."""
    parameters = reference.wide(problem.arguments)
    moments = [(np.zeros_like(x), np.zeros_like(x)) for x in parameters]
    for step, batch in enumerate(zip(*problem.constants, strict=True), start=1):
        arguments = tuple(x.astype(np.float32) for x in parameters)
        one = Problem("", "", "gradient", problem.formula, arguments, batch)
        for place, slope in enumerate(eager(one)[1:]):
            mean, square = moments[place]
            mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope.astype(float) ** 2
            moments[place] = mean, square
            rate = LEARNING_RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            parameters[place] = parameters[place] - rate * mean / (np.sqrt(square) + SMALL_EPSILON)
    worker.compare(problem.name, found, [x.astype(np.float32) for x in parameters], problem.tolerance)


CHECKS: dict[str, Callable[[Problem, Results], None]] = {
    "gradient": gradient,
    "forward": jacobian,
    "hessian": hessian_of_logistic,
    "value": leapfrogs,
    "epoch": epoch,
}
"""By the kind of a workload."""


@pytest.mark.parametrize("name", PLAIN)
def test_workload_is_what_differences_or_derivatives_by_hand_say(name: str) -> None:
    problem = PLAIN[name]()
    assert problem.name == name
    expected = eager(problem)
    CHECKS[problem.kind](problem, expected)
    for variant in OURS.COMPILED:
        program = OURS.prepare(problem, variant)
        if program is not None:
            worker.compare(f"{name}, {variant}", program.read(program.call()), expected, problem.tolerance)


@pytest.mark.parametrize("name", FITS)
def test_fit_has_the_loss_of_steps_that_are_not_recorded(name: str) -> None:
    problem = FITS[name]()
    assert problem.name == name
    x, y, batch = problem.constants
    few = replace(problem, constants=(x[: 3 * batch + 1], y[: 3 * batch + 1], batch))  # the last batch is smaller

    def eager(keras: Any) -> Any:
        model = problem.formula(keras)
        model.run_eagerly = True
        return model

    found, expected = (solve(one, "keras") for one in (few, replace(few, formula=eager)))
    worker.compare(name, found, expected, problem.tolerance)
