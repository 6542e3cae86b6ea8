"""Counting values in bins, and whether values rise: data, which no tape follows."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .forms import Kind
from .picking import places_of


def _binned(attributes: Any, x: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    function, count, dtype = attributes
    if bounds.shape != (2,) or not bounds[0] < bounds[1]:
        raise ValueError(f"{function}: value_range {bounds.tolist()} must be two numbers, the smaller first")
    if count < 1:
        raise ValueError(f"{function}: nbins {count} must be positive")
    low, high = bounds.astype(np.float64)
    share = (x.astype(np.float64) - low) / (high - low)
    return np.clip(np.floor(count * share), 0, count - 1).astype(dtype)


def _filled(attributes: Any, x: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    function, count, dtype = attributes
    return np.bincount(_binned((function, count, np.int64), x, bounds).reshape(-1), minlength=count).astype(dtype)


def _real(function: str, *operands: Any) -> list[Any]:
    parts = _core.operands(*operands)
    if any(p.dtype.kind == "c" for p in parts):
        raise TypeError(f"{function}: takes real numbers, not {' and '.join(str(p.dtype) for p in parts)}")
    return parts


_BINS_FORM = forms.parts(forms.text(), forms.positive, forms.dtype())


def _binned_kind(attributes: Any, x: Kind, bounds: Kind) -> Kind:
    forms.fits(bounds, (2,))
    return Kind(attributes[2], x.shape)


_BINNED = places_of(
    "histogram_fixed_width_bins",
    _binned,
    raises=True,
    form=_BINS_FORM,
    gives=_binned_kind,
)
_FILLED = places_of(
    "histogram_fixed_width",
    _filled,
    raises=True,
    form=_BINS_FORM,
    gives=lambda attributes, x, bounds: Kind(_binned_kind(attributes, x, bounds).dtype, attributes[1:2]),
)


def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = np.int32, name: str | None = None
) -> Tensor:
    """Which of bins of one width each value is in; those beyond are in the first or the last.

    Parameters
    ----------
    values : array_like
        Of a real dtype.
    value_range : pair of float
        Where the first bin begins and the last ends.
    nbins : int
        How many bins there are.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of the operand's shape; no gradient passes.

    Raises
    ------
    ValueError
        Where the range is empty or there are no bins.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/histogram_fixed_width_bins

    Examples
    --------
    >>> tf.histogram_fixed_width_bins([-1., 0., 1.5, 2., 5., 15.], [0., 5.], nbins=5).numpy().tolist()
    [0, 0, 1, 2, 4, 4]
    """
    return _BINNED(
        _real("histogram_fixed_width_bins", values, value_range),
        ("histogram_fixed_width_bins", _core.integer(nbins), _core.as_dtype(dtype)),
    )


def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = np.int32, name: str | None = None
) -> Tensor:
    """How many values are in each of bins of one width; those beyond are in the first or the last.

    Parameters
    ----------
    values : array_like
        Of a real dtype.
    value_range : pair of float
        Where the first bin begins and the last ends.
    nbins : int
        How many bins there are.
    dtype : dtype
        Of the result.

    Returns
    -------
    Tensor
        Of shape (nbins,); no gradient passes.

    Raises
    ------
    ValueError
        Where the range is empty or there are no bins.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/histogram_fixed_width

    Examples
    --------
    >>> tf.histogram_fixed_width([-1., 0., 1.5, 2., 5., 15.], [0., 5.], nbins=5).numpy().tolist()
    [2, 1, 1, 0, 2]
    """
    return _FILLED(
        _real("histogram_fixed_width", values, value_range),
        ("histogram_fixed_width", _core.integer(nbins), _core.as_dtype(dtype)),
    )


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element is smaller than the one before it.

    Parameters
    ----------
    x : array_like
        Of a real dtype, walked along the last axis first.

    Returns
    -------
    Tensor
        A scalar of dtype bool.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/is_non_decreasing

    Examples
    --------
    >>> bool(tf.math.is_non_decreasing([1., 1., 3.]))
    True
    """
    return _RISING([x], False)


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element is larger than the one before it.

    Parameters
    ----------
    x : array_like
        Of a real dtype, walked along the last axis first.

    Returns
    -------
    Tensor
        A scalar of dtype bool.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/is_strictly_increasing

    Examples
    --------
    >>> bool(tf.math.is_strictly_increasing([1., 1., 3.]))
    False
    """
    return _RISING([x], True)


def _rising(strictly: bool, x: np.ndarray) -> np.ndarray:
    flat = x.reshape(-1)
    return np.asarray(np.all(flat[1:] > flat[:-1] if strictly else flat[1:] >= flat[:-1]))


_RISING = places_of(
    "is_rising",
    _rising,
    form=forms.flag,
    gives=forms.scalar(bool),
)
