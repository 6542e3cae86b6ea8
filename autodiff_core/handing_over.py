"""What a thread hands to others while a tape of its that hears all threads is open: they record for the tape.

A thread that is handed something does not know by whom, so it is the doors that tell: while such a tape is open, in any
thread, the methods by which Python's own pools and threads are given work look whether the thread that calls them has
one, and if so, what they are given is called within a context that records for it. When the last such tape is left, the
classes are as they were.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any

from . import _core

__all__ = ["close_doors", "open_doors"]

_Function = Callable[..., Any]

# The loops of pools run as long as these do; what they are given to do is told of by itself.
_POOLS = ("concurrent.futures.thread", "multiprocessing.pool")


class _Handed(threading.local):
    hears: Any = None  # for which tapes a callback hands things on that a pool's own thread calls


_handed = _Handed()


def _hearing() -> Any:
    return _core.hearing() or _handed.hears


class _Recorded:
    """A function that a thread calls for tapes of another."""

    __slots__ = ("function", "hears")

    def __init__(self, function: _Function, hears: Any) -> None:
        self.function, self.hears = function, hears

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        with _core.Task(self.hears):
            return self.function(*arguments, **named)


class _HandedOn:
    """A callback, in which more may be handed to threads for the same tapes."""

    __slots__ = ("function", "hears")

    def __init__(self, function: _Function, hears: Any) -> None:
        self.function, self.hears = function, hears

    def __call__(self, *arguments: Any) -> Any:
        before, _handed.hears = _handed.hears, self.hears
        try:
            return self.function(*arguments)
        finally:
            _handed.hears = before


def _is_of_interpreters(pool: Any) -> bool:
    """Whether what a pool is given runs in interpreters of their own, which share no tensors."""
    module = sys.modules.get("concurrent.futures.interpreter")
    return module is not None and isinstance(pool, module.InterpreterPoolExecutor)


def _telling(method: _Function) -> _Function:
    """A pool's method whose first argument is what is to be called."""

    @functools.wraps(method)
    def tell(self: Any, function: _Function, /, *arguments: Any, **named: Any) -> Any:
        hears = _hearing()
        if hears is not None and not _is_of_interpreters(self):
            function = _Recorded(function, hears)
        return method(self, function, *arguments, **named)

    return tell


def _telling_back(method: _Function) -> _Function:
    """The same of one that takes callbacks, too, which is where some libraries go on handing out work."""

    @functools.wraps(method)
    def tell(
        self: Any,
        func: _Function,
        args: Any = (),
        kwds: Any = None,
        callback: _Function | None = None,
        error_callback: _Function | None = None,
    ) -> Any:
        hears = _hearing()
        if hears is not None:
            func = _Recorded(func, hears)
            callback = callback and _HandedOn(callback, hears)
            error_callback = error_callback and _HandedOn(error_callback, hears)
        return method(self, func, args, {} if kwds is None else kwds, callback, error_callback)

    return tell


def _starting(method: _Function) -> _Function:
    @functools.wraps(method)
    def start(self: threading.Thread) -> None:
        hears = _hearing()
        if hears is None or getattr(getattr(self, "_target", None), "__module__", None) in _POOLS:
            method(self)
            return
        own = vars(self)
        run, had = self.run, own.get("run")

        def recorded() -> None:
            give_back()
            with _core.Task(hears):
                run()

        def give_back() -> None:
            if had is None:
                own.pop("run", None)
            else:
                own["run"] = had

        own["run"] = recorded
        try:
            method(self)
        except BaseException:
            give_back()
            raise

    return start


_DOORS: list[tuple[type, str, Callable[[_Function], _Function]]] = [
    (ThreadPoolExecutor, "submit", _telling),
    (ThreadPool, "apply_async", _telling_back),
    (ThreadPool, "_map_async", _telling),
    (ThreadPool, "imap", _telling),
    (ThreadPool, "imap_unordered", _telling),
    (threading.Thread, "start", _starting),
]
_turn = threading.RLock()
_tapes = 0
_opened: list[tuple[type, str, Any, Any]] = []  # the class, the name, what stands there, what stood there before


def open_doors() -> None:
    """A tape that hears all threads is entered."""
    global _tapes
    with _turn:
        _tapes += 1
        if _tapes == 1:
            for owner, name, telling in _DOORS:
                door = telling(getattr(owner, name))
                _opened.append((owner, name, door, vars(owner).get(name)))
                setattr(owner, name, door)


def close_doors() -> None:
    """One is left."""
    global _tapes
    with _turn:
        _tapes -= 1
        if _tapes == 0:
            while _opened:
                owner, name, door, before = _opened.pop()
                if vars(owner).get(name) is not door:
                    continue  # somebody else has put something there, which calls this one
                if before is None:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)
