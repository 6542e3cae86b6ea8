"""Weights for the samples of a frame, by TensorFlow's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops.elementwise import exp, multiply, sqrt, subtract
from ...ops.reductions import cumsum
from ...ops.shaping import concat, reverse

__all__ = ["hamming_window", "hann_window", "kaiser_bessel_derived_window", "kaiser_window", "vorbis_window"]


def _checked(function: str, window_length: Any, dtype: Any) -> tuple[int, np.dtype[Any]]:
    kind = _core.as_dtype(dtype)
    if kind.kind != "f":
        raise ValueError(f"{function}: dtype must be a floating point type, not {kind}")
    length = _core.integer(window_length)
    if length < 0:
        raise ValueError(f"{function}: window_length {length} must not be negative")
    return length, kind


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
    from ...ops.special import i0e

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
