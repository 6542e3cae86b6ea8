"""What several ranks do together, for test_distribute_mpi.py: `mpiexec -n 2 python rank_scenarios.py results`.

Every function whose name begins with `check_` is a scenario, which all ranks run in the order of this file. What became
of each is written to results.<rank>, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import autodiff_core as tf


def raised(error: type[Exception], f: Callable[..., Any], *args: Any) -> str:
    """The text of an error that is to come."""
    try:
        f(*args)
    except error as found:
        return str(found)
    raise AssertionError(f"no {error.__name__}")


def own(strategy: Any) -> float:
    """A number of this rank's own: 1, 2, 3 ..."""
    return float(strategy.replica_id_in_sync_group + 1)


def of_all(strategy: Any) -> float:
    return float(sum(range(1, strategy.num_replicas_in_sync + 1)))


def check_sums_of_structures(strategy: Any) -> None:
    k, total = own(strategy), of_all(strategy)
    value = {"a": [k * np.arange(3.0), None], "b": np.full((2, 2), k, np.float32), "c": np.int64(k), "d": 1j * k}
    found = strategy.all_reduce(value)
    np.testing.assert_array_equal(found["a"][0], total * np.arange(3.0))
    assert found["a"][1] is None
    assert found["b"].dtype == np.float32 and found["b"].shape == (2, 2)
    np.testing.assert_array_equal(found["b"], np.full((2, 2), total))
    assert int(found["c"]) == total
    assert complex(found["d"].numpy()) == 1j * total
    half = strategy.all_reduce(np.array([k, 0.5], np.float16))
    assert half.dtype == np.float16
    np.testing.assert_array_equal(half, [total, 0.5 * strategy.num_replicas_in_sync])


def check_means_and_axes(strategy: Any) -> None:
    k, n, total = own(strategy), strategy.num_replicas_in_sync, of_all(strategy)
    assert float(strategy.all_reduce(k, "MEAN")) == total / n
    assert float(strategy.reduce(tf.distribute.ReduceOp.SUM, k)) == total
    rows = np.full(int(k), k, np.float32)  # the last rank has most of them
    assert float(strategy.reduce("SUM", tf.constant(rows), axis=0)) == sum(j * j for j in range(1, n + 1))
    mean = strategy.reduce("MEAN", tf.constant(rows), axis=0)
    np.testing.assert_allclose(mean, sum(j * j for j in range(1, n + 1)) / total, rtol=1e-6)
    assert "no axis 1" in raised(ValueError, lambda: strategy.reduce("SUM", tf.constant(rows), axis=1))


def check_other_dtypes_on_the_wire(strategy: Any) -> None:
    k, n = own(strategy), strategy.num_replicas_in_sync
    x = np.random.default_rng(int(k)).normal(size=(5, 7))
    exact = strategy.all_reduce(x).numpy()
    single = strategy.all_reduce(x, wire="float32")
    half = strategy.all_reduce(x, wire="bfloat16")
    assert single.dtype == half.dtype == np.float64
    np.testing.assert_allclose(single, exact, atol=1e-5)
    np.testing.assert_allclose(half, exact, atol=0.02 * n)
    assert not np.array_equal(half, exact)
    for value in (single, half):
        strategy.check_identical(value)
    assert int(strategy.all_reduce(np.int32(k), wire="bfloat16")) == of_all(strategy)


def check_derivatives_are_sums_again(strategy: Any) -> None:
    k, n, total = own(strategy), strategy.num_replicas_in_sync, of_all(strategy)
    x = tf.constant([k, 2.0 * k], tf.float64)

    def f(x: Any) -> Any:
        return k * tf.reduce_sum(strategy.all_reduce(x) ** 2)

    expected = 2 * total * np.array([total, 2 * total])
    np.testing.assert_allclose(tf.grad(f)(x), expected)
    np.testing.assert_allclose(tf.function(tf.grad(f))(x), expected)
    np.testing.assert_allclose(tf.grad(tf.function(f))(x), expected)
    _, tangent = tf.jvp(f, (x,), (np.ones(2),))
    np.testing.assert_allclose(tangent, k * 2 * n * 3 * total)
    np.testing.assert_allclose(tf.hvp(f, x, np.ones(2)), np.full(2, 2 * total * n))
    many = tf.vectorize(lambda x: strategy.all_reduce(2 * x))(np.full((3, 2), k))
    np.testing.assert_array_equal(many, np.full((3, 2), 2 * total))
    gathered = tf.grad(lambda x: tf.reduce_sum(k * strategy.gather(x, 0) ** 2))(x)
    np.testing.assert_allclose(gathered, 2 * total * x.numpy())
    first = tf.grad(lambda x: tf.reduce_sum(k * strategy.broadcast(x)))(x)
    np.testing.assert_array_equal(first, np.full(2, total if k == 1 else 0))
    halves = tf.constant([1.0, 2.0], tf.bfloat16)  # (which MPI cannot add up)
    gathered = tf.grad(lambda x: tf.reduce_sum(strategy.gather(x, 0)))(halves)
    first = tf.grad(lambda x: tf.reduce_sum(strategy.broadcast(x)))(halves)
    assert gathered.dtype == first.dtype == tf.bfloat16
    np.testing.assert_array_equal(tf.cast(gathered, tf.float32), np.full(2, n))
    np.testing.assert_array_equal(tf.cast(first, tf.float32), np.full(2, n if k == 1 else 0))


def _problem(strategy: Any) -> tuple[Any, ...]:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(33, 4)), random.normal(size=(33, 1))
    with strategy.scope():
        weights = [tf.Variable(random.normal(size=size)) for size in ((4, 8), (8,), (8, 1), (1,))]
    x, y = strategy.experimental_distribute_dataset((x, y))
    return x, y, weights


def _loss(x: Any, y: Any, weights: Any) -> Any:
    a, b, c, d = weights
    return tf.reduce_sum(tf.square(tf.tanh(x @ a + b) @ c + d - y)) / 33.0


def check_a_step_is_one_program(strategy: Any) -> None:
    x, y, weights = _problem(strategy)

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = _loss(x, y, weights)
        for v, g in zip(weights, strategy.all_reduce(tape.gradient(loss, weights)), strict=True):
            v.assign_sub(0.1 * g)
        return strategy.reduce("SUM", loss)

    losses = [float(strategy.run(step, args=(x, y))) for _ in range(5)]
    assert step.trace_count == 1
    assert losses[-1] < losses[0]
    ops = [record.op for record in step.get_concrete_function(x, y).program.to_records()]
    assert ops.count("all_reduce") == 2, ops
    strategy.check_identical(weights, "weights")
    strategy.check_identical(losses)

    alone = tf.distribute.Strategy()
    x, y, others = _problem(alone)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = _loss(x, y, others)
        for v, g in zip(others, tape.gradient(loss, others), strict=True):
            v.assign_sub(0.1 * g)
    for v, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(v, other, rtol=1e-9, atol=1e-12)


def check_gradients_in_buckets(strategy: Any) -> None:
    x, y, weights = _problem(strategy)
    with tf.GradientTape(persistent=True) as tape:
        loss = _loss(x, y, weights)
    plain = strategy.all_reduce(tape.gradient(loss, weights))
    sources = {"w": weights, "none": tf.Variable(1.0)}
    for size in (1, 100, 1 << 20):
        found = strategy.gradient(tape, loss, sources, bucket_bytes=size)
        assert found["none"] is None
        for g, expected in zip(found["w"], plain, strict=True):
            np.testing.assert_allclose(g, expected, rtol=1e-12)
        strategy.check_identical(found["w"])
    halves = strategy.gradient(tape, loss, weights, "MEAN", wire="bfloat16", bucket_bytes=100)
    for g, expected in zip(halves, plain, strict=True):
        np.testing.assert_allclose(g, expected / strategy.num_replicas_in_sync, rtol=0.05, atol=0.02)

    @tf.function
    def gradients(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = _loss(x, y, weights)
        return strategy.gradient(tape, loss, weights, bucket_bytes=100)

    for _ in range(3):
        for g, expected in zip(gradients(x, y), plain, strict=True):
            np.testing.assert_allclose(g, expected, rtol=1e-12)
    ops = [record.op for record in gradients.get_concrete_function(x, y).program.to_records()]
    assert ops.count("begin_all_reduce") > 1, ops
    assert ops.index("begin_all_reduce") < ops.index("end_all_reduce")
    last = max(k for k, op in enumerate(ops) if op == "matmul")
    assert ops.index("begin_all_reduce") < last, ops  # the sweep goes on meanwhile

    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x**3)
        return tf.reduce_sum(strategy.gradient(tape, y, x))

    k = own(strategy)
    np.testing.assert_allclose(tf.grad(f)(tf.constant([k, 1.0])), 6 * strategy.num_replicas_in_sync * np.array([k, 1]))


def check_collectives_in_constants_are_kept(strategy: Any) -> None:
    """What passes make of a program may differ from rank to rank, as constants do; not which collectives there are."""
    k = own(strategy)

    @tf.function
    def f(x: Any) -> Any:
        folded = strategy.all_reduce(tf.constant(k))
        strategy.all_reduce(x * 0.0 if k == 1.0 else x + 0.0)
        return folded + strategy.all_reduce(x * (k - 1.0)) + strategy.all_reduce(x * (k - 1.0))

    n = strategy.num_replicas_in_sync
    for _ in range(3):
        assert float(f(tf.constant(3.0))) == of_all(strategy) + 2 * 3.0 * (of_all(strategy) - n)


def check_variables_begin_alike(strategy: Any) -> None:
    with strategy.scope():
        assert tf.distribute.get_strategy() is strategy and tf.distribute.has_strategy()
        v = tf.Variable([own(strategy), 2.0])
        b = tf.Variable(own(strategy) > 1, trainable=False)
    assert tf.distribute.get_strategy() is not strategy
    np.testing.assert_array_equal(v, [1.0, 2.0])
    assert not bool(b.numpy())
    w = tf.Variable(own(strategy))
    assert strategy.broadcast([w, own(strategy)])[0] is w
    assert float(w) == 1.0
    made = strategy.run(lambda: tf.Variable(own(strategy)))
    assert float(made) == 1.0


def check_rows_are_shared_out(strategy: Any) -> None:
    import pandas as pd

    n = strategy.num_replicas_in_sync
    x = np.arange(11)
    part = strategy.experimental_distribute_dataset(x)
    np.testing.assert_array_equal(part, x[strategy.rows(11)])
    np.testing.assert_array_equal(np.concatenate(strategy.comm.allgather(part)), x)
    table = strategy.experimental_distribute_dataset(pd.DataFrame({"a": x, "b": x * 0.5}))
    assert list(table.columns) == ["a", "b"] and list(table["a"]) == list(part)
    batches = tf.data.Dataset.from_tensor_slices((x, 2 * x)).batch(8)
    shares = [(a.numpy(), b.numpy()) for a, b in strategy.experimental_distribute_dataset(batches)]
    assert [len(a) for a, _ in shares] == [len(range(8)[strategy.rows(8)]), len(range(3)[strategy.rows(3)])]
    np.testing.assert_array_equal(np.concatenate(strategy.comm.allgather(shares[0][0])), x[:8])
    assert all((b == 2 * a).all() for a, b in shares)
    assert sum(strategy.comm.allgather(len(shares[1][0]))) == 3
    assert len(part) in (11 // n, 11 // n + 1)
    one, other = tf.data.Dataset.range(40).shuffle(40), tf.data.Dataset.range(40).repeat(2).shuffle(20)
    shuffled = strategy.experimental_distribute_dataset(tf.data.Dataset.zip((one, other)).batch(16))
    for _ in range(2):
        seen = [row for rows, _ in shuffled for part in strategy.comm.allgather(rows.numpy().tolist()) for row in part]
        assert sorted(seen) == list(range(40)) != seen


def check_ranks_that_differ_are_told(strategy: Any) -> None:
    k = own(strategy)
    text = raised(RuntimeError, lambda: strategy.all_reduce(np.zeros(2 if k == 1 else 3)))
    assert "all ranks must do the same" in text, text
    assert "rank 0: all_reduce of float64(2,)" in text and "float64(3,)" in text, text
    text = raised(RuntimeError, lambda: strategy.all_reduce([np.zeros((2, 3) if k == 1 else (3, 2)), np.zeros(1)]))
    assert "float64(2, 3), float64(1,)" in text and "float64(3, 2), float64(1,)" in text, text

    def other_variables() -> None:
        with strategy.scope():
            tf.Variable(np.zeros(2), name="a" if k == 1 else "b")

    text = raised(RuntimeError, other_variables)
    assert "variables a:0 float64(2,)" in text and "variables b:0" in text, text
    step = tf.function(lambda x: strategy.all_reduce(x) if k == 1 else strategy.gather(x, 0))
    text = raised(RuntimeError, lambda: step(np.zeros(2)))
    assert "all_reduce of" in text and "gather of" in text, text
    assert float(strategy.all_reduce(1.0)) == strategy.num_replicas_in_sync  # and they go on


def check_values_that_differ_are_found(strategy: Any) -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    strategy.check_identical({"v": v, "x": 1.0})
    if strategy.replica_id_in_sync_group == 1:
        v.assign([1.0, np.nextafter(np.float32(2), np.float32(3))])
    text = raised(RuntimeError, lambda: strategy.check_identical([np.zeros(3), v], "weights"))
    assert text == "check_identical: not the same as on rank 0: rank 1 in v:0", text
    strategy.check_identical([v.read_value() * 0.0, None], "gradients")
    text = raised(RuntimeError, lambda: strategy.check_identical([None if own(strategy) == 1 else 1.0], "gradients"))
    assert "rank 0: check_identical of gradients[0] bool(0,)" in text and "gradients[0] float64()" in text, text
    text = raised(RuntimeError, lambda: strategy.check_identical([own(strategy)], "loss"))
    assert "rank 1 in loss[0]" in text, text


def check_saved_programs_find_the_strategy(strategy: Any) -> None:
    program = tf.function(lambda x: strategy.all_reduce(2.0 * x)).get_concrete_function(np.ones(2)).program
    with tempfile.TemporaryDirectory() as folder:
        program.save(f"{folder}/sum.program")
        loaded = tf.Program.load(f"{folder}/sum.program")
    np.testing.assert_array_equal(loaded(np.full(2, own(strategy))), np.full(2, 2 * of_all(strategy)))


def check_strategies_of_some_ranks(strategy: Any) -> None:
    half = strategy.replica_id_in_sync_group % 2
    text = raised(ValueError, lambda: tf.distribute.MPIStrategy(strategy.comm.Split(0, -int(own(strategy)))))
    assert "other ranks are called 'mpi' already" in text
    text = raised(TypeError, tf.distribute.MPIStrategy, 3)
    assert text == "MPIStrategy: comm is an mpi4py.MPI.Intracomm, not int"
    for timeout in (0, -1.0, np.inf, np.nan):
        text = raised(ValueError, tf.distribute.MPIStrategy, None, timeout)
        assert text == f"MPIStrategy: timeout is a positive number of seconds, not {float(timeout)}"
    some = tf.distribute.MPIStrategy(strategy.comm.Split(half), name="half")
    expected = sum(k for k in range(1, strategy.num_replicas_in_sync + 1) if (k - 1) % 2 == half)
    assert float(some.all_reduce(own(strategy))) == expected
    assert float(strategy.all_reduce(own(strategy))) == of_all(strategy)


def check_a_strategy_outlives_the_communicator_that_it_was_made_of(strategy: Any) -> None:
    comm = strategy.comm.Dup()
    some = tf.distribute.MPIStrategy(comm, name="outlives")
    comm.Free()
    assert float(some.all_reduce(1.0)) == strategy.num_replicas_in_sync
    again = tf.distribute.MPIStrategy(strategy.comm, name="outlives")
    assert float(again.all_reduce(1.0)) == strategy.num_replicas_in_sync
    assert again._ranks is not some._ranks


def check_strategies_of_one_name_are_one(strategy: Any) -> None:
    first = tf.distribute.MPIStrategy(strategy.comm, name="one")
    number = first._ranks.begin_sum(np.array([own(strategy)]), None, "under way")
    second = tf.distribute.MPIStrategy(strategy.comm.Dup(), timeout=30, name="one")
    assert second._ranks is first._ranks and first._ranks.meeting.timeout == 30
    np.testing.assert_array_equal(first._ranks.end_sum(number), [of_all(strategy)])
    if own(strategy) == 1:
        first._ranks.meeting._lost = "by one of them alone"
    third = tf.distribute.MPIStrategy(strategy.comm, name="one")
    assert third._ranks is not first._ranks
    assert float(third.all_reduce(1.0)) == strategy.num_replicas_in_sync


def check_ranks_that_differ_leave_nothing_behind(strategy: Any) -> None:
    """Sums that some ranks have begun with, and others have not, are in nobody's way afterwards."""
    ranks = strategy._ranks
    before = [ranks.data, ranks.back, ranks.meeting._agreeing]
    for _ in range(20):
        numbers = [
            ranks.begin_sum(np.full(k, own(strategy)), None, f"sum {k}") for k in range(1, int(own(strategy)) + 2)
        ]
        text = raised(RuntimeError, lambda: strategy.all_reduce(np.zeros(7)))
        assert "rank 0: all_reduce of float64(7,)" in text and ": all_reduce of sum 3: float64(3,)" in text, text
        assert [ranks.end_sum(number) for number in numbers] == [None] * len(numbers)
        assert not ranks.meeting._open
        number = ranks.begin_sum(np.array([own(strategy)]), None, "one more")
        np.testing.assert_array_equal(ranks.end_sum(number), [of_all(strategy)])
    assert before == [ranks.data, ranks.back, ranks.meeting._agreeing]
    strategy.check_identical(ranks.meeting._number, "number")


def check_who_waits_for_long_is_not_missing(strategy: Any) -> None:
    """A sum that takes longer than the timeout is waited for, as long as all ranks wait for it."""
    some = tf.distribute.MPIStrategy(strategy.comm.Dup(), name="patient")
    some._ranks.meeting.timeout = 1e-4
    x = np.full(1 << 22, own(strategy))
    for _ in range(3):
        np.testing.assert_array_equal(some.all_reduce(x), np.full(1 << 22, of_all(strategy)))


def check_ranks_that_wait_for_different_things_are_told(strategy: Any) -> None:
    some = tf.distribute.MPIStrategy(strategy.comm.Dup(), timeout=0.5, name="crossed")
    ranks = some._ranks
    number = ranks.begin_sum(np.ones(3), "bfloat16", "a")
    if own(strategy) == 1:
        text = raised(TimeoutError, ranks.end_sum, number)
    else:
        text = raised(TimeoutError, some.all_reduce, np.zeros(7))
    assert "the ranks wait for different things, and nothing came of it within 0.5 s" in text, text
    assert (
        "rank 0 for number 2, all_reduce of a: float64(3,) as bfloat16; rank 1 for number 3, all_reduce of" in text
    ), text


def check_another_version_is_told(strategy: Any) -> None:
    from autodiff_core.distribute import mpi

    comm = strategy.comm.Dup()
    version = mpi.__version__
    if own(strategy) == 2:
        mpi.__version__ = "0.0.7"
    text = raised(RuntimeError, lambda: tf.distribute.MPIStrategy(comm, name="versions"))
    mpi.__version__ = version
    assert f"rank 0: MPIStrategy of autodiff_core {version}" in text or "ranks 0" in text, text
    assert "rank 1: MPIStrategy of autodiff_core 0.0.7" in text, text
    assert comm.allreduce(1) == strategy.num_replicas_in_sync
    again = tf.distribute.MPIStrategy(comm, name="versions")
    assert float(again.all_reduce(1.0)) == strategy.num_replicas_in_sync


def _regression(strategy: Any) -> tuple[Any, ...]:
    random = np.random.default_rng(3)
    x = random.normal(size=(103, 4))
    y = x @ np.array([1.0, -2.0, 0.5, 3.0]) + 0.1 * random.normal(size=103)
    return x, y, strategy.experimental_distribute_dataset((x, y))


def _error(p: Any, x: Any, y: Any) -> Any:
    errors = tf.linalg.matvec(x, p["slopes"]) + p["level"] - y
    return tf.reduce_mean(errors**2) + 1e-3 * tf.reduce_sum(p["slopes"] ** 2)


def _penalised(p: Any, x: Any, y: Any) -> Any:
    errors = tf.linalg.matvec(x, p["slopes"]) + p["level"] - y
    return tf.reduce_sum(errors**2) + tf.reduce_sum(p["slopes"] ** 2)


def check_a_loss_of_all_rows_has_a_gradient(strategy: Any) -> None:
    x, y, data = _regression(strategy)
    p = {"slopes": np.ones(4), "level": np.float32(0.5)}
    wanted, slopes = tf.value_and_grad(_error)(p, x, y)
    for both in (
        strategy.value_and_grad,
        tf.function(lambda p, data: strategy.value_and_grad(_error, p, data, "MEAN")),
    ):
        value, gradient = both(_error, p, data, "MEAN") if both == strategy.value_and_grad else both(p, data)
        np.testing.assert_allclose(value, wanted, rtol=1e-12)
        np.testing.assert_allclose(gradient["slopes"], slopes["slopes"], rtol=1e-12)
        assert gradient["level"].dtype == np.float32
        strategy.check_identical([value, gradient["slopes"], gradient["level"]])
    direction = {"slopes": np.arange(4.0), "level": np.float32(1.0)}
    wanted = tf.hvp(lambda p: _error(p, x, y), p, direction)
    product = strategy.hvp(_error, p, direction, data, "MEAN")
    matrix = strategy.hessian(_error, p, data, "MEAN")
    np.testing.assert_allclose(product["slopes"], wanted["slopes"], rtol=1e-12)
    whole = matrix["slopes"]["slopes"].numpy() @ np.arange(4.0) + matrix["slopes"]["level"].numpy()
    np.testing.assert_allclose(whole, wanted["slopes"], rtol=1e-6)
    strategy.check_identical([product["slopes"], matrix["slopes"]["slopes"]])
    few = strategy.experimental_distribute_dataset(np.array([1.0]))  # the last rank's
    value, gradient = strategy.value_and_grad(lambda m, x: tf.reduce_mean((x - m) ** 2), tf.constant(3.0), few, "MEAN")
    assert (float(value), float(gradient)) == (4.0, 4.0)
    v = tf.Variable([2.0, 3.0])
    value, gradient = strategy.value_and_grad(lambda v, x: tf.reduce_sum(v * x), v, np.ones((2, 2), np.float32), "SUM")
    np.testing.assert_array_equal(gradient, np.full(2, 2.0 * strategy.num_replicas_in_sync))


def check_minimize_goes_the_same_way_on_all_ranks(strategy: Any) -> None:
    import scipy.optimize

    k = own(strategy)
    x, y, data = _regression(strategy)
    begin = {"slopes": np.zeros(4), "level": 0.0}
    elsewhere = {"slopes": np.full(4, k - 1.0), "level": 0.0}  # (the first rank's counts)

    def alone(p: Any) -> Any:
        return _error(p, x, y)

    for method in (None, "L-BFGS-B", "Newton-CG", "trust-exact", "trust-constr", "Powell"):
        wanted = tf.minimize(alone, begin, method)
        found = tf.minimize(_error, elsewhere, method, strategy=strategy, data=data, reduce_op="MEAN")
        assert found.success == wanted.success and found.obstacle is None, method
        assert found.counts == wanted.counts or method == "Powell"  # (which goes by the last bits)
        np.testing.assert_allclose(found.x["slopes"], wanted.x["slopes"], rtol=1e-5, atol=1e-6, err_msg=str(method))
        strategy.check_identical([found.x["slopes"], found.x["level"], found.fun, found.nit], str(method))
    limit = scipy.optimize.NonlinearConstraint(lambda p: tf.reduce_sum(p["slopes"]), -np.inf, 1.0)
    found = tf.minimize(_error, begin, constraints=limit, strategy=strategy, data=data, reduce_op="MEAN")
    assert found.success and abs(found.x["slopes"].sum() - 1.0) < 1e-6
    strategy.check_identical([found.x["slopes"], found.jac["slopes"]], "x")

    with strategy.scope():
        weights = tf.Variable(np.zeros(4, np.float32))

    def by_variable(w: Any, x: Any, y: Any) -> Any:
        assert w is weights
        return tf.reduce_sum((tf.linalg.matvec(x, tf.cast(weights, tf.float64)) - y) ** 2)

    found = tf.minimize(by_variable, weights, bounds=(0.0, None), strategy=strategy, data=data, reduce_op="sum")
    assert found.x is weights and found.success and (weights.numpy() >= 0.0).all()
    strategy.check_identical([weights, found.fun])
    rows = strategy.experimental_distribute_dataset((x[:3], y[:3]))  # (some ranks have none)
    found = tf.minimize(_error, begin, strategy=strategy, data=rows, reduce_op="MEAN")
    np.testing.assert_allclose(found.fun, tf.minimize(lambda p: _error(p, x[:3], y[:3]), begin).fun, rtol=1e-6)


def check_who_ends_a_search_ends_it_on_all_ranks(strategy: Any) -> None:
    k, n = own(strategy), strategy.num_replicas_in_sync
    _, _, data = _regression(strategy)
    begin = {"slopes": np.zeros(4), "level": 0.0}
    given: dict[str, Any] = {"strategy": strategy, "data": data, "reduce_op": "MEAN"}

    for method in ("BFGS", "L-BFGS-B", "trust-constr", "TNC"):
        calls: list[Any] = []

        def stops(p: Any, *_: Any, calls: list[Any] = calls) -> None:
            calls.append(p)
            if k == n and len(calls) == 2:
                raise StopIteration

        found = tf.minimize(_error, begin, method, callback=stops, **given)
        assert len(calls) == 2 and not found.success and "StopIteration" in found.message, (method, found)
        np.testing.assert_array_equal(found.x["slopes"], calls[-1]["slopes"])
        strategy.check_identical([found.x["slopes"], found.fun], method)

    def fails(p: Any) -> None:
        if k == n:
            raise ZeroDivisionError("not today")

    expected: type[Exception] = ZeroDivisionError if k == n else RuntimeError
    text = raised(expected, lambda: tf.minimize(_error, begin, callback=fails, **given))
    wanted = (
        "not today" if k == n else f"minimize: the callback ended in an error on worker {n - 1}, which is told there"
    )
    assert text == wanted, text

    def sometimes(p: Any, x: Any, y: Any) -> Any:
        if k == 1:
            raise ZeroDivisionError("no loss")
        return _error(p, x, y)

    expected = ZeroDivisionError if k == 1 else RuntimeError
    text = raised(expected, lambda: tf.minimize(sometimes, begin, **given))
    assert text == (
        "no loss" if k == 1 else "minimize: the function ended in an error on worker 0, which is told there"
    )
    bounds = (None, 0.25 if k == 1 else 0.5)
    text = raised(RuntimeError, lambda: tf.minimize(_error, begin, bounds=bounds, **given))
    assert "the solver has come to another point on some worker than on the others" in text, text
    method = "BFGS" if k == 1 else "CG"
    text = raised(RuntimeError, lambda: tf.minimize(_error, begin, method, **given))
    assert "rank 0: minimize of 5 parameters by BFGS" in text and "minimize of 5 parameters by CG" in text, text

    def refused(**others: Any) -> str:
        return raised(ValueError, lambda: tf.minimize(_error, begin, **given | others))

    text = refused(reduce_op="SUM")
    assert 'with reduce_op "SUM" the function of two rows is the sum of what each gives alone' in text, text
    text = raised(ValueError, lambda: tf.minimize(_penalised, begin, **given | {"reduce_op": "SUM"}))
    assert 'with reduce_op "SUM" the function of two rows is the sum of what each gives alone' in text, text
    text = refused(reduce_op="SUM", data=(np.ones((2, 4)), np.ones(2)))
    assert f"minimize: all {n} workers have the same 2 rows" in text, text
    text = refused(data=(np.ones((0, 4)), np.ones(0)))
    assert text == "minimize: data have no rows on any worker", text
    assert float(strategy.all_reduce(1.0)) == n  # and they go on


def check_calls_and_searches_are_shared_out(strategy: Any) -> None:
    k, n = own(strategy), strategy.num_replicas_in_sync
    calls = []

    def product(a: int, b: int) -> dict[str, Any]:
        calls.append(a)
        return {"product": tf.constant(float(a * b)), "rank": int(k) - 1}

    found = strategy.map(product, range(7), range(1, 8))
    assert [float(one["product"]) for one in found] == [a * (a + 1.0) for a in range(7)]
    assert [one["rank"] for one in found] == [a % n for a in range(7)] and calls == list(range(7))[int(k) - 1 :: n]
    assert strategy.map(product, []) == []

    def fails(a: int) -> Any:
        if a == 4:
            raise KeyError("four")
        return (lambda: a) if a == 9 else a

    text = raised(KeyError if 4 % n == k - 1 else RuntimeError, lambda: strategy.map(fails, range(6)))
    assert text == ("'four'" if 4 % n == k - 1 else f"map: item 4, on worker {4 % n}, ended in KeyError: 'four'"), text
    text = raised(Exception, lambda: strategy.map(fails, [9]))  # (which cannot be pickled)
    assert "pickle" in text.lower(), text
    text = raised(RuntimeError, lambda: strategy.map(fails, range(int(k))))
    assert "rank 0: map of 1 items" in text and "rank 1: map of 2 items" in text, text

    def waves(x: Any) -> Any:
        return tf.sin(3.0 * x) + 0.1 * x**2

    starts = np.random.default_rng(int(k)).uniform(-4.0, 4.0, 41)  # (the first rank's count)
    found = tf.optimize.multi_start(waves, starts, most=5, strategy=strategy)
    firsts = np.random.default_rng(1).uniform(-4.0, 4.0, 41)
    wanted = [float(one.x) for one in tf.optimize.multi_start(waves, firsts, most=5).searches]
    assert [float(one.x) for one in found.searches] == wanted and float(found.x) == wanted[0]


def check_two_threads_are_not_in_the_middle_of_something(strategy: Any) -> None:
    begun, ended = threading.Event(), threading.Event()

    def waits() -> None:
        with strategy._ranks.turn:
            begun.set()
            ended.wait()

    other = threading.Thread(target=waits)
    other.start()
    begun.wait()
    ones = np.ones(1)
    for f in (strategy.all_reduce, lambda x: strategy.gather(x, 0), lambda x: strategy.of_each(x, "ones")):
        text = raised(RuntimeError, f, ones)
        assert "another thread of this rank is in the middle of something that all ranks of the strategy 'mpi'" in text
    ended.set()
    other.join()
    assert float(strategy.all_reduce(1.0, wire="bfloat16")) == strategy.num_replicas_in_sync


def check_what_cannot_be_pickled_keeps_nobody_waiting(strategy: Any) -> None:
    if own(strategy) == 1:
        assert "pickle" in raised(Exception, lambda: strategy.of_each(lambda: 1, "functions"))
        text = raised(RuntimeError, lambda: strategy.all_reduce(1.0))
    else:
        text = raised(RuntimeError, lambda: strategy.of_each(1, "functions"))
    assert "rank 0: all_reduce of float32()" in text and ": functions" in text, text


def check_keras_fits_on_all_ranks(strategy: Any) -> None:
    if strategy.num_replicas_in_sync > 2:
        return  # (it takes a while to load)
    tf.keras.use_keras()
    import keras

    k, n = own(strategy), strategy.num_replicas_in_sync
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 3)).astype(np.float32)
    y = np.sin(x.sum(1, keepdims=True))

    def made() -> Any:
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
        return model

    with strategy.scope():
        model = made()
    alone = made()
    alone.set_weights(model.get_weights())
    settings: dict[str, Any] = {"batch_size": 16, "epochs": 2, "verbose": 0, "validation_data": (x[:10], y[:10])}
    np.random.seed(int(k))  # noqa: NPY002 (the first rank's counts)
    history = model.fit(x, y, **settings).history
    strategy.check_identical(model.variables)
    strategy.check_identical([np.array(history[name]) for name in sorted(history)])
    np.random.seed(1)  # noqa: NPY002
    for name, values in alone.fit(x, y, **settings).history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, err_msg=name)
    for w, expected in zip(model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), alone.evaluate(x, y, verbose=0), rtol=1e-3)
    assert model.predict(x, verbose=0).shape == (40, 1)
    text = raised(ValueError, lambda: model.fit(x[:33], y[:33], batch_size=32, verbose=0))
    assert f"a batch of 1 rows cannot be shared out among {n} workers" in text, text

    class Careless(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x) - y) ** 2)
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
            return {"loss": loss}

    with strategy.scope():
        careless = Careless()
        careless.compile("sgd")
    text = raised(RuntimeError, lambda: careless.fit(x, y, verbose=0))
    assert "check_identical: not the same as on rank 0: rank 1 in" in text, text


def main(results: str) -> None:
    strategy = tf.distribute.MPIStrategy(timeout=20)
    found: dict[str, str | None] = {}
    for name, scenario in list(globals().items()):
        if not name.startswith("check_"):
            continue
        try:
            scenario(strategy)
            found[name] = None
        except Exception:
            found[name] = traceback.format_exc()
        if any(strategy.comm.allgather(found[name])):
            break
    with open(f"{results}.{strategy.replica_id_in_sync_group}", "w") as file:
        json.dump(found, file)


def main_missing(results: str) -> None:
    """A rank that does not come, or too late: all are told its number, where a strategy is made, and later."""
    from mpi4py import MPI

    world = MPI.COMM_WORLD
    k, n = world.Get_rank(), world.Get_size()
    texts: list[str] = []

    def met(error: type[Exception], f: Callable[[], Any], is_late: bool = False) -> None:
        """One rank comes when all others have given up, however long that takes them."""
        if is_late and k == 1:
            while not all(Path(f"{results}.{rank}.{len(texts)}").exists() for rank in range(n) if rank != k):
                time.sleep(0.05)
        texts.append(raised(error, f))
        Path(f"{results}.{k}.{len(texts) - 1}").touch()

    some = world.Dup()
    met(TimeoutError, lambda: tf.distribute.MPIStrategy(some, timeout=0.5, name="some"), True)
    world.Barrier()
    strategy = tf.distribute.MPIStrategy(timeout=0.5)
    met(TimeoutError, lambda: strategy.all_reduce(np.zeros(3)), True)
    met(RuntimeError, lambda: strategy.all_reduce(np.zeros(3)))
    with open(f"{results}.{k}", "w") as file:
        json.dump({"texts": texts}, file)


class Never:
    """A request of MPI's that nobody is told is done."""

    def __init__(self, request: Any) -> None:
        self.request = request

    def Test(self) -> bool:
        self.request.Test()
        return False


def main_giving_up(results: str) -> None:
    """A rank that gives up just when all have come: the others find out, and none of them waits for ever."""
    from mpi4py import MPI

    from autodiff_core.distribute import meeting

    world = MPI.COMM_WORLD
    k, n = world.Get_rank(), world.Get_size()
    texts = []

    def refused(f: Callable[..., Any], *args: Any) -> None:
        begun = time.monotonic()
        texts.append(raised(TimeoutError, f, *args))
        assert time.monotonic() - begun < 20, "the others' timeout is 60 seconds"
        world.Barrier()

    patience, test = meeting._FOR_AN_ANSWER, meeting._Coming.Test
    for who in (0, n - 1):
        gives_up = k == who
        comm, name = world.Dup(), f"made {who}"
        if gives_up:  # at the making of a strategy
            meeting._FOR_AN_ANSWER, meeting._Coming.Test = 0.0, lambda self: Never(self._awaited[0]).Test()
        refused(tf.distribute.MPIStrategy, comm, 0.3 if gives_up else 60.0, name)
        meeting._FOR_AN_ANSWER, meeting._Coming.Test = patience, test
        assert comm.allreduce(1) == n  # the caller's communicator is what it was
        strategy = tf.distribute.MPIStrategy(comm, timeout=60, name=name)
        assert float(strategy.all_reduce(1.0)) == n
        if gives_up:  # and before a sum
            own = strategy._ranks.meeting
            wait, own.timeout, meeting._FOR_AN_ANSWER = own.wait, 0.3, 0.0
            own.wait = lambda request, *rest, wait=wait, **named: wait(Never(request), *rest, **named)
        refused(strategy.all_reduce, np.zeros(2))
        meeting._FOR_AN_ANSWER = patience
        texts.append(raised(RuntimeError, strategy.all_reduce, np.zeros(2)))
        assert comm.allreduce(1) == n
        assert float(tf.distribute.MPIStrategy(comm, timeout=60, name=name).all_reduce(1.0)) == n
    with open(f"{results}.{k}", "w") as file:
        json.dump({"texts": texts}, file)


def main_close(results: str) -> None:
    """A rank that comes about when the others give up, earlier or later by chance: nobody hangs."""
    from mpi4py import MPI

    from autodiff_core.distribute import meeting

    world = MPI.COMM_WORLD
    k, n = world.Get_rank(), world.Get_size()
    meeting._FOR_AN_ANSWER = 0.02
    random = np.random.default_rng(0)  # (the same numbers on all ranks)
    ended = {"made": 0, "summed": 0, "not made": 0, "not summed": 0}
    for trial in range(30):
        late, lateness = int(random.integers(n)), random.uniform(0.03, 0.1)
        making = trial % 2 == 0
        comm = world.Dup()
        if not making:
            strategy = tf.distribute.MPIStrategy(comm, timeout=60, name="close")
            strategy._ranks.meeting.timeout = 0.05
        world.Barrier()
        if k == late:
            time.sleep(lateness)
        try:
            if making:
                tf.distribute.MPIStrategy(comm, timeout=0.05, name="close")
                ended["made"] += 1
            else:
                np.testing.assert_array_equal(strategy.all_reduce(np.arange(3.0)), n * np.arange(3.0))
                ended["summed"] += 1
        except TimeoutError:
            ended["not made" if making else "not summed"] += 1
        world.Barrier()
    with open(f"{results}.{k}", "w") as file:
        json.dump(ended, file)


MAINS = {"--missing": main_missing, "--giving-up": main_giving_up, "--close": main_close}

if __name__ == "__main__":
    MAINS.get(sys.argv[-1], main)(sys.argv[1])
