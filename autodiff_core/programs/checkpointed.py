"""Loops that keep no more than there is room for: their gradients run rounds again.

Such a loop is the record of another one (rounds.py) with its room as one more attribute. It keeps what it ends with,
and nothing of its rounds. Its gradient is one record, too, whatever the number of rounds, which goes back through
them by a schedule of fewest rounds run again (schedules.py): a stretch is run from a state that is kept, with a state
a round kept until there is no more room, and gone through backwards. So both run without Python between one round and
the next, and nobody has to know how many rounds there are before they have been run.

What is made of a gradient's record (its own gradient, its tangent, that of many examples) is made of the gradient of
the loop as it is without a room. That keeps all states; about the square root of their number where they are much and
the number of rounds is known when the loop begins.

A gradient is the same to the last bit as where rounds are recorded one by one. So the body is differentiated as it is
written, however it is run; and what comes to what rounds share is added up as a sweep over the records of all rounds
would: term by term, from the last round to the first. It is carried from round to round, and begins with -0.0, which
added to a number is that number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..derivatives.autodiff import ForwardAccumulator
from ..ops import forms
from ..ops.c_loops import Place
from ..ops.c_values import Value
from ..tape import Tape
from .c_expressions import not_written
from .differentiable import optimised
from .loops import Body, Layout
from .rounds import (
    ALL,
    ASKING,
    LAST,
    PASSES,
    Comes,
    Results,
    Way,
    flops,
    gradient_through,
    in_c,
    loop_row,
    of_examples,
    packing,
    pushed,
    repeatable_body,
    result_of,
    rounds,
    run_rounds,
    slot_examples,
    way_of,
    written_out,
    written_to,
)
from .schedules import Move, fewest_runs, schedule, states_for

__all__ = ["Back", "Room", "checkpointed", "room_in_budget", "room_of_gradient"]

_RUNS = 2
"""How often a round is run again at most, where nobody says how much room there is."""

_Attribute = tuple[Any, ...]


class Room(NamedTuple):
    """How much the gradient of a loop may keep: so many states, or so many bytes, all that it computes with included; 0
    where that is not said."""

    states: int = 0
    bytes: int = 0


def checkpointed(body: Body, way: Way, operands: Sequence[Any], room: Room) -> Results:
    """One record of a loop of which the last state is wanted, for whoever listens."""
    if room.bytes and any(map(_core.is_followed, operands)):
        back = Back.of(body, way, room, operands, None)
        if back is not None:
            back.check_room()  # (before the loop takes its time)
    return Results(body, way, _record(room, body, way, operands))


def _record(room: Room, body: Body, way: Way, operands: Sequence[Any]) -> Any:
    return _core.general(_CHECKPOINTED, list(operands), (*way.attribute(body), tuple(room)))


def _differentiable(specs: Sequence[tuple[tuple[int, ...], Any]]) -> list[bool]:
    return [_core.is_differentiable(dtype) for _, dtype in specs]


def _bytes(specs: Sequence[tuple[tuple[int, ...], Any]]) -> int:
    return sum(int(np.prod(shape)) * dtype.itemsize for shape, dtype in specs)


def _chosen(values: Sequence[Any], which: Sequence[bool]) -> list[Any]:
    return [x for x, has in zip(values, which, strict=True) if has]


def _as_run(body: Body) -> Body:
    """A body as its rounds are run."""
    found: Body | None = body.derived.get("as run")
    if found is None:
        found = body.derived["as run"] = Body.of(optimised(body.program.copy(), PASSES), body.reads)
    return found


class Back(NamedTuple):
    """The gradient of a loop: how that is run, its room, the body of the gradient, and what of its rows and sums
    cotangents come to."""

    body: Body
    way: Way
    room: Room
    gradient: Body
    comes: Comes

    @classmethod
    def of(cls, body: Body, way: Way, room: Room, own: Sequence[Any], comes: Comes | None) -> Back | None:
        """It is recorded once; None where it is no program."""
        carried, _, given = way.layout
        out = _differentiable(body.outputs())
        if comes is None:
            comes = Comes((), (True,) * sum(out[carried : carried + given]), (True,) * sum(out[carried + given :]))
        comes = comes._replace(states=(False,) * sum(out[:carried]))
        key = ("gradient again", way.layout, comes)
        if key not in body.derived:
            body.derived[key] = _gradient_body(body, way.layout, own[: body.program.input_count], comes)
        made = body.derived[key]
        return None if made is None else cls(body, way, room, made, comes)

    @classmethod
    def read(cls, attribute: _Attribute) -> Back:
        """Of a record's attribute."""
        *loop, room, gradient, comes = attribute
        body, way = way_of((*loop[:4], LAST, loop[4]))
        return cls(body, way, Room(*room), gradient, Comes(*comes))

    @property
    def attribute(self) -> _Attribute:
        """A record's."""
        layout, steps, backwards, _, ends = self.way
        comes = tuple(map(tuple, self.comes))
        return (self.body, tuple(layout), steps, backwards, ends, tuple(self.room), self.gradient, comes)

    @property
    def moving(self) -> list[bool]:
        """Which of the loop's operands have a gradient."""
        return _differentiable(self.body.inputs())

    @property
    def totals(self) -> list[tuple[tuple[int, ...], Any]]:
        """What comes to what rounds share, as it is added up: the shapes and dtypes."""
        carried, rows, _ = self.way.layout
        return _totals(self.body.inputs()[carried + rows :])

    def adds(self, k: int) -> bool:
        """Whether a round adds anything to what is carried there, rather than hand on what it is given."""
        return self.gradient.program.outputs[k] != k

    @property
    def back(self) -> Way:
        """How the gradient is run, as a loop of as many rounds: adjoints and totals are carried."""
        (carried, rows, _), moving = self.way.layout, self.moving
        more = sum(self.comes.rows) + carried + rows
        layout = Layout(sum(moving[:carried]) + len(self.totals), more, sum(moving[carried : carried + rows]))
        return Way(layout, max(self.way.steps, 0), not self.way.backwards)

    @property
    def advance(self) -> Body:
        """What a round does to what is carried, and nothing else."""
        key = ("carried alone", self.way.layout.carried)
        found: Body | None = self.body.derived.get(key)
        if found is None:
            program = self.body.program.copy()
            program.set_ends(program.input_count, [], list(program.outputs)[: self.way.layout.carried], [])
            found = self.body.derived[key] = Body.of(optimised(program, PASSES), [])
        return found

    def parts(self, values: Sequence[Any]) -> tuple[list[Any], ...]:
        """The operands of the record: adjoints of what the loop ends with, cotangents of rows and of sums, what is
        carried at first, series, what is shared, what the gradient's body reads, and how many rounds there were."""
        carried, rows, _ = self.way.layout
        shared = self.body.program.input_count - carried - rows
        ends = sum(self.moving[:carried])
        sizes = ends, sum(self.comes.rows), sum(self.comes.sums), carried, rows, shared
        read = self.gradient.program.input_count - sum(sizes) - len(self.totals)
        rest = iter(values)
        found = [list(islice(rest, size)) for size in (*sizes, read)]
        return (*found, list(rest))

    def _fixed(self) -> int:
        """Bytes that are needed besides states that are kept."""
        where = packing(self.gradient, self.back)
        adjoints = _bytes(self.gradient.outputs()[: self.back.layout.carried - len(self.totals)])
        arenas = sum(_core.plan_of(body.program).arena_size for body in (self.advance, self.gradient))
        return 2 * self._state() + 5 * adjoints + 3 * _bytes(self.totals) + arenas + where.size * where.dtype.itemsize

    def _state(self) -> int:
        return _bytes(self.body.inputs()[: self.way.layout.carried])

    def check_room(self) -> None:
        """A ValueError where there is no room for a single round."""
        need = self._fixed() + 2 * self._state()
        if self.room.bytes and self.room.bytes < need:
            raise ValueError(
                f"checkpoint: {self.room.bytes} bytes are too few for one round of the loop to be run again: what is "
                f"carried takes {self._state()} bytes, and a round with its gradient {need} at least (of a "
                f"function's memory, a loop has three quarters)"
            )

    def states(self, steps: int) -> int:
        """How many states are kept."""
        if self.room.bytes:
            self.check_room()
            most = (self.room.bytes - self._fixed()) // max(self._state(), 1) - 1
        else:
            most = self.room.states or states_for(steps, _RUNS)
        return max(1, min(most, steps - 1))


def _totals(shared: Sequence[tuple[tuple[int, ...], Any]]) -> list[tuple[tuple[int, ...], Any]]:
    """What comes to what rounds share, as it is added up; half precisions in float32."""
    wide = np.dtype(np.float32)
    return [
        (shape, wide if dtype.itemsize == 2 else dtype) for shape, dtype in _chosen(shared, _differentiable(shared))
    ]


def _at_first(totals: Sequence[tuple[tuple[int, ...], Any]]) -> list[np.ndarray]:
    """What they begin with."""
    return [np.full(shape, complex(-0.0, -0.0) if dtype.kind == "c" else -0.0, dtype) for shape, dtype in totals]


def _gradient_body(body: Body, layout: Layout, own: Sequence[Any], comes: Comes) -> Body | None:
    """A round of the way back: adjoints and totals, cotangents of rows, what the round began with, rows, cotangents of
    sums, and what is shared, to adjoints and totals before the round, and gradients of rows."""
    (carried, rows, given), program = layout, body.program
    inputs, outputs = body.inputs(), body.outputs()
    moving, out = _differentiable(inputs), _differentiable(outputs)
    totals = _totals(inputs[carried + rows :])

    def ones(specs: Sequence[tuple[tuple[int, ...], Any]]) -> list[Any]:
        return [_core.to_tensor(np.ones(shape, dtype)) for shape, dtype in specs]

    to_rows = _chosen(_chosen(outputs[carried : carried + given], out[carried : carried + given]), comes.rows)
    to_sums = _chosen(_chosen(outputs[carried + given :], out[carried + given :]), comes.sums)
    parts = [
        ones(_chosen(outputs[:carried], out[:carried])),
        ones(totals),
        ones(to_rows),
        own[:carried],
        slot_examples(own[carried : carried + rows]),
        ones(to_sums),
        own[carried + rows :],
    ]

    def f(given_now: list[Any]) -> list[Any]:
        rest = iter(given_now)
        adjoints, sums_so_far, of_rows, state, row, of_sums, shared = ([*islice(rest, len(part))] for part in parts)
        values = [*state, *row, *shared]
        sources = _chosen(values, moving)
        followed = _chosen(shared, moving[carried + rows :])
        with Tape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            results = _chosen(_core.apply_program(program, values), out)
        has = [*[True] * len(adjoints), *comes.rows, *comes.sums]
        # (A total is what has come to its source before anything of this round does.)
        exact = [x.dtype == total.dtype for x, total in zip(followed, sums_so_far, strict=True)]
        found = tape.gradient(
            [*_chosen(results, has), *_chosen(followed, exact)],
            sources,
            output_gradients=[*adjoints, *of_rows, *of_sums, *_chosen(sums_so_far, exact)],
            unconnected_gradients="zero",
        )
        found = [_core.to_dtype(g, x.dtype) for g, x in zip(found, sources, strict=True)]
        first, second = len(adjoints), len(sources) - len(followed)
        added = [
            g if same else total + _core.to_dtype(g, total.dtype)
            for g, total, same in zip(found[second:], sums_so_far, exact, strict=True)
        ]
        return [*found[:first], *added, *found[first:second]]

    return repeatable_body(f, [x for part in parts for x in part])


# --------------------------------------------------------------------------------------------------------- the way back


class _Walk:
    """A gradient as it is computed: states in their places, and adjoints."""

    def __init__(self, of: Back, steps: int, states: int, parts: Sequence[list[np.ndarray]], given: Any) -> None:
        self._steps, self._count, self._backwards = steps, states + 1, of.way.backwards
        ends, self._to_rows, self._to_sums, first, self._series, self._shared, self._reads = parts
        carried, rows, _ = of.way.layout
        self._ahead = of.advance.rounds(Layout(carried, rows, 0))
        self._back = of.gradient.rounds(of.back.layout)
        self._places = [np.empty((self._count, *x.shape), x.dtype) for x in first]
        self._turns = [np.empty((2, *x.shape), x.dtype) for x in first]
        self.adjoints = [x.copy() for x in ends] + _at_first(of.totals)
        self._adjoint_turns = [np.empty((2, *x.shape), x.dtype) for x in self.adjoints]
        self._rows = given
        for place, x in zip(self._at(0, 1), first, strict=True):
            place[0] = x

    def _part(self, series: Sequence[np.ndarray], low: int, high: int) -> list[np.ndarray]:
        """Of some rounds, the rows."""
        if self._backwards:
            low, high = self._steps - high, self._steps - low
        return [x[low:high] for x in series]

    def _at(self, low: int, high: int) -> list[np.ndarray]:
        """Some places; of a loop that goes through its series from the end on, they lie from the end on."""
        if self._backwards:
            low, high = self._count - high, self._count - low
        return [x[low:high] for x in self._places]

    def move(self, move: Move) -> None:
        """Do a part of the schedule."""
        low, high, at, back = move
        count, begun = high - low - back, self._at(at, at + 1)
        inputs = [*begun, *self._part(self._series, low, low + count), *self._shared]
        if not back:
            self._ahead.run(count, count, self._backwards, False, False, inputs, self._turns, [])
            for place, turns in zip(self._at(at + 1, at + 2), self._turns, strict=True):
                place[0] = turns[(count - 1) % 2]
            return
        if count:
            states = self._at(at + 1, at + 1 + count)
            self._ahead.run(count, count, self._backwards, False, True, inputs, states, [])
        count += 1
        rows = [*self._part(self._to_rows, low, high), *self._at(at, at + count), *self._part(self._series, low, high)]
        inputs = [*self.adjoints, *rows, *self._to_sums, *self._shared, *self._reads]
        stacks = [*self._adjoint_turns, *self._part(self._rows, low, high)]
        self._back.run(count, count, not self._backwards, False, False, inputs, stacks, [])
        for adjoint, turns in zip(self.adjoints, self._adjoint_turns, strict=True):
            adjoint[...] = turns[(count - 1) % 2]


def _run_back(attribute: _Attribute, *given: np.ndarray) -> np.ndarray:
    """The kernel of a gradient."""
    of = Back.read(attribute)
    *parts, counts = of.parts([np.asarray(x, order="C") for x in given])
    steps = int(counts[0]) if counts else of.way.steps
    if _core.are_made_up():
        steps = min(steps, 1)
    where = packing(of.gradient, of.back)
    packed = np.zeros(where.size, where.dtype)
    rows = [where.room(packed, block) for block in where.rows]
    adjoints = parts[0] + _at_first(of.totals)
    if steps > 0:
        states = of.states(steps)
        walk = _Walk(of, steps, states, parts, rows)
        for move in schedule(steps, states):
            walk.move(move)
        adjoints = walk.adjoints
    for blocks, results in ((where.last, adjoints), (where.rows, rows)):
        for block, result in zip(blocks, results, strict=True):
            where.put(packed, block, result)
    return packed


# ---------------------------------------------------------------------------------------------------------- derivatives


def _pulled(g: Any, y: Any, attribute: _Attribute, *operands: Any) -> list[Any]:
    """Contributions to the operands."""
    *loop, room = attribute
    body, way = way_of(tuple(loop))
    (g,) = _core.conjugated([g])
    where, comes = packing(body, way), written_to(g)
    (carried, _, given), out = way.layout, _differentiable(body.outputs())

    def coming(blocks: Sequence[Any], which: Sequence[bool]) -> list[Any]:
        return [where.read(g, block) if comes(block) else None for block in _chosen(blocks, which)]

    ends = [
        _core.to_tensor(np.zeros(block.shape, block.dtype)) if end is None else end
        for block, end in zip(_chosen(where.last, out[:carried]), coming(where.last, out[:carried]), strict=True)
    ]
    to_rows = coming(where.rows, out[carried : carried + given])
    to_sums = coming(where.sums, out[carried + given :])
    found_to = Comes((), tuple(x is not None for x in to_rows), tuple(x is not None for x in to_sums))
    of = Back.of(body, way, Room(*room), operands, found_to)
    if of is None:
        return gradient_through(g, partial(written_out, tuple(loop)), operands)
    of.check_room()
    counts = [Results(body, way, y).last(1)] if way.ends == ASKING else []
    cotangents = [x for x in (*ends, *to_rows, *to_sums) if x is not None]
    packed = _core.general(_BACK, [*cotangents, *operands, *of.gradient.reads, *counts], of.attribute)
    found = Results(of.gradient, of.back, packed)
    layout, adjoints = of.back.layout, of.back.layout.carried - len(of.totals)
    parts = [found.last(k) for k in range(adjoints)]
    parts += [found.row(k) for k in range(layout.given)]
    parts += [found.last(k) if of.adds(k) else None for k in range(adjoints, layout.carried)]
    parts = [
        None if x is None else _core.to_dtype(x, dtype)
        for x, (_, dtype) in zip(parts, _chosen(body.inputs(), of.moving), strict=True)
    ]
    rest = iter(_core.conjugated(parts))
    return [next(rest) if has else None for has in of.moving]


def _pushed(tangents: list[Any], y: Any, attribute: _Attribute, *operands: Any) -> Any:
    *loop, room = attribute
    return pushed(tangents, y, tuple(loop), *operands, record=partial(_record, Room(*room)))


def _of_examples(attribute: _Attribute, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    *loop, room = attribute
    return of_examples(tuple(loop), operands, flags, n, partial(_record, Room(*room)))


def _without_room(attribute: _Attribute, operands: Sequence[Any]) -> Any:
    """What a gradient's record gives, by records of loops that have no room."""
    of = Back.read(attribute)
    body, way, moving = of.body, of.way, of.moving
    (carried, rows, given), out = way.layout, _differentiable(body.outputs())
    ends, to_rows, to_sums, first, series, shared, *_ = of.parts(operands)
    own = [*first, *series, *shared]
    sources = _chosen(own, moving)
    with Tape(watch_accessed_variables=False) as tape:
        tape.watch(sources)
        results = rounds(body, way, own)
        targets = [results.last(k) for k in range(carried) if out[k]]
        of_rows = [k for k in range(given) if out[carried + k]]
        targets += [results.row(k) for k in _chosen(of_rows, of.comes.rows)]
        of_sums = [k for k in range(len(out) - carried - given) if out[carried + given + k]]
        targets += [results.sum(k) for k in _chosen(of_sums, of.comes.sums)]
    found = tape.gradient(targets, sources, output_gradients=[*ends, *to_rows, *to_sums], unconnected_gradients="zero")
    bounds = [0, *(sum(moving[:k]) for k in (carried, carried + rows)), len(found)]
    to_first, to_series, to_shared = (found[low:high] for low, high in pairwise(bounds))
    where = packing(of.gradient, of.back)
    blocks = [*where.last, *where.rows]
    parts = [*to_first, *to_shared, *to_series]
    return where.packed([_core.to_dtype(part, block.dtype) for part, block in zip(parts, blocks, strict=True)])


def _pulled_back(g: Any, y: Any, attribute: _Attribute, *operands: Any) -> list[Any]:
    (g,) = _core.conjugated([g])
    return gradient_through(g, partial(_without_room, attribute), operands)


def _pushed_back(tangents: list[Any], y: Any, attribute: _Attribute, *operands: Any) -> Any:
    moving = [t is not None and _core.is_differentiable(x.dtype) for x, t in zip(operands, tangents, strict=True)]
    operands = tuple(map(_core.identity_tensor, operands))
    with ForwardAccumulator(_chosen(operands, moving), _chosen(tangents, moving)) as accumulator:
        packed = _without_room(attribute, operands)
    return accumulator.jvp(packed, unconnected_gradients="zero")


def _examples_back(attribute: _Attribute, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
    """Of many examples; None, which is one after the other, where values say how many rounds there are."""
    of = Back.read(attribute)
    if of.way.ends != ALL:
        return None
    with _core.Untraced():
        examples = [_core.detached(x)[0] if has else x for x, has in zip(operands, flags, strict=True)]
    made = repeatable_body(lambda inputs: [_without_room(attribute, inputs)], examples)
    if made is None:
        return None
    has = [*map(bool, flags), *[False] * len(made.reads)]
    results, *_ = _core.apply_to_examples(made.program, [*operands, *made.reads], has, n)
    return results[0]


# ----------------------------------------------------------------------------------------------------------------- rows


def _fits(attribute: Any) -> bool:
    if type(attribute) is not tuple or len(attribute) != 7:
        return False
    body, layout, steps, backwards, kept, ends, room = attribute
    return kept == LAST and ends in (ALL, ASKING) and _fits_room(room) and _fits_loop(body, layout, steps, backwards)


def _fits_room(room: Any) -> bool:
    return type(room) is tuple and len(room) == 2 and all(type(x) is int and x >= 0 for x in room)


def _fits_loop(body: Any, layout: Any, steps: Any, backwards: Any) -> bool:
    return (
        isinstance(body, Body)
        and type(layout) is tuple
        and len(layout) == 3
        and all(type(x) is int and x >= 0 for x in layout)
        and type(steps) is int
        and steps >= -1
        and type(backwards) is bool
    )


def _fits_back(attribute: Any) -> bool:
    if type(attribute) is not tuple or len(attribute) != 8:
        return False
    body, layout, steps, backwards, ends, room, gradient, comes = attribute
    return (
        _fits_loop(body, layout, steps, backwards)
        and ends in (ALL, ASKING)
        and _fits_room(room)
        and isinstance(gradient, Body)
        and type(comes) is tuple
        and len(comes) == 3
        and all(type(flags) is tuple and all(type(flag) is bool for flag in flags) for flags in comes)
    )


def _gradient_of(attribute: _Attribute, *operands: forms.Kind) -> forms.Kind:
    of = Back.read(attribute)
    (carried, rows, given), steps = of.way.layout, of.way.steps
    inputs, outputs = of.body.inputs(), of.body.outputs()
    if carried + rows > len(inputs) or carried + given > len(outputs) or inputs[:carried] != outputs[:carried]:
        raise ValueError(f"a body of {len(inputs)} inputs and {len(outputs)} outputs")
    if steps < 0 and (rows or given or of.way.ends != ASKING):
        raise ValueError("a loop without end")
    out = _differentiable(outputs)
    ends = _chosen(outputs[:carried], out[:carried])
    to_rows = _chosen(_chosen(outputs[carried : carried + given], out[carried : carried + given]), of.comes.rows)
    to_sums = _chosen(_chosen(outputs[carried + given :], out[carried + given :]), of.comes.sums)
    wanted = [*ends, *of.totals, *to_rows, *inputs[: carried + rows], *to_sums, *inputs[carried + rows :]]
    moved = [_chosen(specs, _differentiable(specs)) for specs in (inputs[:carried], inputs[carried : carried + rows])]
    results = [*moved[0], *of.totals, *moved[1]]
    own = of.gradient.inputs()
    if own[: len(wanted)] != wanted or of.gradient.outputs() != results:
        raise ValueError(f"the body of its gradient takes {own}, and gives {of.gradient.outputs()}")

    def kinds(specs: Sequence[tuple[tuple[int, ...], Any]], count: int | None = None) -> list[forms.Kind]:
        return [forms.Kind(dtype, shape if count is None else (count, *shape)) for shape, dtype in specs]

    taken = [*kinds(ends), *kinds(to_rows, steps), *kinds(to_sums), *kinds(inputs[:carried])]
    taken += [*kinds(inputs[carried : carried + rows], steps), *kinds(inputs[carried + rows :])]
    taken += kinds(own[len(wanted) :])
    if of.way.ends == ASKING:
        taken.append(forms.Kind(np.dtype(np.int64), ()))
    if list(operands) != taken:
        raise ValueError(f"its operands are {taken}")
    where = packing(of.gradient, of.back)
    return forms.Kind(where.dtype, (where.size,))


def _flops_back(attribute: _Attribute, operands: Sequence[tuple[int, ...]], result: tuple[int, ...]) -> int:
    from .cost import cost_of

    of = Back.read(attribute)
    steps = max(of.way.steps, 1)
    again = fewest_runs(steps, of.states(steps))
    return int(cost_of(of.gradient.program).flops) * steps + int(cost_of(of.advance.program).flops) * again


def _back_in_c(place: Place, attribute: _Attribute, *given: Value) -> Value:
    raise not_written(place.op, "its rounds are run again as there is room for their states")


_CHECKPOINTED = loop_row(
    "checkpointed",
    lambda attribute, *x: run_rounds((_as_run(attribute[0]), *attribute[1:6]), *x),
    _pulled,
    _pushed,
    examples=_of_examples,
    form=forms.Form("a body, how it is run, and how much its gradient may keep", _fits),
    gives=lambda attribute, *x: result_of(attribute[:6], *x),
    c=lambda place, attribute, *x: in_c(place, attribute[:6], *x),
    cost=lambda attribute, *shapes: flops(attribute[:6], *shapes),
)

_BACK = loop_row(
    "checkpointed_gradient",
    _run_back,
    _pulled_back,
    _pushed_back,
    "the gradient of a loop",
    examples=_examples_back,
    form=forms.Form("a loop, how much may be kept of it, and the body of its gradient", _fits_back),
    gives=_gradient_of,
    c=_back_in_c,
    cost=_flops_back,
)


def room_in_budget(budget: int) -> Room:
    """What a loop has of a function's budget; the rest is for the rest of the function."""
    return Room(bytes=budget * 3 // 4)


def room_of_gradient(op: str, attribute: _Attribute) -> int:
    """The bytes that a record may take if it is the gradient of such a loop; 0 where nothing says so."""
    return Back.read(attribute).room.bytes if _core.op_named(op) is _BACK else 0
