"""Moments, normalisation and losses of networks, made of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .elementwise import exp, log, multiply, rsqrt, softplus, square, subtract
from .elementwise import pow as _pow
from .elementwise import relu as _relu
from .elementwise import select as _select
from .forms import Kind
from .picking import places_of
from .reductions import reduce_mean, reduce_sum
from .shaping import concat, pad, reshape, squeeze, transpose
from .windows import _windows


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axes : int or sequence of int
        The axes to go over.
    shift : object
        Without effect.
    keepdims : bool
        Whether these axes stay, with length 1.

    Returns
    -------
    mean, variance : Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/moments

    Examples
    --------
    >>> mean, variance = tf.nn.moments([[1., 3.], [5., 7.]], axes=[0])
    >>> mean.numpy().tolist(), variance.numpy().tolist()
    ([3.0, 5.0], [4.0, 4.0])
    """
    given = _core.operand(x)
    operand = _core.widened(given)
    mean = reduce_mean(operand, axes, True)
    variance = reduce_mean(square(subtract(operand, mean)), axes, True)
    mean, variance = _core.narrowed(mean, given), _core.narrowed(variance, given)
    if keepdims:
        return mean, variance
    gone = [axes] if isinstance(axes, (int, np.integer)) else list(axes)
    return squeeze(mean, gone), squeeze(variance, gone)


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes of elements that count differently.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axes : int or sequence of int
        The axes to go over.
    frequency_weights : array_like
        What each element counts; broadcasts with x.
    keepdims : bool
        Whether these axes stay, with length 1.

    Returns
    -------
    mean, variance : Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/weighted_moments

    Examples
    --------
    >>> mean, variance = tf.nn.weighted_moments([1., 4.], [0], [2., 1.])
    >>> float(mean), float(variance)
    (2.0, 2.0)
    """
    given, frequency_weights = _core.operands(x, frequency_weights)
    operand, frequency_weights = _core.widened(given), _core.widened(frequency_weights)
    weights = multiply(frequency_weights, _core.to_tensor(np.ones(operand.shape, operand.dtype)))
    total = reduce_sum(weights, axes, True)
    mean = reduce_sum(multiply(weights, operand), axes, True) / total
    variance = reduce_sum(multiply(weights, square(subtract(operand, mean))), axes, True) / total
    mean, variance = _core.narrowed(mean, given), _core.narrowed(variance, given)
    if keepdims:
        return mean, variance
    gone = [axes] if isinstance(axes, (int, np.integer)) else list(axes)
    return squeeze(mean, gone), squeeze(variance, gone)


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Tensor:
    """Less the mean, by the root of the variance, scaled and moved.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    mean, variance : array_like
        They broadcast with x, as `moments` gives them.
    offset, scale : array_like or None
        What is added behind, and the factor before it.
    variance_epsilon : float
        Added to the variance.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/batch_normalization. With `moments`
    over the axes of one example, or of one channel, it is a layer or an instance normalisation.

    Examples
    --------
    >>> tf.nn.batch_normalization([1., 5.], 3., 4., None, 2., 0.)
    <Tensor: shape=(2,), dtype=float32, numpy=array([-2.,  2.], dtype=float32)>
    """
    operand = _core.operand(x)
    factor = rsqrt(_like(variance, operand) + variance_epsilon)
    factor = factor if scale is None else multiply(factor, scale)
    result = multiply(subtract(operand, mean), factor)
    return result if offset is None else result + offset


def _like(value: Any, x: Any) -> Any:
    return value if isinstance(value, (_core.Operand, np.ndarray)) else _core.operand_like(value, x)


def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: int | None = None, name: str | None = None) -> Tensor:
    """Elements set to zero at random, the others scaled up so that the sum is expected to stay.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    rate : float
        The share that is dropped, from 0 and below 1.
    noise_shape : sequence of int, optional
        A shape that broadcasts to the operand's: what is drawn together.
    seed : int, optional
        For the same draw again.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For another rate.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/dropout

    Examples
    --------
    >>> print(tf.nn.dropout([1., 2.], rate=0.))
    Tensor([1. 2.], shape=(2,), dtype=float32)
    """
    from .drawing import draw  # loaded when first used

    operand = _core.operand(x)
    known = not isinstance(rate, _core.Operand)
    if known and not 0 <= rate < 1:
        raise ValueError(f"dropout: rate must be from 0 and below 1, not {rate!r}")
    if known and rate == 0:
        return _core.identity_tensor(operand)
    shape = tuple(operand.shape) if noise_shape is None else tuple(noise_shape)
    drawn = draw("uniform", seed, tuple(_core.integers(shape)), _core.default_float(), 1, 0)
    return multiply(operand, _KEPT([drawn, rate], np.dtype(operand.dtype)))


def _kept(dtype: Any, drawn: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """What elements are multiplied by: zero, or what makes up for the others."""
    if not 0 <= rate < 1:
        raise ValueError(f"dropout: rate must be from 0 and below 1, not {rate!r}")
    return ((drawn >= rate) / (1.0 - rate)).astype(dtype)


_KEPT = places_of(
    "dropout_factors",
    _kept,
    raises=True,
    form=forms.dtype("fc"),
    gives=lambda dtype, drawn, rate: Kind(dtype, forms.broadcast(drawn, rate)),
)


def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Tensor:
    """Cross entropy of probabilities against sigmoid(logits), elementwise, positive ones weighted.

    Parameters
    ----------
    labels : array_like
        Probabilities.
    logits : array_like
        Of a float dtype and the labels' shape.
    pos_weight : array_like
        What positive labels count.

    Returns
    -------
    Tensor
        Of the logits' shape and dtype.

    Raises
    ------
    ValueError
        Where the shapes differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/weighted_cross_entropy_with_logits

    Examples
    --------
    >>> tf.nn.weighted_cross_entropy_with_logits([1.], [0.], 2.)
    <Tensor: shape=(1,), dtype=float32, numpy=array([1.3862944], dtype=float32)>
    """
    x, z, pos_weight = _core.operands(logits, labels, pos_weight)
    z = _core.to_dtype(z, x.dtype)
    if tuple(x.shape) != tuple(z.shape):
        raise ValueError(
            f"weighted_cross_entropy_with_logits: labels of shape {tuple(z.shape)} and logits of shape "
            f"{tuple(x.shape)} must be of one shape"
        )
    weight = 1.0 + (_like(pos_weight, x) - 1.0) * z
    return (1.0 - z) * x + weight * softplus(-x)


def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Tensor:
    """exp(x) - targets * x: the log-likelihood of counts, but for a constant, and negative.

    Parameters
    ----------
    targets : array_like
        Counts, of the input's shape.
    log_input : array_like
        Logarithms of the rates.
    compute_full_loss : bool
        Whether Stirling's approximation of the constant is added.

    Returns
    -------
    Tensor
        Of the operands' shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/log_poisson_loss

    Examples
    --------
    >>> tf.nn.log_poisson_loss([2.], [0.])
    <Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    x, targets = _core.operands(log_input, targets)
    z = _like(targets, x)
    loss = exp(x) - z * x
    if not compute_full_loss:
        return loss
    positive = (z > 1.0) if isinstance(z, _core.Operand) else _core.to_tensor(np.asarray(z) > 1.0)
    safe = _select(positive, z, 1.0)
    stirling = safe * log(safe) - safe + 0.5 * log(2.0 * np.pi * safe)
    return loss + _select(positive, stirling, 0.0)


def crelu(features: Any, axis: int = -1, name: str | None = None) -> Tensor:
    """relu of x and of -x, joined along an axis.

    Parameters
    ----------
    features : array_like
        Of a float dtype.
    axis : int
        The axis to join along.

    Returns
    -------
    Tensor
        Twice as long along the axis.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/crelu

    Examples
    --------
    >>> tf.nn.crelu([-1., 2.])
    <Tensor: shape=(4,), dtype=float32, numpy=array([0., 2., 1., 0.], dtype=float32)>
    """
    x = _core.operand(features)
    return _relu(concat([x, -x], axis))


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """A number added to each channel.

    Parameters
    ----------
    value : array_like
        Of two dimensions at least.
    bias : array_like
        Of one dimension: a number a channel.
    data_format : str, optional
        Where the channels are: second if it begins with "NC", else last.

    Returns
    -------
    Tensor
        Of the value's shape.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/bias_add

    Examples
    --------
    >>> print(tf.nn.bias_add([[1., 2.]], [10., 20.]))
    Tensor([[11. 22.]], shape=(1, 2), dtype=float32)
    """
    x, bias = _core.operands(value, bias)
    b = _core.operand(_like(bias, x))
    at = 1 if data_format is not None and data_format.startswith("NC") else len(x.shape) - 1
    if len(b.shape) != 1 or len(x.shape) < 2 or b.shape[0] != x.shape[at]:
        raise ValueError(f"bias_add: a bias of shape {tuple(b.shape)} does not fit a value of shape {tuple(x.shape)}")
    return x + reshape(b, [-1] + [1] * (len(x.shape) - at - 1))


def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5, name: str | None = None
) -> Tensor:
    """Divided by a power of the squares in neighbouring channels.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels).
    depth_radius : int
        How many channels on either side.
    bias, alpha, beta : float
        The divisor is (bias + alpha * squares) ** beta.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        For another number of dimensions.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/local_response_normalization

    Examples
    --------
    >>> tf.nn.local_response_normalization(tf.ones((1, 1, 1, 3)), 1).numpy().round(3).ravel().tolist()
    [0.5770000219345093, 0.5, 0.5770000219345093]
    """
    x = _core.operand(input)
    if len(x.shape) != 4:
        raise ValueError(f"local_response_normalization: takes 4 dimensions, not shape {tuple(x.shape)}")
    channels = x.shape[-1]
    rows = reshape(square(x), (-1, channels, 1))
    radius = _core.integer(depth_radius)
    windows = _windows(pad(rows, [(0, 0), (radius, radius), (0, 0)]), (2 * radius + 1,), (1,), (1,))
    sums = reshape(reduce_sum(windows, (2, 3)), x.shape)
    return x * _pow(bias + alpha * sums, -beta)


def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Tensor:
    """Blocks of height and width laid out as channels.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    block_size : int
        It divides height and width.
    data_format : {"NHWC", "NCHW"}
        Where the channels are.

    Returns
    -------
    Tensor
        With block_size squared times the channels.

    Raises
    ------
    ValueError
        Where the shape does not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/space_to_depth

    Examples
    --------
    >>> tf.nn.space_to_depth(tf.ones((1, 4, 6, 3)), 2).shape
    TensorShape([1, 2, 3, 12])
    """
    x = _channels_behind("space_to_depth", input, data_format)
    n, h, w, c = x.shape
    b = _core.integer(block_size)
    if h % b or w % b:
        raise ValueError(f"space_to_depth: blocks of {b} do not divide height {h} and width {w}")
    blocks = transpose(reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    result = reshape(blocks, (n, h // b, w // b, b * b * c))
    return transpose(result, (0, 3, 1, 2)) if data_format == "NCHW" else result


def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Tensor:
    """Channels laid out as blocks of height and width.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    block_size : int
        Its square divides the channels.
    data_format : {"NHWC", "NCHW"}
        Where the channels are.

    Returns
    -------
    Tensor
        With block_size times the height and the width.

    Raises
    ------
    ValueError
        Where the shape does not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/depth_to_space

    Examples
    --------
    >>> tf.nn.depth_to_space(tf.ones((1, 2, 3, 12)), 2).shape
    TensorShape([1, 4, 6, 3])
    """
    x = _channels_behind("depth_to_space", input, data_format)
    n, h, w, c = x.shape
    b = _core.integer(block_size)
    if c % (b * b):
        raise ValueError(f"depth_to_space: blocks of {b} do not divide {c} channels")
    blocks = transpose(reshape(x, (n, h, w, b, b, c // (b * b))), (0, 1, 3, 2, 4, 5))
    result = reshape(blocks, (n, h * b, w * b, c // (b * b)))
    return transpose(result, (0, 3, 1, 2)) if data_format == "NCHW" else result


def _channels_behind(function: str, input: Any, data_format: str) -> Any:
    x = _core.operand(input)
    if len(x.shape) != 4 or data_format not in ("NHWC", "NCHW"):
        raise ValueError(
            f"{function}: takes 4 dimensions, NHWC or NCHW, not shape {tuple(x.shape)} and {data_format!r}"
        )
    return transpose(x, (0, 2, 3, 1)) if data_format == "NCHW" else x
