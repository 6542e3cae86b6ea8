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
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nbformat import NotebookNode

BLOCK = re.compile(r"^(<!-- no-run -->\n+)?```python\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
OUTPUTS = re.compile(r"^<!-- outputs -->$", re.MULTILINE)
OPEN, CLOSE, SUMMARY = "<details>", "</details>", re.compile("<summary>.*</summary>")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class Block(NamedTuple):
    """A block of Python that runs: its code, the line that the code begins on (from 0), and where it stands."""

    code: str
    line: int
    start: int
    end: int


class Cell(NamedTuple):
    """A cell of a notebook: "code", "hidden" (code as well) or "markdown"; what is in it, and the page's line where it
    begins (from 0)."""

    kind: str
    source: str
    line: int


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


def run(text: str, file: Path, environment: dict[str, str] | None = None) -> list[tuple[Block, str]]:
    """The page's blocks, each with what it prints: written to a file, and run in its folder by this Python."""
    found = list(blocks(text))
    lines = [*script(text).splitlines(), ""]
    for block in found:
        lines[block.line + block.code.count("\n")] = "print('\\0')"  # (where the fence is, below the block)
    file.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run([sys.executable, file], cwd=file.parent, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return list(zip(found, done.stdout.split("\0\n"), strict=False))


def shows_outputs(text: str) -> bool:
    """Whether the site runs this page."""
    return OUTPUTS.search(text) is not None


def cells(text: str) -> Iterator[Cell]:
    """The page as the cells of a notebook: its blocks, and what stands between them."""

    def prose(start: int, end: int) -> Iterator[Cell]:
        between = text[start:end]
        if between.strip():
            first = start + len(between) - len(between.lstrip("\n"))
            yield Cell("markdown", between.strip("\n"), text.count("\n", 0, first))

    place = 0
    for block in blocks(text):
        yield from prose(place, block.start)
        yield Cell("code", block.code.rstrip("\n"), block.line)
        place = block.end
    yield from prose(place, len(text))


def folded(page: Iterable[Cell]) -> Iterator[Cell]:
    """The same where what is folded is so by each cell for itself, as no element goes from one to another: code is then
    of the kind "hidden"."""
    summary = ""
    for cell in page:
        if cell.kind == "code":
            yield cell._replace(kind="hidden") if summary else cell
            continue
        source = cell.source
        if summary:  # (unless nothing more is in it)
            source = f"{OPEN}\n{summary}\n\n{source}".replace(f"{OPEN}\n{summary}\n\n{CLOSE}", "")
        begun = source.rpartition(OPEN)[2]
        summary = SUMMARY.findall(begun)[0] if OPEN in source and CLOSE not in begun else ""
        source = (f"{source}\n\n{CLOSE}" if summary else source).strip()
        if source:
            yield cell._replace(source=source)


def of_cells(of: Iterable[Cell]) -> NotebookNode:
    """Cells as a notebook."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    made = []
    for number, cell in enumerate(of):
        new = new_markdown_cell if cell.kind == "markdown" else new_code_cell
        hidden = {"jupyter": {"source_hidden": True, "outputs_hidden": True}, "tags": ["hide-cell"]}
        made.append(new(cell.source, id=f"cell-{number}", metadata=hidden if cell.kind == "hidden" else {}))
    return new_notebook(cells=made, metadata={"kernelspec": KERNEL})


def notebook(text: str) -> NotebookNode:
    """The page as a notebook, for MyST-NB: it makes outputs or not, and its warnings name the page's lines."""
    all_of_it = list(cells(text))
    made = of_cells(all_of_it)
    made.metadata["source_map"] = [cell.line for cell in all_of_it]
    made.metadata["mystnb"] = {"execution_mode": "force" if shows_outputs(text) else "off"}
    return made
