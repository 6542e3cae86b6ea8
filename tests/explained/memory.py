"""A tape around a whole simulation keeps all of its states."""

import autodiff_core as tf

x = tf.Variable(tf.ones(100_000))
with tf.GradientTape() as tape:
    y = x
    for _ in range(50):
        y = tf.tanh(y)  # here
    loss = tf.reduce_sum(y)
gradient = tape.gradient(loss, x)
# says: tanh
# says: 20.
