"""Times a call beside a control: work that is the same in every process, whatever the library.

The machine's speed drifts, and the libraries are timed one after the other. So each round times the control, then the
calls, and what is compared between two processes is the time over that of the control.
"""

import gc
import math
from collections.abc import Callable
from itertools import repeat
from time import perf_counter
from typing import Any

import numpy as np

ROUND_SECONDS = 0.004
SECONDS = 0.3
"""How long the rounds of a program go on in a process; there are at least `LEAST_ROUNDS`, and at most `MOST_ROUNDS`."""
LEAST_ROUNDS, MOST_ROUNDS = 5, 100

NUMBERS = np.linspace(0, 1, 20_000)
PLACE = np.empty_like(NUMBERS)


def control() -> float:
    """About a millisecond: one half in Python, one half in NumPy."""
    y = 0.7
    for _ in range(10_000):
        y = y * 0.5 + 0.35
    for _ in range(60):
        np.multiply(NUMBERS, y, out=PLACE)
        np.add(PLACE, NUMBERS, out=PLACE)
    return y


def seconds(call: Callable[[], Any], calls: int = 1) -> float:
    """Of one call."""
    start = perf_counter()
    for _ in repeat(None, calls):
        call()
    return (perf_counter() - start) / calls


def rounds(call: Callable[[], Any]) -> tuple[list[float], list[float]]:
    """Seconds a call, and the control's seconds right before it, of each round."""
    once = min(seconds(call) for _ in range(2))
    calls = max(1, math.ceil(ROUND_SECONDS / once))
    own: list[float] = []
    controls: list[float] = []
    gc.collect()
    gc.disable()
    try:
        deadline = perf_counter() + SECONDS
        while len(own) < LEAST_ROUNDS or (len(own) < MOST_ROUNDS and perf_counter() < deadline):
            controls.append(seconds(control))
            own.append(seconds(call, calls))
    finally:
        gc.enable()
    return own, controls
