"""DaskStrategy: one script, and data that stay on Dask's workers.

A loss goes to the workers once, as a program (shipped.py); what goes there at each evaluation is params, and what comes
back is sums. The workers that have the parts are asked directly, by a message to each. Where that does not do, because
they are many, messages are large, or one has gone, the same is done by tasks: Dask decides where and when, and does
again what a worker has taken with it. Sums are added in the order of the parts, so the answer is the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from time import monotonic
from typing import Any

import numpy as np

import autodiff_core as tf

from .. import _core, nest
from . import tasks
from .parts import Data, Parts, distributed, is_lost
from .shipped import Loss, Params, key_of, refuse_followed
from .staying import Stays
from .strategy import ReduceOp, Strategy, engine, reduce_op_of

__all__ = ["DaskStrategy"]

MOST_ASKED = 32
"""Workers that are asked by a message each, all of which go through the scheduler's hands."""
MOST_PASSED_ON = 1 << 24
"""Bytes of such messages and answers; what is more is spread, and added up, by tasks."""

_IN_TASKS = 1 << 16  # bytes up to which what a task needs goes with it; more goes to each worker once
_SEEN_EVERY = 60.0  # seconds, after which an evaluation goes by tasks: schedulers that see none close, if told to
_ATTEMPTS = 4  # at an evaluation whose parts go with their workers, before it is given up
_LOSSES = 16  # that are remembered, with their programs


def _of_ranks(name: str) -> Callable[..., Any]:
    """What ranks of a script would do together. One script with workers has none: the error says what it has."""

    @wraps(getattr(Strategy, name))
    def refused(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            f"DaskStrategy.{name}: there is one script here, and no ranks of it that could do this together, as those "
            f"of MPIStrategy do (and as Keras' fit has them do); value_and_grad sums a loss and its gradient over all "
            f"data, and reduce what run gave"
        )

    refused.__doc__ = f"Refused: {name} is for ranks of one script, as MPIStrategy has them."
    return refused


class DaskStrategy(Stays, Strategy):
    """Dask's workers: functions, and losses with their gradients, of data that stay where they are.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.

    Raises
    ------
    ImportError
        Where Dask is not installed: ``pip install "autodiff-core[dask]"``.
    TypeError
        For what is no client, or an asynchronous one.
    ValueError
        For a client that is closed.

    Notes
    -----
    Data are Dask arrays, tables and series, lists of futures or delayed calls that give a part each, or arrays of this
    process, alone or in tuples and dicts; rows are the first axis, and a table is a dict of its columns. Functions take
    a tuple as that many arguments.

    A worker that is lost is nothing that a script notices: Dask computes again what it had, and arrays that came from
    this process are sent again. Sums are added in the order of the parts, in float64.

    Examples
    --------
    >>> from distributed import Client
    >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
    >>> strategy = tf.distribute.DaskStrategy(client)
    >>> x, y = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0])
    >>> def loss(w, x, y):
    ...     return tf.reduce_mean((x[:, 0] * w["slope"] + w["level"] - y) ** 2)
    >>> value, gradient = strategy.value_and_grad(loss, {"slope": 0.0, "level": 0.0}, (x, y), "MEAN")
    >>> round(float(value), 4), round(float(gradient["slope"]), 4)
    (11.6667, -8.6667)
    >>> client.close()
    """

    def __init__(self, client: Any) -> None:
        self._engine = engine("distributed", "DaskStrategy", "dask")
        if not isinstance(client, self._engine.Client):
            raise TypeError(
                f"DaskStrategy takes a distributed.Client, not {type(client).__name__}: client = "
                f"distributed.Client(...)"
            )
        if client.asynchronous:
            raise TypeError("DaskStrategy takes a client that waits for what it asks for, not an asynchronous one")
        if client.status != "running":
            raise ValueError(f"DaskStrategy: the client is {client.status}, and has to be connected to a scheduler")
        self._client = client
        self._losses: OrderedDict[Any, Loss] = OrderedDict()
        self._seen = monotonic()

    def __repr__(self) -> str:
        return f"<DaskStrategy: {self._client!r}>"

    def _why_here(self) -> str:
        return (
            "a DaskStrategy is not pickled: its client is connected here, and what it sends to workers computes "
            "without it. A function that needs something of it is given that as an argument"
        )

    @property
    def num_replicas_in_sync(self) -> int:
        """How many threads the workers have."""
        return sum(self._client.nthreads().values())

    def rows(self, count: int) -> slice:
        """All rows: the script is one, and its data go to workers by `experimental_distribute_dataset`."""
        return Strategy().rows(count)

    runs_one_script = True

    all_reduce = _of_ranks("all_reduce")
    gradient = _of_ranks("gradient")
    gather = _of_ranks("gather")
    of_each = _of_ranks("of_each")
    broadcast = _of_ranks("broadcast")
    check_identical = _of_ranks("check_identical")

    # ---------------------------------------------------------------------------------------------------------- data

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """Data in parts on the workers, for any number of evaluations.

        Parameters
        ----------
        dataset : Dask collection, list of Future or Delayed, array_like, table; or tuple or dict of them
            Of Dask's collections and lists, the parts are theirs; arrays of this process are cut in one for each thread
            of the workers. (Parquet files are `dask.dataframe.read_parquet`, whose parts are ranges of rows.)
        options : object, optional
            Not used.

        Returns
        -------
        Parts
            The data, as long as this object is here.

        Raises
        ------
        TypeError
            For data that are no numbers or truth values, and for a tf.data.Dataset.
        ValueError
            Where parts do not fit each other, or are on the workers of another cluster.
        RuntimeError
            Where there are no workers, or one has another release of this package.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> strategy.experimental_distribute_dataset((np.ones((5, 2)), np.ones(5)))
        <Data: 2 parts, 5 rows>
        >>> client.close()
        """
        if not isinstance(dataset, Data):
            return distributed(self._client, dataset)
        self._check_whose(dataset)
        return dataset

    def _check_whose(self, parts: Parts) -> None:
        """Say so where parts are on the workers of another cluster than this strategy's."""
        theirs, ours = (_scheduler_of(client) for client in (parts.futures[0].client, self._client))
        if theirs != ours:
            raise ValueError(
                f"the data are on workers of the scheduler {theirs}, and this strategy's client is connected to "
                f"{ours}: distribute them by this strategy, or compute by the one that has them"
            )

    # --------------------------------------------------------------------------------------------------------- losses

    def value_and_grad(
        self, loss: Callable[..., Any], params: Any, data: Any, reduce_op: str | ReduceOp
    ) -> tuple[Any, Any]:
        """A loss over all rows, and its gradient.

        Parameters
        ----------
        loss : callable
            Of the params and of a part of the data, which is any number of rows; returns a scalar. Variables among the
            params are assigned while it is recorded, so it may read them.
        params : structure of Variable, Tensor, array_like or float
            What to differentiate by.
        data : Parts, or what `experimental_distribute_dataset` takes
            A tuple is as many arguments of the loss. What is not distributed yet is for this call.
        reduce_op : str or ReduceOp
            "SUM": the loss of a part is a sum over its rows, and all are added up. "MEAN": it is the mean of what each
            row gives, and parts count by their rows; what does not depend on rows, a penalty say, counts once. The loss
            of the first two rows is held against that, at the first evaluation, the second, the fourth, the eighth ...

        Returns
        -------
        Tensor
            The value.
        structure of Tensor
            The gradient, as the params. Zeros where the loss does not depend on one.

        Raises
        ------
        TypeError
            Where the loss is no function, params are no real floats, the loss makes a number of them, or a tape follows
            them.
        ValueError
            For another `reduce_op`, a loss that is no such sum or mean over rows, is no scalar, does not depend on the
            params, or cannot be sent as a program.
        RuntimeError
            In a recorded function, and where a worker has another release of this package.

        Notes
        -----
        Rows of a part that has more than 64 MiB are evaluated in ranges, and so are those of parts that nearly all have
        other numbers of rows. The loss is recorded once, and is the same program at further calls, unless the numbers
        or strings that it reads around it are others; attributes of objects, and what is in lists and dicts, are those
        of the recording. Variables and arrays that it reads around it are sent at each call: what is large belongs to
        the data. What it assigns to variables is for nobody: a layer's moving averages stay as they are.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
        >>> value, gradient = strategy.value_and_grad(lambda m, x: tf.reduce_sum((x - m) ** 2), 2.0, data, "SUM")
        >>> float(value), float(gradient)
        (17.0, -6.0)
        >>> client.close()
        """
        given, shipped, (value, *gradients) = self._derived("value_and_grad", loss, params, data, reduce_op)
        return _core.to_tensor(value.astype(shipped.dtype)), given.like(gradients)

    def hvp(self, loss: Callable[..., Any], params: Any, vector: Any, data: Any, reduce_op: str | ReduceOp) -> Any:
        """The Hessian of a loss over all rows times a vector, without the Hessian.

        Parameters
        ----------
        loss, params, data, reduce_op
            As for `value_and_grad`.
        vector : structure of array_like
            In the structure of the params, of their shapes.

        Returns
        -------
        structure of Tensor
            The product, as the params. Zeros where the gradient does not depend on one.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As `value_and_grad`, and for a vector that is not like the params.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> float(strategy.hvp(lambda m, x: tf.reduce_sum((x - m) ** 3), 2.0, 1.0, x, "SUM"))
        18.0
        >>> client.close()
        """
        given, _, (_, *products) = self._derived("hvp", loss, params, data, reduce_op, vector)
        return given.like(products)

    def hessian(self, loss: Callable[..., Any], params: Any, data: Any, reduce_op: str | ReduceOp) -> Any:
        """The second derivatives of a loss over all rows, for few params.

        Parameters
        ----------
        loss, params, data, reduce_op
            As for `value_and_grad`.

        Returns
        -------
        Tensor, or structure of structures of them
            In each place of the params a structure like them: the blocks of shapes first.shape + second.shape, as the
            tape's `hessian` gives them.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            As `value_and_grad`.
        MemoryError
            Where it would not fit in memory.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> strategy.hessian(lambda w, x: tf.reduce_sum((w[0] * x + w[1]) ** 2), np.ones(2), x, "SUM")
        <Tensor: shape=(2, 2), dtype=float64, numpy=
        array([[82., 18.],
               [18.,  6.]])>
        >>> client.close()
        """
        given, _, (_, *blocks) = self._derived("hessian", loss, params, data, reduce_op)
        count = len(given.leaves)
        tensors = [_core.to_tensor(block.astype(given.leaves[k // count].dtype)) for k, block in enumerate(blocks)]
        return given.rebuild([given.rebuild(tensors[k : k + count]) for k in range(0, len(tensors), count)])

    def _derived(
        self, who: str, loss: Callable[..., Any], params: Any, data: Any, reduce_op: str | ReduceOp, vector: Any = None
    ) -> tuple[Params, Loss, list[np.ndarray]]:
        """The value and a derivative, in float64, over all rows, and what they are of."""
        how = reduce_op_of(reduce_op, who)
        if not callable(loss):
            raise TypeError(f"{who}: the loss must be callable, not {type(loss).__name__}")
        given = Params(who, params)
        refuse_followed(given)
        direction = given.direction(vector) if who == "hvp" else []
        parts = self.experimental_distribute_dataset(data)
        shipped, arrays = self._shipped(loss, given, parts, how), given.arrays + direction
        shipped.check_rows(arrays)
        return given, shipped, self._evaluated(shipped, parts, arrays)

    def _shipped(self, loss: Callable[..., Any], params: Params, data: Data, how: ReduceOp) -> Loss:
        key = key_of(loss, params, data, how)
        found = self._losses.pop(key, None) or Loss(loss, params, data, how)
        self._losses[key] = found  # (the latest comes last, whichever thread asks)
        if len(self._losses) > _LOSSES:
            self._losses.popitem(last=False)
        return found

    def _evaluated(self, loss: Loss, data: Data, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """What the programs of a loss give, over all parts."""
        chosen = [k for k, rows in enumerate(data.rows) if rows]
        lengths = {stop - start for k in chosen for start, stop in data.ranges[k]}
        reads = {rows: loss.reads(rows, arrays) for rows in lengths}
        by_rows = loss.how is ReduceOp.MEAN

        def begun() -> list[Any]:
            programs = {rows: self._program(loss, rows) for rows in lengths}
            given = self._sent((arrays, reads))
            ranges, parts = [data.ranges[k] for k in chosen], [data.futures[k] for k in chosen]
            return self._each(tasks.evaluate, [ranges, parts], tf.__version__, programs, given, by_rows)

        total = self._answered(loss, data, chosen, (arrays, reads), by_rows) or self._summed(begun, [data])
        return [one / sum(data.rows) for one in total] if by_rows else total

    def _answered(
        self, loss: Loss, data: Data, chosen: list[int], given: tuple[Any, Any], by_rows: bool
    ) -> list[np.ndarray] | None:
        """The sums over parts, asked of the workers that have them, by a message to each.

        None where tasks are to do it: parts are not all there, or something was not as it should be, of which tasks
        make the best, or say what it is; or the scheduler has seen none for long.
        """
        if monotonic() - self._seen > _SEEN_EVERY:
            self._seen = monotonic()
            return None
        data.renew()
        where = self._client.who_has([data.futures[k] for k in chosen])
        shares: dict[str, list[Any]] = {}
        for number, k in enumerate(chosen):
            key = data.futures[k].key
            holders = where.get(key)
            if not holders:
                return None
            place = min(holders, key=lambda address: (len(shares.get(address, ())), address))
            shares.setdefault(place, []).append((number, key, data.ranges[k]))
        parts = len(chosen)
        if len(shares) > MOST_ASKED or _bytes_of(given) * len(shares) + loss.bytes * parts > MOST_PASSED_ON:
            return None
        files = {rows: loss.content(rows) for rows in given[1]}
        for known in (True, False) if loss.known >= set(shares) else (False,):
            named = {rows: (digest, None if known else content) for rows, (content, digest) in files.items()}
            answers = self._client.run(
                tasks.answer,
                tf.__version__,
                shares,
                parts,
                named,
                given,
                by_rows,
                workers=list(shares),
                on_error="ignore",
            )
            if len(answers) < len(shares):
                return None
            if None not in answers.values():
                loss.known.update(shares)
                sums = tasks.summed({place: one for sums in answers.values() for place, one in sums.items()}, parts)
                (total,) = sums.values()
                return total
        return None

    def _program(self, loss: Loss, rows: int) -> Any:
        """A program on the workers: read once on one of them, which gives it to others, and planned once on each."""
        if rows not in loss.sent or is_lost(loss.sent[rows]):  # (as by the client's restart)
            content, digest = loss.content(rows)
            loss.sent[rows] = self._client.submit(
                tasks.program_of, tf.__version__, content, key=f"program-{tf.__version__}-{digest}"
            )
        return loss.sent[rows]

    def _each(self, task: Callable[..., Any], columns: Sequence[Sequence[Any]], *same: Any) -> list[Any]:
        """A task for each row of some columns, with what is the same for all behind it.

        (Not by keywords: what is large among those Dask keeps by the keyword's name, and the next call finds it there.)
        """
        constants = ([one] * len(columns[0]) for one in same)
        found: list[Any] = self._client.map(task, *columns, *constants, pure=False)
        return found

    def _sent(self, value: Any) -> Any:
        """What every task needs: as it is, or, where it is large, on every worker."""
        if engine("dask.sizeof", "DaskStrategy", "dask").sizeof(value) <= _IN_TASKS:
            return value
        return self._client.scatter([value], broadcast=True, hash=False)[0]

    def _summed(self, begun: Callable[[], list[Any]], parts: Sequence[Parts]) -> list[np.ndarray]:
        """The sum of what tasks give, added up by workers; begun again where what they need has gone with a worker."""
        for attempt in range(_ATTEMPTS):
            for one in parts:
                one.renew()
            futures = begun()
            while len(futures) > tasks.TOGETHER:
                groups = [futures[k : k + tasks.TOGETHER] for k in range(0, len(futures), tasks.TOGETHER)]
                futures = self._each(tasks.added, [groups])
            try:
                return tasks.added(self._client.gather(futures))
            except self._engine.CancelledError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("not reached")

    # ------------------------------------------------------------------------------------------------------ functions

    def run(
        self,
        fn: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        options: Any = None,
    ) -> Any:
        """Call a function with each part of the data, where that is.

        Parameters
        ----------
        fn : callable
            Any function that cloudpickle takes. Each call has a copy of its own, with variables of its own.
        args, kwargs : sequence and mapping, optional
            Its arguments: where one is data that are distributed, or what `run` gave, each call is given its part, as
            tensors.
        options : object, optional
            Not used.

        Returns
        -------
        Parts
            What the calls gave, on the workers, for `reduce`, a further `run`, or `experimental_local_results`.

        Raises
        ------
        ValueError
            Where no argument is in parts, or those that are have different numbers of them, or are another cluster's.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
        >>> largest = strategy.run(lambda x, k: k * tf.reduce_max(x), args=(data, 10.0))
        >>> [float(value) for value in strategy.experimental_local_results(largest)]
        [10.0, 60.0]
        >>> client.close()
        """
        named = dict(kwargs or {})
        everything = [*enumerate(args), *named.items()]
        found = {place: value for place, value in everything if isinstance(value, Parts)}
        counts = {len(value) for value in found.values()}
        if len(counts) != 1:
            raise ValueError(
                f"run: arguments are in {' and in '.join(map(str, sorted(counts)))} parts, and must be in the same ones"
                if counts
                else "run: no argument is data in parts, which experimental_distribute_dataset gives, so nothing says "
                "how often to call the function; for a list of arguments there is map"
            )
        for value in found.values():
            self._check_whose(value)
        function = self._function("run", fn)
        rest = [None if place in found else value for place, value in enumerate(args)]
        others = {name: value for name, value in named.items() if name not in found}

        def begun() -> list[Any]:
            for value in found.values():
                value.renew()
            sent, given = self._sent(function), self._sent((rest, others))
            parts = list(map(list, zip(*(value.futures for value in found.values()), strict=True)))
            return self._each(tasks.call_on_part, [parts], tf.__version__, sent, list(found), given)

        return Parts(begun(), next(iter(found.values())).rows, begun)

    def _function(self, who: str, fn: Callable[..., Any]) -> bytes:
        if not callable(fn):
            raise TypeError(f"{who}: a callable is needed, not {type(fn).__name__}")
        found: bytes = engine("cloudpickle", "DaskStrategy", "dask").dumps(fn)
        return found

    def reduce(self, reduce_op: str | ReduceOp, value: Any, axis: int | None = None) -> Any:
        """The sum or the mean of what `run` gave for all parts.

        Parameters
        ----------
        reduce_op : str or ReduceOp
            "SUM" or "MEAN"; parts count by their rows in a mean.
        value : Parts
            What `run` gave: a structure of numbers, arrays or tensors for each part.
        axis : int, optional
            An axis of the values themselves to reduce along as well. The mean is then that of all elements.

        Returns
        -------
        structure of Tensor
            Added up in float64 or complex128, in the order of the parts; of the values' dtypes, but for means of
            integers, which are float64, and sums of truth values, which are int64.

        Raises
        ------
        TypeError
            For what is not in parts.
        ValueError
            For another `reduce_op`, and for an axis that a value does not have.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
        >>> float(strategy.reduce("MEAN", strategy.run(tf.reduce_mean, args=(data,))))
        3.0
        >>> client.close()
        """
        how = reduce_op_of(reduce_op, "reduce")
        if not isinstance(value, Parts):
            raise TypeError(f"reduce: a value is what run gave, in parts, not {type(value).__name__}")
        self._check_whose(value)
        axis = None if axis is None else _core.integer(axis)
        mean = how is ReduceOp.MEAN

        def begun() -> list[Any]:
            return self._each(tasks.totals_of, [value.futures, value.rows], axis, mean)

        *sums, counts = self._summed(begun, [value])
        if mean:
            sums = [total / count for total, count in zip(sums, counts, strict=True)]
        value.renew()
        first = self._client.submit(tasks.kinds_of, value.futures[0], pure=False).result()
        dtypes = [_dtype_of_sum(kind.dtype, mean) for kind in nest.flatten(first)]
        tensors = [_core.to_tensor(total.astype(dtype)) for total, dtype in zip(sums, dtypes, strict=True)]
        return nest.pack_sequence_as(first, tensors)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """What `run` gave, for each part.

        Parameters
        ----------
        value : Parts
            What `run` gave.
        """
        if not isinstance(value, Parts):
            return (value,)
        self._check_whose(value)
        value.renew()
        return tuple(self._client.gather(value.futures))

    def map(self, fn: Callable[..., Any], *items: Iterable[Any]) -> list[Any]:
        """Call a function with each of some items, on the workers: searches, folds of a cross-validation, settings.

        Parameters
        ----------
        fn : callable
            Any function that cloudpickle takes. Each call has a copy of its own, with variables of its own.
        *items : iterable
            Its arguments, as for Python's `map`.

        Returns
        -------
        list
            What the calls gave, in the order of the items.

        Examples
        --------
        >>> from distributed import Client
        >>> client = Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0")
        >>> strategy = tf.distribute.DaskStrategy(client)
        >>> strategy.map(lambda k: float(tf.grad(lambda x: x ** k)(2.0)), [1, 2, 3])
        [1.0, 4.0, 12.0]
        >>> client.close()
        """
        function = self._function("map", fn)
        calls = [list(item) for item in zip(*items, strict=False)]
        found: list[Any] = self._client.gather(self._each(tasks.call, [calls], tf.__version__, self._sent(function)))
        return found


def _scheduler_of(client: Any) -> str:
    """Where a client is connected to."""
    return getattr(client.scheduler, "address", "of a client that is closed")


def _bytes_of(given: tuple[list[np.ndarray], dict[int, list[np.ndarray]]]) -> int:
    """How much a message to a worker takes, but for names."""
    arrays, reads = given
    return sum(array.nbytes for array in arrays) + sum(array.nbytes for read in reads.values() for array in read)


def _dtype_of_sum(dtype: Any, mean: bool) -> Any:
    """The dtype of a sum or mean of such values."""
    if _core.is_differentiable(dtype):
        return dtype
    return np.dtype(np.float64 if mean else np.int64 if dtype.kind == "b" else dtype)
