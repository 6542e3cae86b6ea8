"""Kernels shared among threads: the same digits, whichever and how many there are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

SIZE = 1_000_003  # several blocks a thread, and one that is not full


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


def numbers(dtype: Any, *shape: int) -> Any:
    return tf.constant(np.random.default_rng(0).normal(size=shape).astype(dtype))


def gradient_of_many(dtype: Any) -> list[np.ndarray]:
    x = numbers(dtype, SIZE)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.exp(-x * x) * tf.sin(x) + tf.tanh(x) * 0.5 - x * 0.1)
    return [y.numpy(), tape.gradient(y, x).numpy()]


def sums_and_broadcasts(dtype: Any) -> list[np.ndarray]:
    a, b = numbers(dtype, 700, 900), numbers(dtype, 900)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = tf.reduce_sum(tf.transpose(a) * tf.reduce_mean(a, axis=1), axis=0) + tf.reduce_sum(a * b, axis=1)
    return [y.numpy(), *(g.numpy() for g in tape.gradient(y, [a, b]))]


def outer_products(dtype: Any) -> list[np.ndarray]:
    a, b = numbers(dtype, 40, 1, 150), numbers(dtype, 40, 150, 90)
    with tf.GradientTape() as tape:
        tape.watch(b)
        y = tf.sin(a @ b)
    return [y.numpy(), tape.gradient(y, b).numpy()]


def complex_products(dtype: Any) -> list[np.ndarray]:
    z = tf.complex(numbers(dtype, 700, 900), numbers(dtype, 1, 900))
    return [(z * z).numpy()]


def replays(dtype: Any) -> list[np.ndarray]:
    a, b = numbers(dtype, 700, 900), numbers(dtype, 900)

    @tf.function
    def work(a: Any, b: Any) -> Any:
        z = tf.complex(a, b)
        with tf.GradientTape() as tape:
            tape.watch([a, b])
            y = tf.reduce_sum(tf.sin(a) * b, axis=1)
        return tape.gradient(y, [a, b]), y, z * z, tf.reduce_sum(tf.transpose(a), axis=0)

    work(a, b)
    return [result.numpy() for result in tf.nest.flatten(work(a, b))]


@pytest.mark.parametrize("work", [gradient_of_many, sums_and_broadcasts, outer_products, complex_products, replays])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_do_not_depend_on_the_number_of_threads(work: Any, dtype: Any) -> None:
    tf.set_num_threads(1)
    alone = work(dtype)
    for count in (2, 3, 7):
        tf.set_num_threads(count)
        for found, expected in zip(work(dtype), alone, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_short_work_in_quick_succession_gives_the_same_digits() -> None:
    # (Where threads are awake, work is shared that would not be worth waking one.)
    x = numbers(np.float64, 40_000)

    @tf.function
    def work(x: Any) -> Any:
        for _ in range(12):
            x = tf.reduce_sum(tf.reshape(tf.sin(x) * 1.1 + 0.1, (100, 400)), 1, keepdims=True) * 1e-3 + tf.reshape(
                x, (100, 400)
            )
            x = tf.reshape(x, (-1,))
        return x

    tf.set_num_threads(1)
    expected = work(x).numpy()
    tf.set_num_threads(2)
    for _ in range(30):
        np.testing.assert_array_equal(work(x).numpy(), expected)
        tf.exp(numbers(np.float64, 700_000))


def test_several_python_threads_share_the_workers() -> None:
    tf.set_num_threads(1)
    expected = gradient_of_many(np.float64)
    tf.set_num_threads(2)
    found: list[list[np.ndarray]] = []
    threads = [threading.Thread(target=lambda: found.append(gradient_of_many(np.float64))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for results in found:
        for one, other in zip(results, expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_makes_workers_of_its_own() -> None:
    # In a process of its own: pytest's has threads that a fork should not copy.
    program = """
import os, numpy as np, autodiff_core as tf
tf.set_num_threads(2)
x = tf.constant(np.arange(1_000_000.0))
expected = tf.exp(-x).numpy()
child = os.fork()
same = np.array_equal(tf.exp(-x).numpy(), expected)
if child == 0:
    os._exit(0 if same else 1)
assert same and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="no list of threads here")
@pytest.mark.parametrize(
    "work",
    [
        "tf.reduce_sum(x, 1)",
        "tf.reduce_sum(x * x, 1)",
        "tf.complex(x, x) * tf.complex(x, 1.0)",
        "tf.reshape(tf.transpose(x), [-1])",
        "tf.reduce_sum(x, 0)",
    ],
)
def test_a_replay_shares_what_runs_shared_eagerly(work: str) -> None:
    # In a process of its own, which has no workers yet: they come with the first work that is shared.
    program = f"""
import os, numpy as np, autodiff_core as tf
tf.set_num_threads(1)
x = tf.constant(np.ones((1000, 1000)))
work = tf.function(lambda x: {work})
work(x)
before = len(os.listdir("/proc/self/task"))
tf.set_num_threads(2)
work(x)
assert len(os.listdir("/proc/self/task")) == before + 1
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="threads are not told where to run here")
def test_threads_keep_off_their_callers_core_and_nothing_else_changes() -> None:
    # Woken on it, they and the caller would be in each other's way for milliseconds.
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one core")
    program = """
import os, numpy as np, autodiff_core as tf
tf.set_num_threads(1)
x = tf.constant(np.ones((1000, 1000)))
before, cores = set(os.listdir("/proc/self/task")), os.sched_getaffinity(0)
tf.set_num_threads(2)
tf.exp(x)
(worker,) = set(os.listdir("/proc/self/task")) - before
assert os.sched_getaffinity(0) == cores
left = cores - os.sched_getaffinity(int(worker))
assert len(left) == 1 and os.sched_getaffinity(int(worker)) < cores, left
# A caller that is bound to one core leaves no other for them: they stay where they are.
elsewhere = os.sched_getaffinity(int(worker))
os.sched_setaffinity(0, elsewhere if len(elsewhere) == 1 else {min(elsewhere)})
tf.exp(x)
assert os.sched_getaffinity(int(worker)) == elsewhere
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_replays_of_one_program_at_once_have_numbers_of_their_own() -> None:
    tf.set_num_threads(2)
    x = numbers(np.float64, 400_000)

    @tf.function
    def scaled(x: Any, factor: Any) -> Any:
        return tf.reduce_sum(x * factor), (x + 1.0) * factor

    factors = [tf.constant(factor, tf.float64) for factor in (1.0, 2.0, 3.0)]
    expected = [[result.numpy() for result in scaled(x, factor)] for factor in factors]
    wrong: list[int] = []

    def replay(which: int) -> None:
        for _ in range(60):
            for found, its in zip(scaled(x, factors[which]), expected[which], strict=True):
                if not np.array_equal(found.numpy(), its):
                    wrong.append(which)

    threads = [threading.Thread(target=replay, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_thread_that_is_not_wanted_any_more_is_not_used() -> None:
    tf.set_num_threads(5)
    many = gradient_of_many(np.float64)
    tf.set_num_threads(2)
    for found, expected in zip(gradient_of_many(np.float64), many, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("count", [0, -1])
def test_no_threads_at_all_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="set_num_threads: there must be at least 1 thread, not"):
        tf.set_num_threads(count)
    assert tf.get_num_threads() >= 1
