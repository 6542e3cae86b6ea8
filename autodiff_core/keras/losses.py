"""Losses: how far predictions are from what is true.

Each comes as a function, which gives one number a sample (the mean over the last axis), and as a class, which also
weights the samples and reduces them to one number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autodiff_core as tf

from .. import _core
from . import backend

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "huber",
    "mae",
    "mean_absolute_error",
    "mean_squared_error",
    "mse",
    "sparse_categorical_crossentropy",
]
__dir__ = __all__.copy


def mean_squared_error(y_true: Any, y_pred: Any) -> tf.Tensor:
    """Give the mean of the squared differences.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.losses.mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]]).numpy().tolist()
    [2.0]
    """
    y_true, y_pred = _alike(y_true, y_pred)
    return tf.reduce_mean(tf.square(y_pred - y_true), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> tf.Tensor:
    """Give the mean of the absolute differences.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.losses.mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).numpy().tolist()
    [1.0]
    """
    y_true, y_pred = _alike(y_true, y_pred)
    return tf.reduce_mean(tf.abs(y_pred - y_true), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> tf.Tensor:
    """Give the mean of half the squared differences, and of lines that go on from there beyond `delta`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> tf.keras.losses.huber([[0.0, 0.0]], [[1.0, 3.0]]).numpy().tolist()
    [1.5]
    """
    y_true, y_pred = _alike(y_true, y_pred)
    difference = y_pred - y_true
    # What lies within delta is squared, what lies beyond counts in proportion; no branch is computed in vain. (Of the
    # difference rather than its absolute value, which has no second derivative at 0.)
    within = tf.clip_by_value(difference, -delta, delta)
    return tf.reduce_mean(within * (difference - 0.5 * within), axis=-1)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> tf.Tensor:
    """Give the mean cross-entropy of yes-or-no answers.

    Parameters
    ----------
    y_true : tensor
        Zeros and ones, or probabilities.
    y_pred : tensor
        The predicted probabilities, or their logits.
    from_logits : bool
        Whether `y_pred` are logits, which is the more precise way.
    label_smoothing : float
        How far the labels are drawn towards one half.
    axis : int
        The axis that the mean is taken over.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.binary_crossentropy([1.0], [0.5])), 4)
    0.6931
    """
    y_true, y_pred = _alike(y_true, y_pred)
    _real("binary_crossentropy", y_pred)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        return tf.reduce_mean(tf.nn.softplus(y_pred) - y_pred * y_true, axis=axis)
    probability = _away_from_the_ends(y_pred)
    entropy = y_true * tf.math.log(probability) + (1 - y_true) * tf.math.log(1 - probability)
    return -tf.reduce_mean(entropy, axis=axis)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> tf.Tensor:
    """Give the cross-entropy of one answer among several, the true one given as a distribution.

    Parameters
    ----------
    y_true : tensor
        A distribution over the last axis, for instance one-hot.
    y_pred : tensor
        The predicted probabilities, or their logits.
    from_logits : bool
        Whether `y_pred` are logits, which is the more precise way.
    label_smoothing : float
        How far the labels are drawn towards the uniform distribution.
    axis : int
        The axis of the answers.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.categorical_crossentropy([0.0, 1.0], [0.5, 0.5])), 4)
    0.6931
    """
    y_true, y_pred = _alike(y_true, y_pred)
    _real("categorical_crossentropy", y_pred)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / y_true.shape[axis]
    if from_logits:
        return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred, axis=axis)
    probability = y_pred / tf.reduce_sum(y_pred, axis=axis, keepdims=True)
    return -tf.reduce_sum(y_true * tf.math.log(_away_from_the_ends(probability)), axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> tf.Tensor:
    """Give the cross-entropy of one answer among several, the true one given as its number.

    Parameters
    ----------
    y_true : tensor of int
        The numbers of the true classes, of the shape of `y_pred` without its last axis, or with 1 there.
    y_pred : tensor
        The predicted probabilities, or their logits, over `axis`.
    from_logits : bool
        Whether `y_pred` are logits, which is the more precise way.
    ignore_class : int, optional
        A class that stands for no answer: where it is the true one, the loss is zero.
    axis : int
        The axis of the classes.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]])[0]), 4)
    0.6931
    """
    y_pred = tf.convert_to_tensor(y_pred)
    _real("sparse_categorical_crossentropy", y_pred)
    y_true = tf.cast(y_true, tf.int64)
    last = len(y_pred.shape) - 1
    if axis % (last + 1) != last:
        y_pred = tf.transpose(y_pred, [*[d for d in range(last + 1) if d != axis % (last + 1)], axis % (last + 1)])
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = tf.squeeze(y_true, axis=-1)
    if not from_logits:
        # The logarithms of probabilities are logits, whose softmax gives the probabilities back, normalized.
        y_pred = tf.math.log(_away_from_the_ends(y_pred))
    if ignore_class is None:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)
    counts = tf.not_equal(y_true, ignore_class)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.where(counts, y_true, 0), logits=y_pred)
    return tf.where(counts, losses, 0.0)


mse = mean_squared_error
mae = mean_absolute_error


class Loss:
    """A loss of one number a sample, weighted and reduced.

    A subclass gives ``call(y_true, y_pred)``.

    Parameters
    ----------
    reduction : {"sum_over_batch_size", "sum", "none"}
        The mean over the samples, their sum, or one number each.
    name : str, optional
        For messages.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> class Largest(tf.keras.losses.Loss):
    ...     def call(self, y_true, y_pred):
    ...         return tf.reduce_max(tf.abs(y_pred - y_true), axis=-1)
    >>> float(Largest()(tf.zeros((2, 2)), tf.constant([[1.0, 2.0], [0.0, 4.0]])))
    3.0
    """

    def __init__(self, reduction: str = "sum_over_batch_size", name: str | None = None) -> None:
        if reduction not in ("sum_over_batch_size", "sum", "none"):
            raise ValueError(f"reduction must be 'sum_over_batch_size', 'sum' or 'none', got {reduction!r}")
        self.reduction, self.name = reduction, name

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        """Give one number a sample; a subclass overrides it.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> tf.keras.losses.MeanSquaredError().call([[0.0]], [[3.0]]).numpy().tolist()
        [9.0]
        """
        raise NotImplementedError(f"{type(self).__name__} must implement call(y_true, y_pred)")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tf.Tensor:
        losses = self.call(y_true, y_pred)
        if sample_weight is not None:
            losses = losses * tf.cast(sample_weight, losses.dtype)
        if self.reduction == "none":
            return losses
        return tf.reduce_sum(losses) if self.reduction == "sum" else tf.reduce_mean(losses)


class _FunctionLoss(Loss):
    """A loss that is a function with some settings."""

    def __init__(self, function: Callable[..., tf.Tensor], reduction: str, name: str | None, **settings: Any) -> None:
        super().__init__(reduction, name or function.__name__)
        self.__function, self.__settings = function, settings

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        return self.__function(y_true, y_pred, **self.__settings)


class MeanSquaredError(_FunctionLoss):
    """The mean of the squared differences.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> float(tf.keras.losses.MeanSquaredError()([[0.0], [1.0]], [[2.0], [1.0]]))
    2.0
    """

    def __init__(self, reduction: str = "sum_over_batch_size", name: str | None = None) -> None:
        super().__init__(mean_squared_error, reduction, name)


class MeanAbsoluteError(_FunctionLoss):
    """The mean of the absolute differences.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> float(tf.keras.losses.MeanAbsoluteError()([[0.0], [1.0]], [[2.0], [1.0]]))
    1.0
    """

    def __init__(self, reduction: str = "sum_over_batch_size", name: str | None = None) -> None:
        super().__init__(mean_absolute_error, reduction, name)


class Huber(_FunctionLoss):
    """Squared up to `delta`, in proportion beyond.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> float(tf.keras.losses.Huber(delta=1.0)([[0.0]], [[3.0]]))
    2.5
    """

    def __init__(self, delta: float = 1.0, reduction: str = "sum_over_batch_size", name: str | None = None) -> None:
        super().__init__(huber, reduction, name, delta=delta)


class BinaryCrossentropy(_FunctionLoss):
    """The cross-entropy of yes-or-no answers; see `binary_crossentropy`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(binary_crossentropy, reduction, name, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(_FunctionLoss):
    """The cross-entropy of one answer among several; see `categorical_crossentropy`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.CategoricalCrossentropy(from_logits=True)([[1.0, 0.0]], [[0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy, reduction, name, from_logits=from_logits, label_smoothing=label_smoothing
        )


class SparseCategoricalCrossentropy(_FunctionLoss):
    """The cross-entropy of one answer among several, given by number; see `sparse_categorical_crossentropy`.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> round(float(tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)([1], [[0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self, from_logits: bool = False, reduction: str = "sum_over_batch_size", name: str | None = None
    ) -> None:
        super().__init__(sparse_categorical_crossentropy, reduction, name, from_logits=from_logits)


def _alike(y_true: Any, y_pred: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Make two tensors of one dtype, and drop a last axis of length 1 that only one of them has.

    Without that, a column of predictions minus a row of labels would be a table of all their differences.
    """
    y_pred, y_true = _core.operands(y_pred, y_true)
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = tf.cast(y_true, y_pred.dtype)
    more = len(y_pred.shape) - len(y_true.shape)
    if more == 1 and y_pred.shape[-1] == 1:
        y_pred = tf.squeeze(y_pred, axis=-1)
    elif more == -1 and y_true.shape[-1] == 1:
        y_true = tf.squeeze(y_true, axis=-1)
    return y_true, y_pred


def _real(loss: str, tensor: tf.Tensor) -> None:
    """Refuse complex numbers where probabilities and their logits are meant."""
    if tensor.dtype.kind == "c":
        raise TypeError(f"{loss}: probabilities and logits are real, not {tensor.dtype}")


def _away_from_the_ends(probability: tf.Tensor) -> tf.Tensor:
    """Keep probabilities where their logarithm, and that of the rest, is finite."""
    return tf.clip_by_value(probability, backend.epsilon(), 1 - backend.epsilon())
