"""A body that is run over and over, as one record, and a function of tensors that programs run as it stands.

The body takes what is carried from step to step, a row of what differs from step to step, and what all steps share;
it gives what is carried on, rows, and terms of sums. The gradient of such a loop is another, which runs the other way
round: what it carries are adjoints, the gradients of rows are rows, and those of what is shared are sums. So a loop has
derivatives of any order, and a tape keeps of it what is carried, and no step's records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np

from . import _core
from .differentiable import PASSES, bare, no_draws, optimised
from .ops.complex_parts import real
from .ops.shaping import concat, expand_dims, reshape
from .tape import GradientTape

__all__ = ["Body", "Embedded", "Loop", "closed_program"]

Function = Callable[[list[Any]], Sequence[Any]]


def closed_program(f: Function, examples: Sequence[Any]) -> tuple[Any, list[Any], Any]:
    """A function of tensors as a program of operands alone: the program, what it reads behind them, and the trace."""
    with no_draws(), _core.Rehearsal(), _core.Tracer(bare(examples)) as tracer:
        program = _core.freeze(tracer, [_core.operand(y) for y in f(tracer.arguments)], True)
    closed, reads = _core.close_program(program)
    return optimised(closed, tuple(PASSES)), reads, tracer


class Body:
    """A function of tensors that is run over and over: a program, or Python where it cannot be one."""

    def __init__(self, f: Function, examples: Sequence[Any] | None) -> None:
        self.f = f
        self.program: Any = None
        self._reads: list[Any] = []
        if examples is not None:
            self.program, self._reads, _ = closed_program(f, examples)

    @classmethod
    def of_program(cls, program: Any) -> Body:
        """A closed program."""
        body = cls(lambda inputs: _core.apply_program(program, inputs), None)
        body.program = program
        return body

    def made(self, f: Function, examples: Sequence[Any]) -> Body:
        """Another function, run as this one is."""
        return Body(f, None if self.program is None else examples)

    def __call__(self, inputs: list[Any]) -> list[Any]:
        """Values of values, for nobody to hear of."""
        if self.program is not None:
            return _core.run_program(self.program, [*inputs, *self._reads])  # type: ignore[return-value]  # (no guards)
        listening = _core.suspend()
        try:
            return [_core.to_tensor(y) for y in self.f(inputs)]
        finally:
            _core.resume(listening)


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
        self._reverse: Body | None = None

    def record(self, operands: Sequence[Any], outputs: list[Any] | None = None) -> list[Any]:
        """The outputs, recorded by the tapes that listen; they may be known already."""
        self.operands = list(operands)
        found = self._run(self.operands) if outputs is None else outputs
        self.outputs = _core.multiple(_LOOP, self.operands, found, self)
        return self.outputs

    def _run(self, operands: list[Any]) -> list[Any]:
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
        wanted = [_core.is_differentiable(x.dtype) for x in (*series, *shared)]
        count = sum(wanted[:rows])
        if self._reverse is None:
            reverse = self._pulled(wanted, [x.dtype for x in first], len(cotangents) - carried - given)
            examples = [*adjoints, *[_core.to_tensor(_core.seen(x)[0]) for x in per_step], *constant]
            self._reverse = self.body.made(reverse, examples)
        layout = Layout(carried, len(per_step), count)
        loop = Loop(self._reverse, layout, self.steps, not self.backwards, None, self.within)
        found = loop.record([*adjoints, *per_step, *constant])
        ends = [states[-1 if self.backwards else 0] for states in found[:carried]]
        rest = iter(found[carried:])
        return [*ends, *[next(rest) if has else None for has in wanted]]

    def _pulled(self, wanted: list[bool], dtypes: list[Any], sums: int) -> Function:
        """One step of the gradient, as a function of the adjoints, rows and what is shared."""
        carried, rows, given = self.layout

        def f(inputs: list[Any]) -> list[Any]:
            rest = iter(inputs)

            def take(count: int) -> list[Any]:
                return [next(rest) for _ in range(count)]

            adjoints, coming = take(carried), take(carried)
            cotangents = [a + g for a, g in zip(adjoints, coming, strict=True)] + take(given)
            own = take(carried + rows)
            outputs = take(carried + given) if self.derivative is not None else []
            cotangents += take(sums)
            own += list(rest)
            sources = [x for x, has in zip(own, [True] * carried + wanted, strict=True) if has]
            if self.derivative is not None:
                found = self.derivative.pull(cotangents, own, outputs)
                found = [g for g, has in zip(found, [True] * carried + wanted, strict=True) if has]
            else:
                with GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch(sources)
                    results = list(self.body.f(own))
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
                with GradientTape(watch_accessed_variables=False) as tape:
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
)
