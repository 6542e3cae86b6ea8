"""Keras's layers are put together by shapes alone: nothing is run for them, and nothing changes."""

from __future__ import annotations

import tracemalloc
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def test_a_layer_of_convolutions_of_large_images_is_built_without_running_it(keras: ModuleType) -> None:
    class Block(keras.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layers = [
                keras.layers.Conv2D(64, 3, padding="same"),
                keras.layers.BatchNormalization(),
                keras.layers.Dropout(0.5),
                keras.layers.Conv2D(64, 3, strides=2, activation="relu"),
                keras.layers.GlobalAveragePooling2D(),
                keras.layers.Dense(10),
            ]

        def call(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

    Block()(keras.Input((8, 8, 64)))  # (which loads what is loaded when it is first used)
    tracemalloc.start()
    try:
        y = Block()(keras.Input((128, 128, 64)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert y.shape == (None, 10)
    assert peak < 1 << 24  # an image takes 4 MiB, and its windows 36
    assert keras.layers.Conv2D(4, 3)(keras.Input((10**6, 10**6, 2))).shape == (None, 10**6 - 2, 10**6 - 2, 4)


def test_sizes_that_are_not_known_stay_so(keras: ModuleType) -> None:
    from keras.src import backend

    one, other = keras.KerasTensor((None, None, 3)), keras.KerasTensor((None, 3, 2), "float16")

    def f(x: Any, *, pair: Any) -> Any:
        return {"y": keras.ops.matmul(x, pair[1]), "n": x.shape[-1], "parts": (x[:, :2], None), "same": pair[0]}

    found = backend.compute_output_spec(f, one, pair=[2.0, other])
    assert (found["y"].shape, found["y"].dtype) == ((None, None, 2), "float32")
    assert (found["n"], found["parts"][1], found["same"]) == (3, None, 2.0)
    assert found["parts"][0].shape == (None, 2, 3)
    model = keras.Sequential([keras.Input((None,)), keras.layers.Embedding(9, 4), keras.layers.LSTM(3)])
    assert model.outputs[0].shape == (None, 3)


def test_state_is_as_it_was(keras: ModuleType) -> None:
    from keras.src import backend

    layers = [keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)]
    for layer in layers:
        layer.build((None, 3))
    states = [v for layer in layers for v in layer.variables]
    before = [np.array(v.value) for v in states]
    for layer in layers:
        for rows in (4, None):
            assert backend.compute_output_spec(layer.call, keras.KerasTensor((rows, 3)), training=True).shape == (
                rows,
                3,
            )
    for v, value in zip(states, before, strict=True):
        np.testing.assert_array_equal(v.value, value)


def test_a_value_that_there_is_not_is_an_error_that_says_so(keras: ModuleType) -> None:
    from keras.src import backend

    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match="only shapes are asked for here"):
        backend.compute_output_spec(lambda x: x if x[0] > 0.0 else -x, keras.KerasTensor((3,)))


def test_a_block_has_the_shape_that_is_asked_for_wherever_it_begins(keras: ModuleType) -> None:
    x, start = keras.KerasTensor((None, 5)), keras.KerasTensor((2,), "int32")
    from keras.src import backend

    assert backend.compute_output_spec(lambda x, i: keras.ops.slice(x, i, (2, 3)), x, start).shape == (2, 3)
    update = backend.compute_output_spec(lambda x, i: keras.ops.slice_update(x, i, x[:2, :3]), x, start)
    assert update.shape == (None, 5)
