"""What `autograd.scipy.signal` has: `convolve`, along some axes, with sums over others.

Not SciPy's: axes of the two arrays are convolved in pairs, multiplied and summed in pairs (`dot_axes`), or kept. The
result has the kept axes of the first array, those of the second, and the convolved ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import numpy as anp

__all__ = ["convolve"]


def convolve(
    A: Any,
    B: Any,
    axes: Sequence[Sequence[int]] | None = None,
    dot_axes: Sequence[Sequence[int]] = ((), ()),
    mode: str = "full",
) -> Any:
    """Convolve two arrays.

    Parameters
    ----------
    A, B : array_like
        The arrays.
    axes : pair of sequences of int, optional
        Which axes of A and of B are convolved with each other; by default all of them.
    dot_axes : pair of sequences of int
        Which are multiplied and summed.
    mode : 'full', 'same' or 'valid'
        How much of the convolved axes is kept; 'same' is of A's sizes.

    Examples
    --------
    >>> from autodiff_core.autograd.scipy.signal import convolve
    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]), mode="valid")
    array([3., 5.])
    """
    if mode not in ("valid", "full", "same"):
        raise AssertionError(f"Mode {mode} undefined, it can be one of 'valid', 'full', and 'same'")
    of_a, of_b = axes if axes is not None else (range(A.ndim), range(A.ndim))
    sizes = [(A.shape[a], B.shape[b]) for a, b in zip(of_a, of_b, strict=True)]
    if mode == "valid" and any(a < b for a, b in sizes):
        if any(a > b for a, b in sizes):
            raise Exception("One array must be larger than the other along all convolved dimensions")
        # The larger one is slid over; the kept axes change places again.
        found = convolve(B, A, (of_b, of_a), (dot_axes[1], dot_axes[0]), mode)
        kept_b = B.ndim - len(of_b) - len(dot_axes[1])
        kept_a = A.ndim - len(of_a) - len(dot_axes[0])
        order = [*range(kept_b, kept_b + kept_a), *range(kept_b), *range(kept_a + kept_b, found.ndim)]
        return anp.transpose(found, order)
    return _windows_times(A, B, of_a, of_b, dot_axes, mode, sizes)


def _windows_times(
    A: Any, B: Any, of_a: Sequence[int], of_b: Sequence[int], dot_axes: Any, mode: str, sizes: list[tuple[int, int]]
) -> Any:
    """Windows of A, as large as B, times B turned round."""
    pads = [(0, 0)] * A.ndim
    if mode != "valid":
        for axis, (_, b) in zip(of_a, sizes, strict=True):
            after = (b - 1) // 2
            pads[axis] = (b - 1, b - 1) if mode == "full" else (b - 1 - after, after)
        A = anp.pad(A, pads)
    names = iter(range(52))
    index_a = [next(names) for _ in range(A.ndim)]
    index_b = [next(names) for _ in range(B.ndim)]
    for a, b in zip(*dot_axes, strict=True):
        index_b[b] = index_a[a]
    kept_a = [index_a[k] for k in range(A.ndim) if k not in of_a and k not in dot_axes[0]]
    kept_b = [index_b[k] for k in range(B.ndim) if k not in of_b and k not in dot_axes[1]]
    within = list(index_a)
    starts: list[int] = []
    turned: list[Any] = [slice(None)] * B.ndim
    for axis, b, (_, size) in zip(of_a, of_b, sizes, strict=True):
        # The axis becomes two: where a window starts, and places within it.
        place = index_a.index(within[axis])
        count = A.shape[place] - size + 1
        A = anp.take(A, np.arange(count)[:, None] + np.arange(size), axis=place)
        starts.append(next(names))
        index_a.insert(place, starts[-1])
        index_b[b] = within[axis]
        turned[b] = slice(None, None, -1)
    return anp.einsum(A, index_a, B[tuple(turned)], index_b, [*kept_a, *kept_b, *starts])
