"""What programs import of `autograd.numpy.numpy_vjps`: help for rules of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import numpy as anp
from ..boxes import isbox
from ..core import unbroadcast as _unbroadcast
from .numpy_wrapper import metadata

__all__ = ["balanced_eq", "match_complex", "repeat_to_match_shape", "replace_zero", "unbroadcast", "unbroadcast_f"]


def match_complex(target: Any, x: Any) -> Any:
    """x as a complex number where the target is one, and its real part where it is not."""
    wanted, given = metadata(target)[3], metadata(x)[3]
    if given and not wanted:
        return anp.real(x)
    return x + 0j if wanted and not given else x


def unbroadcast(x: Any, target_meta: Any, broadcast_idx: int = 0) -> Any:
    """The sum of x over the axes along which a target, of (shape, ndim, dtype, whether complex), was broadcast."""
    shape, _, _, is_complex = target_meta
    if np.shape(x) != tuple(shape):
        x = _unbroadcast(x if isbox(x) else np.asarray(x), tuple(shape))
    return anp.real(x) if metadata(x)[3] and not is_complex else x


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A rule that gives what another one does, summed to the target's shape."""
    meta = metadata(target)
    return lambda g: unbroadcast(f(g), meta)


def repeat_to_match_shape(g: Any, shape: Any, dtype: Any, axis: Any, keepdims: bool) -> tuple[Any, int]:
    """A cotangent of a reduction in the shape of what was reduced, and how many elements became one."""
    axes = tuple(range(len(shape))) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    kept = list(shape)
    for k in axes:
        kept[k] = 1
    return anp.reshape(g, kept) + np.zeros(shape, dtype), int(np.prod([shape[k] for k in axes], dtype=int))


def replace_zero(x: Any, val: Any) -> Any:
    """x, with another value where it is zero."""
    return anp.where(x, x, val)


def balanced_eq(x: Any, z: Any, y: Any) -> Any:
    """How much of z's slope is x's, where z is the larger or smaller of x and y."""
    return (x == z) / (1.0 + (x == y))
