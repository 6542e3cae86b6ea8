"""The array API's dtypes, which are NumPy's, and its functions of dtypes."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...dtypes import (
    bool,
    complex64,
    complex128,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .describing import described
from .info import check_device

__all__ = [
    "astype",
    "bool",
    "can_cast",
    "complex128",
    "complex64",
    "finfo",
    "float32",
    "float64",
    "iinfo",
    "int16",
    "int32",
    "int64",
    "int8",
    "isdtype",
    "result_type",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
]


@dataclass(frozen=True)
class FloatInfo:
    """The limits of a float dtype, as Python's numbers."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class IntegerInfo:
    """The limits of an integer dtype, as Python's numbers."""

    bits: int
    max: int
    min: int
    dtype: np.dtype[Any]


def _dtype_of(value: Any) -> Any:
    """A tensor's dtype; a dtype, or a Python number, as it is."""
    return value.dtype if isinstance(value, _core.Operand) else value


@described(
    "Tensor : The values; recorded.",
    dtype="dtype : The one that is wanted.",
    copy="bool : Whether a tensor that has the dtype already becomes another one.",
)
def astype(x: Any, dtype: Any, /, *, copy: builtins.bool = True, device: Any = None) -> Tensor:
    """The values in another dtype."""
    check_device(device)
    wanted = np.dtype(dtype)
    operand = _core.operand(x)
    if operand.dtype.kind == "c" and wanted.kind in "fiu":
        raise TypeError(
            f"astype: from {operand.dtype} to {wanted} the imaginary parts would be lost; take real(x) first"
        )
    if wanted != operand.dtype:
        return _core.to_dtype(operand, wanted)
    return _core.identity_tensor(operand) if copy else _core.to_tensor(operand)


@described("bool : Whether it is safe.", from_="dtype or Tensor : From which.", to="dtype : To which.")
def can_cast(from_: Any, to: Any, /) -> builtins.bool:
    """Whether values of one dtype can be had in another without a loss, by NumPy's rules."""
    return builtins.bool(np.can_cast(_dtype_of(from_), to))


@described(
    "FloatInfo : With bits, eps, max, min, smallest_normal and dtype.",
    type="dtype or Tensor : Of floats or complex numbers.",
)
def finfo(type: Any, /) -> FloatInfo:
    """The limits of a float dtype; of a complex dtype, those of its parts."""
    found = np.finfo(_dtype_of(type))
    return FloatInfo(
        int(found.bits),
        float(found.eps),
        float(found.max),
        float(found.min),
        float(found.smallest_normal),
        np.dtype(found.dtype),
    )


@described("IntegerInfo : With bits, max, min and dtype.", type="dtype or Tensor : Of integers.")
def iinfo(type: Any, /) -> IntegerInfo:
    """The limits of an integer dtype."""
    dtype = np.dtype(_dtype_of(type))
    found = np.iinfo(dtype)
    return IntegerInfo(int(found.bits), int(found.max), int(found.min), dtype)


@described(
    "bool : Whether it is.",
    dtype="dtype : Any.",
    kind=(
        'dtype, str or tuple of these : A dtype; "bool", "signed integer", "unsigned integer", '
        '"integral", "real floating", "complex floating" or "numeric"; or several.'
    ),
)
def isdtype(dtype: Any, kind: Any) -> builtins.bool:
    """Whether a dtype is a given one, is of a kind ("integral", "real floating" ...), or fits one of several."""
    return builtins.bool(np.isdtype(dtype, kind))


def result_type(*arrays_and_dtypes: Any) -> np.dtype[Any]:
    """The dtype that an operation on these would have, by NumPy's rules; Python's numbers give way to arrays.

    Parameters
    ----------
    *arrays_and_dtypes : Tensor, dtype or number
        What comes together.

    Returns
    -------
    numpy.dtype
        The dtype.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.result_type.html
    """
    return np.result_type(*map(_dtype_of, arrays_and_dtypes))
