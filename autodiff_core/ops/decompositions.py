"""Decompositions of matrices: Cholesky, QR, singular values, eigenvalues.

Rules of several results get the results themselves, so nothing is decomposed twice. Where a derivative divides by the
distance of two singular values or eigenvalues, those that are equal to rounding are skipped: within the space that
they share, vectors have no direction of their own, and what does not depend on one gets its exact gradient.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import forms
from .complex_parts import real
from .elementwise import logical_and, multiply, not_equal
from .forms import Kind
from .indexing import where
from .matrices import adjoint, adjoint_product, by_adjoints, diag, diagonal, matrices, of_one_dtype
from .reductions import reduce_max, reduce_sum
from .shaping import concat, expand_dims
from .solving import identity_plus, solve
from .table import Case, general, several
from .triangular import triangular_solve


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


def _times_columns(x: Any, weights: Any) -> Any:
    """Each column times a number."""
    return multiply(x, expand_dims(weights, -2))


def _inverse_gaps(values: Any, squared: bool) -> Any:
    """1 / (v[j] - v[i]), or of the squares, and 0 where the two are equal to rounding."""
    rows, columns = expand_dims(values, -1), expand_dims(values, -2)
    gaps = columns - rows
    apart = abs(gaps) > expand_dims(_rounding(values), -1)
    gaps = multiply(gaps, columns + rows) if squared else gaps
    apart = logical_and(apart, not_equal(gaps, 0.0))
    return where(apart, 1.0 / where(apart, gaps, 1.0), 0.0)


def _rounding(values: Any) -> Any:
    """What counts as zero beside the largest of values, with the last axis 1 long."""
    n = int(values.shape[-1])
    if n == 0:
        return reduce_sum(values, -1, keepdims=True)
    return reduce_max(abs(values), -1, keepdims=True) * (n * float(finfo(values.dtype).eps))


def _inverse(values: Any) -> Any:
    """1 / v, and 0 where that is zero to rounding."""
    nonzero = abs(values) > _rounding(values)
    return where(nonzero, 1.0 / where(nonzero, values, 1.0), 0.0)


# ----------------------------------------------------------------------------------------------------------- Cholesky


def _halved_triangle(x: Any) -> Any:
    """The lower triangle, with half the diagonal."""
    n = int(x.shape[-1])
    return multiply(x, (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)).astype(x.dtype))


@by_adjoints
def _cholesky_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    inner = _halved_triangle(adjoint_product(y, g, True))
    left = triangular_solve(y, inner, adjoint=True)
    both = triangular_solve(y, adjoint(left), adjoint=True)
    return 0.5 * (both + adjoint(both))


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


def _square_kind(attributes: Any, a: Kind) -> Kind:
    forms.square(a)
    return Kind(forms.inexact(a), a.shape)


def _matrix_dtype(a: Kind) -> np.dtype[Any]:
    forms.dims(a, 2)
    return forms.inexact(a)


def _square_dtype(a: Kind) -> np.dtype[Any]:
    forms.square(a)
    return forms.inexact(a)


_CHOLESKY = general(
    "cholesky",
    lambda attributes, a: np.linalg.cholesky(a),
    _cholesky_rule,
    raises=True,
    function=cholesky,
    doc="Triangular factors of positive definite matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a: cholesky(identity_plus(a)), ((3, 3),)),
        Case(lambda a: cholesky(identity_plus(a)), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=_square_kind,
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
)


# ------------------------------------------------------------------------------------------------------------ singular


def _skewed(x: Any) -> Any:
    return x - adjoint(x)


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
    if full and m > n:
        # The one vector beside the others turns as they do, the other way round.
        rest, grest = u[..., k:], gu[..., k:]
        u, gu = u[..., :k], gu[..., :k]
        gu = gu - adjoint_product(rest, adjoint_product(grest, u, True))
    if full and n > m:
        rest, grest = v[..., k:], gv[..., k:]
        v, gv = v[..., :k], gv[..., :k]
        gv = gv - adjoint_product(rest, adjoint_product(grest, v, True))
    gaps = _inverse_gaps(s, squared=True)
    inner = _times_columns(multiply(_skewed(adjoint_product(u, gu, True)), gaps), s)
    inner = inner + multiply(expand_dims(s, -1), multiply(_skewed(adjoint_product(v, gv, True)), gaps))
    inner = inner + diag(gs)
    if a.dtype.kind == "c":  # u and v turn together, which the rest leaves out
        inner = inner + diag(multiply(diagonal(_skewed(adjoint_product(u, gu, True))), 0.5 * _inverse(s)))
    result = adjoint_product(adjoint_product(u, inner), v, False, True)
    if m > k:
        outside = _times_columns(gu - adjoint_product(u, adjoint_product(u, gu, True)), _inverse(s))
        result = result + adjoint_product(outside, v, False, True)
    if n > k:
        outside = _times_columns(gv - adjoint_product(v, adjoint_product(v, gv, True)), _inverse(s))
        result = result + adjoint_product(u, outside, False, True)
    return result


def _svd_kernel(full: bool, a: np.ndarray) -> list[np.ndarray]:
    u, s, vh = np.linalg.svd(a, full)
    return [u, s, np.conj(vh.swapaxes(-1, -2))]


def _svdvals(x: Any) -> Any:
    """Singular values alone, which take less time than with vectors; their derivative takes the vectors."""
    return _core.general(_SINGULAR_VALUES, [x])


@by_adjoints
def _svdvals_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    u, _, v = _SVD(a, False)
    return adjoint_product(_times_columns(u, g), v, False, True)


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
    they span, and finite for everything else.

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
    m, n = shape[-2:]
    k = min(m, n)
    return [(m, m if full else k), (k,), (n, n if full else k)]


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
    cases=(
        Case(lambda a: svd(a), ((3, 3),)),
        Case(lambda a: svd(a), ((2, 4, 2),)),
        Case(lambda a: svd(a), ((2, 4),)),
        Case(lambda a: svd(a, full_matrices=True), ((3, 2),)),
        Case(lambda a: svd(a, full_matrices=True), ((2, 3),)),
    ),
    form=forms.flag,
    dtype=_matrix_dtype,
)
_SINGULAR_VALUES = general(
    "svdvals",
    lambda attributes, a: np.linalg.svd(a, compute_uv=False),
    _svdvals_rule,
    raises=True,
    function=_svdvals,
    doc="Singular values.",
    leading=True,
    cases=(
        Case(lambda a: _svdvals(a), ((3, 2),)),
        Case(lambda a: _svdvals(a), ((2, 2, 3),)),
    ),
    form=forms.nothing,
    gives=lambda attributes, a: Kind(forms.real_part(_matrix_dtype(a)), (*a.shape[:-2], min(a.shape[-2:]))),
)


# --------------------------------------------------------------------------------------------------------- eigenvalues


def _lower_part(x: Any) -> Any:
    """What a symmetric change is by its lower triangle: the upper one's share is added."""
    n = int(x.shape[-1])
    return multiply(x + adjoint(x), (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)).astype(x.dtype))


@by_adjoints
def _eigh_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    gw, gv = g
    w, v = results
    inner = diag(gw) + multiply(_inverse_gaps(w, squared=False), adjoint_product(v, gv, True))
    return _lower_part(adjoint_product(adjoint_product(v, inner), v, False, True))


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
    is right for what depends on the space that they span, and finite for everything else.

    Examples
    --------
    >>> w, v = tf.linalg.eigh([[2., 0.], [0., 1.]])
    >>> print(w.numpy())
    [1. 2.]
    """
    return EighResult(*_EIGH(matrices(tensor, "eigh", square=True)))


_EIGH = several(
    "eigh",
    lambda attributes, a: list(np.linalg.eigh(a)),
    _eigh_rule,
    lambda attributes, shape: [shape[-1:], shape[-2:]],
    real=(0,),
    raises=True,
    function=eigh,
    doc="Eigenvalues and eigenvectors of symmetric matrices.",
    leading=True,
    cases=(
        Case(lambda a: eigh(a), ((3, 3),)),
        Case(lambda a: eigh(a), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    dtype=_square_dtype,
)


@by_adjoints
def _eigvalsh_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    _, v = _EIGH(a)
    return _lower_part(adjoint_product(_times_columns(v, g), v, False, True))


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
    return _core.general(_EIGVALSH, [matrices(tensor, "eigvalsh", square=True)])


_EIGVALSH = general(
    "eigvalsh",
    lambda attributes, a: np.linalg.eigvalsh(a),
    _eigvalsh_rule,
    raises=True,
    function=eigvalsh,
    doc="Eigenvalues of symmetric matrices.",
    leading=True,
    cases=(
        Case(lambda a: eigvalsh(a), ((3, 3),)),
        Case(lambda a: eigvalsh(a), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=lambda attributes, a: Kind(forms.real_part(_square_dtype(a)), a.shape[:-1]),
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
        The diagonal beside it, of shape (n - 1,).
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
        matrix = matrix + diag(beside, k=-1)  # eigh reads the lower triangle
    w, v = (eigvalsh(matrix), None) if eigvals_only else eigh(matrix)
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


@by_adjoints
def _eig_rule(g: list[Any], results: list[Any], attributes: Any, a: Any) -> Any:
    """Vectors of length 1 turn, and do not grow."""
    gw, gv = g
    w, v = results
    turned = adjoint_product(v, gv, True)
    gram = adjoint_product(v, v, True)
    gaps = _core.conjugated([_inverse_gaps(w, squared=False)])[0]
    inner = multiply(gaps, turned - _times_columns(gram, real(diagonal(turned))))
    inner = adjoint_product(inner + diag(gw), v, False, True)
    return solve(v, inner, adjoint=True)


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
        They are real where the spectrum of real matrices is, as in NumPy.

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


_COMPLEX_SPECTRUM = _core.register_general(
    "has_complex_eigenvalues",
    lambda attributes, a: np.asarray(np.iscomplexobj(np.linalg.eig(a)[0])),
    None,
    None,
    False,
    False,
    raises=True,
    widens=True,
    form=forms.nothing,
    gives=forms.scalar(bool),
)


_REAL_SPECTRUM = np.array([[1.0, 0.2, 0.1], [0.0, 3.0, 0.2], [0.0, 0.0, 6.0]])
_EIG = several(
    "eig",
    lambda attributes, a: list(np.linalg.eig(a)),
    _eig_rule,
    lambda attributes, shape: [shape[-1:], shape[-2:]],
    raises=True,
    function=eig,
    doc="Eigenvalues and eigenvectors.",
    leading=True,
    cases=(
        Case(lambda a: eig(0.2 * a + _REAL_SPECTRUM), ((3, 3),)),
        Case(lambda a: eig(0.2 * a + _REAL_SPECTRUM[:2, :2]), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    dtype=forms.square,
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
