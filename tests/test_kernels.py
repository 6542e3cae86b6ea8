"""Kernels of our own: sine, cosine, error functions, select and softmax, against NumPy or libm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def ulps(found: np.ndarray, exact: np.ndarray) -> Any:
    return np.abs((found.astype(np.longdouble) - exact) / np.spacing(np.abs(exact.astype(np.float64))))


@pytest.mark.skipif(np.finfo(np.longdouble).eps >= np.finfo(float).eps, reason="needs a wider type to compare with")
@pytest.mark.parametrize("name", ["sin", "cos"])
@pytest.mark.parametrize("reach", [1.0, 10.0, 1e3, 1e5])
def test_sine_and_cosine_are_within_one_ulp(name: str, reach: float, rng: np.random.Generator) -> None:
    x = np.concatenate([rng.uniform(-reach, reach, 200_000), np.arange(-2000, 2000) * np.pi / 4 * reach / 1e5])
    exact = getattr(np, name)(x.astype(np.longdouble))
    assert ulps(getattr(tf, name)(x).numpy(), exact).max() <= 1.0


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_sine_and_cosine_of_large_and_special_numbers_are_libms(name: str) -> None:
    x = np.array([1e5 + 1, -1e10, 1e300, 0.0, -0.0, 1.5] * 200)
    np.testing.assert_allclose(getattr(tf, name)(x), getattr(np, name)(x), rtol=1e-15)
    with np.errstate(invalid="ignore"):
        assert np.isnan(getattr(tf, name)(np.array([np.inf, -np.inf, np.nan])).numpy()).all()
    assert np.signbit(tf.sin(np.array([-0.0])).numpy())[0]


@pytest.mark.parametrize("step", [2, 3, -1])
def test_sine_of_strided_memory_is_that_of_a_copy(step: int, rng: np.random.Generator) -> None:
    x = rng.normal(size=3001)
    np.testing.assert_array_equal(tf.sin(x[::step]), tf.sin(x[::step].copy()))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int64, np.complex128, np.bool_])
@pytest.mark.parametrize(
    "shapes", [((50,), (50,), (50,)), ((50,), (50,), ()), ((50,), (), (50,)), ((7, 1), (5,), (7, 5))]
)
def test_where_chooses_like_numpy(dtype: Any, shapes: Any, rng: np.random.Generator) -> None:
    condition = rng.normal(size=shapes[0]) > 0
    x, y = (np.asarray(rng.integers(0, 2, size=shape)).astype(dtype) for shape in shapes[1:])
    found = tf.where(condition, tf.constant(x), tf.constant(y)).numpy()
    np.testing.assert_array_equal(found, np.where(condition, x, y))
    assert found.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_keeps_infinities_and_nans_in_their_rows(dtype: Any) -> None:
    x = np.array([[0.0, -np.inf, 0.0], [np.nan, 0.0, 1.0], [1000.0, 1000.0, -1000.0], [5.0, 5.0, 5.0]], dtype)
    found = tf.nn.softmax(x).numpy()
    np.testing.assert_allclose(found[[0, 2, 3]], [[0.5, 0, 0.5], [0.5, 0.5, 0], [1 / 3] * 3], rtol=1e-6)
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("reach", [1e-3, 0.05, 0.5, 1.0, 3.0, 7.0])
def test_erf_is_within_two_ulps(reach: float, rng: np.random.Generator) -> None:
    x = rng.uniform(-reach, reach, 20_000)
    exact = np.array([math.erf(number) for number in x])  # libm's own error is below one
    assert (np.abs(tf.math.erf(x).numpy() - exact) / np.spacing(np.abs(exact))).max() <= 3
    near = x.astype(np.float32)
    exact = np.array([math.erf(number) for number in near]).astype(np.float32)
    assert (np.abs(tf.math.erf(near).numpy() - exact) / np.spacing(np.abs(exact))).max() <= 1


@pytest.mark.parametrize("reach", [1e-3, 0.05, 0.5, 1.0, 3.0, 7.0, 26.0])
def test_erfc_is_within_four_ulps(reach: float, rng: np.random.Generator) -> None:
    x = rng.uniform(-reach, reach, 20_000)
    exact = np.array([math.erfc(number) for number in x])
    assert (np.abs(tf.math.erfc(x).numpy() - exact) / np.spacing(exact)).max() <= 4
    near = (x / 3).astype(np.float32)
    exact = np.array([math.erfc(number) for number in near]).astype(np.float32)
    assert (np.abs(tf.math.erfc(near).numpy() - exact) / np.spacing(exact)).max() <= 1


def test_error_functions_of_special_numbers() -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-310, -1e-310, 6.5, -30.0, 1e300, 27.2])
    found = tf.math.erf(x).numpy()
    np.testing.assert_allclose(found, [math.erf(number) for number in x], rtol=1e-14)
    assert np.signbit(found[1]) and not np.signbit(found[0])
    np.testing.assert_allclose(tf.math.erfc(x).numpy(), [math.erfc(number) for number in x], rtol=1e-14)


@pytest.mark.parametrize("name", ["erf", "erfc"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", [2, 3, -1])
def test_error_functions_of_strided_memory_are_those_of_a_copy(
    name: str, dtype: Any, step: int, rng: np.random.Generator
) -> None:
    x = rng.normal(size=3001).astype(dtype)
    function = getattr(tf.math, name)
    np.testing.assert_array_equal(function(x[::step]), function(x[::step].copy()))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_negative_reads_the_elements_that_the_strides_name(dtype) -> None:
    """NumPy 2.4's own loop does not, for instance where doubles lie eight apart."""
    for step in (1, 2, 3, 4, 8, 16, -1, -8):
        for width in (1, 2, 3):
            x = np.arange(320.0, dtype=dtype).reshape(20, 16)
            wide = np.repeat(x, 3, axis=1)[:, ::width]
            np.testing.assert_array_equal(-tf.constant(wide.ravel())[::step], [-v for v in wide.ravel()[::step]])
            part = tf.constant(wide)[..., ::-1][:, :2]
            np.testing.assert_array_equal(-part, [[-v for v in row] for row in wide[:, ::-1][:, :2]])


@pytest.mark.parametrize("bytes_", [[2, 0, 0], [0, 0, 3], [0, 0, 0], [255, 2, 1], [2], [0]])
@pytest.mark.parametrize("name", ["reduce_any", "reduce_all"])
def test_any_byte_but_zero_is_true_in_a_view_of_bytes(bytes_: list[int], name: str) -> None:
    x = np.array([bytes_] * 2, np.uint8).view(np.bool_)
    expected = {"reduce_any": np.any, "reduce_all": np.all}[name](np.array([bytes_] * 2) != 0, axis=1)
    np.testing.assert_array_equal(getattr(tf, name)(x, axis=1), expected)


@pytest.mark.parametrize("shape", [(4,), (3, 4), (0, 4), (2, 0), (2, 3, 4)])
def test_no_places_at_all_are_taken_and_put_back(shape: tuple[int, ...]) -> None:
    none = np.zeros(0, np.int64)
    for axis in range(len(shape)):
        for take in (lambda x: tf.gather(x, none, axis=axis), lambda x: np.take(x, none, axis)):  # noqa: B023
            x = tf.constant(np.ones(shape))
            recorded = tf.function(take)
            for f in (take, recorded, recorded):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = f(x)
                assert tuple(y.shape) == (*shape[:axis], 0, *shape[axis + 1 :])
                np.testing.assert_array_equal(tape.gradient(y, x), np.zeros(shape))
    x = tf.constant(np.ones(shape))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x[none]
    np.testing.assert_array_equal(tape.gradient(y, x), np.zeros(shape))
