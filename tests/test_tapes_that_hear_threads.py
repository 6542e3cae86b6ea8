"""Tapes with threads=True: what other threads are given to do is on them, as if it had been done in one."""

from __future__ import annotations

import asyncio
import gc
import math
import queue
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from threads_at_once import at_once

TASKS = 6
THREADS = 3

_Map = Callable[..., Iterable[Any]]


@pytest.fixture(scope="module")
def pool() -> Any:
    """A pool that is older than any tape."""
    with ThreadPoolExecutor(THREADS) as made:
        assert list(made.map(str, range(9)))
        yield made


def bits(values: Any) -> list[Any]:
    return [
        None if x is None else (x.shape, tf.convert_to_tensor(x).numpy().tobytes()) for x in tf.nest.flatten(values)
    ]


# ------------------------------------------------------------------------------- what is computed, by whichever `map`


class Problem:
    def __init__(self) -> None:
        self.w = tf.Variable(np.linspace(0.1, 1.0, 5), name="w")
        self.b = tf.Variable(np.float32(0.3), name="b")
        self.x = tf.constant(np.linspace(-1.0, 1.0, 5))
        self.sources = [self.w, self.b, self.x]


def arrays(p: Problem, each: _Map) -> Any:
    return sum(each(lambda k: tf.reduce_sum(tf.sin(p.w * (k + 0.5)) * p.x), range(TASKS)))


def numbers(p: Problem, each: _Map) -> Any:
    return sum(each(lambda k: tf.exp(p.b * k) * p.b, range(TASKS)))


def matrices(p: Problem, each: _Map) -> Any:
    a = tf.reshape(p.w, (5, 1)) * tf.reshape(p.x, (1, 5)) + tf.eye(5, dtype=tf.float64)
    return tf.add_n([tf.linalg.det(m) for m in each(lambda k: tf.linalg.matmul(a, a + float(k)) / 10.0, range(TASKS))])


def steps(p: Problem, each: _Map) -> Any:
    """What some tasks give, others are given."""
    h = p.x
    for _ in range(4):
        h = tf.add_n(list(each(lambda k, h=h: tf.tanh(h * p.w + k), range(3)))) / 3.0
    return tf.reduce_sum(h) * tf.cast(p.b, tf.float64)


def handed_through(p: Problem, each: _Map) -> Any:
    """What a task gives is not looked at before the next one has it."""
    h: Any = p.x
    for k in range(20):
        (h,) = each(lambda h, k=k: tf.sin(h) * p.w + k, [h])
    return tf.reduce_sum(h)


def several_results(p: Problem, each: _Map) -> Any:
    return sum(sum(map(tf.reduce_sum, parts)) for parts in each(lambda k: tf.split(p.w[:4] * p.x[k], 2), range(5)))


def rows(p: Problem, each: _Map) -> Any:
    return sum(each(lambda k: tf.reduce_sum(tf.gather(p.w, [k % 5, 0]) * p.x[0]), range(TASKS)))


def programs(p: Problem, each: _Map) -> Any:
    f = tf.function(lambda h, k: tf.reduce_sum(tf.sin(h * p.w) * k))
    return sum(each(lambda k: f(p.x, tf.constant(k + 0.5, tf.float64)), range(TASKS)))


def program_of_what_tasks_gave(p: Problem, each: _Map) -> Any:
    given = list(each(lambda k: tf.sin(p.w * p.x) * float(k), range(3)))
    f = tf.function(lambda h: tf.reduce_sum(h * given[1] + given[2]))
    return f(given[0]) + f(given[1])


def own_gradients(p: Problem, each: _Map) -> Any:
    def work(k: int) -> Any:
        h = p.x * (k + 1.0)
        with tf.GradientTape() as tape:
            tape.watch(h)
            y = tf.reduce_sum(tf.sin(h * p.w))
        return tf.reduce_sum(tape.gradient(y, h) ** 2)

    return sum(each(work, range(TASKS)))


def rules(p: Problem, each: _Map) -> Any:
    @tf.custom_gradient
    def ruled(h: Any) -> Any:
        return h * h, lambda g: 5.0 * g * h

    @tf.custom_gradient
    def with_variable(h: Any) -> Any:
        return h * p.w, lambda g, variables: (2.0 * g * p.w, [3.0 * g * h])

    return sum(each(lambda k: tf.reduce_sum(ruled(p.w * p.x + k) + with_variable(p.x * k)), range(TASKS)))


def what_a_rule_reads(p: Problem, each: _Map) -> Any:
    h = tf.sin(p.x)

    def work(k: int) -> Any:
        return tf.recompute_grad(lambda a: tf.reduce_sum(tf.sin(a * h) * p.w))(p.x * k)

    return sum(each(work, range(TASKS)))


def transforms(p: Problem, each: _Map) -> Any:
    slope = tf.grad(lambda h: tf.reduce_sum(tf.sin(h * p.w)))
    return sum(each(lambda k: tf.reduce_sum(slope(p.x + k)), range(TASKS)))


def loops(p: Problem, each: _Map) -> Any:
    def work(k: int) -> Any:
        _, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.sin(h) * p.w), (tf.constant(0), p.x + k))
        return tf.reduce_sum(h)

    return sum(each(work, range(3)))


def unused(p: Problem, each: _Map) -> Any:
    given = list(each(lambda k: (tf.reduce_sum(p.w * k), p.x * p.x)[0], range(TASKS)))
    return given[2] * given[4]


PROBLEMS = [
    arrays,
    numbers,
    matrices,
    steps,
    handed_through,
    several_results,
    rows,
    programs,
    program_of_what_tasks_gave,
    own_gradients,
    rules,
    what_a_rule_reads,
    transforms,
    loops,
    unused,
]


def gradients(problem: Callable[..., Any], each: _Map, **how: Any) -> Any:
    p = Problem()
    with tf.GradientTape(**how) as tape:
        tape.watch(p.x)
        y = problem(p, each)
    return [y, *tape.gradient(y, p.sources, unconnected_gradients="zero")]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_gradients_are_those_of_one_thread_to_the_last_bit(problem: Callable[..., Any], pool: Any) -> None:
    wanted = bits(gradients(problem, map))
    for _ in range(10):
        assert bits(gradients(problem, pool.map, threads=True)) == wanted


@pytest.mark.parametrize("problem", PROBLEMS)
def test_nothing_changes_where_there_are_no_threads(problem: Callable[..., Any]) -> None:
    assert bits(gradients(problem, map, threads=True)) == bits(gradients(problem, map))


def second_order(problem: Callable[..., Any], each: _Map, **how: Any) -> Any:
    p = Problem()
    with tf.GradientTape(persistent=True, **how) as tape:
        tape.watch(p.x)
        y = problem(p, each)
    vector = [tf.ones_like(s) for s in p.sources]
    return [
        tape.gradient(y, p.w, unconnected_gradients="zero"),
        tape.hvp(y, p.sources, vector),
        tape.hessian(y, [p.w, p.x]),
        tape.jvp(y, p.sources, vector),
        tape.jacobian(y, p.w, unconnected_gradients="zero"),
    ]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_second_derivatives_are_those_of_one_thread(problem: Callable[..., Any], pool: Any) -> None:
    wanted = second_order(problem, map)
    found = second_order(problem, pool.map, threads=True)
    for one, other in zip(tf.nest.flatten(found), tf.nest.flatten(wanted), strict=True):
        np.testing.assert_allclose(*map(tf.convert_to_tensor, (one, other)), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_tapes_within_tapes_hear_threads(problem: Callable[..., Any], pool: Any) -> None:
    def slopes(each: _Map, **how: Any) -> Any:
        p = Problem()
        with tf.GradientTape(**how) as outer:
            outer.watch(p.x)
            with tf.GradientTape(**how) as inner:
                inner.watch(p.x)
                y = problem(p, each)
            first = inner.gradient(y, p.x, unconnected_gradients="zero")
            z = tf.reduce_sum(first * first)
        return outer.gradient(z, p.sources, unconnected_gradients="zero")

    assert bits(slopes(pool.map, threads=True)) == bits(slopes(map))


def run_again(p: Problem, each: _Map) -> Any:
    f = tf.recompute_grad(lambda h: tf.add_n(list(each(lambda k: tf.sin(h * p.w) * (k + 1.0), range(3)))) * h)
    return tf.reduce_sum(f(p.x * 2.0))


def tangents(p: Problem, each: _Map) -> Any:
    @tf.custom_jvp
    def square(h: Any) -> Any:
        return h * h

    @square.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (h,), (t,) = primals, tangents
        return h * h, tf.add_n(list(each(lambda k: (k + 1.0) * h * t, range(3))))

    return tf.reduce_sum(square(p.x * p.w))


@pytest.mark.parametrize("problem", [run_again, tangents])
def test_what_is_run_once_the_tape_has_been_left_gives_work_to_threads_too(
    problem: Callable[..., Any], pool: Any
) -> None:
    wanted = bits(gradients(problem, map))
    for _ in range(3):
        assert bits(gradients(problem, pool.map, threads=True)) == wanted

    def slopes(each: _Map, **how: Any) -> Any:
        p = Problem()
        with tf.GradientTape(**how) as outer:
            outer.watch(p.x)
            with tf.GradientTape(**how) as inner:
                inner.watch(p.x)
                y = problem(p, each)
            z = tf.reduce_sum(inner.gradient(y, p.x) ** 2)
        return outer.gradient(z, [p.w, p.x])

    for one, other in zip(slopes(pool.map, threads=True), slopes(map), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("around", [{}, {"trace": True}, {"check_numerics": True}])
@pytest.mark.parametrize("recorded", [False, True])
def test_what_is_run_again_in_one_thread_may_be_where_tapes_listen(around: dict[str, bool], recorded: bool) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        y = tf.recompute_grad(lambda h: h**3 * x)(x * 1.0)

    def gradient() -> Any:
        return tape.gradient(y, x)

    with tf.GradientTape(**around):
        assert (tf.function(gradient) if recorded else gradient)().numpy() == 32.0


# ------------------------------------------------------------------------------------------ by which something is given


def cube(x: Any) -> Any:
    return x**3


def by_map_of_a_pool(xs: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(cube, xs))


def by_submit(xs: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(cube, x) for x in xs]]


def by_a_task_of_a_task(xs: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(2) as pool, ThreadPoolExecutor(2) as further:
        return [future.result() for future in [pool.submit(lambda x=x: further.submit(cube, x).result()) for x in xs]]


def by_thread_pool(xs: list[Any]) -> list[Any]:
    with ThreadPool(2) as pool:
        return list(pool.map(cube, xs))


def by_imap(xs: list[Any]) -> list[Any]:
    with ThreadPool(2) as pool:
        return list(pool.imap(cube, xs, chunksize=2))


def by_imap_unordered(xs: list[Any]) -> list[Any]:
    with ThreadPool(2) as pool:
        return list(pool.imap_unordered(cube, xs))


def by_starmap(xs: list[Any]) -> list[Any]:
    with ThreadPool(2) as pool:
        return list(pool.starmap(cube, [(x,) for x in xs]))


def by_apply(xs: list[Any]) -> list[Any]:
    with ThreadPool(2) as pool:
        return [pool.apply_async(cube, (xs[0],)).get(60), *(pool.apply(cube, kwds={"x": x}) for x in xs[1:])]


def by_callback(xs: list[Any]) -> list[Any]:
    """Which hands the next one to the pool, in a thread of the pool's own."""
    found: queue.Queue[Any] = queue.Queue()
    with ThreadPool(2) as pool:

        def hand(k: int) -> None:
            def take(result: Any) -> None:
                if k + 1 < len(xs):
                    hand(k + 1)
                found.put(result)

            pool.apply_async(cube, (xs[k],), callback=take)

        hand(0)
        return [found.get(timeout=60) for _ in xs]


def by_thread(xs: list[Any]) -> list[Any]:
    found: list[Any] = [None] * len(xs)

    def work(k: int) -> None:
        found[k] = cube(xs[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(xs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert "run" not in vars(thread)
    return found


class Worker(threading.Thread):
    def __init__(self, x: Any) -> None:
        super().__init__()
        self.x = x

    def run(self) -> None:
        self.result = cube(self.x)


def by_a_class_of_threads(xs: list[Any]) -> list[Any]:
    threads = [Worker(x) for x in xs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [thread.result for thread in threads]


def by_asyncio(xs: list[Any]) -> list[Any]:
    async def work() -> list[Any]:
        return await asyncio.gather(*(asyncio.to_thread(cube, x) for x in xs))

    return asyncio.run(work())


def by_joblib(xs: list[Any]) -> list[Any]:
    import joblib

    given = (joblib.delayed(cube)(x) for x in xs)
    return list(joblib.Parallel(n_jobs=2, backend="threading", pre_dispatch=2, batch_size=1)(given))


WAYS = [
    by_map_of_a_pool,
    by_submit,
    by_a_task_of_a_task,
    by_thread_pool,
    by_imap,
    by_imap_unordered,
    by_starmap,
    by_apply,
    by_callback,
    by_thread,
    by_a_class_of_threads,
    by_asyncio,
    by_joblib,
]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_given_to_threads_is_heard_whichever_way(way: Callable[[list[Any]], list[Any]]) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True) as tape:
        y = tf.add_n(way([x * float(k) for k in range(9)]))
    assert tape.gradient(y, x).numpy() == sum(3.0 * k**3 * 4.0 for k in range(9))
    with tf.GradientTape() as tape:
        way([tf.constant(float(k)) for k in range(9)])


def doors() -> list[Any]:
    return [
        ThreadPoolExecutor.submit,
        threading.Thread.start,
        ThreadPool.apply_async,
        ThreadPool.__dict__.get("apply_async"),
        ThreadPool.__dict__.get("_map_async"),
        ThreadPool.__dict__.get("imap"),
        ThreadPool.__dict__.get("imap_unordered"),
    ]


def test_pythons_classes_are_what_they_were_when_the_last_such_tape_is_left() -> None:
    before = doors()
    with tf.GradientTape(threads=True):
        assert doors() != before
        with pytest.raises(ZeroDivisionError), tf.GradientTape(threads=True):
            raise ZeroDivisionError
        assert doors() != before
    assert doors() == before
    tape = tf.GradientTape(threads=True)
    tape.__enter__()
    del tape
    gc.collect()
    assert doors() == before


def test_who_puts_something_into_a_door_meanwhile_keeps_it(monkeypatch: pytest.MonkeyPatch, pool: Any) -> None:
    with tf.GradientTape(threads=True):
        told = ThreadPoolExecutor.submit

        def submit(self: Any, *arguments: Any) -> Any:
            return told(self, *arguments)

        monkeypatch.setattr(ThreadPoolExecutor, "submit", submit)
    assert ThreadPoolExecutor.submit is submit
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True) as tape:
        y = pool.submit(cube, x).result()
    assert tape.gradient(y, x).numpy() == 12.0


# ------------------------------------------------------------------------------------------------- tapes and tasks


def test_a_tape_without_it_hears_its_own_thread_only(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = pool.submit(cube, x).result()
    assert "tf.GradientTape(threads=True)" in str(tape.why(y, x))
    assert "in another thread" in str(tape.why(y, x))
    with pytest.warns(UserWarning, match="in another thread"):
        assert tape.gradient(y, x) is None


def test_why_speaks_of_a_tape_in_a_thread() -> None:
    x = tf.Variable(2.0)
    found: list[Any] = []

    def work() -> None:
        with tf.GradientTape(persistent=True) as other:
            found.extend((cube(x), other))

    with tf.GradientTape(persistent=True) as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
    assert tape.why(found[0], x).cause == "other thread"
    assert "tf.GradientTape(threads=True)" in tape.why(found[0], x).advice


def test_a_tape_is_read_with_what_threads_computed(pool: Any) -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(threads=True, persistent=True) as tape:
        y = pool.submit(lambda: tf.reduce_sum(x**3)).result()
    assert tape.watched_variables() == (x,)
    assert tape.why(y, x).cause == "connected"
    assert "sum(%1" in str(tape)
    assert tape.memory().bytes > 0
    assert [record.op for record in tape.to_records()] == ["variable", "pow", "sum"]


def test_variables_that_tasks_read_or_make_are_watched(pool: Any) -> None:
    x = tf.Variable(2.0, name="x")
    with tf.GradientTape(threads=True) as tape:
        made = pool.submit(tf.Variable, 3.0, name="made").result()
        y = pool.submit(lambda: made * x).result()
        assert [v.name for v in tape.watched_variables()] == ["x:0", "made:0"]
    assert [g.numpy() for g in tape.gradient(y, [x, made])] == [3.0, 2.0]


def test_only_what_is_watched_is_followed(pool: Any) -> None:
    x, fixed, c = tf.Variable(2.0), tf.Variable(3.0, trainable=False), tf.constant(5.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        y = pool.submit(lambda: x * fixed * c).result()
    assert [g if g is None else g.numpy() for g in tape.gradient(y, [x, fixed, c])] == [15.0, None, None]
    with tf.GradientTape(threads=True, watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(fixed)
        y = pool.submit(lambda: x * fixed * c).result()
    assert [g if g is None else g.numpy() for g in tape.gradient(y, [x, fixed, c])] == [None, 10.0, None]


def test_tapes_that_are_open_beside_one_that_hears_threads_do(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as around, tf.GradientTape(threads=True, persistent=True) as tape:
        y = pool.submit(cube, x).result() * x
    assert [t.gradient(y, x).numpy() for t in (around, tape)] == [32.0, 32.0]
    with tf.GradientTape(threads=True, persistent=True) as tape:
        with tf.GradientTape(persistent=True) as within:
            y = pool.submit(cube, x).result() * x
        z = pool.submit(cube, x).result()
    assert [t.gradient(y, x).numpy() for t in (within, tape)] == [32.0, 32.0]
    assert tape.gradient(z, x).numpy() == 12.0
    with pytest.warns(UserWarning):
        assert within.gradient(z, x) is None


def test_what_differentiates_a_function_that_hears_threads(pool: Any) -> None:
    def f(x: Any) -> Any:
        with tf.GradientTape(threads=True) as tape:
            tape.watch(x)
            y = sum(pool.map(lambda k: tf.reduce_sum(tf.sin(x * k)), range(3)))
        return tf.reduce_sum(tape.gradient(y, x) ** 2)

    def slope(x: Any) -> Any:
        return sum(k * np.cos(x * k) for k in range(3))

    x = np.array([0.5, 1.5])
    wanted = 2.0 * slope(x) * sum(-(k**2) * np.sin(x * k) for k in range(3))
    np.testing.assert_allclose(tf.grad(f)(x), wanted)
    np.testing.assert_allclose(tf.jvp(f, [x], [np.ones(2)])[1], wanted.sum())
    np.testing.assert_allclose(tf.grad(lambda x: f(tf.sin(x)))(x), tf.grad(f)(np.sin(x)) * np.cos(x))


def test_what_a_task_is_told_to_watch(pool: Any) -> None:
    with tf.GradientTape(threads=True, persistent=True) as tape:

        def work() -> Any:
            a = tf.constant(3.0)
            tape.watch(a)
            return a, a * a

        a, y = pool.submit(work).result()
        b = tf.constant(2.0)

        def watched_there() -> Any:
            tape.watch(b)
            return b**3

        z = pool.submit(watched_there).result() + b
    assert tape.gradient(y, a).numpy() == 6.0
    assert tape.gradient(z, b).numpy() == 13.0
    with pytest.raises(ValueError, match="Tape is not recording"):
        pool.submit(tape.watch, b).result()


def test_a_result_of_a_task_is_a_source_and_can_be_watched(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        h = pool.submit(cube, x).result()
        tape.watch(h)
        y = h * x
        other = pool.submit(cube, x).result()
        z = pool.submit(lambda: other * 7.0).result()
    assert [g.numpy() for g in tape.gradient(y, [h, x])] == [2.0, 8.0 + 24.0]
    assert [g.numpy() for g in tape.gradient(z, [other, x])] == [7.0, 84.0]
    with pytest.warns(UserWarning):
        assert tape.gradient(z, h) is None


def test_pausing(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        with tape.stop_recording():
            outside = pool.submit(cube, x).result()

        def work() -> Any:
            with tape.stop_recording():
                h = x * 10.0
            return h * x

        inside = pool.submit(work).result()
    assert tape.gradient(inside, x).numpy() == 20.0
    with pytest.warns(UserWarning):
        assert tape.gradient(outside, x) is None


def test_a_tape_that_is_reset_forgets_what_threads_computed(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        before = pool.submit(cube, x).result()
        with pytest.raises(RuntimeError, match="entered in another thread"):
            pool.submit(tape.reset).result()
        tape.reset()
        after = pool.submit(cube, x).result()
    assert tape.gradient(after, x).numpy() == 12.0
    with pytest.warns(UserWarning):
        assert tape.gradient(before, x) is None


def test_a_tape_that_is_entered_once_more_goes_on(pool: Any) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True, persistent=True) as tape:
        first = pool.submit(cube, x).result()
    with tape:
        second = pool.submit(lambda: first * x).result()
    assert tape.gradient(second, x).numpy() == 32.0


def test_a_variable_that_is_assigned_to_between_tasks_is_one_source(pool: Any) -> None:
    def work(each: Callable[..., Any], **how: Any) -> Any:
        x = tf.Variable(2.0)
        with tf.GradientTape(**how) as tape:
            parts = []
            for _ in range(4):
                parts.append(each(cube, x))
                x.assign_add(1.0)
            y = parts[3] * parts[0] + parts[1] + parts[2] * x
        return tape.gradient(y, x)

    assert bits(work(lambda f, x: pool.submit(f, x).result(), threads=True)) == bits(work(lambda f, x: f(x)))


def test_a_task_that_assigns(pool: Any) -> None:
    x = tf.Variable(2.0)

    def work() -> Any:
        y = x * x
        x.assign(5.0)
        return y + x

    with tf.GradientTape(threads=True) as tape:
        y = pool.submit(work).result() * x
    assert y.numpy() == 45.0
    assert tape.gradient(y, x).numpy() == 5.0 * 5.0 + 9.0


def test_an_error_in_a_task_is_the_callers_and_changes_nothing(pool: Any) -> None:
    x = tf.Variable(2.0)

    def fail() -> Any:
        h = x * x
        with tf.GradientTape():
            raise ZeroDivisionError(str(h.shape))

    with tf.GradientTape(threads=True) as tape:
        y = pool.submit(cube, x).result()
        with pytest.raises(ZeroDivisionError):
            pool.submit(fail).result()
        y = y + pool.submit(cube, x).result()
    assert tape.gradient(y, x).numpy() == 24.0


def test_a_value_does_not_leave_a_task_in_silence(pool: Any) -> None:
    x = tf.Variable([2.0])
    with tf.GradientTape(threads=True):
        h = x * x
        with pytest.raises(TypeError, match="numpy"):
            pool.submit(np.asarray, h).result()
        with pytest.raises(TypeError, match="numpy"):
            np.asarray(pool.submit(cube, h).result())


def test_numbers_are_checked_in_tasks(pool: Any) -> None:
    x = tf.Variable([0.0])
    with (
        tf.GradientTape(threads=True, check_numerics=True),
        pytest.raises(tf.errors.InvalidArgumentError, match="log"),
    ):
        pool.submit(tf.math.log, x).result()


def test_what_is_still_running_when_the_block_is_left_is_not_heard_any_more(pool: Any) -> None:
    x = tf.Variable(2.0)
    going, left = threading.Event(), threading.Event()

    def work() -> Any:
        first = x * x
        going.set()
        assert left.wait(60)
        return first, x * 3.0

    with tf.GradientTape(threads=True, persistent=True) as tape:
        future = pool.submit(work)
        assert going.wait(60)
    left.set()
    first, second = future.result()
    assert tape.gradient(first, x).numpy() == 4.0
    with pytest.warns(UserWarning):
        assert tape.gradient(second, x) is None


def test_what_begins_after_the_block_has_been_left_is_not_heard() -> None:
    x = tf.Variable(2.0)
    gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with tf.GradientTape(threads=True, persistent=True) as tape:
            pool.submit(gate.wait, 60)
            future = pool.submit(cube, x)
        gate.set()
        y = future.result()
    with pytest.warns(UserWarning):
        assert tape.gradient(y, x) is None


def test_a_tape_may_go_while_tasks_run(pool: Any) -> None:
    x = tf.Variable(np.ones(50))
    for k in range(20):
        going, left = threading.Event(), threading.Event()

        def work(going: threading.Event = going, left: threading.Event = left) -> Any:
            y = x * x
            going.set()
            while not left.is_set():
                y = tf.sin(y) * x
            with tf.GradientTape() as own:
                z = tf.reduce_sum(y * x)
            return own.gradient(z, x)

        with tf.GradientTape(threads=True) as tape:
            future = pool.submit(work)
            assert going.wait(60)
            y = pool.submit(cube, x).result()
            if k % 2:
                del tape
        if k % 2 == 0:
            assert bits(tape.gradient(y, x)) == bits(tf.constant(3.0 * np.ones(50)))
            del tape
        left.set()
        assert future.result().shape == (50,)


def test_what_a_running_task_has_handed_out_can_be_used() -> None:
    x = tf.Variable(np.linspace(0.5, 1.0, 3))
    handed: queue.Queue[Any] = queue.Queue()

    def produce() -> None:
        h = x * 1.0
        for _ in range(50):
            h = tf.sin(h) * x
            handed.put(h)
        handed.put(None)
        assert done.wait(60)

    def total(source: Iterable[Any], also: Callable[..., Any]) -> Any:
        return sum(tf.reduce_sum(also(h)) for h in source)

    def sequential() -> Iterable[Any]:
        h = x * 1.0
        for _ in range(50):
            h = tf.sin(h) * x
            yield h

    with tf.GradientTape() as tape:
        y = total(list(sequential()), lambda h: h * h)
    wanted = tape.gradient(y, x)
    for _ in range(5):
        done = threading.Event()
        with ThreadPoolExecutor(2) as pool, tf.GradientTape(threads=True) as tape:
            pool.submit(produce)
            y = total(iter(lambda: handed.get(timeout=60), None), lambda h: pool.submit(lambda: h * h).result())
            done.set()
        np.testing.assert_allclose(tape.gradient(y, x).numpy(), wanted.numpy(), rtol=1e-13)


def test_two_threads_with_such_tapes_and_one_pool(pool: Any) -> None:
    def work(k: int) -> None:
        p = Problem()
        for _ in range(20):
            with tf.GradientTape() as tape:
                y = arrays(p, map)
            wanted = bits(tape.gradient(y, [p.w, p.b]))
            with tf.GradientTape(threads=True) as tape:
                y = arrays(p, pool.map)
            assert bits(tape.gradient(y, [p.w, p.b])) == wanted

    at_once(work, 4)


def test_threads_that_share_everything(pool: Any) -> None:
    p = Problem()
    with tf.GradientTape() as tape:
        y = steps(p, map)
    wanted = bits(tape.gradient(y, p.w))

    def work(k: int) -> None:
        for _ in range(10):
            with tf.GradientTape(threads=True) as tape:
                y = steps(p, pool.map)
            assert bits(tape.gradient(y, p.w)) == wanted

    at_once(work, 4)


def test_what_another_thread_gives_to_the_pool_is_not_heard(pool: Any) -> None:
    x = tf.Variable(2.0)
    found: list[Any] = []
    entered, given = threading.Event(), threading.Event()

    def other() -> None:
        assert entered.wait(60)
        found.append(pool.submit(cube, x).result())
        given.set()

    thread = threading.Thread(target=other)
    thread.start()
    with tf.GradientTape(threads=True, persistent=True) as tape:
        entered.set()
        assert given.wait(60)
        y = pool.submit(cube, x).result()
    thread.join(60)
    assert tape.gradient(y, x).numpy() == 12.0
    with pytest.warns(UserWarning):
        assert tape.gradient(found[0], x) is None


def test_a_tape_in_a_task_outlives_it(pool: Any) -> None:
    x = tf.Variable(2.0)

    def work() -> Any:
        with tf.GradientTape(persistent=True) as own:
            y = cube(x)
        return own, y

    with tf.GradientTape(threads=True) as tape:
        own, y = pool.submit(work).result()
        assert own.gradient(y, x).numpy() == 12.0
        z = y * x
    assert tape.gradient(z, x).numpy() == 32.0
    del tape
    assert own.gradient(y, x).numpy() == 12.0


def test_a_recorded_function_made_in_a_task(pool: Any) -> None:
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def step(h: Any) -> Any:
        with tf.GradientTape() as own:
            own.watch(h)
            y = tf.reduce_sum(h**3 * x)
        return own.gradient(y, h)

    with tf.GradientTape(threads=True) as tape:
        y = tf.reduce_sum(pool.submit(step, x * 1.0).result())
    assert tape.gradient(y, x).numpy().tolist() == [9.0, 36.0]


def test_a_program_is_what_one_thread_computes(pool: Any) -> None:
    x = tf.Variable(2.0)
    together = "a program is what one thread computes"

    def elsewhere(h: Any) -> Any:
        return pool.submit(lambda: h * x).result()

    def rounds(h: Any, room: Any) -> Any:
        return tf.while_loop(lambda k, h: k < 10, lambda k, h: (k + 1, elsewhere(h)), (0, h), checkpoint=room)[1]

    with tf.GradientTape(threads=True, persistent=True) as tape:
        with pytest.raises(RuntimeError, match=together):
            tf.function(elsewhere)(x)
        with pytest.raises(RuntimeError, match=together):
            tf.vectorized_map(elsewhere, tf.ones(3))
        with pytest.raises(RuntimeError, match=together):
            rounds(tf.ones(3), 3)
        y = rounds(tf.ones(3), None)  # (Python runs these rounds)
        f = tf.function(lambda h: h * x)
        z = pool.submit(f, x * 1.0).result()
    assert y.numpy().tolist() == [1024.0] * 3
    assert tape.gradient(y, x).numpy() == 3 * 10 * 2.0**9
    assert tape.gradient(z, x).numpy() == 4.0


# ----------------------------------------------------------------------------------------------------- where it records


def test_recording_where_a_thread_says_so() -> None:
    x = tf.Variable(3.0)
    asked: queue.Queue[Any] = queue.Queue()
    answers: queue.Queue[Any] = queue.Queue()

    def serve() -> None:
        for tape in iter(lambda: asked.get(timeout=60), None):
            with tape.record_here():
                answers.put(x * x)

    thread = threading.Thread(target=serve)
    thread.start()
    for _ in range(3):
        with tf.GradientTape(threads=True) as tape:
            asked.put(tape)
            y = answers.get(timeout=60) * x
            with tape.record_here():
                y = y * 2.0
        assert tape.gradient(y, x).numpy() == 54.0
    asked.put(None)
    thread.join(60)


def test_a_context_is_for_one_thread_at_a_time(pool: Any) -> None:
    x = tf.Variable(3.0)

    def work(context: Any) -> Any:
        with context:
            return x * x

    with tf.GradientTape(threads=True) as tape:
        context = tape.record_here()
        y = tf.add_n([pool.submit(lambda: work(context)).result() for _ in range(3)])
        with context, pytest.raises(RuntimeError, match="record_here: this context has been entered already"):
            work(context)
        with context:
            with pytest.raises(RuntimeError, match="entered already; each use of it, and each thread"):
                pool.submit(work, context).result()
            with pytest.raises(RuntimeError, match="entered in another thread, and is to be left there"):
                pool.submit(context.__exit__, None, None, None).result()
    assert tape.gradient(y, x).numpy() == 18.0


def test_where_it_cannot_record(pool: Any) -> None:
    deaf = tf.GradientTape()
    with deaf, pytest.raises(ValueError, match=r"record_here: this tape records .* GradientTape\(threads=True\)"):
        pool.submit(deaf.record_here).result()
    tape = tf.GradientTape(threads=True)
    with pytest.raises(ValueError, match="Tape is not recording"):
        tape.record_here()

    def within_its_own() -> None:
        with tf.GradientTape(), tape.record_here():
            pass

    asked = threading.Event()

    def wait() -> None:
        assert asked.wait(60)
        within_its_own()

    future = pool.submit(wait)
    with tape:
        asked.set()
        with pytest.raises(RuntimeError, match="a tape of this thread's own is open around what it was given to do"):
            future.result(60)


def test_what_is_for_one_thread_is_refused(pool: Any) -> None:
    with pytest.raises(ValueError, match=r"GradientTape\(threads=True, trace=True\)"):
        tf.GradientTape(threads=True, trace=True)
    with pytest.raises(ValueError, match=r"GradientTape\(threads=True, memory=\)"):
        tf.GradientTape(threads=True, memory="1MB")
    for how in ({"trace": True}, {"threads": True}):
        other = {"threads": True} if "trace" in how else {"trace": True}
        with (
            tf.GradientTape(**how),
            pytest.raises(RuntimeError, match="cannot be open together"),
            tf.GradientTape(**other),
        ):
            pass
    with (
        tf.GradientTape(check_numerics=True),
        pytest.raises(RuntimeError, match=r"by check_numerics=True around it.*cannot be open together"),
        tf.GradientTape(threads=True),
    ):
        pass

    def within() -> Any:
        with tf.GradientTape(threads=True):
            return tf.constant(1.0)

    with (
        tf.GradientTape(threads=True),
        pytest.raises(RuntimeError, match="within what a thread has been given to do where another such tape is open"),
    ):
        pool.submit(within).result()
    recorded = tf.function(within)

    with pytest.raises(RuntimeError, match="cannot be open together"):
        recorded()
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


# ------------------------------------------------------------------------------------------------------------ many


def test_long_chains_of_tasks_need_no_stack(pool: Any) -> None:
    x = tf.Variable(np.float64(1.0))
    with tf.GradientTape(threads=True) as tape:
        y: Any = x
        for _ in range(3000):
            y = pool.submit(lambda y=y: y * 1.001).result()
    assert math.isclose(tape.gradient(y, x).numpy(), 1.001**3000, rel_tol=1e-9)


def test_many_threads() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(threads=True) as tape:
        y = tf.add_n([y for _ in range(40) for y in by_thread([x] * 10)])
    assert tape.gradient(y, x).numpy() == 400 * 12.0


def test_memory_is_let_go_of(pool: Any) -> None:
    x = tf.Variable(np.ones(20_000))

    def once(keep: bool) -> None:
        with tf.GradientTape(threads=True, persistent=keep) as tape:
            parts = list(pool.map(lambda k: tf.reduce_sum(tf.exp(x * k)), range(4)))
            y = parts[0] + parts[1]
        tape.gradient(y, x)

    def held() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    once(True)
    tracemalloc.start()
    try:
        before = held()
        for k in range(100):
            once(k % 2 == 0)
        assert held() - before < 4_000_000
    finally:
        tracemalloc.stop()


def test_many_tapes_one_after_the_other(pool: Any) -> None:
    x = tf.Variable(2.0)

    def once() -> None:
        with tf.GradientTape(threads=True) as tape:
            y = pool.submit(cube, x).result() * x
        assert tape.gradient(y, x).numpy() == 32.0

    for _ in range(200):
        once()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(2000):
        once()
    gc.collect()
    assert sys.getallocatedblocks() - before < 500


def test_what_a_task_records_as_a_program_leaves_a_tape_of_its_own_what_it_watches() -> None:
    """A program that reads the watched tensor puts it on a log of its own meanwhile."""

    def loop(x: Any) -> Any:
        return tf.while_loop(lambda k, a: k < 3, lambda k, a: (k + 1, a * x + 1.0), (0, x), checkpoint=True)[1]

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loop(x)
        return tape.gradient(y, x)

    x = tf.constant(2.0, tf.float64)
    with tf.GradientTape(threads=True) as tape, ThreadPoolExecutor(1) as pool:
        tape.watch(x)
        y = pool.submit(slope, x).result()
    with tf.GradientTape() as alone:
        alone.watch(x)
        z = slope(x)
    assert float(y) == float(z) == 37.0
    assert float(tape.gradient(y, x)) == float(alone.gradient(z, x)) == 50.0


def test_what_is_run_again_for_a_second_derivative_opens_none() -> None:
    @tf.custom_gradient
    def squared(x: Any) -> Any:
        def rule(dy: Any) -> Any:
            with tf.GradientTape(threads=True) as tape, ThreadPoolExecutor(1) as pool:
                tape.watch(x)
                y = pool.submit(lambda: x * x).result()
            return dy * tape.gradient(y, x)

        return x * x, rule

    x = tf.constant(3.0, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = squared(x)
    with pytest.raises(RuntimeError, match=r"within what is run again for a second derivative.*have been left"):
        tape.hvp(y, [x], [tf.ones_like(x)])
    assert float(tape.gradient(y, x)) == 6.0


def test_what_a_task_took_for_constants_goes_along(pool: Any) -> None:
    """More of them than a tape has room for at first."""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(threads=True) as tape:
        tape.watch(x)
        y = pool.submit(lambda: tf.add_n([x * tf.constant([k, 2.0 * k]) for k in range(200)])).result()
    np.testing.assert_array_equal(tape.gradient(y, x), [19900.0, 39800.0])
