"""docs/ops.md and its like are the tables as they are: whoever adds a row runs the scripts that write them."""

import re
import runpy
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import names, rows

DOCS = Path(__file__).resolve().parents[1] / "docs"


def written(text):
    # In a process of its own: which functions reach a row depends on what has been loaded.
    write = f"import runpy; print(runpy.run_path({str(DOCS / 'make_ops.py')!r})[{text!r}](), end='')"
    return subprocess.run([sys.executable, "-c", write], capture_output=True, text=True, check=True).stdout


def test_the_list_of_operations_is_up_to_date():
    assert (DOCS / "ops.md").read_text() == written("page"), "run: python docs/make_ops.py"


def test_the_list_of_the_rows_public_names_is_up_to_date():
    assert Path(names.__file__).read_text() == written("index"), "run: python docs/make_ops.py"


@pytest.mark.parametrize("row", [row for row in rows() if row.names], ids=lambda row: row.name)
def test_a_row_is_public_under_the_names_that_it_says(row):
    for path in row.names:
        assert attrgetter(path)(tf) is row.function
        namespace = attrgetter(path.rpartition(".")[0])(tf) if "." in path else tf
        assert path.rpartition(".")[2] in namespace.__all__


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="the page lists NumPy 2.4's functions")
def test_the_coverage_of_numpy_is_up_to_date():
    page = runpy.run_path(str(DOCS / "make_coverage.py"))["page"]()
    assert (DOCS / "coverage.md").read_text() == page, "run: python docs/make_coverage.py"
    forms, differentiable = re.search(r"Of (\d+) forms,[^.]* (\d+) are differentiable", page).groups()  # type: ignore[union-attr]
    counted = f"of {forms} functions, ufuncs and ufunc methods of NumPy, {differentiable} are differentiable"
    assert counted in " ".join((DOCS.parent / "README.md").read_text().split())


def test_the_list_of_tensorflows_names_is_up_to_date():
    page = runpy.run_path(str(DOCS / "make_tensorflow_names.py"))["page"]()
    assert (DOCS / "tensorflow_names.md").read_text() == page, "run: python docs/make_tensorflow_names.py"


def names_script():
    return runpy.run_path(str(DOCS / "make_tensorflow_names.py"))


def test_a_reason_stands_for_one_name_that_is_missing():
    script = names_script()
    reasons = [name for several in script["REASONS"].values() for name in several.split()]
    assert len(set(reasons)) == len(reasons)
    missing = {name for prefix, name, _ in script["signatures"]() if not script["has"](prefix, name)}
    assert set(reasons) <= missing


def test_functions_take_tensorflows_arguments_by_name_and_in_order():
    script = names_script()
    wrong = {}
    for prefix, name, wanted in script["signatures"]():
        if script["has"](prefix, name):
            found = script["parameters"](getattr(script["namespace"](prefix), name))
            wanted = [argument for argument in wanted if argument not in script["left_out"](prefix, name)]
            if found[: len(wanted)] != wanted:
                wrong[f"{prefix}.{name}"] = (found, wanted)
    assert not wrong


def test_an_argument_that_is_left_out_is_one_of_tensorflows():
    script = names_script()
    listed = {f"{prefix}.{name}": arguments for prefix, name, arguments in script["signatures"]()}
    for group in script["WITHOUT"].values():
        for argument, paths in group.items():
            assert all(argument in listed[path] for path in paths)
