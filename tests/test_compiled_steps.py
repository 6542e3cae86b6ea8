"""Rows with a kernel in C: a replay runs it as a step without Python, and gives what an eager call gives, to the last
bit, however operands lie in memory and however many threads there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.ops import elementwise
from row_samples import ROWS, VALUES, Sample, of_rows, of_samples, samples_of
from test_last_bits import assert_same_bits, gradients

COMPILED = [sample for sample in VALUES if _core.has_kernel(sample.row.name)]
DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)


def in_dtype(sample: Sample, dtype: Any) -> list[np.ndarray]:
    return [array.astype(dtype) if array.dtype.kind == "f" else array for array in sample.operands]


@pytest.fixture
def threads() -> Iterator[None]:
    before = tf.get_num_threads()
    yield
    tf.set_num_threads(before)


def layouts(array: np.ndarray) -> Iterator[np.ndarray]:
    """The same elements as they lie, in another order, with gaps, backwards."""
    yield array
    yield np.array(array, order="F")
    if array.ndim:
        yield np.repeat(array, 2, -1)[..., ::2]
        yield np.flip(np.flip(array).copy())


def steps(f: Any, *arrays: Any) -> list[str]:
    """The kinds of steps that a program runs."""
    recorded = tf.function(f)
    recorded(*map(tf.constant, arrays))
    return [kind for kind, *_ in _core.plan_of(recorded.variants[0]).steps_as_text()]


@of_samples(COMPILED)
@DTYPES
def test_a_kernel_reads_any_layout_and_gives_the_same(sample: Sample, dtype: Any) -> None:
    operands = in_dtype(sample, dtype)
    recorded = tf.function(sample.call)
    # (What is transposed within a program is read where it lies.)
    turned = tf.function(lambda *x: sample.call(*map(tf.transpose, x)))
    with np.errstate(all="ignore"):
        expected = sample.call(*operands)
        for arrays in zip(*map(layouts, operands), strict=False):
            assert_same_bits(sample.call(*arrays), expected)
            assert_same_bits(recorded(*arrays), expected)
            assert_same_bits(turned(*[array.T for array in arrays]), expected)


@of_rows([row for row in ROWS if _core.has_kernel(row.name)])
@DTYPES
def test_a_replay_of_a_kernel_runs_no_python(row: Any, dtype: Any) -> None:
    """Of one of the row's cases, at least: a kernel need not be for all of them. (Few elements may be numbers.)"""
    kinds = [steps(sample.call, *in_dtype(sample, dtype)) for sample in samples_of(row)]
    assert any("apply" not in kind for kind in kinds)


LONG = {
    "softmax": lambda x: tf.nn.softmax(x, 0),
    "softmax of rows": tf.nn.softmax,
    "log_softmax": lambda x: tf.nn.log_softmax(x, 1),
    "cross entropy": lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.abs(x), x),
    "logsumexp": lambda x: tf.reduce_logsumexp(x, -1),
    "logsumexp over the first": lambda x: tf.reduce_logsumexp(x, 0),
    "logsumexp of all": tf.reduce_logsumexp,
    "max": lambda x: tf.reduce_max(x, -1),
    "max of all": lambda x: tf.stack([tf.reduce_max(x), tf.reduce_prod(x), tf.reduce_min(x)]),
    "min over the first": lambda x: tf.reduce_min(x, 0) * tf.cast(tf.argmin(x, 0), x.dtype),
    "cumsum": lambda x: tf.cumsum(x, 1),
    "rows by number": lambda x: tf.gather(x, np.arange(len(x)) // 2),
    "columns by number": lambda x: tf.gather(x, [0, 2, -1, 0], axis=1),
    "classes": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(np.zeros(x.shape[:-1], int), x),
}


@pytest.mark.parametrize("shape", [(25_000, 3), (3, 25_000), (70, 9, 110)])
@pytest.mark.parametrize("call", LONG.values(), ids=LONG.keys())
def test_a_kernel_gives_the_same_on_any_number_of_threads(call: Any, shape: Any, threads: None) -> None:
    x = tf.constant(np.random.default_rng(0).normal(size=shape))
    found = []
    for count in (1, 2, 5):
        tf.set_num_threads(count)
        recorded = tf.function(lambda x: (call(x), gradients(call, [x])))
        found += [(call(x), gradients(call, [x])), recorded(x), recorded(x)]
    for others in found[1:]:
        assert_same_bits(others, found[0])


def test_values_that_a_kernel_refuses_are_refused_by_name() -> None:
    f = tf.function(lambda labels, x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x))
    x = tf.constant([[1.0, 2.0]])
    assert float(f(tf.constant([1]), x)[0]) == pytest.approx(0.3132617)
    with pytest.raises(ValueError, match="labels must be from 0 to 1, not 2"):
        f(tf.constant([2]), x)


def test_a_row_names_a_kernel_that_there_is() -> None:
    with pytest.raises(ValueError, match="there is no kernel 'no such thing' in C"):
        _core.register_general(
            "of_no_kernel", None, None, None, False, False, form=None, gives=None, kernel="no such thing"
        )


@pytest.mark.parametrize("to", [np.bool_, np.int32, np.int64, np.float32, np.float64, np.float16])
@pytest.mark.parametrize("of", [np.bool_, np.int32, np.int64, np.float32, np.float64])
def test_a_replayed_cast_gives_what_an_eager_one_gives(of: Any, to: Any) -> None:
    numbers = np.array([[0.0, -0.0, 1.0, -3.75], [1e9, -7e8, 1e-9, 65.5], [2.5, 3e5 + 1.1, 0.3, -1.0]]).astype(of)
    cast = lambda x: tf.cast(tf.transpose(x), to)  # noqa: E731
    recorded = tf.function(cast)
    with np.errstate(all="ignore"):
        for array in (numbers, -numbers if of is not np.bool_ else ~numbers, numbers.T.copy().T):
            assert_same_bits(recorded(array), cast(array))
    exact = np.dtype(to).kind != "i" or np.dtype(of).kind != "f"
    if exact and of is not to and to is not np.float16:
        assert not {"apply", "cast"} & set(steps(cast, numbers))


def test_what_is_lost_in_a_replayed_cast_is_lost_as_in_numpy() -> None:
    special = np.array([np.nan, np.inf, -np.inf, 1e300, -1e-300, 5e-324])
    for to in (np.float32, np.bool_):
        with np.errstate(all="ignore"):
            assert_same_bits(tf.function(lambda x: tf.cast(x, to))(special), special.astype(to))  # noqa: B023
    large = np.array([2**62 + 1, -(2**40) - 3, 2**53 + 1])
    for to in (np.int32, np.float32, np.float64):
        assert_same_bits(tf.function(lambda x: tf.cast(x, to))(large), large.astype(to))  # noqa: B023


PARTS = {
    "columns": (lambda x: tf.split(x, 4, axis=-1), (16, 64)),
    "columns of blocks, of many lines": (lambda x: tf.split(x, [8, 30, 10], axis=2), (7, 11, 48)),
    "a middle axis": (lambda x: tf.split(x, 3, axis=1), (5, 9, 8)),
    "rows": (lambda x: tf.split(x, 3, axis=0), (9, 20)),
    "an axis taken away": (lambda x: [x[:, 1], x[:, 0], x[:, 2]], (40, 3, 10)),
    "a box": (lambda x: [x[1:4, 2:30], x[:3, 40:]], (6, 70)),
    "few at a time": (lambda x: tf.split(x, 5, axis=-1), (30, 10)),
    "every other": (lambda x: [x[:, ::2], x[:, 1::2], x[::-1, 3:20]], (10, 40)),
    "nothing": (lambda x: [x[:, :0], x[:, 5:]], (10, 40)),
}


@pytest.mark.parametrize("name", PARTS)
@DTYPES
def test_parts_that_gradients_put_among_zeros_have_the_same_bits_in_lines(name: str, dtype: Any) -> None:
    apart, shape = PARTS[name]
    x = tf.constant(np.random.default_rng(0).normal(size=shape).astype(dtype))

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = sum(tf.reduce_sum(tf.sin(part) * (k + 1.0)) for k, part in enumerate(apart(x)))
        return tape.gradient(y, x)

    assert_same_bits(tf.function(slope)(x), slope(x))


def test_parts_of_rows_are_put_among_zeros_by_the_line_that_adds_them() -> None:
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = sum(tf.reduce_sum(part * part * (k + 1.0)) for k, part in enumerate(tf.split(x, 4, axis=1)))
        return tape.gradient(y, x)

    assert "pad" not in steps(slope, np.ones((16, 64)))


SPREAD = [
    ((3, 1, 17), (3, 50, 17)),
    ((1, 700, 1), (5, 700, 3)),
    ((1, 5), (900, 5)),
    ((4, 1, 1, 6), (4, 9, 70, 6)),
    ((1, 6, 1, 2), (11, 6, 30, 2)),
    ((2, 1, 3, 1), (2, 40, 3, 25)),
    ((1, 3000), (3, 3000)),
]


@pytest.mark.parametrize("small, whole", SPREAD)
@DTYPES
def test_what_is_read_again_along_an_axis_is_read_right_in_every_block(small: Any, whole: Any, dtype: Any) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=small).astype(dtype), random.normal(size=whole).astype(dtype)
    recorded = tf.function(lambda x, y: tf.negative(x + y) * x)
    np.testing.assert_array_equal(recorded(tf.constant(x), tf.constant(y)).numpy(), -(x + y) * x)


# --------------------------------------------------------------------------------------- what is not done a second time


def operations(f: Any, *arrays: Any) -> list[str]:
    """The instructions of a program's lines, by the names of their ops."""
    recorded = tf.function(f)
    recorded(*map(tf.constant, arrays))
    lines = [told for _, told in _core.native_parts(_core.plan_of(recorded.variants[0])) if isinstance(told, tuple)]
    return [op for _, code in lines for op, *_ in code]


def gelu_and_slope(x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.gelu(x, approximate=True)
    return y, tape.gradient(y, x)


@pytest.mark.parametrize("f", [tf.sigmoid, tf.nn.silu, tf.nn.softplus, gelu_and_slope])
@DTYPES
def test_formulas_of_one_line_share_what_they_compute(f: Any, dtype: Any) -> None:
    x = np.linspace(-50, 50, 3001).astype(dtype)
    found = operations(f, x)
    assert found.count("exp") == 1
    assert found.count("abs") == 1
    assert_same_bits(tf.function(f)(x), f(tf.constant(x)))


@DTYPES
def test_a_value_that_is_computed_twice_in_a_line_may_be_a_result_twice(dtype: Any) -> None:
    def f(x: Any) -> Any:
        return tf.sigmoid(x), elementwise.logistic(x), tf.exp(-tf.abs(x)), 2.0 * tf.abs(x)

    x = np.linspace(-3, 3, 700).astype(dtype)
    assert operations(f, x).count("exp") == 1
    assert_same_bits(tf.function(f)(x), f(tf.constant(x)))


def test_a_formula_computes_once_what_it_says_twice() -> None:
    text = tf.Program.from_function(tf.sigmoid, np.ones(3)).to_c()
    assert text.count("exp(") == 1


@pytest.mark.parametrize("inner", [1, 2, 3, 5, 16, 24, 128, 200])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.bool_, np.complex128])
def test_copies_of_transposed_arrays_move_rows_of_any_length(inner: int, dtype: Any) -> None:
    array = np.arange(3 * 5 * 4 * inner).reshape(3, 5, 4, inner).astype(dtype)

    def f(x: Any) -> Any:
        turned = tf.transpose(x, (0, 2, 1, 3))
        return tf.reshape(turned, (3, -1)), tf.reshape(x[:, ::2, 1:3], (-1,)), tf.reshape(x[:, 1:, ::-1], (3, -1))

    assert_same_bits(tf.function(f)(array), f(tf.constant(array)))


@pytest.mark.parametrize("inner", [1, 3, 16, 40, 700])
@DTYPES
def test_lines_read_rows_of_any_length_across_blocks(inner: int, dtype: Any) -> None:
    random = np.random.default_rng(0)
    whole = random.normal(size=(7, 11, 13, inner)).astype(dtype)
    for shape in [(7, 11, 13, 1), (7, 11, 1, inner), (1, 11, 13, 1), (7, 1, 13, inner), (13, inner)]:
        small = random.normal(size=shape).astype(dtype)
        assert_same_bits(tf.function(lambda x, y: x + y)(whole, small), whole + small)
    turned = np.ascontiguousarray(whole.transpose(2, 0, 1, 3))
    assert_same_bits(
        tf.function(lambda x, y: x + tf.transpose(y, (1, 2, 0, 3)))(whole, turned), whole + turned.transpose(1, 2, 0, 3)
    )
