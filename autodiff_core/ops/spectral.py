"""Functions of eigenvalues and singular values, differentiated as functions of the matrix.

The gradient of a function of a matrix's eigenvalues w, which has the slopes g by them, is V diag(g) V⁻¹: a function of
matrices again, whose derivative has the divided differences (g[i] - g[j]) / (w[i] - w[j]) in it, not the vectors'
derivatives, which do not exist where values are equal (Yu. L. Daletskii and S. G. Krein, 1965; N. J. Higham, Functions
of Matrices, 2008, section 3.2). So it is with singular values, and there are sums in the place of differences, too.

Where two values are equal, the quotient is a second derivative that values do not tell. It is zero if the slopes do not
depend on the values; else what depends on it is NaN. So the doubt goes with what is given to the slopes: it is lost
where they are constants, and with values that a function does not look at.

The vectors' own derivatives, where a rule needs them again, come from *modes*: the decomposition once more, at no cost,
whose derivative is NaN where equal values leave it open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from ..dtypes import finfo
from . import c_loops, forms
from .complex_parts import real
from .elementwise import abs as _abs
from .elementwise import (
    cotangent_product,
    exp,
    is_nan,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    multiply,
    multiply_no_nan,
    not_equal,
)
from .forms import Kind
from .indexing import where
from .matrices import adjoint, adjoint_product, by_adjoints, diag, diagonal, lead_to, matrix_transpose
from .reductions import reduce_any, reduce_max, reduce_sum
from .several import several
from .shaping import broadcast_to, concat, expand_dims, reshape
from .solving import inv
from .table import Case, general

# Slopes at values that are closer than this many roundings say nothing about how they grow from one to the other; but
# values this far apart, beside the largest, are told apart in half precision, too.
_CLOSE, _FAR = 1e3, 2.0**-8


# ------------------------------------------------------------------------------------------------- numbers beside zero


def _largest(x: Any, axes: Sequence[int]) -> Any:
    magnitude = _abs(_core.detached(x))
    empty = 0 in tuple(x.shape)[-len(axes) :]
    return reduce_sum(magnitude, axes, keepdims=True) if empty else reduce_max(magnitude, axes, keepdims=True)


def rounding(values: Any, factor: float = 1.0) -> Any:
    """What counts as zero beside the largest of values, with the last axis 1 long."""
    least = int(values.shape[-1]) * float(finfo(values.dtype).eps)
    return _largest(values, [-1]) * max(least, min(least * factor, _FAR))


def _negligible(x: Any) -> Any:
    """Which elements of matrices are zero beside the largest one."""
    return less_equal(_abs(_core.detached(x)), _largest(x, [-2, -1]) * (16.0 * float(finfo(x.dtype).eps)))


def inverse_of(values: Any, apart: Any, otherwise: float = 0.0) -> Any:
    """1 / values where they are apart from zero."""
    return where(apart, 1.0 / where(apart, values, 1.0), otherwise)


def _quotient(steps: Any, gaps: Any, apart: Any, least: Any) -> Any:
    """Divided differences; where two values are equal and their slopes are not, NaN."""
    level = less_equal(_abs(_core.detached(steps)), least)
    return where(apart, multiply(steps, inverse_of(gaps, apart)), where(level, 0.0, np.nan))


def _quiet(weights: Any, x: Any, *terms: Any) -> Any:
    """The product; where a weight is NaN and x, or the terms that it is a sum of, are zero to rounding, zero.

    (A sum that vanishes is what 0 / 0 stands for; terms that do contribute nothing.)
    """
    unknown = is_nan(weights)
    silent = unknown
    for term in terms or (x,):
        silent = logical_and(silent, _negligible(term))
    loud = logical_and(unknown, logical_not(silent))
    return _doubtful(multiply_no_nan(weights, x - where(silent, _core.detached(x), 0.0)), loud)


def _known(weights: Any, x: Any) -> Any:
    """Weights that are NaN only where x is something."""
    return where(logical_and(is_nan(weights), _negligible(x)), 0.0, weights)


def _pairs(values: Any) -> tuple[Any, Any]:
    return expand_dims(values, -1), expand_dims(values, -2)


def _others(n: int) -> Any:
    """All pairs but those of a value with itself."""
    return ~np.eye(n, dtype=bool)


def _apart(values: Any, factor: float) -> tuple[Any, Any]:
    """The gaps v[i] - v[j], and where they are more than roundings."""
    rows, columns = _pairs(values)
    gaps = rows - columns
    near = less_equal(_abs(_core.detached(gaps)), expand_dims(rounding(values, factor), -1))
    return gaps, logical_not(near)


def _slopes(values: Any, x: Any) -> Any:
    """1 / (v[i] - v[j]), and NaN where two are equal and x is something."""
    gaps, apart = _apart(values, _CLOSE)
    return where(_others(int(values.shape[-1])), _known(inverse_of(gaps, apart, np.nan), x), 0.0)


def _divided(x: Any, gaps: Any, apart: Any, strictly: bool, *terms: Any) -> Any:
    """x / gaps; where that is 0 / 0, NaN, or nothing, the derivative of which is NaN unless all terms are zero."""
    if strictly:
        return _quiet(inverse_of(gaps, apart, np.nan), x, *terms)
    if not _core.is_recording():
        return multiply(x, inverse_of(gaps, apart))
    still = (x - _core.detached(x)) + (gaps - _core.detached(gaps))
    heard: Any = False
    for term in terms or (x,):
        heard = logical_or(heard, reduce_any(not_equal(_core.detached(term), 0.0), [-2, -1], keepdims=True))
    return where(apart, multiply(x, inverse_of(gaps, apart)), multiply_no_nan(where(heard, np.nan, 0.0), still))


def turning(values: Any, x: Any, strictly: bool = False, *terms: Any) -> Any:
    """x[i, j] / (v[j] - v[i]): how vectors turn into each other. Where two values are equal, nothing, or NaN."""
    others = _others(int(values.shape[-1]))
    gaps, apart = _apart(values, _CLOSE if strictly else 1.0)
    turns = _divided(x, where(others, gaps, 1.0), logical_or(apart, ~others), strictly, *terms)
    return where(others, -turns, 0.0)


def _doubt(places: Any, x: Any) -> Any:
    """Which rows have something at places where a quotient is not known."""
    return reduce_any(logical_and(places, logical_not(_negligible(x))), -1)


def _doubtful(x: Any, doubt: Any) -> Any:
    return x + where(doubt, np.nan, 0.0)


# --------------------------------------------------------------------------------------------------------- eigenvalues
#
# `triangle` is "L" or "U" for Hermitian matrices, of which only that one is read, and "" for others. Rules are written
# without conjugates, as the sweep has them: V⁻¹ is an operand beside V, and everything analytic in both.


def _half(x: Any, triangle: str) -> Any:
    """One triangle of matrices, with half of the diagonal."""
    half = np.tril(np.ones((int(x.shape[-1]),) * 2)) - 0.5 * np.eye(int(x.shape[-1]))
    return multiply(x, (half if triangle == "L" else half.T).astype(x.dtype))


def one_triangle(x: Any, triangle: str) -> Any:
    """What a Hermitian change is by one triangle: the other one's share is added."""
    if not triangle:
        return x
    return _half(x + adjoint(x), triangle)


def _completed(x: Any, triangle: str) -> Any:
    """The Hermitian matrices of which one triangle is given."""
    if not triangle:
        return x
    part = _half(x, triangle)
    return part + adjoint(part)


def _product(a: Any, b: Any) -> Any:
    return _core.matmul(a, b)


def turned_into(x: Any, triangle: str, change: Any, v: Any) -> Any:
    """V⁻¹ dA V: a matrix's change in the basis of its eigenvectors."""
    return _product(_product(x, _completed(change, triangle)), v)


def _differences(values: Any, slopes: Any) -> tuple[Any, Any]:
    """The slopes' divided differences, and which pairs of values are too close for them."""
    gaps, apart = _apart(values, _CLOSE)
    rows, columns = _pairs(slopes)
    quotient = _quotient(rows - columns, gaps, apart, expand_dims(rounding(slopes, _CLOSE), -1))
    return quotient, logical_and(logical_not(apart), _others(int(values.shape[-1])))


def _function_rule(h: Any, y: Any, triangle: str, a: Any, w: Any, v: Any, x: Any, g: Any) -> list[Any]:
    w, v, x = modes(triangle, a, w, v, x)
    inner = _product(_product(x, matrix_transpose(h)), v)
    quotient, near = _differences(w, g)
    of_matrix = matrix_transpose(_product(_product(v, _quiet(quotient, inner)), x))
    along = diagonal(inner)
    along = _doubtful(real(along) if g.dtype.kind == "f" else along, _doubt(near, inner))
    return [one_triangle(of_matrix, triangle), None, None, None, along]


def _function_tangent(tangents: list[Any], y: Any, triangle: str, a: Any, w: Any, v: Any, x: Any, g: Any) -> Any:
    of_matrix, of_slopes = tangents[0], tangents[4]
    w, v, x = modes(triangle, a, w, v, x)
    inner = None
    if of_matrix is not None:
        change = turned_into(x, triangle, of_matrix, v)
        quotient, near = _differences(w, g)
        inner = _quiet(quotient, change)
        if of_slopes is not None:
            of_slopes = _doubtful(of_slopes, _doubt(near, change))
    if of_slopes is not None:
        inner = diag(of_slopes) if inner is None else inner + diag(of_slopes)
    return _product(_product(v, inner), x)


def function_of(a: Any, w: Any, v: Any, x: Any, g: Any, triangle: str = "") -> Any:
    """V diag(g) V⁻¹, as a function of the matrix and of g: w, V and V⁻¹ are looked at, and not differentiated."""
    lead = tuple(g.shape)[:-1]
    w, v, x = (_core.detached(part) for part in (w, v, x))
    w = w if tuple(w.shape) == tuple(g.shape) else broadcast_to(w, tuple(g.shape))
    return _core.general(_FUNCTION, [lead_to(a, lead), w, lead_to(v, lead), lead_to(x, lead), g], triangle)


# What takes matrices apart, for the operands of tests: decompositions.py, which is above this, puts them here.
TAKEN_APART: dict[str, Callable[..., Any]] = {}


def _modes_at(a: Any, triangle: str) -> tuple[Any, Any, Any]:
    """A test's operands: what belongs to a matrix."""
    w, v = TAKEN_APART["hermitian"](_core.detached(a), triangle) if triangle else TAKEN_APART["eig"](_core.detached(a))
    return w, v, adjoint(v) if triangle else inv(v)


def _function_at(a: Any, g: Any, triangle: str) -> Any:
    w, v, x = _modes_at(a, triangle)
    return function_of(a, w, v, x, g, triangle)


def _exponential(a: Any, triangle: str) -> Any:
    """What does not depend on the lengths and phases of vectors."""
    w, v, x = modes(triangle, a, *_modes_at(a, triangle))
    return _product(multiply(v, exp(expand_dims(w, -2))), x)


_TRIANGLES = forms.text("", "L", "U")


def _fit(a: Kind, w: Kind, v: Kind, x: Kind) -> None:
    """Eigenvalues and eigenvectors are those of the matrices."""
    forms.square(a)
    if (w.shape, v.shape, x.shape) != (a.shape[:-1], a.shape, a.shape):
        raise ValueError(f"{w.shape}, {v.shape} and {x.shape} are no eigenvalues and vectors of matrices of {a.shape}")


def _function_kind(triangle: str, a: Kind, w: Kind, v: Kind, x: Kind, g: Kind) -> Kind:
    _fit(a, w, v, x)
    forms.fits(g, w.shape)
    return Kind(np.result_type(v.dtype, g.dtype, x.dtype), a.shape)


def _modes_dtype(a: Kind, w: Kind, v: Kind, x: Kind) -> Any:
    _fit(a, w, v, x)
    return np.result_type(w.dtype, v.dtype, x.dtype)


def _along_kind(triangle: str, a: Kind, w: Kind, v: Kind, x: Kind, change: Kind) -> Kind:
    _fit(a, w, v, x)
    forms.fits(change, a.shape)
    found = np.result_type(x.dtype, change.dtype, v.dtype)
    return Kind(forms.real_part(found) if triangle else found, w.shape)


_FUNCTION = general(
    "function_of_eigenvalues",
    lambda triangle, a, w, v, x, g: (v * g[..., None, :]) @ x,
    _function_rule,
    function=function_of,
    doc="V diag(g) V⁻¹, whose derivative is that of a function of matrices.",
    form=_TRIANGLES,
    gives=_function_kind,
    leading=True,
    tangent=_function_tangent,
    cases=(
        Case(lambda a, g: _function_at(a, real(g), "L"), ((3, 3), (3,))),
        Case(lambda a, g: _function_at(a, real(g), "U"), ((2, 2, 2), (2, 2))),
        Case(lambda a, g: _function_at(a + 4.0 * np.diag([1.0, 2.0, 3.0]), g, ""), ((3, 3), (3,))),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(12),
)


def _modes_rule(g: list[Any], results: list[Any], triangle: str, a: Any, w: Any, v: Any, x: Any) -> list[Any]:
    w, v, x = modes(triangle, a, *results)
    of_v, of_x = _core.matmul(v, g[1], True), _core.matmul(g[2], x, False, True)
    inner = diag(g[0]) + turning(w, of_v - of_x, True, of_v, of_x)
    of_matrix = _core.matmul(_core.matmul(x, inner, True), v, False, True)
    return [one_triangle(of_matrix, triangle), None, None, None]


def _modes_tangent(tangents: list[Any], results: list[Any], triangle: str, a: Any, w: Any, v: Any, x: Any) -> list[Any]:
    w, v, x = modes(triangle, a, *results)
    of_values = values_along(a, w, v, x, tangents[0], triangle)
    turns = turning(w, turned_into(x, triangle, tangents[0], v), True)
    return [of_values, _product(v, turns), -_product(turns, x)]


def modes(triangle: str, a: Any, w: Any, v: Any, x: Any) -> list[Any]:
    """w, V and V⁻¹ again, as what a's eigenvalues and eigenvectors are nearby, if somebody asks about that."""
    if not _core.is_recording():
        return [w, v, x]
    row = _HERMITIAN_MODES if triangle else _MODES
    return row([a, *(_core.detached(part) for part in (w, v, x))], triangle)


def _modes_row(name: str, triangle: str) -> Any:
    return several(
        name,
        lambda attributes, a, w, v, x: [w, v, x],
        _modes_rule,
        lambda attributes, shape: [shape[-1:], shape[-2:], shape[-2:]],
        form=_TRIANGLES,
        dtype=_modes_dtype,
        real=(0,) if triangle else (),
        function=modes,
        doc="Eigenvalues and eigenvectors that have been computed, with their derivatives.",
        leading=True,
        cases=(Case(lambda a: _exponential(0.3 * a + np.diag([1.0, 2.0, 3.0]), triangle), ((3, 3),)),),
        tangent=_modes_tangent,
        c=c_loops.LAPACK,
        cost=forms.on_matrices(12),
    )


_MODES = _modes_row("modes", "")
_HERMITIAN_MODES = _modes_row("modes_of_hermitian", "L")


def _along_rule(c: Any, y: Any, triangle: str, a: Any, w: Any, v: Any, x: Any, change: Any) -> list[Any]:
    """Each eigenvalue's own slope is needed, not that of a function that may be smooth: NaN where two are equal."""
    of_change = matrix_transpose(function_of(a, w, v, x, c, triangle))
    w, v, x = modes(triangle, a, w, v, x)
    inner = turned_into(x, triangle, change, v)
    rows, columns = _pairs(c)
    parts = multiply(_slopes(w, inner), multiply(rows - columns, inner))
    of_matrix = matrix_transpose(_product(_product(v, parts), x))
    return [one_triangle(of_matrix, triangle), None, None, None, one_triangle(of_change, triangle)]


def _along_kernel(
    triangle: str, a: np.ndarray, w: np.ndarray, v: np.ndarray, x: np.ndarray, change: np.ndarray
) -> np.ndarray:
    if triangle:
        part = np.tril(change, -1) if triangle == "L" else np.triu(change, 1)
        change = part + np.conj(part.swapaxes(-1, -2)) + np.eye(change.shape[-1], dtype=change.real.dtype) * change.real
    along = np.sum((x @ change) * v.swapaxes(-1, -2), axis=-1)
    return along.real if triangle else along


def values_along(a: Any, w: Any, v: Any, x: Any, change: Any, triangle: str = "") -> Any:
    """How eigenvalues change with the matrix."""
    lead = tuple(change.shape)[:-2]
    w, v, x = (_core.detached(part) for part in (w, v, x))
    w = broadcast_to(w, (*lead, int(w.shape[-1])))
    return _core.general(_ALONG, [lead_to(a, lead), w, lead_to(v, lead), lead_to(x, lead), change], triangle)


def _values_at(a: Any, change: Any, triangle: str) -> Any:
    w, v, x = _modes_at(a, triangle)
    return values_along(a, w, v, x, change, triangle)


_ALONG = general(
    "changes_of_eigenvalues",
    _along_kernel,
    _along_rule,
    form=_TRIANGLES,
    gives=_along_kind,
    function=values_along,
    doc="The changes of eigenvalues with that of the matrix.",
    leading=True,
    cases=(
        Case(lambda a, b: _values_at(a, b, "L"), ((3, 3), (3, 3))),
        Case(lambda a, b: _values_at(a, b, "U"), ((2, 2, 2), (2, 2, 2))),
        Case(lambda a, b: _values_at(0.3 * a + np.diag([1.0, 2.0, 3.0]), b, ""), ((3, 3), (3, 3))),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(12),
)


# ------------------------------------------------------------------------------------------------------ singular values
#
# Rules are written with adjoints, as the literature has them. With `full`, U or V has one column more than there are
# singular values, which turns with the others.


def _skewed(x: Any) -> Any:
    return x - adjoint(x)


def _beside_zero(s: Any) -> Any:
    """Where singular values are not zero to rounding."""
    return logical_not(less_equal(_core.detached(s), rounding(s)))


def _over(x: Any, s: Any, strictly: bool, *terms: Any) -> Any:
    """Each column divided by a singular value; where that is zero, nothing, or NaN."""
    return _divided(x, expand_dims(s, -2), expand_dims(_beside_zero(s), -2), strictly, *terms)


def _sums(s: Any) -> tuple[Any, Any]:
    """s[i] + s[j], and where that is zero to rounding."""
    rows, columns = _pairs(s)
    return rows + columns, less_equal(_core.detached(rows + columns), expand_dims(rounding(s), -1))


def _parts(change: Any, a: Any, u: Any, v: Any) -> tuple[Any, Any, Any]:
    """A matrix's change in the basis of its singular vectors: the Hermitian part of what turns them into each other,
    the other part, and what leads out of the space that those of the longer side span.
    """
    across = _core.matmul(change, v)
    inner = adjoint_product(u, across, True)
    same, other = 0.5 * (inner + adjoint(inner)), 0.5 * _skewed(inner)
    if int(a.shape[-2]) > int(a.shape[-1]):
        return same, other, across - _core.matmul(u, inner)
    if int(a.shape[-2]) < int(a.shape[-1]):
        return same, other, adjoint_product(change, u, True) - adjoint_product(v, inner, False, True)
    return same, other, None


def _outside(out: Any, u: Any, v: Any) -> Any:
    """What leads out of a space, as a part of the matrix."""
    tall = int(u.shape[-2]) > int(v.shape[-2])
    return adjoint_product(out, v, False, True) if tall else adjoint_product(u, out, False, True)


def _turned(change: Any, a: Any, s: Any, u: Any, v: Any, g: Any) -> tuple[Any, Any, Any]:
    """How U diag(g) V' changes with the matrix, for slopes as they stand; how the singular values do; and which slopes
    leave it in doubt. The first is a map that is its own transpose.
    """
    same, other, out = _parts(change, a, u, v)
    least = rounding(g, _CLOSE)
    less, near = _differences(s, g)
    sums, none = _sums(s)
    slopes, beside = _pairs(g)
    more = _quotient(slopes + beside, sums, logical_not(none), expand_dims(least, -1))
    doubt = logical_or(_doubt(near, same), _doubt(none, other))
    result = adjoint_product(_core.matmul(u, _quiet(less, same) + _quiet(more, other)), v, False, True)
    if out is not None:
        nonzero = _beside_zero(s)
        over = expand_dims(_quotient(g, s, nonzero, least), -2)
        doubt = logical_or(doubt, _doubt(expand_dims(logical_not(nonzero), -1), matrix_transpose(out)))
        result = result + _outside(_quiet(over, out), u, v)
    return result, real(diagonal(same)), doubt


@by_adjoints
def _singular_rule(h: Any, y: Any, attributes: Any, a: Any, s: Any, u: Any, v: Any, g: Any) -> Any:
    s, u, v = singular_modes(False, a, s, u, v)
    of_matrix, of_slopes, doubt = _turned(h, a, s, u, v, g)
    return of_matrix, None, None, None, _doubtful(of_slopes, doubt)


def _singular_tangent(tangents: list[Any], y: Any, attributes: Any, a: Any, s: Any, u: Any, v: Any, g: Any) -> Any:
    of_matrix, of_slopes = tangents[0], tangents[4]
    s, u, v = singular_modes(False, a, s, u, v)
    result: Any = None
    if of_matrix is not None:
        result, _, doubt = _turned(of_matrix, a, s, u, v, g)
        of_slopes = None if of_slopes is None else _doubtful(of_slopes, doubt)
    if of_slopes is not None:
        moved = adjoint_product(multiply(u, expand_dims(of_slopes, -2)), v, False, True)
        result = moved if result is None else result + moved
    return result


def singular_function(a: Any, s: Any, u: Any, v: Any, g: Any) -> Any:
    """U diag(g) V', as a function of the matrix and of g: s, U and V are looked at, and not differentiated."""
    lead = tuple(g.shape)[:-1]
    s, u, v = (_core.detached(part) for part in (s, u, v))
    s = s if tuple(s.shape) == tuple(g.shape) else broadcast_to(s, tuple(g.shape))
    return _core.general(_SINGULAR, [lead_to(a, lead), s, lead_to(u, lead), lead_to(v, lead), g])


@by_adjoints
def _singular_along_rule(c: Any, y: Any, attributes: Any, a: Any, s: Any, u: Any, v: Any, change: Any) -> Any:
    of_change = singular_function(a, s, u, v, c)
    s, u, v = singular_modes(False, a, s, u, v)
    same, other, out = _parts(change, a, u, v)
    sums, none = _sums(s)
    rows, columns = _pairs(c)
    more = _known(inverse_of(sums, logical_not(none), np.nan), other)
    inner = multiply(_slopes(s, same), multiply(rows - columns, same))
    inner = inner + multiply(more, multiply(rows + columns, other))
    of_matrix = adjoint_product(_core.matmul(u, inner), v, False, True)
    if out is not None:
        over = expand_dims(inverse_of(s, _beside_zero(s), np.nan), -2)
        out = cotangent_product(multiply(columns, out), _known(over, out))
        of_matrix = of_matrix + _outside(out, u, v)
    return of_matrix, None, None, None, of_change


def _singular_along_kernel(
    attributes: Any, a: np.ndarray, s: np.ndarray, u: np.ndarray, v: np.ndarray, change: np.ndarray
) -> np.ndarray:
    return np.sum(np.conj(u) * (change @ v), axis=-2).real


def singular_values_along(a: Any, s: Any, u: Any, v: Any, change: Any) -> Any:
    """How singular values change with the matrix."""
    lead = tuple(change.shape)[:-2]
    s, u, v = (_core.detached(part) for part in (s, u, v))
    s = broadcast_to(s, (*lead, int(s.shape[-1])))
    return _core.general(_SINGULAR_ALONG, [lead_to(a, lead), s, lead_to(u, lead), lead_to(v, lead), change])


def _singular_at(a: Any, full: bool = False) -> tuple[Any, Any, Any]:
    """A test's operands: what belongs to a matrix."""
    s, u, v = TAKEN_APART["svd"](_core.detached(a), full)
    return s, u, v


def _singular_function_at(a: Any, g: Any) -> Any:
    s, u, v = _singular_at(a)
    return singular_function(a, s, u, v, real(g))


def _spaces(a: Any, full: bool) -> Any:
    """What does not depend on the phases of vectors."""
    s, u, v = singular_modes(full, a, *_singular_at(a, full))
    k = int(s.shape[-1])
    moved = adjoint_product(multiply(u[..., :k], exp(expand_dims(-s, -2))), v[..., :k], False, True)
    rests = [adjoint_product(x[..., k:], x[..., k:], False, True) for x in (u, v) if int(x.shape[-1]) > k]
    return concat([reshape(part, (-1,)) for part in (moved, *rests)], 0)


def _singular_fit(full: bool, a: Kind, s: Kind, u: Kind, v: Kind) -> None:
    """Singular values and vectors are those of the matrices."""
    forms.dims(a, 2)
    expected = [(*a.shape[:-2], *shape) for shape in singular_layout(full, a.shape)]
    if [s.shape, u.shape, v.shape] != expected:
        raise ValueError(f"{s.shape}, {u.shape} and {v.shape} are no singular values and vectors of matrices {a.shape}")


def _singular_function_kind(attributes: Any, a: Kind, s: Kind, u: Kind, v: Kind, g: Kind) -> Kind:
    _singular_fit(False, a, s, u, v)
    forms.fits(g, s.shape)
    return Kind(np.result_type(u.dtype, g.dtype, v.dtype), a.shape)


def _singular_along_kind(attributes: Any, a: Kind, s: Kind, u: Kind, v: Kind, change: Kind) -> Kind:
    _singular_fit(False, a, s, u, v)
    forms.fits(change, a.shape)
    return Kind(forms.real_part(np.result_type(u.dtype, change.dtype, v.dtype)), s.shape)


_SINGULAR_ALONG = general(
    "changes_of_singular_values",
    _singular_along_kernel,
    _singular_along_rule,
    form=forms.nothing,
    gives=_singular_along_kind,
    function=singular_values_along,
    doc="The changes of singular values with that of the matrix.",
    leading=True,
    cases=(
        Case(lambda a, b: singular_values_along(a, *_singular_at(a), b), ((3, 3), (3, 3))),
        Case(lambda a, b: singular_values_along(a, *_singular_at(a), b), ((2, 3, 2), (2, 3, 2))),
        Case(lambda a, b: singular_values_along(a, *_singular_at(a), b), ((2, 3), (2, 3))),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(25),
)
_SINGULAR = general(
    "function_of_singular_values",
    lambda attributes, a, s, u, v, g: (u * g[..., None, :]) @ np.conj(v.swapaxes(-1, -2)),
    _singular_rule,
    form=forms.nothing,
    gives=_singular_function_kind,
    function=singular_function,
    doc="U diag(g) V', whose derivative is that of a function of matrices.",
    leading=True,
    tangent=_singular_tangent,
    cases=(
        Case(_singular_function_at, ((3, 3), (3,))),
        Case(_singular_function_at, ((2, 3, 2), (2, 2))),
        Case(_singular_function_at, ((2, 3), (2,))),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(25),
)


def _turns(x: Any, y: Any, s: Any, strictly: bool, *terms: Any) -> Any:
    """x / (s[j] - s[i]) + y / (s[j] + s[i]): where that is 0 / 0, nothing, or NaN."""
    sums, none = _sums(s)
    by_sums = _divided(y, sums, logical_not(none), strictly, *terms)
    return turning(s, x, strictly, *terms) + where(_others(int(s.shape[-1])), by_sums, 0.0)


def pulled_by_vectors(gu: Any, gv: Any, s: Any, u: Any, v: Any, strictly: bool = False) -> Any:
    """What cotangents of singular vectors come to; where singular values are equal, NaN, or without what turns them
    into each other."""
    m, n, k = int(u.shape[-2]), int(v.shape[-2]), int(s.shape[-1])
    if int(u.shape[-1]) > k:  # the one vector beside the others turns as they do, the other way round
        rest, of_rest, u, gu = u[..., k:], gu[..., k:], u[..., :k], gu[..., :k]
        gu = gu - adjoint_product(rest, adjoint_product(of_rest, u, True))
    if int(v.shape[-1]) > k:
        rest, of_rest, v, gv = v[..., k:], gv[..., k:], v[..., :k], gv[..., :k]
        gv = gv - adjoint_product(rest, adjoint_product(of_rest, v, True))
    left, right = adjoint_product(u, gu, True), adjoint_product(v, gv, True)
    terms = (left, adjoint(left), right, adjoint(right))
    inner = _turns(0.5 * _skewed(left + right), 0.5 * _skewed(left - right), s, strictly, *terms)
    if u.dtype.kind == "c":  # u and v turn together, which the rest leaves out
        inner = inner + where(np.eye(k, dtype=bool), _over(0.5 * _skewed(left), s, strictly, left), 0.0)
    result = adjoint_product(_core.matmul(u, inner), v, False, True)
    if m > k:
        outside = _over(gu - _core.matmul(u, left), s, strictly, gu)
        result = result + adjoint_product(outside, v, False, True)
    if n > k:
        outside = _over(gv - _core.matmul(v, right), s, strictly, gv)
        result = result + adjoint_product(u, outside, False, True)
    return result


def changes_of_vectors(change: Any, a: Any, s: Any, u: Any, v: Any, strictly: bool = False) -> list[Any]:
    """The changes of singular vectors with that of the matrix: the transpose of `pulled_by_vectors`."""
    k = int(s.shape[-1])
    left, right = u[..., :k], v[..., :k]
    same, other, out = _parts(change, a, left, right)
    of_left = _core.matmul(left, _turns(same, other, s, strictly))
    of_right = _core.matmul(right, _turns(same, -other, s, strictly))
    if u.dtype.kind == "c":
        of_left = of_left + _core.matmul(left, where(np.eye(k, dtype=bool), _over(other, s, strictly), 0.0))
    if out is not None and int(a.shape[-2]) > k:
        of_left = of_left + _over(out, s, strictly)
    elif out is not None:
        of_right = of_right + _over(out, s, strictly)
    if int(u.shape[-1]) > k:
        of_left = concat([of_left, -adjoint_product(left, adjoint_product(of_left, u[..., k:], True))], -1)
    if int(v.shape[-1]) > k:
        of_right = concat([of_right, -adjoint_product(right, adjoint_product(of_right, v[..., k:], True))], -1)
    return [of_left, of_right]


@by_adjoints
def _singular_modes_rule(g: list[Any], results: list[Any], full: bool, a: Any, s: Any, u: Any, v: Any) -> Any:
    s, u, v = singular_modes(full, a, *results)
    k = int(s.shape[-1])
    values = adjoint_product(multiply(u[..., :k], expand_dims(g[0], -2)), v[..., :k], False, True)
    return values + pulled_by_vectors(g[1], g[2], s, u, v, True), None, None, None


def _singular_modes_tangent(
    tangents: list[Any], results: list[Any], full: bool, a: Any, s: Any, u: Any, v: Any
) -> list[Any]:
    s, u, v = singular_modes(full, a, *results)
    k = int(s.shape[-1])
    of_values = singular_values_along(a, s, u[..., :k], v[..., :k], tangents[0])
    return [of_values, *changes_of_vectors(tangents[0], a, s, u, v, True)]


def singular_modes(full: bool, a: Any, s: Any, u: Any, v: Any) -> list[Any]:
    """s, U and V again, as what a's singular values and vectors are nearby, if somebody asks about that."""
    if not _core.is_recording():
        return [s, u, v]
    return _SINGULAR_MODES([a, *(_core.detached(part) for part in (s, u, v))], full)


def singular_layout(full: bool, shape: Any) -> list[tuple[int, ...]]:
    """The shapes of s, U and V."""
    m, n = shape[-2:]
    k = min(m, n)
    return [(k,), (m, m if full else k), (n, n if full else k)]


def _singular_modes_dtype(a: Kind, s: Kind, u: Kind, v: Kind) -> Any:
    forms.dims(a, 2)
    _singular_fit(u.shape[-2:-1] == u.shape[-1:] and v.shape[-2:-1] == v.shape[-1:], a, s, u, v)
    return np.result_type(s.dtype, u.dtype, v.dtype)


_SINGULAR_MODES = several(
    "singular_modes",
    lambda full, a, s, u, v: [s, u, v],
    _singular_modes_rule,
    singular_layout,
    form=forms.flag,
    dtype=_singular_modes_dtype,
    real=(0,),
    function=singular_modes,
    doc="Singular values and vectors that have been computed, with their derivatives.",
    leading=True,
    tangent=_singular_modes_tangent,
    cases=(
        Case(lambda a: _spaces(a, False), ((3, 2),)),
        Case(lambda a: _spaces(a, False), ((2, 2, 2),)),
        Case(lambda a: _spaces(a, True), ((3, 2),)),
        Case(lambda a: _spaces(a, True), ((2, 3),)),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(22),
)
