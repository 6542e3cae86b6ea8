"""A layer that is not trained."""

import autodiff_core as tf

w = tf.Variable([1.0, 2.0], trainable=False, name="w")
b = tf.Variable(0.5, name="b")
with tf.GradientTape() as tape:
    y = tf.reduce_sum(w * 3.0) + b
print(tape.gradient(y, [w, b]))
# says: trainable=False
