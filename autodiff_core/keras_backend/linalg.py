"""Keras's linear algebra: its own file, over ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras.src import tree

import autodiff_core as tf

from . import derived
from .tensors import convert_to_tensor

derived.run("linalg", globals())


def lu_factor(a: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Factors of matrices in one, and for each row the one that it was exchanged with."""
    a = convert_to_tensor(a)
    high, wide = a.shape[-2:]
    size = max(high, wide)
    if high != wide:  # made square by ones, which no exchange and no other factor meets
        beside = tf.eye(size, dtype=a.dtype)[high:] if high < wide else tf.eye(size, dtype=a.dtype)[:, wide:]
        beside = tf.broadcast_to(beside, (*a.shape[:-2], *beside.shape))
        a = tf.concat([a, beside], -2 if high < wide else -1)
    factors, order = tf.linalg.lu(a)
    factors = factors[..., :high, :wide]
    count = min(high, wide)
    places = tf.range(size, dtype=order.dtype)
    rows = tf.zeros_like(order) + places
    exchanged = []
    for k in range(count):  # so far `rows` lie as the exchanges before have left them
        wanted, here = order[..., k : k + 1], rows[..., k : k + 1]
        found = rows == wanted
        exchanged.append(tf.reduce_sum(tf.where(found, places, 0), axis=-1))
        rows = tf.where(found, here, tf.where(places == k, wanted, rows))
    return factors, tf.stack(exchanged, axis=-1)


def solve_triangular(a: Any, b: Any, lower: bool = False) -> tf.Tensor:
    """Systems of equations with triangular matrices."""
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    if b.ndim == a.ndim - 1:
        return tf.linalg.triangular_solve(a, b[..., None], lower=lower)[..., 0]
    return tf.linalg.triangular_solve(a, b, lower=lower)


def jvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """A function's result, and its derivative along tangents."""
    leaves = [convert_to_tensor(x) for x in tree.flatten(primals)]
    along = [convert_to_tensor(t, x.dtype) for t, x in zip(tree.flatten(tangents), leaves, strict=True)]
    with tf.autodiff.ForwardAccumulator(leaves, along) as accumulator:
        result = fun(*tree.pack_sequence_as(primals, leaves))
        out, aux = result if has_aux else (result, None)
    derivative = tree.map_structure(lambda y: accumulator.jvp(y, "zero"), out)
    return (out, derivative, aux) if has_aux else (out, derivative)
