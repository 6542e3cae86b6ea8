"""Tensor: making one, operators, comparisons, indexing, conversion to Python and NumPy, and how it prints."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
SMOOTH = [operator.add, operator.sub, operator.mul, operator.truediv, operator.mod, operator.pow]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
OTHERS: list[Any] = [2.5, 3, [0.5, 1.5, 2.5], [1, 2, 3], np.array([0.5, 1.5, 2.5], np.float32), np.float32(1.5)]

by_name = pytest.mark.parametrize("op", ARITHMETIC, ids=lambda op: op.__name__)
smooth_by_name = pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op.__name__)
compare_by_name = pytest.mark.parametrize("op", COMPARISONS, ids=lambda op: op.__name__)
with_others = pytest.mark.parametrize("other", OTHERS, ids=["float", "int", "floats", "ints", "ndarray", "float32"])
makers = pytest.mark.parametrize("make", [tf.constant, tf.Variable], ids=["tensor", "variable"])


def gradient_of(f: Callable[[Any], Any], value: Any) -> np.ndarray:
    x = tf.constant(value)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    gradient: np.ndarray = tape.gradient(y, x).numpy()
    return gradient


# -- Making tensors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.5, "float32"),
        ([1.5, 2.5], "float32"),
        ([1, 2.5], "float32"),
        ([[1.0]], "float32"),
        (1, "int32"),
        ([1, 2], "int32"),
        (True, "bool"),
        ([True, False], "bool"),
        (np.float64(1.5), "float64"),
        (np.float32(1.5), "float32"),
        (np.array([1.5]), "float64"),
        (np.array([1.5], np.float32), "float32"),
        (np.array([1.5], np.float16), "float16"),
        (np.arange(3), "int64"),
        (np.array([True]), "bool"),
    ],
)
def test_python_numbers_get_the_default_dtype_and_arrays_keep_theirs(value: Any, dtype: str) -> None:
    for make in (tf.constant, tf.convert_to_tensor, tf.Variable):
        tensor = make(value)
        assert tensor.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(tensor, np.asarray(value, dtype))


def test_set_floatx_changes_the_default_of_floats_only() -> None:
    tf.set_floatx("float64")
    try:
        assert tf.constant(1.5).dtype == tf.float64
        assert tf.Variable([1.5]).dtype == tf.float64
        assert tf.constant(1).dtype == tf.int32
        assert tf.constant(np.float32(1.5)).dtype == tf.float32
    finally:
        tf.set_floatx("float32")
    assert tf.constant(1.5).dtype == tf.float32


def test_a_dtype_can_be_asked_for() -> None:
    assert tf.constant([1, 2], dtype=tf.float64).dtype == tf.float64
    assert tf.constant(1.5, dtype="float64").dtype == tf.float64
    assert tf.convert_to_tensor([1, 2], dtype=tf.float32).dtype == tf.float32
    assert tf.constant(np.array([1.0, 2.0]), dtype=tf.float32).dtype == tf.float32


def test_dtypes_are_numpys() -> None:
    assert tf.constant(1.0).dtype == np.dtype("float32")
    assert isinstance(tf.float64, np.dtype)
    assert [tf.float32, tf.int64, tf.bool] == [np.dtype("float32"), np.dtype("int64"), np.dtype(bool)]


def test_a_constant_can_be_given_a_shape() -> None:
    np.testing.assert_array_equal(tf.constant(5.0, shape=(2, 2)), np.full((2, 2), 5.0))
    np.testing.assert_array_equal(tf.constant([1, 2, 3, 4], shape=(2, 2)), [[1, 2], [3, 4]])


def test_the_shape_is_a_tuple_that_prints_as_tensorflows() -> None:
    shape = tf.constant([[1.0, 2.0, 3.0]]).shape
    assert isinstance(shape, tuple)
    assert shape == (1, 3)
    assert repr(shape) == "TensorShape([1, 3])"
    assert str(shape) == "(1, 3)"
    assert tf.constant(1.0).shape == ()
    assert repr(tf.constant(1.0).shape) == "TensorShape([])"
    assert (shape[1], len(shape), shape.rank, shape.as_list()) == (3, 2, 2, [1, 3])


def test_ndim_and_size() -> None:
    tensor = tf.zeros((2, 3))
    assert tensor.ndim == 2
    assert int(tf.size(tensor)) == 6


def test_a_constant_copies_its_array() -> None:
    array = np.array([1.0, 2.0])
    tensor = tf.constant(array)
    converted = tf.convert_to_tensor(array)
    array[:] = 9.0
    np.testing.assert_array_equal(tensor, [1.0, 2.0])
    np.testing.assert_array_equal(converted, [1.0, 2.0])


def test_a_constant_of_a_tensor_is_that_tensor() -> None:
    tensor = tf.constant([1.0, 2.0])
    assert tf.convert_to_tensor(tensor) is tensor


def test_plain_integers_beside_plain_floats_are_floats_of_the_default_dtype() -> None:
    parts = {
        "stack": tf.stack([1, 2.5]),
        "along the second axis": tf.stack([[1, 2], [2.5, 3.0]], axis=1),
        "concat": tf.concat([[1], [2.5], [2**40]], 0),
        "truth values": tf.concat([[True], [2.5]], 0),
    }
    assert {name: part.dtype for name, part in parts.items()} == dict.fromkeys(parts, tf.float32)
    assert tf.stack([1, 2.5, np.float64(1.0)]).dtype == tf.float64


def test_lists_of_tensors_are_stacked_and_connected() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.convert_to_tensor([x * x, 5.0, x])
        z = y * [1.0, 10.0, 100.0]
    np.testing.assert_array_equal(y, [4.0, 5.0, 2.0])
    assert tape.gradient(z, x).numpy() == 104.0


# -- Operators ----------------------------------------------------------------------------------------------------


@by_name
@with_others
@makers
def test_arithmetic_has_numpys_values(op: Any, other: Any, make: Any) -> None:
    value = np.array([1.25, 2.5, 3.75], np.float32)
    t, array = make(value), np.asarray(other, np.float32)
    for found, expected in ((op(t, other), op(value, array)), (op(other, t), op(array, value))):
        assert isinstance(found, tf.Tensor)
        assert found.dtype == tf.float32
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@by_name
@pytest.mark.parametrize("other", [2.5, 3, np.float64(2.5), np.array(2.5), [0.5, 1.5]], ids=repr)
def test_arithmetic_of_scalars_has_numpys_values(op: Any, other: Any) -> None:
    t, array = tf.constant(np.float64(1.75)), np.asarray(other, np.float64)
    for found, expected in ((op(t, other), op(1.75, array)), (op(other, t), op(array, 1.75))):
        assert found.dtype == tf.float64
        assert found.shape == array.shape
        np.testing.assert_allclose(found, expected, rtol=1e-15)


@smooth_by_name
@pytest.mark.parametrize("other", [2.5, [0.7, 1.4, 2.1], np.array([0.7, 1.4, 2.1])], ids=["float", "list", "ndarray"])
def test_arithmetic_is_differentiated_on_either_side(op: Any, other: Any) -> None:
    for value in (np.array([1.3, 2.6, 3.75]), np.float64(1.3)):
        check_gradients(lambda x: op(x, other), [value], order=2)
        check_gradients(lambda x: op(other, x), [value], order=2)


@smooth_by_name
def test_arithmetic_between_tensors_is_differentiated(op: Any) -> None:
    check_gradients(op, [[1.25, 2.6, 3.75], [0.7, 1.4, 2.1]], order=2)
    check_gradients(op, [1.25, [0.7, 1.4, 2.1]], order=2)
    check_gradients(op, [1.25, 0.7], order=2)


@pytest.mark.parametrize("op", [operator.neg, operator.pos, operator.abs], ids=lambda op: op.__name__)
@makers
def test_signs(op: Any, make: Any) -> None:
    np.testing.assert_array_equal(op(make([-1.5, 2.0])), op(np.array([-1.5, 2.0])))
    assert op(make(-1.5)).numpy() == op(-1.5)
    check_gradients(op, [[-1.5, 2.0]], order=2)


@pytest.mark.parametrize("value", [7.5, -7.5])
@pytest.mark.parametrize("divisor", [2.0, -2.0])
def test_floor_division_and_remainder_follow_python(value: float, divisor: float) -> None:
    t = tf.constant(value)
    assert (t // divisor).numpy() == value // divisor
    assert (t % divisor).numpy() == value % divisor
    assert (value // tf.constant(divisor)).numpy() == value // divisor
    assert (value % tf.constant(divisor)).numpy() == value % divisor


def test_arithmetic_of_integers() -> None:
    t = tf.constant([7, -7])
    assert (t + 1).dtype == tf.int32
    np.testing.assert_array_equal(t // 2, [3, -4])
    np.testing.assert_array_equal(t % 3, [1, 2])
    np.testing.assert_array_equal(t**2, [49, 49])
    assert (t / 2).dtype == tf.float64
    np.testing.assert_array_equal(t / 2, [3.5, -3.5])


def test_matmul_on_either_side_of_lists_and_arrays(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    for left, right in (
        (tf.constant(a), tf.constant(b)),
        (tf.constant(a), b),
        (a, tf.constant(b)),
        (a.tolist(), tf.Variable(b)),
        (tf.Variable(a), b.tolist()),
    ):
        product = left @ right
        assert isinstance(product, tf.Tensor)
        np.testing.assert_allclose(product, a @ b, rtol=1e-12)
    check_gradients(operator.matmul, [a, b], order=2)
    check_gradients(lambda x: a.tolist() @ x, [b])
    check_gradients(lambda x: x @ b, [a])


def test_logical_operators_of_booleans() -> None:
    t, u = tf.constant([True, True, False]), tf.constant([True, False, False])
    np.testing.assert_array_equal(~t, [False, False, True])
    np.testing.assert_array_equal(t & u, [True, False, False])
    np.testing.assert_array_equal(t | u, [True, True, False])
    np.testing.assert_array_equal(t ^ u, [False, True, False])


def test_augmented_assignment_makes_a_new_tensor() -> None:
    t = kept = tf.constant([1.0, 2.0])
    t += 1.0
    t *= 2.0
    np.testing.assert_array_equal(t, [4.0, 6.0])
    np.testing.assert_array_equal(kept, [1.0, 2.0])


@compare_by_name
@makers
def test_comparisons_are_elementwise_on_either_side(op: Any, make: Any) -> None:
    value = np.array([1.0, 2.0, 3.0], np.float32)
    t = make(value)
    for other in (2.0, 2, [3.0, 2.0, 1.0], np.array([3.0, 2.0, 1.0], np.float32), tf.constant([3.0, 2.0, 1.0])):
        for found, expected in (
            (op(t, other), op(value, np.asarray(other))),
            (op(other, t), op(np.asarray(other), value)),
        ):
            assert isinstance(found, tf.Tensor)
            assert found.dtype == tf.bool
            np.testing.assert_array_equal(found, expected)


@compare_by_name
def test_comparisons_of_scalars(op: Any) -> None:
    for left, right in ((1.0, 2.0), (2.0, 2.0), (3.0, 2.0)):
        found = op(tf.constant(left), right)
        assert found.shape == ()
        assert bool(found) is op(left, right)
        assert bool(op(tf.Variable(left), tf.constant(right))) is op(left, right)


def test_comparisons_with_nan() -> None:
    t = tf.constant([np.nan, 1.0])
    np.testing.assert_array_equal(t == t, [False, True])
    np.testing.assert_array_equal(t != t, [True, False])
    nan = tf.constant(float("nan"))
    assert not bool(nan == nan)
    assert bool(nan != nan)


# -- Indexing -----------------------------------------------------------------------------------------------------


class ArrayLike:
    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array([1, 0])


KEYS: dict[str, Any] = {
    "int": 1,
    "negative int": -1,
    "numpy int": np.int64(1),
    "two ints": (1, 2),
    "all ints": (1, 2, 0),
    "slice": slice(1, None),
    "step": (slice(None), slice(None, None, 2)),
    "backwards": slice(None, None, -1),
    "empty slice": slice(2, 2),
    "ellipsis": Ellipsis,
    "ellipsis and int": (Ellipsis, 0),
    "newaxis": np.newaxis,
    "newaxis inside": (slice(None), np.newaxis, 1),
    "tf.newaxis": (Ellipsis, None),
    "integer list": [1, 0, 1],
    "integer array": np.array([[0, 1], [1, 1]]),
    "negative integers": [-1, 0],
    "two integer arrays": ([0, 1, 0], [2, 1, 2]),
    "slice and integers": (slice(None), [2, 0, 2]),
    "integers and int": ([0, 1], 1),
    "boolean array": np.array([True, False]),
    "boolean of two axes": np.array([[True, False, True], [False, False, True]]),
    "slice and booleans": (slice(None), np.array([True, False, True])),
    "no elements": np.array([False, False]),
    "slice and tuple": (slice(None), (2, 0, 2)),
    "slice and tuple of tuples": (slice(None), ((2, 0), (1, 1))),
    "slice and tuple of truth values": (slice(None), (True, False, True)),
    "slice and empty tuple": (slice(None), ()),
    "range": range(2),
    "slice and range": (slice(None), range(2)),
    "slice and bytes": (slice(None), bytearray([2, 0])),
    "slice and what is like an array": (slice(None), ArrayLike()),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
@makers
def test_indexing_has_numpys_values(key: Any, make: Any) -> None:
    value = np.arange(24.0).reshape(2, 3, 4)
    found = make(value)[key]
    assert isinstance(found, tf.Tensor)
    assert found.shape == value[key].shape
    np.testing.assert_array_equal(found, value[key])


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_indexing_is_differentiated(key: Any, rng: np.random.Generator) -> None:
    check_gradients(lambda x: x[key] ** 3, [rng.normal(size=(2, 3, 4))], order=2)


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_what_is_indexed_collects_the_gradient_beside_that_of_another_use(key: Any) -> None:
    value = np.arange(24.0).reshape(2, 3, 4)
    expected = np.zeros_like(value)
    np.add.at(expected, key, 10.0)
    expected[:, :-1] += 1.0
    found = gradient_of(lambda x: tf.reduce_sum(x[key]) * 10.0 + tf.reduce_sum(x[:, :-1]), value)
    np.testing.assert_array_equal(found, expected)


def test_an_element_that_is_picked_twice_collects_both_gradients() -> None:
    np.testing.assert_array_equal(gradient_of(lambda x: x[[0, 2, 0, 0]], [1.0, 2.0, 3.0]), [3.0, 0.0, 1.0])


def test_overlapping_slices_collect_their_gradients() -> None:
    np.testing.assert_array_equal(gradient_of(lambda x: x[1:] * x[:-1], [1.0, 2.0, 3.0]), [2.0, 4.0, 2.0])


def test_tensors_as_indices() -> None:
    t = tf.constant([10.0, 20.0, 30.0])
    assert t[tf.constant(1)].numpy() == 20.0
    np.testing.assert_array_equal(t[tf.constant([2, 0])], [30.0, 10.0])
    np.testing.assert_array_equal(t[tf.constant([True, False, True])], [10.0, 30.0])
    np.testing.assert_array_equal(t[t > 15.0], [20.0, 30.0])
    np.testing.assert_array_equal(t[tf.constant(1) :], [20.0, 30.0])
    assert [1, 2, 3][tf.constant(1)] == 2
    np.testing.assert_array_equal(gradient_of(lambda x: x[x > 1.5] ** 2, [1.0, 2.0, 3.0]), [0.0, 4.0, 6.0])


def test_an_index_array_that_changes_later_does_not_change_the_gradient() -> None:
    key = np.array([0, 1])
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x[key]
    key[:] = 2
    np.testing.assert_array_equal(tape.gradient(y, x), [1.0, 1.0, 0.0])


def test_an_index_out_of_range_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        tf.constant([1.0, 2.0])[2]
    with pytest.raises(IndexError):
        tf.constant(1.0)[0]


@makers
def test_iteration_yields_tensors_along_the_first_axis(make: Any) -> None:
    parts = list(make([[1.0, 2.0], [3.0, 4.0]]))
    assert all(isinstance(part, tf.Tensor) for part in parts)
    np.testing.assert_array_equal(parts, [[1.0, 2.0], [3.0, 4.0]])
    first, second = make([5.0, 6.0])
    assert (float(first), float(second)) == (5.0, 6.0)


def test_iteration_is_differentiated() -> None:
    np.testing.assert_array_equal(gradient_of(lambda x: sum(part * part for part in x), [1.0, 2.0]), [2.0, 4.0])


@makers
def test_length_is_that_of_the_first_axis(make: Any) -> None:
    assert len(make([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])) == 3


def test_a_scalar_has_no_length_and_does_not_iterate() -> None:
    with pytest.raises(TypeError, match="len"):
        len(tf.constant(1.0))
    with pytest.raises(TypeError, match="scalar"):
        iter(tf.constant(1.0)).__next__()


def test_transpose_attribute(rng: np.random.Generator) -> None:
    value = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(tf.constant(value).T, value.T)
    np.testing.assert_array_equal(tf.Variable(value).T, value.T)
    check_gradients(lambda x: x.T @ [[1.0], [2.0]], [value])


# -- Python numbers and NumPy arrays ------------------------------------------------------------------------------


@makers
def test_conversion_to_python_numbers(make: Any) -> None:
    t = make(3.7)
    assert isinstance(float(t), float)
    assert float(t) == np.float32(3.7)
    assert int(t) == 3
    assert bool(make(0.0)) is False
    assert bool(make(0.5)) is True
    assert bool(make([False])) is False
    assert operator.index(make(3)) == 3
    assert list(range(tf.constant(3))) == [0, 1, 2]


def test_conversions_that_would_lose_something_are_refused() -> None:
    with pytest.raises(TypeError):
        float(tf.constant([1.0, 2.0]))
    with pytest.raises(TypeError):
        operator.index(tf.constant(3.0))
    with pytest.raises(ValueError, match="ambiguous"):
        bool(tf.constant([1.0, 2.0]))


@makers
@pytest.mark.parametrize("value", [1.0, [1.0, 2.0]])
def test_numpy_gives_a_copy_that_may_be_written_to(make: Any, value: Any) -> None:
    t = make(value)
    copy = t.numpy()
    if isinstance(value, list):
        copy[:] = 9.0
    assert t.numpy().tolist() == value
    assert np.asarray(t).tolist() == value
    assert copy.dtype == np.float32


def test_numpy_of_a_scalar_is_a_numpy_number() -> None:
    assert tf.constant(6.0).numpy() == 6.0
    assert isinstance(tf.constant(6.0).numpy(), np.float32)
    assert isinstance(tf.constant(np.float64(6.0)).numpy(), np.float64)
    assert isinstance(tf.constant(6).numpy(), np.int32)


def test_asarray_gives_a_read_only_view() -> None:
    t = tf.constant([1.0, 2.0])
    view = np.asarray(t)
    assert isinstance(view, np.ndarray)
    assert np.shares_memory(view, np.asarray(t))
    assert not view.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 9.0


def test_array_conversion_can_copy_and_cast() -> None:
    t = tf.constant([1.0, 2.0])
    copy = np.array(t)
    copy[0] = 9.0
    np.testing.assert_array_equal(t, [1.0, 2.0])
    assert np.asarray(t, np.float64).dtype == np.float64
    assert np.array(tf.constant(1.0)).shape == ()


# -- Tensors do not change ----------------------------------------------------------------------------------------


def test_a_tensor_cannot_be_written_to() -> None:
    t = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError, match="does not support item assignment"):
        t[0] = 1
    with pytest.raises(AttributeError):
        t.shape = (2, 1)
    with pytest.raises(AttributeError):
        t.dtype = tf.float64
    np.testing.assert_array_equal(t, [1.0, 2.0])


@makers
def test_tensors_are_not_hashable_and_their_references_are(make: Any) -> None:
    t, twin = make([1.0]), make([1.0])
    with pytest.raises(TypeError, match=r"unhashable.*ref\(\)"):
        hash(t)
    assert t.ref() == t.ref()
    assert t.ref() != twin.ref()
    assert {t.ref(): "found"}[t.ref()] == "found"
    assert t.ref().deref() is t


@pytest.mark.parametrize("op", [operator.mul, operator.truediv, operator.pow, operator.matmul, np.maximum])
def test_an_array_operand_that_changes_later_does_not_change_the_gradient(op: Any) -> None:
    for swapped in (False, True):
        operand = np.array([[2.0, 3.0], [4.0, 5.0]])
        x = tf.constant([[1.5, 2.5], [3.5, 4.5]], dtype=tf.float64)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = op(operand, x) if swapped else op(x, operand)
        value, gradient = y.numpy(), tape.gradient(y, x).numpy()
        operand[:] = -7.0
        np.testing.assert_array_equal(y, value)
        np.testing.assert_array_equal(tape.gradient(y, x), gradient)


def test_a_view_of_an_array_that_changes_later_does_not_change_the_gradient() -> None:
    base = np.array([2.0, 3.0, 4.0])
    locked = base[:]
    locked.flags.writeable = False
    x = tf.constant([1.0, 1.0, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * locked
    base[:] = 0.0
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 3.0, 4.0])


# -- Printing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text", "printed"),
    [
        (6.0, "<Tensor: shape=(), dtype=float32, numpy=6.0>", "Tensor(6.0, shape=(), dtype=float32)"),
        (1, "<Tensor: shape=(), dtype=int32, numpy=1>", "Tensor(1, shape=(), dtype=int32)"),
        (True, "<Tensor: shape=(), dtype=bool, numpy=True>", "Tensor(True, shape=(), dtype=bool)"),
        (np.float64(0.1), "<Tensor: shape=(), dtype=float64, numpy=0.1>", "Tensor(0.1, shape=(), dtype=float64)"),
        (
            [2.1, 0.5],
            "<Tensor: shape=(2,), dtype=float32, numpy=array([2.1, 0.5], dtype=float32)>",
            "Tensor([2.1 0.5], shape=(2,), dtype=float32)",
        ),
        (
            np.array([1.0, 2.0]),
            "<Tensor: shape=(2,), dtype=float64, numpy=array([1., 2.])>",
            "Tensor([1. 2.], shape=(2,), dtype=float64)",
        ),
        (
            [[1.0, 2.0], [3.0, 4.0]],
            "<Tensor: shape=(2, 2), dtype=float32, numpy=\narray([[1., 2.],\n       [3., 4.]], dtype=float32)>",
            "Tensor(\n[[1. 2.]\n [3. 4.]], shape=(2, 2), dtype=float32)",
        ),
        (
            [[3.0, 3.0, 1.0]],
            "<Tensor: shape=(1, 3), dtype=float32, numpy=array([[3., 3., 1.]], dtype=float32)>",
            "Tensor([[3. 3. 1.]], shape=(1, 3), dtype=float32)",
        ),
    ],
)
def test_tensors_print_as_tensorflows(value: Any, text: str, printed: str) -> None:
    t = tf.constant(value)
    assert repr(t) == text
    assert str(t) == printed


def test_a_format_specification_formats_the_number() -> None:
    assert f"{tf.constant(1.23456):.2f}" == "1.23"
    assert f"{float(tf.constant(0.5)):5.1f}" == "  0.5"


@pytest.mark.parametrize("op", [operator.add, operator.mul, operator.truediv, operator.matmul, tf.maximum])
def test_integers_beside_floats_promote_as_in_numpy(op: Any) -> None:
    floats, integers = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.array([[1, 2], [3, 4]], np.int32)
    x = tf.constant(floats)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = op(x, tf.constant(integers))
    plain = np.maximum if op is tf.maximum else op
    expected = plain(floats, integers)
    assert y.dtype == expected.dtype
    np.testing.assert_array_equal(y.numpy(), expected)
    assert tape.gradient(y, x).dtype == np.float32


@pytest.mark.parametrize("other", ["text", object()])
def test_divmod_with_what_is_no_number_is_a_type_error(other: Any) -> None:
    t = tf.constant([1.0])
    with pytest.raises(TypeError):
        divmod(t, other)
    with pytest.raises(TypeError):
        divmod(other, t)


def test_integers_that_int32_cannot_hold_are_int64() -> None:
    assert tf.constant(2**31 - 1).dtype == tf.int32
    assert tf.constant(2**40).dtype == tf.int64
    assert tf.constant([1, 2**40]).numpy().tolist() == [1, 2**40]
    with pytest.raises(ValueError, match="out of its range"):
        tf.constant(2**40, dtype=tf.int32)
