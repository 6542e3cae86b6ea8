"""Special functions of complex numbers whose kernels are no loops of one dtype: what stands in the rows' places there.

SciPy's Bessel functions take a real order beside a complex argument, its error functions of complex numbers are loops
that the rows' own kernels have not, and Hurwitz's zeta function of complex numbers is missing there: it is what psi is
differentiated by. The derivatives of log_ndtr choose by the size of numbers, which complex ones have not. Needs SciPy,
and is loaded when the first complex operand comes.
"""

from __future__ import annotations

import math as _m
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .complex_parts import real
from .elementwise import exp, logical_and, multiply, select, square
from .forms import Kind
from .scipy_rows import kernels as _sp
from .shaping import broadcast_to, watchable
from .special import BEND, EXCESS, EXCESS_SLOPE, FAR, SLOPE, erfcx, fractions

_Form = Callable[..., Any]


def _quiet(kernel: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A kernel in the dtype of its complex operand, whose NaN and infinities are values like others."""

    def quiet(attributes: Any, *operands: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(kernel(*operands), operands[-1].dtype)

    return quiet


def _like_last(attributes: Any, *operands: Kind) -> Kind:
    return Kind(operands[-1].dtype, forms.broadcast(*operands))


def _of_argument(name: str, kernel: np.ufunc, slope: Callable[[Any], Any]) -> _Form:
    """A function of one complex number."""
    handle = _core.register_general(
        f"{name} of complex numbers",
        _quiet(kernel),
        lambda g, y, attributes, z: multiply(g, slope(z)),
        None,
        True,
        False,
        None,
        True,
        form=forms.nothing,
        gives=_like_last,
        c=c_loops.OF_COMPLEX,
    )
    return lambda z: _core.general(handle, [z])


def _of_order(name: str, kernel: Callable[..., Any], slope: Callable[[Any, Any, Any], Any]) -> _Form:
    """A function of a real order, by which there is no derivative, and a complex number: slope(order, z, value)."""
    opaque = _core.register_elementwise(
        f"{name} of its order", None, lambda x: 1.0 * x, (...,), ("x",), "An order."
    ).function

    def rule(g: Any, y: Any, attributes: Any, order: Any, z: Any) -> tuple[Any, Any]:
        # A zero goes to the order, so that whoever asks for more meets `opaque`.
        return multiply(real(g), 0.0), multiply(g, slope(order, z, y))

    handle = _core.register_general(
        f"{name} of complex numbers",
        _quiet(kernel),
        rule,
        None,
        True,
        True,
        None,
        True,
        form=forms.nothing,
        gives=_like_last,
        c=c_loops.OF_COMPLEX,
    )

    def form(order: Any, z: Any) -> Any:
        # (A number beside a complex operand has become complex itself.)
        if z.dtype.kind != "c" or (order.dtype.kind == "c" and np.imag(_core.value_array(order)).any()):
            raise TypeError(f"{name} takes a real order, not {order.dtype}")
        parts = np.zeros(0, z.dtype).real.dtype
        order = _core.to_dtype(order, parts)
        order = opaque(order) if watchable(order) else order
        shape = np.broadcast_shapes(tuple(order.shape), tuple(z.shape))
        return _core.general(handle, [broadcast_to(order, shape), broadcast_to(z, shape)])

    return form


# The Bernoulli numbers of order 2, 4, ... by the factorials of these.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_FAR = 12.0


def _hurwitz(s: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Euler's and Maclaurin's sum (DLMF 25.11.5), from where it is precise; NaN where that is far."""
    total = np.zeros(q.shape, np.complex128)
    w = q.astype(np.complex128)
    left = np.where(np.abs(w.imag) < _FAR, np.ceil(_FAR - w.real), 0.0)
    lost = ~(left < 1e5)
    left[lost] = 0.0
    for k in range(int(left.max(initial=0.0))):
        here = left > k
        total[here] += w[here] ** -s[here]
        w[here] += 1.0
    total += w ** (1.0 - s) / (s - 1.0) + 0.5 * w**-s
    rising = s.astype(np.float64)  # s (s + 1) ... (s + 2 j - 2)
    for j, number in enumerate(_BERNOULLI, 1):
        total += number / _m.factorial(2 * j) * rising * w ** (1.0 - s - 2.0 * j)
        rising = rising * (s + 2.0 * j - 1.0) * (s + 2.0 * j)
    total[lost] = np.nan
    return total


erf: _Form = _of_argument("erf", _sp.erf, lambda z: multiply(exp(-square(z)), 2.0 / _m.sqrt(_m.pi)))
erfc: _Form = _of_argument("erfc", _sp.erfc, lambda z: multiply(exp(-square(z)), -2.0 / _m.sqrt(_m.pi)))
zeta: _Form = _of_order("zeta", _hurwitz, lambda s, q, y: -(s * zeta(s + 1.0, q)))
jv: _Form = _of_order("jv", _sp.jv, lambda v, z, y: 0.5 * (jv(v - 1.0, z) - jv(v + 1.0, z)))
yv: _Form = _of_order("yv", _sp.yv, lambda v, z, y: 0.5 * (yv(v - 1.0, z) - yv(v + 1.0, z)))
iv: _Form = _of_order("iv", _sp.iv, lambda v, z, y: 0.5 * (iv(v - 1.0, z) + iv(v + 1.0, z)))
kv: _Form = _of_order("kv", _sp.kv, lambda v, z, y: -0.5 * (kv(v - 1.0, z) + kv(v + 1.0, z)))
kve: _Form = _of_order("kve", _sp.kve, lambda v, z, y: y - 0.5 * (kve(v - 1.0, z) + kve(v + 1.0, z)))


# log_ndtr's derivatives: see the rows that these are the forms of, whose continued fraction is Laplace's everywhere on
# the left.


def normal_hazard(z: Any) -> Any:
    # On the right, where erfcx overflows, the hazard is nothing.
    overflow = 1400.0 if z.dtype == np.complex128 else 170.0
    vast = logical_and(real(z) > 0.0, real(square(z)) > overflow)
    return select(vast, 0.0 * z, _m.sqrt(2.0 / _m.pi) / erfcx(select(vast, 0.0 * z, -_m.sqrt(0.5) * z)))


def _by_side(of_fractions: _Form, of_hazard: _Form) -> _Form:
    def form(z: Any) -> Any:
        far = real(z) < -FAR
        h = normal_hazard(select(far, 0.0 * z, z))
        return select(far, of_fractions(*fractions(select(far, -z, 0.0 * z + FAR))), of_hazard(h, z + h))

    return form


normal_hazard_slope: _Form = _by_side(*SLOPE)
normal_hazard_bend: _Form = _by_side(*BEND)
normal_excess: _Form = _by_side(*EXCESS)
normal_excess_slope: _Form = _by_side(*EXCESS_SLOPE)
