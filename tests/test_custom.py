"""custom_gradient: TensorFlow's contract, every order and both modes, tapes in all states, errors, methods, memory."""

from __future__ import annotations

import copy
import functools
import gc
import os
import pickle
import weakref
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

# ------------------------------------------------------------------------------------- functions that several tests use


@tf.custom_gradient
def cube(x: Any) -> Any:
    """x cubed; its gradient written out, so that higher orders come from it."""
    return x * x * x, lambda g: g * 3.0 * x * x


@tf.custom_gradient
def tenfold(x: Any) -> Any:
    """x with a gradient that cannot be taken for x's own."""
    return x * 1.0, lambda g: g * 10.0


@tf.custom_jvp
def sine(x: Any) -> Any:
    """tf.sin by a forward rule."""
    return tf.sin(x)


@sine.defjvp
def sine_rule(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return sine(x), t * tf.cos(x)


def derivative(f: Any, x: Any, **options: Any) -> Any:
    """The gradient of f at a tensor or variable."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, **options)


# ----------------------------------------------------------------------------------- custom_gradient: the one in place


def test_the_rule_takes_the_place_of_the_derivative() -> None:
    assert derivative(tenfold, tf.constant(3.0)).numpy() == 10.0


def test_log1pexp_is_stable_where_its_own_gradient_is_not() -> None:
    def plain(x: Any) -> Any:
        return tf.math.log(1 + tf.exp(x))

    @tf.custom_gradient
    def stable(x: Any) -> Any:
        e = tf.exp(x)
        return tf.math.log(1 + e), lambda g: g * (1 - 1 / (1 + e))

    with np.errstate(over="ignore", invalid="ignore"):
        x = tf.constant(100.0)
        assert np.isnan(derivative(plain, x).numpy())
        assert derivative(stable, x).numpy() == 1.0
    x = tf.constant(0.3)
    np.testing.assert_allclose(derivative(stable, x), derivative(plain, x), rtol=1e-6)


def test_the_result_is_a_tensor_whether_or_not_a_tape_records() -> None:
    f = tf.custom_gradient(lambda x: ({"a": x, "b": [2.0, x * 2]}, lambda *g: g[0]))
    for context in (tf.GradientTape(), nullcontext()):
        with context:
            result = f(tf.Variable(3.0))
        assert type(result["a"]) is tf.Tensor
        assert [float(part) for part in (result["a"], *result["b"])] == [3.0, 2.0, 6.0]


def test_the_rule_is_not_called_before_the_gradient_and_once_for_it() -> None:
    calls = []

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(g: Any) -> Any:
            calls.append(g)
            return g

        return x * 2.0, grad

    x = tf.Variable([1.0, 2.0])
    f(x)
    with tf.GradientTape() as tape:
        y = f(x) * 3.0 + f(x) * 0.0
    assert not calls
    tape.gradient(y, x)
    assert [g.numpy().tolist() for g in calls] == [[0.0, 0.0], [3.0, 3.0]]


def test_results_in_a_structure_have_one_cotangent_each() -> None:
    Pair = namedtuple("Pair", "sum product")
    seen = []

    @tf.custom_gradient
    def f(x: Any, y: Any) -> Any:
        def grad(*cotangents: Any) -> Any:
            seen.extend(cotangents)
            by_sum, by_product, by_difference = cotangents
            return by_sum + by_product * y + by_difference, by_sum + by_product * x - by_difference

        return (Pair(x + y, x * y), [x - y]), grad

    x, y = tf.Variable([1.0, 2.0]), tf.Variable([5.0, 7.0])
    with tf.GradientTape() as tape:
        pair, (difference,) = f(x, y)
        z = 2.0 * pair.sum + 3.0 * pair.product + 4.0 * difference
    assert type(pair).__name__ == "Pair"
    by_x, by_y = tape.gradient(z, [x, y])
    np.testing.assert_array_equal(by_x, [2 + 15 + 4, 2 + 21 + 4])
    np.testing.assert_array_equal(by_y, [2 + 3 - 4, 2 + 6 - 4])
    assert [part.numpy().tolist() for part in seen] == [[2, 2], [3, 3], [4, 4]]


def test_unused_and_integer_results_have_cotangents_of_zeros() -> None:
    seen = []

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(*cotangents: Any) -> Any:
            seen.extend(cotangents)
            return cotangents[0] * 2.0

        return (x * 2.0, tf.constant([1, 2]), x * 3.0, tf.reduce_max(x) > 0.0), grad

    x = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y, whole, _, _ = f(x)
        y = y * tf.cast(whole, tf.float32)
    np.testing.assert_array_equal(tape.gradient(y, x), [2, 4])
    assert [g.dtype.name for g in seen] == ["float32", "int32", "float32", "bool"]
    assert [tuple(g.shape) for g in seen] == [(2,), (2,), (2,), ()]
    assert all(not np.any(g.numpy()) for g in seen[1:])


def test_what_is_no_number_in_a_result_stays_as_it_is_and_has_no_cotangent() -> None:
    f = tf.custom_gradient(lambda x: ((x * 2.0, None, "kept"), lambda g: g * 5.0))
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y, nothing, text = f(x)
    assert (nothing, text) == (None, "kept")
    assert tape.gradient(y, x).numpy() == 5.0
    assert f(x)[1:] == (None, "kept")


@pytest.mark.parametrize("order", [1, 2, 3])
def test_all_orders_come_from_the_rule(order: int) -> None:
    f = cube
    for _ in range(order):
        f = tf.grad(f)
    assert float(f(2.0)) == {1: 12.0, 2: 12.0, 3: 6.0}[order]


def test_it_agrees_with_finite_differences_to_third_order() -> None:
    check_gradients(lambda x: cube(tf.sin(x)) * x, [[0.5, -1.0]], order=3, atol=1e-5)


def test_a_rule_may_have_a_rule() -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        @tf.custom_gradient
        def grad(g: Any) -> Any:
            return g * 10.0, lambda gg: gg * 100.0

        return x * 1.0, grad

    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        seed = tf.constant(1.0)
        outer.watch([x, seed])
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        first = inner.gradient(y, x, output_gradients=seed)
    assert first.numpy() == 10.0
    assert outer.gradient(first, seed).numpy() == 100.0


def test_custom_functions_nest() -> None:
    @tf.custom_gradient
    def outside(x: Any) -> Any:
        y = tenfold(x) * 2.0  # its rule is not asked: the outer one stands for all of it
        return y, lambda g: tenfold(g) * x

    assert derivative(outside, tf.constant(3.0)).numpy() == 3.0
    assert derivative(lambda x: tenfold(tenfold(x)), tf.constant(3.0)).numpy() == 100.0


def test_recursion_through_the_function_itself() -> None:
    @tf.custom_gradient
    def power(x: Any, n: int) -> Any:
        if n == 0:
            return tf.ones_like(x), lambda g: (tf.zeros_like(x), None)
        return power(x, n - 1) * x, lambda g: (g * n * power(x, n - 1), None)

    def power_of(n: int, x: Any) -> Any:
        return power(x, n)

    x = tf.Variable(2.0, dtype=tf.float64)
    for order, expected in enumerate([80.0, 160.0, 240.0]):
        f: Any = functools.partial(power_of, 5)
        for _ in range(order + 1):
            f = tf.grad(f)
        assert float(f(x)) == expected


# ------------------------------------------------------------------------------------------- custom_gradient: arguments


def test_gradients_may_be_none() -> None:
    f = tf.custom_gradient(lambda x, y: (x * y, lambda g: (None, g * 7.0)))
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = f(x, y)
    by_x, by_y = tape.gradient(z, [x, y])
    assert by_x is None
    assert by_y.numpy() == 7.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_all_gradients_none_is_none() -> None:
    assert derivative(tf.custom_gradient(lambda x: (x * 1.0, lambda g: None)), tf.constant(3.0)) is None


def test_arguments_in_structures_have_gradients_in_the_same_order() -> None:
    @tf.custom_gradient
    def f(pair: Any, named: Any) -> Any:
        return pair[0] * pair[1] * named["b"] * named["a"], lambda g: ([g * 1.0, g * 2.0], {"a": g * 3.0, "b": g * 4.0})

    x, y, a, b = (tf.Variable(float(k)) for k in range(4))
    with tf.GradientTape() as tape:
        z = f((x, y), {"b": b, "a": a})
    assert [float(g) for g in tape.gradient(z, [x, y, a, b])] == [1, 2, 3, 4]


def test_keyword_arguments_have_no_gradient() -> None:
    @tf.custom_gradient
    def f(x: Any, axis: int = 0, scale: Any = 1.0) -> Any:
        return tf.reduce_sum(x, axis) * scale, lambda g: tf.ones_like(x) * 7.0

    x, scale = tf.Variable([[1.0, 2.0], [3.0, 4.0]]), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = f(x, axis=1, scale=scale)
    np.testing.assert_array_equal(y, [6, 14])
    by_x, by_scale = tape.gradient(y, [x, scale])
    np.testing.assert_array_equal(by_x, np.full((2, 2), 7.0))
    assert by_scale is None


@pytest.mark.parametrize(
    "other",
    ["text", None, True, 2, 2.5, 1j, len, object(), np.array(["a", "b"]), np.array([None]), slice(2)],
    ids=lambda other: type(other).__name__,
)
def test_arguments_that_are_no_tensors_arrive_as_they_are(other: Any) -> None:
    seen = []

    @tf.custom_gradient
    def f(x: Any, other: Any) -> Any:
        seen.append(other)
        return x * 1.0, lambda g: (g * 3.0, None)

    assert derivative(lambda x: f(x, other), tf.Variable([1.0, 2.0])).numpy().tolist() == [3, 3]
    assert seen[0] is other


def test_the_same_tensor_twice_has_the_sum_of_both_gradients() -> None:
    f = tf.custom_gradient(lambda x, y: (x * y, lambda g: (g * 10.0, g * 1.0)))
    assert derivative(lambda x: f(x, x), tf.constant(3.0)).numpy() == 11.0
    assert derivative(lambda x: f(x, x), tf.Variable([3.0, 4.0])).numpy().tolist() == [11, 11]


def test_an_argument_that_is_returned_is_a_new_tensor_with_the_rule() -> None:
    f = tf.custom_gradient(lambda x: (x, lambda g: -g))  # the gradient is turned round
    for x in (tf.constant(3.0), tf.constant([1.0, 2.0]), tf.Variable(3.0), tf.Variable([1.0, 2.0])):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = f(x)
            z = x * 1.0
        assert y is not x
        assert np.all(tape.gradient(y, x).numpy() == -1)
        assert np.all(tape.gradient(z, x).numpy() == 1)


def test_one_tensor_returned_twice_has_two_cotangents() -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        y = x * 2.0
        return (y, y), lambda g, h: g * 10.0 + h

    x = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        first, second = f(x)
    assert tape.gradient(first, x).numpy() == 10.0
    assert tape.gradient(second, x).numpy() == 1.0
    assert tape.gradient([first, second], x).numpy() == 11.0


def test_tensors_found_around_the_function_have_no_gradient_beside_an_argument() -> None:
    around = tf.constant(5.0)
    f = tf.custom_gradient(lambda x: (x * around, lambda g: g))
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, around])
        y = f(x)
    by_x, by_around = tape.gradient(y, [x, around])
    assert by_x.numpy() == 1.0
    assert by_around is None


def test_the_gradient_has_the_dtype_of_its_source() -> None:
    f = tf.custom_gradient(lambda x, y: (x * y, lambda g: (np.ones(2) * 3.0, np.array([1, 2]))))
    x, y = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        z = f(x, y)
    assert z.dtype == tf.float64
    by_x, by_y = tape.gradient(z, [x, y])
    assert (by_x.dtype, by_x.numpy().tolist()) == (tf.float32, [3, 3])
    assert (by_y.dtype, by_y.numpy().tolist()) == (tf.float64, [1, 2])


@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 0), (2, 3)])
def test_shapes_and_dtypes(dtype: Any, shape: Any) -> None:
    x = tf.constant(np.full(shape, 2.0), dtype=dtype)
    gradient = derivative(lambda x: cube(x) * 2.0, x)
    assert (gradient.dtype, tuple(gradient.shape)) == (dtype, shape)
    assert np.all(gradient.numpy() == 24)


# ------------------------------------------------------------------------------------------- custom_gradient: variables


def test_variables_used_inside_are_given_to_the_rule() -> None:
    weight = tf.Variable([2.0, 3.0], name="weight")

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(g: Any, variables: Any = None) -> Any:
            assert variables is not None
            assert [v is weight for v in variables] == [True]
            return g * weight * 10.0, [g * x * 100.0]

        return x * weight, grad

    x = tf.Variable([1.0, 1.0])
    with tf.GradientTape() as tape:
        y = f(x)
    by_x, by_weight = tape.gradient(y, [x, weight])
    np.testing.assert_array_equal(by_x, [20, 30])
    np.testing.assert_array_equal(by_weight, [100, 100])
    assert set(map(id, tape.watched_variables())) == {id(x), id(weight)}


def test_variables_alone_are_enough() -> None:
    weight = tf.Variable(2.0)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * weight, lambda g, variables: (None, [g * 100.0])

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    assert tape.gradient(y, weight).numpy() == 100.0


def test_a_layer_inside_a_custom_function() -> None:
    layer = tf.keras.layers.Dense(2)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layer(x)

        def grad(g: Any, variables: Any) -> Any:
            by_x, by_variables = tape.gradient(y, (x, variables), output_gradients=g)
            return by_x * 2.0, by_variables

        return tf.identity(y), grad

    x = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        changed = f(x)
        plain = layer(x)
    np.testing.assert_allclose(tape.gradient(changed, x), 2 * tape.gradient(plain, x).numpy())
    for own, expected in zip(
        tape.gradient(changed, layer.trainable_variables), tape.gradient(plain, layer.trainable_variables), strict=True
    ):
        np.testing.assert_allclose(own, expected)


def test_variables_as_arguments_and_fixed_ones_are_not_asked_for() -> None:
    fixed = tf.Variable(5.0, trainable=False)
    f = tf.custom_gradient(lambda x, y=None: (x * fixed * y, lambda g: g * 3.0))
    assert derivative(lambda x: f(x, y=x), tf.Variable(2.0)).numpy() == 3.0


def test_a_rule_without_the_keyword_is_an_error_at_the_call() -> None:
    weight = tf.Variable(2.0, name="weight")
    f = tf.custom_gradient(lambda x: (x * weight, lambda g: g))
    with (
        tf.GradientTape() as tape,
        pytest.raises(TypeError, match=r"grad_fn must accept keyword argument 'variables'.*weight:0"),
    ):
        f(tf.constant(1.0))
    x = tf.Variable(2.0)
    with tape:
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


def test_any_keywords_will_do_for_variables() -> None:
    weight = tf.Variable(2.0)
    f = tf.custom_gradient(lambda x: (x * weight, lambda g, **options: (g, [g * len(options["variables"])])))
    assert derivative(lambda w: f(tf.constant(1.0)), weight).numpy() == 1.0


def test_variables_under_a_tape_that_does_not_watch_them() -> None:
    weight = tf.Variable(2.0)
    f = tf.custom_gradient(lambda x: (x * weight, lambda g, variables: (g * 5.0, [g * 7.0])))
    x = tf.constant(3.0)
    for watched, expected in (([x], [5.0, None]), ([x, weight], [5.0, 7.0]), ([weight], [None, 7.0])):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            y = f(x)
        found = tape.gradient(y, [x, weight])
        assert [None if g is None else float(g) for g in found] == expected


@pytest.mark.parametrize(
    ("returned", "text"),
    [
        ((1.0, [1.0]), "Must return gradient for each variable from @custom_gradient grad_fn: 2 are used, and 1"),
        ((1.0, None), "2 are used, and 0"),
        (1.0, "grad_fn must return a pair"),
        ((1.0, [1.0], 2.0), "grad_fn must return a pair"),
        ((1.0, [1.0, [1.0]]), r"f: the gradient of variable 1 has shape \(1,\); the variable has shape \(\)"),
        (((1.0, 1.0), [1.0, 1.0]), "expected to return 1 gradients, but returned 2 instead"),
    ],
)
def test_what_is_wrong_with_gradients_for_variables_is_said(returned: Any, text: str) -> None:
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * a * b, lambda g, variables: returned

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    with pytest.raises(ValueError, match=text):
        tape.gradient(y, a)


def test_a_rule_may_use_up_its_list_of_variables() -> None:
    weight = tf.Variable(2.0)
    f = tf.custom_gradient(lambda x: (x * weight, lambda g, variables: (g, [variables.pop() * g])))
    with tf.GradientTape(persistent=True) as tape:
        y = f(tf.constant(1.0))
    assert tape.gradient(y, weight).numpy() == tape.gradient(y, weight).numpy() == 2.0


# --------------------------------------------------------------------------------------------- custom_gradient: errors


@pytest.mark.parametrize("result", [1.0, (1.0,), (1.0, 2.0), (1.0, len, len), None])
@pytest.mark.parametrize("recording", [False, True])
def test_a_function_that_returns_no_pair_is_an_error(result: Any, recording: bool) -> None:
    f = tf.custom_gradient(lambda x: result)
    with tf.GradientTape() as tape:
        context = nullcontext() if recording else tape.stop_recording()
        with context, pytest.raises(TypeError, match="must return a pair"):
            f(tf.Variable(1.0))


@pytest.mark.parametrize(("returned", "count"), [((), 0), ((1.0, 1.0, 1.0), 3), ([[1.0, 1.0], 1.0], 3), (1.0, 1)])
def test_a_wrong_number_of_gradients_is_an_error(returned: Any, count: int) -> None:
    @tf.custom_gradient
    def product(x: Any, y: Any) -> Any:
        return x * y, lambda g: returned

    text = f"product: custom_gradient function expected to return 2 gradients, but returned {count} instead"
    with pytest.raises(ValueError, match=text):
        derivative(lambda x: product(x, x), tf.constant(1.0))


def test_a_gradient_of_a_wrong_shape_names_the_function_and_both_shapes() -> None:
    @tf.custom_gradient
    def total(x: Any, y: Any) -> Any:
        return tf.reduce_sum(x * y), lambda g: (tf.zeros((3,)), g)

    x, y = tf.Variable([1.0, 2.0, 3.0]), tf.Variable([4.0, 5.0, 6.0])
    with tf.GradientTape(persistent=True) as tape:
        z = total(x, y)
    for _ in range(2):  # the tape is as it was
        with pytest.raises(
            ValueError, match=r"total: the gradient of argument 1 has shape \(\); the argument has shape \(3,\)"
        ):
            tape.gradient(z, x)


def test_after_an_exception_in_the_function_the_tape_goes_on() -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        raise KeyError("inside")

    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        with pytest.raises(KeyError, match="inside"):
            f(y)
        z = y * x
    assert tape.gradient(z, x).numpy() == 12.0


def test_after_an_exception_in_the_rule_the_tape_answers_again() -> None:
    wrong = [True]

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(g: Any) -> Any:
            if wrong:
                raise KeyError(wrong.pop())
            return g * 5.0

        return x * 2.0, grad

    for value in (2.0, [2.0, 3.0]):
        wrong[:] = [True]
        x = tf.Variable(value)
        with tf.GradientTape() as tape:
            y = f(x) + x
        with pytest.raises(KeyError):
            tape.gradient(y, x)
        assert np.all(tape.gradient(y, x).numpy() == 6)


def test_after_an_exception_in_an_inner_rule_the_outer_tape_goes_on() -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(g: Any) -> Any:
            raise KeyError

        return x * 2.0, grad

    x = tf.Variable([2.0, 3.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = f(x)
        with pytest.raises(KeyError):
            inner.gradient(y, x)
        z = x * x
    np.testing.assert_array_equal(outer.gradient(z, x), [4, 6])


# ------------------------------------------------------------------------------------------ custom_gradient and tapes


def test_outside_of_tapes_only_the_function_runs() -> None:
    x = tf.Variable(3.0)
    assert tenfold(x).numpy() == 3.0
    assert tenfold(3.0).numpy() == 3.0
    assert tenfold(np.array([1.0, 2.0])).numpy().tolist() == [1, 2]
    assert tf.grad(tenfold)(3.0) == 10.0


def test_a_paused_tape_does_not_hear_it() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            y = tenfold(x)
        z = tenfold(x) + y
    assert tape.gradient(z, x).numpy() == 10.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_of_two_tapes_the_one_that_listens_hears_it() -> None:
    weight = tf.Variable(2.0)
    f = tf.custom_gradient(lambda x: (x * weight, lambda g, variables: (g * 5.0, [g * 7.0])))
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as outer, tf.GradientTape() as inner:
        outer.watch(x)
        inner.watch(x)
        with outer.stop_recording():
            y = f(x)
        z = f(y)
    assert [float(g) for g in inner.gradient(z, [x, weight])] == [25.0, 42.0]
    assert outer.gradient(z, x) is None
    assert outer.gradient(z, weight).numpy() == 7.0
    assert outer.gradient(z, y) is None


def test_a_tape_paused_inside_the_function_is_still_given_the_rule() -> None:
    with tf.GradientTape() as tape:

        @tf.custom_gradient
        def f(x: Any) -> Any:
            with tape.stop_recording():
                y = tf.exp(x)
            return y, lambda g: g * 3.0

        x = tf.Variable(1.0)
        y = f(x)
    assert tape.gradient(y, x).numpy() == 3.0


def test_a_persistent_tape_asks_the_rule_each_time() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = cube(x)
        z = y * y
    np.testing.assert_array_equal(tape.gradient(y, x), [3, 12])
    np.testing.assert_array_equal(tape.gradient(z, x), [6, 6 * 32])
    np.testing.assert_array_equal(tape.gradient(z, y), [2, 16])


def test_a_persistent_tape_records_the_rule_of_its_own_gradient() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        slope = tape.gradient(cube(x), x)
    assert tape.gradient(slope, x).numpy() == 12.0


def test_tapes_opened_and_used_inside_the_function() -> None:
    @tf.custom_gradient
    def root(a: Any) -> Any:
        """The solution of x**3 + x = a by Newton's method, with the gradient of the implicit function."""

        def slope(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x**3 + x
            return y, tape.gradient(y, x)

        x = tf.ones_like(a)
        for _ in range(20):
            y, dy = slope(x)
            x = x - (y - a) / dy
        return x, lambda g: g / (3.0 * x * x + 1.0)

    a = tf.constant([2.0, 10.0], dtype=tf.float64)
    np.testing.assert_allclose(root(a), [1, 2])
    np.testing.assert_allclose(derivative(root, a), [1 / 4, 1 / 13])


@pytest.mark.parametrize("value", [2.0, [1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_forward_mode_transposes_the_rule(value: Any) -> None:
    x = tf.constant(value)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x) * 2.0) as accumulator:
        y = cube(x) * 5.0
        z = tenfold(x)
    np.testing.assert_allclose(accumulator.jvp(y), 30 * np.square(value), rtol=1e-6)
    np.testing.assert_array_equal(accumulator.jvp(z), np.full(np.shape(value), 20.0))


def test_forward_mode_through_several_results_and_arguments() -> None:
    @tf.custom_gradient
    def f(x: Any, y: Any) -> Any:
        return (x * y, tf.reduce_sum(x), 3), lambda g, h, _: (g * y + h, g * x)

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.autodiff.ForwardAccumulator((x, y), (tf.constant([1.0, 0.0]), tf.constant([0.0, 10.0]))) as accumulator:
        product, total, count = f(x, y)
    np.testing.assert_array_equal(accumulator.jvp(product), [3, 20])
    assert accumulator.jvp(total).numpy() == 1.0
    assert count.numpy() == 3


def test_forward_over_reverse_and_reverse_over_forward() -> None:
    x = tf.constant([2.0, 3.0])
    ones = tf.ones(2)
    with tf.autodiff.ForwardAccumulator(x, ones) as accumulator:
        gradient = derivative(cube, x)
    np.testing.assert_array_equal(accumulator.jvp(gradient), [12, 18])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tf.autodiff.ForwardAccumulator(x, ones) as accumulator:
            y = cube(x)
        moved = accumulator.jvp(y)
    np.testing.assert_array_equal(tape.gradient(moved, x), [12, 18])


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("chunk_size", [None, 1, 2])
def test_jacobians_in_both_modes(mode: str, chunk_size: int | None) -> None:
    matrix = np.arange(6.0).reshape(2, 3)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return (
            tf.linalg.matvec(matrix, x),
            tf.reduce_sum(x),
        ), lambda g, h: tf.linalg.matvec(matrix, g, transpose_a=True) * 10.0 + h

    x = tf.constant([1.0, 2.0, 3.0], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, total = f(x)
    found = tape.jacobian(y, x, mode=mode, chunk_size=chunk_size)
    np.testing.assert_array_equal(found, matrix * 10)
    np.testing.assert_array_equal(tape.jacobian(total, x, mode=mode, chunk_size=chunk_size), np.ones(3))


def test_the_rule_sees_no_leading_axis_in_a_jacobian() -> None:
    shapes = []

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(g: Any) -> Any:
            shapes.append(tuple(g.shape))
            return g * 2.0

        return x * 2.0, grad

    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = f(x)
    np.testing.assert_array_equal(tape.jacobian(y, x), 2 * np.eye(3))
    assert shapes == [(3,)] * 3


def test_batch_jacobian_through_it() -> None:
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape() as tape:
        y = cube(x)
    np.testing.assert_array_equal(tape.batch_jacobian(y, x), [np.diag(3 * row**2) for row in x.numpy()])


def test_hessian_and_hvp_from_one_recording() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(cube(x)) * x[0]
    expected = [[6 * 1 * 1 + 6, 12], [12, 12]]
    np.testing.assert_array_equal(tape.hessian(y, x), expected)
    np.testing.assert_array_equal(tape.hvp(y, x, [1.0, 10.0]), np.array(expected) @ [1, 10])
    np.testing.assert_array_equal(tape.hessian(y, x), expected)  # and the tape is as it was
    np.testing.assert_array_equal(tf.hessian(lambda x: tf.reduce_sum(cube(x)))(np.array([1.0, 2.0])), [[6, 0], [0, 12]])


def test_a_custom_function_inside_a_rule_inside_a_hessian() -> None:
    f = tf.custom_gradient(lambda x: (x * x * x * x, lambda g: g * 4.0 * cube(x)))
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(f(x))
    for _ in range(3):
        np.testing.assert_array_equal(tape.hessian(y, x), np.diag([12, 48]))
        np.testing.assert_array_equal(tape.gradient(y, x), [4, 32])


def test_a_gradient_clipped_on_its_way_back() -> None:
    @tf.custom_gradient
    def clipped(x: Any) -> Any:
        return tf.identity(x), lambda g: tf.clip_by_norm(g, 0.5)

    x = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(clipped(x) ** 2)
    np.testing.assert_allclose(tape.gradient(y, x), [0.3, 0.4], rtol=1e-6)


def test_threads_have_their_own_calls() -> None:
    weight = tf.Variable(2.0)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * weight, lambda g, variables: (g * x, [g * 2.0 * x])

    def work(k: int) -> tuple[float, float]:
        x = tf.constant(float(k))
        for _ in range(50):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            by_x, by_weight = tape.gradient(y, [x, weight])
        return float(by_x), float(by_weight)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(1, 9))) == [(k, 2.0 * k) for k in range(1, 9)]


# ------------------------------------------------------------------------------ custom_gradient: functions and methods


class Scaled:
    def __init__(self, by: float) -> None:
        self.by = by

    @tf.custom_gradient
    def method(self, x: Any) -> Any:
        return x * self.by, lambda g: g * self.by * 10.0

    @classmethod
    @tf.custom_gradient
    def class_method(cls, x: Any) -> Any:
        return x * 1.0, lambda g: g * len(cls.__name__)

    @staticmethod
    @tf.custom_gradient
    def static_method(x: Any) -> Any:
        return x * 1.0, lambda g: g * 7.0

    part = tf.custom_gradient(functools.partial(lambda by, x: (x * by, lambda g: g * by), 8.0))

    @tf.recompute_grad
    def again(self, x: Any) -> Any:
        return x * x * self.by

    @tf.custom_jvp
    def moved(self, x: Any) -> Any:
        return x * self.by

    @moved.defjvp
    def moved_rule(self, primals: Any, tangents: Any) -> Any:
        return self.moved(*primals), tangents[0] * self.by * 10.0

    @tf.grad_pass_through
    def rounded(self, x: Any) -> Any:
        return tf.round(x * self.by)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("method", 20.0),
        ("class_method", 6.0),
        ("static_method", 7.0),
        ("part", 8.0),
        ("again", 12.0),
        ("moved", 20.0),
        ("rounded", 1.0),
    ],
)
def test_methods_leave_self_alone(name: str, expected: float) -> None:
    assert derivative(getattr(Scaled(2.0), name), tf.Variable(3.0)).numpy() == expected
    other = getattr(Scaled(2.0), name)
    assert derivative(lambda x: other(x) * 2.0, tf.constant(3.0)).numpy() == 2 * expected


def test_it_keeps_name_and_docstring() -> None:
    assert cube.__name__ == "cube"
    assert cube.__doc__ == "x cubed; its gradient written out, so that higher orders come from it."
    assert cube.__wrapped__(tf.constant(2.0))[0].numpy() == 8.0
    assert Scaled.method.__name__ == Scaled(1.0).method.__name__ == "method"


def test_it_is_pickled_by_name_and_not_copied() -> None:
    for f in (cube, sine, Scaled.method):
        assert pickle.loads(pickle.dumps(f)) is f
        assert copy.deepcopy([f])[0] is f


def test_it_is_an_activation() -> None:
    layer = tf.keras.layers.Dense(1, activation=tenfold, use_bias=False, kernel_initializer="ones")
    x = tf.constant([[1.0, 2.0]])
    np.testing.assert_array_equal(derivative(layer, x), [[10, 10]])


# ------------------------------------------------------------------------------------------------------------- memory


def resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


@pytest.mark.parametrize("wrap", ["gradient", "recompute", "jvp"])
@pytest.mark.parametrize("within", ["its own tape", "an outer tape", "a paused tape"])
def test_many_calls_do_not_grow(wrap: str, within: str) -> None:
    f = {"gradient": cube, "recompute": tf.recompute_grad(lambda x: x * x * x), "jvp": sine}[wrap]
    x = tf.Variable(np.ones(1000))

    def step() -> None:
        with tf.GradientTape() as tape:
            y = f(x)
        tape.gradient(y, x)

    outer = tf.GradientTape(watch_accessed_variables=within == "a paused tape")

    def steps(count: int) -> None:
        if within == "its own tape":
            for _ in range(count):
                step()
            return
        with outer:
            for _ in range(count):
                with outer.stop_recording() if within == "a paused tape" else nullcontext():
                    step()

    gc.collect()
    gc.disable()
    try:
        steps(1000)
        before = resident_bytes()
        steps(10_000)
        assert resident_bytes() - before < 4e6  # one array a call would be 80 MB
    finally:
        gc.enable()


def test_the_tape_frees_closures_at_once() -> None:
    class Witness:
        pass

    def call(tape: Any) -> tuple[Any, Any, Any]:
        witness = Witness()

        @tf.custom_gradient
        def f(x: Any) -> Any:
            return x * 2.0, lambda g: (witness, g * 2.0)[1]

        x = tf.constant([1.0, 2.0])
        with tape:
            tape.watch(x)
            y = f(x)
        return x, y, weakref.ref(witness)

    gc.disable()
    try:
        tape = tf.GradientTape()
        x, y, alive = call(tape)
        assert alive() is not None
        tape.gradient(y, x)
        assert alive() is None
        tape = tf.GradientTape(persistent=True)
        x, y, alive = call(tape)
        tape.gradient(y, x)
        assert alive() is not None
        del tape
        assert alive() is None
        tape = tf.GradientTape()
        x, y, alive = call(tape)
        with tape:
            tape.reset()
        assert alive() is None
    finally:
        gc.enable()


def test_a_jacobian_takes_reverse_mode_where_a_rule_need_not_be_linear() -> None:
    @tf.custom_gradient
    def signs(x: Any) -> Any:
        return 2.0 * x, lambda g: tf.sign(g) * 0.5

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = signs(x) * [10.0, -10.0, 0.0]
    np.testing.assert_array_equal(tape.jacobian(y, x), [0.5, -0.5, 0.0])
    np.testing.assert_array_equal(tape.jacobian(y, x, mode="reverse"), tape.jacobian(y, x))


@pytest.mark.parametrize(
    "call",
    [
        lambda z: tf.concat([z, z], 0),
        lambda z: tf.stack([z, z]),
        lambda z: tf.einsum("i,i->", z, z),
        tf.nn.softmax,
        tf.cumsum,
        tf.reduce_max,
        lambda z: tf.reshape(z, (1, 5)) @ tf.ones((5, 2), dtype=tf.float64),
        lambda z: tf.sin(z) * z + 1.0,
    ],
)
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_where_a_rule_gives_no_tangent_none_arrives(call: Any) -> None:
    @tf.custom_jvp
    def f(x: Any) -> Any:
        return x * 2.0

    f.defjvp(lambda primals, tangents: (primals[0] * 2.0, None))
    x = tf.constant(np.arange(5.0))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = call(f(x))
    assert tape.jvp(y, x, np.ones(5)) is None
    assert tape.gradient(y, x) is None
    assert tape.jacobian(y, x, mode="forward") is None
    assert tape.jacobian(y, x, mode="reverse") is None
    assert tape.sparse_jacobian(y, x).toarray().tolist() == np.zeros((y.size, 5)).tolist()
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.autodiff.ForwardAccumulator(x, np.ones(5)) as accumulator:
            y = call(f(x))
        assert accumulator.jvp(y) is None


# ----------------------------------------------------------------------------------------------------- dtypes of rules


@pytest.mark.parametrize("wrong", [tf.float64, tf.float16, tf.int32, tf.complex64])
def test_a_gradient_of_another_dtype_is_told(wrong: Any) -> None:
    f = tf.custom_gradient(lambda x, y: (x * y, lambda g: (g * y, tf.cast(g * x, wrong))))
    x, y = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        z = f(x, y)
    name = np.dtype(wrong).name
    message = f"the gradient of argument 1 has dtype {name}; the argument has dtype float32, and they must be equal"
    with pytest.raises(TypeError, match=message):
        tape.gradient(z, [x, y])
    recorded = tf.function(lambda: tf.grad(lambda a: tf.reduce_sum(f(a, y)))(x))
    with pytest.raises(TypeError, match=message):
        recorded()


def test_a_tangent_of_another_dtype_is_told() -> None:
    f = tf.custom_jvp(lambda x: 2.0 * x)
    f.defjvp(lambda primals, tangents: (f(*primals), tf.cast(2.0 * tangents[0], tf.float64)))
    message = "the tangent of result 0 has dtype float64; the result has dtype float32"
    with pytest.raises(TypeError, match=message):
        tf.jvp(f, [1.0], [1.0])
    with pytest.raises(TypeError, match=message):
        tf.grad(f)(1.0)


def test_a_contribution_of_another_dtype_is_told() -> None:
    double = tf.general_op("double_of_another_dtype", lambda x: 2 * x, lambda g, y, x: tf.cast(2.0 * g, tf.float64))
    with pytest.raises(TypeError, match="the gradient of operand 0 has dtype float64; the operand has dtype float32"):
        tf.grad(double)(1.0)


def test_numbers_and_arrays_take_the_dtype_and_mixed_ones_are_rounded() -> None:
    for returned in (2.0, 2, np.float64(2.0), np.array(2)):
        f = tf.custom_gradient(lambda x, r=returned: (2.0 * x, lambda g: r))
        assert derivative(f, tf.constant(1.0)).dtype == tf.float32
    wide = tf.custom_gradient(lambda x: (tf.cast(x, tf.float64) * 2.0, lambda g: 2.0 * g))
    gradient = derivative(wide, tf.constant(1.0))
    assert (gradient.dtype, float(gradient)) == (tf.float32, 2.0)


# -- Keyword arguments, and what decorators of Python's make of a rule ------------------------------------------------


@tf.custom_gradient
def ruled_twice(x, y=1.0, *, label=None):
    return x * y, lambda g: (7.0 * g, 8.0 * g)


@tf.custom_gradient
def ruled_once(x, y=1.0):
    return x * y, lambda g: 7.0 * g


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda a, b: ruled_twice(x=a, y=b), [7.0, 8.0]),
        (lambda a, b: ruled_twice(y=b, x=a), [7.0, 8.0]),
        (lambda a, b: ruled_twice(a, y=b), [7.0, 8.0]),
        (lambda a, b: ruled_twice(a, y=b, label="text"), [7.0, 8.0]),
        (lambda a, b: ruled_twice(x=a), [7.0, None]),
        (lambda a, b: ruled_once(x=a), [7.0, None]),
        (lambda a, b: ruled_once(x=a, y=b), [7.0, None]),
        (lambda a, b: ruled_once(a, y=b), [7.0, None]),
    ],
)
@pytest.mark.parametrize("make", [tf.constant, tf.Variable])
def test_keyword_arguments_have_the_gradients_that_the_rule_gives_for_them(call, expected, make):
    a, b = make(2.0), make(3.0)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        z = call(a, b)
    assert [None if g is None else float(g) for g in tape.gradient(z, [a, b])] == expected


def test_a_rule_of_keyword_only_parameters_is_used():
    @tf.custom_gradient
    def scaled(*, x):
        return x * 2.0, lambda g: 5.0 * g

    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = scaled(x=x)
    assert float(tape.gradient(y, x)) == 5.0


def test_a_rule_that_gives_gradients_for_no_prefix_of_the_arguments_is_refused():
    @tf.custom_gradient
    def wrong(x, y):
        return x * y, lambda g: (g, g, g)

    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = wrong(x, y=2.0)
    with pytest.raises(ValueError, match="expected to return 1 gradients, but returned 3 instead"):
        tape.gradient(z, x)


def test_a_class_method_is_bound_though_classmethod_leaves_that_to_the_call():
    class Model:
        scale = 3.0

        @classmethod
        @tf.custom_gradient
        def by_gradient(cls, x):
            return x * cls.scale, lambda g: g * cls.scale * 10.0

        @tf.custom_jvp
        def _by_tangent(cls, x):
            return x * cls.scale

        @_by_tangent.defjvp
        def rule(cls, primals, tangents):
            return cls.by_tangent(*primals), tangents[0] * cls.scale * 10.0

        by_tangent = classmethod(_by_tangent)

    for call in (Model.by_gradient, Model().by_gradient, Model.by_tangent):
        with tf.GradientTape() as tape:
            x = tf.constant(2.0)
            tape.watch(x)
            y = call(x)
        assert (float(y), float(tape.gradient(y, x))) == (6.0, 30.0)
    # As Python 3.13 and later call what is inside a classmethod.
    inside = vars(Model)["by_gradient"].__func__
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = inside(Model, x)
    assert float(tape.gradient(y, x)) == 30.0
