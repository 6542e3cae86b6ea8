"""Checkpoint: the values of objects' variables, saved to a file and put back."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .. import _core
from ..variable import Variable
from . import files
from .state import record
from .tracking import Place, is_tracked, places

__all__ = ["Checkpoint"]

_COUNTER = "save_counter"


class Checkpoint:
    """Objects whose variables are saved together: modules, variables, optimizers, and structures of them.

    Parameters
    ----------
    root : object, optional
        One whose parts have names of their own in the file: those of its attributes.
    **kwargs
        Objects by name.

    Raises
    ------
    TypeError
        For what holds no variables, such as a number.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/train/Checkpoint. Files are safetensors files (the extra
    `checkpoint`), and hold arrays by the paths of the attributes that lead to them, ``net/blocks/0/kernel``: nothing in
    one is run, and other libraries read it. A file is written at once or not at all. All shapes and dtypes are compared
    before anything is assigned. Unlike TensorFlow's, variables that are made later are not given values then: make
    them first, as by a call on an example.

    Examples
    --------
    >>> import tempfile
    >>> w = tf.Variable([1., 2.])
    >>> checkpoint = tf.train.Checkpoint(w=w, step=tf.Variable(7))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = checkpoint.save(f"{folder}/training")
    ...     _ = w.assign([0., 0.])
    ...     _ = checkpoint.restore(path).assert_consumed()
    >>> w.numpy().tolist()
    [1.0, 2.0]
    """

    save_counter: Variable

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._root = root
        self.save_counter = Variable(0, trainable=False, name=_COUNTER, dtype=np.int64)
        named = kwargs if root is None else {"root": root, **kwargs}
        for name, value in named.items():
            if not is_tracked(value):
                raise TypeError(
                    f"`Checkpoint` was expecting {name} to be a variable, a module, an optimizer or a structure of "
                    f"them, got {value!r}"
                )
            if name != "root" and (hasattr(self, name) or name.startswith("_")):
                raise ValueError(f"{name!r} is a name of Checkpoint's own: choose another for the object")
        vars(self).update(kwargs)

    @property
    def tracked(self) -> list[tuple[str, Any]]:
        """What is saved, by name."""
        named = [(name, value) for name, value in vars(self).items() if not name.startswith("_") and name != _COUNTER]
        return named if self._root is None else [("", self._root), *named]

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Save to a file, without a number in its name.

        Parameters
        ----------
        file_prefix : path
            The file; ".safetensors" is added.
        options : object, optional
            Not used.

        Returns
        -------
        str
            The path without the suffix, as `read` takes it.

        Raises
        ------
        ImportError
            Where safetensors is not installed.
        TypeError
            For a dtype that such a file cannot hold.

        Examples
        --------
        >>> import tempfile
        >>> v = tf.Variable(3.)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = tf.train.Checkpoint(v=v).write(f"{folder}/v")
        ...     _ = v.assign(0.)
        ...     _ = tf.train.Checkpoint(v=v).read(path).assert_consumed()
        >>> float(v)
        3.0
        """
        return self._write(file_prefix, {})

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Save to a file with a number in its name, one more each time.

        Parameters
        ----------
        file_prefix : path
            The file, to which ``-1.safetensors``, ``-2.safetensors`` and so on are added.
        options : object, optional
            Not used.

        Returns
        -------
        str
            The path without the suffix, as `restore` takes it; `tf.train.latest_checkpoint` finds it, too.

        Examples
        --------
        >>> import os, tempfile
        >>> checkpoint = tf.train.Checkpoint(v=tf.Variable(3.))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for _ in range(2):
        ...         path = checkpoint.save(f"{folder}/ckpt")
        ...     print(os.path.basename(path), tf.train.latest_checkpoint(folder) == path)
        ckpt-2 True
        """
        prefix = os.fsdecode(file_prefix)
        path = self.save_numbered(prefix)
        record(os.path.dirname(path), path, [path])
        return path

    def save_numbered(self, prefix: str, number: int | None = None) -> str:
        """Save under a number, by default the next one; the count goes on only where that succeeds.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = tf.train.Checkpoint(v=tf.Variable(3.)).save_numbered(f"{folder}/ckpt", 12)
        >>> path[-7:]
        'ckpt-12'
        """
        count = int(self.save_counter) + 1
        path = self._write(f"{prefix}-{count if number is None else number}", {_COUNTER: np.array(count, np.int64)})
        self.save_counter.assign(count, read_value=False)
        return path

    def _write(self, file_prefix: Any, more: dict[str, np.ndarray]) -> str:
        _refuse_recording("write")
        path = files.located(file_prefix)
        arrays = {name: place.read() for name, place in places(self.tracked).items() if place.read is not None}
        for name in arrays.keys() & more.keys():
            raise ValueError(f"{name!r} is what a checkpoint calls its own count: rename the attribute, or use `write`")
        files.save(path, arrays | more)
        return path.removesuffix(files.SUFFIX)

    def read(self, save_path: Any, options: Any = None) -> Status:
        """Put back what `write` saved.

        Parameters
        ----------
        save_path : path
            The file, with or without its suffix.
        options : object, optional
            Not used.

        Returns
        -------
        Status
            What fitted: see its methods. Values are matched by name, and what has no partner is left out.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            For a file that is none of safetensors', and where a value has another shape or dtype than the variable of
            its name. No variable has changed then.

        Examples
        --------
        >>> import tempfile
        >>> v, w = tf.Variable(3.), tf.Variable(4.)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = tf.train.Checkpoint(v=v).write(f"{folder}/v")
        ...     status = tf.train.Checkpoint(v=v, w=w).read(path)
        >>> status.assert_consumed()
        Traceback (most recent call last):
        ...
        AssertionError: the checkpoint has no value for: w
        """
        _refuse_recording("read")
        own = places(self.tracked)
        return _put_back(files.located(save_path), own, self.save_counter, complete=False)

    def restore(self, save_path: Any, options: Any = None) -> Status:
        """Put back what `save` saved; nothing where the path is None, as that of a latest checkpoint may be.

        Parameters
        ----------
        save_path : path or None
            The file, with or without its suffix.
        options : object, optional
            Not used.

        Returns
        -------
        Status
            What fitted: see its methods. Values are matched by name, and what has no partner is left out.

        Raises
        ------
        FileNotFoundError, ValueError
            As `read` does.

        Examples
        --------
        >>> tf.train.Checkpoint(v=tf.Variable(3.)).restore(None).expect_partial()
        <checkpoint None: nothing was restored>
        """
        return Status(None, [], [], False) if save_path is None else self.read(save_path)

    def load_all(self, filepath: Any) -> None:
        """Put back what `write` saved, every value of it, to every variable.

        Raises
        ------
        ValueError
            Where a name is missing on either side, too; no variable has changed then.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = tf.train.Checkpoint(v=tf.Variable(3.)).write(f"{folder}/v")
        ...     tf.train.Checkpoint(w=tf.Variable(3.)).load_all(path) # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        ValueError: ...v.safetensors' does not fit: it has no value for: w; and no variable is there for its v...
        """
        _refuse_recording("load")
        _put_back(files.located(filepath), places(self.tracked), self.save_counter, complete=True)


def _refuse_recording(what: str) -> None:
    if _core.is_tracing():
        raise RuntimeError(f"Checkpoint.{what}: a recorded function would do so when it is recorded; call it outside")


def _put_back(path: str, own: dict[str, Place], counter: Variable, complete: bool) -> Status:
    """Assign a file's values, when all that can be wrong has been looked for."""
    values = files.load(path)
    count = values.pop(_COUNTER, None) if _COUNTER not in own else None
    matched = {name: place for name, place in own.items() if name in values}
    missing = [name for name, place in own.items() if place.read is not None and name not in values]
    unused = [name for name in values if name not in own]
    if complete and (missing or unused):
        late = ". (What a first call makes has to be made before.)" if unused else ""
        raise ValueError(f"{path!r} does not fit: {_told(missing, unused)}{late}")
    wrong = [
        f"{name!r} has shape {values[name].shape} and dtype {values[name].dtype.name}, and what it is for has shape "
        f"{place.shape} and dtype {place.dtype.name}"
        for name, place in matched.items()
        if values[name].shape != place.shape or values[name].dtype != place.dtype
    ]
    if wrong:
        raise ValueError(f"{path!r} does not fit: {_listed(wrong, '; ')}")
    for name, place in matched.items():
        place.write(values[name])
    if count is not None and count.shape == () and count.dtype == np.int64:
        counter.assign(count, read_value=False)
    return Status(path, missing, unused, bool(matched))


def _listed(names: list[str], between: str = ", ") -> str:
    more = f"{between}and {len(names) - 8} more" if len(names) > 8 else ""
    return between.join(names[:8]) + more


def _told(missing: list[str], unused: list[str]) -> str:
    parts = [f"it has no value for: {_listed(missing)}"] if missing else []
    return "; and ".join([*parts, *([f"no variable is there for its {_listed(unused)}"] if unused else [])])


class Status:
    """What a checkpoint was put back to; warns, when nobody has asked, that not everything fitted."""

    def __init__(self, path: str | None, missing: list[str], unused: list[str], any_matched: bool) -> None:
        self._path, self._missing, self._unused, self._any_matched = path, missing, unused, any_matched
        self._asked = False

    def assert_consumed(self) -> Status:
        """Raise an AssertionError unless each value was assigned, and each variable has one.

        Examples
        --------
        >>> tf.train.Checkpoint(v=tf.Variable(3.)).restore(None).assert_consumed()
        Traceback (most recent call last):
        ...
        AssertionError: no checkpoint was given (None), and nothing restored
        """
        self.assert_existing_objects_matched()
        if self._unused:
            raise AssertionError(f"no variable is there for the checkpoint's: {_listed(self._unused)}")
        return self

    def assert_existing_objects_matched(self) -> Status:
        """Raise an AssertionError unless each variable has a value in the file, which may have more.

        Examples
        --------
        >>> tf.train.Checkpoint(v=tf.Variable(3.)).restore(None).assert_existing_objects_matched()
        Traceback (most recent call last):
        ...
        AssertionError: no checkpoint was given (None), and nothing restored
        """
        self._asked = True
        if self._path is None:
            raise AssertionError("no checkpoint was given (None), and nothing restored")
        if self._missing:
            raise AssertionError(f"the checkpoint has no value for: {_listed(self._missing)}")
        return self

    def assert_nontrivial_match(self) -> Status:
        """Raise an AssertionError unless at least one variable has a value in the file.

        Examples
        --------
        >>> tf.train.Checkpoint(v=tf.Variable(3.)).restore(None).assert_nontrivial_match()
        Traceback (most recent call last):
        ...
        AssertionError: no variable has a value in the checkpoint
        """
        self._asked = True
        if not self._any_matched:
            raise AssertionError("no variable has a value in the checkpoint")
        return self

    def expect_partial(self) -> Status:
        """Say that it is all right for names to have no partner.

        Examples
        --------
        >>> tf.train.Checkpoint(v=tf.Variable(3.)).restore(None).expect_partial()
        <checkpoint None: nothing was restored>
        """
        self._asked = True
        return self

    def __repr__(self) -> str:
        if self._path is None:
            return "<checkpoint None: nothing was restored>"
        return f"<checkpoint {self._path!r}: {_told(self._missing, self._unused) or 'all restored'}>"

    def __del__(self) -> None:
        if not self._asked and (self._missing or self._unused):
            _core.warn_caller(
                f"a checkpoint was put back in part: {_told(self._missing, self._unused)} ({self._path!r}). Ask its "
                f"status, as by restore(path).assert_consumed(), or say so by expect_partial()"
            )
