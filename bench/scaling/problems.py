"""What workers compute: a step of a training on rows that are shared out, with a sum of gradients over all workers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import autodiff_core as tf

Rows = Callable[[slice], tuple[np.ndarray, np.ndarray]]
_BLOCK = 50_000  # rows that are drawn from one seed, whoever has them


class Problem(NamedTuple):
    """A loss of some rows, divided by the number of all of them, and the variables that it depends on."""

    title: str
    rows: int
    data: Rows
    variables: Callable[[], list[Any]]
    loss: Callable[[list[Any], Any, Any], Any]
    calls: int  # steps that are timed together

    @property
    def bytes(self) -> int:
        """Of the gradients, all together."""
        return sum(int(np.prod(v.shape)) * 4 for v in self.variables())


def _blocks(rows: slice, one: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]) -> tuple[Any, Any]:
    parts = []
    for block in range(rows.start // _BLOCK, -(-rows.stop // _BLOCK)):
        x, y = one(np.random.default_rng(block))
        first = block * _BLOCK
        own = slice(max(rows.start - first, 0), min(rows.stop - first, _BLOCK))
        parts.append((x[own], y[own]))
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])


def logistic_regression(rows: int = 2_000_000, features: int = 100, block: int | None = None) -> Problem:
    """Signs of a sum of features, of which the weights are looked for; by blocks of so many rows."""

    def one(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = random.standard_normal((_BLOCK, features), np.float32)
        return x, np.where(x[:, :20].sum(1) + random.standard_normal(_BLOCK) > 0, np.float32(1), np.float32(-1))

    def loss_of_rows(w: Any, x: Any, y: Any) -> Any:
        return tf.reduce_sum(tf.nn.softplus(-y * tf.linalg.matvec(x, w))) / float(rows)

    def loss(variables: list[Any], x: Any, y: Any) -> Any:
        (w,) = variables
        return loss_of_rows(w, x, y) if block is None else in_blocks(loss_of_rows, w, x, y, block)

    return Problem(
        f"logistic regression, {rows:,} x {features}" + (f", by {block:,} rows" if block is not None else ""),
        rows,
        lambda part: _blocks(part, one),
        lambda: [tf.Variable(tf.zeros(features))],
        loss,
        3,
    )


def in_blocks(loss: Callable[..., Any], w: Any, x: Any, y: Any, block: int) -> Any:
    """A sum over rows, block by block, each with its gradient: a block is in the cache yet when that reads it again."""
    both = tf.value_and_grad(loss)

    @tf.custom_gradient
    def total(w: Any) -> Any:
        def add(sums: Any, rows: Any) -> Any:
            return tf.nest.map_structure(tf.add, sums, both(w, *rows))

        count = x.shape[0] // block
        blocks = [tf.reshape(part[: count * block], (count, block, *part.shape[1:])) for part in (x, y)]
        value, gradient = tf.foldl(add, blocks, (tf.zeros(()), tf.zeros_like(w)))
        if x.shape[0] % block:
            value, gradient = add((value, gradient), (x[count * block :], y[count * block :]))
        return value, lambda g: g * gradient

    return total(tf.convert_to_tensor(w))


def digits_network(batch: int = 4_096) -> Problem:
    """A network of three layers on batches of images of 8 x 8 (of noise: the time is the same)."""
    sizes = (64, 128, 128, 10)

    def one(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return random.standard_normal((_BLOCK, 64), np.float32), random.integers(0, 10, _BLOCK)

    def variables() -> list[Any]:
        random = np.random.default_rng(0)
        shapes = list(pairwise(sizes))
        weights = [tf.Variable(random.normal(0, m**-0.5, (m, n)).astype(np.float32)) for m, n in shapes]
        return weights + [tf.Variable(tf.zeros(n)) for _, n in shapes]

    def loss(variables: list[Any], x: Any, y: Any) -> Any:
        weights, biases = variables[:3], variables[3:]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            x = tf.nn.relu(x @ w + b)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x @ weights[-1] + biases[-1])
        return tf.reduce_sum(losses) / float(batch)

    return Problem(f"digits network, batch {batch:,}", batch, lambda part: _blocks(part, one), variables, loss, 50)


PROBLEMS: dict[str, Callable[..., Problem]] = {
    "logistic": logistic_regression,
    "blocks": partial(logistic_regression, block=1_000),
    "digits": digits_network,
}


def training_step(problem: Problem, variables: list[Any], sums: Callable[[Any, Any, list[Any]], Any]) -> Any:
    """A step as one program; `sums`(tape, loss, variables) gives the gradients of all workers together."""

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = problem.loss(variables, x, y)
        for v, g in zip(variables, sums(tape, loss, variables), strict=True):
            v.assign_sub(0.1 * g)
        return loss

    return step
