"""Elementwise rows as C expressions; what is more than an expression becomes a function in front of the program.

A row's C text is for double, in the names of its parameters: an expression, or the body of a function. For float,
literals, types and calls are changed: what is called are functions of math.h, whose names end in f then. A row that is
made of others needs no text: its formula is walked, and becomes a function.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..ops.c_loops import InDouble, is_body
from ..ops.c_values import type_name
from ..ops.forms import Without

__all__ = ["Expressions", "conditions_of", "literal", "not_written"]

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?P<name>[A-Za-z_]\w*)(?P<call>(?=\())?"
)
_FOR_ALL_TYPES = {"isfinite", "isinf", "isnan", "signbit", "if", "for", "while", "return", "sizeof", "switch"}


def not_written(op: str, why: str = "") -> NotImplementedError:
    return NotImplementedError(f"to_c: {op} is not written in C{': ' if why else ''}{why}")


class Expressions:
    """Templates of C for rows, with the functions that they call."""

    def __init__(self) -> None:
        self._functions: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}

    def helpers(self) -> list[str]:
        """The functions, callees first."""
        return [line for text in self._functions.values() for line in text.split("\n")]

    def of(self, op: str, operands: Sequence[np.dtype[Any]], result: np.dtype[Any]) -> str:
        """An expression with {0}, {1} ... for the operands."""
        row, lead = _core.op_named(op), conditions_of(op)
        if isinstance(row.c, Without):
            raise not_written(op, row.c.why)
        numbers = set(operands[lead:])
        if len(numbers) != 1 or result.kind not in "bf" or (result.kind == "f" and result not in numbers):
            raise NotImplementedError(f"to_c: {op} of {', '.join(map(str, operands))} is not written in C")
        (dtype,) = numbers
        type_name(op, dtype)
        dtype = np.dtype(np.float64) if dtype.kind == "b" or isinstance(row.c, InDouble) else dtype
        # (A truth value goes to a function of ours, whose parameters convert; C's for any type, as isnan, would not.)
        if isinstance(row.c, str) and not is_body(row.c) and not (numbers == {np.dtype(bool)} and "(" in row.c):
            text = typed(row.c, dtype, row.parameters.index)
            return text if result.kind == "f" or row.boolean or lead else f"({text}) != 0"
        return f"{self._function(op, dtype)}({', '.join('{' + str(k) + '}' for k in range(len(operands)))})"

    def _function(self, op: str, dtype: np.dtype[Any]) -> str:
        """The name of a function that is what a row says, in a dtype."""
        row, suffix = _core.op_named(op), "f" if dtype == np.float32 else ""
        name = self._names.get((op, suffix))
        if name is None:
            plain = op.isidentifier() and op.isascii()
            name = f"ad{suffix}_{op if plain else len(self._names)}"  # (of no two ops the same)
            self._names[op, suffix] = name
            if isinstance(row.c, str):
                head = ", ".join(f"{type_name(op, dtype)} {x}" for x in row.parameters)
                said = row.c if is_body(row.c) else f"return {row.c};"
                body = "\n".join(f"    {line}" for line in typed(said, dtype).strip("\n").split("\n"))
                text = f"static {type_name(op, dtype)} {name}({head})\n{{\n{body}\n}}\n"
            else:
                text = self._formula(op, name, dtype)
            self._functions[name] = text
        return name

    def _formula(self, op: str, name: str, dtype: np.dtype[Any]) -> str:
        """A row that is made of others, as a function."""
        kind = type_name(op, dtype)
        registers = [f"x{k}" for k in range(len(_core.op_named(op).parameters))]
        lines = [f"static {kind} {name}({', '.join(f'{kind} {x}' for x in registers)})", "{"]
        truths: set[int] = set()

        def constant(value: float) -> None:
            registers.append(literal(dtype.type(value), dtype))

        def instruction(part: str, operands: list[int]) -> None:
            given = [np.dtype(bool) if k in truths else dtype for k in operands]
            truth = _core.op_named(part).boolean
            expression = self.of(part, given, np.dtype(bool) if truth else dtype)
            own = len(registers)
            if truth:
                truths.add(own)
            text = expression.format(*(registers[k] for k in operands))
            lines.append(f"    const {'int' if truth else kind} r{own} = {text};")
            registers.append(f"r{own}")

        result = _core.formula_of(op, constant, instruction)
        if result is None:
            raise not_written(op, "its row has no C text")
        return "\n".join([*lines, f"    return {registers[result]};", "}", ""])


def conditions_of(op: str) -> int:
    """How many of the first operands are conditions."""
    row = _core.row_named(op)
    return int(row is not None and row[2])


def typed(text: str, dtype: np.dtype[Any], place: Callable[[str], int] | None = None) -> str:
    """A row's text in a dtype; with `place`, parameters become {0}, {1} ..."""
    single = dtype == np.float32

    def spelled(token: re.Match[str]) -> str:
        found = token[0]
        if token["number"] or (token["call"] is not None and found not in _FOR_ALL_TYPES):
            return found + "f" * single
        if found == "double" and single:
            return "float"
        if place is None or token["call"] is not None:
            return found
        try:
            return "{" + str(place(found)) + "}"
        except ValueError:
            return found

    return _TOKEN.sub(spelled, text)


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
