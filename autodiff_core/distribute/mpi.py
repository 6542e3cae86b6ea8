"""MPIStrategy: the same script on every rank, whose values become one by MPI's collectives.

The collectives are operations (`ops/collectives.py`), so they stand inside tapes and recorded functions like any other;
here is what they do on arrays. Before each of them the ranks agree on what it is (`meeting.py`).
"""

from __future__ import annotations

import math
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, Self, TypeVar

import numpy as np

from .. import __version__, _core, nest
from ..dtypes import as_dtype
from ..ops import collectives
from ..ops.shaping import concat, reshape
from ..tape import Tape, flatten_sources, inner
from ..tensorflow.graphs import init_scope
from ..tensors.indexed_slices import dense
from ..variable import Variable
from .meeting import Agreement, Meeting, Step
from .staying import Stays
from .strategy import ReduceOp, Strategy, check_summed, check_wire, engine, made_within, reduce_op_of

__all__ = ["Buckets", "MPIStrategy"]

_MOST_AT_ONCE = 256  # sums that are under way
_BUCKET = 25 << 20  # bytes of gradients that travel together

Given = TypeVar("Given")


class MPIStrategy(Stays, Strategy):
    """All ranks of an MPI communicator, each of which runs the same script: ``mpiexec -n 4 python script.py``.

    Parameters
    ----------
    comm : mpi4py.MPI.Intracomm, optional
        Which ranks take part; all of them (`COMM_WORLD`) by default. Each of them makes the strategy.
    timeout : float
        Seconds that a rank waits for the others before it says which of them is missing.
    name : str
        What programs in which ranks compute together call them; ranks of another communicator need another name.
        Strategies of one name and the same ranks are one, with the timeout of the latest.

    Raises
    ------
    ImportError
        Where mpi4py, or an MPI library, is not there: the extra ``mpi`` brings the first.
    RuntimeError
        Where ranks have different versions of this package.
    TimeoutError
        Where a rank does not make it within the timeout.
    TypeError, ValueError
        For something that is no communicator, a timeout that is not positive, and a name that other ranks have.

    Notes
    -----
    TensorFlow's is MultiWorkerMirroredStrategy. Every rank has to do the same things together in the same order; where
    it does not, all of them are told. Gradients, and whatever else all ranks sum, come out the same on each of them, to
    the last bit, so that variables which begin alike stay alike. One thread of each rank does them, since threads come
    in another order on each: those that have strategies of different names are in nobody's way.

    A rank has as many threads as it may use cores, and where the launcher has not bound it to some, its share of the
    machine's; ``AUTODIFF_NUM_THREADS`` says another number.

    Examples
    --------
    >>> strategy = tf.distribute.MPIStrategy()
    >>> with strategy.scope():
    ...     w = tf.Variable([1., 2.])
    >>> x = strategy.experimental_distribute_dataset(np.array([[1., 2.], [3., 4.]], np.float32))
    >>> @tf.function
    ... def step(x):
    ...     with tf.GradientTape() as tape:
    ...         loss = tf.reduce_sum(tf.square(x @ w[:, None]))
    ...     (g,) = strategy.all_reduce(tape.gradient(loss, [w]))
    ...     w.assign_sub(0.01 * g)
    ...     return strategy.reduce("SUM", loss)
    >>> print(strategy.run(step, args=(x,)))
    Tensor(146.0, shape=(), dtype=float32)
    """

    def __init__(self, comm: Any = None, timeout: float = 300.0, name: str = "mpi") -> None:
        mpi = engine("mpi4py.MPI", "MPIStrategy", "mpi")
        comm = mpi.COMM_WORLD if comm is None else comm
        if not isinstance(comm, mpi.Intracomm):
            raise TypeError(f"MPIStrategy: comm is an mpi4py.MPI.Intracomm, not {type(comm).__name__}")
        timeout = float(timeout)
        if not 0 < timeout < math.inf:
            raise ValueError(f"MPIStrategy: timeout is a positive number of seconds, not {timeout}")
        known = _ranks.get((name, comm.Get_size()))
        # (A communicator that its owner has freed is null.)
        if known is not None and known.comm and mpi.Comm.Compare(known.comm, comm) not in (mpi.IDENT, mpi.CONGRUENT):
            raise ValueError(f"MPIStrategy: other ranks are called {name!r} already; give these another name")
        self.comm = comm
        self._ranks = _ranks_of(mpi, comm, timeout, name, known)

    def __repr__(self) -> str:
        name, size = self._ranks.key
        return f"<MPIStrategy {name!r}: rank {self._ranks.meeting.rank} of {size}>"

    def _why_here(self) -> str:
        return (
            "an MPIStrategy is not pickled: its ranks are processes, of which this is one. Make one of that name where "
            "it is needed; programs that have its collectives, and models without it, are pickled"
        )

    @property
    def num_replicas_in_sync(self) -> int:
        """How many ranks there are."""
        return self._ranks.key[1]

    @property
    def replica_id_in_sync_group(self) -> int:
        """This rank."""
        return self._ranks.meeting.rank

    @contextmanager
    def scope(self) -> Iterator[Self]:
        """Within it, `get_strategy()` is this strategy; when it ends, variables made in it are the first rank's.

        Examples
        --------
        >>> with tf.distribute.MPIStrategy().scope():
        ...     v = tf.Variable(tf.random.normal([3]))
        """
        with super().scope(), made_within() as made:
            yield self
        if made and self.num_replicas_in_sync > 1:
            self.broadcast(made)

    def all_reduce(self, value: Any, reduce_op: str | ReduceOp = ReduceOp.SUM, wire: str | None = None) -> Any:
        how = reduce_op_of(reduce_op, "all_reduce")
        check_wire(wire)
        leaves = nest.flatten(value)
        tensors = [None if leaf is None else _core.operand(dense(leaf)) for leaf in leaves]
        for x in tensors:
            if x is not None:
                check_summed(x)
        what = _layout(tensors)
        found: list[Any] = [None] * len(tensors)
        for dtype in dict.fromkeys(x.dtype for x in tensors if x is not None):
            places = [k for k, x in enumerate(tensors) if x is not None and x.dtype == dtype]
            together = _summed_together([tensors[k] for k in places], self._ranks.key, wire, what)
            for k, total in zip(places, together, strict=True):
                found[k] = total / self.num_replicas_in_sync if how is ReduceOp.MEAN else total
        return nest.pack_sequence_as(value, found)

    all_reduce.__doc__ = Strategy.all_reduce.__doc__

    def gradient(
        self,
        tape: Tape,
        target: Any,
        sources: Any,
        reduce_op: str | ReduceOp = ReduceOp.SUM,
        wire: str | None = None,
        bucket_bytes: int = _BUCKET,
    ) -> Any:
        how = reduce_op_of(reduce_op, "gradient")
        check_wire(wire)
        leaves, rebuild = flatten_sources(sources)
        buckets = Buckets(self._ranks.key, wire, _core.integer(bucket_bytes))
        totals = buckets.gradient(tape, flatten_sources(target)[0], leaves)
        if how is ReduceOp.MEAN:
            totals = [None if total is None else total / self.num_replicas_in_sync for total in totals]
        return rebuild(totals)

    gradient.__doc__ = Strategy.gradient.__doc__

    def gather(self, value: Any, axis: int) -> Any:
        return nest.map_structure(lambda x: collectives.all_gather(x, axis, self._ranks.key), value)

    gather.__doc__ = Strategy.gather.__doc__

    def of_each(self, value: Any, what: str) -> list[Any]:
        return self._ranks.of_each(value, what)

    of_each.__doc__ = Strategy.of_each.__doc__

    def broadcast(self, value: Any) -> Any:
        leaves = [inner(leaf) for leaf in nest.flatten(value)]  # (variables of Keras's are around ours)
        variables = [leaf for leaf in leaves if isinstance(leaf, Variable)]
        if variables:
            whose = [f"{v.name} {v.dtype}{tuple(v.shape)}" for v in variables]
            with init_scope():
                arrays = [np.asarray(_core.seen(v), order="C") for v in variables]
                for v, array in zip(variables, self._ranks.first_of_each(arrays, whose), strict=True):
                    v.assign(array)
        key = self._ranks.key
        found = [leaf if isinstance(leaf, Variable) else collectives.from_first(leaf, key) for leaf in leaves]
        return nest.pack_sequence_as(value, found)

    broadcast.__doc__ = Strategy.broadcast.__doc__

    def check_identical(self, value: Any, name: str = "value") -> None:
        leaves = [inner(leaf) for leaf in nest.flatten(value)]
        names = [leaf.name if isinstance(leaf, Variable) else f"{name}[{k}]" for k, leaf in enumerate(leaves)]
        # (A gradient may be None; where it is one on another rank, they differ.)
        arrays = [np.zeros(0, np.bool_) if leaf is None else np.asarray(_core.seen(leaf), order="C") for leaf in leaves]
        self._ranks.check_identical(arrays, names)

    check_identical.__doc__ = Strategy.check_identical.__doc__


def _layout(tensors: Sequence[Any]) -> str:
    """What is summed, in words that tell one structure from another."""
    return ", ".join("None" if x is None else f"{x.dtype}{tuple(x.shape)}" for x in tensors)


def _summed_together(tensors: list[Any], key: collectives.Key, wire: str | None, what: str) -> list[Any]:
    """The sums of tensors of one dtype, which travel as one."""
    if len(tensors) == 1:
        return [collectives.all_reduce(tensors[0], key, wire, what)]
    return _apart(collectives.all_reduce(concat([reshape(x, [-1]) for x in tensors], 0), key, wire, what), tensors)


def _apart(flat: Any, tensors: list[Any]) -> list[Any]:
    """A vector as tensors of the shapes of those that it was made of."""
    found, at = [], 0
    for x in tensors:
        size = math.prod(x.shape)
        found.append(reshape(flat[at : at + size], x.shape))
        at += size
    return found


class Buckets:
    """Gradients that go to the other ranks some at a time, while others are still computed."""

    def __init__(self, key: collectives.Key, wire: str | None, most: int) -> None:
        self._key, self._wire, self._most = key, wire, most
        self._taken: set[int] = set()
        self._open: dict[Any, tuple[list[int], list[Any]]] = {}  # by dtype
        self._bytes: dict[Any, int] = {}  # of those
        self._sent: list[tuple[list[int], list[Any], Any, Any, str]] = []

    def gradient(self, tape: Tape, targets: list[Any], sources: list[Any]) -> list[Any]:
        """The sum over all ranks of the gradient for each source; None where there is none."""
        for k, g in enumerate(_core.tape_gradient(tape, targets, sources, None, False, self._take)):
            if g is not None and k not in self._taken:
                self._take(k, g)
        totals = self._totals()
        return [totals.get(k) for k in range(len(sources))]

    def _take(self, k: int, gradient: Any) -> None:
        """The gradient of the source of number k, to which nothing can be added any more."""
        g = dense(gradient)
        self._taken.add(k)
        places, tensors = self._open.setdefault(g.dtype, ([], []))
        places.append(k)
        tensors.append(g)
        self._bytes[g.dtype] = self._bytes.get(g.dtype, 0) + math.prod(g.shape) * g.dtype.itemsize
        if self._bytes[g.dtype] >= self._most:
            self._send(g.dtype)

    def _send(self, dtype: Any) -> None:
        places, tensors = self._open.pop(dtype)
        self._bytes[dtype] = 0
        what = _layout(tensors)
        flat = reshape(tensors[0], [-1]) if len(tensors) == 1 else concat([reshape(x, [-1]) for x in tensors], 0)
        self._sent.append((places, tensors, flat, collectives.begun(flat, self._key, self._wire, what), what))

    def _totals(self) -> dict[int, Any]:
        """The sums of all that has been sent."""
        for dtype in list(self._open):
            self._send(dtype)
        found: dict[int, Any] = {}
        for places, tensors, flat, number, what in self._sent:
            total = collectives.ended(flat, number, self._key, self._wire, what)
            found.update(zip(places, _apart(total, tensors), strict=True))
        return found


def _by_one_thread(method: Callable[..., Given]) -> Callable[..., Given]:
    """What another thread of this rank must not be in the middle of: a rank's sum would be with another thread's."""

    @wraps(method)
    def guarded(self: _Ranks, *args: Any) -> Given:
        if self.key[1] == 1:
            return method(self, *args)
        if not self.turn.acquire(blocking=False):
            raise RuntimeError(
                f"another thread of this rank is in the middle of something that all ranks of the strategy "
                f"{self.key[0]!r} do together, and threads come in another order on each rank: let one thread of each "
                f"do them, or give each thread a strategy of its own, MPIStrategy(name=...)"
            )
        try:
            return method(self, *args)
        finally:
            self.turn.release()

    return guarded


class _Ranks:
    """What the ranks of a communicator compute together, on arrays."""

    def __init__(self, mpi: Any, comm: Any, timeout: float, name: str) -> None:
        self.mpi, self.comm = mpi, comm
        self.key = (name, comm.Get_size())
        self.meeting = Meeting(mpi, comm, timeout, self._begin_anew)
        self._flights: dict[int, _Flight] = {}  # sums that were begun, and not asked for yet, by their numbers
        self._unposted: deque[_Flight] = deque()  # those of them whose agreement has not been waited for
        self._number = 0
        self.turn = threading.RLock()  # of the thread that is in the middle of something

    def open(self) -> None:
        """Have messages of one's own, once all have come."""
        self.meeting.open()
        self.data, self.back = self.comm.Dup(), self.comm.Dup()

    def _begin_anew(self) -> None:
        """Forget what was begun: sums that all ranks have agreed on are made, the others nobody has sent."""
        for flight in self._flights.values():
            flight.arrive()
        self._flights.clear()
        self._unposted.clear()

    def agree(self, what: str) -> Step:
        """Come back when all ranks are about to do the same thing, with what was begun before it on its way."""
        self._post(len(self._unposted))
        return self.meeting.agree(what)

    def _post(self, count: int) -> None:
        # (Messages of all ranks keep one order: that of the agreements.)
        for _ in range(count):
            self._unposted[0].post()
            self._unposted.popleft()

    @_by_one_thread
    def sum(self, array: np.ndarray, wire: str | None, what: str) -> np.ndarray:
        if self.key[1] == 1:
            return array.copy()
        if _travels_as(array, wire) == "bfloat16":
            found = self.end_sum(self.begin_sum(array, wire, what))
            assert found is not None
            return found
        step = self.agree(_words(array, wire, what))
        total = np.array(array, _travels_as(array, wire), order="C")
        self.arrive(self.data.Iallreduce(self.mpi.IN_PLACE, total), step)
        return total.astype(array.dtype, copy=False)

    def arrive(self, request: Any, step: Step) -> None:
        """Come back when data that all ranks have agreed on are there."""
        self.meeting.wait(request, step, is_on_its_way=True)

    @_by_one_thread
    def begin_sum(self, array: np.ndarray, wire: str | None, what: str) -> int:
        if self.key[1] == 1:
            return 0
        if len(self._flights) >= _MOST_AT_ONCE:  # (replays that were given up do not ask for theirs)
            for number in list(self._flights):
                self.end_sum(number)
        kind = _HalvesInFlight if _travels_as(array, wire) == "bfloat16" else _Flight
        flight = kind(self, array, wire, self.meeting.begin(_words(array, wire, what)))
        self._number += 1
        self._flights[self._number] = flight
        self._unposted.append(flight)
        while self._unposted and self._unposted[0].agreement.is_there():
            self._post(1)
        return self._number

    @_by_one_thread
    def end_sum(self, number: int) -> np.ndarray | None:
        flight = self._flights.get(number)
        if flight is None:
            return None
        while flight in self._unposted:
            self._post(1)
        del self._flights[number]
        return flight.total()

    @_by_one_thread
    def gather(self, array: np.ndarray, what: str) -> np.ndarray:
        step = self.agree(f"gather of {what or 'a value'}, {array.dtype}{array.shape}")
        own = np.asarray(array, order="C")
        whole = np.empty((own.shape[0] * self.key[1], *own.shape[1:]), own.dtype)
        self.arrive(self.data.Iallgather(_bytes(own), _bytes(whole)), step)
        return whole

    @_by_one_thread
    def scatter_sum(self, array: np.ndarray, what: str) -> np.ndarray:
        step = self.agree(f"reduce_scatter of {what or 'a value'}, {array.dtype}{array.shape}")
        whole = np.asarray(array, _added_as(array.dtype), order="C")
        own = np.empty((whole.shape[0] // self.key[1], *whole.shape[1:]), whole.dtype)
        self.arrive(self.data.Ireduce_scatter_block(whole, own), step)
        return own.astype(array.dtype, copy=False)

    @_by_one_thread
    def first(self, array: np.ndarray, what: str) -> np.ndarray:
        step = self.agree(f"broadcast of {what or 'a value'}, {array.dtype}{array.shape}")
        own = np.array(array, order="C")
        self.arrive(self.data.Ibcast(_bytes(own)), step)
        return own

    @_by_one_thread
    def sum_to_first(self, array: np.ndarray, what: str) -> np.ndarray:
        step = self.agree(f"reduce of {what or 'a value'}, {array.dtype}{array.shape}")
        own = np.asarray(array, _added_as(array.dtype), order="C")
        total = np.zeros_like(own)
        self.arrive(self.data.Ireduce(own, total), step)
        return total.astype(array.dtype, copy=False)

    @_by_one_thread
    def first_of_each(self, arrays: list[np.ndarray], names: list[str]) -> list[np.ndarray]:
        """The first rank's arrays, in one message."""
        step = self.agree(f"broadcast of the variables {', '.join(names)}")
        whole = np.concatenate([_bytes(array) for array in arrays])
        self.arrive(self.data.Ibcast(whole), step)
        found, at = [], 0
        for array in arrays:
            found.append(whole[at : at + array.nbytes].view(array.dtype).reshape(array.shape))
            at += array.nbytes
        return found

    @_by_one_thread
    def of_each(self, value: Any, what: str) -> list[Any]:
        """All ranks' objects, which are pickled."""
        own = np.frombuffer(
            pickle.dumps(value), np.uint8
        )  # (what is not pickled is an error before others wait for it)
        step = self.agree(what)
        sizes = np.empty(self.key[1], np.int64)
        self.arrive(self.data.Iallgather(np.array([own.size]), sizes), step)
        whole = np.empty(int(sizes.sum()), np.uint8)
        self.arrive(self.data.Iallgatherv(own, (whole, sizes.tolist())), step)
        return [pickle.loads(part.tobytes()) for part in np.split(whole, np.cumsum(sizes)[:-1])]

    @_by_one_thread
    def check_identical(self, arrays: list[np.ndarray], names: list[str]) -> None:
        layout = ", ".join(f"{name} {x.dtype}{x.shape}" for name, x in zip(names, arrays, strict=True))
        step = self.agree(f"check_identical of {layout}")
        own = np.array([_core.digest(x) for x in arrays], np.uint64)
        digests = np.empty((self.key[1], len(arrays)), np.uint64)
        self.arrive(self.data.Iallgather(own, digests), step)
        others = [
            (rank, [names[k] for k in np.flatnonzero(row != digests[0])])
            for rank, row in enumerate(digests)
            if (row != digests[0]).any()
        ]
        if others:
            parts = [
                f"rank {rank} in {', '.join(those[:5])}{' ...' if len(those) > 5 else ''}" for rank, those in others
            ]
            raise RuntimeError(f"check_identical: not the same as on rank 0: {'; '.join(parts)}")


_ranks: dict[collectives.Key, _Ranks] = {}


def _ranks_of(mpi: Any, comm: Any, timeout: float, name: str, known: _Ranks | None) -> _Ranks:
    """The ranks of a communicator, when all of them have come: those of before, where all know them, since MPI has so
    many communicators and no more."""
    what = f"MPIStrategy of autodiff_core {__version__}"
    ranks = _Ranks(mpi, comm, timeout, name)
    if ranks.meeting.come(what, known is not None and bool(known.comm) and not known.meeting.is_lost):
        assert known is not None
        known.meeting.timeout = timeout
        known.agree(what)
        return known
    ranks.open()
    ranks.agree(what)
    _ranks[ranks.key] = ranks
    collectives.join(ranks)
    return ranks


class _Flight:
    """A sum that was begun."""

    def __init__(self, ranks: _Ranks, array: np.ndarray, wire: str | None, agreement: Agreement) -> None:
        self.agreement = agreement
        self._ranks, self._kind = ranks, (array.dtype, array.shape)
        self._request: Any = None
        self._load(array, _travels_as(array, wire))

    def _load(self, array: np.ndarray, dtype: str) -> None:
        self._total = np.array(array, dtype, order="C")

    def post(self) -> None:
        """Send it on its way, now that all ranks are about to do so."""
        self.agreement.finish()
        self._request = self._ranks.data.Iallreduce(self._ranks.mpi.IN_PLACE, self._total)

    def arrive(self) -> None:
        """Come back when it is there, if it was sent."""
        if self._request is not None:
            self._ranks.arrive(self._request, self.agreement.step)

    def total(self) -> np.ndarray:
        """Come back with the sum."""
        self.arrive()
        dtype, shape = self._kind
        return self._total.astype(dtype, copy=False).reshape(shape)


class _HalvesInFlight(_Flight):
    """The same in bfloat16, which MPI cannot add up: each rank is sent a part of all arrays, adds these up in float32,
    in the order of the ranks, and gives the sum to all others."""

    def _load(self, array: np.ndarray, dtype: str) -> None:
        size = self._ranks.key[1]
        part = -(-array.size // size)
        self._sent = np.zeros(size * part, as_dtype(dtype))
        self._sent[: array.size] = array.reshape(-1)
        self._got = np.empty((size, part), self._sent.dtype)

    def post(self) -> None:
        self.agreement.finish()
        self._request = self._ranks.data.Ialltoall(self._sent.view(np.uint16), self._got.view(np.uint16))

    def total(self) -> np.ndarray:
        self.arrive()
        mine = self._got[0].astype(np.float32)
        for other in self._got[1:]:
            mine += other.astype(np.float32)
        own = mine.astype(self._sent.dtype).view(np.uint16)
        self._ranks.arrive(self._ranks.back.Iallgather(own, self._sent.view(np.uint16)), self.agreement.step)
        dtype, shape = self._kind
        return self._sent[: math.prod(shape)].astype(dtype).reshape(shape)


def _travels_as(array: np.ndarray, wire: str | None) -> str:
    """The dtype in which an array is sent: floats may be told another one."""
    is_float = array.dtype.kind in "fV"
    return wire if wire is not None and is_float else array.dtype.name


def _added_as(dtype: Any) -> Any:
    """The dtype in which MPI adds up: it has no bfloat16."""
    return np.dtype(np.float32) if dtype.kind == "V" else dtype


def _words(array: np.ndarray, wire: str | None, what: str) -> str:
    return f"all_reduce of {what or 'a value'}: {array.dtype}{array.shape} as {_travels_as(array, wire)}"


def _bytes(array: np.ndarray) -> np.ndarray:
    """The memory of an array, of whatever dtype, which MPI need not know."""
    return array.reshape(-1).view(np.uint8)
