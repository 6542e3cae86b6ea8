"""Elliptic integrals and functions: SciPy's ufuncs as rows. Needs SciPy, and is loaded late.

Slopes are Carlson's integral RD (https://dlmf.nist.gov/19.18 and 19.25), which stays exact where the textbook formulas
in Legendre's integrals cancel: at m = 0, and where the operands of a symmetric integral are equal.
"""

from __future__ import annotations

import math as _m
from typing import Any

from .elementwise import abs, equal, rint, select, sin, sqrt
from .scipy_rows import form, scipy_row
from .scipy_rows import kernels as _sp
from .table import Function

_FIRST, _SECOND, _THIRD = (0.4, 0.9), (1.2, 1.8), (2.2, 3.0)
_MODULUS = (0.05, 0.9)
_APART = "There is no derivative where p is one of the others: it is NaN there."

elliprd: Function = scipy_row(
    "elliprd",
    _sp.elliprd,
    lambda g, x, y, z, r: g * _cross(x, y, z),
    lambda g, x, y, z, r: g * _cross(y, x, z),
    # RD is homogeneous, of degree -3/2.
    lambda g, x, y, z, r: -g * ((1.5 * r + _weighted(x, y, z) + _weighted(y, x, z)) / z),
    parameters=("x", "y", "z"),
    domain=(_FIRST, _SECOND, _THIRD),
    doc="Carlson's degenerate symmetric elliptic integral of the second kind, elementwise.",
    notes="Slopes where z is x or y, or nearly, are exact to six digits.",
    on_complex="refused",
)


def _cross(x: Any, y: Any, z: Any) -> Any:
    """The slope of RD in x: a difference quotient, symmetric in x and z, so nearly equal ones may be drawn apart."""
    middle = 0.5 * (x + z)
    half = 0.5 * (z - x)
    half = select(abs(half) < 1e-3 * middle, 1e-3 * middle, half)
    return 0.25 * (elliprd(y, middle - half, middle + half) - elliprd(y, middle + half, middle - half)) / half


def _weighted(x: Any, y: Any, z: Any) -> Any:
    """x times the slope in x: 0 at 0, where the slope is infinite."""
    return select(equal(x, 0.0), 0.0, x * _cross(select(equal(x, 0.0), 1.0, x), y, z))


elliprf: Function = scipy_row(
    "elliprf",
    _sp.elliprf,
    lambda g, x, y, z, r: g * (elliprd(y, z, x) / -6.0),
    lambda g, x, y, z, r: g * (elliprd(x, z, y) / -6.0),
    lambda g, x, y, z, r: g * (elliprd(x, y, z) / -6.0),
    parameters=("x", "y", "z"),
    domain=(_FIRST, _SECOND, _THIRD),
    doc="Carlson's symmetric elliptic integral of the first kind, elementwise.",
    on_complex="refused",
)
elliprg: Function = scipy_row(
    "elliprg",
    _sp.elliprg,
    lambda g, x, y, z, r: g * (0.25 * (elliprf(x, y, z) - x * elliprd(y, z, x) / 3.0)),
    lambda g, x, y, z, r: g * (0.25 * (elliprf(x, y, z) - y * elliprd(x, z, y) / 3.0)),
    lambda g, x, y, z, r: g * (0.25 * (elliprf(x, y, z) - z * elliprd(x, y, z) / 3.0)),
    parameters=("x", "y", "z"),
    domain=(_FIRST, _SECOND, _THIRD),
    doc="Carlson's completely symmetric elliptic integral of the second kind, elementwise.",
    on_complex="refused",
)
elliprc: Function = scipy_row(
    "elliprc",
    _sp.elliprc,
    lambda g, x, y, r: g * (elliprd(y, y, x) / -6.0),
    lambda g, x, y, r: g * (elliprd(x, y, y) / -3.0),
    domain=(_FIRST, _SECOND),
    doc="Carlson's degenerate symmetric elliptic integral, elementwise.",
    notes="Slopes where x is y, or nearly, are exact to six digits; for a negative y they are NaN.",
    on_complex="refused",
)


def _elliprj_slopes(x: Any, y: Any, z: Any, p: Any, r: Any) -> list[Any]:
    along = [0.5 * (r - elliprd(*others, own)) / (p - own) for own, others in ((x, (y, z)), (y, (x, z)), (z, (x, y)))]
    # RJ is homogeneous, of degree -3/2.
    rest = 1.5 * r + x * along[0] + y * along[1] + z * along[2]
    return [*along, -rest / p]


elliprj: Function = form(
    "elliprj",
    _sp.elliprj,
    _elliprj_slopes,
    doc="Carlson's symmetric elliptic integral of the third kind, elementwise.",
    parameters=("x", "y", "z", "p"),
    domain=(_FIRST, _SECOND, _THIRD, (3.5, 4.5)),
    notes=_APART,
)

# ---------------------------------------------------------------------------------------------- Legendre's integrals

ellipk: Function = scipy_row(
    "ellipk",
    _sp.ellipk,
    lambda g, m, y: g * (elliprd(0.0, 1.0, 1.0 - m) / 6.0),
    parameters=("m",),
    domain=_MODULUS,
    doc="Complete elliptic integral of the first kind of the parameter m, elementwise.",
)
ellipkm1: Function = scipy_row(
    "ellipkm1",
    _sp.ellipkm1,
    lambda g, p, y: g * (elliprd(0.0, 1.0, p) / -6.0),
    parameters=("p",),
    domain=_MODULUS,
    doc="Complete elliptic integral of the first kind of 1 - p, exact near 0, elementwise.",
)
ellipe: Function = scipy_row(
    "ellipe",
    _sp.ellipe,
    lambda g, m, y: g * (elliprd(0.0, 1.0 - m, 1.0) / -6.0),
    parameters=("m",),
    domain=_MODULUS,
    doc="Complete elliptic integral of the second kind of the parameter m, elementwise.",
)


def _whole(turns: Any, half: Any) -> Any:
    """What half turns add; none add nothing, though the complete integral is infinite."""
    return select(equal(turns, 0.0), 0.0, 2.0 * turns * half)


def _by_parameter_first(phi: Any, m: Any) -> Any:
    """The slope of ellipkinc in m: half a turn adds that of two complete integrals."""
    turns = rint(phi / _m.pi)
    s = sin(phi - _m.pi * turns)
    part = s * s * s * elliprd(1.0 - s * s, 1.0, 1.0 - m * s * s)
    return (part + _whole(turns, elliprd(0.0, 1.0, 1.0 - m))) / 6.0


def _by_parameter_second(phi: Any, m: Any) -> Any:
    turns = rint(phi / _m.pi)
    s = sin(phi - _m.pi * turns)
    part = s * s * s * elliprd(1.0 - s * s, 1.0 - m * s * s, 1.0)
    return (part + _whole(turns, elliprd(0.0, 1.0 - m, 1.0))) / -6.0


ellipkinc: Function = scipy_row(
    "ellipkinc",
    _sp.ellipkinc,
    lambda g, phi, m, y: g / sqrt(1.0 - m * sin(phi) * sin(phi)),
    lambda g, phi, m, y: g * _by_parameter_first(phi, m),
    parameters=("phi", "m"),
    domain=((-4.0, 4.0), _MODULUS),
    doc="Incomplete elliptic integral of the first kind, elementwise.",
)
ellipeinc: Function = scipy_row(
    "ellipeinc",
    _sp.ellipeinc,
    lambda g, phi, m, y: g * sqrt(1.0 - m * sin(phi) * sin(phi)),
    lambda g, phi, m, y: g * _by_parameter_second(phi, m),
    parameters=("phi", "m"),
    domain=((-4.0, 4.0), _MODULUS),
    doc="Incomplete elliptic integral of the second kind, elementwise.",
)


def _ellipj_slopes(u: Any, m: Any, sn: Any, cn: Any, dn: Any, ph: Any) -> list[Any]:
    """In m, the amplitude moves so that ellipkinc of it stays u."""
    turning = -dn * _by_parameter_first(ph, m)
    return [
        (cn * dn, -sn * dn, -m * sn * cn, dn),
        (cn * turning, -sn * turning, -(sn * sn + 2.0 * m * sn * cn * turning) / (2.0 * dn), turning),
    ]


ellipj = form(
    "ellipj",
    _sp.ellipj,
    _ellipj_slopes,
    doc="Jacobi's elliptic functions sn, cn and dn, and the amplitude, elementwise.",
    parameters=("u", "m"),
    domain=((-3.0, 3.0), _MODULUS),
    results=4,
)
agm: Function = scipy_row(
    "agm",
    _sp.agm,
    # agm(a, b) = pi / (2 RF(0, a^2, b^2))
    lambda g, a, b, y: g * (2.0 / (3.0 * _m.pi) * (a * y * y * elliprd(0.0, b * b, a * a))),
    lambda g, a, b, y: g * (2.0 / (3.0 * _m.pi) * (b * y * y * elliprd(0.0, a * a, b * b))),
    parameters=("a", "b"),
    domain=(_FIRST, _SECOND),
    doc="Arithmetic-geometric mean, elementwise.",
    notes="Slopes where an operand is 0 are NaN.",
)
