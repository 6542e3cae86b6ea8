"""What a row takes, gives and costs: the form of its attributes, its result's dtype and shape, how many operations.

Both are said once, in the row, where it is added. A program file is made by somebody: its reader holds the attributes
of each record against the form, and computes the dtype and the shape of the result by the rule, before anything runs.
Kernels trust what has passed.

A form is a `Form`. A rule is a function of attributes that have their form and of a `Kind` for each operand; it raises
a ValueError where they do not fit together, and gives the result's `Kind`, or None where only values say what it is (a
replay holds what comes out against what the record says). An array in the attributes that a program reads anew is a
`Given` there.

A cost is one of the words below, a function of (attributes, the operands' shapes, the result's shape) that counts
operations on numbers, or a `Without` that says why nobody can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

__all__ = ["Form", "Given", "Kind", "Rule", "Without"]

Shape = tuple[int, ...]
Rule = Callable[..., "Kind | None"]

_MOST_AXES = 64
_TRIED = 1 << 14  # elements: nothing larger is made, of operands or by attributes, to try a kernel
_TRIED_FURTHER = 1 << 22


class Kind(tuple[np.dtype[Any], Shape]):
    """The dtype and the shape of a value."""

    __slots__ = ()
    dtype: np.dtype[Any] = property(itemgetter(0))  # type: ignore[assignment]
    shape: Shape = property(itemgetter(1))  # type: ignore[assignment]

    def __new__(cls, dtype: Any, shape: Sequence[int]) -> Kind:
        return super().__new__(cls, (np.dtype(dtype), tuple([int(size) for size in shape])))

    def __repr__(self) -> str:
        return f"{self.dtype}{self.shape}"

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Without:
    """Stands for what a row cannot have, and says why: the end of a sentence."""

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        self.why = why

    def __repr__(self) -> str:
        return f"<Without: {self.why}>"


class Given(Kind):
    """Stands for an array in attributes that is known when the program runs."""

    __slots__ = ()


class Form:
    """What an attribute may be."""

    __slots__ = ("fits", "text")

    def __init__(self, text: str, fits: Callable[[Any], bool]) -> None:
        self.text, self.fits = text, fits

    def __repr__(self) -> str:
        return f"<Form: {self.text}>"


# --------------------------------------------------------------------------------------------------------------- forms


def integer(low: int = -(1 << 63), high: int = (1 << 63) - 1, text: str = "an integer") -> Form:
    """An integer within bounds, both included."""
    return Form(text, lambda value: is_integer(value) and low <= value <= high)


def is_integer(value: Any) -> bool:
    return type(value) is int or isinstance(value, np.integer)


def text(*choices: str) -> Form:
    """One of these strings; any string without them."""
    if not choices:
        return Form("a string", lambda value: type(value) is str)
    return Form(f"one of {', '.join(map(repr, choices))}", lambda value: type(value) is str and value in choices)


def dtype(kinds: str = "biufc") -> Form:
    """A dtype of one of these kinds."""
    return Form("a dtype", lambda value: isinstance(value, np.dtype) and value.kind in kinds)


def array(kinds: str = "biufc", dims: int | None = None) -> Form:
    """An array whose dtype is of one of these kinds, maybe one that is read anew."""
    return Form(
        "an array",
        lambda value: (
            isinstance(value, (np.ndarray, Given))
            and value.dtype.kind in kinds
            and (dims is None or len(value.shape) == dims)
        ),
    )


def parts(*forms: Form) -> Form:
    """A tuple of as many parts, each with its form."""
    return Form(
        f"({', '.join(form.text for form in forms)})",
        lambda value: (
            type(value) is tuple
            and len(value) == len(forms)
            and all(form.fits(part) for form, part in zip(forms, value, strict=True))
        ),
    )


def each(form: Form, most: int = 1 << 30) -> Form:
    """A tuple of any length, each part of the same form."""
    return Form(
        f"a tuple, each part {form.text}",
        lambda value: type(value) is tuple and len(value) <= most and all(map(form.fits, value)),
    )


def either(*forms: Form) -> Form:
    return Form(" or ".join(form.text for form in forms), lambda value: any(form.fits(value) for form in forms))


def maybe(form: Form) -> Form:
    return either(nothing, form)


def _is_plain(value: Any) -> bool:
    if type(value) in (tuple, list):
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(_is_plain, value.values()))
    return (
        value is None
        or value is Ellipsis
        or type(value) in (bool, int, float, str, slice)
        or isinstance(value, (np.generic, np.ndarray, np.dtype, Given))
    )


nothing = Form("nothing", lambda value: value is None or (type(value) is tuple and not value))
flag = Form(
    "true or false", lambda value: isinstance(value, (bool, np.bool_)) or (is_integer(value) and value in (0, 1))
)
count = integer(0, text="a number of elements")
positive = integer(1, text="a positive integer")
axis = integer(-_MOST_AXES, -1, "an axis counted from the end")
any_axis = integer(-_MOST_AXES, _MOST_AXES - 1, "an axis")
axes = each(any_axis, _MOST_AXES)
shape = Form("a shape", each(count, _MOST_AXES).fits)
number = Form("a number", lambda value: isinstance(value, (bool, int, float, np.generic)))
numbers = either(number, array())
plain = Form("numbers, strings, arrays and structures of them", _is_plain)
options = Form("options by name", lambda value: type(value) is dict and _is_plain(value))

# --------------------------------------------------------------------------------------------------------------- rules


def same(attributes: Any, x: Kind) -> Kind:
    """One operand, and a result like it."""
    return Kind(*x)


def same_integers(attributes: Any, x: Kind) -> Kind:
    """One operand, of integers, and a result like it."""
    integers(x)
    return Kind(*x)


def like_square(attributes: Any, x: Kind) -> Kind:
    """Square matrices, and as many of their kind, where integers are none."""
    return Kind(square_dtype(x), x.shape)


def by_values(attributes: Any, *operands: Kind) -> None:
    """Only the values of the operands say what the result is like."""


def scalar(dtype: Any, operands: int = 1) -> Rule:
    """A number of this dtype, of so many operands."""

    def gives(attributes: Any, *given: Kind) -> Kind:
        if len(given) != operands:
            raise ValueError(f"{len(given)} operands where there are {operands}")
        return Kind(dtype, ())

    return gives


def along_axis(attributes: Any, x: Kind) -> Kind:
    """One operand, a result like it, and an attribute that is, or begins with, an axis of it."""
    at(x, attributes[0] if type(attributes) is tuple else attributes)
    return Kind(*x)


def pointwise(kernel: Callable[..., Any], operands: int | None = None) -> Rule:
    """What goes element by element, maybe with several results along a last axis: the dtype is that of one element."""

    def gives(attributes: Any, *given: Kind) -> Kind:
        if operands is not None and len(given) != operands:
            raise ValueError(f"{len(given)} operands where there are {operands}")
        whole = broadcast(*given)
        with np.errstate(all="ignore"):
            sample = np.asarray(kernel(attributes, *[np.ones(1, x.dtype) for x in given]))
        if sample.shape[:1] != (1,):
            raise ValueError("nothing is computed element by element from these")
        return Kind(sample.dtype, whole + sample.shape[1:])

    return gives


class _Tried:
    """The rule of a kernel of which nothing is known."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Callable[..., Any]) -> None:
        self._kernel = kernel

    def __call__(self, attributes: Any, *operands: Kind) -> Kind | None:
        return self.within(_TRIED, attributes, *operands)

    def further(self, attributes: Any, *operands: Kind) -> Kind | None:
        """The same where somebody asks for nothing but the shape, and there is no other way."""
        return self.within(_TRIED_FURTHER, attributes, *operands)

    def within(self, most: int, attributes: Any, *operands: Kind) -> Kind | None:
        known = _magnitudes(attributes)
        if known is None or max(sum(x.size for x in operands), math.prod(known)) > most:
            return None
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(self._kernel(attributes, *[np.ones(x.shape, x.dtype) for x in operands]))
        except np.linalg.LinAlgError:
            return None  # ones may be no good example
        except Exception as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        return Kind(found.dtype, found.shape)


def tried(kernel: Callable[..., Any]) -> Rule:
    """What a kernel of which nothing is known gives for ones, where that is cheap."""
    return _Tried(kernel)


_STAND_INS = (13, 17, 19, 23), (14, 18, 22, 26)


def of_sizes(kernel: Callable[..., Any]) -> Rule:
    """What a kernel gives whose result's sizes are sizes of its operands, or always the same: large operands are tried
    with small sizes in the places of theirs, and again with others."""
    rule = _Tried(kernel)

    def gives(attributes: Any, *operands: Kind) -> Kind | None:
        found = rule(attributes, *operands)
        sizes = sorted({size for x in operands for size in x.shape if size > 1})
        if found is not None or len(sizes) > len(_STAND_INS[0]):
            return found
        seen: list[Any] = []
        for stand_ins in _STAND_INS:
            small = dict(zip(sizes, stand_ins, strict=False))
            back = {n: size for size, n in small.items()}
            given = [Kind(x.dtype, [small.get(size, size) for size in x.shape]) for x in operands]
            try:
                found = rule.within(_TRIED_FURTHER, attributes, *given)
            except ValueError:
                return None  # attributes may be for these sizes
            if found is None:
                return None
            seen.append((found.dtype, [(back.get(n, n), n in back) for n in found.shape]))
        if seen[0] != seen[1]:
            return None
        dtype, shape = seen[0]
        return Kind(dtype, [size for size, _ in shape])

    return gives


def in_float32(rule: Rule) -> Rule:
    """The rule of a row that is given float32 for half precisions, and whose floats are rounded to them."""

    def gives(attributes: Any, *given: Kind) -> Kind | None:
        floats = [x.dtype for x in given if x.dtype.kind == "f"]
        if np.float16 not in floats:
            return rule(attributes, *given)
        found = rule(attributes, *[Kind(np.float32, x.shape) if x.dtype == np.float16 else x for x in given])
        if found is None or found.dtype.kind != "f" or np.result_type(*floats) != np.float16:
            return found
        return Kind(np.float16, found.shape)

    return gives


def _magnitudes(attribute: Any) -> list[int] | None:
    """Those of all integers in attributes, any of which may be a size of something; None where not all are known."""
    if isinstance(attribute, Given):
        return None
    if is_integer(attribute):
        return [max(abs(int(attribute)), 1)]
    if isinstance(attribute, np.ndarray):
        return [max(attribute.size, 1)]
    within: Any = (
        attribute.values() if type(attribute) is dict else attribute if type(attribute) in (tuple, list) else ()
    )
    if type(attribute) is slice:
        within = (attribute.start, attribute.stop, attribute.step)
    found: list[int] = []
    for part in within:
        more = _magnitudes(part)
        if more is None:
            return None
        found += more
    return found


# --------------------------------------------------------------------------------------------- what rules are made of


def at(x: Kind, axis: int) -> int:
    """An axis of an operand, counted from the first."""
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis} is out of bounds for shape {x.shape}")
    return int(axis) % x.ndim


def distinct_axes(x: Kind, axes: Sequence[int]) -> tuple[int, ...]:
    """Axes of an operand, counted from the first, each named once."""
    found = tuple([at(x, axis) for axis in axes])
    if len(set(found)) != len(found):
        raise ValueError(f"axes {tuple(axes)} name one twice")
    return found


def without(shape: Shape, axes: Sequence[int], keepdims: bool = False) -> Shape:
    """A shape without some of its axes, or with ones in their places."""
    return tuple([1 if d in axes else size for d, size in enumerate(shape) if keepdims or d not in axes])


def broadcast(*operands: Kind) -> Shape:
    return tuple(np.broadcast_shapes(*[x.shape for x in operands]))


def alike(*operands: Kind) -> None:
    """Operands of one shape."""
    if len({x.shape for x in operands}) > 1:
        raise ValueError(f"the operands' shapes {', '.join(str(x.shape) for x in operands)} differ")


def fits(x: Kind, shape: Shape) -> None:
    """An operand has the shape that the attributes are for."""
    if x.shape != tuple(shape):
        raise ValueError(f"its attributes are for a shape {tuple(shape)}, its operand has {x.shape}")


def integers(*operands: Kind) -> None:
    """Operands are integers."""
    for x in operands:
        if x.dtype.kind not in "iu":
            raise ValueError(f"integers are needed, not {x.dtype}")


def dims(x: Kind, least: int, most: int | None = None) -> None:
    """An operand has so many axes, at least, or exactly."""
    if x.ndim < least or (most is not None and x.ndim > most):
        raise ValueError(f"shape {x.shape} has another number of axes than {least}{'' if most else ' or more'}")


def square(x: Kind) -> None:
    """An operand is a stack of square matrices."""
    dims(x, 2)
    if x.shape[-1] != x.shape[-2]:
        raise ValueError(f"shape {x.shape} is none of square matrices")


def inexact(*operands: Kind) -> np.dtype[Any]:
    """The dtype in which operands are computed with where integers are none."""
    found = np.result_type(*[x.dtype for x in operands])
    return found if found.kind in "fc" else np.dtype(np.float64)


def square_dtype(x: Kind) -> np.dtype[Any]:
    """The same of an operand that is a stack of square matrices."""
    square(x)
    return inexact(x)


def real_part(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.zeros(0, dtype).real.dtype


# --------------------------------------------------------------------------------------------------------------- costs

Counted = Callable[[Any, Sequence[Shape], Shape], int]
Cost = Counted | Without | str

VIEW = "view"  # nothing is computed, and nothing is moved
MOVE = "move"  # elements are moved and not changed
EACH = "each"  # one operation for each element of the largest operand, or of the result

OF_PYTHON = Without("it runs Python")


def operations(cost: Cost, attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
    """How many operations there are; one for each element where nobody can count them."""
    if callable(cost):
        return int(cost(attributes, shapes, result))
    if cost in (VIEW, MOVE):
        return 0
    return max(math.prod(result), *map(math.prod, shapes), 0)


def for_each(count: float) -> Counted:
    """So many operations for each element."""
    return lambda attributes, shapes, result: int(count * operations(EACH, attributes, shapes, result))


def sorting(axis: Callable[[Any], int]) -> Counted:
    """Comparisons of a sort along an axis."""

    def counted(attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
        size = shapes[0][axis(attributes)]
        return math.prod(shapes[0]) * max(int(math.log2(size)), 1) if size else 0

    return counted


def transformed(attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
    """A fast Fourier transform, or its kin, along one axis: as along the longest."""
    size = max(math.prod(shapes[0]), math.prod(result))
    longest = max(*shapes[0], *result, 2)
    return int(5 * size * math.log2(longest))


def on_matrices(factor: float) -> Counted:
    """So many times n cubed for each matrix, of which n is the shorter side, and more for longer ones."""

    def counted(attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
        *stack, m, n = shapes[0]
        return int(factor * math.prod(stack) * m * n * min(m, n))

    return counted


def solving(factor: float) -> Counted:
    """The same, and n squared for each right-hand side, of two triangular systems."""

    def counted(attributes: Any, shapes: Sequence[Shape], result: Shape) -> int:
        n = shapes[0][-1]
        return on_matrices(factor)(attributes, shapes[:1], result) + 2 * n * math.prod(result)

    return counted
