"""Random tensors, drawn by a NumPy Generator.

There is one generator for the calls without a seed, and one for each seed that a call names; `set_seed` starts all of
them anew. So a program draws the same numbers each time if it sets the global seed, or gives every call a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff_core as tf

from .. import _core
from ..derivatives.draws import drawn, sampled
from ..ops import c_loops, forms
from ..ops.forms import Kind

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

# By the file that has them, loaded when one of them is asked for.
_LATER = {
    "..ops.candidates": (
        "all_candidate_sampler",
        "fixed_unigram_candidate_sampler",
        "log_uniform_candidate_sampler",
        "uniform_candidate_sampler",
    ),
    ".random_distributions": (
        "categorical",
        "fold_in",
        "gamma",
        "poisson",
        "split",
        "stateless_binomial",
        "stateless_categorical",
        "stateless_gamma",
        "stateless_normal",
        "stateless_parameterized_truncated_normal",
        "stateless_poisson",
        "stateless_truncated_normal",
        "stateless_uniform",
    ),
    ".random_generator": (
        "Algorithm",
        "Generator",
        "create_rng_state",
        "get_global_generator",
        "set_global_generator",
    ),
}
_HOME = {name: home for home, names in _LATER.items() for name in names}

__all__ = ["normal", "set_seed", "shuffle", "truncated_normal", "uniform", *_HOME]


def __getattr__(name: str) -> Any:
    if name == "experimental":
        return import_module(f"{__package__}.random_experimental")
    if name in _HOME:
        return getattr(import_module(_HOME[name], __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_global_seed: int | None = None
# By the seed of the call; None for the calls without one. Made on demand: importing numpy.random takes a while.
_generators: dict[int | None, np.random.Generator] = {}


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
    global _global_seed
    _global_seed = None if seed is None else _core.integer(seed)
    _generators.clear()


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> tf.Tensor:
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
) -> tf.Tensor:
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
) -> tf.Tensor:
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
            return drawn(attributes, lambda: _core.general(_DRAW, (minval, maxval), attributes))
        return _draw("integers", seed, sizes, _core.as_dtype(dtype), np.asarray(minval), np.asarray(maxval))
    dtype = _float_dtype(dtype, "uniform")
    maxval = 1 if maxval is None else maxval
    _refuse_complex("uniform", minval, maxval)
    if not (_is_number(minval) and _is_number(maxval)):
        minval, maxval = tf.cast(minval, dtype), tf.cast(maxval, dtype)
    return _scale("uniform", seed, sizes, dtype, maxval - minval, minval)


def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> tf.Tensor:
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
    value = tf.convert_to_tensor(value)
    if not value.ndim:
        raise ValueError("shuffle needs a tensor with at least one axis, got a scalar")
    return tf.gather(value, _draw("permutation", seed, (value.shape[0],), np.dtype(np.int64), None))


def generator_of(seed: int | None) -> np.random.Generator:
    """Give the generator of the calls with this seed, or of those without one."""
    seed = _core.as_index(seed)
    generator = _generators.get(seed)
    if generator is None:
        seeds = [number for number in (_global_seed, seed) if number is not None]
        # A global seed alone must not draw what the same number as a call's seed does.
        key = () if _global_seed is None or seed is not None else (0,)
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds or None, spawn_key=key)))
        _generators[seed] = generator
    return generator


def _standard_normal(generator: np.random.Generator, shape: Sequence[int], dtype: np.dtype[Any]) -> np.ndarray:
    """Draw at the precision of the dtype, or the nearest that NumPy draws at."""
    drawn = np.float64 if dtype == np.float64 else np.float32
    return np.asarray(generator.standard_normal(shape, drawn)).astype(dtype, copy=False)


def _kernel(attributes: Any, *bounds: np.ndarray) -> np.ndarray:
    return np.asarray(sampled(attributes, lambda: _sample(attributes, *bounds)))


def _sample(attributes: Any, *bounds: np.ndarray) -> np.ndarray:
    """What a draw gives. Integers may have bounds for operands, with so many axes of examples
    before as the attribute for the first of them says."""
    kind, seed, sizes, dtype, first, second = attributes
    generator = generator_of(seed)
    if bounds:
        first, second = (
            bound.reshape(bound.shape[:first] + (1,) * (len(sizes) - bound.ndim) + bound.shape[first:])
            for bound in bounds
        )
    if kind == "integers":
        return np.asarray(generator.integers(first, second, sizes, dtype))
    if kind == "permutation":
        return generator.permutation(sizes[0])
    if kind == "uniform":
        drawn = generator.random(sizes, np.float64 if dtype == np.float64 else np.float32)
        sample = np.asarray(drawn).astype(dtype, copy=False)
    else:
        sample = _standard_normal(generator, sizes, dtype)
        outside = np.abs(sample) > 2
        while kind == "truncated_normal" and outside.any():
            sample[outside] = _standard_normal(generator, (int(outside.sum()),), dtype)
            outside = np.abs(sample) > 2
    if first is not None:
        sample *= dtype.type(first)
        sample += dtype.type(second)
    return sample


def _drawn_for_each(attributes: Any, n: int) -> Any:
    """A draw of numbers for n examples."""
    kind, seed, sizes, dtype, first, second = attributes
    if kind == "integers" and second is None:
        first += 1
    return None if kind == "permutation" else (kind, seed, (n, *sizes), dtype, first, second)


# A record like any other, so that a program draws anew each time that it runs.
_SIZES = forms.Form("a shape", lambda sizes: type(sizes) in (tuple, list) and forms.shape.fits(tuple(sizes)))
_BOUND = forms.maybe(forms.numbers)
_DRAWN = forms.parts(
    forms.text("integers", "permutation", "uniform", "normal", "truncated_normal"),
    forms.maybe(forms.count),
    _SIZES,
    forms.dtype("iuf"),
    _BOUND,
    _BOUND,
)


def _drawn_kind(attributes: Any, *bounds: Kind) -> Kind:
    """Nothing is drawn to find out."""
    kind, _, sizes, dtype, first, second = attributes
    if bounds:
        forms.integers(*bounds)
        if kind != "integers" or len(bounds) != 2 or second is not None or not forms.count.fits(first):
            raise ValueError("random has two bounds of integers for operands, or none")
        if any(first > bound.ndim or bound.ndim > len(sizes) for bound in bounds):
            raise ValueError(f"bounds of shapes {bounds[0].shape} and {bounds[1].shape} do not fit {tuple(sizes)}")
    if (dtype.kind == "f") != (kind not in ("integers", "permutation")):
        raise ValueError(f"{kind} random numbers of dtype {dtype}")
    if kind == "permutation":
        return Kind(np.int64, sizes[:1])
    return Kind(dtype, sizes)


_DRAW = _core.register_general(
    "random",
    _kernel,
    None,
    None,
    False,
    False,
    draws=True,
    batched=_drawn_for_each,
    form=_DRAWN,
    gives=_drawn_kind,
    c=c_loops.RANDOM,
)


def _draw(kind: str, seed: int | None, sizes: Sequence[int], dtype: Any, first: Any, second: Any = None) -> tf.Tensor:
    attributes = (kind, seed, sizes, dtype, first, second)
    return drawn(attributes, lambda: _core.general(_DRAW, (), attributes))


def _scale(kind: str, seed: int | None, sizes: Sequence[int], dtype: Any, scale: Any, offset: Any) -> tf.Tensor:
    """A sample, stretched and shifted: at once by numbers, by recorded ops where a gradient may be asked for."""
    _refuse_complex(kind, scale, offset)
    if _is_number(scale) and _is_number(offset):
        return _draw(kind, seed, sizes, dtype, scale, offset)
    return _draw(kind, seed, sizes, dtype, None) * tf.cast(scale, dtype) + tf.cast(offset, dtype)


def _refuse_complex(function: str, *parameters: Any) -> None:
    """What is drawn is real, and so are its mean, its deviation and its bounds."""
    if any(map(np.iscomplexobj, parameters)):
        raise TypeError(
            f"random.{function}: draws real numbers, so what says where they lie must not be complex; add the complex "
            f"offset to the draw, or draw the parts and join them by tf.complex"
        )


def fresh_seed(seed: int | None) -> tf.Tensor:
    """Two numbers for what is a function of its seed, drawn anew each time."""
    bounds = np.iinfo(np.int64)
    return _draw("integers", seed, (2,), np.dtype(np.int64), np.asarray(bounds.min), np.asarray(bounds.max))


def state() -> dict[int | None, Any]:
    """Where all generators stand."""
    return {seed: generator.bit_generator.state for seed, generator in _generators.items()}


def restore(states: dict[int | None, Any]) -> None:
    """Put all generators back to where they stood; those made since go."""
    for seed in list(_generators):
        if seed in states:
            _generators[seed].bit_generator.state = states[seed]
        else:
            del _generators[seed]


_core.install_random(state, restore)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number))


def _float_dtype(dtype: DTypeLike | None, function: str) -> np.dtype[Any]:
    chosen = tf.constant(0.0).dtype if dtype is None else _core.as_dtype(dtype)
    if not _core.is_floating(chosen):
        raise TypeError(f"random.{function} draws floats; dtype {chosen.name} is none")
    return chosen


def _sizes(shape: Any) -> tuple[int, ...]:
    """Read a shape that is given as a number, a sequence of numbers or an integer tensor."""
    return tuple(_core.integers(shape))
