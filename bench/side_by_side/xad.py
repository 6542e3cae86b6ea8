"""XAD: a tape of scalars; what is an array elsewhere is a list of numbers here."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xad.adj_1st as adjoint
from xad import math

from .problems import Problem
from .program import Namespace, Program

VARIANTS = {"eager": "XAD"}
COMPILED: frozenset[str] = frozenset()

XP = Namespace(exp=math.exp, log=math.log, sin=math.sin, tanh=math.tanh, sqrt=math.sqrt, sum=lambda x: x)


def version() -> str:
    from importlib.metadata import version

    return f"XAD {version('xad')}"


def of_numbers(problem: Problem) -> Callable[[list[Any]], Any]:
    """The formula as one of a list of numbers."""
    if problem.arguments[0].shape == ():
        return lambda numbers: problem.formula(XP, *numbers)
    return lambda numbers: sum((problem.formula(XP, number) for number in numbers[1:]), problem.formula(XP, numbers[0]))


def prepare(problem: Problem, variant: str) -> Program | None:
    if problem.name not in ("chain", "square", "bell_100", "bell_10000"):
        return None
    formula = of_numbers(problem)
    shape = problem.arguments[0].shape
    numbers = problem.arguments[0].ravel().tolist()

    def call() -> Any:
        with adjoint.Tape() as tape:
            active = [adjoint.Real(number) for number in numbers]
            for number in active:
                tape.registerInput(number)
            tape.newRecording()
            y = formula(active)
            tape.registerOutput(y)
            y.derivative = 1.0
            tape.computeAdjoints()
            return y.value, [number.derivative for number in active]

    def read(results: Any) -> list[np.ndarray]:
        return [np.array(results[0]), np.array(results[1]).reshape(shape)]

    return Program(call, read)
