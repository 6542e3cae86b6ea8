"""Loops with little room: their gradients run rounds again, and are the same to the last bit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff_core as tf
from test_rounds import CASES, TRANSFORMED, W, X, bits, ops_of

LOOPS = ("while_loop", "foldl", "foldr", "scan")
NAMES = [name for name in CASES if name not in ("map_fn",)]
STACKED = {"structures", "columns", "scan", "scan, reverse", "scan, no initializer"}
"""All states of these are asked for, so nothing is to be run again."""

APART = {"columns", "leapfrogs", "nested"}
"""Where what comes to a value is a sum of sums: of a loop whose states are all asked for; to what the rounds share and
begin with, too; in a loop within a loop."""


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """What gives all loops a room."""
    plain = {name: getattr(tf, name) for name in LOOPS}

    def give(checkpoint: Any) -> None:
        for name, loop in plain.items():
            monkeypatch.setattr(tf, name, partial(loop, checkpoint=checkpoint))

    yield give


def gradients(f: Callable[..., Any], x: Any, w: Any) -> list[Any]:
    x, w = tf.constant(x), tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch([x, w])
        y = tf.reduce_sum(f(x, w) ** 2)
    return [y, *tape.gradient(y, [x, w])]


def close(found: Any, expected: Any, name: str) -> None:
    for a, b in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5 if name == "narrow" else 1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_the_same_to_the_last_bit_however_little_is_kept(name: str, room: Any) -> None:
    f = CASES[name]
    plain = [gradients(f, x, w) for x, w in ((X, W), (W * 0.9, X + 0.2))]
    found = []
    for checkpoint in (100, 1, 2, 3, True, "1MB"):
        room(checkpoint)
        for recorded in (f, tf.function(f)):
            found.append([gradients(recorded, x, w) for x, w in ((X, W), (W * 0.9, X + 0.2))])
    if name in APART:
        close(found[0], plain, name)
        plain = found[0]
    for one in found:
        assert bits(one) == bits(plain)


@pytest.mark.parametrize("kind", TRANSFORMED)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["eager", "inside", "outside"])
def test_derivatives_of_a_loop_with_little_room_are_those_of_its_rounds(
    name: str, kind: str, how: str, room: Any
) -> None:
    f, change = CASES[name], TRANSFORMED[kind]
    points = [(tf.constant(X), tf.constant(W)), (tf.constant(W * 0.9), tf.constant(X + 0.2))]
    expected = [change(f)(*point) for point in points]
    room(2)
    found = {"eager": change(f), "inside": tf.function(change(f)), "outside": change(tf.function(f))}[how]
    for point, one in zip(points, expected, strict=True):
        close(found(*point), one, name)


@pytest.mark.parametrize("name", NAMES)
def test_many_examples_of_a_loop_with_little_room(name: str, room: Any) -> None:
    f = CASES[name]
    xs = np.stack([X, W, X * 3.0, np.full(3, 6.0)])
    for change in (lambda f: f, TRANSFORMED["gradient"]):
        each = [tf.nest.flatten(change(f)(tf.constant(x), tf.constant(W))) for x in xs]
        room(2)
        for g in (
            tf.vectorize(change(f), in_axes=(0, None)),
            tf.vectorize(change(tf.function(f)), in_axes=(0, None)),
            tf.function(tf.vectorize(change(f), in_axes=(0, None))),
            TRANSFORMED["value"](tf.vectorize(change(tf.function(f)), in_axes=(0, None))),
        ):
            found = tf.nest.flatten(g(tf.constant(xs), tf.constant(W)))
            for a, *b in zip(found, *each, strict=True):
                close(a, np.stack(b), name)
        room(None)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_of_many_examples(name: str, room: Any) -> None:
    f = CASES[name]
    xs = tf.constant(np.stack([X, W, X * 3.0]))

    def total(f: Any) -> Any:
        return tf.grad(lambda xs, w: tf.reduce_sum(tf.vectorize(f, in_axes=(0, None))(xs, w) ** 2), (0, 1))

    expected = total(f)(xs, tf.constant(W))
    room(2)
    close(total(f)(xs, tf.constant(W)), expected, name)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("by values")])
def test_a_gradient_that_runs_rounds_again_is_saved_and_loaded(name: str, room: Any, tmp_path: Path) -> None:
    f = CASES[name]
    change = TRANSFORMED["gradient"]
    expected = change(f)(tf.constant(X), tf.constant(W))
    room(2)
    program = tf.Program.from_function(change(f), tf.constant(X), tf.constant(W))
    assert ("checkpointed_gradient" in str(program)) == (name not in STACKED)
    program.save(tmp_path / "loop.program")
    loaded = tf.Program.load(tmp_path / "loop.program")
    assert bits(loaded(X, W)) == bits(program(X, W))
    close(loaded(X, W), expected, name)
    program = tf.Program.from_function(f, tf.constant(X), tf.constant(W))
    program.save(tmp_path / "loop.program")
    slope = tf.Program.load(tmp_path / "loop.program").gradient()
    close(slope(X, W)[1], tf.grad(lambda x, w: tf.reduce_sum(CASES[name](x, w)), (0, 1))(X, W), name)


def oscillators(rounds: int, size: int, checkpoint: Any, recorded: bool = False) -> Any:
    """The gradient at the end of a simulation, and the bytes that it took at most."""

    def simulate(position: Any, pull: Any) -> Any:
        def step(k: Any, q: Any, p: Any) -> Any:
            p = p - 0.01 * pull * tf.sin(q)
            return k + 1, q + 0.01 * p, p

        start = (0, position, tf.zeros_like(position))
        return tf.while_loop(lambda k, q, p: k < rounds, step, start, checkpoint=checkpoint)[1]

    f = tf.function(simulate) if recorded else simulate
    position, pull = tf.constant(np.linspace(0.1, 2.0, size)), tf.Variable(np.ones(size))

    def gradient() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(position)
            y = tf.reduce_sum(f(position, pull))
        return tape.gradient(y, [position, pull])

    gradient()
    tracemalloc.start()
    try:
        found = gradient()
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("recorded", [False, True])
def test_a_gradient_takes_the_memory_that_it_may(recorded: bool) -> None:
    rounds, size = 300, 20_000  # a state is 320 kB, and all of them are 96 MB
    whole, _ = oscillators(rounds, size, None)
    for checkpoint, most in (("10MB", 10e6), ("5MB", 5e6), (8, 8 * 320e3 + 4e6), (True, 25 * 320e3 + 4e6)):
        found, peak = oscillators(rounds, size, checkpoint, recorded)
        assert bits(found) == bits(whole)
        assert peak < 1.1 * most


def test_a_loop_keeps_nothing_of_its_rounds() -> None:
    x = tf.constant(np.full(100_000, 0.5))
    tracemalloc.start()
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda k, y: k < 50, lambda k, y: (k + 1, tf.sin(y)), (0, x), checkpoint=True)[1]
        assert tracemalloc.get_traced_memory()[0] < 3 * 800_000
        tape.gradient(y, x)
    finally:
        tracemalloc.stop()


def test_rounds_that_a_condition_ends_need_not_be_known_before(room: Any) -> None:
    """One program serves any number of them."""

    @tf.function
    def slope(x: Any, limit: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda y: y < limit, lambda y: y * x, [x], checkpoint=2)
        return tape.gradient(y, x)

    for limit, power in ((1.0, 1), (1.3, 3), (1.9, 7), (90.0, 48), (2.0, 8)):
        found = slope(tf.constant(1.1, tf.float64), tf.constant(limit, tf.float64))
        np.testing.assert_allclose(found, power * 1.1 ** (power - 1), rtol=1e-12)
    assert slope.trace_count == 1
    assert "checkpointed_gradient" in ops_of(slope)


def test_a_tape_that_is_persistent_has_both_gradients() -> None:
    x = tf.constant(0.3, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.while_loop(lambda k, y: k < 9, lambda k, y: (k + 1, tf.sin(y) + x), (0, x), checkpoint=2)[1]
    assert tape.gradient(y, x).numpy() == tape.gradient(y, x).numpy() != 0.0


def test_variables_captured_tensors_and_arrays_are_followed_and_read_anew() -> None:
    v, array = tf.Variable(W), X.copy()
    c, x = tf.constant(X * 0.5), tf.constant(X)

    def f(x: Any) -> Any:
        return tf.foldl(lambda a, e: a * v + c * e + array, tf.constant(np.ones((6, 3))), x, checkpoint=2)

    def plain(x: Any) -> Any:
        for _ in range(6):
            x = x * v + c + array
        return x

    recorded = tf.function(f)
    for _ in range(2):
        for g in (f, recorded):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([c, x])
                y, z = g(x), plain(x)
            expected = tape.gradient(z, [v, c, x])
            array += 1.0
            v.assign(v * 1.5)
            close([y, *tape.gradient(y, [v, c, x])], [z, *expected], "what was there then")
    assert recorded.trace_count == 1


def test_nobody_who_records_means_python_rounds() -> None:
    seen = []

    def body(k: Any, y: Any) -> Any:
        seen.append(float(y))
        return k + 1, y * 2.0

    tf.while_loop(lambda k, y: k < 5, body, (0, tf.constant(1.0)), checkpoint=2)
    assert seen == [1.0, 2.0, 4.0, 8.0, 16.0]


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_no_round_and_few_rounds(rounds: int) -> None:
    x = tf.constant(0.5, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(lambda k, y: k < rounds, lambda k, y: (k + 1, y * x), (0, x), checkpoint=3)[1]
    np.testing.assert_allclose(tape.gradient(y, x), (rounds + 1) * 0.5**rounds)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "complex128"])
def test_what_rounds_share_is_added_up_as_where_rounds_are_recorded_one_by_one(dtype: str) -> None:
    """It is used several times a round, and each use is a term."""
    values = np.linspace(0.1, 1.3, 50)

    def gradient(checkpoint: Any) -> list[Any]:
        x, w = tf.cast(tf.constant(values), dtype), tf.Variable(tf.cast(tf.constant(values[::-1]), dtype))
        scale = tf.Variable(tf.cast(0.7, dtype))

        def step(k: Any, y: Any) -> Any:
            y = tf.sin(y * w) + w * w * y * 0.1
            return k + 1, y * scale - tf.exp(-y * y) * w * scale

        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda k, y: k < 30, step, (0, x), checkpoint=checkpoint)[1]
            y = tf.reduce_sum(tf.math.real(y) * 0.5) if dtype == "complex128" else tf.reduce_sum(y)
        return tape.gradient(y, [x, w, scale])

    found = gradient(3)
    assert bits(gradient(30)) == bits(found) == bits(gradient("1MB"))
    if dtype in ("float16", "bfloat16"):  # (a round's terms are rounded before they are added up in float32)
        for a, b in zip(found, gradient(None), strict=True):
            np.testing.assert_allclose(a, b, rtol=0.05, atol=0.05)
    else:
        assert bits(found) == bits(gradient(None))


def looks(k: Any, y: Any) -> Any:
    return k + 1, y * 2.0 if float(y) > 0.0 else y


def draws(k: Any, y: Any) -> Any:
    return k + 1, y * tf.random.uniform((), dtype=tf.float64)


SEEN = tf.Variable(0.0)


def assigns(k: Any, y: Any) -> Any:
    SEEN.assign_add(1.0)
    return k + 1, y * 2.0


def prints(k: Any, y: Any) -> Any:
    tf.print("a round")
    return k + 1, y * 2.0


def assigns_and_widens(k: Any, y: Any) -> Any:
    SEEN.assign_add(1.0)
    return k + 1, tf.stack([y, y])


@pytest.mark.parametrize("body", [looks, draws, assigns, prints, assigns_and_widens])
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("loop", ["while_loop", "foldl"])
def test_a_body_that_cannot_be_run_again_is_refused_before_it_does_anything(
    body: Any, recorded: bool, loop: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def f(x: Any) -> Any:
        if loop == "while_loop":
            return tf.while_loop(lambda k, y: k < 5, body, (0, x), checkpoint=2)[1]
        return tf.foldl(lambda y, k: body(k, y)[1], np.arange(5.0), x, checkpoint=2)

    SEEN.assign(0.0)
    tf.random.set_seed(3)
    first = tf.random.uniform(())
    tf.random.set_seed(3)
    x = tf.Variable(0.5, dtype=tf.float64)
    with tf.GradientTape(), pytest.raises(ValueError, match=f"^{loop}: checkpoint runs rounds again as a program"):
        (tf.function(f) if recorded else f)(x)
    assert float(SEEN) == 0.0
    assert capfd.readouterr().err == ""
    assert float(tf.random.uniform(())) == float(first)


class Pair(NamedTuple):
    k: Any
    y: Any


def test_values_in_a_tuple_of_another_type_are_refused_at_once_too() -> None:
    x = tf.Variable(0.5)
    with tf.GradientTape(), pytest.raises(ValueError, match=r"^while_loop: checkpoint runs rounds again .* structures"):
        tf.while_loop(lambda k, y: k < 5, lambda k, y: Pair(k + 1, y), (0, x), checkpoint=2)


def test_an_error_of_a_round_that_is_to_be_a_program_is_that_of_the_round() -> None:
    x = tf.Variable(np.ones(3))
    with tf.GradientTape(), pytest.raises(ValueError, match="matmul"):
        tf.while_loop(lambda k, y: k < 5, lambda k, y: (k + 1, tf.linalg.matmul(y, y)), (0, x), checkpoint=2)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    ("checkpoint", "error", "message"),
    [
        (0, ValueError, "checkpoint is the number of states to keep, 1 at least, not 0"),
        (-3, ValueError, "1 at least, not -3"),
        (2.5, TypeError, "checkpoint is True, a number of states to keep, or an amount of memory"),
        ("much", ValueError, "checkpoint: 'much' is no amount of memory"),
        ([1], TypeError, "not \\[1\\]"),
    ],
)
def test_a_checkpoint_that_is_none_is_refused(loop: str, checkpoint: Any, error: Any, message: str) -> None:
    x = tf.constant([1.0, 2.0])
    with pytest.raises(error, match=f"^{loop}: .*{message}"):
        if loop == "while_loop":
            tf.while_loop(lambda y: False, lambda y: y, [x], checkpoint=checkpoint)
        else:
            getattr(tf, loop)(lambda a, e: a + e, x, checkpoint=checkpoint)


@pytest.mark.parametrize("recorded", [False, True])
def test_a_budget_that_is_too_small_for_one_round_is_refused_before_the_loop_runs(recorded: bool) -> None:
    x = tf.constant(np.ones(1000))

    def f(x: Any) -> Any:
        return tf.while_loop(lambda k, y: k < 9, lambda k, y: (k + 1, tf.sin(y)), (0, x), checkpoint="10kB")[1]

    g = tf.function(f) if recorded else f
    with (
        tf.GradientTape() as tape,
        pytest.raises(
            ValueError, match=r"checkpoint: 10000 bytes are too few for one round .* carried takes 8000 bytes"
        ),
    ):
        tape.watch(x)
        tape.gradient(g(x), x)


def test_an_integer_may_be_a_tensor() -> None:
    x = tf.constant(0.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(lambda k, y: k < 5, lambda k, y: (k + 1, y * x), (0, x), checkpoint=tf.constant(2))[1]
    np.testing.assert_allclose(tape.gradient(y, x), 6 * 0.5**5)


def test_what_a_gradient_costs_counts_what_is_run_again() -> None:
    def gradient(checkpoint: int) -> tf.Program:
        def f(x: Any) -> Any:
            def step(k: Any, y: Any) -> Any:
                return k + 1, tf.sin(y) * x

            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.while_loop(lambda k, y: k < 100, step, (0, x), checkpoint=checkpoint)
            return tape.gradient(y[1], x)

        return tf.Program.from_function(f, tf.constant(np.ones(1000)))

    costs = [gradient(checkpoint).cost().flops for checkpoint in (100, 12, 3)]
    assert costs[0] < costs[1] < costs[2]
    with pytest.raises(NotImplementedError, match="checkpointed_gradient is not written in C: its rounds are run"):
        gradient(3).to_c("f")


def test_what_rounds_hand_on_to_no_result_has_no_gradient() -> None:
    used, unused = tf.Variable([0.5, 0.7]), tf.Variable([1.0, 2.0])

    def gradients(room: Any, unconnected: str) -> list[Any]:
        with tf.GradientTape() as tape:
            y = tf.while_loop(
                lambda k, h: k < 9,
                lambda k, h: (k + 1, tf.sin(h * used) + tf.stop_gradient(unused)),
                (0, tf.ones(2)),
                checkpoint=room,
            )[1]
        return tape.gradient(y, [used, unused], unconnected_gradients=unconnected)

    for room in (2, True, None):
        assert [g.numpy().tobytes() for g in gradients(room, "zero")][1] == bytes(8)
        assert gradients(room, "none")[1] is None
