"""One step of a solver in tensors, and a solution as a loop of such steps.

The gradient of a solution is that of the steps that were taken, at the sizes that they had: nothing is solved
backwards. An explicit Runge-Kutta method is differentiated itself. Of any other method the states are kept, and the
step that is differentiated is that of a collocation (Radau IIA, of order 5) through them, which is as stable as stiff
equations need it: its stages are equations, which their derivatives solve.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..derivatives.gradient_tape import GradientTape
from ..ops.elementwise import abs, maximum
from ..ops.indexing import gather
from ..ops.reductions import reduce_sum
from ..ops.shaping import concat, expand_dims, reshape
from ..ops.solving import solve
from ..programs.loops import Body, Derivative, Layout, Loop
from .equations import Equation

__all__ = ["Collocation", "Explicit", "Steps"]


class Steps(NamedTuple):
    """What a solver did: the times where its steps end, the states there, and the states at the times asked for."""

    times: np.ndarray
    states: np.ndarray
    stages: np.ndarray | None
    path: np.ndarray
    places: (
        np.ndarray | None
    )  # for each time asked for, the step or the end where its state is found; None where all ends are
    sources: np.ndarray  # for each end, the number of the time asked for that it is; -1 where the solver chose it


def _steps_of(steps: Steps, times: Any) -> tuple[Any, Any]:
    """Where steps begin, and their sizes: followed as the times asked for are, constants where the solver chose."""
    if not _core.is_followed(times):
        return _core.to_tensor(steps.times[:-1]), _core.to_tensor(np.diff(steps.times))
    chosen = np.arange(len(steps.times)) + int(times.size)
    knots = gather(concat([times, _core.to_tensor(steps.times)], 0), np.where(steps.sources < 0, chosen, steps.sources))
    return knots[:-1], knots[1:] - knots[:-1]


def _total(terms: Sequence[Any], weights: Sequence[float]) -> Any:
    parts = [term * float(weight) for term, weight in zip(terms, weights, strict=True) if weight]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


class Explicit:
    """A Runge-Kutta method of SciPy's, by the coefficients that its class has."""

    def __init__(self, method: Any) -> None:
        self.method = method
        errors = [getattr(method, name) for name in ("E5", "E3") if hasattr(method, name)]
        self.errors = errors or [method.E]
        self.stages = int(method.n_stages)

    def _slopes(self, equation: Equation, y: Any, first: Any, t: Any, h: Any, shared: Sequence[Any]) -> tuple[Any, ...]:
        slopes, inner = [first], y
        for k in range(1, self.stages):
            inner = y + h * _total(slopes, self.method.A[k, :k])
            slopes.append(equation(inner, t + h * float(self.method.C[k]), shared))
        return slopes, inner

    def step(self, equation: Equation, inputs: Sequence[Any]) -> list[Any]:
        """The state after a step, of (state, time, size, shared)."""
        y, t, h, *shared = inputs
        slopes, _ = self._slopes(equation, y, equation(y, t, shared), t, h, shared)
        return [y + h * _total(slopes, self.method.B)]

    def body(self, equation: Equation, start: Any, shared: Sequence[Any]) -> Body:
        """`step`, to be run over and over."""
        zero = _core.to_tensor(np.float64(0.0))
        return equation.body(f"{self.method.__name__} step", self.step, [start, zero, zero, *shared])

    def attempt(self, equation: Equation, inputs: Sequence[Any]) -> list[Any]:
        """The state and the slope after a step, the squares of its errors by their scale, and two of what is stiff."""
        y, first, t, h, rtol, atol, *shared = inputs
        slopes, inner = self._slopes(equation, y, first, t, h, shared)
        after = y + h * _total(slopes, self.method.B)
        last = equation(after, t + h, shared)
        scale = atol + rtol * maximum(abs(y), abs(after))
        squares = [_squares(_total([*slopes, last], weights) / scale) for weights in self.errors]
        return [after, last, *squares, _squares(last - slopes[-1]), _squares(after - inner)]

    def solution(self, equation: Equation, steps: Steps, start: Any, times: Any, shared: Sequence[Any]) -> Any:
        """The states at the times asked for, followed by whoever listens."""
        count = len(steps.times) - 1
        begins, sizes = _steps_of(steps, times)
        body = self.body(equation, start, shared)
        loop = Loop(body, Layout(1, 2, 0), count, within=equation.past())
        (states,) = loop.record([start, begins, sizes, *shared], [_core.to_tensor(steps.states[1:])])
        if steps.places is None:
            return concat([expand_dims(start, 0), states], 0)
        states = concat([expand_dims(start, 0), states[:-1]], 0)
        if _core.is_followed(times):
            begins = gather(begins, steps.places)
            sizes = times - begins
        else:
            asked, begins = _core.seen(times), steps.times[steps.places]
            begins, sizes = _core.to_tensor(begins), _core.to_tensor(asked - begins)
        rows = [gather(states, steps.places), begins, sizes]
        reading = Loop(body, Layout(0, 3, 1), len(steps.places), within=equation.past())
        return reading.record([*rows, *shared], [_core.to_tensor(steps.path)])[0]


def _squares(x: Any) -> Any:
    return reduce_sum(x * x)


_ROOT = np.sqrt(6.0)


class Collocation:
    """Radau IIA with three stages, whose inner states are kept."""

    def __init__(self) -> None:
        self.nodes = np.array([(4.0 - _ROOT) / 10.0, (4.0 + _ROOT) / 10.0, 1.0])
        self.weights = np.array(
            [
                [(88.0 - 7.0 * _ROOT) / 360.0, (296.0 - 169.0 * _ROOT) / 1800.0, (-2.0 + 3.0 * _ROOT) / 225.0],
                [(296.0 + 169.0 * _ROOT) / 1800.0, (88.0 + 7.0 * _ROOT) / 360.0, (-2.0 - 3.0 * _ROOT) / 225.0],
                [(16.0 - _ROOT) / 36.0, (16.0 + _ROOT) / 36.0, 1.0 / 9.0],
            ]
        )

    def residual(self, equation: Equation, inputs: Sequence[Any], moves: Any) -> Any:
        """What is wrong with the stages: zero where they are the method's. `moves` are stages less the state."""
        y, t, h, *shared = inputs
        n = int(y.size)
        parts = [moves[k * n : (k + 1) * n] for k in range(3)]
        slopes = [equation(y + part, t + h * float(node), shared) for part, node in zip(parts, self.nodes, strict=True)]
        return concat([part - h * _total(slopes, row) for part, row in zip(parts, self.weights, strict=True)], 0)

    def correction(self, equation: Equation, inputs: Sequence[Any]) -> list[Any]:
        """How far stages are from the method's, by a step of Newton's; of (state, time, size, stages, shared)."""
        y, t, h, moves, *shared = inputs
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(moves)
            wrong = self.residual(equation, [y, t, h, *shared], moves)
        system = tape.jacobian(wrong, moves, unconnected_gradients="zero")
        return [solve(system, reshape(wrong, (-1, 1)))[:, 0]]

    def _pull(self, equation: Equation, cotangents: list[Any], inputs: list[Any], outputs: list[Any]) -> list[Any]:
        """The gradient of a step: its stages solve equations, and so do their cotangents."""
        after, within = cotangents
        moves = outputs[1]
        n = int(after.size)
        sources = [x for x in inputs if _core.is_differentiable(x.dtype)]
        with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch([moves, *sources])
            wrong = self.residual(equation, inputs, moves)
        system = tape.jacobian(wrong, moves, unconnected_gradients="zero")
        coming = within + concat([_core.to_tensor(np.zeros(2 * n)), after], 0)
        weights = solve(system, reshape(coming, (-1, 1)), adjoint=True)[:, 0]
        found = tape.gradient(wrong, sources, output_gradients=-weights, unconnected_gradients="zero")
        rest = iter([found[0] + after, *found[1:]])
        return [next(rest) if _core.is_differentiable(x.dtype) else None for x in inputs]

    def solution(self, equation: Equation, steps: Steps, start: Any, times: Any, shared: Sequence[Any]) -> Any:
        """The states at the times asked for, which are all among the times where steps end."""
        count = len(steps.times) - 1
        begins, sizes = _steps_of(steps, times)
        body = equation.body("collocation", lambda equation, inputs: [], [])
        same = equation.alone() if equation.program is not None else equation
        derivative = Derivative(lambda g, x, y: self._pull(same, g, x, y))
        loop = Loop(body, Layout(1, 2, 1), count, derivative=derivative, within=equation.past())
        outputs = [_core.to_tensor(steps.states[1:]), _core.to_tensor(steps.stages)]
        states, _ = loop.record([start, begins, sizes, *shared], outputs)
        states = concat([expand_dims(start, 0), states], 0)
        # The states are those that the solver gave, and move as those do that were kept.
        return gather(states, steps.places) + _core.to_tensor(steps.path - steps.states[steps.places])
