"""The examples run, and say and draw what they promise."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import on_tensorflow.__main__
import on_tensorflow.launch

NEEDS_KERAS = pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="Keras is not installed")
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


def check_digits(done, folder):
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"accuracy\s+([\d.]+)% of 599 digits", done.stdout)[1]) >= 97
    assert float(re.search(r"loss\s+([\d.]+)", done.stdout)[1]) < 0.05
    for name in ("training.png", "mistakes.png", "gradients.png"):
        picture = folder / name
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert str(picture) in done.stdout


@NEEDS_KERAS
def test_the_digits_are_read_by_keras_with_its_bar_and_the_pictures_are_drawn(tmp_path):
    done = run(EXAMPLES / "digits.py", "--out", tmp_path / "drawn")
    check_digits(done, tmp_path / "drawn")
    assert "trained    by Keras" in done.stdout
    assert "19/19" in done.stdout
    assert "Epoch 40/40" in done.stdout


def without(missing, *arguments):
    """Run the digits where a package is not installed."""
    program = (
        f"import runpy, sys; sys.modules[{missing!r}] = None; sys.argv = ['digits.py', *{list(map(str, arguments))}]; "
    )
    return run("-c", program + f"runpy.run_path({str(EXAMPLES / 'digits.py')!r}, run_name='__main__')")


def test_the_digits_are_read_by_a_loop_where_keras_is_missing(tmp_path):
    done = without("keras", "--out", tmp_path / "drawn")
    check_digits(done, tmp_path / "drawn")
    assert "trained    by a loop with a gradient tape" in done.stdout
    assert "760/760" in done.stderr


def test_paths_of_methods_are_drawn(tmp_path):
    done = run(EXAMPLES / "minimise.py", "--out", tmp_path / "drawn")
    assert done.returncode == 0, done.stderr
    assert re.search(r"BFGS\s+\d+ steps, \{'value and gradient': \d+\}", done.stdout)
    assert re.search(r"trust-exact\s+\d+ steps, \{'value and gradient': \d+, 'Hessian': \d+\}", done.stdout)
    assert (tmp_path / "drawn" / "minimise.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("missing", ["sklearn", "matplotlib", "tqdm"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(missing, tmp_path):
    done = without(missing, "--out", tmp_path)
    assert done.returncode == 1
    assert missing in done.stderr
    assert 'pip install "autodiff-core[demo]"' in done.stderr
    assert "Traceback" not in done.stderr


SCRIPTS = {
    "wgan_gp": r"of 500 drawn digits, read as 0 to 9:( \d+){10}",
    "pinn": r"relative error of the solution: 0\.\d+",
    "cart_pole": r"by a policy it stays up for \d+ steps of 200",
    "vae": r"squared error of a pixel that is drawn again: 0\.\d+",
    "transformer": r"sums that it writes rightly: \d+ of 10",
}


@NEEDS_KERAS
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_tensorflow_runs_with_another_import(name, tmp_path):
    # (Where it draws, it is asked to.)
    drawn = [] if name in ("cart_pole", "transformer") else ["--out", tmp_path]
    done = run("-W", "error::UserWarning:autodiff_core", EXAMPLES / f"{name}.py", "--small", *drawn)
    assert done.returncode == 0, done.stderr
    assert re.search(SCRIPTS[name], done.stdout)
    losses = [float(number) for number in re.findall(r"loss (-?[\d.e-]+)", done.stdout)]
    assert len(losses) >= 2
    assert all(np.isfinite(losses))
    assert bool(drawn) == bool(list(tmp_path.glob("*.png")))


@pytest.mark.parametrize("name", SCRIPTS)
def test_two_lines_of_a_script_are_not_tensorflow_s(name):
    text = (EXAMPLES / f"{name}.py").read_text()
    assert text.count(on_tensorflow.launch.HERE) == 1
    assert "autodiff" not in text.replace(on_tensorflow.launch.HERE, "")


def test_scripts_that_print_other_losses_are_told_apart():
    def differences(here, there):
        return on_tensorflow.__main__.differences(here, there, tolerance=1e-3)

    printed = "begun\nstep 1: loss 0.50000\nstep 2: loss 2.5e-01\n3/3 - 0s - 12ms/step - loss: 1\n"
    assert not differences(printed, printed.replace("0.50000", "0.50001").replace("12ms", "13ms"))
    assert differences(printed, printed.replace("0.50000", "0.51000"))
    assert differences(printed, printed.replace("step 2:", "step 2 -"))
    assert differences(printed, printed.replace("step 2: loss", "step 2:"))
