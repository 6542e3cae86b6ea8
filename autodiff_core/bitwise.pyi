"""`bitwise`: operations on the bits of integers. The gradient stops at each."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from ._core import Tensor
from ._core import TensorLike

def bitwise_and(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Bitwise and, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.bitwise_and([12, 10], 6).numpy().round(4))
    [4 2]
    """

def bitwise_or(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Bitwise or, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.bitwise_or([12, 10], 6).numpy().round(4))
    [14 14]
    """

def bitwise_xor(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Bitwise exclusive or, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.bitwise_xor([12, 10], 6).numpy().round(4))
    [10 12]
    """

def invert(x: TensorLike, name: str | None = None) -> Tensor:
    """Bitwise negation, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.invert([12, 10]).numpy().round(4))
    [-13 -11]
    """

def left_shift(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Bits moved to higher places, elementwise.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.left_shift([3, 5], 2).numpy().round(4))
    [12 20]
    """

def right_shift(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Bits moved to lower places, elementwise; the sign stays.

    Parameters
    ----------
    x : array_like
        Numbers, arrays, tensors or variables that broadcast.
    y : array_like
        Numbers, arrays, tensors or variables that broadcast.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    Takes integers or truth values.

    Examples
    --------
    >>> print(tf.bitwise.right_shift([12, -5], 1).numpy().round(4))
    [ 6 -3]
    """
