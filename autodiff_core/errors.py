"""`errors`: the errors of TensorFlow's that are raised here, by `tf.debugging` and its like.

Everywhere else errors are Python's: shapes that do not fit are a ValueError, dtypes that do not a TypeError.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "INVALID_ARGUMENT",
    "OUT_OF_RANGE",
    "InvalidArgumentError",
    "OpError",
    "OperatorNotAllowedInGraphError",
    "OutOfRangeError",
]
__dir__ = __all__.copy

INVALID_ARGUMENT = 3
OUT_OF_RANGE = 11


class OpError(Exception):
    """An operation that failed, with the attributes that TensorFlow gives it.

    Parameters
    ----------
    node_def, op : object
        The graph's operation: None, for there is no graph.
    message : str
        What went wrong.
    error_code : int
        The kind of error, by TensorFlow's number.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/errors/OpError

    Examples
    --------
    >>> tf.errors.OpError(None, None, "no such thing", 3).message
    'no such thing'
    """

    def __init__(
        self, node_def: Any, op: Any = None, message: str | None = None, error_code: int | None = None, *args: Any
    ) -> None:
        # (Whoever makes an error like another one, as pickle and Keras do, has the text alone.)
        text, node_def = (node_def, None) if message is None else (message, node_def)
        super().__init__(text)
        self.node_def, self.op, self.message, self.error_code = node_def, op, text, error_code


class InvalidArgumentError(OpError, ValueError):
    """A value that a check does not allow. It is a ValueError, too.

    Parameters
    ----------
    node_def, op : object
        The graph's operation: None, for there is no graph.
    message : str
        What went wrong.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/errors/InvalidArgumentError

    Examples
    --------
    >>> try:
    ...     tf.debugging.assert_positive([1., -1.])
    ... except tf.errors.InvalidArgumentError as error:
    ...     print(error.message.splitlines()[0])
    Condition x > 0 did not hold element-wise.
    """

    def __init__(self, node_def: Any, op: Any = None, message: str | None = None, *args: Any) -> None:
        super().__init__(node_def, op, message, INVALID_ARGUMENT, *args)


class OutOfRangeError(OpError, IndexError):
    """An element that there is none of. It is an IndexError, too.

    Parameters
    ----------
    node_def, op : object
        The graph's operation: None, for there is no graph.
    message : str
        What went wrong.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/errors/OutOfRangeError

    Examples
    --------
    >>> try:
    ...     tf.TensorArray(tf.float32, size=1).read(1)
    ... except tf.errors.OutOfRangeError as error:
    ...     print(error.message.strip())
    Tried to read from index 1 but array size is: 1
    """

    def __init__(self, node_def: Any, op: Any = None, message: str | None = None, *args: Any) -> None:
        super().__init__(node_def, op, message, OUT_OF_RANGE, *args)


class OperatorNotAllowedInGraphError(TypeError):
    """Python asks for a value that there is none of: only shapes are asked for, as in `tf.eval_shape`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/errors/OperatorNotAllowedInGraphError

    Examples
    --------
    >>> try:
    ...     tf.eval_shape(lambda x: float(x), tf.TensorSpec([]))
    ... except tf.errors.OperatorNotAllowedInGraphError as error:
    ...     print(str(error)[:85])
    Python asks for the value of a tensor of shape () and dtype float32, and it has none:
    """
