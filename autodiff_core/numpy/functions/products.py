"""Products of tensors, and polynomials, by NumPy's names."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from ... import _core
from ...ops import convolution, linalg, reductions, shaping
from ...ops import elementwise as el
from .registry import alike, axis_of, constant, counterpart, in_dtype, inexact


@counterpart(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    x, y = alike("tensordot", a, b)
    return linalg.tensordot(x, y, axes)


@counterpart(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = alike("dot", a, b)
    if not x.ndim or not y.ndim:
        return el.multiply(x, y)
    if x.ndim <= 2 and y.ndim <= 2:
        return _core.matmul(x, y)
    return linalg.tensordot(x, y, ((-1,), (0 if y.ndim == 1 else -2,)))


@counterpart(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    x, y = alike("inner", a, b)
    return el.multiply(x, y) if not x.ndim or not y.ndim else linalg.tensordot(x, y, ((-1,), (-1,)))


@counterpart(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    x, y = (shaping.reshape(t, -1) for t in alike("vdot", a, b))
    return linalg.matmul(el.conj(x) if x.dtype.kind == "c" else x, y)


@counterpart(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    x, y = alike("outer", a, b)
    return el.multiply(shaping.reshape(x, (-1, 1)), shaping.reshape(y, (1, -1)))


@counterpart(np.kron)
def kron(a: Any, b: Any) -> Any:
    x, y = alike("kron", a, b)
    nd = max(x.ndim, y.ndim)
    rows = (1,) * (nd - x.ndim) + tuple(x.shape)
    columns = (1,) * (nd - y.ndim) + tuple(y.shape)
    spread = shaping.reshape(x, [size for r in rows for size in (r, 1)])
    tiles = shaping.reshape(y, [size for c in columns for size in (1, c)])
    return shaping.reshape(spread * tiles, [r * c for r, c in zip(rows, columns, strict=True)])


@counterpart(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = alike("cross", a, b)
    sizes = (x.shape[axis_of(axisa, x.ndim)], y.shape[axis_of(axisb, y.ndim)])
    if not set(sizes) <= {2, 3}:
        raise ValueError(f"np.cross: vectors of lengths {sizes} have no cross product; lengths must be 2 or 3")
    p = shaping.unstack(x, axis=axisa)
    q = shaping.unstack(y, axis=axisb)
    flat = p[0] * q[1] - p[1] * q[0]
    if sizes == (2, 2):
        return flat
    if sizes[0] == 2:
        parts = [p[1] * q[2], -(p[0] * q[2]), flat]
    elif sizes[1] == 2:
        parts = [-(p[2] * q[1]), p[2] * q[0], flat]
    else:
        parts = [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], flat]
    return shaping.stack(parts, axis=axisc)


@counterpart(np.einsum)
def einsum(
    *operands: Any, out: Any = None, optimize: Any = False, dtype: Any = None, order: str = "K", casting: str = "safe"
) -> Any:
    """Subscripts as text, or behind each operand as a list of numbers; the order of contraction is einsum's own."""
    subscripts, *arrays = operands
    if not isinstance(subscripts, str):
        arrays = list(operands[0 : len(operands) - len(operands) % 2 : 2])
        lists = list(operands[1::2])
        terms = [_letters(term) for term in lists[: len(arrays)]]
        subscripts = ",".join(terms)
        if len(operands) % 2:
            subscripts += "->" + _letters(operands[-1])
    return linalg.einsum(subscripts, *(in_dtype(x, dtype) for x in alike("einsum", *arrays)))


def _letters(sublist: Any) -> str:
    return "".join("..." if k is Ellipsis else string.ascii_letters[_core.integer(k)] for k in sublist)


def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """np.vecdot, a ufunc."""
    x, y = alike("vecdot", x1, x2)
    if x.dtype == bool:
        return reductions.reduce_any(el.logical_and(x, y), axis)
    return reductions.reduce_sum(el.conj(x) * y if x.dtype.kind == "c" else x * y, axis)


def matvec(x1: Any, x2: Any) -> Any:
    """np.matvec, a ufunc."""
    return linalg.matvec(*alike("matvec", x1, x2))


def vecmat(x1: Any, x2: Any) -> Any:
    """np.vecmat, a ufunc."""
    x, y = alike("vecmat", x1, x2)
    return linalg.matvec(y, el.conj(x) if x.dtype.kind == "c" else x, transpose_a=True)


# --------------------------------------------------------------------------------------- convolutions and polynomials


@counterpart(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    x, y = alike("convolve", a, v)
    return _trimmed(x, y, mode, (min(x.size, y.size) - 1) // 2, "convolve")


@counterpart(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    x, y = alike("correlate", a, v)
    shorter = min(x.size, y.size)
    start = (shorter - 1) // 2 if x.size >= y.size else shorter - 1 - (shorter - 1) // 2
    kernel = shaping.reverse(y, 0)
    return _trimmed(x, el.conj(kernel) if y.dtype.kind == "c" else kernel, mode, start, "correlate")


def _trimmed(x: Any, y: Any, mode: str, start: int, name: str) -> Any:
    if x.ndim > 1 or y.ndim > 1 or not x.size or not y.size:
        raise ValueError(f"np.{name}: takes two vectors that are not empty, not shapes {x.shape} and {y.shape}")
    full = convolution.convolve(x, y)
    longer, shorter = max(x.size, y.size), min(x.size, y.size)
    if mode == "full":
        return full
    if mode == "same":
        return full[start : start + longer]
    if mode == "valid":
        return full[shorter - 1 : longer]
    raise ValueError(f"np.{name}: mode {mode!r} is none of 'full', 'same' and 'valid'")


@counterpart(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    coefficients, at = alike("polyval", p, x)
    total: Any = constant(np.zeros(at.shape), at)
    for k in range(coefficients.shape[0]):
        total = total * at + coefficients[k]
    return total


def _sum_of_polynomials(name: str, combined: Any) -> Any:
    def combine(a1: Any, a2: Any) -> Any:
        x, y = (shaping.reshape(t, -1) for t in alike(name, a1, a2))
        length = max(x.size, y.size)
        return combined(shaping.pad(x, [[length - x.size, 0]]), shaping.pad(y, [[length - y.size, 0]]))

    combine.__name__ = name
    return combine


counterpart(np.polyadd)(_sum_of_polynomials("polyadd", el.add))
counterpart(np.polysub)(_sum_of_polynomials("polysub", el.subtract))


@counterpart(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    return convolve(a1, a2)


def _wide(p: Any) -> Any:
    """An operand of which integers have the room of those that powers of it are, or are multiplied with."""
    x = _core.operand(p)
    return _core.operand(_core.to_dtype(x, np.result_type(x.dtype, np.int64))) if x.dtype.kind in "biu" else x


@counterpart(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    x = _wide(p)
    for _ in range(m):
        x = x[:-1] * constant(np.arange(x.size - 1, 0, -1), x)
    return x


@counterpart(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    x = inexact(p)
    ends = alike("polyint", 0.0 if k is None else k, x)[0]
    ends = shaping.broadcast_to(ends if ends.ndim == 0 or ends.size != 1 else ends[0], (m,))
    for step in range(m):
        x = shaping.concat([x / constant(np.arange(x.size, 0, -1), x), ends[step : step + 1]], 0)
    return x


@counterpart(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    at = _wide(x)
    if at.ndim != 1:
        raise ValueError(f"np.vander: takes one dimension, not shape {tuple(at.shape)}")
    powers = np.arange(at.size if N is None else N)
    powers = constant(powers if increasing else powers[::-1], at)
    return el.pow(shaping.reshape(at, (-1, 1)), powers)
