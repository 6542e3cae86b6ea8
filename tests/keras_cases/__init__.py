"""What Keras on TensorFlow and Keras on this library must answer alike, and how it is asked: the same code for both.

`python tests/write_keras_values.py`, in an environment that has TensorFlow, writes what it answers to
keras_values.json; test_keras_values.py compares. Nothing here needs either: both come as arguments, `tf` and `keras`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FULL = 5
"""Arrays of more elements are told by as many weighed sums."""


def drawn(seed: int, *shape: int) -> np.ndarray:
    """Numbers between -1 and 1 that float32 has exactly, the same in every version of NumPy."""
    bits = np.random.PCG64(seed).random_raw(int(np.prod(shape, dtype=int))) >> np.uint64(41)
    return (bits.astype(np.float64) / 2.0**22 - 1.0).reshape(shape)


def told(array: Any) -> list[Any]:
    """What is written down of an array: its shape, its largest size, and numbers that tell a wrong element or order."""
    array = np.asarray(array, np.float64)
    flat = array.ravel()
    if flat.size > FULL:
        flat = drawn(flat.size, FULL, flat.size) @ flat
    size = float(np.max(np.abs(array), initial=0.0))
    return [list(array.shape), float(f"{size:.3g}"), [float(f"{x:.11g}") for x in flat]]


def assert_alike(found: Any, expected: Any, tolerance: float, where: str = "") -> None:
    """What is told of arrays, in mappings and lists, is the same, within the tolerance of the largest elements."""
    if isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key, part in expected.items():
            assert_alike(found[key], part, tolerance, f"{where} {key}")
    elif all(isinstance(part, list) and len(part) == 3 for part in expected):  # (several arrays)
        assert len(found) == len(expected), where
        for k, part in enumerate(expected):
            assert_alike(found[k], part, tolerance, f"{where} {k}")
    else:
        shape, size, numbers = expected
        assert found[0] == shape, where
        spread = np.sqrt(max(np.prod(shape), 1))
        np.testing.assert_allclose(
            found[2], numbers, rtol=tolerance, atol=tolerance * max(size, 0.1) * spread, err_msg=where
        )


def fill(weights: Any, seed: int) -> None:
    """Weights that are the same everywhere; variances of batches are positive, states of generators stay."""
    for k, weight in enumerate(weights):
        if "seed" in weight.path:
            continue
        value = drawn(100 * seed + k, *weight.shape) * 0.8
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.path else value)
