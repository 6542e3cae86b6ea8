"""What the package promises beside its functions: a light import, metadata that agree, types, documented names."""

import importlib.metadata
import importlib.resources
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import autodiff_core as tf
import check_dist
import check_release
import pythons
import wheels

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


def test_every_package_directory_is_distributed():
    found = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "autodiff_core").rglob("__init__.py")}
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_editable_install_is_a_path_which_type_checkers_can_follow(tmp_path):
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        (tmp_path / "project" / Path(*package.split("."))).mkdir(parents=True)
    for file in ("pyproject.toml", "README.md", "LICENSE", "autodiff_core/__init__.py"):
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


def test_version_is_written_down_once():
    assert "version" not in PROJECT["project"]
    assert tf.__version__ == importlib.metadata.version("autodiff-core")


def test_classifiers_are_those_of_the_wheels_that_are_built():
    classifiers = PROJECT["project"]["classifiers"]
    versions = re.findall(r"Python :: 3\.(\d+)$", "\n".join(classifiers), re.MULTILINE)
    built = PROJECT["tool"]["cibuildwheel"]["build"].split()
    assert [name for name in built if "t-" not in name] == [f"cp3{minor}-*" for minor in versions]
    assert PROJECT["project"]["requires-python"] == f">=3.{versions[0]}"
    declared = "freethreading_compatible=True" in (ROOT / "src" / "_core.pyx").read_text()
    assert ("cp314t-*" in built) == declared, "wheels for free threads are built if the core says that it is for them"
    assert "Typing :: Typed" in classifiers


@pytest.mark.parametrize(
    ("platform", "architectures", "families"),
    [
        ("linux", "x86_64,aarch64", ["manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64", "musllinux_aarch64"]),
        ("macos", "x86_64,arm64", ["macosx_x86_64", "macosx_arm64"]),
        ("windows", "AMD64", ["win_amd64"]),
    ],
)
def test_every_system_gets_a_wheel_for_every_python(platform, architectures, families):
    options = ("--print-build-identifiers", "--platform", platform, "--archs", architectures)
    listed = python("-m", "cibuildwheel", *options, str(ROOT)).stdout.split()
    built = PROJECT["tool"]["cibuildwheel"]["build"].split()
    assert sorted(listed) == sorted(name.replace("*", family) for name in built for family in families)


def test_changelog_has_dates_and_the_version_on_top():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    form = re.compile(r"\[(\d+)\.(\d+)\.(\d+)\] - (Unreleased|\d{4}-\d\d-\d\d)")
    versions = [form.fullmatch(heading) for heading in headings]
    numbers = [tuple(map(int, version.groups()[:3])) for version in versions]
    assert numbers == sorted(numbers, reverse=True)
    assert ".".join(map(str, numbers[0])) == tf.__version__
    assert all(date.fromisoformat(version[4]) for version in versions if version[4] != "Unreleased")
    assert not any(version[4] == "Unreleased" for version in versions[1:])


def test_the_description_has_no_link_that_breaks_on_the_page_of_an_index():
    from readme_renderer import markdown

    shown = markdown.render((ROOT / PROJECT["project"]["readme"]).read_text())
    links = re.findall(r'(?:href|src)="([^"]*)"', shown)
    assert any(link.startswith("https://") for link in links)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert {link[1:] for link in links if link.startswith("#")} <= set(re.findall(r'id="([^"]*)"', shown))


def test_citation_says_what_the_metadata_say():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = PROJECT["project"]
    assert citation["title"].startswith("autodiff_core: ")
    assert citation["authors"] == project["authors"]
    assert citation["license"] == project["license"]
    assert citation["keywords"] == project["keywords"]


def test_the_workflow_runs_what_a_change_has_to_pass():
    passed = re.findall(r"^make (.*)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["steps"]
    targets = " ".join(steps["strategy"]["matrix"]["targets"])
    assert sorted(" ".join(passed).split()) == sorted(["test", *targets.split()])


def test_the_workflow_of_a_release_runs_what_is_here_and_the_cibuildwheel_that_is_tried_here():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "wheels.yml").read_text())["jobs"].values()
    steps = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    commands = [shlex.split(command) for step in steps for command in step.split(" && ")]
    targets = " ".join(re.findall(r"^([a-z][^:=]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)).split()
    made = [words[1] for words in commands if words[0] == "make"]
    assert made and set(made) <= set(targets)
    (installed,) = (words[-1] for words in commands if "pip" in words)
    assert installed in PROJECT["project"]["optional-dependencies"]["dev"]
    test = PROJECT["tool"]["cibuildwheel"]["test-command"].removeprefix("python {project}/")
    assert (ROOT / test).is_file()


@pytest.fixture
def interpreter(tmp_path):
    """Makes files that answer as interpreters would."""

    def make(path: str, version: str, level: str = "final", lack: str = "") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        answer = f"echo cpython {level} {version}"
        checked = f"echo '{lack}' >&2; exit 1" if lack else "exit 0"
        file.write_text(f'#!/bin/sh\ncase "$*" in *check_machine*) {checked};; *) {answer};; esac\n')
        file.chmod(0o755)
        return file

    return make


def test_pythons_are_found_where_they_are_named_on_the_path_and_in_pyenv(interpreter, tmp_path, monkeypatch, capsys):
    named = interpreter("named/usr/bin/python3.97", "3.97")
    interpreter("named/usr/bin/python3.97-config", "3.89")
    alone = interpreter("somewhere/interpreter", "3.95")
    interpreter("path/python3.97", "3.97")
    on_path = interpreter("path/python3.96t", "3.96t")
    interpreter("path/python3.10", "3.10")
    of_pyenv = interpreter("pyenv/versions/3.98.1/bin/python3", "3.98")
    interpreter("pyenv/versions/3.96.0t/bin/python3", "3.96t")
    monkeypatch.setenv("PYTHONS", f"{tmp_path / 'named'}:{alone}:{tmp_path / 'nowhere'}:{tmp_path / 'pyenv'}")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    found = pythons.found()
    assert Path(sys.executable) in [one.path for one in found]
    made = [one for one in found if tmp_path in one.path.parents]
    assert made == [("3.95", alone), ("3.96t", on_path), ("3.97", named), ("3.98", of_pyenv)]
    assert [one.tags for one in made[:2]] == ["cp395-cp395", "cp396-cp396t"]
    assert "".join(line for line in capsys.readouterr().err.splitlines(True) if str(tmp_path) in line) == (
        f"PYTHONS names {tmp_path / 'nowhere'}, where nothing answers as Python\n"
        f"PYTHONS names {tmp_path / 'pyenv'}, where there is no python3.N\n"
    )


def test_pythons_that_nothing_can_be_built_for_are_told(interpreter, tmp_path, monkeypatch, capsys):
    early = interpreter("path/python3.98", "3.98", level="candidate")
    bare = interpreter("path/python3.99", "3.99", lack="There is no Python.h.")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")
    assert not [one for one in pythons.found() if tmp_path in one.path.parents]
    assert "".join(line for line in capsys.readouterr().err.splitlines(True) if str(tmp_path) in line) == (
        f"{early} is here, and Python 3.98 is not released: candidate\n"
        f"{bare} is here, and nothing can be built for it: There is no Python.h.\n"
    )


GOOD = ["x/py.typed", "x/_core.pyi", "x/_core.so", "x-1.dist-info/licenses/LICENSE", "x-1.dist-info/METADATA"]


@pytest.mark.parametrize(
    ("tag", "names", "said"),
    [
        ("macosx_11_0_arm64", GOOD, []),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", [*GOOD[:2], *GOOD[3:]], ["holds [] where one core is meant"]),
        ("win_amd64", [*GOOD, "tests/test_x.py"], ["holds tests/test_x.py, which is not the package's"]),
        ("win_amd64", [*GOOD, "x/core.c"], ["holds x/core.c, which is not the package's"]),
        ("musllinux_1_2_aarch64", GOOD[1:], ["lacks x/py.typed"]),
        ("linux_x86_64", GOOD, ["is for linux_x86_64, which no index takes"]),
    ],
)
def test_what_an_index_or_a_user_would_refuse_of_a_wheel(tag, names, said, tmp_path, monkeypatch):
    monkeypatch.setattr(check_dist, "has_symbols", lambda library: False)
    wheel = tmp_path / f"x-1-cp311-cp311-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as contents:
        for name in names:
            contents.writestr(name, "")
    assert check_dist.faults(wheel) == said


@pytest.mark.skipif(sys.platform != "linux", reason="auditwheel, which brings what reads libraries, is for Linux")
@pytest.mark.parametrize("flags", [[], ["-s"]])
def test_a_wheel_that_is_large_or_has_symbols_is_refused(flags, tmp_path):
    (tmp_path / "core.c").write_text("int one(void) { return 1; }\n")
    library = tmp_path / "core.so"
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run([*compiler, "-shared", "-fPIC", *flags, tmp_path / "core.c", "-o", library], check=True)
    wheel = tmp_path / "x-1-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as contents:
        for name in GOOD:
            contents.writestr(name, library.read_bytes() if name.endswith(".so") else "")
        contents.writestr("x/large.py", bytes(check_dist.LARGEST))
    large, *symbols = check_dist.faults(wheel)
    assert large == f"has {wheel.stat().st_size:,} bytes, more than 3,000,000"
    assert symbols == ([] if flags else ["holds x/_core.so, which has symbols"])


def test_dist_has_wheels_and_one_sdist_of_one_version(tmp_path):
    with pytest.raises(SystemExit, match="has 0 wheels and 0 sdists; it should have wheels, and one sdist"):
        check_dist.main(tmp_path)
    (tmp_path / "x-1.tar.gz").touch()
    (tmp_path / "x-2-cp311-cp311-win_amd64.whl").touch()
    with pytest.raises(SystemExit, match="has files of the versions 1, 2"):
        check_dist.main(tmp_path)


def test_a_wheel_is_tried_with_the_oldest_versions_that_this_python_has_wheels_of(tmp_path):
    python = tmp_path / "python"
    refusal = "ERROR: Could not find a version that satisfies the requirement {} (from versions: {})"
    refusal = refusal.format("${@: -1}", "1.26.4, 2.1.0rc1, 2.1.0, 2.9.0, 2.10.1")
    python.write_text(f'#!/bin/bash\necho "$*" >> {tmp_path}/asked\necho "{refusal}" >&2\nexit 1\n')
    python.chmod(0o755)
    assert wheels.oldest(python, Requirement("numpy>=2.0")) == "2.1.0"
    assert wheels.oldest(python, Requirement("numpy>=2.2")) == "2.9.0"
    assert (tmp_path / "asked").read_text() == "-m pip install --no-deps --only-binary :all: numpy==0\n" * 2


def test_what_is_forgotten_before_a_release_is_told(tmp_path):
    (tmp_path / "autodiff_core").mkdir()
    (tmp_path / "autodiff_core" / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [1.3.0] - Unreleased\n\n## [1.1.0] - 2026-01-01\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "docs").mkdir()
    for page in ("README.md", "docs/index.md"):
        (tmp_path / page).write_text("It is not on a package index yet: `pip install .`\n")
    assert check_release.missing("v1.3.0", tmp_path) == [
        "autodiff_core/__init__.py says 1.2.0, for which the tag is v1.2.0, not v1.3.0",
        "CHANGELOG.md begins with 1.3.0, not with 1.2.0",
        f"CHANGELOG.md says of 1.3.0: Unreleased, where the day of the release belongs, {date.today()}",
        "pyproject.toml has no [project.urls] with a Source: nobody could find from the package to it",
        "README.md does not say that the package is on an index: pip install autodiff-core",
        "docs/index.md does not say that the package is on an index: pip install autodiff-core",
    ]
    (tmp_path / "CHANGELOG.md").write_text(f"## [1.2.0] - {date.today()}\n")
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nSource = "https://example.org"\n')
    for page in ("README.md", "docs/index.md"):
        (tmp_path / page).write_text("`pip install autodiff-core`\n")
    assert check_release.missing("v1.2.0", tmp_path) == []


def test_the_stranger_does_not_take_the_sources_for_what_is_installed():
    with pytest.raises(subprocess.CalledProcessError) as caught:
        python(str(ROOT / ".ci" / "stranger.py"), PYTHONPATH=str(ROOT))
    assert "has no autodiff_core installed, or has the sources" in caught.value.stderr
