"""Derivatives through solutions: beside closed forms and finite differences, inside every transformation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff_core as tf

pytest.importorskip("scipy.optimize")

O = tf.optimize  # noqa: E741

RNG = np.random.default_rng(7)
MATRIX = RNG.normal(size=(4, 4)) + 5.0 * np.eye(4)
SPREAD = RNG.normal(size=(4, 4))
SPREAD = SPREAD @ SPREAD.T + np.eye(4)


class Case(NamedTuple):
    """A solution as a function of a vector, and the same by other means, differentiable as well."""

    solution: Callable[[Any], Any]
    closed: Callable[[Any], Any]
    point: list[float]


def cube_root(p: Any) -> Any:
    return O.root(lambda x: x**3 - p, np.ones(3))


def system(p: Any) -> Any:
    def f(d: Any) -> Any:
        return {"first": tf.linalg.matvec(MATRIX, d["x"]) - p, "second": d["y"] - p[0] * p[1]}

    found = O.root(f, {"x": np.zeros(4), "y": 0.0})
    return tf.concat([found["x"], [found["y"]]], 0)


def system_closed(p: Any) -> Any:
    return tf.concat([tf.linalg.matvec(np.linalg.inv(MATRIX), p), [p[0] * p[1]]], 0)


def halley(p: Any) -> Any:
    """The square root, as a fixed point of Heron's method."""
    return O.fixed_point(lambda x: 0.5 * (x + p / x), np.ones(3), method="iteration")


def ridge(p: Any) -> Any:
    def f(x: Any) -> Any:
        return tf.reduce_sum((tf.linalg.matvec(MATRIX, x) - p) ** 2) + tf.reduce_sum(x**2)

    return O.argmin(f, np.zeros(4))


def ridge_closed(p: Any) -> Any:
    return tf.linalg.matvec(np.linalg.solve(MATRIX.T @ MATRIX + np.eye(4), MATRIX.T), p)


def boxed(p: Any) -> Any:
    """On both sides of a box, and inside of it."""
    return O.argmin(lambda x: tf.reduce_sum((x - p**2) ** 2), np.full(3, 0.5), bounds=(0.25, 1.0))


def boxed_closed(p: Any) -> Any:
    return tf.clip_by_value(p**2, 0.25, 1.0)


def on_a_plane(p: Any) -> Any:
    plane = {"type": "eq", "fun": lambda x: tf.reduce_sum(x) - p[0]}
    return O.argmin(lambda x: tf.reduce_sum((x - p) ** 2), np.zeros(3), constraints=plane)


def on_a_plane_closed(p: Any) -> Any:
    return p + (p[0] - tf.reduce_sum(p)) / 3.0


def in_a_ball(p: Any) -> Any:
    ball = {"type": "ineq", "fun": lambda x: 1.0 - tf.reduce_sum(x * x)}
    return O.argmin(lambda x: tf.reduce_sum((x - p) ** 2), np.zeros(3), constraints=ball)


def in_a_ball_closed(p: Any) -> Any:
    return p / tf.sqrt(tf.reduce_sum(p * p))


def without_matrix(p: Any) -> Any:
    def matvec(v: Any) -> Any:
        return tf.linalg.matvec(MATRIX, v) + v * p

    return O.linear_solve(matvec, p**2, rtol=1e-12)


def without_matrix_closed(p: Any) -> Any:
    return tf.linalg.solve(MATRIX + tf.linalg.diag(p), (p**2)[:, None])[:, 0]


def conjugate(p: Any) -> Any:
    return O.linear_solve(lambda v: tf.linalg.matvec(SPREAD, v) * p[0], p, method="cg", rtol=1e-12)


def conjugate_closed(p: Any) -> Any:
    return tf.linalg.matvec(np.linalg.inv(SPREAD), p) / p[0]


def looking(p: Any) -> Any:
    """A function that Python looks into, so that it cannot be recorded."""

    def f(x: Any) -> Any:
        return x**3 - p if float(tf.reduce_sum(tf.stop_gradient(x))) > -1e9 else x

    return O.root(f, np.ones(3))


CASES = {
    "root": Case(cube_root, lambda p: p ** (1 / 3), [0.5, 1.0, 2.0]),
    "root of a structure": Case(system, system_closed, [1.0, -0.5, 2.0, 0.25]),
    "fixed point": Case(halley, tf.sqrt, [0.5, 1.0, 2.0]),
    "least point": Case(ridge, ridge_closed, [1.0, -0.5, 2.0, 0.25]),
    "least point in bounds": Case(boxed, boxed_closed, [0.2, 0.7, 1.5]),
    "least point on a plane": Case(on_a_plane, on_a_plane_closed, [1.0, 2.0, -1.0]),
    "least point in a ball": Case(in_a_ball, in_a_ball_closed, [1.0, 2.0, -1.0]),
    "system without a matrix": Case(without_matrix, without_matrix_closed, [1.0, -0.5, 2.0, 0.25]),
    "conjugate gradients": Case(conjugate, conjugate_closed, [1.0, -0.5, 2.0, 0.25]),
}

WEIGHTS = np.array([0.3, -1.2, 0.7, 2.0, 1.1])


def total(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda p: tf.reduce_sum(f(p) * WEIGHTS[: f(p).shape[0]])


def batched(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda p: tf.vectorize(f)(tf.stack([p, p * 1.1, p * 0.9]))


TRANSFORMATIONS: dict[str, Callable[[Callable[[Any], Any]], Callable[[Any], Any]]] = {
    "value": lambda f: f,
    "gradient": lambda f: tf.grad(total(f)),
    "jacobian": tf.jacobian,
    "tangent": lambda f: lambda p: tf.jvp(f, (p,), (p * 0.5 + 1.0,))[1],
    "hessian": lambda f: tf.hessian(total(f)),
    "gradient of a gradient": lambda f: tf.grad(lambda p: tf.reduce_sum(tf.grad(total(f))(p) ** 2)),
    "tangent of a gradient": lambda f: lambda p: tf.jvp(tf.grad(total(f)), (p,), (p * 0.5 + 1.0,))[1],
    "function": tf.function,
    "function of the gradient": lambda f: tf.function(tf.grad(total(f))),
    "gradient of the function": lambda f: tf.grad(total(tf.function(f))),
    "vectorised": batched,
    "vectorised gradient": lambda f: batched(tf.grad(total(f))),
    "gradient of the vectorised": lambda f: tf.grad(lambda p: tf.reduce_sum(batched(f)(p) ** 2)),
    "function of the vectorised tangent": lambda f: tf.function(
        batched(lambda p: tf.jvp(f, (p,), (p * 0.5 + 1.0,))[1])
    ),
}


@pytest.mark.walk
@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@pytest.mark.parametrize("name", CASES)
def test_solutions_hold_inside_every_transformation(name: str, transformation: str) -> None:
    case, of = CASES[name], TRANSFORMATIONS[transformation]
    ours, closed = of(case.solution), of(case.closed)
    for factor in (1.0, 1.05, 1.0):  # other values at the second call
        point = tf.constant(np.array(case.point) * factor)
        np.testing.assert_allclose(ours(point), closed(point), rtol=1e-5, atol=1e-7)


def test_variables_and_nested_reads_have_gradients() -> None:
    a, b = tf.Variable(2.0), tf.Variable([1.0, 3.0], dtype=tf.float64)

    with tf.GradientTape(persistent=True) as tape:
        c = b * 2.0
        x = O.root(lambda x: x**2 - c * tf.cast(a, tf.float64), np.ones(2))
        y = tf.reduce_sum(x)
    np.testing.assert_allclose(tape.gradient(y, b), 0.5 * np.sqrt(4.0 / b.numpy()), rtol=1e-6)
    gradient = tape.gradient(y, a)
    assert gradient.dtype == tf.float32
    np.testing.assert_allclose(gradient, 0.5 * np.sum(np.sqrt(2.0 * b.numpy() / 2.0)), rtol=1e-5)
    a.assign(5.0)  # what was recorded stays true
    np.testing.assert_allclose(tape.gradient(y, b), 0.5 * np.sqrt(4.0 / b.numpy()), rtol=1e-6)


def test_recorded_functions_solve_again_for_other_variables_and_starts() -> None:
    a = tf.Variable(2.0, dtype=tf.float64)
    solve = tf.function(lambda x0: O.root(lambda x: x * x - a, x0))
    assert float(solve(tf.constant(1.0))) == pytest.approx(2.0**0.5)
    a.assign(9.0)
    assert float(solve(tf.constant(1.0))) == pytest.approx(3.0)
    assert float(solve(tf.constant(-1.0))) == pytest.approx(-3.0)


def test_where_the_search_began_has_no_gradient() -> None:
    x0 = tf.Variable(1.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        x = O.root(lambda x: x * x - 2.0, x0)
    assert tape.gradient(x, x0) is None


def test_what_cannot_be_recorded_has_the_same_derivatives() -> None:
    p = tf.constant([0.5, 1.0, 2.0], dtype=tf.float64)
    np.testing.assert_allclose(tf.grad(total(looking))(p), tf.grad(total(cube_root))(p), rtol=1e-9)
    np.testing.assert_allclose(tf.hessian(total(looking))(p), tf.hessian(total(cube_root))(p), rtol=1e-7)


def test_an_optimum_goes_through_its_hyperparameters_like_the_unrolled_iteration() -> None:
    data = np.linspace(-1.0, 1.0, 20)
    seen = 1.0 / (1.0 + np.exp(-3.0 * data)) > 0.4

    def loss(w: Any, penalty: Any) -> Any:
        return tf.reduce_mean(tf.math.log(1.0 + tf.exp(-np.where(seen, 1.0, -1.0) * (w[0] * data + w[1])))) + (
            tf.exp(penalty) * tf.reduce_sum(w**2)
        )

    def implicit(penalty: Any) -> Any:
        w = O.argmin(lambda w: loss(w, penalty), np.zeros(2))
        return loss(w, tf.constant(-20.0, tf.float64))

    def unrolled(penalty: Any) -> Any:
        w = tf.zeros(2, tf.float64)
        for _ in range(400):
            w = w - tf.grad(lambda w: loss(w, penalty))(w)
        return loss(w, tf.constant(-20.0, tf.float64))

    penalty = tf.constant(-1.0, tf.float64)
    np.testing.assert_allclose(tf.grad(implicit)(penalty), tf.grad(unrolled)(penalty), rtol=1e-6)


def test_many_unknowns_are_solved_without_a_matrix() -> None:
    count = 600
    load = np.linspace(0.5, 1.5, count)

    def f(u: Any, k: Any) -> Any:
        return 4.0 * u - tf.pad(u[1:], [[0, 1]]) - tf.pad(u[:-1], [[1, 0]]) + k * u**3 - load

    def solved(k: Any) -> Any:
        return tf.reduce_sum(O.root(lambda u: f(u, k), np.zeros(count), method="krylov", tol=1e-10))

    k, step = tf.constant(0.7, tf.float64), 1e-4
    numeric = (float(solved(k + step)) - float(solved(k - step))) / (2.0 * step)
    assert float(tf.grad(solved)(k)) == pytest.approx(numeric, rel=1e-4)


# -------------------------------------------------------------------------------------------------------- what fails


def test_a_singular_jacobian_is_an_error_that_says_so() -> None:
    def flat(a: Any) -> Any:
        return O.root(lambda x: 0.0 * x * a, 0.5, method="lm")

    with pytest.raises(RuntimeError, match="root: the solution has no derivative: the Jacobian there, of shape"):
        tf.grad(flat)(tf.constant(1.0, tf.float64))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: O.root(lambda x: x * x + 1.0, 1.0), RuntimeError, "root: "),
        (lambda: O.fixed_point(lambda x: x + 1.0, 1.0, method="iteration"), RuntimeError, "fixed_point: "),
        (lambda: O.argmin(lambda x: -tf.reduce_sum(x**2), [1.0]), RuntimeError, "argmin: "),
        (lambda: O.root(lambda x: x[:1], [1.0, 2.0]), ValueError, "gave 1 values for 2 unknowns"),
        (lambda: O.root(lambda x: 1.0, 1.0), TypeError, "must return a tensor, not float"),
        (lambda: O.root(3.0, 1.0), TypeError, "must be callable"),
        (lambda: O.root(lambda x: x, 1), TypeError, "x0 holds int"),
        (lambda: O.argmin(lambda x: x, [1.0, 2.0]), ValueError, "must return a scalar"),
        (lambda: O.linear_solve(lambda v: v + 1.0, [1.0]), ValueError, "not linear: at zero it is 1.0"),
        (lambda: O.linear_solve(lambda v: v, [1.0], method="lu"), ValueError, "unknown method 'lu'; there are bicg"),
        (lambda: O.linear_solve(lambda v: 0.0 * v, [1.0], maxiter=3), RuntimeError, "has not converged"),
        (lambda: O.linear_solve(lambda v: v, {"b": 1}), TypeError, "b holds int"),
    ],
)
def test_what_goes_wrong_is_said(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_point_that_is_not_pushed_to_its_limit_is_told() -> None:
    with pytest.warns(UserWarning, match="the point lies on bound 0, which does not push it"):
        O.argmin(lambda x: tf.reduce_sum(x**2), np.ones(1), bounds=(0.0, 1.0))
