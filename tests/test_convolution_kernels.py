"""Kernels of convolutions and pooling: against plain sums, for all tiles, tails, geometries and numbers of threads."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import filters, picking
from autodiff_core.ops.pooling import max_pooled
from autodiff_core.testing import check_gradients

Geometry = Any


def plain(attributes: Geometry, x: np.ndarray, f: np.ndarray) -> np.ndarray:
    """The convolution, one element of the filters after the other."""
    _, sizes, pads, steps, gaps, groups = attributes
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    into, out = f.shape[-2], f.shape[-1] // groups
    places = [
        (n - (k - 1) * gap - 1) // step + 1 for n, k, step, gap in zip(x.shape[1:-1], sizes, steps, gaps, strict=True)
    ]
    result = np.zeros((x.shape[0], *places, groups, out), np.result_type(x, f))
    for k in np.ndindex(*sizes):
        at = tuple(
            slice(i * gap, i * gap + (n - 1) * step + 1, step)
            for i, gap, n, step in zip(k, gaps, places, steps, strict=True)
        )
        taken = x[(slice(None), *at)]
        result += np.einsum(
            "...gi,igo->...go", taken.reshape(*taken.shape[:-1], groups, into), f[k].reshape(into, groups, out)
        )
    return result.reshape(x.shape[0], *places, groups * out)


def drawn(seed: int) -> tuple[Geometry, tuple[int, ...], tuple[int, ...]]:
    """A geometry, the operand's shape and that of the filters."""
    draw = np.random.default_rng(seed).integers
    dims = 1 + seed % 3
    groups = (1, 1, 3, 20)[draw(4)]
    into, out = (int(draw(1, 5)), int(draw(1, 20))) if groups == 1 else (int(draw(1, 3)), int(draw(1, 4)))
    sizes = tuple(draw(1, 4, dims).tolist())
    steps, gaps = tuple(draw(1, 4, dims).tolist()), tuple(draw(1, 3, dims).tolist())
    pads = tuple([tuple(draw(0, 4, 2).tolist()) for _ in range(dims)])
    spans = [(k - 1) * gap + 1 for k, gap in zip(sizes, gaps, strict=True)]
    space = tuple([max(span - a - b, 1) + int(draw(6)) for span, (a, b) in zip(spans, pads, strict=True)])
    return (
        (space, sizes, pads, steps, gaps, groups),
        (int(draw(1, 4)), *space, groups * into),
        (*sizes, into, groups * out),
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble"])
@pytest.mark.parametrize("seed", range(24))
def test_a_convolution_is_the_plain_sum_and_its_transposes_are_transposed(seed: int, dtype: str) -> None:
    geometry, shape, sizes = drawn(seed)
    rng = np.random.default_rng(seed)
    x, f = rng.normal(size=shape).astype(dtype), rng.normal(size=sizes).astype(dtype)
    y = filters.convolved(x, f, geometry).numpy()
    expected = plain(geometry, x, f)
    tolerance = 1e-4 if dtype == "float32" else 1e-11
    assert y.dtype == dtype
    np.testing.assert_allclose(y, expected, rtol=tolerance, atol=tolerance)
    g = rng.normal(size=y.shape).astype(dtype)
    back, weights = filters.convolved_operand(g, f, geometry).numpy(), filters.convolved_filters(x, g, geometry).numpy()
    assert (back.shape, weights.shape) == (shape, sizes)
    total = np.sum(expected * g, dtype=np.float64)
    scale = np.sum(np.abs(expected * g), dtype=np.float64) + 1.0
    assert abs(np.sum(back * x, dtype=np.float64) - total) < tolerance * scale
    assert abs(np.sum(weights * f, dtype=np.float64) - total) < tolerance * scale


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_of_every_number_fit_into_tiles(dtype: str) -> None:
    rng = np.random.default_rng(0)
    for channels in [*range(1, 36), 47, 65, 130]:
        for into, out, groups in [(2, channels, 1), (channels, 2, 1), (1, 1, channels), (1, 2, channels)]:
            geometry = ((5,), (2,), ((1, 0),), (1,), (2,), groups)
            x, f = (
                rng.normal(size=(3, 5, into * groups)).astype(dtype),
                rng.normal(size=(2, into, out * groups)).astype(dtype),
            )
            y = plain(geometry, x, f)
            np.testing.assert_allclose(filters.convolved(x, f, geometry), y, rtol=1e-4, atol=1e-5)
            g = rng.normal(size=y.shape).astype(dtype)
            for found, other in [
                (filters.convolved_operand(g, f, geometry), x),
                (filters.convolved_filters(x, g, geometry), f),
            ]:
                np.testing.assert_allclose(np.vdot(found, other), np.vdot(y, g), rtol=1e-3, atol=1e-3)


LARGE = {
    "images": (((20, 20), (3, 3), ((1, 1), (1, 1)), (1, 1), (1, 1), 1), (4, 20, 20, 16), (3, 3, 16, 40)),
    "steps": (((41, 40), (5, 4), ((2, 1), (0, 3)), (2, 3), (1, 2), 1), (4, 41, 40, 8), (5, 4, 8, 33)),
    "each channel": (((64, 64), (3, 3), ((1, 1), (1, 1)), (1, 1), (1, 1), 70), (4, 64, 64, 70), (3, 3, 1, 70)),
    "groups": (((48, 48), (3, 3), ((1, 1), (1, 1)), (1, 1), (1, 1), 4), (4, 48, 48, 32), (3, 3, 8, 48)),
}


@pytest.mark.parametrize("name", LARGE)
def test_numbers_are_the_same_to_the_last_bit_with_one_thread_and_several(name: str) -> None:
    geometry, shape, sizes = LARGE[name]
    rng = np.random.default_rng(1)
    x, f = rng.normal(size=shape).astype(np.float32), rng.normal(size=sizes).astype(np.float32)
    before, found = tf.threads.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            tf.threads.set_num_threads(threads)
            y = filters.convolved(x, f, geometry)
            found.append([y, filters.convolved_operand(y, f, geometry), filters.convolved_filters(x, y, geometry)])
            found[-1] += max_pooled("", 2, x, 3, 2, "SAME", None)
    finally:
        tf.threads.set_num_threads(before)
    np.testing.assert_allclose(found[0][0], plain(geometry, x, f), rtol=1e-3, atol=1e-3)
    for parts in zip(*found, strict=True):
        for part in parts[1:]:
            np.testing.assert_array_equal(part, parts[0])


def test_empty_batches_and_channels() -> None:
    for batch, into, out in [(0, 2, 3), (2, 2, 0)]:
        x, f = tf.ones((batch, 4, 4, into)), tf.ones((3, 3, into, out))
        with tf.GradientTape() as tape:
            tape.watch([x, f])
            y = tf.nn.conv2d(x, f, 1, "SAME")
        assert y.shape == (batch, 4, 4, out)
        for gradient, operand in zip(tape.gradient(y, [x, f]), [x, f], strict=True):
            np.testing.assert_array_equal(gradient, np.zeros(operand.shape))
    assert tf.nn.max_pool2d(tf.ones((0, 4, 4, 2)), 2, 2, "VALID").shape == (0, 2, 2, 2)
    assert tf.nn.avg_pool2d(tf.ones((0, 4, 4, 2)), 2, 2, "SAME").shape == (0, 2, 2, 2)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("flags", [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("which", range(3))
def test_many_examples_are_one_convolution(which: int, flags: tuple[bool, bool], groups: int) -> None:
    geometry = ((4, 3), (2, 2), ((1, 0), (0, 1)), (2, 1), (1, 1), groups)
    x, f, y = (2, 4, 3, 2), (2, 2, 2 // groups, 4), (2, 2, 3, 4)
    function, shapes = [
        (filters.convolved, (x, f)),
        (filters.convolved_operand, (y, f)),
        (filters.convolved_filters, (x, y)),
    ][which]
    rng = np.random.default_rng(which)
    given = [tf.constant(rng.normal(size=(5, *s) if flag else s)) for s, flag in zip(shapes, flags, strict=True)]
    together = tf.vectorize(lambda a, b: function(a, b, geometry), in_axes=[0 if flag else None for flag in flags])(
        *given
    )
    apart = [function(*[v[k] if flag else v for v, flag in zip(given, flags, strict=True)], geometry) for k in range(5)]
    np.testing.assert_allclose(together, tf.stack(apart), rtol=1e-12, atol=1e-13)


def test_sparse_derivatives_of_a_convolution_know_which_windows_meet() -> None:
    x, f = np.arange(24.0).reshape(1, 3, 4, 2), np.ones((2, 2, 1, 2))
    geometry = ((3, 4), (2, 2), ((0, 1), (1, 0)), (1, 2), (1, 1), 2)
    g = np.ones((1, 3, 2, 2))
    for function, operands in [
        (filters.convolved, [x, f]),
        (filters.convolved_operand, [g, f]),
        (filters.convolved_filters, [x, g]),
    ]:
        for k in range(2):
            with tf.GradientTape(persistent=True) as tape:
                given = [tf.constant(v) for v in operands]
                tape.watch(given[k])
                y = function(*given, geometry)
            dense = tape.jacobian(y, given[k]).numpy().reshape(tf.size(y), -1)
            sparse = tape.sparse_jacobian(y, given[k])
            np.testing.assert_array_equal(sparse.toarray(), dense)
            if k == 0 and function is not filters.convolved_filters:
                assert sparse.nnz == np.count_nonzero(dense)


def test_second_derivatives_with_steps_gaps_and_groups() -> None:
    rng = np.random.default_rng(2)
    geometry = ((4, 3), (2, 2), ((1, 0), (0, 1)), (2, 1), (2, 1), 2)
    x, f = rng.normal(size=(2, 4, 3, 2)), rng.normal(size=(2, 2, 1, 2))
    check_gradients(lambda x, f: tf.sin(filters.convolved(x, f, geometry)), [x, f], order=2)


def test_a_convolution_whose_padding_no_memory_holds_is_refused() -> None:
    x, f = tf.ones((1, 4, 1)), tf.ones((2, 1, 1))
    with pytest.raises((MemoryError, ValueError)):
        tf.nn.conv1d(x, f, 1 << 58, [[0, 0], [0, 1 << 60], [0, 0]], dilations=1)
    assert tf.nn.conv1d(x, f, 1 << 50, "VALID").numpy() == 2.0


# ------------------------------------------------------------------------------------------------------------- pooling


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", range(9))
def test_the_largest_of_a_window_is_its_first_and_a_nan_is_larger(seed: int, dtype: str) -> None:
    draw = np.random.default_rng(seed)
    dims = 1 + seed % 3
    channels = int(draw.choice([1, 3, 16, 70]))
    x = draw.choice(
        [0.0, 1.0, 2.0, -np.inf, np.nan], size=(2, *draw.integers(3, 7, dims), channels), p=[0.3, 0.3, 0.2, 0.15, 0.05]
    )
    x = x.astype(dtype)
    sizes, steps = draw.integers(1, 4, dims).tolist(), draw.integers(1, 4, dims).tolist()
    found, numbers = max_pooled("", dims, x, sizes, steps, "SAME", None)
    flat = np.arange(x.size).reshape(x.shape)
    pads = []
    for n, k, step in zip(x.shape[1:-1], sizes, steps, strict=True):
        total = max((-(-n // step) - 1) * step + k - n, 0)
        pads.append(total // 2)
    for place in np.ndindex(*found.shape[1:-1]):
        begins = [p * step - pad for p, step, pad in zip(place, steps, pads, strict=True)]
        window = tuple(slice(max(b, 0), max(b + k, 0)) for b, k in zip(begins, sizes, strict=True))
        for batch, channel in product(range(2), range(channels)):
            values = x[(batch, *window, channel)].ravel()
            best = values.argmax()
            at = (batch, *place, channel)
            assert numbers.numpy()[at] == flat[(batch, *window, channel)].ravel()[best]
            np.testing.assert_array_equal(found.numpy()[at], values[best])


def test_numbers_that_name_no_element_are_what_they_are_to_numpy() -> None:
    x = tf.constant(np.arange(6.0))
    np.testing.assert_array_equal(picking.pick(x, tf.constant(np.array([-1, 2]))), [5.0, 2.0])
    np.testing.assert_array_equal(picking.put(x[:2], tf.constant(np.array([-1, 2])), (4,)), [0.0, 0.0, 1.0, 0.0])
    with pytest.raises(IndexError, match="out of bounds"):
        picking.pick(x, tf.constant(np.array([0, 6])))
    with pytest.raises(IndexError, match="out of bounds"):
        picking.put(x[:2], tf.constant(np.array([0, 4])), (4,))


def test_numbers_added_twice_are_added_up_and_other_dtypes_are_picked() -> None:
    numbers = tf.constant(np.array([[3, 0], [3, 3]]))
    for dtype in ("float16", "float32", "float64", "complex128"):
        values = tf.constant(np.array([[1, 2], [3, 4]], dtype))
        np.testing.assert_array_equal(picking.put(values, numbers, (4,)), np.array([2, 0, 0, 8], dtype))
        np.testing.assert_array_equal(picking.pick(tf.constant(np.arange(4).astype(dtype)), numbers), [[3, 0], [3, 3]])


def test_means_of_windows_do_not_count_what_is_padded_and_keep_what_is_not_a_number_apart() -> None:
    x = np.array([1.0, 2.0, np.inf, 4.0, 5.0]).reshape(1, 5, 1)
    np.testing.assert_array_equal(tf.nn.avg_pool1d(x, 2, 1, "SAME")[0, :, 0], [1.5, np.inf, np.inf, 4.5, 5.0])
    np.testing.assert_array_equal(tf.nn.avg_pool1d(x, 2, 2, "VALID")[0, :, 0], [1.5, np.inf])


def test_a_program_of_convolutions_and_pooling_gives_what_the_tape_gives_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    x, f = rng.normal(size=(4, 9, 9, 3)).astype(np.float32), rng.normal(size=(3, 3, 3, 10)).astype(np.float32)

    def both(x: Any, f: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x, f])
            y = tf.nn.avg_pool2d(tf.nn.max_pool2d(tf.nn.conv2d(x, f, 2, "SAME"), 2, 1, "SAME"), 2, 2, "SAME")
            loss = tf.reduce_sum(y * y)
        return [y, *tape.gradient(loss, [x, f])]

    program = tf.function(both)
    for _ in range(3):
        for found, expected in zip(
            program(tf.constant(x), tf.constant(f)), both(tf.constant(x), tf.constant(f)), strict=True
        ):
            np.testing.assert_array_equal(found, expected)


def test_a_gradient_that_nobody_wants_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    x, f = tf.ones((1, 5, 5, 2)), tf.Variable(tf.ones((3, 3, 2, 4)))

    def refuse(*arguments: Any) -> None:
        raise AssertionError("nobody asked for the images' gradient")

    monkeypatch.setattr(filters, "convolved_operand", refuse)
    with tf.GradientTape() as tape:
        y = tf.nn.conv2d(x, f, 1, "VALID")
    np.testing.assert_array_equal(tape.gradient(y, f), np.full(f.shape, 9.0))
