"""The stub of the compiled core has the names that the core has: a type checker sees nothing else of it."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core, namespaces

ROOT = Path(__file__).parents[1]
STUB = ast.parse(Path(tf.__file__).with_name("_core.pyi").read_text())
DEFINITIONS = [node for node in STUB.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
CLASSES = {node.name: node for node in DEFINITIONS if isinstance(node, ast.ClassDef) and not node.name.startswith("_")}
OBJECTS = [node.target.id for node in STUB.body if isinstance(node, ast.AnnAssign) and node.annotation.id in CLASSES]


def public(names: object) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def module_of(thing: object) -> str:
    return getattr(thing, "__module__", type(thing).__module__)


def members(class_: ast.ClassDef) -> set[str]:
    return {node.name for node in class_.body if isinstance(node, ast.FunctionDef)}


def test_stub_has_the_functions_classes_and_objects_of_the_core():
    compiled = {
        name
        for name in public(vars(_core))
        if not isinstance(vars(_core)[name], ModuleType) and module_of(vars(_core)[name]) == _core.__name__
    }
    assert compiled == public([*(node.name for node in DEFINITIONS), *OBJECTS])


def test_stub_has_the_numbers_of_the_core():
    numbers = {name for name in public(vars(_core)) if type(vars(_core)[name]) is int}
    assert numbers == {
        node.target.id
        for node in STUB.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "int"
    }


@pytest.mark.parametrize("name", CLASSES)
def test_stub_has_the_methods_of_a_class(name):
    assert public(members(CLASSES[name])) == public(vars(getattr(_core, name)))


@pytest.mark.parametrize("name", CLASSES)
def test_class_has_the_special_methods_that_the_stub_gives_it(name):
    assert members(CLASSES[name]) <= set(dir(getattr(_core, name)))


@pytest.mark.parametrize("name", CLASSES)
def test_stub_and_class_agree_on_the_bases(name):
    # (What is generic is so for type checkers alone.)
    bases = [getattr(_core, base.id) for base in CLASSES[name].bases if isinstance(base, ast.Name)] or [object]
    assert list(getattr(_core, name).__bases__) == bases


@pytest.mark.parametrize(
    "operator",
    sorted(
        name
        for name in vars(_core.Operand)
        if name.startswith("__r") and name not in ("__reduce__", "__reversed__", "__rshift__")
    ),
)
def test_reflected_operators_of_tensors_are_typed(operator):
    assert {operator, operator.replace("__r", "__", 1)} <= members(CLASSES["Operand"])


@pytest.mark.parametrize(("name", "place"), namespaces.MODULES.items())
def test_public_module_is_one_with_that_in_its_room(name, place):
    assert importlib.import_module(f"autodiff_core.{name}") is importlib.import_module(f"autodiff_core.{place}")


def test_stubs_of_public_namespaces_are_up_to_date():
    pytest.importorskip("scipy")
    pytest.importorskip("ml_dtypes")
    script = ROOT / "docs" / "make_stubs.py"
    # Which names NumPy has depends on its version and on the machine.
    compared = np.lib.NumpyVersion(np.__version__) >= "2.4.0" and hasattr(np, "float128")
    code = f"""
import runpy
stubs = runpy.run_path({str(script)!r})["stubs"]()
found = {{path: path.read_text() if path.exists() else None for path in stubs}}
print(*[path for path, text in stubs.items() if found[path] != text and ({compared} or path.parent.name != "numpy")])
"""  # in a process of its own: what is loaded already shall not matter
    stale = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert stale == "\n", "run: python docs/make_stubs.py"
