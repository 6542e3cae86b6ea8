"""Tapes with a budget: arrays beyond it are in a file, and gradients are the same to the last bit."""

from __future__ import annotations

import errno
import gc
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
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


def test_what_has_been_read_is_let_go_of_where_gradients_are_told_one_by_one_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[int] = []
    monkeypatch.setattr(SpillFile, "let_go", lambda self, arrays: gone.append(len(arrays)))

    def let_go_of(final: Any) -> int:
        gone.clear()
        variables = [tf.Variable(X) for _ in range(40)]
        with tf.GradientTape(memory="2MB") as tape:
            y = tf.constant(X)
            for v in variables:
                y = tf.sin(y * v)
        _core.tape_gradient(tape, [y], variables, None, False, final)
        return sum(gone)

    told: list[int] = []
    assert let_go_of(None) >= 30
    assert let_go_of(lambda k, gradient: told.append(k)) >= 30
    assert told == list(range(39, -1, -1))


MEASURED = """
import sys
from pathlib import Path

import numpy as np

import autodiff_core as tf

size, kind = int(sys.argv[1]), sys.argv[2]
x, w = tf.constant(np.linspace(0.1, 2.0, size)), tf.Variable(np.linspace(2.0, 0.1, size))


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def derivative(steps, memory):
    with tf.GradientTape(memory=memory, persistent=kind != "gradient") as tape:
        tape.watch(x)
        y = x
        for _ in range(steps):
            y = tf.sin(y * w) + y * 0.5
        y = tf.reduce_sum(y * y)
    if kind == "tangent":
        return tape.jvp(y, [x], [tf.ones_like(x)])
    return [tape.gradient(y, [x, w]) for _ in range(1 if kind == "gradient" else 2)]


derivative(2, None)
Path("/proc/self/clear_refs").write_text("5")
before = peak()
derivative(70_000_000 // (24 * size), "50MB")
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system does not say it of a part of a run")
@pytest.mark.parametrize(
    ("size", "kind"), [(20_000, "gradient"), (20_000, "persistent"), (20_000, "tangent"), (70_001, "gradient")]
)
def test_a_tape_takes_its_budget_and_no_more(size: int, kind: str) -> None:
    """As the system counts it, of a process of its own. What is kept is 70 MB."""
    run = subprocess.run([sys.executable, "-c", MEASURED, str(size), kind], check=True, capture_output=True, text=True)
    assert 0.85 * 50e6 < int(run.stdout) < 50e6


def test_the_bytes_that_the_library_knows_of_stay_within_a_budget() -> None:
    gradients("4MB")
    for memory, most in (("4MB", 4e6), ("10MB", 10e6)):
        tracemalloc.start()
        try:
            gradients(memory)
            assert 0.6 * most < tracemalloc.get_traced_memory()[1] < most
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


def test_the_file_is_closed_rather_than_left_to_the_garbage_collector() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gradients("2MB")
        gc.collect()
    assert [str(warning.message) for warning in told] == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody says how many descriptors are open")
def test_a_long_file_takes_few_descriptors() -> None:
    before = len(os.listdir("/proc/self/fd"))
    file = SpillFile(1 << 16)
    arrays = [file.put(np.full(8192, k, float)) for k in range(1000)]
    assert len(os.listdir("/proc/self/fd")) - before < 50
    file.let_go(arrays)
    assert all((array == k).all() for k, array in enumerate(arrays))


def test_the_room_of_what_has_gone_is_taken_again() -> None:
    file = SpillFile(1 << 16)
    kept = [file.put(np.full(3000, -1.0)), file.put(np.full(5000, -2.0))]
    for k in range(50):
        arrays = [file.put(np.full(size, k, float)) for size in (3000, 5000, 3000)]
        view = arrays[1][10:20]
        arrays.pop(1)
        assert all((array == k).all() for array in arrays)
        assert (file.put(np.full(5000, 77.0)) == 77.0).all()
        assert (view == k).all()
    assert len(file) < 300_000
    assert (kept[0] == -1.0).all()
    assert (kept[1] == -2.0).all()


def test_tapes_within_another_use_the_room_of_those_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[SpillFile] = []
    begin = SpillFile._begin
    monkeypatch.setattr(SpillFile, "_begin", lambda self: (files.append(self), begin(self))[1])
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    lengths = []
    with tf.GradientTape() as outer:
        outer.watch(w)
        total = tf.reduce_sum(w)
        for _ in range(6):
            with tf.GradientTape(watch_accessed_variables=False, memory="2MB") as tape:
                tape.watch(x)
                y = chain(x, tf.constant(X))
            tape.gradient(y, x)
            del y, tape
            lengths.append(len(files[0]))
        total += tf.reduce_sum(w * w)
    assert len(files) == 1
    assert lengths[-1] <= lengths[0] * 1.2
    np.testing.assert_array_equal(outer.gradient(total, w), 1.0 + 2.0 * w)


def test_a_tape_that_is_reset_uses_its_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[SpillFile] = []
    begin = SpillFile._begin
    monkeypatch.setattr(SpillFile, "_begin", lambda self: (files.append(self), begin(self))[1])
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory="2MB") as tape:
        for _ in range(5):
            tape.reset()
            tape.watch(x)
            y = chain(x, w)
    assert bits(tape.gradient(y, [x, w])) == bits(gradients(None))
    assert len(files) == 1
    assert len(files[0]) < 1.3 * 180 * X.nbytes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked")
def test_a_process_that_forks_and_its_child_write_to_files_of_their_own() -> None:
    expected = bits(gradients(None))
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    reading, writing = os.pipe()
    with tf.GradientTape(memory="2MB") as tape:
        tape.watch(x)
        y = x
        for k in range(60):
            y = tf.sin(y * w) + y * 0.5
            if k == 30:
                child = os.fork()
        y = tf.reduce_sum(y * y)
    same = bits(tape.gradient(y, [x, w])) == expected
    if child == 0:
        os.write(writing, b"same" if same else b"other")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 5) == b"same"
    assert same
    os.close(reading)
    os.close(writing)


def full(fd: int, data: Any, at: int) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.skipif(not hasattr(os, "pwrite"), reason="written without it")
def test_a_full_disk_is_an_error_and_the_tape_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory="2MB") as tape:
        tape.watch(x)
        y = chain(x, w)
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match=r"160000 bytes cannot be written .*No space left.* TMPDIR") as caught:
            chain(x, w)
        assert caught.value.errno == errno.ENOSPC
        monkeypatch.undo()
        y += 0.0 * chain(x, w)
    assert bits(tape.gradient(y, [x, w])) == bits(gradients(None))


@pytest.mark.skipif(not hasattr(os, "pwrite"), reason="written without it")
def test_a_disk_that_is_full_when_the_gradient_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sweep has on its way takes more than what was recorded: it writes, too."""
    x = tf.constant(X)
    with tf.GradientTape(memory="8MB", persistent=True) as tape:
        tape.watch(x)
        y = x
        for _ in range(60):
            y = tf.sin(y) + y * 0.5
        y = y[:12]
    expected = tape.gradient(y, x)
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space left"):
        tape.jacobian(y, x)
    monkeypatch.undo()
    np.testing.assert_array_equal(tf.reduce_sum(tape.jacobian(y, x), 0), expected)


def test_a_file_that_cannot_be_made_or_made_longer_is_an_error_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(
        OSError, match=r"^\[Errno 2\] GradientTape\(memory=\): what the tape keeps .* no file can be made"
    ):
        gradients("2MB")
    monkeypatch.undo()
    file = SpillFile(1 << 16)
    array = file.put(np.ones(1000))
    monkeypatch.setattr(mmap, "mmap", lambda *_, **__: full(0, b"", 0))
    with pytest.raises(OSError, match="a file of 65536 bytes cannot be made longer"):
        file.put(np.ones(100_000))
    monkeypatch.undo()
    assert (file.put(np.full(100_000, 2.0)) == 2.0).all()
    assert (array == 1.0).all()


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
    for _ in range(2):
        for array, same in zip(arrays, found, strict=True):
            np.testing.assert_array_equal(array, same)
            assert same.dtype == array.dtype and not same.flags.writeable
            assert bits(pickle.loads(pickle.dumps([same]))) == bits([array])
        file.let_go([*found, arrays[0]])


def test_a_variable_that_is_as_it_was_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[float] = []
    put = SpillFile.put
    monkeypatch.setattr(SpillFile, "put", lambda self, array: (sizes.append(float(array[0])), put(self, array))[1])
    w = tf.Variable(np.full(20_000, 7.0))
    with tf.GradientTape(memory="2MB") as tape:
        y = w * 1.0
        for _ in range(40):
            y = tf.sin(y * w)
        w.assign(np.full(20_000, 8.0))
        for _ in range(40):
            y = tf.sin(y * w)
    assert 7.0 in sizes and 8.0 not in sizes and len(sizes) > 60
    assert np.isfinite(tape.gradient(y, w)).all()


def test_of_two_budgets_the_smaller_one_holds() -> None:
    x, w = tf.constant(X), tf.Variable(X[::-1].copy())
    with tf.GradientTape(memory="1GB") as outer, tf.GradientTape(memory="4MB") as tape:
        for each in (outer, tape):
            each.watch(x)
        tracemalloc.start()
        try:
            y = chain(x, w)
            assert tracemalloc.get_traced_memory()[1] < 4e6
        finally:
            tracemalloc.stop()
    assert bits(tape.gradient(y, [x, w])) == bits(gradients(None))
