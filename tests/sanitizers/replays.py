"""Tapes and replays of several threads at once, for ThreadSanitizer: run by .ci/races. Each result is checked, too.

CPython's own lock is seen by the sanitizer, since it is made of a mutex: what is reported is work without it, or memory
that threads share while they have given it up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core import _core

THREADS = 4
ROUNDS = 12
LARGE = np.linspace(0.0, 1.0, 300_000)
done: list[str] = []


def at_once(name: str, work: Callable[[int], Any]) -> None:
    """Run `work(number)` in several threads that start together."""
    barrier = threading.Barrier(THREADS)
    errors: list[BaseException] = []

    def begin(number: int) -> None:
        try:
            barrier.wait()
            for _ in range(ROUNDS):
                work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    done.append(name)


def wave(x: Any) -> Any:
    return tf.reduce_sum(tf.sin(x) * x + tf.exp(-x * x))


def same(found: Any, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(np.asarray(found), expected)


tf.set_num_threads(3)
of_wave = wave(tf.constant(LARGE)).numpy()

recorded = tf.function(wave)
recorded(tf.constant(LARGE))
at_once("replays of one program", lambda number: same(recorded(tf.constant(LARGE)), of_wave))

small = tf.function(lambda x: (tf.sin(x) * x, tf.cast(x, tf.float32)[1:]))
small(tf.constant([1.0, 2.0]))
at_once("small replays of one program", lambda number: same(small(tf.constant([1.0, 2.0]))[1], np.float32([2.0])))

first = tf.function(wave)
at_once(
    "first calls of one function",
    lambda number: same(
        first(tf.constant(LARGE[: 70_000 + number])), wave(tf.constant(LARGE[: 70_000 + number])).numpy()
    ),
)


def differentiate(number: int) -> None:
    x = tf.constant(LARGE)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = wave(x)
    same(tape.gradient(y, x), of_gradient)


with tf.GradientTape() as tape:
    x = tf.constant(LARGE)
    tape.watch(x)
    y = wave(x)
of_gradient = tape.gradient(y, x).numpy()
at_once("tapes", differentiate)

shared = tf.constant(LARGE)
with tf.GradientTape(persistent=True) as kept:
    kept.watch(shared)
    of_shared = wave(shared)
at_once("gradients on one persistent tape", lambda number: same(kept.gradient(of_shared, shared), of_gradient))


def resize(number: int) -> None:
    tf.set_num_threads(1 + number)
    same(wave(tf.constant(LARGE)), of_wave)


at_once("numbers of threads", resize)

v = tf.Variable(np.zeros(100_000))
adding = tf.function(lambda: v.assign_add(tf.ones(100_000, tf.float64) * 1.0))
adding()
v.assign(np.zeros(100_000))
at_once("assignments of one program", lambda number: adding())
same(v, np.full(100_000, float(THREADS * ROUNDS)))

mapped = tf.vectorize(lambda x: tf.reduce_sum(tf.sin(x) * x))
rows = tf.constant(LARGE.reshape(300, 1000))
of_rows = mapped(rows).numpy()
at_once("vectorised calls", lambda number: same(mapped(rows), of_rows))


def trim(number: int) -> None:
    same(wave(tf.constant(LARGE[:100_000])), of_trimmed)
    _core.trim_pool()


of_trimmed = wave(tf.constant(LARGE[:100_000])).numpy()
at_once("the pool", trim)

print(f"{len(done)} kinds of work, {THREADS} threads, {ROUNDS} rounds each: {', '.join(done)}")
