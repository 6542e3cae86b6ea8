"""How much more is done in a second by two threads than by one: replays of one program, and tapes of their own.

    python bench/threads.py [--threads 2] [--seconds 2]

On a Python without its lock (a free-threaded build); under the lock the same is printed, for comparison: kernels of
large arrays run without it there, too. The library's own threads are switched off, so that one thread is one.

What threads share is the function, and what it reads around it; each has an argument of its own, as threads have that
work on data of theirs. (Where they give one and the same tensor, they also wait for each other to count who refers to
it: Python does so, for any object.)
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import autodiff_core as tf

Work = tuple[Callable[[Any], Any], Callable[[], Any]]  # what is called, and what makes an argument for it


def chain() -> Work:
    """Value and gradient of a chain of 1,000 operations on numbers."""

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(250):
                y = tf.sin(y) * 0.5 + x * y
        return tape.gradient(y, x)

    return f, lambda: tf.constant(0.3, dtype="float64")


def network() -> Work:
    """The gradient of a network of 64-64-10 on 32 examples."""
    rng = np.random.default_rng(0)
    w = [tf.Variable(rng.normal(size=shape) * 0.1) for shape in ((64, 64), (64,), (64, 10), (10,))]
    examples = rng.normal(size=(32, 64))
    labels = tf.constant(rng.integers(0, 10, 32))

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            scores = tf.tanh(x @ w[0] + w[1]) @ w[2] + w[3]
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores))
        return tape.gradient(loss, w)

    return f, lambda: tf.constant(examples)


def vector() -> Work:
    """The gradient of an elementwise function of 10,000 numbers."""

    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.exp(-x * x) * tf.sin(x))
        return tape.gradient(y, x)

    return f, lambda: tf.constant(np.linspace(-1.0, 1.0, 10_000))


def eager() -> Work:
    """A tape of 100 operations on numbers, and its gradient."""

    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(25):
                y = tf.sin(y) * 0.5 + x * y
        return tape.gradient(y, x)

    return f, lambda: tf.constant(0.3, dtype="float64")


def calls_in(seconds: float, work: Work, threads: int) -> float:
    """Calls in a second, of so many threads together."""
    counts, stop, start = [0] * threads, threading.Event(), threading.Barrier(threads + 1)

    def run(k: int, f: Callable[[Any], Any], argument: Callable[[], Any]) -> None:
        n, x = 0, argument()
        f(x)
        start.wait()
        while not stop.is_set():
            for _ in range(20):
                f(x)
            n += 20
        counts[k] = n

    running = [threading.Thread(target=run, args=(k, *work)) for k in range(threads)]
    for thread in running:
        thread.start()
    start.wait()
    begin = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in running:
        thread.join()
    return sum(counts) / (time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    tf.set_num_threads(1)
    lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(f"Python {sys.version.split()[0]}, {'with' if lock else 'without'} its lock; NumPy {np.__version__}")
    print(f"{'':10} {'1 thread':>12} {f'{options.threads} threads':>12} {'times':>6}")
    for make in (chain, network, vector, eager):
        f, argument = work = make()
        for _ in range(3):
            f(argument())
        # In turn, so that what else the machine does comes to both.
        rounds = [[calls_in(options.seconds / 2, work, n) for n in (1, options.threads)] for _ in range(3)]
        alone, together = (max(column) for column in zip(*rounds, strict=True))
        print(f"{make.__name__:10} {alone:10.0f}/s {together:10.0f}/s {together / alone:6.2f}   {make.__doc__}")


if __name__ == "__main__":
    main()
