"""The classic of the guide: after the first step x is a tensor, not a variable."""

import autodiff_core as tf

x = tf.Variable(2.0)
for _ in range(2):
    with tf.GradientTape() as tape:
        y = x + 1
    print(type(x).__name__, ":", tape.gradient(y, x))
    x = x + 1  # here
# says: no variable any more
# says: x.assign_add(1)
