"""Whole matrices of derivatives from a recorded tape: the sweeps of Jacobians and Hessians, together or in chunks.

A sweep takes cotangents (or tangents) with a leading axis, so that a Jacobian is one sweep and not a loop over its
rows. Reverse mode takes a row for each element of the target, forward mode a column for each element of the sources:
whichever are fewer.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import _core
from ..ops.shaping import concat, reshape, transpose
from ..tensors.creation import cast, zeros

_CHUNK_ELEMENTS = 1 << 23
MODES = ("auto", "forward", "reverse")


def jacobian(
    tape: _core.Tape, target: Any, sources: list[Any], zero: bool, chunk_size: int | None, mode: str
) -> list[_core.Tensor | None]:
    """The Jacobian of a target for each source, of shape target.shape + source.shape; None or zeros if unconnected."""
    if mode not in MODES:
        raise ValueError(f"jacobian: mode must be 'auto', 'forward' or 'reverse', not {mode!r}")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"jacobian: chunk_size must be at least 1, not {chunk_size}")
    if not isinstance(target, _core.Operand) or not all(isinstance(x, _core.Operand) for x in sources):
        _core.tape_pullback(tape, target, sources, ())  # raises, and says which
    _check_fits("jacobian", target.size, sources)
    if any(x.dtype.kind == "c" for x in (target, *sources)):
        if mode == "forward":
            raise ValueError("jacobian: of complex numbers it is that of gradients, in reverse mode; leave out `mode`")
        mode = "reverse"
    if mode == "auto":
        fewer_columns = sum(x.size for x in sources) < target.size
        mode = "forward" if fewer_columns and not _core.tape_has_custom_gradient(tape) else "reverse"
    if mode == "forward":
        return _by_columns(tape, target, sources, zero, chunk_size)
    return _by_rows(tape, target, sources, zero, chunk_size)


def hessian(
    tape: _core.Tape, target: Any, sources: list[Any], zero: bool, chunk_size: int | None
) -> list[list[_core.Tensor | None]]:
    """The second derivatives of a scalar: for each pair of sources a block of shape first.shape + second.shape."""
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"hessian: chunk_size must be at least 1, not {chunk_size}")
    if all(isinstance(x, _core.Operand) for x in sources):  # else the extension says which is none
        _check_fits("hessian", sum(x.size for x in sources), sources)
    rows: list[list[_core.Tensor | None]] = []
    with _core.Extension(tape, target, sources) as extension:
        for source, gradient in zip(sources, extension.gradients, strict=True):
            if gradient is None:
                rows.append([_zeros(source, other) if zero else None for other in sources])
            else:
                rows.append(_by_rows(tape, gradient, sources, zero, chunk_size))
    return rows


def batch_jacobian(tape: _core.Tape, target: Any, source: Any) -> _core.Tensor:
    """The Jacobian of each example of a batch, of shape (batch,) + target.shape[1:] + source.shape[1:]."""
    if not isinstance(target, _core.Operand) or not isinstance(source, _core.Operand):
        _core.tape_pullback(tape, target, [source], ())  # raises, and says which
    if target.shape.with_rank_at_least(2)[0] != source.shape.with_rank_at_least(2)[0]:
        raise ValueError(
            f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to match."
        )
    examples, shape = target.shape[0], tuple(target.shape)
    rows = target.size // examples if examples else 0
    whole = (examples, *shape[1:], *source.shape[1:])
    seeds: list[Any] = []
    if rows and _core.asks_shapes():
        seeds = [_core.blank((rows, *shape), np.float64)]
    elif rows:
        seeds = [np.broadcast_to(np.eye(rows).reshape(rows, 1, *shape[1:]), (rows, *shape))]
    parts = _core.tape_pullback(tape, target, [source], seeds)
    if not parts or parts[0][0] is None:
        return zeros(whole, source.dtype)
    by_row = parts[0][0]
    return reshape(transpose(by_row, (1, 0, *range(2, len(by_row.shape)))), whole)


def _by_rows(
    tape: _core.Tape, target: Any, sources: list[Any], zero: bool, chunk_size: int | None
) -> list[_core.Tensor | None]:
    """Reverse mode: the elements of the target are pulled back together."""
    shape, rows = tuple(target.shape), target.size
    parts = _core.tape_pullback(tape, target, sources, _units(shape, chunk_size or _chunk(target, *sources)))
    results: list[_core.Tensor | None] = []
    for k, source in enumerate(sources):
        blocks = [part[k] for part in parts]
        if not blocks or blocks[0] is None:
            results.append(_zeros(target, source) if zero or (not blocks and rows == 0) else None)
        else:
            whole = shape + tuple(source.shape)
            results.append(reshape(blocks[0] if len(blocks) == 1 else concat(blocks, 0), whole))
    return results


def _by_columns(
    tape: _core.Tape, target: Any, sources: list[Any], zero: bool, chunk_size: int | None
) -> list[_core.Tensor | None]:
    """Forward mode: the elements of a source are pushed forward together."""
    jobs: list[tuple[list[Any], list[Any], int]] = []
    counts: list[int] = []
    for source in sources:
        before = len(jobs)
        if _core.is_floating(source.dtype):
            for units in _units(tuple(source.shape), chunk_size or _chunk(target, source)):
                jobs.append(([source], [units], len(units)))
        counts.append(len(jobs) - before)
    parts = iter(_core.tape_pushforward(tape, [target], jobs))
    results: list[_core.Tensor | None] = []
    for source, count in zip(sources, counts, strict=True):
        blocks = [next(parts)[0] for _ in range(count)]
        if not blocks or blocks[0] is None:
            results.append(_zeros(target, source) if zero or (not blocks and source.size == 0) else None)
            continue
        columns = blocks[0] if count == 1 else concat(blocks, 0)
        by_column = reshape(columns, (source.size, target.size))
        whole = reshape(transpose(by_column), tuple(target.shape) + tuple(source.shape))
        results.append(cast(whole, source.dtype))  # tangents have the target's dtype, derivatives the source's
    return results


def _chunk(*operands: Any) -> int:
    """So many rows that an adjoint of the largest operand takes at most about 64 MB."""
    return max(1, _CHUNK_ELEMENTS // max([1, *(x.size for x in operands)]))


def _units(shape: tuple[int, ...], chunk: int) -> Iterator[Any]:
    """The rows of an identity matrix, each of a shape, so many at a time; together, where nobody asks for numbers."""
    rows = math.prod(shape)
    if rows and _core.asks_shapes():
        yield _core.blank((rows, *shape), np.float64)
        return
    for start in range(0, rows, chunk):
        count = min(chunk, rows - start)
        units = np.zeros((count, rows))
        units[np.arange(count), start + np.arange(count)] = 1.0
        yield units.reshape(count, *shape)


def _zeros(target: Any, source: Any) -> _core.Tensor:
    return zeros(tuple(target.shape) + tuple(source.shape), source.dtype)


def _check_fits(name: str, rows: int, sources: list[Any]) -> None:
    """Refuse a matrix that memory cannot hold before it is begun."""
    if _core.asks_shapes():
        return
    needed = sum(rows * x.size * x.dtype.itemsize for x in sources)
    try:
        present = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system
        return
    if needed > present:
        other = (
            "hvp for its products with vectors, or sparse_hessian"
            if name == "hessian"
            else "gradient with output_gradients or jvp for products with it, or sparse_jacobian"
        )
        raise MemoryError(
            f"{name}: the result would take {needed} bytes, and this machine has {present}; differentiate a part of "
            f"the target, or use {other}"
        )
