"""Solutions of equations as operations, differentiated in both modes and to any order as implicit functions.

Where zero(z, s) = 0 defines z as a function of s, its tangent is that of the zero along s, solved by the Jacobian by z;
and its cotangent goes the other way. Both are computed of recorded operations, so that whoever listens hears of them:
the second derivative is the derivative of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.custom import run_unrecorded
from ..derivatives.gradient_tape import GradientTape
from ..ops import c_loops, forms
from ..ops.shaping import reshape
from ..ops.solving import solve
from ..programs.differentiable import bare
from ..programs.loops import Body, Embedded, bodies_for, closed_program

__all__ = ["Condition", "NoSolution", "Solution", "newton"]

Outputs = Callable[[Any], list[Any]]
"""What the user's functions give at a vector."""

Solve = Callable[[Callable[[Any], Any], Any, Any, bool], Any]
"""Solves a system: that of the derivative of a function at a point, or the transpose's, with a right side."""

Numbers = Callable[..., list[np.ndarray]]

_SINGULAR = 1e-14


class NoSolution(RuntimeError):
    """A solver has not found what it looked for, or what it found has no derivative."""


class Condition:
    """What is zero at a solution, of an unknown vector and of one that is held, and all that the user's functions read.

    Where these functions can be recorded, they are, once, and what they read are operands; else Python runs them.

    Parameters
    ----------
    solver : str
        The name of the solver.
    f : callable
        The user's functions, of a vector: f(x) -> list of tensors.
    zero : callable
        zero(outputs, unknown, held) -> a vector of the unknown's size, where outputs(x) are those of f. It depends on
        nothing else but the solver.
    start : ndarray
        What f takes, for an example.
    solve : callable, optional
        Solves systems of the Jacobian, or of its transpose; by a full matrix unless given.

    Attributes
    ----------
    hint : str
        What an error adds where the Jacobian is singular.
    """

    hint = ""

    def __init__(
        self,
        solver: str,
        f: Outputs,
        zero: Callable[[Outputs, Any, Any], Any],
        start: np.ndarray,
        solve: Solve | None = None,
    ) -> None:
        self.solver, self._f, self._zero, self._solve = solver, f, zero, solve
        self.examples = [_core.to_tensor(start), _core.to_tensor(np.empty(0))]
        point = self.examples[0]
        program, self.reads, tracer = closed_program(lambda inputs: f(inputs[0]), [point])
        _core.put_back(tracer.assigned)
        self.program: Any = None
        if tracer.obstacle or program.places or program.own_derivatives or tracer.assigned or tracer.created:
            found, self.reads = run_unrecorded(lambda: f(point), ())
            self.sizes = [int(y.size) for y in found]
        else:
            self.program, self._bodies = program, bodies_for(program)
            self.sizes = [int(np.prod(program.node(node)[3])) for node in program.outputs]

    def of_sizes(self, unknown: int, held: int) -> None:
        """Say how long both vectors are, where the unknown is not what f takes, or something is held."""
        self.examples = [_core.to_tensor(np.zeros(size)) for size in (unknown, held)]

    @property
    def shared(self) -> list[Any]:
        """What the functions read, as operands."""
        return [*map(_core.present, self.reads)] if self.program is not None else list(self.reads)

    def outputs(self, shared: Sequence[Any]) -> Outputs:
        """The functions in tensors, followed by whoever listens."""
        if self.program is None:
            return self._f
        return lambda x: _core.apply_program(self.program, [x, *shared])

    def __call__(self, unknown: Any, held: Any, shared: Sequence[Any]) -> Any:
        """What is zero at a solution, followed by whoever listens."""
        return self._zero(self.outputs(shared), unknown, held)

    def jacobian(self, unknown: Any, held: Any, shared: Sequence[Any]) -> Any:
        """Its derivative by the unknown, followed by whoever listens."""
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(unknown)
            values = self(unknown, held, shared)
        return tape.jacobian(values, unknown, unconnected_gradients="zero")

    def solved(self, unknown: Any, held: Any, shared: Sequence[Any], right: Any, adjoint: bool) -> Any:
        """The system of the Jacobian, or of its transpose, with this right side, followed by whoever listens."""
        if self._solve is not None:
            return self._solve(lambda x: self(x, held, shared), unknown, right, adjoint)
        matrix = self.jacobian(unknown, held, shared)
        numbers = np.asarray(_core.seen(matrix))
        if not np.isfinite(numbers).all() or not _SINGULAR * np.linalg.cond(numbers, 1) < 1.0:
            raise NoSolution(
                f"{self.solver}: the solution has no derivative: the Jacobian there, of shape {numbers.shape}, is "
                f"singular or not finite{self.hint}"
            )
        return reshape(solve(matrix, reshape(right, (-1, 1)), adjoint=adjoint), (-1,))

    def numbers(
        self, name: str, f: Callable[[Condition, list[Any], list[Any]], list[Any]], examples: Sequence[Any], shared: Any
    ) -> Numbers:
        """A function of this condition, vectors, and what is read, as one of arrays: a program, recorded once."""
        values = bare(shared)
        if self.program is None:

            def run(*vectors: np.ndarray) -> list[np.ndarray]:
                given = [_core.to_tensor(np.array(x)) for x in vectors]
                return [np.array(_core.seen(y)) for y in run_unrecorded(lambda: f(self, given, values), ())[0]]

            return run
        name, count = f"{self.solver}: {name}", len(examples)
        if name not in self._bodies:
            alone = _Alone(self)
            self._bodies[name] = Body(lambda x: f(alone, list(x[:count]), list(x[count:])), [*examples, *values])
        body = self._bodies[name]

        def replay(*vectors: np.ndarray) -> list[np.ndarray]:
            given = [_core.to_tensor(np.array(x)) for x in vectors]
            return [np.array(_core.value_array(y)) for y in body([*given, *values])]

        return replay

    def values(self, shared: Any) -> Numbers:
        """What is zero, in numbers."""
        return self.numbers("zero", lambda own, x, read: [own(x[0], x[1], read)], self.examples, shared)

    def matrices(self, shared: Any) -> Numbers:
        """Its Jacobian, in numbers."""
        return self.numbers("Jacobian", lambda own, x, read: [own.jacobian(x[0], x[1], read)], self.examples, shared)

    def past(self) -> Any:
        """Variables as they are now, for when Python runs the functions once more."""
        if self.program is not None:
            return nullcontext()  # it is given them
        return _core.Past([x for x in self.reads if isinstance(x, _core.VariableCore)])


class _Alone(Condition):
    """The same condition, of a program and nothing else, which is kept with the program."""

    def __init__(self, other: Condition) -> None:
        self.solver, self._zero, self.program = other.solver, other._zero, other.program
        self._solve = other._solve


class _Call:
    """One solution, as its record's rule sees it."""

    def __init__(self, condition: Condition, held: np.ndarray) -> None:
        self._condition, self._held = condition, _core.to_tensor(held)
        self.past = condition.past()

    def record(self, found: np.ndarray, operands: Sequence[Any]) -> Any:
        """What was found, as an output of a record of what it depends on."""
        (self._found,) = _core.multiple(_SOLUTION, list(operands), [_core.to_tensor(found)], self)
        return self._found

    def _shared(self, operands: Sequence[Any]) -> list[Any]:
        return list(operands[1:]) if self._condition.program is not None else self._condition.shared

    def pull(self, cotangent: Any, operands: Sequence[Any]) -> list[Any]:
        """Contributions to where the search began, which are none, and to what is read."""
        shared = self._shared(operands)
        weights = self._condition.solved(self._found, self._held, shared, cotangent, True)
        sources = [x for x in shared if _core.is_differentiable(x.dtype)]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            values = self._condition(self._found, self._held, shared)
        found = iter(tape.gradient(values, sources, output_gradients=-weights))
        return [None, *[next(found) if _core.is_differentiable(x.dtype) else None for x in shared]]

    def push(self, tangents: Sequence[Any], operands: Sequence[Any]) -> list[Any]:
        """The solution's tangent."""
        shared = self._shared(operands)
        moving = [(x, t) for x, t in zip(shared, tangents[1:], strict=True) if t is not None]
        if not moving:
            return [None]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([x for x, _ in moving])
            values = self._condition(self._found, self._held, shared)
        along = tape.jvp(values, [x for x, _ in moving], [t for _, t in moving])
        return [None if along is None else self._condition.solved(self._found, self._held, shared, -along, False)]


def _pull(call: _Call, cotangents: list[Any], operands: Sequence[Any]) -> list[Any]:
    with call.past:
        return _core.conjugated(call.pull(_core.conjugated(cotangents)[0], operands))


def _push(call: _Call, tangents: list[Any], operands: Sequence[Any]) -> list[Any]:
    with call.past:
        return call.push(tangents, operands)


_SOLUTION = _core.register_general(
    "solution",
    None,
    lambda g, y, call, *x: _pull(call, g, x),
    lambda t, y, call, *x: _push(call, t, x),
    True,
    True,
    multiple=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)

Find = Callable[[np.ndarray, Sequence[Any]], tuple[np.ndarray, np.ndarray]]


class Solution:
    """What a solver finds, as a function of what its condition reads.

    `find` is given where to begin and the values of what is read, and gives the unknown and what is held.
    """

    def __init__(self, condition: Condition, find: Find) -> None:
        self._condition, self._find = condition, find

    def __call__(self, start: Any) -> Any:
        """The unknown, followed by whoever listens."""
        operands = [start, *self._condition.shared]
        if not _core.is_tracing():
            return self._followed(operands)
        if self._condition.program is None:
            _core.note_own_derivative()  # a program is one for these values
            return self._followed(operands)
        (found,) = Embedded(lambda inputs: [self._followed(inputs)])(operands)
        return found

    def _followed(self, operands: Sequence[Any]) -> Any:
        start, *shared = operands
        found, held = self._find(np.array(_core.seen(start)), shared)
        if not _core.listening(list(shared)):
            return _core.to_tensor(found)
        return _Call(self._condition, held).record(found, operands)


def newton(condition: Condition, shared: Sequence[Any], found: np.ndarray, held: np.ndarray) -> np.ndarray:
    """A solution that is nearly one, by a few of Newton's steps, as long as they help."""
    values, matrices = condition.values(shared), condition.matrices(shared)
    (residual,) = values(found, held)
    for _ in range(10):
        size = np.linalg.norm(residual)
        if size == 0.0:
            break
        try:
            following = found - np.linalg.solve(matrices(found, held)[0], residual)
        except np.linalg.LinAlgError:
            break
        (residual,) = values(following, held)
        if not np.linalg.norm(residual) < 0.5 * size:
            break
        found = following
    return found
