"""Elements as structures: tuples and mappings of tensors, in which a list is no branch but a tensor.

That is TensorFlow's rule in `tf.data`, and its only difference from `tf.nest`: a list of numbers is data. What has
passed `finished` holds tensors alone, so from there on `tf.nest` tells leaves from branches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from .. import _core, nest
from ..programs.tensor_spec import TensorSpec
from ..tensor_shape import TensorShape
from .tables import column, is_table, of_table

__all__ = ["alone", "finished", "leaves_of", "mapped", "spec_of", "stacked", "up_to"]

Rebuild = Callable[[list[Any]], Any]


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """A structure with a function of its leaves in their places; lists are leaves."""
    if isinstance(value, _core.Operand):
        return function(value)
    if isinstance(value, tuple) and not isinstance(value, TensorShape):
        parts = [mapped(function, part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if is_table(value):
        return {name: function(part) for name, part in of_table(value).items()}
    if isinstance(value, Mapping):
        made: Any = copy(value) if isinstance(value, MutableMapping) else dict(value)
        for key, part in value.items():
            made[key] = mapped(function, part)
        return made
    kind: Any = type(value)
    if hasattr(kind, "__tf_flatten__") and hasattr(kind, "__tf_unflatten__"):
        metadata, components = value.__tf_flatten__()
        return value.__tf_unflatten__(metadata, tuple(mapped(function, part) for part in components))
    if hasattr(kind, "__attrs_attrs__"):
        return kind(*(mapped(function, getattr(value, attribute.name)) for attribute in kind.__attrs_attrs__))
    return function(value)


def finished(value: Any, what: str) -> Any:
    """An element as users see it: a structure of tensors, which no tape follows."""
    if type(value) is _core.Tensor:
        return alone(value, what)
    if _is_flat(value):
        return tuple([alone(leaf, what) for leaf in value])
    return mapped(lambda leaf: _tensor(leaf, what), value)


def alone(leaf: Any, what: str) -> _core.Tensor:
    """The value as a tensor that stands on no tape. A tape gives None for what it depended on, but `grad` and its kin
    would give zeros in silence: there it is an error."""
    if _core.is_followed(leaf, True):
        raise TypeError(
            f"{what}: a function that is being differentiated makes an element of a dataset of what the derivative "
            f"depends on, a tensor of shape {tuple(leaf.shape)} and dtype {leaf.dtype.name}; no derivative can follow "
            f"into a dataset. Compute with its elements where it is iterated over. To leave on purpose, call "
            f"tf.stop_gradient(t)"
        )
    return _core.detached(leaf)


def _tensor(leaf: Any, what: str) -> _core.Tensor:
    if leaf is None:
        raise TypeError(f"{what}: a component is None, and elements are tensors; leave it out")
    if hasattr(type(leaf), "as_numpy_iterator"):
        raise TypeError(f"{what}: a component is a dataset; flat_map and interleave take functions that give datasets")
    try:
        tensor = _core.to_tensor(column(leaf))
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}") from error
    return alone(tensor, what)


def _is_flat(value: Any) -> bool:
    """Whether something is a tuple of tensors, as most elements are."""
    return type(value) is tuple and _core.all_operands(value)


def leaves_of(element: Any) -> Sequence[Any]:
    """The leaves of what is finished."""
    if isinstance(element, _core.Operand):
        return (element,)
    return element if _is_flat(element) else nest.flatten(element)


def up_to(structure: Any, value: Any) -> list[Any]:
    """What stands in a value in the places of a structure's leaves, which are tensors or specs.

    A tuple in the structure may be any sequence in the value.
    """
    if isinstance(structure, tuple):
        parts = list(value)
        if len(parts) != len(structure):
            raise ValueError(f"{len(parts)} parts, not {len(structure)}")
        return [leaf for one, part in zip(structure, parts, strict=True) for leaf in up_to(one, part)]
    if isinstance(structure, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(structure):
            raise ValueError(f"{value!r} is no mapping of the keys {list(structure)}")
        return [leaf for key in sorted(structure) for leaf in up_to(structure[key], value[key])]
    if isinstance(structure, (_core.Operand, TensorSpec)):
        return [value]
    return nest.flatten_up_to(structure, value)


def stacked(elements: list[Any], what: str, join: Callable[..., np.ndarray]) -> Any:
    """One element of several: `join` makes one array of those in the same place, whose number it is told."""
    first = elements[0]
    flat = len(first) if _is_flat(first) else None
    for other in elements[1:]:
        if isinstance(other, _core.Operand) and isinstance(first, _core.Operand):
            continue
        if flat is not None and _is_flat(other) and len(other) == flat:
            continue
        try:
            nest.assert_same_structure(first, other)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{what}: elements of one dataset are of one structure. {error}") from error
    columns = [[_core.value_array(leaf) for leaf in leaves] for leaves in zip(*map(leaves_of, elements), strict=True)]
    for k, arrays in enumerate(columns):
        dtype = arrays[0].dtype
        for i, array in enumerate(arrays):
            if array.dtype != dtype:
                raise TypeError(
                    f"{what}: elements of different dtypes in component {k}: the first has {dtype.name}, element {i} "
                    f"of the batch {array.dtype.name}; cast them in a map"
                )
    rebuild = nest.flatten_for_tape(first)[1]
    return rebuild([_core.adopt(join(k, arrays)) for k, arrays in enumerate(columns)])


def joined(k: int, arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays of one shape along a new first axis."""
    shape = arrays[0].shape
    for i, array in enumerate(arrays):
        if array.shape != shape:
            raise ValueError(
                f"Cannot batch tensors with different shapes in component {k}. First element had shape "
                f"{list(shape)} and element {i} had shape {list(array.shape)}. padded_batch fills them up to one"
            )
    return np.stack(arrays)


def spec_of(element: Any) -> Any:
    """The specs of a finished element, in its structure."""
    return nest.map_structure(lambda tensor: TensorSpec(tuple(tensor.shape), tensor.dtype), element)
