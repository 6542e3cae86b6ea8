"""A file for arrays that a tape has no room for: it has no name, and is mapped into memory part by part."""

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
        self._parts: list[mmap.mmap] = []
        self._begin = self._used = 0

    def put(self, array: np.ndarray) -> tuple[np.ndarray, int]:
        """An array of the same, which nobody can write to, in the file; and the number of its part."""
        if not self._parts or self._used + array.nbytes > len(self._parts[-1]):
            self._open(max(self._size, array.nbytes))
        at = self._used
        self._file.seek(self._begin + at)
        rest = array.reshape(-1).view(np.uint8).data
        while rest:
            rest = rest[self._file.write(rest) :]
        self._used += -(-array.nbytes // _ALIGNED) * _ALIGNED
        part = len(self._parts) - 1
        return np.ndarray(array.shape, array.dtype, self._parts[part], at), part

    def _open(self, size: int) -> None:
        if self._parts:
            self._begin += len(self._parts[-1])
        size = -(-size // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        self._file.truncate(self._begin + size)
        self._parts.append(mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_READ, offset=self._begin))
        self._used = 0

    def let_go(self, part: int) -> None:
        """Keep nothing of a part in memory; it is read anew where it is read again."""
        if hasattr(mmap, "MADV_DONTNEED"):  # (elsewhere the system takes memory back when it needs it)
            self._parts[part].madvise(mmap.MADV_DONTNEED)
