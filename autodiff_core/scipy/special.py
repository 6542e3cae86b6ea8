"""`scipy.special`: special functions by SciPy's names. All but a few are rows of the op table, over SciPy's kernels."""

from __future__ import annotations

import math as _m
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import nn as _nn
from ..ops.elementwise import cbrt, equal, erf, erfc, exp, exp2, expm1, is_finite, log, log1p, sign, xlog1py, xlogy
from ..ops.elementwise import log_sigmoid as log_expit
from ..ops.elementwise import sigmoid as expit
from ..ops.indexing import where
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
    gamma,
    gammainc,
    gammaincc,
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
        return _nn.softmax(x, int(axis))
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
        return _nn.log_softmax(x, int(axis))
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
        Where d is no positive integer, or a is too small.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.multigammaln.html

    Examples
    --------
    >>> print(tf.scipy.special.multigammaln(2.0, 2).numpy().round(4))
    0.4516
    """
    if not isinstance(d, (int, np.integer)) or d < 1:
        raise ValueError(f"multigammaln: the dimension is a positive integer, not {d!r}")
    x = _core.operand(a)
    if bool(reduce_any(x <= 0.5 * (d - 1))):
        raise ValueError(f"multigammaln: a must be above (d - 1) / 2 = {0.5 * (d - 1)}")
    steps = 0.5 * np.arange(d, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
    return reduce_sum(gammaln(expand_dims(x, -1) - steps), -1) + 0.25 * d * (d - 1) * _m.log(_m.pi)


__all__ = [
    "beta",
    "betainc",
    "betaincinv",
    "betaln",
    "cbrt",
    "dawsn",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcinv",
    "erfcx",
    "erfi",
    "erfinv",
    "exp1",
    "exp2",
    "exp10",
    "expi",
    "expit",
    "expm1",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammainccinv",
    "gammaincinv",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "iv",
    "ive",
    "j0",
    "j1",
    "jn",
    "jv",
    "k0",
    "k0e",
    "k1",
    "k1e",
    "kl_div",
    "kn",
    "kv",
    "kve",
    "log1p",
    "log_expit",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "rel_entr",
    "rgamma",
    "softmax",
    "spence",
    "stdtr",
    "xlog1py",
    "xlogy",
    "y0",
    "y1",
    "yn",
    "yv",
    "zeta",
]
