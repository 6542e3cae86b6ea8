"""How rows are written in C, where they are more than an expression of elements: what is given as their `c`.

A row's `c` is a function of a `Place`, the attributes and a `Value` for each operand; it returns the `Value` of the
result. What only looks at an operand differently returns that operand with other strides; anything else takes the
place's own room and adds lines that fill it. An elementwise row's `c` is a text: an expression in the names of its
parameters, or the body of a function of them. A row without C says why, by a `Without`.

Texts are for double. A float's literals, types and functions of math.h are made of them (programs/c_expressions.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from .forms import Without

if TYPE_CHECKING:
    import numpy as np

    from .c_values import Value

Shape = tuple[int, ...]


class Place(Protocol):
    """Where a record's lines go."""

    op: str
    dtype: np.dtype[Any]
    shape: Shape
    type: str  # the result's type in C

    def new(self) -> Value:
        """Room for the result: an array, or a variable that one line is to declare."""

    def array(self, kind: str, size: int) -> str:
        """The name of one more array, of a type in C and with so many elements."""

    def function(self, program: Any) -> str:
        """The name of a function that is a program: it takes addresses, of the inputs and then of the outputs."""

    def table(self, numbers: Sequence[int]) -> str:
        """The name of an array of these integers."""

    def copied(self, value: Value) -> Value:
        """The value itself, where its elements lie in order, or a copy."""

    def assign(self, to: Value, shape: Shape, expression: str, given: Sequence[Value]) -> None:
        """to[i] = expression(given[i]) for all i."""

    def loops(self, index: Sequence[str], shape: Shape, lines: Sequence[str]) -> None:
        """Lines within a loop for each index; a block of its own where there is none."""

    def result(self, lines: Sequence[str]) -> Value:
        """The value of a result without dimensions, which the lines leave in `total`."""

    def filled(self, lines: Callable[[Value], Sequence[str]]) -> Value:
        """The result, which lines assign to, element by element; of no dimensions it is a variable."""

    def only_floats(self) -> None:
        """Refuse results of truth values."""

    def numbered(self, op: str, attributes: Any, operands: Sequence[Any]) -> Any:
        """What an op that chooses elements makes of arrays, or for a shape of the next numbers from 1: an array."""


class InDouble(str):
    """A text of an elementwise row that is for floats, too: as SciPy computes them, in double."""

    __slots__ = ()


C = Callable[..., Any] | Without | str

# ------------------------------------------------------------------------------------------------------------- reasons

LAPACK = Without("its kernel is LAPACK's")
SCIPY = Without("its kernel is SciPy's")
OF_INTEGERS = Without("it is of integers")
BY_NUMBERS = Without("it goes by integers that are found when it runs")
OF_COMPLEX = Without("it is of complex numbers")
BY_VALUES = Without("what it gives is found in Python, from values")
SILENT = Without("its row says nothing of it")
REFUSES = Without("it raises an error for some values")
YOURS = Without("its kernel is a function of yours, and nothing says how that is written in C: give the row its `c`")
RANDOM = Without("it draws random numbers")
PYTHON = Without("it runs Python")


def is_body(text: str) -> bool:
    """Whether an elementwise row's C is the body of a function, and not an expression."""
    return re.search(r"\breturn\b", text) is not None


def index_of(shape: Shape) -> list[str]:
    return [f"i{d}" for d in range(len(shape))]


def loop(i: str, size: int, backwards: bool = False) -> str:
    return f"for (long {i} = {size} - 1; {i} >= 0; --{i})" if backwards else f"for (long {i} = 0; {i} < {size}; ++{i})"


# ------------------------------------------------------------------------------------------------- views, and movements


def reshaped(place: Place, attributes: Any, x: Value) -> Value:
    return place.copied(x).as_shape(place.shape)


def of_shape(place: Place, attributes: Any, x: Value, *others: Value) -> Value:
    """The first operand, in the result's shape."""
    return x.spread(place.shape)


def spread(place: Place, attributes: Any, x: Value) -> Value:
    return x.stretched(attributes[1], place.shape)


def turned(place: Place, attributes: Any, x: Value) -> Value:
    return x.turned(attributes[0], place.shape)


def sliced(place: Place, attributes: Any, x: Value) -> Value:
    return x.seen(attributes[1], place.shape)


def unsliced(place: Place, attributes: Any, x: Value) -> Value:
    if place.shape == ():  # the one element there is
        return x.seen((0,) * len(x.shape), ())
    made = place.new()
    place.assign(made, place.shape, "0", ())
    place.assign(made.seen(attributes[1], x.shape), x.shape, "{}", [x])
    return made


def cast(place: Place, attributes: Any, x: Value) -> Value:
    made = place.new()
    place.assign(made, place.shape, "{0} != 0" if place.dtype.kind == "b" else f"({place.type}){{0}}", [x])
    return made


def joined(place: Place, attributes: Any, *parts: Value) -> Value:
    made, at, axis = place.new(), 0, len(place.shape) + attributes[0]
    for part in parts:
        index = (*(slice(None),) * axis, slice(at, at + part.shape[axis]))
        place.assign(made.seen(index, part.shape), part.shape, "{}", [part])
        at += part.shape[axis]
    return made


def stacked(place: Place, attributes: Any, *parts: Value) -> Value:
    made, axis = place.new(), len(place.shape) + attributes
    for k, part in enumerate(parts):
        place.assign(made.seen((*(slice(None),) * axis, k), part.shape), part.shape, "{}", [part])
    return made


def repeated(place: Place, attributes: Any, x: Value) -> Value:
    count, axis = attributes[:2]
    made, index = place.new(), index_of(place.shape)
    source = list(index)
    source[axis] = f"({index[axis]} / {count})"
    place.loops(index, place.shape, [f"{made.at(index)} = {x.at(source)};"])
    return made


def repeats_added(place: Place, attributes: Any, x: Value) -> Value:
    count, axis = attributes[:2]
    made, index = place.new(), index_of(place.shape)
    source = list(index)
    source[axis] = f"({index[axis]} * {count} + k)"
    lines = ["double total = 0;", f"{loop('k', count)} total += {x.at(source)};"]
    place.loops(index, place.shape, [*lines, f"{made.at(index)} = ({place.type})total;"])
    return made


def chosen(place: Place, attributes: Any, *given: Value) -> Value:
    """What any row does that only chooses elements: by a table of their numbers, which its kernel makes."""
    operands = [x.shape if x.known is None else x.known for x in given]
    numbers = place.numbered(place.op, attributes, operands).ravel().tolist()
    parts = [place.copied(x) for x in given if x.known is None]
    made, table, before, text = place.new(), place.table(numbers), 0, "0"
    for x in parts:
        size = prod(x.shape)
        if size:
            text = f"n > {before} ? {x.flat(f'(n - {before + 1})')} : {text}"
        before += size
    # (The last part that a number is large enough for.)
    if made.strides is None:
        return place.result([f"const long n = {table}[0];", f"double total = {text};"])
    place.loops(["i"], (prod(place.shape),), [f"const long n = {table}[i];", f"{made.flat('i')} = {text};"])
    return made


def returned(partner: str, of: Callable[[Any], Any] = lambda attributes: attributes) -> C:
    """The transpose of a row that chooses: elements are added up where they came from.

    `of` makes the other row's attributes of this one's.
    """

    def c(place: Place, attributes: Any, x: Value, *others: Value) -> Value:
        operands = [place.shape, *[x.shape if x.known is None else x.known for x in others]]
        whole = place.numbered(partner, of(attributes), operands)
        numbers, x = whole.ravel().tolist(), place.copied(x.spread(whole.shape))
        table = place.table(numbers)
        size = max(prod(place.shape), 1)
        sums, made = place.array("double", size), place.new()
        place.loops(["i"], (size,), [f"{sums}[i] = 0;"])
        place.loops(["i"], (len(numbers),), [f"if ({table}[i]) {sums}[{table}[i] - 1] += {x.flat('i')};"])
        if made.strides is None:
            return place.result([f"double total = {sums}[0];"])
        place.loops(["i"], (size,), [f"{made.flat('i')} = ({place.type}){sums}[i];"])
        return made

    return c


# --------------------------------------------------------------------------------------------------------- reductions


def reduced(start: str, step: str) -> C:
    """Along what three shapes say: a total that each element changes."""

    def c(place: Place, attributes: Any, x: Value) -> Value:
        whole, kept, _ = attributes
        return _reduced(place, whole, kept, x, start, step)

    return c


def largest(sign: str) -> C:
    """The largest or smallest element; a NaN where there is one."""
    start = "-INFINITY" if sign == ">" else "INFINITY"

    def c(place: Place, attributes: Any, x: Value) -> Value:
        step = f"if ({{0}} {sign} total) total = {{0}};" if x.dtype.kind == "b" else _LARGEST.format(sign)
        whole, kept, _ = attributes
        return _reduced(place, whole, kept, x, start, step)

    return c


_LARGEST = "if ({{0}} {} total || {{0}} != {{0}}) total = {{0}};"


def _reduced(
    place: Place, whole: Shape, kept: Shape, x: Value, start: str, step: str, end: Sequence[str] = ()
) -> Value:
    """Loops over what is kept, and in them over what is not."""
    index = index_of(whole)
    over = [d for d in range(len(whole)) if kept[d] == 1 and whole[d] != 1]
    outer = [d for d in range(len(whole)) if d not in over]
    ones = ["0" if size == 1 else i for i, size in zip(index, whole, strict=True)]
    inside = [*(loop(index[d], whole[d]) for d in over), "    " * bool(over) + step.format(x.at(ones))]
    if place.shape == ():
        return place.result([f"double total = {start};", *inside, *end])
    # (`kept` without ones where it is reduced has the result's elements in its order.)
    to = place.new().as_shape(tuple(kept))
    target = to.at(["0" if d in over else index[d] for d in range(len(whole))])
    lines = [f"double total = {start};", *inside, *end, f"{target} = ({place.type})total;"]
    place.loops([index[d] for d in outer], tuple(whole[d] for d in outer), lines)
    return to.as_shape(place.shape)


def _with_ones(x: Value, axes: Sequence[int]) -> Shape:
    nd = len(x.shape)
    return tuple(1 if d in axes or d - nd in axes else size for d, size in enumerate(x.shape))


def counted(place: Place, attributes: Any, x: Value) -> Value:
    """How many elements hold along axes, which stay."""
    return _reduced(place, x.shape, _with_ones(x, attributes[0]), x, "0", "total += {0} != 0;")


def truth(start: str, step: str) -> C:
    """Whether elements hold, along an axis, axes or all of them."""

    def c(place: Place, attributes: Any, x: Value) -> Value:
        axis = attributes[0]
        axes = range(len(x.shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        return _reduced(place, x.shape, _with_ones(x, axes), x, start, step)

    return c


def largest_finite(place: Place, axes: Any, x: Value) -> Value:
    """The largest element along axes, which stay, or 0 where that is not finite."""
    end = "if (!isfinite(total)) total = 0;"
    return _reduced(place, x.shape, _with_ones(x, axes), x, "-INFINITY", _LARGEST.format(">"), [end])


def logsumexp(place: Place, attributes: Any, x: Value) -> Value:
    """Along axes, which may stay: the largest element, and behind it the logarithm of the sum of exponentials."""
    kept = _with_ones(x, attributes[0])
    index = index_of(x.shape)
    over = [loop(index[d], size) for d, size in enumerate(x.shape) if kept[d] != size]
    element = x.at(["0" if size == 1 else i for i, size in zip(index, x.shape, strict=True)])
    end = [
        "if (!isfinite(total)) total = 0;",
        "double sum = 0;",
        *over,
        f"sum += exp({element} - total);",
        "total += log(sum);",
    ]
    return _reduced(place, x.shape, kept, x, "-INFINITY", _LARGEST.format(">"), end)


# ------------------------------------------------------------------------------------------------------ along an axis


def scanned(start: str, step: str) -> C:
    """A total that every element changes; attributes are along which axis, and whether backwards."""

    def c(place: Place, attributes: Any, x: Value) -> Value:
        axis, backwards = attributes
        return _scanned(place, axis, bool(backwards), [x], start, step)

    return c


def _scanned(
    place: Place, axis: int, backwards: bool, given: Sequence[Value], start: str, step: str, exclusive: bool = False
) -> Value:
    made, index = place.new(), index_of(place.shape)
    line, to = step.format(*[x.at(index) for x in given]), f"{made.at(index)} = ({place.type})total;"
    both = f"{to} {line}" if exclusive else f"{line} {to}"
    whole = f"{loop(index[axis], place.shape[axis], backwards)} {{ {both} }}"
    _along(place, index, axis, [f"double total = {start};", whole])
    return made


def _along(place: Place, index: list[str], axis: int, lines: Sequence[str], shape: Shape | None = None) -> None:
    """Lines for each line along an axis."""
    rest, sizes = list(index), list(place.shape if shape is None else shape)
    del rest[axis], sizes[axis]
    place.loops(rest, tuple(sizes), lines)


def cumulated(place: Place, attributes: Any, x: Value) -> Value:
    """A running sum: the total before or with each element, from either end."""
    axis, exclusive, backwards = attributes[0]
    return _scanned(place, axis, bool(backwards), [x], "0", "total += {0};", bool(exclusive))


def recurred(place: Place, attributes: Any, *given: Value) -> Value:
    """y[i] = b[i] + a[i] y[i-1], or with a[i-1]."""
    axis, backwards, lagged = attributes
    start, step = "0, factor = 0", "total = {1} + (factor != 0 ? factor * total : 0); factor = {0};"
    if not lagged:
        start, step = "0, started = 0", "total = started ? {1} + {0} * total : {1}; started = 1;"
    return _scanned(place, axis, backwards, given, start, step)


def others(place: Place, attributes: Any, x: Value) -> Value:
    """Products of all elements of a row but one."""
    made, index = place.new(), index_of(place.shape)
    size, to, element = place.shape[-1], made.at(index), x.at(index)
    lines = [
        "double before = 1, behind = 1;",
        f"{loop(index[-1], size)} {{ {to} = before; before *= {element}; }}",
        f"{loop(index[-1], size, True)} {{ {to} *= behind; behind *= {element}; }}",
    ]
    _along(place, index, -1, lines)
    return made


def normalized(result: str) -> C:
    """Along an axis: the largest element, the sum of exponentials, the result."""

    def c(place: Place, axis: Any, x: Value) -> Value:
        made, index = place.new(), index_of(place.shape)
        line = loop(index[axis], place.shape[axis])
        last = f"{line} {made.at(index)} = ({place.type})({result.format(x.at(index))});"
        _along(place, index, axis, [*_exponentials(line, x.at(index)), last])
        return made

    return c


def _exponentials(line: str, element: str) -> list[str]:
    return [
        "double top = -INFINITY, total = 0;",
        f"{line} if ({element} > top || {element} != {element}) top = {element};",
        f"{line} total += exp({element} - top);",
    ]


def cross_entropy(place: Place, axis: Any, labels: Value, x: Value) -> Value:
    """Minus the sum of labels times the logarithm of softmax, along an axis."""
    index = index_of(x.shape)
    line = loop(index[axis], x.shape[axis])
    lines = [
        *_exponentials(line, x.at(index)),
        "double loss = 0;",
        f"{line} loss -= {labels.at(index)} * ({x.at(index)} - top - log(total));",
    ]
    if place.shape == ():
        return place.result(["double total_loss = 0;", *lines, "total = loss;"])
    made, rest = place.new(), list(index)
    del rest[axis]
    _along(place, index, axis, [*lines, f"{made.at(rest)} = ({place.type})loss;"], x.shape)
    return made


def class_losses(place: Place, labels: Any, x: Value) -> Value:
    """Minus the logarithm of softmax at the right class of each row."""
    table, index = place.table(labels.ravel().tolist()), index_of(x.shape)
    row = place_in(index[:-1], x.shape[:-1])
    right = x.at([*index[:-1], f"{table}[{row}]"])
    lines = [*_exponentials(loop(index[-1], x.shape[-1]), x.at(index)), f"total = top + log(total) - {right};"]
    if place.shape == ():
        return place.result(lines)
    made = place.new()
    place.loops(index[:-1], place.shape, [*lines, f"{made.at(index[:-1])} = ({place.type})total;"])
    return made


def class_residual(place: Place, labels: Any, x: Value) -> Value:
    """Softmax, less one at the right class of each row."""
    table, made, index = place.table(labels.ravel().tolist()), place.new(), index_of(x.shape)
    line, row = loop(index[-1], x.shape[-1]), place_in(index[:-1], x.shape[:-1])
    result = f"exp({x.at(index)} - top) / total - ({table}[{row}] == {index[-1]})"
    last = f"{line} {made.at(index)} = ({place.type})({result});"
    _along(place, index, -1, [*_exponentials(line, x.at(index)), last])
    return made


def place_in(index: Sequence[str], shape: Shape) -> str:
    """The number of an element, in order."""
    terms = [f"{i} * {prod(shape[d + 1 :])}" for d, i in enumerate(index)]
    return " + ".join(terms) or "0"


def ordered(place: Place, attributes: Any, x: Value) -> Value:
    """Sorted along an axis, with NaN behind everything, and turned round where the attributes say so."""
    axis, descending = attributes
    made = place.new()
    place.assign(made, place.shape, "{}", [x])
    _sort(place, made, axis)
    if not descending:
        return made
    return made.seen((*(slice(None),) * (len(place.shape) + axis), slice(None, None, -1)), place.shape)


def ranked(place: Place, ranks: Any, x: Value) -> Value:
    """The elements of these ranks, of each line along the last axis."""
    line = place.array(place.type, x.shape[-1])
    made, index = place.new(), index_of(place.shape)
    lines = [
        f"{loop('k', x.shape[-1])} {line}[k] = {x.at([*index[:-1], 'k'])};",
        *_sorting(f"{line}[%s]", place.type, x.shape[-1]),
        *(f"{made.at([*index[:-1], str(k)])} = {line}[{rank}];" for k, rank in enumerate(ranks)),
    ]
    _along(place, index, -1, lines)
    return made


def _sort(place: Place, x: Value, axis: int) -> None:
    index = index_of(x.shape)
    along = list(index)
    along[axis] = "(%s)"
    _along(place, index, axis, _sorting(x.at(along), place.type, x.shape[axis]), x.shape)


def _sorting(element: str, kind: str, size: int) -> list[str]:
    """Lines that sort one line of elements (by insertion, over smaller and smaller distances)."""
    before, here, there = (element % i for i in ("at - gap", "at", "at - gap"))
    return [
        f"for (long gap = {size} / 2; gap > 0; gap /= 2) for (long k = gap; k < {size}; ++k) {{",
        f"    const {kind} key = {element % 'k'};",
        "    long at = k;",
        f"    for (; at >= gap && (key < {before} || ({before} != {before} && key == key)); at -= gap)",
        f"        {here} = {there};",
        f"    {here} = key;",
        "}",
    ]


# ----------------------------------------------------------------------------------------------------------- products


def matmul(place: Place, attributes: Any, a: Value, b: Value) -> Value:
    place.only_floats()
    stack = place.shape[:-2]
    inner = a.shape[-2] if attributes[0] else a.shape[-1]
    a, b = a.spread((*stack, *a.shape[-2:])), b.spread((*stack, *b.shape[-2:]))
    made, index = place.new(), index_of(place.shape)
    *batch, row, column = index
    first = a.at([*batch, "k", row] if attributes[0] else [*batch, row, "k"])
    second = b.at([*batch, column, "k"] if attributes[1] else [*batch, "k", column])
    lines = ["double total = 0;", f"{loop('k', inner)} total += (double){first} * {second};"]
    place.loops(index, place.shape, [*lines, f"{made.at(index)} = ({place.type})total;"])
    return made
