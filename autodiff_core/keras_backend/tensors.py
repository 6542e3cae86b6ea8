"""Anything as a tensor, and tensors as arrays, as Keras asks its backend for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src import tree
from keras.src.backend import config
from keras.src.backend.common import KerasVariable

import autodiff_core as tf

from .dtypes import result_type, standardize_dtype

__all__ = ["cast", "convert_to_numpy", "convert_to_tensor", "floating", "is_tensor", "shape"]


def is_tensor(x: Any) -> bool:
    """Whether something is a tensor: an array is not, it becomes one."""
    return isinstance(x, tf.Tensor)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> tf.Tensor:
    """Anything as a tensor; numbers of Python's are of Keras's default dtypes."""
    if sparse:
        raise ValueError("`sparse=True` is not supported by autodiff_core: its tensors have all their elements")
    if ragged:
        raise ValueError("`ragged=True` is not supported by autodiff_core: its tensors have rows of one length")
    if isinstance(x, KerasVariable):
        x = x.value
    if dtype is not None:
        dtype = standardize_dtype(dtype)
    if isinstance(x, tf.Tensor):
        return x if dtype is None or standardize_dtype(x.dtype) == dtype else tf.cast(x, dtype)
    if isinstance(x, (np.ndarray, np.generic)):
        return tf.convert_to_tensor(x) if dtype is None or x.dtype == dtype else tf.convert_to_tensor(x.astype(dtype))
    if x is None:
        raise ValueError(
            "None is no tensor: where a loss or a metric compares with targets, `fit` and its like need `y`, or "
            "batches of (x, y); and a model's `call` has to return something"
        )
    if dtype is None:
        dtype = result_type(*[getattr(item, "dtype", type(item)) for item in tree.flatten(x)])
    if isinstance(x, (bool, int, float, complex)):
        return tf.constant(np.array(x).astype(dtype))
    return tf.cast(tf.convert_to_tensor(x), dtype)


def convert_to_numpy(x: Any) -> np.ndarray:
    """An array of its own, of a tensor's values."""
    if isinstance(x, (KerasVariable, tf.Tensor)):
        return np.array(x.numpy())
    return np.array(x)


def shape(x: Any) -> tuple[int | None, ...]:
    """A tensor's shape."""
    return tuple(x.shape)


def cast(x: Any, dtype: Any) -> tf.Tensor:
    """A tensor of a dtype."""
    return convert_to_tensor(x, dtype)


def floating(x: Any) -> tf.Tensor:
    """A tensor of floats, or of complex numbers: integers become Keras's default float."""
    x = convert_to_tensor(x)
    return x if x.dtype.kind in "fcV" else cast(x, config.floatx())
