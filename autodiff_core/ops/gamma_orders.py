"""Incomplete gamma functions with derivatives by both arguments, and how a gamma variate moves with its shape.

A variate x of shape a has the distribution function P(a, x). Where a moves and P stays, x moves by -P_a / p, with p the
density: the implicit derivative of M. Figurnov, S. Mohamed, A. Mnih, Implicit reparameterization gradients (2018). All
derivatives by a are written with the quotient of P's derivative of some order and p, which neither underflows nor
cancels: below a + 1 it comes from the series of P, beyond from the integral of Q, by Gauss and Legendre's rule.
Derivatives of exponentials are Bell's polynomials in those of the exponent.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from math import comb, factorial
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import equal, exp, log, multiply, select, xlogy
from .forms import Kind
from .scipy_rows import SPELLINGS
from .shaping import broadcast_to
from .special import gammaln, polygamma, psi
from .table import Case, general

sp = import_module("scipy.special")  # behind our own, which says what to do if it is missing
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(100)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS
_MOST_TERMS = 100_000


def _bell(slopes: Sequence[Any]) -> list[Any]:
    """The derivatives of exp(f) over exp(f), from the zeroth on, where `slopes` are those of f from the first on."""
    found: list[Any] = [1.0]
    for n in range(len(slopes)):
        found.append(sum(comb(n, i) * found[n - i] * slopes[i] for i in range(n + 1)))
    return found


def _exponent(a: np.ndarray, x: np.ndarray, order: int) -> list[np.ndarray]:
    """The derivatives of a log(x) - log(gamma(a)) by a, from the first on."""
    return [np.log(x) - sp.psi(a), *[-sp.polygamma(j, a) for j in range(1, order)]][:order]


def _series(a: np.ndarray, x: np.ndarray, order: int) -> list[np.ndarray]:
    """The sum of x**n / ((a + 1) ... (a + n)) over n, and its derivatives by a."""
    term = np.ones_like(a)
    powers = [np.zeros_like(a) for _ in range(order)]
    totals = [term.copy(), *[np.zeros_like(a) for _ in range(order)]]
    for n in range(1, _MOST_TERMS):
        term = term * (x / (a + n))
        powers = [power + 1.0 / (a + n) ** j for j, power in enumerate(powers, 1)]
        parts = _bell([(-1.0) ** j * factorial(j - 1) * power for j, power in enumerate(powers, 1)])
        for total, part in zip(totals, parts, strict=True):
            total += term * part
        if np.all(term * (1.0 + np.abs(parts[-1])) <= 1e-17 * totals[0]):
            break
    return totals


def _integrals(a: np.ndarray, x: np.ndarray, order: int) -> list[np.ndarray]:
    """The integrals of exp(-w) (1 + w / x)**(a - 1) log(1 + w / x)**k for k = 0, ..."""
    # As far as the exponent is above -45: by Newton's method, from beyond.
    end = 45.0 + 10.0 * np.maximum(a, 1.0) ** 0.5 + 45.0 * np.maximum(a - 1.0, 0.0) / np.maximum(x - a + 1.0, 1.0)
    for _ in range(30):
        exponent = -end + (a - 1.0) * np.log1p(end / x) + 45.0
        end = np.maximum(end - exponent / np.minimum(-1.0 + (a - 1.0) / (x + end), -1e-3), 1.0)
    w = end[..., None] * _NODES
    logs = np.log1p(w / x[..., None])
    values = np.exp(-w + (a[..., None] - 1.0) * logs) * (end[..., None] * _WEIGHTS)
    return [(values * logs**k).sum(axis=-1) for k in range(order + 1)]


def _quotient_kernel(order: int, a: np.ndarray, x: np.ndarray) -> np.ndarray:
    wide, at = a.astype(np.float64), x.astype(np.float64)
    found = np.full(wide.shape, np.nan)
    inside = (wide > 0.0) & (at > 0.0) & np.isfinite(wide) & np.isfinite(at)
    low = inside & (at <= wide + 1.0)
    for chosen in (low, inside & ~low):
        if not chosen.any():
            continue
        b, z = wide[chosen], at[chosen]
        small = chosen is low
        outer = _bell(_exponent(b + 1.0 if small else b, z, order))
        inner = (_series if small else _integrals)(b, z, order)
        product = sum(comb(order, i) * outer[i] * inner[order - i] for i in range(order + 1))
        found[chosen] = -(z / b) * product if small else product
    found[(wide > 0.0) & (at == 0.0)] = 0.0
    return found.astype(x.dtype)


def _quotient_rule(g: Any, y: Any, order: int, a: Any, x: Any) -> tuple[Any, Any]:
    slopes = [log(x) - psi(a), *[-polygamma(float(j), a) for j in range(1, order)]]
    return (
        multiply(g, _quotient(a, x, order + 1) - y * slopes[0]),
        multiply(g, -_bell(slopes)[order] - y * ((a - 1.0) / x - 1.0)),
    )


def drift(a: Any, x: Any) -> Tensor:
    """How a gamma variate x of shape a moves with a, for operands of one shape and dtype."""
    return _quotient(a, x, 1)


def _quotient(a: Any, x: Any, order: int) -> Tensor:
    return _core.general(_QUOTIENT, [a, x], order)


def _positive(call: Any) -> Any:
    return lambda a, x: call(exp(a), exp(x))


def _pair_kind(attributes: Any, a: Kind, x: Kind) -> Kind:
    forms.alike(a, x)
    if a.dtype != x.dtype or x.dtype.kind != "f":
        raise ValueError(f"operands of {a.dtype} and {x.dtype}")
    return Kind(*x)


_QUOTIENT: _core.Op = general(
    "gamma_quotient",
    _quotient_kernel,
    _quotient_rule,
    function=drift,
    doc="Minus a derivative by a of P(a, x), over the density.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(_positive(drift), ((2, 3), (2, 3))),
        Case(_positive(lambda a, x: _quotient(a, x, 2)), ((3,), (3,))),
    ),
    form=forms.integer(1, 64, "an order"),
    gives=_pair_kind,
    on_complex="refused",
    c=c_loops.SCIPY,
)


def _density(a: Any, x: Any) -> Any:
    # Where x is zero, xlogy has the right value; elsewhere it would have no derivative by a at one.
    nothing = equal(x, 0.0)
    power = select(nothing, xlogy(a - 1.0, x), (a - 1.0) * log(select(nothing, 1.0, x)))
    return exp(power - x - gammaln(a))


def _incomplete(function: str, a: Any, x: Any) -> tuple[Any, Any]:
    """Operands of one shape and float dtype."""
    pair = [value if isinstance(value, (_core.Operand, np.ndarray, np.generic)) else None for value in (a, x)]
    typed = [_core.operand(value) for value in pair if value is not None]
    if not typed:
        first, second = _core.operand(a), _core.operand(x)
    else:
        first, second = (
            _core.operand_like(value, typed[0]) if kept is None else _core.operand(value)
            for value, kept in zip((a, x), pair, strict=True)
        )
    dtype = np.result_type(first.dtype, second.dtype)
    if dtype.kind == "c":
        raise TypeError(f"{function}: takes real operands, not {first.dtype} and {second.dtype}")
    dtype = np.dtype(np.float64) if dtype.kind in "iub" else dtype
    shape = np.broadcast_shapes(tuple(first.shape), tuple(second.shape))
    if first.dtype != dtype or second.dtype != dtype:
        first, second = _core.to_dtype(first, dtype), _core.to_dtype(second, dtype)
    return broadcast_to(first, shape), broadcast_to(second, shape)


_TEXT = """Regularised {which} incomplete gamma function, elementwise.

    Parameters
    ----------
    a, x : array_like
        Positive numbers that broadcast; of the dtype of one another if they are plain.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/{name}. TensorFlow has the first derivative by a.
    `tf.scipy.special.{scipy}`, and SciPy's ufunc on tensors, are this function.

    Examples
    --------
    >>> print(tf.math.{name}([1., 2.], 1.).numpy().round(4))
    {shown}
    """


def igamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    return _core.general(_LOWER, _incomplete("igamma", a, x))


def igammac(a: Any, x: Any, name: str | None = None) -> Tensor:
    return _core.general(_UPPER, _incomplete("igammac", a, x))


igamma.__doc__ = _TEXT.format(which="lower", name="igamma", scipy="gammainc", shown="[0.6321 0.2642]")
igammac.__doc__ = _TEXT.format(which="upper", name="igammac", scipy="gammaincc", shown="[0.3679 0.7358]")


def _incomplete_row(name: str, ufunc: Any, sign: float, function: Any, which: str) -> Any:
    def rule(g: Any, y: Any, attributes: Any, a: Any, x: Any) -> tuple[Any, Any]:
        weight = multiply(g, sign * _density(a, x))
        return -weight * drift(a, x), weight

    def kernel(attributes: Any, a: np.ndarray, x: np.ndarray) -> np.ndarray:
        found: np.ndarray = ufunc(a, x).astype(x.dtype, copy=False)
        return found

    return general(
        name,
        kernel,
        rule,
        function=function,
        doc=f"Regularised {which} incomplete gamma function.",
        names=(f"math.{name}", f"scipy.special.{ufunc.__name__}"),
        leading=True,
        cases=(Case(_positive(function), ((2, 3), (2, 3))), Case(_positive(function), ((), (3,)))),
        form=forms.nothing,
        gives=forms.pointwise(kernel, 2),
        on_complex="refused",
        c=c_loops.SCIPY,
    )


_LOWER = _incomplete_row("igamma", sp.gammainc, 1.0, igamma, "lower")
_UPPER = _incomplete_row("igammac", sp.gammaincc, -1.0, igammac, "upper")
SPELLINGS |= {sp.gammainc: igamma, sp.gammaincc: igammac}
