"""Functions that are run again for their gradients, that the gradient passes, or that stop it."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients


def derivative(f: Any, x: Any) -> Any:
    """The gradient of f at a tensor or variable."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def deep(x: Any) -> Any:
    for _ in range(4):
        x = tf.tanh(x) * 1.5 + x * x * 0.1
    return x


def test_the_gradient_is_that_of_the_function_itself() -> None:
    for value in (0.5, [0.1, 0.2, 0.3], [[0.5], [0.7]]):
        x = tf.constant(value, dtype=tf.float64)
        np.testing.assert_array_equal(derivative(tf.recompute_grad(deep), x), derivative(deep, x))
    check_gradients(tf.recompute_grad(deep), [[0.1, 0.4]], order=3, atol=1e-5, rtol=1e-4)


TWICE = [
    lambda f: tf.grad(f),
    lambda f: tf.function(tf.grad(f)),
    lambda f: tf.grad(tf.function(f)),
    lambda f: lambda t: tf.jvp(f, (t,), (tf.ones_like(t),))[1],
    lambda f: tf.hessian(f),
    lambda f: lambda t: tf.vectorize(tf.grad(f))(tf.stack([t, 2.0 * t]))[0],
    lambda f: (
        lambda t: tf.grad(lambda u: tf.reduce_sum(tf.vectorize(lambda k: k * f(u))(tf.constant([1.0, 2.0], t.dtype))))(
            t
        )
    ),
]


@pytest.mark.parametrize("around", TWICE)
def test_tensors_that_the_function_finds_around_it_are_followed(around: Any) -> None:
    x = tf.constant(0.6, tf.float64)

    def found(wrap: Any) -> Any:
        def f(t: Any) -> Any:
            u = tf.exp(t)  # recorded before the call, as t is
            return wrap(lambda x: tf.sin(x * t) * u + x)(x)

        return f

    t = tf.constant(0.7, tf.float64)
    again, plain = around(found(tf.recompute_grad)), around(found(lambda f: f))
    for _ in range(2):
        np.testing.assert_allclose(again(t).numpy(), plain(t).numpy(), rtol=1e-12)


def test_a_tensor_around_the_function_is_followed_within_tapes_of_its_own_and_other_recomputed_functions() -> None:
    def f(x: Any, t: Any, wrap: Any) -> Any:
        def inner(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = wrap(lambda z: tf.sin(z * t) * w)(x)
            return tape.gradient(y, x) * t

        return wrap(inner)(x)

    w = tf.Variable(1.3, dtype=tf.float64)
    x, t = tf.constant(0.6, tf.float64), tf.constant(0.7, tf.float64)
    gradients = []
    for wrap in (tf.recompute_grad, lambda f: f):
        with tf.GradientTape() as tape:
            tape.watch([x, t])
            y = f(x, t, wrap)
        gradients.append([float(g) for g in tape.gradient(y, [x, t, w])])
    np.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-12)


def test_an_argument_that_is_also_found_around_the_function_is_one_source() -> None:
    x = tf.constant(0.6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(lambda z: z * x)(x)
    assert float(tape.gradient(y, x)) == pytest.approx(1.2)


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_no_tape_follows_is_a_constant_around_the_function() -> None:
    x, paused, constant = tf.constant(0.6), tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, paused])
        with tape.stop_recording():
            u = paused * 2.0
        y = tf.recompute_grad(lambda z: z * u * constant)(x)
    assert tape.gradient(y, [paused, constant]) == [None, None]


def test_the_function_runs_once_more_for_each_gradient() -> None:
    calls = []

    @tf.recompute_grad
    def f(x: Any) -> Any:
        calls.append(type(x))
        return x * x

    x = tf.Variable(3.0)
    f(x)
    assert len(calls) == 1
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)
    assert len(calls) == 2
    assert tape.gradient(y, x).numpy() == tape.gradient(y, x).numpy() == 6.0
    assert len(calls) == 4


def test_variables_inside_are_found() -> None:
    layers = [tf.keras.layers.Dense(4, activation="tanh") for _ in range(3)]
    network = tf.keras.Sequential(layers)
    x = tf.constant([[0.5, -0.5]])
    network(x)
    with tf.GradientTape(persistent=True) as tape:
        plain = tf.reduce_sum(network(x) ** 2)
        again = tf.reduce_sum(tf.recompute_grad(network)(x) ** 2)
    variables = network.trainable_variables
    for found, expected in zip(tape.gradient(again, variables), tape.gradient(plain, variables), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_layers_that_are_built_inside_are_trained() -> None:
    block = tf.recompute_grad(tf.keras.layers.Dense(1, kernel_initializer="ones"))
    with tf.GradientTape() as tape:
        y = block(tf.constant([[2.0, 3.0]]))
    assert [g.numpy().tolist() for g in tape.gradient(y, tape.watched_variables())] == [[[2.0], [3.0]], [1.0]]


def test_the_same_argument_twice_is_counted_twice() -> None:
    f = tf.recompute_grad(lambda a, b: a * a * b)
    assert derivative(lambda x: f(x, x), tf.Variable(3.0)).numpy() == 27.0
    assert derivative(lambda x: f(x, x), tf.constant([3.0, 1.0])).numpy().tolist() == [27, 3]
    assert float(tf.grad(tf.grad(lambda x: f(x, x)))(3.0)) == 18.0


def test_a_variable_that_is_argument_and_used_inside_is_counted_once_for_each_use() -> None:
    weight = tf.Variable(3.0)
    f = tf.recompute_grad(lambda a: a * weight)
    assert derivative(f, weight).numpy() == 6.0


def test_arguments_that_depend_on_each_other() -> None:
    f = tf.recompute_grad(lambda a, b: a * b)

    def g(x: Any) -> Any:
        return f(x, x * x)

    for order, expected in enumerate([12.0, 12.0, 6.0]):
        h: Any = g
        for _ in range(order + 1):
            h = tf.grad(h)
        assert float(h(2.0)) == expected


def test_keyword_arguments_and_structures_are_differentiated() -> None:
    @tf.recompute_grad
    def f(pair: Any, *, scale: Any, n: int = 1) -> Any:
        assert type(n) is int
        return {"a": (pair[0] * scale**n, [pair[1] * 2.0])}

    x, y, scale = tf.Variable([1.0, 2.0]), tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        result = f([x, y], scale=scale, n=3)
        z = tf.reduce_sum(result["a"][0]) + result["a"][1][0]
    by_x, by_y, by_scale = tape.gradient(z, [x, y, scale])
    np.testing.assert_array_equal(by_x, [8, 8])
    assert (float(by_y), float(by_scale)) == (2.0, 36.0)


def test_the_second_run_sees_what_the_first_one_saw() -> None:
    seen: list[Any] = []

    @tf.recompute_grad
    def f(x: Any, *others: Any) -> Any:
        seen.append([np.array(other) if isinstance(other, np.ndarray) else other for other in others])
        return x * others[-1] * others[0]

    array = np.array([1.0, 2.0])
    x = tf.Variable([1.0, 1.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = f(x, 0.1, "text", None, 3, True, array)
    array[:] = 0.0
    np.testing.assert_array_equal(tape.gradient(y, x), [0.1, 0.2])  # not the float32 next to it
    first, second = seen
    np.testing.assert_array_equal(first.pop(), second.pop())
    assert first == second == [0.1, "text", None, 3, True]
    assert list(map(type, first)) == list(map(type, second))


def test_integer_results_and_what_is_no_tensor() -> None:
    f = tf.recompute_grad(lambda x: (tf.argmax(x), x * 2.0, None))
    x = tf.Variable([1.0, 3.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with tf.GradientTape() as tape:
            place, y, nothing = f(x)
        np.testing.assert_array_equal(tape.gradient(y, x), [2, 2])
    assert place.numpy() == 1
    assert nothing is None


def test_recomputed_functions_in_each_other() -> None:
    f = tf.recompute_grad(lambda x: tf.recompute_grad(deep)(x) * 2.0)
    x = tf.constant([0.1, 0.2], dtype=tf.float64)
    np.testing.assert_allclose(derivative(f, x), 2 * derivative(deep, x).numpy())


def test_forward_mode_jacobian_and_hessian_of_a_recomputed_function() -> None:
    f = tf.recompute_grad(deep)
    x = tf.constant([0.1, 0.2], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = f(x), deep(x)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(tape.jacobian(y, x, mode=mode), tape.jacobian(z, x, mode=mode))
    np.testing.assert_allclose(
        tf.hessian(lambda x: tf.reduce_sum(f(x)))(x), tf.hessian(lambda x: tf.reduce_sum(deep(x)))(x)
    )


def test_hessian_and_hvp_of_one_recording_with_variables_inside() -> None:
    weight = tf.Variable(3.0, dtype=tf.float64)
    x = tf.Variable([0.5, 2.0], dtype=tf.float64)

    def f(a: Any) -> Any:
        return tf.sin(a) * a * weight

    found = []
    for g in (f, tf.recompute_grad(f)):
        with tf.GradientTape(persistent=True) as tape:
            y = tf.reduce_sum(g(x) ** 2)
        by_x, by_weight = tape.hvp(y, [x, weight], [tf.ones_like(x), tf.ones_like(weight)])
        found.append(np.concatenate([by_x, [by_weight], tape.hessian(y, x).numpy().ravel()]))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)


def test_recomputing_keeps_none_of_the_intermediate_results() -> None:
    x = tf.constant(np.full(250_000, 0.1))  # 2 MB

    def kept(f: Any) -> int:
        """Bytes that a tape holds after a call."""
        tracemalloc.start()
        try:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            held = tracemalloc.get_traced_memory()[0]
            np.testing.assert_allclose(tape.gradient(y, x)[0], derivative(deep, x)[0])
            return held
        finally:
            tracemalloc.stop()

    kept(deep)
    assert kept(deep) > 14e6
    assert kept(tf.recompute_grad(deep)) < 3e6  # the result


def test_nothing_is_kept_open_after_an_exception_in_a_recomputed_function() -> None:
    @tf.recompute_grad
    def f(x: Any) -> Any:
        raise KeyError("inside")

    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with pytest.raises(KeyError):
            f(x)
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


# --------------------------------------------------------------------------------- grad_pass_through and stop_gradient


def test_the_gradient_passes_a_step_function() -> None:
    x = tf.Variable([0.4, 1.6])
    with tf.GradientTape() as tape:
        y = tf.grad_pass_through(tf.round)(x) * [2.0, 3.0]
    np.testing.assert_array_equal(y, [0, 6])
    np.testing.assert_array_equal(tape.gradient(y, x), [2, 3])


def test_the_gradients_of_several_arguments_pass() -> None:
    f = tf.grad_pass_through(lambda x, y: (tf.floor(x), y * y))
    x, y = tf.Variable(1.5), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        a, b = f(x, y)
        z = a * 2.0 + b * 5.0
    assert [float(g) for g in tape.gradient(z, [x, y])] == [2.0, 5.0]


def test_variables_inside_have_no_gradient_where_it_passes() -> None:
    moving_average = tf.Variable(3.0)

    def update(x: Any) -> Any:
        moving_average.assign(moving_average * 0.5 + x * 0.5)
        return moving_average.read_value()

    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = tf.grad_pass_through(update)(x) ** 2
    assert y.numpy() == 4.0
    by_x, by_average = tape.gradient(y, [x, moving_average])
    assert by_x.numpy() == 4.0
    assert by_average is None


def test_keyword_arguments_do_not_count_where_it_passes() -> None:
    f = tf.grad_pass_through(lambda x, low, high=1.0: tf.clip_by_value(x, low, high))
    x = tf.Variable([0.5, 3.0])
    with pytest.raises(ValueError, match="expected to return 2 gradients, but returned 1"):
        derivative(lambda x: f(x, 0.0), x)
    g = tf.grad_pass_through(lambda x, low=0.0, high=1.0: tf.clip_by_value(x, low, high))
    np.testing.assert_array_equal(derivative(lambda x: g(x, high=2.0) * 3.0, x), [3, 3])


def test_passing_has_second_order_and_forward_mode() -> None:
    f = tf.grad_pass_through(tf.round)
    assert float(tf.grad(tf.grad(lambda x: f(x) ** 2))(1.4)) == 2.0
    assert tf.jvp(f, [np.array([1.4])], [np.array([3.0])])[1].tolist() == [3.0]


@pytest.mark.parametrize("value", [2.0, [2.0, 3.0], 2])
@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_stop_gradient_cuts_a_path_for_every_mode(value: Any) -> None:
    x = tf.Variable(value)
    assert np.array_equal(tf.stop_gradient(x), x)
    x = tf.Variable(np.asarray(value, dtype=np.float64))
    with tf.GradientTape(persistent=True) as tape:
        stopped = tf.stop_gradient(x * x)
        y = stopped * x
    assert tape.gradient(stopped, x) is None
    np.testing.assert_array_equal(tape.gradient(y, x), np.square(value))
    np.testing.assert_array_equal(tape.jvp(y, x, tf.ones_like(x)), np.square(value))
    assert tape.jvp(stopped, x, tf.ones_like(x)) is None


def _noisy(x: Any) -> Any:
    kept = tf.nn.dropout(x, 0.5) + tf.random.normal((5,), dtype=x.dtype) * x
    return (
        kept * tf.random.uniform((5,), dtype=x.dtype, seed=4) * tf.cast(tf.random.uniform((), 1, 9, tf.int32), x.dtype)
    )


def _twice_recomputed(f: Any) -> Any:
    return tf.recompute_grad(lambda x: tf.recompute_grad(f)(x))


WITH_DRAWS: dict[str, Any] = {
    "recomputed": tf.recompute_grad,
    "recomputed twice": lambda f: tf.recompute_grad(tf.recompute_grad(f)),
    "recomputed in a recomputed one": _twice_recomputed,
    "a recorded one, recomputed": lambda f: tf.recompute_grad(tf.function(f)),
    "a recomputed one, recorded": lambda f: tf.function(tf.recompute_grad(f)),
}


@pytest.mark.parametrize("outer", [lambda f: f, tf.function], ids=["eager", "recorded"])
@pytest.mark.parametrize("name", WITH_DRAWS)
def test_what_is_drawn_at_random_is_the_same_when_it_is_run_again(name: str, outer: Any) -> None:
    x = tf.constant(np.arange(1.0, 6.0))

    def rounds(wrap: Any) -> list[np.ndarray]:
        f = wrap(_noisy)

        @outer
        def step(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(f(x))
            return y, tape.gradient(y, x)

        tf.random.set_seed(3)
        found = []
        for _ in range(3):
            y, gradient = step(x)
            np.testing.assert_allclose(y, tf.reduce_sum(gradient * x), rtol=1e-12)  # it is linear in x
            found += [y.numpy(), gradient.numpy(), tf.random.uniform(()).numpy()]
        return found

    # The numbers, and those that are drawn afterwards, are those of the function itself.
    for one, other in zip(rounds(WITH_DRAWS[name]), rounds(lambda f: f), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("outer", [lambda f: f, tf.function], ids=["eager", "recorded"])
def test_generators_are_where_the_function_left_them_when_it_has_been_run_again(outer: Any) -> None:
    generator = tf.random.Generator.from_seed(7)
    start = generator.state.numpy()[0]
    f = tf.recompute_grad(lambda x: x * generator.normal((4,), dtype=tf.float64))

    @outer
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return y, tape.gradient(y, x)

    for _ in range(2):
        y, gradient = step(tf.ones((4,), tf.float64))
        np.testing.assert_array_equal(y, gradient)
    assert generator.state.numpy()[0] == start + 2


def test_each_example_has_the_draws_of_its_own_again() -> None:
    f = tf.recompute_grad(lambda x: x * tf.random.normal((3,), dtype=x.dtype))

    def both(x: Any) -> Any:
        return tf.value_and_grad(lambda x: tf.reduce_sum(f(x)))(x)

    values, gradients = tf.vectorize(both)(np.ones((4, 3)))
    np.testing.assert_allclose(values, np.sum(gradients, 1))
    mapped = tf.recompute_grad(lambda x: tf.vectorize(lambda r: r * tf.random.normal((), dtype=r.dtype))(x))
    x = tf.constant(np.arange(1.0, 4.0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = mapped(x)
    np.testing.assert_allclose(tape.gradient(y, x) * x, y)
