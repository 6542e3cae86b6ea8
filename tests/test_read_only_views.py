"""What looks into a tensor's memory cannot be talked into writing there: not by flags, bases, views or buffers."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

VALUES = np.arange(6.0).reshape(2, 3)


def ways_in(array: Any) -> Iterator[np.ndarray]:
    """The array, views of it in every manner that NumPy has, and all that these are based on."""
    views = [
        array,
        array.view(),
        array[:],
        array[::-1],
        array.T,
        array.ravel(),
        array.reshape(-1),
        array.view(np.recarray),
        array.view(type("Own", (np.ndarray,), {})),
        np.asarray(memoryview(array)),
        np.frombuffer(array, array.dtype) if array.flags.c_contiguous else array,
        np.ndarray(array.shape, array.dtype, array) if array.flags.c_contiguous else array,
        np.lib.stride_tricks.as_strided(array),
        np.broadcast_to(array, array.shape),
        np.from_dlpack(array),
        *(x for x in np.nditer(array, flags=["external_loop"])),
    ]
    for view in views:
        while isinstance(view, np.ndarray):
            yield view
            view = view.base


def overwrite(array: Any) -> None:
    """Write to it, by whatever allows that."""
    for view in ways_in(array):
        try:
            view.flags.writeable = True
        except ValueError as error:
            assert "cannot set WRITEABLE flag" in str(error)
            continue
        if np.shares_memory(view, array):
            view[...] = 99


SEEN: dict[str, Callable[[Any], Any]] = {
    "asarray": np.asarray,
    "__array__": lambda t: t.__array__(),
    "__array__ of the same dtype": lambda t: t.__array__(np.float64, copy=False),
    "array without a copy": lambda t: np.array(t, copy=None),
    "subok": lambda t: np.array(t, copy=None, subok=True),
    "require": lambda t: np.require(np.asarray(t), requirements="A"),
    "from_dlpack": np.from_dlpack,
    "numpy": lambda t: t.numpy(),
    "of a part": lambda t: np.asarray(t[0]),
    "of a transpose": lambda t: np.asarray(t.T),
    "of another shape": lambda t: np.asarray(tf.reshape(t, (6,))),
    "of a result": lambda t: np.asarray(tf.identity(t)),
    "of rows": lambda t: np.asarray(tf.IndexedSlices(t, [0, 1]).values),
    "of a buffer's value": lambda t: np.asarray(tf.buffer(t).value()),
    "pickled out of band": lambda t: _pickled(t),
}


def _pickled(t: Any) -> np.ndarray:
    buffers: list[pickle.PickleBuffer] = []
    pickle.dumps(t, protocol=5, buffer_callback=buffers.append)
    return np.frombuffer(buffers[0].raw()) if buffers else np.zeros(1)


@pytest.mark.parametrize("make", [tf.constant, tf.Variable], ids=["tensor", "variable"])
@pytest.mark.parametrize("see", SEEN.values(), ids=SEEN)
def test_a_value_cannot_be_written_to_through_what_is_seen_of_it(see: Callable[[Any], Any], make: Any) -> None:
    t = make(VALUES)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(t * t) if make is tf.Variable else t
    overwrite(see(t))
    np.testing.assert_array_equal(t.numpy(), VALUES)
    if make is tf.Variable:
        np.testing.assert_array_equal(tape.gradient(y, t).numpy(), 2 * VALUES)


def test_what_a_view_is_based_on_says_nothing() -> None:
    base = np.asarray(tf.constant(VALUES)).base
    assert not isinstance(base, np.ndarray)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(base)
    with pytest.raises(TypeError):
        memoryview(base)
    assert [name for name in dir(base) if not name.startswith("__")] == []


def test_a_view_keeps_the_value_alive() -> None:
    t = tf.constant(VALUES)
    view = np.asarray(t)[0]
    del t
    others = [tf.constant(VALUES + k) for k in range(50)]
    np.testing.assert_array_equal(view, VALUES[0])
    assert len(others) == 50


def test_what_is_seen_of_a_variable_stays_as_rows_change() -> None:
    v = tf.Variable(VALUES)
    view = np.asarray(v)
    v.scatter_add(tf.IndexedSlices(np.ones((1, 3)), [0]))
    np.testing.assert_array_equal(view, VALUES)


def test_a_kernel_of_the_users_cannot_write_to_its_operands() -> None:
    kept: list[Any] = []

    def forward(x: Any) -> Any:
        kept.append(x)
        overwrite(x)
        return 2 * x

    op = tf.general_op("overwrites", forward, lambda g, y, x: 2 * g)
    linear = tf.linear_op("overwrites_linearly", forward, forward)
    for call in (op, linear):
        v = tf.Variable(VALUES)
        with tf.GradientTape(persistent=True) as tape:
            y = call(v)
        for _ in range(2):
            np.testing.assert_array_equal(tape.gradient(y, v, output_gradients=VALUES).numpy(), 2 * VALUES)
        np.testing.assert_array_equal(v.numpy(), VALUES)
    for array in kept:
        overwrite(array)
    np.testing.assert_array_equal(y.numpy(), 2 * VALUES)


def test_what_a_kernel_keeps_of_a_replay_is_not_used_again() -> None:
    kept: list[Any] = []

    def forward(x: Any) -> Any:
        kept.append(x)
        return 2 * x

    op = tf.general_op("keeps_its_operand", forward, lambda g, y, x: 2 * g)
    f = tf.function(lambda x: op(x * 3.0) + 1.0)
    for k in range(4):
        f(tf.constant(VALUES + k))
    del f
    others = [tf.constant(VALUES * 7) * 5.0 for _ in range(50)]
    for k in range(4):
        np.testing.assert_array_equal(kept[k], 3 * (VALUES + k))
    assert len(others) == 50


def test_cotangents_of_a_rule_are_read_only() -> None:
    seen: list[Any] = []

    @tf.custom_gradient
    def twice(x: Any) -> Any:
        return 2 * x, lambda dy: (seen.append(np.asarray(dy)), 2 * dy)[1]

    v = tf.Variable(VALUES)
    with tf.GradientTape(persistent=True) as tape:
        y = twice(v)
    for _ in range(2):
        np.testing.assert_array_equal(tape.gradient(y, v, output_gradients=VALUES).numpy(), 2 * VALUES)
        overwrite(seen[-1])


def test_who_prints_arrays_cannot_write_to_them() -> None:
    t = tf.constant(VALUES)
    np.set_printoptions(override_repr=lambda array: str(overwrite(array)))
    try:
        repr(t)
    finally:
        np.set_printoptions(override_repr=None)
    np.testing.assert_array_equal(t.numpy(), VALUES)


def test_tensors_have_no_state_that_can_be_set() -> None:
    t = tf.constant(VALUES)
    assert not hasattr(t, "__reduce_cython__")
    assert not hasattr(t, "__setstate_cython__")
