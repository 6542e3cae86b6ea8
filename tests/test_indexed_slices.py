"""Gradients by rows: looking rows up in a variable costs the rows, not the table, from the tape to the optimizer."""

from __future__ import annotations

import copy
import pickle
import re
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.keras import optimizers

TABLE = np.arange(12.0).reshape(4, 3)


def table(value: Any = TABLE, **kwargs: Any) -> tf.Variable:
    return tf.Variable(value, **kwargs)


def dense(value: Any) -> np.ndarray:
    return np.asarray(tf.convert_to_tensor(value))


def slices(values: Any = (1.0, 2.0, 4.0), indices: Any = (2, 0, 2), shape: Any = (4,)) -> Any:
    return tf.IndexedSlices(list(values), list(indices), shape)


def gradient_of(f: Callable[[Any], Any], variable: Any, **kwargs: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(variable)
        target = f(variable)
    return tape.gradient(target, variable, **kwargs)


def dense_gradient_of(f: Callable[[Any], Any], variable: Any, **kwargs: Any) -> np.ndarray:
    """The same with a watched tensor in the variable's place."""
    return np.asarray(gradient_of(f, tf.constant(variable.numpy()), **kwargs))


# -- What a tape gives --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look_up",
    [
        lambda v: tf.gather(v, [2, 0, 2]),
        lambda v: tf.gather(v, [2, 0, 2], axis=0),
        lambda v: tf.nn.embedding_lookup(v, [2, 0, 2]),
        lambda v: tf.nn.embedding_lookup([v], [2, 0, 2]),
        lambda v: v.sparse_read([2, 0, 2]),
        lambda v: np.take(v, [2, 0, 2], axis=0),
    ],
    ids=["gather", "axis", "embedding_lookup", "one part", "sparse_read", "np.take"],
)
def test_looking_up_rows_of_a_variable_gives_slices(look_up):
    v = table()
    gradient = gradient_of(look_up, v)
    assert isinstance(gradient, tf.IndexedSlices)
    assert gradient.indices.numpy().tolist() == [2, 0, 2]
    assert gradient.values.numpy().tolist() == np.ones((3, 3)).tolist()
    assert gradient.dense_shape.numpy().tolist() == [4, 3]
    assert (gradient.shape, gradient.dtype) == ((4, 3), np.float64)


def test_indices_of_any_shape_are_flattened():
    v = table()
    weights = np.arange(12.0).reshape(2, 2, 3)
    gradient = gradient_of(lambda v: tf.reduce_sum(tf.gather(v, [[1, 0], [1, 3]]) * weights), v)
    assert gradient.indices.numpy().tolist() == [1, 0, 1, 3]
    assert gradient.values.numpy().tolist() == weights.reshape(4, 3).tolist()


def test_a_single_index_and_a_table_of_numbers():
    v = table([1.0, 2.0, 3.0])
    gradient = gradient_of(lambda v: tf.gather(v, 1) ** 2, v)
    assert (gradient.indices.numpy().tolist(), gradient.values.numpy().tolist()) == ([1], [4.0])


def test_no_indices_give_no_rows():
    gradient = gradient_of(lambda v: tf.gather(v, np.zeros((0, 2), int)), table())
    assert gradient.values.shape == (0, 3)
    assert dense(gradient).tolist() == np.zeros((4, 3)).tolist()


def test_negative_indices_are_counted_from_the_first_row():
    gradient = gradient_of(lambda v: tf.gather(v, [-1, 1]), table())
    assert gradient.indices.numpy().tolist() == [3, 1]


def test_a_recorded_function_gives_several_slices():
    v, w = table(), table(TABLE * 2.0)

    @tf.function
    def gradients(k):
        with tf.GradientTape() as tape:
            y = tf.gather(v, [0, k]) * tf.gather(w, [k, 3])
        return tape.gradient(y, {"w": w, "v": v, "of none": tf.constant(1.0)}), [k + 1]

    for k in (1, 2):
        found, after = gradients(tf.constant(k))
        assert [found[name].indices.numpy().tolist() for name in "vw"] == [[0, k], [k, 3]]
        np.testing.assert_array_equal(found["v"].values, w.numpy()[[k, 3]])
        assert found["of none"] is None and int(after[0]) == k + 1


def test_indices_keep_their_dtype_and_of_several_the_wider_one():
    v = table()
    few, many = np.array([2, -1], np.int32), np.array([[0], [1]], np.int64)

    def gradients(first, second):
        with tf.GradientTape(persistent=True) as tape:
            narrow, wide = v.sparse_read(first), tf.gather(v, second)
        return [tape.gradient(target, v) for target in (narrow, wide, [narrow, wide], [narrow, narrow])]

    recorded = tf.function(gradients)
    for found in (gradients(few, many), recorded(few, many), recorded(few, many)):
        assert [g.indices.dtype for g in found] == ["int32", "int64", "int64", "int32"]
        assert sorted(found[2].indices.numpy().tolist()) == [0, 1, 2, 3]
        assert found[0].combined().indices.dtype == np.int32
    assert gradient_of(lambda v: tf.gather(v, [1, 2]), v).indices.dtype == np.int32  # (as tf.constant([1, 2]) is)
    assert gradient_of(lambda v: tf.gather(v, np.array([1], np.uint8)), v).indices.dtype == np.int64


@pytest.mark.parametrize("index", [4, -5])
def test_an_index_out_of_bounds_is_an_error_at_once(index):
    with pytest.raises(IndexError, match=re.escape(f"index {index} is out of bounds for axis 0 with size 4")):
        tf.gather(table(), [0, index])


def test_indices_that_the_caller_changes_later_do_not_matter():
    v, where = table(), np.array([1, 2])
    with tf.GradientTape() as tape:
        y = tf.gather(v, where)
    where[:] = 0
    assert tape.gradient(y, v).indices.numpy().tolist() == [1, 2]


def test_several_lookups_are_joined():
    v = table()
    gradient = gradient_of(lambda v: tf.reduce_sum(tf.gather(v, [0])) + 2.0 * tf.reduce_sum(tf.gather(v, [[3, 0]])), v)
    assert isinstance(gradient, tf.IndexedSlices)
    assert sorted(gradient.indices.numpy().tolist()) == [0, 0, 3]
    np.testing.assert_array_equal(dense(gradient), [[3.0] * 3, [0.0] * 3, [0.0] * 3, [2.0] * 3])


@pytest.mark.parametrize(
    "other",
    [
        lambda v: tf.reduce_sum(v),
        lambda v: tf.reduce_sum(v * v),
        lambda v: tf.reduce_sum(v @ tf.ones((3, 2), v.dtype)),
        lambda v: tf.reduce_sum(v[1:]),
        lambda v: tf.reduce_sum(v[[0, 1]]),
        lambda v: tf.reduce_sum(tf.gather(v, [0], axis=1)),
        lambda v: tf.reduce_sum(tf.reshape(v, -1) ** 2),
    ],
)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_a_lookup_beside_a_dense_use_gives_a_tensor(other, first, dtype):
    def f(v: Any) -> Any:
        total = other(v) if first else 0.0
        for indices in ([0, 0], [3], [[2], [0]]):
            total = total + tf.reduce_sum(tf.gather(v, indices) ** 2)
        return total if first else total + other(v)

    v = table(TABLE.astype(dtype) / 4)
    gradient = gradient_of(f, v)
    assert isinstance(gradient, tf.Tensor)
    np.testing.assert_allclose(gradient, dense_gradient_of(f, v))


def test_the_source_of_an_intermediate_result_or_of_a_constant_gets_a_tensor():
    v, c = table(), tf.constant(TABLE)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(c)
        scaled = v * 2.0
        y = tf.gather(scaled, [1, 1]) + tf.gather(c, [0, 1])
    for source in (v, c, scaled):
        assert isinstance(tape.gradient(y, source), tf.Tensor)
    np.testing.assert_array_equal(tape.gradient(y, v), [[0.0] * 3, [4.0] * 3, [0.0] * 3, [0.0] * 3])


def test_other_axes_and_batches_give_a_tensor():
    for look_up in (lambda v: tf.gather(v, [0], axis=1), lambda v: tf.gather(v, [[0], [1], [2], [0]], batch_dims=1)):
        v = table()
        gradient = gradient_of(look_up, v)
        assert isinstance(gradient, tf.Tensor)
        np.testing.assert_array_equal(gradient, dense_gradient_of(look_up, v))


def test_a_variable_that_is_assigned_to_between_lookups_collects_them_all():
    v = table([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.gather(v, [0, 1])
        v.assign([10.0, 20.0, 30.0])
        z = tf.gather(v, [1]) ** 2
        v.scatter_add(slices([1.0], [2], None))
        y = tf.reduce_sum(y) + tf.reduce_sum(z) + tf.reduce_sum(tf.gather(v, [2]) ** 2)
    gradient = tape.gradient(y, v)
    assert isinstance(gradient, tf.IndexedSlices)
    np.testing.assert_array_equal(dense(gradient), [1.0, 41.0, 62.0])


def test_a_variable_that_is_assigned_to_and_then_used_whole_gets_a_tensor():
    v = table([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(v, [0, 1]))
        v.assign([10.0, 20.0, 30.0])
        y += tf.reduce_sum(v * v)
    np.testing.assert_array_equal(tape.gradient(y, v), [21.0, 41.0, 60.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v * v)
        v.assign([1.0, 1.0, 1.0])
        y += tf.reduce_sum(tf.gather(v, [0, 1]))
    np.testing.assert_array_equal(tape.gradient(y, v), [21.0, 41.0, 60.0])


def test_structures_of_sources_and_a_source_named_twice():
    v, w = table(), table([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(v, [0])) * tf.reduce_sum(w)
    gradients = tape.gradient(y, {"v": v, "w": [w, v]})
    assert gradients["w"][1] is gradients["v"]
    assert isinstance(gradients["w"][0], tf.Tensor)
    assert tf.nest.flatten([gradients["v"]]) == [gradients["v"]]


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_unconnected_gradients_are_none_or_zeros():
    v, w = table(), table()
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [0])
        tf.gather(w, [0])
    assert tape.gradient(y, w) is None
    np.testing.assert_array_equal(tape.gradient(y, w, unconnected_gradients="zero"), np.zeros((4, 3)))
    assert isinstance(tape.gradient(y, v, unconnected_gradients="zero"), tf.IndexedSlices)


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_output_gradients_become_the_values_and_share_no_memory_with_them(dtype):
    v = table(TABLE.astype(dtype))
    weights = np.arange(6, dtype=dtype).reshape(2, 3)
    with tf.GradientTape() as tape:
        y = tf.gather(v, [2, 2])
    gradient = tape.gradient(y, v, output_gradients=weights)
    expected = weights.copy()
    weights[...] = -1.0
    np.testing.assert_array_equal(gradient.values, expected)


def test_a_lookup_that_is_itself_a_source_keeps_its_gradient():
    v = table()
    with tf.GradientTape() as tape:
        rows = tf.gather(v, [2, 2])
        y = tf.reduce_sum(rows**2)
    of_rows, of_table = tape.gradient(y, [rows, v])
    np.testing.assert_array_equal(of_rows, 2.0 * TABLE[[2, 2]])
    np.testing.assert_array_equal(of_table.values, of_rows)


@pytest.mark.parametrize("dense_use", [False, True])
def test_second_derivatives_pass_through_the_values(dense_use):
    def f(v: Any) -> Any:
        total = tf.reduce_sum(tf.gather(v, [[2, 0], [2, 1]]) ** 3) + tf.reduce_sum(tf.gather(v, [1]) ** 2)
        return total + tf.reduce_sum(v**4) if dense_use else total

    def second(v: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(v)
            with tf.GradientTape() as inner:
                inner.watch(v)
                y = f(v)
            first = inner.gradient(y, v)
            assert isinstance(first, tf.IndexedSlices) == (isinstance(v, tf.Variable) and not dense_use)
            penalty = tf.reduce_sum(tf.square(first))
        return outer.gradient(penalty, v)

    v = table()
    np.testing.assert_allclose(dense(second(v)), second(tf.constant(TABLE)))


def test_slices_are_targets_of_an_outer_tape():
    v = table()
    weights = np.arange(12.0).reshape(4, 3)

    def second(**kwargs: Any) -> Any:
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.reduce_sum(tf.gather(v, [2, 0, 2]) ** 3)
            first = inner.gradient(y, v)
        return outer.gradient(first, v, **kwargs)

    plain = second()
    assert isinstance(plain, tf.IndexedSlices)
    times = np.array([1.0, 0.0, 2.0, 0.0])[:, None]
    np.testing.assert_allclose(dense(plain), 6.0 * TABLE * times)
    np.testing.assert_allclose(dense(second(output_gradients=weights)), 6.0 * TABLE * times * weights)
    np.testing.assert_allclose(
        dense(second(output_gradients=tf.IndexedSlices(weights[[0, 2]], [0, 2], (4, 3)))), 6.0 * TABLE * times * weights
    )
    with pytest.raises(
        ValueError, match=re.escape("for a target of shape (4, 3) has shape (3, 3); they must be equal")
    ):
        second(output_gradients=np.ones((3, 3)))


def test_jacobians_are_dense():
    v = table()
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [[1, 3], [1, 0]]) ** 2
    jacobian = tape.jacobian(y, v)
    assert isinstance(jacobian, tf.Tensor)
    expected = np.zeros((2, 2, 3, 4, 3))
    for i, j, k in np.ndindex(2, 2, 3):
        row = [[1, 3], [1, 0]][i][j]
        expected[i, j, k, row, k] = 2.0 * TABLE[row, k]
    np.testing.assert_array_equal(jacobian, expected)


def test_a_jacobian_of_slices_says_what_to_do():
    v = table()
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [1]) ** 2)
        gradient = inner.gradient(y, v)
        whole = tf.convert_to_tensor(gradient)
    with pytest.raises(TypeError, match=re.escape("make a tensor of it where the tape records: convert_to_tensor(")):
        outer.jacobian(gradient, v)
    expected = np.zeros((4, 3, 4, 3))
    expected[1, range(3), 1, range(3)] = 2.0
    np.testing.assert_array_equal(outer.jacobian(whole, v), expected)


def test_derivatives_of_functions_are_dense():
    v = table()

    def f(x: Any) -> Any:
        return tf.reduce_sum(tf.gather(x, [1, 1]) ** 3)

    expected = dense_gradient_of(f, v)
    vector = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(tf.grad(f)(TABLE), expected)
    np.testing.assert_array_equal(tf.grad(lambda x, y: f(x["a"]) * y)({"a": TABLE}, 1.0)["a"], expected)
    assert isinstance(tf.grad(f)(v), tf.Tensor)
    np.testing.assert_array_equal(tf.value_and_grad(f)(v)[1], expected)
    np.testing.assert_array_equal(tf.vjp(f, v)[1](1.0)[0], expected)
    np.testing.assert_allclose(tf.hvp(f, v, vector), tf.hvp(f, TABLE, vector))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.longdouble])
def test_slices_have_the_dtype_of_the_variable(dtype):
    gradient = gradient_of(lambda v: tf.gather(v, [0, 1]) * 2.0, table(TABLE.astype(dtype)))
    assert isinstance(gradient, tf.IndexedSlices)
    assert (gradient.dtype, dense(gradient).dtype) == (dtype, dtype)


@pytest.mark.parametrize("seed", range(20))
def test_random_programs_of_lookups_agree_with_dense_gradients(seed):
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 7)), *rng.integers(1, 4, rng.integers(0, 3)).tolist())
    v = table(rng.normal(size=shape))
    plan = []
    for _ in range(rng.integers(1, 5)):
        ids = rng.integers(-shape[0], shape[0], rng.integers(0, 4, rng.integers(0, 3)))
        plan.append((ids, rng.normal(), bool(rng.random() < 0.15)))

    def f(x: Any) -> Any:
        total = tf.constant(0.0, tf.float64)
        for ids, factor, whole in plan:
            total += factor * tf.reduce_sum(tf.sin(x) ** 2 if whole else tf.sin(tf.gather(x, ids)) ** 2)
        return total

    gradient = gradient_of(f, v)
    assert isinstance(gradient, tf.Tensor) == any(whole for _, _, whole in plan)
    np.testing.assert_allclose(dense(gradient), dense_gradient_of(f, v), rtol=1e-12, atol=1e-12)


# -- The object ---------------------------------------------------------------------------------------------------


def test_repr_is_tensorflows():
    assert repr(slices()) == (
        "IndexedSlices(indices=Tensor([2 0 2], shape=(3,), dtype=int32), "
        "values=Tensor([1. 2. 4.], shape=(3,), dtype=float32), dense_shape=Tensor([4], shape=(1,), dtype=int32))"
    )
    assert repr(slices(shape=None)) == (
        "IndexedSlices(indices=Tensor([2 0 2], shape=(3,), dtype=int32), "
        "values=Tensor([1. 2. 4.], shape=(3,), dtype=float32))"
    )


def test_duplicates_are_added_up_where_a_tensor_is_wanted():
    expected = [2.0, 0.0, 5.0, 0.0]
    for tensor in (tf.convert_to_tensor(slices()), tf.constant(slices()), tf.identity(slices())):
        assert isinstance(tensor, tf.Tensor)
        assert tensor.numpy().tolist() == expected
    assert np.asarray(slices()).tolist() == expected
    assert np.asarray(slices(), np.float64).dtype == np.float64
    assert tf.convert_to_tensor(slices(), tf.float64).dtype == tf.float64
    assert tf.stack([slices(), slices()]).shape == (2, 4)
    assert tf.constant([slices(), slices()]).numpy().tolist() == [expected, expected]
    assert tf.add_n([slices(), np.ones(4, np.float32), tf.ones(4)]).numpy().tolist() == [4.0, 2.0, 7.0, 2.0]
    assert tf.add_n([slices()]).numpy().tolist() == expected
    assert tf.reduce_sum(slices()).numpy() == 7.0
    assert tf.is_tensor(slices())


def test_conversion_is_recorded():
    values = tf.constant([1.0, 2.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(values)
        parts = tf.IndexedSlices(values, [2, 0, 2], [4])
        results = [
            tf.square(parts),
            np.square(parts),
            tf.add_n([tf.convert_to_tensor(parts)]) ** 2,
            np.sum(parts) * tf.convert_to_tensor(parts),
            tf.stack([parts, parts])[0] ** 2,
        ]
    for result in results[:3] + results[4:]:
        np.testing.assert_array_equal(tape.gradient(result, values), [10.0, 4.0, 10.0])
    np.testing.assert_array_equal(tape.gradient(results[3], values), [14.0, 14.0, 14.0])


def test_arithmetic_that_stays_sparse():
    a, b = slices(), slices([1.0], [3])
    for result, expected in [
        (-a, [-2.0, 0.0, -5.0, 0.0]),
        (a + b, [2.0, 0.0, 5.0, 1.0]),
        (a - b, [2.0, 0.0, 5.0, -1.0]),
        (a * 2, [4.0, 0.0, 10.0, 0.0]),
        (2.0 * a, [4.0, 0.0, 10.0, 0.0]),
        (a * tf.constant(2.0), [4.0, 0.0, 10.0, 0.0]),
        (a / 2.0, [1.0, 0.0, 2.5, 0.0]),
    ]:
        assert isinstance(result, tf.IndexedSlices)
        np.testing.assert_array_equal(dense(result), expected)
    assert (slices(shape=None) + b).shape == (4,)


def test_arithmetic_with_tensors_gives_tensors():
    a, t = slices(), tf.constant([1.0, 2.0, 3.0, 4.0])
    for result, expected in [
        (a + t, [3.0, 2.0, 8.0, 4.0]),
        (t + a, [3.0, 2.0, 8.0, 4.0]),
        (a - t, [1.0, -2.0, 2.0, -4.0]),
        (t - a, [-1.0, 2.0, -2.0, 4.0]),
        (a * t, [2.0, 0.0, 15.0, 0.0]),
        (t * a, [2.0, 0.0, 15.0, 0.0]),
        (a / t, [2.0, 0.0, 5.0 / 3.0, 0.0]),
        (np.ones(4, np.float32) + a, [3.0, 1.0, 6.0, 1.0]),
        (sum([a, a]), [4.0, 0.0, 10.0, 0.0]),
    ]:
        assert isinstance(result, tf.Tensor)
        np.testing.assert_allclose(result, expected)


def test_numpys_functions_take_slices():
    assert np.allclose(slices(), [2.0, 0.0, 5.0, 0.0])
    assert np.concatenate([slices(), [1.0]]).shape == (5,)


def test_combined_names_each_row_once_and_in_order():
    once = tf.IndexedSlices(np.arange(8.0).reshape(4, 2), [3, 1, 3, 0], (5, 2)).combined()
    assert once.indices.numpy().tolist() == [0, 1, 3]
    assert once.values.numpy().tolist() == [[6.0, 7.0], [2.0, 3.0], [4.0, 6.0]]
    assert once.shape == (5, 2)


def test_norms_and_clipping_work_on_the_values():
    a = slices([3.0, 4.0], [1, 1])
    assert tf.linalg.global_norm([a, None, tf.constant([12.0])]).numpy() == 13.0
    (clipped, nothing, other), norm = tf.clip_by_global_norm([a, None, tf.constant([12.0])], 6.5)
    assert (norm.numpy(), nothing, other.numpy().tolist()) == (13.0, None, [6.0])
    assert isinstance(clipped, tf.IndexedSlices)
    assert (clipped.values.numpy().tolist(), clipped.indices.numpy().tolist()) == ([1.5, 2.0], [1, 1])
    short = tf.clip_by_norm(a, 1.0)
    assert isinstance(short, tf.IndexedSlices)
    np.testing.assert_allclose(short.values, [0.6, 0.8], rtol=1e-6)
    bounded = tf.clip_by_value(a, -1.0, 3.5)
    assert isinstance(bounded, tf.IndexedSlices)
    assert (bounded.values.numpy().tolist(), bounded.indices.numpy().tolist()) == ([3.0, 3.5], [1, 1])


def test_cast_stays_sparse():
    wide = tf.cast(slices(), tf.float64)
    assert isinstance(wide, tf.IndexedSlices)
    assert wide.dtype == tf.float64


def test_slices_can_be_copied_and_pickled():
    for other in (copy.deepcopy(slices()), pickle.loads(pickle.dumps(slices()))):
        assert repr(other) == repr(slices())


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (([1.0], [0.5]), TypeError, "IndexedSlices: indices must be integers, not float32"),
        (([1.0], [0, 1]), ValueError, "values of shape (1,) and indices of shape (2,); there must be one index for"),
        (([1.0], [[0]]), ValueError, "values of shape (1,) and indices of shape (1, 1); there must be one index for"),
        (([[1.0]], [0], (3, 2)), ValueError, "values of shape (1, 1) are no rows of a tensor of shape (3, 2)"),
        (([1.0], [-1]), IndexError, "IndexedSlices: index -1 is negative; rows are counted from the first"),
        (([1.0], [3], (3,)), IndexError, "IndexedSlices: index 3 is out of bounds for 3 rows"),
    ],
)
def test_parts_that_do_not_fit_are_errors(arguments, error, text):
    with pytest.raises(error, match=re.escape(text)):
        tf.IndexedSlices(*arguments)


def test_without_a_dense_shape_there_is_no_tensor():
    for use in (tf.convert_to_tensor, np.asarray, lambda x: x.shape, lambda x: x + tf.ones(4)):
        with pytest.raises(ValueError, match="this IndexedSlices has no dense_shape, so no tensor can be made of it"):
            use(slices(shape=None))


def test_slices_of_other_shapes_cannot_be_added():
    with pytest.raises(ValueError, match=re.escape("IndexedSlices of shapes (4,) and (5,) cannot be added")):
        slices() + slices(shape=(5,))
    with pytest.raises(ValueError, match=re.escape("IndexedSlices of shapes (4,) and (?, 2) cannot be added")):
        slices() + tf.IndexedSlices([[1.0, 2.0]], [0])


def test_with_values_checks_the_shape():
    with pytest.raises(ValueError, match=re.escape("values of shape (2,) in place of shape (3,)")):
        slices().with_values([1.0, 2.0])


def test_an_index_past_the_end_is_found_where_the_tensor_is_made():
    both = slices([1.0], [9], None) + slices()
    with pytest.raises(IndexError, match="index 9 is out of bounds for 4 rows"):
        tf.convert_to_tensor(both)


def test_slices_are_neither_source_nor_watched():
    with pytest.raises(TypeError, match="watch takes tensors and variables, not IndexedSlices"), tf.GradientTape() as t:
        t.watch(slices())


# -- Looking up ---------------------------------------------------------------------------------------------------


def test_embedding_lookup_bounds_the_norms_of_rows():
    v = table([[3.0, 4.0], [0.3, 0.4]])
    np.testing.assert_allclose(tf.nn.embedding_lookup(v, [[0, 1]], max_norm=1.0), [[[0.6, 0.8], [0.3, 0.4]]], rtol=1e-6)
    gradient = gradient_of(lambda v: tf.nn.embedding_lookup(v, [0, 1], max_norm=1.0), v)
    assert isinstance(gradient, tf.IndexedSlices)
    np.testing.assert_allclose(
        dense(gradient), dense_gradient_of(lambda v: tf.nn.embedding_lookup(v, [0, 1], max_norm=1.0), v), rtol=1e-5
    )


def test_embedding_lookup_in_several_parts_is_an_error():
    with pytest.raises(ValueError, match="the table is given in 2 parts; join them"):
        tf.nn.embedding_lookup([table(), table()], [0])


# -- Changing rows of a variable ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.longdouble, np.int32, np.uint8, np.complex64])
def test_scattering_changes_rows(dtype):
    start, rows = np.arange(6).reshape(3, 2).astype(dtype), np.array([[1, 2], [3, 4], [5, 6]], dtype)
    delta = tf.IndexedSlices(rows, [2, 0, 2], (3, 2))
    for name, expected in {
        "scatter_add": start + np.array([[3, 4], [0, 0], [6, 8]], dtype),
        "scatter_sub": start - np.array([[3, 4], [0, 0], [6, 8]], dtype),
        "scatter_update": np.array([[3, 4], [2, 3], [5, 6]], dtype),
    }.items():
        v = tf.Variable(start)
        assert getattr(v, name)(delta) is v
        np.testing.assert_array_equal(v, expected)
        assert v.dtype == dtype


def address(v: tf.Variable) -> int:
    return np.asarray(v).__array_interface__["data"][0]


def test_rows_change_in_place_where_nobody_else_sees_them():
    v = table()
    before = address(v)
    v.scatter_add(tf.IndexedSlices([[1.0, 1.0, 1.0]], [0]))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(v, [0, 1]) ** 2)
    v.scatter_sub(tape.gradient(y, v))
    assert address(v) == before


@pytest.mark.parametrize(
    "keep",
    [
        lambda v: v.read_value(),
        lambda v: v.value(),
        tf.stop_gradient,
        tf.convert_to_tensor,
        np.asarray,
        lambda v: np.asarray(v)[1:],
        lambda v: tf.reshape(v, -1),
        lambda v: v[1],
        tf.transpose,
        lambda v: memoryview(np.asarray(v)),
    ],
)
@pytest.mark.parametrize("change", ["scatter_add", "scatter_sub", "scatter_update"])
def test_what_was_read_from_a_variable_never_changes(keep, change):
    v = table()
    kept = keep(v)
    expected = np.array(kept)
    getattr(v, change)(tf.IndexedSlices(np.full((4, 3), 100.0), [0, 1, 2, 3]))
    np.testing.assert_array_equal(kept, expected)
    assert v.numpy().min() != 0.0


def test_a_tensor_that_was_assigned_never_changes():
    t, v = tf.constant([1.0, 2.0]), table([0.0, 0.0])
    v.assign(t)
    v.scatter_add(slices([1.0], [0], None))
    assert (t.numpy().tolist(), v.numpy().tolist()) == ([1.0, 2.0], [2.0, 2.0])


def test_what_a_tape_keeps_never_changes():
    v = table([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = v * v * v
        v.scatter_update(slices([50.0], [0], None))
        z = v * v
    np.testing.assert_array_equal(tape.gradient([y, z], v), [3.0 + 100.0, 12.0 + 4.0])


def test_a_variable_can_change_by_its_own_value():
    v = table([1.0, 2.0, 3.0])
    v.scatter_add(tf.IndexedSlices(v, [2, 1, 0]))
    assert v.numpy().tolist() == [4.0, 4.0, 4.0]


def test_a_thread_that_reads_sees_a_change_whole_or_not_at_all():
    v, done = table(np.zeros((500, 64), np.float32)), threading.Event()
    torn = []

    def read() -> None:
        while not done.is_set():
            for value in (v.read_value(), v * 1.0, tf.gather(v, range(500)), tf.reduce_sum(v, 0) / 500.0):
                if np.min(value.numpy()) != np.max(value.numpy()):
                    torn.append(value)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    everywhere = tf.IndexedSlices(np.ones((500, 64), np.float32), range(500))
    for _ in range(1000):
        v.scatter_add(everywhere)
    done.set()
    for thread in readers:
        thread.join()
    assert not torn
    np.testing.assert_array_equal(v, np.full((500, 64), 1000.0))


@pytest.mark.parametrize(
    ("delta", "error", "text"),
    [
        (np.ones(4), TypeError, "Argument `sparse_delta` must be an `IndexedSlices`. Received arg: array"),
        (
            tf.IndexedSlices([[1.0, 2.0]], [0]),
            ValueError,
            "Cannot add to rows of variable 'v:0' of shape (4, 3): the slices have values of shape (1, 2)",
        ),
        (
            tf.IndexedSlices([[1.0, 2.0, 3.0]], [0], (9, 3)),
            ValueError,
            "of shape (4, 3): the slices have values of shape (1, 3) and are of shape (9, 3)",
        ),
        (
            tf.IndexedSlices(np.ones((1, 3), complex), [0]),
            TypeError,
            "of shape (4, 3) and dtype float64: the slices have dtype complex128",
        ),
        (
            tf.IndexedSlices(np.ones((2, 3)), [0, 4]),
            IndexError,
            "Cannot add to rows of variable 'v:0' of shape (4, 3): there is no row 4",
        ),
    ],
)
def test_rows_that_do_not_fit_leave_the_variable_as_it_was(delta, error, text):
    v = table(name="v")
    with pytest.raises(error, match=re.escape(text)):
        v.scatter_add(delta)
    np.testing.assert_array_equal(v, TABLE)


def test_a_scalar_variable_has_no_rows():
    with pytest.raises(ValueError, match=re.escape("of shape (): the slices have values of shape (1,)")):
        tf.Variable(1.0).scatter_add(slices([1.0], [0], None))


def test_truth_values_are_not_subtracted():
    v = tf.Variable([True, False])
    with pytest.raises(TypeError, match="boolean subtract"):
        v.scatter_sub(tf.IndexedSlices([True], [0]))
    assert v.scatter_update(tf.IndexedSlices([True], [1])).numpy().tolist() == [True, True]


# -- Optimizers ---------------------------------------------------------------------------------------------------


RULES = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.1),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_step_by_rows_is_the_dense_step_of_these_rows(rule):
    rng = np.random.default_rng(0)
    whole, start = RULES[rule](), rng.normal(size=(6, 3))
    by_rows, v = RULES[rule](), table(start)
    w = table(start[[1, 4]])
    for _ in range(4):
        rows = rng.normal(size=(3, 3))
        by_rows.apply_gradients([(tf.IndexedSlices(rows, [4, 1, 4], (6, 3)), v)])
        whole.apply_gradients([(tf.constant([rows[1], rows[0] + rows[2]]), w)])
    np.testing.assert_allclose(v.numpy()[[1, 4]], w, rtol=1e-12)
    np.testing.assert_array_equal(v.numpy()[[0, 2, 3, 5]], start[[0, 2, 3, 5]])


def test_sgd_by_rows_is_dense_sgd():
    start = np.arange(12.0).reshape(4, 3)
    v, w = table(start), table(start)
    loss = lambda v: tf.reduce_sum(tf.gather(v, [3, 1, 3]) ** 2)  # noqa: E731
    for _ in range(3):
        optimizers.SGD(0.1).apply_gradients([(gradient_of(loss, v), v)])
        optimizers.SGD(0.1).apply_gradients([(dense(gradient_of(loss, w)), w)])
    np.testing.assert_allclose(v, w)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("alone", [True, False])
def test_what_is_remembered_passes_between_dense_steps_and_steps_by_rows(rule, alone):
    # All rows are named, so that both are the same.
    rng = np.random.default_rng(1)
    start = rng.normal(size=(4, 3))
    mixed, plain = RULES[rule](), RULES[rule]()
    v, w, beside = table(start), table(start), (table([1.0]), table([1.0]))
    for step in range(7):
        g, order = rng.normal(size=(4, 3)), rng.permutation(4)
        sparse = step in (1, 2, 5)
        gradient = tf.IndexedSlices(g[order], order, (4, 3)) if sparse else g
        extra = [] if alone else [(np.ones(1), beside[0])]
        mixed.apply_gradients([(gradient, v), *extra])
        plain.apply_gradients([(g, w), *([] if alone else [(np.ones(1), beside[1])])])
        np.testing.assert_allclose(v, w, rtol=1e-12)
        np.testing.assert_allclose(beside[0], beside[1], rtol=1e-12)


def test_a_variable_named_by_rows_and_whole_in_one_call_is_changed_by_both():
    v = table([1.0, 2.0, 3.0])
    gradients = [(tf.IndexedSlices([1.0, 1.0], [0, 0], (3,)), v), (np.ones(3), v)]
    optimizers.SGD(0.5, momentum=0.5).apply_gradients(gradients)
    assert v.numpy()[1] == 1.5
    assert v.numpy()[0] < 0.0


def test_more_rows_than_a_block():
    v, g = table(np.zeros((3000, 40))), np.random.default_rng(2).choice([-1.0, 2.0], (2500, 40))
    optimizers.Adam(0.1).apply_gradients([(tf.IndexedSlices(g, np.arange(2500) + 100, (3000, 40)), v)])
    np.testing.assert_allclose(v.numpy()[100:2600], -0.1 * np.sign(g), atol=1e-3)


def test_a_step_without_rows_changes_nothing_but_the_count():
    v, optimizer = table(), optimizers.Adam()
    optimizer.apply_gradients([(tf.IndexedSlices(np.zeros((0, 3)), np.zeros(0, int), (4, 3)), v)])
    np.testing.assert_array_equal(v, TABLE)
    assert int(optimizer.iterations) == 1


def test_slices_of_float64_change_a_variable_of_float32():
    v = table([1.0, 2.0])
    optimizers.SGD(0.5).apply_gradients([(tf.IndexedSlices(np.array([1.0, 1.0]), [1, 1]), v)])
    assert v.dtype == tf.float32
    assert v.numpy().tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("gradient", "error", "text"),
    [
        (
            tf.IndexedSlices([[1.0]], [0], (9, 1)),
            ValueError,
            "The gradient of variable 'v:0' has shape (9, 1), but the variable has shape (4, 3)",
        ),
        (
            tf.IndexedSlices([[1.0]], [0]),
            ValueError,
            "The gradient of variable 'v:0' has shape (4, 1), but the variable has shape (4, 3)",
        ),
        (tf.IndexedSlices(np.ones((1, 3)), [4]), IndexError, "The gradient of variable 'v:0' names row 4 of 4"),
        (
            tf.IndexedSlices(np.ones((1, 3), complex), [0]),
            TypeError,
            "The gradient of variable 'v:0' has dtype complex128, but the variable has dtype float64",
        ),
        (
            np.ones((4, 3), complex),
            TypeError,
            "The gradient of variable 'v:0' has dtype complex128, but the variable has dtype float64",
        ),
    ],
)
def test_all_checks_come_before_any_change(gradient, error, text):
    first, v, optimizer = table([1.0]), table(name="v"), optimizers.Adam()
    rows = table([1.0])
    with pytest.raises(error, match=re.escape(text)):
        optimizer.apply_gradients([(np.ones(1), first), (slices([1.0], [0], None), rows), (gradient, v)])
    assert (first.numpy(), rows.numpy(), int(optimizer.iterations)) == (1.0, 1.0, 0)


def test_minimize_takes_a_table():
    v, optimizer = table([1.0, 2.0]), optimizers.SGD(0.5)
    optimizer.minimize(lambda: tf.reduce_sum(tf.gather(v, [1]) ** 2), [v])
    assert v.numpy().tolist() == [1.0, 0.0]


# -- The layer ----------------------------------------------------------------------------------------------------


def test_an_embedding_layer_is_a_table_of_its_inputs_rows():
    tf.keras.backend.clear_session()
    layer = tf.keras.layers.Embedding(5, 2, embeddings_initializer="ones")
    for inputs in ([[0, 4], [1, 1]], [[0.0, 4.0], [1.0, 1.0]], tf.constant([[0, 4], [1, 1]])):
        assert layer(inputs).shape == (2, 2, 2)
    assert [v.name for v in layer.trainable_variables] == ["embedding/embeddings:0"]
    assert np.abs(tf.keras.layers.Embedding(50, 4)([0]).numpy()).max() <= 0.05
    with pytest.raises(IndexError, match="index 5 is out of bounds for axis 0 with size 5"):
        layer([5])
    with pytest.raises(ValueError, match="Received an invalid value for `input_dim`, expected a positive integer"):
        tf.keras.layers.Embedding(0, 2)


def test_a_model_with_an_embedding_learns():
    tf.keras.backend.clear_session()
    tf.random.set_seed(0)
    model = tf.keras.Sequential([tf.keras.layers.Embedding(10, 4), tf.keras.layers.Dense(1)])
    optimizer = optimizers.Adam(0.05)
    numbers = np.arange(10)
    parity = (numbers % 2).astype(np.float32)[:, None]
    for _ in range(100):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(numbers) - parity) ** 2)
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
    assert isinstance(gradients[0], tf.IndexedSlices)
    assert float(loss) < 1e-2


# -- Cost ---------------------------------------------------------------------------------------------------------


ROWS, WIDTH, LOOKED_UP = 1_000_000, 64, 1_000


def test_a_step_takes_the_memory_of_the_rows_and_not_of_the_table():
    table = tf.Variable(tf.zeros((ROWS, WIDTH)))
    optimizer = optimizers.SGD(0.1)
    rng = np.random.default_rng(0)

    def step():
        ids = rng.integers(0, ROWS, LOOKED_UP)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((tf.gather(table, ids) - 1.0) ** 2) + tf.reduce_sum(tf.gather(table, ids[:10]))
        optimizer.apply_gradients([(tape.gradient(loss, table), table)])

    step()  # the first one makes the variable's memory its own
    tracemalloc.start()
    try:
        step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4e6  # the table takes 256 MB


def test_many_lookups_beside_a_dense_use_add_up():
    v = tf.Variable(tf.zeros((100_000, 8)))
    with tf.GradientTape() as tape:
        total = tf.add_n([tf.reduce_sum(tf.gather(v, [k])) for k in range(2_000)]) + tf.reduce_sum(v * v)
    gradient = tape.gradient(total, v)
    assert gradient.numpy().sum() == 16_000.0


@pytest.mark.parametrize("kind", ["add", "subtract", "replace"])
@pytest.mark.parametrize(
    ("value", "rows", "values"),
    [
        (np.zeros((4, 3)), [0, 1, 2], np.ones(3)),
        (np.zeros((4, 3)), [0], np.ones((1, 2))),
        (np.zeros((4, 3)), [0], np.ones((2, 3))),
        (np.zeros(4, np.int32), [0, 1], np.ones(1, np.int32)),
        (np.int32(3), [0], np.ones(1, np.int32)),
    ],
)
def test_rows_are_changed_by_values_of_their_shape_only(value: Any, rows: Any, values: Any, kind: str) -> None:
    variable = tf.Variable(value)
    with pytest.raises(ValueError, match=r"values of shape|no rows"):
        variable.change_rows(kind, rows, values)
    np.testing.assert_array_equal(variable, value)


def test_a_global_norm_that_is_not_finite_makes_everything_nan() -> None:
    for number in (np.inf, -np.inf, np.nan):
        clipped, norm = tf.clip_by_global_norm([[1.0, 2.0], [number], None], 1.0)
        assert not np.isfinite(norm)
        assert all(np.isnan(x).all() for x in clipped[:2])
        assert clipped[2] is None
    np.testing.assert_allclose(tf.clip_by_global_norm([[3.0], [4.0]], 1.0)[0], [[0.6], [0.8]], rtol=1e-6)
    np.testing.assert_array_equal(tf.clip_by_norm([1.0, np.inf], 1.0), [0.0, np.nan])
    scaled = tf.grad(lambda x: tf.reduce_sum(tf.clip_by_global_norm([x], 1.0)[0][0]))(np.array([3.0, 4.0]))
    np.testing.assert_allclose(scaled, [4.0 / 125.0, -3.0 / 125.0], rtol=1e-12)
