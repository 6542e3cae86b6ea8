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
from ..ops.indexing import where
from ..tensors.indexed_slices import IndexedSlices
from .tensor_spec import TensorSpec

__all__ = ["OPEN_SIZES", "eval_shape", "one_of"]

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
        As for a call of `f`. For a tensor may stand a `TensorSpec`, or anything else that has a shape and a dtype; of
        tensors, variables and arrays only these are used. Everything else is passed on as it is.

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
        For operands that do not fit together, and where `f` makes a variable.

    Notes
    -----
    No kernel runs and no array is made for what depends on the arguments, so that shapes can be as large as one likes
    (up to 2**63 bytes, as those of NumPy's arrays).
    Variables have their shapes; what is assigned to them holds until `f` ends. After JAX's function: https://docs.jax.dev/en/latest/_autosummary/jax.eval_shape.html

    Examples
    --------
    >>> w = tf.Variable(np.zeros((3, 5)))
    >>> tf.eval_shape(lambda x: tf.tanh(x @ w), tf.TensorSpec([None, 3], tf.float64))
    TensorSpec(shape=(None, 5), dtype=float64, name=None)
    >>> tf.eval_shape(tf.matmul, tf.TensorSpec([10**6, 10**6]), tf.TensorSpec([10**6, 2]))
    TensorSpec(shape=(1000000, 2), dtype=float32, name=None)
    """
    leaves, rebuild = nest.flatten_for_tape((args, kwargs), True)
    if not any(_is_open(leaf) for leaf in leaves if _is_described(leaf)):
        return _Found(f, leaves, rebuild, 0).result()
    first, second = (_Found(f, leaves, rebuild, size) for size in OPEN_SIZES)
    return first.common(second)


def one_of(*values: Any) -> Any:
    """What is one of several values of one shape and dtype, nobody knows which: a tensor that depends on them all."""
    found = _core.operand(values[0])
    if len(values) == 1 and not _core.is_unknown(found):
        values = (found, found)
    for value in values[1:]:
        found = where(_core.blank((), np.bool_), found, value)
    return found


def _is_described(leaf: Any) -> bool:
    """Whether a leaf has a shape and a dtype, and is passed on as such. (NumPy's numbers are numbers.)"""
    if isinstance(leaf, (TensorSpec, _core.Operand, np.ndarray)):
        return True
    return hasattr(leaf, "shape") and hasattr(leaf, "dtype") and not isinstance(leaf, (np.generic, IndexedSlices, type))


def _is_open(leaf: Any) -> bool:
    if leaf.shape is None:
        raise ValueError(f"eval_shape: {leaf} leaves the number of dimensions open; name it, as in [None, None]")
    return None in tuple(leaf.shape)


class _Found:
    """What a function returns, with one size in the places of open ones."""

    def __init__(self, f: Callable[..., Any], leaves: list[Any], rebuild: nest.Rebuild, size: int) -> None:
        self.size = size
        leaves = list(leaves)
        places = [k for k, leaf in enumerate(leaves) if _is_described(leaf)]
        blanks = [
            _core.blank([size if n is None else n for n in leaves[k].shape], _core.as_dtype(leaves[k].dtype))
            for k in places
        ]
        tracer = _core.Tracer(blanks, True, True)
        del blanks
        try:
            with _core.Rehearsal(), tracer:
                for k, tensor in zip(places, tracer.arguments, strict=True):
                    leaves[k] = tensor
                args, kwargs = rebuild(leaves)
                returned = f(*args, **kwargs)
                found, self._rebuild = nest.flatten_for_tape(returned, True)
                self._key = nest.structure_key(returned, True)
                self.specs = [_spec(leaf) for leaf in found]
        finally:
            _core.put_back(tracer.assigned)
        del leaves, args, kwargs, returned, found
        if tracer.leaks():
            tracer.poison_leaks("a function of which only shapes are asked for")

    def result(self) -> Any:
        return self._rebuild(self.specs)

    def common(self, other: _Found) -> Any:
        """The specs of which both results are examples."""
        sizes = f"for a size of {self.size}, and {other.size}, in the place of an open one"
        if self._key != other._key:
            raise TypeError(f"eval_shape: the function returns other structures {sizes}")
        return self._rebuild([_common(a, b, sizes) for a, b in zip(self.specs, other.specs, strict=True)])


def _common(one: Any, other: Any, sizes: str) -> Any:
    """The spec of which both are examples."""
    if not (isinstance(one, TensorSpec) and isinstance(other, TensorSpec)):
        return one
    a, b = tuple(one.shape), tuple(other.shape)
    if len(a) != len(b) or one.dtype != other.dtype:
        raise TypeError(f"eval_shape: the function returns {one} and {other} {sizes}")
    return TensorSpec([x if x == y else None for x, y in zip(a, b, strict=True)], one.dtype)


def _spec(leaf: Any) -> Any:
    if isinstance(leaf, (_core.Operand, _core.BufferCore, IndexedSlices, np.ndarray, np.generic)):
        return TensorSpec(leaf.shape, leaf.dtype)
    return leaf
