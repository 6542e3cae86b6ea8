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
