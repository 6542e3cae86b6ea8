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


# Each: a computation of x, with x, and what its kinks are: the operation, the kind of point, and how many of how many.
ON_TAPES: dict[str, tuple[Any, list[float], list[tuple[str, str, int, int]]]] = {
    "ties of a largest one": (tf.reduce_max, [2.0, 1.0, 2.0], [("reduce_max", "a tie", 1, 1)]),
    "maximum": (lambda x: tf.maximum(x, 1.0), [1.0, 2.0], [("maximum", "a tie", 1, 2)]),
    "abs": (tf.abs, [0.0, 0.0, 1.0], [("abs", "0", 2, 3)]),
    "sqrt": (tf.sqrt, [0.0, 1.0], [("sqrt", "0", 1, 2)]),
    "norm": (tf.norm, [0.0, 0.0], [("sqrt", "0", 1, 1)]),
    "relu, whose operand is not kept": (lambda x: tf.nn.relu(x * 1.0), [0.0, -1.0, 1.0], [("relu", "0", 1, 3)]),
    "x**0": (lambda x: tf.pow(x, [0.0, 2.0]), [0.0, 0.0], [("pow", "0 to the power of 0", 1, 2)]),
    "clip at its bounds": (lambda x: tf.clip_by_value(x, 0.0, 1.0), [0.0, 0.5], [("maximum", "a tie", 1, 2)]),
    "sort": (tf.sort, [1.0, 3.0, 1.0], [("sort", "a tie", 1, 2)]),
    "a number": (lambda x: tf.abs(x[0]), [0.0], [("abs", "0", 1, 1)]),
    "equal eigenvalues": (
        lambda x: tf.linalg.eigvalsh(tf.linalg.diag(x)),
        [1.0, 1.0],
        [("eigvalsh", "equal eigenvalues", 1, 1)],
    ),
    "smooth": (lambda x: tf.sqrt(x) * tf.abs(x) + tf.reduce_max(x), [1.0, 2.0], []),
}


@pytest.mark.parametrize("case", ON_TAPES)
def test_a_tape_tells_where_it_sits_on_kinks(case: str) -> None:
    function, start, expected = ON_TAPES[case]
    x = tf.Variable(start)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(function(x))
    assert [(k.op, k.what, k.elements, k.size) for k in tape.kinks()] == expected
    assert tape.gradient(y, x) is not None  # the tape is as it was
    with pytest.raises(RuntimeError, match="has let go of its records"):
        tape.kinks()


def test_a_traced_tape_tells_of_what_has_no_derivative_and_of_lines() -> None:
    x = tf.Variable([1.0, 2.5, 2.5, 1.5])
    with tf.GradientTape(trace=True) as tape:
        tf.floor(x)
        tf.where(x > 1.0, x, 0.0)
        tf.math.top_k(x, 2)
        tf.nn.max_pool1d(tf.reshape(x, (1, 4, 1)), 2, 1, "VALID")
    found = {k.op: k for k in tape.kinks()}
    assert {op: k.elements for op, k in found.items()} == {
        "floor": 1,
        "greater": 1,
        "largest_places": 1,
        "largest_of_windows": 1,
    }
    assert all(k.line is not None and k.line.startswith(f"{__file__}:") for k in found.values())
    assert str(found["floor"]).startswith(f"%{found['floor'].node} floor: a jump at 1 of 4; as on either side: none, ")


@pytest.mark.walk
@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.name)
def test_a_row_with_cases_says_where_one_sided_differences_part(row: Any) -> None:
    if row.name in BEYOND:
        return
    rng = np.random.default_rng(1)
    for case in row.cases:
        for make in (np.zeros, np.ones):
            operands = [np.asarray(make(shape)) for shape in case.shapes]
            ways = [rng.normal(size=shape) for shape in case.shapes]
            try:
                with np.errstate(all="ignore"):
                    here, *sides = [
                        _leaves(case.call(*[tf.constant(x + h * v) for x, v in zip(operands, ways, strict=True)]))
                        for h in (0.0, 1e-6, -1e-6)
                    ]
            except (ValueError, np.linalg.LinAlgError):  # not for such values
                continue
            parts = any(
                np.any(np.isfinite(x) & ~(np.abs((right - x) - (x - left)) <= 1e-8 * (1 + np.abs(x))))
                for x, right, left in zip(here, *sides, strict=True)
            )
            tensors = [tf.Variable(x) for x in operands]
            with tf.GradientTape(trace=True) as tape:
                case.call(*tensors)
            if parts:
                assert tape.kinks(), (case, make)


def _leaves(value: Any) -> Arrays:
    found = [x for x in tf.nest.flatten(value) if isinstance(x, tf.Tensor)]
    return [np.asarray(x.numpy()) for x in found if x.dtype.kind in "fc"]


# Parts of rules of matrix functions, whose operands belong together, and vectors that have any sign or phase.
BEYOND = {
    "function_of_eigenvalues",
    "changes_of_eigenvalues",
    "changes_of_singular_values",
    "function_of_singular_values",
    "singular_modes",
    "qr",
    "eigh",
    "svd",
    "eig",
}
