"""Steps of a plan that run slab by slab, some rows of a leading axis through all of them and then the next: the same
numbers to the last bit as step by step, with any number of threads, and in memory of one slab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


def mixture(means: Any, triangles: Any, points: Any) -> Any:
    """Stacks of products, numbers that are spread over rows, and sums of all kinds of rows."""
    difference = points - means[:, None, :]
    turned = difference * tf.exp(means)[:, None, :] + difference @ triangles
    return tf.reduce_sum(tf.reduce_logsumexp(-0.5 * tf.reduce_sum(turned * turned, 2), 0))


def products(x: Any, factors: Any) -> Any:
    """What is a product of the steps' own results, transposed too."""
    y = tf.sin(x @ factors)
    z = tf.matmul(y, y, transpose_a=True) + tf.matmul(x, y, transpose_a=True)[:, :1]
    return tf.reduce_sum(tf.square(tf.reduce_sum(z * z, 1))) + tf.reduce_sum(tf.reduce_sum(y * tf.exp(-y * y), 2) ** 2)


def views(x: Any) -> Any:
    """What is read of the steps' own results by the same rows, by other rows, and in another order."""
    y = tf.exp(-x * x) * x
    found = []
    for of in (
        lambda y: y[:, ::2] * 2.0,
        lambda y: y[:, 1:] * y[:, :-1],
        lambda y: y + y[:, 3:4],
        lambda y: tf.transpose(y, (0, 2, 1)) * y,
        lambda y: tf.reverse(y, [0]) * y,
        lambda y: y[1:] * y[:-1],
        lambda y: y + y[:1],
        lambda y: y + y[-1],
        lambda y: tf.transpose(y, (1, 0, 2)) + y,
    ):
        part = tf.sin(of(y))
        found += [tf.reduce_sum(part * part, 1), tf.reduce_sum(tf.exp(of(part)), 2)]
    return *found, *(tf.reduce_sum(y, axes) for axes in (0, 1, 2, (1, 2), (0, 1), (0, 2)))


def rows(x: Any) -> Any:
    """Rows of few elements, of which the sums are read by all of them."""
    y = tf.sin(x) * x
    total = tf.reduce_sum(y, 1, keepdims=True)
    scaled = y / (total * total + 1.0)
    return tf.reduce_sum(tf.reduce_sum(scaled * scaled, 1) ** 2)


def with_gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    def of(*arguments: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            y = f(*arguments)
        return y, *tape.gradient(y, arguments)

    return of


CASES: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "many_rows": (mixture, [(50, 32), (50, 32, 32), (200, 32)]),
    "few_rows": (mixture, [(6, 40), (6, 40, 40), (1000, 40)]),
    "an_odd_number": (mixture, [(7, 48), (7, 48, 48), (900, 48)]),
    "products": (products, [(80, 100, 64), (80, 64, 50)]),
    "short_rows": (rows, [(200_000, 3)]),
    "long_rows": (rows, [(400, 1500)]),
}


def plan(recorded: Any) -> Any:
    return _core.plan_of(recorded.variants[0])


def same(found: Any, expected: Any) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES)
def test_slabs_give_the_bits_of_the_eager_tape(case: str, dtype: Any, rng: np.random.Generator) -> None:
    f, shapes = CASES[case]
    step = with_gradients(f)
    recorded = tf.function(step)
    for threads in (1, 2):
        tf.set_num_threads(threads)
        arguments = [tf.constant(0.3 * rng.normal(size=shape), dtype) for shape in shapes]
        recorded(*arguments)
        same(recorded(*arguments), step(*arguments))
    assert plan(recorded).slabs_as_text()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_reads_other_rows_waits_for_all_of_them(dtype: Any, rng: np.random.Generator) -> None:
    recorded = tf.function(views)
    for scale in (1.0, 0.5):
        x = tf.constant(scale * rng.normal(size=(80, 80, 80)), dtype)
        recorded(x)
        same(recorded(x), views(x))
    assert plan(recorded).slabs_as_text()


def test_what_slabs_alone_read_takes_the_memory_of_one(rng: np.random.Generator) -> None:
    x, y = (tf.constant(rng.normal(size=(64, 64, 64))) for _ in range(2))

    @tf.function
    def f(x: Any, y: Any) -> Any:
        return tf.reduce_sum(tf.exp(x @ y) @ y, 2) + 1.0

    f(x, y)
    assert plan(f).arena_size < 64 * 64 * 64 * 8 // 4
    np.testing.assert_array_equal(f(x, y), tf.reduce_sum(tf.exp(x @ y) @ y, 2) + 1.0)


def test_slabs_run_in_native_code_loops_and_batches(rng: np.random.Generator) -> None:
    x, factors = tf.constant(0.2 * rng.normal(size=(40, 80, 64))), tf.constant(0.1 * rng.normal(size=(40, 64, 64)))

    def step(x: Any) -> Any:
        y = tf.tanh(x @ factors)
        return x - 0.1 * y / (1.0 + tf.reduce_sum(y * y, 2, keepdims=True))

    def looped(x: Any) -> Any:
        return tf.while_loop(lambda i, x: i < 12, lambda i, x: (i + 1, step(x)), [tf.constant(0), x])[1]

    expected = x
    for _ in range(12):
        expected = step(expected)
    recorded = tf.function(looped)
    recorded(x)
    np.testing.assert_array_equal(recorded(x), expected)
    native = tf.function(step, jit_compile=True)
    native(x)
    np.testing.assert_array_equal(native(x), step(x))
    many = tf.stack([x, 2.0 * x])
    np.testing.assert_allclose(tf.vectorize(step)(many), tf.stack([step(x), step(2.0 * x)]), rtol=1e-12, atol=1e-14)
