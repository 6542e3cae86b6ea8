"""Schedules: how to go backwards through a chain of steps that can only be run forwards, in room for few states.

To go back through a step, the state that it began with must be there. Where there is no room for all of them, some
are kept, and the steps between are run again from the nearest. The schedule here is the optimal one: with room for s
states, and no step run again more than r times, a chain may have C(s + r, s) steps, and no schedule gets by with
fewer steps run again. So the room grows, at one more run of all steps, with the square root of their number, at two
more with the cube root, and so on.

A. Griewank, A. Walther, Algorithm 799: revolve, ACM Transactions on Mathematical Software 26 (2000). It asks for the
number of steps. Here the way back begins when that is known, also where a condition ended the chain: a chain that is
run forwards keeps nothing, and the first run of the way back counts as one more. So there is no schedule of those
that are made while a chain goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from typing import NamedTuple

__all__ = ["Move", "fewest_runs", "most_steps", "schedule", "states_for"]


class Move(NamedTuple):
    """Part of a schedule: steps `low` up to `high`, from the state in place `at`, where `low` begins.

    Forwards, they are run, and the state that they end with is put in the next place. `back`, they are run but for the
    last, with all states put in the next places, and gone through backwards: at most so many that there are places.
    """

    low: int
    high: int
    at: int
    back: bool


def most_steps(states: int, runs: int) -> int:
    """The steps of the longest chain with room for so many states, the first included, in which each step is run so
    often at most before it is gone through."""
    return comb(states + runs, states) if runs >= 0 else 0


def _runs(steps: int, states: int) -> int:
    """How often a step is run at most."""
    if states == 1:  # (as often as there are steps behind it: too many to be counted at each move)
        return max(steps - 1, 0)
    runs = 0
    while most_steps(states, runs) < steps:
        runs += 1
    return runs


def fewest_runs(steps: int, states: int) -> int:
    """How many steps are run, altogether, before they are gone through; there is no schedule with fewer."""
    runs = _runs(steps, states)
    return runs * steps - most_steps(states + 1, runs - 1) if runs else 0


def states_for(steps: int, runs: int) -> int:
    """The least room in which no step is run more often than that."""
    low, high = 1, max(steps, 1)
    while low < high:
        states = (low + high) // 2
        if most_steps(states, runs) < steps:
            low = states + 1
        else:
            high = states
    return low


def _ahead(steps: int, states: int) -> int:
    """How many steps to run to the state that is kept next."""
    runs = _runs(steps, states)
    # (Both parts are then no longer than they may be, and no shorter than they need be.)
    return min(most_steps(states, runs - 1), steps - most_steps(states - 1, runs - 1))


def schedule(steps: int, states: int) -> Iterator[Move]:
    """The way back through a chain, with places for so many states, the first included, and one more for the state that
    is run on; the state that it begins with is in place 0."""
    kept, high = [0], steps
    while kept and high:
        low, left = kept[-1], states - len(kept) + 1  # (the place of the last state counts)
        if high - low <= left + 1:
            yield Move(low, high, len(kept) - 1, True)
            high = kept.pop()
        else:
            middle = low + _ahead(high - low, left)
            yield Move(low, middle, len(kept) - 1, False)
            kept.append(middle)
