"""What Keras asks of a backend for segments, ranks, special functions and Fourier transforms, in terms of `tf`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf

from .tensors import cast, convert_to_tensor, floating

# ---------------------------------------------------------------------------------------------------------- segments


def _segments(reduction: Callable[..., Any], data: Any, segment_ids: Any, num_segments: int | None) -> tuple[Any, Any]:
    """Rows joined by number (those of numbers below 0 are left out), and which numbers there are none of."""
    data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
    count = int(tf.reduce_max(ids)) + 1 if num_segments is None else int(num_segments)
    ids = tf.where(ids < count, ids, -1)
    joined = reduction(data, ids, count)
    rows = tf.math.unsorted_segment_sum(np.ones(ids.shape, np.int32), ids, count)
    return joined, tf.reshape(rows == 0, (count, *[1] * (joined.ndim - 1)))


def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    return _segments(tf.math.unsorted_segment_sum, data, segment_ids, num_segments)[0]


def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    return _segments(tf.math.unsorted_segment_prod, data, segment_ids, num_segments)[0]


def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    return _extreme(*_segments(tf.math.unsorted_segment_max, data, segment_ids, num_segments), -np.inf)


def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    return _extreme(*_segments(tf.math.unsorted_segment_min, data, segment_ids, num_segments), np.inf)


def _extreme(joined: Any, empty: Any, of_none: float) -> Any:
    """The extreme of no floats is infinite, for Keras."""
    return tf.where(empty, tf.zeros_like(joined) + of_none, joined) if joined.dtype.kind == "f" else joined


# ------------------------------------------------------------------------------------------------- ranks and distances


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    values, indices = tf.math.top_k(convert_to_tensor(x), k, sorted)
    return values, indices


def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    targets, predictions = convert_to_tensor(targets), convert_to_tensor(predictions)
    own = tf.gather(predictions, tf.expand_dims(targets, -1), axis=-1, batch_dims=targets.ndim)
    own = tf.where(tf.math.is_nan(own), tf.zeros_like(own) - np.inf, own)
    return tf.reduce_sum(tf.cast(predictions > own, "int32"), -1) < k


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return tf.reduce_logsumexp(floating(x), axis, keepdims)


def cdist(x: Any, y: Any) -> Any:
    x, y = floating(x), floating(y)
    if x.ndim < 2 or y.ndim < 2:
        raise ValueError("`cdist` inputs must have rank >= 2")
    if x.shape[-1] != y.shape[-1]:
        raise ValueError("Last dimension of inputs to `cdist` must match")
    return tf.sqrt(tf.reduce_sum(tf.square(tf.expand_dims(x, -2) - tf.expand_dims(y, -3)), -1))


# -------------------------------------------------------------------------------------------------- Fourier transforms


def _get_complex_tensor_from_tuple(x: Any) -> Any:
    """Real and imaginary parts as one tensor (Keras calls it by this name)."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"Input `x` should be a tuple of two tensors - real and imaginary. Received: x={x}")
    real, imag = map(convert_to_tensor, x)
    if tuple(real.shape) != tuple(imag.shape):
        raise ValueError(
            "Input `x` should be a tuple of two tensors - real and imaginary. Both the real and imaginary parts should "
            f"have the same shape. Received: x[0].shape = {tuple(real.shape)}, x[1].shape = {tuple(imag.shape)}"
        )
    if real.dtype.kind != "f" or imag.dtype.kind != "f":
        raise ValueError(f"At least one tensor in input `x` is not of type float. Received: x={x}.")
    return tf.complex(real, imag)


def _parts(z: Any) -> tuple[Any, Any]:
    return tf.math.real(z), tf.math.imag(z)


def fft(x: Any) -> tuple[Any, Any]:
    return _parts(tf.signal.fft(_get_complex_tensor_from_tuple(x)))


def fft2(x: Any) -> tuple[Any, Any]:
    return _parts(tf.signal.fft2d(_get_complex_tensor_from_tuple(x)))


def ifft2(x: Any) -> tuple[Any, Any]:
    return _parts(tf.signal.ifft2d(_get_complex_tensor_from_tuple(x)))


def rfft(x: Any, fft_length: int | None = None) -> tuple[Any, Any]:
    return _parts(tf.signal.rfft(floating(x), None if fft_length is None else [fft_length]))


def irfft(x: Any, fft_length: int | None = None) -> Any:
    return tf.signal.irfft(_get_complex_tensor_from_tuple(x), None if fft_length is None else [fft_length])


def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    return tf.signal.frame(convert_to_tensor(x), sequence_length, sequence_stride)


def _window(window: Any, sequence_length: int, fft_length: int, dtype: Any) -> Any:
    """The window in the middle of a transform's length."""
    if isinstance(window, str):
        kinds = {"hann": tf.signal.hann_window, "hamming": tf.signal.hamming_window}
        if window not in kinds:
            raise ValueError(
                f'If a string is passed to `window`, it must be one of `"hann"`, `"hamming"`. Received: window={window}'
            )
        window = kinds[window](sequence_length, dtype="float64")
    window = cast(window, dtype)
    if tuple(window.shape) != (sequence_length,):
        raise ValueError(
            f"The shape of `window` must be equal to [sequence_length]. Received: window shape={tuple(window.shape)}"
        )
    before = (fft_length - sequence_length) // 2
    return tf.pad(window, [(before, fft_length - sequence_length - before)])


def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Any, Any]:
    x = convert_to_tensor(x)
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(f"Invalid input type. Expected `float32` or `float64`. Received: input type={x.dtype}")
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. "
            f"Received: sequence_length={sequence_length}, fft_length={fft_length}"
        )
    if center:
        x = tf.pad(x, [(0, 0)] * (x.ndim - 1) + [(fft_length // 2,) * 2], "REFLECT")
    pieces = tf.signal.frame(x, fft_length, sequence_stride)
    if window is not None:
        pieces = pieces * _window(window, sequence_length, fft_length, x.dtype)
    return _parts(tf.signal.rfft(pieces))


def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    spectrum = _get_complex_tensor_from_tuple(x)
    if spectrum.ndim < 2:
        raise ValueError(f"Input `x` must have at least 2 dimensions. Received shape: {tuple(spectrum.shape)}")
    pieces = tf.signal.irfft(spectrum, [fft_length])
    if window is not None:
        window = _window(window, sequence_length, fft_length, pieces.dtype)
        back = tf.signal.inverse_stft_window_fn(sequence_stride, forward_window_fn=lambda length, dtype: window)
        pieces = pieces * back(fft_length, pieces.dtype)
    added = tf.signal.overlap_and_add(pieces, sequence_stride)
    start = fft_length // 2 if center else 0
    stop = start + length if length is not None else added.shape[-1] - start
    return added[..., start:stop]


# --------------------------------------------------------------------------------------------------- special functions


def rsqrt(x: Any) -> Any:
    return tf.math.rsqrt(floating(x))


def erf(x: Any) -> Any:
    return tf.math.erf(floating(x))


def erfc(x: Any) -> Any:
    return tf.math.erfc(floating(x))


def erfinv(x: Any) -> Any:
    x = floating(x)
    return cast(tf.math.erfinv(x), x.dtype)  # (SciPy's, which has no half precision)


def logdet(x: Any) -> Any:
    return tf.linalg.slogdet(floating(x))[1]
