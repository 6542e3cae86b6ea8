"""Runs ours and every peer that is installed, each in processes of its own, and writes the page's section and picture,
and the README's.

    python -m side_by_side docs/benchmarks.md docs/benchmarks.svg README.md
    python -m side_by_side --only cnn hmc --libraries ours jax torch --passes 1

Without a page, the section is only printed. Problems are measured with one thread, whole workloads with one and with
two. A value or derivative that is not ours ends it with an error, before that is written. A peer that is not installed,
or whose process fails, is left out, and the page says so. A process beside which other work ran is measured again; a
page is not written on a machine that does not come to rest.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from . import beginning, front, others, page, picture, standing, whole
from .peers import OURS, PEERS, Peer
from .problems import problems
from .results import combine
from .threads import environment
from .worker import MISMATCH
from .workloads import WORKLOADS, workloads

PROCESS_SECONDS = 900
LOOK_SECONDS = 3
ATTEMPTS = 3
"""At a process beside which nothing else runs."""


class Failed(Exception):
    """A library's process did not get to the end."""


def measure(name: str, python: str, folder: Path, chosen: list[str], threads: int = 1) -> dict[str, Any]:
    """What the library's process found; exits where its numbers are wrong."""
    bench = str(Path(__file__).parents[1])
    # What finds ours, in whatever way, is not for the others.
    path = os.pathsep.join(filter(None, [bench, os.environ.get("PYTHONPATH") if name == OURS else None]))
    target = folder / f"{name}.json"
    command = [python, "-m", "side_by_side.worker", name, str(folder / "expected.npz"), "--json", str(target)]
    try:
        done = subprocess.run(
            [*command, "--only", *chosen],
            env=os.environ | environment(threads) | {"PYTHONPATH": path},
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


class Busy(Exception):
    """The machine does other work, and goes on doing it."""

    def __init__(self, taken: float | None):
        super().__init__(
            f"other work takes {taken:.2f} of a core, and {others.QUIET} are let pass: the page stays as it is. "
            f"Measure when the machine has nothing else to do; without a page, to look at the figures, it may be busy"
        )


def check_quiet() -> None:
    """Before anything is measured for the page."""
    since = others.now()
    sleep(LOOK_SECONDS)
    taken = others.cores(since)
    if taken is not None and taken > others.QUIET:
        raise Busy(taken)


def measure_alone(*arguments: Any, disturbed: bool) -> tuple[dict[str, Any], float | None]:
    """What `measure` gives, and how many cores others took meanwhile; `disturbed`: however many these are."""
    for attempt in range(ATTEMPTS):
        since = others.now()
        found = measure(*arguments)
        taken = others.cores(since)
        if disturbed or taken is None or taken <= others.QUIET:
            return found, taken
        print(f" (others took {taken:.2f} of a core{', again' * (attempt + 1 < ATTEMPTS)})", end="", flush=True)
    raise Busy(taken)


def installed(peer: Peer) -> str | None:
    """None, or why it is not."""
    if peer.problem.exists():
        return peer.problem.read_text()
    return None if peer.python.exists() else "it is not installed"


Passes = dict[int, list[dict[str, dict[str, Any]]]]
"""For each number of threads, what the libraries' processes found in each pass."""


def section(
    passes: Passes,
    missing: dict[str, str],
    taken: float | None,
    drawn: Path | None,
    target: Path | None,
    begun: str,
) -> str:
    """As far as it goes after these passes."""
    results = {count: combine(all_, missing) for count, all_ in passes.items()}
    one, made, everything = next(iter(results.values())), len(next(iter(passes.values()))), [*problems(), *workloads()]
    standings = f"In all, {standing.count(results, everything)}.\n\n"
    if drawn is not None and target is not None:
        picture.draw(one, everything, drawn)
        standings += f"![Each peer's time over ours]({os.path.relpath(drawn, target.parent)})\n\n"
    standings += f"""### Who is first

Ours over the fastest of the peers: of what is recorded in each call, then of what is recorded or compiled before. Where
somebody else is first by more than a twentieth, it is **bold**, and what is known of it stands below.

{standing.standing(results, everything)}

{standing.lost(results, everything)}
"""
    return page.section(one, problems(), made, taken, standings, whole.section(results, workloads()), begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, nargs="?")
    parser.add_argument("picture", type=Path, nargs="?")
    parser.add_argument("readme", type=Path, nargs="?")
    parser.add_argument("--passes", type=int, default=3)
    names = [problem.name for problem in problems()]
    parser.add_argument(
        "--only", nargs="+", choices=[*names, *WORKLOADS], help="problems and workloads", metavar="NAME"
    )
    parser.add_argument("--libraries", nargs="+", choices=[OURS, *(peer.name for peer in PEERS)], metavar="NAME")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()

    chosen = options.only or [*names, *WORKLOADS]
    # What is small is measured with one thread only.
    asked = {count: [name for name in chosen if name in WORKLOADS or count == 1] for count in options.threads}
    wanted = [peer for peer in PEERS if not options.libraries or peer.name in options.libraries]
    missing = {peer.title: why for peer in wanted if (why := installed(peer)) is not None}
    passes: Passes = {count: [] for count, names in asked.items() if names}
    present = {count: [peer for peer in wanted if peer.title not in missing] for count in passes}
    most, start = None, monotonic()
    disturbed = options.page is None
    if not disturbed:
        check_quiet()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.passes):
            for count, all_ in passes.items():
                print(f"pass {number + 1} of {options.passes}, threads {count}: {OURS}", end="", flush=True)
                found: dict[str, dict[str, Any]] = {}
                taken: list[float | None] = []
                found[OURS], cores = measure_alone(
                    OURS, sys.executable, Path(folder), asked[count], count, disturbed=disturbed
                )
                taken.append(cores)
                for peer in list(present[count]):
                    print(f", {peer.name}", end="", flush=True)
                    try:
                        found[peer.name], cores = measure_alone(
                            peer.name, str(peer.python), Path(folder), asked[count], count, disturbed=disturbed
                        )
                        taken.append(cores)
                    except Failed as failure:
                        missing[peer.title] = f"{failure} ({whole.threads(count)})"
                        present[count].remove(peer)
                print(f", {monotonic() - start:.0f} s", flush=True)
                all_.append(found)
                most = max((cores for cores in [most, *taken] if cores is not None), default=None)
            # A peer that failed once is in none of the tables of so many threads.
            for count, all_ in passes.items():
                there = {OURS, *(peer.name for peer in present[count])}
                all_[:] = [{name: one[name] for name in one if name in there} for one in all_]
    begun = {} if options.only else beginning.measured(missing)
    began = beginning.section(begun) if begun else ""
    written = section(passes, missing, most, options.picture, options.page, began)
    if options.page is not None:
        options.page.write_text(page.put(options.page.read_text(), written))
    if options.readme is not None and begun:
        one = combine(next(iter(passes.values())), missing)
        drawn = front.section(one, [*problems(), *workloads()], begun)
        options.readme.write_text(front.put(options.readme.read_text(), drawn))
    print(written)


if __name__ == "__main__":
    try:
        main()
    except Busy as busy:
        sys.exit(f"\n{busy}")
