"""The array API's extension for Fourier transforms: `np.fft` on tensors, recorded, with the standard's arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from ... import _core
from ..._core import Tensor
from ..functions.fft import COUNTERPARTS as _COUNTERPARTS
from .info import check_device, default_of

__all__ = [
    "fft",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfftn",
    "rfft",
    "rfftfreq",
    "rfftn",
]

Norm = Literal["backward", "ortho", "forward"]


def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The discrete Fourier transforms along an axis.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.fft.html
    """
    return _COUNTERPARTS[np.fft.fft](x, n, axis, norm)


def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `fft`.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.ifft.html
    """
    return _COUNTERPARTS[np.fft.ifft](x, n, axis, norm)


def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The first half of the transforms of real vectors.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.rfft.html
    """
    return _COUNTERPARTS[np.fft.rfft](x, n, axis, norm)


def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `rfft`, real.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.irfft.html
    """
    return _COUNTERPARTS[np.fft.irfft](x, n, axis, norm)


def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The transforms, real, of vectors that are given by their first half, whose other half is its conjugate.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.hfft.html
    """
    return _COUNTERPARTS[np.fft.hfft](x, n, axis, norm)


def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: Norm = "backward") -> Tensor:
    """The inverse of `hfft`.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    n : int, optional
        The length to which vectors are cut, or filled up with zeros; of the result for what gives real numbers.
    axis : int
        The axis.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the length; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.ihfft.html
    """
    return _COUNTERPARTS[np.fft.ihfft](x, n, axis, norm)


def fftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The discrete Fourier transforms over several axes.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    s : sequence of int, optional
        The lengths to which the axes are cut, or filled up with zeros.
    axes : sequence of int, optional
        The axes; all of them, or the last ones where there are lengths.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the number of elements; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.fftn.html
    """
    return _COUNTERPARTS[np.fft.fftn](x, s, axes, norm)


def ifftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The inverse of `fftn`.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    s : sequence of int, optional
        The lengths to which the axes are cut, or filled up with zeros.
    axes : sequence of int, optional
        The axes; all of them, or the last ones where there are lengths.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the number of elements; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.ifftn.html
    """
    return _COUNTERPARTS[np.fft.ifftn](x, s, axes, norm)


def rfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The transforms of real arrays over several axes, half of the last of them.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    s : sequence of int, optional
        The lengths to which the axes are cut, or filled up with zeros.
    axes : sequence of int, optional
        The axes; all of them, or the last ones where there are lengths.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the number of elements; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.rfftn.html
    """
    return _COUNTERPARTS[np.fft.rfftn](x, s, axes, norm)


def irfftn(
    x: Any, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: Norm = "backward"
) -> Tensor:
    """The inverse of `rfftn`, real.

    Parameters
    ----------
    x : array_like
        Of floats or complex numbers.
    s : sequence of int, optional
        The lengths to which the axes are cut, or filled up with zeros.
    axes : sequence of int, optional
        The axes; all of them, or the last ones where there are lengths.
    norm : {"backward", "ortho", "forward"}
        Which of a transform and its inverse is divided by the number of elements; both by its root for "ortho".

    Returns
    -------
    Tensor
        The transforms.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.irfftn.html
    """
    return _COUNTERPARTS[np.fft.irfftn](x, s, axes, norm)


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    """The frequencies that the elements of `fft` stand for.

    Parameters
    ----------
    n : int
        The length of what is transformed.
    d : float
        The distance of two samples.
    dtype : dtype, optional
        Of the result; the default for floats unless given.
    device : {"cpu"}, optional
        There is no other.

    Returns
    -------
    Tensor
        In cycles per unit of `d`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.fftfreq.html
    """
    check_device(device)
    return _core.to_tensor(np.fft.fftfreq(_core.as_index(n), d), default_of("f") if dtype is None else dtype)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    """The frequencies that the elements of `rfft` stand for.

    Parameters
    ----------
    n : int
        The length of what is transformed.
    d : float
        The distance of two samples.
    dtype : dtype, optional
        Of the result; the default for floats unless given.
    device : {"cpu"}, optional
        There is no other.

    Returns
    -------
    Tensor
        In cycles per unit of `d`.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.rfftfreq.html
    """
    check_device(device)
    return _core.to_tensor(np.fft.rfftfreq(_core.as_index(n), d), default_of("f") if dtype is None else dtype)


def fftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """The frequency 0 moved to the middle of each axis.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    axes : int or sequence of int, optional
        The axes; all of them by default.

    Returns
    -------
    Tensor
        The elements of `x` in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.fftshift.html
    """
    return _COUNTERPARTS[np.fft.fftshift](x, axes)


def ifftshift(x: Any, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of `fftshift`.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    axes : int or sequence of int, optional
        The axes; all of them by default.

    Returns
    -------
    Tensor
        The elements of `x` in another order.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/extensions/generated/array_api.fft.ifftshift.html
    """
    return _COUNTERPARTS[np.fft.ifftshift](x, axes)
