"""Strategies: what they have in common, on one worker, and what is refused where there is no engine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextvars import copy_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.distribute import strategy as strategies
from autodiff_core.distribute.strategy import made_within
from autodiff_core.ops import collectives


def test_outside_of_all_scopes_there_is_one_worker() -> None:
    strategy = tf.distribute.get_strategy()
    assert type(strategy) is tf.distribute.Strategy
    assert not tf.distribute.has_strategy()
    assert (strategy.num_replicas_in_sync, strategy.replica_id_in_sync_group) == (1, 0)
    other = tf.distribute.Strategy()
    with other.scope() as inside:
        assert inside is other
        assert tf.distribute.get_strategy() is other
        assert tf.distribute.has_strategy()
    assert tf.distribute.get_strategy() is strategy


def test_a_scope_ends_with_an_error() -> None:
    with pytest.raises(ZeroDivisionError), tf.distribute.Strategy().scope():
        1 / 0  # noqa: B018
    assert not tf.distribute.has_strategy()


def test_run_calls_the_function_in_the_scope() -> None:
    strategy = tf.distribute.Strategy()
    found = strategy.run(lambda x, y: (tf.distribute.get_strategy(), x - y), args=(3,), kwargs={"y": 1})
    assert found == (strategy, 2)
    assert strategy.experimental_local_results(found) == (found,)


def test_reduce_of_one_worker() -> None:
    strategy = tf.distribute.get_strategy()
    value = {"a": tf.constant([1.0, 2.0, 6.0]), "b": tf.constant([[1, 2]])}
    found = strategy.reduce("mean", value, axis=0)
    assert float(found["a"]) == 3.0
    np.testing.assert_array_equal(found["b"], [1, 2])
    np.testing.assert_array_equal(strategy.reduce(tf.distribute.ReduceOp.SUM, value)["a"], value["a"])
    assert strategy.reduce("MEAN", 3).dtype == tf.float64  # as of several workers
    many = strategy.reduce("MEAN", np.full(100_000, 2.0, np.float16), axis=0)  # (whose number is no float16)
    assert many.dtype == tf.float16 and float(many) == 2.0
    with pytest.raises(TypeError, match="all_reduce: values of dtype bool are not added up; cast them"):
        strategy.reduce("SUM", True)
    with pytest.raises(ValueError, match=r'reduce: reduce_op is "SUM" or "MEAN", not \'MAX\''):
        strategy.reduce("MAX", 1.0)
    with pytest.raises(ValueError, match=r"reduce: a value of shape \(3,\) has no axis 1"):
        strategy.reduce("SUM", value["a"], axis=1)
    with pytest.raises(ValueError, match=r'all_reduce: wire is "float32", "bfloat16" or None, not \'int8\''):
        strategy.all_reduce(1.0, wire="int8")
    with pytest.raises(ValueError, match=r"gather: a value of shape \(\) has no axis 0"):
        strategy.gather(1.0, 0)


def test_gradients_of_one_worker_are_the_tape_s() -> None:
    v, unused = tf.Variable([1.0, 2.0]), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v * v)
    g, none = tf.distribute.get_strategy().gradient(tape, y, [v, unused])
    np.testing.assert_array_equal(g, [2.0, 4.0])
    assert none is None


def test_a_loss_of_one_worker_and_its_gradient() -> None:
    strategy = tf.distribute.get_strategy()
    x = np.array([1.0, 2.0, 6.0])
    p = {"m": tf.Variable(2.0), "s": np.float64(3.0)}

    def loss(p: Any, x: Any) -> Any:
        return tf.reduce_mean(p["s"] * (x - tf.cast(p["m"], tf.float64)) ** 2)

    value, gradient = strategy.value_and_grad(loss, p, x, "MEAN")
    assert float(value) == 17.0
    assert gradient["m"].dtype == tf.float32 and float(gradient["m"]) == -6.0
    np.testing.assert_allclose(gradient["s"], 17.0 / 3.0)
    wanted = tf.hvp(lambda p: loss(p, x), p, {"m": np.float32(1.0), "s": 2.0})
    product = strategy.hvp(loss, p, {"m": np.float32(1.0), "s": 2.0}, x, "MEAN")
    assert [float(product[k]) for k in "ms"] == [float(wanted[k]) for k in "ms"]
    assert strategy.hessian(loss, p, x, "SUM")["s"]["m"].dtype == tf.hessian(lambda p: loss(p, x))(p)["s"]["m"].dtype
    recorded = tf.function(lambda s, x: strategy.value_and_grad(lambda s, x: tf.reduce_sum(s * x), s, (x,), "sum"))
    assert [float(one) for one in recorded(tf.constant(2.0, tf.float64), x)] == [18.0, 9.0]
    z = np.array([1.0 + 2.0j, 3.0j], np.complex64)
    _, gradient = strategy.value_and_grad(lambda z, x: tf.reduce_sum(tf.abs(z) ** 2) * x[0], z, x[:1], "MEAN")
    assert gradient.dtype == tf.complex64
    np.testing.assert_allclose(gradient, 2.0 * z, rtol=1e-6)
    with pytest.raises(ValueError, match='value_and_grad: reduce_op is "SUM" or "MEAN", not \'MAX\''):
        strategy.value_and_grad(loss, p, x, "MAX")
    with pytest.raises(TypeError, match="value_and_grad: the loss must be callable, not int"):
        strategy.value_and_grad(3, p, x, "SUM")
    with pytest.raises(ValueError, match=r"must have rows, and a value has the shape \(\)"):
        strategy.value_and_grad(loss, p, 1.0, "SUM")


def test_calls_and_searches_of_one_worker() -> None:
    pytest.importorskip("scipy")
    strategy = tf.distribute.get_strategy()
    assert strategy.map(lambda a, b: a - b, [3, 4], [1, 2, 3]) == [2, 2]
    assert strategy.of_each({"a": 1}, "numbers") == [{"a": 1}]
    with pytest.raises(TypeError, match="map: a callable is needed, not int"):
        strategy.map(3, [1])
    with pytest.raises(ZeroDivisionError):
        strategy.map(lambda a: 1 / a, [1, 0])
    x = np.array([1.0, 2.0, 6.0])
    interrupted = iter([False, True])

    def stops(p: Any) -> None:
        if next(interrupted):
            raise KeyboardInterrupt

    def loss(m: Any, x: Any) -> Any:
        return tf.reduce_sum(tf.exp(0.1 * (x - m) ** 2))

    given: dict[str, Any] = {"strategy": strategy, "data": x, "reduce_op": "SUM"}
    found = tf.minimize(loss, 0.0, **given)
    np.testing.assert_allclose(found.x, tf.minimize(lambda m: loss(m, x), 0.0).x)
    assert "Interrupted" in tf.minimize(loss, 0.0, callback=stops, **given).message  # (nobody else waits)
    with pytest.raises(TypeError, match="minimize: the function must be callable, not int"):
        tf.minimize(3, 0.0, **given)
    with pytest.raises(TypeError, match="least_squares: residuals are all here, and no strategy's: minimise half"):
        tf.optimize.least_squares(lambda p: p - x, 0.0, strategy=strategy)
    found = tf.optimize.multi_start(lambda m: loss(m, x), np.linspace(0.0, 6.0, 5), most=2, strategy=strategy)
    assert len(found.searches) == 2


def penalised(m: Any, x: Any) -> Any:
    return tf.reduce_sum((x - m) ** 2) + 5.0 * m**2


def test_a_penalty_is_found_where_the_search_begins_without_one() -> None:
    pytest.importorskip("scipy")
    given: dict[str, Any] = {"strategy": tf.distribute.get_strategy(), "data": np.array([1.0, 2.0, 6.0])}
    with pytest.raises(ValueError, match='with reduce_op "SUM" the function of two rows is the sum of what each gives'):
        tf.minimize(penalised, 0.0, reduce_op="SUM", **given)
    found = tf.minimize(lambda m, x: tf.reduce_mean((x - m) ** 2) + 5.0 * m**2, 0.0, reduce_op="MEAN", **given)
    np.testing.assert_allclose(found.x, 0.5, rtol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 5, 7, 100])
@pytest.mark.parametrize("workers", [1, 3, 7])
def test_rows_are_shared_out_in_order_and_evenly(count: int, workers: int) -> None:
    class Worker(tf.distribute.Strategy):
        num_replicas_in_sync = workers
        replica_id_in_sync_group = 0

    shares = []
    for k in range(workers):
        strategy = Worker()
        strategy.replica_id_in_sync_group = k
        shares.append(strategy.rows(count))
    assert [row for share in shares for row in range(count)[share]] == list(range(count))
    sizes = [share.stop - share.start for share in shares]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("structure", [lambda x: x, lambda x: (x,), lambda x: (x, x), lambda x: {"x": x}])
def test_elements_of_datasets_keep_their_structure(structure: Any) -> None:
    class Worker(tf.distribute.Strategy):
        num_replicas_in_sync = 2
        replica_id_in_sync_group = 1

    batches = tf.data.Dataset.from_tensor_slices(structure(np.arange(8.0))).batch(4)
    share = Worker().experimental_distribute_dataset(batches)
    assert tf.nest.map_structure(lambda x: x.dtype, share.element_spec) == structure(tf.float64)
    for element, wanted in zip(share, ([2.0, 3.0], [6.0, 7.0]), strict=True):
        tf.nest.assert_same_structure(element, structure(0.0))
        for leaf in tf.nest.flatten(element):
            np.testing.assert_array_equal(leaf, wanted)


def test_what_cannot_be_shared_out_is_refused() -> None:
    class Worker(tf.distribute.Strategy):
        num_replicas_in_sync = 2

    share = Worker().experimental_distribute_dataset
    with pytest.raises(ValueError, match=r"one number of rows, and has \[2, 3\]"):
        share((np.zeros(2), np.zeros(3)))
    with pytest.raises(ValueError, match=r"must have rows, and a value has the shape \(\)"):
        share({"x": 1.0})
    with pytest.raises(ValueError, match="must have rows, and there is nothing in it"):
        share([])
    with pytest.raises(ValueError, match="a number of rows is 0 or more, not -1"):
        Worker().rows(-1)


def test_a_strategy_without_its_engine_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    monkeypatch.setitem(sys.modules, "mpi4py.MPI", None)
    with pytest.raises(ImportError, match=r'MPIStrategy needs mpi4py, .*pip install "autodiff-core\[mpi\]"'):
        tf.distribute.MPIStrategy()


def test_an_engine_that_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> Any:
        raise RuntimeError("cannot load MPI library")

    monkeypatch.setattr(strategies, "import_module", fails)
    with pytest.raises(ImportError, match=r"cannot load MPI library.*autodiff-core\[mpi\]"):
        strategies.engine("mpi4py.MPI", "MPIStrategy", "mpi")


class Team:
    """Workers that all give what this one gives."""

    def __init__(self, size: int) -> None:
        self.key = ("team", size)

    def sum(self, array: np.ndarray, wire: str | None, what: str) -> np.ndarray:
        return array * self.key[1]


def test_a_saved_program_finds_workers_of_its_name_and_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(collectives, "_groups", {})
    collectives.join(Team(4))
    program = tf.Program.from_function(lambda x: collectives.all_reduce(x, ("team", 4)), np.ones(2))
    program.save(tmp_path / "sum.program")
    collectives.join(Team(4))
    np.testing.assert_array_equal(tf.Program.load(tmp_path / "sum.program")(np.ones(2)), [4.0, 4.0])
    monkeypatch.setattr(collectives, "_groups", {})
    collectives.join(Team(2))
    with pytest.raises(RuntimeError, match=r"strategy 'team' of 4 workers, .*not made; it has 'team' of 2"):
        tf.Program.load(tmp_path / "sum.program")(np.ones(2))


def test_the_cores_are_shared_by_the_ranks_of_a_machine() -> None:
    code = "import os; os.sched_getaffinity = lambda pid: range(8); os.cpu_count = lambda: {cores}\n"
    code += "import autodiff_core as tf; print(tf.get_num_threads())"
    base = {name: value for name, value in os.environ.items() if not name.startswith(("OMP", "AUTODIFF_NUM"))}

    def threads(cores: int, **environment: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", code.format(cores=cores)],
            env=base | environment | {"PYTHONPATH": str(Path(tf.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    assert threads(8) == 8
    assert threads(8, OMPI_COMM_WORLD_LOCAL_SIZE="4") == 2
    assert threads(8, MPI_LOCALNRANKS="16") == 1
    assert threads(8, SLURM_NTASKS_PER_NODE="4(x2)") == 8
    assert threads(32, OMPI_COMM_WORLD_LOCAL_SIZE="4") == 8  # the launcher has bound them
    assert threads(8, OMPI_COMM_WORLD_LOCAL_SIZE="4", AUTODIFF_NUM_THREADS="3") == 3


def test_variables_that_another_thread_makes_are_not_those_of_a_scope() -> None:
    def make() -> None:
        theirs.append(tf.Variable(2.0))

    theirs: list[Any] = []
    with made_within() as made:
        own = tf.Variable(1.0)
        # (As where Python is told that threads have the context of who starts them.)
        thread = threading.Thread(target=copy_context().run, args=(make,))
        thread.start()
        thread.join(60)
    assert made == [own]
    assert len(theirs) == 1
