"""Arrays at addresses that are no multiple of an element's size, as fields of records and pieces of files are.

Compiled loops may take an address for one; every row of the op table gives there what it gives for a copy.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from results import flat
from row_samples import Sample, samples_of


def misaligned(array: np.ndarray) -> np.ndarray:
    memory = np.zeros(array.nbytes + 1, np.uint8)[1:]
    other = np.ndarray(array.shape, array.dtype, memory)
    other[...] = array
    assert array.dtype.alignment == 1 or array.size == 0 or not other.flags.aligned
    return other


def results(sample: Sample, operands: list[np.ndarray]) -> list[np.ndarray]:
    """The values, the gradients, and both of a recorded call and a replay."""
    found = [sample.call(*operands)]
    recorded = tf.function(sample.call)
    for function in (sample.call, recorded):
        tensors = [tf.convert_to_tensor(x) for x in operands]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = tf.reduce_sum(tf.cast(flat(function(*operands)), tf.float64))
            total = total + tf.reduce_sum(tf.cast(flat(function(*tensors)), tf.float64))
        found += [total, tape.gradient(total, tensors, unconnected_gradients="zero")]
    captured = tf.function(lambda: sample.call(*operands))
    found += [captured(), captured()]
    return [np.asarray(x) for x in tf.nest.flatten(found)]


@pytest.mark.walk
@pytest.mark.parametrize("part", range(8))
def test_every_row_takes_operands_that_are_not_aligned(part: int) -> None:
    for row in rows()[part::8]:
        for sample in samples_of(row):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if getattr(row, "draws", False):
                    tf.random.set_seed(1)
                expected = attempt(sample, [np.asarray(x) for x in sample.operands])
                if getattr(row, "draws", False):
                    tf.random.set_seed(1)
                found = attempt(sample, [misaligned(np.asarray(x)) for x in sample.operands])
            assert type(found) is type(expected), (row.name, found, expected)
            if isinstance(expected, list):
                for x, y in zip(found, expected, strict=True):
                    np.testing.assert_allclose(x, y, rtol=1e-13, err_msg=row.name)


def attempt(sample: Sample, operands: list[np.ndarray]) -> Any:
    try:
        return results(sample, operands)
    except Exception as error:
        return error
