"""Activations: functions of one tensor that a layer applies to its result, found by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autodiff_core as tf

from .missing import advice

__all__ = ["elu", "get", "linear", "relu", "sigmoid", "softmax", "softplus", "tanh"]
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


elu = tf.nn.elu
relu = tf.nn.relu
sigmoid = tf.sigmoid
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
                f"Unknown activation function: {identifier!r}. Known are {', '.join(sorted(_BY_NAME))}, and functions "
                f"themselves, as tf.nn.gelu; {advice()}"
            ) from None
    if callable(identifier):
        return identifier
    raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")
