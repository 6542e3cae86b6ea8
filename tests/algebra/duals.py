"""Numbers that carry derivatives: the arithmetic of the reference.

A `Number` of level 0 is a plain number. One of level n is a primal and a tangent, which are numbers of lower levels; a
derivative inside a derivative takes a higher level, so perturbations are never confused. Arrays are NumPy's arrays of
objects, so shaping, indexing, sums and products are NumPy's own loops over Python's operators, and no operation but
those of single numbers has a rule. A tangent of None is zero.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_deepest = 0


@contextmanager
def level() -> Iterator[int]:
    """A level above all that are in use."""
    global _deepest
    _deepest += 1
    try:
        yield _deepest
    finally:
        _deepest -= 1


class Number:
    """A real or complex number, and how it changes."""

    __slots__ = ("level", "primal", "tangent")

    def __init__(self, primal: Any, level: int = 0, tangent: Any = None) -> None:
        self.level, self.primal, self.tangent = level, primal, tangent

    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1

    def parts(self, level: int) -> tuple[Number, Number | None]:
        """Primal and tangent, at a level that this number may not have."""
        return (self.primal, self.tangent) if self.level == level else (self, None)

    @property
    def base(self) -> Any:
        """The number alone."""
        x: Any = self
        while x.level:
            x = x.primal
        return x.primal

    def __repr__(self) -> str:
        return f"Number({self.base!r}, level={self.level})"

    def __add__(self, other: Any) -> Any:
        return _sum(self, other)

    __radd__ = __add__

    def __neg__(self) -> Number:
        if self.level:
            return Number(-self.primal, self.level, None if self.tangent is None else -self.tangent)
        return Number(-self.primal)

    def __pos__(self) -> Number:
        return self

    def __sub__(self, other: Any) -> Any:
        other = number(other)
        return other if other is NotImplemented else _sum(self, -other)

    def __rsub__(self, other: Any) -> Any:
        return _sum(-self, other)

    def __mul__(self, other: Any) -> Any:
        return _product(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        other = number(other)
        return other if other is NotImplemented else _product(self, reciprocal(other))

    def __rtruediv__(self, other: Any) -> Any:
        return _product(reciprocal(self), other)

    def __pow__(self, other: Any) -> Any:
        other = number(other)
        return other if other is NotImplemented else _power(self, other)

    def __rpow__(self, other: Any) -> Any:
        other = number(other)
        return other if other is NotImplemented else _power(other, self)

    def __abs__(self) -> Number:
        if isinstance(self.base, complex):
            return sqrt(real(self) * real(self) + imag(self) * imag(self))
        return self if self.base >= 0 else -self

    def __lt__(self, other: Any) -> Any:
        return self.base < base(other)

    def __le__(self, other: Any) -> Any:
        return self.base <= base(other)

    def __gt__(self, other: Any) -> Any:
        return self.base > base(other)

    def __ge__(self, other: Any) -> Any:
        return self.base >= base(other)

    def __eq__(self, other: Any) -> Any:
        return self.base == base(other)

    def __ne__(self, other: Any) -> Any:
        return self.base != base(other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self.base)

    # NumPy calls these for arrays of objects: np.sin(x) is x's method `sin`, for each x.
    def sin(self) -> Number:
        return sin(self)

    def cos(self) -> Number:
        return cos(self)

    def exp(self) -> Number:
        return exp(self)

    def log(self) -> Number:
        return log(self)

    def sqrt(self) -> Number:
        return sqrt(self)

    def tanh(self) -> Number:
        return tanh(self)

    def conjugate(self) -> Number:
        return conj(self)


_PLAIN = (bool, int, float, complex, np.bool_, np.number)


def number(x: Any) -> Any:
    """A number of a plain one; NotImplemented of anything else."""
    if isinstance(x, Number):
        return x
    if isinstance(x, _PLAIN):
        return Number(x.item() if isinstance(x, np.generic) else x)
    if isinstance(x, np.ndarray) and x.ndim == 0:
        return number(x[()])
    return NotImplemented


def base(x: Any) -> Any:
    """A number without its derivatives."""
    return x.base if isinstance(x, Number) else x


def _plus(a: Number | None, b: Number | None) -> Number | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _sum(a: Number, b: Any) -> Any:
    b = number(b)
    if b is NotImplemented:
        return b
    top = max(a.level, b.level)
    if not top:
        return Number(a.primal + b.primal)
    (p, dp), (q, dq) = a.parts(top), b.parts(top)
    return Number(p + q, top, _plus(dp, dq))


def _product(a: Number, b: Any) -> Any:
    b = number(b)
    if b is NotImplemented:
        return b
    top = max(a.level, b.level)
    if not top:
        return Number(a.primal * b.primal)
    (p, dp), (q, dq) = a.parts(top), b.parts(top)
    return Number(p * q, top, _plus(None if dp is None else dp * q, None if dq is None else p * dq))


def _power(a: Number, b: Number) -> Number:
    top = max(a.level, b.level)
    if not top:
        return Number(a.primal**b.primal)
    (p, dp), (q, dq) = a.parts(top), b.parts(top)
    tangent = None
    if dp is not None and base(q) != 0:
        tangent = dp * q * p ** (q - 1)
    if dq is not None:
        tangent = _plus(tangent, dq * p**q * log(p))
    return Number(p**q, top, tangent)


def _unary(real_function: Callable, complex_function: Callable, slope: Callable[[Number, Number], Number]) -> Any:
    """A function of one number, from the plain ones and the slope by argument and value."""

    def function(x: Any) -> Number:
        x = number(x)
        if not x.level:
            return Number((complex_function if isinstance(x.primal, complex) else real_function)(x.primal))
        y = function(x.primal)
        return Number(y, x.level, None if x.tangent is None else x.tangent * slope(x.primal, y))

    return function


def _linear(plain: Callable[[Any], Any]) -> Any:
    """A function of one number that is its own tangent's."""

    def function(x: Any) -> Number:
        x = number(x)
        if not x.level:
            return Number(plain(x.primal))
        return Number(function(x.primal), x.level, None if x.tangent is None else function(x.tangent))

    return function


reciprocal = _unary(lambda x: 1.0 / x if x else math.inf, lambda x: 1.0 / x, lambda x, y: -y * y)
exp = _unary(math.exp, cmath.exp, lambda x, y: y)
log = _unary(math.log, cmath.log, lambda x, y: reciprocal(x))
sqrt = _unary(math.sqrt, cmath.sqrt, lambda x, y: 0.5 * reciprocal(y))
sin = _unary(math.sin, cmath.sin, lambda x, y: cos(x))
cos = _unary(math.cos, cmath.cos, lambda x, y: -sin(x))
tanh = _unary(math.tanh, cmath.tanh, lambda x, y: 1.0 - y * y)
arctan = _unary(math.atan, cmath.atan, lambda x, y: reciprocal(1.0 + x * x))
erf = _unary(math.erf, None, lambda x, y: 2.0 / math.sqrt(math.pi) * exp(-x * x))  # type: ignore[arg-type]
real = _linear(lambda x: x.real)
imag = _linear(lambda x: x.imag if isinstance(x, complex) else 0.0)
conj = _linear(lambda x: x.conjugate())
to_complex = _linear(complex)


def bare(x: Any) -> Number:
    """A number that does not change: a gradient stops here."""
    return Number(base(x))


def everywhere(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers, applied to the elements of arrays; a single number comes back for single numbers."""

    def applied(*operands: Any) -> Any:
        arrays = np.broadcast_arrays(*(np.asarray(x, dtype=object) for x in operands))
        result = np.empty(arrays[0].shape, object)
        for place in np.ndindex(result.shape):
            result[place] = function(*(x[place] for x in arrays))
        return result[()]

    return applied


def lifted(x: Any) -> Any:
    """An array of numbers; integers and truth values stay what they are."""
    if isinstance(x, Number):
        return x
    array = np.asarray(x)
    if array.dtype.kind in "biuO":
        return array[()]
    return everywhere(number)(array)
