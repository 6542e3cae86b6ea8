"""Prefetching: a thread that is a few elements ahead.

The thread knows only what it shares with its consumer, so a consumer that is dropped can be collected, and then the
thread ends: at once where it waits, else behind the element that it is at.
"""

from __future__ import annotations

import atexit
import contextvars
import os
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

__all__ = ["Prefetched"]

_END = object()
# Those that are at work, by what they share: at the interpreter's end they are stopped before it takes itself apart.
_at_work: weakref.WeakKeyDictionary[threading.Thread, _Shared] = weakref.WeakKeyDictionary()
_PATIENCE = 2.0  # seconds


class _Shared:
    """What both sides know."""

    def __init__(self, size: int) -> None:
        self.changed = threading.Condition()
        self.ready: deque[tuple[Any, BaseException | None]] = deque()
        self.size, self.stopped = size, False
        self.process = os.getpid()

    def stop(self) -> None:
        # (Without the condition: whoever collects garbage may hold it. The thread looks at least this often.)
        self.stopped = True
        if self.changed.acquire(blocking=False):
            try:
                self.changed.notify_all()
            finally:
                self.changed.release()

    def put(self, item: Any, error: BaseException | None = None) -> bool:
        """Hand an item over when there is room; False where nobody wants it any more."""
        with self.changed:
            while len(self.ready) >= self.size and not self.stopped:
                self.changed.wait(0.2)
            if self.stopped:
                return False
            self.ready.append((item, error))
            self.changed.notify_all()
        return True

    def get(self) -> tuple[Any, BaseException | None]:
        with self.changed:
            while not self.ready:
                self.changed.wait()
            item = self.ready.popleft()
            self.changed.notify_all()
        return item


class Prefetched:
    """An iterator's items, made by a thread before they are asked for; its errors are raised in their place."""

    def __init__(self, items: Iterator[Any], size: int) -> None:
        self._items: Iterator[Any] | None = items
        self._shared = _Shared(size)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._items is not None:
            items, self._items = self._items, None
            self._start(items)
        if self._shared.process != os.getpid():
            raise RuntimeError(
                "an iterator with a prefetching thread does not work on in a forked process, where there is no such "
                "thread: iterate over the dataset anew"
            )
        item, error = self._shared.get()
        if item is _END:
            self._shared.put(_END, None)  # (for whoever asks again)
            if error is not None:
                try:
                    raise error
                finally:
                    del error  # (whose frames would hold this one, and it the pipeline)
            raise StopIteration
        return item

    def _start(self, items: Iterator[Any]) -> None:
        self._shared.process = os.getpid()
        weakref.finalize(self, self._shared.stop)
        run = contextvars.copy_context().run  # (NumPy's error state, for one, is the caller's)
        thread = threading.Thread(target=run, args=(_fill, self._shared, items), name="tf.data prefetch", daemon=True)
        _at_work[thread] = self._shared
        thread.start()


def _fill(shared: _Shared, items: Iterator[Any]) -> None:
    """What the thread does."""
    error: BaseException | None = None
    try:
        for item in items:
            if not shared.put(item):
                return
            del item  # (it is the consumer's alone)
    except BaseException as raised:
        error = raised
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
    try:
        shared.put(_END, error)
    finally:
        del error


@atexit.register
def _end() -> None:
    process = os.getpid()
    threads = [(thread, shared) for thread, shared in list(_at_work.items()) if shared.process == process]
    for _, shared in threads:
        shared.stop()
    for thread, _ in threads:
        thread.join(_PATIENCE)
