"""What the page says of whole workloads: what each library took, with one thread and with more."""

from .page import digits, errors, table
from .problems import Problem
from .results import Figure, Results


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
    parts = ["### Whole workloads\n"]
    for count, found in results.items():
        parts.append(f"Milliseconds a call with {threads(count)}:\n\n{calls(found, problems)}\n")
    lines = raised(results, problems)
    if lines:
        parts.append(f"{lines}\n")
    return "\n".join(parts)
