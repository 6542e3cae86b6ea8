"""A loop as an op of programs: one record, whatever the number of rounds.

Its attributes are the body, which is a program of operands alone, and how it is run: how many inputs are carried from
round to round, how many are rows of series (the rest is shared), how often, from which end, what is kept. Its operands
are the first values of what is carried, the series, and what is shared; its result is one vector, in which everything
that the loop gives lies side by side (`Packing`). The gradient of a loop is a loop the other way round, a tangent's is
a loop the same way, and many examples are one loop of a body of many: each is such a record again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..derivatives.autodiff import ForwardAccumulator
from ..ops import forms
from ..ops.c_loops import Place
from ..ops.c_values import Value, contiguous, type_name
from ..ops.complex_parts import real
from ..ops.elementwise import select
from ..ops.reductions import reduce_any
from ..ops.shaping import broadcast_to, concat, expand_dims, reshape, transpose
from ..tape import Tape
from ..tensors.creation import cast
from .apart import FEW_ROUNDS, PutOff, kept_nodes, put_off, reading, upright
from .c_expressions import not_written
from .differentiable import bare, no_draws, optimised
from .loops import Body, Layout
from .rotated import rotated

__all__ = [
    "MOST_KEPT",
    "PASSES",
    "Comes",
    "Packing",
    "Results",
    "Way",
    "appended",
    "flops",
    "gradient_body",
    "gradient_through",
    "in_c",
    "loop_row",
    "of_examples",
    "packing",
    "pushed",
    "repeatable_body",
    "result_of",
    "rounds",
    "run_rounds",
    "slot_examples",
    "way_of",
    "written_out",
    "written_to",
]

LAST, STACKED, BOTH = "last", "stacked", "both"
ALL, ASKING, COUNTED = "all", "asking", "counted"

MOST_KEPT = 1 << 26
"""Bytes of what gradients need of a loop: those of more are loops of loops."""

Recording = Callable[[Body, "Way", Sequence[Any]], Any]
"""What makes a record of a loop, and gives its packed result."""

_UNLIMITED = 1 << 62


class Way(NamedTuple):
    """How a body is run: `attribute` makes a record's of it.

    `kept` says what becomes of what is carried: only what is there after the `last` round, what is there after each
    (`stacked`), or the last and what each round began with (`both`), which gradients need. `ends`: `all` rounds are
    run, or those before the first of what is carried, a truth value, does not hold (`asking`: the second then counts
    the rounds), or as many as the last operand says (`counted`). -1 steps have no limit.
    """

    layout: Layout
    steps: int
    backwards: bool = False
    kept: str = LAST
    ends: str = ALL

    @property
    def began(self) -> slice:
        """Where among what is kept of both stands what each round began with."""
        return slice(1, self.steps + 1) if self.backwards else slice(0, self.steps)

    @property
    def ended(self) -> slice:
        """The same of what each round ended with."""
        return slice(0, self.steps) if self.backwards else slice(1, self.steps + 1)

    def attribute(self, body: Body) -> tuple[Any, ...]:
        """What a record has."""
        return (body, tuple(self.layout), *self[1:])


class Block(NamedTuple):
    """Where a result lies, and what it is. Integers of 64 bits are two numbers: the higher half, and the lower."""

    start: int
    stop: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def _is_long(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "iu" and dtype.itemsize == 8


class Packing:
    """Everything that a loop gives as one vector of floats, or of complex numbers, which hold it exactly."""

    def __init__(self, specs: Sequence[tuple[tuple[int, ...], Any]], way: Way) -> None:
        carried, _, given = way.layout
        narrow = all(
            dtype.itemsize <= (2 if dtype.kind in "iu" else 8 if dtype.kind == "c" else 4) for _, dtype in specs
        )
        kind = "c" if any(dtype.kind == "c" for _, dtype in specs) else "f"
        self.dtype = np.dtype(f"{kind}{(8 if kind == 'c' else 4) if narrow else (16 if kind == 'c' else 8)}")
        self.size = 0
        rounds = max(way.steps, 0)
        states = [] if way.kept == STACKED else specs[:carried]
        self.last = [self._block(shape, dtype) for shape, dtype in states]
        count = rounds + (way.kept == BOTH)  # (the first values, too)
        kept = [] if way.kept == LAST else specs[:carried]
        self.kept = [self._block((count, *shape), dtype) for shape, dtype in kept]
        rows, sums = specs[carried : carried + given], specs[carried + given :]
        self.rows = [self._block((rounds, *shape), dtype) for shape, dtype in rows]
        self.sums = [self._block(shape, dtype) for shape, dtype in sums]

    @property
    def blocks(self) -> list[Block]:
        """All of them, in order."""
        return [*self.last, *self.kept, *self.rows, *self.sums]

    def _block(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Block:
        start = self.size
        self.size += math.prod(shape) * (1 + _is_long(dtype))
        return Block(start, self.size, shape, dtype)

    def room(self, packed: np.ndarray, block: Block) -> np.ndarray:
        """An array to write a result to, in its place where that is of its dtype."""
        if block.dtype == self.dtype:
            return packed[block.start : block.stop].reshape(block.shape)
        return np.zeros(block.shape, block.dtype)

    def put(self, packed: np.ndarray, block: Block, array: np.ndarray) -> None:
        """Write a result, unless it was written in its place."""
        part = packed[block.start : block.stop]
        if np.may_share_memory(part, array) or not part.size:
            return
        if _is_long(block.dtype):
            half = part.size // 2
            part[:half], part[half:] = (array >> 32).reshape(-1), (array & 0xFFFFFFFF).reshape(-1)
        else:
            part[:] = array.reshape(-1)

    def read(self, packed: Any, block: Block, part: slice | None = None) -> Any:
        """A result, or some rows of it, as a tensor of the packed one's."""
        shape, start, stop = block.shape, block.start, block.stop
        if _is_long(block.dtype):
            half = (stop - start) // 2
            high, low = (cast(reshape(packed[at : at + half], shape), block.dtype) for at in (start, start + half))
            whole = high * np.array(1 << 32, block.dtype) + low
            return whole if part is None else whole[part]
        if part is not None:
            low_row, high_row, _ = part.indices(shape[0])
            size = math.prod(shape[1:])
            start, stop = start + low_row * size, start + high_row * size
            shape = (high_row - low_row, *shape[1:])
        value = packed[start:stop]
        if self.dtype.kind == "c" and block.dtype.kind != "c":
            value = real(value)
        return reshape(value if value.dtype == block.dtype else cast(value, block.dtype), shape)

    def packed(self, values: Sequence[Any], examples: tuple[int, ...] = ()) -> Any:
        """Tensors, one a block, as a packed one; each with axes of examples in front."""
        parts = []
        for value in values:
            halves = [value]
            if _is_long(value.dtype):
                base = np.array(1 << 32, value.dtype)
                halves = [value // base, value % base]
            parts += [reshape(cast(x, self.dtype), (*examples, -1)) for x in halves]
        return concat(parts, -1)


def _recorded(body: Body, way: Way, operands: Sequence[Any]) -> Any:
    """The record; its packed result."""
    return _core.general(_ROUNDS, list(operands), way.attribute(body))


def packing(body: Body, way: Way) -> Packing:
    """Where the results of a loop lie."""
    key = way._replace(backwards=False, ends=ALL)
    found = body.packings.get(key)
    if found is None:
        found = body.packings[key] = Packing(body.outputs(), way)
    return found


def way_of(attribute: tuple[Any, ...]) -> tuple[Body, Way]:
    """A record's body, and how it is run."""
    body, layout, *rest = attribute
    return body, Way(Layout(*layout), *rest)


def run_rounds(attribute: tuple[Any, ...], *given: np.ndarray) -> np.ndarray:
    """The kernel."""
    body, way = way_of(attribute)
    (carried, _, _), steps = way.layout, way.steps
    where = packing(body, way)
    arrays = [np.asarray(x, order="C") for x in given]
    most = steps if steps >= 0 else _UNLIMITED
    if way.ends == COUNTED:
        most = min(max(int(arrays.pop()), 0), most)
    if _core.are_made_up():
        most = min(most, 1)
    packed = (np.empty if way.ends == ALL else np.zeros)(where.size, where.dtype)
    kept = [where.room(packed, block) for block in where.kept]
    if way.kept == LAST:
        stacks = [np.empty((2, *shape), dtype) for shape, dtype in body.outputs()[:carried]]
    elif way.kept == STACKED:
        stacks = kept
    else:
        stacks = [whole[:-1] if way.backwards else whole[1:] for whole in kept]
    rows, sums = ([where.room(packed, block) for block in blocks] for blocks in (where.rows, where.sums))
    for total in sums:
        total[...] = 0
    done = body.rounds(way.layout).run(
        max(steps, 0), most, way.backwards, way.ends == ASKING, way.kept != LAST, arrays, [*stacks, *rows], sums
    )
    if way.kept == BOTH:
        for whole, first in zip(kept, arrays, strict=False):
            whole[done if way.backwards else 0] = first
    for k, block in enumerate(where.last):
        at = (done - 1) % 2 if way.kept == LAST else 0 if way.backwards else done - 1
        where.put(packed, block, stacks[k][at] if done else arrays[k])
    for blocks, results in ((where.kept, kept), (where.rows, rows), (where.sums, sums)):
        for block, result in zip(blocks, results, strict=True):
            where.put(packed, block, result)
    return packed


class Results:
    """What a loop gives."""

    def __init__(self, body: Body, way: Way, packed: Any) -> None:
        self.packed, self._where, self._way = packed, packing(body, way), way

    def last(self, k: int) -> Any:
        """What is carried, after the last round."""
        if self._way.kept != STACKED:
            return self._where.read(self.packed, self._where.last[k])
        at = 0 if self._way.backwards else self._way.steps - 1
        return self._where.read(self.packed, self._where.kept[k], slice(at, at + 1))[0]

    def stacked(self, k: int) -> Any:
        """What is carried, after each round."""
        return self._where.read(self.packed, self._where.kept[k])

    def before(self, k: int, first: Any) -> Any:
        """What is carried, before each round."""
        if self._way.kept == BOTH:
            return self._where.read(self.packed, self._where.kept[k], self._way.began)
        states, first = self.stacked(k), expand_dims(first, 0)
        return concat([states[1:], first] if self._way.backwards else [first, states[:-1]], 0)

    def after(self, k: int) -> Any:
        """What is carried, after each round, where that is kept."""
        if self._way.kept == BOTH:
            return self._where.read(self.packed, self._where.kept[k], self._way.ended)
        return self.stacked(k)

    def row(self, k: int) -> Any:
        """A result of each round, stacked."""
        return self._where.read(self.packed, self._where.rows[k])

    def sum(self, k: int) -> Any:
        """A sum of terms of all rounds."""
        return self._where.read(self.packed, self._where.sums[k])


def rounds(body: Body, way: Way, operands: Sequence[Any]) -> Results:
    """One record, for whoever listens. Where a tape does, what gradients need is kept."""
    if way.kept == LAST and way.steps >= 0 and any(map(_core.is_followed, operands)):
        if _keeps_much(body, way):
            return in_segments(body, way, operands)
        body, way = _keeping(body, way, operands)
    elif way.kept == LAST and way.ends == ALL and way.steps > 1:
        more = _rotated(body, way.layout)
        if more is not None:  # what is carried besides comes behind what is carried
            changed, first = more
            carried = way.layout.carried
            begun = _core.apply_program(first.program, list(operands))
            operands = [*operands[:carried], *begun, *operands[carried:]]
            body, way = changed, way._replace(layout=Layout(carried + len(begun), 0, 0))
    return Results(body, way, _recorded(body, way, operands))


def appended(program: Any, operands: list[int], body: Body, way: Way) -> int:
    """The record as a program's next one; returns its node."""
    where = packing(body, way)
    return int(program.add_node("rounds", operands, where.dtype, (where.size,), way.attribute(body)))


def _rotated(body: Body, layout: Layout) -> tuple[Body, Body] | None:
    if ("rotated", layout) not in body.derived:
        body.derived["rotated", layout] = rotated(body, layout)
    found: tuple[Body, Body] | None = body.derived["rotated", layout]
    return found


def _keeps_much(body: Body, way: Way) -> bool:
    """Whether what each round began with, which gradients need, is more than there should be."""
    one = sum(math.prod(shape) * dtype.itemsize for shape, dtype in body.outputs()[: way.layout.carried])
    return way.ends == ALL and way.steps >= 4 and way.steps * one > MOST_KEPT


class _InSegments:
    """What a loop of loops gives, and the rounds that are left over, as one loop's."""

    def __init__(self, parts: Sequence[tuple[Results, int]], backwards: bool) -> None:
        self._parts, self._backwards = parts, backwards

    def last(self, k: int) -> Any:
        """What is carried, after the last round."""
        return self._parts[-1][0].last(k)

    def row(self, k: int) -> Any:
        """A result of each round, stacked."""
        found = []
        for results, inner in self._parts:
            x = results.row(k)
            found.append(reshape(x, (-1, *x.shape[2:])) if inner > 1 else x)
        return concat(found[::-1] if self._backwards else found, 0)

    def sum(self, k: int) -> Any:
        """A sum of terms of all rounds."""
        return sum([results.sum(k) for results, _ in self._parts[1:]], self._parts[0][0].sum(k))


def in_segments(body: Body, way: Way, operands: Sequence[Any]) -> Any:
    """The same as loops of loops: what gradients need is kept of each inner loop's beginning, and of the rounds in it
    when they are run once more. So it takes the square root of the memory, and some of the time once more."""
    (carried, rows, given), steps = way.layout, way.steps
    inner = max(math.isqrt(steps), 2)
    outer, rest = steps // inner, steps % inner
    state, series, shared = (
        list(operands[:carried]),
        operands[carried : carried + rows],
        list(operands[carried + rows :]),
    )
    short = way._replace(steps=inner, kept=LAST)

    def segment(inputs: list[Any]) -> list[Any]:
        found = Results(body, short, _recorded(body, short, inputs))
        sums = len(body.outputs()) - carried - given
        return [
            *(found.last(k) for k in range(carried)),
            *(found.row(k) for k in range(given)),
            *(found.sum(k) for k in range(sums)),
        ]

    parts: list[tuple[Results, int]] = []
    low = rest if way.backwards else 0  # (the rounds that are left over come last)
    if outer:
        whole = [reshape(x[low : low + outer * inner], (outer, inner, *x.shape[1:])) for x in series]
        key = ("segment", way.layout, inner, way.backwards)
        if key not in body.derived:
            body.derived[key] = repeatable_body(segment, [*state, *slot_examples(whole), *shared])
        made = body.derived[key]
        if made is None:
            long = way._replace(kept=BOTH)
            return Results(body, long, _recorded(body, long, operands))
        long = Way(way.layout, outer, way.backwards, BOTH)
        packed = _recorded(made, long, [*state, *whole, *shared, *made.reads])
        parts.append((Results(made, long, packed), inner))
        state = [parts[0][0].last(k) for k in range(carried)]
    if rest:
        high = rest if way.backwards else steps
        left = way._replace(steps=rest, kept=BOTH)
        rows_left = [x[high - rest : high] for x in series]
        packed = _recorded(body, left, [*state, *rows_left, *shared])
        parts.append((Results(body, left, packed), 1))
    return _InSegments(parts, way.backwards)


# -------------------------------------------------------------------------------------------------------------- bodies


class _NoBodyError(Exception):
    """A function of tensors that cannot be run over and over as a program."""


def repeatable_body(
    f: Callable[[list[Any]], Sequence[Any]], examples: Sequence[Any], whole: bool = True, as_written: bool = False
) -> Body | None:
    """A function of tensors as a body, or None where it does more, or other things at other values.

    It is run once. The `whole` body has what raises errors, and gives no output anything. One `as_written` does all as
    often as the function does: a gradient is then added up from the same terms, in the same order. Variables have the
    values that they had, and what it prints is not printed.
    """
    made_up = _core.are_made_up()
    try:
        with no_draws(), _core.Rehearsal(), _core.Tracer(bare(examples), made_up) as tracer:
            outputs = [
                y if isinstance(y, _core.Operand) else _core.identity_tensor(y) for y in f(list(tracer.arguments))
            ]
            program = _core.freeze(tracer, outputs, whole)
            if tracer.obstacle is not None or tracer.assigned or tracer.created or program.places:
                raise _NoBodyError
    except _NoBodyError:
        return None
    del outputs
    if tracer.leaks():
        tracer.poison_leaks("the body of a loop")
        return None
    _core.compact(program)  # (what is read for nothing is not read)
    closed, reads = _core.close_program(program)
    closed = optimised(closed, () if as_written else PASSES)
    return Body.of(closed, reads) if _core.is_repeatable(closed) else None


PASSES = ("simplify", "share_common", "fold_constants")
"""What the programs of bodies are put through."""


def _floats(values: Sequence[Any]) -> list[bool]:
    return [_core.is_differentiable(x.dtype) for x in values]


def _of_dtypes(specs: Sequence[tuple[tuple[int, ...], Any]]) -> list[bool]:
    return [_core.is_differentiable(dtype) for _, dtype in specs]


def _chosen(values: Sequence[Any], which: Sequence[bool]) -> list[Any]:
    return [x for x, has in zip(values, which, strict=True) if has]


def slot_examples(values: Sequence[Any]) -> list[Any]:
    """A row of each series, for the record of a body."""
    with _core.Untraced():
        return [_core.detached(x)[0] for x in values]


# --------------------------------------------------------------------------------------------------------- derivatives


def written_out(attribute: tuple[Any, ...], operands: Sequence[Any]) -> Any:
    """The same, record by record: what a loop means."""
    body, way = way_of(attribute)
    carried, rows, given = way.layout
    where = packing(body, way)
    count = way.steps if way.steps >= 0 else _UNLIMITED
    operands = list(operands)
    if way.ends == COUNTED:
        count = min(int(operands.pop()), count)
    state, series, shared = operands[:carried], operands[carried : carried + rows], operands[carried + rows :]
    before: list[list[Any]] = []
    after: list[list[Any]] = []
    found: list[list[Any]] = []
    sums = [_core.to_tensor(np.zeros(shape, dtype)) for shape, dtype in body.outputs()[carried + given :]]
    order = range(count)
    for k in reversed(order) if way.backwards else order:
        if way.ends == ASKING and not bool(state[0]):
            break
        before.append(state)
        results = _core.apply_program(body.program, [*state, *[x[k] for x in series], *shared])
        state = results[:carried]
        after.append(state)
        found.append(results[carried : carried + given])
        sums = [total + term for total, term in zip(sums, results[carried + given :], strict=True)]

    def piled(parts: list[list[Any]], k: int, block: Block, last: list[Any]) -> Any:
        values = [part[k] for part in parts] + [x[k] for x in last]
        rest = block.shape[0] - len(values)
        whole = [expand_dims(x, 0) for x in (values[::-1] if way.backwards else values)]
        if rest:
            whole.append(_core.to_tensor(np.zeros((rest, *block.shape[1:]), block.dtype)))
        return concat(whole, 0) if whole else _core.to_tensor(np.zeros(block.shape, block.dtype))

    parts = list(state) if where.last else []
    parts += [
        piled(before if way.kept == BOTH else after, k, block, [state] if way.kept == BOTH else [])
        for k, block in enumerate(where.kept)
    ]
    parts += [piled(found, k, block, []) for k, block in enumerate(where.rows)]
    return where.packed([*parts, *sums])


def _counted(body: Body, way: Way, operands: Sequence[Any], packed: Any) -> tuple[Way, list[Any]]:
    """The way and the operands of the same loop where it is known how many rounds there are: at most the next power of
    two, which is looked at."""
    if way.ends != ASKING:
        return way, list(operands)
    done = Results(body, way, packed).last(1)
    powers = np.array([1 << k for k in range(62)], np.int64)
    steps = 1 << int(np.sum(cast(done > powers, np.int32)))
    if way.steps >= 0:
        steps = min(steps, way.steps)
    return way._replace(steps=steps, ends=COUNTED), [*operands, done]


def _pulled(g: Any, y: Any, attribute: tuple[Any, ...], *operands: Any) -> list[Any]:
    """Contributions to the operands: a loop the other way round."""
    body, way = way_of(attribute)
    (g,) = _core.conjugated([g])
    where = packing(body, way)
    exact, given = _counted(body, way, operands, y)
    if way.kept == LAST and _keeps_much(body, way):

        def apart(own: Sequence[Any]) -> Any:
            found = in_segments(body, way, own)
            blocks = (where.last, found.last), (where.rows, found.row), (where.sums, found.sum)
            return where.packed([get(k) for of, get in blocks for k in range(len(of))])

        return gradient_through(g, apart, operands)
    if exact.steps == 0:
        return _of_no_rounds(g, where, way, operands)
    run = body
    if way.kept == LAST:
        run, exact = _keeping(body, exact, given)
    if exact != way:
        y = _recorded(run, exact, given)
    results = Results(run, exact, y)
    carried, rows, count = way.layout
    count_of = given[len(operands) :] if way.ends != COUNTED else [given[-1]]
    own = list(operands[:-1] if way.ends == COUNTED else operands)
    first, series, shared = own[:carried], own[carried : carried + rows], own[carried + rows :]
    moving = _floats(own)
    moves = moving[:carried]
    out = _of_dtypes(body.outputs())
    comes = written_to(g)

    def coming(blocks: Sequence[Block], which: Sequence[bool], part: slice | None = None) -> list[Any]:
        return [
            where.read(g, block, part) if comes(block) else None
            for block, has in zip(blocks, which, strict=bool(blocks))
            if has
        ]

    ends = coming(where.last, moves) or [None] * sum(moves)
    ends = [
        _core.to_tensor(np.zeros(x.shape, x.dtype)) if end is None else end
        for end, x in zip(ends, _chosen(first, moves), strict=True)
    ]
    part = exact.began if way.kept == BOTH else None  # (later rounds were not run)
    to_kept = coming(where.kept, moves, part) or [None] * sum(moves)
    to_rows = coming(where.rows, out[carried : carried + count])
    to_sums = coming(where.sums, out[carried + count :])
    if way.kept == BOTH and way.ends == ALL:  # what the last round ended with stands there, too
        at = 0 if way.backwards else way.steps
        last = coming([_row_of(block, at) for block in where.kept], moves)
        ends = [end if g is None else end + g for end, g in zip(ends, last, strict=True)]
    comes_to = Comes(*(tuple(x is not None for x in of) for of in (to_kept, to_rows, to_sums)))
    back_of = _backward(body, way, own, comes_to, run, exact.layout)
    if back_of is None:
        return gradient_through(g, partial(written_out, attribute), operands)
    before = [results.before(k, x) for k, x in enumerate(first)]
    more = [results.after(k) if k < carried else results.row(k - carried) for k in back_of.read]
    per_round = [*(x for x in (*to_kept, *to_rows) if x is not None), *before, *series, *more]
    constant = [*(x for x in to_sums if x is not None), *shared]
    layout = Layout(len(ends), len(per_round), sum(moving[carried : carried + rows]))
    back = Way(layout, exact.steps, not way.backwards, LAST, ALL if way.ends == ALL else COUNTED)
    found = _divided(back_of.body, back, [*ends, *per_round, *constant, *back_of.body.reads, *count_of])
    parts = [found.last(k) for k in range(layout.carried)]
    parts += [found.row(k) for k in range(layout.given)]
    parts += [found.sum(k) for k in range(sum(moving[carried + rows :]))]
    rest = iter(_core.conjugated(parts))
    return [*(next(rest) if has else None for has in moving), *([None] * (way.ends == COUNTED))]


def written_to(g: Any) -> Callable[[Block], bool]:
    """Whether a block of a cotangent may be other than zero."""
    stretches = _core.stretches(g)
    if stretches is None:
        return lambda block: True
    return lambda block: any(low < block.stop and block.start < high for low, high in stretches)


def _row_of(block: Block, at: int) -> Block:
    """One row of a block of floats."""
    size = math.prod(block.shape[1:])
    return Block(block.start + at * size, block.start + (at + 1) * size, block.shape[1:], block.dtype)


class Comes(NamedTuple):
    """To which states, rows and sums any cotangent comes."""

    states: tuple[bool, ...]
    rows: tuple[bool, ...]
    sums: tuple[bool, ...]


class _Backward(NamedTuple):
    """The body of a gradient's loop, and which outputs of the loop's own body it reads besides, as rows."""

    body: Body
    read: list[int]


def _backward(body: Body, way: Way, own: Sequence[Any], comes: Comes, run: Body, layout: Layout) -> _Backward | None:
    """The gradient of a loop, which was `run` by its body, or by one that keeps more rows behind those of its body."""
    key = ("gradient", way.layout, way.kept, way.ends == ALL, comes, layout)
    if key not in body.derived:
        body.derived[key] = None
        made = gradient_body(body, way, own, comes)
        if made is not None:
            first = 0 if way.ends == ALL or way.kept == STACKED else layout.carried
            inputs, count = _inputs_of(body, way, made, comes)
            program, read = reading(
                made.program, run.program, inputs, count, range(first, layout.carried + layout.given)
            )
            body.derived[key] = _Backward(Body.of(program, made.reads), read)
    found: _Backward | None = body.derived[key]
    return found


def gradient_body(body: Body, way: Way, own: Sequence[Any], comes: Comes) -> Body | None:
    """The body of a gradient's loop, which computes again what its loop's rounds have computed."""
    carried, rows, given = way.layout
    moving, outputs = _floats(own), body.outputs()

    def cotangents(specs: Sequence[tuple[tuple[int, ...], Any]], which: Sequence[bool] | None = None) -> list[Any]:
        found = [_core.to_tensor(np.ones(shape, dtype)) for shape, dtype in specs if _core.is_differentiable(dtype)]
        return found if which is None else _chosen(found, which)

    examples = [
        *cotangents(outputs[:carried]),
        *cotangents(outputs[:carried], comes.states),
        *cotangents(outputs[carried : carried + given], comes.rows),
        *own[:carried],
        *slot_examples(own[carried : carried + rows]),
        *cotangents(outputs[carried + given :], comes.sums),
        *own[carried + rows :],
    ]
    return repeatable_body(_gradient(body, way.layout, moving, way.kept, comes), examples)


def _inputs_of(body: Body, way: Way, made: Body, comes: Comes) -> tuple[list[int | None], int]:
    """Which of its loop's inputs each input of a gradient's body is, and how many of them are carried or rows."""
    carried, rows, _ = way.layout
    none: list[int | None] = [None]
    inputs = none * (len(comes.states) + sum(comes.states) + sum(comes.rows)) + [*range(carried + rows)]
    count = len(inputs)
    inputs += none * sum(comes.sums) + [*range(carried + rows, body.program.input_count)]
    return inputs + none * (made.program.input_count - len(inputs)), count


def _keeping(body: Body, way: Way, operands: Sequence[Any]) -> tuple[Body, Way]:
    """A loop that keeps what its gradient reads: what each round began with, and what costs more to compute again."""
    way = way._replace(kept=BOTH)
    carried, rows, given = way.layout
    if way.steps < 1:
        return body, way
    key = ("kept", way.layout)
    if key not in body.derived:
        own, outputs = operands[: body.program.input_count], body.outputs()
        out = _of_dtypes(outputs)
        states = (False,) * sum(out[:carried])
        comes = Comes(states, (True,) * sum(out[carried : carried + given]), (True,) * sum(out[carried + given :]))
        made, nodes = gradient_body(body, way, own, comes), []
        if made is not None:
            dtype = packing(body, way).dtype
            nodes = kept_nodes(made.program, body.program, _inputs_of(body, way, made, comes)[0], dtype)
        program, ends = body.program.copy(), list(body.program.outputs)
        program.set_ends(program.input_count, [], [*ends[: carried + given], *nodes, *ends[carried + given :]], [])
        body.derived[key] = Body.of(program, body.reads) if nodes else None
    more: Body | None = body.derived[key]
    if more is None:
        return body, way
    larger = way._replace(layout=Layout(carried, rows, given + len(more.outputs()) - len(body.outputs())))
    where = packing(more, larger)
    return (body, way) if where.size * where.dtype.itemsize > MOST_KEPT else (more, larger)


class _Divided:
    """What a loop gives of which a part is done when all its rounds are over."""

    def __init__(self, body: Body, parts: PutOff, way: Way, operands: Sequence[Any]) -> None:
        self._program, self._parts, self._steps = body.program, parts, way.steps
        self._found = _upright(parts.body, way._replace(layout=parts.layout), operands)
        count, stacked = body.program.input_count, way.layout.carried + way.layout.rows
        values = [operands[k] if k < count else self._found.row(k - count) for k in parts.reads]
        flags = [k < stacked or k >= count for k in parts.reads]
        self._results, self._has, *_ = _core.apply_to_examples(parts.after, values, flags, way.steps)

    def last(self, k: int) -> Any:
        """What is carried, after the last round."""
        return self._found.last(k)

    def row(self, k: int) -> Any:
        """A result of each round, stacked."""
        at, is_after = self._parts.rows[k]
        if not is_after:
            return self._found.row(at)
        x = self._results[at]
        return x if self._has[at] else broadcast_to(expand_dims(x, 0), (self._steps, *x.shape))

    def sum(self, k: int) -> Any:
        """A sum of terms of all rounds."""
        at, node = self._parts.sums[k]
        if node is None:
            return self._found.sum(at)
        return _core.sum_of_examples(self._program, node, self._results[at], self._results[at + 1], self._steps)


def _divided(body: Body, way: Way, operands: Sequence[Any]) -> Any:
    """A loop of which the results alone are wanted, without what is kept of its rounds."""
    steps = 1 << way.steps.bit_length()  # (or more than there are: it is not asked anew for each number of rounds)
    key = ("put off", way.layout, steps)
    if key not in body.derived:
        body.derived[key] = put_off(body, way.layout, MOST_KEPT / steps) if way.ends == ALL else None
    parts: PutOff | None = body.derived[key]
    return _upright(body, way, operands) if parts is None else _Divided(body, parts, way, operands)


def _upright(body: Body, way: Way, operands: Sequence[Any]) -> Any:
    """The same, with matrices that are shared as products read them fastest."""
    if way.steps < FEW_ROUNDS:
        return rounds(body, way, operands)
    key = ("upright", way.layout)
    if key not in body.derived:
        body.derived[key] = upright(body, way.layout)
    made, turned = body.derived[key]
    return rounds(made, way, [transpose(x) if k in turned else x for k, x in enumerate(operands)])


def _of_no_rounds(g: Any, where: Packing, way: Way, operands: Sequence[Any]) -> list[Any]:
    """What comes to the operands where the loop gives the first values."""
    own: list[Any] = [None] * len(operands)
    for k, block in enumerate(where.last):
        if _core.is_differentiable(block.dtype):
            (own[k],) = _core.conjugated([where.read(g, block)])
    return own


def _gradient(
    body: Body, layout: Layout, moving: Sequence[bool], kept: str, comes: Comes
) -> Callable[[list[Any]], list[Any]]:
    """One round of the gradient, as a function of adjoints, rows and what is shared."""
    carried, rows, _ = layout
    program = body.program
    out = _of_dtypes(body.outputs())

    def f(inputs: list[Any]) -> list[Any]:
        rest = iter(inputs)

        def take(count: int) -> list[Any]:
            return [next(rest) for _ in range(count)]

        def take_some(which: Sequence[bool]) -> list[Any]:
            return [next(rest) if has else None for has in which]

        adjoints = take(sum(moving[:carried]))
        coming = take_some(comes.states)
        if kept == STACKED:
            adjoints = [a if g is None else a + g for a, g in zip(adjoints, coming, strict=True)]
        cotangents = adjoints + take_some(comes.rows)
        own = take(carried + rows)
        cotangents += take_some(comes.sums)
        own += take(program.input_count - carried - rows)
        sources = _chosen(own, moving)
        with Tape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            results = _chosen(_core.apply_program(program, own), out)
        has = [g is not None for g in cotangents]
        found = tape.gradient(
            _chosen(results, has), sources, output_gradients=_chosen(cotangents, has), unconnected_gradients="zero"
        )
        if kept == BOTH:
            states = zip(found, coming, strict=False)
            found[: len(coming)] = [a if g is None else a + g for a, g in states]
        return [_core.to_dtype(g, x.dtype) for g, x in zip(found, sources, strict=True)]

    return f


def gradient_through(g: Any, f: Callable[[Sequence[Any]], Any], operands: Sequence[Any]) -> list[Any]:
    """The same by another way to the loop's result."""
    operands = [_core.identity_tensor(x) for x in operands]  # (one may be given twice, and is two sources)
    sources = [x for x in operands if _core.is_differentiable(x.dtype)]
    with Tape(watch_accessed_variables=False) as tape:
        tape.watch(sources)
        packed = f(operands)
    found = iter(_core.conjugated(tape.gradient(packed, sources, output_gradients=g, unconnected_gradients="zero")))
    return [next(found) if _core.is_differentiable(x.dtype) else None for x in operands]


def pushed(
    tangents: list[Any], y: Any, attribute: tuple[Any, ...], *operands: Any, record: Recording = _recorded
) -> Any:
    """The tangent: a loop that carries tangents, too."""
    body, way = way_of(attribute)
    carried, rows, given = way.layout
    own = list(operands[:-1] if way.ends == COUNTED else operands)
    count_of = list(operands[len(own) :])
    moving = _floats(own)
    moves = moving[:carried]
    out = _of_dtypes(body.outputs())
    directions = [
        _core.to_tensor(np.zeros(x.shape, x.dtype)) if t is None else t
        for x, t in zip(own, tangents, strict=False)
        if _core.is_differentiable(x.dtype)
    ]
    ways = iter(directions)
    pairs = [(x, next(ways) if has else None) for x, has in zip(own, moving, strict=True)]

    def both(part: Sequence[tuple[Any, Any]]) -> list[Any]:
        return [*(x for x, _ in part), *(t for _, t in part if t is not None)]

    series = both(pairs[carried : carried + rows])
    inputs = [*both(pairs[:carried]), *series, *both(pairs[carried + rows :])]
    layout = Layout(carried + sum(moves), len(series), given + sum(out[carried : carried + given]))
    key = ("tangent", way.layout)
    if key not in body.derived:
        start = layout.carried
        examples = [*inputs[:start], *slot_examples(series), *inputs[start + len(series) :]]
        body.derived[key] = None if way.steps == 0 else repeatable_body(_tangent(body, way.layout, moving), examples)
    made = body.derived[key]
    if made is None:
        own = [_core.identity_tensor(x) for x in own]
        with ForwardAccumulator(_chosen(own, moving), directions) as accumulator:
            packed = written_out(attribute, [*own, *count_of])
        return accumulator.jvp(packed, unconnected_gradients="zero")
    new = way._replace(layout=layout)
    found = Results(made, new, record(made, new, [*inputs, *made.reads, *count_of]))
    where, parts = packing(body, way), []
    for blocks, first, which, get in (
        (where.last, carried, moves, found.last),
        (where.kept, carried, moves, found.stacked),
        (where.rows, given, out[carried : carried + given], found.row),
        (where.sums, len(where.sums), out[carried + given :], found.sum),
    ):
        number = first
        for block, has in zip(blocks, which, strict=False):
            parts.append(get(number) if has else _core.to_tensor(np.zeros(block.shape, block.dtype)))
            number += has
    return where.packed(parts)


def _tangent(body: Body, layout: Layout, moving: Sequence[bool]) -> Callable[[list[Any]], list[Any]]:
    """One round of the tangent's loop."""
    carried, rows, given = layout
    program = body.program
    out = _of_dtypes(body.outputs())
    bounds = [0, carried, carried + rows, program.input_count]
    ends = [0, carried, carried + given, len(out)]

    def f(inputs: list[Any]) -> list[Any]:
        rest = iter(inputs)
        own: list[Any] = []
        directions: list[Any] = []
        for low, high in pairwise(bounds):
            own += [next(rest) for _ in range(high - low)]
            directions += [next(rest) for has in moving[low:high] if has]
        accumulator = ForwardAccumulator(_chosen(own, moving), directions)
        with accumulator:
            results = _core.apply_program(program, own)
        moved = iter(accumulator.jvp(_chosen(results, out), unconnected_gradients="zero"))
        found: list[Any] = []
        for low, high in pairwise(ends):
            found += results[low:high]
            found += [
                _core.to_dtype(next(moved), x.dtype)
                for x, has in zip(results[low:high], out[low:high], strict=True)
                if has
            ]
        return found

    return f


# ------------------------------------------------------------------------------------------------------- many examples


def of_examples(
    attribute: tuple[Any, ...],
    operands: Sequence[Any],
    flags: Sequence[bool],
    n: int,
    record: Recording = _recorded,
) -> Any:
    """A loop of many examples: those whose loops end early stay as they are."""
    body, way = way_of(attribute)
    carried, rows, given = way.layout
    if (way.ends == COUNTED and flags[-1]) or (rows and way.steps == 0):
        return None  # one after the other
    own = list(operands[:-1] if way.ends == COUNTED else operands)
    count_of = list(operands[len(own) :])
    has = [bool(flag) for flag in flags[: len(own)]]
    while True:  # what is carried has an axis of examples as soon as something that it is made of has
        asked = way.ends == ASKING and has[0]
        found = _spread(body.program, has)
        grown = [had or gets or asked for had, gets in zip(has[:carried], found, strict=False)]
        if grown == has[:carried]:
            break
        has[:carried] = grown
    own = [
        broadcast_to(expand_dims(x, 0), (n, *x.shape)) if gets and not had else x
        for x, had, gets in zip(own, flags, has, strict=False)
    ]
    for k in range(carried, carried + rows):
        if has[k]:
            own[k] = transpose(own[k], (1, 0, *range(2, own[k].ndim)))
    more = 2 * asked  # whether any goes on, and how many rounds there were of any
    if asked:
        own = [reduce_any(own[0]), _core.to_tensor(np.int64(0)), *own]
    examples = [*own[: carried + more], *slot_examples(own[carried + more :][:rows]), *own[carried + more + rows :]]
    made = repeatable_body(_batched(body, way.layout, has, n, asked), examples)
    if made is None:
        return None
    new = way._replace(layout=Layout(carried + more, rows, given))
    loop = Results(made, new, record(made, new, [*own, *made.reads, *count_of]))
    where, parts = packing(body, way), []
    found = [*grown, *found[carried:]]
    for blocks, first, get, stacked in (
        (where.last, 0, loop.last, False),
        (where.kept, 0, loop.stacked, True),
        (where.rows, carried, loop.row, True),
        (where.sums, carried + given, loop.sum, False),
    ):
        for k, _ in enumerate(blocks):
            x = get(k + more if first == 0 else k)
            if not found[first + k]:
                x = broadcast_to(expand_dims(x, 0), (n, *x.shape))
            elif stacked:
                x = transpose(x, (1, 0, *range(2, x.ndim)))
            parts.append(x)
    return where.packed(parts, (n,))


def _spread(program: Any, has: Sequence[bool]) -> list[bool]:
    """Which outputs have an axis of examples, where these inputs have."""
    flags = list(has)
    for node in range(len(flags), len(program)):
        flags.append(any(flags[k] for k in program.node(node)[1]))
    return [flags[node] for node in program.outputs]


def _batched(body: Body, layout: Layout, has: Sequence[bool], n: int, asked: bool) -> Callable[[list[Any]], list[Any]]:
    """One round of many examples."""
    carried = layout.carried

    def f(inputs: list[Any]) -> list[Any]:
        own = inputs[2:] if asked else inputs
        results, gets, *_ = _core.apply_to_examples(body.program, own, list(has), n)
        results = [
            broadcast_to(expand_dims(x, 0), (n, *x.shape)) if k < carried and has[k] and not gets[k] else x
            for k, x in enumerate(results)
        ]
        if not asked:
            return list(results)
        goes = own[0]
        after = [
            select(reshape(goes, (n, *[1] * (x.ndim - 1))), x, old)
            for x, old in zip(results[:carried], own, strict=False)
        ]
        return [reduce_any(after[0]), inputs[1] + np.int64(1), *after, *results[carried:]]

    return f


# ------------------------------------------------------------------------------------------------------------------- C


def in_c(place: Place, attribute: tuple[Any, ...], *given: Value) -> Value:
    """A loop around a call of a function that is the body."""
    body, way = way_of(attribute)
    if way.ends != ALL:
        raise not_written(place.op, "how many rounds there are is found when it runs")
    (carried, rows, count), steps = way.layout, way.steps
    where, outputs = packing(body, way), body.outputs()
    call, made = place.function(body.program), place.new()
    arguments: list[str] = []
    for k, (x, (shape, dtype)) in enumerate(zip(given, body.inputs(), strict=True)):
        size, kind = math.prod(shape), type_name(place.op, dtype)
        of_series = carried <= k < carried + rows
        shape = (steps, *shape) if of_series else shape
        name = place.array(kind, math.prod(shape) * (2 if k < carried else 1))
        place.assign(Value(dtype, shape, name, contiguous(shape)), shape, "{}", [x])
        at = f" + (r & 1) * {size}" if k < carried else f" + at * {size}" if of_series else ""
        arguments.append(f"{name}{at}")
    states = [argument.split(" ")[0] for argument in arguments[:carried]]
    last: list[str] = []
    lines: list[str] = []
    for k, (shape, dtype) in enumerate(outputs):
        size, kind = math.prod(shape), type_name(place.op, dtype)
        if k < carried:
            to = f"{states[k]} + (1 - (r & 1)) * {size}"
            blocks = [] if way.kept == LAST else [(where.kept[k], f"{states[k]}[(1 - (r & 1)) * {size} + i]")]
            if way.kept == BOTH:  # what a round begins with, too
                blocks = [(where.kept[k], f"{states[k]}[(r & 1) * {size} + i]")]
            if where.last:
                end = f"{states[k]}[{steps % 2 * size} + i]"
                last.append(_copied(made.base, str(where.last[k].start), size, end, place.type))
                if way.kept == BOTH:
                    begin = where.kept[k].start + (0 if way.backwards else steps * size)
                    last.append(_copied(made.base, str(begin), size, end, place.type))
        else:
            to = place.array(kind, size)
            blocks = [(where.rows[k - carried], f"{to}[i]")] if k < carried + count else []
            if k >= carried + count:
                total = place.array(kind, size)
                start = where.sums[k - carried - count].start
                place.loops(["i"], (size,), [f"{total}[i] = 0;"])
                lines.append(f"for (long i = 0; i < {size}; ++i) {total}[i] += {to}[i];")
                last.append(_copied(made.base, str(start), size, f"{total}[i]", place.type))
        arguments.append(to)
        shift = way.backwards and way.kept == BOTH and k < carried
        for block, text in blocks:
            lines.append(_copied(made.base, f"{block.start} + (at{' + 1' * shift}) * {size}", size, text, place.type))
    at = f"{steps - 1} - r" if way.backwards else "r"
    place.loops(
        ["r"], (steps,), [f"const long at = {at};", "(void)at;", f"(void){call}({', '.join(arguments)});", *lines]
    )
    place.loops((), (), last)
    return made


def _copied(base: str, start: str, size: int, text: str, kind: str) -> str:
    return f"for (long i = 0; i < {size}; ++i) {base}[{start} + i] = ({kind}){text};"


# ----------------------------------------------------------------------------------------------------------------- row


def _fits(attribute: Any) -> bool:
    if type(attribute) is not tuple or len(attribute) != 6:
        return False
    body, layout, steps, backwards, kept, ends = attribute
    return (
        isinstance(body, Body)
        and type(layout) is tuple
        and len(layout) == 3
        and all(type(x) is int and x >= 0 for x in layout)
        and type(steps) is int
        and steps >= -1
        and type(backwards) is bool
        and kept in (LAST, STACKED, BOTH)
        and ends in (ALL, ASKING, COUNTED)
    )


def result_of(attribute: Any, *operands: forms.Kind) -> forms.Kind:
    body, way = way_of(attribute)
    (carried, rows, given), steps = way.layout, way.steps
    inputs, outputs = body.inputs(), body.outputs()
    if carried + rows > len(inputs) or carried + given > len(outputs):
        raise ValueError(f"a body of {len(inputs)} inputs and {len(outputs)} outputs")
    if steps < 0 and (rows or given or way.kept != LAST or way.ends != ASKING):
        raise ValueError("a loop without end")
    if inputs[:carried] != outputs[:carried]:
        raise ValueError("what is carried on is not what is carried")
    wanted = [
        forms.Kind(dtype, (steps, *shape) if carried <= k < carried + rows else shape)
        for k, (shape, dtype) in enumerate(inputs)
    ]
    if way.ends == COUNTED:
        wanted.append(forms.Kind(np.int64, ()))
    if way.ends == ASKING and (carried < 2 or inputs[:2] != [((), np.dtype(bool)), ((), np.dtype(np.int64))]):
        raise ValueError("nothing says when it ends")
    if list(operands) != wanted:
        raise ValueError(f"its operands are {wanted}")
    where = packing(body, way)
    return forms.Kind(where.dtype, (where.size,))


def flops(attribute: tuple[Any, ...], operands: Sequence[tuple[int, ...]], result: tuple[int, ...]) -> int:
    """Of all rounds; of one, where nobody knows how many there are."""
    from .cost import cost_of

    body, way = way_of(attribute)
    return int(cost_of(body.program).flops) * max(way.steps, 1)


def loop_row(name: str, run: Any, pull: Any, push: Any, formula: str = "a loop", **described: Any) -> _core.Op:
    """The row of an op whose kernel runs rounds: derivatives read what it is given and what it gives, and what stands
    in a round may raise an error."""
    row = _core.register_general(name, run, pull, push, True, True, raises=True, **described)
    row.formula = lambda attributes: formula
    return row


_ROUNDS = loop_row(
    "rounds",
    run_rounds,
    _pulled,
    pushed,
    examples=of_examples,
    form=forms.Form("a body and how it is run", _fits),
    gives=result_of,
    c=in_c,
    cost=flops,
)
