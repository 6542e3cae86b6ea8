"""Chains of dataset transformations, for TensorFlow and for this library alike, and what is written down of them.

A chain is a list of names: of a source, then of steps. Which ones there are is drawn by write_dataset_values.py.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Pair = namedtuple("Pair", "first second")

X = np.arange(14, dtype=np.float32).reshape(7, 2) / 4
Y = np.arange(7, dtype=np.int64) * 3 % 5
ELEMENTS = 10  # of each chain, at most


def ragged(n: int) -> Iterator[Any]:
    for k in range(n):
        yield np.arange(k % 4), float(k)


def generated(tf: Any) -> Any:
    signature = (tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.float32))
    return tf.data.Dataset.from_generator(ragged, args=[6], output_signature=signature)


SOURCES: dict[str, Callable[[Any], Any]] = {
    "range": lambda tf: tf.data.Dataset.range(7),
    "range by 3": lambda tf: tf.data.Dataset.range(2, 20, 3, output_type=tf.int32),
    "nothing": lambda tf: tf.data.Dataset.range(0),
    "rows": lambda tf: tf.data.Dataset.from_tensor_slices(X),
    "pairs": lambda tf: tf.data.Dataset.from_tensor_slices((X, Y)),
    "mapping": lambda tf: tf.data.Dataset.from_tensor_slices({"b": X[:5], "a": Y[:5]}),
    "nested": lambda tf: tf.data.Dataset.from_tensor_slices(({"x": X, "k": Y}, Y)),
    "names": lambda tf: tf.data.Dataset.from_tensor_slices(Pair([1, 2, 3], [1.0, 2.0, 3.0])),
    "list": lambda tf: tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4], [5, 6]]),
    "no rows": lambda tf: tf.data.Dataset.from_tensor_slices(np.zeros((0, 3), np.float32)),
    "one": lambda tf: tf.data.Dataset.from_tensors(([1.0, 2.0, 3.0], [[1, 2, 3]])),
    "generator": generated,
}


def scaled(tf: Any) -> Callable[..., Any]:
    def scale(*element: Any) -> Any:
        return tf.nest.map_structure(lambda x: x * 2 + 1, element if len(element) > 1 else element[0])

    return scale


def total(tf: Any, element: Any) -> Any:
    return sum(tf.reduce_sum(tf.cast(x, tf.int64)) for x in tf.nest.flatten(element))


STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "take all": lambda tf, data: data.take(-1),
    "take none": lambda tf, data: data.take(0),
    "take 4": lambda tf, data: data.take(4),
    "take 99": lambda tf, data: data.take(99),
    "skip all": lambda tf, data: data.skip(-1),
    "skip none": lambda tf, data: data.skip(0),
    "skip 2": lambda tf, data: data.skip(2),
    "skip 99": lambda tf, data: data.skip(99),
    "repeat": lambda tf, data: data.repeat(),
    "repeat 0": lambda tf, data: data.repeat(0),
    "repeat 2": lambda tf, data: data.repeat(2),
    "batch 1": lambda tf, data: data.batch(1),
    "batch 2": lambda tf, data: data.batch(2, drop_remainder=True),
    "batch 3": lambda tf, data: data.batch(3),
    "batch 4": lambda tf, data: data.batch(4, num_parallel_calls=2, deterministic=True),
    "padded batch 2": lambda tf, data: data.padded_batch(2),
    "padded batch 3": lambda tf, data: data.padded_batch(3, drop_remainder=True),
    "unbatch": lambda tf, data: data.unbatch(),
    "enumerate": lambda tf, data: data.enumerate(),
    "enumerate from 5": lambda tf, data: data.enumerate(start=5),
    "cache": lambda tf, data: data.cache(),
    "prefetch": lambda tf, data: data.prefetch(tf.data.AUTOTUNE),
    "prefetch 3": lambda tf, data: data.prefetch(3),
    "shuffle 1": lambda tf, data: data.shuffle(1),
    "shard": lambda tf, data: data.shard(3, 1),
    "twice": lambda tf, data: data.concatenate(data),
    "and a part": lambda tf, data: data.concatenate(data.skip(3).take(2)),
    "beside the next": lambda tf, data: tf.data.Dataset.zip(data, data.skip(1)),
    "in a mapping": lambda tf, data: tf.data.Dataset.zip({"it": data, "number": tf.data.Dataset.range(4)}),
    "alone": lambda tf, data: tf.data.Dataset.zip((data,)),
    "scaled": lambda tf, data: data.map(scaled(tf)),
    "scaled in parallel": lambda tf, data: data.map(
        scaled(tf), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    ),
    "total": lambda tf, data: data.map(lambda *e: total(tf, e)),
    "with its total": lambda tf, data: data.map(lambda *e: (e[0], total(tf, e))),
    "as a list": lambda tf, data: data.map(lambda *e: [tf.nest.flatten(e)[0], total(tf, e)]),
    "with numbers": lambda tf, data: data.map(lambda *e: {"z": 1.5, "a": total(tf, e), "n": 3, "l": [1, 2]}),
    "even": lambda tf, data: data.filter(lambda *e: total(tf, e) % 2 == 0),
    "small": lambda tf, data: data.take_while(lambda *e: total(tf, e) < 12),
    "each twice": lambda tf, data: data.flat_map(lambda *e: tf.data.Dataset.from_tensors(e[0]).repeat(2)),
    "counted": lambda tf, data: data.flat_map(lambda *e: tf.data.Dataset.range(total(tf, e) % 4)),
    "woven 2": lambda tf, data: data.interleave(
        lambda *e: tf.data.Dataset.range(total(tf, e) % 5), cycle_length=2, block_length=2
    ),
    "woven 3": lambda tf, data: data.interleave(
        lambda *e: tf.data.Dataset.from_tensors(e[0]).repeat(3), cycle_length=3, num_parallel_calls=1
    ),
    "applied": lambda tf, data: data.apply(lambda these: these.take(5).repeat(2)),
    "sum": lambda tf, data: tf.data.Dataset.from_tensors(
        data.take(20).reduce(np.int64(0), lambda state, element: state + total(tf, element))
    ),
}


def made(tf: Any, chain: list[str]) -> Any:
    data = SOURCES[chain[0]](tf)
    for step in chain[1:]:
        data = STEPS[step](tf, data)
    return data


def nesting(tf: Any, structure: Any) -> str:
    """How something is nested, without its leaves."""
    if hasattr(structure, "_fields"):
        return type(structure).__name__ + nesting(tf, tuple(structure))
    if isinstance(structure, tuple):
        return f"({' '.join(nesting(tf, part) for part in structure)})"
    if isinstance(structure, dict):
        return "{" + " ".join(f"{key}:{nesting(tf, structure[key])}" for key in structure) + "}"
    return "."


def described(tf: Any, data: Any) -> dict[str, Any]:
    """What is written down of a dataset."""
    elements = []
    nestings = set()
    for element in data.take(ELEMENTS):
        nestings.add(nesting(tf, element))
        leaves = [np.asarray(leaf) for leaf in tf.nest.flatten(element)]
        elements.append([[leaf.dtype.name, list(leaf.shape), leaf.ravel().tolist()] for leaf in leaves])
    specs = tf.nest.flatten(data.element_spec)
    return {
        "nesting": sorted({*nestings, nesting(tf, data.element_spec)}),
        "spec": [[np.dtype(getattr(s.dtype, "as_numpy_dtype", s.dtype)).name, shape_of(s)] for s in specs],
        "cardinality": int(data.cardinality()),
        "elements": elements,
    }


def shape_of(spec: Any) -> list[int | None] | None:
    shape = spec.shape
    if shape is None or getattr(shape, "rank", 0) is None:
        return None
    return [None if size is None else int(size) for size in shape]
