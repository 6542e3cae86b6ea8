"""Activations: functions of one tensor that a layer applies to its result, found by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autodiff_core as tf

__all__ = [
    "elu",
    "exponential",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]
__dir__ = __all__.copy

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """Give the argument back.

    Examples
    --------
    >>> from autodiff_core import keras
    >>> keras.activations.linear(3.0)
    3.0
    """
    return x


def softsign(x: Any) -> tf.Tensor:
    """Squash to (-1, 1) by ``x / (1 + |x|)``.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> float(tf.keras.activations.softsign(tf.constant(1.0)))
    0.5
    """
    return x / (1 + tf.abs(x))


elu = tf.nn.elu
exponential = tf.exp
gelu = tf.nn.gelu
leaky_relu = tf.nn.leaky_relu
relu = tf.nn.relu
sigmoid = tf.sigmoid
silu = swish = tf.nn.silu
softmax = tf.nn.softmax
softplus = tf.nn.softplus
tanh = tf.tanh

_BY_NAME: dict[str, Activation] = {name: globals()[name] for name in __all__ if name != "get"}


def get(identifier: str | Activation | None) -> Activation:
    """Find an activation.

    Parameters
    ----------
    identifier : str, callable or None
        A name from this module; a function, given back; or None for `linear`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.activations.get("relu")(tf.constant([-1.0, 2.0])).numpy().tolist()
    [0.0, 2.0]
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        try:
            return _BY_NAME[identifier]
        except KeyError:
            raise ValueError(
                f"Unknown activation function: {identifier!r}. Known are {', '.join(sorted(_BY_NAME))}."
            ) from None
    if callable(identifier):
        return identifier
    raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")
