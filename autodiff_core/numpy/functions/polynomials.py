"""NumPy's polynomials that are solved for: built from their roots, divided, fitted, and their roots."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _core
from ...dtypes import finfo
from ...ops import complex_parts, forms, linalg, reductions, shaping
from ...ops.picking import places_of
from .products import convolve, vander
from .registry import alike, constant, counterpart, inexact, stripped


@counterpart(np.roots)
def roots(p: Any) -> Any:
    from ...ops import polynomials

    return polynomials.roots(p)


@counterpart(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The product of the linear factors; of a matrix Faddeev and LeVerrier's sums, which need no eigenvalues."""
    x = inexact(seq_of_zeros)
    if x.ndim == 2 and x.shape[0] == x.shape[1] and x.shape[0]:
        return _characteristic(x)
    if x.ndim != 1:
        raise ValueError(f"np.poly: takes one dimension, or a square matrix, not shape {tuple(x.shape)}")
    total = constant(np.ones(1), x)
    for k in range(int(x.shape[0])):
        total = convolve(total, shaping.concat([constant(np.ones(1), x), -x[k : k + 1]], 0))
    return total


def _characteristic(a: Any) -> Any:
    size = int(a.shape[0])
    unit = constant(np.eye(size), a)
    coefficients = [constant(np.ones(()), a)]
    power = unit
    for k in range(1, size + 1):
        product = linalg.matmul(a, power)
        coefficients.append(reductions.reduce_sum(product * unit) / -float(k))
        power = product + coefficients[-1] * unit
    return shaping.stack(coefficients)


@counterpart(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Long division; the remainder loses its leading zeros, as NumPy's does."""
    rest, divisor = (shaping.reshape(inexact(x), -1) for x in alike("polydiv", u, v))
    m, n = rest.size - 1, divisor.size - 1
    lead = divisor[0]
    quotient = []
    for k in range(m - n + 1):
        d = rest[k] / lead
        quotient.append(d)
        rest = rest - shaping.pad(d * divisor, [[k, m - n - k]])
    result = shaping.stack(quotient) if quotient else constant(np.zeros(1), rest)
    return result, rest[int(_LEADING_ZEROS([rest])) :]


def _leading_zeros(attributes: Any, values: np.ndarray) -> np.ndarray:
    start = 0
    while start < values.size - 1 and np.allclose(values[start], 0, rtol=1e-14):
        start += 1
    return np.asarray(start)


_LEADING_ZEROS = places_of(
    "leading_zeros",
    _leading_zeros,
    form=forms.nothing,
    gives=forms.scalar(np.int64),
)


@counterpart(np.polyfit)
def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """Least squares of the scaled Vandermonde matrix, as NumPy has it."""
    from .linalg import COUNTERPARTS

    at, values = (inexact(v) for v in alike("polyfit", x, y))
    if at.dtype.kind == "c" and not np.iscomplexobj(stripped(x)):
        at = complex_parts.real(at)  # so are the covariances, then
    if deg < 0 or at.ndim != 1 or at.size == 0 or values.ndim not in (1, 2) or values.shape[0] != at.shape[0]:
        raise TypeError(
            f"np.polyfit: degree {deg} of points of shapes {tuple(at.shape)} and {tuple(values.shape)}; it takes a "
            f"degree from 0 on, one dimension that is not empty, and as many values"
        )
    left = vander(at, deg + 1)
    right = values
    if w is not None:
        weights = alike("polyfit", w, at)[0]
        if tuple(weights.shape) != tuple(at.shape):
            raise TypeError(f"np.polyfit: weights of shape {tuple(weights.shape)} for {at.size} points")
        left = left * shaping.expand_dims(weights, -1)
        right = right * (shaping.expand_dims(weights, -1) if right.ndim == 2 else weights)
    scale = reductions.reduce_sum(left * left, 0) ** 0.5
    limit = at.size * float(finfo(at.dtype).eps) if rcond is None else rcond
    found, residuals, rank, singular = COUNTERPARTS[np.linalg.lstsq](left / scale, right, limit)
    found = found / (shaping.expand_dims(scale, -1) if right.ndim == 2 else scale)
    if full:
        return found, residuals, rank, singular, limit
    if rank != deg + 1:
        _core.warn_caller("np.polyfit: the fit may be poorly conditioned", np.exceptions.RankWarning)
    if not cov:
        return found
    base = COUNTERPARTS[np.linalg.inv](linalg.matmul(shaping.transpose(left), left))
    if cov == "unscaled":
        return found, base if right.ndim == 1 else shaping.expand_dims(base, -1)
    if at.size <= deg + 1:
        raise ValueError(f"np.polyfit: {at.size} points are too few to scale the covariance for degree {deg}")
    factor = residuals / float(at.size - deg - 1)
    return (found, base * factor) if right.ndim == 1 else (found, shaping.expand_dims(base, -1) * factor)
