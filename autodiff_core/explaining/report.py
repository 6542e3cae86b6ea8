"""What `explain` found, as text and as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..reading.costs import size_text
from .script import Explained, FunctionFound, TapeFound

__all__ = ["page", "text"]

_MOST = 5
"""Lines of a list that are shown, and reasons of a function."""
_INSTANCES = 2
"""So many functions may be made of the same code, of two models say, before that is said."""


def text(found: Explained) -> str:
    """The report for a terminal."""
    lines = [f"--- {found.script}: {_end(found)}"]
    if found.error:
        lines += ["", *found.error.splitlines()]
    for title, body in _sections(found):
        lines += ["", title, *(f"  {line}".rstrip() for entry in body for line in entry.splitlines())]
    return "\n".join(lines)


def _end(found: Explained) -> str:
    ended = (
        "it ended with an error" if found.error else "it ended" if not found.code else f"it exited with {found.code}"
    )
    return f"{ended} after {found.seconds:.2f} s"


def _sections(found: Explained) -> Iterator[tuple[str, list[str]]]:
    """Titles, and entries of one or more lines."""
    if found.missing:
        yield "Gradients that are None", [said + _times(count) for said, count in found.missing.items()]
    if found.fault:
        yield "The first number that is not finite", [found.fault]
    tapes = [tape for tape in found.tapes.values() if tape.asked]
    if tapes:
        yield "Tapes", ["\n".join(_tape(tape)) for tape in tapes]
    functions = [function for function in found.functions.values() if function.recorded]
    if functions:
        yield "Recorded functions", ["\n".join(_function(function)) for function in functions]
    if not tapes and not functions:
        yield "Nothing to tell", ["It asked no tape for a gradient, and called no recorded function."]


def _times(count: int) -> str:
    return "" if count == 1 else f"\n({count} times)"


def _tape(tape: TapeFound) -> Iterator[str]:
    opened = f"opened at {tape.place}, {_counted(tape.count, 'time')}"
    if not tape.records:
        yield f"{opened}; no record led to what it was asked for"
        return
    yield (
        f"{opened}; the largest that was looked at has {_counted(tape.records, 'record')} and keeps "
        f"{size_text(tape.bytes)}"
    )
    total = sum(seconds for seconds, _ in tape.seconds_by_line.values())
    if total:
        yield "  slowest:"
        for line, (seconds, count) in list(tape.seconds_by_line.items())[:_MOST]:
            yield f"    {seconds / total:4.0%}  {_counted(count, 'record')}: {line}"
    if tape.bytes:
        yield "  keep most:"
        for line, kept in list(tape.bytes_by_line.items())[:_MOST]:
            yield f"    {size_text(kept)}: {line}"


def _function(function: FunctionFound) -> Iterator[str]:
    yield f"{function.name} ({function.place}): recorded {_counted(function.recorded, 'time')}"
    if function.made > _INSTANCES:
        yield f"  it was made {function.made} times: where it is made once, it is recorded once, and replayed"
    if function.obstacle is not None:
        yield f"  it is run as plain Python: {function.obstacle}"
    for reason in list(dict.fromkeys(function.reasons))[-_MOST:]:
        yield f"  recorded again, since {reason}"


def _counted(count: int, thing: str) -> str:
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"


_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: #8881; border-left: 3px solid #8888; padding: .6rem .8rem; }
figure { margin: 1rem 0; overflow-x: auto; }
"""


def page(found: Explained) -> str:
    """The report as HTML: no script, and nothing from elsewhere."""
    parts = [f"<h1>{escape(found.script)}</h1>", f"<p>{escape(_end(found).capitalize())}.</p>"]
    if found.error:
        parts.append(f"<pre>{escape(found.error)}</pre>")
    for title, entries in _sections(found):
        parts.append(f"<h2>{escape(title)}</h2>")
        parts += [f"<pre>{escape(entry)}</pre>" for entry in entries]
    pictures = [(tape.place, tape.picture) for tape in found.tapes.values() if tape.picture]
    if pictures:
        parts.append("<h2>Pictures</h2>")
    for place, picture in pictures:
        parts.append(f"<figure><figcaption>The tape opened at {escape(place)}</figcaption>{picture}</figure>")
    title = escape(f"{found.script}, explained")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n<body>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )
