"""Why a function was recorded: what is another in a call than in the calls that there were programs for.

A recording notes what its program was found by, which is at hand; words are made of it when somebody asks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .calls import Arguments, object_of, objects_of

_MOST = 100
_WIDTH = 60

Facts = dict[str, Any]
"""Of a call: the part of its key for each leaf of an argument, and for each name that the function reads around it."""


class Recordings:
    """The recordings of a function, the latest ones last."""

    def __init__(self) -> None:
        self._noted: deque[tuple[Any, ...]] = deque(maxlen=_MOST + 1)

    def note(self, arguments: Arguments, around: tuple[Any, ...], variant: _core.Variant, made: bool) -> None:
        """One more: what it was for, what stood around the function, and what became of it; `made`: it made variables,
        so that its program is not kept."""
        self._noted.append((arguments.key, arguments.sizes(), around, variant.look, made))

    def reasons(self, parameters: Sequence[str], names: Sequence[str]) -> list[str]:
        """For each of them, why there was no program; `names` are those of what the function reads around it."""
        known: list[Facts] = []
        found = []
        earlier = False
        for key, sizes, around, look, made in self._noted:
            facts = _facts(key, sizes, parameters)
            for name, part in zip(names, around, strict=False):
                facts[f"{name}, which its code reads around it,"] = part
            found.append(_reason(known, facts, look, earlier))
            known.append(facts)
            earlier = made
        return found[-_MOST:]  # (one more is kept, beside which the oldest is told: it is not the first call)


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
    if isinstance(part, _core.Same):
        return _spelled_object(part.thing)
    if part is None:
        return "nothing"
    if objects_of(part) == [part]:
        return _spelled_object(object_of(part))
    if not isinstance(part, tuple):  # a structure in structures, as optree has it
        return f"nested like {_shortened(str(part).removeprefix('PyTreeSpec(').partition(', NoneIsLeaf')[0])}"
    kind, *parts = part
    if not isinstance(kind, type):
        return f"{kind} of shape {parts[0]}"
    if kind in (float, complex):
        return " and ".join(str(float.fromhex(text)) if "0x" in text else text for text in parts)
    if kind in (tuple, frozenset, list, dict) or len(parts) != 1:
        return f"a {kind.__name__}"
    try:
        return _shortened(repr(parts[0]))
    except Exception:  # a class of the user's, which is not why anybody asks
        return f"an object of {kind.__name__}"


def _spelled_object(thing: Any) -> str:
    if isinstance(thing, (np.ndarray, _core.Operand)):
        return f"{thing.dtype} of shape {tuple(thing.shape)}"
    return "an object that is gone" if thing is None else f"an object of {type(thing).__name__}"


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
