"""`signal`: Fourier and cosine transforms, frames, windows and mel scales, by TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from .ops.fourier import Norm
from typing import Any
from .tensorflow.signal.cosines import dct as dct
from .tensorflow.signal.cosines import idct as idct
from .tensorflow.signal.cosines import inverse_mdct as inverse_mdct
from .tensorflow.signal.cosines import mdct as mdct
from .tensorflow.signal.framing import frame as frame
from .tensorflow.signal.framing import overlap_and_add as overlap_and_add
from .tensorflow.signal.mel import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from .tensorflow.signal.mel import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from .tensorflow.signal.short_time import inverse_stft as inverse_stft
from .tensorflow.signal.short_time import inverse_stft_window_fn as inverse_stft_window_fn
from .tensorflow.signal.short_time import stft as stft
from .tensorflow.signal.spectra import fftshift as fftshift
from .tensorflow.signal.spectra import ifftshift as ifftshift

def fft(input: Any, name: str | None = None) -> Tensor:
    """The discrete Fourier transform along the last axis.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/fft

    Examples
    --------
    >>> tf.signal.fft([1., 2., 3., 4.]).numpy().tolist()
    [(10+0j), (-2+2j), (-2+0j), (-2-2j)]
    """

def fft2d(input: Any, name: str | None = None) -> Tensor:
    """The discrete Fourier transform over the last two axes.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/fft2d

    Examples
    --------
    >>> tf.signal.fft2d([[1., 2.], [3., 4.]]).numpy().tolist()
    [[(10+0j), (-2+0j)], [(-4+0j), 0j]]
    """

def fft3d(input: Any, name: str | None = None) -> Tensor:
    """The discrete Fourier transform over the last three axes.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/fft3d

    Examples
    --------
    >>> tf.signal.fft3d([[[1., 2.]]]).numpy().tolist()
    [[[(3+0j), (-1+0j)]]]
    """

def fftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    """The discrete Fourier transform over any axes.

    Parameters
    ----------
    input_tensor : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    axes : array_like of int, optional
        All axes, or with lengths the last ones, unless given.
    norm : {"backward", "ortho", "forward"}, optional
        Whether the inverse transform is divided by the number of points, both by its root, or the other one by the number.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/fftnd. TensorFlow has no kernel for it on CPUs.

    Examples
    --------
    >>> tf.signal.fftnd([[1., 2.], [3., 4.]], axes=[0]).numpy().tolist()
    [[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]
    """

def hamming_window(window_length: Any, periodic: bool = True, dtype: Any = ..., name: str | None = None) -> Tensor:
    """Hamming's window: a cosine raised somewhat more.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        Whether the window goes on in the next one, rather than being symmetric.
    dtype : dtype
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
    https://www.tensorflow.org/api_docs/python/tf/signal/hamming_window

    Examples
    --------
    >>> print(tf.signal.hamming_window(4).numpy().round(2))
    [0.08 0.54 1.   0.54]
    """

def hann_window(window_length: Any, periodic: bool = True, dtype: Any = ..., name: str | None = None) -> Tensor:
    """Hann's window: a cosine raised to begin at zero.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        Whether the window goes on in the next one, rather than being symmetric.
    dtype : dtype
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
    https://www.tensorflow.org/api_docs/python/tf/signal/hann_window

    Examples
    --------
    >>> print(tf.signal.hann_window(4).numpy().round(2))
    [0.  0.5 1.  0.5]
    """

def ifft(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft`.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/ifft

    Examples
    --------
    >>> tf.signal.ifft(tf.signal.fft([1., 2., 3., 4.])).numpy().tolist()
    [(1+0j), (2+0j), (3+0j), (4+0j)]
    """

def ifft2d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft2d`.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/ifft2d

    Examples
    --------
    >>> tf.signal.ifft2d([[4., 0.], [0., 0.]]).numpy().tolist()
    [[(1+0j), (1+0j)], [(1+0j), (1+0j)]]
    """

def ifft3d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft3d`.

    Parameters
    ----------
    input : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/ifft3d

    Examples
    --------
    >>> tf.signal.ifft3d([[[3., -1.]]]).numpy().tolist()
    [[[(1+0j), (2+0j)]]]
    """

def ifftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    """The inverse of `fftnd`.

    Parameters
    ----------
    input_tensor : array_like
        Complex, as TensorFlow has it, or real, whose transform is complex.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    axes : array_like of int, optional
        All axes, or with lengths the last ones, unless given.
    norm : {"backward", "ortho", "forward"}, optional
        Whether the inverse transform is divided by the number of points, both by its root, or the other one by the number.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/ifftnd. TensorFlow has no kernel for it on CPUs.

    Examples
    --------
    >>> tf.signal.ifftnd([[4., 6.], [-2., -2.]], axes=[0]).numpy().tolist()
    [[(1+0j), (2+0j)], [(3+0j), (4+0j)]]
    """

def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft`.

    Parameters
    ----------
    input_tensor : array_like
        Complex: half a spectrum along the last of the axes, as `rfft` gives it.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are, and along the last axis 2 * (n - 1).
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/irfft

    Examples
    --------
    >>> tf.signal.irfft([10., -2. + 2.j, -2.]).numpy().tolist()
    [1.0, 2.0, 3.0, 4.0]
    """

def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft2d`.

    Parameters
    ----------
    input_tensor : array_like
        Complex: half a spectrum along the last of the axes, as `rfft` gives it.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are, and along the last axis 2 * (n - 1).
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/irfft2d

    Examples
    --------
    >>> tf.signal.irfft2d(tf.signal.rfft2d([[1., 2., 3., 0.], [3., 4., 5., 0.]])).numpy().tolist()
    [[1.0, 2.0, 3.0, 0.0], [3.0, 4.0, 5.0, 0.0]]
    """

def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft3d`.

    Parameters
    ----------
    input_tensor : array_like
        Complex: half a spectrum along the last of the axes, as `rfft` gives it.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are, and along the last axis 2 * (n - 1).
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/irfft3d

    Examples
    --------
    >>> tf.signal.irfft3d([[[3., 1. - 2.j, -1.]]]).numpy().tolist()
    [[[1.0, 2.0, 0.0, 0.0]]]
    """

def irfftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    """The inverse of `rfftnd`.

    Parameters
    ----------
    input_tensor : array_like
        Complex: half a spectrum along the last of the axes, as `rfft` gives it.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are, and along the last axis 2 * (n - 1).
    axes : array_like of int, optional
        All axes, or with lengths the last ones, unless given.
    norm : {"backward", "ortho", "forward"}, optional
        Whether the inverse transform is divided by the number of points, both by its root, or the other one by the number.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Real.

    Raises
    ------
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/irfftnd. TensorFlow has no kernel for it on CPUs.

    Examples
    --------
    >>> tf.signal.irfftnd([[10., -2.], [-4., 0.]], axes=[1, 0]).numpy().tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """

def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = ..., name: str | None = None
) -> Tensor:
    """The window derived from Kaiser's, whose square and that of its other half add up to one.

    Parameters
    ----------
    window_length : int
        The number of points.
    beta : float
        How narrow it is; it has the gradient.
    dtype : dtype
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
    https://www.tensorflow.org/api_docs/python/tf/signal/kaiser_bessel_derived_window

    Examples
    --------
    >>> print(tf.signal.kaiser_bessel_derived_window(4).numpy().round(2))
    [0.01 1.   1.   0.01]
    """

def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = ..., name: str | None = None) -> Tensor:
    """Kaiser's window, of Bessel functions (SciPy's).

    Parameters
    ----------
    window_length : int
        The number of points.
    beta : float
        How narrow it is; it has the gradient.
    dtype : dtype
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
    https://www.tensorflow.org/api_docs/python/tf/signal/kaiser_window

    Examples
    --------
    >>> print(tf.signal.kaiser_window(4).numpy().round(2))
    [0.   0.52 0.52 0.  ]
    """

def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The first half of the transform of a real signal along the last axis.

    Parameters
    ----------
    input_tensor : array_like
        Real.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex; of the last of the axes, fft_length // 2 + 1 frequencies.

    Raises
    ------
    TypeError
        For a complex operand.
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/rfft

    Examples
    --------
    >>> tf.signal.rfft([1., 2., 3., 4.]).numpy().tolist()
    [(10+0j), (-2+2j), (-2+0j)]
    """

def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The first half of the transform of real signals over the last two axes.

    Parameters
    ----------
    input_tensor : array_like
        Real.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex; of the last of the axes, fft_length // 2 + 1 frequencies.

    Raises
    ------
    TypeError
        For a complex operand.
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/rfft2d

    Examples
    --------
    >>> tf.signal.rfft2d([[1., 2., 3.], [3., 4., 5.]]).numpy().shape
    (2, 2)
    """

def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The first half of the transform of real signals over the last three axes.

    Parameters
    ----------
    input_tensor : array_like
        Real.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex; of the last of the axes, fft_length // 2 + 1 frequencies.

    Raises
    ------
    TypeError
        For a complex operand.
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/rfft3d

    Examples
    --------
    >>> tf.signal.rfft3d([[[1., 2.]]], [1, 1, 4]).numpy().tolist()
    [[[(3+0j), (1-2j), (-1+0j)]]]
    """

def rfftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    """The first half of the transform of real signals over any axes: half along the last of them.

    Parameters
    ----------
    input_tensor : array_like
        Real.
    fft_length : array_like of int, optional
        The points along each of the axes, to which the operand is cut or padded with zeros. By default as many as there are.
    axes : array_like of int, optional
        All axes, or with lengths the last ones, unless given.
    norm : {"backward", "ortho", "forward"}, optional
        Whether the inverse transform is divided by the number of points, both by its root, or the other one by the number.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Complex; of the last of the axes, fft_length // 2 + 1 frequencies.

    Raises
    ------
    TypeError
        For a complex operand.
    ValueError
        For fewer axes than are transformed, lengths that are not as many, or none of a point.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/rfftnd. TensorFlow has no kernel for it on CPUs.

    Examples
    --------
    >>> tf.signal.rfftnd([[1., 2.], [3., 4.]], axes=[1, 0]).numpy().tolist()
    [[(10+0j), (-2+0j)], [(-4+0j), 0j]]
    """

def vorbis_window(window_length: Any, dtype: Any = ..., name: str | None = None) -> Tensor:
    """Vorbis's window, whose square and that of its other half add up to one.

    Parameters
    ----------
    window_length : int
        The number of points.
    dtype : dtype
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
    https://www.tensorflow.org/api_docs/python/tf/signal/vorbis_window

    Examples
    --------
    >>> print(tf.signal.vorbis_window(4).numpy().round(2))
    [0.23 0.97 0.97 0.23]
    """
