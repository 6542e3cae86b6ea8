"""Parts of variables, `v[index].assign(...)`, and updates of elements: they are TensorFlow's, and tapes see through."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

FIRST = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def variable() -> tf.Variable:
    return tf.Variable(FIRST, name="v")


INDICES: list[tuple[Any, Any]] = [
    (0, [7.0, 8.0, 9.0]),
    (-1, [7.0, 8.0, 9.0]),
    ((0, 1), 7.0),
    ((slice(None), 1), [7.0, 8.0]),
    (slice(None, 1), 5.0),
    ((Ellipsis, slice(1, None)), [[1.0, 2.0], [3.0, 4.0]]),
    ((slice(0, 1), slice(None, None, 2)), [[1.0, 2.0]]),
    ((tf.newaxis, 0), [[1.0, 2.0, 3.0]]),
    (np.array([1, 0]), [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]),
    (np.array([[True, False, True], [False, False, True]]), [7.0, 8.0, 9.0]),
    ((), 3.0),
]


@pytest.mark.parametrize(("index", "value"), INDICES, ids=repr)
@pytest.mark.parametrize("recorded", [False, True])
def test_a_part_is_assigned_added_to_and_subtracted_from_as_in_numpy(index: Any, value: Any, recorded: bool) -> None:
    v, expected = variable(), np.array(FIRST, np.float32)

    def change(x: Any) -> Any:
        v[index].assign(x)
        v[index].assign_add(x)
        v[index].assign_sub(2.0)
        return tf.reduce_sum(v)

    expected[index] = value
    expected[index] += value
    expected[index] -= 2.0
    run = tf.function(change) if recorded else change
    for _ in range(2):
        v.assign(FIRST)
        assert float(run(tf.constant(value))) == expected.sum()
        assert v.numpy().tolist() == expected.tolist()


def test_assigning_to_a_part_gives_the_variable_and_leaves_what_was_read() -> None:
    v = variable()
    before, row = v.read_value(), v[0]
    assert v[0].assign([0.0, 0.0, 0.0]) is v
    assert v[0].assign_add([1.0, 1.0, 1.0], read_value=False) is None
    assert before.numpy().tolist() == FIRST
    assert row.numpy().tolist() == FIRST[0]


def test_a_part_that_was_kept_still_knows_its_variable() -> None:
    v = variable()
    first, second = v[0], v[1]
    with tf.GradientTape() as outer:
        outer.watch(first)
        with tf.GradientTape() as inner:
            inner.watch(first)
            y = tf.reduce_sum(first * first)
        inner.gradient(y, first)
    first.assign([7.0, 7.0, 7.0])
    second.assign([8.0, 8.0, 8.0])
    assert v.numpy().tolist() == [[7.0] * 3, [8.0] * 3]


def test_only_parts_of_variables_can_be_assigned_to() -> None:
    v = variable()
    for other in (v[0] * 1.0, v[0][1], v.read_value(), tf.constant(FIRST)[0], tf.constant(1.0)):
        assert not hasattr(other, "assign")
        with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'assign_add'"):
            other.assign_add(1.0)
    assert hasattr(v[0], "assign")


def test_the_gradient_is_that_of_what_was_read() -> None:
    v, w = variable(), tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(v[0] * v[1])
        v[0].assign(w * 2.0)
        z = tf.reduce_sum(v[0] * w)
    assert tape.gradient(y, v).numpy().tolist() == [[4.0, 5.0, 6.0], [1.0, 2.0, 3.0]]
    assert tape.gradient(z, v).numpy().tolist() == [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]
    assert tape.gradient(z, w).numpy().tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize(
    ("index", "value", "error", "text"),
    [
        (0, [1.0, 2.0], ValueError, r"part of variable 'v:0': a value of shape \(2,\) does not broadcast to"),
        (0, None, TypeError, "part of variable 'v:0': cannot write None"),
        (0, "text", TypeError, "part of variable 'v:0': cannot write 'text'"),
        (0, 1j, TypeError, "complex"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(index: Any, value: Any, error: Any, text: str) -> None:
    v = variable()
    with pytest.raises(error, match=text):
        v[index].assign(value)
    assert v.numpy().tolist() == FIRST


def test_an_index_that_is_out_of_bounds_is_refused() -> None:
    with pytest.raises(IndexError):
        variable()[5].assign([1.0, 2.0, 3.0])


def test_a_part_does_not_keep_what_nobody_has() -> None:
    v = variable()
    gone = weakref.ref(v)
    part = v[0]
    del v, part
    gc.collect()
    assert gone() is None


# -- Updates by indices ---------------------------------------------------------------------------------------------

ELEMENTS = [
    ("scatter_nd_update", [[0, 1], [1, 2]], [10.0, 20.0], [[1, 10, 3], [4, 5, 20]]),
    ("scatter_nd_update", [[1]], [[7.0, 8.0, 9.0]], [[1, 2, 3], [7, 8, 9]]),
    ("scatter_nd_add", [[0, 1], [0, 1]], [10.0, 20.0], [[1, 32, 3], [4, 5, 6]]),
    ("scatter_nd_sub", [[0, 1], [0, 1]], [1.0, 2.0], [[1, -1, 3], [4, 5, 6]]),
    ("scatter_nd_max", [[0, 1], [1, 2]], [10.0, 2.0], [[1, 10, 3], [4, 5, 6]]),
    ("scatter_nd_min", [[0, 1], [1, 2]], [10.0, 2.0], [[1, 2, 3], [4, 5, 2]]),
]
ROWS = [
    ("scatter_mul", [0, 0], [[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]], [[6, 12, 18], [4, 5, 6]]),
    ("scatter_div", [1], [[2.0, 2.0, 2.0]], [[1, 2, 3], [2, 2.5, 3]]),
    ("scatter_max", [0, 0], [[2.0, 2.0, 2.0], [1.0, 1.0, 9.0]], [[2, 2, 9], [4, 5, 6]]),
    ("scatter_min", [0], [[2.0, 2.0, 2.0]], [[1, 2, 2], [4, 5, 6]]),
    ("batch_scatter_update", [0], [[2.0, 2.0, 2.0]], [[2, 2, 2], [4, 5, 6]]),
]


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(("method", "indices", "updates", "expected"), ELEMENTS)
def test_elements_are_updated_as_in_tensorflow(
    method: str, indices: Any, updates: Any, expected: Any, recorded: bool
) -> None:
    v = variable()

    def change(x: Any) -> None:
        assert getattr(v, method)(indices, x) is v

    (tf.function(change) if recorded else change)(tf.constant(updates))
    assert v.numpy().tolist() == expected
    v.assign(FIRST)
    getattr(v, method)(indices, updates)
    assert v.numpy().tolist() == expected


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(("method", "indices", "rows", "expected"), ROWS)
def test_rows_are_updated_as_in_tensorflow(method: str, indices: Any, rows: Any, expected: Any, recorded: bool) -> None:
    v = variable()

    def change(x: Any) -> None:
        assert getattr(v, method)(tf.IndexedSlices(x, tf.constant(indices))) is v

    (tf.function(change) if recorded else change)(tf.constant(rows))
    assert v.numpy().tolist() == expected
    with pytest.raises(TypeError, match="must be an `IndexedSlices`"):
        getattr(v, method)(rows)
    assert v.numpy().tolist() == expected


def test_an_update_that_does_not_fit_changes_nothing() -> None:
    v = variable()
    with pytest.raises(IndexError, match="out of bounds"):
        v.scatter_nd_update([[5]], [[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match=r"updates of shape \(1, 2\)"):
        v.scatter_nd_update([[0]], [[1.0, 2.0]])
    with pytest.raises(TypeError, match="None"):
        v.scatter_nd_add([[0]], None)
    assert v.numpy().tolist() == FIRST


def test_elements_are_gathered_and_have_gradients() -> None:
    v = variable()
    with tf.GradientTape() as tape:
        y = v.gather_nd([[0, 1], [1, 2]])
    assert y.numpy().tolist() == [2.0, 6.0]
    assert tf.convert_to_tensor(tape.gradient(y, v)).numpy().tolist() == [[0, 1, 0], [0, 0, 1]]


# -- What else TensorFlow's variables and tensors have ----------------------------------------------------------------


def test_a_shape_is_only_checked_where_it_is_set() -> None:
    x, v = tf.constant(FIRST), variable()
    for shape in ([2, 3], [None, 3], None):
        x.set_shape(shape)
        v.set_shape(shape)
    with pytest.raises(ValueError) as refused:
        x.set_shape([2, 2])
    assert str(refused.value) == "Tensor's shape (2, 3) is not compatible with supplied shape (2, 2)."
    with pytest.raises(ValueError, match="are not compatible"):
        v.set_shape([3, 3])


def test_a_variable_has_its_constraint_and_its_copies_have_it_too() -> None:
    import copy
    import pickle

    for v in (tf.Variable(1.0, constraint=abs), copy.deepcopy(tf.Variable(1.0, constraint=abs))):
        assert v.constraint is abs
    assert pickle.loads(pickle.dumps(tf.Variable(1.0, constraint=abs))).constraint is abs
    assert tf.Variable(1.0).constraint is None
    assert tf.Variable(1.0).is_initialized()
    with pytest.raises(ValueError, match=r"`constraint` argument must be a callable. Received: 3"):
        tf.Variable(1.0, constraint=3)
