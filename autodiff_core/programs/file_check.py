"""Records from a file, checked one by one before the core sees them.

Compiled kernels trust a record's shapes, dtypes and attributes. So whatever a file says of a record is computed once
more, by what its row declares (ops/forms.py), and must be the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from .. import _core
from ..namespaces import load_all_rows
from ..ops.forms import Given, Kind

__all__ = ["Kind", "check_record", "load_all_rows"]


def check_record(op: str, operands: Sequence[Kind], attribute: Any) -> Kind | None:
    """The dtype and shape that a record gives; None where only values say it, and a run holds them against the record.

    Raises
    ------
    ValueError
        Where it cannot be run.
    """
    row = _core.row_named(op)
    if row is None:
        load_all_rows()
        row = _core.row_named(op)
    if row is None:
        raise ValueError(
            f"there is no op {op!r} here: a row that was added by elementwise_op, linear_op or general_op must be "
            f"added before the program is loaded"
        )
    kind, arity, condition, form, gives = row
    try:
        if kind == "elementwise":
            return _elementwise(op, arity, condition, operands, attribute)
        holes = sorted(set(holes_of(attribute)))
        own = holes[0] if holes else len(operands)
        if holes != list(range(own, len(operands))) or (kind == "linear" and own != 1) or (holes and not own):
            raise ValueError(f"{len(operands)} operands, of which {len(holes)} fill holes")
        filled = _filled(attribute, operands)
        if not form.fits(filled):
            raise ValueError(f"its attributes must be {form.text}; {attribute!r:.80} is not")
        found: Kind | None = gives(filled, *operands[:own])
        return found
    except MemoryError:
        raise
    except Exception as error:  # whatever a rule, or a kernel of a user's that it tries, raises
        raise ValueError(f"{op} of {', '.join(map(str, operands))[:200] or 'nothing'}: {error}") from None


def _elementwise(op: str, arity: int, condition: bool, operands: Sequence[Kind], attribute: Any) -> Kind:
    """The rule of the whole kind: a broadcast, in the dtype of one element."""
    if len(operands) != arity or attribute is not None:
        raise ValueError(f"it takes {arity} operands and no attributes")
    plain = [x.dtype for x in operands[1 if condition else 0 :]]
    if condition and operands[0].dtype.kind != "b":
        raise ValueError(f"the condition is of dtype {operands[0].dtype}")
    scalars = all(x.shape == () and x.dtype.char in "fd" for x in operands)
    if len(set(plain)) > 1 and not scalars and (condition or np.result_type(*plain).kind in "bf"):
        raise ValueError(f"its operands differ in dtype: {', '.join(map(str, plain))}")
    shapes = [x.shape for x in operands]
    shape = shapes[0] if shapes.count(shapes[0]) == arity else np.broadcast_shapes(*shapes)
    return Kind(_dtype_of_one(op, *[x.dtype for x in operands]), shape)


@lru_cache(4096)
def _dtype_of_one(op: str, *dtypes: np.dtype[Any]) -> np.dtype[Any]:
    """What an elementwise op gives of one element."""
    found: np.dtype[Any] = _core.op_named(op).function(*[_core.adopt(np.ones((1,), dtype)) for dtype in dtypes]).dtype
    return found


def holes_of(attribute: Any) -> list[int]:
    """The numbers of the operands that stand in attributes."""
    if isinstance(attribute, _core.Hole):
        return [attribute.operand]
    return [hole for part in attribute for hole in holes_of(part)] if type(attribute) is tuple else []


def _filled(attribute: Any, operands: Sequence[Kind]) -> Any:
    """Attributes with what is known of the operands in the places of holes."""
    if isinstance(attribute, _core.Hole):
        return Given(*operands[attribute.operand])
    return tuple([_filled(part, operands) for part in attribute]) if type(attribute) is tuple else attribute
