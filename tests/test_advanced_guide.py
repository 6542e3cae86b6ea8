"""The stories of TensorFlow's guide to advanced automatic differentiation, with numbers of our own.

https://www.tensorflow.org/guide/advanced_autodiff goes from what is recorded over custom gradients and several tapes to
Jacobians and Hessians of layers. Each of its stories is told here once, and what it shows is asserted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf

# ----------------------------------------------------------------------------------------------- what is recorded


def test_a_stretch_that_is_not_recorded_is_a_constant() -> None:
    height, width = tf.Variable(4.0), tf.Variable(5.0)
    with tf.GradientTape() as tape:
        area = height * width
        with tape.stop_recording():
            margin = width * width
        cost = area + margin
    by_height, by_width = tape.gradient(cost, [height, width])
    assert cost.numpy() == 45.0
    assert by_height.numpy() == 5.0
    assert by_width.numpy() == 4.0  # not 14: the margin counts as a number


def test_only_what_was_not_recorded_leads_to_none() -> None:
    x, y = tf.Variable(4.0), tf.Variable(5.0)
    with tf.GradientTape() as tape:
        z = x * x
        with tape.stop_recording():
            z = z + y * y
    # The sum itself is not on the tape either: nothing leads on to its result.
    assert tape.gradient(z, {"x": x, "y": y}) == {"x": None, "y": None}


def test_after_a_reset_the_tape_records_anew() -> None:
    x, y = tf.Variable(4.0), tf.Variable(5.0)
    with tf.GradientTape() as tape:
        z = x * y
        tape.reset()
        z = x * x * y
    assert [float(g) for g in tape.gradient(z, [x, y])] == [40.0, 16.0]


def test_stop_gradient_cuts_one_path_on_every_tape() -> None:
    x, y = tf.Variable(4.0), tf.Variable(5.0)
    with tf.GradientTape() as one, tf.GradientTape() as other:
        z = x * x + tf.stop_gradient(x * y) * y
    assert [float(g) for g in one.gradient(z, [x, y])] == [8.0, 20.0]
    assert [float(g) for g in other.gradient(z, [x, y])] == [8.0, 20.0]


# ------------------------------------------------------------------------------------------------ custom gradients


def test_a_gradient_is_clipped_on_its_way_back() -> None:
    @tf.custom_gradient
    def gently(x: Any) -> Any:
        return tf.identity(x), lambda upstream: tf.clip_by_norm(upstream, 1.0)

    weights = tf.Variable([30.0, 40.0])
    with tf.GradientTape(persistent=True) as tape:
        plain = tf.reduce_sum(weights**2) / 2.0
        clipped = tf.reduce_sum(gently(weights) ** 2) / 2.0
    assert plain.numpy() == clipped.numpy()
    np.testing.assert_array_equal(tape.gradient(plain, weights), [30, 40])
    np.testing.assert_allclose(tape.gradient(clipped, weights), [0.6, 0.8], rtol=1e-6)


def test_a_gradient_that_is_given_by_hand_goes_on_through_other_functions() -> None:
    @tf.custom_gradient
    def kink(x: Any) -> Any:
        """abs, with a slope at zero that leaves it."""
        return tf.abs(x), lambda upstream: upstream * tf.where(x >= 0.0, 1.0, -1.0)

    x = tf.Variable([0.0, 2.0, -3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.exp(kink(x)))
    np.testing.assert_allclose(tape.gradient(y, x), [1, np.exp(2), -np.exp(3)], rtol=1e-6)


# --------------------------------------------------------------------------------------------------- several tapes


def test_two_tapes_watch_two_things() -> None:
    left, right = tf.constant(0.5), tf.constant(-1.0)
    with tf.GradientTape() as tape_left, tf.GradientTape() as tape_right:
        tape_left.watch(left)
        tape_right.watch(right)
        a = tf.tanh(left)
        b = tf.sigmoid(right)
        both = a * b
    np.testing.assert_allclose(tape_left.gradient(both, left), (1 - np.tanh(0.5) ** 2) * b.numpy(), rtol=1e-6)
    np.testing.assert_allclose(tape_right.gradient(both, right), a * b * (1.0 - b), rtol=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_tapes_in_tapes_give_higher_orders(order: int) -> None:
    def derivative(x: Any, order: int) -> Any:
        if order == 0:
            return x**4
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = derivative(x, order - 1)
        return tape.gradient(y, x)

    assert derivative(tf.constant(2.0), order).numpy() == {1: 32.0, 2: 48.0, 3: 48.0, 4: 24.0}[order]


def test_the_gradient_by_the_inputs_is_kept_small(rng: np.random.Generator) -> None:
    """The magnitude of the loss's gradient by the inputs is itself differentiated by the weights."""
    tf.random.set_seed(5)
    x = tf.constant(rng.normal(size=(7, 3)))
    first = tf.keras.layers.Dense(6, activation="tanh", dtype="float64")
    second = tf.keras.layers.Dense(1, activation="softplus", dtype="float64")
    model = tf.keras.Sequential([first, second])
    model(x)

    def penalty() -> Any:
        with tf.GradientTape() as inner:
            inner.watch(x)
            loss = tf.reduce_sum(model(x))
        return tf.reduce_sum(tf.square(inner.gradient(loss, x)))

    variables = model.trainable_variables
    with tf.GradientTape() as outer:
        value = penalty()
    gradients = outer.gradient(value, variables)
    assert [g.shape for g in gradients] == [v.shape for v in variables]
    step = np.zeros(first.kernel.shape)
    step[1, 2] = 1e-5
    first.kernel.assign_add(step)
    above = penalty()
    first.kernel.assign_sub(2 * step)
    below = penalty()
    np.testing.assert_allclose(gradients[0][1, 2], (above - below) / 2e-5, rtol=1e-6)

    before = float(penalty())
    for _ in range(20):
        with tf.GradientTape() as outer:
            value = penalty()
        for variable, gradient in zip(variables, outer.gradient(value, variables), strict=True):
            variable.assign_sub(0.02 * gradient)
    assert float(penalty()) < 0.8 * before


# ------------------------------------------------------------------------------------------------------- Jacobians


def test_the_jacobian_of_many_by_one() -> None:
    """A scalar source: one number for each element of the target."""
    x = tf.linspace(-2.0, 2.0, 9)
    shift = tf.Variable(0.5)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sigmoid(x + shift)
    columns = tape.jacobian(y, shift)
    assert columns.shape == (9,)
    np.testing.assert_allclose(columns, y * (1.0 - y), rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(y, shift), np.sum(columns), rtol=1e-6)  # a gradient is the sum


@pytest.fixture
def dense(rng: np.random.Generator) -> tuple[Any, Any]:
    x = tf.constant(rng.normal(size=(7, 5)), dtype=tf.float32)
    layer = tf.keras.layers.Dense(10, activation="relu")
    layer(x)
    return layer, x


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
@pytest.mark.parametrize("chunk_size", [None, 16])
def test_the_jacobian_of_a_layer_sums_to_its_gradient(dense: Any, mode: str, chunk_size: int | None) -> None:
    layer, x = dense
    with tf.GradientTape(persistent=True) as tape:
        y = layer(x)
    assert (y.shape, layer.kernel.shape) == ((7, 10), (5, 10))
    jacobian = tape.jacobian(y, layer.kernel, mode=mode, chunk_size=chunk_size)
    assert jacobian.shape == (7, 10, 5, 10)
    gradient = tape.gradient(y, layer.kernel)
    np.testing.assert_allclose(tf.reduce_sum(jacobian, [0, 1]), gradient, rtol=1e-5, atol=1e-5)
    # Each output has a kernel's column of its own.
    for output in range(10):
        assert not np.any(np.delete(jacobian.numpy()[:, output], output, axis=-1))


def test_a_hessian_is_the_jacobian_of_the_gradient() -> None:
    tf.random.set_seed(1)
    x = tf.random.normal([7, 5])
    first, second = tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(6, activation="tanh")
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            loss = tf.reduce_mean(second(first(x)) ** 2)
        gradient = inner.gradient(loss, first.kernel)
    hessian = outer.jacobian(gradient, first.kernel)
    assert hessian.shape == (5, 8, 5, 8)
    flat = hessian.numpy().reshape(40, 40)
    np.testing.assert_allclose(flat, flat.T, atol=1e-7)
    np.testing.assert_allclose(hessian, inner.hessian(loss, first.kernel), rtol=1e-4, atol=1e-7)
    vector = tf.random.normal([5, 8])
    np.testing.assert_allclose(
        inner.hvp(loss, first.kernel, vector), np.tensordot(hessian, vector, 2), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("solver", ["solve", "lstsq"])
def test_a_newton_step(solver: str, rng: np.random.Generator) -> None:
    """Newton's method on a small regression: where the loss is quadratic in the weights, one step is enough."""
    x = tf.constant(rng.normal(size=(20, 3)))
    truth = np.array([[1.0], [-2.0], [0.5]])
    y = x @ truth + 3.0
    weights, offset = tf.Variable(np.zeros((3, 1))), tf.Variable(np.zeros(1))
    parameters = [weights, offset]

    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean((x @ weights + offset - y) ** 2)
    gradient = np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, parameters)])
    blocks = tape.hessian(loss, parameters)
    hessian = np.block([[part.numpy().reshape(a.size, b.size) for part, b in zip(row, parameters, strict=True)]
                        for row, a in zip(blocks, parameters, strict=True)])  # fmt: skip
    assert hessian.shape == (4, 4)

    if solver == "solve":
        step = np.linalg.solve(hessian + 1e-12 * np.eye(4), gradient)
    else:
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
    weights.assign_sub(step[:3].reshape(3, 1))
    offset.assign_sub(step[3:])
    np.testing.assert_allclose(weights, truth, atol=1e-9)
    np.testing.assert_allclose(offset, [3.0], atol=1e-9)


def test_newtons_steps_for_a_network_go_down(rng: np.random.Generator) -> None:
    """A network's Hessian is singular or worse: some multiple of the identity is added before it is inverted."""
    x = tf.constant(rng.normal(size=(30, 2)))
    y = tf.sin(x[:, :1]) * x[:, 1:]
    layer = tf.keras.layers.Dense(3, activation="tanh", dtype="float64")
    readout = tf.constant([[1.0], [-1.0], [0.5]], dtype=tf.float64)
    layer(x)
    kernel = layer.kernel
    losses = []
    for _ in range(8):
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean((layer(x) @ readout - y) ** 2)
        losses.append(float(loss))
        gradient = tape.gradient(loss, kernel).numpy().ravel()
        hessian = tape.hessian(loss, kernel).numpy().reshape(6, 6)
        smallest = np.linalg.eigvalsh(hessian)[0]
        step = np.linalg.solve(hessian + (0.1 + max(0.0, -smallest)) * np.eye(6), gradient)
        kernel.assign_sub(step.reshape(kernel.shape))
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.9 * losses[0]


# ------------------------------------------------------------------------------------------------- batch Jacobians


class Normalized(tf.Module):
    """Batch normalisation in training: each column is centred and scaled over the examples."""

    def __call__(self, x: Any) -> Any:
        mean = tf.reduce_mean(x, 0, keepdims=True)
        variance = tf.reduce_mean(tf.square(x - mean), 0, keepdims=True)
        return (x - mean) / tf.sqrt(variance + 1e-3)


def layers(normalize: bool) -> Any:
    tf.random.set_seed(2)
    first, second = (tf.keras.layers.Dense(n, activation="elu", dtype="float64") for n in (8, 6))
    middle = Normalized() if normalize else tf.identity
    return lambda x: second(middle(first(x)))


def test_examples_that_do_not_meet_have_a_jacobian_of_blocks(rng: np.random.Generator) -> None:
    x = tf.constant(rng.normal(size=(7, 5)))
    model = layers(normalize=False)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = model(x)
    full = tape.jacobian(y, x).numpy()
    assert full.shape == (7, 6, 7, 5)
    for i in range(7):
        for j in range(7):
            assert np.any(full[i, :, j]) == (i == j)
    blocks = tape.batch_jacobian(y, x)
    assert blocks.shape == (7, 6, 5)
    np.testing.assert_allclose(blocks, np.einsum("bibj->bij", full), rtol=1e-12)
    np.testing.assert_allclose(blocks, full.sum(axis=2), rtol=1e-12)  # summing over zeros is picking


def test_a_batch_normalisation_mixes_the_examples(rng: np.random.Generator) -> None:
    x = tf.constant(rng.normal(size=(7, 5)))
    model = layers(normalize=True)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = model(x)
    full = tape.jacobian(y, x).numpy()
    for i in range(7):
        for j in range(7):
            assert np.any(full[i, :, j])  # no block is empty
    mixed = tape.batch_jacobian(y, x).numpy()
    assert mixed.shape == (7, 6, 5)
    # It is the derivative of the sum over the examples of the target, so not one of the blocks.
    np.testing.assert_allclose(mixed, full.sum(axis=0).transpose(1, 0, 2), rtol=1e-9, atol=1e-12)
    assert not np.allclose(mixed, np.einsum("bibj->bij", full))
    np.testing.assert_allclose(full, tape.jacobian(y, x, mode="forward"), rtol=1e-9, atol=1e-12)
