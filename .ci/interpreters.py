"""The core's tests on the oldest and on the newest Python that is here beside the one that runs this.

.ci/pythons.py says where they are looked for; one without Python's lock is left out. What is tested are the wheels in
dist/ (`make wheels`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[1]

# What an interpreter can break: descriptors, frames, code objects, pickling, threads, reference counts, signatures.
TESTS = [
    *("custom", "custom_jvp", "wrapping", "function", "surroundings", "nest", "module", "variable", "variable_parts"),
    *("tape", "tape_lifecycle", "tensor", "tensor_shape", "tensor_array", "methods", "errors", "warnings", "leaving"),
    *("stubs", "vectorize", "buffer", "threads", "memory", "private_names", "transforms"),
]


def tested(interpreter: pythons.Interpreter, tree: Path) -> tuple[bool, str]:
    """Whether the tests pass on a checkout in which the package is the wheel's, and what they say."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.rstrip("\0").split("\0"):
        if not name.startswith("autodiff_core/"):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    (wheel,) = (ROOT / "dist").glob(f"*-{interpreter.tags}-*.whl")
    python = interpreter.environment(tree / "venv")
    # With this Python's NumPy and SciPy, or the newest before them that the other has wheels of: what another version
    # of those changes is the matter of `make check-numpy`.
    libraries = [f"{name}<={version(name)}" for name in ("numpy", "scipy")]
    binary = ("--only-binary", "numpy,scipy")
    pythons.pip(python, "install", *binary, wheel, *libraries, "pytest", "hypothesis", "cloudpickle")
    (installed,) = (tree / "venv").glob("lib/*/site-packages/autodiff_core")
    (tree / "autodiff_core").symlink_to(installed)
    tests = [f"tests/test_{name}.py" for name in TESTS]
    command = [python, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode == 0, f"Python {interpreter.version}, {interpreter.path}\n{done.stdout}"


def main() -> None:
    os.environ.pop("PYTHONPATH", None)
    here = pythons.found()
    print("here:", ", ".join(interpreter.version for interpreter in here))
    # (One without its lock is the matter of `make free-threaded`, which leaves out what is otherwise there.)
    others = [one for one in here if one.path != Path(sys.executable) and not one.version.endswith("t")]
    chosen = [others[0], others[-1]] if len(others) > 1 else others
    if not chosen:
        print("Nothing is run on another Python: there is none to build for.")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        runs = [pool.submit(tested, interpreter, Path(folder) / interpreter.version) for interpreter in chosen]
        passed = []
        for each in runs:
            good, said = each.result()
            print(said, flush=True)
            passed.append(good)
    if not all(passed):
        sys.exit(1)


if __name__ == "__main__":
    main()
