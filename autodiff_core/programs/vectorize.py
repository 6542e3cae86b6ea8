"""`vectorize`: a function that is written for one example, applied to many at once.

The function is recorded on one example. Its records are then applied to all examples, along a leading axis, which gives
another program: fused, in blocks, shared among threads. Where Python looked at a value, the examples part: each goes
with the recorded path that is its own. What no path is there for, and what cannot be recorded, Python runs by itself,
one example after the other.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MethodType
from typing import Any, NamedTuple

import numpy as np

from .. import _core, nest
from ..ops.indexing import gather
from ..ops.shaping import broadcast_to, concat, expand_dims, transpose
from ..tensors.indexed_slices import IndexedSlices, dense
from ..wrapping import named_after, reduced
from .calls import Arguments, Result, is_tensor
from .differentiable import PASSES, DifferentiableProgram, GuardFailed, bare, optimised
from .function import Function
from .layout import Place
from .shapes import one_of

__all__ = ["vectorize", "vectorized_map", "vmap"]

Axes = Any  # an int, None, or a structure of them

_MOST_BATCHES = 64
_MOST_ALONE = 20  # paths of one example each: then the others have theirs, too


class _OfOne(Function):
    """The function of one example. Gradients by rows are tensors in it: several examples have no rows in common."""

    __slots__ = ()

    def run_python(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run it as it was written."""
        return nest.map_structure(dense, self.python_function(*args, **kwargs))


class _Batch:
    """One path's program for so many examples: the outputs, and whether it is each example's path."""

    def __init__(self, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int) -> None:
        from ..ops import drawing

        state = drawing.state()  # numbers that are drawn here are nobody's
        # What is traced is shapes: every example is the first one, in no more memory than that takes.
        alike = [_core.repeated_first(x) if flag else x for x, flag in zip(bare(operands), flags, strict=True)]
        with _core.Rehearsal(), _core.Tracer(alike) as tracer:
            outputs, self.batched, conditions, self._draws, self.decided_by_draws = _core.apply_to_examples(
                program, tracer.arguments, flags, n
            )
            self._outputs = self._program(tracer, outputs, True)
            self._conditions = [self._program(tracer, [condition]) for condition in conditions]
        drawing.restore(state)

    @staticmethod
    def _program(tracer: Any, outputs: list[Any], whole: bool = False) -> DifferentiableProgram:
        program = _core.freeze(tracer, outputs, whole)
        return DifferentiableProgram(optimised(program, tuple(PASSES)), tuple(PASSES))

    def holds(self, operands: list[Any], n: int) -> np.ndarray:
        """For which examples the path is right. A look is asked for only where those before it hold."""
        from ..ops import drawing

        truth = np.ones(n, bool)
        if not self._conditions:
            return truth
        state = drawing.state() if self._draws else None
        values = bare(operands)
        for condition in self._conditions:
            if not truth.any():
                break
            truth &= np.asarray(condition(values)[0])
        if state is not None:
            drawing.restore(state)
        return truth

    def outputs(self, operands: list[Any]) -> list[Any]:
        """The examples' results, recorded by tapes that listen."""
        return self._outputs(operands)


class _Traced:
    """The same within a trace, which hears of each record. Which path an example takes is a look of that trace's."""

    def __init__(self, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int) -> None:
        self._outputs, self.batched, self._looks, _, self.decided_by_draws = _core.apply_to_examples(
            program, operands, flags, n, True
        )

    def holds(self, operands: list[Any], n: int) -> np.ndarray:
        """For which examples the path is right."""
        return np.logical_and.reduce([np.ones(n, bool), *self._looks])

    def outputs(self, operands: list[Any]) -> list[Any]:
        """The examples' results."""
        return self._outputs


class _Piece(NamedTuple):
    """The results of some examples, and how one example's are put together. Some may be the same for all of them, and
    lack the leading axis."""

    rows: np.ndarray
    results: list[Any]
    batched: list[bool]
    assemble: Callable[[list[Any]], Any]

    def spread(self, k: int) -> Any:
        """A result with the leading axis."""
        x = self.results[k]
        return x if self.batched[k] else broadcast_to(expand_dims(x, 0), (self.rows.size, *x.shape))


class _Vectorized:
    """A function of many examples."""

    __slots__ = ("__dict__", "__weakref__", "_batches", "_bound", "_function", "_in_axes", "_out_axes")

    def __init__(self, f: Callable[..., Any], in_axes: Axes, out_axes: Axes) -> None:
        if not callable(f):
            raise TypeError(f"vectorize: a function is needed, not {type(f).__name__}")
        self._function = _OfOne(f)
        self._in_axes, self._out_axes = in_axes, out_axes
        self._batches: dict[Any, _Batch] = {}
        self._bound: weakref.WeakKeyDictionary[Any, _Vectorized] = weakref.WeakKeyDictionary()
        named_after(self, f)

    def __reduce__(self) -> Any:
        return reduced(self, (_Vectorized, (self._function.python_function, self._in_axes, self._out_axes)))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The function as a method of an instance, which has programs of its own."""
        if instance is None:
            return self
        f = self._function.python_function
        try:
            if instance not in self._bound:
                method = MethodType(f, weakref.proxy(instance))
                self._bound[instance] = _Vectorized(method, self._in_axes, self._out_axes)
            return self._bound[instance]
        except TypeError:  # an instance that cannot be hashed, or referred to weakly
            return _Vectorized(MethodType(f, instance), self._in_axes, self._out_axes)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        arguments, axes = self._arguments(args, kwargs)
        flags = [axis is not None for axis in axes]
        n = _one_axis(arguments, axes)
        if n == 0:
            return self._placed(self._of_none(arguments, flags))
        if _core.asks_shapes():
            return self._placed(self._unrun(arguments, flags, n))
        return self._placed(_joined(self._pieces(arguments, flags, n)))

    # ---------------------------------------------------------------------------------------- arguments and results

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Arguments, list[int | None]]:
        """The arguments, and for each tensor among them the axis of the examples."""
        if isinstance(self._in_axes, (list, tuple)):
            if len(self._in_axes) != len(args):
                raise ValueError(
                    f"vectorize: in_axes has {len(self._in_axes)} entries for {len(args)} positional arguments"
                )
            given: list[Any] = list(self._in_axes)
        else:
            given = [self._in_axes] * len(args)
        found: list[int | None] = []
        values: list[Any] = []
        for value, axes in zip((*args, *kwargs.values()), [*given, *([0] * len(kwargs))], strict=True):
            if type(value) is _core.Tensor and type(axes) is int:  # (the usual case)
                found.append(axes)
                values.append(value)
                continue
            leaves, rebuild = nest.flatten_for_tape(value)
            each = _axes_of_leaves("in_axes", axes, value)
            leaves = [leaf if axis is None else _examples(leaf) for leaf, axis in zip(leaves, each, strict=True)]
            found += [axis for axis, leaf in zip(each, leaves, strict=True) if is_tensor(leaf)]
            values.append(rebuild(leaves))
        return Arguments(tuple(values[: len(args)]), dict(zip(kwargs, values[len(args) :], strict=True))), found

    def _placed(self, whole: _Piece) -> Any:
        """The results put together, with the examples' axis where it is wanted."""
        count = len(whole.results)
        if isinstance(self._out_axes, int) and self._out_axes == 0:
            return whole.assemble([whole.spread(k) for k in range(count)])
        layout = whole.assemble([Place(k) for k in range(count)])
        leaves, rebuild = nest.flatten_for_tape(layout)
        axes = _axes_of_leaves("out_axes", self._out_axes, layout)
        return rebuild(
            [
                _moved(whole, leaf.number, axis) if isinstance(leaf, Place) else leaf
                for leaf, axis in zip(leaves, axes, strict=True)
            ]
        )

    # -------------------------------------------------------------------------------------------------------- running

    def _pieces(self, arguments: Arguments, flags: list[bool], n: int) -> list[_Piece]:
        """The examples' results: those that take the same path together."""
        rest = np.arange(n)
        pieces: list[_Piece] = []
        while rest.size:
            here = _chosen(arguments.operands, flags, rest, n)
            variant = self._path(arguments, here, flags)
            if variant is None or (len(pieces) >= _MOST_ALONE and all(piece.rows.size == 1 for piece in pieces)):
                pieces += self._alone(arguments, flags, rest)
                break
            if variant.program.assigned:  # as a loop would: each example finds what those before it left
                return self._alone(arguments, flags, np.arange(n))
            if variant.derived is None:
                variant.derive(DifferentiableProgram(variant.program, self._function.passes))
            try:
                chosen, piece = self._along(variant, here, flags, rest)
            except GuardFailed:  # of a value that all share, and by rounding, for the path is the one for it
                chosen, piece = np.zeros(rest.size, bool), None
            if piece is not None:
                pieces.append(piece)
            if not chosen[0]:
                pieces += self._alone(arguments, flags, rest[:1])
                chosen[0] = True
            rest = rest[~chosen]
        return pieces

    def _path(self, arguments: Arguments, operands: list[Any], flags: list[bool]) -> _core.Variant | None:
        """The recorded path of the first example; None where it is not to be recorded."""
        with _core.Untraced():
            example = [x[0] if flag else x for x, flag in zip(map(_core.detached, operands), flags, strict=True)]
        return self._function.path(arguments, bare(example))

    def _along(
        self, variant: _core.Variant, here: list[Any], flags: list[bool], rows: np.ndarray
    ) -> tuple[np.ndarray, _Piece | None]:
        """Which of the examples take a path, and their results."""
        program, shared = variant.derived.program, variant.derived.read()
        if program.own_derivatives:
            if _core.listening([*here, *shared]):  # to tapes rules of the user's own matter, which are Python
                return np.zeros(rows.size, bool), None
            _core.note_own_derivative()
        flagged = [*flags, *([False] * len(shared))]
        batch = self._batch(variant, program, [*here, *shared], flagged, rows.size)
        if batch.decided_by_draws:  # what is drawn to decide is not what would be drawn to compute
            return np.zeros(rows.size, bool), None
        chosen = batch.holds([*here, *shared], rows.size)
        part = np.flatnonzero(chosen)
        if not part.size:
            return chosen, None
        if part.size < rows.size:
            here = _chosen(here, flags, part, rows.size)
            batch = self._batch(variant, program, [*here, *shared], flagged, part.size)
        if part.size > 1:
            variant.met_again()
        _core.refuse_departures(variant.derived.departures, [*here, *shared])
        outputs = batch.outputs([*here, *shared])
        return chosen, _Piece(rows[chosen], outputs, batch.batched, partial(self._function.assemble, variant))

    def _batch(
        self, variant: _core.Variant, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int
    ) -> _Batch | _Traced:
        if _core.is_tracing():
            return _Traced(program, operands, flags, n)
        key = (variant, n, tuple(flags))
        batch = self._batches.pop(key, None) or _Batch(program, operands, flags, n)
        self._batches[key] = batch
        if len(self._batches) > _MOST_BATCHES:
            self._batches.pop(next(iter(list(self._batches))), None)  # the one that was not used for longest
        return batch

    def _alone(self, arguments: Arguments, flags: list[bool], rows: np.ndarray) -> list[_Piece]:
        """Each example by Python."""
        pieces = []
        for i in rows:
            example = [x[int(i)] if flag else x for x, flag in zip(arguments.operands, flags, strict=True)]
            result = Result(self._function.run_python(*arguments.with_tensors(example)))
            tensors = [expand_dims(x, 0) for x in result.tensors]
            pieces.append(_Piece(np.array([i]), tensors, [True] * len(tensors), result.assemble))
        return pieces

    def _unrun(self, arguments: Arguments, flags: list[bool], n: int) -> _Piece:
        """The results where only shapes are asked for: one example is like another."""
        example = [x[0] if flag else x for x, flag in zip(arguments.operands, flags, strict=True)]
        result = Result(self._function.run_python(*arguments.with_tensors(example)))
        tensors = [one_of(x) for x in result.tensors]
        return _Piece(np.broadcast_to(0, (n,)), tensors, [False] * len(tensors), result.assemble)

    def _of_none(self, arguments: Arguments, flags: list[bool]) -> _Piece:
        """No results, of the shapes that those of an example have that is made up."""
        from ..ops import drawing

        state = drawing.state()
        arguments.operands = [_with_one(x) if flag else x for x, flag in zip(arguments.operands, flags, strict=True)]
        try:
            one = self._without_effect(arguments, flags)
        except Exception as error:
            raise ValueError(
                f"vectorize: there are no examples, and the function cannot be run on one that is made up, to see what "
                f"it gives: {type(error).__name__}: {error}"
            ) from error
        finally:
            drawing.restore(state)
        results = [x[:0] if flag else x for x, flag in zip(one.results, one.batched, strict=True)]
        return _Piece(one.rows[:0], results, one.batched, one.assemble)

    def _without_effect(self, arguments: Arguments, flags: list[bool]) -> _Piece:
        """The results of a single example, which changes nothing."""
        variant = self._path(arguments, arguments.operands, flags)
        if variant is None:
            raise TypeError("it cannot be recorded")
        if not variant.program.assigned:
            return _joined(self._pieces(arguments, flags, 1))
        derived = variant.derived or DifferentiableProgram(variant.program, self._function.passes)
        example = [x[0] if flag else x for x, flag in zip(arguments.operands, flags, strict=True)]
        results = [expand_dims(x, 0) for x in derived(example)[: len(variant.program.outputs)]]
        return _Piece(np.arange(1), results, [True] * len(results), partial(self._function.assemble, variant))


def _examples(leaf: Any) -> Any:
    """An argument as a tensor, where it is like an array; of anything else there are no examples."""
    if isinstance(leaf, IndexedSlices):
        raise TypeError(
            "vectorize: IndexedSlices have no axis of examples; make a tensor of them first, by tf.convert_to_tensor"
        )
    if isinstance(leaf, (_core.Tensor, np.ndarray, np.generic, bool, int, float, complex, str)):
        return leaf
    if (
        isinstance(leaf, (_core.Operand, _core.BufferCore))
        or hasattr(leaf, "__tf_tensor__")
        or hasattr(leaf, "__array__")
    ):
        return _core.to_tensor(leaf)
    return leaf


def _axes_of_leaves(what: str, axes: Axes, value: Any) -> list[int | None]:
    """An axis for each leaf of a structure; where one is given for a part of it, it is for all leaves in that."""
    if axes is None:
        return [None] * len(nest.flatten(value))
    if isinstance(axes, (int, np.integer)) and not isinstance(axes, bool):
        return [int(axes)] * len(nest.flatten(value))
    if isinstance(axes, Mapping):
        if isinstance(value, Mapping) and axes.keys() == value.keys():
            return [axis for key in sorted(value) for axis in _axes_of_leaves(what, axes[key], value[key])]
    elif isinstance(axes, (list, tuple)):
        if isinstance(value, (list, tuple)) and len(axes) == len(value):
            pairs = zip(axes, value, strict=True)
            return [axis for own, part in pairs for axis in _axes_of_leaves(what, own, part)]
    else:
        raise TypeError(f"vectorize: {what} has integers, None and structures of these, not {axes!r}")
    raise ValueError(f"vectorize: {what} {axes!r} does not fit the structure {_structure(value)}")


def _structure(value: Any) -> str:
    """A structure with its leaves as dots."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_structure(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        parts = ", ".join(map(_structure, value))
        return f"[{parts}]" if isinstance(value, list) else f"({parts},)" if len(value) == 1 else f"({parts})"
    return "."


def _one_axis(arguments: Arguments, axes: list[int | None]) -> int:
    """Put the examples' axis first; the number of examples."""
    sizes: dict[int, int] = {}
    for k, (x, axis) in enumerate(zip(arguments.operands, axes, strict=True)):
        if axis is None:
            continue
        nd = len(x.shape)
        if not -nd <= axis < nd:
            raise ValueError(f"vectorize: an argument of shape {tuple(x.shape)} has no axis {axis} of examples")
        if axis % nd:
            order = [axis % nd, *(d for d in range(nd) if d != axis % nd)]
            arguments.operands[k] = transpose(x, order)
        sizes[k] = x.shape[axis % nd]
    if not sizes:
        raise ValueError(
            "vectorize: no argument has an axis of examples: in_axes says None for all of them, or they are no arrays"
        )
    if len(set(sizes.values())) > 1:
        raise ValueError(
            "vectorize: the arguments have different numbers of examples: "
            + ", ".join(f"{size} in argument {k}" for k, size in sizes.items())
        )
    return next(iter(sizes.values()))


def _chosen(operands: list[Any], flags: list[bool], rows: np.ndarray, n: int) -> list[Any]:
    """The operands of some of n examples."""
    if rows.size == n:
        return operands
    return [gather(x, rows) if flag else x for x, flag in zip(operands, flags, strict=True)]


def _with_one(x: Any) -> Any:
    """One example that is made up, in the place of none."""
    shape = (1, *x.shape[1:])
    made_up = np.zeros(shape, x.dtype) if x.dtype.kind in "iub" else np.ones(shape, x.dtype)
    if x.dtype.kind in "fc" and len(shape) > 2 and shape[-1] == shape[-2]:  # a matrix that has an inverse, and roots
        made_up = made_up * np.eye(shape[-1], dtype=x.dtype)
    return concat([x, _core.adopt(made_up)], 0)


def _joined(pieces: list[_Piece]) -> _Piece:
    """The results of all paths, in the order of the examples."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    if len({len(piece.results) for piece in pieces}) > 1:
        raise ValueError("vectorize: the paths of the examples give results of different structures")
    rows = np.concatenate([piece.rows for piece in pieces])
    place = np.argsort(rows, kind="stable")
    in_order = bool((place[1:] > place[:-1]).all())
    results = []
    for k in range(len(first.results)):
        parts = [piece.spread(k) for piece in pieces]
        if len({tuple(part.shape)[1:] for part in parts}) > 1:
            raise ValueError(
                "vectorize: the paths of the examples give results of different shapes: "
                + ", ".join(sorted({str(tuple(part.shape)[1:]) for part in parts}))
            )
        whole = concat(parts, 0)  # of the dtype that all of them go into
        results.append(whole if in_order else gather(whole, place))
    return _Piece(rows[place], results, [True] * len(results), first.assemble)


def _moved(whole: _Piece, k: int, axis: int | None) -> Any:
    """A result with the examples' axis in its place, or without one."""
    if axis is None:
        if whole.batched[k]:
            raise ValueError("vectorize: out_axes is None for a result that differs between examples")
        return whole.results[k]
    x = whole.spread(k)
    nd = len(x.shape)
    if not -nd <= axis < nd:
        raise ValueError(f"vectorize: out_axes={axis} is no axis of a result of shape {tuple(x.shape)}")
    if axis % nd == 0:
        return x
    order = list(range(1, nd))
    order.insert(axis % nd, 0)
    return transpose(x, order)


def vectorize(f: Callable[..., Any], in_axes: Axes = 0, out_axes: Axes = 0) -> Callable[..., Any]:
    """A function of many examples, from one of a single example.

    Parameters
    ----------
    f : callable
        Written for one example: scalars, or arrays without the axis of the examples.
    in_axes : int, None or structure of these
        For all arguments, or a sequence with one for each positional one: the axis of the examples, or None for what
        they share. For an argument that is a structure it may be one in its turn. Tensors, variables and arrays have
        examples; Python numbers are always shared.
    out_axes : int, None or structure of these
        Where the results have the axis; None for a result that is the same for all examples.

    Returns
    -------
    callable
        Takes and gives tensors with the axis. Tapes follow it; `f` may be a gradient itself.

    Raises
    ------
    ValueError
        Where arguments differ in the number of examples, or have none; where results of examples differ in shape.

    Notes
    -----
    After jax.vmap, and TensorFlow's `vectorized_map`. The function is recorded as by `function`, on one example for
    each path through it: examples part where Python looks at their values, so `if` works. An operation that has no rule
    for the axis is run on one example after the other; so is the whole function where nearly every example takes a path
    of its own, where it assigns to variables, or where it cannot be recorded. Random draws are made for each example.
    Of no examples the results are empty, of the shapes that the function gives for an example that is made up.

    Examples
    --------
    >>> def price(spot, strike):
    ...     return spot - strike if spot > strike else 0.0 * spot
    >>> tf.vectorize(price, in_axes=(0, None))(tf.constant([90., 110., 120.]), tf.constant(100.)).numpy()
    array([ 0., 10., 20.], dtype=float32)
    >>> tf.vectorize(tf.grad(lambda x: x ** 3))(tf.constant([1., 2.])).numpy()
    array([ 3., 12.], dtype=float32)
    """
    return _Vectorized(f, in_axes, out_axes)


vmap = vectorize


def vectorized_map(fn: Callable[[Any], Any], elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """Apply a function to each entry of the first axis, all at once.

    Parameters
    ----------
    fn : callable
        Of one entry, in the structure of `elems`.
    elems : tensor or structure of tensors
        Of one length along their first axes.
    fallback_to_while_loop, warn : bool
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor or structure of tensors
        The results, stacked along a first axis.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/vectorized_map. See `vectorize`, which gives a function that need not
    be recorded anew at each call.

    Examples
    --------
    >>> tf.vectorized_map(lambda row: tf.reduce_sum(row * row), tf.constant([[1., 2.], [3., 4.]])).numpy()
    array([ 5., 25.], dtype=float32)
    """
    return _Vectorized(fn, 0, 0)(elems)
