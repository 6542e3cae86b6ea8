"""Records as values: one `Record` for each, of a tape or of a program."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .naming import names_around
from .text import operation_text

__all__ = ["Record", "records_of"]


class Record(NamedTuple):
    """What a tape or a program holds of one operation, of a variable, or of a value from outside."""

    node: int
    """Its number, by which others name it as an operand."""
    op: str
    """The operation's name; of what is none `variable`, `watched`, `input`, `constant`, `captured`, `output` (one of
    several of the record that is its operand), `guard` (Python looked at the value) or `assign`."""
    operands: tuple[Any, ...]
    """Of each the node; or its value, where it is a tensor that the tape does not follow; or None, where that is not
    kept."""
    attribute: Any
    """What the operation was told beside its operands."""
    dtype: np.dtype[Any]
    shape: tuple[int, ...] | None
    """None where nobody knows it any more."""
    value: Any
    """A tensor that no tape follows, or None where the value is not kept: a derivative does not need it."""
    bytes: int
    """Of the arrays that are kept for the derivative: the value, and operands that the tape does not follow."""
    followed: bool
    """Whether the tape follows it; else it is there because a followed one has it for an operand."""
    leaf: bool
    """Whether it is where a derivative begins: it has no operands that the tape knows."""
    name: str | None
    """A variable's, or the one that the user's code has for it."""
    place: tuple[Any, ...] | None
    """Where in the user's code it was made: the code and the line, if that was recorded; of a program from a file the
    path, the line and the function's name."""
    slopes: tuple[float, ...] | None
    """Of a number: its derivatives with respect to its operands, as far as the tape follows those."""

    @property
    def nodes(self) -> tuple[int, ...]:
        """Those of its operands that are nodes: of tensors, whether they equal one is no question."""
        return tuple(one for one in self.operands if isinstance(one, int))

    @property
    def line(self) -> str | None:
        """Where in the user's code it was made, as `file:line`."""
        return _core.spell_line(self.place)

    @property
    def text(self) -> str:
        """What it computes: `multiply(%0, 2.0)`."""
        if self.leaf and not self.operands:
            return self.op
        return operation_text(self.op, self.operands, self.attribute)


def records_of(source: Any, names: Any = None) -> list[Record]:
    """The records of a tape or of a program, in the order in which they were made; with the names that a mapping from
    names to tensors gives them, or else the caller's variables."""
    if isinstance(source, _core.Tape):
        told, known = _core.read_tape(source), names_around(source, names)
    else:
        told, known = _core.read_program(source.core), source.layouts[0].called(source.names)
    return [
        record._replace(name=known[record.node])
        if record.node in known and (record.name is None or record.name.rpartition("/")[2] == "Variable:0")
        else record
        for record in map(Record._make, told)
    ]
