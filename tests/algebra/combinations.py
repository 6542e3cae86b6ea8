"""Which combinations there are, which of them are documented errors, and which are still wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from zlib import crc32

from autodiff_core.errors import OperatorNotAllowedInGraphError
from autodiff_core.programs.file import ProgramFileError

from .check import Chain, chain_of, permitted, run
from .corpus import CORPUS, Entry
from .transformations import TRANSFORMATIONS


@dataclass(frozen=True)
class Refusal:
    """An error that is right: where, which, and why."""

    where: Callable[[Entry, Chain], bool]
    error: type[Exception]
    text: str
    reason: str


def _of_program(names: Chain) -> bool:
    return any(t.programs for t in chain_of(names))


def _records(names: Chain) -> bool:
    """Whether something records a program of the function, for itself or to be kept."""
    return any(
        t.programs or t.keeps or t.name.endswith("of a closure") or t.name == "eval_shape" for t in chain_of(names)
    )


DOCUMENTED = [
    Refusal(
        lambda entry, names: "looks" in entry.tags and _of_program(names),
        ValueError,
        "the program does not hold for these arguments.*Record another program",
        "a program is one way through a function; its looks at values are guards",
    ),
    Refusal(
        lambda entry, names: "own rule" in entry.tags and _of_program(names),
        ValueError,
        "this program has no derivative.*differentiate the function itself",
        "there is no Python in a program, and the rule is Python",
    ),
    Refusal(
        lambda entry, names: bool({"custom_gradient", "custom_jvp"} & set(names)) and _of_program(names),
        ValueError,
        "this program has no derivative.*differentiate the function itself",
        "there is no Python in a program, and the rule is Python",
    ),
    Refusal(
        lambda entry, names: "changes variables" in entry.tags and "custom_jvp" in names,
        TypeError,
        "reads the variables.*make them arguments",
        "a rule of tangents of the arguments says nothing about variables",
    ),
    Refusal(
        lambda entry, names: "calls Python" in entry.tags and "loaded program" in names,
        ProgramFileError,
        "calls Python of its own and cannot be saved",
        "a file holds no Python, and how many steps a solver takes is Python's",
    ),
    Refusal(
        lambda entry, names: "looks" in entry.tags and "eval_shape" in names,
        OperatorNotAllowedInGraphError,
        "Python asks for the value of a tensor.*only shapes are asked for",
        "which way the code goes is not known without values",
    ),
    Refusal(
        lambda entry, names: "looks" in entry.tags and "eval_shape" in names,
        ValueError,
        "which branch is taken is not known where only shapes are asked for.*return different ones",
        "of branches that give different dtypes one is taken, and nobody knows which",
    ),
    Refusal(
        lambda entry, names: "calls Python" in entry.tags and "eval_shape" in names,
        OperatorNotAllowedInGraphError,
        "^embedded of .*only values say what shape the result has",
        "a solver is Python that needs numbers",
    ),
    Refusal(
        lambda entry, names: "puts back" in entry.tags and _records(names),
        RuntimeError,
        "^Checkpoint.read: a recorded function would do so when it is recorded; call it outside$",
        "what is read from a file is no operation",
    ),
    Refusal(
        lambda entry, names: "iterates" in entry.tags and (_of_program(names) or "eval_shape" in names),
        TypeError,
        "iterates over a tf.data.Dataset is run as the Python that it is: it has no program.*and no shapes",
        "the elements are those of the run that is recorded",
    ),
    Refusal(
        lambda entry, names: "maps" in entry.tags,
        TypeError,
        "^map: a function that is being differentiated makes an element of a dataset of what the derivative depends on",
        "a dataset's elements are made when they are asked for, by whoever iterates",
    ),
    Refusal(
        lambda entry, names: "tape of threads" in names,
        RuntimeError,
        "^a tape that hears all threads.*what is traced is what one thread computes",
        "a program is what one thread computes",
    ),
    Refusal(
        lambda entry, names: names.count("tape of threads") == 2,
        RuntimeError,
        "^a tape that hears all threads.*within what a thread has been given to do where another such tape is open",
        "a thread's log is joined to one other",
    ),
    Refusal(
        lambda entry, names: "tape of threads" in names,
        RuntimeError,
        "^a tape that hears all threads.*within what is run again for a second derivative",
        "tapes that have been left do not hear threads",
    ),
    Refusal(
        lambda entry, names: {"tape of threads", "custom_jvp"} <= set(names),
        TypeError,
        "a custom_jvp function reads tensors around it that a tape follows",
        "what threads give back is not known to have been computed within the function",
    ),
]

STILL_WRONG: list[str] = []
"""Combinations by their names, with * for anything; where all of a pattern are right, it is a fault of this list."""


def outcome(entry: Entry, names: Chain) -> str:
    """What comes of a combination: "right", "refused" with the number of the refusal, or what is wrong."""
    try:
        run(entry, names)
    except Exception as error:
        number = refusal(entry, names, error)
        if number is not None:
            return f"refused {number}"
        return f"{type(error).__name__}: {error}".replace("\n", " ").replace("\t", " ")
    return "right"


def refusal(entry: Entry, names: Chain, error: Exception) -> int | None:
    """The number of the documented refusal that an error is, if it is one."""
    for number, one in enumerate(DOCUMENTED):
        if type(error) is one.error and one.where(entry, names) and re.search(one.text, str(error), re.DOTALL):
            return number
    return None


def is_settled(name: str, what: str) -> bool:
    """Whether an outcome is as it should be, or known not to be."""
    return what == "right" or what.startswith("refused") or any(fnmatch(name, pattern) for pattern in STILL_WRONG)


def unused(outcomes: list[tuple[str, str]]) -> list[str]:
    """What the two lists have too much, after all combinations have run."""
    kinds = {what for _, what in outcomes}
    wrong = [name for name, what in outcomes if what != "right" and not what.startswith("refused")]
    return [
        *(f"never refused: {one.reason}" for number, one in enumerate(DOCUMENTED) if f"refused {number}" not in kinds),
        *(f"no longer wrong: {pattern}" for pattern in STILL_WRONG if not any(fnmatch(n, pattern) for n in wrong)),
    ]


def pairs(entry: Entry) -> Iterator[Chain]:
    """Every transformation, and every pair."""
    for first in TRANSFORMATIONS:
        if permitted(entry, (first,)):
            yield (first,)
        for second in TRANSFORMATIONS:
            if permitted(entry, (first, second)):
                yield first, second


def spread(entry: Entry, chains: Iterable[Chain], every: int) -> Iterator[Chain]:
    """One in so many of an entry's chains, the same in every run, and whatever else there is: each transformation by
    itself and, of those that are put together, each with some of the others in each place, and each two around some of
    the functions."""
    places = {name: k for k, name in enumerate(TRANSFORMATIONS)}
    shift = crc32(entry.name.encode())
    for chain in chains:
        if len(chain) == 1 or (sum(places[name] for name in chain) + shift) % every == 0:
            yield chain


def triples(entry: Entry, count: int) -> Iterator[Chain]:
    """A sample of triples, the same in every run."""
    draw = random.Random(entry.name)
    names = list(TRANSFORMATIONS)
    found: set[Chain] = set()
    while len(found) < count:
        chain = tuple(draw.choice(names) for _ in range(3))
        if chain not in found and permitted(entry, chain):
            found.add(chain)
            yield chain


def sample(count: int) -> list[tuple[str, Chain]]:
    """Combinations from everywhere, the same in every run: every transformation of every kind of function."""
    draw = random.Random(11)
    every = [(entry.name, chain) for entry in CORPUS.values() for chain in pairs(entry)]
    return sorted(draw.sample(every, count))
