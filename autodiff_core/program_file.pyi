"""Programs as bytes, and the error for bytes that are none; docs/programs.md has the layout."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .programs.encoding import MAGIC as MAGIC
from .programs.encoding import ProgramFileError as ProgramFileError
from .programs.encoding import VERSION as VERSION
from .programs.encoding import pack as pack
from .programs.encoding import to_bytes as to_bytes
from .programs.encoding import unpack as unpack
from .programs.file import load as load
from .programs.file import save as save
from .programs.program import from_bytes as from_bytes
