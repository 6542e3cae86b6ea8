"""Training by `fit` of Keras, on whichever library stands below it: an epoch of networks on digits, steps of an LSTM
and of a block of a transformer.

A formula of these takes Keras, and gives a compiled model; constants are examples, targets and the size of a batch.
Weights are drawn in the order in which Keras has them, which is the same on every backend, and batches are taken in
turn, so that the loss of the first epoch is, too.
"""

import functools
import os
from typing import Any

import numpy as np

from .networks import IMAGES, digits, scaled
from .problems import Problem
from .program import Program

BATCH = 32
STEPS = 16
"""In a call, of what is not an epoch of the digits."""


def classifier(keras: Any, *layers: Any) -> Any:
    model = keras.Sequential(list(layers))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
    return model


def mlp(keras: Any) -> Any:
    dense = keras.layers.Dense
    return classifier(keras, keras.Input((64,)), dense(128, "relu"), dense(64, "relu"), dense(10))


def cnn(keras: Any) -> Any:
    layers = keras.layers
    return classifier(
        keras,
        keras.Input((8, 8, 1)),
        *(layers.Conv2D(8, 3, padding="same", activation="relu"), layers.MaxPooling2D()),
        *(layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D()),
        *(layers.Flatten(), layers.Dense(10)),
    )


def regressor(keras: Any, inputs: Any, outputs: Any) -> Any:
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    return model


def lstm(keras: Any, length: int, width: int) -> Any:
    inputs = keras.Input((length, width))
    hidden = keras.layers.LSTM(width, return_sequences=True)(inputs)
    return regressor(keras, inputs, keras.layers.LSTM(width)(hidden))


def transformer(keras: Any, length: int, width: int, heads: int = 4) -> Any:
    layers = keras.layers
    inputs = keras.Input((length, width))
    normed = layers.LayerNormalization()(inputs)
    x = layers.Add()([inputs, layers.MultiHeadAttention(heads, width // heads)(normed, normed)])
    inner = layers.Dense(4 * width, "gelu")(layers.LayerNormalization()(x))
    return regressor(keras, inputs, layers.Add()([x, layers.Dense(width)(inner)]))


def digits_problem(name: str, what: str, model: Any, shape: tuple[int, ...], images: int = IMAGES) -> Problem:
    x, labels = digits(np.random.default_rng(0), images)
    data = x.reshape(images, *shape), labels.astype(np.int32), np.array(BATCH)
    title = f"Keras, digits, {what}: an epoch of `fit`, {-(-images // BATCH)} steps, batch {BATCH}"
    return Problem(name, title, "fit", model, (), data, tolerance=1e-3)


def mlp_problem() -> Problem:
    return digits_problem("keras_mlp", "network 64-128-64-10", mlp, (64,))


def cnn_problem() -> Problem:
    return digits_problem("keras_cnn", "conv 3x3x8, pool, conv 3x3x16, pool, dense", cnn, (8, 8, 1))


def sequences_problem(name: str, what: str, model: Any, batch: int, length: int, width: int, last: bool) -> Problem:
    """`last`: whether the target is one vector an example, not one for each step of the sequence."""
    random = np.random.default_rng(0)
    x = random.normal(size=(STEPS * batch, length, width)).astype(np.float32)
    y = random.normal(size=(STEPS * batch, width) if last else x.shape).astype(np.float32)
    title = f"Keras, {what}, T={length}, batch {batch}: {STEPS} steps of `fit`"
    formula = functools.partial(model, length=length, width=width)
    return Problem(name, title, "fit", formula, (), (x, y, np.array(batch)), tolerance=1e-3)


def lstm_problem() -> Problem:
    return sequences_problem("keras_lstm", "two layers of LSTM of 64", lstm, BATCH, 50, 64, last=True)


def transformer_problem() -> Problem:
    what = "block of a transformer, d=64, 4 heads"
    return sequences_problem("keras_transformer", what, transformer, 8, 32, 64, last=False)


def smallest(keras: Any) -> Any:
    return classifier(keras, keras.Input((64,)), keras.layers.Dense(10))


WARM_UP = digits_problem("keras_smallest", "one layer", smallest, (64,), 2)
"""Loads Keras, and whatever that loads when it is used first."""


def prepare(problem: Problem, backend: str) -> Program:
    """A model with its weights; the first step is one batch."""
    os.environ["KERAS_BACKEND"] = backend
    import keras

    random = np.random.default_rng(1)
    model = problem.formula(keras)
    # Matrices are drawn; vectors are biases, and factors and offsets of norms, which stay what they are.
    model.set_weights([scaled(random, *w.shape) if w.ndim > 1 else w for w in model.get_weights()])
    x, y, batch = problem.constants

    def fit(x: Any, y: Any) -> list[np.ndarray]:
        history = model.fit(x, y, batch_size=int(batch), epochs=1, shuffle=False, verbose=0)
        return [np.array(history.history["loss"], np.float32)]

    return Program(functools.partial(fit, x, y), first=functools.partial(fit, x[:batch], y[:batch]))
