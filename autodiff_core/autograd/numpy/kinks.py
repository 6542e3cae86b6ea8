"""Where autograd's slope at a kink is another one than TensorFlow's, which tensors have.

Of equal operands of `maximum` and its like each gets half of the gradient, and a bound of `clip` stops it; the bounds
themselves, for which autograd has none, get that of what lies beyond them. Estimates that packages publish depend on
such: where a data point lies on a knot of a piecewise function, for one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...derivatives.custom import elementwise_op
from ...ops import elementwise
from ..spelled import of_both

__all__ = ["clip", "fmax", "fmin", "maximum", "minimum"]

_select = elementwise.select


def _halved(name: str, of: Callable[..., Any]) -> Callable[..., Any]:
    row = elementwise_op(
        f"{name}_halved",
        None,
        lambda g, x, y, z: _select(x == y, 0.5 * g, _select(x == z, g, 0.0)),
        lambda g, x, y, z: _select(x == y, 0.5 * g, _select(y == z, g, 0.0)),
        formula=of,
    )
    return of_both(getattr(np, name), row)


maximum = _halved("maximum", elementwise.maximum)
minimum = _halved("minimum", elementwise.minimum)
fmax = _halved("fmax", elementwise.fmax)
fmin = _halved("fmin", elementwise.fmin)

_clip = elementwise_op(
    "clip_within",
    None,
    lambda g, x, low, high, y: _select(y == low, 0.0, _select(y == high, 0.0, g)),
    lambda g, x, low, high, y: _select(x == y, 0.0, _select(y == low, g, 0.0)),
    lambda g, x, low, high, y: _select(x == y, 0.0, _select(y == low, 0.0, _select(y == high, g, 0.0))),
    formula=lambda x, low, high: elementwise.minimum(elementwise.maximum(x, low), high),
    parameters=("x", "low", "high"),
)


def _clipped(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    return _clip(a, -np.inf if low is None else low, np.inf if high is None else high)


clip = of_both(np.clip, _clipped)
