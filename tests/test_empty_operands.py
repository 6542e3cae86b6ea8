"""Arrays without elements are never read: they lie here in memory that is guarded, where one read ends the process.

Every row of the op table is called on its samples with an axis of no elements, directly, recorded and differentiated.
What comes back is not looked at (other tests do): a call may refuse.
"""

from __future__ import annotations

import contextlib
import mmap
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from row_samples import samples_of

GUARDED: Any = None


def guarded(shape: tuple[int, ...], dtype: np.dtype[Any], uniform: bool) -> np.ndarray:
    """An empty array in memory that nobody may read; its strides are zero, as a broadcast number's, if `uniform`."""
    return np.ndarray(shape, dtype, GUARDED, strides=(0,) * len(shape) if uniform else None)


def emptied(array: np.ndarray) -> Iterator[np.ndarray]:
    for axis in range(array.ndim):
        shape = (*array.shape[:axis], 0, *array.shape[axis + 1 :])
        for uniform in (False, True):
            yield guarded(shape, array.dtype, uniform)
    if array.ndim == 0:
        yield guarded((0,), array.dtype, True)


def attempt(function: Any, *operands: Any) -> None:
    with contextlib.suppress(Exception):
        function(*operands)


def differentiated(function: Any, *operands: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(tensors := [tf.convert_to_tensor(x) for x in operands])
        result = function(*tensors)
    return tape.gradient(result, tensors, unconnected_gradients="zero")


def call_everything() -> None:
    for row in rows():
        for sample in samples_of(row):
            for k, operand in enumerate(sample.operands):
                for empty in emptied(np.asarray(operand)):
                    print(row.name, k, empty.shape, flush=True)
                    operands = [*sample.operands]
                    operands[k] = empty
                    attempt(sample.call, *operands)
                    attempt(differentiated, sample.call, *operands)
                    every = [guarded(empty.shape, np.asarray(x).dtype, empty.strides[0] == 0) for x in operands]
                    attempt(sample.call, *every)
                    attempt(differentiated, sample.call, *every)
                    recorded = tf.function(sample.call)
                    attempt(recorded, *operands)
                    attempt(recorded, *operands)


@pytest.mark.skipif(sys.platform == "win32", reason="guards a page as POSIX has it")
@pytest.mark.walk
def test_no_row_reads_an_operand_without_elements() -> None:
    run = subprocess.run([sys.executable, __file__], cwd=Path(__file__).parent, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-200:] + run.stderr[-2000:]


@pytest.mark.parametrize("shape", [(3, 5, 0), (3, 40, 0), (2, 100_000, 0), (2, 50_000, 3, 0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduce", [tf.reduce_max, tf.reduce_min, tf.reduce_prod, tf.argmax, tf.argmin])
def test_rows_without_neighbours_are_reduced_to_none(reduce: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    def f(x: Any) -> Any:
        return reduce(x, axis=1)

    x = np.zeros(shape, dtype)
    assert f(x).shape == tf.function(f)(x).shape == (shape[0], *shape[2:])


if __name__ == "__main__":
    GUARDED = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0)
    warnings.simplefilter("ignore")
    call_everything()
