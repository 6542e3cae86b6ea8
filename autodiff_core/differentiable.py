"""Programs under tapes: a replay is one record of several outputs, whose rule replays another program, the derivative.

The derivative is recorded once, by a tape around the program's own records, and split in two: what gives the values,
and with them whatever the second part needs; and what takes cotangents to gradients. Both are programs in their turn,
so derivatives of any order come by doing the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _core
from .custom import pulled
from .indexed_slices import IndexedSlices
from .tape import GradientTape

__all__ = ["DifferentiableProgram", "GuardFailed", "gradient_program", "optimised"]

Pass = Callable[[_core.ProgramCore], None]

PASSES: dict[str, Pass] = {
    "simplify": _core.simplify,
    "share_common": _core.share_common,
    "fold_constants": _core.fold_constants,
}
"""The optimiser's passes by name, in the order in which they run."""


class GuardFailed(Exception):
    """A value that Python looked at when a program was recorded is another one now: (node, value)."""


def optimised(program: _core.ProgramCore, passes: Sequence[str]) -> _core.ProgramCore:
    """Rewrite a program by these passes, and drop what nothing needs.

    It is dropped before, too: a sweep forward leaves records of a rule's cotangent, which it never reads.
    """
    return _core.optimise(program, [_core.compact, *(PASSES[name] for name in passes)])


def _traced_gradient(
    program: _core.ProgramCore, values: list[Any], cotangents: list[Any], present: Sequence[int]
) -> tuple[_core.ProgramCore, list[bool]]:
    """A program of (values, cotangents): the outputs, what variables take, and gradients for the connected values."""
    from . import random

    variables = program.input_count + len(program.variables)
    state = random.state()  # numbers that are drawn here are nobody's
    with _core.Tracer([*values, *cotangents]) as tracer:
        own = tracer.arguments[: len(values)]
        sources = [x for x in own if _core.is_differentiable(x.dtype)]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            outputs, assigned = _core.apply_program(
                program, own[: program.input_count], own[program.input_count : variables], own[variables:]
            )
        found = tape.gradient([outputs[k] for k in present], sources, output_gradients=tracer.arguments[len(values) :])
        gradients = [_core.to_tensor(g) if isinstance(g, IndexedSlices) else g for g in found]
        joint = _core.freeze(tracer, [*outputs, *assigned, *(g for g in gradients if g is not None)])
    random.restore(state)
    connected = iter([g is not None for g in gradients])
    return joint, [next(connected) if _core.is_differentiable(x.dtype) else False for x in values]


def gradient_program(program: _core.ProgramCore, values: list[Any], passes: Sequence[str]) -> Any:
    """The program, of the same operands and cotangents, of outputs and gradients; and which operands have one."""
    present = _floats(program)
    joint, connected = _traced_gradient(program, values, [_ones(program, k) for k in present], present)
    return optimised(joint, passes), connected


def _floats(program: _core.ProgramCore) -> tuple[int, ...]:
    return tuple(k for k, node in enumerate(program.outputs) if _core.is_differentiable(program.node(node)[2]))


def _ones(program: _core.ProgramCore, output: int) -> _core.Tensor:
    _, _, dtype, shape, _ = program.node(program.outputs[output])
    return _core.adopt(np.ones(shape, dtype))


class DifferentiableProgram:
    """A program that tapes follow. Its operands are its arguments, its variables' values and the tensors it captured.

    Outputs are those of the program, and behind them the values that its variables are to take.
    """

    def __init__(self, program: _core.ProgramCore, passes: Sequence[str]) -> None:
        self.program, self.passes = program, passes
        self.results = len(program.outputs) + len(program.assigned)
        self._split: Any = None
        self._pullbacks: dict[tuple[int, ...], tuple[DifferentiableProgram, list[bool]]] = {}

    def __call__(self, operands: list[Any]) -> list[Any]:
        """Run on operands, recorded where a tape listens.

        Raises
        ------
        GuardFailed
            If a value that was looked at is another one now.
        """
        if not _core.listening(operands):
            if not self.program.variables and not self.program.captures:
                return _checked(_core.run_program(self.program, operands))
            return _checked(_core.run_program(self._parts(operands)[0], operands))[: self.results]
        first, second, origins, connected = self._parts(operands)
        outputs = _checked(_core.run_program(first, operands))
        call = _Call(self, first, second, connected)
        recorded = _core.multiple(_ROW, operands, outputs, call)
        call.operands = operands
        call.needed = [operands[k] if kind == "input" else recorded[k] for kind, k in origins]
        return recorded[: self.results]

    def place_of(self, node: int) -> int:
        """The number of the look that a guard of the first part stands for."""
        number: int = self._split[0].places[node][0]
        return number

    def _parts(self, operands: list[Any]) -> Any:
        if self._split is None:
            if self.program.own_derivatives:
                raise ValueError(
                    "this program has no derivative: it was recorded from a function with a custom gradient, whose "
                    "rule is Python; differentiate the function itself"
                )
            present = _floats(self.program)
            joint, connected = _traced_gradient(
                self.program, [_core.detached(x) for x in operands], [_ones(self.program, k) for k in present], present
            )
            optimised(joint, self.passes)
            first, second, origins = _core.split_program(joint, len(operands), len(present), self.results)
            self._split = (
                optimised(first, ()),
                DifferentiableProgram(optimised(second, ()), self.passes),
                origins,
                connected,
            )
        return self._split

    def pullback(self, operands: list[Any], present: tuple[int, ...], cotangents: list[Any]) -> list[Any]:
        """Gradients for any of the outputs of the first part, from the operands alone."""
        first = self._parts(operands)[0]
        if present not in self._pullbacks:
            values, examples = [_core.detached(x) for x in operands], [_core.detached(g) for g in cotangents]
            joint, connected = _traced_gradient(first, values, examples, present)
            joint.set_ends(joint.input_count, [], joint.outputs[len(first.outputs) :], [], joint.captures, joint.places)
            self._pullbacks[present] = (DifferentiableProgram(optimised(joint, self.passes), self.passes), connected)
        program, connected = self._pullbacks[present]
        return _in_places(program([*operands, *cotangents]), connected)


class _Call:
    """One replay, as the record's rule sees it."""

    operands: list[Any]
    needed: list[Any]

    def __init__(
        self,
        owner: DifferentiableProgram,
        first: _core.ProgramCore,
        second: DifferentiableProgram,
        connected: list[bool],
    ) -> None:
        self.owner, self.first, self.second, self.connected = owner, first, second, connected
        self.present = _floats(owner.program)

    def pull(self, cotangents: list[Any]) -> list[Any]:
        """Contributions to the operands, for cotangents of the outputs; None is zero."""
        # (What is no float has no derivative, even where a sweep forward asks with zeros.)
        given = tuple(
            k
            for k, g in enumerate(cotangents)
            if g is not None and _core.is_differentiable(self.first.node(self.first.outputs[k])[2])
        )
        if set(given) <= set(self.present):
            seeds = [_zeros(self.first, k) if cotangents[k] is None else cotangents[k] for k in self.present]
            found = self.second([*self.needed, *seeds])
            # (Zeros for the outputs that nothing came from: times an infinite derivative they are no zeros.)
            if len(given) == len(self.present) or all(np.isfinite(g.numpy()).all() for g in found):
                return _in_places(found, self.connected)
        return self.owner.pullback(self.operands, given, [cotangents[k] for k in given])


_ROW = _core.register_general(
    "program", None, lambda g, y, call, *x: pulled(call, g), None, False, False, multiple=True, sparing=True
)


def _zeros(program: _core.ProgramCore, output: int) -> _core.Tensor:
    _, _, dtype, shape, _ = program.node(program.outputs[output])
    return _core.adopt(np.zeros(shape, dtype))


def _in_places(gradients: list[Any], connected: list[bool]) -> list[Any]:
    rest = iter(gradients)
    return [next(rest) if has else None for has in connected]


def _checked(result: Any) -> list[Any]:
    if isinstance(result, tuple):
        raise GuardFailed(*result)
    found: list[Any] = result
    return found
