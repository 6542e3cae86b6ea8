"""TensorFlow's spelling of the polygamma functions, whose order has another name in SciPy."""

from __future__ import annotations

from typing import Any

from .._core import Tensor
from . import special


def polygamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """Derivatives of the digamma function, of order a = 0, 1, ..., elementwise.

    Parameters
    ----------
    a : array_like
        The orders: whole numbers, of a float dtype. There is no derivative by them: asking for one is a LookupError.
    x : array_like
        Positive numbers that broadcast with them.

    Returns
    -------
    Tensor
        Of the operands' common shape and promoted dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/polygamma

    Examples
    --------
    >>> print(tf.math.polygamma([0., 1., 2.], 1.).numpy().round(4))
    [-0.5772  1.6449 -2.4041]
    """
    return special.polygamma(a, x)
