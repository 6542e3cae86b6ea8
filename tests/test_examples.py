"""The examples run, and say and draw what they promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("gradient_tape.py", "6.0"), ("watching.py", "6.0"), ("derivatives.py", "Newton's method ends at [1. 1.]")],
)
def test_a_story_runs_and_its_assertions_hold(name, shown):
    done = run(EXAMPLES / name)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


def test_the_digits_are_read_and_the_pictures_are_drawn(tmp_path):
    done = run(EXAMPLES / "digits.py", "--out", tmp_path / "drawn")
    assert done.returncode == 0, done.stderr
    assert "760/760" in done.stderr
    assert float(re.search(r"accuracy\s+([\d.]+)% of 599 digits", done.stdout)[1]) >= 97
    assert float(re.search(r"loss\s+([\d.]+)", done.stdout)[1]) < 0.05
    assert re.search(r"time\s+\d+ us a step", done.stdout)
    for name in ("loss.png", "mistakes.png", "gradients.png"):
        picture = tmp_path / "drawn" / name
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert str(picture) in done.stdout


@pytest.mark.parametrize("missing", ["sklearn", "matplotlib", "tqdm"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(missing, tmp_path):
    program = (
        f"import runpy, sys; sys.modules[{missing!r}] = None; sys.argv = ['digits.py', '--out', {str(tmp_path)!r}]; "
    )
    done = run("-c", program + f"runpy.run_path({str(EXAMPLES / 'digits.py')!r}, run_name='__main__')")
    assert done.returncode == 1
    assert missing in done.stderr
    assert "pip install autodiff-core[demo]" in done.stderr
    assert "Traceback" not in done.stderr
