"""Tapes that are paused, reset, dropped and re-entered in unusual orders: no crash, and right gradients after."""

from __future__ import annotations

import gc
import threading
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def test_a_gradient_while_the_tape_is_paused() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            first = tape.gradient(y, x)
        z = x * 3.0
    np.testing.assert_array_equal(first, [2, 4])
    # As in TensorFlow: the tape was used up, and began anew when recording went on.
    np.testing.assert_array_equal(tape.gradient(z, x), [3, 3])


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_resetting_an_outer_tape_inside_an_inner_one() -> None:
    x, ones = tf.constant([1.0, 2.0, 3.0]), tf.ones(3)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        y = x
        for _ in range(20):
            y = y * 2.0 * ones
        with tf.GradientTape(persistent=True) as inner:
            outer.reset()
            inner.watch(x)
            z = x * tf.constant([5.0, 5.0, 5.0])
            outer.watch(x)
            q = x * tf.constant([2.0, 2.0, 2.0])
        np.testing.assert_array_equal(inner.gradient(z, x), [5, 5, 5])
        del inner
        r = x * q
        for _ in range(100):
            r = r * ones
    assert outer.gradient(y, x) is None
    np.testing.assert_array_equal(outer.gradient(r, x), [4, 8, 12])


def test_taking_an_outer_gradient_inside_an_inner_tape() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        y = x * x * x
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(x)
            first = outer.gradient(y, x)
            z = x * x
    np.testing.assert_array_equal(first, [3, 12])
    np.testing.assert_array_equal(inner.gradient(z, x), [2, 4])


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_a_tensor_watched_again_after_the_tape_that_watched_it_went(dtype: Any) -> None:
    x, u = tf.constant(np.array([1.0, 2.0], dtype)), tf.constant(np.array([3.0, 4.0], dtype))
    outer = tf.GradientTape(persistent=True)
    inner = tf.GradientTape()
    with outer:
        outer.watch(u)
        with inner:
            inner.watch(x)
            y = x * x
            kept = u * u
        np.testing.assert_array_equal(inner.gradient(y, x), [2, 4])
        outer.watch(x)
        z = x * u + kept
    del x, y
    gc.collect()
    np.testing.assert_array_equal(outer.gradient(z, u), [1 + 6, 2 + 8])


def test_entering_a_paused_tape_again_is_refused() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tape.stop_recording(), pytest.raises(ValueError, match="re-enter"), tape:
            pass
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


def test_a_tape_is_left_in_the_thread_that_entered_it() -> None:
    x = tf.constant([1.0, 2.0])
    tape = tf.GradientTape()
    tape.__enter__()
    tape.watch(x)
    y = x * x
    errors: list[BaseException] = []

    def elsewhere() -> None:
        for call in (lambda: tape.__exit__(None, None, None), lambda: tape.gradient(y, x), tape.reset):
            try:
                call()
            except RuntimeError as error:
                errors.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(errors) == 3 and all("another thread" in str(error) for error in errors)
    tape.__exit__(None, None, None)
    np.testing.assert_array_equal(tape.gradient(y, x), [2, 4])


def test_an_open_tape_may_be_dropped_in_another_thread() -> None:
    x = tf.constant([1.0, 2.0])
    held = [tf.GradientTape()]
    held[0].__enter__()
    held[0].watch(x)
    y = x * x
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    y = x * y  # nothing listens any more
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = x * x
    np.testing.assert_array_equal(tape.gradient(z, x), [2, 4])


def test_an_assignment_in_another_thread_does_not_tear_a_value() -> None:
    v = tf.Variable(np.ones(400_000))
    stop = threading.Event()

    def write() -> None:
        k = 0
        while not stop.is_set():
            k += 1
            v.assign(np.full(400_000, float(k % 7)))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(150):
            y = (v * 2.0).numpy()
            assert y.min() == y.max()
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("index", [True, np.True_, (True,), (np.True_, slice(None))], ids=repr)
def test_a_truth_value_as_an_index_is_an_array_of_one(index: Any) -> None:
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        c, a, b, d = x[index], x[0:2], x[1:3], x[0:1]
        y = tf.reduce_sum(c * 10.0) + tf.reduce_sum(a) + tf.reduce_sum(b) + tf.reduce_sum(d)
    assert c.shape == (1, 3)
    np.testing.assert_array_equal(tape.gradient(y, x), [12, 12, 11])


@pytest.mark.parametrize(
    "call", [lambda x: tf.maximum(x, 0.0), lambda x: tf.nn.relu(x), lambda x: tf.clip_by_value(x, 0.0, 1.0)]
)
def test_what_was_not_chosen_gets_no_nan_from_an_infinite_slope(call: Any) -> None:
    for value in (-1.0, [-1.0]):
        x = tf.Variable(value)
        with tf.GradientTape() as tape:
            y = tf.sqrt(call(x))
        assert np.all(tape.gradient(y, x).numpy() == 0.0)


def test_a_missing_rule_matters_only_for_what_is_asked() -> None:
    x, y = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        z = np.spacing(x) + x * y
        w = tf.where(tf.constant(True), x, np.spacing(y))
    with pytest.raises(LookupError, match="spacing"):
        tape.gradient(z, x)
    assert tape.gradient(w, x).numpy() == 1.0


def test_more_dimensions_than_supported_are_refused() -> None:
    x = tf.ones((1,) * 32)
    assert tf.reduce_sum(x).numpy() == 1.0
    for call in (
        lambda: tf.reshape(x, (1,) * 40),
        lambda: x[None],
        lambda: tf.stack([x, x]),
        lambda: tf.ones((1,) * 40),
    ):
        with pytest.raises(ValueError, match="at most 32 dimensions"):
            call()


@pytest.mark.parametrize("value", [3.0, [3.0, 3.0]])
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_tape_that_watches_anothers_result_knows_nothing_of_how_it_came_about(value: Any) -> None:
    x = tf.constant(value)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        y = x * 2.0
        with tf.GradientTape(persistent=True) as inner:
            inner.watch([x, y])
            z = y * x
        by_x, by_y = inner.gradient(z, [x, y])
    ones = tf.ones_like(x)
    np.testing.assert_array_equal(by_x, ones * 6.0)
    np.testing.assert_array_equal(by_y, ones * 3.0)
    np.testing.assert_array_equal(inner.jvp(z, x, ones), ones * 6.0)
    np.testing.assert_array_equal(inner.jvp(z, [x, y], [ones, ones]), ones * 9.0)
    for mode in ("forward", "reverse"):
        np.testing.assert_array_equal(inner.jacobian(z, x, mode=mode), np.squeeze(np.eye(x.size) * 6))
    assert inner.gradient(y, x) is None
    assert inner.jvp(y, x, ones) is None
    np.testing.assert_array_equal(inner.gradient(y, y), ones)
    np.testing.assert_array_equal(outer.gradient(z, x), ones * 12.0)
    np.testing.assert_array_equal(outer.gradient(by_x, x), ones * 2.0)


@pytest.mark.parametrize("again", [False, True])
def test_variables_that_are_read_while_a_second_derivative_is_taken_stay_on_the_tape(again: bool) -> None:
    x = tf.Variable([1.0, 2.0])
    f = tf.custom_gradient(lambda a: (a * a, lambda g: g * 2.0 * x))  # the rule reads the variable itself
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(f(x) * x)
    if again:
        x.assign([1.0, 2.0])
    for _ in range(3):
        np.testing.assert_array_equal(tape.hessian(y, x), np.diag([6, 12]))
        np.testing.assert_array_equal(tape.hvp(y, x, [1.0, 1.0]), [6, 12])
        np.testing.assert_array_equal(tape.gradient(y, x), [3, 12])


def calling(action: Any) -> Any:
    """The identity, whose gradient calls something on its way."""

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(upstream: Any) -> Any:
            action()
            return upstream * 2.0

        return x * 1.0, grad

    return f


ASKING = {
    "gradient": lambda tape, y, x: tape.gradient(y, x),
    "jacobian": lambda tape, y, x: tape.jacobian(y, x),
    "forward jacobian": lambda tape, y, x: tape.jacobian(y, x, mode="forward"),
    "jvp": lambda tape, y, x: tape.jvp(y, x, tf.ones_like(x)),
}


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING.keys())
def test_a_rule_cannot_use_up_the_tape_that_calls_it(ask: Any) -> None:
    x = tf.constant(np.arange(5.0))
    errors = []

    def again() -> None:
        with pytest.raises(RuntimeError, match="one set of gradients") as info:
            tape.gradient(y, x)
        errors.append(info.value)
        for _ in range(3):
            with tf.GradientTape() as other:
                other.watch(x)
                tf.sin(x) * x

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.tanh(calling(again)(x * tf.sin(x))) * x)
    found = ask(tape, y, x)
    assert errors
    value = np.arange(5.0)
    inner = value * np.sin(value)
    slope = 2 * (1 - np.tanh(inner) ** 2) * value * (np.sin(value) + value * np.cos(value)) + np.tanh(inner)
    np.testing.assert_allclose(found, slope.sum() if ask is ASKING["jvp"] else slope)
    with pytest.raises(RuntimeError, match="one set of gradients"):
        tape.gradient(y, x)


def test_a_rule_may_ask_a_persistent_tape() -> None:
    x = tf.constant([1.0, 2.0])
    found = []
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        z = x * x
        y = calling(lambda: found.append([tape.gradient(z, x), tape.hvp(tf.reduce_sum(z), x, [1.0, 1.0])]))(z)
    np.testing.assert_array_equal(tape.gradient(y, x), [4, 8])
    np.testing.assert_array_equal(found[0][0], [2, 4])


def test_a_tape_is_not_reset_under_its_own_gradient() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = calling(lambda: tape.reset())(x * x)
        with pytest.raises(RuntimeError, match="cannot be reset"):
            tape.gradient(y, x)
        with pytest.raises(RuntimeError, match="cannot be reset"):
            tape.hvp(tf.reduce_sum(y), x, [1.0, 1.0])
        tape.reset()
        tape.watch(x)
        z = x * x
    np.testing.assert_array_equal(tape.gradient(z, x), [2, 4])


@pytest.mark.parametrize("size", [5, 200_000])
def test_threads_that_ask_one_tape_at_once_for_its_one_gradient(size: int) -> None:
    x = tf.constant(np.linspace(0.0, 1.0, size))
    barrier = threading.Barrier(4)
    found: list[Any] = []

    def ask() -> None:
        barrier.wait()
        try:
            found.append(np.asarray(tape.gradient(y, x)))
        except RuntimeError as error:
            found.append(error)

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.sin(x) * tf.tanh(x))
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    arrays = [one for one in found if not isinstance(one, RuntimeError)]
    assert len(found) == 4
    assert len(arrays) == 1
    value = np.asarray(x)
    np.testing.assert_allclose(
        arrays[0], np.cos(value) * np.tanh(value) + np.sin(value) * (1 - np.tanh(value) ** 2), rtol=1e-12
    )


without_derivative = tf.general_op("without_derivative", np.positive, None)


def test_after_an_error_in_the_second_order_a_tape_may_be_asked_again() -> None:
    x = tf.constant([1.0, 2.0])

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * x, lambda g: g * without_derivative(x)

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(x))
    for ask in (
        lambda: tape.hvp(y, x, [1.0, 1.0]),
        lambda: tape.hessian(y, x),
        lambda: tape.sparse_hessian(y, x),
    ):
        with pytest.raises(LookupError):
            ask()
    np.testing.assert_allclose(tape.gradient(y, x), [1, 2], rtol=1e-6)


def scribble(x: Any) -> Any:
    """Records and constants that are of one tape alone."""
    z = x
    for k in range(30):
        z = tf.sin(z) * tf.constant(np.arange(float(x.size)) + k)
    return z


@pytest.mark.parametrize("order", ["hvp", "hessian", "sparse_hessian"])
def test_a_tape_that_a_failing_rule_leaves_in_the_traceback(order: str) -> None:
    x = tf.constant(np.arange(1.0, 5.0))
    fail = True

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(upstream: Any) -> Any:
            with tf.GradientTape(persistent=True) as inner:
                inner.watch(upstream)
                scribble(upstream)
            if fail:
                raise KeyError("on purpose")
            return upstream * 2.0 * x

        return x * x, grad

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(tf.sin(x)))
    arguments = (y, x, np.ones(4)) if order == "hvp" else (y, x)
    for _ in range(3):
        try:
            getattr(tape, order)(*arguments)
        except KeyError as error:
            kept = error  # and with it the rule's frame, and the tape in it
        fail = False
        first = np.asarray(tape.gradient(y, x))
        fail = True
        del kept
        gc.collect()
        fail = False
        np.testing.assert_array_equal(tape.gradient(y, x), first)
        np.testing.assert_allclose(tape.hvp(y, x, np.ones(4)), 2 * np.cos(2 * np.arange(1.0, 5.0)))
        fail = True
    del tape
    gc.collect()


@pytest.mark.parametrize("others", [0, 31])
def test_a_tape_of_a_rule_that_outlives_a_second_derivative(others: int) -> None:
    x = tf.constant(np.arange(1.0, 5.0))
    kept: list[Any] = []

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(upstream: Any) -> Any:
            with tf.GradientTape(persistent=True) as inner:
                inner.watch(upstream)
                z = upstream * upstream
            kept.append((inner, z, upstream))
            return upstream * 2.0 * x

        return x * x, grad

    around = [tf.GradientTape() for _ in range(others)]
    for other in around:
        other.__enter__()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(tf.sin(x)))
    for other in reversed(around):
        other.__exit__(None, None, None)
    wanted = 2 * np.cos(2 * np.arange(1.0, 5.0))
    for _ in range(3):
        np.testing.assert_allclose(tape.hvp(y, x, np.ones(4)), wanted)
        inner, z, upstream = kept.pop()
        np.testing.assert_array_equal(inner.gradient(z, upstream), 2 * np.asarray(upstream))
        kept.append(inner)
        del inner, z, upstream
    np.testing.assert_allclose(tape.hessian(y, x), np.diag(wanted), atol=1e-15)
    kept.clear()
    np.testing.assert_allclose(tape.hvp(y, x, np.ones(4)), wanted)


def test_a_tape_that_goes_while_a_second_derivative_is_appended() -> None:
    x = tf.constant(np.arange(1.0, 5.0))
    kept: list[Any] = []

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(upstream: Any) -> Any:
            kept.clear()
            return upstream * tf.constant(np.arange(4.0)) * x

        return x * x, grad

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(tf.sin(x)))
        with tape.stop_recording(), tf.GradientTape(persistent=True) as other:
            other.watch(x)
            scribble(x)
        kept.append(other)
        del other
    found = [np.asarray(tape.hvp(y, x, np.ones(4))) for _ in range(2)]
    np.testing.assert_allclose(found[0], np.arange(4.0) * np.cos(2 * np.arange(1.0, 5.0)))
    np.testing.assert_array_equal(*found)
    np.testing.assert_allclose(tape.gradient(y, x), np.arange(4.0) * np.sin(2 * np.arange(1.0, 5.0)) / 2)


def test_a_rule_that_uses_up_the_tape_around() -> None:
    x = tf.constant([1.0, 2.0])
    found = []
    with tf.GradientTape() as outer:
        outer.watch(x)
        z = x * x
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(calling(lambda: found.append(outer.gradient(z, x)))(tf.sin(x)) * x)
        gradient = inner.gradient(y, x)
        after = x * 3.0
    np.testing.assert_array_equal(found[0], [2, 4])
    np.testing.assert_allclose(gradient, 2 * np.cos([1, 2]) * [1, 2] + np.sin([1, 2]), rtol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        w = after * x
    np.testing.assert_array_equal(tape.gradient(w, x), [3, 6])


@pytest.mark.parametrize("inside", ["recompute_grad", "custom_jvp", "sparse_jacobian", "plain"])
def test_a_rule_that_pauses_all_tapes_on_its_way(inside: str) -> None:
    x = tf.constant([0.3, 0.7, 1.1])

    @tf.custom_jvp
    def sine(x: Any) -> Any:
        return tf.sin(x)

    @sine.defjvp
    def sine_jvp(primals: Any, tangents: Any) -> Any:
        return sine(primals[0]), tf.cos(primals[0]) * tangents[0]

    def called(x: Any) -> Any:
        if inside == "sparse_jacobian":
            tf.sparse_jacobian(lambda t: t * t, x)
        return {"recompute_grad": tf.recompute_grad(tf.sin), "custom_jvp": sine}.get(inside, tf.sin)(x)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        return -tf.cos(x), lambda upstream: upstream * called(x)

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(f(x * x) * x)
    p = np.asarray(x, float)
    wanted = 6 * p * np.sin(p * p) + 4 * p**3 * np.cos(p * p)
    np.testing.assert_allclose(tape.hvp(y, x, np.ones(3)), wanted, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(tape.hessian(y, x)).sum(0), wanted, rtol=1e-5)
    np.testing.assert_allclose(tape.sparse_hessian(y, x).toarray().sum(0), wanted, rtol=1e-5)


def long_scalar_program(x: Any) -> Any:
    z = tf.sin(x)
    y = z
    for _ in range(400):
        y = y * z * 1.01 + x * 0.01
    return y


@pytest.mark.parametrize("watched", ["weight", "source"])
def test_the_one_gradient_of_a_long_scalar_tape_under_a_tape_opened_later(watched: str) -> None:
    x, weight = tf.constant(0.9, dtype=tf.float64), tf.constant(1.5, dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = long_scalar_program(x)
    wanted = float(tape.gradient(y, x))
    with tf.GradientTape() as inner:
        inner.watch(x)
        y = long_scalar_program(x)
    with tf.GradientTape() as later:
        later.watch(weight if watched == "weight" else x)
        found = inner.gradient(y, x, output_gradients=weight)
    assert float(found) == pytest.approx(1.5 * wanted, rel=1e-12)
    if watched == "weight":
        assert float(later.gradient(found, weight)) == pytest.approx(wanted, rel=1e-12)


def test_the_one_gradient_of_a_long_scalar_tape_beside_a_dtype_that_is_not_fused() -> None:
    x, half = tf.constant(0.9, dtype=tf.float64), tf.constant([1.0, 2.0], dtype=np.float16)
    found = []
    for persistent in (True, False):
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch([half, x])
            y = long_scalar_program(x)
        found.append(float(tape.gradient([y, half], [x, half])[0]))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_what_the_collector_runs_while_records_are_made() -> None:
    v, w, m = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(2.0), tf.Variable(np.ones((2, 3, 3), np.float32))
    runs = 0

    def busy(phase: str, info: Any) -> None:
        # What a finalizer might do. (From Python 3.12 on the collector waits for Python code: then little is tested.)
        nonlocal runs
        runs += 1
        if phase == "start":
            tf.reduce_sum(v * w) + w
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(tf.sin(v) * np.arange(3.0, dtype=np.float32))
            tape.gradient(y, v)

    def step() -> list[Any]:
        x = tf.constant([[1.0, 2.0, 3.0]])
        fresh = tf.Variable([2.0, 1.0, 0.0])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x * v[:2, None] + fresh * w
            z = tf.concat([y, x * x, m[0] @ m[1]], 0) @ m
            z = tf.reduce_sum(tf.nn.softmax(z) * w + tf.gather(fresh, [0, 0, 2]) - x)
        sources = [x, v, w, m, fresh]
        return [*tape.gradient(z, sources), *tape.hvp(z, sources, sources), *tape.jacobian(z, [x, v], mode="forward")]

    wanted = [np.asarray(g) for g in step()]
    before = gc.get_threshold()
    gc.callbacks.append(busy)
    try:
        gc.set_threshold(1, 1, 1)
        for _ in range(3):
            found = step()
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(busy)
    assert runs
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_variable_that_other_tapes_read_before_and_within_a_second_derivative() -> None:
    v = tf.Variable([1.0, 2.0, 3.0])

    def read() -> None:
        with tf.GradientTape() as other:
            y = v * v
        np.testing.assert_array_equal(other.gradient(y, v).numpy(), [2, 4, 6])

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(upstream: Any) -> Any:
            read()
            return upstream * 2.0 * v

        return x * x, grad

    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(f(v) * v)
    for _ in range(3):
        read()
        with tf.GradientTape(persistent=True) as beside:
            z = v * 3.0
        np.testing.assert_array_equal(tape.hvp(y, v, np.ones(3)), [6, 12, 18])
        np.testing.assert_array_equal(beside.gradient(z, v), [3, 3, 3])
        np.testing.assert_array_equal(tape.gradient(y, v), [3, 12, 27])
        assert float(tape.jvp(y, v, np.ones(3))) == 42


def test_pausing_again_and_again_with_nothing_recorded_between() -> None:
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    f = tf.recompute_grad(lambda a: tf.sin(a) * v)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = x * x
        for _ in range(3):
            f(v)
        z = tf.reduce_sum(y * x)
    np.testing.assert_array_equal(tape.gradient(z, x), [3, 12])
