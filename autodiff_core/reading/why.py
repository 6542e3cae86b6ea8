"""Why a gradient is None, or zero: in words, from what a tape has recorded.

What a tape follows are records; at what it does not follow it leaves notes. With a witness (`GradientTape(trace=True)`)
there are records of everything, and the first one on the way from source to target that the tape does not follow is the
reason. Without it the reason is the note that was left at a value that depends on the source.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np

from .. import _core
from ..ops.kinks import JUMPS
from ..tensors.indexed_slices import IndexedSlices
from .naming import names_around, operands_seen
from .records import Record

__all__ = ["Reasons", "Why", "why"]

_Place = tuple[Any, ...] | None  # (_core.spell_line)
_WITHIN = " within the recorded function"
_MOST_PLACES = 4  # of which one is the reason
_MOST_LEFT = 1000  # elements that became numbers and are looked for
_POWERS = {"square": 2.0, "sqrt": 0.5}  # what ** records of these exponents, which may be numbers that came back


@dataclass(frozen=True)
class Why:
    """Why the gradient of a target with respect to a source is what it is; printed, it says so in words.

    Attributes
    ----------
    cause : str
        In a word: `connected` where there is a gradient, else `not watched`, `left` and so on.
    text : str
        What happened.
    advice : str
        What to write instead.
    line : str or None
        Where in the code, as `file:line`, if that is known.
    source : str
        The text of that line.
    """

    cause: str
    text: str
    advice: str = ""
    line: str | None = None
    source: str = ""

    def __str__(self) -> str:
        place = "" if self.line is None else f"  {self.line}" + (f": {self.source}" if self.source else "")
        return "\n".join(filter(None, (self.text, place, self.advice)))

    __repr__ = __str__


class Reasons(Sequence[Why]):
    """One `Why` for each source of a structure."""

    def __init__(self, reasons: Iterable[Why]) -> None:
        self._reasons = list(reasons)

    def __len__(self) -> int:
        return len(self._reasons)

    def __getitem__(self, k: Any) -> Any:
        return self._reasons[k]

    @property
    def cause(self) -> tuple[str, ...]:
        """The causes, one for each source."""
        return tuple(reason.cause for reason in self)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__


def why(tape: Any, targets: list[Any], sources: list[Any]) -> Why | Reasons:
    """See `Tape.why`, which has flattened the structures."""
    for x in targets:
        if isinstance(x, IndexedSlices):
            continue
        if not isinstance(x, _core.Operand):
            left = "" if x is None else ": a value that left the tape (.numpy(), float()) cannot be differentiated"
            raise TypeError(f"why: the target must be a tensor or a variable, not {type(x).__name__}{left}")
    _core.checked_sources(sources)
    if not targets or not sources:
        raise ValueError("why: there must be a target and a source")
    if _core.tape_state(tape)[0] == "empty":
        raise RuntimeError("this tape has recorded nothing: compute the target inside `with tape:`")
    targets = [x.values if isinstance(x, IndexedSlices) else x for x in targets]
    _core.join_all(tape, targets + sources)
    kept = _core.kept_answers(tape)
    around = _Around(_core.user_frame())
    reasons = []
    for x in sources:
        known = [answer for one, other, answer in kept if other is x and any(one is t for t in targets)]
        reasons.append(known[0] if known else _Question(tape, targets, x, around).answer())
    return reasons[0] if len(reasons) == 1 else Reasons(reasons)


def answers_for(tape: Any, targets: list[Any], sources: list[Any], frame: FrameType | None) -> list[Why]:
    """Why there is no gradient, for whoever asked for it."""
    around = _Around(frame)
    return [_Question(tape, targets, x, around).answer() for x in sources]


class _Around:
    """What stands around a question: the code of whoever asks, and the names that it has for tensors, by their ids."""

    def __init__(self, frame: FrameType | None) -> None:
        self.names: dict[int, str] = {}
        self.code = None if frame is None else frame.f_code
        self.codes: list[CodeType] = []
        if frame is None:
            return
        functions = [thing for thing in list(frame.f_globals.values()) if type(thing) is FunctionType]
        self.codes = [frame.f_code, *(function.__code__ for function in functions)]
        for name, value in operands_seen(frame, held=True):
            self.names.setdefault(id(value), name)


def _text_at(place: _Place) -> tuple[str | None, str]:
    if place is None:
        return None, ""
    code, line = place[:2]
    path = code if isinstance(code, str) else code.co_filename
    return _core.spell_line(place), linecache.getline(path, line).strip()


class _Question:
    """One source, and targets whose sum is differentiated."""

    def __init__(self, tape: Any, targets: list[Any], source: Any, around: _Around) -> None:
        self.tape, self.targets, self.source, self.around = tape, targets, source, around
        names = around.names
        self.x = names.get(id(source)) or (_own_name(source) or "the source")
        self.y = names.get(id(targets[0])) or (_own_name(targets[0]) or "the target")
        self.records = {told[0]: Record._make(told) for told in _core.read_tape(tape, True)}
        self.notes = _core.notes_of(tape)
        self.first, self.end, self.pauses, self.automatic = _core.tape_bounds(tape)
        self.traced = any(record.place is not None for record in self.records.values())
        self.flat: dict[int, tuple[bool, ...]] = {}
        self.own = [node for node in sorted(_core.nodes_of_source(tape, source)) if node in self.records]

    # ------------------------------------------------------------------------------------------------ saying it

    def say(self, cause: str, reason: str, advice: str = "", place: _Place = None, gradient: str = "None") -> Why:
        line, text = _text_at(place)
        return Why(cause, f"{self.head(gradient)}{reason}.", advice, line, text)

    def head(self, gradient: str) -> str:
        return f"The gradient of {self.y} with respect to {self.x} is {gradient}: "

    def untraced(self) -> str:
        return "" if self.traced else " GradientTape(trace=True) tells the line."

    # ------------------------------------------------------------------------------------------------- the answer

    def answer(self) -> Why:
        x = self.source
        if not _core.is_differentiable(x.dtype):
            return self.say(
                "integer",
                f"{self.x} is of dtype {x.dtype}, and only floats have a gradient",
                f"Make it a float where it is made, or cast it before it is watched: tf.cast({self.x}, tf.float32).",
            )
        if all(not _core.is_differentiable(y.dtype) for y in self.targets):
            y = self.targets[0]
            return self.say(
                "integer",
                f"{self.y} is of dtype {y.dtype}, and only floats have a gradient",
                "Compute with floats, tf.cast(x, tf.float32), from the source to the target.",
                self.place(self.standing(y)),
            )
        if any(y is x for y in self.targets) and self.follows(x):
            return self.say("connected", f"{self.y} is {self.x} itself", gradient="not None")
        followed = [node for node in self.own if self.records[node].followed]
        reached = self.spread(followed, followed_only=True)
        ends = [node for node in map(self.standing, self.targets) if node in reached]
        if ends:
            return self.of_connected(followed, ends, reached)
        return self.of_watched() if followed else self.of_unwatched()

    def follows(self, x: Any) -> bool:
        """Whether the tape follows this by itself, or was told to."""
        own = _is_variable(x) and x.trainable and self.automatic
        return own or any(self.records[node].followed for node in self.own)

    def standing(self, x: Any) -> int:
        return _core.where_it_stands(self.tape, x)[0]

    def place(self, node: int) -> _Place:
        record = self.records.get(node)
        return None if record is None else record.place

    def edges(self, record: Record) -> list[tuple[int, bool]]:
        """The operands of a record that are nodes, and whether the row has no slope there."""
        if record.node not in self.flat:
            self.flat[record.node] = _core.flat_operands(self.tape, record.node)
        flat = self.flat[record.node]
        return [(k, i < len(flat) and flat[i]) for i, k in enumerate(record.operands) if isinstance(k, int)]

    def spread(self, nodes: list[int], followed_only: bool = False) -> set[int]:
        """What depends on nodes."""
        reached = set(nodes)
        if not reached:
            return reached
        for node, record in self.records.items():
            if node in reached or record.leaf or (followed_only and not record.followed):
                continue
            if followed_only:
                if any(k in reached and not flat for k, flat in self.edges(record)):
                    reached.add(node)
            elif any(isinstance(k, int) and k in reached for k in record.operands):
                reached.add(node)
        return reached

    def behind(self, nodes: Iterable[int]) -> set[int]:
        """What nodes depend on."""
        found: set[int] = set()
        waiting = [node for node in nodes if node in self.records]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += [k for k in self.records[node].operands if isinstance(k, int) and k in self.records]
        return found

    @cached_property
    def uptakes(self) -> list[int] | None:
        """The records on the way to the targets into which something goes that comes from where the tape does not know,
        the latest first; None where a target is not on it."""
        return _core.taken_up_by(self.tape, self.targets)

    def goes_out_before(self, count: int) -> bool:
        """Whether something has come from outside since there were so many records."""
        return self.uptakes is None or any(count <= node for node in self.uptakes)

    def comes_back(self, count: int) -> bool:
        """The same of a number, which is one that the code does not write itself."""
        if self.uptakes is None:
            return True
        powers = [k for k in self.behind(map(self.standing, self.targets)) if self.records[k].op in _POWERS]
        return any(count <= node and not self.is_written(node) for node in (*self.uptakes, *powers))

    def is_written(self, node: int) -> bool:
        """Whether what goes into a record from outside are numbers that stand in the code, and no number was made of a
        tensor that is the same."""
        record = self.records[node]
        outside = [record.value] if record.leaf else [x for x in record.operands if not isinstance(x, int)]
        if record.op in _POWERS:
            numbers = {_POWERS[record.op]}
        elif record.op == "variable" or record.attribute is not None or not all(map(_is_number, outside)):
            return False
        else:
            numbers = {_array(x).item() for x in outside}
        return self.left is not None and numbers <= self.written - self.left

    @cached_property
    def written(self) -> frozenset[Any]:
        """The numbers in the code that is known: of whoever asks, and of where something was recorded or noted."""
        places = [*(record.place for record in self.records.values()), *(place for *_, place in self.notes)]
        codes = {place[0] for place in places if place is not None and isinstance(place[0], CodeType)}
        return frozenset().union(*map(_numbers_in, codes.union(self.around.codes)))

    @cached_property
    def left(self) -> set[Any] | None:
        """The numbers that were made of tensors; None where these are not known any more."""
        found: set[Any] = set()
        for kind, node, _, thing, _ in self.notes:
            if kind == "left":
                value = self.value(node) if thing[1] is None else thing[1]
                if value is None or _array(value).size > _MOST_LEFT:
                    return None
                found.update(_array(value).ravel().tolist())
        return found

    # -------------------------------------------------------------------------------------------- there is a way

    def of_connected(self, own: list[int], ends: list[int], reached: set[int]) -> Why:
        targets = [y for y in self.targets if self.standing(y) in ends]
        try:
            parts = _core.read_adjoints(self.tape, targets, own)
        except LookupError as error:
            return self.say("no derivative", str(error), gradient="an error")
        found = [part for part in parts if part is not None]
        way = sorted(reached & self.behind(ends))
        if not found:
            return self.of_rule(targets, way)
        total = sum(_norm(part) ** 2 for part in found) ** 0.5 if len(found) == 1 else _norm(_sum(found))
        if total == 0.0:
            return self.of_zero(targets, way)
        size = "not finite" if not np.isfinite(total) else f"{total:.6g}"
        return self.say("connected", f"its norm is {size}", gradient="not None")

    def adjoints(self, targets: list[Any], way: list[int]) -> dict[int, Any]:
        return dict(zip(way, _core.read_adjoints(self.tape, targets, way), strict=True))

    def of_rule(self, targets: list[Any], way: list[int]) -> Why:
        """A rule gives None for an operand."""
        found = self.adjoints(targets, way)
        on = set(way)
        for node in way:
            record = self.records[node]
            operands = [k for k, flat in self.edges(record) if k in on and not flat]
            if operands and found[node] is not None and all(found[k] is None for k in operands):
                return self.rule_says(record, on)
            if operands and found[node] is None and record.op != "output" and self.outputs_have(node, found):
                return self.rule_says(record, on)
        return self.say("rule", "a rule on the way gives None for its derivative")

    def outputs_have(self, node: int, found: dict[int, Any]) -> bool:
        """Whether an output of a record of several has an adjoint."""
        return any(
            self.records[k].op == "output" and node in self.records[k].operands and value is not None
            for k, value in found.items()
        )

    def rule_says(self, record: Record, way: set[int]) -> Why:
        inside = getattr(record.attribute, "inside", None)
        if isinstance(inside, _core.ProgramCore):
            return self.of_program(record, inside, [i for i, k in enumerate(record.operands) if k in way])
        return self.say(
            "rule",
            f"the function that was recorded as `{record.op}` says by its own rule that there is no derivative here, "
            f"or does not use {self.x} for its result",
            "A rule of custom_gradient, or of a row of your own, returns None for an operand: let it return the "
            "cotangent of that operand, in its shape.",
            record.place,
        )

    def of_program(self, record: Record, program: _core.ProgramCore, inputs: list[int]) -> Why:
        """Where a recorded function lets go of its arguments."""
        reached, looked = set(inputs), None
        inside = [Record._make(told) for told in _core.read_program(program)]
        needed = set(program.outputs)
        for one in reversed(inside):
            if one.node in needed and one.op != "guard":
                needed.update(one.operands)
        for one in inside:
            if not reached.intersection(one.operands):
                continue
            if one.op == "guard":
                looked = looked or one
            elif one.node not in needed:
                continue
            elif one.op == "stop_gradient":
                return self.say_stopped(record.place, _WITHIN)
            elif not _core.is_differentiable(one.dtype):
                return self.say_integer(one.op, one.dtype, record.place, _WITHIN)
            else:
                flat = _core.flat_in_program(program, one.node) or (False,) * len(one.operands)
                if all(flat[i] for i, k in enumerate(one.operands) if k in reached):
                    return self.say_flat(one.op, record.place, within=_WITHIN)
                reached.add(one.node)
        if looked is not None:
            return self.say(
                "left",
                f"the recorded function only looks at the value that depends on {self.x}: by float(), by `if` or the "
                f"like, and no derivative can follow into a number or a condition",
                "Go on with the tensor, in the place of the number that was made of it.",
                looked.place or record.place,
            )
        return self.say(
            "rule" if reached.intersection(program.outputs) else "unused",
            f"the recorded function does not use {self.x} for its result, or a rule within it gives None",
            'Where that is meant, unconnected_gradients="zero" makes zeros of None; call the function\'s Python '
            "(tf.config.run_functions_eagerly(True)) to ask within it.",
            record.place,
        )

    def of_zero(self, targets: list[Any], way: list[int]) -> Why:
        found = self.adjoints(targets, way)
        on, nonzero = set(way), {node for node, g in found.items() if g is not None and _norm(g) != 0.0}
        for node in reversed(way):
            record = self.records[node]
            if node not in nonzero:
                continue
            for k, flat in self.edges(record):
                if flat or k not in on or k in nonzero:
                    continue
                users = [self.records[m].op for m in nonzero for j, _ in self.edges(self.records[m]) if j == k]
                if len(users) > 1:
                    return self.say(
                        "cancels",
                        f"it is used {len(users)} times, by {_list(users)}, and what comes from these adds up to zero",
                        "There is a gradient, and it is zero: the target does not change with the source here.",
                        record.place,
                        "zero",
                    )
                return self.zero_at(record, k)
        return self.say("zero slope", "no slope on the way is other than zero", gradient="zero")

    def zero_at(self, record: Record, operand: int) -> Why:
        kinks = _core.kinks_of_record(self.tape, record.node)
        if kinks and all(kink.convention == JUMPS for kink in kinks):
            return self.say(
                "flat",
                f"`{record.op}` has a derivative of zero everywhere",
                "Use a smooth function in its place, or give it a rule of its own by tf.custom_gradient.",
                record.place,
                "zero",
            )
        others = [k for k in record.operands if not isinstance(k, int) or k != operand]
        values = [value for value in map(self.value, others) if value is not None]
        if others and _core.has_factors(self.tape, record.node) and all(not np.any(_core.seen(v)) for v in values):
            known = names_around(self.tape)
            names = [known.get(k) for k in others if isinstance(k, int)]
            what = f"{names[0]}, which" if names and names[0] else "a factor that"
            return self.say(
                "zero factor",
                f"`{record.op}` has {what} is zero beside it",
                "There is a gradient, and it is zero for this value of the factor.",
                record.place,
                "zero",
            )
        return self.say(
            "zero slope",
            f"the slope of `{record.op}` is zero at these values",
            "There is a gradient: other values of the source have another one. (The negative side of relu, a clipped "
            "value, a saturated sigmoid are flat.)",
            record.place,
            "zero",
        )

    def value(self, operand: Any) -> Any:
        if isinstance(operand, int):
            record = self.records.get(operand)
            return None if record is None else record.value
        return operand

    # ------------------------------------------------------------------------------------- the source is no source

    def of_unwatched(self) -> Why:
        x, where = self.source, _core.where_it_stands(self.tape, self.source)[1]
        named = self.x.replace("the source", "x")
        watch = f"Write `tape.watch({named})` at the beginning of the block, before {self.x} is used"
        if _is_variable(x):
            if not x.trainable:
                return self.say(
                    "not trainable",
                    f"{self.x} is a variable with trainable=False, which no tape watches by itself",
                    f"{watch}; or make it trainable.",
                    self.use_of(),
                )
            if not self.automatic:
                return self.say(
                    "not watched",
                    "the tape was made with watch_accessed_variables=False, so that it follows only what it is told to",
                    f"{watch}.",
                    self.use_of(),
                )
            return self.of_unread()
        if where in ("in a thread", "elsewhere"):
            return self.of_another(x, self.x, where)
        rebound = _rebinding(self.around.code, self.x)
        if rebound is not None:
            code, line, better = rebound
            place = code, line
            if better is None:
                return self.say(
                    "not a variable",
                    f"{self.x} is a tensor: what an operation makes of a variable is none, and no tape watches it by "
                    f"itself",
                    f"Name the variable itself as the source; or write `tape.watch({self.x})` at the beginning of the "
                    f"block.",
                    place,
                )
            return self.say(
                "rebound",
                f"{self.x} is a tensor, and no variable any more: an assignment gave the name to the result of an "
                f"operation",
                f"Change the variable in its place: `{better}`.",
                place,
            )
        if self.own and self.own[-1] >= self.end:
            return self.say("outside", f"{self.x} was computed after the block", "Compute it within `with tape:`.")
        return self.say(
            "not watched",
            f"{self.x} is a tensor that the tape was not told to follow, and not a Variable, which it would by itself",
            f"{watch}.",
            self.use_of(),
        )

    def use_of(self) -> _Place:
        """Where the source is used, if that is known."""
        for record in self.records.values():
            if record.place is not None and any(k in self.own for k in record.operands if isinstance(k, int)):
                return record.place
        return None

    def of_another(self, x: Any, name: str, where: str) -> Why:
        if where == "in a thread":
            return self.say(
                "other thread",
                f"{name} was computed in another thread, on a tape of its own",
                "A tape records in the thread that entered it: open it there, or return the values and compute here. "
                "tf.GradientTape(threads=True) records what threads without tapes of their own are given to do, too.",
            )
        return self.say(
            "other tape",
            f"{name} was recorded by another tape, and not by this one",
            "Ask the tape within whose block it was computed; or compute it within this one's.",
        )

    def of_unread(self) -> Why:
        """A variable that this tape would follow, and that is not on it."""
        for kind, _, count, thing, place in reversed(self.notes):
            if kind == "left" and thing[1] is self.source:
                return self.say_left(thing[0], place) if self.comes_back(count) else self.say_shown(thing[0], place)
        if any(self.paused(node) for node in self.uses()) or (self.pauses and not self.traced):
            return self.say_paused(self.use_of())
        where = _core.where_it_stands(self.tape, self.targets[0])[1]
        if where in ("elsewhere", "in a thread"):
            return self.of_another(self.targets[0], self.y, where)
        return self.of_nothing()

    def of_nothing(self) -> Why:
        """Nothing leads from one to the other."""
        if self.standing(self.targets[0]) < 0 and not _is_variable(self.targets[0]):
            return self.say_outside()
        condition = self.condition()
        return self.say_unused() if condition is None else self.say_not_taken(condition[0])

    def condition(self) -> tuple[_Place] | None:
        """Where Python has looked whether something is true, if it has."""
        for kind, _, _, _, place in self.notes:
            if kind in ("compared", "truth"):
                return (place,)
        return None

    def uses(self) -> list[int]:
        return [record.node for record in self.records.values() if any(k in self.own for k in record.nodes)]

    def paused(self, node: int) -> bool:
        return any(first <= node < end for first, end in self.pauses)

    # --------------------------------------------------------------------------------------------- the way breaks off

    def of_watched(self) -> Why:
        ends = [node for node in map(self.standing, self.targets) if node >= 0]
        everywhere = self.spread(self.own)
        way = everywhere & self.behind(ends)
        if any(node in way for node in ends):
            return self.of_break(way)
        where = [_core.where_it_stands(self.tape, y)[1] for y in self.targets]
        for kind in ("in a thread", "elsewhere"):
            if kind in where and not ends:
                return self.of_another(self.targets[0], self.y, kind)
        outside = [node for node in ends if not self.first <= node < self.end]
        if outside and len(outside) == len(ends) and not self.records[outside[0]].followed:
            return self.say_outside(self.place(outside[0]))
        found = self.of_notes(everywhere, self.behind(ends))
        if found is not None:
            return found
        if not self.traced and self.came_of_pause():
            return self.say_paused(None)
        compared = self.of_comparison(everywhere)
        if compared is not None:
            return compared
        return self.of_nothing()

    def of_break(self, way: set[int]) -> Why:
        """The first record on the way that the tape does not follow."""
        source = set(self.own)
        for node in sorted(way):
            record = self.records[node]
            edges = [(k, flat) for k, flat in self.edges(record) if k in way]
            if not edges or (record.followed and not all(flat for _, flat in edges)):
                continue
            if record.op == "stop_gradient":
                return self.of_stop(record, way)
            if not _core.is_differentiable(record.dtype):
                return self.say_integer(record.op, record.dtype, record.place)
            if any(flat for _, flat in edges):
                return self.say_flat(record.op, record.place)
            if self.paused(node):
                return self.say_paused(record.place)
            if not self.first <= node < self.end:
                return self.say_outside(record.place)
            if any(k in source for k, _ in edges):
                return self.say(
                    "watched too late",
                    f"{self.x} was used before it was watched",
                    f"Write `tape.watch({self.x})` before the first operation on it.",
                    record.place,
                )
            return self.say_paused(record.place)
        return self.say_unused()

    def of_stop(self, record: Record, way: set[int]) -> Why:
        """The user's stop, or an operation's own before a kernel that has no derivative."""
        flat = {thing for kind, node, _, thing, _ in self.notes if kind == "flat" and node in record.nodes}
        for one in (self.records[k] for k in sorted(way)):
            if record.node in one.operands and one.op in flat:
                return self.say_flat(one.op, one.place)
        return self.say_stopped(record.place)

    def of_notes(self, reached: set[int], behind: set[int]) -> Why | None:
        """What was done with a value that depends on the source, of which the tape knows no more."""
        found: dict[str, Why] = {}
        shown: Why | None = None
        for kind, node, count, thing, place in reversed(self.notes):
            own = kind == "left" and thing[1] is self.source
            if not own and node not in reached:
                continue
            if kind == "assigned":
                reason = self.say_assigned(thing, place) if self.is_read(thing, behind) else None
            elif kind == "left" and self.comes_back(count):
                reason = self.say_left(thing[0], place)
            elif kind in ("compared", "truth") or not self.goes_out_before(count):
                continue  # (what came of it cannot be on the way: nothing has come from outside since)
            elif kind == "stopped":
                reason = self.say_stopped(place)
            elif kind == "flat":
                reason = self.say_flat(thing, place)
            elif kind == "integer":
                reason = self.say_integer(thing, None, place)
            else:
                shown, reason = self.say_shown(thing[0], place), None
            if reason is not None:
                found.setdefault(str(reason), reason)
        reasons = list(found.values())
        return shown if not reasons else reasons[0] if len(reasons) == 1 else self.one_of(reasons)

    def one_of(self, reasons: list[Why]) -> Why:
        """Several values that depend on the source went where the tape does not follow; it cannot know which of them
        came back."""
        head = len(self.head("None"))
        several = [f"{k.text[head:-1]}" + f" ({k.line})" * (k.line is not None) for k in reasons[:_MOST_PLACES]]
        several += [f"{len(reasons) - len(several)} more"] * (len(several) < len(reasons))
        text = f"{self.head('None')}it is one of these: {'; or '.join(several)}."
        return replace(reasons[0], text=text, advice=reasons[0].advice + " trace=True tells which." * (not self.traced))

    def came_of_pause(self) -> bool:
        """Whether something on the way to the targets can have been computed in a pause."""
        return any(self.goes_out_before(first) for first, _ in self.pauses)

    def is_read(self, variable: Any, behind: set[int]) -> bool:
        return not behind or any(node in behind for node in _core.nodes_of_source(self.tape, variable))

    def of_comparison(self, reached: set[int]) -> Why | None:
        for node in sorted(reached):
            if self.records[node].dtype.kind == "b":
                return self.say_branch(self.records[node].place)
        for kind, node, _, _, place in self.notes:
            if kind in ("compared", "truth") and node in reached:
                return self.say_branch(place)
        return None

    # ------------------------------------------------------------------------------------------------------- words

    def say_left(self, how: str, place: _Place) -> Why:
        also = ", as functions of math call it" if how in ("float()", "int()") else ""
        return self.say(
            "left",
            f"a value that depends on {self.x} left the library by {how}{also}; no derivative can follow into a number "
            f"or an array of NumPy's",
            "Go on with the tensor: tf.sin(t) or np.sin(t) in the place of math.sin(t), t itself in that of t.numpy(); "
            "foreign code gets a derivative by tf.custom_gradient." + self.untraced() * (place is None),
            place,
        )

    def say_shown(self, how: str, place: _Place) -> Why:
        """A value left, but all numbers that came from outside since stand in the code."""
        return self.say(
            "unused",
            f"{self.y} does not depend on {self.x}: no operation leads from one to the other. {how} made a number or "
            f"an array of a value that depends on {self.x}, and what has gone into {self.y} since are numbers that "
            f"stand in the code",
            "Where these are the same all the same, or a loop runs as often as the number says, go on with the tensor.",
            place,
        )

    def say_stopped(self, place: _Place, within: str = "") -> Why:
        return self.say(
            "stop_gradient",
            f"stop_gradient stands between them{within}",
            "Leave it out where the derivative is wanted." + self.untraced() * (place is None),
            place,
        )

    def say_integer(self, op: str, dtype: Any, place: _Place, within: str = "") -> Why:
        if dtype is not None and dtype.kind == "b":
            return self.say_flat(op, place, "truth values", within)
        what = "integers" if dtype is None else str(dtype)
        return self.say(
            "integer",
            f"`{op}`{within} makes {what} of a value that depends on {self.x}, and only floats have a gradient",
            "Stay with floats from the source to the target: leave the cast out, or tf.cast(t, tf.float32)."
            + self.untraced() * (place is None),
            place,
        )

    def say_flat(self, op: str, place: _Place, gives: str = "", within: str = "") -> Why:
        what = f"gives {gives}, and has" if gives else "has"
        return self.say(
            "flat",
            f"`{op}`{within} {what} a derivative of zero everywhere, for which a tape records nothing",
            "Use a smooth function in its place, or give it a rule of its own by tf.custom_gradient (straight-through)."
            + self.untraced() * (place is None),
            place,
        )

    def say_paused(self, place: _Place) -> Why:
        return self.say(
            "paused",
            "it was computed while recording was paused, by stop_recording or within a function whose insides are not "
            "recorded",
            "Compute it outside of `with tape.stop_recording():`." + self.untraced() * (place is None),
            place,
        )

    def say_assigned(self, variable: Any, place: _Place) -> Why:
        name = self.around.names.get(id(variable)) or variable.name
        return self.say(
            "assigned",
            f"the value went through the variable {name!r}, which was assigned to; a variable has a value, and no "
            f"history",
            "Go on with the tensor that was assigned, in the variable's place." + self.untraced() * (place is None),
            place,
        )

    def say_branch(self, place: _Place) -> Why:
        return self.say(
            "condition",
            f"{self.x} was only compared: which branch is taken depends on it, and the target on what stands in that "
            f"branch",
            "A condition has no derivative. Use the value in the branch; tf.where(condition, a, b) chooses by "
            "elements, and its derivative goes to a and b." + self.untraced() * (place is None),
            place,
        )

    def say_not_taken(self, place: _Place) -> Why:
        return self.say(
            "branch not taken",
            f"no operation leads from {self.x} to {self.y}; Python looked whether something is true, and the branch "
            f"that was taken does not use {self.x}",
            "Only what is computed is differentiated. Where None is meant, "
            'unconnected_gradients="zero" makes zeros of it.' + self.untraced() * (place is None),
            place,
        )

    def say_outside(self, place: _Place = None) -> Why:
        return self.say(
            "outside",
            f"{self.y} was not computed while the tape recorded: before the block, after it, in another thread, or "
            f"from what it does not follow",
            f"Compute {self.y} within `with tape:`, from {self.x} on; in other threads with "
            f"tf.GradientTape(threads=True).",
            place,
        )

    def say_unused(self) -> Why:
        return self.say(
            "unused",
            f"{self.y} does not depend on {self.x}: no operation leads from one to the other",
            'Where that is meant, unconnected_gradients="zero" makes zeros of None.',
            self.place(self.standing(self.targets[0])),
        )


@lru_cache(maxsize=1024)
def _numbers_in(code: CodeType) -> frozenset[Any]:
    """The numbers that code writes, and those that they are in float32."""
    found: set[Any] = set()
    waiting: list[Any] = list(code.co_consts)
    for part in waiting:  # (which grows)
        if isinstance(part, (tuple, frozenset)):
            waiting += part
        elif isinstance(part, CodeType):
            found |= _numbers_in(part)
        elif isinstance(part, (int, float, complex)):
            found.add(part)
            if isinstance(part, float):
                found.add(float(np.float32(part)))
    return frozenset(found)


def _is_variable(x: Any) -> bool:
    return isinstance(x, _core.VariableCore)


def _is_number(x: Any) -> bool:
    return isinstance(x, _core.Operand) and x.ndim == 0


def _own_name(x: Any) -> str | None:
    return x.name if _is_variable(x) else None


def _array(part: Any) -> Any:
    return np.asarray(_core.seen(part))


def _norm(part: Any) -> float:
    array = _array(part)
    return float(np.linalg.norm(array.astype(np.complex128 if array.dtype.kind == "c" else np.float64).ravel()))


def _sum(parts: list[Any]) -> Any:
    return sum(map(_array, parts[1:]), _array(parts[0]))


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(set(words)))


# ---------------------------------------------------------------------------------------------------- names that change


def _rebinding(code: CodeType | None, name: str) -> tuple[CodeType, int, str | None] | None:
    """Where code gives a name to what an operation makes: the code, the line, and what to write in its place; None for
    that where the name never was a variable's."""
    base = re.match(r"[^\W\d]\w*", name)
    if code is None or base is None:
        return None
    bindings = _bindings(code, name)
    variable = any(_makes_variable(value) for _, value in bindings)
    for node, value in reversed(bindings):
        if isinstance(node, ast.AugAssign):
            return code, node.lineno, _in_place(name, node.op, node.value)
        if isinstance(value, ast.BinOp) and ast.unparse(value.left) == name:
            return code, node.lineno, _in_place(name, value.op, value.right)
        if value is not None and variable and not _makes_variable(value) and _mentions(value, name):
            return code, node.lineno, f"{name}.assign({ast.unparse(value)})"
    if base.group() != name:  # an element of what is made anew: [w - 0.1 * g for w, g in zip(weights, gradients)]
        for node, value in reversed(_bindings(code, base.group())):
            one = getattr(value, "elt", getattr(value, "value", None))
            if isinstance(value, (ast.ListComp, ast.DictComp)) and isinstance(one, ast.BinOp):
                return code, node.lineno, _in_place(ast.unparse(one.left), one.op, one.right)
    for node, value in reversed(bindings):
        if value is not None and not _makes_variable(value) and any(_makes_variable(part) for part in ast.walk(value)):
            return code, node.lineno, None
    return None


def _in_place(name: str, op: ast.operator, value: ast.expr) -> str:
    method = {ast.Add: "assign_add", ast.Sub: "assign_sub"}.get(type(op))
    if method is not None:
        return f"{name}.{method}({ast.unparse(value)})"
    whole = ast.BinOp(ast.Name(name, ast.Load()), op, value)
    return f"{name}.assign({ast.unparse(whole)})"


def _makes_variable(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "Variable"


def _mentions(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(part, (ast.Name, ast.Attribute, ast.Subscript)) and ast.unparse(part) == name
        for part in ast.walk(node)
    )


@lru_cache(maxsize=8)
def _parsed(filename: str, text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _bindings(code: CodeType, name: str) -> list[tuple[Any, ast.expr | None]]:
    """The assignments to a name, or an attribute or element, in the code of a function, or of a module, in their order;
    with their values."""
    module = _parsed(code.co_filename, "".join(linecache.getlines(code.co_filename)))
    if module is None:
        return []
    scope: Any = module
    if code.co_name != "<module>":
        inside = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        own = [n for n in inside if n.name == code.co_name and code.co_firstlineno in range(_top(n), n.lineno + 1)]
        scope = own[0] if own and re.split(r"\W", name)[0] in (*code.co_varnames, *code.co_cellvars) else module
    found: list[tuple[Any, ast.expr | None]] = []
    waiting = list(scope.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            pairs = [pair for t in targets for pair in _pairs(t, node.value)]
            found += [(node, value) for t, value in pairs if ast.unparse(t) == name]
        waiting[:0] = list(ast.iter_child_nodes(node))
    return found


def _pairs(target: ast.expr, value: ast.expr | None) -> list[tuple[ast.expr, ast.expr | None]]:
    """What is assigned to what: `a, b = x, y` are two."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        return [(target, value)]
    values: list[Any] = [None] * len(target.elts)
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(values):
        values = value.elts
    return list(zip(target.elts, values, strict=True))


def _top(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])
