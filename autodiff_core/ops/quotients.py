"""Division that rounds towards zero, or gives zero for one by zero; and conversions of bits and of ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import forms
from .elementwise import divide_no_nan, maximum, minimum
from .forms import Kind
from .picking import places_of


def truncatediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Quotients rounded towards zero, elementwise.

    Parameters
    ----------
    x, y : array_like
        Of real dtypes, that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype. The gradient stops here.

    Raises
    ------
    ZeroDivisionError
        Where an integer is divided by zero.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/truncatediv

    Examples
    --------
    >>> tf.truncatediv([7, -7], 2).numpy().tolist()
    [3, -3]
    """
    return _TRUNCATED(_pair(x, y, "truncatediv"), "div")


def truncatemod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Remainders of quotients that are rounded towards zero, elementwise: of the sign of x.

    Parameters
    ----------
    x, y : array_like
        Of real dtypes, that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape and dtype.

    Raises
    ------
    ZeroDivisionError
        Where an integer is divided by zero.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/truncatemod. Of floats it has the derivative of np.fmod; TensorFlow's
    has none.

    Examples
    --------
    >>> tf.truncatemod([7, -7], 2).numpy().tolist()
    [1, -1]
    """
    first, second = _pair(x, y, "truncatemod")
    if _core.is_floating(np.result_type(first.dtype, second.dtype)):
        return np.fmod(first, second)
    return _TRUNCATED((first, second), "mod")


def _pair(x: Any, y: Any, function: str) -> tuple[Any, Any]:
    alike = isinstance(y, _core.Operand) and not isinstance(x, _core.Operand)
    first: Any = _core.operand_like(x, y) if alike else _core.operand(x)
    second: Any = y if isinstance(y, _core.Operand) else _core.operand_like(y, first)
    if "c" in (first.dtype.kind, second.dtype.kind):
        raise TypeError(f"{function}: takes real numbers, not {first.dtype} and {second.dtype}")
    return first, second


def _truncated(kind: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    dtype = np.result_type(x.dtype, y.dtype)
    if _core.is_floating(dtype):
        return np.trunc(x / y).astype(dtype, copy=False)
    if not np.all(y):
        raise ZeroDivisionError(f"truncate{kind}: an integer is divided by zero")
    rest = np.fmod(x, y)
    return rest if kind == "mod" else (x - rest) // y


def _truncated_kind(kind: str, x: Kind, y: Kind) -> Kind:
    dtype = np.result_type(x.dtype, y.dtype)
    if dtype.kind not in "iuf":
        raise ValueError(f"a quotient of {dtype}")
    return Kind(dtype, forms.broadcast(x, y))


_TRUNCATED = places_of(
    "truncated_quotient",
    _truncated,
    form=forms.text("mod", "div"),
    gives=_truncated_kind,
)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, and 0 where x is 0, elementwise.

    Parameters
    ----------
    x : array_like
        Of a float dtype.

    Returns
    -------
    Tensor
        Of the operand's shape; the gradient at 0 is 0.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reciprocal_no_nan

    Examples
    --------
    >>> print(tf.math.reciprocal_no_nan([2., 0.]))
    Tensor([0.5 0. ], shape=(2,), dtype=float32)
    """
    operand = _core.operand(x)
    return divide_no_nan(_core.to_tensor(np.ones((), operand.dtype)), operand)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """Values of another dtype, the nearest that it has where they lie beyond its range.

    Parameters
    ----------
    value : array_like
        Of a real dtype.
    dtype : dtype
        A real dtype.

    Returns
    -------
    Tensor
        Of this dtype. From floats to floats the gradient passes, but for what lies beyond.

    Raises
    ------
    TypeError
        For dtypes that have no range.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/saturate_cast

    Examples
    --------
    >>> tf.saturate_cast([-3., 7., 300.], tf.uint8).numpy().tolist()
    [0, 7, 255]
    """
    x, to = _core.operand(value), _core.as_dtype(dtype)
    own, wanted = _range("saturate_cast", x.dtype), _range("saturate_cast", to)
    if own[0] < wanted[0]:
        x = maximum(x, _bound(wanted[0], x.dtype))
    if own[1] > wanted[1]:
        x = minimum(x, _bound(wanted[1], x.dtype))
    return _core.to_dtype(x, to)


def _range(function: str, dtype: np.dtype[Any]) -> tuple[Any, Any]:
    if dtype.kind in "iu":
        return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if not _core.is_floating(dtype):
        raise TypeError(f"{function}: {dtype} has no range; real dtypes have")
    return finfo(dtype).min, finfo(dtype).max


def _bound(bound: Any, dtype: np.dtype[Any]) -> Any:
    """A bound in the dtype of the values, rounded towards zero where floats are too coarse for it."""
    nearest = np.asarray(bound).astype(dtype)
    if _core.is_floating(dtype) and isinstance(bound, int) and abs(int(nearest)) > abs(bound):
        nearest = np.nextafter(nearest, dtype.type(0))
    return _core.to_tensor(nearest)


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The same bits, read as another dtype.

    Parameters
    ----------
    input : array_like
        Of any dtype.
    type : dtype
        The other one. If its elements are shorter, there is a last axis for the parts of each; if they are longer, the
        last axis must have as many parts as one of them, and goes.

    Returns
    -------
    Tensor
        Of this dtype; no gradient passes.

    Raises
    ------
    ValueError
        Where the last axis does not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/bitcast

    Examples
    --------
    >>> tf.bitcast(tf.constant([1., -2.]), tf.int32).numpy().tolist()
    [1065353216, -1073741824]
    """
    x, to = _core.operand(input), _core.as_dtype(type)
    shape = tuple(x.shape)
    own, wanted = x.dtype.itemsize, to.itemsize
    if own >= wanted and own % wanted == 0:
        shape = shape if own == wanted else (*shape, own // wanted)
    elif wanted % own == 0 and shape and shape[-1] == wanted // own:
        shape = shape[:-1]
    else:
        raise ValueError(f"bitcast: {x.dtype} of shape {shape} cannot be read as {to}: the last axis does not fit")
    return _BITS([x], (to, shape))


def _bits_kind(attributes: Any, x: Kind) -> Kind:
    dtype, shape = attributes
    if x.size * x.dtype.itemsize != Kind(dtype, shape).size * dtype.itemsize:
        raise ValueError(f"{x} has not the bytes of {Kind(dtype, shape)}")
    return Kind(dtype, shape)


_BITS = places_of(
    "bitcast",
    lambda a, x: np.ascontiguousarray(x).reshape(-1).view(a[0]).reshape(a[1]).copy(),
    form=forms.parts(forms.dtype(), forms.shape),
    gives=_bits_kind,
)
