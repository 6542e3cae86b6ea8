"""`signal`: frames, windows, cosine transforms and mel scales, by TensorFlow's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _core
from ._core import Tensor
from .ops.cosines import cosines
from .ops.elementwise import add, exp, multiply, sqrt, subtract
from .ops.reductions import cumsum
from .ops.shaping import concat, pad, reshape, reverse, split
from .ops.windows import _UNWINDOWS, _windows

__all__ = [
    "dct",
    "frame",
    "hamming_window",
    "hann_window",
    "idct",
    "inverse_mdct",
    "kaiser_bessel_derived_window",
    "kaiser_window",
    "linear_to_mel_weight_matrix",
    "mdct",
    "mfccs_from_log_mel_spectrograms",
    "overlap_and_add",
    "vorbis_window",
]


def _size(sizes: Any) -> int:
    return int(np.prod(sizes, dtype=np.intp))


# -------------------------------------------------------------------------------------------------------------- frames


def frame(
    signal: Any,
    frame_length: int,
    frame_step: int,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> Tensor:
    """Pieces of one length along an axis, that may overlap.

    Parameters
    ----------
    signal : array_like
        Of one dimension at least.
    frame_length, frame_step : int
        The length of the pieces, and the step from one to the next.
    pad_end : bool
        Whether pieces that reach beyond the end are padded, rather than left out.
    pad_value : scalar
        With what.
    axis : int
        The axis to cut.

    Returns
    -------
    Tensor
        With the axes of the frames and of their elements in the place of the axis.

    Raises
    ------
    ValueError
        For an axis that the signal has not, or lengths that are not positive.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/frame

    Examples
    --------
    >>> tf.signal.frame([1., 2., 3., 4., 5.], 3, 2).numpy().tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]
    """
    x = _core.operand(signal)
    length, step, nd = int(frame_length), int(frame_step), len(x.shape)
    if length < 1 or step < 1:
        raise ValueError(f"frame: frame_length {length} and frame_step {step} must be positive")
    if not -nd <= axis < nd:
        raise ValueError(f"frame: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    place = axis % nd
    size = int(x.shape[place])
    count = max(0, 1 + (size - length) // step)
    if pad_end:
        count = -(-size // step)
        widths = [(0, 0)] * nd
        widths[place] = (0, max(0, length + step * (count - 1) - size))
        x = pad(x, widths, constant_values=pad_value)
    shape = tuple(x.shape)
    before, behind = shape[:place], shape[place + 1 :]
    if count == 0:
        return reshape(x[(slice(None),) * place + (slice(0, 0),)], (*before, 0, length, *behind))
    rows = reshape(x, (_size(before), shape[place], _size(behind)))
    return reshape(_windows(rows, (length,), (step,), (1,)), (*before, count, length, *behind))


def overlap_and_add(signal: Any, frame_step: int, name: str | None = None) -> Tensor:
    """Frames laid one behind the other, a step apart, and added up: the transpose of `frame`.

    Parameters
    ----------
    signal : array_like
        Of shape (..., frames, frame_length).
    frame_step : int
        The step from one frame to the next.

    Returns
    -------
    Tensor
        Of shape (..., (frames - 1) * frame_step + frame_length).

    Raises
    ------
    ValueError
        For fewer than two dimensions, or a step that is not positive.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/overlap_and_add

    Examples
    --------
    >>> tf.signal.overlap_and_add([[1., 1., 1.], [2., 2., 2.]], 2).numpy().tolist()
    [1.0, 1.0, 3.0, 2.0, 2.0]
    """
    x = _core.operand(signal)
    step, shape = int(frame_step), tuple(x.shape)
    if len(shape) < 2 or step < 1:
        raise ValueError(f"overlap_and_add: takes two dimensions and a positive step, not shape {shape} and {step}")
    lead, (count, length) = shape[:-2], shape[-2:]
    if count == 0:
        return _core.to_tensor(np.zeros((*lead, 0), x.dtype))
    whole = (_size(lead), (count - 1) * step + length, 1)
    added = _core.linear(_UNWINDOWS, reshape(x, (_size(lead), count, length, 1)), (whole, (length,), (step,), (1,)))
    return reshape(added, (*lead, whole[1]))


# ------------------------------------------------------------------------------------------------------------- windows


def _checked(function: str, window_length: Any, dtype: Any) -> tuple[int, np.dtype[Any]]:
    kind = np.dtype(dtype)
    if kind.kind != "f":
        raise ValueError(f"{function}: dtype must be a floating point type, not {kind}")
    if int(window_length) < 0:
        raise ValueError(f"{function}: window_length {int(window_length)} must not be negative")
    return int(window_length), kind


def _raised_cosine(function: str, window_length: Any, periodic: Any, dtype: Any, a: float, b: float) -> Tensor:
    length, kind = _checked(function, window_length, dtype)
    if length == 1:
        return _core.to_tensor(np.ones(1, kind))
    # (An odd length is symmetric in either case, as in TensorFlow.)
    span = length + int(bool(periodic)) * (1 - length % 2) - 1
    return _core.to_tensor((a - b * np.cos(2.0 * np.pi * np.arange(length) / span)).astype(kind))


_WINDOW = """{what}

    Parameters
    ----------
    window_length : int
        The number of points.
    {more}dtype : dtype
        A float dtype.

    Returns
    -------
    Tensor
        Of shape (window_length,).

    Raises
    ------
    ValueError
        For another dtype, or a negative length.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/{name}

    Examples
    --------
    >>> print(tf.signal.{name}(4).numpy().round(2))
    {shown}
    """
_PERIODIC = """periodic : bool
        Whether the window goes on in the next one, rather than being symmetric.
    """
_BETA = """beta : float
        How narrow it is; it has the gradient.
    """


def hann_window(window_length: Any, periodic: bool = True, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    return _raised_cosine("hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: Any, periodic: bool = True, dtype: Any = np.float32, name: str | None = None
) -> Tensor:
    return _raised_cosine("hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def vorbis_window(window_length: Any, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    length, kind = _checked("vorbis_window", window_length, dtype)
    inner = np.sin(np.pi / max(length, 1) * (np.arange(length) + 0.5)) ** 2
    return _core.to_tensor(np.sin(0.5 * np.pi * inner).astype(kind))


def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    from .ops.special import i0e

    length, kind = _checked("kaiser_window", window_length, dtype)
    if length <= 1:
        return _core.to_tensor(np.ones(length, kind))
    half = (length - 1) / 2.0
    width = np.sqrt(np.maximum(1.0 - ((np.arange(length) - half) / half) ** 2, 0.0)).astype(kind)
    narrow = _core.to_dtype(beta, kind) if isinstance(beta, _core.Operand) else _core.to_tensor(beta, kind)
    argument = multiply(narrow, _core.to_tensor(width))
    return multiply(exp(subtract(argument, narrow)), i0e(argument) / i0e(narrow))


def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = np.float32, name: str | None = None
) -> Tensor:
    length, _ = _checked("kaiser_bessel_derived_window", window_length, dtype)
    sums = cumsum(kaiser_window(length // 2 + 1, beta, dtype))
    half = sqrt(sums[:-1] / sums[-1])
    return concat([half, reverse(half, [0])], 0)


_DESCRIBED: tuple[tuple[Any, str, str, str], ...] = (
    (hann_window, "Hann's window: a cosine raised to begin at zero.", _PERIODIC, "[0.  0.5 1.  0.5]"),
    (hamming_window, "Hamming's window: a cosine raised somewhat more.", _PERIODIC, "[0.08 0.54 1.   0.54]"),
    (
        vorbis_window,
        "Vorbis's window, whose square and that of its other half add up to one.",
        "",
        "[0.23 0.97 0.97 0.23]",
    ),
    (kaiser_window, "Kaiser's window, of Bessel functions (SciPy's).", _BETA, "[0.   0.52 0.52 0.  ]"),
    (
        kaiser_bessel_derived_window,
        "The window derived from Kaiser's, whose square and that of its other half add up to one.",
        _BETA,
        "[0.01 1.   1.   0.01]",
    ),
)
for _function, _what, _more, _shown in _DESCRIBED:
    _function.__doc__ = _WINDOW.format(what=_what, more=_more, name=_function.__name__, shown=_shown)


# --------------------------------------------------------------------------------------------------- cosine transforms


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
    return _transformed("idct", input, {1: 1, 2: 3, 3: 2, 4: 4}.get(type, type), n, axis, norm)


def _transformed(function: str, input: Any, kind: int, n: int | None, axis: int, norm: str | None) -> Tensor:
    x = _core.operand(input)
    if axis != -1:
        raise NotImplementedError(f"{function}: axis must be -1, not {axis}: transpose first")
    if kind not in (1, 2, 3, 4):
        raise ValueError(f"{function}: type {kind} is none of 1, 2, 3 and 4")
    if norm not in (None, "ortho") or (kind == 1 and norm == "ortho"):
        raise ValueError(f"{function}: norm {norm!r} is neither None nor 'ortho', or type 1 has none")
    if x.dtype.kind != "f":
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
    length = int(frame_length)
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


# ----------------------------------------------------------------------------------------------------------- mel scale


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: float = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = np.float32,
    name: str | None = None,
) -> Tensor:
    """What a spectrum is multiplied by to have bands of equal width as the ear hears them.

    Parameters
    ----------
    num_mel_bins : int
        The number of bands.
    num_spectrogram_bins : int
        The number of frequencies of the spectrum, from zero to half the sample rate.
    sample_rate : float
        Samples a second.
    lower_edge_hertz, upper_edge_hertz : float
        Where the lowest band begins and the highest ends.
    dtype : dtype
        A float dtype.

    Returns
    -------
    Tensor
        Of shape (num_spectrogram_bins, num_mel_bins).

    Raises
    ------
    ValueError
        For numbers that are not positive, or edges that are not in order, or beyond half the sample rate.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/linear_to_mel_weight_matrix

    Examples
    --------
    >>> tf.signal.linear_to_mel_weight_matrix(4, 9).shape
    TensorShape([9, 4])
    """
    rate, low, high = float(sample_rate), float(lower_edge_hertz), float(upper_edge_hertz)
    kind = np.dtype(dtype)
    if num_mel_bins < 1 or num_spectrogram_bins < 1 or rate <= 0.0:
        raise ValueError(
            f"linear_to_mel_weight_matrix: num_mel_bins {num_mel_bins}, num_spectrogram_bins {num_spectrogram_bins} "
            f"and sample_rate {rate} must be positive"
        )
    if not 0.0 <= low < high <= rate / 2.0:
        raise ValueError(
            f"linear_to_mel_weight_matrix: the edges {low} and {high} must be in order, from 0 to half the sample "
            f"rate, {rate / 2.0}"
        )
    if kind.kind != "f":
        raise ValueError(f"linear_to_mel_weight_matrix: dtype must be a floating point type, not {kind}")

    def mel(hertz: Any) -> Any:
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    bins = mel(np.linspace(0.0, rate / 2.0, num_spectrogram_bins)[1:])[:, None]
    edges = np.linspace(mel(low), mel(high), num_mel_bins + 2)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    return _core.to_tensor(np.pad(weights, [(1, 0), (0, 0)]).astype(kind))


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """Mel-frequency cepstral coefficients: cosine transforms of the logarithms of mel spectra.

    Parameters
    ----------
    log_mel_spectrograms : array_like
        Of shape (..., num_mel_bins) and a float dtype.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        Where there are no bins.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/mfccs_from_log_mel_spectrograms

    Examples
    --------
    >>> print(tf.signal.mfccs_from_log_mel_spectrograms([1., 2.]).numpy().round(2))
    [ 3.   -0.71]
    """
    x = _core.operand(log_mel_spectrograms)
    if not len(x.shape) or not x.shape[-1]:
        raise ValueError(f"mfccs_from_log_mel_spectrograms: there are no bins in shape {tuple(x.shape)}")
    return multiply(dct(x), _core.to_tensor(np.asarray(1.0 / np.sqrt(2.0 * x.shape[-1]), x.dtype)))
