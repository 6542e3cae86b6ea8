"""`nn`: activations, losses, convolutions and pooling, by TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from ._core import TensorLike
from .ops.nn import silu as _silu
from .ops.normalizing import local_response_normalization as _local_response_normalization
from .tensorflow import nn_experimental as _nn_experimental
from typing import Any
from .math import sigmoid as sigmoid
from .math import softplus as softplus
from .math import softsign as softsign
from .math import tanh as tanh
from .ops.approximate import approx_max_k as approx_max_k
from .ops.approximate import approx_min_k as approx_min_k
from .ops.blocks import space_to_batch as space_to_batch
from .ops.blocks import with_space_to_batch as with_space_to_batch
from .ops.candidates import all_candidate_sampler as all_candidate_sampler
from .ops.candidates import compute_accidental_hits as compute_accidental_hits
from .ops.candidates import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from .ops.candidates import nce_loss as nce_loss
from .ops.candidates import sampled_softmax_loss as sampled_softmax_loss
from .ops.convolution_spellings import atrous_conv2d as atrous_conv2d
from .ops.convolution_spellings import atrous_conv2d_transpose as atrous_conv2d_transpose
from .ops.convolution_spellings import conv_transpose as conv_transpose
from .ops.convolution_spellings import depthwise_conv2d_backprop_filter as depthwise_conv2d_backprop_filter
from .ops.convolution_spellings import depthwise_conv2d_backprop_input as depthwise_conv2d_backprop_input
from .ops.counting import in_top_k as in_top_k
from .ops.counting import zero_fraction as zero_fraction
from .ops.ctc import collapse_repeated as collapse_repeated
from .ops.ctc import ctc_beam_search_decoder as ctc_beam_search_decoder
from .ops.ctc import ctc_greedy_decoder as ctc_greedy_decoder
from .ops.ctc import ctc_loss as ctc_loss
from .ops.ctc import ctc_unique_labels as ctc_unique_labels
from .ops.nn import gelu as gelu
from .ops.nn import l2_loss as l2_loss
from .ops.nn import l2_normalize as l2_normalize
from .ops.nn import leaky_relu as leaky_relu
from .ops.nn import log_softmax as log_softmax
from .ops.nn import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from .ops.nn import silu as silu
from .ops.nn import softmax as softmax
from .ops.nn import softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits
from .ops.nn import sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits
from .ops.normalizing import batch_normalization as batch_normalization
from .ops.normalizing import bias_add as bias_add
from .ops.normalizing import crelu as crelu
from .ops.normalizing import depth_to_space as depth_to_space
from .ops.normalizing import dropout as dropout
from .ops.normalizing import local_response_normalization as local_response_normalization
from .ops.normalizing import log_poisson_loss as log_poisson_loss
from .ops.normalizing import moments as moments
from .ops.normalizing import space_to_depth as space_to_depth
from .ops.normalizing import weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits
from .ops.normalizing import weighted_moments as weighted_moments
from .ops.ordering import top_k as top_k
from .ops.pooling import dilation2d as dilation2d
from .ops.pooling import erosion2d as erosion2d
from .ops.pooling import fractional_avg_pool as fractional_avg_pool
from .ops.pooling import fractional_max_pool as fractional_max_pool
from .ops.pooling import max_pool_with_argmax as max_pool_with_argmax
from .ops.pooling import pool as pool
from .ops.statistics import batch_norm_with_global_normalization as batch_norm_with_global_normalization
from .ops.statistics import compute_average_loss as compute_average_loss
from .ops.statistics import isotonic_regression as isotonic_regression
from .ops.statistics import normalize_moments as normalize_moments
from .ops.statistics import scale_regularization_loss as scale_regularization_loss
from .ops.statistics import sufficient_statistics as sufficient_statistics
from .ops.windows import avg_pool as avg_pool
from .ops.windows import convolution as convolution
from .ops.windows import depthwise_conv2d as depthwise_conv2d
from .ops.windows import max_pool as max_pool
from .ops.windows import separable_conv2d as separable_conv2d
from .tensorflow.embedding import embedding_lookup as embedding_lookup

def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The mean of each window, over one dimension.

    Parameters
    ----------
    input : array_like
        Of shape (batch, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NWC", "NCW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/avg_pool1d

    Examples
    --------
    >>> tf.nn.avg_pool1d(tf.ones((1, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3])
    """

def avg_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The mean of each window, over two dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NHWC", "NCHW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/avg_pool2d

    Examples
    --------
    >>> tf.nn.avg_pool2d(tf.ones((1, 5, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3, 3])
    """

def avg_pool3d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The mean of each window, over three dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, depth, height, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NDHWC", "NCDHW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/avg_pool3d

    Examples
    --------
    >>> tf.nn.avg_pool3d(tf.ones((1, 5, 5, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3, 3, 3])
    """

def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution over one dimension, without turning the filters round.

    Parameters
    ----------
    input : array_like
        Of shape (batch, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (width, channels, out).
    stride : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NWC", "NCW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv1d

    Examples
    --------
    >>> tf.nn.conv1d(tf.ones((1, 5, 3)), tf.ones((2, 3, 4)), 2, "VALID").shape
    TensorShape([1, 2, 4])
    """

def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution over one dimension: each element spread over a window, and added up.

    Parameters
    ----------
    input : array_like
        Of shape (batch, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (width, out, channels).
    output_shape : sequence of int
        The result's shape.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NWC", "NCW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        Of shape `output_shape`.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv1d_transpose

    Examples
    --------
    >>> tf.nn.conv1d_transpose(tf.ones((1, 2, 3)), tf.ones((3, 1, 3)), (1, 4, 1), 2).shape
    TensorShape([1, 4, 1])
    """

def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution over two dimensions, without turning the filters round.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (height, width, channels, out).
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NHWC", "NCHW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv2d

    Examples
    --------
    >>> tf.nn.conv2d(tf.ones((1, 5, 5, 3)), tf.ones((2, 2, 3, 4)), 2, "VALID").shape
    TensorShape([1, 2, 2, 4])
    """

def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution over two dimensions: each element spread over a window, and added up.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (height, width, out, channels).
    output_shape : sequence of int
        The result's shape.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NHWC", "NCHW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        Of shape `output_shape`.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv2d_transpose

    Examples
    --------
    >>> tf.nn.conv2d_transpose(tf.ones((1, 2, 2, 3)), tf.ones((3, 3, 1, 3)), (1, 4, 4, 1), 2).shape
    TensorShape([1, 4, 4, 1])
    """

def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution over three dimensions, without turning the filters round.

    Parameters
    ----------
    input : array_like
        Of shape (batch, depth, height, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (depth, height, width, channels, out).
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NDHWC", "NCDHW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv3d

    Examples
    --------
    >>> tf.nn.conv3d(tf.ones((1, 5, 5, 5, 3)), tf.ones((2, 2, 2, 3, 4)), 2, "VALID").shape
    TensorShape([1, 2, 2, 2, 4])
    """

def conv3d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of a convolution over three dimensions: each element spread over a window, and added up.

    Parameters
    ----------
    input : array_like
        Of shape (batch, depth, height, width, channels), or as `data_format` says.
    filters : array_like
        Of shape (depth, height, width, out, channels).
    output_shape : sequence of int
        The result's shape.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NDHWC", "NCDHW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        Of shape `output_shape`.

    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/conv3d_transpose

    Examples
    --------
    >>> tf.nn.conv3d_transpose(tf.ones((1, 2, 2, 2, 3)), tf.ones((3, 3, 3, 1, 3)), (1, 4, 4, 4, 1), 2).shape
    TensorShape([1, 4, 4, 4, 1])
    """

def elu(features: TensorLike, name: str | None = None) -> Tensor:
    """x above 0, exp(x) - 1 below, elementwise.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/elu

    Examples
    --------
    >>> print(tf.nn.elu([-1.0, 2.0]).numpy().round(4))
    [-0.6321  2.    ]
    """

def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The largest element of each window, over one dimension.

    Parameters
    ----------
    input : array_like
        Of shape (batch, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NWC", "NCW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/max_pool1d. Of equal elements, the first has the gradient.

    Examples
    --------
    >>> tf.nn.max_pool1d(tf.ones((1, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3])
    """

def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The largest element of each window, over two dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NHWC", "NCHW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/max_pool2d. Of equal elements, the first has the gradient.

    Examples
    --------
    >>> tf.nn.max_pool2d(tf.ones((1, 5, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3, 3])
    """

def max_pool3d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The largest element of each window, over three dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, depth, height, width, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    strides : int or sequence of int
        The steps between windows.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded (and does not count): as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NDHWC", "NCDHW"}, optional
        Where the channels are.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/max_pool3d. Of equal elements, the first has the gradient.

    Examples
    --------
    >>> tf.nn.max_pool3d(tf.ones((1, 5, 5, 5, 3)), 2, 2, "SAME").shape
    TensorShape([1, 3, 3, 3, 3])
    """

def relu(features: TensorLike, name: str | None = None) -> Tensor:
    """max(x, 0), elementwise; its slope at 0 is 0.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/relu

    Examples
    --------
    >>> print(tf.nn.relu([-1.0, 2.0]).numpy().round(4))
    [0. 2.]
    """

def relu6(features: TensorLike, name: str | None = None) -> Tensor:
    """min(max(x, 0), 6), elementwise.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/relu6

    Examples
    --------
    >>> print(tf.nn.relu6([-1.0, 7.0]).numpy().round(4))
    [0. 6.]
    """

def selu(features: TensorLike, name: str | None = None) -> Tensor:
    """The scaled exponential linear unit, elementwise.

    Parameters
    ----------
    features : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/selu

    Examples
    --------
    >>> print(tf.nn.selu([-1.0, 2.0]).numpy().round(4))
    [-1.1113  2.1014]
    """

experimental = _nn_experimental
lrn = _local_response_normalization
swish = _silu
