"""`data`: TensorFlow's input pipelines: datasets, and what is made of them one after the other."""

from ..namespaces import namespace as _namespace

AUTOTUNE = -1
"""Where a number of threads or of elements is asked for: the library's choice."""
INFINITE_CARDINALITY = -1
"""The number of elements of a dataset that has no end."""
UNKNOWN_CARDINALITY = -2
"""The number of elements where only iterating would tell."""

__all__, __dir__, __getattr__ = _namespace(
    __name__,
    "tf.data",
    """
data: experimental
data.dataset: Dataset
data.iterators: Iterator
""",
    own=("AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY"),
)
