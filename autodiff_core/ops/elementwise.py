"""Elementwise rows: a NumPy ufunc (or a formula over other rows), and the derivative in terms of other rows.

A derivative is a formula of the cotangent g, the operands and the output. It is linear in g and traced once into a
short program, so what it says about special points (0 at a kink, no NaN from a branch that is not taken) is what every
order of derivative sees. Conventions at such points are TensorFlow's and stand in the row.
"""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from . import forms, kinks
from .c_loops import OF_COMPLEX, OF_INTEGERS, C
from .complex_parts import imag, real, spread
from .forms import Without
from .table import Function, elementwise, in_file

_LN2 = _m.log(2.0)
_LN10 = _m.log(10.0)
_RADIAN = _m.pi / 180.0
_SQRT_HALF = _m.sqrt(0.5)
_TWO_OVER_SQRT_PI = 2.0 / _m.sqrt(_m.pi)
_NORMAL = 1.0 / _m.sqrt(2.0 * _m.pi)
_POSITIVE = (0.2, 3.0)
_UNIT = (-0.9, 0.9)
_AWAY = (0.3, 2.0)

# ---------------------------------------------------------------------- what rows are made of where numbers are complex


def _direction(x: Any) -> Any:
    return divide_no_nan(x, _core.to_dtype(abs(x), x.dtype))


def _squared_magnitude_of_difference(x: Any, y: Any) -> Any:
    difference = x - y
    return conj(difference) * difference


def _where_not_zero(x: Any, y: Any, value: Any, instead: float = 0.0) -> Any:
    """A number where x is 0, and there `value` is given a 1 in y's place, so that neither it nor its slope is NaN."""
    zero = equal(x, 0.0)
    return select(zero, _core.to_tensor(instead, x.dtype), value(x, select(zero, _core.to_tensor(1.0, x.dtype), y)))


def _power_slope(x: Any, y: Any) -> Any:
    """y * x**(y - 1), and 0 where both are 0."""
    zero = logical_and(equal(x, 0.0), equal(y, 0.0))
    return y * pow(select(zero, _core.to_tensor(1.0, x.dtype), x), y - 1.0)


def _harmless(g: Any, x: Any, of_zero: Any, instead: float) -> Any:
    """x, but for what a cotangent of zero must not meet: what makes a NaN of zero."""
    return select(logical_and(equal(g, 0.0), is_nan(of_zero)), instead, x)


def _no_nan_kernel(attributes: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(np.where(y == 0, np.zeros((), y.dtype), x * y))


# A row of its own, with a slope in y where that is 0, too, and NaN where x is: a rule that is linear in a cotangent is
# transposed where that is zero, and what x leaves open must be heard there.
_MULTIPLY_NO_NAN = _core.register_general(
    "multiply_no_nan of complex numbers",
    _no_nan_kernel,
    lambda g, z, attributes, x, y: (multiply_no_nan(g, y), multiply_no_nan(x, g)),
    None,
    True,
    False,
    "each",
    True,
    form=forms.nothing,
    gives=forms.pointwise(_no_nan_kernel, 2),
    c=OF_COMPLEX,
    cost=forms.for_each(6),
)


def _multiply_no_nan(x: Any, y: Any) -> Any:
    shape = np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    return _core.general(_MULTIPLY_NO_NAN, [spread(x, shape), spread(y, shape)])


# ---------------------------------------------------------------------------------------------------------- arithmetic

# What products and quotients of the cotangent with what may be infinite become in the rules of other rows.
_COTANGENT: dict[str, Any] = {
    "parameters": ("cotangent", "slope"),
    "domain": (0.3, 2.0),
}
cotangent_product: Function = elementwise(
    "cotangent_product",
    None,
    lambda h, g, x, z: cotangent_product(h, x),
    lambda h, g, x, z: zero_product(h, g),
    doc="A cotangent times a slope: zero where the cotangent is, even if the slope is infinite or NaN, elementwise.",
    example=("[0.0, 2.0], [np.inf, 3.0]", "[0. 6.]"),
    poles=True,
    on_complex=lambda g, x: g * _harmless(g, x, x * 0.0, 0.0),
    names=(),
    zeros_kept="first",
    **_COTANGENT,
    c="cotangent * slope == cotangent * slope || cotangent != 0 ? cotangent * slope : 0",
    number=_core.OP_COTANGENT_PRODUCT,
)
cotangent_quotient: Function = elementwise(
    "cotangent_quotient",
    None,
    lambda h, g, x, z: cotangent_quotient(h, x),
    lambda h, g, x, z: -cotangent_quotient(zero_product(h, z), x),
    doc="A cotangent by a number: where it is zero the quotient is, also where the number is zero or NaN, elementwise.",
    example=("[0.0, 2.0], [0.0, 4.0]", "[0.  0.5]"),
    poles=True,
    on_complex=lambda g, x: g / _harmless(g, x, 0.0 / x, 1.0),
    names=(),
    zeros_kept="first",
    **_COTANGENT,
    c="cotangent / slope == cotangent / slope || cotangent != 0 ? cotangent / slope : 0",
    number=_core.OP_COTANGENT_QUOTIENT,
)
zero_product: Function = elementwise(
    "zero_product",
    None,
    lambda h, x, y, z: zero_product(h, y),
    lambda h, x, y, z: zero_product(h, x),
    doc="x times y: zero where one of them is, also where the other is infinite or NaN, elementwise.",
    example=("[0.0, np.inf], [np.inf, 0.0]", "[0. 0.]"),
    poles=True,
    on_complex=lambda x, y: _harmless(y, x, x * 0.0, 0.0) * _harmless(x, y, y * 0.0, 0.0),
    names=(),
    zeros_kept="both",
    **_COTANGENT | {"parameters": ("x", "y")},
    c="x * y == x * y || (x != 0 && y != 0) ? x * y : 0",
    number=_core.OP_ZERO_PRODUCT,
)
add: Function = elementwise(
    "add",
    np.add,
    lambda g, x, y, z: g,
    lambda g, x, y, z: g,
    doc="Sum, elementwise.",
    names=("math.add", "add"),
    c="x + y",
    neutral=(-0.0, -0.0),
    commutes=True,
    number=_core.OP_ADD,
)
subtract: Function = elementwise(
    "subtract",
    np.subtract,
    lambda g, x, y, z: g,
    lambda g, x, y, z: -g,
    doc="Difference, elementwise.",
    names=("math.subtract", "subtract"),
    c="x - y",
    neutral=(None, 0.0),
    number=_core.OP_SUBTRACT,
)
multiply: Function = elementwise(
    "multiply",
    np.multiply,
    lambda g, x, y, z: g * y,
    lambda g, x, y, z: g * x,
    doc="Product, elementwise.",
    names=("math.multiply", "multiply"),
    c="x * y",
    neutral=(1.0, 1.0),
    # A product of complex numbers is rounded in another way than that of the same two the other way round.
    commutes="reals",
    keeping_zeros="cotangent_product",
    number=_core.OP_MULTIPLY,
)
divide: Function = elementwise(
    "divide",
    np.divide,
    lambda g, x, y, z: g / y,
    lambda g, x, y, z: -g * z / y,
    doc="Quotient, elementwise.",
    domain=((-2.0, 2.0), _AWAY),
    poles=True,
    names=("math.divide", "math.truediv", "divide", "realdiv", "truediv"),
    c="x / y",
    neutral=(None, 1.0),
    keeping_zeros="cotangent_quotient",
    number=_core.OP_DIVIDE,
)
negative: Function = elementwise(
    "negative",
    np.negative,
    lambda g, x, y: -g,
    doc="Negation, elementwise.",
    names=("math.negative", "negative"),
    c="-x",
    undoes_itself=True,
    number=_core.OP_NEGATIVE,
)
select: Function = elementwise(
    "select",
    None,
    None,
    lambda g, c, x, y, z: select(c, g, 0.0),
    lambda g, c, x, y, z: select(c, 0.0, g),
    parameters=("condition", "x", "y"),
    condition=True,
    doc="x where the condition holds, else y, elementwise.",
    example=("[True, False], 1.0, 2.0", "[1. 2.]"),
    notes="What is not chosen gets a gradient of zero, never a NaN.",
    on_complex="as it stands",
    names=(),
    c="condition ? x : y",
    number=_core.OP_SELECT,
)
square: Function = elementwise(
    "square",
    np.square,
    lambda g, x, y: g * (x + x),
    doc="Square, elementwise.",
    names=("math.square", "square"),
    c="x * x",
    number=_core.OP_SQUARE,
)
sqrt: Function = elementwise(
    "sqrt",
    np.sqrt,
    lambda g, x, y: g * 0.5 / y,
    doc="Square root, elementwise.",
    domain=_POSITIVE,
    notes="https://www.tensorflow.org/api_docs/python/tf/math/sqrt. "
    "The slope at 0 is infinite, and where the cotangent is zero, so is the gradient.",
    poles=True,
    names=("math.sqrt", "sqrt"),
    c="sqrt(x)",
    number=_core.OP_SQRT,
    kinks=(kinks.Kink("0", lambda x, y: y == 0, "the slope is infinite; zero where the cotangent is zero"),),
)
has_logarithm: Function = elementwise(
    "has_logarithm",
    None,
    None,
    formula=lambda x: greater(x, 0.0),
    boolean=True,
    doc="Whether there is a logarithm: of positive real numbers, and of all complex ones but 0.",
    example=("[-1.0, 0.0, 2.0]", "[False False  True]"),
    on_complex=lambda x: not_equal(x, 0.0),
    names=(),
)
pow: Function = elementwise(
    "pow",
    np.power,
    lambda g, x, y, z: g * power_slope(x, y),
    # The logarithm only where it exists: no NaN for x <= 0.
    lambda g, x, y, z: select(has_logarithm(x), g * (z * log(select(has_logarithm(x), x, 1.0))), 0.0),
    doc="x to the power of y, elementwise.",
    domain=(_POSITIVE, (-2.0, 2.0)),
    raises=True,
    notes="https://www.tensorflow.org/api_docs/python/tf/math/pow. "
    "The slope in x is 0 where y is 0; in y it is 0 where x is not positive, so neither is NaN at x = 0.",
    poles=True,
    names=("math.pow", "pow"),
    c="pow(x, y)",
    number=_core.OP_POWER,
    kinks=(
        kinks.Kink(
            "0 to a power between 0 and 1", lambda x, y, z: (x == 0) & (y > 0) & (y < 1), "the slope is infinite"
        ),
        kinks.Kink("0 to the power of 0", lambda x, y, z: (x == 0) & (y == 0), "the slopes are 0"),
    ),
)
power_slope: Function = elementwise(
    "power_slope",
    None,
    lambda g, x, y, z: g * (y * power_slope(x, select(equal(y, 0.0), 1.0, y - 1.0))),
    # Not 1 + y * log(x) times a power: that is 1 / x where y is 0, whatever there is of a logarithm.
    lambda g, x, y, z: (
        multiply_no_nan(pow(x, y - 1.0), g)
        + select(has_logarithm(x), g * (z * log(select(has_logarithm(x), x, 1.0))), 0.0)
    ),
    # An exponent of 0 gives 0, at x = 0 too, where 0 * 0**-1 would be NaN.
    formula=lambda x, y: y * pow(x, select(equal(y, 0.0), 1.0, y - 1.0)),
    doc="The slope of x**y in x, elementwise.",
    example=("[2.0, 0.0], [3.0, 0.0]", "[12.  0.]"),
    domain=(_POSITIVE, (-2.0, 2.0)),
    poles=True,
    on_complex=_power_slope,
    names=(),
)
floordiv: Function = elementwise(
    "floordiv",
    np.floor_divide,
    None,
    None,
    doc="Quotient rounded down, elementwise.",
    domain=((-2.0, 2.0), _AWAY),
    poles=True,
    c="""double r = fmod(x, y), q, w;
if (y == 0) return x / y;
q = (x - r) / y;
if (r != 0 && (y < 0) != (r < 0)) q -= 1;
if (q == 0) return copysign(0, x / y);
w = floor(q);
return q - w > 0.5 ? w + 1 : w;""",
    number=_core.OP_FLOOR_DIVIDE,
    kinks=kinks.jumps(lambda x, y, z: (y != 0) & (np.remainder(x, y) == 0)),
)
mod: Function = elementwise(
    "mod",
    np.remainder,
    lambda g, x, y, z: g,
    lambda g, x, y, z: -g * floordiv(x, y),
    doc="Remainder with the sign of the divisor, elementwise.",
    domain=((0.1, 0.4), (0.5, 0.9)),
    poles=True,
    names=("math.floormod", "math.mod"),
    c="""double r = fmod(x, y);
if (y == 0) return r;
if (r != 0) return (y < 0) != (r < 0) ? r + y : r;
return copysign(0, y);""",
    number=_core.OP_REMAINDER,
    kinks=(kinks.Kink("a jump", lambda x, y, z: (y != 0) & (z == 0), "as on either side"),),
)
abs: Function = elementwise(
    "abs",
    np.absolute,
    lambda g, x, y: g * sign(x),
    doc="Absolute value, elementwise; its slope at 0 is 0.",
    notes="https://www.tensorflow.org/api_docs/python/tf/math/abs. The slope at 0 is 0.",
    on_complex=lambda x: hypot(real(x), imag(x)),
    names=("math.abs", "abs"),
    c="fabs(x)",
    number=_core.OP_ABSOLUTE,
    kinks=kinks.at_zero("the slope is 0"),
)
sign: Function = elementwise(
    "sign",
    np.sign,
    lambda g, x, y: 0.0,
    doc="-1, 0 or 1 by the sign, elementwise.",
    domain=_AWAY,
    on_complex=_direction,
    names=("math.sign", "sign"),
    c="x != x ? x : (double)((x > 0) - (x < 0))",
    kinks=kinks.jumps(lambda x, y: x == 0),
)
reciprocal: Function = elementwise(
    "reciprocal",
    np.reciprocal,
    lambda g, x, y: -g / (x * x),
    doc="1 / x, elementwise.",
    domain=_AWAY,
    poles=True,
    c="1 / x",
)
rsqrt: Function = elementwise(
    "rsqrt",
    None,
    lambda g, x, y: g * -0.5 * y / x,
    formula=lambda x: 1.0 / sqrt(x),
    doc="1 / sqrt(x), elementwise.",
    example=("[4.0, 16.0]", "[0.5  0.25]"),
    domain=_POSITIVE,
    poles=True,
    on_complex=lambda x: reciprocal(sqrt(x)),
)
squared_difference: Function = elementwise(
    "squared_difference",
    None,
    lambda g, x, y, z: g * (2.0 * (x - y)),
    lambda g, x, y, z: g * (2.0 * (y - x)),
    formula=lambda x, y: square(x - y),
    keeps_integers=True,
    doc="(x - y) squared, elementwise.",
    example=("[1.0, 4.0], 2.0", "[1. 4.]"),
    on_complex=_squared_magnitude_of_difference,
)
divide_no_nan: Function = elementwise(
    "divide_no_nan",
    None,
    lambda g, x, y, z: divide_no_nan(g, y),
    lambda g, x, y, z: -g * divide_no_nan(z, y),
    formula=lambda x, y: select(equal(y, 0.0), 0.0, x / select(equal(y, 0.0), 1.0, y)),
    doc="x / y, and 0 where y is 0, elementwise.",
    example=("[1.0, 2.0], [0.0, 4.0]", "[0.  0.5]"),
    domain=((-2.0, 2.0), _AWAY),
    notes="https://www.tensorflow.org/api_docs/python/tf/math/divide_no_nan. Where y is 0, so are both slopes.",
    on_complex=lambda x, y: _where_not_zero(y, y, lambda _, safe: x / safe),
    kinks=(kinks.Kink("a divisor of 0", lambda x, y, z: (y == 0) & (x != 0), "the slopes are 0"),),
)
multiply_no_nan: Function = elementwise(
    "multiply_no_nan",
    None,
    lambda g, x, y, z: multiply_no_nan(g, y),
    lambda g, x, y, z: multiply_no_nan(x, g),
    formula=lambda x, y: select(equal(y, 0.0), 0.0, x * y),
    doc="x * y, and 0 where y is 0 even if x is infinite or NaN, elementwise.",
    example=("[np.inf, 2.0], [0.0, 4.0]", "[0. 8.]"),
    notes="https://www.tensorflow.org/api_docs/python/tf/math/multiply_no_nan. "
    "Where y is 0, the slope in x is 0, never NaN.",
    on_complex=_multiply_no_nan,
)
positive: Function = elementwise(
    "positive",
    np.positive,
    lambda g, x, y: g,
    doc="x itself, elementwise.",
    names=(),
    c="x",
)
conj: Function = elementwise(
    "conj",
    np.conjugate,
    lambda g, x, y: conj(g),
    doc="Complex conjugate, elementwise.",
    c="x",
    number=_core.OP_CONJ,
)

# ----------------------------------------------------------------------------------------- exponentials and logarithms

exp: Function = elementwise(
    "exp",
    np.exp,
    lambda g, x, y: g * y,
    doc="e to the power of x, elementwise.",
    names=("math.exp", "exp"),
    c="exp(x)",
    number=_core.OP_EXP,
)
exp2: Function = elementwise(
    "exp2",
    np.exp2,
    lambda g, x, y: g * (y * _LN2),
    doc="2 to the power of x, elementwise.",
    names=("scipy.special.exp2",),
    c="exp2(x)",
)
expm1: Function = elementwise(
    "expm1",
    np.expm1,
    lambda g, x, y: g * (y + 1.0),
    doc="exp(x) - 1, exact near 0, elementwise.",
    names=("math.expm1", "scipy.special.expm1"),
    c="expm1(x)",
)
log: Function = elementwise(
    "log",
    np.log,
    lambda g, x, y: g / x,
    doc="Natural logarithm, elementwise.",
    domain=_POSITIVE,
    poles=True,
    c="log(x)",
)
log_of_sum: Function = elementwise(
    "log_of_sum",
    None,
    lambda g, x, y: g * divide_no_nan(1.0, x),
    formula=lambda x: log(x),
    doc="Logarithm of a sum of exponentials, elementwise; flat where all of them are 0.",
    example=("[1.0, 2.0]", "[0.     0.6931]"),
    domain=_POSITIVE,
    on_complex=lambda x: _where_not_zero(x, x, lambda _, safe: log(safe), -_m.inf),
    names=(),
)
log2: Function = elementwise(
    "log2",
    np.log2,
    lambda g, x, y: g / (x * _LN2),
    doc="Logarithm to base 2, elementwise.",
    domain=_POSITIVE,
    poles=True,
    names=(),
    c="log2(x)",
)
log10: Function = elementwise(
    "log10",
    np.log10,
    lambda g, x, y: g / (x * _LN10),
    doc="Logarithm to base 10, elementwise.",
    domain=_POSITIVE,
    poles=True,
    names=(),
    c="log10(x)",
)
log1p: Function = elementwise(
    "log1p",
    np.log1p,
    lambda g, x, y: g / (1.0 + x),
    doc="log(1 + x), exact near 0, elementwise.",
    domain=(-0.7, 2.0),
    poles=True,
    names=("math.log1p", "scipy.special.log1p"),
    c="log1p(x)",
)


def _share(x: Any, y: Any, scale: float = 1.0) -> Any:
    """The part of exp(x) in exp(x) + exp(y): a half for equals, infinite ones too, and none where both are nothing."""
    distance = select(is_inf(x), select(equal(x, y), 0.0, x - y), x - y)
    return select(equal(maximum(x, y), -_m.inf), 0.0, logistic(distance * scale))


logaddexp: Function = elementwise(
    "logaddexp",
    np.logaddexp,
    lambda g, x, y, z: g * _share(x, y),
    lambda g, x, y, z: g * _share(y, x),
    doc="log(exp(x) + exp(y)) without overflow, elementwise.",
    names=(),
    c="""const double d = x - y;
if (x == y) return x + 0.6931471805599453;
if (d > 0) return x + log1p(exp(-d));
if (d <= 0) return y + log1p(exp(d));
return d;""",
)
logaddexp2: Function = elementwise(
    "logaddexp2",
    np.logaddexp2,
    lambda g, x, y, z: g * _share(x, y, _LN2),
    lambda g, x, y, z: g * _share(y, x, _LN2),
    doc="log2(2**x + 2**y) without overflow, elementwise.",
    names=(),
    c="""const double d = x - y;
if (x == y) return x + 1;
if (d > 0) return x + 1.4426950408889634 * log1p(exp2(-d));
if (d <= 0) return y + 1.4426950408889634 * log1p(exp2(d));
return d;""",
)
cbrt: Function = elementwise(
    "cbrt",
    np.cbrt,
    lambda g, x, y: g / (3.0 * y * y),
    doc="Cube root, elementwise.",
    domain=_AWAY,
    names=("scipy.special.cbrt",),
    c="cbrt(x)",
    kinks=kinks.at_zero("the slope is infinite"),
)
xlogy: Function = elementwise(
    "xlogy",
    None,
    lambda g, x, y, z: select(equal(x, 0.0), 0.0, g * log(select(equal(x, 0.0), 1.0, y))),
    lambda g, x, y, z: g * xdivy(x, y),
    formula=lambda x, y: select(equal(x, 0.0), 0.0, x * log(select(equal(x, 0.0), 1.0, y))),
    doc="x * log(y), and 0 where x is 0, elementwise.",
    example=("[0.0, 2.0], [0.0, 3.0]", "[0.     2.1972]"),
    domain=(_AWAY, _POSITIVE),
    notes="https://www.tensorflow.org/api_docs/python/tf/math/xlogy. Where x is 0, so are both slopes, whatever y is.",
    poles=True,
    on_complex=lambda x, y: _where_not_zero(x, y, lambda x_, safe: x_ * log(safe)),
    names=("math.xlogy", "scipy.special.xlogy"),
    kinks=(kinks.Kink("x = 0", lambda x, y, z: (x == 0) & (y != 1), "the slopes are 0, whatever y is"),),
)
xlog1py: Function = elementwise(
    "xlog1py",
    None,
    lambda g, x, y, z: select(equal(x, 0.0), 0.0, g * log1p(select(equal(x, 0.0), 0.0, y))),
    lambda g, x, y, z: g * xdivy(x, 1.0 + y),
    formula=lambda x, y: select(equal(x, 0.0), 0.0, x * log1p(select(equal(x, 0.0), 0.0, y))),
    doc="x * log1p(y), and 0 where x is 0, elementwise.",
    example=("[0.0, 2.0], [-1.0, 3.0]", "[0.     2.7726]"),
    domain=(_AWAY, _POSITIVE),
    notes="https://www.tensorflow.org/api_docs/python/tf/math/xlog1py. "
    "Where x is 0, so are both slopes, whatever y is.",
    poles=True,
    on_complex=lambda x, y: _where_not_zero(x, y, lambda x_, safe: x_ * log1p(safe)),
    names=("math.xlog1py", "scipy.special.xlog1py"),
    kinks=(kinks.Kink("x = 0", lambda x, y, z: (x == 0) & (y != 0), "the slopes are 0, whatever y is"),),
)
xdivy: Function = elementwise(
    "xdivy",
    None,
    lambda g, x, y, z: select(equal(x, 0.0), 0.0, g / select(equal(x, 0.0), 1.0, y)),
    lambda g, x, y, z: -g * xdivy(z, y),
    formula=lambda x, y: select(equal(x, 0.0), 0.0, x / select(equal(x, 0.0), 1.0, y)),
    doc="x / y, and 0 where x is 0, elementwise.",
    example=("[0.0, 2.0], [0.0, 4.0]", "[0.  0.5]"),
    domain=(_AWAY, _POSITIVE),
    notes="https://www.tensorflow.org/api_docs/python/tf/math/xdivy. Where x is 0, so are both slopes, whatever y is.",
    poles=True,
    on_complex=lambda x, y: _where_not_zero(x, y, lambda x_, safe: x_ / safe),
    kinks=(kinks.Kink("x = 0", lambda x, y, z: x == 0, "the slopes are 0, whatever y is"),),
)

# ----------------------------------------------------------------------------------------------- trigonometry and kin

sin: Function = elementwise(
    "sin",
    np.sin,
    lambda g, x, y: g * cos(x),
    doc="Sine, elementwise.",
    notes="In float64 arrays by a vectorised kernel of at most 1 ulp for abs(x) <= 1e5, and by libm beyond.",
    names=("math.sin", "sin"),
    c="sin(x)",
)
cos: Function = elementwise(
    "cos",
    np.cos,
    lambda g, x, y: -g * sin(x),
    doc="Cosine, elementwise.",
    notes="In float64 arrays by a vectorised kernel of at most 1 ulp for abs(x) <= 1e5, and by libm beyond.",
    names=("math.cos", "cos"),
    c="cos(x)",
)
tan: Function = elementwise(
    "tan",
    np.tan,
    lambda g, x, y: g * (1.0 + y * y),
    doc="Tangent, elementwise.",
    domain=(-1.2, 1.2),
    names=("math.tan", "tan"),
    c="tan(x)",
)
asin: Function = elementwise(
    "asin",
    np.arcsin,
    lambda g, x, y: g / sqrt(1.0 - x * x),
    doc="Arc sine, elementwise.",
    domain=_UNIT,
    poles=True,
    names=("math.asin", "asin"),
    c="asin(x)",
    kinks=(kinks.Kink("1 or -1", lambda x, y: np.abs(x) == 1, "the slope is infinite"),),
)
acos: Function = elementwise(
    "acos",
    np.arccos,
    lambda g, x, y: -g / sqrt(1.0 - x * x),
    doc="Arc cosine, elementwise.",
    domain=_UNIT,
    poles=True,
    names=("math.acos", "acos"),
    c="acos(x)",
    kinks=(kinks.Kink("1 or -1", lambda x, y: np.abs(x) == 1, "the slope is infinite"),),
)
atan: Function = elementwise(
    "atan",
    np.arctan,
    lambda g, x, y: g / (1.0 + x * x),
    doc="Arc tangent, elementwise.",
    names=("math.atan", "atan"),
    c="atan(x)",
)
atan2: Function = elementwise(
    "atan2",
    np.arctan2,
    lambda g, y, x, z: g * (x / (x * x + y * y)),
    lambda g, y, x, z: -g * (y / (x * x + y * y)),
    parameters=("y", "x"),
    doc="The angle of the point (x, y), elementwise.",
    domain=_AWAY,
    notes="https://www.tensorflow.org/api_docs/python/tf/math/atan2. The slopes at the origin are NaN.",
    names=("math.atan2", "atan2"),
    c="atan2(y, x)",
    kinks=(
        kinks.Kink("the origin", lambda y, x, z: (y == 0) & (x == 0), "the slopes are NaN"),
        kinks.Kink("a jump by 2 pi", lambda y, x, z: (y == 0) & (x < 0), "as on either side"),
    ),
)
hypot: Function = elementwise(
    "hypot",
    np.hypot,
    lambda g, x, y, z: g * divide_no_nan(x, z),
    lambda g, x, y, z: g * divide_no_nan(y, z),
    doc="sqrt(x**2 + y**2) without overflow, elementwise; its slope at the origin is 0.",
    domain=_AWAY,
    names=(),
    c="hypot(x, y)",
    kinks=(kinks.Kink("the origin", lambda x, y, z: (x == 0) & (y == 0), "the slopes are 0"),),
)
sinh: Function = elementwise(
    "sinh",
    np.sinh,
    lambda g, x, y: g * cosh(x),
    doc="Hyperbolic sine, elementwise.",
    names=("math.sinh", "sinh"),
    c="sinh(x)",
)
cosh: Function = elementwise(
    "cosh",
    np.cosh,
    lambda g, x, y: g * sinh(x),
    doc="Hyperbolic cosine, elementwise.",
    names=("math.cosh", "cosh"),
    c="cosh(x)",
)
tanh: Function = elementwise(
    "tanh",
    np.tanh,
    lambda g, x, y: g * (1.0 - y * y),
    doc="Hyperbolic tangent, elementwise.",
    names=("math.tanh", "nn.tanh", "tanh"),
    c="tanh(x)",
)
asinh: Function = elementwise(
    "asinh",
    np.arcsinh,
    lambda g, x, y: g / sqrt(x * x + 1.0),
    doc="Inverse hyperbolic sine, elementwise.",
    names=("math.asinh", "asinh"),
    c="asinh(x)",
)
acosh: Function = elementwise(
    "acosh",
    np.arccosh,
    # (Two roots: of a complex number the root of the product would be on the wrong branch.)
    lambda g, x, y: g / (sqrt(x - 1.0) * sqrt(x + 1.0)),
    doc="Inverse hyperbolic cosine, elementwise.",
    domain=(1.2, 3.0),
    poles=True,
    names=("math.acosh", "acosh"),
    c="acosh(x)",
    kinks=(kinks.Kink("1", lambda x, y: x == 1, "the slope is infinite"),),
)
atanh: Function = elementwise(
    "atanh",
    np.arctanh,
    lambda g, x, y: g / (1.0 - x * x),
    doc="Inverse hyperbolic tangent, elementwise.",
    domain=_UNIT,
    poles=True,
    names=("math.atanh", "atanh"),
    c="atanh(x)",
)
deg2rad: Function = elementwise(
    "deg2rad",
    np.deg2rad,
    lambda g, x, y: g * _RADIAN,
    doc="Degrees to radians, elementwise.",
    ufuncs=(np.radians,),
    names=(),
    c="x * 0.017453292519943295",
)
rad2deg: Function = elementwise(
    "rad2deg",
    np.rad2deg,
    lambda g, x, y: g * (1.0 / _RADIAN),
    doc="Radians to degrees, elementwise.",
    ufuncs=(np.degrees,),
    names=(),
    c="x * 57.29577951308232",
)
erf: Function = elementwise(
    "erf",
    None,
    lambda g, x, y: g * (_TWO_OVER_SQRT_PI * exp(-x * x)),
    doc="Error function, elementwise.",
    example=("[0.0, 1.0]", "[0.     0.8427]"),
    on_complex=in_file("complex_special", "erf"),
    names=("math.erf", "scipy.special.erf"),
    c="erf(x)",
)
erfc: Function = elementwise(
    "erfc",
    None,
    lambda g, x, y: g * (-_TWO_OVER_SQRT_PI * exp(-x * x)),
    doc="Complementary error function, elementwise.",
    example=("[0.0, 1.0]", "[1.     0.1573]"),
    on_complex=in_file("complex_special", "erfc"),
    names=("math.erfc", "scipy.special.erfc"),
    c="erfc(x)",
)

# ------------------------------------------------------------------------------------------- rounding and comparisons

# What a recorded function keeps of `tf.stop_gradient`: the value, but nothing flows through it, whoever differentiates.
stop_gradient: Function = elementwise(
    "stop_gradient",
    None,
    None,
    formula=lambda x: x * 1.0,
    doc="The value, off every tape.",
    example=("[1., -2.]", "[ 1. -2.]"),
    passes_on=True,
    on_complex=_core.detached,
    names=(),
    c="x",
    cost=forms.VIEW,
    number=_core.OP_STOP_GRADIENT,
)
floor: Function = elementwise(
    "floor",
    np.floor,
    None,
    doc="Rounded down, elementwise.",
    names=("math.floor", "floor"),
    c="floor(x)",
    kinks=kinks.jumps(lambda x, y: x == y),
)
ceil: Function = elementwise(
    "ceil",
    np.ceil,
    None,
    doc="Rounded up, elementwise.",
    c="ceil(x)",
    kinks=kinks.jumps(lambda x, y: x == y),
)
trunc: Function = elementwise(
    "trunc",
    np.trunc,
    None,
    doc="Rounded towards zero, elementwise.",
    names=(),
    c="trunc(x)",
    kinks=kinks.jumps(lambda x, y: (x == y) & (x != 0)),
)
rint: Function = elementwise(
    "rint",
    np.rint,
    None,
    doc="Rounded to the nearest integer, halves to even, elementwise.",
    names=("math.rint", "scipy.special.round"),
    c="rint(x)",
    kinks=kinks.jumps(lambda x, y: np.abs(x - y) == 0.5),
)
maximum: Function = elementwise(
    "maximum",
    np.maximum,
    lambda g, x, y, z: select(x >= y, g, 0.0),
    lambda g, x, y, z: select(x >= y, 0.0, g),
    doc="The larger one, elementwise; of equals, the gradient goes to x.",
    notes="https://www.tensorflow.org/api_docs/python/tf/math/maximum. Of equals, the gradient goes to x, all of it.",
    names=("math.maximum", "maximum"),
    c="(x >= y || x != x) ? x : y",
    kinks=kinks.ties("the gradient goes to x, all of it"),
)
minimum: Function = elementwise(
    "minimum",
    np.minimum,
    lambda g, x, y, z: select(x <= y, g, 0.0),
    lambda g, x, y, z: select(x <= y, 0.0, g),
    doc="The smaller one, elementwise; of equals, the gradient goes to x.",
    notes="https://www.tensorflow.org/api_docs/python/tf/math/minimum. Of equals, the gradient goes to x, all of it.",
    names=("math.minimum", "minimum"),
    c="(x <= y || x != x) ? x : y",
    kinks=kinks.ties("the gradient goes to x, all of it"),
)
fmax: Function = elementwise(
    "fmax",
    np.fmax,
    lambda g, x, y, z: select(equal(z, x), g, 0.0),
    lambda g, x, y, z: select(equal(z, x), 0.0, g),
    doc="The larger one, elementwise; a number rather than a NaN.",
    names=(),
    c="fmax(x, y)",
    kinks=kinks.ties("the gradient goes to x, all of it"),
)
fmin: Function = elementwise(
    "fmin",
    np.fmin,
    lambda g, x, y, z: select(equal(z, x), g, 0.0),
    lambda g, x, y, z: select(equal(z, x), 0.0, g),
    doc="The smaller one, elementwise; a number rather than a NaN.",
    names=(),
    c="fmin(x, y)",
    kinks=kinks.ties("the gradient goes to x, all of it"),
)
copysign: Function = elementwise(
    "copysign",
    np.copysign,
    lambda g, x, y, z: g * (sign(x) * copysign(1.0, y)),
    lambda g, x, y, z: 0.0,
    doc="The magnitude of x with the sign of y, elementwise.",
    domain=_AWAY,
    names=(),
    c="copysign(x, y)",
    kinks=(kinks.Kink("0", lambda x, y, z: (x == 0) | (y == 0), "the slope in x is 0 at x = 0, in y everywhere"),),
)
fmod: Function = elementwise(
    "fmod",
    np.fmod,
    lambda g, x, y, z: g,
    lambda g, x, y, z: -g * trunc(x / y),
    doc="Remainder with the sign of the dividend, elementwise.",
    domain=((0.1, 0.4), (0.5, 0.9)),
    poles=True,
    names=(),
    c="fmod(x, y)",
    kinks=(kinks.Kink("a jump", lambda x, y, z: (y != 0) & (z == 0) & (x != 0), "as on either side"),),
)
nextafter: Function = elementwise(
    "nextafter",
    np.nextafter,
    lambda g, x, y, z: g,
    lambda g, x, y, z: 0.0,
    parameters=("x1", "x2"),
    doc="The next float from x1 towards x2, elementwise.",
    notes="https://www.tensorflow.org/api_docs/python/tf/math/nextafter. The slope is 1 in x1 and 0 in x2, as there.",
    by_width=True,
    c="nextafter(x1, x2)",
)
spacing: Function = elementwise(
    "spacing",
    np.spacing,
    ...,
    doc="The distance to the next float, elementwise.",
    by_width=True,
    names=(),
    c=Without("math.h has no such function"),
)
heaviside: Function = elementwise(
    "heaviside",
    np.heaviside,
    None,
    lambda g, x, y, z: select(equal(x, 0.0), g, 0.0),
    doc="0 below 0, 1 above, y at 0, elementwise.",
    notes="The gradient stops at x; y has it where x is 0, as in tf.experimental.numpy.heaviside.",
    names=(),
    c="x != x ? x : (x == 0 ? y : (double)(x > 0))",
    kinks=kinks.jumps(lambda x, y, z: x == 0),
)

_TRUTH: dict[str, Any] = {"boolean": True}
less: Function = elementwise(
    "less",
    np.less,
    None,
    None,
    doc="Whether x < y, elementwise.",
    **_TRUTH,
    names=("math.less", "less"),
    c="x < y",
    number=_core.OP_LESS,
    kinks=kinks.ties("a truth value: none"),
)
less_equal: Function = elementwise(
    "less_equal",
    np.less_equal,
    None,
    None,
    doc="Whether x <= y, elementwise.",
    **_TRUTH,
    names=("math.less_equal", "less_equal"),
    c="x <= y",
    number=_core.OP_LESS_EQUAL,
    kinks=kinks.ties("a truth value: none"),
)
equal: Function = elementwise(
    "equal",
    np.equal,
    None,
    None,
    doc="Whether x == y, elementwise.",
    **_TRUTH,
    names=("math.equal", "equal"),
    c="x == y",
    number=_core.OP_EQUAL,
)
not_equal: Function = elementwise(
    "not_equal",
    np.not_equal,
    None,
    None,
    doc="Whether x != y, elementwise.",
    **_TRUTH,
    names=("math.not_equal", "not_equal"),
    c="x != y",
    number=_core.OP_NOT_EQUAL,
)
greater: Function = elementwise(
    "greater",
    np.greater,
    None,
    None,
    doc="Whether x > y, elementwise.",
    **_TRUTH,
    names=("math.greater", "greater"),
    c="x > y",
    number=_core.OP_GREATER,
    kinks=kinks.ties("a truth value: none"),
)
greater_equal: Function = elementwise(
    "greater_equal",
    np.greater_equal,
    None,
    None,
    doc="Whether x >= y, elementwise.",
    **_TRUTH,
    names=("math.greater_equal", "greater_equal"),
    c="x >= y",
    number=_core.OP_GREATER_EQUAL,
    kinks=kinks.ties("a truth value: none"),
)
is_finite: Function = elementwise(
    "is_finite",
    np.isfinite,
    None,
    doc="Whether neither infinite nor NaN, elementwise.",
    **_TRUTH,
    c="isfinite(x) != 0",
)
is_inf: Function = elementwise(
    "is_inf",
    np.isinf,
    None,
    doc="Whether infinite, elementwise.",
    **_TRUTH,
    c="isinf(x) != 0",
)
is_nan: Function = elementwise(
    "is_nan",
    np.isnan,
    None,
    doc="Whether NaN, elementwise.",
    **_TRUTH,
    c="isnan(x) != 0",
)
signbit: Function = elementwise(
    "signbit",
    np.signbit,
    None,
    doc="Whether the sign is set, elementwise.",
    **_TRUTH,
    names=(),
    c="signbit(x) != 0",
    number=_core.OP_SIGN_BIT,
)
logical_not: Function = elementwise(
    "logical_not",
    np.logical_not,
    None,
    doc="Logical negation, elementwise.",
    **_TRUTH,
    names=("math.logical_not", "logical_not"),
    c="!x",
    number=_core.OP_LOGICAL_NOT,
)
logical_and: Function = elementwise(
    "logical_and",
    np.logical_and,
    None,
    None,
    doc="Logical and, elementwise.",
    **_TRUTH,
    names=("math.logical_and", "logical_and"),
    c="x && y",
    number=_core.OP_LOGICAL_AND,
)
logical_or: Function = elementwise(
    "logical_or",
    np.logical_or,
    None,
    None,
    doc="Logical or, elementwise.",
    **_TRUTH,
    names=("math.logical_or", "logical_or"),
    c="x || y",
)
logical_xor: Function = elementwise(
    "logical_xor",
    np.logical_xor,
    None,
    None,
    doc="Exclusive or, elementwise.",
    **_TRUTH,
    c="!x != !y",
)

# Bits: of integers and truth values, so there is never a gradient.
_BITS: dict[str, Any] = {"notes": "Takes integers or truth values."}


def _bits(
    name: str,
    ufunc: np.ufunc,
    arity: int,
    doc: str,
    example: tuple[str, str],
    c: C,
    public: bool = True,
    number: int | None = None,
) -> Function:
    names = (f"bitwise.{name}",) if public else ()
    return elementwise(
        name, ufunc, *([None] * arity), doc=doc, example=example, names=names, c=c, number=number, **_BITS
    )


bitwise_and: Function = _bits(
    "bitwise_and",
    np.bitwise_and,
    2,
    "Bitwise and, elementwise.",
    ("[12, 10], 6", "[4 2]"),
    c="x & y",
    number=_core.OP_BITWISE_AND,
)
bitwise_or: Function = _bits(
    "bitwise_or",
    np.bitwise_or,
    2,
    "Bitwise or, elementwise.",
    ("[12, 10], 6", "[14 14]"),
    c="x | y",
    number=_core.OP_BITWISE_OR,
)
bitwise_xor: Function = _bits(
    "bitwise_xor",
    np.bitwise_xor,
    2,
    "Bitwise exclusive or, elementwise.",
    ("[12, 10], 6", "[10 12]"),
    c="x ^ y",
    number=_core.OP_BITWISE_XOR,
)
invert: Function = _bits(
    "invert",
    np.invert,
    1,
    "Bitwise negation, elementwise.",
    ("[12, 10]", "[-13 -11]"),
    c="!x",
    number=_core.OP_INVERT,
)
left_shift: Function = _bits(
    "left_shift", np.left_shift, 2, "Bits moved to higher places, elementwise.", ("[3, 5], 2", "[12 20]"), c=OF_INTEGERS
)
right_shift: Function = _bits(
    "right_shift",
    np.right_shift,
    2,
    "Bits moved to lower places, elementwise; the sign stays.",
    ("[12, -5], 1", "[ 6 -3]"),
    c=OF_INTEGERS,
)
gcd: Function = _bits(
    "gcd", np.gcd, 2, "Greatest common divisor, elementwise.", ("[12, 10], 8", "[4 2]"), public=False, c=OF_INTEGERS
)
lcm: Function = _bits(
    "lcm", np.lcm, 2, "Least common multiple, elementwise.", ("[12, 10], 8", "[24 40]"), public=False, c=OF_INTEGERS
)

# --------------------------------------------------------------------------------------------------------- activations

sigmoid: Function = elementwise(
    "sigmoid",
    None,
    lambda g, x, y: g * (y * (1.0 - y)),
    # By exp(-abs(x)), which never overflows and keeps full precision in both tails.
    formula=lambda x: select(x >= 0.0, 1.0, exp(-abs(x))) / (1.0 + exp(-abs(x))),
    doc="1 / (1 + exp(-x)) without overflow, elementwise.",
    example=("[0.0, 1.0]", "[0.5    0.7311]"),
    on_complex=lambda x: reciprocal(1.0 + exp(-x)),
    names=("math.sigmoid", "nn.sigmoid", "sigmoid", "scipy.special.expit"),
)
# What the rules of log(1 + exp(x)) and its kin are made of: as exact in one tail as in the other, in every derivative.
logistic: Function = elementwise(
    "logistic",
    None,
    lambda g, x, y: g * logistic_slope(x),
    formula=lambda x: select(x >= 0.0, 1.0, exp(-abs(x))) / (1.0 + exp(-abs(x))),
    doc="sigmoid, with a slope that keeps its precision where the value is almost 1, elementwise.",
    example=("[0.0, 1.0]", "[0.5    0.7311]"),
    names=(),
)
logistic_tail: Function = elementwise(
    "logistic_tail",
    None,
    lambda g, x, y: g * -logistic_slope(x),
    # (Of the same exponential as logistic(x), which is then computed once for both.)
    formula=lambda x: select(x >= 0.0, exp(-abs(x)), 1.0) / (1.0 + exp(-abs(x))),
    doc="1 - sigmoid(x), or sigmoid(-x), without loss of precision, elementwise.",
    example=("[0.0, 1.0]", "[0.5    0.2689]"),
    names=(),
)
logistic_slope: Function = elementwise(
    "logistic_slope",
    None,
    lambda g, x, y: g * (-y * tanh(0.5 * x)),
    formula=lambda x: exp(-abs(x)) / square(1.0 + exp(-abs(x))),
    doc="The slope of sigmoid, elementwise.",
    example=("[0.0, 1.0]", "[0.25   0.1966]"),
    names=(),
)
softplus: Function = elementwise(
    "softplus",
    None,
    lambda g, x, y: g * logistic(x),
    formula=lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))),
    parameters=("features",),
    doc="log(1 + exp(x)) without overflow, elementwise.",
    example=("[0.0, 1.0]", "[0.6931 1.3133]"),
    names=("math.softplus", "nn.softplus"),
)
log_sigmoid: Function = elementwise(
    "log_sigmoid",
    None,
    lambda g, x, y: g * logistic_tail(x),
    formula=lambda x: minimum(x, 0.0) - log1p(exp(-abs(x))),
    doc="log(sigmoid(x)) without overflow, elementwise.",
    example=("[0.0, 1.0]", "[-0.6931 -0.3133]"),
    names=("math.log_sigmoid", "scipy.special.log_expit"),
)
_NN: dict[str, Any] = {"parameters": ("features",)}
relu: Function = elementwise(
    "relu",
    None,
    lambda g, x, y: relu_gradient(g, y),
    formula=lambda x: maximum(x, 0),
    keeps_integers=True,
    doc="max(x, 0), elementwise; its slope at 0 is 0.",
    example=("[-1.0, 2.0]", "[0. 2.]"),
    names=("nn.relu",),
    **_NN,
    kinks=kinks.at_zero("the slope is 0"),
)
relu6: Function = elementwise(
    "relu6",
    None,
    lambda g, x, y: relu6_gradient(g, y),
    formula=lambda x: minimum(maximum(x, 0), 6),
    keeps_integers=True,
    doc="min(max(x, 0), 6), elementwise.",
    example=("[-1.0, 7.0]", "[0. 6.]"),
    names=("nn.relu6",),
    **_NN,
    kinks=(kinks.Kink("0 or 6", lambda x, y: (x == 0) | (x == 6), "the slope is 0"),),
)
# What is straight in pieces has gradients that do not vary with the features but jump. These are ops of their own, as
# in TensorFlow, and depend on the features with a slope of zero: a second derivative is then zeros, not None.
_GRADIENT: dict[str, Any] = {"domain": _AWAY}
relu_gradient: Function = elementwise(
    "relu_gradient",
    None,
    lambda h, g, x, y: relu_gradient(h, x),
    lambda h, g, x, y: 0.0,
    formula=lambda g, x: select(x > 0.0, g, 0.0),
    parameters=("gradients", "features"),
    doc="The gradient of relu: what comes where it is above 0, elementwise.",
    example=("[1.0, 2.0], [-1.0, 3.0]", "[0. 2.]"),
    names=(),
    **_GRADIENT,
)
relu6_gradient: Function = elementwise(
    "relu6_gradient",
    None,
    lambda h, g, x, y: relu6_gradient(h, x),
    lambda h, g, x, y: 0.0,
    formula=lambda g, x: select(x > 0.0, select(x < 6.0, g, 0.0), 0.0),
    parameters=("gradients", "features"),
    doc="The gradient of relu6: what comes where it is between 0 and 6, elementwise.",
    example=("[1.0, 2.0], [7.0, 3.0]", "[0. 2.]"),
    names=(),
    **_GRADIENT,
)
leaky_relu_gradient: Function = elementwise(
    "leaky_relu_gradient",
    None,
    lambda h, g, x, a, y: leaky_relu_gradient(h, x, a),
    lambda h, g, x, a, y: 0.0,
    lambda h, g, x, a, y: select(x > 0.0, 0.0, h * g),
    formula=lambda g, x, a: select(x > 0.0, g, g * a),
    parameters=("gradients", "features", "alpha"),
    doc="The gradient of leaky_relu: what comes, times alpha below 0, elementwise.",
    example=("[1.0, 2.0], [-1.0, 3.0], 0.5", "[0.5 2. ]"),
    names=(),
    **_GRADIENT,
)
elu: Function = elementwise(
    "elu",
    None,
    lambda g, x, y: select(y >= 0.0, g, g * (y + 1.0)),
    formula=lambda x: select(x > 0.0, x, expm1(minimum(x, 0.0))),
    doc="x above 0, exp(x) - 1 below, elementwise.",
    example=("[-1.0, 2.0]", "[-0.6321  2.    ]"),
    names=("nn.elu",),
    **_NN,
)
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
selu: Function = elementwise(
    "selu",
    None,
    lambda g, x, y: select(y >= 0.0, g * _SELU_SCALE, g * (y + _SELU_SCALE * _SELU_ALPHA)),
    formula=lambda x: _SELU_SCALE * select(x > 0.0, x, _SELU_ALPHA * expm1(minimum(x, 0.0))),
    doc="The scaled exponential linear unit, elementwise.",
    example=("[-1.0, 2.0]", "[-1.1113  2.1014]"),
    names=("nn.selu",),
    **_NN,
    kinks=kinks.at_zero("the slope is that above 0"),
)
silu: Function = elementwise(
    "silu",
    None,
    lambda g, x, y: g * (logistic(x) * (1.0 + x * logistic_tail(x))),
    formula=lambda x: x * sigmoid(x),
    doc="x * sigmoid(x), elementwise.",
    example=("[-1.0, 2.0]", "[-0.2689  1.7616]"),
    on_complex=lambda x: x * sigmoid(x),
    names=(),
    **_NN,
)
softsign: Function = elementwise(
    "softsign",
    None,
    lambda g, x, y: g / square(1.0 + abs(x)),
    formula=lambda x: x / (1.0 + abs(x)),
    doc="x / (1 + abs(x)), elementwise.",
    example=("[-1.0, 3.0]", "[-0.5   0.75]"),
    names=("math.softsign", "nn.softsign"),
    **_NN,
)
leaky_relu: Function = elementwise(
    "leaky_relu",
    None,
    lambda g, x, a, y: leaky_relu_gradient(g, x, a),
    lambda g, x, a, y: select(x > 0.0, 0.0, g * x),
    formula=lambda x, a: select(x > 0.0, x, a * x),
    parameters=("features", "alpha"),
    doc="x above 0, alpha * x below, elementwise.",
    example=("[-1.0, 2.0], 0.1", "[-0.1  2. ]"),
    names=(),
    kinks=(kinks.Kink("0", lambda x, a, y: (x == 0) & (a != 1), "the slope is alpha"),),
)
gelu: Function = elementwise(
    "gelu",
    None,
    # (By erfc, which is as exact far below 0 as above, where 1 + erf is 0.)
    lambda g, x, y: g * (0.5 * erfc(x * -_SQRT_HALF) + x * (_NORMAL * exp(-0.5 * square(x)))),
    formula=lambda x: 0.5 * x * erfc(x * -_SQRT_HALF),
    doc="x times the normal distribution function, elementwise.",
    example=("[-1.0, 2.0]", "[-0.1587  1.9545]"),
    names=(),
    **_NN,
)
_GELU_ROOT, _GELU_CUBE = _m.sqrt(2.0 / _m.pi), 0.044715


def _gelu_tanh_slope(g: Any, x: Any, y: Any) -> Any:
    twice = 2.0 * _GELU_ROOT * (x + _GELU_CUBE * (x * x * x))
    slope = 2.0 * _GELU_ROOT * (1.0 + 3.0 * _GELU_CUBE * (x * x))
    return g * (logistic(twice) * (1.0 + x * logistic_tail(twice) * slope))


gelu_tanh: Function = elementwise(
    "gelu_tanh",
    None,
    _gelu_tanh_slope,
    # (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its precision far below 0.
    formula=lambda x: x * logistic(2.0 * _GELU_ROOT * (x + _GELU_CUBE * (x * x * x))),
    parameters=("features",),
    doc="The tanh approximation of gelu, elementwise.",
    notes="Public as nn.gelu(features, approximate=True).",
    example=("[-1.0, 2.0]", "[-0.1588  1.9546]"),
    names=(),
)
sigmoid_cross_entropy: Function = elementwise(
    "sigmoid_cross_entropy",
    None,
    lambda g, z, x, y: -g * x,
    # (Not sigmoid(x) - z: where x is large and z is 1 that would be 0.)
    lambda g, z, x, y: (
        g * (select(x >= 0.0, 1.0 - z, -z) + select(x >= 0.0, -1.0, 1.0) * logistic(select(x >= 0.0, -x, x)))
    ),
    formula=lambda z, x: maximum(x, 0.0) - x * z + log1p(exp(-abs(x))),
    parameters=("labels", "logits"),
    doc="Cross entropy of probabilities `labels` against sigmoid(logits), without overflow, elementwise.",
    notes="Public as nn.sigmoid_cross_entropy_with_logits.",
    example=("[0.0, 1.0], [1.0, 2.0]", "[1.3133 0.1269]"),
    names=(),
)
