"""Datasets: TensorFlow's elements for chains of transformations, and what no chain shows."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import dataset_chains
from autodiff_core import _core

Dataset = tf.data.Dataset
RECORDED = json.loads(Path(__file__).with_name("dataset_values.json").read_text())["chains"]
ROOT = Path(__file__).resolve().parents[1]


def values(data: Any) -> list[Any]:
    return [tf.nest.map_structure(lambda x: np.asarray(x).tolist(), element) for element in data.as_numpy_iterator()]


# ----------------------------------------------------------------------------------------------------- as TensorFlow's


@pytest.mark.walk
@pytest.mark.parametrize("source", dataset_chains.SOURCES)
def test_chains_give_tensorflows_elements_specs_and_cardinalities(source: str) -> None:
    chains = [dict(recorded) for recorded in RECORDED if recorded["chain"][0] == source]
    assert chains
    for expected in chains:
        chain = expected.pop("chain")
        data = dataset_chains.made(tf, chain)
        if "error" in expected:
            with pytest.raises(ValueError, match="rank >= 1"):
                list(data), data.element_spec
        else:
            assert json.loads(json.dumps(dataset_chains.described(tf, data))) == expected, chain


def test_every_step_is_recorded_with_elements() -> None:
    seen = {step for recorded in RECORDED if recorded.get("elements") for step in recorded["chain"][1:]}
    assert seen >= dataset_chains.STEPS.keys() - {"take none", "skip all", "skip 99", "repeat 0"}


def test_python_numbers_are_floats_and_integers_of_32_bits() -> None:
    spec = Dataset.from_tensors((1, 2.0, [1, 2], np.float64(1.0), True)).element_spec
    assert [one.dtype.name for one in spec] == ["int32", "float32", "int32", "float64", "bool"]


def test_padding_values_and_shapes_are_those_of_each_component() -> None:
    data = Dataset.from_generator(
        lambda: ((np.arange(k), [float(k)] * k) for k in range(3)),
        output_signature=(tf.TensorSpec((None,), tf.int64), tf.TensorSpec((None,), tf.float32)),
    )
    padded = data.padded_batch(3, padded_shapes=([4], [None]), padding_values=(np.int64(-1), 0.5))
    assert values(padded) == [([[-1] * 4, [0, -1, -1, -1], [0, 1, -1, -1]], [[0.5, 0.5], [1.0, 0.5], [2.0, 2.0]])]
    assert str(padded.element_spec[0]) == "TensorSpec(shape=(None, 4), dtype=int64, name=None)"


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"padded_shapes": [1]}, ValueError, r"component 0 has sizes up to \[2\]"),
        ({"padded_shapes": [2, 2]}, ValueError, "the number of axes may not"),
        ({"padding_values": [0, 0]}, ValueError, r"should be scalars, but got \[2\]"),
        ({"padding_values": 0.5}, TypeError, "float32 does not match type int64"),
        ({"padding_values": np.int32(1)}, TypeError, "int32 does not match type int64"),
        ({"padded_shapes": {"x": [3]}}, TypeError, r"padded_shapes of component 0 is \{'x': \[3\]\}: an integer"),
        ({"padded_shapes": [2.5]}, TypeError, r"padded_shapes of component 0 is \[2.5\]: an integer"),
        ({"padded_shapes": 3}, TypeError, "padded_shapes of component 0 is 3: 'int' object is not iterable"),
    ],
)
def test_padding_that_does_not_fit_is_refused(arguments: dict[str, Any], error: type, text: str) -> None:
    data = Dataset.range(1, 3).map(lambda n: tf.fill([n], n))
    with pytest.raises(error, match=text):
        list(data.padded_batch(2, **arguments))


@pytest.mark.parametrize("what", ["padded_shapes", "padding_values"])
def test_padding_that_is_nested_otherwise_is_refused(what: str) -> None:
    data = Dataset.zip(Dataset.range(2), Dataset.range(2))
    with pytest.raises(ValueError, match=f"padded_batch: {what} is not nested as the elements are: 1 parts, not 2"):
        list(data.padded_batch(2, **{what: ([],) if what == "padded_shapes" else (0,)}))


# -------------------------------------------------------------------------------------------------------------- order


def order(data: Any) -> list[int]:
    return [int(k) for k in data]


def test_a_seed_gives_the_same_orders_in_each_run_another_one_for_each_iterator() -> None:
    first, second = (Dataset.range(50).shuffle(50, seed=3) for _ in range(2))
    orders = [order(first) for _ in range(3)]
    assert orders == [order(second) for _ in range(3)]
    assert len({*map(tuple, orders)}) == 3
    assert all(sorted(one) == list(range(50)) for one in orders)
    fixed = Dataset.range(50).shuffle(50, seed=3, reshuffle_each_iteration=False)
    assert order(fixed) == order(fixed) == orders[0]
    repeated = order(Dataset.range(50).shuffle(50, seed=3).repeat(3))
    assert repeated == [k for one in orders for k in one]


def test_the_librarys_seed_gives_the_orders_of_datasets_without_one() -> None:
    def orders() -> list[list[int]]:
        tf.random.set_seed(5)
        datasets = [Dataset.range(40).shuffle(40), Dataset.range(40).shuffle(40)]
        return [order(data) for data in datasets]

    assert orders() == orders()
    assert len({*map(tuple, orders())}) == 2
    tf.random.set_seed(5)
    with_five = order(Dataset.range(40).shuffle(40, seed=1))
    tf.random.set_seed(6)
    assert order(Dataset.range(40).shuffle(40, seed=1)) != with_five


@pytest.mark.parametrize("size", [1, 2, 7, 19, 20, 21, 300, 1000])
def test_a_shuffled_element_comes_no_earlier_than_its_buffer_allows(size: int) -> None:
    for k, element in enumerate(order(Dataset.range(700).shuffle(size, seed=0))):
        assert element < k + size
    assert sorted(order(Dataset.range(700).shuffle(size))) == list(range(700))


def test_a_buffer_holds_no_more_than_it_was_told_to() -> None:
    read: list[int] = []
    data = Dataset.range(1000).map(lambda k: read.append(1) or k).shuffle(10, seed=0)
    next(iter(data))
    assert len(read) < 10 + 257


def test_orders_are_as_likely_as_each_other() -> None:
    counts = np.zeros((6, 6))
    data = Dataset.range(6).shuffle(6, seed=1)
    for _ in range(600):
        counts[np.arange(6), order(data)] += 1
    assert np.abs(counts - 100).max() < 50


# ---------------------------------------------------------------------------------------------------------- iterators


def test_iterators_go_on_independently() -> None:
    data = Dataset.range(6).map(lambda k: k * 2).batch(2)
    one, other = iter(data), iter(data)
    next(one)
    assert [np.asarray(next(one)).tolist(), np.asarray(next(other)).tolist()] == [[4, 6], [0, 2]]
    assert next(one).numpy().tolist() == [8, 10]
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(one)


def test_threads_share_an_iterator_and_each_element_goes_to_one_of_them() -> None:
    iterator = iter(Dataset.range(2000).map(lambda k: k))
    taken: list[list[int]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda mine: mine.extend(map(int, iterator)), args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(k for mine in taken for k in mine) == list(range(2000))


def test_an_error_of_a_function_is_raised_in_its_place_and_ends_the_iterator() -> None:
    for prefetched in (lambda data: data, lambda data: data.prefetch(3)):
        data = prefetched(Dataset.range(5).map(lambda k: 6 // (3 - int(k))))
        iterator = iter(data)
        assert [int(next(iterator)) for _ in range(3)] == [2, 3, 6]
        with pytest.raises(ZeroDivisionError):
            next(iterator)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="has ended by an error"):
                next(iterator)


def test_a_function_that_raises_stop_iteration_does_not_end_the_dataset_in_silence() -> None:
    def stop(k: Any) -> Any:
        raise StopIteration

    for data in (Dataset.range(3).map(stop), Dataset.range(3).filter(stop), Dataset.range(3).flat_map(stop)):
        for made in (data, data.take(2).batch(2), data.prefetch(1)):
            with pytest.raises(RuntimeError, match="StopIteration"):
                list(made)


def test_an_error_of_a_generator_is_raised_in_its_place() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("no more disk")

    data = Dataset.from_generator(broken, output_signature=tf.TensorSpec((), tf.int32))
    for made in (data, data.prefetch(2), data.batch(1)):
        iterator = iter(made)
        assert int(tf.reshape(next(iterator), ())) == 1
        with pytest.raises(OSError, match="no more disk"):
            next(iterator)


def test_generators_are_closed_when_their_iterator_is_dropped() -> None:
    closed: list[int] = []

    def numbers() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(1)

    data = Dataset.from_generator(numbers, output_signature=tf.TensorSpec((), tf.int32))
    for made in (data, data.batch(2).map(lambda x: x).repeat(), data.prefetch(2), data.shuffle(3).prefetch(1).take(9)):
        closed.clear()
        iterator = iter(made)
        next(iterator)
        del iterator
        until(lambda: closed)


def until(happened: Callable[[], Any]) -> None:
    """Wait for another thread."""
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("it does not happen")


def prefetching() -> int:
    return sum(thread.name == "tf.data prefetch" for thread in threading.enumerate())


def test_a_prefetching_thread_ends_with_the_elements_or_its_iterator() -> None:
    until(lambda: not prefetching())
    assert order(Dataset.range(5).prefetch(2)) == [0, 1, 2, 3, 4]
    until(lambda: not prefetching())
    iterator = iter(Dataset.range(5).repeat().prefetch(2))
    next(iterator)
    assert prefetching() == 1
    del iterator
    until(lambda: not prefetching())


def test_a_prefetching_thread_is_no_further_ahead_than_it_was_told_to_be() -> None:
    read: list[int] = []
    iterator = iter(Dataset.range(100).map(lambda k: read.append(1) or k).prefetch(3))
    next(iterator)
    until(lambda: len(read) == 5)
    time.sleep(0.05)
    assert len(read) == 5  # one is here, three wait, and one is held by whoever waits for room


def test_a_process_ends_while_threads_prefetch() -> None:
    code = (
        "import autodiff_core as tf; i = iter(tf.data.Dataset.range(9).repeat().batch(2).prefetch(1)); print(next(i))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_goes_on_with_iterators_without_threads_and_is_told_of_the_others() -> None:
    plain, ahead = iter(Dataset.range(9)), iter(Dataset.range(9).prefetch(1))
    next(plain), next(ahead)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = f"{int(next(plain))} "
        try:
            next(ahead)
        except RuntimeError as error:
            said += str(error)
        os.write(write, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    assert said.startswith("1 ") and "forked process" in said
    assert (int(next(plain)), int(next(ahead))) == (1, 1)


def test_iterating_leaves_nothing_behind() -> None:
    data = Dataset.range(20_000).map(lambda k: k + 1).batch(10).unbatch().enumerate().prefetch(2)
    iterator = iter(data)
    for _ in range(1000):
        next(iterator)
    gc.collect()
    before = len(gc.get_objects())
    for _ in iterator:
        pass
    gc.collect()
    assert len(gc.get_objects()) < before + 100
    one = weakref.ref(data)
    del data, iterator
    gc.collect()
    assert one() is None


def test_thousands_of_datasets_can_be_put_behind_each_other() -> None:
    data = Dataset.range(1)
    for k in range(2000):
        data = data.concatenate(Dataset.range(k, k + 1))
    assert len(data) == 2001 and sum(order(data)) == 1999 * 1000
    assert data.element_spec == tf.TensorSpec((), tf.int64)


@pytest.mark.parametrize("prefetched", [False, True])
def test_an_error_keeps_no_pipeline(prefetched: bool) -> None:
    class Large:
        pass

    def failed() -> Any:
        large = Large()

        def function(k: Any, large: Any = large) -> Any:
            raise ValueError

        data = Dataset.range(3).map(function)
        with pytest.raises(ValueError):
            list(data.prefetch(1) if prefetched else data)
        return weakref.ref(large)

    one = failed()
    gc.collect()
    until(lambda: one() is None)


# ------------------------------------------------------------------------------------------------- what functions see


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_no_tape_records_what_a_pipeline_does() -> None:
    w = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        (x,) = Dataset.from_tensors(2.0).map(lambda x: w * x)
        y = w * x
        z = Dataset.range(3).reduce(0.0, lambda total, k: total + w)
    assert float(tape.gradient(y, w)) == 6.0
    assert float(z) == 9.0
    with tf.GradientTape() as tape:
        z = Dataset.range(3).reduce(w, lambda total, k: total * w)
    assert tape.gradient(z, w) is None


def _first(data: Any) -> Any:
    return next(iter(data))


MADE_OF_WHAT_IS_DIFFERENTIATED: dict[str, Callable[[Any], Any]] = {
    "map": lambda w: _first(Dataset.range(3).map(lambda k: w)),
    "map to a list": lambda w: _first(Dataset.range(3).map(lambda k: [k, w]))[1],
    "map to a mapping": lambda w: _first(Dataset.range(3).map(lambda k: {"w": w * 2.0}))["w"],
    "batch": lambda w: tf.reduce_sum(_first(Dataset.range(3).map(lambda k: w).batch(3))),
    "prefetch": lambda w: _first(Dataset.range(3).map(lambda k: w).prefetch(2)),
    "cache": lambda w: _first(Dataset.range(3).map(lambda k: w).cache().repeat()),
    "padded_batch": lambda w: _first(Dataset.from_tensors([1.0]).padded_batch(1, [2], padding_values=w))[0, 1],
    "from_tensors": lambda w: _first(Dataset.from_tensors((w, 1.0)))[0],
    "from_tensor_slices": lambda w: _first(Dataset.from_tensor_slices([w, w])),
    "from_generator": lambda w: _first(Dataset.from_generator(lambda: [w], output_signature=tf.TensorSpec([]))),
    "reduce": lambda w: Dataset.range(3).reduce(0.0, lambda total, k: total + w),
    "reduce of a state": lambda w: Dataset.range(3).reduce(w, lambda total, k: total),
    "flat_map": lambda w: _first(Dataset.range(3).flat_map(lambda k: Dataset.from_tensors(w))),
}


@pytest.mark.parametrize("name", MADE_OF_WHAT_IS_DIFFERENTIATED)
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_grad_and_its_kin_follow_becomes_no_element(name: str) -> None:
    function = MADE_OF_WHAT_IS_DIFFERENTIATED[name]
    what = name.split()[0]
    what = {"batch": "map", "prefetch": "map", "cache": "map", "flat_map": "from_tensors"}.get(what, what)
    for derivative in (
        tf.grad(function),
        tf.jacobian(function),
        tf.grad(tf.grad(function)),
        lambda w: tf.jvp(function, (w,), (1.0,)),
        lambda w: tf.minimize(function, w),
    ):
        with pytest.raises(TypeError, match=f"^{what}: a function that is being differentiated makes an element of a"):
            derivative(np.float32(2.0))
    assert function(tf.constant(2.0)).numpy() >= 0.0
    w = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(w)
        y = function(w)
    assert tape.gradient(y, w) is None


def test_grad_goes_through_elements_that_do_not_depend_on_its_arguments() -> None:
    def loss(w: Any) -> Any:
        data = Dataset.range(4).map(lambda k: tf.cast(k, tf.float32) * tf.stop_gradient(w)).prefetch(2)
        return sum((w * x for x in data.filter(lambda x: x < 3.0 * w)), tf.constant(0.0))

    assert float(tf.grad(loss)(np.float32(2.0))) == 6.0


def test_tapes_and_recorded_functions_within_a_mapped_function_work() -> None:
    @tf.function
    def cube(x: Any) -> Any:
        return x**3

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = cube(x)
        return tape.gradient(y, x)

    assert values(Dataset.from_tensor_slices([1.0, 2.0]).map(slope).prefetch(1)) == [3.0, 12.0]


def test_batches_of_neighbours_are_views() -> None:
    data = Dataset.from_tensor_slices(np.arange(12.0).reshape(6, 2))
    one, other, third = (
        _core.value_array(_first(made)) for made in (data.batch(3), data.take(5).batch(3), data.batch(6))
    )
    assert np.shares_memory(one, other) and np.shares_memory(one, third)
    assert not np.shares_memory(one, _core.value_array(_first(data.shard(2, 0).batch(3))))


def test_elements_do_not_change_with_what_they_were_made_of() -> None:
    array, variable = np.zeros(4), tf.Variable([1.0, 2.0])
    rows, read = Dataset.from_tensor_slices(array), Dataset.from_tensors(variable)
    array[:] = 7.0
    variable.assign([8.0, 9.0])
    assert values(rows.batch(4)) == [[0.0] * 4]
    assert values(read) == [[1.0, 2.0]]
    for element in rows.batch(4).as_numpy_iterator():
        with contextlib.suppress(ValueError):
            element[:] = 5.0
    assert values(rows.batch(4)) == [[0.0] * 4]


def test_a_recorded_function_that_iterates_is_run_as_python_and_sees_each_epochs_elements() -> None:
    w = tf.Variable(2.0)

    @tf.function
    def total(data: Any) -> Any:
        seen = w * 0.0
        for k, x in enumerate(data):
            seen = seen + w * x * 10.0**k
        return seen

    shuffled = Dataset.from_tensor_slices([1.0, 2.0, 3.0]).shuffle(3, seed=4)
    with pytest.warns(UserWarning, match="is run as plain Python .* it iterates over a tf.data.Dataset"):
        first = float(total(shuffled))
    results = [first, *(float(total(shuffled)) for _ in range(5))]
    same = Dataset.from_tensor_slices([1.0, 2.0, 3.0]).shuffle(3, seed=4)
    assert results == [sum(2.0 * x * 10**k for k, x in enumerate(values(same))) for _ in range(6)]
    assert len(set(results)) > 1
    with tf.GradientTape() as tape:
        y = total(shuffled)
    assert float(tape.gradient(y, w)) == float(y) / 2.0
    with pytest.raises(TypeError, match=r"over a tf\.data\.Dataset is run as the Python.* no program.*and no shapes"):
        tf.eval_shape(lambda x: [x for _ in shuffled], tf.TensorSpec([]))


def test_a_tuples_parts_are_arguments_and_those_of_other_structures_are_not() -> None:
    seen: list[type] = []
    for source in ("pairs", "mapping", "names"):
        data = dataset_chains.SOURCES[source](tf)
        list(data.take(1).map(lambda *e: seen.append(type(e[0])) or (len(e),)))
    assert seen == [tf.Tensor, dict, dataset_chains.Pair]


def test_classes_that_say_how_they_are_taken_apart_are_structures() -> None:
    @dataclass
    class Masked:
        mask: Any
        value: Any

        def __tf_flatten__(self) -> Any:
            return (), (self.mask, self.value)

        @classmethod
        def __tf_unflatten__(cls, metadata: Any, parts: Any) -> Any:
            return cls(*parts)

    (batch,) = Dataset.from_tensor_slices(Masked([True, False], [1.0, 2.0])).batch(2)
    assert (batch.mask.numpy().tolist(), batch.value.numpy().tolist()) == ([True, False], [1.0, 2.0])


# ------------------------------------------------------------------------------------------------------ element_spec


def test_a_spec_of_what_is_mapped_leaves_open_what_depends_on_open_sizes() -> None:
    data = Dataset.from_tensor_slices(np.zeros((5, 3), np.float32)).batch(2)
    spec = data.map(lambda x: (x, tf.reshape(x, [-1]), tf.transpose(x), tf.shape(x)[0])).element_spec
    assert [one.shape for one in spec] == [(None, 3), (None,), (3, None), ()]


def test_a_spec_of_what_is_mapped_runs_nothing_where_shapes_alone_tell() -> None:
    count = tf.Variable(0)

    def noisy(k: Any) -> Any:
        count.assign_add(1)
        return tf.random.uniform([3]) + np.random.default_rng(0).random(3).astype(np.float32)

    data = Dataset.range(3).map(noisy)
    tf.random.set_seed(5)
    first = tf.random.uniform([2])
    tf.random.set_seed(5)
    assert data.element_spec == tf.TensorSpec((3,), tf.float32)
    assert data.flat_map(Dataset.from_tensor_slices).element_spec == tf.TensorSpec((), tf.float32)
    assert int(count) == 0
    assert np.array_equal(tf.random.uniform([2]), first)


def test_a_spec_leaves_open_what_depends_on_values() -> None:
    assert Dataset.range(3).map(tf.range).element_spec == tf.TensorSpec((None,), tf.int64)
    assert Dataset.range(3).map(lambda k: np.zeros((int(k), 2))).element_spec == tf.TensorSpec((None, 2), tf.float64)


def test_a_function_that_refuses_zeros_is_asked_with_the_first_element() -> None:
    table = np.eye(4, dtype=np.float32)

    def row(k: Any) -> Any:
        if int(k) == 0:
            raise ValueError("no zero")
        return tf.gather(table, k)

    assert Dataset.range(1, 4).map(row).element_spec == tf.TensorSpec((4,), tf.float32)
    with pytest.raises(ValueError, match="no zero"):
        _ = Dataset.range(0).map(row).element_spec


def test_what_a_mapped_function_keeps_of_a_run_for_shapes_alone_is_an_error_when_it_is_used() -> None:
    def kept_by(make: Callable[[], Any]) -> Any:
        kept: list[Any] = []
        return Dataset.range(3).map(lambda k: k + (kept or kept.append(make()) or kept)[0])

    assert values(kept_by(lambda: tf.range(2) * 2)) == [[0, 2], [1, 3], [2, 4]]
    for make, lost in ((lambda: tf.range(2) * 2, True), (lambda: tf.constant([0, 2]), False)):
        data = kept_by(make)
        assert data.element_spec.shape == (2,)
        if lost:
            with pytest.raises(
                ValueError, match=r"where only shapes were asked for \(tf\.eval_shape\) is used outside"
            ):
                list(data)
        else:
            assert values(data) == [[0, 2], [1, 3], [2, 4]]


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Dataset.from_tensor_slices(3.0), ValueError, "rank >= 1"),
        (lambda: Dataset.from_tensor_slices(([1], [1, 2])), ValueError, r"Dimensions \[1, 2\] are not compatible"),
        (lambda: Dataset.from_tensor_slices(()), ValueError, "has no tensors"),
        (lambda: Dataset.from_tensor_slices(["a", "b"]), TypeError, "from_tensor_slices: .*dtype <U1"),
        (lambda: Dataset.from_tensors({"a": None}), TypeError, "component is None"),
        (lambda: Dataset.from_tensors(Dataset.range(3)), TypeError, "component is a dataset"),
        (lambda: list(Dataset.range(3).map(lambda k: Dataset.range(k))), TypeError, "map: a component is a dataset"),
        (lambda: list(Dataset.range(3).map(lambda k: None)), TypeError, "map: a component is None"),
        (lambda: list(Dataset.range(3).flat_map(lambda k: k)), TypeError, "must return a `Dataset` object"),
        (lambda: list(Dataset.range(3).filter(lambda k: k)), ValueError, "must return a `tf.bool` scalar"),
        (lambda: list(Dataset.range(3).filter(lambda k: [True])), ValueError, "must return a `tf.bool` scalar"),
        (lambda: Dataset.range(3).map(3), TypeError, "map takes a function"),
        (lambda: Dataset.range(3).batch(0), ValueError, "batch_size must be greater than zero"),
        (lambda: Dataset.range(3).padded_batch(-1), ValueError, "batch_size must be greater than zero"),
        (lambda: Dataset.range(3).shuffle(0), ValueError, "buffer_size must be greater than zero"),
        (lambda: Dataset.range(3).prefetch(-2), ValueError, "buffer_size must be AUTOTUNE"),
        (lambda: Dataset.range(3).shard(2, 2), ValueError, "index in"),
        (lambda: Dataset.range(3).interleave(lambda k: k, 0), ValueError, "`cycle_length` must be > 0"),
        (lambda: Dataset.range(3).interleave(lambda k: k, 1, 0), ValueError, "`block_length` must be > 0"),
        (lambda: Dataset.range(3).concatenate(3), TypeError, "concatenate takes a Dataset"),
        (lambda: Dataset.range(3).cache("file"), NotImplementedError, "in memory"),
        (lambda: Dataset.range(3).apply(lambda data: 3), TypeError, "must return a `tf.data.Dataset`"),
        (lambda: Dataset.range(), ValueError, "between 1 and 3"),
        (lambda: Dataset.zip(), TypeError, "at least one dataset"),
        (lambda: Dataset.zip([Dataset.range(3)]), TypeError, "Invalid input to `zip`"),
        (lambda: Dataset.zip(Dataset.range(3), [Dataset.range(3)]), TypeError, "Invalid input to `zip`"),
        (lambda: Dataset.zip(()), TypeError, r"Invalid input to `zip`: .* and not \(\)"),
        (
            lambda: Dataset.zip(Dataset.range(3), datasets=Dataset.range(3)),
            TypeError,
            r"Both `.args` and `datasets` cannot be set",
        ),
        (lambda: Dataset.zip(1, 2), TypeError, "Invalid input to `zip`"),
        (lambda: Dataset(3), TypeError, "a Dataset is made by"),
        (lambda: len(Dataset.range(3).repeat()), TypeError, "The dataset is infinite"),
        (lambda: len(Dataset.range(3).filter(lambda k: True)), TypeError, "length is unknown"),
        (lambda: Dataset.range(3).reduce(0, lambda s, k: 0.5), TypeError, "Expected int32; got float32"),
        (lambda: Dataset.range(3).reduce(0, lambda s, k: (s, s)), ValueError, "not nested as the initial state"),
        (
            lambda: list(Dataset.range(3).map(lambda k: tf.zeros([k])).batch(3)),
            ValueError,
            r"shape \[0\] and element 1",
        ),
        (
            lambda: list(Dataset.range(3).map(lambda k: 1.0 if k else 1).batch(3)),
            TypeError,
            "the first has int32, element 1 of the batch float32",
        ),
        (
            lambda: list(Dataset.range(3).map(lambda k: (k, k) if k else (k,)).batch(3)),
            ValueError,
            "elements of one dataset are of one structure",
        ),
        (lambda: Dataset.from_generator([1]), TypeError, "must be a Python callable"),
        (lambda: Dataset.from_generator(list), TypeError, "To specify the output signature"),
        (lambda: Dataset.from_generator(list, output_signature=tf.int32), TypeError, "objects of tf.TensorSpec"),
    ],
)
def test_errors(make: Callable[[], Any], error: type, text: str) -> None:
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ((1, 2, 3), "did not match the expected structure"),
        (1, "did not match the expected structure"),
        (("a", [1.0]), "could not be converted to the expected type. The expected type was int32"),
        ((1, 2.0), r"of shape \(\) where an element of shape \(None,\) was expected"),
        ((None, [2.0]), "could not be converted"),
    ],
)
def test_what_a_generator_yields_is_held_against_its_signature(element: Any, text: str) -> None:
    signature = (tf.TensorSpec((), tf.int32), tf.TensorSpec((None,), tf.float32))
    with pytest.raises(TypeError, match=text):
        list(Dataset.from_generator(lambda: iter([element]), output_signature=signature))


def test_a_generators_numbers_are_converted_as_numpy_does() -> None:
    data = Dataset.from_generator(lambda: [2.7, -2.7, tf.constant(3.9)], output_signature=tf.TensorSpec((), tf.int32))
    assert values(data) == [2, -2, 3]


def test_older_words_for_a_signature() -> None:
    data = Dataset.from_generator(lambda: iter([(1, [2.0])]), (tf.int64, tf.float32), ((), (None,)))
    assert values(data) == [(1, [2.0])]
    assert [one.shape for one in data.element_spec] == [(), (None,)]
    assert Dataset.from_generator(lambda: iter([1]), tf.int64).element_spec.shape is None


# --------------------------------------------------------------------------------------------------------------- tables


def tables() -> dict[str, Any]:
    pandas, polars, arrow = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))
    columns = {"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]}
    return {"pandas": pandas.DataFrame(columns), "polars": polars.DataFrame(columns), "arrow": arrow.table(columns)}


@pytest.mark.parametrize("name", ["pandas", "polars", "arrow"])
def test_tables_are_mappings_of_their_columns(name: str) -> None:
    table = tables()[name]
    for source in (table, {"a": table["a"], "b": table["b"]}):
        data = Dataset.from_tensor_slices((source, [7, 8, 9]))
        assert values(data)[1] == ({"a": 2, "b": 1.5}, 8)
        assert {key: one.dtype.name for key, one in data.element_spec[0].items()} == {"a": "int64", "b": "float64"}
    assert values(Dataset.from_tensor_slices(table["b"])) == [0.5, 1.5, 2.5]


def test_arrows_arrays_of_every_kind_of_number_are_sources() -> None:
    arrow = pytest.importorskip("pyarrow")
    for values_given, dtype in (([1, 2], "int64"), ([0.5, 1.5], "float64"), ([True, False], "bool")):
        for column in (arrow.array(values_given), arrow.chunked_array([values_given[:1], values_given[1:]])):
            data = Dataset.from_tensor_slices(column)
            assert values(data) == values_given and data.element_spec.dtype.name == dtype


def test_columns_with_missing_values_or_text_are_refused_by_name() -> None:
    pandas, polars, arrow = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))
    for table in (
        pandas.DataFrame({"a": pandas.array([1, None])}),
        polars.DataFrame({"a": [1, None]}),
        arrow.table({"a": [1, None]}),
    ):
        with pytest.raises(ValueError, match="column 'a' of a table: 1 of 2 values are missing"):
            Dataset.from_tensor_slices(table)
        with pytest.raises(ValueError, match="1 of 2 values are missing"):
            Dataset.from_tensor_slices((table["a"], [1, 2]))
    for table in (
        pandas.DataFrame({"a": ["x", "y"]}),
        polars.DataFrame({"a": ["x", "y"]}),
        arrow.table({"a": ["x", "y"]}),
    ):
        with pytest.raises(
            TypeError, match=r"column 'a' of a table: values of dtype .* cannot be tensors: encode them"
        ):
            Dataset.from_tensor_slices(table)
