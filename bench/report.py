"""Writes docs/benchmarks.md from pytest-benchmark's JSON, and measures what is not a race: memory, import, wheel.

    python bench/report.py .made/bench.json docs/benchmarks.md

What stands below its last marker is written by hand, or by `side_by_side`, and kept.
"""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import autodiff_core as tf
import cases
import compiled
import derivatives
import families
import memory
import minimising
from cases import Case

NOTES = "<!-- written by hand from here on: `make bench` keeps it -->"
LENGTHS = (10**5, 10**6, 10**7)
Row = Iterable[str]


def table(head: Row, rows: Iterable[Row]) -> str:
    lines = [" | ".join(row) for row in [head, ["---"] * len(list(head)), *rows]]
    return "\n".join(f"| {line} |" for line in lines)


def digits(number: float) -> str:
    """Three significant digits, never an exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.{1 if number >= 10 else 2}f}"


def verdict(measured: float, at_most: float) -> str:
    return "met" if measured <= at_most else "**missed**"


def speed_row(case: Case, found: dict[str, float]) -> Row:
    if case.at_most_us is not None:
        target, met = f"{case.at_most_us:g} us", verdict(found["ours_us"], case.at_most_us)
    elif case.at_most_ratio is not None:
        target, met = f"{case.at_most_ratio:g}x", verdict(found["ratio"], case.at_most_ratio)
    else:
        target = met = ""
    return (
        case.name,
        f"{digits(found['control_us'])} ({case.control_name})",
        digits(found["ours_us"]),
        f"{found['ratio']:.2f}",
        target,
        met,
        case.peers,
    )


def speed(benchmarks: list[dict[str, Any]], cases: list[Case]) -> str:
    found = {benchmark["param"]: benchmark["extra_info"] for benchmark in benchmarks}
    return table(
        ["case", "control, us", "ours, us", "ours / control", "at most", "", "peers, us"],
        [speed_row(case, found[case.name]) for case in cases],
    )


def ratio(found: dict[str, float], key: str, limit: float | None) -> str:
    """A ratio, bold where it is over its limit."""
    if key not in found:
        return ""
    missed = limit is not None and found[key] > limit
    return f"**{found[key]:.2f}**" if missed else f"{found[key]:.2f}"


def family_rows(benchmarks: list[dict[str, Any]]) -> str:
    found = {benchmark["param"]: benchmark["extra_info"] for benchmark in benchmarks}
    lines = []
    for row in families.ROWS:
        figures = found[row.label]
        cells = [row.family, row.name]
        for size in families.SIZES:
            cells.append(digits(figures[f"bare {size}"]))
            cells += [ratio(figures, f"{way} {size}", row.limit(way == "numpy", size)) for way in ("ours", "numpy")]
        lines.append((*cells, digits(figures["forward"]), ratio(figures, "sweep", families.MOST_SWEEP)))
    head = ["family", "row"]
    for size in families.SIZES:
        head += [f"NumPy at {size:,}, us", "ours", "`np.`"]
    return table([*head, f"recorded at {families.GRADIENT_SIZE:,}, us", "gradient"], lines)


def median_of_five(records: int) -> memory.Result:
    """A tape of so many records, in five processes: each figure's median."""
    results = [memory.measure("scalar_tape", records) for _ in range(5)]
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def tape_lengths(results: list[memory.Result]) -> str:
    return table(
        ["records", "recording, ns each", "sweep, ns each", "kept, bytes each", "peak with the sweep, bytes each"],
        [(f"{result['records']:,}", *(digits(result[key]) for key in list(result)[1:])) for result in results],
    )


def import_milliseconds() -> float:
    """What `import autodiff_core` adds to `import numpy`: median of 15 processes that find byte code."""
    times = []
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": cache}
        for _ in range(16):
            command = [sys.executable, "-X", "importtime", "-c", "import numpy, autodiff_core"]
            log = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True, env=environment).stderr
            line = re.search(r"\|\s*(\d+) \| autodiff_core$", log, re.MULTILINE)
            assert line, log
            times.append(int(line[1]) / 1000)
    return statistics.median(times[1:])


def wheel_megabytes() -> float:
    """This Python's: there may be others beside it."""
    tag = f"cp3{sys.version_info.minor}"
    (wheel,) = (Path(__file__).parents[1] / "dist").glob(f"*-{tag}-{tag}-*.whl")
    return wheel.stat().st_size / 1e6


def footprint(lengths: list[memory.Result]) -> str:
    longest, shorter = lengths[-1], lengths[-2]
    growth = max(longest[key] / shorter[key] for key in ("record_ns", "sweep_ns"))
    deep = memory.measure("deep_network")
    measured = [
        (f"sweep of {longest['records']:,} scalar records, ns each", longest["sweep_ns"], 10),
        (f"kept by {longest['records']:,} scalar records, bytes each", longest["kept_bytes"], 64),
        (f"time a record at {longest['records']:,} over that at {shorter['records']:,}", growth, 1.25),
        ("peak of 50 layers `tanh(h*w + b)` on 0.8 MB, over the 40 MB that must be kept", deep["ratio"], 1.15),
        ("`import autodiff_core` beside `import numpy`, ms", import_milliseconds(), 25),
        ("wheel, MB", wheel_megabytes(), 3),
    ]
    return table(
        ["what", "measured", "at most", ""],
        [(what, digits(value), f"{limit:g}", verdict(value, limit)) for what, value, limit in measured],
    )


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return model[1] if model else platform.processor()


def page(benchmarks: list[dict[str, Any]]) -> str:
    lengths = [median_of_five(count) for count in LENGTHS]
    return f"""# Benchmarks

Written by `make bench` on {date.today()}: {processor()}, {os.cpu_count()} cores, {platform.system()},
Python {platform.python_version()}, NumPy {np.__version__}, autodiff_core {tf.__version__}.

## Speed

Value and gradient, the tape made each time; microseconds a call. A case and its control run in turn, round by round,
in one process, and threads come to rest in between: the times are medians of the rounds, the ratio is the median of the
rounds' ratios. Before anything is timed, value and gradients are compared with those derived by hand. The last column
was seen on a comparable machine, not in this run, unlike those [below](#beside-other-libraries); where it names a
control, that is the same control's time there. A tape that watches nothing should cost nothing: 1.05 leaves room for
the noise of a measurement.

{speed(benchmarks, cases.CASES)}

## Jacobians, Hessians, forward mode

In the same way; the recording is part of the time. The controls say what each is measured against.

{speed(benchmarks, derivatives.CASES)}

## Recorded functions

In the same way, by `tf.function` and `tf.vectorize`: the recording is not part of the time, but where the case says so.

{speed(benchmarks, compiled.CASES)}

## Minimising

In the same way: what `tf.minimize` adds to the replay of a function, and a search beside SciPy's own. There is more on
[classic problems](classic_problems.md).

{speed(benchmarks, minimising.CASES)}

## Function families

What one call costs under an open tape, by our name and by NumPy's, over NumPy's call on arrays; and the gradient over
the recorded call, where a view counts as a copy. The shortest of the rounds, which run in turn. At most: at
{families.SIZES[0]} elements 1.0 for ufuncs by our names, 2 for everything else; at {families.SIZES[-1]:,} elements 1.1;
the gradient {families.MOST_SWEEP:g}. What is over it is **bold**.

{family_rows(benchmarks)}

## Long tapes

A chain of scalar operations, recorded and swept once, in five processes for each length: medians. The sweep's time has
the release of the tape in it; recording includes the Python loop. Memory is the growth of the resident set's
high-water mark.

{tape_lengths(lengths)}

## Memory, import, size

Each in a process of its own; memory as above.

{footprint(lengths)}

{NOTES}
"""


def main(source: Path, target: Path) -> None:
    benchmarks = json.loads(source.read_text())["benchmarks"]
    notes = target.read_text().partition(NOTES)[2].lstrip("\n") if target.exists() else ""
    text = page(benchmarks)
    target.write_text(f"{text}\n{notes}" if notes else text)
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
