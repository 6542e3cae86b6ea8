"""Rows of a variable that a recorded function changes: in place, at the end of the replay, where nobody else has the
variable's array; and with the numbers that eager Python gives, whoever has it and whatever else the program reads."""

from __future__ import annotations

import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from test_recorded_optimizers import RULES

COUNT, WIDTH = 20_000, 16
SIZE = COUNT * WIDTH * 4
IDS = [[4, 1, 4], [0, 0, 0], [3, 2, 1], [1, 4, 1]]


def table_of(count: int = COUNT) -> tf.Variable:
    return tf.Variable(np.random.default_rng(0).normal(size=(count, WIDTH)).astype("float32"))


def peak(function: Callable[..., Any], *args: Any) -> int:
    """The most memory that a call has at a time, beyond what there was."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        function(*args)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def address(variable: tf.Variable) -> int:
    return int(np.asarray(variable).ctypes.data)


def add(variable: Any, ids: Any, value: float = 1.0) -> None:
    variable.scatter_add(tf.IndexedSlices(tf.fill((*ids.shape, *variable.shape[1:]), value), ids))


def step_of(rule: str, table: Any, steps: int = 1) -> Callable[[Any], Any]:
    optimizer = RULES[rule]()

    def step(ids: Any) -> Any:
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(tf.gather(table, ids)))
            optimizer.apply_gradients([(tape.gradient(loss, table), table)])
        return loss, tf.gather(table, ids)

    return step


# -------------------------------------------------------------------------------------------------------------- memory


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("rule", RULES)
def test_a_recorded_step_takes_memory_for_its_rows(rule: str, steps: int) -> None:
    table = table_of()
    step = tf.function(step_of(rule, table, steps))
    step(tf.constant(IDS[0]))
    before = address(table)
    assert max(peak(step, tf.constant(ids)) for ids in IDS) < SIZE // 10  # its arena, made at the first replay, too
    assert address(table) == before
    assert step.trace_count == 1


def test_rows_that_are_looked_up_copy_no_table() -> None:
    table = table_of()

    def rows(ids: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(tf.gather(table, ids)))
        return tf.gather(tf.stop_gradient(table), ids), tape.gradient(loss, table).values

    recorded = tf.function(rows)
    recorded(tf.constant(IDS[0]))
    assert max(peak(recorded, tf.constant(ids)) for ids in IDS) < SIZE // 10


# --------------------------------------------------------------------------------------- what the program reads of it


@pytest.mark.parametrize("shape", [(8, 3), (8,)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "complex128"])
def test_rows_that_are_read_between_changes_are_the_new_ones(dtype: str, shape: tuple[int, ...]) -> None:
    def change(v: Any, ids: Any, others: Any, values: Any, many: Any) -> Any:
        v.scatter_add(tf.IndexedSlices(values, ids))
        first = tf.gather(v, others)
        v.scatter_update(tf.IndexedSlices(values + first, others))
        second = tf.gather(v, many)
        v.scatter_sub(tf.IndexedSlices(values, ids))
        return first, second, tf.gather(v, many[0, 0]), tf.gather(v, [0, 1, 0]), tf.gather(v, many[:0])

    start = (np.random.default_rng(9).normal(size=shape) * 5).astype(dtype)
    v, w = tf.Variable(start), tf.Variable(start)
    recorded = tf.function(lambda *args: change(v, *args))
    for seed in range(4):
        rng = np.random.default_rng(seed)
        values = (rng.normal(size=(6, *shape[1:])) * 5).astype(dtype)
        args = [tf.constant(a) for a in (*rng.integers(0, 6, (2, 6)), values, rng.integers(0, 8, (3, 4)))]
        for found, expected in zip(recorded(*args), change(w, *args), strict=True):
            np.testing.assert_array_equal(found, expected)
            assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_array_equal(v, w)
    assert recorded.trace_count == 1


def into_another(v: Any, other: Any) -> Any:
    other.assign(v)


def printed(v: Any, other: Any) -> Any:
    tf.print(v)


WHOLE: dict[str, Callable[[Any, Any], Any]] = {
    "returned": lambda v, other: v.read_value(),
    "added up": lambda v, other: tf.reduce_sum(v),
    "sliced": lambda v, other: v[1:3],
    "indexed": lambda v, other: v[tf.constant([2, 0])],
    "looked up by itself": lambda v, other: tf.gather(v, tf.cast(v[:, 0] > 0.0, tf.int32)),
    "looked at": lambda v, other: v * 2.0 if tf.reduce_sum(v) > 0.0 else v * 3.0,
    "assigned to another": into_another,
    "printed": printed,
    "values of a change": lambda v, other: v.scatter_update(tf.IndexedSlices(v * 2.0, np.arange(5))).read_value(),
    "another change of what was": lambda v, other: other.scatter_sub(tf.IndexedSlices(v[:1], [1])).read_value(),
}


@pytest.mark.parametrize("use", WHOLE)
def test_a_changed_value_that_is_read_as_a_whole_is_the_new_one(use: str, capfd: pytest.CaptureFixture[str]) -> None:
    def change(v: Any, other: Any, ids: Any) -> Any:
        add(v, ids)
        seen = WHOLE[use](v, other)
        add(v, ids, -0.3)
        return seen, tf.gather(v, ids)

    results = []
    for is_recorded in (True, False):
        v, other = (tf.Variable(np.random.default_rng(k).normal(size=(5, 2))) for k in range(2))
        step = tf.function(change) if is_recorded else change
        for ids in IDS:
            values = [*step(v, other, tf.constant(ids)), v, other]
            results.append([None if value is None else tf.convert_to_tensor(value).numpy() for value in values])
        results[-1].append(capfd.readouterr().err.split())
    half = len(results) // 2
    for found, expected in zip(results[:half], results[half:], strict=True):
        for one, another in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, another)


# ----------------------------------------------------------------------------------------------- who else has the array


@contextmanager
def a_tensor(table: Any) -> Iterator[Any]:
    yield table.read_value()


@contextmanager
def an_array(table: Any) -> Iterator[Any]:
    yield np.asarray(table)


@contextmanager
def a_view(table: Any) -> Iterator[Any]:
    yield np.asarray(table)[2:]


@contextmanager
def a_variable(table: Any) -> Iterator[Any]:
    value = table * 1.0
    other = tf.Variable(value)
    table.assign(value)
    del value
    assert address(other) == address(table)
    yield other


@contextmanager
def a_tape(table: Any) -> Iterator[Any]:
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.pow(table, 3.0))
    before = table.numpy()
    yield lambda: np.testing.assert_allclose(tape.gradient(y, table), 3 * before**2, rtol=1e-6)


HOLDERS = (a_tensor, an_array, a_view, a_variable, a_tape)


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: holder.__name__)
def test_who_has_read_the_table_keeps_what_was_read(holder: Callable[[Any], Any]) -> None:
    table, expected = table_of(6), table_of(6)
    step, eager = tf.function(step_of("Adam", table)), step_of("Adam", expected)
    for ids in IDS:
        with holder(table) as held:
            kept = None if callable(held) else np.array(held.numpy() if isinstance(held, tf.Variable) else held)
            step(tf.constant(ids))
            eager(tf.constant(ids))
            if kept is None:
                held()
            else:
                np.testing.assert_array_equal(held, kept)
        del held
        np.testing.assert_array_equal(table, expected)
    before = address(table)
    step(tf.constant(IDS[0]))
    assert address(table) == before  # nobody has it any more


def test_two_variables_with_one_array_change_apart() -> None:
    zeros = tf.constant(np.ones((6, 2))) * 0.0
    v, w = tf.Variable(zeros), tf.Variable(zeros)
    del zeros
    assert address(v) == address(w)

    @tf.function
    def step(ids: Any) -> None:
        add(v, ids)
        add(w, ids, 10.0)

    for ids in IDS[:2]:
        step(tf.constant(ids))
    for variable, value in ((v, 1.0), (w, 10.0)):
        np.testing.assert_array_equal(variable[:, 0], [3 * value, value, 0.0, 0.0, 2 * value, 0.0])


def test_the_argument_of_a_replay_stays_what_it_is() -> None:
    v = tf.Variable(np.zeros((6, 2)))
    step = tf.function(lambda x, ids: (add(v, ids), x * 1.0)[1])
    for k, ids in enumerate(IDS):
        given = v.read_value()
        kept = given.numpy()
        np.testing.assert_array_equal(step(given, tf.constant(ids)), kept)
        np.testing.assert_array_equal(given, kept)
        assert tf.reduce_sum(v) == 6.0 * (k + 1)


def test_no_thread_sees_half_a_step_and_no_change_is_lost() -> None:
    v, w = tf.Variable(np.zeros((500, 8))), tf.Variable(np.zeros((500, 8)))
    every = tf.constant(np.arange(500))
    torn: list[int] = []
    done = threading.Event()

    @tf.function
    def step(ids: Any) -> None:
        add(v, ids)
        add(w, ids, 2.0)

    step(every)

    def watch() -> None:
        while not done.is_set():
            for variable in (v, w):
                seen = variable.read_value()
                first = seen.numpy()
                if not (first == first[0, 0]).all() or (seen.numpy() != first).any():
                    torn.append(1)

    def change() -> None:
        for _ in range(60):
            step(every)

    def change_eagerly() -> None:
        for _ in range(60):
            add(v, every)

    threads = [threading.Thread(target=job) for job in (watch, change, change, change_eagerly)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads[1:]:
            thread.join()
        done.set()
        threads[0].join()
    finally:
        sys.setswitchinterval(interval)
    assert not torn
    np.testing.assert_array_equal(v, np.full((500, 8), 181.0))
    np.testing.assert_array_equal(w, np.full((500, 8), 242.0))


# --------------------------------------------------------------------------------------------------------- all or none


@pytest.mark.parametrize("at", ["next change", "look-up", "own error"])
def test_an_error_after_a_change_leaves_all_tables_as_they_were(at: str) -> None:
    v, w = tf.Variable(np.zeros((6, 2))), tf.Variable(np.zeros((4, 2)))

    def fail(_: Any, values: Any) -> Any:
        if values.max() >= 4:
            raise IndexError("no such row of mine")
        return values.copy()

    own = _core.register_general(f"fails_{at}", fail, None, None, False, False, raises=True, form=None, gives=None)

    @tf.function
    def step(ids: Any) -> Any:
        add(v, ids)
        if at == "next change":
            add(w, ids)
        elif at == "look-up":
            tf.gather(w, ids)
        else:
            _core.general(own, (ids,), None)
        return tf.gather(v, ids)

    step(tf.constant([0, 3, 3]))
    step(tf.constant([0, 3, 1]))
    before, addresses = (v.numpy(), w.numpy()), (address(v), address(w))
    with pytest.raises(IndexError):
        step(tf.constant([0, 5, 1]))
    np.testing.assert_array_equal(v, before[0])
    np.testing.assert_array_equal(w, before[1])
    assert (address(v), address(w)) == addresses
    step(tf.constant([0, 3, 1]))
    np.testing.assert_array_equal(v[:, 0], [3.0, 2.0, 0.0, 4.0, 0.0, 0.0])
    assert step.trace_count == 1


def test_an_error_around_a_replay_undoes_what_the_replay_has_changed() -> None:
    v = tf.Variable(np.zeros((6, 2)))
    step = tf.function(lambda ids: add(v, ids))
    step(tf.constant([0, 1]))
    with pytest.raises(RuntimeError, match="too much"), _core.Journal():
        step(tf.constant([0, 2]))
        step(tf.constant([0, 3]))
        assert v[0, 0] == 3.0
        raise RuntimeError("too much")
    np.testing.assert_array_equal(v[:, 0], [1.0, 1.0, 0.0, 0.0, 0.0, 0.0])


# ------------------------------------------------------------------------------------------------------- a tape around


@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.parametrize("method", ["scatter_add", "scatter_sub", "scatter_update"])
def test_a_tape_around_sees_what_was_read_before_and_after_a_change(method: str, dtype: str) -> None:
    """Nothing flows through what is assigned, as without a recorded function."""

    def change(v: Any, x: Any, ids: Any) -> Any:
        before = tf.gather(v, ids)
        getattr(v, method)(tf.IndexedSlices(x, ids))
        return tf.reduce_sum(tf.square(before) * x + tf.square(tf.gather(v, ids)))

    results = []
    for make in (tf.function, lambda f: f):
        v = tf.Variable(np.random.default_rng(0).normal(size=(6, 2)).astype(dtype))
        step = make(change)
        for seed, ids in enumerate(IDS):
            x = tf.constant(np.random.default_rng(seed).normal(size=(3, 2)).astype(dtype))
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = step(v, x, tf.constant(ids))
            by_v, by_x = tape.gradient(y, [v, x])
            results.append([tf.convert_to_tensor(value).numpy() for value in (y, v, by_v, by_x)])
    for found, expected in zip(results[: len(IDS)], results[len(IDS) :], strict=True):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_a_step_under_a_tape_is_the_same_step(rule: str) -> None:
    table, expected = table_of(6), table_of(6)
    step, eager = tf.function(step_of(rule, table)), step_of(rule, expected)
    for ids in IDS:
        with tf.GradientTape() as tape:
            loss, _ = step(tf.constant(ids))
        eager(tf.constant(ids))
        np.testing.assert_array_equal(table, expected)
        assert tape.gradient(loss, table) is not None
