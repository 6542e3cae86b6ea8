"""TensorFlow's functions that are made of rows: sorting, segments, scattering, counting and control flow.

Each is checked against a value that NumPy computes in a plain way, and its derivatives against finite differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

MATRIX = np.random.default_rng(5).permutation(np.linspace(-1.7, 2.1, 12)).reshape(3, 4)
VECTOR = np.array([0.4, -1.2, 2.2, 0.9])
CUBE = np.random.default_rng(6).permutation(np.linspace(-2.0, 2.1, 24)).reshape(2, 3, 4)


def added(shape: Any, places: Any, values: Any) -> np.ndarray:
    whole = np.zeros(shape)
    np.add.at(whole, places, values)
    return whole


def partial_sums(join: Any, x: np.ndarray) -> np.ndarray:
    return np.stack([join(x[: k + 1]) for k in range(len(x))])


# Each: a function of tensors, one of arrays, and what both take.
CALLS: dict[str, tuple[Any, Any, list[np.ndarray]]] = {
    "sort": (lambda x: tf.sort(x), lambda x: np.sort(x), [MATRIX]),
    "sort descending": (lambda x: tf.sort(x, 0, "DESCENDING"), lambda x: -np.sort(-x, 0), [MATRIX]),
    "top_k": (lambda x: tf.math.top_k(x, 2).values, lambda x: -np.sort(-x)[:, :2], [MATRIX]),
    "cumprod": (lambda x: tf.math.cumprod(x, 1), lambda x: np.cumprod(x, 1), [MATRIX]),
    "cumprod exclusive": (
        lambda x: tf.math.cumprod(x, exclusive=True),
        lambda x: np.concatenate([[1.0], np.cumprod(x)[:-1]]),
        [VECTOR],
    ),
    "cumprod reverse": (
        lambda x: tf.math.cumprod(x, reverse=True),
        lambda x: np.cumprod(x[::-1])[::-1],
        [np.array([2.0, 0.0, 3.0, 0.0, 1.0])],
    ),
    "cumulative_logsumexp": (
        lambda x: tf.math.cumulative_logsumexp(x),
        lambda x: partial_sums(lambda part: np.log(np.exp(part).sum(0)), x),
        [MATRIX],
    ),
    "segment_sum": (
        lambda x: tf.math.segment_sum(x, [0, 0, 2]),
        lambda x: np.stack([x[0] + x[1], np.zeros(4), x[2]]),
        [MATRIX],
    ),
    "segment_mean": (
        lambda x: tf.math.segment_mean(x, [0, 0, 2]),
        lambda x: np.stack([(x[0] + x[1]) / 2, np.zeros(4), x[2]]),
        [MATRIX],
    ),
    "segment_prod": (
        lambda x: tf.math.segment_prod(x, [0, 0, 2]),
        lambda x: np.stack([x[0] * x[1], np.ones(4), x[2]]),
        [MATRIX],
    ),
    "segment_max": (
        lambda x: tf.math.segment_max(x, [0, 0, 2]),
        lambda x: np.stack([x[:2].max(0), np.zeros(4), x[2]]),
        [MATRIX],
    ),
    "segment_min": (
        lambda x: tf.math.segment_min(x, [0, 0, 2]),
        lambda x: np.stack([x[:2].min(0), np.zeros(4), x[2]]),
        [MATRIX],
    ),
    "unsorted_segment_sum": (
        lambda x: tf.math.unsorted_segment_sum(x, [[1, 0, -1, 1]] * 3, 3),
        lambda x: np.array([x[:, 1].sum(), x[:, [0, 3]].sum(), 0.0]),
        [MATRIX],
    ),
    "unsorted_segment_mean": (
        lambda x: tf.math.unsorted_segment_mean(x, [1, 0, 1], 2),
        lambda x: np.stack([x[1], (x[0] + x[2]) / 2]),
        [MATRIX],
    ),
    "unsorted_segment_sqrt_n": (
        lambda x: tf.math.unsorted_segment_sqrt_n(x, [1, 0, 1], 2),
        lambda x: np.stack([x[1], (x[0] + x[2]) / np.sqrt(2)]),
        [MATRIX],
    ),
    "unsorted_segment_prod": (
        lambda x: tf.math.unsorted_segment_prod(x, [1, 0, 1], 3),
        lambda x: np.stack([x[1], x[0] * x[2], np.ones(4)]),
        [MATRIX],
    ),
    "unsorted_segment_max": (
        lambda x: tf.math.unsorted_segment_max(x, [1, 0, 1], 2),
        lambda x: np.stack([x[1], np.maximum(x[0], x[2])]),
        [MATRIX],
    ),
    "unsorted_segment_min": (
        lambda x: tf.math.unsorted_segment_min(x, [1, 0, 1], 2),
        lambda x: np.stack([x[1], np.minimum(x[0], x[2])]),
        [MATRIX],
    ),
    "gather_nd": (lambda x: tf.gather_nd(x, [[2, 1], [0, 3], [2, 1]]), lambda x: x[[2, 0, 2], [1, 3, 1]], [MATRIX]),
    "gather_nd of rows": (lambda x: tf.gather_nd(x, [[[2]], [[0]]]), lambda x: x[[[2], [0]]], [MATRIX]),
    "gather_nd in batches": (
        lambda x: tf.gather_nd(x, [[[2, 0]], [[1, 3]]], batch_dims=1),
        lambda x: np.stack([x[0, 2, 0], x[1, 1, 3]])[:, None],
        [CUBE],
    ),
    "scatter_nd": (
        lambda x: tf.scatter_nd([[4], [0], [4]], x, [5, 4]),
        lambda x: added((5, 4), [4, 0, 4], x),
        [MATRIX],
    ),
    "tensor_scatter_nd_add": (
        lambda x, u: tf.tensor_scatter_nd_add(x, [[0, 1], [2, 2], [0, 1]], u),
        lambda x, u: x + added((3, 4), ([0, 2, 0], [1, 2, 1]), u),
        [MATRIX, VECTOR[:3]],
    ),
    "tensor_scatter_nd_sub": (
        lambda x, u: tf.tensor_scatter_nd_sub(x, [[1]], u),
        lambda x, u: x - added((3, 4), [1], u),
        [MATRIX, VECTOR[None]],
    ),
    "tensor_scatter_nd_update": (
        lambda x, u: tf.tensor_scatter_nd_update(x, [[1]], u),
        lambda x, u: np.stack([x[0], u[0], x[2]]),
        [MATRIX, VECTOR[None]],
    ),
    "tensor_scatter_nd_max": (
        lambda x, u: tf.tensor_scatter_nd_max(x, [[1]], u),
        lambda x, u: np.stack([x[0], np.maximum(x[1], u[0]), x[2]]),
        [MATRIX, VECTOR[None]],
    ),
    "tensor_scatter_nd_min": (
        lambda x, u: tf.tensor_scatter_nd_min(x, [[1]], u),
        lambda x, u: np.stack([x[0], np.minimum(x[1], u[0]), x[2]]),
        [MATRIX, VECTOR[None]],
    ),
    "dynamic_partition": (
        lambda x: tf.concat(tf.dynamic_partition(x, [1, 0, 1], 2), 0),
        lambda x: x[[1, 0, 2]],
        [MATRIX],
    ),
    "dynamic_stitch": (
        lambda x, y: tf.dynamic_stitch([[3, 0, 1], [1]], [x, y]),
        lambda x, y: np.stack([x[1], y[0], np.zeros(4), x[0]]),
        [MATRIX, VECTOR[None]],
    ),
    "repeat": (lambda x: tf.repeat(x, [1, 0, 2], 0), lambda x: np.repeat(x, [1, 0, 2], 0), [MATRIX]),
    "meshgrid": (
        lambda x, y: tf.stack(tf.meshgrid(x, y)),
        lambda x, y: np.stack(np.meshgrid(x, y)),
        [VECTOR, VECTOR[:2]],
    ),
    "meshgrid ij": (
        lambda x, y: tf.stack(tf.meshgrid(x, y, indexing="ij")),
        lambda x, y: np.stack(np.meshgrid(x, y, indexing="ij")),
        [VECTOR, VECTOR[:2]],
    ),
    "reverse_sequence": (
        lambda x: tf.reverse_sequence(x, [2, 0, 4], seq_axis=1),
        lambda x: np.stack([x[0, [1, 0, 2, 3]], x[1], x[2, ::-1]]),
        [MATRIX],
    ),
    "reverse_sequence along the first axis": (
        lambda x: tf.reverse_sequence(x, [3, 2, 1, 0], seq_axis=0, batch_axis=1),
        lambda x: np.stack([x[[2, 1, 0], 0], x[[1, 0, 2], 1], x[:, 2], x[:, 3]], 1),
        [MATRIX],
    ),
    "bincount": (
        lambda w: tf.math.bincount([1, 1, 0, 7], w, maxlength=5, minlength=3),
        lambda w: np.array([w[2], w[0] + w[1], 0.0, 0.0, 0.0]),
        [VECTOR],
    ),
    "unique": (lambda x: tf.unique(x).y, lambda x: x, [VECTOR]),
    "polyval": (
        lambda a, x: tf.math.polyval([a, 2.0, 1.0], x),
        lambda a, x: a * x * x + 2.0 * x + 1.0,
        [np.array(3.0), VECTOR],
    ),
    "scalar_mul": (lambda x: tf.math.scalar_mul(3.0, x), lambda x: 3.0 * x, [VECTOR]),
    "slice": (lambda x: tf.slice(x, [1, 0], [-1, 2]), lambda x: x[1:, :2], [MATRIX]),
    "linspace": (
        lambda a, b: tf.linspace(a, b, 4, axis=1),
        lambda a, b: np.linspace(a, b, 4, axis=1),
        [VECTOR[:3], VECTOR[1:]],
    ),
    "cond": (lambda x: tf.cond(x[0] > 0.0, lambda: x * x, lambda: x), lambda x: x * x, [VECTOR]),
    "case": (
        lambda x: tf.case([(x[0] < 0.0, lambda: x), (x[0] < 1.0, lambda: x**3)], lambda: x),
        lambda x: x**3,
        [VECTOR],
    ),
    "switch_case": (lambda x: tf.switch_case(5, [lambda: x, lambda: 2.0 * x]), lambda x: 2.0 * x, [VECTOR]),
    "while_loop": (
        lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1],
        lambda x: x**4,
        [VECTOR],
    ),
    "while_loop, some rounds": (
        lambda x: tf.while_loop(lambda y: True, lambda y: y * x, [x], maximum_iterations=2),
        lambda x: x**3,
        [VECTOR],
    ),
    "map_fn": (lambda x: tf.map_fn(lambda row: row * row[0], x), lambda x: x * x[:, :1], [MATRIX]),
    "map_fn of a structure": (
        lambda x, y: tf.map_fn(lambda pair: pair["a"] * pair["b"], {"a": x, "b": y}),
        lambda x, y: x * y,
        [VECTOR, VECTOR[::-1]],
    ),
    "foldl": (lambda x: tf.foldl(lambda a, e: a * 2.0 + e * e, x), lambda x: x[0] * 2 + x[1] ** 2, [VECTOR[:2]]),
    "foldr": (
        lambda x: tf.foldr(lambda a, e: a * e - 1.0, x, initializer=2.0),
        lambda x: (2.0 * x[1] - 1.0) * x[0] - 1.0,
        [VECTOR[:2]],
    ),
    "scan": (lambda x: tf.scan(lambda a, e: a * e, x), np.cumprod, [VECTOR]),
    "scan reversed": (
        lambda x: tf.scan(lambda a, e: a * e, x, initializer=1.0, reverse=True),
        lambda x: np.cumprod(x[::-1])[::-1],
        [VECTOR],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str) -> None:
    function, plain, arrays = CALLS[name]
    found = function(*map(tf.constant, arrays))
    expected = plain(*arrays)
    assert found.dtype == np.float64
    assert tuple(found.shape) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    check_gradients(function, arrays, order=2, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", CALLS)
def test_float32_stays_float32(name: str) -> None:
    function, plain, arrays = CALLS[name]
    found = function(*[tf.constant(array, dtype=tf.float32) for array in arrays])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, plain(*arrays), rtol=1e-5, atol=1e-5)


DATA: dict[str, tuple[Any, Any]] = {
    "argsort": (lambda: tf.argsort(VECTOR), [1, 0, 3, 2]),
    "argsort descending keeps equals in order": (
        lambda: tf.argsort([1.0, 2.0, 2.0], direction="DESCENDING"),
        [1, 2, 0],
    ),
    "top_k indices": (lambda: tf.math.top_k([1.0, 3.0, 3.0], 2).indices, [1, 2]),
    "invert_permutation": (lambda: tf.math.invert_permutation([2, 0, 1]), [1, 2, 0]),
    "sequence_mask": (lambda: tf.sequence_mask([1, 0], 2), [[True, False], [False, False]]),
    "searchsorted": (lambda: tf.searchsorted([[1.0, 2.0], [0.0, 1.0]], [[1.0], [1.0]], "right"), [[1], [2]]),
    "bincount": (lambda: tf.math.bincount([3, 0, 3], maxlength=3), [1, 0, 0]),
    "confusion_matrix": (
        lambda: tf.math.confusion_matrix([0, 1, 1], [1, 1, 1], 3),
        [[0, 1, 0], [0, 2, 0], [0, 0, 0]],
    ),
    "count_nonzero": (lambda: tf.math.count_nonzero([[1.0, 0.0], [2.0, 3.0]], axis=0), [2, 1]),
    "zero_fraction": (lambda: tf.math.zero_fraction([0, 0, 1, 2]), 0.5),
    "in_top_k": (lambda: tf.math.in_top_k([0, 1, 5], [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], 1), [False, True, False]),
    "unique idx": (lambda: tf.unique([5.0, 3.0, 5.0, 4.0]).idx, [0, 1, 0, 2]),
    "unique counts": (lambda: tf.unique_with_counts([5.0, 3.0, 5.0]).count, [2, 1]),
    "unsorted_segment_max of nothing": (
        lambda: tf.math.unsorted_segment_max([1.0], [0], 2),
        [1.0, np.finfo(np.float32).min],
    ),
    "cumulative_logsumexp exclusive": (
        lambda: tf.math.cumulative_logsumexp([0.0, 0.0, 0.0], exclusive=True),
        np.float32([np.finfo(np.float32).min, 0.0, np.log(2.0)]),
    ),
    "cumprod of nothing": (lambda: tf.math.cumprod(np.zeros((0, 2))), np.zeros((0, 2))),
    "sort of nothing": (lambda: tf.sort(np.zeros((2, 0))), np.zeros((2, 0))),
}


@pytest.mark.parametrize("name", DATA)
def test_data_and_edges(name: str) -> None:
    function, expected = DATA[name]
    np.testing.assert_allclose(function(), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: tf.sort(x, direction="UP"), ValueError, "direction 'UP'"),
        (lambda x: tf.sort(x, axis=3), ValueError, "axis 3 is out of bounds"),
        (lambda x: tf.math.top_k(x, 9), ValueError, "no 9 elements"),
        (lambda x: tf.math.cumprod(x, 2), ValueError, "axis 2 is out of bounds"),
        (lambda x: tf.math.cumulative_logsumexp([1, 2]), TypeError, "takes floats"),
        (lambda x: tf.math.segment_sum(x, [1, 0, 0]), ValueError, "in order"),
        (lambda x: tf.math.segment_sum(x, [-1, 0, 0]), ValueError, "not be negative"),
        (lambda x: tf.math.segment_sum(x, [0.0, 1.0, 1.0]), TypeError, "must be integers"),
        (lambda x: tf.math.unsorted_segment_sum(x, [0, 3, 1], 2), ValueError, "no segment 3"),
        (lambda x: tf.math.unsorted_segment_sum(x, [0, 1], 2), ValueError, "do not fit data"),
        (lambda x: tf.gather_nd(x, [[3, 0]]), IndexError, "out of bounds for shape"),
        (lambda x: tf.gather_nd(x, [[0, 0, 0]]), ValueError, "do not fit a tensor"),
        (lambda x: tf.gather_nd(x, [[0.5]]), TypeError, "must be integers"),
        (lambda x: tf.gather_nd(x, [[0]], batch_dims=1), ValueError, "do not share 1 axes"),
        (lambda x: tf.scatter_nd([[0]], x, [3, 4]), ValueError, "must have the shape"),
        (lambda x: tf.tensor_scatter_nd_add(x, [[5]], x[:1]), IndexError, "out of bounds"),
        (lambda x: tf.dynamic_partition(x, [0, 1, 2], 2), ValueError, "from 0 to 1"),
        (lambda x: tf.dynamic_partition(x, [0, 1], 2), ValueError, "do not fit data"),
        (lambda x: tf.dynamic_stitch([[0]], [x]), ValueError, "indices for each tensor"),
        (lambda x: tf.meshgrid(x, indexing="yx"), ValueError, "indexing 'yx'"),
        (lambda x: tf.reverse_sequence(x, [1, 2, 3]), ValueError, "seq_axis must be given"),
        (lambda x: tf.reverse_sequence(x, [1, 2, 9], 1), ValueError, "do not fit shape"),
        (lambda x: tf.math.invert_permutation([0, 0]), ValueError, "no permutation"),
        (lambda x: tf.searchsorted(x, x[:2]), ValueError, "more than the last axis"),
        (lambda x: tf.math.bincount([-1]), ValueError, "none of them negative"),
        (lambda x: tf.math.bincount([1], x), ValueError, "must have the shape of arr"),
        (lambda x: tf.math.confusion_matrix([0], [2], 2), ValueError, "classes below 2"),
        (lambda x: tf.math.in_top_k([0], x, 1), ValueError, "do not fit predictions"),
        (lambda x: tf.unique(x), ValueError, "takes one dimension"),
        (lambda x: tf.math.polyval(x, 1.0), ValueError, "must be a list"),
        (lambda x: tf.math.scalar_mul(x, x), ValueError, "must be a scalar"),
        (lambda x: tf.slice(x, [0], [1]), ValueError, "a number for each axis"),
        (lambda x: tf.slice(x, [2, 0], [2, 1]), ValueError, "reach beyond"),
        (lambda x: tf.cond(True, x, x), TypeError, "must be functions"),
        (lambda x: tf.case([(False, lambda: x)]), ValueError, "none of the conditions"),
        (lambda x: tf.case([(True, lambda: x)] * 2, exclusive=True), ValueError, "2 conditions hold"),
        (lambda x: tf.switch_case(0, []), ValueError, "one branch"),
        (lambda x: tf.while_loop(lambda y: True, lambda y: (y, y), [x]), ValueError, "2 values for 1 loop"),
        (lambda x: tf.map_fn(lambda t: t, [x, x[0]]), ValueError, "of one length"),
        (lambda x: tf.foldl(lambda a, e: a, x[:0]), ValueError, "no initializer"),
        (lambda x: tf.scan(lambda a, e: a, x[:0]), ValueError, "no slices"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call(tf.constant(MATRIX))


def test_a_map_of_nothing_gives_nothing_of_the_right_shape() -> None:
    x = tf.zeros((0, 3))
    assert tf.map_fn(lambda row: row * 2.0, x).shape == [0, 3]
    count = tf.map_fn(lambda row: tf.cast(tf.reduce_sum(row), tf.int32), x, fn_output_signature=tf.int32)
    assert (count.shape, count.dtype) == ([0], tf.int32)
    first, second = tf.map_fn(lambda row: (row, row[0]), x)
    assert (first.shape, second.shape) == ([0, 3], [0])
    assert tf.scan(lambda total, row: total + row, x, tf.zeros(3)).shape == [0, 3]
    recorded = tf.function(lambda x: tf.map_fn(lambda row: row * 2.0, x))
    assert recorded(x).shape == [0, 3]
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.map_fn(lambda row: row * 2.0, x))
    assert float(y) == 0.0
