"""What a recorded function has of a variable that it reads again after assigning to it: `reread`.

On a tape that is a new value of the same source. In a program, whose variables are operands that are read once, it is a
row of two operands: the value is the first one, that was assigned; the derivative goes to the second, which is what the
variable was at the call. Nobody calls it but the core, where it makes a program of a trace.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .forms import Kind

_GENERAL = _core.register_general(
    "reread_by_array",
    lambda attributes, value, source: np.array(np.broadcast_to(value, np.broadcast_shapes(value.shape, source.shape))),
    lambda g, y, attributes, value, source: (None, g),
    None,
    False,
    False,
    leading=True,
    form=forms.nothing,
    gives=lambda attributes, value, source: Kind(value.dtype, forms.broadcast(value, source)),
    c=c_loops.of_shape,
    cost=forms.VIEW,
)


def _general(value: Any, source: Any) -> Any:
    return _core.general(_GENERAL, [value, source])


def _formula(value: Any, source: Any) -> Any:
    return _general(value, source) if isinstance(value, _core.Operand) else value * 1.0


_core.register_elementwise(
    "reread",
    None,
    _formula,
    (None, lambda g, value, source, y: g),
    ("value", "source"),
    "The value, whose derivative is the source's.",
    passes_on=True,
    c="value",
    cost=forms.VIEW,
    number=_core.OP_REREAD,
)
_core.on_complex("reread", _general)
