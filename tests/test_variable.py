"""Variable: its value, names, assignment, copies, and how it prints. What tapes make of it is in test_tape."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def test_a_variable_has_the_attributes_of_its_value() -> None:
    v = tf.Variable([[1.0, 2.0, 3.0]], name="weight")
    assert v.name == "weight:0"
    assert v.shape == (1, 3)
    assert repr(v.shape) == "TensorShape([1, 3])"
    assert v.dtype == tf.float32
    assert v.trainable is True
    np.testing.assert_array_equal(v.numpy(), [[1.0, 2.0, 3.0]])


def test_variables_without_a_name_share_the_default_one() -> None:
    assert [tf.Variable(1.0).name, tf.Variable(2.0).name] == ["Variable:0", "Variable:0"]


def test_variables_of_one_name_are_not_renamed() -> None:
    assert [tf.Variable(1.0, name="w").name, tf.Variable(2.0, name="w").name] == ["w:0", "w:0"]


def test_a_dtype_can_be_asked_for() -> None:
    assert tf.Variable([1, 2], dtype=tf.float64).dtype == tf.float64
    assert tf.Variable(np.array([1.0]), dtype="float32").dtype == tf.float32
    assert tf.Variable(1.0, trainable=False, name="v", dtype=tf.float64).dtype == tf.float64


def test_not_trainable() -> None:
    assert tf.Variable(1.0, trainable=False).trainable is False


@pytest.mark.parametrize("attribute", ["name", "shape", "dtype", "trainable"])
def test_attributes_cannot_be_set(attribute: str) -> None:
    v = tf.Variable(1.0)
    before = getattr(v, attribute)
    with pytest.raises(AttributeError):
        setattr(v, attribute, before)
    assert getattr(v, attribute) == before


def test_a_variable_is_made_of_tensors_and_variables_by_value() -> None:
    first = tf.Variable([1.0, 2.0])
    for source in (first, first.read_value(), tf.constant([1.0, 2.0])):
        v = tf.Variable(source)
        v.assign_add([1.0, 1.0])
        np.testing.assert_array_equal(v, [2.0, 3.0])
        np.testing.assert_array_equal(source, [1.0, 2.0])


def test_a_variable_copies_its_array() -> None:
    array = np.array([1.0, 2.0])
    v = tf.Variable(array)
    array[:] = 9.0
    np.testing.assert_array_equal(v, [1.0, 2.0])
    v.assign([3.0, 4.0])
    np.testing.assert_array_equal(array, [9.0, 9.0])


def test_a_variable_is_not_a_tensor_and_its_value_is() -> None:
    v = tf.Variable([1.0, 2.0])
    for value in (v.read_value(), v.value(), tf.convert_to_tensor(v), tf.identity(v), v + 0.0):
        assert isinstance(value, tf.Tensor)
        assert not isinstance(value, tf.Variable)
        np.testing.assert_array_equal(value, [1.0, 2.0])


# -- Assignment ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [2.0, [2.0, 4.0]])
def test_assign_add_and_sub(start: Any) -> None:
    v = tf.Variable(start)
    v.assign_add(np.ones_like(start, np.float32))
    np.testing.assert_array_equal(v, np.asarray(start) + 1.0)
    v.assign_sub(v * 0.5)
    np.testing.assert_array_equal(v, (np.asarray(start) + 1.0) * 0.5)
    v.assign(np.zeros_like(start))
    np.testing.assert_array_equal(v, np.zeros_like(start))
    assert v.dtype == tf.float32


@pytest.mark.parametrize("value", [[5.0, 6.0], (5, 6), np.array([5.0, 6.0]), np.array([5, 6])], ids=repr)
def test_assign_takes_the_dtype_of_the_variable(value: Any) -> None:
    v = tf.Variable([1.0, 2.0])
    v.assign(value)
    assert v.dtype == tf.float32
    np.testing.assert_array_equal(v, [5.0, 6.0])


def test_assign_takes_tensors_and_variables() -> None:
    v = tf.Variable([1.0, 2.0])
    v.assign(tf.constant([3.0, 4.0]))
    np.testing.assert_array_equal(v, [3.0, 4.0])
    v.assign_add(tf.Variable([1.0, 1.0]))
    np.testing.assert_array_equal(v, [4.0, 5.0])
    v.assign_add(v)
    np.testing.assert_array_equal(v, [8.0, 10.0])
    v.assign_sub(v)
    np.testing.assert_array_equal(v, [0.0, 0.0])


def test_assign_copies_its_array() -> None:
    v = tf.Variable([1.0, 2.0])
    array = np.array([3.0, 4.0], np.float32)
    v.assign(array)
    array[:] = 9.0
    np.testing.assert_array_equal(v, [3.0, 4.0])
    v.assign_add([1.0, 1.0])
    np.testing.assert_array_equal(array, [9.0, 9.0])


def test_two_variables_assigned_from_one_tensor_do_not_share() -> None:
    t = tf.constant([1.0, 2.0])
    v, w = tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])
    v.assign(t)
    w.assign(t)
    v.assign_add([10.0, 10.0])
    np.testing.assert_array_equal(v, [11.0, 12.0])
    np.testing.assert_array_equal(w, [1.0, 2.0])
    np.testing.assert_array_equal(t, [1.0, 2.0])


def test_assign_returns_what_can_be_read_or_nothing() -> None:
    v = tf.Variable(1.0)
    assert v.assign(2.0).numpy() == 2.0
    assert v.assign_add(2.0).numpy() == 4.0
    assert v.assign_sub(1.0).numpy() == 3.0
    assert v.assign(5.0, read_value=False) is None
    assert v.assign_add(1.0, read_value=False) is None
    assert v.assign_sub(2.0, read_value=False) is None
    assert v.numpy() == 4.0


@pytest.mark.parametrize("start", [1.0, [1.0, 2.0]])
def test_what_was_read_before_an_assign_does_not_change(start: Any) -> None:
    v = tf.Variable(start)
    read, array, view, computed = v.read_value(), v.numpy(), np.asarray(v), v * 1.0
    for _ in range(3):
        v.assign_add(np.ones_like(start, np.float32))
        v.assign(v * 2.0)
    for kept in (read, array, view, computed):
        np.testing.assert_array_equal(kept, start)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_operators_read_the_value_of_the_moment(op: Any) -> None:
    v, w = tf.Variable([6.0, 8.0]), tf.Variable([2.0, 4.0])
    before = op(v, w)
    v.assign([60.0, 80.0])
    np.testing.assert_array_equal(op(v, w), op(np.array([60.0, 80.0]), np.array([2.0, 4.0])))
    np.testing.assert_array_equal(before, op(np.array([6.0, 8.0]), np.array([2.0, 4.0])))
    assert isinstance(before, tf.Tensor)


def test_augmented_assignment_is_refused_with_what_to_write_instead() -> None:
    v = kept = tf.Variable(1.0)
    with pytest.raises(RuntimeError, match="assign_add"):
        v += 1.0
    assert kept.numpy() == 1.0


# -- Copies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))], ids=["deep", "pickle"])
@pytest.mark.parametrize("value", [1.5, [1.0, 2.0], np.arange(6.0).reshape(2, 3), 3], ids=repr)
def test_a_copy_is_equal_and_independent(duplicate: Any, value: Any) -> None:
    v = tf.Variable(value, name="weight", trainable=False)
    other = duplicate(v)
    assert isinstance(other, tf.Variable)
    assert (other.name, other.trainable, other.dtype, other.shape) == ("weight:0", False, v.dtype, v.shape)
    np.testing.assert_array_equal(other, value)
    other.assign_add(np.ones(other.shape, other.dtype))
    np.testing.assert_array_equal(v, value)
    v.assign(np.zeros(v.shape, v.dtype))
    np.testing.assert_array_equal(other, np.asarray(value) + 1)


def test_a_copy_has_its_own_gradient() -> None:
    v = tf.Variable(2.0)
    other = copy.deepcopy(v)
    with tf.GradientTape() as tape:
        y = v * v + 5.0 * other
    of_v, of_other = tape.gradient(y, [v, other])
    assert (of_v.numpy(), of_other.numpy()) == (4.0, 5.0)


def test_a_tensor_survives_pickling() -> None:
    for value in (1.5, [1.0, 2.0]):
        t = pickle.loads(pickle.dumps(tf.constant(value)))
        assert isinstance(t, tf.Tensor)
        np.testing.assert_array_equal(t, value)
        assert t.dtype == tf.float32


# -- Printing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (1.5, None, "<Variable 'Variable:0' shape=() dtype=float32, numpy=1.5>"),
        ([0.0, 0.0], "bias", "<Variable 'bias:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>"),
        ([1, 2], "q", "<Variable 'q:0' shape=(2,) dtype=int32, numpy=array([1, 2], dtype=int32)>"),
        (
            [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
            "weight",
            "<Variable 'weight:0' shape=(3, 2) dtype=float32, numpy=\n"
            "array([[1., 2.],\n       [3., 4.],\n       [5., 6.]], dtype=float32)>",
        ),
        (
            [[1.0, 1.0, 0.0]],
            "input",
            "<Variable 'input:0' shape=(1, 3) dtype=float32, numpy=array([[1., 1., 0.]], dtype=float32)>",
        ),
    ],
)
def test_variables_print_as_tensorflows(value: Any, name: str | None, text: str) -> None:
    v = tf.Variable(value, name=name)
    assert repr(v) == text
    assert str(v) == text


def test_an_integer_variable_counts_inside_a_tape() -> None:
    step, v = tf.Variable(3), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        assert (step == 3) and (step % 2 == 1) and (step * 2 == 6) and (-step == -3)
        step.assign_add(1)
        y = v * tf.cast(step, tf.float32)
    assert tape.gradient(y, v).numpy() == 4.0
