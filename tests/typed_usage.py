"""Code as users write it, for type checkers: `make lint` finds no error in it, but where one is announced.

What is right stands in functions that `test_typed_usage.py` runs; what is wrong under TYPE_CHECKING, each line with the
error that a checker has to find there: mypy objects to an announced error that it does not find.
"""

from typing import TYPE_CHECKING, Any, NamedTuple, assert_type

import numpy as np

import autodiff_core as tf
import autodiff_core.math as tfm
import autodiff_core.numpy as tnp
from autodiff_core.keras import layers
from autodiff_core.tape import Gradient


class Parameters(NamedTuple):
    w: tf.Variable
    b: tf.Variable


def a_scalar() -> tf.Tensor:
    x = tf.Variable(3.0, trainable=True, name="x")
    with tf.GradientTape() as tape:
        y = x**2
    assert_type(y, tf.Tensor)
    dy_dx = tape.gradient(y, x)
    assert_type(dy_dx, Gradient)
    if dy_dx is None:  # a gradient may be
        raise ValueError("not connected")
    x.assign_sub(0.1 * dy_dx)
    assert_type(x.assign(2.0), tf.Variable)
    print(f"{float(dy_dx):.2f}", dy_dx.numpy(), [v.name for v in tape.watched_variables()])
    return y


def structures_of_sources() -> None:
    w = tf.Variable(tf.random.normal((3, 2)), name="w")
    b = tf.Variable(tf.zeros(2, dtype=tf.float32), name="b")
    x = tf.constant([[1.0, 2.0, 3.0]])
    parameters = Parameters(w, b)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with tape.stop_recording():
            scale = tf.reduce_max(tf.abs(x)).numpy()
        loss = tf.reduce_mean((x @ w + b) ** 2) / scale
    dw, db = tape.gradient(loss, [w, b])
    assert_type(dw, Gradient)
    assert_type(tape.gradient(loss, {"w": w, "b": b})["w"], Gradient)
    by_place = tape.gradient(loss, (w, b), unconnected_gradients="zero")
    assert_type(by_place[1], Gradient)
    by_name: Parameters = tape.gradient(loss, parameters)
    nested = tape.gradient(loss, {"both": [w, b], "x": x})
    print(dw.shape, db.shape, by_name.w, nested["both"][0], tape.jacobian(x @ w, w), tape.hvp(loss, w, tf.ones((3, 2))))
    del tape


class Wrapped:
    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> tf.Tensor:
        return tf.constant([1.0, 2.0], dtype)


def what_stands_for_a_tensor() -> None:
    table = tf.Variable(tf.ones((3, 2)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.gather(table, [0, 2]) * Wrapped()) + tf.sin(np.float32(2)) + tf.add([1.0], (2,))
    rows = tape.gradient(loss, table)
    print(rows.indices, rows.values, doubled(table[0]), tf.square(table), tnp.sum([table[0], table[1]]).numpy())
    assert_type(with_tensor(table), tf.Tensor)


def with_tensor(x: tf.Tensor) -> tf.Tensor:
    return x + x


class Linear(tf.Module):
    def __init__(self, width: int, name: str | None = None) -> None:
        super().__init__(name)
        self.kernel = tf.Variable(tf.ones((width, 1)), name="kernel")

    @tf.function
    def __call__(self, x: tf.Tensor, scale: float = 1.0) -> tf.Tensor:
        return scale * (x @ self.kernel)

    @tf.Module.with_name_scope
    def named(self) -> tf.Tensor:
        return tf.identity(self.kernel)


@tf.function
def step(x: tf.Tensor, rate: float = 0.1) -> tuple[tf.Tensor, int]:
    return x * rate, 1


@tf.function(jit_compile=True, input_signature=[tf.TensorSpec([2], tf.float32)])
def doubled(x: tf.Tensor) -> tf.Tensor:
    return 2 * x


@tf.custom_gradient
def clipped(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        return tf.clip_by_value(upstream, -1.0, 1.0)

    return tf.identity(x), gradient


def recorded_functions() -> None:
    x = tf.constant([1.0, 2.0])
    y, count = step(x, rate=0.5)
    assert_type(y, tf.Tensor)
    assert_type(count, int)
    assert_type(doubled(x), tf.Tensor)
    assert_type(clipped(x), tf.Tensor)
    print(tf.custom_gradient(lambda x: (x * 1.0, lambda g: g))(x), tf.recompute_grad(lambda x: x * x)(x))
    linear = Linear(2)
    assert_type(linear(tf.ones((1, 2)), scale=2.0), tf.Tensor)
    assert_type(linear.named(), tf.Tensor)
    print(step.trace_count, step.get_concrete_function(x).inputs, len(linear.trainable_variables))


class Scale(layers.Layer):
    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight("factor", input_shape[-1:], initializer="ones")

    def call(self, inputs: tf.Tensor, training: bool = False, times: int = 1) -> tf.Tensor:
        return inputs * self.factor * times


def layers_and_training() -> None:
    tf.random.set_seed(1)
    dense = layers.Dense(4, activation="relu")
    model = tf.keras.Sequential([dense, layers.Dropout(0.5), Scale(), layers.Dense(1)])
    optimizer = tf.keras.optimizers.SGD(0.1)
    loss_of = tf.keras.losses.MeanSquaredError()
    data, labels = np.ones((8, 3), np.float32), np.zeros((8, 1), np.float32)
    losses: list[np.ndarray] = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(data, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        losses.append(loss.numpy())
    assert_type(dense(data), tf.Tensor)
    assert_type(model(data).shape, tf.TensorShape)


def names_of_namespaces() -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], dtype=tf.float64)
    assert_type(tf.sin(x), tf.Tensor)
    assert_type(tf.math.lgamma(x), tf.Tensor)
    assert_type(tfm.add(x, [1, 2], name="sum"), tf.Tensor)
    assert_type(tf.nn.relu(-x), tf.Tensor)
    assert_type(tf.linalg.det(x), tf.Tensor)
    assert_type(tf.cast(x, tf.int32)[0, 1] + 1, tf.Tensor)
    assert_type(x.numpy(), np.ndarray)
    assert_type(x.dtype, np.dtype[Any])
    print(
        tf.reduce_sum(x, np.int64(1)),
        tf.reduce_sum(x, [0, 1]),
        tf.reduce_sum(x, tf.range(2)),
        tf.transpose(x, np.arange(2)),
    )
    image = tf.nn.conv2d(tf.ones((1, 4, 4, 1)), filters=tf.ones((2, 2, 1, 1)), strides=1, padding="SAME")
    total: tf.Tensor = sum([x, x, x], start=tf.zeros_like(x))
    derivative = tf.grad(lambda a: tf.reduce_sum(a**3))(np.ones(3))
    print(image.shape, total, derivative, np.sin(x), tnp.sum([x, x]), tf.range(3) + np.arange(3), 1 - x, x @ x.T, x > 2)
    print(tf.where(x > 2, x, tf.zeros_like(x)), tf.split(x, 2)[0], tf.stack([x, x]).shape[0], tf.random.uniform((2,)))


if TYPE_CHECKING:
    x = tf.constant(1.0)
    tape = tf.GradientTape()
    tf.sinn(x)  # type: ignore[attr-defined]
    tf.math.sinn(x)  # type: ignore[attr-defined]
    tf.nn.conv2(x)  # type: ignore[attr-defined]
    tf.random.normall((2,))  # type: ignore[attr-defined]
    tf.linalg.dett(x)  # type: ignore[attr-defined]
    tf.keras.layers.Dens(2)  # type: ignore[attr-defined]
    tf.scipy.special.gamm(x)  # type: ignore[attr-defined]
    tf.sin()  # type: ignore[call-arg]
    tf.sin(x, "sine", x)  # type: ignore[call-arg]
    tf.sin("x")  # type: ignore[arg-type]
    tf.sin(x, nam="sine")  # type: ignore[call-arg]
    tf.add(x)  # type: ignore[call-arg]
    tf.math.lgamma(x, "name", x)  # type: ignore[call-arg]
    tf.nn.relu(x, alpha=1)  # type: ignore[call-arg]
    tf.nn.conv2d(x, stride=1)  # type: ignore[call-arg]
    tf.GradientTape(persistant=True)  # type: ignore[call-arg]
    tape.gradiant(x, x)  # type: ignore[attr-defined]
    tape.gradient(x)  # type: ignore[call-overload]
    tape.gradient(x, x, unconnected="zero")  # type: ignore[call-overload]
    x.nunpy()  # type: ignore[attr-defined]
    tf.Variable(1.0).asign(2.0)  # type: ignore[attr-defined]
    step(x, rates=0.1)  # type: ignore[call-arg]
    step("x")  # type: ignore[arg-type]
    clipped(x, x)  # type: ignore[call-arg]
    Linear(2)(x, 1.0, 2.0)  # type: ignore[call-arg]
    layers.Dense(2)(x, training=True)  # type: ignore[call-arg]
    layers.Dense(unit=2)  # type: ignore[call-arg]
    print(layers.Dense(2).kernels)  # type: ignore[attr-defined]
    layers.Dense(2).add_weight("w", (2,), initialiser="ones")  # type: ignore[call-overload]
