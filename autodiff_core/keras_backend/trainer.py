"""fit, evaluate and predict: Keras's loop over epochs and batches, around one recorded function a step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from keras.src import callbacks as callbacks_module
from keras.src import optimizers as optimizers_module
from keras.src import tree
from keras.src.backend import config
from keras.src.trainers import trainer as base_trainer
from keras.src.trainers.data_adapters import array_slicing, data_adapter_utils
from keras.src.utils import traceback_utils
from keras.src.utils.python_utils import pythonify_logs

import autodiff_core as tf

from .. import _core
from . import workers
from .batches import Batches, joined
from .recorded_step import PlainStep, RecordedStep, as_tensors
from .tensors import convert_to_numpy

__all__ = ["NumpyTrainer"]

Step = Callable[[Any], Any]

_LEFT_TO_THE_STEP = (RuntimeError, ValueError, tf.errors.OperatorNotAllowedInGraphError)
"""What is raised where shapes alone do not say which variables there are; the first step makes them."""


class NumpyTrainer(base_trainer.Trainer):  # type: ignore[misc]
    """What Keras's models train by; its name is the one that Keras looks for."""

    def __init__(self) -> None:
        super().__init__()
        self.train_function: Step | None = None
        self.test_function: Step | None = None
        self.predict_function: Step | None = None
        if tf.distribute.has_strategy():
            self._made_under = tf.distribute.get_strategy()

    _made_under: Any = None

    @property
    def _strategy(self) -> Any:
        """That in whose scope the model was made, or else that in whose scope this is."""
        return self._made_under or tf.distribute.get_strategy()

    # --------------------------------------------------------------------------------------------------------- a step

    def train_step(self, data: Any) -> dict[str, Any]:
        """Forward, gradient, optimizer and metrics on a batch; models of users' may have their own."""
        x, y, sample_weight = data_adapter_utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True) if self._call_has_training_arg else self(x)
            loss = self._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
            self._loss_tracker.update_state(loss, sample_weight=_size(x))
            if self.optimizer is not None:
                loss = self.optimizer.scale_loss(loss)
            loss = workers.share_of_loss(loss, _size(x), self._strategy)
        weights = self.trainable_weights
        if weights:
            self.optimizer.apply(workers.gradient(tape, loss, weights, self._strategy), weights)
        else:
            _core.warn_caller("The model does not have any trainable weights.")
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Forward and metrics on a batch."""
        x, y, sample_weight = data_adapter_utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False) if self._call_has_training_arg else self(x)
        loss = self._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._loss_tracker.update_state(loss, sample_weight=_size(x))
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Forward on a batch."""
        x, _, _ = data_adapter_utils.unpack_x_y_sample_weight(data)
        return self(x, training=False) if self._call_has_training_arg else self(x)

    def _recorded(self, step: Step) -> Step:
        return PlainStep(step) if self.run_eagerly else RecordedStep(self, step)

    def _resolve_auto_jit_compile(self) -> bool:
        return False  # a program is replayed without delay; a compiler takes its time, and is asked for by name

    def make_train_function(self, force: bool = False) -> Step:
        """What `fit` calls with the batches of an execution, of which the last one's logs are kept."""
        if self.train_function is None or force:
            self.train_function = _last(self._recorded(self.train_step))
        return self.train_function

    def make_test_function(self, force: bool = False) -> Step:
        """The same of `evaluate`."""
        if self.test_function is None or force:
            self.test_function = _last(self._recorded(self.test_step))
        return self.test_function

    def make_predict_function(self, force: bool = False) -> Step:
        """The same of `predict`, of which all are kept."""
        if self.predict_function is None or force:
            self.predict_function = _all(self._recorded(self.predict_step))
        return self.predict_function

    def _get_metrics_result_or_logs(self, logs: Any) -> Any:
        """The metrics after an epoch: what the last step gave, unless it is a user's and gives something else."""
        if workers.several(self._strategy):
            workers.sum_metrics(self, self._strategy)
            return super()._get_metrics_result_or_logs(logs)
        own = type(self)
        ours = (own.train_step, own.test_step) == (NumpyTrainer.train_step, NumpyTrainer.test_step)
        if logs and ours and own.compute_metrics is base_trainer.Trainer.compute_metrics:
            return logs
        return super()._get_metrics_result_or_logs(logs)

    # ------------------------------------------------------------------------------------------------------ the loops

    @traceback_utils.filter_traceback  # type: ignore[untyped-decorator]
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> Any:
        """Train for some epochs; see `keras.Model.fit`."""
        self._assert_compile_called("fit")
        self._eval_epoch_iterator = None
        most = config.max_epochs()
        if most and most < epochs:
            _core.warn_caller(f"Limiting epochs to {most}")
            epochs = most
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = array_slicing.train_validation_split(
                (x, y, sample_weight), validation_split=validation_split
            )
        batches = Batches(
            x=x,
            y=y,
            sample_weight=sample_weight,
            batch_size=batch_size,
            steps_per_epoch=steps_per_epoch,
            shuffle=shuffle,
            class_weight=class_weight,
            steps_per_execution=self.steps_per_execution,
            strategy=self._strategy,
        )
        validation = None
        if validation_data is not None:
            validation = dict(
                zip(
                    ("x", "y", "sample_weight"),
                    data_adapter_utils.unpack_x_y_sample_weight(validation_data),
                    strict=True,
                ),
                batch_size=validation_batch_size or batch_size,
            )
        self._build(batches)
        if workers.several(self._strategy):
            workers.begin_alike(self, self._strategy)
        callbacks = self._listeners(callbacks, verbose, batches, epochs=epochs, add_history=True)
        self.stop_training = False
        train = self.make_train_function()
        callbacks.on_train_begin()
        logs: dict[str, Any] = {}
        epoch_logs: dict[str, Any] | None = None
        epoch = 0
        try:
            for epoch in range(self._initial_epoch or initial_epoch, epochs):
                self.reset_metrics()
                callbacks.on_epoch_begin(epoch)
                logs = {}
                for begin, end, data in batches:
                    callbacks.on_train_batch_begin(begin)
                    logs = train(data)
                    callbacks.on_train_batch_end(end, logs)
                    if self.stop_training:
                        break
                epoch_logs = dict(self._get_metrics_result_or_logs(logs))
                if validation is not None and self._should_eval(epoch, validation_freq):
                    if self._eval_epoch_iterator is None:
                        self._eval_epoch_iterator = Batches(
                            **validation,
                            steps_per_execution=self.steps_per_execution,
                            steps_per_epoch=validation_steps,
                            shuffle=False,
                            strategy=self._strategy,
                        )
                    found = self.evaluate(
                        **validation,
                        steps=validation_steps,
                        callbacks=callbacks,
                        return_dict=True,
                        _use_cached_eval_dataset=True,
                    )
                    epoch_logs |= {f"val_{name}": value for name, value in found.items()}
                callbacks.on_epoch_end(epoch, epoch_logs)
                if self.stop_training:
                    break
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(
                f"{self.name}.fit: interrupted in epoch {epoch + 1}; what the last whole step assigned stays"
            )
            raise
        if isinstance(self.optimizer, optimizers_module.Optimizer) and epochs > 0:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        self._eval_epoch_iterator = None
        callbacks.on_train_end(logs=epoch_logs)
        return self.history

    _eval_epoch_iterator: Batches | None = None

    @traceback_utils.filter_traceback  # type: ignore[untyped-decorator]
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The loss and the metrics of data; see `keras.Model.evaluate`."""
        self._assert_compile_called("evaluate")
        batches = self._eval_epoch_iterator if kwargs.pop("_use_cached_eval_dataset", False) else None
        if kwargs:
            raise ValueError(f"Arguments not recognized: {kwargs}")
        if batches is None:
            batches = Batches(
                x=x,
                y=y,
                sample_weight=sample_weight,
                batch_size=batch_size,
                steps_per_epoch=steps,
                shuffle=False,
                steps_per_execution=self.steps_per_execution,
                strategy=self._strategy,
            )
        self._build(batches)
        callbacks = self._listeners(callbacks, verbose, batches)
        test = self.make_test_function()
        self.stop_evaluating = False
        callbacks.on_test_begin()
        logs: dict[str, Any] = {}
        self.reset_metrics()
        for begin, end, data in batches:
            callbacks.on_test_batch_begin(begin)
            logs = test(data)
            callbacks.on_test_batch_end(end, logs)
            if self.stop_evaluating:
                break
        logs = pythonify_logs(self._get_metrics_result_or_logs(logs))
        callbacks.on_test_end(logs)
        return logs if return_dict else self._flatten_metrics_in_order(logs)

    @traceback_utils.filter_traceback  # type: ignore[untyped-decorator]
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """What the model gives for data, as arrays; see `keras.Model.predict`."""
        batches = Batches(
            x=x,
            batch_size=batch_size,
            steps_per_epoch=steps,
            shuffle=False,
            steps_per_execution=self.steps_per_execution,
        )
        callbacks = self._listeners(callbacks, verbose, batches)
        predict = self.make_predict_function()
        self.stop_predicting = False
        callbacks.on_predict_begin()
        outputs: list[Any] = []
        for begin, end, data in batches:
            callbacks.on_predict_batch_begin(begin)
            outputs.append(predict(data))
            callbacks.on_predict_batch_end(end, {"outputs": outputs[-1]})
            if self.stop_predicting:
                break
        callbacks.on_predict_end()
        return joined(outputs)

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """A step on a batch; see `keras.Model.train_on_batch`."""
        self._assert_compile_called("train_on_batch")
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError(
                    "Arguments `sample_weight` and `class_weight` cannot be specified at the same time. "
                    f"Received: sample_weight={sample_weight}, class_weight={class_weight}"
                )
            sample_weight = data_adapter_utils.class_weight_to_sample_weights(y, class_weight)
        return self._on_batch((x, y, sample_weight), self.make_train_function, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and the metrics of a batch; see `keras.Model.test_on_batch`."""
        self._assert_compile_called("test_on_batch")
        return self._on_batch((x, y, sample_weight), self.make_test_function, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """What the model gives for a batch, as arrays; see `keras.Model.predict_on_batch`."""
        return tree.map_structure(convert_to_numpy, self.make_predict_function()([(x,)]))

    def _on_batch(self, batch: Any, make: Callable[[], Step], return_dict: bool) -> Any:
        batch = as_tensors(batch)
        with contextlib.suppress(*_LEFT_TO_THE_STEP):
            self._symbolic_build(data_batch=batch)
        self.reset_metrics()
        logs = pythonify_logs(make()([batch]))
        return logs if return_dict else self._flatten_metrics_in_order(logs)

    def _listeners(self, callbacks: Any, verbose: Any, batches: Batches, epochs: int = 1, **settings: Any) -> Any:
        if isinstance(callbacks, callbacks_module.CallbackList):
            return callbacks
        if verbose == "auto" and self._strategy.replica_id_in_sync_group > 0:
            verbose = 0  # one worker tells of what all of them do
        return callbacks_module.CallbackList(
            callbacks,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=epochs,
            steps=batches.num_batches,
            model=self,
            **settings,
        )

    def _build(self, batches: Batches) -> None:
        """Make all variables before a step is recorded; those of a model that says nothing of shapes the step makes.

        A model with steps of its own (a GAN, say) need not take the batches that these are given, and of what is wrong
        with batches the step says the same.
        """
        with contextlib.suppress(*_LEFT_TO_THE_STEP):
            self._symbolic_build(iterator=batches)
        batches.reset()


def _size(x: Any) -> int:
    """Of how many examples a batch is."""
    return next(leaf for leaf in tree.flatten(x) if leaf is not None).shape[0]


def _last(step: Step) -> Step:
    """A step on each of some batches; what it gives for the last."""

    def steps(batches: list[Any]) -> Any:
        for batch in batches:
            logs = step(batch)
        return logs

    return steps


def _all(step: Step) -> Step:
    """A step on each of some batches; what it gives for all of them, one after the other."""

    def steps(batches: list[Any]) -> Any:
        outputs = [step(batch) for batch in batches]
        if len(outputs) == 1:
            return outputs[0]
        return tree.map_structure(lambda *parts: tf.concat(parts, 0), *outputs)

    return steps
