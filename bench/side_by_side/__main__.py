"""Runs ours and every peer that is installed, each in processes of its own, and writes the page's section and picture.

    python -m side_by_side docs/benchmarks.md docs/benchmarks.svg

A value or derivative that is not ours ends it with an error, before that is written. A peer that is not installed, or
whose process fails, is left out, and the page says so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import page, picture
from .peers import OURS, PEERS, Peer
from .problems import problems
from .results import combine
from .worker import MISMATCH

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NPROC": "1",  # XLA's number of threads
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
PROCESS_SECONDS = 900


class Failed(Exception):
    """A library's process did not get to the end."""


def measure(name: str, python: str, folder: Path, chosen: list[str]) -> dict[str, Any]:
    """What the library's process found; exits where its numbers are wrong."""
    bench = str(Path(__file__).parents[1])
    # What finds ours, in whatever way, is not for the others.
    path = os.pathsep.join(filter(None, [bench, os.environ.get("PYTHONPATH") if name == OURS else None]))
    target = folder / f"{name}.json"
    command = [python, "-m", "side_by_side.worker", name, str(folder / "expected.npz"), "--json", str(target)]
    try:
        done = subprocess.run(
            [*command, "--only", *chosen],
            env=os.environ | ONE_THREAD | {"PYTHONPATH": path},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PROCESS_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"it took more than {PROCESS_SECONDS} s") from None
    if done.returncode == MISMATCH:
        sys.exit(f"{name} is not as ours: {done.stderr.strip().splitlines()[-1]}")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"its process ended with {done.returncode}"]
        raise Failed(lines[-1])
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def installed(peer: Peer) -> str | None:
    """None, or why it is not."""
    if peer.problem.exists():
        return peer.problem.read_text()
    return None if peer.python.exists() else "it is not installed"


def write(
    passes: list[dict[str, dict[str, Any]]], missing: dict[str, str], load: float, target: Path, drawn: Path
) -> str:
    """The section, as far as it goes after these passes."""
    results, all_ = combine(passes, missing), problems()
    picture.draw(results, all_, drawn)
    written = page.section(results, all_, os.path.relpath(drawn, target.parent), len(passes), load)
    target.write_text(page.put(target.read_text(), written))
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], help="names of problems")
    options = parser.parse_args()

    missing = {peer.title: why for peer in PEERS if (why := installed(peer)) is not None}
    present = [peer for peer in PEERS if peer.title not in missing]
    passes: list[dict[str, dict[str, Any]]] = []
    written, load = "", 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.passes):
            print(f"pass {number + 1} of {options.passes}: {OURS}", end="", flush=True)
            found = {OURS: measure(OURS, sys.executable, Path(folder), options.only)}
            for peer in list(present):
                print(f", {peer.name}", end="", flush=True)
                try:
                    found[peer.name] = measure(peer.name, str(peer.python), Path(folder), options.only)
                except Failed as failure:
                    missing[peer.title] = str(failure)
                    present.remove(peer)
                    passes = [{name: one[name] for name in one if name != peer.name} for one in passes]
            print(flush=True)
            passes.append(found)
            load = max(load, os.getloadavg()[1])
            written = write(passes, missing, load, options.page, options.picture)
    print(written)


if __name__ == "__main__":
    main()
