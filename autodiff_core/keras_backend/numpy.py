"""Keras's operations of NumPy's names: its own file, over our NumPy; and what that cannot be asked for in its words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from keras.src.backend.common import KerasVariable

import autodiff_core as tf

from .. import _core
from . import derived
from .dtypes import result_type, standardize_dtype
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


def nextafter(x1: Any, x2: Any) -> tf.Tensor:
    """The number after another one, of the dtype of both: a wider one's would be rounded to where it came from."""
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    dtype = result_type(x1.dtype, x2.dtype, float)
    return np.nextafter(tf.cast(x1, dtype), tf.cast(x2, dtype))


def _of_values(name: str, function: Callable[..., tf.Tensor], whole: float) -> Callable[..., tf.Tensor]:
    """A function of Keras's that wants shares of one by value, for shares of a `whole`, which may be tensors."""

    def found(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> tf.Tensor:
        if isinstance(q, (KerasVariable, tf.Tensor)) and _core.is_followed(convert_to_tensor(q)):
            raise TypeError(f"{name}: no gradient flows to q, which a tape follows; give keras.ops.stop_gradient(q)")
        return function(x, convert_to_numpy(q) / whole, axis, method, keepdims)

    return found


for _part in ("", "nan"):
    _quantile = globals()[f"{_part}quantile"]
    for _name, _whole in (("quantile", 1.0), ("percentile", 100.0)):
        globals()[_part + _name] = _of_values(_part + _name, _quantile, _whole)


def histogram(x: Any, bins: int = 10, range: tuple[Any, Any] | None = None) -> tuple[tf.Tensor, tf.Tensor]:
    """How many elements lie in each of equal intervals, and where those end."""
    x = tf.reshape(convert_to_tensor(x), (-1,))
    values = x if x.dtype.kind == "f" else tf.cast(x, tf.float64)
    if range is None:
        low, high = (
            (tf.reduce_min(values), tf.reduce_max(values)) if x.shape[0] else (tf.constant(0.0), tf.constant(1.0))
        )
    else:
        low, high = (convert_to_tensor(end, values.dtype) for end in range)
    alone = tf.cast(low == high, values.dtype) * 0.5
    low, high = tf.cast(low, values.dtype) - alone, tf.cast(high, values.dtype) + alone
    edges = tf.concat([low + (high - low) * (tf.range(bins, dtype=values.dtype) / bins), high[None]], 0)
    place = tf.clip_by_value(tf.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    counts = tf.math.unsorted_segment_sum(tf.cast((values >= low) & (values <= high), tf.int32), place, bins)
    return counts, edges


def _comparing(compare: Callable[[Any, Any], tf.Tensor]) -> Callable[[Any, Any], tf.Tensor]:
    """A comparison of which one side may be a float of Python's beside integers, which is no integer then."""

    def exact(x: Any, beside: Any) -> Any:
        return tf.constant(x, "float64") if isinstance(x, float) and np.dtype(beside.dtype).kind in "biu" else x

    @wraps(compare)
    def compared(x1: Any, x2: Any) -> tf.Tensor:
        x1, x2 = exact(x1, x2) if hasattr(x2, "dtype") else x1, exact(x2, x1) if hasattr(x1, "dtype") else x2
        return compare(x1, x2)

    return compared


for _name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    globals()[_name] = _comparing(globals()[_name])
