"""What goes to other processes, and into copies: values, variables, models, optimizers and programs, each variable
once; and why tapes, iterators and strategies do not.

(Functions made of functions are in test_wrapping.py, the bytes of programs in test_program_file.py.)
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import cloudpickle
import numpy as np
import pytest

import autodiff_core as tf

WAYS = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "cloudpickle": lambda x: cloudpickle.loads(cloudpickle.dumps(x)),
    "deepcopy": copy.deepcopy,
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


class Line(tf.Module):
    def __init__(self) -> None:
        super().__init__("line")
        self.slope = tf.Variable([1.0, 2.0], name="slope")
        self.tied = [self.slope, tf.Variable(0.5, name="level", trainable=False)]

    @tf.function
    def __call__(self, x: Any) -> Any:
        return tf.reduce_sum(x * self.slope) + self.tied[1]


# -------------------------------------------------------------------------------------------------- values, variables


@each_way
def test_a_variable_that_is_held_twice_is_one_variable_afterwards(way: Any) -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    pair, kept, same = way((v, {"kept": v}, [v]))[0], *way((v, [v]))
    assert kept is same[0] and pair is not v
    assert (kept.name, kept.trainable, kept.numpy().tolist()) == ("v:0", True, [1.0, 2.0])
    kept.assign([5.0, 6.0])
    assert v.numpy().tolist() == [1.0, 2.0]


@each_way
def test_a_module_keeps_its_variables_and_who_shares_them(way: Any) -> None:
    line = Line()
    line(tf.constant([1.0, 1.0]))
    other = way(line)
    assert other.slope is other.tied[0] and other.slope is not line.slope
    assert [v.name for v in other.variables] == [v.name for v in line.variables]
    other.slope.assign([3.0, 4.0])
    assert (float(other(tf.constant([1.0, 1.0]))), float(line(tf.constant([1.0, 1.0])))) == (7.5, 3.5)


@each_way
def test_what_a_closure_shares_with_its_surroundings_stays_shared(way: Any) -> None:
    line = Line()
    if way is WAYS["pickle"]:
        with pytest.raises((pickle.PicklingError, AttributeError), match=r"<locals>|lambda"):
            way([line, lambda x: line(x)])
        return
    f = tf.function(lambda x: line(x))
    other, g = way([line, f])
    if way is copy.deepcopy:  # a function is its own copy, as Python has it
        other = line
    other.slope.assign([0.0, 0.0])
    assert float(g(tf.constant([1.0, 1.0]))) == 0.5


@each_way
@pytest.mark.parametrize(
    "value",
    [
        tf.constant([1.0, 2.0]),
        tf.constant(3, tf.int32),
        tf.IndexedSlices([[1.0, 2.0]], [4], dense_shape=(9, 2)),
        tf.TensorSpec([None, 2], tf.float64, name="x"),
        tf.TensorShape([2, 3]),
        tf.constant([1.0, 2.0]).shape,
        tf.UnconnectedGradients.ZERO,
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_what_they_were(way: Any, value: Any) -> None:
    assert repr(way(value)) == repr(value)


@each_way
def test_a_result_of_minimize_is_what_it_was(way: Any) -> None:
    pytest.importorskip("scipy")
    v = tf.Variable([3.0, 4.0], name="v")
    found = tf.minimize(lambda p: tf.reduce_sum((p["v"] - 1.0) ** 2) + p["x"] ** 2, {"v": v, "x": 2.0}, "L-BFGS-B")
    other = way(found)
    assert type(other) is type(found)
    assert (other.success, other.nit, other.counts) == (found.success, found.nit, found.counts)
    np.testing.assert_array_equal(other.x["v"], found.x["v"])
    assert other.x["v"] is not v and other.x["v"].name == "v:0"


# --------------------------------------------------------------------------------------------------------- optimizers

OPTIMIZERS = {
    "SGD": lambda: tf.keras.optimizers.SGD(0.1),
    "momentum": lambda: tf.keras.optimizers.SGD(0.1, momentum=0.9),
    "Adam": lambda: tf.keras.optimizers.Adam(0.1),
}


def gradients(k: int) -> list[Any]:
    rows = tf.IndexedSlices([[1.0 + k, -1.0]], [1], dense_shape=(3, 2))
    return [tf.constant([1.0 + k, 2.0]), tf.constant(0.5 * k), rows]


def state(optimizer: Any, variables: list[Any]) -> list[Any]:
    return [
        *(v.numpy().tolist() for v in variables),
        int(optimizer.iterations),
        [[slot.tolist() for slot in slots] for _, slots in optimizer.remembered()],
    ]


@each_way
@pytest.mark.parametrize("recorded", [False, True], ids=["in place", "recorded"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_an_optimizer_goes_on_from_where_it_was(make: Any, recorded: bool, way: Any) -> None:
    optimizer = make()
    variables = [tf.Variable([1.0, 2.0]), tf.Variable(3.0), tf.Variable(np.ones((3, 2), np.float32))]

    def step(optimizer: Any, variables: list[Any], k: int) -> None:
        def made() -> None:
            optimizer.apply_gradients(zip(gradients(k), variables, strict=True))

        (tf.function(made) if recorded else made)()

    for k in range(3):
        step(optimizer, variables, k)
    other, others = way((optimizer, variables))
    assert state(other, others) == state(optimizer, variables)
    before = state(optimizer, variables)
    for k in range(3, 6):
        step(other, others, k)
    assert state(optimizer, variables) == before
    for k in range(3, 6):
        step(optimizer, variables, k)
    assert state(other, others) == state(optimizer, variables)
    assert {id(v) for v, _ in other.remembered()} <= {id(v) for v in others}


@each_way
def test_an_optimizer_of_a_schedule_and_a_model_go_together(way: Any) -> None:
    model = tf.keras.models.Sequential([tf.keras.layers.Dense(2)])
    optimizer = tf.keras.optimizers.Adam(Halving())
    x = tf.constant(np.ones((4, 3), np.float32))

    def step(model: Any, optimizer: Any) -> float:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x) ** 2)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return float(loss)

    step(model, optimizer)
    other, its = way((model, optimizer))
    assert [step(other, its) for _ in range(3)] == [step(model, optimizer) for _ in range(3)]


class Halving:
    def __call__(self, step: Any) -> Any:
        return 0.1 * 0.5**step


@each_way
def test_a_program_and_whoever_has_its_variables_stay_together(way: Any) -> None:
    line, x = Line(), np.array([1.0, 1.0], np.float32)
    program = tf.Program.from_function(lambda x: tf.reduce_sum(x * line.slope), x)
    other, its = way((line, program))
    assert its.variables[0] is other.slope
    other.slope.assign([5.0, 6.0])
    assert (float(its(x)), float(program(x))) == (11.0, 3.0)


def test_a_copied_program_has_variables_of_its_own() -> None:
    line, x = Line(), np.array([1.0, 1.0], np.float32)
    program = tf.Program.from_function(line.__call__, x)
    other = copy.copy(program)
    other.variables[0].assign([0.0, 0.0])
    assert (float(other(x)), float(program(x))) == (0.5, 3.5)


# ------------------------------------------------------------------------------------------------------------ datasets


@each_way
def test_a_dataset_goes_and_an_iterator_of_it_says_that_it_does_not(way: Any) -> None:
    dataset = tf.data.Dataset.range(4).batch(3)
    iterator = iter(dataset)
    assert [batch.numpy().tolist() for batch in way(dataset)] == [[0, 1, 2], [3]]
    with pytest.raises(TypeError, match=r"is not pickled, and not copied: .* Send the dataset, .* dataset\.skip"):
        way(iterator)
    assert next(iterator).numpy().tolist() == [0, 1, 2]


# ---------------------------------------------------------------------------------------------------------- strategies


@each_way
def test_a_strategy_of_ranks_is_its_own_copy_and_says_that_it_is_not_sent(way: Any) -> None:
    pytest.importorskip("mpi4py.MPI", exc_type=ImportError)
    strategy = tf.distribute.MPIStrategy()
    if way is copy.deepcopy:
        assert way({"strategy": strategy})["strategy"] is copy.copy(strategy) is strategy
        return
    with pytest.raises(TypeError, match=r"an MPIStrategy is not pickled: .* Make one of that name where it is needed"):
        way(strategy)


@each_way
def test_what_is_connected_to_dask_is_its_own_copy_and_says_that_it_is_not_sent(way: Any) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as client:
        strategy = tf.distribute.DaskStrategy(client)
        data = strategy.experimental_distribute_dataset(np.arange(3.0))
        if way is copy.deepcopy:
            for own, deep in zip([strategy, data], way([strategy, data]), strict=True):
                assert copy.copy(own) is deep is own
            return
        with pytest.raises(TypeError, match=r"a DaskStrategy is not pickled: .* is given that as an argument"):
            way(strategy)
        with pytest.raises(TypeError, match=r"data in parts are not pickled: they are on the workers\. Give them to"):
            way(data)


# --------------------------------------------------------------------------------------------------------------- tapes


def tapes() -> dict[str, Any]:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape, tf.GradientTape(persistent=True) as persistent:
        tape.watch(x)
        persistent.watch(x)
        y = x * x
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = x * x
    del y
    return {"tape": tape, "persistent": persistent, "accumulator": accumulator}


@each_way
@pytest.mark.parametrize("name", ["tape", "persistent", "accumulator"])
def test_a_tape_says_what_to_send_in_its_place(name: str, way: Any) -> None:
    tape = tapes()[name]
    with pytest.raises(
        TypeError, match=r"is not pickled, and not copied: .* Send the function, .* tf\.Program"
    ) as error:
        way(tape)
    assert type(tape).__name__ in str(error.value)
    assert ("to_records" in str(error.value)) == (name != "accumulator")
    with pytest.raises(TypeError, match="not copied"):
        copy.copy(tape)


def test_a_tape_that_was_not_pickled_gives_its_gradient() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(tape)
    assert float(tape.gradient(y, x)) == 6.0
