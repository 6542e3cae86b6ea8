"""Models, and what a tape watches.

Each step prints what it finds, and asserts it. Run it with ``python examples/watching.py``.
"""

import numpy as np

import autodiff_core as tf


def a_model() -> None:
    """A layer gathers its variables, so that one call gives the gradients of all of them."""
    layer = tf.keras.layers.Dense(2, activation="relu")
    x = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_mean(y**2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        print(f"{variable.name}, shape: {gradient.shape}")
        assert gradient.shape == variable.shape


def plain_inputs() -> None:
    """Lists on either side of an operator are read as tensors."""
    w = tf.Variable(tf.random.normal((3, 2)), name="w")
    b = tf.Variable(tf.zeros(2, dtype=tf.float32), name="b")
    x = [[1.0, 2.0, 3.0]]
    with tf.GradientTape(persistent=True) as tape:
        y = x @ w + b
        loss = tf.reduce_mean(y**2)
    [d_w, d_b] = tape.gradient(loss, [w, b])
    print("shapes:", w.shape, d_w.shape)
    assert str(w.shape) == str(d_w.shape) == "(3, 2)"
    np.testing.assert_array_equal(tape.gradient(loss, {"w": w, "b": b})["b"], d_b)
    np.testing.assert_allclose(d_w, np.outer(x, d_b), rtol=1e-5)


def by_default() -> None:
    """Trainable variables are watched, and nothing else: not tensors, though they were made from variables."""
    trainable = tf.Variable(3.0, name="trainable")
    frozen = tf.Variable(3.0, name="frozen", trainable=False)
    a_sum = tf.Variable(2.0, name="term") + 1.0
    a_constant = tf.constant(3.0)
    with tf.GradientTape() as tape:
        y = trainable**2 + frozen**2 + a_sum**2 + a_constant**2
    gradients = tape.gradient(y, [trainable, frozen, a_sum, a_constant])
    print("by default:", *gradients)
    assert float(gradients[0]) == 6.0
    assert gradients[1:] == [None, None, None]
    assert [variable.name for variable in tape.watched_variables()] == ["trainable:0"]


def a_tensor_on_request() -> None:
    """``watch`` adds a tensor to what is recorded."""
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x**2
    dy_dx = tape.gradient(y, x)
    print("of a constant that is watched:", float(dy_dx))
    assert float(dy_dx) == 6.0


def only_what_is_named() -> None:
    """``watch_accessed_variables=False`` turns the default off: only what ``watch`` names is recorded."""
    x0, x1 = tf.Variable(0.0), tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x1)
        y0 = tf.sin(x0)
        y1 = tf.nn.softplus(x1)
        total = tf.reduce_sum(y0 + y1)
    gradients = tape.gradient(total, {"x0": x0, "x1": x1})
    print("of the one that is named:", gradients["x1"], " of the other:", gradients["x0"])
    assert gradients["x0"] is None
    # The derivative of softplus is sigmoid.
    np.testing.assert_allclose(gradients["x1"], 1 / (1 + np.exp(-10.0)), rtol=1e-6)


def a_derivative_everywhere() -> None:
    """One gradient call gives the derivative at many points, where each result depends on its own point only."""
    x = tf.linspace(-10.0, 10.0, 201)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x)
    dy_dx = tape.gradient(y, x)
    print("steepest at", float(x[int(tf.argmax(dy_dx))]), "where the derivative is", float(tf.reduce_max(dy_dx)))
    np.testing.assert_allclose(dy_dx, y.numpy() * (1 - y.numpy()), rtol=1e-5, atol=1e-7)


if __name__ == "__main__":
    for step in (a_model, plain_inputs, by_default, a_tensor_on_request, only_what_is_named, a_derivative_everywhere):
        step()
