"""Integers among a function's arguments may be tensors: axes, shapes, counts, bounds and indices, wherever they go.

Each call is made with Python's integers, then with a tensor, eagerly and inside a recorded function, where the tensor
is an argument and has another value at the next call: nothing may stay as it was when the function was recorded.
"""

from __future__ import annotations

import functools
import inspect
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import autodiff_core as tf
import integer_arguments
from integer_arguments import Seen, Variant
from test_docs import public_modules

pytest.importorskip("scipy")

# What a tensor says otherwise than an integer does, or is no argument that decides anything.
ANOTHER_MEANING = {
    "tf.buffer(shape_or_array)": "a number is a length, a tensor is what the buffer starts from",
    "tf.debugging.is_numeric_tensor(tensor)": "asks whether it is a tensor",
    "tf.nest.is_nested(seq)": "asks whether it is a list",
    "tf.nest.pack_sequence_as(flat_sequence)": "a list of leaves; a tensor is a leaf",
    "np.may_share_memory(max_work=)": "NumPy's own function of two arrays, which checks for an int",
    "np.shares_memory(max_work=)": "NumPy's own function of two arrays, which checks for an int",
}
# Arguments with "int" in their annotations that are no integers, are lists of other things, are about recording, or
# are given by our own functions, which have made them integers; or a test's own.
NO_INTEGERS = {
    "distribute.strategy.rows_of(share)",
    "distribute.tasks.answer(files)",
    "distribute.tasks.answer(given)",
    "distribute.tasks.answer(parts)",
    "distribute.tasks.answer(shares)",
    "distribute.tasks.call_on_part(places)",
    "distribute.tasks.evaluate(given)",
    "distribute.tasks.evaluate(programs)",
    "distribute.tasks.summed(parts)",
    "distribute.tasks.totals_of(axis)",
    "distribute.tasks.totals_of(rows)",
    "distribute.together.is_looked_at(evaluation)",
    "conv(explicit_paddings)",
    "function(check)",
    "function(memory)",
    "programs.function.function(check)",
    "programs.function.function(memory)",
    "switch_case(branch_fns)",
    "ops.c_values.contiguous(shape)",
    "programs.apart.kept_nodes(inputs)",
    "programs.checkpointed.room_in_budget(budget)",
    "programs.apart.reading(rows)",
    "programs.apart.reading(inputs)",
    "programs.apart.reading(outputs)",
    "programs.loops.spelled_record(node)",
    "programs.rounds.appended(operands)",
    "programs.rounds.flops(operands)",
    "programs.rounds.flops(result)",
    "programs.rounds.of_examples(n)",
    "programs.schedules.fewest_runs(states)",
    "programs.schedules.fewest_runs(steps)",
    "programs.schedules.most_steps(runs)",
    "programs.schedules.most_steps(states)",
    "programs.schedules.schedule(states)",
    "programs.schedules.schedule(steps)",
    "programs.schedules.states_for(runs)",
    "programs.schedules.states_for(steps)",
    "programs.stretches.rolled(least)",
    "tensorflow.linalg.lu_solve(perm)",
    "tensorflow.nn.with_space_to_batch(op)",
    "ops.index_forms.selected_shape(shape)",
    "optimize.limits.ends_of(count)",
    "optimize.methods.method_for(count)",
    "scipy.stepping.explicit_steps(most)",
    "testing.check_gradients(order)",
    "tensorflow.rolled.mapped(count)",
    "tensorflow.unrun.mapped_shapes(count)",
    "reading.folding.folded(leaves)",
    "reading.folding.folded(most)",
    "reading.layout.place(edges)",
    "reading.layout.place(sizes)",
    "reading.numerics.fault(kinds)",
    "reading.text.shape_text(shape)",
}


@functools.cache
def calls() -> list[Seen]:
    return integer_arguments.seen()


def plain(result: Any) -> list[np.ndarray]:
    """All numbers in a result."""
    found = []
    for leaf in tf.nest.flatten(result):
        if isinstance(leaf, (tf.Tensor, tf.Variable, np.ndarray, np.generic, bool, int, float, complex)):
            found.append(np.asarray(leaf))
        elif hasattr(leaf, "indices") and hasattr(leaf, "values"):
            found += plain([leaf.indices, leaf.values])
    return found


def differ(one: Any, other: Any) -> str:
    ours, theirs = plain(one), plain(other)
    if [x.shape for x in ours] != [x.shape for x in theirs]:
        return f"shapes {[x.shape for x in ours]} and not {[x.shape for x in theirs]}"
    numeric = [(x, y) for x, y in zip(ours, theirs, strict=True) if x.dtype.kind in "biufc"]
    return "" if all(np.allclose(x, y, equal_nan=True) for x, y in numeric) else f"{ours} and not {theirs}"


def run(call: Callable[[Any], Any], value: Any) -> Any:
    tf.random.set_seed(3)
    try:
        return call(value)
    finally:
        tf.debugging.disable_check_numerics()  # where that was the call


def as_python(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def expectations(variant: Variant) -> list[tuple[Any, Any]]:
    """The argument's value, and another one that does as well if there is one, each with the result; none where a call
    does not give the same result twice."""
    found = []
    for value in (variant.value, *integer_arguments.others(variant.value)):
        try:
            result = run(variant.call, as_python(value))
            if not found and differ(run(variant.call, as_python(value)), result):
                return []
        except Exception:
            if not found:
                return []
            continue
        found.append((tf.constant(as_python(value)), result))
        if len(found) == 2:
            break
    return found


def faults(variant: Variant, known: list[tuple[Any, Any]]) -> list[str]:
    found = []
    recorded = tf.function(variant.call)
    for how, call in (("eagerly", variant.call), ("recorded", recorded)):
        for tensor, expected in [*known, known[0]]:
            try:
                wrong = differ(run(call, tensor), expected)
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
            if wrong:
                found.append(f"{variant.name} = {tensor.numpy()} {how}: {wrong}"[:300])
    return found


SPACES = ("tf", "tf.math", "tf.nn", "tf.linalg", "tf.signal", "tf.random", "tf.scipy", "np", "xp", "Tensor")


def space_of(name: str) -> str:
    return max((space for space in SPACES if name.startswith(f"{space}.")), key=len)


@pytest.mark.parametrize("space", SPACES)
def test_an_integer_may_be_a_tensor(space: str) -> None:
    seen: set[str] = set()
    found: list[str] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for call in calls():
            if space_of(call.name) != space:
                continue
            for variant in integer_arguments.variants(call):
                if variant.name in seen or variant.name in ANOTHER_MEANING:
                    continue
                known = expectations(variant)
                if known:
                    seen.add(variant.name)
                    found += faults(variant, known)
    assert len(seen) > 10
    assert not found


def test_every_function_of_integers_is_called() -> None:
    """A function that is in no table, and has no example that names its integers, would not be tried above."""
    tried: dict[int, str] = {}
    for call in calls():
        for variant in integer_arguments.variants(call):
            tried[id(call.function)] = tried.get(id(call.function), "") + variant.name
    missing = set()
    for module in public_modules():
        if module.__name__.startswith("autodiff_core.autograd"):  # (signatures are autograd's)
            continue
        for name in getattr(module, "__all__", ()):
            function = getattr(module, name)
            if not callable(function) or isinstance(function, type):
                continue
            try:
                parameters = inspect.signature(function).parameters.values()
            except (TypeError, ValueError):
                continue
            for p in parameters:
                whole = re.search(r"\bint\b", str(p.annotation)) or p.name in ("axis", "axes", "shape", "perm")
                if whole and f"({p.name}" not in tried.get(id(function), ""):
                    where = f"{module.__name__}.{name}".removeprefix("autodiff_core.")
                    missing.add(f"{where}({p.name})")
    assert missing == NO_INTEGERS


# ------------------------------------------------------------------------------------------------------------ indices

X = tf.constant(np.arange(24.0).reshape(4, 6))
INDICES: dict[str, Callable[[Any, Any], Any]] = {
    "a bound": lambda x, n: x[:n],
    "a start": lambda x, n: x[n:],
    "a step": lambda x, n: x[::n],
    "a bound from the end": lambda x, n: x[:, :-n],
    "both bounds": lambda x, n: x[n : n + 1],
    "a bound beside an index": lambda x, n: x[n, :n],
    "a bound beside an array": lambda x, n: x[np.array([0, 2]), :n],
    "a bound in Ellipsis' company": lambda x, n: x[..., n:, None],
    "an index": lambda x, n: x[n],
    "two indices": lambda x, n: x[n, n + 1],
    "a size of the tensor's own": lambda x, n: x[:, : tf.shape(x)[0] - n],
    "a list with a tensor": lambda x, n: x[[0, n]],
    "set": lambda x, n: x.at[:n].set(0.0),
    "added to": lambda x, n: x.at[n : n + 2, n:].add(1.5),
    "a loop's number": lambda x, n: tf.stack([x[i : i + 1] for i in tf.range(n)]),
    "a buffer": lambda x, n: written(x, n),
    "a slice object": lambda x, n: x[slice(None, n)],
    "a shape": lambda x, n: tf.reshape(x, tf.stack([tf.shape(x)[0] * n, -1])),
    "zeros of a shape": lambda x, n: tf.zeros([n, tf.shape(x)[1]]) + x[:n],
    "a static shape's entry": lambda x, n: x * x.shape[n - 1],
}


def written(x: Any, n: Any) -> Any:
    buffer = tf.buffer(x)
    buffer[:n] = x[:n] * 2.0
    return buffer.value() + tf.reduce_sum(buffer[n:])


@pytest.mark.parametrize("name", INDICES)
def test_bounds_and_indices_may_be_tensors(name: str) -> None:
    function, y = INDICES[name], tf.constant(np.arange(24.0, 48.0).reshape(4, 6))
    recorded = tf.function(function)
    for x, n in [(X, 1), (y, 2), (y, 1), (X, 2), (X[:, ::-1], 1)]:
        expected = function(x, n)
        for call in (function, recorded):
            np.testing.assert_array_equal(call(x, tf.constant(n)), expected)
        with tf.GradientTape() as tape:
            tape.watch(x)
            result = recorded(x, tf.constant(n))
        with tf.GradientTape() as plain_tape:
            plain_tape.watch(x)
            result_of_numbers = function(x, n)
        np.testing.assert_array_equal(tape.gradient(result, x), plain_tape.gradient(result_of_numbers, x))


@pytest.mark.parametrize("index", [1.9, [0.0, 1.0], True - 0.5])
def test_a_float_is_no_index(index: Any) -> None:
    with pytest.raises(IndexError, match="arrays used as indices must be of integer"):
        X[tf.constant(index)]
    with pytest.raises(IndexError, match="arrays used as indices must be of integer"):
        tf.function(lambda x, i: x[i])(X, tf.constant(index))


def test_a_float_is_no_bound() -> None:
    with pytest.raises(
        TypeError, match=r"only an integer scalar tensor can be used as an index; this one is shape \(\) and"
    ):
        X[: tf.constant(1.9)]
    with pytest.raises(TypeError, match="only an integer scalar tensor can be used as an index"):
        tf.cumsum(X, axis=tf.constant(1.0))


NO_FLOATS: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda n: tf.reshape(X, (n, -1)),
    "reshape by a tensor": lambda n: tf.reshape(X, tf.stack([tf.constant(n), tf.constant(6.0)])),
    "zeros": lambda n: tf.zeros([n, 2]),
    "zeros of one size": tf.zeros,
    "an axis": lambda n: tf.reduce_sum(X, axis=n),
    "NumPy's axis": lambda n: np.sum(X, axis=n),
    "a method's axis": lambda n: X.sum(axis=n),
    "concat": lambda n: tf.concat([X, X], n),
    "stack": lambda n: tf.stack([X, X], n),
    "expand_dims": lambda n: tf.expand_dims(X, n),
    "gather": lambda n: tf.gather(X, [0], axis=n),
    "one_hot": lambda n: tf.one_hot([0], n),
    "tile": lambda n: tf.tile(X, [n, 1]),
    "roll": lambda n: tf.roll(X, n, 0),
    "transpose": lambda n: tf.transpose(X, [n, 0]),
    "top_k": lambda n: tf.math.top_k(X, n),
    "split": lambda n: tf.split(X, n),
    "pad": lambda n: tf.pad(X, [[n, 1], [0, 0]]),
    "np.swapaxes": lambda n: np.swapaxes(X, n, 0),
    "unsorted_segment_sum": lambda n: tf.math.unsorted_segment_sum(X, [0, 0, 0, 0], n),
    "the size of a TensorArray": lambda n: tf.TensorArray(tf.float32, n),
    "a place in a TensorArray": lambda n: tf.TensorArray(tf.float32, 2).write(n, 1.0),
    "places in a TensorArray": lambda n: tf.TensorArray(tf.float32, 2).scatter([n], [1.0]),
    "the inputs of a layer": lambda n: tf.keras.layers.Dense(3).build((None, n)),
    "the inputs of a model": lambda n: tf.keras.Sequential([tf.keras.layers.Dense(3)]).build((None, n)),
}


@pytest.mark.parametrize("name", NO_FLOATS)
def test_a_float_is_no_axis_size_or_count(name: str) -> None:
    message = re.compile(r"an integer is needed, for an axis, a size or a count, not .*1\.0")
    for wrap in (float, np.float64, tf.constant):
        with pytest.raises(TypeError, match=message):
            NO_FLOATS[name](wrap(1.0))
    if name != "reshape by a tensor":
        NO_FLOATS[name](np.int64(1))


# What is no count, though it is an integer in the calls: data, and what stands beside data;
DATA = {
    "input",
    "value",
    "x",
    "y",
    "operands",
    "labels",
    "predictions",
    "y_true",
    "data",
    "counts",
    "lengths",
    "shape_or_array",
}
DATA |= {
    "true_classes",
    "sampled_candidates",
    "sampled_values",
    "seq_length",
    "unigrams",
    "tensor",
    "seq",
    "nest1",
    "maxval",
}
DATA |= {
    "flat_sequence",
    "padding_value",
    "constant_values",
    "pad_value",
    "initial",
    "default",
    "minval",
    "start",
    "step",
    "delta",
}
DATA |= {"ignore_class", "sample_rate", "ord", "n", "fweights"}
# what is never looked at, or by the call of the function that is made;
UNSEEN = {"parallel_iterations", "summarize", "argnums", "chunk_size", "in_axes", "out_axes", "seed", "optimize", "num"}
UNSEEN |= {"reduction_input_size_override", "num_sampled", "num_classes"}
# and where NumPy takes floats itself.
NUMPY_TAKES_FLOATS = {"ddof", "tol", "np.array_split(indices_or_sections)", "np.pad(stat_length=)", "np.polyfit(deg)"}
NUMPY_TAKES_FLOATS |= {"np.rot90(k)", "np.trim_zeros(axis=)", "np.vander(N)", "np.tril(k)", "np.tril(k=)", "np.triu(k)"}
NUMPY_TAKES_FLOATS |= {"np.triu(k=)", "xp.tril(k=)", "xp.triu(k=)", "tf.scipy.special.lambertw(k=)"}
NUMPY_TAKES_FLOATS |= {"np.float_power(x2)"}


def is_of_scipys_ufunc(name: str) -> bool:
    """Whether arguments are data of which SciPy takes floats all over: it answers to an order that is not whole."""
    ufunc = getattr(scipy.special, name.rpartition("special.")[2], None)
    return isinstance(ufunc, np.ufunc) and "d" * ufunc.nin in {loop.partition("->")[0] for loop in ufunc.types}


@pytest.mark.parametrize("space", SPACES)
def test_a_float_is_no_integer_in_any_call(space: str) -> None:
    tried: set[str] = set()
    taken = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for call in calls():
            if space_of(call.name) != space or is_of_scipys_ufunc(call.name):
                continue
            for variant in integer_arguments.variants(call):
                parameter = re.findall(r"\((\w+)", variant.name)[-1]
                if variant.name in tried or {variant.name, parameter} & (DATA | UNSEEN | NUMPY_TAKES_FLOATS):
                    continue
                try:
                    run(variant.call, as_python(variant.value))
                except Exception:
                    continue
                tried.add(variant.name)
                number = variant.value + 0.5
                for value in (
                    as_python(number),
                    np.float64(number),
                    tf.constant(as_python(number)),
                    str(variant.value),
                ):
                    try:
                        run(variant.call, value)
                    except (TypeError, ValueError, IndexError, LookupError, NotImplementedError):
                        continue
                    taken.append(f"{variant.name} = {value!r}")
    assert len(tried) > 5
    assert not taken


def test_a_row_of_ones_own_may_be_given_tensors_for_attributes() -> None:
    turned = tf.general_op("turned_by", lambda x, by: np.roll(x, by, -1), lambda g, y, x, by: turned(g, by=-by))
    recorded = tf.function(lambda x, by: turned(x, by=by) * x)
    for x, by in [(X, 1), (X, 2), (X + 1.0, 1)]:
        np.testing.assert_array_equal(recorded(x, tf.constant(by)), np.roll(x.numpy(), by, -1) * x.numpy())
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = recorded(x, tf.constant(by))
        np.testing.assert_array_equal(tape.gradient(y, x), np.roll(x, by, -1) + np.roll(x, -by, -1))
