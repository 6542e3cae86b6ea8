"""Derivatives of functions: values, structures, NumPy for NumPy, nesting, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def rosenbrock(x: Any) -> Any:
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_hessian(x: np.ndarray) -> np.ndarray:
    n = len(x)
    h = np.zeros((n, n))
    for i in range(n - 1):
        h[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        h[i, i + 1] += -400 * x[i]
        h[i + 1, i] += -400 * x[i]
        h[i + 1, i + 1] += 200
    return h


def test_grad_of_nested_arguments_has_their_structure() -> None:
    def f(p: Any, x: Any) -> Any:
        return tf.reduce_sum(p["w"] * x) + p["rest"][0] ** 2

    found = tf.grad(f)({"w": np.array([1.0, 2.0]), "rest": [3.0]}, np.array([5.0, 6.0]))
    np.testing.assert_array_equal(found["w"], [5, 6])
    assert found["rest"][0] == 6.0
    assert isinstance(found["w"], np.ndarray)


def test_argnums_choose_arguments() -> None:
    def f(x: Any, n: int, y: Any) -> Any:
        return x**n * y

    assert tf.grad(f)(2.0, 3, 5.0) == 60.0
    assert tf.grad(f, argnums=2)(2.0, 3, 5.0) == 8.0
    assert tf.grad(f, argnums=(0, -1))(2.0, 3, 5.0) == (60.0, 8.0)
    with pytest.raises(ValueError, match="argument 3, but the function was called with 3"):
        tf.grad(f, argnums=3)(2.0, 3, 5.0)


def test_aux_is_passed_on() -> None:
    f = lambda x: (x * x, "aux")  # noqa: E731
    (value, aux), gradient = tf.value_and_grad(f, has_aux=True)(3.0)
    assert (value, aux, gradient) == (9.0, "aux", 6.0)
    assert tf.grad(f, has_aux=True)(3.0) == (6.0, "aux")


def test_tensors_give_tensors_and_numpy_gives_numpy() -> None:
    value, gradient = tf.value_and_grad(lambda x: tf.reduce_sum(x * x))(tf.constant([1.0, 2.0]))
    assert isinstance(value, tf.Tensor) and isinstance(gradient, tf.Tensor)
    value, gradient = tf.value_and_grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    assert isinstance(value, np.floating) and isinstance(gradient, np.ndarray)


def test_the_fifth_derivative_is_right_to_the_last_digits() -> None:
    f: Any = lambda x: tf.sin(x) * tf.exp(x)  # noqa: E731
    for _ in range(5):
        f = tf.grad(f)
    x = 0.7
    expected = -4 * np.exp(x) * (np.sin(x) + np.cos(x))
    assert abs(float(f(np.float64(x))) - expected) < 1e-10


def test_transforms_nest_in_tapes() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.grad(lambda t: t**3)(x) * x
    assert tape.gradient(y, x).numpy() == 9 * 4.0


def test_vjp_pulls_back_any_number_of_times() -> None:
    x, w = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    y, pull = tf.vjp(lambda x, w: w @ x, x, w)
    np.testing.assert_array_equal(y, w @ x)
    for u in ([1.0, 0.0], [0.0, 1.0]):
        dx, dw = pull(np.array(u))
        np.testing.assert_array_equal(dx, np.array(u) @ w)
        np.testing.assert_array_equal(dw, np.outer(u, x))


@pytest.mark.parametrize("n", [2, 5, 30])
def test_the_hessian_of_rosenbrocks_function(n: int, rng: np.random.Generator) -> None:
    x, v = rng.normal(size=n), rng.normal(size=n)
    np.testing.assert_allclose(tf.hessian(rosenbrock)(x), rosenbrock_hessian(x), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(tf.hvp(rosenbrock, x, v), rosenbrock_hessian(x) @ v, rtol=1e-10, atol=1e-9)


def test_a_banded_jacobian(rng: np.random.Generator) -> None:
    x = rng.normal(size=100)
    found = tf.jacobian(lambda x: x[1:] * x[:-1])(x)
    expected = np.zeros((99, 100))
    expected[np.arange(99), np.arange(99)] = x[1:]
    expected[np.arange(99), np.arange(1, 100)] = x[:-1]
    np.testing.assert_allclose(found, expected)


def test_hvp_takes_structures() -> None:
    found = tf.hvp(lambda p: p["a"] ** 2 * p["b"], {"a": 3.0, "b": 2.0}, {"a": 1.0, "b": 0.0})
    assert (float(found["a"]), float(found["b"])) == (4.0, 6.0)


def test_integers_are_refused_with_the_argument_and_the_cast() -> None:
    for transform in (tf.grad, tf.value_and_grad, tf.jacobian, tf.hessian):
        with pytest.raises(TypeError, match=r"argument 0 .*int64.*cast"):
            transform(lambda x: tf.reduce_sum(x * x))(np.array([1, 2]))


def test_a_gradient_needs_a_scalar() -> None:
    with pytest.raises(ValueError, match=r"scalar, not a value of shape \(2,\); use jacobian"):
        tf.grad(lambda x: x * x)(np.array([1.0, 2.0]))
    with pytest.raises(TypeError, match="value_and_grad: the function must return a tensor, not str"):
        tf.grad(lambda x: "text")(1.0)
    with pytest.raises(ZeroDivisionError):
        tf.grad(lambda x: 1 / 0)(1.0)
    with tf.GradientTape() as tape:  # the stack of tapes is clean after the errors
        tape.watch(x := tf.constant(2.0))
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0


# -- Forward and reverse products ---------------------------------------------------------------------------------


def branched(p: Any, x: Any) -> Any:
    """Of nested arguments, with a nested value."""
    return {"product": p["w"] * x, "rest": [tf.reduce_sum(x), p["b"][0] ** 2]}


def test_jvp_takes_and_gives_structures(rng: np.random.Generator) -> None:
    p, x = {"w": rng.normal(size=3), "b": (2.0,)}, rng.normal(size=3)
    tp, tx = {"w": rng.normal(size=3), "b": (0.5,)}, rng.normal(size=3)
    value, tangent = tf.jvp(branched, [p, x], [tp, tx])
    np.testing.assert_allclose(value["product"], p["w"] * x)
    np.testing.assert_allclose(tangent["product"], tp["w"] * x + p["w"] * tx)
    np.testing.assert_allclose(tangent["rest"], [np.sum(tx), 2 * 2.0 * 0.5])
    assert isinstance(tangent["product"], np.ndarray) and isinstance(tangent["rest"], list)


def test_vjp_takes_and_gives_structures(rng: np.random.Generator) -> None:
    p, x = {"w": rng.normal(size=3), "b": (2.0,)}, rng.normal(size=3)
    value, pull = tf.vjp(branched, p, x)
    u = rng.normal(size=3)
    gp, gx = pull({"product": u, "rest": [3.0, 10.0]})
    np.testing.assert_allclose(gp["w"], u * x)
    np.testing.assert_allclose(gp["b"][0], 10.0 * 2 * 2.0)
    np.testing.assert_allclose(gx, u * p["w"] + 3.0)
    assert isinstance(gp["b"], tuple) and isinstance(value["rest"][0], np.floating)
    with pytest.raises(ValueError, match="structure of the target"):
        pull({"product": u})


def test_jvp_and_vjp_contract_to_one_number(rng: np.random.Generator) -> None:
    def f(x: Any, w: Any) -> Any:
        return tf.nn.softmax(tf.tanh(x @ w))

    primals, tangents = ([rng.normal(size=shape) for shape in ((2, 3), (3, 4))] for _ in range(2))
    _, pushed = tf.jvp(f, primals, tangents)
    value, pull = tf.vjp(f, *primals)
    u = rng.normal(size=value.shape)
    pulled = pull(u)
    np.testing.assert_allclose(np.sum(u * pushed), sum(np.sum(g * t) for g, t in zip(pulled, tangents, strict=True)))


def test_linearize_runs_the_function_once_for_any_number_of_tangents(rng: np.random.Generator) -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return tf.sin(x) * x[0]

    x = rng.normal(size=4)
    y, push = tf.linearize(f, x)
    np.testing.assert_allclose(y, np.sin(x) * x[0])
    whole = tf.jacobian(f)(x)
    calls.clear()
    for _ in range(20):
        t = rng.normal(size=4)
        np.testing.assert_allclose(push(t), whole @ t, rtol=1e-12)
    np.testing.assert_allclose(push(2.0 * t) + push(t), push(3.0 * t))
    assert not calls


def test_a_linear_function_outlives_what_it_was_made_at() -> None:
    x = np.array([1.0, 2.0])
    _, push = tf.linearize(lambda x: x * x, x)
    x[:] = np.nan
    np.testing.assert_array_equal(push(np.array([1.0, 1.0])), [2.0, 4.0])


def test_a_value_that_does_not_move_has_zeros() -> None:
    value, tangent = tf.jvp(
        lambda x: {"x": x, "still": tf.constant([1.0, 2.0]), "number": tf.constant(3.0)}, [2.0], [1.0]
    )
    np.testing.assert_array_equal(tangent["still"], [0.0, 0.0])
    assert (tangent["x"], tangent["number"], value["number"]) == (1.0, 0.0, 3.0)


def test_aux_is_passed_on_by_every_transform() -> None:
    f = lambda x: (x * x, {"aux": [1, "text"]})  # noqa: E731
    aux = {"aux": [1, "text"]}
    assert tf.jvp(f, [3.0], [1.0], has_aux=True) == (9.0, 6.0, aux)
    value, push, found = tf.linearize(f, 3.0, has_aux=True)
    assert (value, push(2.0), found) == (9.0, 12.0, aux)
    value, pull, found = tf.vjp(f, 3.0, has_aux=True)
    assert (value, pull(2.0), found) == (9.0, (12.0,), aux)
    assert tf.jacobian(f, has_aux=True)(3.0) == (6.0, aux)
    assert tf.hessian(f, has_aux=True)(3.0) == (2.0, aux)


def test_without_an_aux_to_pass_on_the_function_is_to_blame() -> None:
    f = lambda x: x * x  # noqa: E731
    x = np.array([1.0, 2.0])
    for call in (
        lambda: tf.grad(f, has_aux=True)(x),
        lambda: tf.value_and_grad(f, has_aux=True)(x),
        lambda: tf.jacobian(f, has_aux=True)(x),
        lambda: tf.hessian(f, has_aux=True)(x),
        lambda: tf.jvp(f, [x], [x], has_aux=True),
        lambda: tf.vjp(f, x, has_aux=True),
    ):
        with pytest.raises(TypeError, match=r"with has_aux the function must return \(value, aux\), not Tensor"):
            call()


def test_jacobians_and_hessians_of_structures() -> None:
    found = tf.jacobian(lambda a, n, b: {"s": a * b, "t": (n * a,)}, argnums=(0, -1))(np.array([1.0, 2.0]), 5, 3.0)
    np.testing.assert_array_equal(found["s"][0], 3.0 * np.eye(2))
    np.testing.assert_array_equal(found["s"][1], [1.0, 2.0])
    np.testing.assert_array_equal(found["t"][0][0], 5.0 * np.eye(2))
    np.testing.assert_array_equal(found["t"][0][1], [0.0, 0.0])
    found = tf.hessian(lambda p: p["a"] ** 2 * p["b"][0])({"a": 2.0, "b": [3.0]})
    assert found == {"a": {"a": 6.0, "b": [4.0]}, "b": [{"a": 4.0, "b": [0.0]}]}
    found = tf.hessian(lambda a, b: a**2 * b, argnums=[0, 1])(2.0, 3.0)
    assert found == ((6.0, 4.0), (4.0, 0.0))


def test_every_transform_gives_tensors_where_a_tensor_goes_in() -> None:
    f = lambda x: x * x  # noqa: E731
    x, t = tf.constant([1.0, 2.0]), np.ones(2, np.float32)
    value, pushed = tf.jvp(f, [x], [t])
    assert isinstance(value, tf.Tensor) and isinstance(pushed, tf.Tensor)
    assert isinstance(tf.vjp(f, x)[1](t)[0], tf.Tensor)
    assert isinstance(tf.jacobian(f)(x), tf.Tensor)
    assert isinstance(tf.hessian(lambda x: tf.reduce_sum(x**3))(x), tf.Tensor)
    assert isinstance(tf.hvp(lambda x: tf.reduce_sum(x**3), x, t), tf.Tensor)
    # A tangent that is a tensor counts too: it may be on a tape.
    assert isinstance(tf.jvp(f, [np.ones(2, np.float32)], [tf.constant(t)])[1], tf.Tensor)


def test_forward_transforms_nest_in_each_other_and_in_tapes() -> None:
    def slope(f: Any) -> Any:
        return lambda x: tf.jvp(f, [x], [tf.ones_like(x)])[1]

    cubed = lambda x: x**3  # noqa: E731
    x = tf.constant(2.0, dtype=tf.float64)
    assert slope(slope(cubed))(x).numpy() == 12.0
    assert tf.grad(slope(cubed))(x).numpy() == 12.0
    assert slope(tf.grad(cubed))(x).numpy() == 12.0
    assert tf.hvp(slope(cubed), x, 1.0).numpy() == 6.0
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, push = tf.linearize(cubed, x)
        pushed = push(x)
    assert tape.gradient([y, pushed], x).numpy() == 12.0 + 9.0 * 4.0


def test_one_tensor_for_two_arguments_is_two_arguments() -> None:
    x = tf.constant(3.0)
    product = lambda a, b: a * b  # noqa: E731
    assert tf.grad(product, argnums=(0, 1))(x, x) == (3.0, 3.0)
    assert tf.jvp(product, [x, x], [1.0, 0.0]) == (9.0, 3.0)
    assert tf.vjp(product, x, x)[1](1.0) == (3.0, 3.0)
    assert tf.hessian(product, argnums=(0, 1))(x, x) == ((0.0, 1.0), (1.0, 0.0))
    assert tf.hvp(lambda p: p[0] * p[1] ** 2, [x, x], [1.0, 0.0]) == [0.0, 6.0]


def test_what_a_function_closes_over_is_a_constant_even_where_it_is_the_argument() -> None:
    x = tf.constant(3.0)
    assert tf.grad(lambda y: x * y)(x).numpy() == 3.0
    # The derivative of x y with respect to y is x, whatever y is.
    assert tf.grad(lambda x: tf.grad(lambda y: x * y)(x))(x).numpy() == 1.0
    assert tf.jvp(lambda x: tf.jvp(lambda y: x * y, [x], [1.0])[1], [x], [1.0])[1].numpy() == 1.0


def test_a_function_of_a_variable_differentiates_at_its_value() -> None:
    v = tf.Variable([1.0, 2.0])
    value, tangent = tf.jvp(lambda v: v * v, [v], [np.ones(2)])
    np.testing.assert_array_equal(value, [1.0, 4.0])
    np.testing.assert_array_equal(tangent, [2.0, 4.0])
    np.testing.assert_array_equal(tf.hessian(lambda v: tf.reduce_sum(v**3))(v), [[6.0, 0.0], [0.0, 12.0]])


@pytest.mark.parametrize(
    ("primals", "tangents", "text"),
    [
        ([np.ones(2)], [np.ones(3)], r"tangent of argument 0 has shape \(3,\); the argument has shape \(2,\)"),
        ([1.0, np.ones(2)], [1.0, 1.0], r"tangent of argument 1 has shape \(\); the argument has shape \(2,\)"),
        ([np.ones(2)], [], "0 tangents are given for 1 arguments; there must be one for each"),
        ([np.ones(2)], [np.ones(2), np.ones(2)], "2 tangents are given for 1 arguments"),
        ([{"a": 1.0, "b": 2.0}], [{"a": 1.0}], "tangent of argument 0 must have the structure of the argument"),
        (
            [{"a": 1.0, "b": 2.0}],
            [{"c": 1.0, "d": 2.0}],
            "tangent of argument 0 must have the structure of the argument",
        ),
        ([1.0, [1.0, [2.0]]], [1.0, [1.0, 2.0]], "tangent of argument 1 must have the structure of the argument"),
    ],
)
def test_wrong_tangents_are_refused_by_name(primals: Any, tangents: Any, text: str) -> None:
    with pytest.raises(ValueError, match=f"jvp: .*{text}"):
        tf.jvp(lambda *args: tf.constant(1.0), primals, tangents)
    _, push = tf.linearize(lambda *args: tf.constant(1.0), *primals)
    with pytest.raises(ValueError, match=f"linearize: .*{text}"):
        push(*tangents)


def test_tangents_may_be_listed_for_tuples() -> None:
    _, tangent = tf.jvp(lambda p: p[0] * p[1][0], [(2.0, [3.0])], [[1.0, [0.0]]])
    assert tangent == 3.0


def test_integers_are_refused_by_products_too() -> None:
    x = np.array([1, 2])
    for name, call in (
        ("jvp", lambda: tf.jvp(lambda x: x, [x], [x])),
        ("linearize", lambda: tf.linearize(lambda x: x, x)),
        ("vjp", lambda: tf.vjp(lambda x: x, x)),
        ("hvp", lambda: tf.hvp(lambda x: tf.reduce_sum(x), x, x)),
    ):
        with pytest.raises(TypeError, match=rf"{name}: argument 0 holds .*int64.*; cast it first"):
            call()


def test_what_is_not_a_tangent_or_a_value_is_refused() -> None:
    for wrong, words in (
        ("text", "neither a number nor an array of numbers"),
        (None, "cannot use None beside a tensor"),
    ):
        with pytest.raises(TypeError, match=words):
            tf.jvp(lambda x: x, [1.0], [wrong])
        with pytest.raises(TypeError, match=r"jvp: the function must return a tensor, not (str|None)"):
            tf.jvp(lambda x, wrong=wrong: wrong, [1.0], [1.0])
    with pytest.raises(ValueError, match=r"hvp: the function must return a scalar, not a value of shape \(2,\)"):
        tf.hvp(lambda x: x, np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="mode must be 'auto', 'forward' or 'reverse', not 'up'"):
        tf.jacobian(lambda x: x, mode="up")(np.ones(2))


def test_the_callers_tangents_are_not_written() -> None:
    x, t = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    _, push = tf.linearize(lambda x: (x, x + 1.0, x * x), x)
    for _ in range(2):
        for found in push(t):
            assert not np.shares_memory(found, t)
            found.fill(np.nan)
    np.testing.assert_array_equal(t, [3.0, 4.0])
    np.testing.assert_array_equal(x, [1.0, 2.0])
