"""The computation happens while the tape does not record."""

import autodiff_core as tf

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    with tape.stop_recording():
        y = x**2  # here
    z = 3.0 * y
print(tape.gradient(z, x))
# says: stop_recording
