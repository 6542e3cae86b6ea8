"""Keras 3 on this library: the finder, tensors and variables, and what each function of the core gives."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

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
        "pip install autodiff-core[keras]"
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
