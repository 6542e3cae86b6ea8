"""It ends with an error, after a gradient that is None."""

import autodiff_core as tf

x = tf.constant(1.0)
with tf.GradientTape() as tape:
    y = 2.0 * x
gradient = tape.gradient(y, x)
print(gradient + 1.0)  # here
# says: TypeError
# says: not told to follow
