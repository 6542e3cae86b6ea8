"""bfloat16, which ml_dtypes brings: a dtype like others, with gradients in it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from autodiff_core.ops.table import Row

ml_dtypes = pytest.importorskip("ml_dtypes")

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
VALUES = np.array([0.5, -1.25, 2.0])


def tensor(values=VALUES):
    return tf.constant(np.asarray(values, BFLOAT16))


def gradient_of(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return value, tape.gradient(value, x)


def test_the_name_gives_the_dtype_of_ml_dtypes() -> None:
    assert tf.bfloat16 == BFLOAT16
    assert tf.as_dtype("bfloat16") == BFLOAT16
    assert tf.constant([1.0, 2.0], tf.bfloat16).dtype == BFLOAT16


def test_without_ml_dtypes_the_error_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    monkeypatch.delitem(vars(tf), "bfloat16", raising=False)
    with pytest.raises(AttributeError, match=r'pip install "autodiff-core\[bfloat16\]"'):
        _ = tf.bfloat16
    assert not hasattr(tf, "bfloat16")
    for ask in (tf.as_dtype, lambda name: tf.constant(2.0, dtype=name), lambda name: tf.zeros(2, name)):
        with pytest.raises(ImportError, match=r'pip install "autodiff-core\[bfloat16\]"'):
            ask("bfloat16")


@pytest.mark.parametrize(
    "made",
    [
        "tf.constant(numpy.ones(2, __import__('ml_dtypes').bfloat16))",
        "tf.cast(tf.ones(2), numpy.dtype(__import__('ml_dtypes').bfloat16))",
        "tf.Variable([1.0, 1.0], dtype=__import__('ml_dtypes').bfloat16)",
        "tf.constant([1.0, 1.0], dtype='bfloat16')",
        "tf.cast(tf.ones(2), 'bfloat16')",
        "tf.zeros(2, 'bfloat16')",
        "tf.one_hot([0, 1], 2, dtype='bfloat16')",
        "tf.random.normal([2], dtype='bfloat16')",
    ],
)
def test_it_is_taken_before_the_name_was_ever_used(made: str) -> None:
    from subprocess import run

    code = f"import numpy, autodiff_core as tf; x = {made}; print((tf.sin(x) * 2.0 + x).dtype)"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "bfloat16"


BESIDE = [
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "float32",
    "float64",
]
OF_TWO = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: tf.multiply(x, y),
    "maximum": lambda x, y: tf.maximum(x, y),
    "where": lambda x, y: tf.where([True, False], x, y),
    "matmul": lambda x, y: x[None] @ y[:, None],
    "concat": lambda x, y: tf.concat([x, y], 0),
    "stack": lambda x, y: tf.stack([x, y]),
}


@pytest.mark.parametrize("name", OF_TWO)
@pytest.mark.parametrize("dtype", [*BESIDE, "complex64", "complex128"])
def test_a_tensor_beside_it_gives_the_dtype_of_their_sum_in_numpy(dtype: str, name: str) -> None:
    half, other = np.array([0.5, 3.0], BFLOAT16), np.array([1, 0], dtype)
    wanted = (half + other).dtype
    call = OF_TWO[name] if name != "maximum" or wanted.kind != "c" else OF_TWO["add"]
    for one, two in ((half, other), (other, half)):
        for given in (call, tf.function(call)):
            value = given(tf.constant(one), tf.constant(two))
            assert value.dtype == wanted
            plain = call(tf.constant(one.astype(wanted)), tf.constant(two.astype(wanted)))
            np.testing.assert_array_equal(value, plain)
        spec = tf.eval_shape(call, tf.constant(one), tf.constant(two))
        assert (spec.dtype, tuple(spec.shape)) == (wanted, tuple(plain.shape))
    x = tf.constant(half)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x, tf.constant(other))
    assert tape.gradient(y, x).dtype == BFLOAT16


def test_python_numbers_beside_it_take_its_dtype() -> None:
    assert (tensor() * 2.0).dtype == BFLOAT16
    assert (1 - tensor()).dtype == BFLOAT16


def test_beside_float32_it_becomes_float32_and_its_gradient_comes_back() -> None:
    value, gradient = gradient_of(lambda x: x * tf.constant([1.0, 2.0, 3.0]), tensor())
    assert value.dtype == np.float32
    assert gradient.dtype == BFLOAT16
    np.testing.assert_array_equal(np.asarray(gradient, float), [1.0, 2.0, 3.0])


ROWS = [row for row in rows() if row.kind == "elementwise" and all(row.partials) and not row.condition]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_elementwise_row_gives_values_and_gradients_in_it(row: Row) -> None:
    generator = np.random.default_rng(0)
    points = [generator.uniform(low, high, 5).astype(BFLOAT16) for low, high in row.domain]
    results = []
    for dtype in (BFLOAT16, np.float64):
        operands = [tf.constant(point.astype(dtype)) for point in points]
        with tf.GradientTape() as tape:
            tape.watch(operands)
            value = row.function(*operands)
        gradients = tape.gradient(value, operands)
        assert all(x.dtype == dtype for x in (value, *gradients))
        results.append([np.asarray(x, float) for x in (value, *gradients)])
    for narrow, wide in zip(*results, strict=True):
        np.testing.assert_allclose(narrow, wide, rtol=0.1, atol=0.05)


def network(x, w):
    return tf.reduce_mean(tf.nn.softplus(x @ w) + tf.maximum(x, 0.25)[:, :1])


def test_products_sums_and_slices_give_gradients_in_it() -> None:
    x, w = tensor(np.ones((2, 3)) / 3), tensor(np.arange(6.0).reshape(3, 2))
    with tf.GradientTape() as tape:
        tape.watch([x, w])
        value = network(x, w)
    wide = [tf.cast(t, tf.float64) for t in (x, w)]
    with tf.GradientTape() as again:
        again.watch(wide)
        expected = network(*wide)
    assert value.dtype == BFLOAT16
    np.testing.assert_allclose(float(value), float(expected), rtol=0.02)
    for found, right in zip(tape.gradient(value, [x, w]), again.gradient(expected, wide), strict=True):
        assert found.dtype == BFLOAT16
        np.testing.assert_allclose(np.asarray(found, float), right, rtol=0.05, atol=0.01)


def test_variables_functions_and_tangents_hold_it() -> None:
    v = tf.Variable(tensor())

    @tf.function
    def loss(x):
        return tf.reduce_sum(tf.sin(x) * x)

    for _ in range(3):
        with tf.GradientTape() as tape:
            value = loss(v)
        v.assign_sub(0.125 * tape.gradient(value, v))
    assert v.dtype == BFLOAT16
    with tf.autodiff.ForwardAccumulator(v, tf.ones_like(v)) as accumulator:
        y = v * v
    np.testing.assert_array_equal(np.asarray(accumulator.jvp(y), float), 2 * np.asarray(v, float))


def test_arrays_of_it_are_arguments_like_others() -> None:
    one, other = VALUES.astype(BFLOAT16), (2 * VALUES).astype(BFLOAT16)
    double = tf.function(lambda x: x + x)
    program = tf.Program.from_function(lambda x: x + x, one)
    for x in (one, other):
        np.testing.assert_array_equal(np.asarray(double(x)), x + x)
        np.testing.assert_array_equal(np.asarray(program(x)), x + x)
    assert double.trace_count == 1
    np.testing.assert_array_equal(np.asarray(tf.vectorize(lambda x: x * x)(one)), one * one)
    assert float(double(one[0])) == 1.0


def test_the_value_of_a_custom_gradient_may_be_an_array_of_it() -> None:
    twice = tf.custom_gradient(lambda x: (np.full(3, 2.0, BFLOAT16), lambda g: 2.0 * g))
    np.testing.assert_array_equal(np.asarray(tf.grad(lambda x: tf.reduce_sum(twice(x)))(tensor()), float), [2, 2, 2])
