"""Metrics: how good predictions are, without a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff_core as tf

__all__ = ["accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]
__dir__ = __all__.copy


def accuracy(labels: Any, predictions: Any) -> tf.Tensor:
    """Give the share of predictions that are right, as one number.

    Parameters
    ----------
    labels : tensor
        The true classes, by number.
    predictions : tensor
        The predicted classes, of the shape of `labels`; or scores with one more axis, of which the largest counts.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> float(tf.keras.metrics.accuracy([1, 2, 0, 2], [1, 2, 0, 0]))
    0.75
    >>> float(tf.keras.metrics.accuracy([1, 0], [[0.1, 0.9], [0.2, 0.8]]))
    0.5
    """
    true, predicted = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
    if predicted.ndim == true.ndim + 1:
        predicted = tf.argmax(predicted, -1)
    if predicted.shape != true.shape:
        raise ValueError(
            f"accuracy needs predictions of the shape of the labels, or scores with one more axis. Received labels of "
            f"shape {tuple(true.shape)} and predictions of shape {np.shape(predictions)}."
        )
    return tf.reduce_mean(_as_floats(np.equal(true, predicted)))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> tf.Tensor:
    """Give 1 for each sample whose largest score is that of the true class, and 0 for the others.

    Parameters
    ----------
    y_true : tensor of int
        The true classes, by number; with or without a last axis of length 1.
    y_pred : tensor
        A score for each class, over the last axis.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.metrics.sparse_categorical_accuracy([1, 0], [[0.1, 0.9], [0.2, 0.8]]).numpy().tolist()
    [1.0, 0.0]
    """
    true, scores = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    if true.ndim == scores.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    return _as_floats(np.equal(true, tf.argmax(scores, -1)))


def categorical_accuracy(y_true: Any, y_pred: Any) -> tf.Tensor:
    """Give 1 for each sample whose largest score is that of the true class, given one-hot, and 0 for the others.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.1, 0.9], [0.2, 0.8]]).numpy().tolist()
    [1.0, 0.0]
    """
    return _as_floats(tf.equal(tf.argmax(y_true, -1), tf.argmax(y_pred, -1)))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> tf.Tensor:
    """Give the share, over the last axis, of answers that are on the right side of the threshold.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.metrics.binary_accuracy([[1.0, 0.0]], [[0.8, 0.6]]).numpy().tolist()
    [0.5]
    """
    right = np.equal(tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred) > threshold)
    return tf.reduce_mean(_as_floats(right), -1)


def _as_floats(values: Any) -> tf.Tensor:
    return tf.cast(values, tf.constant(0.0).dtype)
