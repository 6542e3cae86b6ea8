"""Arrays that are put side by side, as gradients of what was split are: the sum of each with zeros around it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

PLACES: dict[str, list[tuple[int, int]]] = {
    "all": [(0, 32), (32, 64), (64, 96)],
    "from the end": [(64, 96), (32, 64), (0, 32)],
    "unequal": [(0, 8), (8, 80), (80, 96)],
    "gaps": [(8, 24), (40, 72)],
    "gaps at the ends": [(16, 48), (48, 72)],
    "overlapping": [(0, 48), (32, 96)],
    "two of three side by side": [(0, 32), (32, 64), (16, 48)],
    "one twice": [(0, 32), (0, 32), (40, 96)],
    "one": [(16, 48)],
}
SHAPES = {"rows": (7, 96), "many rows": (300, 96), "stack": (3, 5, 96), "vector": (96,), "first axis": (96, 9)}


def pieces(shape: tuple[int, ...], places: list[tuple[int, int]], dtype: str) -> tuple[list[np.ndarray], list[Any]]:
    axis = shape.index(96)
    random = np.random.default_rng(len(shape))
    indices = [(*[slice(None)] * axis, slice(*place)) for place in places]
    found = []
    for index in indices:
        piece = random.normal(size=np.empty(shape)[index].shape).astype(dtype)
        piece.reshape(-1)[:4] = -0.0, 0.0, np.inf, np.nan
        found.append(piece)
    return found, indices


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("native", [False, True])
def test_pieces_side_by_side_are_the_sum_of_each_with_zeros_around(
    dtype: str, name: str, places: str, native: bool
) -> None:
    if native and (places not in ("all", "gaps") or name != "rows"):
        return  # (a compiler is run)
    shape = SHAPES[name]
    parts, indices = pieces(shape, PLACES[places], dtype)

    def joined(*parts: Any) -> Any:
        x = tf.zeros(shape, dtype)
        with tf.GradientTape() as tape:
            tape.watch(x)
            cut = [x[index] for index in indices]
        return tape.gradient(cut, x, output_gradients=list(parts))

    expected = np.zeros(shape, dtype)
    for number, (part, index) in enumerate(zip(parts, indices, strict=True)):
        whole = np.zeros(shape, dtype)
        whole[index] = part
        expected = expected + whole if number else whole
    recorded = tf.function(joined, jit_compile=True) if native else tf.function(joined)
    np.testing.assert_array_equal(recorded(*map(tf.constant, parts)), expected)  # (zeros may have another sign)
    for _ in range(2):
        assert recorded(*map(tf.constant, parts)).numpy().tobytes() == expected.tobytes()
    np.testing.assert_array_equal(joined(*map(tf.constant, parts)), expected)


def test_a_piece_that_is_read_elsewhere_too_is_there() -> None:
    shape = (7, 96)
    parts, indices = pieces(shape, PLACES["all"], "float64")

    def joined(*parts: Any) -> Any:
        x = tf.zeros(shape, tf.float64)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            cut = [x[index] for index in indices]
        each = [tape.gradient(y, x, output_gradients=g) for y, g in zip(cut, parts, strict=True)]
        return each[0] + each[1], each[0] * 2.0 + (each[1] + each[2]), each[1] + each[1], each[2]

    plain, recorded = joined(*map(tf.constant, parts)), tf.function(joined)
    for _ in range(2):
        for found, expected in zip(recorded(*map(tf.constant, parts)), plain, strict=True):
            np.testing.assert_array_equal(found, expected)
