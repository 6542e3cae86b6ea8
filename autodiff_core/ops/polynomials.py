"""The real roots of a polynomial as a row: a root moves so that the polynomial stays zero there. Loaded late."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .table import Case, general


def _roots(attributes: Any, p: np.ndarray) -> np.ndarray:
    return np.asarray(np.roots(p), p.dtype)


def _roots_rule(g: Any, roots: Any, attributes: Any, p: Any) -> Any:
    """d root / d p[k] is -root ** (n - k) over the slope at the root."""
    from .elementwise import pow
    from .reductions import reduce_sum
    from .shaping import expand_dims

    n = int(p.shape[0]) - 1
    at = expand_dims(roots, -1)
    powers = pow(at, np.arange(n, -1, -1).astype(p.dtype))
    degrees = np.arange(n, 0, -1).astype(p.dtype)
    slope = reduce_sum(p[:-1] * degrees * pow(at, degrees - 1.0), -1)
    return -reduce_sum(expand_dims(g / slope, -1) * powers, -2)


def real_roots(p: Any) -> Any:
    """The roots of a polynomial that are all real, with a derivative of every order where they are simple.

    Parameters
    ----------
    p : array_like
        Coefficients, the highest power's first, of shape (n + 1,).

    Returns
    -------
    Tensor
        Of shape (n,), or less where the first coefficients are zero; in NumPy's order.

    Raises
    ------
    ValueError
        Where p has not one axis.
    TypeError
        Where some roots are complex.

    Notes
    -----
    By implicit differentiation. At a double root the derivative is infinite.

    Examples
    --------
    >>> print(np.roots(tf.constant([1.0, -3.0, 2.0])).numpy())
    [2. 1.]
    """
    operand = _core.operand(p)
    if operand.dtype.kind == "c":
        raise TypeError(f"np.roots: takes real coefficients, not {operand.dtype}; take np.roots(t.numpy())")
    if operand.dtype.kind != "f":
        operand = _core.to_dtype(operand, np.float64)
    if len(operand.shape) != 1:
        raise ValueError(f"np.roots: takes one dimension, not shape {tuple(operand.shape)}")
    if np.iscomplexobj(np.roots(np.asarray(operand))):
        raise TypeError(
            "np.roots: some roots are complex, and only real ones are recorded. Take their value, "
            "np.roots(t.numpy()), or np.linalg.eigvals of the companion matrix"
        )
    return _core.general(_ROOTS, [operand])


def _drawn_apart(x: Any) -> Any:
    """A polynomial with roots near 1, 3 and -2."""
    return real_roots(np.array([1.0, -2.0, -5.0, 6.0], x.dtype) + 0.1 * x)


_ROOTS = general(
    "roots",
    _roots,
    _roots_rule,
    function=real_roots,
    doc="The roots of a polynomial, all of them real.",
    keeps_output=True,
    leading=True,
    cases=(Case(_drawn_apart, ((4,),)),),
)
