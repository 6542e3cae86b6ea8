"""Who gives None for a tensor hardly ever wrote it: every function says that it got None, and what that comes of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import tensorflow_calls

USUAL = "None is what a gradient is where the target does not depend on the source"

CALLS = [
    pytest.param(call, place, id=f"{name}-{place}")
    for name, call in tensorflow_calls.CALLS.items()
    for place in range(len(call.arrays))
]


@pytest.mark.parametrize(("call", "place"), CALLS)
def test_a_function_that_gets_none_says_so(call: Any, place: int) -> None:
    operands: list[Any] = [tf.constant(array) for array in call.arrays]
    operands[place] = None
    try:
        call.function(tf, *operands)
    except (TypeError, ValueError, AttributeError) as error:
        assert "None" in str(error)


ONE = "abs exp square sqrt reduce_sum reduce_mean cumsum identity shape transpose sort argmax stop_gradient norm"


@pytest.mark.parametrize("name", [*ONE.split(), "math.log", "nn.relu", "nn.softmax", "linalg.inv", "linalg.det"])
def test_none_is_named_with_what_it_mostly_comes_of(name: str) -> None:
    function: Any = tf
    for part in name.split("."):
        function = getattr(function, part)
    with pytest.raises(TypeError, match=USUAL):
        function(None)
    with pytest.raises(TypeError, match=USUAL):
        function([None, None])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: tf.add(x, None),
        lambda x: tf.multiply(None, x),
        lambda x: tf.matmul(x, None),
        lambda x: tf.stack([x, None]),
        lambda x: tf.concat([x, None], 0),
        lambda x: tf.add_n([x, None]),
        lambda x: tf.Variable(x).assign(None),
        lambda x: tf.Variable(x).assign_sub(None),
        lambda x: tf.Variable(x)[0].assign(None),
        lambda x: tf.nn.bias_add(x, None),
        lambda x: tf.nn.conv2d(None, x, 1, "SAME"),
        lambda x: np.add(x, None),
    ],
)
def test_none_beside_a_tensor_is_named_too(call: Any) -> None:
    with pytest.raises(TypeError, match=USUAL):
        call(tf.ones((2, 2)))


def test_an_operator_beside_none_is_pythons_error() -> None:
    for operation in (lambda x: x + None, lambda x: None * x, lambda x: x @ None):
        with pytest.raises(TypeError, match="NoneType"):
            operation(tf.ones((2, 2)))
    assert (tf.ones(2) == None) is False  # noqa: E711
