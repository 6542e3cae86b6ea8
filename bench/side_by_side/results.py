"""What the processes found, put together: medians, spreads and ratios that hold across processes."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .peers import OURS

Key = tuple[str, str]
"""A library and a variant of it."""


@dataclass(frozen=True)
class Figure:
    microseconds: float
    """A call's median, as if the control had taken in each process what it took in the middle one."""
    spread: float
    """Half the distance of the quartiles of what the processes found, over the median; of rounds, where there are fewer
    than three processes."""
    ready: float | None
    """Seconds until it was ready; None where nothing has to be."""


@dataclass
class Results:
    titles: dict[Key, str] = field(default_factory=dict)
    compiled: set[Key] = field(default_factory=set)
    versions: list[str] = field(default_factory=list)
    figures: dict[str, dict[Key, Figure]] = field(default_factory=dict)
    """For each problem's name."""
    errors: dict[str, dict[Key, str]] = field(default_factory=dict)
    lacks: dict[Key, set[str]] = field(default_factory=dict)
    """What formulas asked for in vain."""
    missing: dict[str, str] = field(default_factory=dict)
    """Peers that were not measured, and why."""
    control: float = 0.0
    """Microseconds that the control usually took."""

    def reference(self, key: Key) -> Key:
        """What of ours it is compared with: compiled with compiled, where ours has that; ours with our tape."""
        if key in self.compiled and key[0] != OURS:
            return next((own for own in self.titles if own[0] == OURS and own in self.compiled), (OURS, "eager"))
        return OURS, "eager"

    def ratio(self, problem: str, key: Key) -> float | None:
        """Its time over ours; over our eager one where what is compiled of ours does not do this problem."""
        figures = self.figures[problem]
        reference = figures.get(self.reference(key)) or figures.get((OURS, "eager"))
        return figures[key].microseconds / reference.microseconds if reference else None


def spread(numbers: list[float]) -> float:
    if len(numbers) < 2:
        return 0.0
    lower, middle, upper = statistics.quantiles(numbers, n=4, method="inclusive")
    return (upper - lower) / 2 / middle


def combine(passes: Iterable[dict[str, dict[str, Any]]], missing: dict[str, str]) -> Results:
    """Of several passes; each has, for a library's name, what its process wrote."""
    results = Results(missing=missing)
    runs = list(passes)
    found: dict[str, dict[Key, list[dict[str, Any]]]] = {}
    for library in runs[0]:
        last = runs[-1][library]
        results.versions.append(last["versions"])
        for variant, title in last["variants"].items():
            results.titles[library, variant] = title
            if variant in last["compiled"]:
                results.compiled.add((library, variant))
        for one_pass in runs:
            for problem, variants in one_pass[library]["problems"].items():
                for variant, result in variants.items():
                    found.setdefault(problem, {}).setdefault((library, variant), []).append(result)

    everything = [result for libraries in found.values() for results_ in libraries.values() for result in results_]
    usual = statistics.median(statistics.median(result["controls"]) for result in everything if "controls" in result)
    results.control = usual * 1e6
    for problem, libraries in found.items():
        for key, measured in libraries.items():
            failed = [result["error"] for result in measured if "error" in result]
            lacking = {result["lacks"] for result in measured if "lacks" in result}
            if failed:
                results.errors.setdefault(problem, {})[key] = failed[0]
            elif lacking:
                results.lacks.setdefault(key, set()).update(lacking)
            else:
                results.figures.setdefault(problem, {})[key] = figure(measured, usual)
    return results


def figure(measured: list[dict[str, Any]], usual: float) -> Figure:
    """Of one program in several processes; `usual` is what the control took in seconds."""
    processes = [
        [seconds / control for seconds, control in zip(result["seconds"], result["controls"], strict=True)]
        for result in measured
    ]
    rounds = [ratio for process in processes for ratio in process]
    middles = [statistics.median(process) for process in processes]
    ready = [result["ready"] for result in measured if "ready" in result]
    return Figure(
        statistics.median(rounds) * usual * 1e6,
        spread(middles if len(middles) > 2 else rounds),
        statistics.median(ready) if ready else None,
    )
