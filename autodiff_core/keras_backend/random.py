"""What Keras asks of a backend for random numbers: draws that are functions of a seed.

A seed is a tensor of two integers, which Keras's generators keep in a variable and change at each draw: so draws are
recorded like everything else, and a recorded function that runs again draws other numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras.src.backend.config import floatx
from keras.src.random.seed_generator import SeedGenerator, draw_seed, make_default_seed

import autodiff_core as tf

from .tensors import cast, convert_to_tensor

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "draw_seed",
    "dropout",
    "gamma",
    "make_default_seed",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


def normal(shape: Sequence[int], mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> tf.Tensor:
    return tf.random.stateless_normal(shape, draw_seed(seed), mean, stddev, dtype or floatx())


def uniform(
    shape: Sequence[int], minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None
) -> tf.Tensor:
    return tf.random.stateless_uniform(shape, draw_seed(seed), minval, maxval, dtype or floatx())


def truncated_normal(
    shape: Sequence[int], mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> tf.Tensor:
    return tf.random.stateless_truncated_normal(shape, draw_seed(seed), mean, stddev, dtype or floatx())


def randint(shape: Sequence[int], minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> tf.Tensor:
    return tf.random.stateless_uniform(shape, draw_seed(seed), minval, maxval, dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int64", seed: Any = None) -> tf.Tensor:
    return cast(tf.random.stateless_categorical(convert_to_tensor(logits), num_samples, draw_seed(seed)), dtype)


def _all(parameter: Any, shape: Sequence[int], dtype: Any) -> tf.Tensor:
    """A parameter of each draw."""
    return tf.broadcast_to(cast(parameter, dtype), shape)


def gamma(shape: Sequence[int], alpha: Any, dtype: Any = None, seed: Any = None) -> tf.Tensor:
    dtype = dtype or floatx()
    return tf.random.stateless_gamma(shape, draw_seed(seed), _all(alpha, shape, dtype), dtype=dtype)


def beta(shape: Sequence[int], alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> tf.Tensor:
    dtype = dtype or floatx()
    seed = draw_seed(seed)
    first = tf.random.stateless_gamma(shape, seed, _all(alpha, shape, dtype), dtype=dtype)
    second = tf.random.stateless_gamma(shape, seed + (0, 1), _all(beta, shape, dtype), dtype=dtype)
    return first / (first + second)


def binomial(shape: Sequence[int], counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> tf.Tensor:
    drawn = tf.random.stateless_binomial(
        shape, draw_seed(seed), _all(counts, shape, "float64"), _all(probabilities, shape, "float64"), "int64"
    )
    return cast(drawn, dtype or floatx())


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> tf.Tensor:
    x = convert_to_tensor(x)
    keys = tf.random.stateless_uniform((x.shape[axis],), draw_seed(seed), dtype="float64")
    return tf.gather(x, tf.argsort(keys), axis=axis)


def dropout(inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Any = None) -> tf.Tensor:
    x = convert_to_tensor(inputs)
    if rate == 0.0:
        return x
    if rate == 1.0:
        return tf.zeros_like(x)
    shape = x.shape if noise_shape is None else [x.shape[k] if n is None else n for k, n in enumerate(noise_shape)]
    own = draw_seed(seed) + (0, 4)  # (not the numbers that `uniform` draws of the same seed)
    kept = tf.random.stateless_uniform(shape, own) < 1.0 - rate
    return tf.where(kept, x * (1.0 / (1.0 - rate)), tf.zeros_like(x))
