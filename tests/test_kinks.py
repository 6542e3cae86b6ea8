"""Points without a derivative: rows say where they are, and one-sided differences agree."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from row_samples import takes_floats

GRID = (-3.0, -2.0, -1.5, -1.0, -0.75, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 6.0)
FEW = (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
STEP = 1e-4
Arrays = list[np.ndarray]

ELEMENTWISE = [row for row in rows() if not row.cases and takes_floats(row)]
OTHERS = [row for row in rows() if row.cases]

# Of these, the grid has points at which only roundings are seen: values from 1e6 on, or those of an iteration.
NOISY = {"zeta", "polygamma", "besselpoly", "nrdtrisd", "poch", "tklmbda"}


def grid(row: Any) -> Arrays:
    """The points of a grid, one array for each operand."""
    points = np.array(list(itertools.product(GRID if row.arity < 3 else FEW, repeat=row.arity)))
    return [points[:, k] > 0 if k < row.condition else points[:, k] for k in range(row.arity)]


def value(row: Any, operands: Sequence[Any]) -> np.ndarray:
    return np.asarray(row.function(*[tf.constant(x) for x in operands]).numpy(), float)


def one_sided(row: Any, operands: Arrays, k: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """The differences to the right and to the left, by one operand, over the step."""
    here, moved = value(row, operands), list(operands)
    sides = []
    for h in (step, -step):
        moved[k] = operands[k] + h
        sides.append((value(row, moved) - here) / h)
    return sides[0], sides[1]


def is_smooth(row: Any, operands: Arrays, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the value has a derivative by an operand, and where it has none though it is finite on both sides."""
    right, left = one_sided(row, operands, k, STEP)
    closer_right, closer_left = one_sided(row, operands, k, STEP / 100)
    size = 1 + np.abs(closer_right) + np.abs(value(row, operands))
    smooth = (np.abs(closer_right - closer_left) <= 1e-2 * size) & (
        np.abs(closer_right - right) <= 5e-2 * (1 + np.abs(closer_right))
    )
    inside = np.isfinite(right) & np.isfinite(left) & np.isfinite(closer_right) & np.isfinite(closer_left)
    bounded = np.abs(closer_right * STEP / 100) + np.abs(closer_left * STEP / 100) < 1e2 * size
    one_side = np.where(np.isfinite(closer_right), closer_right, closer_left)
    steep = np.isfinite(one_side) & (np.abs(one_side) > 5 * np.abs(np.where(np.isfinite(right), right, left)) + 1)
    return smooth, ~smooth & ((inside & bounded) | steep)


def declared(row: Any, operands: Arrays) -> np.ndarray:
    """Where the row says that it has no derivative."""
    here = value(row, operands)
    found = np.zeros(here.shape, bool)
    for kink in row.kinks:
        found |= np.asarray(kink.where(*operands, here))
    return found & np.isfinite(here)


@pytest.mark.walk
@pytest.mark.parametrize("row", ELEMENTWISE, ids=lambda row: row.name)
def test_a_row_says_where_one_sided_differences_part(row: Any) -> None:
    if row.name in NOISY or (row.kind != "elementwise" and not row.kinks):
        return
    with np.errstate(all="ignore"):
        operands = grid(row)
        here, said = value(row, operands), declared(row, operands)
        smooth, parting = np.ones(here.shape, bool), np.zeros(here.shape, bool)
        for k in range(row.condition, row.arity):
            smooth_by, parting_by = is_smooth(row, operands, k)
            smooth &= smooth_by
            if row.partials[k] or row.kinks:
                parting |= parting_by
        finite = np.isfinite(here)
        own = row.names or row.ufunc is not None  # (others are parts of rules, whose rows have the kinks)
        if own and row.file == "ops.elementwise" and not _is_of_truth(row):
            missed = finite & parting & ~said
            assert not missed.any(), [tuple(x[missed][0] for x in operands), "has no derivative, and the row is silent"]
        wrong = said & smooth & ~_gives_another(row, operands)
        assert not wrong.any(), [tuple(x[wrong][0] for x in operands), "has the derivative that the tape gives"]


def _is_of_truth(row: Any) -> bool:
    """Whether the result is a truth value, of which only comparisons have an order that is told."""
    return bool(row.function([1.0], *[[1.0]] * (row.arity - 1)).dtype == bool) and not row.kinks


def _gives_another(row: Any, operands: Arrays) -> np.ndarray:
    """Where the tape's convention is not the derivative that there is."""
    found = np.zeros(operands[-1].shape, bool)
    for k in [k for k in range(row.arity) if row.partials[k]]:
        tensors = [tf.constant(x) for x in operands]
        with tf.GradientTape() as tape:
            tape.watch(tensors[k])
            y = row.function(*tensors)
        gradient = tape.gradient(y, tensors[k], unconnected_gradients="zero").numpy()
        right, _ = one_sided(row, operands, k, STEP)
        found |= ~(np.abs(gradient - right) <= 1e-2 * (1 + np.abs(right)))
    return found


def test_all_rows_with_kinks_say_what_the_derivative_gives_there() -> None:
    for row in rows():
        for kink in row.kinks:
            assert kink.what and kink.convention, row.name
