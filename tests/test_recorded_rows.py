"""Every row of the op table inside recorded functions: gradients within them, and through them, are plain Python's.

The samples are those of the generated gradient tests. A function is recorded on one set of operands and replayed on
others, so that nothing of the recorded run can be left in its program. (Of values: test_last_bits.py.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autodiff_core as tf
from row_samples import EVERYWHERE, Sample, of_samples, other_operands

ULPS = 64


def leaves(result: Any) -> list[Any]:
    return [leaf for leaf in tf.nest.flatten(result) if leaf is not None]


def assert_same(found: Any, expected: Any) -> None:
    for one, other in zip(leaves(found), leaves(expected), strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        if one.dtype.kind not in "fc":
            np.testing.assert_array_equal(one, other)
        else:
            scale = np.max(np.abs(other[np.isfinite(other)]), initial=0.0)
            np.testing.assert_allclose(one, other, rtol=ULPS * np.finfo(one.dtype).eps, atol=ULPS * 2e-16 * scale)


def gradients(call: Any, tensors: list[Any]) -> list[Any]:
    floats = [tensor for tensor in tensors if tensor.dtype.kind == "f"]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        results = [result for result in leaves(call(*tensors)) if result.dtype.kind == "f"]
        total = sum(tf.reduce_sum(result * result + result) for result in results)
    return list(tape.gradient(total, floats, unconnected_gradients="zero"))


@of_samples(EVERYWHERE)
def test_gradients_inside_and_around_are_those_of_plain_python(sample: Sample) -> None:
    around = tf.function(sample.call)
    inside = tf.function(lambda *tensors: gradients(sample.call, list(tensors)))
    for operands in [sample.operands, sample.operands, *other_operands(sample)]:
        with np.errstate(all="ignore"):
            tensors = [tf.constant(array) for array in operands]
            expected = gradients(sample.call, tensors)
            assert_same(gradients(around, tensors), expected)
            assert_same(inside(*tensors), expected)
