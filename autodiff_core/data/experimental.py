"""`data.experimental`: what TensorFlow has there and everybody uses."""

from __future__ import annotations

from .._core import Tensor
from . import AUTOTUNE, INFINITE_CARDINALITY, UNKNOWN_CARDINALITY
from .dataset import Dataset

__all__ = ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "cardinality"]
__dir__ = __all__.copy


def cardinality(dataset: Dataset) -> Tensor:
    """The number of elements of a dataset: the same as its method.

    Parameters
    ----------
    dataset : Dataset
        Whose.

    Returns
    -------
    Tensor
        An int64, which may be `INFINITE_CARDINALITY` or `UNKNOWN_CARDINALITY`.

    Examples
    --------
    >>> int(tf.data.experimental.cardinality(tf.data.Dataset.range(10).batch(4)))
    3
    """
    return dataset.cardinality()
