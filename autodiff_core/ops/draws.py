"""What a function draws at random while it runs, kept for when it is run again: the numbers are then the same ones.

Everything that the library draws goes through `drawn`: samples, fresh seeds, and the seeds of a `random.Generator`. A
recomputed function keeps what it drew, as tensors, so this holds while it is recorded, too: each replay draws anew.
To run it again moves no generator. Functions inside it are not recorded; one that was before is replayed, and then it
is the kernel that asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .. import _core

__all__ = ["drawn", "noting", "runs_as_written", "sampled"]

_current = threading.local()


class _Run:
    """One run of a function: what is known from before is given again, in its order."""

    __slots__ = ("around", "at", "noted", "places", "traced")

    def __init__(self, noted: list[Any], around: _Run | None) -> None:
        self.noted, self.around, self.traced = noted, around, _core.is_tracing()
        self.at = 0
        self.places: dict[str, list[int]] = {}  # of what is known, by its kind, the next one last
        for at in reversed(range(len(noted))):
            self.places.setdefault(noted[at][0], []).append(at)

    def next(self, kind: str, draw: Callable[[], Any]) -> Any:
        # (What records a function, as `vectorize` does, may draw numbers of which another run of it knows nothing, and
        # draw the last ones once more: kinds may be left out, and come again.)
        of_kind = self.places.get(kind)
        if of_kind:
            while len(of_kind) > 1 and of_kind[-1] < self.at:
                of_kind.pop()
            at = of_kind[-1]
            self.at = max(self.at, at + 1)
            return self.noted[at][1]
        _current.run = None
        try:
            made = draw() if self.around is None else self.around.next(kind, draw)
        finally:
            _current.run = self
        self.noted.append((kind, made))
        return made


def drawn(what: Any, draw: Callable[[], Any]) -> Any:
    """What `draw` gives, or gave when the function that is run again was run before; `what` tells draws apart."""
    run = getattr(_current, "run", None)
    if run is None or run.traced != _core.is_tracing():
        return draw()
    return _core.to_tensor(run.next(repr(what), draw))


def sampled(what: Any, sample: Callable[[], Any]) -> Any:
    """The same of a kernel, as an array."""
    run = getattr(_current, "run", None)
    if run is None or run.traced:
        return sample()
    return _core.seen(_core.operand(run.next(repr(what), sample)))


def runs_as_written() -> bool:
    """Whether what a function draws is noted, so that functions in it are run by Python rather than recorded."""
    run = getattr(_current, "run", None)
    return run is not None and not run.traced


@contextmanager
def noting(draws: list[Any]) -> Iterator[None]:
    """Note in a list what is drawn inside; what the list holds already is given again."""
    around = getattr(_current, "run", None)
    _current.run = _Run(draws, around)
    try:
        yield
    finally:
        _current.run = around
