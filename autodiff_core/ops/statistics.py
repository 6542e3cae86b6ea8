"""Moments from sums, normalising by them, monotone fits and scaled losses: small functions of `tf.nn`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .elementwise import add, divide, multiply, negative, rsqrt, square, squared_difference, subtract
from .forms import Kind
from .picking import pick, places_of, put
from .reductions import reduce_sum
from .shaping import _sizes, reshape, transpose


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Count, sum and sum of squares over axes: what `normalize_moments` makes mean and variance of.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axes : int or sequence of int
        The axes to sum over.
    shift : array_like, optional
        What to subtract first, for exactness; about the mean, say.
    keepdims : bool
        Whether the summed axes stay, with length 1.

    Returns
    -------
    count : Tensor
        How many elements are summed; of x's dtype.
    mean_ss, variance_ss : Tensor
        The sum, and the sum of squares, of x less the shift.
    shift : Tensor or None
        As given.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/sufficient_statistics

    Examples
    --------
    >>> [None if part is None else float(part) for part in tf.nn.sufficient_statistics([1., 2., 3.], [0])]
    [3.0, 6.0, 14.0, None]
    """
    values = _core.operand(x)
    dims = tuple(axis % len(values.shape) for axis in _sizes(axes))
    count = int(np.prod([values.shape[axis] for axis in dims], dtype=np.intp))
    if shift is None:
        moved, squares, by = values, square(values), None
    else:
        by = _core.operand_like(shift, values)
        moved, squares = subtract(values, by), squared_difference(values, by)
    number = _core.to_tensor(np.asarray(count, values.dtype))
    return number, reduce_sum(moved, dims, keepdims), reduce_sum(squares, dims, keepdims), by


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance from what `sufficient_statistics` gives.

    Parameters
    ----------
    counts : array_like
        How many elements were summed.
    mean_ss, variance_ss : array_like
        Their sum, and the sum of their squares.
    shift : array_like or None
        What was subtracted first.

    Returns
    -------
    mean, variance : Tensor
        Of the shape of `mean_ss`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/normalize_moments

    Examples
    --------
    >>> print(*[float(part) for part in tf.nn.normalize_moments(4., 2., 3., None)])
    0.5 0.5
    """
    total, variance_ss = _core.operands(mean_ss, variance_ss)
    number = _core.operand_like(counts, total) if not isinstance(counts, _core.Operand) else counts
    shifted_mean = divide(total, number)
    mean = shifted_mean if shift is None else add(shifted_mean, shift)
    squares = _core.operand_like(variance_ss, total) if not isinstance(variance_ss, _core.Operand) else variance_ss
    return mean, subtract(divide(squares, number), square(shifted_mean))


def batch_norm_with_global_normalization(
    input: Any,
    mean: Any,
    variance: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: float,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Tensor:
    """Centre and scale by moments that are given: `batch_normalization` by its older name.

    Parameters
    ----------
    input : array_like
        Of a float dtype.
    mean, variance : array_like
        The moments, that broadcast with it.
    beta, gamma : array_like
        What is added, and what is multiplied by.
    variance_epsilon : float
        Added to the variance, lest it be zero.
    scale_after_normalization : bool
        Whether to multiply by `gamma`.

    Returns
    -------
    Tensor
        Of the operand's shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/batch_norm_with_global_normalization

    Examples
    --------
    >>> print(tf.nn.batch_norm_with_global_normalization([1., 3.], 2., 1., 0., 2., 0., True))
    Tensor([-2.  2.], shape=(2,), dtype=float32)
    """
    x, average, spread, gamma, beta = _core.operands_or_none(input, mean, variance, gamma, beta)
    scale = rsqrt(add(spread, variance_epsilon))
    if scale_after_normalization:
        scale = multiply(scale, gamma)
    return add(multiply(x, scale), subtract(beta, multiply(average, scale)))


def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Tensor:
    """The sum of the examples' losses over the size of the batch.

    Parameters
    ----------
    per_example_loss : array_like
        Of one dimension at least.
    sample_weight : array_like, optional
        What each counts: of its shape, or of fewer dimensions from the first on.
    global_batch_size : int, optional
        The examples of all the batch; the length of the first axis by default.

    Returns
    -------
    Tensor
        A scalar.

    Raises
    ------
    ValueError
        For a scalar, or a batch that is not positive.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/compute_average_loss

    Examples
    --------
    >>> float(tf.nn.compute_average_loss([1., 2.], [1., 0.5], global_batch_size=4))
    0.5
    """
    losses, sample_weight = _core.operands_or_none(per_example_loss, sample_weight)
    if not len(losses.shape):
        raise ValueError("compute_average_loss: takes a loss for each example, not a scalar")
    if sample_weight is not None:
        missing = len(losses.shape) - len(sample_weight.shape)
        losses = multiply(losses, reshape(sample_weight, (*tuple(sample_weight.shape), *(1,) * max(missing, 0))))
    size = int(losses.shape[0]) if global_batch_size is None else _core.integer(global_batch_size)
    if size < 1:
        raise ValueError(f"compute_average_loss: global_batch_size {size} must be positive")
    return divide(reduce_sum(losses), _core.to_tensor(np.asarray(size, losses.dtype)))


def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """The sum of losses, for one device: there are no others to share it.

    Parameters
    ----------
    regularization_loss : array_like
        Of any shape.

    Returns
    -------
    Tensor
        A scalar.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/scale_regularization_loss

    Examples
    --------
    >>> float(tf.nn.scale_regularization_loss([1., 2.]))
    3.0
    """
    return reduce_sum(_core.operand(regularization_loss))


# ------------------------------------------------------------------------------------------------- isotonic regression


class IsotonicRegression(NamedTuple):
    """What `isotonic_regression` gives: the fit, and which block each element is in."""

    output: Tensor
    segments: Tensor


def _pooled_blocks(attributes: Any, x: np.ndarray) -> np.ndarray:
    """The block of each element of each row, from 0 on: adjacent violators are pooled."""
    segments = np.empty(x.shape, np.int32)
    for row, out in zip(x.reshape(-1, x.shape[-1]), segments.reshape(-1, x.shape[-1]), strict=True):
        sums: list[float] = []
        counts: list[int] = []
        for value in row.tolist():
            total, count = value, 1
            while sums and sums[-1] * count <= total * counts[-1]:
                total, count = total + sums.pop(), count + counts.pop()
            sums.append(total)
            counts.append(count)
        out[:] = np.repeat(np.arange(len(counts)), counts)
    return segments


def _block_counts(attributes: Any, segments: np.ndarray) -> np.ndarray:
    length = segments.shape[-1]
    numbers = segments + length * np.arange(segments.size // max(length, 1)).reshape(*segments.shape[:-1], 1)
    return np.stack([numbers, np.bincount(numbers.reshape(-1), minlength=segments.size)[numbers]])


def _segments_kind(attributes: Any, x: Kind) -> Kind:
    forms.dims(x, 1)
    return Kind(np.int32, x.shape)


def _numbers_kind(attributes: Any, segments: Kind) -> Kind:
    forms.integers(segments)
    forms.dims(segments, 1)
    return Kind(np.int64, (2, *segments.shape))


_SEGMENTS = places_of(
    "isotonic_segments",
    _pooled_blocks,
    form=forms.nothing,
    gives=_segments_kind,
)
_NUMBERS = places_of(
    "isotonic_numbers",
    _block_counts,
    form=forms.nothing,
    gives=_numbers_kind,
)


def isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1) -> IsotonicRegression:
    """The nearest sequence along an axis, in the sense of least squares, that does not rise (or fall).

    Parameters
    ----------
    inputs : array_like
        Of any real dtype; integers become float64.
    decreasing : bool
        Whether it must not rise, rather than not fall.
    axis : int
        The axis of the sequences.

    Returns
    -------
    output : Tensor
        Of the operand's shape: the mean of each block. The gradient is the mean over the block, too.
    segments : Tensor
        Of dtype int32: which block an element is in, from 0 on; no gradient passes.

    Raises
    ------
    TypeError
        For complex numbers, which have no order.
    ValueError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/isotonic_regression. Pool adjacent violators: M. J. Best and N.
    Chakravarti, Active set algorithms for isotonic regression (1990).

    Examples
    --------
    >>> fit = tf.nn.isotonic_regression([3., 1., 2., 0.])
    >>> fit.output.numpy().tolist(), fit.segments.numpy().tolist()
    ([3.0, 1.5, 1.5, 0.0], [0, 1, 1, 2])
    """
    x = _core.operand(inputs)
    if x.dtype.kind == "c":
        raise TypeError(f"isotonic_regression: takes numbers that have an order, not {x.dtype}")
    dims = len(x.shape)
    if not -dims <= axis < dims:
        raise ValueError(f"isotonic_regression: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    if x.dtype.kind not in "f":
        x = _core.to_dtype(x, np.float64)
    order = [*[d for d in range(dims) if d != axis % dims], axis % dims]
    rows = transpose(x, order) if order != list(range(dims)) else x
    if not decreasing:
        rows = negative(rows)
    segments = _SEGMENTS([rows])
    both = _NUMBERS([segments])
    numbers, counts = both[0], both[1]
    sums = pick(put(rows, numbers, (int(np.prod(rows.shape, dtype=np.intp)),)), numbers)
    fit = divide(sums, _core.to_dtype(counts, rows.dtype))
    fit = fit if decreasing else negative(fit)
    if order == list(range(dims)):
        return IsotonicRegression(fit, segments)
    back: Sequence[int] = np.argsort(order).tolist()
    return IsotonicRegression(transpose(fit, back), transpose(segments, back))
