"""The Python array API standard on tensors: the module that `t.__array_namespace__()` gives."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from typing import Any
from .dtypes import bool as bool
from .dtypes import complex128 as complex128
from .dtypes import complex64 as complex64
from .dtypes import float32 as float32
from .dtypes import float64 as float64
from .dtypes import int16 as int16
from .dtypes import int32 as int32
from .dtypes import int64 as int64
from .dtypes import int8 as int8
from .dtypes import uint16 as uint16
from .dtypes import uint32 as uint32
from .dtypes import uint64 as uint64
from .dtypes import uint8 as uint8
from .numpy.array_api import fft as fft
from .numpy.array_api import linalg as linalg
from .numpy.array_api import newaxis as newaxis
from .numpy.array_api.creation import arange as arange
from .numpy.array_api.creation import asarray as asarray
from .numpy.array_api.creation import empty as empty
from .numpy.array_api.creation import empty_like as empty_like
from .numpy.array_api.creation import eye as eye
from .numpy.array_api.creation import from_dlpack as from_dlpack
from .numpy.array_api.creation import full as full
from .numpy.array_api.creation import full_like as full_like
from .numpy.array_api.creation import linspace as linspace
from .numpy.array_api.creation import meshgrid as meshgrid
from .numpy.array_api.creation import ones as ones
from .numpy.array_api.creation import ones_like as ones_like
from .numpy.array_api.creation import tril as tril
from .numpy.array_api.creation import triu as triu
from .numpy.array_api.creation import zeros as zeros
from .numpy.array_api.creation import zeros_like as zeros_like
from .numpy.array_api.data_types import astype as astype
from .numpy.array_api.data_types import can_cast as can_cast
from .numpy.array_api.data_types import finfo as finfo
from .numpy.array_api.data_types import iinfo as iinfo
from .numpy.array_api.data_types import isdtype as isdtype
from .numpy.array_api.data_types import result_type as result_type
from .numpy.array_api.elementwise import clip as clip
from .numpy.array_api.elementwise import imag as imag
from .numpy.array_api.elementwise import real as real
from .numpy.array_api.manipulation import broadcast_arrays as broadcast_arrays
from .numpy.array_api.manipulation import broadcast_to as broadcast_to
from .numpy.array_api.manipulation import concat as concat
from .numpy.array_api.manipulation import expand_dims as expand_dims
from .numpy.array_api.manipulation import flip as flip
from .numpy.array_api.manipulation import moveaxis as moveaxis
from .numpy.array_api.manipulation import permute_dims as permute_dims
from .numpy.array_api.manipulation import repeat as repeat
from .numpy.array_api.manipulation import reshape as reshape
from .numpy.array_api.manipulation import roll as roll
from .numpy.array_api.manipulation import squeeze as squeeze
from .numpy.array_api.manipulation import stack as stack
from .numpy.array_api.manipulation import tile as tile
from .numpy.array_api.manipulation import unstack as unstack
from .numpy.array_api.products import matmul as matmul
from .numpy.array_api.products import matrix_transpose as matrix_transpose
from .numpy.array_api.products import tensordot as tensordot
from .numpy.array_api.products import vecdot as vecdot
from .numpy.array_api.searching import argmax as argmax
from .numpy.array_api.searching import argmin as argmin
from .numpy.array_api.searching import argsort as argsort
from .numpy.array_api.searching import count_nonzero as count_nonzero
from .numpy.array_api.searching import nonzero as nonzero
from .numpy.array_api.searching import searchsorted as searchsorted
from .numpy.array_api.searching import sort as sort
from .numpy.array_api.searching import take as take
from .numpy.array_api.searching import take_along_axis as take_along_axis
from .numpy.array_api.searching import unique_all as unique_all
from .numpy.array_api.searching import unique_counts as unique_counts
from .numpy.array_api.searching import unique_inverse as unique_inverse
from .numpy.array_api.searching import unique_values as unique_values
from .numpy.array_api.searching import where as where
from .numpy.array_api.statistical import all as all
from .numpy.array_api.statistical import any as any
from .numpy.array_api.statistical import cumulative_prod as cumulative_prod
from .numpy.array_api.statistical import cumulative_sum as cumulative_sum
from .numpy.array_api.statistical import diff as diff
from .numpy.array_api.statistical import max as max
from .numpy.array_api.statistical import mean as mean
from .numpy.array_api.statistical import min as min
from .numpy.array_api.statistical import prod as prod
from .numpy.array_api.statistical import std as std
from .numpy.array_api.statistical import sum as sum
from .numpy.array_api.statistical import var as var

def abs(x: Any, /) -> Tensor:
    """numpy.absolute of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.abs.html
    """

def acos(x: Any, /) -> Tensor:
    """numpy.arccos of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.acos.html
    """

def acosh(x: Any, /) -> Tensor:
    """numpy.arccosh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.acosh.html
    """

def add(x1: Any, x2: Any, /) -> Tensor:
    """numpy.add of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.add.html
    """

def asin(x: Any, /) -> Tensor:
    """numpy.arcsin of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.asin.html
    """

def asinh(x: Any, /) -> Tensor:
    """numpy.arcsinh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.asinh.html
    """

def atan(x: Any, /) -> Tensor:
    """numpy.arctan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atan.html
    """

def atan2(x1: Any, x2: Any, /) -> Tensor:
    """numpy.arctan2 of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atan2.html
    """

def atanh(x: Any, /) -> Tensor:
    """numpy.arctanh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.atanh.html
    """

def bitwise_and(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_and of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_and.html
    """

def bitwise_invert(x: Any, /) -> Tensor:
    """numpy.invert of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_invert.html
    """

def bitwise_left_shift(x1: Any, x2: Any, /) -> Tensor:
    """numpy.left_shift of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_left_shift.html
    """

def bitwise_or(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_or of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_or.html
    """

def bitwise_right_shift(x1: Any, x2: Any, /) -> Tensor:
    """numpy.right_shift of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_right_shift.html
    """

def bitwise_xor(x1: Any, x2: Any, /) -> Tensor:
    """numpy.bitwise_xor of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.bitwise_xor.html
    """

def ceil(x: Any, /) -> Tensor:
    """numpy.ceil of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.ceil.html
    """

def conj(x: Any, /) -> Tensor:
    """numpy.conjugate of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.conj.html
    """

def copysign(x1: Any, x2: Any, /) -> Tensor:
    """numpy.copysign of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.copysign.html
    """

def cos(x: Any, /) -> Tensor:
    """numpy.cos of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cos.html
    """

def cosh(x: Any, /) -> Tensor:
    """numpy.cosh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.cosh.html
    """

def divide(x1: Any, x2: Any, /) -> Tensor:
    """numpy.divide of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.divide.html
    """

def equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.equal.html
    """

def exp(x: Any, /) -> Tensor:
    """numpy.exp of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.exp.html
    """

def expm1(x: Any, /) -> Tensor:
    """numpy.expm1 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.expm1.html
    """

def floor(x: Any, /) -> Tensor:
    """numpy.floor of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.floor.html
    """

def floor_divide(x1: Any, x2: Any, /) -> Tensor:
    """numpy.floor_divide of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.floor_divide.html
    """

def greater(x1: Any, x2: Any, /) -> Tensor:
    """numpy.greater of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.greater.html
    """

def greater_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.greater_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.greater_equal.html
    """

def hypot(x1: Any, x2: Any, /) -> Tensor:
    """numpy.hypot of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.hypot.html
    """

def isfinite(x: Any, /) -> Tensor:
    """numpy.isfinite of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isfinite.html
    """

def isinf(x: Any, /) -> Tensor:
    """numpy.isinf of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isinf.html
    """

def isnan(x: Any, /) -> Tensor:
    """numpy.isnan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.isnan.html
    """

def less(x1: Any, x2: Any, /) -> Tensor:
    """numpy.less of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.less.html
    """

def less_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.less_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.less_equal.html
    """

def log(x: Any, /) -> Tensor:
    """numpy.log of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log.html
    """

def log10(x: Any, /) -> Tensor:
    """numpy.log10 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log10.html
    """

def log1p(x: Any, /) -> Tensor:
    """numpy.log1p of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log1p.html
    """

def log2(x: Any, /) -> Tensor:
    """numpy.log2 of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.log2.html
    """

def logaddexp(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logaddexp of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logaddexp.html
    """

def logical_and(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_and of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_and.html
    """

def logical_not(x: Any, /) -> Tensor:
    """numpy.logical_not of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_not.html
    """

def logical_or(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_or of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_or.html
    """

def logical_xor(x1: Any, x2: Any, /) -> Tensor:
    """numpy.logical_xor of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.logical_xor.html
    """

def maximum(x1: Any, x2: Any, /) -> Tensor:
    """numpy.maximum of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.maximum.html
    """

def minimum(x1: Any, x2: Any, /) -> Tensor:
    """numpy.minimum of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.minimum.html
    """

def multiply(x1: Any, x2: Any, /) -> Tensor:
    """numpy.multiply of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.multiply.html
    """

def negative(x: Any, /) -> Tensor:
    """numpy.negative of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.negative.html
    """

def nextafter(x1: Any, x2: Any, /) -> Tensor:
    """numpy.nextafter of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.nextafter.html
    """

def not_equal(x1: Any, x2: Any, /) -> Tensor:
    """numpy.not_equal of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.not_equal.html
    """

def positive(x: Any, /) -> Tensor:
    """numpy.positive of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.positive.html
    """

def pow(x1: Any, x2: Any, /) -> Tensor:
    """numpy.power of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.pow.html
    """

def reciprocal(x: Any, /) -> Tensor:
    """numpy.reciprocal of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.reciprocal.html
    """

def remainder(x1: Any, x2: Any, /) -> Tensor:
    """numpy.remainder of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.remainder.html
    """

def round(x: Any, /) -> Tensor:
    """numpy.rint of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.round.html
    """

def sign(x: Any, /) -> Tensor:
    """numpy.sign of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sign.html
    """

def signbit(x: Any, /) -> Tensor:
    """numpy.signbit of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.signbit.html
    """

def sin(x: Any, /) -> Tensor:
    """numpy.sin of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sin.html
    """

def sinh(x: Any, /) -> Tensor:
    """numpy.sinh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sinh.html
    """

def sqrt(x: Any, /) -> Tensor:
    """numpy.sqrt of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.sqrt.html
    """

def square(x: Any, /) -> Tensor:
    """numpy.square of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.square.html
    """

def subtract(x1: Any, x2: Any, /) -> Tensor:
    """numpy.subtract of tensors, elementwise; recorded.

    Parameters
    ----------
    x1, x2 : array_like
        Of shapes that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.subtract.html
    """

def tan(x: Any, /) -> Tensor:
    """numpy.tan of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tan.html
    """

def tanh(x: Any, /) -> Tensor:
    """numpy.tanh of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.tanh.html
    """

def trunc(x: Any, /) -> Tensor:
    """numpy.trunc of tensors, elementwise; recorded.

    Parameters
    ----------
    x : array_like
        Of any shape; the dtype stays, and no gradient passes.

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.trunc.html
    """

e: float
inf: float
nan: float
pi: float
