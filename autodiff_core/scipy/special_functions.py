"""What `scipy.special` has beside rows of the op table: functions that are made of them."""

from __future__ import annotations

import math as _m
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..ops import nn as _nn
from ..ops.elementary import binom, poch
from ..ops.elementwise import cos, equal, exp, is_finite, log, logical_and, sign
from ..ops.elementwise import softplus as _softplus
from ..ops.hypergeometric import eval_chebyu, eval_genlaguerre
from ..ops.indexing import where
from ..ops.matrices import of_one_dtype
from ..ops.reductions import reduce_any, reduce_logsumexp, reduce_max, reduce_sum
from ..ops.shaping import expand_dims, reshape
from ..ops.special import fresnel_cos, fresnel_sin, gamma, gammaln, iv, jv, kv, yv

__all__ = [
    "assoc_laguerre",
    "comb",
    "diric",
    "factorial",
    "fresnel",
    "ivp",
    "jvp",
    "kvp",
    "log_softmax",
    "logsumexp",
    "multigammaln",
    "perm",
    "softmax",
    "softplus",
    "yvp",
]


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


def _derivative_of(function: Callable[..., Tensor], step: float, sign: float) -> Any:
    """Of a Bessel function in its argument, of any whole order: differences of neighbours, weighted by binomials."""
    name = function.__name__

    def slope(v: Any, z: Any, n: int = 1) -> Tensor:
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


jvp = _derivative_of(jv, -1.0, 1.0)
yvp = _derivative_of(yv, -1.0, 1.0)
ivp = _derivative_of(iv, 1.0, 1.0)
kvp = _derivative_of(kv, 1.0, -1.0)


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
