"""What several workers compute together: a value of each of them goes in, and what comes out is made of all of them.

A *group* of workers is known by its name and its size, which are what a record holds: a program finds the group of that
name in the process in which it runs (`join`), and is refused where there is none. Every worker runs the same
collectives in the same order, so the rows say that they `meet`: a program keeps each of them, as often and in the order
in which it was recorded. They are linear in what all workers give, taken together; transposed, cotangents are summed
where values went to everybody, and go to everybody where they were summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from .. import _core
from . import forms
from .forms import Kind, Shape, Without
from .table import Case, as_it_stands, general, linear

Key = tuple[str, int]


class Group(Protocol):
    """Workers that compute together: what each engine that runs one script on all of them has of its own."""

    @property
    def key(self) -> Key:
        """The name and the number of workers."""

    def sum(self, array: np.ndarray, wire: str | None, what: str) -> np.ndarray:
        """The sum of all workers' arrays, the same bits for all of them."""

    def gather(self, array: np.ndarray, what: str) -> np.ndarray:
        """The arrays of all workers, on end along the first axis."""

    def scatter_sum(self, array: np.ndarray, what: str) -> np.ndarray:
        """This worker's part, along the first axis, of the sum."""

    def first(self, array: np.ndarray, what: str) -> np.ndarray:
        """The first worker's array."""

    def sum_to_first(self, array: np.ndarray, what: str) -> np.ndarray:
        """The sum, for the first worker; zeros for the others."""

    def begin_sum(self, array: np.ndarray, wire: str | None, what: str) -> int:
        """Begin with a sum, and give the number that `end_sum` knows it by."""

    def end_sum(self, number: int) -> np.ndarray | None:
        """The sum that was begun; None where none of this number is under way."""


class _Alone:
    """A group of one worker, for which everything is done already."""

    key = ("alone", 1)

    def sum(self, array: np.ndarray, wire: str | None, what: str) -> np.ndarray:
        return array.copy()

    def gather(self, array: np.ndarray, what: str) -> np.ndarray:
        return array.copy()

    scatter_sum = first = sum_to_first = gather

    def begin_sum(self, array: np.ndarray, wire: str | None, what: str) -> int:
        return 0

    def end_sum(self, number: int) -> np.ndarray | None:
        return None


ALONE = _Alone.key
_groups: dict[Key, Group] = {ALONE: _Alone()}


def join(group: Group) -> None:
    """Have programs find a group by its name; one of the same name was there before it."""
    _groups[group.key] = group


def _group(key: Key) -> Group:
    found = _groups.get(key)
    if found is None:
        name, size = key
        here = ", ".join(f"{name!r} of {size}" for name, size in _groups if (name, size) != ALONE) or "none"
        raise RuntimeError(
            f"a program computes together with the workers of the strategy {name!r} of {size} workers, which this "
            f"process has not made; it has {here}. Make one of that name and so many workers before the program runs"
        )
    return found


# ---------------------------------------------------------------------------------------------------------------- rows

_TOGETHER = Without("it is computed together with other processes")
_KEY = forms.parts(forms.text(), forms.positive)
_WIRE = forms.maybe(forms.text("float32", "bfloat16"))
# (The outer tuple has one part, since a row that is its own transpose is given its attributes the other way round.)
_SUM = forms.parts(forms.parts(_KEY, _WIRE, forms.text()))
_ALONG = forms.parts(_KEY, forms.axis, forms.text())
_PLAIN = forms.parts(_KEY, forms.text())


def all_reduce(x: Any, key: Key = ALONE, wire: str | None = None, what: str = "") -> _core.Tensor:
    """The sum over all workers of a group, for each of them.

    `wire` is the dtype in which floats go to other workers, and `what` says in errors what is summed.
    """
    return _core.linear(_ALL_REDUCE, _core.operand(x), ((key, wire, what),))


def _summed(x: np.ndarray, attributes: Any) -> np.ndarray:
    ((key, wire, what),) = attributes
    return _group(key).sum(x, wire, what)


def _element_by_element(attributes: Any, shapes: Sequence[Shape], result: Shape) -> list[tuple[np.ndarray, np.ndarray]]:
    groups = np.arange(int(np.prod(result, dtype=np.intp))).reshape(result)
    nothing = np.full((), -1)
    return [(groups, groups) if k == 0 else (nothing, groups) for k in range(len(shapes))]


_ALL_REDUCE, _ = linear(
    "all_reduce",
    _summed,
    "all_reduce",
    form=_SUM,
    gives=(forms.same, forms.same),
    function=all_reduce,
    doc="The sum over all workers of a group.",
    depends=_element_by_element,
    batched=as_it_stands,
    cases=(Case(all_reduce, ((3,),)), Case(all_reduce, ((2, 3),))),
    c=_TOGETHER,
    meets=True,
)


def all_gather(x: Any, axis: int = 0, key: Key = ALONE, what: str = "") -> _core.Tensor:
    """The values of all workers of a group, on end along an axis, for each of them; of one shape.

    Examples
    --------
    >>> from autodiff_core.ops.collectives import all_gather
    >>> print(all_gather(tf.constant([1.0, 2.0]), axis=0).numpy())
    [1. 2.]
    """
    x = _core.operand(x)
    axis = _core.integer(axis)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"gather: a value of shape {tuple(x.shape)} has no axis {axis}")
    return _core.linear(_ALL_GATHER, x, (key, axis - x.ndim if axis >= 0 else axis, what))


def _gathered(x: np.ndarray, attributes: Any) -> np.ndarray:
    key, axis, what = attributes
    return np.moveaxis(_group(key).gather(np.moveaxis(x, axis, 0), what), 0, axis)


def _scattered(x: np.ndarray, attributes: Any) -> np.ndarray:
    key, axis, what = attributes
    return np.moveaxis(_group(key).scatter_sum(np.moveaxis(x, axis, 0), what), 0, axis)


def _longer(attributes: Any, x: Kind) -> Kind:
    (_, size), axis, _ = attributes
    at = forms.at(x, axis)
    return Kind(x.dtype, [n * size if d == at else n for d, n in enumerate(x.shape)])


def _shorter(attributes: Any, x: Kind) -> Kind:
    (_, size), axis, _ = attributes
    at = forms.at(x, axis)
    if x.shape[at] % size:
        raise ValueError(f"{x.shape[at]} rows for {size} workers")
    return Kind(x.dtype, [n // size if d == at else n for d, n in enumerate(x.shape)])


_ALL_GATHER, _ = linear(
    "all_gather",
    _gathered,
    "reduce_scatter",
    _scattered,
    form=_ALONG,
    gives=(_longer, _shorter),
    function=all_gather,
    doc="The values of all workers of a group, on end.",
    batched=as_it_stands,
    cases=(Case(all_gather, ((3,),)), Case(lambda x: all_gather(x, 1), ((2, 3),))),
    c=_TOGETHER,
    meets=True,
)


def from_first(x: Any, key: Key = ALONE, what: str = "") -> _core.Tensor:
    """The value of a group's first worker, for all of them."""
    return _core.linear(_FROM_FIRST, _core.operand(x), (key, what))


def _of_first(x: np.ndarray, attributes: Any) -> np.ndarray:
    key, what = attributes
    return _group(key).first(x, what)


def _to_first(x: np.ndarray, attributes: Any) -> np.ndarray:
    key, what = attributes
    return _group(key).sum_to_first(x, what)


_FROM_FIRST, _ = linear(
    "from_first",
    _of_first,
    "sum_to_first",
    _to_first,
    form=_PLAIN,
    gives=(forms.same, forms.same),
    function=from_first,
    doc="The first worker's value, for all workers of a group.",
    depends=_element_by_element,
    batched=as_it_stands,
    cases=(Case(from_first, ((3,),)), Case(from_first, ((2, 3),))),
    c=_TOGETHER,
    meets=True,
)


# A sum in two steps, between which this worker goes on. The second one's value is the sum whatever the first one came
# to: where its number says nothing (of examples that were taken apart, say), the sum is made then and there.


def begun(x: Any, key: Key = ALONE, wire: str | None = None, what: str = "") -> _core.Tensor:
    """Begin with the sum of a tensor over all workers of a group; what comes back is for `ended` to know it by."""
    return _core.general(_BEGUN, [_core.operand(x)], (key, wire, what))


def ended(x: Any, number: Any, key: Key = ALONE, wire: str | None = None, what: str = "") -> _core.Tensor:
    """The sum over all workers of a group that was begun: `all_reduce`, as far as values and derivatives go."""
    return _core.general(_ENDED, [_core.operand(x), _core.operand(number)], (key, wire, what))


_PARTS = forms.parts(_KEY, _WIRE, forms.text())


def _begin(attributes: Any, x: np.ndarray) -> np.ndarray:
    key, wire, what = attributes
    return np.asarray(_group(key).begin_sum(x, wire, what), np.int64)


def _end(attributes: Any, x: np.ndarray, number: np.ndarray) -> np.ndarray:
    key, wire, what = attributes
    group = _group(key)
    total = group.end_sum(int(number)) if number.ndim == 0 else None
    return group.sum(x, wire, what) if total is None else total.astype(x.dtype, copy=False).reshape(x.shape)


def _ended_kind(attributes: Any, x: Kind, number: Kind) -> Kind:
    forms.integers(number)
    return Kind(*x)


_BEGUN = _core.register_general(
    "begin_all_reduce",
    _begin,
    None,
    None,
    False,
    False,
    widens=True,
    form=_PARTS,
    gives=forms.scalar(np.int64),
    c=_TOGETHER,
    meets=True,
)

_ENDED = general(
    "end_all_reduce",
    _end,
    lambda g, y, attributes, x, number: (all_reduce(g, *attributes), None),
    form=_PARTS,
    gives=_ended_kind,
    function=ended,
    doc="The sum over all workers of a group that was begun.",
    keeps_inputs=False,
    leading=True,
    tangent=lambda tangents, y, attributes, x, number: all_reduce(tangents[0], *attributes),
    depends=_element_by_element,
    cases=(Case(lambda x: ended(x, begun(x)), ((3,),)),),
    c=_TOGETHER,
    meets=True,
)
