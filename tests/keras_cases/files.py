"""Models that are trained a little and saved, and what is asked of who loads them: predictions, and one more step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import drawn, fill, told


def _images(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(2, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(momentum=0.9),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _words(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((5,), dtype="int32", name="words")
    x = layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 2)(x, x))
    model = keras.Model(inputs, layers.Dense(1)(layers.GRU(2)(x)))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), keras.losses.Huber(0.5))
    return model


WORDS = np.array([[1, 2, 6, 0, 0], [3, 3, 1, 5, 4], [2, 4, 6, 6, 0]], np.int32)

MODELS: dict[str, tuple[Callable[[Any], Any], np.ndarray, np.ndarray]] = {
    "images": (_images, drawn(70, 4, 6, 6, 1).astype("float32"), np.array([0, 2, 1, 2])),
    "words": (_words, WORDS, drawn(71, 3, 1).astype("float32")),
}


def write(keras: Any, folder: Path) -> None:
    """A `.keras` file of each, and a `.weights.h5` file, after two steps."""
    for k, (name, (make, x, y)) in enumerate(MODELS.items()):
        keras.utils.clear_session()
        model = make(keras)
        fill(model.weights, 8 + k)
        for _ in range(2):
            model.train_on_batch(x, y)
        model.save(folder / f"{name}.keras")
        model.save_weights(folder / f"{name}.weights.h5")


def read(keras: Any, folder: Path) -> dict[str, Any]:
    """What the models that are loaded predict, and their weights after another step."""
    found = {}
    for name, (make, x, y) in MODELS.items():
        model = keras.models.load_model(folder / f"{name}.keras")
        other = make(keras)
        other.optimizer.build(other.trainable_variables)
        other.load_weights(folder / f"{name}.weights.h5")
        predicted = [told(m.predict(x, verbose=0)) for m in (model, other)]
        model.train_on_batch(x, y)
        weights = [told(w.numpy()) for w in model.weights if "seed" not in w.path]
        found[name] = {"predictions": predicted, "weights": weights, "steps": told(model.optimizer.iterations.numpy())}
    return found
