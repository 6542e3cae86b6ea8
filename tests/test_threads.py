"""Tapes and threads: each thread has its own stack of tapes, and gradients of many threads stay apart."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def in_another_thread(f: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(f).result(timeout=60)


def test_a_tape_does_not_see_what_another_thread_does() -> None:
    x = tf.Variable(3.0)
    other = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
        elsewhere = in_another_thread(lambda: x * other)
        z = y * x + elsewhere
    assert [v is x for v in tape.watched_variables()] == [True]
    of_x, of_other = tape.gradient(z, [x, other])
    assert of_x.numpy() == 27.0
    assert of_other is None


def test_a_tape_of_another_thread_does_not_see_this_one() -> None:
    x = tf.Variable(3.0)
    opened, used = threading.Event(), threading.Event()

    def record() -> Any:
        with tf.GradientTape() as tape:
            opened.set()
            assert used.wait(60)
        return tape.watched_variables()

    with ThreadPoolExecutor(1) as executor:
        watched = executor.submit(record)
        assert opened.wait(60)
        x * x
        used.set()
        assert watched.result(60) == ()


def test_open_tapes_of_two_threads_record_side_by_side() -> None:
    x = tf.Variable(2.0)
    barrier = threading.Barrier(2, timeout=60)

    def record(power: int) -> float:
        with tf.GradientTape() as outer:
            barrier.wait()
            with tf.GradientTape() as inner:
                y = x * 1.0
                for _ in range(power - 1):
                    barrier.wait()
                    y = y * x
                for _ in range(5 - power):
                    barrier.wait()
            first = inner.gradient(y, x)
            barrier.wait()
        return float(outer.gradient(first, x))

    with ThreadPoolExecutor(2) as executor:
        assert list(executor.map(record, [3, 4])) == [12.0, 48.0]


def test_a_tape_is_differentiated_in_another_thread() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    np.testing.assert_array_equal(in_another_thread(lambda: tape.gradient(y, x)), [2.0, 4.0])


def test_a_tensor_watched_in_two_threads_at_once() -> None:
    x = tf.constant(np.linspace(0.1, 1.0, 50))

    def differentiate(power: int) -> None:
        for _ in range(200):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x**power
            np.testing.assert_allclose(tape.gradient(y, x), power * x.numpy() ** (power - 1), rtol=1e-12)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(differentiate, range(2, 10)))


@pytest.mark.parametrize("size", [1, 100, 20_000])
def test_many_threads_compute_gradients_at_once(size: int) -> None:
    rng = np.random.default_rng(0)
    w = tf.Variable(rng.normal(size=(size, 3)))
    data = [rng.normal(size=(2, size)) for _ in range(8)]

    def step(x: np.ndarray) -> list[np.ndarray]:
        gradients = []
        for _ in range(20):
            with tf.GradientTape() as outer:
                with tf.GradientTape() as inner:
                    loss = tf.reduce_sum(tf.sin(tf.constant(x) @ w) ** 2)
                first = inner.gradient(loss, w)
            gradients += [first.numpy(), outer.gradient(first, w).numpy()]
        return gradients

    expected = [step(x) for x in data]
    with ThreadPoolExecutor(8) as executor:
        for found, alone in zip(executor.map(step, data), expected, strict=True):
            for one, other in zip(found, alone, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", [(), (3,)])
def test_the_gradient_of_a_variable_that_another_thread_reads_meanwhile_is_the_same_to_the_last_bit(shape: Any) -> None:
    x = tf.Variable(np.full(shape, 2.0))

    def read() -> None:
        with tf.GradientTape() as tape:
            y = x * 3.0
        np.testing.assert_array_equal(tape.gradient(y, x), np.full(shape, 3.0))

    with tf.GradientTape() as tape:
        y = x * 1.0 + x * -1e16
        in_another_thread(read)
        z = y + x * 1e16
    np.testing.assert_array_equal(tape.gradient(z, x), np.ones(shape))  # (else 1 is lost beside 1e16)


def test_gradients_of_one_variable_in_many_threads_are_the_same_to_the_last_bit() -> None:
    v = tf.Variable(np.random.default_rng(0).normal(size=40))

    def gradient() -> bytes:
        with tf.GradientTape() as tape:
            y = v * v
            for k in range(60):
                y = y * 0.9 + tf.sin(v * float(k))
            total = tf.reduce_sum(y)
        return tape.gradient(total, v).numpy().tobytes()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as executor:
            found = list(executor.map(lambda _: gradient(), range(100)))
    finally:
        sys.setswitchinterval(before)
    assert set(found) == {gradient()}


def test_a_rule_that_runs_takes_no_variable_from_the_tape_of_another_thread() -> None:
    x, a = tf.Variable(2.0), tf.Variable(5.0)
    other = tf.GradientTape()
    terms = []

    with ThreadPoolExecutor(1) as executor:

        def elsewhere(f: Callable[[], Any]) -> Any:
            return executor.submit(f).result(timeout=60)

        @tf.custom_gradient
        def scaled(t: Any) -> Any:
            def grad(g: Any, variables: Any = None) -> Any:
                elsewhere(lambda: terms.append(x * 5.0))
                return g * x, [g * t]

            return t * x, grad

        with tf.GradientTape() as tape:
            y = scaled(a)
        elsewhere(other.__enter__)
        elsewhere(lambda: terms.append(x * 3.0))
        of_a, of_x = tape.gradient(y, [a, x])
        elsewhere(lambda: terms.append(terms[0] + terms[1]))
        elsewhere(lambda: other.__exit__(None, None, None))
    assert (of_a.numpy(), of_x.numpy()) == (2.0, 5.0)
    assert other.gradient(terms[-1], x).numpy() == 8.0


def test_threads_that_fail_leave_other_threads_alone() -> None:
    x, three = tf.Variable([1.0, 2.0]), tf.constant([1.0, 2.0, 3.0])

    def work(fails: bool) -> None:
        for _ in range(300):
            with tf.GradientTape() as tape:
                y = x * x
                if fails:
                    with pytest.raises(ValueError, match="add"):
                        y + three
                z = y * x
            np.testing.assert_array_equal(tape.gradient(z, x), [3.0, 12.0])

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(work, [True, False, True, False]))


def test_a_thread_that_ends_with_an_open_tape_is_no_trouble() -> None:
    x = tf.Variable(3.0)
    in_another_thread(lambda: tf.GradientTape().__enter__().watch(x))
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x).numpy() == 6.0


def test_second_derivatives_of_one_tape_are_taken_by_one_thread_at_a_time() -> None:
    x = tf.constant(np.linspace(0.0, 1.0, 100_000))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.sin(x) * tf.tanh(x) * x)
    vector = np.ones(x.size)
    wanted, gradient = tape.hvp(y, x, vector).numpy(), tape.gradient(y, x).numpy()
    refused = []

    def work() -> None:
        for _ in range(5):
            try:
                np.testing.assert_allclose(tape.hvp(y, x, vector), wanted, rtol=1e-12)
            except RuntimeError as error:
                refused.append(error)
            np.testing.assert_array_equal(tape.gradient(y, x), gradient)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    assert all("one thread" in str(error) for error in refused)
    np.testing.assert_array_equal(tape.hvp(y, x, vector), wanted)


def test_a_second_derivative_waits_for_the_thread_that_records_around_the_tape() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.reduce_sum(x**3)

        def refused() -> None:
            with pytest.raises(RuntimeError, match="another thread"):
                tape.hvp(y, x, [1.0, 1.0])

        in_another_thread(refused)
        z = tf.reduce_sum(x * y)
    np.testing.assert_array_equal(in_another_thread(lambda: tape.hvp(y, x, [1.0, 1.0])), [6, 12])
    np.testing.assert_array_equal(outer.gradient(z, x), [9 + 3 * 3, 9 + 3 * 12])
