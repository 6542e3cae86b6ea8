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


# Rows that are wrong, each in another way.
WRONG = """
from typing import Any
import numpy as np
from .. import _core
from . import forms
from .c_loops import Without
from .forms import Kind
from .shaping import roll
from .table import Case, along, as_it_stands, elementwise, general, linear

HINTS = {"form": forms.nothing, "doc": "Wrong.", "c": Without("it is wrong")}
SHAPES = ((4,), (2, 3), (3, 3))

wrong_slope = elementwise(
    "wrong_slope", None, lambda g, x, y, z: g * y, lambda g, x, y, z: 2.0 * g * x,
    formula=lambda x, y: x * y, doc="Wrong.", names=(), example=("1.0, 1.0", "1.0"), domain=(0.5, 2.0),
)

def row(name, kernel, back, **rest):
    def function(x: Any) -> Any:
        return _core.linear(op, _core.operand(x), rest.get("attributes"))
    rest = {"batched": as_it_stands, **rest}
    attributes = rest.pop("attributes", None)
    rest["attributes"] = attributes
    facts = {key: value for key, value in rest.items() if key != "attributes"}
    cases = tuple(Case(function, (shape,)) for shape in SHAPES)
    op, _ = linear(name, kernel, name + "_back", back, gives=(forms.same, forms.same), function=function,
                   cases=cases, **(HINTS | facts))

row("wrong_transpose", lambda x, attributes: np.cumsum(x, -1), lambda g, attributes: np.cumsum(g, -1))
row("wrong_batches", lambda x, attributes: np.flip(x, 0), lambda g, attributes: np.flip(g, 0))

def several(name, kernel, rule, **rest):
    def function(x: Any) -> Any:
        return _core.general(op, [_core.operand(x)], None)
    cases = tuple(Case(function, (shape,)) for shape in SHAPES)
    op = general(name, kernel, rule, gives=lambda attributes, x: Kind(*x), function=function, cases=cases, leading=True,
                 **(HINTS | rest))

several("wrong_dependence", lambda attributes, x: x * np.roll(x, 1, -1),
        lambda g, y, attributes, x: g * roll(x, 1, -1) + roll(g * x, -1, -1), depends=along(lambda attributes: ()))

COUNT = [0]

def restless(attributes, x):
    COUNT[0] += 1
    return np.asarray(x * (1.0 + COUNT[0] % 7))

several("wrong_memory", restless, lambda g, y, attributes, x: g * y, keeps_output=True)
several("wrong_width", lambda attributes, x: x * (x.astype("f").astype("g") if x.dtype.char == "g" else x),
        lambda g, y, attributes, x: 2.0 * g * x)
"""
# Which walk finds which of them.
FOUND = {
    "test_gradients_generated": {
        "test_first_and_second_derivatives_match_finite_differences": {"wrong_slope", "wrong_transpose"},
        "test_gradients_of_broadcast_operands_match_finite_differences": {"wrong_slope"},
        "test_tangents_and_cotangents_contract_to_one_number": {"wrong_transpose"},
        "test_the_second_order_is_the_same_in_every_nesting": {"wrong_memory"},
        "test_a_leading_axis_of_tangents_is_a_loop": {"wrong_batches"},
    },
    "test_jacobian": {"test_a_leading_axis_is_a_loop": {"wrong_batches"}},
    "test_sparse": {
        "test_every_rows_jacobian_has_all_its_entries": {"wrong_dependence"},
        "test_every_rows_hessian_has_all_its_entries": {"wrong_memory"},
    },
    "test_last_bits": {"test_values_of_rows": {"wrong_memory"}, "test_gradients_of_rows": {"wrong_memory"}},
    "test_recorded_rows": {"test_gradients_inside_and_around_are_those_of_plain_python": {"wrong_memory"}},
    "test_dtypes_of_rows": {"test_values_and_gradients_agree_with_those_of_the_double_dtype": {"wrong_width"}},
    "test_vectorized_rows": {"test_many_examples_at_once_are_what_a_loop_gives": {"wrong_batches"}},
}


def python(folder: Path, *arguments: str, fails: bool = False) -> str:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"MORE_ROWS": str(folder), "PYTHONPATH": path}
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (run.returncode == 1) == fails, run.stdout + run.stderr
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


@pytest.mark.walk
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


@pytest.mark.walk
def test_a_row_that_is_wrong_is_found_by_the_walks_that_look_for_it(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    files = [f"tests/{name}.py" for name in FOUND]
    options = ["-q", "-p", "no:cacheprovider", "-p", "more_rows", "--tb=no", "-rf", "-k", "wrong_"]
    shown = python(tmp_path, "-m", "pytest", *options, *files, fails=True)
    failed = re.findall(r"^FAILED tests/(\w+)\.py::(\w+)\[.*?(wrong_[a-z]+)", shown, re.MULTILINE)
    for file, walks in FOUND.items():
        for walk, rows in walks.items():
            assert rows <= {row for *where, row in failed if where == [file, walk]}, walk
