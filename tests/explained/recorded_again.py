"""A Python number among the arguments: each call is another program."""

import autodiff_core as tf


@tf.function
def step(x, k):
    return x * k


for k in range(10):
    step(tf.ones(3), k)
# says: step
# says: recorded 10 times
# says: k is 9, and was 8
