"""Decompositions of matrices: Cholesky, QR, singular values, eigenvalues.

Rules of several results get the results themselves, so nothing is decomposed twice. Where the gradient of vectors
divides by the distance of two singular values or eigenvalues, those that are equal to rounding are skipped: within the
space that they share, vectors have no direction of their own, and what does not depend on one gets its exact gradient.
Second derivatives are right there or NaN (`spectral`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms, lapack
from .complex_parts import real
from .elementwise import abs as _abs
from .elementwise import divide, log, multiply
from .forms import Kind
from .kinks import Kink, alike, negligible
from .matrices import (
    adjoint,
    adjoint_product,
    band_part,
    by_adjoints,
    diag,
    diagonal,
    lead_to,
    matrices,
    matrix_transpose,
    of_one_dtype,
)
from .reductions import reduce_euclidean_norm, reduce_sum
from .several import several
from .shaping import concat, expand_dims
from .solving import identity_plus, inv
from .spectral import (
    TAKEN_APART,
    changes_of_vectors,
    function_of,
    modes,
    one_triangle,
    pulled_by_vectors,
    singular_function,
    singular_layout,
    singular_modes,
    singular_values_along,
    turned_into,
    turning,
    values_along,
)
from .table import Case, general
from .triangular import triangular_solve

_OF_EQUALS = "as along the vectors that were found; how these turn into each other is left out, or NaN"
_AT_ZERO = "as if the value had a sign"


class QRResult(NamedTuple):
    """The factors, by NumPy's names."""

    Q: Any
    R: Any


class SVDResult(NamedTuple):
    """Singular vectors and values, by NumPy's names."""

    U: Any
    S: Any
    Vh: Any


class EighResult(NamedTuple):
    """Eigenvalues and eigenvectors of symmetric matrices, by NumPy's names."""

    eigenvalues: Any
    eigenvectors: Any


class EigResult(NamedTuple):
    """Eigenvalues and eigenvectors, by NumPy's names."""

    eigenvalues: Any
    eigenvectors: Any


# ----------------------------------------------------------------------------------------------------------- Cholesky


def _halved_triangle(x: Any) -> Any:
    """The lower triangle, with half the diagonal."""
    n = int(x.shape[-1])
    return multiply(x, (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)).astype(x.dtype))


@by_adjoints
def _cholesky_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    return _core.general(_CHOLESKY_PULLED, [lead_to(y, tuple(g.shape)[:-2]), g])


def _cholesky_tangent(tangents: list[Any], y: Any, attributes: Any, a: Any) -> Any:
    change = tangents[0]
    return _along(y, 0.5 * (change + adjoint(change)))[0]


def _along(y: Any, change: Any) -> tuple[Any, Any, Any]:
    """How factors change with matrices by a Hermitian change W; the triangle in it, and W L'^-1."""
    right = adjoint(triangular_solve(y, change))
    inner = _halved_triangle(triangular_solve(y, right))
    return adjoint_product(y, inner), inner, right


@by_adjoints
def _cholesky_pulled_rule(w: Any, s: Any, attributes: Any, y: Any, g: Any) -> tuple[Any, Any]:
    """The cotangent of a factor is pulled back by a map that is linear in it; the rest is the product rule."""
    of_cotangent, inner, right = _along(y, 0.5 * (w + adjoint(w)))
    of_factor = adjoint_product(g, inner, False, True) - 2.0 * adjoint_product(s, right)
    return band_part(of_factor, -1, 0), of_cotangent


def _cholesky_pulled(y: Any, g: Any) -> Any:
    return _core.general(_CHOLESKY_PULLED, [y, g])


def _cholesky_pulled_kind(attributes: Any, y: Kind, g: Kind) -> Kind:
    found = forms.like_square(attributes, y)
    forms.fits(g, y.shape)
    return Kind(np.result_type(found.dtype, g.dtype), y.shape)


_CHOLESKY_PULLED = general(
    "cholesky_pulled",
    lambda attributes, y, g: lapack.pulled_back(y, g),
    _cholesky_pulled_rule,
    function=_cholesky_pulled,
    doc="What cotangents of Cholesky factors come to for the matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a, b: _cholesky_pulled(cholesky(identity_plus(a)), b), ((3, 3), (3, 3))),
        Case(lambda a, b: _cholesky_pulled(cholesky(identity_plus(a)), b), ((2, 2, 2), (2, 2, 2))),
    ),
    form=forms.nothing,
    gives=_cholesky_pulled_kind,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(2),
)


def cholesky(input: Any, name: str | None = None) -> Tensor:
    """Lower triangular factors L of positive definite matrices L L'.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n), symmetric: only the lower triangle is read.

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not positive definite, or not square.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/cholesky. I. Murray, Differentiation of the Cholesky
    decomposition (2016). The gradient is symmetric, as in TensorFlow.

    Examples
    --------
    >>> print(tf.linalg.cholesky([[4., 2.], [2., 10.]]).numpy())
    [[2. 0.]
     [1. 3.]]
    """
    return _core.general(_CHOLESKY, [matrices(input, "cholesky", square=True)])


def _matrix_dtype(a: Kind) -> np.dtype[Any]:
    forms.dims(a, 2)
    return forms.inexact(a)


_CHOLESKY = general(
    "cholesky",
    lambda attributes, a: lapack.cholesky(a),
    _cholesky_rule,
    raises=True,
    function=cholesky,
    doc="Triangular factors of positive definite matrices.",
    keeps_inputs=False,
    keeps_output=True,
    leading=True,
    tangent=_cholesky_tangent,
    cases=(
        Case(lambda a: cholesky(identity_plus(a)), ((3, 3),)),
        Case(lambda a: cholesky(identity_plus(a)), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=forms.like_square,
    names=("linalg.cholesky",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(1 / 3),
)


# ----------------------------------------------------------------------------------------------------------------- QR


def _mirrored(x: Any) -> Any:
    """The lower triangle, mirrored into the upper one; of the diagonal the real part."""
    half = _halved_triangle(x)
    return half + adjoint(half)


def _square_qr_rule(gq: Any, gr: Any, q: Any, r: Any) -> Any:
    inner = adjoint_product(r, gr, False, True) - adjoint_product(gq, q, True)
    turned = gq + adjoint_product(q, _mirrored(inner))
    return adjoint(triangular_solve(r, adjoint(turned), lower=False))


@by_adjoints
def _qr_rule(g: list[Any], results: list[Any], mode: str, a: Any) -> Any:
    gq, gr = g
    q, r = results
    m, n = int(a.shape[-2]), int(a.shape[-1])
    if mode == "complete" and m > n:
        raise LookupError(
            f"qr: the complete decomposition of matrices of shape {(m, n)} has no derivative: the last {m - n} columns "
            f"of q are arbitrary. Use the reduced one"
        )
    if m >= n:
        return _square_qr_rule(gq, gr, q, r)
    # The first m columns are decomposed; q' turns the others.
    first = _square_qr_rule(gq + adjoint_product(a[..., m:], gr[..., m:], False, True), gr[..., :m], q, r[..., :m])
    return concat([first, adjoint_product(q, gr[..., m:])], -1)


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> QRResult:
    """Orthogonal times upper triangular factors.

    Parameters
    ----------
    input : array_like
        Of shape (..., m, n).
    full_matrices : bool
        Whether q is square even where m > n.

    Returns
    -------
    named tuple of Tensor
        (q, r): of shapes (..., m, k) and (..., k, n), with k = min(m, n), or m for full matrices.

    Raises
    ------
    LookupError
        For a derivative of full matrices where m > n: columns of q are arbitrary then.
    numpy.linalg.LinAlgError
        For a derivative where the first columns are linearly dependent.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/qr. S. F. Walter, L. Lehmann, Algorithmic differentiation of
    linear algebra functions with application in optimum experimental design (2010); H.-J. Liao et al., Differentiable
    programming tensor networks (2019).

    Examples
    --------
    >>> q, r = tf.linalg.qr([[0., 2.], [1., 1.]])
    >>> print(np.abs(r.numpy()))
    [[1. 1.]
     [0. 2.]]
    """
    return QRResult(*_QR(matrices(input, "qr"), "complete" if full_matrices else "reduced"))


def _qr_layout(mode: str, shape: Any) -> list[tuple[int, ...]]:
    m, n = shape[-2:]
    k = m if mode == "complete" else min(m, n)
    return [(m, k), (k, n)]


_QR = several(
    "qr",
    lambda mode, a: list(np.linalg.qr(a, mode)),
    _qr_rule,
    _qr_layout,
    function=qr,
    doc="Orthogonal and triangular factors.",
    leading=True,
    cases=(
        Case(lambda a: qr(a + 2.0 * np.eye(3)), ((3, 3),)),
        Case(lambda a: qr(a), ((2, 4, 2),)),
        Case(lambda a: qr(a), ((2, 4),)),
    ),
    form=forms.text("reduced", "complete"),
    dtype=_matrix_dtype,
    on_complex="up to phases",
    names=("linalg.qr",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(4),
)


# ------------------------------------------------------------------------------------------------------------ singular


@by_adjoints
def _svd_rule(g: list[Any], results: list[Any], full: bool, a: Any) -> Any:
    gu, gs, gv = g
    u, s, v = results
    m, n, k = int(a.shape[-2]), int(a.shape[-1]), int(s.shape[-1])
    if full and abs(m - n) > 1:
        raise LookupError(
            f"svd: full matrices of singular vectors have no derivative for matrices of shape {(m, n)}: all but "
            f"{k} of the vectors are arbitrary. Use full_matrices=False"
        )
    of_values = singular_function(a, s, u[..., :k], v[..., :k], gs)
    s, u, v = singular_modes(full, a, s, u, v)
    return of_values + pulled_by_vectors(gu, gv, s, u, v)


def _svd_tangent(tangents: list[Any], results: list[Any], full: bool, a: Any) -> list[Any]:
    u, s, v = results
    k = int(s.shape[-1])
    of_s = singular_values_along(a, s, u[..., :k], v[..., :k], tangents[0])
    s, u, v = singular_modes(full, a, s, u, v)
    of_u, of_v = changes_of_vectors(tangents[0], a, s, u, v)
    return [of_u, of_s, of_v]


def _svd_kernel(full: bool, a: np.ndarray) -> list[np.ndarray]:
    u, s, vh = np.linalg.svd(a, full)
    return [u, s, np.conj(vh.swapaxes(-1, -2))]


def _svdvals(x: Any) -> Any:
    """Singular values alone, which take less time than with vectors; their derivative takes the vectors."""
    return _core.general(_SINGULAR_VALUES, [x])


def _vectors(x: Any) -> Any:
    """Singular values and vectors of what is differentiated by way of them, and not through them."""
    u, s, v = _SVD(_core.detached(x), False)
    return s, u, v


@by_adjoints
def _svdvals_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    s, u, v = _vectors(a)
    return singular_function(a, s, u, v, g)


def _svdvals_tangent(tangents: list[Any], y: Any, attributes: Any, a: Any) -> Any:
    s, u, v = _vectors(a)
    return singular_values_along(a, s, u, v, tangents[0])


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular value decompositions u diag(s) v'.

    Parameters
    ----------
    tensor : array_like
        Of shape (..., m, n).
    full_matrices : bool
        Whether u and v are square.
    compute_uv : bool
        Whether to compute u and v.

    Returns
    -------
    tuple of Tensor
        (s, u, v), in TensorFlow's order, of shapes (..., k), (..., m, k) and (..., n, k), where k = min(m, n), or m and
        n for full matrices; or s alone.

    Raises
    ------
    LookupError
        For a derivative of full matrices where m and n differ by more than 1: vectors are arbitrary then.
    numpy.linalg.LinAlgError
        Where it does not converge.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/svd. J. Townsend, Differentiating the singular value
    decomposition (2016); M. Seeger et al., Auto-differentiating linear algebra (2017). Where singular values are equal,
    the derivative leaves out how their vectors turn into each other, which is right for what depends on the space that
    they span, and finite for everything else; second derivatives that depend on it are NaN.

    Examples
    --------
    >>> s, u, v = tf.linalg.svd([[3., 0.], [0., -4.]])
    >>> print(s.numpy())
    [4. 3.]
    """
    x = matrices(tensor, "svd")
    if not compute_uv:
        return _svdvals(x)
    u, s, v = _SVD(x, bool(full_matrices))
    return s, u, v


def _svd_layout(full: bool, shape: Any) -> list[tuple[int, ...]]:
    of_s, of_u, of_v = singular_layout(full, shape)
    return [of_u, of_s, of_v]


_SVD = several(
    "svd",
    _svd_kernel,
    _svd_rule,
    _svd_layout,
    real=(1,),
    raises=True,
    function=svd,
    doc="Singular values and vectors.",
    leading=True,
    tangent=_svd_tangent,
    cases=(
        Case(lambda a: svd(a), ((3, 3),)),
        Case(lambda a: svd(a), ((2, 4, 2),)),
        Case(lambda a: svd(a), ((2, 4),)),
        Case(lambda a: svd(a, full_matrices=True), ((3, 2),)),
        Case(lambda a: svd(a, full_matrices=True), ((2, 3),)),
    ),
    form=forms.flag,
    dtype=_matrix_dtype,
    on_complex="up to phases",
    names=("linalg.svd",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(22),
    kinks=(
        Kink("equal singular values", lambda y, full, a: alike(np.linalg.svd(a, compute_uv=False)), _OF_EQUALS),
        Kink("a singular value of 0", lambda y, full, a: negligible(np.linalg.svd(a, compute_uv=False)), _AT_ZERO),
    ),
)
_SINGULAR_VALUES = general(
    "svdvals",
    lambda attributes, a: np.linalg.svd(a, compute_uv=False),
    _svdvals_rule,
    raises=True,
    function=_svdvals,
    doc="Singular values.",
    leading=True,
    tangent=_svdvals_tangent,
    cases=(
        Case(lambda a: _svdvals(a), ((3, 2),)),
        Case(lambda a: _svdvals(a), ((2, 2, 3),)),
    ),
    form=forms.nothing,
    gives=lambda attributes, a: Kind(forms.real_part(_matrix_dtype(a)), (*a.shape[:-2], min(a.shape[-2:]))),
    kinks=(
        Kink("equal singular values", lambda y, attributes, a: alike(y), _OF_EQUALS),
        Kink("a singular value of 0", lambda y, attributes, a: negligible(y), _AT_ZERO),
    ),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(4),
)


# --------------------------------------------------------------------------------------------------------- eigenvalues


def _pulled(triangle: str, gw: Any, inner: Any, a: Any, w: Any, v: Any, x: Any) -> Any:
    """What cotangents of eigenvalues come to, and of vectors: `inner` is what these are in the basis of the vectors."""
    of_values = matrix_transpose(function_of(a, w, v, x, gw, triangle))
    of_vectors = _core.matmul(_core.matmul(x, inner, True), v, False, True)
    return one_triangle(of_values + of_vectors, triangle)


def _eigh_rule(g: list[Any], results: list[Any], triangle: str, a: Any) -> Any:
    w, v, x = modes(triangle, a, results[0], results[1], adjoint(results[1]))
    inner = turning(w, _core.matmul(v, g[1], True))
    return _pulled(triangle, g[0], inner, a, w, v, x)


def _eigh_tangent(tangents: list[Any], results: list[Any], triangle: str, a: Any) -> list[Any]:
    w, v, x = modes(triangle, a, results[0], results[1], adjoint(results[1]))
    change = turned_into(x, triangle, tangents[0], v)
    of_values = values_along(a, w, v, x, tangents[0], triangle)
    return [of_values, _core.matmul(v, turning(w, change))]


def eigh(tensor: Any, name: str | None = None) -> EighResult:
    """Eigenvalues, in ascending order, and eigenvectors of symmetric matrices.

    Parameters
    ----------
    tensor : array_like
        Of shape (..., n, n); only the lower triangle is read.

    Returns
    -------
    named tuple of Tensor
        Eigenvalues of shape (..., n), and eigenvectors, the columns of matrices of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or it does not converge.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/eigh. Giles 2008, section 3.1. The gradient is in the lower
    triangle, as in TensorFlow. Where eigenvalues are equal, it leaves out how their vectors turn into each other, which
    is right for what depends on the space that they span, and finite for everything else; second derivatives that
    depend on it are NaN.

    Examples
    --------
    >>> w, v = tf.linalg.eigh([[2., 0.], [0., 1.]])
    >>> print(w.numpy())
    [1. 2.]
    """
    return hermitian(tensor)


def hermitian(a: Any, triangle: str = "L") -> EighResult:
    """The row itself, with NumPy's choice of a triangle."""
    return EighResult(*_EIGH(matrices(a, "eigh", square=True), triangle))


_EIGH = several(
    "eigh",
    lambda triangle, a: list(np.linalg.eigh(a, triangle)),
    _eigh_rule,
    lambda triangle, shape: [shape[-1:], shape[-2:]],
    real=(0,),
    raises=True,
    function=eigh,
    doc="Eigenvalues and eigenvectors of symmetric matrices.",
    leading=True,
    tangent=_eigh_tangent,
    cases=(
        Case(lambda a: eigh(a), ((3, 3),)),
        Case(lambda a: hermitian(a, "U"), ((3, 3),)),
        Case(lambda a: eigh(a), ((2, 2, 2),)),
    ),
    form=forms.text("L", "U"),
    dtype=forms.square_dtype,
    on_complex="up to phases",
    names=("linalg.eigh",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(9),
    kinks=(Kink("equal eigenvalues", lambda y, triangle, a: alike(y[..., : a.shape[-1]].real), _OF_EQUALS),),
)


def _modes_of(triangle: str, a: Any) -> tuple[Any, Any, Any]:
    """Eigenvalues and eigenvectors of what is differentiated by way of them, and not through them."""
    w, v = _EIGH(_core.detached(a), triangle)
    return w, v, adjoint(v)


def _eigvalsh_rule(g: Any, y: Any, triangle: str, a: Any) -> Any:
    w, v, x = _modes_of(triangle, a)
    of_values = function_of(a, w, v, x, g, triangle)
    return one_triangle(matrix_transpose(of_values), triangle)


def _eigvalsh_tangent(tangents: list[Any], y: Any, triangle: str, a: Any) -> Any:
    w, v, x = _modes_of(triangle, a)
    return values_along(a, w, v, x, tangents[0], triangle)


def eigvalsh(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues of symmetric matrices, in ascending order.

    Parameters
    ----------
    tensor : array_like
        Of shape (..., n, n); only the lower triangle is read.

    Returns
    -------
    Tensor
        Of shape (..., n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or it does not converge.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/eigvalsh

    Examples
    --------
    >>> print(tf.linalg.eigvalsh([[2., 0.], [0., 1.]]).numpy())
    [1. 2.]
    """
    return hermitian_values(tensor)


def hermitian_values(a: Any, triangle: str = "L") -> Any:
    """The row itself, with NumPy's choice of a triangle."""
    return _core.general(_EIGVALSH, [matrices(a, "eigvalsh", square=True)], triangle)


_EIGVALSH = general(
    "eigvalsh",
    lambda triangle, a: np.linalg.eigvalsh(a, triangle),
    _eigvalsh_rule,
    raises=True,
    function=eigvalsh,
    doc="Eigenvalues of symmetric matrices.",
    leading=True,
    tangent=_eigvalsh_tangent,
    cases=(
        Case(lambda a: eigvalsh(a), ((3, 3),)),
        Case(lambda a: hermitian_values(a, "U"), ((3, 3),)),
        Case(lambda a: eigvalsh(a), ((2, 2, 2),)),
    ),
    form=forms.text("L", "U"),
    gives=lambda triangle, a: Kind(forms.real_part(forms.square_dtype(a)), a.shape[:-1]),
    kinks=(Kink("equal eigenvalues", lambda y, triangle, a: alike(y), _OF_EQUALS),),
    names=("linalg.eigvalsh",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(4 / 3),
)


def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    name: str | None = None,
) -> Any:
    """Eigenvalues, in ascending order, and eigenvectors of symmetric tridiagonal matrices.

    Parameters
    ----------
    alpha : array_like
        The diagonal, of shape (n,).
    beta : array_like
        The diagonal above it, of shape (n - 1,): the one below is its conjugate.
    eigvals_only : bool
        Whether the eigenvectors are left out.
    select : {"a", "i", "v"}
        All of them, or those from one place to another, or above one value and up to another.
    select_range : pair, optional
        The places or values.

    Returns
    -------
    Tensor or named tuple of Tensor
        The eigenvalues, and the eigenvectors as columns.

    Raises
    ------
    ValueError
        For another `select`, or where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/eigh_tridiagonal. The matrix is made as a whole: time and
    memory are those of `eigh`.

    Examples
    --------
    >>> print(tf.linalg.eigh_tridiagonal([1., 1.], [1.]).numpy().round(4))
    [0. 2.]
    """
    middle, beside = of_one_dtype(alpha, beta)
    if len(middle.shape) != 1 or tuple(beside.shape) != (int(middle.shape[0]) - 1,):
        raise ValueError(
            f"eigh_tridiagonal: diagonals have n and n - 1 elements; the shapes are {tuple(middle.shape)} and "
            f"{tuple(beside.shape)}"
        )
    if select not in ("a", "i", "v"):
        raise ValueError(f"eigh_tridiagonal: select is 'a', 'i' or 'v', not {select!r}")
    matrix = diag(middle)
    if beside.size:
        matrix = matrix + diag(beside, k=1)
    w, v = (hermitian_values(matrix, "U"), None) if eigvals_only else hermitian(matrix, "U")
    if select == "i":
        w, v = (
            None if x is None else x[..., _core.integer(select_range[0]) : _core.integer(select_range[1]) + 1]
            for x in (w, v)
        )
    elif select == "v":
        values = _core.seen(w)
        chosen = np.flatnonzero((values > select_range[0]) & (values <= select_range[1]))
        w, v = (None if x is None else x[..., chosen] for x in (w, v))
    return w if v is None else EighResult(w, v)


def _of_length_one(w: Any, v: Any, a: Any) -> tuple[Any, Any, Any]:
    """The modes of matrices whose vectors are not orthogonal, and have length 1 nearby, too."""
    w, v, x = modes("", a, w, v, inv(_core.detached(v)))
    length = reduce_euclidean_norm(_abs(v) if v.dtype.kind == "c" else v, -2, True)
    return w, divide(v, length), multiply(x, matrix_transpose(length))


def _eig_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    """Vectors turn, and do not grow."""
    w, v, x = _of_length_one(results[0], results[1], a)
    of_vectors = _core.matmul(v, g[1], True)
    gram = _core.matmul(v, _core.conjugated([v])[0], True)
    of_vectors = of_vectors - multiply(gram, expand_dims(real(diagonal(of_vectors)), -2))
    return _pulled("", g[0], turning(w, of_vectors), a, w, v, x)


def _eig_tangent(tangents: list[Any], results: list[Any], attributes: Any, a: Any) -> list[Any]:
    w, v, x = _of_length_one(results[0], results[1], a)
    change = turned_into(x, "", tangents[0], v)
    moved = _core.matmul(v, turning(w, change))
    growth = reduce_sum(multiply(_core.conjugated([v])[0], moved), -2, keepdims=True)
    return [values_along(a, w, v, x, tangents[0]), moved - multiply(v, real(growth))]


def eig(tensor: Any, name: str | None = None) -> EigResult:
    """Eigenvalues and right eigenvectors of length 1.

    Parameters
    ----------
    tensor : array_like
        Of shape (..., n, n).

    Returns
    -------
    named tuple of Tensor
        Eigenvalues of shape (..., n), in no order, and eigenvectors, the columns of matrices of shape (..., n, n).
        They are real where the spectrum of real matrices is, as in NumPy before 2.5, whatever NumPy's version.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or it does not converge; for a derivative, where there are too few eigenvectors.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/eig, but for the real spectrum. C. Boeddeker et al., On the
    computation of complex-valued gradients with application to statistically optimum beamforming (2017), section 4.7.

    Examples
    --------
    >>> w, v = tf.linalg.eig([[2., 1.], [0., 1.]])
    >>> print(w.numpy())
    [2. 1.]
    """
    x = matrices(tensor, "eig", square=True)
    if _core.is_tracing():
        # A program is one for real numbers, or for complex ones: whether they are is looked at anew each time.
        bool(_core.general(_COMPLEX_SPECTRUM, [_core.detached(x)]))
    return EigResult(*_EIG(x))


def _eigen(a: np.ndarray) -> list[np.ndarray]:
    """Values and vectors, real where the spectrum of real matrices is: from NumPy 2.5 on its own are always complex."""
    w, v = np.linalg.eig(a)
    if a.dtype.kind != "c" and not w.imag.any():
        w, v = np.ascontiguousarray(w.real), np.ascontiguousarray(v.real)
    return [w, v]


_COMPLEX_SPECTRUM = _core.register_general(
    "has_complex_eigenvalues",
    lambda attributes, a: np.asarray(np.iscomplexobj(_eigen(a)[0])),
    None,
    None,
    False,
    False,
    raises=True,
    widens=True,
    form=forms.nothing,
    gives=forms.scalar(bool),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(25),
)


_REAL_SPECTRUM = np.array([[1.0, 0.2, 0.1], [0.0, 3.0, 0.2], [0.0, 0.0, 6.0]])
_EIG = several(
    "eig",
    lambda attributes, a: _eigen(a),
    _eig_rule,
    lambda attributes, shape: [shape[-1:], shape[-2:]],
    raises=True,
    function=eig,
    doc="Eigenvalues and eigenvectors.",
    leading=True,
    tangent=_eig_tangent,
    cases=(
        Case(lambda a: eig(0.2 * a + _REAL_SPECTRUM), ((3, 3),)),
        Case(lambda a: eig(0.2 * a + _REAL_SPECTRUM[:2, :2]), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    dtype=forms.square,
    on_complex="up to phases",
    names=("eig", "linalg.eig"),
    by_values=True,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(25),
)


def eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues of matrices, in no order.

    Parameters
    ----------
    tensor : array_like
        Of shape (..., n, n).

    Returns
    -------
    Tensor
        Of shape (..., n); real or complex as `eig` gives them.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or it does not converge.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/eigvals

    Examples
    --------
    >>> print(tf.linalg.eigvals([[2., 1.], [0., 1.]]).numpy())
    [2. 1.]
    """
    return eig(tensor).eigenvalues


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
    return 2.0 * reduce_sum(log(real(diagonal(cholesky(matrix)))), -1)


TAKEN_APART.update(eig=eig, hermitian=hermitian, svd=svd)
