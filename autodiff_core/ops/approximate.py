"""The largest or smallest elements, by the names of TensorFlow's search that may miss some: here none is missed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .forms import Kind
from .ordering import distinct_along_axis
from .picking import as_it_stands, places_of

_TEXT = """The k {what} elements along an axis, the {what} first; all of them, where TensorFlow's may miss some.

    Parameters
    ----------
    {operand} : array_like
        Of a float dtype and one dimension at least.
    k : int
        How many.
    reduction_dimension : int
        The axis.
    recall_target, reduction_input_size_override, aggregate_to_topk : object
        Accepted for TensorFlow's sake; without effect.{largest}

    Returns
    -------
    values : Tensor
        Of length k along the axis; they have the gradient.
    indices : Tensor
        Their places, of dtype int32.

    Raises
    ------
    ValueError
        Where there are no k elements.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/{path}

    Examples
    --------
    >>> [part.numpy().tolist() for part in tf.{path}([1., 3., 2.], 2)]
    {shown}
    """


def _extremes(function: str, operand: Any, k: int, axis: int, largest: bool) -> tuple[Tensor, Tensor]:
    x = _core.operand(operand)
    nd = len(x.shape)
    if not -nd <= axis < nd or not 0 <= _core.integer(k) <= x.shape[axis]:
        raise ValueError(f"{function}: there are no {k} elements along axis {axis} of shape {tuple(x.shape)}")
    places = _EXTREMES([x], (_core.integer(k), axis % nd - nd, largest))
    return distinct_along_axis(x, places, axis), places


def _extreme_places(attributes: Any, x: np.ndarray) -> np.ndarray:
    k, axis, largest = attributes
    order = np.argsort(-x if largest else x, axis=axis, kind="stable")
    return np.take(order, np.arange(k), axis=axis).astype(np.int32)


def _extremes_kind(attributes: Any, x: Kind) -> Kind:
    count, axis, _ = attributes
    whole, d = list(x.shape), forms.at(x, axis)
    if count > whole[d]:
        raise ValueError(f"there are no {count} elements along axis {axis} of shape {x.shape}")
    whole[d] = count
    return Kind(np.int32, whole)


_EXTREMES = places_of(
    "extreme_places",
    _extreme_places,
    batched=as_it_stands,
    form=forms.parts(forms.count, forms.axis, forms.flag),
    gives=_extremes_kind,
)


def approx_max_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    return _extremes("approx_max_k", operand, k, reduction_dimension, True)


def approx_min_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    return _extremes("approx_min_k", operand, k, reduction_dimension, False)


def approx_top_k(
    input: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    return _extremes("approx_top_k", input, k, reduction_dimension, is_max_k)


_LARGEST = """
    is_max_k : bool
        Whether the largest are meant, rather than the smallest."""
approx_max_k.__doc__ = _TEXT.format(
    what="largest", operand="operand", largest="", path="math.approx_max_k", shown="[[3.0, 2.0], [1, 2]]"
)
approx_min_k.__doc__ = _TEXT.format(
    what="smallest", operand="operand", largest="", path="math.approx_min_k", shown="[[1.0, 2.0], [0, 2]]"
)
approx_top_k.__doc__ = _TEXT.format(
    what="largest", operand="input", largest=_LARGEST, path="approx_top_k", shown="[[3.0, 2.0], [1, 2]]"
)
