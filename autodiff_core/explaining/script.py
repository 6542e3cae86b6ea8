"""Runs somebody's script, and notes what its tapes and recorded functions do.

While the script runs, its tapes are traced. The first few that are opened at a line are looked at when they are asked
for a gradient: what they hold, and what takes how long. All of them are asked whether numbers are finite, until some
are not, and why a gradient is None, until there is one.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..nest import flatten
from ..programs.function import Function
from ..reading.numerics import first_fault

__all__ = ["Explained", "FunctionFound", "TapeFound", "explain"]

LOOKED_AT = 3
"""So many tapes of a line are looked at."""
KEPT = 100
"""So many functions of the same code are asked why they were recorded."""
DRAWN = 60
"""Tapes of no more records have a picture."""


@dataclass
class TapeFound:
    """The tapes that were opened at one line."""

    place: str
    count: int = 0
    asked: int = 0
    """How often for gradients."""
    records: int = 0
    """Of the largest one that was looked at, as the rest."""
    bytes: int = 0
    bytes_by_line: dict[str, int] = field(default_factory=dict)
    seconds_by_line: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Of its records by operation and line: seconds, and how many there are."""
    picture: str = ""
    """SVG, of a small one."""
    connected: set[tuple[str, int]] = field(default_factory=set)
    """Lines that ask for gradients, and the places of sources that have one there."""


@dataclass
class FunctionFound:
    """A recorded function, or all that were made of the same code."""

    name: str
    place: str
    made: int = 0
    recorded: int = 0
    reasons: list[str] = field(default_factory=list)
    obstacle: str | None = None
    functions: list[Function[Any, Any]] = field(default_factory=list)
    """While the script runs: the first of them, kept so that they can be asked at its end."""

    def add(self, function: Function[Any, Any]) -> None:
        self.made += 1
        if self.made <= KEPT:
            self.functions.append(function)

    def sum_up(self) -> None:
        for function in self.functions:
            self.recorded += function.trace_count
            self.reasons += function.trace_reasons[1:]
            self.obstacle = self.obstacle or function.obstacle
        self.functions.clear()


@dataclass
class Explained:
    """What was found."""

    script: str
    code: int = 0
    seconds: float = 0.0
    error: str = ""
    missing: dict[str, int] = field(default_factory=dict)
    """Gradients that are None, in words, and how often."""
    fault: str = ""
    """The first number that is not finite, in words."""
    tapes: dict[str, TapeFound] = field(default_factory=dict)
    functions: dict[Any, FunctionFound] = field(default_factory=dict)


def line_of_user() -> str:
    """The innermost line that is not this package's, as `file:line`."""
    return str(_core.spell_line(_core.place_in_code()))


def explain(script: Path, arguments: Sequence[str] = ()) -> Explained:
    """Run a script as `python script.py arguments` would, and say what its tapes and functions did.

    Parameters
    ----------
    script : path
        Of a Python file.
    arguments : sequence of str
        What the script finds in `sys.argv` behind its own name.

    Returns
    -------
    Explained
        As far as the script went, if it ended with an error; `code` is what it would have exited with.
    """
    found = Explained(str(script))
    start = perf_counter()
    with _as_main(script, arguments), _listening(found):
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as left:
            found.code = _exit_code(left.code)
        except KeyboardInterrupt:
            found.code, found.error = 130, "it was interrupted"
        except Exception as error:
            found.code, found.error = 1, _told(error, script)
    found.seconds = perf_counter() - start
    for noted in found.functions.values():
        noted.sum_up()
    return found


def _exit_code(code: Any) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)
    return 1


def _told(error: BaseException, script: Path) -> str:
    """The error and the lines of the script that led to it, without those that ran the script."""
    stack = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in stack if frame.filename != __file__]
    first = next((k for k, frame in enumerate(own) if frame.filename == str(script)), len(own))
    lines = traceback.format_list(own[first:]) + traceback.format_exception_only(error)
    return "".join(lines).rstrip()


@contextmanager
def _as_main(script: Path, arguments: Sequence[str]) -> Iterator[None]:
    """What the script finds in `sys`."""
    argv, path = sys.argv, sys.path[:]
    sys.argv, sys.path[0] = [str(script), *arguments], str(script.parent)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = argv, path


@contextmanager
def _listening(found: Explained) -> Iterator[None]:
    """Tapes and functions that are made meanwhile are noted: under the public names stand classes that do so."""

    class Listened(_Listened):
        explained = found

    names = [module for module in sys.modules.values() if getattr(module, "GradientTape", None) is GradientTape]
    made = Function.__init__

    def noted(function: Function[Any, Any], *args: Any, **kwargs: Any) -> None:
        made(function, *args, **kwargs)
        _function_of(found, function).add(function)

    for module in names:
        module.GradientTape = Listened  # type: ignore[attr-defined]
    Function.__init__ = noted  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Function.__init__ = made  # type: ignore[method-assign]
        for module in names:
            module.GradientTape = GradientTape  # type: ignore[attr-defined]


def _function_of(found: Explained, function: Function[Any, Any]) -> FunctionFound:
    code = getattr(function.python_function, "__code__", None)
    place = str(_core.spell_line((code, code.co_firstlineno))) if code is not None else line_of_user()
    key = code or (function.python_function, place)
    return found.functions.setdefault(key, FunctionFound(function._name, place))


class _Listened(GradientTape):
    """A tape that notes what it is asked for."""

    explained: Explained
    __slots__ = ("found",)

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True, **options: Any) -> None:
        super().__init__(persistent, watch_accessed_variables, **(options | {"trace": True}))
        place = line_of_user()
        self.found = self.explained.tapes.setdefault(place, TapeFound(place))
        self.found.count += 1

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None, *args: Any, **kwargs: Any) -> Any:
        if _core.is_tracing():
            return super().gradient(target, sources, output_gradients, *args, **kwargs)
        self.found.asked += 1
        asked, reasons = line_of_user(), {}
        targets = [x for x in flatten(target) if isinstance(x, _core.Operand)]
        if targets and _core.tape_state(self)[0] not in ("released", "empty"):
            reasons = self._look(asked, targets, flatten(sources), output_gradients)
        result = super().gradient(target, sources, output_gradients, *args, **kwargs)
        for k, gradient in enumerate(flatten(result)):
            if gradient is not None:
                self.found.connected.add((asked, k))
            else:
                said = f"asked for at {asked}\n{reasons.get(k, 'There was a gradient before, and is none now.')}"
                self.explained.missing[said] = self.explained.missing.get(said, 0) + 1
        return result

    def _look(self, asked: str, targets: list[Any], sources: list[Any], seeds: Any) -> dict[int, Any]:
        """Look at the tape, which is about to be used up; why there is no gradient, of sources that may have none."""
        on_tape = next((x for x in targets if _core.node_on_tape(self, x) is not None), None)
        if self.found.asked <= LOOKED_AT and on_tape is not None:
            memory = self.memory()
            if memory.bytes >= self.found.bytes:
                self.found.bytes, self.found.records = memory.bytes, _core.tape_state(self)[1]
                self.found.bytes_by_line = memory.by_line()
                self.found.seconds_by_line = _seconds_by_line(self.profile(on_tape))
                self.found.picture = self.graph(on_tape).to_svg() if self.found.records <= DRAWN else ""
        if not self.explained.fault:
            fault = first_fault(self, targets, [x for x in sources if isinstance(x, _core.Operand)], seeds)
            if fault is not None:
                turn = (
                    ""
                    if self.found.asked == 1
                    else f", after {self.found.asked - 1} other{'s' * (self.found.asked > 2)}"
                )
                self.explained.fault = f"asked for at {asked}{turn}\n{fault}"
        return {
            k: self.why(targets, source)
            for k, source in enumerate(sources)
            if isinstance(source, _core.Operand)
            and ((asked, k) not in self.found.connected or _core.node_on_tape(self, source) is None)
        }


def _seconds_by_line(profile: Any) -> dict[str, tuple[float, int]]:
    """Of a profile's records: seconds and how many there are, most seconds first."""
    found: dict[str, tuple[float, int]] = {}
    for cost in profile.records:
        line = f"{cost.op}, {cost.line or 'an unknown line'}"
        seconds, count = found.get(line, (0.0, 0))
        found[line] = (seconds + cost.forward + cost.backward, count + 1)
    return dict(sorted(found.items(), key=lambda pair: -pair[1][0]))
