"""What SciPy has beside NumPy's elementary functions: powers and their inverses, losses, angles in degrees, integrals.

SciPy's ufuncs as rows; needs SciPy, and is loaded late. Slopes that are quotients of small differences are written as
confluent hypergeometric functions, which are exact where the quotient would be 0 / 0.
"""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from . import kinks
from .c_loops import InDouble
from .elementwise import (
    abs,
    equal,
    erf,
    exp,
    log,
    log1p,
    logical_and,
    maximum,
    minimum,
    pow,
    select,
    sin,
    sqrt,
    square,
)
from .hypergeometric import hyp1f1
from .scipy_rows import SPELLINGS, form, no_slope, scipy_row, without
from .scipy_rows import kernels as _sp
from .scipy_rows import private as _private
from .special import psi
from .table import Function

_POSITIVE = (0.3, 3.0)
_INSIDE = (0.05, 0.95)
_EXPONENT = (-1.5, 1.5)
_DEGREE = _m.pi / 180.0

# ------------------------------------------------------------------------------------------------- powers, exponentials


def _rise(u: Any) -> Any:
    """The slope of (exp(u) - 1) / u."""
    return 0.5 * hyp1f1(2.0, 3.0, minimum(u, 1e5))  # (infinite there, which SciPy takes forever to find further out)


def _by_exponent(vanishes: Any, logarithm: Any, lmbda: Any) -> Any:
    """The slope of boxcox in lmbda; where the power is zero that is all of -1 / lmbda."""
    return select(vanishes, 1.0 / (lmbda * lmbda), square(logarithm) * _rise(lmbda * logarithm))


exprel: Function = scipy_row(
    "exprel",
    _sp.exprel,
    lambda g, x, y: g * _rise(x),
    doc="(exp(x) - 1) / x, and 1 at 0, elementwise.",
    c=InDouble("fabs(x) < 1e-16 ? 1 : x > 717 ? INFINITY : expm1(x) / x"),
)
boxcox: Function = scipy_row(
    "boxcox",
    _sp.boxcox,
    lambda g, x, lmbda, y: g * pow(x, lmbda - 1.0),
    lambda g, x, lmbda, y: g * _by_exponent(equal(x, 0.0), select(equal(x, 0.0), 0.0, log(x)), lmbda),
    parameters=("x", "lmbda"),
    domain=(_POSITIVE, _EXPONENT),
    doc="(x ** lmbda - 1) / lmbda, and log(x) where lmbda is 0, elementwise.",
    c=InDouble("fabs(lmbda) < 1e-19 ? log(x) : expm1(lmbda * log(x)) / lmbda"),
)
boxcox1p: Function = scipy_row(
    "boxcox1p",
    _sp.boxcox1p,
    lambda g, x, lmbda, y: g * exp((lmbda - 1.0) * log1p(x)),
    lambda g, x, lmbda, y: g * _by_exponent(equal(x, -1.0), select(equal(x, -1.0), 0.0, log1p(x)), lmbda),
    parameters=("x", "lmbda"),
    domain=(_POSITIVE, _EXPONENT),
    doc="boxcox of 1 + x, exact near 0, elementwise.",
    c=InDouble("fabs(lmbda) < 1e-19 ? log1p(x) : expm1(lmbda * log1p(x)) / lmbda"),
)
inv_boxcox: Function = scipy_row(
    "inv_boxcox",
    _sp.inv_boxcox,
    lambda g, y, lmbda, x: g * pow(x, 1.0 - lmbda),
    lambda g, y, lmbda, x: -g * (square(log(x)) * _rise(lmbda * log(x)) * pow(x, 1.0 - lmbda)),
    parameters=("y", "lmbda"),
    domain=((-0.5, 0.5), _EXPONENT),
    doc="The x for which boxcox(x, lmbda) is y, elementwise.",
)
inv_boxcox1p: Function = scipy_row(
    "inv_boxcox1p",
    _sp.inv_boxcox1p,
    lambda g, y, lmbda, x: g * exp((1.0 - lmbda) * log1p(x)),
    lambda g, y, lmbda, x: -g * (square(log1p(x)) * _rise(lmbda * log1p(x)) * exp((1.0 - lmbda) * log1p(x))),
    parameters=("y", "lmbda"),
    domain=((-0.5, 0.5), _EXPONENT),
    doc="The x for which boxcox1p(x, lmbda) is y, elementwise.",
)
powm1: Function = scipy_row(
    "powm1",
    _sp.powm1,
    lambda g, x, y, z: g * (y * pow(x, select(equal(y, 0.0), 1.0, y - 1.0))),
    lambda g, x, y, z: select(x > 0.0, g * ((z + 1.0) * log(select(x > 0.0, x, 1.0))), 0.0),
    domain=(_POSITIVE, _EXPONENT),
    doc="x ** y - 1, exact where that is small, elementwise.",
)
cosm1: Function = scipy_row(
    "cosm1",
    _sp.cosm1,
    lambda g, x, y: -g * sin(x),
    doc="cos(x) - 1, exact near 0, elementwise.",
    c=InDouble("-2 * sin(x / 2) * sin(x / 2)"),
)
wrightomega: Function = scipy_row(
    "wrightomega",
    _sp.wrightomega,
    lambda g, z, y: g * select(y > 1.0, 1.0 / (1.0 + 1.0 / maximum(y, 1.0)), minimum(y, 1.0) / (1.0 + minimum(y, 1.0))),
    parameters=("z",),
    doc="Wright's omega function: the w for which w + log(w) is z, elementwise.",
    on_complex="refused",
)


def _lambertw_kernel(k: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The real branches; NaN where a value is not real."""
    real = (z >= -1.0 / _m.e) & ((k == 0) | ((k == -1) & (z <= 0.0)))
    found = np.real(_private._lambertw(z.astype(np.complex128), k.astype(np.dtype("long")), 1e-8))
    return np.where(z == -1.0 / _m.e, -1.0, np.where(real, found, np.nan))


_lambertw = form(
    "lambertw_of_branch",
    _lambertw_kernel,
    lambda k, z, w: exp(-w) / (1.0 + w),
    doc="Lambert's function on a real branch, elementwise.",
    parameters=("k", "z"),
    domain=(0, _POSITIVE),
    public=False,
)


def lambertw(z: Any, k: Any = 0, tol: float = 1e-8) -> _core.Tensor:
    """Lambert's function on a real branch: the w for which w exp(w) is z, elementwise.

    Parameters
    ----------
    z : array_like
        Real numbers.
    k : array_like of int
        The branch: 0, or -1 for z from -1 / e to 0.
    tol : float
        Accepted for SciPy's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape; NaN where the value is not real.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.lambertw.html. SciPy's result is complex.
    The slope at -1 / e is infinite.

    Examples
    --------
    >>> print(tf.scipy.special.lambertw([0.0, 1.0]).numpy().round(4))
    [0.     0.5671]
    """
    return _lambertw(k, z)


SPELLINGS[_private._lambertw] = lambertw

# ------------------------------------------------------------------------------------------------------- degrees

sindg: Function = scipy_row(
    "sindg", _sp.sindg, lambda g, x, y: g * (_DEGREE * cosdg(x)), domain=(5.0, 80.0), doc="Sine of an angle in degrees."
)
cosdg: Function = scipy_row(
    "cosdg",
    _sp.cosdg,
    lambda g, x, y: -g * (_DEGREE * sindg(x)),
    domain=(5.0, 80.0),
    doc="Cosine of an angle in degrees.",
)
tandg: Function = scipy_row(
    "tandg",
    _sp.tandg,
    lambda g, x, y: g * (_DEGREE * (1.0 + y * y)),
    domain=(5.0, 80.0),
    doc="Tangent of an angle in degrees.",
)
cotdg: Function = scipy_row(
    "cotdg",
    _sp.cotdg,
    lambda g, x, y: -g * (_DEGREE * (1.0 + y * y)),
    domain=(5.0, 80.0),
    doc="Cotangent of an angle in degrees.",
)
radian: Function = scipy_row(
    "radian",
    _sp.radian,
    lambda g, d, m, s, y: g * _DEGREE,
    lambda g, d, m, s, y: g * (_DEGREE / 60.0),
    lambda g, d, m, s, y: g * (_DEGREE / 3600.0),
    parameters=("d", "m", "s"),
    domain=(5.0, 50.0),
    doc="Radians of degrees, minutes and seconds, elementwise.",
)

# ------------------------------------------------------------------------------------------------------------- losses

huber: Function = scipy_row(
    "huber",
    _sp.huber,
    lambda g, delta, r, y: g * maximum(abs(r) - delta, 0.0),
    lambda g, delta, r, y: g * minimum(maximum(r, -delta), delta),
    parameters=("delta", "r"),
    domain=((0.4, 0.8), (-2.0, 2.0)),
    doc="Huber's loss: square up to delta, straight beyond, elementwise.",
    notes="Slopes are those of a delta that is not negative; where abs(r) is delta, both sides' are the same.",
    c=InDouble("delta < 0 ? INFINITY : fabs(r) <= delta ? 0.5 * r * r : delta * (fabs(r) - 0.5 * delta)"),
)
pseudo_huber: Function = scipy_row(
    "pseudo_huber",
    _sp.pseudo_huber,
    lambda g, delta, r, y: g * (square(1.0 - delta / _length(delta, r)) * _length(delta, r)),
    lambda g, delta, r, y: g * (delta * r / _length(delta, r)),
    parameters=("delta", "r"),
    domain=((0.4, 2.0), (-2.0, 2.0)),
    doc="A smooth loss like Huber's, elementwise.",
)


def _length(delta: Any, r: Any) -> Any:
    """That of the two, and 1 where both are 0."""
    squares = delta * delta + r * r
    return sqrt(select(equal(squares, 0.0), 1.0, squares))


owens_t: Function = scipy_row(
    "owens_t",
    _sp.owens_t,
    lambda g, h, a, y: -g * (exp(-0.5 * h * h) * erf(a * h / _m.sqrt(2.0)) / (2.0 * _m.sqrt(2.0 * _m.pi))),
    lambda g, h, a, y: g * (exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * _m.pi * (1.0 + a * a))),
    parameters=("h", "a"),
    doc="Owen's T function, elementwise.",
)

# ------------------------------------------------------------------------------------------------- gamma's neighbours

loggamma: Function = scipy_row(
    "loggamma",
    _sp.loggamma,
    lambda g, z, y: g * psi(z),
    parameters=("z",),
    domain=_POSITIVE,
    doc="Logarithm of the gamma function, NaN for negative numbers, elementwise.",
)
gammasgn: Function = scipy_row(
    "gammasgn", _sp.gammasgn, None, domain=_POSITIVE, doc="Sign of the gamma function, elementwise."
)
poch: Function = scipy_row(
    "poch",
    _sp.poch,
    lambda g, z, m, y: g * (y * (psi(z + m) - psi(z))),
    lambda g, z, m, y: g * (y * psi(z + m)),
    parameters=("z", "m"),
    domain=_POSITIVE,
    doc="gamma(z + m) / gamma(z), elementwise.",
    notes="Slopes at poles of the gamma function are NaN.",
)
binom: Function = scipy_row(
    "binom",
    _sp.binom,
    lambda g, x, y, z: g * (z * (psi(x + 1.0) - psi(x - y + 1.0))),
    lambda g, x, y, z: g * (z * (psi(x - y + 1.0) - psi(y + 1.0))),
    domain=((3.2, 5.0), _POSITIVE),
    doc="Binomial coefficient of real numbers, elementwise.",
    notes="Slopes at whole numbers with y above x or below 0, poles of the gamma function, are NaN.",
)
zetac: Function = scipy_row(
    "zetac", _sp.zetac, ..., domain=(1.5, 4.0), doc="Riemann's zeta function less 1, elementwise.", notes=no_slope("x")
)
expn: Function = scipy_row(
    "expn",
    _sp.expn,
    ...,
    # (E at n = -1, which SciPy has not, is written out)
    lambda g, n, x, y: -g * select(n < 1.0, exp(-x) * (1.0 + 1.0 / x) / x, expn(maximum(n - 1.0, 0.0), x)),
    parameters=("n", "x"),
    domain=((2.0, 2.0), _POSITIVE),
    doc="Generalized exponential integral of integer order, elementwise.",
    notes=no_slope("n"),
)

# --------------------------------------------------------------------------------- distributions without parameters

ndtri_exp: Function = scipy_row(
    "ndtri_exp",
    _sp.ndtri_exp,
    lambda g, y, x: g * (_m.sqrt(2.0 * _m.pi) * exp(y + 0.5 * x * x)),
    parameters=("y",),
    domain=(-3.0, -0.1),
    doc="The x for which log_ndtr(x) is y, elementwise.",
)


def _kolmogorov_slope(x: Any) -> Any:
    """By the series of either end, in powers of one exponential: both are exact in between."""
    near = x < 0.9
    small = select(near, x, 1.0)
    p = exp(-_m.pi * _m.pi / 8.0 / (small * small))
    p2 = p * p
    p8 = square(square(p2))
    p9 = p8 * p
    p25 = square(p8) * p9
    c = _m.pi * _m.pi / 4.0
    left = (c * (p + 9.0 * p9 + 25.0 * p25) / (small * small) - (p + p9 + p25)) / (small * small)
    q = exp(-2.0 * square(select(near, 1.0, x)))
    q4 = square(square(q))
    q9 = square(q4) * q
    right = x * (q - 4.0 * q4 + 9.0 * q9 - 16.0 * square(square(q4)))
    return select(near, -_m.sqrt(2.0 * _m.pi) * left, -8.0 * right)


kolmogorov: Function = scipy_row(
    "kolmogorov",
    _sp.kolmogorov,
    lambda g, y, p: g * select(y > 0.0, _kolmogorov_slope(select(y > 0.0, y, 1.0)), 0.0),
    parameters=("y",),
    domain=(0.4, 2.0),
    doc="Complementary distribution function of Kolmogorov's limit, elementwise.",
)
kolmogi: Function = scipy_row(
    "kolmogi",
    _sp.kolmogi,
    lambda g, p, y: g / _kolmogorov_slope(y),
    parameters=("p",),
    domain=_INSIDE,
    doc="Inverse of kolmogorov, elementwise.",
)
smirnov: Function = scipy_row(
    "smirnov",
    _sp.smirnov,
    ...,
    ...,
    parameters=("n", "d"),
    domain=((3.0, 3.0), _INSIDE),
    doc="Distribution of Smirnov's one-sided statistic, elementwise.",
    notes=no_slope("n and d"),
)
smirnovi: Function = scipy_row(
    "smirnovi",
    _sp.smirnovi,
    ...,
    ...,
    parameters=("n", "p"),
    domain=((3.0, 3.0), _INSIDE),
    doc="Inverse of smirnov, elementwise.",
    notes=no_slope("n and p"),
)


def _tukey_inside(y: Any) -> Any:
    return logical_and(y > 0.0, y < 1.0)


def _tukey_density(p: Any, lmbda: Any) -> Any:
    """One over the slope of the quantile function (p ** lmbda - (1 - p) ** lmbda) / lmbda."""
    return 1.0 / (pow(p, lmbda - 1.0) + pow(1.0 - p, lmbda - 1.0))


def _tukey_shift(p: Any, lmbda: Any) -> Any:
    """How the quantile moves with lmbda."""
    return square(log(p)) * _rise(lmbda * log(p)) - square(log1p(-p)) * _rise(lmbda * log1p(-p))


tklmbda: Function = scipy_row(
    "tklmbda",
    _sp.tklmbda,
    lambda g, x, lmbda, y: g * select(_tukey_inside(y), _tukey_density(select(_tukey_inside(y), y, 0.5), lmbda), 0.0),
    lambda g, x, lmbda, y: (
        -g
        * select(
            _tukey_inside(y),
            _tukey_shift(select(_tukey_inside(y), y, 0.5), lmbda)
            * _tukey_density(select(_tukey_inside(y), y, 0.5), lmbda),
            0.0,
        )
    ),
    kinks=(kinks.Kink("the edge of the support", lambda x, lmbda, y: np.abs(x) * lmbda == 1, "the slopes are 0"),),
    parameters=("x", "lmbda"),
    domain=((-0.9, 0.9), (0.1, 0.9)),
    doc="Distribution function of Tukey's lambda distribution, elementwise.",
    notes="Slopes beyond its ends are 0.",
)


def _faddeeva(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    w = _sp.wofz(x + 1j * y)
    return w.real, w.imag


def _faddeeva_slopes(x: Any, y: Any, real: Any, imaginary: Any) -> list[Any]:
    """w' = 2i / sqrt(pi) - 2 z w, with Cauchy and Riemann's equations."""
    along = -2.0 * (x * real - y * imaginary)
    across = 2.0 / _m.sqrt(_m.pi) - 2.0 * (x * imaginary + y * real)
    return [(along, across), (-across, along)]


faddeeva = form(
    "faddeeva",
    _faddeeva,
    _faddeeva_slopes,
    doc="Real and imaginary part of Faddeeva's function wofz(x + iy), elementwise.",
    parameters=("x", "y"),
    domain=((-2.0, 2.0), _POSITIVE),
    results=2,
    public=False,
)


def voigt_profile(x: Any, sigma: Any, gamma: Any) -> _core.Tensor:
    """Voigt's profile: a normal density, smeared by Cauchy's, elementwise.

    Parameters
    ----------
    x, sigma, gamma : array_like
        Real numbers: the place, the standard deviation, which is positive, and Cauchy's half-width.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.voigt_profile.html. Where sigma is 0,
    the value and its slopes are NaN.

    Examples
    --------
    >>> print(tf.scipy.special.voigt_profile(0.5, 1.0, 1.0).numpy().round(4))
    0.1968
    """
    tensor = next((x for x in (x, sigma, gamma) if isinstance(x, _core.Operand)), None)
    parts = [_core.operand(v) if tensor is None else _core.operand_like(v, tensor) for v in (x, sigma, gamma)]
    scale = parts[1] * _m.sqrt(2.0)
    return faddeeva(parts[0] / scale, parts[2] / scale)[0] / (scale * _m.sqrt(_m.pi))


SPELLINGS[_sp.voigt_profile] = voigt_profile

without("its result is complex, which is not recorded: use erfcx, dawsn or voigt_profile", "wofz")
