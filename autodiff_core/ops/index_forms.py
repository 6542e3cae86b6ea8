"""Indices as attributes, and the shape of what they select, by NumPy's rules and without an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from .forms import Form, Given, Kind, Shape, fits, parts, shape

__all__ = ["BASIC", "INDEX", "puts_back", "selected_shape", "selects"]


def _is_slice(part: Any) -> bool:
    ends = (part.start, part.stop, part.step) if type(part) is slice else ("",)
    return all(end is None or type(end) is int for end in ends) and ends[-1] != 0


def _is_basic(part: Any) -> bool:
    return part is None or part is Ellipsis or type(part) is int or _is_slice(part)


def _is_array(part: Any) -> bool:
    return isinstance(part, (np.ndarray, Given)) and part.dtype.kind in "biu"


def _parts(index: Any) -> tuple[Any, ...]:
    return index if type(index) is tuple else (index,)


_basic = Form("an index of slices and integers", lambda index: all(map(_is_basic, _parts(index))))
_any = Form("an index", lambda index: all(_is_basic(part) or _is_array(part) for part in _parts(index)))

# What is indexed has this shape, and is indexed so.
BASIC = parts(shape, _basic)
INDEX = parts(shape, _any)


def selects(attributes: Any, x: Kind) -> Kind | None:
    """The rule of what takes elements by an index."""
    fits(x, attributes[0])
    found = selected_shape(*attributes)
    return None if found is None else Kind(x.dtype, found)


def puts_back(attributes: Any, x: Kind) -> Kind:
    """The rule of what puts elements where an index took them from."""
    whole, index = attributes
    found = selected_shape(whole, index)
    if found not in (None, x.shape):
        raise ValueError(f"the index takes shape {found}, not {x.shape}")
    return Kind(x.dtype, whole)


def selected_shape(shape: Shape, index: Any) -> Shape | None:
    """The shape of x[index]; None where truth values that are read anew say it."""
    spread: list[Any] = []
    consumed = 0
    for part in _parts(index):
        if isinstance(part, Given) and part.dtype.kind == "b":
            return None
        if isinstance(part, np.ndarray) and part.dtype.kind == "b":
            if part.ndim == 0:
                raise ValueError("a single truth value is no index here")
            spread += part.nonzero()
            consumed += part.ndim
        else:
            spread.append(part)
            consumed += part is not None and part is not Ellipsis
    dots = [k for k, part in enumerate(spread) if part is Ellipsis]
    if len(dots) > 1 or consumed > len(shape):
        raise ValueError(f"an index of {consumed} parts for shape {shape}")
    at = dots[0] if dots else len(spread)
    spread[at : at + len(dots)] = [slice(None)] * (len(shape) - consumed)
    return _shape_of(shape, spread)


def _shape_of(shape: Shape, spread: list[Any]) -> Shape:
    """The same of an index that names each axis."""
    advanced = any(isinstance(part, (np.ndarray, Given)) for part in spread)
    result: list[int] = []
    numbers: list[Shape] = []
    first, apart, axis = 0, False, 0
    for k, part in enumerate(spread):
        if part is None:
            result.append(1)
            continue
        size = shape[axis]
        axis += 1
        if isinstance(part, slice):
            result.append(len(range(*part.indices(size))))
        elif advanced:
            if not numbers:
                first = len(result)
            elif not isinstance(spread[k - 1], (np.ndarray, Given, int)):
                apart = True
            numbers.append(_number_shape(part, size))
        else:
            _number_shape(part, size)
    if numbers:
        first = 0 if apart else first  # NumPy's rule
        result[first:first] = [int(n) for n in np.broadcast_shapes(*numbers)]
    return tuple(result)


def _number_shape(part: Any, size: int) -> Shape:
    if type(part) is int:
        if not -size <= part < size:
            raise ValueError(f"index {part} is out of bounds for {size}")
        return ()
    if isinstance(part, np.ndarray) and part.size and (part.min() < -size or part.max() >= size):
        raise ValueError(f"an index is out of bounds for {size}")
    return tuple(part.shape)
