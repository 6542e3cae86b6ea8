"""Hypergeometric functions and orthogonal polynomials: SciPy's ufuncs as rows. Needs SciPy, and is loaded late.

A derivative is the same function with other parameters (https://dlmf.nist.gov, chapters 13, 15, 16 and 18), so
derivatives of every order are. With respect to the parameters themselves there is no formula of this kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .scipy_rows import form, like, no_slope, scipy_row
from .scipy_rows import kernels as _sp
from .table import Function

_PARAMETER = (0.4, 2.6)
_POSITIVE = (0.3, 3.0)
_INSIDE = (-0.9, 0.9)

hyp0f1: Function = scipy_row(
    "hyp0f1",
    _sp.hyp0f1,
    ...,
    lambda g, v, z, y: g * (hyp0f1(v + 1.0, z) / v),
    parameters=("v", "z"),
    domain=(_PARAMETER, (-2.0, 2.0)),
    doc="Confluent hypergeometric limit function 0F1, elementwise.",
    notes=no_slope("v"),
)
hyp1f1: Function = scipy_row(
    "hyp1f1",
    _sp.hyp1f1,
    ...,
    ...,
    lambda g, a, b, x, y: g * (a / b * hyp1f1(a + 1.0, b + 1.0, x)),
    parameters=("a", "b", "x"),
    domain=(_PARAMETER, _PARAMETER, (-2.0, 2.0)),
    doc="Confluent hypergeometric function 1F1, elementwise.",
    notes=no_slope("a and b"),
)
hyperu: Function = scipy_row(
    "hyperu",
    _sp.hyperu,
    ...,
    ...,
    lambda g, a, b, x, y: -g * (a * hyperu(a + 1.0, b + 1.0, x)),
    parameters=("a", "b", "x"),
    domain=(_PARAMETER, _PARAMETER, _POSITIVE),
    doc="Confluent hypergeometric function U, elementwise.",
    notes=no_slope("a and b"),
)


def _hyp2f1_slope(a: Any, b: Any, c: Any, z: Any, y: Any) -> Any:
    return like(a, z) * like(b, z) / like(c, z) * hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)


hyp2f1: Function = form(
    "hyp2f1",
    _sp.hyp2f1,
    _hyp2f1_slope,
    doc="Gauss's hypergeometric function 2F1, elementwise.",
    parameters=("a", "b", "c", "z"),
    domain=(0.5, 1.5, 2.5, _INSIDE),
)
lpmv: Function = scipy_row(
    "lpmv",
    _sp.lpmv,
    ...,
    ...,
    lambda g, m, v, x, y: g * ((v * x * y - (v + m) * lpmv(m, v - 1.0, x)) / (x * x - 1.0)),
    parameters=("m", "v", "x"),
    domain=((1.0, 1.0), (1.3, 2.6), _INSIDE),
    doc="Associated Legendre function of integer order and real degree, elementwise.",
    notes=no_slope("m and v") + " Slopes at -1 and 1 are NaN.",
)

# -------------------------------------------------------------------------------------------- orthogonal polynomials


def _polynomial(
    name: str,
    slope: Callable[..., Any],
    doc: str,
    parameters: tuple[str, ...] = (),
    values: tuple[float, ...] = (),
    domain: tuple[float, float] = _INSIDE,
) -> Function:
    """A polynomial of degree n; slope(one less than n, n, *parameters, x) where n is not 0, where it is 0."""

    def slopes(n: Any, *rest: Any) -> Any:
        x = rest[-2]
        return like(np.not_equal(n, 0), x) * slope(
            np.maximum(n - 1, 0) if n.dtype.kind in "iu" else n - 1.0, *rest[:-1]
        )

    return form(
        f"eval_{name}",
        getattr(_sp, f"eval_{name}"),
        slopes,
        doc=f"{doc} of degree n, elementwise.",
        parameters=("n", *parameters, "x"),
        domain=(3, *values, domain),
    )


def _degree(below: Any, x: Any) -> Any:
    """n, of one less than it."""
    return like(below, x) + 1.0


eval_gegenbauer: Function = _polynomial(
    "gegenbauer",
    lambda k, alpha, x: 2.0 * like(alpha, x) * eval_gegenbauer(k, alpha + 1.0, x),
    "Gegenbauer's polynomial",
    ("alpha",),
    (0.7,),
)
eval_legendre: Function = _polynomial("legendre", lambda k, x: eval_gegenbauer(k, 1.5, x), "Legendre's polynomial")
eval_sh_legendre: Function = _polynomial(
    "sh_legendre",
    lambda k, x: 2.0 * eval_gegenbauer(k, 1.5, 2.0 * x - 1.0),
    "Legendre's polynomial, shifted to (0, 1),",
    domain=(0.1, 0.9),
)
eval_chebyt: Function = _polynomial(
    "chebyt", lambda k, x: _degree(k, x) * eval_chebyu(k, x), "Chebyshev's polynomial of the first kind"
)
eval_chebyu: Function = _polynomial(
    "chebyu", lambda k, x: 2.0 * eval_gegenbauer(k, 2.0, x), "Chebyshev's polynomial of the second kind"
)
eval_chebyc: Function = _polynomial(
    "chebyc", lambda k, x: _degree(k, x) * eval_chebys(k, x), "Chebyshev's polynomial of the first kind on (-2, 2)"
)
eval_chebys: Function = _polynomial(
    "chebys", lambda k, x: eval_gegenbauer(k, 2.0, 0.5 * x), "Chebyshev's polynomial of the second kind on (-2, 2)"
)
eval_sh_chebyt: Function = _polynomial(
    "sh_chebyt",
    lambda k, x: 2.0 * _degree(k, x) * eval_sh_chebyu(k, x),
    "Chebyshev's polynomial of the first kind, shifted to (0, 1),",
    domain=(0.1, 0.9),
)
eval_sh_chebyu: Function = _polynomial(
    "sh_chebyu",
    lambda k, x: 4.0 * eval_gegenbauer(k, 2.0, 2.0 * x - 1.0),
    "Chebyshev's polynomial of the second kind, shifted to (0, 1),",
    domain=(0.1, 0.9),
)
eval_jacobi: Function = _polynomial(
    "jacobi",
    lambda k, alpha, beta, x: (
        0.5 * (_degree(k, x) + like(alpha, x) + like(beta, x) + 1.0) * eval_jacobi(k, alpha + 1.0, beta + 1.0, x)
    ),
    "Jacobi's polynomial",
    ("alpha", "beta"),
    (0.7, 1.2),
)
eval_sh_jacobi: Function = _polynomial(
    "sh_jacobi",
    lambda k, p, q, x: _degree(k, x) * eval_sh_jacobi(k, p + 2.0, q + 1.0, x),
    "Jacobi's polynomial, shifted to (0, 1),",
    ("p", "q"),
    (2.2, 1.2),
    domain=(0.1, 0.9),
)
eval_genlaguerre: Function = _polynomial(
    "genlaguerre",
    lambda k, alpha, x: -eval_genlaguerre(k, alpha + 1.0, x),
    "Laguerre's generalized polynomial",
    ("alpha",),
    (0.7,),
    domain=_POSITIVE,
)
eval_laguerre: Function = _polynomial(
    "laguerre", lambda k, x: -eval_genlaguerre(k, 1.0, x), "Laguerre's polynomial", domain=_POSITIVE
)
eval_hermite: Function = _polynomial(
    "hermite", lambda k, x: 2.0 * _degree(k, x) * eval_hermite(k, x), "Hermite's polynomial, the physicists',"
)
eval_hermitenorm: Function = _polynomial(
    "hermitenorm", lambda k, x: _degree(k, x) * eval_hermitenorm(k, x), "Hermite's polynomial, the probabilists',"
)
