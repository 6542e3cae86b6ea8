"""Keras's operations of `math`: its own file, over our NumPy."""

from . import derived

derived.run("math", globals(), without=("jax", "keras.src.backend.jax"))
