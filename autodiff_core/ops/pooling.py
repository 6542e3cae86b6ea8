"""Windows whose extremes or means are taken in other ways: with places, dilated, of random sizes, beside a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .blocks import with_space_to_batch
from .elementwise import add, negative
from .forms import Kind
from .gamma_variates import generator_from
from .linalg import einsum
from .picking import chosen, places_of
from .shaping import reverse
from .window_geometry import EACH, PADS, flat_windows, padded_shape, take_windows, windows_shape
from .windows import _operands, _Plan, _pooled, max_pooled


class MaxPoolWithArgmax(NamedTuple):
    """What `max_pool_with_argmax` gives: the largest elements, and where they are."""

    output: Tensor
    argmax: Tensor


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    output_dtype: Any = np.int64,
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> MaxPoolWithArgmax:
    """The largest element of each window over two dimensions, and its number.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels).
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"}
        What is padded (and does not count).
    data_format : {"NHWC"}
        Where the channels are.
    output_dtype : dtype
        Of the numbers.
    include_batch_in_index : bool
        Whether the numbers go on from one entry of the batch to the next.

    Returns
    -------
    output : Tensor
        With the operand's channels.
    argmax : Tensor
        ((y * width) + x) * channels + channel of each; no gradient passes.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/max_pool_with_argmax. Of equal elements the first has the gradient.

    Examples
    --------
    >>> x = tf.reshape([1., 4., 3., 2.], (1, 2, 2, 1))
    >>> [part.numpy().item() for part in tf.nn.max_pool_with_argmax(x, 2, 2, "VALID")]
    [4.0, 1]
    """
    if data_format != "NHWC":
        raise ValueError(f"max_pool_with_argmax: data_format {data_format!r} is not 'NHWC'")
    largest, places = max_pooled("max_pool_with_argmax", 2, input, ksize, strides, padding, data_format)
    if not include_batch_in_index:
        places = places % int(np.prod(np.shape(input)[1:], dtype=np.intp))
    return MaxPoolWithArgmax(largest, _core.to_dtype(places, np.dtype(output_dtype)))


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The largest element or the mean of each window, over one to three dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, channels), or as `data_format` says.
    window_shape : sequence of int
        The windows' sizes.
    pooling_type : {"MAX", "AVG"}
        What is taken of each.
    strides : sequence of int, optional
        The steps between windows; one by default.
    padding : {"SAME", "VALID"}
        What is padded (and does not count). Dilated windows are not padded.
    data_format : str, optional
        "NWC", "NCW" and so on: where the channels are.
    dilations : sequence of int, optional
        The steps between elements of a window; one by default. Not beside strides.

    Returns
    -------
    Tensor
        With the operand's channels.

    Raises
    ------
    ValueError
        For another type, or arguments that do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/pool

    Examples
    --------
    >>> tf.nn.pool(tf.ones((1, 5, 3)), [2], "MAX", dilations=[2]).shape
    TensorShape([1, 3, 3])
    """
    x = _core.operand(input)
    sizes = np.atleast_1d(np.asarray(window_shape)).tolist()
    steps, rates = ([1] * len(sizes) if v is None else np.atleast_1d(v).tolist() for v in (strides, dilations))
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"pool: pooling_type {pooling_type!r} is neither 'MAX' nor 'AVG'")
    if len(x.shape) != len(sizes) + 2 or len(steps) != len(sizes) or len(rates) != len(sizes):
        raise ValueError(
            f"pool: windows {sizes}, strides {steps} and dilations {rates} do not fit an operand of shape "
            f"{tuple(x.shape)}: one number for each dimension between batch and channels is needed"
        )
    if max(rates) > 1 and max(steps) > 1:
        raise ValueError(f"pool: strides {steps} beside dilations {rates}: one of them must be all ones")
    if max(rates) > 1 and padding != "VALID":
        raise ValueError(f"pool: dilations {rates} need padding 'VALID', not {padding!r}")

    def plain(t: Any, dims: int, padding: Any) -> Any:
        return _pooled("pool", pooling_type == "MAX", dims, t, sizes, steps, padding, data_format)

    if max(rates) == 1:
        return plain(x, len(sizes), padding)
    return with_space_to_batch(x, rates, padding, plain, data_format=data_format)


# -------------------------------------------------------------------------------------------------- fractional pooling


class FractionalMaxPool(NamedTuple):
    """What `fractional_max_pool` gives: the largest elements, and where the windows begin."""

    output: Tensor
    row_pooling_sequence: Tensor
    col_pooling_sequence: Tensor


class FractionalAvgPool(NamedTuple):
    """What `fractional_avg_pool` gives: the means, and where the windows begin."""

    output: Tensor
    row_pooling_sequence: Tensor
    col_pooling_sequence: Tensor


def _sequence(generator: np.random.Generator, length: int, ratio: float, pseudo_random: bool) -> np.ndarray:
    """Bounds of int(length / ratio) windows, of two lengths that differ by one."""
    count = int(length / ratio)
    if pseudo_random:
        alpha, small = length / count, length // count
        begin = generator.random() * min((small + 2) / alpha - 1.0, (length + 1 - small) / alpha - (count - 1))
        inner = np.ceil(alpha * (np.arange(1, count) + begin)).astype(np.int64) - 1
        return np.concatenate([[0], inner, [length]])
    small = length // count
    lengths = np.full(count, small)
    lengths[: length - small * count] += 1
    return np.concatenate([[0], np.cumsum(generator.permutation(lengths))]).astype(np.int64)


def _fractions(function: str, value: Any, pooling_ratio: Any, pseudo_random: bool, seed: int) -> tuple[Any, Any, Any]:
    """The operand, and the bounds along height and width."""
    x = _core.operand(value)
    ratios = [float(r) for r in np.atleast_1d(pooling_ratio)]
    ratios = {1: ratios * 2, 2: ratios, 4: ratios[1:3]}.get(len(ratios), [])
    if len(x.shape) != 4 or len(ratios) != 2 or min(ratios) < 1.0:
        raise ValueError(
            f"{function}: takes 4 dimensions and a ratio of at least 1 for height and width, not shape "
            f"{tuple(x.shape)} and {pooling_ratio!r}"
        )
    if not _core.is_floating(x.dtype):
        raise TypeError(f"{function}: takes floats, not {x.dtype}; cast first")
    from .drawing import fresh_seed

    number = _core.as_index(seed)
    lengths = tuple(int(n) for n in x.shape[1:3])
    found = _BOUNDS([] if number else [fresh_seed(None)], (lengths, tuple(ratios), bool(pseudo_random), number))
    first = int(lengths[0] / ratios[0]) + 1
    return x, found[:first], found[first:]


def _bounds(attributes: Any, *words: np.ndarray) -> np.ndarray:
    lengths, ratios, pseudo_random, seed = attributes
    generator = generator_from(words[0]) if words else np.random.default_rng(seed)
    return np.concatenate([_sequence(generator, n, r, pseudo_random) for n, r in zip(lengths, ratios, strict=True)])


def _bounds_kind(attributes: Any, *words: Kind) -> Kind:
    lengths, ratios, _, _ = attributes
    if len(words) > 1 or any(x.dtype != np.int64 or x.shape != (2,) for x in words):
        raise ValueError("a seed is two numbers of int64")
    return Kind(np.int64, (sum(int(n / r) + 1 for n, r in zip(lengths, ratios, strict=True)),))


_BOUNDS = places_of(
    "bounds_of_spans",
    _bounds,
    form=forms.parts(forms.shape, forms.each(forms.number), forms.flag, forms.integer()),
    gives=_bounds_kind,
)


def _spans(bounds: np.ndarray, overlapping: bool) -> tuple[np.ndarray, np.ndarray]:
    """Each window's begin and end."""
    return bounds[:-1], np.minimum(bounds[1:] + 1, bounds[-1]) if overlapping else bounds[1:]


def _fractional_places(overlapping: bool, x: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    (row_begins, row_ends), (begins, ends) = (_spans(bounds, overlapping) for bounds in (rows, columns))
    numbers = np.arange(x.size).reshape(x.shape)
    best = np.empty((x.shape[0], len(row_begins), len(begins), x.shape[3]), np.int64)
    for i, (top, bottom) in enumerate(zip(row_begins, row_ends, strict=True)):
        for j, (left, right) in enumerate(zip(begins, ends, strict=True)):
            part = x[:, top:bottom, left:right].reshape(x.shape[0], -1, x.shape[3])
            own = numbers[:, top:bottom, left:right].reshape(part.shape)
            best[:, i, j] = np.take_along_axis(own, part.argmax(axis=1)[:, None], 1)[:, 0]
    return best


def _spans_kind(overlapping: bool, x: Kind, rows: Kind, columns: Kind) -> Kind:
    forms.dims(x, 4, 4)
    for bounds in (rows, columns):
        forms.integers(bounds)
        forms.dims(bounds, 1, 1)
    return Kind(np.int64, (x.shape[0], max(rows.size - 1, 0), max(columns.size - 1, 0), x.shape[3]))


_FRACTIONAL_PLACES = places_of(
    "largest_of_spans",
    _fractional_places,
    form=forms.flag,
    gives=_spans_kind,
)

_FRACTIONAL = """{what} of each of windows whose sizes are drawn at random, over height and width.

    Parameters
    ----------
    value : array_like
        Of shape (batch, height, width, channels).
    pooling_ratio : float or sequence of float
        How many times smaller to make height and width: one number, two, or one for each of four dimensions.
    pseudo_random : bool
        Whether the bounds are evenly spaced from a random begin, rather than the sizes shuffled.
    overlapping : bool
        Whether the first row and column of the next window count too.
    seed : int
        Of the draw; 0 for another draw each time.

    Returns
    -------
    output : Tensor
        With int(size / ratio) windows along height and width.
    row_pooling_sequence, col_pooling_sequence : Tensor
        The windows' bounds; no gradient passes.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where shape and ratio do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/{name}, after B. Graham, Fractional max-pooling (2014). The draws
    are NumPy's, not TensorFlow's; without a seed a recorded function draws anew at each replay.

    Examples
    --------
    >>> tf.nn.{name}(tf.ones((1, 5, 7, 2)), 1.4, seed=1).output.shape
    TensorShape([1, 3, 5, 2])
    """


def fractional_max_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> FractionalMaxPool:
    x, rows, columns = _fractions("fractional_max_pool", value, pooling_ratio, pseudo_random, seed)
    return FractionalMaxPool(chosen(x, _FRACTIONAL_PLACES([x, rows, columns], bool(overlapping))), rows, columns)


def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> FractionalAvgPool:
    x, rows, columns = _fractions("fractional_avg_pool", value, pooling_ratio, pseudo_random, seed)
    shares = [
        _SHARES([bounds], (int(n), bool(overlapping), np.dtype(x.dtype)))
        for bounds, n in zip((rows, columns), x.shape[1:3], strict=True)
    ]
    return FractionalAvgPool(einsum("ih,nhwc,jw->nijc", shares[0], x, shares[1]), rows, columns)


def _shares(attributes: Any, bounds: np.ndarray) -> np.ndarray:
    """What each element counts in the mean of each window."""
    n, overlapping, dtype = attributes
    begin, end = _spans(bounds, overlapping)
    inside = (np.arange(n) >= begin[:, None]) & (np.arange(n) < end[:, None])
    return (inside / (end - begin)[:, None]).astype(dtype)


def _shares_kind(attributes: Any, bounds: Kind) -> Kind:
    forms.dims(bounds, 1, 1)
    return Kind(attributes[2], (max(bounds.size - 1, 0), attributes[0]))


_SHARES = places_of(
    "shares_of_spans",
    _shares,
    form=forms.parts(forms.count, forms.flag, forms.dtype()),
    gives=_shares_kind,
)


fractional_max_pool.__doc__ = _FRACTIONAL.format(what="The largest element", name="fractional_max_pool")
fractional_avg_pool.__doc__ = _FRACTIONAL.format(what="The mean", name="fractional_avg_pool")

# ---------------------------------------------------------------------------------------------------------- morphology


def _dilation_places(attributes: Any, images: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """For each result: the number of the element, and of the filter's element beside it."""
    pads, *geometry = attributes
    width = [(0, 0), *pads, (0, 0)]
    values = np.pad(images, width, constant_values=-np.inf)
    numbers = np.pad(np.arange(images.size).reshape(images.shape), width)
    taken, places = (flat_windows(take_windows(a, (a.shape, *geometry)), 2) for a in (values, numbers))
    channels = images.shape[-1]
    best = (taken + weights.reshape(-1, channels)).argmax(axis=-2)
    own = np.take_along_axis(places, best[..., None, :], axis=-2)[..., 0, :]
    return np.stack([own, best * channels + np.arange(channels)])


def _dilation_kind(attributes: Any, images: Kind, weights: Kind) -> Kind:
    pads, sizes, *rest = attributes
    forms.dims(images, len(pads) + 2, len(pads) + 2)
    whole = windows_shape(padded_shape(pads, images), sizes, *rest)
    if len(sizes) != 2 or weights.shape != (*sizes, images.shape[-1]):
        raise ValueError(f"a filter of shape {weights.shape} for windows of {sizes}")
    return Kind(np.int64, (2, *whole[:3], whole[-1]))


_DILATION_PLACES = places_of(
    "largest_of_sums",
    _dilation_places,
    form=forms.parts(PADS, EACH, EACH, EACH),
    gives=_dilation_kind,
)


def dilation2d(
    input: Any,
    filters: Any,
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilations: Sequence[int],
    name: str | None = None,
) -> Tensor:
    """The largest sum of an element of a window and the filter's element beside it, over two dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels).
    filters : array_like
        Of shape (height, width, channels).
    strides : sequence of int
        The steps between windows, for all four dimensions.
    padding : {"SAME", "VALID"}
        What is padded (and does not count).
    data_format : {"NHWC"}
        Where the channels are.
    dilations : sequence of int
        The steps between elements of a window, for all four dimensions.

    Returns
    -------
    Tensor
        With the operand's channels.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/dilation2d. Of equal sums, the first has the gradient.

    Examples
    --------
    >>> x, f = tf.reshape(tf.range(4.), (1, 2, 2, 1)), tf.zeros((2, 2, 1))
    >>> print(tf.nn.dilation2d(x, f, [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1]).numpy().item())
    3.0
    """
    return _dilated("dilation2d", *_operands("dilation2d", input, filters), strides, padding, data_format, dilations)


def _dilated(
    function: str, images: Any, weights: Any, strides: Any, padding: str, data_format: str, dilations: Any
) -> Tensor:
    if data_format != "NHWC":
        raise ValueError(f"{function}: data_format {data_format!r} is not 'NHWC'")
    if len(weights.shape) != 3 or len(images.shape) != 4 or weights.shape[2] != images.shape[3]:
        raise ValueError(
            f"{function}: filters of shape {tuple(weights.shape)} do not fit an operand of shape {tuple(images.shape)}"
        )
    plan = _Plan(function, 2, images.shape, weights.shape[:2], strides, padding, dilations, data_format)
    places = _DILATION_PLACES([images, weights], (plan.pads, plan.sizes, plan.steps, plan.gaps))
    return add(chosen(images, places[0]), chosen(weights, places[1]))


def erosion2d(
    value: Any,
    filters: Any,
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilations: Sequence[int],
    name: str | None = None,
) -> Tensor:
    """The smallest difference of an element of a window and the turned filter's element beside it.

    Parameters
    ----------
    value : array_like
        Of shape (batch, height, width, channels).
    filters : array_like
        Of shape (height, width, channels).
    strides, padding, data_format, dilations : object
        As in `dilation2d`.

    Returns
    -------
    Tensor
        With the operand's channels.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/erosion2d

    Examples
    --------
    >>> x, f = tf.reshape(tf.range(4.), (1, 2, 2, 1)), tf.zeros((2, 2, 1))
    >>> bool(tf.nn.erosion2d(x, f, [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1])[0, 0, 0, 0] == 0.)
    True
    """
    images, weights = _operands("erosion2d", value, filters)
    turned = reverse(weights, [0, 1]) if len(weights.shape) == 3 else weights
    return negative(_dilated("erosion2d", negative(images), turned, strides, padding, data_format, dilations))
