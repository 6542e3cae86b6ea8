"""How a page of the documentation is read: by the tests that run it, by the site that shows it, as a notebook.

A page is Markdown. Its blocks of Python run in order, in one namespace, as a reader would type them. Two comments say
otherwise:

`<!-- no-run -->` on the line before a block leaves that block out;
`<!-- outputs -->` on a line of its own, below the title, has the site run the page, and show what its blocks print,
return and draw; the tests then leave it to the site. Every page is run by one of them.

What a block prints stands in its comments, behind a `print` or on lines of their own, and tests hold it against that.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nbformat import NotebookNode

BLOCK = re.compile(r"^(<!-- no-run -->\n+)?```python\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
OUTPUTS = re.compile(r"^<!-- outputs -->$", re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class Block(NamedTuple):
    """A block of Python that runs: its code, the line that the code begins on (from 0), and where it stands."""

    code: str
    line: int
    start: int
    end: int


def blocks(text: str) -> Iterator[Block]:
    for found in BLOCK.finditer(text):
        if not found[1]:
            yield Block(found[2], text.count("\n", 0, found.start(2)), found.start(), found.end())


def script(text: str) -> str:
    """The page with all but its Python emptied, so that line 7 of a traceback is line 7 of the page."""
    code: list[str] = []
    for block in blocks(text):
        code += [""] * (block.line - len(code))
        code += block.code.splitlines()
    return "\n".join(code)


def said(code: str) -> str:
    """What a block says that it prints: comments behind a `print` or its last line, and on lines of their own."""
    found = []
    for line in code.splitlines():
        behind = re.match(r"(?:.*print\(.*)?\)  # (.*)", line)
        if behind:
            found.append(behind[1])
        elif line.startswith("# "):
            found.append(line[2:])
    return "".join(line + "\n" for line in found)


def printed(code: str, shown: str) -> bool:
    """Whether a block that has printed this has printed what it says, if it says anything. `...` is anything."""
    how = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return not said(code) or doctest.OutputChecker().check_output(said(code), shown, how)


def shows_outputs(text: str) -> bool:
    """Whether the site runs this page."""
    return OUTPUTS.search(text) is not None


def notebook(text: str) -> NotebookNode:
    """The page as a notebook: its blocks are cells, what stands between them is Markdown."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    cells, lines, place = [], [], 0

    def prose(end: int) -> None:
        if text[place:end].strip():
            cells.append(new_markdown_cell(text[place:end].strip("\n"), id=f"cell-{len(cells)}"))
            lines.append(text.count("\n", 0, place + len(text[place:end]) - len(text[place:end].lstrip("\n"))))

    for block in blocks(text):
        prose(block.start)
        cells.append(new_code_cell(block.code.rstrip("\n"), id=f"cell-{len(cells)}"))
        lines.append(block.line)
        place = block.end
    prose(len(text))
    mode = "force" if shows_outputs(text) else "off"
    # `source_map` and `mystnb` are what MyST-NB reads: warnings name the page's lines, and outputs are made or not.
    return new_notebook(
        cells=cells, metadata={"kernelspec": KERNEL, "source_map": lines, "mystnb": {"execution_mode": mode}}
    )
