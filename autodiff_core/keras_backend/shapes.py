"""What a function of tensors of some shapes and dtypes gives: shapes and dtypes, for layers that are put together.

Nothing is run to find out (`tf.eval_shape`), so that a layer is built at once, whatever its sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.src import tree
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.backend.common.stateless_scope import StatelessScope
from keras.src.backend.common.symbolic_scope import SymbolicScope

import autodiff_core as tf

from .dtypes import standardize_dtype

__all__ = ["compute_output_spec"]


def compute_output_spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` gives for such arguments, with `KerasTensor` in the places of tensors."""
    leaves = tree.flatten((args, kwargs))
    places = [k for k, leaf in enumerate(leaves) if isinstance(leaf, KerasTensor)]
    specs = [tf.TensorSpec(leaves[k].shape, standardize_dtype(leaves[k].dtype)) for k in places]
    layout: Any = None

    def given(*tensors: tf.Tensor) -> list[tf.Tensor]:
        """The tensors of the result, whatever Keras's structures are; the rest of it is put aside."""
        nonlocal layout
        for k, tensor in zip(places, tensors, strict=True):
            leaves[k] = tensor
        values, named = tree.pack_sequence_as((args, kwargs), leaves)
        with StatelessScope():  # a scope of this run alone: what it assigns is no value in the next one
            result = fn(*values, **named)
        found: list[tf.Tensor] = []

        def aside(x: Any) -> Any:
            if not isinstance(x, tf.Tensor):
                return x
            found.append(x)
            return _Place(len(found) - 1)

        layout = tree.map_structure(aside, result)
        return found

    with StatelessScope(), SymbolicScope():  # (variables that are made get their values when all is over)
        shapes = tf.eval_shape(given, *specs)

    def spec(x: Any) -> Any:
        if not isinstance(x, _Place):
            return x
        return KerasTensor(tuple(shapes[x.at].shape), standardize_dtype(shapes[x.at].dtype))

    return tree.map_structure(spec, layout)


class _Place:
    """Stands for a tensor of a result."""

    def __init__(self, at: int) -> None:
        self.at = at
