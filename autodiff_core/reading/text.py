"""Records in words: one line each, of a program and of a tape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .. import _core

__all__ = ["listing", "name_text", "operation_text", "shape_text", "value_text"]

_WIDTH = 60


def listing(core: Any) -> Iterator[str]:
    """Inputs and variables, records in the order in which they are computed, assignments, outputs."""
    fixed = core.input_count + len(core.variables)
    for node in range(len(core)):
        op, operands, dtype, shape, attribute = core.node(node)
        if op == "guard":
            value, truth, _ = attribute
            kind = "truth of " if truth else ""
            wanted = bool(np.all(value.numpy() != 0)) if truth else value_text(value)
            yield f"guard {kind}%{operands[0]} is {wanted}  at {_core.spell_place(core.places.get(node))}"
            continue
        if node < core.input_count:
            what = "input"
        elif node < fixed:
            what = f"variable {core.variables[node - core.input_count].name!r}"
        elif op == "constant":
            what = f"constant {value_text(attribute)}"
        else:
            what = operation_text(op, operands, attribute)
        yield f"%{node} = {what}  {dtype.name} {shape}"
    for which, node in core.assigned:
        yield f"{core.variables[which].name!r} <- %{node}"
    yield "return " + ", ".join(f"%{node}" for node in core.outputs)


def operation_text(op: str, operands: Iterable[Any], attribute: Any) -> str:
    """What a record computes: `multiply(%0, 2.0)`; an operand that was not kept is `_`."""
    inside = ", ".join(map(operand_text, operands))
    return f"{op}({inside})" if attribute is None else f"{op}({inside}; {attribute_text(attribute)})"


def operand_text(operand: Any) -> str:
    if operand is None:
        return "_"
    return f"%{operand}" if isinstance(operand, int) else value_text(operand)


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape, or that nobody knows it."""
    return "(?)" if shape is None else str(tuple(shape))


def name_text(name: str) -> str:
    """A name in one line: what would move a cursor, end a line or not be a character of XML is a mark."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def value_text(value: Any) -> str:
    """A constant, abbreviated."""
    array = _core.seen(value)
    if array.ndim == 0:
        return repr(array.item())
    with np.printoptions(threshold=4, edgeitems=1, precision=4):
        return _short(" ".join(np.array2string(array, separator=", ").split()))


def attribute_text(attribute: Any) -> str:
    """What an op has beside its operands, abbreviated."""
    if isinstance(attribute, tuple):
        return _short(", ".join(map(_part_text, attribute)))
    return _short(_part_text(attribute))


def _part_text(part: Any) -> str:
    if isinstance(part, np.ndarray):
        return f"array {part.dtype} {part.shape}"
    if isinstance(part, np.dtype):
        return part.name
    return repr(part)


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."
