"""The section of docs/benchmarks.md that the driver owns: what stands between its two markers."""

import os
import platform
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from .problems import Problem
from .results import Figure, Key, Results

START = "<!-- beside other libraries: from here on `make bench-peers` writes -->"
END = "<!-- beside other libraries: up to here -->"


def digits(number: float) -> str:
    """Three significant digits, never an exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.{1 if number >= 10 else 2}f}"


def times(ratio: float) -> str:
    """Two significant digits."""
    if ratio >= 10:
        return f"{ratio:,.0f}x"
    return f"{ratio:.1f}x" if ratio >= 1 else f"{ratio:.2g}x"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [" | ".join(row) for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(f"| {line} |" for line in lines)


def call_cell(figure: Figure, ratio: float | None) -> str:
    text = f"{digits(figure.microseconds)} ±{figure.spread * 100:.0f}%"
    return text if ratio is None else f"{text}, {times(ratio)}"


def calls(results: Results, problems: list[Problem], keys: list[Key]) -> str:
    """A row for each problem that one of these does, a column for each of them."""

    def cell(problem: str, key: Key) -> str:
        figure = results.figures.get(problem, {}).get(key)
        return call_cell(figure, results.ratio(problem, key)) if figure else ""

    return rows_of(results, problems, keys, cell)


def ready(results: Results, problems: list[Problem], keys: list[Key]) -> str:
    def cell(problem: str, key: Key) -> str:
        figure = results.figures.get(problem, {}).get(key)
        return digits(figure.ready * 1e3) if figure and figure.ready is not None else ""

    return rows_of(results, problems, keys, cell)


def rows_of(results: Results, problems: list[Problem], keys: list[Key], cell: Callable[[str, Key], str]) -> str:
    """Without the rows and columns that have nothing in them."""
    cells = {problem.title: [cell(problem.name, key) for key in keys] for problem in problems}
    used = [place for place in range(len(keys)) if any(row[place] for row in cells.values())]
    rows = ([title, *(row[place] for place in used)] for title, row in cells.items() if any(row))
    return table(["", *(results.titles[keys[place]] for place in used)], rows)


def errors(results: Results, problems: list[Problem]) -> list[str]:
    lines = []
    for problem in problems:
        for key, error in results.errors.get(problem.name, {}).items():
            lines.append(f"- {results.titles[key]} raised for “{problem.title}”: `{error.replace('`', chr(39))}`.")
    return lines


def left_out(results: Results, problems: list[Problem]) -> str:
    lines = [f"- {title} is not in the tables: {why}." for title, why in results.missing.items()]
    return "\n".join(lines + errors(results, problems))


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return model[1] if model else platform.processor()


def beside(others: float | None) -> str:
    """What is said of other work: so many cores, on average, beside the process that was disturbed most."""
    if others is None:
        return "What else ran on the machine is not known: this system does not tell."
    return f"Other work took {others:.2f} of a core, on average, beside the process that it disturbed most."


def lacks(results: Results) -> str:
    """Of what a library has no figure because a formula found no word for what it needs."""
    lines = []
    for key, names in results.lacks.items():
        said = ", ".join(f"`{name}`" for name in sorted(names))
        lines.append(
            f"- {results.titles[key]} has none of what formulas ask for by {said}: the library lacks it, or has it "
            f"under conditions that nobody wrote down here."
        )
    return "\n".join(lines)


def section(
    results: Results,
    problems: list[Problem],
    passes: int,
    others: float | None,
    standings: str,
    whole: str = "",
    beginning: str = "",
) -> str:
    """`standings` is who is first, with its picture, `whole` what whole workloads take, `beginning` the first call."""
    eager = [key for key in results.titles if key not in results.compiled]
    compiled = [key for key in results.titles if key in results.compiled]
    ours = eager[:1]
    versions = "\n".join(f"- {version}" for version in results.versions)
    passes_made = "one pass" if passes == 1 else f"{passes} passes"
    parts = [
        f"""## Beside other libraries

Written by `make bench-peers` on {date.today()}: {processor()}, {os.cpu_count()} cores, {platform.system()}.
{beside(others)}

Value and gradient where nothing else is said, with one thread where no other number is. Each library runs in a process
and an environment of its own, one after the other, in {passes_made}. A round is a control, which is the same plain
Python and NumPy in every process, and then the calls; a figure is the median of the rounds' ratios to the control,
times what the control usually took. That takes the drift of the machine's speed out of the ratios. Its spread is half
the distance of the quartiles of what the passes found. Before anything is timed, each library's values and derivatives
are compared with ours. The formulas are the same for all, in `bench/side_by_side` (`problems.py`, `networks.py`,
`processes.py`, `fits.py`, `keras_models.py`), but where a library has layers, optimizers or a loop of its own: there it
is used as its users do. Arrays are converted to the library's own beforehand.

{standings}
### Recorded in each call

Microseconds, with the ratio to ours.

{calls(results, problems, eager)}

The Jacobian of the bundle adjustment is one of blocks for whoever knows where they are, and differentiates observation
by observation. In its second row it is a sparse matrix, whose pattern and colours are found in each call, which only
ours does.

### Recorded or compiled before

The time of a replay, with the ratio to our own replay; that itself, and what stands beside none of ours, with the ratio
to our tape, in the first column.

{calls(results, problems, [*ours, *compiled])}
"""
    ]
    if whole:
        parts.append(whole)
    if beginning:
        parts.append(beginning)
    if compiled:
        parts.append(
            f"""### Until it is ready

Milliseconds of recording or compiling, and the first call; caches on the disk are off.

{ready(results, problems, compiled)}
"""
        )
    parts.append(f"### What was measured\n\n{versions}\n")
    missing = "\n".join(filter(None, [lacks(results), left_out(results, problems)]))
    if missing:
        parts.append(f"{missing}\n")
    return "\n".join(parts)


def put(page: str, written: str) -> str:
    """The page with the section in its place, or at its end."""
    whole = f"{START}\n\n{written.strip()}\n\n{END}"
    if START not in page:
        return f"{page.rstrip()}\n\n{whole}\n"
    before, _, rest = page.partition(START)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"the page has {START!r} without {END!r} after it; put the second back")
    return before + whole + after
