"""Linear systems: solve, tridiagonal systems, inverses, determinants, least squares.

Derivatives after M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
differentiation (2008); the pseudo-inverse's after G. H. Golub and V. Pereyra (1973). Rules are written in public
functions, so every order has a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import c_loops, forms, lapack
from .complex_parts import complex, imag
from .elementwise import conj, multiply
from .forms import Kind
from .kinks import Kink
from .matrices import adjoint as adjoint_of
from .matrices import (
    adjoint_product,
    by_adjoints,
    diag_part,
    diagonal,
    lead_to,
    matrices,
    matrix_transpose,
    of_one_dtype,
    outer_product,
    shifted,
)
from .reductions import reduce_sum
from .several import several
from .shaping import concat, expand_dims, reshape, squeeze, transpose
from .table import Case, general


class SlogdetResult(NamedTuple):
    """Sign and logarithm of a determinant, by NumPy's names."""

    sign: Any
    logabsdet: Any


class SignAndLogarithm(NamedTuple):
    """Sign and logarithm of a determinant, by TensorFlow's names."""

    sign: Any
    log_abs_determinant: Any


def identity_plus(x: Any, factor: float = 1.0) -> Any:
    """A test's operand, made positive definite."""
    return adjoint_product(x, x, False, True) + factor * np.eye(int(x.shape[-2]))


# ------------------------------------------------------------------------------------------------------------ systems


def _solve_kernel(adjoint: bool, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if not lapack.takes(a) or a.dtype != b.dtype or lapack.entries(a.shape[-1]) is None:
        return np.linalg.solve(lapack.adjoint_array(a, adjoint), b)
    return _solved(lapack.factored(a), b, adjoint)


def _solved(factors: np.ndarray, b: np.ndarray, adjoint: bool) -> np.ndarray:
    _refuse_singular(factors)
    return lapack.solved(factors, b, adjoint)


def _refuse_singular(factors: np.ndarray) -> None:
    if not factors[..., :-1, :].diagonal(0, -2, -1).all():
        raise np.linalg.LinAlgError("Singular matrix")


def system(handle: Any, a: Any, b: Any, attributes: Any, *beside: Any) -> Any:
    """Apply a row of systems a x = b to stacks that broadcast; `beside` the matrices stands what is known of them.

    Where one matrix meets a stack of right-hand sides, these become its columns, and it is decomposed once.
    """
    lead_a, lead_b = tuple(a.shape)[:-2], tuple(b.shape)[:-2]
    extra = len(lead_b) - len(lead_a)
    if extra > 0 and lead_b[extra:] == lead_a:
        nd, (n, k) = len(b.shape), tuple(b.shape)[-2:]
        before = lead_b[:extra]
        order = [*range(extra, nd - 1), *range(extra), nd - 1]
        columns = reshape(transpose(b, order), (*lead_a, n, int(np.prod(before, dtype=np.intp)) * k))
        solved = reshape(_core.general(handle, [a, *beside, columns], attributes), (*lead_a, n, *before, k))
        back = [*range(nd - 1 - extra, nd - 1), *range(nd - 1 - extra), nd - 1]
        return transpose(solved, back)
    if lead_a == lead_b:
        return _core.general(handle, [a, *beside, b], attributes)
    lead = np.broadcast_shapes(lead_a, lead_b)
    return _core.general(handle, [lead_to(x, lead) for x in (a, *beside, b)], attributes)


def of_shared(handle: Any, attributes: Any, operands: Sequence[Any], flags: Sequence[bool]) -> Any:
    """Systems of many examples that share their matrices; None where they don't."""
    a, *beside, b = operands
    return None if any(flags[:-1]) else system(handle, a, b, attributes, *beside)


def fit(op: str, a: Any, b: Any) -> tuple[Any, Any]:
    """The two sides of a system as stacks of matrices of one dtype that fit."""
    x, y = of_one_dtype(a, b)
    x, y = matrices(x, op, square=True), matrices(y, op)
    if x.shape[-1] != y.shape[-2]:
        raise ValueError(
            f"{op}: the matrix of shape {tuple(x.shape)} and the right-hand side of shape {tuple(y.shape)} do not fit"
        )
    try:
        if len(x.shape) > 2 and len(y.shape) > 2:
            np.broadcast_shapes(tuple(x.shape)[:-2], tuple(y.shape)[:-2])
    except ValueError:
        raise ValueError(
            f"{op}: the stacks do not broadcast: the shapes are {tuple(x.shape)} and {tuple(y.shape)}"
        ) from None
    return x, y


def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Solve systems of linear equations.

    Parameters
    ----------
    matrix : array_like
        Of shape (..., n, n).
    rhs : array_like
        Right-hand sides, of shape (..., n, k). Stacks broadcast.
    adjoint : bool
        Whether to solve with the conjugate transpose of the matrix.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is singular, or not square.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/solve. Giles 2008, section 2.3.1.

    Examples
    --------
    >>> print(tf.linalg.solve([[2., 0.], [0., 4.]], [[2.], [2.]]).numpy())
    [[1. ]
     [0.5]]
    """
    a, b = fit("solve", matrix, rhs)
    if _is_worth_factors(a):
        return _solve_by_factors(a, b, adjoint)
    return system(_SOLVE, a, b, adjoint)


@by_adjoints
def _solve_rule(g: Any, y: Any, adjoint: bool, a: Any, b: Any) -> tuple[Any, Any]:
    gb = system(_SOLVE, a, g, not adjoint)
    ga = outer_product(y, gb) if adjoint else outer_product(gb, y)
    return -ga, gb


def _solved_kind(attributes: Any, a: Kind, b: Kind) -> Kind:
    return solved_kind(a, b)


def solved_kind(a: Kind, b: Kind) -> Kind:
    """What systems of equations of these matrices and right-hand sides, as `system` applies them, have for solution."""
    forms.square(a)
    forms.dims(b, 2)
    if a.shape[:-1] != b.shape[:-1]:
        raise ValueError(f"matrices of shape {a.shape} and right sides of shape {b.shape} are no equations")
    return Kind(forms.inexact(a, b), b.shape)


_SOLVE: _core.Op = general(
    "solve",
    _solve_kernel,
    _solve_rule,
    raises=True,
    function=solve,
    doc="Solution of linear equations.",
    keeps_output=True,
    leading=True,
    examples=lambda attributes, operands, flags, n: of_shared(_SOLVE, attributes, operands, flags),
    cases=(
        Case(lambda a, b: solve(identity_plus(a), b), ((3, 3), (3, 2))),
        Case(lambda a, b: solve(identity_plus(a) + 0.3 * a, b, adjoint=True), ((3, 3), (3, 2))),
        Case(lambda a, b: solve(identity_plus(a), b), ((3, 3), (2, 3, 1))),
        Case(lambda a, b: solve(identity_plus(a), b), ((2, 1, 2, 2), (3, 2, 1))),
    ),
    form=forms.flag,
    gives=_solved_kind,
    names=("linalg.solve",),
    c=c_loops.LAPACK,
    cost=forms.solving(2 / 3),
)


# ------------------------------------------------------------------------------------------------ factors that are kept
#
# Of matrices that are not small the factors are a value of their own, that what is asked of one matrix shares: its
# systems, those of its gradients, its determinant, its inverse. Rows by factors have the matrix for an operand, too:
# its value is not read, and the gradient is its own.

_FEW_ROWS = 24  # of fewer, to factor anew takes less time than another operation


def _is_worth_factors(a: Any) -> bool:
    return bool(_core.sizes(a)[-1] >= _FEW_ROWS) and a.dtype.char in "fdFD"


def _factors_kind(attributes: Any, a: Kind) -> Kind:
    forms.square(a)
    if forms.inexact(a) != a.dtype:
        raise ValueError(f"matrices of {a.dtype} have no factors of their dtype")
    return Kind(a.dtype, (*a.shape[:-2], a.shape[-1] + 1, a.shape[-1]))


_FACTORS = _core.register_general(
    "lu_factors",
    lambda attributes, a: lapack.factored(a),
    None,
    None,
    False,
    False,
    leading=True,
    widens=True,
    form=forms.nothing,
    gives=_factors_kind,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2 / 3),
)


def _factors(a: Any) -> Any:
    """What `lapack.factored` makes of matrices; what a tape still holds of the same ones."""
    return _core.factors_once(a, lambda a: _core.general(_FACTORS, [_core.detached(a)]))


def _beside_factors(a: Kind, factors: Kind) -> None:
    forms.fits(factors, _factors_kind(None, a).shape)
    if factors.dtype != a.dtype:
        raise ValueError(f"matrices of {a.dtype} beside factors of {factors.dtype}")


def _by_factors_kind(attributes: Any, a: Kind, factors: Kind, b: Kind) -> Kind:
    _beside_factors(a, factors)
    if not a.dtype == factors.dtype == b.dtype:
        raise ValueError(f"systems of {a.dtype}, {factors.dtype} and {b.dtype}")
    return solved_kind(a, b)


@by_adjoints
def _by_factors_rule(g: Any, y: Any, adjoint: bool, a: Any, factors: Any, b: Any) -> tuple[Any, Any, Any]:
    gb = system(_BY_FACTORS, a, g, not adjoint, factors)
    ga = outer_product(y, gb) if adjoint else outer_product(gb, y)
    return -ga, None, gb


def _by_factors_tangent(tangents: list[Any], y: Any, adjoint: bool, a: Any, factors: Any, b: Any) -> Any:
    of_matrix, _, of_side = tangents
    moved = None if of_matrix is None else -adjoint_product(of_matrix, y, adjoint)
    change = of_side if moved is None else moved if of_side is None else of_side + moved
    return system(_BY_FACTORS, a, change, adjoint, factors)


def _solve_by_factors(matrix: Any, rhs: Any, adjoint: bool = False) -> Any:
    a, b = fit("solve", matrix, rhs)
    return system(_BY_FACTORS, a, b, adjoint, _factors(a))


_BY_FACTORS: _core.Op = general(
    "solve_by_factors",
    lambda adjoint, a, factors, b: _solved(factors, b, adjoint),
    _by_factors_rule,
    raises=True,
    function=_solve_by_factors,
    doc="Solution of linear equations by factors of their matrices.",
    keeps_output=True,
    leading=True,
    tangent=_by_factors_tangent,
    examples=lambda attributes, operands, flags, n: of_shared(_BY_FACTORS, attributes, operands, flags),
    cases=(
        Case(lambda a, b: _solve_by_factors(identity_plus(a), b), ((3, 3), (3, 2))),
        Case(lambda a, b: _solve_by_factors(identity_plus(a) + 0.3 * a, b, adjoint=True), ((3, 3), (3, 2))),
        Case(lambda a, b: _solve_by_factors(identity_plus(a), b), ((2, 1, 2, 2), (3, 2, 1))),
    ),
    form=forms.flag,
    gives=_by_factors_kind,
    c=c_loops.LAPACK,
    cost=forms.solving(0),
)


def _inverse_by_factors_kernel(attributes: Any, a: np.ndarray, factors: np.ndarray) -> np.ndarray:
    _refuse_singular(factors)
    return lapack.inverted(factors)


def _inverse_by_factors_kind(attributes: Any, a: Kind, factors: Kind) -> Kind:
    _beside_factors(a, factors)
    return forms.like_square(attributes, a)


def _inverse_by_factors(a: Any, factors: Any = None) -> Any:
    return _core.general(_INV_BY_FACTORS, [a, _factors(a) if factors is None else factors])


_INV_BY_FACTORS = general(
    "inv_by_factors",
    _inverse_by_factors_kernel,
    lambda g, y, attributes, a, factors: (-_core.matmul(_core.matmul(y, g, True), y, False, True), None),
    raises=True,
    function=_inverse_by_factors,
    doc="Inverse matrices by their factors.",
    keeps_inputs=False,
    keeps_output=True,
    leading=True,
    tangent=lambda tangents, y, attributes, a, factors: -_core.matmul(_core.matmul(y, tangents[0]), y),
    cases=(Case(lambda a: _inverse_by_factors(identity_plus(a)), ((3, 3),)),),
    form=forms.nothing,
    gives=_inverse_by_factors_kind,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(4 / 3),
)


def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Inverse matrices.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n).
    adjoint : bool
        Whether to give the inverse of the conjugate transpose.

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is singular, or not square.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/inv. Giles 2008, section 2.2.3.

    Examples
    --------
    >>> print(tf.linalg.inv([[2., 0.], [0., 4.]]).numpy())
    [[0.5  0.  ]
     [0.   0.25]]
    """
    x = matrices(input, "inv", square=True)
    inverse = _inverse_by_factors(x) if _is_worth_factors(x) else _core.general(_INV, [x])
    return adjoint_of(inverse) if adjoint else inverse


def inverse_or_infinity(a: Any) -> Any:
    """Inverse matrices, in which those of singular ones are infinite."""
    return _core.general(_INV, [a], True)


def _inv_kernel(infinite: Any, a: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        if not infinite:
            raise
    if a.ndim > 2:
        return np.stack([_inv_kernel(True, part) for part in a])
    return np.full_like(a, np.inf)


_INV = general(
    "inv",
    _inv_kernel,
    lambda g, y, attributes, a: -_core.matmul(_core.matmul(y, g, True), y, False, True),
    raises=True,
    function=inv,
    doc="Inverse matrices.",
    keeps_inputs=False,
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a: inv(identity_plus(a)), ((3, 3),)),
        Case(lambda a: inv(a + 3.0 * np.eye(2), adjoint=True), ((2, 2, 2),)),
    ),
    form=forms.maybe(forms.flag),
    gives=forms.like_square,
    names=("linalg.inv",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2),
)


# ------------------------------------------------------------------------------------------------------- determinants


# Up to this condition number what is made of an inverse is exact enough.
_WELL = 1e4


def _by_inverse(
    of_inverse: Callable[..., np.ndarray], of_parts: Callable[..., np.ndarray], a: np.ndarray, *rest: np.ndarray
) -> np.ndarray:
    """A function of matrices by their inverses and, where these are ill-conditioned, by singular values.

    (What is divided by a small singular value is multiplied with it again, or cancels: a polynomial of the elements.)
    """
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return of_parts(a, *rest)
    if not a.size:
        return inverse
    found = of_inverse(a, inverse, *rest)
    norms = np.abs(a).sum(axis=-2).max(axis=-1) * np.abs(inverse).sum(axis=-2).max(axis=-1)
    ill = ~(norms <= _WELL)
    if ill.any():
        found[ill] = of_parts(a[ill], *(part[ill] for part in rest))
    return found


def _without(s: np.ndarray, k: int) -> np.ndarray:
    """The products of all numbers but one, or for k = 2 of all but two: the matrix of these for each pair."""
    n = s.shape[-1]
    s = np.where(np.eye(n, dtype=bool), 1.0, s[..., None, :])  # in row i the number i is left out
    if k == 1:
        return np.asarray(np.prod(s, axis=-1))
    before, after = np.ones_like(s), np.ones_like(s)
    np.cumprod(s[..., :-1], axis=-1, out=before[..., 1:])
    np.cumprod(s[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before * after


def _bases(a: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Singular vectors and values, and the determinant of the vectors, with two more axes."""
    u, s, vh = np.linalg.svd(a)
    return u, s, vh, (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]


def _cofactors(a: np.ndarray) -> np.ndarray:
    u, s, vh, sign = _bases(a)
    return np.asarray(sign * ((np.conj(u) * _without(s, 1)[..., None, :]) @ np.conj(vh)))


def _cofactor_kernel(attributes: Any, a: np.ndarray) -> np.ndarray:
    """det(a) times the transposed inverse of a, which exists also where the inverse does not."""
    return _by_inverse(lambda a, inverse: np.linalg.det(a)[..., None, None] * inverse.swapaxes(-1, -2), _cofactors, a)


def _cofactor(a: Any) -> Any:
    return _core.general(_COFACTOR, [a])


_COFACTOR = general(
    "cofactor",
    _cofactor_kernel,
    lambda g, y, attributes, a: _cofactor_change(a, g),
    raises=True,
    function=_cofactor,
    doc="Matrices of cofactors: what a determinant is differentiated by.",
    leading=True,
    tangent=lambda tangents, y, attributes, a: _cofactor_change(a, tangents[0]),
    cases=(
        Case(lambda a: _cofactor(a + 2.0 * np.eye(3)), ((3, 3),)),
        Case(lambda a: _cofactor(a + 2.0 * np.eye(2)), ((3, 2, 2),)),
    ),
    form=forms.nothing,
    gives=forms.like_square,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(3),
)


def _change_by_inverse(a: np.ndarray, inverse: np.ndarray, change: np.ndarray) -> np.ndarray:
    turned = inverse @ change
    trace = np.trace(turned, axis1=-2, axis2=-1)[..., None, None]
    return np.linalg.det(a)[..., None, None] * (trace * inverse - turned @ inverse).swapaxes(-1, -2)


def _change_by_parts(a: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Of the determinant of a diagonal matrix s the second derivative is, but for the other numbers' product, that of
    x[i, i] x[j, j] - x[i, j] x[j, i]."""
    u, s, vh, sign = _bases(a)
    n = s.shape[-1]
    pairs = _without(s, 2) * ~np.eye(n, dtype=bool)
    inner = np.conj(u.swapaxes(-1, -2)) @ change @ np.conj(vh.swapaxes(-1, -2))
    along = np.sum(pairs * inner.diagonal(0, -2, -1)[..., None, :], axis=-1)
    moved = along[..., None] * np.eye(n) - pairs * inner.swapaxes(-1, -2)
    return np.asarray(sign * (np.conj(u) @ moved @ np.conj(vh)))


def _third(a: Any, x: Any, y: Any) -> Any:
    """The third derivative of a determinant, by the inverse."""
    inverse = inv(a)
    one, two = _core.matmul(inverse, x), _core.matmul(inverse, y)
    traces = [reduce_sum(diagonal(part), -1)[..., None, None] for part in (one, two, _core.matmul(one, two))]
    both = _core.matmul(one, two) + _core.matmul(two, one)
    inner = both - multiply(traces[0], two) - multiply(traces[1], one)
    inner = _core.matmul(inner, inverse) + multiply(multiply(traces[0], traces[1]) - traces[2], inverse)
    return multiply(det(a)[..., None, None], matrix_transpose(inner))


def _cofactor_change_tangent(tangents: list[Any], y: Any, attributes: Any, a: Any, change: Any) -> Any:
    of_matrix, of_change = tangents
    moved = None if of_matrix is None else _third(a, change, of_matrix)
    if of_change is None:
        return moved
    return _cofactor_change(a, of_change) if moved is None else moved + _cofactor_change(a, of_change)


def _cofactor_change(a: Any, change: Any) -> Any:
    return _core.general(_COFACTOR_CHANGE, [lead_to(a, tuple(change.shape)[:-2]), change])


def _change_kind(attributes: Any, a: Kind, change: Kind) -> Kind:
    found = forms.like_square(attributes, a)
    forms.fits(change, a.shape)
    return Kind(np.result_type(found.dtype, change.dtype), a.shape)


_COFACTOR_CHANGE = general(
    "cofactor_change",
    lambda attributes, a, change: _by_inverse(_change_by_inverse, _change_by_parts, a, change),
    lambda g, y, attributes, a, change: (_third(a, change, g), _cofactor_change(a, g)),
    form=forms.nothing,
    gives=_change_kind,
    raises=True,
    function=_cofactor_change,
    doc="Changes of the matrices of cofactors with those of the matrices.",
    leading=True,
    tangent=_cofactor_change_tangent,
    cases=(
        Case(lambda a, b: _cofactor_change(a + 2.0 * np.eye(3), b), ((3, 3), (3, 3))),
        Case(lambda a, b: _cofactor_change(a + 2.0 * np.eye(2), b), ((3, 2, 2), (3, 2, 2))),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(6),
)


def det(input: Any, name: str | None = None) -> Tensor:
    """Determinants.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n).

    Returns
    -------
    Tensor
        Of shape (...).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square; for a third derivative, where one is singular.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/det. Giles 2008, section 2.2.4. The gradient is the matrix of
    cofactors, which singular matrices have, too, and so are second derivatives right there.

    Examples
    --------
    >>> tf.linalg.det([[2., 0.], [0., 4.]])
    <Tensor: shape=(), dtype=float32, numpy=8.0>
    """
    return _core.general(_DET, [matrices(input, "det", square=True)])


_DET = general(
    "det",
    lambda attributes, a: np.asarray(np.linalg.det(a)),
    lambda g, y, attributes, a: multiply(expand_dims(expand_dims(g, -1), -1), _cofactor(a)),
    function=det,
    doc="Determinants.",
    leading=True,
    cases=(
        Case(lambda a: det(a + 2.0 * np.eye(3)), ((3, 3),)),
        Case(lambda a: det(a + 2.0 * np.eye(2)), ((3, 2, 2),)),
    ),
    form=forms.nothing,
    gives=lambda attributes, a: Kind(forms.square_dtype(a), a.shape[:-2]),
    names=("linalg.det",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2 / 3),
)


def _by_inverse_adjoint(g: list[Any], results: list[Any], inverse: Any) -> Any:
    weight = g[1]
    if inverse.dtype.kind == "c":  # the sign turns with the imaginary part of what the logarithm grows by
        weight = complex(weight, imag(multiply(g[0], conj(results[0]))))
    return multiply(expand_dims(expand_dims(weight, -1), -1), adjoint_of(inverse))


@by_adjoints
def _slogdet_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    return _by_inverse_adjoint(g, results, inv(a))


@by_adjoints
def _slogdet_by_factors_rule(g: list[Any], results: list[Any], attributes: Any, a: Any, factors: Any) -> Any:
    return _by_inverse_adjoint(g, results, _inverse_by_factors(a, factors)), None


def _slogdet_by_factors_kernel(attributes: Any, a: np.ndarray, factors: np.ndarray) -> list[np.ndarray]:
    heads = factors[..., :-1, :].diagonal(0, -2, -1)
    swaps = np.count_nonzero(lapack.exchanges(factors) != np.arange(heads.shape[-1]), axis=-1)
    size = np.abs(heads)
    with np.errstate(divide="ignore", invalid="ignore"):
        sign = np.prod(np.where(size == 0, heads, heads / size), axis=-1)
        logarithm = np.sum(np.log(size), axis=-1)
    return [np.asarray(np.where(swaps % 2, -sign, sign), heads.dtype), np.asarray(logarithm)]


def _slogdet_by_factors(a: Any) -> SignAndLogarithm:
    return SignAndLogarithm(*_SLOGDET_BY_FACTORS([a, _factors(a)]))


def _slogdet_by_factors_dtype(a: Kind, factors: Kind) -> np.dtype[Any]:
    _beside_factors(a, factors)
    return forms.square_dtype(a)


def slogdet(input: Any, name: str | None = None) -> SignAndLogarithm:
    """Sign and logarithm of the absolute value of determinants, which does not overflow.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n).

    Returns
    -------
    named tuple of Tensor
        (sign, log_abs_determinant), both of shape (...). The sign of complex determinants has absolute value 1, and a
        gradient; through that of real ones none passes.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square; for a derivative, where one is singular.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/slogdet

    Examples
    --------
    >>> sign, logarithm = tf.linalg.slogdet([[-2., 0.], [0., 4.]])
    >>> print(sign.numpy(), logarithm.numpy().round(4))
    -1.0 2.0794
    """
    x = matrices(input, "slogdet", square=True)
    sign, logarithm = _slogdet_by_factors(x) if _is_worth_factors(x) else _SLOGDET(x)
    return SignAndLogarithm(sign if sign.dtype.kind == "c" else _core.detached(sign), logarithm)


_SLOGDET = several(
    "slogdet",
    lambda attributes, a: [np.asarray(part) for part in np.linalg.slogdet(a)],
    _slogdet_rule,
    lambda attributes, shape: [(), ()],
    real=(1,),
    function=slogdet,
    doc="Sign and logarithm of determinants.",
    leading=True,
    cases=(
        Case(lambda a: slogdet(a + 2.0 * np.eye(3)), ((3, 3),)),
        Case(lambda a: slogdet(a + 2.0 * np.eye(2)), ((3, 2, 2),)),
    ),
    form=forms.nothing,
    dtype=forms.square_dtype,
    on_complex="up to phases",
    names=("linalg.slogdet",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2 / 3),
)


_SLOGDET_BY_FACTORS = several(
    "slogdet_by_factors",
    _slogdet_by_factors_kernel,
    _slogdet_by_factors_rule,
    lambda attributes, shape: [(), ()],
    real=(1,),
    function=_slogdet_by_factors,
    doc="Sign and logarithm of determinants by factors of the matrices.",
    leading=True,
    cases=(Case(lambda a: _slogdet_by_factors(a + 2.0 * np.eye(3)), ((3, 3),)),),
    form=forms.nothing,
    dtype=_slogdet_by_factors_dtype,
    on_complex="up to phases",
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2),
)


# ------------------------------------------------------------------------------------------------------ least squares


def _pinv_kernel(attributes: Any, a: np.ndarray) -> np.ndarray:
    rcond, hermitian = attributes
    return np.linalg.pinv(a, rcond, hermitian)


@by_adjoints
def _pinv_rule(g: Any, p: Any, attributes: Any, a: Any) -> Any:
    """dP = -P dA P + P P' dA' (1 - A P) + (1 - P A) dA' P' P."""
    plain = adjoint_product(adjoint_product(p, g, True), p, False, True)
    left = adjoint_product(g, adjoint_product(p, p, False, True), True)  # g' P P'
    right = adjoint_product(adjoint_product(p, p, True), g, False, True)  # P' P g'
    left = left - adjoint_product(a, adjoint_product(p, left))
    right = right - adjoint_product(adjoint_product(right, p), a)
    return left + right - plain


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Moore-Penrose pseudo-inverses.

    Parameters
    ----------
    a : array_like
        Of shape (..., n, m).
    rcond : array_like, optional
        Singular values below this times the largest are taken as zero; 10 max(n, m) times the dtype's precision unless
        given.
    validate_args : bool
        Without effect: the shape is always checked.

    Returns
    -------
    Tensor
        Of shape (..., m, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where there are fewer than two axes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/pinv. The derivative is that of Golub and Pereyra (1973), for
    matrices whose rank stays the same nearby.

    Examples
    --------
    >>> print(tf.linalg.pinv([[2., 0.], [0., 4.], [0., 0.]]).numpy())
    [[0.5  0.   0.  ]
     [0.   0.25 0.  ]]
    """
    x = matrices(a, "pinv")
    if rcond is None:
        rcond = 10.0 * max(int(x.shape[-1]), int(x.shape[-2])) * finfo(x.dtype).eps
    return pseudo_inverse(x, np.asarray(rcond))


def pseudo_inverse(x: Any, rcond: Any, hermitian: bool = False) -> Any:
    """The row itself, with NumPy's arguments."""
    return _core.general(_PINV, [x], (rcond, hermitian))


def _pinv_kind(attributes: Any, a: Kind) -> Kind:
    forms.dims(a, 2)
    if a.dtype.kind not in "fc":
        raise ValueError(f"a pseudo-inverse of {a.dtype}")
    rows, columns = a.shape[-2:]
    return Kind(a.dtype, (*a.shape[:-2], columns, rows))


def _has_lost_rank(y: Any, attributes: Any, a: np.ndarray) -> Any:
    values = np.linalg.svd(a, compute_uv=False)
    return np.any(values <= np.max(values, axis=-1, initial=0.0, keepdims=True) * attributes[0], axis=-1)


_PINV = general(
    "pinv",
    _pinv_kernel,
    _pinv_rule,
    raises=True,
    function=pinv,
    doc="Pseudo-inverse matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a: pinv(a), ((3, 2),)),
        Case(lambda a: pinv(a), ((2, 2, 3),)),
        Case(lambda a, b: pinv(adjoint_product(a, b)), ((3, 2), (2, 4))),
    ),
    form=forms.parts(forms.numbers, forms.flag),
    gives=_pinv_kind,
    kinks=(Kink("a matrix without full rank", _has_lost_rank, "as where the rank stays"),),
    names=("linalg.pinv",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(22),
)


def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: str | None = None) -> Tensor:
    """Least-squares solutions of linear equations.

    Parameters
    ----------
    matrix : array_like
        Of shape (..., m, n).
    rhs : array_like
        Of shape (..., m, k).
    l2_regularizer : float
        The weight of the solution's squared norm beside the squared residual.
    fast : bool
        Without effect: what a rank-deficient matrix leaves open is the shortest solution.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/lstsq. By the pseudo-inverse, or by the normal equations if
    there is a regularizer.

    Examples
    --------
    >>> print(tf.linalg.lstsq([[1.], [1.]], [[1.], [3.]]).numpy().round(4))
    [[2.]]
    """
    a, b = of_one_dtype(matrix, rhs)
    a, b = matrices(a, "lstsq"), matrices(b, "lstsq")
    if a.shape[-2] != b.shape[-2]:
        raise ValueError(
            f"lstsq: the matrix of shape {tuple(a.shape)} and the right-hand side of shape {tuple(b.shape)} do not fit"
        )
    if not isinstance(l2_regularizer, _core.Operand) and not np.any(np.asarray(l2_regularizer)):
        return adjoint_product(pinv(a), b)
    weight = _core.operand_like(l2_regularizer, a)
    m, n = int(a.shape[-2]), int(a.shape[-1])
    turned = adjoint_of(a)
    if m >= n:
        return solve(adjoint_product(turned, a) + weight * np.eye(n, dtype=a.dtype), adjoint_product(turned, b))
    return adjoint_product(turned, solve(adjoint_product(a, turned) + weight * np.eye(m, dtype=a.dtype), b))


# -------------------------------------------------------------------------------------------------------- tridiagonal


def _tridiagonal_kernel(attributes: Any, diagonals: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """Gaussian elimination with row exchanges, as LAPACK's gtsv has it, for all systems of a stack at once."""
    above, middle, below = (diagonals[..., k, :, None].copy() for k in range(3))
    b = rhs.copy()
    n = b.shape[-2]
    second = np.zeros_like(above)  # what an exchange leaves two places above the diagonal
    # Packed rows: above[i] stands right of middle[i], below[i] left of it.
    for i in range(n - 1):
        swap = np.abs(below[..., i + 1, :]) > np.abs(middle[..., i, :])
        for x, y in (
            (middle[..., i, :], below[..., i + 1, :]),
            (above[..., i, :], middle[..., i + 1, :]),
            (b[..., i, :], b[..., i + 1, :]),
        ):
            x[...], y[...] = np.where(swap, y, x), np.where(swap, x, y)
        if i + 2 < n:
            x, y = second[..., i, :], above[..., i + 1, :]
            x[...], y[...] = np.where(swap, y, x), np.where(swap, x, y)
        if not np.all(middle[..., i, :]):
            raise np.linalg.LinAlgError("tridiagonal_solve: singular matrix")
        factor = below[..., i + 1, :] / middle[..., i, :]
        middle[..., i + 1, :] -= factor * above[..., i, :]
        if i + 2 < n:
            above[..., i + 1, :] -= factor * second[..., i, :]
        b[..., i + 1, :] -= factor * b[..., i, :]
    if n and not np.all(middle[..., n - 1, :]):
        raise np.linalg.LinAlgError("tridiagonal_solve: singular matrix")
    for i in range(n - 1, -1, -1):
        if i + 1 < n:
            b[..., i, :] -= above[..., i, :] * b[..., i + 1, :]
        if i + 2 < n:
            b[..., i, :] -= second[..., i, :] * b[..., i + 2, :]
        b[..., i, :] /= middle[..., i, :]
    return b


def _turned_diagonals(d: Any) -> Any:
    """The diagonals of the transposed matrix."""
    rows = [expand_dims(d[..., k, :], -1) for k in range(3)]
    return concat([matrix_transpose(x) for x in (shifted(rows[2], -1), rows[1], shifted(rows[0], 1))], -2)


def _tridiagonal_rule(g: Any, y: Any, attributes: Any, diagonals: Any, rhs: Any) -> tuple[Any, Any]:
    turned = _turned_diagonals(diagonals)
    lead = tuple(g.shape)[:-2]
    gb = _core.general(_TRIDIAGONAL, [lead_to(turned, lead), g])
    parts = [reduce_sum(multiply(gb, beside), -1, keepdims=True) for beside in (shifted(y, -1), y, shifted(y, 1))]
    return -concat([matrix_transpose(part) for part in parts], -2), gb


_FORMATS = ("compact", "sequence", "matrix")


def _beside(diagonals: Any, rhs: Any) -> tuple[Any, Any]:
    """Diagonals, which may be a sequence of parts, and the right-hand side, as wide as each other."""
    if isinstance(diagonals, (list, tuple)) and len({np.shape(part) for part in diagonals}) > 1:
        *parts, b = _core.operands(*diagonals, rhs)
        return parts, b
    whole, b = _core.operands(diagonals, rhs)
    return whole, b


def _compact(op: str, diagonals: Any, diagonals_format: str) -> Any:
    """Superdiagonal, diagonal and subdiagonal, each n long: what has no place in the matrix is never read."""
    if diagonals_format not in _FORMATS:
        raise ValueError(f"{op}: diagonals_format is one of {', '.join(_FORMATS)}, not {diagonals_format!r}")
    if diagonals_format == "matrix":
        x = diag_part(matrices(diagonals, op, square=True), k=(-1, 1), align="LEFT_RIGHT")
    elif diagonals_format == "sequence":
        above, middle, below = (_core.operand(diagonals[k]) for k in range(3))
        n = int(middle.shape[-1])
        blank = np.zeros((*tuple(middle.shape)[:-1], 1), middle.dtype)
        above = concat([above, blank], -1) if int(above.shape[-1]) == n - 1 else above
        below = concat([blank, below], -1) if int(below.shape[-1]) == n - 1 else below
        x = concat([expand_dims(part, -2) for part in (above, middle, below)], -2)
    else:
        x = matrices(diagonals, op)
    if x.shape[-2] != 3:
        raise ValueError(f"{op}: three diagonals are needed; their shape is {tuple(x.shape)}")
    return x


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
) -> Tensor:
    """Solve systems of linear equations with tridiagonal matrices.

    Parameters
    ----------
    diagonals : array_like or sequence of array_like
        Super-, main and subdiagonal. "compact": of shape (..., 3, n), where the last element of the first and the
        first one of the last are not read. "sequence": three tensors, the outer ones of n or n - 1 elements. "matrix":
        matrices, of which the rest is not read.
    rhs : array_like
        Of shape (..., n) or (..., n, k).
    diagonals_format : {"compact", "sequence", "matrix"}
        Which of them.
    transpose_rhs, conjugate_rhs : bool
        Whether the right-hand sides are transposed or conjugated first.
    partial_pivoting : bool
        Without effect: rows are exchanged where that is more exact.

    Returns
    -------
    Tensor
        Of the right-hand side's shape.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is singular.
    ValueError
        Where the shapes do not fit, or the format is unknown.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/tridiagonal_solve. Its time is linear in n.

    Examples
    --------
    >>> print(tf.linalg.tridiagonal_solve([[1., 0.], [2., 2.], [0., 0.]], [4., 2.]).numpy())
    [1.5 1. ]
    """
    diagonals, rhs = _beside(diagonals, rhs)
    d, b = of_one_dtype(_compact("tridiagonal_solve", diagonals, diagonals_format), rhs)
    vector = len(b.shape) == len(d.shape) - 1
    b = expand_dims(b, -1) if vector else b
    if transpose_rhs and not vector:
        b = matrix_transpose(b)
    if conjugate_rhs and b.dtype.kind == "c":
        b = np.conjugate(b)
    if tuple(b.shape)[:-1] != (*tuple(d.shape)[:-2], d.shape[-1]):
        raise ValueError(
            f"tridiagonal_solve: diagonals of shape {tuple(d.shape)} and a right-hand side of shape "
            f"{tuple(b.shape)} do not fit"
        )
    solved = _core.general(_TRIDIAGONAL, [d, b])
    return squeeze(solved, -1) if vector else solved


def _tridiagonal_kind(attributes: Any, diagonals: Kind, rhs: Kind) -> Kind:
    forms.dims(diagonals, 2)
    forms.dims(rhs, 2)
    if diagonals.shape != (*rhs.shape[:-2], 3, rhs.shape[-2]):
        raise ValueError(f"diagonals of shape {diagonals.shape} and right sides of shape {rhs.shape} are no equations")
    return Kind(*rhs)


_TRIDIAGONAL = general(
    "tridiagonal_solve",
    _tridiagonal_kernel,
    _tridiagonal_rule,
    raises=True,
    function=tridiagonal_solve,
    doc="Solution of linear equations with tridiagonal matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda d, b: tridiagonal_solve(d + [[0.0], [4.0], [0.0]], b), ((3, 4), (4, 2))),
        Case(lambda d, b: tridiagonal_solve(d + [[2.0], [0.0], [2.0]], b), ((2, 3, 4), (2, 4))),
    ),
    form=forms.nothing,
    gives=_tridiagonal_kind,
    names=("linalg.tridiagonal_solve",),
    c=c_loops.LAPACK,
    cost=forms.for_each(8),
)


def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None) -> Tensor:
    """Product of tridiagonal matrices with matrices.

    Parameters
    ----------
    diagonals : array_like or sequence of array_like
        As for `tridiagonal_solve`.
    rhs : array_like
        Of shape (..., n, k).
    diagonals_format : {"compact", "sequence", "matrix"}
        How the diagonals are given.

    Returns
    -------
    Tensor
        Of shape (..., n, k).

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/tridiagonal_matmul

    Examples
    --------
    >>> print(tf.linalg.tridiagonal_matmul([[1., 0.], [2., 2.], [0., 0.]], [[1.5], [1.]]).numpy())
    [[4.]
     [2.]]
    """
    diagonals, rhs = _beside(diagonals, rhs)
    d, b = of_one_dtype(_compact("tridiagonal_matmul", diagonals, diagonals_format), rhs)
    b = matrices(b, "tridiagonal_matmul")
    above, middle, below = (expand_dims(d[..., k, :], -1) for k in range(3))
    return multiply(above, shifted(b, -1)) + multiply(middle, b) + multiply(below, shifted(b, 1))
