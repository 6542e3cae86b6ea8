"""autodiff_core: as it is, and what its compiled functions do where this version has them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import autodiff_core as tf

from . import gradient_tape, keras_models
from .problems import Problem
from .program import Namespace, Program
from .python_loops import fold, repeat
from .threads import threads
from .workloads import WORKLOADS

tf.set_num_threads(threads())

COMPILED = frozenset({"function", "unrolled", "native", "keras"})
VARIANTS = {
    "eager": "autodiff_core",
    "function": "autodiff_core, tf.function",
    "unrolled": "autodiff_core, tf.function, unrolled",
    "native": "autodiff_core, tf.function(jit_compile=True)",
    "keras": "Keras on autodiff_core",
}
LOOPS = ("lstm_layer", "hmc", "lorenz_scalars", "lorenz_vectors", "ode", "hmm", "monte_carlo")
"""The problems that repeat or fold."""


def version() -> str:
    return f"autodiff_core {tf.__version__}"


def hessian(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    arguments, formula = gradient_tape.tensors(tf, problem)

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = formula(x)
        return (tape.hessian(y, x),)

    return step, arguments


def hvp(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    arguments, formula = gradient_tape.tensors(tf, problem)
    direction = tf.constant(problem.direction)

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = formula(x)
        return (tape.hvp(y, x, direction),)

    return step, arguments


def diagonal(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    arguments, formula = gradient_tape.tensors(tf, problem)
    ones = tf.ones_like(arguments[0])

    def step(x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = formula(x)
        return y, tape.gradient(y, x), tape.hvp(y, x, ones)

    return step, arguments


STEPS: dict[str, Callable[[Any, Problem], tuple[gradient_tape.Step, list[Any]]]] = {
    **gradient_tape.SHARED,
    "forward": gradient_tape.jacobian,  # which takes forward mode where that is less
    "hessian": hessian,
    "hvp": hvp,
    "diagonal": diagonal,
}


def sparse(problem: Problem) -> Program:
    """A sparse Jacobian, whose pattern and colours are found in each call."""
    (x,), formula = gradient_tape.tensors(tf, problem)
    columns = problem.constants[0]
    shape = (len(columns), 3, columns.shape[1])
    rows = np.broadcast_to(np.arange(3 * len(columns)).reshape(-1, 3, 1), shape).ravel()
    across = np.broadcast_to(columns[:, None, :], shape).ravel()

    def read(jacobian: Any) -> list[np.ndarray]:
        return [np.asarray(jacobian[rows, across]).reshape(shape)]

    return Program(lambda: tf.sparse_jacobian(formula, x), read)


def unrolled(problem: Problem) -> Problem:
    """With Python's loops, whose rounds are all recorded."""

    def formula(xp: Any, *everything: Any) -> Any:
        return problem.formula(Namespace(**vars(xp) | {"repeat": repeat, "fold": fold}), *everything)

    return replace(problem, formula=formula)


def fit(problem: Problem) -> Program:
    import autodiff_core.keras_backend  # noqa: F401

    return keras_models.prepare(problem, "numpy")  # as Keras calls the place that ours takes


class Native:
    """The library, with programs that are native code."""

    def __getattr__(self, name: str) -> Any:
        return getattr(tf, name)

    @staticmethod
    def function(function: Callable[..., Any]) -> Any:
        return tf.function(function, jit_compile=True)


def prepare(problem: Problem, variant: str) -> Program | None:
    if problem.kind == "fit" or variant == "keras":
        return fit(problem) if problem.kind == "fit" and variant == "keras" else None
    if variant == "native":
        return prepare_with(Native(), problem, "function") if problem.name in WORKLOADS else None
    return prepare_with(tf, problem, variant)


def prepare_with(tf: Any, problem: Problem, variant: str) -> Program | None:
    if variant == "unrolled":
        return prepare(unrolled(problem), "function") if problem.name in LOOPS else None
    if problem.kind == "epoch":
        return gradient_tape.epoch(tf, problem, variant == "function")
    if problem.kind == "sparse":
        return sparse(problem) if variant == "eager" else None
    step, arguments = STEPS[problem.kind](tf, problem)
    if problem.name == "option" and variant == "function":
        scenarios = tf.vectorize(step)
        return Program(lambda: scenarios(*arguments), gradient_tape.read)
    return gradient_tape.program(tf, problem, step, arguments, variant == "function")
