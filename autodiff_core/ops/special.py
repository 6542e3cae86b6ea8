"""Special functions: SciPy's ufuncs as rows, with derivatives in terms of each other. Needs SciPy, and is loaded late.

Derivatives are those of the NIST Digital Library of Mathematical Functions (https://dlmf.nist.gov, chapters 5 to 10 and
25). Those with respect to orders and shapes have no formula of this kind: asking for one is a LookupError.
"""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms, kinks
from . import elementwise as _e
from .c_loops import InDouble
from .elementwise import cos, equal, exp, log, log1p, maximum, mod, select, sign, sin, xlog1py, xlogy
from .reductions import reduce_sum
from .scipy_rows import SPELLINGS, no_slope, scipy_row
from .scipy_rows import kernels as _sp
from .scipy_rows import private as _private
from .table import Case, Function, elementwise, general, in_file

_ROOT_PI = _m.sqrt(_m.pi)
_NORMAL = 1.0 / _m.sqrt(2.0 * _m.pi)
_POSITIVE = (0.3, 3.0)
_ORDER = (0.4, 2.6)
_INSIDE = (0.05, 0.95)


# ------------------------------------------------------------------------------------------------------ gamma and kin

# By the recurrence up to where the asymptotic series (Bernoulli's numbers over 2 k) is exact; below 0 by reflection.
_PSI_IN_C = InDouble("""\
double s = 0, t, w;
if (x <= 0 && x == floor(x)) return x == 0 ? -copysign(INFINITY, x) : NAN;
if (x < 0) {
    t = x - floor(x);
    s = -3.141592653589793 / tan(3.141592653589793 * t);
    x = 1 - x;
}
for (; x < 10; x += 1) s -= 1 / x;
w = 1 / (x * x);
t = 1.0 / 240 - w * (1.0 / 132 - w * (691.0 / 32760 - w / 12));
t = w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w * t)));
return s + log(x) - 0.5 / x - t;""")

zeta: Function = scipy_row(
    "zeta",
    _private._zeta,
    ...,
    lambda g, x, q, y: -g * (x * zeta(x + 1.0, q)),
    parameters=("x", "q"),
    domain=((1.5, 4.0), (0.5, 3.0)),
    doc="Hurwitz's zeta function: the sum of (k + q) ** -x over k = 0, 1, ..., elementwise.",
    notes=no_slope("x"),
    on_complex=in_file("complex_special", "zeta"),
    names=("math.zeta",),
)
gamma: Function = scipy_row(
    "gamma",
    _sp.gamma,
    lambda g, z, y: g * (y * psi(z)),
    parameters=("z",),
    domain=_POSITIVE,
    doc="Gamma function.",
    c=InDouble("tgamma(z)"),
)
gammaln: Function = scipy_row(
    "gammaln",
    _sp.gammaln,
    lambda g, x, y: g * psi(x),
    domain=_POSITIVE,
    doc="Logarithm of the gamma function's absolute value, elementwise.",
    names=("math.lgamma",),
    c=InDouble("x == -INFINITY ? x : lgamma(x)"),
)
rgamma: Function = scipy_row(
    "rgamma",
    _sp.rgamma,
    lambda g, z, y: -g * (y * psi(z)),
    parameters=("z",),
    domain=_POSITIVE,
    doc="1 / gamma(z), elementwise.",
    c=InDouble("z <= 0 && z == floor(z) ? 0 : 1 / tgamma(z)"),
)
psi: Function = scipy_row(
    "psi",
    _sp.psi,
    lambda g, z, y: g * zeta(2.0, z),
    parameters=("x",),
    domain=_POSITIVE,
    doc="Digamma function: the derivative of gammaln, elementwise.",
    names=("math.digamma", "scipy.special.digamma"),
    c=_PSI_IN_C,
)
polygamma: Function = scipy_row(
    "polygamma",
    None,
    ...,
    lambda g, n, x, y: g * polygamma(n + 1.0, x),
    formula=lambda n, x: select(
        equal(n, 0.0), psi(x), select(equal(mod(n, 2.0), 0.0), -1.0, 1.0) * gamma(n + 1.0) * zeta(n + 1.0, x)
    ),
    parameters=("n", "x"),
    domain=((1.0, 1.0), (0.5, 3.0)),
    example=("[0., 1., 2.], 1.", "[-0.5772  1.6449 -2.4041]"),
    doc="Derivatives of psi, of order n = 0, 1, ..., elementwise.",
    notes=no_slope("n"),
)
beta: Function = scipy_row(
    "beta",
    _sp.beta,
    lambda g, a, b, y: g * (y * (psi(a) - psi(a + b))),
    lambda g, a, b, y: g * (y * (psi(b) - psi(a + b))),
    parameters=("a", "b"),
    domain=_POSITIVE,
    doc="gamma(a) gamma(b) / gamma(a + b), elementwise.",
)
betaln: Function = scipy_row(
    "betaln",
    _sp.betaln,
    lambda g, a, b, y: g * (psi(a) - psi(a + b)),
    lambda g, a, b, y: g * (psi(b) - psi(a + b)),
    parameters=("a", "b"),
    domain=_POSITIVE,
    doc="Logarithm of the absolute value of beta(a, b), elementwise.",
)


def _times_log(c: Any, x: Any) -> Any:
    """c log(x): where x is 0 as xlogy has it, elsewhere with a slope by c where that is 0, which xlogy has not."""
    nothing = equal(x, 0.0)
    return select(nothing, xlogy(c, x), c * log(select(nothing, 1.0, x)))


def _times_log_of_rest(c: Any, x: Any) -> Any:
    """The same of c log(1 - x)."""
    nothing = equal(x, 1.0)
    return select(nothing, xlog1py(c, -x), c * log1p(select(nothing, 0.0, -x)))


def _gamma_density(a: Any, x: Any) -> Any:
    return exp(_times_log(a - 1.0, x) - x - gammaln(a))


gammaincinv: Function = scipy_row(
    "gammaincinv",
    _sp.gammaincinv,
    ...,
    lambda g, a, y, x: g / _gamma_density(a, x),
    parameters=("a", "y"),
    domain=(_POSITIVE, _INSIDE),
    doc="The x for which gammainc(a, x) is y, elementwise.",
    notes=no_slope("a"),
)
gammainccinv: Function = scipy_row(
    "gammainccinv",
    _sp.gammainccinv,
    ...,
    lambda g, a, y, x: -g / _gamma_density(a, x),
    parameters=("a", "y"),
    domain=(_POSITIVE, _INSIDE),
    doc="The x for which gammaincc(a, x) is y, elementwise.",
    notes=no_slope("a"),
)


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return exp(_times_log_of_rest(b - 1.0, x) + _times_log(a - 1.0, x) - betaln(a, b))


betainc: Function = scipy_row(
    "betainc",
    _sp.betainc,
    ...,
    ...,
    lambda g, a, b, x, y: g * _beta_density(a, b, x),
    parameters=("a", "b", "x"),
    domain=(_POSITIVE, _POSITIVE, _INSIDE),
    doc="Regularised incomplete beta function, elementwise.",
    notes=no_slope("a and b"),
    names=("math.betainc",),
)
betaincinv: Function = scipy_row(
    "betaincinv",
    _sp.betaincinv,
    ...,
    ...,
    lambda g, a, b, y, x: g / _beta_density(a, b, x),
    parameters=("a", "b", "y"),
    domain=(_POSITIVE, _POSITIVE, _INSIDE),
    doc="The x for which betainc(a, b, x) is y, elementwise.",
    notes=no_slope("a and b"),
)
stdtr: Function = scipy_row(
    "stdtr",
    _sp.stdtr,
    ...,
    lambda g, df, t, y: g * exp(-0.5 * (df + 1.0) * _e.log1p(t * t / df) - betaln(0.5 * df, 0.5) - 0.5 * log(df)),
    parameters=("df", "t"),
    domain=((0.5, 4.0), (-2.0, 2.0)),
    doc="Distribution function of Student's t, elementwise.",
    notes=no_slope("df"),
)

# ---------------------------------------------------------------------------------------------- error functions and kin

# The derivatives of log_ndtr, whose first is the *hazard* h(x), the density over ndtr(x), so that the second is
# -h (x + h) and the derivative of the *excess* x + h is 1 - h (x + h). Far below 0 these are small differences of large
# numbers. There they come from Laplace's continued fraction: where t = -x and K[n] = n / (t + K[n + 1]), the hazard is
# t + K[1], the excess K[1], and what is left of the others are products and differences of neighbours.
FAR = 6.0
_LEVELS = 12
_REST = (2.624896324976518, 0.15887405841574679)  # K[13], as a line in t: exact at FAR, of no weight far from it


def fractions(t: Any) -> tuple[Any, Any, Any, Any]:
    """t and K[1], K[2], K[3], for t from FAR on."""
    fraction = _REST[0] - _REST[1] * t
    found = []
    for n in range(_LEVELS, 0, -1):
        fraction = n / (t + fraction)
        found.append(fraction)
    return t, found[-1], found[-2], found[-3]


def _from_fractions(of_fractions: Any, of_hazard: Any) -> Any:
    def formula(x: Any) -> Any:
        h = normal_hazard(maximum(x, -FAR))
        return select(x < -FAR, of_fractions(*fractions(maximum(-x, FAR))), of_hazard(h, x + h))

    return formula


# Of each of them what it is by the fractions, and what by hazard and excess.
SLOPE = (lambda t, k1, k2, k3: -(t + k1) * k1, lambda h, excess: -h * excess)
BEND = (
    lambda t, k1, k2, k3: (t + k1) * (k1 * k1 * k2 * (k3 - k2)),
    lambda h, excess: h * (excess * excess - 1.0 + h * excess),
)
EXCESS = (lambda t, k1, k2, k3: k1, lambda h, excess: excess)
EXCESS_SLOPE = (lambda t, k1, k2, k3: k1 * (k2 - k1), lambda h, excess: 1.0 - h * excess)


def _slope_of_bend(g: Any, x: Any, bend: Any, slope: Any) -> Any:
    return g * (-bend * (x + 2.0 * normal_hazard(x)) - 2.0 * (slope * (1.0 + slope)))


_HAZARD: dict[str, Any] = {"notes": "For the derivatives of log_ndtr and erfcx."}
normal_hazard: Function = elementwise(
    "normal_hazard",
    None,
    lambda g, x, y: g * normal_hazard_slope(x),
    formula=lambda x: _m.sqrt(2.0 / _m.pi) / erfcx(-_m.sqrt(0.5) * x),
    doc="The normal density over its distribution function, elementwise.",
    example=("[-10., 0.]", "[10.0981  0.7979]"),
    poles=True,
    on_complex=in_file("complex_special", "normal_hazard"),
    names=(),
    **_HAZARD,
)
normal_hazard_slope: Function = elementwise(
    "normal_hazard_slope",
    None,
    lambda g, x, y: g * normal_hazard_bend(x),
    formula=_from_fractions(*SLOPE),
    doc="The derivative of normal_hazard, elementwise.",
    example=("[-10., 0.]", "[-0.9906 -0.6366]"),
    poles=True,
    on_complex=in_file("complex_special", "normal_hazard_slope"),
    cancels=True,
    names=(),
    **_HAZARD,
)
normal_hazard_bend: Function = elementwise(
    "normal_hazard_bend",
    None,
    lambda g, x, y: _slope_of_bend(g, x, y, normal_hazard_slope(x)),
    formula=_from_fractions(*BEND),
    doc="The second derivative of normal_hazard, elementwise.",
    example=("[-10., 0.]", "[0.0018 0.218 ]"),
    poles=True,
    on_complex=in_file("complex_special", "normal_hazard_bend"),
    cancels=True,
    names=(),
    **_HAZARD,
)
normal_excess: Function = elementwise(
    "normal_excess",
    None,
    lambda g, x, y: g * normal_excess_slope(x),
    formula=_from_fractions(*EXCESS),
    doc="x + normal_hazard(x), elementwise.",
    example=("[-10., 0.]", "[0.0981 0.7979]"),
    poles=True,
    on_complex=in_file("complex_special", "normal_excess"),
    cancels=True,
    names=(),
    **_HAZARD,
)
normal_excess_slope: Function = elementwise(
    "normal_excess_slope",
    None,
    lambda g, x, y: g * normal_hazard_bend(x),
    formula=_from_fractions(*EXCESS_SLOPE),
    doc="1 + normal_hazard_slope(x), elementwise.",
    example=("[-10., 0.]", "[0.0094 0.3634]"),
    poles=True,
    on_complex=in_file("complex_special", "normal_excess_slope"),
    cancels=True,
    names=(),
    **_HAZARD,
)
erfcx: Function = scipy_row(
    "erfcx",
    _sp.erfcx,
    lambda g, x, y: g * (y * (-_m.sqrt(2.0) * normal_excess(-_m.sqrt(2.0) * x))),
    doc="exp(x ** 2) erfc(x), elementwise.",
)
erfi: Function = scipy_row(
    "erfi",
    _sp.erfi,
    lambda g, z, y: g * (2.0 / _ROOT_PI * exp(z * z)),
    parameters=("z",),
    doc="Imaginary error function, elementwise.",
)
dawsn: Function = scipy_row(
    "dawsn",
    _sp.dawsn,
    lambda g, x, y: g * (1.0 - 2.0 * (x * y)),
    doc="Dawson's integral.",
    names=("math.special.dawsn",),
)
erfinv: Function = scipy_row(
    "erfinv",
    _sp.erfinv,
    lambda g, y, x: g * (0.5 * _ROOT_PI * exp(x * x)),
    parameters=("x",),
    domain=(-0.9, 0.9),
    doc="Inverse of the error function, elementwise.",
    names=("math.erfinv",),
)
erfcinv: Function = scipy_row(
    "erfcinv",
    _sp.erfcinv,
    lambda g, y, x: -g * (0.5 * _ROOT_PI * exp(x * x)),
    parameters=("x",),
    domain=(0.1, 1.9),
    doc="Inverse of the complementary error function, elementwise.",
    names=("math.erfcinv",),
)
ndtr: Function = scipy_row(
    "ndtr",
    _sp.ndtr,
    lambda g, x, y: g * (_NORMAL * exp(-0.5 * (x * x))),
    doc="Distribution function of the standard normal distribution, elementwise.",
    c=InDouble("0.5 * erfc(x * -0.7071067811865476)"),
)
log_ndtr: Function = scipy_row(
    "log_ndtr",
    _sp.log_ndtr,
    lambda g, x, y: g * normal_hazard(x),
    doc="Logarithm of ndtr, exact in the lower tail, elementwise.",
)
ndtri: Function = scipy_row(
    "ndtri",
    _sp.ndtri,
    lambda g, y, x: g * (exp(0.5 * (x * x)) / _NORMAL),
    parameters=("x",),
    domain=_INSIDE,
    doc="Inverse of ndtr: quantiles of the standard normal distribution, elementwise.",
    names=("math.ndtri",),
)

# -------------------------------------------------------------------------------------------- logarithms and integrals

exp10: Function = scipy_row(
    "exp10",
    _sp.exp10,
    lambda g, x, y: g * (y * _m.log(10.0)),
    doc="10 to the power of x, elementwise.",
    c=InDouble("pow(10, x)"),
)
logit: Function = scipy_row(
    "logit",
    _sp.logit,
    lambda g, x, y: g / (x * (1.0 - x)),
    domain=_INSIDE,
    doc="log(x / (1 - x)), elementwise.",
    c=InDouble("log(x / (1 - x))"),
)
entr: Function = scipy_row(
    "entr",
    _sp.entr,
    lambda g, x, y: -g * (log(x) + 1.0),
    domain=_POSITIVE,
    doc="-x log(x), and 0 where x is 0, elementwise.",
    kinks=kinks.at_zero("the slope is infinite"),
    c=InDouble("x > 0 ? -x * log(x) : x == 0 ? 0 : x != x ? x : -INFINITY"),
)
rel_entr: Function = scipy_row(
    "rel_entr",
    _sp.rel_entr,
    lambda g, x, y, z: g * (log(x / y) + 1.0),
    lambda g, x, y, z: -g * (x / y),
    domain=_POSITIVE,
    doc="x log(x / y), elementwise.",
    c=InDouble("x != x || y != y ? x + y : x > 0 && y > 0 ? x * log(x / y) : x == 0 && y >= 0 ? 0 : INFINITY"),
)
kl_div: Function = scipy_row(
    "kl_div",
    _sp.kl_div,
    lambda g, x, y, z: g * log(x / y),
    lambda g, x, y, z: g * (1.0 - x / y),
    domain=_POSITIVE,
    doc="x log(x / y) - x + y, elementwise.",
    c=InDouble("x != x || y != y ? x + y : x > 0 && y > 0 ? x * log(x / y) - x + y : x == 0 && y >= 0 ? y : INFINITY"),
)
spence: Function = scipy_row(
    "spence",
    _sp.spence,
    # (x log x and x - 1 are both zero at 1, where the quotient is 1.)
    lambda g, z, y: g * select(equal(z, 1.0), -1.0, log(z) / select(equal(z, 1.0), 1.0, 1.0 - z)),
    parameters=("x",),
    domain=(1.2, 4.0),
    doc="Dilogarithm: the integral of log(t) / (1 - t) from 1 to x, elementwise.",
    names=("math.special.spence",),
)
expi: Function = scipy_row(
    "expi",
    _sp.expi,
    lambda g, x, y: g * exp(x) / x,
    domain=_POSITIVE,
    doc="Exponential integral Ei, elementwise.",
    names=("math.special.expint",),
)
exp1: Function = scipy_row(
    "exp1",
    _sp.exp1,
    lambda g, z, y: -g * exp(-z) / z,
    parameters=("z",),
    domain=_POSITIVE,
    doc="Exponential integral E1, elementwise.",
)

# ------------------------------------------------------------------------------------------------- Bessel functions

jv: Function = scipy_row(
    "jv",
    _sp.jv,
    ...,
    lambda g, v, z, y: g * (0.5 * (jv(v - 1.0, z) - jv(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="Bessel function of the first kind and real order, elementwise.",
    notes=no_slope("v"),
    on_complex=in_file("complex_special", "jv"),
    names=("scipy.special.jn",),
)
j0: Function = scipy_row(
    "j0",
    _sp.j0,
    lambda g, x, y: -g * j1(x),
    doc="Bessel function of the first kind, order 0.",
    names=("math.special.bessel_j0",),
)
j1: Function = scipy_row(
    "j1",
    _sp.j1,
    lambda g, x, y: g * (0.5 * (j0(x) - jv(2.0, x))),
    doc="Bessel function of the first kind, order 1.",
    names=("math.special.bessel_j1",),
)
yv: Function = scipy_row(
    "yv",
    _sp.yv,
    ...,
    lambda g, v, z, y: g * (0.5 * (yv(v - 1.0, z) - yv(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="Bessel function of the second kind and real order, elementwise.",
    notes=no_slope("v"),
    on_complex=in_file("complex_special", "yv"),
)
yn: Function = scipy_row(
    "yn",
    _sp.yn,
    ...,
    lambda g, n, x, y: g * (0.5 * (yv(n - 1.0, x) - yv(n + 1.0, x))),
    parameters=("n", "x"),
    domain=((1.0, 1.0), _POSITIVE),
    doc="Bessel function of the second kind and integer order, elementwise.",
    notes=no_slope("n"),
)
y0: Function = scipy_row(
    "y0",
    _sp.y0,
    lambda g, x, y: -g * y1(x),
    domain=_POSITIVE,
    doc="Bessel function of the second kind, order 0.",
    names=("math.special.bessel_y0",),
)
y1: Function = scipy_row(
    "y1",
    _sp.y1,
    lambda g, x, y: g * (0.5 * (y0(x) - yv(2.0, x))),
    domain=_POSITIVE,
    doc="Bessel function of the second kind, order 1.",
    names=("math.special.bessel_y1",),
)
iv: Function = scipy_row(
    "iv",
    _sp.iv,
    ...,
    lambda g, v, z, y: g * (0.5 * (iv(v - 1.0, z) + iv(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="Modified Bessel function of the first kind and real order, elementwise.",
    notes=no_slope("v"),
    on_complex=in_file("complex_special", "iv"),
)
ive: Function = scipy_row(
    "ive",
    _sp.ive,
    ...,
    lambda g, v, z, y: g * (0.5 * (ive(v - 1.0, z) + ive(v + 1.0, z)) - sign(z) * y),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="exp(-abs(z)) iv(v, z), elementwise.",
    kinks=(kinks.Kink("z = 0", lambda v, z, y: (z == 0) & (v == 0), "the slope is 0"),),
    notes=no_slope("v"),
)
i0: Function = scipy_row(
    "i0",
    _sp.i0,
    lambda g, x, y: g * i1(x),
    doc="Modified Bessel function of the first kind, order 0.",
    names=("math.bessel_i0", "math.special.bessel_i0"),
)
i1: Function = scipy_row(
    "i1",
    _sp.i1,
    lambda g, x, y: g * (0.5 * (i0(x) + iv(2.0, x))),
    doc="Modified Bessel function of the first kind, order 1.",
    names=("math.bessel_i1", "math.special.bessel_i1"),
)
i0e: Function = scipy_row(
    "i0e",
    _sp.i0e,
    lambda g, x, y: g * (i1e(x) - sign(x) * y),
    domain=_POSITIVE,
    doc="exp(-abs(x)) i0(x), elementwise.",
    names=("math.bessel_i0e", "math.special.bessel_i0e"),
    kinks=kinks.at_zero("the slope is 0"),
)
i1e: Function = scipy_row(
    "i1e",
    _sp.i1e,
    lambda g, x, y: g * (0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * y),
    domain=_POSITIVE,
    doc="exp(-abs(x)) i1(x), elementwise.",
    names=("math.bessel_i1e", "math.special.bessel_i1e"),
)
kv: Function = scipy_row(
    "kv",
    _sp.kv,
    ...,
    lambda g, v, z, y: -g * (0.5 * (kv(v - 1.0, z) + kv(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="Modified Bessel function of the second kind and real order, elementwise.",
    notes=no_slope("v"),
    on_complex=in_file("complex_special", "kv"),
)
kve: Function = scipy_row(
    "kve",
    _sp.kve,
    ...,
    lambda g, v, z, y: g * (y - 0.5 * (kve(v - 1.0, z) + kve(v + 1.0, z))),
    parameters=("v", "z"),
    domain=(_ORDER, _POSITIVE),
    doc="exp(z) kv(v, z), elementwise.",
    notes=no_slope("v"),
    on_complex=in_file("complex_special", "kve"),
)
kn: Function = scipy_row(
    "kn",
    _sp.kn,
    ...,
    lambda g, n, x, y: -g * (0.5 * (kv(n - 1.0, x) + kv(n + 1.0, x))),
    parameters=("n", "x"),
    domain=((1.0, 1.0), _POSITIVE),
    doc="Modified Bessel function of the second kind and integer order, elementwise.",
    notes=no_slope("n"),
)
k0: Function = scipy_row(
    "k0",
    _sp.k0,
    lambda g, x, y: -g * k1(x),
    domain=_POSITIVE,
    doc="Modified Bessel function of the second kind, order 0.",
    names=("math.special.bessel_k0",),
)
k1: Function = scipy_row(
    "k1",
    _sp.k1,
    lambda g, x, y: -g * (0.5 * (k0(x) + kv(2.0, x))),
    domain=_POSITIVE,
    doc="Modified Bessel function of the second kind, order 1.",
    names=("math.special.bessel_k1",),
)
k0e: Function = scipy_row(
    "k0e",
    _sp.k0e,
    lambda g, x, y: g * (y - k1e(x)),
    domain=_POSITIVE,
    doc="exp(x) k0(x), elementwise.",
    names=("math.special.bessel_k0e",),
)
k1e: Function = scipy_row(
    "k1e",
    _sp.k1e,
    lambda g, x, y: g * (y - 0.5 * (k0e(x) + kve(2.0, x))),
    domain=_POSITIVE,
    doc="exp(x) k1(x), elementwise.",
    names=("math.special.bessel_k1e",),
)

# -------------------------------------------------------------------------------------------------- Fresnel's integrals


def _fresnel(name: str, place: int, slope: Function, value: str) -> Any:
    """SciPy's ufunc has two results, so this is no elementwise row, but a row for each of them."""

    def integral(x: Any, name: str | None = None) -> _core.Tensor:
        operand = _core.operand(x)
        return _core.general(
            handle, [operand if _core.is_differentiable(operand.dtype) else _core.to_dtype(operand, np.float64)]
        )

    integral.__name__ = integral.__qualname__ = name
    integral.__doc__ = f"""Fresnel's integral of {slope.__name__}(pi t ** 2 / 2) from 0 to x, elementwise.

    Parameters
    ----------
    x : array_like
        Of any real dtype.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/special/{name}

    Examples
    --------
    >>> print(tf.math.special.{name}([0.5, 1.0]).numpy().round(4))
    {value}
    """
    handle = general(
        name,
        lambda attributes, x: np.asarray(_sp.fresnel(x)[place]),
        lambda g, y, attributes, x: g * slope((0.5 * _m.pi) * (x * x)),
        function=integral,
        doc=f"Fresnel's integral of {slope.__name__}, elementwise.",
        names=(f"math.special.{name}",),
        leading=True,
        cases=(Case(integral, ((3,),)), Case(integral, ((),))),
        form=forms.nothing,
        gives=forms.pointwise(lambda attributes, x: np.asarray(_sp.fresnel(x)[place]), 1),
        c=c_loops.SCIPY,
    )
    return integral


fresnel_sin = _fresnel("fresnel_sin", 0, sin, "[0.0647 0.4383]")
fresnel_cos = _fresnel("fresnel_cos", 1, cos, "[0.4923 0.7799]")

# SciPy's ufuncs for what other files have rows of.
SPELLINGS |= {
    _sp.erf: _e.erf,
    _sp.erfc: _e.erfc,
    _sp.expit: _e.sigmoid,
    _sp.log_expit: _e.log_sigmoid,
    _sp.xlogy: _e.xlogy,
    _sp.xlog1py: _e.xlog1py,
    _sp.expm1: _e.expm1,
    _sp.log1p: _e.log1p,
    _sp.exp2: _e.exp2,
    _sp.cbrt: _e.cbrt,
    _sp.round: _e.rint,
    _sp.fresnel: lambda z: (fresnel_sin(z), fresnel_cos(z)),
    _private._riemann_zeta: lambda x: zeta(x, 1.0),
}


def lbeta(x: Any, name: str | None = None) -> _core.Tensor:
    """Logarithm of the absolute value of the multivariate beta function, along the last axis.

    Parameters
    ----------
    x : array_like
        Of shape (..., n).

    Returns
    -------
    Tensor
        Of shape (...).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/lbeta

    Examples
    --------
    >>> print(tf.math.lbeta([1., 1., 1.]).numpy().round(4))
    -0.6931
    """
    return reduce_sum(gammaln(x), -1) - gammaln(reduce_sum(x, -1))
