"""What the package promises beside its functions: a light import, metadata that agree, types, documented names."""

import importlib.metadata
import importlib.resources
import os
import runpy
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import autodiff_core as tf

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# What is imported when it is first used.
LATE = [
    *("tensorflow.linalg", "tensorflow.signal", "scipy", "numpy", "keras", "data", "train"),
    *("programs.program", "programs.file", "derivatives.sparse", "testing"),
]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, env=os.environ | environment
    )


def test_import_brings_in_only_numpy_and_a_part_of_its_own():
    """`make bench` measures the time; what costs it is which modules are loaded."""
    code = """
import sys, numpy, __future__
before = set(sys.modules)
import autodiff_core
print(*set(sys.modules) - before)
"""
    modules = python("-c", code).stdout.split()
    own = [name for name in modules if name.startswith("autodiff_core")]
    others = {name.split(".")[0] for name in modules if name not in own and "cython" not in name}
    assert others <= {"string", "_string", "threading"}
    assert len(own) <= 60
    assert not {f"autodiff_core.{name}" for name in LATE}.intersection(own)


def test_gradient_of_flat_sources_does_not_import_optree():
    code = """
import sys
import autodiff_core as tf
x, y = tf.Variable(2.0), tf.Variable(3.0)
for sources in (x, [x, y], (x, y), {"x": x, "y": y}):
    with tf.GradientTape() as tape:
        z = x * y
    print(tape.gradient(z, sources) is not None, "optree" in sys.modules)
"""
    assert python("-c", code).stdout.split() == ["True", "False"] * 4


def test_package_is_marked_as_typed():
    assert (importlib.resources.files(tf) / "py.typed").is_file()
    assert (importlib.resources.files(tf) / "_core.pyi").is_file()


def test_version_is_the_metadata_version():
    assert tf.__version__ == importlib.metadata.version("autodiff-core") == PROJECT["project"]["version"]


def test_every_package_directory_is_distributed():
    found = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "autodiff_core").rglob("__init__.py")}
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_editable_install_is_a_path_which_type_checkers_can_follow(tmp_path):
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        (tmp_path / "project" / Path(*package.split("."))).mkdir(parents=True)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / "project" / file).write_text((ROOT / file).read_text())
    code = f"import os, setuptools.build_meta as m; os.chdir({str(tmp_path / 'project')!r}); m.build_editable('..')"
    python("-c", code)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as contents:
        paths = {name: contents.read(name).decode().strip() for name in contents.namelist() if "dist-info" not in name}
    assert {Path(name).suffix: path for name, path in paths.items()} == {".pth": str(tmp_path / "project")}


@pytest.mark.parametrize("name", sorted({*tf.__all__} - {"newaxis"}))  # (which is None)
def test_public_name_exists_and_is_documented(name):
    assert (getattr(tf, name).__doc__ or "").strip()


def test_flags_of_the_callers_stand_behind_the_projects_own(monkeypatch):
    built = []
    monkeypatch.setattr("setuptools.setup", lambda **arguments: built.extend(arguments["ext_modules"]))
    monkeypatch.setattr("Cython.Build.cythonize", lambda extensions, **_: extensions)
    monkeypatch.delenv("CFLAGS", raising=False)
    runpy.run_path(str(ROOT / "setup.py"))
    monkeypatch.setenv("CFLAGS", "-O1 -g -DNAME='two words'")
    runpy.run_path(str(ROOT / "setup.py"))
    own, with_callers = (extension.extra_compile_args for extension in built)
    assert with_callers == [*own, "-O1", "-g", "-DNAME=two words"]
    assert sys.platform == "win32" or own[:1] + own[-1:] == ["-O3", "-g0"]
