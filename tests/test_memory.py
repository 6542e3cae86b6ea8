"""Nothing is kept longer than it must be: no growth over many steps, no cycles, tapes that let go at once.

The collector is off where it could hide a cycle, and memory is the process's own, since what the compiled core
allocates is not Python's to count.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

STEPS = 100_000


def resident_bytes() -> int:
    """Memory of this process; where the system does not tell it, the most that it ever was."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Leave garbage that only the cycle collector would find where it is."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def growth(step: Callable[[], Any], steps: int) -> int:
    """By how many bytes the process grows over many calls, after it has settled. (The smaller of two: the allocator may
    take more from the system once, for whatever ran before; what leaks does so each time.)"""
    for _ in range(steps // 10):
        step()

    def once() -> int:
        before = resident_bytes()
        for _ in range(steps):
            step()
        return resident_bytes() - before

    return min(once(), once())


def read_only(*values: float) -> np.ndarray:
    """An array that a tape may keep without a copy."""
    array = np.array(values)
    array.flags.writeable = False
    return array


# -- Many steps ---------------------------------------------------------------------------------------------------


SCALAR = tf.Variable(1.5)
PAIR = tf.Variable([1.0, 2.0])
WEIGHTS, BIAS = tf.Variable(np.ones((4, 3))), tf.Variable(np.zeros(3))
THREE = tf.constant([1.0, 2.0, 3.0])


def scalar_step() -> None:
    with tf.GradientTape() as tape:
        y = tf.sin(SCALAR) * SCALAR + SCALAR * 0.5
    tape.gradient(y, SCALAR)


def array_step() -> None:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.tanh([[1.0, 2.0, 3.0, 4.0]] @ WEIGHTS + BIAS) ** 2)
    for variable, gradient in zip((WEIGHTS, BIAS), tape.gradient(loss, [WEIGHTS, BIAS]), strict=True):
        variable.assign_sub(1e-3 * gradient)


def second_order_step() -> None:
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.exp(PAIR) * PAIR
        first = inner.gradient(y, PAIR)
    outer.gradient(first, PAIR)


def persistent_step() -> None:
    with tf.GradientTape(persistent=True) as tape:
        y = PAIR * PAIR
        z = tf.concat([y, PAIR], 0)
    tape.gradient(y, PAIR)
    tape.gradient(z, [PAIR, y])


def unused_step() -> None:
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(1.0))
        tf.exp(PAIR) * PAIR


def failing_step() -> None:
    try:
        with tf.GradientTape():
            PAIR * PAIR + THREE
    except ValueError:
        return
    raise AssertionError("shapes (2,) and (3,) were added")


@pytest.mark.parametrize(
    ("step", "steps"),
    [
        (scalar_step, STEPS),
        (array_step, STEPS // 2),
        (second_order_step, STEPS // 4),
        (persistent_step, STEPS // 4),
        (unused_step, STEPS // 2),
        (failing_step, STEPS // 10),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_many_steps_do_not_grow(step: Any, steps: int, without_collector: None) -> None:
    # A leak of one small object a step would be 32 bytes times the steps, and more than this.
    assert growth(step, steps) < max(24 * steps, 512 * 1024)


def test_one_tape_that_resets_does_not_grow(without_collector: None) -> None:
    x = tf.Variable(1.5)
    with tf.GradientTape() as tape:

        def step() -> None:
            y = x * x
            tf.exp(y)
            tape.reset()

        assert growth(step, STEPS // 2) < 24 * STEPS // 2


def test_many_gradients_of_one_persistent_tape_do_not_grow(without_collector: None) -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.exp(x) * x
    assert growth(lambda: tape.gradient(y, x), STEPS // 2) < 24 * STEPS // 2


def test_ops_outside_tapes_do_not_grow(without_collector: None) -> None:
    x, y = tf.Variable([1.0, 2.0]), tf.constant(2.0)
    assert growth(lambda: (x * y + 1.0, y * y, x[0], float(y)), STEPS) < 24 * STEPS


def test_large_results_are_freed(without_collector: None) -> None:
    x = tf.Variable(np.ones(1_000_000))

    def step() -> None:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.sin(x) * x)
        tape.gradient(y, x)

    # Each step makes several arrays of 8 MB.
    assert growth(step, 30) < 40_000_000


# -- Cycles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step", [scalar_step, array_step, second_order_step, persistent_step, unused_step], ids=lambda f: f.__name__
)
def test_no_step_leaves_a_cycle(step: Any, without_collector: None) -> None:
    step()
    gc.collect()
    for _ in range(20):
        step()
    assert gc.collect() == 0


def test_tapes_variables_and_tensors_die_with_their_last_reference(without_collector: None) -> None:
    tape = tf.GradientTape(persistent=True)
    v = tf.Variable([1.0, 2.0])
    with tape:
        y = v * v
    gradient = tape.gradient(y, v)
    tape_reference, variable_reference = weakref.ref(tape), weakref.ref(v)
    del tape
    assert tape_reference() is None
    del v
    assert variable_reference() is None
    np.testing.assert_array_equal(gradient, [2.0, 4.0])


# -- What a tape holds --------------------------------------------------------------------------------------------


def test_a_read_only_operand_is_kept_by_reference_until_the_gradient_is_taken(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    before = sys.getrefcount(operand)
    with tf.GradientTape() as tape:
        y = x * operand
    assert sys.getrefcount(operand) > before
    tape.gradient(y, x)
    assert sys.getrefcount(operand) == before


@pytest.mark.parametrize("persistent", [False, True])
def test_a_tape_that_is_dropped_lets_go(persistent: bool, without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    before = sys.getrefcount(operand)
    with tf.GradientTape(persistent=persistent) as tape:
        y = x * operand
    assert sys.getrefcount(operand) > before
    del tape
    assert sys.getrefcount(operand) == before
    np.testing.assert_array_equal(y, [2.0, 3.0])


def test_a_persistent_tape_keeps_what_it_needs(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    with tf.GradientTape(persistent=True) as tape:
        y = x * operand
    count = sys.getrefcount(operand)
    for _ in range(10):
        tape.gradient(y, x)
        assert sys.getrefcount(operand) == count


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_reset_lets_go(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    before = sys.getrefcount(operand)
    with tf.GradientTape() as tape:
        y = x * operand
        assert sys.getrefcount(operand) > before
        tape.reset()
        assert sys.getrefcount(operand) == before
    assert tape.gradient(y, x) is None


def test_an_array_dies_with_the_tape_that_kept_it(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    alive = weakref.ref(operand)
    x = tf.Variable(np.ones(2))
    with tf.GradientTape() as tape:
        y = x * operand
        del operand
    assert alive() is not None
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 3.0])
    assert alive() is None


def test_an_operand_that_no_derivative_needs_is_not_kept(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    before = sys.getrefcount(operand)
    with tf.GradientTape(persistent=True) as tape:
        y = x + operand
    assert sys.getrefcount(operand) == before
    np.testing.assert_array_equal(tape.gradient(y, x), [1.0, 1.0])


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_tape_that_watches_nothing_keeps_nothing(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.constant(np.ones(2))
    before = sys.getrefcount(operand)
    with tf.GradientTape(persistent=True) as tape:
        y = x * operand
    assert sys.getrefcount(operand) == before
    assert tape.gradient(y, x) is None


def test_an_exception_inside_a_tape_lets_go(without_collector: None) -> None:
    operand = read_only(2.0, 3.0)
    x = tf.Variable(np.ones(2))
    before = sys.getrefcount(operand)

    def fail() -> None:
        with tf.GradientTape():
            y = x * operand
            raise KeyError(y.shape)

    with pytest.raises(KeyError) as caught:
        fail()
    del caught
    gc.collect()
    assert sys.getrefcount(operand) == before


def test_reference_counts_are_stable(without_collector: None) -> None:
    x, y, weight = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0]), tf.constant(2.0)
    held: list[Any] = [x, y, weight, tf.float32, None, tf.GradientTape]

    def step() -> None:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(y)
            z = tf.reduce_sum(tf.where(x > y, x, y) * weight)[...] + x[0]
        tape.gradient(z, {"x": x, "y": [y]}, output_gradients=weight)
        tape.gradient(z, [x, weight], unconnected_gradients="zero")
        with contextlib.suppress(TypeError):
            tape.gradient(z, [x, 3.0])

    step()
    before = [sys.getrefcount(item) for item in held]
    for _ in range(1000):
        step()
    after = [sys.getrefcount(item) for item in held]
    # Immortal or widely shared objects may move by a few; a leak of one a step is a thousand.
    assert all(abs(b - a) < 100 for a, b in zip(before, after, strict=True))
    assert after[:3] == before[:3]


# -- Depth --------------------------------------------------------------------------------------------------------


def test_a_long_chain_is_freed_without_recursion(without_collector: None) -> None:
    x = tf.Variable(1.0)
    for persistent in (False, True):
        with tf.GradientTape(persistent=persistent) as tape:
            y = x
            for _ in range(200_000):
                y = y * 1.0
        del tape
        assert y.numpy() == 1.0


def test_the_pool_gives_back_what_arrays_have_left() -> None:
    from autodiff_core import _core

    _core.trim_pool()
    x = tf.constant(np.ones(1_000_000))
    y = x * 2.0
    del y
    assert _core.trim_pool() >= 8_000_000
    assert _core.trim_pool() == 0
    assert x.numpy()[-1] == 1.0


@pytest.mark.parametrize("outer", [False, True])
@pytest.mark.parametrize("call", [lambda x: x, lambda x: tf.reshape(x, (3,)), lambda x: x * 1.0])
def test_a_gradient_shares_no_memory_with_the_weights_it_was_given(outer: bool, call: Any) -> None:
    x, weights = tf.constant(np.ones(3)), np.arange(3.0)
    with tf.GradientTape() as around:
        if outer:
            around.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x)
        gradient = tape.gradient(y, x, output_gradients=weights)
    weights[:] = 99.0
    np.testing.assert_array_equal(gradient, [0, 1, 2])


@pytest.mark.parametrize("outer", [False, True])
def test_rules_may_use_one_buffer_for_all_they_give(outer: bool) -> None:
    buffer = np.zeros(3)

    def double(t: Any) -> np.ndarray:
        return np.multiply(np.asarray(t), 2.0, out=buffer)

    op = tf.general_op(
        f"doubled_in_a_buffer_{outer}", lambda x: 2.0 * x, lambda g, y, x: double(g), lambda t, y, x: double(t[0])
    )
    x = tf.constant([1.0, 2.0, 3.0], dtype=tf.float64)
    with tf.GradientTape() as around:
        if outer:
            around.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y, z = op(x), op(op(x * 5.0))
        gradients = tape.gradient([y, z], x), tape.gradient(y, x), tape.gradient(z, x)
        tangents = tape.jvp([y, z], x, np.ones(3))
    buffer[:] = 99.0
    np.testing.assert_array_equal(gradients, np.array([[22.0], [2.0], [20.0]]) * np.ones(3))
    np.testing.assert_array_equal(tangents, np.array([[2.0], [20.0]]) * np.ones(3))


@pytest.mark.parametrize("kind", ["general", "linear", "linear, a view"])
def test_kernels_may_use_one_buffer_for_all_their_results(kind: str) -> None:
    buffer = np.zeros(5)

    def double(x: Any) -> np.ndarray:
        part = buffer if x.shape == (5,) else buffer[: x.size]
        return np.multiply(x, 2.0, out=part)

    name = f"doubled, {kind}"
    if kind == "general":
        op = tf.general_op(name, double, lambda g, y, x: 2.0 * g)
    else:
        op = tf.linear_op(name, double, double)
    shape = 3 if kind == "linear, a view" else 5
    x = tf.constant(np.ones(shape))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = op(x)
        z = op(y * y)
    buffer[:] = 99.0
    np.testing.assert_array_equal(y, np.full(shape, 2.0))
    np.testing.assert_array_equal(z, np.full(shape, 8.0))
    np.testing.assert_array_equal(tape.gradient(z, x), np.full(shape, 16.0))
    np.testing.assert_array_equal(tape.jvp(z, x, np.ones(shape)), np.full(shape, 16.0))
    np.testing.assert_array_equal(tape.jacobian(z, x), 16.0 * np.eye(shape))
