"""One source under several names: a variable that is read again after an assignment, a tensor that is two arguments."""

from __future__ import annotations

import contextlib
import pickle
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

# ------------------------------------------------------------------------------------------- a read after an assignment


def once(w: Any, v: Any, x: Any) -> Any:
    y = w * x
    w.assign(w * 0.5)
    return tf.reduce_sum(y + w * x * x)


def twice(w: Any, v: Any, x: Any) -> Any:
    y = w * x
    w.assign_sub(y)
    z = y * w
    w.assign_add(tf.sin(w))
    return tf.reduce_sum(z + w * w * x)


def from_the_other(w: Any, v: Any, x: Any) -> Any:
    w.assign(v * 2.0)
    v.assign(w + x)
    return tf.reduce_sum(w * v * v)


def unread_before(w: Any, v: Any, x: Any) -> Any:
    w.assign(x)
    return tf.reduce_sum(w * w)


def the_value_itself(w: Any, v: Any, x: Any) -> Any:
    new = w * x
    w.assign(new)
    v.assign(new)
    return tf.reduce_sum(new * w + v * new)


def within(w: Any, v: Any, x: Any) -> Any:
    with tf.GradientTape() as tape:
        y = tf.math.real(tf.reduce_sum(w * w * x))
        w.assign(w * 0.5)
        y += tf.math.real(tf.reduce_sum(w * w * w))
    w.assign_sub(tape.gradient(y, w))
    return tf.math.real(tf.reduce_sum(w * x)) + y


STEPS = [once, twice, from_the_other, unread_before, the_value_itself, within]


def derivatives(f: Any, w: Any, v: Any, x: Any) -> list[Any]:
    """The value, the slopes by the variables and the argument, theirs, and what the variables are afterwards."""
    sources = [w, v, x]
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(w, v, x)
        first = tape.gradient(y, sources, unconnected_gradients="zero")
        total = tf.add_n([tf.reduce_sum(tf.cast(tf.sin(g), tf.float64)) for g in first])
    second = outer.gradient(total, sources, unconnected_gradients="zero")
    return [y, *first, *second, w, v]


@pytest.mark.parametrize("start", [2.0, [0.5, -1.0]])
@pytest.mark.parametrize("dtype", ["float64", "longdouble", "complex128"])
@pytest.mark.parametrize("step", STEPS)
def test_a_read_after_an_assignment_is_a_new_value_of_the_same_source(step: Any, dtype: str, start: Any) -> None:
    f = step if dtype != "complex128" else (lambda w, v, x: tf.math.real(step(w, v, x)))
    recorded = tf.function(f)
    pairs = [[tf.Variable(np.asarray(start, dtype) + k) for k in range(2)] for _ in range(2)]
    for value in (3.0, -0.25):
        x = tf.constant(np.full(np.shape(start), value, dtype))
        found, expected = derivatives(recorded, *pairs[0], x), derivatives(f, *pairs[1], x)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-12)


@pytest.mark.parametrize("step", STEPS)
def test_so_it_is_in_programs_their_gradients_and_files(step: Any) -> None:
    w, v, x = tf.Variable(2.0), tf.Variable(3.0), tf.constant(0.5)
    program = tf.Program.from_function(lambda x: step(w, v, x), x)
    loaded = pickle.loads(pickle.dumps(program))
    derived, derived_again = program.gradient(), loaded.gradient()
    for change in (0.5, -0.5):
        naive = {id(w): tf.Variable(w.numpy()), id(v): tf.Variable(v.numpy())}
        for variable, own in zip(program.variables, loaded.variables, strict=True):
            own.assign(variable)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = step(*naive.values(), x)
        read = [naive[id(variable)] for variable in program.variables]
        by_x, *by_variables = tape.gradient(y, [x, *read], unconnected_gradients="zero")
        for gradient in (derived, derived_again):
            value, (slope,), slopes = gradient(x)
            np.testing.assert_allclose([value, slope, *slopes], [y, by_x, *by_variables])
        np.testing.assert_allclose([w, v], list(naive.values()))
        np.testing.assert_allclose(loaded.variables, read)
        w.assign_add(change)
        v.assign_sub(change)


def test_a_complex_variable_is_assigned_its_value_and_not_what_its_memory_holds_later() -> None:
    w = tf.Variable([2.0 + 1.0j, 1.0])

    @tf.function
    def halve(x: Any) -> Any:
        w.assign(w * 0.5)
        return w * x * x * x

    for factor in (0.5, 0.25):
        halve(tf.constant(3.0 + 0.0j))
        np.testing.assert_allclose(w, factor * np.array([2.0 + 1.0j, 1.0]))


# ------------------------------------------------------------------------------------------- one tensor, several names

K, L = tf.constant(3.0), tf.constant(5.0)


def product(a: Any, b: Any) -> Any:
    return a * b * b


def inner_slope(a: Any, b: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = product(a, b)
    return tape.gradient(y, a)


def slope_beside_a_captured_one(a: Any, b: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = product(a, K) * b
    return tape.gradient(y, a)


def slope_by_a_captured_one(a: Any, b: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(K)
        y = product(a, b)
    slope = tape.gradient(y, K)
    return tf.constant(0.0) if slope is None else slope


@pytest.mark.parametrize("first", [(K, L), (K, K), (L, K), (L, L)])
@pytest.mark.parametrize("f", [product, inner_slope, slope_beside_a_captured_one, slope_by_a_captured_one])
def test_a_tensor_that_is_given_twice_or_is_also_found_around_is_one_source(f: Any, first: tuple[Any, Any]) -> None:
    recorded = tf.function(lambda a, b: f(a, b))
    for arguments in (first, (K, K), (L, K), (K, L), (L, L), (K, K), (L, K)):
        assert recorded(*arguments) == f(*arguments)
        with tf.GradientTape() as tape, tf.GradientTape() as other:
            tape.watch([K, L])
            other.watch([K, L])
            found, expected = recorded(*arguments), f(*arguments)
        assert found == expected
        zeros = {"unconnected_gradients": "zero"}
        assert np.array_equal(tape.gradient(found, [K, L], **zeros), other.gradient(expected, [K, L], **zeros))


@pytest.mark.parametrize("make", [lambda f: tf.function(f), lambda f: f, tf.recompute_grad])
def test_a_variable_that_is_an_argument_and_is_also_found_inside_is_one_source(make: Any) -> None:
    v = tf.Variable(3.0)
    f = make(lambda a: a * v * v)
    for value in (3.0, 4.0):
        v.assign(value)
        with tf.GradientTape() as tape:
            y = f(v)
        assert tape.gradient(y, v) == 3 * value**2
        assert tf.grad(f)(v) == 3 * value**2
        assert tf.function(tf.grad(f))(v) == 3 * value**2
        assert tf.jvp(f, [v], [1.0])[1] == 3 * value**2


def test_a_step_that_is_given_one_tensor_twice_is_replayed() -> None:
    """(An autoencoder's: the tape within watches variables, and no argument.)"""
    v = tf.Variable(1.0)

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(x * v - y))
        return tape.gradient(loss, v)

    runs = [step(tf.constant([a, a]), tf.constant([a, 1.0])) for a in (1.0, 2.0)]
    assert len(runs) == 2
    assert step(K, K) == 0.0
    assert step(K, L) == -12.0
    assert step.trace_count == 2  # one for each shape


# --------------------------------------------------------------------------------------------------------- all or none


def failing(v: Any, w: Any, x: Any, how: str) -> Any:
    v.assign_add(x)
    w.scatter_update(tf.IndexedSlices([7.0], [0]))
    nested(v, x)
    if how == "value":
        float(x)
    if how == "foreign":
        tf.numpy_function(lambda a: a, [x], tf.float32)
    if x > 2.0:
        raise RuntimeError("too much")
    v.assign_add(1.0)
    return v * 1.0


@tf.function
def nested(v: Any, x: Any) -> None:
    v.assign(v * 2.0)


@pytest.mark.parametrize("how", ["", "value", "foreign", "given up", "eagerly"])
def test_every_assignment_is_undone_where_the_function_raises(how: str) -> None:
    v, w = tf.Variable(1.0), tf.Variable([1.0, 2.0])
    step = tf.function(lambda x: failing(v, w, x, how))
    if how == "given up":
        with pytest.warns(UserWarning, match="run as plain Python"):
            step = tf.function(lambda x: (float(x * 1.0), failing(v, w, x, how))[1])
            for k in range(25):
                step(tf.constant(0.01 * k))
    tf.config.run_functions_eagerly(how == "eagerly")
    try:
        v.assign(1.0)
        w.assign([1.0, 2.0])
        for _ in range(2):
            with tf.GradientTape() as tape:
                before = v * v
                with pytest.raises(RuntimeError, match="too much"):
                    step(tf.constant(3.0))
                after = v * v
            assert [v.numpy(), *w.numpy()] == [1.0, 1.0, 2.0]
            assert tape.gradient([before, after], v) == 4.0
        assert step(tf.constant(1.0)) == 5.0
        assert [v.numpy(), *w.numpy()] == [5.0, 7.0, 2.0]
    finally:
        tf.config.run_functions_eagerly(False)


def test_so_it_is_where_the_caller_goes_on_recorded_or_not() -> None:
    def outer(v: Any, inner: Any, x: Any) -> Any:
        v.assign_add(x)
        with contextlib.suppress(RuntimeError):
            inner(x)
        return v * v

    results = []
    for make in (tf.function, lambda f: f):
        v = tf.Variable(1.0)

        @tf.function
        def inner(x: Any, v: Any = v) -> Any:
            v.assign(x * 100.0)
            raise RuntimeError("never")

        step = make(lambda x, v=v, inner=inner: outer(v, inner, x))
        for x in (1.0, 2.0):
            with tf.GradientTape() as tape:
                y = step(tf.constant(x))
            results.append([y.numpy(), tape.gradient(y, v).numpy(), v.numpy()])
    assert results[:2] == results[2:] == [[4.0, 4.0, 2.0], [16.0, 8.0, 4.0]]
