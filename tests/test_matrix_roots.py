"""Square roots and logarithms of complex matrices with eigenvalues on the negative real axis: the principal ones.

Beside them what functions of matrices do with cotangents of any size.
"""

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

RNG = np.random.default_rng(21)
VECTORS = RNG.normal(size=(4, 4)) + 1j * RNG.normal(size=(4, 4))


def similar(*values: complex, vectors: np.ndarray = VECTORS) -> np.ndarray:
    v = vectors[: len(values), : len(values)]
    return v @ np.diag(values) @ np.linalg.inv(v)


MATRICES = {
    "diagonal": np.diag([-1.0, 4.0]).astype(complex),
    "minus one": -np.eye(3, dtype=complex),
    "some": similar(-1.0, -2.0, 3.0, 1j),
    "all": similar(-1.0, -2.0, -3.0, -4.0),
    "real": similar(-1.0, -2.0, 3.0, vectors=VECTORS.real).astype(complex),
    "too few vectors": np.array([[-1.0, 1.0], [0.0, -1.0]], complex),
    "on both sides": np.diag([-1.0, -1.0 - 1e-3j, -1.0 + 1e-3j, 2.0]).astype(complex),
    "just below": np.diag([-1.0, -1.0 - 1e-9j, 4.0]).astype(complex),
    "single precision": similar(-1.0, -2.0, 3.0, 1j).astype(np.complex64),
    "stack": np.stack([similar(-1.0, 2.0), np.eye(2), similar(1j, -3.0)]),
}


@pytest.mark.parametrize("a", MATRICES.values(), ids=MATRICES)
def test_roots_and_logarithms_are_the_principal_ones(a: np.ndarray) -> None:
    tolerance = 1e-4 if a.dtype == np.complex64 else 1e-10
    root, logarithm = tf.linalg.sqrtm(a).numpy(), tf.linalg.logm(a).numpy()
    assert root.dtype == logarithm.dtype == a.dtype
    np.testing.assert_allclose(root @ root, a, atol=tolerance)
    np.testing.assert_allclose(tf.linalg.expm(logarithm).numpy(), a, atol=tolerance)
    assert np.all(np.linalg.eigvals(root).real > -tolerance)
    assert np.all(np.linalg.eigvals(logarithm).imag <= np.pi + tolerance)
    assert np.all(np.linalg.eigvals(logarithm).imag > -np.pi)
    np.testing.assert_allclose(tf.linalg.expm(logarithm / 2.0).numpy(), root, atol=tolerance)


@pytest.mark.parametrize("name", ["some", "all", "minus one", "too few vectors"])
def test_derivatives_are_those_of_the_inverse_functions(name: str) -> None:
    a = MATRICES[name]
    x, along = tf.constant(a), RNG.normal(size=a.shape) + 1j * RNG.normal(size=a.shape)

    def push(f: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(x, tf.constant(along)) as acc:
            y = f(x)
        return y.numpy(), acc.jvp(y).numpy()

    root, change = push(tf.linalg.sqrtm)
    np.testing.assert_allclose(change @ root + root @ change, along, atol=1e-9)
    _, back = push(lambda x: tf.linalg.expm(tf.linalg.logm(x)))
    np.testing.assert_allclose(back, along, atol=1e-9)


@pytest.mark.parametrize("call", [tf.linalg.sqrtm, tf.linalg.logm])
@pytest.mark.parametrize("a", [-np.eye(2), np.diag([1.0, -2.0]), np.zeros((2, 2))])
def test_a_real_matrix_without_a_real_root_is_an_error_that_says_what_to_do(call: Any, a: np.ndarray) -> None:
    with pytest.raises(np.linalg.LinAlgError, match=r"being real, on the negative real axis: make it complex"):
        call(a)


def test_a_root_that_was_not_found_is_never_given() -> None:
    nearly = similar(1.0, 1.0, 1.0) @ np.array([[-1, 1, 0], [0, -1, 1], [0, 0, -1]])
    v = VECTORS[:3, :3]
    with pytest.raises(np.linalg.LinAlgError, match="no square root was found"):
        tf.linalg.sqrtm(v @ nearly @ np.linalg.inv(v))


@pytest.mark.parametrize("call", [tf.linalg.expm, tf.linalg.logm, tf.linalg.sqrtm])
@pytest.mark.parametrize("size", [1e-100, 1e-12, 1e12, 1e100])
def test_a_cotangent_of_any_size_is_pulled_back_as_well_as_one(call: Any, size: float) -> None:
    a = np.eye(3) + np.diag([0.5, 0.25], 1) + np.diag([0.3, 0.1], -1)
    weights = np.arange(1.0, 10.0).reshape(3, 3)

    def pulled(weights: np.ndarray) -> np.ndarray:
        x = tf.constant(a)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x)
        return tape.gradient(y, x, output_gradients=tf.constant(weights)).numpy()

    np.testing.assert_allclose(pulled(weights * size) / size, pulled(weights), rtol=1e-12)
