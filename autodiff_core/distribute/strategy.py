"""Strategy: what is done on which worker, in TensorFlow's words; and the strategy of one worker, which needs no engine.

An engine's strategy is a class of this one. Where every worker runs the same script (MPI), it says who this worker is
(`replica_id_in_sync_group`, `num_replicas_in_sync`) and how values of all of them become one (`all_reduce`,
`broadcast`, `of_each`); everything else here is made of these. Where one script sends work to the others (Dask), it
says instead where `run` and `map` run a function, how `reduce` brings values back, and what a loss over all rows is.
"""

from __future__ import annotations

import enum
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .. import _core, nest
from ..data import tables
from ..data.dataset import Dataset, shuffles_of
from ..derivatives import transforms
from ..dtypes import as_dtype
from ..ops.collectives import all_gather
from ..ops.reductions import reduce_sum
from ..tape import Tape
from ..tensors.creation import cast, zeros_like
from ..tensors.indexed_slices import dense
from ..variable import Variable, hearers
from .together import Together

if TYPE_CHECKING:
    from ..optimize.parameters import Parameters

__all__ = [
    "ReduceOp",
    "Strategy",
    "check_summed",
    "check_wire",
    "count_of_rows",
    "engine",
    "get_strategy",
    "has_strategy",
    "made_within",
    "reduce_op_of",
    "rows_of",
]


class ReduceOp(enum.Enum):
    """How values of several workers become one; the words "SUM" and "MEAN" say the same.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/distribute/ReduceOp

    Examples
    --------
    >>> tf.distribute.ReduceOp.SUM.value
    'SUM'
    """

    SUM = "SUM"
    MEAN = "MEAN"


WIRES = (None, "float32", "bfloat16")
_SUMMED = "iufc"  # kinds of dtypes that are added up


def check_wire(wire: Any) -> None:
    """Refuse what is none of the dtypes in which floats may travel."""
    if wire not in WIRES:
        raise ValueError(f'all_reduce: wire is "float32", "bfloat16" or None, not {wire!r}')


def check_summed(tensor: Any) -> None:
    """Refuse what is not added up."""
    if as_dtype(tensor.dtype).kind not in _SUMMED and not _core.is_differentiable(tensor.dtype):
        raise TypeError(f"all_reduce: values of dtype {tensor.dtype} are not added up; cast them")


def reduce_op_of(reduce_op: Any, who: str) -> ReduceOp:
    """The member that is meant by a word or by itself."""
    if isinstance(reduce_op, ReduceOp):
        return reduce_op
    if isinstance(reduce_op, str) and reduce_op.upper() in ReduceOp.__members__:
        return ReduceOp[reduce_op.upper()]
    raise ValueError(f'{who}: reduce_op is "SUM" or "MEAN", not {reduce_op!r}')


class Strategy:
    """One worker, which has all rows and sums alone; and what the strategies of several workers have in common.

    Code that asks `get_strategy()` for its strategy is the same on one worker and on many.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/distribute/Strategy

    Examples
    --------
    >>> strategy = tf.distribute.get_strategy()
    >>> strategy.num_replicas_in_sync
    1
    >>> with strategy.scope():
    ...     v = tf.Variable([1., 2.])
    >>> strategy.reduce("MEAN", strategy.run(lambda x: x * v, args=([3., 4.],)), axis=0)
    <Tensor: shape=(), dtype=float32, numpy=5.5>
    """

    runs_one_script = False
    """Whether one script sends work to the workers, instead of all workers running it."""

    @property
    def num_replicas_in_sync(self) -> int:
        """How many workers there are."""
        return 1

    @property
    def replica_id_in_sync_group(self) -> int:
        """The number of this worker, from 0."""
        return 0

    @contextmanager
    def scope(self) -> Iterator[Self]:
        """Within it, `get_strategy()` is this strategy, and variables that are made begin alike on all workers."""
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)

    def run(
        self,
        fn: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        options: Any = None,
    ) -> Any:
        """Call a function on every worker, with that worker's part of what is distributed.

        Parameters
        ----------
        fn : callable
            What each worker computes.
        args, kwargs : sequence and mapping, optional
            Its arguments.
        options : object, optional
            Not used.

        Returns
        -------
        structure
            What the function gave: this worker's value, for `reduce` to make one of with the others'.

        Examples
        --------
        >>> tf.distribute.get_strategy().run(lambda x, scale: x * scale, args=(2.0,), kwargs={"scale": 3.0})
        6.0
        """
        with self.scope():
            return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: str | ReduceOp, value: Any, axis: int | None = None) -> Any:
        """The sum or the mean of what `run` gave on all workers.

        Parameters
        ----------
        reduce_op : str or ReduceOp
            "SUM" or "MEAN".
        value : structure of array_like
            This worker's.
        axis : int, optional
            An axis of the values themselves to reduce along as well. The mean is then that of all elements, whichever
            worker has more of them.

        Returns
        -------
        structure of Tensor
            The same on every worker.

        Raises
        ------
        ValueError
            For another `reduce_op`, and for an axis that a value does not have.

        Examples
        --------
        >>> tf.distribute.get_strategy().reduce("SUM", tf.constant([1., 2., 3.]), axis=0)
        <Tensor: shape=(), dtype=float32, numpy=6.0>
        """
        how = reduce_op_of(reduce_op, "reduce")
        if axis is None:
            return self.all_reduce(value, how)
        axis = _core.integer(axis)
        tensors = [_core.to_tensor(leaf) for leaf in nest.flatten(value)]
        for tensor in tensors:
            if not -tensor.ndim <= axis < tensor.ndim:
                raise ValueError(f"reduce: a value of shape {tuple(tensor.shape)} has no axis {axis}")
        if how is ReduceOp.SUM:
            return nest.pack_sequence_as(value, self.all_reduce([reduce_sum(tensor, axis) for tensor in tensors]))
        counts = np.array([tensor.shape[axis] for tensor in tensors], np.float64)
        sums, counts = self.all_reduce(([reduce_sum(_summable(tensor), axis) for tensor in tensors], counts))
        means = [total / cast(count, total.dtype) for total, count in zip(sums, counts, strict=True)]
        narrow = [cast(mean, x.dtype) if _is_narrow(x) else mean for mean, x in zip(means, tensors, strict=True)]
        return nest.pack_sequence_as(value, narrow)

    def all_reduce(self, value: Any, reduce_op: str | ReduceOp = ReduceOp.SUM, wire: str | None = None) -> Any:
        """The sum or the mean of all workers' values, on every worker: an operation, which tapes and functions record.

        Parameters
        ----------
        value : structure of array_like
            Gradients, say: of one structure, and of the same shapes and dtypes on every worker. None stays None, and
            slices become whole tensors.
        reduce_op : str or ReduceOp
            "SUM" or "MEAN".
        wire : {"float32", "bfloat16"}, optional
            As what floats go from worker to worker; as they are by default. As bfloat16 they are half as many bytes,
            and are rounded before they are added up, in float32, and once more afterwards.

        Returns
        -------
        structure of Tensor
            The same, to the last bit, on every worker.

        Raises
        ------
        ValueError
            For another `reduce_op` or `wire`.
        TypeError
            For values that are no numbers.
        RuntimeError
            Where workers differ in what they give, on every one of them.
        TimeoutError
            Where one does not come; it says which.

        Notes
        -----
        The derivative of a sum over all workers is the sum of the cotangents over all workers: each of them may go on
        with the value, and what is differentiated is the sum of what all of them come to.

        Examples
        --------
        >>> tf.distribute.get_strategy().all_reduce([tf.constant(1.0), None])
        [<Tensor: shape=(), dtype=float32, numpy=1.0>, None]
        """
        mean = reduce_op_of(reduce_op, "all_reduce") is ReduceOp.MEAN
        check_wire(wire)

        def own(leaf: Any) -> Any:
            if leaf is None:
                return None
            tensor = _core.to_tensor(dense(leaf))
            check_summed(tensor)
            return tensor / 1 if mean and tensor.dtype.kind in "iu" else tensor  # (a float, as of several workers)

        return nest.map_structure(own, value)

    def gradient(
        self,
        tape: Tape,
        target: Any,
        sources: Any,
        reduce_op: str | ReduceOp = ReduceOp.SUM,
        wire: str | None = None,
        bucket_bytes: int = 25 << 20,
    ) -> Any:
        """`all_reduce` of a tape's gradient, of which parts are on their way while others are still computed.

        Parameters
        ----------
        tape : GradientTape
            Which has recorded the target.
        target, sources : Tensor, Variable or structure of them
            As for the tape's `gradient`.
        reduce_op : str or ReduceOp
            "SUM" or "MEAN".
        wire : {"float32", "bfloat16"}, optional
            See `all_reduce`.
        bucket_bytes : int
            So many bytes of gradients travel together.

        Returns
        -------
        structure of Tensor or None
            In the structure of the sources, the same on every worker.

        Examples
        --------
        >>> v = tf.Variable([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     loss = tf.reduce_sum(v * v)
        >>> tf.distribute.get_strategy().gradient(tape, loss, v)
        <Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
        """
        return self.all_reduce(tape.gradient(target, sources), reduce_op, wire)

    def value_and_grad(
        self, loss: Callable[..., Any], params: Any, data: Any, reduce_op: str | ReduceOp
    ) -> tuple[Any, Any]:
        """A loss over the rows of all workers, and its gradient; in a recorded function it is recorded.

        Parameters
        ----------
        loss : callable
            Of the params and of this worker's data; returns a scalar.
        params : structure of Variable, Tensor, array_like or float
            What to differentiate by: the same on every worker.
        data : structure of array_like
            This worker's rows, as `experimental_distribute_dataset` gives them. A tuple is as many arguments of the
            loss.
        reduce_op : str or ReduceOp
            "SUM": the loss is a sum over rows, and all workers' are added up. "MEAN": it is the mean of what each row
            gives, and workers count by their rows; what does not depend on rows, a penalty say, counts once.

        Returns
        -------
        Tensor
            The value.
        structure of Tensor
            The gradient, as the params. Both are added up in float64 or complex128, and the same on every worker.

        Raises
        ------
        TypeError
            Where the loss is no function, or returns no tensor, or params hold integers.
        ValueError
            For another `reduce_op`, data without rows, and where the loss is no scalar.

        Examples
        --------
        >>> strategy = tf.distribute.get_strategy()
        >>> data = strategy.experimental_distribute_dataset(np.array([1.0, 2.0, 6.0]))
        >>> value, gradient = strategy.value_and_grad(lambda m, x: tf.reduce_sum((x - m) ** 2), 2.0, data, "SUM")
        >>> float(value), float(gradient)
        (17.0, -6.0)
        """
        value, gradient = self._over_rows(
            "value_and_grad", loss, data, reduce_op, lambda f: transforms.value_and_grad(f)(params)
        )
        return value, gradient

    def hvp(self, loss: Callable[..., Any], params: Any, vector: Any, data: Any, reduce_op: str | ReduceOp) -> Any:
        """The Hessian of a loss over the rows of all workers times a vector, without the Hessian.

        Parameters
        ----------
        loss, params, data, reduce_op
            As for `value_and_grad`.
        vector : structure of array_like
            In the structure of the params, of their shapes.

        Returns
        -------
        structure of Tensor
            The product, as the params.

        Examples
        --------
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> float(tf.distribute.get_strategy().hvp(lambda m, x: tf.reduce_sum((x - m) ** 3), 2.0, 1.0, x, "SUM"))
        18.0
        """
        return self._over_rows("hvp", loss, data, reduce_op, lambda f: transforms.hvp(f, params, vector))

    def hessian(self, loss: Callable[..., Any], params: Any, data: Any, reduce_op: str | ReduceOp) -> Any:
        """The second derivatives of a loss over the rows of all workers, for few params.

        Parameters
        ----------
        loss, params, data, reduce_op
            As for `value_and_grad`.

        Returns
        -------
        Tensor, or structure of structures of them
            In each place of the params a structure like them: the blocks of shapes first.shape + second.shape.

        Examples
        --------
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> strategy = tf.distribute.get_strategy()
        >>> strategy.hessian(lambda w, x: tf.reduce_sum((w[0] * x + w[1]) ** 2), np.ones(2), x, "SUM")
        <Tensor: shape=(2, 2), dtype=float64, numpy=
        array([[82., 18.],
               [18.,  6.]])>
        """
        return self._over_rows("hessian", loss, data, reduce_op, lambda f: transforms.hessian(f)(params))

    def _over_rows(
        self, who: str, loss: Callable[..., Any], data: Any, reduce_op: str | ReduceOp, derived: Callable[..., Any]
    ) -> Any:
        """What is derived from a loss of the params, over the rows of all workers."""
        how = reduce_op_of(reduce_op, who)
        if not callable(loss):
            raise TypeError(f"{who}: the loss must be callable, not {type(loss).__name__}")
        rows = count_of_rows(data)
        parts = data if isinstance(data, tuple) else (data,)
        own = derived(lambda params: loss(params, *parts))
        leaves = nest.flatten(own)
        double = [cast(leaf, np.complex128 if leaf.dtype.kind == "c" else np.float64) for leaf in leaves]
        if rows == 0:  # (a mean of nothing is no number)
            double = [zeros_like(one) for one in double]
        if how is ReduceOp.MEAN:
            *double, everybody = self.all_reduce([*(float(rows) * one for one in double), np.float64(rows)])
            double = [one / everybody for one in double]
        else:
            double = self.all_reduce(double)
        return nest.pack_sequence_as(own, [cast(one, leaf.dtype) for one, leaf in zip(double, leaves, strict=True)])

    def objective(
        self, solver: str, f: Callable[..., Any], parameters: Parameters, data: Any, reduce_op: Any, method: str
    ) -> Together:
        """What a solver that runs on all workers asks, as `tf.minimize` does: a function of parameters and own rows."""
        mean = reduce_op_of(reduce_op, solver) is ReduceOp.MEAN
        return Together(solver, f, parameters, self, data, count_of_rows(data), mean, method)

    def map(self, fn: Callable[..., Any], *items: Iterable[Any]) -> list[Any]:
        """Call a function with each of some items, which workers share out: searches, folds of a cross-validation,
        settings.

        Parameters
        ----------
        fn : callable
            What it gives can be pickled. It does nothing together with other workers.
        *items : iterable
            Its arguments, as for Python's `map`: the same on every worker.

        Returns
        -------
        list
            What the calls gave, in the order of the items, on every worker.

        Raises
        ------
        RuntimeError
            Where a call ended in an error on another worker; on that one it is the error itself.

        Notes
        -----
        Of n workers each calls the function with every n-th item, and waits for the others at the end: MPIStrategy's
        timeout is to be longer than that takes.

        Examples
        --------
        >>> tf.distribute.get_strategy().map(lambda k: float(tf.grad(lambda x: x ** k)(2.0)), [1, 2, 3])
        [1.0, 4.0, 12.0]
        """
        if not callable(fn):
            raise TypeError(f"map: a callable is needed, not {type(fn).__name__}")
        calls = list(zip(*items, strict=False))
        number = self.num_replicas_in_sync
        own: list[Any] = []
        error: Exception | None = None
        for place in range(self.replica_id_in_sync_group, len(calls), number):
            try:
                own.append(pickle.dumps(fn(*calls[place])))
            except Exception as raised:
                error = raised
                own.append(f"{type(raised).__name__}: {raised}")
                break
        found = self.of_each(own, f"map of {len(calls)} items")
        if error is not None:
            raise error
        for worker, those in enumerate(found):
            if those and isinstance(those[-1], str):
                place = worker + number * (len(those) - 1)
                raise RuntimeError(f"map: item {place}, on worker {worker}, ended in {those[-1]}")
        return [pickle.loads(found[place % number][place // number]) for place in range(len(calls))]

    def of_each(self, value: Any, what: str) -> list[Any]:
        """Something of every worker's, whatever it is, on every worker.

        Parameters
        ----------
        value : object
            That can be pickled.
        what : str
            What it is for, in errors; the same on every worker.

        Examples
        --------
        >>> tf.distribute.get_strategy().of_each("alone", "names")
        ['alone']
        """
        return [value]

    def gather(self, value: Any, axis: int) -> Any:
        """The values of all workers on end along an axis, on every worker: an operation like `all_reduce`.

        Parameters
        ----------
        value : structure of array_like
            Of the same shapes and dtypes on every worker.
        axis : int
            Along which they are put on end, in the order of the workers.

        Returns
        -------
        structure of Tensor
            The same on every worker.

        Raises
        ------
        ValueError
            For an axis that a value does not have.

        Examples
        --------
        >>> tf.distribute.get_strategy().gather(tf.constant([1.0, 2.0]), axis=0)
        <Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
        """
        return nest.map_structure(lambda leaf: all_gather(leaf, axis), value)

    def broadcast(self, value: Any) -> Any:
        """The first worker's value, on every worker; variables are assigned it.

        Parameters
        ----------
        value : structure of array_like and Variable
            Of the same shapes and dtypes on every worker.

        Returns
        -------
        structure of Tensor and Variable
            The variables themselves, and tensors in the place of everything else.

        Examples
        --------
        >>> tf.distribute.get_strategy().broadcast(tf.constant(1.0))
        <Tensor: shape=(), dtype=float32, numpy=1.0>
        """
        return nest.map_structure(_core.operand, value)

    def rows(self, count: int) -> slice:
        """Which of so many rows are this worker's: ranges in the workers' order, whose lengths differ by 1 at most.

        Parameters
        ----------
        count : int
            The number of all rows.

        Examples
        --------
        >>> tf.distribute.get_strategy().rows(10)
        slice(0, 10, None)
        """
        count = _core.integer(count)
        if count < 0:
            raise ValueError(f"rows: a number of rows is 0 or more, not {count}")
        number, worker = self.num_replicas_in_sync, self.replica_id_in_sync_group
        return slice(count * worker // number, count * (worker + 1) // number)

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """This worker's part of data that every worker can get at.

        Parameters
        ----------
        dataset : Dataset, table, or structure of array_like
            Of a `tf.data.Dataset`, whose elements are batches for all workers together, the rows of each batch are
            shared out; everything else is shared out by its rows.
        options : object, optional
            Not used.

        Returns
        -------
        Dataset, table, or structure of array_like
            Of the same kind, with the rows that `rows` says.

        Raises
        ------
        ValueError
            For a value without rows, and values of different numbers of rows.

        Notes
        -----
        A dataset that shuffles without a seed does so in the order of the first worker from then on.

        Examples
        --------
        >>> data = {"x": np.array([[1., 2.], [3., 4.]]), "y": np.array([0, 1])}
        >>> part = tf.distribute.get_strategy().experimental_distribute_dataset(data)
        >>> part["x"].shape
        (2, 2)
        """
        if isinstance(dataset, Dataset):
            if self.num_replicas_in_sync == 1:
                return dataset
            for shuffle in shuffles_of(dataset):
                shuffle.seeds = self.broadcast(np.array(shuffle.seeds, np.int64)).numpy().tolist()

            def part(*parts: Any) -> Any:
                is_tuple = len(parts) > 1 or type(dataset.element_spec) is tuple
                return rows_of(parts if is_tuple else parts[0], self.rows)

            return dataset.map(part)
        return rows_of(dataset, self.rows)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """What `run` gave, for each of the workers whose values are here: where all run one script, this one's alone.

        Examples
        --------
        >>> tf.distribute.get_strategy().experimental_local_results(1.0)
        (1.0,)
        """
        return (value,)

    def check_identical(self, value: Any, name: str = "value") -> None:
        """Raise an error, on every worker, where not all workers have the same values, to the last bit.

        Parameters
        ----------
        value : structure of array_like and Variable
            What should be alike: a model's variables, say.
        name : str
            What the error calls it.

        Raises
        ------
        RuntimeError
            It names the workers that differ, and where.

        Examples
        --------
        >>> tf.distribute.get_strategy().check_identical([tf.Variable(1.0)])
        """


_ONE = Strategy()
_current: ContextVar[Strategy | None] = ContextVar("strategy", default=None)


def get_strategy() -> Strategy:
    """The strategy in whose scope this is; outside of all, that of one worker.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/distribute/get_strategy

    Examples
    --------
    >>> tf.distribute.get_strategy().num_replicas_in_sync
    1
    """
    return _current.get() or _ONE


def has_strategy() -> bool:
    """Whether this is in the scope of a strategy.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/distribute/has_strategy

    Examples
    --------
    >>> tf.distribute.has_strategy()
    False
    """
    return _current.get() is not None


# (A thread may have been given the context of the one that started it.)
_made: ContextVar[tuple[list[Variable], int] | None] = ContextVar("made", default=None)


@contextmanager
def made_within() -> Iterator[list[Variable]]:
    """A list of the variables that are made inside, by this thread."""
    made: list[Variable] = []
    token = _made.set((made, threading.get_ident()))
    try:
        yield made
    finally:
        _made.reset(token)


def _hear(variable: Variable) -> None:
    made = _made.get()
    if made is not None and made[1] == threading.get_ident():
        made[0].append(variable)


hearers.append(_hear)


def _is_narrow(tensor: Any) -> bool:
    """Whether a sum, and a count, of many values is more than their dtype holds, where their mean is not."""
    return _core.is_floating(tensor.dtype) and tensor.dtype.itemsize == 2


def _summable(tensor: Any) -> Any:
    """What is summed for a mean."""
    return cast(tensor, np.float32) if _is_narrow(tensor) else tensor


def rows_of(data: Any, share: Callable[[int], slice]) -> Any:
    """A structure of arrays and tables with some of their rows.

    Parameters
    ----------
    data : structure of array_like and tables
        Of one number of rows.
    share : callable
        From that number to the slice that is meant.
    """
    wanted = share(count_of_rows(data))
    return nest.pack_sequence_as(data, [_cut(leaf, wanted) for leaf in nest.flatten(data)])


def count_of_rows(data: Any) -> int:
    """The number of rows of a structure of arrays and tables, which all of them have."""
    counts = {_count_of(leaf) for leaf in nest.flatten(data)}
    if len(counts) != 1:
        raise ValueError(
            f"data to distribute must be of one number of rows, and has {sorted(counts)}"
            if counts
            else "data to distribute must have rows, and there is nothing in it"
        )
    return counts.pop()


def _count_of(leaf: Any) -> int:
    if tables.is_table(leaf):
        return int(leaf.num_rows if hasattr(leaf, "num_rows") else len(leaf))
    shape = np.shape(leaf) if not hasattr(leaf, "shape") else leaf.shape
    if len(shape) == 0:
        raise ValueError(f"data to distribute must have rows, and a value has the shape {tuple(shape)}")
    return int(shape[0])


def _cut(leaf: Any, rows: slice) -> Any:
    """Rows of one array or table, of its own kind."""
    if hasattr(leaf, "iloc"):
        return leaf.iloc[rows]
    if hasattr(leaf, "num_rows"):
        return leaf.slice(rows.start, rows.stop - rows.start)
    return leaf[rows]


def engine(module: str, strategy: str, extra: str) -> Any:
    """A module of the engine that a strategy stands on; where it is not installed, an error that says how it comes.

    Parameters
    ----------
    module : str
        What is imported.
    strategy : str
        The class that asks.
    extra : str
        The extra of this package that brings it.
    """
    try:
        return import_module(module)
    except (ImportError, RuntimeError) as error:  # (mpi4py without a library of MPI's raises the latter)
        raise ImportError(
            f"{strategy} needs {module.partition('.')[0]}, which could not be imported ({error}): "
            f'pip install "autodiff-core[{extra}]"'
        ) from error
