"""Which interpreters are here that the package can be built for: version and path, a line each, the oldest first.

The one that runs this is one of them. The others are looked for in this order, and of two of one version the first
counts: what PYTHONS names, interpreters or folders that have them in `bin` or `usr/bin`, with colons between;
`python3.N` and `python3.Nt` on the path; the versions of pyenv (PYENV_ROOT). What is there and can not be used is told
on stderr, with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CHECK_MACHINE = ROOT / ".ci" / "check_machine.py"
NAME = re.compile(r"python3\.\d+t?")
QUESTION = """
import sys, sysconfig
free = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
print(sys.implementation.name, sys.version_info.releaselevel, "%d.%d%s" % (*sys.version_info[:2], free))
"""


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints. One that fails ends it all."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=os.environ | environment
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def pip(python: Path, *arguments: str | Path) -> str:
    return run(python, "-m", "pip", "--disable-pip-version-check", *arguments)


class Interpreter(NamedTuple):
    """What it is ("3.13", or "3.14t" where threads are free), and where."""

    version: str
    path: Path

    @property
    def order(self) -> tuple[int, bool]:
        return int(self.version.split(".")[1].rstrip("t")), self.version.endswith("t")

    @property
    def tags(self) -> str:
        """The part of a wheel's name that says which interpreter it is for."""
        version = self.version.replace(".", "")
        return f"cp{version.rstrip('t')}-cp{version}"

    def environment(self, folder: Path) -> Path:
        """The Python of a new environment there."""
        run(self.path, "-m", "venv", folder)
        return folder / "bin" / "python"


def within(place: Path) -> Iterator[Path]:
    """The interpreters of a folder, or the one that is meant."""
    if not place.is_dir():
        yield place
        return
    for folder in (place, place / "bin", place / "usr" / "bin"):
        yield from sorted(file for file in folder.glob("python3.*") if NAME.fullmatch(file.name))


def candidates() -> Iterator[tuple[Path, bool]]:
    """Where an interpreter may be, and whether somebody says that there is one."""
    yield Path(sys.executable), True
    for place in filter(None, os.environ.get("PYTHONS", "").split(os.pathsep)):
        named = list(within(Path(place).absolute()))
        if not named:
            print(f"PYTHONS names {place}, where there is no python3.N", file=sys.stderr)
        yield from ((path, True) for path in named)
    for folder in os.get_exec_path():
        yield from ((path, False) for path in sorted(Path(folder).glob("python3.*")) if NAME.fullmatch(path.name))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    # (A shim of its on the path answers only for versions that are switched on.)
    yield from ((version / "bin" / "python3", False) for version in sorted((pyenv / "versions").glob("3.*")))


def ask(python: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run([python, "-I", *arguments], capture_output=True, text=True)
    except OSError:
        return None


def found() -> list[Interpreter]:
    """One of each version, the oldest first."""
    taken: dict[str, Interpreter] = {}
    for path, named in candidates():
        answer = ask(path, "-c", QUESTION)
        if answer is None or answer.returncode:
            if named:
                print(f"PYTHONS names {path}, where nothing answers as Python", file=sys.stderr)
            continue
        implementation, level, version = answer.stdout.split()
        interpreter = Interpreter(version, path)
        if implementation != "cpython" or interpreter.order < (11, False) or version in taken:
            continue
        checked = ask(path, CHECK_MACHINE)
        if level != "final":
            print(f"{path} is here, and Python {version} is not released: {level}", file=sys.stderr)
        elif checked is None or checked.returncode:
            said = checked.stderr.strip() if checked else ""
            print(f"{path} is here, and nothing can be built for it: {said}", file=sys.stderr)
        else:
            taken[version] = interpreter
    return sorted(taken.values(), key=lambda interpreter: interpreter.order)


if __name__ == "__main__":
    for interpreter in found():
        print(*interpreter)
