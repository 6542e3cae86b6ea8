"""Data by rows, part by part on Dask's workers: where parts come from, and what is known of them here.

A part is a structure of arrays of one number of rows, in the memory of a worker. Dask's collections are computed there
and stay there; arrays of this process are cut and sent, one part after the other, and remain here, to be sent again
where a worker has gone with its parts. Of all data the numbers of rows are here, and two rows, for functions to be
recorded with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import autodiff_core as tf

from .. import nest
from ..data import tables
from ..data.dataset import Dataset
from . import tasks
from .staying import Stays

__all__ = ["Parts", "distributed", "is_lost"]

_AT_ONCE = 1 << 26  # bytes of a part's rows that are evaluated together: more of them would fill no cache better
_MOST_LENGTHS = 8  # of ranges, and so of programs, that are as they come; more are put together of powers of two


class Parts(Stays):
    """Data on Dask's workers, or what a function gave for each part of it.

    What `experimental_distribute_dataset` and `run` of a `DaskStrategy` give. It is on the workers as long as this
    object is here.

    Attributes
    ----------
    futures : list of distributed.Future
        The parts.
    rows : list of int
        How many rows of the data each is, or is for.
    """

    def __init__(self, futures: list[Any], rows: list[int], begun: Callable[[], list[Any]] | None = None) -> None:
        self.futures, self.rows, self._begun = futures, rows, begun

    def renew(self) -> None:
        """Have again what went with a worker and Dask cannot compute: what was made of what came from here."""
        if self._begun is not None and any(map(is_lost, self.futures)):
            self.futures = self._begun()

    def _why_here(self) -> str:
        return (
            "data in parts are not pickled: they are on the workers. Give them to the strategy's run or value_and_grad "
            "as an argument, and a function there has its part; experimental_local_results brings what run gave here"
        )

    def __len__(self) -> int:
        return len(self.futures)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} parts, {sum(self.rows)} rows>"


class Data(Parts):
    """Parts that a function can be evaluated on: all of one structure, of the same dtypes and sizes."""

    def __init__(self, client: Any, futures: list[Any], sources: list[Any] | None) -> None:
        self._client = client
        self._sources = sources  # None where Dask computes what is lost
        heads = client.gather(client.map(tasks.head_of, futures, pure=False))
        super().__init__(futures, [rows for rows, _ in heads])
        if not sum(self.rows):
            raise ValueError("data to distribute have no rows")
        first = next(k for k, rows in enumerate(self.rows) if rows)
        self.head = heads[first][1]
        for k, (rows, head) in enumerate(heads):
            if rows and _kinds(head) != _kinds(self.head):
                raise ValueError(
                    f"parts of the data must be alike but for their rows: part {first} has {_kinds(self.head)[1]}, and "
                    f"part {k} {_kinds(head)[1]}"
                )
        self.key = _kinds(self.head)
        self.ranges = _ranges(self.rows, sum(leaf.nbytes // len(leaf) for leaf in nest.flatten(self.head)))

    def renew(self) -> None:
        """Send the arrays of this process once more that went with a worker."""
        for k, source in enumerate(self._sources or ()):
            if is_lost(self.futures[k]):
                (self.futures[k],) = self._client.scatter([source], hash=False)


def is_lost(future: Any) -> bool:
    """Whether Dask has it no more, and nothing to compute it of."""
    return future.status in ("lost", "cancelled")


def _kinds(head: Any) -> tuple[Any, str]:
    """What a part's rows are: as a key, and in words."""
    leaves, rebuild = nest.flatten_for_tape(head)
    words = [f"{leaf.dtype} of shape (rows{''.join(f', {n}' for n in leaf.shape[1:])})" for leaf in leaves]
    return (nest.structure_key(head), *words), str(rebuild(words))


def _ranges(rows: Sequence[int], bytes_of_row: int) -> list[list[tasks.Range]]:
    """The rows of each part in ranges that are evaluated at once: of few lengths, since each is a program.

    Small parts are one range. Where nearly every part has another number of rows, ranges are powers of two.
    """
    most = max(1, _AT_ONCE // max(1, bytes_of_row))
    whole = [_even(count, math.ceil(count / most)) for count in rows]
    if len({length for lengths in whole for length in lengths}) > _MOST_LENGTHS:
        largest = 1 << (min(most, max(rows)).bit_length() - 1)
        whole = [_powers(count, largest) for count in rows]
    found = []
    for lengths in whole:
        ends = np.cumsum(lengths, dtype=int).tolist()
        found.append([(end - length, end) for end, length in zip(ends, lengths, strict=True)])
    return found


def _even(count: int, ranges: int) -> list[int]:
    return [count * (k + 1) // ranges - count * k // ranges for k in range(ranges)]


def _powers(count: int, largest: int) -> list[int]:
    lengths = [largest] * (count // largest)
    rest = count % largest
    return lengths + [1 << k for k in reversed(range(rest.bit_length())) if rest >> k & 1]


# ------------------------------------------------------------------------------------------------------ where they are


def distributed(client: Any, data: Any) -> Data:
    """Parts of data on the workers of a client.

    Raises
    ------
    TypeError
        For what has no rows of numbers.
    ValueError
        Where the parts of several things do not go together.
    RuntimeError
        Where there is no worker.
    """
    leaves = [_Leaf(leaf) for leaf in _leaves(data)]
    if not leaves:
        raise ValueError("data to distribute are empty: there is no array in them")
    threads = client.nthreads()
    if not threads:
        raise RuntimeError(
            "the Dask cluster has no workers yet: wait for them, client.wait_for_workers(1), or scale it up"
        )
    places = [address for address in sorted(threads) for _ in range(threads[address])]
    lengths = _lengths(leaves, len(places))
    pieces = [leaf.pieces(lengths) for leaf in leaves]
    counts = {len(of_leaf) for of_leaf in pieces}
    if len(counts) != 1:
        raise ValueError(
            f"data to distribute must be of one number of parts, and have {sorted(counts)}: repartition them alike"
        )
    parts = [_rebuilt(data, iter(of_part)) for of_part in zip(*pieces, strict=True)]
    if all(leaf.is_here for leaf in leaves):
        sources = [tasks.as_part(tf.__version__, part) for part in parts]
        for source in sources:
            tasks.head_of(source)  # says what does not fit before anything is sent
        futures = [
            client.scatter([source], workers=[places[k % len(places)]], hash=False)[0]
            for k, source in enumerate(sources)
        ]
        return Data(client, futures, sources)
    from dask.delayed import delayed

    made = [delayed(tasks.as_part, pure=False)(tf.__version__, part) for part in parts]
    return Data(client, client.compute(made), None)


class _Leaf:
    """An array, a table, a collection of Dask's, or a list of parts that Dask has or is to compute."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.is_collection = hasattr(value, "to_delayed")
        self.is_listed = isinstance(value, list) and bool(value) and all(map(_is_part, value))
        self.is_here = not self.is_collection and not self.is_listed
        if isinstance(value, Dataset):
            raise TypeError(
                "a tf.data.Dataset is read here, and not by Dask's workers: give its arrays, a Dask collection, or a "
                "list of dask.delayed calls that load a part each"
            )
        if isinstance(value, list) and any(map(tables.is_table, value)):
            raise TypeError(
                "a list of tables of this process is no data: a list has parts that Dask has or is to compute "
                "(client.scatter(tables), dask.delayed), or numbers. Put tables of this process on end"
            )
        if self.is_here and not tables.is_table(value) and (not hasattr(value, "shape") or not hasattr(value, "dtype")):
            self.value = np.asarray(value)
        if self.is_here and not tables.is_table(value) and not len(self.value.shape):
            raise ValueError(
                f"data to distribute have rows, and {value!r} is a single value: what is the same for all rows belongs "
                f"into the params, or into the function"
            )

    @property
    def lengths(self) -> tuple[float, ...] | None:
        """How many rows its parts have, where it is cut already; NaN where nobody knows."""
        if self.is_here:
            return None
        chunks = getattr(self.value, "chunks", None)
        if chunks is not None:
            found: tuple[float, ...] = chunks[0]
            return found
        return (math.nan,) * (len(self.value) if self.is_listed else self.value.npartitions)

    @property
    def count(self) -> int:
        """How many rows it has, where it is here."""
        return len(self.value) if hasattr(self.value, "__len__") else int(self.value.shape[0])

    def pieces(self, lengths: tuple[float, ...]) -> list[Any]:
        """Its parts; of arrays those of so many rows."""
        if self.is_listed:
            return list(self.value)
        if hasattr(self.value, "chunks"):  # rows are whole, and cut where those of the others are
            whole = dict.fromkeys(range(1, self.value.ndim), -1)
            known = not any(map(math.isnan, lengths)) and not any(map(math.isnan, self.value.chunks[0]))
            array = self.value.rechunk({0: lengths} | whole if known else whole) if known or whole else self.value
            return list(array.to_delayed().reshape(-1))
        if self.is_collection:
            return list(self.value.to_delayed())
        if any(map(math.isnan, lengths)):
            raise ValueError(
                "an array of this process cannot be cut to fit parts whose numbers of rows nobody knows: give parts of "
                "it, or compute the chunk sizes (array.compute_chunk_sizes())"
            )
        ends = np.cumsum(lengths, dtype=int).tolist()
        if ends[-1] != self.count:
            raise ValueError(
                f"data to distribute are of {ends[-1]} and of {self.count} rows, and must be of one number"
            )
        return [_cut(self.value, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _lengths(leaves: list[_Leaf], places: int) -> tuple[float, ...]:
    """How many rows each part has: as the first that is cut already, where that is known; or the same for each
    place."""
    cut = [leaf.lengths for leaf in leaves if leaf.lengths is not None]
    if cut:
        return next((lengths for lengths in cut if not any(map(math.isnan, lengths))), cut[0])
    count = leaves[0].count
    return tuple(_even(count, max(1, min(places, count))))


def _is_part(value: Any) -> bool:
    """Whether it is one of Dask's that stands for a value: a future, or what is to be computed."""
    return type(value).__name__ in ("Future", "Delayed", "DelayedLeaf", "DelayedAttr") and hasattr(value, "key")


def _cut(value: Any, start: int, end: int) -> Any:
    return value.iloc[start:end] if hasattr(value, "iloc") else value[start:end]


def _leaves(data: Any) -> Iterator[Any]:
    """What stands in the tuples and dicts of data; lists are leaves, of parts or of numbers."""
    if isinstance(data, tuple):
        for part in data:
            yield from _leaves(part)
    elif isinstance(data, dict):
        for part in data.values():
            yield from _leaves(part)
    else:
        yield data


def _rebuilt(data: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(data, tuple):
        return tuple(_rebuilt(part, leaves) for part in data)
    if isinstance(data, dict):
        return {key: _rebuilt(part, leaves) for key, part in data.items()}
    return next(leaves)
