"""Random tensors, drawn by a NumPy Generator."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .tensorflow import random_experimental as _random_experimental
from .ops.candidates import all_candidate_sampler as all_candidate_sampler
from .ops.candidates import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from .ops.candidates import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from .ops.candidates import uniform_candidate_sampler as uniform_candidate_sampler
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
from .tensorflow.random_distributions import stateless_normal as stateless_normal
from .tensorflow.random_distributions import (
    stateless_parameterized_truncated_normal as stateless_parameterized_truncated_normal,
)
from .tensorflow.random_distributions import stateless_poisson as stateless_poisson
from .tensorflow.random_distributions import stateless_truncated_normal as stateless_truncated_normal
from .tensorflow.random_distributions import stateless_uniform as stateless_uniform
from .tensorflow.random_generator import Algorithm as Algorithm
from .tensorflow.random_generator import Generator as Generator
from .tensorflow.random_generator import create_rng_state as create_rng_state
from .tensorflow.random_generator import get_global_generator as get_global_generator
from .tensorflow.random_generator import set_global_generator as set_global_generator

experimental = _random_experimental
