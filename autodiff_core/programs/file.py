"""Programs as bytes, and the error for bytes that are none; docs/programs.md has the layout."""

from typing import Any

from .encoding import MAGIC, VERSION, ProgramFileError, pack, to_bytes, unpack
from .program import Program, from_bytes

__all__ = ["MAGIC", "VERSION", "ProgramFileError", "from_bytes", "load", "pack", "save", "to_bytes", "unpack"]
__dir__ = __all__.copy


def save(program: Program, path: Any) -> None:
    """Write a program to a file."""
    program.save(path)


def load(path: Any) -> Program:
    """Read a program from a file."""
    return Program.load(path)
