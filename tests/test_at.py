"""`t.at[index].set(v)` and the other functional updates: NumPy's values, and the derivatives of both operands.

The references are dense and written without a tape: NumPy's own assignments, the `at` of its ufuncs, and for each
element of the result the value that it came from.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff_core as tf
from autodiff_core.testing import check_gradients
from test_properties import gradients_of, indices, tangent_of, values

UFUNCS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
    "min": np.minimum,
    "max": np.maximum,
}
# Indices that name nothing twice, and such that do, for the shape (3, 4).
ONCE = {
    "an integer": 1,
    "an element": (2, -1),
    "a slice": (slice(None), slice(None, None, 2)),
    "an ellipsis": (..., 0),
    "a new axis": (0, None, slice(1, 3)),
    "backwards": (slice(None, None, -1),),
    "rows": [2, 0],
    "points": ([0, 2], [1, -1]),
    "apart": (np.array([0, 1]), None, np.array([3, 1])),
    "a mask": np.arange(12).reshape(3, 4) % 5 == 1,
    "masked rows": (np.array([True, False, True]), slice(1, None)),
    "nothing": (slice(0, 0),),
    "all": ...,
}
TWICE = {
    "a row twice": [1, 1],
    "a row three times": [0, 2, 0, 0],
    "from both ends": [2, -1],
    "points twice": ([0, 0, 2], [1, 1, -1]),
    "columns twice": (slice(None), np.array([[3, 3], [0, 3]])),
}
every_index = pytest.mark.parametrize("index", [*ONCE.values(), *TWICE.values()], ids=[*ONCE, *TWICE])
every_kind = pytest.mark.parametrize("kind", UFUNCS)


def selected(index: Any, shape: tuple[int, ...] = (3, 4)) -> tuple[int, ...]:
    return np.zeros(shape)[index].shape


@st.composite
def updates(draw: Any) -> tuple[tuple[int, ...], Any, tuple[int, ...]]:
    """A shape, an index into it, and a shape that broadcasts to what the index selects."""
    shape, index = draw(indices())
    whole = np.zeros(shape)[index].shape
    kept = tuple(size if draw(st.booleans()) else 1 for size in whole)
    return shape, index, draw(st.sampled_from([whole, kept, kept[draw(st.integers(0, len(kept))) :]]))


def last_written(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """For each element of an array the number of the value that is written there last, or -1."""
    owner = np.full(shape, -1)
    owner[index] = np.arange(owner[index].size).reshape(owner[index].shape)
    return owner


def broadcasts_here(shape: tuple[int, ...], part: tuple[int, ...], index: Any) -> bool:
    try:
        np.zeros(shape)[index] = np.zeros(part)
    except ValueError:
        return False
    return True


# ------------------------------------------------------------------------------------------------------------------ set


@settings(max_examples=600, deadline=None)
@given(updates())
def test_set_is_numpys_assignment_and_the_gradient_goes_to_what_stayed(case: Any) -> None:
    shape, index, part = case
    if not broadcasts_here(shape, part, index):
        return
    x, v = values(shape), values(part)
    expected = x.copy()
    expected[index] = v
    value, cotangent, (gx, gv) = gradients_of(lambda a, b: a.at[index].set(b), [x, v])
    np.testing.assert_array_equal(value, expected)
    owner = last_written(shape, index)
    np.testing.assert_array_equal(gx, np.where(owner < 0, cotangent, 0.0))
    whole = np.zeros(np.zeros(shape)[index].shape)
    whole.reshape(-1)[owner[owner >= 0]] = cotangent[owner >= 0]
    lead = whole.ndim - len(part)
    summed = whole.sum(tuple(range(lead))).reshape(whole.shape[lead:])
    axes = tuple(d for d, size in enumerate(part) if size == 1)
    np.testing.assert_allclose(gv, summed.sum(axes, keepdims=True).reshape(part), rtol=1e-12)
    tx, tv = values(shape), values(part)
    pushed = tx.copy()
    pushed[index] = tv
    np.testing.assert_array_equal(tangent_of(lambda a, b: a.at[index].set(b), [x, v], [tx, tv]), pushed)


@settings(max_examples=100, deadline=None)
@given(updates())
def test_the_second_derivative_goes_through_what_was_set(case: Any) -> None:
    shape, index, part = case
    if not broadcasts_here(shape, part, index):
        return
    x, v = values(shape), values(part)

    def slopes(a: Any, b: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([a, b])
            cubes = tf.reduce_sum((a * b[(0,) * len(part)] if b.size else a).at[index].set(b) ** 3)
        return tape.gradient(cubes, a, unconnected_gradients="zero")

    _, cotangent, (gx, _) = gradients_of(slopes, [x, v])
    factor = v[(0,) * len(part)] if v.size else 1.0
    untouched = last_written(shape, index) < 0
    np.testing.assert_allclose(gx, np.where(untouched, 6.0 * factor**3 * x * cotangent, 0.0), rtol=1e-9)


@every_index
def test_set_has_derivatives_of_both_operands(index: Any) -> None:
    check_gradients(
        lambda x, v: (x * x).at[index].set(v * v), [values((3, 4)), values(selected(index))], order=2, rtol=1e-5
    )


@every_index
def test_a_jacobian_of_set_agrees_with_its_rows(index: Any) -> None:
    x, v = tf.constant(values((3, 4))), tf.constant(values(selected(index)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, v])
        y = x.at[index].set(v)
    owner = last_written((3, 4), index).ravel()
    jx, jv = tape.jacobian(y, [x, v], unconnected_gradients="zero")
    np.testing.assert_array_equal(np.reshape(jx, (12, 12)), np.diag(owner < 0))
    np.testing.assert_array_equal(np.reshape(jv, (12, v.size)), owner[:, None] == np.arange(v.size))


def test_of_several_values_the_last_stays_and_has_the_gradient() -> None:
    x, v = tf.constant([1.0, 2.0]), tf.constant([10.0, 20.0, 30.0])
    with tf.GradientTape() as tape:
        tape.watch([x, v])
        y = x.at[[0, 0, 0]].set(v)
    assert y.numpy().tolist() == [30.0, 2.0]
    gx, gv = tape.gradient(y, [x, v])
    assert gx.numpy().tolist() == [0.0, 1.0]
    assert gv.numpy().tolist() == [0.0, 0.0, 1.0]


def test_the_last_in_the_order_of_the_index_stays_whatever_the_memory_of_the_values() -> None:
    index = np.asfortranarray([[0, 1, 0], [1, 0, 1]])
    v = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert tf.zeros(2, tf.float64).at[index].set(v).numpy().tolist() == [4.0, 5.0]
    assert tf.zeros(2, tf.float64).at[index.T].set(v.T).numpy().tolist() == [2.0, 5.0]


def test_the_tensor_stays_as_it_is() -> None:
    t = tf.constant([1.0, 2.0, 3.0])
    t.at[0].set(9.0)
    t.at[1:].add(9.0)
    assert t.numpy().tolist() == [1.0, 2.0, 3.0]


def test_an_infinite_cotangent_makes_no_nan_of_what_did_not_stay() -> None:
    x = tf.constant([0.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x.at[[0, 0]].set([tf.constant(1.0), x[1]]) * [np.inf, 1.0])
    assert tape.gradient(y, x).numpy().tolist() == [0.0, np.inf]


def test_get_is_indexing() -> None:
    t = tf.constant(values((3, 4)))
    for index in [*ONCE.values(), *TWICE.values()]:
        np.testing.assert_array_equal(t.at[index].get(), t[index])
    check_gradients(lambda x: x.at[[0, 0], 1:].get() ** 2, [values((3, 4))], order=2)


# ------------------------------------------------------------------------------------------------ ufuncs, applied there


@every_kind
@every_index
def test_an_update_is_the_at_of_the_ufunc(kind: str, index: Any) -> None:
    x, v = values((3, 4)), values(selected(index))
    expected = x.copy()
    UFUNCS[kind].at(expected, index, v)
    np.testing.assert_allclose(getattr(tf.constant(x).at[index], kind)(v), expected, rtol=1e-14)


@every_kind
@every_index
def test_an_update_has_derivatives_of_both_operands(kind: str, index: Any) -> None:
    x, v = values((3, 4)), values(selected(index))
    check_gradients(lambda a, b: getattr(a.at[index], kind)(b), [x, v], order=2, rtol=1e-4, atol=1e-6)


@every_kind
def test_values_broadcast_to_what_is_selected(kind: str) -> None:
    x = values((3, 4))
    for index in (slice(1, None), [0, 0, 2], (slice(None), np.array([[0, 1], [1, 1]]))):
        for part in ((), (1,), selected(index)[-1:], (1, *selected(index))):
            v, expected = values(part), x.copy()
            UFUNCS[kind].at(expected, index, v[0] if len(part) > len(selected(index)) else v)
            np.testing.assert_allclose(getattr(tf.constant(x).at[index], kind)(v), expected, rtol=1e-14)
            if len(part) <= len(selected(index)):
                check_gradients(lambda a, b, i=index: getattr(a.at[i], kind)(b), [x, v], rtol=1e-4, atol=1e-6)


def test_what_is_not_named_keeps_every_bit() -> None:
    x = tf.constant([-0.0, np.nan, np.inf, 1.0], dtype=tf.float64)
    for index in (3, [3, 3], slice(3, None)):
        y = x.at[index].add(1.0).numpy()
        assert y[:3].tobytes() == x.numpy()[:3].tobytes()


def test_a_function_is_applied_as_often_as_an_element_is_named() -> None:
    x = tf.constant([1.0, 2.0, 3.0], dtype=tf.float64)
    assert x.at[[1, 1, 0]].apply(lambda t: 10.0 * t).numpy().tolist() == [10.0, 200.0, 3.0]
    assert x.at[1:].apply(lambda t: -t).numpy().tolist() == [1.0, -2.0, -3.0]
    check_gradients(lambda a: a.at[[1, 1, 0]].apply(tf.exp), [values(3) / 4], order=2, rtol=1e-4)


def test_of_equals_the_tensors_own_has_the_gradient() -> None:
    x, v = tf.constant([2.0, 2.0]), tf.constant([2.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, v])
        larger, smaller = x.at[0].max(v[0]), x.at[[0, 0]].min(v)
    assert [g.numpy().tolist() for g in tape.gradient(larger, [x, v])] == [[1.0, 1.0], [0.0, 0.0]]
    assert [g.numpy().tolist() for g in tape.gradient(smaller, [x, v])] == [[1.0, 1.0], [0.0, 0.0]]


# ------------------------------------------------------------------------------------------------------ kinds of values


def test_variables_give_tensors_and_have_gradients() -> None:
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = v.at[1].multiply(v[0]) ** 2
    assert type(y) is tf.Tensor
    np.testing.assert_allclose(tape.gradient(y, v), [2.0 + 2.0 * 2.0 * 2.0, 4.0, 6.0])
    v.assign(v.at[0].set(7.0))
    assert v.numpy().tolist() == [7.0, 2.0, 3.0]


@pytest.mark.parametrize("dtype", [tf.float32, tf.float16, tf.int32, tf.uint8, tf.bool, tf.complex128, tf.longdouble])
def test_each_dtype_is_kept(dtype: Any) -> None:
    x = np.array([1, 0, 1]).astype(dtype)
    y = tf.constant(x).at[[1, 1]].set(np.array([0, 1]).astype(dtype))
    assert y.dtype == x.dtype
    assert y.numpy().tolist() == np.array([1, 1, 1]).astype(dtype).tolist()


def test_integers_are_added_and_multiplied_like_floats() -> None:
    t = tf.constant([1, 2, 3])
    assert t.at[[0, 0, 2]].add(5).numpy().tolist() == [11, 2, 8]
    assert t.at[[0, 0, 2]].multiply([2, 3, 4]).numpy().tolist() == [6, 2, 12]
    assert t.at[1:].max(3).numpy().tolist() == [1, 3, 3]


def test_float32_and_complex_gradients_have_the_operands_dtype() -> None:
    for dtype in (tf.float32, tf.float16, tf.complex64):
        x, v = tf.ones(3, dtype), tf.ones((), dtype)
        with tf.GradientTape() as tape:
            tape.watch([x, v])
            y = x.at[1].set(v * 2.0)
        gx, gv = tape.gradient(y, [x, v])
        assert gx.dtype == gv.dtype == dtype
        assert gx.numpy().tolist() == [1, 0, 1]
        assert gv.numpy() == 2


def test_a_value_of_another_float_dtype_is_cast_and_its_gradient_comes_back_in_its_own() -> None:
    x, v = tf.zeros(3), tf.constant([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([x, v])
        y = x.at[:2].set(v)
    assert y.dtype == np.float32
    gx, gv = tape.gradient(y, [x, v])
    assert (gx.dtype, gv.dtype) == (np.float32, np.float64)


def test_scalars_empty_and_non_contiguous_tensors() -> None:
    assert float(tf.constant(1.0).at[()].set(2.0)) == 2.0
    assert float(tf.constant(1.0).at[...].add(2.0)) == 3.0
    assert tf.constant(1.0).at[None].set([5.0]).numpy() == 5.0
    assert tf.zeros((0, 3)).at[:, 1].set(1.0).shape == (0, 3)
    check_gradients(lambda x, v: x.at[()].multiply(v) ** 2, [values(()), values(())], order=2)
    check_gradients(lambda x, v: tf.transpose(x).at[1:, 0].set(v) ** 2, [values((3, 4)), values(3)], order=2)
    assert tf.constant(np.arange(6.0)[::2]).at[0].set(9.0).numpy().tolist() == [9.0, 2.0, 4.0]


def test_a_number_that_no_array_has_the_dtype_of_is_an_error() -> None:
    t = tf.constant([1, 2, 3])
    with pytest.raises(TypeError, match=r"at\[index\].set: cannot convert 0.5 to a tensor of dtype int32"):
        t.at[0].set(0.5)


# ----------------------------------------------------------------------------------------------------- recorded, mapped


@pytest.mark.parametrize("kind", ["set", *UFUNCS])
def test_a_recorded_function_reads_its_indices_at_each_call(kind: str) -> None:
    def update(x: Any, i: Any, v: Any) -> Any:
        return getattr(x.at[i], kind)(v) * 1.0

    recorded = tf.function(update)
    x = tf.constant(values(5))
    for i in ([0, 1], [3, 3], [-1, 4], [2, 0]):
        index, v = tf.constant(i), tf.constant(values(2))
        np.testing.assert_allclose(recorded(x, index, v), update(x, index, v), rtol=1e-14)
        found, expected = [], []
        for function, into in ((recorded, found), (update, expected)):
            with tf.GradientTape() as tape:
                tape.watch([x, v])
                y = tf.reduce_sum(function(x, index, v) ** 2)
            into += tape.gradient(y, [x, v])
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)


def test_set_by_an_index_that_varies_is_recorded_once() -> None:
    recorded = tf.function(lambda x, i: x.at[i].set(0.0).at[i].add(1.0))
    for k in range(4):
        assert recorded(tf.zeros(4), tf.constant(k)).numpy().tolist() == np.eye(4)[k].tolist()
    assert recorded.trace_count == 1


def test_a_saved_program_is_loaded_where_nothing_has_been_updated_yet(tmp_path: Any) -> None:
    path = tmp_path / "program"
    tf.function(lambda x: x.at[1].set(x[0] ** 2)).get_concrete_function(tf.constant([1.0, 2.0])).program.save(path)
    code = (
        f"import autodiff_core as tf; print(tf.Program.load({str(path)!r})(tf.constant([3.0, 4.0])).numpy().tolist())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.split("\n")[0] == "[3.0, 9.0]", run.stderr


def test_vmap_over_tensors_values_and_indices() -> None:
    x, v, i = values((6, 4)), values((6,)), np.array([0, 3, 2, 2, -1, 1])
    expected = x.copy()
    expected[np.arange(6), i] = v
    mapped = tf.vmap(lambda a, k, b: a.at[k].set(b))
    np.testing.assert_array_equal(mapped(x, i, v), expected)
    np.testing.assert_array_equal(tf.vmap(lambda a, b: a.at[1].set(b))(x, v)[:, 1], v)
    shared = tf.vmap(lambda a, k, b: a.at[k].set(b), in_axes=(None, 0, None))(x[0], i, v[0])
    for row, k in zip(shared, i, strict=True):
        np.testing.assert_array_equal(row, tf.constant(x[0]).at[k].set(v[0]))
    apart = tf.vmap(lambda a, b: a.at[np.array([0, 1]), :, np.array([0, 0])].set(b))(
        values((6, 2, 3, 2)), values((6, 2, 3))
    )
    assert apart.shape == (6, 2, 3, 2)


def test_the_gradient_of_a_mapped_update() -> None:
    x, i = tf.constant(values((3, 4))), tf.constant([0, 3, 3])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vmap(lambda a, k: a.at[k].multiply(a[0]))(x, i)
    expected = np.ones((3, 4))
    for row, k in enumerate(i.numpy()):
        expected[row, k] = x.numpy()[row, 0]
        expected[row, 0] += x.numpy()[row, k]
    np.testing.assert_allclose(tape.gradient(y, x), expected)


def test_sparse_jacobians_see_which_element_came_from_where() -> None:
    x = tf.constant(values(5))
    found = tf.sparse_jacobian(lambda t: t.at[1:3].set(t[:2] ** 2), x).toarray()
    expected = tf.jacobian(lambda t: t.at[1:3].set(t[:2] ** 2))(x)
    np.testing.assert_allclose(found, expected)


# --------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("kind", ["set", *UFUNCS])
@pytest.mark.parametrize(
    "index",
    [5, (0, 0, 0), ([0, 1], [0, 1, 2]), [3], (slice(None), [0, 9]), np.ones(2, bool), 1.5, "x", (..., ...)],
    ids=str,
)
def test_what_numpy_refuses_as_an_index_is_refused_with_its_class_and_what_was_done(kind: str, index: Any) -> None:
    x = values((3, 2))
    with pytest.raises((IndexError, TypeError, ValueError)) as of_numpy:
        x[index]
    with pytest.raises(of_numpy.type, match=rf"at\[index\]\.{kind}: .*shape \(3, 2\)"):
        getattr(tf.constant(x).at[index], kind)(1.0)


@pytest.mark.parametrize("kind", ["set", *UFUNCS])
def test_a_value_that_does_not_broadcast_is_an_error_that_names_the_shapes(kind: str) -> None:
    with pytest.raises(
        ValueError, match=rf"at\[index\]\.{kind}: a value of shape \(3,\) .* shape \(2,\) .*shape \(4,\)"
    ):
        getattr(tf.zeros(4).at[:2], kind)([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=rf"at\[index\]\.{kind}: a value of shape \(1, 2\)|\(2, 2\)"):
        getattr(tf.zeros(4).at[:2], kind)(np.ones((2, 2)))


@pytest.mark.parametrize("kind", ["set", *UFUNCS])
def test_a_value_whose_dtype_does_not_go_in_is_an_error_that_names_both(kind: str) -> None:
    with pytest.raises(TypeError, match=rf"at\[index\]\.{kind}: a value of dtype float64 .* of dtype int32"):
        getattr(tf.constant([1, 2]).at[0], kind)(np.float64(1.5))
    with pytest.raises(TypeError, match=rf"at\[index\]\.{kind}: a value of dtype complex128 .* of dtype float32"):
        getattr(tf.constant([1.0, 2.0]).at[0], kind)(tf.constant(1j))


def test_integers_are_not_divided_in_place() -> None:
    with pytest.raises(TypeError, match=r"at\[index\].divide: a value of dtype float64 .* of dtype int32"):
        tf.constant([1, 2]).at[0].divide(2)


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"at\[index\].set: cannot"):
        tf.zeros(2).at[0].set("x")
    with pytest.raises(TypeError, match=r"at\[index\].set: cannot write None"):
        tf.zeros(2).at[0].set(None)


def test_item_assignment_to_a_tensor_names_both_ways() -> None:
    t = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError, match=r"t\.at\[i\]\.set\(x\).*tf\.buffer\(t\)"):
        t[0] = 3.0
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(TypeError, match=r"v\[index\]\.assign\(x\).*v\.assign\(x\)"):
        v[0] = 3.0


def test_the_pieces_show_what_they_are() -> None:
    t = tf.constant([1.0])
    assert repr(t.at) == f"<at of {t!r}>"
    assert repr(t.at[0]) == f"<at[0] of {t!r}>"


def test_one_tensor_given_for_two_indices_of_a_recorded_function() -> None:
    both = tf.function(lambda x, i, k: tf.stack([x[i], x[k], x.at[i].set(0.0)[k]]))
    x, one = tf.constant([1.0, 2.0, 3.0]), tf.constant(1)
    np.testing.assert_array_equal(both(x, one, one), [2.0, 2.0, 0.0])
    np.testing.assert_array_equal(both(x, tf.constant(0), tf.constant(2)), [1.0, 3.0, 3.0])
