"""The choice of steps: what a solver does in numbers, before anything is differentiated.

Explicit Runge-Kutta methods run here, by the coefficients and the step size control of SciPy's, as recorded steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..differentiable import bare
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


def _error(scheme: Explicit, squares: Sequence[float], h: float, n: int) -> float:
    """The error of a step by its scale, as SciPy has it."""
    if len(squares) == 1:
        return float(abs(h) * np.sqrt(squares[0] / n))
    fifth, third = squares
    if fifth == 0.0 and third == 0.0:
        return 0.0
    return float(abs(h) * fifth / np.sqrt((fifth + 0.01 * third) * n))


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
    values = bare(shared)
    time = _core.to_tensor(np.float64(0.0))
    rtol, atol = _core.to_tensor(np.asarray(rtol, np.float64)), _core.to_tensor(np.asarray(atol, np.float64))
    state, first = _core.to_tensor(y), _core.to_tensor(f)
    attempt = equation.body(
        lambda inputs: scheme.attempt(equation, inputs), [state, first, time, time, rtol, atol, *values]
    )
    direction = 1.0 if end >= t else -1.0
    knots, states = [t], [state]
    hits = misses = since = which = 0
    while direction * (t - end) < 0.0:
        least = 10.0 * abs(np.nextafter(t, direction * np.inf) - t)
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
            now, step = _core.to_tensor(np.float64(t)), _core.to_tensor(np.float64(h))
            found = attempt([state, first, now, step, rtol, atol, *values])
            evaluations += scheme.stages
            *squares, bend, way = [float(x.numpy()) for x in found[2:]]
            error = _error(scheme, squares, h, len(start))
            if error < 1.0:
                factor = _MOST if error == 0.0 else min(_MOST, _SAFETY * error ** (-1.0 / (order + 1)))
                size *= min(1.0, factor) if rejected else factor
                break
            factor = _SAFETY * error ** (-1.0 / (order + 1)) if np.isfinite(error) else _LEAST
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
        t, state, first = after, found[0], found[1]
        knots.append(t)
        states.append(state)
        if most:
            since += 1
            while direction * (t - times[which]) >= 0.0 and which < len(times) - 1:
                which, since = which + 1, 0
            if since > most:
                raise SolverError(f"Excess work done on this call (more than {most} steps between two times).")
    ends, whole = np.array(knots), np.stack([_core.value_array(x) for x in states])
    sources = np.full(len(ends), -1)
    sources[[0, -1]] = 0, len(times) - 1
    if not wanted:
        return Steps(ends, whole, None, whole, None, sources), evaluations
    places = np.searchsorted(direction * ends, direction * times, "left") - 1
    places = np.clip(places, 0, len(ends) - 2)
    body = equation.body(lambda inputs: scheme.step(equation, inputs), [state, time, time, *values])
    path = np.empty((len(times), len(start)))
    for k, place in enumerate(places):
        if times[k] == ends[place + 1]:
            path[k] = whole[place + 1]
            continue
        now, step = _core.to_tensor(ends[place]), _core.to_tensor(times[k] - ends[place])
        path[k] = _core.value_array(body([states[place], now, step, *values])[0])
    return Steps(ends, whole, None, path, places, sources), evaluations
