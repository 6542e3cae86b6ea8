"""TensorFlow: eager, and by tf.function. Second derivatives by nested tapes."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from . import gradient_tape, keras_models
from .problems import Problem
from .program import Program
from .threads import threads

tf.config.threading.set_intra_op_parallelism_threads(threads())
tf.config.threading.set_inter_op_parallelism_threads(threads())

VARIANTS = {"eager": "TensorFlow", "function": "TensorFlow, tf.function", "keras": "Keras on TensorFlow"}
COMPILED = frozenset({"function", "keras"})


def version() -> str:
    return f"TensorFlow {tf.__version__}"


def gradient(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    """Of what was gathered, TensorFlow's is rows and their places, until somebody asks for an array."""
    step, arguments = gradient_tape.gradient(tf, problem)
    return lambda *arguments: tuple(map(tf.convert_to_tensor, step(*arguments))), arguments


def hessian(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    arguments, formula = gradient_tape.tensors(tf, problem)

    def step(x: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = formula(x)
            gradient = inner.gradient(y, x)
        return (outer.jacobian(gradient, x),)

    return step, arguments


def forward_over_reverse(
    tf: Any, problem: Problem, direction: Any
) -> tuple[Callable[[Any], tuple[Any, Any, Any]], list[Any]]:
    """The value, the gradient, and the Hessian times the direction."""
    arguments, formula = gradient_tape.tensors(tf, problem)

    def step(x: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(x, direction) as accumulator:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = formula(x)
            gradient = tape.gradient(y, x)
        return y, gradient, accumulator.jvp(gradient)

    return step, arguments


def hvp(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    step, arguments = forward_over_reverse(tf, problem, tf.constant(problem.direction))
    return lambda x: step(x)[2:], arguments


def diagonal(tf: Any, problem: Problem) -> tuple[gradient_tape.Step, list[Any]]:
    return forward_over_reverse(tf, problem, tf.ones_like(problem.arguments[0]))


STEPS: dict[str, Callable[[Any, Problem], tuple[gradient_tape.Step, list[Any]]]] = {
    **gradient_tape.SHARED,
    "gradient": gradient,
    "forward": gradient_tape.jacobian,
    "hessian": hessian,
    "hvp": hvp,
    "diagonal": diagonal,
}


def prepare(problem: Problem, variant: str) -> Program | None:
    if problem.kind == "fit" or variant == "keras":
        wanted = problem.kind == "fit" and variant == "keras"
        return keras_models.prepare(problem, "tensorflow") if wanted else None
    if problem.kind == "epoch":
        return gradient_tape.epoch(tf, problem, variant == "function")
    if problem.kind not in STEPS:
        return None
    step, arguments = STEPS[problem.kind](tf, problem)
    return gradient_tape.program(tf, problem, step, arguments, variant == "function")
