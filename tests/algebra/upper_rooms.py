"""Functions of what stands on the public names: Keras, datasets, optimizers, checkpoints, autograd's interface.

The reference has none of these. Each entry says beside what it does with them what that means, in TensorFlow's words.
"""

from __future__ import annotations

import tempfile
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

import autodiff_core as tf
from autodiff_core.distribute import mpi
from autodiff_core.ops import collectives

from .corpus import _ASSIGNS, MATRICES, PAIRS, SCALARS, SQUARES, VECTORS, _array, entry

_KERAS = find_spec("keras") is not None
_SAFETENSORS = find_spec("safetensors") is not None


def _where(installed: bool, *args: Any, **kwargs: Any) -> Any:
    """An entry, if what it needs is installed."""
    return entry(*args, **kwargs) if installed else lambda make: make


def _keras() -> Any:
    import_module("autodiff_core.keras_backend")
    return import_module("keras")


def _built(layer: Any, shape: tuple[int | None, ...], weights: list[np.ndarray]) -> Any:
    """A layer that has its weights."""
    layer.build(shape)
    layer.set_weights(weights)
    return layer


# -- Keras's layers --------------------------------------------------------------------------------------------------


@_where(_KERAS, MATRICES, "changes variables")
def keras_layer(m):
    kernel, bias = _array([0.3, -0.8], [0.5, 1.1], [-0.4, 0.2]), _array(0.1, -0.3)
    if m is tf:
        layers = _keras().layers
        layer = _built(layers.Dense(2, "tanh", dtype="float64"), (None, 3), [kernel, bias])
        return lambda x: layer(x) * x[:, :2], layer.weights, lambda: layer.bias.assign(_array(0.7, 0.2))
    w, b = m.Variable(kernel), m.Variable(bias)
    return lambda x: m.tanh(m.matmul(x, w) + b) * x[:, :2], [w, b], lambda: b.assign(_array(0.7, 0.2))


@_where(_KERAS, VECTORS, "changes variables", "assigns", **_ASSIGNS)
def keras_layer_that_draws(m):
    if m is tf:
        layer = _keras().layers.Dropout(0.5, dtype="float64", seed=3)
        state = layer.seed_generator.state
        return lambda x: layer(x, training=True) * x, [state], lambda: state.assign([5, 1])
    state = m.Variable(np.array([3, 0]))

    def f(x):
        seed = state.value + np.array([0, 4])
        state.assign(state.value + np.array([0, 1]))
        kept = m.random.stateless_uniform(x.shape, seed, dtype=m.float32) < 0.5
        return m.where(kept, 2.0 * x, 0.0 * x) * x

    return f, [state], lambda: state.assign(np.array([5, 1]))


@_where(_KERAS, SQUARES, "changes variables", "assigns", **_ASSIGNS)
def keras_layer_with_statistics(m):
    first = [_array(1.1, 0.9), _array(0.2, 0.1), _array(1.5, 0.6)]
    if m is tf:
        made = _keras().layers.BatchNormalization(momentum=0.9, epsilon=0.1, center=False, dtype="float64")
        layer = _built(made, (None, 2), first)
        return lambda x: layer(x, training=True), layer.weights, lambda: layer.gamma.assign(first[1])
    gamma, mean, variance = variables = [m.Variable(x, trainable=k == 0) for k, x in enumerate(first)]

    def f(x):
        middle = m.reduce_mean(x, 0)
        spread = m.reduce_mean(m.square(x - middle), 0)
        mean.assign(mean * 0.9 + m.stop_gradient(middle) * 0.1)
        variance.assign(variance * 0.9 + m.stop_gradient(spread) * 0.1)
        return (x - middle) / m.sqrt(spread + 0.1) * gamma

    return f, variables, lambda: gamma.assign(first[1])


@_where(_KERAS, [(_array([[0.5], [1.2]]),), (_array([[1.1], [-0.3]]),), (_array([[0.4]]),)], "changes variables")
def keras_layer_that_recurs(m):
    kernel, own = _array([0.3, -0.8, 0.5, 1.1]), _array([0.4, 0.2, -0.6, 0.9])
    if m is tf:
        layer = _built(_keras().layers.LSTM(1, use_bias=False, dtype="float64"), (None, None, 1), [kernel, own])
        return lambda x: layer(x), layer.weights, lambda: layer.weights[1].assign(-own)
    w, u = variables = [m.Variable(kernel), m.Variable(own)]

    def f(x):
        h = c = x[:, 0, :] * 0.0
        for k in range(x.shape[1]):
            inner = m.matmul(x[:, k, :], w) + m.matmul(h, u)
            c = m.sigmoid(inner[:, 1:2]) * c + m.sigmoid(inner[:, :1]) * m.tanh(inner[:, 2:3])
            h = m.sigmoid(inner[:, 3:]) * m.tanh(c)
        return h

    return f, variables, lambda: u.assign(-own)


@_where(_KERAS, VECTORS, "changes variables", "assigns", "stops", **_ASSIGNS)
def keras_loss_and_metric(m):
    if m is tf:
        keras = _keras()
        loss, metric = keras.losses.MeanSquaredError(dtype="float64"), keras.metrics.Mean(dtype="float64")
        total, count = metric.variables
    else:
        total, count = (m.Variable(np.float64(0.0), trainable=False) for _ in range(2))

    def f(x):
        if m is tf:
            metric.update_state(x)
            return loss(tf.zeros_like(x), x * x) * metric.result()
        total.assign(total + m.stop_gradient(m.reduce_sum(x)))
        count.assign(count + float(x.shape[0]))
        return m.reduce_mean(x**4) * (total / count)

    return f, [total, count], lambda: total.assign(np.float64(2.0))


@_where(_KERAS, VECTORS)
def keras_control_flow(m):
    if m is tf:
        ops = _keras().ops

        def f(x):
            last, given = ops.scan(lambda c, e: (ops.sin(c) + e, c * e), x[0], x)
            turned = ops.fori_loop(0, 3, lambda k, y: ops.tanh(y) * x, x)
            return given * last + ops.vectorized_map(lambda e: e * ops.exp(e), x) + turned

        return f

    def g(x):
        c, given, turned = x[0], [], x
        for e in x:
            c, beside = m.sin(c) + e, c * e
            given.append(beside)
        for _ in range(3):
            turned = m.tanh(turned) * x
        return m.stack(given) * c + x * m.exp(x) + turned

    return g


@_where(_KERAS, VECTORS, "own rule")
def keras_custom_gradient(m):
    if m is tf:
        ops = _keras().ops

        @ops.custom_gradient
        def halved(x):
            return ops.sin(x) * x, lambda upstream: upstream * x * 0.5

        return lambda x: halved(x) * x
    rule = m.custom_gradient(lambda x: (m.sin(x) * x, lambda g: g * x * 0.5))
    return lambda x: rule(x) * x


# -- steps, and what is put back -------------------------------------------------------------------------------------


@entry(VECTORS, "changes variables", "assigns", "stops", **_ASSIGNS)
def optimizer_step(m):
    w = m.Variable(np.float64(0.7))
    optimizer = tf.keras.optimizers.SGD(0.25)

    def f(x):
        if m is tf:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(w * w * x)
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])
        else:
            w.assign(w - m.stop_gradient(2.0 * w * m.reduce_sum(x)) * 0.25)
        return w * x * x

    return f, [w], lambda: w.assign(np.float64(1.6))


@_where(_KERAS, VECTORS, "changes variables", "assigns", "stops", **_ASSIGNS)
def keras_optimizer_step(m):
    if m is tf:
        keras = _keras()
        w = keras.Variable(np.float64(0.7), dtype="float64")
        optimizer = keras.optimizers.SGD(0.25, momentum=0.5)
        optimizer.build([w])
        velocity, count = optimizer.variables[-1], optimizer.iterations
    else:
        w = m.Variable(np.float64(0.7))
        velocity, count = (m.Variable(x, trainable=False) for x in (np.float64(0.0), np.int64(0)))

    def f(x):
        if m is tf:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(w * w * x)
            optimizer.apply([tape.gradient(loss, w)], [w])
        else:
            velocity.assign(velocity * 0.5 - m.stop_gradient(2.0 * w * m.reduce_sum(x)) * 0.25)
            w.assign(w + m.stop_gradient(velocity.value))
            count.assign(count.value + 1)
        return w * x * x

    return f, [w, velocity, count], lambda: w.assign(np.float64(1.6))


@_where(_SAFETENSORS, SCALARS, "changes variables", "assigns", "puts back", **_ASSIGNS)
def checkpoint(m):
    w, folder = m.Variable(np.float64(0.7)), tempfile.TemporaryDirectory()
    if m is tf:
        saved = tf.train.Checkpoint(w=w)
        path = saved.write(f"{folder.name}/w")

    def f(x):
        y = w * x
        if m is tf:
            saved.read(path).assert_consumed()
        else:
            w.assign(np.float64(0.7))
        return y + w * x * x

    return f, [w], lambda: (folder, w.assign(np.float64(1.6)))[1]


# -- datasets --------------------------------------------------------------------------------------------------------


@entry(VECTORS, "iterates")
def elements_of_a_dataset(m):
    rows = _array(0.5, 1.2, -0.8, 0.4, 1.5)
    batches = tf.data.Dataset.from_tensor_slices(rows).batch(2) if m is tf else np.split(rows, [2, 4])

    def f(x):
        total = m.sin(x)
        for batch in batches:
            total = total * m.reduce_mean(batch) + m.cos(x * batch[0])
        return total

    return f


@entry(VECTORS, "iterates", "maps", "stops")
def elements_that_are_mapped(m):
    rows = _array(0.5, 1.2, -0.8)

    def f(x):
        if m is tf:
            elements = tf.data.Dataset.from_tensor_slices(rows).map(lambda e: e * tf.reduce_sum(x))
        else:
            elements = [m.stop_gradient(e * m.reduce_sum(x)) for e in rows]
        total = m.sin(x)
        for e in elements:
            total = total + e * x
        return total

    return f


# -- autograd's interface: what its functions are given is what our transformations give -------------------------------


@entry(PAIRS)
def autograd_grad(m):
    if m is tf:
        anp = tf.autograd.numpy
        return tf.autograd.grad(lambda x, y: anp.sum(anp.sin(x) * anp.exp(y)), 1)
    return lambda x, y: m.sin(x) * m.exp(y)


@entry(PAIRS)
def autograd_value_and_grad(m):
    if m is tf:
        anp = tf.autograd.numpy
        return tf.autograd.value_and_grad(lambda x, y: anp.sum(anp.sin(x) * y**3), (0, 1))
    return lambda x, y: (m.reduce_sum(m.sin(x) * y**3), (m.cos(x) * y**3, m.sin(x) * y**2 * 3.0))


@entry(VECTORS)
def autograd_jacobian(m):
    if m is tf:
        return tf.autograd.jacobian(lambda x: tf.autograd.numpy.outer(x, x)[0] * x)
    return lambda x: m.linalg.diag(x * x[0] * 2.0) + m.expand_dims(x * x, 1) * np.eye(x.shape[0])[0]


@entry(VECTORS)
def autograd_hessian(m):
    if m is tf:
        anp = tf.autograd.numpy
        return tf.autograd.hessian(lambda x: anp.sum(anp.exp(x)) + x[0] * x[-1])
    corner = lambda n: np.eye(n)[::-1] * np.abs(np.linspace(-1.0, 1.0, n) // 1 % 2)  # noqa: E731
    return lambda x: m.linalg.diag(m.exp(x)) + corner(x.shape[0])


@entry(VECTORS)
def autograd_vjp(m):
    def f(x):
        if m is not tf:
            return m.sin(x) * x, (m.cos(x) * x + m.sin(x)) * x * x
        pull, value = tf.autograd.make_vjp(lambda x: tf.autograd.numpy.sin(x) * x)(x)
        return value, pull(x * x)

    return f


@entry(VECTORS)
def autograd_jvp(m):
    def f(x):
        if m is not tf:
            return m.sin(x) * x, (m.cos(x) * x + m.sin(x)) * x * x
        return tf.autograd.make_jvp(lambda x: tf.autograd.numpy.sin(x) * x)(x)(x * x)

    return f


@entry(VECTORS, "own rule", "looks")
def autograd_primitive(m):
    """With half of its derivative, so that what was not asked for its rule is found."""
    if m is tf:
        anp = tf.autograd.numpy
        extend = import_module("autodiff_core.autograd.extend")
        cube = extend.primitive(lambda x: x**3)
        extend.defvjp(cube, lambda ans, x: lambda g: g * 1.5 * x**2)
        return lambda x: cube(anp.sin(x)) * x
    cube = m.custom_gradient(lambda x: (x**3, lambda g: g * 1.5 * x**2))
    return lambda x: cube(m.sin(x)) * x


@entry(VECTORS, "own rule", "looks")
def autograd_primitive_with_both_rules(m):
    if m is tf:
        extend = import_module("autodiff_core.autograd.extend")
        product = extend.primitive(lambda x, y: x * y)
        extend.defvjp(product, lambda ans, x, y: lambda g: g * y * 0.5, lambda ans, x, y: lambda g: g * x)
        extend.defjvp(product, lambda g, ans, x, y: g * y * 0.5, lambda g, ans, x, y: g * x)
        return lambda x: product(x, tf.exp(x))
    product = m.custom_gradient(lambda x, y: (x * y, lambda g: (g * y * 0.5, g * x)))
    return lambda x: product(x, m.exp(x))


@entry(VECTORS, "own rule")
def autograd_checkpoint(m):
    if m is tf:
        anp = tf.autograd.numpy
        kept = tf.autograd.checkpoint(lambda x: anp.tanh(x * x) * x)
        return lambda x: kept(x) + x
    return lambda x: m.tanh(x * x) * x + x


# -- what several workers compute together: three that all give the same, so that a sum is three times that -----------


class _Alike:
    key = ("alike", 3)

    def sum(self, array, wire, what):
        return 3.0 * array

    def begin_sum(self, array, wire, what):
        return 0

    def end_sum(self, number):
        return None


collectives.join(_Alike())


@entry(VECTORS)
def collective(m):
    if m is tf:
        return lambda x: collectives.all_reduce(tf.sin(x), _Alike.key) * x
    return lambda x: 3.0 * m.sin(x) * x


@entry(VECTORS)
def gradients_in_buckets(m):
    def f(x):
        if m is not tf:
            return 9.0 * x**2
        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x**3)
        return mpi.Buckets(_Alike.key, None, 1).gradient(tape, [y], [x])[0]

    return f
