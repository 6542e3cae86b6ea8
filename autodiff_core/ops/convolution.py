"""The row of a convolution of two vectors; its derivatives are convolutions too."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .shaping import reverse
from .table import Case, general


def convolve(x: Any, y: Any) -> Any:
    """The whole convolution of two vectors that are not empty, as np.convolve has it."""
    return _core.general(_CONVOLVE, (x, y), None)


def _rule(g: Any, y: Any, attributes: Any, first: Any, second: Any) -> tuple[Any, Any]:
    def pulled(other: Any) -> Any:
        return convolve(g, reverse(other, 0))[other.size - 1 : g.size]

    return pulled(second), pulled(first)


_CONVOLVE = general(
    "convolve",
    lambda attributes, x, y: np.convolve(x, y),
    _rule,
    function=convolve,
    linear="each",
    doc="Convolution of two vectors.",
    cases=(Case(convolve, ((5,), (3,))), Case(convolve, ((2,), (4,)))),
)
