"""What a solver of SciPy's does is kept, and made steps of a collocation that can be differentiated.

The steps are the solver's own, halved until their stages are within the tolerances of the states that were kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from ..programs.differentiable import bare
from .equations import Equation
from .schemes import Collocation, Steps

__all__ = ["kept_steps", "watched"]

_HALVINGS = 10


def watched(method: Any) -> tuple[Any, list[Any]]:
    """A class of SciPy's solvers that notes its steps, as (begin, end, the states between), and the list of them."""
    steps: list[Any] = []

    class Watched(method):  # type: ignore[misc]  # (whatever class it is)
        def step(self) -> Any:
            message = super().step()
            if self.status != "failed":
                steps.append((self.t_old, self.t, self.dense_output()))
            return message

    Watched.__name__ = method.__name__
    return Watched, steps


class _Path:
    """Steps along what was kept, as far as they are taken."""

    def __init__(self, equation: Equation, start: np.ndarray, begin: float, shared: Sequence[Any]) -> None:
        self._scheme = scheme = Collocation()
        self._values = bare(shared)
        self.ends, self.states = [begin], [start]
        self.stages: list[np.ndarray] = []
        number, vector = _core.to_tensor(np.float64(0.0)), _core.to_tensor(start)
        examples = [vector, number, number, _core.to_tensor(np.tile(start, 3)), *self._values]
        self._body = equation.body("correction", scheme.correction, examples)

    def advance(self, state: Any, end: float, rtol: Any, atol: Any) -> None:
        """Take steps to a time."""
        left = [(end, 0)]
        while left:
            end, halvings = left.pop()
            t, y = self.ends[-1], self.states[-1]
            h = end - t
            after = np.asarray(state(end))
            inner = [np.asarray(state(t + node * h)) - y for node in self._scheme.nodes[:2]]
            moves = np.concatenate([*inner, after - y])
            inputs = map(_core.to_tensor, (y, np.float64(t), np.float64(h), moves))
            wrong = _core.value_array(self._body([*inputs, *self._values])[0]).reshape(3, -1)
            wrong = wrong / (atol + rtol * np.maximum(np.abs(y), np.abs(after)))
            if halvings < _HALVINGS and wrong.size and not np.sqrt(np.mean(wrong * wrong)) <= 1.0:
                left += [(end, halvings + 1), (t + 0.5 * h, halvings + 1)]
                continue
            self.ends.append(end)
            self.states.append(after)
            self.stages.append(moves)


def kept_steps(
    equation: Equation,
    kept: Sequence[Any],
    start: np.ndarray,
    times: np.ndarray,
    path: np.ndarray,
    shared: Sequence[Any],
    rtol: Any,
    atol: Any,
) -> Steps:
    """Steps of a collocation through what a solver has kept, and through the times asked for."""
    along = _Path(equation, start, float(kept[0][0]), shared)
    direction = 1.0 if kept[-1][1] >= kept[0][0] else -1.0
    between = np.unique(direction * times) * direction
    for begin, end, state in kept:
        inner = [t for t in between if direction * (t - begin) > 0.0 and direction * (end - t) > 0.0]
        for mark in (*inner, end):
            along.advance(state, float(mark), rtol, atol)
    knots = np.array(along.ends)
    places = np.searchsorted(direction * knots, direction * times)
    sources = np.full(len(knots), -1)
    sources[places[::-1]] = np.arange(len(times))[::-1]
    return Steps(knots, np.stack(along.states), np.stack(along.stages), path, places, sources)
