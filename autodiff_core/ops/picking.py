"""Elements picked by numbers that a tensor holds, and the transpose: added up where they came from.

Indexing has its index in the record, so an index that is computed makes a recorded function look at it. Here the
numbers are an operand: pooling and its like find them anew at each run.

Either operand may have leading axes that the attributes do not count, along which it is done entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .c_loops import BY_VALUES, C
from .forms import EACH, Form, Kind, Rule
from .kinks import Kink
from .table import Case, general
from .table import as_it_stands as as_it_stands

Shape = tuple[int, ...]


def _numbered(places: np.ndarray, dims: int, lead: Shape, size: int) -> np.ndarray:
    """The numbers of all entries, counted through all of them: of shape (entries, numbers)."""
    shape = places.shape[places.ndim - dims :]
    numbers = np.broadcast_to(places, (*lead, *shape)).reshape(prod(lead), prod(shape))
    return numbers + size * np.arange(prod(lead))[:, None]


def _pick_kernel(attributes: Any, x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Attributes: the dimensions of what is picked from, and of the numbers."""
    dims, place_dims = attributes
    own, shape = x.shape[x.ndim - dims :], places.shape[places.ndim - place_dims :]
    lead = np.broadcast_shapes(x.shape[: x.ndim - dims], places.shape[: places.ndim - place_dims])
    numbers = _numbered(places, place_dims, lead, prod(own))
    return np.broadcast_to(x, (*lead, *own)).reshape(-1)[numbers].reshape(*lead, *shape)


def _pick_rule(g: Any, y: Any, attributes: Any, x: Any, places: Any) -> tuple[Any, None]:
    dims, place_dims = attributes
    return put(g, places, tuple(x.shape)[len(x.shape) - dims :], place_dims), None


def _put_kernel(attributes: Any, g: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Attributes: the shape of the result, and the dimensions of the numbers."""
    own, place_dims = attributes
    lead = np.broadcast_shapes(g.shape[: g.ndim - place_dims], places.shape[: places.ndim - place_dims])
    numbers = _numbered(places, place_dims, lead, prod(own))
    values = np.broadcast_to(g, (*lead, *g.shape[g.ndim - place_dims :])).reshape(-1)
    whole = np.zeros(prod(lead) * prod(own), g.dtype)
    np.add.at(whole, numbers.reshape(-1), values)
    return whole.reshape(*lead, *own)


def _put_rule(g: Any, y: Any, attributes: Any, values: Any, places: Any) -> tuple[Any, None]:
    own, place_dims = attributes
    return _core.general(_PICK, [g, places], (len(own), place_dims)), None


def _chosen_kernel(attributes: Any, x: np.ndarray, places: np.ndarray, *chooser: np.ndarray) -> np.ndarray:
    return _pick_kernel(attributes, x, places)


def _chosen_rule(g: Any, y: Any, attributes: Any, x: Any, places: Any, *chooser: Any) -> tuple[Any, ...]:
    dims, place_dims = attributes
    by = chooser[0] if chooser else x
    back = _core.general(_RETURN, [g, places, by], (tuple(by.shape)[len(by.shape) - dims :], place_dims))
    lead = max(len(x.shape) - dims, len(places.shape) - place_dims)
    return (back, None, *[_flat(other, g, lead + place_dims) for other in chooser])


def _return_kernel(attributes: Any, g: np.ndarray, places: np.ndarray, chooser: np.ndarray) -> np.ndarray:
    return _put_kernel(attributes, g, places)


def _return_rule(g: Any, y: Any, attributes: Any, values: Any, places: Any, chooser: Any) -> tuple[Any, None, Any]:
    own, place_dims = attributes
    picked = _core.general(_CHOOSE, [g, places, chooser], (len(own), place_dims))
    lead = max(len(values.shape), len(places.shape)) - place_dims
    return picked, None, _flat(chooser, g, lead + len(own))


def _flat(x: Any, g: Any, dims: int) -> Tensor:
    """Zeros for x, with the axes that lead in a cotangent of so many dimensions."""
    return _core.to_tensor(np.zeros(tuple(g.shape)[: len(g.shape) - dims] + tuple(x.shape), x.dtype))


def chosen(x: Any, places: Any) -> Tensor:
    """What `pick` gives, where the numbers say which elements of x are the largest, or the like.

    They jump as x varies, so the gradient depends on x, with a slope of zero: a second derivative is zeros, not None.
    """
    return _core.general(_CHOOSE, [x, places], (len(x.shape), len(places.shape)))


def pick(x: Any, places: Any) -> Tensor:
    """Elements of x, as if it had one dimension, by numbers."""
    return _core.general(_PICK, [x, places], (len(x.shape), len(places.shape)))


def put(values: Any, places: Any, shape: Shape, place_dims: int | None = None) -> Tensor:
    """The transpose of `pick`: zeros of this shape, and to the element of each number its value added."""
    return _core.general(_PUT, [values, places], (shape, len(places.shape) if place_dims is None else place_dims))


def _stepping(x: Any, name: str) -> Any:
    """An operand of an operation that no derivative comes to; integers have none anyway."""
    operand = _core.operand(x)
    return _core.flattened(operand, name) if operand.dtype.kind in "fcV" else operand


def places_of(
    name: str,
    kernel: Any,
    *,
    form: Form,
    gives: Rule,
    batched: Any = None,
    raises: bool = False,
    c: C = BY_VALUES,
    number: int | None = None,
    kernel_in_c: str | None = None,
    kinks: tuple[Kink, ...] = (),
) -> Any:
    """A row of what is computed from arrays and has no derivative: what applies it to operands.

    `form`, `gives`, `batched`, `raises`, `c`, `number` and `kinks` are as in `table`, and so is `kernel_in_c`: its
    `kernel`.
    """
    handle = _core.register_general(
        name,
        kernel,
        None,
        None,
        False,
        False,
        batched=batched,
        raises=raises,
        form=form,
        gives=gives,
        c=c,
        cost=EACH,
        number=number,
        kernel=kernel_in_c,
    )
    handle.kinks = kinks

    def apply(operands: Sequence[Any], attributes: Any = None) -> Tensor:
        return _core.general(handle, [_stepping(x, name) for x in operands], attributes)

    return apply


def may_hold(x: Any, condition: Any) -> bool:
    """Whether a condition, a function of arrays, may hold for any of these values.

    A program has to be ready for all values, so there the answer is yes.
    """
    return _core.is_tracing() or bool(np.any(condition(_core.value_array(x))))


def highest(numbers: np.ndarray) -> int:
    """The highest of these numbers, which may be unsigned; -1 where there are none."""
    return int(numbers.max()) if numbers.size else -1


def beyond_highest(numbers: Any) -> int:
    """One more than the highest of these numbers, none of them negative: a length, for which a function is recorded."""
    return int(_BEYOND([numbers]))


_BEYOND = places_of(
    "beyond_highest",
    lambda attributes, x: np.asarray(highest(x) + 1),
    form=forms.nothing,
    gives=forms.scalar(np.int64),
)


def _leads(x: Kind, dims: int, places: Kind, place_dims: int) -> Shape:
    """The axes before those that the attributes count."""
    forms.integers(places)
    forms.dims(x, dims)
    forms.dims(places, place_dims)
    return tuple(np.broadcast_shapes(x.shape[: x.ndim - dims], places.shape[: places.ndim - place_dims]))


def _picked_kind(attributes: Any, x: Kind, places: Kind, *chooser: Kind) -> Kind:
    dims, place_dims = attributes
    lead = _leads(x, dims, places, place_dims)
    return Kind(x.dtype, (*lead, *places.shape[places.ndim - place_dims :]))


def _put_kind(attributes: Any, g: Kind, places: Kind, *chooser: Kind) -> Kind:
    own, place_dims = attributes
    lead = _leads(g, place_dims, places, place_dims)
    if g.shape[g.ndim - place_dims :] != places.shape[places.ndim - place_dims :]:
        raise ValueError(f"values of shape {g.shape} do not go to numbers of shape {places.shape}")
    return Kind(g.dtype, (*lead, *own))


_NUMBERS = np.array([[4, 0], [4, 3]])
_PICK = general(
    "pick",
    _pick_kernel,
    _pick_rule,
    function=pick,
    doc="Elements by numbers that a tensor holds.",
    leading=True,
    cases=(Case(lambda x: pick(x, _core.to_tensor(_NUMBERS)), ((2, 3),)),),
    form=forms.parts(forms.count, forms.count),
    gives=_picked_kind,
    c=c_loops.chosen,
    cost=forms.MOVE,
    kernel="pick",
)


def _picks(attributes: Any) -> Any:
    """The attributes of the row that picks what this one puts."""
    own, place_dims = attributes
    return len(own), place_dims


_PUT = general(
    "put",
    _put_kernel,
    _put_rule,
    function=put,
    doc="Elements added up in the places of numbers that a tensor holds.",
    leading=True,
    cases=(Case(lambda x: put(x, _core.to_tensor(_NUMBERS), (2, 3)), ((2, 2),)),),
    form=forms.parts(forms.shape, forms.count),
    gives=_put_kind,
    c=c_loops.returned(_PICK.name, _picks),
    kernel="put",
)
_CHOOSE = general(
    "choose",
    _chosen_kernel,
    _chosen_rule,
    function=chosen,
    doc="Elements by numbers that say which of them were chosen.",
    leading=True,
    cases=(Case(lambda x: chosen(x, _core.to_tensor(_NUMBERS)), ((2, 3),)),),
    form=forms.parts(forms.count, forms.count),
    gives=_picked_kind,
    c=c_loops.chosen,
    cost=forms.MOVE,
    kernel="pick",
)


def _returned(g: Any, x: Any) -> Tensor:
    return _core.general(_RETURN, [g, _core.to_tensor(_NUMBERS), x], (tuple(x.shape), 2))


_RETURN = general(
    "return_to_chosen",
    _return_kernel,
    _return_rule,
    function=_returned,
    doc="Elements added up in the places of numbers that say which were chosen.",
    leading=True,
    cases=(Case(_returned, ((2, 2), (2, 3))),),
    form=forms.parts(forms.shape, forms.count),
    gives=_put_kind,
    c=c_loops.returned(_CHOOSE.name, _picks),
    kernel="put",
)
