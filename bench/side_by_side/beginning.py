"""What it takes to begin: megabytes that are installed, and milliseconds until there is a first gradient.

    python -m side_by_side.beginning DISTRIBUTION

says, for the environment of the interpreter, how many bytes a distribution and all that it requires have. What takes
time is measured from outside, in processes that do nothing else: what they take longer than one that does nothing.
"""

import compileall
import json
import os
import re
import statistics
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path
from time import perf_counter

from .page import digits, table
from .peers import OURS, PEERS
from .threads import environment

PROCESSES = 5
TAPE = """
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x**2
print(float(tape.gradient(y, x)))
"""
FIRST = {
    OURS: ("autodiff-core", "import autodiff_core as tf" + TAPE),
    "autograd": ("autograd", "import autograd\nprint(float(autograd.grad(lambda x: x**2)(3.0)))"),
    "mygrad": ("mygrad", "import mygrad\nx = mygrad.tensor(3.0)\ny = x**2\ny.backward()\nprint(float(x.grad))"),
    "jax": ("jax", "import jax\nprint(float(jax.grad(lambda x: x**2)(3.0)))"),
    "torch": (
        "torch",
        "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()\nprint(float(x.grad))",
    ),
    "tensorflow": ("tensorflow-cpu", "import tensorflow as tf" + TAPE),
}
"""The distribution, and the derivative of x**2 at 3."""


def key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(name: str) -> set[str]:
    """A distribution and all that it requires of what is installed; what belongs to extras is not required."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = key(waiting.pop())
        if one in found:
            continue
        try:
            lines = metadata.requires(one) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(one)
        waiting += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines if "extra ==" not in line]
    return found


def in_place() -> Path:
    """The folder of ours, where it is built."""
    spec = util.find_spec("autodiff_core")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def size(name: str) -> int:
    """Bytes of the files that were installed; byte code, which comes later, is left out."""
    listed = [Path(str(file.locate())) for file in metadata.files(name) or []]
    if key(name) == "autodiff-core":
        listed = list(in_place().rglob("*"))
    return sum(path.stat().st_size for path in listed if path.suffix != ".pyc" and path.is_file())


def installed(python: str, name: str) -> float:
    """Megabytes of a distribution with all that it requires."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [python, "-m", "side_by_side.beginning", name],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(json.loads(done.stdout).values()) / 1e6


def process(python: str, code: str) -> float:
    """Seconds, from start to end."""
    start = perf_counter()
    subprocess.run([python, "-c", code], env=os.environ | environment(1), capture_output=True, check=True)
    return perf_counter() - start


def milliseconds(python: str, code: str) -> float:
    """Median of what it takes longer than a process that does nothing; the first of each is not counted."""
    rounds = [process(python, code) - process(python, "pass") for _ in range(PROCESSES + 1)]
    return statistics.median(rounds[1:]) * 1e3


def measured(missing: dict[str, str]) -> dict[str, tuple[float, float, float]]:
    """For each library that is there: megabytes, milliseconds of the import, and of that and a first gradient."""
    pythons = {OURS: sys.executable}
    pythons |= {peer.name: str(peer.python) for peer in PEERS if peer.name in FIRST and peer.title not in missing}
    # Built in place, ours may lack the byte code that pip leaves beside what it installs.
    compileall.compile_dir(in_place(), quiet=1)
    found = {}
    for library, python in pythons.items():
        name, code = FIRST[library]
        imported, first = (milliseconds(python, part) for part in (code.partition("\n")[0], code))
        found[library] = installed(python, name), imported, first
    return found


def section(begun: dict[str, tuple[float, float, float]]) -> str:
    titles = {OURS: "autodiff_core"} | {peer.name: peer.title for peer in PEERS}
    rows = [[titles[library], *map(digits, found)] for library, found in begun.items()]
    numpy = size("numpy") / 1e6
    head = ["", "installed, with what it needs, MB", "import, ms", "import and a first gradient, ms"]
    return f"""### Until there is a first gradient

Each in a process of its own, over a process that does nothing. Files as they lie on the disk, NumPy's {numpy:.0f} MB
among them; each library as pip installs it when nothing else is said, which for PyTorch on Linux is with CUDA.

{table(head, rows)}
"""


if __name__ == "__main__":
    print(json.dumps({name: size(name) for name in sorted(required(sys.argv[1]))}))
