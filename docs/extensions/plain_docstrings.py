"""Docstrings are plain text, in numpydoc's form: a backtick is for names and code, and nothing else is markup.

So that `help` shows no backslashes, what reStructuredText would take for markup is escaped here.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CODE = re.compile(r"(``.+?``|`[^`]+`)")
MARKUP = re.compile(r"[*|]|(?<=\w)_(?=\W|$)")
A_NAME = re.compile(r"[A-Za-z_][\w.]*")


def as_rst(text: str, quoted: bool = False, plain: frozenset[str] = frozenset()) -> str:
    """The text as reStructuredText; a name within backticks is a link where there is one, but those in `plain`.

    With `quoted` all of it is another library's, and nothing is a link.
    """
    if quoted:
        parts = CODE.split(text)
        parts[::2] = [re.sub(r"([*|_`\\<>:])", r"\\\1", part) for part in parts[::2]]
        parts[1::2] = [_quoted_code(part) for part in parts[1::2]]
        return "".join(parts)
    # An example ends at an empty line.
    parts = re.split(r"(^[ \t]*>>>.*?(?:\n(?=[ \t]*\n)|\Z))", text, flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [_escaped(part, plain) for part in parts[::2]]
    return "".join(parts)


def _escaped(text: str, plain: frozenset[str]) -> str:
    parts = CODE.split(text)
    parts[::2] = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
    parts[1::2] = [_code(part, plain) for part in parts[1::2]]
    return "".join(parts)


def _code(part: str, plain: frozenset[str]) -> str:
    inside = part.strip("`")
    return part if A_NAME.fullmatch(inside) and inside not in plain and part[1] != "`" else f"``{inside}``"


def _quoted_code(part: str) -> str:
    return f"``{part.strip('`').strip()}``"


def _process(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """An argument's name within backticks is no link: many are public names, too (`shape`, `size`)."""
    try:
        arguments = frozenset(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        arguments = frozenset()
    lines[:] = as_rst("\n".join(lines), plain=arguments).split("\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _process, priority=400)  # before numpydoc
    return {"parallel_read_safe": True, "parallel_write_safe": True}
