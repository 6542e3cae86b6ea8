"""`scipy.special`: special functions by SciPy's names. All but a few are rows of the op table, over SciPy's kernels."""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import nn as _nn
from ..ops.bessel import (
    airy,
    airye,
    bei,
    beip,
    ber,
    berp,
    besselpoly,
    it2i0k0,
    it2j0y0,
    it2struve0,
    itairy,
    iti0k0,
    itj0y0,
    itmodstruve0,
    itstruve0,
    jve,
    kei,
    keip,
    ker,
    kerp,
    log_wright_bessel,
    mathieu_a,
    mathieu_b,
    mathieu_cem,
    mathieu_modcem1,
    mathieu_modcem2,
    mathieu_modsem1,
    mathieu_modsem2,
    mathieu_sem,
    modstruve,
    obl_ang1,
    obl_ang1_cv,
    obl_cv,
    obl_rad1,
    obl_rad1_cv,
    pbdv,
    pbvv,
    pbwa,
    pro_ang1,
    pro_ang1_cv,
    pro_cv,
    pro_rad1,
    pro_rad1_cv,
    shichi,
    sici,
    spherical_in,
    spherical_jn,
    spherical_kn,
    spherical_yn,
    struve,
    wright_bessel,
    yve,
)
from ..ops.distributions import (
    bdtr,
    bdtrc,
    bdtri,
    bdtrik,
    bdtrin,
    betaincc,
    betainccinv,
    btdtria,
    btdtrib,
    chdtr,
    chdtrc,
    chdtri,
    chdtriv,
    chndtr,
    chndtridf,
    chndtrinc,
    chndtrix,
    fdtr,
    fdtrc,
    fdtri,
    fdtridfd,
    gdtr,
    gdtrc,
    gdtria,
    gdtrib,
    gdtrix,
    nbdtr,
    nbdtrc,
    nbdtri,
    nbdtrik,
    nbdtrin,
    ncfdtr,
    ncfdtri,
    nctdtr,
    nctdtridf,
    nctdtrinc,
    nctdtrit,
    nrdtrimn,
    nrdtrisd,
    pdtr,
    pdtrc,
    pdtri,
    pdtrik,
    stdtridf,
    stdtrit,
)
from ..ops.elementary import (
    binom,
    boxcox,
    boxcox1p,
    cosdg,
    cosm1,
    cotdg,
    expn,
    exprel,
    gammasgn,
    huber,
    inv_boxcox,
    inv_boxcox1p,
    kolmogi,
    kolmogorov,
    lambertw,
    loggamma,
    ndtri_exp,
    owens_t,
    poch,
    powm1,
    pseudo_huber,
    radian,
    sindg,
    smirnov,
    smirnovi,
    tandg,
    tklmbda,
    voigt_profile,
    wrightomega,
    zetac,
)
from ..ops.elementwise import (
    cbrt,
    cos,
    equal,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    is_finite,
    log,
    log1p,
    logical_and,
    sign,
    xlog1py,
    xlogy,
)
from ..ops.elementwise import log_sigmoid as log_expit
from ..ops.elementwise import rint as round
from ..ops.elementwise import sigmoid as expit
from ..ops.elementwise import softplus as _softplus
from ..ops.elliptic import (
    agm,
    ellipe,
    ellipeinc,
    ellipj,
    ellipk,
    ellipkinc,
    ellipkm1,
    elliprc,
    elliprd,
    elliprf,
    elliprg,
    elliprj,
)
from ..ops.gamma_orders import igamma as gammainc
from ..ops.gamma_orders import igammac as gammaincc
from ..ops.hypergeometric import (
    eval_chebyc,
    eval_chebys,
    eval_chebyt,
    eval_chebyu,
    eval_gegenbauer,
    eval_genlaguerre,
    eval_hermite,
    eval_hermitenorm,
    eval_jacobi,
    eval_laguerre,
    eval_legendre,
    eval_sh_chebyt,
    eval_sh_chebyu,
    eval_sh_jacobi,
    eval_sh_legendre,
    hyp0f1,
    hyp1f1,
    hyp2f1,
    hyperu,
    lpmv,
)
from ..ops.indexing import where
from ..ops.matrices import of_one_dtype
from ..ops.reductions import reduce_any, reduce_logsumexp, reduce_max, reduce_sum
from ..ops.shaping import expand_dims, reshape
from ..ops.special import (
    beta,
    betainc,
    betaincinv,
    betaln,
    dawsn,
    entr,
    erfcinv,
    erfcx,
    erfi,
    erfinv,
    exp1,
    exp10,
    expi,
    fresnel_cos,
    fresnel_sin,
    gamma,
    gammainccinv,
    gammaincinv,
    gammaln,
    i0,
    i0e,
    i1,
    i1e,
    iv,
    ive,
    j0,
    j1,
    jv,
    k0,
    k0e,
    k1,
    k1e,
    kl_div,
    kn,
    kv,
    kve,
    log_ndtr,
    logit,
    ndtr,
    ndtri,
    polygamma,
    psi,
    rel_entr,
    rgamma,
    spence,
    stdtr,
    y0,
    y1,
    yn,
    yv,
    zeta,
)

jn = jv
digamma = psi


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """log(sum(b exp(a))) over axes, without overflow.

    Parameters
    ----------
    a : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to sum over; all of them by default.
    b : array_like, optional
        Weights, which broadcast with a; they may be negative or zero.
    keepdims : bool
        Whether the axes stay, with length 1.
    return_sign : bool
        Whether to return the sum's sign, too, and the logarithm of its absolute value.

    Returns
    -------
    Tensor or pair of Tensor
        The logarithm, and with `return_sign` the sign, which no gradient passes.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.logsumexp.html

    Examples
    --------
    >>> print(tf.scipy.special.logsumexp([1000., 1000.]).numpy().round(3))
    1000.693
    """
    x = _core.operand(a)
    if b is None and not return_sign:
        return reduce_logsumexp(x, axis, keepdims)
    weights = _core.operand_like(1.0 if b is None else b, x)
    zero = equal(weights, 0.0)
    x = where(zero, -np.inf, x)
    largest = _core.detached(reduce_max(x, _axes(axis), True))
    # The shift is a constant: it cancels in the derivative.
    shift = where(is_finite(largest), largest, 0.0)
    total = reduce_sum(where(zero, 0.0, weights * exp(x - shift)), _axes(axis), keepdims)
    if not keepdims:
        shift = reshape(shift, tuple(total.shape))
    if return_sign:
        return log(abs(total)) + shift, sign(total)
    return log(total) + shift


def softmax(x: Any, axis: Any = None) -> Tensor:
    """exp(x) / sum(exp(x)) over an axis.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to sum over; all of them by default.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.softmax.html

    Examples
    --------
    >>> print(tf.scipy.special.softmax([[0., 0.], [0., 0.]]).numpy())
    [[0.25 0.25]
     [0.25 0.25]]
    """
    if isinstance(axis, (int, np.integer)):
        return _nn.softmax(x, _core.integer(axis))
    return exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: Any = None) -> Tensor:
    """Logarithm of `softmax`, exact for small probabilities.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to sum over; all of them by default.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.log_softmax.html

    Examples
    --------
    >>> print(tf.scipy.special.log_softmax([0., 0.]).numpy().round(4))
    [-0.6931 -0.6931]
    """
    if isinstance(axis, (int, np.integer)):
        return _nn.log_softmax(x, _core.integer(axis))
    operand = _core.operand(x)
    return operand - reduce_logsumexp(operand, _axes(axis), True)


def multigammaln(a: Any, d: int) -> Tensor:
    """Logarithm of the multivariate gamma function of dimension d.

    Parameters
    ----------
    a : array_like
        Above (d - 1) / 2.
    d : int
        The dimension.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        Where d is not positive, or a is too small.
    TypeError
        Where d is no integer.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.multigammaln.html

    Examples
    --------
    >>> print(tf.scipy.special.multigammaln(2.0, 2).numpy().round(4))
    0.4516
    """
    d = _core.integer(d)
    if d < 1:
        raise ValueError(f"multigammaln: the dimension is a positive integer, not {d!r}")
    x = _core.operand(a)
    if bool(reduce_any(x <= 0.5 * (d - 1))):
        raise ValueError(f"multigammaln: a must be above (d - 1) / 2 = {0.5 * (d - 1)}")
    steps = 0.5 * np.arange(d, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
    return reduce_sum(gammaln(expand_dims(x, -1) - steps), -1) + 0.25 * d * (d - 1) * _m.log(_m.pi)


def softplus(x: Any) -> Tensor:
    """log(1 + exp(x)), without overflow, elementwise.

    Parameters
    ----------
    x : array_like
        Of a float dtype.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.softplus.html

    Examples
    --------
    >>> print(tf.scipy.special.softplus([0., 1000.]).numpy().round(4))
    [6.931e-01 1.000e+03]
    """
    return _softplus(x)


def fresnel(z: Any) -> tuple[Tensor, Tensor]:
    """Fresnel's integrals of the sine and of the cosine of pi t ** 2 / 2 from 0 to z, elementwise.

    Parameters
    ----------
    z : array_like
        Real numbers.

    Returns
    -------
    pair of Tensor
        Of the operand's shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.fresnel.html

    Examples
    --------
    >>> print(np.stack(tf.scipy.special.fresnel(0.5)).numpy().round(4))
    [0.0647 0.4923]
    """
    return fresnel_sin(z), fresnel_cos(z)


def _derivative_of(name: str, step: float, sign: float) -> Any:
    """Of a Bessel function in its argument, of any whole order: differences of neighbours, weighted by binomials."""
    function = globals()[name]

    def slope(v: Any, z: Any, n: int = 1) -> Any:
        n = _core.as_index(n)
        if not isinstance(n, (int, np.integer)) or n < 0:
            raise ValueError(f"{name}p: the order of the derivative is a whole number from 0, not {n!r}")
        terms = [_m.comb(n, k) * step**k * function(v - float(n) + 2.0 * k, z) for k in range(n + 1)]
        return sum(terms[1:], terms[0]) * (0.5 * sign) ** n

    slope.__name__ = slope.__qualname__ = f"{name}p"
    slope.__doc__ = f"""Derivatives of {name}(v, z) with respect to z, elementwise.

    Parameters
    ----------
    v : array_like
        The order: without a derivative.
    z : array_like
        Real numbers.
    n : int
        How many times.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where n is no whole number from 0.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.{name}p.html

    Examples
    --------
    >>> tf.scipy.special.{name}p(1.0, 2.0).shape
    TensorShape([])
    """
    return slope


jvp = _derivative_of("jv", -1.0, 1.0)
yvp = _derivative_of("yv", -1.0, 1.0)
ivp = _derivative_of("iv", 1.0, 1.0)
kvp = _derivative_of("kv", 1.0, -1.0)


def assoc_laguerre(x: Any, n: Any, k: Any = 0.0) -> Tensor:
    """Laguerre's generalized polynomial of degree n, elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.
    n, k : array_like
        Degree and parameter: without a derivative.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.assoc_laguerre.html

    Examples
    --------
    >>> tf.scipy.special.assoc_laguerre(0.5, 1, 1.0).numpy()
    np.float32(1.5)
    """
    result: Tensor = eval_genlaguerre(n, k, x)
    return result


def _refuse_exact(name: str, exact: bool) -> None:
    if exact:
        raise ValueError(f"{name}: exact integers are no tensors; use scipy.special.{name}")


def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Tensor:
    """How many choices of k among N there are, elementwise; 0 where there is none.

    Parameters
    ----------
    N, k : array_like
        Real numbers.
    exact : bool
        Must be False.
    repetition : bool
        Whether things may be chosen repeatedly.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where `exact` is asked for.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.comb.html

    Examples
    --------
    >>> print(tf.scipy.special.comb(5.0, 2.0).numpy().round(4))
    10.0
    """
    _refuse_exact("comb", exact)
    top, bottom = of_one_dtype(N, k)
    if repetition:
        top = top + bottom - 1.0
    possible = logical_and(logical_and(bottom <= top, bottom >= 0.0), top >= 0.0)
    return where(possible, binom(where(possible, top, 1.0), where(possible, bottom, 1.0)), 0.0)


def perm(N: Any, k: Any, exact: bool = False) -> Tensor:
    """How many ordered choices of k among N there are, elementwise; 0 where there is none.

    Parameters
    ----------
    N, k : array_like
        Real numbers.
    exact : bool
        Must be False.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Raises
    ------
    ValueError
        Where `exact` is asked for.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.perm.html

    Examples
    --------
    >>> print(tf.scipy.special.perm(5.0, 2.0).numpy().round(4))
    20.0
    """
    _refuse_exact("perm", exact)
    top, bottom = of_one_dtype(N, k)
    possible = logical_and(logical_and(bottom <= top, bottom >= 0.0), top >= 0.0)
    top, bottom = where(possible, top, 1.0), where(possible, bottom, 1.0)
    return where(possible, poch(top - bottom + 1.0, bottom), 0.0)


def factorial(n: Any, exact: bool = False) -> Tensor:
    """gamma(n + 1), elementwise; 0 where n is negative.

    Parameters
    ----------
    n : array_like
        Real numbers.
    exact : bool
        Must be False.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Raises
    ------
    ValueError
        Where `exact` is asked for.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.factorial.html

    Examples
    --------
    >>> print(tf.scipy.special.factorial([-1.0, 3.0]).numpy())
    [0. 6.]
    """
    _refuse_exact("factorial", exact)
    x = _core.operand(n)
    x = x if x.dtype.kind == "f" else _core.to_dtype(x, np.float64)
    return where(x >= 0.0, gamma(where(x >= 0.0, x, 1.0) + 1.0), 0.0)


def diric(x: Any, n: Any) -> Tensor:
    """Dirichlet's kernel sin(n x / 2) / (n sin(x / 2)), elementwise.

    Parameters
    ----------
    x : array_like
        Real numbers.
    n : array_like of int
        The order, which is positive.

    Returns
    -------
    Tensor
        Of the operands' common shape; NaN where n is no positive whole number.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.diric.html. As a polynomial of Chebyshev's in
    cos(x / 2), which has no quotient that could be 0 / 0.

    Examples
    --------
    >>> print(tf.scipy.special.diric([0.0, 1.0], 3).numpy().round(4))
    [1.     0.6935]
    """
    order = np.asarray(n)
    whole = (order == np.floor(order)) & (order > 0)
    counts = np.where(whole, order, 1).astype(np.int64)
    operand = _core.operand(x)
    value = eval_chebyu(counts - 1, cos(0.5 * operand)) / counts.astype(
        operand.dtype if operand.dtype.kind == "f" else np.float64
    )
    return where(whole, value, np.nan)


__all__ = [
    "agm",
    "airy",
    "airye",
    "assoc_laguerre",
    "bdtr",
    "bdtrc",
    "bdtri",
    "bdtrik",
    "bdtrin",
    "bei",
    "beip",
    "ber",
    "berp",
    "besselpoly",
    "beta",
    "betainc",
    "betaincc",
    "betainccinv",
    "betaincinv",
    "betaln",
    "binom",
    "boxcox",
    "boxcox1p",
    "btdtria",
    "btdtrib",
    "cbrt",
    "chdtr",
    "chdtrc",
    "chdtri",
    "chdtriv",
    "chndtr",
    "chndtridf",
    "chndtrinc",
    "chndtrix",
    "comb",
    "cosdg",
    "cosm1",
    "cotdg",
    "dawsn",
    "digamma",
    "diric",
    "ellipe",
    "ellipeinc",
    "ellipj",
    "ellipk",
    "ellipkinc",
    "ellipkm1",
    "elliprc",
    "elliprd",
    "elliprf",
    "elliprg",
    "elliprj",
    "entr",
    "erf",
    "erfc",
    "erfcinv",
    "erfcx",
    "erfi",
    "erfinv",
    "eval_chebyc",
    "eval_chebys",
    "eval_chebyt",
    "eval_chebyu",
    "eval_gegenbauer",
    "eval_genlaguerre",
    "eval_hermite",
    "eval_hermitenorm",
    "eval_jacobi",
    "eval_laguerre",
    "eval_legendre",
    "eval_sh_chebyt",
    "eval_sh_chebyu",
    "eval_sh_jacobi",
    "eval_sh_legendre",
    "exp1",
    "exp10",
    "exp2",
    "expi",
    "expit",
    "expm1",
    "expn",
    "exprel",
    "factorial",
    "fdtr",
    "fdtrc",
    "fdtri",
    "fdtridfd",
    "fresnel",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammainccinv",
    "gammaincinv",
    "gammaln",
    "gammasgn",
    "gdtr",
    "gdtrc",
    "gdtria",
    "gdtrib",
    "gdtrix",
    "huber",
    "hyp0f1",
    "hyp1f1",
    "hyp2f1",
    "hyperu",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "inv_boxcox",
    "inv_boxcox1p",
    "it2i0k0",
    "it2j0y0",
    "it2struve0",
    "itairy",
    "iti0k0",
    "itj0y0",
    "itmodstruve0",
    "itstruve0",
    "iv",
    "ive",
    "ivp",
    "j0",
    "j1",
    "jn",
    "jv",
    "jve",
    "jvp",
    "k0",
    "k0e",
    "k1",
    "k1e",
    "kei",
    "keip",
    "ker",
    "kerp",
    "kl_div",
    "kn",
    "kolmogi",
    "kolmogorov",
    "kv",
    "kve",
    "kvp",
    "lambertw",
    "log1p",
    "log_expit",
    "log_ndtr",
    "log_softmax",
    "log_wright_bessel",
    "loggamma",
    "logit",
    "logsumexp",
    "lpmv",
    "mathieu_a",
    "mathieu_b",
    "mathieu_cem",
    "mathieu_modcem1",
    "mathieu_modcem2",
    "mathieu_modsem1",
    "mathieu_modsem2",
    "mathieu_sem",
    "modstruve",
    "multigammaln",
    "nbdtr",
    "nbdtrc",
    "nbdtri",
    "nbdtrik",
    "nbdtrin",
    "ncfdtr",
    "ncfdtri",
    "nctdtr",
    "nctdtridf",
    "nctdtrinc",
    "nctdtrit",
    "ndtr",
    "ndtri",
    "ndtri_exp",
    "nrdtrimn",
    "nrdtrisd",
    "obl_ang1",
    "obl_ang1_cv",
    "obl_cv",
    "obl_rad1",
    "obl_rad1_cv",
    "owens_t",
    "pbdv",
    "pbvv",
    "pbwa",
    "pdtr",
    "pdtrc",
    "pdtri",
    "pdtrik",
    "perm",
    "poch",
    "polygamma",
    "powm1",
    "pro_ang1",
    "pro_ang1_cv",
    "pro_cv",
    "pro_rad1",
    "pro_rad1_cv",
    "pseudo_huber",
    "psi",
    "radian",
    "rel_entr",
    "rgamma",
    "round",
    "shichi",
    "sici",
    "sindg",
    "smirnov",
    "smirnovi",
    "softmax",
    "softplus",
    "spence",
    "spherical_in",
    "spherical_jn",
    "spherical_kn",
    "spherical_yn",
    "stdtr",
    "stdtridf",
    "stdtrit",
    "struve",
    "tandg",
    "tklmbda",
    "voigt_profile",
    "wright_bessel",
    "wrightomega",
    "xlog1py",
    "xlogy",
    "y0",
    "y1",
    "yn",
    "yv",
    "yve",
    "yvp",
    "zeta",
    "zetac",
]
