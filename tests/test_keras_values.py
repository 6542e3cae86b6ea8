"""Keras on this library answers what Keras on TensorFlow answers, as it was recorded: gradients of activations, losses,
layers and models, weights that every optimizer's steps lead to, what `fit` tells of metrics, and saved files."""

from __future__ import annotations

import json
import operator
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import autodiff_core as tf
from keras_cases import assert_alike, files, functions, histories, models, optimizers

RECORDED = json.loads(Path(__file__).with_name("keras_values.json").read_text())
TOLERANCES = {"float32": 2e-5, "float64": 2e-8}
ROUNDED = 2e-6
"""In float64, where TensorFlow makes float32 of Python's numbers first (rates of decay, slopes, scales), or computes in
float32, as Keras itself does with what LoRA adds."""
OF_ROUNDED = {"gelu", "leaky_relu", "leaky_relu, slope", "LeakyReLU", "Rescaling", "Resizing", "Dense, LoRA", "ctc"}
CASES = {
    "activations": functions.ACTIVATIONS,
    "losses": functions.LOSSES,
    "models": models.MODELS,
    "layers": models.LAYERS,
    "optimizers": optimizers.OPTIMIZERS,
    "histories": histories.HISTORIES,
}


@pytest.fixture(autouse=True)
def version(keras: ModuleType) -> None:
    """An older Keras lacks some of what was recorded."""
    there, recorded = (tuple(map(int, v.split(".")[:2])) for v in (keras.__version__, RECORDED["versions"]["keras"]))
    if there < recorded:
        pytest.skip(f"Keras {RECORDED['versions']['keras']} was recorded")


@pytest.fixture(params=TOLERANCES)
def dtype(request: pytest.FixtureRequest, keras: ModuleType) -> Iterator[str]:
    """What Keras computes in."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def tolerance(dtype: str, name: str = "", recorded: str = "float64") -> float:
    """What may be apart; in float32 where either is."""
    return max(TOLERANCES[dtype], TOLERANCES[recorded], ROUNDED if name in OF_ROUNDED else 0.0)


@pytest.mark.parametrize("group", CASES)
def test_every_case_is_recorded(group: str) -> None:
    assert list(RECORDED[group]) == list(CASES[group]), "run, where TensorFlow is: python tests/write_keras_values.py"


@pytest.mark.parametrize("name", functions.ACTIVATIONS)
def test_activations_are_tensorflows(name: str, dtype: str, keras: ModuleType) -> None:
    assert_alike(functions.activation(tf, keras, name), RECORDED["activations"][name], tolerance(dtype, name))


@pytest.mark.parametrize("name", functions.LOSSES)
def test_losses_are_tensorflows(name: str, dtype: str, keras: ModuleType) -> None:
    assert_alike(functions.loss(tf, keras, name), RECORDED["losses"][name], tolerance(dtype, name))


@pytest.mark.parametrize("name", models.MODELS | models.LAYERS)
def test_gradients_of_models_and_layers_are_tensorflows(name: str, dtype: str, keras: ModuleType) -> None:
    group = "models" if name in models.MODELS else "layers"
    case = (models.MODELS | models.LAYERS)[name]
    assert_alike(models.ask(tf, keras, case), RECORDED[group][name], tolerance(dtype, name, case.dtype))


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_optimizers_go_where_tensorflows_go(name: str, dtype: str, keras: ModuleType) -> None:
    found = optimizers.trajectory(tf, keras, name)
    assert_alike(found, RECORDED["optimizers"][name], max(TOLERANCES[dtype], ROUNDED))


@pytest.mark.parametrize("name", histories.HISTORIES)
def test_histories_of_fit_are_tensorflows(name: str, dtype: str, keras: ModuleType) -> None:
    found, expected = histories.HISTORIES[name](keras), RECORDED["histories"][name]
    assert list(found) == list(expected)
    apart = TOLERANCES["float32"] if "float32" in (dtype, name in histories.IN_FLOAT32 and "float32") else 5e-6
    for key, numbers in expected.items():
        np.testing.assert_allclose(found[key], numbers, rtol=apart, atol=apart, err_msg=key)


def test_files_of_tensorflows_are_read_predict_alike_and_go_on_training(keras: ModuleType, tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).with_name("keras_files.zip")) as archive:
        archive.extractall(tmp_path)
    assert_alike(files.read(keras, tmp_path), RECORDED["files"], TOLERANCES["float32"])


@pytest.mark.parametrize("module", ["activations", "losses", "optimizers", "optimizers.schedules", "metrics"])
def test_nothing_that_keras_has_is_missing_among_the_cases(module: str, keras: ModuleType) -> None:
    places = {
        "activations": list(functions.ACTIVATIONS),
        "losses": [asked[0] for asked in functions.LOSSES.values()],
        "optimizers": list(optimizers.OPTIMIZERS),
        "optimizers.schedules": list(optimizers.OPTIMIZERS),
        "metrics": [*histories.BINARY, *histories.CATEGORICAL, *histories.SPARSE, *histories.REGRESSION],
    }
    bases = {"Loss", "Optimizer", "OptimizerMap", "LearningRateSchedule", "Metric", "MeanMetricWrapper", "Mean", "Sum"}
    aliases = {"get", "serialize", "deserialize", "swish", "hard_swish"}
    aside = {"sparsemax", "ScheduleFreeAdamW", "MultiOptimizer", "Accuracy"}  # (below, and in Keras's own tests)
    there = operator.attrgetter(module)(keras)
    names = {
        n
        for n, x in vars(there).items()
        if not n.startswith("_") and callable(x) and (module == "activations") == n.islower()
    }
    told = {name.partition(",")[0] for name in places[module]}
    assert names - bases - aliases - aside - told == set()


# ------------------------------------------------------------------------- where Keras on TensorFlow is not the measure


def test_sparsemax_is_the_nearest_point_of_the_simplex(dtype: str, keras: ModuleType) -> None:
    # (Keras's own, on TensorFlow as on JAX, is zero where more than one class has a share.)
    x = functions.POINTS.astype(dtype)
    shares = np.asarray(keras.activations.sparsemax(tf.constant(x)))
    np.testing.assert_allclose(shares.sum(-1), 1.0, rtol=1e-6)
    threshold = np.max(x - shares, axis=-1, where=shares > 0, initial=-np.inf)[:, None]
    np.testing.assert_allclose(shares, np.maximum(x - threshold, 0.0), atol=1e-6)
    assert ((shares > 0).sum(-1) > 1).any()


@pytest.mark.parametrize("recorded", [False, True])
def test_schedule_free_adam_follows_its_rule(recorded: bool, keras: ModuleType) -> None:
    # (On TensorFlow, a variable that Keras has read before an assignment is seen to be what it is afterwards.)
    rate, first, second, epsilon, warmup = 0.1, 0.8, 0.9, 1e-8, 3
    gradients = optimizers.X.astype(np.float32)
    optimizer = keras.optimizers.ScheduleFreeAdamW(rate, beta_1=first, beta_2=second, warmup_steps=warmup)
    weights = keras.Variable(np.ones(4, np.float32))
    optimizer.build([weights])

    def step(gradient: tf.Tensor) -> None:
        optimizer.apply([gradient], [weights])

    run = tf.function(step) if recorded else step
    y, z, squares = np.ones(4), np.ones(4), np.zeros(4)
    for t, gradient in enumerate(gradients, 1):
        run(tf.constant(gradient))
        mean = (y - (1 - first) * z) / first
        squares = second * squares + (1 - second) * gradient**2
        z = z - rate * min(t / warmup, 1) * gradient / (np.sqrt(squares / (1 - second**t)) + epsilon)
        y = (1 - first) * z + first * ((1 - 1 / t) * mean + z / t)
        np.testing.assert_allclose(weights.numpy(), y, rtol=2e-5, atol=2e-6)
