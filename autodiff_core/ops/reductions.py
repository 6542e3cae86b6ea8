"""Reductions: rows for sum, max, min and cumsum; mean, variance, norms and the like are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, SupportsIndex

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .c_loops import C
from .elementwise import divide, equal, exp, log_of_sum, maximum, multiply, sqrt, subtract
from .elementwise import select as _select
from .forms import Kind
from .kinks import Kink
from .polar import squared_magnitude
from .scans import counted, cumprod, exclusive_back
from .shaping import RESHAPE as _RESHAPE
from .shaping import reshape, transpose
from .table import Case, Function, along, as_it_stands, general, linear

Axis = SupportsIndex | Sequence[SupportsIndex] | None  # whatever is a whole number, an array of one or several, too

# A reduction's attributes are three shapes: the operand's, the same with ones where it is reduced, and the result's.


def reduce_sum(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Sum over axes.

    Parameters
    ----------
    input_tensor : array_like
        Of any numeric dtype.
    axis : int or sequence of int, optional
        The axes to sum over; all of them by default. Negative ones count from the last.
    keepdims : bool
        Whether the summed axes stay, with length 1.
    name : str, optional
        Without effect.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_sum

    Examples
    --------
    >>> tf.reduce_sum([[1., 2.], [3., 4.]], axis=0)
    <Tensor: shape=(2,), dtype=float32, numpy=array([4., 6.], dtype=float32)>
    """
    return _core.reduce_sum_of(input_tensor, axis, keepdims)


def _reduces(shapes: Any) -> bool:
    """Whether three shapes are what is reduced, the same with ones where it is, and that without some ones."""
    if not (type(shapes) is tuple and len(shapes) == 3 and all(map(forms.shape.fits, shapes))):
        return False
    whole, kept, result = shapes
    if len(whole) != len(kept) or any(k not in (1, size) for size, k in zip(whole, kept, strict=True)):
        return False
    if len(result) >= len(kept):
        return bool(result == kept)
    rest = list(result)
    for size in kept:
        if rest and rest[0] == size:
            del rest[0]
        elif size != 1:
            return False
    return not rest


REDUCTION = forms.Form("three shapes, of what is reduced, with ones where it is, and the result's", _reduces)


def _summed_kind(shapes: Any, x: Kind) -> Kind:
    forms.fits(x, shapes[0])
    return Kind(np.int64 if x.dtype.kind == "b" else x.dtype, shapes[2])


def _spread_kind(shapes: Any, x: Kind) -> Kind:
    forms.fits(x, shapes[2])
    return Kind(x.dtype, shapes[0])


def _extremum_kind(shapes: Any, x: Kind) -> Kind:
    if any(k == 1 and size == 0 for size, k in zip(*shapes[:2], strict=True)):
        raise ValueError("an extremum of nothing")
    return _product_kind(shapes, x)


def _product_kind(shapes: Any, x: Kind) -> Kind:
    forms.fits(x, shapes[0])
    return Kind(x.dtype, shapes[2])


_SUM, _ = linear(
    "sum",
    _core.SUM,
    "broadcast",
    _core.BROADCAST,
    function=reduce_sum,
    doc="Sum over axes.",
    selects="backward",
    cases=(
        Case(lambda x: reduce_sum(x), ((3, 4),)),
        Case(lambda x: reduce_sum(x, axis=0), ((3, 4),)),
        Case(lambda x: reduce_sum(x, axis=(0, -1), keepdims=True), ((2, 3, 4),)),
        Case(lambda x: reduce_sum(x, axis=1), ((2, 3, 4),)),
        Case(lambda x: reduce_sum(x), ((),)),
        Case(lambda x: reduce_sum(x, axis=0), ((0, 3),)),
    ),
    form=REDUCTION,
    gives=(_summed_kind, _spread_kind),
    names=("reduce_sum", "math.reduce_sum"),
    c=(c_loops.reduced("0", "total += {0};"), c_loops.spread),
    cost=(forms.EACH, forms.VIEW),
    idle_if_alike="both",
    numbers=(_core.OP_SUM, _core.OP_BROADCAST),
)
_SUM.formula = lambda shapes: "Σ x"


def reduce_mean(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Arithmetic mean over axes.

    Parameters
    ----------
    input_tensor : array_like
        Of any numeric dtype. The mean of integers is an integer, too, as in TensorFlow: rounded towards zero, whatever
        their sum is.
    axis : int or sequence of int, optional
        The axes to average over; all of them by default.
    keepdims : bool
        Whether the averaged axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_mean

    Examples
    --------
    >>> tf.reduce_mean([[1., 2.], [3., 4.]])
    <Tensor: shape=(), dtype=float32, numpy=2.5>
    """
    return _core.reduce_mean_of(input_tensor, axis, keepdims)


def _mean_of_integers(shapes: Any, x: np.ndarray) -> np.ndarray:
    """What is left of each quotient is added up by itself, so that no sum is larger than the dtype holds."""
    count = prod([shapes[0][d] for d in _reduced(shapes)])
    if count == 0:
        return np.zeros(shapes[2], x.dtype)
    wide = x.astype(np.uint64 if x.dtype.kind == "u" else np.int64)
    quotients, rests = np.divmod(wide, wide.dtype.type(count))
    more, rest = np.divmod(rests.sum(axis=_reduced(shapes), keepdims=True), wide.dtype.type(count))
    mean = quotients.sum(axis=_reduced(shapes), keepdims=True) + more
    return (mean + ((mean < 0) & (rest != 0))).astype(x.dtype).reshape(shapes[2])


_core.register_general(
    "mean_of_integers",
    _mean_of_integers,
    None,
    None,
    False,
    False,
    batched=lambda shapes, n: _with_axis(shapes, n),
    form=REDUCTION,
    gives=_product_kind,
    c=c_loops.OF_INTEGERS,
    number=_core.OP_MEAN_OF_INTEGERS,
)


def _extremum_rule(g: Any, y: Any, shapes: Any, x: Any) -> Any:
    """Ties share the gradient evenly, as in TensorFlow."""
    _, kept, _ = shapes
    chosen = equal(x, _reshape(y, kept))
    count = _core.general(_TIES, (chosen,), (_reduced(shapes), True, x.dtype))
    return _select(chosen, divide(_reshape(g, kept), count), _core.to_tensor(0.0, x.dtype))


def _ties(attributes: Any, chosen: np.ndarray) -> np.ndarray:
    """How many were chosen: one number over all axes is counted faster than along some."""
    axes, kept, dtype = attributes
    if len(axes) == chosen.ndim:
        return np.full((1,) * chosen.ndim if kept else (), np.count_nonzero(chosen), dtype)
    return chosen.sum(axis=axes, keepdims=kept, dtype=dtype)


def _ties_kind(attributes: Any, chosen: Kind) -> Kind:
    axes, kept, dtype = attributes
    return Kind(dtype, forms.without(chosen.shape, forms.distinct_axes(chosen, axes), kept))


_TIES = _core.register_general(
    "ties",
    _ties,
    None,
    None,
    False,
    False,
    batched=lambda attributes, n: (_moved(attributes[0]), *attributes[1:]),
    form=forms.parts(forms.axes, forms.flag, forms.dtype()),
    gives=_ties_kind,
    c=c_loops.counted,
    kernel="ties",
)


def _moved(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Axes, counted from the first, behind a leading one."""
    return tuple(axis + 1 for axis in axes)


def _reshape(x: Any, shape: tuple[int, ...]) -> Any:
    return _core.linear(_RESHAPE, x, (tuple(x.shape), shape))


def _extremum(handle: Any, value: Any, axis: Axis, keepdims: bool) -> Any:
    x = _core.operand(value)
    shapes, axes = _core.reduction_shapes(x, axis, keepdims)
    if x.size == 0 and any(x.shape[a] == 0 for a in axes):
        raise ValueError(f"{handle.name}: shape {tuple(x.shape)} has no elements along the reduced axes")
    return _core.general(handle, (x,), shapes)


def reduce_max(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Largest element over axes; elements that tie share the gradient evenly.

    Parameters
    ----------
    input_tensor : array_like
        Of any real dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Raises
    ------
    ValueError
        Where there is nothing to choose from.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_max

    Examples
    --------
    >>> tf.reduce_max([[1., 5.], [3., 4.]], axis=1)
    <Tensor: shape=(2,), dtype=float32, numpy=array([5., 4.], dtype=float32)>
    """
    return _extremum(_MAX, input_tensor, axis, keepdims)


def reduce_min(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Smallest element over axes; elements that tie share the gradient evenly.

    Parameters
    ----------
    input_tensor : array_like
        Of any real dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Raises
    ------
    ValueError
        Where there is nothing to choose from.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_min

    Examples
    --------
    >>> tf.reduce_min([[1., 5.], [3., 4.]])
    <Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return _extremum(_MIN, input_tensor, axis, keepdims)


def _reduced(shapes: Any) -> tuple[int, ...]:
    whole, kept, _ = shapes
    return tuple([d for d in range(len(whole)) if kept[d] == 1])


def _axes_from_end(shapes: Any) -> tuple[int, ...]:
    return tuple(d - len(shapes[0]) for d in _reduced(shapes))


def _with_axis(shapes: Any, n: int) -> Any:
    return tuple((n, *shape) for shape in shapes)


def _is_tied(y: Any, shapes: Any, x: Any) -> Any:
    return np.count_nonzero(x == y.reshape(shapes[1]), _reduced(shapes)) > 1


_SHARED = (Kink("a tie", _is_tied, "those that tie share the gradient evenly"),)
_MAX = general(
    "reduce_max",
    lambda shapes, x: np.maximum.reduce(x, _reduced(shapes), keepdims=True).reshape(shapes[2]),
    _extremum_rule,
    function=reduce_max,
    doc="Largest element over axes.",
    depends=along(_axes_from_end),
    batched=_with_axis,
    keeps_output=True,
    cases=(
        Case(lambda x: reduce_max(x), ((3, 4),)),
        Case(lambda x: reduce_max(x, axis=1), ((3, 4),)),
        Case(lambda x: reduce_max(x, axis=(0, 2), keepdims=True), ((2, 3, 4),)),
    ),
    form=REDUCTION,
    gives=_extremum_kind,
    names=("reduce_max", "math.reduce_max"),
    c=c_loops.largest(">"),
    kernel="largest",
    kinks=_SHARED,
)
_MIN = general(
    "reduce_min",
    lambda shapes, x: np.minimum.reduce(x, _reduced(shapes), keepdims=True).reshape(shapes[2]),
    _extremum_rule,
    function=reduce_min,
    doc="Smallest element over axes.",
    depends=along(_axes_from_end),
    batched=_with_axis,
    keeps_output=True,
    cases=(
        Case(lambda x: reduce_min(x), ((3, 4),)),
        Case(lambda x: reduce_min(x, axis=-1), ((2, 3, 4),)),
    ),
    form=REDUCTION,
    gives=_extremum_kind,
    names=("reduce_min", "math.reduce_min"),
    c=c_loops.largest("<"),
    kernel="smallest",
    kinks=_SHARED,
)


def reduce_prod(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Product over axes.

    Parameters
    ----------
    input_tensor : array_like
        Of any numeric dtype; truth values count as int64.
    axis : int or sequence of int, optional
        The axes to multiply over; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_prod. The gradient is the product of the other factors,
    and right where factors are zero.

    Examples
    --------
    >>> tf.reduce_prod([[1., 2.], [3., 4.]], axis=1)
    <Tensor: shape=(2,), dtype=float32, numpy=array([ 2., 12.], dtype=float32)>
    """
    x = counted(input_tensor)
    shapes, _ = _core.reduction_shapes(x, axis, keepdims)
    return _core.general(_PROD, (x,), shapes)


def _prod_rule(g: Any, y: Any, shapes: Any, x: Any) -> Any:
    whole, kept, _ = shapes
    axes = _reduced(shapes)
    others = [d for d in range(len(whole)) if d not in axes]
    order = [*others, *axes]
    lanes = [whole[d] for d in others]
    apart = reshape(transpose(x, order), [*lanes, prod([whole[d] for d in axes])])
    rest = reshape(_core.general(_OTHERS, (apart,)), [whole[d] for d in order])
    back = sorted(range(len(order)), key=order.__getitem__)
    return multiply(_reshape(g, kept), transpose(rest, back))


def _others(attributes: Any, x: np.ndarray) -> np.ndarray:
    if not x.size:
        return x.copy()
    ones = np.ones((*x.shape[:-1], 1), x.dtype)
    before = np.cumprod(np.concatenate([ones, x[..., :-1]], -1), -1)
    return before * np.cumprod(np.concatenate([ones, x[..., :0:-1]], -1), -1)[..., ::-1]


def products_of_others(x: Any) -> Tensor:
    """For each element the product of the others along the last axis."""
    return _core.general(_OTHERS, (_core.operand(x),))


def _others_rule(g: Any, y: Any, attributes: Any, x: Any) -> Any:
    """Each is the product of those before and of those behind: two running products."""
    before, behind = cumprod(x, -1, exclusive=True), cumprod(x, -1, exclusive=True, reverse=True)
    return exclusive_back(multiply(g, behind), x, before, False) + exclusive_back(multiply(g, before), x, behind, True)


_PROD = general(
    "prod",
    lambda shapes, x: np.multiply.reduce(x, _reduced(shapes), x.dtype, keepdims=True).reshape(shapes[2]),
    _prod_rule,
    function=reduce_prod,
    doc="Product over axes.",
    depends=along(_axes_from_end),
    batched=_with_axis,
    cases=(
        Case(lambda x: reduce_prod(x), ((3, 4),)),
        Case(lambda x: reduce_prod(x, axis=0), ((3, 4),)),
        Case(lambda x: reduce_prod(x, axis=(0, 2), keepdims=True), ((2, 3, 2),)),
    ),
    form=REDUCTION,
    gives=_product_kind,
    names=("reduce_prod", "math.reduce_prod"),
    c=c_loops.reduced("1", "total *= {0};"),
    kernel="product",
)


def _others_kind(attributes: Any, x: Kind) -> Kind:
    forms.dims(x, 1)
    if x.dtype.kind not in "fc":
        raise ValueError(f"products of {x.dtype} have no derivative")
    return Kind(*x)


_OTHERS = general(
    "products_of_others",
    _others,
    _others_rule,
    function=products_of_others,
    doc="For each element the product of the others along the last axis.",
    depends=along(lambda attributes: (-1,)),
    batched=as_it_stands,
    cases=(Case(products_of_others, ((4,),)), Case(products_of_others, ((2, 3),))),
    form=forms.nothing,
    gives=_others_kind,
    c=c_loops.others,
    kernel="products_of_others",
    cost=forms.for_each(4),
)


def reduce_variance(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Variance over axes (the mean squared distance from the mean).

    Parameters
    ----------
    input_tensor : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_variance

    Examples
    --------
    >>> tf.math.reduce_variance([1., 3.])
    <Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    x = _core.operand(input_tensor)
    wide = _core.widened(x)
    variance = reduce_mean(squared_magnitude(subtract(wide, reduce_mean(wide, axis, True))), axis, keepdims)
    return _core.narrowed(variance, x)


def reduce_std(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Standard deviation over axes.

    Parameters
    ----------
    input_tensor : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_std. Where all elements are equal the gradient is
    NaN, since the root has no slope at 0.

    Examples
    --------
    >>> tf.math.reduce_std([1., 3.])
    <Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    x = _core.operand(input_tensor)
    return _core.narrowed(sqrt(reduce_variance(_core.widened(x), axis, keepdims)), x)


def reduce_logsumexp(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """log(sum(exp(x))) over axes, without overflow.

    Parameters
    ----------
    input_tensor : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_logsumexp. Where all elements are -inf so is the
    result, and the gradient is 0; beside finite elements, that of -inf is 0, too.

    Examples
    --------
    >>> tf.reduce_logsumexp([1000., 1000.])
    <Tensor: shape=(), dtype=float32, numpy=1000.6932>
    """
    given = _core.operand(input_tensor)
    x = _core.widened(given)
    shapes, axes = _core.reduction_shapes(x, axis, True)
    if x.dtype.kind == "f":
        behind = tuple(sorted(a - len(x.shape) for a in axes))
        return _core.narrowed(_core.general(_LOGSUMEXP, (x,), (behind, bool(keepdims))), given)
    # The shift is a constant: it cancels in the derivative.
    shift = _core.detached(_core.general(_SHIFT, (x,), axes))
    total = log_of_sum(_core.linear(_SUM, exp(subtract(x, shift)), shapes)) + shift
    return total if keepdims else _reshape(total, _core.reduction_shapes(x, axis, False)[0][2])


def _logsumexp(attributes: Any, x: np.ndarray) -> np.ndarray:
    axes, keepdims = attributes
    shift = _largest_finite(axes, x)
    with np.errstate(divide="ignore"):
        total = np.log(np.exp(x - shift).sum(axes, keepdims=True)) + shift
    return np.asarray(total if keepdims else total.reshape(forms.without(x.shape, [a + x.ndim for a in axes])))


def _logsumexp_kind(attributes: Any, x: Kind) -> Kind:
    axes, keepdims = attributes
    if x.dtype.kind != "f":
        raise ValueError(f"it takes floats, not {x.dtype}")
    return Kind(x.dtype, forms.without(x.shape, forms.distinct_axes(x, axes), bool(keepdims)))


def _shares(y: Any, attributes: Any, x: Any) -> Any:
    """What each element has in the sum of exponentials; nothing has any where that is zero."""
    axes, keepdims = attributes
    floor = maximum(y, float(np.finfo(y.dtype).min))
    return exp(subtract(x, floor if keepdims else _axes_back(floor, axes)))


def _axes_back(x: Any, axes: tuple[int, ...]) -> Any:
    """Axes of one element put back where they were, counted from the end."""
    shape, nd = list(x.shape), len(x.shape) + len(axes)
    for at in sorted(a + nd for a in axes):
        shape.insert(at, 1)
    return _reshape(x, tuple(shape))


def _logsumexp_rule(g: Any, y: Any, attributes: Any, x: Any) -> Any:
    axes, keepdims = attributes
    return multiply(g if keepdims else _axes_back(g, axes), _shares(y, attributes, x))


def _logsumexp_tangent(tangents: Any, y: Any, attributes: Any, x: Any) -> Any:
    axes, keepdims = attributes
    return reduce_sum(multiply(tangents[0], _shares(y, attributes, x)), axes, keepdims)


_LOGSUMEXP = general(
    "logsumexp",
    _logsumexp,
    _logsumexp_rule,
    tangent=_logsumexp_tangent,
    function=reduce_logsumexp,
    doc="log(sum(exp(x))) over axes, without overflow.",
    leading=True,
    depends=along(lambda attributes: attributes[0]),
    keeps_output=True,
    cases=(
        Case(lambda x: reduce_logsumexp(x), ((3, 4),)),
        Case(lambda x: reduce_logsumexp(x, axis=1), ((3, 4),)),
        Case(lambda x: reduce_logsumexp(x, axis=(0, 2), keepdims=True), ((2, 3, 4),)),
        Case(lambda x: reduce_logsumexp(x, axis=(0, 1)), ((2, 3, 9),)),
    ),
    form=forms.parts(forms.each(forms.axis), forms.flag),
    gives=_logsumexp_kind,
    c=c_loops.logsumexp,
    cost=forms.for_each(5),
    kernel="logsumexp",
)


def _largest_finite(axes: Any, x: np.ndarray) -> np.ndarray:
    largest = x.max(axis=axes, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(largest), largest, 0.0).astype(x.dtype)


def _shift_kind(axes: Any, x: Kind) -> Kind:
    return Kind(x.dtype, forms.without(x.shape, forms.distinct_axes(x, axes), True))


_SHIFT = _core.register_general(
    "largest_finite",
    _largest_finite,
    None,
    None,
    False,
    False,
    batched=lambda axes, n: _moved(axes),
    form=forms.axes,
    gives=_shift_kind,
    c=c_loops.largest_finite,
)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Square root of the sum of squares over axes.

    Parameters
    ----------
    input_tensor : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of the operand's dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/reduce_euclidean_norm. The gradient at zero is NaN.

    Examples
    --------
    >>> tf.math.reduce_euclidean_norm([3., 4.])
    <Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    x = _core.operand(input_tensor)
    root = _core.narrowed(sqrt(_core.reduce_sum_of(squared_magnitude(_core.widened(x)), axis, keepdims)), x)
    return _core.to_dtype(root, x.dtype) if x.dtype.kind == "c" else root


def _truth_kind(attributes: Any, x: Kind) -> Kind:
    axis, keepdims = attributes
    axes = range(x.ndim) if axis is None else axis if type(axis) is tuple else (axis,)
    return Kind(bool, forms.without(x.shape, forms.distinct_axes(x, list(axes)), bool(keepdims)))


def _plain(name: str, doc: str, result: str, c: C) -> Function:
    """A reduction to truth values, which has no gradient."""
    kernel = getattr(np, name)

    row = _core.register_general(
        f"reduce_{name}",
        lambda a, x: np.asarray(kernel(x, axis=a[0], keepdims=a[1])),
        None,
        None,
        False,
        False,
        form=forms.parts(forms.maybe(forms.either(forms.any_axis, forms.axes)), forms.flag),
        gives=_truth_kind,
        c=c,
        kernel=name,
    )

    def reduction(input_tensor: Any, axis: Axis = None, keepdims: bool = False, name: str | None = None) -> Tensor:
        axes = tuple(axis) if isinstance(axis, list) else axis
        return _core.general(row, (input_tensor,), (axes, keepdims))

    reduction.__name__ = reduction.__qualname__ = f"reduce_{name}"
    reduction.__doc__ = f"""{doc}

    Parameters
    ----------
    input_tensor : array_like
        Truth values.
    axis : int or sequence of int, optional
        The axes to reduce; all of them by default.
    keepdims : bool
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    Tensor
        Of dtype bool; no gradient passes.

    Examples
    --------
    >>> tf.reduce_{name}([True, False])
    <Tensor: shape=(), dtype=bool, numpy={result}>
    """
    return reduction


reduce_any: Function = _plain(
    "any", "Whether any element over axes is true.", "True", c_loops.truth("0", "total = total || {0};")
)
reduce_all: Function = _plain(
    "all", "Whether every element over axes is true.", "False", c_loops.truth("1", "total = total && {0};")
)


def argmax(input: Any, axis: int | None = None, output_type: Any = np.int64, name: str | None = None) -> Tensor:
    """The index of the largest element along an axis; the first of equals.

    Parameters
    ----------
    input : array_like
        Of any real dtype.
    axis : int, optional
        The axis to search; the first by default, as in TensorFlow.
    output_type : dtype
        The indices' dtype.

    Returns
    -------
    Tensor
        Integers; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/argmax

    Examples
    --------
    >>> tf.argmax([[1., 5.], [7., 4.]], axis=1)
    <Tensor: shape=(2,), dtype=int64, numpy=array([1, 0])>
    """
    return _core.general(_ARGMAX, (input,), (0 if axis is None else axis, np.dtype(output_type)))


def _place_kind(attributes: Any, x: Kind) -> Kind:
    axis, dtype = attributes
    d = forms.at(x, axis)
    if not x.shape[d]:
        raise ValueError(f"axis {axis} of shape {x.shape} has no elements")
    return Kind(dtype, forms.without(x.shape, [d]))


_ARGMAX = _core.register_general(
    "argmax",
    lambda a, x: np.asarray(x.argmax(axis=a[0])).astype(a[1]),
    None,
    None,
    False,
    False,
    form=forms.parts(forms.any_axis, forms.dtype()),
    gives=_place_kind,
    c=c_loops.OF_INTEGERS,
    kernel="place_of_largest",
)


def argmin(input: Any, axis: int | None = None, output_type: Any = np.int64, name: str | None = None) -> Tensor:
    """The index of the smallest element along an axis; the first of equals.

    Parameters
    ----------
    input : array_like
        Of any real dtype.
    axis : int, optional
        The axis to search; the first by default, as in TensorFlow.
    output_type : dtype
        The indices' dtype.

    Returns
    -------
    Tensor
        Integers; no gradient passes.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/argmin

    Examples
    --------
    >>> tf.argmin([[1., 5.], [7., 4.]], axis=1)
    <Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    return _core.general(_ARGMIN, (input,), (0 if axis is None else axis, np.dtype(output_type)))


_ARGMIN = _core.register_general(
    "argmin",
    lambda a, x: np.asarray(x.argmin(axis=a[0])).astype(a[1]),
    None,
    None,
    False,
    False,
    form=forms.parts(forms.any_axis, forms.dtype()),
    gives=_place_kind,
    c=c_loops.OF_INTEGERS,
    kernel="place_of_smallest",
)


def _running_sum(x: np.ndarray, attributes: Any) -> np.ndarray:
    axis, exclusive, reverse = attributes[0]
    turned = np.flip(x, axis) if reverse else x
    total = np.cumsum(turned, axis=axis, dtype=x.dtype)
    if exclusive:
        total -= turned
    return np.flip(total, axis) if reverse else total


def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """Running sum along an axis.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype; truth values count as int64.
    axis : int
        The axis to sum along.
    exclusive : bool
        Whether each sum leaves its own element out.
    reverse : bool
        Whether to run from the end.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/cumsum

    Examples
    --------
    >>> tf.cumsum([1., 2., 3.])
    <Tensor: shape=(3,), dtype=float32, numpy=array([1., 3., 6.], dtype=float32)>
    """
    x = counted(x)
    nd, axis = len(x.shape), _core.as_index(axis)
    if not -nd <= axis < nd:
        raise ValueError(f"cumsum: axis {axis} is out of bounds for shape {tuple(x.shape)}")
    axis = axis % nd - nd
    return _core.linear(_CUMSUM, x, ((axis, exclusive, reverse), (axis, exclusive, not reverse)))


_SCAN = forms.parts(forms.axis, forms.flag, forms.flag)


def _scanned(attributes: Any, x: Kind) -> Kind:
    for axis, *_ in attributes:
        forms.at(x, axis)
    return Kind(*x)


_CUMSUM, _ = linear(
    "cumsum",
    _running_sum,
    "cumsum",
    function=cumsum,
    doc="Running sum along an axis.",
    depends=along(lambda attributes: (attributes[0][0],)),
    batched=as_it_stands,
    cases=(
        Case(lambda x: cumsum(x), ((4,),)),
        Case(lambda x: cumsum(x, axis=1, exclusive=True), ((3, 4),)),
        Case(lambda x: cumsum(x, axis=0, reverse=True), ((3, 4),)),
    ),
    form=forms.parts(_SCAN, _SCAN),
    gives=(_scanned, _scanned),
    names=("cumsum", "math.cumsum"),
    c=c_loops.cumulated,
    kernels=("cumsum", None),
)
