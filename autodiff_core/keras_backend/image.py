"""Keras's operations of `image`: its own file, over our NumPy."""

from . import derived

derived.run("image", globals(), without=("jax", "keras.src.backend.jax"))
