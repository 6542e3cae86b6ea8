"""Tensors with other values in some places: `t.at[index].set(v)`, after JAX, over all of NumPy's indexing.

One row does it, `set_at`; what adds, multiplies or applies a function reads the elements, and sets what came of them.
An index may name an element twice. Then the last value stays, as in NumPy, and the gradient goes to that one; and what
adds or multiplies does so twice, as `np.add.at` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from .. import _core
from .._core import Operand, Tensor
from . import c_loops, elementwise, forms, segments
from .forms import Given, Kind
from .index_forms import INDEX, selected_shape
from .indexing import PUT_ADDED, _index_behind, _is_mask, gather
from .picking import may_hold
from .shaping import reshape
from .table import Case, update_row

_REDUCED = {"multiply": "prod", "divide": "prod", "min": "min", "max": "max"}
_JOINED: dict[str, Callable[..., Any]] = {
    "add": elementwise.add,
    "subtract": elementwise.subtract,
    "multiply": elementwise.multiply,
    "divide": elementwise.divide,
    "min": elementwise.minimum,
    "max": elementwise.maximum,
}

# -------------------------------------------------------------------------------------------------------------- the row


def _set(attributes: Any, x: np.ndarray, values: np.ndarray) -> np.ndarray:
    _, index = attributes
    y = np.array(x, order="C")
    # NumPy goes through arrays of indices in the order that suits the memory of the values.
    y[index] = np.ascontiguousarray(values) if values.ndim else values
    return y


def _number_arrays(index: Any) -> list[int]:
    """Which parts of an index are arrays of several integers, and can name an element twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return [k for k, p in enumerate(parts) if isinstance(p, np.ndarray) and p.dtype.kind in "iu" and p.size > 1]


def _places(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """For each element that an index selects, its number in an array of this shape."""
    if len(shape) == 1 and isinstance(index, np.ndarray) and index.dtype.kind in "iu":
        return np.where(index < 0, index + shape[0], index)
    total: Any = 0
    for d, size in enumerate(shape):
        along = np.arange(size).reshape([-1 if k == d else 1 for k in range(len(shape))])
        total = total * size + np.broadcast_to(along, shape)[index]
    return np.asarray(total)


def _labels(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """For each element that an index selects, a number that is the same for the same element.

    Those of `_places` are such, but take time for the whole array; this is for a few elements of a large one.
    """
    if len(shape) == 1 and isinstance(index, np.ndarray):
        return _places(shape, index)
    parts = index if isinstance(index, tuple) else (index,)
    taken = sum(np.ndim(p) if _is_mask(p) else 1 for p in parts if p is not None and p is not Ellipsis)
    few: list[int] = []  # an array with the rows that are selected, and an index that selects them of it
    renamed: list[Any] = []
    axis = 0
    for part in parts:
        count = len(shape) - taken if part is Ellipsis else np.ndim(part) if _is_mask(part) else int(part is not None)
        size = shape[axis] if axis < len(shape) else 0
        new = part
        if count != 1 or part is Ellipsis or _is_mask(part):
            few += shape[axis : axis + count]
        elif isinstance(part, slice):
            few.append(len(range(*part.indices(size))))
            new = slice(None)
        elif isinstance(part, np.ndarray):
            found, new = np.unique(np.where(part < 0, part + size, part), return_inverse=True)
            few.append(found.size)
            new = new.reshape(part.shape)
        else:
            few.append(1)
            new = 0
        renamed.append(new)
        axis += count
    return _places((*few, *shape[axis:]), tuple(renamed))


def _last(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """Truth values: which of the elements that an index selects are not selected once more behind."""
    places = _labels(shape, index)
    found, last = np.unique(places.reshape(-1)[::-1], return_index=True)
    stays = np.full(places.size, found.size == places.size)
    stays[places.size - 1 - last] = True
    return stays.reshape(places.shape)


def _whole_index(attributes: Any, numbers: Sequence[np.ndarray]) -> Any:
    """An index whose numbers are operands."""
    _, index, where = attributes
    if not isinstance(index, tuple):
        return numbers[0]
    parts = list(index)
    for k, array in zip(where, numbers, strict=True):
        parts[k] = array
    return tuple(parts)


def _last_of(attributes: Any, *numbers: np.ndarray) -> np.ndarray:
    return _last(attributes[0], _whole_index(attributes, numbers))


def _groups(attributes: Any, *numbers: np.ndarray) -> np.ndarray:
    """For each element that an index selects a number from 0 on, the same for the same element."""
    places = _labels(attributes[0], _whole_index(attributes, numbers))
    return np.unique(places.reshape(-1), return_inverse=True)[1].reshape(-1)


def _distinct(attributes: Any, *numbers: np.ndarray) -> np.ndarray:
    """Whether an index selects no element twice."""
    places = _labels(attributes[0], _whole_index(attributes, numbers))
    return np.asarray(np.unique(places).size == places.size)


_SELECTED = forms.parts(forms.shape, forms.plain, forms.each(forms.count))


def _selected_kind(attributes: Any, numbers: Sequence[Kind]) -> tuple[int, ...]:
    """The shape of what is selected, by an index whose numbers are operands."""
    shape, index, where = attributes
    forms.integers(*numbers)
    parts = list(index) if isinstance(index, tuple) else [index]
    if len(where) != len(numbers) or max(where, default=0) >= len(parts):
        raise ValueError(f"{len(numbers)} operands for an index of {len(parts)} parts")
    for k, array in zip(where, numbers, strict=True):
        parts[k] = Given(*array)
    whole = tuple(parts) if isinstance(index, tuple) else parts[0]
    if not INDEX.fits((shape, whole)):
        raise ValueError(f"{index!r} is no index")
    found = selected_shape(shape, whole)
    if found is None:
        raise ValueError("truth values that are read anew select nothing here")
    return found


def _last_kind(attributes: Any, *numbers: Kind) -> Kind:
    return Kind(bool, _selected_kind(attributes, numbers))


def _groups_kind(attributes: Any, *numbers: Kind) -> Kind:
    return Kind(np.intp, (prod(_selected_kind(attributes, numbers)),))


def _distinct_kind(attributes: Any, *numbers: Kind) -> Kind:
    _selected_kind(attributes, numbers)
    return Kind(bool, ())


_LAST = _core.register_general(
    "last_selected",
    _last_of,
    None,
    None,
    False,
    False,
    form=_SELECTED,
    gives=_last_kind,
    c=c_loops.OF_INTEGERS,
)
_GROUPS = _core.register_general(
    "groups_selected",
    _groups,
    None,
    None,
    False,
    False,
    form=_SELECTED,
    gives=_groups_kind,
    c=c_loops.OF_INTEGERS,
)
_DISTINCT = _core.register_general(
    "distinct_selected",
    _distinct,
    None,
    None,
    False,
    False,
    form=_SELECTED,
    gives=_distinct_kind,
    c=c_loops.OF_INTEGERS,
)


def _winners(shape: tuple[int, ...], index: Any) -> Any:
    """Which of the selected elements stay when they are set; None for all of them."""
    where = _number_arrays(index)
    if not where:
        return None
    if not _core.is_tracing():
        stays = _last(shape, index)
        return None if stays.all() else stays
    return _of_index(_LAST, shape, index)


def _set_in(x: Any, index: Any, values: Any) -> Tensor:
    """x with other values at an index."""
    return _core.operand(x).at[index].set(values)


def _set_kind(attributes: Any, x: Kind, values: Kind) -> Kind:
    found = selected_shape(*attributes)
    forms.fits(x, attributes[0])
    if found is not None and tuple(np.broadcast_shapes(found, values.shape)) != found:
        raise ValueError(f"values of shape {values.shape} do not go where an index takes shape {found}")
    if x.dtype != values.dtype:
        raise ValueError(f"values of {values.dtype} do not go into {x.dtype}")
    return Kind(*x)


update_row(
    "set_at",
    _set,
    _winners,
    function=_set_in,
    doc="A tensor with other values where an index says.",
    batched=_index_behind,
    cases=(
        Case(lambda x, v: _set_in(x, 1, v), ((3,), ())),
        Case(lambda x, v: _set_in(x, (slice(None), 1), v), ((3, 4), (3,))),
        Case(lambda x, v: _set_in(x * x, (Ellipsis, slice(None, None, 2)), v), ((3, 4), (1, 2))),
        Case(lambda x, v: _set_in(x, [0, 2, 0], v), ((3, 2), (3, 1))),
        Case(lambda x, v: _set_in(x, (np.array([0, 1]), slice(None), np.array([1, 0])), v), ((2, 3, 2), (2, 3))),
        Case(lambda x, v: _set_in(x, np.array([True, False, True]), v), ((3,), (2,))),
    ),
    form=INDEX,
    gives=_set_kind,
    kernel_in_c="set",
)

# ---------------------------------------------------------------------------------------------------------- at[index]


def _of_index(row: Any, shape: tuple[int, ...], index: Any) -> Any:
    """What a row finds out about the elements that an index with several numbers selects."""
    where = _number_arrays(index)
    parts = index if isinstance(index, tuple) else (index,)
    rest = tuple(None if k in where else part for k, part in enumerate(parts))
    numbers = [_core.lent_tensor(parts[k]) for k in where]
    return _core.general(row, numbers, (shape, rest if isinstance(index, tuple) else None, tuple(where)))


def joined(x: Any, index: Any, kind: str, value: Any, what: str) -> tuple[Any, Any]:
    """The index, and what is to be set there, for an update that reads what there was; `x` is a tensor or a buffer."""
    index = _core.plain_form(index)
    whole = x if isinstance(x, Operand) else x.value()
    shape = _core.selected_shape(whole, index, what)
    v = _core.fitting(value, whole, shape, what)
    if _number_arrays(index):
        if kind in ("add", "subtract"):
            sums = _core.linear(PUT_ADDED, v, (tuple(whole.shape), index))
            v = _core.selected(sums, index)
        else:
            numbers = _of_index(_GROUPS, tuple(whole.shape), index)
            if may_hold(numbers, lambda groups: groups.max(initial=-1) < groups.size - 1):
                reduce = getattr(segments, f"unsorted_segment_{_REDUCED[kind]}")
                v = reshape(gather(reduce(reshape(v, -1), numbers, numbers.size), numbers), shape)
    return index, _JOINED[kind](_core.selected(whole, index), v)


def _looked(index: Any) -> Any:
    """An index whose numbers a recorded function is for."""
    if isinstance(index, tuple):
        return tuple(map(_looked, index))
    return _core.value_array(_core.lent_tensor(index)) if isinstance(index, np.ndarray) else index


def _are_distinct(shape: tuple[int, ...], index: Any) -> bool:
    """Whether an index selects no element twice; where only shapes are asked for, it makes no difference."""
    found = _of_index(_DISTINCT, shape, index)
    return _core.is_unknown(found) or bool(found)


def _in_rounds(x: Tensor, index: Any, change: Callable[..., Any], value: Any, what: str) -> Tensor:
    """Change what an index selects; what it names several times, several times, one after the other."""
    index = _core.plain_form(index)
    shape = _core.selected_shape(x, index, what)
    v = None if value is None else _core.fitting(value, x, shape, what)
    # (A recorded function is one for indices that all differ.)
    if not _number_arrays(index) or _are_distinct(tuple(x.shape), index):
        old = _core.selected(x, index)
        new = change(old) if v is None else change(old, v)
        return _core.updated(x, index, _core.fitting(new, x, shape, what))
    places = _places(tuple(x.shape), _looked(index)).reshape(-1)
    order = np.argsort(places, kind="stable")
    first = np.append(True, np.diff(places[order]) != 0)
    turn = np.empty(places.size, np.intp)
    turn[order] = np.arange(places.size) - np.maximum.accumulate(np.where(first, np.arange(places.size), 0))
    flat: Any = reshape(x, -1)
    values = None if v is None else reshape(v, -1)
    for k in range(int(turn.max()) + 1):
        now = np.flatnonzero(turn == k)
        at = places[now]
        new = change(flat[at]) if values is None else change(flat[at], gather(values, now))
        flat = _core.updated(flat, at, _core.fitting(new, flat, at.shape, what))
    return reshape(flat, x.shape)


class At:
    """What ``t.at`` is: index it, and ask the result for an update.

    See Also
    --------
    Update
    """

    __slots__ = ("_tensor",)

    def __init__(self, tensor: Operand) -> None:
        self._tensor = _core.to_tensor(tensor)

    def __getitem__(self, index: Any) -> Update:
        return Update(self._tensor, index)

    def __repr__(self) -> str:
        return f"<at of {self._tensor!r}>"


class Update:
    """Some elements of a tensor, named by NumPy's indexing; each method gives a new tensor in which they are changed.

    Parameters
    ----------
    tensor : Tensor
        It stays as it is.
    index : int, slice, None, Ellipsis, array_like of int or bool, or a tuple of these
        NumPy's indexing. A recorded function reads tensors of integers anew at each call; for `power` and `apply` it
        is recorded for their values where they name an element several times.

    Raises
    ------
    IndexError
        Where an index is out of bounds, or there are too many.
    TypeError
        Where a value's dtype does not go into the tensor's, as NumPy's "same_kind" has it.
    ValueError
        Where a value's shape does not broadcast to that of what is selected.

    Notes
    -----
    After JAX, https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ndarray.at.html, but for indices out of bounds,
    which are errors. An element that is named several times is changed several times, as by the `at` of NumPy's
    ufuncs; of several values that are set the last stays, and has the gradient. Where the smaller of two equals is
    asked for, the gradient goes to the tensor's own; equal ones among the values share it.

    Examples
    --------
    >>> t = tf.constant([1., 2., 3.])
    >>> t.at[0].set(10.).numpy()
    array([10.,  2.,  3.], dtype=float32)
    >>> t.at[[0, 0, 2]].add(1.).numpy()
    array([3., 2., 4.], dtype=float32)
    >>> t.at[t > 1.].multiply(-1.).numpy()
    array([ 1., -2., -3.], dtype=float32)
    """

    __slots__ = ("_index", "_tensor")

    def __init__(self, tensor: Tensor, index: Any) -> None:
        self._tensor, self._index = tensor, index

    def __repr__(self) -> str:
        return f"<at[{self._index!r}] of {self._tensor!r}>"

    def get(self) -> Tensor:
        """The elements themselves: ``t[index]``.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[1:].get().numpy()
        array([2., 3.], dtype=float32)
        """
        return self._tensor[self._index]

    def set(self, values: Any) -> Tensor:
        """The tensor with these values in the places.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected. Of several for one place the last stays.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[1:].set([5., 6.]).numpy()
        array([1., 5., 6.], dtype=float32)
        """
        what = "at[index].set"
        index = _core.plain_form(self._index)
        shape = _core.selected_shape(self._tensor, index, what)
        return _core.updated(self._tensor, index, _core.fitting(values, self._tensor, shape, what))

    def _joined(self, kind: str, values: Any) -> Tensor:
        what = f"at[index].{kind}"
        index, new = joined(self._tensor, self._index, kind, values, what)
        return _core.updated(self._tensor, index, _core.fitting(new, self._tensor, tuple(new.shape), what))

    def add(self, values: Any) -> Tensor:
        """The tensor with values added in the places, several times where they are named several times.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[[0, 0]].add([10., 20.]).numpy()
        array([31.,  2.,  3.], dtype=float32)
        """
        return self._joined("add", values)

    def subtract(self, values: Any) -> Tensor:
        """The tensor with values subtracted in the places; see `add`.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[0].subtract(1.).numpy()
        array([0., 2., 3.], dtype=float32)
        """
        return self._joined("subtract", values)

    def multiply(self, values: Any) -> Tensor:
        """The tensor with the places multiplied, several times where they are named several times.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[[2, 2]].multiply([2., 5.]).numpy()
        array([ 1.,  2., 30.], dtype=float32)
        """
        return self._joined("multiply", values)

    def divide(self, values: Any) -> Tensor:
        """The tensor with the places divided; see `multiply`.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[1:].divide(2.).numpy()
        array([1. , 1. , 1.5], dtype=float32)
        """
        return self._joined("divide", values)

    def power(self, values: Any) -> Tensor:
        """The tensor with the places raised to powers, one after the other where they are named several times.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[1:].power(2.).numpy()
        array([1., 4., 9.], dtype=float32)
        """
        return _in_rounds(self._tensor, self._index, elementwise.pow, values, "at[index].power")

    def min(self, values: Any) -> Tensor:
        """The tensor with the smaller of what is in the places and the values.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[:].min(2.).numpy()
        array([1., 2., 2.], dtype=float32)
        """
        return self._joined("min", values)

    def max(self, values: Any) -> Tensor:
        """The tensor with the larger of what is in the places and the values.

        Parameters
        ----------
        values : array_like
            Of a shape that broadcasts to that of what is selected.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 2., 3.]).at[:].max(2.).numpy()
        array([2., 2., 3.], dtype=float32)
        """
        return self._joined("max", values)

    def apply(self, function: Callable[[Tensor], Any]) -> Tensor:
        """The tensor with a function applied to the places, several times where they are named several times.

        Parameters
        ----------
        function : callable
            Of a tensor of elements; gives as many.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> tf.constant([1., 4., 9.]).at[1:].apply(tf.sqrt).numpy()
        array([1., 2., 3.], dtype=float32)
        """
        return _in_rounds(self._tensor, self._index, function, None, "at[index].apply")
