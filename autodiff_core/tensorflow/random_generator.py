"""`random.Generator`: a generator as an object, whose state is a variable.

Each call draws as a function of a seed, the generator's key and a counter that goes up by one, so recorded functions
draw anew at each run, and a state that is kept and restored gives the same numbers again.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops.drawing import fresh_seed
from ..ops.draws import drawn
from ..ops.shaping import stack, transpose
from ..variable import Variable, change
from .random import _float_dtype
from .random_distributions import (
    _binomials,
    split,
    stateless_normal,
    stateless_truncated_normal,
    stateless_uniform,
)

__all__ = ["Algorithm", "Generator", "create_rng_state", "get_global_generator", "set_global_generator"]


class Algorithm(enum.Enum):
    """The algorithms that TensorFlow has; here they are names for one and the same, NumPy's PCG64."""

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3


def create_rng_state(seed: Any, alg: Any) -> Tensor:
    """The state of a generator that a seed starts.

    Parameters
    ----------
    seed : int or sequence of int
        Of up to three numbers.
    alg : Algorithm, int or str
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Three numbers of dtype int64: two of a counter, and a key.

    Raises
    ------
    ValueError
        For more numbers.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/create_rng_state

    Examples
    --------
    >>> tf.random.create_rng_state(7, "philox").numpy().tolist()
    [7, 0, 0]
    """
    numbers = [_core.integer(number) for number in np.atleast_1d(np.asarray(seed))]
    if len(numbers) > 3:
        raise ValueError(f"create_rng_state: a seed has at most three numbers, not {len(numbers)}")
    wrapped = [(number + 2**63) % 2**64 - 2**63 for number in numbers]
    return _core.to_tensor(np.array(wrapped + [0] * (3 - len(wrapped)), np.int64))


class Generator:
    """A generator of random numbers with a state of its own.

    Parameters
    ----------
    copy_from : Generator, optional
        One to begin where it stands.
    state : array_like of int, optional
        Three numbers, as `state` gives them.
    alg : object, optional
        Accepted for TensorFlow's sake: there is one algorithm.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/Generator. The numbers are NumPy's, not TensorFlow's.

    Examples
    --------
    >>> generator = tf.random.Generator.from_seed(1)
    >>> first = generator.normal((2,))
    >>> again = tf.random.Generator.from_seed(1).normal((2,))
    >>> bool(tf.reduce_all(first == again)), bool(tf.reduce_all(first == generator.normal((2,))))
    (True, False)
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None) -> None:
        if (copy_from is None) == (state is None):
            raise ValueError("Generator: either copy_from or state must be given")
        given = copy_from.state.numpy() if copy_from is not None else np.asarray(_core.operand(state))
        if given.shape != (3,) or given.dtype.kind not in "iu":
            raise ValueError(f"Generator: a state is three integers, not {given.dtype} of shape {given.shape}")
        self._state = Variable(given.astype(np.int64), trainable=False, name="StateVar")

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator that a seed starts."""
        return cls(state=create_rng_state(seed, alg))

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """A generator in a state that another was in."""
        return cls(state=state)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Sequence[int], alg: Any) -> Generator:
        """A generator of a key, and of a counter of two numbers."""
        return cls(state=create_rng_state([*np.asarray(counter).tolist(), _core.integer(key)], alg))

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator in a state that the operating system picks."""
        words = np.random.SeedSequence().generate_state(3, np.uint64).view(np.int64)
        return cls(state=words)

    @property
    def state(self) -> Variable:
        """Three integers: a counter of two, and the key."""
        return self._state

    @property
    def key(self) -> Tensor:
        """What tells this generator's numbers from those of others."""
        return self._state[2]

    @property
    def algorithm(self) -> int:
        """The algorithm's number in TensorFlow."""
        return Algorithm.PHILOX.value

    def reset(self, state: Any) -> None:
        """Go to a state that this or another generator was in."""
        self._state.assign(_core.to_dtype(_core.operand(state), np.int64))

    def reset_from_seed(self, seed: Any) -> None:
        """Go to the state that a seed starts."""
        self._state.assign(create_rng_state(seed, None))

    def reset_from_key_counter(self, key: Any, counter: Sequence[int]) -> None:
        """Go to the state of a key and a counter of two numbers."""
        self._state.assign(create_rng_state([*np.asarray(counter).tolist(), _core.integer(key)], None))

    def skip(self, delta: Any) -> Tensor:
        """Leave out draws: move the counter on by `delta`, and give the state before."""
        step = np.array([1, 0, 0], np.int64) * _core.to_dtype(_core.operand(delta), np.int64)
        return drawn("generator", lambda: change(self._state, lambda before: before + step))

    def _next(self) -> Tensor:
        """A seed for one draw."""
        before = self.skip(1)
        return stack([before[2], before[0] + before[1]])

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = np.float32, name: str | None = None
    ) -> Tensor:
        """Draw from the normal distribution; the parameters are those of `tf.random.normal`."""
        _float_dtype(dtype, "Generator.normal")
        return stateless_normal(shape, self._next(), mean, stddev, dtype)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = np.float32, name: str | None = None
    ) -> Tensor:
        """Draw from the normal distribution within two standard deviations."""
        _float_dtype(dtype, "Generator.truncated_normal")
        return stateless_truncated_normal(shape, self._next(), mean, stddev, dtype)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = np.float32, name: str | None = None
    ) -> Tensor:
        """Draw from the uniform distribution over ``[minval, maxval)``; `maxval` must be given for integers."""
        if _core.as_dtype(dtype).kind in "iu" and maxval is None:
            raise ValueError(f"Generator.uniform: maxval must be given for dtype {_core.as_dtype(dtype)}")
        return stateless_uniform(shape, self._next(), minval, maxval, dtype)

    def uniform_full_int(self, shape: Any, dtype: Any = np.uint64, name: str | None = None) -> Tensor:
        """Draw integers evenly from the whole range of a dtype."""
        return stateless_uniform(shape, self._next(), None, None, dtype)

    def binomial(self, shape: Any, counts: Any, probs: Any, dtype: Any = np.int32, name: str | None = None) -> Tensor:
        """Draw from binomial distributions; the shape ends with that of the parameters."""
        return _binomials("Generator.binomial", self._next(), shape, counts, probs, dtype)

    def make_seeds(self, count: int = 1) -> Tensor:
        """Seeds for the stateless functions, as columns: of shape (2, count)."""
        return transpose(split(self._next(), count))

    def split(self, count: int = 1) -> list[Generator]:
        """Generators with keys of their own."""
        keys = split(self._next(), count).numpy()[:, 0]
        return [Generator(state=np.array([0, 0, key], np.int64)) for key in keys]


_shared: dict[str, Generator] = {}  # (a dict, so that threads that are the first to ask have the same one)


def get_global_generator() -> Generator:
    """The generator that programs share who ask for it; it is made from the global seed when it is first asked for.

    Returns
    -------
    Generator
        The same each time.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/get_global_generator

    Examples
    --------
    >>> tf.random.get_global_generator() is tf.random.get_global_generator()
    True
    """
    if "global" not in _shared:
        _shared.setdefault("global", Generator(state=np.append(fresh_seed(None).numpy(), 0)))
    return _shared["global"]


def set_global_generator(generator: Generator) -> None:
    """Let programs share this generator.

    Parameters
    ----------
    generator : Generator
        What `get_global_generator` then gives.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/set_global_generator

    Examples
    --------
    >>> tf.random.set_global_generator(tf.random.Generator.from_seed(1))
    """
    if not isinstance(generator, Generator):
        raise TypeError(f"set_global_generator: takes a Generator, not {generator!r}")
    _shared["global"] = generator
