"""MyGrad: gradients by a backward call, operation by operation; it has no second derivatives."""

from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu, sigmoid
from mygrad.nnet.losses import softmax_crossentropy

from .problems import Problem
from .program import Namespace, Program

VARIANTS = {"eager": "MyGrad"}
COMPILED: frozenset[str] = frozenset()
NOT_THERE = ("option", "mixture")
"""It has neither an error function nor log-sum-exp."""

XP = Namespace(
    exp=mg.exp,
    log=mg.log,
    sin=mg.sin,
    tanh=mg.tanh,
    sqrt=mg.sqrt,
    sigmoid=sigmoid,
    relu=relu,
    cross_entropy=softmax_crossentropy,
    sum=mg.sum,
    reshape=mg.reshape,
    take=lambda x, indices, axis: x[(slice(None),) * axis + (indices,)],
)


def version() -> str:
    return f"MyGrad {mg.__version__}"


def prepare(problem: Problem, variant: str) -> Program | None:
    if problem.kind != "gradient" or problem.name in NOT_THERE:
        return None

    def call() -> Any:
        arguments = [mg.tensor(array) for array in problem.arguments]
        y = problem.formula(XP, *arguments, *problem.constants)
        y.backward()
        return y, *(argument.grad for argument in arguments)

    return Program(call, lambda results: [np.asarray(result) for result in results])
