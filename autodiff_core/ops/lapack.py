"""LAPACK's entry points, where the process has any: NumPy's own, else SciPy's, which is imported for matrices that are
worth it; and the rows' kernels by them.

NumPy's wheels bring a library whose functions can be asked for by name. It is loaded already, and its threads are those
that products run on, which those of a second library would stand in the way of. Elsewhere SciPy offers its functions to
compiled code. Where there is neither, rows call NumPy's functions, or go block by block on its products.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import _core

# How NumPy's libraries call a function whose integers have 64 bits; without a word of that they might have 32.
_SPELLINGS = ("scipy_{}_64_", "{}_64_", "{}$NEWLAPACK$ILP64")
_LAPACKS = {np.dtype(letter) for letter in "fdFD"}
# SciPy is imported for matrices of so many rows: that takes longer than NumPy takes for hundreds of smaller ones.
_WORTH = 64


def _libraries() -> list[str]:
    """The files in which NumPy's library can be found by name."""
    from numpy.linalg import _umath_linalg

    found = [_umath_linalg.__file__]  # whose symbols are those of the libraries it loads, but on Windows
    if sys.platform == "win32":
        beside = Path(np.__file__).parent.parent / "numpy.libs"
        found += [str(path) for path in sorted(beside.glob("*openblas*.dll"))]
    return found


@cache
def _numpys() -> _core.Lapack | None:
    """The entry points of the library that NumPy brings; None where it brings none that says how wide integers are."""
    for file in _libraries():
        try:
            library = ctypes.CDLL(file)
        except OSError:
            continue
        for spelling in _SPELLINGS:
            names = [spelling.format(name) for name in _core.lapack_entries()]
            if all(hasattr(library, name) for name in names):
                addresses = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0 for name in names]
                return _core.Lapack(addresses, True)
    return None


@cache
def _scipys() -> _core.Lapack | None:
    """SciPy's entry points; None without SciPy."""
    try:
        from scipy.linalg import cython_blas, cython_lapack
    except ImportError:
        return None
    offered = {**cython_blas.__pyx_capi__, **cython_lapack.__pyx_capi__}
    capsules = [offered[name] for name in _core.lapack_entries()]
    try:
        return _core.Lapack.of_capsules(capsules)
    except ValueError:  # integers are not as expected
        return None


def entries(n: int = _WORTH) -> Any:
    """The entry points for matrices of n rows; None where NumPy's functions are to stand in."""
    return _numpys() or (_scipys() if n >= _WORTH else None)


def takes(x: np.ndarray) -> bool:
    """Whether LAPACK has functions for a dtype."""
    return x.dtype in _LAPACKS


def _entries_for(x: np.ndarray) -> Any:
    """The entry points for these matrices, of as many rows as columns."""
    return entries(x.shape[-1]) if takes(x) else None


# ------------------------------------------------------------------------------------------------------------- kernels


def adjoint_array(a: np.ndarray, adjoint: bool = True) -> np.ndarray:
    """Matrices, or their conjugate transposes."""
    return np.conj(a.swapaxes(-1, -2)) if adjoint else a


def cholesky(a: np.ndarray) -> np.ndarray:
    """Lower triangular factors of positive definite matrices, of which the lower triangles are read."""
    found = _entries_for(a)
    if found is None:
        return np.linalg.cholesky(a)
    x = found.cholesky(a)
    if x is None:
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return x


# Triangles up to this size are solved as general matrices: of upper ones no rows are exchanged, and nothing eliminated.
_BLOCK = 64


def substituted(a: np.ndarray, b: np.ndarray, lower: bool, unit: bool) -> np.ndarray:
    """Half after half: the first is solved, and its part of the right-hand side of the second taken off."""
    n = a.shape[-1]
    if n > _BLOCK:
        half = (n // 2 + _BLOCK - 1) // _BLOCK * _BLOCK
        first, second = slice(0, half), slice(half, n)
        if not lower:
            first, second = second, first
        x = np.empty_like(b, order="C")
        x[..., first, :] = substituted(a[..., first, first], b[..., first, :], lower, unit)
        rest = b[..., second, :] - a[..., second, first] @ x[..., first, :]
        x[..., second, :] = substituted(a[..., second, second], rest, lower, unit)
        return x
    block = np.tril(a) if lower else np.triu(a)
    if unit:
        block[..., np.arange(n), np.arange(n)] = 1.0
    if not lower:
        return np.linalg.solve(block, b)
    return np.ascontiguousarray(np.linalg.solve(block[..., ::-1, ::-1], b[..., ::-1, :])[..., ::-1, :])


# Up to so many columns are eliminated one after the other.
_PANEL = 16


def _exchanged(x: np.ndarray, swaps: np.ndarray) -> None:
    """Rows of a matrix exchanged as elimination did."""
    x[...] = x[_order(swaps, len(x))]


def _order(swaps: np.ndarray, n: int) -> list[int]:
    order = list(range(n))
    for i, j in enumerate(swaps.tolist()):
        order[i], order[j] = order[j], order[i]
    return order


def eliminate(x: np.ndarray, swaps: np.ndarray) -> None:
    """A matrix becomes its triangular factors: half of the columns, what they take off the others, and these."""
    columns = x.shape[1]
    if columns <= _PANEL or not takes(x):
        for i in range(columns):
            swaps[i] = j = i + int(np.abs(x[i:, i]).argmax())
            x[[i, j]] = x[[j, i]]
            if x[i, i] != 0:
                x[i + 1 :, i] /= x[i, i]
            x[i + 1 :, i + 1 :] -= x[i + 1 :, i, None] * x[i, i + 1 :]
        return
    half = columns // 2
    left, right = x[:, :half], x[:, half:]
    eliminate(left, swaps[:half])
    _exchanged(right, swaps[:half])
    right[:half] = substituted(left[:half], right[:half], True, True)
    right[half:] -= left[half:] @ right[:half]
    eliminate(right[half:], swaps[half:])
    _exchanged(left[half:], swaps[half:])
    swaps[half:] += half


def factored(a: np.ndarray) -> np.ndarray:
    """Triangular factors of the transposed matrices, and behind each a row that says what was exchanged with what: as
    LAPACK has them of arrays that lie row after row."""
    found = _entries_for(a)
    if found is not None:
        return np.asarray(found.factor(a))
    n = a.shape[-1]
    x = np.empty((*a.shape[:-2], n + 1, n), a.dtype)
    for place in np.ndindex(a.shape[:-2]):
        swaps = np.empty(n, np.intp)
        both = a[place].T.copy()
        eliminate(both, swaps)
        x[place][:n], x[place][n] = both.T, swaps
    return x


def exchanges(factors: np.ndarray) -> np.ndarray:
    """With which row each was exchanged, from the row behind factors."""
    return factors[..., -1, :].real.astype(np.intp)


def orders(factors: np.ndarray) -> np.ndarray:
    """Which row of the transposed matrix each row of its factors is of."""
    swaps = exchanges(factors)
    n = swaps.shape[-1]
    if swaps.ndim == 1:
        return np.array(_order(swaps, n), np.intp)
    flat = swaps.reshape(-1, n) if swaps.size else swaps.reshape(0, n)
    order = np.tile(np.arange(n), (len(flat), 1))
    stack = np.arange(len(flat))
    for i in range(n):
        held = order[stack, flat[:, i]]
        order[stack, flat[:, i]] = order[:, i]
        order[:, i] = held
    return order.reshape(swaps.shape)


def solved(factors: np.ndarray, b: np.ndarray, adjoint: bool) -> np.ndarray:
    """Solutions of systems by what `factored` gives."""
    found = _entries_for(factors)
    if found is not None:
        return np.asarray(found.solve(factors, b, adjoint))
    n = factors.shape[-1]
    both, order = factors[..., :n, :], orders(factors)
    if adjoint:
        turned = adjoint_array(both)
        x = substituted(turned, np.take_along_axis(b, order[..., None], -2), True, True)
        return substituted(turned, x, False, False)
    x = substituted(both, substituted(both, b, True, False), False, True)
    return np.take_along_axis(x, np.argsort(order, -1)[..., None], -2)


def inverted(factors: np.ndarray) -> np.ndarray:
    """Inverses by what `factored` gives."""
    n = factors.shape[-1]
    found = _entries_for(factors)
    if found is not None:
        return np.asarray(found.inverse(factors))
    one = np.broadcast_to(np.eye(n, dtype=factors.dtype), (*factors.shape[:-2], n, n))
    return solved(factors, one, False)


def _half_triangle(x: np.ndarray) -> np.ndarray:
    """The lower triangle and half of the diagonal."""
    half = np.tril(x)
    diagonal = np.arange(x.shape[-1])
    half[..., diagonal, diagonal] *= 0.5
    return half


def pulled_back(factor: np.ndarray, g: np.ndarray) -> np.ndarray:
    """L'^-1 (P + P') L^-1 / 2, where P is the lower triangle of L' g and half of its diagonal, for Cholesky factors L.

    Block by block from the last one, as I. Murray, Differentiation of the Cholesky decomposition (2016), section 3:
    that is a third of the work. Only lower triangles are read.
    """
    dtype = np.result_type(factor, g)
    factor, g = factor.astype(dtype, copy=False), g.astype(dtype, copy=False)
    found = _entries_for(factor)
    if found is not None:
        return np.asarray(found.pull_back(factor, g))
    s = np.empty(factor.shape, dtype)
    _pull_back(factor, 0.5 * g, s)
    return s


def _pull_back(factor: np.ndarray, g: np.ndarray, s: np.ndarray) -> None:
    n = factor.shape[-1]
    turned = adjoint_array(factor)
    if n <= _BLOCK:
        inner = _half_triangle(turned @ np.tril(g))
        left = substituted(turned, inner + adjoint_array(inner), False, False)
        found = adjoint_array(substituted(turned, adjoint_array(left), False, False))
        s[...] = 0.5 * (found + adjoint_array(found))
        return
    half = n // 2
    one, two = slice(0, half), slice(half, n)
    beside = factor[..., two, one]
    _pull_back(factor[..., two, two], g[..., two, two], s[..., two, two])
    rest = adjoint_array(g[..., two, one] - s[..., two, two] @ beside)
    s[..., one, two] = substituted(turned[..., one, one], rest, False, False)
    s[..., two, one] = adjoint_array(s[..., one, two])
    _pull_back(factor[..., one, one], g[..., one, one] - s[..., one, two] @ beside, s[..., one, one])
