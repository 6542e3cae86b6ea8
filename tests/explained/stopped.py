"""The loss is computed from a target that the gradient was stopped at."""

import autodiff_core as tf

w = tf.Variable(1.5, name="w")
with tf.GradientTape() as tape:
    prediction = w * 2.0
    target = tf.stop_gradient(prediction)  # here
    loss = (target - 1.0) ** 2
print(tape.gradient(loss, w))
# says: stop_gradient
