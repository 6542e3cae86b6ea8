"""`PYTHONPATH=bench python -m scaling [--passes 5] [--page docs/scale.md]`: measure, predict, and write the tables."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

from autodiff_core.distribute.dask import MOST_ASKED

from . import dask, model, mpi
from .problems import PROBLEMS

BEGIN, END = "<!-- figures of bench/scaling -->", "<!-- end of the figures -->"
WORKERS = (2, 10, 100, 1_000)
ENGINES: dict[str, Callable[[str, int, int], mpi.Times]] = {"MPI": mpi.measure, "Dask": dask.measure}


def main() -> None:
    options = argparse.ArgumentParser(prog="scaling", description=__doc__)
    options.add_argument("--passes", type=int, default=5, help="medians are of so many")
    options.add_argument("--page", type=Path, help="the page whose tables are to be replaced")
    arguments = options.parse_args()
    text = tables(arguments.passes)
    print(text)
    if arguments.page is not None:
        before, _, rest = arguments.page.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        arguments.page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def tables(passes: int) -> str:
    """What was measured on this machine, what the model makes of it, and what it predicts."""
    measured = [
        "| | engine | 1 worker, ms | 2 workers, ms | of it not computing | efficiency | without messages |",
        "|---|---|---|---|---|---|---|",
    ]
    predicted: list[str] = []
    of_dask: list[str] = []
    own = dask.measure_own()
    scheduler = model.fitted_scheduler(own)
    sums: dict[int, float] = {}
    for name, make in PROBLEMS.items():
        problem = make()
        for engine, measure in reversed(ENGINES.items()):  # (the last one is MPI's, which the model is of)
            one, two = measure(name, 1, passes), measure(name, 2, passes)
            sums = sums or two.sums
            measured.append(
                f"| {problem.title} | {engine} | {1e3 * one.step:.2f} | {1e3 * two.step:.2f} | "
                f"{1e3 * (two.step - two.silent):.2f} | {one.step / two.step / 2:.2f} | "
                f"{one.silent / two.silent / 2:.2f} |"
            )
            if engine == "Dask":
                of_dask.append(f"| {problem.title} | {' | '.join(_of_dask(problem.bytes, one.silent, scheduler))} |")
        for link in (model.fitted(sums, "this machine (measured)"), *model.NETWORKS):
            cells = []
            for workers in WORKERS:
                seconds = model.step(one.step, problem.bytes, workers, link)
                cells.append(f"{one.step / seconds / workers:.2f}")
                fixed = model.step(one.step * workers, problem.bytes, workers, link)
                cells[-1] += f" / {one.step / fixed:.2f}"
            predicted.append(f"| {problem.title} | {link.title} | {' | '.join(cells)} |")
    here = model.fitted(sums, "this machine")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"Measured on {cores} cores of one machine ({platform.machine()}, Python {platform.python_version()}), "
        f"a thread a worker, medians of {passes}:",
        "",
        *measured,
        "",
        "Sums over two ranks on that machine, the agreement before them included:",
        "",
        "| bytes | measured, us | the model, us |",
        "|---|---|---|",
        *(f"| {size:,} | {1e6 * t:,.0f} | {1e6 * here.sum(size, 2):,.0f} |" for size, t in sums.items()),
        "",
        f"which is a latency of {1e6 * here.latency:.1f} us and a bandwidth of {here.bandwidth / 1e9:.1f} GB/s. "
        f"Predicted efficiency of the same work on more workers / of as much work for each of them:",
        "",
        "| | link | 2 workers | 10 | 100 | 1,000 |",
        "|---|---|---|---|---|---|",
        *predicted,
        "",
        "Evaluations of Dask's workers of which nothing is computed, the median of 20 of each:",
        "",
        "| workers | bytes of params, and of the gradient | measured, ms | the model, ms |",
        "|---|---|---|---|",
        *(
            f"| {workers} | {size:,} | {1e3 * t:.2f} | {1e3 * scheduler.by_messages(size * 2 / 3, workers):.2f} |"
            for (workers, size), t in own.messages.items()
        ),
        "",
        "| parts, by tasks | measured, ms | the model, ms |",
        "|---|---|---|",
        *(f"| {parts} | {1e3 * t:.2f} | {1e3 * scheduler.by_tasks(parts):.2f} |" for parts, t in own.tasks.items()),
        "",
        f"which is {1e3 * scheduler.fixed:.2f} ms, {1e3 * scheduler.message:.2f} ms a worker and "
        f"{1e9 * scheduler.byte:.1f} ms a megabyte to or from one by messages, and by tasks, as with more than "
        f"{MOST_ASKED} workers, {1e3 * scheduler.fixed_of_tasks:.1f} ms and {1e3 * scheduler.task:.2f} ms a part. "
        f"Predicted efficiency of the same work on more workers / of as much work for each of them, without what a "
        f"network adds:",
        "",
        "| | 2 workers | 10 | 100 | 1,000 |",
        "|---|---|---|---|---|",
        *of_dask,
    ]
    return "\n".join(lines)


def _of_dask(bytes: int, computing: float, scheduler: model.Scheduler) -> list[str]:
    """Predicted efficiencies of Dask's workers."""

    def own(workers: int) -> float:
        many = workers > MOST_ASKED
        return scheduler.by_tasks(workers) if many else scheduler.by_messages(bytes, workers)

    alone = computing + own(1)
    return [f"{alone / (computing / n + own(n)) / n:.2f} / {alone / (computing + own(n)):.2f}" for n in WORKERS]


if __name__ == "__main__":
    main()
