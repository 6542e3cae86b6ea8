"""Solve Burgers' equation with a network: its derivatives, not data, say how wrong it is (a PINN).

    u_t + u u_x = nu u_xx    for -1 < x < 1 and 0 < t < 1,    u(0, x) = -sin(pi x),    u(t, -1) = u(t, 1) = 0

A network u(t, x) is trained on the squares of what is left over of the equation at random points, which takes two tapes
within the one of the loss, and of the conditions at the edges: first by Adam, then by SciPy's L-BFGS, which wants value
and gradient as one flat vector. The exact solution (by Cole and Hopf) tells how far it is off.

This is a TensorFlow script: with `import tensorflow as tf` in the place of the two lines below it runs on TensorFlow.

    python examples/pinn.py --out pictures
    python examples/pinn.py --small
"""

import argparse
import itertools
import time
from pathlib import Path

import numpy as np
import scipy.optimize

import autodiff_core as tf

tf.keras.use_keras()

VISCOSITY = 0.05


class Network(tf.keras.Model):
    def __init__(self, width, depth):
        super().__init__()
        self.hidden = [
            tf.keras.layers.Dense(width, activation="tanh", kernel_initializer="glorot_normal") for _ in range(depth)
        ]
        self.last = tf.keras.layers.Dense(1)

    def call(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return self.last(x)


class Burgers:
    """What the network is trained on: points, and the loss at them."""

    def __init__(self, model, points, seed=0):
        self.model = model
        random = np.random.default_rng(seed)
        inner = random.uniform([0.0, -1.0], [1.0, 1.0], (points, 2))
        x = random.uniform(-1.0, 1.0, (points // 8, 1))
        t = random.uniform(0.0, 1.0, (points // 8, 1))
        start = np.hstack([np.zeros_like(x), x])
        sides = np.vstack([np.hstack([t, -np.ones_like(t)]), np.hstack([t, np.ones_like(t)])])
        self.t = tf.constant(inner[:, :1], dtype=tf.float32)
        self.x = tf.constant(inner[:, 1:], dtype=tf.float32)
        self.edge = tf.constant(np.vstack([start, sides]), dtype=tf.float32)
        self.edge_values = tf.constant(np.vstack([-np.sin(np.pi * x), np.zeros((len(sides), 1))]), dtype=tf.float32)

    def residual(self):
        t, x = self.t, self.x
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape(persistent=True) as first:
                first.watch([t, x])
                u = self.model(tf.concat([t, x], axis=1))
            u_x = first.gradient(u, x)
            u_t = first.gradient(u, t)
        u_xx = second.gradient(u_x, x)
        del first
        return u_t + u * u_x - VISCOSITY * u_xx

    def loss(self):
        of_equation = tf.reduce_mean(tf.square(self.residual()))
        of_edges = tf.reduce_mean(tf.square(self.model(self.edge) - self.edge_values))
        return of_equation + of_edges


def train_by_adam(problem, steps, every):
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(5e-3, decay_steps=500, decay_rate=0.7)
    optimizer = tf.keras.optimizers.Adam(schedule)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = problem.loss()
        gradients = tape.gradient(loss, problem.model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, problem.model.trainable_variables))
        return loss

    for number in range(steps):
        loss = step()
        if number % every == 0:
            print(f"adam {number}: loss {float(loss):.4e}")


def train_by_lbfgs(problem, iterations, every):
    variables = problem.model.trainable_variables
    shapes = [tuple(variable.shape) for variable in variables]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    @tf.function
    def loss_and_gradients():
        with tf.GradientTape() as tape:
            loss = problem.loss()
        return loss, tape.gradient(loss, variables)

    def value_and_gradient(flat):
        for variable, piece, shape in zip(variables, np.split(flat, ends), shapes):
            variable.assign(piece.reshape(shape).astype(np.float32))
        loss, gradients = loss_and_gradients()
        flat_gradient = tf.concat([tf.reshape(gradient, [-1]) for gradient in gradients], axis=0)
        return float(loss), flat_gradient.numpy().astype(np.float64)

    numbers = itertools.count(1)

    def callback(intermediate_result):
        number = next(numbers)
        if number % every == 0:
            print(f"l-bfgs {number}: loss {intermediate_result.fun:.4e}")

    start = np.concatenate([variable.numpy().ravel() for variable in variables]).astype(np.float64)
    result = scipy.optimize.minimize(
        value_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        callback=callback,
        options={"maxiter": iterations, "maxcor": 50, "ftol": 1e-12, "gtol": 1e-9},
    )
    value_and_gradient(result.x)
    print(f"l-bfgs ends after {result.nit} iterations and {result.nfev} evaluations: loss {result.fun:.4e}")


def exact(t, x):
    """The solution by the transformation of Cole and Hopf: two integrals over a Gaussian, by its quadrature."""
    nodes, weights = np.polynomial.hermite.hermgauss(60)
    y = x[..., None] - np.sqrt(4.0 * VISCOSITY * t[..., None]) * nodes
    weighted = weights * np.exp(-np.cos(np.pi * y) / (2.0 * np.pi * VISCOSITY))
    return -np.sum(np.sin(np.pi * y) * weighted, axis=-1) / np.sum(weighted, axis=-1)


def save_picture(t, x, said, true, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    picture = left.pcolormesh(t, x, said, cmap="RdBu", shading="gouraud")
    figure.colorbar(picture, ax=left)
    left.set(title="u(t, x) of the network", xlabel="t", ylabel="x")
    for column in (0, 25, 50, 75, 99):
        (line,) = right.plot(x[:, column], said[:, column], label=f"t = {t[0, column]:.2f}")
        right.plot(x[:, column], true[:, column], "--", color=line.get_color())
    right.set(title="the network's, and the solution (dashed)", xlabel="x")
    right.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main():
    options = argparse.ArgumentParser(description="Solve Burgers' equation with a network.")
    options.add_argument("--small", action="store_true", help="a small network, a few steps")
    options.add_argument("--out", type=Path, default=None, help="a folder for the picture")
    arguments = options.parse_args()
    small = arguments.small

    tf.keras.utils.set_random_seed(1)
    model = Network(width=8 if small else 24, depth=2 if small else 4)
    model(tf.zeros([1, 2]))
    model.summary()
    problem = Burgers(model, points=128 if small else 2048)

    begun = time.perf_counter()
    train_by_adam(problem, steps=20 if small else 1000, every=5 if small else 100)
    train_by_lbfgs(problem, iterations=15 if small else 600, every=5 if small else 100)
    seconds = time.perf_counter() - begun

    t, x = np.meshgrid(np.linspace(0.01, 1.0, 100), np.linspace(-1.0, 1.0, 101))
    said = model.predict(np.stack([t.ravel(), x.ravel()], axis=1).astype("float32"), batch_size=2048, verbose=0)
    said, true = said.reshape(t.shape), exact(t, x)
    print(f"relative error of the solution: {np.linalg.norm(said - true) / np.linalg.norm(true):.4f}")
    print(f"trained in {seconds:.1f} s")
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        save_picture(t, x, said, true, arguments.out / "burgers.png")


if __name__ == "__main__":
    main()
