"""Ranks that say what they are about to do together before they do it: those that differ, or do not come, are named.

MPI's collectives take it for granted that every rank calls the same one with data of the same size: otherwise a rank
waits for ever, or memory is overwritten. So each is preceded by a small sum of what it is about to be (`agree`). Where
ranks differ, all of them learn what each one meant. Where the time is over, a rank asks all others where they are;
whoever waits answers, and whoever does not answer is the one that is missing, of which all are told.

Nobody ever waits within MPI, neither for an agreement nor for what has been agreed on: both are asked about, and in
between a rank listens to the others. So it does no harm if one gives up just when the last one comes. It has told the
others before it raises its error, and takes part in nothing afterwards: they are on their way together, one of them
does not come, and what they hear is why.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Agreement", "Meeting", "Step"]

_ASKED, _ANSWERED, _TOLD = 32701, 32702, 32703  # what a message between two ranks is (every MPI has tags up to 32767)
_COMING = 31_000  # the first of the tags by which ranks come together to make a strategy
_AT_ONCE = 200  # times that a rank asks before it gives its core to others
_BRIEF = 0.02  # seconds in which it asks again as soon as it may
_PAUSE = 0.0005  # seconds, and between two questions afterwards
_FOR_AN_ANSWER = 2.0  # seconds that a rank that waits has for saying so


@lru_cache(maxsize=4096)
def _number_of(text: str) -> int:
    """Of a text a number that is the same in every process; its negative is one, too."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")


class Step(NamedTuple):
    """Something that all ranks do together."""

    number: int
    what: str


class Meeting:
    """All ranks of a communicator, one of which this is.

    Parameters
    ----------
    MPI : module
        mpi4py.MPI.
    comm : mpi4py.MPI.Intracomm
        Which ranks. Of it are made the communicators by which messages go (`open`), once all ranks have come (`come`).
    timeout : float
        Seconds that a rank waits for the others.
    anew : callable
        What all ranks do together after they have differed, so that messages of before meet nobody.
    """

    def __init__(self, MPI: Any, comm: Any, timeout: float, anew: Callable[[], None]) -> None:
        self._mpi, self._comm, self.timeout, self._anew = MPI, comm, timeout, anew
        self._agreeing = self._telling = self._talking = comm
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        self._attempt = 0  # at making a strategy of this communicator: messages of others are of no account
        self._number = 0  # of the latest thing that all do
        self._questions = 0
        self._lost: str | None = None
        self._open: deque[Agreement] = deque()  # what was said, and is not known yet to have been said by all
        self._kept: list[Any] = []  # messages that nobody may have read yet, and what is waited for no more

    @property
    def is_lost(self) -> bool:
        """Whether a rank has given up, after which they can do nothing together any more."""
        return self._lost is not None

    def come(self, what: str, says_so: bool) -> bool:
        """The first thing that all ranks do; it gives whether all of them say so.

        They come together by messages, on the caller's communicator: a collective that not all of them come to would
        stay there for ever, and be taken for whatever the caller does next. And they do so twice. Whoever gives up the
        first time does not come the second time, and says so. So, once that is over, nobody has given up, and all of
        them go on, to duplicates of the communicator, say, at which MPI makes them wait for each other.
        """
        if self.size == 1:
            return says_so
        self._attempt = _one_more_attempt(self._mpi, self._comm)
        for stage in (0, 1):
            coming = _Coming(self._mpi, self._comm, 2 * self._attempt + stage, says_so)
            try:
                self.wait(coming, Step(0, what))
            except BaseException:
                coming.give_up()
                raise
            says_so = coming.all_say_so
        return says_so

    def open(self) -> None:
        """Have messages of one's own, once all have come."""
        self._agreeing, self._telling, self._talking = self._comm.Dup(), self._comm.Dup(), self._comm.Dup()

    def agree(self, what: str) -> Step:
        """Come back when all ranks are about to do the same thing; else raise an error, on each of them."""
        if self.size == 1:
            return Step(0, what)
        agreement = self.begin(what)
        agreement.finish()
        return agreement.step

    def begin(self, what: str) -> Agreement:
        """Say what this rank is about to do; whether the others are is known when that has finished."""
        if self._lost is not None:
            raise RuntimeError(f"{what}: the ranks do not know any more where the others are: {self._lost}")
        self._number += 1
        agreement = Agreement(self, Step(self._number, what), *self._said(_number_of(what)))
        self._open.append(agreement)
        return agreement

    def _said(self, number: int) -> tuple[np.ndarray, np.ndarray, Any]:
        said, heard = np.array([number, -number]), np.empty(2, np.int64)
        return said, heard, self._agreeing.Iallreduce(said, heard, self._mpi.MAX)

    def finish(self, agreement: Agreement) -> None:
        """Come back when all ranks have said what they are about to do, in the order in which they did."""
        self.wait(agreement.request, agreement.step)
        self._be_told()
        self._open.popleft()
        if agreement.differs:
            self._differ(agreement.step)

    def _differ(self, step: Step) -> None:
        """Let every rank be told what each of them meant to do, and begin anew together."""
        text = np.frombuffer(step.what.encode(), np.uint8)
        sizes = np.empty((self.size, 2), np.int64)
        self.wait(self._telling.Iallgather(np.array([text.size, self._number]), sizes), step)
        longest, last = map(int, sizes.max(0))
        own, texts = np.zeros(longest, np.uint8), np.empty((self.size, longest), np.uint8)
        own[: text.size] = text
        self.wait(self._telling.Iallgather(own, texts), step)
        # Who has begun with less than another says as much more, so that nothing remains that not all have said.
        behind = [Agreement(self, step, *self._said(0)) for _ in range(last - self._number)]
        for agreement in (*self._open, *behind):
            self.wait(agreement.request, step)
        self._open.clear()
        self._number = last
        self._anew()
        ranks: dict[str, list[int]] = {}
        for rank, (size, _) in enumerate(sizes):
            ranks.setdefault(texts[rank, :size].tobytes().decode(), []).append(rank)
        parts = [f"{_named(those)}: {what}" for what, those in ranks.items()]
        raise RuntimeError(
            f"all ranks must do the same, and what they are about to do, as number {step.number} together, differs:"
            "\n  " + "\n  ".join(parts)
        )

    # ------------------------------------------------------------------------------------------------------ waiting

    def wait(self, request: Any, step: Step, is_on_its_way: bool = False) -> None:
        """Come back when a request of MPI's is done; where data are on their way, ask for it without a pause."""
        for _ in range(_AT_ONCE):
            if request.Test():
                return
        begun = time.monotonic()
        try:
            while not request.Test():
                waited = time.monotonic() - begun
                self._answer(step)
                self._be_told()
                if waited > self.timeout:
                    self._look_for_the_missing(request, step)
                    begun = time.monotonic()
                time.sleep(0 if is_on_its_way or waited < _BRIEF else _PAUSE)
        except BaseException:
            self._kept.append(request)  # (with its memory, to which MPI may still write)
            raise

    def _send(self, rank: int, kind: int, question: int, step: Step) -> None:
        self._kept.append(self._talking.isend((self._attempt, question, step), dest=rank, tag=kind))

    def _messages(self, kind: int) -> Iterator[tuple[int, int, Step]]:
        """What has come of one kind, one by one: the rank, the number of the question, and what it is about."""
        status = self._mpi.Status()
        while self._talking.Iprobe(source=self._mpi.ANY_SOURCE, tag=kind, status=status):
            rank = status.Get_source()
            attempt, question, step = self._talking.recv(source=rank, tag=kind)
            if attempt == self._attempt:
                yield rank, question, step

    def _answer(self, step: Step) -> None:
        """Say to whoever asks that this rank waits, too."""
        for rank, question, _ in self._messages(_ASKED):
            self._send(rank, _ANSWERED, question, step)

    def _be_told(self) -> None:
        """Raise an error where another rank has given up."""
        for _, _, step in self._messages(_TOLD):
            self._lose(step.what)

    def _look_for_the_missing(self, request: Any, step: Step) -> None:
        """Come back where nobody is missing after all; else tell everybody, and raise an error."""
        self._questions += 1
        others = [rank for rank in range(self.size) if rank != self.rank]
        for rank in others:
            self._send(rank, _ASKED, self._questions, step)
        here = {self.rank: step}
        until = time.monotonic() + _FOR_AN_ANSWER
        while len(here) < self.size and time.monotonic() < until:
            if request.Test():
                return
            self._answer(step)
            self._be_told()
            found = self._messages(_ANSWERED)
            here.update({rank: other for rank, question, other in found if question == self._questions})
            time.sleep(_PAUSE)
        if len(set(here.values())) == 1 and len(here) == self.size:
            return  # (what all of them wait for takes so long)
        missing = [rank for rank in others if rank not in here]
        if missing:
            text = f"{_named(missing)} did not come within {self.timeout:g} s; {_named(sorted(here))} waited"
        else:
            each = "; ".join(f"rank {rank} for number {n}, {what}" for rank, (n, what) in sorted(here.items()))
            text = f"the ranks wait for different things, and nothing came of it within {self.timeout:g} s: {each}"
        told = Step(step.number, f"{step.what}: {text}")
        for rank in others:
            self._send(rank, _TOLD, 0, told)
        self._lose(told.what)

    def _lose(self, text: str) -> None:
        self._lost = text
        raise TimeoutError(text)


class Agreement:
    """What all ranks have said that they are about to do, as soon as they all have."""

    __slots__ = ("_heard", "_meeting", "_said", "request", "step")

    def __init__(self, meeting: Meeting, step: Step, said: np.ndarray, heard: np.ndarray, request: Any) -> None:
        self._meeting, self.step, self._said, self._heard, self.request = meeting, step, said, heard, request

    @property
    def differs(self) -> bool:
        """Whether not all have said the same."""
        return bool(self._heard[0] != -self._heard[1])

    def is_there(self) -> bool:
        """Whether all have said what they are about to do, and it is the same."""
        return bool(self.request.Test() and not self.differs)

    def finish(self) -> None:
        """Come back when all ranks are about to do the same thing; else raise an error, on each of them."""
        self._meeting.finish(self)


class _Coming:
    """Messages of all ranks to the first one, and back when all of them have come; and whether all of them say so."""

    def __init__(self, mpi: Any, comm: Any, number: int, says_so: bool) -> None:
        self._mpi, self._comm, self._tag = mpi, comm, _COMING + number % 1_000
        self._is_first = comm.Get_rank() == 0
        self._others = range(1, comm.Get_size()) if self._is_first else range(1)
        self._own, self._heard = np.array([says_so]), np.empty((len(self._others), 1), bool)
        self._awaited = [comm.Irecv(self._heard[k], rank, self._tag) for k, rank in enumerate(self._others)]
        self._sent: list[Any] = []
        if not self._is_first:
            self._send()

    @property
    def all_say_so(self) -> bool:
        """Whether they do, when they have come."""
        return bool(self._heard.all() and (self._own[0] or not self._is_first))

    def _send(self) -> None:
        self._sent = [self._comm.Isend(self._own, rank, self._tag) for rank in self._others]

    def Test(self) -> bool:
        """Whether all have come."""
        if not self._mpi.Request.Testall(self._awaited):
            return False
        if self._is_first and not self._sent:
            self._own[0] = self.all_say_so
            self._send()
        return True

    def give_up(self) -> None:
        """Wait for nobody any more."""
        for request in filter(None, self._awaited):  # (those that are done are null)
            request.Cancel()
            request.Wait()


_attempts: list[int] = []  # the key by which a communicator knows how often a strategy was to be made of it


def _one_more_attempt(mpi: Any, comm: Any) -> int:
    """The number of this attempt at making a strategy of a communicator, from 1."""
    if not _attempts:
        _attempts.append(mpi.Comm.Create_keyval())
    number = (comm.Get_attr(_attempts[0]) or 0) + 1
    comm.Set_attr(_attempts[0], number)
    return int(number)


def _named(ranks: list[int]) -> str:
    """Ranks in words."""
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}" if ranks else "no rank"
