"""NumPy's own: formulas without derivatives, for whoever checks what ours says of them. Nothing here is timed."""

import math
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .problems import Problem
from .program import NORM_EPSILON
from .python_loops import fold, repeat


def logsumexp(x: Any, axis: int) -> Any:
    largest = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(largest, axis) + np.log(np.sum(np.exp(x - largest), axis=axis))


def cross_entropy(logits: Any, labels: Any) -> Any:
    return np.mean(logsumexp(logits, 1) - logits[np.arange(len(labels)), labels])


def conv(x: Any, kernel: Any) -> Any:
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.einsum("nhwcij,ijcd->nhwd", sliding_window_view(padded, (3, 3), axis=(1, 2)), kernel, optimize=True)


def max_pool(x: Any) -> Any:
    images, height, width, channels = x.shape
    return np.max(np.reshape(x, (images, height // 2, 2, width // 2, 2, channels)), axis=(2, 4))


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    centred = x - np.mean(x, -1, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, -1, keepdims=True) + NORM_EPSILON) * scale + offset


def attention(query: Any, key: Any, value: Any) -> Any:
    weights = np.exp(query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1]))
    return weights / np.sum(weights, -1, keepdims=True) @ value


def gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


XP = SimpleNamespace(
    exp=np.exp,
    log=np.log,
    sin=np.sin,
    cos=np.cos,
    tanh=np.tanh,
    sqrt=np.sqrt,
    erf=np.vectorize(math.erf, otypes=[float]),
    sigmoid=lambda x: 1 / (1 + np.exp(-x)),
    relu=lambda x: np.maximum(x, 0),
    softplus=lambda x: np.logaddexp(x, 0),
    gelu=gelu,
    cross_entropy=cross_entropy,
    sum=np.sum,
    min=np.min,
    logsumexp=logsumexp,
    reshape=np.reshape,
    transpose=np.transpose,
    permute=np.transpose,
    split=partial(np.split, axis=-1),
    stack=partial(np.stack, axis=-1),
    take=lambda x, indices, axis: np.take(x, indices, axis=axis),
    times=np.matmul,
    zeros_like=np.zeros_like,
    conv=conv,
    max_pool=max_pool,
    layer_norm=layer_norm,
    attention=attention,
    cholesky=np.linalg.cholesky,
    solve_lower=np.linalg.solve,
    diagonal=np.diagonal,
    repeat=repeat,
    fold=fold,
)


def wide(arrays: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Numbers in float64, integers as they are."""
    return [array.astype(float) if array.dtype.kind == "f" else array for array in arrays]


def value(problem: Problem, arguments: list[np.ndarray] | None = None) -> Any:
    """Of the formula, in float64."""
    return problem.formula(XP, *(arguments or wide(problem.arguments)), *wide(problem.constants))


def slope(problem: Problem, place: int, direction: np.ndarray, step: float = 1e-5) -> Any:
    """The derivative of the value's sum by the argument in this place, along a direction, from four values."""
    total = 0.0
    for steps, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
        moved = wide(problem.arguments)
        moved[place] = moved[place] + steps * step * direction
        total = total + weight * np.sum(value(problem, moved))
    return total / (12 * step)
