"""Sparse matrices of derivatives from a few sweeps: what shares no row, or no column, is swept together.

The pattern and its colours come from the core (src/sparsity.pxi). Here each colour becomes a cotangent or a tangent,
and what comes back is taken apart by the pattern, into a matrix of SciPy's, which is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import _core
from .jacobians import _chunk

if TYPE_CHECKING:
    import scipy.sparse


class Pattern(NamedTuple):
    """Where entries are, in CSR form: row i has the columns columns[starts[i] : starts[i + 1]]."""

    starts: np.ndarray
    columns: np.ndarray


def sparse_matrices() -> Any:
    """The module scipy.sparse, or an ImportError that says how to get it."""
    try:
        import scipy.sparse
    except ImportError as error:
        raise ImportError(
            'sparse derivatives are matrices of SciPy\'s, which is not installed: pip install "autodiff-core[sparse]"'
        ) from error
    return scipy.sparse


def jacobian(tape: _core.Tape, target: Any, source: Any) -> scipy.sparse.csr_array:
    """The derivative of a target's elements with respect to a source's."""
    matrices = sparse_matrices()
    _check_floats(target, source)
    _check_leaving("sparse_jacobian", "jacobian", target)
    pattern = Pattern(*_core.tape_sparsity(tape, target, source))
    transpose = Pattern(*_core.transposed_pattern(*pattern, source.size))
    by_rows, colours, count = _colours(pattern, transpose)
    sweep = _pulled_back if by_rows else _pushed_forward
    listening = _core.suspend()  # a matrix of SciPy's stands on no tape
    try:
        data = sweep(tape, target, source, pattern, colours, count)
    finally:
        _core.resume(listening)
    return matrices.csr_array((data, pattern.columns, pattern.starts), shape=(target.size, source.size))


def hessian(tape: _core.Tape, target: Any, source: Any) -> scipy.sparse.csr_array:
    """The second derivatives of a scalar: the Jacobian of the gradient, which is appended to the tape for it."""
    matrices = sparse_matrices()
    _check_floats(target, source)
    _check_leaving("sparse_hessian", "hessian", target)
    listening = _core.suspend()
    try:
        with _core.Extension(tape, target, [source]) as extension:
            gradient = extension.gradients[0]
            if gradient is None:
                return matrices.csr_array((source.size, source.size), dtype=source.dtype)
            pattern = Pattern(*_core.tape_sparsity(tape, gradient, source))
            hubs = _hubs(pattern)
            if not len(hubs):
                return jacobian(tape, gradient, source)
            data = _symmetric(tape, gradient, source, pattern, hubs)
            return matrices.csr_array((data, pattern.columns, pattern.starts), shape=(source.size, source.size))
    finally:
        _core.resume(listening)


def _hubs(pattern: Pattern) -> np.ndarray:
    """The rows of a symmetric matrix that are so much longer than the others that they are better swept one by one.

    Two rows that reach into one long column cannot be swept together, unless its entries are known from elsewhere.
    """
    lengths = np.diff(pattern.starts)
    longest_first = np.argsort(-lengths, kind="stable")
    # With the k longest set apart, about as many sweeps as those and the longest one that is left are needed.
    sweeps = np.arange(len(lengths)) + lengths[longest_first]
    apart = int(np.argmin(sweeps)) if len(sweeps) else 0
    return longest_first[:apart] if apart and 2 * sweeps[apart] < sweeps[0] else longest_first[:0]


def _symmetric(tape: _core.Tape, gradient: Any, source: Any, pattern: Pattern, hubs: np.ndarray) -> np.ndarray:
    """The entries of a symmetric matrix: a sweep for each hub, and one for each colour of the rest without them.

    What a row has in a hub's column is read off the hub's own row.
    """
    size = source.size
    is_hub = np.zeros(size, bool)
    is_hub[hubs] = True
    rows = np.repeat(np.arange(size), np.diff(pattern.starts))
    inside = ~(is_hub[rows] | is_hub[pattern.columns])
    counts = np.bincount(rows[inside], minlength=size)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(pattern.starts.dtype)
    rest = Pattern(starts, pattern.columns[inside])
    colours, count = _core.colour_rows(*rest, *_core.transposed_pattern(*rest, size))
    colours = np.where(colours < 0, colours, colours + len(hubs))  # -1 is nobody's: that row has no entry of its own
    colours[hubs] = np.arange(len(hubs))
    count += len(hubs)
    mirrored = is_hub[pattern.columns] & ~is_hub[rows]
    along = np.where(mirrored, pattern.columns, rows)
    places = np.where(mirrored, rows, pattern.columns)
    chunk = _chunk(gradient, source)
    data = np.empty(len(pattern.columns), source.dtype)
    take = _taker(data, colours[along], places, count, chunk)
    _core.tape_pullback(tape, gradient, [source], _indicators(colours, count, chunk, gradient), take)
    return data


def _check_leaving(what: str, instead: str, target: Any) -> None:
    """Raise in a function that is differentiated: the matrix is SciPy's."""
    if isinstance(target, _core.Operand) and _core.is_followed(target, True):
        raise TypeError(
            f"{what}, in a function that is being differentiated: its result is a matrix of SciPy's, and no derivative "
            f"can follow into it. Take tf.{instead}, or let it be a constant: {what}(f, tf.stop_gradient(x))"
        )


def _check_floats(target: Any, source: Any) -> None:
    for what, value in (("target", target), ("source", source)):
        if isinstance(value, _core.Operand) and not _core.is_floating(value.dtype):
            raise TypeError(
                f"the {what} has dtype {value.dtype}, and sparse derivatives are those of floats; cast it before the "
                f"computation: cast(x, float32)"
            )


def _colours(pattern: Pattern, transpose: Pattern) -> tuple[bool, np.ndarray, int]:
    """Whether to sweep rows together or columns, which of them, and in how many groups: whichever are fewer.

    No colouring has fewer colours than the longest column (row) has entries, so often one of the two is enough.
    """
    longest_row, longest_column = (int(np.diff(p.starts).max(initial=0)) for p in (pattern, transpose))
    rows_first = longest_column <= longest_row
    one, other = (pattern, transpose) if rows_first else (transpose, pattern)
    colours, count = _core.colour_rows(*one, *other)
    if count > max(longest_row, longest_column):
        others, fewer = _core.colour_rows(*other, *one)
        if fewer < count:
            return not rows_first, others, fewer
    return rows_first, colours, count


def _pulled_back(
    tape: _core.Tape, target: Any, source: Any, pattern: Pattern, colours: np.ndarray, count: int
) -> np.ndarray:
    """The entries in reverse mode: a cotangent for each colour of rows."""
    chunk = _chunk(target, source)
    data = np.empty(len(pattern.columns), source.dtype)
    take = _taker(data, np.repeat(colours, np.diff(pattern.starts)), pattern.columns, count, chunk)
    _core.tape_pullback(tape, target, [source], _indicators(colours, count, chunk, target), take)
    return data


def _pushed_forward(
    tape: _core.Tape, target: Any, source: Any, pattern: Pattern, colours: np.ndarray, count: int
) -> np.ndarray:
    """The entries in forward mode: a tangent for each colour of columns."""
    chunk = _chunk(target, source)
    data = np.empty(len(pattern.columns), source.dtype)
    rows = np.repeat(np.arange(target.size), np.diff(pattern.starts))
    take = _taker(data, colours[pattern.columns], rows, count, chunk)
    jobs = (([source], [units], len(units)) for units in _indicators(colours, count, chunk, source))
    _core.tape_pushforward(tape, [target], jobs, take)
    return data


def _taker(
    data: np.ndarray, colours: np.ndarray, places: np.ndarray, count: int, chunk: int
) -> Callable[[list[Any]], None]:
    """What writes the results of one sweep after the other to their entries: each has a colour, and a place in its
    colour's result."""
    first = 0

    def take(results: list[Any]) -> None:
        nonlocal first
        entries: Any = slice(None)
        if count > chunk:
            entries = np.flatnonzero((colours >= first) & (colours < first + chunk))
        if results[0] is None:  # a rule of the user's lets nothing through
            data[entries] = 0
        else:
            compressed = np.asarray(results[0])
            width = compressed[0].size
            data[entries] = compressed.reshape(-1)[(colours[entries].astype(np.intp) - first) * width + places[entries]]
        first += chunk

    return take


def _indicators(colours: np.ndarray, count: int, chunk: int, like: Any) -> Iterator[np.ndarray]:
    """For each colour ones at what has it, in an operand's shape, so many at a time."""
    for first in range(0, count, chunk):
        chosen = np.flatnonzero((colours >= first) & (colours < first + chunk))
        units = np.zeros((min(chunk, count - first), like.size), like.dtype)
        units[colours[chosen] - first, chosen] = 1.0
        yield units.reshape(-1, *like.shape)
