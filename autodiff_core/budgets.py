"""How much memory something may take, as callers say it: "200MB", "1.5GiB", or a number of bytes."""

from __future__ import annotations

import operator
import re
import sys
from typing import Any

__all__ = ["bytes_of"]

_UNITS = {"": 1, "B": 1}
_UNITS |= {f"{letter}B": 1000**k for k, letter in enumerate("KMGT", 1)}
_UNITS |= {f"{letter}IB": 1024**k for k, letter in enumerate("KMGT", 1)}
_SIZE = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-zA-Z]*)\s*")


def bytes_of(size: Any, of: str) -> int:
    """A number of bytes, of an integer or a text; `of` names the argument in errors."""
    if isinstance(size, str):
        match = _SIZE.fullmatch(size)
        if match is None or match[2].upper() not in _UNITS:
            raise ValueError(
                f'{of}: {size!r} is no amount of memory: write a number and a unit, as in "200MB" or "1.5GiB" (B, kB, '
                f"MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB powers of 1024)"
            )
        found = int(float(match[1]) * _UNITS[match[2].upper()])
    elif isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(f'{of}: an amount of memory is a text such as "200MB" or a number of bytes, not {size!r:.80}')
    else:
        found = operator.index(size)
    if found < 1:
        raise ValueError(f"{of}: an amount of memory is a byte at least, not {size!r}")
    if found > sys.maxsize:
        raise ValueError(f"{of}: {size!r} is more than any memory has bytes")
    return found
