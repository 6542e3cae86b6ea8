"""Loops of recorded functions as one record: what they give is what Python's rounds give, however transformed."""

from __future__ import annotations

import gc
import inspect
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs import rounds as loop_rounds
from autodiff_core.tensorflow import rolled

X = np.array([0.3, 0.8, -0.4])
W = np.array([1.2, 0.7, 0.4])
ROWS = np.linspace(0.1, 0.9, 15).reshape(5, 3)

Case = tuple[Callable[..., Any], tuple[np.ndarray, ...]]


def _while(x: Any, w: Any) -> Any:
    return tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * w + tf.sin(y)), (0, x))[1]


def _while_values(x: Any, w: Any) -> Any:
    """The number of rounds depends on values."""
    return tf.while_loop(lambda y, n: tf.reduce_sum(y) < 20.0, lambda y, n: (y * 1.5 + w, n + 1), (x, tf.constant(0)))[
        0
    ]


def _rolled_newton(x: Any, w: Any) -> Any:
    def step(y: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(y)
            loss = tf.reduce_sum(tf.cosh(y - w))
        return y - 0.3 * tape.gradient(loss, y)

    return tf.while_loop(lambda y: True, lambda y: step(y), [x], maximum_iterations=6)


def _nested(x: Any, w: Any) -> Any:
    def outer(i: Any, y: Any) -> Any:
        return i + 1, tf.while_loop(lambda j, z: j < 4, lambda j, z: (j + 1, z * w + 0.1 * y), (0, y))[1]

    return tf.while_loop(lambda i, y: i < 3, outer, (0, x))[1]


def _structures(x: Any, w: Any) -> Any:
    def step(state: Any, row: Any) -> Any:
        return {"a": state["b"] * row, "b": (state["a"] + w) * 0.5}

    found = tf.scan(step, tf.constant(ROWS), {"a": x, "b": x * 2.0})
    return tf.reduce_sum(found["a"] * found["b"], 0)


def _integers(x: Any, w: Any) -> Any:
    """Integers of two lengths and a truth value are carried, and decide."""

    def step(n: Any, big: Any, odd: Any, y: Any) -> Any:
        return (
            n + 1,
            big * 3,
            tf.logical_not(odd),
            tf.where(odd, y * w, y + 0.1) + tf.cast(big % 1000, tf.float64) * 1e-3,
        )

    start = (tf.constant(0), tf.constant(1 << 40, tf.int64), tf.constant(True), x)
    n, big, odd, y = tf.while_loop(lambda n, *rest: n < 6, step, start)
    return y + tf.cast(n, tf.float64) + tf.cast(big // (1 << 40), tf.float64) + tf.cast(odd, tf.float64)


def _narrow(x: Any, w: Any) -> Any:
    y = tf.foldl(lambda a, e: a * 0.5 + tf.tanh(e), tf.cast(tf.constant(ROWS), tf.float32), tf.cast(x, tf.float32))
    return tf.cast(y, tf.float64) * w


def _complex(x: Any, w: Any) -> Any:
    turn = tf.cast(w, tf.complex128) * 1j
    z = tf.while_loop(lambda i, z: i < 5, lambda i, z: (i + 1, z * turn + 1.0), (0, tf.cast(x, tf.complex128)))[1]
    return tf.math.real(z) * 2.0 + tf.math.imag(z)


def _rows_read(x: Any, w: Any) -> Any:
    """A row is read by the number that is carried."""
    table = tf.constant(ROWS) * w
    return tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * 0.5 + tf.gather(table, i)), (tf.constant(0), x))[
        1
    ]


def _leapfrogs(x: Any, w: Any) -> Any:
    """What a step ends with computing, the next begins with."""

    def force(q: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(q)
            energy = tf.reduce_sum(tf.exp(q * w) + q * q * q * q)
        return tape.gradient(energy, q)

    def step(i: Any, q: Any, p: Any) -> Any:
        p = p - 0.05 * force(q)
        q = q + 0.1 * p
        return i + 1, q, p - 0.05 * force(q)

    _, q, p = tf.while_loop(lambda i, q, p: i < 7, step, (0, x, w))
    return q + p * 2.0


WEIGHTS = np.sin(np.arange(1.0, 12 * 48 + 1)).reshape(12, 48) * 0.4
SEQUENCE = np.cos(np.arange(5.0 * 2 * 12)).reshape(5, 2, 12)


def _lstm(x: Any, w: Any) -> Any:
    """Products of what is carried, and of rows, with weights; gates."""
    of_hidden, of_rows = WEIGHTS * w[0] + w[1] * 0.1, WEIGHTS[::-1] * w[1]

    def step(state: Any, row: Any) -> Any:
        hidden, cell = state
        a, b, c, d = tf.split(row @ of_rows + hidden @ of_hidden + w[2], 4, axis=-1)
        cell = tf.sigmoid(b) * cell + tf.sigmoid(a) * tf.tanh(c)
        return tf.sigmoid(d) * tf.tanh(cell), cell

    start = tf.zeros((2, 12), tf.float64) + x[0]
    return tf.foldl(step, tf.constant(SEQUENCE) * x[1], (start, start * x[2]))[0][0, :3]


def _columns(x: Any, w: Any) -> Any:
    """A matrix times a vector, once before and once behind something, as a scan from the end on."""
    matrix = WEIGHTS[:, :12] * w[0] + w[1]

    def step(a: Any, e: Any) -> Any:
        return tf.linalg.matvec(matrix, tf.nn.relu(tf.linalg.matvec(matrix, a) + e)) * 0.1

    found = tf.scan(step, tf.constant(SEQUENCE[:, 0]) * w[2], tf.ones(12, tf.float64) * x[0], reverse=True)
    return tf.reduce_sum(found[:, :3] * x, 0)


def _products_by_values(x: Any, w: Any) -> Any:
    """The number of rounds depends on values, and what they compute is worth keeping."""
    matrix = WEIGHTS[:, :12] * w[0]

    def step(a: Any, n: Any) -> Any:
        return tf.tanh(a @ matrix + w[1]) + a * 1.3, n + 1

    start = tf.ones((2, 12), tf.float64) * x[0]
    return tf.while_loop(lambda a, n: tf.reduce_sum(a * a) < 50.0, step, (start, tf.constant(0)))[0][1, :3] * x[1]


CASES: dict[str, Callable[..., Any]] = {
    "lstm": _lstm,
    "columns": _columns,
    "products, by values": _products_by_values,
    "leapfrogs": _leapfrogs,
    "while": _while,
    "while, by values": _while_values,
    "while, a gradient inside": _rolled_newton,
    "nested": _nested,
    "structures": _structures,
    "integers": _integers,
    "narrow": _narrow,
    "complex": _complex,
    "rows read": _rows_read,
    "scan": lambda x, w: tf.reduce_sum(tf.scan(lambda a, e: a * w + tf.exp(-e), tf.constant(ROWS), x) ** 2, 0),
    "scan, reverse": lambda x, w: tf.scan(lambda a, e: a * w + e, tf.constant(ROWS) * x, x, reverse=True)[1],
    "scan, no initializer": lambda x, w: tf.scan(lambda a, e: a * w + e, tf.constant(ROWS) * x),
    "foldl": lambda x, w: tf.foldl(lambda a, e: a * w + e * x, tf.constant(ROWS), x),
    "foldl, widened": lambda x, w: tf.foldl(lambda a, e: a * 0.5 + e * w * x, tf.constant(ROWS), 1.0),
    "foldr": lambda x, w: tf.foldr(lambda a, e: tf.sin(a) * e + w, tf.constant(ROWS), x),
    "map_fn": lambda x, w: tf.map_fn(lambda e: tf.reduce_sum(e * w) * x, tf.constant(ROWS)),
    "logsumexp": lambda x, w: tf.foldl(
        lambda a, e: tf.reduce_logsumexp(a[:, None] + w[None, :], 0) + e, tf.constant(ROWS), x
    ),
}

TRANSFORMED: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "value": lambda f: f,
    "gradient": lambda f: tf.grad(lambda x, w: tf.reduce_sum(f(x, w) ** 2), (0, 1)),
    "jvp": lambda f: lambda x, w: tf.jvp(f, (x, w), (x * 0.5, w * w))[1],
    "second": lambda f: lambda x, w: tf.hvp(lambda v: tf.reduce_sum(tf.sin(f(v, w))), x, w),
    "mixed": lambda f: tf.grad(lambda x, w: tf.reduce_sum(tf.grad(lambda v: tf.reduce_sum(f(v, w) ** 2))(x) * w), 1),
    "jacobian": lambda f: lambda x, w: tf.jacobian(lambda v: f(x, v))(w),
}


@pytest.fixture(autouse=True)
def every_loop_is_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However short it is."""
    monkeypatch.setattr(rolled, "FEW_ROUNDS", 1)
    monkeypatch.setattr(rolled, "FEW_RECORDS", 0)
    monkeypatch.setattr(rolled, "MANY_ELEMENTS", 1 << 30)
    return


def ops_of(f: Any) -> list[str]:
    """The ops of the program that was recorded last."""
    core = f.variants[-1]
    return [core.node(k)[0] for k in range(len(core))]


def bits(values: Any) -> list[bytes]:
    return [np.asarray(x).tobytes() for x in tf.nest.flatten(values)]


@pytest.mark.parametrize("name", CASES)
def test_a_loop_gives_to_the_last_bit_what_rounds_of_python_give(name: str) -> None:
    f = CASES[name]
    recorded = tf.function(f)
    for x, w in ((X, W), (W * 0.9, X + 0.2)):
        expected = f(tf.constant(x), tf.constant(w))
        for _ in range(2):
            assert bits(recorded(tf.constant(x), tf.constant(w))) == bits(expected)
    assert "rounds" in ops_of(recorded)
    assert recorded.trace_count == 1


@pytest.mark.parametrize("kind", TRANSFORMED)
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("inside", [True, False])
def test_derivatives_of_a_loop_are_those_of_its_rounds(name: str, kind: str, inside: bool) -> None:
    f, change = CASES[name], TRANSFORMED[kind]
    recorded = tf.function(change(f)) if inside else change(tf.function(f))
    plain = change(f)
    for x, w in ((X, W), (W * 0.9, X + 0.2)):
        found, expected = (g(tf.constant(x), tf.constant(w)) for g in (recorded, plain))
        for a, b in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5 if name == "narrow" else 1e-10, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_many_examples_are_one_loop_and_those_that_end_early_stay(name: str) -> None:
    f = CASES[name]
    xs = np.stack([X, W, X * 3.0, np.full(3, 6.0)])
    for change in (lambda f: f, TRANSFORMED["gradient"]):
        for g in (
            tf.vectorize(change(tf.function(f)), in_axes=(0, None)),
            tf.function(tf.vectorize(change(f), in_axes=(0, None))),
        ):
            found = tf.nest.flatten(g(tf.constant(xs), tf.constant(W)))
            each = [tf.nest.flatten(change(f)(tf.constant(x), tf.constant(W))) for x in xs]
            for a, *b in zip(found, *each, strict=True):
                np.testing.assert_allclose(a, np.stack(b), rtol=1e-5 if name == "narrow" else 1e-10, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_a_loop_is_saved_and_loaded_with_its_derivatives(name: str, tmp_path: Path) -> None:
    f = CASES[name]
    program = tf.Program.from_function(f, tf.constant(X), tf.constant(W))
    program.save(tmp_path / "loop.program")
    loaded = tf.Program.load(tmp_path / "loop.program")
    assert "rounds" in str(loaded)
    assert bits(loaded(X, W)) == bits(f(tf.constant(X), tf.constant(W)))
    if not name.endswith("by values"):  # (how many rounds there are is looked at)
        slope = loaded.gradient()
        expected = tf.grad(lambda x, w: tf.reduce_sum(f(x, w)), (0, 1))(tf.constant(X), tf.constant(W))
        for a, b in zip(slope(X, W)[1], expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5 if name == "narrow" else 1e-10)


def test_variables_and_captured_tensors_that_a_body_reads_have_gradients() -> None:
    v, c = tf.Variable(W), tf.constant(X * 0.5)

    def f(x: Any) -> Any:
        return tf.reduce_sum(tf.foldl(lambda a, e: a * v + c * e, tf.constant(ROWS), x))

    recorded = tf.function(f)
    x = tf.constant(X)
    for _ in range(2):
        for g in (f, recorded):
            with tf.GradientTape() as tape:
                tape.watch([c, x])
                y = g(x)
            found = tape.gradient(y, [v, c, x])
            if g is f:
                expected = found
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
        v.assign(W * 2.0)
    assert recorded.trace_count == 1


def test_a_loop_of_wrong_sizes_is_refused() -> None:
    recorded = tf.function(lambda x: tf.sin(x) * 2.0 + x)
    recorded(tf.constant(X))
    program = recorded.variants[0]
    for layout in ((-1, 0, 0), (1, -1, 0), (1, 0, -1), (2, 0, 0)):
        with pytest.raises(ValueError, match="of a program of 1 inputs and 1 outputs"):
            _core.Rounds(program, *layout)
    loop = _core.Rounds(program, 1, 0, 0)
    with pytest.raises(ValueError, match="operand or result 1 of a loop"):
        loop.run(2**62, 2**62, False, False, True, [X.copy()], [np.ones((2, 3))], [])
    with pytest.raises(ValueError, match="a truth value"):
        loop.run(2, 2, False, True, False, [X.copy()], [np.ones((2, 3))], [])
    with pytest.raises(IndexError, match="no step 99"):
        _core.bind_native(_core.plan_of(program), 99, 1, [], None)


def test_no_rounds_give_what_there_was() -> None:
    @tf.function
    def f(x: Any, n: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), (tf.constant(0), x))[1]
        return y, tape.gradient(y, x)

    for n in (5, 0, 3, 1):
        y, slope = f(tf.constant(X), tf.constant(n))
        np.testing.assert_allclose(y, X ** (n + 1), rtol=1e-14)
        np.testing.assert_allclose(slope, (n + 1) * X**n, rtol=1e-13)


def test_second_derivatives_of_a_loop_that_ends_long_before_it_may() -> None:
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda y: tf.reduce_sum(y) < 100.0, lambda y: y * y + 1.0, [x], maximum_iterations=90)
        return tape.gradient(y, x)

    def curvature(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(slope(x) ** 2)
        return tape.gradient(y, x)

    recorded = tf.function(curvature)
    for x in (X, X * 0.1, X * 20.0):
        np.testing.assert_allclose(recorded(tf.constant(x)), curvature(tf.constant(x)), rtol=1e-12)


def test_the_number_of_rounds_is_no_reason_to_record_again() -> None:
    @tf.function
    def f(x: Any, n: Any) -> Any:
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 1.5), (tf.constant(0), x))[1]

    for n in (3, 7, 0, 100):
        np.testing.assert_allclose(f(tf.constant(X), tf.constant(n)), X * 1.5**n, rtol=1e-13)
    assert f.trace_count == 1


def test_a_gradient_is_recorded_again_only_where_rounds_are_twice_as_many() -> None:
    @tf.function
    def slope(x: Any, n: Any) -> Any:
        def f(x: Any) -> Any:
            return tf.reduce_sum(tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), (tf.constant(0), x))[1])

        return tf.grad(f)(x)

    for n in range(9, 17):
        np.testing.assert_allclose(slope(tf.constant(X), tf.constant(n)), (n + 1) * X**n, rtol=1e-12)
    assert slope.trace_count == 1


def test_a_body_is_recorded_once_whatever_the_number_of_rounds() -> None:
    calls = []

    def step(a: Any, e: Any) -> Any:
        calls.append(1)
        return a * 0.5 + e

    f = tf.function(lambda e: tf.foldl(step, e, tf.constant(np.zeros(3))))
    f(tf.constant(np.ones((1000, 3))))
    assert len(calls) == 1
    assert len(f.variants[0]) < 10


@pytest.mark.parametrize(
    "body",
    [
        lambda v: lambda a, e: a + e * tf.random.uniform((3,), dtype=tf.float64),
        lambda v: lambda a, e: a + v.assign_add(e),
        lambda v: lambda a, e: a * 2.0 if tf.reduce_sum(a) < 3.0 else a + e,
        lambda v: lambda a, e: a + tf.numpy_function(np.sin, [e], tf.float64),
        lambda v: lambda a, e: tf.concat([a, e], 0)[: a.shape[0] + 1],
    ],
    ids=["draws", "assigns", "looks", "calls Python", "grows"],
)
def test_a_body_that_is_no_program_is_run_as_it_is_written(body: Any) -> None:
    def run(g: Callable[..., Any]) -> Any:
        tf.random.set_seed(3)
        v = tf.Variable(X)
        made = g(lambda x: tf.foldl(body(v), tf.constant(ROWS), x))
        return [made(tf.constant(X)), made(tf.constant(X * 2.0)), v.numpy()]

    for a, b in zip(run(tf.function), run(lambda f: f), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_what_prints_prints_in_each_round(capsys: pytest.CaptureFixture[str]) -> None:
    def step(a: Any, e: Any) -> Any:
        tf.print("sum", tf.reduce_sum(a))
        return a + e

    f = tf.function(lambda x: tf.foldl(step, tf.constant(ROWS), x))
    f(tf.constant(X))
    f(tf.constant(X))
    assert (capsys.readouterr().err + capsys.readouterr().out).count("sum") == 2 * len(ROWS)


def test_an_error_in_a_body_is_the_users_at_its_line() -> None:
    def step(a: Any, e: Any) -> Any:
        return a + tf.ones(7, tf.float64)  # here

    with pytest.raises(ValueError, match="broadcast") as caught:
        tf.function(lambda x: tf.foldl(step, tf.constant(ROWS), x))(tf.constant(X))
    lines, first = inspect.getsourcelines(step)
    at = [entry.lineno + 1 for entry in caught.traceback if entry.path == Path(__file__)]
    assert first + next(k for k, line in enumerate(lines) if "# here" in line) in at


def test_an_error_for_values_of_a_later_round_is_raised() -> None:
    f = tf.function(lambda x: tf.foldl(lambda a, e: tf.linalg.cholesky(a * e), x, tf.constant(np.eye(2))))
    good = np.ones(4)
    np.testing.assert_allclose(f(tf.constant(good)), np.eye(2))
    with pytest.raises(Exception, match=r"(?i)positive"):
        f(tf.constant(np.array([1.0, 1.0, -1.0, 1.0])))
    np.testing.assert_allclose(f(tf.constant(good)), np.eye(2))


def test_many_rounds_take_the_memory_of_one_and_leave_nothing() -> None:
    @tf.function
    def f(x: Any, n: Any) -> Any:
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.sin(y) + x), (tf.constant(0), x))[1]

    x = tf.constant(np.linspace(0.0, 1.0, 1000))
    expected = f(x, tf.constant(10))
    gc.collect()
    tracemalloc.start()
    try:
        f(x, tf.constant(100_000))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(f(x, tf.constant(10)), expected)


def test_a_loop_leaves_no_references() -> None:
    def f(x: Any, w: Any) -> Any:
        return tf.grad(lambda w: tf.reduce_sum(_structures(x, w)))(w)

    def run() -> int:
        tf.function(f)(tf.constant(X), tf.constant(W))
        gc.collect()
        return sum(type(thing).__name__ in ("Body", "Rounds", "ProgramCore") for thing in gc.get_objects())

    run()
    before = run()
    assert run() <= before


def test_a_tensor_of_a_body_that_somebody_keeps_says_so() -> None:
    kept: list[Any] = []

    def step(a: Any, e: Any) -> Any:
        kept.append(a * 2.0)
        return a + e

    f = tf.function(lambda x: tf.foldl(step, tf.constant(ROWS), x) + kept[0])
    with pytest.raises(ValueError, match="made while the body of a loop was being recorded"):
        f(tf.constant(X))


def test_loops_of_few_rounds_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    f = tf.function(lambda x: tf.foldl(lambda a, e: a + e, tf.constant(ROWS), x))
    f(tf.constant(X))
    assert "rounds" not in ops_of(f)


@pytest.mark.parametrize("name", ["while", "foldl", "foldr", "nested", "narrow", "complex", "logsumexp"])
@pytest.mark.parametrize("inside", [True, False])
def test_what_gradients_need_of_many_rounds_is_kept_in_parts(
    name: str, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_rounds, "MOST_KEPT", 0)
    for kind in ("gradient", "mixed"):
        test_derivatives_of_a_loop_are_those_of_its_rounds(name, kind, inside)


def test_the_gradient_of_many_rounds_takes_the_memory_of_few() -> None:
    rounds, size = 2_500, 10_000  # (200 MB)
    f = tf.function(
        tf.grad(
            lambda x: tf.reduce_sum(
                tf.while_loop(lambda i, y: i < rounds, lambda i, y: (i + 1, y * 0.999 + x), (0, x))[1]
            )
        )
    )
    x = tf.constant(np.ones(size))
    expected = 0.999**rounds + (1.0 - 0.999**rounds) / 0.001
    np.testing.assert_allclose(f(x), expected, rtol=1e-10)
    tracemalloc.start()
    try:
        f(x)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_what_a_round_ends_with_computing_is_not_computed_by_the_next() -> None:
    f = tf.function(_leapfrogs)
    f(tf.constant(X), tf.constant(W))
    core = f.variants[0]
    (body,) = [core.node(k)[4][0].program for k in range(len(core)) if core.node(k)[0] == "rounds"]
    assert [body.node(k)[0] for k in range(len(body))].count("exp") == 1
    assert body.input_count == len(body.outputs) + 1  # the momentum's change is carried, too, and w is read


def test_how_many_rounds_there_are_at_most_may_be_another_number_each_time() -> None:
    @tf.function
    def f(x: Any, n: Any) -> Any:
        start = (x, tf.constant(0))
        return tf.while_loop(lambda y, k: True, lambda y, k: (y * 2.0, k + 1), start, maximum_iterations=n)[0]

    for n in (3, 0, 5):
        np.testing.assert_array_equal(f(tf.constant(X), tf.constant(n)), X * 2.0**n)
    assert f.trace_count == 1


def test_what_is_carried_may_change_places() -> None:
    def f(x: Any) -> Any:
        return tf.while_loop(lambda i, a, b, c: i < 5, lambda i, a, b, c: (i + 1, b, a + 1.0, a), (0, x, x * 2.0, x))

    recorded = tf.function(f)
    assert bits(recorded(tf.constant(X))[1:]) == bits(f(tf.constant(X))[1:])
    assert "rounds" in ops_of(recorded)


def test_a_variable_that_is_assigned_to_between_loops_is_read_as_it_is_then() -> None:
    v = tf.Variable(W)

    def f(x: Any) -> Any:
        v.assign(x * 2.0)
        y = tf.foldl(lambda a, e: a * v + e, tf.constant(ROWS), x)
        v.assign_add(y)
        return y + tf.foldl(lambda a, e: a * 0.5 + e * v, tf.constant(ROWS), x)

    recorded = tf.function(f)
    for x in (X, W):
        expected = bits([f(tf.constant(x)), v.numpy()])
        assert bits([recorded(tf.constant(x)), v.numpy()]) == expected
    assert "rounds" in ops_of(recorded)


def test_several_threads_run_one_loop() -> None:
    f = tf.function(lambda x: tf.foldl(lambda a, e: tf.sin(a) * e + x, tf.constant(ROWS), x))
    expected = bits(f(tf.constant(X)))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: bits(f(tf.constant(X))), range(100)))
    assert found == [expected] * 100


def test_a_rule_of_the_users_in_a_body_is_used() -> None:
    @tf.custom_gradient
    def twice(x: Any) -> Any:
        return x * 2.0, lambda g: g * 100.0

    def f(x: Any) -> Any:
        return tf.reduce_sum(tf.foldl(lambda a, e: twice(a) + e, tf.constant(ROWS), x))

    np.testing.assert_array_equal(tf.function(tf.grad(f))(tf.constant(X)), np.full(3, 100.0**5))


def test_loops_over_large_arrays_are_written_out_to_be_fused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for size, rolls in ((1_000, True), (20_000, False)):
        f = tf.function(lambda x: tf.while_loop(lambda i, y: i < 100, lambda i, y: (i + 1, y * 0.5 + x), (0, x))[1])
        f(tf.ones(size))
        assert ("rounds" in ops_of(f)) == rolls


def test_a_loop_costs_what_its_rounds_do() -> None:
    program = tf.Program.from_function(
        lambda x: tf.while_loop(lambda i, y: i < 100, lambda i, y: (i + 1, y * y + x), (0, x))[1], tf.constant(X)
    )
    assert program.cost().flops == 100 * 2 * len(X)
    assert not program.cost().uncounted


def loops_of(f: Any) -> list[tuple[Any, ...]]:
    """The attributes of the loops of the program that was recorded last."""
    core = f.variants[-1]
    return [node[4] for node in map(core.node, range(len(core))) if node[0] == "rounds"]


def products_of(body: Any) -> int:
    return sum(_core.is_product(body.program, k) for k in range(len(body.program)))


def test_a_gradient_neither_computes_products_again_nor_adds_them_up_round_by_round() -> None:
    recorded = tf.function(tf.grad(lambda x, w: tf.reduce_sum(_lstm(x, w)), (0, 1)))
    recorded(tf.constant(X), tf.constant(W))
    (forward, _, _, _, kept, _), (backward, *_) = loops_of(recorded)
    assert kept == "both"
    assert products_of(forward) == 2  # of the row, and of what is carried
    assert products_of(backward) == 1  # what goes on to the round before; that of the rows, and of weights, come later
    core = recorded.variants[-1]
    assert sum(_core.is_product(core, k) for k in range(len(core))) == 3
    assert (48, 12) not in [shape for shape, _ in backward.outputs()]
    assert (12, 48) not in [shape for shape, _ in backward.outputs()]


def test_what_rounds_multiply_with_is_transposed_before_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def slope(x: Any, w: Any) -> Any:
        return tf.grad(lambda x, w: tf.reduce_sum(_lstm(x, w)), (0, 1))(x, w)

    def transposed() -> tuple[list[Any], Any]:
        recorded = tf.function(slope)
        found = recorded(tf.constant(X), tf.constant(W))
        body = loops_of(recorded)[1][0]
        nodes = [body.program.node(k) for k in range(len(body.program)) if _core.is_product(body.program, k)]
        return [flags for *_, flags in nodes], found

    monkeypatch.setattr(loop_rounds, "FEW_ROUNDS", 1000)
    flags, expected = transposed()
    assert flags == [(False, True)]
    monkeypatch.setattr(loop_rounds, "FEW_ROUNDS", 2)
    flags, found = transposed()
    assert flags == [(False, False)]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_what_nobody_reads_of_a_loop_has_no_cotangent_in_its_gradient() -> None:
    def last(x: Any) -> Any:
        return tf.foldl(lambda s, e: (s[0] * e + s[1], tf.sin(s[1])), tf.constant(ROWS), (x, x))[0]

    recorded = tf.function(tf.grad(lambda x: tf.reduce_sum(last(x))))
    recorded(tf.constant(X))
    body, (carried, rows, _), *_ = loops_of(recorded)[1]
    assert (carried, rows) == (2, 3)  # what each round began with, and its row; what comes to each round is nothing
    assert body.program.input_count == 5


def test_values_are_computed_again_where_keeping_them_takes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def slope(x: Any, w: Any) -> Any:
        return tf.grad(lambda x, w: tf.reduce_sum(_lstm(x, w)), (0, 1))(x, w)

    expected = slope(tf.constant(X), tf.constant(W))
    most = 2 * 6 * (2 * 12) * 8  # two states, before and after five rounds
    monkeypatch.setattr(loop_rounds, "MOST_KEPT", most + 8)
    recorded = tf.function(slope)
    for a, b in zip(recorded(tf.constant(X), tf.constant(W)), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
    (_, layout, *_), (backward, *_) = loops_of(recorded)
    assert layout[2] == 0
    assert products_of(backward) > 1
