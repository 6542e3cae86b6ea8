"""The array API's elementwise functions: the rows of NumPy's ufuncs, by the standard's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops import complex_parts
from ..functions import ordering
from ..protocol import array_ufunc
from .describing import described


def _computed(ufunc: np.ufunc) -> Callable[..., Tensor]:
    """What computes a ufunc: its row, or for one of integers NumPy."""
    row = _core.ufunc_row(ufunc)
    if row is not None:
        return _core.op_named(row).function
    return lambda *operands: array_ufunc(ufunc, "__call__", operands, {})


def _one(name: str, ufunc: np.ufunc) -> Callable[[Any], Tensor]:
    """The function of one operand."""
    compute = _computed(ufunc)

    def function(x: Any, /) -> Tensor:
        return compute(x)

    return _named(function, name, ufunc, "x : array_like\n        Of any shape.")


def _two(name: str, ufunc: np.ufunc) -> Callable[[Any, Any], Tensor]:
    """The function of two operands, which broadcast; a Python number beside a tensor takes its dtype."""
    compute = _computed(ufunc)

    def function(x1: Any, x2: Any, /) -> Tensor:
        return compute(x1, x2)

    return _named(function, name, ufunc, "x1, x2 : array_like\n        Of shapes that broadcast.")


def _to_integers(name: str, ufunc: np.ufunc) -> Callable[[Any], Tensor]:
    """The function of one operand that rounds floats, and has nothing to do for integers."""
    compute = _computed(ufunc)

    def function(x: Any, /) -> Tensor:
        operand = _core.operand(x)
        return _core.identity_tensor(operand) if operand.dtype.kind in "iu" else compute(operand)

    return _named(
        function, name, ufunc, "x : array_like\n        Of any shape; the dtype stays, and no gradient passes."
    )


_DOCUMENTATION = """numpy.{ufunc} of tensors, elementwise; recorded.

    Parameters
    ----------
    {operands}

    Returns
    -------
    Tensor
        Of the operands' common shape, and of NumPy's dtype for these operands.

    Notes
    -----
    https://data-apis.org/array-api/2024.12/API_specification/generated/array_api.{name}.html
    """


def _named(function: Any, name: str, ufunc: np.ufunc, operands: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = _DOCUMENTATION.format(name=name, ufunc=ufunc.__name__, operands=operands)
    return function


abs = _one("abs", np.absolute)
acos = _one("acos", np.arccos)
acosh = _one("acosh", np.arccosh)
add = _two("add", np.add)
asin = _one("asin", np.arcsin)
asinh = _one("asinh", np.arcsinh)
atan = _one("atan", np.arctan)
atan2 = _two("atan2", np.arctan2)
atanh = _one("atanh", np.arctanh)
bitwise_and = _two("bitwise_and", np.bitwise_and)
bitwise_invert = _one("bitwise_invert", np.invert)
bitwise_left_shift = _two("bitwise_left_shift", np.left_shift)
bitwise_or = _two("bitwise_or", np.bitwise_or)
bitwise_right_shift = _two("bitwise_right_shift", np.right_shift)
bitwise_xor = _two("bitwise_xor", np.bitwise_xor)
ceil = _to_integers("ceil", np.ceil)
conj = _one("conj", np.conjugate)
copysign = _two("copysign", np.copysign)
cos = _one("cos", np.cos)
cosh = _one("cosh", np.cosh)
divide = _two("divide", np.divide)
equal = _two("equal", np.equal)
exp = _one("exp", np.exp)
expm1 = _one("expm1", np.expm1)
floor = _to_integers("floor", np.floor)
floor_divide = _two("floor_divide", np.floor_divide)
greater = _two("greater", np.greater)
greater_equal = _two("greater_equal", np.greater_equal)
hypot = _two("hypot", np.hypot)
isfinite = _one("isfinite", np.isfinite)
isinf = _one("isinf", np.isinf)
isnan = _one("isnan", np.isnan)
less = _two("less", np.less)
less_equal = _two("less_equal", np.less_equal)
log = _one("log", np.log)
log10 = _one("log10", np.log10)
log1p = _one("log1p", np.log1p)
log2 = _one("log2", np.log2)
logaddexp = _two("logaddexp", np.logaddexp)
logical_and = _two("logical_and", np.logical_and)
logical_not = _one("logical_not", np.logical_not)
logical_or = _two("logical_or", np.logical_or)
logical_xor = _two("logical_xor", np.logical_xor)
maximum = _two("maximum", np.maximum)
minimum = _two("minimum", np.minimum)
multiply = _two("multiply", np.multiply)
negative = _one("negative", np.negative)
nextafter = _two("nextafter", np.nextafter)
not_equal = _two("not_equal", np.not_equal)
positive = _one("positive", np.positive)
pow = _two("pow", np.power)
reciprocal = _one("reciprocal", np.reciprocal)
remainder = _two("remainder", np.remainder)
round = _to_integers("round", np.rint)
sign = _one("sign", np.sign)
signbit = _one("signbit", np.signbit)
sin = _one("sin", np.sin)
sinh = _one("sinh", np.sinh)
sqrt = _one("sqrt", np.sqrt)
square = _one("square", np.square)
subtract = _two("subtract", np.subtract)
tan = _one("tan", np.tan)
tanh = _one("tanh", np.tanh)
trunc = _to_integers("trunc", np.trunc)


@described(
    "Tensor : Of the dtype of `x`. What is clipped gets a gradient of zero.",
    x="array_like : Of any shape and real dtype.",
    min="array_like, optional : The bounds, which broadcast.",
    max="array_like, optional : The bounds, which broadcast.",
)
def clip(x: Any, /, min: Any = None, max: Any = None) -> Tensor:
    """Values bounded below and above, where bounds are given; in the operand's dtype."""
    operand = _core.operand(x)
    bounds = [b if b is None else _core.operand_like(b, operand) for b in (min, max)]
    return ordering.clip(operand, *bounds)


@described("Tensor : Of a float dtype for complex numbers.", x="array_like : Of any shape and numeric dtype.")
def real(x: Any, /) -> Tensor:
    """The real part, elementwise; recorded."""
    return complex_parts.real(x)


@described(
    "Tensor : Of a float dtype for complex numbers; zeros for others.", x="array_like : Of any shape and numeric dtype."
)
def imag(x: Any, /) -> Tensor:
    """The imaginary part, elementwise; recorded."""
    return complex_parts.imag(x)
