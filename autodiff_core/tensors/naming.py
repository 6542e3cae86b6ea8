"""Name scopes: the prefixes that variables created inside a ``with name_scope(...)`` block carry in their names.

The stack of open scopes belongs to the thread. It is a stack of ready-made prefixes (``"outer/inner/"``), so that
naming a variable is one concatenation.
"""

from __future__ import annotations

import threading
from types import TracebackType

__all__ = ["name_scope", "scoped"]


class _Scopes(threading.local):
    """The prefixes of the open scopes of this thread, innermost last."""

    def __init__(self) -> None:
        self.prefixes = [""]


_scopes = _Scopes()


class name_scope:  # TensorFlow's spelling
    """Put a prefix before the names of the variables that are created inside the block.

    Parameters
    ----------
    name : str
        The scope's name, added to the scopes that are open. A name that ends in ``"/"`` is taken as it stands, which
        re-enters a scope from anywhere; an empty name goes back to no scope at all.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> with tf.name_scope("encoder") as scope:
    ...     w = tf.Variable(1.0, name="w")
    >>> scope, w.name
    ('encoder/', 'encoder/w:0')
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ValueError(f"name for name_scope must be a string, got {name!r} of type {type(name).__name__}")
        self._name = name

    @property
    def name(self) -> str:
        """The name that the scope was made with."""
        return self._name

    def __enter__(self) -> str:
        prefixes = _scopes.prefixes
        absolute = not self._name or self._name.endswith("/")
        prefix = self._name if absolute else f"{prefixes[-1]}{self._name}/"
        prefixes.append(prefix)
        return prefix

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _scopes.prefixes.pop()


def scoped(name: str) -> str:
    """Give `name` with the prefix of the open scopes.

    Examples
    --------
    >>> from autodiff_core.tensors.naming import name_scope, scoped
    >>> with name_scope("outer"), name_scope("inner"):
    ...     scoped("w")
    'outer/inner/w'
    """
    return _scopes.prefixes[-1] + name
