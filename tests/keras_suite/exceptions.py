"""The list of Keras's tests that do not apply to this engine, or fail on it, with reasons: `exceptions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

LIST = Path(__file__).with_name("exceptions.toml")


@dataclass
class Entry:
    """Tests that share a reason."""

    reason: str
    tests: list[str]
    """Their names, in which `*` stands for anything."""
    run: bool = True
    """Whether they are run all the same, so that one is found which passes by now."""

    def pattern(self, test: str) -> str | None:
        """Which of the names the test has."""
        return next((name for name in self.tests if test == name or ("*" in name and fnmatchcase(test, name))), None)


@dataclass
class Exceptions:
    """What the file says."""

    entries: list[Entry]
    backend: dict[str, str]
    """What a place in a test's file is told of the backend."""

    def find(self, test: str) -> Entry | None:
        """The entry that the test stands in."""
        return next((entry for entry in self.entries if entry.pattern(test)), None)

    def passing(self, outcomes: dict[str, str]) -> list[str]:
        """Names on the list all of whose tests passed."""
        ended: dict[str, set[str]] = {}
        for test, outcome in outcomes.items():
            entry = self.find(test)
            if entry is not None:
                ended.setdefault(str(entry.pattern(test)), set()).add(outcome)
        return sorted(name for name, all_ in ended.items() if all_ == {"passed"})

    def unknown(self, outcomes: Iterable[str]) -> list[str]:
        """Names on the list that no test has."""
        there = list(outcomes)
        return [name for entry in self.entries for name in entry.tests if not any(entry.pattern(t) for t in there)]


def read(path: Path = LIST) -> Exceptions:
    """As the file is written."""
    content = tomllib.loads(path.read_text())
    return Exceptions([Entry(**entry) for entry in content.get("exception", [])], content.get("backend", {}))
