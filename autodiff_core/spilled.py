"""A file for arrays that a tape has no room for: it has no name, and is mapped into memory as it grows.

Rooms in it are whole pages, of eight sizes to a power of two. One whose array is gone is the next one's of its size, so
the file is about as long as what has been in it at once. Where a process has forked, it and its child write to files of
their own from then on, and go on reading what there was.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["SpillFile"]

_forks = 0


def _note_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_note_fork)


class _Place(NamedTuple):
    """Where a room is."""

    mapped: mmap.mmap
    start: int  # of the mapping, in the file
    at: int  # in the mapping
    size: int


class _Room(weakref.ref[np.ndarray]):
    """A place, as long as somebody reads the array in it (views of that hold it)."""

    __slots__ = ("key", "place")

    key: int
    place: _Place


class SpillFile:
    """Arrays are written to it, and read as its memory; it goes with the last of them."""

    def __init__(self, size: int) -> None:
        """Of mappings of so many bytes at least."""
        self._size = size
        self._begin()

    def _begin(self) -> None:
        forks = _forks
        try:
            self._file = tempfile.TemporaryFile(prefix="autodiff_core_", buffering=0)  # noqa: SIM115 (it is open as long)
        except OSError as error:
            raise _told(error, "no file can be made") from error
        self._forks = forks
        self._close = weakref.finalize(self, self._file.close)
        self._mapped: list[mmap.mmap] = []
        self._start = self._used = 0  # of the last mapping in the file, and of what has been given out in that
        self._free: dict[int, list[_Place]] = {}
        self._rooms: dict[int, _Room] = {}
        self._gone: list[Any] = []

    def __len__(self) -> int:
        """Bytes of the rooms that have been given out, whether or not somebody has them now."""
        return self._start + self._used

    def put(self, array: np.ndarray) -> np.ndarray:
        """An array of the same, which nobody can write to, in the file."""
        if self._forks != _forks:
            self._close()
            self._begin()
        place = self._place(_room_size(array.nbytes))
        try:
            self._write(place, array.reshape(-1).view(np.uint8).data)
        except BaseException as error:
            self._free.setdefault(place.size, []).append(place)
            if isinstance(error, OSError):
                raise _told(error, f"{array.nbytes} bytes cannot be written to a file of {len(self)}") from error
            raise
        written: np.ndarray = np.ndarray(array.shape, array.dtype, place.mapped, place.at)
        written.flags.writeable = False
        room: Any = _Room(written, self._gone.append)
        room.key, room.place = id(written), place
        self._rooms[room.key] = room
        return written

    def let_go(self, arrays: Sequence[np.ndarray]) -> None:
        """Keep nothing of these in memory; they are read anew where they are read again."""
        if not hasattr(mmap, "MADV_DONTNEED"):  # (the system takes memory back when it needs it)
            return
        for array in arrays:
            room = self._rooms.get(id(array))
            if room is not None and room() is array:
                room.place.mapped.madvise(mmap.MADV_DONTNEED, room.place.at, room.place.size)

    def _place(self, size: int) -> _Place:
        """A place that nobody has."""
        while self._gone:  # (their arrays may have gone anywhere, in any thread)
            room: _Room = self._gone.pop()
            if self._rooms.get(room.key) is room:
                del self._rooms[room.key]
            self._free.setdefault(room.place.size, []).append(room.place)
        if self._free.get(size):
            return self._free[size].pop()
        if not self._mapped or self._used + size > len(self._mapped[-1]):
            self._map(size)
        place = _Place(self._mapped[-1], self._start, self._used, size)
        self._used += size
        return place

    def _map(self, size: int) -> None:
        """Make the file longer. A mapping takes a descriptor of the process's, of which there may be no more than some
        hundreds: so they get longer with the file."""
        start = self._start + (len(self._mapped[-1]) if self._mapped else 0)
        step = mmap.ALLOCATIONGRANULARITY
        length = -(-max(size, self._size, start // 4) // step) * step
        try:
            self._file.truncate(start + length)
            mapped = mmap.mmap(self._file.fileno(), length, access=_ACCESS, offset=start)
        except OSError as error:
            raise _told(error, f"a file of {start} bytes cannot be made longer") from error
        self._mapped.append(mapped)
        self._start, self._used = start, 0

    def _write(self, place: _Place, data: memoryview) -> None:
        if not _WRITES:
            place.mapped[place.at : place.at + len(data)] = data
            return
        at = place.start + place.at
        while data:
            written = os.pwrite(self._file.fileno(), data, at)
            data, at = data[written:], at + written


_WRITES = hasattr(os, "pwrite")
"""Whether data are written by a call, of which a full disk is an error. Elsewhere (on Windows) they are copied into the
mapping: there a file that is made longer has its place on the disk."""

_ACCESS = mmap.ACCESS_READ if _WRITES else mmap.ACCESS_WRITE


def _room_size(nbytes: int) -> int:
    """Whole pages, of eight sizes to a power of two."""
    step = max(mmap.PAGESIZE, 1 << max((nbytes - 1).bit_length() - 4, 0))
    return -(-nbytes // step) * step


def _told(error: OSError, what: str) -> OSError:
    """The same error, with what was to be done."""
    try:
        folder = f"in {tempfile.gettempdir()}"
    except OSError:
        folder = "anywhere"
    return OSError(
        error.errno,
        f"GradientTape(memory=): what the tape keeps beyond its budget has no room: {what} {folder} "
        f"({error.strerror or error}); the environment variable TMPDIR names another folder",
    )
