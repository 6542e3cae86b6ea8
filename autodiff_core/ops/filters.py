"""Convolution as rows: of an operand and filters, and what is transposed of it, for the operand and for the filters.

Each is linear in both of its operands, and its derivatives are the other two, so that these three have derivatives of
every order. In all of them arrays have their channels behind; which windows there are is in the attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from .. import _core
from . import forms
from .c_loops import index_of, loop
from .forms import Kind
from .shaping import broadcast_to, expand_dims, reshape, transpose
from .table import Case, general
from .window_geometry import EACH, PADS, add_windows, out_sizes, take_windows, windows_shape

Shape = tuple[int, ...]

# Attributes: the operand's space; sizes of the windows, what is padded before and behind, steps between windows, gaps
# between elements of one; and into how many groups the channels are split.
_FORM = forms.parts(forms.shape, EACH, PADS, EACH, EACH, forms.positive)

_RESULT, _OPERAND, _FILTERS = range(3)  # what is computed of the other two


def _padded(attributes: Any, batch: int, channels: int) -> Any:
    """The geometry of windows on the padded operand."""
    space, sizes, pads, steps, gaps = attributes[:5]
    padded = [n + a + b for n, (a, b) in zip(space, pads, strict=True)]
    return (batch, *padded, channels), sizes, steps, gaps


def _shapes(which: int, attributes: Any, first: Shape, second: Shape) -> tuple[Shape, Shape, Shape]:
    """Shapes of operand, filters and result, of which `which` follows from the other two; a ValueError where they do
    not fit."""
    space, sizes, groups = attributes[0], attributes[1], attributes[5]
    if not len(space) == len(sizes) == len(attributes[2]):
        raise ValueError(f"{sizes} windows, padded by {attributes[2]}, for a space of {space}")
    whole = windows_shape(*_padded(attributes, 1, 1))
    places, dims = whole[1 : len(space) + 1], len(space)
    if which == _FILTERS:
        batch, channels, out = first[0], first[-1], second[-1]
        into = channels // groups
    else:
        batch, into, out = first[0], second[-2] if len(second) > 1 else 0, second[-1]
        channels = into * groups
    found = (batch, *space, channels), (*sizes, into, out), (batch, *places, out)
    given = {_RESULT: (0, 1), _OPERAND: (2, 1), _FILTERS: (0, 2)}[which]
    for shape, k in zip((first, second), given, strict=True):
        if shape != found[k] or len(shape) != dims + 2:
            raise ValueError(f"shapes {first} and {second} do not fit windows of {sizes} on {space}")
    if channels != into * groups or out % groups:
        raise ValueError(f"{channels} and {out} channels do not split into {groups} groups")
    return found


def _kernel(which: int) -> Any:
    """For dtypes that the kernels in C do not have: windows as rows of a matrix, times the filters."""

    def kernel(attributes: Any, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        shapes = _shapes(which, attributes, first.shape, second.shape)
        # (In which order einsum adds up depends on strides.)
        return _by_products(which, attributes, shapes, np.ascontiguousarray(first), np.ascontiguousarray(second))

    return kernel


def _by_products(
    which: int, attributes: Any, shapes: tuple[Shape, Shape, Shape], first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    whole, filters, result = shapes
    pads, groups = attributes[2], attributes[5]
    size, into, out = prod(filters[:-2]), filters[-2], filters[-1] // groups
    geometry = _padded(attributes, whole[0], whole[-1])
    rows = prod(result[:-1])
    if which == _OPERAND:
        g, f = first.reshape(rows, groups, out), second.reshape(size, into, groups, out)
        columns = np.einsum("pgo,kigo->pkgi", g, f).reshape(*result[:-1], *filters[:-2], whole[-1])
        inside = tuple(slice(a, a + n) for (a, _), n in zip(pads, whole[1:-1], strict=True))
        return add_windows(columns, geometry)[(slice(None), *inside)]
    padded = np.pad(first, [(0, 0), *pads, (0, 0)])
    taken = take_windows(padded, geometry).reshape(rows, size, groups, into)
    if which == _RESULT:
        return np.einsum("pkgi,kigo->pgo", taken, second.reshape(size, into, groups, out)).reshape(result)
    return np.einsum("pkgi,pgo->kigo", taken, second.reshape(rows, groups, out)).reshape(filters)


def _kind(which: int) -> Any:
    def gives(attributes: Any, first: Kind, second: Kind) -> Kind:
        for x in (first, second):
            forms.dims(x, len(attributes[0]) + 2, len(attributes[0]) + 2)
        shapes = _shapes(which, attributes, first.shape, second.shape)
        return Kind(np.result_type(first.dtype, second.dtype), shapes[(2, 0, 1)[which]])

    return gives


def _cost(which: int) -> Any:
    """Two operations for each element of the result and each of the filters that it meets."""

    def counted(attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
        _, filters, windows = _shapes(which, attributes, *shapes)
        return 2 * prod(windows) * prod(filters[:-1])

    return counted


def convolved(x: Any, filters: Any, attributes: Any) -> Any:
    """Windows of an operand times filters: of shape (batch, *places, out)."""
    return _core.general(_CONVOLVED, [x, filters], attributes)


def convolved_operand(g: Any, filters: Any, attributes: Any) -> Any:
    """The transpose for the operand: of its shape, for a cotangent of the result's."""
    return _core.general(_CONVOLVED_OPERAND, [g, filters], attributes)


def convolved_filters(x: Any, g: Any, attributes: Any) -> Any:
    """The transpose for the filters."""
    return _core.general(_CONVOLVED_FILTERS, [x, g], attributes)


# --------------------------------------------------------------------------------------------------- many examples


def _merged(x: Any, n: int) -> Any:
    """The examples' batches as one."""
    shape = tuple(x.shape)
    return reshape(x, (n * shape[1], *shape[2:]))


def _apart(x: Any, n: int) -> Any:
    shape = tuple(x.shape)
    return reshape(x, (n, shape[0] // n, *shape[1:]))


def _beside(x: Any, n: int, axis: int) -> Any:
    """The examples beside each other along an axis, counted from the end."""
    shape = tuple(x.shape)
    at = len(shape) + axis
    order = [*range(1, at), 0, *range(at, len(shape))]
    return reshape(transpose(x, order), (*shape[1:at], n * shape[at], *shape[at + 1 :]))


def _from_beside(x: Any, n: int, axis: int) -> Any:
    shape = tuple(x.shape)
    at = len(shape) + axis
    parts = reshape(x, (*shape[:at], n, shape[at] // n, *shape[at + 1 :]))
    return transpose(parts, [at, *range(at), *range(at + 1, len(shape) + 1)])


def _examples(which: int) -> Any:
    """Examples of an operand or a cotangent are a larger batch; with filters of their own, groups of channels."""

    def apply(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
        op = (_CONVOLVED, _CONVOLVED_OPERAND, _CONVOLVED_FILTERS)[which]
        first, second = operands
        if which != _FILTERS and not flags[1]:
            return _apart(_core.general(op, [_merged(first, n), second], attributes), n)
        if attributes[5] == 1 and not all(flags):
            # One operand for all: the other's channels stand beside each other, and the result's.
            axes = {_RESULT: (-1, -1, -1), _OPERAND: (-1, -2, -1), _FILTERS: (-1, -1, -2 if flags[0] else -1)}[which]
            given = [_beside(x, n, axis) if flag else x for x, flag, axis in zip(operands, flags, axes, strict=False)]
            return _from_beside(_core.general(op, given, attributes), n, axes[2])
        given = [
            x if flag else broadcast_to(expand_dims(x, 0), (n, *x.shape))
            for x, flag in zip(operands, flags, strict=True)
        ]
        beside = [_beside(x, n, -1) for x in given]
        return _from_beside(_core.general(op, beside, (*attributes[:5], n * attributes[5])), n, -1)

    return apply


# -------------------------------------------------------------------------------------------------------- in C


def _c(which: int) -> Any:
    """Loops over the result, and in them over what is summed."""

    def c(place: Any, attributes: Any, first: Any, second: Any) -> Any:
        place.only_floats()
        shapes = _shapes(which, attributes, first.shape, second.shape)
        space, sizes, pads, steps, gaps, groups = attributes
        dims = range(len(space))
        into, out = shapes[1][-2], shapes[1][-1] // groups
        made, index = place.new(), index_of(place.shape)
        x, k, y = ([f"{name}{d}" for d in dims] for name in "xky")
        taps = [loop(k[d], sizes[d]) for d in dims]
        if which == _RESULT:
            batch, *y, o = index
            channel, inside = f"({o} / {out} * {into} + c)", [f"x{d} >= 0 && x{d} < {space[d]}" for d in dims]
            let = [f"x{d} = {y[d]} * {steps[d]} + k{d} * {gaps[d]} - {pads[d][0]}" for d in dims]
            loops, inner = taps, loop("c", into)
            term = f"(double){first.at([batch, *x, channel])} * {second.at([*k, 'c', o])}"
        elif which == _OPERAND:
            batch, *x, channel = index
            let = [f"y{d} = {x[d]} + {pads[d][0]} - k{d} * {gaps[d]}" for d in dims]
            places = shapes[2][1:-1]
            inside = [f"y{d} >= 0 && y{d} % {steps[d]} == 0 && y{d} / {steps[d]} < {places[d]}" for d in dims]
            at = [f"(y{d} / {steps[d]})" for d in dims]
            loops, inner, o = taps, loop("c", out), f"({channel} / {into} * {out} + c)"
            term = f"(double){first.at([batch, *at, o])} * {second.at([*k, f'({channel} % {into})', o])}"
        else:
            *k, channel, o = index
            let = [f"x{d} = y{d} * {steps[d]} + {k[d]} * {gaps[d]} - {pads[d][0]}" for d in dims]
            inside = [f"x{d} >= 0 && x{d} < {space[d]}" for d in dims]
            loops = [loop(y[d], shapes[2][1 + d]) for d in dims]
            inner = loop("n", shapes[0][0])
            term = f"(double){first.at(['n', *x, f'({o} / {out} * {into} + {channel})'])} * {second.at(['n', *y, o])}"
        lines = [
            "double total = 0;",
            *[f"{line} {{ const long {one};" for line, one in zip(loops, let, strict=True)],
            f"    if ({' && '.join(inside)})",
            f"        {inner} total += {term};",
            "}" * len(loops),
            f"{made.at(index)} = ({place.type})total;",
        ]
        place.loops(index, place.shape, lines)
        return made

    return c


# ------------------------------------------------------------------------------------------------------- what depends


def _depends(which: int) -> Any:
    """Which elements meet: of operand and result, those in a window and its place, one part for each element of the
    filters; of either and the filters, those of a channel."""

    def depends(attributes: Any, given: Sequence[Shape], result: Shape) -> list[Any]:
        shapes = _shapes(which, attributes, *given)
        groups = attributes[5]
        whole, filters, windows = shapes
        into, out = filters[-2], filters[-1] // groups
        channels, outs = np.arange(whole[-1]), np.arange(filters[-1])
        if which == _FILTERS:
            own = np.broadcast_to(outs // out * into + np.arange(into)[:, None], filters)
            return [(channels, own), (outs, np.broadcast_to(outs, filters))]
        pairs = list(_meetings(attributes, whole, windows, channels // into, outs // out))
        # (An element of the operand is of the same channel of the filters, in each group.)
        if which == _RESULT:
            return [pairs, (outs, np.broadcast_to(outs, windows))]
        own = np.broadcast_to(outs // out * into + np.arange(into)[:, None], filters)
        return [[(theirs, ours) for ours, theirs in pairs], (own, np.broadcast_to(channels, whole))]

    return depends


def _meetings(attributes: Any, whole: Shape, windows: Shape, own: np.ndarray, outs: np.ndarray) -> Any:
    """For each element of the windows, groups of the operand's elements and of the result's."""
    _, sizes, pads, steps, gaps, groups = attributes
    numbers = np.arange(prod(whole[:-1]) * groups).reshape(*whole[:-1], groups)
    padded = np.pad(numbers, [(0, 0), *pads, (0, 0)], constant_values=-1)
    places = out_sizes(_padded(attributes, 1, 1))
    for k in product(*map(range, sizes)):
        at = tuple(
            slice(i * gap, i * gap + (n - 1) * step + 1, step)
            for i, gap, n, step in zip(k, gaps, places, steps, strict=True)
        )
        yield numbers[..., own], padded[(slice(None), *at)][..., outs]


# ------------------------------------------------------------------------------------------------------------- the rows


# For each row, the contributions to its two operands: each is one of the other two rows.
_RULES: tuple[Any, Any, Any] = (
    (
        lambda g, y, attributes, x, filters: convolved_operand(g, filters, attributes),
        lambda g, y, attributes, x, filters: convolved_filters(x, g, attributes),
    ),
    (
        lambda g, y, attributes, result, filters: convolved(g, filters, attributes),
        lambda g, y, attributes, result, filters: convolved_filters(g, result, attributes),
    ),
    (
        lambda g, y, attributes, x, result: convolved_operand(result, g, attributes),
        lambda g, y, attributes, x, result: convolved(x, g, attributes),
    ),
)

_ONE = ((4,), (2,), ((0, 1),), (2,), (1,), 1)
_TWO = ((3, 4), (2, 2), ((1, 0), (1, 1)), (1, 2), (2, 1), 2)
_X, _F, _Y = (2, 3, 4, 2), (2, 2, 1, 4), (2, 2, 3, 4)


def _row(which: int, name: str, function: Any, doc: str, cases: Sequence[Case]) -> _core.Op:
    return general(
        name,
        _kernel(which),
        _RULES[which],
        function=function,
        doc=doc,
        linear="each",
        cases=cases,
        form=_FORM,
        gives=_kind(which),
        examples=_examples(which),
        depends=_depends(which),
        c=_c(which),
        cost=_cost(which),
        kernel=name,
    )


_CONVOLVED = _row(
    _RESULT,
    "convolved",
    convolved,
    "Windows of an operand times filters.",
    (
        Case(lambda x, f: convolved(x, f, _ONE), ((1, 4, 2), (2, 2, 3))),
        Case(lambda x, f: convolved(x, f, _TWO), (_X, _F)),
    ),
)
_CONVOLVED_OPERAND = _row(
    _OPERAND,
    "convolved_operand",
    convolved_operand,
    "The transpose of a convolution, for the operand.",
    (
        Case(lambda g, f: convolved_operand(g, f, _ONE), ((1, 2, 3), (2, 2, 3))),
        Case(lambda g, f: convolved_operand(g, f, _TWO), (_Y, _F)),
    ),
)
_CONVOLVED_FILTERS = _row(
    _FILTERS,
    "convolved_filters",
    convolved_filters,
    "The transpose of a convolution, for the filters.",
    (
        Case(lambda x, g: convolved_filters(x, g, _ONE), ((1, 4, 2), (1, 2, 3))),
        Case(lambda x, g: convolved_filters(x, g, _TWO), (_X, _Y)),
    ),
)
