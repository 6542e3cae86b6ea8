"""A loss over data that lie on Dask's workers: real processes, of which some are killed."""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import signal
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.distribute import dask as dask_strategy
from autodiff_core.distribute import parts, shipped, tasks

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
psutil = pytest.importorskip("psutil")

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(103, 4))
Y = (X @ [1.0, -2.0, 0.5, 0.0] + RANDOM.normal(size=103) > 0.0).astype(np.float64)
START = {"slopes": np.full(4, 0.1), "level": 0.25}


def mean_loss(w: Any, x: Any, y: Any) -> Any:
    scores = tf.linalg.matvec(x, w["slopes"]) + w["level"]
    return tf.reduce_mean(tf.nn.softplus(scores) - scores * y) + 0.1 * tf.reduce_sum(w["slopes"] ** 2)


def sum_loss(w: Any, x: Any, y: Any) -> Any:
    scores = tf.linalg.matvec(x, w["slopes"]) + w["level"]
    return tf.reduce_sum(tf.nn.softplus(scores) - scores * y)


LOSSES = {"MEAN": mean_loss, "SUM": sum_loss}


@contextlib.contextmanager
def started(workers: int) -> Iterator[Any]:
    # (Workers that ask a dead one for its data give up after half a minute, unless they are told otherwise.)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "3s"}),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with started(2) as two:
        yield two


@pytest.fixture(scope="module")
def client(cluster: Any) -> Iterator[Any]:
    with distributed.Client(cluster) as started:
        yield started


@pytest.fixture
def strategy(client: Any) -> Any:
    return tf.distribute.DaskStrategy(client)


@pytest.fixture(scope="module")
def mortal() -> Iterator[Any]:
    """A client of workers that can be killed: one more than there are tests that kill one, if none comes back."""
    with started(4) as cluster, distributed.Client(cluster) as client:
        yield client


def here(loss: Any, params: Any = START, *data: Any) -> tuple[Any, Any]:
    value, gradient = tf.value_and_grad(loss)(params, *(data or (X, Y)))
    return float(value), gradient


def agree(found: tuple[Any, Any], wanted: tuple[Any, Any], rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(float(found[0]), wanted[0], rtol=rtol)
    tf.nest.assert_same_structure(found[1], wanted[1])
    for one, other in zip(tf.nest.flatten(found[1]), tf.nest.flatten(wanted[1]), strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-12)


# ---------------------------------------------------------------------------------------------------------------- data


@dask.delayed
def loaded(k: int) -> Any:
    ends = [0, 50, 50, 60, 103]
    return X[ends[k] : ends[k + 1]], Y[ends[k] : ends[k + 1]]


def of_arrays(client: Any) -> Any:
    return X, Y


def of_dask_arrays(client: Any) -> Any:
    return da.from_array(X, chunks=(30, 3)), da.from_array(Y, chunks=50)


def of_persisted_arrays(client: Any) -> Any:
    return client.persist(da.from_array(X, chunks=(40, 4))), Y


def of_delayed_parts(client: Any) -> Any:
    return [loaded(k) for k in range(4)]  # of which one has no rows


def of_futures(client: Any) -> Any:
    return [client.submit(np.array, X[:60]), client.submit(np.array, X[60:])], client.scatter([Y[:60], Y[60:]])


@pytest.mark.parametrize("made", [of_arrays, of_dask_arrays, of_persisted_arrays, of_delayed_parts, of_futures])
@pytest.mark.parametrize("reduce_op", ["MEAN", "SUM"])
def test_values_and_gradients_are_those_of_all_rows(strategy: Any, client: Any, made: Any, reduce_op: str) -> None:
    loss = LOSSES[reduce_op]
    data = strategy.experimental_distribute_dataset(made(client))
    assert sum(data.rows) == 103 and len(data) > 1
    agree(strategy.value_and_grad(loss, START, data, reduce_op), here(loss))


def test_data_may_be_one_thing_or_a_dict(strategy: Any) -> None:
    def spread(m: Any, x: Any) -> Any:
        return tf.reduce_mean((x - m) ** 2)

    agree(strategy.value_and_grad(spread, 2.0, Y, "MEAN"), here(spread, 2.0, Y), 1e-6)
    by_name = {"x": X, "y": da.from_array(Y, chunks=40)}
    agree(
        strategy.value_and_grad(lambda w, d: mean_loss(w, d["x"], d["y"]), START, by_name, tf.distribute.ReduceOp.MEAN),
        here(mean_loss),
    )


def test_tables_are_dicts_of_columns(strategy: Any) -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"a": X[:, 0], "b": np.arange(103), "y": Y})

    def loss(w: Any, t: Any) -> Any:
        return tf.reduce_mean((w[0] * t["a"] + w[1] * tf.cast(t["b"], tf.float64) - t["y"]) ** 2)

    columns = {name: table[name].to_numpy() for name in table}
    agree(strategy.value_and_grad(loss, np.ones(2), table, "MEAN"), here(loss, np.ones(2), columns))
    halves = [dask.delayed(table.iloc[:40]), dask.delayed(table.iloc[40:])]
    agree(strategy.value_and_grad(loss, np.ones(2), halves, "MEAN"), here(loss, np.ones(2), columns))


def test_dtypes_are_those_of_the_params_and_the_loss(strategy: Any) -> None:
    x, y = X.astype(np.float32), Y.astype(np.float32)
    params = {"slopes": tf.constant([0.1, 0.2, 0.3, 0.4]), "level": np.float32(0.5)}
    value, gradient = strategy.value_and_grad(mean_loss, params, (x, y), "MEAN")
    assert (value.dtype, gradient["slopes"].dtype, gradient["level"].dtype) == (np.float32,) * 3
    agree((value, gradient), here(mean_loss, params, x, y), 1e-5)


def test_variables_are_read_by_the_loss(strategy: Any) -> None:
    line = tf.keras.layers.Dense(1)
    line.build((None, 4))
    line.kernel.assign(np.full((4, 1), 0.1))
    table = tf.Variable(RANDOM.normal(size=(5, 1)), name="table", dtype=tf.float32)
    rows = np.arange(103) % 5

    def loss(_: Any, x: Any, k: Any) -> Any:
        return tf.reduce_mean((line(x) + tf.gather(table, k)) ** 2)

    x = X.astype(np.float32)
    variables = [*line.trainable_variables, table]
    data = strategy.experimental_distribute_dataset((x, rows))
    for _ in range(2):
        with tf.GradientTape() as tape:
            wanted = loss(None, x, rows)
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(wanted, variables)]
        agree(strategy.value_and_grad(loss, variables, data, "MEAN"), (float(wanted), gradients), 1e-5)
        table.assign_add(tf.ones_like(table))


def test_what_changes_around_the_loss_is_sent_and_the_loss_is_recorded_for_numbers_that_change(strategy: Any) -> None:
    offset, scale, power, calls = tf.Variable(1.0, dtype=tf.float64), np.array(2.0), 2.0, 0

    def loss(w: Any, x: Any) -> Any:
        nonlocal calls
        calls += 1
        return tf.reduce_mean((scale * x * w + offset) ** power)

    data = strategy.experimental_distribute_dataset(Y + 0.5)

    def check() -> int:
        before = calls
        found = strategy.value_and_grad(loss, 3.0, data, "MEAN")
        recorded = calls - before
        agree(found, here(loss, 3.0, Y + 0.5), 1e-6)
        return recorded

    assert check() > 0
    assert check() == 0
    offset.assign(5.0)
    scale[...] = 7.0
    assert check() == 0
    power = 3.0
    assert check() > 0


class Unhashable:
    """A loss that is equal to others, and so no key; with a penalty that is looked at once."""

    def __init__(self, penalty: float) -> None:
        self.penalty = penalty

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unhashable)

    def __call__(self, w: Any, x: Any) -> Any:
        return tf.reduce_mean((x - w) ** 2) + self.penalty * w**2


def test_a_loss_may_be_an_object_that_is_no_key(strategy: Any) -> None:
    data = strategy.experimental_distribute_dataset(Y)
    for loss in (Unhashable(1.0), Unhashable(2.0)):
        agree(strategy.value_and_grad(loss, 3.0, data, "MEAN"), here(loss, 3.0, Y), 1e-6)
    assert len(strategy._losses) == 2


# -------------------------------------------------------------------------------------------------- second derivatives


@pytest.mark.parametrize("made", [of_arrays, of_delayed_parts])
@pytest.mark.parametrize("reduce_op", ["MEAN", "SUM"])
def test_second_derivatives_are_those_of_all_rows(strategy: Any, client: Any, made: Any, reduce_op: str) -> None:
    loss = LOSSES[reduce_op]
    data = strategy.experimental_distribute_dataset(made(client))
    direction = {"slopes": np.arange(4.0), "level": np.float64(-1.0)}
    start = {"slopes": START["slopes"], "level": np.float64(0.25)}
    product = strategy.hvp(loss, start, direction, data, reduce_op)
    wanted = tf.hvp(lambda w: loss(w, X, Y), start, direction)
    found = strategy.hessian(loss, start, data, reduce_op)
    blocks = tf.hessian(lambda w: loss(w, X, Y))(start)
    tf.nest.assert_same_structure(product, start)
    for row in start:
        np.testing.assert_allclose(product[row], wanted[row], rtol=1e-12)
        for column in start:
            np.testing.assert_allclose(found[row][column], blocks[row][column], rtol=1e-12)


def test_second_derivatives_by_variables_are_of_their_dtypes(strategy: Any) -> None:
    w = tf.Variable([1.0, 2.0])

    def loss(w: Any, x: Any) -> Any:
        return tf.reduce_sum(tf.cast(x, tf.float32)) * w[0] ** 2 * w[1]

    data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0]))
    product, matrix = strategy.hvp(loss, w, np.array([1.0, 0.0]), data, "SUM"), strategy.hessian(loss, w, data, "SUM")
    assert product.dtype == matrix.dtype == tf.float32
    np.testing.assert_array_equal(product, [12.0, 6.0])
    np.testing.assert_array_equal(matrix, [[12.0, 6.0], [6.0, 0.0]])
    w.assign([2.0, 2.0])
    np.testing.assert_array_equal(strategy.hvp(loss, w, np.array([1.0, 0.0]), data, "SUM"), [12.0, 12.0])


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov", "trust-exact", "dogleg", "trust-constr"])
def test_minimize_by_second_derivatives_on_the_workers(strategy: Any, method: str) -> None:
    pytest.importorskip("scipy")
    start = {"slopes": np.full(4, 0.1), "level": np.float64(0.25)}
    wanted = tf.minimize(lambda w: mean_loss(w, X, Y), start, method)
    found = tf.minimize(mean_loss, start, method, strategy=strategy, data=(X, Y), reduce_op="MEAN")
    assert found.success and found.counts == wanted.counts
    assert found.counts.get("Hessian times vector", 0) + found.counts.get("Hessian", 0) > 0
    for name in start:
        np.testing.assert_allclose(found.x[name], wanted.x[name], rtol=1e-6)


def test_minimize_of_many_variables_by_products(strategy: Any) -> None:
    pytest.importorskip("scipy")
    w = tf.Variable(np.zeros((30, 20)))
    rows = np.random.default_rng(1).normal(size=(7, 30, 20))

    def loss(w: Any, x: Any) -> Any:
        return tf.reduce_mean(tf.reduce_sum((w - x) ** 2, (1, 2)))

    found = tf.minimize(loss, w, "trust-constr", strategy=strategy, data=rows, reduce_op="MEAN")
    assert found.x is w and found.counts["Hessian times vector"] > 0
    np.testing.assert_allclose(w, rows.mean(0), atol=1e-5)


# -------------------------------------------------------------------------------------------- how workers are asked


def asked(strategy: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What comes back of the messages to workers: a list that grows."""
    client, answers = strategy._client, []
    run = client.run

    def noted(function: Any, *args: Any, **kwargs: Any) -> Any:
        answers.append(run(function, *args, **kwargs))
        return answers[-1]

    monkeypatch.setattr(client, "run", noted)
    return answers


def by_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_strategy, "MOST_ASKED", 0)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 30, 65])
def test_sums_are_the_same_to_the_last_bit_whoever_adds_them_up(
    strategy: Any, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    ends = np.linspace(0, 103, count + 1).astype(int)
    parts = [dask.delayed((X[a:b], Y[a:b])) for a, b in itertools.pairwise(ends)]
    data = strategy.experimental_distribute_dataset(parts)
    answers = asked(strategy, monkeypatch)
    value, gradient = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert len(answers) == 1 and None not in answers[0].values()
    by_tasks(monkeypatch)
    again, same = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert len(answers) == 1
    assert float(value) == float(again)
    for name in START:
        np.testing.assert_array_equal(gradient[name], same[name])


def test_the_tree_of_sums_has_one_shape() -> None:
    random = np.random.default_rng(0)
    for count in (1, 2, 8, 9, 64, 65, 130):
        terms = [[random.normal(size=3) * 10.0 ** random.integers(-9, 9)] for _ in range(count)]
        level = terms
        while len(level) > 1:
            level = [tasks.added(level[k : k + tasks.TOGETHER]) for k in range(0, len(level), tasks.TOGETHER)]
        for workers in (1, 3, 7):
            owner = random.integers(0, workers, count)
            shares = [{(0, k): terms[k] for k in range(count) if owner[k] == worker} for worker in range(workers)]
            sums = [tasks.summed(share, count) for share in shares]
            (total,) = tasks.summed({place: one for share in sums for place, one in share.items()}, count).values()
            np.testing.assert_array_equal(total[0], level[0][0])


def test_a_program_is_sent_to_a_worker_once_and_again_where_it_has_gone(
    strategy: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = strategy.experimental_distribute_dataset((X, Y))
    sent, run = [], client.run

    def noted(function: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append([content is not None for _, content in args[3].values()])
        return run(function, *args, **kwargs)

    monkeypatch.setattr(client, "run", noted)
    first = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    second = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert [any(one) for one in sent] == [True, False]
    run(forget)
    third = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert [any(one) for one in sent] == [True, False, False, True]
    assert float(first[0]) == float(second[0]) == float(third[0])


def forget() -> None:
    tasks._programs.clear()


def sum_of_powers(w: Any, x: Any) -> Any:
    return tf.reduce_sum(w**3 * x)


def test_where_a_worker_does_not_answer_tasks_do_the_work(
    strategy: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = strategy.experimental_distribute_dataset((X, Y))
    wanted = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    answers = asked(strategy, monkeypatch)

    def value() -> float:
        return float(strategy.value_and_grad(mean_loss, START, data, "MEAN")[0])

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "answer", lambda *args, **kwargs: None)  # a part is missing, or a program
        assert value() == float(wanted[0])
        patched.setattr(tasks, "answer", lambda *args, **kwargs: 1 / 0)
        assert value() == float(wanted[0])
    assert [list(answer.values()) for answer in answers] == [[None, None], [None, None], []]
    with monkeypatch.context() as patched:
        patched.setattr(dask_strategy, "MOST_PASSED_ON", 0)
        assert value() == float(wanted[0])
        assert len(answers) == 3
        w = np.ones(4)
        patched.setattr(dask_strategy, "MOST_PASSED_ON", 2 * 8 * 8 + 2 * (4 + 1) * 8)
        strategy.value_and_grad(sum_of_powers, w, X, "SUM")
        assert len(answers) == 4
        strategy.hessian(sum_of_powers, w, X, "SUM")
        assert len(answers) == 4
    monkeypatch.setattr(dask_strategy, "_SEEN_EVERY", -1.0)
    assert value() == float(wanted[0])
    assert len(answers) == 4


# -------------------------------------------------------------------------------------------------------------- ranges


def test_ranges_are_of_few_lengths() -> None:
    assert parts._ranges([10, 10, 9], 8) == [[(0, 10)], [(0, 10)], [(0, 9)]]
    large = parts._ranges([10, 0], parts._AT_ONCE // 4)
    assert large == [[(0, 3), (3, 6), (6, 10)], []]
    many = parts._ranges(list(range(100, 120)), 8)
    for count, ranges in zip(range(100, 120), many, strict=True):
        assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])] and ranges[-1][1] == count
    lengths = {end - start for ranges in many for start, end in ranges}
    assert all(length & (length - 1) == 0 for length in lengths) and len(lengths) <= 7
    assert parts._ranges([1], 10**12) == [[(0, 1)]]


def test_parts_in_ranges_give_what_whole_parts_give(strategy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_AT_ONCE", 40 * 17)
    data = strategy.experimental_distribute_dataset((X, Y))
    assert max(map(len, data.ranges)) > 2
    for reduce_op, loss in LOSSES.items():
        agree(strategy.value_and_grad(loss, START, data, reduce_op), here(loss))


# ------------------------------------------------------------------------------------------------------------- solvers


def test_minimize_searches_on_the_workers(strategy: Any) -> None:
    pytest.importorskip("scipy")
    wanted = tf.minimize(lambda w: mean_loss(w, X, Y), START, "BFGS")
    found = tf.minimize(mean_loss, START, "BFGS", strategy=strategy, data=(X, Y), reduce_op="MEAN")
    assert found.success and found.counts == wanted.counts and found.obstacle is None
    np.testing.assert_allclose(found.x["slopes"], wanted.x["slopes"], rtol=1e-6)
    weights = tf.Variable(np.zeros(4))
    found = tf.minimize(
        lambda w, x, y: mean_loss({"slopes": weights, "level": 0.0}, x, y),
        weights,
        bounds=(0.0, None),
        strategy=strategy,
        data=(X, Y),
        reduce_op="MEAN",
    )
    assert found.x is weights and found.success and (weights.numpy() >= 0.0).all()


def test_searches_from_many_points_and_calls_with_items_are_shared_out(strategy: Any) -> None:
    pytest.importorskip("scipy")
    starts = np.linspace(-4.0, 4.0, 41)

    def waves(x: Any) -> Any:
        return tf.sin(3.0 * x) + 0.1 * x**2

    one, other = (tf.optimize.multi_start(waves, starts, most=4, strategy=s) for s in (strategy, None))
    assert [float(found.x) for found in one.searches] == [float(found.x) for found in other.searches]
    counter = tf.Variable(0.0)

    @tf.function
    def counted(k: Any, by: Any) -> Any:
        return counter.assign_add(k * by) + 0.0

    assert [float(n) for n in strategy.map(counted, [1.0, 2.0, 3.0], [1.0, 1.0, 2.0])] == [1.0, 2.0, 6.0]
    assert len(set(strategy.map(lambda _: time.sleep(0.05) or os.getpid(), range(6)))) == 2
    assert strategy.map(abs, []) == []


# ---------------------------------------------------------------------------------------------------------- functions


def test_functions_run_where_the_data_are_and_what_they_give_is_reduced(strategy: Any) -> None:
    data = strategy.experimental_distribute_dataset((X, Y))
    sums = strategy.run(lambda xy, k, scale: {"x": tf.reduce_sum(xy[0], 0) * scale, "n": k}, (data, 2), {"scale": 2.0})
    total = strategy.reduce("SUM", sums)
    np.testing.assert_allclose(total["x"], 2.0 * X.sum(0))
    assert int(total["n"]) == 2 * len(data) and total["n"].dtype.kind == "i"
    means = strategy.run(lambda xy: tf.reduce_mean(xy[1]), (data,))
    np.testing.assert_allclose(float(strategy.reduce("MEAN", means)), Y.mean())
    np.testing.assert_allclose(strategy.reduce("MEAN", strategy.run(lambda xy: xy[0], (data,)), axis=0), X.mean(0))
    more = strategy.run(lambda m, data: m + tf.reduce_max(data[1]), (means,), {"data": data})
    assert [float(m) for m in strategy.experimental_local_results(more)] == [
        float(m) + 1.0 for m in strategy.experimental_local_results(means)
    ]
    assert repr(means) == f"<Parts: {len(data)} parts, 103 rows>"
    assert strategy.num_replicas_in_sync == 2 and strategy.rows(5) == slice(0, 5)
    with strategy.scope():
        assert tf.distribute.get_strategy() is strategy


def test_values_of_every_kind_are_added_up(strategy: Any) -> None:
    data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
    turned = strategy.reduce("SUM", strategy.run(lambda x: tf.cast(tf.reduce_sum(x), tf.complex64) * (1 + 2j), (data,)))
    assert turned.dtype == tf.complex64 and complex(turned) == 9 + 18j
    large = strategy.run(lambda x: x > 1.5, (data,))
    assert int(strategy.reduce("SUM", large, axis=0)) == 2
    assert float(strategy.reduce("MEAN", large, axis=0)) == 2 / 3


def test_parts_without_rows_count_nothing(strategy: Any) -> None:
    parts = [dask.delayed(np.array)([1.0, 2.0, 6.0]), dask.delayed(np.zeros)(0)]
    data = strategy.experimental_distribute_dataset(parts)
    assert float(strategy.reduce("MEAN", strategy.run(tf.reduce_mean, (data,)))) == 3.0


# ------------------------------------------------------------------------------------------------------- what is kept


def drawn(k: int) -> Any:
    random = np.random.default_rng(k)
    return random.normal(size=(25_000, 4)), random.integers(0, 2, 25_000)


def test_nothing_of_the_data_comes_here_and_nothing_is_left_of_an_evaluation(strategy: Any, client: Any) -> None:
    def futures() -> int:
        gc.collect()
        return len(client.futures)

    known, whole = 0, 16 * 25_000 * 5 * 8
    tracemalloc.start()
    try:
        data = strategy.experimental_distribute_dataset([dask.delayed(drawn)(k) for k in range(16)])
        for level in range(3):
            strategy.value_and_grad(mean_loss, START | {"level": float(level)}, data, "MEAN")
            known = known or futures()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert futures() <= known
    assert peak < whole / 2  # (the scheduler is in this process, and so is a block that the loss was recorded with)


def test_a_thousand_steps_leave_nothing_here(strategy: Any) -> None:
    data, w = strategy.experimental_distribute_dataset(X[:, 0]), np.linspace(0.0, 1.0, 5_000)

    def loss(w: Any, x: Any) -> Any:
        return tf.reduce_sum(x) * tf.reduce_sum(w * w)

    def steps(count: int) -> int:
        for k in range(count):
            strategy.value_and_grad(loss, w * k, data, "SUM")
        gc.collect()
        return int(psutil.Process().memory_info().rss)

    before = steps(50)
    assert steps(1_000) - before < 500 * w.nbytes  # (Dask's scheduler, in this process, has buffers and logs)


def test_of_data_of_ever_other_numbers_of_rows_few_programs_are_kept(
    strategy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "_MOST_PROGRAMS", 3)
    for rows in (*range(10, 18), 10):
        x, y = X[:rows], Y[:rows]
        agree(strategy.value_and_grad(mean_loss, START, (x, y), "MEAN"), here(mean_loss, START, x, y), 1e-6)
    (loss,) = strategy._losses.values()
    assert len(loss._programs) == 3 and max(len(loss._contents), len(loss.sent)) <= 3


def test_large_params_are_sent_to_each_worker_once(strategy: Any) -> None:
    w = np.linspace(0.0, 1.0, 20_000)

    def loss(w: Any, k: Any) -> Any:
        return tf.reduce_sum(tf.gather(w, k) ** 2)

    k = np.arange(0, 20_000, 37)
    value, gradient = strategy.value_and_grad(loss, w, k, "SUM")
    np.testing.assert_allclose(float(value), (w[k] ** 2).sum())
    np.testing.assert_allclose(gradient.numpy()[k], 2.0 * w[k])
    assert np.count_nonzero(gradient) == np.count_nonzero(w[k])
    again, _ = strategy.value_and_grad(loss, 2.0 * w, k, "SUM")
    np.testing.assert_allclose(float(again), 4.0 * float(value))


def test_many_params_and_large_arguments_are_those_of_the_call(strategy: Any) -> None:
    data = strategy.experimental_distribute_dataset(Y)

    def loss(w: Any, y: Any) -> Any:
        return tf.reduce_sum(y) * tf.add_n(w)

    for start in (1.0, 2.0):
        value, gradient = strategy.value_and_grad(loss, [np.float64(start)] * 1500, data, "SUM")
        assert float(value) == 1500.0 * start * Y.sum() and float(gradient[-1]) == Y.sum()
        for size in (10, 50_000):
            sums = strategy.run(lambda y, a: tf.reduce_sum(a) + 0.0 * y[0], (data, np.full(size, start)))
            assert float(strategy.reduce("MEAN", sums)) == size * start


# -------------------------------------------------------------------------------------------------------------- errors


def test_another_release_on_a_worker_is_an_error(strategy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = strategy.experimental_distribute_dataset((X, Y))
    monkeypatch.setattr(tf, "__version__", "99.1")
    text = r"a Dask worker has autodiff_core \d.*, and the client has 99\.1: .*install the same one"
    with pytest.raises(RuntimeError, match=text):
        strategy.value_and_grad(mean_loss, START, data, "MEAN")
    with pytest.raises(RuntimeError, match=text):
        strategy.map(abs, [1])
    with pytest.raises(RuntimeError, match=text):
        strategy.experimental_distribute_dataset(da.from_array(X, chunks=(50, 4)))


def sum_of_squares(w: Any, x: Any, y: Any) -> Any:
    return tf.reduce_sum((w["slopes"] * x) ** 2) + w["level"]


def test_a_direction_is_like_the_params(strategy: Any) -> None:
    with pytest.raises(ValueError, match=r"hvp: the vector must have the params' structure, .* \[\(\), \(4,\)\]"):
        strategy.hvp(mean_loss, START, np.ones(5), (X, Y), "MEAN")
    with pytest.raises(ValueError, match=r"has an array of shape \(3,\) where the params have one of shape \(4,\)"):
        strategy.hvp(mean_loss, START, {"slopes": np.ones(3), "level": 1.0}, (X, Y), "MEAN")
    with pytest.raises(TypeError, match="hessian: the loss must be callable, not str"):
        strategy.hessian("loss", START, (X, Y), "MEAN")
    with pytest.raises(ValueError, match='hvp: with reduce_op "SUM" the loss of two rows is the sum'):
        strategy.hvp(mean_loss, START, START, (X, Y), "SUM")


BAD = [
    (("loss", START, (X, Y), "MEAN"), TypeError, "the loss must be callable, not str"),
    ((mean_loss, START, (X, Y), "SUMS"), ValueError, 'reduce_op is "SUM" or "MEAN", not \'SUMS\''),
    ((mean_loss, {}, (X, Y), "MEAN"), ValueError, "params are empty"),
    ((mean_loss, {"slopes": 1}, (X, Y), "MEAN"), TypeError, r"params hold a value of dtype int32 and shape \(\)"),
    ((mean_loss, START, (X, Y[:50]), "MEAN"), ValueError, "of 103 and of 50 rows"),
    ((mean_loss, START, (X, 1.0), "MEAN"), ValueError, "have rows, and 1.0 is a single value"),
    ((mean_loss, START, (), "MEAN"), ValueError, "data to distribute are empty"),
    ((mean_loss, START, (X[:0], Y[:0]), "MEAN"), ValueError, "data to distribute have no rows"),
    (
        (mean_loss, START, (X.astype(str), Y), "MEAN"),
        TypeError,
        "arrays and tables of numbers or truth values; .*dtype <U",
    ),
    ((mean_loss, START, tf.data.Dataset.from_tensor_slices(X), "MEAN"), TypeError, "a tf.data.Dataset is read here"),
    (
        (mean_loss, START, (X, Y), "SUM"),
        ValueError,
        '"SUM" the loss of two rows is the sum .* It must be a sum over rows',
    ),
    ((sum_loss, START, (X, Y), "MEAN"), ValueError, '"MEAN" the loss of two rows is the mean .* a mean over rows'),
    ((sum_of_squares, START, (X, Y), "SUM"), ValueError, 'a penalty on the params, is counted right with "MEAN" alone'),
    ((lambda w, x, y: x, START, (X, Y), "SUM"), ValueError, r"must return a scalar, not a value of shape \(2, 4\)"),
    ((lambda w, x, y: None, START, (X, Y), "SUM"), TypeError, "the function must return a tensor, not None"),
    ((lambda w, x, y: tf.reduce_sum(x), START, (X, Y), "SUM"), ValueError, "the loss does not depend on the params"),
    ((lambda w, x, y: float(w["level"]) * x[0, 0], START, (X, Y), "SUM"), TypeError, "float"),
]


@pytest.mark.parametrize("arguments, error, text", BAD, ids=[text[:30] for *_, text in BAD])
def test_what_cannot_be_evaluated_is_said_before_anything_runs(
    strategy: Any, client: Any, arguments: Any, error: Any, text: str
) -> None:
    with pytest.raises(error, match=text):
        strategy.value_and_grad(*arguments)


def test_a_penalty_is_found_where_the_params_begin_without_one(strategy: Any) -> None:
    def loss(m: Any, x: Any) -> Any:
        return tf.reduce_sum((x - m) ** 2) + 5.0 * m**2

    data = strategy.experimental_distribute_dataset(Y)
    assert float(strategy.value_and_grad(loss, 0.0, data, "SUM")[0]) == Y.sum()  # (of which there is none yet)
    for _ in range(2):
        with pytest.raises(ValueError, match='a penalty on the params, is counted right with "MEAN" alone'):
            strategy.value_and_grad(loss, 1.0, data, "SUM")


def test_a_list_of_tables_of_this_process_is_refused(strategy: Any) -> None:
    tables = [pytest.importorskip("pandas").DataFrame({"x": X[:, 0]})] * 2
    with pytest.raises(TypeError, match=r"a list of tables of this process is no data: .* Put tables .* on end"):
        strategy.experimental_distribute_dataset(tables)


def test_parts_that_do_not_fit_each_other_are_named(strategy: Any) -> None:
    with pytest.raises(ValueError, match=r"part 0 has .*float64 of shape \(rows, 4\).*, and part 1 .*\(rows, 3\)"):
        strategy.experimental_distribute_dataset([dask.delayed(X), dask.delayed(X[:, :3])])
    with pytest.raises(ValueError, match=r"of one number of parts, and have \[2, 3\]"):
        strategy.experimental_distribute_dataset(([dask.delayed(X)] * 2, [dask.delayed(Y)] * 3))
    with pytest.raises(ValueError, match="cut to fit parts whose numbers of rows nobody knows"):
        strategy.experimental_distribute_dataset(([dask.delayed(X)] * 2, np.tile(Y, 2)))
    with pytest.raises(ValueError, match=r"arrays of one part must be of one number of rows, and have \[102, 103\]"):
        strategy.experimental_distribute_dataset([dask.delayed((X, Y[1:]))])


def test_a_look_at_values_that_are_others_elsewhere_is_explained(strategy: Any) -> None:
    signs = np.repeat([1.0, -1.0], 50)

    def loss(w: Any, x: Any) -> Any:
        return tf.reduce_sum(w * x if x[0] > 0.0 else -w * x)

    with pytest.raises(ValueError, match="the program does not hold for these arguments") as error:
        strategy.value_and_grad(loss, 1.0, signs, "SUM")
    assert "records the loss once" in "".join(error.value.__notes__)


def test_python_of_the_user_s_own_goes_by_run(strategy: Any) -> None:
    own = tf.custom_gradient(lambda x: (x * x, lambda g: 5.0 * g * x))
    data = strategy.experimental_distribute_dataset(X[:, 0])
    value, gradient = strategy.value_and_grad(lambda w, x: tf.reduce_sum(own(w) * x), 3.0, data, "SUM")
    np.testing.assert_allclose([value, gradient], [9.0 * X[:, 0].sum(), 15.0 * X[:, 0].sum()], rtol=1e-5)

    def outside(w: Any, x: Any) -> Any:
        return tf.reduce_sum(tf.optimize.root(lambda e: e**3 + e - w, 1.0) * x)

    with pytest.raises(ValueError, match=r"cannot be sent as a program: .* goes by the strategy's run"):
        strategy.value_and_grad(outside, 10.0, data, "SUM")
    both = strategy.run(lambda x: tf.value_and_grad(outside)(10.0, x), (data,))
    np.testing.assert_allclose(strategy.reduce("SUM", both)[1], X[:, 0].sum() / 13.0)


def test_nobody_listens_to_workers(strategy: Any) -> None:
    w = tf.Variable(2.0)
    with tf.GradientTape(), pytest.raises(TypeError, match="a tape follows the params, and records nothing of what"):
        strategy.value_and_grad(lambda w, x: tf.reduce_sum(w * x), w, Y, "SUM")
    with pytest.raises(RuntimeError, match="in a recorded function it would run once"):
        tf.function(lambda: strategy.value_and_grad(lambda w, x: tf.reduce_sum(w * x), w, Y, "SUM"))()


@pytest.mark.parametrize("name", ["all_reduce", "gradient", "gather", "broadcast", "check_identical"])
def test_what_ranks_do_together_is_refused(strategy: Any, name: str) -> None:
    text = rf"DaskStrategy\.{name}: there is one script here, and no ranks of it.*MPIStrategy.*value_and_grad sums"
    with pytest.raises(TypeError, match=text):
        getattr(strategy, name)([tf.constant(1.0)])


def test_functions_that_have_no_parts_are_refused(strategy: Any) -> None:
    data, other = (strategy.experimental_distribute_dataset([dask.delayed(X)] * k) for k in (1, 2))
    with pytest.raises(ValueError, match=r"no argument is data in parts.* there is map"):
        strategy.run(abs, (1.0,))
    with pytest.raises(ValueError, match="arguments are in 1 and in 2 parts"):
        strategy.run(np.add, (data, other))
    with pytest.raises(TypeError, match="run: a callable is needed, not int"):
        strategy.run(3, (data,))
    with pytest.raises(TypeError, match="map: a callable is needed, not int"):
        strategy.map(3, [1])
    with pytest.raises(TypeError, match="reduce: a value is what run gave, in parts, not float"):
        strategy.reduce("SUM", 1.0)
    with pytest.raises(ValueError, match='reduce: reduce_op is "SUM" or "MEAN"'):
        strategy.reduce("MAX", data)
    with pytest.raises(ValueError, match=r"reduce: a value of shape \(103, 4\) has no axis 2"):
        strategy.reduce("SUM", data, axis=2)


def test_minimize_says_what_a_strategy_needs(strategy: Any) -> None:
    pytest.importorskip("scipy")
    with pytest.raises(TypeError, match="data and reduce_op are for a strategy, and none is given"):
        tf.minimize(mean_loss, START, data=(X, Y))
    with pytest.raises(TypeError, match=r"a strategy is one of tf\.distribute, such as .*, not str"):
        tf.minimize(mean_loss, START, strategy="dask", data=(X, Y), reduce_op="MEAN")
    with pytest.raises(TypeError, match=r'with a strategy, data are what .* reduce_op is "SUM" or "MEAN"'):
        tf.minimize(mean_loss, START, strategy=strategy, data=(X, Y))
    with pytest.raises(TypeError, match="multi_start: a strategy shares searches out by its map"):
        tf.optimize.multi_start(tf.reduce_sum, np.ones((3, 2)), strategy="dask")


def test_a_strategy_needs_a_client_that_is_connected(cluster: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a distributed\.Client, not str"):
        tf.distribute.DaskStrategy("tcp://127.0.0.1:8786")
    other = distributed.Client(cluster)
    other.close()
    with pytest.raises(ValueError, match="the client is closed, and has to be connected"):
        tf.distribute.DaskStrategy(other)


def test_data_are_for_the_cluster_that_has_them(cluster: Any, client: Any, strategy: Any) -> None:
    data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
    sums = strategy.run(tf.reduce_sum, (data,))
    with distributed.Client(cluster) as other:  # (of the same one)
        again = tf.distribute.DaskStrategy(other)
        assert float(again.value_and_grad(lambda w, x: tf.reduce_sum(w * x), 2.0, data, "SUM")[0]) == 18.0
    with distributed.Client(n_workers=1, processes=False, dashboard_address=":0") as other:
        elsewhere = tf.distribute.DaskStrategy(other)
        text = (
            r"the data are on workers of the scheduler tcp://.*, and this strategy's client is connected to inproc://"
        )
        with pytest.raises(ValueError, match=text):
            elsewhere.value_and_grad(lambda w, x: tf.reduce_sum(w * x), 2.0, data, "SUM")
        with pytest.raises(ValueError, match=text):
            elsewhere.run(tf.reduce_sum, (data,))
        with pytest.raises(ValueError, match=text):
            elsewhere.reduce("SUM", sums)
        with pytest.raises(ValueError, match=text):
            elsewhere.experimental_local_results(sums)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r'DaskStrategy needs distributed.*pip install "autodiff-core\[dask\]"'):
        tf.distribute.DaskStrategy(None)


def test_tasks_say_what_a_part_is_not() -> None:
    with pytest.raises(ValueError, match="a part has the single number 3"):
        tasks.as_part(tf.__version__, (X, 3.0))
    with pytest.raises(ValueError, match="a part of the data has no arrays in it"):
        tasks.head_of(())
    assert shipped.Params("hvp", [1.0]).arrays[0].dtype == np.float32


# ---------------------------------------------------------------------------------------------- what gets lost


def kill_one(client: Any) -> None:
    os.kill(client.submit(os.getpid, pure=False).result(), signal.SIGKILL)


def test_what_run_gave_is_had_again(strategy: Any, client: Any) -> None:
    data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
    twice = strategy.run(lambda x: 2.0 * x, (data,))
    client.cancel(twice.futures)
    assert float(strategy.reduce("SUM", twice, axis=0)) == 18.0
    client.cancel([*twice.futures, *data.futures])
    np.testing.assert_array_equal(np.concatenate(strategy.experimental_local_results(twice)), [2.0, 4.0, 12.0])
    large = np.full(50_000, 2.0)
    sums = strategy.run(lambda x, a: tf.reduce_sum(x) * a[0], (data, large))
    client.cancel([distributed.Future(key, client) for key in list(client.futures)])  # as the client's restart does
    assert float(strategy.reduce("SUM", sums)) == 18.0


def test_programs_that_are_gone_are_sent_again(strategy: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    by_tasks(monkeypatch)
    data = strategy.experimental_distribute_dataset((X, Y))
    wanted = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    (loss,) = strategy._losses.values()
    client.cancel([*loss.sent.values(), *data.futures])  # as the client's restart does
    found = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert float(found[0]) == float(wanted[0])


@pytest.mark.parametrize("made", [of_arrays, of_dask_arrays], ids=["arrays", "dask arrays"])
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(mortal: Any, made: Any) -> None:
    pytest.importorskip("scipy")
    killed, strategy = [], tf.distribute.DaskStrategy(mortal)

    def search(when: int) -> Any:
        steps = 0

        def callback(_: Any) -> None:
            nonlocal steps
            steps += 1
            if steps == when:
                killed.append(steps)
                kill_one(mortal)

        data = strategy.experimental_distribute_dataset(made(mortal))
        few = {"maxiter": 4}
        on = {"strategy": strategy, "data": data, "reduce_op": "MEAN"}
        return tf.minimize(mean_loss, START, "L-BFGS-B", callback=callback, options=few, **on)

    undisturbed, disturbed = search(0), search(2)
    assert killed == [2] and disturbed.nit == 4
    np.testing.assert_array_equal(disturbed.x["slopes"], undisturbed.x["slopes"])
    assert (disturbed.fun, disturbed.nfev) == (undisturbed.fun, undisturbed.nfev)


def slow_and_mortal(mark: str, x: Any) -> Any:
    """Kills its worker, once."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return tf.reduce_sum(x, 0)
    return os.kill(os.getpid(), signal.SIGKILL)


def test_a_task_whose_worker_is_killed_is_done_again(mortal: Any, tmp_path: Any) -> None:
    strategy = tf.distribute.DaskStrategy(mortal)
    data = strategy.experimental_distribute_dataset(da.from_array(X, chunks=(20, 4)))
    sums = strategy.run(lambda x: slow_and_mortal(str(tmp_path / "mark"), x), (data,))
    np.testing.assert_allclose(strategy.reduce("SUM", sums), X.sum(0))
    assert (tmp_path / "mark").exists()


def test_a_worker_that_is_killed_while_it_is_asked_changes_nothing(
    mortal: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy, mark = tf.distribute.DaskStrategy(mortal), str(tmp_path / "mark")
    data = strategy.experimental_distribute_dataset((X, Y))
    wanted = strategy.value_and_grad(mean_loss, START, data, "MEAN")

    async def dying(
        version: Any, shares: Any, parts: Any, files: Any, given: Any, by_rows: Any, dask_worker: Any
    ) -> Any:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return await answer(version, shares, parts, files, given, by_rows, dask_worker)
        return os.kill(os.getpid(), signal.SIGKILL)

    answer = tasks.answer
    monkeypatch.setattr(tasks, "answer", dying)
    found = strategy.value_and_grad(mean_loss, START, data, "MEAN")
    assert os.path.exists(mark)
    assert float(found[0]) == float(wanted[0])
    for name in START:
        np.testing.assert_array_equal(found[1][name], wanted[1][name])
