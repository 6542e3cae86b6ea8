"""Each page with Python on it is also a notebook, and says so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx

import pages

FOLDER = "notebooks"
BESIDE = {".csv", ".txt", ".png", ".svg"}  # what pages read, and show
TO_PAGES = re.compile(r"(\]\([^):#\s]+)\.md([)#])")
TO_FILES = re.compile(r"\]\(([\w./-]+\.(?:csv|txt|png|svg))\)")


def of_page(text: str) -> nbformat.NotebookNode:
    """The page's notebook, with links to the notebooks of other pages, and nothing in it that is for the site."""
    made = pages.of_cells(pages.folded(pages.cells(text)))
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = TO_PAGES.sub(r"\1.ipynb\2", pages.OUTPUTS.sub("", cell.source).strip())
    return made


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for name in app.env.found_docs:
            source = Path(app.env.doc2path(name))
            if source.suffix == ".md" and any(pages.blocks(text := source.read_text())):
                file = Path(app.outdir) / FOLDER / f"{name}.ipynb"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(nbformat.writes(of_page(text)) + "\n")
                for beside in TO_FILES.findall(text):  # data that it reads, pictures that it shows
                    shutil.copy(source.parent / beside, file.parent / beside)
                for beside in source.parent.iterdir():
                    if beside.suffix in BESIDE:
                        shutil.copy(beside, file.parent)


def _name(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Tells the template of the page where its notebook is."""
    known = pagename in app.env.found_docs and pagename != app.config.root_doc
    source = Path(app.env.doc2path(pagename)) if known else None
    if source is not None and source.suffix == ".md" and any(pages.blocks(source.read_text())):
        context["notebook"] = context["pathto"](f"{FOLDER}/{pagename}.ipynb", 1)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", _name)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
