"""`random.experimental`: functions of seeds, by the names that TensorFlow had for them first, and permutations."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import forms
from ..ops.forms import Kind
from ..ops.gamma_variates import generator_from
from ..ops.indexing import gather
from ..ops.picking import places_of
from .random_distributions import _from_seed, _seed, fold_in, split
from .random_generator import Algorithm, Generator, create_rng_state, get_global_generator, set_global_generator

__all__ = [
    "Algorithm",
    "Generator",
    "create_rng_state",
    "get_global_generator",
    "index_shuffle",
    "set_global_generator",
    "stateless_fold_in",
    "stateless_shuffle",
    "stateless_split",
]

stateless_split = split
stateless_fold_in = fold_in


def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None) -> Tensor:
    """Put the rows of a tensor in a random order, as a function of a seed.

    Parameters
    ----------
    value : array_like
        What to shuffle along its first axis. The gradient flows back to where each row came from.
    seed : array_like of int
        Two integers: of the same ones comes the same order.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        For a scalar, or where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/experimental/stateless_shuffle

    Examples
    --------
    >>> sorted(tf.random.experimental.stateless_shuffle([3, 1, 2], [1, 2]).numpy().tolist())
    [1, 2, 3]
    """
    rows = _core.operand(value)
    if not len(rows.shape):
        raise ValueError("stateless_shuffle: needs a tensor with at least one axis, got a scalar")
    order = _from_seed("permutation", _seed("stateless_shuffle", seed), (int(rows.shape[0]),), np.int64)
    return gather(rows, order)


def _shuffled_kind(attributes: Any, index: Kind, seed: Kind, most: Kind) -> Kind:
    forms.integers(index, seed, most)
    return Kind(*index)


def _shuffled(attributes: Any, index: np.ndarray, seed: np.ndarray, most: np.ndarray) -> np.ndarray:
    count = _core.integer(most) + 1
    if index.size and not 0 <= index.min() <= index.max() < count:
        raise ValueError(f"index_shuffle: index must be from 0 to max_index {count - 1}")
    return generator_from(seed).permutation(count)[index].astype(index.dtype)


_SHUFFLED = places_of(
    "index_shuffle",
    _shuffled,
    form=forms.nothing,
    gives=_shuffled_kind,
)


def index_shuffle(index: Any, seed: Any, max_index: Any) -> Tensor:
    """Where numbers come to stand in a random order of all of them.

    Parameters
    ----------
    index : array_like of int
        Numbers from 0 to `max_index`.
    seed : array_like of int
        Two or three integers: of the same ones comes the same order.
    max_index : int
        The highest number.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype; no gradient passes.

    Raises
    ------
    ValueError
        Where a number is beyond the highest.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/experimental/index_shuffle. The whole order is drawn.

    Examples
    --------
    >>> sorted(tf.random.experimental.index_shuffle([0, 1, 2], [1, 2, 3], 2).numpy().tolist())
    [0, 1, 2]
    """
    numbers, words = _core.operand(index), _core.operand(seed)
    if numbers.dtype.kind not in "iu" or words.dtype.kind not in "iu" or tuple(words.shape) not in ((2,), (3,)):
        raise ValueError(
            f"index_shuffle: takes integers and a seed of two or three, not {numbers.dtype} and {words.dtype} of shape "
            f"{tuple(words.shape)}"
        )
    return _SHUFFLED([numbers, words, _core.operand(max_index)])
