"""Programs as bytes: what `Program.save` writes and `Program.load` reads; docs/programs.md has the layout."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .programs.file import MAGIC as MAGIC
from .programs.file import ProgramFileError as ProgramFileError
from .programs.file import VERSION as VERSION
from .programs.file import from_bytes as from_bytes
from .programs.file import load as load
from .programs.file import pack as pack
from .programs.file import save as save
from .programs.file import to_bytes as to_bytes
from .programs.file import unpack as unpack
