"""Running products, logsumexp and extremes along an axis, and the linear recurrence that a product's derivative is.

Nothing is divided, so the gradients are right where factors are zero. A logsumexp takes logarithmically many steps over
the whole, each of which joins every element with the one 1, 2, 4 ... places before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from ..dtypes import finfo
from . import c_loops, forms
from .elementwise import logaddexp, multiply
from .forms import Kind
from .ordering import take_along_axis
from .picking import places_of
from .shaping import concat, reverse
from .table import Case, along, as_it_stands, general


def _scan(
    x: Any, axis: int, exclusive: bool, reverse_: bool, join: Callable[..., Any], neutral: float, function: str
) -> Any:
    nd, axis = len(x.shape), _core.as_index(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"{function}: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    axis %= nd
    lead = (slice(None),) * axis
    total = reverse(x, axis) if reverse_ else _core.identity_tensor(x)
    length = x.shape[axis]
    if exclusive and length:
        edge = [1 if d == axis else size for d, size in enumerate(x.shape)]
        total = concat([_core.to_tensor(np.full(edge, neutral, x.dtype)), total[(*lead, slice(None, -1))]], axis)
    shift = 1
    while shift < length:
        joined = join(total[(*lead, slice(None, -shift))], total[(*lead, slice(shift, None))])
        total = concat([total[(*lead, slice(None, shift))], joined], axis)
        shift *= 2
    return reverse(total, axis) if reverse_ else total


def counted(x: Any) -> Any:
    """Truth values as the integers that NumPy adds and multiplies them as."""
    x = _core.operand(x)
    return _core.operand(_core.to_dtype(x, np.int64)) if x.dtype == bool else x


def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """Running product along an axis.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype; truth values count as int64.
    axis : int
        The axis to multiply along.
    exclusive : bool
        Whether each product leaves its own element out.
    reverse : bool
        Whether to run from the end.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/cumprod. The gradient is right where elements are zero; that of
    TensorFlow is zero there.

    Examples
    --------
    >>> tf.math.cumprod([1., 2., 3.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>
    """
    operand = counted(x)
    nd, axis = operand.ndim, _core.as_index(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"cumprod: axis {axis} is out of bounds for shape {tuple(operand.shape)}")
    axis = axis % nd - nd
    total = _core.general(_CUMPROD, (operand,), (axis, bool(reverse)))
    return _shifted(total, axis, reverse, 1.0) if exclusive else total


def _shifted(x: Any, axis: int, back: bool, fill: float) -> Any:
    """The elements moved on by one place along an axis, or back by one; `fill` comes in at the end that is left."""
    shape = _core.sizes(x)
    if shape[axis] == 0:
        return x
    at = axis + len(shape)
    part = slice(1, None) if back else slice(None, -1)
    edge = _core.to_tensor(np.full([1 if d == at else size for d, size in enumerate(shape)], fill, x.dtype))
    rest = x[(..., part, *(slice(None),) * (-axis - 1))]
    return concat([rest, edge] if back else [edge, rest], axis)


def _running_product(attributes: Any, x: np.ndarray) -> np.ndarray:
    axis, reverse_ = attributes
    if reverse_:
        return np.flip(np.cumprod(np.flip(x, axis), axis=axis, dtype=x.dtype), axis)
    return x.cumprod(axis, x.dtype)


def _running_product_rule(g: Any, y: Any, attributes: Any, x: Any) -> Any:
    """The product of all factors before, times what the cotangents behind make of those behind: a recurrence."""
    axis, reverse_ = attributes
    behind = _core.general(_RECURRENCE, (x, g), (axis, not reverse_, True))
    return multiply(_shifted(y, axis, reverse_, 1.0), behind)


def exclusive_back(g: Any, x: Any, before: Any, reverse: bool) -> Any:
    """The contribution to x, along the last axis, of a cotangent of its exclusive running product."""
    behind = _core.general(_RECURRENCE, (x, _shifted(g, -1, not reverse, 0.0)), (-1, not reverse, True))
    return multiply(before, behind)


def _axis_of(attributes: Any) -> tuple[int]:
    return (attributes[0],)


_CUMPROD = general(
    "cumprod",
    _running_product,
    _running_product_rule,
    function=cumprod,
    doc="Running product along an axis.",
    keeps_output=True,
    depends=along(_axis_of),
    batched=as_it_stands,
    cases=(
        Case(lambda x: cumprod(x), ((4,),)),
        Case(lambda x: cumprod(x, axis=1, exclusive=True), ((3, 4),)),
        Case(lambda x: cumprod(x, axis=0, reverse=True), ((3, 4),)),
    ),
    form=forms.parts(forms.axis, forms.flag),
    gives=forms.along_axis,
    names=("math.cumprod",),
    c=c_loops.scanned("1", "total *= {0};"),
    kernel="cumprod",
)


def _recurrence_kernel(attributes: Any, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    axis, reverse_, lagged = attributes
    result = np.array(b, np.result_type(a, b), order="C")
    coefficients, total = np.moveaxis(a, axis, 0), np.moveaxis(result, axis, 0)
    step = -1 if reverse_ else 1
    for i in range(len(total))[::step][1:]:
        total[i] += coefficients[i - step if lagged else i] * total[i - step]
    return result


def _recurrence_rule(g: Any, y: Any, attributes: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """What comes to an element comes to the one before, times its coefficient: the recurrence the other way round."""
    axis, reverse_, lagged = attributes
    back = linear_recurrence(a, g, axis, not reverse_, not lagged)
    if lagged:
        return multiply(_shifted(back, axis, not reverse_, 0.0), y), back
    return multiply(back, _shifted(y, axis, reverse_, 0.0)), back


def linear_recurrence(a: Any, b: Any, axis: int, reverse: bool = False, lagged: bool = False) -> Tensor:
    """Each element of `b` and so many times the result before it, along an axis counted from the end."""
    return _core.general(_RECURRENCE, (a, b), (axis, reverse, lagged))


def _recurrence_kind(attributes: Any, a: Kind, b: Kind) -> Kind:
    forms.alike(a, b)
    return Kind(np.result_type(a.dtype, b.dtype), forms.along_axis(attributes, a).shape)


_RECURRENCE = general(
    "linear_recurrence",
    _recurrence_kernel,
    _recurrence_rule,
    function=linear_recurrence,
    doc="Each element and so many times the result before it, along an axis.",
    keeps_output=True,
    batched=as_it_stands,
    cases=(
        Case(lambda a, b: linear_recurrence(a, b, -1), ((4,), (4,))),
        Case(lambda a, b: linear_recurrence(a, b, -2, True), ((4, 2), (4, 2))),
        Case(lambda a, b: linear_recurrence(a, b, -1, False, True), ((2, 3), (2, 3))),
        Case(lambda a, b: linear_recurrence(a, b, -1, True, True), ((4,), (4,))),
    ),
    form=forms.parts(forms.axis, forms.flag, forms.flag),
    gives=_recurrence_kind,
    c=c_loops.recurred,
    kernel="linear_recurrence",
    cost=forms.for_each(2),
)


def cumulative_logsumexp(
    x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Running log(sum(exp(x))) along an axis, without overflow.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axis : int
        The axis to sum along.
    exclusive : bool
        Whether each sum leaves its own element out; the first is then the lowest finite number.
    reverse : bool
        Whether to run from the end.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Raises
    ------
    ValueError
        For an axis that the operand has not.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/cumulative_logsumexp

    Examples
    --------
    >>> tf.math.cumulative_logsumexp([0., 0.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.6931472], dtype=float32)>
    """
    operand = _core.operand(x)
    if not _core.is_floating(operand.dtype):
        raise TypeError(f"cumulative_logsumexp: takes floats, not {operand.dtype}; cast first")
    lowest = float(finfo(operand.dtype).min)
    return _scan(operand, axis, exclusive, reverse, logaddexp, lowest, "cumulative_logsumexp")


def running_extremum(x: Any, axis: int, ufunc: np.ufunc) -> Tensor:
    """Largest (np.maximum) or smallest element so far; of equal ones, the first has the gradient."""
    operand = _core.operand(x)
    axis = axis % operand.ndim - operand.ndim
    return take_along_axis(operand, _SO_FAR([operand], (ufunc is np.maximum, axis)), axis)


def _so_far(attributes: Any, values: np.ndarray) -> np.ndarray:
    """Where the largest or smallest element so far stands."""
    largest, axis = attributes
    best = (np.maximum if largest else np.minimum).accumulate(values, axis=axis)
    fresh = best != np.roll(best, 1, axis=axis)
    fresh[(..., slice(0, 1), *(slice(None),) * (-axis - 1))] = True
    along = np.arange(values.shape[axis]).reshape((-1,) + (1,) * (-axis - 1))
    return np.maximum.accumulate(np.where(fresh, along, 0), axis=axis)


_SO_FAR = places_of(
    "places_so_far",
    _so_far,
    batched=as_it_stands,
    form=forms.parts(forms.flag, forms.axis),
    gives=lambda attributes, x: Kind(np.intp, forms.along_axis(attributes[1], x).shape),
)
