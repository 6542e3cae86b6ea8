"""CheckpointManager: the last few checkpoints in a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

from .. import _core
from . import files, state
from .checkpoint import Checkpoint

__all__ = ["CheckpointManager", "latest_checkpoint"]


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of a folder's latest checkpoint, or None.

    Parameters
    ----------
    checkpoint_dir : path
        The folder.
    latest_filename : str, optional
        The file that says so: "checkpoint" by default.

    Returns
    -------
    str or None
        As `tf.train.Checkpoint.restore` takes it.

    Examples
    --------
    >>> tf.train.latest_checkpoint("no such folder") is None
    True
    """
    return state.read(os.fsdecode(checkpoint_dir), latest_filename or state.NAME)[0]


class CheckpointManager:
    """Saves checkpoints to a folder, and keeps the last few.

    Parameters
    ----------
    checkpoint : Checkpoint
        What is saved.
    directory : path
        The folder; it is made when something is saved.
    max_to_keep : int or None
        How many are kept; None for all.
    keep_checkpoint_every_n_hours : None
        TensorFlow's way to keep some for ever: not there.
    checkpoint_name : str
        What the files' names begin with.
    step_counter : Variable, optional
        What counts steps, for `checkpoint_interval`.
    checkpoint_interval : int, optional
        `save` does nothing until so many steps have passed.
    init_fn : callable, optional
        What `restore_or_initialize` calls where there is nothing to restore.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/train/CheckpointManager. A new one is written, then noted, before an
    old one is removed: whatever interrupts it, the noted ones are there.

    Examples
    --------
    >>> import os, tempfile
    >>> checkpoint = tf.train.Checkpoint(v=tf.Variable(3.))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
    ...     for _ in range(3):
    ...         path = manager.save()
    ...     print([os.path.basename(path) for path in manager.checkpoints])
    ['ckpt-2', 'ckpt-3']
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
    ) -> None:
        if not isinstance(checkpoint, Checkpoint):
            raise TypeError(f"CheckpointManager takes a Checkpoint, and not {type(checkpoint).__name__}")
        if keep_checkpoint_every_n_hours is not None:
            raise NotImplementedError("keep_checkpoint_every_n_hours: save those that are to stay by checkpoint.save")
        self._most = None if max_to_keep is None else _core.integer(max_to_keep)
        if self._most is not None and self._most < 1:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}")
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed with `checkpoint_interval`")
        self._interval = None if checkpoint_interval is None else _core.integer(checkpoint_interval)
        self._checkpoint, self._directory = checkpoint, os.fsdecode(directory)
        self._name, self._counter, self._init = checkpoint_name, step_counter, init_fn
        self._saved_at: int | None = None
        self._latest, self._kept = state.read(self._directory)

    @property
    def checkpoint(self) -> Checkpoint:
        """What is saved."""
        return self._checkpoint

    @property
    def directory(self) -> str:
        """The folder."""
        return self._directory

    @property
    def checkpoint_interval(self) -> int | None:
        """The number of steps from one checkpoint to the next, or None."""
        return self._interval

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the last one, or None."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The paths of those that are kept, the oldest first."""
        return list(self._kept)

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str | None:
        """Save a checkpoint, and remove those that are too many.

        Parameters
        ----------
        checkpoint_number : int, optional
            By default one more than the last one's.
        check_interval : bool
            Whether `checkpoint_interval` counts.
        options : object, optional
            Not used.

        Returns
        -------
        str or None
            The path; None where too few steps have passed.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=tf.Variable(3.)), folder, max_to_keep=1)
        ...     manager.save(checkpoint_number=40)[-8:]
        '/ckpt-40'
        """
        step = None if self._counter is None else int(self._counter)
        early = step is not None and self._saved_at is not None and step - self._saved_at < (self._interval or 0)
        if check_interval and early:
            return None
        number = None if checkpoint_number is None else _core.integer(checkpoint_number)
        path = self._checkpoint.save_numbered(os.path.join(self._directory, self._name), number)
        known = [*(one for one in self._kept if one != path), path]
        kept = known if self._most is None else known[-self._most :]
        state.record(self._directory, path, kept)
        self._latest, self._kept, self._saved_at = path, kept, step
        for old in known[: len(known) - len(kept)]:
            if not state.is_within(old, self._directory):  # (whatever the folder's list says: not ours to remove)
                continue
            with contextlib.suppress(FileNotFoundError):
                os.unlink(files.located(old))
        return path

    def restore_or_initialize(self) -> str | None:
        """Restore the last checkpoint; where there is none, call `init_fn`.

        Returns
        -------
        str or None
            The path of what was restored.

        Examples
        --------
        >>> checkpoint = tf.train.Checkpoint(v=tf.Variable(3.))
        >>> tf.train.CheckpointManager(checkpoint, "no such folder", max_to_keep=1).restore_or_initialize() is None
        True
        """
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            self._saved_at = None if self._counter is None else int(self._counter)
            return self._latest
        if self._init is not None:
            self._init()
        return None
