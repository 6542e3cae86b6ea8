"""The cases that are more than a gradient: Jacobians, Hessians, products with them, gradients of each example."""

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf
from cases import Case, Numbers


def rosenbrock(x: Any) -> Any:
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_hessian(x: np.ndarray) -> np.ndarray:
    """By hand: it has three diagonals."""
    diagonal = np.zeros_like(x)
    diagonal[:-1] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
    diagonal[1:] += 200.0
    hessian = np.diag(diagonal)
    beside = -400.0 * x[:-1]
    rows = np.arange(x.size - 1)
    hessian[rows, rows + 1] = hessian[rows + 1, rows] = beside
    return hessian


def hessian() -> Case:
    numbers = np.random.default_rng(0).normal(size=100)
    x = tf.constant(numbers)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = rosenbrock(x)
        return (tape.hessian(y, x),)

    def by_hand() -> Numbers:
        return (rosenbrock_hessian(numbers),)

    return Case(
        name="Hessian of the Rosenbrock function of 100 numbers",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=5,
        rounds=200,
        at_most_us=500,
        peers="JAX jit 42, torch.func 2,800, autograd 30,000, TensorFlow 280,000",
    )


def hessian_product() -> Case:
    random = np.random.default_rng(0)
    numbers, direction = random.normal(size=100), random.normal(size=100)
    x, v = tf.constant(numbers), tf.constant(direction)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = rosenbrock(x)
        return (tape.hvp(y, x, v),)

    def by_hand() -> Numbers:
        return (rosenbrock_hessian(numbers) @ direction,)

    return Case(
        name="Hessian of it times a vector",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=20,
        rounds=300,
        at_most_us=60,
        peers="autograd 590, torch.func 1,740",
    )


def product_over_gradient(name: str, f: Callable[[Any], Any], numbers: np.ndarray, calls: int, rounds: int) -> Case:
    """A Hessian times a vector beside the gradient of the same function, both with their recording."""
    x = tf.constant(numbers)
    direction = np.random.default_rng(1).normal(size=numbers.shape)
    v = tf.constant(direction)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return (tape.hvp(y, x, v),)

    def gradient(x: Any = x) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    def by_differences() -> Numbers:
        step = 1e-6
        above, below = (gradient(tf.constant(numbers + sign * step * direction)).numpy() for sign in (1, -1))
        return ((above - below) / (2 * step),)

    return Case(
        name=f"Hessian times a vector, {name}",
        ours=ours,
        by_hand=by_differences,
        control=gradient,
        control_name="our gradient",
        calls=calls,
        rounds=rounds,
        tolerance=1e-4,
        at_most_ratio=3,
    )


def bell(x: Any) -> Any:
    return tf.reduce_sum(tf.exp(-x * x) * tf.sin(x) + tf.tanh(x) * 0.5 - x * 0.1)


def chain(x: Any) -> Any:
    y = x
    for _ in range(250):
        y = tf.sin(y) * x + y * 0.5
    return y


def sparse_hessian() -> Case:
    numbers = np.random.default_rng(0).normal(size=10_000)

    def ours() -> Numbers:
        return (tf.sparse_hessian(rosenbrock, numbers).data,)

    def by_hand() -> Numbers:
        beside = -400.0 * numbers[:-1]
        diagonal = np.append(1200.0 * numbers[:-1] ** 2 - 400.0 * numbers[1:] + 2.0, 0.0)
        diagonal[1:] += 200.0
        return (np.column_stack([np.append(0.0, beside), diagonal, np.append(beside, 0.0)]).reshape(-1)[1:-1],)

    return Case(
        name="sparse Hessian of the Rosenbrock function of 10,000 numbers",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=1,
        rounds=100,
        at_most_us=10_000,
    )


def banded() -> Case:
    numbers = np.random.default_rng(0).normal(size=100)
    x = tf.constant(numbers)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x[1:] - x[:-1] ** 2
        return (tape.jacobian(y, x),)

    def by_hand() -> Numbers:
        jacobian = np.zeros((99, 100))
        rows = np.arange(99)
        jacobian[rows, rows + 1] = 1.0
        jacobian[rows, rows] = -2.0 * numbers[:-1]
        return (jacobian,)

    return Case(
        name="Jacobian of `x[1:] - x[:-1]**2`, 99 by 100",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=10,
        rounds=300,
        at_most_us=150,
        peers="torch.func 290, autograd 9,000, TensorFlow 116,000",
    )


def pushed_chain() -> Case:
    x = tf.constant(0.7, dtype=tf.float64)

    def record() -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = chain(x)
        return tape, y

    def ours() -> Numbers:
        with tf.autodiff.ForwardAccumulator(x, 1.0) as accumulator:
            y = chain(x)
        return (accumulator.jvp(y),)

    def by_hand() -> Numbers:
        y, dy = 0.7, 1.0
        for _ in range(250):
            y, dy = np.sin(y) * 0.7 + y * 0.5, np.cos(y) * dy * 0.7 + np.sin(y) + dy * 0.5
        return (dy,)

    return Case(
        name="scalar chain of 1,000 operations, forward mode",
        ours=ours,
        by_hand=by_hand,
        control=record,
        control_name="its recording",
        calls=20,
        rounds=300,
        at_most_ratio=1.5,
    )


def dense_kernel() -> Case:
    """The Jacobian of a layer's 7 by 10 results with respect to its 5 by 10 kernel."""
    random = np.random.default_rng(0)
    x = random.normal(size=(7, 5))
    kernel, bias = random.normal(size=(5, 10)), random.normal(size=10)
    inputs = tf.constant(x)
    variables = tf.Variable(kernel), tf.Variable(bias)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            y = tf.nn.relu(inputs @ variables[0] + variables[1])
        return (tape.jacobian(y, variables[0]),)

    def by_hand() -> Numbers:
        open_ = x @ kernel + bias > 0
        return (np.einsum("ij,ik,jl->ijkl", open_, x, np.eye(10)),)

    return Case(
        name="Jacobian of a layer, 7x5 to 7x10, relu, by its kernel",
        ours=ours,
        by_hand=by_hand,
        control=by_hand,
        control_name="NumPy by hand",
        calls=10,
        rounds=300,
        at_most_us=250,
        peers="[below](#beside-other-libraries)",
    )


def each_example() -> Case:
    """One gradient of all weights for each of 64 examples: each example has its own view of the weights."""
    batch = 64
    random = np.random.default_rng(0)
    x = random.normal(size=(batch, 784)).astype(np.float32)
    labels = random.integers(10, size=batch)
    w1 = (random.normal(size=(784, 128)) / 28).astype(np.float32)
    w2 = (random.normal(size=(128, 10)) / 11).astype(np.float32)
    b1, b2 = np.zeros(128, np.float32), np.zeros(10, np.float32)
    weights = [tf.constant(array) for array in (w1, b1, w2, b2)]
    rows, classes = tf.constant(x[:, None]), tf.constant(labels[:, None])
    inputs, targets = tf.constant(x), tf.constant(labels)

    def losses(x: Any, labels: Any, weights: Any) -> Any:
        v1, c1, v2, c2 = weights
        hidden = tf.nn.relu(x @ v1 + c1)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=hidden @ v2 + c2)

    def ours() -> Numbers:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            views = [tf.broadcast_to(w, (batch, *((1, *w.shape) if w.ndim == 1 else w.shape))) for w in weights]
            tape.watch(views)
            loss = losses(rows, classes, views)
        return tape.gradient(loss, views)

    def plain() -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            loss = losses(inputs, targets, weights)
        return tape.gradient(loss, weights)

    def by_hand() -> Numbers:
        hidden = np.maximum(x @ w1 + b1, 0)
        logits = hidden @ w2 + b2
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        dlogits = exponentials / exponentials.sum(axis=1, keepdims=True)
        dlogits[np.arange(batch), labels] -= 1
        dhidden = dlogits @ w2.T * (hidden > 0)
        return (
            x[:, :, None] * dhidden[:, None],
            dhidden[:, None],
            hidden[:, :, None] * dlogits[:, None],
            dlogits[:, None],
        )

    return Case(
        name="gradients of each of 64 examples, network 784x128x10, float32",
        ours=ours,
        by_hand=by_hand,
        control=plain,
        control_name="our gradient of the sum",
        calls=2,
        rounds=100,
        tolerance=1e-5,
        at_most_ratio=4,
    )


def buffer_writes() -> Case:
    """Each element is written from the one before. To copy 80 kB for each write would take longer than all of it."""
    number, n = 0.999, 10_000
    x = tf.constant(number, dtype=tf.float64)

    def ours() -> Numbers:
        with tf.GradientTape() as tape:
            tape.watch(x)
            b = tf.buffer(n, tf.float64)
            b[0] = 1.0
            for i in range(1, n):
                b[i] = b[i - 1] * x
            y = tf.reduce_sum(b)
        return y, tape.gradient(y, x)

    def by_hand() -> Numbers:
        powers = np.arange(n)
        return np.sum(number**powers), np.sum(powers[1:] * number ** (powers[1:] - 1.0))

    def in_a_list() -> list[float]:
        b = [0.0] * n
        b[0] = 1.0
        for i in range(1, n):
            b[i] = b[i - 1] * number
        return b

    return Case(
        name="10,000 writes into a buffer of 10,000, each read again",
        ours=ours,
        by_hand=by_hand,
        control=in_a_list,
        control_name="a list of floats",
        calls=1,
        rounds=50,
        tolerance=1e-9,
        at_most_us=30_000,
    )


CASES = [
    buffer_writes(),
    hessian(),
    hessian_product(),
    product_over_gradient("Rosenbrock, 100 float64", rosenbrock, np.random.default_rng(0).normal(size=100), 20, 300),
    product_over_gradient("the same 10,000 numbers", bell, np.random.default_rng(0).normal(size=10_000), 2, 200),
    product_over_gradient("scalar chain", chain, np.array(0.7), 5, 200),
    sparse_hessian(),
    banded(),
    pushed_chain(),
    dense_kernel(),
    each_example(),
]
