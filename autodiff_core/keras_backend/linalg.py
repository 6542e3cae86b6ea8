"""Keras's linear algebra: its own file, over ours."""

from . import derived

derived.run("linalg", globals())
