"""dtypes by TensorFlow's names. They are NumPy's dtype objects, so both libraries' spellings compare equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core

__all__ = [
    *("DType", "as_dtype", "bool", "complex128", "complex64", "double", "float16", "float32", "float64", "floatx"),
    *("half", "int16", "int32", "int64", "int8", "longdouble", "set_floatx", "uint16", "uint32", "uint64", "uint8"),
]
__dir__ = __all__.copy

DType = np.dtype

float16 = half = np.dtype("float16")
float32 = np.dtype("float32")
float64 = double = np.dtype("float64")
longdouble = np.dtype("longdouble")
int8 = np.dtype("int8")
int16 = np.dtype("int16")
int32 = np.dtype("int32")
int64 = np.dtype("int64")
uint8 = np.dtype("uint8")
uint16 = np.dtype("uint16")
uint32 = np.dtype("uint32")
uint64 = np.dtype("uint64")
complex64 = np.dtype("complex64")
complex128 = np.dtype("complex128")
bool = np.dtype("bool")

NAMES = (
    "float16",
    "half",
    "float32",
    "float64",
    "double",
    "longdouble",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bool",
)


if TYPE_CHECKING:
    bfloat16: np.dtype[Any]  # ml_dtypes' own, where it is installed
else:

    def __getattr__(name: str) -> Any:
        if name != "bfloat16":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return _core.as_dtype(name)
        except ImportError as error:
            raise AttributeError(str(error)) from error  # so that hasattr says no


def finfo(dtype: Any) -> Any:
    """np.finfo, which does not know bfloat16."""
    wanted = as_dtype(dtype)
    if wanted.kind != "V":
        return np.finfo(wanted)
    import ml_dtypes

    return ml_dtypes.finfo(wanted)  # type: ignore[no-untyped-call]


def as_dtype(type_value: Any) -> np.dtype[Any]:
    """The dtype of a name, a NumPy type or a Python type.

    Parameters
    ----------
    type_value : dtype_like
        For example "float32", numpy.float32 or float.

    Returns
    -------
    numpy.dtype
        The dtype.

    Examples
    --------
    >>> tf.as_dtype("float32") == tf.float32
    True
    """
    dtype: np.dtype[Any] = _core.as_dtype(type_value)
    return dtype


def floatx() -> str:
    """The name of the dtype that Python floats become.

    Returns
    -------
    str
        "float32" or "float64".

    Examples
    --------
    >>> tf.floatx()
    'float32'
    """
    return str(_core.default_float().name)


def set_floatx(value: Any) -> None:
    """Set the dtype that Python floats become.

    Parameters
    ----------
    value : {"float32", "float64"} or dtype
        TensorFlow's default is float32; science often wants float64.

    Raises
    ------
    ValueError
        For any other dtype.

    Examples
    --------
    >>> tf.set_floatx("float64")
    >>> tf.constant(0.1)
    <Tensor: shape=(), dtype=float64, numpy=0.1>
    >>> tf.set_floatx("float32")
    """
    if np.dtype(value) not in (float32, float64):
        raise ValueError(f"set_floatx: {value!r} must be float32 or float64")
    _core.set_float_code(value)
