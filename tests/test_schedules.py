"""Schedules of ways back through chains are right, and none has fewer steps run again."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import comb

import pytest

from autodiff_core.programs.schedules import Move, fewest_runs, most_steps, schedule, states_for


def walked(steps: int, states: int) -> tuple[list[int], int, int]:
    """How often each step was run, how many places were used, and how many moves there are, by a machine that has
    nothing but what the moves say."""
    places: dict[int, int] = {0: 0}
    runs = [0] * steps
    left, moves = steps, 0
    for move in schedule(steps, states):
        moves += 1
        assert places[move.at] == move.low < move.high <= left
        if not move.back:
            for step in range(move.low, move.high):
                runs[step] += 1
            places[move.at + 1] = move.high
            continue
        assert move.high == left
        for k, step in enumerate(range(move.low, move.high - 1), 1):
            runs[step] += 1
            places[move.at + k] = step + 1
        assert max(places) <= states  # one place more than there are states: where the last one stands
        left = move.low
        places = {at: state for at, state in places.items() if at <= move.at}
    assert left == 0
    return runs, max(places), moves


@cache
def fewest(steps: int, states: int) -> int:
    """By trying all places for the next state that is kept."""
    if steps <= 1:
        return 0
    if states == 1:
        return steps * (steps - 1) // 2
    return min(k + fewest(steps - k, states - 1) + fewest(k, states) for k in range(1, steps))


@pytest.mark.parametrize("states", range(1, 9))
def test_no_schedule_has_fewer_steps_run_again(states: int) -> None:
    for steps in range(1, 70):
        runs, *_ = walked(steps, states)
        assert sum(runs) == fewest_runs(steps, states) == fewest(steps, states)


@pytest.mark.parametrize(("states", "runs"), list(product((1, 2, 3, 5, 8), (0, 1, 2, 3, 4))))
def test_the_longest_chains_are_those_that_are_known(states: int, runs: int) -> None:
    longest = most_steps(states, runs)
    assert longest == comb(states + runs, states)
    assert max(walked(longest, states)[0]) == runs
    assert max(walked(longest + 1, states)[0]) == runs + 1


def test_the_room_for_so_many_runs_is_the_least() -> None:
    for steps, runs in product((1, 2, 7, 100, 10_000), (1, 2, 3)):
        states = states_for(steps, runs)
        assert most_steps(states, runs) >= steps
        assert states == 1 or most_steps(states - 1, runs) < steps
    assert states_for(10_000, 2) == 140


def test_few_moves_stand_for_many_steps() -> None:
    runs, _, moves = walked(10_000, 190)
    assert max(runs) == 2
    assert sum(runs) == 2 * 10_000 - 192
    assert moves < 250


def test_a_chain_of_no_step_has_no_moves() -> None:
    assert list(schedule(0, 3)) == []
    assert list(schedule(1, 1)) == [Move(0, 1, 0, True)]
    assert list(schedule(3, 1)) == [Move(0, 2, 0, False), Move(2, 3, 1, True), Move(0, 2, 0, True)]
