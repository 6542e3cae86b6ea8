"""A body that is run over and over, as one record, and a function of tensors that programs run as it stands.

The body takes what is carried from step to step, a row of what differs from step to step, and what all steps share;
it gives what is carried on, rows, and terms of sums. The gradient of such a loop is another, which runs the other way
round: what it carries are adjoints, the gradients of rows are rows, and those of what is shared are sums. So a loop has
derivatives of any order, and a tape keeps of it what is carried, and no step's records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..ops import c_loops, forms
from ..ops.complex_parts import real
from ..ops.shaping import concat, expand_dims, reshape
from ..tape import Tape
from .differentiable import PASSES, bare, no_draws, optimised

__all__ = ["Body", "Embedded", "Loop", "bodies_for", "closed_program", "fingerprint", "spelled", "spelled_record"]

Function = Callable[[list[Any]], Sequence[Any]]

_MOST_NUMBERS = 20_000  # in a program of elements,
_MOST_A_RECORD = 20  # and so many for a record of the program of arrays


def closed_program(f: Function, examples: Sequence[Any]) -> tuple[Any, list[Any], Any]:
    """A function of tensors as a program of operands alone: the program, what it reads behind them, and the trace."""
    with no_draws(), _core.Rehearsal(), _core.Tracer(bare(examples)) as tracer:
        program = _core.freeze(tracer, [_core.operand(y) for y in f(tracer.arguments)], True)
    closed, reads = _core.close_program(program)
    return optimised(closed, tuple(PASSES)), reads, tracer


def fingerprint(program: Any) -> tuple[Any, ...]:
    """What two programs have in common that compute the same in the same way; hashable."""
    nodes = []
    for k in range(len(program)):
        name, operands, dtype, shape, attribute = program.node(k)
        nodes.append((name, operands, dtype, shape, spelled(attribute)))
    return (*nodes, tuple(program.outputs))


def spelled(attribute: Any) -> Any:
    """Equal for attributes that mean the same; hashable."""
    if isinstance(attribute, (tuple, list)):
        return tuple(map(spelled, attribute))
    if isinstance(attribute, _core.Operand):
        attribute = attribute.numpy()
    if isinstance(attribute, (np.ndarray, np.generic)):
        return attribute.dtype, attribute.shape, attribute.tobytes()
    if isinstance(attribute, slice):
        return "slice", attribute.start, attribute.stop, attribute.step
    if isinstance(attribute, (int, float, complex, str)):
        return type(attribute), repr(attribute)  # (-0.0 is not 0.0)
    return _Same(attribute)


def spelled_record(program: Any, node: int, operands: list[Any]) -> Any:
    """Equal for records that compute the same of these operands, whatever these are called; hashable."""
    op, _, dtype, shape, attribute = program.node(node)
    own = sorted(operands) if _core.has_no_order(program, node) else operands
    return op, dtype, shape, spelled(attribute), *own


class _Same:
    """An object that is equal to itself alone."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __hash__(self) -> int:
        return id(self._thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._thing is other._thing


class Body:
    """A function of tensors that is run over and over: a program, or Python where it cannot be one."""

    def __init__(self, f: Function, examples: Sequence[Any] | None) -> None:
        self.f = f
        self.program: Any = None
        self.reads: list[Any] = []
        self._numbers: Any = None
        self._tried = False
        self.gradients: dict[Any, Body] = {}
        self.derived: dict[Any, Any] = {}  # bodies of other loops: gradients, tangents
        self.packings: dict[Any, Any] = {}
        self._rounds: dict[Layout, Any] = {}
        if examples is not None:
            self.program, self.reads, _ = closed_program(f, examples)

    @classmethod
    def of(cls, program: Any, reads: list[Any]) -> Body:
        """A closed program as a body, and what its last inputs are."""
        body = cls(partial(_core.apply_program, program), None)
        body.program, body.reads = program, reads
        return body

    @property
    def inside(self) -> Any:
        """The records of a round, for whoever reads the loop's; None where Python runs them."""
        return self.program

    def __repr__(self) -> str:
        if self.program is None:
            return f"<Body: {self.f!r}>"
        inputs = self.program.input_count
        return f"<Body: {inputs} inputs, {len(self.program)} records, {len(self.program.outputs)} outputs>"

    def rounds(self, layout: Layout) -> Any:
        """The program, to be run over and over."""
        found = self._rounds.get(layout)
        if found is None:
            found = self._rounds[layout] = _core.Rounds(self.program, *layout)
        return found

    @property
    def numbers(self) -> Any:
        """The program of the elements of its inputs and of what it reads, where these are few; or None."""
        if not self._tried:
            if self.program is not None:
                few = _core.by_elements(self.program, min(_MOST_NUMBERS, _MOST_A_RECORD * len(self.program)))
                if few is not None:
                    few.compiler = self.program.compiler
                    found = _core.Numbers(optimised(few, tuple(PASSES)))
                    self._numbers = found if found.runs_in_registers else None
            self._tried = True
        return self._numbers

    def compiled_by(self, compiler: Callable[[Any], None]) -> None:
        """Let what is run over and over be native code (native.py), now or when it is planned."""
        if self.program is not None and self.program.compiler is None:
            self.program.compiler = compiler
            for plan in (self.program.plan, self._numbers and self._numbers.plan):
                if plan is not None:
                    compiler(plan)

    def inputs(self) -> list[tuple[tuple[int, ...], Any]]:
        """The shapes and dtypes of the program's inputs."""
        nodes = [self.program.node(node) for node in range(self.program.input_count)]
        return [(shape, dtype) for _, _, dtype, shape, _ in nodes]

    def outputs(self) -> list[tuple[tuple[int, ...], Any]]:
        """The shapes and dtypes of the program's outputs."""
        nodes = [self.program.node(node) for node in self.program.outputs]
        return [(shape, dtype) for _, _, dtype, shape, _ in nodes]

    def made(self, f: Function, examples: Sequence[Any]) -> Body:
        """Another function, run as this one is."""
        return Body(f, None if self.program is None else examples)

    def __call__(self, inputs: list[Any]) -> list[Any]:
        """Values of values, for nobody to hear of."""
        if self.program is not None:
            return _core.run_program(self.program, [*inputs, *self.reads])  # type: ignore[return-value]  # (no guards)
        listening = _core.suspend()
        try:
            return [_core.to_tensor(y) for y in self.f(inputs)]
        finally:
            _core.resume(listening)


def _joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([x.reshape(-1) for x in arrays]) if arrays else np.empty(0)


_MOST_BODIES = 64
_BODIES: dict[Any, dict[str, Body]] = {}


def bodies_for(program: Any) -> dict[str, Body]:
    """What was made, by name, of a closed program that computes the same."""
    key = fingerprint(program)
    bodies = _BODIES.pop(key, None) or {}
    _BODIES[key] = bodies  # the last one used is the last
    for oldest in list(_BODIES)[:-_MOST_BODIES]:  # (a list of its own: another thread may come between)
        _BODIES.pop(oldest, None)
    return bodies


class Layout(NamedTuple):
    """How many of the inputs are carried and how many are rows; how many outputs, behind what is carried, are rows."""

    carried: int
    rows: int
    given: int


class Derivative(NamedTuple):
    """What stands for the gradient of a body: a function of cotangents of its outputs, its inputs, and its outputs."""

    pull: Callable[[list[Any], list[Any], list[Any]], list[Any]]


class Loop:
    """One loop, as its record's rule sees it.

    The body's inputs are what is carried, rows, and what is shared; its outputs are what is carried on, rows, and terms
    of sums. The loop's outputs are, stacked, all that was carried on, the rows, and the sums.
    """

    outputs: list[Any]

    def __init__(
        self,
        body: Body,
        layout: Layout,
        steps: int,
        backwards: bool = False,
        derivative: Derivative | None = None,
        within: Any = None,
    ) -> None:
        self.body, self.layout, self.steps, self.backwards = body, layout, steps, backwards
        self.derivative = derivative
        self.within = nullcontext() if within is None else within  # a context in which the body is run again
        self.wanted: list[bool] = []  # which operands a tape follows

    def record(self, operands: Sequence[Any], outputs: list[Any] | None = None) -> list[Any]:
        """The outputs, recorded by the tapes that listen; they may be known already."""
        self.operands = list(operands)
        self.wanted = [_core.is_differentiable(x.dtype) and _core.is_followed(x) for x in self.operands]
        found = self.run(self.operands) if outputs is None else outputs
        self.outputs = _core.multiple(_LOOP, self.operands, found, self)
        return self.outputs

    def run(self, operands: list[Any]) -> list[Any]:
        """The outputs, for nobody to hear of."""
        if self.body.numbers is not None and self.steps:
            return self._run_on_numbers([_core.seen(x) for x in operands])
        if self.body.program is not None and _core.is_repeatable(self.body.program):
            return self._run_the_program([_core.seen(x) for x in (*operands, *self.body.reads)])
        carried, rows, given = self.layout
        state = [_core.to_tensor(_core.seen(x)) for x in operands[:carried]]
        series = [_core.seen(x) for x in operands[carried : carried + rows]]
        shared = operands[carried + rows :]
        if self.body.program is not None:
            shared = [_core.detached(x) for x in shared]
        found: list[list[Any]] = [[] for _ in range(carried + given)]
        sums: list[Any] = []
        order = range(self.steps)
        for k in reversed(order) if self.backwards else order:
            results = self.body([*state, *[_core.to_tensor(one[k]) for one in series], *shared])
            state = results[:carried]
            for values, value in zip(found, results, strict=False):
                values.append(_core.seen(value))
            terms = [_core.seen(value) for value in results[carried + given :]]
            sums = [total + term for total, term in zip(sums, terms, strict=True)] if sums else terms
        stacked = [np.stack(values[::-1] if self.backwards else values) for values in found]
        return [_core.to_tensor(value) for value in [*stacked, *sums]]

    def _run_the_program(self, arrays: list[np.ndarray]) -> list[Any]:
        count, specs = self.layout.carried + self.layout.given, self.body.outputs()
        stacks = [np.empty((self.steps, *shape), dtype) for shape, dtype in specs[:count]]
        sums = [np.zeros(shape, dtype) for shape, dtype in specs[count:]]
        arrays = [np.asarray(x, order="C") for x in arrays]
        loop = self.body.rounds(self.layout)
        loop.run(self.steps, self.steps, self.backwards, False, True, arrays, stacks, sums)
        return [_core.to_tensor(value) for value in [*stacks, *sums]]

    def _run_on_numbers(self, arrays: list[np.ndarray]) -> list[Any]:
        carried, rows, given = self.layout
        specs = self.body.outputs()
        sizes = [int(np.prod(shape)) for shape, _ in specs]
        series = [x.reshape(self.steps, -1) for x in arrays[carried : carried + rows]]
        states, found, sums = self.body.numbers.repeat(
            self.steps,
            self.backwards,
            _joined(arrays[:carried]),
            np.concatenate(series, 1) if series else np.empty((self.steps, 0)),
            _joined([*arrays[carried + rows :], *map(_core.seen, self.body.reads)]),
            sum(sizes[carried : carried + given]),
        )
        outputs = []
        whole = np.concatenate([states, found], 1) if carried and given else (states if carried else found)
        start = 0
        for k, ((shape, dtype), size) in enumerate(zip(specs, sizes, strict=True)):
            if k == carried + given:
                whole, start = sums[None], 0
            part = whole[:, start : start + size].astype(dtype)
            outputs.append(_core.to_tensor(part.reshape((self.steps, *shape) if k < carried + given else shape)))
            start += size
        return outputs

    def pull(self, cotangents: list[Any], operands: list[Any]) -> list[Any]:
        """Contributions to the operands, by a loop the other way round."""
        carried, rows, given = self.layout
        if self.body.program is None:
            operands = self.operands  # Python finds what it reads by itself
        first, series, shared = operands[:carried], operands[carried : carried + rows], operands[carried + rows :]
        before = [
            concat([states[1:], expand_dims(x, 0)] if self.backwards else [expand_dims(x, 0), states[:-1]], 0)
            for x, states in zip(first, self.outputs, strict=False)
        ]
        own = self.outputs[: carried + given] if self.derivative is not None else []
        per_step = [*cotangents[: carried + given], *before, *series, *own]
        constant = [*cotangents[carried + given :], *shared]
        adjoints = [_core.to_tensor(np.zeros(x.shape, x.dtype)) for x in first]
        wanted = self.wanted[carried:]
        sums = len(cotangents) - carried - given
        key = (self.layout, tuple(wanted), self.derivative is None)
        if key not in self.body.gradients:
            examples = [*adjoints, *[_core.to_tensor(_core.seen(x)[0]) for x in per_step], *constant]
            self.body.gradients[key] = self.body.made(self._pulled(wanted, sums), examples)
        layout = Layout(carried, len(per_step), sum(wanted[:rows]))
        loop = Loop(self.body.gradients[key], layout, self.steps, not self.backwards, None, self.within)
        found = loop.record([*adjoints, *per_step, *constant])
        ends = [states[-1 if self.backwards else 0] for states in found[:carried]]
        rest = iter(found[carried:])
        return [*ends, *[next(rest) if has else None for has in wanted]]

    def _pulled(self, wanted: list[bool], sums: int) -> Function:
        """One step of the gradient, as a function of the adjoints, rows and what is shared."""
        carried, rows, given = self.layout
        body, derivative = self.body, self.derivative  # (and not the loop, which is of one call)

        def f(inputs: list[Any]) -> list[Any]:
            rest = iter(inputs)

            def take(count: int) -> list[Any]:
                return [next(rest) for _ in range(count)]

            adjoints, coming = take(carried), take(carried)
            cotangents = [a + g for a, g in zip(adjoints, coming, strict=True)] + take(given)
            own = take(carried + rows)
            outputs = take(carried + given) if derivative is not None else []
            cotangents += take(sums)
            own += list(rest)
            sources = [x for x, has in zip(own, [True] * carried + wanted, strict=True) if has]
            if derivative is not None:
                found = derivative.pull(cotangents, own, outputs)
                found = [g for g, has in zip(found, [True] * carried + wanted, strict=True) if has]
            else:
                with Tape(watch_accessed_variables=False) as tape:
                    tape.watch(sources)
                    results = list(body.f(own))
                found = tape.gradient(results, sources, output_gradients=cotangents, unconnected_gradients="zero")
            return [_core.to_dtype(g, x.dtype) for g, x in zip(found, sources, strict=True)]

        return f


def _pull(cotangents: list[Any], loop: Loop, operands: Sequence[Any]) -> list[Any]:
    with loop.within:
        return _core.conjugated(loop.pull(_core.conjugated(cotangents), list(operands)))


_LOOP = _core.register_general(
    "loop",
    None,
    lambda g, y, loop, *x: _pull(g, loop, x),
    None,
    True,
    False,
    multiple=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)


class Embedded:
    """A function of tensors that a program runs as it stands, whose gradient is such a function, too.

    It is given all that it depends on as operands, and its results have the shapes that they have at first.
    """

    def __init__(self, f: Function) -> None:
        self.f = f
        self.layout: list[tuple[tuple[int, ...], Any]] = []
        self._gradient: Embedded | None = None

    def __call__(self, operands: Sequence[Any]) -> list[Any]:
        """The results, recorded by whoever listens."""
        return self._unpacked(_core.general(_EMBEDDED, list(operands), self))

    def run(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """The kernel: all results in one vector."""
        with _core.Untraced():
            results = [_core.seen(y) for y in self.f([_core.to_tensor(x) for x in arrays])]
        self.layout = [(y.shape, y.dtype) for y in results]
        return np.concatenate([y.reshape(-1) for y in results]).astype(np.result_type(*results))

    def pull(self, g: Any, operands: Sequence[Any]) -> list[Any]:
        """Contributions to the operands."""
        wanted = [_core.is_differentiable(x.dtype) for x in operands]
        if self._gradient is None:

            def f(inputs: list[Any]) -> list[Any]:
                own = inputs[1:]
                sources = [x for x, has in zip(own, wanted, strict=True) if has]
                with Tape(watch_accessed_variables=False) as tape:
                    tape.watch(sources)
                    results = list(self.f(own))
                seeds = self._unpacked(inputs[0])
                found = tape.gradient(results, sources, output_gradients=seeds, unconnected_gradients="zero")
                return [_core.to_tensor(one) for one in found]

            self._gradient = Embedded(f)
        (g,) = _core.conjugated([g])
        found = iter(_core.conjugated(self._gradient([g, *operands])))
        return [next(found) if has else None for has in wanted]

    def _unpacked(self, whole: Any) -> list[Any]:
        results, start = [], 0
        for shape, dtype in self.layout:
            size = int(np.prod(shape))
            part = reshape(whole[start : start + size], shape)
            if part.dtype.kind == "c" and dtype.kind != "c":
                part = real(part)
            results.append(_core.to_dtype(part, dtype))
            start += size
        return results


_EMBEDDED = _core.register_general(
    "embedded",
    lambda call, *x: call.run(x),
    lambda g, y, call, *x: call.pull(g, x),
    None,
    True,
    False,
    raises=True,
    form=None,
    gives=None,
    c=c_loops.PYTHON,
    cost=forms.OF_PYTHON,
)
