"""The roots of a polynomial as a row: a root moves so that the polynomial stays zero there. Loaded late."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from . import c_loops, forms
from .forms import Kind
from .table import Case, general


def _roots(attributes: Any, p: np.ndarray) -> np.ndarray:
    if p.ndim > 1:
        return np.stack([_roots(attributes, row) for row in p])
    found = np.roots(p)
    return found if np.iscomplexobj(found) else np.asarray(found, p.dtype)


def _roots_rule(g: Any, roots: Any, attributes: Any, p: Any) -> Any:
    """d root / d p[k] is -root ** (n - k) over the slope at the root."""
    from .elementwise import pow
    from .reductions import reduce_sum
    from .shaping import expand_dims

    n = int(p.shape[-1]) - 1
    at = expand_dims(roots, -1)
    powers = pow(at, np.arange(n, -1, -1).astype(p.dtype))
    degrees = np.arange(n, 0, -1).astype(p.dtype)
    slope = reduce_sum(expand_dims(p[..., :-1] * degrees, -2) * pow(at, degrees - 1.0), -1)
    return -reduce_sum(expand_dims(g / slope, -1) * powers, -2)


def roots(p: Any) -> Any:
    """The roots of a polynomial, with a derivative of every order where they are simple.

    Parameters
    ----------
    p : array_like
        Coefficients, the highest power's first, of shape (n + 1,); real or complex.

    Returns
    -------
    Tensor
        Of shape (n,), or less where the first coefficients are zero; in NumPy's order. Complex, but for real
        coefficients and roots.

    Raises
    ------
    ValueError
        Where p has not one axis.

    Notes
    -----
    By implicit differentiation. At a double root the derivative is infinite.

    Examples
    --------
    >>> print(np.roots(tf.constant([1.0, -3.0, 2.0])).numpy())
    [2. 1.]
    """
    operand = _core.operand(p)
    if not _core.is_differentiable(operand.dtype):
        operand = _core.to_dtype(operand, np.float64)
    if len(operand.shape) != 1:
        raise ValueError(f"np.roots: takes one dimension, not shape {tuple(operand.shape)}")
    if _core.is_tracing():
        # A program is one for so many roots, real or complex: both are looked at anew each time.
        _core.value_array(_core.general(_KIND, [_core.detached(operand)]))
    return _core.general(_ROOTS, [operand])


def _kind(attributes: Any, p: np.ndarray) -> np.ndarray:
    found = np.roots(p)
    return np.array([found.size, np.iscomplexobj(found)], np.int64)


_KIND = _core.register_general(
    "count_of_roots",
    _kind,
    None,
    None,
    False,
    False,
    raises=True,
    widens=True,
    form=forms.nothing,
    gives=lambda attributes, p: Kind(np.int64, (2,)),
    c=c_loops.OF_INTEGERS,
)


def _drawn_apart(x: Any) -> Any:
    """A polynomial with roots near 1, 3 and -2."""
    return roots(np.array([1.0, -2.0, -5.0, 6.0], x.dtype) + 0.1 * x)


def _roots_cost(attributes: Any, shapes: Any, result: Any) -> int:
    """That of the eigenvalues of companion matrices."""
    return 25 * int(np.prod(shapes[0], dtype=np.intp)) * int(shapes[0][-1]) ** 2


_ROOTS = general(
    "roots",
    _roots,
    _roots_rule,
    raises=True,
    function=roots,
    doc="The roots of a polynomial.",
    keeps_output=True,
    leading=True,
    cases=(Case(_drawn_apart, ((4,),)),),
    form=forms.nothing,
    gives=forms.by_values,
    by_values=True,
    c=c_loops.LAPACK,
    cost=_roots_cost,
)
