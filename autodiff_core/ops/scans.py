"""Running products, logsumexp and extremes along an axis, in logarithmically many steps over the whole.

Each step joins every element with the one 1, 2, 4 ... places before: nothing is divided, so the gradients are right
where factors are zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .elementwise import logaddexp, multiply
from .ordering import take_along_axis
from .shaping import concat, reverse


def _scan(
    x: Any, axis: int, exclusive: bool, reverse_: bool, join: Callable[..., Any], neutral: float, function: str
) -> Any:
    nd = len(x.shape)
    if not -nd <= axis < nd:
        raise ValueError(f"{function}: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    axis %= nd
    lead = (slice(None),) * axis
    total = reverse(x, axis) if reverse_ else _core.identity_tensor(x)
    length = x.shape[axis]
    if exclusive and length:
        edge = [1 if d == axis else size for d, size in enumerate(x.shape)]
        total = concat([_core.to_tensor(np.full(edge, neutral, x.dtype)), total[(*lead, slice(None, -1))]], axis)
    shift = 1
    while shift < length:
        joined = join(total[(*lead, slice(None, -shift))], total[(*lead, slice(shift, None))])
        total = concat([total[(*lead, slice(None, shift))], joined], axis)
        shift *= 2
    return reverse(total, axis) if reverse_ else total


def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """Running product along an axis.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    axis : int
        The axis to multiply along.
    exclusive : bool
        Whether each product leaves its own element out.
    reverse : bool
        Whether to run from the end.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/cumprod. The gradient is right where elements are zero; that of
    TensorFlow is zero there.

    Examples
    --------
    >>> tf.math.cumprod([1., 2., 3.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>
    """
    return _scan(_core.operand(x), axis, exclusive, reverse, multiply, 1.0, "cumprod")


def cumulative_logsumexp(
    x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Running log(sum(exp(x))) along an axis, without overflow.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axis : int
        The axis to sum along.
    exclusive : bool
        Whether each sum leaves its own element out; the first is then the lowest finite number.
    reverse : bool
        Whether to run from the end.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/cumulative_logsumexp

    Examples
    --------
    >>> tf.math.cumulative_logsumexp([0., 0.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.6931472], dtype=float32)>
    """
    operand = _core.operand(x)
    if operand.dtype.kind != "f":
        raise TypeError(f"cumulative_logsumexp: takes floats, not {operand.dtype}; cast first")
    lowest = float(np.finfo(operand.dtype).min)
    return _scan(operand, axis, exclusive, reverse, logaddexp, lowest, "cumulative_logsumexp")


def running_extremum(x: Any, axis: int, ufunc: np.ufunc) -> Tensor:
    """Largest (np.maximum) or smallest element so far; of equal ones, the first has the gradient."""
    operand = _core.operand(x)
    values = np.asarray(operand)
    axis %= values.ndim
    best = ufunc.accumulate(values, axis=axis)
    before = np.roll(best, 1, axis=axis)
    fresh = best != before
    fresh[(slice(None),) * axis + (slice(0, 1),)] = True
    along = np.arange(values.shape[axis]).reshape((-1,) + (1,) * (values.ndim - axis - 1))
    return take_along_axis(operand, np.maximum.accumulate(np.where(fresh, along, 0), axis=axis), axis)
