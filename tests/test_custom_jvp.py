"""custom_jvp: functions with a forward rule, and the gradients that follow from it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients


@tf.custom_jvp
def sine(x: Any) -> Any:
    """tf.sin by a forward rule."""
    return tf.sin(x)


@sine.defjvp
def sine_rule(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return sine(x), t * tf.cos(x)


def derivative(f: Any, x: Any) -> Any:
    """The gradient of f at a tensor or variable."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def test_a_forward_rule_gives_the_gradient() -> None:
    assert tf.grad(sine)(0.5) == np.cos(np.float32(0.5))
    check_gradients(lambda x: sine(x) * x, [[0.5, -1.0, 2.0]], order=3, atol=1e-5)


def test_the_forward_rule_takes_the_place_of_the_derivative() -> None:
    f = tf.custom_jvp(lambda x: x * 1.0)
    f.defjvp(lambda primals, tangents: (primals[0] * 1.0, tangents[0] * 10.0))
    for x in (tf.constant(3.0), tf.Variable([1.0, 2.0])):
        assert np.all(derivative(f, x).numpy() == 10)
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
            y = f(x)
        assert np.all(accumulator.jvp(y).numpy() == 10)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = f(x)
        expected = 10 * np.eye(x.size).reshape(x.shape + x.shape)
        for mode in ("forward", "reverse"):
            np.testing.assert_array_equal(tape.jacobian(y, x, mode=mode), expected)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_higher_orders_of_a_forward_rule(order: int) -> None:
    f, expected = sine, tf.sin
    for _ in range(order):
        f, expected = tf.grad(f), tf.grad(expected)
    np.testing.assert_allclose(f(np.float64(0.7)), expected(np.float64(0.7)), rtol=1e-14)


def test_hessian_and_hvp_of_a_forward_rule() -> None:
    x = tf.Variable([0.3, 0.6], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(sine(x))
    np.testing.assert_allclose(tape.hessian(y, x), np.diag(-np.sin([0.3, 0.6])))
    np.testing.assert_allclose(tape.hvp(y, x, [1.0, 10.0]), -np.sin([0.3, 0.6]) * [1, 10])


def test_a_product_asked_for_late_is_followed_through_rules() -> None:
    x = tf.constant([0.5, 1.0], dtype=tf.float64)
    ones = tf.ones_like(x)
    expected = tf.hvp(lambda x: tf.reduce_sum(tf.sin(tf.sin(x)) * x), x, ones)
    for f in (
        sine,
        tf.custom_gradient(lambda x: (tf.sin(x), lambda g: g * tf.cos(x))),
        tf.recompute_grad(lambda x: tf.sin(x)),
    ):
        with tf.autodiff.ForwardAccumulator(x, ones) as outer, tf.autodiff.ForwardAccumulator(x, ones) as inner:
            y = f(f(x)) * x
        np.testing.assert_allclose(outer.jvp(inner.jvp(y)), expected, rtol=1e-12)


def test_structures_in_and_out_of_a_forward_rule() -> None:
    @tf.custom_jvp
    def f(pair: Any, named: Any) -> Any:
        return {"product": pair[0] * pair[1], "rest": [named["a"] * 2.0, 3]}

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (x, y), named = primals
        (tx, ty), moved = tangents
        assert set(named) == set(moved) == {"a"}
        return f(*primals), {"product": 10.0 * (tx * y + ty * x), "rest": [moved["a"] * 20.0, None]}

    x, y, a = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0]), tf.Variable(5.0)
    with tf.GradientTape(persistent=True) as tape:
        result = f((x, y), {"a": a})
        z = tf.reduce_sum(result["product"]) + result["rest"][0]
    assert result["rest"][1].numpy() == 3
    by_x, by_y, by_a = tape.gradient(z, [x, y, a])
    np.testing.assert_array_equal(by_x, [30, 40])
    np.testing.assert_array_equal(by_y, [10, 20])
    assert by_a.numpy() == 20.0
    np.testing.assert_array_equal(tape.jvp(result["product"], x, [1.0, 0.0]), [30, 0])
    assert tape.gradient(result["product"], a).numpy() == 0.0


def test_a_forward_rule_gets_what_is_no_tensor_as_it_is() -> None:
    @tf.custom_jvp
    def f(x: Any, text: Any, n: Any, array: Any) -> Any:
        return x * n * array

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        _, text, n, array = primals
        assert (text, tangents[1], n, type(n)) == ("text", "text", 3, int)
        assert type(array) is np.ndarray
        return f(*primals), tangents[0] * n * array

    array = np.array([1.0, 2.0])
    x = tf.Variable([1.0, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = f(x, "text", 3, array)
    array[:] = 0.0  # the caller may write to it
    np.testing.assert_array_equal(tape.gradient(y, x), [3, 6])


def test_an_integer_result_of_a_forward_rule_has_no_part_in_the_gradient() -> None:
    f = tf.custom_jvp(lambda x: (x * 2.0, tf.constant(3)))
    f.defjvp(lambda primals, tangents: ((primals[0] * 2.0, 3), (tangents[0] * 2.0, tf.constant(0))))
    x = tf.Variable([3.0, 4.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with tf.GradientTape() as tape:
            y, _ = f(x)
        np.testing.assert_array_equal(tape.gradient(y, x), [2, 2])


def test_without_a_rule_a_call_is_an_error() -> None:
    @tf.custom_jvp
    def lonely(x: Any) -> Any:
        return x

    with pytest.raises(AttributeError, match=r"lonely: no rule is defined.*@lonely\.defjvp"):
        lonely(1.0)


def test_variables_in_a_forward_function_are_an_error() -> None:
    weight = tf.Variable(2.0, name="weight")
    f = tf.custom_jvp(lambda x: x * weight)
    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0]))
    with tf.GradientTape(), pytest.raises(TypeError, match=r"reads the variables \['weight:0'\].*make them arguments"):
        f(tf.constant(1.0))
    assert derivative(tf.custom_gradient(lambda x: (x * 1.0, lambda g: g)), weight).numpy() == 1.0


def test_followed_tensors_around_a_forward_function_are_an_error() -> None:
    around = tf.constant(2.0)
    f = tf.custom_jvp(lambda x: x * around)
    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * around))
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch([x, around])
        with pytest.raises(TypeError, match=r"reads tensors around it that a tape follows.*make them arguments"):
            f(x)
    assert derivative(f, x).numpy() == 2.0  # where it is a constant


@pytest.mark.parametrize(
    ("returned", "text"),
    [
        (1.0, "must return a pair: the result and its tangent"),
        ((1.0, (1.0, 1.0)), "returned 2 tangents for 1 results"),
        ((1.0, tf.ones(2)), r"shaped: the tangent of result 0 has shape \(2,\); the result has shape \(\)"),
    ],
)
def test_what_is_wrong_with_a_tangent_is_said(returned: Any, text: str) -> None:
    @tf.custom_jvp
    def shaped(x: Any) -> Any:
        return x * 1.0

    shaped.defjvp(lambda primals, tangents: returned)
    with pytest.raises(ValueError, match=text):
        derivative(shaped, tf.constant(1.0))
    x = tf.constant(1.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = shaped(x)
    with pytest.raises(ValueError, match=text):
        accumulator.jvp(y)


def test_after_an_exception_in_a_forward_function_the_tapes_go_on() -> None:
    @tf.custom_jvp
    def f(x: Any) -> Any:
        raise KeyError("inside")

    f.defjvp(lambda primals, tangents: None)
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer, tf.GradientTape() as inner:
        with outer.stop_recording(), pytest.raises(KeyError):
            f(x)
        y = x * x
    assert inner.gradient(y, x).numpy() == outer.gradient(y, x).numpy() == 4.0


@pytest.mark.parametrize("transform", [tf.jacobian, tf.value_and_grad, lambda f: lambda x: tf.hvp(f, x, x)])
def test_a_variable_for_an_argument_is_no_tensor_around_the_function(transform):
    inner = transform(lambda x: tf.reduce_sum(tf.exp(x) * x))

    @tf.custom_jvp
    def f(x):
        return tf.nest.flatten(inner(x))[-1]

    f.defjvp(lambda primals, tangents: tf.jvp(lambda x: tf.nest.flatten(inner(x))[-1], primals, tangents))
    v = tf.Variable([0.5, -1.0], dtype=tf.float64)
    _, pull = tf.vjp(f, v)
    _, expected = tf.vjp(lambda x: tf.nest.flatten(inner(x))[-1], v)
    seed = np.array([1.0, 2.0])
    np.testing.assert_allclose(pull(seed)[0], expected(seed)[0], rtol=1e-12)
