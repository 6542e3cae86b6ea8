"""NumPy's functions of tensors and TensorFlow's own, on many examples at once: what a loop gives, and its gradients.

The calls are those of the tests of either: `numpy_calls.py`, `tensorflow_calls.py`. Each is made twice, with the
examples in another order, and without a warning that Python would have to run the function.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
import numpy_calls
import tensorflow_calls
from test_recorded_rows import leaves

Function = Callable[..., Any]


def sampled(name: str, arrays: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """Three examples: the arrays, and such with other numbers in them."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [
        [
            (a + 0.01 * k * rng.normal(size=a.shape)).astype(a.dtype) if a.dtype.kind == "f" else np.roll(a, k)
            for a in arrays
        ]
        for k in range(3)
    ]


def normal(name: str, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [rng.normal(size=shape) for shape in shapes]


def check(function: Function, examples: list[list[np.ndarray]]) -> None:
    each = [[np.asarray(leaf) for leaf in leaves(function(*map(tf.constant, one)))] for one in examples]
    if len({tuple(leaf.shape for leaf in one) for one in each}) > 1:
        return  # (as of np.unique: results of many examples have one shape)
    many = tf.vectorize(function)
    for order in ([0, 1, 2], [2, 0, 1]):
        found = many(*[tf.constant(np.stack(column)) for column in zip(*[examples[k] for k in order], strict=True)])
        for one, parts in zip(leaves(found), zip(*[each[k] for k in order], strict=True), strict=True):
            one, other = np.asarray(one), np.stack(parts)
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            if other.dtype.kind in "fc":
                scale = np.max(np.abs(other[np.isfinite(other)]), initial=0.0)
                ulp = np.finfo(other.dtype).eps
                np.testing.assert_allclose(one, other, rtol=1e4 * ulp, atol=1e3 * ulp * scale)
            else:
                np.testing.assert_array_equal(one, other)


def check_with_gradient(function: Function, examples: list[list[np.ndarray]]) -> None:
    def loss(*tensors: Any) -> Any:
        results = [result for result in leaves(function(*tensors)) if result.dtype.kind == "f"]
        return tf.add_n([tf.cast(tf.reduce_sum(result * result + result), tf.float64) for result in results])

    check(function, examples)
    floats = [k for k, array in enumerate(examples[0]) if array.dtype.kind == "f"]
    check(tf.grad(loss, argnums=tuple(floats)), examples)


CALLS: list[Any] = [
    pytest.param(lambda *x, call=call: call.function(tf, *x), call.arrays, call.gradient, id=name)
    for name, call in tensorflow_calls.CALLS.items()
    if call.arrays
]


@pytest.mark.parametrize(("function", "arrays", "differentiable"), CALLS)
def test_tensorflows_functions(function: Function, arrays: Any, differentiable: bool) -> None:
    examples = sampled("tensorflow", arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        if differentiable and any(array.dtype.kind == "f" for array in arrays):
            check_with_gradient(function, examples)
        else:
            check(function, examples)


@pytest.mark.parametrize("name", numpy_calls.GRADIENTS)
def test_numpys_functions(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for call in numpy_calls.GRADIENTS[name]:
            check_with_gradient(call.function, sampled(name, normal(name, call.shapes)))


@pytest.mark.parametrize("name", numpy_calls.DATA)
def test_numpys_functions_that_have_no_gradient(name: str) -> None:
    function = numpy_calls.DATA[name]
    examples = sampled(name, normal(name, [(3, 4)]))
    results = leaves(function(tf.constant(examples[0][0])))
    if all(isinstance(result, (tf.Tensor, np.ndarray)) and result.dtype.kind in "biuf" for result in results):
        check(function, examples)
