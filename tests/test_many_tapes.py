"""More tapes at once than a record has bits for: they behave like the first ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest

import autodiff_core as tf


@pytest.fixture(params=[0, 30, 31, 40, 200])
def others(request: pytest.FixtureRequest) -> Iterator[list[tf.GradientTape]]:
    """Tapes that are open around the test's own, and listen to nothing but what they are told to watch."""
    tapes = [tf.GradientTape(watch_accessed_variables=False) for _ in range(request.param)]
    with ExitStack() as stack:
        for tape in tapes:
            stack.enter_context(tape)
        yield tapes


def test_the_sixtieth_derivative() -> None:
    f = tf.exp
    for _ in range(60):
        f = tf.grad(f)
    assert f(np.float64(0.5)) == pytest.approx(np.exp(0.5))


def test_a_hundred_nested_tapes_each_differentiate_the_gradient_of_the_next() -> None:
    x = tf.constant(2.0, dtype=tf.float64)
    tapes = [tf.GradientTape() for _ in range(100)]
    for tape in tapes:
        tape.__enter__()
        tape.watch(x)
    derivatives = [x**3]
    for tape in reversed(tapes):
        tape.__exit__(None, None, None)
        derivatives.append(tape.gradient(derivatives[-1], x))
    assert [float(y) for y in derivatives] == [8.0, 12.0, 12.0, 6.0] + [0.0] * 97


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_a_tape_watches_is_its_own(others: list[tf.GradientTape]) -> None:
    x, y = tf.constant(2.0), tf.constant(3.0)
    v = tf.Variable(5.0)
    with (
        tf.GradientTape(persistent=True) as first,
        tf.GradientTape(persistent=True, watch_accessed_variables=False) as second,
    ):
        first.watch(x)
        second.watch(y)
        z = x * y * v
    assert [None if g is None else float(g) for g in first.gradient(z, [x, y, v])] == [15.0, None, 6.0]
    assert [None if g is None else float(g) for g in second.gradient(z, [x, y, v])] == [None, 10.0, None]
    assert first.watched_variables() == (v,)
    assert all(tape.gradient(z, v) is None for tape in others)


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_pause_is_a_tapes_own(others: list[tf.GradientTape]) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        y = x * x
        with inner.stop_recording():
            y = y * x
    assert inner.gradient(y, x) is None
    assert outer.gradient(y, x).numpy() == 12.0


def test_a_reset_is_a_tapes_own(others: list[tf.GradientTape]) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        y = x * x
        inner.reset()
        z = y * x
    assert inner.gradient(z, x).numpy() == 4.0
    assert outer.gradient(z, x).numpy() == 12.0


def test_assigned_variables_and_second_order(others: list[tf.GradientTape]) -> None:
    x = tf.Variable([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(x**3)
            x.assign([3.0, 4.0])
            y += tf.reduce_sum(x**3)
        gradient = inner.gradient(y, x)
    assert gradient.numpy().tolist() == [30.0, 60.0]
    assert outer.gradient(gradient, x).numpy().tolist() == [24.0, 36.0]


def test_forward_over_reverse_over_forward(others: list[tf.GradientTape]) -> None:
    x = tf.constant(0.5, dtype=tf.float64)
    with tf.autodiff.ForwardAccumulator(x, 1.0) as third:
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.autodiff.ForwardAccumulator(x, 1.0) as first:
                y = tf.sin(x)
            d1 = first.jvp(y)
        d2 = second.gradient(d1, x)
    assert third.jvp(d2).numpy() == pytest.approx(-np.cos(0.5))


def test_a_tape_that_goes_leaves_its_place_to_another() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as outer:
        for _ in range(3000):
            with tf.GradientTape(persistent=True) as inner:
                y = x * x
            assert inner.gradient(y, x).numpy() == 6.0
            del inner
        z = x * x
    assert outer.gradient(z, x).numpy() == 6.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_there_is_an_end_of_it() -> None:
    x = tf.Variable(1.0)
    kept: list[tf.GradientTape] = []
    with tf.GradientTape():
        with pytest.raises(RuntimeError, match="at most 1024 tapes can be alive within one outermost tape; release"):
            while True:
                kept.append(tf.GradientTape(persistent=True))
                with kept[-1]:
                    y = x * x
        assert len(kept) == 1024
        assert kept[500].gradient(y, x) is None
        assert kept[1022].gradient(y, x).numpy() == 2.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_tensor_stands_on_all_of_many_tapes_that_are_apart() -> None:
    x = tf.Variable(2.0, dtype=tf.float64)
    c = tf.constant(3.0, dtype=tf.float64)
    kept = []
    for k in range(70):
        tape = tf.GradientTape(persistent=True)
        with tape:
            tape.watch(c)
            y = k * x * c
            x.assign(x)  # from here on it stands at another leaf of the same tape
            y += x * c
        kept.append((k, tape, y))
        if k % 3 == 0:
            del kept[k // 2], tape, y
    for k, tape, y in kept:
        assert [float(g) for g in tape.gradient(y, [x, c])] == [3.0 * k + 3.0, 2.0 * k + 2.0]
    outside = x * c
    assert all(tape.gradient(outside, x) is None for _, tape, _ in kept)


def test_many_variables_are_each_watched_once() -> None:
    variables = [tf.Variable(float(k)) for k in range(100)]
    with tf.GradientTape() as tape:
        for variable in variables + variables:
            tape.watch(variable)
            y = variable * 2.0
    assert tape.watched_variables() == tuple(variables)
    assert tape.gradient(y, variables[-1]).numpy() == 2.0


def test_each_of_hundreds_of_nested_tapes_has_its_own_set() -> None:
    variables = [tf.Variable(float(k), dtype=tf.float64) for k in range(300)]
    tapes = [tf.GradientTape(persistent=True) for _ in variables]
    with ExitStack() as stack:
        y = tf.constant(0.0, dtype=tf.float64)
        for tape, variable in zip(tapes, variables, strict=True):
            stack.enter_context(tape)
            y = y + variable * variable
    for k, tape in enumerate(tapes):
        # What was computed before a tape was opened is a constant to it.
        assert tape.watched_variables() == tuple(variables[k:])
        assert [
            None if g is None else float(g) for g in tape.gradient(y, [variables[0], variables[k], variables[-1]])
        ] == [
            0.0 if k == 0 else None,
            2.0 * k,
            598.0,
        ]
