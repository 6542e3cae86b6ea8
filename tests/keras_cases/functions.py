"""Activations and losses of Keras: values and gradients at a few points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import drawn, told

POINTS = np.concatenate([drawn(1, 2, 8) * 4, [[-30.0, -7.25, -3.1, -0.6, 0.4, 2.9, 6.5, 40.0]]])

PLAIN = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
squareplus tanh tanh_shrink"""

ACTIVATIONS: dict[str, dict[str, Any]] = {
    **{name: {} for name in PLAIN.split()},
    "threshold": {"threshold": 0.5, "default_value": -1.0},
    "gelu, approximate": {"approximate": True},
    "elu, alpha": {"alpha": 0.3},
    "celu, alpha": {"alpha": 0.3},
    "relu, bounds": {"negative_slope": 0.2, "max_value": 3.0, "threshold": 0.5},
    "softmax, axis": {"axis": 0},
    "leaky_relu, slope": {"negative_slope": 0.3},
    "squareplus, b": {"b": 2.0},
}

SCORES, WEIGHTS = drawn(2, 5, 4) * 2, np.array([0.5, 1.0, 0.0, 2.0, 1.5])
CLASSES = np.array([2, 0, 3, 1, 3])
ONES = np.eye(4)[CLASSES]
TRUE = drawn(3, 5, 4)
SHARES = np.abs(TRUE) / np.abs(TRUE).sum(-1, keepdims=True)
SIGNS = np.where(drawn(4, 5, 4) > 0, 1.0, -1.0)
BITS = (SIGNS + 1) / 2


def probabilities(keras: Any, x: Any) -> Any:
    return keras.ops.softmax(x)


def each(keras: Any, x: Any) -> Any:
    return keras.ops.sigmoid(x)


def unnormalised(keras: Any, x: Any) -> Any:
    return keras.ops.sigmoid(x) * 0.9  # (of what a sigmoid gives itself, Keras on TensorFlow takes the scores)


def positive(keras: Any, x: Any) -> Any:
    return keras.ops.exp(x)


def scores(keras: Any, x: Any) -> Any:
    return x


def maps(keras: Any, x: Any) -> Any:
    return keras.ops.reshape(keras.ops.sigmoid(x), (5, 2, 2))


def sequences(keras: Any, x: Any) -> Any:
    return keras.ops.reshape(x, (2, 5, 2)) * np.array([[[1.0]], [[-0.5]]], x.dtype.name)


Asked = tuple[str, dict[str, Any], Any, Callable[[Any, Any], Any]]

LOSSES: dict[str, Asked] = {
    "binary": ("BinaryCrossentropy", {}, BITS, each),
    "binary, logits, smooth": ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, BITS, scores),
    "binary focal": ("BinaryFocalCrossentropy", {"gamma": 1.5, "apply_class_balancing": True}, BITS, each),
    "binary focal, logits": ("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, BITS, scores),
    "categorical": ("CategoricalCrossentropy", {}, SHARES, probabilities),
    "categorical, unnormalised": ("CategoricalCrossentropy", {}, ONES, unnormalised),
    "categorical, logits, smooth": (
        "CategoricalCrossentropy",
        {"from_logits": True, "label_smoothing": 0.2},
        ONES,
        scores,
    ),
    "categorical, axis": ("CategoricalCrossentropy", {"from_logits": True, "axis": 0}, ONES, scores),
    "categorical focal": ("CategoricalFocalCrossentropy", {"label_smoothing": 0.1}, ONES, probabilities),
    "categorical focal, logits": ("CategoricalFocalCrossentropy", {"from_logits": True, "gamma": 3.0}, ONES, scores),
    "generalised": ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, CLASSES, probabilities),
    "sparse": ("SparseCategoricalCrossentropy", {}, CLASSES, probabilities),
    "sparse, unnormalised": ("SparseCategoricalCrossentropy", {}, CLASSES, unnormalised),
    "sparse, logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, CLASSES, scores),
    "sparse, ignoring": (
        "SparseCategoricalCrossentropy",
        {"from_logits": True, "ignore_class": 3},
        CLASSES,
        scores,
    ),
    "categorical hinge": ("CategoricalHinge", {}, ONES, scores),
    "hinge": ("Hinge", {}, SIGNS, scores),
    "hinge of bits": ("Hinge", {}, BITS, scores),
    "squared hinge": ("SquaredHinge", {}, SIGNS, scores),
    "cosine": ("CosineSimilarity", {}, TRUE, scores),
    "cosine, axis": ("CosineSimilarity", {"axis": 0}, TRUE, scores),
    "dice": ("Dice", {}, BITS.reshape(5, 2, 2), maps),
    "dice, axis": ("Dice", {"axis": (1, 2)}, BITS.reshape(5, 2, 2), maps),
    "tversky": ("Tversky", {"alpha": 0.3, "beta": 0.8}, BITS.reshape(5, 2, 2), maps),
    "huber": ("Huber", {"delta": 0.4}, TRUE, scores),
    "kl": ("KLDivergence", {}, SHARES, probabilities),
    "log cosh": ("LogCosh", {}, TRUE * 20, scores),
    "absolute": ("MeanAbsoluteError", {}, TRUE, scores),
    "percentage": ("MeanAbsolutePercentageError", {}, TRUE, scores),
    "squared": ("MeanSquaredError", {}, TRUE, scores),
    "squared, sum": ("MeanSquaredError", {"reduction": "sum"}, TRUE, scores),
    "squared, mean of weights": ("MeanSquaredError", {"reduction": "mean_with_sample_weight"}, TRUE, scores),
    "logarithmic": ("MeanSquaredLogarithmicError", {}, np.abs(TRUE), positive),
    "poisson": ("Poisson", {}, np.abs(TRUE) * 3, positive),
    "circle": ("Circle", {"gamma": 8.0, "margin": 0.3}, np.array([0, 1, 0, 1, 2]), scores),
    "ctc": ("CTC", {}, np.array([[1, 1, 0], [1, 0, 0]]), sequences),
}


def _asked(tf: Any, function: Callable[[Any], Any], x: Any) -> dict[str, Any]:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
        weights = np.arange(1, int(np.prod(y.shape)) + 1).reshape(tuple(y.shape))
        total = tf.reduce_sum(y * tf.cast(weights, y.dtype))
    return {"value": told(y), "gradient": told(tape.gradient(total, x))}


def activation(tf: Any, keras: Any, name: str) -> dict[str, Any]:
    """An activation's values, and their weighed sum's gradient."""
    function = getattr(keras.activations, name.partition(",")[0])
    x = tf.constant(POINTS.astype(keras.config.floatx()))
    return _asked(tf, lambda x: function(x, **ACTIVATIONS[name]), x)


def loss(tf: Any, keras: Any, name: str) -> dict[str, Any]:
    """A loss and its gradient by scores, without and with weights of samples."""
    cls, options, true, predicted = LOSSES[name]
    of = getattr(keras.losses, cls)(**options)
    x = tf.constant(SCORES.astype(keras.config.floatx()))
    weights = WEIGHTS[: 2 if name == "ctc" else 5].astype(keras.config.floatx())
    true = true.astype(keras.config.floatx()) if true.dtype.kind == "f" else true
    found = {"plain": _asked(tf, lambda x: of(true, predicted(keras, x)), x)}
    if "axis" not in options:
        found["weighed"] = _asked(tf, lambda x: of(true, predicted(keras, x), sample_weight=weights), x)
    return found
