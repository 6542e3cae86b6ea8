"""The programs that autodiff_core and TensorFlow share, word for word: what they take is `tf`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .problems import Problem, reprojection
from .program import EPSILON, LEARNING_RATE, NORM_EPSILON, SMALL_EPSILON, Namespace, Program

Step = Callable[..., Any]


def namespace(tf: Any) -> Namespace:
    """What both libraries call by the same names."""

    def cross_entropy(logits: Any, labels: Any) -> Any:
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))

    def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, offset, scale, NORM_EPSILON)

    def attention(query: Any, key: Any, value: Any) -> Any:
        return tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / query.shape[-1] ** 0.5) @ value

    def inner_gradient(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def of(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x)

        return of

    def repeat(step: Callable[[Any], Any], state: Any, count: int) -> Any:
        several = isinstance(state, tuple)

        def body(i: Any, *state: Any) -> Any:
            after = step(state if several else state[0])
            return i + 1, *(after if several else [after])

        _, *end = tf.while_loop(lambda i, *state: i < count, body, (tf.constant(0), *(state if several else [state])))
        return tuple(end) if several else end[0]

    def fold(step: Callable[[Any, Any], Any], state: Any, rows: Any) -> Any:
        return tf.foldl(step, rows, state)

    return Namespace(
        exp=tf.exp,
        log=tf.math.log,
        sin=tf.sin,
        cos=tf.cos,
        tanh=tf.tanh,
        sqrt=tf.sqrt,
        erf=tf.math.erf,
        sigmoid=tf.sigmoid,
        relu=tf.nn.relu,
        cross_entropy=cross_entropy,
        sum=tf.reduce_sum,
        min=tf.reduce_min,
        logsumexp=tf.reduce_logsumexp,
        reshape=tf.reshape,
        transpose=tf.transpose,
        stack=partial(tf.stack, axis=-1),
        take=lambda x, indices, axis: tf.gather(x, indices, axis=axis),
        times=tf.linalg.matvec,
        split=partial(tf.split, axis=-1),
        permute=tf.transpose,
        zeros_like=tf.zeros_like,
        softplus=tf.nn.softplus,
        gelu=partial(tf.nn.gelu, approximate=True),
        conv=lambda x, kernel: tf.nn.conv2d(x, kernel, 1, "SAME"),
        max_pool=lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"),
        layer_norm=layer_norm,
        attention=attention,
        cholesky=tf.linalg.cholesky,
        solve_lower=tf.linalg.triangular_solve,
        diagonal=tf.linalg.diag_part,
        gradient=inner_gradient,
        repeat=repeat,
        fold=fold,
    )


def tensors(tf: Any, problem: Problem) -> tuple[list[Any], Callable[..., Any]]:
    """The arguments, and the formula with its constants, which takes them."""
    xp, constants = namespace(tf), [tf.constant(array) for array in problem.constants]
    arguments = [tf.constant(array) for array in problem.arguments]
    if not constants:  # nothing beside a small formula that is not the library's
        return arguments, partial(problem.formula, xp)
    return arguments, lambda *arguments: problem.formula(xp, *arguments, *constants)


def gradient(tf: Any, problem: Problem) -> tuple[Step, list[Any]]:
    arguments, formula = tensors(tf, problem)

    def by_one(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = formula(x)
        return y, tape.gradient(y, x)

    def by_several(*arguments: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            y = formula(*arguments)
        return y, *tape.gradient(y, arguments)

    return by_one if len(arguments) == 1 else by_several, arguments


def jacobian(tf: Any, problem: Problem) -> tuple[Step, list[Any]]:
    arguments, formula = tensors(tf, problem)

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = formula(x)
        return (tape.jacobian(y, x),)

    return step, arguments


def adam(tf: Any, problem: Problem) -> tuple[Step, list[Any]]:
    _, formula = tensors(tf, problem)
    variables = [tf.Variable(array) for array in problem.arguments]
    optimizer = tf.keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON)
    if hasattr(optimizer, "build"):
        optimizer.build(variables)  # TensorFlow's makes no variables while it traces

    def step() -> Any:
        with tf.GradientTape() as tape:
            loss = formula(*variables)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    return lambda: (step(), variables), []


def blocks(tf: Any, problem: Problem) -> tuple[Step, list[Any]]:
    """Each observation's block by itself: the pattern is known beforehand."""
    xp = namespace(tf)
    columns, features = (tf.constant(array) for array in problem.constants)

    def step(everything: Any) -> Any:
        unknowns = tf.gather(everything, columns)
        with tf.GradientTape() as tape:
            tape.watch(unknowns)
            residuals = reprojection(xp, unknowns, features)
        return (tape.batch_jacobian(residuals, unknowns),)

    return step, [tf.constant(problem.arguments[0])]


def value(tf: Any, problem: Problem) -> tuple[Step, list[Any]]:
    arguments, formula = tensors(tf, problem)
    return formula, arguments


SHARED: dict[str, Callable[[Any, Problem], tuple[Step, list[Any]]]] = {
    "gradient": gradient,
    "jacobian": jacobian,
    "value": value,
    "step": adam,
    "blocks": blocks,
}


def read(results: Any) -> list[np.ndarray]:
    return [np.asarray(result) for result in results]


def read_step(results: Any) -> list[np.ndarray]:
    """A variable's array is its storage: the next step would change it."""
    return [np.array(variable) for variable in results[1]]


def epoch(tf: Any, problem: Problem, compiled: bool) -> Program:
    """A step for each batch, from the same parameters in each call; Adam's moments go on from one call to the next."""
    formula = partial(problem.formula, namespace(tf))
    start = [tf.constant(array) for array in problem.arguments]
    variables = [tf.Variable(array) for array in start]
    optimizer = tf.keras.optimizers.Adam(LEARNING_RATE, epsilon=SMALL_EPSILON)
    if hasattr(optimizer, "build"):
        optimizer.build(variables)  # TensorFlow's makes no variables while it traces
    batches = [tuple(map(tf.constant, batch)) for batch in zip(*problem.constants, strict=True)]

    def step(images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = formula(*variables, images, labels)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    train = tf.function(step) if compiled else step

    def call() -> Any:
        for variable, first in zip(variables, start, strict=True):
            variable.assign(first)
        for images, labels in batches:
            train(images, labels)
        return variables

    return Program(call, lambda variables: [np.array(variable) for variable in variables])


def program(tf: Any, problem: Problem, step: Step, arguments: list[Any], compiled: bool) -> Program:
    if compiled:
        step = tf.function(step)
    return Program(partial(step, *arguments), read_step if problem.kind == "step" else read)
