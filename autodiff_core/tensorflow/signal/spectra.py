"""Fourier transforms by TensorFlow's names and arguments, over the transforms along an axis in ops/fourier.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from ... import _core
from ..._core import Tensor
from ...numpy.functions.fft import shifted
from ...ops import fourier
from ...ops.fourier import Norm

__all__ = [
    "fft",
    "fft2d",
    "fft3d",
    "fftnd",
    "fftshift",
    "ifft",
    "ifft2d",
    "ifft3d",
    "ifftnd",
    "ifftshift",
    "irfft",
    "irfft2d",
    "irfft3d",
    "irfftnd",
    "rfft",
    "rfft2d",
    "rfft3d",
    "rfftnd",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_DOC = """{what}

Parameters
----------
{operand}
{lengths}name : str, optional
    Accepted for TensorFlow's sake; without effect.

Returns
-------
Tensor
    {result}

Raises
------
{errors}

Notes
-----
https://www.tensorflow.org/api_docs/python/tf/signal/{name}{notes}

Examples
--------
{example}
"""
_WHOLE = "{} : array_like\n    Complex, as TensorFlow has it, or real, whose transform is complex."
_OPERANDS = {
    "fft": _WHOLE.format("input"),
    "fftnd": _WHOLE.format("input_tensor"),
    "rfft": "input_tensor : array_like\n    Real.",
    "irfft": "input_tensor : array_like\n    Complex: half a spectrum along the last of the axes, as `rfft` gives it.",
}
_RESULTS = {
    "fft": "Complex.",
    "fftnd": "Complex.",
    "rfft": "Complex; of the last of the axes, fft_length // 2 + 1 frequencies.",
    "irfft": "Real.",
}
_LENGTHS = """fft_length : array_like of int, optional
    The points along each of the axes, to which the operand is cut or padded with zeros. {default}
"""
_INFERRED = {
    "fftnd": "By default as many as there are.",
    "rfft": "By default as many as there are.",
    "irfft": "By default as many as there are, and along the last axis 2 * (n - 1).",
}
_AXES = """axes : array_like of int, optional
    All axes, or with lengths the last ones, unless given.
norm : {{"backward", "ortho", "forward"}}, optional
    Whether the inverse transform is divided by the number of points, both by its root, or the other one by the number.
"""
_ERRORS = """ValueError
    For fewer axes than are transformed, lengths that are not as many, or none of a point."""
_COMPLEX_ERROR = "TypeError\n    For a complex operand.\n"


def _documented(kind: str, what: str, example: str, axes: bool = False) -> Callable[[Function], Function]:
    def document(function: Function) -> Function:
        lengths = "" if kind == "fft" else _LENGTHS.format(default=_INFERRED[kind])
        function.__doc__ = _DOC.format(
            what=what,
            operand=_OPERANDS[kind],
            lengths=lengths + (_AXES.format() if axes else ""),
            result=_RESULTS[kind],
            errors=(_COMPLEX_ERROR if kind == "rfft" else "") + _ERRORS,
            name=function.__name__,
            notes=". TensorFlow has no kernel for it on CPUs." if axes else "",
            example=example,
        )
        return function

    return document


# -- Arguments -----------------------------------------------------------------------------------------------------


def _operand(x: Any) -> Any:
    """Python's integers are float32, as TensorFlow has them."""
    operand = _core.operand(x)
    plain = not isinstance(x, (_core.Operand, np.ndarray, np.generic))
    return _core.to_dtype(operand, np.float32) if plain and operand.dtype.kind in "iub" else operand


def _numbers(values: Any) -> list[int] | None:
    return None if values is None else _core.integers(values)


def _over_last(transform: Callable[..., Tensor], x: Any, count: int, fft_length: Any, function: str) -> Tensor:
    """A transform over so many of the last axes."""
    operand, lengths = _operand(x), _numbers(fft_length)
    shape = tuple(operand.shape)
    if len(shape) < count:
        raise ValueError(f"{function}: needs {count} {'axis' if count == 1 else 'axes'} or more; the shape is {shape}")
    if lengths is not None and len(lengths) != count:
        raise ValueError(f"{function}: fft_length has {count} numbers, one an axis, not {len(lengths)}: {lengths}")
    return transform(operand, lengths, range(-count, 0))


def _over_any(transform: Callable[..., Tensor], x: Any, fft_length: Any, axes: Any, norm: Norm) -> Tensor:
    return transform(_operand(x), _numbers(fft_length), _numbers(axes), norm)


# -- Whole spectra -------------------------------------------------------------------------------------------------


@_documented(
    "fft",
    "The discrete Fourier transform along the last axis.",
    ">>> tf.signal.fft([1., 2., 3., 4.]).numpy().tolist()\n[(10+0j), (-2+2j), (-2+0j), (-2-2j)]",
)
def fft(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.fftn, input, 1, None, "fft")


@_documented(
    "fft",
    "The inverse of `fft`.",
    ">>> tf.signal.ifft(tf.signal.fft([1., 2., 3., 4.])).numpy().tolist()\n[(1+0j), (2+0j), (3+0j), (4+0j)]",
)
def ifft(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.ifftn, input, 1, None, "ifft")


@_documented(
    "fft",
    "The discrete Fourier transform over the last two axes.",
    ">>> tf.signal.fft2d([[1., 2.], [3., 4.]]).numpy().tolist()\n[[(10+0j), (-2+0j)], [(-4+0j), 0j]]",
)
def fft2d(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.fftn, input, 2, None, "fft2d")


@_documented(
    "fft",
    "The inverse of `fft2d`.",
    ">>> tf.signal.ifft2d([[4., 0.], [0., 0.]]).numpy().tolist()\n[[(1+0j), (1+0j)], [(1+0j), (1+0j)]]",
)
def ifft2d(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.ifftn, input, 2, None, "ifft2d")


@_documented(
    "fft",
    "The discrete Fourier transform over the last three axes.",
    ">>> tf.signal.fft3d([[[1., 2.]]]).numpy().tolist()\n[[[(3+0j), (-1+0j)]]]",
)
def fft3d(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.fftn, input, 3, None, "fft3d")


@_documented(
    "fft",
    "The inverse of `fft3d`.",
    ">>> tf.signal.ifft3d([[[3., -1.]]]).numpy().tolist()\n[[[(1+0j), (2+0j)]]]",
)
def ifft3d(input: Any, name: str | None = None) -> Tensor:
    return _over_last(fourier.ifftn, input, 3, None, "ifft3d")


@_documented(
    "fftnd",
    "The discrete Fourier transform over any axes.",
    ">>> tf.signal.fftnd([[1., 2.], [3., 4.]], axes=[0]).numpy().tolist()\n[[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]",
    axes=True,
)
def fftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    return _over_any(fourier.fftn, input_tensor, fft_length, axes, norm)


@_documented(
    "fftnd",
    "The inverse of `fftnd`.",
    ">>> tf.signal.ifftnd([[4., 6.], [-2., -2.]], axes=[0]).numpy().tolist()\n[[(1+0j), (2+0j)], [(3+0j), (4+0j)]]",
    axes=True,
)
def ifftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    return _over_any(fourier.ifftn, input_tensor, fft_length, axes, norm)


# -- Half spectra, of real signals -----------------------------------------------------------------------------------


@_documented(
    "rfft",
    "The first half of the transform of a real signal along the last axis.",
    ">>> tf.signal.rfft([1., 2., 3., 4.]).numpy().tolist()\n[(10+0j), (-2+2j), (-2+0j)]",
)
def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.rfftn, input_tensor, 1, fft_length, "rfft")


@_documented(
    "irfft",
    "The inverse of `rfft`.",
    ">>> tf.signal.irfft([10., -2. + 2.j, -2.]).numpy().tolist()\n[1.0, 2.0, 3.0, 4.0]",
)
def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.irfftn, input_tensor, 1, fft_length, "irfft")


@_documented(
    "rfft",
    "The first half of the transform of real signals over the last two axes.",
    ">>> tf.signal.rfft2d([[1., 2., 3.], [3., 4., 5.]]).numpy().shape\n(2, 2)",
)
def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.rfftn, input_tensor, 2, fft_length, "rfft2d")


@_documented(
    "irfft",
    "The inverse of `rfft2d`.",
    ">>> tf.signal.irfft2d(tf.signal.rfft2d([[1., 2., 3., 0.], [3., 4., 5., 0.]])).numpy().tolist()\n"
    "[[1.0, 2.0, 3.0, 0.0], [3.0, 4.0, 5.0, 0.0]]",
)
def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.irfftn, input_tensor, 2, fft_length, "irfft2d")


@_documented(
    "rfft",
    "The first half of the transform of real signals over the last three axes.",
    ">>> tf.signal.rfft3d([[[1., 2.]]], [1, 1, 4]).numpy().tolist()\n[[[(3+0j), (1-2j), (-1+0j)]]]",
)
def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.rfftn, input_tensor, 3, fft_length, "rfft3d")


@_documented(
    "irfft",
    "The inverse of `rfft3d`.",
    ">>> tf.signal.irfft3d([[[3., 1. - 2.j, -1.]]]).numpy().tolist()\n[[[1.0, 2.0, 0.0, 0.0]]]",
)
def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    return _over_last(fourier.irfftn, input_tensor, 3, fft_length, "irfft3d")


@_documented(
    "rfft",
    "The first half of the transform of real signals over any axes: half along the last of them.",
    ">>> tf.signal.rfftnd([[1., 2.], [3., 4.]], axes=[1, 0]).numpy().tolist()\n[[(10+0j), (-2+0j)], [(-4+0j), 0j]]",
    axes=True,
)
def rfftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    return _over_any(fourier.rfftn, input_tensor, fft_length, axes, norm)


@_documented(
    "irfft",
    "The inverse of `rfftnd`.",
    ">>> tf.signal.irfftnd([[10., -2.], [-4., 0.]], axes=[1, 0]).numpy().tolist()\n[[1.0, 2.0], [3.0, 4.0]]",
    axes=True,
)
def irfftnd(
    input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: Norm = None, name: str | None = None
) -> Tensor:
    return _over_any(fourier.irfftn, input_tensor, fft_length, axes, norm)


# -- The order of frequencies ----------------------------------------------------------------------------------------


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """Move the frequency 0 to the middle of each axis.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    axes : int or sequence of int, optional
        All axes unless given.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    numpy.exceptions.AxisError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/fftshift

    Examples
    --------
    >>> print(tf.signal.fftshift([0., 1., 2., -2., -1.]).numpy())
    [-2. -1.  0.  1.  2.]
    """
    return shifted(x, _numbers(axes), 1)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """Move the frequency 0 back to the beginning of each axis.

    Parameters
    ----------
    x : array_like
        Of any dtype.
    axes : int or sequence of int, optional
        All axes unless given.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    numpy.exceptions.AxisError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/ifftshift

    Examples
    --------
    >>> print(tf.signal.ifftshift([-2., -1., 0., 1., 2.]).numpy())
    [ 0.  1.  2. -2. -1.]
    """
    return shifted(x, _numbers(axes), -1)
