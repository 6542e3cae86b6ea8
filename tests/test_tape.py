"""GradientTape: what it watches, what it records, and what `gradient` returns."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

Point = namedtuple("Point", ["x", "y"])


def values(tensors: Any) -> list[Any]:
    """Plain Python values of a flat list of gradients, None kept."""
    return [None if tensor is None else tensor.numpy().tolist() for tensor in tensors]


# -- The first gradients ------------------------------------------------------------------------------------------


def test_gradient_of_a_square() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x**2
    gradient = tape.gradient(y, x)
    assert gradient.numpy() == 6.0
    assert gradient.dtype == tf.float32
    assert gradient.shape == ()
    assert isinstance(gradient, tf.Tensor)


def test_gradient_of_an_affine_map() -> None:
    w = tf.Variable([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    b = tf.Variable([0.0, 1.0])
    x = [[1.0, 2.0, 3.0]]
    with tf.GradientTape() as tape:
        y = x @ w + b
        loss = tf.reduce_mean(y**2)
    dw, db = tape.gradient(loss, [w, b])
    expected = np.array([[1.0, 2.0, 3.0]]) @ w.numpy() + b.numpy()
    np.testing.assert_allclose(db, expected[0], rtol=1e-6)
    np.testing.assert_allclose(dw, np.outer([1.0, 2.0, 3.0], expected[0]), rtol=1e-6)


def test_a_shared_subexpression_counts_at_each_use() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        z = y * y + y
    assert tape.gradient(z, x).numpy() == 4 * 2.0**3 + 2 * 2.0


def test_only_the_branch_that_was_taken_is_connected() -> None:
    x, v0, v1 = tf.Variable(-1.0), tf.Variable(2.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        result = v0 if x > 0.0 else v1**2
    assert values(tape.gradient(result, [v0, v1, x])) == [None, 4.0, None]


def test_a_loop_is_recorded_step_by_step() -> None:
    x = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
        for _ in range(4):
            y = y * x
    np.testing.assert_allclose(tape.gradient(y, x), 4 * 1.5**3)


# -- What is watched ----------------------------------------------------------------------------------------------


def test_constants_are_not_watched_and_variables_are() -> None:
    x0 = tf.Variable(3.0, name="x0")
    x1 = tf.Variable(3.0, name="x1", trainable=False)
    x2 = tf.Variable(2.0, name="x2") + 1.0
    x3 = tf.constant(3.0, name="x3")
    with tf.GradientTape() as tape:
        y = x0**2 + x1**2 + x2**2 + x3**2
    assert values(tape.gradient(y, [x0, x1, x2, x3])) == [6.0, None, None, None]
    assert [v.name for v in tape.watched_variables()] == ["x0:0"]


def test_watching_a_tensor() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x**2
    assert tape.gradient(y, x).numpy() == 6.0
    assert tape.watched_variables() == ()


def test_without_watch_accessed_variables_only_what_is_watched_counts() -> None:
    x0, x1 = tf.Variable(0.0), tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x1)
        y = tf.reduce_sum(tf.sin(x0) + tf.nn.softplus(x1))
    gradients = tape.gradient(y, {"x0": x0, "x1": x1})
    assert gradients["x0"] is None
    np.testing.assert_allclose(gradients["x1"], 1.0 / (1.0 + np.exp(-10.0)), rtol=1e-6)
    assert [v is x1 for v in tape.watched_variables()] == [True]


def test_a_non_trainable_variable_can_be_watched() -> None:
    x = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x).numpy() == 6.0


@pytest.mark.parametrize(
    "structure",
    [
        lambda a, b: [a, b],
        lambda a, b: (a, b),
        lambda a, b: {"a": a, "b": b},
        lambda a, b: {"deep": [a, (b,)]},
        Point,
    ],
    ids=["list", "tuple", "dict", "nested", "namedtuple"],
)
def test_watching_a_structure_watches_each_of_its_tensors(structure: Callable[..., Any]) -> None:
    a, b = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(structure(a, b))
        y = a * b
    assert values(tape.gradient(y, [a, b])) == [3.0, 2.0]


def test_watching_twice_changes_nothing() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        tape.watch(x)
        z = y + x
    assert tape.gradient(z, x).numpy() == 7.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_was_computed_before_watch_is_not_connected() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        before = x * x
        tape.watch(x)
        after = x * x
    assert tape.gradient(before, x) is None
    assert tape.gradient(after, x).numpy() == 6.0


def test_watching_an_intermediate_keeps_it_connected_to_its_inputs() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        tape.watch(y)
        z = y * y
    assert tape.gradient(z, y).numpy() == 18.0
    assert tape.gradient(z, x).numpy() == 108.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_was_computed_outside_the_context_is_not_connected() -> None:
    x = tf.Variable(3.0)
    before = x * 2.0
    with tf.GradientTape(persistent=True) as tape:
        inside = x * before
    outside = inside * inside
    assert tape.gradient(inside, x).numpy() == 6.0
    assert tape.gradient(outside, x) is None


def test_watched_variables_come_in_the_order_in_which_they_were_made() -> None:
    a, b, c = (tf.Variable(1.0, name=name) for name in "abc")
    with tf.GradientTape() as tape:
        c * 1.0
        a + c
        tape.watch(b)
        a + b
    assert [v.name for v in tape.watched_variables()] == ["a:0", "b:0", "c:0"]
    assert isinstance(tape.watched_variables(), tuple)


def test_watched_variables_tell_two_variables_of_one_name_apart() -> None:
    first, second = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        second + first
    watched = tape.watched_variables()
    assert len(watched) == 2
    assert watched[0] is first
    assert watched[1] is second


@pytest.mark.parametrize(
    "access",
    [
        lambda v: v + 1.0,
        lambda v: 1.0 + v,
        lambda v: v.read_value(),
        lambda v: v.value(),
        lambda v: tf.identity(v),
        lambda v: tf.convert_to_tensor(v),
        lambda v: v[0],
        lambda v: tf.reduce_sum(v),
        lambda v: -v,
        lambda v: v > 0.0,
        lambda v: tf.concat([v, v], 0),
    ],
)
def test_every_kind_of_reading_watches_a_variable(access: Callable[[Any], Any]) -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        access(v)
    assert len(tape.watched_variables()) == 1
    assert tape.watched_variables()[0] is v


@pytest.mark.parametrize("read", [lambda v: v.read_value(), lambda v: v.value(), tf.identity, tf.convert_to_tensor])
def test_a_value_that_was_read_is_connected_to_the_variable(read: Callable[[Any], Any]) -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = read(v) ** 2
    assert values([tape.gradient(y, v)]) == [[2.0, 4.0]]


# -- Persistent tapes ---------------------------------------------------------------------------------------------


def test_a_persistent_tape_gives_the_same_gradient_again() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.exp(x) * x
    first = tape.gradient(y, x).numpy()
    np.testing.assert_array_equal(tape.gradient(y, x), first)
    np.testing.assert_array_equal(tape.gradient(y, x), first)


def test_a_persistent_tape_differentiates_several_targets() -> None:
    x = tf.constant([1.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    np.testing.assert_array_equal(tape.gradient(z, x), [4.0, 108.0])
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 6.0])
    np.testing.assert_array_equal(tape.gradient(z, y), [2.0, 18.0])


def test_a_persistent_tape_keeps_what_it_recorded_when_a_variable_is_assigned() -> None:
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        z = x**2 if x > y else y**3
    assert values(tape.gradient(z, [x, y])) == [None, 27.0]
    x.assign(4.0)
    y.assign(5.0)
    assert values(tape.gradient(z, [x, y])) == [None, 27.0]


def test_a_persistent_tape_keeps_arrays_that_a_variable_had() -> None:
    x = tf.Variable(np.arange(4.0))
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    for _ in range(3):
        x.assign_add(np.ones(4))
        x.assign(x * 2.0)
        np.testing.assert_array_equal(tape.gradient(y, x), [0.0, 2.0, 4.0, 6.0])


def test_a_persistent_tape_can_be_entered_again() -> None:
    x = tf.Variable(3.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        y = x * x
    with tape:
        z = y * x
    assert tape.gradient(z, x).numpy() == 27.0


# -- Targets ------------------------------------------------------------------------------------------------------


def test_a_non_scalar_target_is_summed() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * [3.0, 4.0]
    assert tape.gradient(y, x).numpy() == 7.0


@pytest.mark.parametrize("collect", [list, tuple, lambda pair: {"y0": pair[0], "y1": pair[1]}, lambda p: Point(*p)])
def test_several_targets_are_summed(collect: Callable[[Any], Any]) -> None:
    x = tf.Variable([[1.0, 1.0, 0.0]])
    with tf.GradientTape() as tape:
        y0 = x
        y1 = x**2
    gradient = tape.gradient(collect([y0, y1]), x)
    np.testing.assert_array_equal(gradient, [[3.0, 3.0, 1.0]])


def test_one_target_twice_counts_twice() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient([y, y], x).numpy() == 12.0


def test_targets_of_different_shapes_are_summed() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = [x * [[1.0, 2.0], [3.0, 4.0]], x, x * [1.0, 1.0]]
    assert tape.gradient(y, x).numpy() == 13.0


def test_a_target_that_is_the_source() -> None:
    x = tf.Variable([1.0, 5.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    np.testing.assert_array_equal(tape.gradient(x, x), [1.0, 1.0])
    np.testing.assert_array_equal(tape.gradient(y, y), [1.0, 1.0])
    np.testing.assert_array_equal(tape.gradient([y, x], x), [3.0, 11.0])


def test_a_target_that_depends_on_another_target() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        z = y * y
    assert values(tape.gradient([y, z], [x, y])) == [4.0 + 32.0, 1.0 + 8.0]


def test_a_target_that_is_not_connected_beside_one_that_is() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        constant = tf.constant(1.0) * 2.0
    assert tape.gradient([constant, y], x).numpy() == 6.0


@pytest.mark.filterwarnings("ignore:the target tensor")
def test_a_target_of_integers_has_no_gradient() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.cast(x * 3.0, tf.int32)
    assert tape.gradient(y, x) is None


# -- Sources ------------------------------------------------------------------------------------------------------


def test_the_result_has_the_structure_of_the_sources() -> None:
    w, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = w * w + 5.0 * b
    as_list = tape.gradient(y, [w, b])
    assert isinstance(as_list, list)
    assert values(as_list) == [4.0, 5.0]
    as_tuple = tape.gradient(y, (b, w))
    assert isinstance(as_tuple, tuple)
    assert values(as_tuple) == [5.0, 4.0]
    as_dict = tape.gradient(y, {"w": w, "b": b})
    assert list(as_dict) == ["w", "b"]
    assert values(as_dict.values()) == [4.0, 5.0]
    as_point = tape.gradient(y, Point(w, b))
    assert isinstance(as_point, Point)
    assert values(as_point) == [4.0, 5.0]
    nested = tape.gradient(y, {"layers": [{"w": w}, (b,)], "again": w})
    assert isinstance(nested["layers"][1], tuple)
    assert values([nested["layers"][0]["w"], nested["layers"][1][0], nested["again"]]) == [4.0, 5.0, 4.0]
    assert tape.gradient(y, []) == []


def test_the_same_source_twice_is_answered_twice() -> None:
    x, y = tf.Variable(3.0), tf.Variable(4.0)
    with tf.GradientTape() as tape:
        z = x * x * y
    assert values(tape.gradient(z, [x, y, x])) == [24.0, 9.0, 24.0]


def test_gradient_with_respect_to_an_intermediate() -> None:
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = [[1.0, 1.0]] @ w
        loss = tf.reduce_mean(y**2)
    np.testing.assert_array_equal(tape.gradient(loss, y), [[4.0, 6.0]])


def test_sources_along_one_path_do_not_shadow_each_other() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        z = y * 3.0
        target = z * z
    assert values(tape.gradient(target, [x, z, y])) == [36.0 * 8.0, 24.0, 72.0]


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_source_made_after_the_target_is_not_connected() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        z = y * x
    assert tape.gradient(y, z) is None


def test_another_tensor_with_the_same_value_is_not_the_source() -> None:
    x = tf.constant(2.0)
    twin = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch([x, twin])
        y = x * x
    assert values(tape.gradient(y, [x, twin])) == [4.0, None]


def test_a_variable_that_was_not_used_has_no_gradient() -> None:
    x, unused = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        unused * 2.0
        y = x * x
    assert values(tape.gradient(y, [unused, x])) == [None, 4.0]


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_a_source_of_integers_has_no_gradient(dtype: Any) -> None:
    x = tf.Variable(np.array([1, 2], dtype=dtype))
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.cast(x, tf.float32) * w
    assert values(tape.gradient(y, [x, w])) == [None, [1.0, 2.0]]


# -- Dtypes -------------------------------------------------------------------------------------------------------


def test_the_gradient_has_the_dtype_of_its_source() -> None:
    single = tf.Variable(np.array([1.0, 2.0], np.float32))
    double = tf.Variable(np.array([3.0, 4.0], np.float64))
    with tf.GradientTape() as tape:
        y = single * double
    assert y.dtype == tf.float64
    of_single, of_double = tape.gradient(y, [single, double])
    assert (of_single.dtype, of_double.dtype) == (tf.float32, tf.float64)
    np.testing.assert_array_equal(of_single, [3.0, 4.0])
    np.testing.assert_array_equal(of_double, [1.0, 2.0])


def test_the_gradient_of_a_mixed_scalar_expression_has_the_dtype_of_its_source() -> None:
    single, double = tf.Variable(2.0), tf.Variable(np.float64(3.0))
    with tf.GradientTape() as tape:
        y = single * double + single
    of_single, of_double = tape.gradient(y, [single, double])
    assert (of_single.dtype, of_double.dtype) == (tf.float32, tf.float64)
    assert values([of_single, of_double]) == [4.0, 2.0]


def test_a_cast_is_differentiated_and_its_gradient_cast_back() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.cast(x, tf.float64) ** 2
    gradient = tape.gradient(y, x)
    assert y.dtype == tf.float64
    assert gradient.dtype == tf.float32
    np.testing.assert_array_equal(gradient, [2.0, 4.0])


def test_float64_is_kept_through_scalars() -> None:
    x = tf.Variable(np.float64(0.1))
    with tf.GradientTape() as tape:
        y = x * x * 0.1
    assert tape.gradient(y, x).dtype == tf.float64
    assert y.numpy() == 0.1 * 0.1 * 0.1


# -- output_gradients and unconnected_gradients -------------------------------------------------------------------


def test_output_gradients_weight_the_target() -> None:
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    expected = [20.0, 0.0, -6.0]
    for weights in (tf.constant([10.0, 0.0, -1.0]), np.array([10.0, 0.0, -1.0], np.float32)):
        np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=weights), expected)


def test_output_gradients_of_several_targets() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = [x * x, x * 5.0]
    assert tape.gradient(y, x, output_gradients=[tf.constant(2.0), tf.constant(10.0)]).numpy() == 62.0


def test_an_output_gradient_that_is_none_counts_as_ones() -> None:
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as tape:
        y = [x * x, x * 5.0]
    gradient = tape.gradient(y, x, output_gradients=[None, tf.constant([10.0, 0.0])])
    np.testing.assert_array_equal(gradient, [56.0, 2.0])


def test_output_gradients_have_the_structure_of_the_target() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = {"a": x * x, "b": [x * 5.0]}
    gradient = tape.gradient(y, x, output_gradients={"a": tf.constant(2.0), "b": [tf.constant(10.0)]})
    assert gradient.numpy() == 62.0


def test_an_output_gradient_is_not_changed_by_the_sweep() -> None:
    x = tf.Variable([1.0, 2.0])
    seed = np.array([1.0, 10.0], np.float32)
    with tf.GradientTape() as tape:
        y = x + x + x * x
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=seed), [4.0, 60.0])
    np.testing.assert_array_equal(seed, [1.0, 10.0])


def test_gradients_are_differentiable_with_respect_to_output_gradients() -> None:
    x, weight = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x
        gradient = inner.gradient(y, x, output_gradients=weight * 1.0)
    assert values(outer.gradient(gradient, [x, weight])) == [[6.0, 8.0], [2.0, 4.0]]


@pytest.mark.parametrize("none", [tf.UnconnectedGradients.NONE, "none"])
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_unconnected_gradients_are_none_by_default(none: Any) -> None:
    x, z = tf.Variable([1.0, 2.0]), tf.Variable([[3.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    assert values(tape.gradient(y, [x, z])) == [[2.0, 4.0], None]
    assert values(tape.gradient(y, [x, z], unconnected_gradients=none)) == [[2.0, 4.0], None]
    assert tape.gradient(y, z) is None


@pytest.mark.parametrize("zero", [tf.UnconnectedGradients.ZERO, "zero"])
def test_unconnected_gradients_can_be_zeros_of_the_source(zero: Any) -> None:
    x, z = tf.Variable([1.0, 2.0]), tf.Variable(np.array([[3.0]]))
    with tf.GradientTape() as tape:
        y = x * x
    of_x, of_z = tape.gradient(y, [x, z], unconnected_gradients=zero)
    np.testing.assert_array_equal(of_x, [2.0, 4.0])
    np.testing.assert_array_equal(of_z, [[0.0]])
    assert of_z.dtype == tf.float64
    assert isinstance(of_z, tf.Tensor)


def test_unconnected_gradients_have_these_values() -> None:
    assert tf.UnconnectedGradients("none") is tf.UnconnectedGradients.NONE
    assert tf.UnconnectedGradients("zero") is tf.UnconnectedGradients.ZERO


# -- Paths that carry no gradient ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leave",
    [
        lambda x: x.numpy(),
        lambda x: tf.constant(x.numpy()),
        tf.stop_gradient,
        lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32),
        lambda x: tf.cast(x > 0.0, tf.float32),
        lambda x: tf.cast(x == x, tf.float32),
        lambda x: tf.cast(tf.argmax(x), tf.float32),
        lambda x: float(x[0]),
    ],
    ids=["numpy", "constant", "stop_gradient", "integer", "greater", "equal", "argmax", "float"],
)
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_path_that_left_the_tape_has_no_gradient(leave: Callable[[Any], Any]) -> None:
    x = tf.constant([1.0, 2.0])
    w = tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch([x, w])
        y = w * leave(x)
    of_x, of_w = tape.gradient(y, [x, w])
    assert of_x is None
    assert of_w is not None


def test_a_condition_does_not_carry_a_gradient_but_the_branches_of_where_do() -> None:
    x = tf.Variable([1.0, -2.0, 3.0])
    y = tf.Variable([10.0, 20.0, 30.0])
    with tf.GradientTape() as tape:
        z = tf.where(x > 0.0, x * x, y)
    assert values(tape.gradient(z, [x, y])) == [[2.0, 0.0, 6.0], [0.0, 1.0, 0.0]]


def test_the_gradient_stops_at_an_assign() -> None:
    x0, x1 = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        x1.assign_add(x0)
        y = x1**2
    assert values(tape.gradient(y, [x0, x1])) == [None, 6.0]


def test_reads_before_and_after_an_assign_both_count_to_the_variable() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        before = x * x
        x.assign(before)
        after = x * x
        total = before + after
    assert tape.gradient(before, x).numpy() == 6.0
    assert tape.gradient(after, x).numpy() == 18.0
    assert tape.gradient(total, x).numpy() == 24.0


def test_a_value_read_before_an_assign_keeps_its_value_and_its_gradient() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        read = v.read_value()
        v.assign([10.0, 20.0])
        y = read * read
    np.testing.assert_array_equal(y, [1.0, 4.0])
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])


# -- stop_recording, reset, and gradients inside the context ------------------------------------------------------


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_stop_recording_leaves_out_what_is_inside_it() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        a = x * x
        with tape.stop_recording():
            b = x * x
        c = x * b
    assert tape.gradient(a, x).numpy() == 4.0
    assert tape.gradient(b, x) is None
    assert tape.gradient(c, x).numpy() == 4.0


def test_stop_recording_allows_a_gradient_that_is_not_recorded() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        with tape.stop_recording():
            gradient = tape.gradient(y, x)
        z = gradient * x
    assert gradient.numpy() == 6.0
    assert tape.gradient(z, x).numpy() == 6.0


def test_stop_recording_concerns_its_own_tape_only() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        with inner.stop_recording():
            hidden = x * x
        y = hidden * x
    assert inner.gradient(y, x).numpy() == 4.0
    assert outer.gradient(y, x).numpy() == 12.0


def test_recording_goes_on_after_an_exception_in_stop_recording() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with pytest.raises(KeyError), tape.stop_recording():
            raise KeyError("inside")
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


def test_reset_forgets_what_was_recorded_and_goes_on() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        tape.reset()
        tape.watch(x)
        y += x * x
    assert tape.gradient(y, x).numpy() == 6.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_reset_forgets_what_was_watched() -> None:
    x, v = tf.constant(3.0), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        v * 2.0
        tape.reset()
        y = x * x
    assert tape.watched_variables() == ()
    assert tape.gradient(y, x) is None


def test_a_gradient_inside_the_context_of_a_tape_that_is_not_persistent() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        gradient = tape.gradient(y, x)
    assert gradient.numpy() == 6.0


def test_a_gradient_inside_the_context_of_a_persistent_tape_is_recorded() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x * x
        first = tape.gradient(y, x)
    assert first.numpy() == 27.0
    assert tape.gradient(first, x).numpy() == 18.0


# -- Nested tapes -------------------------------------------------------------------------------------------------


def test_second_derivative_through_two_tapes() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x * x
        first = inner.gradient(y, x)
    assert first.numpy() == 27.0
    assert outer.gradient(first, x).numpy() == 18.0


def test_third_derivative_through_three_tapes() -> None:
    x = tf.Variable(np.float64(0.7))
    with tf.GradientTape() as one:
        with tf.GradientTape() as two:
            with tf.GradientTape() as three:
                y = tf.exp(2.0 * x) * tf.sin(x)
            first = three.gradient(y, x)
        second = two.gradient(first, x)
    third = one.gradient(second, x)
    sin, cos, exp = np.sin(0.7), np.cos(0.7), np.exp(1.4)
    np.testing.assert_allclose(first, exp * (2 * sin + cos), rtol=1e-12)
    np.testing.assert_allclose(second, exp * (3 * sin + 4 * cos), rtol=1e-12)
    np.testing.assert_allclose(third, exp * (2 * sin + 11 * cos), rtol=1e-12)


def test_fifth_derivative_of_arrays() -> None:
    x = tf.constant(np.linspace(0.1, 1.0, 7))
    tapes = [tf.GradientTape() for _ in range(5)]
    for tape in tapes:
        tape.__enter__()
        tape.watch(x)
    y = tf.sin(2.0 * x)
    for tape in reversed(tapes):
        tape.__exit__(None, None, None)
        y = tape.gradient(y, x)
    np.testing.assert_allclose(y, 32.0 * np.cos(2.0 * x.numpy()), rtol=1e-12)


def test_hessian_vector_product_with_arrays(rng: np.random.Generator) -> None:
    a = rng.normal(size=(4, 4))
    vector = rng.normal(size=4)
    x = tf.Variable(rng.normal(size=4))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(x * tf.reduce_sum(a * x, axis=1))
        product = tf.reduce_sum(inner.gradient(y, x) * vector)
    np.testing.assert_allclose(outer.gradient(product, x), (a + a.T) @ vector, rtol=1e-12)


def test_second_derivative_with_respect_to_different_sources() -> None:
    x, y = tf.Variable(2.0), tf.Variable(5.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = x * x * y
        by_x = inner.gradient(z, x)
    assert values(outer.gradient(by_x, [x, y])) == [10.0, 4.0]


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_nested_tapes_watch_different_things() -> None:
    x, y = tf.constant(2.0), tf.constant(5.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(y)
            z = x * x * y
        by_y = inner.gradient(z, y)
    assert by_y.numpy() == 4.0
    assert inner.gradient(z, x) is None
    assert outer.gradient(z, y) is None
    assert outer.gradient(z, x).numpy() == 20.0
    assert outer.gradient(by_y, x).numpy() == 4.0
    assert outer.gradient(by_y, y) is None


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_an_inner_tape_that_watches_nothing_does_not_disturb_the_outer() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            y = x * x
        z = y * x
    assert inner.gradient(z, x) is None
    assert outer.gradient(z, x).numpy() == 12.0


def test_the_inner_tape_sees_only_what_happened_inside_it() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        y = x * x
        with tf.GradientTape() as inner:
            z = y * x
        w = z * x
    assert inner.gradient(z, x).numpy() == 4.0
    assert outer.gradient(w, x).numpy() == 32.0


def test_an_intermediate_of_the_outer_tape_can_be_watched_by_the_inner() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        y = x * x
        with tf.GradientTape() as inner:
            inner.watch(y)
            z = y * y * y
        by_y = inner.gradient(z, y)
    assert by_y.numpy() == 48.0
    assert outer.gradient(by_y, x).numpy() == 6.0 * 4.0 * 4.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_gradient_taken_after_the_outer_tape_closed_is_not_recorded() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as outer, tf.GradientTape() as inner:
        y = x * x
    first = inner.gradient(y, x)
    assert first.numpy() == 6.0
    assert outer.gradient(first, x) is None


def test_several_inner_tapes_under_one_outer() -> None:
    x = tf.Variable(2.0)
    total = 0.0
    with tf.GradientTape() as outer:
        for _ in range(3):
            with tf.GradientTape() as inner:
                y = x * x * x
            total = total + inner.gradient(y, x)
    assert total.numpy() == 36.0
    assert outer.gradient(total, x).numpy() == 36.0


def test_training_through_an_inner_step() -> None:
    # What a step of gradient descent does to a loss, differentiated with respect to the step size.
    rate, w = tf.Variable(np.float64(0.1)), tf.Variable(np.float64(3.0))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = w * w
        moved = w - rate * inner.gradient(loss, w)
        after = moved * moved
    np.testing.assert_allclose(outer.gradient(after, rate), -2.0 * (3.0 - 0.6) * 6.0, rtol=1e-12)


# -- Tapes one after another --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [tf.Variable, tf.constant])
@pytest.mark.parametrize("value", [3.0, [3.0]])
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_an_earlier_persistent_tape_is_still_right_after_a_later_one_watched_the_same(make: Any, value: Any) -> None:
    x = make(value)
    tapes, targets = [], []
    for power in (2, 3, 4):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            targets.append(x**power)
        tapes.append(tape)
    for _ in range(2):
        for power, tape, target in zip((2, 3, 4), tapes, targets, strict=True):
            np.testing.assert_allclose(tape.gradient(target, x), np.full(x.shape, power * 3.0 ** (power - 1)))
    for other in targets[1:]:
        assert tapes[0].gradient(other, x) is None


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_an_intermediate_of_an_earlier_tape_is_a_constant_to_a_later_one() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as first:
        y = x * x
    with tf.GradientTape(persistent=True) as second:
        z = y * x
    assert second.gradient(z, x).numpy() == 9.0
    assert second.gradient(z, y) is None
    assert first.gradient(y, x).numpy() == 6.0
    assert first.gradient(z, x) is None


def test_an_intermediate_of_an_earlier_tape_can_be_watched_by_a_later_one() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as first:
        y = x * x
    with tf.GradientTape() as second:
        second.watch(y)
        z = y * y
    assert second.gradient(z, y).numpy() == 18.0
    assert first.gradient(y, x).numpy() == 6.0


def test_many_tapes_one_after_another() -> None:
    x = tf.Variable(1.0)
    for step in range(2000):
        with tf.GradientTape() as tape:
            y = x * x * float(step)
        assert tape.gradient(y, x).numpy() == 2.0 * step


def test_a_tape_dropped_while_it_records_leaves_the_others_alone() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        dropped = tf.GradientTape()
        dropped.__enter__()
        y = x * x
        del dropped
        z = y * x
    assert outer.gradient(z, x).numpy() == 27.0


def test_a_recording_tape_without_a_name_still_records() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape():
            y = x * x
        z = y * x
    assert outer.gradient(z, x).numpy() == 27.0


# -- Exceptions in the contexts -----------------------------------------------------------------------------------


def test_an_exception_inside_a_tape_closes_it() -> None:
    x = tf.Variable(3.0)
    with pytest.raises(KeyError), tf.GradientTape() as broken:
        y = x * x
        raise KeyError("inside")
    with tf.GradientTape() as tape:
        z = x * x
    assert tape.gradient(z, x).numpy() == 6.0
    with pytest.raises(ValueError, match="Tape is not recording"), broken.stop_recording():
        pass
    # What was recorded before the exception is there.
    assert broken.gradient(y, x).numpy() == 6.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_an_exception_inside_nested_tapes_closes_all_of_them() -> None:
    x = tf.Variable(3.0)
    with pytest.raises(KeyError), tf.GradientTape(persistent=True) as outer, tf.GradientTape(), tf.GradientTape():
        raise KeyError("inside")
    after = x * x
    assert outer.gradient(after, x) is None
    assert outer.watched_variables() == ()


def test_an_exception_inside_the_inner_tape_leaves_the_outer_recording() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        y = x * x
        with pytest.raises(KeyError), tf.GradientTape():
            raise KeyError("inside")
        z = y * x
    assert outer.gradient(z, x).numpy() == 27.0


def test_an_op_that_fails_leaves_the_tape_as_it_was() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
        with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
            x + tf.constant([1.0, 2.0, 3.0])
        z = y * x
    np.testing.assert_array_equal(tape.gradient(z, x), [3.0, 12.0])


# -- Depth --------------------------------------------------------------------------------------------------------


def test_a_million_scalar_ops_deep() -> None:
    x = tf.Variable(np.float64(1.0))
    with tf.GradientTape() as tape:
        y = x * 1.0
        for _ in range(500_000):
            y = y * 1.0
            y = y + x
    assert y.numpy() == 500_001.0
    assert tape.gradient(y, x).numpy() == 500_001.0


def test_a_deep_chain_of_arrays() -> None:
    x = tf.Variable(np.array([1.0, 2.0]))
    with tf.GradientTape() as tape:
        y = x
        for _ in range(20_000):
            y = y + x
    np.testing.assert_array_equal(tape.gradient(y, x), [20_001.0, 20_001.0])


def test_a_deep_chain_at_second_order() -> None:
    x = tf.Variable(np.float64(1.0))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x
            for _ in range(20_000):
                y = y + x * x
        first = inner.gradient(y, x)
    assert first.numpy() == 40_002.0
    assert outer.gradient(first, x).numpy() == 40_002.0
