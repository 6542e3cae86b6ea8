"""Tapes with a budget: arrays beyond it are in a file, and gradients are the same to the last bit."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.spilled import SpillFile

X = np.linspace(0.1, 2.0, 20_000)  # 160 kB


def chain(x: Any, w: Any, steps: int = 60) -> Any:
    for _ in range(steps):
        x = tf.sin(x * w) + x * 0.5
    return tf.reduce_sum(x * x)


def gradients(memory: Any, f: Any = chain, **how: Any) -> list[np.ndarray]:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory=memory, **how) as tape:
        tape.watch(x)
        y = f(x, w)
    return [np.asarray(g) for g in tape.gradient(y, [x, w])]


def bits(values: Any) -> list[bytes]:
    return [(x.numpy() if isinstance(x, tf.Tensor) else np.asarray(x)).tobytes() for x in values]


@pytest.mark.parametrize("how", [{}, {"persistent": True}, {"trace": True}])
def test_gradients_are_the_same_to_the_last_bit(how: dict[str, bool]) -> None:
    whole = gradients(None)
    for memory in ("2MB", 4_000_000, "1GB"):
        assert bits(gradients(memory, **how)) == bits(whole)


def test_parts_are_let_go_of_where_gradients_are_told_one_by_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[int] = []
    monkeypatch.setattr(SpillFile, "let_go", lambda self, part: gone.append(part))

    def parts(final: Any) -> list[int]:
        gone.clear()
        variables = [tf.Variable(X) for _ in range(20)]
        with tf.GradientTape(memory="2MB") as tape:
            y = tf.constant(X)
            for v in variables:
                y = tf.sin(y * v)
        _core.tape_gradient(tape, [y], variables, None, False, final)
        return sorted(gone)

    told: list[int] = []
    expected = parts(None)
    assert len(expected) > 5
    assert parts(lambda k, gradient: told.append(k)) == expected
    assert told == list(range(19, -1, -1))


@pytest.mark.skipif(sys.platform != "linux", reason="others give memory back when they need it")
def test_a_tape_takes_the_memory_that_it_may() -> None:
    gradients("4MB")
    for memory, most in (("4MB", 4e6), ("10MB", 10e6)):
        tracemalloc.start()
        try:
            gradients(memory)
            assert tracemalloc.get_traced_memory()[1] < most
        finally:
            tracemalloc.stop()
    tracemalloc.start()
    try:
        gradients(None)
        assert tracemalloc.get_traced_memory()[1] > 18e6
    finally:
        tracemalloc.stop()


def test_a_persistent_tape_reads_its_file_again() -> None:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(persistent=True, memory="2MB") as tape:
        tape.watch(x)
        y = chain(x, w)
        z = tf.reduce_sum(tf.exp(-x) * w)
    first = bits(tape.gradient(y, [x, w]))
    assert bits(tape.gradient(z, [w])) == bits([np.exp(-X)])
    assert bits(tape.gradient(y, [x, w])) == first


def test_gradients_of_gradients_and_tangents() -> None:
    def second(memory: Any) -> list[bytes]:
        x, w = tf.constant(X), tf.Variable(X[::-1].copy())
        with tf.GradientTape(memory=memory) as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = chain(x, w, 12)
            slope = tf.reduce_sum(tape.gradient(y, x) ** 2)
        return bits(outer.gradient(slope, [x, w]))

    assert second("2MB") == second(None)

    def both(memory: Any) -> list[bytes]:
        x, w = tf.constant(X), tf.Variable(X[::-1].copy())
        with tf.GradientTape(persistent=True, memory=memory) as tape:
            tape.watch(x)
            y = tf.sin(chain(x, w) * x)
        return bits([tape.jvp(y, [x], [tf.ones_like(x)]), *tape.gradient(y, [x, w])])

    assert both("2MB") == both(None)


def test_other_shapes_and_dtypes() -> None:
    def f(x: Any, w: Any) -> Any:
        a = tf.reshape(x * w, (100, 200))
        for _ in range(10):
            a = tf.tanh(tf.transpose(a) @ a[:, :100]) if a.shape[0] == 100 else tf.transpose(a)
        b = tf.cast(x, tf.float32)
        for _ in range(20):
            b = tf.sin(b) * b
        z = tf.complex(x, w)
        for _ in range(5):
            z = z * tf.exp(z * 0.1j)
        return tf.reduce_sum(a) + tf.reduce_sum(tf.cast(b, tf.float64)) + tf.reduce_sum(tf.math.real(z))

    assert bits(gradients("3MB", f)) == bits(gradients(None, f))


def test_a_tape_within_and_one_around_share_the_budget() -> None:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(memory="2MB") as tape:
            tape.watch(x)
            y = chain(x, w)
        inner = bits(tape.gradient(y, [x, w]))
        del tape
        z = chain(x, w)
    whole = bits(gradients(None))
    assert inner == whole
    assert bits(outer.gradient(z, [x, w])) == whole


def test_the_file_has_no_name_and_goes_with_the_tape(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def mapped() -> int:
        return Path("/proc/self/maps").read_text().count(str(tmp_path)) if sys.platform == "linux" else 0

    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory="2MB") as tape:
        tape.watch(x)
        y = chain(x, w)
        if sys.platform == "linux":
            assert mapped() > 10
    if os.name == "posix":
        assert list(tmp_path.iterdir()) == []
    tape.gradient(y, x)
    gc.collect()
    assert mapped() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody says how many descriptors are open")
def test_a_long_file_takes_few_descriptors() -> None:
    before = len(os.listdir("/proc/self/fd"))
    file = SpillFile(1 << 16)
    numbers = [file.put(np.full(8192, k, float)) for k in range(1000)]
    assert [part for _, part in numbers] == list(range(1000))
    assert len(os.listdir("/proc/self/fd")) - before < 50
    for part in range(1000):
        file.let_go(part)
    assert all((array == k).all() for k, (array, _) in enumerate(numbers))


def test_a_file_that_cannot_be_written_is_an_error_and_the_tape_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, array: np.ndarray) -> Any:
        raise OSError(28, "No space left on device")

    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory="2MB") as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.sin(x) * w)
        monkeypatch.setattr(SpillFile, "put", full)
        with pytest.raises(OSError, match="No space left"):
            chain(x, w)
        monkeypatch.undo()
    np.testing.assert_array_equal(tape.gradient(y, w), tf.sin(x))


def test_a_budget_that_is_too_small_for_one_step_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"GradientTape\(memory=\): 500000 bytes are too few for one step: an array of 160000 bytes"
    ):
        gradients("500kB")


def test_a_budget_that_is_too_small_refuses_nothing_once_its_tape_is_left() -> None:
    x = tf.constant(X)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(memory="500kB") as tape:
            tape.watch(x)
            small = tf.reduce_sum(x[:100] ** 2)
        y = tf.reduce_sum(tf.sin(x) * x)
    assert bits([tape.gradient(small, x)[:100]]) == bits([2 * X[:100]])
    np.testing.assert_allclose(outer.gradient(y, x), np.cos(X) * X + np.sin(X))


@pytest.mark.parametrize(
    ("memory", "error"), [("much", ValueError), (0, ValueError), (2.5, TypeError), (True, TypeError)]
)
def test_what_is_no_amount_of_memory_is_refused(memory: Any, error: Any) -> None:
    with pytest.raises(error, match=r"^GradientTape\(memory=\): "):
        tf.GradientTape(memory=memory)


def test_what_is_read_of_a_tape_is_read_from_the_file() -> None:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(persistent=True, memory="2MB") as tape:
        tape.watch(x)
        y = chain(x, w)
    values = [record.value for record in tape.to_records() if record.value is not None]
    assert len(values) > 100
    assert not any(np.asarray(value).flags.writeable for value in values if np.ndim(value))
    assert "sin" in str(tape)
    assert bits(tape.gradient(y, [x, w])) == bits(gradients(None))


def test_arrays_in_a_file_are_what_they_were() -> None:
    file = SpillFile(1 << 16)
    arrays = [np.arange(size, dtype=dtype).reshape(shape) for size, dtype, shape in (
        (6000, "float64", (2, 3, 1000)), (50_000, "int8", (50_000,)), (40_000, "complex64", (200, 200)),
    )]  # fmt: skip
    found = [file.put(array) for array in arrays]
    assert [part for _, part in found] == [0, 1, 2]
    for _ in range(2):
        for array, (same, _) in zip(arrays, found, strict=True):
            np.testing.assert_array_equal(array, same)
            assert same.dtype == array.dtype and not same.flags.writeable
            assert bits(pickle.loads(pickle.dumps([same]))) == bits([array])
        for part in range(3):
            file.let_go(part)
