"""Loops as one record each: where what a round does can be a program that runs over and over. Each function here
returns None where it cannot; Python then runs round after round, and all of them are recorded.

Within a recorded function that is what becomes of loops of many rounds. Where there is a `Room`, it is what
becomes of all that somebody hears, outside of recorded functions, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core, nest
from ..budgets import bytes_of
from ..programs.checkpointed import Room, checkpointed, room_in_budget
from ..programs.loops import Body, Layout
from ..programs.rounds import ALL, ASKING, LAST, STACKED, Way, repeatable_body, rounds
from ..tensors.creation import cast

__all__ = [
    "FEW_RECORDS",
    "FEW_ROUNDS",
    "MANY_ELEMENTS",
    "MANY_RECORDS",
    "PEELED",
    "Room",
    "folded",
    "is_heard",
    "looped",
    "mapped",
    "not_repeatable",
    "room_of",
    "scanned",
]

FEW_ROUNDS = 8
FEW_RECORDS = 400
"""Loops of fewer are written out: their records are fused with those around them."""

MANY_ELEMENTS = 1 << 14
MANY_RECORDS = 20_000
"""So are loops over larger arrays than that, up to so many records: rounds are then fused, block by block, with each
other, and their arrays need not be written to memory. To record them takes little of the time of a single run."""

_PART_OF_STATES = 4  # loops of which all states are less than that part of a budget keep them

PEELED = 2
"""So many rounds may change the shapes and dtypes of what is carried."""


def _leaves(structure: Any) -> tuple[list[Any], Callable[[list[Any]], Any]] | None:
    """What stands for tensors in a structure of nothing else, and how to put others in their places."""
    leaves, rebuild = nest.flatten_for_tape(structure)
    known = (_core.Operand, np.ndarray, np.generic, bool, int, float, complex)
    if not all(isinstance(x, known) for x in leaves):
        return None
    return leaves, rebuild


class _OtherError(Exception):
    """A round gives on something else than it was given."""


def _leaves_like(result: Any, rebuild: Callable[[list[Any]], Any], given: Sequence[Any]) -> list[Any]:
    """The tensors of a result that has a structure, and kinds, that are known."""
    found = _leaves(result)
    places = list(range(len(given)))
    if found is None or len(found[0]) != len(given) or found[1](places) != rebuild(places):
        raise _OtherError
    return found[0]


def _body(
    f: Callable[[list[Any]], Sequence[Any]], examples: Sequence[Any], carried: int, room: Room | None, function: str
) -> Body | None:
    """What a round does, where it gives on what it is given. Where there is to be a room, one that is no program is
    refused before Python runs it."""
    others: list[None] = []

    def like(inputs: list[Any]) -> Sequence[Any]:
        try:
            return f(inputs)
        except _OtherError:
            others.append(None)
            return []

    try:
        body = repeatable_body(like, examples, as_written=room is not None)
    except Exception:
        if room is not None:
            raise
        return None  # whatever it is, a round that Python runs raises it where it belongs
    if body is None:
        if room is not None:
            raise not_repeatable(function)
        return None
    if others or body.outputs()[:carried] != body.inputs()[:carried]:
        return None
    return body


def not_repeatable(function: str) -> ValueError:
    """What says that a body cannot be run again."""
    return ValueError(
        f"{function}: checkpoint runs rounds again as a program, and this body is none: it looks at values in Python, "
        f"draws random numbers, assigns, prints, or gives on other shapes, dtypes or structures than it is given; "
        f"without checkpoint its rounds are recorded one by one (tf.recompute_grad runs a part of them again)"
    )


def _rows(elems: Sequence[Any], at: int) -> list[Any]:
    with _core.Untraced():
        return [_core.detached(x)[at] for x in elems]


def _is_small(body: Body, steps: int) -> bool:
    """Whether a loop is better written out."""
    program = body.program
    records = steps * len(program)
    if records < FEW_RECORDS or records > MANY_RECORDS:
        return records < FEW_RECORDS
    return any(math.prod(program.node(k)[3]) > MANY_ELEMENTS for k in range(program.input_count, len(program)))


def room_of(checkpoint: Any, function: str) -> Room | None:
    """What a `checkpoint` argument asks for; None where it asks for nothing."""
    if checkpoint is None or checkpoint is False:
        return None
    if checkpoint is True:
        return Room()
    if isinstance(checkpoint, str):
        return Room(bytes=bytes_of(checkpoint, f"{function}: checkpoint"))
    try:
        states = _core.integer(checkpoint)
    except TypeError:
        raise TypeError(
            f"{function}: checkpoint is True, a number of states to keep, or an amount of memory such as "
            f'"200MB", not {checkpoint!r:.80}'
        ) from None
    if states < 1:
        raise ValueError(f"{function}: checkpoint is the number of states to keep, 1 at least, not {states}")
    return Room(states)


def _recorded(body: Body, way: Way, operands: Sequence[Any], room: Room | None) -> Any:
    """A loop's record. (Where all states are asked for, they are there for the gradient.)"""
    if way.kept == STACKED:
        return rounds(body, way, operands)
    room = room or _room_in_budget(body, way)
    return rounds(body, way, operands) if room is None else checkpointed(body, way, operands, room)


def _room_in_budget(body: Body, way: Way) -> Room | None:
    """The room that a loop has in a recorded function that has a budget; None where its states take little of that."""
    budget = _core.traced_budget()
    states = body.outputs()[: way.layout.carried]
    one = sum(math.prod(shape) * dtype.itemsize for shape, dtype in states)
    if not budget or (way.steps >= 0 and way.ends == ALL and way.steps * one * _PART_OF_STATES <= budget):
        return None
    return room_in_budget(budget)


def is_heard(room: Room | None) -> bool:
    """Whether a loop is to be one record, as far as that depends on who records."""
    return _core.is_tracing() or (room is not None and _core.is_recording())


def _reads(body: Body) -> list[Any]:
    """What a body reads around it. A program reads arrays that others may write to anew each time, others once."""
    return body.reads if _core.is_tracing() else list(_core.kept_values(body.reads))


def mapped(fn: Callable[[Any], Any], elems: Any, count: int) -> Any:
    """A function of each slice, stacked."""
    found = scanned(lambda _, row: ((), fn(row)), (), elems, range(count))
    return None if found is None else found[1]


def folded(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    first: Any,
    order: range,
    whole: bool,
    room: Room | None = None,
    function: str = "",
) -> Any:
    """What is carried along slices: `whole`, after each of them, or after the last. Slices go from either end on."""
    found = scanned(
        lambda state, row: (fn(state, row), ()), first, elems, order, STACKED if whole else LAST, room, function
    )
    return None if found is None else found[0]


def scanned(
    fn: Callable[[Any, Any], tuple[Any, Any]],
    first: Any,
    elems: Any,
    order: range,
    kept: str = LAST,
    room: Room | None = None,
    function: str = "",
) -> tuple[Any, Any] | None:
    """What is carried along slices, after the last of them or (`kept`) stacked, and what each gives beside it, stacked.

    Slices go from either end on.
    """
    if not is_heard(room) or len(order) < (FEW_ROUNDS if room is None else 1):
        return None
    series, rebuild_row = nest.flatten_for_tape(nest.map_structure(_core.operand, elems))
    found = _leaves(first)
    if found is None:
        return None
    state, rebuild = list(map(_core.operand, found[0])), found[1]
    carried = len(state)
    made: list[Callable[[list[Any]], Any]] = []

    def f(inputs: list[Any]) -> list[Any]:
        after, beside = fn(rebuild(inputs[:carried]), rebuild_row(inputs[carried:]))
        given = _leaves(beside)
        if given is None:
            raise _OtherError
        made.append(given[1])
        return [*_leaves_like(after, rebuild, state), *given[0]]

    body = _body(f, [*state, *_rows(series, order[0])], carried, room, function)
    if body is None or (room is None and _is_small(body, len(order))):
        return None
    given = len(body.outputs()) - carried
    low, high = min(order), max(order) + 1
    series = [x if high - low == x.shape[0] else x[low:high] for x in series]
    way = Way(Layout(carried, len(series), given), len(order), order[0] > order[-1], kept)
    operands = [*state, *series, *_reads(body)]
    results = _recorded(body, way, operands, room)
    carried_on = results.stacked if kept == STACKED else results.last
    return rebuild([carried_on(k) for k in range(carried)]), made[-1]([results.row(k) for k in range(given)])


def looped(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    values: Sequence[Any],
    goes: Any,
    limit: Any,
    room: Room | None = None,
) -> tuple[Sequence[Any], bool] | None:
    """What a function has changed as long as a condition holds, and whether that gives a value alone; `goes` is the
    condition of the first values."""
    if not is_heard(room):
        return None
    found = _leaves(tuple(values))
    if found is None or not found[0]:
        return None
    state, rebuild = list(map(_core.operand, found[0])), found[1]
    kind: list[Any] = []

    def truth(value: Any) -> Any:
        if isinstance(value, (bool, np.bool_)):
            return np.bool_(value)
        value = _core.operand(value)
        if value.shape != ():
            raise _OtherError
        return value if value.dtype == np.dtype(bool) else cast(value, bool)

    def f(inputs: list[Any]) -> list[Any]:
        after = body(*rebuild(inputs[2:]))
        alone = not isinstance(after, (list, tuple))
        kind.append(None if alone else type(after))
        after = (after,) if alone else after
        found = _leaves_like(tuple(after), rebuild, state)
        go, count = truth(cond(*after)), inputs[1] + np.int64(1)
        if isinstance(limit, _core.Operand):
            go = go & (count < cast(limit, np.int64))
        return [go, count, *found]

    try:
        begins = truth(goes) & (limit > 0) if isinstance(limit, _core.Operand) else truth(goes)
        carried = [_core.operand(begins), _core.to_tensor(np.int64(0)), *state]
    except _OtherError:
        return None
    made = _body(f, carried, len(carried), room, "while_loop")
    if made is not None and kind[-1] not in (None, list, tuple) and room is not None:
        raise not_repeatable("while_loop")
    if made is None or kind[-1] not in (None, list, tuple):
        return None
    known = _Known(made, carried)
    if known.is_known:
        if limit is not None and isinstance(limit, int):
            known.most = limit
        known.run()
        if known.steps < 1 or (room is None and (known.steps < FEW_ROUNDS or _is_small(made, known.steps))):
            return None
        results = known.results(room)
    else:
        steps = limit if isinstance(limit, int) else -1
        way = Way(Layout(len(carried), 0, 0), steps, False, LAST, ASKING)
        operands = [*carried, *_reads(made)]
        found_all = _recorded(made, way, operands, room)
        results = [found_all.last(k) for k in range(2, len(carried))]
    return (kind[-1] or tuple)(rebuild(results)), kind[-1] is None


class _Known:
    """A loop whose number of rounds is the same at each call, because what its condition reads is."""

    def __init__(self, body: Body, carried: Sequence[Any]) -> None:
        self.body, self.carried = body, list(carried)
        self.most = 1 << 62
        program = body.program
        reached: list[set[int]] = []
        for node in range(len(program)):
            if node < program.input_count:
                reached.append({node})
            else:
                reached.append(set().union(*(reached[k] for k in program.node(node)[1])))
        self._reads = [reached[node] for node in program.outputs]
        self._counting = self._closed({0, 1})
        # (Whether there is a first round is found out as it is for the others.)
        deciding = self._counting - {0}
        self.is_known = all(
            k < len(carried) and not _core.varies(carried[k]) and not _core.is_followed(carried[k]) for k in deciding
        )

    def _closed(self, wanted: set[int]) -> set[int]:
        """What is carried that decides these outputs, round after round."""
        while True:
            more = wanted.union(*(self._reads[k] for k in wanted if k < len(self.carried)))
            if more == wanted:
                return wanted
            wanted = more

    def _part(self, which: Sequence[int], whole: bool, as_written: bool) -> tuple[Body, list[Any]]:
        """A body of some of what is carried, and its operands; the `whole` one raises errors that the rest has."""
        body = self.body

        def f(inputs: list[Any]) -> list[Any]:
            own = [*self.carried, *inputs[len(which) :]]
            for k, x in zip(which, inputs, strict=False):
                own[k] = x
            results = _core.apply_program(body.program, own)
            return [results[k] for k in which]

        operands = [*(self.carried[k] for k in which), *body.reads]
        with _core.Untraced():
            made = repeatable_body(f, operands, whole, as_written)
        assert made is not None  # (as the body that it is a part of)
        return made, [*operands, *made.reads]

    def run(self) -> None:
        """Find out how many rounds there are."""
        which = sorted(self._counting)
        made, operands = self._part(which, False, False)
        with _core.Untraced():
            arrays = [np.asarray(_core.value_array(_core.detached(x)), order="C") for x in operands]
        stacks = [np.empty((2, *x.shape), x.dtype) for x in arrays[: len(which)]]
        layout = Layout(len(which), 0, 0)
        self.steps = made.rounds(layout).run(0, self.most, False, True, False, arrays, stacks, [])
        ends = [stack[(self.steps - 1) % 2] for stack in stacks] if self.steps else arrays
        self._found = dict(zip(which, ends, strict=False))

    def results(self, room: Room | None) -> list[Any]:
        """What is carried at the end: of what only counts, it is known."""
        count = len(self.carried)
        which = sorted(k for k in self._closed(set(range(2, count)) - self._counting) if 2 <= k < count)
        last: dict[int, Any] = {k: _core.to_tensor(x.copy()) for k, x in self._found.items()}
        if which:
            made, operands = self._part(which, True, room is not None)
            way = Way(Layout(len(which), 0, 0), self.steps, False, LAST, ALL)
            found = _recorded(made, way, operands, room)
            last |= {k: found.last(at) for at, k in enumerate(which)}
        return [last[k] for k in range(2, count)]
