"""What the page says of whole workloads: who is first with one thread and with two, and what each library took."""

from collections.abc import Iterable

from .page import digits, errors, table, times
from .peers import OURS
from .problems import Problem
from .results import Figure, Key, Results


def fastest(figures: dict[Key, Figure], keys: Iterable[Key]) -> Key | None:
    return min((key for key in keys if key in figures), key=lambda key: figures[key].microseconds, default=None)


def row(results: Results, problem: Problem) -> tuple[list[str], Figure | None]:
    """How our fastest function compares with the fastest variant of any peer, that one, and who is first; ours."""
    figures = results.figures.get(problem.name, {})
    ours = fastest(figures, (key for key in results.compiled if key[0] == OURS))
    best = fastest(figures, (key for key in results.titles if key[0] != OURS))
    first = fastest(figures, results.titles)
    ratio = figures[ours].microseconds / figures[best].microseconds if ours and best else None
    names = [results.titles[key] if key else "" for key in (best, first)]
    return ["" if ratio is None else f"{ratio:.2f}", *names], figures[ours] if ours else None


def summary(results: dict[int, Results], problems: list[Problem]) -> str:
    """A row for each workload: the ratio and who is first for each number of threads, and what threads give ours."""
    head = [""]
    for count in results:
        head += [f"{threads(count)}: over the best peer", "which is", "first"]
    several = len(results) > 1
    several = len(results) > 1
    rows = []
    for problem in problems:
        cells, taken = [], []
        for found in results.values():
            part, ours = row(found, problem)
            cells += part
            taken += [ours.microseconds / found.control] if ours else []
        if several:
            cells.append(times(taken[0] / taken[-1]) if len(taken) == len(results) else "")
        if any(cells):
            rows.append([problem.title, *cells])
    return table([*head, *(["ours, faster by threads"] if several else [])], rows)


def threads(count: int) -> str:
    return f"{count} thread" + "s" * (count > 1)


def calls(results: Results, problems: list[Problem]) -> str:
    """Milliseconds of each library."""
    keys = [key for key in results.titles if any(key in results.figures.get(p.name, {}) for p in problems)]

    def cell(figure: Figure | None) -> str:
        return f"{digits(figure.microseconds / 1e3)} ±{figure.spread * 100:.0f}%" if figure else ""

    rows = ([p.title, *(cell(results.figures.get(p.name, {}).get(key)) for key in keys)] for p in problems)
    return table(["", *(results.titles[key] for key in keys)], (row for row in rows if any(row[1:])))


def raised(results: dict[int, Results], problems: list[Problem]) -> str:
    """What programs raised, once for all numbers of threads."""
    lines = [line for found in results.values() for line in errors(found, problems)]
    return "\n".join(dict.fromkeys(lines))


def section(results: dict[int, Results], problems: list[Problem]) -> str:
    """Empty where no workload was measured."""
    if not any(problem.name in found.figures for found in results.values() for problem in problems):
        return ""
    parts = [
        f"""### Whole workloads

Value and gradient where nothing else is said. In the first table ours is the faster of what `tf.function` has, over the
fastest of what the peers have: PyTorch's `nn` layers and optimizers, JAX's jit with `scan` and `fori_loop`, and so on,
as their users write them. Formulas are in `networks.py`, `processes.py` and `fits.py` of `bench/side_by_side`. With
more than one thread, these are the library's own and those of its BLAS.

{summary(results, problems)}
"""
    ]
    for count, found in results.items():
        parts.append(f"Milliseconds a call with {threads(count)}:\n\n{calls(found, problems)}\n")
    lines = raised(results, problems)
    if lines:
        parts.append(f"{lines}\n")
    return "\n".join(parts)
