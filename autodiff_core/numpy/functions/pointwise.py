"""Elementwise functions of NumPy that are no rows, ufuncs of several results among them; new tensors like others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...dtypes import finfo
from ...ops import complex_parts, forms, polar, shaping
from ...ops import elementwise as el
from ...ops.forms import Kind
from ...ops.picking import as_it_stands, may_hold, places_of
from .registry import (
    alike,
    as_ufunc_has_it,
    axis_of,
    constant,
    counterpart,
    data,
    handing_on,
    in_dtype,
    inexact,
    newer,
    no_way,
    of_real_numbers,
)


@counterpart(np.round, np.around, data=True)
def round_(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """No gradient passes: the result varies in steps."""
    return _ROUNDED([a], _core.integer(decimals))


_ROUNDED = places_of(
    "rounded",
    lambda decimals, x: np.round(x, decimals),
    batched=as_it_stands,
    form=forms.integer(-400, 400),
    gives=forms.pointwise(lambda decimals, x: np.round(x, decimals), 1),
)


@counterpart(np.fix, data=True)
def fix(x: Any, out: Any = None) -> Any:
    return el.trunc(x)


@counterpart(np.real)
def real(val: Any) -> Any:
    return complex_parts.real(val)


@counterpart(np.imag)
def imag(val: Any) -> Any:
    return complex_parts.imag(val)


@counterpart(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Of real numbers 0 or pi, by the sign, through which no gradient passes."""
    x = polar.angle(inexact(z))
    return el.rad2deg(x) if deg else x


@counterpart(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    x = _core.operand(a)
    if x.dtype.kind == "c":
        part = complex_parts.imag(x)
        small = tol * finfo(part.dtype).eps if tol > 1 else tol
        if np.all(np.abs(_core.seen(part)) < small):
            return complex_parts.real(x)
    return _core.identity_tensor(x)


@counterpart(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    operand = _core.operand(x)
    if not _core.is_differentiable(operand.dtype):
        return _core.identity_tensor(operand)
    if not copy:
        raise no_way("np.nan_to_num with copy=False", "a tensor's value never changes")
    if operand.dtype.kind == "c":
        parts = (complex_parts.real(operand), complex_parts.imag(operand))
        return complex_parts.complex(*(nan_to_num(part, True, nan, posinf, neginf) for part in parts))
    limits = finfo(operand.dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    if not may_hold(operand, lambda values: ~np.isfinite(values)):
        return _core.identity_tensor(operand)
    for here, fill in (
        (el.is_nan(operand), nan),
        (el.equal(operand, np.inf), high),
        (el.equal(operand, -np.inf), low),
    ):
        operand = el.select(here, alike("nan_to_num", fill, operand)[0], operand)
    return operand


@counterpart(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Any:
    """Whole periods are added, which vary in steps: the slope is one."""
    x = inexact(of_real_numbers(p, "unwrap"))
    given = data(discont, "unwrap", "discont"), data(period, "unwrap", "period")
    return x + _PERIODS([x], (axis_of(axis, x.ndim) - x.ndim, *given))


def _periods(attributes: Any, x: np.ndarray) -> np.ndarray:
    axis, discont, period = attributes
    return np.asarray(np.unwrap(x, discont, axis, period=period) - x, x.dtype)


_PERIODS = places_of(
    "unwrapped_periods",
    _periods,
    batched=as_it_stands,
    form=forms.parts(forms.axis, forms.maybe(forms.number), forms.number),
    gives=forms.along_axis,
)


# The series of sin(pi x) / (pi x) in (pi x) squared.
_SINC = (1.0, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000)


@counterpart(np.sinc)
def sinc(x: Any) -> Any:
    """By its series near 0, where derivatives of the quotient would be lost in 0 / 0."""
    operand = inexact(x)
    near = el.less(el.abs(operand), 0.2)
    t = el.square(el.select(near, operand, 0.0) * np.pi)
    series: Any = constant(_SINC[-1], operand)
    for coefficient in _SINC[-2::-1]:
        series = series * t + coefficient
    away = el.select(near, 1.0, operand) * np.pi
    return el.select(near, series, el.sin(away) / away)


@counterpart(np.i0)
def i0(x: Any) -> Any:
    """SciPy's, since its derivative is SciPy's i1."""
    from ...ops.special import i0 as recorded

    return recorded(inexact(x))


def modf(x: Any) -> tuple[Any, Any]:
    """np.modf, a ufunc of two results: the part behind the point has the gradient."""
    operand = as_ufunc_has_it(np.modf, of_real_numbers(x, "modf"))
    fraction = el.fmod(operand, 1.0)
    if may_hold(operand, np.isinf):
        nothing = el.select(el.signbit(operand), constant(-0.0, operand), constant(0.0, operand))
        fraction = el.select(el.is_inf(operand), nothing, fraction)
    return fraction, el.trunc(operand)


def fabs(x: Any) -> Any:
    """np.fabs, a ufunc of floats."""
    return el.abs(as_ufunc_has_it(np.fabs, of_real_numbers(x, "fabs")))


def float_power(x: Any, y: Any) -> Any:
    """np.float_power, a ufunc that computes in float64 at least."""
    base, exponent = _core.operands(x, y)
    dtype = np.result_type(base.dtype, exponent.dtype, np.float64)
    return el.pow(_core.to_dtype(base, dtype), _core.to_dtype(exponent, dtype))


def divmod_(x: Any, y: Any) -> tuple[Any, Any]:
    """np.divmod, a ufunc of two results."""
    dividend, divisor = (of_real_numbers(operand, "divmod") for operand in _core.operands(x, y))
    return el.floordiv(dividend, divisor), el.mod(dividend, divisor)


def ldexp(x: Any, exponents: Any) -> Any:
    """np.ldexp, a ufunc: in two factors, neither of which overflows before the product does."""
    operand = as_ufunc_has_it(np.frexp, of_real_numbers(x, "ldexp"))
    powers = _core.operand(exponents)
    if powers.dtype.kind not in "iub":
        raise TypeError(f"np.ldexp: the exponents are integers, not {powers.dtype}; use t * np.exp2(exponents)")
    factors = _FACTORS([powers], np.dtype(operand.dtype))
    return operand * factors[0] * factors[1]


def _factors(dtype: Any, powers: np.ndarray) -> np.ndarray:
    half = powers // 2
    return np.stack([np.exp2(part.astype(float)).astype(dtype) for part in (half, powers - half)])


_FACTORS = places_of(
    "powers_of_two",
    _factors,
    form=forms.dtype("f"),
    gives=lambda dtype, powers: Kind(dtype, (2, *powers.shape)),
)


def frexp(x: Any) -> tuple[Any, Any]:
    """np.frexp, a ufunc of two results: the mantissa has the gradient, the exponent varies in steps."""
    operand = as_ufunc_has_it(np.frexp, of_real_numbers(x, "frexp"))
    exponents = _EXPONENTS([operand])
    return ldexp(operand, -exponents), exponents


_EXPONENTS = places_of(
    "binary_exponents",
    lambda attributes, x: np.asarray(np.frexp(x)[1]),
    batched=as_it_stands,
    form=forms.nothing,
    gives=lambda attributes, x: Kind(np.int32, x.shape),
)


# ---------------------------------------------------------------------------------------------------- new tensors


def _shape_like(x: Any, shape: Any) -> tuple[int, ...]:
    return tuple(x.shape) if shape is None else shaping._sizes(shape)


@counterpart(np.zeros_like, np.empty_like, data=True)
def zeros_like(a: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **rest: Any) -> Any:
    x = _core.operand(a)
    return _core.to_tensor(np.zeros(_shape_like(x, shape), x.dtype if dtype is None else dtype))


@counterpart(np.ones_like, data=True)
def ones_like(a: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **rest: Any) -> Any:
    x = _core.operand(a)
    return _core.to_tensor(np.ones(_shape_like(x, shape), x.dtype if dtype is None else dtype))


@counterpart(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **rest: Any
) -> Any:
    x = _core.operand(a)
    value = fill_value if isinstance(fill_value, _core.Operand) else _core.operand_like(fill_value, x)
    return shaping.broadcast_to(_core.to_dtype(value, x.dtype if dtype is None else dtype), _shape_like(x, shape))


@counterpart(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    **rest: Any,
) -> Any:
    first, last = (inexact(x) for x in alike("linspace", start, stop))
    steps = _core.integer(num) - 1 if endpoint else _core.integer(num)
    first, last = (shaping.broadcast_to(x, np.broadcast_shapes(first.shape, last.shape)) for x in (first, last))
    at = axis_of(axis, first.ndim + 1)
    part = np.arange(_core.integer(num)).reshape((-1,) + (1,) * (first.ndim - at)) / max(steps, 1)
    first, last = shaping.expand_dims(first, at), shaping.expand_dims(last, at)
    # From both ends: the last number is `stop` exactly.
    share = constant(part, first)
    result = in_dtype(first * (1.0 - share) + last * share, dtype)
    if not retstep:
        return result
    step = shaping.squeeze(last - first, at)
    return result, step / float(steps) if steps > 0 else step * np.nan


@counterpart(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    start, stop = (inexact(x) for x in alike("logspace", start, stop))
    first, last, root = alike("logspace", start, stop, base)
    if root.ndim:
        shape = np.broadcast_shapes(first.shape, last.shape, root.shape)
        first, last, root = (shaping.broadcast_to(x, shape) for x in (first, last, root))
        root = shaping.expand_dims(root, axis)
    return in_dtype(el.pow(root, linspace(first, last, num, endpoint, axis=axis)), dtype)


@counterpart(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    first, last = (inexact(x) for x in alike("geomspace", start, stop))
    if first.dtype.kind == "c":
        return _spiral(first, last, num, endpoint, dtype, axis)
    sign = _SIGNS([first, last])
    path = el.exp(linspace(el.log(el.abs(first)), el.log(el.abs(last)), num, endpoint, axis=axis))
    signs = shaping.expand_dims(shaping.broadcast_to(sign, path.shape[1:] if axis == 0 else sign.shape), axis)
    return in_dtype(path * signs, dtype)


def _signs(attributes: Any, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    sign = np.sign(first)
    if (first == 0).any() or (last == 0).any() or (sign != np.sign(last)).any():
        raise ValueError("np.geomspace: the ends of a tensor must be of one sign, and not zero")
    return np.asarray(sign)


_SIGNS = places_of(
    "signs_of_ends",
    _signs,
    raises=True,
    form=forms.nothing,
    gives=lambda attributes, first, last: Kind(*first),
)


def _not_zero(end: np.ndarray) -> None:
    if (end == 0).any():
        raise ValueError("np.geomspace: the ends of a tensor must not be zero")


_NOT_ZERO = handing_on("ends_not_zero", _not_zero)


def _spiral(first: Any, last: Any, num: int, endpoint: bool, dtype: Any, axis: int) -> Any:
    """np.geomspace of complex numbers: by equal factors, the shorter way round 0."""
    first, last = (_core.general(_NOT_ZERO, [end]) for end in (first, last))
    logarithm = el.log(last / first)
    turned = el.exp(linspace(el.multiply(logarithm, 0.0), logarithm, num, endpoint, axis=axis))
    base = shaping.broadcast_to(first, logarithm.shape)
    return in_dtype(shaping.expand_dims(base, axis_of(axis, base.ndim + 1)) * turned, dtype)


@counterpart(newer("astype"))
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return _core.to_dtype(x, dtype)
