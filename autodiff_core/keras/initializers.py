"""Initializers: what gives a variable its first value, found by name.

An initializer is a callable that takes a shape and a dtype, such as `tf.random_normal_initializer` and its kin. The one
that scales with the size of a layer counts its inputs and outputs: the last axis of a kernel is its outputs, the one
before its inputs, and the axes before those, a window that both have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autodiff_core as tf

from .missing import advice

__all__ = ["GlorotUniform", "Ones", "RandomUniform", "Zeros", "get"]
__dir__ = __all__.copy

Initializer = Callable[..., Any]


class Zeros(tf.zeros_initializer):
    """All zeros.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.Zeros()((2,)).numpy().tolist()
    [0.0, 0.0]
    """


class Ones(tf.ones_initializer):
    """All ones.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.Ones()((2,)).numpy().tolist()
    [1.0, 1.0]
    """


class RandomUniform(tf.random_uniform_initializer):
    """Uniform between two bounds.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.RandomUniform(-1.0, 1.0)((100,))) < 1.0)
    True
    """


class GlorotUniform:
    """Uniform within ``sqrt(6 / (inputs + outputs))``, which keeps the variance both ways.

    Parameters
    ----------
    seed : int, optional
        The generator to draw from; see `autodiff_core.random`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.GlorotUniform()((3, 3))) <= 1.0)
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        limit = math.sqrt(6 / max(2.0, sum(_fans(shape))))
        return tf.random.uniform(shape, -limit, limit, dtype, self.seed)


_BY_NAME: dict[str, type] = {
    "glorot_uniform": GlorotUniform,
    "ones": Ones,
    "random_uniform": RandomUniform,
    "uniform": RandomUniform,
    "zeros": Zeros,
}


def get(identifier: str | Initializer) -> Initializer:
    """Find an initializer.

    Parameters
    ----------
    identifier : str or callable
        A name such as ``"glorot_uniform"``, for which a new initializer is made; a class, likewise; or an initializer,
        given back.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.get("ones")((2,)).numpy().tolist()
    [1.0, 1.0]
    """
    if isinstance(identifier, str):
        try:
            return _BY_NAME[identifier]()
        except KeyError:
            raise ValueError(
                f"Unknown initializer: {identifier!r}. Known are {', '.join(_BY_NAME)}, and functions of a shape and a "
                f"dtype; {advice()}"
            ) from None
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise TypeError(f"Could not interpret initializer identifier: {identifier!r}")


def _fans(shape: Sequence[int]) -> tuple[float, float]:
    """Count the inputs and the outputs of a kernel."""
    sizes = [int(size) for size in shape]
    if len(sizes) < 2:
        size = float(sizes[0]) if sizes else 1.0
        return size, size
    window = math.prod(sizes[:-2])
    return float(window * sizes[-2]), float(window * sizes[-1])
