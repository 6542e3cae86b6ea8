"""Elements picked by numbers that a tensor holds, and the transpose: added up where they came from.

Indexing has its index in the record, so an index that is computed makes a recorded function look at it. Here the
numbers are an operand: pooling and its like find them anew at each run.

Either operand may have leading axes that the attributes do not count, along which it is done entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from .table import Case, general

Shape = tuple[int, ...]


def _size(shape: Sequence[int]) -> int:
    return int(np.prod(shape, dtype=np.intp))


def _numbered(places: np.ndarray, dims: int, lead: Shape, size: int) -> np.ndarray:
    """The numbers of all entries, counted through all of them: of shape (entries, numbers)."""
    shape = places.shape[places.ndim - dims :]
    numbers = np.broadcast_to(places, (*lead, *shape)).reshape(_size(lead), _size(shape))
    return numbers + size * np.arange(_size(lead))[:, None]


def _pick_kernel(attributes: Any, x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Attributes: the dimensions of what is picked from, and of the numbers."""
    dims, place_dims = attributes
    own, shape = x.shape[x.ndim - dims :], places.shape[places.ndim - place_dims :]
    lead = np.broadcast_shapes(x.shape[: x.ndim - dims], places.shape[: places.ndim - place_dims])
    numbers = _numbered(places, place_dims, lead, _size(own))
    return np.broadcast_to(x, (*lead, *own)).reshape(-1)[numbers].reshape(*lead, *shape)


def _pick_rule(g: Any, y: Any, attributes: Any, x: Any, places: Any) -> tuple[Any, None]:
    dims, place_dims = attributes
    return put(g, places, tuple(x.shape)[len(x.shape) - dims :], place_dims), None


def _put_kernel(attributes: Any, g: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Attributes: the shape of the result, and the dimensions of the numbers."""
    own, place_dims = attributes
    lead = np.broadcast_shapes(g.shape[: g.ndim - place_dims], places.shape[: places.ndim - place_dims])
    numbers = _numbered(places, place_dims, lead, _size(own))
    values = np.broadcast_to(g, (*lead, *g.shape[g.ndim - place_dims :])).reshape(-1)
    whole = np.zeros(_size(lead) * _size(own), g.dtype)
    np.add.at(whole, numbers.reshape(-1), values)
    return whole.reshape(*lead, *own)


def _put_rule(g: Any, y: Any, attributes: Any, values: Any, places: Any) -> tuple[Any, None]:
    own, place_dims = attributes
    return _core.general(_PICK, [g, places], (len(own), place_dims)), None


def pick(x: Any, places: Any) -> Tensor:
    """Elements of x, as if it had one dimension, by numbers."""
    return _core.general(_PICK, [x, places], (len(x.shape), len(places.shape)))


def put(values: Any, places: Any, shape: Shape, place_dims: int | None = None) -> Tensor:
    """The transpose of `pick`: zeros of this shape, and to the element of each number its value added."""
    return _core.general(_PUT, [values, places], (shape, len(places.shape) if place_dims is None else place_dims))


def places_of(name: str, kernel: Any) -> Any:
    """A row of what is computed from arrays and has no derivative: what applies it to operands."""
    handle = _core.register_general(name, kernel, None, None, False, False)

    def apply(operands: Sequence[Any], attributes: Any = None) -> Tensor:
        return _core.general(handle, [_core.detached(x) for x in operands], attributes)

    return apply


_NUMBERS = np.array([[4, 0], [4, 3]])
_PICK = general(
    "pick",
    _pick_kernel,
    _pick_rule,
    function=pick,
    doc="Elements by numbers that a tensor holds.",
    leading=True,
    cases=(Case(lambda x: pick(x, _core.to_tensor(_NUMBERS)), ((2, 3),)),),
)
_PUT = general(
    "put",
    _put_kernel,
    _put_rule,
    function=put,
    doc="Elements added up in the places of numbers that a tensor holds.",
    leading=True,
    cases=(Case(lambda x: put(x, _core.to_tensor(_NUMBERS), (2, 3)), ((2, 2),)),),
)
