"""Why a function was recorded: what is another in a call than in the calls that there were programs for.

A recording notes what its program was found by, which is at hand; words are made of it when somebody asks. Nothing of
a user's is kept for that: of objects there are weak references, of long texts the beginning.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .calls import Arguments, is_object, object_of

_MOST = 100
_WIDTH = 60
_LONG = 200
_NESTED = "nested like"
_PLAIN = (bool, float, complex, np.dtype)

Facts = dict[str, Any]
"""Of a call: the part of its key for each leaf of an argument, and for each name that the function reads around it."""


class Recordings:
    """The recordings of a function, the latest ones last."""

    def __init__(self) -> None:
        # (A list is copied as it is at one moment, whatever other threads note; a deque may not be.)
        self._noted: list[tuple[Any, ...]] = []

    def note(self, arguments: Arguments, around: tuple[Any, ...], variant: _core.Variant, made: bool) -> None:
        """One more: what it was for, what stood around the function, and what became of it; `made`: it made variables,
        so that its program is not kept."""
        self._noted.append((_lasting(arguments.key), arguments.sizes(), _lasting(around), variant.look, made))
        del self._noted[: -_MOST - 1]

    def reasons(self, parameters: Sequence[str], names: Sequence[str]) -> list[str]:
        """For each of them, why there was no program; `names` are those of what the function reads around it."""
        known: list[Facts] = []
        found = []
        earlier = False
        for key, sizes, around, look, made in self._noted.copy():
            facts = _facts(key, sizes, parameters)
            for name, part in zip(names, around, strict=False):
                facts[f"{name}, which its code reads around it,"] = part
            found.append(_reason(known, facts, look, earlier))
            known.append(facts)
            earlier = made
        return found[-_MOST:]  # (one more is kept, beside which the oldest is told: it is not the first call)


class _Faint:
    """Something of a user's in a key: told from others without being kept, and shown as long as it is there."""

    __slots__ = ("_hash", "_thing", "_words", "by_value", "name")

    def __init__(self, thing: Any, by_value: bool) -> None:
        self.by_value = by_value
        self._hash = hash(thing) if by_value else id(thing)
        self.name = thing.__name__ if isinstance(thing, type) else type(thing).__name__
        self._words = f"an object of {self.name}"
        self._thing: Any = None
        try:
            self._thing = weakref.ref(thing)
        except TypeError:  # most of those are small: a number, a date, a text (of which the beginning is kept)
            if by_value:
                self._words = _shown(thing)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Faint) or self._hash != other._hash or self.by_value != other.by_value:
            return False
        if self._thing is other._thing:  # (weak references to one object are one)
            return self._words == other._words
        mine, its = self._present(), other._present()
        if not self.by_value or (mine is not None and its is not None):
            return mine is not None and (mine is its or (self.by_value and bool(mine == its)))
        return self.name == other.name

    def _present(self) -> Any:
        return None if self._thing is None else self._thing()

    def spelled(self) -> str:
        """In words; of what is there no more, that."""
        if self._thing is None:
            return self._words
        thing = self._thing()
        if thing is None:
            return f"{self._words} that is gone" if self.by_value else "an object that is gone"
        return _shown(thing) if self.by_value else _spelled_object(thing)


def _lasting(part: Any) -> Any:
    """A part of a key as it may be kept."""
    kind = type(part)
    if kind is tuple:
        return tuple(map(_lasting, part))
    if isinstance(part, _core.Same):
        return _Faint(part.thing, False)
    if is_object(part):
        thing = object_of(part)
        return part if thing is None else _Faint(thing, False)
    if part is None or isinstance(part, _PLAIN) or (isinstance(part, type) and part.__module__ == "builtins"):
        return part
    if (kind is int and part.bit_length() < _LONG) or (kind in (str, bytes) and len(part) < _LONG):
        return part
    text = str(part) if kind.__module__.startswith("optree") else ""
    return (_NESTED, _nesting(text), hash(part)) if text else _Faint(part, True)


def _nesting(text: str) -> str:
    return _shortened(text.removeprefix("PyTreeSpec(").partition(", NoneIsLeaf")[0])


def _facts(key: tuple[Any, ...], sizes: Sequence[int], parameters: Sequence[str]) -> Facts:
    count, given = key[0], list(key[1 : 1 + len(sizes) - key[0]])
    titles = [*parameters[:count], *(f"argument {k}" for k in range(len(parameters), count)), *given]
    facts: Facts = {}
    at = 1 + len(given)
    for title, size in zip(titles, sizes, strict=True):
        if key[at] is not None:
            facts[f"the structure of {title}"] = key[at]
        for k in range(size):
            facts[title if key[at] is None else f"leaf {k} of {title}"] = key[at + 1 + k]
        at += 1 + size
    return facts


def _reason(known: list[Facts], facts: Facts, look: Any, made: bool) -> str:
    """Beside the one before that is most like it; `made`: the last one made variables."""
    if not known:
        return "it is the first call"
    found = min((_differences(before, facts) for before in reversed(known)), key=len)
    if found:
        return "; ".join(found)
    if look is not None:
        return f"a value that Python looks at is another one ({_core.spell_place(look)})"
    if made:
        return "the call before made variables, which a replay must not"
    return "the program for such calls is gone"


def _differences(before: Facts, facts: Facts) -> list[str]:
    lines = []
    for name, fact in facts.items():
        if name not in before:
            lines.append(f"{name} is {_spelled(fact)}, and was not given")
        elif before[name] != fact:
            now, then = _spelled(fact), _spelled(before[name])
            lines.append(f"{name} is another one, {now}" if now == then else f"{name} is {now}, and was {then}")
    return lines + [
        f"{name} is not given, and was {_spelled(fact)}" for name, fact in before.items() if name not in facts
    ]


def _spelled(part: Any) -> str:
    """The part of a key for a leaf or for what stands around a function, in words."""
    if part is None:
        return "nothing"
    if isinstance(part, _Faint):
        return part.spelled()
    kind, *parts = part
    if kind is _NESTED:
        return f"{kind} {parts[0]}"
    if isinstance(kind, np.dtype):
        return f"{kind} of shape {parts[0]}"
    if kind in (float, complex):
        return " and ".join(str(float.fromhex(text)) if "0x" in text else text for text in parts)
    if kind in (tuple, frozenset, list, dict) or len(parts) != 1:
        return f"a {kind.name if isinstance(kind, _Faint) else kind.__name__}"
    return parts[0].spelled() if isinstance(parts[0], _Faint) else _shown(parts[0])


def _spelled_object(thing: Any) -> str:
    if isinstance(thing, (np.ndarray, _core.Operand)):
        return f"{thing.dtype} of shape {tuple(thing.shape)}"
    return f"an object of {type(thing).__name__}"


def _shown(thing: Any) -> str:
    """Of a value that is itself the key."""
    if type(thing) in (str, bytes):
        thing = thing[:_LONG]
    try:
        return _shortened(repr(thing))
    except Exception:  # a class of the user's, which is not why anybody asks
        return f"an object of {type(thing).__name__}"


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
