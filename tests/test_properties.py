"""Properties over drawn shapes, indices and equations: broadcasting, NumPy's indexing language, einsum.

The references are dense and written without a tape: partial derivatives at the broadcast points summed back, one-hot
matrices for look-ups, unit vectors for what is linear.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autodiff_core as tf

GENERATOR = np.random.default_rng(7)


def values(shape: tuple[int, ...], low: float = 0.3, high: float = 2.0) -> np.ndarray:
    return GENERATOR.uniform(low, high, shape)


def gradients_of(f: Any, arrays: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """A function's value, a cotangent for it, and the gradients with that cotangent."""
    tensors = [tf.constant(x) for x in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = f(*tensors)
    cotangent = values(tuple(value.shape))
    found = tape.gradient(value, tensors, output_gradients=tf.constant(cotangent), unconnected_gradients="zero")
    return value.numpy(), cotangent, [np.asarray(g) for g in found]


def tangent_of(f: Any, arrays: list[np.ndarray], tangents: list[np.ndarray]) -> np.ndarray:
    tensors = [tf.constant(x) for x in arrays]
    with tf.autodiff.ForwardAccumulator(tensors, [tf.constant(t) for t in tangents]) as accumulator:
        value = f(*tensors)
    return np.asarray(accumulator.jvp(value, unconnected_gradients="zero"))


# -------------------------------------------------------------------------------------------------------- broadcasting

# Each with its partial derivatives, as NumPy formulas.
BINARY = {
    "add": (np.add, lambda x, y: (1.0, 1.0)),
    "subtract": (np.subtract, lambda x, y: (1.0, -1.0)),
    "multiply": (np.multiply, lambda x, y: (y, x)),
    "divide": (np.divide, lambda x, y: (1.0 / y, -x / y**2)),
    "power": (np.power, lambda x, y: (y * x ** (y - 1.0), np.log(x) * x**y)),
    "maximum": (np.maximum, lambda x, y: (x > y, y > x)),
    "hypot": (np.hypot, lambda x, y: (x / np.hypot(x, y), y / np.hypot(x, y))),
    "arctan2": (np.arctan2, lambda x, y: (y / (x * x + y * y), -x / (x * x + y * y))),
    "logaddexp": (np.logaddexp, lambda x, y: (1.0 / (1.0 + np.exp(y - x)), 1.0 / (1.0 + np.exp(x - y)))),
}


def summed_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Summed over the axes along which an operand of this shape was broadcast."""
    array = array.sum(tuple(range(array.ndim - len(shape))))
    ones = tuple(d for d, size in enumerate(shape) if size == 1)
    return array.sum(ones, keepdims=True)


def laid_out(array: np.ndarray, way: str) -> np.ndarray:
    """The same numbers in another layout in memory."""
    if way == "fortran" and array.ndim:
        return np.asfortranarray(array)
    if way == "strided":
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1])) if array.ndim else array
        if array.ndim:
            wide[..., ::2] = array
            return wide[..., ::2]
    if way == "reversed" and array.ndim:
        return array[::-1].copy()[::-1]
    return array


LAYOUTS = st.sampled_from(["plain", "fortran", "strided", "reversed"])


@settings(max_examples=300, deadline=None)
@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=4, max_dims=4),
    st.sampled_from(sorted(BINARY)),
    LAYOUTS,
    LAYOUTS,
)
def test_gradients_of_broadcast_operands_are_summed_back_to_their_shapes(
    shapes: Any, name: str, first: str, second: str
) -> None:
    f, partials = BINARY[name]
    arrays = [laid_out(values(shape), way) for shape, way in zip(shapes.input_shapes, (first, second), strict=True)]
    value, cotangent, found = gradients_of(f, arrays)
    np.testing.assert_allclose(value, f(*arrays), rtol=1e-12)
    for gradient, partial, array in zip(found, partials(*arrays), arrays, strict=True):
        expected = summed_to(np.broadcast_to(cotangent * partial, shapes.result_shape), array.shape)
        assert gradient.shape == array.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-12)
    tangents = [values(array.shape) for array in arrays]
    pushed = sum(t * p for t, p in zip(tangents, partials(*arrays), strict=True))
    np.testing.assert_allclose(
        tangent_of(f, arrays, tangents), np.broadcast_to(pushed, shapes.result_shape), rtol=1e-9, atol=1e-12
    )


@settings(max_examples=100, deadline=None)
@given(hnp.mutually_broadcastable_shapes(num_shapes=3, min_side=0, max_side=3, max_dims=3))
def test_where_gives_each_branch_the_cotangents_of_its_places(shapes: Any) -> None:
    mask, x, y = (values(shape) for shape in shapes.input_shapes)
    condition = mask > 1.0
    value, cotangent, found = gradients_of(lambda a, b: tf.where(condition, a, b), [x, y])
    np.testing.assert_array_equal(value, np.where(condition, x, y))
    spread = np.broadcast_to(condition, shapes.result_shape)
    np.testing.assert_allclose(found[0], summed_to(cotangent * spread, x.shape))
    np.testing.assert_allclose(found[1], summed_to(cotangent * ~spread, y.shape))


# ------------------------------------------------------------------------------------------------------------ indexing

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)


@st.composite
def indices(draw: Any) -> tuple[tuple[int, ...], Any]:
    """A shape, and an index into it from all of NumPy's language, arrays and truth values mixed with slices."""
    shape = draw(SHAPES)
    kind = draw(st.sampled_from(["basic", "arrays", "mask", "mixed"]))
    if kind == "basic":
        return shape, draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    if kind == "arrays":
        result = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)
        return shape, draw(hnp.integer_array_indices(shape, result_shape=result))
    if kind == "mask":
        over = shape[: draw(st.integers(1, len(shape)))]
        return shape, draw(hnp.arrays(bool, over))
    count = draw(st.integers(1, 3))
    parts: list[Any] = []
    for size in shape:
        parts.append(
            draw(
                st.one_of(
                    st.integers(-size, size - 1),
                    st.slices(size),
                    st.lists(st.integers(-size, size - 1), min_size=count, max_size=count),
                    st.lists(st.integers(-size, size - 1), min_size=count, max_size=count).map(np.array),
                )
            )
        )
    for _ in range(draw(st.integers(0, 2))):
        parts.insert(draw(st.integers(0, len(parts))), None)
    return shape, tuple(parts)


def one_hot_of(shape: tuple[int, ...], index: Any) -> tuple[np.ndarray, tuple[int, ...]]:
    """The matrix that takes an array of this shape, flattened, to what the index picks; and the shape of that."""
    numbers = np.arange(int(np.prod(shape))).reshape(shape)[index]
    return np.eye(int(np.prod(shape)))[np.ravel(numbers)], np.shape(numbers)


@settings(max_examples=600, deadline=None)
@given(indices())
def test_indexing_is_the_product_with_a_one_hot_matrix(case: Any) -> None:
    shape, index = case
    x = values(shape)
    matrix, result = one_hot_of(shape, index)
    value, cotangent, (gradient,) = gradients_of(lambda a: a[index], [x])
    np.testing.assert_array_equal(value, x[index])
    assert value.shape == result
    np.testing.assert_allclose(gradient, (matrix.T @ cotangent.ravel()).reshape(shape), rtol=1e-12, atol=1e-14)
    tangent = values(shape)
    np.testing.assert_array_equal(tangent_of(lambda a: a[index], [x], [tangent]), tangent[index])


@settings(max_examples=150, deadline=None)
@given(indices())
def test_the_second_derivative_goes_through_an_index(case: Any) -> None:
    shape, index = case
    x = values(shape)
    matrix, _ = one_hot_of(shape, index)

    def slope(a: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(a)
            cubes = tf.reduce_sum(a[index] ** 3)
        return tape.gradient(cubes, a, unconnected_gradients="zero")

    _, cotangent, (gradient,) = gradients_of(slope, [x])
    expected = 6.0 * x.ravel() * matrix.sum(0) * cotangent.ravel()
    np.testing.assert_allclose(gradient, expected.reshape(shape), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "index",
    [5, -4, (0, 0, 0), ([0, 1], [0, 1, 2]), [3], (slice(None), [0, 9]), np.ones(2, bool), 1.5, "x", (..., ...)],
    ids=str,
)
def test_what_numpy_refuses_as_an_index_is_refused_with_its_class_and_the_tape_goes_on(index: Any) -> None:
    x = values((3, 2))
    with pytest.raises((IndexError, TypeError, ValueError)) as of_numpy:
        x[index]
    t = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(t)
        y = t * t
        with pytest.raises(of_numpy.type):
            t[index]
    np.testing.assert_allclose(tape.gradient(y, t), 2.0 * x)


# -------------------------------------------------------------------------------------------------------------- einsum


@st.composite
def equations(draw: Any) -> tuple[str, list[tuple[int, ...]]]:
    """An equation over at most five letters, axes named twice among them, and the operands' shapes."""
    sizes = {letter: draw(st.integers(1, 3)) for letter in "abcde"}
    terms = draw(st.lists(st.text("abcde", max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    result = "".join(draw(st.permutations(draw(st.lists(st.sampled_from(used), unique=True)) if used else [])))
    equation = ",".join(terms)
    if draw(st.booleans()):
        equation += "->" + result
    return equation, [tuple(sizes[letter] for letter in term) for term in terms]


@settings(max_examples=400, deadline=None)
@given(equations())
def test_einsum_is_numpys_and_linear_in_each_operand(case: Any) -> None:
    equation, shapes = case
    arrays = [values(shape) for shape in shapes]
    value, cotangent, found = gradients_of(lambda *x: tf.einsum(equation, *x), arrays)
    np.testing.assert_allclose(value, np.einsum(equation, *arrays), rtol=1e-10)
    for k, gradient in enumerate(found):
        expected = np.zeros(shapes[k])
        for element in np.ndindex(shapes[k]):
            unit = np.zeros(shapes[k])
            unit[element] = 1.0
            expected[element] = np.sum(cotangent * np.einsum(equation, *arrays[:k], unit, *arrays[k + 1 :]))
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-11)
    tangents = [values(shape) for shape in shapes]
    pushed = sum(np.einsum(equation, *arrays[:k], tangents[k], *arrays[k + 1 :]) for k in range(len(arrays)))
    np.testing.assert_allclose(tangent_of(lambda *x: np.einsum(equation, *x), arrays, tangents), pushed, rtol=1e-9)


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("...ij,...jk->...ik", [(2, 3, 4), (4, 2)]),
        ("...i,...i", [(3, 2, 4), (2, 4)]),
        ("i...,i...->...", [(3, 2), (3, 1)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("ij,jk,kl,lm->im", [(2, 3), (3, 4), (4, 2), (2, 5)]),
        ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
        ("ij...,jk->...ik", [(2, 3, 2), (3, 4)]),
    ],
)
def test_ellipses_and_chains_agree_with_finite_differences(equation: str, shapes: list[tuple[int, ...]]) -> None:
    tf.testing.check_gradients(lambda *x: tf.einsum(equation, *x), [values(shape) for shape in shapes], order=2)
