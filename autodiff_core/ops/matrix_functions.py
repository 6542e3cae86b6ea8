"""Functions of whole matrices: powers, chains of products, exponential, square root, logarithm, Sylvester equations.

The exponential's kernel is the scaled and squared Pade approximant of N. J. Higham, The scaling and squaring method for
the matrix exponential revisited (2005); its derivative, that of a larger exponential (R. Mathias, 1996). The square
root's is a product form of the Denman-Beavers iteration (N. J. Higham, Functions of Matrices, 2008, section 6.3). The
logarithm's takes square roots until a Pade approximant will do, and its derivative is that of a larger logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import abs as _abs
from .elementwise import divide, greater, multiply
from .forms import Kind
from .indexing import where
from .linalg import matmul
from .matrices import lead_to, matrices, matrix_transpose
from .reductions import reduce_max
from .shaping import concat, expand_dims, squeeze
from .solving import identity_plus, inv
from .table import Case, general

# ------------------------------------------------------------------------------------------------------------- powers


def matrix_power(a: Any, n: int) -> Tensor:
    """Integer powers of square matrices, by squaring; negative ones by the inverse."""
    x = matrices(a, "matrix_power", square=True)
    try:
        n = _core.integer(n)
    except TypeError:
        raise TypeError(f"matrix_power: the exponent is an integer, not {n!r}") from None
    if n == 0:
        one = np.broadcast_to(np.eye(int(x.shape[-1]), dtype=x.dtype), tuple(x.shape))
        return _core.to_tensor(one)
    if n < 0:
        x, n = inv(x), -n
    power: Any = None
    while True:
        if n % 2:
            power = x if power is None else _core.matmul(power, x)
        n //= 2
        if not n:
            return _core.identity_tensor(power)
        x = _core.matmul(x, x)


def _cheapest(sizes: Sequence[int]) -> list[list[int]]:
    """Where to split each part of a chain of products: the textbook's dynamic programme."""
    n = len(sizes) - 1
    cost = [[0] * n for _ in range(n)]
    split = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i][j], split[i][j] = min(
                (cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return split


def multi_dot(arrays: Sequence[Any]) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    parts = [_core.operand(x) for x in arrays]
    if len(parts) < 2:
        raise ValueError(f"multi_dot: two matrices are needed at least, not {len(parts)}")
    row, column = len(parts[0].shape) == 1, len(parts[-1].shape) == 1
    if row:
        parts[0] = expand_dims(parts[0], 0)
    if column:
        parts[-1] = expand_dims(parts[-1], -1)
    for x in parts:
        if len(x.shape) != 2:
            raise np.linalg.LinAlgError(
                f"multi_dot: matrices have two axes, the first and last perhaps one; a shape is {tuple(x.shape)}"
            )
    split = _cheapest([int(parts[0].shape[0]), *[int(x.shape[1]) for x in parts]])

    def chain(i: int, j: int) -> Any:
        return parts[i] if i == j else matmul(chain(i, split[i][j]), chain(split[i][j] + 1, j))

    product = chain(0, len(parts) - 1)
    product = squeeze(product, 0) if row else product
    return squeeze(product, -1) if column else product


# -------------------------------------------------------------------------------------------------------- exponential

_PADE = np.array(
    [
        64764752532480000.0,
        32382376266240000.0,
        7771770303897600.0,
        1187353796428800.0,
        129060195264000.0,
        10559470521600.0,
        670442572800.0,
        33522128640.0,
        1323241920.0,
        40840800.0,
        960960.0,
        16380.0,
        182.0,
        1.0,
    ]
)
_LARGEST_NORM = 5.371920351148152  # up to which the approximant of degree 13 is exact to double precision


_LOG2_OF_ERROR = -math.log2(math.comb(26, 13) * math.factorial(27))  # of the first term that the approximant lacks


def _one_norm(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(x).sum(axis=-2).max(axis=-1))


def _spared(x: np.ndarray, x4: np.ndarray, x6: np.ndarray, squarings: np.ndarray) -> np.ndarray:
    """How many of the squarings are not needed, since powers of a matrix may be much smaller than its norm's.

    After A. H. Al-Mohy and N. J. Higham, A new scaling and squaring algorithm for the matrix exponential (2009): each
    squaring too many costs digits of the small elements beside large ones.
    """
    sixth, eighth, tenth = (_one_norm(part) ** (1 / k) for part, k in ((x6, 6), (x4 @ x4, 8), (x4 @ x6, 10)))
    size = np.minimum(np.maximum(sixth, eighth), np.maximum(eighth, tenth))
    with np.errstate(all="ignore"):
        spare = np.floor(np.log2(_LARGEST_NORM / np.maximum(size, 1e-300)))
        spare = np.clip(np.where(np.isfinite(spare), spare, 0.0), 0, squarings)
        # The bound on the error with that scaling: powers of what the elements are without their signs.
        norm = _one_norm(x)[..., None]
        y = np.abs(x) / np.where(norm > 0, norm, 1.0)[..., None]
        row = np.ones((*x.shape[:-2], 1, x.shape[-1]))
        for _ in range(27):
            row = row @ y
        error = np.log2(row.max(axis=(-2, -1))) + 26.0 * (np.log2(norm[..., 0]) + spare) + _LOG2_OF_ERROR
        more = np.maximum(0.0, np.ceil((error + 53.0) / 26.0))
    more = np.where(np.isnan(more), squarings, more)
    return np.asarray(np.clip(spare - more, 0, squarings)).astype(int)


def _expm_kernel(attributes: Any, a: np.ndarray) -> np.ndarray:
    wide = a.astype(np.result_type(a.dtype, np.float64))
    n = a.shape[-1]
    if not wide.size:
        return a.copy()
    norms = _one_norm(wide)
    finite = np.where(np.isfinite(norms), norms, 1.0)
    squarings = np.maximum(0, np.ceil(np.log2(np.maximum(finite, 1e-300) / _LARGEST_NORM))).astype(int)
    x = wide / (2.0**squarings)[..., None, None]
    one = np.eye(n, dtype=wide.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    if np.any(squarings):
        fewer = _spared(x, x4, x6, squarings)
        larger = (2.0**fewer)[..., None, None]
        squarings, x, x2, x4, x6 = squarings - fewer, x * larger, x2 * larger**2, x4 * larger**4, x6 * larger**6
    b = _PADE
    odd = x @ (x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one)
    even = x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * one
    value = np.linalg.solve(even - odd, even + odd)
    for step in range(int(np.max(squarings, initial=0))):
        value = np.where((step < squarings)[..., None, None], value @ value, value)
    return value.astype(a.dtype)


def _along(function: Any, a: Any, g: Any) -> Any:
    """The derivative of a function of matrices at a', along g: what [[a', g], [0, a']] has for the function's corner.

    It is linear in g, which is made as large as one, so that the corner rules over nothing else.
    """
    n = int(a.shape[-1])
    lead = tuple(g.shape)[:-2]
    if not n or 0 in lead:
        return g
    largest = reduce_max(_abs(_core.detached(g)), [-2, -1], keepdims=True)
    size = where(greater(largest, 0.0), largest, 1.0)
    turned = lead_to(matrix_transpose(a), lead)
    blank = np.zeros((*lead, n, n), g.dtype)
    block = concat([concat([turned, divide(g, size)], -1), concat([blank, turned], -1)], -2)
    return multiply(function(block)[..., :n, n:], size)


def _expm_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    return _along(expm, a, g)


def expm(input: Any, name: str | None = None) -> Tensor:
    """Matrix exponentials.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n).

    Returns
    -------
    Tensor
        Of shape (..., n, n).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/expm. Higham 2005; the derivative after R. Mathias, A chain
    rule for matrix functions and applications (1996).

    Examples
    --------
    >>> print(tf.linalg.expm([[0., 1.], [0., 0.]]).numpy())
    [[1. 1.]
     [0. 1.]]
    """
    return _core.general(_EXPM, [matrices(input, "expm", square=True)])


def _square_kind(attributes: Any, a: Kind) -> Kind:
    forms.square(a)
    return Kind(*a)


_EXPM = general(
    "expm",
    _expm_kernel,
    _expm_rule,
    raises=True,
    function=expm,
    doc="Matrix exponentials.",
    leading=True,
    cases=(
        Case(lambda a: expm(a), ((3, 3),)),
        Case(lambda a: expm(0.5 * a), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=_square_kind,
    names=("linalg.expm", "scipy.linalg.expm"),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(30),
)


# -------------------------------------------------------------------------------------------------- Sylvester equations


def _sylvester_kernel(attributes: Any, a: np.ndarray, b: np.ndarray, q: np.ndarray) -> np.ndarray:
    """a x + x b = q as one linear system in the elements of x."""
    n, m = q.shape[-2:]
    system = np.einsum("...ik,jl->...ijkl", a, np.eye(m)) + np.einsum("ik,...lj->...ijkl", np.eye(n), b)
    flat = system.reshape(*system.shape[:-4], n * m, n * m).astype(q.dtype, copy=False)
    return np.linalg.solve(flat, q.reshape(*q.shape[:-2], n * m, 1)).reshape(q.shape)


def _sylvester_rule(g: Any, x: Any, attributes: Any, a: Any, b: Any, q: Any) -> tuple[Any, Any, Any]:
    gq = solve_sylvester(matrix_transpose(a), matrix_transpose(b), g)
    return -_core.matmul(gq, x, False, True), -_core.matmul(x, gq, True), gq


def solve_sylvester(a: Any, b: Any, q: Any) -> Tensor:
    """Solve a x + x b = q.

    Parameters
    ----------
    a, b, q : array_like
        Of shapes (..., n, n), (..., m, m) and (..., n, m).

    Returns
    -------
    Tensor
        Of shape (..., n, m).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a and -b share an eigenvalue.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.solve_sylvester.html. It is solved as one system
    in all n * m elements: for small matrices.

    Examples
    --------
    >>> print(tf.scipy.linalg.solve_sylvester([[1.]], [[2.]], [[6.]]).numpy())
    [[2.]]
    """
    x, y, z = (matrices(part, "solve_sylvester") for part in _core.operands(a, b, q))
    shapes = [tuple(part.shape) for part in (x, y, z)]
    n, m = shapes[2][-2:]
    if shapes[0][-2:] != (n, n) or shapes[1][-2:] != (m, m):
        raise ValueError(
            f"solve_sylvester: a x + x b = q needs shapes (n, n), (m, m) and (n, m); those given "
            f"are {shapes[0]}, {shapes[1]} and {shapes[2]}"
        )
    lead = np.broadcast_shapes(*(shape[:-2] for shape in shapes))
    return _core.general(_SYLVESTER, [lead_to(part, lead) for part in (x, y, z)])


def _sylvester_kind(attributes: Any, a: Kind, b: Kind, q: Kind) -> Kind:
    for part in (a, b):
        forms.square(part)
    forms.dims(q, 2)
    if q.shape[-2:] != (a.shape[-1], b.shape[-1]) or not a.shape[:-2] == b.shape[:-2] == q.shape[:-2]:
        raise ValueError(f"no equation of shapes {a.shape}, {b.shape} and {q.shape}")
    return Kind(forms.inexact(q), q.shape)


_SYLVESTER = general(
    "solve_sylvester",
    _sylvester_kernel,
    _sylvester_rule,
    raises=True,
    function=solve_sylvester,
    doc="Solution x of a x + x b = q.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a, b, q: solve_sylvester(identity_plus(a), identity_plus(b), q), ((3, 3), (2, 2), (3, 2))),
        Case(lambda a, b, q: solve_sylvester(identity_plus(a), identity_plus(b), q), ((2, 2, 2), (2, 2), (2, 2))),
    ),
    form=forms.nothing,
    gives=_sylvester_kind,
    names=("scipy.linalg.solve_sylvester",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(50),
)


# -------------------------------------------------------------------------------------------------------- square root

_MOST_STEPS = 60


def _middle(a: np.ndarray) -> np.ndarray:
    """The angle in the middle of those of the eigenvalues; ones on the negative real axis count as above it."""
    w = np.linalg.eigvals(a)
    nothing = 10.0 * a.shape[-1] * np.finfo(a.dtype).eps * np.abs(a).sum(axis=-2).max(axis=-1)[..., None]
    angles = np.where((w.real < 0) & (np.abs(w.imag) <= nothing), np.pi, np.angle(w))
    return (angles.min(axis=-1) + angles.max(axis=-1))[..., None, None] / 2.0


def _root(a: np.ndarray) -> np.ndarray:
    """Square roots, in double precision.

    Complex matrices are turned first, away from the negative real axis, where the iteration finds nothing.
    """
    if not a.size:
        return a.copy()
    x = a.astype(np.result_type(a.dtype, np.float64))
    try:
        if a.dtype.kind == "c":
            middle = _middle(a)
            root = np.exp(0.5j * middle) * _iterated(x * np.exp(-1j * middle))
        else:
            root = _iterated(x)
        exact = np.abs(root @ root - x).max(axis=(-2, -1)) <= 1e-4 * np.abs(x).max(axis=(-2, -1))
    except np.linalg.LinAlgError:
        exact = np.False_
    if not np.all(exact):
        raise np.linalg.LinAlgError(
            "sqrtm: no square root was found: a matrix has an eigenvalue at zero, or nearly so, or, being real, on the "
            "negative real axis: make it complex for the root of one that has such"
        )
    return np.asarray(root)


def _iterated(x: np.ndarray) -> np.ndarray:
    """m = x**2 / a goes to one, and x to the square root; determinants scale the first steps."""
    n = x.shape[-1]
    one = np.eye(n)
    m = x
    rounding = n * np.finfo(np.float64).eps
    change = np.inf
    for _ in range(_MOST_STEPS):
        inverse = np.linalg.inv(m)
        scale = 1.0
        if change > 1e-2:
            scale = np.exp(-np.linalg.slogdet(m)[1] / (2.0 * n))[..., None, None]
        x = 0.5 * scale * (x @ (one + inverse / scale**2))
        m = 0.5 * (one + 0.5 * (scale**2 * m + inverse / scale**2))
        before, change = change, float(np.max(np.abs(m - one)))
        if change <= rounding or (change < 1e-8 and change >= 0.5 * before):
            return x
        if not np.isfinite(change):
            break
    raise np.linalg.LinAlgError("the iteration ends nowhere")


def _sqrtm_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    turned = matrix_transpose(y)
    return solve_sylvester(turned, turned, g)


def sqrtm(input: Any, name: str | None = None) -> Tensor:
    """Principal square roots of matrices.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n), with no eigenvalue at zero; real ones have none on the negative real axis, either.

    Returns
    -------
    Tensor
        Of shape (..., n, n); its product with itself is the operand.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or there is no such root.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/sqrtm. Higham 2008, section 6.3. The derivative solves a
    Sylvester equation as one system in all n * n elements: it is for small matrices.

    Examples
    --------
    >>> print(tf.linalg.sqrtm([[4., 0.], [0., 9.]]).numpy())
    [[2. 0.]
     [0. 3.]]
    """
    return _core.general(_SQRTM, [matrices(input, "sqrtm", square=True)])


_SQRTM = general(
    "sqrtm",
    lambda attributes, a: _root(a).astype(a.dtype, copy=False),
    _sqrtm_rule,
    raises=True,
    function=sqrtm,
    doc="Principal square roots of matrices.",
    keeps_output=True,
    leading=True,
    cases=(
        Case(lambda a: sqrtm(identity_plus(a) + 0.3 * a), ((3, 3),)),
        Case(lambda a: sqrtm(identity_plus(a)), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=_square_kind,
    names=("matrix_square_root", "linalg.sqrtm", "scipy.linalg.sqrtm"),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(29),
)


# ----------------------------------------------------------------------------------------------------------- logarithm

# log(1 + x) is the integral of x / (1 + t x) over t from 0 to 1: Gauss and Legendre's rule is the Pade approximant.
_NODES, _WEIGHTS = (part / 2.0 for part in np.polynomial.legendre.leggauss(8))
_NEAR_ONE = 0.25  # for which 8 nodes are exact to double precision


def _logm_kernel(attributes: Any, a: np.ndarray) -> np.ndarray:
    """One matrix after the other: how many roots one takes must not depend on those beside it."""
    found = np.empty_like(a)
    for place in np.ndindex(a.shape[:-2]):
        found[place] = _logarithm(a[place])
    return found


def _logarithm(a: np.ndarray) -> np.ndarray:
    if not a.size:
        return a.copy()
    x, one = a, np.eye(a.shape[-1])
    roots = 0
    try:
        while np.abs(x - one).sum(axis=-2).max() > _NEAR_ONE and roots < _MOST_STEPS:
            x = _root(x)
            roots += 1
    except np.linalg.LinAlgError:
        roots = _MOST_STEPS
    if roots == _MOST_STEPS:
        raise np.linalg.LinAlgError(
            "logm: no logarithm was found: a matrix has an eigenvalue at zero, or nearly so, or, being real, on the "
            "negative real axis: make it complex for the logarithm of one that has such"
        )
    rest = x - one
    total = sum(w * np.linalg.solve(one + (0.5 + t) * rest, rest) for t, w in zip(_NODES, _WEIGHTS, strict=True))
    return np.asarray(total * 2.0**roots).astype(a.dtype)


def _logm_rule(g: Any, y: Any, attributes: Any, a: Any) -> Any:
    return _along(logm, a, g)


def logm(input: Any, name: str | None = None) -> Tensor:
    """Principal logarithms of matrices.

    Parameters
    ----------
    input : array_like
        Of shape (..., n, n), with no eigenvalue at zero; real ones have none on the negative real axis, either.

    Returns
    -------
    Tensor
        Of shape (..., n, n); its exponential is the operand.

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a matrix is not square, or there is no such logarithm.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/linalg/logm. TensorFlow's takes complex numbers only, and has no
    gradient. Higham 2008, section 11.5.

    Examples
    --------
    >>> print(tf.linalg.logm(tf.linalg.expm([[3., 1.], [1., 2.]])).numpy().round(4))
    [[3. 1.]
     [1. 2.]]
    """
    return _core.general(_LOGM, [matrices(input, "logm", square=True)])


_LOGM = general(
    "logm",
    _logm_kernel,
    _logm_rule,
    raises=True,
    function=logm,
    doc="Principal logarithms of matrices.",
    leading=True,
    cases=(
        Case(lambda a: logm(identity_plus(a) + 0.3 * a), ((3, 3),)),
        Case(lambda a: logm(identity_plus(a)), ((2, 2, 2),)),
    ),
    form=forms.nothing,
    gives=_square_kind,
    names=("linalg.logm",),
    c=c_loops.LAPACK,
    cost=forms.on_matrices(60),
)
