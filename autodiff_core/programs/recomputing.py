"""Programs in a budget: what a backward part reads late is computed again, where there is no room to keep it.

A program is a sequence of records, and what it keeps in memory at its worst moment is what was computed before and is
read after that. Here the records before that moment are cut into segments. What is computed within a segment is
dropped, but for what later segments need to be computed; and right before the first record that reads something of a
segment, what is read of it is computed again. So there are as many windows as segments behind the worst moment, in
each of which one segment is there: of n layers, in about the room of the square root of n. A window in which there is
no room for that is cut in the same way (the schedules of loops, `schedules.py`, do so at once; a program's records are
not all alike). Where products are few beside what is computed of them, they are kept, since elementwise records cost
next to nothing to compute again; only where that is not enough, everything is.

An order is judged by what its values take, record by record, and in the end by the memory of the plan that is made of
it (src/budget.pxi), which holds the windows apart. Nothing is computed again that draws, prints, waits for others or
runs a function of Python's whose cost nobody knows, so that effects are what they were; and what is computed again is
the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from .. import _core
from ..ops.forms import Without, operations
from .checkpointed import room_in_budget, room_of_gradient
from .loops import Body

__all__: list[str] = []

Windows = list[list[int]]

_DEAR = 16  # operations an element: what costs more is kept, if there is room
_GROWTH = 1.4  # of the number of segments, from one attempt to the next
_MOST_SEGMENTS = 400
_TRIES = 4  # numbers of segments that fit
_MOST_CUTS = 400  # of windows into several
_ATTEMPTS = 6  # plans that are made, each for a smaller budget than the one before


class _Facts:
    """What is known of a program's records."""

    def __init__(self, program: _core.ProgramCore) -> None:
        self.taken, told = _core.records_for_budget(program)
        kinds = [program.node(k)[0] for k in range(len(told))]
        self.order = [node for node, kind in enumerate(kinds) if kind not in ("input", "constant")]
        self.operands = [one[0] for one in told]
        self.owner = [one[1] for one in told]
        self.bytes = [one[2] for one in told]
        self.within = [one[3] for one in told]
        self.again = [one[4] for one in told]
        self.cost = [0] * len(told)
        self.dear = [False] * len(told)
        for node in self.order:
            if self.again[node]:
                self._look_at(program, node)

    def _look_at(self, program: _core.ProgramCore, node: int) -> None:
        op, operands, _, shape, attribute = program.node(node)
        cost = _core.op_named(op).cost
        if isinstance(cost, Without):
            self.again[node] = False
            return
        elements = math.prod(shape)
        count = operations(cost, attribute, [program.node(k)[3] for k in operands], shape)
        self.dear[node] = count > _DEAR * elements
        self.cost[node] = count + elements

    def source(self, node: int) -> int:
        """The operand whose memory a view's value has."""
        owner = self.owner[node]
        return next((k for k in self.operands[node] if self.owner[k] == owner), node)


class _Profile(NamedTuple):
    """What windows take: in each of them the most bytes, and at which record."""

    most: list[int]
    at: list[int]


class _Piece:
    """Memory of a value: since when, and until when it is read; positions, and windows."""

    __slots__ = ("first", "last", "made", "read", "size", "within")

    def __init__(self, size: int, within: bool, at: int, window: int) -> None:
        self.size, self.within = size, within
        self.made = self.read = at
        self.first = self.last = window


def _profile(facts: _Facts, windows: Windows, after: set[int]) -> _Profile:
    """What is taken, record by record; `after`: what is read when these windows are over."""
    operands, owner, size, within = facts.operands, facts.owner, facts.bytes, facts.within
    where: dict[int, _Piece | None] = {}
    outside: dict[int, _Piece | None] = {}  # by owner: what was there before

    def piece_of(node: int) -> _Piece | None:
        if node in where:
            return where[node]
        of = owner[node]
        if of not in outside:
            outside[of] = _Piece(size[of], False, -1, -1) if size[of] else None
        return outside[of]

    pieces: list[_Piece] = []
    at = 0
    for number, window in enumerate(windows):
        for node in window:
            for k in operands[node]:
                piece = piece_of(k)
                if piece is not None:
                    piece.read, piece.last = at, number
            if owner[node] != node:
                where[node] = piece_of(facts.source(node))
            elif size[node]:
                made = where[node] = _Piece(size[node], within[node], at, number)
                pieces.append(made)
            else:
                where[node] = None
            at += 1
    for node in after:
        piece = piece_of(node)
        if piece is not None:
            piece.read, piece.last = at, len(windows)
    change = [0] * (at + 2)
    for piece in (*pieces, *outside.values()):
        if piece is not None and not (piece.within and piece.first == piece.last):
            change[max(piece.made, 0)] += piece.size
            change[piece.read + 1] -= piece.size
    now, at = 0, 0
    most, places = [], []
    for window in windows:
        best, place = -1, 0
        for k in range(len(window)):
            now += change[at]
            at += 1
            if now > best:
                best, place = now, k
        most.append(best)
        places.append(place)
    return _Profile(most, places)


def _read_after(facts: _Facts, windows: Windows) -> set[int]:
    """What windows read of what is computed before them."""
    needed: set[int] = set()
    for window in reversed(windows):
        for node in reversed(window):
            needed.discard(node)
            needed.update(facts.operands[node])
    return needed


class _Cut:
    """A window on its way to several: what is computed up to its worst moment, and what is read of it after that."""

    def __init__(self, facts: _Facts, window: list[int], at: int, after: set[int]) -> None:
        self.facts, self.after = facts, after
        self.before, self.rest = window[: at + 1], window[at + 1 :]
        self.place = {node: k for k, node in enumerate(self.before)}
        self.read: dict[int, int] = {}  # of what is read after that: where first
        for at, node in enumerate(self.rest):
            for k in facts.operands[node]:
                if k in self.place:
                    self.read.setdefault(k, at)
        late = {facts.owner[k] for k in self.read}
        self.total, self.below = 0, []  # bytes that are to be dropped, and of those what lies before each record
        for node in self.before:
            self.below.append(self.total)
            if node in late and facts.again[node]:
                self.total += facts.bytes[node]
        self.count = sum(node in late and facts.again[node] and facts.bytes[node] > 0 for node in self.before)

    def windows(self, segments: int, dropped: int, dear: bool) -> tuple[Windows, int]:
        """So many segments, of which so many are dropped, the first ones, with what is dear or without it: the windows,
        and what is computed again costs."""
        facts, place = self.facts, self.place
        part = [min(segments - 1, segments * x // self.total) for x in self.below]
        gone = self._dropped(part, dropped, dear)

        def is_gone(node: int) -> bool:
            return node in place and facts.owner[node] in gone

        starts = [len(self.rest)] * dropped
        for node, at in self.read.items():
            if is_gone(node):
                k = part[place[facts.owner[node]]]
                starts[k] = min(starts[k], at)
        for k in range(1, dropped):
            starts[k] = min(starts[k], starts[k - 1])
        cost, end = 0, len(self.rest)
        found: Windows = []
        for k in range(dropped):
            here = self.rest[starts[k] : end]
            end = min(end, starts[k])
            if here:
                again = self._computed_again(here, is_gone)
                cost += sum(facts.cost[node] for node in again)
                found.append(again + here)
        return [self.before + self.rest[:end], *reversed(found)], cost

    def _dropped(self, part: list[int], dropped: int, dear: bool) -> set[int]:
        """Records whose memory is given back before it is read."""
        facts, place = self.facts, self.place
        gone = {
            node
            for node in self.before
            if facts.again[node]
            and facts.owner[node] == node
            and part[place[node]] < dropped
            and (dear or not facts.dear[node])
        }
        gone.difference_update(facts.owner[node] for node in self.after if node in place)
        gone.difference_update(facts.owner[node] for node in self.before if not facts.again[node])
        # What is read out of turn, before most of what comes later, would be computed again with everything else.
        reads: dict[int, list[int]] = {}
        for node, at in self.read.items():
            if facts.owner[node] in place:
                reads.setdefault(part[place[facts.owner[node]]], []).append(at)
        middles = {k: sorted(found)[len(found) // 2] for k, found in reads.items()}
        for node, at in self.read.items():
            owner = facts.owner[node]
            if owner in gone and at < middles.get(part[place[owner]] + 1, 0):
                gone.discard(owner)
        for node in self.before:  # what a segment is computed of
            if facts.owner[node] in gone:
                for k in facts.operands[node]:
                    owner = facts.owner[k]
                    if owner in gone and part[place[owner]] < part[place[node]]:
                        gone.discard(owner)
        return gone

    def _computed_again(self, window: list[int], is_gone: Any) -> list[int]:
        """What a window needs of what is gone, in the order in which it was computed."""
        found: set[int] = set()
        wanted = [k for node in window for k in self.facts.operands[node] if is_gone(k)]
        while wanted:
            node = wanted.pop()
            if node not in found:
                found.add(node)
                wanted += [k for k in self.facts.operands[node] if is_gone(k)]
        return sorted(found, key=self.place.__getitem__)

    def best(self, budget: int) -> Windows | None:
        """The cheapest windows within a budget; else those that go furthest, as far as they leave room for going on;
        None where nothing helps."""
        if not self.total:
            return None
        fitting: list[tuple[int, Windows]] = []
        others: list[tuple[bool, int, Windows]] = []
        most = max(_profile(self.facts, [self.before + self.rest], self.after).most)
        for dear in (False, True):
            tries = 0
            for segments in self._numbers():
                windows, cost = self.windows(segments, segments - 1, dear)
                profile = _profile(self.facts, windows, self.after)
                worst, first = max(profile.most), profile.most[0]
                if worst <= budget:
                    fitting.append(self._as_few_as_will_do(segments, dear, budget, (cost, windows)))
                    tries += 1  # (with more segments there may be less to be dropped)
                    if tries == _TRIES:
                        break
                elif worst < most:
                    # (What is there when the first window ends is there in the others, too.)
                    others.append((True, first, windows) if 2 * first > budget else (False, worst, windows))
        if fitting:
            return min(fitting, key=lambda one: one[0])[1]
        return min(others, key=lambda one: one[:2])[2] if others else None

    def _as_few_as_will_do(
        self, segments: int, dear: bool, budget: int, found: tuple[int, Windows]
    ) -> tuple[int, Windows]:
        """What is computed again costs, and windows within a budget, of which all segments but the last are dropped in
        those that have been found."""
        low, high = 1, segments - 1
        while low < high:
            middle = (low + high) // 2
            windows, cost = self.windows(segments, middle, dear)
            if max(_profile(self.facts, windows, self.after).most) <= budget:
                high, found = middle, (cost, windows)
            else:
                low = middle + 1
        return found

    def _numbers(self) -> Iterator[int]:
        number = 2
        while number <= min(self.count + 1, _MOST_SEGMENTS):
            yield number
            number = max(number + 1, int(number * _GROWTH))


def _fitted(facts: _Facts, budget: int) -> tuple[Windows, int]:
    """Windows within a budget, or as near to it as there are any; and what they take."""
    windows = [list(facts.order)]
    profile = _profile(facts, windows, set())
    best = windows, max(profile.most)
    for _ in range(_MOST_CUTS):
        worst = max(profile.most)
        if worst < best[1]:
            best = list(windows), worst
        if worst <= budget:
            break
        k = profile.most.index(worst)
        cut = _Cut(facts, windows[k], profile.at[k], _read_after(facts, windows[k + 1 :]))
        found = cut.best(budget)
        if found is None:
            break
        windows[k : k + 1] = found
        profile = _profile(facts, windows, set())
    return best


def _plan_within(program: _core.ProgramCore, budget: int, renumbered: bool) -> _core.Plan:
    """A plan of a program that takes no more than that."""
    facts = _Facts(program)
    aim = budget
    for _ in range(_ATTEMPTS):
        windows, worst = _fitted(facts, aim)
        plan, taken = _core.plan_of_windows(program, windows, renumbered)
        if taken <= budget:
            return plan
        if worst > aim:
            break
        aim = min(aim * budget // taken, aim * 9 // 10)
    smallest, least = _smallest(facts, program, renumbered)
    if least <= budget:
        return smallest
    whole, share = facts.taken, room_in_budget(budget).bytes
    if share in (_room(op, attribute) for op, *_, attribute in map(program.node, facts.order)):
        # A loop's room grows with the budget.
        whole, least = (math.ceil(budget * (taken - share) / (budget - share)) for taken in (whole, least))
    raise ValueError(
        f"function(memory=): {budget} bytes are too few: {whole} are computed with at a time where nothing is "
        f"computed again, and {least} at least where as much as can be is"
    )


def _smallest(facts: _Facts, program: _core.ProgramCore, renumbered: bool) -> tuple[_core.Plan, int]:
    """The plan that takes least, and what it takes: the same whatever the budget is, so that what an error names is
    found again by who then asks for that."""
    low, high = 0, facts.taken
    smallest, least = _core.plan_of_windows(program, [facts.order], renumbered)
    for _ in range(_ATTEMPTS):
        windows, worst = _fitted(facts, (low + high) // 2)
        plan, taken = _core.plan_of_windows(program, windows, renumbered)
        if taken < least:
            smallest, least = plan, taken
        if worst <= (low + high) // 2:
            high = (low + high) // 2
        else:
            low = (low + high) // 2
    return smallest, least


def _is_of_loop(attribute: Any) -> bool:
    return isinstance(attribute, tuple) and bool(attribute) and isinstance(attribute[0], Body)


def _room(op: str, attribute: Any) -> int:
    """The room of the gradient of a loop; 0 for any other record."""
    return room_of_gradient(op, attribute) if _is_of_loop(attribute) else 0


def _besides(op: str, attribute: Any) -> int:
    """Bytes that a loop takes besides what it gives: its room, or what a round computes with."""
    if not _is_of_loop(attribute):
        return 0
    program = attribute[0].program
    return _room(op, attribute) or (0 if program is None else _core.plan_of(program).arena_size)


_core.install_recomputing(_plan_within, _besides)
