"""Keras's operations of NumPy's names: its own file, over our NumPy; and what that cannot be asked for in its words."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src.backend.common import standardize_dtype

import autodiff_core as tf

from . import derived
from .tensors import convert_to_numpy, convert_to_tensor

derived.run("numpy", globals())


def view(x: Any, dtype: Any = None) -> tf.Tensor:
    """The same bits, read as another dtype: the last axis is longer or shorter by as much as its elements are not."""
    x = convert_to_tensor(x)
    wanted = np.dtype(standardize_dtype(dtype or x.dtype))
    own = x.dtype.itemsize
    part = wanted.itemsize // own or 1
    if own != wanted.itemsize and (x.ndim == 0 or x.shape[-1] % part):
        raise ValueError(
            f"view: a tensor of shape {tuple(x.shape)} and dtype {x.dtype} cannot be read as {wanted}: the size of its "
            f"last axis must be a multiple of {part}"
        )
    if part > 1:
        x = tf.reshape(x, (*x.shape[:-1], x.shape[-1] // part, part))
    seen = tf.bitcast(x, wanted)
    return tf.reshape(seen, (*x.shape[:-1], -1)) if own > wanted.itemsize else seen


def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> tf.Tensor:
    """Values below which so many in a hundred lie."""
    return quantile(x, convert_to_numpy(q) / 100, axis, method, keepdims)  # type: ignore[name-defined]  # noqa: F821


def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> tf.Tensor:
    """The same of all that is a number."""
    return nanquantile(x, convert_to_numpy(q) / 100, axis, method, keepdims)  # type: ignore[name-defined]  # noqa: F821
