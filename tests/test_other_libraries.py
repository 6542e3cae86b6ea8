"""Other libraries' arrays beside tensors keep their units, masks, labels and precision, or the operation is refused."""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

pandas = pytest.importorskip("pandas")
xarray = pytest.importorskip("xarray")
pint = pytest.importorskip("pint")
sparse = pytest.importorskip("scipy.sparse")
D = tf.constant(np.array([3.0, 4.0]))
ARRAY = np.array([1.0, 2.0])
METRES = pint.UnitRegistry().Quantity(ARRAY, "m")
SERIES = pandas.Series(ARRAY, index=["a", "b"])
FRAME = pandas.DataFrame({"p": [1.0, 2.0], "q": [3.0, 4.0]})
LABELLED = xarray.DataArray(ARRAY, dims="x", coords={"x": [5, 6]})
MASKED = np.ma.array(ARRAY, mask=[False, True])
ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("function", [operator.mul, operator.truediv, np.multiply, np.divide])
def test_units_are_kept_and_tapes_follow(function: Callable[[Any, Any], Any]) -> None:
    for swapped in (False, True):
        with tf.GradientTape() as tape:
            tape.watch(D)
            result = function(METRES, D) if swapped else function(D, METRES)
        expected = function(METRES, D.numpy()) if swapped else function(D.numpy(), METRES)
        assert result.units == expected.units
        np.testing.assert_array_equal(result.magnitude.numpy(), expected.magnitude)
        slope = np.where(swapped, ARRAY, 1 / ARRAY) if function in (operator.truediv, np.divide) else ARRAY
        slope = -ARRAY / D.numpy() ** 2 if swapped and function in (operator.truediv, np.divide) else slope
        np.testing.assert_allclose(tape.gradient(result.magnitude, D), slope)


def test_metres_and_numbers_are_not_added() -> None:
    for call in (
        lambda: D + METRES,
        lambda: METRES + D,
        lambda: np.add(D, METRES),
        lambda: np.concatenate([D, METRES]),
    ):
        with pytest.raises(pint.DimensionalityError):
            call()


@pytest.mark.parametrize("function", ARITHMETIC)
def test_labels_of_xarray_are_kept_and_tapes_follow(function: Callable[[Any, Any], Any]) -> None:
    for swapped in (False, True):
        with tf.GradientTape() as tape:
            tape.watch(D)
            result = function(LABELLED, D) if swapped else function(D, LABELLED)
        expected = function(LABELLED, D.numpy()) if swapped else function(D.numpy(), LABELLED)
        assert result.coords["x"].values.tolist() == [5, 6]
        np.testing.assert_array_equal(result.data.numpy(), expected.data)
        assert tape.gradient(result.data, D) is not None


@pytest.mark.parametrize("function", [*ARITHMETIC, np.add, np.multiply])
@pytest.mark.parametrize("other", [SERIES, FRAME], ids=["Series", "DataFrame"])
def test_labels_of_pandas_are_kept(other: Any, function: Callable[[Any, Any], Any]) -> None:
    for swapped in (False, True):
        result = function(other, D) if swapped else function(D, other)
        expected = function(other, D.numpy()) if swapped else function(D.numpy(), other)
        assert type(result) is type(other)
        assert result.equals(expected)


@pytest.mark.parametrize("function", [*ARITHMETIC, operator.lt, operator.eq])
def test_masks_are_kept(function: Callable[[Any, Any], Any]) -> None:
    for swapped in (False, True):
        result = function(MASKED, D) if swapped else function(D, MASKED)
        expected = function(MASKED, D.numpy()) if swapped else function(D.numpy(), MASKED)
        assert np.ma.isMaskedArray(result)
        assert result.tolist() == expected.tolist()


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix, sparse.coo_array])
def test_sparse_matrices_are_multiplied(kind: Any) -> None:
    matrix = kind(np.array([[1.0, 0.0], [2.0, 3.0]]))
    np.testing.assert_array_equal(matrix @ D, matrix @ D.numpy())
    np.testing.assert_array_equal(D @ matrix, D.numpy() @ matrix)


@pytest.mark.parametrize("function", [*ARITHMETIC, operator.matmul])
@pytest.mark.parametrize("other", [SERIES, FRAME, MASKED, sparse.csr_array(np.eye(2))], ids=lambda x: type(x).__name__)
def test_what_makes_arrays_of_a_tensor_is_an_error_where_a_tape_follows(other: Any, function: Any) -> None:
    refusals = "a tape that is recording follows|a tensor has no mask|adding a nonzero scalar|unsupported operand"
    with tf.GradientTape() as tape:
        tape.watch(D)
        for call in (lambda: function(D, other), lambda: function(other, D)):
            with pytest.raises((TypeError, NotImplementedError), match=refusals):
                call()
        assert tape.gradient(tf.reduce_sum(D * ARRAY), D).numpy().tolist() == [1.0, 2.0]


UNITS = re.escape("a tensor has no units, and this Quantity has: pass its numbers in the units that are meant")
MASK = re.escape("a tensor has no mask, and this MaskedArray has masked elements: fill them first")
SPARSE = re.escape("a tensor has all its elements, and this csr_array those that are not zero: make it dense first")
LOST = {UNITS: METRES, MASK: MASKED, SPARSE: sparse.csr_array(np.eye(2))}
CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "constant": tf.constant,
    "constant of a dtype": lambda x: tf.constant(x, tf.float32),
    "convert_to_tensor": tf.convert_to_tensor,
    "Variable": tf.Variable,
    "assign": lambda x: tf.Variable([1.0, 2.0]).assign(x),
    "a function": tf.sin,
    "a function of two": lambda x: tf.multiply(D, x),
    "the first of two": lambda x: tf.multiply(x, D),
    "reduce_sum": tf.reduce_sum,
    "concat": lambda x: tf.concat([D, x], 0),
    "grad": lambda x: tf.grad(lambda t: tf.reduce_sum(t))(x),
    "tf.matmul": lambda x: tf.linalg.matvec(tf.eye(2, dtype=tf.float64), x),
    "a buffer": tf.buffer,
}


@pytest.mark.parametrize("text", LOST, ids=["units", "mask", "sparse"])
@pytest.mark.parametrize("conversion", CONVERSIONS)
def test_what_a_tensor_would_lose_is_refused(conversion: str, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        CONVERSIONS[conversion](LOST[text])


@pytest.mark.parametrize("function", [np.multiply, np.dot])
def test_numpys_functions_of_a_tensor_refuse_masks(function: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(TypeError, match=MASK):
        function(D, MASKED)


def test_a_masked_array_of_which_nothing_is_masked_is_an_array() -> None:
    assert tf.constant(np.ma.array(ARRAY)).numpy().tolist() == [1.0, 2.0]


# ---------------------------------------------------------------------------------------------------------- precision


class LikeJax:
    """An array of float64 of another library's."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array([0.1, 0.2], dtype)


OF_FLOAT64 = [pandas.Series([0.1, 0.2]), pandas.Index([0.1, 0.2]), xarray.DataArray([0.1, 0.2]), LikeJax()]
OF_FLOAT64 += [memoryview(np.array([0.1, 0.2])), [pandas.Series([0.1, 0.2])]]


@pytest.mark.parametrize("value", OF_FLOAT64, ids=lambda value: type(value).__name__)
def test_float64_of_another_librarys_stays_float64(value: Any) -> None:
    for make in (tf.constant, tf.convert_to_tensor, tf.Variable, tf.sin, tf.buffer):
        assert make(value).dtype == tf.float64
    np.testing.assert_array_equal(np.ravel(tf.constant(value)), [0.1, 0.2])
    if not isinstance(value, list):
        assert tf.grad(lambda x: tf.reduce_sum(x * x))(value).tolist() == [0.2, 0.4]


def test_pythons_own_floats_become_the_default_float_in_whatever_they_lie() -> None:
    assert tf.constant(deque([0.1, 0.2])).dtype == tf.float32
    assert tf.constant([deque([0.1, 0.2])]).dtype == tf.float32
