"""A count that was meant to be a parameter is an integer."""

import autodiff_core as tf

x = tf.Variable(10)
with tf.GradientTape() as tape:
    y = tf.cast(x, tf.float32) ** 2
print(tape.gradient(y, x))  # here
# says: int32
# says: tf.float32
