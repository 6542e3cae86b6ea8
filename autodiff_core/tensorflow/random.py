"""Random tensors, drawn by a NumPy Generator.

There is one generator for the calls without a seed, and one for each seed that a call names; `set_seed` starts all of
them anew. So a program draws the same numbers each time if it sets the global seed, or gives every call a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..namespaces import namespace
from ..ops.drawing import DRAW, draw, start_anew
from ..ops.draws import drawn
from ..ops.indexing import gather
from ..tensors.creation import cast, constant, convert_to_tensor

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

_FUNCTIONS = """
tensorflow.candidates: all_candidate_sampler fixed_unigram_candidate_sampler log_uniform_candidate_sampler
    uniform_candidate_sampler
tensorflow.random_distributions: categorical fold_in gamma poisson split stateless_binomial stateless_categorical
    stateless_gamma stateless_normal stateless_parameterized_truncated_normal stateless_poisson
    stateless_truncated_normal stateless_uniform
tensorflow.random_generator: Algorithm Generator create_rng_state get_global_generator set_global_generator
"""

__all__, __dir__, __getattr__ = namespace(
    __name__,
    "tf.random",
    _FUNCTIONS,
    own=("normal", "set_seed", "shuffle", "truncated_normal", "uniform"),
    unlisted="tensorflow: experimental=random_experimental",
)


def set_seed(seed: int | None) -> None:
    """Start all generators anew, from `seed`.

    Parameters
    ----------
    seed : int or None
        A number not below zero; None stands for one that the operating system picks.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.random.set_seed(7)
    >>> first = tf.random.normal((2,)).numpy()
    >>> tf.random.set_seed(7)
    >>> bool((first == tf.random.normal((2,)).numpy()).all())
    True
    """
    start_anew(None if seed is None else _core.integer(seed))


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draw from the normal distribution.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result.
    mean, stddev : number or tensor
        The mean and the standard deviation, broadcast against `shape`. Gradients flow to them.
    dtype : dtype, optional
        A float dtype; by default that of Python floats.
    seed : int, optional
        The generator to draw from; see the module.
    name : str, optional
        Not used; there so that code written for TensorFlow runs.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.random.normal((3, 2)).shape
    TensorShape([3, 2])
    """
    dtype = _float_dtype(dtype, "normal")
    return _scale("normal", seed, _sizes(shape), dtype, stddev, mean)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draw from the normal distribution, again where a number is more than two standard deviations from the mean.

    The parameters are those of `normal`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> bool(tf.reduce_max(tf.abs(tf.random.truncated_normal((1000,)))) <= 2.0)
    True
    """
    dtype = _float_dtype(dtype, "truncated_normal")
    return _scale("truncated_normal", seed, _sizes(shape), dtype, stddev, mean)


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draw from the uniform distribution over ``[minval, maxval)``.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result.
    minval, maxval : number or tensor
        The bounds. `maxval` is 1 by default for floats, and must be given for integers.
    dtype : dtype, optional
        A float or integer dtype; by default that of Python floats.
    seed : int, optional
        The generator to draw from; see the module.
    name : str, optional
        Not used; there so that code written for TensorFlow runs.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.random.uniform((4,), maxval=6, dtype=tf.int32).dtype
    dtype('int32')
    """
    sizes = _sizes(shape)
    if dtype is not None and np.issubdtype(_core.as_dtype(dtype), np.integer):
        if maxval is None:
            raise ValueError(f"Must specify maxval for integer dtype {_core.as_dtype(dtype).name}")
        if isinstance(minval, _core.Operand) or isinstance(maxval, _core.Operand):
            attributes = ("integers", seed, sizes, _core.as_dtype(dtype), 0, None)
            return drawn(attributes, lambda: _core.general(DRAW, (minval, maxval), attributes))
        return draw("integers", seed, sizes, _core.as_dtype(dtype), np.asarray(minval), np.asarray(maxval))
    dtype = _float_dtype(dtype, "uniform")
    maxval = 1 if maxval is None else maxval
    _refuse_complex("uniform", minval, maxval)
    if not (_is_number(minval) and _is_number(maxval)):
        minval, maxval = cast(minval, dtype), cast(maxval, dtype)
    return _scale("uniform", seed, sizes, dtype, maxval - minval, minval)


def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Put the rows of a tensor in a random order.

    Parameters
    ----------
    value : tensor
        What to shuffle along its first axis. The gradient flows back to where each row came from.
    seed : int, optional
        The generator to draw from; see the module.
    name : str, optional
        Not used; there so that code written for TensorFlow runs.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> sorted(tf.random.shuffle([3, 1, 2]).numpy().tolist())
    [1, 2, 3]
    """
    value = convert_to_tensor(value)
    if not value.ndim:
        raise ValueError("shuffle needs a tensor with at least one axis, got a scalar")
    return gather(value, draw("permutation", seed, (value.shape[0],), np.dtype(np.int64), None))


def _scale(kind: str, seed: int | None, sizes: Sequence[int], dtype: Any, scale: Any, offset: Any) -> Tensor:
    """A sample, stretched and shifted: at once by numbers, by recorded ops where a gradient may be asked for."""
    _refuse_complex(kind, scale, offset)
    if _is_number(scale) and _is_number(offset):
        return draw(kind, seed, sizes, dtype, scale, offset)
    return draw(kind, seed, sizes, dtype, None) * cast(scale, dtype) + cast(offset, dtype)


def _refuse_complex(function: str, *parameters: Any) -> None:
    """What is drawn is real, and so are its mean, its deviation and its bounds."""
    if any(map(np.iscomplexobj, parameters)):
        raise TypeError(
            f"random.{function}: draws real numbers, so what says where they lie must not be complex; add the complex "
            f"offset to the draw, or draw the parts and join them by tf.complex"
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number))


def _float_dtype(dtype: DTypeLike | None, function: str) -> np.dtype[Any]:
    chosen = constant(0.0).dtype if dtype is None else _core.as_dtype(dtype)
    if not _core.is_floating(chosen):
        raise TypeError(f"random.{function} draws floats; dtype {chosen.name} is none")
    return chosen


def _sizes(shape: Any) -> tuple[int, ...]:
    """Read a shape that is given as a number, a sequence of numbers or an integer tensor."""
    return tuple(_core.integers(shape))
