"""The mel scale: bands of equal width as the ear hears them, and their cepstral coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops.elementwise import multiply
from .cosines import dct

__all__ = ["linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms"]


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
    kind = _core.as_dtype(dtype)
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
