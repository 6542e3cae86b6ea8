"""Rows of words as tables: aligned lines for a terminal, HTML for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

__all__ = ["Table", "Tables", "html_table"]

_LEFT = "text-align:left;padding:2px 10px 2px 0;border:0;background:none"


class Table(NamedTuple):
    """What stands over it, the columns' names, and rows; a row that is one text goes over all columns."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str] | str]


class Tables:
    """Something that is shown as tables, one below the other."""

    def _tables(self) -> list[Table]:
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n\n".join("\n".join(_lines(table)) for table in self._tables())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(html_table(table.columns, table.rows, table.title) for table in self._tables())


def _lines(table: Table) -> list[str]:
    aligned = [table.columns, *(row for row in table.rows if not isinstance(row, str))]
    widths = [max(map(len, column)) for column in zip(*aligned, strict=True)]
    lines = [table.title]
    for row in (table.columns, *table.rows):
        cells = [row] if isinstance(row, str) else map(str.ljust, row, widths)
        lines.append("  ".join(cells).rstrip())
    return lines


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str] | str], title: str = "") -> str:
    """A table in the colours of the page."""
    head = "".join(f"<th style='{_LEFT}'>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{_cells(row, len(columns))}</tr>" for row in rows)
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    return f"<table style='border:0;margin:2px 0'>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[str] | str, columns: int) -> str:
    if isinstance(row, str):
        return f"<td colspan='{columns}' style='{_LEFT}'>{escape(row)}</td>"
    return "".join(f"<td style='{_LEFT}'><code>{escape(text)}</code></td>" for text in row)
