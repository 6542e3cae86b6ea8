"""How Keras names dtypes, and which one several of them make: its own answers, each asked for once."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from keras.src.backend import config
from keras.src.backend.common import dtypes as of_keras
from keras.src.backend.common import standardize_dtype as named_by_keras

__all__ = ["INT_TYPES", "result_type", "standardize_dtype"]

# For all backends but TensorFlow's, Keras makes 32 bits of 64: here float64 stays what it is, as everywhere else.
of_keras.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

INT_TYPES = of_keras.INT_TYPES

_name_of = functools.cache(named_by_keras)  # (of a NumPy dtype, which works its name out each time)
_made_of: dict[tuple[Any, ...], str] = {}


def standardize_dtype(dtype: Any) -> str:
    """Keras's name of a dtype."""
    return _name_of(dtype) if isinstance(dtype, np.dtype) else named_by_keras(dtype)


def result_type(*dtypes: Any) -> str:
    """The dtype of an operation on these; Python's types stand for its numbers."""
    key = (config.floatx(), *dtypes)
    found = _made_of.get(key)
    if found is None:
        found = _made_of[key] = of_keras.result_type(*dtypes)
    return found
