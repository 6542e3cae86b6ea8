"""Runs the scripts on both sides and compares what they print, number by number; then exchanges files of Keras's.

    PYTHONPATH=tests python -m on_tensorflow [--full] [NAME ...]

TENSORFLOW_PYTHON names the interpreter that has TensorFlow (and scikit-learn and SciPy); else the one in `.peers/` is
asked. Lines that differ in more than their numbers, or a loss that differs by more than rounding, fail. The name
`files` is of models that each side saves, which the other one loads: they predict alike, and go on training alike.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from keras_cases import assert_alike

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = Path(__file__).parent / "launch.py"
FILES = Path(__file__).parent / "files.py"
SIDES = ("here", "tensorflow")
PEER = ROOT / ".peers" / "tensorflow" / "bin" / "python"
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Script:
    name: str
    quality: str
    """Of the line that says how good it is at the end, with the number as a group."""
    at_least: float = 0.0
    at_most: float = float("inf")

    def is_good(self, output: str) -> bool:
        found = re.search(self.quality, output)
        return found is not None and self.at_least <= float(found[1]) <= self.at_most


SCRIPTS = (
    Script("wgan_gp", r"digits that are drawn: (\d+) of 10", at_least=8),
    Script("pinn", r"relative error of the solution: ([\d.]+)", at_most=0.01),
    Script("cart_pole", r"by values it stays up for (\d+)", at_least=150),
    Script("cart_pole", r"by a policy it stays up for (\d+)", at_least=150),
    Script("vae", r"are of the same kind: (\d+)%", at_least=60),
    Script("transformer", r"sums that it writes rightly: (\d+) of 100", at_least=95),
)


def start(name: str, side: str, script: Path, *arguments: str) -> str:
    """What a script prints, that either side's interpreter runs."""
    python = sys.executable if side == "here" else os.environ.get("TENSORFLOW_PYTHON", str(PEER))
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])] if side == "here" else []
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"}
    begun = time.perf_counter()
    command = [python, str(script), side, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    if done.returncode:
        raise SystemExit(f"{name} fails, {side}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    print(f"{name} {side}: {time.perf_counter() - begun:.1f} s", flush=True)
    return done.stdout


def run(side: str, name: str, full: bool) -> str:
    return start(name, side, LAUNCH, str(ROOT / "examples" / f"{name}.py"), *([] if full else ["--small"]))


def exchanged() -> list[str]:
    """What differs of models that one side saves and either loads."""
    found = []
    for writer in ("here", "tensorflow"):
        with tempfile.TemporaryDirectory() as folder:
            start("files, written", writer, FILES, "write", folder)
            answers = [json.loads(start("files, read", side, FILES, "read", folder)) for side in SIDES]
        try:
            assert_alike(*answers, 2e-5)
        except AssertionError as error:
            found.append(f"files written, {writer}: {error}")
    return found


def told(output: str) -> list[str]:
    """The lines that tell of losses, without Keras's own, in which times stand."""
    return [line for line in output.splitlines() if "loss" in line and "/step" not in line]


def differences(here: str, there: str, tolerance: float) -> list[str]:
    """What differs; at a loss below a hundredth its last digits say nothing."""
    mine, theirs = told(here), told(there)
    found = [] if len(mine) == len(theirs) else [f"{len(mine)} lines tell of losses here, {len(theirs)} there"]
    for a, b in zip(mine, theirs, strict=False):
        numbers = [(float(x), float(y)) for x, y in zip(NUMBER.findall(a), NUMBER.findall(b), strict=False)]
        if NUMBER.sub("#", a) != NUMBER.sub("#", b):
            found.append(f"{a!r} and {b!r}")
        elif any(abs(x - y) > tolerance * max(abs(x), abs(y), 0.01) for x, y in numbers):
            found.append(f"{a!r} here, {b!r} on TensorFlow")
    return found


def main() -> None:
    options = argparse.ArgumentParser(prog="on_tensorflow")
    options.add_argument("names", nargs="*", help="which scripts, or `files` (all of them)")
    options.add_argument("--full", action="store_true", help="as they are: compares how good they are at the end")
    options.add_argument("--tolerance", type=float, default=2e-3, help="how far losses may be apart, relatively")
    arguments = options.parse_args()
    failed = 0
    for name in dict.fromkeys(script.name for script in SCRIPTS):
        if arguments.names and name not in arguments.names:
            continue
        outputs = {side: run(side, name, arguments.full) for side in SIDES}
        if arguments.full:
            for script in (script for script in SCRIPTS if script.name == name):
                for side, output in outputs.items():
                    good = script.is_good(output)
                    failed += not good
                    line = re.search(f".*{script.quality}.*", output)
                    print(f"  {side}: {line[0] if line else 'no such line'}{'' if good else '  NOT GOOD ENOUGH'}")
        else:
            found = differences(outputs["here"], outputs["tensorflow"], arguments.tolerance)
            failed += len(found)
            print(f"  {len(told(outputs['here']))} lines agree" if not found else "  " + "\n  ".join(found))
    if not arguments.names or "files" in arguments.names:
        found = exchanged()
        failed += len(found)
        print("\n".join(found) or "  files are read alike")
    if failed:
        raise SystemExit(f"{failed} differences")


if __name__ == "__main__":
    main()
