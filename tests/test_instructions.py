"""The sets of instructions that kernels are compiled for: each that this machine has is run, and they agree.

A process runs one of them, so what is compared is computed by processes of their own.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autodiff_core import _core

SETS = ["baseline", "avx2", "avx512"]
HERE = SETS[: SETS.index(_core.instruction_set()) + 1]

COMPUTED = """
import sys
import numpy as np
import autodiff_core as tf
from autodiff_core import _core

random = np.random.default_rng(0)
kept = {"name": np.array(_core.instruction_set())}

def keep(name, *results):
    for number, result in enumerate(results):
        kept[f"{name} {number}"] = tf.convert_to_tensor(result).numpy()

for dtype in (np.float32, np.float64):
    of = " of " + dtype.__name__
    x, m = random.normal(size=3001).astype(dtype), random.normal(size=(67, 131)).astype(dtype)
    p = random.uniform(size=(67, 131)).astype(dtype)
    # What is rounded after each operation, or not at all.
    keep("exact sums" + of, tf.reduce_sum(x), tf.reduce_sum(m, axis=0), tf.reduce_sum(m, axis=1))
    for f in (tf.reduce_max, tf.reduce_min, tf.reduce_prod):
        keep(f"exact {f.__name__}" + of, f(m), f(m, axis=0), f(m, axis=1), f(m[:, :3].copy(), axis=0))
    keep("exact places" + of, tf.argmax(m, axis=0), tf.argmin(m, axis=1))
    keep("exact choices" + of, tf.where(x > 0, x, -x), tf.where(x > 0, x, dtype(0)), -tf.constant(x))
    keep("exact softmax" + of, tf.nn.softmax(m), tf.nn.log_softmax(m, axis=0), tf.reduce_logsumexp(m, axis=1))
    keep("exact outer product" + of, tf.constant(x[:50, None]) @ tf.constant(x[None, :77]))
    keep("exact windows" + of, tf.nn.max_pool2d(m[None, :64, :128].reshape(1, 32, 32, 8), 2, 2, "VALID"))
    short = tf.Variable(x[:13])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(short * short / (short * 0.5 + 9.0) - short)
    keep("exact short line" + of, y, tape.gradient(y, short))
    repeated = tf.Variable(m)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.sqrt(tf.repeat(repeated, 5, axis=0) ** 2 + 1.0))
    keep("exact repeats" + of, y, tape.gradient(y, repeated))
    # What has products that are added to something.
    keep("sin" + of, tf.sin(x * 40))
    keep("cos" + of, tf.cos(x * 40))
    keep("erf" + of, tf.math.erf(x))
    keep("erfc" + of, tf.math.erfc(x * 3))
    keep("cross entropy" + of, tf.nn.softmax_cross_entropy_with_logits(p, m, axis=0))
    keep("small products" + of, tf.constant(m[:5, :7]) @ tf.constant(m[7:14, :9]), tf.constant(m[:40, :7]) @ m[:7, :9])
    images, filters = m[:64, :64].reshape(1, 16, 16, 16), m[:18, :64].reshape(3, 3, 16, 8)
    keep("convolution" + of, tf.nn.conv2d(images, filters, 1, "SAME"))
    keep("x" + of, x)
np.savez(sys.argv[1], **kept)
"""


def run(code: str, wanted: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AUTODIFF_INSTRUCTIONS": wanted}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, np.ndarray]]:
    found = {}
    for name in HERE:
        path: Path = tmp_path_factory.mktemp("results") / f"{name}.npz"
        done = run(COMPUTED, name, str(path))
        assert done.returncode == 0, done.stderr
        found[name] = dict(np.load(path))
    return found


@pytest.mark.parametrize("name", HERE)
def test_the_set_that_the_environment_names_runs(name: str, results: dict[str, dict[str, np.ndarray]]) -> None:
    assert str(results[name]["name"]) == name


def test_sets_that_fuse_products_with_sums_agree_to_the_last_bit(results: dict[str, dict[str, np.ndarray]]) -> None:
    for name in HERE[1:-1]:
        for what, found in results[name].items():
            if what != "name":
                assert found.tobytes() == results[HERE[-1]][what].tobytes(), (name, what)


def test_what_has_nothing_to_fuse_is_the_same_on_the_baseline(results: dict[str, dict[str, np.ndarray]]) -> None:
    same = [what for what in results["baseline"] if what.startswith("exact")]
    assert len(same) > 50
    for what in same:
        assert results["baseline"][what].tobytes() == results[HERE[-1]][what].tobytes(), what


@pytest.mark.parametrize("name", HERE)
def test_each_set_is_as_exact_as_the_others(name: str, results: dict[str, dict[str, np.ndarray]]) -> None:
    found = results[name]
    for dtype in ("float32", "float64"):
        x = found[f"x of {dtype} 0"]
        eps = np.finfo(dtype).eps
        for function, scale in {"sin": 40, "cos": 40, "erf": 1, "erfc": 3}.items():
            exact = np.array([getattr(math, function)(number) for number in (x * scale).astype(float)])
            off = np.abs(found[f"{function} of {dtype} 0"] - exact)
            assert (off <= 4 * eps * np.abs(exact)).all(), (function, dtype)
        for what, values in found.items():
            if what.endswith(" 0") and dtype in what and not what.startswith(("sin", "cos", "erf", "exact places")):
                np.testing.assert_allclose(values, results["baseline"][what], rtol=200 * eps, atol=200 * eps)


def test_a_set_that_is_none_is_an_error_that_names_them() -> None:
    done = run("import autodiff_core", "sse9")
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "ValueError: the environment variable AUTODIFF_INSTRUCTIONS is 'sse9'; it may be 'baseline', 'avx2', 'avx512': "
        "the widest instructions that are used, where they are here"
    )


def test_an_empty_word_asks_for_the_widest() -> None:
    code = "from autodiff_core import _core; print(_core.instruction_set())"
    assert run(code, "").stdout == run(code, SETS[-1]).stdout != ""
