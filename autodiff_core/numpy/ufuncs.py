"""Ufuncs that are no row of their own, and what computes them on tensors, if anything does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops import linalg

# Ufuncs of integers and dates that are no row of their own: never followed.
INTEGER_UFUNCS = frozenset([np.isnat] + ([np.bitwise_count] if hasattr(np, "bitwise_count") else []))


def special_of(ufunc: np.ufunc) -> Callable[..., Any] | None:
    """Ufuncs that are no row: products of matrices, and those of several results."""
    if ufunc is np.matmul:
        return linalg.matmul
    name = ufunc.__name__
    if name in ("vecdot", "matvec", "vecmat"):
        from .functions import products

        return getattr(products, name)
    if name in ("modf", "divmod", "ldexp", "frexp", "fabs", "float_power"):
        from .functions import pointwise

        return getattr(pointwise, "divmod_" if name == "divmod" else name)
    return None


def has_methods(ufunc: np.ufunc) -> bool:
    """Whether the methods of a ufunc are recorded, such as `reduce`: it has one result, of one dtype with its operands,
    or is none that is recorded in a way of its own."""
    return ufunc is np.float_power or special_of(ufunc) is None


def special_ufuncs() -> tuple[np.ufunc, ...]:
    """The ufuncs that are recorded without being a row of their own."""
    found = {thing for thing in vars(np).values() if isinstance(thing, np.ufunc)}
    return tuple(sorted((u for u in found if special_of(u) is not None), key=lambda u: u.__name__))
