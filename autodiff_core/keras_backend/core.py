"""Tensors and variables, control flow and updates of parts, as Keras asks its backend for them."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keras.src import tree
from keras.src.backend.common.backend_utils import slice_along_axis
from keras.src.backend.common.name_scope import name_scope

import autodiff_core as tf

from .shapes import compute_output_spec
from .steps import through
from .tensors import cast, convert_to_numpy, convert_to_tensor, is_tensor, shape
from .variable import Variable

__all__ = [
    "IS_THREAD_SAFE",
    "SUPPORTS_COMPLEX_DTYPES",
    "SUPPORTS_RAGGED_TENSORS",
    "SUPPORTS_SPARSE_TENSORS",
    "Variable",
    "associative_scan",
    "cast",
    "compute_output_spec",
    "cond",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "device_scope",
    "fori_loop",
    "is_tensor",
    "map",
    "name_scope",
    "random_seed_dtype",
    "remat",
    "scan",
    "scatter",
    "scatter_update",
    "shape",
    "slice",
    "slice_update",
    "stop_gradient",
    "switch",
    "unstack",
    "vectorized_map",
    "while_loop",
]

SUPPORTS_SPARSE_TENSORS = False
SUPPORTS_RAGGED_TENSORS = False
SUPPORTS_COMPLEX_DTYPES = True
IS_THREAD_SAFE = False  # callbacks are called at once: to hand them to a thread takes longer than they do

_slice = builtins.slice


# ------------------------------------------------------------------------------------------------------------- tensors


def stop_gradient(variable: Any) -> tf.Tensor:
    """A tensor that no gradient flows through."""
    return tf.stop_gradient(convert_to_tensor(variable))


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[tf.Tensor]:
    """The parts of a tensor along an axis."""
    return list(tf.unstack(convert_to_tensor(x), num=num, axis=axis))


def random_seed_dtype() -> str:
    """What a seed is kept as."""
    return "int64"


# -------------------------------------------------------------------------------------------------------- control flow


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What one of two functions gives."""
    return tf.cond(convert_to_tensor(pred), true_fn, false_fn)


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """What the function of a number gives; numbers beyond the last are the last."""
    index = tf.clip_by_value(convert_to_tensor(index, "int32"), 0, len(branches) - 1)
    return tf.switch_case(index, [lambda branch=branch: branch(*operands) for branch in branches])


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: Any = None
) -> Any:
    """Values that a function changes as long as a condition holds."""
    several = isinstance(loop_vars, (tuple, list))
    values = tree.map_structure(convert_to_tensor, tuple(loop_vars) if several else (loop_vars,))

    def changed(*given: Any) -> tuple[Any, ...]:
        result = body(*given)
        return tuple(result) if isinstance(result, (list, tuple)) else (result,)

    result = tf.while_loop(cond, changed, values, maximum_iterations=maximum_iterations)
    result = result if isinstance(result, (list, tuple)) else (result,)
    return tuple(result) if several else result[0]


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """A value that a function of a counter and itself changes."""
    value = tree.map_structure(convert_to_tensor, init_val)
    return tf.while_loop(lambda i, _: i < upper, lambda i, v: (i + 1, body_fun(i, v)), (lower, value))[1]


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """What a function gives for each part of tensors along their first axis."""

    def applied(_: Any, x: Any) -> Any:
        return (), f(x)

    return scan(applied, (), xs)[1]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """The same, for all parts at once."""
    return tf.vectorized_map(function, tree.map_structure(convert_to_tensor, elements))


def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: bool | int = 1,
) -> tuple[Any, Any]:
    """A value that is carried through the parts of tensors, and what each step gives beside it."""
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}")
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    xs = tree.map_structure(convert_to_tensor, xs) if xs is not None else None
    count = int(length) if length is not None else tree.flatten(xs)[0].shape[0]
    carry = tree.map_structure(convert_to_tensor, init)
    nothing = tree.map_structure(tf.zeros_like, carry)
    if not count:
        return carry, tree.map_structure(lambda x: tf.zeros((0, *x.shape), x.dtype), nothing)

    def step(carried: Any, part: Any) -> tuple[Any, Any]:
        after, y = f(carried, None if xs is None else part)
        return after, nothing if y is None else y

    return through(step, carry, () if xs is None else xs, count, reverse)


def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """What a function of two makes of the parts of tensors up to each of them, in a tree of calls."""
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    leaves = [convert_to_tensor(x) for x in tree.flatten(elems)]
    axis = axis % leaves[0].ndim
    sizes = {x.shape[axis] for x in leaves}
    if len(sizes) > 1:
        raise ValueError(
            "Array inputs to associative_scan must have the same first dimension. "
            f"(saw: {[tuple(x.shape) for x in leaves]})"
        )

    def part(x: tf.Tensor, start: int, stop: int | None, step: int = 1) -> tf.Tensor:
        return slice_along_axis(x, start, stop, step, axis)

    def combined(first: list[tf.Tensor], second: list[tf.Tensor]) -> list[tf.Tensor]:
        result = f(tree.pack_sequence_as(elems, first), tree.pack_sequence_as(elems, second))
        return [convert_to_tensor(x) for x in tree.flatten(result)]

    def in_turn(even: tf.Tensor, odd: tf.Tensor) -> tf.Tensor:
        """Two tensors by turns; the first may have one part more."""
        size = odd.shape[axis]
        pairs = tf.stack([part(even, 0, size), odd], axis=axis + 1)
        mixed = tf.reshape(pairs, (*odd.shape[:axis], 2 * size, *odd.shape[axis + 1 :]))
        return mixed if even.shape[axis] == size else tf.concat([mixed, part(even, size, None)], axis)

    def scanned(parts: list[tf.Tensor]) -> list[tf.Tensor]:
        size = parts[0].shape[axis]
        if size < 2:
            return parts
        odd = scanned(combined([part(x, 0, size - 1, 2) for x in parts], [part(x, 1, None, 2) for x in parts]))
        before = [part(x, 0, -1) for x in odd] if size % 2 == 0 else odd
        firsts = [part(x, 0, 1) for x in parts]
        if size > 2:
            rest = combined(before, [part(x, 2, None, 2) for x in parts])
            firsts = [tf.concat([first, x], axis) for first, x in zip(firsts, rest, strict=True)]
        return [in_turn(even, x) for even, x in zip(firsts, odd, strict=True)]

    if reverse:
        leaves = [tf.reverse(x, [axis]) for x in leaves]
    result = scanned(leaves)
    if reverse:
        result = [tf.reverse(x, [axis]) for x in result]
    return tree.pack_sequence_as(elems, result)


# ---------------------------------------------------------------------------------------------------- parts of tensors


def scatter(indices: Any, values: Any, shape: Any) -> tf.Tensor:
    """Values that are added up in places of a tensor of zeros."""
    return tf.scatter_nd(convert_to_tensor(indices), convert_to_tensor(values), shape)


_UPDATES = {None: "set", "add": "add", "max": "max", "min": "min", "mul": "multiply"}


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> tf.Tensor:
    """A tensor with parts replaced, or changed by others."""
    inputs, indices = convert_to_tensor(inputs), convert_to_tensor(indices)
    updates = convert_to_tensor(updates, inputs.dtype)
    places = tuple(tf.unstack(indices, axis=-1))
    if reduction not in _UPDATES:
        raise ValueError(f"Unsupported reduction: {reduction}")
    return getattr(inputs.at[places], _UPDATES[reduction])(updates)


def _start(start: Any, length: int) -> int:
    """Where a block begins along an axis; where only shapes are asked for, one of this length may begin anywhere."""
    if length != -1 and isinstance(start, tf.Tensor) and tf.is_symbolic_tensor(start):
        return 0
    return int(start)


def _block(inputs: tf.Tensor, start_indices: Any, shape: Sequence[int]) -> tuple[_slice, ...]:
    if len(start_indices) != len(shape):
        raise ValueError(
            "Length of `start_indices` must match length of `shape`. "
            f"Received: start_indices={start_indices}, shape={shape}"
        )
    lengths = [int(n) for n in shape]
    starts = [_start(start, length) for start, length in zip(start_indices, lengths, strict=True)]
    stops = [
        size if length == -1 else start + length
        for start, length, size in zip(starts, lengths, inputs.shape, strict=True)
    ]
    return tuple(_slice(start, stop) for start, stop in zip(starts, stops, strict=True))


def slice(inputs: Any, start_indices: Any, shape: Any) -> tf.Tensor:
    """A block of a tensor."""
    inputs = convert_to_tensor(inputs)
    return inputs[_block(inputs, start_indices, shape)]


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> tf.Tensor:
    """A tensor with a block replaced."""
    inputs = convert_to_tensor(inputs)
    updates = convert_to_tensor(updates, inputs.dtype)
    return inputs.at[_block(inputs, start_indices, updates.shape)].set(updates)


# ----------------------------------------------------------------------------------------------------------- gradients


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a gradient of its own."""
    return tf.custom_gradient(f)


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is computed again where its gradient is asked for, and keeps nothing until then."""
    return tf.recompute_grad(f)


@contextlib.contextmanager
def device_scope(device_name: str) -> Iterator[None]:
    """A context for one device: there is one, the processor."""
    yield
