"""Nothing flows through rounding."""

import autodiff_core as tf

x = tf.Variable([0.2, 1.7])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.round(x) * 2.0)  # here
print(tape.gradient(y, x))
# says: `rint`
# says: zero everywhere
