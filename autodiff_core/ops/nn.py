"""Rows of neural networks: softmax and the cross entropies, and activations that take a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .elementwise import (
    exp,
    multiply,
    rsqrt,
    sigmoid,
    square,
    subtract,
)
from .elementwise import gelu as _gelu
from .elementwise import gelu_tanh as _gelu_tanh
from .elementwise import leaky_relu as _leaky_relu
from .elementwise import maximum as _maximum
from .elementwise import sigmoid_cross_entropy as _sigmoid_cross_entropy
from .elementwise import silu as _silu
from .forms import Kind
from .polar import squared_magnitude
from .reductions import reduce_sum
from .shaping import expand_dims
from .table import Case, along, as_it_stands, general


def _softmax(x: np.ndarray, axis: int) -> np.ndarray:
    if x.size == 0:
        return x.copy()
    shifted = np.exp(x - x.max(axis=axis, keepdims=True))
    shifted /= shifted.sum(axis=axis, keepdims=True)
    return shifted


def _log_softmax(x: np.ndarray, axis: int) -> np.ndarray:
    if x.size == 0:
        return x.copy()
    shifted = x - x.max(axis=axis, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return shifted


def _from_end(x: Any, axis: int | None, op: str) -> int:
    nd = len(x.shape)
    at = -1 if axis is None else _core.integer(axis)
    if not -nd <= at < nd:
        raise ValueError(f"{op}: axis {at} is out of bounds for shape {tuple(x.shape)}")
    return at % nd - nd


_SOFTMAX_COST = forms.for_each(5)
_ALONG_AXIS = along(lambda axis: (axis,))  # the attribute of these rows is the axis, from the end
_ALONG_LAST = along(lambda labels: (-1,))


def softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """exp(x) / sum(exp(x)) along an axis, without overflow.

    Parameters
    ----------
    logits : array_like
        Of a float dtype and one dimension at least.
    axis : int, optional
        The axis that sums to one; the last by default.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/softmax

    Examples
    --------
    >>> tf.nn.softmax([0., 0.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    x = _core.operand(logits)
    return _core.general(_SOFTMAX, (x,), _from_end(x, axis, "softmax"))


def _softmax_kind(axis: int, x: Kind) -> Kind:
    forms.along_axis(axis, x)
    return Kind(np.exp(np.ones(1, x.dtype)).dtype if x.size else x.dtype, x.shape)


_SOFTMAX = general(
    "softmax",
    lambda axis, x: _softmax(x, axis),
    lambda g, y, axis, x: multiply(y, subtract(g, reduce_sum(multiply(g, y), axis, True))),
    function=softmax,
    doc="exp(x) / sum(exp(x)) along an axis.",
    leading=True,
    depends=_ALONG_AXIS,
    keeps_inputs=False,
    keeps_output=True,
    cases=(Case(lambda x: softmax(x), ((3, 4),)), Case(lambda x: softmax(x, axis=0), ((3, 4),))),
    form=forms.axis,
    gives=_softmax_kind,
    names=("math.softmax", "nn.softmax"),
    kernel="softmax",
    c=c_loops.normalized("exp({0} - top) / total"),
    cost=_SOFTMAX_COST,
)


def log_softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """log(softmax(x)) along an axis, without overflow.

    Parameters
    ----------
    logits : array_like
        Of a float dtype and one dimension at least.
    axis : int, optional
        The axis whose probabilities sum to one; the last by default.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/log_softmax

    Examples
    --------
    >>> tf.nn.log_softmax([0., 0.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([-0.6931472, -0.6931472], dtype=float32)>
    """
    x = _core.operand(logits)
    return _core.general(_LOG_SOFTMAX, (x,), _from_end(x, axis, "log_softmax"))


_LOG_SOFTMAX = general(
    "log_softmax",
    lambda axis, x: _log_softmax(x, axis),
    lambda g, y, axis, x: subtract(g, multiply(exp(y), reduce_sum(g, axis, True))),
    function=log_softmax,
    doc="log(softmax(x)) along an axis.",
    leading=True,
    depends=_ALONG_AXIS,
    keeps_inputs=False,
    keeps_output=True,
    cases=(Case(lambda x: log_softmax(x), ((3, 4),)), Case(lambda x: log_softmax(x, axis=0), ((3, 4),))),
    form=forms.axis,
    gives=_softmax_kind,
    names=("math.log_softmax", "nn.log_softmax"),
    kernel="log_softmax",
    c=c_loops.normalized("{0} - top - log(total)"),
    cost=_SOFTMAX_COST,
)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Tensor:
    """Cross entropy of probabilities against softmax(logits), without overflow.

    Parameters
    ----------
    labels : array_like
        Probabilities, of the logits' shape.
    logits : array_like
        Of a float dtype.
    axis : int
        The axis of the classes.

    Returns
    -------
    Tensor
        Of the logits' shape without the axis.

    Raises
    ------
    ValueError
        Where the shapes differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits

    Examples
    --------
    >>> tf.nn.softmax_cross_entropy_with_logits([[1., 0.]], [[0., 0.]])
    <Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    x, p = _core.operands(logits, labels)
    p = _core.to_dtype(p, x.dtype) if p.dtype != x.dtype else p
    if tuple(p.shape) != tuple(x.shape):
        raise ValueError(
            f"softmax_cross_entropy_with_logits: labels of shape {tuple(p.shape)} and logits of shape {tuple(x.shape)} "
            f"must be of one shape; for integer labels use sparse_softmax_cross_entropy_with_logits"
        )
    return _core.general(_CROSS_ENTROPY, (p, x), _from_end(x, axis, "softmax_cross_entropy_with_logits"))


def _cross_entropy_rule(g: Any, y: Any, axis: int, labels: Any, logits: Any) -> tuple[Any, Any]:
    g = expand_dims(g, axis)
    total = reduce_sum(labels, axis, True)
    return -multiply(g, log_softmax(logits, axis)), multiply(
        g, subtract(multiply(softmax(logits, axis), total), labels)
    )


def _entropy_kind(axis: int, p: Kind, x: Kind) -> Kind:
    forms.alike(p, x)
    return Kind(np.result_type(p.dtype, _softmax_kind(axis, x).dtype), forms.without(x.shape, [forms.at(x, axis)]))


_CROSS_ENTROPY = general(
    "softmax_cross_entropy",
    lambda axis, p, x: -(p * _log_softmax(x, axis)).sum(axis=axis),
    _cross_entropy_rule,
    function=softmax_cross_entropy_with_logits,
    leading=True,
    doc="Cross entropy of probabilities against softmax(logits).",
    depends=_ALONG_AXIS,
    cases=(
        Case(lambda p, x: softmax_cross_entropy_with_logits(p, x), ((3, 4), (3, 4))),
        Case(lambda p, x: softmax_cross_entropy_with_logits(p, x, axis=0), ((3, 4), (3, 4))),
    ),
    form=forms.axis,
    gives=_entropy_kind,
    names=("nn.softmax_cross_entropy_with_logits",),
    c=c_loops.cross_entropy,
    kernel="cross_entropy",
    cost=_SOFTMAX_COST,
)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Tensor:
    """Cross entropy of classes against softmax(logits), without overflow.

    Parameters
    ----------
    labels : array_like of int
        The right classes, of the logits' shape without its last axis.
    logits : array_like
        Of a float dtype; the last axis is that of the classes.

    Returns
    -------
    Tensor
        Of the labels' shape.

    Raises
    ------
    ValueError
        Where the shapes don't fit or a label is no class.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/sparse_softmax_cross_entropy_with_logits

    Examples
    --------
    >>> tf.nn.sparse_softmax_cross_entropy_with_logits([0], [[0., 0.]])
    <Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    x = _core.operand(logits)
    which = _core.operand(labels)
    if which.dtype.kind not in "iu":
        raise TypeError(f"sparse_softmax_cross_entropy_with_logits: labels must be integers, not {which.dtype}")
    shape = tuple(x.shape)
    if not shape or tuple(which.shape) != shape[:-1]:
        raise ValueError(
            f"sparse_softmax_cross_entropy_with_logits: labels of shape {tuple(which.shape)} do not fit logits of "
            f"shape {shape}; they must have its shape without the last axis"
        )
    try:
        if _core.is_tracing():
            classes = _core.lent_array(_core.general(_CLASSES, (which,), shape[-1]))
        else:
            classes = _core.checked_labels(_core.value_array(which), shape[-1])
    except ValueError as error:
        raise ValueError(f"sparse_softmax_cross_entropy_with_logits: {error}") from None
    return _core.general(_SPARSE_CROSS_ENTROPY, (x,), classes)


def _classes_kind(classes: int, labels: Kind) -> Kind:
    forms.integers(labels)
    return Kind(np.int64, labels.shape)


_CLASSES = _core.register_general(
    "class_numbers",
    lambda classes, labels: _core.checked_labels(labels, classes),
    None,
    None,
    False,
    False,
    batched=as_it_stands,
    raises=True,
    form=forms.count,
    gives=_classes_kind,
    c=c_loops.OF_INTEGERS,
    kernel="class_numbers",
)


def _labels_of_examples(labels: Any, n: int) -> Any:
    """Labels with a leading axis: their own, where they differ between examples."""
    return labels if isinstance(labels, Tensor) else np.array(np.broadcast_to(labels, (n, *labels.shape)), order="C")


def _sparse_kernel(labels: np.ndarray, x: np.ndarray) -> np.ndarray:
    chosen = np.take_along_axis(_log_softmax(x, -1), labels[..., None], axis=-1)[..., 0]
    return -chosen


def _sparse_rule(g: Any, y: Any, labels: np.ndarray, x: Any) -> Any:
    return multiply(expand_dims(g, -1), _core.general(_RESIDUAL, (x,), labels))


def _residual_kernel(labels: np.ndarray, x: np.ndarray) -> np.ndarray:
    return _softmax(x, -1) - (labels[..., None] == np.arange(x.shape[-1]))


def _residual_rule(g: Any, y: Any, labels: np.ndarray, x: Any) -> Any:
    """What is subtracted is a constant, so the derivative is softmax's."""
    p = softmax(x)
    return multiply(p, subtract(g, reduce_sum(multiply(g, p), -1, True)))


def _residual(x: Any) -> Any:
    return _core.general(_RESIDUAL, (x,), np.array([2, 0, 1]))


def _residual_kind(labels: Any, x: Kind) -> Kind:
    """Class labels, which a run checks where they are read anew."""
    inside = (
        not isinstance(labels, np.ndarray)
        or not labels.size
        or (x.ndim > 0 and labels.min() >= 0 and labels.max() < x.shape[-1])
    )
    if (
        not x.ndim
        or x.dtype.kind not in "fc"
        or labels.dtype != np.int64
        or tuple(labels.shape) != x.shape[:-1]
        or not inside
    ):
        raise ValueError(
            "labels must be int64, of the operand's shape without the last axis, and less than that axis is long"
        )
    return Kind(*x)


_RESIDUAL = general(
    "class_residual",
    _residual_kernel,
    _residual_rule,
    function=_residual,
    leading=True,
    batched=_labels_of_examples,
    doc="softmax(logits), less one at the right class: the slope of the cross entropy.",
    depends=_ALONG_LAST,
    cases=(Case(_residual, ((3, 4),)),),
    form=forms.array("iu"),
    gives=_residual_kind,
    c=c_loops.class_residual,
    kernel="class_residual",
    cost=_SOFTMAX_COST,
)
_SPARSE_CROSS_ENTROPY = general(
    "sparse_softmax_cross_entropy",
    _sparse_kernel,
    _sparse_rule,
    raises=True,
    function=sparse_softmax_cross_entropy_with_logits,
    leading=True,
    batched=_labels_of_examples,
    doc="Cross entropy of classes against softmax(logits).",
    depends=_ALONG_LAST,
    cases=(Case(lambda x: sparse_softmax_cross_entropy_with_logits([2, 0, 1], x), ((3, 4),)),),
    form=forms.array("iu"),
    gives=lambda labels, x: Kind(x.dtype, _residual_kind(labels, x).shape[:-1]),
    names=("nn.sparse_softmax_cross_entropy_with_logits",),
    c=c_loops.class_losses,
    kernel="class_losses",
    cost=_SOFTMAX_COST,
)


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """Cross entropy of probabilities against sigmoid(logits), elementwise, without overflow.

    Parameters
    ----------
    labels : array_like
        Probabilities.
    logits : array_like
        Of a float dtype and the labels' shape.

    Returns
    -------
    Tensor
        Of the logits' shape and dtype.

    Raises
    ------
    ValueError
        Where the shapes differ.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits

    Examples
    --------
    >>> tf.nn.sigmoid_cross_entropy_with_logits([1.], [0.])
    <Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    if labels is None or logits is None:
        raise ValueError("sigmoid_cross_entropy_with_logits: both labels and logits must be given")
    x, p = _core.operands(logits, labels)
    p = _core.to_dtype(p, x.dtype) if p.dtype != x.dtype else p
    if tuple(p.shape) != tuple(x.shape):
        raise ValueError(
            f"sigmoid_cross_entropy_with_logits: labels of shape {tuple(p.shape)} and logits of shape "
            f"{tuple(x.shape)} must be of one shape"
        )
    return _sigmoid_cross_entropy(p, x)


def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Tensor:
    """x above 0, alpha * x below, elementwise.

    Parameters
    ----------
    features : array_like
        Of a float dtype.
    alpha : array_like
        The slope below 0.

    Returns
    -------
    Tensor
        Of the operands' common shape.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/leaky_relu

    Examples
    --------
    >>> tf.nn.leaky_relu([-1., 2.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return _leaky_relu(_core.operand(features), alpha)


def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Tensor:
    """x times the normal distribution function of x, elementwise.

    Parameters
    ----------
    features : array_like
        Of a float dtype.
    approximate : bool
        Whether to use the approximation by tanh.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/gelu

    Examples
    --------
    >>> tf.nn.gelu([0., 1.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.8413447], dtype=float32)>
    """
    return _gelu_tanh(features) if approximate else _gelu(features)


def l2_loss(t: Any, name: str | None = None) -> Tensor:
    """Half the sum of squares.

    Parameters
    ----------
    t : array_like
        Of a float dtype.

    Returns
    -------
    Tensor
        A scalar.

    Raises
    ------
    TypeError
        Where `t` is complex: the square is not that of the absolute value.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/l2_loss

    Examples
    --------
    >>> tf.nn.l2_loss([3., 4.])
    <Tensor: shape=(), dtype=float32, numpy=12.5>
    """
    operand = _core.operand(t)
    if operand.dtype.kind == "c":
        raise TypeError(f"l2_loss: takes floats, not {operand.dtype}; give it tf.abs of them")
    return _core.narrowed(multiply(reduce_sum(square(_core.widened(operand))), 0.5), operand)


def silu(features: Any, beta: Any = 1.0) -> Tensor:
    """x * sigmoid(beta * x), elementwise.

    Parameters
    ----------
    features : array_like
        Of a float dtype.
    beta : number or tensor
        How steep it is.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/silu. TensorFlow gives `beta` no gradient.

    Examples
    --------
    >>> print(tf.nn.silu([-1., 2.]).numpy().round(4))
    [-0.2689  1.7616]
    """
    if isinstance(beta, (int, float)) and beta == 1.0:
        return _silu(features)
    x = _core.operand(features)
    return multiply(x, sigmoid(multiply(x, beta)))


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Tensor:
    """Scaled to a Euclidean norm of one over axes.

    Parameters
    ----------
    x : array_like
        Of a float dtype.
    axis : int or sequence of int, optional
        The axes of one vector; all by default.
    epsilon : float
        A lower bound for the squared norm.
    dim : int or sequence of int, optional
        The older name of `axis`.

    Returns
    -------
    Tensor
        Of the operand's shape and dtype.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/l2_normalize

    Examples
    --------
    >>> tf.math.l2_normalize([3., 4.])
    <Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """
    if axis is not None and dim is not None:
        raise ValueError("l2_normalize: axis and dim are two names of one argument")
    given = _core.operand(x)
    operand = _core.widened(given)
    axes = dim if axis is None else axis
    unit = multiply(operand, rsqrt(_maximum(reduce_sum(squared_magnitude(operand), axes, True), epsilon)))
    return _core.narrowed(unit, given)
