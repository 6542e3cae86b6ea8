"""Training on several workers that run one script: what each has of a batch, and what becomes one value of all.

Every worker goes through the same batches and takes its rows of each. Gradients are summed in the step, each weighted
by its share of the batch, so that all workers take the step that one alone would take. Metrics are summed at the end of
an epoch, when callbacks see them; what layers have counted for themselves (the running means of `BatchNormalization`,
say) becomes its mean over the workers then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src import tree

import autodiff_core as tf

from .. import _core

__all__ = ["begin_alike", "gradient", "rows_of_batch", "share_of_loss", "several", "sum_metrics"]


def several(strategy: Any) -> bool:
    """Whether there is anybody else."""
    return bool(strategy.num_replicas_in_sync > 1)


def rows_of_batch(batch: Any, strategy: Any) -> Any:
    """This worker's rows of a batch."""

    def rows(leaf: Any) -> Any:
        if len(leaf) < strategy.num_replicas_in_sync:
            raise ValueError(
                f"a batch of {len(leaf)} rows cannot be shared out among {strategy.num_replicas_in_sync} workers: "
                f"choose a batch_size that leaves none so small, or leave the last rows out"
            )
        return leaf[strategy.rows(len(leaf))]

    return tree.map_structure(lambda leaf: None if leaf is None else rows(leaf), batch)


def share_of_loss(loss: Any, examples: int, strategy: Any) -> Any:
    """The loss of this worker's examples as it counts in the mean over those of all workers."""
    if not several(strategy):
        return loss
    everybody = strategy.all_reduce(tf.constant(examples, tf.float32))
    return loss * tf.cast(float(examples) / everybody, loss.dtype)


def gradient(tape: Any, loss: Any, weights: list[Any], strategy: Any) -> list[Any]:
    """The gradient of the sum of all workers' losses."""
    found: list[Any] = strategy.gradient(tape, loss, weights) if several(strategy) else tape.gradient(loss, weights)
    return found


def begin_alike(model: Any, strategy: Any) -> None:
    """All variables, and NumPy's generator, which shuffles, are what they are on the first worker."""
    optimizer = [] if model.optimizer is None else model.optimizer.variables
    strategy.broadcast([*model.variables, *optimizer])
    kind, keys, *numbers = np.random.get_state(legacy=True)  # noqa: NPY002 (by which Keras shuffles)
    keys, numbers = strategy.broadcast((keys, np.array(numbers, np.float64)))
    place, has_gauss, cached = numbers.numpy()
    np.random.set_state((kind, keys.numpy(), int(place), int(has_gauss), float(cached)))  # noqa: NPY002


def sum_metrics(model: Any, strategy: Any) -> None:
    """What metrics have gathered, of all workers; and the mean of what layers have, once it is sure that weights agree.

    Raises
    ------
    RuntimeError
        Where weights differ from worker to worker, as they do after a `train_step` that sums no gradients.
    """
    strategy.check_identical(model.trainable_variables)
    metrics = _wrapped(model.metrics_variables)
    for v, total in zip(metrics, strategy.all_reduce([v.value() for v in metrics]), strict=True):
        v.assign(total)
    running = [v for v in _wrapped(model.non_trainable_variables) if _core.is_floating(v.dtype)]
    for v, mean in zip(running, strategy.all_reduce([v.value() for v in running], "MEAN"), strict=True):
        v.assign(mean)


def _wrapped(variables: list[Any]) -> list[Any]:
    """The library's variables in Keras's, as far as they have been made."""
    return [v._value for v in variables if v._value is not None]
