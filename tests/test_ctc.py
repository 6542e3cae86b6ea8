"""The CTC loss against the sum over all paths, its edges and its errors; what the decoders refuse."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

RNG = np.random.default_rng(3)


def spelled(path: tuple[int, ...], blank: int) -> list[int]:
    return [c for c, _ in itertools.groupby(path) if c != blank]


def by_paths(logits: np.ndarray, labels: list[int], blank: int) -> float:
    """Of one example: the sum over all paths that spell the labels."""
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    steps, classes = p.shape
    total = 0.0
    for path in itertools.product(range(classes), repeat=steps):
        if spelled(path, blank) == labels:
            total += float(np.prod(p[np.arange(steps), path]))
    return -np.log(total) if total else np.inf


@pytest.mark.parametrize("blank", [0, 1, -1])
@pytest.mark.parametrize(
    "labels",
    [[], [2], [1, 2], [2, 2], [1, 2, 1], [2, 2, 1, 1]],
    ids=lambda labels: "-".join(map(str, labels)) or "none",
)
def test_the_loss_is_the_sum_over_all_paths(labels: list[int], blank: int) -> None:
    classes = 4
    own = [(label + 1) % classes if blank == 1 else label for label in labels] if blank != 0 else labels
    own = [c if c != blank % classes else 0 for c in own]
    logits = RNG.normal(size=(5, 1, classes))
    padded = np.array([own + [9] * (5 - len(own))])
    found = tf.nn.ctc_loss(padded, logits, [len(own)], [5], blank_index=blank)
    np.testing.assert_allclose(found[0], by_paths(logits[:, 0], own, blank % classes), rtol=1e-10)


def test_steps_beyond_the_length_do_not_count() -> None:
    logits = RNG.normal(size=(6, 2, 3))
    found = tf.nn.ctc_loss([[1, 2], [2, 0]], logits, [2, 1], [4, 6])
    expected = [by_paths(logits[:4, 0], [1, 2], 0), by_paths(logits[:, 1], [2], 0)]
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    tensor = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        loss = tf.nn.ctc_loss([[1, 2], [2, 0]], tensor, [2, 1], [4, 6])
    slope = tape.gradient(loss, tensor).numpy()
    assert not slope[4:, 0].any()
    np.testing.assert_allclose(slope.sum(axis=2), 0.0, atol=1e-12)


def test_derivatives_of_the_third_order() -> None:
    def function(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.nn.ctc_loss([[1, 1]], x, [2], [4])
        return tape.gradient(loss, x)

    check_gradients(function, [RNG.normal(size=(4, 1, 3))], order=2, rtol=1e-4, atol=1e-6)


def test_too_few_steps_are_an_infinite_loss_without_a_gradient() -> None:
    logits = tf.constant(RNG.normal(size=(3, 2, 3)))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.nn.ctc_loss([[1, 1], [1, 2]], logits, [2, 2], [2, 3])
    assert np.isposinf(loss[0])
    assert np.isfinite(loss[1])
    slope = tape.gradient(loss, logits).numpy()
    assert not slope[:, 0].any()
    assert slope[:, 1].any()


@pytest.mark.parametrize("steps", [0, 1])
def test_no_labels_and_no_steps(steps: int) -> None:
    logits = np.log([[[0.25, 0.75]]] * 2)
    found = tf.nn.ctc_loss(np.zeros((1, 0), int), logits, [0], [steps])
    np.testing.assert_allclose(found, [-steps * np.log(0.25)], atol=1e-12)


def test_no_examples() -> None:
    assert tf.nn.ctc_loss(np.zeros((0, 2), int), np.zeros((3, 0, 4)), np.zeros(0, int), np.zeros(0, int)).shape == (0,)


def test_long_sequences_and_large_logits_do_not_overflow() -> None:
    logits = 1e3 * RNG.normal(size=(400, 1, 5)).astype(np.float32)
    x = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.nn.ctc_loss(RNG.integers(1, 5, (1, 100)), x, [100], [400])
    assert loss.dtype == np.float32
    assert np.isfinite(np.asarray(loss)).all()
    assert np.isfinite(np.asarray(tape.gradient(loss, x))).all()


def test_a_recorded_function_takes_other_labels() -> None:
    recorded = tf.function(lambda labels, x: tf.nn.ctc_loss(labels, x, tf.constant([2]), tf.constant([4])))
    x = tf.constant(RNG.normal(size=(4, 1, 3)))
    for labels in ([[1, 2]], [[2, 1]], [[1, 1]]):
        np.testing.assert_allclose(recorded(tf.constant(labels), x), tf.nn.ctc_loss(labels, x, [2], [4]), rtol=1e-12)


X = np.zeros((3, 1, 4))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tf.nn.ctc_loss([[1]], X.astype(int), [1], [3]), TypeError, "logits that are floats, not int"),
        (lambda: tf.nn.ctc_loss([[1.0]], X, [1], [3]), TypeError, "must be integers"),
        (lambda: tf.nn.ctc_loss([[1]], X, [1, 1], [3]), ValueError, r"lengths of shapes \(2,\)"),
        (lambda: tf.nn.ctc_loss([1], X, [1], [3]), ValueError, r"labels of shape \(1,\)"),
        (lambda: tf.nn.ctc_loss([[1]], X, [2], [3]), ValueError, "label_length .* from 0 to 1"),
        (lambda: tf.nn.ctc_loss([[1]], X, [1], [4]), ValueError, "logit_length .* from 0 to 3"),
        (lambda: tf.nn.ctc_loss([[4]], X, [1], [3]), ValueError, "the label 4 is none of 4 classes"),
        (lambda: tf.nn.ctc_loss([[1]], X, [1], [3], blank_index=4), ValueError, "blank_index 4 is out of bounds"),
        (lambda: tf.nn.ctc_greedy_decoder(X, [4]), ValueError, "does not fit inputs"),
        (lambda: tf.nn.ctc_beam_search_decoder(X, [3], 2, 3), ValueError, "from 1 to beam_width 2"),
        (lambda: tf.nn.ctc_beam_search_decoder(X[:, :, :1], [3], 4, 2), ValueError, "no 2 different results"),
        (lambda: tf.nn.ctc_unique_labels([1, 2]), ValueError, "takes two dimensions"),
        (lambda: tf.nn.collapse_repeated([[1, 2]], [1, 2]), ValueError, "does not fit labels"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_wide_beam_finds_the_most_probable_labels() -> None:
    logits = RNG.normal(size=(4, 1, 3))
    decoded, score = tf.nn.ctc_beam_search_decoder(logits, [4], 100, 2)
    every = {tuple(spelled(path, 2)) for path in itertools.product(range(3), repeat=4)}
    ranked = sorted((by_paths(logits[:, 0], list(labels), 2), labels) for labels in every)
    assert [tuple(sparse.values.numpy().tolist()) for sparse in decoded] == [labels for _, labels in ranked[:2]]
    np.testing.assert_allclose(score[0], [-loss for loss, _ in ranked[:2]], rtol=1e-10)
