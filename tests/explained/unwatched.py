"""The gradient by a constant that nobody watches is None."""

import autodiff_core as tf

x = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = x * x
gradient = tape.gradient(y, x)  # here
# says: not told to follow
# says: tape.watch(x)
