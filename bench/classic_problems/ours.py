"""A problem by `tf.minimize`."""

from typing import Any

import numpy as np

import autodiff_core as tf
import autodiff_core.numpy as xp

from .problem import Problem
from .solvers import TOLERANCE


def minimized(problem: Problem) -> Any:
    """What `tf.minimize` finds from the usual start."""
    limits: list[dict[str, Any]] = [
        {"type": one.kind, "fun": lambda x, one=one: one.formula(xp, x)} for one in problem.constraints
    ]
    return tf.minimize(
        lambda x: problem.formula(xp, x),
        np.array(problem.start),
        bounds=problem.bounds,
        constraints=limits,
        tol=TOLERANCE,
    )
