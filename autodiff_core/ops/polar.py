"""Complex numbers by angle and magnitude."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from . import forms
from .complex_parts import imag, real
from .elementwise import add, atan2, square
from .picking import as_it_stands, places_of


def angle(input: Any, name: str | None = None) -> _core.Tensor:
    """The argument of complex numbers, in radians, elementwise.

    Parameters
    ----------
    input : array_like
        Real or complex.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Returns
    -------
    Tensor
        Of the dtype of the parts. For real numbers 0 or pi, by the sign, through which no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/angle. The slopes at 0 are NaN.

    Examples
    --------
    >>> tf.math.angle([1. + 1.j, -1.]).numpy().round(4)
    array([0.7854, 3.1416])
    """
    x = _core.operand(input)
    if x.dtype.kind == "c":
        return atan2(imag(x), real(x))
    return _ANGLES([x])


_ANGLES = places_of(
    "angle_of_reals",
    lambda attributes, x: np.asarray(np.angle(x)),
    batched=as_it_stands,
    form=forms.nothing,
    gives=forms.pointwise(lambda attributes, x: np.angle(x), 1),
)


def squared_magnitude(x: Any) -> Any:
    """re**2 + im**2: of real dtype, and smooth at 0."""
    return add(square(real(x)), square(imag(x))) if x.dtype.kind == "c" else square(x)
