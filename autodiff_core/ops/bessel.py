"""Solutions of differential equations: Bessel's kin, Airy's, Kelvin's, Struve's, Mathieu's, cylinders, spheroids.

SciPy's ufuncs as rows; needs SciPy, and is loaded late. A function that comes with its derivative is two results of one
row, and the second one's slope is what the differential equation says (https://dlmf.nist.gov, chapters 9 to 12, 28 and
30). Orders and parameters are data, or their slopes are missing: there is no formula for them.
"""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .elementwise import cos, cosh, equal, exp, maximum, select, sin, sinh, sqrt
from .scipy_rows import SPELLINGS, form, like, no_slope, scipy_row, without
from .scipy_rows import kernels as _sp
from .scipy_rows import private as _private
from .shaping import broadcast_to
from .special import i0, j0, k0, rgamma, y0
from .table import Function

_POSITIVE = (0.3, 3.0)
_ORDER = (0.4, 2.6)
_WIDE = (-2.5, 2.5)

# ------------------------------------------------------------------------------------------------- cylinder functions

jve: Function = scipy_row(
    "jve",
    _sp.jve,
    ...,
    lambda g, v, z, y: g * (0.5 * (jve(v - 1.0, z) - jve(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="jv, scaled by a factor that is 1 for real numbers, elementwise.",
    notes=no_slope("v"),
)
yve: Function = scipy_row(
    "yve",
    _sp.yve,
    ...,
    lambda g, v, z, y: g * (0.5 * (yve(v - 1.0, z) - yve(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="yv, scaled by a factor that is 1 for real numbers, elementwise.",
    notes=no_slope("v"),
)


def _struve_term(v: Any, x: Any) -> Any:
    return (0.5 * x) ** v * rgamma(v + 1.5) / _m.sqrt(_m.pi)


struve: Function = scipy_row(
    "struve",
    _sp.struve,
    ...,
    lambda g, v, x, y: g * (0.5 * (struve(v - 1.0, x) - struve(v + 1.0, x) + _struve_term(v, x))),
    parameters=("v", "x"),
    domain=(_ORDER, _POSITIVE),
    doc="Struve's function, elementwise.",
    notes=no_slope("v"),
)
modstruve: Function = scipy_row(
    "modstruve",
    _sp.modstruve,
    ...,
    lambda g, v, x, y: g * (0.5 * (modstruve(v - 1.0, x) + modstruve(v + 1.0, x) + _struve_term(v, x))),
    parameters=("v", "x"),
    domain=(_ORDER, _POSITIVE),
    doc="Modified Struve function, elementwise.",
    notes=no_slope("v"),
)
besselpoly: Function = scipy_row(
    "besselpoly",
    _sp.besselpoly,
    lambda g, a, lmb, nu, y: g * (besselpoly(a, lmb + 1.0, nu - 1.0) - besselpoly(a, lmb + 1.0, nu + 1.0)),
    ...,
    ...,
    parameters=("a", "lmb", "nu"),
    domain=(_POSITIVE, (1.0, 1.0), (2.0, 2.0)),
    doc="Integral of x ** lmb jv(nu, 2 a x) from 0 to 1, elementwise.",
    notes=no_slope("lmb and nu"),
)
wright_bessel: Function = scipy_row(
    "wright_bessel",
    _sp.wright_bessel,
    ...,
    ...,
    lambda g, a, b, x, y: g * wright_bessel(a, a + b, x),
    parameters=("a", "b", "x"),
    domain=(_ORDER, _ORDER, _POSITIVE),
    doc="Wright's generalized Bessel function, elementwise.",
    notes=no_slope("a and b"),
)
log_wright_bessel: Function = scipy_row(
    "log_wright_bessel",
    _sp.log_wright_bessel,
    ...,
    ...,
    lambda g, a, b, x, y: g * exp(log_wright_bessel(a, a + b, x) - y),
    parameters=("a", "b", "x"),
    domain=(_ORDER, _ORDER, _POSITIVE),
    doc="Logarithm of wright_bessel, elementwise.",
    notes=no_slope("a and b"),
)


def _spherical(name: str, kernel: np.ufunc, slope: np.ufunc, sign: float, last: float, what: str) -> Function:
    """Both the function and its derivative: the recurrence that has no quotient, so nothing is lost at 0."""

    def derivative(n: Any, x: Any) -> Any:
        order = like(n, x)
        ratio = order / (2.0 * order + 1.0)
        return sign * ratio * function(np.maximum(n - 1, 0), x) + last * (1.0 - ratio) * function(n + 1, x)

    function = form(
        name,
        kernel,
        lambda n, x, y: derivative(n, x),
        doc=f"Spherical Bessel function {what} of integer order, elementwise.",
        parameters=("n", "z"),
        domain=(2, _POSITIVE),
        names=(),  # (those of what is made of it below)
    )
    SPELLINGS[slope] = lambda n, z: derivative(_core.operand(n), _core.operand(z))

    def public(n: Any, z: Any, derivative: bool = False) -> Any:
        return SPELLINGS[slope](n, z) if derivative else function(n, z)

    public.__name__ = public.__qualname__ = name
    public.__doc__ = (function.__doc__ or "").replace(
        "\n    Returns\n",
        "    derivative : bool\n        Whether to return the derivative instead.\n\n    Returns\n",
        1,
    )
    return public


spherical_jn = _spherical(
    "spherical_jn", _private._spherical_jn, _private._spherical_jn_d, 1.0, -1.0, "of the first kind"
)
spherical_yn = _spherical(
    "spherical_yn", _private._spherical_yn, _private._spherical_yn_d, 1.0, -1.0, "of the second kind"
)
spherical_in = _spherical(
    "spherical_in", _private._spherical_in, _private._spherical_in_d, 1.0, 1.0, "of the first kind, modified,"
)
spherical_kn = _spherical(
    "spherical_kn", _private._spherical_kn, _private._spherical_kn_d, -1.0, -1.0, "of the second kind, modified,"
)

# ------------------------------------------------------------------------------------------------------ Airy and Kelvin

airy = form(
    "airy",
    _sp.airy,
    lambda z, ai, aip, bi, bip: (aip, z * ai, bip, z * bi),
    doc="Airy's functions and their derivatives Ai, Ai', Bi, Bi', elementwise.",
    parameters=("z",),
    domain=(_WIDE,),
    results=4,
)


def _airye_slopes(z: Any, ai: Any, aip: Any, bi: Any, bip: Any) -> Any:
    """Of a scale that is exp(2/3 z ** 1.5) for Ai, its inverse for Bi, and 1 left of 0."""
    root = sqrt(maximum(z, 0.0))
    return aip + root * ai, z * ai + root * aip, bip - root * bi, z * bi - root * bip


airye = form(
    "airye",
    _sp.airye,
    _airye_slopes,
    doc="Airy's functions and their derivatives, exponentially scaled, elementwise.",
    parameters=("z",),
    domain=(_POSITIVE,),
    results=4,
    notes="Left of 0 SciPy has no scaled Ai: it is NaN.",
)


def _at_minus(x: Any) -> Any:
    return airy(-x)


itairy = form(
    "itairy",
    _sp.itairy,
    lambda x, *y: (airy(x)[0], airy(x)[2], _at_minus(x)[0], _at_minus(x)[2]),
    doc="Integrals of Ai(t), Bi(t), Ai(-t), Bi(-t) from 0 to x, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=4,
)


def _kelvin(name: str, slope: str, first: bool, second: Any, doc: str) -> tuple[Function, Function]:
    """A function and its derivative, whose slope is `second` less the derivative over x; 0 at 0 for those that are."""

    def curvature(x: Any, y: Any) -> Any:
        quotient = y / select(equal(x, 0.0), 1.0, x)
        # (of ber' and bei', x/2 and less: the quotient at 0 is half of what the equation adds up to)
        return select(equal(x, 0.0), 0.5 * second(x), second(x) - quotient)

    of_slope = scipy_row(
        slope,
        getattr(_sp, slope),
        lambda g, x, y: g * curvature(x, y),
        domain=_POSITIVE,
        doc=f"Derivative of {doc}, elementwise.",
    )
    function = scipy_row(
        name, getattr(_sp, name), lambda g, x, y: g * of_slope(x), domain=_POSITIVE, doc=f"{doc}, elementwise."
    )
    return function, of_slope


bei: Function
kei: Function
ber, berp = _kelvin("ber", "berp", True, lambda x: -bei(x), "Kelvin's function ber")
bei, beip = _kelvin("bei", "beip", True, lambda x: ber(x), "Kelvin's function bei")
ker, kerp = _kelvin("ker", "kerp", False, lambda x: -kei(x), "Kelvin's function ker")
kei, keip = _kelvin("kei", "keip", False, lambda x: ker(x), "Kelvin's function kei")

# ------------------------------------------------------------------------------------------------------------ integrals


def _over(value: Any, x: Any, at_zero: float) -> Any:
    """value / x, and its limit at 0."""
    return select(equal(x, 0.0), at_zero, value / select(equal(x, 0.0), 1.0, x))


sici = form(
    "sici",
    _sp.sici,
    lambda x, si, ci: (_over(sin(x), x, 1.0), cos(x) / x),
    doc="Sine and cosine integrals, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
shichi = form(
    "shichi",
    _sp.shichi,
    lambda x, shi, chi: (_over(sinh(x), x, 1.0), cosh(x) / x),
    doc="Hyperbolic sine and cosine integrals, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
itj0y0 = form(
    "itj0y0",
    _sp.itj0y0,
    lambda x, *y: (j0(x), y0(x)),
    doc="Integrals of j0 and y0 from 0 to x, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
iti0k0 = form(
    "iti0k0",
    _sp.iti0k0,
    lambda x, *y: (i0(x), k0(x)),
    doc="Integrals of i0 and k0 from 0 to x, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
it2j0y0 = form(
    "it2j0y0",
    _sp.it2j0y0,
    lambda x, *y: (_over(1.0 - j0(x), x, 0.0), -y0(x) / x),
    doc="Integrals of (1 - j0(t)) / t from 0 to x, and of y0(t) / t from x on, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
it2i0k0 = form(
    "it2i0k0",
    _sp.it2i0k0,
    lambda x, *y: (_over(i0(x) - 1.0, x, 0.0), -k0(x) / x),
    doc="Integrals of (i0(t) - 1) / t from 0 to x, and of k0(t) / t from x on, elementwise.",
    parameters=("x",),
    domain=(_POSITIVE,),
    results=2,
)
itstruve0: Function = scipy_row(
    "itstruve0",
    _sp.itstruve0,
    lambda g, x, y: g * struve(0.0, x),
    domain=_POSITIVE,
    doc="Integral of Struve's function of order 0 from 0 to x, elementwise.",
)
it2struve0: Function = scipy_row(
    "it2struve0",
    _sp.it2struve0,
    lambda g, x, y: -g * (struve(0.0, x) / x),
    domain=_POSITIVE,
    doc="Integral of struve(0, t) / t from x on, elementwise.",
)
itmodstruve0: Function = scipy_row(
    "itmodstruve0",
    _sp.itmodstruve0,
    lambda g, x, y: g * modstruve(0.0, x),
    domain=_POSITIVE,
    doc="Integral of the modified Struve function of order 0 from 0 to x, elementwise.",
)

# ------------------------------------------------------------- solutions of y'' = f y, each with its derivative


def _solution(name: str, factor: Any, doc: str, parameters: tuple[str, ...], domain: Any, unit: float = 1.0) -> Any:
    """A ufunc of two results, y and dy, where y'' = factor y; `unit`: how many of dy's a unit of the operand is."""
    return form(
        name,
        getattr(_sp, name),
        lambda *given: (unit * given[-1], unit * factor(*given[:-2]) * given[-2]),
        doc=f"{doc}, and the derivative, elementwise.",
        parameters=parameters,
        domain=domain,
        results=2,
    )


pbdv = _solution(
    "pbdv", lambda v, x: 0.25 * x * x - like(v, x) - 0.5, "Parabolic cylinder function D", ("v", "x"), (1.5, _WIDE)
)
pbvv = _solution(
    "pbvv", lambda v, x: 0.25 * x * x - like(v, x) - 0.5, "Parabolic cylinder function V", ("v", "x"), (1.5, _WIDE)
)
pbwa = _solution(
    "pbwa", lambda a, x: like(a, x) - 0.25 * x * x, "Parabolic cylinder function W", ("a", "x"), (1.5, _WIDE)
)

_DEGREE = _m.pi / 180.0


def _characteristic(name: str, doc: str, parameters: tuple[str, ...], domain: Any) -> Function:
    """A characteristic value: there is no formula for its slopes."""
    return scipy_row(
        name,
        getattr(_sp, name),
        *(...,) * len(parameters),
        parameters=parameters,
        domain=domain,
        doc=f"{doc}, elementwise.",
        notes=no_slope(" and ".join(parameters)),
    )


_FIXED = ((2.0, 2.0), (0.7, 0.7))
mathieu_a = _characteristic("mathieu_a", "Characteristic value of even Mathieu functions", ("m", "q"), _FIXED)
mathieu_b = _characteristic("mathieu_b", "Characteristic value of odd Mathieu functions", ("m", "q"), _FIXED)


def _wide(kernel: np.ufunc) -> Any:
    """A kernel in float64: SciPy's spheroidal functions do not come back from float32."""

    def wide(*arrays: Any) -> Any:
        return kernel(*[np.asarray(x, np.float64) for x in arrays])

    return wide


def _characteristic_of_spheroids(name: str, doc: str) -> Function:
    """As the ufunc, but by a row of its own: the ufunc's loop over float32 must not be run."""

    def value(m: Any, n: Any, c: Any) -> Any:
        operands = [_core.operand(x) for x in (m, n, c)]
        shape = np.broadcast_shapes(*[tuple(x.shape) for x in operands])
        dtype = np.result_type(*[x.dtype if x.dtype.kind == "f" else np.float64 for x in operands])
        return _core.general(handle, [broadcast_to(_core.to_dtype(x, dtype), shape) for x in operands])

    value.__name__ = value.__qualname__ = name
    value.__doc__ = f"""{doc}, elementwise.

    Parameters
    ----------
    m, n : array_like
        Mode parameters: whole numbers, n >= m.
    c : array_like
        Spheroidal parameter.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.{name}.html.
    There is no derivative: asking for one is a LookupError.

    Examples
    --------
    >>> tf.scipy.special.{name}(1.0, 2.0, 0.0).numpy()
    np.float32(6.0)
    """
    kernel = _wide(getattr(_sp, name))
    handle = _core.register_general(
        name,
        lambda attributes, m, n, c: np.asarray(kernel(m, n, c), c.dtype),
        None,
        None,
        True,
        False,
        widens=True,
        form=forms.nothing,
        gives=forms.pointwise(lambda attributes, m, n, c: np.asarray(kernel(m, n, c), c.dtype), 3),
        c=c_loops.SCIPY,
    )
    SPELLINGS[getattr(_sp, name)] = value
    return value


pro_cv = _characteristic_of_spheroids("pro_cv", "Characteristic value of prolate spheroidal functions")
obl_cv = _characteristic_of_spheroids("obl_cv", "Characteristic value of oblate spheroidal functions")


def _even(m: Any, q: Any, x: Any) -> Any:
    return 2.0 * like(q, x) * cos(2.0 * _DEGREE * x) - like(mathieu_a(m, q), x)


def _odd(m: Any, q: Any, x: Any) -> Any:
    return 2.0 * like(q, x) * cos(2.0 * _DEGREE * x) - like(mathieu_b(m, q), x)


def _even_modified(m: Any, q: Any, x: Any) -> Any:
    return like(mathieu_a(m, q), x) - 2.0 * like(q, x) * cosh(2.0 * x)


def _odd_modified(m: Any, q: Any, x: Any) -> Any:
    return like(mathieu_b(m, q), x) - 2.0 * like(q, x) * cosh(2.0 * x)


_ANGLE = (2, 0.7, (10.0, 80.0))
_RADIAL = (2, 0.7, (0.3, 1.2))
_MATHIEU = ("m", "q", "x")
mathieu_cem = _solution("mathieu_cem", _even, "Even Mathieu function of an angle in degrees", _MATHIEU, _ANGLE, _DEGREE)
mathieu_sem = _solution("mathieu_sem", _odd, "Odd Mathieu function of an angle in degrees", _MATHIEU, _ANGLE, _DEGREE)
mathieu_modcem1 = _solution(
    "mathieu_modcem1", _even_modified, "Even modified Mathieu function of the first kind", _MATHIEU, _RADIAL
)
mathieu_modcem2 = _solution(
    "mathieu_modcem2", _even_modified, "Even modified Mathieu function of the second kind", _MATHIEU, _RADIAL
)
mathieu_modsem1 = _solution(
    "mathieu_modsem1", _odd_modified, "Odd modified Mathieu function of the first kind", _MATHIEU, _RADIAL
)
mathieu_modsem2 = _solution(
    "mathieu_modsem2", _odd_modified, "Odd modified Mathieu function of the second kind", _MATHIEU, _RADIAL
)


def _spheroidal(
    name: str, value: Any, sign: float, field: float, doc: str, interval: tuple[float, float]
) -> tuple[Function, Function]:
    """A solution of ((1 - s x^2) y')' + s (value - t c^2 x^2 - m^2 / (1 - s x^2)) y = 0, s the sign and t the field.

    There are two ufuncs of it: one of m, n, c and x, and one that is given the characteristic value besides.
    """

    def force(m: Any, c: Any, cv: Any, x: Any) -> Any:
        across = 1.0 - sign * x * x
        return (cv - field * c * c * x * x - m * m / across) / across

    def slopes(m: Any, c: Any, cv: Any, x: Any, y: Any, dy: Any) -> tuple[Any, Any]:
        m, c, cv = like(m, x), like(c, x), like(cv, x)
        return dy, sign * (2.0 * x * dy / (1.0 - sign * x * x) - force(m, c, cv, x) * y)

    data = (1, 2, 0.8)
    of_its_own = form(
        name,
        _wide(getattr(_sp, name)),
        lambda m, n, c, x, y, dy: slopes(m, c, value(m, n, c), x, y, dy),
        doc=f"{doc}, and its derivative, elementwise.",
        parameters=("m", "n", "c", "x"),
        domain=(*data, interval),
        results=2,
        spells=[getattr(_sp, name)],
    )
    of_given = form(
        f"{name}_cv",
        _wide(getattr(_sp, f"{name}_cv")),
        lambda m, n, c, cv, x, y, dy: slopes(m, c, cv, x, y, dy),
        doc=f"{doc}, for a given characteristic value, and its derivative, elementwise.",
        parameters=("m", "n", "c", "cv", "x"),
        domain=(*data, float(getattr(_sp, value.__name__)(*data)), interval),
        results=2,
        spells=[getattr(_sp, f"{name}_cv")],
    )
    return of_its_own, of_given


pro_ang1, pro_ang1_cv = _spheroidal(
    "pro_ang1", pro_cv, 1.0, 1.0, "Prolate spheroidal angular function of the first kind", (-0.8, 0.8)
)
pro_rad1, pro_rad1_cv = _spheroidal(
    "pro_rad1", pro_cv, 1.0, 1.0, "Prolate spheroidal radial function of the first kind", (1.2, 3.0)
)
obl_ang1, obl_ang1_cv = _spheroidal(
    "obl_ang1", obl_cv, 1.0, -1.0, "Oblate spheroidal angular function of the first kind", (-0.8, 0.8)
)
obl_rad1, obl_rad1_cv = _spheroidal(
    "obl_rad1", obl_cv, -1.0, 1.0, "Oblate spheroidal radial function of the first kind", (0.3, 2.0)
)

without("its result is complex, which is not recorded: use jv and yv", "hankel1", "hankel1e", "hankel2", "hankel2e")
without("its results are complex, which is not recorded: use ber, bei, ker, kei, and berp, beip, kerp, keip", "kelvin")
without("its results are complex, which is not recorded: use fresnel", "modfresnelp", "modfresnelm")
without(
    "the derivative that SciPy gives does not fit its values: write one with tf.custom_gradient",
    "pro_rad2",
    "pro_rad2_cv",
    "obl_rad2",
    "obl_rad2_cv",
)
