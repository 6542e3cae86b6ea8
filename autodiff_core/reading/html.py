"""Tensors, variables, modules, tapes, programs and results as HTML, for notebooks: short, in the colours of the page.

Of an array a few elements are read, whatever its size, and nothing is recorded: a tape that follows a tensor follows it
on. Whatever comes from names and values is escaped.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from .. import _core
from .mathematics import short
from .tables import html_table
from .text import name_text, shape_text

__all__ = ["module_html", "operand_html", "readable_html", "result_html", "variables_html"]

_ROWS, _COLUMNS = 8, 8  # of an array that are shown, with those that are left out in the middle
_MOST = 40  # variables of a module, and entries of a result
_CODE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:90%"
_CELL = f"text-align:right;padding:1px 8px;border:0;background:none;{_CODE}"
_FAINT = "opacity:.65;font-size:90%"
_BOX = "display:inline-block;border-left:3px solid #2b6cb0;padding:2px 0 2px 10px;margin:2px 0;color:inherit"


def operand_html(x: Any) -> str:
    """A tensor or a variable: what it is, and its first and last elements."""
    kind, shape = type(x).__name__, _core.sizes(x)
    named = f" <b>{escape(name_text(getattr(x, 'name', '')))}</b>" if isinstance(x, _core.VariableCore) else ""
    still = "" if getattr(x, "trainable", True) else " · not trainable"
    head = (
        f"{escape(kind)}{named} <span style='{_FAINT}'>{escape(x.dtype.name)} {escape(shape_text(shape))}{still}</span>"
    )
    array = _core.shown_array(x)
    if array is None:
        return _box(head + f"<div style='{_FAINT}'>no value: it is being recorded</div>")
    if array.ndim == 0:
        return _box(f"{head}<div style='{_CODE}'>{escape(short(array))}</div>")
    return _box(f"{head}{_elements(array)}")


def _box(inside: str) -> str:
    return f"<div style='{_BOX}'>{inside}</div>"


def _elements(array: np.ndarray) -> str:
    if array.size == 0:
        return f"<div style='{_FAINT}'>no elements</div>"
    note = ""
    if array.ndim > 2:
        left_out = math.prod(array.shape[:-2]) - 1
        note = f"<div style='{_FAINT}'>[{', '.join('0' * (array.ndim - 2))}, :, :], and {left_out:,} more</div>"
        array = array[(0,) * (array.ndim - 2)]
    rows = array[None] if array.ndim == 1 else array
    lines = []
    for i in _some(rows.shape[0], _ROWS):
        cells = [
            "⋮" if i is None else ("…" if j is None else short(rows[i, j])) for j in _some(rows.shape[1], _COLUMNS)
        ]
        lines.append("<tr>" + "".join(f"<td style='{_CELL}'>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"{note}<table style='border:0;margin:2px 0'><tbody>{''.join(lines)}</tbody></table>"


def _some(count: int, most: int) -> list[int | None]:
    """All places, or the first and the last ones with None between."""
    if count <= most:
        return list(range(count))
    return [*range(most - 3), None, count - 2, count - 1]


# -------------------------------------------------------------------------------------------------------------- modules


def module_html(module: Any) -> str:
    """A module: its variables, their shapes, and how many numbers there are."""
    return variables_html(f"{type(module).__name__} {module.name!r}", module.variables)


def variables_html(title: str, variables: Sequence[Any]) -> str:
    counts = [math.prod(v.shape) for v in variables]
    trained = sum(count for count, v in zip(counts, variables, strict=True) if v.trainable)
    rows = [
        (
            name_text(v.name),
            shape_text(tuple(v.shape)),
            v.dtype.name,
            f"{count:,}",
            "" if v.trainable else "not trainable",
        )
        for v, count in zip(variables[:_MOST], counts, strict=False)
    ]
    more = f"<div style='{_FAINT}'>… {len(variables) - _MOST:,} more</div>" if len(variables) > _MOST else ""
    total = f"{sum(counts):,} parameters" + (f", {trained:,} of them trainable" if trained != sum(counts) else "")
    table = html_table(("variable", "shape", "dtype", "parameters", ""), rows) if rows else ""
    return _box(f"<b>{escape(title)}</b> <span style='{_FAINT}'>{total}</span>{table}{more}")


# ------------------------------------------------------------------------------------------------------ tapes, programs


def readable_html(source: Any) -> str:
    """A tape or a program: its picture, without derivatives, and its records as a table."""
    from .picture import graph_of
    from .table import summary_of

    head = f"<code>{escape(repr(source))}</code>"
    if isinstance(source, _core.Tape) and _core.tape_state(source)[0] in ("released", "empty"):
        return _box(head)
    table = summary_of(source)._repr_html_()
    graph = graph_of(source, adjoints=False)
    # (An image: nothing of the page's style reaches into it, nothing of its own gets out.)
    data = b64encode(graph.to_svg().encode()).decode()
    picture = f"<img alt='{escape(graph.title)}' src='data:image/svg+xml;base64,{data}' style='max-width:100%'>"
    return _box(f"{head}<details><summary>records</summary>{table}</details><div>{picture}</div>")


# -------------------------------------------------------------------------------------------------------------- results


def result_html(result: Mapping[str, Any]) -> str:
    """What a solver found: whether it did, and its entries, large ones by their shape."""
    success = result.get("success")
    sign, colour = ("✓", "#2f855a") if success else ("✗", "#c2410c")
    head = (
        f"<b style='color:{colour}'>{sign if success is not None else ''}</b> {escape(str(result.get('message', '')))}"
    )
    known = ("x", "fun", "cost", "nit", "nfev", "njev", "nhev", "optimality")
    keys = [key for key in known if key in result]
    keys += [key for key in result if key not in (*known, "success", "message")]
    rows = [(str(key), _entry(result[key])) for key in keys[:_MOST]]
    return _box(head + html_table(("", ""), rows))


def _entry(value: Any, depth: int = 0) -> str:
    """A value of any kind, in few words."""
    if isinstance(value, _core.Operand):
        array = _core.shown_array(value)
        return "?" if array is None else _entry(array)
    if isinstance(value, np.ndarray):
        if value.size <= _COLUMNS and value.ndim <= 1 and value.dtype.kind in "biufc":
            return short(value) if value.ndim == 0 else f"[{', '.join(short(x) for x in value)}]"
        return f"array {value.dtype} {shape_text(value.shape)}"
    if isinstance(value, (float, complex, np.generic)) and not isinstance(value, (str, bytes)):
        return short(value)
    if isinstance(value, Mapping) and depth < 3:
        parts = [f"{key}: {_entry(part, depth + 1)}" for key, part in list(value.items())[:_COLUMNS]]
        return "{" + ", ".join(parts) + (", …" if len(value) > _COLUMNS else "") + "}"
    if isinstance(value, (list, tuple)) and depth < 3:
        parts = [_entry(part, depth + 1) for part in value[:_COLUMNS]]
        return "[" + ", ".join(parts) + (", …" if len(value) > _COLUMNS else "") + "]"
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
