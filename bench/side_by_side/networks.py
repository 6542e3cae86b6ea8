"""Whole workloads that are networks: training on digits, a convolutional network, an LSTM, a block of a transformer.

Their data has the shape of scikit-learn's digits, 1,797 images of 8x8, and is drawn, not loaded. Layers that every
library has are asked of `xp`; layouts are TensorFlow's, and a library that wants another one converts beforehand.
"""

from typing import Any

import numpy as np

from .problems import Problem, network

IMAGES = 1_797


def scaled(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Weights such that a layer keeps the size of what it is given."""
    return (random.normal(size=shape) * np.sqrt(2 / np.prod(shape[:-1]))).astype(np.float32)


def digits(random: np.random.Generator, images: int) -> tuple[np.ndarray, np.ndarray]:
    return random.uniform(size=(images, 8, 8, 1)).astype(np.float32), random.integers(10, size=images)


def cnn(xp: Any, k1: Any, b1: Any, k2: Any, b2: Any, w: Any, b3: Any, images: Any, labels: Any) -> Any:
    """Two convolutions, each with relu and a pooling by two, and a dense layer."""
    h = xp.max_pool(xp.relu(xp.conv(images, k1) + b1))
    h = xp.max_pool(xp.relu(xp.conv(h, k2) + b2))
    return xp.cross_entropy(xp.reshape(h, (images.shape[0], w.shape[0])) @ w + b3, labels)


def recurrent(xp: Any, to_gates: Any, of_hidden: Any, bias: Any, sequence: Any, target: Any) -> Any:
    """The squared error of the last hidden state of an LSTM; gates in the order input, forget, change, output."""
    projected = sequence @ to_gates + bias

    def step(state: Any, x: Any) -> Any:
        hidden, cell = state
        enter, forget, change, leave = xp.split(x + hidden @ of_hidden, 4)
        cell = xp.sigmoid(forget) * cell + xp.sigmoid(enter) * xp.tanh(change)
        return xp.sigmoid(leave) * xp.tanh(cell), cell

    hidden, _ = xp.fold(step, (xp.zeros_like(target), xp.zeros_like(target)), projected)
    error = hidden - target
    return xp.sum(error * error) / float(np.prod(target.shape))


def transformer(
    xp: Any,
    scale1: Any,
    offset1: Any,
    to_three: Any,
    b_three: Any,
    out: Any,
    b_out: Any,
    scale2: Any,
    offset2: Any,
    up: Any,
    b_up: Any,
    down: Any,
    b_down: Any,
    x: Any,
    target: Any,
    heads: int = 4,
) -> Any:
    """The squared error of a block: x + attention(norm(x)), and to that dense(gelu(dense(norm(.))))."""
    batch, length, width = x.shape

    def apart(h: Any) -> Any:
        return xp.permute(xp.reshape(h, (batch, length, heads, width // heads)), (0, 2, 1, 3))

    query, key, value = (apart(h) for h in xp.split(xp.layer_norm(x, scale1, offset1) @ to_three + b_three, 3))
    together = xp.reshape(xp.permute(xp.attention(query, key, value), (0, 2, 1, 3)), (batch, length, width))
    x = x + together @ out + b_out
    x = x + xp.gelu(xp.layer_norm(x, scale2, offset2) @ up + b_up) @ down + b_down
    error = x - target
    return xp.sum(error * error) / float(batch * length * width)


def mlp_epoch_problem(images: int, batch: int, hidden: int) -> Problem:
    random = np.random.default_rng(0)
    steps = images // batch
    x, labels = digits(random, steps * batch)
    arguments = (
        scaled(random, 64, hidden),
        np.zeros(hidden, np.float32),
        scaled(random, hidden, 10),
        np.zeros(10, np.float32),
    )
    constants = x.reshape(steps, batch, 64), labels.reshape(steps, batch)
    title = f"digits, network 64x{hidden}x10: an epoch of {steps} steps of Adam, batch {batch}, float32"
    return Problem("mlp_epoch", title, "epoch", network, arguments, constants, tolerance=1e-4)


def cnn_parameters(random: np.random.Generator) -> tuple[np.ndarray, ...]:
    return (
        *(scaled(random, 3, 3, 1, 8), np.zeros(8, np.float32)),
        *(scaled(random, 3, 3, 8, 16), np.zeros(16, np.float32)),
        *(scaled(random, 64, 10), np.zeros(10, np.float32)),
    )


def cnn_problem(images: int) -> Problem:
    random = np.random.default_rng(0)
    title = f"digits, conv 3x3x8, pool, conv 3x3x16, pool, dense: {images:,} images, float32"
    return Problem("cnn", title, "gradient", cnn, cnn_parameters(random), digits(random, images), tolerance=1e-4)


def cnn_epoch_problem(images: int, batch: int) -> Problem:
    random = np.random.default_rng(0)
    steps = images // batch
    x, labels = digits(random, steps * batch)
    constants = x.reshape(steps, batch, 8, 8, 1), labels.reshape(steps, batch)
    title = f"that network: an epoch of {steps} steps of Adam, batch {batch}, float32"
    return Problem("cnn_epoch", title, "epoch", cnn, cnn_parameters(random), constants, tolerance=1e-4)


def recurrent_problem(steps: int, batch: int, width: int) -> Problem:
    random = np.random.default_rng(0)
    bound = width**-0.5
    arguments = tuple(
        random.uniform(-bound, bound, size=shape).astype(np.float32)
        for shape in [(width, 4 * width), (width, 4 * width), (4 * width,)]
    )
    constants = tuple(random.normal(size=shape).astype(np.float32) for shape in [(steps, batch, width), (batch, width)])
    title = f"LSTM of {width}, {steps} steps, batch {batch}, float32"
    return Problem("lstm_layer", title, "gradient", recurrent, arguments, constants, tolerance=1e-4)


def transformer_problem(batch: int, length: int, width: int) -> Problem:
    random = np.random.default_rng(0)
    ones, zeros = np.ones(width, np.float32), np.zeros(width, np.float32)
    arguments = (
        *(ones, zeros, scaled(random, width, 3 * width), np.zeros(3 * width, np.float32)),
        *(scaled(random, width, width), zeros, ones, zeros),
        *(scaled(random, width, 4 * width), np.zeros(4 * width, np.float32), scaled(random, 4 * width, width), zeros),
    )
    constants = tuple(random.normal(size=(batch, length, width)).astype(np.float32) for _ in range(2))
    title = f"block of a transformer, d={width}, 4 heads, T={length}, batch {batch}, float32"
    return Problem("transformer", title, "gradient", transformer, arguments, constants, tolerance=1e-4)
