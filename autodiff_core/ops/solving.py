"""Linear systems: solve, tridiagonal systems, inverses, determinants, least squares.

Derivatives after M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
differentiation (2008); the pseudo-inverse's after G. H. Golub and V. Pereyra (1973). Rules are written in public
functions, so every order has a derivative.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import forms
from .complex_parts import complex, imag, real
from .elementwise import conj, log, multiply
from .forms import Kind
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
    shifted,
)
from .reductions import reduce_sum
from .shaping import concat, expand_dims, reshape, squeeze, transpose
from .table import Case, general, several


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


def adjoint_array(a: np.ndarray, adjoint: bool) -> np.ndarray:
    """Matrices, or their conjugate transposes."""
    return np.conj(a.swapaxes(-1, -2)) if adjoint else a


def _solve_kernel(adjoint: bool, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.solve(adjoint_array(a, adjoint), b)


def system(handle: Any, a: Any, b: Any, attributes: Any) -> Any:
    """Apply a row of systems a x = b to stacks that broadcast.

    Where one matrix meets a stack of right-hand sides, these become its columns, and it is decomposed once.
    """
    lead_a, lead_b = tuple(a.shape)[:-2], tuple(b.shape)[:-2]
    extra = len(lead_b) - len(lead_a)
    if extra > 0 and lead_b[extra:] == lead_a:
        nd, (n, k) = len(b.shape), tuple(b.shape)[-2:]
        before = lead_b[:extra]
        order = [*range(extra, nd - 1), *range(extra), nd - 1]
        columns = reshape(transpose(b, order), (*lead_a, n, int(np.prod(before, dtype=np.intp)) * k))
        solved = reshape(_core.general(handle, [a, columns], attributes), (*lead_a, n, *before, k))
        back = [*range(nd - 1 - extra, nd - 1), *range(nd - 1 - extra), nd - 1]
        return transpose(solved, back)
    lead = np.broadcast_shapes(lead_a, lead_b)
    return _core.general(handle, [lead_to(a, lead), lead_to(b, lead)], attributes)


def fit(op: str, a: Any, b: Any) -> tuple[Any, Any]:
    """The two sides of a system as stacks of matrices of one dtype that fit."""
    x, y = of_one_dtype(a, b)
    x, y = matrices(x, op, square=True), matrices(y, op)
    if x.shape[-1] != y.shape[-2]:
        raise ValueError(
            f"{op}: the matrix of shape {tuple(x.shape)} and the right-hand side of shape {tuple(y.shape)} do not fit"
        )
    try:
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
    return system(_SOLVE, a, b, adjoint)


@by_adjoints
def _solve_rule(g: Any, y: Any, adjoint: bool, a: Any, b: Any) -> tuple[Any, Any]:
    gb = system(_SOLVE, a, g, not adjoint)
    ga = adjoint_product(y, gb, False, True) if adjoint else adjoint_product(gb, y, False, True)
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


def _square_kind(attributes: Any, a: Kind) -> Kind:
    forms.square(a)
    return Kind(forms.inexact(a), a.shape)


def _square_dtype(a: Kind) -> np.dtype[Any]:
    forms.square(a)
    return forms.inexact(a)


_SOLVE = general(
    "solve",
    _solve_kernel,
    _solve_rule,
    raises=True,
    function=solve,
    doc="Solution of linear equations.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a, b: solve(identity_plus(a), b), ((3, 3), (3, 2))),
        Case(lambda a, b: solve(identity_plus(a) + 0.3 * a, b, adjoint=True), ((3, 3), (3, 2))),
        Case(lambda a, b: solve(identity_plus(a), b), ((3, 3), (2, 3, 1))),
        Case(lambda a, b: solve(identity_plus(a), b), ((2, 1, 2, 2), (3, 2, 1))),
    ),
    form=forms.flag,
    gives=_solved_kind,
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
    inverse = _core.general(_INV, [matrices(input, "inv", square=True)])
    return adjoint_of(inverse) if adjoint else inverse


_INV = general(
    "inv",
    lambda attributes, a: np.linalg.inv(a),
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
    form=forms.nothing,
    gives=_square_kind,
)


# ------------------------------------------------------------------------------------------------------- determinants


def _cofactor_kernel(attributes: Any, a: np.ndarray) -> np.ndarray:
    """det(a) times the transposed inverse of a, which exists also where the inverse does not."""
    try:
        return np.linalg.det(a)[..., None, None] * np.linalg.inv(a).swapaxes(-1, -2)
    except np.linalg.LinAlgError:
        u, s, vh = np.linalg.svd(a)
        n = a.shape[-1]
        others = np.stack([np.prod(np.delete(s, k, axis=-1), axis=-1) for k in range(n)], axis=-1)
        sign = np.linalg.det(u) * np.linalg.det(vh)
        return sign[..., None, None] * ((u * others[..., None, :]) @ vh)


def _cofactor_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    inverse = inv(a)
    along = reduce_sum(multiply(g, y), [-2, -1], keepdims=True)
    turned = _core.matmul(_core.matmul(y, g, False, True), inverse, False, True)
    return multiply(along, matrix_transpose(inverse)) - turned


def _cofactor(a: Any) -> Any:
    return _core.general(_COFACTOR, [a])


_COFACTOR = general(
    "cofactor",
    _cofactor_kernel,
    _cofactor_rule,
    raises=True,
    function=_cofactor,
    doc="Matrices of cofactors: what a determinant is differentiated by.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a: _cofactor(a + 2.0 * np.eye(3)), ((3, 3),)),
        Case(lambda a: _cofactor(a + 2.0 * np.eye(2)), ((3, 2, 2),)),
    ),
    form=forms.nothing,
    gives=_square_kind,
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
        Where a matrix is not square; for a second derivative, where one is singular.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/det. Giles 2008, section 2.2.4. The gradient is the matrix of
    cofactors, which singular matrices have, too.

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
    gives=lambda attributes, a: Kind(_square_dtype(a), a.shape[:-2]),
)


@by_adjoints
def _slogdet_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    weight = g[1]
    if a.dtype.kind == "c":  # the sign turns with the imaginary part of what the logarithm grows by
        weight = complex(weight, imag(multiply(g[0], conj(results[0]))))
    return multiply(expand_dims(expand_dims(weight, -1), -1), adjoint_of(inv(a)))


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
    sign, logarithm = _SLOGDET(matrices(input, "slogdet", square=True))
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
    dtype=_square_dtype,
)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """Logarithm of the determinants of positive definite matrices.

    Parameters
    ----------
    matrix : array_like
        Of shape (..., n, n), symmetric; complex ones are Hermitian.

    Returns
    -------
    Tensor
        Of shape (...), and real.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not positive definite.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/logdet

    Examples
    --------
    >>> print(tf.linalg.logdet([[2., 0.], [0., 4.]]).numpy().round(4))
    2.0794
    """
    from .decompositions import cholesky

    return 2.0 * reduce_sum(log(real(diagonal(cholesky(matrix)))), -1)


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
