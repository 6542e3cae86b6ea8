"""Linear algebra: np.linalg's functions on tensors, TensorFlow's names, and where a derivative has no answer.

The rows' derivatives are checked by the generated tests; here are the functions that are made of them.
"""

import contextlib
from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.testing import check_gradients

RNG = np.random.default_rng(7)
SQUARE = RNG.normal(size=(3, 3)) + 3.0 * np.eye(3)
STACK = RNG.normal(size=(2, 3, 3)) + 3.0 * np.eye(3)
POSITIVE = SQUARE @ SQUARE.T
TALL = RNG.normal(size=(4, 2))
VECTOR = RNG.normal(size=3)
REAL = SQUARE @ np.diag([1.0, 4.0, 8.0]) @ np.linalg.inv(SQUARE)


NUMPY = [
    ("solve", lambda la, a, b: la.solve(a, b), (SQUARE, VECTOR)),
    ("solve with columns", lambda la, a, b: la.solve(a, b), (STACK, SQUARE)),
    ("tensorsolve", lambda la, a, b: la.tensorsolve(np.reshape(a, (3, 1, 3)), np.reshape(b, (3, 1))), (SQUARE, VECTOR)),
    ("tensorinv", lambda la, a: la.tensorinv(np.reshape(a, (3, 1, 3, 1))), (SQUARE,)),
    ("inv", lambda la, a: la.inv(a), (STACK,)),
    ("det", lambda la, a: la.det(a), (STACK,)),
    ("slogdet", lambda la, a: la.slogdet(a).logabsdet, (STACK,)),
    ("pinv", lambda la, a: la.pinv(a), (TALL,)),
    ("pinv with rtol", lambda la, a: la.pinv(a, rtol=1e-8), (TALL,)),
    ("lstsq", lambda la, a, b: la.lstsq(a, b)[0], (TALL, TALL[:, 0] ** 2)),
    ("residuals", lambda la, a, b: la.lstsq(a, b)[1], (TALL, TALL**2)),
    ("singular values of lstsq", lambda la, a, b: la.lstsq(a, b)[3], (TALL, TALL**2)),
    ("cholesky", lambda la, a: la.cholesky(a @ a.T), (SQUARE,)),
    ("upper cholesky", lambda la, a: la.cholesky(a @ a.T, upper=True), (SQUARE,)),
    ("qr", lambda la, a: la.qr(a).R, (TALL,)),
    ("r", lambda la, a: la.qr(a, mode="r"), (TALL,)),
    ("q of a complete qr", lambda la, a: la.qr(a, "complete").Q, (SQUARE,)),
    ("svd", lambda la, a: la.svd(a).S, (SQUARE,)),
    ("vectors of svd", lambda la, a: la.svd(a, full_matrices=False).Vh ** 2, (TALL,)),
    ("svd without vectors", lambda la, a: la.svd(a, compute_uv=False), (TALL,)),
    ("svdvals", lambda la, a: la.svdvals(a), (TALL,)),
    ("eigh", lambda la, a: la.eigh(a).eigenvalues, (SQUARE,)),
    ("upper eigh", lambda la, a: la.eigh(a, UPLO="U").eigenvectors ** 2, (SQUARE,)),
    ("eigvalsh", lambda la, a: la.eigvalsh(a), (STACK,)),
    ("upper eigvalsh", lambda la, a: la.eigvalsh(a, "U"), (STACK,)),
    ("eig", lambda la, a: la.eig(a).eigenvectors ** 2, (REAL,)),
    ("eigvals", lambda la, a: la.eigvals(a), (REAL,)),
    ("norm", lambda la, a: la.norm(a), (STACK,)),
    ("norm over an axis", lambda la, a: la.norm(a, axis=1, keepdims=True), (STACK,)),
    *[(f"norm {ord}", lambda la, v, ord=ord: la.norm(v, ord), (VECTOR,)) for ord in (1, 2, 3.5, -2, np.inf, -np.inf)],
    *[
        (f"norm {ord} of a matrix", lambda la, a, ord=ord: la.norm(a, ord), (SQUARE,))
        for ord in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    ],
    ("norm over two axes", lambda la, a: la.norm(a, 2, axis=(2, 0), keepdims=True), (STACK,)),
    ("vector_norm", lambda la, a: la.vector_norm(a, axis=(0, 2), ord=3), (STACK,)),
    ("matrix_norm", lambda la, a: la.matrix_norm(a, ord="nuc", keepdims=True), (STACK,)),
    *[(f"cond {p}", lambda la, a, p=p: la.cond(a, p), (SQUARE,)) for p in (None, -2, 1, np.inf, "fro")],
    *[(f"matrix_power {n}", lambda la, a, n=n: la.matrix_power(a, n), (SQUARE,)) for n in (1, 2, 5, -2)],
    ("multi_dot", lambda la, a, b, c: la.multi_dot([a, b, c, b[0]]), (TALL, TALL[:2], TALL[:2] + 1.0)),
    ("trace", lambda la, a: la.trace(a, offset=1), (STACK,)),
    ("diagonal", lambda la, a: la.diagonal(a, offset=-1), (STACK,)),
    ("outer", lambda la, a, b: la.outer(a, b), (VECTOR, VECTOR[:2])),
    ("cross", lambda la, a, b: la.cross(a, b), (SQUARE, VECTOR)),
    ("cross along an axis", lambda la, a, b: la.cross(a, b, axis=0), (SQUARE, SQUARE + 1.0)),
    ("vecdot", lambda la, a, b: la.vecdot(a, b), (STACK, VECTOR)),
    ("matrix_transpose", lambda la, a: la.matrix_transpose(a), (STACK,)),
    ("matmul", lambda la, a, b: la.matmul(a, b), (STACK, SQUARE)),
    ("tensordot", lambda la, a, b: la.tensordot(a, b, axes=1), (STACK, SQUARE)),
]


@pytest.mark.parametrize(("call", "operands"), [case[1:] for case in NUMPY], ids=[case[0] for case in NUMPY])
def test_numpys_function_gives_numpys_value_and_the_right_gradient(call: Any, operands: Any) -> None:
    found = call(np.linalg, *map(tf.constant, operands))
    expected = np.real_if_close(call(np.linalg, *operands))  # (eigenvalues are always complex from NumPy 2.5 on)
    assert isinstance(found, tf.Tensor)
    assert found.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-10, atol=1e-12)
    check_gradients(lambda *tensors: call(np.linalg, *tensors), operands, order=2, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("p", [None, 1, -1, np.inf, -np.inf, "fro"])
def test_the_condition_number_of_a_singular_matrix_is_infinite_as_in_numpy(p: Any) -> None:
    stack = np.stack(
        [np.eye(2), np.zeros((2, 2)), np.diag([1.0, 0.0]), [[1.0, 2.0], [3.0, 4.0]], [[np.nan, 1.0], [1.0, 2.0]]]
    )
    expected = np.linalg.cond(stack[:4], p)
    assert np.isinf(expected[1:3]).all()
    np.testing.assert_allclose(np.linalg.cond(tf.constant(stack[:4]), p).numpy(), expected)
    np.testing.assert_allclose(np.linalg.cond(tf.constant(stack[1]), p).numpy(), expected[1])
    if p is not None:
        assert np.isnan(np.linalg.cond(tf.constant(stack[4]), p).numpy())


def test_results_have_numpys_names() -> None:
    a = tf.constant(POSITIVE)
    assert np.linalg.svd(a)._fields == ("U", "S", "Vh")
    assert np.linalg.qr(a)._fields == ("Q", "R")
    assert np.linalg.eigh(a)._fields == np.linalg.eig(a)._fields == ("eigenvalues", "eigenvectors")
    assert np.linalg.slogdet(a)._fields == ("sign", "logabsdet")
    assert tf.linalg.slogdet(a)._fields == ("sign", "log_abs_determinant")


@pytest.mark.parametrize("name", ["inv", "det", "pinv", "eigvalsh", "svdvals", "cholesky"])
def test_complex_operands_give_numpys_values(name: str) -> None:
    a = POSITIVE + 1j * (SQUARE - SQUARE.T)
    function = getattr(np.linalg, name)
    np.testing.assert_allclose(function(tf.constant(a)).numpy(), function(a), rtol=1e-10)
    u, s, vh = np.linalg.svd(tf.constant(a))
    np.testing.assert_allclose((u.numpy() * s.numpy()) @ vh.numpy(), a, rtol=1e-10)
    upper = np.linalg.cholesky(tf.constant(a), upper=True)
    np.testing.assert_allclose(upper.numpy(), np.linalg.cholesky(a, upper=True), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(tf.constant(a)).numpy(), np.linalg.norm(a), rtol=1e-12)


COMPLEX = SQUARE + 1j * SQUARE[::-1]
DAGGER = COMPLEX.conj().T


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            lambda: tf.linalg.solve(COMPLEX, COMPLEX[:, :2], adjoint=True),
            lambda: np.linalg.solve(DAGGER, COMPLEX[:, :2]),
        ),
        (lambda: tf.linalg.inv(COMPLEX, adjoint=True), lambda: np.linalg.inv(DAGGER)),
        (lambda: tf.linalg.logdet(COMPLEX @ DAGGER), lambda: np.linalg.slogdet(COMPLEX @ DAGGER)[1]),
        (
            lambda: tf.linalg.cholesky_solve(tf.linalg.cholesky(COMPLEX @ DAGGER), COMPLEX),
            lambda: np.linalg.solve(COMPLEX @ DAGGER, COMPLEX),
        ),
        (lambda: tf.linalg.lstsq(COMPLEX[:, :2], COMPLEX), lambda: np.linalg.lstsq(COMPLEX[:, :2], COMPLEX)[0]),
        (
            lambda: tf.linalg.lstsq(COMPLEX[:, :2], COMPLEX, 0.5),
            lambda: np.linalg.solve(DAGGER[:2] @ COMPLEX[:, :2] + 0.5 * np.eye(2), DAGGER[:2] @ COMPLEX),
        ),
        (
            lambda: np.linalg.lstsq(tf.constant(COMPLEX[:, :2]), VECTOR)[1],
            lambda: np.linalg.lstsq(COMPLEX[:, :2], VECTOR)[1],
        ),
        (lambda: tf.linalg.eigh(COMPLEX + DAGGER)[0], lambda: np.linalg.eigvalsh(COMPLEX + DAGGER)),
        (
            lambda: tf.linalg.expm(COMPLEX),
            lambda: tf.linalg.expm(COMPLEX / 2.0).numpy() @ tf.linalg.expm(COMPLEX / 2.0).numpy(),
        ),
        (lambda: tf.linalg.sqrtm(COMPLEX) @ tf.linalg.sqrtm(COMPLEX), lambda: COMPLEX),
        (lambda: tf.linalg.band_part(COMPLEX, 0, -1), lambda: np.triu(COMPLEX)),
        (lambda: tf.linalg.diag(tf.linalg.diag_part(COMPLEX)), lambda: np.diag(np.diag(COMPLEX))),
        (lambda: tf.linalg.set_diag(COMPLEX, np.zeros(3)), lambda: COMPLEX - np.diag(np.diag(COMPLEX))),
        (lambda: np.linalg.norm(tf.constant(COMPLEX), "nuc"), lambda: np.linalg.norm(COMPLEX, "nuc")),
        (lambda: np.linalg.norm(tf.constant(COMPLEX), 1), lambda: np.linalg.norm(COMPLEX, 1)),
        (lambda: np.linalg.cond(tf.constant(COMPLEX)), lambda: np.linalg.cond(COMPLEX)),
        (lambda: np.linalg.matrix_power(tf.constant(COMPLEX), -2), lambda: np.linalg.matrix_power(COMPLEX, -2)),
        (lambda: np.linalg.vecdot(tf.constant(COMPLEX), VECTOR), lambda: np.linalg.vecdot(COMPLEX, VECTOR)),
        (
            lambda: tf.linalg.tridiagonal_matmul(COMPLEX, tf.linalg.tridiagonal_solve(COMPLEX, COMPLEX)),
            lambda: COMPLEX,
        ),
    ],
)
def test_functions_that_are_made_of_others_take_complex_operands(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours().numpy(), theirs(), rtol=1e-8, atol=1e-10)


def test_integers_become_float64_as_in_numpy() -> None:
    assert np.linalg.inv(tf.constant([[2, 0], [0, 4]])).dtype == np.float64
    assert np.linalg.norm(tf.constant([3, 4])).dtype == np.float64


@pytest.mark.parametrize(
    "call",
    [
        np.linalg.inv,
        np.linalg.det,
        np.linalg.cholesky,
        np.linalg.pinv,
        lambda a: np.linalg.qr(a).R,
        lambda a: np.linalg.svd(a).S,
        lambda a: np.linalg.eigh(a).eigenvalues,
        tf.linalg.expm,
        tf.linalg.sqrtm,
        lambda a: tf.linalg.solve(a, a),
    ],
)
def test_no_matrices_have_no_gradient_elements(call: Any) -> None:
    a = tf.constant(np.zeros((0, 3, 3)))
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = call(a)
    assert tape.gradient(y, a).shape == (0, 3, 3)


# -- TensorFlow's names -------------------------------------------------------------------------------------------


def test_svd_has_tensorflows_order_and_v() -> None:
    s, u, v = tf.linalg.svd(TALL)
    np.testing.assert_allclose((u.numpy() * s.numpy()) @ v.numpy().T, TALL)


def test_logdet_and_cholesky_solve_follow_the_cholesky_factor() -> None:
    np.testing.assert_allclose(tf.linalg.logdet(POSITIVE).numpy(), np.linalg.slogdet(POSITIVE)[1])
    chol = tf.linalg.cholesky(POSITIVE)
    np.testing.assert_allclose(
        tf.linalg.cholesky_solve(chol, TALL[:3]).numpy(), np.linalg.solve(POSITIVE, TALL[:3]), rtol=1e-8
    )
    check_gradients(lambda a: tf.linalg.logdet(a @ a.T), [SQUARE], order=2, rtol=1e-4)
    check_gradients(lambda a, b: tf.linalg.cholesky_solve(tf.linalg.cholesky(a @ a.T), b), [SQUARE, TALL[:3]])


def test_triangular_solve_reads_one_triangle() -> None:
    for lower in (True, False):
        triangle = np.tril(SQUARE) if lower else np.triu(SQUARE)
        found = tf.linalg.triangular_solve(SQUARE, TALL[:3], lower=lower, adjoint=True)
        np.testing.assert_allclose(found.numpy(), np.linalg.solve(triangle.T, TALL[:3]), rtol=1e-10)


@pytest.mark.parametrize("regularizer", [0.0, 0.1])
@pytest.mark.parametrize("wide", [False, True])
def test_lstsq_solves_the_regularised_normal_equations(wide: bool, regularizer: float) -> None:
    a = TALL.T if wide else TALL
    b = np.ones((a.shape[0], 2))
    found = tf.linalg.lstsq(a, b, l2_regularizer=regularizer).numpy()
    stacked = np.concatenate([a, np.sqrt(regularizer) * np.eye(a.shape[1])])
    expected = np.linalg.lstsq(stacked, np.concatenate([b, np.zeros((a.shape[1], 2))]))[0]
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    check_gradients(lambda a, b: tf.linalg.lstsq(a, b, regularizer), [a, b], order=2, rtol=1e-4)


def test_tridiagonal_functions_take_all_three_formats() -> None:
    middle, above, below = RNG.normal(size=4), RNG.normal(size=3), RNG.normal(size=3)
    dense = np.diag(middle) + np.diag(above, 1) + np.diag(below, -1)
    compact = np.stack([[*above, 9.0], middle, [9.0, *below]])
    b = RNG.normal(size=(4, 2))
    expected = np.linalg.solve(dense, b)
    sequence = (above, middle, below)
    for diagonals, format in ((compact, "compact"), (sequence, "sequence"), (dense, "matrix")):
        found = tf.linalg.tridiagonal_solve(diagonals, b, diagonals_format=format)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8)
        np.testing.assert_allclose(
            tf.linalg.tridiagonal_matmul(diagonals, b, diagonals_format=format).numpy(), dense @ b, rtol=1e-12
        )
    found = tf.linalg.tridiagonal_solve(compact, b.T, transpose_rhs=True)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8)
    check_gradients(tf.linalg.tridiagonal_matmul, [compact, b], order=2)


def test_expm_scales_large_matrices_one_by_one() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    stack = np.stack([SQUARE, 30.0 * (SQUARE - SQUARE.T), 1e-9 * SQUARE, np.zeros((3, 3))])
    found = tf.linalg.expm(stack).numpy()
    for one, a in zip(found, stack, strict=True):
        np.testing.assert_allclose(one, linalg.expm(a), rtol=1e-9, atol=1e-9)


def test_expm_squares_no_more_often_than_it_must() -> None:
    """What a norm says may be far from what powers are: each squaring too many costs digits."""
    first, second = np.exp(-1.0), np.exp(-2.0)
    a = np.array([[-1.0, 1e8], [0.0, -2.0]])
    expected = np.array([[first, 1e8 * (first - second)], [0.0, second]])
    stack = np.stack([a, np.array([[0.0, 1e12], [0.0, 0.0]]), np.eye(2), 20.0 * np.eye(2)])
    found = tf.linalg.expm(stack).numpy()
    np.testing.assert_allclose(found[0], expected, rtol=1e-13)
    np.testing.assert_allclose(tf.linalg.expm(a).numpy(), expected, rtol=1e-13)
    np.testing.assert_allclose(found[1], [[1.0, 1e12], [0.0, 1.0]], rtol=1e-14)
    np.testing.assert_allclose(found[2:], np.exp([1.0, 20.0])[:, None, None] * np.eye(2), rtol=1e-13, atol=1e-14)


def test_sqrtm_times_itself_is_the_operand_also_for_matrices_that_are_not_symmetric() -> None:
    for a in (POSITIVE, STACK, 1e6 * REAL, np.array([[1.0, 1e3], [0.0, 1.0]])):
        root = tf.linalg.sqrtm(a).numpy()
        np.testing.assert_allclose(root @ root, a, rtol=1e-8, atol=1e-8 * np.abs(a).max())


def test_packed_diagonals_are_aligned_as_tensorflow_aligns_them() -> None:
    a = np.arange(1.0, 13.0).reshape(3, 4)
    packed = {
        "RIGHT_LEFT": [[0, 3, 8], [2, 7, 12], [1, 6, 11], [5, 10, 0]],
        "LEFT_RIGHT": [[3, 8, 0], [2, 7, 12], [1, 6, 11], [0, 5, 10]],
        "LEFT_LEFT": [[3, 8, 0], [2, 7, 12], [1, 6, 11], [5, 10, 0]],
        "RIGHT_RIGHT": [[0, 3, 8], [2, 7, 12], [1, 6, 11], [0, 5, 10]],
    }
    for align, expected in packed.items():
        found = tf.linalg.diag_part(a, k=(-1, 2), align=align)
        np.testing.assert_array_equal(found.numpy(), expected)
        back = tf.linalg.diag(found, k=(-1, 2), num_rows=3, num_cols=4, align=align)
        inside = np.tri(3, 4, 2) * (1.0 - np.tri(3, 4, -2))
        np.testing.assert_array_equal(back.numpy(), a * inside)
        changed = tf.linalg.set_diag(np.zeros((3, 4)), found, k=(-1, 2), align=align)
        np.testing.assert_array_equal(changed.numpy(), back.numpy())
    assert tf.linalg.diag_part(a, k=3, padding_value=7).numpy().tolist() == [4.0]
    assert tf.linalg.diag([[1.0, 2.0]], k=-1, padding_value=9.0).numpy()[0].tolist() == [
        [9.0, 9.0, 9.0],
        [1.0, 9.0, 9.0],
        [9.0, 2.0, 9.0],
    ]


def test_diagonals_bands_and_crosses_have_the_right_gradients() -> None:
    check_gradients(lambda x: tf.linalg.diag(x, k=1) ** 2, [TALL], order=2)
    check_gradients(lambda x: tf.linalg.diag_part(x, k=(-1, 1)) ** 2, [STACK], order=2)
    check_gradients(lambda x, d: tf.linalg.set_diag(x, d) ** 2, [STACK, SQUARE[:2]], order=2)
    check_gradients(lambda x: tf.linalg.band_part(x, 1, 0) ** 2, [STACK], order=2)
    check_gradients(lambda x: tf.linalg.tensor_diag_part(tf.linalg.tensor_diag(x) ** 2), [TALL], order=2)
    check_gradients(tf.linalg.cross, [SQUARE, SQUARE[::-1].copy()], order=2)
    check_gradients(lambda x: tf.linalg.trace(x) ** 2, [STACK], order=2)


def test_norm_of_matrices_by_number_is_that_of_numpy() -> None:
    for ord in (1, 2, np.inf):
        found = tf.norm(STACK, ord=ord, axis=(-2, -1)).numpy()
        np.testing.assert_allclose(found, np.linalg.norm(STACK, ord=ord, axis=(-2, -1)))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
@pytest.mark.parametrize("ord", ["fro", "nuc", 1, 2, np.inf])
def test_norms_of_matrices_without_elements_are_zero(ord: Any, shape: tuple[int, int]) -> None:
    x = tf.constant(np.zeros(shape))
    assert np.linalg.norm(x, ord).numpy() == 0.0
    assert gradient(lambda x: np.linalg.norm(x, ord), np.zeros(shape)).shape == shape


def test_normalize_gives_the_unit_tensor_and_its_norm() -> None:
    for ord, axis in (("euclidean", None), (1, 1), (np.inf, (-2, -1)), (2, (-2, -1))):
        unit, length = tf.linalg.normalize(STACK, ord, axis)
        assert length.shape == unit.shape[:0] + tuple(
            1 if axis is None or d in np.atleast_1d(axis) % 3 else size for d, size in enumerate(STACK.shape)
        )
        np.testing.assert_allclose((unit * length).numpy(), STACK)
    check_gradients(lambda x: tf.linalg.normalize(x, axis=1)[0], [SQUARE], order=2)


def test_eigh_tridiagonal_is_eigh_of_the_whole_matrix() -> None:
    middle, beside = RNG.normal(size=4), RNG.normal(size=3)
    expected = np.linalg.eigvalsh(np.diag(middle) + np.diag(beside, 1) + np.diag(beside, -1))
    solve = tf.linalg.eigh_tridiagonal
    np.testing.assert_allclose(solve(middle, beside).numpy(), expected)
    np.testing.assert_allclose(solve(middle, beside, select="i", select_range=(1, 2)).numpy(), expected[1:3])
    bounds = (expected[0] + 1e-9, expected[2] + 1e-9)
    w, v = solve(middle, beside, False, "v", bounds)
    np.testing.assert_allclose(w.numpy(), expected[1:3])
    assert v.shape == (4, 2)
    check_gradients(solve, [middle, beside], order=2, rtol=1e-4)


# -- Where a derivative has no answer, or a convention --------------------------------------------------------------


def gradient(call: Any, x: np.ndarray) -> np.ndarray:
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        y = call(tensor)
    return tape.gradient(y, tensor).numpy()


def test_equal_eigenvalues_give_the_gradient_of_what_does_not_depend_on_their_vectors() -> None:
    a = np.diag([2.0, 2.0, 5.0])
    weights = np.array([[1.0, 0.5, 0.2], [0.5, -1.0, 0.3], [0.2, 0.3, 2.0]])

    def spanned(a: Any) -> Any:
        _, v = tf.linalg.eigh(a)
        shared = v[:, :2]
        return tf.reduce_sum(shared @ tf.transpose(shared) * weights)

    found = gradient(spanned, a)
    expected = np.zeros((3, 3))
    for i, j in ((0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)):
        step = np.zeros((3, 3))
        step[i, j] = step[j, i] = 1e-6
        expected[i, j] = (float(spanned(a + step)) - float(spanned(a - step))) / 2e-6
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda a: tf.reduce_sum(tf.linalg.eigh(a)[1] ** 3),
        lambda a: tf.reduce_sum(tf.linalg.svd(a)[1] ** 3),
        lambda a: tf.reduce_sum(tf.linalg.svd(a)[0]),
        lambda a: tf.reduce_sum(tf.linalg.eig(a)[1] ** 3),
    ],
    ids=["eigh", "svd", "singular values", "eig"],
)
@pytest.mark.parametrize("x", [np.eye(3), np.zeros((3, 3)), np.eye(3) * (1.0 + 1e-16)], ids=["one", "zero", "nearly"])
def test_gradients_at_repeated_values_are_finite(call: Any, x: np.ndarray) -> None:
    assert np.isfinite(gradient(call, x)).all()


def test_a_determinant_of_zero_has_a_gradient() -> None:
    a = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(gradient(tf.linalg.det, a), [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)
    stack = np.stack([a, np.eye(2), np.zeros((2, 2))])
    expected = [[[4.0, -2.0], [-2.0, 1.0]], np.eye(2), np.zeros((2, 2))]
    np.testing.assert_allclose(gradient(tf.linalg.det, stack), expected, atol=1e-12)


def test_the_gradient_of_cholesky_is_symmetric_and_that_of_eigh_lower_triangular() -> None:
    found = gradient(lambda a: tf.reduce_sum(tf.linalg.cholesky(a)), POSITIVE)
    np.testing.assert_allclose(found, found.T)
    found = gradient(lambda a: tf.reduce_sum(tf.linalg.eigh(a)[0] ** 2), POSITIVE)
    np.testing.assert_allclose(found, np.tril(4.0 * POSITIVE) - np.diag(2.0 * np.diag(POSITIVE)), rtol=1e-10)


def test_a_complete_qr_says_that_it_has_no_derivative() -> None:
    with pytest.raises(LookupError, match=r"qr: the complete decomposition of matrices of shape \(4, 2\) has no deriv"):
        gradient(lambda a: np.linalg.qr(a, "complete").R, TALL)


def test_full_singular_vectors_say_that_they_have_no_derivative() -> None:
    with pytest.raises(LookupError, match=r"svd: full matrices of singular vectors have no derivative .*\(4, 2\)"):
        gradient(lambda a: np.linalg.svd(a).U, TALL)


def test_eigenvalues_are_complex_where_the_spectrum_is() -> None:
    w = np.linalg.eigvals(tf.constant([[0.0, -1.0], [1.0, 0.0]], tf.float64))
    assert w.dtype == np.complex128
    np.testing.assert_allclose(sorted(w.numpy(), key=lambda z: z.imag), [-1j, 1j])
    assert np.linalg.eigvals(tf.constant([[2.0, 0.0], [1.0, 1.0]], tf.float64)).dtype == np.float64


# -- Errors ---------------------------------------------------------------------------------------------------------


def test_a_matrix_that_is_singular_leaves_the_tape_usable() -> None:
    x = tf.Variable([[1.0, 2.0], [2.0, 4.0]])
    for call in (np.linalg.inv, lambda a: np.linalg.slogdet(a - a), np.linalg.cholesky, tf.linalg.sqrtm):
        with tf.GradientTape() as tape:
            y = x * 3.0
            with contextlib.suppress(np.linalg.LinAlgError):
                call(x)
            z = tf.reduce_sum(y * x)
        np.testing.assert_allclose(tape.gradient(z, x).numpy(), 6.0 * x.numpy())


def test_a_sweep_that_meets_a_singular_matrix_leaves_the_tape_usable() -> None:
    x = tf.Variable([[1.0, 2.0], [2.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.linalg.slogdet(x)[1]
        z = tf.reduce_sum(x * x)
    with pytest.raises(np.linalg.LinAlgError):
        tape.gradient(y, x)
    np.testing.assert_allclose(tape.gradient(z, x).numpy(), 2.0 * x.numpy())


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: tf.linalg.inv(TALL),
            np.linalg.LinAlgError,
            r"inv: the last two axes must be equally long; .*\(4, 2\)",
        ),
        (
            lambda: tf.linalg.det(VECTOR),
            np.linalg.LinAlgError,
            r"det: a matrix, or a stack .* two axes at least; .*\(3,",
        ),
        (lambda: tf.linalg.adjoint(VECTOR), np.linalg.LinAlgError, r"matrix_transpose: .*\(3,\)"),
        (
            lambda: tf.linalg.solve(SQUARE, TALL),
            ValueError,
            r"solve: the matrix of shape \(3, 3\) .*\(4, 2\) do not fit",
        ),
        (
            lambda: tf.linalg.solve(STACK, np.ones((4, 3, 1))),
            ValueError,
            r"solve: the stacks do not broadcast: .*\(2, 3, 3\) and \(4, 3, 1\)",
        ),
        (lambda: tf.linalg.lstsq(SQUARE, TALL), ValueError, r"lstsq: the matrix of shape \(3, 3\) .* do not fit"),
        (lambda: tf.linalg.diag(1.0), ValueError, r"diag: a diagonal has one axis at least"),
        (
            lambda: tf.linalg.diag([1.0], num_rows=3, num_cols=3),
            ValueError,
            r"diag: diagonals of shape \(1,\) do not fit",
        ),
        (lambda: tf.linalg.diag_part(SQUARE, k=3), ValueError, r"diag_part: there is no diagonal 3 in \(3, 3\)"),
        (lambda: tf.linalg.diag_part(SQUARE, k=(1, 0)), ValueError, r"diag_part: k is a diagonal or a pair"),
        (lambda: tf.linalg.diag_part(SQUARE, align="UP"), ValueError, r"diag_part: align is LEFT or RIGHT twice"),
        (lambda: tf.linalg.diag_part(VECTOR), ValueError, r"diag_part: a matrix has two axes at least"),
        (lambda: tf.linalg.set_diag(SQUARE, [1.0]), ValueError, r"set_diag: diagonals of shape \(1,\) .* \(3,\)"),
        (lambda: tf.linalg.set_diag(VECTOR, 1.0), ValueError, r"set_diag: a matrix has two axes at least"),
        (lambda: tf.linalg.band_part(VECTOR, 0, 0), ValueError, r"band_part: a matrix has two axes at least"),
        (
            lambda: tf.linalg.tensor_diag_part(TALL),
            ValueError,
            r"tensor_diag_part: the shape must be another one twice",
        ),
        (lambda: tf.linalg.trace(VECTOR), ValueError, r"diagonal: a matrix has two axes at least"),
        (lambda: tf.linalg.cross(TALL, TALL), ValueError, r"cross: vectors have three elements; the shape is \(4, 2\)"),
        (lambda: np.linalg.outer(tf.constant(TALL), VECTOR), ValueError, r"outer: two vectors are needed"),
        (lambda: np.linalg.norm(tf.constant(TALL), 5), ValueError, r"norm: ord=5 is none of matrices"),
        (lambda: np.linalg.norm(tf.constant(VECTOR), "fro"), ValueError, r"norm: ord='fro' is none of vectors"),
        (lambda: np.linalg.norm(tf.constant(STACK), 2), ValueError, r"norm: ord=2 is for vectors and matrices"),
        (lambda: np.linalg.norm(tf.constant(STACK), axis=(0, 1, 2)), ValueError, r"norm: a vector has one axis"),
        (lambda: np.linalg.norm(tf.constant(STACK), axis=(0, 3)), ValueError, r"norm: axis=\(0, 3\) names no two axes"),
        (lambda: np.linalg.eigh(tf.constant(SQUARE), "X"), ValueError, r"UPLO is 'L' or 'U', not 'X'"),
        (lambda: np.linalg.qr(tf.constant(SQUARE), "raw"), TypeError, r"np.linalg.qr with mode='raw' on a tensor"),
        (lambda: np.linalg.matrix_power(tf.constant(SQUARE), 0.5), TypeError, r"the exponent is an integer, not 0.5"),
        (lambda: np.linalg.multi_dot([tf.constant(SQUARE)]), ValueError, r"multi_dot: two matrices are needed"),
        (lambda: np.linalg.multi_dot([SQUARE, tf.constant(STACK)]), np.linalg.LinAlgError, r"multi_dot: .*\(2, 3, 3\)"),
        (lambda: np.linalg.tensorsolve(tf.constant(TALL), VECTOR), np.linalg.LinAlgError, r"tensorsolve: .*no square"),
        (lambda: np.linalg.tensorinv(tf.constant(TALL), 1), np.linalg.LinAlgError, r"tensorinv: .*no square"),
        (
            lambda: tf.linalg.tridiagonal_solve(TALL, VECTOR),
            ValueError,
            r"tridiagonal_solve: three diagonals are needed",
        ),
        (
            lambda: tf.linalg.tridiagonal_solve(SQUARE, TALL),
            ValueError,
            r"tridiagonal_solve: diagonals of shape .* fit",
        ),
        (lambda: tf.linalg.tridiagonal_solve(SQUARE, VECTOR, "x"), ValueError, r"diagonals_format is one of compact, "),
        (
            lambda: tf.linalg.tridiagonal_solve(0.0 * SQUARE, VECTOR),
            np.linalg.LinAlgError,
            r"tridiagonal_solve: singular",
        ),
        (
            lambda: tf.linalg.eigh_tridiagonal(VECTOR, VECTOR),
            ValueError,
            r"eigh_tridiagonal: diagonals have n and n - 1",
        ),
        (
            lambda: tf.linalg.eigh_tridiagonal(VECTOR, [1.0, 2.0], select="x"),
            ValueError,
            r"select is 'a', 'i' or 'v', not",
        ),
        (lambda: np.linalg.lstsq(tf.constant(STACK), VECTOR), np.linalg.LinAlgError, r"lstsq: a matrix has two axes;"),
        (lambda: tf.linalg.sqrtm(-np.eye(2)), np.linalg.LinAlgError, r"sqrtm: no square root was found|[Ss]ingular"),
    ],
)
def test_a_call_that_makes_no_sense_says_why(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
