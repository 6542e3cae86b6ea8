"""Beyond the gradient: forward mode, Jacobians, Newton's method, and rules of one's own.

Each step prints what it finds, and asserts it. Run it with ``python examples/derivatives.py``.
"""

from collections.abc import Callable

import numpy as np

import autodiff_core as tf


def a_velocity() -> None:
    """Forward mode: one sweep tells how all results move as one input does."""
    t = tf.constant(0.5, dtype=tf.float64)
    with tf.autodiff.ForwardAccumulator(t, tf.ones_like(t)) as moving:
        turns = tf.linspace(1.0, 5.0, 5) * t
        ellipse = {"x": 2.0 * tf.cos(turns), "y": tf.sin(turns)}
    velocity = moving.jvp(ellipse)
    print("velocity at five points:", velocity["y"].numpy().round(2))
    np.testing.assert_allclose(velocity["y"], np.arange(1, 6) * np.cos(0.5 * np.arange(1, 6)))


def a_jacobian_both_ways() -> None:
    """Few inputs and many outputs: by columns. Many inputs and few outputs: by rows. The numbers are the same."""
    layer = tf.keras.layers.Dense(10, activation="relu")
    x = tf.random.normal((7, 5))
    layer(x)
    with tf.GradientTape(persistent=True) as tape:
        y = layer(x)
    rows = tape.jacobian(y, layer.kernel, mode="reverse")
    columns = tape.jacobian(y, layer.kernel, mode="forward")
    print("outputs", y.shape, "weights", layer.kernel.shape, "Jacobian", rows.shape)
    assert rows.shape == (7, 10, 5, 10)
    np.testing.assert_allclose(rows, columns, rtol=1e-6)
    # A gradient is the sum of the Jacobian over the outputs.
    np.testing.assert_allclose(tf.reduce_sum(rows, [0, 1]), tape.gradient(y, layer.kernel), rtol=1e-5, atol=1e-5)


def newtons_method() -> None:
    """Hessian and gradient of one recording, and a linear solve for the step: the Rosenbrock valley in few steps."""
    x = tf.Variable([-1.2, 1.0], dtype=tf.float64)
    steps, value = 0, np.inf
    while value > 1e-20:
        with tf.GradientTape(persistent=True) as tape:
            y = 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2
        value = float(y)
        x.assign_sub(np.linalg.solve(tape.hessian(y, x).numpy(), tape.gradient(y, x).numpy()))
        steps += 1
        assert steps < 20
    print("Newton's method ends at", x.numpy(), "after", steps, "steps")
    np.testing.assert_allclose(x, [1.0, 1.0], atol=1e-8)


def products_only() -> None:
    """Conjugate gradients ask for Hessians times vectors: a thousand unknowns, and no matrix of a million entries."""
    n = 1000
    diagonal = tf.linspace(1.0, 100.0, n)
    x = tf.Variable(tf.zeros(n, dtype=tf.float64))
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(diagonal * x * x) / 2.0 + tf.reduce_sum((x[1:] - x[:-1]) ** 2) - tf.reduce_sum(x)
    residual = -tape.gradient(y, x).numpy()
    solution, direction, products = np.zeros(n), residual, 0
    while np.linalg.norm(residual) > 1e-8:
        curved = tape.hvp(y, x, direction).numpy()
        products += 1
        step = residual @ residual / (direction @ curved)
        before, residual = residual @ residual, residual - step * curved
        solution, direction = solution + step * direction, residual + (residual @ residual) / before * direction
    print("solved with", products, "products of the Hessian of", n, "unknowns")
    x.assign(solution)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(diagonal * x * x) / 2.0 + tf.reduce_sum((x[1:] - x[:-1]) ** 2) - tf.reduce_sum(x)
    np.testing.assert_allclose(tape.gradient(y, x), np.zeros(n), atol=1e-7)


def a_clipped_gradient() -> None:
    """A rule that is no derivative: values pass, and what comes back is cut to a length."""

    @tf.custom_gradient
    def gently(x: tf.Tensor) -> tuple[tf.Tensor, Callable[..., tf.Tensor]]:
        return tf.identity(x), lambda upstream: tf.clip_by_norm(upstream, 1.0)

    w = tf.Variable([30.0, 40.0])
    with tf.GradientTape(persistent=True) as tape:
        loss, clipped = tf.reduce_sum(w**2), tf.reduce_sum(gently(w) ** 2)
    print("gradient:", tape.gradient(loss, w).numpy(), " clipped:", tape.gradient(clipped, w).numpy().round(3))
    np.testing.assert_allclose(tape.gradient(clipped, w), [0.6, 0.8], rtol=1e-6)


def examples_that_mix() -> None:
    """A batch normalisation ties the examples of a batch together: their Jacobian has no empty blocks."""
    x = tf.constant(np.random.default_rng(0).normal(size=(4, 3)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        mean = tf.reduce_mean(x, 0)
        normal = (x - mean) / tf.sqrt(tf.reduce_mean((x - mean) ** 2, 0) + 1e-3)
        apart = tf.tanh(x)
    for name, y in (("one by one", apart), ("normalised", normal)):
        blocks = tape.jacobian(y, x).numpy()
        filled = np.array([[np.any(blocks[i, :, j]) for j in range(4)] for i in range(4)])
        print(name, "- blocks that are not zero:", int(filled.sum()), "of 16")
        assert filled.sum() == (4 if y is apart else 16)


if __name__ == "__main__":
    for step in (
        a_velocity,
        a_jacobian_both_ways,
        newtons_method,
        products_only,
        a_clipped_gradient,
        examples_that_mix,
    ):
        step()
