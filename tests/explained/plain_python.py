"""Python looks at a value that is another one at each call."""

import autodiff_core as tf


@tf.function
def f(x):
    return x * len("a" * int(x))  # here


for k in range(40):
    f(tf.constant(float(k)))
# says: plain Python
