"""Combinations run in other processes, each noted before it begins: the one at which a process ends has ended it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

Item = tuple[str, tuple[str, ...]]

LONGEST = 240.0
"""Seconds that a combination may take before it counts as hanging."""

WORKER = (sys.executable, "-m", "algebra.worker")


def run(
    chunks: Sequence[Sequence[Item]], count: int, worker: Sequence[str] = WORKER
) -> Iterator[list[tuple[str, str]]]:
    """The combinations' names and outcomes, chunk by chunk, so many processes at a time."""
    with ThreadPoolExecutor(count) as pool:
        yield from pool.map(lambda items: _chunk(items, worker), chunks)


def _chunk(items: Sequence[Item], worker: Sequence[str]) -> list[tuple[str, str]]:
    results: list[tuple[str, str]] = []
    with TemporaryDirectory() as place:
        work, log = Path(place) / "work", Path(place) / "log"
        while len(results) < len(items):
            rest = items[len(results) :]
            work.write_text(json.dumps(rest))
            log.write_text("")
            ending = _to_its_end([*worker, str(work), str(log)], log)
            outcomes = [line.split("\t", 1)[1] for line in log.read_text().splitlines()]
            if len(outcomes) < len(rest) or not all(outcomes):
                if not outcomes:
                    raise RuntimeError(f"no combination was begun: {ending}")
                outcomes[-1] = outcomes[-1] or ending
            results += [(" > ".join([name, *chain]), what) for (name, chain), what in zip(rest, outcomes, strict=False)]
    return results


def _to_its_end(command: list[str], log: Path) -> str:
    """Run a process; how it ended."""
    # One thread for each: several processes run beside each other.
    here = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    # Native code is kept here, for as long as the chunk runs.
    environment = {"OPENBLAS_NUM_THREADS": "1", "PYTHONFAULTHANDLER": "1", **os.environ, "PYTHONPATH": here}
    environment["AUTODIFF_CACHE_DIR"] = str(log.parent / "native")
    with (log.parent / "errors").open("w+") as errors:
        process = subprocess.Popen(command, stderr=errors, env=environment)
        size, since = 0, time.monotonic()
        while process.poll() is None:
            try:
                process.wait(0.5)
            except subprocess.TimeoutExpired:
                if log.stat().st_size != size:
                    size, since = log.stat().st_size, time.monotonic()
                elif time.monotonic() - since > LONGEST:
                    process.kill()
                    process.wait()
                    return f"takes longer than {LONGEST} s"
        errors.seek(0)
        return f"ends the process with status {process.returncode}: {errors.read()[-600:]!r}"
