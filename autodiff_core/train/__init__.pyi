"""`train`: checkpoints: the values of variables in files that are written at once or not at all."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from .checkpoint import Checkpoint as Checkpoint
from .manager import CheckpointManager as CheckpointManager
from .manager import latest_checkpoint as latest_checkpoint
