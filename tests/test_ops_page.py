"""docs/ops.md and its like are the tables as they are: whoever adds a row runs the scripts that write them."""

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_list_of_operations_is_up_to_date():
    # In a process of its own: which functions reach a row depends on what has been loaded.
    write = f"import runpy; print(runpy.run_path({str(DOCS / 'make_ops.py')!r})['page'](), end='')"
    page = subprocess.run([sys.executable, "-c", write], capture_output=True, text=True, check=True).stdout
    assert (DOCS / "ops.md").read_text() == page, "run: python docs/make_ops.py"


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="the page lists NumPy 2.4's functions")
def test_the_coverage_of_numpy_is_up_to_date():
    page = runpy.run_path(str(DOCS / "make_coverage.py"))["page"]()
    assert (DOCS / "coverage.md").read_text() == page, "run: python docs/make_coverage.py"


def test_the_list_of_tensorflows_names_is_up_to_date():
    page = runpy.run_path(str(DOCS / "make_tensorflow_names.py"))["page"]()
    assert (DOCS / "tensorflow_names.md").read_text() == page, "run: python docs/make_tensorflow_names.py"


def test_a_reason_stands_for_one_name():
    script = runpy.run_path(str(DOCS / "make_tensorflow_names.py"))
    reasons = [name for names in script["REASONS"].values() for name in names.split()]
    assert len(set(reasons)) == len(reasons)
    assert set(reasons) <= {name for names in script["NAMES"].values() for name in names.split()}
