"""`eval_shape`: what a function returns, as shapes and dtypes, and nothing is run to find out.

The function is traced, as a recorded one is, on tensors that have no values (src/unrun.pxi): each row says what it
makes of its operands' shapes and dtypes. Nothing of it has an effect: variables, generators of random numbers and tapes
around are what they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core, nest
from ..errors import OperatorNotAllowedInGraphError
from ..ops.forms import Given, Kind
from ..tensors.indexed_slices import IndexedSlices
from .tensor_spec import TensorSpec

__all__ = ["OPEN_SIZES", "eval_shape"]

OPEN_SIZES = (240, 360)
"""What stands for a size that is left open, in one run and in another: what differs in the results is open, too.
(Large enough for windows, and what has many divisors is split by whatever it is split by.)"""

_core.install_shapes(OperatorNotAllowedInGraphError, Kind, Given)


def eval_shape(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """The shapes and dtypes of what a function returns, without running it.

    Parameters
    ----------
    f : callable
        Of tensors, or structures of them; a recorded function, too.
    *args, **kwargs
        As for a call of `f`. For a tensor may stand a `TensorSpec`; of tensors, variables and arrays only shape and
        dtype are used. Everything else is passed on as it is.

    Returns
    -------
    TensorSpec, or a structure of such
        In the structure that `f` returns. A size is None where it depends on one that an argument's spec leaves open.
        What is no tensor stays as it is.

    Raises
    ------
    errors.OperatorNotAllowedInGraphError
        Where Python asks for a value that depends on the arguments: by `float(t)`, `if t:`, `t.numpy()`; and where a
        shape depends on it, as that of `tf.where(t)` does. It is a TypeError.
    ValueError
        For operands that do not fit together.

    Notes
    -----
    No kernel runs and no array is made for what depends on the arguments, so that shapes can be as large as one likes.
    Variables have their shapes; what is assigned to them holds until `f` ends. A variable cannot be made in `f` of what
    has no value. It is as in JAX: https://docs.jax.dev/en/latest/_autosummary/jax.eval_shape.html

    Examples
    --------
    >>> w = tf.Variable(np.zeros((3, 5)))
    >>> tf.eval_shape(lambda x: tf.tanh(x @ w), tf.TensorSpec([None, 3], tf.float64))
    TensorSpec(shape=(None, 5), dtype=float64, name=None)
    >>> tf.eval_shape(tf.matmul, tf.TensorSpec([10**6, 10**6]), tf.TensorSpec([10**6, 2]))
    TensorSpec(shape=(1000000, 2), dtype=float32, name=None)
    """
    leaves = nest.flatten_for_tape((args, kwargs))[0]
    if not any(isinstance(leaf, TensorSpec) and _is_open(leaf) for leaf in leaves):
        return _shapes(f, args, kwargs, 0)
    first, second = (_shapes(f, args, kwargs, size) for size in OPEN_SIZES)
    try:
        return nest.map_structure(_common, first, second)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"eval_shape: the structure that the function returns depends on a size that is left open: {error}"
        ) from None


def _is_open(spec: TensorSpec) -> bool:
    if spec.shape is None:
        raise ValueError(f"eval_shape: {spec} leaves the number of dimensions open; name it, as in [None, None]")
    return None in tuple(spec.shape)


def _common(one: Any, other: Any) -> Any:
    """The spec that both are examples of."""
    if not (isinstance(one, TensorSpec) and isinstance(other, TensorSpec)):
        return one
    a, b = tuple(one.shape), tuple(other.shape)
    if len(a) != len(b) or one.dtype != other.dtype:
        raise ValueError(f"{one} for one size, {other} for another")
    return TensorSpec([x if x == y else None for x, y in zip(a, b, strict=True)], one.dtype)


def _shapes(f: Callable[..., Any], args: Any, kwargs: Any, size: int) -> Any:
    """The specs of the results, with a size in the places of open ones."""
    from ..ops import drawing

    leaves, rebuild = nest.flatten_for_tape((args, kwargs))
    places = [k for k, leaf in enumerate(leaves) if isinstance(leaf, (TensorSpec, _core.Operand, np.ndarray))]
    blanks = [_blank(leaves[k], size) for k in places]
    tracer = _core.Tracer(blanks, True, True)
    del blanks
    state = drawing.state()
    try:
        with _core.Rehearsal(), tracer:
            for k, tensor in zip(places, tracer.arguments, strict=True):
                leaves[k] = tensor
            given, named = rebuild(leaves)
            result = f(*given, **named)
            found, back = nest.flatten_for_tape(result)
            specs = back([_spec(leaf) for leaf in found])
    finally:
        _core.put_back(tracer.assigned)
        drawing.restore(state)
    del leaves, given, named, result, found, back
    if tracer.leaks():
        tracer.poison_leaks("a function whose shapes were asked for")
    return specs


def _blank(leaf: Any, size: int) -> Any:
    if isinstance(leaf, TensorSpec):
        return _core.blank([size if n is None else n for n in leaf.shape], leaf.dtype)
    return _core.blank(leaf.shape, leaf.dtype)


def _spec(leaf: Any) -> Any:
    if isinstance(leaf, (_core.Operand, _core.BufferCore, IndexedSlices, np.ndarray, np.generic)):
        return TensorSpec(leaf.shape, leaf.dtype)
    return leaf
