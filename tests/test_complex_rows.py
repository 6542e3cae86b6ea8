"""Every row's cases on complex operands: right to the second order, or refused with a TypeError.

Decompositions whose vectors have a phase of their own are checked on what does not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from autodiff_core.ops.table import Case, Row
from autodiff_core.testing import check_gradients

GENERATOR = np.random.default_rng(3)

# Rows that take no complex operands: their parts are real, or their operands have an order.
REFUSED = {"complex", "segment_extremum"}
BY_INVARIANTS = {"qr", "svd", "eigh", "eig", "slogdet"}


def points(shapes: tuple[tuple[int, ...], ...]) -> list[np.ndarray]:
    def part(shape: tuple[int, ...]) -> np.ndarray:
        return GENERATOR.uniform(0.3, 1.5, shape) * GENERATOR.choice([-1.0, 1.0], shape)

    return [part(shape) + 1j * part(shape) for shape in shapes]


CASES = [
    pytest.param(row, case, id=f"{row.name}-{k}")
    for row in rows()
    for k, case in enumerate(row.cases)
    if row.name not in BY_INVARIANTS
]


@pytest.mark.parametrize(("row", "case"), CASES)
def test_derivatives_match_finite_differences_in_both_parts(row: Row, case: Case) -> None:
    operands = points(case.shapes)
    if row.name in REFUSED:
        with pytest.raises(TypeError, match="complex128"):
            case.call(*map(tf.constant, operands))
        return
    assert row.kind != "none"
    check_gradients(case.call, operands, order=2, rtol=1e-4, atol=1e-4)


WEIGHTS = GENERATOR.normal(size=(4, 4)) + 1j * GENERATOR.normal(size=(4, 4))


def adjoint(x: Any) -> Any:
    return tf.linalg.adjoint(x)


def values_and_vectors(x: Any, full: bool = False) -> Any:
    s, u, v = tf.linalg.svd(x, full_matrices=full)
    k = s.shape[-1]
    return u[..., :k] * tf.cast(tf.exp(-s)[..., None, :], u.dtype) @ adjoint(v[..., :k])


def beside_the_values(x: Any) -> Any:
    """The space that the rest of the full vectors span."""
    _, u, v = tf.linalg.svd(x, full_matrices=True)
    rest = u[..., min(x.shape) :] if x.shape[0] > x.shape[1] else v[..., min(x.shape) :]
    return rest @ adjoint(rest)


def of_hermitian(x: Any) -> Any:
    w, v = tf.linalg.eigh(x)
    return v * tf.cast(tf.sin(w)[..., None, :], v.dtype) @ adjoint(v)


def of_any(x: Any) -> Any:
    w, v = tf.linalg.eig(x)
    return v * tf.sin(w)[..., None, :] @ tf.linalg.inv(v)


def factors(x: Any, **keywords: Any) -> Any:
    q, r = tf.linalg.qr(x, **keywords)
    return tf.concat([tf.reshape(q, (-1,)), tf.reshape(r, (-1,))], 0)


def sign_and_logarithm(x: Any) -> Any:
    sign, logarithm = tf.linalg.slogdet(x)
    return sign * tf.cast(logarithm, sign.dtype)


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (values_and_vectors, (3, 3)),
        (values_and_vectors, (2, 4, 2)),
        (values_and_vectors, (2, 4)),
        (lambda x: values_and_vectors(x, full=True), (3, 2)),
        (lambda x: values_and_vectors(x, full=True), (2, 3)),
        (beside_the_values, (3, 2)),
        (beside_the_values, (2, 3)),
        (lambda x: tf.linalg.svd(x, compute_uv=False), (4, 3)),
        (of_hermitian, (3, 3)),
        (of_hermitian, (2, 2, 2)),
        (lambda x: tf.linalg.eigh(x)[0], (4, 4)),
        (of_any, (3, 3)),
        (lambda x: tf.linalg.eig(x)[0], (2, 3, 3)),
        (lambda x: tf.abs(tf.linalg.eig(x)[1]), (3, 3)),
        (factors, (3, 3)),
        (factors, (4, 2)),
        (factors, (2, 4)),
        (lambda x: factors(x, full_matrices=True), (3, 3)),
        (sign_and_logarithm, (3, 3)),
        (sign_and_logarithm, (2, 2, 2)),
        (lambda x: tf.linalg.slogdet(x)[1], (3, 3)),
    ],
)
def test_what_does_not_depend_on_the_phases_of_vectors_is_right(f: Any, shape: tuple[int, ...]) -> None:
    check_gradients(f, points((shape,)), order=2, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_complex_eigenvalues_of_real_matrices_have_real_gradients(n: int) -> None:
    turned = GENERATOR.normal(size=(n, n)) + np.triu(np.full((n, n), 3.0), 1) - np.tril(np.full((n, n), 3.0), -1)
    assert np.iscomplexobj(np.linalg.eigvals(turned))
    for f in (tf.linalg.eigvals, np.linalg.eigvals, of_any, lambda x: np.linalg.eig(x).eigenvalues):
        check_gradients(f, [turned], order=2, rtol=1e-4, atol=1e-4)
    x = tf.Variable(turned)
    with tf.GradientTape() as tape:
        radius = tf.reduce_sum(tf.abs(tf.linalg.eigvals(x)))
    assert tape.gradient(radius, x).dtype == np.float64


# np.linalg and functions that are made of other rows.
COMPOSED = {
    "norm": lambda a: np.linalg.norm(a),
    "norm of rows": lambda a: np.linalg.norm(a, axis=1),
    "norm 1": lambda a: np.linalg.norm(a, 1),
    "norm inf": lambda a: np.linalg.norm(a, np.inf),
    "norm -1": lambda a: np.linalg.norm(a, -1),
    "norm 2": lambda a: np.linalg.norm(a, 2),
    "norm nuc": lambda a: np.linalg.norm(a, "nuc"),
    "vector norm 3": lambda a: np.linalg.norm(a[0], 3),
    "vector norm 0.5": lambda a: np.linalg.norm(a[0], 0.5),
    "tf.norm": lambda a: tf.norm(a),
    "tf.norm 1": lambda a: tf.norm(a, ord=1),
    "euclidean": lambda a: tf.math.reduce_euclidean_norm(a, 1),
    "cond": lambda a: np.linalg.cond(a),
    "matrix_power": lambda a: np.linalg.matrix_power(a, 3),
    "matrix_power -2": lambda a: np.linalg.matrix_power(a, -2),
    "multi_dot": lambda a: np.linalg.multi_dot([a, a, a]),
    "lstsq": lambda a: tf.linalg.lstsq(a[:, :2], a),
    "lstsq, regularized": lambda a: tf.linalg.lstsq(a[:, :2], a, l2_regularizer=0.3),
    "pinv": lambda a: np.linalg.pinv(a[:, :2]),
    "trace": lambda a: np.trace(a),
    "adjoint product": lambda a: tf.linalg.matmul(a, a, adjoint_a=True),
    "product with adjoint": lambda a: tf.linalg.matmul(a, a, adjoint_b=True),
    "matvec, adjoint": lambda a: tf.linalg.matvec(a, a[0], adjoint_a=True),
    "logdet": lambda a: tf.linalg.logdet(a @ adjoint(a) + np.eye(3)),
    "cholesky_solve": lambda a: tf.linalg.cholesky_solve(tf.linalg.cholesky(a @ adjoint(a) + np.eye(3)), a),
    "expm": lambda a: tf.linalg.expm(0.3 * a),
    "sqrtm": lambda a: tf.linalg.sqrtm(a @ a + 9 * np.eye(3)),
    "kron": lambda a: np.kron(a, a[:2]),
    "outer": lambda a: np.outer(a, a[0]),
    "inner": lambda a: np.inner(a, a),
    "vdot": lambda a: np.vdot(a, 2j * a * a),
    "vecdot": lambda a: np.linalg.vecdot(a, a * a),
    "einsum": lambda a: np.einsum("ij,kj->ik", a, np.conj(a)),
    "tensordot": lambda a: np.tensordot(a, a, 2),
    "cross": lambda a: np.cross(a, 1j * a * a),
    "prod": lambda a: np.prod(a, 1),
    "mean": lambda a: np.mean(a, 0),
    "var": lambda a: np.var(a, 0),
    "std": lambda a: np.std(a),
    "tf var": lambda a: tf.math.reduce_variance(a, 1),
    "tf std": lambda a: tf.math.reduce_std(a),
    "cumsum": lambda a: np.cumsum(a, 1),
    "cumprod": lambda a: np.cumprod(a, 0),
    "logsumexp": lambda a: tf.reduce_logsumexp(a, 1),
    "average": lambda a: np.average(a, 0, weights=[1.0, 2.0, 0.5]),
    "cov": lambda a: np.cov(a),
    "corrcoef": lambda a: np.corrcoef(a),
    "convolve": lambda a: np.convolve(a[0], a[1], "same"),
    "correlate": lambda a: np.correlate(a[0], a[1], "full"),
    "diff": lambda a: np.diff(a),
    "gradient": lambda a: np.gradient(a, axis=0),
    "trapezoid": lambda a: np.trapezoid(a),
    "interp": lambda a: np.interp([0.5, 1.5], [0.0, 1.0, 2.0], a[0]),
    "polyval": lambda a: np.polyval(a[0], a[1]),
    "where": lambda a: np.where(np.abs(a) > 1, a, 2 * a),
    "sort": lambda a: np.sort(a, 0),
    "max": lambda a: np.max(a, 1),
    "clip": lambda a: np.clip(a, -0.5, 0.5 + 1j),
    "nansum": lambda a: np.nansum(a, 1),
    "nan_to_num": lambda a: np.nan_to_num(a) * a,
    "angle": lambda a: np.angle(a),
    "angle in degrees": lambda a: np.angle(a, deg=True),
    "real": lambda a: np.real(a * a),
    "imag": lambda a: np.imag(a * a),
    "conj": lambda a: np.conj(a) * a,
    "absolute": lambda a: np.absolute(a),
    "real_if_close": lambda a: np.real_if_close(a) * a,
    "sort_complex": lambda a: np.sort_complex(a),
    "pad": lambda a: np.pad(a, 1, "reflect"),
    "unstacked": lambda a: np.stack(np.unstack(a))[::-1],
    "l2_normalize": lambda a: tf.math.l2_normalize(a, 1),
    "segment_sum": lambda a: tf.math.segment_sum(a, [0, 0, 1]),
    "scatter": lambda a: tf.tensor_scatter_nd_add(a, [[0], [2]], a[1:] * a[:2]),
}


@pytest.mark.parametrize("name", COMPOSED)
def test_functions_made_of_other_rows_are_right(name: str) -> None:
    check_gradients(COMPOSED[name], points(((3, 3),)), order=2, rtol=2e-4, atol=2e-4)


NUMPYS = [
    name
    for name, f in COMPOSED.items()
    if "np" in f.__code__.co_names and not {"tf", "adjoint"} & set(f.__code__.co_names)
]


@pytest.mark.parametrize("name", NUMPYS)
def test_their_values_are_numpys(name: str) -> None:
    f = COMPOSED[name]
    (a,) = points(((3, 3),))
    value, expected = f(tf.constant(a)), f(a)
    assert value.dtype == expected.dtype
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)
