"""Every row of the op table inside recorded functions: a replay gives what plain Python gives, and so do its gradients.

The samples are those of the generated gradient tests. A function is recorded on one set of operands and replayed on
others, so that nothing of the recorded run can be left in its program.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from row_samples import (
    EVERYWHERE,
    NONE,
    WITHOUT_GRADIENT,
    Sample,
    of_samples,
    samples_of,
)

VALUES = [
    *EVERYWHERE,
    *[sample for row in [*WITHOUT_GRADIENT, *NONE] for sample in samples_of(row)],
]
ULPS = 64


def other_operands(sample: Sample) -> list[list[np.ndarray]]:
    """Operands of the same shapes and dtypes: in another order, and with other signs where any will do."""
    reversed_ = [np.flip(array).copy() for array in sample.operands]
    free = not sample.row.domain
    return [reversed_, [array * -0.75 if free and array.dtype.kind == "f" else array for array in sample.operands]]


def leaves(result: Any) -> list[Any]:
    return [leaf for leaf in tf.nest.flatten(result) if leaf is not None]


def assert_same(found: Any, expected: Any, exact: bool) -> None:
    for one, other in zip(leaves(found), leaves(expected), strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        if exact or one.dtype.kind not in "fc":
            np.testing.assert_array_equal(one, other)
        else:
            scale = np.max(np.abs(other[np.isfinite(other)]), initial=0.0)
            np.testing.assert_allclose(one, other, rtol=ULPS * np.finfo(one.dtype).eps, atol=ULPS * 2e-16 * scale)


@of_samples(VALUES)
@pytest.mark.parametrize("optimize", [True, False], ids=["optimised", "as recorded"])
def test_a_replay_gives_what_plain_python_gives(sample: Sample, optimize: bool) -> None:
    recorded = tf.function(sample.call, optimize=optimize)
    for operands in [sample.operands, sample.operands, *other_operands(sample)]:
        with np.errstate(all="ignore"):
            expected = sample.call(*map(tf.constant, operands))
            assert_same(recorded(*map(tf.constant, operands)), expected, exact=False)
    assert recorded.trace_count == 1 or sample.row.by_values


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
            assert_same(gradients(around, tensors), expected, exact=False)
            assert_same(inside(*tensors), expected, exact=False)
