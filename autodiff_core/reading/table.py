"""Records as a table: printed, in a notebook, or as a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .records import Record, records_of
from .tables import Table, Tables
from .text import name_text, shape_text

__all__ = ["Summary", "frame_of", "number_text", "printed", "summary_of"]

_MOST = 60  # rows that are printed of a longer table, from its beginning and its end
_LAST = 12


class Summary(Tables):
    """A table of records: a row each, printed by `print`, and by itself where it is the last value of a cell.

    Attributes
    ----------
    records : list of Record
    rows : list of tuple of str
    """

    columns = ("node", "operation", "shape", "dtype", "value", "bytes", "line", "name")

    def __init__(self, title: str, records: Sequence[Record]) -> None:
        self.title, self.records = title, list(records)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [_row(record) for record in self.records]

    def _tables(self) -> list[Table]:
        """The columns that say something, and rows; of a long table those in its midst are left out."""
        records = self.records
        cut = len(records) > _MOST
        rows = [_row(record) for record in (*records[: _MOST - _LAST], *records[-_LAST:])] if cut else self.rows
        told = [k for k in range(len(self.columns)) if k < 4 or any(row[k] for row in rows)]
        shown: list[Sequence[str] | str] = [tuple(row[k] for k in told) for row in rows]
        if cut:
            shown.insert(_MOST - _LAST, f"... {len(records) - _MOST} more: .records has all ...")
        return [Table(self.title, [self.columns[k] for k in told], shown)]


def _row(record: Record) -> tuple[str, ...]:
    value = record.value
    small = value is not None and len(record.shape or ()) == 0
    return (
        f"%{record.node}",
        record.text,
        shape_text(record.shape),
        record.dtype.name,
        number_text(value) if small else "",
        str(record.bytes) if record.bytes else "",
        record.line or "",
        name_text(record.name or ""),
    )


def number_text(value: Any) -> str:
    """A number to four digits."""
    item = _core.seen(value).item()
    return f"{item:.4g}" if isinstance(item, float) else (f"{item:.4g}" if isinstance(item, complex) else str(item))


def summary_of(source: Any, names: Any = None) -> Summary:
    """The table of a tape or of a program."""
    records = records_of(source, names)
    kept = sum(record.bytes for record in records)
    return Summary(f"{_kind(source)}: {len(records)} records, {kept} bytes kept", records)


def _kind(source: Any) -> str:
    return type(source).__name__


def frame_of(source: Any, names: Any = None) -> Any:
    """The table as a DataFrame, indexed by node."""
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError('to_pandas needs pandas, an extra: pip install "autodiff-core[pandas]"') from error
    records = records_of(source, names)
    columns = {
        "op": [record.op for record in records],
        "operation": [record.text for record in records],
        "operands": [tuple(k for k in record.operands if isinstance(k, int)) for record in records],
        "shape": [record.shape for record in records],
        "dtype": [record.dtype.name for record in records],
        "bytes": np.array([record.bytes for record in records], np.int64),
        "followed": np.array([record.followed for record in records], bool),
        "line": [record.line for record in records],
        "name": [record.name for record in records],
    }
    return pd.DataFrame(columns, index=pd.Index([record.node for record in records], name="node"))


def printed(tape: Any) -> str:
    """A tape as `print` shows it: its state, then a line for each record, as a program is printed."""
    lines = [repr(tape)]
    try:
        records = records_of(tape)
    except RuntimeError:  # (it is released, or another thread's: its state says so, and printing is no error)
        return lines[0]
    cut = len(records) > _MOST
    for record in (*records[: _MOST - _LAST], None, *records[-_LAST:]) if cut else records:
        if record is None:
            lines.append(f"... {len(records) - _MOST} more: tape.to_records() has all ...")
            continue
        name = "" if record.name is None else f" {record.name!r}"
        what = f"{record.text}{name}" if record.leaf else record.text
        lines.append(f"%{record.node} = {what}  {record.dtype.name} {shape_text(record.shape)}")
    return "\n".join(lines)
