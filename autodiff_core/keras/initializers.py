"""Initializers: what gives a variable its first value, found by name.

An initializer is a callable that takes a shape and a dtype. Those that scale with the size of a layer count its inputs
and outputs: the last axis of a kernel is its outputs, the one before its inputs, and the axes before those, a window
that both have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autodiff_core as tf

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "Ones",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "get",
]
__dir__ = __all__.copy

Initializer = Callable[..., Any]

# The standard deviation of the standard normal distribution cut off at -2 and 2.
_TRUNCATED_STDDEV = 0.87962566103423978


class Zeros:
    """All zeros.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.Zeros()((2,)).numpy().tolist()
    [0.0, 0.0]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        return Constant(0.0)(shape, dtype)


class Ones:
    """All ones.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.Ones()((2,)).numpy().tolist()
    [1.0, 1.0]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        return Constant(1.0)(shape, dtype)


class Constant:
    """One number everywhere.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.Constant(3.0)((2,)).numpy().tolist()
    [3.0, 3.0]
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        return tf.cast(tf.fill(shape, self.value), dtype or tf.floatx())


class RandomNormal(tf.random_normal_initializer):
    """Normal with a given mean and standard deviation.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.RandomNormal(stddev=0.1)((2, 3)).shape
    TensorShape([2, 3])
    """


class TruncatedNormal(RandomNormal):
    """Normal, drawn again where more than two standard deviations from the mean.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.TruncatedNormal(stddev=0.1)((100,))) <= 0.2)
    True
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> tf.Tensor:
        return tf.random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class RandomUniform(tf.random_uniform_initializer):
    """Uniform between two bounds.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.RandomUniform(-1.0, 1.0)((100,))) < 1.0)
    True
    """


class VarianceScaling:
    """Random, with the variance ``scale / n``.

    Parameters
    ----------
    scale : float
        The variance times `n`.
    mode : {"fan_in", "fan_out", "fan_avg"}
        Whether `n` is the number of inputs, of outputs, or the mean of both.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        What to draw from.
    seed : int, optional
        The generator to draw from; see `autodiff_core.random`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> kernel = tf.keras.initializers.VarianceScaling(scale=3.0, distribution="uniform")((100, 10))
    >>> bool(tf.reduce_max(tf.abs(kernel)) <= 0.3)
    True
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"scale must be positive, got {scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"mode must be 'fan_in', 'fan_out' or 'fan_avg', got {mode!r}")
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                f"distribution must be 'truncated_normal', 'untruncated_normal' or 'uniform', got {distribution!r}"
            )
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        fan_in, fan_out = _fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return tf.random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return tf.random.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        # Cutting the tails off narrows the distribution; what is drawn is wider by as much.
        return tf.random.truncated_normal(shape, 0.0, math.sqrt(variance) / _TRUNCATED_STDDEV, dtype, self.seed)


class GlorotUniform(VarianceScaling):
    """Uniform within ``sqrt(6 / (inputs + outputs))``, which keeps the variance both ways.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.GlorotUniform()((3, 3))) <= 1.0)
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal with the variance ``2 / (inputs + outputs)``.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.GlorotNormal()((3, 2)).shape
    TensorShape([3, 2])
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform within ``sqrt(6 / inputs)``, for layers with relu.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.keras.initializers.HeUniform()((6, 2))) <= 1.0)
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Truncated normal with the variance ``2 / inputs``, for layers with relu.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.HeNormal()((3, 2)).shape
    TensorShape([3, 2])
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


class LecunNormal(VarianceScaling):
    """Truncated normal with the variance ``1 / inputs``.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.initializers.LecunNormal()((3, 2)).shape
    TensorShape([3, 2])
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


_BY_NAME: dict[str, type] = {
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "lecun_normal": LecunNormal,
    "ones": Ones,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
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
            raise ValueError(f"Unknown initializer: {identifier!r}. Known are {', '.join(_BY_NAME)}.") from None
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
