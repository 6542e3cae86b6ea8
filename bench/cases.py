"""The computations that are measured: each one as a user writes it, beside a control and a derivative written by hand.

A case is a value and its gradients with a tape made each time. The control does the same work without a tape, in plain
Python floats or NumPy, as somebody would who derives by hand: intermediate results reused, no `out=`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import autodiff_core as tf

Numbers = Sequence[Any]


@dataclass(frozen=True)
class Case:
    """One row of the page. `ours` and `by_hand` return the value and then the gradients: compared before timing."""

    name: str
    ours: Callable[[], Numbers]
    by_hand: Callable[[], Numbers]
    control: Callable[[], object]
    control_name: str
    calls: int
    """How many calls make up one round: enough that a round takes about a millisecond or more."""
    rounds: int
    tolerance: float = 1e-12
    at_most_ratio: float | None = None
    at_most_us: float | None = None
    peers: str = ""


def scalar_chain(x: Any, kind: str) -> Case:
    """1,000 operations on one number: 250 times y = sin(y)*x + y*0.5."""
    number = 0.7

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(250):
                y = tf.sin(y) * x + y * 0.5
        return y, tape.gradient(y, x)

    def by_hand() -> Numbers:
        y, dy = number, 1.0
        for _ in range(250):
            y, dy = math.sin(y) * number + y * 0.5, math.cos(y) * dy * number + math.sin(y) + dy * 0.5
        return y, dy

    def forward() -> float:
        x = number
        y = x
        for _ in range(250):
            y = math.sin(y) * x + y * 0.5
        return y

    return Case(
        name=f"scalar chain of 1,000 operations, {kind}",
        ours=ours,
        by_hand=by_hand,
        control=forward,
        control_name="plain Python floats, value only",
        calls=20,
        rounds=300,
        at_most_ratio=5,
        peers="XAD 500, PyTorch 6,200, autograd 15,700, TensorFlow 64,000 (control 12)",
    )


def square() -> Case:
    x = tf.Variable(3.0)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            y = x**2
        return y, tape.gradient(y, x)

    def by_hand() -> Numbers:
        x = 3.0
        return x**2, 2 * x

    return Case(
        name="`x**2`",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="plain Python floats",
        calls=1000,
        rounds=300,
        at_most_us=2,
        peers="MyGrad 14, PyTorch 26, autograd 30, TensorFlow 258",
    )


def tiny_network() -> Case:
    """8 examples, 3 inputs, 4 hidden units (tanh), 1 output; mean square."""
    random = np.random.default_rng(0)
    x, target = random.normal(size=(8, 3)), random.normal(size=(8, 1))
    w1, b1, w2, b2 = (random.normal(size=shape) for shape in [(3, 4), (4,), (4, 1), (1,)])
    inputs, targets = tf.constant(x), tf.constant(target)
    parameters = [tf.Variable(array) for array in (w1, b1, w2, b2)]
    v1, c1, v2, c2 = parameters

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            hidden = tf.tanh(inputs @ v1 + c1)
            loss = tf.reduce_mean(tf.square(hidden @ v2 + c2 - targets))
        return loss, *tape.gradient(loss, parameters)

    def by_hand() -> Numbers:
        hidden = np.tanh(x @ w1 + b1)
        error = hidden @ w2 + b2 - target
        loss = np.mean(error * error)
        dout = error * (2 / error.size)
        dhidden = dout @ w2.T * (1 - hidden * hidden)
        return loss, x.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dout, dout.sum(axis=0)

    return Case(
        name="network 8x3x4x1, float64, tanh, mean square",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=100,
        rounds=300,
        at_most_us=12,
        peers="JAX jit 16-23, PyTorch 115, autograd 230",
    )


def network() -> Case:
    """A batch of 64 through 784x128x10 in float32: relu and softmax cross-entropy."""
    batch = 64
    random = np.random.default_rng(0)
    x = random.normal(size=(batch, 784)).astype(np.float32)
    labels = random.integers(10, size=batch)
    w1 = (random.normal(size=(784, 128)) / 28).astype(np.float32)
    w2 = (random.normal(size=(128, 10)) / 11).astype(np.float32)
    b1, b2 = np.zeros(128, np.float32), np.zeros(10, np.float32)
    examples = np.arange(batch)
    inputs, classes = tf.constant(x), tf.constant(labels)
    parameters = [tf.Variable(array) for array in (w1, b1, w2, b2)]
    v1, c1, v2, c2 = parameters

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(inputs @ v1 + c1)
            logits = hidden @ v2 + c2
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
            loss = tf.reduce_mean(losses)
        return loss, *tape.gradient(loss, parameters)

    def by_hand() -> Numbers:
        hidden = np.maximum(x @ w1 + b1, 0)
        logits = hidden @ w2 + b2
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(sums[:, 0]) - shifted[examples, labels])
        dlogits = exponentials / sums
        dlogits[examples, labels] -= 1
        dlogits /= batch
        dhidden = dlogits @ w2.T * (hidden > 0)
        return loss, x.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dlogits, dlogits.sum(axis=0)

    return Case(
        name="network 64x784x128x10, float32, relu, cross-entropy",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=10,
        rounds=300,
        tolerance=1e-5,
        at_most_ratio=1.1,
        peers="PyTorch 336-448, JAX jit 247-380 (control 200)",
    )


def elementwise(size: int, calls: int, rounds: int, at_most_ratio: float, peers: str) -> Case:
    numbers = np.random.default_rng(0).normal(size=size)
    x = tf.constant(numbers)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.exp(-x * x) * tf.sin(x) + tf.tanh(x) * 0.5 - x * 0.1)
        return y, tape.gradient(y, x)

    def by_hand() -> Numbers:
        x = numbers
        bell = np.exp(-x * x)
        sine = np.sin(x)
        tanh = np.tanh(x)
        y = np.sum(bell * sine + tanh * 0.5 - x * 0.1)
        return y, bell * (np.cos(x) - 2 * x * sine) + (1 - tanh * tanh) * 0.5 - 0.1

    return Case(
        name=f"`exp(-x*x)*sin(x)+tanh(x)*0.5-x*0.1` summed, {size:,} float64",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=calls,
        rounds=rounds,
        at_most_ratio=at_most_ratio,
        peers=peers,
    )


def idle_tape(operand: np.ndarray, kind: str) -> Case:
    """1,000 products inside a tape that watches nothing, beside the same outside of any tape."""
    a = tf.constant(operand)

    def products() -> Any:
        for _ in range(1000):
            product = a * a
        return product

    def ours() -> Numbers:
        with tf.GradientTape():
            return (products(),)

    def by_hand() -> Numbers:
        return (operand * operand,)

    return Case(
        name=f"1,000 products in a tape that watches nothing, {kind}",
        ours=ours,
        by_hand=by_hand,
        control=products,
        control_name="outside of any tape",
        calls=10,
        rounds=300,
        at_most_ratio=1.05,
    )


def lookups() -> Case:
    """200 rows of a table, each looked up by itself, beside a use of the whole: their gradients add up in place."""
    table = np.random.default_rng(0).normal(size=(10_000, 8))
    rows = np.arange(200)
    v = tf.Variable(table)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            total = tf.add_n([tf.reduce_sum(tf.gather(v, [k])) for k in range(200)]) + tf.reduce_sum(v * v)
        return total, tape.gradient(total, v)

    def by_hand() -> Numbers:
        gradient = 2.0 * table
        total = np.sum(table * table)
        for k in rows:
            total += table[k].sum()
            gradient[k] += 1.0
        return total, gradient

    return Case(
        name="200 lookups of one row beside a use of the whole table of 10,000 x 8",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=5,
        rounds=100,
    )


CASES = [
    scalar_chain(tf.Variable(0.7, dtype=tf.float64), "variable"),
    scalar_chain(tf.constant(0.7, dtype=tf.float64), "constant"),
    square(),
    tiny_network(),
    network(),
    elementwise(100, calls=100, rounds=300, at_most_ratio=0.8, peers="PyTorch 98 (control 11)"),
    elementwise(10_000, calls=5, rounds=300, at_most_ratio=0.7, peers="PyTorch 311 (control 232)"),
    elementwise(1_000_000, calls=1, rounds=40, at_most_ratio=0.4, peers="PyTorch 16,400 (control 42,000)"),
    idle_tape(np.array(1.5), "a scalar"),
    idle_tape(np.linspace(0, 1, 8), "8 float64"),
    lookups(),
]
