"""Padding: elements of several shapes filled up to one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core, nest
from .structures import alone, leaves_of, up_to

__all__ = ["Padding", "shapes_for"]


class Padding:
    """How the components of elements like one are filled up."""

    def __init__(self, element: Any, shapes: Any, values: Any) -> None:
        leaves = leaves_of(element)
        self._shapes = [None] * len(leaves) if shapes is None else shapes_for(element, shapes)
        if values is None or not nest.is_nested(values):
            self._values = [values] * len(leaves)
        else:
            self._values = _parts(element, values, "padding_values")
        self._values = [
            _filling(k, value, leaf.dtype) for k, (value, leaf) in enumerate(zip(self._values, leaves, strict=True))
        ]

    def joined(self, k: int, arrays: list[np.ndarray]) -> np.ndarray:
        """The arrays of a component, filled up, along a new first axis."""
        shape = _whole(k, self._shapes[k], [array.shape for array in arrays])
        whole = np.full((len(arrays), *shape), self._values[k], arrays[0].dtype)
        for i, array in enumerate(arrays):
            corner: Any = (i, *(slice(size) for size in array.shape))
            whole[corner] = array
        return whole


def shapes_for(structure: Any, shapes: Any) -> list[Any]:
    """The shape that each component is filled up to; None for a size that the largest one gives."""
    if shapes is None:
        return [leaf.shape for leaf in nest.flatten(structure)]
    parts = _parts(structure, shapes, "padded_shapes")
    return [None if shape is None else _shape(k, shape) for k, shape in enumerate(parts)]


def _parts(structure: Any, value: Any, what: str) -> list[Any]:
    try:
        return up_to(structure, value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"padded_batch: {what} is not nested as the elements are: {error}") from error


def _shape(k: int, shape: Any) -> tuple[int | None, ...]:
    try:
        sizes = shape.tolist() if hasattr(shape, "tolist") else list(shape)
        return tuple(None if size is None or (known := _core.integer(size)) == -1 else known for size in sizes)
    except TypeError as error:
        raise TypeError(f"padded_batch: padded_shapes of component {k} is {shape!r}: {error}") from error


def _whole(k: int, wanted: Any, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1 or (wanted is not None and ranks != {len(wanted)}):
        raise ValueError(
            f"padded_batch: component {k} has elements of shapes {sorted(set(shapes))}"
            + ("" if wanted is None else f", which cannot be filled up to {wanted}")
            + ": sizes may differ, the number of axes may not"
        )
    largest = tuple(max(sizes) for sizes in zip(*shapes, strict=True))
    whole = tuple(n if size is None else size for size, n in zip(wanted or [None] * len(largest), largest, strict=True))
    if any(n > size for n, size in zip(largest, whole, strict=True)):
        raise ValueError(
            f"Attempted to pad to a smaller size than the input element: component {k} has sizes up to "
            f"{list(largest)}, and padded_shapes asks for {list(whole)}"
        )
    return whole


def _filling(k: int, value: Any, dtype: np.dtype[Any]) -> Any:
    """The value between and behind the elements."""
    if value is None:
        return np.zeros((), dtype)
    filling = _core.value_array(alone(_core.to_tensor(value), "padded_batch"))
    if filling.shape:
        raise ValueError(
            f"Invalid `padding_values`. `padding_values` values should be scalars, but got {list(filling.shape)}"
        )
    own = isinstance(value, (bool, int, float, complex))  # (which take the component's dtype, if they are of its kind)
    if not (own and np.can_cast(type(value), dtype, "same_kind")) and filling.dtype != dtype:
        raise TypeError(
            f"Invalid `padding_values`. `padding_values` values type {filling.dtype.name} does not match type "
            f"{dtype.name} of the corresponding input component {k}"
        )
    return np.array(value if own else filling, dtype)
