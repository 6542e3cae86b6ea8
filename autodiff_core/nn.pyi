"""`nn`: activations, losses, convolutions and pooling, by TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from ._core import TensorLike
from .ops.nn import silu as _silu
from .ops.normalizing import local_response_normalization as _local_response_normalization
from .ops.pooling import FractionalAvgPool
from .ops.pooling import FractionalMaxPool
from .tensorflow import nn_experimental as _nn_experimental
from .tensorflow.candidates import CandidateSampler
from collections.abc import Sequence
from typing import Any
from .math import approx_max_k as approx_max_k
from .math import approx_min_k as approx_min_k
from .math import sigmoid as sigmoid
from .math import softplus as softplus
from .math import softsign as softsign
from .math import tanh as tanh
from .ops.blocks import space_to_batch as space_to_batch
from .ops.blocks import with_space_to_batch as with_space_to_batch
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
from .tensorflow.candidates import all_candidate_sampler as all_candidate_sampler
from .tensorflow.candidates import compute_accidental_hits as compute_accidental_hits
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

def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = ...,
    seed: int | None = None,
    name: str | None = None,
) -> CandidateSampler:
    """Draw classes by given weights.

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
    vocab_file : str
        A file with a line for each class that ends in a comma and its weight; instead of `unigrams`.
    distortion : float
        What weights are raised to.
    num_reserved_ids : int
        How many classes before those of the weights are never drawn.
    num_shards, shard : int
        Only every so many classes are drawn, from this one on.
    unigrams : sequence of float
        A weight for each class.
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
    https://www.tensorflow.org/api_docs/python/tf/random/fixed_unigram_candidate_sampler. The draws are NumPy's; a recorded function
    draws anew at each replay.

    Examples
    --------
    >>> tf.random.fixed_unigram_candidate_sampler([[0], [3]], 1, 4, True, 5, unigrams=[1, 2, 3, 4, 5]).sampled_candidates.shape
    TensorShape([4])
    """

def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> FractionalAvgPool:
    """The mean of each of windows whose sizes are drawn at random, over height and width.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/fractional_avg_pool, after B. Graham, Fractional max-pooling (2014). The draws
    are NumPy's, not TensorFlow's; without a seed a recorded function draws anew at each replay.

    Examples
    --------
    >>> tf.nn.fractional_avg_pool(tf.ones((1, 5, 7, 2)), 1.4, seed=1).output.shape
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
    """The largest element of each of windows whose sizes are drawn at random, over height and width.

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
    https://www.tensorflow.org/api_docs/python/tf/nn/fractional_max_pool, after B. Graham, Fractional max-pooling (2014). The draws
    are NumPy's, not TensorFlow's; without a seed a recorded function draws anew at each replay.

    Examples
    --------
    >>> tf.nn.fractional_max_pool(tf.ones((1, 5, 7, 2)), 1.4, seed=1).output.shape
    TensorShape([1, 3, 5, 2])
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

def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str | None = "nce_loss",
) -> Tensor:
    """Noise-contrastive estimation: whether each of the true classes and a few drawn ones is true.

    Parameters
    ----------
    weights : array_like
        Of shape (classes, features): a row for each class.
    biases : array_like
        Of shape (classes,).
    labels : array_like of int
        The true classes, of shape (batch, num_true).
    inputs : array_like
        Of shape (batch, features).
    num_sampled : int
        How many classes are drawn.
    num_classes : int
        How many classes there are.
    num_true : int
        How many true classes an example has.
    sampled_values : tuple, optional
        What one of the samplers gave; by default that of `tf.random.log_uniform_candidate_sampler`.
    remove_accidental_hits : bool
        Whether drawn classes that are true ones do not count.

    Returns
    -------
    Tensor
        A loss for each example.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/nce_loss. The gradients of variables as weights and biases are
    `IndexedSlices`.

    Examples
    --------
    >>> w, b, x = tf.ones((3, 2)), tf.zeros(3), tf.ones((1, 2))
    >>> drawn = tf.random.all_candidate_sampler([[1]], 1, 3, True)
    >>> print(tf.nn.nce_loss(w, b, [[1]], x, 3, 3, sampled_values=drawn, remove_accidental_hits=True))
    Tensor([4.380784], shape=(1,), dtype=float32)
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

def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: int | None = None,
    name: str | None = "sampled_softmax_loss",
) -> Tensor:
    """Cross-entropy of a softmax over the true classes and a few drawn ones, in place of all.

    Parameters
    ----------
    weights : array_like
        Of shape (classes, features): a row for each class.
    biases : array_like
        Of shape (classes,).
    labels : array_like of int
        The true classes, of shape (batch, num_true).
    inputs : array_like
        Of shape (batch, features).
    num_sampled : int
        How many classes are drawn.
    num_classes : int
        How many classes there are.
    num_true : int
        How many true classes an example has.
    sampled_values : tuple, optional
        What one of the samplers gave; by default that of `tf.random.log_uniform_candidate_sampler`.
    remove_accidental_hits : bool
        Whether drawn classes that are true ones do not count.
    seed : int, optional
        Of the draw.

    Returns
    -------
    Tensor
        A loss for each example.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/sampled_softmax_loss. The gradients of variables as weights and biases are
    `IndexedSlices`.

    Examples
    --------
    >>> w, b, x = tf.ones((3, 2)), tf.zeros(3), tf.ones((1, 2))
    >>> drawn = tf.random.all_candidate_sampler([[1]], 1, 3, True)
    >>> print(tf.nn.sampled_softmax_loss(w, b, [[1]], x, 3, 3, sampled_values=drawn, remove_accidental_hits=True))
    Tensor([1.0986123], shape=(1,), dtype=float32)
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
