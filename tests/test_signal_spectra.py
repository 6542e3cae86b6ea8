"""tf.signal's transforms: TensorFlow's values, dtypes and gradients; convolution by transforms, and by which method.

The constants are what TensorFlow 2.21 gives for the same calls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

GENERATOR = np.random.default_rng(7)
X = np.array([0.5, -1.0, 2.0, 0.25, -0.75, 1.5])
Z = X[:4] + 1j * np.array([1.0, 0.5, -0.25, 2.0])
REAL = np.stack([X, X[::-1] * 2.0])
COMPLEX = np.stack([Z, 1j * Z[::-1]])


def weighted(y: Any) -> Any:
    """The elements times 1, 2, 3 ..., which for complex ones are turned, so that no gradient is symmetric by chance."""
    weights = np.arange(1.0, y.size + 1).reshape(y.shape)
    return y * tf.constant(weights * (1.0 - 0.5j) if y.dtype.kind == "c" else weights)


def gradient(function: Any, point: np.ndarray) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x := tf.constant(point))
        y = weighted(function(x))
    return tape.gradient(y, x)


# -- Transforms --------------------------------------------------------------------------------------------------------

GRADIENTS: dict[str, tuple[Any, np.ndarray, Any]] = {
    "fft": (
        lambda x: tf.signal.fft(x),
        COMPLEX,
        [[10 + 5j, -1 - 3j, -2 - 1j, -3 + 1j], [26 + 13j, -1 - 3j, -2 - 1j, -3 + 1j]],
    ),
    "ifft": (
        lambda x: tf.signal.ifft(x),
        COMPLEX,
        [
            [2.5 + 1.25j, -0.75 + 0.25j, -0.5 - 0.25j, -0.25 - 0.75j],
            [6.5 + 3.25j, -0.75 + 0.25j, -0.5 - 0.25j, -0.25 - 0.75j],
        ],
    ),
    "fft2d": (
        lambda x: tf.signal.fft2d(x),
        COMPLEX,
        [[36 + 18j, -2 - 6j, -4 - 2j, -6 + 2j], [-16 - 8j, 0j, 0j, 0j]],
    ),
    "ifft2d": (
        lambda x: tf.signal.ifft2d(x),
        COMPLEX,
        [[4.5 + 2.25j, -0.75 + 0.25j, -0.5 - 0.25j, -0.25 - 0.75j], [-2 - 1j, 0j, 0j, 0j]],
    ),
    "rfft": (
        lambda x: tf.signal.rfft(x),
        REAL,
        [
            [10.0, -5.6650635095, 2.9330127019, -2.0, 2.0669872981, -1.3349364905],
            [26.0, -9.1291651246, 6.9330127019, -2.0, 6.0669872981, 2.1291651246],
        ],
    ),
    "rfft padded": (
        lambda x: tf.signal.rfft(x, [9]),
        REAL,
        [
            [15.0, -8.3525300898, 2.1996225724, -1.7320508076, 1.6391188223, -1.06514087],
            [40.0, -12.9416323643, 5.1545853652, -1.397114317, 5.1879933613, 0.385984591],
        ],
    ),
    "rfft2d": (
        lambda x: tf.signal.rfft2d(x),
        REAL,
        [
            [36.0, -14.7942286341, 9.8660254038, -4.0, 8.1339745962, 0.7942286341],
            [-16.0, 3.4641016151, -4.0, 0.0, -4.0, -3.4641016151],
        ],
    ),
    "irfft": (
        lambda x: tf.signal.irfft(x),
        COMPLEX,
        [
            [3.5, -1 + 1.7320508076j, -1 + 0.5773502692j, -0.5],
            [9.5, -1 + 1.7320508076j, -1 + 0.5773502692j, -0.5],
        ],
    ),
    "irfft padded": (
        lambda x: tf.signal.irfft(x, [10]),
        COMPLEX,
        [
            [5.5, -1 + 3.0776835372j, -1 + 1.3763819205j, -1 + 0.726542528j],
            [15.5, -1 + 3.0776835372j, -1 + 1.3763819205j, -1 + 0.726542528j],
        ],
    ),
    "irfft2d": (
        lambda x: tf.signal.irfft2d(x),
        COMPLEX,
        [[6.5, -1 + 1.7320508076j, -1 + 0.5773502692j, -0.5], [-3, 0j, 0j, 0j]],
    ),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_are_tensorflows(name: str) -> None:
    function, point, expected = GRADIENTS[name]
    np.testing.assert_allclose(gradient(function, point), expected, atol=1e-9)


BESIDE_NUMPY: dict[str, tuple[Any, Any]] = {
    "fft": (lambda x: tf.signal.fft(x), np.fft.fft),
    "ifft": (lambda x: tf.signal.ifft(x), np.fft.ifft),
    "fft2d": (lambda x: tf.signal.fft2d(x), np.fft.fft2),
    "ifft2d": (lambda x: tf.signal.ifft2d(x), np.fft.ifft2),
    "fft3d": (lambda x: tf.signal.fft3d(x), lambda x: np.fft.fftn(x, axes=(-3, -2, -1))),
    "ifft3d": (lambda x: tf.signal.ifft3d(x), lambda x: np.fft.ifftn(x, axes=(-3, -2, -1))),
    "fftnd": (lambda x: tf.signal.fftnd(x), np.fft.fftn),
    "fftnd of lengths": (
        lambda x: tf.signal.fftnd(x, [3, 5], [0, -1], "ortho"),
        lambda x: np.fft.fftn(x, (3, 5), (0, -1), "ortho"),
    ),
    "ifftnd": (
        lambda x: tf.signal.ifftnd(x, axes=[1], norm="forward"),
        lambda x: np.fft.ifft(x, axis=1, norm="forward"),
    ),
    "irfft": (lambda x: tf.signal.irfft(x), np.fft.irfft),
    "irfft odd": (lambda x: tf.signal.irfft(x, tf.constant([5])), lambda x: np.fft.irfft(x, 5)),
    "irfft2d": (lambda x: tf.signal.irfft2d(x, [2, 6]), lambda x: np.fft.irfft2(x, (2, 6))),
    "irfft3d": (lambda x: tf.signal.irfft3d(x), lambda x: np.fft.irfftn(x, axes=(-3, -2, -1))),
    "irfftnd": (lambda x: tf.signal.irfftnd(x, [2, 7], [2, 1]), lambda x: np.fft.irfftn(x, (2, 7), (2, 1))),
    "fftshift": (lambda x: tf.signal.fftshift(x), np.fft.fftshift),
    "fftshift of an axis": (lambda x: tf.signal.fftshift(x, 1), lambda x: np.fft.fftshift(x, 1)),
    "ifftshift": (lambda x: tf.signal.ifftshift(x, [0, -1]), lambda x: np.fft.ifftshift(x, (0, -1))),
    "rfft": (lambda x: tf.signal.rfft(tf.math.real(x)), lambda x: np.fft.rfft(x.real)),
    "rfft cut": (lambda x: tf.signal.rfft(tf.math.real(x), 3), lambda x: np.fft.rfft(x.real, 3)),
    "rfft2d": (lambda x: tf.signal.rfft2d(tf.math.real(x), (4, 5)), lambda x: np.fft.rfft2(x.real, (4, 5))),
    "rfft3d": (lambda x: tf.signal.rfft3d(tf.math.real(x)), lambda x: np.fft.rfftn(x.real, axes=(-3, -2, -1))),
    "rfftnd": (lambda x: tf.signal.rfftnd(tf.math.real(x), axes=[0, 1]), lambda x: np.fft.rfftn(x.real, axes=(0, 1))),
}


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("name", BESIDE_NUMPY)
def test_values_are_numpys_and_derivatives_those_of_finite_differences(name: str, dtype: Any) -> None:
    function, of_numpy = BESIDE_NUMPY[name]
    x = (GENERATOR.normal(size=(2, 3, 2, 4)) + 1j * GENERATOR.normal(size=(2, 3, 2, 4))).astype(dtype)
    found, expected = function(tf.constant(x)), of_numpy(x)
    assert found.dtype == expected.dtype
    precision = 1e-12 if dtype == np.complex128 else 1e-5
    np.testing.assert_allclose(found, expected, rtol=precision, atol=precision)
    if dtype == np.complex128:
        check_gradients(lambda z: tf.math.abs(function(z)) ** 2, [x[:, :, :1]], order=2, rtol=1e-4, atol=1e-4)


def test_pythons_numbers_are_float32_and_reals_are_taken_where_tensorflow_wants_complex_ones() -> None:
    for values in ([1, 2, 3, 4], [1.0, 2.0, 3.0, 4.0]):
        assert tf.signal.rfft(values).dtype == np.complex64
        assert tf.signal.fft(values).dtype == np.complex64
        assert tf.signal.irfft(values).dtype == np.float32
    assert tf.signal.fft(tf.constant(X)).dtype == np.complex128
    assert gradient(lambda x: tf.signal.fft(x), X).dtype == np.float64


def test_the_flat_names_are_told_lengths_and_axes() -> None:
    for name in ("fftnd", "ifftnd", "rfftnd", "irfftnd"):
        expected = getattr(tf.signal, name)(REAL, [3], [1])
        np.testing.assert_array_equal(getattr(tf, name)(REAL, [3], [1]), expected)
    assert tf.rfftnd(REAL, [3], [1], Tcomplex=tf.complex64).dtype == np.complex64
    assert tf.irfftnd(COMPLEX, [3], [1], Treal=tf.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tf.signal.fft2d(X), ValueError, r"fft2d: needs 2 axes or more; the shape is \(6,\)"),
        (lambda: tf.signal.fft(1.0), ValueError, r"fft: needs 1 axis or more"),
        (lambda: tf.signal.rfft(X, [2, 3]), ValueError, r"rfft: fft_length has 1 numbers, one an axis, not 2"),
        (lambda: tf.signal.rfft(X, [0]), ValueError, "rfft: needs one point or more"),
        (lambda: tf.signal.rfft2d(COMPLEX), TypeError, "rfft: takes a real operand, not one of complex128"),
        (lambda: tf.signal.irfft(np.ones(1)), ValueError, "irfft: needs one point or more"),
        (lambda: tf.signal.fftnd(X, [2, 3], [0]), ValueError, "fftn: the lengths .* are not as many"),
        (lambda: tf.signal.fftnd(X, axes=[1]), IndexError, "axis 1 is out of bounds"),
        (lambda: tf.signal.fftnd(X, norm="both"), ValueError, "the norm is .* not 'both'"),
    ],
)
def test_what_does_not_fit_says_so(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


# -- Convolution -------------------------------------------------------------------------------------------------------

SHAPES = [((5,), (3,)), ((2,), (7,)), ((4, 5), (3, 2)), ((2, 3, 2), (3, 4, 5)), ((1,), (1,)), ((), ())]


def drawn(shape: tuple[int, ...], complexly: bool) -> np.ndarray:
    values = GENERATOR.normal(size=shape)
    return values + 1j * GENERATOR.normal(size=shape) if complexly else np.asarray(values)


@pytest.mark.parametrize("complexly", [False, True])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_convolution_by_transforms_is_the_sum(shapes: Any, mode: str, complexly: bool) -> None:
    signal = pytest.importorskip("scipy.signal")
    a, b = drawn(shapes[0], complexly), drawn(shapes[1], False)
    expected = signal.convolve(a, b, mode, "direct")
    for found in (tf.scipy.signal.fftconvolve(a, b, mode), tf.scipy.signal.convolve(a, b, mode, "fft")):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    check_gradients(lambda x, y: tf.scipy.signal.fftconvolve(x, y, mode), [a, b], order=2, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("axes", [0, -1, (0, 2), (1,), ()])
def test_convolution_over_some_axes_broadcasts_over_the_others(axes: Any, mode: str) -> None:
    signal = pytest.importorskip("scipy.signal")
    a, b = drawn((4, 3, 5), False), drawn((3, 3, 2), False)
    for other in [d for d in range(3) if d not in np.atleast_1d(axes) % 3]:
        b = b.take([0], other)
    expected = signal.fftconvolve(a, b, mode, axes) if axes != () else a * b
    np.testing.assert_allclose(tf.scipy.signal.fftconvolve(a, b, mode, axes), expected, rtol=1e-12, atol=1e-12)
    check_gradients(lambda x, y: tf.scipy.signal.fftconvolve(x, y, mode, axes), [a, b], rtol=1e-4, atol=1e-4)


def test_convolution_takes_transforms_where_the_sum_would_be_long() -> None:
    a, b = drawn((4000,), False), drawn((3000,), False)
    with tf.GradientTape() as tape:
        tape.watch(x := tf.constant(a))
        y = tf.scipy.signal.convolve(x, b)
    np.testing.assert_allclose(y, np.convolve(a, b), atol=1e-10)
    np.testing.assert_array_equal(y, tf.scipy.signal.convolve(a, b, method="fft"))
    np.testing.assert_allclose(tape.gradient(y, x), np.full(4000, b.sum()), atol=1e-10)
    np.testing.assert_array_equal(tf.scipy.signal.convolve(a[:50], b[:9]), np.convolve(a[:50], b[:9]))


def test_convolution_of_integers_is_exact() -> None:
    a, b = np.arange(3000), np.arange(2000)[::-1].copy()
    exact = np.convolve(a, b)
    for method in ("auto", "direct", "fft"):
        found = tf.scipy.signal.convolve(a, b, method=method)
        assert found.dtype == exact.dtype
        np.testing.assert_array_equal(found, exact)
    assert tf.scipy.signal.fftconvolve(a, b).dtype == np.float64
    floats = tf.scipy.signal.fftconvolve(tf.constant([1.0, 2.0]), tf.constant([3.0]))
    assert floats.dtype == np.float32


def test_convolution_with_nothing_is_zeros() -> None:
    for a, b in [((0,), (3,)), ((2, 0), (2, 2))]:
        found = tf.scipy.signal.fftconvolve(np.zeros(a), np.ones(b))
        np.testing.assert_array_equal(found, tf.scipy.signal.convolve(np.zeros(a), np.ones(b)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: f(REAL, X), r"fftconvolve: the operands have as many axes; the shapes are \(2, 6\) and \(6,\)"),
        (lambda f: f(X, X, "wrap"), "fftconvolve: the mode is 'full', 'valid' or 'same', not 'wrap'"),
        (lambda f: f(REAL, REAL.T, "valid"), "fftconvolve: in mode 'valid' one operand contains the other"),
        (lambda f: f(REAL, REAL[:, :2], axes=0), "fftconvolve: shapes .* do not broadcast along axis 1"),
        (lambda f: f(REAL, REAL, axes=2), "axis 2 is out of bounds"),
        (lambda f: tf.scipy.signal.convolve(X, X, method="quick"), "convolve: the method is .* not 'quick'"),
    ],
)
def test_what_cannot_be_convolved_says_so(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(tf.scipy.signal.fftconvolve)
