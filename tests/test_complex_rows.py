"""Every row's cases on complex operands: right to the second order, or refused with a TypeError.

Decompositions whose vectors have a phase of their own are checked on what does not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import load_special, rows
from autodiff_core.ops.table import Case, Row
from autodiff_core.testing import check_gradients

load_special()
GENERATOR = np.random.default_rng(3)


def points(shapes: tuple[tuple[int, ...], ...]) -> list[np.ndarray]:
    def part(shape: tuple[int, ...]) -> np.ndarray:
        return GENERATOR.uniform(0.3, 1.5, shape) * GENERATOR.choice([-1.0, 1.0], shape)

    return [part(shape) + 1j * part(shape) for shape in shapes]


CASES = [
    pytest.param(row, case, id=f"{row.name}-{k}")
    for row in rows()
    for k, case in enumerate(row.cases)
    if row.complex != "up to phases"
]


@pytest.mark.parametrize(("row", "case"), CASES)
def test_derivatives_match_finite_differences_in_both_parts(row: Row, case: Case) -> None:
    operands = points(case.shapes)
    if row.complex == "refused":
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


# -------------------------------------------------------------------------------------------------- beside TensorFlow

MATRIX = np.array([[2 + 1j, 0.5 - 1j, 0.3], [0.2j, 1.5, -1 + 0.7j], [1.0, -0.4j, 2.5 - 1j]])
HERMITIAN = MATRIX @ MATRIX.conj().T + np.eye(3)
WEIGHT = np.array([[1, 2j, 0], [1 - 1j, 0.5, 1], [0.3, -1j, 2]])

# Gradients of the real part, by TensorFlow 2.21.
TENSORFLOW: dict[str, tuple[Any, np.ndarray, list[list[complex]]]] = {
    "inv": (
        lambda x: tf.reduce_sum(WEIGHT * tf.linalg.inv(x)),
        MATRIX,
        [
            [0.28717302 + 0.00700224j, -0.20528502 + 0.78303129j, 0.20132384 - 0.01659184j],
            [-0.16922517 - 0.36630315j, 0.12802978 + 0.01195417j, -0.1576679 + 0.15889362j],
            [-0.19073892 - 0.0217411j, -0.27696532 - 0.28642668j, -0.29537207 + 0.24275289j],
        ],
    ),
    "solve": (
        lambda x: tf.reduce_sum(tf.linalg.solve(x, WEIGHT)),
        MATRIX,
        [
            [-0.51709486 - 0.19090514j, 0.16566928 - 0.60632925j, 0.0442207 - 0.20350542j],
            [-0.54288908 + 1.773823j, -2.0688409 - 0.44108955j, -0.69220616 - 0.1097958j],
            [-0.63222027 + 1.5514366j, -1.8250524 - 0.56459104j, -0.61370355 - 0.15491682j],
        ],
    ),
    "cholesky": (
        lambda x: tf.reduce_sum(WEIGHT * tf.linalg.cholesky(x)),
        HERMITIAN,
        [
            [0.12615172, 0.07441272 - 0.26437331j, -0.07073804 + 0.03019798j],
            [0.07441272 + 0.26437331j, 0.3957754, 0.31773739 - 0.29979632j],
            [-0.07073804 - 0.03019798j, 0.31773739 + 0.29979632j, 0.42909355],
        ],
    ),
    "eigh values": (
        lambda x: tf.reduce_sum(tf.linalg.eigh(x)[0] ** 2),
        HERMITIAN,
        [[14.68, 0, 0], [2.6 + 8.44j, 9.56, 0], [12.6 - 6j, -12.8 - 6.2j, 18.82]],
    ),
    "svd values": (
        lambda x: tf.reduce_sum(tf.linalg.svd(x, compute_uv=False) ** 3),
        MATRIX,
        [
            [16.404574 + 7.9291538j, 4.9919234 - 9.8398329j, 7.6786728 + 1.5808659j],
            [-1.9692877 + 5.2409228j, 9.6861298 + 0.76218547j, -9.6052589 + 8.260817j],
            [12.748046 + 0.15240915j, -3.0382128 - 6.7209387j, 23.686636 - 9.049504j],
        ],
    ),
    "norm": (
        lambda x: tf.norm(x),
        MATRIX,
        [
            [0.46461399 + 0.232307j, 0.1161535 - 0.232307j, 0.0696921],
            [0 + 0.0464614j, 0.3484605, -0.232307 + 0.1626149j],
            [0.232307, 0 - 0.0929228j, 0.58076749 - 0.232307j],
        ],
    ),
    "adjoint product": (
        lambda x: tf.reduce_sum(WEIGHT * tf.linalg.matmul(x, x, adjoint_a=True)),
        MATRIX,
        [
            [7.59 + 2.5j, 5.8 - 5.7j, 1.3 - 1.2j],
            [1.2 + 5.11j, 0.4 - 0.1j, -2.5 + 1.36j],
            [3.95 - 0.7j, 4.5 - 1.9j, 9.9 - 4.4j],
        ],
    ),
    "logdet": (
        lambda x: tf.linalg.logdet(x),
        HERMITIAN,
        [
            [0.19708265, -0.08454113 + 0.06199785j, -0.08451066 + 0.00359276j],
            [-0.08454113 - 0.06199785j, 0.34676338, 0.13633907 - 0.02288824j],
            [-0.08451066 - 0.00359276j, 0.13633907 + 0.02288824j, 0.18412128],
        ],
    ),
    "matrix exp": (
        lambda x: tf.reduce_sum(WEIGHT * tf.linalg.expm(0.1 * x)),
        MATRIX,
        [
            [0.13622924 - 0.02069103j, -0.01313313 - 0.23441048j, 0.02398734 - 0.0014256j],
            [0.13253639 + 0.12249691j, 0.06262595 - 0.01258171j, 0.1284117 + 0.01918223j],
            [0.03547148 - 0.00836624j, -0.02137273 + 0.10660828j, 0.24942938 + 0.02012699j],
        ],
    ),
    "qr r": (
        lambda x: tf.reduce_sum(tf.abs(tf.linalg.qr(x)[1])),
        MATRIX,
        [
            [0.75529724 + 0.18313223j, 0.68301862 - 0.60400489j, 0.49557407 + 0.02672202j],
            [0.05636638 + 0.13995724j, 1.0785612 - 0.05366425j, -0.87116376 + 0.51804498j],
            [0.73592299 + 0.40030606j, -0.7512995 - 0.3509005j, 1.2056985 - 0.52219391j],
        ],
    ),
    "euclid": (
        lambda x: tf.reduce_sum(tf.math.reduce_euclidean_norm(x, 1)),
        MATRIX,
        [
            [0.79430147 + 0.39715074j, 0.19857537 - 0.39715074j, 0.11914522],
            [0 + 0.1028689j, 0.77151675, -0.5143445 + 0.36004115j],
            [0.34482759, -0 - 0.13793103j, 0.86206897 - 0.34482759j],
        ],
    ),
    "variance": (
        lambda x: tf.reduce_sum(tf.math.reduce_variance(x, 0)),
        MATRIX,
        [
            [0.66666667 + 0.4j, -0.11111111 - 0.35555556j, -0.2 + 0.06666667j],
            [-0.66666667 - 0.13333333j, 0.55555556 + 0.31111111j, -1.0666667 + 0.53333333j],
            [0 - 0.26666667j, -0.44444444 + 0.04444444j, 1.2666667 - 0.6j],
        ],
    ),
}


@pytest.mark.parametrize("name", TENSORFLOW)
def test_gradients_are_those_of_tensorflow(name: str) -> None:
    f, point, expected = TENSORFLOW[name]
    x = tf.constant(point)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.math.real(f(x))
    np.testing.assert_allclose(tape.gradient(value, x), np.array(expected), rtol=1e-6, atol=1e-7)


def test_the_gradient_of_a_complex_determinant_is_the_derivative_where_tensorflows_is_not() -> None:
    check_gradients(tf.linalg.det, [MATRIX], order=2)
    x = tf.constant(MATRIX)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.linalg.det(x)
    cofactors = np.linalg.det(MATRIX) * np.linalg.inv(MATRIX).T
    np.testing.assert_allclose(tape.gradient(value, x), np.conj(cofactors))
