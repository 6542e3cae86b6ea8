"""Gradients of solutions of differential equations: beside forward sensitivities, over long times, in every company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from solver_errors import METHODS, PROBLEMS, lotka_volterra, sensitivities, sizes, solved, suits

scipy = pytest.importorskip("scipy.integrate")

I = tf.scipy.integrate  # noqa: E741  # (as the page of SciPy's is called)


# ------------------------------------------------------------------------ over long times, beside forward sensitivities


EXACT: dict[str, Any] = dict.fromkeys(PROBLEMS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_gradients_over_long_times_are_those_of_the_solution(name: str, method: str) -> None:
    if not suits(method, name):
        pytest.skip("an explicit method takes as many steps as it must")
    rtol = 1e-8 if method == "odeint" else 1e-5
    if EXACT[name] is None:
        EXACT[name] = sensitivities(name)
    state, moves = EXACT[name]
    path, rows = solved(name, method, rtol)
    np.testing.assert_allclose(path, state, rtol=2e3 * rtol, atol=1e2 * rtol)
    np.testing.assert_allclose(rows / sizes(name, moves), moves / sizes(name, moves), rtol=0.0, atol=5e3 * rtol)


def test_a_gradient_is_exactly_that_of_the_steps_that_were_taken() -> None:
    """One step of the method, written out, by reverse mode of its own."""

    def by_hand(y: Any, k: Any, h: float) -> Any:
        slopes: list[Any] = []
        for row in scipy.RK45.A:
            slopes.append(-k * tf.sin(y + h * sum((w * s for w, s in zip(row, slopes, strict=False)), 0.0 * y)))
        return y + h * sum(w * s for w, s in zip(scipy.RK45.B, slopes, strict=True))

    y0, k = tf.constant(np.array([1.0, 2.0])), tf.constant(0.7, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([y0, k])
        found = I.solve_ivp(lambda t, y: -k * tf.sin(y), (0.0, 6.0), y0, rtol=1e-4)
        y, expected = found.y[:, -1], y0
        for h in np.diff(found.t):
            expected = by_hand(expected, k, h)
    assert len(found.t) > 4
    np.testing.assert_allclose(y, expected, rtol=1e-14)
    for one, other in zip(tape.gradient(y, [y0, k]), tape.gradient(expected, [y0, k]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_steps_and_counts_are_scipys(method: str) -> None:
    found = I.solve_ivp(
        lambda t, y: lotka_volterra(tf, y, [1.5, 1.0, 0.75, 1.0]), (0.0, 5.0), np.array([1.0, 0.5]), method
    )
    expected = scipy.solve_ivp(
        lambda t, y: lotka_volterra(np, y, [1.5, 1.0, 0.75, 1.0]), (0.0, 5.0), [1.0, 0.5], method
    )
    assert set(found) == set(expected)
    np.testing.assert_allclose(found.t, expected.t, rtol=1e-6)
    np.testing.assert_allclose(found.y, expected.y, rtol=1e-6)
    assert (found.status, found.message, found.success) == (expected.status, expected.message, True)
    if method.startswith(("RK", "DOP")):
        assert found.nfev == expected.nfev


# --------------------------------------------------------------------------------------------- inside everything else


def decayed(k: Any, method: str) -> Any:
    """2 exp(-1.5 exp(k)), where the slope finds exp(k) around it."""
    rate, y0 = tf.exp(k), np.array([2.0])
    tolerances = {"rtol": 1e-9, "atol": 1e-10} if method != "Radau" else {"rtol": 1e-6, "atol": 1e-8}
    if method == "odeint":
        return I.odeint(lambda y, t: -rate * y, y0, [0.0, 0.4, 1.5], **tolerances)[-1, 0]
    return I.solve_ivp(lambda t, y: -rate * y, (0.0, 2.0), y0, method, t_eval=[0.4, 1.5], **tolerances).y[0, -1]


def decayed_by_hand(k: np.ndarray, order: int = 0) -> np.ndarray:
    x = 1.5 * np.exp(k)
    return 2.0 * np.exp(-x) * [1.0, -x, x * x - x, -x + 3.0 * x * x - x**3][order]


POINTS = [0.3, 0.1, -0.2]


@pytest.mark.parametrize("method", ["odeint", "RK45", "Radau", "LSODA"])
def test_what_a_slope_finds_around_it_is_followed_by_every_transformation(method: str) -> None:
    def f(k: Any) -> Any:
        return decayed(k, method)

    recorded, recorded_slope = tf.function(f), tf.function(tf.grad(f))
    for point in POINTS:
        k = tf.constant(point, tf.float64)
        np.testing.assert_allclose(recorded(k), decayed_by_hand(point), rtol=1e-6)
        np.testing.assert_allclose(recorded_slope(k), decayed_by_hand(point, 1), rtol=1e-6)
    assert recorded.trace_count == recorded_slope.trace_count == 1
    one, all_points = tf.constant(POINTS[0], tf.float64), tf.constant(np.array(POINTS))
    for found, order in (
        (tf.grad(f)(one), 1),
        (tf.grad(recorded)(one), 1),
        (tf.jvp(f, (one,), (tf.ones_like(one),))[1], 1),
        (tf.hessian(f)(one), 2),
        (tf.hessian(recorded)(one), 2),
        (tf.hvp(f, one, tf.ones_like(one)), 2),
    ):
        np.testing.assert_allclose(found, decayed_by_hand(POINTS[0], order), rtol=1e-6)
    np.testing.assert_allclose(tf.vectorize(f)(all_points), decayed_by_hand(np.array(POINTS)), rtol=1e-6)
    np.testing.assert_allclose(tf.vectorize(tf.grad(f))(all_points), decayed_by_hand(np.array(POINTS), 1), rtol=1e-6)
    summed = tf.grad(lambda k: tf.reduce_sum(tf.vectorize(f)(k)))(all_points)
    np.testing.assert_allclose(summed, decayed_by_hand(np.array(POINTS), 1), rtol=1e-6)
    both = tf.jacobian(lambda k: tf.stack([f(k), 2.0 * f(k)]))(one)
    np.testing.assert_allclose(both, decayed_by_hand(POINTS[0], 1) * np.array([1.0, 2.0]), rtol=1e-6)


@pytest.mark.parametrize("method", ["odeint", "RK45"])
def test_third_derivatives_of_a_solution(method: str) -> None:
    third = tf.grad(tf.grad(tf.grad(lambda k: decayed(k, method))))(tf.constant(0.3, tf.float64))
    np.testing.assert_allclose(third, decayed_by_hand(0.3, 3), rtol=1e-6)


@pytest.mark.parametrize("method", ["odeint", "RK45", "Radau", "BDF"])
def test_a_slope_that_python_branches_in_has_the_gradient_of_all_that_its_branches_read(method: str) -> None:
    early, late = tf.Variable(0.5, dtype=tf.float64), tf.constant(0.25, tf.float64)

    def slope(t: Any, y: Any) -> Any:
        return -early * y if t < 1.0 else -late * y

    def end() -> Any:
        y0 = np.array([1.0])
        if method == "odeint":
            return I.odeint(slope, y0, [0.0, 1.0, 2.0], tfirst=True)[-1, 0]
        return I.solve_ivp(slope, (0.0, 2.0), y0, method, rtol=1e-8, atol=1e-8).y[0, -1]

    with tf.GradientTape() as tape:
        tape.watch(late)
        y = end()
    slopes = tape.gradient(y, [early, late])
    np.testing.assert_allclose([y, *slopes], np.exp(-0.75) * np.array([1.0, -1.0, -1.0]), rtol=1e-5)


def test_variables_are_what_they_were_when_the_equation_was_solved() -> None:
    rate = tf.Variable(0.5, dtype=tf.float64)
    for slope in (lambda y, t: -rate * y, lambda y, t: -rate * y if t < 9.0 else y):
        rate.assign(0.5)
        with tf.GradientTape() as tape:
            y = I.odeint(slope, np.array([1.0]), [0.0, 2.0])[-1, 0]
        rate.assign(7.0)
        np.testing.assert_allclose(tape.gradient(y, rate), -2.0 * np.exp(-1.0), rtol=1e-6)


@pytest.mark.parametrize("method", ["odeint", "RK45", "Radau", "LSODA"])
def test_times_have_gradients(method: str) -> None:
    t = tf.constant(np.array([0.1, 0.5, 1.2]))

    def end(t: Any) -> Any:
        if method == "odeint":
            return I.odeint(lambda y, t: -0.7 * y, np.array([1.0]), t)[-1, 0]
        found = I.solve_ivp(lambda t, y: -0.7 * y, (t[0], t[2]), np.array([1.0]), method, t[1:], rtol=1e-9, atol=1e-9)
        return found.y[0, -1]

    np.testing.assert_allclose(tf.grad(end)(t), np.exp(-0.77) * np.array([0.7, 0.0, -0.7]), rtol=1e-6, atol=1e-8)
    bend = np.zeros((3, 3))
    bend[np.ix_([0, 2], [0, 2])] = 0.49 * np.exp(-0.77) * np.array([[1.0, -1.0], [-1.0, 1.0]])
    np.testing.assert_allclose(tf.hessian(end)(t), bend, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("method", ["RK45", "Radau"])
def test_the_ends_of_a_span_have_gradients_where_the_solver_chooses_the_times(method: str) -> None:
    def end(a: Any, b: Any) -> Any:
        return I.solve_ivp(lambda t, y: -0.7 * y, (a, b), np.array([1.0]), method, rtol=1e-9, atol=1e-9).y[0, -1]

    a, b = tf.constant(0.1, tf.float64), tf.constant(1.2, tf.float64)
    np.testing.assert_allclose(tf.grad(end, (0, 1))(a, b), 0.7 * np.exp(-0.77) * np.array([1.0, -1.0]), rtol=1e-6)
    np.testing.assert_allclose(tf.function(tf.grad(end))(a, b), 0.7 * np.exp(-0.77), rtol=1e-6)


def test_states_of_many_shapes_and_widths() -> None:
    for shape in ((), (0,), (2, 3)):
        for dtype in (tf.float32, tf.float64, tf.complex64, tf.complex128):
            y0 = tf.ones(shape, dtype)
            with tf.GradientTape() as tape:
                tape.watch(y0)
                path = I.odeint(lambda y, t: -0.5 * y, y0, [0.0, 1.0, 2.0])
                end = path[-1]
            assert path.shape == (3, *shape)
            assert path.dtype == dtype
            slope = tape.gradient(end, y0)
            assert slope.dtype == dtype
            np.testing.assert_allclose(slope, np.full(shape, np.exp(-1.0)), rtol=1e-5)


# ------------------------------------------------------------------------------------------------------------- SciPy's


def turning(t: Any, y: Any) -> Any:
    return tf.stack([y[1], -y[0]])


def test_events_and_dense_output_are_scipys_where_nobody_follows() -> None:
    found = I.solve_ivp(
        turning, (0.0, 10.0), np.array([0.0, 1.0]), dense_output=True, events=lambda t, y: y[0], rtol=1e-8
    )
    np.testing.assert_allclose(found.t_events[0][1:], np.pi * np.arange(1, 4), rtol=1e-6)
    np.testing.assert_allclose(found.sol(1.0), [np.sin(1.0), np.cos(1.0)], rtol=1e-5)

    def stops(t: Any, y: Any) -> Any:
        return y[1]

    stops.terminal = True  # type: ignore[attr-defined]
    found = I.solve_ivp(turning, (0.0, 10.0), np.array([0.0, 1.0]), events=stops, rtol=1e-8)
    assert found.status == 1
    np.testing.assert_allclose(found.t[-1], np.pi / 2.0, rtol=1e-6)
    rate = tf.Variable(1.0, dtype=tf.float64)
    y0 = tf.constant(np.array([0.0, 1.0]))
    with tf.GradientTape() as tape:
        tape.watch(y0)
        for slope, start in ((turning, y0), (lambda t, y: rate * y, np.ones(2))):
            with pytest.raises(TypeError, match="solve_ivp: events and dense output cannot be recorded; ask for times"):
                I.solve_ivp(slope, (0.0, 1.0), start, events=stops, dense_output=True)


def test_options_that_mean_nothing_to_a_method_are_told_of() -> None:
    with pytest.warns(UserWarning, match="solve_ivp: jac, lband mean nothing to the method RK45") as seen:
        found = I.solve_ivp(turning, (0.0, 1.0), np.ones(2), jac=None, lband=1)
    assert found.success
    assert seen[0].filename == __file__


def test_slopes_are_lists_and_arguments_single_as_scipys_may_be() -> None:
    rate = tf.constant(0.7, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(rate)
        y = I.odeint(lambda y, t, rate: [-rate * y[0], 0.0 * y[1]], np.ones(2), [0.0, 1.0], rate)[-1, 0]
    np.testing.assert_allclose([y, tape.gradient(y, rate)], np.exp(-0.7) * np.array([1.0, -1.0]), rtol=1e-6)
    jacobian = I.solve_ivp(lambda t, y: -rate * y, (0.0, 1.0), np.ones(2), "BDF", jac=lambda t, y: -rate * np.eye(2))
    assert jacobian.success
    by_columns = I.solve_ivp(lambda t, y: -rate * y, (0.0, 1.0), np.ones(2), vectorized=True)
    np.testing.assert_allclose(by_columns.y[0, -1], np.exp(-0.7), rtol=1e-3)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: I.odeint(lambda y, t: y, [1.0], [0.0, 2.0, 1.0]), ValueError, "odeint: times increase, or decrease"),
        (lambda: I.solve_ivp(turning, (0.0, 1.0), np.ones(2), t_eval=[2.0]), ValueError, "solve_ivp: times increase"),
        (lambda: I.solve_ivp(turning, (0.0, 1.0, 2.0), np.ones(2)), ValueError, "solve_ivp: t_span is the first and"),
        (lambda: I.solve_ivp(turning, (0.0, 1.0), np.ones(2), t_eval=0.5), ValueError, "solve_ivp: t_eval is a vector"),
        (lambda: I.solve_ivp(turning, (0.0, 1.0), np.ones((2, 2))), ValueError, "solve_ivp: y0 is a vector; its shape"),
        (
            lambda: I.solve_ivp(turning, (0.0, 1.0), np.ones(2), "Euler"),
            ValueError,
            "solve_ivp: method is one of RK23,",
        ),
        (lambda: I.solve_ivp(turning, (0, 1), np.ones(2), max_step=0), ValueError, "solve_ivp: max_step is positive"),
        (
            lambda: I.solve_ivp(turning, (0, 1), np.ones(2), first_step=2),
            ValueError,
            "solve_ivp: first_step is positive",
        ),
        (
            lambda: I.odeint(lambda y, t: y / 0.0, [1.0], [0.0, 1.0]),
            RuntimeError,
            "odeint: the slope at the first time",
        ),
        (lambda: I.odeint(lambda y, t: y * y, [1.0], [0.0, 2.0]), RuntimeError, "odeint: Required step size is less"),
        (
            lambda: I.odeint(lambda y, t: tf.cos(9.0 * t) + y, [1.0], [0.0, 90.0], mxstep=3),
            RuntimeError,
            "odeint: Excess work done on this call",
        ),
        (
            lambda: I.odeint(lambda y, t: -y, [1.0], [0.0, 1.0], mxstep=1.5),  # type: ignore[arg-type]
            TypeError,
            "an integer is needed, .* not 1.5",
        ),
        (
            lambda: I.odeint(lambda y, t: -y, [1.0], [0.0, 1.0], mxstep=-1),
            ValueError,
            "odeint: mxstep is a number of steps, or 0, not -1",
        ),
    ],
)
def test_calls_that_make_no_sense_or_come_to_no_end_say_so(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
