"""Recorded functions: the cases of cases.py and derivatives.py, and some more, replayed as programs.

The recording is done before anything is timed, but where its own time is the case. The control is that of the case, so
a ratio here stands beside the ratio there.
"""

from dataclasses import replace
from typing import Any

import numpy as np

import autodiff_core as tf
import cases
import derivatives
from cases import Case, Numbers
from side_by_side.problems import barrier_option


def replayed(case: Case, calls: int, at_most_us: float | None = None, at_most_ratio: float | None = None) -> Case:
    """The case with its computation as one program."""
    return replace(
        case,
        name=f"{case.name}; replayed",
        ours=tf.function(case.ours),
        calls=calls,
        at_most_us=at_most_us,
        at_most_ratio=at_most_ratio,
        peers="",
    )


def chain_until_ready() -> Case:
    """A new function each time: recorded, optimised, laid out and replayed once."""
    case = cases.scalar_chain(tf.constant(0.7, dtype=tf.float64), "constant")

    def ours() -> Numbers:
        function = tf.function(lambda: case.ours())
        function()
        result: Numbers = function()
        return result

    return replace(
        case,
        name="scalar chain of 1,000 operations: recorded, and replayed for the first time",
        ours=ours,
        calls=1,
        rounds=50,
        at_most_ratio=None,
        at_most_us=5000,
        peers="JAX jit 1,180,000, CasADi 28,000",
    )


def training_step() -> Case:
    """Forward, gradient and Adam for a batch of 64 through 784x128x10, float32; the control is NumPy by hand."""
    random = np.random.default_rng(0)
    x = random.normal(size=(64, 784)).astype(np.float32)
    labels = random.integers(10, size=64)
    start = [
        (random.normal(size=(784, 128)) / 28).astype(np.float32),
        np.zeros(128, np.float32),
        (random.normal(size=(128, 10)) / 11).astype(np.float32),
        np.zeros(10, np.float32),
    ]
    inputs, classes = tf.constant(x), tf.constant(labels)
    parameters = [tf.Variable(array) for array in start]
    w1, b1, w2, b2 = parameters
    # A rate so small that the step is about the same however often it is made.
    optimizer = tf.keras.optimizers.Adam(1e-9)

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            logits = tf.nn.relu(inputs @ w1 + b1) @ w2 + b2
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
            loss = tf.reduce_mean(losses)
        optimizer.apply_gradients(zip(tape.gradient(loss, parameters), parameters, strict=True))
        return (loss,)

    arrays = [array.copy() for array in start]
    memory = [(np.zeros_like(array), np.zeros_like(array)) for array in arrays]
    examples = np.arange(64)

    def by_hand() -> Numbers:
        v1, c1, v2, c2 = arrays
        hidden = np.maximum(x @ v1 + c1, 0)
        logits = hidden @ v2 + c2
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(sums[:, 0]) - shifted[examples, labels])
        slope = exponentials / sums
        slope[examples, labels] -= 1
        slope /= 64
        back = slope @ v2.T * (hidden > 0)
        gradients = [x.T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)]
        for array, gradient, (mean, square) in zip(arrays, gradients, memory, strict=True):
            mean *= 0.9
            mean += 0.1 * gradient
            square *= 0.999
            square += 0.001 * gradient * gradient
            array -= 1e-9 * mean / (np.sqrt(square) + 1e-7)
        return (loss,)

    return Case(
        name="an Adam step of the network 64x784x128x10, float32; replayed",
        ours=step,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=5,
        rounds=100,
        tolerance=1e-5,
        at_most_ratio=1,
    )


def option(scenarios: int) -> Case:
    """A barrier option of some 60 operations: value and six sensitivities, by a formula for one scenario."""
    random = np.random.default_rng(0)
    bounds = [(80, 120), (80, 120), (125, 140), (0.01, 0.05), (0.1, 0.4), (0.2, 2)]
    tensors = [tf.constant(random.uniform(low, high, scenarios)) for low, high in bounds]

    def price(*market: Any) -> Any:
        return barrier_option(tf.math, *market)

    many = tf.vectorize(tf.value_and_grad(price, argnums=tuple(range(6))))

    def ours() -> Numbers:
        value, gradients = many(*tensors)
        return value, *gradients

    def taped() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = price(*tensors)
        return value, *tape.gradient(value, tensors)

    return Case(
        name=f"a barrier option, {scenarios:,} scenarios, value and 6 sensitivities; vectorised",
        ours=ours,
        by_hand=taped,
        control=taped,
        control_name="our tape on arrays",
        calls=1,
        rounds=15,
        tolerance=1e-9,
        at_most_ratio=1,
    )


def compiled_cases() -> list[Case]:
    """All of them; a tensor that a case captured is a constant of its program, a variable is read at each call."""
    return [
        chain_until_ready(),
        replayed(cases.scalar_chain(tf.Variable(0.7, dtype=tf.float64), "variable"), 20, at_most_ratio=0.67),
        replayed(cases.square(), 1000, at_most_us=0.6),
        replayed(cases.tiny_network(), 100, at_most_us=5),
        replayed(cases.network(), 10, at_most_ratio=0.9),
        *(replayed(with_variable(size, calls, rounds), calls, most) for size, calls, rounds, most in SIZES),
        replayed(derivatives.hessian(), 20, at_most_us=40),
        replayed(derivatives.hessian_product(), 100, at_most_us=3),
        training_step(),
        option(1_000_000),
    ]


SIZES = [(100, 100, 300, 4), (10_000, 5, 300, 110), (1_000_000, 1, 30, 6000)]


def with_variable(size: int, calls: int, rounds: int) -> Case:
    """The elementwise case on a variable: a constant would be folded away."""
    case = cases.elementwise(size, calls, rounds, 1.0, "")
    x = tf.Variable(np.random.default_rng(0).normal(size=size))

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.exp(-x * x) * tf.sin(x) + tf.tanh(x) * 0.5 - x * 0.1)
        return y, tape.gradient(y, x)

    return replace(case, ours=ours)


CASES = compiled_cases()
