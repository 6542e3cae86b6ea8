"""Layers, models, losses, optimizers and metrics: Keras' names, numbers and errors."""

import math

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import keras

layers, losses, metrics, optimizers = keras.layers, keras.losses, keras.metrics, keras.optimizers


@pytest.fixture(autouse=True)
def fresh_names():
    keras.backend.clear_session()
    tf.random.set_seed(0)
    yield
    tf.random.set_seed(None)


def names(variables):
    return [variable.name for variable in variables]


def gradient_of(function, x):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = function(x)
    return tape.gradient(y, x).numpy()


# Layers


def test_dense_makes_its_variables_when_it_sees_an_input():
    layer = layers.Dense(2, activation="relu")
    assert layer.weights == []
    assert not layer.built
    x = np.array([[1.0, 2.0, 3.0]], np.float32)
    y = layer(x)
    assert names(layer.trainable_variables) == ["dense/kernel:0", "dense/bias:0"]
    assert [tuple(variable.shape) for variable in layer.variables] == [(3, 2), (2,)]
    np.testing.assert_allclose(y, np.maximum(x @ layer.kernel.numpy(), 0), rtol=1e-6)
    layer(x)
    assert len(layer.weights) == 2


def test_layers_of_a_kind_are_numbered():
    made = [layers.Dense(1), layers.Dense(1), layers.Flatten(), layers.Dense(1, name="last"), layers.Dense(1)]
    assert [layer.name for layer in made] == ["dense", "dense_1", "flatten", "last", "dense_2"]
    made[1](tf.zeros((1, 1)))
    assert names(made[1].weights) == ["dense_1/kernel:0", "dense_1/bias:0"]


def test_a_mistake_takes_no_number():
    with pytest.raises(ValueError, match="Unknown activation function: 'rely'"):
        layers.Dense(1, "rely")
    with pytest.raises(ValueError, match="Unknown initializer: 'glorot'"):
        layers.Dense(1, kernel_initializer="glorot")
    with pytest.raises(ValueError, match=r"expected a positive integer\. Received: 0"):
        layers.Dense(0)
    with pytest.raises(ValueError, match=r"expected a positive integer\. Received: 2\.5"):
        layers.Dense(2.5)
    assert layers.Dense(1).name == "dense"


def test_the_gradients_of_a_dense_layer_are_those_by_hand():
    layer = layers.Dense(2, activation="tanh", dtype="float64")
    x = np.random.default_rng(0).normal(size=(5, 3))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(layer(x) ** 2)
    d_kernel, d_bias = tape.gradient(loss, layer.trainable_variables)
    y = np.tanh(x @ layer.kernel.numpy())
    d_sum = 2 * y / y.size * (1 - y**2)
    np.testing.assert_allclose(d_kernel, x.T @ d_sum, rtol=1e-10)
    np.testing.assert_allclose(d_bias, d_sum.sum(axis=0), rtol=1e-10)


def test_dense_without_a_bias_has_a_kernel_only():
    layer = layers.Dense(2, use_bias=False, kernel_initializer="ones")
    assert layer([[1.0, 2.0]]).numpy().tolist() == [[3.0, 3.0]]
    assert names(layer.weights) == ["dense/kernel:0"]
    assert layer.bias is None


def test_dense_works_on_the_last_axis_of_many():
    layer = layers.Dense(4)
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(layer(x), x @ layer.kernel.numpy(), rtol=1e-5, atol=1e-6)


def test_a_sequential_model_leaves_casting_to_its_layers():
    model = keras.Sequential([layers.Dense(2, dtype="float64"), layers.Dense(1, dtype="float64")])
    x = tf.constant(np.full((1, 3), 1 / 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    assert y.dtype == tf.float64
    np.testing.assert_allclose(
        tape.gradient(y, x), (model.layers[0].kernel @ model.layers[1].kernel).numpy().T, rtol=1e-14
    )
    assert keras.Sequential([layers.Dense(1)])(x).dtype == tf.float32


def test_inputs_are_cast_to_the_layers_dtype():
    layer = layers.Dense(2)
    assert layer(np.ones((1, 3))).dtype == tf.float32
    assert layer([[1.0, 2.0, 3.0]]).dtype == tf.float32
    precise = layers.Dense(2, dtype="float64")
    assert precise(tf.ones((1, 3))).dtype == tf.float64
    assert precise.kernel.dtype == tf.float64


def test_the_default_dtype_of_a_layer_follows_floatx():
    keras.backend.set_floatx("float64")
    try:
        assert layers.Dense(1).dtype == tf.float64
        assert keras.backend.floatx() == "float64"
    finally:
        keras.backend.set_floatx("float32")


def test_an_input_of_another_width_is_a_value_error_that_names_the_layer():
    layer = layers.Dense(2)
    layer(tf.zeros((1, 3)))
    with pytest.raises(ValueError, match=r"layer 'dense' is incompatible.*value 3, but received.*\(1, 4\)"):
        layer(tf.zeros((1, 4)))
    with pytest.raises(ValueError, match=r"at least two axes.*\(3,\)"):
        layer(tf.zeros(3))


def test_a_build_that_fails_leaves_no_weights():
    class Fails(layers.Layer):
        broken = True

        def build(self, input_shape):
            self.add_weight("w", (2,))
            if self.broken:
                raise KeyError("first time")

    layer = Fails()
    with pytest.raises(KeyError):
        layer(1.0)
    layer.broken = False
    layer(1.0)
    assert names(layer.weights) == ["fails/w:0"]


def test_a_layer_of_ones_own_gets_its_shape_and_arguments():
    class Power(layers.Layer):
        def build(self, input_shape):
            self.shape_seen = input_shape
            self.factor = self.add_weight("factor", input_shape[-1:], initializer="ones")

        def call(self, inputs, power=1):
            return (inputs * self.factor) ** power

    layer = Power()
    assert layer([[2.0, 3.0]], power=2).numpy().tolist() == [[4.0, 9.0]]
    assert layer.shape_seen == (1, 2)
    assert names(layer.weights) == ["power/factor:0"]


def test_a_layer_takes_a_structure_of_tensors():
    class Add(layers.Layer):
        def build(self, input_shape):
            self.shapes = input_shape

        def call(self, inputs):
            return inputs["a"] + inputs["b"][0]

    layer = Add()
    summed = layer({"a": tf.ones((2, 3)), "b": [np.ones((2, 3))]})
    assert summed.numpy().tolist() == [[2.0] * 3] * 2
    assert summed.dtype == tf.float32
    assert layer.shapes == {"a": (2, 3), "b": [(2, 3)]}


def test_a_layer_that_was_not_set_up_says_so():
    class Forgot(layers.Layer):
        def __init__(self):
            pass

    with pytest.raises(RuntimeError, match=r"Forgot has not been set up.*super\(\).__init__\(\)"):
        Forgot()(1.0)
    assert not hasattr(layers.Flatten(), "nonsense")


def test_weights_that_are_not_trainable_come_last():
    class Counts(layers.Layer):
        def build(self, input_shape):
            self.steps = self.add_weight("steps", (), trainable=False, dtype="int64")
            self.scale = self.add_weight("scale", (1,), initializer="ones")

    layer = Counts()
    layer([1.0])
    assert names(layer.weights) == ["counts/scale:0", "counts/steps:0"]
    assert names(layer.trainable_weights) == ["counts/scale:0"]
    assert names(layer.non_trainable_weights) == ["counts/steps:0"]
    assert layer.steps.dtype == tf.int64


def test_a_frozen_layer_has_no_trainable_variables():
    model = keras.Sequential([layers.Dense(2), layers.Dense(1)])
    model(tf.zeros((1, 3)))
    model.layers[0].trainable = False
    assert names(model.trainable_variables) == ["sequential/dense_1/kernel:0", "sequential/dense_1/bias:0"]
    assert len(model.weights) == 4
    model.trainable = False
    assert model.trainable_variables == []
    assert model.layers[1].trainable_variables == []
    assert names(model.non_trainable_variables) == [
        f"sequential/dense{n}/{v}:0" for n in ("", "_1") for v in ("kernel", "bias")
    ]
    model.trainable = True
    assert len(model.trainable_variables) == 4


def test_weights_are_copied_out_and_assigned():
    source, target = layers.Dense(2), layers.Dense(2)
    for layer in (source, target):
        layer(tf.zeros((1, 3)))
    copies = source.get_weights()
    target.set_weights(copies)
    np.testing.assert_array_equal(target.kernel, source.kernel)
    copies[0][...] = 7.0
    assert not np.any(target.kernel.numpy() == 7.0)
    before = target.kernel.numpy()
    with pytest.raises(ValueError, match="with 1 weights, but the layer was expecting 2"):
        target.set_weights(copies[:1])
    with pytest.raises(ValueError, match=r"'dense_1/bias:0' has shape \(2,\).*shape \(3,\)"):
        target.set_weights([copies[0], np.zeros(3)])
    np.testing.assert_array_equal(target.kernel, before)


def test_flatten_keeps_the_first_axis():
    x = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal(layers.Flatten()(x), x.reshape(2, 12))
    assert layers.Flatten()(tf.zeros((5,))).shape == (5, 1)


def test_dropout_drops_in_training_only():
    dropout = layers.Dropout(0.25)
    x = tf.ones((100, 100))
    np.testing.assert_array_equal(dropout(x), x)
    dropped = dropout(x, training=True).numpy()
    assert set(np.unique(dropped)) == {np.float32(0.0), np.float32(1 / 0.75)}
    assert dropped.mean() == pytest.approx(1.0, abs=0.05)
    with pytest.raises(ValueError, match="rate"):
        layers.Dropout(1.0)


def test_the_gradient_passes_through_what_dropout_kept():
    x = tf.Variable(tf.ones((50,)))
    with tf.GradientTape() as tape:
        y = layers.Dropout(0.5)(x, training=True)
    np.testing.assert_array_equal(tape.gradient(y, x), y)


# Models


def test_sequential_applies_its_layers_in_order():
    model = keras.Sequential()
    model.add(layers.Flatten())
    model.add(layers.Dense(4, "relu"))
    model.add(layers.Dense(2))
    x = np.random.default_rng(0).normal(size=(3, 2, 2)).astype(np.float32)
    y = model(x)
    k0, b0, k1, b1 = model.get_weights()
    np.testing.assert_allclose(y, np.maximum(x.reshape(3, 4) @ k0 + b0, 0) @ k1 + b1, rtol=1e-5)
    assert [layer.name for layer in model.layers] == ["flatten", "dense", "dense_1"]
    assert names(model.variables)[:2] == ["sequential/dense/kernel:0", "sequential/dense/bias:0"]
    with pytest.raises(TypeError, match="must be an instance of class Layer"):
        model.add(tf.nn.relu)


def test_sequential_tells_training_to_the_layers_that_ask():
    model = keras.Sequential([layers.Dense(3), keras.Sequential([layers.Dropout(0.5)])])
    x = tf.ones((10, 3))
    assert not np.any(model(x, training=False).numpy() == 0.0)
    assert np.any(model(x, training=True).numpy() == 0.0)


def test_a_model_of_ones_own_gathers_the_layers_of_its_attributes():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1)
            self.blocks = [layers.Dense(3, "tanh"), {"inner": layers.Dense(3)}]
            self.scale = tf.Variable(2.0, name="scale")

        def call(self, inputs):
            return self.scale * self.out(self.blocks[1]["inner"](self.blocks[0](inputs)))

    net = Net()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(net(tf.ones((2, 4))))
    # Its own variable first, then those of the layers in the order in which they were set.
    assert names(net.trainable_variables) == ["scale:0"] + [
        f"net/{layer}/{variable}:0" for layer in ("dense", "dense_1", "dense_2") for variable in ("kernel", "bias")
    ]
    assert [layer.name for layer in net.layers] == ["dense", "dense_1", "dense_2"]
    gradients = tape.gradient(loss, net.trainable_variables)
    assert [gradient.shape for gradient in gradients] == [variable.shape for variable in net.trainable_variables]


def test_a_layer_that_is_used_twice_has_its_variables_once():
    shared = layers.Dense(3)
    model = keras.Sequential([shared, shared])
    model(tf.ones((1, 3)))
    assert len(model.trainable_variables) == 2
    assert model.layers == [shared]


def test_layers_are_modules():
    module = tf.Module("holder")
    module.layer = layers.Dense(2)
    module.layer(tf.zeros((1, 3)))
    assert names(module.trainable_variables) == ["dense/kernel:0", "dense/bias:0"]
    assert module.submodules == (module.layer,)


# Initializers and activations


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [("glorot_uniform", 2 / 500, math.sqrt(6 / 500)), ("random_uniform", 0.1**2 / 12, 0.05)],
)
def test_an_initializer_has_its_variance_and_stays_within_its_bound(name, variance, bound):
    kernel = keras.initializers.get(name)((300, 200)).numpy()
    assert kernel.var() == pytest.approx(variance, rel=0.03)
    assert kernel.mean() == pytest.approx(0.0, abs=4 * math.sqrt(variance / kernel.size))
    assert abs(kernel).max() <= bound


def test_fans_count_the_window_of_a_kernel():
    kernel = keras.initializers.GlorotUniform()((3, 3, 20, 50)).numpy()
    assert kernel.var() == pytest.approx(2 / (9 * 70), rel=0.05)


def test_initializers_are_found_by_name_class_or_as_they_are():
    assert keras.initializers.get("zeros")((2,)).numpy().tolist() == [0.0, 0.0]
    assert keras.initializers.get(keras.initializers.Ones)((2,)).numpy().tolist() == [1.0, 1.0]
    assert keras.initializers.get(tf.constant_initializer(3.0))((), dtype="float64").dtype == tf.float64
    with pytest.raises(TypeError):
        keras.initializers.get(3)


@pytest.mark.parametrize(
    ("find", "names"),
    [
        (keras.initializers.get, ["he_normal", "lecun_normal", "truncated_normal"]),
        (keras.activations.get, ["gelu", "silu", "softsign"]),
    ],
)
def test_what_is_asked_for_by_a_name_that_only_keras_has_says_which_line_makes_it_available(find, names):
    for name in names:
        with pytest.raises(ValueError, match=rf"{name}.*`tf\.keras\.use_keras\(\)` at the top of the script"):
            find(name)


@pytest.mark.parametrize(
    "path",
    ["activations.gelu", "activations.swish", "backend.get_uid", "initializers.HeNormal", "initializers.Constant"],
)
def test_a_name_that_only_keras_has_says_which_line_makes_it_available(path):
    module, name = path.split(".")
    with pytest.raises(AttributeError, match=rf"{name}.*`tf\.keras\.use_keras\(\)` at the top of the script"):
        getattr(getattr(keras, module), name)


def test_a_seeded_initializer_gives_the_same_kernel_in_a_new_session():
    first = keras.initializers.GlorotUniform(seed=3)((4, 4)).numpy()
    tf.random.set_seed(0)
    np.testing.assert_array_equal(keras.initializers.GlorotUniform(seed=3)((4, 4)), first)


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(),
}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_an_activation_has_its_values(name):
    x = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    found = keras.activations.get(name)(tf.constant(x))
    np.testing.assert_allclose(found, ACTIVATIONS[name](x), rtol=1e-6, atol=1e-12)


def test_activations_are_found_by_name_or_as_they_are():
    assert keras.activations.get(None) is keras.activations.linear
    assert keras.activations.get(np.sin) is np.sin
    assert set(ACTIVATIONS) == set(keras.activations.__all__) - {"get"}
    with pytest.raises(TypeError):
        keras.activations.get(3)


def test_a_numpy_function_serves_as_activation():
    layer = layers.Dense(2, activation=np.sin, kernel_initializer="ones", dtype="float64")
    with tf.GradientTape() as tape:
        y = layer([[0.5]])
    np.testing.assert_allclose(tape.gradient(y, layer.bias), np.cos([0.5, 0.5]), rtol=1e-12)


# Losses

TRUE = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
LOGITS = np.array([[0.5, 1.5, -1.0], [0.1, -0.2, 3.0]])
SOFTMAX = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
SIGMOID = 1 / (1 + np.exp(-LOGITS))
CROSS = -np.log(SOFTMAX[[0, 1], [1, 0]])
BINARY = -(TRUE * np.log(SIGMOID) + (1 - TRUE) * np.log(1 - SIGMOID)).mean(axis=1)
DISTANCE = abs(TRUE - LOGITS)

LOSSES = [
    (losses.MeanSquaredError, {}, TRUE, LOGITS, (DISTANCE**2).mean(axis=1)),
    (losses.MeanAbsoluteError, {}, TRUE, LOGITS, DISTANCE.mean(axis=1)),
    (
        losses.Huber,
        {"delta": 0.75},
        TRUE,
        LOGITS,
        np.where(DISTANCE <= 0.75, DISTANCE**2 / 2, 0.75 * DISTANCE - 0.75**2 / 2).mean(axis=1),
    ),
    (losses.BinaryCrossentropy, {}, TRUE, SIGMOID, BINARY),
    (losses.BinaryCrossentropy, {"from_logits": True}, TRUE, LOGITS, BINARY),
    (losses.CategoricalCrossentropy, {}, TRUE, SOFTMAX, CROSS),
    (losses.CategoricalCrossentropy, {}, TRUE, 5 * SOFTMAX, CROSS),
    (losses.CategoricalCrossentropy, {"from_logits": True}, TRUE, LOGITS, CROSS),
    (losses.SparseCategoricalCrossentropy, {}, np.array([1, 0]), SOFTMAX, CROSS),
    (losses.SparseCategoricalCrossentropy, {"from_logits": True}, np.array([1, 0]), LOGITS, CROSS),
    (losses.SparseCategoricalCrossentropy, {"from_logits": True}, np.array([[1.0], [0.0]]), LOGITS, CROSS),
]


@pytest.mark.parametrize(("loss", "settings", "true", "predicted", "expected"), LOSSES)
def test_a_loss_has_its_values_and_reductions(loss, settings, true, predicted, expected):
    def reduced(reduction, **weights):
        return loss(**settings, reduction=reduction)(true, predicted, **weights)

    np.testing.assert_allclose(reduced("none"), expected, rtol=1e-6)
    np.testing.assert_allclose(reduced("sum"), expected.sum(), rtol=1e-6)
    np.testing.assert_allclose(loss(**settings)(true, predicted), expected.mean(), rtol=1e-6)
    weights = [1.0, 3.0]
    np.testing.assert_allclose(
        reduced("sum_over_batch_size", sample_weight=weights), (expected * weights).mean(), rtol=1e-6
    )


@pytest.mark.parametrize(("loss", "settings", "true", "predicted", "expected"), LOSSES)
def test_the_gradient_of_a_loss_is_its_slope(loss, settings, true, predicted, expected):
    function = loss(**settings)
    gradient = gradient_of(lambda x: function(true, x), predicted)
    step = np.random.default_rng(0).normal(size=predicted.shape) * 1e-6
    slope = (float(function(true, predicted + step)) - float(function(true, predicted - step))) / 2
    assert float((gradient * step).sum()) == pytest.approx(slope, rel=1e-4, abs=1e-12)


def test_label_smoothing_draws_labels_to_the_uniform_distribution():
    smooth = TRUE * 0.7 + 0.1
    np.testing.assert_allclose(
        losses.categorical_crossentropy(TRUE, SOFTMAX, label_smoothing=0.3), -(smooth * np.log(SOFTMAX)).sum(axis=1)
    )
    smooth = TRUE * 0.7 + 0.15
    np.testing.assert_allclose(
        losses.binary_crossentropy(TRUE, LOGITS, from_logits=True, label_smoothing=0.3),
        -(smooth * np.log(SIGMOID) + (1 - smooth) * np.log(1 - SIGMOID)).mean(axis=1),
    )


def test_cross_entropies_are_finite_where_the_prediction_is_certain_and_wrong():
    certain = np.array([[1000.0, -1000.0]])
    true = np.array([[0.0, 1.0]])
    assert float(losses.CategoricalCrossentropy(from_logits=True)(true, certain)) == pytest.approx(2000.0)
    assert float(losses.SparseCategoricalCrossentropy(from_logits=True)([1], certain)) == pytest.approx(2000.0)
    assert float(losses.BinaryCrossentropy(from_logits=True)(true, certain)) == pytest.approx(1000.0)
    limit = -math.log(1e-7)
    assert float(losses.CategoricalCrossentropy()(true, np.array([[1.0, 0.0]]))) == pytest.approx(limit)
    assert float(losses.SparseCategoricalCrossentropy()([1], np.array([[1.0, 0.0]]))) == pytest.approx(limit, rel=1e-5)
    assert float(losses.BinaryCrossentropy()(true, np.array([[1.0, 0.0]]))) == pytest.approx(limit)


def test_a_column_of_predictions_meets_a_row_of_labels():
    row, column = np.array([1.0, 2.0]), np.array([[1.0], [4.0]])
    assert float(losses.MeanSquaredError()(row, column)) == 2.0
    assert float(losses.MeanAbsoluteError()(column, row)) == 1.0


def test_labels_take_the_dtype_of_the_predictions():
    assert losses.mean_squared_error([[1, 2]], tf.constant([[1.5, 2.0]])).dtype == tf.float32
    assert losses.mean_squared_error(np.ones((1, 2)), tf.constant([[1.5, 2.0]])).dtype == tf.float32


def test_a_loss_of_ones_own_must_say_how_it_is_computed():
    with pytest.raises(NotImplementedError, match="Mine must implement call"):
        type("Mine", (losses.Loss,), {})()([1.0], [1.0])
    with pytest.raises(ValueError, match="reduction"):
        losses.MeanSquaredError(reduction="mean")


# Optimizers


def reference_adam(gradients, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The rule as it is usually written, from zero."""
    x = mean = square = 0.0
    for step, gradient in enumerate(gradients, 1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        square = beta_2 * square + (1 - beta_2) * gradient**2
        x = x - rate * math.sqrt(1 - beta_2**step) / (1 - beta_1**step) * mean / (np.sqrt(square) + epsilon)
    return x


def reference_momentum(gradients, rate=0.01, momentum=0.9, nesterov=False):
    x = velocity = 0.0
    for gradient in gradients:
        velocity = momentum * velocity - rate * gradient
        x = x + (momentum * velocity - rate * gradient if nesterov else velocity)
    return x


RULES = [
    (lambda: optimizers.SGD(0.5), lambda g: reference_momentum(g, 0.5, 0.0)),
    (lambda: optimizers.SGD(0.5, momentum=0.9), lambda g: reference_momentum(g, 0.5)),
    (lambda: optimizers.SGD(0.5, 0.9, nesterov=True), lambda g: reference_momentum(g, 0.5, nesterov=True)),
    (lambda: optimizers.Adam(), reference_adam),
    (lambda: optimizers.Adam(0.1, 0.8, 0.95, 1e-2), lambda g: reference_adam(g, 0.1, 0.8, 0.95, 1e-2)),
]


@pytest.mark.parametrize(("make", "reference"), RULES)
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_an_optimizer_follows_its_rule(make, reference, dtype):
    optimizer = make()
    # The last is more than a block of the optimizer's passes.
    shapes = [(), (3,), (2, 4), (70_001,)]
    variables = [tf.Variable(tf.zeros(shape, dtype=dtype)) for shape in shapes]
    draw = np.random.default_rng(0)
    steps = [[draw.normal(size=shape).astype(dtype) for shape in shapes] for _ in range(5)]
    for gradients in steps:
        optimizer.apply_gradients(zip(map(tf.constant, gradients), variables, strict=True))
    tolerance = 1e-4 if dtype == tf.float32 else 1e-11
    for place, variable in enumerate(variables):
        expected = reference([gradients[place] for gradients in steps])
        np.testing.assert_allclose(variable, expected, rtol=tolerance, atol=tolerance * 0.01)
        assert variable.dtype == dtype
    assert int(optimizer.iterations) == 5


def test_variables_of_several_dtypes_are_changed_together():
    single, double = tf.Variable(1.0), tf.Variable(np.ones(2))
    optimizer = optimizers.SGD(0.5)
    optimizer.apply_gradients([(tf.constant(np.ones(2)), double), (tf.constant(2.0), single)])
    assert float(single) == 0.0
    assert double.numpy().tolist() == [0.5, 0.5]
    assert (single.dtype, double.dtype) == (tf.float32, tf.float64)


def test_what_is_remembered_stays_when_a_variable_misses_a_step():
    x, y = (tf.Variable(np.zeros(3)) for _ in range(2))
    one, two = (tf.constant(np.array(values)) for values in ([1.0, -2.0, 3.0], [0.5, 0.5, -4.0]))
    optimizer = optimizers.SGD(1.0, momentum=0.5)
    optimizer.apply_gradients([(one, x), (one, y)])
    optimizer.apply_gradients([(two, x)])
    optimizer.apply_gradients([(two, y), (two, x)])
    np.testing.assert_allclose(x, reference_momentum([one.numpy(), two.numpy(), two.numpy()], 1.0, 0.5))
    np.testing.assert_allclose(y, reference_momentum([one.numpy(), two.numpy()], 1.0, 0.5))


def test_gradients_and_values_read_earlier_do_not_change():
    x = tf.Variable([1.0, 2.0])
    gradient, before = tf.constant([1.0, 1.0]), x.numpy()
    read = x.read_value()
    optimizers.Adam(0.5).apply_gradients([(gradient, x)])
    assert gradient.numpy().tolist() == [1.0, 1.0]
    assert before.tolist() == read.numpy().tolist() == [1.0, 2.0]
    assert x.numpy().tolist() != [1.0, 2.0]


def test_a_missing_gradient_leaves_its_variable_with_a_warning():
    x, y = tf.Variable(1.0, name="x"), tf.Variable(1.0, name="y")
    with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['y:0'\]"):
        optimizers.SGD(1.0).apply_gradients([(tf.constant(1.0), x), (None, y)])
    assert (float(x), float(y)) == (0.0, 1.0)


def test_no_gradient_at_all_is_a_value_error_that_names_the_variables():
    x, y = tf.Variable(1.0, name="x"), tf.Variable(1.0, name="y")
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match=r"No gradients provided for any variable: \['x:0', 'y:0'\]"):
        optimizer.apply_gradients([(None, x), (None, y)])
    assert int(optimizer.iterations) == 0


def test_a_gradient_of_another_shape_is_a_value_error_before_any_change():
    x, y = tf.Variable(1.0, name="x"), tf.Variable([1.0, 2.0], name="y")
    with pytest.raises(ValueError, match=r"'y:0' has shape \(\), but the variable has shape \(2,\)"):
        optimizers.SGD(1.0).apply_gradients([(tf.constant(1.0), x), (tf.constant(1.0), y)])
    assert float(x) == 1.0


def test_minimize_takes_a_function_or_a_loss_with_its_tape():
    x = tf.Variable(3.0)
    optimizer = optimizers.SGD(0.25)
    optimizer.minimize(lambda: x**2, [x])
    assert float(x) == 1.5
    with tf.GradientTape() as tape:
        loss = x**2
    optimizer.minimize(loss, lambda: x, tape=tape)
    assert float(x) == 0.75
    with pytest.raises(ValueError, match="`tape` is required"):
        optimizer.minimize(loss, [x])


def test_the_learning_rate_can_be_set_and_can_be_a_schedule():
    x = tf.Variable(0.0)
    optimizer = optimizers.SGD(1.0)
    assert optimizer.learning_rate == 1.0
    optimizer.learning_rate = 0.5
    optimizer.apply_gradients([(tf.constant(1.0), x)])
    assert float(x) == -0.5
    scheduled = optimizers.SGD(lambda step: 10.0**-step)
    x.assign(0.0)
    for _ in range(3):
        scheduled.apply_gradients([(tf.constant(1.0), x)])
    assert float(x) == pytest.approx(-1.11)


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="momentum"):
        optimizers.SGD(momentum=1.5)
    with pytest.raises(ValueError, match="beta_2"):
        optimizers.Adam(beta_2=1.0)
    with pytest.raises(NotImplementedError, match="update_block"):
        optimizers.Optimizer().apply_gradients([(tf.constant(1.0), tf.Variable(1.0))])


def test_a_step_is_not_recorded_on_an_open_tape():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x**2
        optimizers.SGD(1.0).minimize(lambda: x**2, [x])
    assert float(tape.gradient(y, x)) == 6.0
    assert float(x) == -3.0


@pytest.mark.parametrize("make", [lambda: optimizers.SGD(0.2, momentum=0.5), lambda: optimizers.Adam(0.03)])
def test_a_network_learns_exclusive_or(make):
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [0]], np.float32)
    model = keras.Sequential([layers.Dense(8, "tanh"), layers.Dense(1)])
    loss_of, optimizer = losses.BinaryCrossentropy(from_logits=True), make()
    for _ in range(400):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
    assert float(loss) < 0.1
    assert ((model(x).numpy() > 0) == y).all()


# Metrics


def test_accuracy_counts_classes_or_the_largest_scores():
    scores = np.array([[0.1, 0.7, 0.2], [0.5, 0.1, 0.4], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]])
    assert float(metrics.accuracy([1, 0, 2, 0], scores)) == 0.75
    assert float(metrics.accuracy([1, 0, 2, 0], [1, 2, 2, 1])) == 0.5
    with pytest.raises(ValueError, match=r"shape \(4,\).*shape \(2,\)"):
        metrics.accuracy([1, 0, 2, 0], [1, 2])


def test_accuracies_by_sample():
    scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.6, 0.4]])
    assert metrics.sparse_categorical_accuracy([1, 1, 0], scores).numpy().tolist() == [1.0, 0.0, 1.0]
    assert metrics.sparse_categorical_accuracy([[1], [1], [0]], scores).numpy().tolist() == [1.0, 0.0, 1.0]
    one_hot = [[0, 1], [0, 1], [1, 0]]
    assert metrics.categorical_accuracy(one_hot, scores).numpy().tolist() == [1.0, 0.0, 1.0]
    assert metrics.binary_accuracy([[1.0, 0.0, 1.0, 1.0]], [[0.9, 0.1, 0.2, 0.5]]).numpy().tolist() == [0.5]
    assert metrics.binary_accuracy([[1.0]], [[0.3]], threshold=0.2).dtype == tf.float32


def test_keras_is_imported_when_it_is_first_used():
    import subprocess
    import sys

    program = (
        "import sys, autodiff_core as tf; assert 'autodiff_core.keras' not in sys.modules; "
        "tf.keras.layers.Dense(1); from autodiff_core.keras import Sequential"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.parametrize("recorded", [False, True])
def test_adam_steps_against_the_gradients_of_complex_numbers(recorded: bool) -> None:
    target = np.array([3.0 - 4.0j, -1.0 + 0.5j])
    z, optimizer = tf.Variable(np.zeros(2, complex)), tf.keras.optimizers.Adam(0.05)

    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.abs(z - target) ** 2)
        optimizer.apply_gradients([(tape.gradient(loss, z), z)])

    step = tf.function(step) if recorded else step
    step()
    np.testing.assert_allclose(z, 0.05 * target / np.abs(target), rtol=1e-5)
    for _ in range(400):
        step()
    np.testing.assert_allclose(z, target, atol=0.02)


# -- What TensorFlow's and Keras' code relies on --------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("by_rows", [False, True])
def test_an_optimizer_projects_a_variable_by_its_constraint_after_the_step(recorded: bool, by_rows: bool) -> None:
    v = tf.Variable([0.5, 0.5], constraint=lambda x: tf.clip_by_value(x, 0.0, 1.0))
    optimizer = tf.keras.optimizers.SGD(1.0)

    def step() -> None:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(v, [0]) if by_rows else v) * 5.0
        optimizer.apply_gradients(zip(tape.gradient(y, [v]), [v], strict=True))

    (tf.function(step) if recorded else step)()
    assert v.numpy().tolist() == ([0.0, 0.5] if by_rows else [0.0, 0.0])
    v.assign([7.0, 7.0])
    assert v.numpy().tolist() == [7.0, 7.0]


def test_pairs_in_the_wrong_order_are_named() -> None:
    v, optimizer = tf.Variable(1.0, name="w"), tf.keras.optimizers.SGD()
    with pytest.raises(TypeError, match="pair 0 has the variable 'w:0' first: swap them, as in zip"):
        optimizer.apply_gradients([(v, tf.constant(1.0))])
    with pytest.raises(TypeError, match="pair 0 has the variable 'w:0' first"):
        optimizer.apply_gradients([(v, None)])
    with pytest.raises(TypeError, match="pair 1 has Tensor in the variable's place"):
        optimizer.apply_gradients([(tf.constant(1.0), v), (tf.constant(1.0), tf.constant(1.0))])
    with pytest.raises(TypeError, match=r"takes pairs of a gradient and its variable.*number 0 is Tensor"):
        optimizer.apply_gradients([tf.constant(1.0)])
    assert float(v) == 1.0


WEIGHTS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    (((2, 3), "ones", tf.float64, False), {"name": "w"}),
    (("w", (2, 3), tf.float64, "ones", False), {}),
    (("w", (2, 3)), {"initializer": "ones", "dtype": "float64", "trainable": False}),
    (("w",), {"shape": (2, 3), "initializer": "ones", "dtype": "float64", "trainable": False}),
    ((), {"name": "w", "shape": [2, 3], "initializer": "ones", "dtype": "float64", "trainable": False}),
    ((tf.zeros((2, 3)).shape, "ones"), {"dtype": "float64", "trainable": False, "name": "w"}),
]


@pytest.mark.parametrize(("args", "kwargs"), WEIGHTS)
def test_weights_take_the_arguments_of_keras_3_and_of_keras_2(
    args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    weight = tf.keras.layers.Layer().add_weight(*args, **kwargs)
    assert weight.numpy().tolist() == [[1.0] * 3] * 2
    assert (weight.name, weight.dtype, weight.trainable) == ("w:0", tf.float64, False)


def test_a_weight_without_a_shape_is_a_scalar_and_has_its_constraint() -> None:
    layer = tf.keras.layers.Layer()
    assert layer.add_weight().shape == layer.add_weight(name="w").shape == []
    assert layer.add_weight(3).shape == [3]
    assert layer.add_weight(None, (2,)).shape == [2]
    assert layer.add_weight((2,), constraint=abs).constraint is abs
    with pytest.raises(TypeError, match="has no argument 'sahpe'"):
        layer.add_weight(sahpe=(2,))
    with pytest.raises(TypeError, match="got its argument 'shape' twice"):
        layer.add_weight((2,), shape=(2,))
    with pytest.raises(TypeError, match="at most 5 arguments, not 6"):
        layer.add_weight("w", (2,), None, None, True, None)
    with pytest.raises(ValueError, match="no regularizers"):
        layer.add_weight((2,), regularizer="l2")


def test_a_sequential_model_is_built_by_the_shape_of_its_inputs() -> None:
    tf.keras.backend.clear_session()
    model = tf.keras.Sequential([tf.keras.layers.Dense(3), tf.keras.layers.Dense(2)], name="net")
    with tf.GradientTape() as tape:
        model.build((None, 4))
        assert not tape.watched_variables()
    assert model.built
    assert [tuple(weight.shape) for weight in model.weights] == [(4, 3), (3,), (3, 2), (2,)]
    assert model.weights[0].name == "net/dense/kernel:0"
    before = [id(weight) for weight in model.weights]
    assert model(tf.ones((5, 4))).shape == [5, 2]
    assert [id(weight) for weight in model.weights] == before


def test_the_first_call_of_a_sequential_model_runs_its_layers_once() -> None:
    calls = []

    class Counted(tf.keras.layers.Layer):
        def call(self, inputs: object) -> object:
            calls.append(1)
            return inputs

    tf.keras.Sequential([Counted()])(tf.ones((2, 2)))
    assert calls == [1]
