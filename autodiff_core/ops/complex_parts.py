"""Complex numbers: made of two parts, taken apart, and what ops that are not analytic do with them.

An analytic op needs nothing here: its formula holds for complex operands as it stands, since the sweeps transpose and
do not conjugate (docs/derivatives.md says which convention the user sees). What is not analytic is made of the parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from . import elementwise as el
from . import forms
from .forms import Kind
from .picking import as_it_stands, places_of
from .table import Case, general, linear


def _joined(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    whole = np.empty(np.broadcast_shapes(x.shape, y.shape), np.result_type(x.dtype, np.complex64))
    whole.real, whole.imag = x, y
    return whole


def _parts_of(g: Any, y: Any, attributes: Any, *operands: Any) -> tuple[Any, Any]:
    return real(g), el.negative(imag(g))


def complex(real: Any, imag: Any, name: str | None = None) -> _core.Tensor:
    """Complex numbers of given real and imaginary parts.

    Parameters
    ----------
    real, imag : array_like
        Two floats of one dtype, whose shapes broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of dtype complex64 for float32, and complex128 for float64.

    Raises
    ------
    TypeError
        Where the parts are no floats, or of different dtypes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/complex

    Examples
    --------
    >>> tf.complex([1., 2.], [3., 4.]).numpy()
    array([1.+3.j, 2.+4.j], dtype=complex64)
    """
    x = _core.operand(real)
    y = _core.operand_like(imag, x) if not isinstance(imag, (_core.Operand, np.ndarray)) else _core.operand(imag)
    if x.dtype != y.dtype or x.dtype.kind != "f":
        raise TypeError(f"complex: the parts must be floats of one dtype, not {x.dtype} and {y.dtype}; cast them first")
    shape = np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    return _core.general(_COMPLEX, [_spread(x, shape), _spread(y, shape)], None)


def _spread(x: Any, shape: tuple[int, ...]) -> Any:
    from .shaping import broadcast_to

    return x if tuple(x.shape) == shape else broadcast_to(x, shape)


def real(input: Any, name: str | None = None) -> _core.Tensor:
    """The real part, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts; what is real stays as it is.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/real

    Examples
    --------
    >>> tf.math.real([1. + 2.j, 3.]).numpy()
    array([1., 3.])
    """
    x = _core.operand(input)
    return _core.to_dtype(x, _part_dtype(x)) if x.dtype.kind == "c" else _core.identity_tensor(x)


def imag(input: Any, name: str | None = None) -> _core.Tensor:
    """The imaginary part, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts; zeros for what is real.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/imag

    Examples
    --------
    >>> tf.math.imag([1. + 2.j, 3.]).numpy()
    array([2., 0.])
    """
    x = _core.operand(input)
    return _core.linear(_IMAG, x, None) if x.dtype.kind == "c" else _core.to_tensor(np.zeros(x.shape, x.dtype))


def angle(input: Any, name: str | None = None) -> _core.Tensor:
    """The argument of complex numbers, in radians, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts. For real numbers 0 or pi, by the sign, through which no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/angle. The slopes at 0 are NaN.

    Examples
    --------
    >>> tf.math.angle([1. + 1.j, -1.]).numpy().round(4)
    array([0.7854, 3.1416])
    """
    x = _core.operand(input)
    if x.dtype.kind == "c":
        return el.atan2(imag(x), real(x))
    return _ANGLES([x])


_ANGLES = places_of(
    "angle_of_reals",
    lambda attributes, x: np.asarray(np.angle(x)),
    batched=as_it_stands,
    form=forms.nothing,
    gives=forms.pointwise(lambda attributes, x: np.angle(x), 1),
)


def squared_magnitude(x: Any) -> Any:
    """re**2 + im**2: of real dtype, and smooth at 0."""
    return el.add(el.square(real(x)), el.square(imag(x))) if x.dtype.kind == "c" else el.square(x)


def special_of_complex(name: str) -> Any:
    """A special function of complex numbers, from a file that is loaded when it is called."""

    def form(*operands: Any) -> Any:
        from . import complex_special

        return getattr(complex_special, name)(*operands)

    return form


def _part_dtype(x: Any) -> np.dtype[Any]:
    return np.zeros(0, x.dtype).real.dtype


def _magnitude(x: Any) -> Any:
    return el.hypot(real(x), imag(x))


def _direction(x: Any) -> Any:
    return el.divide_no_nan(x, _core.to_dtype(_magnitude(x), x.dtype))


def _squared_difference(x: Any, y: Any) -> Any:
    difference = el.subtract(x, y)
    return el.multiply(el.conj(difference), difference)


def _where_not_zero(x: Any, y: Any, value: Any) -> Any:
    """0 where x is 0, and there `value` is given a 1 in y's place, so that neither it nor its slope is NaN."""
    zero = el.equal(x, 0.0)
    return el.select(zero, _core.to_tensor(0.0, x.dtype), value(x, el.select(zero, _core.to_tensor(1.0, x.dtype), y)))


def _power_slope(x: Any, y: Any) -> Any:
    """y * x**(y - 1), and 0 where both are 0."""
    zero = el.logical_and(el.equal(x, 0.0), el.equal(y, 0.0))
    return el.multiply(y, el.pow(el.select(zero, _core.to_tensor(1.0, x.dtype), x), el.subtract(y, 1.0)))


def _complex_kind(attributes: Any, x: Kind, y: Kind) -> Kind:
    return Kind(np.result_type(x.dtype, np.complex64), forms.broadcast(x, y))


def _imag_kind(attributes: Any, x: Kind) -> Kind:
    return Kind(forms.real_part(x.dtype), x.shape)


def _imag_back_kind(attributes: Any, g: Kind) -> Kind:
    return Kind(np.result_type(g.dtype, np.complex64), g.shape)


_COMPLEX = general(
    "complex",
    _joined,
    _parts_of,
    function=complex,
    doc="Complex numbers of given real and imaginary parts.",
    keeps_inputs=False,
    linear="jointly",
    leading=True,
    cases=(
        Case(lambda x, y: imag(el.square(complex(x, y))), ((2, 3), (2, 3))),
        Case(lambda x, y: real(el.exp(complex(x, y))), ((3,), (3,))),
        Case(lambda x, y: real(el.multiply(complex(x, y), 2.0 - 1.0j)), ((), ())),
        Case(lambda x, y: real(complex(x, y)), ((0,), (0,))),
    ),
    form=forms.nothing,
    gives=_complex_kind,
)
_IMAG, _ = linear(
    "imag",
    lambda x, attributes: x.imag.copy(),
    "imag_transposed",
    lambda g, attributes: _joined(attributes, np.zeros((), g.dtype), -g),
    function=imag,
    doc="The imaginary part, elementwise.",
    batched=as_it_stands,
    cases=(
        Case(lambda x: imag(el.multiply(x, 1.0 + 2.0j)), ((2, 3),)),
        Case(lambda x: imag(el.exp(el.multiply(x, 1.0j))), ((),)),
        Case(lambda x: imag(el.multiply(x, 1.0j)), ((0,),)),
    ),
    form=forms.nothing,
    gives=(_imag_kind, _imag_back_kind),
)


def _multiply_no_nan(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(np.where(y == 0, np.zeros((), y.dtype), x * y))


def _harmless(g: Any, x: Any, of_zero: Any, instead: float) -> Any:
    """x, but for what a cotangent of zero must not meet: what makes a NaN of zero."""
    return el.select(el.logical_and(el.equal(g, 0.0), el.is_nan(of_zero)), instead, x)


# A row of its own, with a slope in y where that is 0, too, and NaN where x is: a rule that is linear in a cotangent is
# transposed where that is zero, and what x leaves open must be heard there.
_MULTIPLY_NO_NAN = _core.register_general(
    "multiply_no_nan of complex numbers",
    _multiply_no_nan,
    lambda g, z, attributes, x, y: (el.multiply_no_nan(g, y), el.multiply_no_nan(x, g)),
    None,
    True,
    False,
    "each",
    True,
    form=forms.nothing,
    gives=forms.pointwise(_multiply_no_nan, 2),
)


def _no_nan_form(x: Any, y: Any) -> Any:
    shape = np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    return _core.general(_MULTIPLY_NO_NAN, [_spread(x, shape), _spread(y, shape)])


_core.on_complex("abs", _magnitude)
_core.on_complex("sign", _direction)
_core.on_complex("squared_difference", _squared_difference)
_core.on_complex("rsqrt", lambda x: el.reciprocal(el.sqrt(x)))
_core.on_complex("log_of_sum", el.log)
_core.on_complex("divide_no_nan", lambda x, y: _where_not_zero(y, y, lambda y_, safe: el.divide(x, safe)))
_core.on_complex("multiply_no_nan", _no_nan_form)
_core.on_complex("power_slope", _power_slope)
_core.on_complex(
    "zero_product",
    lambda x, y: el.multiply(_harmless(y, x, el.multiply(x, 0.0), 0.0), _harmless(x, y, el.multiply(y, 0.0), 0.0)),
)
_core.on_complex("cotangent_product", lambda g, x: el.multiply(g, _harmless(g, x, el.multiply(x, 0.0), 0.0)))
_core.on_complex("cotangent_quotient", lambda g, x: el.divide(g, _harmless(g, x, el.divide(0.0, x), 1.0)))
_core.on_complex("xlogy", lambda x, y: _where_not_zero(x, y, lambda x_, safe: el.multiply(x_, el.log(safe))))
_core.on_complex("xlog1py", lambda x, y: _where_not_zero(x, y, lambda x_, safe: el.multiply(x_, el.log1p(safe))))
_core.on_complex("xdivy", lambda x, y: _where_not_zero(x, y, lambda x_, safe: el.divide(x_, safe)))
_core.on_complex("sigmoid", lambda x: el.reciprocal(el.add(1.0, el.exp(el.negative(x)))))
_core.on_complex("silu", lambda x: el.multiply(x, el.sigmoid(x)))
_core.on_complex("stop_gradient", _core.detached)
_core.on_complex("has_logarithm", lambda x: el.not_equal(x, 0.0))
_core.on_complex("erf", special_of_complex("erf"))
_core.on_complex("erfc", special_of_complex("erfc"))
