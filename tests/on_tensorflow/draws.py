"""Random numbers that are the same on every engine: hashes of a seed and a count, in TensorFlow's words.

TensorFlow's generators and ours give other numbers for the same seed, and initial weights, noise and dropout are draws.
`install` puts draws of integers' arithmetic, which is exact everywhere, in the place of `tf.random`'s and of those of
Keras's backend, takes the order of a data set as it is, and gradients of tables as sums.
"""

from __future__ import annotations

from typing import Any

PRIME = 2147483647  # products of two numbers below it fit into 64 bits


def install(tf: Any) -> None:
    import keras

    backend = keras.src.backend.random
    counted = tf.Variable(tf.constant(0, tf.int64), trainable=False, name="draws")

    def next_seed() -> Any:
        counted.assign_add(tf.constant(1, tf.int64))
        return tf.stack([tf.cast(counted, tf.int64), tf.constant(12345, tf.int64)])

    def uniform(shape: Any, seed: Any) -> Any:
        """Between 0 and 1, both left out, in float64."""
        scalar = isinstance(shape, (list, tuple)) and not shape  # (whose dtype nothing tells)
        shape = tf.zeros([0], tf.int32) if scalar else tf.cast(tf.convert_to_tensor(shape), tf.int32)
        seed = tf.math.floormod(tf.cast(seed, tf.int64), PRIME)
        number = tf.cast(tf.range(tf.reduce_prod(shape)), tf.int64)
        number = tf.math.floormod(number * 7919 + seed[0] * 104729 + seed[1] * 1299709 + 12345, PRIME)
        for factor in (48271, 69621, 39373):
            number = tf.math.floormod(number * factor + 1, PRIME)
            number = tf.bitwise.bitwise_xor(number, tf.bitwise.right_shift(number, tf.constant(11, tf.int64)))
        return tf.reshape((tf.cast(number, tf.float64) + 0.5) / (PRIME + 1.0), shape)

    def normal(shape: Any, seed: Any, low: float = 0.0, high: float = 1.0) -> Any:
        between = low + (high - low) * uniform(shape, seed)
        return tf.math.erfinv(2.0 * between - 1.0) * 1.4142135623730951

    def categorical(logits: Any, count: int, seed: Any) -> Any:
        shape = tf.concat([tf.shape(logits)[:1], [count], tf.shape(logits)[1:]], axis=0)
        noise = -tf.math.log(-tf.math.log(uniform(shape, seed)))
        return tf.argmax(tf.cast(logits, tf.float64)[:, None] + noise, axis=-1)

    # TensorFlow's own functions, whose state is counted.

    def tf_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = tf.float32, **_: Any) -> Any:
        return tf.cast(normal(shape, next_seed()), dtype) * stddev + mean

    def tf_uniform(shape: Any, minval: Any = 0, maxval: Any = 1, dtype: Any = tf.float32, **_: Any) -> Any:
        return tf.cast(uniform(shape, next_seed()) * (maxval - minval) + minval, dtype)

    def tf_categorical(logits: Any, num_samples: int, **_: Any) -> Any:
        return categorical(logits, num_samples, next_seed())

    tf.random.normal, tf.random.uniform, tf.random.categorical = tf_normal, tf_uniform, tf_categorical

    # Those of Keras's backend, whose seeds are its own generators'.

    draw_seed = keras.src.random.seed_generator.draw_seed
    floatx = keras.config.floatx

    def keras_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
        return tf.cast(normal(shape, draw_seed(seed)) * stddev + mean, dtype or floatx())

    def keras_truncated(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
        within = normal(shape, draw_seed(seed), 0.022750131948179, 0.977249868051821)
        return tf.cast(within * stddev + mean, dtype or floatx())

    def keras_uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
        return tf.cast(uniform(shape, draw_seed(seed)) * (maxval - minval) + minval, dtype or floatx())

    def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
        if rate == 0.0:
            return inputs
        shape = tf.shape(inputs)
        if noise_shape is not None:
            shape = tf.stack([shape[i] if n is None else n for i, n in enumerate(noise_shape)])
        kept = tf.cast(uniform(shape, draw_seed(seed)) >= rate, inputs.dtype)
        if noise_shape is None:
            kept = tf.ensure_shape(kept, inputs.shape)
        return inputs * kept / (1.0 - rate)

    backend.normal, backend.truncated_normal, backend.uniform = keras_normal, keras_truncated, keras_uniform
    backend.dropout = dropout

    # Keras on TensorFlow squares what a row of a table is given one by one, where it is looked up more than once in a
    # batch; everybody else squares the sum.
    apply = keras.optimizers.Optimizer.apply

    def apply_sums(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        return apply(self, [g if g is None else tf.convert_to_tensor(g) for g in grads], trainable_variables)

    keras.optimizers.Optimizer.apply = apply_sums
    tf.data.Dataset.shuffle = lambda self, *_, **__: self
