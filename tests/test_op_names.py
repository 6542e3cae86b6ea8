"""An op's name is in its row, and nowhere else: whoever wants to know something of an op asks the row or its kind."""

import ast
import re
from pathlib import Path

import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs.file_check import load_all_rows

load_all_rows()
NAMES = frozenset(_core.row_names())
PACKAGE = Path(tf.__file__).parent
SOURCES = Path(__file__).parents[1] / "src"
# Files that deal with any op: a string in them that is an op's name is there to know the op by it, but for these.
OF_ANY_OP = sorted([*(PACKAGE / "programs").glob("*.py"), *(PACKAGE / "derivatives").glob("*.py"),
    *(PACKAGE / "reading").glob("*.py"), *(
    PACKAGE / "ops" / f"{name}.py" for name in ("table", "forms", "index_forms", "c_loops", "c_values")
)])  # fmt: skip
SOMETHING_ELSE = {
    ("programs/c_expressions.py", "signbit"): "a macro of math.h",
    ("programs/encoding.py", "slice"): "how a file writes Python's slices",
    ("programs/loops.py", "slice"): "a slice in a key",
    ("ops/table.py", "slice"): "a kind of part",
    ("reading/folding.py", "loop"): "a way to fold a picture",
    **{("reading/mathematics.py", name): "a function of C's" for name in ("ceil", "floor", "log", "pow", "sqrt")},
    ("reading/numerics.py", "divide"): "a kind of NumPy's floating point errors",
    **{("reading/why.py", name): "what ** records of an exponent" for name in ("square", "sqrt")},
    ("reading/why.py", "stop_gradient"): "what a trace records where a tape within loses sight, and users write",
    ("programs/program.py", "program"): "what a program's C function is called",
    ("programs/differentiable.py", "program"): "its own row",
    ("programs/loops.py", "loop"): "its own row",
    ("programs/loops.py", "embedded"): "its own row",
    ("programs/rounds.py", "rounds"): "its own row",
    ("programs/checkpointed.py", "checkpointed"): "its own row",
    ("programs/checkpointed.py", "checkpointed_gradient"): "its own row",
    ("derivatives/custom.py", "custom_gradient"): "its own row",
    ("derivatives/custom.py", "custom_jvp"): "its own row",
    ("ops/table.py", "matmul"): "its own row",
    ("ops/table.py", "complex"): "one of the names that TensorFlow's documentation has elsewhere",
}


def strings(tree):
    """String constants but for docstrings, and the names that a module exports."""
    exported = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in exported:
            yield node.value


def test_files_that_deal_with_any_op_know_none_by_its_name():
    found = {
        (path.relative_to(PACKAGE).as_posix(), text)
        for path in OF_ANY_OP
        for text in strings(ast.parse(path.read_text()))
        if text in NAMES
    }
    assert found == set(SOMETHING_ELSE)


def called(node):
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_rows_are_asked_for_by_the_handles_that_registering_them_gave():
    asked = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and called(node) in ("op_named", "row_named", "formula_of")
        and any(isinstance(argument, ast.Constant) for argument in node.args)
    ]
    assert not asked


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources of the core are not here")
def test_the_core_knows_ops_by_numbers():
    """(A row of its own that has a name in it is that of records which are one output of several.)"""
    found = {
        (path.name, text)
        for path in sorted(SOURCES.glob("*.p*"))
        for text in re.findall(r'(?:opcode_by_name\[|claim_opcode\(|op_named\()"(\w+)"', path.read_text())
    }
    assert found == {("registering.pxi", "projection")}


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources of the core are not here")
def test_kernels_of_numbers_are_those_of_rows_texts_in_c():
    """A row whose text is changed would lose its kernel without a word."""
    texts = re.findall(r'(?:(?:ONE|TWO)\(|^    \{)"([^"]+)"', (SOURCES / "scalars.c").read_text(), re.MULTILINE)
    assert len(texts) > 30 and set(texts) <= {_core.op_named(name).c for name in NAMES if name != "projection"}
