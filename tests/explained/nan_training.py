"""The learning rate is too large: the weights overflow, then everything is NaN."""

import autodiff_core as tf

w = tf.Variable([3.0, -2.0])
for _ in range(60):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w**4)  # here
    w.assign_sub(0.5 * tape.gradient(loss, w))
print(w.numpy())
# says: inf
