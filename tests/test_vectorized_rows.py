"""Every row of the op table on many examples at once: `vectorize` gives what a Python loop gives.

The samples are those of the generated gradient tests. The examples are in each operand alone, or in all of them, and
the others are shared; a second call has other values of the same shapes, so that nothing of the first can be left in
the programs. Run by pytest, each row has one sample, with examples in one choice of its operands; `python
tests/test_vectorized_rows.py` goes through all samples and all choices (`make vectorized-rows`).
"""

from __future__ import annotations

import sys
import warnings
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from test_gradients_generated import Sample
from test_recorded_rows import VALUES, leaves, other_operands

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


def check(sample: Sample, choice: Choice, of: Any) -> None:
    axes = tuple(0 if has else None for has in choice)
    vectorized = tf.vectorize(of, in_axes=axes)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for operands in calls(sample, choice):
            assert_close(vectorized(*map(tf.constant, operands)), looped(of, operands, choice))


def one_of_each_row() -> list[Any]:
    """For each row a sample and a choice, the same in every run."""
    by_row: dict[str, list[tuple[Sample, Choice]]] = {}
    for sample in VALUES:
        by_row.setdefault(sample.row.name, []).extend((sample, choice) for choice in choices(sample))
    return [
        pytest.param(*pairs[zlib.crc32(name.encode()) % len(pairs)], id=name) for name, pairs in by_row.items() if pairs
    ]


ONE_OF_EACH = one_of_each_row()


@pytest.mark.parametrize(("sample", "choice"), ONE_OF_EACH)
def test_many_examples_at_once_are_what_a_loop_gives(sample: Sample, choice: Choice) -> None:
    check(sample, choice, lambda *tensors: sample.call(*tensors))


def main() -> int:
    """Go through all samples and choices; print what fails."""
    failed = 0
    for number, sample in enumerate(VALUES):
        shapes = [array.shape for array in sample.operands]
        for choice in choices(sample):
            try:
                check(sample, choice, sample.call)
            except Exception as error:
                failed += 1
                print(f"{sample.row.name}, sample {number} {shapes}, {choice}: {error!r}"[:400])
    print(f"{failed} failed" if failed else "all right")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
