"""The reference: derivatives of functions of the corpus by numbers that carry them, one direction after the other.

`derivatives` runs a function once for each direction, with a tangent in one place and nothing in the others. A run may
assign to variables; every run but the last is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .duals import Number, base, everywhere, level, lifted, number, real
from .structures import leaves_of, mapped

Function = Callable[..., Any]

variables: list[Any] = []
"""The variables of the function that is being looked at."""


def is_float(x: Any) -> bool:
    """Whether a leaf can have a derivative."""
    if isinstance(x, Number):
        return isinstance(x.base, (float, complex)) and not isinstance(x.base, bool)
    return np.asarray(x).dtype.kind in "fcO"


def is_complex(x: Any) -> bool:
    """Whether a leaf holds complex numbers."""
    flat = np.asarray(x, dtype=object).ravel()
    return any(isinstance(base(one), complex) for one in flat)


def shape_of(x: Any) -> tuple[int, ...]:
    """A leaf's shape."""
    return np.shape(np.asarray(x, dtype=object))


@everywhere
def _moving(x: Any, top: int, tangent: Any) -> Number:
    return Number(number(x), top, number(tangent))


def _still(x: Any, top: int) -> Any:
    return everywhere(lambda one: number(one).parts(top)[0])(x)


def _tangent(x: Any, top: int) -> Any:
    def part(one: Any) -> Any:
        tangent = number(one).parts(top)[1]
        return Number(0.0 if not isinstance(base(one), complex) else 0j) if tangent is None else tangent

    return everywhere(part)(x)


def push(f: Function, sources: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """A value and its tangent, of a function of a list of arrays.

    A tangent of None among `tangents` is zero. In the place of an integer's tangent stands the integer.
    """
    with level() as top:
        before = [v.value for v in variables]
        moved = [x if t is None else _moving(x, top, t) for x, t in zip(sources, tangents, strict=True)]
        result = f(moved)
        for variable, value in zip(variables, before, strict=True):
            if variable.value is not value and is_float(value):
                variable.value = _still(variable.value, top)
        value = mapped(lambda x: _still(x, top) if is_float(x) else x, result)
        tangent = mapped(lambda x: _tangent(x, top) if is_float(x) else x, result)
    return value, tangent


def seeds(x: Any) -> list[tuple[tuple[int, ...], Any]]:
    """Directions: one for each element, two for a complex one."""
    directions = []
    for place in np.ndindex(shape_of(x)):
        for unit in (1.0, 1j) if is_complex(x) else (1.0,):
            tangent = np.full(shape_of(x), 0.0 * unit, object)
            tangent[place] = unit
            directions.append((place, tangent[()]))
    return directions


def derivatives(f: Function, sources: Sequence[Any]) -> tuple[Any, list[list[Any]]]:
    """The value, and for each source the tangents for its directions, in the order of `seeds`."""
    before = [v.value for v in variables]
    value, found, ran = None, [], False
    for k, x in enumerate(sources):
        pushed = []
        for _, tangent in seeds(x):
            for variable, old in zip(variables, before, strict=True):
                variable.value = old
            ran = True
            value, change = push(f, sources, [tangent if j == k else None for j in range(len(sources))])
            pushed.append(change)
        found.append(pushed)
    return (value if ran else f(list(sources))), found


def gradient(f: Function, sources: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The value, and the gradients of the sum of the value's floats (of their real parts)."""
    value, found = derivatives(f, sources)
    gradients = []
    for x, changes in zip(sources, found, strict=True):
        g = np.full(shape_of(x), Number(0j if is_complex(x) else 0.0), object)
        for (place, tangent), change in zip(seeds(x), changes, strict=True):
            moved = sum((real(one) for leaf in leaves_of(change) if is_float(leaf) for one in _flat(leaf)), Number(0.0))
            unit = np.asarray(tangent, dtype=object)[place]
            g[place] = g[place] + moved * unit
        gradients.append(g[()])
    return value, gradients


def _flat(x: Any) -> list[Any]:
    return list(np.asarray(x, dtype=object).ravel())


def jacobian(f: Function, sources: Sequence[Any]) -> tuple[Any, list[list[Any]]]:
    """For each leaf of the value and each source the block of shape value.shape + source.shape; real numbers only."""
    value, found = derivatives(f, sources)
    blocks = []
    for k, y in enumerate(leaves_of(value)):
        row = []
        for x, changes in zip(sources, found, strict=True):
            block = np.full(shape_of(y) + shape_of(x), Number(0.0), object)
            for (place, _), change in zip(seeds(x), changes, strict=True) if is_float(y) else []:
                block[(..., *place)] = leaves_of(change)[k]
            row.append(block[()])
        blocks.append(row)
    return value, blocks


def numbers(tree: Any) -> Any:
    """A structure of NumPy's arrays as the reference's."""
    return mapped(lifted, tree)


def plain(tree: Any) -> Any:
    """A structure of the reference's arrays as NumPy's."""

    def leaf(x: Any) -> Any:
        if x is None:
            return None
        if isinstance(x, np.ndarray) and x.dtype != object:
            return x
        values = [base(one) for one in _flat(x)]
        kind = None if values else np.float64
        return np.array(values, dtype=kind).reshape(shape_of(x))

    return mapped(leaf, tree)
