"""`nn.experimental`: dropout with numbers of the caller's choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops.indexing import where
from ..tensors.creation import cast
from .random_distributions import stateless_uniform

__all__ = ["general_dropout", "stateless_dropout"]


def general_dropout(
    x: Any,
    rate: Any,
    uniform_sampler: Callable[..., Any],
    noise_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Zeros in place of elements for which a number is below the rate, the others scaled up.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    rate : float
        The share that goes: at least 0, below 1.
    uniform_sampler : callable
        Takes a shape and a dtype, and gives numbers from 0 to 1.
    noise_shape : sequence of int, optional
        The shape of the numbers, which broadcasts to x's; where it has ones, elements go together.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        For another rate.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/experimental/general_dropout

    Examples
    --------
    >>> tf.nn.experimental.general_dropout([1., 2.], 0.5, lambda shape, dtype: [0.4, 0.6]).numpy().tolist()
    [0.0, 4.0]
    """
    operand = _core.operand(x)
    if not _core.is_floating(operand.dtype):
        raise TypeError(f"dropout: takes floats, not {operand.dtype}; cast first")
    if isinstance(rate, (int, float)) and not 0.0 <= rate < 1.0:
        raise ValueError(f"dropout: rate {rate} must be at least 0 and below 1")
    if isinstance(rate, (int, float)) and rate == 0.0:
        return _core.identity_tensor(operand)
    share = cast(rate, operand.dtype)
    shape = tuple(operand.shape) if noise_shape is None else tuple(noise_shape)
    sizes = [own if size is None else _core.integer(size) for own, size in zip(operand.shape, shape, strict=True)]
    numbers = cast(uniform_sampler(shape=sizes, dtype=operand.dtype), operand.dtype)
    return where(numbers >= share, operand / (1.0 - share), np.zeros((), operand.dtype))


def stateless_dropout(
    x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None, name: str | None = None
) -> Tensor:
    """Zeros in place of a random share of the elements, the others scaled up, as a function of a seed.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    rate : float
        The share that goes: at least 0, below 1.
    seed : array_like of int
        Two integers: of the same ones, the same elements go.
    rng_alg : object
        Accepted for TensorFlow's sake: there is one algorithm.
    noise_shape : sequence of int, optional
        A shape that broadcasts to x's; where it has ones, elements go together.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        For another rate or seed.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/experimental/stateless_dropout

    Examples
    --------
    >>> x, y = (tf.nn.experimental.stateless_dropout(tf.ones(9), 0.5, [1, 2]) for _ in range(2))
    >>> bool(tf.reduce_all(x == y))
    True
    """

    def numbers(shape: Any, dtype: Any) -> Tensor:
        return stateless_uniform(shape, seed, dtype=dtype)

    return general_dropout(x, rate, numbers, noise_shape)
