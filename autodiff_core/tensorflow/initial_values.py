"""TensorFlow's initializers: what gives a variable its first value, `tf.random_normal_initializer` and its kin.

Each is made with its numbers and called with a shape and a dtype. Keras has its own, in `tf.keras.initializers`.
"""

from __future__ import annotations

from typing import Any

from .. import _core
from ..dtypes import as_dtype, floatx
from ..tensors import creation
from . import random


class _Initializer:
    """What they have in common: their numbers, by name."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make another like this one."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer of these arguments, as `get_config` gives them."""
        return cls(**config)


class zeros_initializer(_Initializer):
    """All zeros.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/zeros_initializer

    Examples
    --------
    >>> tf.zeros_initializer()((2,)).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return creation.zeros(shape, floatx() if dtype is None else dtype)


class ones_initializer(_Initializer):
    """All ones.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/ones_initializer

    Examples
    --------
    >>> tf.ones_initializer()((2,)).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return creation.ones(shape, floatx() if dtype is None else dtype)


class constant_initializer(_Initializer):
    """One number everywhere, or given ones.

    Parameters
    ----------
    value : array_like
        A number, or as many as the shape has elements.
    support_partition : bool
        TensorFlow's; without effect.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/constant_initializer

    Examples
    --------
    >>> tf.constant_initializer([1., 2.])((2, 1)).numpy().tolist()
    [[1.0], [2.0]]
    """

    def __init__(self, value: Any = 0, support_partition: bool = False) -> None:
        self.value, self.support_partition = value, support_partition

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return creation.constant(self.value, floatx() if dtype is None else dtype, shape)


class random_uniform_initializer(_Initializer):
    """Uniform between two bounds.

    Parameters
    ----------
    minval, maxval : float
        The bounds.
    seed : int, optional
        See `random`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random_uniform_initializer

    Examples
    --------
    >>> bool(tf.reduce_max(tf.random_uniform_initializer(-1., 1.)((100,))) < 1.)
    True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return random.uniform(shape, self.minval, self.maxval, floatx() if dtype is None else dtype, self.seed)


class random_normal_initializer(_Initializer):
    """Normal with a given mean and standard deviation.

    Parameters
    ----------
    mean, stddev : float
        Of the distribution.
    seed : int, optional
        See `random`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random_normal_initializer

    Examples
    --------
    >>> tf.random_normal_initializer(stddev=0.1)((2, 3)).shape
    TensorShape([2, 3])
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        kind = as_dtype(floatx() if dtype is None else dtype)
        if not _core.is_differentiable(kind):
            raise ValueError(f"Expected floating point type, got {dtype}.")
        return random.normal(shape, self.mean, self.stddev, kind, self.seed)
