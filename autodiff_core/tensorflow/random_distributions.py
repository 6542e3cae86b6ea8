"""Random numbers that are a function of a seed, and distributions whose parameters are tensors.

What is drawn is a record of the seed and the parameters, so that recorded functions draw anew; without a seed of its
own, a call first draws one. Of the same seed, shape and parameters come the same numbers; they are NumPy's, not
TensorFlow's. Gradients pass to parameters by which the numbers vary smoothly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import forms
from ..ops.drawing import fresh_seed
from ..ops.forms import Kind
from ..ops.gamma_variates import gamma_variates, generator_from
from ..ops.indexing import where
from ..ops.picking import places_of
from ..ops.shaping import broadcast_to
from ..tensors.creation import cast, constant
from .clipping import clip_by_value
from .random import _float_dtype, _refuse_complex, _sizes

__all__ = [
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
]

# ---------------------------------------------------------------------------------------------------------------- seeds


def _seed(function: str, seed: Any) -> Tensor:
    given = _core.operand(seed)
    if given.dtype.kind not in "iu" or tuple(given.shape) != (2,):
        raise ValueError(f"{function}: a seed is two integers, not {given.dtype} of shape {tuple(given.shape)}")
    return _core.identity_tensor(given)


def _words(attributes: Any, seed: np.ndarray, *data: np.ndarray) -> np.ndarray:
    """Seeds from a seed: attributes are how many, and the shape of the result."""
    shape, dtype = attributes
    entropy = [int(word) % 2**64 for part in (seed, *data) for word in part.reshape(-1)]
    words = np.random.SeedSequence(entropy).generate_state(int(np.prod(shape)), np.uint64)
    return words.astype(np.dtype(f"u{dtype.itemsize}")).view(dtype).reshape(shape)


_WORDS = places_of(
    "random_seeds",
    _words,
    form=forms.parts(forms.shape, forms.dtype("iu")),
    gives=lambda attributes, *words: Kind(attributes[1], attributes[0]),
)


def split(seed: Any, num: int = 2, alg: Any = "auto_select") -> Tensor:
    """Several seeds from one.

    Parameters
    ----------
    seed : array_like of int
        Two integers.
    num : int
        How many.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of shape (num, 2) and the seed's dtype.

    Raises
    ------
    ValueError
        Where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/split

    Examples
    --------
    >>> first, second = tf.random.split([1, 2])
    >>> bool(tf.reduce_all(first == tf.random.split([1, 2])[0]))
    True
    """
    given = _seed("split", seed)
    count = _core.integer(num)
    if count < 1:
        raise ValueError(f"split: num {count} must be positive")
    return _WORDS([given], ((count, 2), given.dtype))


def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Tensor:
    """A seed from a seed and a number, such as that of a step.

    Parameters
    ----------
    seed : array_like of int
        Two integers.
    data : int or scalar tensor
        The number.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of shape (2,) and the seed's dtype.

    Raises
    ------
    ValueError
        Where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/fold_in

    Examples
    --------
    >>> tf.random.fold_in([1, 2], 3).shape
    TensorShape([2])
    """
    given = _seed("fold_in", seed)
    return _WORDS([given, _core.operand(data)], ((2,), given.dtype))


# ----------------------------------------------------------------------------------------------------- plain numbers


def _stateless(attributes: Any, seed: np.ndarray, *parameters: np.ndarray) -> np.ndarray:
    kind, sizes, dtype = attributes
    generator = generator_from(seed)
    if kind == "uniform":
        single = generator.random(sizes, np.float64 if dtype == np.float64 else np.float32)
        return np.asarray(single).astype(dtype, copy=False)
    if kind == "integers":
        low, high = (int(part) for part in parameters)
        return generator.integers(low, high, sizes, dtype)
    if kind == "poisson":
        return generator.poisson(parameters[0], sizes).astype(dtype)
    if kind == "binomial":
        counts, probs = (part.astype(np.float64) for part in parameters)
        return generator.binomial(counts.astype(np.int64), probs, sizes).astype(dtype)
    if kind == "categorical":
        return _chosen(generator, parameters[0].astype(np.float64), sizes).astype(dtype)
    if kind == "permutation":
        return generator.permutation(sizes[0])
    drawn = generator.standard_normal(sizes)
    outside = np.abs(drawn) > 2.0
    while kind == "truncated_normal" and outside.any():
        drawn[outside] = generator.standard_normal(int(outside.sum()))
        outside = np.abs(drawn) > 2.0
    return np.asarray(drawn).astype(dtype, copy=False)


def _chosen(generator: np.random.Generator, logits: np.ndarray, sizes: Any) -> np.ndarray:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    ends = np.cumsum(weights, axis=1)
    found = np.empty(sizes, np.int64)
    for row, end in zip(found, ends, strict=True):
        # (Rounding may take a draw to the very end, which is none of the classes'.)
        row[:] = np.minimum(np.searchsorted(end, generator.random(sizes[1]) * end[-1], "right"), len(end) - 1)
    return found


_KINDS = ("uniform", "integers", "poisson", "binomial", "categorical", "permutation", "normal", "truncated_normal")


def _stateless_kind(attributes: Any, seed: Kind, *parameters: Kind) -> Kind:
    kind, sizes, dtype = attributes
    return Kind(np.int64, sizes[:1]) if kind == "permutation" else Kind(dtype, sizes)


_STATELESS = places_of(
    "stateless_random",
    _stateless,
    form=forms.parts(forms.text(*_KINDS), forms.shape, forms.dtype("iuf")),
    gives=_stateless_kind,
)


def _from_seed(kind: str, seed: Any, sizes: Any, dtype: Any, *parameters: Any) -> Tensor:
    return _STATELESS([seed, *parameters], (kind, tuple(sizes), _core.as_dtype(dtype)))


def _scaled(kind: str, function: str, shape: Any, seed: Any, scale: Any, offset: Any, dtype: Any) -> Tensor:
    chosen = _float_dtype(dtype, function)
    _refuse_complex(function, scale, offset)
    drawn = _from_seed(kind, _seed(function, seed), _sizes(shape), chosen)
    return drawn * cast(scale, chosen) + cast(offset, chosen)


_NORMAL = """{what}, as a function of a seed.

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
    https://www.tensorflow.org/api_docs/python/tf/random/{name}

    Examples
    --------
    >>> x, y = (tf.random.{name}((3,), [1, 2]) for _ in range(2))
    >>> bool(tf.reduce_all(x == y))
    True
    """


def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = np.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    return _scaled("normal", "stateless_normal", shape, seed, stddev, mean, dtype)


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = np.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    return _scaled("truncated_normal", "stateless_truncated_normal", shape, seed, stddev, mean, dtype)


stateless_normal.__doc__ = _NORMAL.format(what="Draw from the normal distribution", name="stateless_normal")
stateless_truncated_normal.__doc__ = _NORMAL.format(
    what="Draw from the normal distribution within two standard deviations", name="stateless_truncated_normal"
)


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = np.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Draw from the uniform distribution over ``[minval, maxval)``, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    minval, maxval : number or tensor
        The bounds; gradients flow to those of floats. `maxval` is 1 by default for floats; for integers both bounds may
        be None, for the whole range of the dtype.
    dtype : dtype
        A float or integer dtype.
    alg : object
        Accepted for TensorFlow's sake: there is one algorithm.

    Returns
    -------
    Tensor
        Of this shape.

    Raises
    ------
    ValueError
        For integers with one bound, or where the seed is something else.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_uniform

    Examples
    --------
    >>> x = tf.random.stateless_uniform((100,), [1, 2], 2, 5, tf.int32)
    >>> int(tf.reduce_min(x)), int(tf.reduce_max(x))
    (2, 4)
    """
    kind = _core.as_dtype(dtype)
    if kind.kind in "iu":
        if (minval is None) != (maxval is None):
            raise ValueError(f"stateless_uniform: for dtype {kind}, minval and maxval must be both given or both None")
        least, most = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
        low, high = (least, most) if maxval is None else (minval, maxval)
        bounds = [_core.to_tensor(np.asarray(b), None) if not isinstance(b, _core.Operand) else b for b in (low, high)]
        return _from_seed("integers", _seed("stateless_uniform", seed), _sizes(shape), kind, *bounds)
    chosen = _float_dtype(kind, "stateless_uniform")
    _refuse_complex("stateless_uniform", minval, maxval)
    low = cast(0.0 if minval is None else minval, chosen)
    high = cast(1.0 if maxval is None else maxval, chosen)
    drawn = _from_seed("uniform", _seed("stateless_uniform", seed), _sizes(shape), chosen)
    return drawn * (high - low) + low


# ------------------------------------------------------------------------------------------------ other distributions


def _ending_in(function: str, shape: Any, parameters: tuple[int, ...]) -> tuple[int, ...]:
    sizes = _sizes(shape)
    if sizes[len(sizes) - len(parameters) :] != parameters or len(sizes) < len(parameters):
        raise ValueError(f"{function}: the shape {sizes} must end with that of the parameters, {parameters}")
    return sizes


def _floats(value: Any, dtype: Any) -> Any:
    return cast(value, dtype) if isinstance(value, _core.Operand) else _core.to_tensor(value, dtype)


def gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = np.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draw from gamma distributions.

    Parameters
    ----------
    shape : sequence of int
        How many for each parameter.
    alpha, beta : array_like
        Shape and rate, that broadcast; the rate is one by default. Gradients flow to both.
    dtype : dtype
        A float dtype.
    seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    Tensor
        Of shape (*shape, *parameters).

    Raises
    ------
    TypeError
        For another dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/gamma. The derivative by alpha is that at a constant value of
    the distribution function; it needs SciPy.

    Examples
    --------
    >>> tf.random.gamma((3,), [0.5, 1.5]).shape
    TensorShape([3, 2])
    """
    chosen = _float_dtype(dtype, "gamma")
    a, b = _floats(alpha, chosen), _floats(1.0 if beta is None else beta, chosen)
    parameters = np.broadcast_shapes(tuple(a.shape), tuple(b.shape))
    return _gammas(fresh_seed(seed), (*_sizes(shape), *parameters), a, b)


def _gammas(seed: Any, sizes: tuple[int, ...], alpha: Any, beta: Any) -> Tensor:
    return gamma_variates(broadcast_to(alpha, sizes), seed) / beta


def stateless_gamma(
    shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = np.float32, name: str | None = None
) -> Tensor:
    """Draw from gamma distributions, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result, which ends with that of the parameters.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    alpha, beta : array_like
        Shape and rate, that broadcast; the rate is one by default. Gradients flow to both.
    dtype : dtype
        A float dtype.

    Returns
    -------
    Tensor
        Of this shape.

    Raises
    ------
    ValueError
        Where shape or seed do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_gamma. The derivative by alpha is that at a constant
    value of the distribution function; it needs SciPy.

    Examples
    --------
    >>> x, y = (tf.random.stateless_gamma((3, 2), [1, 2], [0.5, 1.5]) for _ in range(2))
    >>> bool(tf.reduce_all(x == y))
    True
    """
    chosen = _float_dtype(dtype, "stateless_gamma")
    a, b = _floats(alpha, chosen), _floats(1.0 if beta is None else beta, chosen)
    parameters = np.broadcast_shapes(tuple(a.shape), tuple(b.shape))
    return _gammas(_seed("stateless_gamma", seed), _ending_in("stateless_gamma", shape, parameters), a, b)


def poisson(shape: Any, lam: Any, dtype: Any = np.float32, seed: int | None = None, name: str | None = None) -> Tensor:
    """Draw from Poisson distributions.

    Parameters
    ----------
    shape : sequence of int
        How many for each parameter.
    lam : array_like
        The means.
    dtype : dtype
        Of the result.
    seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    Tensor
        Of shape (*shape, *lam's); no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/poisson

    Examples
    --------
    >>> tf.random.poisson((3,), [0.5, 1.5]).shape
    TensorShape([3, 2])
    """
    means = _core.operand(lam)
    return _from_seed("poisson", fresh_seed(seed), (*_sizes(shape), *tuple(means.shape)), dtype, means)


def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = np.int32, name: str | None = None) -> Tensor:
    """Draw from Poisson distributions, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result, which ends with that of the means.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    lam : array_like
        The means.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of this shape; no gradient passes.

    Raises
    ------
    ValueError
        Where shape or seed do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_poisson

    Examples
    --------
    >>> tf.random.stateless_poisson((3, 2), [1, 2], [0.5, 1.5]).shape
    TensorShape([3, 2])
    """
    means = _core.operand(lam)
    sizes = _ending_in("stateless_poisson", shape, tuple(means.shape))
    return _from_seed("poisson", _seed("stateless_poisson", seed), sizes, dtype, means)


def stateless_binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = np.int32, name: str | None = None
) -> Tensor:
    """Draw from binomial distributions, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result, which ends with that of the parameters.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    counts, probs : array_like
        How many trials, and the probability of each, that broadcast.
    output_dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of this shape; no gradient passes.

    Raises
    ------
    ValueError
        Where shape or seed do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_binomial

    Examples
    --------
    >>> tf.random.stateless_binomial((3, 2), [1, 2], [5, 9], 1.0)[0].numpy().tolist()
    [5, 9]
    """
    return _binomials("stateless_binomial", _seed("stateless_binomial", seed), shape, counts, probs, output_dtype)


def _binomials(function: str, seed: Any, shape: Any, counts: Any, probs: Any, dtype: Any) -> Tensor:
    trials, chances = _core.operand(counts), _core.operand(probs)
    parameters = np.broadcast_shapes(tuple(trials.shape), tuple(chances.shape))
    return _from_seed("binomial", seed, _ending_in(function, shape, parameters), dtype, trials, chances)


def _logits(function: str, logits: Any, num_samples: Any) -> tuple[Any, tuple[int, int]]:
    given = _core.operand(logits)
    if len(given.shape) != 2 or not _core.is_floating(given.dtype) or not given.shape[1]:
        raise ValueError(
            f"{function}: takes logits that are floats of shape (batch, classes), not {given.dtype} of "
            f"{tuple(given.shape)}"
        )
    return given, (int(given.shape[0]), _core.integer(num_samples))


def categorical(
    logits: Any, num_samples: int, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Draw classes.

    Parameters
    ----------
    logits : array_like
        Logarithms of weights, of shape (batch, classes).
    num_samples : int
        How many for each row.
    dtype : dtype, optional
        Of the result; int64 by default.
    seed : int, optional
        The generator to draw from; see `tf.random`.

    Returns
    -------
    Tensor
        Of shape (batch, num_samples); no gradient passes.

    Raises
    ------
    ValueError
        Where the logits do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/categorical

    Examples
    --------
    >>> tf.random.categorical([[0., -1000.], [-1000., 0.]], 3).numpy().tolist()
    [[0, 0, 0], [1, 1, 1]]
    """
    given, sizes = _logits("categorical", logits, num_samples)
    return _from_seed("categorical", fresh_seed(seed), sizes, np.int64 if dtype is None else dtype, given)


def stateless_categorical(
    logits: Any, num_samples: int, seed: Any, dtype: Any = np.int64, name: str | None = None
) -> Tensor:
    """Draw classes, as a function of a seed.

    Parameters
    ----------
    logits : array_like
        Logarithms of weights, of shape (batch, classes).
    num_samples : int
        How many for each row.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of shape (batch, num_samples); no gradient passes.

    Raises
    ------
    ValueError
        Where logits or seed do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_categorical

    Examples
    --------
    >>> tf.random.stateless_categorical([[0., -1000.]], 3, [1, 2]).numpy().tolist()
    [[0, 0, 0]]
    """
    given, sizes = _logits("stateless_categorical", logits, num_samples)
    return _from_seed("categorical", _seed("stateless_categorical", seed), sizes, dtype, given)


def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: str | None = None,
) -> Tensor:
    """Draw from normal distributions between bounds, as a function of a seed.

    Parameters
    ----------
    shape : sequence of int
        The shape of the result, which ends with that of the parameters.
    seed : array_like of int
        Two integers: of the same ones come the same numbers.
    means, stddevs, minvals, maxvals : array_like
        The mean and the standard deviation before the bounds cut anything off, and the bounds; they broadcast.
        Gradients flow to all of them.

    Returns
    -------
    Tensor
        Of this shape.

    Raises
    ------
    ValueError
        Where shape or seed do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/random/stateless_parameterized_truncated_normal. The distribution
    function is inverted; it needs SciPy.

    Examples
    --------
    >>> x = tf.random.stateless_parameterized_truncated_normal((50,), [1, 2], 0., 1., 3., 4.)
    >>> bool(tf.reduce_all((x > 3.) & (x < 4.)))
    True
    """
    from ..ops.special import ndtr, ndtri

    function = "stateless_parameterized_truncated_normal"
    parts = (means, stddevs, minvals, maxvals)
    typed = [np.result_type(p.dtype) for p in parts if isinstance(p, (_core.Operand, np.ndarray, np.generic))]
    dtype = np.result_type(*typed) if typed else _core.default_float()
    mean, deviation, low, high = (_floats(part, _float_dtype(dtype, function)) for part in parts)
    parameters = np.broadcast_shapes(*(tuple(p.shape) for p in (mean, deviation, low, high)))
    sizes = _ending_in(function, shape, parameters)
    drawn = _from_seed("uniform", _seed(function, seed), sizes, np.float64)
    a, b = (cast((bound - mean) / deviation, np.float64) for bound in (low, high))
    # In the lower tail the distribution function is exact, so what lies above is turned round.
    side = where(a + b > 0.0, constant(-1.0, np.float64), constant(1.0, np.float64))
    first, last = ndtr(where(side < 0.0, -b, a)), ndtr(where(side < 0.0, -a, b))
    share = where(side < 0.0, 1.0 - drawn, drawn)
    inner = side * ndtri(first + share * (last - first))
    found = cast(inner, mean.dtype) * deviation + mean
    return clip_by_value(found, low, high)
