"""Fourier transforms: NumPy's values and dtypes, exact adjoints, TensorFlow's gradients, and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

GENERATOR = np.random.default_rng(5)
NORMS = [None, "backward", "ortho", "forward"]
ALONG_ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
ALONG_SEVERAL = ["fft2", "ifft2", "fftn", "ifftn", "rfft2", "irfft2", "rfftn", "irfftn"]
REAL_ONLY = {"rfft", "ihfft", "rfft2", "rfftn"}
TOLERANCE = {np.float16: 2e-2, np.float32: 2e-6, np.complex64: 2e-6}


def points(shape: tuple[int, ...], dtype: Any = np.complex128) -> np.ndarray:
    values = GENERATOR.normal(size=shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * GENERATOR.normal(size=shape)
    return values.astype(dtype)


def operands(name: str, shape: tuple[int, ...]) -> list[np.ndarray]:
    dtypes: list[Any] = [np.float64] if name in REAL_ONLY else [np.float64, np.complex128]
    return [points(shape, dtype) for dtype in dtypes]


def same(found: Any, expected: np.ndarray, rtol: float = 1e-13) -> None:
    assert isinstance(found, tf.Tensor)
    assert found.dtype == expected.dtype
    assert tuple(found.shape) == expected.shape
    np.testing.assert_allclose(
        found, expected, rtol=rtol, atol=rtol * max(1.0, float(np.max(np.abs(expected), initial=0)))
    )


# -- Values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("length", [1, 2, 5, 8])
@pytest.mark.parametrize("name", ALONG_ONE)
def test_a_transform_along_an_axis_has_numpys_value_for_every_length(name: str, length: int, norm: Any) -> None:
    function = getattr(np.fft, name)
    for x in operands(name, (3, length, 2)):
        for n in (None, 1, 2, length - 1, length, length + 1, 2 * length + 1):
            for axis in (1, -2):
                if n == 0 or (n is None and length == 1 and name in ("irfft", "hfft")):
                    continue
                same(function(tf.constant(x), n, axis, norm), function(x, n, axis, norm))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name", ALONG_SEVERAL)
def test_a_transform_along_several_axes_has_numpys_value(name: str, norm: Any) -> None:
    function = getattr(np.fft, name)
    for x in operands(name, (3, 4, 5)):
        for s, axes in [
            (None, None),
            (None, (0, 1)),
            (None, (-1,)),
            (None, (1, 1)),
            (None, (2, 0, 2)),
            ((2, 6), (1, 2)),
            ((7,), (0,)),
            ((-1, 3), (2, 0)),
            ((4, 3), (1, 1)),
        ]:
            keywords = {} if axes is None else {"axes": axes}
            same(function(tf.constant(x), s, norm=norm, **keywords), function(x, s, norm=norm, **keywords))


def test_no_axes_leave_the_operand_as_it_is() -> None:
    x = points((2, 3), np.float64)
    same(np.fft.fftn(tf.constant(x), axes=()), np.fft.fftn(x, axes=()))
    same(np.fft.fftn(tf.constant(1.5)), np.fft.fftn(1.5).astype(np.float32))
    same(np.fft.fftshift(tf.constant(x), axes=()), x)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_lengths_without_axes_stand_for_the_last_ones_and_none_for_the_default() -> None:
    x = points((3, 4, 5))
    same(np.fft.fftn(tf.constant(x), (2, 3)), np.fft.fftn(x, (2, 3)))
    same(np.fft.irfftn(tf.constant(x), (2, None), (0, 1)), np.fft.irfftn(x, (2, None), (0, 1)))


DTYPES = [np.float16, np.float32, np.longdouble, np.complex64, np.clongdouble, np.int8, np.int64, np.bool_, np.uint16]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ALONG_ONE + ALONG_SEVERAL)
def test_results_have_numpys_dtypes(name: str, dtype: Any) -> None:
    if name in REAL_ONLY and np.dtype(dtype).kind == "c":
        return
    x = (3.0 * points((2, 6))).real.astype(dtype)
    function = getattr(np.fft, name)
    same(function(tf.constant(x)), function(x), TOLERANCE.get(dtype, 1e-12))


@pytest.mark.parametrize("name", ALONG_ONE)
def test_an_axis_beside_may_be_empty(name: str) -> None:
    function = getattr(np.fft, name)
    x = np.zeros((0, 4))
    with tf.GradientTape() as tape:
        tape.watch(t := tf.constant(x))
        y = function(t)
    same(y, function(x))
    assert tuple(tape.gradient(y, t).shape) == (0, 4)


@pytest.mark.parametrize("name", ALONG_ONE)
def test_operands_may_lie_in_memory_in_any_way(name: str) -> None:
    function = getattr(np.fft, name)
    x = points((6, 8), np.float64)[::2, ::-1].T
    same(function(tf.constant(x), axis=0), function(x, axis=0))
    with tf.GradientTape() as tape:
        tape.watch(t := tf.constant(x))
        y = tf.math.real(function(tf.transpose(t), axis=1))
        z = tf.reduce_sum(y)  # whose cotangent is one number everywhere
    same(tape.gradient(z, t), gradient_of_sum(function, np.ascontiguousarray(x)))


def gradient_of_sum(function: Any, x: np.ndarray) -> np.ndarray:
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    return np.real(function(basis, axis=1)).sum(axis=(1, 2)).reshape(x.shape)


# -- Gradients -----------------------------------------------------------------------------------------------------


def inner(a: Any, b: Any) -> float:
    return float(np.sum(np.real(np.conj(a) * b)))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("n", [None, 1, 2, 3, 4, 6, 7, 12, 13])
@pytest.mark.parametrize("name", ALONG_ONE)
def test_the_gradient_is_the_adjoint_and_the_tangent_the_transform(name: str, n: Any, norm: Any) -> None:
    function = getattr(np.fft, name)
    for x in operands(name, (2, 6)):
        v = points(x.shape, x.dtype)
        expected = function(v, n, -1, norm)
        g = points(expected.shape, expected.dtype)
        with tf.GradientTape() as tape, tf.autodiff.ForwardAccumulator(t := tf.constant(x), tf.constant(v)) as forward:
            tape.watch(t)
            y = function(t, n, -1, norm)
        gradient = tape.gradient(y, t, tf.constant(g))
        assert gradient.dtype == x.dtype
        np.testing.assert_allclose(inner(gradient, v), inner(g, expected), rtol=1e-12, atol=1e-12)
        same(forward.jvp(y), expected)


@pytest.mark.parametrize("name", ALONG_SEVERAL)
def test_the_gradient_along_several_axes_is_the_adjoint(name: str) -> None:
    function = getattr(np.fft, name)
    for x in operands(name, (3, 4, 5)):
        for s, axes in [(None, (-2, -1)), ((2, 6), (1, 2)), ((5, 5), (0, 1)), (None, (1, 1))]:
            v = points(x.shape, x.dtype)
            expected = function(v, s, axes)
            g = points(expected.shape, expected.dtype)
            with tf.GradientTape() as tape:
                tape.watch(t := tf.constant(x))
                y = function(t, s, axes)
            np.testing.assert_allclose(inner(tape.gradient(y, t, tf.constant(g)), v), inner(g, expected), rtol=1e-12)


@pytest.mark.parametrize("name", ALONG_ONE)
@pytest.mark.parametrize("length", [4, 5])
def test_derivatives_of_first_and_second_order_match_finite_differences(name: str, length: int) -> None:
    function = getattr(np.fft, name)
    for x in operands(name, (2, length)):
        check_gradients(lambda t: tf.abs(function(t, 6)) ** 2, [x], order=2, rtol=1e-4, atol=1e-4)
        check_gradients(
            lambda t: function(tf.math.real(function(t * t)), 3, axis=0), [x.real], order=2, rtol=1e-4, atol=1e-4
        )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.complex64, np.clongdouble])
def test_gradients_have_their_operands_dtypes(dtype: Any) -> None:
    x = points((2, 6), dtype)
    for name in ALONG_ONE:
        if name in REAL_ONLY and np.dtype(dtype).kind == "c":
            continue
        with tf.GradientTape() as tape:
            tape.watch(t := tf.constant(x))
            y = getattr(np.fft, name)(t)
        gradient = tape.gradient(y, t)
        assert gradient.dtype == x.dtype
        with tf.GradientTape() as tape:
            tape.watch(wide := tf.constant(x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)))
            y = getattr(np.fft, name)(wide)
        np.testing.assert_allclose(gradient, tape.gradient(y, wide).numpy(), rtol=2e-3, atol=2e-3)


def test_a_jacobian_takes_all_rows_in_one_sweep_and_is_the_matrix() -> None:
    x = tf.constant(points((5,)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = np.fft.fft(x)
    matrix = np.fft.fft(np.eye(5))
    np.testing.assert_allclose(tape.jacobian(y, x), np.conj(matrix), atol=1e-14)  # TensorFlow's convention
    z = tf.constant(points((6,), np.float64))
    both = tf.transforms.jacobian(lambda t: np.fft.irfft(np.fft.rfft(t) * FILTER), mode="reverse")(z)
    np.testing.assert_allclose(both, np.fft.irfft(np.fft.rfft(np.eye(6)) * FILTER).T, atol=1e-14)


FILTER = np.array([1.0, 0.5, 0.25 + 0.5j, 0.0])


def test_a_sparse_jacobian_keeps_the_axes_apart() -> None:
    pytest.importorskip("scipy")
    jacobian = tf.sparse_jacobian(lambda t: np.fft.irfft(np.fft.rfft(t) * FILTER), tf.constant(np.ones((3, 6))))
    dense = np.kron(np.eye(3), np.fft.irfft(np.fft.rfft(np.eye(6)) * FILTER).T)
    np.testing.assert_allclose(jacobian.toarray(), dense, atol=1e-14)
    assert jacobian.nnz <= 3 * 36


def test_vmap_and_vectorized_map_transform_each_example() -> None:
    x = points((4, 3, 6), np.float64)
    for function in (np.fft.rfft, np.fft.fft, lambda t: np.fft.ihfft(t, 5, axis=0), lambda t: np.fft.irfft(t, axis=-2)):
        expected = np.stack([function(one) for one in x])
        same(tf.vmap(function)(tf.constant(x)), expected)
        same(tf.vectorized_map(function, tf.constant(x)), expected)


def test_a_recorded_function_replays_transforms_and_their_gradients() -> None:
    def energy(t: Any) -> Any:
        return tf.reduce_sum(tf.abs(np.fft.rfft(t, 8) * 2.0) ** 2) + tf.reduce_sum(tf.math.imag(np.fft.ifft(t)) ** 2)

    recorded = tf.function(energy)
    for _ in range(3):
        x = tf.constant(points((3, 6), np.float64))
        results = []
        for function in (energy, recorded):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x)
            results.append((y.numpy(), tape.gradient(y, x).numpy()))
        np.testing.assert_allclose(results[1][0], results[0][0], rtol=1e-13)
        np.testing.assert_allclose(results[1][1], results[0][1], rtol=1e-12)


def test_transforms_do_not_write_into_cotangents_or_operands() -> None:
    g = points((4,))
    kept = g.copy()
    for n in (6, 7):
        with tf.GradientTape() as tape:
            tape.watch(x := tf.constant(points((n,), np.float64)))
            y = np.fft.ihfft(x)
        tape.gradient(y, x, tf.constant(g))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = np.fft.rfft(x)
        tape.gradient(y, x, tf.constant(g))
    np.testing.assert_array_equal(g, kept)


# -- Errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.fft.fft(x, 0), ValueError, "fft: needs one point or more along the axis, not 0"),
        (lambda x: np.fft.ifft(x[:, :0]), ValueError, "ifft: needs one point or more"),
        (lambda x: np.fft.irfft(x[:, :1]), ValueError, "irfft: needs one point or more"),
        (lambda x: np.fft.rfft(x, -2), ValueError, "rfft: needs one point or more along the axis, not -2"),
        (lambda x: np.fft.rfft(x * 1j), TypeError, "rfft: takes a real operand, not one of complex128"),
        (lambda x: np.fft.ihfft(x * 1j), TypeError, "ihfft: takes a real operand"),
        (lambda x: np.fft.rfft2(x * 1j), TypeError, "rfft: takes a real operand"),
        (lambda x: np.fft.fft(x, norm="unitary"), ValueError, "fft: the norm is .* not 'unitary'"),
        (lambda x: np.fft.fft(x, axis=2), IndexError, "axis 2 is out of bounds"),
        (lambda x: np.fft.fft(x[0, 0]), IndexError, "axis -1 is out of bounds"),
        (lambda x: np.fft.fft2(x[0]), IndexError, "axis -2 is out of bounds"),
        (lambda x: np.fft.fftn(x, (2,), (0, 1)), ValueError, "fftn: the lengths .* are not as many"),
        (lambda x: np.fft.rfftn(x, axes=()), IndexError, "rfftn: needs an axis"),
        (lambda x: np.fft.irfftn(x[0, 0]), IndexError, "irfftn: needs an axis"),
        (lambda x: np.fft.fft(x, 2.5), TypeError, "integer"),
        (lambda x: np.fft.fftshift(x, 2), IndexError, "axis 2 is out of bounds"),
        (lambda x: np.fft.fft(x, out=np.zeros((2, 4), complex)), TypeError, "np.fft.fft with out=.*use the result"),
        (lambda x: np.fft.rfftn(x, out=np.zeros((2, 3), complex)), TypeError, "np.fft.rfftn with out="),
    ],
)
def test_what_cannot_be_transformed_raises_as_in_numpy(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call(tf.constant(np.ones((2, 4))))
