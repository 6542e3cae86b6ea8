"""Control flow where only shapes are asked for: each branch is looked at, and a round of a loop stands for all of them.

A loop is left when a round gives on the shapes and dtypes that it was given, whatever the values are. What comes out
is recorded as one of the values that it may be, nobody knows which, so that a tape finds everything that it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core, nest
from ..errors import OperatorNotAllowedInGraphError
from ..ops.shaping import broadcast_to, expand_dims
from ..programs.shapes import one_of

__all__ = ["either", "folded_shapes", "looped_shapes", "mapped_shapes"]

_NUMBERS = (_core.Operand, np.ndarray, np.generic, bool, int, float, complex)


def _without_value(leaf: Any) -> Any:
    return one_of(leaf) if isinstance(leaf, _NUMBERS) else leaf


def _one_of(*structures: Any) -> Any:
    """Structures that are alike as one of them, nobody knows which."""
    leaves = zip(*(nest.flatten_for_tape(structure)[0] for structure in structures), strict=True)
    _, rebuild = nest.flatten_for_tape(structures[0])
    return rebuild([one_of(*found) if isinstance(found[0], _NUMBERS) else found[0] for found in leaves])


def _kinds(structure: Any) -> list[Any]:
    """What leaves are, whatever their values."""
    found: list[Any] = []
    for leaf in nest.flatten_for_tape(structure)[0]:
        if isinstance(leaf, _NUMBERS):
            x = _core.operand(leaf)
            found.append((tuple(x.shape), x.dtype))
        else:
            found.append(leaf)
    return found


def _alike(one: Any, other: Any) -> bool:
    try:
        nest.assert_same_structure(one, other, check_types=False)
    except (TypeError, ValueError):
        return False
    return _kinds(one) == _kinds(other)


def either(what: str, functions: Sequence[Callable[[], Any]]) -> Any:
    """What one of these functions returns, nobody knows which: they return the same shapes."""
    results = [function() for function in functions]
    for k, result in enumerate(results[1:], 1):
        if not _alike(results[0], result):
            raise ValueError(
                f"{what}: which branch is taken is not known where only shapes are asked for (tf.eval_shape), and "
                f"branches 0 and {k} return different ones: {_kinds(results[0])} and {_kinds(result)}"
            )
    return _one_of(*results)


def mapped_shapes(fn: Callable[[Any], Any], row: Any, count: int) -> Any:
    """A function of each of so many slices, stacked."""

    def piled(leaf: Any) -> Any:
        x = one_of(leaf)
        return broadcast_to(expand_dims(x, 0), (count, *x.shape))

    return nest.map_structure(piled, fn(nest.map_structure(_without_value, row)))


def folded_shapes(fn: Callable[[Any, Any], Any], value: Any, row: Any) -> Any:
    """What is carried along slices, after any of them; None where its shapes change."""
    start = nest.map_structure(_without_value, value)
    after = fn(start, nest.map_structure(_without_value, row))
    return _one_of(start, after) if _alike(start, after) else None


def looped_shapes(cond: Callable[..., Any], body: Callable[..., Any], values: Sequence[Any], limit: Any) -> Any:
    """What a function has changed as long as a condition holds."""
    left = None if limit is None or _core.is_unknown(limit) else _core.integer(limit)
    while left is None or left > 0:
        goes = cond(*values)
        known = not _core.is_unknown(goes) and not _core.is_unknown(limit)
        if known and not bool(goes):
            return values
        start = tuple(map(_blanks, values))
        try:
            after = _listed(body(*start), len(values))
            if _alike(start, after):
                return tuple(_one_of(*both) for both in zip(start, after, strict=True))
        except OperatorNotAllowedInGraphError:
            if not known:
                raise
        else:
            if not known:
                raise ValueError(
                    f"while_loop: how often it runs is not known where only shapes are asked for (tf.eval_shape), and "
                    f"a round makes of {_kinds(start)} {_kinds(after)}"
                )
        values = _listed(body(*values), len(values))
        left = None if left is None else left - 1
    return values


def _blanks(value: Any) -> Any:
    return nest.map_structure(_without_value, value)


def _listed(after: Any, count: int) -> Any:
    after = after if isinstance(after, (list, tuple)) else (after,)
    if len(after) != count:
        raise ValueError(f"while_loop: the body returns {len(after)} values for {count} loop variables")
    return after
