"""What several ranks do together, for test_distribute_mpi.py: `mpiexec -n 2 python rank_scenarios.py results`.

Every function whose name begins with `check_` is a scenario, which all ranks run in the order of this file. What became
of each is written to results.<rank>, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
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
    some = tf.distribute.MPIStrategy(strategy.comm.Split(half), name="half")
    expected = sum(k for k in range(1, strategy.num_replicas_in_sync + 1) if (k - 1) % 2 == half)
    assert float(some.all_reduce(own(strategy))) == expected
    assert float(strategy.all_reduce(own(strategy))) == of_all(strategy)


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

    some = MPI.COMM_WORLD.Dup()
    k = some.Get_rank()
    if k == 1:
        time.sleep(4)
    texts = [raised(TimeoutError, lambda: tf.distribute.MPIStrategy(some, timeout=0.5, name="some"))]
    MPI.COMM_WORLD.Barrier()
    strategy = tf.distribute.MPIStrategy(timeout=0.5)
    if k == 1:
        time.sleep(4)
    texts += [raised(error, lambda: strategy.all_reduce(np.zeros(3))) for error in (TimeoutError, RuntimeError)]
    with open(f"{results}.{k}", "w") as file:
        json.dump({"texts": texts}, file)


if __name__ == "__main__":
    (main_missing if "--missing" in sys.argv else main)(sys.argv[1])
