"""jacobian and batch_jacobian: one sweep with a leading axis of cotangents or tangents, against a loop of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.ops import rows
from results import flattened


def by_loop(tape: tf.GradientTape, target: Any, sources: list[Any]) -> list[np.ndarray]:
    """A gradient for each element of the target."""
    parts: list[list[np.ndarray]] = [[] for _ in sources]
    for k in range(target.size):
        unit = np.zeros(target.size)
        unit[k] = 1.0
        seed = tf.constant(unit.reshape(target.shape), dtype=target.dtype)
        gradients = tape.gradient(target, sources, output_gradients=seed, unconnected_gradients="zero")
        for part, gradient in zip(parts, gradients, strict=True):
            part.append(gradient.numpy())
    return [np.array(part).reshape((*target.shape, *source.shape)) for part, source in zip(parts, sources, strict=True)]


def calls() -> list[Any]:
    cases = []
    for row in rows():
        if row.kind == "none":
            continue
        for k, case in enumerate(row.cases):
            cases.append(pytest.param(flattened(case.call), case.shapes, None, id=f"{row.name}{k}"))
        if row.kind == "elementwise" and any(row.partials) and not row.condition:
            several = [
                ((2, 3),) * row.arity,
                ((3,), (2, 1), (2, 1))[: row.arity],
                ((),) * row.arity,
                ((), (3,), (3,))[: row.arity],
            ]
            for shapes in dict.fromkeys(several):  # (of one operand, some are the same)
                cases.append(pytest.param(row.function, shapes, row.domain, id=f"{row.name}{shapes}"))
    return cases


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(("function", "shapes", "domain"), calls())
def test_a_leading_axis_is_a_loop(function: Any, shapes: Any, domain: Any, mode: str, rng: np.random.Generator) -> None:
    bounds = domain or ((0.2, 1.0),) * len(shapes)
    tensors = [tf.constant(rng.uniform(*b, size=s)) for b, s in zip(bounds, shapes, strict=True)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(tensors)
        y = tf.identity(function(*tensors)) * 1.5
    found = tape.jacobian(y, tensors, unconnected_gradients="zero", mode=mode)
    for one, expected in zip(found, by_loop(tape, y, tensors), strict=True):
        np.testing.assert_allclose(one.numpy(), expected, rtol=1e-12, atol=1e-14)
    for one, again in zip(found, tape.jacobian(y, tensors, "zero", chunk_size=2, mode=mode), strict=True):
        np.testing.assert_array_equal(one.numpy(), again.numpy())


@pytest.mark.parametrize(("function", "shapes", "domain"), calls())
def test_a_recorded_jacobian_is_the_same(function: Any, shapes: Any, domain: Any, rng: np.random.Generator) -> None:
    bounds = domain or ((0.2, 1.0),) * len(shapes)
    tensors = [tf.constant(rng.uniform(*b, size=s)) for b, s in zip(bounds, shapes, strict=True)]

    def jacobians(tape: tf.GradientTape, mode: str) -> Any:
        with tape:
            tape.watch(tensors)
            y = function(*tensors)
        return tape.jacobian(y, tensors, unconnected_gradients="zero", mode=mode)

    plain = jacobians(tf.GradientTape(), "reverse")
    by_mode = []
    for mode in ("forward", "reverse"):
        with tf.GradientTape() as outer:
            outer.watch(tensors)
            recorded = jacobians(tf.GradientTape(), mode)
            total = tf.add_n([tf.reduce_sum(j * j) for j in recorded])
        for one, other in zip(plain, recorded, strict=True):
            np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-12, atol=1e-14)
        by_mode.append(outer.gradient(total, tensors, unconnected_gradients="zero"))
    for one, other, tensor in zip(*by_mode, tensors, strict=True):
        assert one.shape == tensor.shape
        assert np.isfinite(one.numpy()).all()
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-9, atol=1e-11)


def test_a_hessian_is_the_jacobian_of_a_gradient() -> None:
    x = tf.constant([1.0, 2.0, 3.0], dtype=tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(x**3) + x[0] * x[1] * x[2]
        gradient = inner.gradient(y, x)
    np.testing.assert_allclose(outer.jacobian(gradient, x), [[6, 3, 2], [3, 12, 1], [2, 1, 18]])


def test_nested_sources_give_a_structure_of_jacobians() -> None:
    w, b, unused = tf.Variable(np.ones((3, 2))), tf.Variable(np.zeros(2)), tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        y = np.arange(12.0).reshape(4, 3) @ w + b
    found = tape.jacobian(y, {"w": w, "rest": [b, unused]})
    assert found["w"].shape == (4, 2, 3, 2)
    assert found["rest"][0].shape == (4, 2, 2)
    assert found["rest"][1] is None
    zero = tape.jacobian(y, unused, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    np.testing.assert_array_equal(zero, np.zeros((4, 2)))


def test_batch_jacobian_is_the_diagonal_of_the_jacobian(rng: np.random.Generator) -> None:
    x, w = tf.constant(rng.normal(size=(5, 3))), tf.constant(rng.normal(size=(3, 4)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.tanh(x @ w) * tf.reduce_sum(x, axis=1, keepdims=True)
    whole = tape.jacobian(y, x).numpy()
    found = tape.batch_jacobian(y, x)
    np.testing.assert_allclose(found, np.stack([whole[i, :, i] for i in range(5)]))


def test_where_examples_mix_batch_jacobian_sums_them(rng: np.random.Generator) -> None:
    x = tf.constant(rng.normal(size=(4, 2)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x - tf.reduce_mean(x, axis=0)
    whole = tape.jacobian(y, x).numpy()
    np.testing.assert_allclose(tape.batch_jacobian(y, x), whole.sum(axis=0).transpose(1, 0, 2), atol=1e-15)


def test_a_batch_jacobian_of_different_batches_is_refused() -> None:
    x = tf.Variable(np.ones((3, 2)))
    with tf.GradientTape() as tape:
        y = x[:2] * 2.0
    with pytest.raises(ValueError, match=r"first dimension of target shape.*\(2, 2\).*\(3, 2\)"):
        tape.batch_jacobian(y, x)
    np.testing.assert_array_equal(tape.gradient(y, x), [[2, 2], [2, 2], [0, 0]])


def test_a_jacobian_too_large_for_memory_says_how_many_bytes() -> None:
    x = tf.Variable(np.zeros(1_500_000))
    with tf.GradientTape() as tape:
        y = x * 2.0
    with pytest.raises(MemoryError, match=str(1_500_000**2 * 8)):
        tape.jacobian(y, x)
    assert tape.gradient(y, x).shape == x.shape


def test_a_tape_gives_one_jacobian_unless_persistent() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    np.testing.assert_array_equal(tape.jacobian(y, x), [[2, 0], [0, 4]])
    with pytest.raises(RuntimeError, match="one set of gradients"):
        tape.jacobian(y, x)


@pytest.mark.parametrize("target", [3.0, [tf.constant(1.0)]], ids=["number", "list"])
def test_a_jacobian_has_one_tensor_for_a_target(target: Any) -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        x * x
    with pytest.raises(TypeError, match="targets must be tensors"):
        tape.jacobian(target, x)
    with pytest.raises(ValueError, match="chunk_size"):
        tape.jacobian(x * x, x, chunk_size=0)


def test_the_jacobian_of_an_empty_target_is_empty() -> None:
    x = tf.Variable(np.ones((0, 3)))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x, axis=1)
    assert tape.jacobian(y, x).shape == (0, 0, 3)


def test_float32_and_a_variable_assigned_in_between() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = v * 3.0
        v.assign([5.0, 6.0])
        y = y * v
    found = tape.jacobian(y, v)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.diag([3 * 5 + 3 * 1, 3 * 6 + 3 * 2]))


def test_scalars_of_two_widths_have_jacobians_of_their_own_dtypes(rng: np.random.Generator) -> None:
    """Each number's contributions are of the record's width, and are added up in the number's."""
    for _ in range(40):
        values = [np.dtype(dtype).type(rng.uniform(0.2, 1.5)) for dtype in ("f4", "f8", "f8", "f4")]
        sources = [tf.constant(x) for x in values]
        steps = rng.integers(0, 1000, size=(8, 3))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(sources)
            known = list(sources)
            for how, a, b in steps:
                x, y = known[a % len(known)], known[b % len(known)]
                known.append([tf.sin(x), x * y, x + y, tf.exp(-x) * y][how % 4])
            target = tf.stack([tf.cast(x, tf.float64) for x in known[-3:]])
        found = tape.jacobian(target, sources, unconnected_gradients="zero")
        pushed = tape.jacobian(target, sources, unconnected_gradients="zero", mode="forward")
        for one, other, x, way in zip(found, by_loop(tape, target, sources), sources, pushed, strict=True):
            assert one.dtype == x.dtype
            np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)
            np.testing.assert_allclose(one, way, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("recorded", [False, True])
def test_the_jacobian_of_a_matrix_times_the_source_is_the_matrix_itself(
    dtype: Any, transposed: bool, mode: str, recorded: bool
) -> None:
    """Nothing is multiplied by zeros: an infinity stays where it is, and zeros keep their signs."""
    matrix = np.array([[1.5, -0.0, np.inf], [-np.inf, 2.0, -0.0]], dtype)
    factor = tf.constant(matrix.T if transposed else matrix)

    def of_columns(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.linalg.matvec(factor, x, transpose_a=transposed)
        return tape.jacobian(y, x, mode=mode)

    def of_rows(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reshape(tf.matmul(tf.reshape(x, (1, -1)), factor, transpose_b=not transposed), (-1,))
        return tape.jacobian(y, x, mode=mode)

    x = tf.constant(np.array([1.0, 2.0, 3.0], dtype))
    for step in (of_columns, of_rows):
        if recorded:
            step = tf.function(step)
            step(x)
        found = step(x).numpy()
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, matrix)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(matrix))


def test_cotangents_that_the_caller_made_of_ones_and_zeros_are_multiplied_as_they_come() -> None:
    """What a program finds in an argument is another number in the next call."""
    factor = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.function
    def pulled(x: Any, weights: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.linalg.matvec(factor, x)
        return [tape.gradient(y, x, output_gradients=weights[k]) for k in range(3)]

    pulled(tf.ones(2), tf.eye(3))
    weights = np.arange(9.0, dtype=np.float32).reshape(3, 3)
    np.testing.assert_allclose(np.stack(pulled(tf.ones(2), tf.constant(weights))), weights @ factor.numpy())
