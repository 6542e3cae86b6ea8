"""The logarithm of a probability that is zero."""

import autodiff_core as tf

w = tf.Variable([2.0, -1.0])
with tf.GradientTape() as tape:
    p = tf.nn.relu(w)
    loss = -tf.reduce_sum(p * tf.math.log(p))  # here
print(tape.gradient(loss, w))
# says: log
# says: -inf
