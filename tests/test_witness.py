"""A traced tape hears everything, and nothing behaves differently for it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.reading.records import Record


def told(tape: tf.GradientTape) -> list[Record]:
    """All records on a tape's log."""
    return [Record._make(record) for record in _core.read_tape(tape, True)]


def heard(tape: tf.GradientTape) -> list[tuple[str, bool]]:
    """The ops that a tape's witness has heard, and which of them the tape follows."""
    return [(r.op, r.followed) for r in told(tape) if r.place is not None and not r.leaf]


def test_everything_is_heard_whether_a_tape_follows_it_or_not() -> None:
    x, n = tf.Variable(3.0), tf.constant(2)
    with tf.GradientTape(trace=True) as tape:
        n + 1
        tf.greater(x, 2.0)
        y = tf.stop_gradient(x) * x
        tf.cast(x, tf.int32)
        with tape.stop_recording():
            x * 5.0
        z = tf.reduce_sum(np.ones(3) * tf.cast(y, tf.float64))
    assert heard(tape) == [
        ("add", False),
        ("greater", False),
        ("stop_gradient", False),
        ("multiply", True),
        ("cast", False),
        ("multiply", False),
        ("cast", True),
        ("multiply", True),
        ("sum", True),
    ]
    assert float(tape.gradient(z, x)) == 9.0


def test_each_record_knows_the_line_of_the_users_code() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(trace=True) as tape:
        y = tf.nn.softplus(x)
        tf.reduce_sum(tf.stack([y, y]))
    places = {(r.place[0].co_filename, r.place[0].co_name, r.place[1]) for r in told(tape) if r.place is not None}
    own = test_each_record_knows_the_line_of_the_users_code.__code__
    assert places == {(__file__, own.co_name, own.co_firstlineno + k) for k in (3, 4)}


def test_a_tape_that_is_not_traced_has_no_witness() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(trace=False) as tape:
        x * 2.0
        tf.constant(2) + 1
    assert [record.op for record in tape.to_records()] == ["variable", "multiply"]
    assert all(record.line is None for record in tape.to_records())


def test_tapes_of_one_log_have_one_witness_that_listens_while_any_traced_one_is_open() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True, trace=False) as outer:
        tf.sin(1.0 * x)
        with tf.GradientTape(persistent=True, trace=True) as tape:
            tf.exp(x)
            with tf.GradientTape(persistent=True, trace=True) as inner:
                tf.cos(x)
            tf.tanh(x)
        tf.square(x)
    assert [name for name, _ in heard(tape)] == ["exp", "cos", "tanh"]
    assert heard(inner) == [("exp", False), ("cos", True), ("tanh", False)]
    assert heard(outer) == [("exp", True), ("cos", True), ("tanh", True)]
    with tape:
        tf.sqrt(x)
    assert [name for name, _ in heard(tape)] == ["exp", "cos", "tanh", "sqrt"]
    del tape, inner
    assert heard(outer) == []
    y = outer.watched_variables()
    assert len(y) == 1


def test_a_reset_lets_the_witness_forget_too() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(trace=True) as tape:
        for _ in range(3):
            tape.reset()
            y = x * x
    assert heard(tape) == [("multiply", True)]
    assert float(tape.gradient(y, x)) == 6.0


def test_a_recorded_function_is_recorded_as_ever() -> None:
    x, calls = tf.Variable(3.0), []

    @tf.function
    def f(a: tf.Tensor) -> tf.Tensor:
        calls.append(1)
        with tf.GradientTape(trace=True) as tape:
            tape.watch(a)
            y = a * a if a > 0.0 else a
        return tape.gradient(y, a) * x

    for _ in range(3):
        with tf.GradientTape(trace=True) as tape:
            y = f(tf.constant(2.0))
            assert not _core.is_tracing()
        assert float(tape.gradient(y, x)) == 4.0
    assert len(calls) == 1


def test_a_paused_tape_records_nothing_though_its_witness_listens() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(trace=True) as tape, tape.stop_recording():
        assert not _core.is_recording()
        assert np.asarray(x) == 3.0


def program(rng: np.random.Generator, persistent: bool, inside: bool, trace: bool) -> list[Any]:
    """What a tape gives that meets much of what there is."""
    a = tf.Variable(rng.normal(size=(3, 4)))
    b, n = tf.Variable(rng.normal(size=4).astype(np.float32)), tf.constant([0, 2])
    s, frozen = tf.Variable(0.7), tf.Variable(1.3, trainable=False)
    c = tf.constant(rng.normal(size=(3, 4)))

    @tf.custom_gradient
    def ruled(x: tf.Tensor) -> Any:
        return tf.exp(x), lambda g: g * 2.0

    with tf.GradientTape(persistent=persistent, trace=trace) as tape:
        tape.watch(c)
        h = tf.tanh(a @ tf.transpose(c)) + frozen
        rows = tf.gather(a, n) * 3.0
        with tf.GradientTape(trace=trace) as inner:
            t = tf.sin(s) * s / frozen if s > 0.0 else s
            t = ruled(t * tf.stop_gradient(s))
        d = inner.gradient(t, s)
        with tape.stop_recording():
            e = s * 4.0
        a.assign_add(tf.ones_like(a))
        u = tf.reduce_sum(a * tf.cast(b, tf.float64)) + tf.reduce_max(h) + tf.norm(rows)
        y = u + tf.cast(d * e + tf.sqrt(tf.abs(s - s)), tf.float64) * tf.math.floormod(tf.cast(s, tf.float64), 0.5)
        given = tape.gradient(y, [a, b, s, c, frozen]) if inside else None
    if given is None:
        given = tape.gradient(y, [a, b, s, c, frozen])
    if persistent:
        given += [tape.jacobian(h, a), tape.hvp(y, s, 1.0), tape.jvp(y, [b], [tf.ones_like(b)])]
    return given + [y]


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("persistent", [False, True])
def test_results_are_the_same_to_the_last_bit(rng: np.random.Generator, persistent: bool, inside: bool) -> None:
    state = rng.bit_generator.state
    plain = program(rng, persistent, inside, False)
    rng.bit_generator.state = state
    traced = program(rng, persistent, inside, True)
    assert len(plain) == len(traced)
    for one, other in zip(plain, traced, strict=True):
        assert type(one) is type(other)
        if one is not None:
            one, other = tf.convert_to_tensor(one), tf.convert_to_tensor(other)
            assert one.dtype == other.dtype
            assert one.numpy().tobytes() == other.numpy().tobytes()


def test_steps_do_not_grow() -> None:
    x, c = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])

    def step() -> None:
        with tf.GradientTape(trace=True) as tape:
            y = tf.reduce_sum(tf.tanh(x * c) + 1.0)
            tf.greater(y, 0.0)
        tape.gradient(y, x)

    for _ in range(100):
        step()
    gc.collect()
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        gc.disable()  # what a step makes is gone with its last reference
        for _ in range(500):
            step()
        assert tracemalloc.get_traced_memory()[0] - before < 2000
    finally:
        gc.enable()
        tracemalloc.stop()


def test_a_tape_that_is_garbage_while_it_is_open_takes_its_witness_along() -> None:
    x = tf.Variable(1.0)

    class Holder:
        pass

    holder: Any = Holder()
    holder.self = holder
    holder.tape = tf.GradientTape(trace=True)
    holder.tape.__enter__()
    x * 2.0
    del holder
    gc.collect()
    assert not _core.is_recording()
    with tf.GradientTape(trace=True) as tape:
        y = x * x
    assert float(tape.gradient(y, x)) == 2.0


def run(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(("value", "count"), [("1", "1"), ("0", "0"), ("", "0")])
def test_the_environment_lets_all_tapes_be_traced(value: str, count: str) -> None:
    code = (
        "import autodiff_core as tf\nx = tf.Variable(1.0)\n"
        "with tf.GradientTape() as tape: x > 0.0\n"
        "print(sum(op == 'greater' for _, op, *_ in tf._core.read_tape(tape, True)))"
    )
    assert run(code, AUTODIFF_TRACE=value).strip() == count


OUTSIDE: dict[str, Callable[[tf.Variable], Any]] = {
    "grad": lambda x: tf.grad(lambda v: v * v * tf.sin(v))(x),
    "hessian": lambda x: tf.hessian(lambda v: v * v * tf.sin(v))(x),
    "vectorize": lambda x: tf.vectorize(lambda v: tf.exp(v) * v)(tf.stack([x, x])),
    "jvp": lambda x: tf.jvp(lambda v: v**3, [x], [tf.ones_like(x)]),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_transformations_within_give_what_they_give(name: str) -> None:
    x = tf.Variable(0.8)

    def given(trace: bool) -> list[bytes]:
        with tf.GradientTape(trace=trace, persistent=True) as tape:
            value = OUTSIDE[name](x)
            value = value[-1] if isinstance(value, (tuple, list)) else value
        return [tf.convert_to_tensor(v).numpy().tobytes() for v in (value, tape.gradient(value, x))]

    assert given(True) == given(False)


@pytest.mark.parametrize("thread", [False, True])
def test_a_traced_tape_that_hears_nothing_is_entered_again(thread: bool) -> None:
    code = """
import threading, autodiff_core as tf

def enter():
    tape = tf.GradientTape(trace=True, persistent=True)
    for _ in range(4):
        with tape:
            pass
    x = tf.Variable(3.0)
    with tape:
        y = x * x
    print(float(tape.gradient(y, x)))

RUN
"""
    run = "t = threading.Thread(target=enter); t.start(); t.join()" if thread else "enter()"
    done = subprocess.run([sys.executable, "-c", code.replace("RUN", run)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "6.0\n", "")
