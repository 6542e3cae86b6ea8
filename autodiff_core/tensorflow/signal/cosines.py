"""Discrete cosine transforms, and modified ones, of frames that overlap by half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops.cosines import cosines
from ...ops.elementwise import add, multiply, subtract
from ...ops.shaping import concat, pad, reverse, split
from .framing import frame, overlap_and_add
from .windows import vorbis_window

__all__ = ["dct", "idct", "inverse_mdct", "mdct"]


def dct(
    input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """Discrete cosine transforms along the last axis.

    Parameters
    ----------
    input : array_like
        Of a float dtype and one dimension at least.
    type : {1, 2, 3, 4}
        Which of the transforms.
    n : int, optional
        The length to cut the axis to, or to pad it to with zeros.
    axis : int
        -1: the last axis.
    norm : {None, "ortho"}
        Whether the transform is to be orthogonal; not for type 1.

    Returns
    -------
    Tensor
        Of the operand's shape, or of length n along the axis.

    Raises
    ------
    NotImplementedError
        For another axis.
    TypeError
        For operands that are not floats.
    ValueError
        For another type or norm, or a length below one (below two for type 1).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/dct. The sums have the factors that scipy.fft.dct gives them.

    Examples
    --------
    >>> print(tf.signal.dct([1., 2., 4.]).numpy().round(2))
    [14.   -5.2   1. ]
    """
    return _transformed("dct", input, type, n, axis, norm)


def idct(
    input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """Inverses of discrete cosine transforms along the last axis: 2 N times the inverse unless `norm` is "ortho".

    Parameters
    ----------
    input : array_like
        Of a float dtype and one dimension at least.
    type : {1, 2, 3, 4}
        Which of the transforms to undo. (For type 1 it is 2 (N - 1) times the inverse.)
    n : int, optional
        The length to cut the axis to, or to pad it to with zeros.
    axis : int
        -1: the last axis.
    norm : {None, "ortho"}
        Whether the transform is orthogonal; not for type 1.

    Returns
    -------
    Tensor
        Of the operand's shape, or of length n along the axis.

    Raises
    ------
    NotImplementedError
        For another axis.
    TypeError
        For operands that are not floats.
    ValueError
        For another type or norm, or a length below one (below two for type 1).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/idct

    Examples
    --------
    >>> tf.signal.idct(tf.signal.dct([1., 2., 3.], norm="ortho"), norm="ortho").numpy().round(4).tolist()
    [1.0, 2.0, 3.0]
    """
    type = _core.as_index(type)
    return _transformed("idct", input, {1: 1, 2: 3, 3: 2, 4: 4}.get(type, type), n, axis, norm)


def _transformed(function: str, input: Any, kind: int, n: int | None, axis: int, norm: str | None) -> Tensor:
    x, kind, n = _core.operand(input), _core.as_index(kind), _core.as_index(n)
    if axis != -1:
        raise NotImplementedError(f"{function}: axis must be -1, not {axis}: transpose first")
    if kind not in (1, 2, 3, 4):
        raise ValueError(f"{function}: type {kind} is none of 1, 2, 3 and 4")
    if norm not in (None, "ortho") or (kind == 1 and norm == "ortho"):
        raise ValueError(f"{function}: norm {norm!r} is neither None nor 'ortho', or type 1 has none")
    if not _core.is_floating(x.dtype):
        raise TypeError(f"{function}: takes floats, not {x.dtype}; cast first")
    length = x.shape[-1] if n is None and len(x.shape) else n
    if not len(x.shape) or length is None or length < (2 if kind == 1 else 1):
        raise ValueError(f"{function}: type {kind} of length {length} along the last axis of shape {tuple(x.shape)}")
    if length < x.shape[-1]:
        x = x[..., :length]
    elif length > x.shape[-1]:
        x = pad(x, [*[(0, 0)] * (len(x.shape) - 1), (0, length - x.shape[-1])])
    # The factors of what goes in and of what comes out.
    ahead, behind = np.ones(length), np.full(length, 2.0)
    if kind == 1:
        ahead[[0, -1]] = 0.5
    elif kind == 3 and norm is None:
        ahead[0] = 0.5
    if norm == "ortho":
        behind[:] = np.sqrt(2.0 / length)
        (behind if kind == 2 else ahead)[0 : 1 if kind in (2, 3) else 0] *= np.sqrt(0.5)
    if (ahead != 1.0).any():
        x = multiply(x, _core.to_tensor(ahead.astype(x.dtype)))
    return multiply(cosines(x, kind), _core.to_tensor(behind.astype(x.dtype)))


def _windowed(frames: Any, window_fn: Callable[..., Any] | None, length: int) -> Any:
    if window_fn is None:
        return multiply(frames, _core.to_tensor(np.asarray(np.sqrt(0.5), frames.dtype)))
    return multiply(frames, window_fn(length, dtype=frames.dtype))


def mdct(
    signals: Any,
    frame_length: int,
    window_fn: Callable[..., Any] | None = vorbis_window,
    pad_end: bool = False,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Modified discrete cosine transforms of frames that overlap by half.

    Parameters
    ----------
    signals : array_like
        Of shape (..., samples) and a float dtype.
    frame_length : int
        A multiple of four.
    window_fn : callable, optional
        Takes a length and a `dtype`, and gives a window; None for a rectangle of height 1 / sqrt(2).
    pad_end : bool
        Whether the last frame is padded with zeros, rather than left out.
    norm : {None, "ortho"}
        As in `dct`.

    Returns
    -------
    Tensor
        Of shape (..., frames, frame_length / 2).

    Raises
    ------
    ValueError
        For another length.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/mdct

    Examples
    --------
    >>> tf.signal.mdct(tf.ones(16), 8).shape
    TensorShape([3, 4])
    """
    length = _core.integer(frame_length)
    if length < 4 or length % 4:
        raise ValueError(f"mdct: the frame length must be a multiple of 4, not {length}")
    frames = _windowed(frame(signals, length, length // 2, pad_end), window_fn, length)
    a, b, c, d = split(frames, 4, -1)
    folded = concat([add(reverse(c, [-1]), d), subtract(a, reverse(b, [-1]))], -1)
    signs = np.repeat([-1.0, 1.0], length // 4).astype(folded.dtype)
    return dct(multiply(folded, _core.to_tensor(signs)), 4, norm=norm)


def inverse_mdct(
    mdcts: Any,
    window_fn: Callable[..., Any] | None = vorbis_window,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Signals from their modified discrete cosine transforms.

    Parameters
    ----------
    mdcts : array_like
        Of shape (..., frames, frame_length / 2) and a float dtype.
    window_fn : callable, optional
        The window that `mdct` was given.
    norm : {None, "ortho"}
        The norm that `mdct` was given.

    Returns
    -------
    Tensor
        Of shape (..., samples). The first and the last half frame are not those of the signal.

    Raises
    ------
    ValueError
        For fewer than two dimensions, or an odd number of components.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/inverse_mdct

    Examples
    --------
    >>> again = tf.signal.inverse_mdct(tf.signal.mdct(tf.range(16.), 8))
    >>> again.numpy()[4:12].round(4).tolist()
    [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    """
    x = _core.operand(mdcts)
    if len(x.shape) < 2 or x.shape[-1] % 2:
        raise ValueError(f"inverse_mdct: takes shape (..., frames, an even number), not {tuple(x.shape)}")
    half = int(x.shape[-1])
    back = dct(x, 4, norm=norm)
    if norm is None:
        back = multiply(back, _core.to_tensor(np.asarray(0.5 / half, x.dtype)))
    first, second = split(back, 2, -1)
    turned = concat([second, reverse(second, [-1]), reverse(first, [-1]), first], -1)
    signs = np.repeat([1.0, -1.0, -1.0, -1.0], half // 2).astype(x.dtype)
    return overlap_and_add(_windowed(multiply(turned, _core.to_tensor(signs)), window_fn, 2 * half), half)
