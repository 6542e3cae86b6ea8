"""An operation is one edit: the file of rows in CONTRIBUTING.md, put among the others, and what is derived from it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = re.search(r"^```python\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)
NAMES = ("log_cosh", "alternate", "half_square")
# The walks over all rows, one for each way of looking at them.
WALKS = [
    *("test_gradients_generated", "test_recorded_rows", "test_vectorized_rows", "test_complex", "test_complex_rows"),
    *("test_dtypes_of_rows", "test_program_file", "test_program", "test_last_bits", "test_jacobian", "test_sparse"),
    *("test_zero_cotangents", "test_c_rows", "test_dropped_results", "test_bfloat16"),
]


def python(folder: Path, *arguments: str) -> str:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"MORE_ROWS": str(folder), "PYTHONPATH": path}
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file among the rows, and the index of names that the generator writes then."""
    place = tmp_path_factory.mktemp("rows")
    assert FILE is not None
    (place / "three.py").write_text(FILE[1])
    index = python(place, "-c", "import more_rows, runpy; print(runpy.run_path('docs/make_ops.py')['index'](), end='')")
    (place / "names.py").write_text(index)
    return place


def test_what_is_derived_from_a_new_row_is_there(folder: Path) -> None:
    """Public names, `dir`, documentation, stubs; C text or the reason why there is none, cost, and program files."""
    code = """
import more_rows
import runpy
import numpy as np
import autodiff_core as tf
from autodiff_core.program_file import from_bytes, to_bytes

assert {"log_cosh"} <= set(dir(tf)) and {"log_cosh", "alternate", "half_square"} <= set(dir(tf.math))
assert tf.log_cosh is tf.math.log_cosh and "Logarithm of the hyperbolic cosine" in tf.log_cosh.__doc__
page = runpy.run_path("docs/make_ops.py")["page"]()
for line in (
    "| `tf.log_cosh` | elementwise |  | yes | Logarithm of the hyperbolic cosine, elementwise. |",
    "| `tf.math.alternate` | linear |  | yes | Every other element along the last axis with its sign changed. |",
    "| `tf.math.half_square` | general |  | yes | Half of the square of the distance of vectors. |",
):
    assert line in page, line
stubs = "".join(runpy.run_path("docs/make_stubs.py")["stubs"]().values())
assert "def log_cosh(x: TensorLike, name: str | None = None) -> Tensor:" in stubs
assert "import half_square as half_square" in stubs and "import alternate as alternate" in stubs
x = np.array([0.5, 1.0, 2.0])
same = lambda x: tf.math.half_square(x, x)
for function, written in ((tf.log_cosh, True), (tf.math.alternate, False), (same, False)):
    program = tf.Program.from_function(function, x)
    try:
        assert "ad_log_cosh" in program.to_c("f") and written
    except NotImplementedError as error:
        assert "nobody has written it" in str(error) and not written
    assert program.cost().flops >= 3
    np.testing.assert_array_equal(from_bytes(to_bytes(program))(x), program(x))
"""
    python(folder, "-c", code)


def test_the_walks_over_all_rows_find_a_new_one(folder: Path) -> None:
    files = [f"tests/{name}.py" for name in WALKS]
    wanted = ["-k", " or ".join(NAMES)]
    shown = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "more_rows", *wanted, "-rp", *files)
    passed = re.findall(r"^PASSED tests/(\w+)\.py::.*\b(" + "|".join(NAMES) + r")\d*\b", shown, re.MULTILINE)
    of_each = {name: {file for file, row in passed if row == name} for name in NAMES}
    everywhere = {"test_gradients_generated", "test_recorded_rows", "test_vectorized_rows", "test_program_file"}
    everywhere |= {"test_last_bits", "test_jacobian", "test_sparse", "test_program", "test_dtypes_of_rows"}
    assert everywhere | {"test_complex", "test_zero_cotangents", "test_bfloat16"} <= of_each["log_cosh"]
    assert everywhere | {"test_complex_rows", "test_dropped_results"} <= of_each["alternate"] & of_each["half_square"]
