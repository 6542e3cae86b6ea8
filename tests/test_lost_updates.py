"""Changes of one variable by several threads: none is lost, whichever way they are made.

Threads are switched as often as Python can; kernels of large arrays, and NumPy's, run without the GIL besides.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from threads_at_once import THREADS, at_once


@pytest.fixture(autouse=True)
def _restless() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def repeated(times: int, *calls: Callable[[], Any]) -> None:
    """Each thread makes one of the calls, so many times."""

    def work(k: int) -> None:
        call = calls[k % len(calls)]
        for _ in range(times):
            call()

    at_once(work)


SHAPES: list[tuple[tuple[int, ...], int]] = [((), 10_000), ((4,), 2000), ((70_000,), 40)]


@pytest.mark.parametrize(("shape", "times"), SHAPES, ids=str)
def test_assign_add_and_assign_sub(shape: tuple[int, ...], times: int) -> None:
    v = tf.Variable(np.zeros(shape))
    one = np.ones(shape)
    repeated(times, lambda: v.assign_add(one))
    np.testing.assert_array_equal(v, np.full(shape, float(THREADS * times)))
    repeated(times // 4, lambda: v.assign_add(one), lambda: v.assign_sub(one))
    np.testing.assert_array_equal(v, np.full(shape, float(THREADS * times)))


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.float16], ids=lambda d: d.__name__)
def test_rows(dtype: Any) -> None:
    v = tf.Variable(np.zeros((3, 2), dtype))
    rows = tf.IndexedSlices(np.ones((2, 2), dtype), [0, 2])
    whole = np.ones((3, 2), dtype)
    repeated(200, lambda: v.scatter_add(rows), lambda: v.assign_add(whole))
    each = 100 * THREADS
    np.testing.assert_array_equal(v, [[2 * each] * 2, [each] * 2, [2 * each] * 2])


CHANGES: dict[str, Callable[[tf.Variable], Any]] = {
    "scatter_nd_add": lambda v: v.scatter_nd_add([[0], [2]], [1.0, 1.0]),
    "scatter_nd_sub": lambda v: v.scatter_nd_sub([[0], [2]], [-1.0, -1.0]),
    "assign_add to a part": lambda v: v[::2].assign_add(1.0),
    "assign_sub to a part": lambda v: v[::2].assign_sub(-1.0),
    "scatter_mul": lambda v: v.scatter_mul(tf.IndexedSlices([2.0, 2.0], [0, 2])),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_elements(name: str) -> None:
    change, times = CHANGES[name], 40 if name == "scatter_mul" else 200
    v = tf.Variable(np.ones(3))
    repeated(times, lambda: change(v))
    after = 2.0 ** (THREADS * times) if name == "scatter_mul" else 1.0 + THREADS * times
    np.testing.assert_array_equal(v, [after, 1.0, after])


def test_elements_that_several_threads_assign_to() -> None:
    v = tf.Variable(np.zeros(THREADS))

    def work(k: int) -> None:
        for n in range(1, 1001):
            v[k].assign(float(n))
            assert v[k] == n  # nobody has put back what was there before

    at_once(work)
    np.testing.assert_array_equal(v, np.full(THREADS, 1000.0))


@pytest.mark.parametrize(("shape", "times"), [((), 500), ((4,), 500), ((70_000,), 20)], ids=str)
def test_replays_beside_assignments(shape: tuple[int, ...], times: int) -> None:
    v = tf.Variable(np.zeros(shape))
    one = tf.constant(np.ones(shape))
    step = tf.function(lambda x: v.assign_add(x * 1.0) * 1.0)
    step(one)
    repeated(times, lambda: step(one), lambda: v.assign_add(one))
    np.testing.assert_array_equal(v, np.full(shape, 1.0 + THREADS * times))


def test_replays_with_kernels_in_python() -> None:
    v = tf.Variable(np.zeros((4, 4)))
    step = tf.function(lambda x: v.assign_add(tf.sort(x)) * 1.0)
    one = tf.constant(np.ones((4, 4)))
    step(one)
    repeated(100, lambda: step(one))
    np.testing.assert_array_equal(v, np.full((4, 4), 1.0 + THREADS * 100))


def test_replays_that_a_tape_follows() -> None:
    v, w = tf.Variable(0.0), tf.Variable(2.0)

    @tf.function
    def step(x: Any) -> Any:
        v.assign_add(x)
        return w * x

    def on_tape() -> None:
        with tf.GradientTape() as tape:
            y = step(tf.constant(1.0))
        assert float(tape.gradient(y, w)) == 1.0

    on_tape()
    repeated(50, on_tape, lambda: v.assign_add(1.0))
    assert float(v) == 1.0 + THREADS * 50


def test_a_program_that_a_tape_follows() -> None:
    v, w = tf.Variable(0.0), tf.Variable(2.0)

    @tf.function
    def step(x: Any) -> Any:
        v.assign_add(x)
        return w * x

    program = step.get_concrete_function(tf.constant(1.0)).program

    def on_tape() -> None:
        with tf.GradientTape() as tape:
            y = program(tf.constant(1.0))
        assert float(tape.gradient(y, w)) == 1.0

    repeated(50, on_tape)
    assert float(v) == THREADS * 50


def test_a_kernel_that_assigns_to_what_its_replay_assigns_to_does_so_once() -> None:
    v = tf.Variable(0.0)

    def kernel(x: Any) -> Any:
        v.assign_add(10.0)
        return x

    op = tf.general_op("assigns_within", kernel, lambda g, y, x: g)

    @tf.function
    def step(x: Any) -> Any:
        y = op(x)
        v.assign_add(x)
        return y

    step(tf.constant(1.0))
    before = float(v)
    step(tf.constant(1.0))
    assert float(v) == before + 11.0  # (what the kernel does has been recorded, too, and comes last)


@pytest.mark.parametrize("recorded", [False, True], ids=["eager", "recorded"])
@pytest.mark.parametrize(
    "make",
    [lambda: tf.keras.optimizers.SGD(0.5, momentum=0.9), lambda: tf.keras.optimizers.Adam(0.5)],
    ids=["SGD", "Adam"],
)
@pytest.mark.parametrize("rows", [False, True], ids=["whole", "rows"])
def test_steps_of_an_optimizer(make: Callable[[], Any], rows: bool, recorded: bool) -> None:
    times = 40
    results = []
    for several in (False, True):
        v, optimizer = tf.Variable(np.zeros((4, 3))), make()
        gradient = tf.IndexedSlices(np.ones((2, 3)), [0, 2]) if rows else tf.constant(np.ones((4, 3)))

        def step(v: Any = v, optimizer: Any = optimizer, gradient: Any = gradient) -> None:
            optimizer.apply_gradients([(gradient, v)])

        call = tf.function(step) if recorded else step
        call()
        if several:
            repeated(times, call)
        else:
            for _ in range(THREADS * times):
                call()
        assert int(optimizer.iterations) == THREADS * times + 1
        results.append(v.numpy())
    np.testing.assert_array_equal(*results)


def test_a_generator_gives_no_number_to_two_threads() -> None:
    generator = tf.random.Generator.from_seed(1)
    drawn: list[list[float]] = [[] for _ in range(THREADS)]
    at_once(lambda k: drawn[k].extend(float(generator.uniform([])) for _ in range(100)))
    alone = tf.random.Generator.from_seed(1)
    assert sorted(x for numbers in drawn for x in numbers) == sorted(
        float(alone.uniform([])) for _ in range(THREADS * 100)
    )


def test_an_error_leaves_the_way_free() -> None:
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="add to"):
        v.assign_add([1.0, 2.0, 3.0])
    optimizer = tf.keras.optimizers.SGD(1.0)
    optimizer.update_block = lambda *args: 1 / 0  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        optimizer.apply_gradients([(tf.constant([1.0, 1.0]), v)])
    other = tf.keras.optimizers.SGD(1.0)
    thread = threading.Thread(target=lambda: other.apply_gradients([(tf.constant([1.0, 1.0]), v)]))
    thread.start()
    thread.join(60)
    np.testing.assert_array_equal(v, [0.0, 1.0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_that_is_forked_while_a_thread_makes_a_step_makes_its_own() -> None:
    within, go_on = threading.Event(), threading.Event()

    class Slow(tf.keras.optimizers.Optimizer):
        def update_block(self, rate: Any, step: Any, gradient: Any) -> None:
            within.set()
            assert go_on.wait(60)

    v = tf.Variable([1.0])
    thread = threading.Thread(target=lambda: Slow(1.0).apply_gradients([(tf.constant([1.0]), v)]))
    thread.start()
    assert within.wait(60)
    pid = os.fork()
    if pid == 0:
        w = tf.Variable([1.0])
        tf.keras.optimizers.SGD(1.0).apply_gradients([(tf.constant([1.0]), w)])
        w.assign_add([5.0])
        os._exit(0 if float(w[0]) == 5.0 else 1)
    _, status = os.waitpid(pid, 0)
    go_on.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0
