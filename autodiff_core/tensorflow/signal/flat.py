"""TensorFlow's flat names for transforms over any axes: those of its kernels, which are told all lengths and axes."""

from __future__ import annotations

from typing import Any

from ... import _core, dtypes
from ..._core import Tensor
from . import spectra

__all__ = ["fftnd", "ifftnd", "irfftnd", "rfftnd"]

_DOC = """{what}, as `tf.signal.{name}` computes it.

Parameters
----------
input : array_like
    The operand.
fft_length, axes : array_like of int
    The points along each of the axes, to which the operand is cut or padded with zeros; and the axes.
{dtype}name : str, optional
    Accepted for TensorFlow's sake; without effect.

Returns
-------
Tensor
    {result}

Raises
------
ValueError
    For lengths that are not as many as the axes, or none of a point.

Notes
-----
https://www.tensorflow.org/api_docs/python/tf/{name}

Examples
--------
>>> tf.{name}([[1., 2.], [3., 4.]], [2], [0]).numpy().tolist()
{shown}
"""
_DTYPE = "{} : dtype, optional\n    That of the result; by default of the operand's precision.\n"


def fftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Tensor:
    return spectra.fftnd(input, fft_length, axes)


def ifftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Tensor:
    return spectra.ifftnd(input, fft_length, axes)


def rfftnd(input: Any, fft_length: Any, axes: Any, Tcomplex: Any = None, name: str | None = None) -> Tensor:
    return _in_dtype(spectra.rfftnd(input, fft_length, axes), Tcomplex)


def irfftnd(input: Any, fft_length: Any, axes: Any, Treal: Any = None, name: str | None = None) -> Tensor:
    return _in_dtype(spectra.irfftnd(input, fft_length, axes), Treal)


def _in_dtype(result: Tensor, dtype: Any) -> Tensor:
    return result if dtype is None else _core.to_dtype(result, dtypes.as_dtype(dtype))


for _function, _what, _dtype, _result, _shown in (
    (fftnd, "The discrete Fourier transform over some axes", "", "Complex.", "[[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]"),
    (ifftnd, "The inverse of `fftnd`", "", "Complex.", "[[(2+0j), (3+0j)], [(-1+0j), (-1+0j)]]"),
    (rfftnd, "Half the transform of real signals", "Tcomplex", "Complex.", "[[(4+0j), (6+0j)], [(-2+0j), (-2+0j)]]"),
    (irfftnd, "The inverse of `rfftnd`", "Treal", "Real.", "[[2.0, 3.0], [-1.0, -1.0]]"),
):
    _function.__doc__ = _DOC.format(
        what=_what, name=_function.__name__, dtype=_dtype and _DTYPE.format(_dtype), result=_result, shown=_shown
    )
