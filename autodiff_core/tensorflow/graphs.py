"""What TensorFlow's programs say about graphs: there are none, so order is that of Python and all values are known.

Each does what TensorFlow's own does in eager mode; code written for both modes runs as it stands.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np

from .. import _core
from ..ops import forms
from ..ops.forms import Without
from ..ops.shaping import stack

__all__ = [
    "control_dependencies",
    "executing_eagerly",
    "get_static_value",
    "group",
    "init_scope",
    "inside_function",
    "is_symbolic_tensor",
    "no_op",
    "parallel_stack",
    "shape_n",
    "timestamp",
    "tuple",
]


def control_dependencies(control_inputs: Any) -> AbstractContextManager[None]:
    """A context for what is to be computed after `control_inputs`: these have been computed already.

    Parameters
    ----------
    control_inputs : sequence or callable
        Tensors, or None for operations that had no result; a function is called.

    Returns
    -------
    context manager
        Without effect.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/control_dependencies

    Examples
    --------
    >>> x = tf.constant(2.)
    >>> with tf.control_dependencies([tf.debugging.assert_positive(x)]):
    ...     print(tf.sqrt(x * x))
    Tensor(2.0, shape=(), dtype=float32)
    """
    if callable(control_inputs):
        control_inputs()
    return nullcontext()


@contextmanager
def init_scope() -> Iterator[None]:
    """A context that no tape listens to, as for a variable's first value.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/init_scope

    Examples
    --------
    >>> x = tf.Variable(3.)
    >>> with tf.GradientTape() as tape:
    ...     with tf.init_scope():
    ...         y = x * x
    >>> print(tape.gradient(y, x))
    None
    """
    listening = _core.suspend()
    try:
        yield
    finally:
        _core.resume(listening)


def executing_eagerly() -> bool:
    """Whether operations are computed at once: they are, but where `function` records them it is told so.

    Returns
    -------
    bool
        False while a function is being recorded, where Python runs once for many calls.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/executing_eagerly

    Examples
    --------
    >>> tf.executing_eagerly()
    True
    """
    return not _core.is_tracing()


def inside_function() -> bool:
    """Whether a function is being recorded.

    Returns
    -------
    bool
        The opposite of `executing_eagerly`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/inside_function

    Examples
    --------
    >>> print(tf.function(lambda: tf.constant(tf.inside_function()))())
    Tensor(True, shape=(), dtype=bool)
    """
    return _core.is_tracing()


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor, which is known but where only shapes are asked for.

    Parameters
    ----------
    tensor : Tensor
        Of any dtype.
    partial : bool
        Accepted for TensorFlow's sake: no value is known in parts.

    Returns
    -------
    ndarray or scalar, or None
        As `tensor.numpy()`; None for a tensor that has no value, in `tf.eval_shape`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/get_static_value

    Examples
    --------
    >>> tf.get_static_value(tf.constant([1, 2])).tolist()
    [1, 2]
    """
    x = _core.operand(tensor)
    return None if _core.is_unknown(x) else x.numpy()


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether a tensor has no value: so it is where only shapes are asked for, in `tf.eval_shape`.

    Parameters
    ----------
    tensor : Tensor or Variable
        Of any dtype.

    Returns
    -------
    bool
        Elsewhere False.

    Raises
    ------
    ValueError
        For anything else than a tensor or variable.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/is_symbolic_tensor

    Examples
    --------
    >>> tf.is_symbolic_tensor(tf.constant(1.))
    False
    """
    if not isinstance(tensor, _core.Operand):
        raise ValueError(f"is_symbolic_tensor: takes a tensor or variable, not {tensor!r}")
    return _core.is_unknown(tensor)


def no_op(name: str | None = None) -> None:
    """Nothing.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/no_op

    Examples
    --------
    >>> tf.no_op()
    """


def group(*inputs: Any, name: str | None = None) -> None:
    """Nothing: what is to be computed together has been computed.

    Parameters
    ----------
    *inputs : Tensor or None
        Results of operations.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/group

    Examples
    --------
    >>> v = tf.Variable(1.)
    >>> tf.group(v.assign(2.), v.assign_add(1.))
    >>> print(float(v))
    3.0
    """


def tuple(tensors: Sequence[Any], control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors, all of which have been computed.

    Parameters
    ----------
    tensors : sequence of array_like, IndexedSlices or None
        What to give back.
    control_inputs : sequence, optional
        What is to be computed before, and has been.

    Returns
    -------
    list
        A tensor for each; slices and None as they are.

    Raises
    ------
    ValueError
        Where all of them are None.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/tuple

    Examples
    --------
    >>> [float(t) for t in tf.tuple([1., 2.])]
    [1.0, 2.0]
    """
    if all(t is None for t in tensors):
        raise ValueError("tuple: there must be at least one tensor")
    return [t if t is None or hasattr(t, "indices") else _core.identity_tensor(t) for t in tensors]


def shape_n(input: Sequence[Any], out_type: Any = np.int32, name: str | None = None) -> list[_core.Tensor]:
    """The shapes of several tensors.

    Parameters
    ----------
    input : sequence of array_like
        Of any shapes.
    out_type : dtype
        Of the results.

    Returns
    -------
    list of Tensor
        A vector for each; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/shape_n

    Examples
    --------
    >>> [s.numpy().tolist() for s in tf.shape_n([tf.ones((2, 3)), 1.])]
    [[2, 3], []]
    """
    return [_core.to_tensor(np.array([*_core.operand(x).shape], out_type)) for x in input]


def parallel_stack(values: Any, name: str | None = "parallel_stack") -> _core.Tensor:
    """Tensors of one shape joined along a new first axis.

    Parameters
    ----------
    values : sequence of array_like
        Of one shape.

    Returns
    -------
    Tensor
        As that of `stack`, which see for errors.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/parallel_stack. TensorFlow refuses it in eager mode.

    Examples
    --------
    >>> tf.parallel_stack([[1., 2.], [3., 4.]]).numpy().tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return stack(values)


# A record like that of a random draw, so that a program reads the clock each time that it runs.
_CLOCK = _core.register_general(
    "timestamp",
    lambda attributes: np.asarray(time.time()),
    None,
    None,
    False,
    False,
    draws=True,
    form=forms.nothing,
    gives=forms.scalar(np.float64, 0),
    c=Without("it reads the clock"),
)


def timestamp(name: str | None = None) -> _core.Tensor:
    """The seconds since 1970.

    Returns
    -------
    Tensor
        A scalar of dtype float64.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/timestamp. A recorded function reads the clock at each call.

    Examples
    --------
    >>> bool(tf.timestamp() > 1.7e9)
    True
    """
    return _core.general(_CLOCK, (), None)
