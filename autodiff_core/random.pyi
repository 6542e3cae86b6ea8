"""Random tensors, drawn by a NumPy Generator."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from .tensorflow import random_experimental as _random_experimental
from .tensorflow.candidates import CandidateSampler
from typing import Any
from .nn import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from .tensorflow.candidates import all_candidate_sampler as all_candidate_sampler
from .tensorflow.random import normal as normal
from .tensorflow.random import set_seed as set_seed
from .tensorflow.random import shuffle as shuffle
from .tensorflow.random import truncated_normal as truncated_normal
from .tensorflow.random import uniform as uniform
from .tensorflow.random_distributions import categorical as categorical
from .tensorflow.random_distributions import fold_in as fold_in
from .tensorflow.random_distributions import gamma as gamma
from .tensorflow.random_distributions import poisson as poisson
from .tensorflow.random_distributions import split as split
from .tensorflow.random_distributions import stateless_binomial as stateless_binomial
from .tensorflow.random_distributions import stateless_categorical as stateless_categorical
from .tensorflow.random_distributions import stateless_gamma as stateless_gamma
from .tensorflow.random_distributions import (
    stateless_parameterized_truncated_normal as stateless_parameterized_truncated_normal,
)
from .tensorflow.random_distributions import stateless_poisson as stateless_poisson
from .tensorflow.random_distributions import stateless_uniform as stateless_uniform
from .tensorflow.random_generator import Algorithm as Algorithm
from .tensorflow.random_generator import Generator as Generator
from .tensorflow.random_generator import create_rng_state as create_rng_state
from .tensorflow.random_generator import get_global_generator as get_global_generator
from .tensorflow.random_generator import set_global_generator as set_global_generator

def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    """Draw classes about as often as words, sorted by how common they are, come up in texts.

    Parameters
    ----------
    true_classes : array_like of int
        Of shape (batch, num_true).
    num_true : int
        How many true classes an example has.
    num_sampled : int
        How many classes to draw, for the whole batch.
    unique : bool
        Whether all drawn must differ.
    range_max : int
        How many classes there are.
    seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    sampled_candidates : Tensor
        Of shape (num_sampled,) and dtype int64.
    true_expected_count, sampled_expected_count : Tensor
        How often each is expected among the drawn; of dtype float32.

    Raises
    ------
    ValueError
        Where classes or numbers do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/log_uniform_candidate_sampler. The draws are NumPy's; a recorded function
    draws anew at each replay.

    Examples
    --------
    >>> tf.random.log_uniform_candidate_sampler([[0], [3]], 1, 4, True, 10).sampled_candidates.shape
    TensorShape([4])
    """

def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = ...,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Draw from the normal distribution, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    mean, stddev : number or tensor
        The mean and the standard deviation, broadcast against `shape`. Gradients flow to them.
    dtype : dtype
        A float dtype.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of this shape.

    Raises
    ------
    TypeError
        For another dtype.
    ValueError
        Where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_normal

    Examples
    --------
    >>> x, y = (tf.random.stateless_normal((3,), [1, 2]) for _ in range(2))
    >>> bool(tf.reduce_all(x == y))
    True
    """

def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = ...,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Draw from the normal distribution within two standard deviations, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    mean, stddev : number or tensor
        The mean and the standard deviation, broadcast against `shape`. Gradients flow to them.
    dtype : dtype
        A float dtype.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of this shape.

    Raises
    ------
    TypeError
        For another dtype.
    ValueError
        Where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_truncated_normal

    Examples
    --------
    >>> x, y = (tf.random.stateless_truncated_normal((3,), [1, 2]) for _ in range(2))
    >>> bool(tf.reduce_all(x == y))
    True
    """

def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    """Draw classes evenly.

    Parameters
    ----------
    true_classes : array_like of int
        Of shape (batch, num_true).
    num_true : int
        How many true classes an example has.
    num_sampled : int
        How many classes to draw, for the whole batch.
    unique : bool
        Whether all drawn must differ.
    range_max : int
        How many classes there are.
    seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    sampled_candidates : Tensor
        Of shape (num_sampled,) and dtype int64.
    true_expected_count, sampled_expected_count : Tensor
        How often each is expected among the drawn; of dtype float32.

    Raises
    ------
    ValueError
        Where classes or numbers do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/uniform_candidate_sampler. The draws are NumPy's; a recorded function
    draws anew at each replay.

    Examples
    --------
    >>> tf.random.uniform_candidate_sampler([[0], [3]], 1, 4, True, 10).sampled_candidates.shape
    TensorShape([4])
    """

experimental = _random_experimental
