"""The gradient checker accepts right derivatives and, above all, fails on wrong ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.testing import check_gradients

MATRIX = [[0.3, -1.2, 0.7], [1.1, 0.4, -0.5]]


def one_and_a_half_times(f: Any) -> Any:
    """Return a function with the values of `f` and 1.5 times its gradient."""
    return lambda *args: 1.5 * f(*args) - tf.stop_gradient(0.5 * f(*args))


def square_with_a_constant_gradient(x: Any) -> Any:
    """x * x whose gradient, 2 x, is right as a number but not connected to x any more."""
    return tf.stop_gradient(2.0 * x) * x - tf.stop_gradient(x * x)


def cubed(name: str, rule: Any = None, pushforward: Any = None) -> Any:
    """x**3 as a row of its own, whose derivatives are right unless given."""
    handle = _core.register_general(
        name,
        lambda attributes, x: x**3,
        rule or (lambda g, y, attributes, x: (g * 3.0 * x * x,)),
        pushforward or (lambda tangents, y, attributes, x: tangents[0] * 3.0 * x * x),
        True,
        False,
        form=None,
        gives=None,
    )
    return lambda x: _core.general(handle, (x,), None)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_derivatives_pass(order: int) -> None:
    check_gradients(lambda x, y: tf.sin(x) * y + x * x * x, [MATRIX, [2.0, 0.5, -1.0]], order=order)


def test_a_function_of_scalars_passes() -> None:
    check_gradients(lambda x, y: x**3 * y, [2.0, 3.0], order=3)


def test_an_argument_that_has_no_influence_passes() -> None:
    check_gradients(lambda x, y: x * 2.0, [1.0, MATRIX], order=2)


def test_a_linear_function_passes_at_second_order() -> None:
    check_gradients(tf.transpose, [MATRIX], order=2)


@pytest.mark.parametrize("f", [tf.sin, tf.cos, tf.exp, tf.tanh, tf.square], ids=lambda f: f.__name__)
def test_a_gradient_that_is_wrong_by_one_and_a_half_fails(f: Any) -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0 is wrong"):
        check_gradients(one_and_a_half_times(f), [MATRIX])


def test_a_cut_gradient_fails() -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0"):
        check_gradients(lambda x: tf.stop_gradient(tf.sin(x)), [MATRIX])


def test_a_gradient_cut_in_one_of_two_places_fails() -> None:
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0"):
        check_gradients(lambda x: tf.sin(x) * tf.stop_gradient(x), [MATRIX])


def test_the_wrong_argument_is_named() -> None:
    with pytest.raises(AssertionError, match="argument 1 "):
        check_gradients(lambda x, y: x * tf.stop_gradient(y) + y, [MATRIX, MATRIX])


def test_a_gradient_summed_over_the_wrong_axis_fails() -> None:
    def row_sums_with_a_mixed_up_gradient(x: Any) -> Any:
        rows = tf.reduce_sum(x, axis=1)
        mixed_up = tf.reverse(rows, [0])
        return tf.stop_gradient(rows) + mixed_up - tf.stop_gradient(mixed_up)

    with pytest.raises(AssertionError, match="argument 0"):
        check_gradients(row_sums_with_a_mixed_up_gradient, [MATRIX])


def test_a_second_derivative_that_is_cut_fails_at_second_order_only() -> None:
    check_gradients(square_with_a_constant_gradient, [MATRIX], order=1)
    with pytest.raises(AssertionError, match="the second derivative with respect to argument 0"):
        check_gradients(square_with_a_constant_gradient, [MATRIX], order=2)


def test_a_second_derivative_that_is_wrong_by_one_and_a_half_fails() -> None:
    def f(x: Any) -> Any:
        # sin(x) + (x - stop(x))**2 / 4 has the value and the gradient of sin, and 0.5 more in the second derivative.
        return tf.sin(x) + 0.25 * (x - tf.stop_gradient(x)) ** 2

    check_gradients(f, [MATRIX], order=1)
    with pytest.raises(AssertionError, match="the second derivative"):
        check_gradients(f, [MATRIX], order=2)


def test_a_third_derivative_that_is_cut_fails_at_third_order_only() -> None:
    def f(x: Any) -> Any:
        return (x - tf.stop_gradient(x)) ** 3 + tf.sin(x)

    check_gradients(f, [MATRIX], order=2)
    with pytest.raises(AssertionError, match="the derivative of order 3"):
        check_gradients(f, [MATRIX], order=3)


def test_second_derivatives_of_two_scalars_do_not_cancel() -> None:
    # The Hessian of sin(x - y) is zero along (1, 1): tangents that are all one would see nothing wrong here.
    def f(x: Any, y: Any) -> Any:
        d = x - y
        return tf.sin(d) + 0.25 * (d - tf.stop_gradient(d)) ** 2

    with pytest.raises(AssertionError, match="the second derivative"):
        check_gradients(f, [2.0, 0.5], order=2)


def test_a_gradient_that_is_not_a_number_fails() -> None:
    with pytest.raises(AssertionError, match=r"tape: +inf\n +finite differences: nan"):
        check_gradients(tf.sqrt, [0.0])


def test_both_values_are_shown() -> None:
    with pytest.raises(AssertionError, match=r"tape: +4\.5\n +finite differences: 3$"):
        check_gradients(one_and_a_half_times(lambda x: 3.0 * x), [1.0])


def test_a_missing_gradient_is_shown_as_none() -> None:
    with pytest.raises(AssertionError, match=r"tape: +None\n +finite differences: 3$"):
        check_gradients(lambda x: tf.stop_gradient(3.0 * x), [1.0])


def test_tolerances_are_the_callers() -> None:
    slightly_wrong = lambda x: 1.001 * tf.sin(x) - tf.stop_gradient(0.001 * tf.sin(x))  # noqa: E731
    check_gradients(slightly_wrong, [MATRIX], rtol=0.01)
    with pytest.raises(AssertionError):
        check_gradients(slightly_wrong, [MATRIX])


def test_arguments_are_not_changed() -> None:
    point = np.array(MATRIX)
    check_gradients(tf.sin, [point], order=2)
    np.testing.assert_array_equal(point, MATRIX)


def test_an_order_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="order must be at least 1, got 0"):
        check_gradients(tf.sin, [1.0], order=0)


# -- Modes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modes", [("reverse",), ["forward"], ("forward", "reverse"), ()], ids=str)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_derivatives_pass_in_every_mode(modes: Any, order: int) -> None:
    check_gradients(cubed(f"cubed rightly {modes} {order}"), [MATRIX], order, modes)
    check_gradients(lambda x, y: tf.tanh(x) @ y, [MATRIX, np.transpose(MATRIX)], order, modes)


@pytest.mark.parametrize("modes", [("reverse",), ("forward",), ("reverse", "forward")], ids=str)
def test_what_is_linear_unused_empty_or_a_constant_passes(modes: Any) -> None:
    check_gradients(lambda x, y: x * 2.0, [1.0, MATRIX], order=2, modes=modes)
    check_gradients(lambda x: tf.reduce_sum(x, axis=1), [np.ones((3, 0))], order=2, modes=modes)
    check_gradients(lambda x: tf.constant([1.0, 2.0]), [MATRIX], order=2, modes=modes)


def test_a_wrong_rule_is_found_in_reverse_mode() -> None:
    f = cubed("cubed with a wrong rule", rule=lambda g, y, attributes, x: (g * 2.0 * x * x,))
    with pytest.raises(AssertionError, match=r"gradient with respect to argument 1 is wrong in reverse mode\n  tape: "):
        check_gradients(lambda x, y: x * f(y), [2.0, 3.0])


def test_a_wrong_rule_beside_a_right_tangent_is_found_in_forward_mode() -> None:
    f = cubed("cubed with a rule that is wrong beside its tangent", rule=lambda g, y, attributes, x: (g * 2.0 * x * x,))
    with pytest.raises(AssertionError, match="argument 1 differ in forward and reverse mode\n  accumulator: "):
        check_gradients(lambda x, y: x * f(y), [2.0, 3.0], modes=["forward"])


def test_a_wrong_tangent_is_found_in_forward_mode_only() -> None:
    f = cubed("cubed with a wrong tangent", pushforward=lambda tangents, y, attributes, x: tangents[0] * x)
    check_gradients(f, [MATRIX], order=2, modes=["reverse"])
    with pytest.raises(
        AssertionError,
        match=r"the derivative along a tangent of argument 0 is wrong in forward mode\n"
        r"  accumulator: +\[\[.*\n  finite differences: \[\[",
    ):
        check_gradients(f, [MATRIX])


def test_a_tangent_in_place_of_another_is_found() -> None:
    def swapped(tangents: Any, y: Any, attributes: Any, x: Any) -> Any:
        return tf.reverse(tangents[0] * 3.0 * x * x, [-1])

    with pytest.raises(AssertionError, match="along a tangent of argument 0 is wrong in forward mode"):
        check_gradients(cubed("cubed with its tangent reversed", pushforward=swapped), [MATRIX])


def test_a_rule_that_is_not_recorded_is_found_at_second_order() -> None:
    f = cubed("cubed with a rule cut off", rule=lambda g, y, attributes, x: (g * tf.stop_gradient(3.0 * x * x),))
    check_gradients(f, [MATRIX])
    with pytest.raises(
        AssertionError, match="the second derivative with respect to argument 0 is wrong in reverse mode"
    ):
        check_gradients(f, [MATRIX], order=2)
    with pytest.raises(AssertionError, match=r"second derivative .* argument 0 is wrong in forward-over-reverse mode"):
        check_gradients(f, [MATRIX], order=2, modes=["forward"])


def test_a_tangent_that_is_not_recorded_is_found_at_second_order() -> None:
    def cut(tangents: Any, y: Any, attributes: Any, x: Any) -> Any:
        return tangents[0] * tf.stop_gradient(3.0 * x * x)

    f = cubed("cubed with a tangent cut off", pushforward=cut)
    check_gradients(f, [MATRIX])
    check_gradients(f, [MATRIX], order=2, modes=["reverse"])
    with pytest.raises(AssertionError, match=r"second derivative .* argument 0 is wrong in reverse-over-forward mode"):
        check_gradients(f, [MATRIX], order=2, modes=["forward"])


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="a mode is 'reverse' or 'forward', not 'sideways'"):
        check_gradients(tf.sin, [1.0], modes=["reverse", "sideways"])


# -- tf.test ------------------------------------------------------------------------------------------------------


def test_both_jacobians_of_every_argument(rng: np.random.Generator) -> None:
    x, w = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    theoretical, numerical = tf.test.compute_gradient(lambda x, w: tf.tanh(x @ w), [x, tf.constant(w)])
    assert [j.shape for j in theoretical] == [j.shape for j in numerical] == [(4, 6), (4, 6)]
    for one, other in zip(theoretical, numerical, strict=True):
        assert isinstance(one, np.ndarray) and one.dtype == other.dtype == np.float64
        np.testing.assert_allclose(one, other, atol=1e-5)
    slope = 1.0 - np.tanh(x @ w) ** 2
    np.testing.assert_allclose(theoretical[0], np.einsum("ij,ik,lj->ijkl", slope, np.eye(2), w).reshape(4, 6))


def test_the_step_is_the_callers_or_a_power_of_two() -> None:
    points: list[float] = []

    def f(x: Any) -> Any:
        points.append(float(x))
        return x * x * x

    theoretical, numerical = tf.test.compute_gradient(f, [np.float64(1.0)])
    assert points == [1.0, 1.0 + 1 / 1024, 1.0 - 1 / 1024]
    assert numerical[0] == 3.0 + 2.0**-20
    assert tf.test.compute_gradient(f, [np.float64(1.0)], delta=0.5)[1][0] == 3.25
    assert theoretical[0] == 3.0


def test_a_wrong_gradient_is_not_among_the_differences() -> None:
    f = lambda x: x * tf.stop_gradient(x)  # noqa: E731
    theoretical, numerical = tf.test.compute_gradient(f, [[3.0]])
    assert (theoretical[0], numerical[0]) == (3.0, 6.0)


def test_unconnected_arguments_and_empty_values_have_matrices_too() -> None:
    theoretical, numerical = tf.test.compute_gradient(lambda x, y: x[:0], (np.ones((2, 3)), 1.0))
    assert [j.shape for j in (*theoretical, *numerical)] == [(0, 6), (0, 1)] * 2
    theoretical, numerical = tf.test.compute_gradient(lambda x, y: x, (1.0, [1.0, 2.0]))
    np.testing.assert_array_equal(theoretical[1], [[0.0, 0.0]])
    np.testing.assert_array_equal(numerical[1], [[0.0, 0.0]])


def test_a_jacobian_has_the_dtype_of_its_argument() -> None:
    arguments = [np.ones(2, dtype) for dtype in (np.float16, np.float32, np.float64)]
    for matrices in tf.test.compute_gradient(lambda x, y, z: x * y * z, arguments):
        assert [j.dtype for j in matrices] == [np.float16, np.float32, np.float64]
        for matrix in matrices:
            np.testing.assert_allclose(matrix, np.eye(2), rtol=1e-2)


def test_the_arguments_of_compute_gradient_are_a_list_of_floats() -> None:
    with pytest.raises(ValueError, match="`x` must be a list or tuple of values convertible to a Tensor"):
        tf.test.compute_gradient(tf.square, np.ones(2))
    with pytest.raises(TypeError, match=r"argument 1 has dtype int64, which has no derivative; cast it first"):
        tf.test.compute_gradient(lambda x, n: x, [1.0, np.arange(2)])
    with pytest.raises(TypeError, match="the value has dtype bool"):
        tf.test.compute_gradient(lambda x: x > 0.0, [1.0])


def test_a_complex_number_has_a_row_and_a_column_for_each_part() -> None:
    point = np.array([1.0 + 2.0j, -0.5 + 0.3j])
    for f in (lambda z, x: z * tf.math.conj(z) * z + tf.cast(x, z.dtype), lambda z, x: tf.abs(z) * x):
        theoretical, numerical = tf.test.compute_gradient(f, [point, np.array([0.5, 1.5])])
        rows = 4 if tf.constant(f(tf.constant(point), tf.constant([0.5, 1.5]))).dtype.kind == "c" else 2
        assert [j.shape for j in (*theoretical, *numerical)] == [(rows, 4), (rows, 2)] * 2
        for one, other in zip(theoretical, numerical, strict=True):
            assert one.dtype == other.dtype == np.float64
            np.testing.assert_allclose(one, other, atol=1e-4)
    turned = tf.test.compute_gradient(lambda z: 1j * z, [np.array([1.0 + 1.0j], np.complex64)])[0][0]
    np.testing.assert_array_equal(turned, [[0.0, -1.0], [1.0, 0.0]])
    assert turned.dtype == np.float32


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble", "complex64"])
def test_it_checks_in_the_dtype_that_it_is_given(dtype: str) -> None:
    seen: set[Any] = set()

    def f(x: Any) -> Any:
        seen.add(x.dtype)
        return tf.exp(x) * x

    check_gradients(f, [np.array([0.5, -1.0], dtype)], order=2)
    check_gradients(f, [tf.constant(np.array([0.5, -1.0], dtype))])
    assert np.dtype(dtype) in seen


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_a_rule_that_is_wrong_in_one_dtype_only_is_found_out(dtype: str) -> None:
    @tf.custom_gradient
    def f(x: Any) -> Any:
        return x * x, lambda g: 2.0 * g * x * (1.5 if x.dtype == dtype else 1.0)

    check_gradients(f, [[0.5, -1.0]])
    with pytest.raises(AssertionError, match="the gradient with respect to argument 0 is wrong in reverse mode"):
        check_gradients(f, [np.array([0.5, -1.0], dtype)])
