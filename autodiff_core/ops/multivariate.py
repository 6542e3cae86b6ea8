"""Rows of the normal distribution of several variables: probabilities of boxes, and covariances that are singular.

Both are numeric, by SciPy and by an eigenvalue decomposition whose rank is found in the values, and have no derivative:
asking for one is a LookupError.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .forms import Kind, Without


def _whitened(attributes: Any, cov: np.ndarray) -> np.ndarray:
    wide = cov.astype(np.float64)
    values, vectors = np.linalg.eigh(wide)
    # As SciPy decides which eigenvalues are zero.
    least = {"f": 1e3, "d": 1e6}.get(cov.dtype.char, 1e3) * np.finfo(cov.dtype).eps * np.abs(values).max()
    if values.min() < -least:
        raise ValueError("multivariate_normal: the covariance must be symmetric positive semidefinite")
    kept = values > least
    scale = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    whole = np.empty((len(values) + 2, len(values)))
    whole[:-2] = (vectors * scale).T
    whole[-2], whole[-1] = kept.sum(), np.log(values[kept]).sum()
    return whole.astype(cov.dtype)


def whitened(cov: Any) -> Tensor:
    """A matrix that makes deviations independent and of variance one; below it a row of its rank, and one of the
    logarithm of the product of the eigenvalues that are not zero."""
    return _core.general(_WHITENED, [cov], None)


def _square_and_two_rows(attributes: Any, cov: Kind) -> Kind:
    forms.square(cov)
    if cov.ndim != 2:
        raise ValueError(f"a covariance of shape {cov.shape}")
    return Kind(forms.inexact(cov), (cov.shape[0] + 2, cov.shape[0]))


_WHITENED: _core.Op = _core.register_general(
    "whitened_covariance",
    _whitened,
    None,
    None,
    False,
    False,
    raises=True,
    form=forms.nothing,
    gives=_square_and_two_rows,
    c=c_loops.LAPACK,
    cost=forms.on_matrices(9),
)


def _box(attributes: Any, upper: np.ndarray, cov: np.ndarray) -> np.ndarray:
    from scipy.stats import multivariate_normal

    allow_singular, most, absolute, relative = attributes
    # The same random numbers each time, so that a replay gives what its recording gave.
    rule = {"maxpts": most, "abseps": absolute, "releps": relative, "rng": np.random.default_rng(0)}
    found = multivariate_normal.cdf(
        upper.astype(np.float64), None, cov.astype(np.float64), allow_singular=allow_singular, **rule
    )
    return np.asarray(found, upper.dtype).reshape(upper.shape[:-1])


def box(upper: Any, cov: Any, allow_singular: bool, most: int | None, absolute: float, relative: float) -> Tensor:
    """The probability that every component is at most that of `upper`, for a mean of zero."""
    return _core.general(_BOX, [upper, cov], (allow_singular, most, absolute, relative))


def _one_of_each(attributes: Any, upper: Kind, cov: Kind) -> Kind:
    forms.dims(upper, 1)
    forms.square(cov)
    if cov.ndim != 2 or upper.shape[-1] != cov.shape[-1]:
        raise ValueError(f"bounds of shape {upper.shape} and a covariance of shape {cov.shape}")
    return Kind(upper.dtype, upper.shape[:-1])


_BOX: _core.Op = _core.register_general(
    "multivariate_normal_cdf",
    _box,
    None,
    None,
    False,
    False,
    raises=True,
    form=forms.parts(forms.flag, forms.maybe(forms.positive), forms.number, forms.number),
    gives=_one_of_each,
    c=c_loops.SCIPY,
    cost=Without("an integral is computed until it is good enough"),
)
