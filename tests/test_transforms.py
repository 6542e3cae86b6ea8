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
    with pytest.raises(TypeError, match="must return a scalar tensor, not str"):
        tf.grad(lambda x: "text")(1.0)
    with pytest.raises(ZeroDivisionError):
        tf.grad(lambda x: 1 / 0)(1.0)
    with tf.GradientTape() as tape:  # the stack of tapes is clean after the errors
        tape.watch(x := tf.constant(2.0))
        y = x * x
    assert tape.gradient(y, x).numpy() == 4.0
