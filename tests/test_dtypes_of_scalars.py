"""A number without dimensions is computed in its own dtype: as the one element of an array is.

Float numbers are C doubles inside, and where only the rounding depends on the dtype they may be computed in more digits
than an array's; what else depends on it (the next float, overflow, division by zero, wrapping) must be the dtype's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows

FLOATS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 0.1, 3.0, -2.5, 20.5, 88.9, 710.0, 1e-40, np.inf, -np.inf, np.nan]
VALUES: dict[str, list[Any]] = {
    "float16": FLOATS,
    "float32": FLOATS,
    "float64": [*FLOATS, 1e-310],
    "longdouble": FLOATS,
    "int8": [0, 1, -1, 3, 127, -128],
    "uint8": [0, 1, 3, 255],
    "int32": [0, 1, -1, 3, 2**31 - 1, -(2**31)],
    "int64": [0, 1, -1, 3, 2**53 + 1, 2**63 - 1, -(2**63)],
    "uint64": [0, 1, 3, 2**53 + 1, 2**64 - 1],
    "bool": [False, True],
    "complex64": [0.0, 1.0, 1j, 0.5 - 2j],
}
ROWS = [
    row
    for row in rows()
    if row.kind in ("elementwise", "none") and row.domain and (row.ufunc is None or hasattr(np, row.ufunc.__name__))
]
of_rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
of_dtypes = pytest.mark.parametrize("dtype", VALUES)


def points(row: Any, dtype: str) -> list[tuple[np.generic, ...]]:
    """Operands: every value, or for several operands as many pairs."""
    values = np.array(VALUES[dtype], dtype)
    turns = [np.roll(values, 5 * place) for place in range(row.arity)]
    turns[0] = turns[0] != 0 if row.condition else turns[0]
    return list(zip(*turns, strict=True))


def result(f: Any, *operands: Any) -> Any:
    """What a call gives, or the class of its error."""
    try:
        return f(*operands)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        return type(error)


def assert_same(row: Any, found: Any, expected: Any, what: str) -> None:
    """The same up to some roundings: of the value, or of the numbers near 1 whose difference it is."""
    if isinstance(found, type) or isinstance(expected, type) or found is None or expected is None:
        assert found is expected, what
        return
    assert found.dtype == expected.dtype, what
    x, y = np.asarray(found).reshape(-1), np.asarray(expected).reshape(-1)
    if x.dtype.kind not in "fc":
        assert x == y, what
        return
    scale = np.maximum(np.abs(y), 1) if row.cancels else np.abs(y)
    near = 64 * np.finfo(x.dtype).eps * scale + 64 * np.finfo(x.dtype).smallest_subnormal
    assert np.array_equal(x, y, equal_nan=True) or np.abs(x - y) <= near, f"{what}: {x} instead of {y}"


@pytest.mark.filterwarnings("ignore")
@of_dtypes
@of_rows
def test_a_row_of_numbers_is_that_of_arrays_of_one_number(row: Any, dtype: str) -> None:
    function = tf.function(lambda *operands: row.function(*operands))
    for place, point in enumerate(points(row, dtype)):
        numbers = [tf.constant(x) for x in point]
        expected = result(row.function, *[tf.constant(np.array([x])) for x in point])
        assert_same(row, result(row.function, *numbers), expected, f"{row.name} of {point}")
        if place in (0, 1, 4):
            assert_same(row, result(function, *numbers), expected, f"{row.name} of {point}, replayed")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "complex64"])
@of_rows
def test_its_gradient_is_that_of_arrays_of_one_number(row: Any, dtype: str) -> None:
    if row.kind == "none" or not any(row.partials):
        return
    for point in points(row, dtype):
        found, expected = (gradients(row, [tf.constant(np.reshape(x, s)) for x in point]) for s in ((), (1,)))
        if isinstance(found, type) or isinstance(expected, type):
            assert found is expected, f"{row.name} of {point}"
            continue
        for one, other in zip(found, expected, strict=True):
            assert_same(row, one, other, f"the gradient of {row.name} at {point}")


def gradients(row: Any, operands: list[Any]) -> Any:
    def derivatives() -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x for x in operands if x.dtype.kind != "b"])
            value = row.function(*operands)
        return tape.gradient(value, operands)

    return result(derivatives)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_next_float_is_that_of_the_dtype(dtype: Any) -> None:
    x, two = dtype(1), dtype(2)
    plain = (np.nextafter, tf.math.nextafter)
    for f in (*plain, tf.function(np.nextafter), tf.function(lambda x, y: tf.math.nextafter(x, y))):
        assert f(tf.constant(x), tf.constant(two)) == np.nextafter(x, two)
    for f in plain:
        assert f(tf.constant(x), 2.0) == np.nextafter(x, two)
    for g in (np.spacing, tf.function(np.spacing)):
        assert g(tf.constant(x)) == np.spacing(x)
    above = tf.elementwise_op(
        f"above_{dtype.__name__}", None, lambda g, x, y: g, formula=lambda x: 2.0 * tf.math.nextafter(x, x + 1.0)
    )
    assert above(tf.constant(x)) == 2 * np.nextafter(x, two)
    assert tf.function(above)(tf.constant(x)) == 2 * np.nextafter(x, two)


def test_numbers_overflow_as_their_dtype_does() -> None:
    with np.errstate(over="ignore"):
        assert np.isinf(tf.exp(tf.constant(100.0)))
        assert np.isfinite(tf.exp(tf.constant(100.0, tf.float64)))
        assert np.isinf(tf.exp(tf.constant(12.0, tf.float16)))
        assert np.isinf(tf.constant(3e38) * 10.0)
    assert tf.constant(2**53 + 1, tf.int64) + 1 == 2**53 + 2
    assert (tf.constant(127, tf.int8) + tf.constant(1, tf.int8)).numpy() == -128
    assert tf.constant(0.1) == 0.1  # both are float32


BESIDE_TRUTH = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "floor_divide": lambda a, b: a // b,
    "remainder": lambda a, b: a % b,
    "power": lambda a, b: a**b,
    "less": lambda a, b: a < b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "bitwise_and": lambda a, b: a & b,
    "np.add": np.add,
    "np.multiply": np.multiply,
    "np.maximum": np.maximum,
}


@pytest.mark.parametrize("name", BESIDE_TRUTH)
def test_pythons_numbers_beside_truth_values_are_numbers_as_in_numpy(name: str) -> None:
    f = BESIDE_TRUTH[name]
    numbers = (True, 1, 2, -3, 2**40, 0.5, 2.0, [2, 3], [0.5, 1.5], 2j)
    for truth in (np.array([True, False]), np.array(True)):
        for number in numbers:
            for order in (lambda g, a, b: g(a, b), lambda g, a, b: g(b, a)):
                with np.errstate(all="ignore"):
                    expected = result(order, f, truth, number)
                    for g in (f, tf.function(lambda a, b: f(a, b))):
                        found = result(order, g, tf.constant(truth), number)
                        what = f"{name} of {truth!r} and {number!r}: {found!r}, not {expected!r}"
                        if isinstance(expected, type) or isinstance(found, type):
                            assert found is expected, what
                        else:
                            assert found.dtype == np.asarray(expected).dtype, what
                            np.testing.assert_array_equal(np.asarray(found), expected, what)


def test_a_gradient_beside_a_mask_times_a_python_number_is_numpys() -> None:
    x = np.array([-1.0, 2.0])
    assert tf.grad(lambda x: tf.reduce_sum((x > 0) * 2 * x + (x > 0) * 0.5 * x))(x).tolist() == [0.0, 2.5]


def test_pythons_numbers_that_are_stored_among_truth_values_are_truth_values_as_in_numpy() -> None:
    truth = tf.constant([True, False])
    variable, buffer = tf.Variable(truth), tf.buffer(np.array([True, False]))
    variable[1].assign(1)
    buffer[1] = 1
    square = tf.constant([[True, True], [True, True]])
    for found in (truth.at[1].set(1), variable, tf.convert_to_tensor(buffer), tf.linalg.band_part(square, 0, 0)[0]):
        assert found.dtype == tf.bool
    assert variable.numpy().tolist() == [True, True]
