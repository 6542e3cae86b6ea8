"""Values and gradients of functions under TensorFlow's names are those that TensorFlow gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients
from tensorflow_calls import CALLS

VALUES = json.loads(Path(__file__).with_name("tensorflow_values.json").read_text())


def parts(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def weighed(found: list[Any]) -> Any:
    """The sum of what is float, with weights that differ."""
    floats = [part for part in found if part.dtype.kind == "f"]
    return sum(
        tf.reduce_sum(part * np.reshape(np.arange(part.size) % 7 + 1, part.shape).astype(part.dtype)) for part in floats
    )


def assert_answers(found: list[Any], expected: list[dict[str, Any]], scale: float = 1.0) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert tuple(one.shape) == tuple(other["shape"])
        assert one.dtype == np.dtype(other["dtype"])
        values = np.asarray(other["values"], other["dtype"]).reshape(other["shape"])
        size = max(1.0, float(np.max(np.abs(values), initial=0.0)))
        np.testing.assert_allclose(one, values, rtol=2e-5, atol=2e-6 * size * scale)


def test_every_call_has_a_value() -> None:
    assert list(VALUES) == list(CALLS), "run, where TensorFlow is: python tests/write_tensorflow_values.py"


@pytest.mark.parametrize("name", CALLS)
def test_values_are_tensorflows(name: str) -> None:
    call = CALLS[name]
    found = [tf.convert_to_tensor(part) for part in parts(call.function(tf, *map(tf.constant, call.arrays)))]
    if name == "logm":  # of complex128, whose real part TensorFlow gives in float64
        assert found[0].dtype == np.float64
    assert_answers(found, VALUES[name]["values"])


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.gradient])
def test_gradients_are_tensorflows(name: str) -> None:
    call = CALLS[name]
    tensors = [tf.constant(array) for array in call.arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        total = weighed(parts(call.function(tf, *tensors)))
    assert_answers(tape.gradient(total, tensors), VALUES[name]["gradients"], scale=10.0)


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.gradient])
def test_derivatives_of_both_orders_match_finite_differences(name: str) -> None:
    call = CALLS[name]
    # A part of each array varies, lest there be too many differences to take.
    arrays = [array.astype(np.float64) for array in call.arrays]
    heads = [array.reshape(-1)[:5].copy() for array in arrays]

    def function(*tensors: Any) -> Any:
        whole = [
            tf.reshape(tf.concat([head, array.reshape(-1)[5:]], 0), array.shape)
            for head, array in zip(tensors, arrays, strict=True)
        ]
        return weighed(parts(call.function(tf, *whole)))

    check_gradients(function, heads, order=2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.gradient])
def test_recorded_functions_give_the_same_at_other_values(name: str) -> None:
    call = CALLS[name]
    recorded = tf.function(lambda *tensors: weighed(parts(call.function(tf, *tensors))))
    for factor in (1.0, 1.25):
        tensors = [tf.constant(array * array.dtype.type(factor)) for array in call.arrays]
        np.testing.assert_allclose(recorded(*tensors), recorded.python_function(*tensors), rtol=1e-5, atol=1e-5)
