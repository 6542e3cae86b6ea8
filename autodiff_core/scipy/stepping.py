"""The choice of steps: what a solver does in numbers, before anything is differentiated.

Explicit Runge-Kutta methods run here, by the coefficients and the step size control of SciPy's, as recorded steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, nextafter, sqrt
from typing import Any

import numpy as np

from .. import _core
from ..programs.differentiable import bare
from ..programs.loops import Layout, Loop
from .equations import Equation
from .schemes import Explicit, Steps

__all__ = ["SolverError", "Stiff", "explicit_steps"]

_SAFETY, _LEAST, _MOST = 0.9, 0.2, 10.0
_STIFF, _OFTEN, _SELDOM = 6.1, 15, 6


class SolverError(RuntimeError):
    """A solver that does not come to the end."""


class Stiff(Exception):
    """An equation that keeps an explicit method's steps small, for no other reason than stability."""


def _norm(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x * x))) if x.size else 0.0


def _first_size(
    slope: Callable[[float, np.ndarray], np.ndarray],
    y: np.ndarray,
    f: np.ndarray,
    t: float,
    end: float,
    most: float,
    order: int,
    rtol: Any,
    atol: Any,
) -> float:
    """A first step's size (Hairer, Norsett, Wanner, Solving ordinary differential equations I, II.4)."""
    length = abs(end - t)
    scale = atol + np.abs(y) * rtol
    size, speed = _norm(y / scale), _norm(f / scale)
    first = 1e-6 if size < 1e-5 or speed < 1e-5 else 0.01 * size / speed
    first = min(first, length)
    ahead = first if end > t else -first
    bend = _norm((slope(t + ahead, y + ahead * f) - f) / scale) / first if first else 0.0
    if speed <= 1e-15 and bend <= 1e-15:
        second = max(1e-6, first * 1e-3)
    else:
        second = (0.01 / max(speed, bend)) ** (1.0 / (order + 1))
    return float(min(100.0 * first, second, length, most))


def _error(squares: Sequence[float], h: float, n: int) -> float:
    """The error of a step by its scale, as SciPy has it."""
    if len(squares) == 1:
        return abs(h) * sqrt(squares[0] / n)
    fifth, third = squares
    if fifth == 0.0 and third == 0.0:
        return 0.0
    return abs(h) * fifth / sqrt((fifth + 0.01 * third) * n)


class _Attempts:
    """Steps that are tried, from the state and the slope that were accepted last."""

    def __init__(self, equation: Equation, scheme: Explicit, y: np.ndarray, f: np.ndarray, rest: Sequence[Any]) -> None:
        """`rest` are the tolerances, and what is shared."""
        self._size = len(y)
        self._values = [_core.to_tensor(x) for x in rest]
        zero, state = _core.to_tensor(np.float64(0.0)), _core.to_tensor(y)
        name = f"{scheme.method.__name__} attempt {[x.shape for x in self._values[:2]]}"
        self._body = equation.body(name, scheme.attempt, [state, state, zero, zero, *self._values])
        self._numbers = self._body.numbers
        self._at, self._tried = (y, f), (y, f)
        if self._numbers is not None:
            flat = [_core.value_array(x).reshape(-1) for x in (*self._values, *self._body.reads)]
            self._inputs = np.concatenate([y, f, np.zeros(2), *flat])
            self._outputs = np.empty(self._numbers.outputs)

    def try_step(self, t: float, h: float) -> list[float]:
        """The numbers behind the state and the slope after a step."""
        n = 2 * self._size
        if self._numbers is None:
            given = [_core.to_tensor(x) for x in (*self._at, np.float64(t), np.float64(h))]
            after, last, *numbers = [_core.value_array(x) for x in self._body([*given, *self._values])]
            self._tried = after, last
            return [float(x) for x in numbers]
        inputs, outputs = self._inputs, self._outputs
        inputs[n], inputs[n + 1] = t, h
        self._numbers.run(inputs, outputs)
        found: list[float] = outputs[n:].tolist()
        return found

    def accept(self) -> np.ndarray:
        """Go on from the step that was tried; the state there."""
        if self._numbers is None:
            self._at = self._tried
            return self._at[0]
        n = self._size
        self._inputs[: 2 * n] = self._outputs[: 2 * n]
        state: np.ndarray = self._outputs[:n].copy()
        return state


def explicit_steps(
    equation: Equation,
    scheme: Explicit,
    start: np.ndarray,
    times: np.ndarray,
    wanted: bool,
    shared: Sequence[Any],
    rtol: Any,
    atol: Any,
    max_step: float = np.inf,
    first_step: float | None = None,
    most: int | None = None,
    stops_if_stiff: bool = False,
) -> tuple[Steps, int]:
    """From the first of the times to the last, and those between if they are `wanted`; and how often the slope ran."""
    slope = equation.numbers(shared)
    t, end = float(times[0]), float(times[-1])
    y, f = start, slope(t, start)
    if not np.isfinite(f).all():
        raise SolverError(f"the slope at the first time, {t}, is not finite")
    order = int(scheme.method.error_estimator_order)
    evaluations = 1
    if first_step is None:
        size = _first_size(slope, y, f, t, end, max_step, order, rtol, atol)
        evaluations += 1
    else:
        size = abs(first_step)
    attempts = _Attempts(equation, scheme, y, f, [np.asarray(rtol, float), np.asarray(atol, float), *bare(shared)])
    direction = 1.0 if end >= t else -1.0
    knots, states = [t], [y]
    hits = misses = since = which = 0
    power, count, beyond = -1.0 / (order + 1), max(len(start), 1), direction * inf
    while direction * (t - end) < 0.0:
        least = 10.0 * abs(nextafter(t, beyond) - t)
        size = min(max(size, least), max_step)
        rejected = False
        while True:
            if not size >= least:
                raise SolverError("Required step size is less than spacing between numbers.")
            after = t + direction * size
            if direction * (after - end) > 0.0:
                after = end
            h = after - t
            size = abs(h)
            *squares, bend, way = attempts.try_step(t, h)
            evaluations += scheme.stages
            error = _error(squares, h, count)
            if error < 1.0:
                factor = _MOST if error == 0.0 else min(_MOST, _SAFETY * error**power)
                size *= min(1.0, factor) if rejected else factor
                break
            factor = _SAFETY * error**power if error < inf else _LEAST
            size *= max(_LEAST, factor)
            rejected = True
        if stops_if_stiff:
            if bend * h * h > _STIFF * _STIFF * way:
                hits, misses = hits + 1, 0
                if hits == _OFTEN:
                    raise Stiff
            else:
                misses += 1
                hits = 0 if misses == _SELDOM else hits
        t = after
        knots.append(t)
        states.append(attempts.accept())
        if most:
            since += 1
            while direction * (t - times[which]) >= 0.0 and which < len(times) - 1:
                which, since = which + 1, 0
            if since > most:
                raise SolverError(f"Excess work done on this call (more than {most} steps between two times).")
    ends, whole = np.array(knots), np.stack(states)
    sources = np.full(len(ends), -1)
    sources[[0, -1]] = 0, len(times) - 1
    if not wanted:
        return Steps(ends, whole, None, whole, None, sources), evaluations
    places = np.searchsorted(direction * ends, direction * times, "left") - 1
    places = np.clip(places, 0, len(ends) - 2)
    values = bare(shared)
    rows = [whole[places], ends[places], times - ends[places]]
    reading = Loop(scheme.body(equation, _core.to_tensor(start), values), Layout(0, 3, 1), len(places))
    path = np.array(_core.seen(reading.run([*map(_core.to_tensor, rows), *values])[0]))
    ended = times == ends[places + 1]
    path[ended] = whole[places + 1][ended]
    return Steps(ends, whole, None, path, places, sources), evaluations
