"""What `autograd.misc.flatten` has: structures of numbers and arrays as vectors, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import numpy as anp
from ..core import make_vjp

__all__ = ["flatten", "flatten_func"]


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """A structure as a vector, and the function that makes such a structure of a vector.

    Parameters
    ----------
    value : number, array, or tuple, list or dict of them
        Dicts are taken in the order of their keys.

    Examples
    --------
    >>> from autodiff_core.autograd.misc import flatten
    >>> vector, unflatten = flatten({"w": np.ones((2, 1)), "b": 3.0})
    >>> vector, unflatten(vector)["w"].shape
    (array([3., 1., 1.]), (2, 1))
    """
    unflatten, flat_value = make_vjp(_flatten, value)
    return flat_value, unflatten


def _flatten(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        parts = [_flatten(item) for item in value]
    elif isinstance(value, dict):
        parts = [_flatten(value[key]) for key in sorted(value)]
    else:
        return anp.ravel(value)
    return anp.concatenate(parts) if parts else np.array([])


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """A function of structures as one of vectors, the way back, and the example as a vector."""
    flat_example, unflatten = flatten(example)

    def flat_func(x: Any, *args: Any) -> Any:
        return flatten(func(unflatten(x), *args))[0]

    return flat_func, unflatten, flat_example
