"""Derivatives through solutions: beside closed forms and finite differences, inside every transformation."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.optimize.linear import METHODS as METHODS_OF_SYSTEMS
from autodiff_core.optimize.methods import METHODS

optimize = pytest.importorskip("scipy.optimize")

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


def in_a_simplex(p: Any) -> Any:
    """The sum is one, nothing is negative, and one inequality is not active."""
    rows = optimize.LinearConstraint([[1.0, 1.0, 1.0], [1.0, -1.0, 0.0]], [1.0, -10.0], [1.0, 10.0])
    return O.argmin(lambda x: tf.reduce_sum((x - p) ** 2), np.full(3, 1 / 3), bounds=(0.0, None), constraints=rows)


def in_a_simplex_closed(p: Any) -> Any:
    """With the last one on its bound."""
    first = 0.5 * (1.0 + p[0] - p[1])
    return tf.stack([first, 1.0 - first, 0.0 * p[2]])


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
    "least point in a simplex": Case(in_a_simplex, in_a_simplex_closed, [0.5, 0.8, -1.0]),
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


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
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


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_derivatives_through_active_limits_are_differences_of_solutions(method: str) -> None:
    def solution(p: Any) -> Any:
        """HS 71, with parameters: an inequality, an equation and a bound that are active."""
        limits = [
            optimize.NonlinearConstraint(lambda x: tf.reduce_prod(x) * p[2], 25.0, np.inf),
            {"type": "eq", "fun": lambda x: tf.reduce_sum(x * x) - 40.0 * p[0]},
        ]
        f = lambda x: x[0] * x[3] * (x[0] + x[1] * p[1] + x[2]) + x[2]  # noqa: E731
        return O.argmin(f, [1.0, 5.0, 5.0, 1.0], method, bounds=(1.0, 5.0), constraints=limits)

    p, h = np.ones(3), 1e-4
    found = solution(tf.constant(p)).numpy()
    np.testing.assert_allclose(found, [1.0, 4.7429994, 3.8211503, 1.3794082], rtol=1e-5)
    differences = [(solution(tf.constant(p + h * e)) - solution(tf.constant(p - h * e))) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(tf.jacobian(solution)(tf.constant(p)), np.transpose(differences), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_derivatives_of_random_problems_are_differences_of_solutions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    matrix, rows, plane = rng.normal(size=(n, n)), rng.normal(size=(2, n)), rng.normal(size=n)
    matrix, p = matrix @ matrix.T + 0.5 * np.eye(n), 2.0 * rng.normal(size=n)

    def solution(p: Any) -> Any:
        def f(x: Any) -> Any:
            square = 0.5 * tf.reduce_sum(x * tf.linalg.matvec(matrix, x))
            return square - tf.reduce_sum(p * x) + 0.05 * tf.reduce_sum(x**4)

        limits = [
            optimize.LinearConstraint(rows, -np.inf, 0.3),
            {"type": "eq", "fun": lambda x: tf.reduce_sum(plane * x) - 0.1 * p[0]},
            {"type": "ineq", "fun": lambda x: 1.5 + 0.1 * p[1] - tf.reduce_sum(x**2)},
        ]
        method = "trust-constr" if seed % 2 else None
        return O.argmin(f, np.zeros(n), method, bounds=(-0.6, 0.7), constraints=limits)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # (SciPy's, of its own steps)
        found, h = tf.jacobian(solution)(tf.constant(p)), 1e-5
        sides = [(solution(tf.constant(p + h * e)), solution(tf.constant(p - h * e))) for e in np.eye(n)]
    differences = [(ahead.numpy() - behind.numpy()) / (2.0 * h) for ahead, behind in sides]
    np.testing.assert_allclose(found, np.transpose(differences), atol=1e-4)


@pytest.mark.parametrize("name", [one.name for one in METHODS])
def test_every_method_finds_the_least_point(name: str) -> None:
    if name == "COBYQA" and not hasattr(optimize, "_cobyqa_py"):
        pytest.skip("this SciPy has no COBYQA")
    a = tf.Variable(2.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        x = O.argmin(lambda x: tf.reduce_sum((x - a) ** 2 + 0.1 * (x - a) ** 4), [1.0, 1.5], name)
    np.testing.assert_allclose(x, 2.0, atol=1e-6)
    np.testing.assert_allclose(tape.jacobian(x, a), 1.0, atol=1e-6)


@pytest.mark.parametrize("method", ["SLSQP", "L-BFGS-B", "BFGS"])
def test_a_tolerance_is_the_methods(method: str) -> None:
    def hilly(x: Any) -> Any:
        return 100.0 * tf.reduce_sum((x[1:] - x[:-1] ** 2) ** 2) + tf.reduce_sum((x - 1.0) ** 2)

    def steps(**tolerance: Any) -> int:
        count = tf.Variable(0.0)

        def counted(x: Any) -> Any:
            count.assign_add(1.0)
            return hilly(x)

        O.argmin(counted, np.full(3, -1.3), method, **tolerance)
        return int(count)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # (of plain Python)
        assert steps(tol=1e-2) < steps()


@pytest.mark.parametrize("method", METHODS_OF_SYSTEMS)
def test_every_iteration_solves(method: str) -> None:
    found = O.linear_solve(lambda v: tf.linalg.matvec(SPREAD, v), np.ones(4), method=method, atol=1e-12)
    np.testing.assert_allclose(found, np.linalg.solve(SPREAD, np.ones(4)), rtol=1e-5)


# -------------------------------------------------------------------------------------------------------- what fails


def bowl(x: Any) -> Any:
    return tf.reduce_sum(x**2)


def within(low: Any, high: Any) -> Any:
    return optimize.NonlinearConstraint(lambda x: x, low, high)


def at(value: float) -> dict[str, Any]:
    return {"type": "eq", "fun": lambda x: x[0] - value}


def test_constraints_that_depend_on_each_other_have_no_derivative_and_that_is_said() -> None:
    def corner(v: Any) -> Any:
        beyond = [{"type": "ineq", "fun": lambda x, k=k: k * (v - x[0])} for k in (1.0, 2.0)]
        return O.argmin(lambda x: tf.reduce_sum((x - 2.0) ** 2), np.zeros(2), constraints=beyond)

    np.testing.assert_allclose(corner(tf.constant(1.0, tf.float64)), [1.0, 2.0], atol=1e-6)
    with pytest.raises(RuntimeError, match="where constraints that the point lies on depend on each other"):
        tf.jacobian(corner)(tf.constant(1.0, tf.float64))


def test_what_is_fixed_stays_where_it_is() -> None:
    def held(a: Any) -> Any:
        return O.argmin(lambda x: tf.reduce_sum((x - a) ** 2) + x[0] * x[1], np.zeros(2), bounds=[(0.5, 0.5), None])

    a = tf.constant(2.0, tf.float64)
    np.testing.assert_allclose(held(a), [0.5, 1.75])
    np.testing.assert_allclose(tf.jacobian(held)(a), [0.0, 1.0])


def test_a_search_begins_within_the_bounds() -> None:
    found = O.argmin(lambda x: tf.reduce_sum(x - tf.math.log(x)), [-5.0], bounds=(0.1, 0.5))
    np.testing.assert_allclose(found, 0.5)


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
        (lambda: O.linear_solve(lambda v: v, [1.0], maxiter=0), ValueError, "1 or more, not 0"),
        (lambda: O.linear_solve(lambda v: v, [1.0], rtol=-1.0), ValueError, "are not negative: -1.0, 0.0"),
        (lambda: O.linear_solve(lambda v: v, [np.nan]), ValueError, "the right side is not finite: nan"),
        (lambda: O.linear_solve(lambda v: v, [1.0], x0=[1.0, 2.0]), ValueError, "x0 has another structure than b"),
        (lambda: O.root(tf.math.log, [0.0]), ValueError, "root: the function is not finite at x0: -inf; x0 is"),
        (lambda: O.root(lambda x: x, [1.0], "newton"), ValueError, "root: unknown method 'newton'; there are hybr"),
        (lambda: O.root(lambda x: tf.cast(x, tf.complex128), [1.0]), TypeError, "root: the function's values are comp"),
        (lambda: O.root(lambda x: tf.cast(x, tf.int32), [1.0]), TypeError, "root: the function's values are of int32"),
        (lambda: O.root(lambda x: x, [1.0], options=3), TypeError, "root: options are a dict, .* not int"),
        (lambda: O.fixed_point(tf.math.log, -1.0), ValueError, "fixed_point: the function is not finite at x0: nan"),
        (lambda: O.fixed_point(tf.cos, 1.0, method="newton"), ValueError, "there are del2, iteration"),
        (lambda: O.fixed_point(tf.cos, 1.0, maxiter=0), ValueError, "the most steps, 1 or more, not 0"),
        (lambda: O.argmin(bowl, [1.0], "sgd"), ValueError, "argmin: unknown method 'sgd'; there are Nelder-Mead"),
        (lambda: O.argmin(bowl, [1.0], "BFGS", bounds=(0, 1)), ValueError, "argmin: BFGS takes no bounds; Nelder-Mead"),
        (lambda: O.argmin(lambda x: tf.reduce_sum(tf.math.log(x)), [0.0]), ValueError, "at x0 are not finite; x0 is"),
        (lambda: O.argmin(lambda x: tf.cast(bowl(x), tf.complex128), [0.0]), TypeError, "argmin: .* is complex"),
        (lambda: O.argmin(lambda x: tf.cast(bowl(x), tf.int32), [0.0]), TypeError, "is of int32, which has no gradie"),
        (
            lambda: O.argmin(bowl, [0.0], constraints=optimize.LinearConstraint([[1.0, 1.0]])),
            ValueError,
            "has the shape",
        ),
        (
            lambda: O.argmin(bowl, [0.0], constraints=[at(0.25), at(0.5)]),
            RuntimeError,
            "value 0 of the constraints is off",
        ),
        (lambda: O.argmin(bowl, [0.0], constraints=[at(0.25), at(0.25)]), RuntimeError, "or some say the same"),
    ],
)
def test_what_goes_wrong_is_said(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_point_that_is_not_pushed_to_its_limit_is_told() -> None:
    with pytest.warns(UserWarning, match="the point lies on bound 0, which does not push it"):
        O.argmin(lambda x: tf.reduce_sum(x**2), np.ones(1), bounds=(0.0, 1.0))


def test_a_rule_that_solves_for_a_variable_again_leaves_what_was_read_of_it_before():
    x = tf.Variable([0.9, 0.2], dtype=tf.float64)

    def solution(p):
        return tf.optimize.root(lambda z: z * z * z + z - p, np.zeros(2))

    @tf.custom_gradient
    def ruled(p):
        return solution(p), lambda g: g * solution(p)

    with tf.GradientTape(persistent=True) as tape:
        value, tangent = tf.jvp(ruled, [x], [tf.ones_like(x)])
    expected = solution(x).numpy()
    np.testing.assert_allclose(tape.gradient(value, x), expected, rtol=1e-9)
    np.testing.assert_allclose(tape.gradient(tangent, x), 1.0 / (3.0 * expected**2 + 1.0), rtol=1e-9)
