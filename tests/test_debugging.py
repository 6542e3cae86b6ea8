"""`tf.debugging` and `tf.errors`: each check passes what is right, and says of what is wrong what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

Bad = tf.errors.InvalidArgumentError
ONES = np.ones((2, 3), np.float32)

RIGHT: dict[str, Any] = {
    "Assert": lambda: tf.debugging.Assert([True, True], ["never shown"]),
    "assert_equal broadcasts": lambda: tf.debugging.assert_equal(ONES, 1.0),
    "assert_equal of nothing": lambda: tf.debugging.assert_equal(tf.zeros((0,)), [1.0]),
    "assert_none_equal": lambda: tf.debugging.assert_none_equal([1, 2], [2, 1]),
    "assert_less": lambda: tf.debugging.assert_less([1, 2], 3),
    "assert_less_equal": lambda: tf.debugging.assert_less_equal([1, 3], 3),
    "assert_greater": lambda: tf.debugging.assert_greater([4, 5], 3),
    "assert_greater_equal": lambda: tf.debugging.assert_greater_equal(tf.constant([4.0, 3.0]), 3),
    "assert_near": lambda: tf.debugging.assert_near([1.0], [1.0000001]),
    "assert_near, told how": lambda: tf.debugging.assert_near([1.0], [1.5], atol=0.5),
    "assert_positive": lambda: tf.debugging.assert_positive([1.0]),
    "assert_negative": lambda: tf.debugging.assert_negative([-1.0]),
    "assert_non_negative": lambda: tf.debugging.assert_non_negative([0, 1]),
    "assert_non_positive": lambda: tf.debugging.assert_non_positive([0, -1]),
    "assert_rank": lambda: tf.debugging.assert_rank(ONES, 2),
    "assert_rank_at_least": lambda: tf.debugging.assert_rank_at_least(ONES, 1),
    "assert_rank_in": lambda: tf.debugging.assert_rank_in(ONES, (1, 2)),
    "assert_type": lambda: tf.debugging.assert_type(ONES, tf.float32),
    "assert_integer": lambda: tf.debugging.assert_integer(3),
    "assert_same_float_dtype": lambda: tf.debugging.assert_same_float_dtype([ONES, None], tf.float32),
    "assert_proper_iterable": lambda: tf.debugging.assert_proper_iterable((1,)),
    "assert_shapes": lambda: tf.debugging.assert_shapes(
        [(ONES, ("N", 3)), (ONES, ("...", "D")), (tf.ones((3, 7)), "D..."), (ONES, (None, ".")), (2.0, ())]
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str) -> None:
    RIGHT[name]()


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "Assert": (
        lambda: tf.debugging.Assert(False, ["loss", ONES]),
        Bad,
        r"Expected False to be true.*loss, \[1. 1. 1.\]",
    ),
    "assert_equal": (
        lambda: tf.debugging.assert_equal([1, 2], [1, 3], message="mine"),
        Bad,
        r"(?s)mine\nCondition x == y did not hold.*\[\[1\]\].*\[2\].*\[3\]",
    ),
    "assert_none_equal": (lambda: tf.debugging.assert_none_equal([1], [1]), Bad, "x != y"),
    "assert_less": (lambda: tf.debugging.assert_less(3, [4, 3]), Bad, "x < y"),
    "assert_less of NaN": (lambda: tf.debugging.assert_less([np.nan], [4.0]), Bad, "x < y"),
    "assert_less_equal": (lambda: tf.debugging.assert_less_equal(4, 3), Bad, "x <= y"),
    "assert_greater": (lambda: tf.debugging.assert_greater(3, 3), Bad, "x > y"),
    "assert_greater_equal": (lambda: tf.debugging.assert_greater_equal(2, 3), Bad, "x >= y"),
    "assert_near": (
        lambda: tf.debugging.assert_near([1.0, 2.0], [1.0, 2.1]),
        Bad,
        r"not equal to tolerance rtol = 1.19",
    ),
    "assert_positive": (lambda: tf.debugging.assert_positive([1.0, 0.0]), Bad, r"x > 0 did not hold.*\n.*\(2,\)"),
    "assert_negative": (lambda: tf.debugging.assert_negative(0), Bad, "x < 0"),
    "assert_non_negative": (lambda: tf.debugging.assert_non_negative(-1, "mine"), Bad, "mine\nCondition x >= 0"),
    "assert_non_positive": (lambda: tf.debugging.assert_non_positive(1), Bad, "x <= 0"),
    "check_numerics": (lambda: tf.debugging.check_numerics([np.nan], "loss"), Bad, "loss : Tensor had NaN values"),
    "assert_all_finite": (lambda: tf.debugging.assert_all_finite([np.inf], "loss"), Bad, "loss : Tensor had Inf"),
    "check_numerics of integers": (lambda: tf.debugging.check_numerics([1], "loss"), TypeError, "takes floats"),
    "assert_rank": (lambda: tf.debugging.assert_rank(ONES, 1, "mine"), ValueError, r"mine. .*rank 1.  Received rank 2"),
    "assert_rank_at_least": (lambda: tf.debugging.assert_rank_at_least(ONES, 3), ValueError, "at least 3"),
    "assert_rank_in": (lambda: tf.debugging.assert_rank_in(ONES, (0, 1)), ValueError, r"in \(0, 1\)"),
    "assert_scalar": (
        lambda: tf.debugging.assert_scalar(ONES),
        ValueError,
        r"Expected scalar shape, saw shape: \(2, 3\)",
    ),
    "assert_type": (lambda: tf.debugging.assert_type(ONES, tf.int32), TypeError, "type int32; got float32"),
    "assert_integer": (lambda: tf.debugging.assert_integer(ONES), TypeError, "integer type.*float32"),
    "assert_same_float_dtype": (
        lambda: tf.debugging.assert_same_float_dtype([ONES, ONES.astype(np.float64)]),
        ValueError,
        "float64 is not of dtype float32",
    ),
    "assert_same_float_dtype of integers": (
        lambda: tf.debugging.assert_same_float_dtype([1]),
        ValueError,
        "Expected floating point",
    ),
    "assert_proper_iterable": (lambda: tf.debugging.assert_proper_iterable(3), TypeError, "to be iterable"),
    "assert_proper_iterable of a tensor": (
        lambda: tf.debugging.assert_proper_iterable(tf.ones(2)),
        TypeError,
        '"proper" iterable',
    ),
    "assert_shapes, sizes": (
        lambda: tf.debugging.assert_shapes([(ONES, ("N", "D")), (ONES, ("D", "N"))], message="mine"),
        ValueError,
        r"mine. Tensor dimension 0 must have size 3, as a tensor of shape \(2, 3\), dimension 1 says.  Received size 2",
    ),
    "assert_shapes, a number": (
        lambda: tf.debugging.assert_shapes([(ONES, (2, 4))]),
        ValueError,
        "size 4, as the shape says",
    ),
    "assert_shapes, rank": (lambda: tf.debugging.assert_shapes([(ONES, ("N",))]), ValueError, "rank 1"),
    "assert_shapes, rank at least": (
        lambda: tf.debugging.assert_shapes([(1.0, ("...", "N"))]),
        ValueError,
        "rank at least 1",
    ),
    "assert_shapes, dots": (
        lambda: tf.debugging.assert_shapes([(ONES, ("N", ..., "D"))]),
        ValueError,
        "neither at its",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_an_error(name: str) -> None:
    call, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        call()


def test_the_error_has_tensorflows_attributes_and_is_a_value_error() -> None:
    with pytest.raises(ValueError) as caught:
        tf.debugging.assert_positive([-1.0])
    error: Any = caught.value
    assert isinstance(error, tf.errors.OpError)
    assert (error.node_def, error.op, error.error_code) == (None, None, tf.errors.INVALID_ARGUMENT)
    assert error.message == str(error)


def test_checks_are_in_the_flat_namespace_too() -> None:
    for name in ("Assert", "assert_equal", "assert_greater", "assert_less", "assert_rank"):
        assert getattr(tf, name) is getattr(tf.debugging, name)


def test_a_checked_tensor_has_its_gradient() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.debugging.check_numerics(x * x, "y") + tf.debugging.assert_scalar(tf.reduce_sum(x))
    np.testing.assert_array_equal(tape.gradient(y, x), [4.0, 6.0])


def test_a_recorded_function_checks_at_every_call() -> None:
    @tf.function
    def root(x: Any) -> Any:
        tf.debugging.assert_non_negative(x)
        return tf.sqrt(x)

    np.testing.assert_array_equal(root(tf.constant([4.0])), [2.0])
    np.testing.assert_array_equal(root(tf.constant([9.0])), [3.0])
    with pytest.raises(Bad, match="x >= 0"):
        root(tf.constant([-1.0]))
    np.testing.assert_array_equal(root(tf.constant([16.0])), [4.0])


def test_what_is_numeric() -> None:
    asked = [tf.ones(2), tf.Variable(1), tf.constant(True), 1.0, np.ones(2)]
    assert [tf.debugging.is_numeric_tensor(x) for x in asked] == [True, True, False, False, False]


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function], ids=["eager", "recorded"])
def test_check_numerics_checks_the_gradient_too(wrap: Any) -> None:
    check = tf.debugging.check_numerics
    assert wrap(tf.grad(lambda x: check(x**3, "y")))(2.0) == 12.0
    assert wrap(tf.grad(tf.grad(lambda x: check(x**3, "y"))))(2.0) == 12.0
    text = r"^Not a number \(NaN\) or infinity \(Inf\) values detected in gradient. y : Tensor had Inf values"
    for derivative in (tf.grad(lambda x: tf.sqrt(check(x, "y"))), tf.grad(tf.grad(lambda x: check(x, "y") ** 1.5))):
        with pytest.raises(tf.errors.InvalidArgumentError, match=text):
            wrap(derivative)(0.0)
    assert wrap(tf.grad(lambda x: tf.sqrt(check(x, "y"))))(4.0) == 0.25
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^y : Tensor had NaN and Inf values"):
        wrap(lambda x: check(x, "y"))([np.nan, np.inf])
    rows = tf.vectorize(tf.grad(lambda x: check(x * x, "y")))(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(rows, [2.0, 4.0])
