"""The gradient checker accepts right derivatives and, above all, fails on wrong ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

MATRIX = [[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]]


def one_and_a_half_times(f: Any) -> Any:
    """Return a function with the values of `f` and 1.5 times its gradient."""
    return lambda *args: 1.5 * f(*args) - tf.stop_gradient(0.5 * f(*args))


def square_with_a_constant_gradient(x: Any) -> Any:
    """x * x whose gradient, 2 x, is right as a number but not connected to x any more."""
    return tf.stop_gradient(2.0 * x) * x - tf.stop_gradient(x * x)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_derivatives_pass(order: int) -> None:
    check_gradients(lambda x, y: tf.sin(x) * y + x * x * x, [MATRIX, [2.0, 0.5, -1.0]], order=order)


def test_a_function_of_scalars_passes() -> None:
    check_gradients(lambda x, y: x**3 * y, [2.0, 3.0], order=3)


def test_an_argument_that_has_no_influence_passes() -> None:
    check_gradients(lambda x, y: x * 2.0, [1.0, MATRIX], order=2)


def test_a_linear_function_passes_at_second_order() -> None:
    check_gradients(tf.transpose, [MATRIX], order=2)


@pytest.mark.parametrize("f", [tf.sin, tf.cos, tf.exp, tf.tanh, tf.square], ids=lambda f: f.__name__)
def test_a_gradient_that_is_wrong_by_one_and_a_half_fails(f: Any) -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0 is wrong"):
        check_gradients(one_and_a_half_times(f), [MATRIX])


def test_a_cut_gradient_fails() -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0"):
        check_gradients(lambda x: tf.stop_gradient(tf.sin(x)), [MATRIX])


def test_a_gradient_cut_in_one_of_two_places_fails() -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0"):
        check_gradients(lambda x: tf.sin(x) * tf.stop_gradient(x), [MATRIX])


def test_the_wrong_argument_is_named() -> None:
    with pytest.raises(AssertionError, match="argument 1 "):
        check_gradients(lambda x, y: x * tf.stop_gradient(y) + y, [MATRIX, MATRIX])


def test_a_gradient_summed_over_the_wrong_axis_fails() -> None:
    def row_sums_with_a_mixed_up_gradient(x: Any) -> Any:
        rows = tf.reduce_sum(x, axis=1)
        mixed_up = tf.reverse(rows, [0])
        return tf.stop_gradient(rows) + mixed_up - tf.stop_gradient(mixed_up)

    with pytest.raises(AssertionError, match="argument 0"):
        check_gradients(row_sums_with_a_mixed_up_gradient, [MATRIX])


def test_a_second_derivative_that_is_cut_fails_at_second_order_only() -> None:
    check_gradients(square_with_a_constant_gradient, [MATRIX], order=1)
    with pytest.raises(AssertionError, match="the second derivative with respect to argument 0"):
        check_gradients(square_with_a_constant_gradient, [MATRIX], order=2)


def test_a_second_derivative_that_is_wrong_by_one_and_a_half_fails() -> None:
    def f(x: Any) -> Any:
        # sin(x) + (x - stop(x))**2 / 4 has the value and the gradient of sin, and 0.5 more in the second derivative.
        return tf.sin(x) + 0.25 * (x - tf.stop_gradient(x)) ** 2

    check_gradients(f, [MATRIX], order=1)
    with pytest.raises(AssertionError, match="the second derivative"):
        check_gradients(f, [MATRIX], order=2)


def test_a_third_derivative_that_is_cut_fails_at_third_order_only() -> None:
    def f(x: Any) -> Any:
        return (x - tf.stop_gradient(x)) ** 3 + tf.sin(x)

    check_gradients(f, [MATRIX], order=2)
    with pytest.raises(AssertionError, match="the derivative of order 3"):
        check_gradients(f, [MATRIX], order=3)


def test_second_derivatives_of_two_scalars_do_not_cancel() -> None:
    # The Hessian of sin(x - y) is zero along (1, 1): tangents that are all one would see nothing wrong here.
    def f(x: Any, y: Any) -> Any:
        d = x - y
        return tf.sin(d) + 0.25 * (d - tf.stop_gradient(d)) ** 2

    with pytest.raises(AssertionError, match="the second derivative"):
        check_gradients(f, [2.0, 0.5], order=2)


def test_a_gradient_that_is_not_a_number_fails() -> None:
    with pytest.raises(AssertionError, match=r"tape: +inf\n +finite differences: nan"):
        check_gradients(tf.sqrt, [0.0])


def test_both_values_are_shown() -> None:
    with pytest.raises(AssertionError, match=r"tape: +4\.5\n +finite differences: 3$"):
        check_gradients(one_and_a_half_times(lambda x: 3.0 * x), [1.0])


def test_a_missing_gradient_is_shown_as_none() -> None:
    with pytest.raises(AssertionError, match=r"tape: +None\n +finite differences: 3$"):
        check_gradients(lambda x: tf.stop_gradient(3.0 * x), [1.0])


def test_tolerances_are_the_callers() -> None:
    slightly_wrong = lambda x: 1.001 * tf.sin(x) - tf.stop_gradient(0.001 * tf.sin(x))  # noqa: E731
    check_gradients(slightly_wrong, [MATRIX], rtol=0.01)
    with pytest.raises(AssertionError):
        check_gradients(slightly_wrong, [MATRIX])


def test_arguments_are_not_changed() -> None:
    point = np.array(MATRIX)
    check_gradients(tf.sin, [point], order=2)
    np.testing.assert_array_equal(point, MATRIX)


def test_an_order_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="order must be at least 1, got 0"):
        check_gradients(tf.sin, [1.0], order=0)
