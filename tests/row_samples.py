"""Calls of every row of the op table, made from the row itself: what the walks over all rows take.

An elementwise row brings the intervals that its points are drawn from, every other row brings cases with shapes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from autodiff_core.ops import rows

POINTS = 5
Shape = tuple[int, ...]


class Sample(NamedTuple):
    """A row, how to call it on tensors, and arrays to call it on."""

    row: Any
    call: Any
    operands: list[np.ndarray]


def takes_floats(row: Any) -> bool:
    """Tell bitwise rows, which take integers and truth values only, from the others."""
    return row.ufunc is None or any(set(types.split("->")[0]) <= set("fd") for types in row.ufunc.types)


def draw(row: Any, shapes: Sequence[Shape]) -> list[np.ndarray]:
    """Arrays of these shapes, the same in every run: from the row's domain where it has one, and of its dtypes."""
    rng = np.random.default_rng(zlib.crc32(row.name.encode()))
    if not row.domain:
        return [rng.normal(size=shape) for shape in shapes]
    arrays: list[np.ndarray] = []
    for position, ((low, high), shape) in enumerate(zip(row.domain, shapes, strict=True)):
        margin = 0.05 * (high - low)
        points = rng.uniform(low + margin, high - margin, shape)
        if row.condition and position == 0:
            arrays.append(np.asarray(rng.random(shape) < 0.5))
        elif takes_floats(row):
            arrays.append(np.asarray(points))
        else:
            arrays.append(np.asarray(rng.integers(0, 8, shape)))
    return arrays


def samples_of(row: Any) -> list[Sample]:
    if row.domain:
        return [Sample(row, row.function, draw(row, [(POINTS,)] * row.arity))]
    return [Sample(row, case.call, draw(row, case.shapes)) for case in row.cases]


def has_derivative(row: Any) -> bool:
    return row.kind != "none" and any(row.partials)


def of_rows(chosen: Sequence[Any]) -> Any:
    return pytest.mark.parametrize("row", chosen, ids=lambda row: row.name)


def of_samples(samples: Sequence[Sample]) -> Any:
    return pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.row.name) for sample in samples])


ROWS = rows()
DIFFERENTIABLE = [row for row in ROWS if has_derivative(row)]
ELEMENTWISE = [row for row in DIFFERENTIABLE if row.kind == "elementwise"]
SEVERAL_OPERANDS = [row for row in ELEMENTWISE if row.arity > 1]
WITHOUT_GRADIENT = [row for row in ROWS if row.kind != "none" and not any(row.partials)]
NONE = [row for row in ROWS if row.kind == "none"]
# A case binds arguments that the ufunc does not know, so of the rows with cases only calls that bind none compare.
UFUNCS = [sample for row in ROWS if row.ufunc is not None for sample in samples_of(row)[:1]]

# (Each second one is the one before the other way round, or has both operands repeated.)
BROADCAST = [((4,), (3, 4)), ((3, 4), (4,)), ((), (3,)), ((3,), ()), ((3, 1), (1, 4)), ((2, 1, 3), (4, 1))]
BROADCAST += [((), (1,)), ((1,), ())]


def broadcasts(place: int) -> list[tuple[Shape, Shape]]:
    """Two of these for a row, one after the other: which operand broadcasts is the core's business, not a row's. All of
    them come in turn, and either operand of each row is once the one that is repeated."""
    return [BROADCAST[(2 * place + k) % len(BROADCAST)] for k in range(2)]


# Every derivative at every kind of place: arrays, scalars, operands that broadcast, nothing at all.
EVERYWHERE = [
    *[sample for row in DIFFERENTIABLE for sample in samples_of(row)],
    *[Sample(row, row.function, draw(row, [shape] * row.arity)) for row in ELEMENTWISE for shape in [(), (0, 3)]],
    *[
        Sample(row, row.function, draw(row, [shapes[position % 2] for position in range(row.arity)]))
        for place, row in enumerate(SEVERAL_OPERANDS)
        for shapes in broadcasts(place)
    ],
]
# Those, and the rows without a gradient.
VALUES = [*EVERYWHERE, *[sample for row in [*WITHOUT_GRADIENT, *NONE] for sample in samples_of(row)]]


def other_operands(sample: Sample) -> list[list[np.ndarray]]:
    """Operands of the same shapes and dtypes: in another order, and with other signs where any will do."""
    reversed_ = [np.flip(array).copy() for array in sample.operands]
    free = not sample.row.domain
    return [reversed_, [array * -0.75 if free and array.dtype.kind == "f" else array for array in sample.operands]]
