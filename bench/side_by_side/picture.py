"""The tables as one picture: a row for each problem, a mark for each library, its time over that of our tape."""

from pathlib import Path

import matplotlib

from .peers import OURS
from .problems import Problem
from .results import Results

matplotlib.use("svg")

from matplotlib import pyplot as plt

MARKS = "osD^vPX*<>"


def plain(title: str) -> str:
    return title.replace("`", "").replace(", 20 cameras, 500 points, 4,000 observations", "")


def draw(results: Results, problems: list[Problem], target: Path) -> None:
    measured = [problem for problem in problems if (OURS, "eager") in results.figures.get(problem.name, {})]
    places = {problem.name: -row for row, problem in enumerate(measured)}
    libraries = list(dict.fromkeys(library for library, _ in results.titles))
    # Text stays text, and nothing changes from one run to the next but the figures.
    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "side by side", "font.size": 8}
    figure, axes = plt.subplots(figsize=(9, 0.32 * len(measured) + 1.4), layout="constrained")
    axes.axvline(1, color="black", linewidth=0.8, zorder=0)
    for key, title in results.titles.items():
        if key == (OURS, "eager"):
            continue
        rank = libraries.index(key[0])
        points = [
            (results.figures[name][key].microseconds / results.figures[name][OURS, "eager"].microseconds, place)
            for name, place in places.items()
            if key in results.figures[name]
        ]
        if not points:
            continue
        colour = f"C{rank}"
        axes.plot(
            *zip(*points, strict=True),
            MARKS[rank % len(MARKS)],
            label=title,
            color=colour,
            markerfacecolor=colour if key in results.compiled else "none",
            markersize=5,
        )
    axes.set_xscale("log")
    axes.set_xlabel("time over that of autodiff_core's tape; filled: recorded or compiled before")
    axes.set_yticks(list(places.values()), [plain(problem.title) for problem in measured])
    axes.grid(axis="both", linewidth=0.3)
    figure.legend(loc="outside upper center", ncols=6, frameon=False)
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
