"""Every row of the op table on many examples at once: `vectorize` gives what a Python loop gives, as do its gradients.

The samples are those of the generated gradient tests. The examples are in each operand alone, or in all of them, and
the others are shared; a second call has other values of the same shapes, so that nothing of the first can be left in
the programs.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from row_samples import VALUES, Sample, has_derivative, other_operands
from test_recorded_rows import gradients, leaves

Choice = tuple[bool, ...]


def choices(sample: Sample) -> list[Choice]:
    """Which operands have an axis of examples: each alone, and all."""
    count = len(sample.operands)
    alone = [tuple(k == one for k in range(count)) for one in range(count)]
    return alone if count == 1 else [*alone, (True,) * count]


def calls(sample: Sample, choice: Choice) -> list[list[np.ndarray]]:
    """Two calls' operands, of the same shapes and other values; those of the choice hold three examples."""
    sets = [sample.operands, *other_operands(sample)]
    return [
        [np.stack([one[k] for one in order]) if has else order[0][k] for k, has in enumerate(choice)]
        for order in (sets, sets[::-1])
    ]


def looped(function: Any, operands: Sequence[np.ndarray], choice: Choice) -> list[np.ndarray]:
    """What a loop over the examples gives."""
    count = next(array.shape[0] for array, has in zip(operands, choice, strict=True) if has)
    each = [
        leaves(function(*[tf.constant(x[i] if has else x) for x, has in zip(operands, choice, strict=True)]))
        for i in range(count)
    ]
    return [np.stack([np.asarray(leaf) for leaf in column]) for column in zip(*each, strict=True)]


def assert_close(found: Any, expected: Sequence[np.ndarray]) -> None:
    for one, other in zip(leaves(found), expected, strict=True):
        one = np.asarray(one)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        if other.dtype.kind not in "fc":
            np.testing.assert_array_equal(one, other)
        else:
            scale = np.max(np.abs(other[np.isfinite(other)]), initial=0.0)
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12 * scale)


def check(sample: Sample, function: Any) -> None:
    for choice in choices(sample):
        vectorized = tf.vectorize(function, in_axes=tuple(0 if has else None for has in choice))
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for operands in calls(sample, choice):
                assert_close(vectorized(*map(tf.constant, operands)), looped(function, operands, choice))


def has_gradient(sample: Sample) -> bool:
    return has_derivative(sample.row) and any(array.dtype.kind == "f" for array in sample.operands)


def by_row(samples: Sequence[Sample]) -> Any:
    rows: dict[str, list[Sample]] = {}
    for sample in samples:
        rows.setdefault(sample.row.name, []).append(sample)
    return pytest.mark.parametrize("samples", [pytest.param(found, id=name) for name, found in rows.items()])


@by_row(VALUES)
def test_many_examples_at_once_are_what_a_loop_gives(samples: list[Sample]) -> None:
    for sample in samples:
        check(sample, lambda *tensors, call=sample.call: call(*tensors))


@by_row([sample for sample in VALUES if has_gradient(sample)])
def test_gradients_of_many_examples_are_what_a_loop_gives(samples: list[Sample]) -> None:
    for sample in samples:
        check(sample, lambda *tensors, call=sample.call: gradients(call, list(tensors)))
