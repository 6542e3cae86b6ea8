"""Where a computation sits on a point without a derivative: rows say where they have none, and the values are there.

A tape keeps the values that derivatives need. Others are computed again here, from those that are kept; what was not
kept, and cannot be computed again, is not told. A traced tape knows everything, and what it does not follow, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .records import Record

__all__ = ["KinkFound", "kinks_of"]


class KinkFound(NamedTuple):
    """A record that sits on a point without a derivative."""

    node: int
    """The record's number."""
    op: str
    """The operation's name."""
    operands: tuple[Any, ...]
    """Their nodes; or values, where they are tensors that the tape does not follow."""
    what: str
    """Which kind of point."""
    elements: int
    """At how many elements of those that it makes."""
    size: int
    """Of so many."""
    convention: str
    """What the derivative gives there."""
    line: str | None
    """Where in the user's code it was recorded, as `file:line`, if that is known."""

    def __str__(self) -> str:
        at = "" if self.line is None else f", {self.line}"
        return f"%{self.node} {self.op}: {self.what} at {self.elements} of {self.size}; {self.convention}{at}"


def kinks_of(tape: _core.Tape) -> list[KinkFound]:
    """The records of a tape that sit on such points."""
    records = [Record._make(told) for told in _core.read_tape(tape, _core.is_traced_tape(tape))]
    kinked = {r.node: kinks for r in records if (kinks := _core.kinks_of_record(tape, r.node))}
    wanted = [x for r in records if r.node in kinked for x in (r.node, *r.operands) if isinstance(x, int)]
    values = values_of(tape, records, wanted)
    found: list[KinkFound] = []
    for r in records:
        if r.node not in kinked:
            continue
        arrays = [_array(values.get(x) if isinstance(x, int) else x) for x in (r.node, *r.operands)]
        if any(x is None for x in arrays):
            continue
        for kink in kinked[r.node]:
            here = _where(tape, r, kink, *arrays)
            count = int(np.count_nonzero(here))
            if count:
                size, line = int(np.size(here)), r.line
                found.append(KinkFound(r.node, r.op, r.operands, kink.what, count, size, kink.convention, line))
    return found


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, _core.Operand) else None


def _where(tape: _core.Tape, record: Record, kink: Any, result: Any, *operands: Any) -> np.ndarray:
    with np.errstate(all="ignore"):
        if _core.is_elementwise_record(tape, record.node):
            here = np.asarray(kink.where(*operands, result))
            return here & (np.isfinite(result) if result.dtype.kind in "fcV" else True)
        return np.asarray(kink.where(result, record.attribute, *operands))


def values_of(tape: _core.Tape, records: list[Record], wanted: Iterable[int] | None = None) -> dict[int, Any]:
    """Tensors at nodes: what is kept, and what can be computed of that; None where neither is so.

    By default at all nodes. (No recursion: tapes are long.)
    """
    by_node = {record.node: record for record in records}
    values: dict[int, Any] = {}
    for first in by_node if wanted is None else wanted:
        stack = [first]
        while stack:
            node = stack[-1]
            record = by_node.get(node)
            if node in values or record is None or record.value is not None or record.leaf:
                values.setdefault(node, None if record is None else record.value)
                stack.pop()
                continue
            missing = [x for x in record.operands if isinstance(x, int) and x not in values]
            if missing:
                stack += missing
                continue
            operands = [values[x] if isinstance(x, int) else x for x in record.operands]
            known = bool(operands) and all(isinstance(x, _core.Operand) for x in operands)
            values[node] = _core.run_record(tape, node, operands) if known else None
            stack.pop()
    return values
