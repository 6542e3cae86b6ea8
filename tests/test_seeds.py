"""What somebody sees who writes TensorFlow's introduction to the gradient tape with this library.

The numbers, the names, the printed forms and the ``None``s, in the order in which one meets them.
"""

import numpy as np
import pytest

import autodiff_core as tf


@pytest.fixture
def line():
    """The weights, the bias and the input of a linear layer with two outputs, and what a tape sees of its loss."""

    class Line:
        w = tf.Variable(tf.random.normal((3, 2)), name="weight")
        b = tf.Variable(tf.zeros(2), name="bias")
        x = tf.Variable([[1.0, 1.0, 0.0]], name="input")

        def record(self, **settings):
            with tf.GradientTape(**settings) as tape:
                self.y = self.x @ self.w + self.b
                self.loss = tf.reduce_mean(self.y**2)
            return tape

    return Line()


# One variable


def test_the_gradient_of_a_square_is_twice_the_value():
    x = tf.Variable(3.0, trainable=True)
    with tf.GradientTape() as tape:
        y = x**2
    dy_dx = tape.gradient(y, x)
    assert repr(dy_dx) == "<Tensor: shape=(), dtype=float32, numpy=6.0>"
    assert dy_dx.numpy() == 6.0
    assert str(dy_dx.numpy()) == "6.0"
    assert type(dy_dx) is tf.Tensor


# A loss with several sources


def test_shapes_are_tensor_shapes_that_print_as_tuples(line):
    assert repr((line.x.shape, line.w.shape, line.b.shape)) == (
        "(TensorShape([1, 3]), TensorShape([3, 2]), TensorShape([2]))"
    )
    gradient = line.record().gradient(line.loss, line.w)
    assert str(line.w.shape) == str(gradient.shape) == f"{gradient.shape}" == "(3, 2)"


def test_sources_in_a_dict_give_gradients_in_a_dict(line):
    gradients = line.record().gradient(line.loss, {"w": line.w, "b": line.b})
    assert list(gradients) == ["w", "b"]
    # The mean over two outputs of their squares has the derivative y, and x is 1, 1, 0.
    y = line.y.numpy()[0]
    np.testing.assert_allclose(gradients["b"], y, rtol=1e-6)
    np.testing.assert_allclose(gradients["w"], [y, y, [0.0, 0.0]], rtol=1e-6)


def test_sources_in_a_list_give_gradients_in_a_list(line):
    by_name = line.record().gradient(line.loss, {"w": line.w, "b": line.b})
    gradients = line.record().gradient(line.loss, [line.w, line.b])
    assert type(gradients) is list
    [d_w, d_b] = gradients
    np.testing.assert_array_equal(d_w, by_name["w"])
    np.testing.assert_array_equal(d_b, by_name["b"])


def test_sources_may_be_nested(line):
    gradients = line.record().gradient(line.loss, {"layers": [(line.w, line.b)], "input": line.x})
    assert gradients["input"].shape == (1, 3)
    assert [gradient.shape for gradient in gradients["layers"][0]] == [(3, 2), (2,)]


def test_gradients_print_as_tensorflows_do():
    w, b = tf.Variable([[1.0, 2.0], [3.0, 0.5]]), tf.Variable([0.0, 0.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant([[2.0, 0.25]]) @ w + b)
    assert repr(tape.gradient(loss, {"w": w, "b": b})) == (
        "{'w': <Tensor: shape=(2, 2), dtype=float32, numpy=\n"
        "array([[2.  , 2.  ],\n"
        "       [0.25, 0.25]], dtype=float32)>, "
        "'b': <Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>}"
    )


# What was watched


def test_watched_variables_are_named_in_the_order_of_their_making(line):
    tape = line.record()
    assert [variable.name for variable in tape.watched_variables()] == ["weight:0", "bias:0", "input:0"]
    watched = tape.watched_variables()
    assert type(watched) is tuple
    assert all(one is other for one, other in zip(watched, (line.w, line.b, line.x), strict=True))


def test_variables_print_with_name_shape_dtype_and_value():
    b = tf.Variable(tf.zeros(2), name="bias")
    assert repr(b) == "<Variable 'bias:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>"
    x = tf.Variable([[1.0, 1.0, 0.0]], name="input")
    assert repr(x) == "<Variable 'input:0' shape=(1, 3) dtype=float32, numpy=array([[1., 1., 0.]], dtype=float32)>"
    w = tf.Variable([[1.0, 2.0], [3.0, 0.5]], name="weight")
    assert repr(w) == (
        "<Variable 'weight:0' shape=(2, 2) dtype=float32, numpy=\n"
        "array([[1. , 2. ],\n"
        "       [3. , 0.5]], dtype=float32)>"
    )


# Intermediate results, and tapes that are asked twice


def test_the_gradient_of_an_intermediate_result(line):
    tape = line.record()
    d_y = tape.gradient(line.loss, line.y)
    assert d_y.shape == (1, 2)
    np.testing.assert_allclose(d_y, line.y, rtol=1e-6)


def test_a_tape_answers_once(line):
    tape = line.record()
    tape.gradient(line.loss, line.y)
    with pytest.raises(RuntimeError) as caught:
        tape.gradient(line.loss, line.y)
    assert f"{type(caught.value).__name__}: {caught.value}" == (
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
    )


def test_a_persistent_tape_answers_again(line):
    tape = line.record(persistent=True)
    first, second = (tape.gradient(line.loss, line.y) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(second, line.y, rtol=1e-6)


# Several targets


def test_the_gradients_of_several_targets_are_summed():
    x = tf.Variable([[1.0, 1.0, 0.0]], name="input")
    with tf.GradientTape(persistent=True) as tape:
        y0 = x
        y1 = x**2
    assert tape.gradient(y1, x).numpy().tolist() == [[2.0, 2.0, 0.0]]
    assert tape.gradient(y0, x).numpy().tolist() == [[1.0, 1.0, 1.0]]
    both = tape.gradient({"y0": y0, "y1": y1}, x)
    assert both.numpy().tolist() == [[3.0, 3.0, 1.0]]
    assert repr(both) == "<Tensor: shape=(1, 3), dtype=float32, numpy=array([[3., 3., 1.]], dtype=float32)>"


def test_the_gradient_of_a_target_with_several_numbers_is_that_of_their_sum():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * [3.0, 4.0]
    assert str(tape.gradient(y, x).numpy()) == "7.0"


# Control flow and assignment


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_only_the_branch_that_was_taken_has_a_gradient(capsys):
    x, v0, v1 = tf.Variable(-1.0), tf.Variable(2.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        result = v0 if x > 0.0 else v1**2
    for gradient in tape.gradient(result, [v0, v1]):
        print(gradient)
    assert capsys.readouterr().out == "None\nTensor(4.0, shape=(), dtype=float32)\n"
    assert tape.gradient(result, x) is None


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_variable_that_was_made_after_the_recording_has_no_gradient():
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        result = v**2
    assert tape.gradient(result, tf.Variable(1.0)) is None


def test_assigning_changes_nothing_of_what_is_recorded():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        z = x**2 if x > y else y**3
    printed = "[None, <Tensor: shape=(), dtype=float32, numpy=27.0>]"
    assert str(tape.gradient(z, [x, y])) == printed
    x.assign(4.0)
    y.assign(5.0)
    assert str(tape.gradient(z, [x, y])) == printed


# Where gradients end


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_target_that_does_not_depend_on_the_source_has_none():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = y * y
    assert tape.gradient(z, x) is None


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_a_variable_that_became_a_tensor_has_none():
    x = tf.Variable(2.0)
    for epoch in range(2):
        with tf.GradientTape() as tape:
            y = x + 1
        gradient = tape.gradient(y, x)
        # The second time x is no variable any more, and nobody watches it.
        assert (gradient is None) == (epoch == 1)
        x = x + 1


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_is_computed_outside_the_library_has_none():
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_mean(np.mean((x**2).numpy(), axis=0))
    assert tape.gradient(y, x) is None


def test_an_integer_has_none():
    x = tf.constant(10)
    with tf.GradientTape() as tape:
        with pytest.warns(UserWarning, match="cast"):
            tape.watch(x)
        y = x * x
    with pytest.warns(UserWarning, match="target tensor has dtype int32"):
        assert tape.gradient(y, x) is None


@pytest.mark.filterwarnings("ignore:The gradient of")  # None is meant
def test_what_went_through_a_variables_state_has_none():
    x0, x1 = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        x1.assign_add(x0)
        y = x1**2
    assert tape.gradient(y, x0) is None


# Models


def test_a_layers_variables_and_gradients_have_its_names_and_shapes(capsys):
    tf.keras.backend.clear_session()
    tf.keras.layers.Dense(2)
    layer = tf.keras.layers.Dense(2, activation="relu")
    x = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_mean(y**2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        print(f"{variable.name}, shape: {gradient.shape}")
    assert capsys.readouterr().out == "dense_1/kernel:0, shape: (3, 2)\ndense_1/bias:0, shape: (2,)\n"


def test_a_list_stands_for_a_tensor_before_an_operator():
    w = tf.Variable(tf.random.normal((3, 2)), name="w")
    b = tf.Variable(tf.zeros(2, dtype=tf.float32), name="b")
    x = [[1.0, 2.0, 3.0]]
    with tf.GradientTape(persistent=True) as tape:
        y = x @ w + b
        loss = tf.reduce_mean(y**2)
    [d_w, d_b] = tape.gradient(loss, [w, b])
    np.testing.assert_allclose(d_b, y.numpy()[0], rtol=1e-6)
    np.testing.assert_allclose(d_w, np.outer(x[0], y.numpy()[0]), rtol=1e-6)
    np.testing.assert_array_equal(tape.gradient(loss, {"w": w, "b": b})["b"], d_b)


# What is watched


def test_only_trainable_variables_are_watched_by_default(capsys):
    x0 = tf.Variable(3.0, name="x0")
    x1 = tf.Variable(3.0, name="x1", trainable=False)
    x2 = tf.Variable(2.0, name="x2") + 1.0
    x3 = tf.constant(3.0, name="x3")
    with tf.GradientTape() as tape:
        y = (x0**2) + (x1**2) + (x2**2)
    for gradient in tape.gradient(y, [x0, x1, x2, x3]):
        print(gradient)
    assert capsys.readouterr().out == "Tensor(6.0, shape=(), dtype=float32)\nNone\nNone\nNone\n"
    assert [variable.name for variable in tape.watched_variables()] == ["x0:0"]


def test_a_tensor_is_watched_on_request():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x**2
    assert str(tape.gradient(y, x).numpy()) == "6.0"


def test_watching_by_default_can_be_turned_off():
    x0, x1 = tf.Variable(0.0), tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x1)
        y = tf.reduce_sum(tf.math.sin(x0) + tf.nn.softplus(x1))
    gradients = tape.gradient(y, {"x0": x0, "x1": x1})
    assert gradients["x0"] is None
    assert float(gradients["x1"]) == pytest.approx(1 / (1 + np.exp(-10.0)))
    assert all(one is other for one, other in zip(tape.watched_variables(), [x1], strict=True))


def test_the_derivative_of_an_elementwise_function_at_many_points():
    x = tf.linspace(-10.0, 10.0, 200 + 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x)
    dy_dx = tape.gradient(y, x)
    sigmoid = 1 / (1 + np.exp(-x.numpy().astype(np.float64)))
    np.testing.assert_allclose(dy_dx, sigmoid * (1 - sigmoid), rtol=1e-5, atol=1e-7)
