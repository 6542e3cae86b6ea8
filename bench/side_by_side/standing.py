"""Who is first: ours beside the fastest that any peer has, for each problem and workload."""

from collections.abc import Iterable

from .page import digits, table
from .peers import OURS
from .problems import Problem
from .reasons import REASONS
from .results import Figure, Key, Results

LEVEL = 1.05
"""Up to here two figures of a machine like this are the same."""


def fastest(figures: dict[Key, Figure], keys: Iterable[Key]) -> Key | None:
    return min((key for key in keys if key in figures), key=lambda key: figures[key].microseconds, default=None)


def rivals(results: Results, problem: str, recorded: bool) -> tuple[Key | None, Key | None]:
    """Our fastest and the peers' fastest: what is recorded or compiled before; or of what is recorded in each call.
    Against what ours has recorded before, all that a peer has counts."""
    figures = results.figures.get(problem, {})
    ours = [key for key in results.titles if key[0] == OURS and (key in results.compiled) == recorded]
    theirs = [key for key in results.titles if key[0] != OURS and (recorded or key not in results.compiled)]
    return fastest(figures, ours), fastest(figures, theirs)


def ratio(results: Results, problem: str, recorded: bool) -> float | None:
    ours, theirs = rivals(results, problem, recorded)
    figures = results.figures.get(problem, {})
    return figures[ours].microseconds / figures[theirs].microseconds if ours and theirs else None


def two_digits(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.1g}"


def cells(results: Results, problem: str, recorded: bool) -> list[str]:
    """Our time in microseconds, and that over the best peer's with its name; bold where it is more."""
    ours, theirs = rivals(results, problem, recorded)
    if ours is None:
        return ["", ""]
    own = digits(results.figures[problem][ours].microseconds)
    over = ratio(results, problem, recorded)
    if over is None:
        return [own, ""]
    text = f"{two_digits(over)} of {results.titles[theirs]}" if theirs else ""
    return [own, f"**{text}**" if over > LEVEL else text]


def standing(results: dict[int, Results], problems: list[Problem]) -> str:
    """A row for each problem: of a tape, of what is recorded before, and of that for each other number of threads."""
    (_, one), *more = results.items()
    head = ["", "tape, us", "over the best tape", "function, us", "over the best"]
    head += [f"over the best with {count} threads" for count, _ in more]
    rows = []
    for problem in problems:
        row = [*cells(one, problem.name, False), *cells(one, problem.name, True)]
        row += [cells(found, problem.name, True)[1] for _, found in more]
        if any(row):
            rows.append([problem.title, *row])
    return table(head, rows)


def lost(results: dict[int, Results], problems: list[Problem]) -> str:
    """Where somebody else is first, and why that is so."""
    lines = []
    for problem in problems:
        over = [value for found in results.values() if (value := ratio(found, problem.name, True)) is not None]
        if over and max(over) > LEVEL:
            why = REASONS.get(problem.name, "Nobody has looked yet why.")
            lines.append(f"- {problem.title} ({two_digits(max(over))}): {why}")
    return "\n".join(lines)


def count(results: dict[int, Results], problems: list[Problem]) -> str:
    """How often ours is first, in words."""
    one = next(iter(results.values()))
    parts = []
    for recorded, what in [
        (False, "of what is recorded in each call"),
        (True, "of what is recorded or compiled before"),
    ]:
        over = [value for problem in problems if (value := ratio(one, problem.name, recorded)) is not None]
        first = sum(value < 1 / LEVEL for value in over)
        level = sum(1 / LEVEL <= value <= LEVEL for value in over)
        parts.append(f"{what}, ours is first in {first} of {len(over)}, and level in {level}")
    return "; ".join(parts)
