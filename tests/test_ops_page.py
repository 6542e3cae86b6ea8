"""docs/ops.md is the op table as it is: whoever adds a row runs docs/make_ops.py."""

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_list_of_operations_is_up_to_date():
    page = runpy.run_path(str(DOCS / "make_ops.py"))["page"]()
    assert (DOCS / "ops.md").read_text() == page, "run: python docs/make_ops.py"
