"""Ranks that say what they are about to do together before they do it: those that differ, or do not come, are named.

MPI's collectives take it for granted that every rank calls the same one with data of the same size: otherwise a rank
waits for ever, or memory is overwritten. So each is preceded by a small sum of what it is about to be (`agree`), which
is asked about without blocking. Where ranks differ, all of them learn what each one meant. Where the time is over, a
rank asks all others where they are; whoever waits answers, and whoever does not answer is the one that is missing, of
which all are told. Who comes late, or went on meanwhile, finds the question, and knows that somebody has given up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np

__all__ = ["Agreement", "Meeting"]

_ASKED, _ANSWERED, _TOLD = 32701, 32702, 32703  # what a message between two ranks is (every MPI has tags up to 32767)
_AT_ONCE = 200  # times that a rank asks before it gives its core to others
_BRIEF = 0.02  # seconds in which it asks again as soon as it may
_PAUSE = 0.0005  # seconds, and between two questions afterwards
_FOR_AN_ANSWER = 2.0  # seconds that a rank that waits has for saying so


@lru_cache(maxsize=4096)
def _number_of(text: str) -> int:
    """Of a text a number that is the same in every process; its negative is one, too."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")


class Meeting:
    """All ranks of a communicator, one of which this is.

    Parameters
    ----------
    MPI : module
        mpi4py.MPI.
    comm : mpi4py.MPI.Intracomm
        Which ranks; messages go by duplicates of it, so that they meet no others, once all ranks have come (`open`).
    timeout : float
        Seconds that a rank waits for the others.
    anew : callable
        What all ranks do together after they have differed, so that messages of before meet nobody.
    """

    def __init__(self, MPI: Any, comm: Any, timeout: float, anew: Callable[[], None]) -> None:
        self._mpi, self._comm, self.timeout, self._anew = MPI, comm, timeout, anew
        self._agreeing = self._telling = self._talking = comm
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self._number = 0  # of the next thing that all do
        self._lost: str | None = None
        self._asked = False  # whether a rank has waited too long
        self._kept: list[Any] = []  # messages that nobody may have read yet, and what is waited for no more

    def open(self, what: str) -> None:
        """The first thing that all ranks do: duplicates are made when all are there, since MPI waits for ever then."""
        self.agree(what)
        self._agreeing, self._telling, self._talking = self._comm.Dup(), self._comm.Dup(), self._comm.Dup()

    def agree(self, what: str) -> None:
        """Come back when all ranks are about to do the same thing; else raise an error, on each of them."""
        if self.size > 1:
            self.begin(what).finish()

    def begin(self, what: str) -> Agreement:
        """Say what this rank is about to do; whether the others are is known when that has finished."""
        if self._lost is not None:
            raise RuntimeError(f"{what}: the ranks do not know any more where the others are: {self._lost}")
        self._number += 1
        number = _number_of(what)
        said, heard = np.array([number, -number]), np.empty(2, np.int64)
        return Agreement(self, what, said, heard, self._agreeing.Iallreduce(said, heard, self._mpi.MAX))

    def differ(self, what: str) -> None:
        """Let every rank be told what each of them meant to do, and begin anew together."""
        said = self._telling.allgather(what)
        self._agreeing = self._comm.Dup()
        self._anew()
        ranks: dict[str, list[int]] = {}
        for rank, what in enumerate(said):
            ranks.setdefault(what, []).append(rank)
        parts = [f"{_named(those)}: {what}" for what, those in ranks.items()]
        raise RuntimeError(
            f"all ranks must do the same, and what they are about to do, as number {self._number} together, differs:"
            "\n  " + "\n  ".join(parts)
        )

    # ------------------------------------------------------------------------------------------------------ waiting

    def wait(self, request: Any, what: str) -> None:
        """Come back when a request of MPI's is done."""
        for _ in range(_AT_ONCE):
            if request.Test():
                return
        begun = time.monotonic()
        while not request.Test():
            waited = time.monotonic() - begun
            self._answer(what)
            for _, text in self._messages(_TOLD):
                self._kept.append(request)  # (with its memory, to which MPI may still write)
                self._lose(text)
            if waited > self.timeout:
                self._kept.append(request)
                self._look_for_the_missing(what)
            time.sleep(0 if waited < _BRIEF else _PAUSE)

    def _send(self, rank: int, kind: int, text: str) -> None:
        self._kept.append(self._talking.isend(text, dest=rank, tag=kind))

    def _messages(self, kind: int) -> list[tuple[int, str]]:
        """What has come of one kind: (the rank, its text) of each."""
        found = []
        status = self._mpi.Status()
        while self._talking.Iprobe(source=self._mpi.ANY_SOURCE, tag=kind, status=status):
            rank = status.Get_source()
            found.append((rank, self._talking.recv(source=rank, tag=kind)))
        return found

    def _answer(self, what: str) -> None:
        """Say to whoever asks that this rank waits, too."""
        for rank, _ in self._messages(_ASKED):
            self._asked = True
            self._send(rank, _ANSWERED, what)

    def heed(self, what: str) -> None:
        """Raise an error where somebody has waited too long, and does not go on, though all have come by now."""
        self._answer(what)
        until = time.monotonic() + 2 * _FOR_AN_ANSWER
        while self._asked:
            self._answer(what)
            for _, text in self._messages(_TOLD):
                self._lose(text)
            if time.monotonic() > until:
                self._lose(f"{what}: others have not waited for so long")
            time.sleep(_PAUSE)

    def _look_for_the_missing(self, what: str) -> None:
        others = [rank for rank in range(self.size) if rank != self.rank]
        for rank in others:
            self._send(rank, _ASKED, what)
        here = {self.rank: what}
        until = time.monotonic() + _FOR_AN_ANSWER
        while len(here) < self.size and time.monotonic() < until:
            self._answer(what)
            here.update(self._messages(_ANSWERED))
            for _, text in self._messages(_TOLD):
                self._lose(text)
            time.sleep(_PAUSE)
        missing = [rank for rank in others if rank not in here]
        text = (
            f"{what}: {_named(missing)} did not come within {self.timeout:g} s"
            if missing
            else (f"{what}: all ranks wait, and nothing came of it within {self.timeout:g} s")
        )
        text += f"; {_named(sorted(here))} waited"
        for rank in others:
            self._send(rank, _TOLD, text)
        self._lose(text)

    def _lose(self, text: str) -> None:
        self._lost = text
        raise TimeoutError(text)


class Agreement:
    """What all ranks have said that they are about to do, as soon as they all have."""

    __slots__ = ("_heard", "_meeting", "_request", "_said", "what")

    def __init__(self, meeting: Meeting, what: str, said: np.ndarray, heard: np.ndarray, request: Any) -> None:
        self._meeting, self.what, self._said, self._heard, self._request = meeting, what, said, heard, request

    def is_there(self) -> bool:
        """Whether all have said what they are about to do, and it is the same."""
        return bool(self._request.Test() and self._heard[0] == -self._heard[1])

    def finish(self) -> None:
        """Come back when all ranks are about to do the same thing; else raise an error, on each of them."""
        self._meeting.wait(self._request, self.what)
        self._meeting.heed(self.what)
        if self._heard[0] != -self._heard[1]:
            self._meeting.differ(self.what)


def _named(ranks: list[int]) -> str:
    """Ranks in words."""
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}" if ranks else "no rank"
