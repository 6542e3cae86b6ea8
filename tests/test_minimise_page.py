"""What the page "Minimise, fit and solve" says is printed is printed."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("scipy.optimize")

PAGE = Path(__file__).parents[1] / "docs" / "minimise.md"


def said(block: str) -> list[str]:
    """Comments behind a print, and on lines of their own."""
    lines = block.splitlines()
    found = []
    for line in lines:
        behind = re.match(r".*print\(.*\)  # (.*)", line)
        if behind:
            found.append(behind[1])
        elif line.startswith("# "):
            found.append(line[2:])
    return found


def test_the_page_says_what_is_printed() -> None:
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for block in blocks:
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            exec(block, names)
        expected = [" ".join(line.split()) for line in said(block)]
        assert [" ".join(line.split()) for line in shown.getvalue().splitlines()] == expected, block
    assert len(blocks) > 15
