"""`bitwise`: operations on the bits of integers. The gradient stops at each."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core
from .ops.elementwise import bitwise_and, bitwise_or, bitwise_xor, invert
from .ops.picking import places_of

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]

_LEFT = places_of("left_shift", lambda attributes, x, y: np.left_shift(x, y))
_RIGHT = places_of("right_shift", lambda attributes, x, y: np.right_shift(x, y))


def _pair(x: Any, y: Any) -> tuple[Any, Any]:
    if isinstance(y, _core.Operand) and not isinstance(x, _core.Operand):
        return _core.operand_like(x, y), y
    first = _core.operand(x)
    return first, y if isinstance(y, _core.Operand) else _core.operand_like(y, first)


def left_shift(x: Any, y: Any, name: str | None = None) -> _core.Tensor:
    """Bits moved to higher places, elementwise.

    Parameters
    ----------
    x, y : array_like of int
        Numbers, and by how many places, that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/bitwise/left_shift

    Examples
    --------
    >>> tf.bitwise.left_shift([3, 5], 2).numpy().tolist()
    [12, 20]
    """
    return _LEFT(_pair(x, y))


def right_shift(x: Any, y: Any, name: str | None = None) -> _core.Tensor:
    """Bits moved to lower places, elementwise; the sign stays.

    Parameters
    ----------
    x, y : array_like of int
        Numbers, and by how many places, that broadcast.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/bitwise/right_shift

    Examples
    --------
    >>> tf.bitwise.right_shift([12, -5], 1).numpy().tolist()
    [6, -3]
    """
    return _RIGHT(_pair(x, y))
