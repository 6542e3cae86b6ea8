"""Convolutions that other ones are a case of: dilated, of any number of dimensions, and the derivatives' own names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .filters import convolved_filters, convolved_operand
from .shaping import _sizes, reshape
from .window_geometry import out_sizes
from .windows import _convolved, _convolved_back, _operands, _Plan


def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: str, name: str | None = None) -> Tensor:
    """Convolution over two dimensions by dilated filters.

    Parameters
    ----------
    value : array_like
        Of shape (batch, height, width, channels).
    filters : array_like
        Of shape (height, width, channels, out).
    rate : int or sequence of int
        The steps between elements of a window.
    padding : {"SAME", "VALID"}
        What is padded with zeros.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/atrous_conv2d

    Examples
    --------
    >>> tf.nn.atrous_conv2d(tf.ones((1, 5, 5, 3)), tf.ones((2, 2, 3, 4)), 2, "VALID").shape
    TensorShape([1, 3, 3, 4])
    """
    return _convolved("atrous_conv2d", 2, value, filters, 1, padding, None, rate)


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: Any, padding: str, name: str | None = None
) -> Tensor:
    """The transpose of a convolution over two dimensions by dilated filters.

    Parameters
    ----------
    value : array_like
        Of shape (batch, height, width, channels).
    filters : array_like
        Of shape (height, width, out, channels).
    output_shape : sequence of int
        The result's shape.
    rate : int or sequence of int
        The steps between elements of a window.
    padding : {"SAME", "VALID"}
        What the convolution pads with zeros.

    Returns
    -------
    Tensor
        Of shape `output_shape`.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/atrous_conv2d_transpose

    Examples
    --------
    >>> x, filters = tf.ones((1, 3, 3, 4)), tf.ones((2, 2, 3, 4))
    >>> tf.nn.atrous_conv2d_transpose(x, filters, (1, 5, 5, 3), 2, "VALID").shape
    TensorShape([1, 5, 5, 3])
    """
    return _convolved_back("atrous_conv2d_transpose", 2, value, filters, output_shape, 1, padding, None, rate)


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution over as many dimensions as the filters say, one to three.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, channels), or as `data_format` says.
    filters : array_like
        Of shape (*space, out, channels).
    output_shape : sequence of int
        The result's shape.
    strides, padding, data_format, dilations : object
        As in `conv2d_transpose`.

    Returns
    -------
    Tensor
        Of shape `output_shape`.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv_transpose

    Examples
    --------
    >>> tf.nn.conv_transpose(tf.ones((1, 2, 3)), tf.ones((2, 4, 3)), (1, 4, 4), 2).shape
    TensorShape([1, 4, 4])
    """
    dims = _core.operand(filters).ndim - 2
    if dims not in (1, 2, 3):
        raise ValueError(f"conv_transpose: filters must have 3 to 5 dimensions, not shape {np.shape(filters)}")
    return _convolved_back(
        "conv_transpose", dims, input, filters, output_shape, strides, padding, data_format, dilations
    )


def conv(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Sequence[int] = (),
    data_format: str = "CHANNELS_LAST",
    dilations: Any = (),
    batch_dims: int = 1,
    groups: int = 1,
    name: str | None = None,
) -> Tensor:
    """Convolution over as many dimensions as the filters say, one to three, of one or more dimensions of the batch.

    Parameters
    ----------
    input : array_like
        Of shape (*batch, *space, channels), or (*batch, channels, *space).
    filter : array_like
        Of shape (*space, channels / groups, out).
    strides : sequence of int
        The steps between windows, for all dimensions, of which those of batch and channels are one.
    padding : {"SAME", "VALID", "EXPLICIT"}
        What is padded with zeros: as much as is needed, nothing, or `explicit_paddings`.
    explicit_paddings : sequence of int
        How many before and behind each dimension, one number after the other.
    data_format : {"CHANNELS_LAST", "CHANNELS_FIRST"}
        Where the channels are.
    dilations : sequence of int
        The steps between elements of a window, for all dimensions; one by default.
    batch_dims : int
        How many dimensions the batch has.
    groups : int
        Into how many groups the channels are split, each with filters of its own.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/conv

    Examples
    --------
    >>> tf.conv(tf.ones((1, 5, 5, 3)), tf.ones((2, 2, 3, 4)), [1, 1, 1, 1], "VALID").shape
    TensorShape([1, 4, 4, 4])
    """
    images, weights = _operands("conv", input, filter)
    dims, shape = len(weights.shape) - 2, tuple(images.shape)
    if dims not in (1, 2, 3) or batch_dims < 1 or len(shape) != dims + 1 + batch_dims:
        raise ValueError(
            f"conv: an operand of shape {shape} with {batch_dims} dimensions of the batch does not fit filters of "
            f"shape {tuple(weights.shape)}"
        )
    if data_format not in ("CHANNELS_LAST", "CHANNELS_FIRST"):
        raise ValueError(f"conv: data_format {data_format!r} is neither 'CHANNELS_LAST' nor 'CHANNELS_FIRST'")
    first = data_format == "CHANNELS_FIRST"
    channels = shape[batch_dims] if first else shape[-1]
    groups = _core.integer(groups)
    if groups < 1 or weights.shape[-2] * groups != channels:
        raise ValueError(
            f"conv: {channels} channels in {groups} groups do not fit filters of shape {tuple(weights.shape)}"
        )
    letters = {1: "W", 2: "HW", 3: "DHW"}[dims]
    layout = f"NC{letters}" if first else f"N{letters}C"
    drop = batch_dims - 1  # strides and their like have a number for each of the batch's dimensions
    steps = _sizes(strides)[drop:]
    gaps = _sizes(dilations)[drop:] if len(dilations) else None
    pads: Any = padding
    if padding == "EXPLICIT":
        pads = np.asarray(explicit_paddings, np.int64).reshape(-1, 2)[drop:].tolist()
    lead = shape[:batch_dims]
    merged = reshape(images, (int(np.prod(lead, dtype=np.intp)), *shape[batch_dims:]))
    result = _convolved("conv", dims, merged, weights, steps, pads, layout, gaps)
    return reshape(result, (*lead, *tuple(result.shape)[1:]))


# ------------------------------------------------------------------------------------------- derivatives by their names


def _depthwise(function: str, shape: Any, sizes: Any, strides: Any, padding: Any, data_format: Any, gaps: Any) -> _Plan:
    if len(sizes) != 4:
        raise ValueError(f"{function}: filters must have 4 dimensions, not shape {tuple(sizes)}")
    plan = _Plan(function, 2, shape, sizes[:2], strides, padding, gaps, data_format)
    channels = shape[1] if plan.first else shape[-1]
    if channels != sizes[2]:
        raise ValueError(f"{function}: {channels} channels of the operand do not fit filters of shape {tuple(sizes)}")
    return plan


def _cotangent(function: str, plan: _Plan, out_backprop: Any, whole: Any, channels: int, times: int) -> Any:
    """The cotangent with its channels behind."""
    g = plan.last(_core.operand(out_backprop))
    places = (whole[0], *out_sizes((whole, plan.sizes, plan.steps, plan.gaps)))
    if tuple(g.shape) != (*places, channels * times):
        raise ValueError(
            f"{function}: out_backprop of shape {tuple(np.shape(out_backprop))} is not that of the convolution's "
            f"result, {places} and {channels * times} channels"
        )
    return g


def depthwise_conv2d_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for its operand.

    Parameters
    ----------
    input_sizes : sequence of int
        The operand's shape.
    filter : array_like
        Of shape (height, width, channels, multiplier).
    out_backprop : array_like
        The gradient for the convolution's result.
    strides, padding, data_format, dilations : object
        As in `depthwise_conv2d`.

    Returns
    -------
    Tensor
        Of shape `input_sizes`.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/depthwise_conv2d_backprop_input

    Examples
    --------
    >>> g, f = tf.ones((1, 2, 2, 1)), tf.ones((2, 2, 1, 1))
    >>> print(tf.nn.depthwise_conv2d_backprop_input([1, 3, 3, 1], f, g, [1, 1, 1, 1], "VALID")[0, :, :, 0].numpy())
    [[1. 2. 1.]
     [2. 4. 2.]
     [1. 2. 1.]]
    """
    function = "depthwise_conv2d_backprop_input"
    (weights, out_backprop), shape = _core.operands(filter, out_backprop), _sizes(input_sizes)
    plan = _depthwise(function, shape, tuple(weights.shape), strides, padding, data_format, dilations)
    channels, times = weights.shape[2:]
    whole = (shape[0], *plan.padded, channels)
    g = _cotangent(function, plan, out_backprop, whole, channels, times)
    filters = reshape(weights, (*plan.sizes, 1, channels * times))
    return plan.back(convolved_operand(g, filters, plan.attributes(channels)))


def depthwise_conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for its filters.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    filter_sizes : sequence of int
        The filters' shape.
    out_backprop : array_like
        The gradient for the convolution's result.
    strides, padding, data_format, dilations : object
        As in `depthwise_conv2d`.

    Returns
    -------
    Tensor
        Of shape `filter_sizes`.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/depthwise_conv2d_backprop_filter

    Examples
    --------
    >>> x, g = tf.reshape(tf.range(4.), (1, 2, 2, 1)), tf.ones((1, 2, 1, 1))
    >>> print(tf.nn.depthwise_conv2d_backprop_filter(x, [1, 2, 1, 1], g, [1, 1, 1, 1], "VALID")[0, :, 0, 0])
    Tensor([2. 4.], shape=(2,), dtype=float32)
    """
    function = "depthwise_conv2d_backprop_filter"
    (images, out_backprop), sizes = _core.operands(input, out_backprop), _sizes(filter_sizes)
    plan = _depthwise(function, tuple(images.shape), sizes, strides, padding, data_format, dilations)
    images = plan.last(images)
    channels, times = sizes[2:]
    whole = (images.shape[0], *plan.padded, channels)
    g = _cotangent(function, plan, out_backprop, whole, channels, times)
    return reshape(convolved_filters(images, g, plan.attributes(channels)), (*plan.sizes, channels, times))
