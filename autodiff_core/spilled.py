"""A file for arrays that a tape has no room for: it has no name, and is mapped into memory as it grows."""

from __future__ import annotations

import mmap
import tempfile

import numpy as np

__all__ = ["SpillFile"]

_ALIGNED = 64


class SpillFile:
    """Arrays are written to its end, and read as its memory; it goes with the last of them."""

    def __init__(self, size: int) -> None:
        """Of parts of about so many bytes."""
        self._file = tempfile.TemporaryFile(prefix="autodiff_core_", buffering=0)  # noqa: SIM115 (it is open as long)
        self._size = max(size, 1 << 16)
        self._parts: list[tuple[mmap.mmap, int, int]] = []  # what maps it, and where in that it begins and ends
        self._begin = self._used = 0  # of the last mapping in the file, and of the last part in its mapping

    def put(self, array: np.ndarray) -> tuple[np.ndarray, int]:
        """An array of the same, which nobody can write to, in the file; and the number of its part."""
        if not self._parts or self._used + array.nbytes > self._parts[-1][2]:
            self._open(max(self._size, array.nbytes))
        at, mapped = self._used, self._parts[-1][0]
        self._file.seek(self._begin + at)
        rest = array.reshape(-1).view(np.uint8).data
        while rest:
            rest = rest[self._file.write(rest) :]
        self._used += -(-array.nbytes // _ALIGNED) * _ALIGNED
        return np.ndarray(array.shape, array.dtype, mapped, at), len(self._parts) - 1

    def _open(self, size: int) -> None:
        """Begin a part of so many bytes. A mapping takes a descriptor of the process's, of which there may be no more
        than some hundreds: so it is for several parts where the file is long."""
        size = _whole_pages(size)
        mapped, _, at = self._parts[-1] if self._parts else (None, 0, 0)
        if mapped is None or at + size > len(mapped):
            self._begin += 0 if mapped is None else len(mapped)
            room = max(size, _whole_pages(self._begin // 4))
            self._file.truncate(self._begin + room)
            mapped, at = mmap.mmap(self._file.fileno(), room, access=mmap.ACCESS_READ, offset=self._begin), 0
        self._parts.append((mapped, at, at + size))
        self._used = at

    def let_go(self, part: int) -> None:
        """Keep nothing of a part in memory; it is read anew where it is read again."""
        mapped, begin, end = self._parts[part]
        if hasattr(mmap, "MADV_DONTNEED"):  # (elsewhere the system takes memory back when it needs it)
            mapped.madvise(mmap.MADV_DONTNEED, begin, end - begin)


def _whole_pages(size: int) -> int:
    return -(-size // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
