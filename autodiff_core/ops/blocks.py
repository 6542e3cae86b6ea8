"""Space moved into the batch, block by block, and back: how dilated windows become plain ones.

Made of padding, reshaping and transposing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .shaping import pad, reshape, transpose


def _pairs(function: str, what: str, value: Any, count: int) -> np.ndarray:
    pairs = _core.integer_array(value).reshape(-1, 2)
    if len(pairs) != count or (pairs < 0).any():
        raise ValueError(f"{function}: {what} {pairs.tolist()} must be a pair of counts for each of {count} dimensions")
    return pairs


def _blocks(function: str, block_shape: Any, dims: int) -> tuple[int, ...]:
    sizes = tuple(_core.integers(block_shape))
    if len(sizes) > dims - 1 or any(size < 1 for size in sizes):
        raise ValueError(
            f"{function}: block_shape {sizes} must be positive, for no more than the {dims - 1} dimensions behind the "
            "batch"
        )
    return sizes


def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """Space cut into blocks, the elements of one place of all blocks put into one entry of the batch.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, *rest).
    block_shape : sequence of int
        The size of a block along each dimension of the space.
    paddings : sequence of pairs of int
        How many zeros to put before and behind each; what comes out must be whole blocks.

    Returns
    -------
    Tensor
        Of shape (batch * product of block_shape, *space / block_shape, *rest).

    Raises
    ------
    ValueError
        Where the blocks do not divide the padded space.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/space_to_batch_nd

    Examples
    --------
    >>> tf.space_to_batch_nd(tf.reshape(tf.range(6), (1, 6)), [2], [[0, 0]])
    <Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[0, 2, 4],
           [1, 3, 5]], dtype=int32)>
    """
    return _to_batch("space_to_batch_nd", input, block_shape, paddings)


def _to_batch(function: str, input: Any, block_shape: Any, paddings: Any) -> Tensor:
    x = _core.operand(input)
    dims = len(x.shape)
    blocks = _blocks(function, block_shape, dims)
    widths = _pairs(function, "paddings", paddings, len(blocks))
    behind = dims - 1 - len(blocks)
    if widths.any():
        x = pad(x, [(0, 0), *widths.tolist(), *[(0, 0)] * behind])
    shape = tuple(x.shape)
    space, rest = shape[1 : 1 + len(blocks)], shape[1 + len(blocks) :]
    if any(n % b for n, b in zip(space, blocks, strict=True)):
        raise ValueError(f"{function}: blocks of {blocks} do not divide the padded space {space}")
    cells = [n // b for n, b in zip(space, blocks, strict=True)]
    apart = reshape(x, (shape[0], *[part for pair in zip(cells, blocks, strict=True) for part in pair], *rest))
    m = len(blocks)
    order = [*range(2, 2 * m + 1, 2), 0, *range(1, 2 * m, 2), *range(2 * m + 1, 2 * m + 1 + behind)]
    return reshape(transpose(apart, order), (shape[0] * int(np.prod(blocks, dtype=np.intp)), *cells, *rest))


def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """Space cut into blocks, the elements of one place of all blocks put into one entry of the batch.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, *rest).
    block_shape : int or sequence of int
        The size of a block along each dimension of the space; one number stands for two dimensions.
    paddings : sequence of pairs of int
        How many zeros to put before and behind each; what comes out must be whole blocks.

    Returns
    -------
    Tensor
        Of shape (batch * product of block_shape, *space / block_shape, *rest).

    Raises
    ------
    ValueError
        Where the blocks do not divide the padded space.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/space_to_batch

    Examples
    --------
    >>> tf.space_to_batch(tf.ones((1, 4, 4, 3)), 2, [[0, 0], [0, 0]]).shape
    TensorShape([4, 2, 2, 3])
    """
    return _to_batch("space_to_batch", input, _square(block_shape), paddings)


def _square(block_shape: Any) -> Any:
    """One number means blocks of height and width."""
    return [block_shape] * 2 if np.ndim(block_shape) == 0 else block_shape


def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """The inverse of `space_to_batch`: entries of the batch put together to blocks of space.

    Parameters
    ----------
    input : array_like
        Of shape (batch * product of block_shape, *space, *rest).
    block_shape : int or sequence of int
        The size of a block along each dimension of the space; one number stands for two dimensions.
    crops : sequence of pairs of int
        How many elements to leave out before and behind each dimension.

    Returns
    -------
    Tensor
        Of shape (batch, *space * block_shape - crops, *rest).

    Raises
    ------
    ValueError
        Where the blocks do not divide the batch, or the crops leave nothing.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/batch_to_space

    Examples
    --------
    >>> tf.batch_to_space([[0, 2, 4], [1, 3, 5]], [2], [[0, 1]])
    <Tensor: shape=(1, 5), dtype=int32, numpy=array([[0, 1, 2, 3, 4]], dtype=int32)>
    """
    x = _core.operand(input)
    dims = len(x.shape)
    blocks = _blocks("batch_to_space", _square(block_shape), dims)
    cut = _pairs("batch_to_space", "crops", crops, len(blocks))
    m, shape = len(blocks), tuple(x.shape)
    count = int(np.prod(blocks, dtype=np.intp))
    if shape[0] % count:
        raise ValueError(f"batch_to_space: blocks of {blocks} do not divide a batch of {shape[0]}")
    space, rest = shape[1 : 1 + m], shape[1 + m :]
    whole = tuple(n * b for n, b in zip(space, blocks, strict=True))
    if any(before + behind > n for (before, behind), n in zip(cut, whole, strict=True)):
        raise ValueError(f"batch_to_space: crops {cut.tolist()} leave nothing of the space {whole}")
    apart = reshape(x, (*blocks, shape[0] // count, *space, *rest))
    order = [m, *[part for k in range(m) for part in (m + 1 + k, k)], *range(2 * m + 1, 2 * m + 1 + len(rest))]
    together = reshape(transpose(apart, order), (shape[0] // count, *whole, *rest))
    if not cut.any():
        return together
    return together[(slice(None), *[slice(a, n - b) for (a, b), n in zip(cut.tolist(), whole, strict=True)])]


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """What to pad so that blocks divide the space, and what to crop afterwards.

    Parameters
    ----------
    input_shape : sequence of int
        The sizes of the space.
    block_shape : sequence of int
        The size of a block along each dimension.
    base_paddings : sequence of pairs of int, optional
        The least to pad before and behind.

    Returns
    -------
    paddings, crops : Tensor
        Of shape (dimensions, 2) and dtype int32.

    Raises
    ------
    ValueError
        Where the lengths differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/required_space_to_batch_paddings

    Examples
    --------
    >>> paddings, crops = tf.required_space_to_batch_paddings([5, 6], [2, 4])
    >>> paddings.numpy().tolist(), crops.numpy().tolist()
    ([[0, 1], [0, 2]], [[0, 1], [0, 2]])
    """
    space, blocks = (_core.integer_array(value).reshape(-1) for value in (input_shape, block_shape))
    if len(space) != len(blocks):
        raise ValueError(
            f"required_space_to_batch_paddings: input_shape {space.tolist()} and block_shape {blocks.tolist()} differ "
            "in length"
        )
    least = np.zeros((len(space), 2), np.int64) if base_paddings is None else base_paddings
    base = _pairs("required_space_to_batch_paddings", "base_paddings", least, len(space))
    extra = -(space + base.sum(axis=1)) % blocks
    paddings = np.stack([base[:, 0], base[:, 1] + extra], axis=1)
    crops = np.stack([np.zeros_like(extra), extra], axis=1)
    return _core.to_tensor(paddings.astype(np.int32)), _core.to_tensor(crops.astype(np.int32))


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Callable[[Any, int, str], Any],
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Any:
    """Apply an operation over windows to a space of which only every so many elements count.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, *rest).
    dilation_rate : sequence of int
        Every how many elements count, along each dimension of the space.
    padding : {"SAME", "VALID"}
        What is padded for the operation: as much as is needed, or nothing.
    op : callable
        op(tensor, number of dimensions of the space, padding), applied to the space moved into the batch, with padding
        "VALID"; where all rates are one, to the tensor as it is.
    filter_shape : sequence of int, optional
        The windows' sizes, needed for "SAME".
    spatial_dims : sequence of int, optional
        The axes of the space, in order; by default those behind the batch, or behind the channels if `data_format`
        begins with "NC".
    data_format : str, optional
        Where the channels are.

    Returns
    -------
    Tensor
        What the operation gives, moved back.

    Raises
    ------
    ValueError
        For another padding, or "SAME" without `filter_shape`.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/with_space_to_batch

    Examples
    --------
    >>> x = tf.reshape(tf.range(6.), (1, 6, 1))
    >>> average = lambda t, dims, padding: tf.nn.avg_pool1d(t, 2, 1, padding)
    >>> print(tf.nn.with_space_to_batch(x, [2], "VALID", average)[0, :, 0])
    Tensor([1. 2. 3. 4.], shape=(4,), dtype=float32)
    """
    x = _core.operand(input)
    rates = _core.integer_array(dilation_rate).reshape(-1)
    n = len(rates)
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"with_space_to_batch: padding {padding!r} is neither 'SAME' nor 'VALID'")
    if (rates < 1).any():
        raise ValueError(f"with_space_to_batch: dilation_rate {rates.tolist()} must be positive")
    if (rates == 1).all():
        return op(x, n, padding)
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    axes = list(range(first, first + n)) if spatial_dims is None else [_core.integer(axis) for axis in spatial_dims]
    base = np.zeros((n, 2), np.int64)
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError("with_space_to_batch: padding 'SAME' needs filter_shape")
        extra = (_core.integer_array(filter_shape).reshape(-1)[:n] - 1) * rates
        base = np.stack([extra // 2, extra - extra // 2], axis=1)
    paddings, crops = required_space_to_batch_paddings([x.shape[axis] for axis in axes], rates, base)
    # Axes between the batch and the space are blocks of one.
    count = max(axes)
    blocks, widths, cuts = [1] * count, [(0, 0)] * count, [(0, 0)] * count
    for k, axis in enumerate(axes):
        blocks[axis - 1] = int(rates[k])
        widths[axis - 1], cuts[axis - 1] = tuple(paddings.numpy()[k]), tuple(crops.numpy()[k])
    return batch_to_space(op(space_to_batch_nd(x, blocks, widths), n, "VALID"), blocks, cuts)
