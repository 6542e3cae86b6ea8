"""Signals cut into frames that may overlap, and frames laid over each other and added up."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ... import _core
from ..._core import Tensor
from ...ops.shaping import pad, reshape
from ...ops.windows import _UNWINDOWS, _windows

__all__ = ["frame", "overlap_and_add"]


def frame(
    signal: Any,
    frame_length: int,
    frame_step: int,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> Tensor:
    """Pieces of one length along an axis, that may overlap.

    Parameters
    ----------
    signal : array_like
        Of one dimension at least.
    frame_length, frame_step : int
        The length of the pieces, and the step from one to the next.
    pad_end : bool
        Whether pieces that reach beyond the end are padded, rather than left out.
    pad_value : scalar
        With what.
    axis : int
        The axis to cut.

    Returns
    -------
    Tensor
        With the axes of the frames and of their elements in the place of the axis.

    Raises
    ------
    ValueError
        For an axis that the signal has not, or lengths that are not positive.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/frame

    Examples
    --------
    >>> tf.signal.frame([1., 2., 3., 4., 5.], 3, 2).numpy().tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]
    """
    x = _core.operand(signal)
    length, step, nd = _core.integer(frame_length), _core.integer(frame_step), len(x.shape)
    if length < 1 or step < 1:
        raise ValueError(f"frame: frame_length {length} and frame_step {step} must be positive")
    if not -nd <= axis < nd:
        raise ValueError(f"frame: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    place = axis % nd
    size = int(x.shape[place])
    count = max(0, 1 + (size - length) // step)
    if pad_end:
        count = -(-size // step)
        widths = [(0, 0)] * nd
        widths[place] = (0, max(0, length + step * (count - 1) - size))
        x = pad(x, widths, constant_values=pad_value)
    shape = tuple(x.shape)
    before, behind = shape[:place], shape[place + 1 :]
    if count == 0:
        return reshape(x[(slice(None),) * place + (slice(0, 0),)], (*before, 0, length, *behind))
    rows = reshape(x, (prod(before), shape[place], prod(behind)))
    return reshape(_windows(rows, (length,), (step,), (1,)), (*before, count, length, *behind))


def overlap_and_add(signal: Any, frame_step: int, name: str | None = None) -> Tensor:
    """Frames laid one behind the other, a step apart, and added up: the transpose of `frame`.

    Parameters
    ----------
    signal : array_like
        Of shape (..., frames, frame_length).
    frame_step : int
        The step from one frame to the next.

    Returns
    -------
    Tensor
        Of shape (..., (frames - 1) * frame_step + frame_length).

    Raises
    ------
    ValueError
        For fewer than two dimensions, or a step that is not positive.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/signal/overlap_and_add

    Examples
    --------
    >>> tf.signal.overlap_and_add([[1., 1., 1.], [2., 2., 2.]], 2).numpy().tolist()
    [1.0, 1.0, 3.0, 2.0, 2.0]
    """
    x = _core.operand(signal)
    step, shape = _core.integer(frame_step), tuple(x.shape)
    if len(shape) < 2 or step < 1:
        raise ValueError(f"overlap_and_add: takes two dimensions and a positive step, not shape {shape} and {step}")
    lead, (count, length) = shape[:-2], shape[-2:]
    if count == 0:
        return _core.to_tensor(np.zeros((*lead, 0), x.dtype))
    whole = (prod(lead), (count - 1) * step + length, 1)
    added = _core.linear(_UNWINDOWS, reshape(x, (prod(lead), count, length, 1)), (whole, (length,), (step,), (1,)))
    return reshape(added, (*lead, whole[1]))
