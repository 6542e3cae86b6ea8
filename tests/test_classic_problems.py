"""The classic problems of `make bench-minimize`: `tf.minimize` finds known minima; derivatives by hand are ours."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff_core as tf
import autodiff_core.numpy as xp

pytest.importorskip("scipy.optimize")

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from classic_problems import PROBLEMS, Problem
from classic_problems.ours import minimized


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_a_classic_problem_is_solved(problem: Problem) -> None:
    found = minimized(problem)
    assert problem.is_solved_by(float(found.fun)), found.message
    assert found.obstacle is None
    for one in problem.constraints:
        values = np.atleast_1d(one.formula(np, found.x))
        assert (abs(values) if one.kind == "eq" else -values).max() < 1e-6


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_derivatives_by_hand_are_ours(problem: Problem) -> None:
    x = np.array(problem.start) + 0.01
    gradient = problem.gradient(x)
    ours = tf.grad(lambda x: problem.formula(xp, x))(x)
    np.testing.assert_allclose(gradient, ours, rtol=1e-9, atol=1e-12 * abs(gradient).max())
    for one in problem.constraints:
        matrix = np.atleast_2d(tf.jacobian(lambda x, one=one: one.formula(xp, x))(x))
        np.testing.assert_allclose(one.jacobian(x), matrix, rtol=1e-9)
