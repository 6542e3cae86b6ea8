"""Training by Keras's `fit` on this library: one recorded function a step."""

from __future__ import annotations

import signal
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core
from autodiff_core.programs import native

RNG = np.random.default_rng(7)
X = RNG.normal(size=(70, 6)).astype("float32")
Y = (X @ RNG.normal(size=(6, 2)) + 0.5).astype("float32")


def regression(keras: ModuleType, **settings: Any) -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(2)])
    model.compile(**{"optimizer": keras.optimizers.Adam(0.02), "loss": "mse", "metrics": ["mae"]} | settings)
    return model


def step_of(model: Any) -> Any:
    """The recorded step behind a model's train function."""
    return model.train_function.__closure__[0].cell_contents


def test_a_step_is_recorded_once_for_each_of_the_two_sizes_of_batches(keras: ModuleType) -> None:
    model = regression(keras)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = model.fit(X, Y, batch_size=32, epochs=6, verbose=0).history
    assert step_of(model).trace_count == 2  # 32, 32, and 6
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert int(model.optimizer.iterations.value) == 18


def test_eager_and_recorded_training_agree(keras: ModuleType) -> None:
    kept = {}
    for eager in (False, True):
        model = regression(keras, run_eagerly=eager)
        history = model.fit(X, Y, batch_size=32, epochs=3, verbose=0, shuffle=False, validation_split=0.2).history
        kept[eager] = [*history.values(), model.get_weights()]
    for one, other in zip(kept[False], kept[True], strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_step_is_that_of_the_formula(keras: ModuleType) -> None:
    model = keras.Sequential([keras.layers.Dense(2, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.build((None, 6))
    before = model.get_weights()[0]
    loss = model.train_on_batch(X, Y)
    error = X @ before - Y
    np.testing.assert_allclose(loss, (error**2).mean(), rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0], before - 0.1 * 2 * X.T @ error / error.size, rtol=1e-4)


def test_weights_of_samples_and_classes_scale_their_losses(keras: ModuleType) -> None:
    labels = (np.arange(70) % 2).astype("float32")[:, None]
    weights = np.where(labels[:, 0] == 1, 3.0, 1.0).astype("float32")
    losses = []
    for settings in ({"sample_weight": weights}, {"class_weight": {0: 1.0, 1: 3.0}}):
        model = regression(keras, metrics=[])
        model.pop()
        model.add(keras.layers.Dense(1))
        keras.utils.set_random_seed(5)
        model.fit(X, labels, epochs=1, shuffle=False, verbose=0, **settings)
        losses.append(model.get_weights())
    for a, b in zip(*losses, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_added_losses_are_trained_on(keras: ModuleType) -> None:
    class Penalised(keras.layers.Dense):  # type: ignore[name-defined,misc]
        def call(self, x: Any) -> Any:
            self.add_loss(10.0 * tf.reduce_sum(self.kernel.value**2))
            return super().call(x)

    model = keras.Sequential([Penalised(2)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(X, Y, epochs=20, verbose=0)
    assert np.abs(model.get_weights()[0]).max() < 0.1


def test_a_users_step_with_a_tape_is_recorded(keras: ModuleType) -> None:
    class Model(keras.Model):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            self.seen.update_state(loss)
            return {"seen": self.seen.result()}

    model = Model()
    model.compile(keras.optimizers.SGD(0.1))
    history = model.fit(X, Y, epochs=5, verbose=0, batch_size=35).history
    assert step_of(model).trace_count == 1
    assert history["seen"][-1] < history["seen"][0]


def test_variables_that_a_first_step_makes_are_kept(keras: ModuleType) -> None:
    class Pair(keras.Model):  # type: ignore[name-defined,misc]
        """It has no `call`, as a generator and its critic have none, so that nobody can ask for shapes."""

        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = keras.layers.Dense(3), keras.layers.Dense(2)

        def compile(self, first: Any, second: Any) -> None:
            super().compile()
            self.first, self.second = first, second

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape(persistent=True) as tape:
                loss = tf.reduce_mean((self.other(self.one(x)) - y) ** 2)
            for optimizer, layer in ((self.first, self.one), (self.second, self.other)):
                optimizer.apply_gradients(
                    zip(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables, strict=True)
                )
            return {"error": loss}

    model = Pair()
    model.compile(keras.optimizers.Adam(0.05), keras.optimizers.SGD(0.05))
    history = model.fit(X, Y, epochs=6, verbose=0, batch_size=35).history
    assert history["error"][-1] < 0.8 * history["error"][0]
    assert step_of(model).trace_count == 2
    assert int(model.first.iterations.value) == 12


def test_statistics_of_batches_are_assigned_by_the_program(keras: ModuleType) -> None:
    layer = keras.layers.BatchNormalization(momentum=0.5)
    model = keras.Sequential([layer, keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=3, batch_size=70, verbose=0)
    np.testing.assert_allclose(layer.moving_mean.numpy(), (1 - 0.5**3) * X.mean(0), rtol=1e-3, atol=1e-5)


def test_dropout_draws_anew_at_each_step(keras: ModuleType) -> None:
    model = keras.Sequential([keras.layers.Dropout(0.25)])
    model.compile(loss="mse", optimizer="sgd")
    losses = {model.train_on_batch(X, X) for _ in range(5)}
    assert len(losses) == 5


def test_callbacks_hear_of_each_batch_and_may_stop(keras: ModuleType) -> None:
    heard: list[float] = []

    class Stop(keras.callbacks.Callback):  # type: ignore[name-defined,misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            heard.append(logs["loss"])
            self.model.stop_training = batch == 1

    history = regression(keras).fit(X, Y, epochs=4, verbose=0, callbacks=[Stop()])
    assert len(heard) == 2
    assert all(isinstance(loss, float) for loss in heard)
    assert len(history.epoch) == 1


def test_a_learning_rate_that_a_callback_sets_is_heeded(keras: ModuleType) -> None:
    model = regression(keras)
    rates = keras.callbacks.LearningRateScheduler(lambda epoch: 0.0 if epoch else 0.1)
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[rates])
    before = model.get_weights()
    model.fit(X, Y, epochs=2, initial_epoch=1, verbose=0, callbacks=[rates])
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_evaluate_and_predict_have_all_batches(keras: ModuleType) -> None:
    model = regression(keras)
    predicted = model.predict(X, batch_size=32, verbose=0)
    assert predicted.shape == (70, 2)
    loss, distance = model.evaluate(X, Y, batch_size=32, verbose=0)
    np.testing.assert_allclose(loss, ((predicted - Y) ** 2).mean(), rtol=1e-5)
    np.testing.assert_allclose(distance, np.abs(predicted - Y).mean(), rtol=1e-5)
    assert model.test_on_batch(X, Y, return_dict=True).keys() == {"loss", "mae"}
    np.testing.assert_allclose(model.predict_on_batch(X), predicted, rtol=1e-5)


def test_several_steps_of_an_execution_are_as_many_steps(keras: ModuleType) -> None:
    weights = []
    for steps in (1, 3):
        model = regression(keras, steps_per_execution=steps)
        model.fit(X, Y, batch_size=10, epochs=2, shuffle=False, verbose=0)
        assert int(model.optimizer.iterations.value) == 14
        assert model.predict(X, batch_size=10, verbose=0).shape == (70, 2)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_generators_and_datasets_of_keras_give_batches(keras: ModuleType) -> None:
    class Pieces(keras.utils.PyDataset):  # type: ignore[name-defined,misc]
        def __len__(self) -> int:
            return 7

        def __getitem__(self, k: int) -> Any:
            return X[10 * k : 10 * k + 10], Y[10 * k : 10 * k + 10]

    pieces = Pieces()
    arrays, dataset, generator = regression(keras), regression(keras), regression(keras)
    arrays.fit(X, Y, batch_size=10, epochs=2, shuffle=False, verbose=0)
    dataset.fit(pieces, epochs=2, shuffle=False, verbose=0)
    generator.fit((pieces[k % 7] for k in range(14)), epochs=2, steps_per_epoch=7, verbose=0)
    for a, b, c in zip(arrays.get_weights(), dataset.get_weights(), generator.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
        np.testing.assert_allclose(a, c, rtol=1e-6)


def test_what_a_dataset_maps_is_called_for_its_batches_and_for_nothing_else(keras: ModuleType) -> None:
    calls: list[Any] = []

    def noted(x: Any, y: Any) -> Any:
        calls.append(x.numpy())  # (which refuses to be told of shapes alone)
        return x, y

    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(32).map(noted)
    model = regression(keras)
    model.build((None, X.shape[1]))
    model.fit(batches, epochs=2, verbose=0)
    once = -(-len(X) // 32)
    assert len(calls) in (2 * once, 2 * once + 1)  # (the model may be built by a first batch)
    assert all(call.any() for call in calls)


def test_datasets_of_this_library_give_batches(keras: ModuleType) -> None:
    arrays, dataset, repeated = regression(keras), regression(keras), regression(keras)
    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(32)
    one = arrays.fit(X, Y, batch_size=32, epochs=3, shuffle=False, verbose=0, validation_data=(X, Y))
    two = dataset.fit(batches, epochs=3, verbose=0, validation_data=batches)
    repeated.fit(batches.repeat(), epochs=3, steps_per_epoch=3, verbose=0)
    for a, b, c in zip(arrays.get_weights(), dataset.get_weights(), repeated.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
        np.testing.assert_allclose(a, c, rtol=1e-6)
    np.testing.assert_allclose(one.history["val_loss"], two.history["val_loss"], rtol=1e-6)
    np.testing.assert_allclose(dataset.predict(batches, verbose=0), arrays.predict(X, verbose=0), rtol=1e-5)
    assert dataset.evaluate(batches, verbose=0) == arrays.evaluate(X, Y, batch_size=32, verbose=0)
    with pytest.raises(ValueError, match=r"When providing `x` as a tf\.data\.Dataset, `y` should not be passed"):
        dataset.fit(batches, Y)


def test_weights_of_classes_hold_for_datasets(keras: ModuleType) -> None:
    labels = (np.arange(70) % 2).astype("int64")
    weights = []
    for weighted in (False, True):
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.layers.Dense(2)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        data = tf.data.Dataset.from_tensor_slices((X, labels)).batch(70)
        if weighted:
            model.fit(data, verbose=0, class_weight={0: 1.0, 1: 3.0})
        else:
            model.fit(X, labels, sample_weight=1.0 + 2.0 * labels, batch_size=70, verbose=0)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_a_metric_that_makes_the_step_plain_python_is_named(keras: ModuleType) -> None:
    class Restless(keras.metrics.Mean):  # type: ignore[name-defined,misc]
        def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
            super().update_state(float(tf.reduce_sum(y_pred).numpy()))

    model = regression(keras, metrics=[Restless(name="restless")])
    with pytest.warns(
        UserWarning, match=r"train_step is run as plain Python .* the metric 'restless' \(.*Restless\.update"
    ):
        model.fit(X, Y, batch_size=10, epochs=5, verbose=0)


def test_a_layer_that_makes_the_step_plain_python_is_named(keras: ModuleType) -> None:
    class Restless(keras.layers.Layer):  # type: ignore[name-defined,misc]
        def call(self, x: Any) -> Any:
            return x * float(tf.reduce_sum(x).numpy())

    class Net(keras.Model):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.restless, self.dense = Restless(name="restless"), keras.layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(self.restless(x))

    model = Net()
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match=r"which is of the layer 'restless' \(.*Restless\.call\)\. Results are right"):
        model.fit(X, Y, batch_size=2, verbose=0)


def test_a_loss_that_makes_the_step_plain_python_is_named(keras: ModuleType) -> None:
    def restless(y: Any, y_pred: Any) -> Any:
        return tf.reduce_mean((y - y_pred) ** 2) * float(tf.reduce_sum(y_pred))

    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", restless)
    with pytest.warns(UserWarning, match=r"which is of the loss 'restless' \(.*restless\)\. Results are right"):
        model.fit(X, Y, batch_size=2, verbose=0)


def test_batches_of_many_shapes_are_told_of_once(keras: ModuleType) -> None:
    model = regression(keras)
    with pytest.warns(UserWarning, match="train_step has been recorded for 21 shapes of batches: each has a program"):
        for size in range(2, 30):
            model.train_on_batch(X[:size], Y[:size])


def test_a_step_that_looks_at_values_is_not_said_to_be_recorded_for_shapes(keras: ModuleType) -> None:
    class Looking(keras.Model):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(x * float(keras.ops.max(x)))

    model = Looking()
    model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        model.fit(X, Y, batch_size=2, verbose=0)
    (warning,) = (str(one.message) for one in seen if "Gradients" not in str(one.message))
    assert "is run as plain Python" in warning


def test_steps_become_native_code_where_compile_asks_for_it(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if native._compiler() is None:
        pytest.skip("there is no C compiler")
    monkeypatch.setenv("AUTODIFF_CACHE_DIR", str(tmp_path))
    kept = []
    for asked in (True, False, "auto"):
        model = regression(keras, jit_compile=asked)
        history = model.fit(X, Y, batch_size=35, epochs=3, verbose=0, shuffle=False).history
        kept.append([*history.values(), *model.get_weights()])
        (function,) = step_of(model)._functions.values()
        (program,) = function.variants
        assert (_core.plan_of(program).native_steps > 0) == (asked is True)
    for one, *others in zip(*kept, strict=True):
        for other in others:
            np.testing.assert_array_equal(one, other)


def test_native_code_comes_in_the_background_where_compile_says_so_and_nothing_else_is_taken_for_it(
    keras: ModuleType,
) -> None:
    passes = {}
    for asked in (True, "async", False):
        model = regression(keras, jit_compile=asked)
        model.make_train_function()
        passes[asked] = set(step_of(model)._of(None).passes)
    assert passes[True] - passes[False] == {"native"}
    assert passes["async"] - passes[False] == {"native later"}
    model = regression(keras, jit_compile="soon")
    with pytest.raises(ValueError, match=r"\.compile: jit_compile is True, False, None or 'async', not 'soon'"):
        model.fit(X, Y, verbose=0)


def test_predicting_nothing_is_an_error_that_says_so(keras: ModuleType) -> None:
    with pytest.raises(ValueError, match="predict: there are no outputs, since the data has no batch"):
        regression(keras).predict(X[:0], verbose=0)


def test_a_keyboard_interrupt_keeps_the_last_steps_parameters_and_says_so(keras: ModuleType) -> None:
    class Interrupt(keras.callbacks.Callback):  # type: ignore[name-defined,misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                signal.raise_signal(signal.SIGINT)

    model = regression(keras)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # (what runs in the background ignores it)
    try:
        with pytest.raises(KeyboardInterrupt) as interrupt:
            model.fit(X, Y, epochs=4, verbose=0, callbacks=[Interrupt()])
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupt.value.__notes__ == [
        f"{model.name}.fit: interrupted in epoch 1; what the last whole step assigned stays"
    ]
    assert int(model.optimizer.iterations.value) == 2
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_training_before_compiling_is_an_error(keras: ModuleType) -> None:
    model = keras.Sequential([keras.layers.Dense(2)])
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model"):
        model.fit(X, Y)


class Alone:
    """Makes a layer that has a loss of its own."""

    def call(self, x: Any) -> Any:
        self.add_loss(tf.reduce_sum(self.kernel.value**2))  # type: ignore[attr-defined]
        return super().call(x)  # type: ignore[misc]


NO_TARGETS = (
    r"^None is no tensor: where a loss or a metric compares with targets, `fit` and its like need `y`, or batches of "
    r"\(x, y\); and a model's `call` has to return something$"
)


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "mse"},
        {"loss": "sparse_categorical_crossentropy"},
        {"loss": lambda y, p: tf.reduce_mean((y - p) ** 2)},
        {"metrics": ["mae"]},
    ],
    ids=["a loss", "a loss of classes", "a function", "a metric"],
)
def test_targets_that_there_are_none_of_are_an_error_that_says_so(
    settings: dict[str, Any], eagerly: bool, keras: ModuleType
) -> None:
    layer = type("Penalised", (Alone, keras.layers.Dense), {})
    model = keras.Sequential([layer(2)])
    model.compile("sgd", run_eagerly=eagerly, **settings)
    for ask in (model.fit, model.evaluate):
        for data in (X, tf.data.Dataset.from_tensor_slices(X).batch(32)):
            with pytest.raises(ValueError, match=NO_TARGETS):
                ask(data, verbose=0)
    for ask in (model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match=NO_TARGETS):
            ask(X)
    assert int(model.optimizer.iterations.value) == 0


def test_a_loss_that_needs_no_targets_trains_without(keras: ModuleType) -> None:
    model = keras.Sequential([type("Penalised", (Alone, keras.layers.Dense), {})(2)])
    model.compile(keras.optimizers.SGD(0.01))
    losses = model.fit(X, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_a_model_that_returns_nothing_is_an_error_that_says_so(keras: ModuleType) -> None:
    class Silent(keras.Model):  # type: ignore[name-defined,misc]
        def call(self, x: Any) -> Any:
            return None

    model = Silent()
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=NO_TARGETS):
        model.fit(X, Y, verbose=0)


def test_one_of_several_targets_that_is_missing_is_an_error_that_says_so(keras: ModuleType) -> None:
    x = keras.Input((6,))
    model = keras.Model(x, {name: keras.layers.Dense(2, name=name)(x) for name in "pq"})
    model.compile("sgd", {"p": "mse", "q": "mae"})
    with pytest.raises(ValueError, match=NO_TARGETS):
        model.fit(X, {"p": Y, "q": None}, verbose=0)
    with pytest.raises(ValueError, match="y_true and y_pred have different structures"):
        model.fit(X, verbose=0)


@pytest.mark.parametrize("policy", ["float64", "mixed_float16", "mixed_bfloat16"])
def test_policies_of_dtypes_train(policy: str, keras: ModuleType) -> None:
    keras.utils.set_random_seed(0)
    last = "float32" if policy.startswith("mixed") else policy
    model = keras.Sequential(
        [keras.layers.Dense(16, "relu", dtype=policy), keras.layers.Dense(2, dtype=last)], name=f"of_{policy}"
    )
    model.compile(keras.optimizers.Adam(0.02), "mse")
    history = model.fit(X, Y, epochs=15, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    assert model.predict(X, verbose=0).dtype == last
    assert model.layers[0].kernel.dtype == ("float64" if policy == "float64" else "float32")


def test_models_of_several_inputs_and_outputs_train(keras: ModuleType) -> None:
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    both = keras.layers.Concatenate()([a, b])
    model = keras.Model(
        {"a": a, "b": b}, {"p": keras.layers.Dense(2, name="p")(both), "q": keras.layers.Dense(1, name="q")(both)}
    )
    model.compile("adam", {"p": "mse", "q": "mae"}, metrics={"p": ["mae"], "q": ["mse"]})
    inputs, targets = {"a": X[:, :3], "b": X[:, 3:]}, {"p": Y, "q": Y[:, :1]}
    history = model.fit(inputs, targets, epochs=2, verbose=0, validation_split=0.2).history
    assert {"loss", "p_loss", "q_loss", "p_mae", "q_mse", "val_loss"} <= history.keys()
    found = model.predict(inputs, verbose=0)
    assert {name: array.shape for name, array in found.items()} == {"p": (70, 2), "q": (70, 1)}
    np.testing.assert_allclose(history["loss"], np.add(history["p_loss"], history["q_loss"]), rtol=1e-5)


@pytest.mark.parametrize("eagerly", [False, True])
def test_an_error_within_a_step_assigns_nothing(eagerly: bool, keras: ModuleType) -> None:
    class Failing(keras.layers.Dense):  # type: ignore[name-defined,misc]
        def call(self, x: Any) -> Any:
            tf.debugging.assert_less(tf.reduce_max(x), 100.0)
            return super().call(x)

    class Refusing(keras.metrics.Mean):  # type: ignore[name-defined,misc]
        """Fails when everything else of a step is done."""

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            super().update_state(y_pred)
            tf.debugging.assert_less(tf.reduce_max(y_true), 100.0)

    model = keras.Sequential([Failing(2)])
    model.compile("adam", "mse", metrics=["mae", Refusing()], run_eagerly=eagerly)
    for _ in range(3):
        model.train_on_batch(X, Y)
    before, count = model.get_weights(), int(model.optimizer.iterations.value)
    with pytest.raises(Exception, match="did not hold"):
        model.train_on_batch(1000 * np.abs(X), Y)
    with pytest.raises(Exception, match="did not hold"):
        model.train_on_batch(X, 1000 + Y)
    assert int(model.optimizer.iterations.value) == count
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_with_a_step_of_its_own_need_not_take_the_batches_itself(keras: ModuleType) -> None:
    class Drawing(keras.Model):
        """Called on noise of three numbers, trained on examples of six."""

        def __init__(self) -> None:
            super().__init__()
            self.network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6)])

        def call(self, noise: Any) -> Any:
            return self.network(noise)

        def train_step(self, real: Any) -> dict[str, Any]:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(tf.ones((len(real), 3))) - real) ** 2)
            self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
            return {"distance": loss}

    model = Drawing()
    model.compile(optimizer=keras.optimizers.Adam(0.1))
    distances = model.fit(X, batch_size=70, epochs=5, verbose=0).history["distance"]
    assert distances[-1] < distances[0]


def test_weights_that_do_not_match_are_errors_that_name_shapes_or_numbers(keras: ModuleType, tmp_path: Any) -> None:
    model = regression(keras)
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"\(5, 8\)"):
        model.layers[0].set_weights([np.zeros((5, 8)), np.zeros(8)])
    with pytest.raises(ValueError, match="weight list of length 3"):
        model.set_weights(before[:-1])
    other = keras.Sequential([keras.Input((6,)), keras.layers.Dense(9), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(ValueError, match=r"\(6, 9\)"):
        model.load_weights(tmp_path / "other.weights.h5")
    for one, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, kept)
