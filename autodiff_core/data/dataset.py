"""Dataset: elements one after the other, and what can be made of them.

A dataset is a description: nothing is computed until it is iterated over, and each iterator begins anew. Its methods
give another one that reads it; how, stands in `stages.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import _core, nest
from .._core import Tensor
from ..ops.drawing import generator_of, seeds_of
from ..programs.tensor_spec import TensorSpec
from . import AUTOTUNE, INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, stages
from .iterators import Iterator as Elements
from .stages import Stage
from .structures import finished, leaves_of, mapped, up_to

__all__ = ["Dataset"]

# How many elements a prefetching thread is ahead, and how many datasets are interleaved, where that is left to us.
_AHEAD = 2
_AT_ONCE = 16


class Dataset:
    """Elements one after the other, each a tensor or a structure of tensors, as TensorFlow's input pipelines have them.

    Made by `from_tensor_slices`, `from_tensors`, `from_generator`, `range` and `zip`; the methods give another one,
    which reads this one. Nothing is computed until one is iterated over.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/data/Dataset. Elements are tuples and mappings of tensors, nested as
    one likes; a list is a tensor. Functions that are mapped run as Python, on tensors; no tape records what they do,
    and where an element depends on what `tf.grad` or its kin follow, that is an error.
    Elements that come from rows of arrays stay numbers of rows until somebody looks at one, so that batches of
    shuffled rows are one look-up each.

    Examples
    --------
    >>> pairs = tf.data.Dataset.from_tensor_slices(([1., 2., 3.], [0, 1, 0]))
    >>> for x, y in pairs.repeat(2).batch(4):
    ...     print(x.numpy(), y.numpy())
    [1. 2. 3. 1.] [0 1 0 0]
    [2. 3.] [1 0]
    """

    def __init__(self, stage: Stage) -> None:
        if not isinstance(stage, Stage):
            raise TypeError(
                "a Dataset is made by Dataset.from_tensor_slices, from_tensors, from_generator, range or zip"
            )
        self._stage = stage

    # ------------------------------------------------------------------------------------------------------- sources

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """The rows of tensors: slices along their first axis.

        Parameters
        ----------
        tensors : structure of array_like, or table
            Of as many rows each. A table of pandas, polars or Arrow is a mapping of its columns.
        name : str, optional
            Not used.

        Raises
        ------
        ValueError
            For a scalar, tensors of different lengths, and columns in which values are missing.

        Examples
        --------
        >>> data = tf.data.Dataset.from_tensor_slices({"x": [[1, 2], [3, 4]], "y": [0., 1.]})
        >>> for row in data.as_numpy_iterator():
        ...     print(row["x"], row["y"])
        [1 2] 0.0
        [3 4] 1.0
        """
        return Dataset(stages.Slices(finished(tensors, "from_tensor_slices")))

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """One element.

        Parameters
        ----------
        tensors : structure of array_like
            The element.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [element.shape for element in tf.data.Dataset.from_tensors([1, 2, 3])]
        [TensorShape([3])]
        """
        return Dataset(stages.One(finished(tensors, "from_tensors")))

    @staticmethod
    def from_generator(
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """What a Python generator yields.

        Parameters
        ----------
        generator : callable
            Gives something to iterate over; called anew for each iterator.
        output_types, output_shapes : structure, optional
            The dtypes and shapes, TensorFlow's older way to say what `output_signature` says.
        args : sequence of array_like, optional
            The generator's arguments, which it is given as arrays.
        output_signature : structure of TensorSpec
            What an element is. What is yielded is converted to its dtypes, and its shapes are checked.
        name : str, optional
            Not used.

        Raises
        ------
        TypeError
            Where it is iterated over, for an element that does not fit the signature.

        Examples
        --------
        >>> def squares(n):
        ...     for k in range(n):
        ...         yield k, k * k
        >>> spec = tf.TensorSpec((), tf.int32)
        >>> data = tf.data.Dataset.from_generator(squares, args=[3], output_signature=(spec, spec))
        >>> [(int(k), int(square)) for k, square in data]
        [(0, 0), (1, 1), (2, 4)]
        """
        if not callable(generator):
            raise TypeError("`generator` must be a Python callable")
        if output_signature is None:
            if output_types is None:
                raise TypeError(
                    "To specify the output signature you need to provide either the `output_signature` argument or the "
                    "`output_types` argument"
                )
            output_signature = mapped(lambda dtype: TensorSpec(None, dtype), output_types)
            if output_shapes is not None:
                shapes = up_to(output_signature, output_shapes)
                specs = zip(shapes, nest.flatten(output_signature), strict=True)
                output_signature = nest.pack_sequence_as(
                    output_signature, [TensorSpec(shape, spec.dtype) for shape, spec in specs]
                )
        elif output_types is not None or output_shapes is not None:
            raise TypeError(
                "The `output_types` and `output_shapes` arguments can not be used together with the `output_signature` "
                "argument"
            )
        for spec in nest.flatten(output_signature):
            if not isinstance(spec, TensorSpec):
                raise TypeError(f"`output_signature` must contain objects of tf.TensorSpec, and {spec!r} is none")
        given = () if args is None else tuple(_core.to_tensor(value).numpy() for value in args)
        return Dataset(stages.Generated(generator, given, output_signature))

    @staticmethod
    def range(*args: Any, output_type: Any = np.int64, name: str | None = None) -> Dataset:
        """Numbers at equal steps, as Python's `range` has them.

        Parameters
        ----------
        *args : int
            The end; the start and the end; or start, end and step.
        output_type : dtype
            That of the elements.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(1, 10, 3)]
        [1, 4, 7]
        """
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid `args`. The length of `args` should be between 1 and 3, but it is {len(args)}")
        numbers = range(*map(_core.integer, args))
        dtype = _core.as_dtype(output_type)
        return Dataset(stages.Range(numbers, dtype))

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: str | None = None) -> Dataset:
        """Elements of several datasets at once, as far as the shortest goes.

        Parameters
        ----------
        *args : Dataset, or structure of them
            The datasets; elements are nested as they are.
        datasets : structure of Dataset, optional
            The same in one argument.
        name : str, optional
            Not used.

        Examples
        --------
        >>> numbers = tf.data.Dataset.range(3)
        >>> [(int(a), int(b)) for a, b in tf.data.Dataset.zip(numbers, numbers.skip(1))]
        [(0, 1), (1, 2)]
        """
        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set")
        structure = datasets if not args else args[0] if len(args) == 1 else args
        parts: list[Any] = []
        mapped(parts.append, structure)  # (by which a list is no branch)
        if not parts or not all(isinstance(part, Dataset) for part in parts):
            raise TypeError(f"Invalid input to `zip`: datasets, or tuples and mappings of them, and not {structure!r}")
        leaves, rebuild = nest.flatten_for_tape(structure)
        return leaves[0] if leaves == [structure] else Dataset(stages.Zip([leaf._stage for leaf in leaves], rebuild))

    # ---------------------------------------------------------------------------------------------------- elements

    @property
    def element_spec(self) -> Any:
        """The specs of an element's tensors, in its structure.

        What a mapped function makes is found out as by `tf.eval_shape`, which runs nothing. Where it asks for values it
        is called with zeros and with ones of the shapes that it will get; or, where it refuses those, with the first
        element. What it does beside that, such as drawing random numbers, it does then. A tensor that it keeps for
        later calls has no value where only shapes were asked for, and is an error then: make it outside.

        Examples
        --------
        >>> tf.data.Dataset.range(4).batch(2).map(lambda x: tf.cast(x, tf.float32) / 2.0).element_spec
        TensorSpec(shape=(None,), dtype=float32, name=None)
        """
        return self._stage.spec()

    def __iter__(self) -> Elements:
        return Elements(self)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as structures of arrays, and of NumPy's scalars.

        Examples
        --------
        >>> list(tf.data.Dataset.range(3).as_numpy_iterator())
        [np.int64(0), np.int64(1), np.int64(2)]
        """
        return map(_as_numpy, Elements(self))

    def cardinality(self) -> Tensor:
        """The number of elements, as far as it is known without iterating.

        How many rows `unbatch` finds in each, their `element_spec` says, and calls what that calls.

        Returns
        -------
        Tensor
            An int64, which may be `tf.data.INFINITE_CARDINALITY` or `tf.data.UNKNOWN_CARDINALITY`.

        Examples
        --------
        >>> data = tf.data.Dataset.range(10)
        >>> int(data.batch(4).cardinality())
        3
        >>> data.filter(lambda x: x > 3).cardinality() == tf.data.UNKNOWN_CARDINALITY
        <Tensor: shape=(), dtype=bool, numpy=True>
        """
        return _core.adopt(np.int64(self._stage.count()))

    def __len__(self) -> int:
        count = self._stage.count()
        if count == INFINITE_CARDINALITY:
            raise TypeError("The dataset is infinite")
        if count == UNKNOWN_CARDINALITY:
            raise TypeError("The dataset length is unknown: only iterating would tell")
        return count

    def __bool__(self) -> bool:
        return True

    def reduce(self, initial_state: Any, reduce_func: Callable[[Any, Any], Any], name: str | None = None) -> Any:
        """What is left of a state that takes in one element after the other.

        Parameters
        ----------
        initial_state : structure of array_like
            The state before the first.
        reduce_func : callable
            Gives, for a state and an element, the next state, of the same structure, dtypes and shapes.
        name : str, optional
            Not used.

        Examples
        --------
        >>> int(tf.data.Dataset.range(5).reduce(np.int64(0), lambda total, x: total + x))
        10
        """
        state = finished(initial_state, "reduce")
        listening = _core.suspend(but_strict=True)
        try:
            for element in Elements(self):
                state = _next_state(state, reduce_func(state, element))
        finally:
            _core.resume(listening)
        return state

    # ------------------------------------------------------------------------------------- what chooses and orders

    def take(self, count: Any, name: str | None = None) -> Dataset:
        """The first elements.

        Parameters
        ----------
        count : int
            How many; -1 for all.
        name : str, optional
            Not used.

        Examples
        --------
        >>> len(tf.data.Dataset.range(10).take(3))
        3
        """
        return Dataset(stages.Take(self._stage, _core.integer(count)))

    def skip(self, count: Any, name: str | None = None) -> Dataset:
        """All elements but the first.

        Parameters
        ----------
        count : int
            How many are left out; -1 for all.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(5).skip(3)]
        [3, 4]
        """
        return Dataset(stages.Skip(self._stage, _core.integer(count)))

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> Dataset:
        """Every so manieth element.

        Parameters
        ----------
        num_shards : int
            From one to the next.
        index : int
            The first of them.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(10).shard(4, 1)]
        [1, 5, 9]
        """
        shards, first = _core.integer(num_shards), _core.integer(index)
        if shards < 1 or not 0 <= first < shards:
            raise ValueError(
                f"shard: num_shards must be at least 1 and index in [0, num_shards), not {shards}, {first}"
            )
        return Dataset(stages.Shard(self._stage, shards, first))

    def repeat(self, count: Any = None, name: str | None = None) -> Dataset:
        """The elements several times over.

        Parameters
        ----------
        count : int, optional
            How many times; without end by default, and for -1.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(2).repeat(3)]
        [0, 1, 0, 1, 0, 1]
        """
        return Dataset(stages.Repeat(self._stage, -1 if count is None else _core.integer(count)))

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = True, name: str | None = None
    ) -> Dataset:
        """The elements in random order: always one of those in a buffer, which is then filled up again.

        Parameters
        ----------
        buffer_size : int
            How many elements the buffer holds: as many as there are for any order to be as likely as any other.
            `tf.data.UNKNOWN_CARDINALITY` for all of them.
        seed : int, optional
            What the order is drawn from, with that of `tf.random.set_seed`. By default one that the library's generator
            draws here. The numbers are not TensorFlow's.
        reshuffle_each_iteration : bool
            Whether each iterator has another order; with a seed, the same ones in each run.
        name : str, optional
            Not used.

        Examples
        --------
        >>> sorted(int(k) for k in tf.data.Dataset.range(5).shuffle(5, seed=1))
        [0, 1, 2, 3, 4]
        """
        size = _core.integer(buffer_size)
        if size < 1 and size != UNKNOWN_CARDINALITY:
            raise ValueError(f"buffer_size must be greater than zero, or UNKNOWN_CARDINALITY, not {size}")
        own = None if seed is None else _core.integer(seed)
        if own is None:
            seeds = [int(generator_of(None).integers(2**63))]
        else:
            seeds = seeds_of(abs(own), int(own < 0)).generate_state(4).tolist()
        anew = True if reshuffle_each_iteration is None else bool(reshuffle_each_iteration)
        return Dataset(stages.Shuffle(self._stage, None if size < 0 else size, seeds, anew))

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """The elements, kept in memory when they have been iterated over once, to the end.

        Parameters
        ----------
        filename : str
            TensorFlow's place for them on disk; memory is the one that there is here.
        name : str, optional
            Not used.

        Examples
        --------
        >>> calls = []
        >>> data = tf.data.Dataset.range(2).map(lambda x: calls.append(1) or x).cache()
        >>> for _ in data.repeat(3):
        ...     pass
        >>> len(calls)
        2
        """
        if filename:
            raise NotImplementedError(f"cache keeps elements in memory, and not in the file {filename!r}: leave it out")
        return Dataset(stages.Cache(self._stage))

    def prefetch(self, buffer_size: Any, name: str | None = None) -> Dataset:
        """The elements, made by a thread before they are asked for.

        Parameters
        ----------
        buffer_size : int
            How many elements it is ahead; `tf.data.AUTOTUNE` leaves that to the library, and 0 is no thread.
        name : str, optional
            Not used.

        Notes
        -----
        An error is raised where its element would have come. The thread ends with the elements, or when the iterator
        is dropped. It helps where elements are read, or made by functions that leave the interpreter to others.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(3).prefetch(tf.data.AUTOTUNE)]
        [0, 1, 2]
        """
        size = _core.integer(buffer_size)
        if size < AUTOTUNE:
            raise ValueError(f"prefetch: buffer_size must be AUTOTUNE, or not below zero, and it is {size}")
        return self if size == 0 else Dataset(stages.Prefetch(self._stage, _AHEAD if size == AUTOTUNE else size))

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """The elements for which a function is true.

        Parameters
        ----------
        predicate : callable
            Gives a truth value for an element; the parts of a tuple are its arguments.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(6).filter(lambda k: k % 2 == 0)]
        [0, 2, 4]
        """
        return Dataset(stages.Filter(self._stage, _function(predicate, "filter")))

    def take_while(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """The elements before the first one for which a function is false.

        Parameters
        ----------
        predicate : callable
            Gives a truth value for an element; the parts of a tuple are its arguments.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(6).take_while(lambda k: k < 2)]
        [0, 1]
        """
        return Dataset(stages.TakeWhile(self._stage, _function(predicate, "take_while")))

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """The elements, then those of another dataset.

        Parameters
        ----------
        dataset : Dataset
            The other one, of elements of the same structure and dtypes.
        name : str, optional
            Not used.

        Examples
        --------
        >>> numbers = tf.data.Dataset.range(2)
        >>> [int(k) for k in numbers.concatenate(numbers)]
        [0, 1, 0, 1]
        """
        if not isinstance(dataset, Dataset):
            raise TypeError(f"concatenate takes a Dataset, and not {type(dataset).__name__}")
        return Dataset(stages.Concatenate(self._stage, dataset._stage))

    def enumerate(self, start: Any = 0, name: str | None = None) -> Dataset:
        """Pairs of a number and an element.

        Parameters
        ----------
        start : int
            The first number.
        name : str, optional
            Not used.

        Examples
        --------
        >>> data = tf.data.Dataset.from_tensor_slices([7., 8.])
        >>> [(int(k), float(x)) for k, x in data.enumerate()]
        [(0, 7.0), (1, 8.0)]
        """
        return Dataset(stages.Zip([stages.Counter(_core.integer(start)), self._stage], tuple))

    # -------------------------------------------------------------------------------------------------- what makes

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        use_unbounded_threadpool: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """What a function makes of each element.

        Parameters
        ----------
        map_func : callable
            Takes an element, or the parts of one that is a tuple, and gives a structure of tensors. It is called as it
            is, for each element: what it reads in Python it reads anew.
        num_parallel_calls, deterministic, synchronous, use_unbounded_threadpool : object
            Accepted for TensorFlow's sake: elements are made one after the other, in order. See `prefetch`.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(3).map(lambda k: k * k)]
        [0, 1, 4]
        """
        return Dataset(stages.Map(self._stage, _function(map_func, "map")))

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
        """The elements of the datasets that a function gives, one dataset after the other.

        Parameters
        ----------
        map_func : callable
            Gives a dataset for an element; the parts of a tuple are its arguments.
        name : str, optional
            Not used.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(1, 4).flat_map(lambda n: tf.data.Dataset.range(n))]
        [0, 0, 1, 0, 1, 2]
        """
        return Dataset(stages.Interleave(self._stage, _function(map_func, "flat_map"), 1, 1, "flat_map"))

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """The elements of the datasets that a function gives, of several of them by turns.

        Parameters
        ----------
        map_func : callable
            Gives a dataset for an element; the parts of a tuple are its arguments.
        cycle_length : int, optional
            How many datasets take turns: 16 by default (TensorFlow counts processors).
        block_length : int, optional
            How many elements a turn has: 1 by default.
        num_parallel_calls, deterministic : object
            Accepted for TensorFlow's sake: elements are made one after the other, in order.
        name : str, optional
            Not used.

        Examples
        --------
        >>> data = tf.data.Dataset.range(1, 4)
        >>> [int(k) for k in data.interleave(lambda n: tf.data.Dataset.from_tensors(n).repeat(2), cycle_length=2)]
        [1, 2, 1, 2, 3, 3]
        """
        at_once = AUTOTUNE if cycle_length is None else _core.integer(cycle_length)
        each = 1 if block_length is None else _core.integer(block_length)
        if at_once != AUTOTUNE and at_once < 1:
            raise ValueError(f"`cycle_length` must be > 0, not {at_once}")
        if each < 1:
            raise ValueError(f"`block_length` must be > 0, not {each}")
        function = _function(map_func, "interleave")
        at_once = _AT_ONCE if at_once == AUTOTUNE else at_once
        return Dataset(stages.Interleave(self._stage, function, at_once, each, "interleave"))

    def batch(
        self,
        batch_size: Any,
        drop_remainder: Any = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Several elements as one, along a new first axis.

        Parameters
        ----------
        batch_size : int
            How many.
        drop_remainder : bool
            Whether a last one of fewer is left out.
        num_parallel_calls, deterministic : object
            Accepted for TensorFlow's sake.
        name : str, optional
            Not used.

        Raises
        ------
        ValueError
            Where it is iterated over, if elements of a batch are of several shapes; see `padded_batch`.

        Examples
        --------
        >>> [batch.numpy().tolist() for batch in tf.data.Dataset.range(5).batch(2)]
        [[0, 1], [2, 3], [4]]
        """
        return Dataset(stages.Batch(self._stage, _batch_size(batch_size), bool(drop_remainder)))

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
        name: str | None = None,
    ) -> Dataset:
        """Several elements as one, filled up to one shape.

        Parameters
        ----------
        batch_size : int
            How many.
        padded_shapes : structure of shapes, optional
            What each component is filled up to. A size of None, or -1, is that of the largest in a batch; so are all
            by default.
        padding_values : structure of numbers, or number, optional
            What is filled in: zeros by default, and where one is None.
        drop_remainder : bool
            Whether a last one of fewer is left out.
        name : str, optional
            Not used.

        Raises
        ------
        ValueError
            Where it is iterated over, for an element that is larger than `padded_shapes`, or has other axes.
        TypeError
            Where a padding value is of another dtype than its component.

        Examples
        --------
        >>> data = tf.data.Dataset.range(1, 4).map(lambda n: tf.fill([n], n))
        >>> for batch in data.padded_batch(3, padding_values=-1):
        ...     print(batch.numpy())
        [[ 1 -1 -1]
         [ 2  2 -1]
         [ 3  3  3]]
        """
        size = _batch_size(batch_size)
        return Dataset(stages.PaddedBatch(self._stage, size, bool(drop_remainder), padded_shapes, padding_values))

    def unbatch(self, name: str | None = None) -> Dataset:
        """The rows of each element.

        Examples
        --------
        >>> [int(k) for k in tf.data.Dataset.range(5).batch(2).unbatch()]
        [0, 1, 2, 3, 4]
        """
        return Dataset(stages.Unbatch(self._stage))

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """What a function makes of the dataset.

        Parameters
        ----------
        transformation_func : callable
            Gives a dataset for this one.

        Examples
        --------
        >>> len(tf.data.Dataset.range(10).apply(lambda data: data.take(3).repeat(2)))
        6
        """
        made = transformation_func(self)
        if not isinstance(made, Dataset):
            raise TypeError(f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(made).__name__}")
        return made

    def __repr__(self) -> str:
        count = self._stage.count()
        size = {INFINITE_CARDINALITY: "without end", UNKNOWN_CARDINALITY: "of unknown length"}.get(count, f"of {count}")
        return f"<Dataset {size}, by {type(self._stage).__name__.lower()}>"


def _batch_size(value: Any) -> int:
    size = _core.integer(value)
    if size < 1:
        raise ValueError(f"batch_size must be greater than zero, not {size}")
    return size


def _function(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    if not callable(function):
        raise TypeError(f"{what} takes a function, and not {type(function).__name__}")
    return function


def _as_numpy(element: Any) -> Any:
    return (
        element.numpy() if isinstance(element, Tensor) else nest.map_structure(lambda tensor: tensor.numpy(), element)
    )


def _next_state(state: Any, given: Any) -> Any:
    """What a function of `reduce` gave, which must be like the state before."""
    made = finished(given, "reduce")
    try:
        nest.assert_same_structure(state, made)
    except (TypeError, ValueError) as error:
        raise type(error)(f"reduce: the new state is not nested as the initial state is. {error}") from error
    for old, new in zip(leaves_of(state), leaves_of(made), strict=True):
        if old.dtype != new.dtype:
            raise TypeError(
                f"reduce: The element types for the new state must match the initial state. Expected {old.dtype.name}; "
                f"got {new.dtype.name}"
            )
    return made


def shuffles_of(dataset: Dataset) -> list[stages.Shuffle]:
    """Where a dataset shuffles: what has seeds."""
    return stages.shuffles_in(dataset._stage)
