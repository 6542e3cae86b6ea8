"""SciPy's special functions, as SciPy's array API mode asks a namespace for them (`SCIPY_ARRAY_API=1`).

The standard has no such chapter yet; SciPy looks for `special` in a namespace before it makes arrays of what it is
given. What it finds are its own ufuncs, which tensors record or refuse.
"""

from __future__ import annotations

import sys

import numpy as np


def __getattr__(name: str) -> np.ufunc:
    ufunc = getattr(sys.modules.get("scipy.special._ufuncs"), name, None)
    if not isinstance(ufunc, np.ufunc):
        raise AttributeError(f"scipy.special has no ufunc {name!r}, or has not been imported")
    return ufunc
