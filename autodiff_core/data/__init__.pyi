"""`data`: TensorFlow's input pipelines: datasets, and what is made of them one after the other."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from . import experimental as experimental
from .dataset import Dataset as Dataset
from .iterators import Iterator as Iterator

AUTOTUNE: int
INFINITE_CARDINALITY: int
UNKNOWN_CARDINALITY: int
