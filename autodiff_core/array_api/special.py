"""SciPy's special functions, as SciPy's array API mode asks a namespace for them (`SCIPY_ARRAY_API=1`).

The standard has no such chapter yet; SciPy looks for `special` in a namespace before it makes arrays of what it is
given. A ufunc that is recorded is SciPy's own. One that is not may be a value that nobody differentiates, as the
probability beside a statistic: it is computed, and asking for its derivative is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .. import _core


@cache
def __getattr__(name: str) -> Callable[..., Any]:
    ufunc = getattr(sys.modules.get("scipy.special._ufuncs"), name, None)
    if not isinstance(ufunc, np.ufunc):
        raise AttributeError(f"scipy.special has no ufunc {name!r}, or has not been imported")
    from .. import ops
    from ..ops.scipy_rows import SPELLINGS

    ops.load_special()
    return ufunc if ufunc in SPELLINGS or _core.ufunc_row(ufunc) is not None else _without_derivative(ufunc)


def _without_derivative(ufunc: np.ufunc) -> Callable[..., Any]:
    from ..custom import custom_gradient

    def rule(*cotangents: Any) -> Any:
        raise LookupError(f"scipy.special.{ufunc.__name__} has no derivative here; write one with tf.custom_gradient")

    @custom_gradient
    def function(*operands: Any) -> Any:
        found = ufunc(*map(_core.seen, operands))
        return ([*map(_core.to_tensor, found)] if isinstance(found, tuple) else _core.to_tensor(found)), rule

    return function
