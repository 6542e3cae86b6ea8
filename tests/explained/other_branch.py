"""The condition chose the branch that does not read the parameter."""

import autodiff_core as tf

gate = tf.constant(-1.0)
v0 = tf.Variable(2.0, name="v0")
v1 = tf.Variable(3.0, name="v1")
with tf.GradientTape() as tape:
    if gate > 0.0:
        result = v0
    else:
        result = v1**2
print(tape.gradient(result, [v0, v1]))
# says: v0
