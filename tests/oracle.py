"""Naive reverse and forward modes: the oracle that the library is compared with.

Nothing here is fast or shared with the library. A `Node` holds a NumPy value and, for each parent, the function that
pulls a cotangent back and the one that pushes a tangent forward. `gradient` visits the nodes in the reverse of the
order in which they were made, which is a topological order, and `pushforward` in that order, so there is no recursion.
Broadcasting is undone in one place, when a cotangent reaches a parent, and done in one, when a tangent reaches a node.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Linear = Callable[[Array], Array]

_serials = itertools.count()


class Node:
    """A value, and how cotangents and tangents pass between it and the nodes that it was computed from.

    An edge is (parent, pullback, push); without a push it works element by element, and the pullback is the push.
    """

    def __init__(self, value: Any, *edges: tuple[Node, Linear] | tuple[Node, Linear, Linear], watched: bool = False):
        self.value: Array = np.array(value, dtype=np.float64)
        # What comes from constants alone is not on the tape.
        self.edges = [edge for edge in edges if edge[0].tracked]
        self.tracked = watched or bool(self.edges)
        self.serial = next(_serials)


def unbroadcast(cotangent: Array, shape: tuple[int, ...]) -> Array:
    """Sum a cotangent over the axes along which an operand of `shape` was repeated."""
    cotangent = cotangent.sum(axis=tuple(range(cotangent.ndim - len(shape))))
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1 and cotangent.shape[axis] != 1)
    return cotangent.sum(axis=repeated, keepdims=True)


def gradient(targets: Sequence[Node], sources: Sequence[Node], cotangents: Sequence[Array]) -> list[Array | None]:
    """Gradient of the sum of `targets`, each contracted with its cotangent; None where there is no path."""
    adjoints: dict[int, Array] = {}
    pending: dict[int, Node] = {}

    def accumulate(node: Node, cotangent: Array) -> None:
        pending[node.serial] = node
        cotangent = unbroadcast(np.asarray(cotangent), node.value.shape)
        adjoints[node.serial] = adjoints.get(node.serial, 0.0) + cotangent

    for target, cotangent in zip(targets, cotangents, strict=True):
        if target.tracked:
            accumulate(target, cotangent)
    while pending:
        node = pending.pop(max(pending))
        for parent, pullback, *_ in node.edges:
            accumulate(parent, pullback(adjoints[node.serial]))
    return [adjoints.get(source.serial) for source in sources]


def pushforward(targets: Sequence[Node], sources: Sequence[Node], tangents: Sequence[Array]) -> list[Array | None]:
    """How `targets` change as `sources` move along tangents; None where there is no path."""
    known: dict[int, Array] = {}
    for source, tangent in zip(sources, tangents, strict=True):
        known[source.serial] = known.get(source.serial, 0.0) + tangent
    above = {node.serial: node for node in targets}
    waiting = list(targets)
    while waiting:
        parents = [edge[0] for edge in waiting.pop().edges]
        waiting += [parent for parent in parents if parent.serial not in above]
        above |= {parent.serial: parent for parent in parents}
    for serial in sorted(above):
        node = above[serial]
        for parent, *ways in node.edges:
            if parent.serial in known:
                # In elementwise operations the tangent comes first to the result's shape.
                tangent = (
                    known[parent.serial] if len(ways) == 2 else np.broadcast_to(known[parent.serial], node.value.shape)
                )
                known[serial] = known.get(serial, 0.0) + ways[-1](tangent)
    return [known.get(target.serial) for target in targets]


# -- Arithmetic ---------------------------------------------------------------------------------------------------


def add(x: Node, y: Node) -> Node:
    return Node(x.value + y.value, (x, lambda g: g), (y, lambda g: g))


def subtract(x: Node, y: Node) -> Node:
    return Node(x.value - y.value, (x, lambda g: g), (y, lambda g: -g))


def multiply(x: Node, y: Node) -> Node:
    return Node(x.value * y.value, (x, lambda g: g * y.value), (y, lambda g: g * x.value))


def divide(x: Node, y: Node) -> Node:
    return Node(x.value / y.value, (x, lambda g: g / y.value), (y, lambda g: -g * x.value / y.value**2))


def power(x: Node, y: Node) -> Node:
    value = x.value**y.value
    return Node(
        value,
        (x, lambda g: g * y.value * x.value ** (y.value - 1.0)),
        (y, lambda g: g * value * np.log(x.value)),
    )


def maximum(x: Node, y: Node) -> Node:
    first = x.value >= y.value
    return Node(np.maximum(x.value, y.value), (x, lambda g: g * first), (y, lambda g: g * ~first))


def minimum(x: Node, y: Node) -> Node:
    first = x.value <= y.value
    return Node(np.minimum(x.value, y.value), (x, lambda g: g * first), (y, lambda g: g * ~first))


def where_positive(condition: Node, x: Node, y: Node) -> Node:
    taken = condition.value > 0.0
    return Node(np.where(taken, x.value, y.value), (x, lambda g: g * taken), (y, lambda g: g * ~taken))


# -- Functions of one argument ------------------------------------------------------------------------------------


def negative(x: Node) -> Node:
    return Node(-x.value, (x, lambda g: -g))


def square(x: Node) -> Node:
    return Node(x.value**2, (x, lambda g: g * 2.0 * x.value))


def absolute(x: Node) -> Node:
    return Node(np.abs(x.value), (x, lambda g: g * np.sign(x.value)))


def exp(x: Node) -> Node:
    return Node(np.exp(x.value), (x, lambda g: g * np.exp(x.value)))


def log(x: Node) -> Node:
    return Node(np.log(x.value), (x, lambda g: g / x.value))


def sqrt(x: Node) -> Node:
    return Node(np.sqrt(x.value), (x, lambda g: g * 0.5 / np.sqrt(x.value)))


def sin(x: Node) -> Node:
    return Node(np.sin(x.value), (x, lambda g: g * np.cos(x.value)))


def cos(x: Node) -> Node:
    return Node(np.cos(x.value), (x, lambda g: -g * np.sin(x.value)))


def tanh(x: Node) -> Node:
    return Node(np.tanh(x.value), (x, lambda g: g / np.cosh(x.value) ** 2))


def arctan(x: Node) -> Node:
    return Node(np.arctan(x.value), (x, lambda g: g / (1.0 + x.value**2)))


def sigmoid(x: Node) -> Node:
    value = 1.0 / (1.0 + np.exp(-x.value))
    return Node(value, (x, lambda g: g * value * (1.0 - value)))


def softplus(x: Node) -> Node:
    return Node(np.logaddexp(0.0, x.value), (x, lambda g: g / (1.0 + np.exp(-x.value))))


def relu(x: Node) -> Node:
    return Node(np.maximum(x.value, 0.0), (x, lambda g: g * (x.value > 0.0)))


def stop(x: Node) -> Node:
    return Node(x.value)


# -- Reductions and products --------------------------------------------------------------------------------------


def reduce_sum(x: Node, axis: int | None, keepdims: bool) -> Node:
    def pullback(g: Array) -> Array:
        return np.broadcast_to(g if keepdims or axis is None else np.expand_dims(g, axis), x.value.shape)

    def push(t: Array) -> Array:
        return np.sum(t, axis=axis, keepdims=keepdims)

    return Node(push(x.value), (x, pullback, push))


def reduce_mean(x: Node, axis: int | None, keepdims: bool) -> Node:
    total = reduce_sum(x, axis, keepdims)
    return divide(total, Node(x.value.size / total.value.size))


def reduce_max(x: Node, axis: int | None, keepdims: bool) -> Node:
    largest = x.value == np.max(x.value, axis=axis, keepdims=True)
    share = largest / np.sum(largest, axis=axis, keepdims=True)

    def pullback(g: Array) -> Array:
        return share * (g if keepdims or axis is None else np.expand_dims(g, axis))

    def push(t: Array) -> Array:
        return np.sum(share * t, axis=axis, keepdims=keepdims)

    return Node(np.max(x.value, axis=axis, keepdims=keepdims), (x, pullback, push))


def matmul(x: Node, y: Node) -> Node:
    return Node(
        x.value @ y.value,
        (x, lambda g: g @ y.value.T, lambda t: t @ y.value),
        (y, lambda g: x.value.T @ g, lambda t: x.value @ t),
    )


def cumsum(x: Node, axis: int) -> Node:
    def pullback(g: Array) -> Array:
        return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)

    return Node(np.cumsum(x.value, axis=axis), (x, pullback, lambda t: np.cumsum(t, axis=axis)))


# -- Shaping and indexing -----------------------------------------------------------------------------------------


def reshape(x: Node, shape: tuple[int, ...]) -> Node:
    return Node(x.value.reshape(shape), (x, lambda g: g.reshape(x.value.shape), lambda t: t.reshape(shape)))


def transpose(x: Node) -> Node:
    return Node(x.value.T, (x, lambda g: g.T, lambda t: t.T))


def expand_dims(x: Node, axis: int) -> Node:
    return reshape(x, np.expand_dims(x.value, axis).shape)


def broadcast_to(x: Node, shape: tuple[int, ...]) -> Node:
    return Node(np.broadcast_to(x.value, shape), (x, lambda g: g))


def reverse(x: Node, axis: int) -> Node:
    return Node(np.flip(x.value, axis), (x, lambda g: np.flip(g, axis)))


def index(x: Node, key: Any) -> Node:
    def pullback(g: Array) -> Array:
        full = np.zeros_like(x.value)
        np.add.at(full, key, g)
        return full

    return Node(x.value[key], (x, pullback, lambda t: t[key]))


def concat(nodes: Sequence[Node], axis: int) -> Node:
    ends = np.cumsum([node.value.shape[axis] for node in nodes])

    def edge(i: int, node: Node) -> tuple[Node, Linear, Linear]:
        def push(t: Array) -> Array:
            return np.concatenate([t if k == i else np.zeros_like(n.value) for k, n in enumerate(nodes)], axis)

        return node, lambda g: np.split(g, ends[:-1], axis=axis)[i], push

    return Node(np.concatenate([n.value for n in nodes], axis), *(edge(i, node) for i, node in enumerate(nodes)))


def stack(nodes: Sequence[Node], axis: int) -> Node:
    return concat([expand_dims(node, axis) for node in nodes], axis)
