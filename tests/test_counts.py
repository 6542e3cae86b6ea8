"""`make counts`: every path that is counted runs, and has a budget."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import counts

PATHS = counts.paths()


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_is_counted_runs(name: str) -> None:
    path, _, _ = PATHS[name]
    path(3)
    path(5)


def test_every_path_has_a_budget_and_every_budget_a_path() -> None:
    kept = tomllib.loads(counts.BUDGETS.read_text())
    assert list(kept["instructions"]) == list(PATHS)
    assert set(kept["made_with"]) >= {"machine", "python", "numpy", "libc", "compiler", "valgrind"}


def test_without_valgrind_nothing_is_counted_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counts.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["counts.py"])
    assert counts.main() == 0
    assert "valgrind is not installed" in capsys.readouterr().out


@pytest.mark.parametrize("other", [{}, {"compiler": "1.0"}])
def test_a_count_over_its_budget_fails_where_the_budgets_were_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, other: dict[str, str]
) -> None:
    here = {"machine": "this one", "compiler": "12.2"}
    monkeypatch.setattr(counts, "BUDGETS", tmp_path / "counts.toml")
    monkeypatch.setattr(counts, "made_with", lambda: here)
    monkeypatch.setattr(counts.shutil, "which", lambda name: name)
    names = list(PATHS)
    monkeypatch.setattr(counts, "counted", lambda only: dict.fromkeys(names, 1000.0))
    monkeypatch.setattr(sys, "argv", ["counts.py", "--update"])
    assert counts.main() == 0
    monkeypatch.setattr(sys, "argv", ["counts.py"])
    monkeypatch.setattr(counts, "counted", lambda only: dict.fromkeys(names, 1019.0))
    assert counts.main() == 0
    here |= other
    monkeypatch.setattr(counts, "counted", lambda only: dict.fromkeys(names, 1000.0) | {names[3]: 1021.0})
    capsys.readouterr()
    assert counts.main() == (0 if other else 1)
    said = capsys.readouterr().out
    assert ("Not compared" in said) if other else (f"Over budget by more than 2%: {names[3]}." in said)
