"""Elementwise rows as C expressions; what is more than an expression becomes a function in front of the program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core

__all__ = ["Expressions", "literal"]

# {f} is the suffix of math.h's functions for float, {1.0} a number of the type.
_FLOATS = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "positive": "{0}",
    "conj": "{0}",
    "square": "{0} * {0}",
    "reciprocal": "1 / {0}",
    "abs": "fabs",
    "pow": "pow",
    "rint": "rint",
    "deg2rad": "{0} * ({t})0.017453292519943295",
    "rad2deg": "{0} * ({t})57.29577951308232",
    "maximum": "({0} >= {1} || {0} != {0}) ? {0} : {1}",
    "minimum": "({0} <= {1} || {0} != {0}) ? {0} : {1}",
    "sign": "{0} != {0} ? {0} : ({t})(({0} > 0) - ({0} < 0))",
    "heaviside": "{0} != {0} ? {0} : ({0} == 0 ? {1} : ({t})({0} > 0))",
    "select": "{0} ? {1} : {2}",
}
_OF_MATH_H = [
    "sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p",
    "cbrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "hypot", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh", "erf", "erfc", "floor", "ceil", "trunc", "fmax", "fmin", "copysign", "fmod", "nextafter",
]  # fmt: skip
_FLOATS |= {name: name for name in _OF_MATH_H}
_COMPARISONS = {
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "logical_not": "!{0}",
    "logical_and": "{0} && {1}",
    "logical_or": "{0} || {1}",
    "logical_xor": "!{0} != !{1}",
}
_TRUTHS = _COMPARISONS | {
    "has_logarithm": "{0} > 0",
    "is_finite": "isfinite({0}) != 0",
    "is_inf": "isinf({0}) != 0",
    "is_nan": "isnan({0}) != 0",
    "signbit": "signbit({0}) != 0",
}
_ON_TRUTHS = _COMPARISONS | {
    "bitwise_and": "{0} & {1}",
    "bitwise_or": "{0} | {1}",
    "bitwise_xor": "{0} ^ {1}",
    "invert": "!{0}",
    "select": "{0} ? {1} : {2}",
}

# As NumPy computes them: npy_divmod and npy_logaddexp.
_FUNCTIONS = {
    "cotangent_product": """static {t} ad{f}_cotangent_product({t} g, {t} x)
{{
    const {t} r = g * x;
    return r != r && g == 0 ? 0 : r;
}}
""",
    "zero_product": """static {t} ad{f}_zero_product({t} x, {t} y)
{{
    const {t} r = x * y;
    return r != r && (x == 0 || y == 0) ? 0 : r;
}}
""",
    "cotangent_quotient": """static {t} ad{f}_cotangent_quotient({t} g, {t} x)
{{
    const {t} r = g / x;
    return r != r && g == 0 ? 0 : r;
}}
""",
    "mod": """static {t} ad{f}_mod({t} a, {t} b)
{{
    {t} r = fmod{f}(a, b);
    if (b == 0) return r;
    if (r != 0) return (b < 0) != (r < 0) ? r + b : r;
    return copysign{f}(0, b);
}}
""",
    "floordiv": """static {t} ad{f}_floordiv({t} a, {t} b)
{{
    {t} r = fmod{f}(a, b), q, w;
    if (b == 0) return a / b;
    q = (a - r) / b;
    if (r != 0 && (b < 0) != (r < 0)) q -= 1;
    if (q == 0) return copysign{f}(0, a / b);
    w = floor{f}(q);
    return q - w > ({t})0.5 ? w + 1 : w;
}}
""",
    "logaddexp": """static {t} ad{f}_logaddexp({t} x, {t} y)
{{
    const {t} d = x - y;
    if (x == y) return x + ({t})0.6931471805599453;
    if (d > 0) return x + log1p{f}(exp{f}(-d));
    if (d <= 0) return y + log1p{f}(exp{f}(d));
    return d;
}}
""",
    "logaddexp2": """static {t} ad{f}_logaddexp2({t} x, {t} y)
{{
    const {t} d = x - y;
    if (x == y) return x + 1;
    if (d > 0) return x + ({t})1.4426950408889634 * log1p{f}(exp2{f}(-d));
    if (d <= 0) return y + ({t})1.4426950408889634 * log1p{f}(exp2{f}(d));
    return d;
}}
""",
}


class Expressions:
    """Templates of C for rows, with the functions that they call."""

    def __init__(self) -> None:
        self._functions: dict[str, str] = {}

    def helpers(self) -> list[str]:
        """The functions, callees first."""
        return [line for text in self._functions.values() for line in text.split("\n")]

    def of(self, op: str, operands: Sequence[np.dtype[Any]], result: np.dtype[Any]) -> str:
        """An expression with {0}, {1} ... for the operands."""
        kinds = {dtype.kind for dtype in operands}
        if kinds == {"b"} or (op == "select" and operands[1].kind == "b"):
            if op in _ON_TRUTHS:
                return _spelled(_ON_TRUTHS[op], result)
        elif op in _TRUTHS and kinds == {"f"}:
            return _spelled(_TRUTHS[op], result)
        elif result.name in ("float64", "float32") and kinds == ({"b", "f"} if op == "select" else {"f"}):
            return self._on_floats(op, len(operands), result)
        raise NotImplementedError(f"to_c: {op} of {', '.join(map(str, operands))} is not written in C")

    def _on_floats(self, op: str, arity: int, dtype: np.dtype[Any]) -> str:
        if op in _FLOATS:
            return _spelled(_FLOATS[op], dtype, arity)
        suffix = "f" if dtype == np.float32 else ""
        name = f"ad{suffix}_{op}"  # (of no two ops the same)
        if name not in self._functions:
            if op in _FUNCTIONS:
                text = _FUNCTIONS[op].format(t=_name(dtype), f=suffix)
            else:
                formula = _core.formula_of(op)
                if formula is None or not op.isidentifier() or not op.isascii():
                    raise NotImplementedError(f"to_c: {op} is not written in C")
                text = self._formula(name, dtype, *formula)
            self._functions[name] = text
        return _call(name, arity)

    def _formula(
        self, name: str, dtype: np.dtype[Any], inputs: int, constants: Sequence[float], code: Any, result: int
    ) -> str:
        """A row that is made of others, as a function."""
        kind = _name(dtype)
        registers = [f"x{k}" for k in range(inputs)] + [literal(dtype.type(c), dtype) for c in constants]
        lines = [f"static {kind} {name}({', '.join(f'{kind} x{k}' for k in range(inputs))})", "{"]
        truths: set[int] = set()
        for op, operands in code:
            given = [np.dtype(bool) if k in truths else dtype for k in operands]
            truth = op in _TRUTHS
            expression = self.of(op, given, np.dtype(bool) if truth else dtype)
            own = len(registers)
            if truth:
                truths.add(own)
            text = expression.format(*(registers[k] for k in operands))
            lines.append(f"    const {'int' if truth else kind} r{own} = {text};")
            registers.append(f"r{own}")
        return "\n".join([*lines, f"    return {registers[result]};", "}", ""])


def _name(dtype: np.dtype[Any]) -> str:
    return "float" if dtype == np.float32 else "double"


def _call(name: str, arity: int) -> str:
    return f"{name}({', '.join('{' + str(k) + '}' for k in range(arity))})"


def _spelled(template: str, dtype: np.dtype[Any], arity: int = 0) -> str:
    """A template of the operands alone: a function's name stands for a call of math.h's function of the type."""
    if template.isidentifier():
        return _call(template + ("f" if dtype == np.float32 else ""), arity)
    return template.replace("{t}", _name(dtype))


def literal(value: Any, dtype: np.dtype[Any]) -> str:
    """A number in C, to the last bit."""
    if dtype.kind == "b":
        return str(int(bool(value)))
    number = float(value)
    if math.isnan(number):
        text = "NAN"
    elif math.isinf(number):
        text = "INFINITY"
    else:
        text = str(abs(dtype.type(number)))
        if dtype == np.float32:
            text += "f"
    return f"(-{text})" if math.copysign(1.0, number) < 0 else text
