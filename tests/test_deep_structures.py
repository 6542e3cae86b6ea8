"""Lists that contain themselves, or lie 100,000 deep in one another: an error from whatever walks them, and no crash.

The doors are called in a process of their own, which says which of them it is at: that names the one that ends it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import autodiff_core.numpy as anp

DEPTH = 100_000
# What lists and tuples may be refused with; NumPy gives the first, Python's own walks the second.
REFUSALS = (ValueError, RecursionError, TypeError, IndexError)


def t() -> Any:
    return tf.constant([[1.0, 2.0], [3.0, 4.0]])


def v() -> Any:
    return tf.Variable([[1.0, 2.0], [3.0, 4.0]])


def on_tape(call: Callable[..., Any]) -> Callable[[Any], Any]:
    def with_tape(x: Any) -> Any:
        w = v()
        with tf.GradientTape(persistent=True) as tape:
            y = tf.reduce_sum(w * w)
        return call(tape, y, w, x)

    return with_tape


def from_a_rule(x: Any) -> Any:
    @tf.custom_gradient
    def f(y: Any) -> Any:
        return y * 1.0, lambda dy: x

    return tf.grad(lambda y: tf.reduce_sum(f(y)))(t())


def from_a_custom_function(x: Any) -> Any:
    return tf.custom_gradient(lambda y: (x, lambda dy: dy))(t())


def set_weights(x: Any) -> Any:
    layer = tf.keras.layers.Dense(2)
    layer(t())
    layer.set_weights(x)


_kept = tf.general_op("takes_attributes", lambda x, **attributes: x, lambda g, y, x, **attributes: g)

# Whoever makes numbers of what they are given.
NUMBERS: dict[str, Callable[[Any], Any]] = {
    "constant": tf.constant,
    "constant of a dtype": lambda x: tf.constant(x, dtype="float32"),
    "convert_to_tensor": tf.convert_to_tensor,
    "Variable": tf.Variable,
    "stack": tf.stack,
    "stack beside a tensor": lambda x: tf.stack([t(), x]),
    "concat": lambda x: tf.concat(x, 0),
    "where": lambda x: tf.where(x, 1.0, 2.0),
    "where's values": lambda x: tf.where(True, t(), x),
    "index in a list": lambda x: t()[[x]],
    "index recorded": lambda x: tf.function(lambda y: y[[x]])(t()),
    "at": lambda x: t().at[[x]].set(1.0),
    "at's value": lambda x: t().at[0].set(x),
    "buffer": tf.buffer,
    "buffer's index": lambda x: tf.buffer(t())[[x]],
    "buffer's value": lambda x: tf.buffer(t()).__setitem__(0, x),
    "+": lambda x: t() + x,
    "+ from the right": lambda x: x + v(),
    "@": lambda x: t() @ x,
    "==": lambda x: t() == x,
    "maximum": lambda x: tf.maximum(x, t()),
    "sin": tf.sin,
    "np.add": lambda x: np.add(t(), x),
    "np.stack": lambda x: np.stack([t(), x]),
    "np.concatenate": lambda x: np.concatenate([t(), x]),
    "np.where": lambda x: np.where(x, t(), 0),
    "np.einsum": lambda x: np.einsum("ij,jk", t(), x),
    "numpy.sin": anp.sin,
    "numpy.block": lambda x: anp.block([t(), x]),
    "output_gradients": on_tape(lambda tape, y, w, x: tape.gradient(y, w, output_gradients=x)),
    "hvp": on_tape(lambda tape, y, w, x: tape.hvp(y, w, x)),
    "jvp": on_tape(lambda tape, y, w, x: tape.jvp(y, w, x)),
    "a rule's result": from_a_rule,
    "stop_gradient": tf.stop_gradient,
    "assign": lambda x: v().assign(x),
    "assign_add": lambda x: v().assign_add(x),
    "sparse_read": lambda x: v().sparse_read(x),
    "IndexedSlices": lambda x: tf.IndexedSlices(x, [0]),
    "gather": lambda x: tf.gather(t(), x),
    "one_hot": lambda x: tf.one_hot(x, 3),
    "range": tf.range,
    "cast": lambda x: tf.cast(x, "float32"),
    "shape": tf.shape,
    "clip_by_global_norm": lambda x: tf.clip_by_global_norm([x], 1.0),
    "numpy_function": lambda x: tf.numpy_function(np.sin, [x], np.float32),
    "embedding_lookup": lambda x: tf.nn.embedding_lookup(x, [0]),
    "det": tf.linalg.det,
    "loss": lambda x: tf.keras.losses.MeanSquaredError()(x, t()),
    "relu": tf.nn.relu,
}
# Whoever walks structures, axes, shapes, sources ...: some take them as they are.
STRUCTURES: dict[str, Callable[[Any], Any]] = {
    "index": lambda x: t()[x],
    "index in a tuple": lambda x: t()[x, 0],
    "nest.flatten": tf.nest.flatten,
    "nest.map_structure": lambda x: tf.nest.map_structure(lambda a: a, x),
    "nest.pack_sequence_as": lambda x: tf.nest.pack_sequence_as(x, [1.0]),
    "nest.assert_same_structure": lambda x: tf.nest.assert_same_structure(x, x),
    "sources": on_tape(lambda tape, y, w, x: tape.gradient(y, x)),
    "targets": on_tape(lambda tape, y, w, x: tape.gradient(x, w)),
    "jacobian": on_tape(lambda tape, y, w, x: tape.jacobian(y, x)),
    "watch": lambda x: tf.GradientTape().__enter__().watch(x),
    "grad": lambda x: tf.grad(lambda a: tf.reduce_sum(a))(x),
    "a differentiated result": lambda x: tf.grad(lambda a: x)(t()),
    "function's argument": lambda x: tf.function(lambda a: t() * 2.0)(x),
    "function's keyword": lambda x: tf.function(lambda *, a: t() * 2.0)(a=x),
    "function's result": lambda x: tf.function(lambda a: x)(t()),
    "function's closure": lambda x: tf.function(lambda a: a if x is None else a * 2.0)(t()),
    "vectorize": lambda x: tf.vectorize(tf.sin)(x),
    "in_axes": lambda x: tf.vectorize(tf.sin, in_axes=x)(t()),
    "a vectorized result": lambda x: tf.vectorize(lambda a: x)(t()),
    "map_fn": lambda x: tf.map_fn(tf.sin, x),
    "while_loop": lambda x: tf.while_loop(lambda *a: False, lambda *a: a, x),
    "a custom result": from_a_custom_function,
    "reshape": lambda x: tf.reshape(t(), x),
    "axis": lambda x: tf.reduce_sum(t(), x),
    "transpose": lambda x: tf.transpose(t(), x),
    "pad": lambda x: tf.pad(t(), x),
    "zeros": tf.zeros,
    "print": lambda x: tf.print(x, output_stream=lambda text: None),
    "print recorded": lambda x: tf.function(lambda a: tf.print(a, x, output_stream=lambda text: None))(t()),
    "attributes": lambda x: _kept(t(), a=x),
    "attributes recorded": lambda x: tf.function(lambda a: _kept(a, a=x))(t()),
    "attributes of many": lambda x: tf.vectorize(lambda a: _kept(a, a=x))(t()),
    "TensorShape": tf.TensorShape,
    "set_weights": set_weights,
    "apply_gradients": lambda x: tf.keras.optimizers.SGD().apply_gradients([(x, v())]),
}


def in_itself() -> Any:
    x: list[Any] = [1.0]
    x.append(x)
    return x


def nothing_but_itself() -> Any:
    x: list[Any] = []
    x.append(x)
    return x


def tuple_in_itself() -> Any:
    x: list[Any] = []
    x.append((x,))
    return x[0]


def nested(kind: Callable[[list[Any]], Any], start: Any) -> Any:
    x = kind([start])
    for _ in range(DEPTH):
        x = kind([x])
    return x


MAKERS: dict[str, Callable[[], Any]] = {
    "in itself": in_itself,
    "nothing but itself": nothing_but_itself,
    "a tuple in itself": tuple_in_itself,
    "deep lists": lambda: nested(list, 1.0),
    "deep tuples": lambda: nested(tuple, 1.0),
    "deep lists of a tensor": lambda: nested(list, tf.constant(1.0)),
    "deep dicts": lambda: nested(lambda parts: {"a": parts[0]}, 1.0),
}


def walk() -> None:
    """All doors, each with everything; what they raise is of the right class."""
    made = {name: make() for name, make in MAKERS.items()}
    for doors in (NUMBERS, STRUCTURES):
        for door, call in doors.items():
            for name, value in made.items():
                print(f"{door}: {name}", flush=True)
                try:
                    call(value)
                except REFUSALS as error:
                    assert str(error)
                else:
                    assert doors is STRUCTURES or door == "==", "numbers were made of it"


def test_no_door_is_broken_by_what_contains_itself() -> None:
    result = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False)
    last = result.stdout.strip().split("\n")[-1]
    assert result.returncode == 0, f"{last}: {result.stderr[-2000:]}"
    assert last == "done"


@pytest.mark.parametrize("name", ["in itself", "nothing but itself", "deep lists", "deep lists of a tensor"])
def test_a_list_in_itself_is_no_tensor(name: str) -> None:
    make = MAKERS[name]
    with pytest.raises(ValueError, match="nested more than 32 deep, or one of them contains itself"):
        tf.constant(make())
    with pytest.raises(ValueError, match="nested more than 32 deep, or one of them contains itself"):
        t()[make()]


def test_as_many_lists_as_dimensions_are_a_tensor() -> None:
    x: Any = 1.0
    for _ in range(32):
        x = [x]
    assert tf.constant(x).ndim == 32
    with pytest.raises(ValueError, match="at most 32 dimensions"):
        tf.constant([x])


def test_walks_in_a_thread_with_a_small_stack_end_too() -> None:
    found: list[BaseException] = []

    def run() -> None:
        try:
            tf.function(lambda a: _kept(a, a=MAKERS["deep tuples"]()))(t())
        except RecursionError as error:
            found.append(error)

    before = threading.stack_size(1 << 20)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert "maximum recursion depth exceeded" in str(found[0])


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    walk()
    print("done")
