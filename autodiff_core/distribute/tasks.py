"""What Dask's workers run: parts of data made arrays, programs run on ranges of rows, and sums of what they give.

A task is one of these functions, by its name; what it is given is arrays, programs and bytes of functions. So that a
worker of another release is told so, each is given the client's version first. `answer` is no task: a client asks it
of workers that it knows to have what they need, and the scheduler only passes on what it says.

Sums of parts are a tree whose shape is the number of parts: of eight that stand side by side, in their order, then of
eight such sums, and so on. Whoever has which of them, the sum of all is the same to the last bit.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

import autodiff_core as tf

from .. import _core, nest
from ..data import tables
from ..programs.program import from_bytes

__all__ = [
    "TOGETHER",
    "added",
    "answer",
    "as_part",
    "call",
    "call_on_part",
    "evaluate",
    "head_of",
    "kinds_of",
    "program_of",
    "summed",
    "totals_of",
]

TOGETHER = 8
"""Sums that are added up to one, at each level of the tree."""

Range = tuple[int, int]
Sums = dict[tuple[int, int], list[np.ndarray]]
"""Sums of parts, by their level in the tree, from 0, and their number on it."""

_MOST_PROGRAMS = 32  # that a worker keeps for those who ask


def check_version(version: str) -> None:
    """Raise an error on a worker that has another release than the client."""
    if version != tf.__version__:
        raise RuntimeError(
            f"a Dask worker has autodiff_core {tf.__version__}, and the client has {version}: programs are not sent "
            f"from one release to another; install the same one on all of them"
        )


# ---------------------------------------------------------------------------------------------------------------- data


def as_part(version: str, data: Any) -> Any:
    """What was computed, loaded or cut for one part, as a structure of arrays."""
    check_version(version)
    leaves, rebuild = nest.flatten_for_tape(data)
    return rebuild([_arrays(leaf) for leaf in leaves])


def _arrays(leaf: Any) -> Any:
    """A table as a dict of columns; anything else as an array that lies row after row."""
    if tables.is_table(leaf):
        return tables.of_table(leaf)
    leaf = tables.column(leaf)
    try:
        array = _core.seen(_core.operand(leaf))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"data to distribute are arrays and tables of numbers or truth values; a part has "
            f"{type(leaf).__name__} of dtype {getattr(leaf, 'dtype', 'none')}: {error}"
        ) from None
    if not array.ndim:
        raise ValueError(
            f"data to distribute have rows, and a part has the single number {array}: what is the same for all rows "
            f"belongs into the params, or into the function"
        )
    return np.ascontiguousarray(array)


def head_of(part: Any) -> tuple[int, Any]:
    """How many rows a part has, and the first two of them."""
    leaves, rebuild = nest.flatten_for_tape(part)
    counts = sorted({len(leaf) for leaf in leaves})
    if len(counts) != 1:
        raise ValueError(
            f"arrays of one part must be of one number of rows, and have {counts}"
            if counts
            else "a part of the data has no arrays in it"
        )
    return counts[0], rebuild([leaf[:2].copy() for leaf in leaves])


# ------------------------------------------------------------------------------------------------------------ programs


def program_of(version: str, content: bytes) -> Any:
    """A program that has come as the bytes of a file."""
    check_version(version)
    return from_bytes(content)


_programs: dict[str, Any] = {}  # by the digests of their files; those that were asked of last come last


async def answer(
    version: str,
    shares: Mapping[str, Sequence[tuple[int, str, Sequence[Range]]]],
    parts: int,
    files: Mapping[int, tuple[str, bytes | None]],
    given: tuple[Sequence[np.ndarray], Mapping[int, Sequence[np.ndarray]]],
    by_rows: bool,
    dask_worker: Any,
) -> Sums | None:
    """What programs give for the parts that this worker has; None where it lacks a part, or a program.

    Parameters
    ----------
    version : str
        The client's.
    shares : mapping
        By the worker's address, of each part that it is asked about the number, Dask's key, and the ranges of its rows.
    parts : int
        How many there are of all workers together.
    files : mapping
        By the number of rows, the digest of the program's file, and the file, unless the worker should have it.
    given, by_rows
        As for `evaluate`.
    dask_worker : distributed.Worker
        This one.
    """
    check_version(version)
    own = shares[dask_worker.address]
    if any(key not in dask_worker.data for _, key, _ in own):
        return None
    threads, loop = dask_worker.executor, asyncio.get_running_loop()
    programs = {}
    for rows, (digest, content) in files.items():
        program = _programs.pop(digest, None)
        if program is None:
            if content is None:
                return None
            program = await loop.run_in_executor(threads, program_of, version, content)
        programs[rows] = _programs[digest] = program
    for digest in list(_programs)[:-_MOST_PROGRAMS]:
        _programs.pop(digest, None)
    found = await asyncio.gather(
        *(
            loop.run_in_executor(threads, evaluate, ranges, dask_worker.data[key], version, programs, given, by_rows)
            for _, key, ranges in own
        )
    )
    return summed({(0, number): sums for (number, _, _), sums in zip(own, found, strict=True)}, parts)


def evaluate(
    ranges: Sequence[Range],
    part: Any,
    version: str,
    programs: Mapping[int, Any],
    given: tuple[Sequence[np.ndarray], Mapping[int, Sequence[np.ndarray]]],
    by_rows: bool,
) -> list[np.ndarray]:
    """The sums, over ranges of a part's rows, of what a program of that many rows gives: of float64.

    Parameters
    ----------
    ranges : sequence of pairs
        From which row to which.
    part : structure of ndarray
        The data.
    version : str
        The client's.
    programs : mapping
        By the number of rows; of params, data and what the function reads around it.
    given : pair
        The params, and what else programs read, by the number of rows.
    by_rows : bool
        Whether what a range gives counts as often as it has rows, since it is a mean over them.
    """
    check_version(version)
    params, reads = given
    arrays = nest.flatten_for_tape(part)[0]
    total: list[np.ndarray] = []
    for start, stop in ranges:
        rows = stop - start
        try:
            found = programs[rows](*params, *(array[start:stop] for array in arrays), *reads[rows])
        except ValueError as error:
            error.add_note(
                "the strategy records the loss once, for the first rows of the data, and every worker replays that: "
                "a loss that goes by values as Python sees them (`if`, float, int) goes by those"
            )
            raise
        weight = float(rows) if by_rows else 1.0
        terms = [np.asarray(_core.seen(one), np.float64) * weight for one in found]
        total = terms if not total else [one + other for one, other in zip(total, terms, strict=True)]
    return total


def added(parts: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray]:
    """Sums of several parts, in their order."""
    total = list(parts[0])
    for part in parts[1:]:
        total = [one + other for one, other in zip(total, part, strict=True)]
    return total


def summed(sums: Sums, parts: int) -> Sums:
    """Sums of some of so many parts, with those added up that stand side by side in the tree and are all here."""
    found, level, count = dict(sums), 0, parts
    while count > 1:
        for group in sorted({number // TOGETHER for one, number in found if one == level}):
            members = [(level, k) for k in range(TOGETHER * group, min(TOGETHER * (group + 1), count))]
            if all(member in found for member in members):
                found[level + 1, group] = added([found.pop(member) for member in members])
        level, count = level + 1, -(-count // TOGETHER)
    return found


# ----------------------------------------------------------------------------------------------------------- functions


def call(item: Sequence[Any], version: str, function: bytes) -> Any:
    """A function of a client's, which is this call's alone, with its variables."""
    check_version(version)
    found: Callable[..., Any] = pickle.loads(function)
    return found(*item)


def call_on_part(parts: Sequence[Any], version: str, function: bytes, places: Sequence[int | str], args: Any) -> Any:
    """A function with parts of data in some places of its arguments."""
    check_version(version)
    found: Callable[..., Any] = pickle.loads(function)
    arguments, named = list(args[0]), dict(args[1])
    for place, part in zip(places, parts, strict=True):
        tensors = nest.map_structure(_core.operand, part)
        if isinstance(place, str):
            named[place] = tensors
        else:
            arguments[place] = tensors
    return found(*arguments, **named)


def kinds_of(value: Any) -> Any:
    """A structure like a value's, of empty arrays of its dtypes."""
    return nest.map_structure(lambda leaf: np.empty(0, _core.seen(_core.operand(leaf)).dtype), value)


def totals_of(value: Any, rows: int, axis: int | None, mean: bool) -> list[np.ndarray]:
    """What a value of one part adds to a sum: its leaves, each times what it counts, and what they count."""
    arrays = [_core.seen(_core.operand(leaf)) for leaf in nest.flatten(value)]
    if axis is None:
        counts = [float(rows) if mean else 1.0] * len(arrays)
        # (The mean of no rows is NaN, and counts nothing.)
        pairs = zip(map(_wide, arrays), counts, strict=True)
        sums = [array * count if count else np.zeros_like(array) for array, count in pairs]
        return [*sums, np.array(counts)]
    for array in arrays:
        if not -array.ndim <= axis < array.ndim:
            raise ValueError(f"reduce: a value of shape {array.shape} has no axis {axis}")
    sums = [np.sum(_wide(array), axis) for array in arrays]
    return [*sums, np.array([float(array.shape[axis]) for array in arrays])]


def _wide(array: np.ndarray) -> np.ndarray:
    """As what it is added up."""
    return np.asarray(array, np.complex128 if array.dtype.kind == "c" else np.float64)
