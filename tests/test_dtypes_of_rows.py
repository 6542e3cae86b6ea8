"""Every row in every float and complex dtype: gradients come back in the dtype of their source, and are right.

So they do from recorded functions, and values from vectorized ones.

Or the row refuses the dtype by a TypeError, as NumPy's and SciPy's kernels do. The reference is the same row in float64
or complex128, which other tests compare with finite differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows

# (float32 beside float64 is in test_gradients_generated.py, to the second order.)
TOLERANCES = {"float16": 3e-2, "longdouble": 1e-9, "complex64": 1e-4, "clongdouble": 1e-9}
SAMPLES = [
    pytest.param(call, row, k, id=f"{row.name}-{k}")
    for row in rows()
    if row.kind != "none" and any(row.partials) and not row.condition
    for k, call in enumerate([row.function] if row.domain else [case.call for case in row.cases])
]


def operands_of(row: Any, k: int) -> list[np.ndarray]:
    generator = np.random.default_rng(5)
    if not row.domain:
        return [generator.normal(size=shape) for shape in row.cases[k].shapes]
    return [generator.uniform(low + 0.05 * (high - low), high - 0.05 * (high - low), 4) for low, high in row.domain]


def derivatives(call: Any, operands: list[Any]) -> tuple[list[Any], list[Any]]:
    with tf.GradientTape() as tape:
        tape.watch(operands)
        value = call(*operands)
        values = list(value) if isinstance(value, (tuple, list)) else [value]
    return values, tape.gradient(values, operands)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Say of which dtype an error is: one test goes through all of them."""
    try:
        yield
    except Exception as error:
        error.add_note(f"in {name}")
        raise


def refuses(row: Any, dtype: np.dtype) -> bool:
    """What has no kernel there: LAPACK's work in the middle precisions alone, SciPy's functions where it has them."""
    if dtype.kind == "c" and row.complex == "refused":
        return True
    if row.kind != "elementwise":
        return dtype.char in "eg"
    loops = () if row.ufunc is None else row.ufunc.types
    return dtype.char in "gG" and not any(types.startswith(dtype.char * row.arity) for types in loops)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "row", "k"), SAMPLES)
def test_values_and_gradients_agree_with_those_of_the_double_dtype(call: Any, row: Any, k: int) -> None:
    for name in TOLERANCES:
        with told(name):
            assert_as_in_double(call, row, k, name)


def assert_as_in_double(call: Any, row: Any, k: int, name: str) -> None:
    dtype = np.dtype(name)
    wide = np.dtype("complex128" if dtype.kind == "c" else "float64")
    arrays = [operand.astype(dtype) for operand in operands_of(row, k)]
    try:
        values, gradients = derivatives(call, [tf.constant(array) for array in arrays])
    except TypeError as error:
        unsupported = "unsupported in linalg" in str(error) or "not supported for the input types" in str(error)
        assert unsupported or (str(dtype) in str(error) and refuses(row, dtype)), error
        return
    expected, slopes = derivatives(call, [tf.constant(array.astype(wide)) for array in arrays])
    limits = {"rtol": TOLERANCES[name], "atol": 5 * TOLERANCES[name]}
    for found, right in zip(values, expected, strict=True):
        np.testing.assert_allclose(np.asarray(found, right.dtype), right, **limits)
    for found, right in zip(gradients, slopes, strict=True):
        assert (found is None) == (right is None)
        if found is not None:
            assert found.dtype == dtype
            np.testing.assert_allclose(np.asarray(found, right.dtype), right, **limits)


# (The widths between, float32 and float64, are those of the other tests.)
WIDTHS = ["float16", "longdouble", "complex64", "complex128", "clongdouble"]


def given(call: Any, row: Any, k: int, name: str) -> tuple[list[np.ndarray], Any]:
    """Operands of a dtype, and what the call gives for them, with its gradients; None where it refuses the dtype."""
    arrays = [operand.astype(name) for operand in operands_of(row, k)]
    try:
        return arrays, derivatives(call, [tf.constant(array) for array in arrays])
    except TypeError:
        return arrays, None


def assert_alike(found: Any, expected: Any, name: str) -> None:
    assert (found is None) == (expected is None)
    if expected is None:
        return
    assert found.dtype == expected.dtype
    wide = np.asarray(expected, np.complex128 if expected.dtype.kind == "c" else np.float64)
    tolerance = TOLERANCES.get(name, 1e-9)
    np.testing.assert_allclose(np.asarray(found, wide.dtype), wide, rtol=tolerance, atol=tolerance)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "row", "k"), SAMPLES)
def test_a_recorded_call_replays_values_and_gradients(call: Any, row: Any, k: int) -> None:
    for name in WIDTHS:
        with told(name):
            assert_replays(call, row, k, name)


def assert_replays(call: Any, row: Any, k: int, name: str) -> None:
    arrays, expected = given(call, row, k, name)
    if expected is None:
        return
    function = tf.function(lambda *operands: call(*operands))
    for _ in range(2):
        values, gradients = derivatives(function, [tf.constant(array) for array in arrays])
        for found, right in zip([*values, *gradients], [*expected[0], *expected[1]], strict=True):
            assert_alike(found, right, name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "row", "k"), SAMPLES)
def test_a_vectorized_call_gives_each_examples_value(call: Any, row: Any, k: int) -> None:
    for name in WIDTHS:
        with told(name):
            assert_of_each_example(call, row, k, name)


def assert_of_each_example(call: Any, row: Any, k: int, name: str) -> None:
    arrays, expected = given(call, row, k, name)
    if expected is None:
        return
    found = tf.vectorize(lambda *operands: call(*operands))(*[tf.constant(np.stack([x, x])) for x in arrays])
    values = list(found) if isinstance(found, (tuple, list)) else [found]
    for value, right in zip(values, expected[0], strict=True):
        for example in value:
            assert_alike(example, right, name)


FLOATS = ["float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"]


@pytest.mark.parametrize("first", [*FLOATS, "int32", "uint8", "bool"])
@pytest.mark.parametrize("second", FLOATS)
def test_two_dtypes_give_numpys_and_each_gradient_its_sources(first: str, second: str) -> None:
    x, y = np.ones(3, first), np.full(3, 2, second)
    a, b = tf.constant(x), tf.constant(y)
    with tf.GradientTape() as tape:
        tape.watch(b)
        if a.dtype.kind in "fc":
            tape.watch(a)
        product = a * b
    assert product.dtype == (x * y).dtype
    gradients = tape.gradient(product, [a, b])
    assert gradients[1].dtype == second
    assert gradients[0] is None if a.dtype.kind in "iub" else gradients[0].dtype == first


@pytest.mark.parametrize("number", [2, 0.5, 1 + 2j, True])
@pytest.mark.parametrize("name", FLOATS)
def test_pythons_numbers_have_no_width(name: str, number: Any) -> None:
    x = np.ones(2, name)
    assert (tf.constant(x) * number).dtype == (x * number).dtype
    assert (number + tf.constant(x)).dtype == (number + x).dtype
    assert np.multiply(tf.constant(x), number).dtype == (x * number).dtype


@pytest.mark.parametrize("name", ["float16", "longdouble", "complex64", "complex128", "clongdouble"])
def test_recorded_functions_and_vectorized_ones_keep_the_dtype(name: str) -> None:
    def f(x: Any) -> Any:
        return tf.reduce_sum(tf.exp(x) * x + tf.sqrt(x), -1)

    x = tf.constant(np.linspace(0.5, 1.5, 6).reshape(2, 3).astype(name))
    function = tf.function(f)
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        gradient = tape.gradient(value, x)
        assert value.dtype == gradient.dtype == x.dtype
        _, (expected,) = derivatives(f, [x])
        np.testing.assert_allclose(gradient, expected, rtol=1e-2 if name == "float16" else 1e-5)
    assert tf.vectorize(f)(x).dtype == x.dtype


# -- Kinks and zeros ----------------------------------------------------------------------------------------------

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0]
NARROW = {"float16": (2e-2, 1e-2), "bfloat16": (0.1, 0.05), "float32": (1e-4, 1e-5), "longdouble": (1e-9, 1e-9)}
PLAIN = [
    row
    for row in rows()
    if row.kind == "elementwise" and any(row.partials) and (row.ufunc is None or hasattr(np, row.ufunc.__name__))
]


def slopes(row: Any, operands: list[Any]) -> list[Any]:
    """First and second derivatives, by reverse and forward mode, as one list; zeros where there are none."""
    floats = [x for x in operands if x.dtype.kind != "b"]
    ones = [tf.ones_like(x) for x in floats]
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as outer:
        outer.watch(floats)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(floats)
            value = row.function(*operands)
        first = tape.gradient(value, floats, unconnected_gradients="zero")
    second = [outer.gradient(g, floats, unconnected_gradients="zero") for g in first]
    with tf.autodiff.ForwardAccumulator(floats, ones) as accumulator:
        pushed = accumulator.jvp(row.function(*operands), unconnected_gradients="zero")
    return [*first, *[x for line in second for x in line], pushed]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.name)
def test_slopes_at_kinks_and_zeros_are_those_of_float64(row: Any, name: str) -> None:
    if name == "bfloat16":
        pytest.importorskip("ml_dtypes")
    turns = [np.roll(EDGES, 3 * place) for place in range(row.arity)]
    turns[0] = turns[0] > 0 if row.condition else turns[0]
    wide = [tf.constant(x) for x in turns]
    narrow = [x if x.dtype.kind == "b" else tf.cast(x, name) for x in wide]
    try:
        found = slopes(row, narrow)
    except (TypeError, LookupError):
        assert refuses(row, np.dtype(narrow[-1].dtype)) or any(not partial for partial in row.partials)
        return
    expected = slopes(row, wide)
    rtol, atol = NARROW[name]
    if row.cancels:
        rtol, atol = 10.0 * rtol, 10.0 * atol
    # (The last one is a tangent: of the value's dtype, which SciPy's kernels make float32.)
    assert all(one.dtype == narrow[-1].dtype for one in found[:-1])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one, float), other, rtol=rtol, atol=atol)
    for one, other in zip(tf.function(lambda *x: slopes(row, list(x)))(*narrow), found, strict=True):
        np.testing.assert_array_equal(np.asarray(one, np.longdouble), np.asarray(other, np.longdouble))
