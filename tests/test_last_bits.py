"""Eager Python and a replay agree to the last bit, signs of zeros included: what a function compares, a replay finds.

Every row on operands of several sizes and layouts, and random programs of small pieces with a look at a number at the
end, each eagerly and replayed. Where the numbers are not the same, a function that looks at them would take another way
than plain Python does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from row_samples import EVERYWHERE, VALUES, Sample, of_samples, other_operands


def leaves(result: Any) -> list[Any]:
    return [leaf for leaf in tf.nest.flatten(result) if leaf is not None]


def assert_same_bits(found: Any, expected: Any) -> None:
    """Equal, zeros of equal sign; NaNs are alike."""
    assert len(leaves(found)) == len(leaves(expected))
    for one, other in zip(leaves(found), leaves(expected), strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)
        if one.dtype.kind in "fc":
            for part, its in [(one.real, other.real), (one.imag, other.imag)]:
                np.testing.assert_array_equal(np.signbit(part[part == 0.0]), np.signbit(its[its == 0.0]))


def gradients(call: Any, tensors: list[Any]) -> list[Any]:
    floats = [tensor for tensor in tensors if tensor.dtype.kind == "f"]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        results = [result for result in leaves(call(*tensors)) if result.dtype.kind == "f"]
        total = sum(tf.reduce_sum(result * result + result) for result in results)
    return list(tape.gradient(total, floats, unconnected_gradients="zero"))


def in_dtype(operands: Any, dtype: Any) -> list[Any]:
    return [tf.constant(array.astype(dtype) if array.dtype.kind == "f" else array) for array in operands]


DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)


def both_orders(sample: Sample, dtype: Any) -> list[list[Any]]:
    return [in_dtype(operands, dtype) for operands in (sample.operands, [np.flip(array) for array in sample.operands])]


@of_samples(VALUES)
@DTYPES
def test_values_of_rows(sample: Sample, dtype: Any) -> None:
    """Of the operands that were recorded, once more, and of others, by one program, optimised or as recorded."""
    functions = [tf.function(sample.call, optimize=optimize) for optimize in (True, False)]
    for operands in [sample.operands, sample.operands, *other_operands(sample)]:
        tensors = in_dtype(operands, dtype)
        with np.errstate(all="ignore"):
            expected = sample.call(*tensors)
            for recorded in functions:
                assert_same_bits(recorded(*tensors), expected)
    assert all(recorded.trace_count == 1 for recorded in functions) or sample.row.by_values


@of_samples(EVERYWHERE)
@DTYPES
def test_gradients_of_rows(sample: Sample, dtype: Any) -> None:
    recorded = tf.function(lambda *tensors: gradients(sample.call, list(tensors)))
    for tensors in both_orders(sample, dtype):
        with np.errstate(all="ignore"):
            assert_same_bits(recorded(*tensors), gradients(sample.call, tensors))


ELEMENTWISE = [
    sample
    for sample in VALUES
    if sample.row.kind == "elementwise" and all(array.ndim == 2 for array in sample.operands)
]


@of_samples(ELEMENTWISE)
@DTYPES
def test_a_number_gives_the_same_wherever_in_an_array_it_is(sample: Sample, dtype: Any) -> None:
    operands = [
        np.resize(array, 1061).astype(dtype if array.dtype.kind == "f" else array.dtype) for array in sample.operands
    ]
    with np.errstate(all="ignore"):
        whole = sample.call(*map(tf.constant, operands))
        for take in (
            slice(1000, 1001),
            slice(3, 1000),
            slice(None, None, 3),
            slice(None, None, -1),
            slice(1060, 5, -7),
        ):
            assert_same_bits(sample.call(*[tf.constant(array)[take] for array in operands]), whole.numpy()[take])
            assert_same_bits(sample.call(*[array[take] for array in map(np.asarray, operands)]), whole.numpy()[take])


@pytest.mark.parametrize("function", [tf.sin, tf.cos], ids=["sin", "cos"])
def test_a_large_argument_leaves_those_beside_it_alone(function: Any) -> None:
    x = np.linspace(-3.0, 3.0, 700)
    beside = x.copy()
    beside[[5, 698]] = [1e6, np.inf]
    with np.errstate(invalid="ignore"):
        found = function(tf.constant(beside)).numpy()
    others = np.isfinite(beside) & (np.abs(beside) < 4.0)
    assert_same_bits(found[others], function(tf.constant(x)).numpy()[others])
    assert found[5] == pytest.approx(getattr(np, function.__name__)(1e6), rel=1e-15)
    assert np.isnan(found[698])


@pytest.mark.parametrize("shape", [(), (1,), (2,), (1, 1), (300,)])
def test_sums_of_negative_zeros(shape: tuple[int, ...]) -> None:
    x = tf.constant(np.full(shape, -0.0))
    for axis in (None, -1) if shape else (None,):
        for optimize in (True, False):
            recorded = tf.function(lambda x: tf.reduce_sum(x, axis), optimize=optimize)  # noqa: B023
            assert_same_bits([recorded(x), recorded(x)], [tf.reduce_sum(x, axis)] * 2)
    assert np.signbit(tf.reduce_sum(tf.constant(-0.0)))


@pytest.mark.parametrize("shape", [(5,), (129,), (1500,), (30, 40), (1000, 10), (10, 1000), (3, 2, 700)])
@DTYPES
def test_sums_do_not_depend_on_how_their_operand_lies(shape: tuple[int, ...], dtype: Any) -> None:
    array = np.random.default_rng(0).normal(size=shape).astype(dtype)
    layouts = [
        array,
        np.asfortranarray(array),
        np.repeat(array, 2, -1)[..., ::2],
        np.flip(np.flip(array).copy()),
        np.ascontiguousarray(array.T).T,
    ]
    for axis in [None, *range(-1, len(shape)), tuple(range(1, len(shape)))]:
        expected = tf.reduce_sum(array, axis)
        recorded = tf.function(lambda x: tf.reduce_sum(x * 1.0, axis))  # noqa: B023
        for layout in layouts:
            assert_same_bits(tf.reduce_sum(layout, axis), expected)
            assert_same_bits(recorded(layout), expected)
    if len(shape) == 1:
        assert tf.reduce_sum(array) == np.sum(array)


@pytest.mark.parametrize("n", [*range(1, 34), 63, 64, 65, 127, 128, 129, 255, 263, 1024, 3001])
@DTYPES
def test_rows_and_columns_are_summed_in_the_order_of_numpys_loops(n: int, dtype: Any) -> None:
    # (More rows, and where they are short the loops would go across them.)
    rows = np.random.default_rng(n).normal(size=(31, n)).astype(dtype)
    rows[3] = -0.0
    for array in (rows, rows[::2], rows[::-1]):
        expected = np.stack([np.sum(row) for row in array])
        assert_same_bits(tf.reduce_sum(array, -1), expected + dtype(0.0))
    columns = np.ascontiguousarray(np.repeat(rows, 16, 1))  # (fewer of them are gone along one by one)
    assert_same_bits(tf.reduce_sum(columns, 0), np.add.reduce(columns, 0) + dtype(0.0))
    blocks = np.stack([columns, 2 * columns])
    assert_same_bits(tf.reduce_sum(blocks, 1), np.add.reduce(blocks, 1) + dtype(0.0))


@pytest.mark.parametrize("n", [1, 7, 100, 129, 1000, 4097, 100_003])
@DTYPES
def test_a_slope_that_is_the_same_everywhere_is_summed_as_an_array_is(n: int, dtype: Any) -> None:
    scale = tf.Variable(0.1, dtype=dtype)
    x = tf.constant(np.full(n, 0.7, dtype))

    def slope() -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(x + scale * scale)
        return tape.gradient(y, scale)

    recorded = tf.function(slope)
    assert_same_bits([recorded(), recorded()], [slope(), slope()])


# -- Random programs ------------------------------------------------------------------------------------------------

# Sizes around those of a block, a run of a sum and a vector.
SHAPES = [(), (1,), (7,), (3, 5), (1, 4), (130,), (17, 9), (257,), (1025,), (2, 3, 150), (40, 70), (4099,)]
UNARY: list[Any] = [
    tf.exp,
    tf.sin,
    tf.cos,
    tf.tanh,
    tf.sigmoid,
    tf.math.softplus,
    tf.math.erf,
    tf.square,
    tf.nn.relu,
    tf.abs,
    lambda x: tf.math.log(tf.abs(x) + 0.5),
    lambda x: tf.sqrt(tf.abs(x) + 0.25),
    lambda x: 1.0 / (1.5 + x * x),
    lambda x: (x * x + 0.5) ** 1.7,
    lambda x: -x,
    lambda x: x * 0.0,
    lambda x: x - 0.3,
]
BINARY: list[Any] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (1.5 + y * y),
    tf.maximum,
    tf.math.atan2,
    lambda x, y: tf.where(x > y, x, y * y),
]
SHAPING: list[Any] = [
    tf.transpose,
    lambda x: x[::-1],
    lambda x: x[..., ::2],
    lambda x: x[..., 1:],
    lambda x: tf.reshape(x, (-1,)),
    lambda x: tf.concat([x, x * 0.5], 0),
    lambda x: tf.reverse(x, [len(x.shape) - 1]),
    lambda x: x[0],
    lambda x: tf.sort(x, axis=-1),
]
SUMS: list[Any] = [
    tf.reduce_sum,
    tf.reduce_mean,
    lambda x: tf.reduce_sum(x, 0),
    lambda x: tf.reduce_sum(x, -1, keepdims=True),
    lambda x: tf.reduce_mean(x, -1),
    tf.norm,
    lambda x: tf.reduce_logsumexp(x, -1),
    lambda x: tf.nn.softmax(x, -1),
    lambda x: tf.nn.log_softmax(x, 0),
    tf.math.reduce_std,
    tf.reduce_max,
    lambda x: tf.cumsum(x, -1),
]


def drawn(generator: np.random.Generator, pieces: int) -> tuple[Any, list[np.ndarray]]:
    """A function of a few small pieces, and operands: each piece takes what has been computed before."""
    shapes = [SHAPES[k] for k in generator.integers(len(SHAPES), size=2)]
    shapes.append(() if generator.random() < 0.5 else shapes[0][-1:])
    inputs = [generator.normal(size=shape) for shape in shapes]
    plan = [(generator.random(), *generator.integers(1 << 30, size=3)) for _ in range(pieces)]

    def function(*tensors: Any) -> list[Any]:
        values = list(tensors)
        for kind, first, second, which in plan:
            x, y = values[first % len(values)], values[second % len(values)]
            if kind < 0.4:
                value = UNARY[which % len(UNARY)](x)
            elif kind < 0.6 and fits(x, y):
                value = BINARY[which % len(BINARY)](x, y)
            elif kind < 0.65 and x.ndim == 2 and x.shape[0] < 300:
                value = tf.linalg.matmul(x, x, transpose_b=True)[:9, ::2] * 0.125
            elif kind < 0.8 and x.ndim and min(x.shape) > 1:
                value = SHAPING[which % len(SHAPING)](x)
            elif x.ndim and x.size:
                value = SUMS[which % len(SUMS)](x)
            else:
                value = tf.sin(x)
            values.append(value)
        return values[len(tensors) :]

    return function, inputs


def fits(x: Any, y: Any) -> bool:
    try:
        return int(np.prod(np.broadcast_shapes(x.shape, y.shape))) < 20_000
    except ValueError:
        return False


def total_of(values: list[Any]) -> Any:
    return sum(tf.reduce_sum(tf.sin(value)) for value in values[-3:])


def value_and_gradients(function: Any, tensors: list[Any]) -> list[Any]:
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        values = function(*tensors)
        total = total_of(values)
    return [total, *values, *tape.gradient(total, tensors, unconnected_gradients="zero")]


def recording(function: Any, optimize: bool) -> Any:
    return tf.function(lambda *tensors: value_and_gradients(function, list(tensors)), optimize=optimize)


@pytest.mark.parametrize("seed", range(40))
@DTYPES
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_random_programs_and_their_gradients(seed: int, dtype: Any) -> None:
    generator = np.random.default_rng(seed)
    for _ in range(5):
        function, inputs = drawn(generator, 8)
        recorded = [recording(function, optimize) for optimize in (True, False)]
        for sign in (1.0, -1.0):
            tensors = in_dtype([sign * array for array in inputs], dtype)
            expected = value_and_gradients(function, tensors)
            for replayed in recorded:
                assert_same_bits(replayed(*tensors), expected)
                assert_same_bits(replayed(*tensors), expected)


@pytest.mark.parametrize("seed", range(10))
@DTYPES
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_that_looks_at_a_number_is_recorded_once_for_the_same_operands(seed: int, dtype: Any) -> None:
    generator = np.random.default_rng(100 + seed)
    for _ in range(3):
        function, inputs = drawn(generator, 6)
        tensors = in_dtype(inputs, dtype)
        runs: list[float] = []

        def look(*tensors: Any) -> Any:
            total, *_, gradient = value_and_gradients(function, list(tensors))  # noqa: B023
            runs.append(float(total) + float(tf.reduce_sum(gradient)))  # noqa: B023
            return total if float(total) > 0.5 else -total

        recorded = tf.function(look)
        expected = look(*tensors)
        assert_same_bits([recorded(*tensors) for _ in range(4)], [expected] * 4)
        assert len(runs) == 2


@pytest.mark.parametrize("shape", [(300_000,), (700, 500), (100_000, 3)])
def test_numbers_do_not_depend_on_the_number_of_threads(shape: tuple[int, ...]) -> None:
    x = tf.constant(np.random.default_rng(1).normal(size=shape))

    def results(x: Any) -> list[Any]:
        scale = tf.constant(0.3, dtype=tf.float64)
        with tf.GradientTape() as tape:
            tape.watch([x, scale])
            y = tf.sin(x * scale) * tf.exp(-x * x)
            total = tf.reduce_sum(y) + tf.reduce_sum(tf.reduce_sum(y, 0) ** 2)
        return [total, tf.reduce_sum(y, -1), tf.reduce_sum(tf.transpose(y)), *tape.gradient(total, [x, scale])]

    recorded = tf.function(results)
    before = tf.get_num_threads()
    found = []
    try:
        for threads in (1, 2):
            tf.set_num_threads(threads)
            found += [results(x), recorded(x), recorded(x)]
    finally:
        tf.set_num_threads(before)
    for result in found[1:]:
        assert_same_bits(result, found[0])
