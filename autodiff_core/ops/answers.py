"""Functions of NumPy that answer about values, as rows: what gives places, counts and truth values.

They have no derivative. A program answers anew at each replay, where a look at the values would make it one for those
values only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .picking import places_of
from .shaping import reshape

Answer = Callable[..., Any]


def _operand(value: Any) -> Any:
    """An array as an operand; lists as NumPy takes them."""
    return _core.operand(np.asarray(value) if not _holds_tensors(value) else value)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_tensors, value))
    return isinstance(value, (_core.Operand, _core.BufferCore))


def _plain(value: Any) -> Any:
    """Any other argument: an axis, a count, a tolerance."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    if isinstance(value, _core.Operand):
        return _core.as_index(value) if value.dtype.kind in "iu" and not value.ndim else _core.value_array(value)
    return value


# (No array of a file's is to be written to.)
_PLACE = forms.either(forms.count, forms.Form("a name", lambda name: type(name) is str and name != "out"))
_ARGUMENTS = forms.parts(forms.each(_PLACE), forms.each(forms.parts(_PLACE, forms.plain)))


def answering(name: str, function: Callable[..., Any], *arrays: str, raises: bool = False) -> Answer:
    """Add a row whose kernel is a function of NumPy, with that function's arguments.

    Parameters
    ----------
    name : str
        The row's.
    function : callable
        Gives one array, of a shape that does not depend on values.
    *arrays : str
        What the arguments are called that a program reads anew, as far as they are given, in the order of their
        places; an empty string stands for another argument.
    raises : bool
        As in `table.general`.

    Returns
    -------
    callable
        The function of tensors.
    """

    def kernel(attributes: Any, *operands: np.ndarray) -> np.ndarray:
        """Attributes: where the operands stand among the arguments, and the other arguments with their places."""
        places, rest = attributes
        named = {**dict(zip(places, operands, strict=True)), **dict(rest)}
        args = [named.pop(k) for k in range(sum(type(place) is int for place in named))]
        return np.asarray(function(*args, **named))

    row = places_of(
        name,
        kernel,
        raises=raises,
        form=_ARGUMENTS,
        gives=forms.of_sizes(kernel),
    )

    def answer(*args: Any, **kwargs: Any) -> Tensor:
        operands, places, rest = [], [], []
        given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
        for place, value in given:
            called = place if isinstance(place, str) else arrays[place] if place < len(arrays) else ""
            if called in arrays and called and value is not None:
                operands.append(_operand(value))
                places.append(place)
            else:
                rest.append((place, _plain(value)))
        return row(operands, (tuple(places), tuple(rest)))

    answer.__name__ = answer.__qualname__ = name
    answer.__wrapped__ = function  # type: ignore[attr-defined]  # what help and inspect.signature show of it
    return answer


def _pile(function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A function of several results of one shape, as one array of them."""
    return lambda *args, **kwargs: np.stack(function(*args, **kwargs))


def _argsort(
    a: Any,
    axis: int | None = -1,
    kind: Any = None,
    order: Any = None,
    *,
    stable: bool | None = None,
    descending: bool | None = None,
) -> np.ndarray:
    """np.argsort; `descending`, which NumPy has from 2.5 on, leaves equal elements in their order and NaN last."""
    if not descending:
        return np.argsort(a, axis, kind, order, stable=stable)
    if kind is not None:
        raise ValueError(f"argsort: descending=True takes stable=, and no kind, which is {kind!r}")
    values = np.asarray(a)
    turned = np.invert(values) if values.dtype.kind in "biu" else np.negative(values)
    return np.argsort(turned, axis, order=order, stable=True)


def _digitize(x: Any, bins: Any, right: bool = False) -> np.ndarray:
    if np.iscomplexobj(x) or np.iscomplexobj(bins):
        raise TypeError(f"digitize: takes real numbers, not {np.asarray(x).dtype} and {np.asarray(bins).dtype}")
    return np.digitize(x, bins, right)


array_equal = answering("array_equal", np.array_equal, "a1", "a2")
array_equiv = answering("array_equiv", np.array_equiv, "a1", "a2")
allclose = answering("allclose", np.allclose, "a", "b", "rtol", "atol")
isclose = answering("isclose", np.isclose, "a", "b", "rtol", "atol")
isin = answering("isin", np.isin, "element", "test_elements", "", "")
iscomplex = answering("iscomplex", np.iscomplex, "x")
isreal = answering("isreal", np.isreal, "x")
isneginf = answering("isneginf", np.isneginf, "x")
isposinf = answering("isposinf", np.isposinf, "x")
argsort = answering("argsort", _argsort, "a")
argpartition = answering("argpartition", np.argpartition, "a")
lexsort = answering("lexsort", np.lexsort, "keys")
nanargmax = answering("nanargmax", np.nanargmax, "a", raises=True)
nanargmin = answering("nanargmin", np.nanargmin, "a", raises=True)
searchsorted = answering("searchsorted", np.searchsorted, "a", "v", "", "sorter")
digitize = answering("digitize", _digitize, "x", "bins")
packbits = answering("packbits", np.packbits, "a")
unpackbits = answering("unpackbits", np.unpackbits, "a")
ravel_multi_index = answering(
    "ravel_multi_index",
    lambda multi_index, *args, **kwargs: np.ravel_multi_index(tuple(multi_index), *args, **kwargs),
    "multi_index",
    raises=True,
)
_unravel_index = answering("unravel_index", _pile(np.unravel_index), "indices", raises=True)


def unravel_index(indices: Any, shape: Any, order: Any = "C") -> tuple[Tensor, ...]:
    """np.unravel_index: a tensor an axis."""
    found = _unravel_index(indices, shape, order)
    return tuple(found[k] for k in range(found.shape[0]))


def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None) -> Tensor:
    """np.in1d, up to NumPy 2.3: np.isin along one axis."""
    return reshape(isin(ar1, ar2, assume_unique, invert, kind=kind), (-1,))


# Those that are ufuncs, and no elementwise rows: the result has a dtype of its own.
OF_UFUNCS = {
    name: answering(
        name,
        getattr(np, name),
        "x",
    )
    for name in ("bitwise_count",)
    if hasattr(np, name)  # from NumPy 2.0 on
}
