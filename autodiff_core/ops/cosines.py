"""Sums of cosines: the discrete cosine transforms of types one to four, without their factors.

y[k] is the sum over n of x[n] cos(pi k n / (N - 1)) in type 1, x[n] cos(pi k (2 n + 1) / 2 N) in type 2, its transpose
in type 3, and x[n] cos(pi (2 k + 1) (2 n + 1) / 4 N) in type 4. Each takes one Fourier transform: J. Makhoul, A fast
cosine transform in one and two dimensions (1980).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .forms import Kind, Without
from .table import Case, along, as_it_stands, linear

_TRANSPOSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _turned(n: int, parts: int) -> np.ndarray:
    return np.exp(-1j * np.pi * np.arange(n) / parts)


def _cosines(x: np.ndarray, kind: int) -> np.ndarray:
    if x.dtype.kind == "c":
        return np.asarray(_cosines(x.real, kind) + 1j * _cosines(x.imag, kind), x.dtype)
    n = x.shape[-1]
    wide = x.astype(np.result_type(x.dtype, np.float64))
    if not wide.size:
        return x.copy()
    if kind == 1:
        mirrored = np.concatenate([wide, wide[..., -2:0:-1]], axis=-1)
        sign = (-1.0) ** np.arange(n)
        y = 0.5 * (np.fft.rfft(mirrored).real + wide[..., :1] + sign * wide[..., -1:])
    elif kind == 2:
        order = np.concatenate([wide[..., ::2], wide[..., 1::2][..., ::-1]], axis=-1)
        y = (np.fft.fft(order) * _turned(n, 2 * n)).real
    elif kind == 3:
        spread = np.fft.fft(wide * _turned(n, 2 * n)).real
        y = np.empty_like(wide)
        half = (n + 1) // 2
        y[..., ::2], y[..., 1::2] = spread[..., :half], spread[..., half:][..., ::-1]
    else:
        odd = np.exp(-1j * np.pi * (2 * np.arange(n) + 1) / (4 * n))
        y = (np.fft.fft(wide * _turned(n, 2 * n), 2 * n)[..., :n] * odd).real
    return y.astype(x.dtype)


def cosines(x: Any, kind: int) -> Tensor:
    """Sums of cosines along the last axis."""
    return _core.linear(_COSINES, x, (kind, _TRANSPOSE[kind]))


_TYPE = forms.integer(1, 4, "a type from 1 to 4")


def _line_kind(attributes: Any, x: Kind) -> Kind:
    forms.dims(x, 1)
    if x.dtype.kind not in "fc":
        raise ValueError(f"a transform of {x.dtype}")
    return Kind(*x)


_COSINES, _ = linear(
    "cosines",
    lambda x, attributes: _cosines(x, attributes[0]),
    "cosines",
    function=cosines,
    doc="Sums of cosines along the last axis.",
    depends=along(lambda attributes: (-1,)),
    batched=as_it_stands,
    cases=tuple(Case(lambda x, kind=kind: cosines(x, kind), ((2, size),)) for kind in (1, 2, 3, 4) for size in (4, 5)),
    form=forms.parts(_TYPE, _TYPE),
    gives=(_line_kind, _line_kind),
    c=Without("its kernel is NumPy's"),
    cost=forms.transformed,
)
