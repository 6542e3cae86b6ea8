"""The loss was computed before the tape was opened."""

import autodiff_core as tf

x = tf.Variable(3.0)
loss = x**2
with tf.GradientTape() as tape:
    pass
print(tape.gradient(loss, x))
# says: not computed while the tape recorded
