"""Keras's operations of NumPy's names: its own file, over our NumPy."""

from . import derived

derived.run("numpy", globals())
