"""The function is made anew in each round, so nothing is ever replayed."""

import autodiff_core as tf

x = tf.Variable(1.0)
for _ in range(20):
    step = tf.function(lambda: x * 2.0)  # here
    step()
# says: made 20 times
