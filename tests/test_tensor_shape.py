"""Shapes: tuples that compare, add up, print and complain as TensorFlow's do."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

SHAPE = tf.zeros((2, 3)).shape
UNKNOWN = tf.TensorShape(None)
SPELLINGS = [(2, 3), [2, 3], SHAPE, tf.TensorShape([2, 3]), np.array([2, 3]), tf.constant([2, 3]), iter([2, 3])]


@pytest.mark.parametrize("spelling", SPELLINGS, ids=[type(s).__name__ for s in SPELLINGS])
def test_a_shape_is_made_of_and_joined_with_any_sequence_of_sizes(spelling: Any) -> None:
    spelling = list(spelling)
    for shape in (tf.TensorShape(spelling), SHAPE.concatenate(spelling)[2:], (SHAPE + spelling)[2:]):
        assert type(shape) is tf.TensorShape
        assert repr(shape) == "TensorShape([2, 3])"
        assert all(type(size) is int for size in shape)


def test_a_shape_is_equal_to_a_list_and_to_a_tuple_of_its_sizes() -> None:
    for same in ([2, 3], (2, 3), tf.TensorShape([2, 3]), [np.int64(2), tf.constant(3)]):
        assert same == SHAPE
        assert not operator.ne(SHAPE, same)
        assert same == SHAPE
    for other in ([2], [2, 4], [2, None], (3, 2), 5, None, "23", 2.5, UNKNOWN):
        assert other != SHAPE
        assert not operator.eq(SHAPE, other)
        assert other != SHAPE
    assert tf.TensorShape([None, 3]) == [None, 3]
    assert [2, 3] in [SHAPE]
    assert SHAPE in [(2, 3)]


def test_equal_shapes_have_one_hash_which_is_the_tuples() -> None:
    assert hash(SHAPE) == hash((2, 3)) == hash(tf.TensorShape([2, 3]))
    assert {SHAPE: "here"}[(2, 3)] == "here"
    assert {(2, 3): "here"}[SHAPE] == "here"


def test_lists_tuples_and_sizes_are_joined_from_either_side() -> None:
    for joined in (SHAPE + [4], SHAPE + (4,), SHAPE + 4, SHAPE + tf.TensorShape([4]), SHAPE.concatenate(4)):
        assert repr(joined) == "TensorShape([2, 3, 4])"
    for joined in ([4] + SHAPE, (4,) + SHAPE, 4 + SHAPE):
        assert repr(joined) == "TensorShape([4, 2, 3])"
    assert tf.zeros([4] + SHAPE).shape == [4, 2, 3]
    assert tf.zeros(SHAPE[:1] + [5]).shape == [2, 5]
    assert tf.reshape(tf.range(6), SHAPE[::-1]).shape == [3, 2]


def test_a_shape_reads_as_a_tuple_does() -> None:
    rows, columns = SHAPE
    assert (rows, columns, len(SHAPE), SHAPE[-1], list(SHAPE), 2 in SHAPE) == (2, 3, 2, 3, [2, 3], True)
    assert SHAPE[:1] == [2]
    assert type(SHAPE[:1]) is tf.TensorShape
    assert (SHAPE.rank, SHAPE.ndims, SHAPE.as_list(), SHAPE.num_elements()) == (2, 2, [2, 3], 6)
    with pytest.raises(IndexError):
        SHAPE[5]


def test_numpy_takes_a_shape_where_it_takes_a_tuple() -> None:
    assert np.zeros(SHAPE).shape == np.ones(6).reshape(SHAPE).shape == np.broadcast_to(1.0, SHAPE).shape == (2, 3)
    assert np.shape(tf.zeros((2, 3))) == (2, 3)
    assert np.prod(SHAPE) == 6
    assert tf.constant(SHAPE).numpy().tolist() == tf.convert_to_tensor(SHAPE).numpy().tolist() == [2, 3]


def test_a_shape_prints_as_tensorflows() -> None:
    assert [repr(SHAPE), str(SHAPE), f"{SHAPE}"] == ["TensorShape([2, 3])", "(2, 3)", "(2, 3)"]
    assert [repr(tf.TensorShape([None, 3])), str(tf.TensorShape([None, 3]))] == ["TensorShape([None, 3])", "(None, 3)"]
    assert [repr(UNKNOWN), str(UNKNOWN)] == ["TensorShape(None)", "<unknown>"]


def test_sizes_have_a_value() -> None:
    assert repr(SHAPE.dims) == "[Dimension(2), Dimension(3)]"
    assert [size.value for size in SHAPE.dims] == [2, 3]
    assert f"{SHAPE.dims[0]}" == "2"
    assert tf.TensorShape([None, 3]).dims == [None, 3]


@pytest.mark.parametrize("shape", [SHAPE, tf.TensorShape([None]), UNKNOWN], ids=repr)
def test_a_copy_of_a_shape_is_one(shape: tf.TensorShape) -> None:
    for other in (copy.copy(shape), copy.deepcopy(shape), pickle.loads(pickle.dumps(shape)), tf.TensorShape(shape)):
        assert type(other) is type(shape)
        assert repr(other) == repr(shape)


def test_a_shape_is_true_unless_its_rank_is_unknown() -> None:
    assert SHAPE
    assert tf.constant(1.0).shape
    assert tf.TensorShape([None])
    assert not UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "compatible", "merged", "common"),
    [
        ([2, 3], [2, 3], True, [2, 3], [2, 3]),
        ([2, 3], [None, 3], True, [2, 3], [None, 3]),
        ([None, 3], [2, None], True, [2, 3], [None, None]),
        ([2, 3], None, True, [2, 3], None),
        (None, [2, 3], True, [2, 3], None),
        (None, None, True, None, None),
        ([2, 3], [2, 4], False, None, [2, None]),
        ([2, 3], [2], False, None, None),
        ([], [], True, [], []),
    ],
)
def test_what_two_shapes_have_in_common(one: Any, other: Any, compatible: bool, merged: Any, common: Any) -> None:
    shape = tf.TensorShape(one)
    assert shape.is_compatible_with(other) == compatible
    assert shape.most_specific_compatible_shape(other) == tf.TensorShape(common)
    if compatible:
        shape.assert_is_compatible_with(other)
        assert shape.merge_with(other) == tf.TensorShape(merged)
        return
    first, second = map(str, (shape, tf.TensorShape(other)))
    with pytest.raises(ValueError) as refused:
        shape.assert_is_compatible_with(other)
    assert str(refused.value) == f"Shapes {first} and {second} are incompatible"
    with pytest.raises(ValueError) as refused:
        shape.merge_with(other)
    assert str(refused.value) == f"Shapes {first} and {second} are not compatible"


def test_what_is_less_sure_is_no_subtype() -> None:
    assert SHAPE.is_subtype_of([2, None])
    assert SHAPE.is_subtype_of(None)
    assert UNKNOWN.is_subtype_of(None)
    assert not tf.TensorShape([2, None]).is_subtype_of([2, 3])
    assert not SHAPE.is_subtype_of([2])
    assert not UNKNOWN.is_subtype_of([2])


@pytest.mark.parametrize(
    ("method", "good", "bad", "text"),
    [
        ("assert_has_rank", 2, 3, "Shape (2, 3) must have rank 3"),
        ("with_rank", 2, 3, "Shape (2, 3) must have rank 3"),
        ("with_rank_at_least", 1, 3, "Shape (2, 3) must have rank at least 3"),
        ("with_rank_at_most", 2, 1, "Shape (2, 3) must have rank at most 1"),
        ("assert_same_rank", [None, 1], [1], "Shapes (2, 3) and (1,) must have the same rank"),
    ],
)
def test_ranks_are_asked_for(method: str, good: Any, bad: Any, text: str) -> None:
    ask = operator.methodcaller
    assert ask(method, good)(SHAPE) in (None, SHAPE)
    ask(method, good)(UNKNOWN)
    with pytest.raises(ValueError) as refused:
        ask(method, bad)(SHAPE)
    assert str(refused.value) == text


def test_open_sizes_are_not_defined() -> None:
    SHAPE.assert_is_fully_defined()
    assert SHAPE.is_fully_defined()
    assert not tf.TensorShape([None]).is_fully_defined()
    assert not UNKNOWN.is_fully_defined()
    assert tf.TensorShape([None, 2]).num_elements() is None
    assert UNKNOWN.num_elements() is None
    with pytest.raises(ValueError, match=r"Shape \(None, 2\) is not fully defined"):
        tf.TensorShape([None, 2]).assert_is_fully_defined()


def test_an_unknown_rank_says_so() -> None:
    assert (UNKNOWN.rank, UNKNOWN.ndims, UNKNOWN.dims, UNKNOWN[3]) == (None, None, None, None)
    assert UNKNOWN == None  # noqa: E711  (as TensorFlow's)
    assert repr(UNKNOWN[:2]) == "TensorShape([None, None])"
    assert repr(UNKNOWN[1:]) == repr(UNKNOWN + [2]) == repr([2] + UNKNOWN) == "TensorShape(None)"
    assert repr(UNKNOWN.with_rank(2)) == "TensorShape([None, None])"
    for ask, text in [
        (len, "Cannot take the length of shape with unknown rank."),
        (list, "Cannot iterate over a shape with unknown rank."),
        (lambda shape: shape.as_list(), "as_list() is not defined on an unknown TensorShape."),
    ]:
        with pytest.raises(ValueError) as refused:
            ask(UNKNOWN)
        assert str(refused.value) == text


@pytest.mark.parametrize(
    ("sizes", "error", "text"),
    [
        ([-1, 2], ValueError, "Dimension -1 must be >= 0"),
        (["a"], TypeError, "Dimension value must be integer or None"),
        ([1.5], TypeError, "got value '1.5'"),
        ("ab", TypeError, "Failed to convert 'ab' to a shape"),
        (1.5, TypeError, "not iterable"),
    ],
)
def test_what_is_no_size_is_refused(sizes: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        tf.TensorShape(sizes)
