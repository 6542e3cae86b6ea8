"""Loops that Python unrolled are run as loops, and nothing but the time tells."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs import function, stretches

T, N = 130, 24
RANDOM = np.random.default_rng(0)
ROWS, W, X = RANDOM.normal(size=(T, N)), RANDOM.normal(size=(N, N)) / 6.0, RANDOM.normal(size=(N,))
BATCH = RANDOM.normal(size=(3, T, N))

Loop = Callable[[Any, Any, Any], Any]


@contextmanager
def rolling(roller: Any) -> Iterator[None]:
    _core.install_roller(roller, 500)
    try:
        yield
    finally:
        _core.install_roller(stretches.rolled, 500)


@pytest.fixture(autouse=True)
def shorter_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs are rolled that are shorter than those of which it pays."""
    monkeypatch.setattr(stretches, "_LEAST_SAVED", 400)
    monkeypatch.setattr(stretches, "_FUSED", {"scalars"})
    _core.install_roller(stretches.rolled, 500)
    yield
    _core.install_roller(function._rolled, function._LONG)


def loops_of(program: Any) -> list[Any]:
    """The loops that a program's plan has."""
    planned = _core.plan_of(program).program
    nodes = [planned.node(k) for k in range(len(planned))]
    return [attribute for op, _, _, _, attribute in nodes if op == "rounds"]


def both(f: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, Any, Any]:
    """A function recorded with loops, what it gives at a second call, and what it gives unrolled."""
    given = [tf.constant(x) if isinstance(x, np.ndarray) else x for x in arguments]
    recorded = tf.function(f, **options)
    recorded(*given)
    with rolling(None):
        plain = tf.function(f, **options)
        plain(*given)
        expected = plain(*given)
    return recorded, tf.nest.flatten(recorded(*given)), tf.nest.flatten(expected)


def assert_same_bits(found: Any, expected: Any) -> None:
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        x, y = np.asarray(x), np.asarray(y)
        assert x.dtype == y.dtype and x.shape == y.shape
        assert x.tobytes() == y.tobytes()


def _recurrent(x: Any, w: Any, rows: Any) -> Any:
    h, states = x, []
    for t in range(T):
        h = tf.tanh(tf.linalg.matvec(w, h) + rows[t]) * 0.9 + h * 0.1
        states.append(h)
    return tf.stack(states)


def _two_states(x: Any, w: Any, rows: Any) -> Any:
    h, c = x, x * 0.5
    for row in tf.unstack(rows):
        gate = tf.sigmoid(h * row + c)
        c = gate * c + (1.0 - gate) * tf.sin(h)
        h = tf.tanh(c) * gate + w[0]
    return h, c


def _literals(x: Any, w: Any, rows: Any) -> Any:
    """Numbers that are other ones in each round, some of which the body has for itself, too."""
    y = x
    for i in range(T):
        y = tf.cos(y * (0.5 * i) + 2.0) * 0.5 + tf.sin(y + float(i)) * w[1] + rows[i]
    return y


def _early(x: Any, w: Any, rows: Any) -> Any:
    """Some rounds are used by themselves, the last one and the first one among them."""
    y, found = x, []
    for t in range(T):
        y = tf.exp(-y * y) * w[2] + tf.sin(rows[t]) * y
        if t in (0, 1, 7, 60, T - 1):
            found.append(y * float(t + 1))
    return found


def _backwards(x: Any, w: Any, rows: Any) -> Any:
    y, found = x, []
    for t in reversed(range(T)):
        y = tf.tanh(y + rows[t]) * w[0] + tf.reduce_sum(y * rows[t]) * 0.01
        found.append(tf.reduce_max(y))
    return tf.stack(found), y


def _neighbours(x: Any, w: Any, rows: Any) -> Any:
    """Each round reads two rows, of which the next reads one again."""
    y, total = x, 0.0
    for t in range(T - 1):
        y = tf.tanh(y * rows[t] + rows[t + 1]) + w[3]
        total = total + tf.reduce_sum(y * rows[t + 1])
    return y, total


def _without_state(x: Any, w: Any, rows: Any) -> Any:
    return tf.stack([tf.tanh(tf.linalg.matvec(w, rows[t])) * tf.sin(x + rows[t]) + tf.cos(x) for t in range(T)])


def _two_rounds_back(x: Any, w: Any, rows: Any) -> Any:
    a, b = x, x * 0.3
    for t in range(T):
        a, b = b, tf.sin(a) * 0.7 + tf.cos(b) * w[0] + rows[t] * a
    return a, b


def _nested(x: Any, w: Any, rows: Any) -> Any:
    y = x
    for t in range(T):
        for _ in range(9):
            y = tf.sin(y) * 0.9 + tf.cos(y * w[1]) * 0.1
        y = y * rows[t] + tf.tanh(y) * x
    return y


def _one_after_the_other(x: Any, w: Any, rows: Any) -> Any:
    y = x
    for t in range(T):
        y = tf.tanh(y * w[0] + rows[t]) * 0.5 + y * 0.25
    for t in range(T):
        y = tf.sin(y) + tf.cos(rows[t] * y) * w[1] + tf.exp(-y * y)
    return y


def _of_mixed_dtypes(x: Any, w: Any, rows: Any) -> Any:
    y, count, above = x, tf.cast(x, tf.int64) * 0, tf.cast(x, tf.float32)
    for t in range(T):
        high = y > rows[t]
        y = tf.where(high, y * 0.5, y + w[0] * 0.1) + tf.sin(rows[t])
        count = count + tf.cast(high, tf.int64) * (1 << 40)
        above = above * 0.5 + tf.cast(y, tf.float32)
    return y, count, above


def _tokens(x: Any, w: Any, rows: Any) -> Any:
    """Rows that are taken by number."""
    y = x
    for t in range(T):
        y = tf.tanh(tf.gather(rows, (7 * t) % T) + y * w[0]) - tf.gather(w, t % 5) * 0.1 + y * 0.01
    return y


def _signed_zeros(x: Any, w: Any, rows: Any) -> Any:
    y = x * 0.0
    for t in range(T):
        y = -tf.nn.relu(y * rows[t]) * 0.0 + tf.minimum(w[0] * y, -0.0 * rows[t]) - tf.abs(y)
    return y


LOOPS: dict[str, Loop] = {
    name.strip("_").replace("_", " "): f
    for name, f in list(globals().items())
    if name.startswith("_") and not name.startswith("__") and callable(f) and getattr(f, "__module__", "") == __name__
}


def with_gradients(f: Loop) -> Callable[..., Any]:
    def g(x: Any, w: Any, rows: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x, w, rows])
            y = f(x, w, rows)
            total = sum(tf.reduce_sum(tf.cast(part, tf.float64) * 0.7) for part in tf.nest.flatten(y))
        return y, tape.gradient(total, [x, w, rows], unconnected_gradients="zero")

    return g


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("order", [0, 1])
def test_values_and_gradients_are_those_of_the_unrolled_loop_to_the_last_bit(name: str, order: int) -> None:
    f = with_gradients(LOOPS[name]) if order else LOOPS[name]
    recorded, found, expected = both(f, X, W, ROWS)
    assert_same_bits(found, expected)
    with rolling(None):
        plain = tf.function(f)
        others = [tf.constant(x * 0.7 + 0.1) for x in (X, W, ROWS)]
        plain(*others)
        expected = tf.nest.flatten(plain(*others))
    assert_same_bits(tf.nest.flatten(recorded(*others)), expected)


@pytest.mark.parametrize(
    "name",
    ["recurrent", "two states", "literals", "backwards", "neighbours", "nested", "of mixed dtypes", "signed zeros"],
)
def test_the_stretches_of_a_loop_and_of_its_gradient_become_loops(name: str) -> None:
    f = tf.function(with_gradients(LOOPS[name]))
    arguments = [tf.constant(x) for x in (X, W, ROWS)]
    f(*arguments)
    (program,) = f.variants
    assert len(loops_of(program)) >= 2
    assert not any(program.node(k)[0] == "rounds" for k in range(len(program)))  # (what was recorded is as it was)


UNARY = [tf.sin, tf.tanh, tf.abs, tf.sigmoid, lambda x: -x, tf.square, lambda x: tf.exp(-tf.abs(x))]
BINARY = [operator.add, operator.sub, operator.mul, tf.maximum, tf.minimum, lambda x, y: x / (1.0 + y * y)]


def generated(seed: int) -> Loop:
    """A loop with a random body: carried values, rows, shared values, numbers by round, what is kept of some rounds."""
    random = np.random.default_rng(seed)
    states = int(random.integers(1, 4))
    operations = [(int(random.integers(7)), int(random.integers(6)), *random.integers(0, 1 << 20, 4)) for _ in range(9)]
    stride, kept = int(random.choice([1, -1])), random.choice(3)
    matrix, by_example, sums = random.random(3) < 0.4

    def f(x: Any, w: Any, rows: Any) -> Any:
        carried = [x * (k + 1.0) for k in range(states)]
        found = []
        series = tf.unstack(rows) if by_example else rows
        for t in range(T):
            values = [*carried, series[t if stride > 0 else T - 1 - t], w[0], w[1]]
            for unary, binary, a, b, c, d in operations:
                y = BINARY[binary](UNARY[unary](values[a % len(values)]), values[b % len(values)])
                if c % 5 == 0:
                    y = y * (0.1 * t)
                if c % 7 == 0 and matrix:
                    y = tf.linalg.matvec(w, y)
                if d % 6 == 0 and sums:
                    y = y + tf.reduce_sum(y) * 0.01
                values.append(tf.tanh(y))
            carried = values[-states:]
            if kept == 1 or (kept == 2 and t % 9 == 4):
                found.append(values[-1 - seed % 3])
        return [*carried, *([tf.stack(found)] if kept == 1 else found)]

    return f


@pytest.mark.parametrize("seed", range(24))
def test_generated_loops_are_those_that_python_unrolled_to_the_last_bit(seed: int) -> None:
    f = with_gradients(generated(seed))
    _, found, expected = both(f, X, W, ROWS)
    assert_same_bits(found, expected)


def test_several_generated_loops_are_loops() -> None:
    rolled = 0
    for seed in range(8):
        f = tf.function(with_gradients(generated(seed)))
        f(*[tf.constant(x) for x in (X, W, ROWS)])
        rolled += len(loops_of(f.variants[0])) >= 2
    assert rolled >= 3


def test_rows_of_a_middle_axis_are_read_as_they_lie() -> None:
    def f(xs: Any, w: Any) -> Any:
        h = tf.zeros((3, N), tf.float64)
        for t in range(T):
            h = tf.tanh(h @ w + xs[:, t]) + tf.sin(h) * tf.sigmoid(xs[:, t])
        return h

    recorded, found, expected = both(f, BATCH, W)
    assert_same_bits(found, expected)
    assert loops_of(recorded.variants[0])


def test_a_product_with_rows_that_lie_apart_is_the_unrolled_ones() -> None:
    def f(xs: Any, w: Any) -> Any:
        h = tf.zeros((3, N), tf.float64)
        for t in range(T):
            h = tf.tanh(h @ w + xs[:, t] @ w) + tf.sin(h) * 0.5 + tf.cos(h) * 0.1
        return h

    _, found, expected = both(f, BATCH, W)
    assert_same_bits(found, expected)


def test_looks_within_a_loop_decide_as_they_did() -> None:
    def f(x: Any, w: Any, rows: Any) -> Any:
        y = x
        for t in range(T):
            y = tf.sin(y) * w[0] + tf.cos(y + rows[t]) * 0.3 + rows[t]
            if t % 10 == 3 and tf.reduce_sum(y) > 0.0:
                y = -y
        return y

    recorded = tf.function(f)
    for k in range(4):
        arguments = [tf.constant(x) for x in (X * (1 - k), W, ROWS * (-1.0) ** k)]
        with rolling(None):
            plain = tf.function(f)
            expected = plain(*arguments)
        for _ in range(2):
            assert_same_bits([recorded(*arguments)], [expected])


def test_variables_are_read_and_assigned_around_a_loop() -> None:
    def trained(v: Any) -> Any:
        def f(x: Any, rows: Any) -> Any:
            y = x
            for t in range(T):
                y = tf.tanh(y * v + rows[t]) * 0.5 + tf.sin(y) * v
            v.assign(v * 0.9 + y * 0.1)
            return y

        return tf.function(f)

    arguments = [tf.constant(X), tf.constant(ROWS)]
    first, second = tf.Variable(X * 0.2), tf.Variable(X * 0.2)
    recorded = trained(first)
    found = [recorded(*arguments) for _ in range(3)]
    with rolling(None):
        plain = trained(second)
        expected = [plain(*arguments) for _ in range(3)]
    assert_same_bits([*found, first], [*expected, second])


def test_an_embedding_that_is_updated_in_each_round_is_not_touched() -> None:
    def f(table: Any, rows: Any) -> Any:
        for t in range(T):
            table.scatter_add(tf.IndexedSlices(tf.sin(rows[t : t + 1]) * tf.cos(rows[t : t + 1]) + 1.0, [t % 5]))
        return table.read_value()

    first, second = tf.Variable(W), tf.Variable(W)
    recorded = tf.function(lambda rows: f(first, rows))
    found = [recorded(tf.constant(ROWS)) for _ in range(3)]
    with rolling(None):
        plain = tf.function(lambda rows: f(second, rows))
        expected = [plain(tf.constant(ROWS)) for _ in range(3)]
    assert_same_bits(found, expected)


def test_draws_in_each_round_come_in_their_order() -> None:
    def f(x: Any, generator: Any) -> Any:
        y = x
        for _ in range(T):
            y = tf.tanh(y) + tf.sin(y) * generator.normal((N,), dtype=tf.float64) + tf.cos(y) * 0.1
        return y

    first, second = (tf.random.Generator.from_seed(3) for _ in range(2))
    recorded = tf.function(lambda x: f(x, first))
    found = [recorded(tf.constant(X)) for _ in range(3)]
    with rolling(None):
        plain = tf.function(lambda x: f(x, second))
        expected = [plain(tf.constant(X)) for _ in range(3)]
    assert_same_bits(found, expected)


def test_an_error_in_a_round_is_raised_before_any_effect() -> None:
    count = tf.Variable(0.0)

    @tf.function
    def f(x: Any, numbers: Any, rows: Any) -> Any:
        count.assign_add(1.0)
        y = x
        for t in range(T):
            y = tf.tanh(y) * 0.5 + tf.gather(rows, numbers[t]) + tf.sin(y)
        return y

    good = np.arange(T) % 7
    for _ in range(2):
        f(tf.constant(X), tf.constant(good), tf.constant(ROWS))
    bad = good.copy()
    bad[30] = T + 5
    with pytest.raises(IndexError, match=r"index \d+ is out of bounds"):
        f(tf.constant(X), tf.constant(bad), tf.constant(ROWS))
    assert float(count) == 2.0


@pytest.mark.parametrize("transformation", ["tape", "jvp", "vectorize", "second order", "file", "native"])
def test_transformations_of_a_loop_are_those_of_what_was_recorded(transformation: str, tmp_path: Path) -> None:
    f = LOOPS["two states"]

    def scalar(x: Any, w: Any, rows: Any) -> Any:
        return sum(tf.reduce_sum(part) for part in f(x, w, rows))

    def run() -> Any:
        arguments = [tf.constant(x) for x in (X, W, ROWS)]
        recorded = tf.function(scalar)
        recorded(*arguments)
        if transformation == "tape":
            with tf.GradientTape() as tape:
                tape.watch(arguments)
                y = recorded(*arguments)
            return tape.gradient(y, arguments)
        if transformation == "jvp":
            with tf.autodiff.ForwardAccumulator(arguments[0], tf.ones_like(arguments[0])) as accumulator:
                y = recorded(*arguments)
            return [y, accumulator.jvp(y)]
        if transformation == "vectorize":
            many = tf.vectorize(recorded, in_axes=(0, None, None))
            return [many(tf.stack([arguments[0], arguments[0] * 2.0]), *arguments[1:]) for _ in range(2)]
        if transformation == "second order":
            with tf.GradientTape() as outer:
                outer.watch(arguments[0])
                with tf.GradientTape() as tape:
                    tape.watch(arguments[0])
                    y = recorded(*arguments)
                g = tf.reduce_sum(tf.square(tape.gradient(y, arguments[0])))
            return [g, outer.gradient(g, arguments[0])]
        if transformation == "native":
            native = tf.function(scalar, jit_compile=True)
            return [native(*arguments), native(*arguments)]
        program = tf.Program.from_function(scalar, *arguments)
        program.save(str(tmp_path / "loop.program"))
        return [tf.Program.load(str(tmp_path / "loop.program"))(*arguments), program.gradient()(*arguments)]

    with rolling(None):
        expected = run()
    assert_same_bits(tf.nest.flatten(run()), tf.nest.flatten(expected))


def test_loops_are_rolled_where_rounds_wait_for_each_other_and_programs_are_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    _core.install_roller(function._rolled, function._LONG)

    def loops(count: int, with_products: bool) -> int:
        def f(x: Any, w: Any) -> Any:
            for _ in range(count):
                x = tf.tanh(tf.linalg.matvec(w, x) if with_products else x * w[0]) * 0.5 + tf.sin(x) * 0.25
            return x

        recorded = tf.function(f)
        recorded(tf.constant(X), tf.constant(W))
        return len(loops_of(recorded.variants[0]))

    assert loops(1000, True) == 1
    assert loops(100, True) == 0
    assert loops(1000, False) == 0  # (elementwise records of all rounds run together)


def test_gradients_of_rows_are_put_together_at_once() -> None:
    """(One after the other takes the square of their number.)"""

    @tf.function
    def f(rows: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(rows)
            total = sum((tf.reduce_sum(tf.sin(row) * k) for k, row in enumerate(tf.unstack(rows))), tf.constant(0.0))
        return tape.gradient(total, rows)

    rows = tf.constant(RANDOM.normal(size=(300, 20)).astype(np.float32))
    found = f(rows)
    np.testing.assert_allclose(found, np.cos(rows) * np.arange(300, dtype=np.float32)[:, None], rtol=1e-5)
    planned = _core.plan_of(f.variants[0]).program
    puts = [k for k in range(len(planned)) if planned.node(k)[2:4] == (np.float32, (300, 20))]
    assert len(puts) < 30


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("which", ["all", "some", "reversed", "twice", "with others"])
def test_sums_of_what_lies_side_by_side_are_the_same_to_the_last_bit(axis: int, which: str) -> None:
    shape = [5, 5, 5]
    shape[axis] = 20
    every = list(range(20))
    numbers = {"some": every[3:16], "reversed": every[::-1], "twice": every + every}.get(which, every)

    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.constant(0.0, tf.float64)
            if which == "with others":
                total = tf.reduce_sum(x * x)
            for k in numbers:
                total = total + tf.reduce_sum(tf.minimum(x[(slice(None),) * axis + (k,)], 0.0) * -0.0 + k)
        return tape.gradient(total, x)

    _, found, expected = both(f, RANDOM.normal(size=shape))
    assert_same_bits(found, expected)
