"""What the package promises beside its functions: a light import, metadata that agree, types, documented names."""

import importlib.metadata
import importlib.resources
import os
import re
import runpy
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autodiff_core as tf

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, env=os.environ | environment
    )


def test_import_is_light_beside_numpy(tmp_path):
    """The aim is 25 ms; the bound leaves room for a busy machine. Compiling to byte code is not part of it."""
    cached = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}

    def milliseconds() -> float:
        log = python("-X", "importtime", "-c", "import numpy, autodiff_core", **cached).stderr
        line = re.search(r"\|\s*(\d+) \| autodiff_core$", log, re.MULTILINE)
        assert line, log
        return int(line[1]) / 1000

    milliseconds()  # writes the byte code
    median = statistics.median(milliseconds() for _ in range(7))
    print(f"import autodiff_core adds {median:.1f} ms to import numpy (aim: 25)")
    assert median < 60


def test_import_brings_in_only_numpy():
    code = "import sys, autodiff_core; print(*sys.modules)"
    modules = python("-c", code).stdout.split()
    assert "numpy" in modules
    assert not {"optree", "scipy", "matplotlib", "sklearn", "tqdm"}.intersection(modules)


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


@pytest.mark.parametrize("name", sorted(tf.__all__))
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
