"""Keras's operations of `nn`: its own file, over our NumPy."""

from . import derived

derived.run("nn", globals(), without=("jax", "keras.src.backend.jax"))
