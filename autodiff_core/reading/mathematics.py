"""Records as formulas: `v₃ = x₁ · x₂`, in pieces of text each with a style, from which SVG and plain text are made.

How an operation is written its row says, or it follows from that: the text of its C code, where it is a short
expression of its operands. Anything else is a function by its name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .records import Record
from .text import name_text

__all__ = [
    "Formula",
    "Piece",
    "adjoint_text",
    "formula_of",
    "letter_beside",
    "norm",
    "plain",
    "short",
    "symbol",
    "value_line",
]

_LONGEST = 24  # characters of a C text that is taken for a formula
_LONGEST_NAME = 32
_FEW = 4  # elements of an array that are shown


class Piece(NamedTuple):
    """Some text: `upright`, `italic`, `below` (a subscript), `above` (an exponent) or `barred` (an adjoint's name)."""

    text: str
    style: str = "upright"


Formula = list[Piece]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_EXPONENTS = str.maketrans("0123456789.-", "⁰¹²³⁴⁵⁶⁷⁸⁹·⁻")
# How C's functions are written in mathematics: what stands before the argument, and behind it.
_CALLS = {"log": ("ln ", ""), "sqrt": ("√", ""), "fabs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_SIGNS = {"*": " · ", "-": " − ", "+": " + ", "/": " / ", "<=": " ≤ ", ">=": " ≥ ", "!=": " ≠ ", "==": " = "}
_PIECE = re.compile(r"\s*([A-Za-z_]\w*|\d+(?:\.\d+)?|<=|>=|!=|==|[-+*/<>(),])\s*")


def letter_beside(names: Iterable[str | None]) -> str:
    """What those are called that have no name, with their number: v, unless some of the names look like that."""
    taken = {found[1] for name in names if name and (found := re.fullmatch(r"(\w)_?\d*", name))}
    return next((letter for letter in "vuwzpqrst" if letter not in taken), "node")


def symbol(record: Record, letter: str = "v") -> Formula:
    """What a node is called: its name, x₁ for `x1`, or v₃ by its number."""
    style = "italic"
    if record.name is None:
        return [Piece(letter, style), Piece(str(record.node), "below")]
    name = name_text(record.name.removesuffix(":0"))
    name = "/".join(name.split("/")[-2:])
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    found = re.fullmatch(r"([^\W\d_]+)_?(\d+)", name)
    return [Piece(found[1], style), Piece(found[2], "below")] if found else [Piece(name, style)]


def formula_of(record: Record, operand: Callable[[Any], Formula]) -> Formula:
    """What a record computes, without the left side."""
    if record.leaf and not record.operands:
        return []
    operands = [operand(k) for k in record.operands]
    handle = _handle(record.op)
    if handle is not None and handle.formula is not None:
        return _substituted(handle.formula(record.attribute), dict(zip(handle.parameters, operands, strict=False)))
    if handle is not None and isinstance(handle.c, str) and len(handle.c) <= _LONGEST:
        written = _written(handle.c, dict(zip(handle.parameters, operands, strict=False)))
        if written is not None:
            return written
    return _call(record.op, operands)


def _handle(op: str) -> Any:
    try:
        return _core.op_named(op)
    except KeyError:
        return None


def _call(name: str, arguments: Sequence[Formula]) -> Formula:
    inside: Formula = []
    for k, argument in enumerate(arguments[:4]):
        inside += [*([Piece(", ")] if k else []), *argument]
    if len(arguments) > 4:
        inside.append(Piece(", …"))
    return [Piece(name), Piece("("), *inside, Piece(")")]


def _substituted(text: str, operands: dict[str, Formula]) -> Formula:
    """A text with operands in the place of their names."""
    found: Formula = []
    for part in re.split(r"\b([a-z]+)\b|(?<=\b)([a-z]+)(?=ᵀ)", text):
        if part:
            found += operands.get(part, [Piece(part)])
    return found


def _written(text: str, operands: dict[str, Formula]) -> Formula | None:
    """A C expression as a formula; None for one that is not that simple."""
    if square := re.fullmatch(r"(\w+) \* \1", text):
        return [*_grouped(operands[square[1]]), Piece("2", "above")]
    if call := re.fullmatch(r"(\w+)\((\w+)(?:, (\w+))?\)", text):
        names = [name for name in call.groups()[1:] if name is not None]
        if not all(name in operands for name in names):
            return None
        if call[1] == "pow":
            return _power(operands[names[0]], operands[names[1]])
        if len(names) == 1:
            before, behind = _CALLS.get(call[1], (f"{call[1]} ", ""))
            return [Piece(before), *operands[names[0]], *([Piece(behind)] if behind else [])]
        return _call(call[1], [operands[name] for name in names])
    found: Formula = []
    at = 0
    for piece in _PIECE.finditer(text):
        if piece.start() != at:
            return None
        at = piece.end()
        what = piece[1]
        if what in operands:
            found += operands[what]
        elif what == "-" and not found:
            found.append(Piece("−"))
        elif what in _SIGNS or what in "<>":
            found.append(Piece(_SIGNS.get(what, f" {what} ")))
        elif what[0].isdigit():
            found.append(Piece(what))
        else:
            return None
    return found if at == len(text) else None


def _grouped(formula: Formula) -> Formula:
    return formula if all(piece.style != "above" for piece in formula) else [Piece("("), *formula, Piece(")")]


def _power(base: Formula, exponent: Formula) -> Formula:
    if all(piece.style == "upright" for piece in exponent):
        return [*_grouped(base), *(Piece(piece.text, "above") for piece in exponent)]
    return [*base, Piece(" ^ "), *exponent]


# --------------------------------------------------------------------------------------------------------------- values


def short(value: Any) -> str:
    """A number to four digits, with a real minus."""
    number = np.asarray(value).item()
    if isinstance(number, bool):
        return str(number)
    text = f"{number or 0.0:.4g}" if isinstance(number, (float, complex)) else str(number)
    return text.replace("-", "−").replace("inf", "∞").replace("nan", "NaN")


def _elements(array: np.ndarray) -> str:
    if array.ndim == 0:
        return short(array)
    if array.ndim == 1 or array.size == 0:
        return f"[{', '.join(short(x) for x in array.reshape(-1))}]"
    return f"[{', '.join(_elements(part) for part in array)}]"


def constant(value: Any) -> Formula:
    """An operand that the tape does not follow: a number, or the shape of an array."""
    if value is None:
        return [Piece("…")]
    array = _core.seen(value)
    if array.ndim == 0:
        return [Piece(short(array))]
    return [Piece(f"[{'×'.join(map(str, array.shape))}]")]


def value_line(record: Record) -> str:
    """A value: a number, a few elements, or dtype and shape."""
    if record.value is not None and record.shape is not None:
        array = _core.seen(record.value)
        if array.ndim == 0:
            return short(array)
        if array.size <= _FEW:
            return _elements(array)
    shape = "?" if record.shape is None else "×".join(map(str, record.shape)) or "scalar"
    return f"{record.dtype.name} {shape}" if record.shape != () else record.dtype.name


def adjoint_text(name: Formula, adjoint: Any) -> Formula:
    """An adjoint with its value, or with its norm where it is large."""
    array = _rows(adjoint)
    barred = [Piece(piece.text, "barred") if piece.style == "italic" else piece for piece in name]
    if array.size <= _FEW:
        return [*barred, Piece(f" = {_elements(array)}")]
    return [Piece("‖"), *barred, Piece(f"‖ = {short(norm([array]))}")]


def _rows(adjoint: Any) -> np.ndarray:
    """An adjoint's elements; of rows that were looked up those, each once: the others are zeros."""
    if isinstance(adjoint, _core.Operand):
        return _core.seen(adjoint)
    once, places = np.unique(_core.seen(adjoint.indices), return_inverse=True)
    values = _core.seen(adjoint.values)
    found = np.zeros((len(once), *values.shape[1:]), values.dtype)
    np.add.at(found, places.reshape(-1), values)
    return found


def norm(adjoints: Sequence[Any]) -> float:
    """The length of all elements together."""
    total = 0.0
    for adjoint in adjoints:
        array = adjoint if isinstance(adjoint, np.ndarray) else _rows(adjoint)
        wide = array if array.dtype in (np.float64, np.float32, np.complex128) else array.astype(np.complex128)
        total += float(np.vdot(wide, wide).real)
    return math.sqrt(total)


def plain(formula: Sequence[Piece]) -> str:
    """A formula as plain text."""
    return "".join(_plain(formula))


def _plain(formula: Sequence[Piece]) -> Iterator[str]:
    for piece in formula:
        if piece.style == "below":
            yield piece.text.translate(_SUBSCRIPTS)
        elif piece.style == "above":
            yield piece.text.translate(_EXPONENTS)
        elif piece.style == "barred":
            yield piece.text + "\u0304"
        else:
            yield piece.text
