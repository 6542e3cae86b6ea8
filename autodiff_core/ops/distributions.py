"""Distribution functions by SciPy's old names, and their inverses: rows. Needs SciPy, and is loaded late.

A distribution function's slope is its density; an inverse's is one over the density at the result. Counts are rounded
down by SciPy, so nothing passes them. With respect to most shapes there is no formula: asking for one is a LookupError.
"""

from __future__ import annotations

import math as _m
from typing import Any

from .elementwise import abs, exp, floor, log, log1p, pow, select, sqrt, square, xlog1py, xlogy
from .hypergeometric import hyp1f1
from .scipy_rows import form, like, no_slope, scipy_row, without
from .scipy_rows import kernels as _sp
from .special import _beta_density as beta_density
from .special import _gamma_density as gamma_density
from .special import betaln, gammaln, ive
from .table import Function, elementwise

_POSITIVE = (0.3, 3.0)
_SHAPE = (1.2, 4.0)
_INSIDE = (0.05, 0.95)
_DEVIATION = (-2.0, 2.0)
_COUNT = (2.0, 2.0)
_TRIALS = (5.0, 5.0)


def _missing(name: str, parameters: tuple[str, ...], domain: Any, doc: str, of: str | None = None) -> Function:
    """A function that nobody has a derivative of: its value alone is recorded."""
    return scipy_row(
        name,
        getattr(_sp, name),
        *(...,) * len(parameters),
        parameters=parameters,
        domain=domain,
        doc=f"{doc}, elementwise.",
        notes=no_slope(of or " and ".join(parameters)),
    )


# ------------------------------------------------------------------------------------------------- beta and binomial

betaincc: Function = scipy_row(
    "betaincc",
    _sp.betaincc,
    ...,
    ...,
    lambda g, a, b, x, y: -g * beta_density(a, b, x),
    parameters=("a", "b", "x"),
    domain=(_POSITIVE, _POSITIVE, _INSIDE),
    doc="1 - betainc(a, b, x), exact where that is small, elementwise.",
    notes=no_slope("a and b"),
)
betainccinv: Function = scipy_row(
    "betainccinv",
    _sp.betainccinv,
    ...,
    ...,
    lambda g, a, b, y, x: -g / beta_density(a, b, x),
    parameters=("a", "b", "y"),
    domain=(_POSITIVE, _POSITIVE, _INSIDE),
    doc="The x for which betaincc(a, b, x) is y, elementwise.",
    notes=no_slope("a and b"),
)
btdtria = _missing("btdtria", ("p", "b", "x"), (_INSIDE, _SHAPE, _INSIDE), "The a for which betainc(a, b, x) is p")
btdtrib = _missing("btdtrib", ("a", "p", "x"), (_SHAPE, _INSIDE, _INSIDE), "The b for which betainc(a, b, x) is p")


def _binomial(k: Any, n: Any, p: Any) -> Any:
    """How much of the probability of at most k successes is lost as p grows; none where k is n."""
    k, n = floor(like(k, p)), floor(like(n, p))
    inside = k < n
    left = select(inside, n - k, 1.0)
    return select(inside, exp(xlog1py(left - 1.0, -p) + xlogy(k, p) - betaln(left, k + 1.0)), 0.0)


bdtr = form(
    "bdtr",
    _sp.bdtr,
    lambda k, n, p, y: -_binomial(k, n, p),
    doc="Probability of at most k successes in n trials, elementwise.",
    parameters=("k", "n", "p"),
    domain=(2, 5, _INSIDE),
)
bdtrc = form(
    "bdtrc",
    _sp.bdtrc,
    lambda k, n, p, y: _binomial(k, n, p),
    doc="Probability of more than k successes in n trials, elementwise.",
    parameters=("k", "n", "p"),
    domain=(2, 5, _INSIDE),
)
bdtri = form(
    "bdtri",
    _sp.bdtri,
    lambda k, n, y, p: -1.0 / _binomial(k, n, p),
    doc="The p for which bdtr(k, n, p) is y, elementwise.",
    parameters=("k", "n", "y"),
    domain=(2, 5, _INSIDE),
)
bdtrik = _missing("bdtrik", ("y", "n", "p"), (_INSIDE, _TRIALS, _INSIDE), "The k for which bdtr(k, n, p) is y")
bdtrin = _missing("bdtrin", ("k", "y", "p"), (_COUNT, _INSIDE, _INSIDE), "The n for which bdtr(k, n, p) is y")


def _negative_binomial(k: Any, n: Any, p: Any) -> Any:
    return beta_density(floor(like(n, p)), floor(like(k, p)) + 1.0, p)


nbdtr = form(
    "nbdtr",
    _sp.nbdtr,
    lambda k, n, p, y: _negative_binomial(k, n, p),
    doc="Probability of at most k failures before n successes, elementwise.",
    parameters=("k", "n", "p"),
    domain=(2, 5, _INSIDE),
)
nbdtrc = form(
    "nbdtrc",
    _sp.nbdtrc,
    lambda k, n, p, y: -_negative_binomial(k, n, p),
    doc="Probability of more than k failures before n successes, elementwise.",
    parameters=("k", "n", "p"),
    domain=(2, 5, _INSIDE),
)
nbdtri = form(
    "nbdtri",
    _sp.nbdtri,
    lambda k, n, y, p: 1.0 / _negative_binomial(k, n, p),
    doc="The p for which nbdtr(k, n, p) is y, elementwise.",
    parameters=("k", "n", "y"),
    domain=(2, 5, _INSIDE),
)
nbdtrik = _missing("nbdtrik", ("y", "n", "p"), (_INSIDE, _TRIALS, _INSIDE), "The k for which nbdtr(k, n, p) is y")
nbdtrin = _missing("nbdtrin", ("k", "y", "p"), (_COUNT, _INSIDE, _INSIDE), "The n for which nbdtr(k, n, p) is y")

# ------------------------------------------------------------------------------------- gamma, Poisson and chi square


def _poisson(k: Any, m: Any) -> Any:
    k = floor(like(k, m))
    return exp(xlogy(k, m) - m - gammaln(k + 1.0))


pdtr = form(
    "pdtr",
    _sp.pdtr,
    lambda k, m, y: -_poisson(k, m),
    doc="Probability of at most k of Poisson's events, of which m are expected, elementwise.",
    parameters=("k", "m"),
    domain=(2, _POSITIVE),
)
pdtrc = form(
    "pdtrc",
    _sp.pdtrc,
    lambda k, m, y: _poisson(k, m),
    doc="Probability of more than k of Poisson's events, elementwise.",
    parameters=("k", "m"),
    domain=(2, _POSITIVE),
)
pdtri = form(
    "pdtri",
    _sp.pdtri,
    lambda k, y, m: -1.0 / _poisson(k, m),
    doc="The m for which pdtr(k, m) is y, elementwise.",
    parameters=("k", "y"),
    domain=(2, _INSIDE),
)
pdtrik = _missing("pdtrik", ("p", "m"), (_INSIDE, (4.0, 8.0)), "The k for which pdtr(k, m) is p")

gdtr: Function = scipy_row(
    "gdtr",
    _sp.gdtr,
    lambda g, a, b, x, y: g * (x * gamma_density(b, a * x)),
    ...,
    lambda g, a, b, x, y: g * (a * gamma_density(b, a * x)),
    parameters=("a", "b", "x"),
    domain=_POSITIVE,
    doc="Distribution function of the gamma distribution of rate a and shape b, elementwise.",
    notes=no_slope("b"),
)
gdtrc: Function = scipy_row(
    "gdtrc",
    _sp.gdtrc,
    lambda g, a, b, x, y: -g * (x * gamma_density(b, a * x)),
    ...,
    lambda g, a, b, x, y: -g * (a * gamma_density(b, a * x)),
    parameters=("a", "b", "x"),
    domain=_POSITIVE,
    doc="1 - gdtr(a, b, x), exact where that is small, elementwise.",
    notes=no_slope("b"),
)
gdtrix: Function = scipy_row(
    "gdtrix",
    _sp.gdtrix,
    lambda g, a, b, p, x: -g * (x / a),
    ...,
    lambda g, a, b, p, x: g / (a * gamma_density(b, a * x)),
    parameters=("a", "b", "p"),
    domain=(_POSITIVE, _POSITIVE, _INSIDE),
    doc="The x for which gdtr(a, b, x) is p, elementwise.",
    notes=no_slope("b"),
)
gdtria: Function = scipy_row(
    "gdtria",
    _sp.gdtria,
    lambda g, p, b, x, a: g / (x * gamma_density(b, a * x)),
    ...,
    lambda g, p, b, x, a: -g * (a / x),
    parameters=("p", "b", "x"),
    domain=(_INSIDE, _POSITIVE, _POSITIVE),
    doc="The a for which gdtr(a, b, x) is p, elementwise.",
    notes=no_slope("b"),
)
gdtrib = _missing("gdtrib", ("a", "p", "x"), (_POSITIVE, _INSIDE, _POSITIVE), "The b for which gdtr(a, b, x) is p")

chdtr: Function = scipy_row(
    "chdtr",
    _sp.chdtr,
    ...,
    lambda g, v, x, y: g * (0.5 * gamma_density(0.5 * v, 0.5 * x)),
    parameters=("v", "x"),
    domain=_POSITIVE,
    doc="Distribution function of the chi square distribution, elementwise.",
    notes=no_slope("v"),
)
chdtrc: Function = scipy_row(
    "chdtrc",
    _sp.chdtrc,
    ...,
    lambda g, v, x, y: -g * (0.5 * gamma_density(0.5 * v, 0.5 * x)),
    parameters=("v", "x"),
    domain=_POSITIVE,
    doc="1 - chdtr(v, x), exact where that is small, elementwise.",
    notes=no_slope("v"),
)
chdtri: Function = scipy_row(
    "chdtri",
    _sp.chdtri,
    ...,
    lambda g, v, p, x: -g / (0.5 * gamma_density(0.5 * v, 0.5 * x)),
    parameters=("v", "p"),
    domain=(_POSITIVE, _INSIDE),
    doc="The x for which chdtrc(v, x) is p, elementwise.",
    notes=no_slope("v"),
)
chdtriv = _missing("chdtriv", ("p", "x"), (_INSIDE, _POSITIVE), "The v for which chdtr(v, x) is p")


# By the scaled Bessel function, which does not overflow.
_noncentral_chi: Function = elementwise(
    "noncentral_chi_density",
    None,
    lambda g, x, df, nc, y: g * (0.5 * (_noncentral_chi(x, df - 2.0, nc) - y)),
    ...,
    lambda g, x, df, nc, y: g * (0.5 * (_noncentral_chi(x, df + 2.0, nc) - y)),
    formula=lambda x, df, nc: (
        0.5 * exp(-0.5 * square(sqrt(x) - sqrt(nc))) * pow(x / nc, 0.25 * df - 0.5) * ive(0.5 * df - 1.0, sqrt(nc * x))
    ),
    parameters=("x", "df", "nc"),
    domain=(_POSITIVE, _SHAPE, _POSITIVE),
    doc="Density of the noncentral chi square distribution, elementwise.",
    example=("1.0, 2.0, 1.0", "0.2329"),
    notes="The slope of chndtr in x. " + no_slope("df"),
    names=(),
)


def _by_noncentrality(x: Any, df: Any, nc: Any) -> Any:
    return -_noncentral_chi(x, df + 2.0, nc)


chndtr: Function = scipy_row(
    "chndtr",
    _sp.chndtr,
    lambda g, x, df, nc, y: g * _noncentral_chi(x, df, nc),
    ...,
    lambda g, x, df, nc, y: g * _by_noncentrality(x, df, nc),
    parameters=("x", "df", "nc"),
    domain=(_POSITIVE, _SHAPE, _POSITIVE),
    doc="Distribution function of the noncentral chi square distribution, elementwise.",
    notes=no_slope("df") + " Where nc is 0, slopes are NaN: use chdtr.",
)
chndtrix: Function = scipy_row(
    "chndtrix",
    _sp.chndtrix,
    lambda g, p, df, nc, x: g / _noncentral_chi(x, df, nc),
    ...,
    lambda g, p, df, nc, x: -g * (_by_noncentrality(x, df, nc) / _noncentral_chi(x, df, nc)),
    parameters=("p", "df", "nc"),
    domain=(_INSIDE, _SHAPE, _POSITIVE),
    doc="The x for which chndtr(x, df, nc) is p, elementwise.",
    notes=no_slope("df") + " Where nc is 0, slopes are NaN: use chdtr.",
)
chndtrinc: Function = scipy_row(
    "chndtrinc",
    _sp.chndtrinc,
    lambda g, x, df, p, nc: -g * (_noncentral_chi(x, df, nc) / _by_noncentrality(x, df, nc)),
    ...,
    lambda g, x, df, p, nc: g / _by_noncentrality(x, df, nc),
    parameters=("x", "df", "p"),
    domain=((4.0, 6.0), (1.2, 2.0), (0.3, 0.6)),
    doc="The nc for which chndtr(x, df, nc) is p, elementwise.",
    notes=no_slope("df"),
)
chndtridf = _missing(
    "chndtridf", ("x", "p", "nc"), ((4.0, 6.0), (0.3, 0.6), (0.5, 1.0)), "The df for which chndtr(x, df, nc) is p"
)

# ----------------------------------------------------------------------------------------------------------- F and t


def _f_density(n: Any, d: Any, x: Any) -> Any:
    """Of the variance ratio, for n and d degrees of freedom."""
    return exp(
        xlogy(0.5 * n, n)
        + xlogy(0.5 * d, d)
        + xlogy(0.5 * n - 1.0, x)
        - 0.5 * (n + d) * log(d + n * x)
        - betaln(0.5 * n, 0.5 * d)
    )


fdtr: Function = scipy_row(
    "fdtr",
    _sp.fdtr,
    ...,
    ...,
    lambda g, dfn, dfd, x, y: g * _f_density(dfn, dfd, x),
    parameters=("dfn", "dfd", "x"),
    domain=(_SHAPE, _SHAPE, _POSITIVE),
    doc="Distribution function of the F distribution, elementwise.",
    notes=no_slope("dfn and dfd"),
)
fdtrc: Function = scipy_row(
    "fdtrc",
    _sp.fdtrc,
    ...,
    ...,
    lambda g, dfn, dfd, x, y: -g * _f_density(dfn, dfd, x),
    parameters=("dfn", "dfd", "x"),
    domain=(_SHAPE, _SHAPE, _POSITIVE),
    doc="1 - fdtr(dfn, dfd, x), exact where that is small, elementwise.",
    notes=no_slope("dfn and dfd"),
)
fdtri: Function = scipy_row(
    "fdtri",
    _sp.fdtri,
    ...,
    ...,
    lambda g, dfn, dfd, p, x: g / _f_density(dfn, dfd, x),
    parameters=("dfn", "dfd", "p"),
    domain=(_SHAPE, _SHAPE, (0.1, 0.8)),
    doc="The x for which fdtr(dfn, dfd, x) is p, elementwise.",
    notes=no_slope("dfn and dfd"),
)
fdtridfd = _missing(
    "fdtridfd", ("dfn", "p", "x"), (_SHAPE, (0.3, 0.6), (0.5, 1.5)), "The dfd for which fdtr(dfn, dfd, x) is p"
)


def _noncentral_f(n: Any, d: Any, nc: Any, x: Any) -> Any:
    n, d, nc = like(n, x), like(d, x), like(nc, x)
    share = 0.5 * nc * n * x / (d + n * x)
    return exp(-0.5 * nc) * _f_density(n, d, x) * hyp1f1(0.5 * (n + d), 0.5 * n, share)


ncfdtr = form(
    "ncfdtr",
    _sp.ncfdtr,
    lambda n, d, nc, x, y: _noncentral_f(n, d, nc, x),
    doc="Distribution function of the noncentral F distribution, elementwise.",
    parameters=("dfn", "dfd", "nc", "f"),
    domain=(2.5, 3.5, 1.2, _POSITIVE),
)
ncfdtri = form(
    "ncfdtri",
    _sp.ncfdtri,
    lambda n, d, nc, p, x: 1.0 / _noncentral_f(n, d, nc, x),
    doc="The f for which ncfdtr(dfn, dfd, nc, f) is p, elementwise.",
    parameters=("dfn", "dfd", "nc", "p"),
    domain=(2.5, 3.5, 1.2, (0.2, 0.8)),
)


def _t_density(df: Any, t: Any) -> Any:
    return exp(-0.5 * (df + 1.0) * log1p(t * t / df) - betaln(0.5 * df, 0.5) - 0.5 * log(df))


stdtrit: Function = scipy_row(
    "stdtrit",
    _sp.stdtrit,
    ...,
    lambda g, df, p, t: g / _t_density(df, t),
    parameters=("df", "p"),
    domain=(_SHAPE, (0.1, 0.9)),
    doc="The t for which stdtr(df, t) is p, elementwise.",
    notes=no_slope("df"),
)
stdtridf = _missing("stdtridf", ("p", "t"), ((0.8, 0.84), (1.1, 1.2)), "The df for which stdtr(df, t) is p")


def _noncentral_t(df: Any, nc: Any, t: Any) -> Any:
    """A difference of distribution functions over t, and what that tends to at 0."""
    near = abs(t) < 1e-7
    apart = select(near, 1.0, t)
    quotient = df / apart * (nctdtr(df + 2.0, nc, apart * sqrt(1.0 + 2.0 / df)) - nctdtr(df, nc, apart))
    return select(near, exp(-0.5 * nc * nc) * _t_density(df, 0.0 * t), quotient)


nctdtr: Function = scipy_row(
    "nctdtr",
    _sp.nctdtr,
    ...,
    ...,
    lambda g, df, nc, t, y: g * _noncentral_t(df, nc, t),
    parameters=("df", "nc", "t"),
    domain=(_SHAPE, (0.3, 1.5), (0.5, 3.0)),
    doc="Distribution function of the noncentral t distribution, elementwise.",
    notes=no_slope("df and nc"),
)
nctdtrit: Function = scipy_row(
    "nctdtrit",
    _sp.nctdtrit,
    ...,
    ...,
    lambda g, df, nc, p, t: g / _noncentral_t(df, nc, t),
    parameters=("df", "nc", "p"),
    domain=(_SHAPE, (0.3, 1.5), (0.5, 0.9)),
    doc="The t for which nctdtr(df, nc, t) is p, elementwise.",
    notes=no_slope("df and nc"),
)
nctdtridf = _missing(
    "nctdtridf", ("p", "nc", "t"), ((0.55, 0.6), (0.5, 0.6), (0.8, 0.9)), "The df for which nctdtr(df, nc, t) is p"
)
nctdtrinc = _missing(
    "nctdtrinc", ("df", "p", "t"), (_SHAPE, (0.3, 0.6), (0.8, 1.5)), "The nc for which nctdtr(df, nc, t) is p"
)

# ----------------------------------------------------------------------------------------------------------- normal


def _normal_over(deviation: Any) -> Any:
    """One over the normal density."""
    return _m.sqrt(2.0 * _m.pi) * exp(0.5 * square(deviation))


nrdtrimn: Function = scipy_row(
    "nrdtrimn",
    _sp.nrdtrimn,
    lambda g, p, std, x, mn: -g * (std * _normal_over((x - mn) / std)),
    lambda g, p, std, x, mn: -g * ((x - mn) / std),
    lambda g, p, std, x, mn: g,
    parameters=("p", "std", "x"),
    domain=(_INSIDE, _POSITIVE, _DEVIATION),
    doc="The mean for which the normal distribution function at x is p, elementwise.",
)
nrdtrisd: Function = scipy_row(
    "nrdtrisd",
    _sp.nrdtrisd,
    lambda g, mn, p, x, std: -g * (std / (x - mn)),
    lambda g, mn, p, x, std: -g * (std * std / (x - mn) * _normal_over((x - mn) / std)),
    lambda g, mn, p, x, std: g * (std / (x - mn)),
    parameters=("mn", "p", "x"),
    domain=((-1.0, 0.0), (0.6, 0.95), (0.5, 2.0)),
    doc="The standard deviation for which the normal distribution function at x is p, elementwise.",
)

without(
    "there is no formula for its slopes: write them with tf.custom_gradient", "ncfdtridfd", "ncfdtridfn", "ncfdtrinc"
)
