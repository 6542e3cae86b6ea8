"""Threads that run side by side: what each of them computes is right, whatever the others do to what they share.

Under Python's lock they take turns, which `make test` runs a few rounds of. `make free-threaded` runs many, on a Python
that has no such lock.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from threads_at_once import THREADS, at_once

ROUNDS = int(os.environ.get("ROUNDS", "20"))


@pytest.mark.skipif(not hasattr(sys, "_is_gil_enabled"), reason="before Python 3.13 there is nothing but the lock")
def test_importing_the_library_does_not_bring_pythons_lock_back() -> None:
    code = "import sys; before = sys._is_gil_enabled(); import autodiff_core; print(before, sys._is_gil_enabled())"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON_GIL"}
    before, after = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert before == after


@pytest.mark.parametrize("size", [None, 5, 300])
def test_tapes_of_their_own(size: int | None) -> None:
    def work(k: int) -> None:
        x = tf.constant(0.1 + k if size is None else np.linspace(0.1, 1.0 + k, size))
        value = x.numpy()
        wanted = np.cos(value) * np.exp(value) + np.sin(value) * np.exp(value)
        for _ in range(5 * ROUNDS):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(tf.sin(x) * tf.exp(x))
            np.testing.assert_allclose(tape.gradient(y, x), wanted, rtol=1e-5)

    at_once(work)


def test_tapes_within_tapes() -> None:
    def work(k: int) -> None:
        x = tf.constant(np.linspace(1.0, 2.0 + k, 7))
        for _ in range(2 * ROUNDS):
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    y = tf.reduce_sum(x**3)
                first = inner.gradient(y, x)
                z = tf.reduce_sum(first * first)
            np.testing.assert_allclose(outer.gradient(z, x), 36.0 * x.numpy() ** 3)

    at_once(work)


def test_a_variable_that_all_of_them_read() -> None:
    w = tf.Variable(np.linspace(0.5, 1.5, 12).reshape(4, 3))
    b = tf.Variable(0.25)

    def work(k: int) -> None:
        x = np.random.default_rng(k).normal(size=(5, 4))
        for _ in range(3 * ROUNDS):
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(tf.constant(x) @ w * b) + b * b
            of_w, of_b = tape.gradient(y, [w, b])
            np.testing.assert_allclose(of_w, 0.25 * np.repeat(x.sum(0)[:, None], 3, 1))
            np.testing.assert_allclose(of_b, (x @ w.numpy()).sum() + 0.5, rtol=1e-6)

    at_once(work)


def test_a_tensor_that_all_of_them_watch() -> None:
    x = tf.constant(np.linspace(0.1, 1.0, 50))

    def work(k: int) -> None:
        for _ in range(3 * ROUNDS):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x ** (k + 2)
            np.testing.assert_allclose(tape.gradient(y, x), (k + 2) * x.numpy() ** (k + 1), rtol=1e-12)

    at_once(work)


@pytest.mark.parametrize("size", [None, 3, 40_000])
def test_a_variable_that_some_assign_to_and_others_read(size: int | None) -> None:
    v = tf.Variable(np.zeros(() if size is None else size))

    def work(k: int) -> None:
        for n in range(4 * ROUNDS):
            if k % 2:
                v.assign(np.full(np.shape(v.numpy()), float(n)))
            else:
                seen = v.numpy()
                assert np.all(seen == np.ravel(seen)[0])  # one value, not parts of two
                assert v.shape == np.shape(seen) and v.dtype == np.float64 and v.ndim == np.ndim(seen)
                assert "numpy=" in repr(v)
                np.testing.assert_array_equal((v - v + 1.0).shape, np.shape(seen))

    at_once(work)


@pytest.mark.parametrize("size", [None, 6])
def test_gradients_are_at_the_value_that_was_read(size: int | None) -> None:
    v = tf.Variable(np.ones(() if size is None else size))

    def work(k: int) -> None:
        for n in range(4 * ROUNDS):
            if k % 4 == 0:
                v.assign(np.full(np.shape(v.numpy()), 1.0 + n % 7))
                continue
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(v * v * v) if k % 2 else tf.reduce_sum(v**3)
            g = np.ravel(tape.gradient(y, v).numpy())[0]
            if k % 2 == 0:  # (it was read once)
                np.testing.assert_allclose(g, 3.0 * (float(y) / (size or 1)) ** (2 / 3), rtol=1e-12)

    at_once(work)


def test_no_change_is_lost() -> None:
    v, w = tf.Variable(np.zeros(3)), tf.Variable(0.0)
    rows = tf.IndexedSlices(np.ones(2), [0, 2])

    def work(k: int) -> None:
        for _ in range(5 * ROUNDS):
            v.assign_add(np.ones(3))
            v.scatter_add(rows)
            w.assign_add(1.0)

    at_once(work)
    n = 5.0 * ROUNDS * THREADS
    np.testing.assert_array_equal(v, [2 * n, n, 2 * n])
    assert float(w) == n


def test_variables_that_a_program_assigns_together_are_seen_together() -> None:
    a, b = tf.Variable(np.zeros(4)), tf.Variable(np.zeros(4))

    @tf.function
    def step(x: Any) -> Any:
        a.assign_add(x)
        b.assign_sub(x)
        return a + b

    @tf.function
    def sums() -> Any:
        return tf.reduce_sum(tf.abs(a + b))

    one = tf.constant(np.ones(4))
    step(one), sums()

    def work(k: int) -> None:
        for _ in range(3 * ROUNDS):
            if k % 2:
                step(one)
            else:
                assert float(sums()) == 0.0

    at_once(work)
    np.testing.assert_array_equal(a, np.full(4, 1.0 + 3 * ROUNDS * (THREADS // 2)))


@pytest.mark.parametrize("size", [None, 8, 20_000])
def test_one_program_that_all_of_them_replay(size: int | None) -> None:
    w = tf.Variable(0.5 if size is None else np.linspace(0.1, 1.0, size), dtype="float64")

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.tanh(x * w) + x * x)
        return y, tape.gradient(y, x)

    def given(k: int) -> Any:
        return tf.constant(0.1 * (k + 1) if size is None else np.linspace(-1.0, 1.0 + k, size), dtype="float64")

    expected = [[part.numpy() for part in f(given(k))] for k in range(THREADS)]

    def work(k: int) -> None:
        x = given(k)
        for _ in range(5 * ROUNDS):
            for found, wanted in zip(f(x), expected[k], strict=True):
                np.testing.assert_array_equal(found, wanted)

    at_once(work)


def test_programs_of_all_paths_that_values_choose() -> None:
    @tf.function
    def f(x: Any) -> Any:
        n = 0
        while x > 1.0:
            x = x / 2.0
            n += 1
        return x + float(n)

    def work(k: int) -> None:
        for n in range(2 * ROUNDS):
            x = float(2 ** ((k + n) % 6)) * 0.75
            found, halved = float(f(tf.constant(x, dtype="float64"))), 0
            while x > 1.0:
                x, halved = x / 2.0, halved + 1
            assert found == x + halved

    at_once(work)


def test_functions_that_are_recorded_and_differentiated_at_once() -> None:
    w = tf.Variable(np.linspace(1.0, 2.0, 3))
    shared = tf.function(lambda x: tf.reduce_sum(w * x * x))

    def work(k: int) -> None:
        for n in range(max(2, ROUNDS // 4)):
            own = tf.function(lambda x, n=n: tf.reduce_sum(tf.sin(x) * w) * float(n + 1))
            x = tf.constant(np.linspace(0.0, 1.0, 3) + k)
            for f, slope in (
                (shared, lambda v: 2.0 * w.numpy() * v),
                (own, lambda v, n=n: np.cos(v) * w.numpy() * (n + 1.0)),
            ):
                for _ in range(2):
                    with tf.GradientTape() as tape:
                        tape.watch(x)
                        y = f(x)
                    np.testing.assert_allclose(tape.gradient(y, x), slope(x.numpy()), rtol=1e-12)

    at_once(work)


def test_what_a_function_reads_around_it_is_replaced_meanwhile() -> None:
    names: dict[str, Any] = {"tf": tf, "scale": 1.0}
    exec("def f(x):\n    return x * scale", names)
    f = tf.function(names["f"])

    def work(k: int) -> None:
        x = tf.constant(3.0)
        for n in range(2 * ROUNDS):
            if k == 0:
                names["scale"] = float(n % 4 + 1)
            assert float(f(x)) in (3.0, 6.0, 9.0, 12.0)

    at_once(work)


def test_names_that_all_of_them_touch_first() -> None:
    code = """
import threading
import autodiff_core as tf

start, errors = threading.Barrier(8), []

def touch(k):
    try:
        start.wait(60)
        x = tf.constant([0.3, 0.6])
        names = ["math.erf", "nn.softmax", "linalg.norm", "nn.gelu", "math.cumsum", "math.reduce_variance", "sort",
                 "math.softplus", "nn.log_softmax", "math.cumprod"]
        for name in names[k % 5:] + names[: k % 5]:
            f = tf
            for part in name.split("."):
                f = getattr(f, part)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            assert tape.gradient(y, x) is not None, name
        import autodiff_core.numpy as np
        np.median(x), x.cumsum(), x.mean()
    except BaseException as error:
        errors.append(error)

threads = [threading.Thread(target=touch, args=(k,)) for k in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
if errors:
    raise errors[0]
"""
    for _ in range(max(1, ROUNDS // 20)):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_tapes_are_dropped_wherever_their_last_reference_is() -> None:
    kept: list[Any] = []
    turn = threading.Lock()

    def work(k: int) -> None:
        x = tf.constant(np.ones(3) * (k + 1))
        for n in range(3 * ROUNDS):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y = x * x
            np.testing.assert_array_equal(tape.gradient(y, x), 2.0 * x.numpy())
            with turn:
                kept.append((tape, y))
                dropped = kept.pop(0) if len(kept) > 5 else None
            del dropped
            if n % 50 == 0:
                gc.collect()

    at_once(work)
    kept.clear()


def test_tapes_in_cycles_are_collected_by_any_thread() -> None:
    class Holder:
        tape: Any
        itself: Any

    gone: list[Any] = []

    def work(k: int) -> None:
        x = tf.constant(np.ones(3))
        for n in range(2 * ROUNDS):
            with tf.GradientTape() as outer:
                outer.watch(x)
                holder = Holder()
                holder.itself = holder
                with tf.GradientTape(persistent=True) as holder.tape:
                    holder.tape.watch(x)
                    y = x * x
                gone.append(weakref.ref(holder))
                del holder
                z = tf.reduce_sum(y * x)
                if n % 10 == k % 10:
                    gc.collect()
            np.testing.assert_array_equal(outer.gradient(z, x), [3.0, 3.0, 3.0])

    at_once(work, 4)
    gc.collect()
    assert all(reference() is None for reference in gone)


def test_one_tape_that_several_threads_ask() -> None:
    x = tf.constant(np.linspace(0.0, 1.0, 1000))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.sin(x) * x
    wanted = tape.gradient(y, x).numpy()

    def work(k: int) -> None:
        for _ in range(ROUNDS):
            np.testing.assert_array_equal(tape.gradient(y, x), wanted)

    at_once(work)


def test_shapes_that_programs_share_grow_in_several_threads() -> None:
    f = tf.function(lambda x: tf.reduce_sum(tf.tanh(x) * x))
    batched = tf.function(lambda x: tf.reduce_sum(x * x))
    f(tf.constant(np.ones(3)))

    def work(k: int) -> None:
        for n in range(max(2, ROUNDS // 4)):
            x = tf.constant(np.ones((2 + k, 1 + n)))
            g = tf.grad(batched)(x)
            np.testing.assert_array_equal(g, 2.0 * x.numpy())
            rows = tf.vectorize(lambda r: tf.reduce_sum(r * r * r))(x)
            np.testing.assert_allclose(rows, (x.numpy() ** 3).sum(1))

    at_once(work)


def test_threads_that_draw_first_with_one_seed_draw_from_one_generator() -> None:
    drawn: list[list[float]] = [[] for _ in range(THREADS)]
    start = threading.Barrier(THREADS)

    def work(k: int) -> None:
        for n in range(ROUNDS):
            start.wait(60)
            drawn[k].append(float(tf.random.uniform((), seed=70_000 + n)))

    at_once(work)
    assert all(len(set(numbers)) == THREADS for numbers in zip(*drawn, strict=True))
    generators: list[tf.random.Generator] = []
    at_once(lambda k: generators.append(tf.random.get_global_generator()))
    assert len(set(map(id, generators))) == 1


def test_a_function_tells_of_itself_while_others_have_it_recorded() -> None:
    f = tf.function(lambda x: [tf.reduce_sum(x * x), x])

    def work(k: int) -> None:
        for n in range(max(2, ROUNDS // 4)):
            if k == 0:
                assert f.obstacle is None
                assert len(f.variants) <= len(f.trace_reasons) + THREADS
            else:
                total, same = f(tf.ones((k, n + 1)))
                assert float(total) == k * (n + 1) and same.shape == (k, n + 1)

    at_once(work)
