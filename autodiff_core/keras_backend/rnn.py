"""Keras's operations of `rnn`: its own file, over our NumPy."""

from . import derived

derived.run("rnn", globals(), without=("jax", "keras.src.backend.jax"))
