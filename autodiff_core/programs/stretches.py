"""Loops that Python unrolled become loops again, where a program is laid out in memory.

A round of a loop leaves the records that the round before left, on values that lie one round further. Such a stretch of
records is found by what the records are, and held against what a loop can do: each operand of a record is the same in
all rounds, or a value of the same round or of the one before, or one of a row of values from outside. The stretch is
then one record (rounds.py), whose body are the records of one round, so that what is computed, and in which order, is
what it was, to the last bit. The gradient of a loop is a stretch of its own, which reads the rows that the first one
gives.

Only what runs is another program: derivatives, batches, files and C text are made of the one that was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from ..ops.shaping import concat, expand_dims, transpose
from .differentiable import bare, no_draws, optimised
from .loops import Body, Layout
from .rounds import Results, Way, appended

__all__ = ["rolled"]

_MOST_LOOPS = 8  # of a program
_LEAST_ROUNDS = 8
_LEAST_RECORDS = 4  # of a body
_LEAST_SAVED = 2000  # records that are not there afterwards,
_LEAST_A_PIECE = 8  # and so many for each that is to be stacked first
_MOST_ELEMENTS = 1 << 14  # of an array: steps of larger ones take longer than what is saved
_MOST_BYTES = 16  # of an element: what a loop gives is packed in numbers of at most so many
_FUSED = {"scalars", "line", "copy", "pad"}  # steps that run together with those of other rounds
_MOST_GIVEN = 1 << 28  # bytes of rows that are read behind the loop
_WINDOWS = (8, 32, 128)  # records that are looked at together
_MOST_TRIED = 4
_LEAST_PUT = 8  # parts of a sum

_COMPUTES, _MOVES, _EACH, _LIES, _PLAIN, _LOOK, _PUTS, _ADDS = (1 << k for k in range(8))


def rolled(program: Any, least: int = 0) -> Any:
    """The program with loops, if it has at least so many records, and with stacks; or None where it stays as it is."""
    made = program
    for _ in range(_MOST_LOOPS if len(program) >= least else 0):
        more = _with_a_loop(made, made.places if made is not program else {})
        if more is None:
            break
        made = more
    more = _with_stacks(made, made.places if made is not program else {})
    made = more or made
    return None if made is program else made


class _Records:
    """A program's records, as arrays."""

    def __init__(self, program: Any) -> None:
        self.program = program
        (self.kind, self.count, self.attribute, self._first, self._second, self.what, self._listed) = (
            _core.records_told(program)
        )
        self.order = np.flatnonzero(self.what & _COMPUTES).astype(np.int32)
        self.place = np.full(len(self.what), -(1 << 40), np.int64)  # among those that compute
        self.place[self.order] = np.arange(len(self.order))
        self.numbers: dict[Any, np.ndarray] = {}  # of elements along an axis, by the records that take them

    def operand(self, nodes: np.ndarray, slot: int) -> np.ndarray:
        """An operand of each of some records, which have as many."""
        if self.count[nodes.flat[0]] > 2:
            return self._listed[self._first[nodes] + slot]
        return (self._second if slot else self._first)[nodes]

    def read_by(self, nodes: np.ndarray) -> np.ndarray:
        """All operands of some records."""
        many = self.count[nodes] > 2
        few = nodes[~many]
        parts = [self._first[few][self.count[few] > 0], self._second[few][self.count[few] > 1]]
        parts += [self._listed[self._first[k] : self._first[k] + self.count[k]] for k in nodes[many]]
        return np.concatenate(parts)

    def first(self, nodes: Any) -> Any:
        """The first operands of records that have one or two."""
        return self._first[nodes]

    def spec(self, node: int) -> tuple[tuple[int, ...], Any]:
        """Shape and dtype."""
        _, _, dtype, shape, _ = self.program.node(int(node))
        return shape, dtype


def _candidates(records: _Records) -> list[tuple[int, int, int]]:
    """Stretches in which each record is like the one a period before: (start, end, period) among those that compute.
    The first comes first, of those that are long: later ones may read what it gives."""
    order = records.order
    word = (records.kind[order] * 8 + np.minimum(records.count[order], 7)).astype(np.uint64)
    word *= np.uint64(0x9E3779B97F4A7C15)
    odd = records.what[order] & _MOVES == 0  # (like no other)
    word[odd] = np.flatnonzero(odd).astype(np.uint64)
    hashed, width = word, 1
    periods: set[int] = set()
    while 2 * width <= min(_WINDOWS[-1], len(order)):
        mixed = hashed[:-width] * np.uint64(0xD6E8FEB86659FD93)
        hashed = (mixed ^ (mixed >> np.uint64(29))) + hashed[width:]
        width *= 2
        if width in _WINDOWS:
            at = np.argsort(hashed, kind="stable")
            again = hashed[at[1:]] == hashed[at[:-1]]
            distances = np.bincount((at[1:] - at[:-1])[again], minlength=1)
            periods.update(int(k) for k in np.argsort(distances)[-2:] if distances[k] >= _LEAST_ROUNDS)
    found = []
    for period in periods:
        if period < _LEAST_RECORDS:
            continue
        like = np.concatenate([[False], word[period:] == word[:-period], [False]])
        edges = np.flatnonzero(like[1:] != like[:-1])
        found += [
            (int(low), int(high) + period, period)
            for low, high in zip(edges[::2], edges[1::2], strict=True)
            if high - low >= (_LEAST_ROUNDS - 1) * period
        ]
    found = sorted(found, key=lambda one: (one[0] - one[1], one[2]))[:_MOST_TRIED]
    long = [one for one in found if 4 * (one[1] - one[0]) >= found[0][1] - found[0][0]]
    return sorted(long) + [one for one in found if one not in long]


def _with_a_loop(program: Any, looks: dict[int, int]) -> Any:
    records = _Records(program)
    for low, high, period in _candidates(records):
        stretch = _regular(records, low, high, period)
        made = None if stretch is None else _rolled(stretch, looks)
        if made is not None:
            return made
    return None


class _Stretch:
    """Rounds of records: `nodes` has a row a round. A column is `hoisted` before the loop, `sunk` behind it, or of the
    `body`.

    A read is an operand of a column: `of` which column, which `slot`; `values` are the nodes, a row a round; `back` is
    how many records before its reader it stands in every round, or 0 where it stands elsewhere; `fixed`: it is the
    same node in all rounds.
    """

    def __init__(self, records: _Records, start: int, rounds: int, period: int) -> None:
        self.records, self.start, self.rounds, self.period = records, start, rounds, period
        self.nodes = records.order[start : start + rounds * period].reshape(rounds, period)
        middle = self.nodes[rounds // 2 - 1 : rounds // 2 + 2]
        counts = records.count[self.nodes[0]]
        self.of = np.repeat(np.arange(period), counts)
        self.slot = np.concatenate([np.arange(count) for count in counts])
        self.values = np.stack(
            [records.operand(self.nodes[:, k], s) for k, s in zip(self.of, self.slot, strict=True)], 1
        )
        self.at = records.place[self.values]
        distance = start + np.arange(rounds)[:, None] * period + self.of - self.at
        near = distance[rounds // 2 - 1 : rounds // 2 + 2]
        self.distance, typical = distance, near[1]
        within = (near == typical).all(0) & (typical <= 2 * period) & (typical > 0)
        self.back = np.where(within, typical, 0)
        value = self.values[rounds // 2 - 1 : rounds // 2 + 2]
        self.fixed = ~within & (value == value[1]).all(0)
        attribute = records.attribute[middle]
        varies = (attribute != attribute[1]).any(0)
        self._part(varies)

    def column(self, at: Any) -> Any:
        """Of a place among the records that compute."""
        return (at - self.start) % self.period

    def _part(self, varies: np.ndarray) -> None:
        """Say which columns are hoisted, and which are sunk."""
        period, middle = self.period, self.rounds // 2
        at = self.at[middle]
        inside = (at >= self.start) | (self.back > 0)
        producer = self.column(at)
        hoisted, sunk = varies.copy(), np.zeros(period, bool)
        while True:
            waits = inside & ~hoisted[producer]
            fewer = hoisted.copy()
            fewer[self.of[waits]] = False
            if (fewer == hoisted).all():
                break
            hoisted = fewer
        sunk = varies & ~hoisted
        sunk[self.of[inside & (self.back == 0) & ~hoisted[producer]]] = True
        sunk &= ~hoisted
        while True:
            more = sunk.copy()
            more[self.of[inside & sunk[producer]]] = True
            if (more == sunk).all():
                break
            sunk = more
        self.hoisted, self.sunk, self.body = hoisted, sunk, ~(hoisted | sunk)
        self.chained = self.body[self.of] & (self.back > 0) & self.body[producer]  # reads of the body's own values

    def outside(self) -> np.ndarray:
        """Which values are there before the loop."""
        return (self.at < self.start) | self.hoisted[self.column(self.at)]

    def regular(self) -> np.ndarray:
        """Which rounds are like those in the middle."""
        attribute = self.records.attribute[self.nodes]
        middle = self.rounds // 2
        good = ((attribute == attribute[middle]) | ~self.body).all(1)
        fits = np.where(
            self.chained,
            self.distance == self.back,
            self.outside() & (~self.fixed | (self.values == self.values[middle])),
        )
        form = self.records.kind[self.values] >> 16  # dtype and shape
        good &= ((fits & (form == form[middle])) | ~self.body[self.of]).all(1)
        return good

    def rounds_back(self, read: int) -> int:
        """How many rounds before its reader a value is of."""
        return max(-(-(int(self.back[read]) - int(self.of[read])) // self.period), 0)


def _longest(good: np.ndarray) -> tuple[int, int]:
    """The longest run of what holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]])))
    if not len(edges):
        return 0, 0
    k = int(np.argmax(edges[1::2] - edges[::2]))
    return int(edges[2 * k]), int(edges[2 * k + 1])


def _regular(records: _Records, low: int, high: int, period: int) -> _Stretch | None:
    """The part of a stretch in which all rounds are alike, begun where least is carried from round to round."""
    stretch = _Stretch(records, low, (high - low) // period, period)
    shared = stretch.at[stretch.rounds // 2][stretch.fixed]
    if (shared >= low).any():  # (what the first round computed for all)
        low += (int(shared.max()) - low) // period * period + period
        if high - low < (_LEAST_ROUNDS + 1) * period:
            return None
        stretch = _Stretch(records, low, (high - low) // period, period)
    nodes = stretch.nodes
    if (records.kind[nodes] != records.kind[nodes[0]]).any() or (records.count[nodes] != records.count[nodes[0]]).any():
        return None
    if not (records.what[nodes] & _MOVES).all():
        return None
    first, last = _longest(stretch.regular())
    if last - first < _LEAST_ROUNDS + 1:
        return None
    carried = np.zeros(period)
    reach = np.zeros(period, np.int64)
    chained = stretch.chained
    np.maximum.at(reach, stretch.column(stretch.at[stretch.rounds // 2])[chained], stretch.back[chained])
    for column in np.flatnonzero(reach):
        shape, _ = records.spec(nodes[0, column])
        for behind in range(1, 1 + int(reach[column])):
            cost = 1 + math.prod(shape) if behind <= period else np.inf  # (of two rounds before)
            carried[(column + behind) % period] += cost
    phase = int(np.argmin(carried))
    if carried[phase] == np.inf:
        return None
    return _checked(records, low + first * period + phase, last - first - (phase > 0), period)


def _checked(records: _Records, start: int, rounds: int, period: int) -> _Stretch | None:
    if rounds < _LEAST_ROUNDS:
        return None
    stretch = _Stretch(records, start, rounds, period)
    if stretch.body.sum() < _LEAST_RECORDS or (rounds - 1) * stretch.body.sum() < _LEAST_SAVED:
        return None
    early = stretch.hoisted[stretch.of]
    if not stretch.regular().all() or not stretch.outside()[:, early].all():
        return None
    if any(stretch.rounds_back(int(read)) > 1 for read in np.flatnonzero(stretch.chained)):
        return None
    return stretch


class _Along(NamedTuple):
    """What the rounds from `low` to `high` read of a series of nodes: elements of one array along an axis."""

    low: int
    high: int
    source: int
    axis: int
    first: int
    step: int


def _along_an_axis(records: _Records, nodes: np.ndarray, mine: np.ndarray, whole: int) -> tuple[int, np.ndarray] | None:
    """The axis of a larger node of which each of these is one element, or puts its operand there, and which; -1 for
    those that are not `mine`, or do something else."""
    shape, dtype = records.spec(whole)
    part = _core.part_taken(records.program, int(nodes[len(nodes) // 2]))
    if part is None or 0 in shape:
        return None
    strides = [dtype.itemsize * math.prod(shape[k + 1 :]) for k in range(len(shape))]
    for axis in range(len(shape)):
        if part[1:] == ((*shape[:axis], *shape[axis + 1 :]), (*strides[:axis], *strides[axis + 1 :])):
            break
    else:
        return None
    key = tuple(x.tobytes() for x in (records.kind[nodes], records.attribute[nodes], mine)), shape, dtype
    numbers = records.numbers.get(key)  # (of many series they are the same)
    if numbers is None:
        numbers = records.numbers[key] = np.full(len(nodes), -1)
        for k in np.flatnonzero(mine):
            one = _core.part_taken(records.program, int(nodes[k]))
            if one is not None and one[1:] == part[1:] and one[0] % strides[axis] == 0:
                numbers[k] = one[0] // strides[axis]
    return axis, numbers


def _along(records: _Records, nodes: np.ndarray) -> _Along | np.ndarray | None:
    """How nodes lie along an axis of one array, or constants, stacked; None for others."""
    if (records.what[nodes] & _PLAIN).all():
        return np.stack([np.asarray(records.program.node(int(node))[4]) for node in nodes])
    middle = len(nodes) // 2
    source = int(records.first(nodes[middle]))
    if source < 0 or not records.what[source] & _LIES:
        return None
    mine = (records.count[nodes] == 1) & (records.first(nodes) == source)
    found = _along_an_axis(records, nodes, mine, source)
    if found is None:
        return None
    axis, numbers = found
    step = int(numbers[middle + 1] - numbers[middle])
    if abs(step) != 1:
        return None
    low, high = _longest((numbers >= 0) & (numbers - step * np.arange(len(nodes)) == numbers[middle] - step * middle))
    if not low <= middle < high:
        return None
    return _Along(low, high, source, axis, int(numbers[low]), step)


def _rolled(stretch: _Stretch, looks: dict[int, int]) -> Any:
    """The program with this stretch as a loop, where that pays; or None."""
    rows = _series(stretch)
    found = {key: _along(stretch.records, nodes) for key, nodes in rows.items()}
    runs = [one for one in found.values() if isinstance(one, _Along)]
    kept = [one for one in runs if 4 * (one.high - one.low) >= 3 * stretch.rounds]
    low, high = max([one.low for one in kept], default=0), min([one.high for one in kept], default=stretch.rounds)
    if high - low < stretch.rounds:
        if 4 * (high - low) < 3 * stretch.rounds:
            return None
        shorter = _checked(stretch.records, stretch.start + low * stretch.period, high - low, stretch.period)
        if shorter is None:
            return None
        stretch = shorter
        rows = _series(stretch)
        found = {key: _along(stretch.records, nodes) for key, nodes in rows.items()}
    return _Rolling(stretch, rows, found).program(looks)


def _series(stretch: _Stretch) -> dict[bytes, np.ndarray]:
    """What the body reads from outside that is another node in each round."""
    rows = {}
    for read in np.flatnonzero(stretch.body[stretch.of] & ~stretch.chained):
        nodes = stretch.values[:, read]
        if (nodes != nodes[0]).any():
            rows[nodes.tobytes()] = nodes
    return rows


class _Rolling:
    """A stretch that is being made a loop."""

    def __init__(self, stretch: _Stretch, rows: dict[bytes, np.ndarray], found: dict[bytes, Any]) -> None:
        self.stretch, self.records, self.rows = stretch, stretch.records, rows
        self.along = found
        steps = [one.step for one in found.values() if isinstance(one, _Along)]
        self.backwards = sum(steps) < 0
        self.carried: dict[tuple[int, int], int] = {}  # column of the value, node at the beginning: number
        self.series: dict[bytes, int] = {}
        self.shared: dict[int, int] = {}
        self.read_whole: set[tuple[str, Any]] = set()  # by other than elementwise records

    def program(self, looks: dict[int, int]) -> Any:
        """The new program, or None. Looks have these numbers where it is not their own."""
        reads = self._reads()
        outside = self._outside()
        if outside is None or not self._lies():
            return None
        pieces = sum(max(len(_sources(self.rows[key], self.along[key])) - 1, 0) for key in self.series)
        if _LEAST_A_PIECE * pieces > self.stretch.rounds * self.stretch.body.sum():
            return None
        given, ends = outside
        body = self._body(reads, given)
        if body is None:
            return None
        layout = Layout(len(self.carried), len(self.series), len(given))
        return self._put_together(body, Way(layout, self.stretch.rounds, self.backwards), given, ends, looks)

    def _reads(self) -> list[tuple[str, Any]]:
        """What each read of the body is of: a node of this round, or an input."""
        stretch, records, found = self.stretch, self.records, []
        for read, (column, chained) in enumerate(zip(stretch.of, stretch.chained, strict=True)):
            if not stretch.body[column]:
                found.append(("", None))
                continue
            nodes = stretch.values[:, read]
            kind: str
            what: Any
            if chained:
                of = int(stretch.column(stretch.at[-1, read]))
                kind, what = "own", of
                if stretch.rounds_back(read):
                    kind, what = "carried", (of, int(nodes[0]))
                    self.carried.setdefault(what, len(self.carried))
            elif (nodes != nodes[0]).any():
                kind, what = "series", nodes.tobytes()
                self.series.setdefault(what, len(self.series))
            else:
                kind, what = "shared", int(nodes[0])
                if records.what[what] & _PLAIN:
                    kind = "constant"
                else:
                    self.shared.setdefault(what, len(self.shared))
            found.append((kind, what))
            if not records.what[stretch.nodes[0, column]] & _EACH:
                self.read_whole.add((kind, what))
        return found

    def _lies(self) -> bool:
        """Whether whatever is read by other records than elementwise ones lies as it would without the loop: in
        order. (Sums and products of what does not may be others in the last bit.)"""
        what = self.records.what
        for kind, one in self.read_whole:
            if kind == "carried":
                nodes = [one[1], *self.stretch.nodes[:, one[0]]]
            elif kind == "series":
                nodes = list(self.rows[one])
            elif kind == "shared":
                nodes = [one]
            else:
                continue
            if not (what[nodes] & _LIES).all():
                return False
        return True

    def _outside(self) -> tuple[dict[int, np.ndarray], list[int]] | None:
        """What is read outside: of which columns which rounds, and which columns' last values, which are carried."""
        stretch, records, program = self.stretch, self.records, self.records.program
        mine = np.zeros(len(records.what), bool)
        mine[stretch.nodes[:, stretch.body]] = True
        read = np.zeros(len(mine), bool)
        read[records.read_by(np.flatnonzero(~mine))] = True
        read[program.outputs] = read[[node for _, node in program.assigned]] = True
        used = np.flatnonzero(mine & read)
        at = records.place[used] - stretch.start
        rounds, columns = at // stretch.period, at % stretch.period
        given, last, size = {}, [], 0
        states = {column for column, _ in self.carried}
        for column in np.unique(columns):
            which = rounds[columns == column]
            if len(which) == 1 and which[0] == stretch.rounds - 1 and column in states:
                last.append(int(column))
                continue
            shape, dtype = records.spec(stretch.nodes[0, column])
            if not (records.what[stretch.nodes[:, column]] & _LIES).all():
                return None
            bytes_of = math.prod(shape) * dtype.itemsize * stretch.rounds
            if 2 * len(which) < stretch.rounds and bytes_of > 1 << 20:
                return None
            size += bytes_of
            given[int(column)] = which
        return None if size > _MOST_GIVEN else (given, last)

    def _body(self, reads: list[tuple[str, Any]], given: dict[int, np.ndarray]) -> Body | None:
        """The records of a round; None where a loop of them is no quicker."""
        stretch, records, source = self.stretch, self.records, self.records.program
        program = _core.empty_like(source)

        def inputs(nodes: Sequence[int]) -> list[int]:
            specs = [records.spec(node) for node in nodes]
            return [program.add_node("input", [], dtype, shape) for shape, dtype in specs]

        carried = inputs([stretch.nodes[0, column] for column, _ in self.carried])
        series = inputs([self.rows[key][0] for key in self.series])
        shared = inputs(list(self.shared))
        constants = np.array(sorted({what for kind, what in reads if kind == "constant"}), np.int32)
        at = np.full(len(records.what), -1, np.int32)
        _core.copy_records(source, constants, program, at)
        own: dict[int, int] = {}
        places: dict[str, Callable[[Any], int]] = {
            "own": own.__getitem__,
            "carried": lambda what: carried[self.carried[what]],
            "series": lambda what: series[self.series[what]],
            "shared": lambda what: shared[self.shared[what]],
            "constant": lambda what: int(at[what]),
        }
        bounds = np.searchsorted(stretch.of, np.arange(stretch.period + 1))
        for column in np.flatnonzero(stretch.body):
            operands = [places[kind](what) for kind, what in reads[bounds[column] : bounds[column + 1]]]
            own[int(column)] = _core.copy_with(source, int(stretch.nodes[0, column]), program, operands)
        outputs = [own[column] for column, _ in self.carried] + [own[column] for column in given]
        program.set_ends(len(carried) + len(series) + len(shared), [], outputs, [])
        if not _core.is_repeatable(program):
            return None
        specs = [records.spec(node) for node in stretch.nodes[0, stretch.body]]
        if any(math.prod(shape) > _MOST_ELEMENTS or dtype.itemsize > _MOST_BYTES for shape, dtype in specs):
            return None
        steps = _core.plan_of(program).steps_as_text()
        return None if _FUSED.issuperset(kind for kind, _, _ in steps) else Body.of(program, [])

    def _put_together(
        self, body: Body, way: Way, given: dict[int, np.ndarray], ends: list[int], looks: dict[int, int]
    ) -> Any:
        stretch, records, program = self.stretch, self.records, self.records.program
        made, at = _core.empty_like(program), np.full(len(records.what), -1, np.int32)
        every = np.arange(len(records.what), dtype=np.int32)
        first, last = int(stretch.nodes[0, 0]), int(stretch.nodes[-1, -1])
        before = every < first
        early = (every <= last) & ~before & (records.what & (_COMPUTES | _LOOK) == 0)  # constants
        early[stretch.nodes[:, stretch.hoisted]] = True
        mine = np.zeros(len(every), bool)
        mine[stretch.nodes[:, stretch.body]] = True
        _core.copy_records(program, every[before | early], made, at)
        arrays = self._stacks(made, at)
        operands = [at[node] for _, node in self.carried] + arrays + [at[node] for node in self.shared]
        packed = appended(made, [int(k) for k in operands], body, way)
        states = {column: k for k, (column, _) in enumerate(self.carried)}

        def unpacked(inputs: list[Any]) -> list[Any]:
            results = Results(body, way, inputs[0])
            return [results.row(k) for k in range(len(given))] + [results.last(states[column]) for column in ends]

        found = _spliced(made, unpacked, [packed])
        pickers: dict[Any, Any] = {}  # (rows of one shape are picked in one way)
        for (column, which), stack in zip(given.items(), found, strict=False):
            spec = made.node(stack)[2:4]
            places = stretch.rounds - 1 - which if self.backwards else which
            key = spec, places.tobytes()
            if key not in pickers:
                pickers[key] = _traced(partial(_picked, places.tolist()), [spec])
            at[stretch.nodes[which, column]] = _appended(made, pickers[key], [stack])
        for column, node in zip(ends, found[len(given) :], strict=True):
            at[stretch.nodes[-1, column]] = node
        _core.copy_records(program, every[~(before | early | mine)], made, at)
        _set_ends(records, made, at, looks)
        return made

    def _stacks(self, made: Any, at: np.ndarray) -> list[int]:
        """The nodes of the series, stacked, in the order in which a loop goes through them."""
        read = [node for key in self.series for node in _sources(self.rows[key], self.along[key])]
        sources = {node: k for k, node in enumerate(dict.fromkeys(read))}

        def stacked(inputs: list[Any]) -> list[Any]:
            values = {node: inputs[k] for node, k in sources.items()}
            return [_stacked(values, self.rows[key], self.along[key], self.backwards) for key in self.series]

        return _spliced(made, stacked, [int(at[node]) for node in sources]) if self.series else []


def _with_stacks(program: Any, looks: dict[int, int]) -> Any:
    """The program with sums of what lies side by side in zeros put together at once; None where there is none.

    So are the gradients of the rows of an array added up. It takes as much time as there are rows, and not the square
    of that; and it is the same but for zeros, which have no sign then: nor have they after an addition of zeros.
    """
    records = _Records(program)
    adds, puts = (np.flatnonzero(records.what & bit).astype(np.int32) for bit in (_ADDS, _PUTS))
    if len(puts) < _LEAST_PUT:
        return None
    ends = [*program.outputs, *(node for _, node in program.assigned)]
    readers = np.bincount(records.read_by(np.arange(len(records.what))), minlength=len(records.what))
    np.add.at(readers, ends, 1)
    single = np.zeros(len(readers), bool)
    single[puts] = True
    single &= readers == 1
    chains: dict[int, tuple[list[int], list[int]]] = {}  # by the last sum: what is put, the sums
    for node in adds[single[records.operand(adds, 0)] | single[records.operand(adds, 1)]]:
        pair = [int(records.operand(node[None], slot)[0]) for slot in (0, 1)]
        parts = [k for k in pair if single[k]]
        rest = [k for k in pair if not single[k]]
        before: tuple[list[int], list[int]] = ([], [])
        if rest:
            if rest[0] not in chains or readers[rest[0]] != 1:
                continue
            before = chains.pop(rest[0])
        chains[int(node)] = ([*before[0], *parts], [*before[1], int(node)])
    made, at, done = _core.empty_like(program), np.full(len(records.what), -1, np.int32), 0
    every, gone = np.arange(len(records.what), dtype=np.int32), np.zeros(len(records.what), bool)
    stacks = {}
    for node, (parts, sums) in chains.items():
        stack = _Stack.of(records, np.array(parts), node) if len(parts) >= _LEAST_PUT else None
        if stack is not None:
            stacks[node] = stack
            gone[parts] = gone[sums] = True
    if not stacks:
        return None
    for node in sorted(stacks):
        _core.copy_records(program, every[done:node][~gone[done:node]], made, at)
        at[node] = stacks[node].put_into(made, at)
        done = node + 1
    _core.copy_records(program, every[done:][~gone[done:]], made, at)
    _set_ends(records, made, at, looks)
    return made


class _Stack(NamedTuple):
    """Nodes that lie side by side along an axis of a larger array, from the first on."""

    records: _Records
    nodes: np.ndarray
    axis: int
    first: int
    whole: tuple[int, ...]

    @classmethod
    def of(cls, records: _Records, puts: np.ndarray, total: int) -> _Stack | None:
        """Of what is put into zeros, if it is that."""
        found = _along_an_axis(records, puts, np.ones(len(puts), bool), total)
        if found is None:
            return None
        axis, numbers = found
        order = np.argsort(numbers)
        if numbers[order[0]] < 0 or (np.diff(numbers[order]) != 1).any():
            return None
        nodes = records.first(puts)[order]
        return cls(records, nodes, axis, int(numbers[order[0]]), records.spec(total)[0])

    def put_into(self, made: Any, at: np.ndarray) -> int:
        """Append the sum to a program; returns its node."""
        count, dtype = len(self.nodes), self.records.spec(self.nodes[0])[1]
        rest = self.whole[self.axis] - self.first - count
        one = _along(self.records, self.nodes)
        sources = {node: k for k, node in enumerate(dict.fromkeys(_sources(self.nodes, one)))}

        def put(inputs: list[Any]) -> list[Any]:
            x = _stacked({node: inputs[k] for node, k in sources.items()}, self.nodes, one)
            zeros = [np.zeros((k, *x.shape[1:]), dtype) for k in (self.first, rest)]
            x = x + np.zeros((), dtype)
            x = concat([*zeros[:1] * (self.first > 0), x, *zeros[1:] * (rest > 0)], 0) if self.first or rest else x
            order = list(range(1, x.ndim))
            order.insert(self.axis, 0)
            return [transpose(x, order) if self.axis else x]

        return _spliced(made, put, [int(at[node]) for node in sources])[0]


def _sources(nodes: np.ndarray, one: _Along | np.ndarray | None) -> list[int]:
    """What is read to stack nodes."""
    if isinstance(one, np.ndarray):
        return []
    if one is None:
        return nodes.tolist()
    return [*nodes[: one.low].tolist(), one.source, *nodes[one.high :].tolist()]


def _stacked(
    values: dict[int, Any], nodes: np.ndarray, one: _Along | np.ndarray | None, backwards: bool = False
) -> Any:
    """The values of nodes along a first axis, from the last on if `backwards`, given those of their sources."""
    if isinstance(one, np.ndarray):
        return _core.to_tensor(one[::-1].copy() if backwards else one)
    low, high = (len(nodes), len(nodes)) if one is None else (one.low, one.high)
    order = -1 if backwards else 1
    parts = [expand_dims(values[node], 0) for node in nodes[:low].tolist()]
    if one is not None:
        x = values[one.source]
        if one.axis:
            x = transpose(x, (one.axis, *(k for k in range(x.ndim) if k != one.axis)))
        first = min(one.first, one.first + one.step * (high - low - 1))
        x = x[first : first + high - low]
        parts.append(x if one.step == order else x[::-1])
    parts += [expand_dims(values[node], 0) for node in nodes[high:].tolist()]
    return parts[0] if len(parts) == 1 else concat(parts[::order], 0)


def _set_ends(records: _Records, made: Any, at: np.ndarray, looks: dict[int, int]) -> None:
    """Say what goes in and comes out of a program that was made of another one. Looks have these numbers where it is
    not their own."""
    program = records.program
    made.set_ends(
        program.input_count,
        program.variables,
        [int(at[node]) for node in program.outputs],
        [(which, int(at[node])) for which, node in program.assigned],
        [(int(at[node]), tensor) for node, tensor in program.captures],
        {int(at[node]): looks.get(int(node), int(node)) for node in np.flatnonzero(records.what & _LOOK)},
    )
    _core.compact(made)


def _picked(numbers: list[int], inputs: list[Any]) -> list[Any]:
    return [inputs[0][k] for k in numbers]


def _spliced(program: Any, f: Callable[[list[Any]], list[Any]], operands: list[int]) -> list[int]:
    """Append what a function does with the values of some nodes; returns the results' nodes."""
    return _appended(program, _traced(f, [program.node(node)[2:4] for node in operands]), operands).tolist()


def _traced(f: Callable[[list[Any]], list[Any]], specs: list[tuple[Any, tuple[int, ...]]]) -> Any:
    """A function of values of these dtypes and shapes, as a program."""
    examples = [_core.to_tensor(np.zeros(shape, dtype)) for dtype, shape in specs]
    with no_draws(), _core.Rehearsal(), _core.Tracer(bare(examples), True) as tracer:
        traced = _core.freeze(tracer, [_core.operand(y) for y in f(tracer.arguments)], True)
    return optimised(traced, ())


def _appended(program: Any, traced: Any, operands: list[int]) -> np.ndarray:
    """Append a program's records to another one, on some of its nodes; returns the results' nodes."""
    at = np.full(len(traced), -1, np.int32)
    at[: len(operands)] = operands
    _core.copy_records(traced, np.arange(len(operands), len(traced), dtype=np.int32), program, at)
    return at[traced.outputs]
