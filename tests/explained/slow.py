"""A loop over elements, where one operation would do."""

import autodiff_core as tf

x = tf.Variable(tf.ones(300))
with tf.GradientTape() as tape:
    total = tf.constant(0.0)
    for k in range(300):
        total += x[k] ** 2  # here
gradient = tape.gradient(total, x)
# says: slowest
# says: 300
