"""Buffers: writes are recorded and in place, and no value that was ever read changes."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.numpy.buffers import Buffer
from autodiff_core.testing import check_gradients

GENERATOR = np.random.default_rng(11)


def values(shape: Any) -> np.ndarray:
    return GENERATOR.uniform(0.3, 2.0, shape)


def address(b: Buffer) -> int:
    return int(_core.seen(b).__array_interface__["data"][0])


def powers(x: Any, n: int) -> Buffer:
    """1, x, x**2 ...: each element from the one before."""
    b = tf.buffer(n, tf.float64)
    b[0] = 1.0
    for i in range(1, n):
        b[i] = b[i - 1] * x
    return b


# --------------------------------------------------------------------------------------------------- making and reading


def test_a_buffer_of_a_shape_is_zeros_of_the_default_float() -> None:
    assert repr(tf.buffer(3)) == "<Buffer: shape=(3,), dtype=float32, numpy=array([0., 0., 0.], dtype=float32)>"
    assert tf.buffer((2, 3), tf.int64).value().numpy().tolist() == [[0, 0, 0], [0, 0, 0]]
    assert tf.buffer(()).shape == ()
    assert tf.buffer(np.int64(2)).size == 2
    assert tf.buffer((0, 2)).ndim == 2


def test_a_buffer_of_values_copies_them() -> None:
    array = np.array([1.0, 2.0])
    b = tf.buffer(array)
    array[0] = 9.0
    assert b.numpy().tolist() == [1.0, 2.0]
    b[1] = 5.0
    assert array.tolist() == [9.0, 2.0]
    assert tf.buffer([1, 2]).dtype == np.int32
    assert tf.buffer([1, 2], tf.float32).dtype == np.float32
    other = tf.buffer(b)
    other[0] = 7.0
    assert b.numpy().tolist() == [1.0, 5.0]


def test_reading_gives_tensors() -> None:
    b = tf.buffer([1.0, 2.0, 3.0])
    for read in (b[0], b[1:], b[[0, 2]], b.value(), b + 1, 1 + b, -b, abs(b), b * b, np.sum(b), np.sin(b), tf.exp(b),
                 b > 1.0, tf.convert_to_tensor(b), tf.stack([b, b]), tf.constant([b, b]), next(iter(b))):  # fmt: skip
        assert type(read) is tf.Tensor
    assert type(np.asarray(b)) is np.ndarray
    assert len(b) == 3
    assert (b + b).numpy().tolist() == [2.0, 4.0, 6.0]
    assert np.concatenate([b, b]).shape == (6,)
    assert np.where(b > 1.5, b, 0.0).numpy().tolist() == [0.0, 2.0, 3.0]
    assert (np.array([1.0, 1.0, 1.0], np.float32) + b).numpy().tolist() == [2.0, 3.0, 4.0]
    assert (tf.constant([1.0, 1.0, 1.0]) * b).numpy().tolist() == [1.0, 2.0, 3.0]
    assert f"{tf.buffer(1.5):.2f}" == "1.50"
    assert float(tf.buffer(1.5)) == 1.5
    assert [10, 20, 30][tf.buffer(np.array(2))] == 30


def test_methods_of_tensors_are_those_of_the_present_value() -> None:
    b = tf.buffer([1.0, 2.0, 3.0])
    assert type(b.sum()) is tf.Tensor
    assert float(b.sum()) == 6.0
    assert b.at[0].set(9.0).numpy().tolist() == [9.0, 2.0, 3.0]
    assert b.T.shape == (3,)
    b.fill(4.0)
    assert b.tolist() == [4.0, 4.0, 4.0]
    with pytest.raises(AttributeError, match="no_such"):
        b.no_such  # noqa: B018
    assert not hasattr(b, "_private")


def test_every_reading_is_followed() -> None:
    x = tf.constant([1.0, 2.0])
    for read in (
        lambda b: b.value(),
        lambda b: b[:],
        lambda b: b + 0.0,
        lambda b: b.reshape(2),
        lambda b: 0.0 + b,
        lambda b: np.float32(0.0) + b,
        lambda b: np.zeros(2, np.float32) + b,
        lambda b: tf.zeros(2) + b,
        lambda b: np.add(b, 0.0),
        lambda b: np.multiply(1.0, b),
        lambda b: np.stack([b[0], b[1]]),
        lambda b: np.stack([tf.zeros(2), b])[1],
        lambda b: np.where([True, True], b, tf.zeros(2)),
        lambda b: np.add(tf.zeros(2), b),
        lambda b: np.concatenate([b[:1], b])[1:],
        lambda b: tf.stack([b, b])[0],
        lambda b: tf.constant([b, b])[0],
        lambda b: tf.where([True, True], b, 0.0),
        lambda b: tf.identity(b),
        lambda b: tf.convert_to_tensor(b),
        lambda b: tf.cast(b, tf.float32),
        lambda b: tf.add_n([b, tf.zeros(2)]),
        lambda b: tf.reshape(b, (2,)),
        lambda b: tf.gather(b, [0, 1]),
        lambda b: tf.zeros(2).at[:].set(b),
        lambda b: tf.buffer(b).value(),
        lambda b: tf.buffer(b),
        lambda b: b,
    ):
        with tf.GradientTape() as tape:
            tape.watch(x)
            b = tf.buffer(2)
            b[:] = x
            y = read(b)
        assert tape.gradient(y, x).numpy().tolist() == [1.0, 1.0], read


def test_writing_takes_numpys_indexing() -> None:
    a, b = values((3, 4)), None
    b = tf.buffer(a)
    for index in (
        0,
        (1, 2),
        slice(1),
        (slice(None), -1),
        ...,
        [0, 2],
        ([0, 1], [2, 3]),
        a > 1.0,
        (None, 0),
        np.int64(2),
    ):
        new = values(a[index].shape)
        a[index] = new
        b[index] = new
        np.testing.assert_array_equal(b.value(), a)
        a[index] *= 2.0
        b[index] *= 2.0
        np.testing.assert_array_equal(b.value(), a)
    b[tf.constant(1)] = 3.0
    b[tf.constant([0, 2])] = tf.buffer(np.ones(4))
    assert b.numpy().tolist() == [[1.0] * 4, [3.0] * 4, [1.0] * 4]


def test_the_whole_buffer_is_written_by_augmented_assignment() -> None:
    b = same = tf.buffer([1.0, 2.0])
    b += 1.0
    b *= [2.0, 3.0]
    b -= 1.0
    b /= 2.0
    b **= 2.0
    b //= 1.0
    b %= 5.0
    assert b is same
    assert b.numpy().tolist() == [2.0, 1.0]
    with pytest.raises(TypeError):
        b += "x"


def test_numpys_out_and_at_write_into_a_buffer() -> None:
    x = tf.constant([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(2, tf.float64)
        assert np.multiply(x, x, out=b) is b
        np.add.at(b, [0, 0], x)
        np.multiply.at(b, [1, 1], 2.0)
        assert np.subtract(b, 0.0, out=b) is b
        assert np.cumsum(b, out=b) is b
    assert b.numpy().tolist() == [4.0, 20.0]
    assert tape.gradient(b, x).numpy().tolist() == [6.0, 18.0]
    with pytest.raises(TypeError, match=r"np\.add with out="):
        np.add(b, 1.0, out=np.zeros(2))


def test_copies_and_pickles_are_buffers_of_their_own() -> None:
    b = tf.buffer([1.0, 2.0])
    for other in (copy.copy(b), copy.deepcopy(b), pickle.loads(pickle.dumps(b))):
        other[0] = 9.0
        assert b.numpy().tolist() == [1.0, 2.0]
        assert other.numpy().tolist() == [9.0, 2.0]
    with pytest.raises(TypeError, match="unhashable"):
        hash(b)


# ---------------------------------------------------------------------------------------------------------- derivatives


def test_the_recurrence_has_its_closed_forms_derivatives() -> None:
    n, k = 30, np.arange(30)
    x = tf.constant(0.9, dtype=tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(powers(x, n))
        first = inner.gradient(y, x)
    np.testing.assert_allclose(first, (k * 0.9 ** (k - 1.0)).sum())
    np.testing.assert_allclose(outer.gradient(first, x), (k * (k - 1) * 0.9 ** (k - 2.0)).sum())


def by_buffer(x: Any) -> Any:
    b = tf.buffer(x)
    b[1] = b[0] * b[2]
    b[1:] *= x[:-1]
    b[[0, 0]] += x[1:3]
    b[b.value() > 0.5] = 3.0 * b[b.value() > 0.5]
    b[:2] = b[2:4] ** 2
    return b.value() * b[0]


def by_updates(x: Any) -> Any:
    t = x.at[1].set(x[0] * x[2])
    t = t.at[1:].multiply(x[:-1])
    t = t.at[[0, 0]].set(t[[0, 0]] + x[1:3])
    t = t.at[t > 0.5].set(3.0 * t[t > 0.5])
    t = t.at[:2].set(t[2:4] ** 2)
    return t * t[0]


def test_a_buffer_is_a_chain_of_functional_updates() -> None:
    x = values(5)
    np.testing.assert_array_equal(by_buffer(tf.constant(x)), by_updates(tf.constant(x)))
    check_gradients(by_buffer, [x], order=2, rtol=1e-4)
    for derivative in (tf.jacobian, tf.hessian):
        scalar = derivative is tf.hessian
        one, other = (
            derivative((lambda t, f=f: tf.reduce_sum(f(t))) if scalar else f)(tf.constant(x))
            for f in (by_buffer, by_updates)
        )
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_float32_rows_and_scalars() -> None:
    def rows(x: Any) -> Any:
        b = tf.buffer((3, 2), x.dtype)
        b[0] = x
        for i in range(1, 3):
            b[i, :] = tf.sin(b[i - 1]) * x
            b[i, 0] += x[1]
        return b.value()

    check_gradients(rows, [values(2)], order=2)
    x = tf.constant([0.5, 0.7])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = rows(x)
    assert tape.gradient(y, x).dtype == np.float32

    def scalar(x: Any) -> Any:
        b = tf.buffer(x)
        b[...] = b[()] * x
        b[()] += x
        return b.value()

    check_gradients(scalar, [values(())], order=2)


def test_the_first_values_of_a_buffer_have_their_gradient() -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(x)
        b[1] = 0.0
        y = tf.reduce_sum(b * b)
    assert tape.gradient(y, x).numpy().tolist() == [2.0, 0.0, 6.0]


def test_a_buffer_is_a_target_but_no_source() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        b = tf.buffer(2)
        b[1] = x * x
        with pytest.raises(TypeError, match="watch takes tensors"):
            tape.watch(b)
    assert tape.gradient(b, x).numpy() == 4.0
    with pytest.raises(TypeError, match=r"not Buffer .*; name the tensor that it was made of"):
        tape.gradient(x, b)


def test_a_persistent_tape_gives_the_same_again() -> None:
    x = tf.constant(values(4))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        b = tf.buffer(x)
        for i in range(1, 4):
            b[i] *= b[i - 1]
        middle = b.value()
        b[:2] = 1.0
        b[[3, 3]] += x[:2]
        y = tf.reduce_sum(b**2)
    first = [np.asarray(g) for g in (tape.gradient(y, x), tape.gradient(middle, x), tape.jacobian(middle, x))]
    again = [np.asarray(g) for g in (tape.gradient(y, x), tape.gradient(middle, x), tape.jacobian(middle, x))]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_gradient_with_respect_to_what_was_read_in_the_middle() -> None:
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        b = tf.buffer(3)
        b[0] = x
        middle = b.value()
        b[1] = b[0] ** 2
        whole = b.value()
        y = tf.reduce_sum(b)
    assert tape.gradient(y, whole).numpy().tolist() == [1.0, 1.0, 1.0]
    assert tape.gradient(y, middle).numpy().tolist() == [7.0, 0.0, 1.0]
    assert tape.gradient(whole, [middle, x])[1].numpy() == 7.0


def test_a_weight_of_the_callers_is_not_written_to() -> None:
    x, weight = tf.constant(values(3)), tf.constant([1.0, 2.0, 3.0], dtype=tf.float64)
    array = np.array([1.0, 2.0, 3.0])
    for given_weight in (weight, array, tf.Variable(array)):
        for record in (False, True):
            outer = tf.GradientTape()
            with outer:
                if record:
                    outer.watch(x)
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    b = tf.buffer(x)
                    b[0] = b[1] ** 2
                g = tape.gradient(b, x, output_gradients=given_weight)
            np.testing.assert_allclose(g, [0.0, 2.0 + 2.0 * x.numpy()[1], 3.0])
    assert weight.numpy().tolist() == array.tolist() == [1.0, 2.0, 3.0]


def test_several_tapes_hear_what_they_watch() -> None:
    x, z = tf.constant(2.0), tf.constant(5.0)
    with tf.GradientTape() as first:
        first.watch(x)
        b = tf.buffer(2)
        b[0] = x * x
        with tf.GradientTape() as second:
            second.watch(z)
            b[1] = z * b[0]
            y = b[1] + b[0]
        assert second.gradient(y, [x, z])[0] is None
        b[0] = 1.0
        w = b[0] * b[1]
    assert [g.numpy() for g in first.gradient([y, w], [x])] == [24.0 + 20.0]


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_buffer_that_was_filled_before_the_tape_is_a_constant() -> None:
    b = tf.buffer([1.0, 2.0])
    b[0] = 3.0
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        b[1] = x * b[0]
    b[0] = 7.0  # not on the tape, so of what comes of it the tape knows nothing
    assert tape.gradient(b.value(), x) is None


def test_what_is_written_while_a_tape_is_paused_is_a_constant_for_it() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(2)
        b[0] = x
        before = b.value()
        with tape.stop_recording():
            b[1] = x
        after = b.value()
    assert tape.gradient([before], x).numpy() == 1.0
    assert after.numpy().tolist() == [2.0, 2.0]


def test_forward_accumulators_follow_writes() -> None:
    x, tangent = values(5), values(5)
    with tf.autodiff.ForwardAccumulator(tf.constant(x), tf.constant(tangent)) as accumulator:
        pass
    t = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(t, tf.constant(tangent)) as accumulator:
        y = by_buffer(t)
    expected = tf.jacobian(by_updates)(tf.constant(x)).numpy() @ tangent
    np.testing.assert_allclose(accumulator.jvp(y), expected)
    with tf.GradientTape() as tape:
        tape.watch(t)
        with tf.autodiff.ForwardAccumulator(t, tf.constant(tangent)) as accumulator:
            y = tf.reduce_sum(by_buffer(t))
        push = accumulator.jvp(y)
    expected = tf.hessian(lambda a: tf.reduce_sum(by_updates(a)))(tf.constant(x)).numpy() @ tangent
    np.testing.assert_allclose(tape.gradient(push, t), expected, rtol=1e-10)


def test_recorded_functions_make_buffers_inside() -> None:
    recorded = tf.function(by_buffer)
    for _ in range(3):
        x = tf.constant(values(5))
        np.testing.assert_allclose(recorded(x), by_updates(x), rtol=1e-14)
    check_gradients(recorded, [values(5)], order=2, rtol=1e-4)

    @tf.function
    def filled(x: Any, i: Any) -> Any:
        b = tf.buffer(4, tf.float64)
        b[i] = x
        b[i] += 1.0
        np.add.at(b, i, x)
        return b

    for k in (0, 3, 1):
        y = filled(tf.constant(2.0, dtype=tf.float64), tf.constant([k, k]))
        assert type(y) is tf.Tensor
        assert y.numpy().tolist() == (7.0 * np.eye(4)[k]).tolist()


def test_buffers_are_mapped_over_examples() -> None:
    x = values((4, 5))
    shared = tf.vmap(lambda row: tf.reduce_sum(powers(row[0], 4)))(x)
    np.testing.assert_allclose(shared, (x[:, :1] ** np.arange(4)).sum(1))


def test_a_buffer_from_outside_is_not_written_to_by_a_recorded_function() -> None:
    b = tf.buffer(3)

    @tf.function
    def write(x: Any) -> Any:
        b[0] = x
        return x

    with pytest.raises(RuntimeError, match=r"from outside of the function that is being recorded.*tf\.buffer"):
        write(tf.constant(1.0))
    assert b.numpy().tolist() == [0.0, 0.0, 0.0]


def test_a_recorded_function_that_reads_a_buffer_from_outside_runs_as_python() -> None:
    b = tf.buffer([1.0, 2.0])
    read = tf.function(lambda x: x * b[0])
    with pytest.warns(UserWarning, match="a buffer from outside of the recorded function is read"):
        assert read(tf.constant(3.0)).numpy() == 3.0
    b[0] = 5.0
    assert read(tf.constant(3.0)).numpy() == 15.0


def test_a_buffer_that_outlives_its_recording_says_so() -> None:
    kept: list[Any] = []

    @tf.function
    def leak(x: Any) -> Any:
        b = tf.buffer(3)
        b[0] = x
        kept.append(b)
        return x

    leak(tf.constant(1.0))
    for use in (
        lambda b: b.value(),
        lambda b: b[0],
        lambda b: b + 1,
        lambda b: b.shape,
        lambda b: b.__setitem__(0, 1.0),
    ):
        with pytest.raises(ValueError, match="made while leak was being recorded is used outside"):
            use(kept[0])


# ----------------------------------------------------------------------------------------------------- values that stay


def test_writes_are_in_place_and_a_reading_of_elements_does_not_hinder_them() -> None:
    for opened in (False, True):
        x = tf.constant(2.0)
        with tf.GradientTape() as tape:
            if opened:
                tape.watch(x)
            b = tf.buffer((100, 3))
            b[0] = x
            place, read = address(b), []
            for i in range(1, 100):
                b[i] = b[i - 1] + x
                b[i, 0] *= x
                b[[i]] += 1.0
                read += [b[i], b[i, 1], b[:i], b[[0, i]], np.sum(b), b + 1.0]
            assert address(b) == place
            kept = b.value()
            b[0] = 0.0
            assert address(b) != place
            place = address(b)
            b[1] = 0.0
            assert address(b) == place
        assert kept.numpy()[0].tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("holder", [
    lambda b, held: held.append(b.value()),
    lambda b, held: held.append(np.asarray(b)),
    lambda b, held: held.append(tf.reshape(b, (2, 2))),
    lambda b, held: held.append(b.value().T),
    lambda b, held: held.append(tf.constant(b.value())),
    lambda b, held: held.append(b.value()[1:]),
    lambda b, held: held.append(tf.identity(b)),
    lambda b, held: held.append(tf.buffer(b)),
    lambda b, held: held.append(memoryview(np.asarray(b))),
    lambda b, held: held.append(tf.Variable(b)),
    lambda b, held: held.append(np.asarray(b).reshape(2, 2)),
])  # fmt: skip
def test_what_was_handed_out_never_changes(holder: Callable[..., Any]) -> None:
    held: list[Any] = []
    b = tf.buffer([1.0, 2.0, 3.0, 4.0])
    holder(b, held)
    before = np.array(held[0])
    b[1] = 9.0
    b[:] = 7.0
    np.testing.assert_array_equal(np.array(held[0]), before)


def test_a_value_that_a_derivative_needs_is_kept() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(x)
        squares = tf.reduce_sum(b * b)
        b[0] = 100.0
        b[1] = 100.0
    assert tape.gradient(squares, x).numpy().tolist() == [2.0, 4.0]


def test_a_constant_that_a_record_keeps_is_not_written_to() -> None:
    x, b = tf.constant(3.0), tf.buffer([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * b)
        b[0] = 100.0
    assert tape.gradient(y, x).numpy() == 3.0


WRITES = st.lists(
    st.tuples(
        st.sampled_from(
            ["set", "add", "multiply", "slice", "rows", "mask", "value", "array", "read", "square", "copy"]
        ),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(WRITES, st.booleans())
def test_any_program_of_writes_agrees_with_functional_updates_and_changes_nothing(program: Any, second: bool) -> None:
    """The same program on a buffer and on a tensor of `at` updates; what is read on the way is compared at the end."""

    def run(x: Any, b: Any) -> Any:
        reads: list[Any] = []
        snapshots: list[tuple[Any, np.ndarray]] = []

        def put(index: Any, v: Any) -> None:
            nonlocal b
            if isinstance(b, Buffer):
                b[index] = v
            else:
                b = b.at[index].set(v)

        def now() -> Any:
            return b.value() if isinstance(b, Buffer) else b

        for what, i, j in program:
            if what == "set":
                put(i, b[j] * x[i])
            elif what == "add":
                put((slice(None), 1), b[:, 0] + x[:, j % 2])
            elif what == "multiply":
                put((i, 0), b[i, 0] * b[j, 1])
            elif what == "slice":
                put(slice(i, j + 1), 2.0 * b[i : j + 1])
            elif what == "rows":
                put([i, j, i], b[[j, i, j]] - x[:3])
            elif what == "mask":
                mask = np.arange(8).reshape(4, 2) % (i + 2) == 0
                put(mask, b[mask] * 0.5)
            elif what == "value":
                reads.append(now())
            elif what == "array":
                array = _core.seen(now())
                snapshots.append((array, array.copy()))
            elif what == "read":
                reads.append(b[i] * b[j])
            elif what == "square":
                reads.append(tf.reduce_sum(now() ** 2))
            else:
                reads.append(tf.reduce_sum(now()[i:] * x[i:]))
            snapshots += [(read, read.numpy().copy()) for read in reads[-1:]]
        total = tf.reduce_sum(tf.sin(now()))
        for read in reads:
            total += tf.reduce_sum(read)
        for held, then in snapshots:
            np.testing.assert_array_equal(_core.seen(held), then)
        return total

    x = tf.constant(values((4, 2)))
    found = []
    for start in (lambda: tf.buffer(x), lambda: x):
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(x)
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y = run(x, start())
            g = tape.gradient(y, x)
        np.testing.assert_array_equal(tape.gradient(y, x), g)
        tangent = tape.jvp(y, x, x)
        np.testing.assert_allclose(tangent, np.sum(np.asarray(g) * x.numpy()), rtol=1e-9)
        found.append([y, g, outer.gradient(g, x) if second else g])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


# ----------------------------------------------------------------------------------------------------------------- cost


def test_writes_outside_of_tapes_keep_no_memory() -> None:
    """In a process of its own: what other threads of this one hold would be counted, too."""
    program = """
import gc, tracemalloc
import autodiff_core as tf
b = tf.buffer(1000)
b[0] = 1.0
for i in range(2000):
    b[i % 1000] = b[i % 999] + 1.0
gc.collect()
tracemalloc.start()
for i in range(100_000):
    b[i % 1000] = b[i % 999] + 1.0
print(*tracemalloc.get_traced_memory())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    grown, most = map(int, run.stdout.split())
    assert grown < 4_000
    assert most < 20_000


def test_a_write_under_a_tape_keeps_a_record_and_no_array() -> None:
    x = tf.constant(0.999, dtype=tf.float64)
    gc.collect()
    tracemalloc.start()
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = powers(x, 20_000)
        kept, most = tracemalloc.get_traced_memory()
        tape.gradient(b, x)
        most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept < 20_000 * 1_500
    assert most < 20_000 * 2_000


# --------------------------------------------------------------------------------------------------------------- errors


def test_an_error_leaves_the_buffer_as_it_was() -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        b = tf.buffer(x)
        b[0] = x[1]
        place, before = address(b), b.numpy()
        for index, v, error, text in [
            (5, 1.0, IndexError, r"buffer\[index\] = value: index 5 is out of bounds.*shape \(3,\)"),
            ([0, 9], 1.0, IndexError, r"buffer\[index\] = value: index 9 is out of bounds"),
            ((0, 0), 1.0, IndexError, r"buffer\[index\] = value: too many indices"),
            ("x", 1.0, IndexError, r"buffer\[index\] = value: only integers"),
            (
                slice(0, 2),
                [1.0, 2.0, 3.0],
                ValueError,
                r"a value of shape \(3,\) does not broadcast to the shape \(2,\)",
            ),
            (0, [1.0, 2.0], ValueError, r"a value of shape \(2,\) does not broadcast to the shape \(\)"),
            (0, 1j, TypeError, r"buffer\[index\] = value: a value of dtype complex\d+ .* of dtype float32"),
            (0, "x", TypeError, r"buffer\[index\] = value: cannot"),
            (0, None, TypeError, r"buffer\[index\] = value: cannot write None"),
        ]:
            with pytest.raises(error, match=text):
                b[index] = v
            assert b.numpy().tolist() == before.tolist()
            assert address(b) == place
        b[2] = 0.0
        y = tf.reduce_sum(b)
    assert tape.gradient(y, x).numpy().tolist() == [0.0, 2.0, 0.0]
    with pytest.raises(IndexError, match="index 7 is out of bounds"):
        b[7]
    counts = tf.buffer([1, 2])
    with pytest.raises(TypeError, match=r"cannot convert 0\.5 to a tensor of dtype int32"):
        counts[0] = 0.5
    with pytest.raises(TypeError, match="a value of dtype float32 does not go into a tensor of dtype int32; cast"):
        counts[0] = tf.constant(0.5)


def test_a_value_that_raises_while_it_is_made_leaves_the_buffer_as_it_was() -> None:
    class Failing:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            raise ArithmeticError("no value")

    b = tf.buffer([1.0, 2.0])
    with pytest.raises(ArithmeticError, match="no value"):
        b[0] = Failing()
    assert b.numpy().tolist() == [1.0, 2.0]


def test_a_value_that_reads_or_writes_the_buffer_while_it_is_made_is_no_danger() -> None:
    b = tf.buffer([1.0, 2.0])

    class Reading:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            b[1] = 7.0
            return np.array(np.asarray(b)[0] + 1.0)

    b[0] = Reading()
    assert b.numpy().tolist() == [2.0, 7.0]


def test_a_buffer_is_its_own_value_and_part_of_it() -> None:
    b = tf.buffer([1.0, 2.0, 3.0])
    b[1:] = b[:-1]
    assert b.numpy().tolist() == [1.0, 1.0, 2.0]
    b[:] = b
    b[::-1] = b.value()
    assert b.numpy().tolist() == [2.0, 1.0, 1.0]

    def itself(x: Any) -> Any:
        c = tf.buffer(x)
        c[...] = c
        c[::-1] = c
        return c.value() ** 2

    check_gradients(itself, [values(3)], order=2)


def test_what_one_thread_reads_does_not_change_while_another_writes() -> None:
    b, changed = tf.buffer(np.zeros(100_000)), []

    def work(k: int) -> None:
        for i in range(60):
            try:
                b[k::3] = float(i)
                whole = b.value()
            except RuntimeError as error:
                assert "while another thread writes" in str(error)
                continue
            first = whole.numpy()
            if not np.array_equal(first, whole.numpy()):
                changed.append(i)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not changed


def test_threads_with_buffers_of_their_own_do_not_meet() -> None:
    results: dict[int, float] = {}

    def work(k: int) -> None:
        x = tf.constant(0.5 + k / 10, dtype=tf.float64)
        for _ in range(20):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(powers(x, 200))
            results[k] = float(tape.gradient(y, x))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    i = np.arange(200)
    for k in range(4):
        np.testing.assert_allclose(results[k], (i * (0.5 + k / 10) ** (i - 1.0)).sum())


# --------------------------------------------------------------------------------------------- stores into plain arrays

STORES: dict[str, Callable[[np.ndarray, Any, Any], None]] = {
    "an element": lambda a, t, v: exec("a[0] = t", {"a": a, "t": t}),
    "an element by NumPy's integer": lambda a, t, v: exec("a[i] = t", {"a": a, "t": t, "i": np.int64(1)}),
    "a slice": lambda a, t, v: exec("a[0:2] = t", {"a": a, "t": t}),
    "a slice of values": lambda a, t, v: exec("a[:] = v", {"a": a, "v": v}),
    "all": lambda a, t, v: exec("a[...] = v", {"a": a, "v": v}),
    "by numbers": lambda a, t, v: exec("a[[0, 1]] = t", {"a": a, "t": t}),
    "by truth values": lambda a, t, v: exec("a[a == 0] = t", {"a": a, "t": t}),
    "a list of tensors": lambda a, t, v: exec("a[0:2] = [t, t]", {"a": a, "t": t}),
    "in a tuple": lambda a, t, v: exec("a[0], a[1] = t, t", {"a": a, "t": t}),
    "as a loop's target": lambda a, t, v: exec("for a[0] in [t]: pass", {"a": a, "t": t}),
}


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.complex128])
def test_a_followed_tensor_is_not_stored_in_an_array(store: Any, dtype: Any) -> None:
    t, v = tf.constant(2.0), tf.constant([1.0, 2.0, 3.0])
    array = np.zeros(3, dtype)
    with tf.GradientTape() as tape:
        tape.watch([t, v])
        with pytest.raises(TypeError, match=r"array\[index\] = tensor: .*tf\.buffer\(array\).*tensor\.numpy\(\)"):
            store(array, t, v)
        assert not array.any()
        with tape.stop_recording():
            store(array, t, v)
        assert array.any()
    store(array, t, v)


def test_an_element_of_flat_is_not_stored_either_though_numpy_says_it_in_its_own_words() -> None:
    x, array = tf.constant(2.0), np.zeros(3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(ValueError, match="Error setting single item of array"):
            array.flat[0] = x
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            array.flat[:2] = x
    assert not array.any()


def test_results_and_variables_are_not_stored_either_but_constants_are() -> None:
    x, w, c = tf.constant(2.0), tf.Variable(3.0), tf.constant(4.0)
    fixed = tf.Variable(5.0, trainable=False)
    array = np.zeros(4)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            array[0] = x * x
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            array[0] = w
        array[0] = c
        array[1] = tf.stop_gradient(x)
        array[2] = fixed
        array[3] = x > 1.0
    assert array.tolist() == [4.0, 2.0, 5.0, 1.0]


def test_a_store_is_seen_after_the_instruction_was_specialised() -> None:
    def store(array: np.ndarray, t: Any, n: int) -> None:
        for i in range(n):
            array[i % 3] = t

    x, array = tf.constant(2.0), np.zeros(3)
    store(array, 1.0, 1000)
    with tf.GradientTape() as tape:
        store(array, x, 1000)
        tape.watch(x)
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            store(array, x, 1)


def test_explicit_conversions_go_on() -> None:
    x, v = tf.constant(2.0), tf.constant([1.0, 2.0])
    array = np.zeros(3)
    with tf.GradientTape() as tape:
        tape.watch([x, v])
        assert float(x) == int(x) == complex(x) == 2.0
        assert v.numpy().tolist() == v.tolist() == [1.0, 2.0]
        array[0] = x.numpy()
        array[1:] = v.numpy()
        array[0] = float(x)
        numbers = {}
        numbers[float(x)] = v
        numbers["v"] = v.numpy()
        things = [None]
        things[0] = x
        objects = np.empty(1, object)
        objects[0] = x
    assert array.tolist() == [2.0, 1.0, 2.0]
    assert objects[0] is things[0] is x


def test_augmented_assignment_and_out_are_refused_with_the_way_out() -> None:
    x = tf.constant(2.0)
    array = np.ones(3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            array += x
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            np.add(array, x, out=array)
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            np.add.at(array, [0], x)
        with pytest.raises(TypeError, match=r"array\[index\] = tensor"):
            array[0] += x
        with pytest.raises(TypeError, match=r"tf\.buffer"):
            np.copyto(array, x)
    assert array.tolist() == [1.0, 1.0, 1.0]


def test_np_full_of_a_followed_tensor_names_fill() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(TypeError, match=r"np\.full: .*tf\.fill\(shape, t\)"):
            np.full(3, x)
        with pytest.raises(TypeError, match=r"np\.copyto|np\.full"):
            np.full(3, x, dtype=np.float64)
        assert tf.fill((3,), x).numpy().tolist() == [2.0, 2.0, 2.0]
        assert np.full(3, x.numpy()).tolist() == [2.0, 2.0, 2.0]
    assert np.full(3, x).tolist() == [2.0, 2.0, 2.0]


def test_a_recorded_function_stores_nothing_that_an_inner_tape_follows() -> None:
    @tf.function
    def inside(x: Any) -> Any:
        array = np.zeros(2)
        with tf.GradientTape() as tape:
            tape.watch(x)
            array[0] = x
        return tape.gradient(x, x)

    with pytest.raises(TypeError, match=r"tf\.buffer"):
        inside(tf.constant(1.0))


def test_second_derivatives_through_parts_need_no_update_before_them() -> None:
    """In a process that has used no update yet, the row that adds parts in their places is loaded by the sweep."""
    code = """
import autodiff_core as tf

x = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x[0, 0] * x[0, 1]
    first = inner.gradient(y, x)
    total = tf.reduce_sum(first * first)
print(outer.gradient(total, x).numpy().tolist())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[[2.0, 4.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]"
