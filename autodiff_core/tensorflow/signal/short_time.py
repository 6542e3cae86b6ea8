"""Short-time Fourier transforms: half spectra of windowed frames, and the signal that such frames add up to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops.elementwise import divide_no_nan, multiply, square
from ...ops.reductions import reduce_sum
from ...ops.shaping import pad, reshape, tile
from .framing import frame, overlap_and_add
from .spectra import irfft, rfft
from .windows import hann_window

__all__ = ["inverse_stft", "inverse_stft_window_fn", "stft"]

Window = Callable[..., Any]


def _lengths(function: str, frame_length: Any, frame_step: Any, fft_length: Any) -> tuple[int, int, int]:
    """As numbers; by default as many points as the power of two that holds a frame."""
    length, step = _core.integer(frame_length), _core.integer(frame_step)
    points = 1 << max(length - 1, 0).bit_length() if fft_length is None else _core.integer(fft_length)
    if min(length, step, points) < 1:
        raise ValueError(
            f"{function}: the lengths and the step are at least 1; frame_length is {length}, frame_step {step} and "
            f"fft_length {points}"
        )
    return length, step, points


def stft(
    signals: Any,
    frame_length: int,
    frame_step: int,
    fft_length: int | None = None,
    window_fn: Window | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The short-time Fourier transform: half the spectrum of each windowed frame.

    Parameters
    ----------
    signals : array_like
        Real, of shape (..., samples).
    frame_length, frame_step : int
        The samples of a frame, and the step from one to the next.
    fft_length : int, optional
        The points of a transform: the smallest power of two that holds a frame, unless given.
    window_fn : callable, optional
        (frame_length, dtype=...) -> weights of the samples of a frame; None for a frame as it is.
    pad_end : bool
        Whether frames that reach beyond the end are padded with zeros, rather than left out.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex, of shape (..., frames, fft_length // 2 + 1).

    Raises
    ------
    ValueError
        For lengths or a step less than 1, or a signal without an axis.
    TypeError
        For a complex signal.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/stft

    Examples
    --------
    >>> tf.signal.stft(tf.ones([8]), 4, 2, window_fn=None).numpy().tolist()
    [[(4+0j), 0j, 0j], [(4+0j), 0j, 0j], [(4+0j), 0j, 0j]]
    """
    length, step, points = _lengths("stft", frame_length, frame_step, fft_length)
    samples = _core.operand(signals)
    if samples.dtype.kind == "c":
        raise TypeError(f"stft: takes a real signal, not one of {samples.dtype}; transform its parts")
    frames = frame(samples, length, step, pad_end=pad_end)
    if window_fn is not None:
        frames = multiply(frames, window_fn(length, dtype=frames.dtype))
    return rfft(frames, [points])


def inverse_stft(
    stfts: Any,
    frame_length: int,
    frame_step: int,
    fft_length: int | None = None,
    window_fn: Window | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """The signal that short-time spectra belong to: windowed frames, added up where they overlap.

    Parameters
    ----------
    stfts : array_like
        Complex, of shape (..., frames, fft_length // 2 + 1).
    frame_length, frame_step : int
        The samples of a frame, and the step from one to the next.
    fft_length : int, optional
        The points of a transform: the smallest power of two that holds a frame, unless given.
    window_fn : callable, optional
        (frame_length, dtype=...) -> weights of the samples of a frame; `inverse_stft_window_fn` makes those that undo
        the window of `stft`. None for a frame as it is.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real, of shape (..., (frames - 1) * frame_step + frame_length).

    Raises
    ------
    ValueError
        For lengths or a step less than 1, or spectra without an axis of frames.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/inverse_stft

    Examples
    --------
    >>> x = tf.constant([1., 2., 3., 4., 5., 6.])
    >>> window = tf.signal.inverse_stft_window_fn(2)
    >>> print(tf.signal.inverse_stft(tf.signal.stft(x, 4, 2), 4, 2, window_fn=window).numpy()[2:4].round(4))
    [3. 4.]
    """
    length, step, points = _lengths("inverse_stft", frame_length, frame_step, fft_length)
    spectra = _core.operand(stfts)
    if len(spectra.shape) < 2:
        raise ValueError(f"inverse_stft: takes frames of frequencies, two axes or more; the shape is {spectra.shape}")
    frames = irfft(spectra, [points])[..., :length]
    if points < length:
        frames = pad(frames, [(0, 0)] * (len(frames.shape) - 1) + [(0, length - points)])
    if window_fn is not None:
        frames = multiply(frames, window_fn(length, dtype=frames.dtype))
    return overlap_and_add(frames, step)


def inverse_stft_window_fn(
    frame_step: int, forward_window_fn: Window = hann_window, name: str | None = None
) -> Callable[..., Tensor]:
    """A function that makes windows for `inverse_stft` which undo those of `stft`.

    Parameters
    ----------
    frame_step : int
        The step from one frame to the next.
    forward_window_fn : callable
        The window that `stft` was given.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    callable
        (frame_length, dtype) -> the window: the forward one, divided by the squares of all that overlap it, and 0 where
        they are 0.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/inverse_stft_window_fn, equation 7 of D. W. Griffin and J. S.
    Lim, "Signal estimation from modified short-time Fourier transform", IEEE Transactions on Acoustics, Speech, and
    Signal Processing 32 (1984).

    Examples
    --------
    >>> print(tf.signal.inverse_stft_window_fn(2)(4).numpy().round(4))
    [0. 1. 1. 1.]
    """
    step = _core.integer(frame_step)
    if step < 1:
        raise ValueError(f"inverse_stft_window_fn: frame_step is at least 1, not {step}")

    def window_fn(frame_length: int, dtype: Any = np.float32) -> Tensor:
        length = _core.integer(frame_length)
        overlaps = -(-length // step)
        forward = _core.operand(forward_window_fn(length, dtype=dtype))
        squares = reshape(pad(square(forward), [(0, overlaps * step - length)]), (overlaps, step))
        return divide_no_nan(forward, tile(reduce_sum(squares, 0), [overlaps])[:length])

    return window_fn
