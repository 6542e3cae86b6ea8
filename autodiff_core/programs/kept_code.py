"""The folder in which native code is kept between processes: where it is, what is found there, how much it may hold.

Any number of processes read it, write to it and clear it at once. A file is there whole or not at all, whoever loads it
has it for good, and one that is gone is compiled anew; so nothing is locked. Where the folder cannot be written to,
code is compiled all the same, and kept by nobody.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from .. import _core

__all__ = ["folder", "keep", "used", "workplace"]

_MOST = 64
"""Megabytes that are kept unless the environment says otherwise: some four thousand programs."""
_LEFT = 0.75
"""Of the most that is kept, what is left by clearing: so it is rare."""
_FORGOTTEN = 3600.0
"""Seconds after which what a process was compiling in is nobody's: it has ended before its compiler did."""
_OURS = re.compile(r"[0-9a-f]{32}\.so")
_WORKPLACE = "compiling-"


def folder() -> Path:
    """Where compiled programs are kept: $AUTODIFF_CACHE_DIR, or the user's cache; nobody else may write there."""
    named = os.environ.get("AUTODIFF_CACHE_DIR")
    if named:
        found = Path(named)
    elif sys.platform == "darwin":
        found = Path.home() / "Library" / "Caches" / "autodiff_core"
    else:
        found = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autodiff_core"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        status = found.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            raise PermissionError(f"others may write to {found}; set AUTODIFF_CACHE_DIR to a folder of your own")
    return found


def used(key: str) -> Path:
    """Where what has this key is, if it is there; it counts as used just now."""
    path = folder() / f"{key}.so"
    with suppress(OSError):  # it is not there, or the folder is only to be read
        os.utime(path)
    return path


def workplace() -> TemporaryDirectory[str]:
    """A folder to compile in, from which a file can be moved to where it is kept."""
    return TemporaryDirectory(prefix=_WORKPLACE, dir=folder(), ignore_cleanup_errors=True)


def keep(made: Path, key: str) -> None:
    """Keep what was made in a workplace, and clear the folder of what was used longest ago, if it holds too much."""
    place = made.parent.parent
    with suppress(OSError):  # full, gone, or cleared by another process at once: then it is compiled anew when needed
        made.replace(place / f"{key}.so")  # whole or not at all, whoever else compiles the same
        _clear(place, _most())


def _most() -> int:
    """Bytes that may be kept."""
    text = os.environ.get("AUTODIFF_CACHE_MB", "").strip()
    if text and not text.isdecimal():
        _core.warn_caller(
            f"autodiff_core: the environment variable AUTODIFF_CACHE_MB is {text!r}, which is no number of megabytes "
            f"(0 or more): it is ignored",
            RuntimeWarning,
        )
    return (int(text) if text.isdecimal() else _MOST) * 1_000_000


def _clear(place: Path, most: int) -> None:
    """Leave what was used last, and nothing that a process which was ended has left."""
    files = []
    with os.scandir(place) as entries:
        for entry in entries:
            with suppress(OSError):  # another process has removed it
                status = entry.stat(follow_symlinks=False)
                if _OURS.fullmatch(entry.name):
                    files.append((status.st_mtime_ns, entry.path, status.st_size))
                elif entry.name.startswith(_WORKPLACE) and time.time() - status.st_mtime > _FORGOTTEN:
                    shutil.rmtree(entry.path, ignore_errors=True)
    held = sum(size for _, _, size in files)
    if held <= most:
        return
    for _, path, size in sorted(files):
        with suppress(OSError):
            os.unlink(path)
        held -= size  # (whoever removed it)
        if held <= most * _LEFT:
            return
