"""The problems by SciPy with JAX's derivatives, each compiled once; started in JAX's own environment.

python -m classic_problems.with_jax RUNS.json
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import PROBLEMS
from .problem import Problem
from .solvers import scipys, timed


def functions(problem: Problem) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    both = jax.jit(jax.value_and_grad(lambda x: problem.formula(jnp, x)))

    def asked(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = both(x)
        return float(value), np.array(gradient)

    limits = []
    for one in problem.constraints:
        values = jax.jit(lambda x, one=one: one.formula(jnp, x))
        matrix = jax.jit(jax.jacrev(lambda x, one=one: one.formula(jnp, x)))
        limits.append(
            {
                "type": one.kind,
                "fun": lambda x, f=values: np.array(f(x)),
                "jac": lambda x, f=matrix: np.array(f(x)),
            }
        )
    return asked, {"jac": True}, limits


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    runs = {problem.name: timed(partial(scipys, problem, functions)) for problem in PROBLEMS}
    Path(sys.argv[1]).write_text(json.dumps({"version": jax.__version__, "runs": runs}))


if __name__ == "__main__":
    main()
