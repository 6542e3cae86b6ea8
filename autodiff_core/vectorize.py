"""`vectorize`: a function that is written for one example, applied to many at once.

The function is recorded on one example. Its records are then applied to all examples, along a leading axis, which gives
another program: fused, in blocks, shared among threads. Where Python looked at a value, the examples part: each goes
with the recorded path that is its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _core, nest
from .differentiable import PASSES, DifferentiableProgram, GuardFailed, bare, optimised
from .function import Function, _Arguments, _Result
from .ops.indexing import gather
from .ops.shaping import broadcast_to, concat, expand_dims, stack, transpose
from .wrapping import named_after, reduced

__all__ = ["vectorize", "vectorized_map", "vmap"]

Axes = int | None | Sequence[Any]

_MOST_PATHS = 1000


class _Batch:
    """One path's program for so many examples: the outputs, and whether it is each example's path."""

    def __init__(self, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int) -> None:
        from . import random

        state = random.state()  # numbers that are drawn here are nobody's
        # What is traced is shapes: every example is the first one, in no more memory than that takes.
        alike = [_core.repeated_first(x) if flag else x for x, flag in zip(bare(operands), flags, strict=True)]
        with _core.Tracer(alike) as tracer:
            outputs, self.batched, conditions = _core.apply_to_examples(program, tracer.arguments, flags, n)
            self._outputs = self._program(tracer, outputs)
            self._conditions = [self._program(tracer, [condition]) for condition in conditions]
        random.restore(state)

    @staticmethod
    def _program(tracer: Any, outputs: list[Any]) -> DifferentiableProgram:
        program = _core.freeze(tracer, outputs)
        return DifferentiableProgram(optimised(program, tuple(PASSES)), tuple(PASSES))

    def holds(self, operands: list[Any], n: int) -> np.ndarray:
        """For which examples the path is right. A look is asked for only where those before it hold."""
        truth = np.ones(n, bool)
        values = bare(operands)
        for condition in self._conditions:
            if not truth.any():
                break
            truth &= np.asarray(condition(values)[0])
        return truth

    def outputs(self, operands: list[Any]) -> list[Any]:
        """The examples' results, recorded by tapes that listen."""
        return self._outputs(operands)


class _Traced:
    """The same within a trace, which hears of each record. Which path an example takes is a look of that trace's."""

    def __init__(self, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int) -> None:
        self._outputs, self.batched, self._looks = _core.apply_to_examples(program, operands, flags, n, True)

    def holds(self, operands: list[Any], n: int) -> np.ndarray:
        """For which examples the path is right."""
        return np.logical_and.reduce([np.ones(n, bool), *self._looks])

    def outputs(self, operands: list[Any]) -> list[Any]:
        """The examples' results."""
        return self._outputs


class _Vectorized:
    """A function of many examples."""

    __slots__ = ("__dict__", "__weakref__", "_batches", "_function", "_in_axes", "_out_axes")

    def __init__(self, f: Callable[..., Any], in_axes: Axes, out_axes: int) -> None:
        if not callable(f):
            raise TypeError(f"vectorize: a function is needed, not {type(f).__name__}")
        self._function = Function(f)
        self._in_axes, self._out_axes = in_axes, out_axes
        self._batches: weakref.WeakKeyDictionary[_core.Variant, dict[Any, _Batch]] = weakref.WeakKeyDictionary()
        named_after(self, f)

    def __reduce__(self) -> Any:
        return reduced(self, (_Vectorized, (self._function.python_function, self._in_axes, self._out_axes)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        axes = self._axes(args, kwargs)
        examples, n = self._one_axis(args, kwargs, axes)
        return self._run(examples, [axis is not None for axis in axes], n)

    def _axes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[int | None]:
        """For each tensor among the arguments, the axis of the examples."""
        if isinstance(self._in_axes, (list, tuple)):
            if len(self._in_axes) != len(args):
                raise ValueError(
                    f"vectorize: in_axes has {len(self._in_axes)} entries for {len(args)} positional arguments"
                )
            given: list[Any] = list(self._in_axes)
        else:
            given = [self._in_axes] * len(args)
        found: list[int | None] = []
        for value, axis in zip((*args, *kwargs.values()), [*given, *([0] * len(kwargs))], strict=True):
            leaves = nest.flatten(value)
            each = nest.flatten(axis) if nest.is_nested(axis) else [axis] * len(leaves)
            if len(each) != len(leaves):
                raise ValueError(f"vectorize: in_axes {axis!r} does not fit the structure of its argument")
            found += [a for a, leaf in zip(each, leaves, strict=True) if _is_array(leaf)]
        return found

    def _one_axis(self, args: Any, kwargs: Any, axes: list[int | None]) -> tuple[_Arguments, int]:
        """The arguments with the examples' axis first, and the number of examples."""
        arguments = _Arguments(args, kwargs)
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
            raise ValueError("vectorize: no argument has an axis of examples; in_axes says None for all of them")
        if len(set(sizes.values())) > 1:
            raise ValueError(
                "vectorize: the arguments have different numbers of examples: "
                + ", ".join(f"{size} in argument {k}" for k, size in sizes.items())
            )
        n = next(iter(sizes.values()))
        if n == 0:
            raise ValueError("vectorize: there are no examples: an axis has length 0")
        return arguments, n

    def _run(self, arguments: _Arguments, flags: list[bool], n: int) -> Any:
        operands = arguments.operands
        rest = np.arange(n)
        pieces: list[tuple[np.ndarray, _core.Variant, list[Any], list[bool]]] = []
        while rest.size:
            if len(pieces) > _MOST_PATHS:
                raise ValueError(
                    f"vectorize: {_MOST_PATHS} examples took each another path: the function looks at a value that is "
                    f"another one for every example; keep it a tensor"
                )
            here = (
                operands
                if rest.size == n
                else [gather(x, rest) if flag else x for x, flag in zip(operands, flags, strict=True)]
            )
            variant = self._path(arguments, here, flags)
            if variant.program.assigned:
                raise ValueError("a function that assigns to variables cannot be applied to many examples at once")
            if variant.derived is None:
                variant.derived = DifferentiableProgram(variant.program, self._function.passes)
            program, shared = variant.derived.program, variant.derived.read()
            if program.own_derivatives:
                if _core.listening([*here, *shared]):
                    return self._one_by_one(arguments, flags, n)
                _core.note_own_derivative()
            flagged = [*flags, *([False] * len(shared))]
            batch = self._batch(variant, program, [*here, *shared], flagged, rest.size)
            chosen = batch.holds([*here, *shared], rest.size)
            if not chosen.all():
                if not chosen.any():
                    raise RuntimeError("vectorize: an example did not take the path that was recorded for it")
                part = np.flatnonzero(chosen)
                here = [gather(x, part) if flag else x for x, flag in zip(here, flags, strict=True)]
                batch = self._batch(variant, program, [*here, *shared], flagged, part.size)
            try:
                pieces.append((rest[chosen], variant, batch.outputs([*here, *shared]), batch.batched))
            except GuardFailed:
                raise RuntimeError(
                    "vectorize: a value that the examples share is another one than when the path was recorded"
                ) from None
            rest = rest[~chosen]
        return self._joined(pieces, n)

    def _path(self, arguments: _Arguments, operands: list[Any], flags: list[bool]) -> _core.Variant:
        """The recorded path of the first example."""
        with _core.Untraced():
            example = [x[0] if flag else x for x, flag in zip(map(_core.detached, operands), flags, strict=True)]
        return self._function.path(arguments, bare(example))

    def _batch(
        self, variant: _core.Variant, program: _core.ProgramCore, operands: list[Any], flags: list[bool], n: int
    ) -> _Batch | _Traced:
        if _core.is_tracing():
            return _Traced(program, operands, flags, n)
        key, batches = (n, tuple(flags)), self._batches.setdefault(variant, {})
        if key not in batches:
            batches[key] = _Batch(program, operands, flags, n)
        return batches[key]

    def _one_by_one(self, arguments: _Arguments, flags: list[bool], n: int) -> Any:
        """Each example by Python, for a tape that is to see whatever rules of the user's own there are."""
        results: list[_Result] = []
        for i in range(n):
            example = [x[i] if flag else x for x, flag in zip(arguments.operands, flags, strict=True)]
            args, kwargs = arguments.with_tensors(example)
            results.append(_Result(self._function.python_function(*args, **kwargs)))
        stacked = [stack(parts) for parts in zip(*[result.tensors for result in results], strict=True)]
        return results[0].assemble([_moved(x, self._out_axes) for x in stacked] if self._out_axes else stacked)

    def _joined(self, pieces: list[Any], n: int) -> Any:
        """The results of all paths, in the order of the examples."""
        _, variant, outputs, batched = pieces[0]
        if len(pieces) == 1:
            results = [x if flag else _spread(x, n) for x, flag in zip(outputs, batched, strict=True)]
        else:
            results = []
            place = np.argsort(np.concatenate([rows for rows, *_ in pieces]), kind="stable")
            for k in range(len(outputs)):
                parts = [found[k] if flags[k] else _spread(found[k], rows.size) for rows, _, found, flags in pieces]
                if len({(tuple(part.shape)[1:], part.dtype) for part in parts}) > 1:
                    raise ValueError(
                        "vectorize: the paths of the examples give results of different shapes or dtypes: "
                        + ", ".join(f"{tuple(part.shape)[1:]} {part.dtype}" for part in parts)
                    )
                results.append(gather(concat(parts, 0), place))
        if self._out_axes:
            results = [_moved(x, self._out_axes) for x in results]
        return self._function.assemble(variant, results)


def _is_array(leaf: Any) -> bool:
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "biufc"
    return isinstance(leaf, _core.Tensor)


def _spread(x: Any, n: int) -> Any:
    """A result that is the same for all examples."""
    return broadcast_to(expand_dims(x, 0), (n, *x.shape))


def _moved(x: Any, axis: int) -> Any:
    nd = len(x.shape)
    if not -nd <= axis < nd:
        raise ValueError(f"vectorize: out_axes={axis} is no axis of a result of shape {tuple(x.shape)}")
    order = list(range(1, nd))
    order.insert(axis % nd, 0)
    return transpose(x, order)


def vectorize(f: Callable[..., Any], in_axes: Axes = 0, out_axes: int = 0) -> Callable[..., Any]:
    """A function of many examples, from one of a single example.

    Parameters
    ----------
    f : callable
        Written for one example: scalars, or arrays without the axis of the examples.
    in_axes : int, None or sequence
        For all arguments, or for each positional one (or each tensor in it): the axis of the examples, or None for what
        they share. Python numbers are always shared.
    out_axes : int
        Where the results have the axis.

    Returns
    -------
    callable
        Takes and gives tensors with the axis. Tapes follow it; `f` may be a gradient itself.

    Raises
    ------
    ValueError
        Where arguments differ in the number of examples, or have none.

    Notes
    -----
    After jax.vmap, and TensorFlow's `vectorized_map`. The function is recorded as by `function`, on one example for
    each path through it: examples part where Python looks at their values, so `if` works. Random draws are made for
    each example. An operation that has no rule for the axis is run on one example after the other.

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

_maps: weakref.WeakKeyDictionary[Callable[..., Any], _Vectorized] = weakref.WeakKeyDictionary()


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
    https://www.tensorflow.org/api_docs/python/tf/vectorized_map. See `vectorize`.

    Examples
    --------
    >>> tf.vectorized_map(lambda row: tf.reduce_sum(row * row), tf.constant([[1., 2.], [3., 4.]])).numpy()
    array([ 5., 25.], dtype=float32)
    """
    try:
        if fn not in _maps:
            _maps[fn] = _Vectorized(lambda entry: fn(entry), 0, 0)
        mapped = _maps[fn]
    except TypeError:  # a callable that cannot be hashed, or referred to weakly
        mapped = _Vectorized(fn, 0, 0)
    return mapped(elems)
