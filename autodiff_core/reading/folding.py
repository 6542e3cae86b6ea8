"""Which records of a long tape are drawn as one node: rounds of a loop, a module, a function, a stretch.

Every node of a folded picture is a stretch of records one behind the other, so that edges between nodes lead from
earlier to later ones, as those between records do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from .records import Record

__all__ = ["Stretch", "folded"]

WAYS = ("module", "function", "loop")
_SHORTEST = 3  # rounds that are taken for a loop
_LONGEST = 2000  # records of a round
_STRETCHES = 12  # into which records are cut that nothing says more of


class Stretch(NamedTuple):
    """Records that are drawn as one node: alone, or under a title."""

    records: tuple[Record, ...]
    title: str | None = None
    rounds: int = 1


def folded(
    records: Sequence[Record], leaves: Mapping[int, Record], way: str | Literal[False] | None, most: int
) -> list[Stretch]:
    """Stretches of records that are no leaves: folded in one way, or by that which makes at most so many."""
    if way is False:
        return [Stretch((record,)) for record in records]
    if way == "loop":
        return _loops(records)
    if way == "module":
        return _by_key(records, _scopes(records, leaves), None)
    if way == "function":
        return _by_key(records, _functions(records), None)
    if len(records) <= most:
        return [Stretch((record,)) for record in records]
    scopes = _scopes(records, leaves)
    deepest = max((len(scope) for scope in scopes), default=0)
    ways: list[Callable[[], list[Stretch]]] = [lambda: _loops(records)]
    for depth in range(deepest, 0, -1):
        ways.append(lambda depth=depth: _by_key(records, scopes, depth))  # type: ignore[misc]
    ways.append(lambda: _by_key(records, _functions(records), None))
    for fold in ways:
        found = fold()
        if len(found) <= most:
            return found
    return _even(records, most)


# ---------------------------------------------------------------------------------------------------------------- loops


def _loops(records: Sequence[Record]) -> list[Stretch]:
    """Records that repeat, each repetition on what the one before gave, as one node."""
    signs = _signs(records)
    later: dict[int, int] = {}
    following = [0] * len(signs)  # how far on the same sign comes again
    for k in range(len(signs) - 1, -1, -1):
        following[k] = later.get(signs[k], k) - k
        later[signs[k]] = k
    found: list[Stretch] = []
    at = 0
    while at < len(signs):
        period, end = _repeated(signs, following, at)
        if not period:
            found.append(Stretch((records[at],)))
            at += 1
            continue
        begin = at  # the first round has its operands from elsewhere
        while begin > at - period and found and found[-1].rounds == 1:
            if not _alike(records[begin - 1], records[begin - 1 + period]):
                break
            begin -= 1
            found.pop()
        rounds = (end - begin) // period
        at = begin + rounds * period
        found.append(Stretch(tuple(records[begin:at]), None, rounds))
    return found


def _repeated(signs: Sequence[int], following: Sequence[int], at: int) -> tuple[int, int]:
    """How many records from here on repeat, and where that ends: (0, 0) where they don't."""
    period = following[at]
    for _ in range(3):
        if not period or period > _LONGEST or at + _SHORTEST * period > len(signs):
            break
        end = at + period
        while end < len(signs) and signs[end] == signs[end - period]:
            end += 1
        if end - at >= _SHORTEST * period:
            return period, end
        again = following[at + period]
        period = period + again if again else 0
    return 0, 0


def _alike(one: Record, other: Record) -> bool:
    """Whether two records do the same, whatever with."""
    return (one.op, one.shape, one.dtype) == (other.op, other.shape, other.dtype)


def _signs(records: Sequence[Record]) -> list[int]:
    """Numbers, equal for records that do the same on operands equally far back, or on the same leaves."""
    known: dict[object, int] = {}
    place = {record.node: k for k, record in enumerate(records)}
    found = []
    for k, record in enumerate(records):
        operands = tuple(
            (k - place[one]) if isinstance(one, int) and one in place else ("leaf" if isinstance(one, int) else "value")
            for one in record.operands
        )
        sign = (record.op, record.shape, record.dtype, operands)
        found.append(known.setdefault(sign, len(known)))
    return found


# ------------------------------------------------------------------------------------------------ modules and functions

Key = tuple[str, ...]


def _scopes(records: Sequence[Record], leaves: Mapping[int, Record]) -> list[Key]:
    """For each record the module that it is put with: the one whose variable it reads; or that of all that it is
    computed of, as long as it is no number: an activation say."""
    scopes: dict[int, Key] = {}
    for record in records:
        nodes = [one for one in record.operands if isinstance(one, int)]
        read = [leaves[one].name for one in nodes if one in leaves and leaves[one].op == "variable"]
        inside = [scope for name in read if name and (scope := tuple(name.split("/")[:-1]))]
        if inside:
            scopes[record.node] = inside[0]
        elif len(nodes) == len(record.operands) and record.shape != ():
            around = {scopes.get(one, ()) for one in nodes}
            scopes[record.node] = around.pop() if len(around) == 1 else ()
    return [scopes.get(record.node, ()) for record in records]


def _functions(records: Sequence[Record]) -> list[Key]:
    """For each record the function that it was made in, where that was noted."""
    names = [_function(record.place) for record in records]
    return [() if name is None or name.startswith("<") else (name.rpartition("<locals>.")[2],) for name in names]


def _function(place: tuple[Any, ...] | None) -> str | None:
    """The function that a place is in: of code, or as a file tells it."""
    if place is None:
        return None
    return str(place[2]) if isinstance(place[0], str) else str(place[0].co_qualname)


def _by_key(records: Sequence[Record], keys: Sequence[Key], depth: int | None) -> list[Stretch]:
    """Neighbours of one key as one node."""
    found: list[Stretch] = []
    at = 0
    while at < len(records):
        key, end = keys[at][:depth], at + 1
        while key and end < len(records) and keys[end][:depth] == key:
            end += 1
        if end - at == 1:
            found.append(Stretch((records[at],)))
        else:
            found.append(Stretch(tuple(records[at:end]), "/".join(key), _rounds(records[at:end])))
        at = end
    return found


def _rounds(records: Sequence[Record]) -> int:
    """How often the same is done, in records that are nothing but that."""
    for period in range(1, len(records) // 2 + 1):
        if len(records) % period == 0 and all(map(_alike, records, records[period:])):
            return len(records) // period
    return 1


def _even(records: Sequence[Record], most: int) -> list[Stretch]:
    """A few stretches of equal length."""
    size = -(-len(records) // min(most, _STRETCHES))
    return [Stretch(tuple(records[at : at + size])) for at in range(0, len(records), size)]
