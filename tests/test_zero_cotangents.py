"""A cotangent of exactly zero gives zero, whatever the slope is: every row at its poles, kinks and borders."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows

# Where rows have poles, or end: each operand takes each of these.
PLACES = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0]
ELEMENTWISE = [row for row in rows() if row.kind == "elementwise" and any(row.partials)]
OTHERS = [(row, case) for row in rows() if row.kind not in ("elementwise", "none") for case in row.cases]

MASKED: dict[str, Any] = {
    "sqrt": tf.sqrt,
    "rsqrt": tf.math.rsqrt,
    "reciprocal": tf.math.reciprocal,
    "quotient": lambda x: 1.0 / x,
    "log": tf.math.log,
    "log1p": lambda x: tf.math.log1p(x - 1.0),
    "pow": lambda x: x**-0.5,
    "asin": lambda x: tf.asin(1.0 - x),
    "acosh": lambda x: tf.acosh(1.0 + x),
    "atanh": lambda x: tf.atanh(1.0 - x),
    "norm": lambda x: tf.norm(tf.stack([x, x])),
    "reduce_std": lambda x: tf.math.reduce_std(tf.stack([x, 2.0 * x])),
}


@pytest.fixture(autouse=True)
def quiet() -> Any:
    with np.errstate(all="ignore"):
        yield


def places(row: Any) -> list[np.ndarray]:
    """The operands that take derivatives, at every combination of the places."""
    arity = row.arity - row.condition
    return list(np.array(list(itertools.product(*[PLACES] * arity))).T)


def call(row: Any, tensors: list[Any]) -> Any:
    return row.function(*[tf.fill(tensors[0].shape, True)] * row.condition, *tensors)


@pytest.mark.parametrize("row", ELEMENTWISE, ids=lambda row: row.name)
def test_a_cotangent_of_zero_gives_zero(row: Any) -> None:
    tensors = [tf.constant(x) for x in places(row)]
    wanted = [x for x, has in zip(tensors, row.partials[row.condition :], strict=True) if has]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(tensors)
        result = call(row, tensors)
    for zero in (0.0, -0.0):
        weights = tf.fill(result.shape, tf.constant(zero, result.dtype))
        for found in tape.gradient(result, wanted, weights, unconnected_gradients="zero"):
            np.testing.assert_array_equal(found, np.zeros(result.shape))
        found = tape.jvp(result, wanted, [tf.fill(result.shape, tf.constant(zero, x.dtype)) for x in wanted])
        np.testing.assert_array_equal(found, np.zeros(result.shape))


@pytest.mark.parametrize("row", ELEMENTWISE, ids=lambda row: row.name)
def test_a_cotangent_of_zero_gives_zero_to_single_numbers_and_in_replays(row: Any) -> None:
    points = np.array(places(row)).T[::7]

    def pulled(*numbers: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(numbers)
            result = 0.0 * call(row, list(numbers))
        return tape.gradient(result, numbers, unconnected_gradients="zero")

    replayed = tf.function(pulled)
    for point in points:
        numbers = [tf.constant(x) for x in point]
        eager = pulled(*numbers)
        for one, other in zip(eager, replayed(*numbers), strict=True):
            np.testing.assert_array_equal(one, 0.0)
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes()


@pytest.mark.parametrize(("row", "case"), OTHERS, ids=lambda x: getattr(x, "name", ""))
def test_a_cotangent_of_zero_gives_zero_through_rows_of_arrays(row: Any, case: Any) -> None:
    for number in (0.0, 1.0):
        tensors = [tf.fill(shape, tf.constant(number, tf.float64)) for shape in case.shapes]
        try:
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                results = [y for y in tf.nest.flatten(case.call(*tensors)) if y.dtype.kind in "fc"]
            weights = [tf.zeros_like(y) for y in results]
            gradients = tape.gradient(results, tensors, weights, unconnected_gradients="zero")
        except np.linalg.LinAlgError:
            continue  # such a matrix has no inverse, no factor ...
        if any(np.isnan(y).any() for y in results):
            continue  # nor has one whose singular values do not move smoothly a derivative of them
        for found in gradients:
            np.testing.assert_array_equal(tf.convert_to_tensor(found), np.zeros(found.shape))


@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble", "float16", "complex128"])
@pytest.mark.parametrize("name", ["sqrt", "rsqrt", "reciprocal", "quotient", "log", "pow"])
def test_what_a_mask_leaves_out_has_no_gradient_in_any_dtype(name: str, dtype: str) -> None:
    x = tf.constant(np.array([0.0, 4.0], dtype))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.where([False, True], MASKED[name](x), tf.zeros_like(x))
    found = tape.gradient(y, x).numpy()
    assert found[0] == 0
    assert np.isfinite(found[1]) and found[1] != 0


@pytest.mark.parametrize("transform", [lambda f: f, tf.function], ids=["eager", "replayed"])
@pytest.mark.parametrize("name", MASKED)
def test_what_a_mask_leaves_out_has_no_derivatives_of_higher_order(name: str, transform: Any) -> None:
    def masked(x: Any) -> Any:
        return tf.where(x > 0.0, MASKED[name](x), 0.0)

    derivative = masked
    for order in range(1, 4 if name not in ("acosh", "norm", "reduce_std") else 2):
        derivative = tf.grad(derivative)
        assert transform(derivative)(0.0) == 0.0
        assert np.isfinite(transform(derivative)(0.4))
        summed = transform(lambda x, d=derivative: tf.vectorize(d)(x))(np.array([0.0, 0.4]))
        np.testing.assert_allclose(summed, [0.0, derivative(0.4)], rtol=1e-4 * 10**order)


def test_tangents_of_zero_stay_zero_forwards_and_over_gradients() -> None:
    for x in (0.0, np.zeros(3)):
        _, tangent = tf.jvp(tf.sqrt, [x], [np.zeros_like(x)])
        np.testing.assert_array_equal(tangent, np.zeros_like(x))
        np.testing.assert_array_equal(tf.hvp(lambda x: tf.reduce_sum(0.0 * tf.sqrt(x)), x, np.ones_like(x)), 0.0 * x)


def test_a_rows_rule_is_linear_in_a_cotangent_of_zero() -> None:
    """Differentiated by the cotangent, at a cotangent of zero, a rule gives the slope."""
    for x in (4.0, np.array([4.0, 1.0])):
        x = tf.constant(x, tf.float64)
        weight = tf.zeros_like(x)
        with tf.GradientTape() as outer:
            outer.watch(weight)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.math.log(x)
            pulled = inner.gradient(y, x, weight)
        np.testing.assert_array_equal(outer.gradient(pulled, weight), 1.0 / x.numpy())


def test_slopes_at_poles_are_infinite_for_all_other_cotangents() -> None:
    for x in (0.0, np.zeros(2)):
        assert np.all(np.isposinf(tf.grad(lambda x: tf.reduce_sum(tf.sqrt(x)))(x)))
        assert np.all(np.isposinf(tf.grad(lambda x: 1e-300 * tf.reduce_sum(tf.math.log(x)))(x * np.float64(1))))


def test_a_rule_of_the_users_own_keeps_zeros_in_its_quotients() -> None:
    root = tf.elementwise_op("test_zero_root", None, lambda g, x, y: g * 0.5 / y, formula=lambda x: x**0.5)
    inverse = tf.elementwise_op("test_zero_inverse", None, lambda g, x, y: -g * y * y, formula=lambda x: 1.0 / x)
    for op in (root, inverse):
        assert tf.grad(lambda x, op=op: 0.0 * op(x))(0.0) == 0.0
        found = tf.grad(lambda x, op=op: tf.reduce_sum(tf.where(x > 0.0, op(x), 0.0)))(np.array([0.0, 1.0]))
        assert found[0] == 0.0


def test_a_product_by_what_is_infinite_itself_is_numpys() -> None:
    with tf.GradientTape() as tape:
        x = tf.Variable(2.0)
        y = tf.where(False, x * np.inf, 0.0)
    assert np.isnan(tape.gradient(y, x))


def test_masked_distances_have_finite_forces_and_hessians() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])

    def energy(x: Any) -> Any:
        apart = x[:, None] - x[None]
        distances = tf.sqrt(tf.reduce_sum(apart**2, -1))
        return tf.reduce_sum(tf.where(distances > 0.0, tf.exp(-distances) / distances, 0.0))

    def pairs(x: Any) -> Any:
        one, other = np.triu_indices(3, 1)
        distances = tf.sqrt(tf.reduce_sum((tf.gather(x, one) - tf.gather(x, other)) ** 2, -1))
        return 2.0 * tf.reduce_sum(tf.exp(-distances) / distances)

    np.testing.assert_allclose(tf.grad(energy)(points), tf.grad(pairs)(points), rtol=1e-12)
    np.testing.assert_allclose(tf.hessian(energy)(points), tf.hessian(pairs)(points), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("row", ELEMENTWISE, ids=lambda row: row.name)
def test_slopes_that_do_not_exist_are_no_numbers(row: Any) -> None:
    """Zeros are kept for cotangents: those of slopes do not hide what is undefined, in arrays and alone."""
    points = places(row)
    tensors = [tf.constant(x) for x in points]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = call(row, tensors)
    found = tape.gradient(result, tensors, unconnected_gradients="zero")
    for at in range(0, len(points[0]), 5):
        numbers = [tf.constant(x[at]) for x in points]
        with tf.GradientTape() as tape:
            tape.watch(numbers)
            result = call(row, numbers)
        alone = tape.gradient(result, numbers, unconnected_gradients="zero")
        for one, other in zip(found, alone, strict=True):
            np.testing.assert_allclose(one[at], other, rtol=1e-12, err_msg=str([x[at] for x in points]))
