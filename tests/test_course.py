"""The course and the gallery: what their pages say is printed is printed, what they show is drawn by their own code.

The blocks of a page run in order, in one namespace, and all pages in one process: most of the time is for imports.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import pages  # (docs/extensions/pages.py)

pytest.importorskip("scipy.optimize")
pytest.importorskip("sklearn")
matplotlib = pytest.importorskip("matplotlib")
pyplot = pytest.importorskip("matplotlib.pyplot")

DOCS = Path(__file__).parents[1] / "docs"
TAUGHT = sorted((DOCS / "course").glob("*.md"))
SHOWN = sorted((DOCS / "gallery").glob("*.md"))
PAGES = [page for page in [*TAUGHT, *SHOWN] if page.stem != "index"]


def drawn(page: Path) -> list[str]:
    return re.findall(r"""(?:savefig|save)\("([\w.]+)\"""", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_page_says_what_it_prints(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib.use("Agg")
    for data in [*page.parent.glob("*.csv"), *page.parent.glob("*.txt")]:
        shutil.copy(data, tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    script = pages.script(page.read_text())
    file = f"{page.stem}.py"  # that is none, but who looks for the source finds it
    monkeypatch.setitem(linecache.cache, file, (len(script), None, script.splitlines(keepends=True), file))
    for block in pages.blocks(page.read_text()):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            exec(compile("\n" * block.line + block.code, file, "exec"), names)
        assert pages.printed(block.code, shown.getvalue()), f"{block.code}\nprints\n{shown.getvalue()}"
    for name in drawn(page):
        assert (tmp_path / name).stat().st_size > 1000
    pyplot.close("all")


@pytest.mark.parametrize("page", [page for page in TAUGHT if page.stem != "index"], ids=lambda page: page.stem)
def test_a_page_of_the_course_has_two_exercises_with_solutions_that_run(page: Path) -> None:
    exercises = page.read_text().split("## Exercises")[1]
    solutions = re.findall(r"<details>\n<summary>Solution</summary>\n\n(.*?)\n\n</details>", exercises, re.DOTALL)
    assert len(solutions) == 2
    assert all("```python" in solution for solution in solutions)


def test_pictures_that_are_shown_are_there_small_and_drawn_by_their_pages() -> None:
    for page in [*TAUGHT, *SHOWN]:
        text = page.read_text()
        assert set(drawn(page)) <= set(re.findall(r"!\[.*?\]\((.*?)\)", text, re.DOTALL))
        for name in re.findall(r"!\[.*?\]\((.*?)\)", text, re.DOTALL):
            assert (page.parent / name).stat().st_size < 60_000, name


def test_indices_name_all_pages() -> None:
    for folder in (TAUGHT, SHOWN):
        index = next(page for page in folder if page.stem == "index").read_text()
        listed = re.search(r"^```\{toctree\}\n(.*?)^```$", index, re.MULTILINE | re.DOTALL)[1].splitlines()
        named = [name for name in listed if name and name[0] != ":"]
        assert sorted([*named, "index"]) == sorted(page.stem for page in folder)
