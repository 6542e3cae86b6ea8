"""What Keras asks of a backend for neural networks: activations, convolutions, pooling, losses, normalisation and
attention, in terms of `tf` and `tf.nn`. Keras's arguments (sizes as a number or one each, `channels_first`, `same`) are
turned into ours here; what is computed, and its derivatives, are rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras.src import backend
from keras.src.backend.common.backend_utils import (
    check_conv_input_channels,
    check_conv_transpose_input_channels,
    compute_conv_transpose_padding_args_for_jax,
)

import autodiff_core as tf

from .dtypes import result_type, standardize_dtype
from .tensors import cast, convert_to_tensor, floating

# ------------------------------------------------------------------------------------------------------- activations


def relu(x: Any) -> Any:
    x = convert_to_tensor(x)
    return tf.nn.relu(x) if x.dtype.kind == "f" else tf.maximum(x, tf.zeros_like(x))


def relu6(x: Any) -> Any:
    x = convert_to_tensor(x)
    return tf.nn.relu6(x) if x.dtype.kind == "f" else tf.clip_by_value(x, 0, 6)


def sigmoid(x: Any) -> Any:
    return tf.sigmoid(floating(x))


def sparse_sigmoid(x: Any) -> Any:
    return tf.clip_by_value(0.5 * (floating(x) + 1.0), 0.0, 1.0)


def tanh(x: Any) -> Any:
    return tf.tanh(floating(x))


def tanh_shrink(x: Any) -> Any:
    x = floating(x)
    return x - tf.tanh(x)


def softplus(x: Any) -> Any:
    return tf.nn.softplus(floating(x))


def softsign(x: Any) -> Any:
    return tf.nn.softsign(floating(x))


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    x = floating(x)
    return x - tf.clip_by_value(x, -threshold, threshold)


def sparse_plus(x: Any) -> Any:
    x = floating(x)
    return tf.where(x <= -1.0, tf.zeros_like(x), tf.where(x < 1.0, 0.25 * tf.square(x + 1.0), x))


def silu(x: Any) -> Any:
    return tf.nn.silu(floating(x))


def squareplus(x: Any, b: Any = 4) -> Any:
    x = floating(x)
    return 0.5 * (x + tf.sqrt(tf.square(x) + cast(b, x.dtype)))


def log_sigmoid(x: Any) -> Any:
    return tf.math.log_sigmoid(floating(x))


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    return tf.nn.leaky_relu(floating(x), negative_slope)


def hard_sigmoid(x: Any) -> Any:
    return tf.nn.relu6(floating(x) + 3.0) / 6.0


def hard_silu(x: Any) -> Any:
    x = floating(x)
    return x * hard_sigmoid(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    x = floating(x)
    return tf.nn.elu(x) if alpha == 1.0 else tf.where(x >= 0.0, x, alpha * tf.math.expm1(tf.minimum(x, 0.0)))


def selu(x: Any) -> Any:
    return tf.nn.selu(floating(x))


def gelu(x: Any, approximate: bool = True) -> Any:
    return tf.nn.gelu(floating(x), approximate)


def celu(x: Any, alpha: float = 1.0) -> Any:
    x = floating(x)
    return tf.where(x >= 0.0, x, alpha * tf.math.expm1(tf.minimum(x, 0.0) / alpha))


def glu(x: Any, axis: int = -1) -> Any:
    x = floating(x)
    if x.shape[axis] % 2:
        raise ValueError(f"glu: axis size must be divisible by 2. Received: x.shape={tuple(x.shape)} with axis={axis}")
    kept, gate = tf.split(x, 2, axis)
    return kept * tf.sigmoid(gate)


def hard_tanh(x: Any) -> Any:
    return tf.clip_by_value(floating(x), -1.0, 1.0)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    x = floating(x)
    return tf.where(tf.abs(x) > threshold, x, tf.zeros_like(x))


def threshold(x: Any, threshold: float, default_value: float) -> Any:
    x = floating(x)
    return tf.where(x > threshold, x, tf.zeros_like(x) + default_value)


def _along(f: Any, x: Any, axis: int | None) -> Any:
    """A function along an axis, or of all elements."""
    x = floating(x)
    return tf.reshape(f(tf.reshape(x, (-1,)), 0), x.shape) if axis is None else f(x, axis)


def softmax(x: Any, axis: int | None = -1) -> Any:
    return _along(tf.nn.softmax, x, axis)


def log_softmax(x: Any, axis: int | None = -1) -> Any:
    return _along(tf.nn.log_softmax, x, axis)


def sparsemax(x: Any, axis: int = -1) -> Any:
    x = floating(x)
    axis %= x.ndim
    ordered = tf.sort(x, axis, "DESCENDING")
    sums = tf.cumsum(ordered, axis)
    ranks = np.arange(1, x.shape[axis] + 1, dtype=x.dtype).reshape([-1 if k == axis else 1 for k in range(x.ndim)])
    support = ordered * ranks > sums - 1.0
    count = tf.reduce_sum(tf.cast(support, x.dtype), axis, keepdims=True)
    total = tf.reduce_sum(tf.where(support, ordered, tf.zeros_like(ordered)), axis, keepdims=True)
    return tf.nn.relu(x - (total - 1.0) / count)


# ------------------------------------------------------------------------------------------ convolutions and pooling


def _each(value: Any, dims: int) -> tuple[int, ...]:
    """A number for each dimension of the space."""
    return (int(value),) * dims if isinstance(value, (int, np.integer)) else tuple(map(int, value))


def _layout(data_format: str | None, dims: int) -> str:
    letters = "DHW"[-dims:]
    return f"N{letters}C" if backend.standardize_data_format(data_format) == "channels_last" else f"NC{letters}"


def _of_one_dtype(*tensors: Any) -> list[Any]:
    """Of the dtype, a float, to which Keras promotes them."""
    dtype = result_type(*(x.dtype for x in tensors), float)
    return [x if standardize_dtype(x.dtype) == dtype else cast(x, dtype) for x in tensors]


def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    inputs, kernel = _of_one_dtype(convert_to_tensor(inputs), convert_to_tensor(kernel))
    dims = inputs.ndim - 2
    layout = _layout(data_format, dims)
    channels = inputs.shape[1 if layout[1] == "C" else -1]
    if channels % kernel.shape[-2]:
        raise ValueError(
            "The number of input channels must be evenly divisible by kernel's in_channels. Received input channels "
            f"{channels} and kernel in_channels {kernel.shape[-2]}."
        )
    steps, rates = _each(strides, dims), _each(dilation_rate, dims)
    _refuse_empty(inputs, kernel, padding, layout, rates)
    return tf.nn.convolution(inputs, kernel, steps, padding.upper(), layout, rates)


def _refuse_empty(inputs: Any, kernel: Any, padding: str, layout: str, rates: Sequence[int]) -> None:
    """No result has no elements because windows are larger than the operand."""
    space = tuple(inputs.shape[2:] if layout[1] == "C" else inputs.shape[1:-1])
    spans = tuple((k - 1) * rate + 1 for k, rate in zip(kernel.shape[:-2], rates, strict=True))
    if padding.lower() == "valid" and any(n < span for n, span in zip(space, spans, strict=True)):
        raise ValueError(
            "The convolution operation resulted in an empty output: a window spans "
            f"{spans} elements and the operand, of shape {tuple(inputs.shape)}, has {space}. Make the kernel or its "
            "dilation smaller, or pad with padding='same'."
        )


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    inputs, kernel = convert_to_tensor(inputs), convert_to_tensor(kernel)
    check_conv_input_channels(inputs, kernel, backend.standardize_data_format(data_format))
    each = tf.reshape(kernel, (*kernel.shape[:-2], 1, kernel.shape[-2] * kernel.shape[-1]))
    return conv(inputs, each, strides, padding, data_format, dilation_rate)


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    each = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(each, pointwise_kernel, 1, "valid", data_format)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    inputs, kernel = _of_one_dtype(convert_to_tensor(inputs), convert_to_tensor(kernel))
    check_conv_transpose_input_channels(inputs, kernel, backend.standardize_data_format(data_format))
    dims = inputs.ndim - 2
    layout = _layout(data_format, dims)
    first = layout[1] == "C"
    steps, rates = _each(strides, dims), _each(dilation_rate, dims)
    # How far zeros reach before and behind the operand once it is spread by the strides.
    around = compute_conv_transpose_padding_args_for_jax(
        inputs.shape, kernel.shape, strides, padding, output_padding, dilation_rate
    )
    spans = [(k - 1) * rate + 1 for k, rate in zip(kernel.shape[:-2], rates, strict=True)]
    cut = [(span - 1 - before, span - 1 - behind) for span, (before, behind) in zip(spans, around, strict=True)]
    beyond = [max(-behind, 0) for _, behind in cut]  # (no window reaches there)
    pads = [(before, max(behind, 0)) for before, behind in cut]
    places = inputs.shape[2:] if first else inputs.shape[1:-1]
    space = [
        (n - 1) * step + span - before - behind
        for n, step, span, (before, behind) in zip(places, steps, spans, pads, strict=True)
    ]

    def arranged(own: list[Any], batch: Any, channels: Any) -> list[Any]:
        return [batch, channels, *own] if first else [batch, *own, channels]

    shape = arranged(space, inputs.shape[0], kernel.shape[-2])
    result = tf.nn.conv_transpose(inputs, kernel, shape, steps, arranged(pads, (0, 0), (0, 0)), layout, rates)
    return tf.pad(result, arranged([(0, n) for n in beyond], (0, 0), (0, 0))) if any(beyond) else result


def _pool(kind: Any, inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Any:
    given = convert_to_tensor(inputs)
    x = floating(given)
    dims = x.ndim - 2
    if padding not in ("same", "valid"):
        raise ValueError(f"Invalid padding '{padding}', must be 'same' or 'valid'.")
    sizes = _each(pool_size, dims)
    steps = sizes if strides is None else _each(strides, dims)
    pooled = kind(x, sizes, steps, padding.upper(), _layout(data_format, dims))
    return pooled if given is x or kind is tf.nn.avg_pool else cast(pooled, given.dtype)


def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Any:
    return _pool(tf.nn.max_pool, inputs, pool_size, strides, padding, data_format)


def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Any:
    return _pool(tf.nn.avg_pool, inputs, pool_size, strides, padding, data_format)


def _adaptive(inputs: Any, output_size: Any, data_format: str | None, one: Any) -> Any:
    """Windows of almost one size that cover each dimension of the space, one dimension after the other."""
    x = floating(inputs)
    dims = x.ndim - 2
    if dims not in (1, 2, 3):
        raise ValueError(f"adaptive pooling takes one to three dimensions of space, not shape {tuple(x.shape)}")
    begin = 2 if _layout(data_format, dims)[1] == "C" else 1
    for axis, out in enumerate(_each(output_size, dims), begin):
        n = x.shape[axis]
        if n != out:
            x = one(x, axis, [(k * n // out, -((-(k + 1) * n) // out)) for k in range(out)])
    return x


def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    def means(x: Any, axis: int, spans: list[tuple[int, int]]) -> Any:
        shares = np.zeros((x.shape[axis], len(spans)), x.dtype)
        for k, (start, stop) in enumerate(spans):
            shares[start:stop, k] = 1 / (stop - start)
        letters = "abcde"[: x.ndim]
        return tf.einsum(f"{letters},{letters[axis]}z->{letters.replace(letters[axis], 'z')}", x, shares)

    return _adaptive(inputs, output_size, data_format, means)


def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    def largest(x: Any, axis: int, spans: list[tuple[int, int]]) -> Any:
        most = max(stop - start for start, stop in spans)
        # (Shorter windows end where the longest does: with an element that is there already.)
        places = np.array([[min(k, stop - 1) for k in range(start, start + most)] for start, stop in spans])
        return tf.reduce_max(tf.gather(x, places, axis=axis), axis + 1)

    return _adaptive(inputs, output_size, data_format, largest)


def _pair(value: Any) -> tuple[int, ...]:
    return _each(value, 2)


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    x = convert_to_tensor(input)
    sizes, rates, pads, steps = map(_pair, (kernel_size, dilation, padding, stride))
    if any(pads):
        x = tf.pad(x, [(0, 0), (0, 0), *((n, n) for n in pads)])
    for axis, size, rate, step in zip((2, 4), sizes, rates, steps, strict=True):
        places = (x.shape[axis] - (size - 1) * rate - 1) // step + 1
        x = tf.gather(x, np.arange(size)[:, None] * rate + np.arange(places) * step, axis=axis)
    batch, channels, high, rows, wide, columns = x.shape
    x = tf.transpose(x, (0, 1, 2, 4, 3, 5))
    return tf.reshape(x, (batch, channels * high * wide, rows * columns))


def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    x = floating(x)
    out, sizes, rates, pads, steps = map(_pair, (output_size, kernel_size, dilation, padding, stride))
    rows, columns = (
        (n + 2 * p - rate * (k - 1) - 1) // step + 1
        for n, p, rate, k, step in zip(out, pads, rates, sizes, steps, strict=True)
    )
    window = sizes[0] * sizes[1]
    batch, depth, _ = x.shape
    channels = depth // window
    # The transpose of taking windows, which is a convolution with every window's elements as its channels.
    taking = np.eye(window, dtype=x.dtype).reshape(*sizes, 1, window)
    own = tf.reshape(x, (batch * channels, window, rows, columns))
    whole = tf.nn.conv_transpose(
        own, taking, (batch * channels, 1, *out), steps, [(0, 0), (0, 0), *((n, n) for n in pads)], "NCHW", rates
    )
    return tf.reshape(whole, (batch, channels, *out))


def depth_to_space(x: Any, block_size: int, data_format: str | None = "channels_last") -> Any:
    x, b = convert_to_tensor(x), block_size
    if data_format == "channels_first":  # (there the channels that stay come first)
        n, c, h, w = x.shape
        x = tf.transpose(tf.reshape(x, (n, c // b**2, b, b, h, w)), (0, 1, 4, 2, 5, 3))
        return tf.reshape(x, (n, c // b**2, h * b, w * b))
    n, h, w, c = x.shape
    x = tf.transpose(tf.reshape(x, (n, h, w, b, b, c // b**2)), (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (n, h * b, w * b, c // b**2))


def space_to_depth(x: Any, block_size: int, data_format: str | None = "channels_last") -> Any:
    x, b = convert_to_tensor(x), block_size
    if data_format == "channels_first":
        n, c, h, w = x.shape
        x = tf.transpose(tf.reshape(x, (n, c, h // b, b, w // b, b)), (0, 1, 3, 5, 2, 4))
        return tf.reshape(x, (n, c * b**2, h // b, w // b))
    n, h, w, c = x.shape
    x = tf.transpose(tf.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (n, h // b, w // b, c * b**2))


# ------------------------------------------------------------------------------------------------- classes and losses


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    _refuse_sparse(sparse)
    return tf.one_hot(cast(x, "int64"), num_classes, axis=axis, dtype=standardize_dtype(dtype or "float32"))


def multi_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    _refuse_sparse(sparse)
    x = convert_to_tensor(x)
    hot = one_hot(x, num_classes, axis, "int8")
    return cast(tf.reduce_max(hot, 1 if x.ndim > 1 else 0), dtype or "float32")


def _refuse_sparse(sparse: bool) -> None:
    if sparse:
        raise ValueError("Unsupported value `sparse=True`: this backend has no sparse tensors")


def _compared(target: Any, output: Any) -> tuple[Any, Any]:
    output = floating(output)
    target = cast(target, output.dtype)
    if tuple(target.shape) != tuple(output.shape):
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. Received: "
            f"target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )
    return target, output


def _inside(probabilities: Any) -> Any:
    """Away from 0 and 1, where logarithms are not finite."""
    least = backend.epsilon()
    return tf.clip_by_value(probabilities, least, 1.0 - least)


def _log_probabilities(output: Any, axis: int) -> Any:
    return tf.math.log(_inside(output / tf.reduce_sum(output, axis, keepdims=True)))


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    target, output = _compared(target, output)
    if target.ndim < 1:
        raise ValueError(
            "Arguments `target` and `output` must be at least rank 1. Received: "
            f"target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )
    if from_logits:
        return tf.nn.softmax_cross_entropy_with_logits(target, output, axis)
    return -tf.reduce_sum(target * _log_probabilities(output, axis), axis)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    target, output = cast(target, "int64"), floating(output)
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = tf.squeeze(target, -1)
    if output.ndim < 1:
        raise ValueError(f"Argument `output` must be at least rank 1. Received: output.shape={tuple(output.shape)}")
    if tuple(target.shape) != tuple(output.shape[:-1]):
        raise ValueError(
            "Arguments `target` and `output` must have the same shape up until the last dimension: "
            f"target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )
    logits = output if from_logits else _log_probabilities(output, axis)  # (which add up to one already)
    if axis % output.ndim != output.ndim - 1:
        order = [k for k in range(output.ndim) if k != axis % output.ndim]
        logits = tf.transpose(logits, [*order, axis % output.ndim])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(target, logits)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    target, output = _compared(target, output)
    if from_logits:
        return tf.nn.sigmoid_cross_entropy_with_logits(target, output)
    output = _inside(output)
    return -(target * tf.math.log(output) + (1.0 - target) * tf.math.log(1.0 - output))


def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    x1, x2 = _of_one_dtype(convert_to_tensor(x1), convert_to_tensor(x2))
    if tuple(x1.shape) != tuple(x2.shape):
        raise ValueError(f"Input shapes {tuple(x1.shape)} and {tuple(x2.shape)} must match for PSNR calculation.")
    ratio = tf.square(cast(max_val, x2.dtype)) / tf.reduce_mean(tf.square(x1 - x2))
    return tf.math.log(ratio) * (10.0 / np.log(10.0))


# ---------------------------------------------------------------------------------------------------- normalisation


def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Any, Any]:
    if synchronized:
        raise NotImplementedError("Argument synchronized=True is not supported: this backend has one device")
    x = floating(x)
    axes = list(axes) if isinstance(axes, (list, tuple)) else axes
    dtype = x.dtype
    is_half = dtype.itemsize == 2
    wide = cast(x, "float32") if is_half else x
    mean = tf.reduce_mean(wide, axes, keepdims=True)
    variance = tf.reduce_mean(tf.square(wide - mean), axes, keepdims=keepdims)
    mean = mean if keepdims else tf.reshape(mean, variance.shape)
    if not is_half:
        return mean, variance
    return tf.saturate_cast(mean, dtype), tf.saturate_cast(variance, dtype)  # (the largest number where it is larger)


def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Any:
    x = floating(x)
    shape = [1] * x.ndim
    shape[axis] = -1
    mean, variance, offset, scale = (
        None if t is None else tf.reshape(convert_to_tensor(t), shape) for t in (mean, variance, offset, scale)
    )
    return tf.nn.batch_normalization(x, mean, variance, offset, scale, epsilon)


# ------------------------------------------------------------------------------------- connectionist temporal classes


def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Any:
    output = floating(output)
    output = cast(output, result_type(output.dtype, "float32"))
    return tf.nn.ctc_loss(
        cast(target, "int32"),
        output,
        cast(target_length, "int32"),
        cast(output_length, "int32"),
        logits_time_major=False,
        blank_index=mask_index,
    )


def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Any, Any]:
    inputs = floating(inputs)
    inputs = cast(inputs, result_type(inputs.dtype, "float32"))
    lengths = cast(sequence_lengths, "int32")
    blank = inputs.shape[-1] - 1 if mask_index is None else mask_index
    if strategy == "greedy":
        return _greedy(inputs, lengths, merge_repeated, blank)
    if strategy == "beam_search":
        return _beams(inputs, lengths, beam_width, top_paths, blank)
    raise ValueError(f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'.")


def _greedy(inputs: Any, lengths: Any, merge_repeated: bool, blank: int) -> tuple[Any, Any]:
    """The likeliest class of each step; -1 behind those that are left."""
    steps = inputs.shape[1]
    inside = np.arange(steps)[None, :] < tf.expand_dims(lengths, 1)
    scores = tf.where(inside, tf.reduce_max(inputs, -1), 0.0)
    best = tf.where(inside, tf.argmax(inputs, -1), blank)
    if merge_repeated:
        repeated = tf.pad(best[:, 1:] == best[:, :-1], [(0, 0), (1, 0)])
        best = tf.where(repeated, blank, best)
    dropped = best == blank
    order = tf.argsort(tf.cast(dropped, "int32"), stable=True)
    kept = tf.gather(tf.where(dropped, -1, best), order, axis=1, batch_dims=1)
    return cast(kept, "int32")[None], -tf.reduce_sum(scores, 1, keepdims=True)


def _beams(inputs: Any, lengths: Any, width: int, paths: int, blank: int) -> tuple[Any, Any]:
    """The likeliest paths, by our decoder, whose blank is the last class."""
    classes, steps = inputs.shape[-1], inputs.shape[1]
    order = np.array([*(k for k in range(classes) if k != blank), blank])
    logits = tf.transpose(tf.gather(inputs, order, axis=-1), (1, 0, 2))
    decoded, scores = tf.nn.ctc_beam_search_decoder(logits, lengths, width, paths)
    found = np.full((paths, inputs.shape[0], steps), -1, np.int32)
    for path, sparse in zip(found, decoded, strict=True):
        places = np.asarray(sparse.indices)
        path[places[:, 0], places[:, 1]] = order[np.asarray(sparse.values)]
    return convert_to_tensor(found), scores


# --------------------------------------------------------------------------------------------------------- attention


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    if flash_attention:
        raise ValueError("Flash attention is not supported by this backend.")
    query, key, value = map(convert_to_tensor, (query, key, value))
    if query.ndim != 4:
        raise ValueError(
            "`dot_product_attention` only supports 4D inputs. Received: "
            f"query.shape={tuple(query.shape)}, key.shape={tuple(key.shape)}, value.shape={tuple(value.shape)}."
        )
    query, key, value = _of_one_dtype(query, key, value)
    dtype = query.dtype
    scale = 1.0 / float(np.sqrt(key.shape[-1])) if scale is None else scale
    # By heads: products of matrices, of which the second's transpose is never made. Heads that share keys and values
    # are rows of one product.
    q, k, v = (tf.transpose(x, (0, 2, 1, 3)) for x in (query, key, value))
    batch, heads, queries, depth = q.shape
    shared = k.shape[1]
    if heads % shared:
        raise ValueError(
            "`dot_product_attention`: the number of heads of `query` must be a multiple of that of `key` and `value`. "
            f"Received: query.shape={tuple(query.shape)}, key.shape={tuple(key.shape)}."
        )
    rows = heads // shared * queries
    logits = tf.matmul(q if heads == shared else tf.reshape(q, (batch, shared, rows, depth)), k, transpose_b=True)
    logits = logits if heads == shared else tf.reshape(logits, (batch, heads, queries, k.shape[2]))
    logits = cast(logits, result_type(logits.dtype, "float32")) * scale
    if bias is not None:
        logits = logits + cast(bias, logits.dtype)
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * tf.tanh(logits / attn_logits_soft_cap)
    allowed = _allowed(mask, is_causal, logits.shape[2], logits.shape[3])
    if allowed is not None:
        logits = tf.where(allowed, logits, tf.zeros_like(logits) + 0.7 * float(np.finfo(logits.dtype).min))
    weights = cast(tf.nn.softmax(logits), dtype)
    weights = weights if heads == shared else tf.reshape(weights, (batch, shared, rows, k.shape[2]))
    found = tf.matmul(weights, v)
    found = found if heads == shared else tf.reshape(found, (batch, heads, queries, v.shape[3]))
    return tf.transpose(found, (0, 2, 1, 3))


def _allowed(mask: Any, is_causal: bool, queries: int, keys: int) -> Any:
    """Which keys each query sees, or None for all of them."""
    own = None if mask is None else cast(mask, "bool")
    if not is_causal:
        return own
    past = np.tril(np.ones((1, 1, queries, keys), bool))
    return past if own is None else tf.logical_and(own, past)
