"""Forward mode: accumulators, and what a tape pushes forward: Jacobians and Hessians times vectors, without loops.

An accumulator follows TensorFlow's semantics and error texts. Where a result could come from nested tapes too, those
are what it is compared with; the generated tests compare every row of the op table.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.derivatives import jacobians
from test_memory import growth

ForwardAccumulator = tf.autodiff.ForwardAccumulator


def pair() -> Any:
    return tf.constant([2.0, 3.0], dtype=tf.float64)


def square_of(x: Any, persistent: bool = False) -> tuple[Any, Any]:
    """A tape that followed x * x, and the result."""
    with tf.GradientTape(persistent=persistent) as tape:
        tape.watch(x)
        y = x * x
    return tape, y


# -- What an accumulator is given -----------------------------------------------------------------------------------


def test_the_tangent_of_a_result_is_the_jacobian_times_the_tangent(rng: np.random.Generator) -> None:
    x, w = tf.constant(rng.normal(size=(4, 3))), tf.constant(rng.normal(size=(3, 2)))
    tx, tw = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    with ForwardAccumulator([x, w], [tx, tw]) as accumulator:
        y = tf.sin(x @ w)
    expected = np.cos(x @ w) * (tx @ w + x @ tw)
    np.testing.assert_allclose(accumulator.jvp(y), expected)


def test_a_primal_named_twice_is_refused() -> None:
    x, v = pair(), tf.Variable([1.0, 2.0])
    for twice in (x, v):
        with pytest.raises(ValueError, match=r"was specified as a primal multiple times. This may indicate an error."):
            ForwardAccumulator([twice, twice], [np.ones(2), np.ones(2)])
    # Equal, but not the same.
    with ForwardAccumulator([x, pair()], [np.array([1.0, 0.0]), np.ones(2)]) as accumulator:
        y = x * x
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 0.0])


@pytest.mark.parametrize(
    ("primals", "tangents"),
    [
        (lambda x: [x, tf.identity(x)], lambda t: [t]),
        (lambda x: [x], lambda t: t),
        (lambda x: {"a": x}, lambda t: {"b": t}),
        (lambda x: {"a": x}, lambda t: [t]),
        (lambda x: [x, [tf.identity(x)]], lambda t: [t, t]),
    ],
)
def test_tangents_have_the_structure_of_the_primals(primals: Any, tangents: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="structure"):
        ForwardAccumulator(primals(pair()), tangents(tf.constant([1.0, 0.0])))


def test_tangents_may_be_listed_for_a_tuple_of_primals() -> None:
    x = pair()
    with ForwardAccumulator((x,), [np.array([1.0, 0.0])]) as accumulator:
        y = x * x
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 0.0])


@pytest.mark.parametrize("tangent", [1.0, [[1.0, 2.0]], [1.0], np.ones((2, 1))], ids=str)
def test_a_tangent_has_the_shape_of_its_primal(tangent: Any) -> None:
    with pytest.raises(ValueError, match=r"a primal of shape \(2,\) has a tangent of shape \(.*\); they must be equal"):
        ForwardAccumulator(pair(), tangent)


@pytest.mark.parametrize("tangent", [None, "text", object(), [1j, 2.0]], ids=["None", "text", "object", "complex"])
def test_a_tangent_is_numeric(tangent: Any) -> None:
    with pytest.raises(
        TypeError, match=r"neither a number nor an array of numbers|cannot convert|take its real part|cannot use None"
    ):
        ForwardAccumulator(pair(), tangent)


def test_a_tangent_takes_the_dtype_of_its_primal() -> None:
    x = tf.constant([2.0, 3.0])
    for tangent in ([1, 0], np.array([1, 0]), np.array([1.0, 0.0]), tf.constant([1.0, 0.0], dtype=tf.float64)):
        with ForwardAccumulator(x, tangent) as accumulator:
            y = x * x
        assert accumulator.jvp(y).dtype == np.float32
        np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 0.0])


@pytest.mark.parametrize("primal", [2.0, np.ones(2), [np.ones(2)], "text"], ids=["number", "array", "list", "text"])
def test_a_primal_is_a_tensor_or_a_variable(primal: Any) -> None:
    with pytest.raises(TypeError, match="primals must be tensors or variables, not"):
        ForwardAccumulator(primal, primal)


def test_an_integer_primal_warns_and_has_no_tangent() -> None:
    n, x = tf.constant([1, 2]), pair()
    with pytest.warns(UserWarning, match=r"must be floating \(e.g. float32\), got int32") as caught:
        accumulator = ForwardAccumulator([n, x], [n, np.ones(2)])
    assert caught[0].filename == __file__
    with accumulator:
        y = tf.cast(n, tf.float64) * x
    np.testing.assert_array_equal(accumulator.jvp(y), [1.0, 2.0])


# -- Its context ----------------------------------------------------------------------------------------------------


def test_an_accumulator_that_is_recording_cannot_be_entered() -> None:
    x = pair()
    with ForwardAccumulator(x, [1.0, 1.0]) as accumulator:
        with pytest.raises(ValueError, match=r"^Accumulator is already recording\.$"), accumulator:
            pass
        y = x * x
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 6.0])


def test_a_product_before_anything_was_traced_is_refused() -> None:
    x = pair()
    accumulator = ForwardAccumulator(x, [1.0, 1.0])
    with pytest.raises(ValueError, match=r"^Called jvp\(\) without first tracing anything\.$"):
        accumulator.jvp(x)


def test_an_accumulator_goes_on_where_it_is_entered_again() -> None:
    x = pair()
    accumulator = ForwardAccumulator(x, [1.0, 1.0])
    with accumulator:
        y = x * x
    outside = x * x
    with accumulator:
        z = y * x
    np.testing.assert_array_equal(accumulator.jvp(z), [12.0, 27.0])
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 6.0])
    assert accumulator.jvp(outside) is None


def test_products_inside_the_context_and_after_it_are_the_same() -> None:
    x = pair()
    with ForwardAccumulator(x, [1.0, 0.5]) as accumulator:
        y = tf.exp(x)
        inside = accumulator.jvp(y)
        z = y * y
    for _ in range(3):
        np.testing.assert_array_equal(accumulator.jvp(y), inside)
    np.testing.assert_allclose(accumulator.jvp(z), 2.0 * np.exp(x) ** 2 * [1.0, 0.5])


def test_an_error_inside_the_context_leaves_everything_usable() -> None:
    x = pair()
    accumulator = ForwardAccumulator(x, [1.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(ZeroDivisionError), accumulator:
            y = x * x
            1 / 0  # noqa: B018
        z = y * x
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 6.0])
    assert accumulator.jvp(z) is None
    np.testing.assert_array_equal(tape.gradient(z, x), [12.0, 27.0])
    with accumulator:
        y = x * x
    np.testing.assert_array_equal(accumulator.jvp(y), [4.0, 6.0])


def test_an_error_in_a_product_leaves_everything_usable() -> None:
    x = pair()
    with ForwardAccumulator(x, [1.0, 1.0]) as accumulator:
        y = x * x
        with pytest.raises(TypeError, match="targets must be tensors or variables, not float"):
            accumulator.jvp([y, 3.0])
        with pytest.raises(ValueError, match="Unknown value for unconnected_gradients"):
            accumulator.jvp(y, unconnected_gradients="nought")
        z = y * y
    np.testing.assert_array_equal(accumulator.jvp(z), [32.0, 108.0])


# -- What it follows ------------------------------------------------------------------------------------------------


def test_variables_are_primals() -> None:
    w, b = tf.Variable([[1.0, 2.0], [3.0, 4.0]]), tf.Variable([0.5, 0.5])
    tangents = {"w": np.array([[1.0, 0.0], [0.0, 0.0]]), "b": np.array([0.0, 1.0])}
    with ForwardAccumulator({"w": w, "b": b}, tangents) as accumulator:
        y = tf.constant([[1.0, 1.0]]) @ w + b
    np.testing.assert_array_equal(accumulator.jvp(y), [[1.0, 1.0]])
    np.testing.assert_array_equal(accumulator.jvp(b), [0.0, 1.0])


def test_a_variable_that_is_not_a_primal_does_not_move() -> None:
    v, other = tf.Variable(3.0), tf.Variable(2.0)
    with ForwardAccumulator(v, 1.0) as accumulator:
        y = v * other
        z = other * other
    assert accumulator.jvp(y).numpy() == 2.0
    assert accumulator.jvp(z) is None


def test_a_variable_moves_on_after_it_is_assigned() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape, ForwardAccumulator(v, [1.0, 10.0]) as accumulator:
        y = v * 3.0
        v.assign([5.0, 6.0])
        y = y * v
    pushed = accumulator.jvp(y)
    np.testing.assert_array_equal(pushed, np.multiply([1.0, 10.0], tape.gradient(y, v)))
    np.testing.assert_array_equal(pushed, [(3 * 5 + 3 * 1) * 1.0, (3 * 6 + 3 * 2) * 10.0])


def test_a_primal_has_its_own_tangent_and_a_stranger_none() -> None:
    x, stranger = pair(), tf.constant(1.0)
    with ForwardAccumulator(x, [1.0, 2.0]) as accumulator:
        stopped = tf.stop_gradient(x) * 2.0
        chosen = tf.argmax(x)
    np.testing.assert_array_equal(accumulator.jvp(x), [1.0, 2.0])
    assert accumulator.jvp(stranger) is None
    assert accumulator.jvp(stopped) is None
    with pytest.warns(UserWarning, match="int64"):
        assert accumulator.jvp(chosen) is None
    for unconnected in ("zero", tf.UnconnectedGradients.ZERO):
        found = accumulator.jvp([stopped, x, stranger], unconnected_gradients=unconnected)
        np.testing.assert_array_equal(found[0], [0.0, 0.0])
        np.testing.assert_array_equal(found[1], [1.0, 2.0])
        assert found[2].shape == () and found[2].dtype == np.float32


def test_products_have_the_structure_of_the_results() -> None:
    x = pair()
    with ForwardAccumulator(x, [1.0, 1.0]) as accumulator:
        results = {"square": x * x, "rest": (x[0], [tf.reduce_sum(x), tf.constant(1.0)])}
    found = accumulator.jvp(results)
    np.testing.assert_array_equal(found["square"], [4.0, 6.0])
    assert isinstance(found["rest"], tuple)
    assert found["rest"][0].numpy() == 1.0
    assert found["rest"][1][0].numpy() == 2.0
    assert found["rest"][1][1] is None


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)], ids=str)
def test_scalars_and_empty_tensors(shape: tuple[int, ...]) -> None:
    x = tf.constant(np.full(shape, 3.0))
    with ForwardAccumulator(x, np.full(shape, 2.0)) as accumulator:
        y = x * x
        total = tf.reduce_sum(y)
    np.testing.assert_array_equal(accumulator.jvp(y), np.full(shape, 12.0))
    assert accumulator.jvp(total).numpy() == (12.0 if shape == () else 0.0)


# -- Accumulators and tapes in each other ---------------------------------------------------------------------------


def test_accumulators_nest() -> None:
    x = tf.constant(1.1, dtype=tf.float64)
    with ForwardAccumulator(x, 1.0) as outer:
        with ForwardAccumulator(x, 1.0) as inner:
            y = x**3.5
        first = inner.jvp(y)
    np.testing.assert_allclose(first, 3.5 * 1.1**2.5)
    np.testing.assert_allclose(outer.jvp(y), 3.5 * 1.1**2.5)
    np.testing.assert_allclose(outer.jvp(first), 3.5 * 2.5 * 1.1**1.5)


def test_nested_accumulators_keep_their_tangents_apart() -> None:
    x, y = tf.constant(2.0), tf.constant(5.0)
    with ForwardAccumulator(x, 1.0) as outer:
        with ForwardAccumulator(y, 1.0) as inner:
            z = x * x * y
        along_y = inner.jvp(z)
        assert inner.jvp(outer.jvp(x)) is None
    assert along_y.numpy() == 4.0
    assert outer.jvp(z).numpy() == 20.0
    assert outer.jvp(along_y).numpy() == 4.0


def test_a_tape_around_an_accumulator_differentiates_its_products(rng: np.random.Generator) -> None:
    x, t = tf.constant(rng.normal(size=3)), rng.normal(size=3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with ForwardAccumulator(x, t) as accumulator:
            y = tf.reduce_sum(tf.sin(x) * x[0])
        pushed = accumulator.jvp(y)
    found = tape.gradient(pushed, x)
    hessian = tf.hessian(lambda x: tf.reduce_sum(tf.sin(x) * x[0]))(x).numpy()
    np.testing.assert_allclose(found, hessian @ t)


def test_an_accumulator_around_a_tape_pushes_its_gradient_forward() -> None:
    v = tf.Variable([1.0, 2.0])
    with ForwardAccumulator(v, tf.constant([1.0, 0.0])) as accumulator:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v**3.0)
        gradient = tape.gradient(y, v)
    np.testing.assert_array_equal(gradient, [3.0, 12.0])
    np.testing.assert_array_equal(accumulator.jvp(gradient), [6.0, 0.0])


def test_a_product_asked_for_late_is_followed_by_what_was_open_around_the_accumulator() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape, ForwardAccumulator(x, 1.0) as outer:
        tape.watch(x)
        with ForwardAccumulator(x, 1.0) as inner:
            y = x**3
            own = inner.jvp(y)
    late = inner.jvp(y)
    assert late.numpy() == own.numpy() == 12.0
    assert outer.jvp(late).numpy() == 12.0
    assert tape.gradient(late, x).numpy() == 12.0
    assert inner.jvp(own).numpy() == outer.jvp(own).numpy() == 12.0


def test_a_product_asked_for_late_is_not_followed_by_what_came_after() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape(), ForwardAccumulator(x, 1.0) as inner:
        y = x**3
    with tf.GradientTape() as later:
        later.watch(x)
        late = inner.jvp(y)
        z = x * x
    assert late.numpy() == 12.0
    assert later.gradient(z, x).numpy() == 4.0
    with tf.GradientTape() as again:
        again.watch(x)
        w = x * x
    assert again.gradient(w, x).numpy() == 4.0


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_tape_that_went_does_not_listen_again_in_anothers_place() -> None:
    x = tf.constant(2.0)
    with ForwardAccumulator(x, 1.0) as outermost:
        tape = tf.GradientTape()
        with tape, ForwardAccumulator(x, 1.0) as inner:
            y = x**3
        del tape
        with tf.GradientTape(persistent=True) as other:
            other.watch(x)
            z = x * x
        late = inner.jvp(y)
        assert other.gradient(late, x) is None
        assert other.gradient(z, x).numpy() == 4.0
    assert outermost.jvp(late).numpy() == 12.0


def test_the_nested_accumulators_of_tensorflows_own_page() -> None:
    primal = tf.constant(1.1)
    with (
        ForwardAccumulator(primal, tf.constant(1.0)) as outer,
        ForwardAccumulator(primal, tf.constant(1.0)) as inner,
    ):
        primal_out = primal ** tf.constant(3.5)
    inner_jvp = inner.jvp(primal_out)
    assert inner_jvp.numpy() == pytest.approx(3.5 * 1.1**2.5)
    assert outer.jvp(inner_jvp).numpy() == pytest.approx(3.5 * 2.5 * 1.1**1.5)


def test_a_tangent_may_itself_be_differentiated() -> None:
    x, t = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(t)
        with ForwardAccumulator(x, t * t) as accumulator:
            y = x * x
        pushed = accumulator.jvp(y)
    np.testing.assert_array_equal(pushed, [2 * 9.0, 4 * 16.0])
    np.testing.assert_array_equal(tape.gradient(pushed, t), [2 * 6.0, 4 * 8.0])


def test_a_paused_tape_does_not_see_products() -> None:
    x = pair()
    with tf.GradientTape() as tape:
        tape.watch(x)
        with ForwardAccumulator(x, [1.0, 1.0]) as accumulator:
            y = x * x * x
        with tape.stop_recording():
            pushed = accumulator.jvp(y)
        seen = accumulator.jvp(y)
    np.testing.assert_array_equal(pushed, seen)
    found = tape.gradient([pushed, seen], x)
    np.testing.assert_array_equal(found, [12.0, 18.0])


def nested(modes: str, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Derivatives of an elementwise function, innermost first: F by an accumulator, R by a tape."""

    def by_accumulator(f: Any) -> Any:
        def derivative(x: Any) -> Any:
            with ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
                y = f(x)
            return accumulator.jvp(y)

        return derivative

    def by_tape(f: Any) -> Any:
        def derivative(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x)

        return derivative

    for mode in modes:
        f = by_accumulator(f) if mode == "F" else by_tape(f)
    return f


@pytest.mark.parametrize("modes", ["FFFFF", "RRRRR", "FRFRF", "RFRFR", "FFRRR", "RRFFF"])
@pytest.mark.parametrize("point", [0.7, [0.7, -0.3, 1.9]], ids=["scalar", "array"])
def test_the_fifth_derivative_is_right_to_the_last_digits_in_every_nesting(modes: str, point: Any) -> None:
    found = nested(modes, lambda x: tf.sin(x) * tf.exp(x))(tf.constant(point, dtype=tf.float64))
    expected = -4.0 * np.exp(point) * (np.sin(point) + np.cos(point))
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-10)


def test_threads_accumulate_apart() -> None:
    x, found = pair(), {}

    def work(k: int) -> None:
        for _ in range(200):
            with ForwardAccumulator(x, [float(k), 0.0]) as accumulator:
                y = tf.exp(x * 0.1) * x
            found.setdefault(k, []).append(accumulator.jvp(y).numpy())

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(4):
        assert len(found[k]) == 200
        np.testing.assert_allclose(found[k], np.broadcast_to([k * np.exp(0.2) * 1.2, 0.0], (200, 2)))


def test_a_product_may_be_asked_for_in_another_thread() -> None:
    x, found = pair(), []
    with ForwardAccumulator(x, [1.0, 1.0]) as accumulator:
        y = x * x
    thread = threading.Thread(target=lambda: found.append(accumulator.jvp(y)))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(found[0], [4.0, 6.0])


# -- Memory ---------------------------------------------------------------------------------------------------------


def test_the_callers_arrays_are_neither_kept_nor_written() -> None:
    values, tangent = np.array([2.0, 3.0]), np.array([1.0, 10.0])
    x = tf.constant(values)
    with ForwardAccumulator(x, tangent) as accumulator:
        y, z = x * x, tf.reshape(x, (2, 1))
        tangent[:] = np.nan
    pushed = accumulator.jvp([y, z, x])
    np.testing.assert_array_equal(pushed[0], [4.0, 60.0])
    np.testing.assert_array_equal(values, [2.0, 3.0])
    assert np.isnan(tangent).all()
    np.testing.assert_array_equal(accumulator.jvp(x), [1.0, 10.0])


@pytest.mark.parametrize(
    "f",
    [
        tf.identity,
        lambda x: tf.reshape(x, (-1,)),
        tf.transpose,
        lambda x: x[:1],
        lambda x: tf.broadcast_to(x, (2, *x.shape)),
        lambda x: x + 1.0,
        lambda x: tf.concat([x, x], 0),
        lambda x: tf.reverse(x, [0]),
    ],
    ids=["identity", "reshape", "transpose", "slice", "broadcast", "add", "concat", "reverse"],
)
def test_a_product_shares_no_memory_with_what_it_was_made_of(f: Any) -> None:
    values, direction = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    x, tangent = tf.constant(values), tf.constant(direction)
    with ForwardAccumulator(x, tangent) as accumulator:
        y = f(x)
    products = [np.asarray(accumulator.jvp(target)) for target in (y, y, x)]
    others = [*(np.asarray(tensor) for tensor in (x, tangent, y)), values, direction]
    for k, array in enumerate(products):
        assert not any(np.shares_memory(array, other) for other in products[:k] + others)


def test_a_product_does_not_follow_a_variable_that_is_assigned() -> None:
    x, direction = tf.Variable([2.0, 3.0]), tf.Variable([1.0, 1.0])
    with ForwardAccumulator(x, direction) as accumulator:
        y = tf.reshape(x, (2, 1))
        products = [accumulator.jvp(target) for target in (x, y)]
    with tf.GradientTape(persistent=True) as tape:
        z = tf.reshape(x, (2, 1))
    products += [tape.jvp(z, x, direction), accumulator.jvp(y)]
    for variable in (x, direction):
        variable.assign_add([5.0, 5.0])
        variable.assign([7.0, 7.0])
    for product in products:
        np.testing.assert_array_equal(np.ravel(product), [1.0, 1.0])


@pytest.mark.parametrize(
    "f", [lambda x: x + 1.0, lambda x: x * x, tf.identity, lambda x: x + x], ids=["+1", "*", "=", "+"]
)
def test_a_tapes_tangents_are_not_written(f: Any) -> None:
    values, direction = np.arange(6.0), np.full(6, 2.0)
    x, v = tf.constant(values), tf.Variable(direction)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
        z = f(y) + y
    for given in (direction, tf.constant(direction), v):
        first, again = tape.jvp([y, z], [x], [given]), tape.jvp([y, z], [x, y], [given, given])
        np.testing.assert_array_equal(direction, np.full(6, 2.0))
        np.testing.assert_array_equal(given, np.full(6, 2.0))
        for tensor in (*first, *again):
            assert not np.shares_memory(np.asarray(tensor), np.asarray(given))
    np.testing.assert_array_equal(v, np.full(6, 2.0))
    np.testing.assert_array_equal(x, np.arange(6.0))


SCALAR, PAIR = tf.Variable(1.5), tf.Variable([1.0, 2.0])
WEIGHTS = tf.Variable(np.ones((3, 2)))
KEPT, KEPT_SQUARE = square_of(PAIR, persistent=True)


def scalar_step() -> None:
    with ForwardAccumulator(SCALAR, 1.0) as accumulator:
        y = tf.sin(SCALAR) * SCALAR
    accumulator.jvp(y)


def array_step() -> None:
    with ForwardAccumulator([PAIR, WEIGHTS], [np.ones(2), np.ones((3, 2))]) as accumulator:
        y = tf.nn.softmax(tf.tanh(WEIGHTS @ tf.reshape(PAIR, (2, 1))), axis=0)
        accumulator.jvp(y)
    accumulator.jvp(y, unconnected_gradients="zero")


def forward_over_reverse_step() -> None:
    with ForwardAccumulator(PAIR, [1.0, 1.0]) as accumulator:
        with tf.GradientTape() as tape:
            y = tf.exp(PAIR) * PAIR
        gradient = tape.gradient(y, PAIR)
    accumulator.jvp(gradient)


def reverse_over_forward_step() -> None:
    with tf.GradientTape() as tape:
        with ForwardAccumulator(PAIR, [1.0, 1.0]) as accumulator:
            y = tf.exp(PAIR) * PAIR
        pushed = accumulator.jvp(y)
    tape.gradient(pushed, PAIR)


def tape_step() -> None:
    tape, y = square_of(PAIR)
    tape.jvp(y, PAIR, [1.0, 0.0])


def kept_tape_step() -> None:
    KEPT.jvp(KEPT_SQUARE, PAIR, [1.0, 0.0])


def failing_step() -> None:
    with pytest.raises(ValueError, match=r"shapes"), ForwardAccumulator(PAIR, [1.0, 1.0]):
        PAIR * PAIR + np.ones(3)


@pytest.mark.parametrize(
    ("step", "steps"),
    [
        (scalar_step, 50_000),
        (array_step, 5_000),
        (forward_over_reverse_step, 10_000),
        (reverse_over_forward_step, 10_000),
        (tape_step, 20_000),
        (kept_tape_step, 50_000),
        (failing_step, 5_000),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_many_products_do_not_grow(step: Any, steps: int) -> None:
    gc.collect()
    gc.disable()
    try:
        step()
        assert growth(step, steps) < max(24 * steps, 512 * 1024)
        gc.collect()
        for _ in range(20):
            step()
        assert gc.collect() == 0
    finally:
        gc.enable()


# -- A tape's jvp ---------------------------------------------------------------------------------------------------


def test_a_tape_pushes_forward_what_it_recorded(rng: np.random.Generator) -> None:
    x, w = tf.constant(rng.normal(size=(4, 3))), tf.Variable(rng.normal(size=(3, 2)))
    tx, tw = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = {"tanh": tf.tanh(x @ w), "rest": [tf.reduce_sum(w), tf.constant(1.0)]}
    found = tape.jvp(y, {"x": x, "w": w}, {"x": tx, "w": tw})
    np.testing.assert_allclose(found["tanh"], (1.0 - np.tanh(x @ w) ** 2) * (tx @ w + x @ tw))
    np.testing.assert_allclose(found["rest"][0], np.sum(tw))
    assert found["rest"][1] is None


def test_a_source_may_be_intermediate_and_then_takes_both_ways() -> None:
    x = pair()
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * x
    np.testing.assert_array_equal(tape.jvp(z, y, [1.0, 1.0]), [2.0, 3.0])
    # As in reverse mode, what y does by itself is added to what x does through it.
    np.testing.assert_array_equal(tape.jvp(z, [x, y], [np.ones(2), np.ones(2)]), [12.0 + 2.0, 27.0 + 3.0])
    assert tape.jvp(y, z, [1.0, 1.0]) is None


def test_a_target_may_be_a_source() -> None:
    x = pair()
    tape, y = square_of(x, persistent=True)
    np.testing.assert_array_equal(tape.jvp(x, x, [1.0, 2.0]), [1.0, 2.0])
    np.testing.assert_array_equal(tape.jvp(y, y, [1.0, 2.0]), [1.0, 2.0])
    first, second, third = tape.jvp([y, x, y], [x, y], [np.array([1.0, 0.0]), np.array([0.0, 5.0])])
    np.testing.assert_array_equal(first, [4.0, 5.0])
    np.testing.assert_array_equal(second, [1.0, 0.0])
    np.testing.assert_array_equal(third, first)
    assert not np.shares_memory(np.asarray(first), np.asarray(third))


def test_a_source_named_twice_moves_twice() -> None:
    x = pair()
    tape, y = square_of(x)
    np.testing.assert_array_equal(tape.jvp(y, [x, x], [np.array([1.0, 0.0]), np.ones(2)]), [8.0, 6.0])


def test_a_tape_gives_one_product_unless_persistent() -> None:
    x = pair()
    tape, y = square_of(x)
    np.testing.assert_array_equal(tape.jvp(y, x, [1.0, 1.0]), [4.0, 6.0])
    for again in (lambda: tape.jvp(y, x, [1.0, 1.0]), lambda: tape.gradient(y, x), lambda: tape.hvp(y[0], x, x)):
        with pytest.raises(RuntimeError, match="can only be used to compute one set of gradients"):
            again()
    tape, y = square_of(x, persistent=True)
    for k in range(5):
        np.testing.assert_array_equal(tape.jvp(y, x, [float(k), 1.0]), [4.0 * k, 6.0])
        np.testing.assert_array_equal(tape.gradient(y, x), [4.0, 6.0])


@pytest.mark.parametrize(
    ("sources", "tangents", "error", "text"),
    [
        (
            lambda x: x,
            1.0,
            ValueError,
            r"tangent of a source of shape \(2,\) has shape \(\); it must have shape \(2,\)",
        ),
        (lambda x: [x], [np.ones(1)], ValueError, r"has shape \(1,\); it must have shape \(2,\)"),
        (lambda x: [x], [], ValueError, "tangents must have the structure of the source"),
        (lambda x: [x], [[1.0, 1.0]], ValueError, "tangents must have the structure of the source"),
        (lambda x: {"a": x}, {"b": [1.0, 1.0]}, ValueError, "tangents must have the structure of the source"),
        (lambda x: x, None, TypeError, "cannot use None beside a tensor of dtype float64"),
        (lambda x: x, "text", TypeError, "neither a number nor an array of numbers"),
        (lambda x: 3.0, 1.0, TypeError, "sources must be tensors or variables, not float"),
    ],
)
def test_wrong_tangents_are_refused_and_the_tape_is_as_it_was(
    sources: Any, tangents: Any, error: Any, text: str
) -> None:
    x = pair()
    tape, y = square_of(x)
    with pytest.raises(error, match=text):
        tape.jvp(y, sources(x), tangents)
    np.testing.assert_array_equal(tape.jvp(y, x, [1.0, 1.0]), [4.0, 6.0])


def test_a_tape_that_recorded_nothing_says_so() -> None:
    with pytest.raises(RuntimeError, match="this tape has recorded nothing"):
        tf.GradientTape().jvp(pair(), pair(), [1.0, 1.0])


def test_a_long_chain_is_pushed_through_without_recursion() -> None:
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x
        for _ in range(200_000):
            y = y * 1.0
    assert tape.jvp(y, x, 3.0).numpy() == 3.0


def test_what_does_not_lie_between_is_not_touched() -> None:
    x, other = pair(), pair()
    with tf.GradientTape() as tape:
        tape.watch([x, other])
        np.spacing(other)  # without a derivative
        y = x * other
        np.spacing(y)
    np.testing.assert_array_equal(tape.jvp(y, x, [1.0, 1.0]), [2.0, 3.0])


def test_infinities_and_zeros_meet_without_a_nan() -> None:
    x = tf.constant([0.0, 1.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.where(x > 0.5, x, 0.0)
        z = tf.maximum(x, 0.5)
    for target in (y, z):
        np.testing.assert_array_equal(tape.jvp(target, x, [np.inf, 2.0]), [0.0, 2.0])


# -- Which way a Jacobian is swept ----------------------------------------------------------------------------------


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modes of the sweeps that Jacobians take."""
    taken: list[str] = []

    def spy(name: str, mode: str) -> None:
        original = getattr(_core, name)

        def sweep(*args: Any) -> Any:
            taken.append(mode)
            return original(*args)

        monkeypatch.setattr(jacobians._core, name, sweep)

    spy("tape_pullback", "reverse")
    spy("tape_pushforward", "forward")
    return taken


def widened(rows: int, columns: int) -> tuple[Any, Any, Any]:
    x = tf.constant(np.linspace(0.5, 1.5, columns))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.tanh(tf.constant(np.arange(1.0, 1.0 + rows * columns).reshape(rows, columns) / 10.0) @ x[:, None])[:, 0]
    return tape, y, x


@pytest.mark.parametrize(("rows", "columns", "mode"), [(5, 2, "forward"), (2, 5, "reverse"), (3, 3, "reverse")])
def test_a_jacobian_is_swept_from_the_side_that_has_fewer_elements(
    rows: int, columns: int, mode: str, swept: list[str]
) -> None:
    tape, y, x = widened(rows, columns)
    found = tape.jacobian(y, x)
    assert swept == [mode]
    for asked in ("forward", "reverse"):
        swept.clear()
        np.testing.assert_allclose(tape.jacobian(y, x, mode=asked), found, rtol=1e-12)
        assert swept == [asked]


def test_all_sources_count(swept: list[str]) -> None:
    x, w = tf.Variable(np.ones(2)), tf.Variable(np.ones(3))
    with tf.GradientTape(persistent=True) as tape:
        y = tf.concat([x, w], 0) * 2.0
        z = tf.concat([y, y[:1]], 0)
    for target, mode in ((y, "reverse"), (z, "forward")):
        swept.clear()
        found = tape.jacobian(target, {"x": x, "w": w})
        assert swept == [mode]
        expected = 2.0 * np.eye(5)[[0, 1, 2, 3, 4, 0][: target.size]]
        np.testing.assert_array_equal(found["x"], expected[:, :2])
        np.testing.assert_array_equal(found["w"], expected[:, 2:])


def test_the_function_chooses_too(swept: list[str]) -> None:
    found = tf.jacobian(lambda x: {"long": tf.stack([x, x * x, x**3]), "short": x})(np.float64(2.0))
    np.testing.assert_array_equal(found["long"], [1.0, 4.0, 12.0])
    assert found["short"] == 1.0
    assert swept == ["forward", "reverse"]
    swept.clear()
    tf.jacobian(lambda x: x * x, mode="forward")(np.ones(3))
    assert swept == ["forward"]


def test_an_unknown_mode_is_refused_and_the_tape_is_as_it_was() -> None:
    x = pair()
    tape, y = square_of(x)
    with pytest.raises(ValueError, match="mode must be 'auto', 'forward' or 'reverse', not 'sideways'"):
        tape.jacobian(y, x, mode="sideways")
    np.testing.assert_array_equal(tape.jacobian(y, x), [[4.0, 0.0], [0.0, 6.0]])


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_has_zeros_or_none_where_it_is_unconnected(mode: str) -> None:
    x, unused, none = pair(), tf.constant(1.0), tf.constant(np.ones((0, 2)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, unused, none])
        y = x * 3.0
    found = tape.jacobian(y, [x, unused], mode=mode)
    np.testing.assert_array_equal(found[0], 3.0 * np.eye(2))
    assert found[1] is None
    np.testing.assert_array_equal(tape.jacobian(y, unused, unconnected_gradients="zero", mode=mode), [0.0, 0.0])
    assert tape.jacobian(y, none, unconnected_gradients="zero", mode=mode).shape == (2, 0, 2)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_has_the_dtype_of_its_source_in_both_modes(mode: str) -> None:
    x, w = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = x * x * w
        by_source = tape.jacobian(y, [x, w], mode=mode)
    assert [j.dtype for j in by_source] == [np.float32, np.float64]
    np.testing.assert_array_equal(by_source[0], [[6.0, 0.0], [0.0, 16.0]])
    np.testing.assert_array_equal(by_source[1], [[1.0, 0.0], [0.0, 4.0]])
    np.testing.assert_array_equal(outer.gradient(by_source[0], x), [6.0, 8.0])


def sum_of_cubes(table):
    return tf.reduce_sum(tf.gather(table, [1, 2, 1]) ** 3)


@pytest.mark.parametrize("structure", [lambda g: g, lambda g: [g], lambda g: {"g": (g, g)}])
@pytest.mark.parametrize("by_tape", [False, True])
def test_the_tangent_of_rows_is_rows(structure, by_tape):
    start, direction = np.arange(8.0).reshape(4, 2), np.random.default_rng(0).normal(size=(4, 2))
    table = tf.Variable(start)
    if by_tape:
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape() as tape:
                y = sum_of_cubes(table)
            g = tape.gradient(y, table)
        found = outer.jvp(structure(g), table, direction)
    else:
        with tf.autodiff.ForwardAccumulator(table, tf.constant(direction)) as accumulator:
            with tf.GradientTape() as tape:
                y = sum_of_cubes(table)
            g = tape.gradient(y, table)
        found = accumulator.jvp(structure(g))
    tf.nest.assert_same_structure(structure(g), found)
    for slices in tf.nest.flatten(found):
        assert isinstance(slices, tf.IndexedSlices)
        assert slices.indices.numpy().tolist() == [1, 2, 1]
        np.testing.assert_allclose(slices.values, (6.0 * start * direction)[[1, 2, 1]])
        np.testing.assert_allclose(tf.convert_to_tensor(slices), 6.0 * start * direction * [[0], [2], [1], [0]])


def test_rows_that_do_not_move_have_no_tangent_or_zeros():
    table, x = tf.Variable(np.ones((4, 2))), tf.constant(2.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        with tf.GradientTape() as tape:
            y = sum_of_cubes(table)
        g = tape.gradient(y, table)
    assert accumulator.jvp(g) is None
    zeros = accumulator.jvp(g, unconnected_gradients="zero")
    assert isinstance(zeros, tf.IndexedSlices)
    assert zeros.values.numpy().tolist() == [[0.0, 0.0]] * 3
