"""A program as an op: whoever listens hears of it, and every value that it reads is an operand.

Where a trace listens, the program's records are applied once more, and become part of what is traced. Where tapes do, a
replay is one record of several outputs, whose rule replays another program, the derivative. That one is recorded once,
by a tape around the program's own records, and split in two: what gives the values, and with them whatever the second
part needs; and what takes cotangents to gradients. Both are programs in their turn, so derivatives of any order come by
doing the same again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import _core
from ..derivatives.custom import pulled
from ..ops import c_loops, forms
from ..tape import Tape
from ..tensors.indexed_slices import dense

__all__ = ["DifferentiableProgram", "GuardFailed", "bare", "check_derivative", "no_draws", "optimised"]

Pass = Callable[[_core.ProgramCore], None]

PASSES: dict[str, Pass] = {
    "simplify": _core.simplify,
    "share_common": _core.share_common,
    "fold_constants": _core.fold_constants,
}
"""The optimiser's passes by name, in the order in which they run."""


def _natively(program: _core.ProgramCore) -> None:
    from .native import compiled_at_once  # loaded when first used

    program.compiler = compiled_at_once


def _natively_later(program: _core.ProgramCore) -> None:
    from .native import compiled_later

    program.compiler = compiled_later


_NATIVE: dict[bool | str, tuple[str, Pass]] = {True: ("native", _natively), "async": ("native later", _natively_later)}
"""What says, as if it were a pass, that a program and what is derived of it are compiled: by `jit_compile`."""
_EVERY = PASSES | dict(_NATIVE.values())
_WITHIN = "within "
"""The name, before a number of bytes, of what says in the same way that a program has a budget: by `memory`."""


def compiling(of: str, jit_compile: Any) -> tuple[str, ...]:
    """The pass that compiles, where `jit_compile` asks for it; a ValueError for what it cannot be."""
    if not jit_compile:
        return ()
    if jit_compile not in _NATIVE:
        raise ValueError(f"{of}: jit_compile is True, False, None or 'async', not {jit_compile!r}")
    return (_NATIVE[jit_compile][0],)


def bounding(of: str, memory: Any) -> tuple[str, ...]:
    """The pass that gives programs a budget, where `memory` names one; an error for what is no amount of memory."""
    if memory is None:
        return ()
    from ..budgets import bytes_of  # loaded when first used

    return (f"{_WITHIN}{bytes_of(memory, f'{of}: memory')}",)


def budget_of(passes: Sequence[str]) -> int:
    """The budget that passes give; 0 where they give none."""
    return next((int(name[len(_WITHIN) :]) for name in passes if name.startswith(_WITHIN)), 0)


def _pass_named(name: str) -> Pass:
    if not name.startswith(_WITHIN):
        return _EVERY[name]

    def give_budget(program: _core.ProgramCore) -> None:
        program.memory = budget_of([name])

    return give_budget


class GuardFailed(Exception):
    """A value that Python looked at when a program was recorded is another one now: (number of the look, value).

    The number is None for a look of a derivative's rule, which the program itself has not.
    """


def optimised(program: _core.ProgramCore, passes: Sequence[str]) -> _core.ProgramCore:
    """Rewrite a program by these passes, and drop what nothing needs.

    It is dropped before, too: a sweep forward leaves records of a rule's cotangent, which it never reads.
    """
    return _core.optimise(program, [_core.compact, *map(_pass_named, passes)])


@contextmanager
def no_draws() -> Iterator[None]:
    """Numbers that are drawn meanwhile are nobody's: afterwards generators stand where they stood."""
    from ..ops import drawing

    state = drawing.state()
    try:
        yield
    finally:
        drawing.restore(state)


def bare(operands: Sequence[Any]) -> list[Any]:
    """The values alone, which nobody follows: what a program is made for, and what only decides between programs."""
    with _core.Untraced():
        return [_core.detached(x) for x in operands]


def _read(sources: Sequence[Any]) -> list[Any]:
    """The present values of variables and of captured arrays, and captured tensors as they are."""
    return [_core.present(x) for x in sources]


def check_derivative(program: _core.ProgramCore) -> None:
    """Refuse to differentiate records where Python says otherwise what the derivative is."""
    if program.own_derivatives:
        raise ValueError(
            "this program has no derivative: it was recorded from a function with a custom gradient, whose "
            "rule is Python; differentiate the function itself"
        )


class DifferentiableProgram:
    """A program that tapes and traces follow. Called with its arguments, it reads its variables and captured tensors.

    Outputs are those of the program, and behind them the values that its variables are to take; nothing is assigned.
    """

    def __init__(self, program: _core.ProgramCore, passes: Sequence[str]) -> None:
        self.program, self.reads = _core.close_program(program)
        self.departures = _core.departures(self.program)
        self.passes = passes
        self._checks: _core.ProgramCore | None = None
        self._halves: _Halves | None = None

    def __call__(self, arguments: Sequence[Any]) -> list[Any]:
        """Run on arguments, recorded by whoever listens.

        Raises
        ------
        GuardFailed
            If a value that was looked at is another one now.
        TypeError
            If the function made an array or a number of what a tape follows.
        """
        operands = [*arguments, *self.read()]
        if _core.is_tracing():
            return self._applied(operands)
        if not _core.listening(operands):
            return _checked(self.program, _core.run_program(self.program, operands))
        if self._halves is None:
            self._halves = self._divided(operands)
        try:
            return self._halves.recorded(operands)
        except GuardFailed as failure:
            if failure.args[0] is not None:
                raise
        self._halves = self._divided(operands)  # for the values that its rules look at now
        return self._halves.recorded(operands)

    def assigning(self, program: _core.ProgramCore, arguments: Sequence[Any]) -> list[Any]:
        """The outputs alone; the variables of the program that this was made of take their values.

        It is run again where another thread has assigned to one of them meanwhile: no assignment is lost.
        """
        variables = [program.variables[which] for which, _ in program.assigned]
        count = len(program.outputs)
        while True:
            before = _core.values_now(variables)
            outputs = self(arguments)
            if not variables or _core.assign_all(variables, outputs[count:], before):
                return outputs[:count]

    def read(self) -> list[Any]:
        """The operands behind the arguments, as they are now."""
        return _read(self.reads)

    def _applied(self, operands: list[Any]) -> list[Any]:
        """Once more, record by record, for a trace."""
        if self.program.own_derivatives:
            if _core.listening(operands):
                check_derivative(self.program)
            _core.note_own_derivative()
        # Applied to tensors, guards are repeated and not checked: run what leads to them first, where there are values.
        if self.program.places and not _core.asks_shapes():
            if self._checks is None:
                checks = self.program.copy()
                checks.set_ends(checks.input_count, [], [], [], [], dict(checks.places))
                self._checks = optimised(checks, ())
            with no_draws(), _core.Rehearsal():
                _checked(self._checks, _core.run_program(self._checks, bare(operands)))
            _core.refuse_departures(self.departures, operands)
        return _core.apply_program(self.program, operands)

    def _divided(self, operands: list[Any]) -> _Halves:
        check_derivative(self.program)
        return _Halves(self.program, operands, self.passes)


class _Halves:
    """A program with its derivative, split: what gives the values, and what takes cotangents to gradients."""

    def __init__(self, program: _core.ProgramCore, operands: list[Any], passes: Sequence[str]) -> None:
        self.passes = passes
        self.results = len(program.outputs)
        self._departures = _core.departures(program)
        self.present = _floats(program)
        seeds = [_ones(program, k) for k in self.present]
        joint, self.reads, connected = _with_gradients(program, operands, seeds, self.present, passes, True)
        self.connected = connected + [False] * len(self.reads)
        first, second, self.origins = _core.split_program(joint, len(self.present), self.results)
        self.second = DifferentiableProgram(optimised(second, ()), passes)
        self.spares = self._has_no_room(first)
        if self.spares:
            first.set_ends(first.input_count, [], first.outputs[: self.results], [], [], first.places)
            self.origins = []
        first = optimised(first, ())
        self.pure, drawn = _core.draws_as_inputs(first)
        self.drawn = range(len(first.outputs), len(first.outputs) + len(drawn))
        first.set_ends(first.input_count, [], [*first.outputs, *drawn], [], [], first.places)
        self.first = first
        self._pullbacks: dict[tuple[int, ...], tuple[DifferentiableProgram, list[bool]]] = {}

    def _has_no_room(self, first: _core.ProgramCore) -> bool:
        """Whether nothing is to be kept from the values to the gradients, which then begin with the operands, in a
        budget of their own; else they have what that leaves of it."""
        if not first.memory:
            return False
        specs = [first.node(node)[2:4] for node in first.outputs[self.results :]]
        kept = sum(math.prod(shape) * dtype.itemsize for dtype, shape in specs)
        if 2 * kept > first.memory:
            return True
        self.second.program.memory = first.memory - kept
        try:
            _core.plan_of(self.second.program)
        except ValueError:  # (it takes more than that)
            return True
        return False

    def recorded(self, operands: list[Any]) -> list[Any]:
        """The values, as outputs of a record of several."""
        operands = _core.kept_values([*operands, *_read(self.reads)])
        outputs = _checked(self.first, _core.run_program(self.first, operands))
        _core.refuse_departures(self._departures, operands)
        call = _Call(self)
        values = _core.multiple(_ROW, operands, outputs, call)
        call.operands = [*operands, *(values[k] for k in self.drawn)]
        call.needed = [operands[k] if kind == "input" else values[k] for kind, k in self.origins]
        return values[: self.results]

    def pullback(self, operands: list[Any], present: tuple[int, ...], cotangents: list[Any]) -> list[Any]:
        """Gradients for any of the outputs of the first half, from the operands and what was drawn."""
        count = len(operands) - len(self.drawn)
        found = self._pullbacks.get(present)
        if found is None:
            seeds = bare(cotangents)
            joint, reads, connected = _with_gradients(self.pure, operands, seeds, present, self.passes)
            outputs, inputs = joint.outputs[len(self.pure.outputs) :], joint.input_count
            joint.set_ends(inputs, [], outputs, [], [], joint.places)
            found = self._pullbacks[present] = (_Rest(optimised(joint, ()), self.passes, reads), connected)
        program, connected = found
        return _in_places(program([*cotangents, *operands]), connected)[:count]

    def pulled_anew(self, operands: list[Any], present: tuple[int, ...], cotangents: list[Any]) -> list[Any]:
        """`pullback`, for the values that rules look at now."""
        self._pullbacks.pop(present, None)
        return self.pullback(operands, present, cotangents)


class _Rest(DifferentiableProgram):
    """A closed program whose last inputs are what it reads."""

    def __init__(self, program: _core.ProgramCore, passes: Sequence[str], reads: list[Any]) -> None:
        super().__init__(program, passes)
        self.reads = reads


class _Call:
    """One replay, as the record's rule sees it."""

    operands: list[Any]
    needed: list[Any]

    def __init__(self, halves: _Halves) -> None:
        self.halves = halves

    @property
    def inside(self) -> _core.ProgramCore:
        """The records that were run, for whoever reads this one."""
        return self.halves.first

    def pull(self, cotangents: list[Any]) -> list[Any]:
        """Contributions to the operands, for cotangents of the outputs; None is zero."""
        halves, first = self.halves, self.halves.first
        # (What is no float has no derivative, even where a sweep forward asks with zeros.)
        given = tuple(
            k
            for k, g in enumerate(cotangents)
            # (Nor has what was drawn, which depends on nothing.)
            if g is not None and _core.is_differentiable(first.node(first.outputs[k])[2]) and k not in halves.drawn
        )
        own = [cotangents[k] for k in given]
        try:
            # Zeros may stand for the outputs that nothing came from; times an infinite derivative they are no zeros.
            # (A trace is not to look for that: its program holds for other values, too.)
            if not halves.spares and (
                given == halves.present or (set(given) <= set(halves.present) and not _core.is_tracing())
            ):
                seeds = [_zeros(first, k) if cotangents[k] is None else cotangents[k] for k in halves.present]
                found = halves.second([*self.needed, *seeds])
                if given == halves.present or all(np.isfinite(g.numpy()).all() for g in found):
                    return _in_places(found, halves.connected)
            return halves.pullback(self.operands, given, own)
        except GuardFailed:
            return halves.pulled_anew(self.operands, given, own)


_ROW = _core.register_general(
    "program",
    None,
    lambda g, y, call, *x: pulled(call, g),
    None,
    False,
    False,
    multiple=True,
    sparing=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)


def _with_gradients(
    program: _core.ProgramCore,
    operands: list[Any],
    cotangents: list[Any],
    present: Sequence[int],
    passes: Sequence[str],
    whole: bool = False,
) -> tuple[_core.ProgramCore, list[Any], list[bool]]:
    """A closed program of (cotangents, operands): the outputs, and gradients for the operands that have one.

    Also what its last inputs are, beside the operands: variables and tensors that rules read; and which of the operands
    have a gradient. The `whole` program has what raises errors or prints, too.
    """
    with (
        no_draws(),
        _core.Rehearsal(),
        _core.Tracer([*cotangents, *bare(operands)], memory=budget_of(passes)) as tracer,
    ):
        own = tracer.arguments[len(cotangents) :]
        sources = [x for x in own if _core.is_differentiable(x.dtype)]
        with Tape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            outputs = _core.apply_program(program, own)
        seeds = tracer.arguments[: len(cotangents)]
        found = tape.gradient([outputs[k] for k in present], sources, output_gradients=seeds)
        gradients = list(map(dense, found))
        joint = _core.freeze(tracer, [*outputs, *(g for g in gradients if g is not None)], whole)
    closed, reads = _core.close_program(optimised(joint, passes))
    following = iter([g is not None for g in gradients])
    connected = [next(following) if _core.is_differentiable(x.dtype) else False for x in operands]
    return closed, reads, connected


def _floats(program: _core.ProgramCore) -> tuple[int, ...]:
    return tuple(k for k, node in enumerate(program.outputs) if _core.is_differentiable(program.node(node)[2]))


def _ones(program: _core.ProgramCore, output: int) -> _core.Tensor:
    _, _, dtype, shape, _ = program.node(program.outputs[output])
    return _core.adopt(np.ones(shape, dtype))


def _zeros(program: _core.ProgramCore, output: int) -> _core.Tensor:
    _, _, dtype, shape, _ = program.node(program.outputs[output])
    return _core.adopt(np.zeros(shape, dtype))


def _in_places(gradients: list[Any], connected: list[bool]) -> list[Any]:
    rest = iter(gradients)
    return [next(rest) if has else None for has in connected]


def _checked(program: _core.ProgramCore, result: Any) -> list[Any]:
    """The outputs of a replay."""
    if isinstance(result, tuple):
        node, seen = result
        place = program.places.get(node)
        raise GuardFailed(place[0] if place is not None and isinstance(place[0], int) else None, seen)
    found: list[Any] = result
    return found
