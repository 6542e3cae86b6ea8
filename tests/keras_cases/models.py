"""Models of the usual kinds, and layers alone: gradients by weights and inputs, and what a step assigns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import drawn, fill, told


@dataclass(frozen=True)
class Case:
    """How a layer or model is made, its inputs, and how it is called."""

    make: Callable[[Any], Any]
    inputs: tuple[np.ndarray, ...]
    training: bool = True
    takes_list: bool = False
    dtype: str = "float64"
    """What TensorFlow computes it in, float32 where it has no other for it."""


def _dense(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6,))
    for units, name in ((8, "gelu"), (7, "selu"), (5, "swish")):
        x = layers.Dense(units, activation=name, kernel_regularizer="l2")(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.LayerNormalization()(x)))


def _convolution(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((9, 8, 2))
    x = layers.BatchNormalization(momentum=0.8)(layers.Conv2D(4, 3, padding="same", use_bias=False)(x))
    x = layers.MaxPooling2D(2, padding="same")(layers.ReLU()(x))
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-2)(layers.Conv2D(3, 3, strides=2, padding="same")(x))
    x = layers.AveragePooling2D(2, strides=1, padding="same")(x)
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


def _lstm(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6, 3))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(layers.Masking()(x))
    return keras.Model(inputs, layers.Dense(2)(layers.LSTM(4)(x)))


def _gru(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6, 3))
    x = layers.GRU(4, return_sequences=True, go_backwards=True)(layers.Masking()(x))
    return keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(layers.GRU(3, return_sequences=True)(x)))


def _transformer(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((5, 6))
    x = layers.LayerNormalization()(inputs)
    x = inputs + layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    inner = layers.Dense(6)(layers.Dense(9, activation="gelu")(layers.LayerNormalization()(x)))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x + inner)))


def _embedding(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(inputs)
    return keras.Model(inputs, [layers.GlobalAveragePooling1D()(x), layers.GRU(3)(x), layers.GlobalMaxPooling1D()(x)])


def _separable(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((8, 7, 2))
    x = layers.SeparableConv2D(4, 3, depth_multiplier=2, padding="same", activation="elu")(x)
    x = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same")(x)
    x = layers.Conv2D(8, 1, groups=4, activation="tanh")(x)
    return keras.Model(inputs, layers.Conv2DTranspose(2, 3, strides=2, padding="same")(x))


def _branches(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((6,))
    a, b = layers.Dense(4, activation="relu")(inputs), layers.Dense(4, activation="sigmoid")(inputs)
    shared = layers.Dense(4, activation="softplus")
    joined = layers.Concatenate()([shared(a), shared(layers.Multiply()([a, b])), layers.Reshape((4,))(b)])
    return keras.Model(inputs, [layers.Dense(2)(joined), layers.Average()([a, b])])


SERIES = drawn(21, 3, 6, 3)
SERIES[1, 4:] = 0.0  # (masked)

MODELS = {
    "dense": Case(_dense, (drawn(20, 5, 6),)),
    "convolution": Case(_convolution, (drawn(22, 3, 9, 8, 2),)),
    "lstm": Case(_lstm, (SERIES,)),
    "gru": Case(_gru, (SERIES,)),
    "transformer": Case(_transformer, (drawn(23, 3, 5, 6),)),
    "embedding": Case(_embedding, (np.array([[1, 4, 4, 8, 0, 0], [4, 2, 1, 1, 7, 3]], np.int32),)),
    "separable": Case(_separable, (drawn(24, 2, 8, 7, 2),)),
    "branches": Case(_branches, (drawn(25, 5, 6),)),
}

LINE, PLANE, SPACE = drawn(31, 2, 7, 3), drawn(32, 2, 6, 5, 2), drawn(33, 2, 4, 4, 3, 2)
ROWS, WORDS = drawn(34, 4, 6), drawn(35, 2, 4, 6)
FRAMES = {1: drawn(36, 2, 3, 5, 2), 2: drawn(37, 2, 3, 4, 4, 2), 3: drawn(38, 1, 2, 3, 3, 3, 2)}


def _one(name: str, *arguments: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda keras: getattr(keras.layers, name)(*arguments, **options)


def _layers() -> Iterator[tuple[str, Case]]:
    for of, x in ((1, LINE), (2, PLANE), (3, SPACE)):
        narrow = "float32" if of == 3 else "float64"
        for label, options in {
            "valid": {},
            "same, strides": {"padding": "same", "strides": 2},
            "dilated": {"dilation_rate": 2, "padding": "same"},
        }.items():
            yield f"Conv{of}D, {label}", Case(_one(f"Conv{of}D", 3, 2, **options), (x,))
            if label != "dilated":  # (which TensorFlow does not transpose on a processor)
                yield f"Conv{of}DTranspose, {label}", Case(_one(f"Conv{of}DTranspose", 2, 3, **options), (x,))
            if of < 3:
                yield f"SeparableConv{of}D, {label}", Case(_one(f"SeparableConv{of}D", 2, 3, **options), (x,))
                yield f"DepthwiseConv{of}D, {label}", Case(_one(f"DepthwiseConv{of}D", 2, **options), (x,))
        for kind in ("MaxPooling", "AveragePooling"):
            for label, size, options in (("", 2, {}), (", same", 3, {"padding": "same", "strides": 1})):
                yield f"{kind}{of}D{label}", Case(_one(f"{kind}{of}D", size, **options), (x,), dtype=narrow)
            yield f"Global{kind}{of}D", Case(_one(f"Global{kind}{of}D"), (x,))
        for kind in ("AdaptiveMaxPooling", "AdaptiveAveragePooling"):
            yield f"{kind}{of}D", Case(_one(f"{kind}{of}D", 2), (x,), dtype=narrow)
        for kind, size in (("UpSampling", 2), ("ZeroPadding", 1), ("Cropping", 1)):
            yield f"{kind}{of}D", Case(_one(f"{kind}{of}D", size), (x,))
        yield f"ConvLSTM{of}D", Case(_one(f"ConvLSTM{of}D", 2, 2), (FRAMES[of],))
    yield "Conv1D, causal", Case(_one("Conv1D", 3, 2, padding="causal", dilation_rate=2), (LINE,))
    yield "UpSampling2D, bilinear", Case(_one("UpSampling2D", 2, interpolation="bilinear"), (PLANE,))
    yield "Dense", Case(_one("Dense", 3, activation="tanh"), (WORDS,))
    yield "Dense, LoRA", Case(_one("Dense", 3, lora_rank=2), (ROWS,))
    yield "EinsumDense", Case(_one("EinsumDense", "abc,cde->abde", (None, 2, 3), bias_axes="d"), (WORDS,))
    yield "Embedding", Case(_one("Embedding", 7, 3), (np.array([[1, 2, 1], [6, 0, 1]], np.int32),))
    yield "ReversibleEmbedding", Case(_one("ReversibleEmbedding", 7, 3), (np.array([[1, 2, 1]], np.int32),))
    yield "PReLU", Case(_one("PReLU"), (ROWS,))
    yield "ELU", Case(_one("ELU", alpha=0.5), (ROWS,))
    yield "LeakyReLU", Case(_one("LeakyReLU"), (ROWS,))
    yield "ReLU", Case(_one("ReLU", max_value=0.5, negative_slope=0.1, threshold=0.1), (ROWS,))
    yield "Softmax", Case(_one("Softmax", axis=0), (ROWS,))
    for label, options in {"": {}, ", momentum": {"momentum": 0.7, "epsilon": 0.1}, ", axis": {"axis": 1}}.items():
        yield f"BatchNormalization{label}", Case(_one("BatchNormalization", **options), (PLANE,))
    yield "BatchNormalization, plain", Case(_one("BatchNormalization", center=False, scale=False), (ROWS,))
    yield "BatchNormalization, inferring", Case(_one("BatchNormalization"), (PLANE,), training=False)
    yield "LayerNormalization", Case(_one("LayerNormalization", epsilon=0.01), (WORDS,))
    yield "LayerNormalization, axes", Case(_one("LayerNormalization", axis=[1, 2]), (WORDS,))
    yield "RMSNormalization", Case(_one("RMSNormalization"), (WORDS,))
    yield "GroupNormalization", Case(_one("GroupNormalization", groups=3), (WORDS,))
    yield "UnitNormalization", Case(_one("UnitNormalization"), (WORDS,))
    yield (
        "SpectralNormalization",
        Case(lambda keras: keras.layers.SpectralNormalization(keras.layers.Dense(3), power_iterations=2), (ROWS,)),
    )
    for kind in ("SimpleRNN", "GRU", "LSTM"):
        for label, options in {
            "": {},
            ", sequences": {"return_sequences": True, "go_backwards": True},
            ", states": {"return_state": True, "unit_forget_bias": False} if kind == "LSTM" else {"return_state": True},
            ", unrolled": {"unroll": True, "use_bias": False},
        }.items():
            yield f"{kind}{label}", Case(_one(kind, 3, **options), (LINE,))
    yield "GRU, reset before", Case(_one("GRU", 3, reset_after=False), (LINE,))
    yield "LSTM, activations", Case(_one("LSTM", 3, activation="relu", recurrent_activation="hard_sigmoid"), (LINE,))
    yield (
        "RNN of stacked cells",
        Case(lambda keras: keras.layers.RNN([keras.layers.LSTMCell(3), keras.layers.GRUCell(2)]), (LINE,)),
    )
    yield (
        "Bidirectional, sum",
        Case(lambda keras: keras.layers.Bidirectional(keras.layers.GRU(3), merge_mode="sum"), (LINE,)),
    )
    yield "TimeDistributed", Case(lambda keras: keras.layers.TimeDistributed(keras.layers.Conv1D(2, 2)), (PLANE,))
    for name, options in (
        ("Attention", {"use_scale": True}),
        ("Attention", {"score_mode": "concat"}),
        ("AdditiveAttention", {}),
    ):
        label = ", ".join([name, *(f"{k} {v}" for k, v in options.items())])
        yield label, Case(_one(name, **options), (WORDS, drawn(39, 2, 3, 6)), takes_list=True)
    yield "MultiHeadAttention", Case(_one("MultiHeadAttention", 2, 3, value_dim=2), (WORDS, drawn(39, 2, 3, 6)))
    yield "MultiHeadAttention, axes", Case(_one("MultiHeadAttention", 2, 2, attention_axes=(1, 2)), (PLANE, PLANE))
    yield "GroupQueryAttention", Case(_one("GroupQueryAttention", 3, 4, 2), (WORDS, drawn(39, 2, 3, 6)))
    for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"):
        yield name, Case(_one(name), (ROWS, drawn(40, 4, 6)), takes_list=True)
    yield "Dot", Case(_one("Dot", axes=(2, 2), normalize=True), (WORDS, drawn(39, 2, 3, 6)), takes_list=True)
    for name, arguments in (("Flatten", ()), ("Permute", ((2, 1),)), ("Reshape", ((3, -1),)), ("Identity", ())):
        yield name, Case(_one(name, *arguments), (WORDS,))
    yield "RepeatVector", Case(_one("RepeatVector", 3), (ROWS,))
    yield "Rescaling", Case(_one("Rescaling", 0.3, offset=0.1), (ROWS,))
    yield "Resizing", Case(_one("Resizing", 4, 7), (PLANE,))
    yield "CenterCrop", Case(_one("CenterCrop", 3, 3), (PLANE,))
    yield "ActivityRegularization", Case(_one("ActivityRegularization", 0.1, 0.2), (ROWS,))


LAYERS = dict(_layers())


def ask(tf: Any, keras: Any, case: Case) -> dict[str, Any]:
    """The result, gradients of a sum of its squares with weights and of added losses, and states afterwards."""
    made = case.make(keras)
    floatx = keras.config.floatx()
    inputs = [tf.constant(x if x.dtype.kind == "i" else x.astype(floatx)) for x in case.inputs]
    floats = [x for x in inputs if x.dtype == floatx]
    given = [inputs] if case.takes_list else inputs
    made(*given)
    fill(made.weights, 7)
    with tf.GradientTape() as tape:
        tape.watch(floats)
        results = tf.nest.flatten(made(*given, training=case.training))
        total = tf.cast(sum(made.losses) if made.losses else 0.0, floatx)
        for k, y in enumerate(results):
            weights = np.arange(1, int(np.prod(y.shape)) + 1).reshape(tuple(y.shape)) % 5 + 1 + k
            total += tf.reduce_sum((y + 0.5) ** 2 * tf.constant(weights.astype(floatx)))
    sources = list(made.trainable_weights)
    gradients = tape.gradient(total, sources + floats)
    return {
        "results": [told(y) for y in results],
        "gradients": [told(tf.convert_to_tensor(g)) for g in gradients],
        "states": [told(w.numpy()) for w in made.non_trainable_weights if "seed" not in w.path],
    }
