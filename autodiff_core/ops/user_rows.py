"""What users say of rows of their own, in C and of their cost: looked at before there is a row.

C is not parsed. But what would end a comment or begin one, what C does not know and what is no expression is refused by
name here, and not by a compiler in the midst of a program of many rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from .c_loops import YOURS, C, Place, is_body
from .c_names import KEYWORDS, words
from .forms import Cost, Without, for_each

if TYPE_CHECKING:
    from .c_values import Value

_UNCOUNTED = Without("its kernel is a function of yours, and nothing says what it costs: give the row its `cost`")
_NAMES = {"INFINITY", "NAN", "HUGE_VAL", "double", "int", "long"}
_FUNCTIONS = words("""
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma fmax fmin
fmod hypot ilogb isfinite isinf isnan ldexp lgamma log log10 log1p log2 logb nearbyint nextafter pow
remainder rint round scalbn signbit sin sinh sqrt tan tanh tgamma trunc
""")
_STRANGE = re.compile(r"//|/\*|\*/|[#\\\"'`@$]|[^\n\t -~]")
_NUMBER = r"(?<![\w.])(?>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_SUFFIXED = re.compile(_NUMBER + r"[A-Za-z_]\w*")
_WORD = re.compile(r"([A-Za-z_]\w*)\s*(\()?")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def checked_parameters(op: str, parameters: Sequence[str]) -> tuple[str, ...]:
    """The names of an op's operands, which Python's signatures and C's functions can have."""
    names = tuple(parameters)
    for name in names:
        if not (isinstance(name, str) and name.isascii() and name.isidentifier()) or name in KEYWORDS | _NAMES:
            raise ValueError(f"{op}: {name!r} cannot be the name of an operand, in Python or in C")
    return names


def checked_text(op: str, text: Any, parameters: Sequence[str]) -> str:
    """An elementwise kernel in C: an expression in the parameters, or the body of a function of them."""
    if not isinstance(text, str):
        raise TypeError(f"{op}: c is the kernel in C, a str, not {type(text).__name__}")

    def refuse(why: str) -> ValueError:
        return ValueError(
            f"{op}: c={text!r} {why}; give an expression in {', '.join(parameters)}, such as 'fabs({parameters[0]})', "
            f"or the body of a function that returns one"
        )

    if not text.strip():
        raise refuse("says nothing")
    strange = _STRANGE.search(text)
    if strange:
        raise refuse(f"has {strange[0]!r} in it, which no kernel needs")
    suffixed = _SUFFIXED.search(text)
    if suffixed:
        raise refuse(f"has the number {suffixed[0]}: numbers are decimal, double, and without a suffix")
    depths = _depths(text)
    if depths is None:
        raise refuse("has brackets that do not match")
    if is_body(text):
        return text
    outside = "".join(character for character, depth in zip(text, depths, strict=True) if depth == 0)
    if "," in outside or re.search(r"[;{}\[\]]|(?<![=!<>])=(?!=)|\+\+|--", text):
        raise refuse("is no single expression")
    for name, call in _WORD.findall(re.sub(_NUMBER, " ", text)):
        if call and name not in _FUNCTIONS:
            raise refuse(f"calls {name}, which is no function of double in math.h")
        if not call and name not in parameters and name not in _NAMES:
            raise refuse(f"names {name}, which is no operand")
    return text


def _depths(text: str) -> list[int] | None:
    """How many brackets are open around each character; None where they do not match."""
    open_ones: list[str] = []
    depths = []
    for character in text:
        if character in "([{":
            open_ones.append(character)
        depths.append(len(open_ones))
        if character in _PAIRS and (not open_ones or open_ones.pop() != _PAIRS[character]):
            return None
    return None if open_ones else depths


def checked_lines(op: str, text: Any) -> C:
    """What a user says of a row in C: text(result, *operands, **attributes) -> lines that assign to the result."""
    if text is None:
        return YOURS
    if not callable(text):
        raise TypeError(
            f"{op}: c is a function of the result and the operands that returns lines of C, not {type(text).__name__}"
        )

    def lines(made: Value, given: Sequence[Value], attributes: Any) -> list[str]:
        said = text(made, *given, **(attributes or {}))
        if not isinstance(said, str) or not said.strip():
            raise TypeError(f"to_c: the c of {op} returned {said!r}; it returns lines of C that assign to the result")
        return said.split("\n")

    def c(place: Place, attributes: Any, *given: Value) -> Value:
        return place.filled(lambda made: lines(made, given, attributes))

    return c


def checked_cost(op: str, cost: Any) -> Cost:
    """Operations for each element, or a function of the operands' shapes and attributes that counts them."""
    if cost is None:
        return _UNCOUNTED
    if not callable(cost):
        return for_each(_count(op, cost))
    count: Callable[..., Any] = cost
    return lambda attributes, shapes, result: int(_count(op, count(*shapes, **(attributes or {}))))


def _count(op: str, count: Any) -> float:
    if isinstance(count, bool) or not isinstance(count, Real) or not 0 <= float(count) < math.inf:
        raise ValueError(f"{op}: cost is a number of operations that is finite and not negative, not {count!r}")
    return float(count)
