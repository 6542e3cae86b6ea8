"""What a tape keeps, and what its records, or a program's, take: bytes and seconds, as tables and for trace viewers.

Bytes are counted as they lie: an array that several records keep counts once, at the first of them. Seconds are
measured by running each record once more by itself, forwards on the values that were recorded, backwards in a sweep
that joins nothing: so their sum is more than a gradient takes, whose elementwise rules run together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .records import Record, records_of
from .tables import Table, Tables

__all__ = ["Cost", "Memory", "Profile", "memory_of", "profile_of_program", "profile_of_tape", "size_text"]

_TOP = 10


class Cost(NamedTuple):
    """What one record costs."""

    node: int
    """The record's number."""
    op: str
    """The operation's name."""
    shape: tuple[int, ...] | None
    """Of its result."""
    bytes: int
    """Of the arrays that it is the first to keep; of a program's record, of its result."""
    forward: float
    """Seconds to compute it; 0.0 where that could not be measured."""
    backward: float
    """Seconds that it takes in a sweep."""
    line: str | None
    """Where in the user's code it was recorded, as `file:line`, if that is known."""


def size_text(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


class Memory(Tables):
    """What a tape keeps: bytes by operation and by line, and the records that keep most.

    Attributes
    ----------
    records : list of Cost
        Those that keep something, most first.
    bytes : int
        Of all of them together.
    """

    def __init__(self, costs: Iterable[Cost], count: int) -> None:
        self.records = sorted((c for c in costs if c.bytes), key=lambda c: -c.bytes)
        self.bytes = sum(c.bytes for c in self.records)
        self._count = count

    def by_op(self) -> dict[str, int]:
        """Bytes by operation, most first."""
        return _summed((c.op, c.bytes) for c in self.records)

    def by_line(self) -> dict[str, int]:
        """Bytes by line of the user's code, most first; those of unknown lines are left out."""
        return _summed((c.line, c.bytes) for c in self.records if c.line is not None)

    def _tables(self) -> list[Table]:
        head = f"{self._count} records keep {size_text(self.bytes)}"
        ops = [(op, size_text(n)) for op, n in list(self.by_op().items())[:_TOP]]
        found = [Table(head, ("operation", "bytes"), ops)]
        lines = [(line, size_text(n)) for line, n in list(self.by_line().items())[:_TOP]]
        if lines:
            found.append(Table("by line", ("line", "bytes"), lines))
        rows = [(f"%{c.node}", c.op, str(c.shape), size_text(c.bytes), c.line or "") for c in self.records[:_TOP]]
        return [*found, Table("the largest", ("node", "operation", "shape", "bytes", "line"), rows)]


class Profile(Tables):
    """What records take: seconds and bytes each, forwards and backwards.

    Attributes
    ----------
    records : list of Cost
        All of them, in the order of the computation.
    forward, backward : float
        Seconds of all of them together.
    """

    def __init__(self, title: str, costs: Iterable[Cost]) -> None:
        self.title, self.records = title, list(costs)
        self.forward = sum(c.forward for c in self.records)
        self.backward = sum(c.backward for c in self.records)

    def by_op(self) -> dict[str, float]:
        """Seconds by operation, most first."""
        return _summed((c.op, c.forward + c.backward) for c in self.records)

    def to_chrome(self, path: str | PathLike[str]) -> None:
        """Write the records as a trace for chrome://tracing or Perfetto: forwards, then backwards.

        Parameters
        ----------
        path : str or path
            Of a JSON file.
        """
        events: list[dict[str, Any]] = []
        now = 0.0
        for way, costs in (("forward", self.records), ("backward", reversed(self.records))):
            for c in costs:
                seconds = c.forward if way == "forward" else c.backward
                if not seconds:
                    continue
                told = {"node": c.node, "shape": str(c.shape), "bytes": c.bytes, "line": c.line or ""}
                event = {"name": c.op, "cat": way, "ph": "X", "ts": now * 1e6, "dur": seconds * 1e6, "pid": 0}
                events.append({**event, "tid": way, "args": told})
                now += seconds
        Path(path).write_text(json.dumps({"traceEvents": events, "displayTimeUnit": "ns"}))

    def _tables(self) -> list[Table]:
        both = f", {_time(self.backward)} backward" if self.backward else ""
        head = f"{self.title}: {len(self.records)} records, {_time(self.forward)} forward{both}"
        columns = ("node", "operation", "shape", "forward", "backward", "bytes", "line")
        by_time = sorted(self.records, key=lambda c: -(c.forward + c.backward))[:_TOP]
        by_bytes = sorted((c for c in self.records if c.bytes), key=lambda c: -c.bytes)[:_TOP]
        found = [Table(head, columns, [_row(c) for c in by_time])]
        if by_bytes:
            found.append(Table("by bytes", columns, [_row(c) for c in by_bytes]))
        return found


def _row(c: Cost) -> tuple[str, ...]:
    times = (_time(c.forward), _time(c.backward) if c.backward else "")
    return (f"%{c.node}", c.op, str(c.shape), *times, size_text(c.bytes) if c.bytes else "", c.line or "")


def _summed(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    sums: dict[Any, Any] = {}
    for key, amount in pairs:
        sums[key] = sums.get(key, 0) + amount
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


# ------------------------------------------------------------------------------------------------------------- of tapes


def _own_bytes(record: Record, seen: set[int]) -> int:
    """Of the arrays that a record is the first to keep."""
    total = 0
    if not record.bytes:
        return 0
    for value in (record.value, *record.operands):
        if isinstance(value, _core.Operand) and value.ndim:
            array = _core.value_array(value)
            while isinstance(array.base, np.ndarray):
                array = array.base
            if id(array) not in seen:
                seen.add(id(array))
                total += array.nbytes
    return total


def memory_of(tape: _core.Tape) -> Memory:
    """What a tape keeps."""
    records = records_of(tape, {})
    seen: set[int] = set()
    costs = [Cost(r.node, r.op, r.shape, _own_bytes(r, seen), 0.0, 0.0, r.line) for r in records]
    return Memory(costs, len(records))


def profile_of_tape(tape: _core.Tape, targets: list[Any]) -> Profile:
    """What a tape's records take."""
    from .kinks import values_of

    records = records_of(tape, {})
    values = values_of(tape, records)
    for x in targets:
        if not isinstance(x, _core.Operand):
            raise TypeError(f"profile: the target must be a tensor or a variable, not {type(x).__name__}")
    backward = _core.sweep_times(tape, targets)
    seen: set[int] = set()
    costs = []
    for r in records:
        operands = [values.get(x) if isinstance(x, int) else x for x in r.operands]
        seconds = 0.0
        if operands and not r.leaf and all(isinstance(x, _core.Operand) for x in operands):
            begun = perf_counter()
            known = _core.run_record(tape, r.node, operands) is not None
            seconds = (perf_counter() - begun) * known
        costs.append(Cost(r.node, r.op, r.shape, _own_bytes(r, seen), seconds, float(backward[r.node]), r.line))
    return Profile("GradientTape", [c for c in costs if c.forward or c.backward or c.bytes])


# ---------------------------------------------------------------------------------------------------------- of programs


def profile_of_program(core: Any, operands: Sequence[Any]) -> Profile:
    """What a program's records take, one after the other."""
    values: dict[int, Any] = dict(enumerate([*operands, *(_core.present(v) for v in core.variables)]))
    costs = []
    for r in map(Record._make, _core.read_program(core)):
        if r.node in values:
            continue
        if r.leaf or r.op in ("constant", "guard"):
            values[r.node] = None if r.op == "guard" else _core.present(core.node(r.node)[4])
            continue
        given = [values.get(x) for x in r.operands]
        begun = perf_counter()
        values[r.node] = _core.run_program_record(core, r.node, given)
        seconds = perf_counter() - begun
        size = 0 if values[r.node] is None else int(np.prod(r.shape or (), dtype=np.intp)) * r.dtype.itemsize
        costs.append(Cost(r.node, r.op, r.shape, size, seconds, 0.0, r.line))
    return Profile("Program", costs)
