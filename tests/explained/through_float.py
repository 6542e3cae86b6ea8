"""A formula of the math module is handed numbers."""

import math

import autodiff_core as tf

x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * math.exp(-(float(x) ** 2))
    z = tf.constant(math.exp(float(y)))  # here
print(tape.gradient(z, x))
# says: float()
