"""Which limits hold a point where a function is least: the active ones of its bounds and constraints.

A point of an interior method lies a little off the limits that hold it. So a limit is active where the point lies on
it, and also where it lies near, and is pushed there by more than it is off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["NEAR", "Active", "Limits", "active", "off"]

NEAR = 1e-6
"""Of a limit, relative to its size: a point that lies so near lies on it."""
_CLOSE = 1e-3  # and one that lies so near may do so
_FLAT = 1e-3  # of the slope: a push that may be none


class Limits(NamedTuple):
    """Where values may lie."""

    low: np.ndarray
    high: np.ndarray


class Active(NamedTuple):
    """Which limits hold a point: -1 for a lower one, 1 for an upper one, 0 for none; and where these are."""

    sides: np.ndarray
    at: np.ndarray
    of_constraints: np.ndarray
    constraints_at: np.ndarray
    multipliers: np.ndarray
    """Of the constraints."""
    slope: np.ndarray
    """What is left of the slope beside these: what pushes to the bounds."""


def off(values: np.ndarray, limits: Limits) -> np.ndarray:
    """How far values lie beyond their limits, relative to these; not above zero where they are kept."""
    return np.maximum(_relative(limits.low - values, limits.low), _relative(values - limits.high, limits.high))


def active(
    point: np.ndarray, slope: np.ndarray, bounds: Limits, values: np.ndarray, matrix: np.ndarray, limits: Limits
) -> Active:
    """The active set at a point, of its slope, and of the constraints' values and Jacobian there."""
    sides, at, beside = _candidates(point, bounds)
    chosen, chosen_at, away = _candidates(values, limits)
    scale = 1.0 + abs(slope).max()
    lengths = np.linalg.norm(matrix, axis=1)
    while True:
        multipliers = _multipliers(slope, matrix, sides, chosen)
        rest = slope - matrix.T @ multipliers
        push = -sides * rest / scale
        kept = (bounds.low == bounds.high) | ((beside <= NEAR) & (push > -_FLAT)) | (push > beside)
        push = -chosen * multipliers * lengths / scale
        kept_too = (limits.low == limits.high) | ((away <= NEAR) & (push >= 0.0)) | (push > away)
        if kept[sides != 0.0].all() and kept_too[chosen != 0.0].all():
            return Active(sides, at, chosen, chosen_at, multipliers, rest)
        sides, chosen = np.where(kept, sides, 0.0), np.where(kept_too, chosen, 0.0)


def _relative(distance: np.ndarray, limit: np.ndarray) -> np.ndarray:
    return distance / (1.0 + np.where(np.isfinite(limit), abs(limit), 0.0))


def _candidates(values: np.ndarray, limits: Limits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which limit each value may lie on, where that is, and how far away."""
    below, above = _relative(abs(values - limits.low), limits.low), _relative(abs(values - limits.high), limits.high)
    away = np.minimum(below, above)
    sides = np.where(away > _CLOSE, 0.0, np.where(below <= above, -1.0, 1.0))
    sides = np.where(limits.low == limits.high, -1.0, sides)
    return sides, np.where(sides == 0.0, 0.0, np.where(sides < 0.0, limits.low, limits.high)), away


def _multipliers(slope: np.ndarray, matrix: np.ndarray, sides: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Those of the active constraints, by least squares over what is free."""
    found, these = np.zeros(chosen.size), chosen != 0.0
    if these.any():
        free = sides == 0.0
        found[these] = np.linalg.lstsq(matrix[these][:, free].T, slope[free], rcond=None)[0]
    return found
