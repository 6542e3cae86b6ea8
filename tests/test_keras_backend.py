"""Keras 3 on this library: the finder, tensors and variables, and what each function of the core gives."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)


def last_line(code: str) -> str:
    done = run(code)
    assert done.returncode == 1, done.stdout
    return done.stderr.strip().splitlines()[-1]


def test_another_backend_that_is_there_already_is_an_error() -> None:
    said = last_line(
        "import sys, types\n"
        "sys.modules['keras.src.backend'] = there = types.ModuleType('keras.src.backend')\n"
        "there.backend = lambda: 'jax'\n"
        "import autodiff_core.keras_backend"
    )
    assert said == (
        "ImportError: Keras has been imported already, with its backend 'jax': import autodiff_core.keras_backend "
        "before the first `import keras` of the process"
    )


@pytest.mark.parametrize("version", ["2.15.0", "3.13.2", "3.16.0", "4.0", "unknown"])
def test_a_version_of_keras_that_is_not_known_is_an_error(version: str) -> None:
    said = last_line(
        "from importlib import metadata\n"
        f"metadata.version = lambda name: {version!r}\n"
        "import autodiff_core.keras_backend"
    )
    assert said == (
        f"ImportError: autodiff_core.keras_backend is made for Keras 3.14 and 3.15, and Keras {version} is installed: "
        'pip install "keras>=3.14,<3.16"'
    )


def test_the_error_without_keras_names_the_extra() -> None:
    said = last_line(
        "from importlib import metadata\n"
        "def version(name): raise metadata.PackageNotFoundError(name)\n"
        "metadata.version = version\n"
        "import autodiff_core.keras_backend"
    )
    assert said == (
        "ImportError: autodiff_core.keras_backend runs Keras 3, which is not installed: "
        'pip install "autodiff-core[keras]"'
    )


def test_a_layer_gives_tensors_whose_gradients_are_by_keras_variables(keras: ModuleType) -> None:
    layer = keras.layers.Dense(2)
    x = np.arange(6.0, dtype="float32").reshape(3, 2)
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_sum(y * y)
    kernel, bias = tape.gradient(loss, layer.trainable_variables)
    assert keras.backend.backend() == "numpy"
    assert isinstance(y, tf.Tensor)
    np.testing.assert_allclose(kernel, x.T @ (2 * y.numpy()), rtol=1e-5)
    np.testing.assert_allclose(bias, (2 * y.numpy()).sum(0), rtol=1e-5)


USING = """
import os
import sys
import autodiff_core as tf
from autodiff_core import keras as taken
assert tf.losses is tf.keras.losses and tf.losses.__name__ == "autodiff_core.keras.losses"
if not os.environ.get("AUTODIFF_KERAS"):
    small = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    tf.keras.use_keras()
    tf.keras.use_keras()
    assert small(tf.ones((2, 3))).shape == (2, 1)
import keras
assert tf.keras.layers is keras.layers and taken.layers is keras.layers
assert tf.keras.Model is keras.Model and tf.keras.Input is keras.Input
assert tf.losses is keras.losses and tf.optimizers is keras.optimizers
assert tf.metrics is keras.metrics and tf.initializers is keras.initializers
from autodiff_core.keras import layers
from autodiff_core.keras.layers import Conv2D
import autodiff_core.keras.optimizers.schedules as schedules
assert layers is keras.layers and Conv2D is keras.layers.Conv2D and schedules is keras.optimizers.schedules
assert tf.keras.backend.backend() == "numpy"
assert "Conv2D" in dir(tf.keras.layers) and "use_keras" in dir(tf.keras)
try:
    tf.keras.nothing
except AttributeError as error:
    assert str(error) == "module 'keras' has no attribute 'nothing'", error
"""


@pytest.mark.parametrize("before", [None, "jax"])
def test_processes_that_a_program_starts_find_the_environment_as_it_was(
    keras: ModuleType, before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if before is not None:
        monkeypatch.setenv("KERAS_BACKEND", before)
    done = run(
        "import os\n"
        "import autodiff_core as tf, autodiff_core.keras_backend, keras\n"
        "print(isinstance(keras.layers.Dense(1)(tf.ones((1, 1))), tf.Tensor), os.environ.get('KERAS_BACKEND'))"
    )
    assert done.stdout.strip() == f"True {before}", done.stderr


@pytest.mark.parametrize("variable", ["", "1"])
def test_tf_keras_is_all_of_keras_where_it_is_asked_for(
    variable: str, keras: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTODIFF_KERAS", variable)
    code = USING.replace('== "autodiff_core.keras.losses"', f"== {'keras.losses'!r}") if variable else USING
    done = run(code)
    assert done.returncode == 0, done.stderr


ADVICE = "the built-in tf.keras is a small one; `tf.keras.use_keras()` at the top of the script makes it all of Keras 3"


@pytest.mark.parametrize(
    ("module", "name"),
    [("", "Input"), ("", "datasets"), (".layers", "Conv2D"), (".optimizers", "RMSprop"), (".losses", "Hinge")]
    + [(".metrics", "AUC"), (".initializers", "Zeros_"), (".activations", "mish"), (".models", "load_model")],
)
def test_a_name_that_the_small_keras_lacks_says_which_line_makes_it_available(module: str, name: str) -> None:
    where = getattr(tf.keras, module[1:]) if module else tf.keras
    with pytest.raises(AttributeError) as raised:
        getattr(where, name)
    assert str(raised.value) == f"module 'autodiff_core.keras{module}' has no attribute {name!r}: {ADVICE}"


@pytest.mark.parametrize("name", ["fit", "compile", "summary", "save"])
def test_a_model_of_the_small_keras_says_so_too(name: str) -> None:
    with pytest.raises(AttributeError) as raised:
        getattr(tf.keras.Sequential(), name)
    assert str(raised.value) == f"'Sequential' object has no attribute {name!r}: {ADVICE}"
    assert not hasattr(tf.keras.Sequential(), "nothing_at_all")


def test_bits_are_viewed_as_another_dtype(keras: ModuleType) -> None:
    x = np.arange(8, dtype="int16").reshape(2, 4)
    for dtype in ("int8", "int16", "float16", "int32", "float64"):
        np.testing.assert_array_equal(keras.ops.view(x, dtype), x.view(dtype))
    with pytest.raises(ValueError, match=r"view: a tensor of shape \(2, 3\) and dtype int16 cannot be read as int32"):
        keras.ops.view(x[:, :3], "int32")


def test_factors_of_matrices_come_with_the_rows_that_were_exchanged(keras: ModuleType) -> None:
    import scipy.linalg

    a = np.random.default_rng(0).normal(size=(3, 4, 4)).astype("float32")
    factors, exchanged = keras.ops.lu_factor(a)
    for k in range(3):
        wanted = scipy.linalg.lu_factor(a[k])
        np.testing.assert_allclose(factors[k], wanted[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(exchanged[k], wanted[1])


def test_forward_mode_is_there(keras: ModuleType) -> None:
    x, t = np.array([0.1, 0.2], "float32"), np.array([1.0, 2.0], "float32")
    out, derivative, aux = keras.ops.jvp(lambda x: (keras.ops.sin(x), x * 2), (x,), (t,), has_aux=True)
    np.testing.assert_allclose(out, np.sin(x), rtol=1e-6)
    np.testing.assert_allclose(derivative, np.cos(x) * t, rtol=1e-6)
    np.testing.assert_allclose(aux, 2 * x, rtol=1e-6)


@pytest.mark.parametrize("name", ["percentile", "nanpercentile"])
def test_percentiles_may_be_given_as_tensors(name: str, keras: ModuleType) -> None:
    x = np.array([[3.0, 1.0, 2.0], [5.0, 9.0, 7.0]], "float32")
    for q in (30, [10.0, 60.0], tf.constant(75.0)):
        wanted = getattr(np, name)(x, np.asarray(q), axis=1)
        np.testing.assert_allclose(getattr(keras.ops, name)(x, q, axis=1), wanted, rtol=1e-6)


@pytest.mark.parametrize("name", ["quantile", "nanquantile", "percentile", "nanpercentile"])
def test_shares_of_quantiles_may_be_tensors_that_no_tape_follows(name: str, keras: ModuleType) -> None:
    whole = 100.0 if "percent" in name else 1.0
    x = np.array([[3.0, 1.0, 2.0], [5.0, 9.0, np.nan if "nan" in name else 7.0]])
    call = getattr(keras.ops, name)
    recorded = tf.function(lambda x, q: call(x, q, axis=1))
    for share in (0.25, [0.1, 0.6]):
        wanted = getattr(np, name)(x, np.asarray(share) * whole, axis=1)
        q = tf.constant(np.asarray(share) * whole)
        for found in (call(x, q, axis=1), recorded(x, q), call(x, keras.Variable(q, dtype="float64"), axis=1)):
            np.testing.assert_allclose(found, wanted, rtol=1e-12)
    q, v = tf.constant(0.5 * whole), keras.Variable(0.5 * whole)
    for followed in (q, v):
        with tf.GradientTape() as tape:
            tape.watch(q)
            with pytest.raises(TypeError, match=rf"^{name}: no gradient flows to q, which a tape follows"):
                call(x, followed, axis=1)
            assert call(x, keras.ops.stop_gradient(followed), axis=1).shape == (2,)


@pytest.mark.parametrize("sizes", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scans_are_running_results(sizes: int, reverse: bool, keras: ModuleType) -> None:
    x = np.random.default_rng(1).normal(size=(2, sizes)).astype("float32")
    found = keras.ops.associative_scan(lambda a, b: a + b, x, axis=1, reverse=reverse)
    wanted = np.cumsum(x[:, ::-1], 1)[:, ::-1] if reverse else np.cumsum(x, 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_updates_of_parts_leave_their_operand_as_it_is(keras: ModuleType) -> None:
    x = tf.constant(np.arange(12.0, dtype="float32").reshape(3, 4))
    kept = x.numpy().copy()
    changed = x.numpy().copy()
    changed[[0, 2], [1, 3]] = [10.0, 20.0]
    np.testing.assert_array_equal(keras.ops.scatter_update(x, [[0, 1], [2, 3]], [10.0, 20.0]), changed)
    changed = x.numpy().copy()
    changed[1:3, 2:4] = 5
    np.testing.assert_array_equal(keras.ops.slice_update(x, (1, 2), np.full((2, 2), 5.0, "float32")), changed)
    np.testing.assert_array_equal(keras.ops.slice(x, (1, 2), (2, 2)), kept[1:, 2:])
    np.testing.assert_array_equal(x, kept)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(keras.ops.scatter_update(x, [[0, 1]], [1.0], reduction="add") ** 2)
    wanted = 2 * kept
    wanted[0, 1] += 2
    np.testing.assert_array_equal(tape.gradient(y, x), wanted)


def test_updates_of_a_place_are_reduced_by_name(keras: ModuleType) -> None:
    x, places, updates = np.arange(6.0, dtype="float32").reshape(2, 3), [[0, 1], [1, 2]], [0.5, 7.0]
    for name, both in (("add", np.add), ("max", np.maximum), ("min", np.minimum), ("mul", np.multiply)):
        wanted = x.copy()
        both.at(wanted, ([0, 1], [1, 2]), updates)
        np.testing.assert_array_equal(keras.ops.scatter_update(x, places, updates, reduction=name), wanted)
    with pytest.raises(ValueError, match="Unsupported reduction: mean"):
        keras.src.backend.core.scatter_update(x, places, updates, "mean")


def test_variables_of_keras_are_variables_of_this_library(keras: ModuleType) -> None:
    v = keras.Variable(np.arange(6.0, dtype="float32").reshape(2, 3), name="v")
    with tf.GradientTape() as tape:
        y = (
            tf.reduce_sum(tf.matmul(tf.ones((1, 2)), v) ** 2)
            + tf.reduce_sum(2.0 * v)
            + tf.reduce_sum(tf.ones((2, 3)) + v)
        )
    assert tf.convert_to_tensor(tape.gradient(y, {"v": v})["v"]).shape == (2, 3)
    recorded = tf.function(lambda: tf.reduce_sum(v))
    assert float(recorded()) == 15.0
    v.assign(v * 2)
    assert float(recorded()) == 30.0
    assert recorded.trace_count == 1
    assert not keras.ops.is_tensor(v)
    assert keras.ops.is_tensor(v.value)
    assert not keras.ops.is_tensor(np.ones(2))
    kept = v.numpy()
    kept[:] = 0  # (an array of its own)
    assert float(recorded()) == 30.0


@pytest.mark.parametrize(
    "f",
    [
        lambda v: np.ones((2, 3), "float32") * v,
        lambda v: np.float32(2.0) * v,
        lambda v: v - np.ones((2, 3), "float32"),
        lambda v: np.ones((4, 2), "float32") @ v,
        lambda v: np.sin(v),
        lambda v: np.add.reduce(v, axis=1),
        lambda v: np.sum(v, axis=0),
        lambda v: np.concatenate([v, np.zeros((1, 3), "float32")]),
        lambda v: np.where(np.array([[True], [False]]), 0.0, v),
    ],
    ids=["array on the left", "number on the left", "array on the right", "matrix on the left"]
    + ["ufunc", "method of a ufunc", "function", "function of a list", "function of several"],
)
def test_numpy_on_variables_of_keras_is_followed(f: Any, keras: ModuleType) -> None:
    values = np.arange(6.0, dtype="float32").reshape(2, 3)
    v, x = keras.Variable(values), tf.constant(values)

    def gradient(of: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(of)
            assert isinstance(y, tf.Tensor)
            loss = tf.reduce_sum(y * y)
        return tape.gradient(loss, of)

    np.testing.assert_allclose(gradient(v), gradient(x), rtol=1e-6)
    recorded = tf.function(lambda: f(v))
    recorded()
    v.assign(values * 0.5)
    np.testing.assert_allclose(recorded(), f(x * 0.5), rtol=1e-6)
    assert recorded.trace_count == 1


def test_second_derivatives_go_through_a_model(keras: ModuleType) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
    x = tf.constant([[0.3, -0.2]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = model(x)
        slope = inner.gradient(y, x)
        penalty = tf.reduce_sum(slope**2)
    found = outer.gradient(penalty, model.trainable_variables)
    kernel = model.trainable_variables[0]
    step = 1e-2
    before = kernel.numpy()
    values = []
    for sign in (1.0, -1.0):
        kernel.assign(before + sign * step * np.eye(2, 4, dtype="float32"))
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = model(x)
        values.append(float(tf.reduce_sum(inner.gradient(y, x) ** 2)))
    np.testing.assert_allclose(np.trace(found[0].numpy()), (values[0] - values[1]) / (2 * step), rtol=1e-2)


def test_solvers_take_the_weights_of_a_model(keras: ModuleType) -> None:
    pytest.importorskip("scipy")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(1)])
    x = np.linspace(-1, 1, 20, dtype="float32")[:, None]
    found = tf.minimize(lambda: tf.reduce_mean((model(x) - x**3) ** 2), model.trainable_variables)
    assert found.fun < 1e-4
    np.testing.assert_allclose(tf.reduce_mean((model(x) - x**3) ** 2), found.fun, atol=1e-6)
    assert found.x[0] is model.trainable_variables[0]


def test_a_saved_model_goes_on_where_it_was(keras: ModuleType, tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
    model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(3)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.fit(x, x, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    other = keras.models.load_model(tmp_path / "model.keras")
    for one in (model, other):
        one.fit(x, x, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    other.load_weights(tmp_path / "model.weights.h5")
    assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])
    small = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5), keras.layers.Dense(3)])
    before = small.get_weights()
    with pytest.raises(ValueError, match="shape"):
        small.load_weights(tmp_path / "model.weights.h5")
    assert np.array_equal(before[0], small.get_weights()[0])


def test_models_are_copied_and_pickled(keras: ModuleType) -> None:
    x = np.ones((4, 3), "float32")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(x, x[:, :2], verbose=0)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other(x), model(x))
        other.fit(x, x[:, :2], verbose=0)
        assert not np.array_equal(other(x), model(x))


@pytest.mark.parametrize("settings", [{}, {"bins": 4}, {"bins": 5, "range": (0.0, 3.0)}])
def test_histograms_are_of_values_that_a_program_knows_later(settings: dict[str, Any], keras: ModuleType) -> None:
    rng = np.random.default_rng(0)
    recorded = tf.function(lambda x: keras.ops.histogram(x, **settings))
    for x in (
        rng.normal(size=50).astype("float32"),
        rng.integers(0, 9, size=28),
        np.ones(5, "float32"),
        np.arange(11.0),
    ):
        wanted = np.histogram(x, **settings)
        for counts, edges in (keras.ops.histogram(x, **settings), recorded(x), recorded(x[::-1].copy())):
            np.testing.assert_array_equal(counts, wanted[0])
            np.testing.assert_allclose(edges, wanted[1], rtol=1e-6, atol=1e-6)
    assert recorded.obstacle is None
    assert recorded.trace_count == 4


def test_dtypes_promote_as_keras_says(keras: ModuleType) -> None:
    from autodiff_core.keras_backend import dtypes

    kinds = [np.dtype("int8"), np.dtype("float16"), np.dtype("float32"), np.dtype("bool"), "bfloat16", int, float, None]
    for one in kinds:
        assert dtypes.standardize_dtype(one) == keras.backend.standardize_dtype(one)
        for other in kinds:
            assert dtypes.result_type(one, other) == keras.backend.result_type(one, other)
    before = keras.config.floatx()
    assert dtypes.result_type(int, float) == "float32"
    try:
        keras.config.set_floatx("float16")
        assert dtypes.result_type(int, float) == "float16"
    finally:
        keras.config.set_floatx(before)
