"""Short-time Fourier transforms: TensorFlow's values and gradients, signals put together again, and errors.

The constants are what TensorFlow 2.21 gives for the same calls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients
from test_signal_spectra import COMPLEX, REAL, gradient

SEVEN = np.array([0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 0.1])
SPECTRA = np.array([[1.625, -2 + 0.625j, 2.375], [0.125, 0.75 + 0.625j, -1.625]])


VALUES: dict[str, tuple[Any, np.ndarray, Any]] = {
    "stft": (lambda x: tf.signal.stft(x, 4, 2), SEVEN, SPECTRA),
    "stft padded": (
        lambda x: tf.signal.stft(x, 3, 2, fft_length=5, window_fn=tf.signal.hamming_window, pad_end=True),
        SEVEN,
        [
            [-0.8, -0.3984597135 + 0.8570108759j, 0.8984597135 + 0.7399542949j],
            [0.35, 0.2857952683 - 0.2024970139j, -0.0607952683 - 0.2040097041j],
            [1.448, 0.3970533556 - 1.4312870565j, -1.2710533556 - 0.8740694263j],
            [0.008, 0.008, 0.008],
        ],
    ),
    "stft of fewer points than a frame": (
        lambda x: tf.signal.stft(x, 5, 3, fft_length=4, window_fn=None),
        SEVEN,
        [[1.75, -1.5 + 1.25j, 3.25]],
    ),
    "inverse_stft": (
        lambda y: tf.signal.inverse_stft(y, 4, 2, window_fn=tf.signal.inverse_stft_window_fn(2)),
        SPECTRA,
        [0.0, -0.5, 2.0, 0.25, -0.75, 0.75],
    ),
    "inverse_stft of longer frames": (
        lambda y: tf.signal.inverse_stft(y, 6, 2, fft_length=4, window_fn=None),
        SPECTRA,
        [0.0, -0.5, 2.0, 0.25, -0.75, 0.75, 0.0, 0.0],
    ),
    "inverse_stft of shorter frames": (
        lambda y: tf.signal.inverse_stft(y, 3, 1, fft_length=4),
        SPECTRA,
        [0.0, -0.5, 0.125, 0.0],
    ),
}
GRADIENTS: dict[str, tuple[Any, np.ndarray, Any]] = {
    "stft": (
        lambda x: tf.signal.stft(x, 4, 2),
        REAL,
        [[0.0, -1.5, 2.0, -2.75, 5.0, 0.25], [0.0, -3.0, 8.0, -2.75, 11.0, 1.75]],
    ),
    "stft padded": (
        lambda x: tf.signal.stft(x, 3, 2, fft_length=5, window_fn=tf.signal.hamming_window, pad_end=True),
        REAL,
        [
            [0.48, -2.6417513891, 1.2918253213, -3.450014042, 2.175417873, -4.2582766949],
            [2.64, -5.0665393478, 3.9426029764, -5.8748020006, 4.826195528, -6.6830646535],
        ],
    ),
    "inverse_stft": (
        lambda y: tf.signal.inverse_stft(y[None], 6, 2, window_fn=tf.signal.inverse_stft_window_fn(2)),
        COMPLEX,
        [
            [
                1.3333333333,
                -1.6190075347 - 0.9714045208j,
                0.3333333333 + 0.4444444444j,
                -0.047659132 + 0.0285954792j,
            ],
            [2.0, -2.2666105485 - 1.6190075347j, 0.3333333333 + 0.6666666667j, -0.0667227848 + 0.047659132j],
        ],
    ),
    "inverse_stft without a window": (
        lambda y: tf.signal.inverse_stft(y[None], 5, 3, fft_length=6, window_fn=None),
        COMPLEX,
        [
            [2.5, -2.0, -1.1547005384j, 0.5],
            [5.0, -2.5 - 0.8660254038j, 0.5 - 2.0207259422j, 1.0],
        ],
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_tensorflows(name: str) -> None:
    function, point, expected = VALUES[name]
    np.testing.assert_allclose(function(tf.constant(point)), expected, atol=1e-9)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_are_tensorflows(name: str) -> None:
    function, point, expected = GRADIENTS[name]
    found = gradient(function, point)
    assert found.dtype == point.dtype
    np.testing.assert_allclose(found, expected, atol=1e-9)
    check_gradients(lambda t: tf.abs(function(t)) ** 2, [point], order=2, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_signal_comes_back_from_its_spectra_where_frames_overlap(dtype: Any) -> None:
    x = np.random.default_rng(2).normal(size=(2, 64)).astype(dtype)
    for length, step, window in [(16, 4, tf.signal.hann_window), (12, 6, tf.signal.hamming_window)]:
        undone = tf.signal.inverse_stft_window_fn(step, window)
        spectra = tf.signal.stft(x, length, step, window_fn=window)
        assert spectra.dtype == np.result_type(dtype, np.complex64)
        again = tf.signal.inverse_stft(spectra, length, step, window_fn=undone)
        assert again.dtype == dtype
        inner = slice(length, again.shape[-1] - length)
        np.testing.assert_allclose(again[:, inner], x[:, inner], atol=1e-6 if dtype == np.float32 else 1e-13)


@pytest.mark.parametrize(
    ("window", "length", "step", "expected"),
    [
        ("hann_window", 4, 2, [0.0, 1.0, 1.0, 1.0]),
        ("hann_window", 5, 2, [0.0, 1.0, 1.0, 1.0, 0.0]),
        ("hamming_window", 4, 3, [0.2684563758, 1.8518518519, 1.0, 1.8120805369]),
    ],
)
def test_windows_that_undo_windows_are_tensorflows(window: str, length: int, step: int, expected: Any) -> None:
    undone = tf.signal.inverse_stft_window_fn(step, getattr(tf.signal, window))(length, tf.float64)
    np.testing.assert_allclose(undone, expected, atol=1e-9)


def test_a_window_may_be_learned() -> None:
    weights = np.array([0.2, 0.9, 1.1, 0.6])
    check_gradients(
        lambda w: tf.abs(tf.signal.stft(tf.constant(SEVEN), 4, 2, window_fn=lambda length, dtype: w)) ** 2,
        [weights],
        order=2,
        rtol=1e-4,
    )
    check_gradients(
        lambda w: tf.signal.inverse_stft_window_fn(2, lambda length, dtype: w)(4, tf.float64), [weights], rtol=1e-4
    )


def test_recorded_functions_and_vectorized_ones_give_the_same() -> None:
    def loudness(x: Any) -> Any:
        return tf.reduce_sum(tf.abs(tf.signal.stft(x, 4, 2)) ** 2)

    x = tf.constant(np.random.default_rng(3).normal(size=(3, 16)))
    recorded = tf.function(loudness)
    for _ in range(3):
        np.testing.assert_allclose(recorded(x), loudness(x), rtol=1e-13)
    each = [loudness(one).numpy() for one in x]
    np.testing.assert_allclose(tf.vmap(loudness)(x), each, rtol=1e-13)
    gradients = [tf.grad(loudness)(one).numpy() for one in x]
    np.testing.assert_allclose(tf.vmap(tf.grad(loudness))(x), gradients, rtol=1e-12)


def test_a_signal_shorter_than_a_frame_has_none() -> None:
    assert tf.signal.stft(tf.ones(3), 5, 2).shape == (0, 5)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: tf.signal.stft(SEVEN, 0, 2),
            ValueError,
            "stft: the lengths and the step are at least 1; frame_length is 0",
        ),
        (lambda: tf.signal.stft(SEVEN, 2, 0), ValueError, "stft: .*frame_step 0"),
        (lambda: tf.signal.inverse_stft(SPECTRA, 4, 2, -1), ValueError, "inverse_stft: .*fft_length -1"),
        (lambda: tf.signal.inverse_stft(SPECTRA[0], 4, 2), ValueError, r"inverse_stft: .* the shape is \(3,\)"),
        (lambda: tf.signal.stft(SEVEN * 1j, 4, 2), TypeError, "stft: takes a real signal, not one of complex128"),
        (lambda: tf.signal.inverse_stft_window_fn(0), ValueError, "inverse_stft_window_fn: frame_step is at least 1"),
    ],
)
def test_what_does_not_fit_says_so(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()
